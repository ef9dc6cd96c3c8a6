r"""Vertices and two-strategy edges of any symmetric game, however nonlinear its payoffs, decided exactly.

On the edge between strategies `i` and `j`, with :math:`t = x_j`, the mean payoff of any strategy `k` is a
polynomial in Bernstein form, :math:`P_k(t) = \sum_n \binom{N-1}{n} t^n (1-t)^{N-1-n} v_k(n)`, where
:math:`v_k(n)` is its payoff against `n` co-players of `j` and :math:`N - 1 - n` of `i` (Peña, Lehmann &
Nöldeke 2014, J. Theor. Biol. 346, 23-33). The edge's rest points are the roots of the gain :math:`g = P_j -
P_i`, or all of it where `g` is zero; an absent `k` could enter where :math:`P_k > P_i`. Along the edge `t`
rises exactly where :math:`g > 0`.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

from gametheory.algebra.intervals import as_flint, as_fraction
from gametheory.algebra.roots import (
    AlgebraicNumber,
    Polynomial,
    between,
    from_bernstein,
    order,
    roots_inside,
    sign_at,
    trimmed,
)
from gametheory.compositions import rank
from gametheory.equilibria.components import Cell, Point
from gametheory.exact import Number
from gametheory.games import PayoffTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What happens between two strategies when no other is present.

    Attributes
    ----------
    first, second : int
        Strategies `i < j`; `t` is the share of the second.
    gain : tuple of Fraction
        Coefficients of `g`; () where both always earn the same.
    outside : dict of int to tuple of Fraction
        For every other strategy `k`, coefficients of its payoff minus that of the first.
    roots : tuple of number
        Roots of the gain strictly inside, rising.
    signs : tuple of int, one more than roots
        Signs of the gain between neighboring roots (and the ends).
    drift : dict of int to tuple of Fraction
        Where the gain is zero, for every other strategy `k`: what a small share of `k` adds to it, per unit.
    """

    first: int
    second: int
    gain: Polynomial
    outside: dict[int, Polynomial]
    roots: tuple[Number, ...]
    signs: tuple[int, ...]
    drift: dict[int, Polynomial]

    def point(self, share: Number, size: int) -> Point:
        """The population in which the second strategy has this share."""
        rest = share.one_minus() if isinstance(share, AlgebraicNumber) else 1 - share
        return tuple(rest if k == self.first else share if k == self.second else Fraction(0) for k in range(size))

    def flow_around(self, share: Number) -> tuple[int, int]:
        """Signs of the gain just below and just above a rest point of the edge; 0 beyond an end."""
        if share == 0:
            return 0, self.signs[0]
        if share == 1:
            return self.signs[-1], 0
        if share in self.roots:
            place = self.roots.index(share)
            return self.signs[place], self.signs[place + 1]
        return 0, 0

    def downstream(self, share: Number, third: int) -> int:
        """On a resting edge, the sign of the third's advantage where its presence drives the other two.

        0 if nothing drives them there to first order, or the advantage is zero.
        """
        way = sign_at(self.drift[third], share)
        polynomial = self.outside[third]
        if way == 0 or not polynomial:
            return 0
        stops = [Fraction(0), *roots_inside(polynomial), Fraction(1)]
        here = stops.index(share)
        ends = (stops[here], stops[here + 1]) if way > 0 else (stops[here - 1], stops[here])
        return sign_at(polynomial, between(*ends))


def edge_of(table: PayoffTable, first: int, second: int) -> Edge:
    """Analyse one edge of an exact table."""
    size, others = len(table.strategies), table.group_size - 1
    columns = []
    for number in range(others + 1):
        counts = [0] * size
        counts[first], counts[second] = others - number, number
        columns.append(rank(counts))
    payoff = [[row[column] for column in columns] for row in table.values]

    def minus_first(k: int) -> Polynomial:
        return from_bernstein([a - b for a, b in zip(payoff[k], payoff[first], strict=True)])

    gain = minus_first(second)
    roots = tuple(roots_inside(gain)) if gain else ()
    stops = [Fraction(0), *roots, Fraction(1)]
    signs = tuple(sign_at(gain, between(a, b)) for a, b in pairwise(stops))
    outside = {k: minus_first(k) for k in range(size) if k not in (first, second)}
    drift = {k: _drift(table, first, second, k) for k in outside} if not gain else {}
    return Edge(first=first, second=second, gain=gain, outside=outside, roots=roots, signs=signs, drift=drift)


def _drift(table: PayoffTable, first: int, second: int, third: int) -> Polynomial:
    """The derivative of the gain by the share of a third strategy, where two always earn the same without it.

    All payoffs without a third player are then equal (Bernstein polynomials are independent), so only groups
    with exactly one co-player of the third count.
    """
    others = table.group_size - 1
    gains = []
    for number in range(others):
        counts = [0] * len(table.strategies)
        counts[first], counts[second], counts[third] = others - 1 - number, number, 1
        column = rank(counts)
        gains.append(others * (table.values[second][column] - table.values[first][column]))
    return from_bernstein(gains)


def turning(table: PayoffTable, edge: Edge, third: int) -> Polynomial:
    r"""On an edge, :math:`h_z g_t - h_t g_z`, with `g` the gain of its second strategy and `h` that of a third.

    Both over the first strategy; `t` is the share of the second and `z` that of the third, which is 0. Where g
    = h = 0, this over :math:`g_t` is the change of `h` by `z` along the line on which `g` stays 0.
    """
    from flint import fmpq_poly

    def poly(coefficients: Polynomial) -> Any:
        return fmpq_poly([as_flint(c) for c in coefficients])

    gain, other = poly(edge.gain), poly(edge.outside[third])
    by_third = [poly(_by_third(table, edge.first, edge.second, third, k)) for k in (edge.second, third)]
    result = by_third[1] * gain.derivative() - other.derivative() * by_third[0]
    return trimmed([as_fraction(c) for c in result.coeffs()])


def _by_third(table: PayoffTable, first: int, second: int, third: int, strategy: int) -> Polynomial:
    """The derivative, by the share of a third strategy at 0, of a payoff less that of the first strategy."""
    others = table.group_size - 1
    changes = []
    for number in range(others):
        counts = [0] * len(table.strategies)
        counts[first], counts[second], counts[third] = others - 1 - number, number, 1
        column = rank(counts)
        counts[first], counts[third] = others - number, 0
        before = rank(counts)
        mine, base = table.values[strategy], table.values[first]
        changes.append(others * (mine[column] - base[column] - mine[before] + base[before]))
    return from_bernstein(changes)


def edge_cells(table: PayoffTable) -> tuple[list[Cell], dict[tuple[int, int], Edge]]:
    """The rest points on vertices and edges, as disjoint cells cut where an absent payoff crosses."""
    size = len(table.strategies)
    vertices = [tuple(Fraction(int(k == i)) for k in range(size)) for i in range(size)]
    cells = [Cell(ends=(vertices[i],), support=(i,)) for i in range(size)]
    edges = {pair: edge_of(table, *pair) for pair in combinations(range(size), 2)}
    for pair, edge in edges.items():
        if edge.gain:
            cells += [Cell(ends=(edge.point(root, size),), support=pair) for root in edge.roots]
            continue
        cuts = order([root for polynomial in edge.outside.values() if polynomial for root in roots_inside(polynomial)])
        inner = [edge.point(cut, size) for cut in cuts]
        cells += [Cell(ends=(point,), support=pair) for point in inner]
        stops = [vertices[pair[0]], *inner, vertices[pair[1]]]
        cells += [Cell(ends=ends, support=pair) for ends in pairwise(stops)]
    return cells, edges


@dataclass(frozen=True, slots=True)
class EdgeView:
    """How a rest point on a vertex or edge looks from each side.

    Attributes
    ----------
    along : tuple of str
        For each edge through it: "towards", "away", "through" or "rest", what the flow on that edge does
        there.
    entering : tuple of int
        For each absent strategy, the sign of its payoff minus the common one.
    """

    along: tuple[str, ...]
    entering: tuple[int, ...]


def view(cell: Cell, edges: dict[tuple[int, int], Edge]) -> EdgeView:
    """The flow around a cell of `edge_cells`."""
    if len(cell.support) == 2:
        edge = edges[(cell.support[0], cell.support[1])]
        share = cell.point[edge.second]
        entering = tuple(sign_at(polynomial, share) for polynomial in edge.outside.values())
        return EdgeView((_meaning(*edge.flow_around(share), resting=not edge.gain),), entering)
    (here,) = cell.support
    along, entering_here = [], []
    for (first, second), edge in edges.items():
        if here not in (first, second):
            continue
        share = Fraction(int(here == second))
        below, above = edge.flow_around(share)
        along.append(_meaning(below, above, resting=not edge.gain))
        growth = sign_at(edge.gain, share)
        entering_here.append(growth if here == first else -growth)
    return EdgeView(tuple(along), tuple(entering_here))


def _meaning(below: int, above: int, *, resting: bool) -> str:
    if resting:
        return "rest"
    if below >= 0 >= above:
        return "towards"
    return "away" if below <= 0 <= above else "through"


def edge_status(cell: Cell, edges: dict[tuple[int, int], Edge], size: int) -> tuple[bool, str]:
    """Nash or not, and "yes", "neutral", "no" or "undecided" for evolutionary (local superiority) stability.

    With two strategies a rest point is locally superior iff the flow on the edge goes towards it from every
    side. With more, strictly worse absent strategies change nothing (their first-order loss outweighs every
    second-order term); ties of absent strategies are left undecided unless an edge already leads away.
    """
    seen = view(cell, edges)
    nash = all(sign <= 0 for sign in seen.entering)
    if not nash or any(flow in ("away", "through") for flow in seen.along):
        return nash, "no"
    absent = seen.entering if len(cell.support) == 2 else ()
    tied = any(sign == 0 for sign in absent) or (len(cell.support) == 1 and size > 2 and 0 in seen.entering)
    if tied and not _certain(seen, cell):
        return True, "undecided"
    return True, "neutral" if "rest" in seen.along else "yes"


def _certain(seen: EdgeView, cell: Cell) -> bool:
    """A vertex with one tie: the tied strategy's edge decides, as on an edge with worse absent strategies."""
    return len(cell.support) == 1 and sum(sign == 0 for sign in seen.entering) == 1
