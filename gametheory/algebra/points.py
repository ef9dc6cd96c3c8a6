"""Points of a simplex known exactly or by a certified enclosure, and the signs of polynomials there.

A formula is asked as a function of `value`, which turns a polynomial into a number of the point's own
arithmetic: `Fraction`, an element of a number field, or a ball. Signs of the first two are exact, zero included;
an enclosed point knows the sign of what is not zero, and says None where 768 bits do not settle it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from gametheory.algebra.bernstein import Polynomial
from gametheory.algebra.elimination import FieldPoint, around
from gametheory.algebra.intervals import EnclosedNumber, as_flint, as_fraction, ball
from gametheory.algebra.krawczyk import Zero, value_in_balls
from gametheory.exact import Number

SHOWN: Final = Fraction(1, 2**62)  # width of the intervals that answers hold
SMALLEST: Final = Fraction(1, 2**500)
MOST_BITS: Final = 768
Formula = Callable[[Callable[[Polynomial], Any]], Any]


@dataclass(frozen=True, slots=True)
class FieldNumber:
    """A number of the field of a `FieldPoint`, with the arithmetic of numbers."""

    value: Any
    point: FieldPoint

    def _raw(self, other: Any) -> Any:
        if isinstance(other, FieldNumber):
            return other.value
        return as_flint(Fraction(other))

    def _new(self, value: Any) -> "FieldNumber":
        return FieldNumber(value % self.point.modulus, self.point)

    def __add__(self, other: Any) -> "FieldNumber":
        return self._new(self.value + self._raw(other))

    def __sub__(self, other: Any) -> "FieldNumber":
        return self._new(self.value - self._raw(other))

    def __rsub__(self, other: Any) -> "FieldNumber":
        return self._new(self._raw(other) - self.value)

    def __mul__(self, other: Any) -> "FieldNumber":
        return self._new(self.value * self._raw(other))

    def __neg__(self) -> "FieldNumber":
        return self._new(-self.value)

    def __truediv__(self, other: Any) -> "FieldNumber":
        if isinstance(other, FieldNumber):
            return self._new(self.value * self.point.inverse(other.value))
        return self._new(self.value / self._raw(other))

    def __eq__(self, other: object) -> bool:
        return bool((self - other).value == 0)

    __hash__ = None  # type: ignore[assignment]
    __radd__ = __add__
    __rmul__ = __mul__


@dataclass(frozen=True, slots=True, eq=False)
class LocatedPoint:
    """A point of the open simplex.

    Attributes
    ----------
    place : tuple of Fraction, FieldPoint or Zero
        Coordinates but the first, or what knows them.
    shares : tuple of number
        All coordinates: rational, algebraic, or enclosed to 2^-62.
    """

    place: tuple[Fraction, ...] | FieldPoint | Zero
    shares: tuple[Number, ...]

    @property
    def is_exact(self) -> bool:
        """Whether zero can be told from nearly zero."""
        return not isinstance(self.place, Zero)

    def exactly(self, poly: Polynomial) -> Any:
        """The value of a polynomial at an exact point: a Fraction or a number of the field."""
        if isinstance(self.place, FieldPoint):
            return FieldNumber(self.place.element(poly), self.place)
        assert isinstance(self.place, tuple)
        return as_fraction(poly(*(as_flint(c) for c in self.place)))

    def sign(self, formula: Formula) -> int | None:
        """The sign of a formula, None where it cannot be told from 0."""
        if isinstance(self.place, tuple):
            value = formula(self.exactly)
            return int(value > 0) - int(value < 0)
        exact = isinstance(self.place, FieldPoint)
        bits = 96
        while bits <= (96 if exact else MOST_BITS):
            value = self._in_balls(formula, bits)
            if not value.contains(0):
                return 1 if value > 0 else -1
            bits *= 2
        if not isinstance(self.place, FieldPoint):
            return None
        found = formula(self.exactly)
        return self.place.sign(found.value) if isinstance(found, FieldNumber) else int(found > 0) - int(found < 0)

    def _in_balls(self, formula: Formula, bits: int) -> Any:
        from flint import ctx

        precision = 4 * bits + 200
        if isinstance(self.place, FieldPoint):
            balls = [around(share, bits) for share in self.shares[1:]]
        else:
            assert isinstance(self.place, Zero)
            point, error = self.place.enclosure(Fraction(1, 2**bits))
            balls = [ball(c - error, c + error, precision) for c in point]
        with ctx.workprec(precision):
            return formula(lambda poly: value_in_balls(poly, balls))


def located(place: tuple[Fraction, ...] | FieldPoint | Zero) -> LocatedPoint:
    """A point with its coordinates as numbers; a zero that turns out rational becomes exact."""
    if isinstance(place, Zero):
        rational = place.rational()
        if rational is None:
            size = len(place.anchor) + 1
            ends = [_narrow_enough(place, index) for index in range(size)]
            return LocatedPoint(place, tuple(EnclosedNumber(*end, place, k) for k, end in enumerate(ends)))
        place = rational
    if isinstance(place, FieldPoint):
        rationals = tuple(share for share in place.shares if isinstance(share, Fraction))
        if len(rationals) == len(place.shares):
            return LocatedPoint(rationals[1:], rationals)
        return LocatedPoint(place, place.shares)
    return LocatedPoint(place, (1 - sum(place), *place))


def _narrow_enough(zero: Zero, index: int) -> tuple[Fraction, Fraction]:
    """An interval for a coordinate, narrower where it is needed to tell a small share from 0."""
    width = SHOWN
    low, high = zero.coordinate(index, width)
    while low <= 0 < high and width > SMALLEST:
        width = width * width
        low, high = zero.coordinate(index, width)
    return low, high
