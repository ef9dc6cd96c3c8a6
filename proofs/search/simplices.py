r"""Products of simplices and unbounded intervals, and polynomials on them in Bernstein's form.

On a simplex a point has barycentric coordinates :math:`\lambda_i \ge 0` with :math:`\sum_i \lambda_i = 1`, each of them
a fact up to a factor. A polynomial becomes a form :math:`\sum_\alpha c_\alpha \lambda^\alpha` in them, whose
coefficients are Bernstein's up to multinomial ones. An interval is a simplex of two vertices; in an unbounded one a
coordinate t = x - a stands for the direction, and 1 for the vertex a. An edge is halved by the sign of
:math:`\lambda_i - \lambda_j`, which is a coordinate of the one half and, negative, of the other. Sources: Bernstein
(1915), Math. Ann. 77, 206-215; Garloff (1986), LNCS 212, 37-56; Leroy (2012), Reliab. Comput. 17, 11-21 (simplices).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import comb, factorial, prod
from typing import Final

from proofs.facts import Algebra, Polynomial, rational
from proofs.search.closing import Fact

Form = dict[tuple[int, ...], Fraction]
Bounds = dict[int, tuple[Fraction, int]]
MAX_COEFFICIENTS: Final = 3000


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A coordinate of one group, a simplex or an unbounded interval.

    Attributes
    ----------
    polynomial : Polynomial
        What it is: `scale` times the polynomial of `fact`, or 1 where that is None.
    strict : bool
        Whether it is > 0, not only >= 0.
    vertex : bool
        Whether it belongs to a vertex, else to a direction.
    place : dict
        The vertex or direction, by position of the variable.
    """

    polynomial: Polynomial
    scale: Fraction
    fact: int | None
    strict: bool
    vertex: bool
    group: int
    place: dict[int, Fraction]


@dataclass(frozen=True, slots=True)
class Cell:
    """A product of simplices, and what the facts are in its coordinates."""

    coordinates: tuple[Coordinate, ...]
    forms: tuple[Form, ...]


def units(monomial: tuple[int, ...], coordinates: Sequence[Coordinate]) -> int:
    """The coefficient of a monomial in 1, written as the product over groups of (sum of vertices)^degree."""
    if any(n and not x.vertex for x, n in zip(coordinates, monomial, strict=True)):
        return 0
    result = 1
    for group in {x.group for x in coordinates}:
        powers = [n for x, n in zip(coordinates, monomial, strict=True) if x.group == group]
        result *= factorial(sum(powers)) // prod(map(factorial, powers))
    return result


def corners(form: Form, coordinates: Sequence[Coordinate]) -> Iterator[tuple[int, ...]]:
    """All monomials of the form's degrees in the vertices alone."""
    some = next(iter(form), None)
    if some is None:
        return
    groups = sorted({x.group for x in coordinates})
    degrees = {g: sum(n for x, n in zip(coordinates, some, strict=True) if x.group == g) for g in groups}
    yield from _spread(list(coordinates), degrees, 0)


def _spread(coordinates: list[Coordinate], degrees: dict[int, int], position: int) -> Iterator[tuple[int, ...]]:
    if position == len(coordinates):
        if not any(degrees.values()):
            yield ()
        return
    x = coordinates[position]
    last = all(other.group != x.group for other in coordinates[position + 1 :])
    most = degrees[x.group] if x.vertex else 0
    for n in range(most if last else 0, most + 1):
        for rest in _spread(coordinates, {**degrees, x.group: degrees[x.group] - n}, position + 1):
            yield (n, *rest)


def domain(facts: Sequence[Fact], algebra: Algebra) -> Iterator[Coordinate]:
    """Coordinates of the smallest product of simplices that the facts of degree one give."""
    low, high = bounds(facts)
    covered: set[int] = set()
    group = 0
    for k, (relation, p) in sorted(enumerate(facts), key=lambda item: -len(variables_of(item[1][1]))):
        inside = variables_of(p)
        if relation not in (">", ">=") or len(inside) < 2 or not _is_linear(p) or inside & covered:
            continue
        if all(_slope(p, i) < 0 for i in inside) and inside <= low.keys():
            corner = _at(p, {i: low[i][0] for i in inside})
            if corner > 0:
                yield from _simplex(facts, algebra, k, {i: low[i] for i in inside}, corner, group)
                covered, group = covered | inside, group + 1
    for i in sorted((low.keys() | high.keys()) - covered):
        yield from _interval(facts, algebra, i, low.get(i), high.get(i), group)
        group += 1


def _simplex(
    facts: Sequence[Fact], algebra: Algebra, k: int, low: Bounds, corner: Fraction, group: int
) -> Iterator[Coordinate]:
    """The points above lower bounds and below fact k, whose value where all bounds meet is `corner`."""
    base = {i: value for i, (value, _) in low.items()}
    p = facts[k][1]
    yield _coordinate(facts, algebra, k, 1 / corner, True, group, base)
    for i, (value, index) in low.items():
        reach = -corner / _slope(p, i)
        scale = 1 / (reach * _slope(facts[index][1], i))
        yield _coordinate(facts, algebra, index, scale, True, group, {**base, i: value + reach})


def _interval(
    facts: Sequence[Fact],
    algebra: Algebra,
    i: int,
    low: tuple[Fraction, int] | None,
    high: tuple[Fraction, int] | None,
    group: int,
) -> Iterator[Coordinate]:
    if low and high:
        if low[0] < high[0]:
            for (_, index), (there, _) in ((high, low), (low, high)):
                scale = 1 / ((high[0] - low[0]) * abs(_slope(facts[index][1], i)))
                yield _coordinate(facts, algebra, index, scale, True, group, {i: there})
        return
    bound = low or high
    assert bound is not None
    value, index = bound
    slope = _slope(facts[index][1], i)
    yield Coordinate(algebra.constant(1), Fraction(1), None, True, True, group, {i: value})
    yield _coordinate(facts, algebra, index, 1 / abs(slope), False, group, {i: Fraction(1 if slope > 0 else -1)})


def _coordinate(
    facts: Sequence[Fact],
    algebra: Algebra,
    index: int,
    scale: Fraction,
    vertex: bool,
    group: int,
    place: dict[int, Fraction],
) -> Coordinate:
    relation, p = facts[index]
    return Coordinate(_scaled(p, scale), scale, index, relation == ">", vertex, group, place)


def bounds(facts: Sequence[Fact]) -> tuple[Bounds, Bounds]:
    """For each variable the best lower and upper bounds that facts about it alone give, and which facts."""
    low: Bounds = {}
    high: Bounds = {}
    for k, (relation, p) in enumerate(facts):
        if relation in (">", ">=") and len(variables_of(p)) == 1 and _is_linear(p):
            (i,) = variables_of(p)
            slope = _slope(p, i)
            value = -_at(p, {i: Fraction(0)}) / slope
            if slope > 0 and (i not in low or value > low[i][0]):
                low[i] = (value, k)
            if slope < 0 and (i not in high or value < high[i][0]):
                high[i] = (value, k)
    return low, high


def variables_of(p: Polynomial) -> set[int]:
    """The positions of the variables that occur."""
    return {i for m in p for i, n in enumerate(m) if n}


def _is_linear(p: Polynomial) -> bool:
    return bool(p) and max(map(sum, p)) == 1


def _slope(p: Polynomial, i: int) -> Fraction:
    return sum((rational(x) for m, x in p.items() if m[i]), Fraction(0))


def _at(p: Polynomial, point: dict[int, Fraction]) -> Fraction:
    """The value of a polynomial of degree one."""
    values = (rational(x) * prod((point[i] for i, n in enumerate(m) if n), start=Fraction(1)) for m, x in p.items())
    return sum(values, Fraction(0))


def form_of(p: Polynomial, coordinates: Sequence[Coordinate]) -> Form | None:
    """A polynomial in the coordinates, of one degree in each group; None if that is too large."""
    groups = {i: x.group for x in coordinates for i in x.place}
    degrees = {g: max(sum(n for i, n in enumerate(m) if groups.get(i) == g) for m in p) for g in set(groups.values())}
    if prod(comb(d + _size(g, coordinates) - 1, d) for g, d in degrees.items()) > MAX_COEFFICIENTS:
        return None
    count = len(coordinates)
    unit = {
        g: {_single(k, count): Fraction(1) for k, x in enumerate(coordinates) if x.group == g and x.vertex}
        for g in degrees
    }
    lines = {i: {_single(k, count): x.place[i] for k, x in enumerate(coordinates) if x.place.get(i)} for i in groups}
    total: Form = {}
    for m, c in p.items():
        part: Form = {(0,) * count: rational(c)}
        for g, d in degrees.items():
            for i in (i for i, n in enumerate(m) for _ in range(n) if groups[i] == g):
                part = _times(part, lines[i])
                d -= 1
            for _ in range(d):
                part = _times(part, unit[g])
        for key, x in part.items():
            total[key] = total.get(key, Fraction(0)) + x
    return total


def _size(group: int, coordinates: Sequence[Coordinate]) -> int:
    return sum(x.group == group for x in coordinates)


def _single(k: int, count: int) -> tuple[int, ...]:
    return tuple(int(i == k) for i in range(count))


def _times(a: Form, b: Form) -> Form:
    total: Form = {}
    for m, x in a.items():
        for n, y in b.items():
            key = tuple(map(sum, zip(m, n, strict=True)))
            total[key] = total.get(key, Fraction(0)) + x * y
    return total


def raised(cell: Cell) -> list[Form]:
    """The forms, all of the same degrees."""
    count, groups = len(cell.coordinates), sorted({x.group for x in cell.coordinates})
    members = {g: [k for k, x in enumerate(cell.coordinates) if x.group == g] for g in groups}
    degrees = [{g: sum(next(iter(f))[k] for k in members[g]) if f else 0 for g in groups} for f in cell.forms]
    found = []
    for form, own in zip(cell.forms, degrees, strict=True):
        for g in groups:
            unit = {_single(k, count): Fraction(1) for k in members[g] if cell.coordinates[k].vertex}
            for _ in range(max(d[g] for d in degrees) - own[g]):
                form = _times(form, unit)
        found.append(form)
    return found


def edge(cell: Cell) -> tuple[int, int]:
    """The edge along which the coefficients of the fact that is nearest to being refuted change most."""

    def scaled(form: Form) -> Form:
        return {m: c / prod(map(factorial, m)) for m, c in form.items()}

    form = min(map(scaled, cell.forms), key=lambda f: max(f.values()) / (max(map(abs, f.values())) or 1))
    change: dict[tuple[int, int], Fraction] = {}
    for i, j in combinations(range(len(cell.coordinates)), 2):
        x, y = cell.coordinates[i], cell.coordinates[j]
        if x.group == y.group and (x.vertex or y.vertex):
            total = Fraction(0)
            for m, c in form.items():
                if m[i]:
                    other = tuple(n - (k == i) + (k == j) for k, n in enumerate(m))
                    total += abs(c * m[i] - form.get(other, Fraction(0)) * other[j])
            change[i, j] = total
    return max(change, key=lambda edge: change[edge])


def halves(cell: Cell, i: int, j: int, size: int) -> tuple[Polynomial, Cell, Cell]:
    """What the cell is split by along an edge, and its halves, where that is > 0 and where it is <= 0 (fact `size`).

    With M in the middle of V and W, x V + y W = (x - y) V + 2 y M = (y - x) W + 2 x M; for a direction W, with
    M = V + c W and x = 1, x V + y W = x M + (y - c x) W = (x - y/c) V + y/c M.
    """
    if not cell.coordinates[i].vertex:
        i, j = j, i
    x, y = cell.coordinates[i], cell.coordinates[j]
    if y.vertex:
        middle = {k: (x.place[k] + y.place[k]) / 2 for k in x.place}
        p, scale = _primitive(x.polynomial - y.polynomial)
        above = (_cut_off(x, p, scale, size, True), _stretched(y, Fraction(2), middle))
        below = (_stretched(x, Fraction(2), middle), _cut_off(y, -p, scale, size, False))
        half, one, none = Fraction(1, 2), Fraction(1), Fraction(0)
        return p, _part(cell, i, j, above, (one, half, none, half)), _part(cell, i, j, below, (half, none, half, one))
    c = 1 + max(map(abs, x.place.values()))
    middle = {k: x.place[k] + c * y.place[k] for k in x.place}
    p, scale = _primitive(y.polynomial - _scaled(x.polynomial, c))
    above = (replace(x, place=middle), _cut_off(y, p, scale, size, True))
    below = (_cut_off(x, -p, scale / c, size, False), replace(_stretched(y, 1 / c, middle), vertex=True))
    one, none = Fraction(1), Fraction(0)
    return p, _part(cell, i, j, above, (one, none, c, one)), _part(cell, i, j, below, (one, one, none, c))


def _primitive(p: Polynomial) -> tuple[Polynomial, Fraction]:
    """A polynomial with coprime integer coefficients and the factor > 0 that makes it p."""
    content, primitive = p.primitive()
    return primitive, rational(content)


def _scaled(p: Polynomial, factor: Fraction) -> Polynomial:
    return p * p.ring.domain(factor.numerator, factor.denominator)


def _cut_off(x: Coordinate, p: Polynomial, scale: Fraction, size: int, strict: bool) -> Coordinate:
    """The coordinate scale * p, a new fact, of the same vertex or direction."""
    return replace(x, polynomial=_scaled(p, scale), scale=scale, fact=size, strict=strict)


def _stretched(x: Coordinate, factor: Fraction, place: dict[int, Fraction]) -> Coordinate:
    return replace(x, polynomial=_scaled(x.polynomial, factor), scale=x.scale * factor, place=place)


def _part(
    cell: Cell,
    i: int,
    j: int,
    new: tuple[Coordinate, Coordinate],
    old: tuple[Fraction, Fraction, Fraction, Fraction],
) -> Cell:
    """A half of a cell: its coordinates i and j, and the old ones as a u + b v and c u + d v of these."""
    coordinates = list(cell.coordinates)
    coordinates[i], coordinates[j] = new
    return Cell(tuple(coordinates), tuple(_substituted(form, i, j, old) for form in cell.forms))


def _substituted(form: Form, i: int, j: int, old: tuple[Fraction, Fraction, Fraction, Fraction]) -> Form:
    total: Form = {}
    powers: dict[tuple[int, int], list[Fraction]] = {}
    for m, coefficient in form.items():
        if (m[i], m[j]) not in powers:
            powers[m[i], m[j]] = _binary(m[i], m[j], old)
        for k, x in enumerate(powers[m[i], m[j]]):
            if x:
                key = tuple(m[i] + m[j] - k if n == i else k if n == j else power for n, power in enumerate(m))
                total[key] = total.get(key, Fraction(0)) + coefficient * x
    return total


def _binary(n: int, m: int, old: tuple[Fraction, Fraction, Fraction, Fraction]) -> list[Fraction]:
    """The coefficients of (a u + b v)^n (c u + d v)^m by powers of v."""
    a, b, c, d = old
    found = [Fraction(1)]
    for x, y in [(a, b)] * n + [(c, d)] * m:
        found = [x * p + y * q for p, q in zip([*found, Fraction(0)], [Fraction(0), *found], strict=True)]
    return found
