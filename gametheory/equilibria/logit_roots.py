r"""All symmetric logit equilibria of two strategies at one temperature, with proof that there are no others.

With share `x` of the first strategy and :math:`d(x)` its payoff less that of the second, a polynomial, they are the
zeros of :math:`h(x) = \ln(x / (1 - x)) - \lambda d(x)` in (0, 1). There
:math:`x (1 - x) h'(x) = 1 - \lambda x (1 - x) d'(x)`, a polynomial with rational coefficients: its roots, isolated
exactly, cut (0, 1) into pieces on which `h` is monotone, from :math:`-\infty` to :math:`\infty`. The signs of `h` at
them, found in balls, say which pieces hold a zero, and each holds one at most. In :math:`y = \ln(x / (1 - x))` zeros
near the ends are found by bisection too: they are within :math:`\lambda \max |d|` of 0.

A sign that 4000 bits do not find is that of a double zero, a fold, or of something nearer to it than
:math:`10^{-1000}`: said, not guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from gametheory.algebra.intervals import EnclosedNumber, as_flint, ball, exact_end
from gametheory.algebra.roots import AlgebraicNumber, from_bernstein, roots_inside
from gametheory.errors import NotConverged, require
from gametheory.games import PayoffTable

Interval = tuple[Fraction, Fraction]

MOST_BITS: Final = 4000
NARROW: Final = Fraction(1, 2**60)
FARTHEST: Final = 10_000  # of y; beyond it shares are told from 0 or 1 no more,
SMALLEST: Final = Fraction(1, 2**14_426)  # for exp(-10000) is less than this
MOST_LIMIT: Final = 2**4000  # of the payoffs' precision: then h rises wherever shares are that small


@dataclass(slots=True, eq=False)
class _Function:
    """h of the header as a function of y, which is x's logit."""

    coefficients: tuple[Fraction, ...]
    precision: Fraction

    def sign(self, y: Any, bits: int) -> int:
        """Sign at a ball or rational y, or 0 where `bits` bits do not find it."""
        from flint import arb, ctx

        with ctx.workprec(bits + 2 * len(self.coefficients)):
            y = arb(as_flint(y)) if isinstance(y, Fraction) else y
            x = 1 / (1 + (-y).exp())
            total = x * 0
            for c in reversed(self.coefficients):
                total = total * x + as_flint(c)
            value = y - total * as_flint(self.precision)
            return 1 if value > 0 else -1 if value < 0 else 0


@dataclass(slots=True, eq=False)
class _Zero:
    """The only zero of h between two values of y where its signs differ."""

    function: _Function
    low: Fraction
    high: Fraction
    rising: int

    def coordinate(self, index: int, width: Fraction) -> Interval:
        """Ends of an interval at most `width` wide that holds the share of strategy `index`."""
        while True:
            low, high = (_share(y if index == 0 else -y) for y in (self.low, self.high))
            ends = min(low[0], high[0]), max(low[1], high[1])
            if ends[1] - ends[0] <= width:
                return ends
            if min(abs(self.low), abs(self.high)) > FARTHEST:
                raise NotConverged(f"a share within exp(-{FARTHEST}) of 0 or 1 is not enclosed more narrowly")
            self.halve()

    def halve(self) -> None:
        middle = (self.low + self.high) / 2
        bits = 64
        sign = 0
        while sign == 0 and bits <= MOST_BITS:
            sign = self.function.sign(middle, bits + middle.denominator.bit_length())
            bits *= 2
        if sign == 0:  # the middle itself may be the zero: look beside it
            middle += (self.high - self.low) / 8
            sign = self.function.sign(middle, MOST_BITS)
            if sign == 0:
                raise NotConverged(f"{MOST_BITS} bits do not tell a logit equilibrium from what is beside it")
        if sign == self.rising:
            self.high = middle
        else:
            self.low = middle


@dataclass(frozen=True, slots=True)
class TwoShares:
    """Shares of both strategies at an equilibrium, and whether it is proved to be alone in these intervals."""

    shares: tuple[EnclosedNumber, EnclosedNumber]
    alone: bool


def zeros_of_two(table: PayoffTable, precision: Fraction) -> tuple[list[TwoShares], str]:
    """Every symmetric logit equilibrium, the first share rising, and what could not be decided, if anything.

    Examples
    --------
    >>> from gametheory.games import game_from_payoffs, payoff_table
    >>> found, note = zeros_of_two(payoff_table(game_from_payoffs([[1, 0], [0, 1]], ["A", "B"])), Fraction(4))
    >>> [round(float(zero.shares[0]), 6) for zero in found], note
    ([0.021248, 0.5, 0.978752], '')
    """
    others = table.group_size - 1
    gaps = [Fraction(table.values[0][others - k]) - Fraction(table.values[1][others - k]) for k in range(others + 1)]
    function = _Function(from_bernstein(gaps), precision)
    limit = Fraction(int(precision * max(map(abs, gaps))) + 2)  # dyadic, as its halves will be
    require(limit < MOST_LIMIT, "temperature", "too near to 0", "at least 2^-4000 of the payoffs' differences")
    marks: list[tuple[Interval, int]] = [((-limit, -limit), -1)]
    doubtful, blurred = [], set()
    for root in _turning_points(function):
        sign, ends = _sign_at(function, root)
        if sign == 0:
            doubtful.append(f"{float(root):.6g}")
            blurred.add(len(marks))
        else:
            marks.append((ends, sign))
    marks.append(((limit, limit), 1))
    found = []
    for place, ((before, left), (after, right)) in enumerate(pairwise(marks), start=1):
        if left != right:
            zero = _Zero(function, before[1], after[0], right)
            while zero.high - zero.low > NARROW:  # in y: relative to small shares
                zero.halve()
            first, second = (EnclosedNumber(*zero.coordinate(k, Fraction(1)), zero, k) for k in (0, 1))
            found.append(TwoShares((first, second), place not in blurred))
    where = f"{table.strategies[0]} = {' and '.join(doubtful)}"
    return found, f"equilibria at or very near {where} were not told apart, if there are any" if doubtful else ""


def _turning_points(function: _Function) -> Sequence[Fraction | AlgebraicNumber]:
    """Roots of 1 - lambda x (1 - x) d'(x) in (0, 1)."""
    slope = [k * c for k, c in enumerate(function.coefficients)][1:]
    curve = [Fraction(1)] + [Fraction(0)] * (len(slope) + 1)
    for k, c in enumerate(slope):
        curve[k + 1] -= function.precision * c
        curve[k + 2] += function.precision * c
    while curve and curve[-1] == 0:
        curve.pop()
    return roots_inside(tuple(curve))


def _sign_at(function: _Function, root: Fraction | AlgebraicNumber) -> tuple[int, Interval]:
    """Sign of h at a turning point, and an interval of y around it on which it has that sign."""
    from flint import ctx

    bits = 64
    while bits <= MOST_BITS:
        ends = (root, root) if isinstance(root, Fraction) else (root.refined(Fraction(1, 2**bits)))
        low, high = ends if isinstance(ends, tuple) else (ends.low, ends.high)
        if low > 0 and high < 1:
            with ctx.workprec(2 * bits):
                x = ball(low, high, 2 * bits)
                y = (x / (1 - x)).log()
                sign = function.sign(y, 2 * bits) if y.is_finite() else 0
                if sign != 0:
                    return sign, (exact_end(y.lower()), exact_end(y.upper()))
        bits *= 2
    return 0, (Fraction(0), Fraction(0))


def _share(y: Fraction) -> Interval:
    """X = 1 / (1 + exp(-y)) to about 100 bits more than its distance from 0 and 1, if that is not too small."""
    from flint import arb, ctx

    if abs(y) > FARTHEST:
        return (Fraction(0), SMALLEST) if y < 0 else (1 - SMALLEST, Fraction(1))
    with ctx.workprec(128 + 2 * int(abs(y)) + y.denominator.bit_length()):
        x = 1 / (1 + (-arb(as_flint(y))).exp())
        return exact_end(x.lower()), exact_end(x.upper())
