"""Finite populations against EGTtools: fixation, selection, the whole chain and its long run; answers first.

``--long`` adds what takes minutes: EGTtools' long run at Z = 100 (75 s and 1.6 GB), and ours of two million states.
Memory is the peak of a process of its own, its start included.
"""

from collections.abc import Callable
from importlib import metadata
from statistics import median
from time import perf_counter
from typing import Any

import numba
import numpy as np

from benchmarks._egttools import (
    ALIVE,
    FERMI,
    PEER,
    agree,
    four_strategies,
    installed,
    published,
    their_game,
    their_model,
)
from benchmarks._long_runs import growth, long_run_apart
from dynamics.finite import (
    FinitePopulation,
    PairwiseComparison,
    chain,
    gradient_of_selection,
    simulate,
    small_mutation_limit,
    stationary_distribution,
)
from gametheory import PublicGoodsGame, game_from_payoffs, payoff_table
from gametheory.compositions import compositions, number_of_compositions, rank

REPEATS = 5
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
        _random_games(),
        _below_their_range(),
        _fast_variant(),
        *(growth(size) for size in (100, 200, 500, 1000)),
        growth(60, "four"),
    ]


def long_rows() -> list[dict[str, Any]]:
    """What takes minutes, once."""
    return [long_run_apart(100), growth(2000), growth(100, "four")]


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


def _random_games() -> dict[str, Any]:
    """Fixation probabilities and long run of fifty random games; two to three strategies, groups of two to five."""
    tables = []
    for seed in range(50):
        rng = np.random.default_rng(seed)
        parts, size = int(rng.integers(2, 4)), int(rng.integers(2, 6))
        values = rng.uniform(-1, 1, (parts, number_of_compositions(size - 1, parts)))
        tables.append(payoff_table(game_from_payoffs(values, list("ABC")[:parts], group_size=size)))
    populations = [FinitePopulation(table, 20) for table in tables]
    process = PairwiseComparison(selection_strength=0.5)

    def ours() -> Any:
        found = []
        for population in populations:
            found.append(small_mutation_limit(population, process=process).fixation.ravel())
            found.append(stationary_distribution(chain(population, process=process, mutation_rate=0.01)).shares)
        return np.concatenate(found)

    def theirs() -> Answer:
        from egttools.utils import calculate_stationary_distribution

        models = [their_model(table, 20) for table in tables]

        def answer() -> Any:
            found = []
            for model, table in zip(models, tables, strict=True):
                parts = len(table.strategies)
                fixed = np.asarray(model.calculate_transition_and_fixation_matrix_sml(0.5)[1]) + np.eye(parts) / 20
                found.append(fixed.ravel())
                matrix = model.calculate_transition_matrix(0.5, 0.01)
                found.append(calculate_stationary_distribution(matrix.transpose().toarray()))
            return np.concatenate(found)

        return answer

    return _row("finite/random-games", ours, theirs, "50 games, Z = 20, fixation and long run", 3)


def _below_their_range() -> dict[str, Any]:
    """Fixation at w = 1, where EGTtools returns 0; ours against sums of 60 digits."""
    population = FinitePopulation(four_strategies(), 100)
    process = PairwiseComparison(selection_strength=1)

    def ours() -> Any:
        return small_mutation_limit(population, process=process).log_fixation

    exact = _sixty_digits(population)
    row = _row("finite/fixation-tiny", ours, lambda: lambda: exact, "", 1)
    row.update(peer="sums of 60 digits (mpmath)", version=metadata.version("mpmath"), peer_s=None, ratio=None)
    row["note"] = f"4 strategies, Z = 100, w = 1; the smallest is exp({exact.min():.4g})"
    if installed():
        zeros = np.asarray(their_model(population.table, 100).calculate_transition_and_fixation_matrix_sml(1.0)[1])
        away = ~np.eye(4, dtype=bool)
        row["note"] += f"; EGTtools returns 0 for {int((zeros[away] == 0).sum())} of {int(away.sum())}"
    return row


def _sixty_digits(population: FinitePopulation) -> Any:
    """Logarithms of fixation probabilities at w = 1, resident by invader: the closed form with hypergeometric means."""
    from math import comb

    from mpmath import mp, mpf

    table, size = population.table, population.population_size
    parts, others = len(table.strategies), table.group_size - 1
    out = np.full((parts, parts), np.log(1 / size))
    with mp.workdps(60):
        for resident in range(parts):
            for invader in range(parts):
                if resident == invader:
                    continue
                total, product = mpf(1), mpf(1)
                for k in range(1, size):
                    gain = mpf(0)
                    for own, left, sign in ((invader, k - 1, 1), (resident, k, -1)):
                        for n in range(others + 1):
                            ways = comb(left, n) * comb(size - 1 - left, others - n)
                            counts = [n * (i == invader) + (others - n) * (i == resident) for i in range(parts)]
                            payoff = mpf(float(table.values[own][rank(counts)]))
                            gain += sign * payoff * mpf(ways) / comb(size - 1, others)
                    product *= mp.exp(-gain)
                    total += product
                out[resident, invader] = float(-mp.log(total))
    return out


def _fast_variant() -> dict[str, Any]:
    """EGTtools' faster long run takes Schur vectors for eigenvectors: its answer beside that of its slower one."""
    population = FinitePopulation(published(), 30)

    def ours() -> Any:
        return stationary_distribution(chain(population, process=FERMI, mutation_rate=1e-3)).shares

    matrix = None
    if installed():
        matrix = their_model(population.table, 30).calculate_transition_matrix(1.0, 1e-3).transpose().toarray()

    def theirs() -> Answer:
        from egttools.utils import calculate_stationary_distribution

        return lambda: calculate_stationary_distribution(matrix)

    row = _row("finite/fast-variant", ours, theirs, "496 states; compared and timed with their slower function", 3)
    if matrix is not None:
        from egttools.utils import calculate_stationary_distribution_non_hermitian

        start = perf_counter()
        fast = np.asarray(calculate_stationary_distribution_non_hermitian(matrix))
        seconds, away = perf_counter() - start, np.abs(fast - ours()).sum() / 2
        row["note"] += f"; their _non_hermitian takes {seconds:.2g} s and is {away:.2g} off (total variation)"
    return row


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
    same = agree(ours(), peer(), within)
    times = [([_timed(ours) for _ in range(REPEATS)], _timed(peer)) for _ in range(their_repeats)]
    mine, other = median(t for pair in times for t in pair[0]), median(t for _, t in times)
    row = {"name": name, "peer": PEER, "version": version, "ours_s": mine, "peer_s": other}
    return {**row, "ratio": other / mine, "same_answer": same, "note": note}


def _timed(function: Answer) -> float:
    start = perf_counter()
    function()
    return perf_counter() - start
