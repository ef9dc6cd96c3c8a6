r"""Where three or more strategies, all present, earn the same in a nonlinear game: isolated points and curves.

On the face of a support `S` with first strategy `b`, the equations are :math:`g_k = f_k - f_b = 0`, polynomials
in the shares :math:`y_1, y_2, \dots` of the other strategies of `S`. Three strategies: a common divisor of the
two polynomials is zero along curves of rest points; what is left is factored, and the common zeros of each pair
of different factors are isolated. Factors that keep their sign in the open face are dropped, which removes most
degeneracies on its boundary. Four: three equations, likewise, but sets of positive dimension are not listed.

The search is `gametheory.algebra.subdivision`; where degrees allow, the points are then found a second time
by `gametheory.algebra.elimination`, exactly, singular ones too. By Bezout's theorem there are at most
:math:`(N - 1)^{|S| - 1}` isolated ones (Gokhale & Traulsen 2010, PNAS 107, 5500).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, product
from typing import Any, Final

from gametheory.algebra.bernstein import Polynomial, definite_sign, from_values
from gametheory.algebra.curves import points_on
from gametheory.algebra.elimination import triangle_points
from gametheory.algebra.intervals import as_flint
from gametheory.algebra.krawczyk import PolynomialSystem, Zero
from gametheory.algebra.points import LocatedPoint, located
from gametheory.algebra.roots import same_number
from gametheory.algebra.subdivision import EFFORT, Box, PolynomialScan, common_zeros
from gametheory.compositions import compositions, rank
from gametheory.games import PayoffTable

ELIMINATION: Final = 36  # the largest product of degrees that is also solved by elimination
FACTORED: Final = 40  # the largest degree that is factored
CLOSE: Final = Fraction(1, 2**80)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve of rest points inside a face: where an irreducible polynomial is zero.

    Attributes
    ----------
    factor : fmpq_mpoly
        In the shares of the support's strategies but the first.
    points : tuple of LocatedPoint
        Some points on it, one at least.
    ends : tuple of tuple of number
        Where it meets the boundary of the face, as far as that is known: all its shares.
    """

    factor: Polynomial
    points: tuple[LocatedPoint, ...]
    ends: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Face:
    """The rest points inside a face.

    Attributes
    ----------
    support : tuple of int
    gains : tuple of fmpq_mpoly
        Payoff of each strategy present, but the first, less that of the first.
    outside : dict of int to fmpq_mpoly
        The same for each absent strategy.
    points : tuple of LocatedPoint
        Isolated ones.
    curves : tuple of Curve
    undecided : tuple of Box
        Boxes, in the shares of the support, in which there may be others.
    full : bool
        Whether all points rest.
    missing : str
        What else was not searched, if anything.
    """

    support: tuple[int, ...]
    gains: tuple[Polynomial, ...]
    outside: dict[int, Polynomial]
    points: tuple[LocatedPoint, ...] = ()
    curves: tuple[Curve, ...] = ()
    undecided: tuple[Box, ...] = ()
    full: bool = False
    missing: str = ""

    @property
    def complete(self) -> bool:
        """Whether every rest point inside the face is listed."""
        return not self.undecided and not self.missing


@dataclass(slots=True)
class _Found:
    points: list[LocatedPoint] = field(default_factory=list)
    undecided: list[Box] = field(default_factory=list)


def face_of(table: PayoffTable, support: tuple[int, ...], *, effort: int = EFFORT) -> Face:
    """Solve one face of an exact table.

    Examples
    --------
    >>> from gametheory.games import game_from_payoffs, payoff_table
    >>> table = payoff_table(game_from_payoffs([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["R", "P", "S"]))
    >>> [[str(share) for share in point.shares] for point in face_of(table, (0, 1, 2)).points]
    [['1/3', '1/3', '1/3']]
    """
    gains, outside = differences(table, support)
    present = [gain for gain in gains if gain != 0]
    if not present:
        return Face(support=support, gains=gains, outside=outside, full=True)
    if any(definite_sign(gain, len(support)) for gain in present):
        return Face(support=support, gains=gains, outside=outside)
    found = _Found()
    if len(support) > 3:
        missing = _many(gains, found, effort)
        return Face(
            support=support,
            gains=gains,
            outside=outside,
            points=tuple(found.points),
            undecided=tuple(found.undecided),
            missing=missing,
        )
    common, rests = _divided(gains)
    curves = [curve for factor in _factors(common) if (curve := _curve(factor, found, effort)) is not None]
    if all(rest != 0 for rest in rests):
        for first, second in product(*(_factors(rest) for rest in rests)):
            _meet(first, second, found, effort)
    _apart_from(curves, found)
    return Face(
        support=support,
        gains=gains,
        outside=outside,
        points=tuple(found.points),
        curves=tuple(curves),
        undecided=tuple(found.undecided),
    )


def differences(table: PayoffTable, support: tuple[int, ...]) -> tuple[tuple[Polynomial, ...], dict[int, Polynomial]]:
    """Payoffs less that of a support's first strategy, on its face: of the others present, and of the absent."""
    size, others = len(table.strategies), table.group_size - 1
    columns = []
    for counts in compositions(others, len(support)).tolist():
        full = [0] * size
        for strategy, count in zip(support, counts, strict=True):
            full[strategy] = count
        columns.append(rank(full))
    first = [table.values[support[0]][column] for column in columns]

    def less_first(strategy: int) -> Polynomial:
        row = table.values[strategy]
        values = [row[column] - base for column, base in zip(columns, first, strict=True)]
        return from_values(values, others, len(support))

    absent = [k for k in range(size) if k not in support]
    return tuple(less_first(k) for k in support[1:]), {k: less_first(k) for k in absent}


def _divided(gains: Sequence[Polynomial]) -> tuple[Polynomial, list[Polynomial]]:
    """The greatest common divisor, and the polynomials divided by it."""
    first, second = gains
    if first == 0 or second == 0:
        return first + second, [first, second]
    one = first.context().constant(1)
    if _coprime(first, second):
        return one, [first, second]
    common = first.gcd(second)
    return common, [divmod(gain, common)[0] for gain in gains]


def _coprime(first: Polynomial, second: Polynomial) -> bool:
    """Whether one line proves it: a common factor would be one on every line that keeps both degrees."""
    from flint import fmpq_poly

    for slope in range(2, 6):
        t = fmpq_poly([1, 3]), fmpq_poly([2, slope])
        lines = []
        for poly in (first, second):
            total = fmpq_poly([])
            powers = [[fmpq_poly([1])], [fmpq_poly([1])]]
            for exponents, value in poly.to_dict().items():
                for known, base, exponent in zip(powers, t, exponents, strict=True):
                    while len(known) <= exponent:
                        known.append(known[-1] * base)
                total += value * powers[0][int(exponents[0])] * powers[1][int(exponents[1])]
            lines.append(total)
        if all(line.degree() == p.total_degree() for line, p in zip(lines, (first, second), strict=True)):
            return bool(lines[0].gcd(lines[1]).degree() < 1)
    return False


def _factors(poly: Polynomial) -> list[Polynomial]:
    """Irreducible factors that may be zero in the open face (the polynomial itself if its degree is high)."""
    if int(poly.total_degree()) > FACTORED:
        return [poly]
    parts = len(poly.context().gens()) + 1
    return [factor for factor, _ in poly.factor()[1] if definite_sign(factor, parts) == 0]


def _meet(first: Polynomial, second: Polynomial, found: _Found, effort: int) -> None:
    """Add the common zeros of two coprime polynomials."""
    search = common_zeros(PolynomialScan(PolynomialSystem((first, second))), effort=effort)
    inside = [zero for zero in search.zeros if is_inside(zero) is not False]
    if not inside and not search.undecided:
        return
    unsure = [zero for zero in inside if is_inside(zero) is None]
    degrees = int(first.total_degree()) * int(second.total_degree())
    if degrees <= ELIMINATION:
        exact = triangle_points(first, second)
        if exact is not None:
            if not search.undecided and not unsure and len(exact) != len(inside):
                raise AssertionError("subdivision and elimination find different numbers of points")
            for point in exact:
                _add(located(point), found)
            return
    for zero in inside:
        if zero in unsure:
            low = tuple(zero.coordinate(k, CLOSE)[0] for k in range(3))
            high = tuple(zero.coordinate(k, CLOSE)[1] for k in range(3))
            found.undecided.append(Box(low=low, high=high))
        else:
            _add(located(zero), found)
    found.undecided += search.undecided


def common_points(first: Polynomial, second: Polynomial, *, effort: int = EFFORT) -> list[LocatedPoint] | None:
    """The common zeros of two polynomials inside the triangle; None if they are not isolated, or not all found."""
    if second == 0 or (not _coprime(first, second) and int(first.gcd(second).total_degree()) > 0):
        return None
    found = _Found()
    for a, b in product(_factors(first), _factors(second)):
        _meet(a, b, found, effort)
    return None if found.undecided else found.points


def is_inside(zero: Zero) -> bool | None:
    """Whether a certified zero lies in the open simplex; None if it seems to lie on its boundary."""
    size = len(zero.anchor) + 1
    width, unknown = Fraction(1, 2**20), list(range(size))
    while unknown:
        ends = {k: zero.coordinate(k, width) for k in unknown}
        if any(high <= 0 for _, high in ends.values()):
            return False
        unknown = [k for k in unknown if ends[k][0] <= 0]
        if unknown and width < CLOSE:
            return False if _on_boundary(zero, unknown) else None
        width **= 2
    return True


def _on_boundary(zero: Zero, suspects: Sequence[int]) -> bool:
    """Whether a coordinate of a certified zero is proved to be 0."""
    rational = zero.rational()
    if rational is not None:
        return min(*rational, 1 - sum(rational)) <= 0
    return len(zero.anchor) == 2 and any(_zero_on_edge(zero, k) for k in suspects)


def _zero_on_edge(zero: Zero, absent: int) -> bool:
    """Whether the polynomials have a common zero on an edge of the triangle, inside the box of a certified one."""
    from flint import fmpq_poly

    t, none = fmpq_poly([0, 1]), fmpq_poly([])
    line = {0: (1 - t, t), 1: (none, t), 2: (t, none)}[absent]
    kept = {0: 2, 1: 2, 2: 1}[absent]
    common = none
    for poly in zero.system.polynomials:
        total = none
        for (a, b), value in poly.to_dict().items():
            total += value * line[0] ** int(a) * line[1] ** int(b)
        common = common.gcd(total)
    if common.degree() < 1:
        return False
    common = divmod(common, common.gcd(common.derivative()))[0]
    low, high = (common(as_flint(end)) for end in zero.coordinate(kept, CLOSE))
    return bool(low * high < 0)


def _add(point: LocatedPoint, found: _Found) -> None:
    """Add a point unless it is there already: another pair of factors may be zero there too."""
    for other in found.points:
        if all(_overlap(a, b) for a, b in zip(point.shares, other.shares, strict=True)):
            if point.is_exact and other.is_exact:
                if all(same_number(a, b) for a, b in zip(point.shares, other.shares, strict=True)):
                    return
            else:
                low, high = (tuple(_ends(share)[k] for share in point.shares) for k in (0, 1))
                found.undecided.append(Box(low=low, high=high))
                return
    found.points.append(point)


def _overlap(first: Any, second: Any) -> bool:
    (a, b), (c, d) = _ends(first), _ends(second)
    return a <= d and c <= b


def _ends(share: Any) -> tuple[Fraction, Fraction]:
    if isinstance(share, Fraction):
        return share, share
    narrow = share.refined(CLOSE)
    return narrow.low, narrow.high


def _apart_from(curves: Sequence[Curve], found: _Found) -> None:
    """Take isolated points off the list that lie on a curve of rest points."""
    kept = []
    for point in found.points:
        signs = [point.sign(lambda value, c=curve: value(c.factor)) for curve in curves]  # type: ignore[misc]
        if None in signs:
            low, high = (tuple(_ends(share)[k] for share in point.shares) for k in (0, 1))
            found.undecided.append(Box(low=low, high=high))
        elif all(signs):
            kept.append(point)
    found.points = kept


def _many(gains: Sequence[Polynomial], found: _Found, effort: int) -> str:
    """Four or more strategies."""
    if any(gain == 0 for gain in gains):
        return "sets of rest points of positive dimension inside faces of four or more strategies"
    missing = ""
    for factors in product(*(_factors(gain) for gain in gains)):
        if any(a == b for a, b in combinations(factors, 2)):
            missing = "sets of rest points of positive dimension inside faces of four or more strategies"
            continue
        search = common_zeros(PolynomialScan(PolynomialSystem(tuple(factors))), effort=effort // 2)
        found.undecided += search.undecided
        for zero in search.zeros:
            inside = is_inside(zero)
            if inside is None:
                low, high = (tuple(zero.coordinate(k, CLOSE)[e] for k in range(len(factors) + 1)) for e in (0, 1))
                found.undecided.append(Box(low=low, high=high))
            elif inside:
                _add(located(zero), found)
    return missing


def _curve(factor: Polynomial, found: _Found, effort: int) -> Curve | None:
    """The zeros of an irreducible polynomial inside a triangle: some points, and where they reach the boundary."""
    points, ends, empty = points_on(factor, effort=effort)
    if points:
        return Curve(factor, tuple(points), tuple(ends))
    if not empty:
        one = Fraction(1)
        found.undecided.append(Box(low=(one * 0,) * 3, high=(one,) * 3))
    return None
