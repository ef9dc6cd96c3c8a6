"""Rest points of the replicator dynamics as exact sets, each part with its stability; and that of equilibria.

Every rest point is a point where the strategies present earn the same, so the cells of
`gametheory.equilibria.landscape` are all of them; `dynamics.stability` decides each. A component as a set is

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
from dynamics.stability import decide
from gametheory.equilibria.components import Cell, Component, Status, assemble, groups_of
from gametheory.equilibria.landscape import Landscape, landscape
from gametheory.equilibria.symmetric import SymmetricEquilibria
from gametheory.games import Game


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
        What was not searched, if anything.
    """

    components: tuple[Component, ...]
    exact: bool
    complete: bool
    note: str


def rest_points(game: Game) -> RestPoints:
    """All rest points of the replicator dynamics of a game with numbers for parameters.

    Parameters
    ----------
    game : Game
        Covered as by `gametheory.symmetric_equilibria`.

    Raises
    ------
    InvalidParameter
        If a payoff is not a number.

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
    land = landscape(game)
    components, _ = _components(land, lambda status: True)
    return RestPoints(components=components, exact=land.exact, complete=land.complete, note=land.note)


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
    equilibria = SymmetricEquilibria(components=nash, exact=land.exact, complete=land.complete, note=land.note)
    rest = RestPoints(components=everything, exact=land.exact, complete=land.complete, note=land.note)
    return equilibria, rest


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
