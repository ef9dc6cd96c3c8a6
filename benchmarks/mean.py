"""Mean dynamics: one velocity, many velocities, many trajectories, several populations; answers compared first.

Against EGTtools, OpenSpiel and scipy, all on one thread, in turn. `ours_s` and `peer_s` are seconds for one
evaluation or one trajectory.
"""

from collections.abc import Callable
from fractions import Fraction
from importlib import import_module, metadata
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from benchmarks._rows import row, timed
from dynamics import (
    MeanDynamics,
    best_response_path,
    mean_dynamics,
    multi_population_dynamics,
    payoff_tensors,
    recurrence,
    trajectories,
)
from gametheory import Game, PublicGoodsGame, TableGame, game_from_function, game_from_payoffs
from gametheory.compositions import compositions

Array = NDArray[np.float64]

REPEATS = 15
POINTS = 65_536
GROUP = 5
EGTTOOLS = "EGTtools replicator_equation_n_player"


def rows() -> list[dict[str, Any]]:
    """One call, many points and many trajectories, for games whose payoffs are affine and for general tables."""
    games: dict[str, Game] = {"3-affine": published(), "3-general": optional(), "4-general": random_game()}
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        found = []
        for name, game in games.items():
            found += _against_egttools(name, game)
        found += [_against_scipy("3-affine", published()), _against_scipy("3-general", optional()), _over_a_grid()]
        return [*found, *_against_openspiel(), _exact_switches()]
    finally:
        numba.set_num_threads(threads)


def published(**changes: Any) -> PublicGoodsGame:
    values: dict[str, Any] = {"multiplication_factor": 3, "fine": 1, "punishment_cost": "3/10"}
    return PublicGoodsGame(group_size=GROUP, **{**values, **changes})


def optional() -> TableGame:
    """The optional public goods game: not affine in the counts."""

    def payoff(strategy: str, counts: dict[str, int]) -> Fraction:
        present = counts["C"] + counts["D"] + 1
        if strategy == "L" or present == 1:
            return Fraction(1)
        return Fraction(3 * (counts["C"] + (strategy == "C")), present) - (strategy == "C")

    return game_from_function(payoff, ["C", "D", "L"], GROUP)


def random_game() -> TableGame:
    values = np.random.default_rng(1).normal(size=(4, len(compositions(GROUP - 1, 4))))
    return game_from_payoffs(values, ["A", "B", "C", "D"], group_size=GROUP)


def _against_egttools(name: str, game: Game) -> list[dict[str, Any]]:
    """One call from Python, and all points at once in both orders of memory, against one call of EGTtools."""
    dynamics = mean_dynamics(game)
    size = len(game.strategies)
    points = np.random.default_rng(0).dirichlet(np.ones(size), POINTS)
    columns = np.ascontiguousarray(points.T).T
    out, columns_out = np.empty_like(points), np.empty_like(columns)
    single = points[0].copy()
    measured: dict[str, tuple[Callable[[], Any], int]] = {
        "one call": (lambda: [dynamics(0.0, single) for _ in range(1000)], 1000),
        "batched, rows": (lambda: dynamics.velocities(points, out=out), POINTS),
        "batched, columns": (lambda: dynamics.velocities(columns, out=columns_out), POINTS),
    }
    peer = _egttools(game)
    if peer is not None:
        call, table = peer
        measured["peer"] = (lambda: [call(single, table, GROUP) for _ in range(100)], 100)
    times = timed(measured, repeats=REPEATS)
    same = None
    if peer is not None:
        theirs = np.array([call(point, table, GROUP) for point in points[:100]])
        ours = (np.array([dynamics(0.0, p) for p in points[:100]]), dynamics.velocities(points)[:100])
        same = all(bool(np.allclose(one, theirs, rtol=0, atol=1e-12)) for one in ours)
        same = same and bool(np.allclose(out, columns_out, rtol=0, atol=1e-13))
    version = metadata.version("egttools") if peer is not None else "not installed"
    found = []
    for kind in ("one call", "batched, rows", "batched, columns"):
        note = f"N = {GROUP}, {size} strategies; {1 / times[kind]:.3g} evaluations/s on one core"
        found.append(row(f"mean/{kind}/{name}", EGTTOOLS, version, times[kind], times.get("peer"), same, note))
    return found


def _egttools(game: Game) -> tuple[Any, Array] | None:
    """EGTtools' function and its table (groups, oneself counted), or None."""
    try:
        egttools, analytical = import_module("egttools"), import_module("egttools.analytical")
    except ImportError:
        return None
    size = len(game.strategies)
    table = np.zeros((size, len(compositions(GROUP, size))))
    for column in range(table.shape[1]):
        group = [int(count) for count in egttools.sample_simplex(column, GROUP, size)]
        for i, strategy in enumerate(game.strategies):
            if group[i] > 0:
                others = tuple(count - (j == i) for j, count in enumerate(group))
                table[i, column] = float(game.payoff(strategy, others))
    return analytical.replicator_equation_n_player, table


def _against_scipy(name: str, game: Game) -> dict[str, Any]:
    """Sixty-four trajectories of one game against a loop of `solve_ivp` over the same compiled right-hand side."""
    dynamics = mean_dynamics(game)
    starts = np.random.default_rng(2).dirichlet(np.ones(3), 64)
    return _integrations(f"mean/trajectories/{name}", [dynamics] * 64, dynamics, starts)


def _over_a_grid() -> dict[str, Any]:
    """One start under sixty-four games, the fine and the cost of punishing varied."""
    fines, costs = np.meshgrid(np.linspace(0, 2, 8), np.linspace(0.1, 1, 8))
    grid = mean_dynamics(published(fine=fines.ravel(), punishment_cost=costs.ravel()))
    pairs = zip(fines.ravel().tolist(), costs.ravel().tolist(), strict=True)
    singles = [mean_dynamics(published(fine=fine, punishment_cost=cost)) for fine, cost in pairs]
    return _integrations("mean/trajectories/grid", singles, grid, np.tile([0.3, 0.3, 0.4], (64, 1)))


def _integrations(name: str, singles: list[MeanDynamics], batch: MeanDynamics, starts: Array) -> dict[str, Any]:
    """Both to t = 100 with a fifth-order pair at tolerances 1e-8 and 1e-10; errors against one of eighth order."""
    both = list(zip(singles, starts, strict=True))

    def scipy_loop() -> Array:
        runs = [solve_ivp(f, (0, 100), x, rtol=1e-8, atol=1e-10, t_eval=[100]) for f, x in both]
        return np.array([run.y[:, 0] for run in runs])

    def ours() -> Array:
        return trajectories(batch, starts, times=100.0, tolerances=(1e-8, 1e-10), rest_speed=0).ends

    exact = np.array(
        [solve_ivp(f, (0, 100), x, method="DOP853", rtol=1e-13, atol=1e-14, t_eval=[100]).y[:, 0] for f, x in both]
    )
    errors = np.abs(ours() - exact).max(), np.abs(scipy_loop() - exact).max()
    times = timed({"ours": (ours, len(starts)), "peer": (scipy_loop, len(starts))}, repeats=3)
    note = f"t = 0 to 100, 3 strategies; largest errors {errors[0]:.1g} (ours) and {errors[1]:.1g}"
    same = bool(errors[0] <= max(2 * errors[1], 1e-8))
    version = metadata.version("scipy")
    return row(name, "scipy solve_ivp (RK45), same right-hand side", version, times["ours"], times["peer"], same, note)


def _against_openspiel() -> list[dict[str, Any]]:
    """One player of each of five populations, the published game as payoff tensors: one call, and many at once."""
    tensors = payoff_tensors(published())
    dynamics = multi_population_dynamics(tensors)
    points = np.hstack([np.random.default_rng(k).dirichlet(np.ones(3), 4096) for k in range(GROUP)])
    single, out = points[0].copy(), np.empty_like(points)
    measured: dict[str, tuple[Callable[[], Any], int]] = {
        "one call": (lambda: [dynamics(0.0, single) for _ in range(1000)], 1000),
        "batched": (lambda: dynamics.velocities(points, out=out), len(points)),
    }
    same, version = None, "not installed"
    try:
        theirs = import_module("open_spiel.python.egt.dynamics")
    except ImportError:
        pass
    else:
        array = np.array([[float(v) for v in row] for row in tensors.values]).reshape(GROUP, *tensors.sizes)
        peer = theirs.MultiPopulationDynamics(array, [theirs.replicator] * GROUP)
        version = metadata.version("open_spiel")
        measured["peer"] = (lambda: [peer(single) for _ in range(100)], 100)
        answers = np.array([peer(point) for point in points[:50]])
        same = bool(np.allclose(dynamics.velocities(points)[:50], answers, rtol=0, atol=1e-12))
    times = timed(measured, repeats=REPEATS)
    note = "5 populations of 3 strategies, 243 profiles"
    name = "OpenSpiel MultiPopulationDynamics"
    return [
        row(f"mean/populations/{kind}", name, version, times[kind], times.get("peer"), same, note)
        for kind in ("one call", "batched")
    ]


def _exact_switches() -> dict[str, Any]:
    """Exact best response dynamics of rock, paper, scissors to Shapley's triangle; seconds for one switch."""
    game = game_from_payoffs([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], ["R", "P", "S"])
    start, switches = ["1/2", "1/3", "1/6"], 60
    corners = {("4/7", "1/7", "2/7"), ("2/7", "4/7", "1/7"), ("1/7", "2/7", "4/7")}
    orbit = recurrence(best_response_path(game, start, max_segments=switches))
    same = {tuple(map(str, point)) for point in orbit.points} == corners
    measured: dict[str, tuple[Callable[[], Any], int]] = {
        "ours": (lambda: best_response_path(game, start, max_segments=switches), switches)
    }
    seconds = timed(measured, repeats=REPEATS)["ours"]
    note = f"{switches} rational switches, then the closed orbit, compared with its closed form"
    return row("mean/best-response/switch", "none", "", seconds, None, same, note)
