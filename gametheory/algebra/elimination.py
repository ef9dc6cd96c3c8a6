r"""All common zeros of two coprime polynomials in an open triangle, exactly, singular ones too.

With :math:`t = (y_1 + k y_2) / (1 + k)` in place of :math:`y_1`, the resultant in :math:`y_2` is zero exactly at
the values of `t` over which the polynomials have a common zero, if a leading coefficient is not zero there. At
a root :math:`\alpha` of an irreducible factor `m` where the first subresultant :math:`s_1 y_2 + s_0` has
:math:`s_1 \ne 0`, their greatest common divisor has degree 1, so there is one zero, :math:`y_2 = -s_0 / s_1`,
an element of the field :math:`\mathbb Q[t]/(m)`, real where :math:`\alpha` is. At singular zeros :math:`s_1` may
be 0 whatever `k` is: over fields of low degree the divisor is then computed, and has to be a power of a linear
polynomial. Larger `k` are tried until that holds for all `m`: few bring two zeros together.
Source: Cox, Little & O'Shea (2015), Ideals, Varieties, and Algorithms, 3.6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from gametheory.algebra.bernstein import Polynomial
from gametheory.algebra.intervals import as_flint, as_fraction, ball
from gametheory.algebra.roots import AlgebraicNumber, primitive, roots_inside

SHEARS: Final = 12
SINGULAR: Final = 6  # the largest degree of a field over which greatest common divisors are computed
Element = Any  # of the field: a flint fmpq_poly of a lower degree than the modulus


@dataclass(frozen=True, eq=False)
class FieldPoint:
    """A point whose coordinates are polynomials in one real algebraic number.

    Attributes
    ----------
    modulus : fmpq_poly
        Irreducible, monic.
    root : AlgebraicNumber or Fraction
        Its root in question.
    coordinates : tuple of fmpq_poly
        All but the first of the simplex.
    equations : tuple of fmpq_mpoly
        The two polynomials that are zero there.
    """

    modulus: Any
    root: AlgebraicNumber | Fraction
    coordinates: tuple[Element, ...]
    equations: tuple[Polynomial, Polynomial]

    def element(self, poly: Polynomial) -> Element:
        """The value of a polynomial in the coordinates, as an element of the field."""
        powers = [[self.coordinates[0] ** 0] for _ in self.coordinates]
        total = self.coordinates[0] * 0
        for exponents, coefficient in poly.to_dict().items():
            product = None
            for known, value, exponent in zip(powers, self.coordinates, map(int, exponents), strict=True):
                while len(known) <= exponent:
                    known.append(known[-1] * value % self.modulus)
                product = known[exponent] if product is None else product * known[exponent] % self.modulus
            total = total + coefficient * product
        return total % self.modulus

    def sign(self, element: Element) -> int:
        """The exact sign of an element of the field."""
        reduced = element % self.modulus
        if reduced == 0:
            return 0
        if isinstance(self.root, Fraction):
            value = reduced(as_flint(self.root))
            return 1 if value > 0 else -1
        bits = 64
        while True:
            value = self.ball(reduced, bits)
            if not value.contains(0):
                return 1 if value > 0 else -1
            bits *= 2

    def ball(self, element: Element, bits: int) -> Any:
        """A flint ball that holds an element, from the root to about `bits` bits."""
        from flint import ctx

        with ctx.workprec(2 * bits + 64):
            if isinstance(self.root, Fraction):
                root = ball(self.root, self.root, 2 * bits)
            else:
                if self._narrowest[0].high - self._narrowest[0].low > Fraction(1, 2**bits):
                    self._narrowest[0] = self._narrowest[0].refined(Fraction(1, 2**bits))
                root = ball(self._narrowest[0].low, self._narrowest[0].high, 2 * bits + 64)
            return element.numer()(root) / element.denom()

    def inverse(self, element: Element) -> Element:
        """One over an element that is not zero."""
        return _inverse(element, self.modulus)

    @cached_property
    def shares(self) -> tuple[Fraction | AlgebraicNumber, ...]:
        """The coordinates, the first included, each rational or by its minimal polynomial."""
        context = self.equations[0].context()
        y1, y2 = context.gens()
        known = self.coordinates
        elements = (1 - known[0] - known[1], *known)
        turned = ((1 - y1 - y2, y2), (y1, y2), (y2, y1))  # which brings each coordinate to the first place
        return tuple(self._number(element, new) for element, new in zip(elements, turned, strict=True))

    def _number(self, element: Element, new: tuple[Polynomial, Polynomial]) -> Fraction | AlgebraicNumber:
        reduced = element % self.modulus
        if isinstance(self.root, Fraction):
            return as_fraction(reduced(as_flint(self.root)))
        if reduced.degree() < 1:
            return as_fraction(reduced[0])
        first, second = (poly.compose(*new) for poly in self.equations)
        factors = _whole(_in_first(first.resultant(second, 1))).factor()[1]
        found = [n for f, _ in factors for n in roots_inside(tuple(Fraction(int(c)) for c in f.coeffs()))]
        bits = 32
        while len(found) > 1:
            value = self.ball(reduced, bits)
            found = [number for number in found if value.overlaps(around(number, bits))]
            bits *= 2
        return found[0]

    @cached_property
    def _narrowest(self) -> list[Any]:
        return [self.root]


def triangle_points(first: Polynomial, second: Polynomial) -> list[FieldPoint] | None:
    """Every common zero of two coprime polynomials in y1, y2 inside the triangle y1, y2 > 0, y1 + y2 < 1.

    None if no shear is found that keeps the zeros apart.

    Examples
    --------
    >>> from gametheory.algebra.bernstein import ring
    >>> y1, y2 = ring(3).gens()
    >>> (point,) = triangle_points(4 * y1**2 + 4 * y2**2 - 1, y1 - y2)
    >>> [value.text for value in point.shares]
    ['2*x**2 - 4*x + 1', '8*x**2 - 1', '8*x**2 - 1']
    """
    for shear in range(SHEARS):
        found = _sheared(first, second, shear)
        if found is not None:
            inside = []
            for point in found:
                shares = [*point.coordinates, 1 - sum(point.coordinates)]
                if all(point.sign(share) > 0 for share in shares):
                    inside.append(point)
            return inside
    return None


def _sheared(first: Polynomial, second: Polynomial, shear: int) -> list[FieldPoint] | None:
    from flint import fmpq_poly

    context = first.context()
    t, y2 = context.gens()
    polys = [poly.compose((1 + shear) * t - shear * y2, y2) for poly in (first, second)]
    columns = [powers_of_second(poly) for poly in polys]
    if min(len(column) for column in columns) < 2:
        return None
    resultant = _in_first(polys[0].resultant(polys[1], 1))
    if resultant == 0:
        return None
    points, linear = [], None
    for factor, _ in _whole(resultant).factor()[1]:
        roots = roots_inside(tuple(Fraction(int(c)) for c in factor.coeffs()))
        if not roots:
            continue
        modulus = fmpq_poly(factor.coeffs())
        modulus /= modulus[modulus.degree()]
        if linear is None:
            degree = int(first.total_degree()) * int(second.total_degree())
            linear = _first_subresultant(columns[0], columns[1], degree)
        value = _only_root([columns[0][-1], columns[1][-1]], linear, modulus)
        if value is None and modulus.degree() <= SINGULAR:
            value = _repeated_root(columns[0], columns[1], modulus)
        if value is None:
            return None
        place = (1 + shear) * fmpq_poly([0, 1]) - shear * value
        points += [FieldPoint(modulus, root, (place % modulus, value % modulus), (first, second)) for root in roots]
    return points


def _only_root(leading: Sequence[Element], linear: Sequence[Element], modulus: Element) -> Element | None:
    """The common root over a field, if there is just one: the first subresultant is linear, and its root is that."""
    if all(value % modulus == 0 for value in leading):
        return None  # a zero at infinity
    constant, slope = (value % modulus for value in linear)
    return None if slope == 0 else -constant * _inverse(slope, modulus) % modulus


def _repeated_root(first: Sequence[Element], second: Sequence[Element], modulus: Element) -> Element | None:
    """The root of the greatest common divisor over a field, if that is a power of a linear polynomial."""
    high, low = (_reduced(poly, modulus) for poly in (first, second))
    if len(high) < len(first) and len(low) < len(second):
        return None
    while low:
        high, low = low, _remainder(high, low, modulus)
    size = len(high) - 1
    if size < 1:
        return None
    root = -high[-2] * _inverse(high[-1] * size, modulus) % modulus
    power = [high[-1]]
    for _ in range(size):
        moved = [power[0] * 0, *power]
        power = [(a - root * b) % modulus for a, b in zip(moved, [*power, power[0] * 0], strict=True)]
    return root if all((a - b) % modulus == 0 for a, b in zip(power, high, strict=True)) else None


def _remainder(high: Sequence[Element], low: Sequence[Element], modulus: Element) -> list[Element]:
    scale = _inverse(low[-1], modulus)
    rest = list(high)
    while len(rest) >= len(low):
        factor = rest[-1] * scale % modulus
        offset = len(rest) - len(low)
        for k, value in enumerate(low):
            rest[offset + k] = (rest[offset + k] - factor * value) % modulus
        rest = _reduced(rest[:-1], modulus)
    return rest


def _reduced(poly: Sequence[Element], modulus: Element) -> list[Element]:
    rest = [value % modulus for value in poly]
    while rest and rest[-1] == 0:
        rest.pop()
    return rest


def _first_subresultant(first: Sequence[Element], second: Sequence[Element], degree: int) -> tuple[Element, Element]:
    """Its two coefficients, constant first, as polynomials of at most a degree: by their values at integers."""
    from flint import fmpq, fmpq_mat

    high, low = len(first) - 1, len(second) - 1
    size = high + low - 2
    if size == 0:
        return first[0], first[1]
    found: list[list[Any]] = [[], []]
    for place in range(degree + 1):
        rows = []
        for column, copies in ((first, low - 1), (second, high - 1)):
            values = [value(place) for value in column][::-1]
            rows += [[fmpq(0)] * k + values + [fmpq(0)] * (copies - 1 - k) for k in range(copies)]
        for power in (0, 1):
            keep = [[*row[: size - 1], row[size - power]] for row in rows]
            found[power].append(fmpq_mat(keep).det())
    return _interpolated(found[0]), _interpolated(found[1])


def _interpolated(values: Sequence[Any]) -> Element:
    """The polynomial with these values at 0, 1, 2, ...: Newton's forward differences."""
    from flint import fmpq_poly

    table, differences = list(values), []
    for order in range(len(values)):
        differences.append(table[0])
        table = [(after - before) / (order + 1) for before, after in pairwise(table)]
    total = fmpq_poly([])
    for order in range(len(values) - 1, -1, -1):
        total = total * fmpq_poly([-order, 1]) + differences[order]
    return total


def around(number: Fraction | AlgebraicNumber, bits: int) -> Any:
    """A flint ball around a number, at most about 2^-bits wide."""
    if isinstance(number, Fraction):
        return ball(number, number, 2 * bits + 64)
    narrow = number.refined(Fraction(1, 2**bits))
    return ball(narrow.low, narrow.high, 2 * bits + 64)


def _inverse(element: Element, modulus: Element) -> Element:
    divisor, factor, _ = (element % modulus).xgcd(modulus)
    return factor / divisor[0] % modulus


def powers_of_second(poly: Polynomial) -> list[Element]:
    """Coefficients of the powers of y2, as polynomials in the first variable."""
    from flint import fmpq_poly

    rows: dict[int, dict[int, Any]] = {}
    for (a, b), value in poly.to_dict().items():
        rows.setdefault(int(b), {})[int(a)] = value
    result = []
    for power in range(max(rows, default=-1) + 1):
        row = rows.get(power, {})
        result.append(fmpq_poly([row.get(k, 0) for k in range(max(row, default=-1) + 1)]))
    return result


def _in_first(poly: Polynomial) -> Element:
    columns = powers_of_second(poly)
    from flint import fmpq_poly

    return columns[0] if columns else fmpq_poly([])


def _whole(poly: Element) -> Any:
    """The primitive integer polynomial of a rational one."""
    from flint import fmpz_poly

    return fmpz_poly(list(primitive(tuple(as_fraction(c) for c in poly.coeffs()))))
