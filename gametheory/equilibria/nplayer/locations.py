"""Points of a support, rational, algebraic or enclosed, and the exact proof that one is an equilibrium."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from gametheory.algebra.elimination import FieldPoint, around
from gametheory.algebra.intervals import EnclosedNumber, as_flint, as_fraction, ball, exact_end
from gametheory.algebra.krawczyk import Zero, value_in_balls
from gametheory.algebra.roots import AlgebraicNumber, primitive, roots_inside, same_number
from gametheory.equilibria.nplayer.systems import Polynomial, SupportSystem
from gametheory.exact import Number
from gametheory.profiles import Profile

SHOWN: Final = Fraction(1, 2**62)  # width of the intervals that answers hold
MOST_BITS: Final = 768


@dataclass(frozen=True, eq=False)
class Location:
    """Values of the unknowns of a system.

    Attributes
    ----------
    system : SupportSystem
    place : tuple of Fraction, FieldPoint or Zero
        The unknowns, or what knows them.
    """

    system: SupportSystem
    place: tuple[Fraction, ...] | FieldPoint | Zero

    def sign(self, poly: Polynomial) -> int | None:
        """The sign of a polynomial there; None where 768 bits cannot tell an enclosed value from 0."""
        if isinstance(self.place, tuple):
            value = poly(*map(as_flint, self._unknowns))
            return int(value > 0) - int(value < 0)
        if isinstance(self.place, FieldPoint):
            return self.place.sign(self.place.element(poly))
        bits = 96
        while bits <= MOST_BITS:
            value = self.ball(poly, bits)
            if not value.contains(0):
                return 1 if value > 0 else -1
            bits *= 2
        return None

    def ball(self, poly: Polynomial, bits: int) -> Any:
        """A flint ball that holds the value of a polynomial at an enclosed place."""
        from flint import ctx

        assert isinstance(self.place, Zero)
        centre, error = self.place.enclosure(Fraction(1, 2**bits))
        precision = 4 * bits + 200
        balls = [ball(c - error, c + error, precision) for c in centre]
        with ctx.workprec(precision):
            return value_in_balls(poly, balls)

    @property
    def _unknowns(self) -> tuple[Fraction, ...]:
        assert isinstance(self.place, tuple)
        return self.place or (Fraction(0),)  # a context without variables is none

    def status(self) -> bool | None:
        """Whether this is an equilibrium with exactly this support; None where a sign cannot be told."""
        if not isinstance(self.place, Zero) and any(self.sign(poly) != 0 for poly in self.system.equations):
            return False
        inside = [self.sign(poly) for poly in self.system.supported_shares]
        gains = [self.sign(poly) for poly in self.system.outside]
        if any(sign in (0, -1) for sign in inside) or 1 in gains:
            return False
        return None if None in inside or None in gains else True

    @cached_property
    def profile(self) -> Profile:
        """All shares, as numbers."""
        return tuple(tuple(self._number(poly) for poly in own) for own in self.system.shares)

    def _number(self, poly: Polynomial) -> Number:
        if poly.is_constant():
            return as_fraction(poly.leading_coefficient()) if poly != 0 else Fraction(0)
        if isinstance(self.place, tuple):
            return as_fraction(poly(*map(as_flint, self._unknowns)))
        if isinstance(self.place, FieldPoint):
            return field_number(self.place, self.place.element(poly))
        share = _Share(self, poly)
        return EnclosedNumber(*share.coordinate(0, SHOWN), share, 0)

    @cached_property
    def regret(self) -> tuple[Fraction, Fraction]:
        """An interval that holds the largest regret of a player: 0 alone where the place is exact and `status` true."""
        if not isinstance(self.place, Zero):
            return Fraction(0), Fraction(0)
        largest = Fraction(0)
        for shares, gains in zip(self.system.shares, self.system.gains, strict=True):
            values = [self.ball(gain, 96) for gain in gains]
            own = sum(self.ball(share, 96) * value for share, value in zip(shares, values, strict=True))
            largest = max([largest, *(exact_end((value - own).upper()) for value in values)])
        return Fraction(0), largest


@dataclass(frozen=True)
class _Share:
    """A share that is a polynomial of degree 1 in enclosed unknowns, as `EnclosedNumber` wants it."""

    location: Location
    poly: Polynomial

    def coordinate(self, index: int, width: Fraction) -> tuple[Fraction, Fraction]:
        """Ends of an interval at most `width` wide."""
        place = self.location.place
        assert isinstance(place, Zero)
        size = len(place.anchor)
        centre, error = place.enclosure(width / (2 * size))
        middle = as_fraction(self.poly(*map(as_flint, centre)))
        reach = error * (len(self.poly.to_dict()) if size else 1)
        return max(Fraction(0), middle - reach), min(Fraction(1), middle + reach)


def field_number(point: FieldPoint, element: Any) -> Fraction | AlgebraicNumber:
    """An element of a field, between 0 and 1, as a rational or by its minimal polynomial."""
    from flint import fmpq_mat, fmpq_poly

    reduced = element % point.modulus
    if isinstance(point.root, Fraction):
        return as_fraction(reduced(as_flint(point.root)))
    if reduced.degree() < 1:
        return as_fraction(reduced[0])
    if reduced == fmpq_poly([0, 1]):
        return point.root
    size = point.modulus.degree()
    rows, power = [], reduced
    for _ in range(size):
        rows.append([power[k] for k in range(size)])
        power = power * fmpq_poly([0, 1]) % point.modulus
    poly = fmpq_mat(rows).charpoly()
    _, factors = _whole(poly).factor()
    found = [n for f, _ in factors for n in roots_inside(tuple(Fraction(int(c)) for c in f.coeffs()))]
    bits = 32
    while len(found) > 1:
        value = point.ball(reduced, bits)
        found = [number for number in found if value.overlaps(around(number, bits))]
        bits *= 2
    return found[0]


def _whole(poly: Any) -> Any:
    from flint import fmpz_poly

    return fmpz_poly(list(primitive(tuple(as_fraction(c) for c in poly.coeffs()))))


def same_profile(first: Profile, second: Profile) -> bool:
    """Whether two profiles are equal; enclosed ones are equal to themselves only."""
    for own, other in zip(first, second, strict=True):
        for a, b in zip(own, other, strict=True):
            if isinstance(a, EnclosedNumber) or isinstance(b, EnclosedNumber):
                if a is not b:
                    return False
            elif not same_number(a, b):
                return False
    return True


def certified_location(system: SupportSystem, zero: Zero) -> Location:
    """The place of a certified zero, exact if it is rational."""
    exact = zero.rational()
    return Location(system, zero if exact is None else exact)
