r"""Rest points of mean dynamics other than the replicator's, certified, each with its stability.

- `Smith`, `BrownVonNeumannNash`: exactly the symmetric Nash equilibria (Sandholm 2010, Population Games and
  Evolutionary Dynamics, 5.5 and 5.6). A regular ESS (absent strategies earn strictly less; among those present
  the payoffs' slope is negative definite) is asymptotically stable (Sandholm 2010, Theor. Econ. 5, 27-69); with
  two strategies the flow has the sign of the gain, as the replicator's; else undecided.
- `ReplicatorMutator`: the zeros of a polynomial field in the closed simplex. With a mutation rate of 0 the
  replicator dynamics.
- `Logit`: logit equilibria. `Imitation`, with a mutation rate > 0: zeros of a field of hyperbolic tangents; with 0
  the rest points are the replicator's, and their stability is not decided here.
- `BoltzmannLearning`: the logit equilibria of the game restricted to each support. Where a strategy is absent its
  growth rate is infinite, so those are unstable.

Points are proved and enclosed by `gametheory.algebra.krawczyk`, and none is missed (`subdivision`). Stability is
read from the signs of the characteristic polynomial and its Hurwitz minors at the enclosure. The protocols'
floats (temperature, noise, rates) are taken as exactly the rationals that they are.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

from dynamics.decisions import ASYMPTOTIC, UNDECIDED, UNSTABLE, Decision
from dynamics.face_stability import by_invariants
from dynamics.protocols import (
    BoltzmannLearning,
    BrownVonNeumannNash,
    Imitation,
    Logit,
    Protocol,
    ReplicatorMutator,
    Smith,
)
from dynamics.revision_equations import ImitationBalance, LogitBalance
from gametheory.algebra.bernstein import from_values, ring
from gametheory.algebra.composed import ComposedScan, ComposedSystem
from gametheory.algebra.intervals import as_flint, ball
from gametheory.algebra.krawczyk import PolynomialSystem, Zero, value_in_balls
from gametheory.algebra.points import LocatedPoint, located
from gametheory.algebra.roots import sign_at
from gametheory.algebra.subdivision import Box, PolynomialScan, Search, common_zeros
from gametheory.compositions import rank
from gametheory.equilibria.components import Cell, Component, Part, assemble
from gametheory.equilibria.curve_cells import spread
from gametheory.equilibria.faces import differences, is_inside
from gametheory.equilibria.landscape import Landscape, as_rationals
from gametheory.games import PayoffTable

Found = tuple[tuple[Component, ...], tuple[Box, ...]]
BITS = 96


def revision_components(table: PayoffTable, protocol: Protocol) -> Found:
    """Components of rest points under a protocol that is not the replicator's, and undecided boxes."""
    size = len(table.strategies)
    everyone = tuple(range(size))
    exact = PayoffTable(strategies=table.strategies, group_size=table.group_size, values=as_rationals(table.values))
    if isinstance(protocol, ReplicatorMutator):
        return _solved(table, [(everyone, _mutator(exact, protocol), 1)])
    if isinstance(protocol, Logit):
        heat = LogitBalance(Fraction(protocol.temperature))
        return _solved(table, [(everyone, ComposedSystem(_gains(exact, everyone), heat), -1)])
    if isinstance(protocol, Imitation):
        outer = ImitationBalance(Fraction(protocol.imitation_noise), Fraction(protocol.mutation_rate))
        return _solved(table, [(everyone, ComposedSystem(_gains(exact, everyone), outer), 1)])
    assert isinstance(protocol, BoltzmannLearning)
    heat = LogitBalance(Fraction(protocol.temperature))
    systems: list[tuple[tuple[int, ...], Any, int]] = []
    for count in range(1, size + 1):
        for support in combinations(everyone, count):
            systems.append((support, ComposedSystem(_gains(exact, support), heat) if count > 1 else None, -1))
    return _solved(table, systems)


def _gains(table: PayoffTable, support: Sequence[int]) -> list[Any]:
    return list(differences(table, tuple(support))[0])


def _mutator(table: PayoffTable, protocol: ReplicatorMutator) -> PolynomialSystem:
    size = len(table.strategies)
    y = ring(size).gens()
    shares = [1 - sum(y), *y]
    rate, base = as_flint(Fraction(protocol.mutation_rate)), as_flint(Fraction(protocol.baseline))
    fitness = [base + from_values(row, table.group_size - 1, size) for row in table.values]
    births = [x * f for x, f in zip(shares, fitness, strict=True)]
    whole = sum(births)
    fields = []
    for k in range(1, size):
        arriving = births[k] * (1 - rate) + (whole - births[k]) * rate / (size - 1)
        fields.append(arriving - shares[k] * whole)
    return PolynomialSystem(tuple(fields))


def _solved(table: PayoffTable, systems: Sequence[tuple[tuple[int, ...], Any, int]]) -> Found:
    size, labelled, boxes = len(table.strategies), [], []
    exact = PayoffTable(strategies=table.strategies, group_size=table.group_size, values=as_rationals(table.values))
    for support, system, direction in systems:
        if system is None:
            places: list[tuple[LocatedPoint | None, Zero | None]] = [(None, None)]
        else:
            scan = PolynomialScan(system) if isinstance(system, PolynomialSystem) else ComposedScan(system)
            search = common_zeros(scan)
            boxes += [_spread_box(box, support, size) for box in search.undecided]
            always = isinstance(system, ComposedSystem) and isinstance(system.outer, LogitBalance)
            inside = search.zeros if always else _in_simplex(search, support, size, boxes)  # choices are positive
            places = [(located(zero), zero) for zero in inside]
        for place, zero in places:
            shares = (Fraction(1),) if place is None else place.shares
            cell = Cell(ends=(spread(shares, support, size),), support=support)
            decision = Decision(UNSTABLE, "an absent strategy grows at an infinite rate", True)
            if len(support) == size and zero is not None:
                decision = _by_signs(system, zero, direction)
            nash = _is_nash(exact, support, place)
            labelled.append(
                (
                    cell,
                    {
                        "nash": nash,
                        "ess": "undecided" if nash else "no",
                        "stability": decision.stability,
                        "reason": decision.reason,
                    },
                )
            )
    components = assemble(table.strategies, labelled, regret=_regret(table), shown=lambda point: point)
    return tuple(replace(c, stability_as_set=c.parts[0].stability) for c in components), tuple(boxes)


def _in_simplex(search: Search, support: Sequence[int], size: int, boxes: list[Box]) -> list[Zero]:
    """The zeros that lie in the simplex; what cannot be told goes to the boxes."""
    kept = []
    for zero in search.zeros:
        inside = is_inside(zero)
        rational = zero.rational() if inside is not True else None
        on_boundary = rational is not None and min(*rational, 1 - sum(rational)) >= 0
        if inside or on_boundary:
            kept.append(zero)
        elif inside is None:
            ends = [zero.coordinate(k, Fraction(1, 2**80)) for k in range(len(support))]
            box = Box(low=tuple(low for low, _ in ends), high=tuple(high for _, high in ends))
            boxes.append(_spread_box(box, support, size))
    return kept


def _spread_box(box: Box, support: Sequence[int], size: int) -> Box:
    return Box(low=spread(box.low, support, size), high=spread(box.high, support, size))


def _by_signs(system: Any, zero: Zero, direction: int) -> Decision:
    """Stability from balls around the linearisation at an enclosed zero."""
    from flint import ctx

    degree = max(int(poly.total_degree()) for poly in system.polynomials)
    point, error = zero.enclosure(Fraction(1, 2**BITS))
    bits = 2 * BITS + 12 * degree
    balls = [ball(c - error, c + error, bits) for c in point]
    with ctx.workprec(bits):
        if isinstance(system, PolynomialSystem):
            size = range(system.unknowns)
            rows = [[value_in_balls(poly.derivative(j), balls) for j in size] for poly in system.polynomials]
        else:
            rows = [[direction * entry for entry in row] for row in system.jacobian(balls)]
        return by_invariants(rows)


def _is_nash(table: PayoffTable, support: Sequence[int], place: LocatedPoint | None) -> bool:
    if place is None:  # a vertex
        (own,) = support
        counts = [table.group_size - 1 if k == own else 0 for k in range(len(table.strategies))]
        column = [row[rank(counts)] for row in table.values]
        return bool(column[own] == max(column))
    gains, outside = differences(table, tuple(support))
    if any(place.sign(lambda value, g=gain: value(g)) != 0 for gain in gains):  # type: ignore[misc]
        return False
    signs = [place.sign(lambda value, g=gain: value(g)) for gain in outside.values()]  # type: ignore[misc]
    return all(sign is not None and sign <= 0 for sign in signs)


def _regret(table: PayoffTable) -> Any:
    from gametheory.games import mean_payoffs

    def regret(point: Sequence[Any]) -> float:
        numbers = [float(value) for value in point]
        total = sum(numbers)
        shares = [value / total for value in numbers]
        earned = [float(f) for f in mean_payoffs(table, shares)]
        return max(earned) - sum(f * x for f, x in zip(earned, shares, strict=True))

    return regret


def nash_components(land: Landscape, components: Sequence[Component]) -> tuple[Component, ...]:
    """Symmetric equilibria with the stability of their points under Smith's and the BNN dynamics."""
    if len(land.table.strategies) == 2:
        return tuple(components)
    found = []
    for component in components:
        parts = tuple(_under_pairwise_comparison(land, part) for part in component.parts)
        alone = parts[0].stability if len(parts) == 1 and parts[0].dimension == 0 else UNDECIDED
        found.append(replace(component, parts=parts, stability_as_set=alone))
    return tuple(found)


def _under_pairwise_comparison(land: Landscape, part: Part) -> Part:
    if part.ess == "yes" and part.dimension == 0 and _is_regular(land, part.point):
        return replace(part, stability=ASYMPTOTIC, reason="a regular evolutionarily stable state")
    return replace(part, stability=UNDECIDED, reason="not a regular evolutionarily stable state")


def _is_regular(land: Landscape, shown: Sequence[Any]) -> bool:
    """Whether, at an ESS, absent strategies earn strictly less and an edge's gain has a negative slope."""
    from gametheory.equilibria.affine import payoffs_at

    cells = [c for c in land.cells if c.dimension == 0 and tuple(land.shown(c.ends[0])) == tuple(shown)]
    if len(cells) != 1:
        return False
    (cell,) = cells
    if cell in land.places:
        return True
    if land.matrix is not None:
        earned = payoffs_at(land.matrix, cell.point)
        return all(f < max(earned) for k, f in enumerate(earned) if k not in cell.support)
    if len(cell.support) == 1:
        edges = [edge for pair, edge in land.edges.items() if cell.support[0] in pair]
        return all(sign_at(edge.gain, cell.point[edge.second]) != 0 for edge in edges)
    edge = land.edges[cell.support[0], cell.support[1]]
    share = cell.point[edge.second]
    slope = tuple(n * c for n, c in enumerate(edge.gain))[1:]
    return sign_at(slope, share) < 0 and all(sign_at(poly, share) < 0 for poly in edge.outside.values())


def uses_nash(protocol: Protocol) -> bool:
    """Whether rest points are the symmetric Nash equilibria."""
    return isinstance(protocol, Smith | BrownVonNeumannNash)


def same_as_replicator(protocol: Protocol) -> bool:
    """Whether rest points, if not their stability, are those of the replicator dynamics."""
    return isinstance(protocol, ReplicatorMutator | Imitation) and protocol.mutation_rate == 0
