"""Numbers known by an interval that provably holds them, and the certified zero behind it."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from gametheory.errors import require

CERTIFIED = "the only zero of the system in a box, by Krawczyk's operator"


class Refinable(Protocol):
    """What can be enclosed as tightly as asked."""

    def coordinate(self, index: int, width: Fraction) -> tuple[Fraction, Fraction]:
        """Ends of an interval at most `width` wide that holds the coordinate."""
        ...


@dataclass(frozen=True, slots=True)
class EnclosedNumber:
    """A real number that an interval holds, certified, and that can be narrowed.

    Attributes
    ----------
    low, high : Fraction
    zero : object with a method `coordinate`
        What the number is a coordinate of.
    index : int
        Which one.

    Raises
    ------
    InvalidParameter
        If low > high.
    """

    low: Fraction
    high: Fraction
    zero: Any = field(compare=False, repr=False)
    index: int = field(compare=False, repr=False)

    def __post_init__(self) -> None:
        require(self.low <= self.high, "interval", (self.low, self.high), "low <= high")

    def __float__(self) -> float:
        return float((self.low + self.high) / 2)

    def refined(self, width: Fraction) -> "EnclosedNumber":
        """The same number in an interval at most `width` wide."""
        if self.high - self.low <= width:
            return self
        low, high = self.zero.coordinate(self.index, width)
        return EnclosedNumber(low, high, self.zero, self.index)


def as_fraction(value: Any) -> Fraction:
    """A flint rational as a Fraction."""
    return Fraction(int(value.p), int(value.q))


def as_flint(value: Fraction | int) -> Any:
    """A Fraction as a flint rational."""
    from flint import fmpq

    return fmpq(value.numerator, value.denominator)


def ball(low: Fraction, high: Fraction, bits: int) -> Any:
    """The flint ball of an interval, slightly wider, at a precision."""
    from flint import arb, ctx

    with ctx.workprec(bits):
        return arb(as_flint(low)).union(arb(as_flint(high)))


def exact_end(value: Any) -> Fraction:
    """The dyadic number that an exact ball (an end of another) is."""
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
