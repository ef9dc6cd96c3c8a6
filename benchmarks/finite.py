"""Finite populations against EGTtools: fixation, selection, the whole chain and its long run; answers first."""

from collections.abc import Callable, Sequence
from importlib import metadata
from statistics import median
from time import perf_counter
from typing import Any

import numba
import numpy as np

from dynamics.finite import (
    FinitePopulation,
    PairwiseComparison,
    chain,
    gradient_of_selection,
    simulate,
    small_mutation_limit,
    stationary_distribution,
)
from gametheory import PayoffTable, PublicGoodsGame, payoff_table
from gametheory.compositions import compositions, rank

PEER = "EGTtools"
REPEATS = 5
ALIVE: list[Any] = []  # EGTtools' model reads freed memory once nobody else holds its game
FERMI = PairwiseComparison(selection_strength=1.0)
Answer = Callable[[], Any]


def rows() -> list[dict[str, Any]]:
    """Rates, long run, fixation and gradient, and how the long run's time grows with the population."""
    return [
        *(_long_run(size, their_repeats) for size, their_repeats in ((20, 3), (50, 1))),
        _transitions(),
        _fixation(),
        _gradient(),
        _walks(0.1, 1000, 10),
        _walks(0.001, 100_000, 1),
        *(_growth(size) for size in (100, 200, 500, 1000)),
    ]


def four_strategies() -> PayoffTable:
    """Contributors, defectors, punishers, and a copy of the defectors that pays less: no published game, only work."""
    table = payoff_table(published())
    splits = compositions(4, 4).tolist()
    columns = [rank([c, d + a, p]) for c, d, p, a in splits]
    values = [[float(row[column]) for column in columns] for row in table.values]
    values.append([value - 0.1 for value in values[1]])
    return PayoffTable(strategies=("C", "D", "P", "A"), group_size=5, values=tuple(map(tuple, values)))


def published() -> PublicGoodsGame:
    """N = 5, r = 3, c = 1 with fines of 1 at a cost of 0.3."""
    return PublicGoodsGame(group_size=5, multiplication_factor=3.0, fine=1.0, punishment_cost=0.3)


def their_game(table: PayoffTable) -> Any:
    """The table as EGTtools reads it: payoffs of each strategy in each whole group, itself included."""
    from egttools.games import Matrix2PlayerGameHolder, MatrixNPlayerGameHolder

    parts, size = len(table.strategies), table.group_size
    if size == 2:
        return Matrix2PlayerGameHolder(parts, table.as_array())
    groups = compositions(size, parts).tolist()
    ours = table.as_array()
    values = np.zeros((parts, len(groups)))
    for column, group in enumerate(groups):
        for i in range(parts):
            if group[i] > 0:
                values[i, column] = ours[i, rank([k - (j == i) for j, k in enumerate(group)])]
    return MatrixNPlayerGameHolder(parts, size, values)


def their_model(table: PayoffTable, population_size: int) -> Any:
    """EGTtools' compiled pairwise comparison."""
    from egttools.analytical import PairwiseComparison as Theirs

    game = their_game(table)
    ALIVE.append(game)
    return Theirs(population_size, game)


def _long_run(size: int, their_repeats: int) -> dict[str, Any]:
    population = FinitePopulation(published(), size)

    def ours() -> Any:
        return stationary_distribution(chain(population, process=FERMI, mutation_rate=1e-3)).shares

    def theirs() -> Answer:
        from egttools.utils import calculate_stationary_distribution

        model = their_model(population.table, size)

        def answer() -> Any:
            matrix = model.calculate_transition_matrix(1.0, 1e-3)
            return calculate_stationary_distribution(matrix.transpose().toarray())

        return answer

    note = f"{len(compositions(size, 3))} states, matrix and long run"
    return _row(f"finite/long-run-{size}", ours, theirs, note, their_repeats)


def _transitions() -> dict[str, Any]:
    population = FinitePopulation(published(), 50)

    def theirs() -> Answer:
        model = their_model(population.table, 50)
        return lambda: model.calculate_transition_matrix(1.0, 1e-3)

    def ours() -> Any:
        return chain(population, process=FERMI, mutation_rate=1e-3).matrix()

    return _row("finite/transition-matrix", ours, theirs, "1326 states, as a sparse matrix", REPEATS)


def _fixation() -> dict[str, Any]:
    population = FinitePopulation(four_strategies(), 100)

    def theirs() -> Answer:
        model = their_model(population.table, 100)
        return lambda: np.asarray(model.calculate_transition_and_fixation_matrix_sml(0.02)[1]) + np.eye(4) / 100

    def ours() -> Any:
        process = PairwiseComparison(selection_strength=0.02)
        limit = small_mutation_limit(population, process=process)
        return limit.fixation

    return _row("finite/fixation", ours, theirs, "4 strategies, Z = 100; below about 1e-7 theirs are 0", 4 * REPEATS)


def _gradient() -> dict[str, Any]:
    factors = np.linspace(1.5, 6.5, 1000)
    games = PublicGoodsGame(group_size=5, multiplication_factor=factors, strategies=["C", "D"])

    def theirs() -> Answer:
        states = compositions(100, 2)
        alone = [
            PublicGoodsGame(group_size=5, multiplication_factor=f, strategies=["C", "D"]) for f in factors.tolist()
        ]
        models = [their_model(payoff_table(game), 100) for game in alone]

        def answer() -> Any:
            found = [[m.calculate_gradient_of_selection(1.0, state)[0] for state in states[1:-1]] for m in models]
            return np.pad(np.array(found), ((0, 0), (1, 1)))

        return answer

    def ours() -> Any:
        return gradient_of_selection(games, population_size=100, process=FERMI)[:, ::-1]

    return _row("finite/gradient", ours, theirs, "2 strategies, Z = 100, 1000 games", 1)


def _walks(rate: float, burn_in: int, fewer: int) -> dict[str, Any]:
    """Steps of Monte Carlo, theirs fewer by a factor; answers are means of 10 runs, near each other."""
    population = FinitePopulation(published(), 100)
    steps = 2_000_000
    links = chain(population, process=FERMI, mutation_rate=rate)

    def ours() -> Any:
        return simulate(links, runs=10, steps=steps, burn_in=burn_in, seed=1).mean_shares

    def theirs() -> Answer:
        from egttools.numerical import PairwiseComparisonNumerical

        ALIVE.append(their_game(population.table))
        model = PairwiseComparisonNumerical(100, ALIVE[-1], 100_000)
        return lambda: model.estimate_strategy_distribution(10, steps // fewer, burn_in, 1.0, rate)

    note = f"10 runs of {steps} steps, Z = 100, 3 strategies; {numba.get_num_threads()} threads"
    row = _row(f"finite/walks-{rate}", ours, theirs, note, 1, within=0.05)
    if row["ratio"] is not None and fewer > 1:
        row["peer_s"], row["ratio"] = row["peer_s"] * fewer, row["ratio"] * fewer
        row["note"] += f"; theirs measured on {steps // fewer} and multiplied"
    return row


def _growth(size: int) -> dict[str, Any]:
    """Our time alone; that the answer solves the equations is what is compared."""
    population = FinitePopulation(published(), size)
    times, residuals = [], []
    for _ in range(3):
        start = perf_counter()
        long_run = stationary_distribution(chain(population, process=FERMI, mutation_rate=1e-3))
        times.append(perf_counter() - start)
        residuals.append(long_run.relative_residual)
    note = f"{len(long_run.states)} states; relative residual {max(residuals):.1g}, smallest {min(long_run.shares):.1g}"
    row = {"name": f"finite/growth-{size}", "peer": "none", "version": "", "ours_s": median(times)}
    return {**row, "peer_s": None, "ratio": None, "same_answer": max(residuals) < 1e-11, "note": note}


def _row(
    name: str, ours: Answer, theirs: Callable[[], Answer], note: str, their_repeats: int, *, within: float = 1e-8
) -> dict[str, Any]:
    """Answers compared, then both timed in turn."""
    ours()  # compiles
    try:
        version = metadata.version("egttools")
        peer = theirs()
    except ModuleNotFoundError:
        start = [_timed(ours) for _ in range(REPEATS)]
        row = {"name": name, "peer": PEER, "version": "not installed", "ours_s": median(start)}
        return {**row, "peer_s": None, "ratio": None, "same_answer": None, "note": note}
    same = _agree(ours(), peer(), within)
    times = [([_timed(ours) for _ in range(REPEATS)], _timed(peer)) for _ in range(their_repeats)]
    mine, other = median(t for pair in times for t in pair[0]), median(t for _, t in times)
    row = {"name": name, "peer": PEER, "version": version, "ours_s": mine, "peer_s": other}
    return {**row, "ratio": other / mine, "same_answer": same, "note": note}


def _timed(function: Answer) -> float:
    start = perf_counter()
    function()
    return perf_counter() - start


def _agree(ours: Any, theirs: Any, within: float) -> bool:
    plain: Sequence[Any] = [a.toarray() if hasattr(a, "toarray") else np.asarray(a) for a in (ours, theirs)]
    return plain[0].shape == plain[1].shape and bool(np.abs(plain[0] - plain[1]).max() < within)
