"""Rest points of mean dynamics as exact sets, each part with its stability; and that of equilibria.

For the replicator dynamics every rest point is one where the strategies present earn the same, so the cells of
`gametheory.equilibria.landscape` are all of them; `dynamics.stability` decides each. For the other protocols see
`dynamics.revision_restpoints`. A component as a set is

- unstable if an orbit starts from one of its points (orbits that move are outside it, and it is closed);
- else, if all its points are stable: asymptotically stable if it is isolated from other rest points (a
  nearby orbit stays near, so by Poincaré and Bendixson accumulates at a point of it, and converges to it as
  that point is stable; no cycle fits, since a set of positive dimension reaches the boundary), else stable;
  an isolated point is a set of one;
- else, if it holds an edge along which the payoffs of all three are the same and the third strategy earns
  least nearby, orbits drift along the edge but approach it: asymptotically stable if isolated, else stable;
- else undecided.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

from dynamics.decisions import ASYMPTOTIC, STABLE, UNDECIDED, UNSTABLE, Decision
from dynamics.protocols import Imitation, Protocol, Replicator
from dynamics.revision_restpoints import nash_components, revision_components, same_as_replicator, uses_nash
from dynamics.stability import decide
from gametheory.algebra.subdivision import Box
from gametheory.equilibria.components import Cell, Component, Status, assemble, groups_of
from gametheory.equilibria.landscape import UNDECIDED_BOXES, Landscape, landscape
from gametheory.equilibria.symmetric import SymmetricEquilibria
from gametheory.errors import require
from gametheory.games import Game, payoff_table


@dataclass(frozen=True, slots=True, kw_only=True)
class RestPoints:
    """Rest points of the replicator dynamics, and how far the answer goes.

    Attributes
    ----------
    components : tuple of Component
        Maximal connected sets, isolated points first; their parts carry Nash status, ESS and stability.
    exact, complete : bool
        Whether the game's numbers are exact; whether these are all of them.
    note : str
        What was not searched, or not decided, if anything.
    undecided : tuple of Box
        Boxes, in the shares of all strategies, outside which no isolated rest point is missing.
    """

    components: tuple[Component, ...]
    exact: bool
    complete: bool
    note: str
    undecided: tuple[Box, ...] = ()

    def _repr_latex_(self) -> str:
        from gametheory.latex import components_latex, shown

        return shown(components_latex(self))


def rest_points(game: Game, *, protocol: Protocol | None = None) -> RestPoints:
    """All rest points of the mean dynamics of a game with numbers for parameters.

    Parameters
    ----------
    game : Game
        Covered as by `gametheory.symmetric_equilibria`.
    protocol : Protocol, optional
        One of `dynamics.protocols`, `Replicator` by default. Points under `Logit`, `Imitation`,
        `ReplicatorMutator` and `BoltzmannLearning` are rational or certified enclosures, for games of floats too,
        which are taken as exactly the rationals that their floats are (see `dynamics.revision_restpoints`).

    Raises
    ------
    InvalidParameter
        If a payoff is not a number, or `protocol` is no protocol.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> for component in rest_points(game).components:
    ...     for part in component.parts: print(part.set, '|', part.stability)
    C == 0 and D == 1 and P == 0 | asymptotically stable
    C == 0 and D == 9/13 and P == 4/13 | unstable
    D == 0 and C + P == 1 and P > 1/10 and P <= 1 | stable
    D == 0 and C + P == 1 and P >= 0 and P < 1/10 | unstable
    C == 9/10 and D == 0 and P == 1/10 | unstable
    """
    protocol = Replicator() if protocol is None else protocol
    require(isinstance(protocol, Protocol), "protocol", protocol, "one of dynamics.protocols")
    if not isinstance(protocol, Replicator) and not same_as_replicator(protocol) and not uses_nash(protocol):
        return _under(game, protocol)
    land = landscape(game)
    if uses_nash(protocol):
        components = nash_components(land, _components(land, lambda status: bool(status["nash"]))[0])
    else:
        components, _ = _components(land, lambda status: True)
    if isinstance(protocol, Imitation):
        components = tuple(_without_stability(component) for component in components)
    return _rest_points(land, components)


def _rest_points(land: Landscape, components: tuple[Component, ...]) -> RestPoints:
    return RestPoints(
        components=components, exact=land.exact, complete=land.complete, note=land.note, undecided=land.undecided
    )


def _under(game: Game, protocol: Protocol) -> RestPoints:
    """Rest points that are found on their own."""
    table = payoff_table(game)
    components, boxes = revision_components(table, protocol)
    note = UNDECIDED_BOXES if boxes else ""
    return RestPoints(components=components, exact=table.is_exact, complete=not boxes, note=note, undecided=boxes)


def _without_stability(component: Component) -> Component:
    parts = tuple(replace(part, stability=UNDECIDED, reason="not decided for imitation") for part in component.parts)
    return replace(component, parts=parts, stability_as_set=UNDECIDED)


def stable_equilibria(game: Game) -> SymmetricEquilibria:
    """`gametheory.symmetric_equilibria`, with the stability of each part and of each component as a set.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> [component.stability_as_set for component in stable_equilibria(game).components]
    ['asymptotically stable', 'unstable']
    """
    return classify(game)[0]


def classify(game: Game) -> tuple[SymmetricEquilibria, RestPoints]:
    """Equilibria and rest points, both with stability, from one tabulation of the game."""
    land = landscape(game)
    nash, wrong = _components(land, lambda status: bool(status["nash"]))
    if wrong:
        raise AssertionError("an equilibrium that was found has a profitable deviation")
    everything, _ = _components(land, lambda status: True)
    equilibria = SymmetricEquilibria(
        components=nash, exact=land.exact, complete=land.complete, note=land.note, undecided=land.undecided
    )
    return equilibria, _rest_points(land, everything)


def _components(land: Landscape, keep: Callable[[Status], bool]) -> tuple[tuple[Component, ...], bool]:
    """The components of the cells that are kept, and whether one of them has a positive regret."""
    decisions: dict[Cell, Decision] = {cell: decide(land, cell) for cell in land.cells}
    labelled: list[tuple[Cell, Status]] = []
    for cell in land.cells:
        nash, ess = land.nash_and_ess(cell)
        found_so = decisions[cell]
        status = {"nash": nash, "ess": ess, "stability": found_so.stability, "reason": found_so.reason}
        if keep(status):
            labelled.append((cell, status))
    found = []
    for group in groups_of(labelled):
        (component,) = assemble(land.table.strategies, group, regret=land.regret, shown=land.shown)
        answer = _as_set(land, [cell for cell, _ in group], decisions)
        found.append(replace(component, stability_as_set=answer))
    found.sort(key=lambda c: (c.dimension, [-float(v) for v in c.endpoints[0]]))
    wrong = land.exact and any(component.regret != 0 for component in found)
    return tuple(found), wrong


def _as_set(land: Landscape, cells: list[Cell], decisions: dict[Cell, Decision]) -> str:
    mine = set(cells)
    if len(cells) == 1 and cells[0].dimension == 0:
        alone = decisions[cells[0]]
        if alone.stability != STABLE or not _touches_others(land, mine):
            return alone.stability
    answers = {decisions[cell].stability for cell in cells}
    if any(decisions[cell].is_source for cell in cells):
        return UNSTABLE
    isolated = land.complete and not _touches_others(land, mine)
    if answers <= {STABLE, ASYMPTOTIC} or (UNDECIDED not in answers and _drift_returns(land, mine)):
        return ASYMPTOTIC if isolated else STABLE
    return UNDECIDED


def _touches_others(land: Landscape, mine: set[Cell]) -> bool:
    """Whether rest points outside a closed set of cells accumulate at it."""
    corners = {cell.ends[0] for cell in mine if cell.dimension == 0}
    return any(corners & set(cell.ends) for cell in land.cells if cell not in mine and cell.dimension > 0)


def _drift_returns(land: Landscape, mine: set[Cell]) -> bool:
    """Whether every cell that is not stable lies on one drifting edge that attracts (module header)."""
    if land.matrix is None or len(land.matrix) != 3:
        return False
    matrix = land.matrix
    for i, j in combinations(range(3), 2):
        (k,) = {0, 1, 2} - {i, j}
        same = all(matrix[n][column] == matrix[i][column] for n in (j, k) for column in (i, j))
        least = matrix[k][k] <= min(matrix[i][k], matrix[j][k])
        if same and least and all(set(cell.support) <= {i, j} for cell in mine):
            return True
    return False
