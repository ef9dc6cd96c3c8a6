"""Structured populations against EGTtools and against plain Python: steps a second, and what the answers share.

EGTtools pays a player the sum of what its neighbors earn, each in its own game, or of pairwise games, not the sum over
the groups that it is in: on a lattice the two agree only where payoffs do not matter, on a complete graph always.
Seconds are of processor time, of one core, but for many lattices at once, whose seconds are those of the clock.
"""

from collections.abc import Callable
from importlib import metadata
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from dynamics.structure import FermiImitation, SquareLattice, StructuredPopulation, evolve
from dynamics.structure._lattice_kernels import lattice_steps
from dynamics.structure.stages import Stage, starting
from gametheory import PublicGoodsGame, game_from_function, game_from_payoffs

SIDE = 200
REPEATS = 5
PEER = "EGTtools"
NOISE = FermiImitation(imitation_noise=0.5)
Kinds = NDArray[np.uint8]


def rows() -> list[dict[str, Any]]:
    """Speed on one lattice and on many, and comparisons where there is something to compare."""
    return [
        _group_game(),
        _neutral(),
        _complete_graph(),
        _plain_python(),
        *(_speed(name, sweeps) for name in ("CD", "CDP") for sweeps in (20, 500)),
        _limit(SIDE),
        _limit(1000),
        _many(),
    ]


def published(strategies: str) -> PublicGoodsGame:
    """C and D at r = 4.4; C, D and P at r = 3 with fines of 1 at a cost of 0.3."""
    if strategies == "CD":
        return PublicGoodsGame(group_size=5, multiplication_factor=4.4, strategies=["C", "D"])
    return PublicGoodsGame(group_size=5, multiplication_factor=3.0, fine=1.0, punishment_cost=0.3)


def lattice_of(side: int) -> dict[int, list[int]]:
    """The square lattice as EGTtools reads it."""
    steps = ((-1, 0), (0, -1), (0, 1), (1, 0))
    return {
        r * side + c: [(r + i) % side * side + (c + j) % side for i, j in steps]
        for r in range(side)
        for c in range(side)
    }


def _group_game() -> dict[str, Any]:
    """Their game of closed neighborhoods, ours of closed neighborhoods: other payoffs, so only times."""
    steps = 200_000

    def theirs() -> float:
        from egttools.games import OneShotCRDNetworkGame
        from egttools.numerical.structure import NetworkGroup

        game = OneShotCRDNetworkGame(1.0, 0.1, 0.5, 3)
        network = NetworkGroup(2, 2.0, 0.0, lattice_of(SIDE), game)
        network.initialize()
        return _timed(lambda: [network.update_population() for _ in range(steps)]) / steps

    note = f"seconds a step, L = {SIDE}; their fitness sums the neighbors' own games: another model, times only"
    return _row("structure/groups-200", lambda: 1 / _rate("CD", SIDE, 20), theirs, None, note)


def _neutral() -> dict[str, Any]:
    """Equal payoffs: one and the same process. What is compared is how many neighbors differ after ten sweeps."""
    sweeps = 10
    population = StructuredPopulation(
        game_from_payoffs(np.zeros((2, 5)), ["A", "B"], group_size=5), SquareLattice(SIDE)
    )
    ours = evolve(population, update=NOISE, sweeps=sweeps, runs=10, seed=1)
    mixed = [_unlike(kinds) for kinds in ours.final]
    seen: list[float] = []

    def theirs() -> float:
        from egttools.games import NormalFormNetworkGame
        from egttools.numerical.structure import Network

        game = NormalFormNetworkGame(1, np.zeros((2, 2)))
        network = Network(2, 1.0, 0.0, lattice_of(SIDE), game)
        network.initialize()
        seconds = _timed(lambda: [network.update_population() for _ in range(sweeps * SIDE**2)])
        seen.append(_unlike(np.array(network.population_strategies(), dtype=np.uint8).reshape(SIDE, SIDE)))
        return seconds / (sweeps * SIDE**2)

    def same() -> bool:
        return bool(abs(float(np.mean(mixed)) - seen[-1]) < 5 * np.std(mixed) * np.sqrt(1.1))

    note = f"seconds a step; neighbors that differ after {sweeps} sweeps: ours {np.mean(mixed):.4f}"

    def mine() -> float:
        return 1 / _rate_of(population, 1, sweeps)

    return _row("structure/neutral-200", mine, theirs, same, note)


def _complete_graph() -> dict[str, Any]:
    """Hawks and doves on a complete graph, where both definitions are the same: mean share of hawks."""
    size, sweeps = 100, 400
    matrix = np.array([[-1.0, 2.0], [0.0, 1.0]])
    noise = 20.0  # of the sum over partners

    def earned(own: str, others: dict[str, int]) -> float:
        row = matrix[0 if own == "H" else 1]
        return float(row[0] * others["H"] + row[1] * others["D"]) / size  # one of `size` groups, all of everybody

    graph = {v: [w for w in range(size) if w != v] for v in range(size)}
    population = StructuredPopulation(game_from_function(earned, ["H", "D"], size), graph)
    update = FermiImitation(imitation_noise=noise)
    result = evolve(population, update=update, burn_in=100, sweeps=sweeps, runs=20, seed=1)
    ours, error = float(result.mean_shares[0]), float(result.standard_errors[0])
    seen: list[float] = []

    def theirs() -> float:
        from egttools.games import NormalFormNetworkGame
        from egttools.numerical.structure import Network

        game = NormalFormNetworkGame(1, matrix)
        network = Network(2, 1 / noise, 0.0, graph, game)
        network.initialize()
        hawks = []

        def go() -> None:
            for sweep in range(100 + sweeps):
                for _ in range(size):
                    network.update_population()
                if sweep >= 100:
                    hawks.append(int(network.mean_population_state()[0]) / size)

        seconds = _timed(go)
        seen.append(float(np.mean(hawks)))
        return seconds / ((100 + sweeps) * size)

    def mine() -> float:
        return _timed(lambda: evolve(population, update=update, sweeps=2000, every=100, seed=1)) / (2000 * size)

    def same() -> bool:
        return bool(abs(seen[-1] - ours) < 5 * error * np.sqrt(21))

    note = f"seconds a step, 100 vertices, all neighbors; share of hawks: ours {ours:.3f} ± {error:.3f}"
    return _row("structure/complete-graph", mine, theirs, same, note)


def _plain_python() -> dict[str, Any]:
    """The kernel against its own Python source: the same bits."""
    population = StructuredPopulation(published("CDP"), SquareLattice(30))
    states, players = starting(population, None, 1, 1)
    stage = Stage(population, NOISE, 0.0, 1, states, players)
    answers = []

    def run(kernel: Callable[..., None], steps: int) -> float:
        cells, state, counts = stage.codes[0].copy(), states[0].copy(), np.bincount(players.ravel(), minlength=3)
        with np.errstate(over="ignore"):
            tables = (stage.offsets, population.payoffs, stage.moves, stage.rule)
            seconds = _timed(lambda: kernel(cells, *tables, steps, counts, state))
        answers.append((cells.tolist(), state.tolist()))
        return seconds / steps

    def same() -> bool:
        del answers[:]
        run(lattice_steps, 20_000)
        run(lattice_steps.py_func, 20_000)
        return bool(answers[0] == answers[1])

    run(lattice_steps, 1)
    ours = median(run(lattice_steps, 20_000) for _ in range(20 * REPEATS))
    theirs = run(lattice_steps.py_func, 20_000)
    row = {"name": "structure/plain-python", "peer": "our kernel, not compiled", "version": "", "ours_s": ours}
    note = "seconds a step, L = 30, C, D, P"
    return {**row, "peer_s": theirs, "ratio": theirs / ours, "same_answer": same(), "note": note}


def _speed(strategies: str, sweeps: int) -> dict[str, Any]:
    """Ours alone, from a random start."""
    rate = _rate(strategies, SIDE, sweeps)
    note = f"{rate:.3g} steps/s on one core: {sweeps} sweeps of {strategies}, L = {SIDE}, from a random start"
    return _alone(f"structure/lattice-{strategies}-{sweeps}", sweeps * SIDE**2 / rate, note)


def _limit(side: int) -> dict[str, Any]:
    """Steps in which neighbors are alike: a word, two places, a comparison. No step can cost less."""
    population = StructuredPopulation(published("CD"), SquareLattice(side))
    states, _ = starting(population, None, 1, 1)
    alike = np.zeros((1, side, side), dtype=np.uint8)
    stage = Stage(population, NOISE, 0.0, 1, states, alike)
    steps = 20 * side**2
    arrays = (stage.codes[0], stage.offsets, population.payoffs, stage.moves, stage.rule)
    counts = np.array([side**2, 0])
    lattice_steps(*arrays, 1, counts, states[0])
    seconds = median(_timed(lambda: lattice_steps(*arrays, steps, counts, states[0])) for _ in range(REPEATS))
    note = f"{steps / seconds:.3g} steps/s where all are alike, L = {side}: drawing and comparing, the limit"
    return _alone(f"structure/limit-{side}", seconds, note)


def _many() -> dict[str, Any]:
    """Many lattices on all cores against one after the other; the same numbers."""
    population = StructuredPopulation(published("CD"), SquareLattice(SIDE))

    def run() -> Any:
        return evolve(population, update=NOISE, sweeps=100, every=100, runs=8, seed=1)

    threads = numba.get_num_threads()
    together = run()
    ours = median(_elapsed(run) for _ in range(REPEATS))
    numba.set_num_threads(1)
    try:
        alone = run()
        theirs = median(_elapsed(run) for _ in range(REPEATS))
    finally:
        numba.set_num_threads(threads)
    same = bool(np.array_equal(together.final, alone.final))
    row = {"name": "structure/many-lattices", "peer": "one thread", "version": "", "ours_s": ours, "peer_s": theirs}
    note = f"8 lattices, {threads} threads, {8 * 100 * SIDE**2 / ours:.3g} steps/s with their starts"
    return {**row, "ratio": theirs / ours, "same_answer": same, "note": note}


def _rate(strategies: str, side: int, sweeps: int) -> float:
    return _rate_of(StructuredPopulation(published(strategies), SquareLattice(side)), 1, sweeps)


def _rate_of(population: StructuredPopulation, seed: int, sweeps: int) -> float:
    """Elementary steps a second of the kernel on one core, from a random start."""
    times = []
    for repeat in range(REPEATS + 1):
        states, players = starting(population, None, 1, seed)
        stage = Stage(population, NOISE, 0.0, 1, states, players)
        counts = np.bincount(players.ravel(), minlength=len(population.strategies))
        arrays = (stage.codes[0], stage.offsets, population.payoffs, stage.moves, stage.rule)
        steps = sweeps * population.size if repeat else 1  # the first compiles
        times.append(_timed(lambda: lattice_steps(*arrays, steps, counts, states[0])))  # noqa: B023
    return sweeps * population.size / median(times[1:])


def _unlike(kinds: Kinds) -> float:
    return float(((kinds != np.roll(kinds, 1, 0)).mean() + (kinds != np.roll(kinds, 1, 1)).mean()) / 2)


def _alone(name: str, seconds: float, note: str) -> dict[str, Any]:
    row = {"name": name, "peer": "none", "version": "", "ours_s": seconds, "peer_s": None}
    return {**row, "ratio": None, "same_answer": None, "note": note}


def _row(
    name: str, ours: Callable[[], float], theirs: Callable[[], float], same: Callable[[], bool] | None, note: str
) -> dict[str, Any]:
    """Seconds a step of both; the answer is compared where the models are the same."""
    mine = ours()
    row: dict[str, Any] = {"name": name, "peer": PEER, "version": "not installed", "ours_s": mine}
    try:
        version = metadata.version("egttools")
        other = theirs()
    except ModuleNotFoundError:
        return {**row, "peer_s": None, "ratio": None, "same_answer": None, "note": note}
    agreed = None if same is None else same()
    return {**row, "version": version, "peer_s": other, "ratio": other / mine, "same_answer": agreed, "note": note}


def _timed(function: Callable[[], Any]) -> float:
    start = process_time()
    function()
    return process_time() - start


def _elapsed(function: Callable[[], Any]) -> float:
    start = perf_counter()
    function()
    return perf_counter() - start
