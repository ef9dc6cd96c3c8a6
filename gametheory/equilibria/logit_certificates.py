r"""Proof that exactly one logit equilibrium is in a box, in balls.

The equations of `gametheory.equilibria.logit_paths` at a fixed rational precision, in logarithms, by Krawczyk's
operator: with `Y` near the inverse of the derivative at `c`, if :math:`-Y H(c) + (I - Y H'(B)) (B - c)` lies inside
:math:`B - c`, the box `B` holds one zero, and it lies there (Krawczyk 1969, Computing 4, 187).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.intervals import EnclosedNumber, as_flint, exact_end
from gametheory.equilibria.logit_fields import Field
from gametheory.equilibria.logit_paths import Equations
from gametheory.errors import NotConverged

Array = NDArray[np.float64]
Interval = tuple[Fraction, Fraction]

ATTEMPTS: Final = 4
MOST_BITS: Final = 4000


@dataclass(slots=True, eq=False)
class LogitZero:
    """The only logit equilibrium in a box; its shares can be enclosed as tightly as asked.

    Attributes
    ----------
    source : Field
    precision : Fraction
        1 / temperature.
    near : ndarray of float64, shape (actions,)
        Logarithms of the shares, approximately.
    intervals : tuple of (Fraction, Fraction)
        That hold the shares.
    """

    source: Any
    precision: Fraction
    near: Array
    intervals: tuple[Interval, ...] = field(default=())

    def coordinate(self, index: int, width: Fraction) -> Interval:
        """Ends of an interval at most `width` wide that holds a share.

        Raises
        ------
        NotConverged
            If 4000 bits do not suffice.
        """
        bits = 64
        while self.intervals[index][1] - self.intervals[index][0] > width:
            bits = max(2 * bits, width.denominator.bit_length() + 8)
            finer = _enclosed(self.source, self.precision, self.near, bits) if bits <= MOST_BITS else None
            if finer is None:
                raise NotConverged("the enclosure of a logit equilibrium could not be narrowed")
            self.intervals = finer
        return self.intervals[index]

    def numbers(self) -> list[EnclosedNumber]:
        """The shares."""
        return [EnclosedNumber(low, high, self, k) for k, (low, high) in enumerate(self.intervals)]


def certified(source: Field, precision: Fraction, logs: Array, *, bits: int = 64) -> LogitZero | None:
    """The zero near a point, if Krawczyk's operator proves it."""
    found = _enclosed(source, precision, logs, bits)
    return None if found is None else LogitZero(source, precision, logs, found)


def _enclosed(source: Field, precision: Fraction, logs: Array, bits: int) -> tuple[Interval, ...] | None:
    equations = Equations(source)
    point = np.append(logs, float(precision) * source.width)
    tops = [b.start + int(np.argmax(logs[b])) for b in equations.blocks]
    reference = [tops[k] for k in equations.block_of.tolist()]

    def evaluate(box: Sequence[Any]) -> tuple[list[Any], list[list[Any]]]:
        return _values(source, box, precision, reference, tops)

    found = enclosed_zero(evaluate, logs, equations.both(point)[1][:, :-1], bits=bits)
    if found is None:
        return None
    from flint import ctx

    with ctx.workprec(precision_for(logs, bits)):
        shares = [log.exp() for log in found]
        return tuple((exact_end(x.lower()), exact_end(x.upper())) for x in shares)


def precision_for(start: Array, bits: int) -> int:
    """Bits to compute with so that unknowns near `start` are known to `bits` bits after the point."""
    return 2 * bits + 2 * int(np.abs(start).max()).bit_length() + 64


def enclosed_zero(
    evaluate: Callable[[Sequence[Any]], tuple[list[Any], list[list[Any]]]], start: Array, slopes: Array, *, bits: int
) -> list[Any] | None:
    """Balls that hold the only zero of a system within 2^-bits of a point, if Krawczyk's operator proves one.

    `evaluate` gives the equations' values and derivatives at balls, `slopes` are the derivatives at `start` in floats.
    """
    from flint import arb, arb_mat, ctx

    try:
        inverse = np.linalg.inv(slopes)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(inverse).all():
        return None
    size = len(start)
    with ctx.workprec(precision_for(start, bits)):
        rows = arb_mat(inverse.tolist())
        middle = [arb(float(value)) for value in start]
        for _ in range(3 + bits // 20):
            step = rows * arb_mat(size, 1, evaluate(middle)[0])
            middle = [(c - step[k, 0]).mid() for k, c in enumerate(middle)]
        centre = rows * arb_mat(size, 1, evaluate(middle)[0])
        reach = arb(2) ** -bits
        for _ in range(ATTEMPTS):
            box = [c + arb(0, reach) for c in middle]
            unit = arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
            moved = (unit - rows * arb_mat(evaluate(box)[1])) * arb_mat(size, 1, [arb(0, reach)] * size) - centre
            if all(abs(moved[k, 0]) < reach for k in range(size)):
                return [c + moved[k, 0] for k, c in enumerate(middle)]
            reach = reach / 2**12
    return None


def _values(
    source: Field, logs: Sequence[Any], precision: Fraction, reference: Sequence[int], tops: Sequence[int]
) -> tuple[list[Any], list[list[Any]]]:
    """The equations and their derivatives at a box of logarithms."""
    shares = [p.exp() for p in logs]
    means, slopes = source.balls(shares)
    rate = as_flint(precision)
    values, rows = [], []
    for k, ref in enumerate(reference):
        block = [j for j, other in enumerate(reference) if other == ref]
        if k in tops:
            values.append(1 - sum(shares[j] for j in block))
            rows.append([-share if j in block else share * 0 for j, share in enumerate(shares)])
            continue
        values.append(logs[k] - logs[ref] - (means[k] - means[ref]) * rate)
        row = [-(own - other) * rate * x for own, other, x in zip(slopes[k], slopes[ref], shares, strict=True)]
        row[k] = row[k] + 1
        row[ref] = row[ref] - 1
        rows.append(row)
    return values, rows
