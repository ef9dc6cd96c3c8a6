"""Proof that a risk-averse equilibrium with a given support is in a box, and no other solution of its conditions.

On the support marginal values are equal and shares sum to 1: equations whose only zero in a box is proved by Krawczyk's
operator. If the shares are positive there and the other strategies' marginal values lower, that zero is an equilibrium.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.intervals import EnclosedNumber, ball, exact_end
from gametheory.equilibria.logit_certificates import enclosed_zero, precision_for
from gametheory.equilibria.logit_fields import as_mixtures, blocks
from gametheory.equilibria.risk_averse_fields import RiskAverseField
from gametheory.errors import NotConverged

Mixtures = tuple[tuple[Any, ...], ...]
Interval = tuple[Fraction, Fraction]

PRESENT: Final = (1e-5, 1e-3, 1e-7)  # from which share on at the end of the path a strategy counts as present, in turn
BITS: Final = 64


@dataclass(slots=True, eq=False)
class Solution:
    """What intervals of a certified equilibrium are coordinates of."""

    field: RiskAverseField
    present: list[int]
    near: NDArray[np.float64]

    def coordinate(self, index: int, width: Fraction) -> tuple[Fraction, Fraction]:
        """Ends of an interval at most `width` wide that holds a share."""
        found = _shares_in_box(self.field, self.present, self.near, width.denominator.bit_length() + 8)
        if found is None:
            raise NotConverged("the enclosure of a risk-averse equilibrium could not be narrowed")
        return found[self.present.index(index)]


def boxed(field: RiskAverseField, last: Mixtures) -> Mixtures | None:
    """The equilibrium with the support of the last profile, enclosed, if it is proved."""
    flat = np.array([x for mixture in last for x in mixture])
    for least in PRESENT:
        present = [k for k, x in enumerate(flat.tolist()) if x > least]
        found = _shares_in_box(field, present, flat[present], BITS)
        positive = found is not None and all(low > 0 for low, _ in found)
        if found is not None and positive and _absent_are_worse(field, present, found):
            return _as_numbers(field, present, flat[present], found)
    return None


def _as_numbers(
    field: RiskAverseField, present: list[int], near: NDArray[np.float64], found: Sequence[Interval]
) -> Mixtures:
    """The mixtures, absent strategies at 0."""
    size = blocks(field)[-1].stop
    solution = Solution(field, present, near)
    numbers: list[Any] = [Fraction(0)] * size
    for k, share in zip(present, found, strict=True):
        numbers[k] = EnclosedNumber(*share, solution, k)
    for block in blocks(field):  # a player's only strategy has share 1
        only = [k for k in present if block.start <= k < block.stop]
        if len(only) == 1:
            numbers[only[0]] = Fraction(1)
    return as_mixtures(field, numbers)


def _shares_in_box(
    field: RiskAverseField, present: Sequence[int], near: NDArray[np.float64], bits: int
) -> list[Interval] | None:
    """Intervals of the shares present at the only solution of the first-order conditions near a point, if proved."""
    firsts = {block.start: next(k for k in present if block.start <= k < block.stop) for block in blocks(field)}
    own = {k: max(start for start in firsts if start <= k) for k in present}
    size = blocks(field)[-1].stop

    def system(values: Any, slopes: Any, shares: Sequence[Any]) -> tuple[list[Any], list[list[Any]]]:
        found, rows = [], []
        for k in present:
            first = firsts[own[k]]
            if k == first:
                found.append(sum(x for j, x in zip(present, shares, strict=True) if own[j] == own[k]) - 1)
                rows.append([shares[0] * 0 + int(own[j] == own[k]) for j in present])
            else:
                found.append(values[k] - values[first])
                rows.append([slopes[k][j] - slopes[first][j] for j in present])
        return found, rows

    def balls(shares: Sequence[Any]) -> tuple[list[Any], list[list[Any]]]:
        return system(*field.balls(_spread(present, shares, size)), shares)

    whole = np.zeros(size)
    whole[list(present)] = near
    floats = system(*field.floats(np.maximum(whole, 1e-300)), near.tolist())[1]
    found = enclosed_zero(balls, near, np.array(floats), bits=bits)
    if found is None:
        return None
    from flint import ctx

    with ctx.workprec(precision_for(near, bits)):
        return [(exact_end(share.lower()), exact_end(share.upper())) for share in found]


def _spread(present: Sequence[int], shares: Sequence[Any], size: int) -> list[Any]:
    known = dict(zip(present, shares, strict=True))
    return [known.get(k, shares[0] * 0) for k in range(size)]


def _absent_are_worse(field: RiskAverseField, present: Sequence[int], found: Sequence[Interval]) -> bool:
    """Whether every absent strategy has a lower marginal value than a present one all over the box."""
    from flint import ctx

    size = blocks(field)[-1].stop
    with ctx.workprec(precision_for(np.ones(1), BITS)):
        shares = [ball(low, high, 4 * BITS) for low, high in found]
        values = field.balls(_spread(present, shares, size))[0]
        for block in blocks(field):
            first = next(k for k in present if block.start <= k < block.stop)
            absent = [k for k in range(block.start, block.stop) if k not in present]
            if not all(values[k] < values[first] for k in absent):
                return False
    return True
