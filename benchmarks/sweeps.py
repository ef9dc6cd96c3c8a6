"""Sweeps against the loop that a user would write: long runs and counts of equilibria over 10^6 points.

The loop is measured on points drawn from the same grid, answers compared there first; `peer_s` is its seconds a point
times the number of points, `ours_s` the whole sweep, on all threads. `python -m benchmarks sweeps` takes 10^4 points,
`--long` 10^6; so does `python -m benchmarks.sweeps kills` for 20 SIGKILLs of a sweep of 10^5 points.
"""

import sys
from collections.abc import Callable
from functools import partial
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from benchmarks._egttools import installed, their_game
from experiments import sweep
from gametheory import PublicGoodsGame, ThresholdGame, payoff_table
from gametheory.compositions import compositions, rank

Array = NDArray[np.float64]

SAMPLE = 24
SIDE, LONG_SIDE = 100, 1000
GROUP = 10
NEVER = 1e4  # how long the loop integrates, in units of one over payoff


def rows() -> list[dict[str, Any]]:
    """Both sweeps over 10^4 points."""
    return [*_long_runs(SIDE), *_counts(SIDE)]


def long_rows() -> list[dict[str, Any]]:
    """Both sweeps over 10^6 points."""
    return [*_long_runs(LONG_SIDE), *_counts(LONG_SIDE)]


def _long_runs(side: int) -> list[dict[str, Any]]:
    """C, D, P from equal shares over (p, fine), N = 5, r = 3."""
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, punishment_cost="3/10")
    axes = {
        "punishment_probability": {"start": 0, "stop": 1, "points": side},
        "fine": {"start": 0, "stop": 2, "points": side},
    }
    sweep(game, "long_run_shares", {"fine": [0, 1]}, seed=1)  # compiled
    seconds, found = _timed(lambda: sweep(game, "long_run_shares", axes, seed=1))
    places = np.random.default_rng(1).integers(0, side, (SAMPLE, 2))
    ours = found.share.values[tuple(places.T)]

    def at(i: int, j: int) -> PublicGoodsGame:
        p, fine = float(found.punishment_probability[i]), float(found.fine[j])
        return PublicGoodsGame(
            group_size=5, multiplication_factor=3.0, fine=fine, punishment_cost=0.3, punishment_probability=p
        )

    note = f"{side}^2 points, {int((~found.converged).sum())} not converged; loop on {SAMPLE}"
    name = f"long_runs_{side**2:.0e}"
    made = []
    for peer, version, field in _fields():
        games = [at(i, j) for i, j in places.tolist()]
        spent, theirs = _timed(partial(_each, games, field, _followed))
        same = bool(np.abs(np.array(theirs) - ours).max() < 1e-4)
        made.append(_row(name, peer, version, seconds, spent / SAMPLE * side**2, same, note))
    return made


def _fields() -> list[tuple[str, str, Callable[[PublicGoodsGame], Callable[[float, Array], Array]]]]:
    """The right-hand sides that a user would integrate with scipy."""
    found: list[Any] = [("scipy solve_ivp, numpy payoffs", metadata.version("scipy"), _numpy_field)]
    if installed():
        found.append(("EGTtools replicator in solve_ivp", metadata.version("egttools"), _their_field))
    return found


def _numpy_field(game: PublicGoodsGame) -> Callable[[float, Array], Array]:
    """Payoffs are affine in the counts: a matrix, as a user would find it."""
    table = payoff_table(game).as_array()
    matrix = table[:, [rank([4 * (j == i) for j in range(3)]) for i in range(3)]]

    def field(_: float, x: Array) -> Array:
        payoffs = matrix @ x
        return np.asarray(x * (payoffs - x @ payoffs))

    return field


def _their_field(game: PublicGoodsGame) -> Callable[[float, Array], Array]:
    from egttools.analytical import replicator_equation_n_player

    payoffs = their_game(payoff_table(game)).payoffs()
    return lambda _, x: np.asarray(replicator_equation_n_player(x, payoffs, 5))


def _followed(field: Callable[[float, Array], Array]) -> Array:
    path = solve_ivp(field, (0.0, NEVER), np.full(3, 1 / 3), method="LSODA", rtol=1e-8, atol=1e-10)
    return np.asarray(path.y[:, -1])


def _counts(side: int) -> list[dict[str, Any]]:
    """Equilibria of the threshold game, N = 10, m = 5, over the cost and the benefit."""
    game = ThresholdGame(group_size=GROUP, threshold=5, benefit=1)
    axes = {
        "benefit": {"start": "1/2", "stop": 2, "points": side},
        "contribution_cost": {"start": "1/100", "stop": 1, "points": side},
    }
    sweep(game, "equilibria", {"benefit": [1, 2]}, seed=1)  # compiled
    seconds, found = _timed(lambda: sweep(game, "equilibria", axes, seed=1))
    places = np.random.default_rng(2).integers(0, side, (SAMPLE, 2))
    ours = found.isolated.values[tuple(places.T)]

    def at(i: int, j: int) -> ThresholdGame:
        return ThresholdGame(
            group_size=GROUP,
            threshold=5,
            benefit=float(found.benefit[i]),
            contribution_cost=float(found.contribution_cost[j]),
        )

    note = f"{side}^2 points, {int(found.recomputed.sum())} solved again exactly; loop on {SAMPLE}"
    name = f"equilibria_{side**2:.0e}"
    made = []
    peers: list[Any] = [("scipy binom and brentq", metadata.version("scipy"), _scipy_count)]
    if installed():
        peers.append(("EGTtools replicator and brentq", metadata.version("egttools"), _their_count))
    for peer, version, count in peers:
        games = [at(i, j) for i, j in places.tolist()]
        spent, theirs = _timed(partial(_each, games, _itself, count))
        same = [int(n) for n in theirs] == ours.tolist()
        made.append(_row(name, peer, version, seconds, spent / SAMPLE * side**2, same, note))
    return made


def _scipy_count(game: ThresholdGame) -> int:
    """The gain as a binomial mean of payoffs."""
    from scipy.stats import binom

    table = payoff_table(game).as_array()
    gains = table[0] - table[1]
    splits = compositions(GROUP - 1, 2)[:, 0]
    return _between_signs(lambda share: float(binom.pmf(splits, GROUP - 1, share) @ gains))


def _their_count(game: ThresholdGame) -> int:
    """The gradient by EGTtools' compiled replicator equation."""
    from egttools.analytical import replicator_equation_n_player

    payoffs = their_game(payoff_table(game)).payoffs()

    def gradient(share: float) -> float:
        return float(replicator_equation_n_player(np.array([share, 1 - share]), payoffs, GROUP)[0])

    return _between_signs(gradient)


def _between_signs(gain: Callable[[float], float]) -> int:
    """Signs on a grid of 101 shares of contributors, brentq between them, and the corners."""
    from scipy.optimize import brentq

    grid = np.linspace(1e-6, 1 - 1e-6, 101).tolist()
    values = [gain(x) for x in grid]
    ends = zip(grid, grid[1:], values, values[1:], strict=False)
    roots = [brentq(gain, a, b) for a, b, u, v in ends if u * v < 0]
    return len(roots) + int(values[0] < 0) + int(values[-1] > 0)


def _each(games: list[Any], prepare: Callable[[Any], Any], answer: Callable[[Any], Any]) -> list[Any]:
    """The loop: one game after another."""
    return [answer(prepare(game)) for game in games]


def _itself(game: Any) -> Any:
    return game


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    begin = perf_counter()
    found = call()
    return perf_counter() - begin, found


def _row(name: str, peer: str, version: str, ours: float, theirs: float, same: bool, note: str) -> dict[str, Any]:
    return {
        "name": name,
        "peer": peer,
        "version": version,
        "ours_s": ours,
        "peer_s": theirs,
        "ratio": theirs / ours,
        "same_answer": same,
        "note": note,
    }


def kills(number: int = 20, points: int = 317) -> int:
    """Kill a sweep of points^2 points `number` times, and compare the stores; 1 if they differ."""
    import subprocess

    from tests._sweeps import SWEEP, command, contents, disturb

    wrong = 0
    for options in (["--block", "2048"], ["--block", "1024", "--workers", "2"]):
        with TemporaryDirectory() as name:
            folder = Path(name)
            file = folder / "sweep.toml"
            file.write_text(SWEEP.format(mode="grid", points=points))
            subprocess.run(command(file, folder / "calm"), check=True, capture_output=True)
            through = disturb(command(file, folder / "storm", *options), folder / "storm", kills=number, seed=1, step=6)
            same = contents(folder / "calm") == contents(folder / "storm")
            print(
                f"{points**2} points, {' '.join(options)}: {through.kills} kills; stores equal: {same}; "
                f"finished pieces computed again: {len(through.again)}; pieces begun twice (in flight): "
                f"{through.begun_twice}"
            )
            wrong += not same or len(through.again)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(kills() if sys.argv[1:] == ["kills"] else "python -m benchmarks.sweeps kills")
