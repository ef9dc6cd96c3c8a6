"""What the ends of the branches of `decomposition` hold: points, segments, polytopes, curves and other sets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from itertools import product as grid
from typing import Any, Final

from gametheory.algebra.elimination import FieldPoint, triangle_points
from gametheory.algebra.intervals import as_flint, as_fraction
from gametheory.algebra.roots import AlgebraicNumber, between, order
from gametheory.equilibria.nplayer.decomposition import Branch, TooHard, in_one_unknown, put_in, roots_of
from gametheory.equilibria.nplayer.emptiness import no_point, searched
from gametheory.equilibria.nplayer.locations import Location
from gametheory.equilibria.nplayer.polytopes import Row, affine_rank, vertices
from gametheory.equilibria.nplayer.systems import Polynomial, SupportSystem

Fraction_ = tuple[Polynomial, Polynomial]
SAMPLES: Final = 7  # rational values tried for each free unknown
MOST_SAMPLES: Final = 2500


@dataclass(frozen=True, eq=False)
class Piece:
    """A set of equilibria with one support.

    Attributes
    ----------
    system : SupportSystem
    kind : str
        "point", "polytope" (the closed convex hull of `corners`), "curve" (an arc with rational parametrisation), or
        "set" (all solutions of `equations` where the conditions of the support hold).
    dimension : int
    sample : Location
        One of its points.
    corners : tuple of Location
        Vertices, or the ends of an arc.
    equations, nonzero : tuple of polynomial
        In the unknowns, beside the conditions of the support: what is zero, and not zero, on the set (a polytope or
        curve is the closure).
    path : Arc, optional
        Of a curve or segment.
    """

    system: SupportSystem
    kind: str
    dimension: int
    sample: Location
    corners: tuple[Location, ...] = ()
    equations: tuple[Polynomial, ...] = ()
    nonzero: tuple[Polynomial, ...] = ()
    path: "Arc | None" = None


@dataclass(frozen=True, eq=False)
class Arc:
    """A rational curve t -> (first / second)(t) for every unknown, between two values of t."""

    coordinates: tuple[Fraction_, ...]
    parameter: int
    low: Fraction | AlgebraicNumber
    high: Fraction | AlgebraicNumber


def pieces_of(branch: Branch, system: SupportSystem) -> Iterator[Piece]:
    """The equilibria of an end.

    Raises
    ------
    TooHard
        If they could not all be found.
    """
    coordinates = _in_free(branch, system)
    for piece in _pieces(branch, system, coordinates):
        if piece.dimension == 0:
            yield piece
        else:
            yield replace(piece, equations=(*branch.equations, *_graph(branch)), nonzero=branch.nonzero)


def _pieces(branch: Branch, system: SupportSystem, coordinates: list[Fraction_]) -> Iterator[Piece]:
    if branch.equations and len(branch.free) <= 2 and len(branch.equations) >= len(branch.free):
        yield from _isolated(branch, system, coordinates)
    elif branch.equations:
        yield from _hypersurface(branch, system, coordinates)
    elif not branch.free:
        values = tuple(as_fraction(_constant(over) / _constant(under)) for over, under in coordinates)
        yield from _if_equilibrium(Location(system, values))
    else:
        yield from _free(branch, system, coordinates)


def _constant(poly: Polynomial) -> Any:
    return poly.leading_coefficient() if poly != 0 else as_flint(0)


def _if_equilibrium(location: Location) -> Iterator[Piece]:
    status = location.status()
    if status is None:
        raise TooHard("the sign of a deviation's gain cannot be told")
    if status:
        yield Piece(location.system, "point", 0, location)


def _in_free(branch: Branch, system: SupportSystem) -> list[Fraction_]:
    """Every unknown as a reduced fraction of polynomials in the free ones."""
    context = system.context
    known: dict[int, Fraction_] = {k: (context.gens()[k], context.constant(1)) for k in branch.free}
    for unknown, over, under in reversed(branch.solved):
        top, bottom = over, under
        for other, _, _ in reversed(branch.solved):
            if other in known:
                first, second = known[other]
                top, above = put_in(top, other, first, second)
                bottom, below = put_in(bottom, other, first, second)
                top, bottom = top * second**below, bottom * second**above
        common = top.gcd(bottom)
        known[unknown] = (top / common, bottom / common)
    return [known[k] for k in range(system.unknowns)]


def _isolated(branch: Branch, system: SupportSystem, coordinates: Sequence[Fraction_]) -> Iterator[Piece]:
    if len(branch.free) == 1:
        (unknown,) = branch.free
        if len(branch.equations) > 1:
            return
        for root in roots_of(in_one_unknown(branch.equations[0], unknown)):
            location = _at_root(system, coordinates, unknown, root)
            if location is not None:
                yield from _if_equilibrium(location)
        return
    found = triangle_points(*(_halved(poly, branch.free) for poly in branch.equations[:2]))
    if found is None:
        raise TooHard("no shear keeps the common zeros of two polynomials apart")
    for point in found:
        values = [point.coordinates[0] * 0] * system.unknowns
        for unknown, value in zip(branch.free, point.coordinates, strict=True):
            values[unknown] = 2 * value
        location = _in_field(system, coordinates, FieldPoint(point.modulus, point.root, tuple(values), point.equations))
        if location is not None:
            yield from _if_equilibrium(location)


def _halved(poly: Polynomial, free: Sequence[int]) -> Polynomial:
    """A polynomial in two unknowns of the unit square as one in half of them, which lie in the triangle."""
    from gametheory.algebra.bernstein import ring

    first, second = free
    terms = {}
    for powers, value in poly.to_dict().items():
        a, b = int(powers[first]), int(powers[second])
        terms[(a, b)] = value * 2 ** (a + b)
    return ring(3).from_dict(terms)


def _at_root(
    system: SupportSystem, coordinates: Sequence[Fraction_], unknown: int, root: Fraction | AlgebraicNumber
) -> Location | None:
    """The place where a parameter has a value; None if a coordinate is not defined there."""
    from flint import fmpq_poly

    if isinstance(root, Fraction):
        point = [as_flint(root if k == unknown else 0) for k in range(system.unknowns)]
        ends = [(over(*point), under(*point)) for over, under in coordinates]
        if any(under == 0 for _, under in ends):
            return None
        return Location(system, tuple(as_fraction(over / under) for over, under in ends))
    modulus = _irreducible(root)
    values = [fmpq_poly([0])] * system.unknowns
    values[unknown] = fmpq_poly([0, 1])
    return _in_field(system, coordinates, FieldPoint(modulus, root, tuple(values), ()))  # type: ignore[arg-type]


def at_root(piece: Piece, root: Fraction | AlgebraicNumber) -> Location | None:
    """The place on a curve where its parameter has a value."""
    assert piece.path is not None
    return _at_root(piece.system, piece.path.coordinates, piece.path.parameter, root)


def _irreducible(root: AlgebraicNumber) -> Any:
    """The monic minimal polynomial of a number."""
    from flint import fmpq_poly, fmpz_poly

    for factor, _ in fmpz_poly(list(root.coefficients)).factor()[1]:
        low, high = (factor(as_flint(end)) for end in (root.low, root.high))
        if low * high < 0:
            poly = fmpq_poly(factor.coeffs())
            return poly / poly[poly.degree()]
    raise AssertionError("a number is no root of a factor of its polynomial")


def _in_field(system: SupportSystem, coordinates: Sequence[Fraction_], base: FieldPoint) -> Location | None:
    """The place with these coordinates, in the field of the free unknowns; None if one is not defined."""
    values = []
    for over, under in coordinates:
        bottom = base.element(under)
        if bottom == 0:
            return None
        values.append(base.element(over) * base.inverse(bottom) % base.modulus)
    if all(value.degree() < 1 for value in values):
        return Location(system, tuple(as_fraction(value[0]) for value in values))
    if isinstance(base.root, Fraction):
        return Location(system, tuple(as_fraction(value(as_flint(base.root))) for value in values))
    return Location(system, FieldPoint(base.modulus, base.root, tuple(values), base.equations))


def _free(branch: Branch, system: SupportSystem, coordinates: Sequence[Fraction_]) -> Iterator[Piece]:
    """A set of positive dimension without equations between its free unknowns."""
    conditions = [*branch.positive, *(-poly for poly in branch.weak)]
    affine = all(int(over.total_degree()) <= 1 and under.is_constant() for over, under in coordinates)
    if affine and all(int(poly.total_degree()) <= 1 for poly in conditions):
        yield from _polytope(branch, system, coordinates, conditions)
    elif len(branch.free) == 1:
        yield from _arcs(branch, system, coordinates, conditions)
    else:
        yield from _full(branch, system, coordinates)


def _polytope(
    branch: Branch, system: SupportSystem, coordinates: Sequence[Fraction_], conditions: Sequence[Polynomial]
) -> Iterator[Piece]:
    rows = [_row(poly, branch.free) for poly in [*conditions, *_simplex(branch, system)]]
    found = vertices(rows, len(branch.free))
    if found is None:
        raise TooHard("a polytope has too many faces")
    if not found:
        return
    ends = [_place(system, coordinates, branch.free, point) for point in found]
    size = affine_rank(found)
    for weights in ([1] * len(found), list(range(1, len(found) + 1)), [k * k + 1 for k in range(len(found))]):
        total = sum(weights)
        middle = [
            sum(w * c for w, c in zip(weights, column, strict=True)) / total for column in zip(*found, strict=True)
        ]
        sample = _place(system, coordinates, branch.free, middle)
        nonzero = all(poly(*_point(branch.free, middle, system.unknowns)) != 0 for poly in branch.nonzero)
        if sample.status() and nonzero:
            kind = "polytope" if size else "point"
            yield Piece(system, kind, size, sample, tuple(ends) if size else ())
            return
        if not sample.status():
            return  # the middle is in the relative interior: what fails there fails everywhere
    raise TooHard("no point of a polytope avoids another branch")


def _simplex(branch: Branch, system: SupportSystem) -> list[Polynomial]:
    """What keeps the free unknowns in their simplices."""
    gens, found = system.context.gens(), []
    for group in system.groups:
        own = [gens[k] for k in group if k in branch.free]
        if own:
            found += [*own, 1 - sum(own[1:], own[0])]
    return found


def _row(poly: Polynomial, free: Sequence[int]) -> Row:
    terms = {tuple(map(int, powers)): as_fraction(value) for powers, value in poly.to_dict().items()}
    size = len(poly.context().gens())
    none = Fraction(0)
    return (terms.get((0,) * size, none), *(terms.get(tuple(int(j == k) for j in range(size)), none) for k in free))


def _point(free: Sequence[int], values: Sequence[Fraction], size: int) -> list[Any]:
    known = dict(zip(free, values, strict=True))
    return [as_flint(known.get(k, Fraction(0))) for k in range(size)]


def _place(
    system: SupportSystem, coordinates: Sequence[Fraction_], free: Sequence[int], values: Sequence[Fraction]
) -> Location:
    point = _point(free, values, system.unknowns)
    return Location(system, tuple(as_fraction(over(*point) / under(*point)) for over, under in coordinates))


def _arcs(
    branch: Branch, system: SupportSystem, coordinates: Sequence[Fraction_], conditions: Sequence[Polynomial]
) -> Iterator[Piece]:
    """The values of the free unknown for which all conditions hold: open intervals, and points between."""
    (unknown,) = branch.free
    roots: list[Fraction | AlgebraicNumber] = []
    for poly in [*conditions, *branch.nonzero]:
        for factor, _ in poly.factor()[1]:
            roots += roots_of(in_one_unknown(factor, unknown))
    stops: list[Fraction | AlgebraicNumber] = [Fraction(0), *order(roots), Fraction(1)]
    samples = [_at_root(system, coordinates, unknown, between(a, b)) for a, b in pairwise(stops)]
    good = [sample is not None and bool(sample.status()) for sample in samples]
    at: int | None = None
    for place in range(len(samples) + 1):
        inner = _at_root(system, coordinates, unknown, stops[place]) if 0 < place < len(samples) else None
        holds = inner is not None and bool(inner.status())
        if at is not None and (place == len(samples) or not good[place] or not holds):
            yield _arc(system, coordinates, unknown, (stops[at], stops[place]), samples[at])
            at = None
        elif at is None and holds and inner is not None and not good[place - 1] and not good[place]:
            yield Piece(system, "point", 0, inner)
        if at is None and place < len(samples) and good[place]:
            at = place


def _arc(
    system: SupportSystem,
    coordinates: Sequence[Fraction_],
    unknown: int,
    ends: tuple[Fraction | AlgebraicNumber, Fraction | AlgebraicNumber],
    sample: Location | None,
) -> Piece:
    assert sample is not None
    corners = [_at_root(system, coordinates, unknown, end) for end in ends]
    if None in corners:
        raise TooHard("a curve has no limit at its end")
    straight = all(int(over.total_degree()) <= 1 and under.is_constant() for over, under in coordinates)
    kind = "polytope" if straight and all(isinstance(c.place, tuple) for c in corners if c is not None) else "curve"
    arc = Arc(tuple(coordinates), unknown, *ends)
    return Piece(system, kind, 1, sample, tuple(c for c in corners if c is not None), path=arc)


def _samples(count: int) -> Iterator[tuple[Fraction, ...]]:
    """Rational points of a cube, the middle first, none on a special position by intent."""
    values = [Fraction(k, 2 * SAMPLES + 1) for k in range(1, 2 * SAMPLES + 1, 2)]
    values.sort(key=lambda v: abs(v - Fraction(1, 2)))
    for number, point in enumerate(grid(values, repeat=count)):
        if number == MOST_SAMPLES:
            return
        yield tuple(v + Fraction(k, 1009) for k, v in enumerate(point))


def _full(branch: Branch, system: SupportSystem, coordinates: Sequence[Fraction_]) -> Iterator[Piece]:
    inside = [*branch.positive, *_simplex(branch, system)]
    point, empty = searched(branch.free, inside, branch.weak, branch.nonzero)
    if point is not None:  # where no deviation is a tie there is a neighborhood of equilibria
        values = _point(branch.free, [point[k] for k in branch.free], system.unknowns)
        if any(poly(*values) == 0 for poly in branch.weak):
            strict = [*inside, *(-poly for poly in branch.weak)]
            point = searched(branch.free, strict, (), branch.nonzero)[0]
        if point is None:
            raise TooHard("the dimension of a set was not found")
        location = _place(system, coordinates, branch.free, [point[k] for k in branch.free])
        if not location.status():
            raise AssertionError("a point of a set is no equilibrium: please report this game")
        yield Piece(system, "set", len(branch.free), location)
    elif not empty:
        raise TooHard("no point of a set of positive dimension was found, nor was it shown to be empty")


def _hypersurface(branch: Branch, system: SupportSystem, coordinates: Sequence[Fraction_]) -> Iterator[Piece]:
    """The zeros of one equation that no unknown can be taken from, or that has algebraic constants."""
    zero = [signed for poly in branch.equations for signed in (poly, -poly)]
    if no_point(branch.free, [*branch.positive, *_simplex(branch, system)], [*branch.weak, *zero]):
        return
    if len(branch.equations) > 1:
        raise TooHard("three or more unknowns in equations that are linear in none")
    (equation,) = branch.equations
    unknown = next(k for k in branch.free if equation.degrees()[k])
    others = [k for k in branch.free if k != unknown]
    gens = system.context.gens()
    slope, weak = equation.derivative(unknown), [poly for poly in branch.weak if divmod(poly, equation)[1] != 0]
    for values in _samples(len(others)):
        fixed = list(gens)
        for k, value in zip(others, values, strict=True):
            fixed[k] = system.context.constant(as_flint(value))
        poly = equation.compose(*fixed, ctx=system.context)
        if poly == 0:
            continue
        line = [
            (over.compose(*fixed, ctx=system.context), under.compose(*fixed, ctx=system.context))
            for over, under in coordinates
        ]
        for root in roots_of(in_one_unknown(poly, unknown)):
            location = _at_root(system, line, unknown, root)
            if location is None or not location.status():
                continue
            if location.sign(slope) != 0 and all(location.sign(poly) == -1 for poly in weak):
                yield Piece(system, "set", len(branch.free) - 1, location)
                return
    raise TooHard("no point of a hypersurface was found, nor was it shown to be empty")


def _graph(branch: Branch) -> tuple[Polynomial, ...]:
    """The equations second * unknown - first of what was solved."""
    return tuple(under * under.context().gens()[unknown] - over for unknown, over, under in branch.solved)
