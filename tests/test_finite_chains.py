import warnings
from fractions import Fraction
from itertools import permutations
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.linalg import splu

from dynamics.finite import (
    FinitePopulation,
    Moran,
    PairwiseComparison,
    StationaryDistribution,
    chain,
    exact_stationary_distribution,
    small_mutation_limit,
    stationary_distribution,
)
from dynamics.finite import _chains_kernels as kernels
from dynamics.finite import _elimination_kernels as elimination
from dynamics.finite.exact import eliminate_exactly
from dynamics.finite.processes import Process
from gametheory import InvalidParameter, NotConverged, PublicGoodsGame, TableGame, game_from_function, game_from_payoffs
from gametheory.compositions import compositions, rank

from ._populations import LINEAR, optional_game, processes, small_games

F = Fraction
FERMI = PairwiseComparison(selection_strength=1)
quick = settings(deadline=None, max_examples=30)
rates = st.floats(1e-6, 1)


def published() -> PublicGoodsGame:
    return PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")


def long_run(game: Any, size: int, process: Process, rate: Any) -> StationaryDistribution:
    return stationary_distribution(chain(FinitePopulation(game, size), process=process, mutation_rate=rate))


@given(small_games(), st.integers(4, 9), processes(), st.floats(0, 1))
@quick
def test_rows_are_chances_that_sum_to_one_and_lead_to_the_states_that_they_name(
    game: TableGame, size: int, process: Process, rate: float
) -> None:
    links = chain(FinitePopulation(game, size), process=process, mutation_rate=rate)

    matrix = links.matrix().toarray()

    assert matrix.min() >= -1e-15
    assert matrix.sum(axis=1) == pytest.approx(np.ones(len(matrix)), abs=1e-14)
    for s, state in enumerate(links.states.tolist()):
        for i, j in permutations(range(len(state)), 2):
            if state[i] == 0:
                assert links.neighbors[s, i, j] == -1
                assert links.rates[s, i, j] == 0
                continue
            moved = [k - (n == i) + (n == j) for n, k in enumerate(state)]
            assert links.neighbors[s, i, j] == rank(moved)
            assert matrix[s, rank(moved)] == links.rates[s, i, j]


def test_rates_are_those_of_the_processes_worked_by_hand() -> None:
    game = game_from_payoffs([[0, 0], [1, 1]], ["A", "B"])
    population = FinitePopulation(game, 4)

    pairwise = chain(population, process=PairwiseComparison(selection_strength=2), mutation_rate=0.1).rates[3]
    moran = chain(population, process=Moran(selection_strength=F(1, 2), fitness=LINEAR), mutation_rate=0.1).rates[3]

    # one A, three B: A learns from B; the fitness of A is 1/2, of B 1
    assert pairwise[0, 1] == pytest.approx(1 / 4 * (0.9 * 3 / 3 / (1 + np.exp(-2)) + 0.1), rel=1e-14)
    assert pairwise[1, 0] == pytest.approx(3 / 4 * (0.9 * 1 / 3 / (1 + np.exp(2)) + 0.1), rel=1e-14)
    assert moran[0, 1] == pytest.approx(1 / 4 * (0.9 * 6 / 7 + 0.1 * 1 / 7), rel=1e-14)
    assert moran[1, 0] == pytest.approx(3 / 4 * (0.9 * 1 / 7 + 0.1 * 6 / 7), rel=1e-14)


@given(small_games(positive=True), st.fractions(0, F(9, 10), max_denominator=10), st.fractions(F(1, 99), 1))
@settings(deadline=None, max_examples=10)
def test_the_long_run_is_the_exact_one(game: TableGame, strength: F, rate: F) -> None:
    size = 4
    rate = rate.limit_denominator(20) or F(1, 20)

    fast = long_run(game, size, Moran(selection_strength=strength, fitness=LINEAR), rate)

    exact = exact_stationary_distribution(game, population_size=size, selection_strength=strength, mutation_rate=rate)
    assert sum(exact) == 1
    assert fast.shares == pytest.approx([float(share) for share in exact], rel=1e-12)


def test_exact_elimination_solves_the_equations() -> None:
    game = optional_game("CDL", size=3)
    numbers: dict[str, Any] = {"population_size": 4, "selection_strength": F(1, 10)}

    shares = exact_stationary_distribution(game, **numbers, mutation_rate=F(1, 7))

    process = Moran(selection_strength=F(1, 10), fitness=LINEAR)
    matrix = chain(FinitePopulation(game, 4), process=process, mutation_rate=F(1, 7)).matrix().toarray()
    assert np.array([float(s) for s in shares]) @ matrix == pytest.approx([float(s) for s in shares], abs=1e-16)
    rates = [[F(0), F(1, 2), F(1, 3)], [F(1, 5), F(0), F(1, 7)], [F(1, 11), F(1, 13), F(0)]]
    found = eliminate_exactly(rates)
    for v in range(3):
        assert sum(found[u] * rates[u][v] for u in range(3)) == found[v] * sum(rates[v])


@given(small_games(strategies=(2, 3, 4)), st.integers(4, 12), processes(), rates)
@quick
def test_the_long_run_solves_the_equations_and_is_positive(
    game: TableGame, size: int, process: Process, rate: float
) -> None:
    links = chain(FinitePopulation(game, size), process=process, mutation_rate=rate)

    result = stationary_distribution(links)

    assert result.converged
    assert result.relative_residual < 1e-12
    assert result.shares.min() > 0
    assert result.shares.sum() == pytest.approx(1, abs=1e-14)
    assert result.mean_shares.sum() == pytest.approx(1, abs=1e-13)
    assert np.abs(result.shares @ links.matrix() - result.shares).sum() < 1e-14


@pytest.mark.parametrize("size", [30, 60])
def test_a_sparse_factorisation_finds_the_same_long_run(size: int) -> None:
    links = chain(FinitePopulation(published(), size), process=FERMI, mutation_rate=0.01)
    generator = (links.matrix().T - _identity(len(links.states))).tocsc()
    reduced, column = generator[:-1, :-1], -generator[:-1, [-1]].toarray().ravel()
    options = {"SymmetricMode": True}
    factors = splu(reduced.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
    other = np.append(factors.solve(column), 1.0)

    ours = stationary_distribution(links).shares

    assert ours == pytest.approx(other / other.sum(), rel=1e-7)


def _identity(size: int) -> Any:
    from scipy.sparse import eye_array

    return eye_array(size, format="csr")


@given(small_games(strategies=(2,)), st.integers(4, 40), processes(), rates)
@quick
def test_two_strategies_balance_in_detail(game: TableGame, size: int, process: Process, rate: float) -> None:
    links = chain(FinitePopulation(game, size), process=process, mutation_rate=rate)

    shares = stationary_distribution(links).shares

    forth, back = shares[:-1] * links.rates[:-1, 0, 1], shares[1:] * links.rates[1:, 1, 0]
    assert forth == pytest.approx(back, rel=1e-11, abs=1e-300)


def test_neutral_strategies_share_time_as_polya_urns_do() -> None:
    # the neutral Moran process without selection: Ewens-like weights with parameter theta / m per strategy,
    # theta / m = mu Z / ((m - 1) (1 - m mu / (m - 1))); known: Dirichlet-multinomial
    size, rate, parts = 12, 0.05, 3
    game = game_from_function(lambda own, others: 1, list("ABC"), 2)

    shares = long_run(game, size, Moran(selection_strength=3), rate).shares

    explore = rate / (parts - 1)
    alpha = size * explore / (1 - parts * explore)

    def rising(k: int) -> float:
        return float(np.prod([(alpha + n) / (n + 1) for n in range(k)]))

    weights = np.array([rising(a) * rising(b) * rising(c) for a, b, c in compositions(size, parts).tolist()])
    assert shares == pytest.approx(weights / weights.sum(), rel=1e-12)


@given(small_games(strategies=(3, 4)), processes(), rates)
@settings(deadline=None, max_examples=15)
def test_renaming_strategies_renames_the_long_run(game: TableGame, process: Process, rate: float) -> None:
    names = list(game.strategies)
    size = 6
    before = long_run(game, size, process, rate)

    def payoff(own: str, others: dict[str, int]) -> Any:
        return game.payoff(own, [others[name] for name in names])

    for order in list(permutations(range(len(names))))[1:5]:
        renamed = game_from_function(payoff, [names[i] for i in order], game.group_size)
        after = long_run(renamed, size, process, rate)
        moved = [rank([state[i] for i in order]) for state in before.states.tolist()]
        assert after.shares[moved] == pytest.approx(before.shares, rel=1e-9)


def test_rare_mutations_lead_to_the_limit_with_the_published_shares() -> None:
    # SML-1: C, D, L; M = 20, N = 5, r = 3, c = sigma = 1, Moran exp(payoff / 2)
    process = Moran(selection_strength=0.5)
    population = FinitePopulation(optional_game("CDL"), 20)

    limit = small_mutation_limit(population, process=process).shares
    rare = long_run(optional_game("CDL"), 20, process, 1e-3).mean_shares

    assert limit == pytest.approx([0.35128927, 0.20750058, 0.44121016], abs=5e-9)
    assert rare == pytest.approx([0.34896722, 0.2097385, 0.44129428], abs=5e-9)
    gaps = [np.abs(long_run(optional_game("CDL"), 20, process, 10.0**-n).mean_shares - limit).max() for n in (4, 5, 6)]
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.05)
    assert gaps[1] / gaps[2] == pytest.approx(10, rel=0.05)


def test_shares_of_a_hundred_orders_of_magnitude_are_all_right() -> None:
    size = 60
    process = PairwiseComparison(selection_strength=20)

    result = long_run(published(), size, process, 1e-4)

    links = chain(FinitePopulation(published(), size), process=process, mutation_rate=1e-4)
    inflow = np.zeros(len(links.states))
    for i, j in permutations(range(3), 2):
        rows = links.neighbors[:, i, j] >= 0
        np.add.at(inflow, links.neighbors[rows, i, j], result.shares[rows] * links.rates[rows, i, j])
    assert 0 < result.shares.min() < 1e-50
    assert inflow == pytest.approx(result.shares * links.rates.sum(axis=(1, 2)), rel=1e-12)


@pytest.mark.parametrize(("size", "strategies"), [(200, "CDP"), (24, "CDLP")])
def test_large_chains_are_solved_with_a_relative_residual(size: int, strategies: str) -> None:
    game = published() if strategies == "CDP" else optional_game(strategies)

    result = long_run(game, size, FERMI, 1e-3)

    assert len(result.states) == comb(size + len(strategies) - 1, len(strategies) - 1)
    assert result.relative_residual < 1e-12
    assert result.shares.min() > 0


@pytest.mark.long
def test_a_million_states_are_solved() -> None:
    result = long_run(published(), 1400, FERMI, 1e-3)
    assert len(result.states) == 982_101
    assert result.relative_residual < 1e-11


def test_a_chain_that_falls_apart_in_floats_is_refused_although_its_residual_is_small() -> None:
    # each strategy is best among its own: rates between the corners are below 1e-1000
    game = game_from_payoffs([[1, 0, 0], [0, 1, 0], [0, 0, 1]], ["A", "B", "C"])

    result = long_run(game, 60, PairwiseComparison(selection_strength=5000), 1e-30)

    assert result.relative_residual < 1e-9
    assert not result.converged
    for name in ("shares", "mean_shares"):
        with pytest.raises(NotConverged, match=r"lost 2.* small_mutation_limit"):
            getattr(result, name)


def test_rates_below_the_range_of_floats_do_no_harm_where_one_strategy_wins() -> None:
    # from D nobody comes back within 1e-300, to D everybody does
    result = long_run(published(), 400, PairwiseComparison(selection_strength=30), 1e-6)

    assert result.lost == pytest.approx(0, abs=1e-100)
    assert result.mean_shares[1] == pytest.approx(1, abs=1e-5)


def test_mutation_rates_at_the_end_of_the_range_of_floats_are_refused() -> None:
    for names in ("AB", "ABC"):
        game = game_from_function(lambda own, others: 1, list(names), 2)
        with pytest.raises(NotConverged, match="raise mutation_rate"):
            long_run(game, 10, FERMI, 1e-310).shares  # noqa: B018


def test_a_residual_is_that_of_the_shares() -> None:
    links = chain(FinitePopulation(published(), 10), process=FERMI, mutation_rate=0.1)
    good = stationary_distribution(links)
    shares = good.shares.copy()
    shares[3] *= 1 + 1e-6

    total, worst = kernels.imbalance(links.neighbors, links.rates, shares, 0.0)

    gaps = np.abs(shares @ links.matrix() - shares)
    assert total == pytest.approx(gaps.sum(), rel=1e-6)
    assert worst == pytest.approx(1e-6, rel=1e-2)
    wrong = StationaryDistribution(good.strategies, good.states, good.method, total, worst, 0.0, shares)
    assert not wrong.converged


def test_flows_too_small_for_floats_are_no_division_by_zero() -> None:
    links = chain(FinitePopulation(published(), 5), process=FERMI, mutation_rate=0.1)
    shares = np.full(len(links.states), 1e-290)
    tiny = links.rates * 1e-40

    assert kernels.imbalance(links.neighbors, tiny, shares, 0.0)[1] == 0
    shares[0] = 1e300
    assert kernels.imbalance(links.neighbors, tiny, shares, 0.0)[1] == np.inf


def test_kept_states_are_where_the_drift_ends() -> None:
    links = chain(FinitePopulation(published(), 30), process=FERMI, mutation_rate=1e-3)
    kept = np.zeros(len(links.states), dtype=np.bool_)

    kernels.peaks(links.neighbors, links.rates, kept)

    assert kept[rank([0, 30, 0])]
    for s in np.flatnonzero(kept):
        for i, j in permutations(range(3), 2):
            u = links.neighbors[s, i, j]
            assert u < 0 or links.rates[s, i, j] < links.rates[u, j, i]


@given(st.integers(4, 8), st.integers(3, 4), st.integers(1, 30), st.data())
@quick
def test_dissection_orders_all_states_and_separates_what_is_not_related(
    size: int, parts: int, leaf: int, data: st.DataObject
) -> None:
    states = compositions(size, parts)
    number = len(states)
    kept = np.zeros(number, dtype=np.bool_)
    kept[data.draw(st.integers(0, number - 1))] = True
    order = np.empty(number, dtype=np.int64)
    starts, stops, parents = (np.empty(number + 2, dtype=np.int64) for _ in range(3))

    nodes = elimination.dissect(states, kept, leaf, order, starts, stops, parents)

    assert sorted(order.tolist()) == list(range(number))
    node = np.empty(number, dtype=np.int64)
    for t in range(nodes):
        node[order[starts[t] : stops[t]]] = t
        assert parents[t] < t
    game = game_from_function(lambda own, others: 1, list("ABCD"[:parts]), 2)
    links = chain(FinitePopulation(game, size), process=FERMI, mutation_rate=0.1)
    for s in range(number):
        for u in links.neighbors[s].ravel():
            if u >= 0:
                above = [max(node[s], node[u])]
                while above[-1] > 0:
                    above.append(parents[above[-1]])
                assert min(node[s], node[u]) in above


@pytest.mark.parametrize("panel", [1, 3, 4, 5, 9])
def test_compiled_elimination_equals_its_python_source_for_any_panel(panel: int) -> None:
    rng = np.random.default_rng(5)
    front = rng.random((14, 14))
    reference = front.copy()
    assert elimination.eliminate_front(reference, 9, 9)
    for function in (elimination.eliminate_front, elimination.eliminate_front.py_func):
        mine = front.copy()
        assert function(mine, 9, panel)
        assert mine[9:, 9:][~np.eye(5, dtype=bool)] == pytest.approx(
            reference[9:, 9:][~np.eye(5, dtype=bool)], rel=1e-13
        )
        assert np.tril(mine[:, :9], -1) == pytest.approx(np.tril(reference[:, :9], -1), rel=1e-13)
    assert not elimination.eliminate_front(np.zeros((3, 3)), 2, panel)


@given(small_games(strategies=(3,)), processes(), rates)
@settings(deadline=None, max_examples=8)
def test_compiled_rates_equal_their_python_source(game: TableGame, process: Process, rate: float) -> None:
    links = chain(FinitePopulation(game, 6), process=process, mutation_rate=rate)
    payoffs = np.random.default_rng(1).normal(size=links.states.shape)
    for moran in (True, False):
        outs = [np.empty(links.rates.shape) for _ in range(2)]
        kernels.fill_rates(payoffs, links.states, rate, moran, False, outs[0])
        kernels.fill_rates.py_func(payoffs, links.states, rate, moran, False, outs[1])
        assert outs[0] == pytest.approx(outs[1], rel=1e-13)
    shares = np.full(len(links.states), 1 / len(links.states))
    compiled = kernels.imbalance(links.neighbors, links.rates, shares, 0.0)
    assert compiled == pytest.approx(kernels.imbalance.py_func(links.neighbors, links.rates, shares, 0.0), rel=1e-12)


def test_arrays_of_results_cannot_be_changed() -> None:
    links = chain(FinitePopulation(published(), 6), process=FERMI, mutation_rate=0.1)
    for array in (links.rates, links.states, links.neighbors, stationary_distribution(links).shares):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan"), "x", True, np.array([0.1])])
def test_mutation_rates_outside_their_domain_are_refused(rate: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^mutation_rate must be "):
        chain(FinitePopulation(published(), 6), process=FERMI, mutation_rate=rate)


def test_without_mutation_there_is_no_long_run() -> None:
    links = chain(FinitePopulation(published(), 6), process=FERMI, mutation_rate=0)
    with pytest.raises(InvalidParameter, match=r"^mutation_rate must be > 0 \(to have one stationary distribution\)"):
        stationary_distribution(links)
    game = game_from_payoffs([[1, 2], [3, 4]], ["A", "B"])
    for rate in (0, 0.5):
        with pytest.raises(InvalidParameter, match=r"^mutation_rate must be exact and in \(0, 1\]"):
            exact_stationary_distribution(game, population_size=3, selection_strength=0, mutation_rate=rate)
    with pytest.raises(InvalidParameter, match=r"^population_size must be small enough"):
        exact_stationary_distribution(game, population_size=9999, selection_strength=0, mutation_rate=1)


def test_solving_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        long_run(published(), 40, PairwiseComparison(selection_strength=100), 1e-9)
