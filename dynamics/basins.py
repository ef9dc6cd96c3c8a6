r"""Basins of attraction: which share of all populations ends where.

A regular grid cuts the simplex into :math:`n^{m-1}` cells of equal volume (the edgewise, or Kuhn's, subdivision; small
triangles for three strategies) and follows the mean dynamics from the center of each; random starts are uniform on the
simplex. A run is counted for a target only if its end passes a test:

- the target is a set of rest points not known to be unstable, and the end is within `tolerance` of it (as the start
  was not, unless the set is known to be stable); and, where the target is one point whose eigenvalues all have negative
  real parts, :math:`d^T P d` falls at the end, for `d` the distance vector and `P` from Lyapunov's equation; else the
  run, followed on for as long again, comes no farther from it;
- or the target is an attracting limit cycle found by `dynamics.cycles`, and the end is within `tolerance` of its orbit;
- or it is a heteroclinic cycle that attracts by the exact criterion, and the end is within 1e-3 of it.

Everything else is undecided. Two strategies under a protocol that follows payoffs need no runs: shares move with the
sign of the gain, so basins are the intervals between the exact rest points (`method` is then "exact").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.grids import grid_cells, on_border
from dynamics.mean import MeanDynamics, Trajectories, mean_dynamics, trajectories
from dynamics.protocols import BrownVonNeumannNash, Imitation, NormalizedReplicator, Protocol, Replicator, Smith
from dynamics.replicator import Ending
from dynamics.targets import Target, possible_targets
from gametheory.equilibria.edges import edge_of
from gametheory.errors import require
from gametheory.exact import Number, is_integer
from gametheory.games import Game, PayoffTable, payoff_table

Array = NDArray[np.float64]

DEFAULT_SIDE: Final = {2: 400, 3: 48, 4: 12}
UNDECIDED: Final = -1
FOLLOWING: Final = (Replicator, NormalizedReplicator, Smith, BrownVonNeumannNash, Imitation)
CYCLES: Final = 3  # limit cycles looked for among runs that do not rest
STAGES: Final = ((0.02, 1e-9), (1.0, 1e-10), (50.0, 1e-13))  # of the duration; speed of rest
SLOW: Final = 1e-3  # speeds that may come to rest yet: only such runs see the last stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Basin:
    """The share of populations that ends at one target.

    Attributes
    ----------
    target : Target
    share : number
        Of the simplex, by volume; a Fraction, or float, where `Basins.method` is "exact".
    error : float
        Of a random sample: one standard error. Of a grid: the share of those of its cells that touch a cell of another
        basin (or undecided), a usual size of the error, no bound. Of exact basins: 0, or the rounding of a float.
    """

    target: Target
    share: Number
    error: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Basins:
    """Basins of attraction, and what they were computed from.

    Attributes
    ----------
    strategies : tuple of str, length m
    basins : tuple of Basin
        By falling share; targets that no run reached are not listed.
    undecided : float
        Share of runs that passed no test; with the basins' shares it sums to 1.
    method : str
        "exact", "grid" or "random".
    seed : int or None
        Of random starts.
    starts, ends : ndarray of float64, shape (runs, m)
    labels : ndarray of int64, shape (runs,)
        Index into `basins`; -1 where undecided.
    cells : ndarray of float64, shape (runs, m, m)
        Corners of the cell around each start of a grid; shape (0, m, m) otherwise.
    """

    strategies: tuple[str, ...]
    basins: tuple[Basin, ...]
    undecided: float
    method: str
    seed: int | None
    starts: Array
    ends: Array
    labels: NDArray[np.int64]
    cells: Array

    def __post_init__(self) -> None:
        for name in ("starts", "ends", "labels", "cells"):
            getattr(self, name).setflags(write=False)


def basins_of_attraction(
    game: Game | PayoffTable,
    *,
    protocol: Protocol | None = None,
    side: int | None = None,
    runs: int | None = None,
    seed: int | None = None,
    starts: ArrayLike | None = None,
    duration: float = 1e4,
    tolerance: float = 1e-4,
    max_steps: int = 5000,
) -> Basins:
    """Which share of all populations ends where.

    Parameters
    ----------
    game : Game or PayoffTable
        With numbers for parameters.
    protocol : Protocol, optional
        `Replicator` by default.
    side : int, optional
        Cells per side of a regular grid, >= 1: side^(m - 1) of them. By default 48 for three strategies, 12 for four.
    runs, seed : int, optional
        Both, instead of a grid: so many uniform random starts.
    starts : array_like of float, shape (runs, m), optional
        Starts of one's own, instead; shares are then of these.
    duration : float
        In units of one over the largest difference of payoffs (or of revisions), > 0. Runs that are undecided then, and
        slow, are followed fifty times as long.
    tolerance : float
        Largest Euclidean distance from a target, > 0.
    max_steps : int
        Most steps of each run, twice (three times if slow), >= 1.

    Returns
    -------
    Basins
        The same, bit by bit, whatever the number of threads.

    Raises
    ------
    InvalidParameter
        If an option is outside its domain, or options contradict each other.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame, game_from_payoffs
    >>> stag_hunt = game_from_payoffs([[4, 0], [3, 3]], ["stag", "hare"])
    >>> [(basin.target.set, str(basin.share)) for basin in basins_of_attraction(stag_hunt).basins]
    [('stag == 0 and hare == 1', '3/4'), ('stag == 1 and hare == 0', '1/4')]
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> for basin in basins_of_attraction(game, side=24).basins: print(basin.target.set, round(basin.share, 2))
    D == 0 and C + P == 1 and P > 1/10 and P <= 1 0.57
    C == 0 and D == 1 and P == 0 0.43
    """
    require(bool(0 < duration < np.inf), "duration", duration, "> 0 and finite")
    require(bool(0 < tolerance < 1), "tolerance", tolerance, "in (0, 1)")
    require((runs is None) == (seed is None), "seed", seed, "given with runs, and only then")
    ways = [side is not None, runs is not None, starts is not None]
    require(sum(ways) <= 1, "starts", starts, "one of side, runs and starts")
    table = game if isinstance(game, PayoffTable) else payoff_table(game)
    chosen = Replicator() if protocol is None else protocol
    if not any(ways) and len(table.strategies) == 2 and follows_payoffs(chosen):
        exact = _between_rest_points(table, chosen)
        if exact is not None:
            return exact
    dynamics = mean_dynamics(table, protocol=chosen)
    points, cells, method = _starts(len(table.strategies), side, runs, seed, starts)
    ends, labels, targets = _labelled(dynamics, table, points, duration / dynamics.scale, tolerance, max_steps)
    border = on_border(cells, labels) if method == "grid" else np.zeros(len(points), dtype=np.bool_)
    return _summary(dynamics.strategies, targets, labels, points, ends, cells, border, method, seed)


def _starts(
    size: int, side: int | None, runs: int | None, seed: int | None, starts: ArrayLike | None
) -> tuple[Array, Array, str]:
    none = np.empty((0, size, size))
    if starts is not None:
        return np.atleast_2d(np.array(starts, dtype=np.float64)), none, "given"
    if runs is not None:
        require(is_integer(runs) and runs >= 1, "runs", runs, "an integer >= 1")
        require(is_integer(seed) and int(seed or 0) >= 0, "seed", seed, "an integer >= 0")
        return np.random.default_rng(seed).dirichlet(np.ones(size), runs), none, "random"
    side = DEFAULT_SIDE.get(size, 5) if side is None else side
    require(is_integer(side) and side >= 1, "side", side, "an integer >= 1")
    cells = grid_cells(size, int(side))
    return cells.mean(axis=1), cells, "grid"


def follows_payoffs(protocol: Protocol) -> bool:
    """Whether, with two strategies present, the one that earns more grows."""
    noisy = isinstance(protocol, Imitation) and protocol.mutation_rate > 0
    return isinstance(protocol, FOLLOWING) and not noisy


def _between_rest_points(table: PayoffTable, protocol: Protocol) -> Basins | None:
    """Two strategies: the intervals between rest points; None if all points rest."""
    from gametheory.equilibria.landscape import landscape
    from gametheory.games import TableGame

    solved = landscape(TableGame(strategies=table.strategies, group_size=table.group_size, values=table.values))
    edge = solved.edges.get((0, 1)) or edge_of(table, 0, 1)
    if not edge.gain:
        return None
    targets = possible_targets(mean_dynamics(table, protocol=protocol), table)
    stops = [Fraction(0), *edge.roots, Fraction(1)]
    gathered: dict[int, Number] = {}
    for (low, high), sign in zip(pairwise(stops), edge.signs, strict=True):
        stop = high if sign > 0 else low
        end = edge.point(stop, 2)
        index = next(k for k, target in enumerate(targets) if target.distance([float(v) for v in end]) < 1e-9)
        rational = isinstance(low, Fraction) and isinstance(high, Fraction) and solved.exact
        length = high - low if rational else float(high) - float(low)
        gathered[index] = gathered.get(index, Fraction(0) if rational else 0.0) + length
    listed = sorted(gathered.items(), key=lambda item: -float(item[1]))
    basins = tuple(
        Basin(target=targets[k], share=share, error=0.0 if isinstance(share, Fraction) else 1e-15)
        for k, share in listed
    )
    empty = np.empty((0, 2))
    return Basins(
        strategies=table.strategies,
        basins=basins,
        undecided=0.0,
        method="exact",
        seed=None,
        starts=empty,
        ends=empty.copy(),
        labels=np.empty(0, dtype=np.int64),
        cells=np.empty((0, 2, 2)),
    )


def _labelled(
    dynamics: MeanDynamics, table: PayoffTable, points: Array, duration: float, tolerance: float, max_steps: int
) -> tuple[Array, NDArray[np.int64], list[Target]]:
    """Follow every start; the ends, the index of each one's target, and the targets."""
    targets = possible_targets(dynamics, table)
    ends, speeds = points.copy(), np.zeros(len(points))
    labels = np.full(len(points), UNDECIDED, dtype=np.int64)
    for share, rest_speed in STAGES:
        late = np.flatnonzero((labels == UNDECIDED) & ((speeds <= SLOW * dynamics.scale) | (share <= 1)))
        if not late.size:
            break
        time = share * duration
        runs = trajectories(dynamics, ends[late], times=time, rest_speed=rest_speed, max_steps=max_steps)
        ends[late], speeds[late] = runs.ends, runs.speeds
        labels[late] = _labels(dynamics, points[late], runs, targets, tolerance)
        moving = late[(labels[late] == UNDECIDED) & (runs.speeds > SLOW / 10 * dynamics.scale)]
        _add_cycles(dynamics, ends, labels, moving, targets, tolerance)
    return ends, labels, targets


def _add_cycles(
    dynamics: MeanDynamics,
    ends: Array,
    labels: NDArray[np.int64],
    moving: NDArray[np.int64],
    targets: list[Target],
    tolerance: float,
) -> None:
    """Look for attracting limit cycles among ends that do not rest, and label the runs on them."""
    from dynamics.cycles import limit_cycle
    from gametheory.errors import NotConverged

    for _ in range(CYCLES):
        left = moving[labels[moving] == UNDECIDED]
        if not left.size:
            return
        try:
            cycle = limit_cycle(dynamics, ends[left[0]])
        except NotConverged:
            return
        if cycle.stability != "attracting":
            return
        targets.append(Target.of_cycle(dynamics.strategies, cycle))
        for k in left:
            if targets[-1].distance(ends[k]) <= tolerance:
                labels[k] = len(targets) - 1


def _labels(
    dynamics: MeanDynamics, starts: Array, runs: Trajectories, targets: Sequence[Target], tolerance: float
) -> NDArray[np.int64]:
    """The target of each end that passes a test; see the module header."""
    labels = np.full(len(starts), UNDECIDED, dtype=np.int64)
    if not targets:
        return labels
    reach = np.array([1e-3 if target.kind == "heteroclinic cycle" else tolerance for target in targets])
    attracts = np.array([target.may_attract for target in targets])
    gaps = np.stack([target.distances(runs.ends) for target in targets], axis=1)
    for k, gap in enumerate(gaps):
        ties = np.flatnonzero((gap <= reach) & (gap <= gap.min() + 1e-9))
        if ties.size:
            best = int(next((j for j in ties if attracts[j]), ties[0]))
            circling = targets[best].kind != "rest points" and runs.endings[k] is not Ending.AT_REST
            labels[k] = best if attracts[best] and (circling or targets[best].kind == "rest points") else UNDECIDED
    again = []
    for j, target in enumerate(targets):
        here = np.flatnonzero(labels == j)
        if target.kind != "rest points" or not here.size:
            continue
        if not target.is_stable:  # a start that is there already shows nothing
            labels[here[target.distances(starts[here]) <= tolerance]] = UNDECIDED
        here = here[labels[here] == j]
        again += here[~target.falls(dynamics, runs.ends[here])].tolist()
    if again:
        longest = max(float(runs.reached[again].max()), 1.0 / dynamics.scale)
        tails = trajectories(dynamics, runs.ends[again], times=longest, rest_speed=0)
        for k, end in zip(again, tails.ends, strict=True):
            if not targets[labels[k]].distance(end) <= gaps[k, labels[k]] + 1e-9:
                labels[k] = UNDECIDED
    return labels


def _summary(
    names: tuple[str, ...],
    targets: Sequence[Target],
    labels: NDArray[np.int64],
    points: Array,
    ends: Array,
    cells: Array,
    border: NDArray[np.bool_],
    method: str,
    seed: int | None,
) -> Basins:
    number = len(labels)
    counts = [(int((labels == k).sum()), k) for k in range(len(targets))]
    order = [k for count, k in sorted(counts, key=lambda pair: (-pair[0], pair[1])) if count]
    basins = []
    for k in order:
        share = float((labels == k).mean())
        error = float(((labels == k) & border).mean()) if method == "grid" else sqrt(share * (1 - share) / number)
        basins.append(Basin(target=targets[k], share=share, error=error))
    places = {k: place for place, k in enumerate(order)}
    return Basins(
        strategies=names,
        basins=tuple(basins),
        undecided=float((labels == UNDECIDED).mean()),
        method=method,
        seed=seed,
        starts=points,
        ends=ends,
        labels=np.array([places.get(int(k), UNDECIDED) for k in labels], dtype=np.int64),
        cells=cells,
    )
