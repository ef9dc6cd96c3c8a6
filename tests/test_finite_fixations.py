from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise, permutations
from math import comb, exp, inf, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamics.finite import (
    FinitePopulation,
    Fitness,
    Moran,
    PairwiseComparison,
    chain,
    exact_fixation_probability,
    exact_population_payoffs,
    exact_small_mutation_shares,
    fixation,
    gradient_of_selection,
    population_payoffs,
    small_mutation_limit,
)
from dynamics.finite import _fixations_kernels as kernels
from dynamics.finite._sampling_kernels import fill_chances, payoffs_in_states
from dynamics.finite.processes import Process
from gametheory import (
    InvalidParameter,
    OptionalGame,
    PublicGoodsGame,
    TableGame,
    game_from_function,
    game_from_payoffs,
    payoff_table,
)
from gametheory.compositions import compositions

from ._populations import LINEAR, optional_game, pool_or_peer_game, processes, risk_game, small_games

F = Fraction
quick = settings(deadline=None, max_examples=40)


def neutral(size: int, parts: int = 2) -> FinitePopulation:
    game = game_from_function(lambda own, others: F(1, 3), list("ABCDEF"[:parts]), 3)
    return FinitePopulation(game, size)


# Payoffs and selection.


def test_contributors_earn_the_same_less_than_defectors_in_every_state() -> None:
    # PGG-1: f_C - f_D = -c [1 - (r/N) (M - N)/(M - 1)]
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    states = compositions(100, 2)[1:-1]

    payoffs = population_payoffs(FinitePopulation(game, 100), states)

    assert payoffs[:, 0] - payoffs[:, 1] == pytest.approx(np.full(99, -(1 - 3 / 5 * 95 / 99)), abs=1e-13)


@pytest.mark.parametrize(("size", "threshold"), [(100, F(99, 19)), (30, F(29, 5))])
def test_contributing_is_favored_iff_the_factor_is_above_the_published_threshold(size: int, threshold: F) -> None:
    # PGG-1: r > N (M - 1)/(M - N)
    for shift, sign in ((-F(1, 10**6), -1), (F(0), 0), (F(1, 10**6), 1)):
        game = PublicGoodsGame(group_size=5, multiplication_factor=threshold + shift, strategies=["C", "D"])
        payoffs = exact_population_payoffs(game, [size // 3, size - size // 3], population_size=size)
        first, second = payoffs
        assert first is not None
        assert second is not None
        assert (first > second) - (first < second) == sign


def test_payoffs_of_the_optional_game_are_the_published_ones() -> None:
    # HVF-1, at (x, y, z, w) = (10, 20, 30, 40)
    state = [10, 20, 30, 40]
    published = (F(573495, 418264), F(-206705, 3764376), F(1), F(1416293, 1254792))

    exact = exact_population_payoffs(optional_game(), state, population_size=100)
    fast = population_payoffs(FinitePopulation(optional_game(), 100), state)

    assert exact == published
    assert fast == pytest.approx([float(v) for v in published], rel=1e-13)


@given(st.data())
@quick
def test_payoffs_are_means_over_groups_drawn_without_replacement(data: st.DataObject) -> None:
    game = data.draw(small_games())
    size = data.draw(st.integers(game.group_size, 12))
    states = compositions(size, len(game.strategies))
    state = states[data.draw(st.integers(0, len(states) - 1))].tolist()

    fast = population_payoffs(FinitePopulation(game, size), state)

    exact = exact_population_payoffs(game, state, population_size=size)
    for i, value in enumerate(exact):
        if value is None:
            assert state[i] == 0
            assert np.isnan(fast[i])
            continue
        others = [name for j, name in enumerate(game.strategies) for _ in range(state[j] - (i == j))]
        assert len(others) == size - 1
        assert fast[i] == pytest.approx(float(value), abs=1e-12)


def test_exact_payoffs_are_those_of_all_groups_listed() -> None:
    game = optional_game(size=3)
    state = [2, 2, 1, 2]
    people = [name for name, k in zip("CDLP", state, strict=True) for _ in range(k)]
    for i, own in enumerate("CDLP"):
        others = people.copy()
        others.remove(own)
        pairs = [(a, b) for n, a in enumerate(others) for b in others[n + 1 :]]
        counts = [[pair.count(name) for name in "CDLP"] for pair in pairs]
        mean = sum((game.payoff(own, c) for c in counts), F(0)) / len(pairs)
        assert exact_population_payoffs(game, state, population_size=7)[i] == mean


def test_large_groups_and_populations_do_not_overflow() -> None:
    game = game_from_function(lambda own, others: others["A"] / 1.0, ["A", "B"], 400)
    population = FinitePopulation(game, 5000)

    payoffs = population_payoffs(population, [2000, 3000])

    assert payoffs == pytest.approx([399 * 1999 / 4999, 399 * 2000 / 4999], rel=1e-12)
    assert comb(4999, 399) > 1e300


@given(small_games(strategies=(2,)), st.integers(4, 30), processes())
@quick
def test_the_gradient_is_the_difference_of_the_chances_to_rise_and_to_fall(
    game: TableGame, size: int, process: Process
) -> None:
    links = chain(FinitePopulation(game, size), process=process, mutation_rate=0)

    gradient = gradient_of_selection(game, population_size=size, process=process)

    steps = links.rates[:, 1, 0] - links.rates[:, 0, 1]
    assert gradient[::-1] == pytest.approx(steps, abs=1e-14)


def test_a_batch_of_games_gives_each_games_gradient() -> None:
    factors = np.linspace(2, 6, 5)
    for process in (PairwiseComparison(selection_strength=2), Moran(selection_strength=F(1, 4), fitness=LINEAR)):
        batch = PublicGoodsGame(group_size=4, multiplication_factor=factors, strategies=["C", "D"])
        together = gradient_of_selection(batch, population_size=20, process=process)
        for factor, row in zip(factors, together, strict=True):
            game = PublicGoodsGame(group_size=4, multiplication_factor=float(factor), strategies=["C", "D"])
            alone = gradient_of_selection(FinitePopulation(game, 20), population_size=20, process=process)
            values = gradient_of_selection(FinitePopulation(game, 20).values, population_size=20, process=process)
            assert row == pytest.approx(alone, abs=1e-14)
            assert values == pytest.approx(alone, abs=0)


# Fixation.


def test_a_fitter_mutant_takes_over_with_the_published_chance() -> None:
    # FIX-1
    population = FinitePopulation(game_from_payoffs([[1.1, 1.1], [1, 1]], ["A", "B"]), 100)
    process = Moran(selection_strength=1, fitness=LINEAR)

    rho = fixation(population, resident="B", invader="A", process=process).probability

    assert rho == pytest.approx(0.090915688271097, abs=5e-16)
    exact = exact_fixation_probability(
        game_from_payoffs([["1.1", "1.1"], [1, 1]], ["A", "B"]),
        resident="B",
        invader="A",
        population_size=100,
        selection_strength=1,
    )
    assert exact == (1 - F(10, 11)) / (1 - F(10, 11) ** 100)


def test_fixation_and_transitions_are_those_that_pyevodyn_tests() -> None:
    # FIX-2
    process = Moran(selection_strength=0.1)
    pair = FinitePopulation(game_from_payoffs([[1, -1], [2, 0]], ["C", "D"]), 50)
    three = game_from_payoffs([[3, 3, 0], [3, 3, 0.95], [4, 1.15, 1]], ["ALLC", "TFT", "ALLD"])

    rho = fixation(pair, resident="D", invader="C", process=process).probability
    limit = small_mutation_limit(FinitePopulation(three, 50), process=process)
    matrix = limit.transition_matrix(mutation_rate=0.001)

    assert rho == pytest.approx(0.0006059821672805591, rel=1e-12)
    published = [
        [0.999939406, 1e-5, 5.05937414e-5],
        [1e-5, 0.9999897, 3.00468293e-7],
        [2.79103633e-7, 2.21444512e-5, 0.999977576],
    ]
    assert matrix == pytest.approx(np.array(published), abs=5e-10)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-15)
    assert limit.fixation.diagonal() == pytest.approx(np.full(3, 1 / 50), rel=1e-14)
    assert limit.fixation[2, 0] == pytest.approx(2 * matrix[2, 0] / 0.001, rel=1e-12)


def test_fixation_is_what_egttools_tests() -> None:
    # FIX-3
    process = PairwiseComparison(selection_strength=1)
    pair = FinitePopulation(game_from_payoffs([[-0.5, 2], [0, 0]], ["A", "B"]), 100)

    risk = fixation(FinitePopulation(risk_game(), 50), resident="C", invader="D", process=process)
    other = fixation(pair, resident="B", invader="A", process=process)

    assert risk.probability == pytest.approx(0.003682100470889826, rel=1e-12)
    assert other.probability == pytest.approx(0.8641155742462664, rel=1e-12)


@given(st.integers(3, 200), processes(linear=True))
@quick
def test_a_neutral_mutant_takes_over_once_in_as_many_times_as_there_are_individuals(
    size: int, process: Process
) -> None:
    result = fixation(neutral(size), resident="A", invader="B", process=process)

    assert result.probability == pytest.approx(1 / size, rel=1e-12)
    # known for drift: Z (Z - 1) births and deaths; of comparisons, half of which change nothing, 2 (Z - 1)^2
    steps = 2 * (size - 1) ** 2 if isinstance(process, PairwiseComparison) else size * (size - 1)
    assert result.conditional_time == pytest.approx(steps, rel=1e-10)


@given(small_games(strategies=(2,), positive=True), st.integers(4, 14), st.fractions(0, F(9, 10), max_denominator=10))
@quick
def test_the_fast_chance_is_the_exact_one(game: TableGame, size: int, strength: F) -> None:
    numbers: dict[str, Any] = {"population_size": size, "selection_strength": strength}
    process = Moran(selection_strength=strength, fitness=LINEAR)

    fast = fixation(FinitePopulation(game, size), resident="A", invader="B", process=process)

    exact = exact_fixation_probability(game, resident="A", invader="B", **numbers)
    assert fast.probability == pytest.approx(float(exact), rel=1e-12)


@given(small_games(strategies=(2,)), st.integers(4, 12), processes())
@quick
def test_probability_and_times_solve_the_equations_of_the_chain(game: TableGame, size: int, process: Process) -> None:
    links = chain(FinitePopulation(game, size), process=process, mutation_rate=0)
    up = [F(rate) for rate in links.rates[1:-1, 0, 1].tolist()]  # row s: s players of the second
    down = [F(rate) for rate in links.rates[1:-1, 1, 0].tolist()]

    def solved(right: list[Fraction]) -> Fraction:
        # x[0] of (up + down) x[k] - up x[k + 1] - down x[k - 1] = right[k]
        slope, level = F(0), F(0)
        for k in range(size - 2, -1, -1):  # x[k] = slope x[k - 1] + level
            pivot = up[k] + down[k] - up[k] * slope
            slope, level = down[k] / pivot, (right[k] + up[k] * level) / pivot
        return level

    chances = [F(1)]  # up to a factor
    for k in range(size - 2):
        chances.append(chances[-1] + (chances[-1] - (chances[-2] if k else 0)) * down[k] / up[k])
    top = chances[-1] + (chances[-1] - chances[-2]) * down[-1] / up[-1]
    chances = [chance / top for chance in chances]

    result = fixation(FinitePopulation(game, size), resident="A", invader="B", process=process)

    assert result.probability == pytest.approx(float(chances[0]), rel=1e-11)
    assert result.time == pytest.approx(float(solved([F(1)] * (size - 1))), rel=1e-11)
    assert result.conditional_time == pytest.approx(float(solved(chances) / chances[0]), rel=1e-11)


@given(small_games(), st.integers(4, 20), processes(), st.integers(-1000, 1000))
@quick
def test_a_payoff_that_everybody_gets_changes_nothing(game: TableGame, size: int, process: Process, shift: int) -> None:
    moved = TableGame(
        strategies=game.strategies,
        group_size=game.group_size,
        values=[[value + shift for value in row] for row in game.values],
    )

    before = small_mutation_limit(FinitePopulation(game, size), process=process)
    after = small_mutation_limit(FinitePopulation(moved, size), process=process)

    assert after.log_fixation == pytest.approx(before.log_fixation, rel=1e-9, abs=1e-9)


def test_a_large_common_payoff_costs_no_digits() -> None:
    game = game_from_function(lambda own, others: 2.0**40 + 0.25 * (own == "B"), ["A", "B"], 4)
    plain = game_from_function(lambda own, others: 0.25 * (own == "B"), ["A", "B"], 4)

    for process in (PairwiseComparison(selection_strength=1), Moran(selection_strength=1)):
        large = small_mutation_limit(FinitePopulation(game, 500), process=process)
        small = small_mutation_limit(FinitePopulation(plain, 500), process=process)
        assert large.log_fixation == pytest.approx(small.log_fixation, rel=1e-12)


def test_long_sums_lose_no_digits() -> None:
    number = 1_000_000

    found = kernels.log_fixation(np.full(number, -0.1))

    # 1 / (1 + e^0.1 + ... + e^(0.1 n)), 0.1 the float
    step = F(0.1)
    assert found == pytest.approx(log(-np.expm1(-0.1)) - float(step * number), abs=3e-11)
    out = np.empty(3)
    kernels.fixation_of(np.full(number, -0.1), True, out)
    assert out[kernels.LOG_PROBABILITY] == found


def test_chances_below_the_range_of_floats_come_with_their_logarithm() -> None:
    game = game_from_payoffs([[1, 1], [0, 0]], ["A", "B"])
    process = PairwiseComparison(selection_strength=10)

    result = fixation(FinitePopulation(game, 200), resident="A", invader="B", process=process)
    back = fixation(FinitePopulation(game, 200), resident="B", invader="A", process=process)

    with localcontext() as context:
        context.prec = 50
        ratio = Decimal(10).exp()
        exact = ((1 - ratio) / (1 - ratio**200)).ln()
    assert result.probability == 0
    assert result.log_probability == pytest.approx(float(exact), rel=1e-14)
    assert back.probability == pytest.approx(1 - exp(-10), rel=1e-14)


def test_times_above_the_range_of_floats_are_infinite_and_their_logarithm_is_not() -> None:
    game = game_from_payoffs([[0, 1], [1, 0]], ["A", "B"])  # both keep each other in the population
    process = PairwiseComparison(selection_strength=20)

    result = fixation(FinitePopulation(game, 1000), resident="A", invader="B", process=process)

    assert result.time == inf
    assert result.conditional_time == inf
    assert result.log_time > 709


def test_selection_is_strong_and_the_population_large() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    population = FinitePopulation(game, 100_000)
    process = PairwiseComparison(selection_strength=10)

    neutral_edge = fixation(population, resident="P", invader="C", process=process)
    barrier = fixation(population, resident="D", invader="P", process=process)

    assert neutral_edge.probability == pytest.approx(1e-5, rel=1e-8)
    # the barrier: w times the integral of f_D - f_P up to the unstable share 4/13, about Z w 26/10 (4/13)^2
    assert barrier.log_probability == pytest.approx(-100_000 * 10 * 2.6 * (4 / 13) ** 2, rel=1e-3)


# The limit of rare mutations.


def test_punishers_prevail_through_freedom_with_the_published_shares() -> None:
    # HVF-2: figure 2A rounds to (14, 5, 9, 72) %
    process = Moran(selection_strength=0.249, fitness=LINEAR)

    shares = small_mutation_limit(FinitePopulation(optional_game(), 100), process=process).shares

    assert shares == pytest.approx([0.141463999234, 0.0468363765745, 0.0871352084563, 0.724564415735], abs=1e-12)
    assert [round(100 * float(share)) for share in shares] == [14, 5, 9, 72]


def test_the_built_in_optional_game_is_the_published_one() -> None:
    stage = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    built_in = OptionalGame(stage=stage, loner_payoff=1, strategies=["C", "D", "L", "P"])

    assert payoff_table(built_in) == payoff_table(optional_game())


def test_the_stationary_distribution_of_alpha_rank_is_what_openspiel_tests() -> None:
    # FIX-4: payoffs of Han et al. 2013, m = 20, alpha = 0.1
    r, t, p, s, d, e = 1.0, 2.0, 0.0, -1.0, 4.0, 0.25
    rows = [
        [r - e / 2, r - e, 0, s + d - e, r - e],
        [r, r, s, s, s],
        [0, t, p, p, p],
        [t - d, t, p, p, p],
        [r, t, p, p, p],
    ]
    population = FinitePopulation(game_from_payoffs(rows, list("ABCDE")), 20)

    shares = small_mutation_limit(population, process=PairwiseComparison(selection_strength=0.1)).shares

    assert shares == pytest.approx([0.40966787, 0.07959841, 0.20506998, 0.08505983, 0.2206039], abs=5e-9)


def test_defectors_take_over_where_nobody_may_stay_out() -> None:
    # HVF-3
    process = Moran(selection_strength=0.249, fitness=LINEAR)
    shares = small_mutation_limit(FinitePopulation(optional_game("CDP"), 100), process=process).shares
    assert shares[1] > 0.9


def test_the_optional_game_with_exponential_fitness() -> None:
    # HVF-6 (own)
    shares = small_mutation_limit(FinitePopulation(optional_game(), 30), process=Moran(selection_strength=1)).shares
    assert shares == pytest.approx([0.10825, 0.06557, 0.09604, 0.73014], abs=5e-6)


def test_contributors_and_punishers_drift_and_loners_fall_to_both_alike() -> None:
    # HVF-5, exactly
    game = optional_game()
    numbers: dict[str, Any] = {"population_size": 20, "selection_strength": F(249, 1000)}

    def rho(resident: str, invader: str) -> Fraction:
        return exact_fixation_probability(game, resident=resident, invader=invader, **numbers)

    assert rho("C", "P") == rho("P", "C") == F(1, 20)
    assert rho("L", "C") == rho("L", "P")


def test_punishing_contributors_changes_no_fixation_and_fining_loners_hurts_punishers() -> None:
    # HVF-8, at the published size and strength; where selection is weak small fines of loners help punishers
    process = Moran(selection_strength=0.249, fitness=LINEAR)

    def limit(**changes: Any) -> Any:
        return small_mutation_limit(FinitePopulation(optional_game(**changes), 100), process=process)

    plain = limit()
    assert limit(on_contributors=F(1, 2)).log_fixation == pytest.approx(plain.log_fixation, abs=0)
    shares = [limit(on_loners=F(n, 4)).shares[3] for n in range(5)]
    assert all(a > b for a, b in pairwise(shares))


@pytest.mark.parametrize(
    ("names", "second_order", "published"),
    [
        ("XYZV", False, [0.17994539, 0.18307126, 0.55408045, 0.082902898]),
        ("XYZW", False, [0.026609589, 0.027071829, 0.06407605, 0.88224253]),
        ("XYZVW", False, [0.026888068, 0.027355146, 0.050503063, 0.0037781971, 0.89147553]),
    ],
)
def test_pool_and_peer_punishment_prevail_as_recomputed(names: str, second_order: bool, published: list[float]) -> None:
    # SIG-3 (own), without second-order punishment
    game = pool_or_peer_game(names, second_order=second_order)
    process = PairwiseComparison(selection_strength=1)

    shares = small_mutation_limit(FinitePopulation(game, 100), process=process).shares

    assert shares == pytest.approx(published, rel=1e-7)


@pytest.mark.parametrize(
    ("names", "second_order", "published"),
    [
        ("XYZV", False, [2 / 7, 2 / 7, 2 / 7, 1 / 7]),
        ("XYZV", True, [0, 0, 0, 1]),
        ("XYZW", False, [2 / 108, 2 / 108, 2 / 108, 102 / 108]),
        ("XYZW", True, [2 / 108, 2 / 108, 2 / 108, 102 / 108]),
    ],
)
def test_strong_imitation_leads_to_the_published_shares(names: str, second_order: bool, published: list[float]) -> None:
    # SIG-2, whose premise is that a punished defector earns less than a loner: so fines of 3/2 here, at r = 5
    game = pool_or_peer_game(names, second_order=second_order, loss=F(3, 2), factor=5)
    process = PairwiseComparison(selection_strength=10_000)

    limit = small_mutation_limit(FinitePopulation(game, 100), process=process)

    assert limit.shares == pytest.approx(published, abs=1e-6)


@given(small_games(positive=True), st.fractions(0, F(9, 10), max_denominator=10))
@quick
def test_rare_mutations_lead_to_the_exact_shares(game: TableGame, strength: F) -> None:
    process = Moran(selection_strength=strength, fitness=LINEAR)

    fast = small_mutation_limit(FinitePopulation(game, 6), process=process).shares

    exact = exact_small_mutation_shares(game, population_size=6, selection_strength=strength)
    assert sum(exact) == 1
    assert fast == pytest.approx([float(share) for share in exact], rel=1e-12)


@given(small_games(), st.integers(4, 12), processes())
@quick
def test_renaming_strategies_renames_the_shares(game: TableGame, size: int, process: Process) -> None:
    before = small_mutation_limit(FinitePopulation(game, size), process=process)
    names = list(game.strategies)

    def payoff(own: str, others: dict[str, int]) -> Any:
        return game.payoff(own, [others[name] for name in names])

    for order in list(permutations(range(len(names))))[1:6]:
        renamed = game_from_function(payoff, [names[i] for i in order], game.group_size)
        after = small_mutation_limit(FinitePopulation(renamed, size), process=process)
        assert after.log_shares == pytest.approx(before.log_shares[list(order)], rel=1e-9, abs=1e-9)


@given(st.lists(st.integers(-3, 3), min_size=8, max_size=8))
@quick
def test_weak_selection_favors_by_the_published_sums(numbers: list[int]) -> None:
    # FIX-5, large Z: rho_A > 1/Z iff sum (d - k)(a_k - b_k) > 0, and rho_A > rho_B iff sum (a_k - b_k) > 0, for
    # payoffs among k co-players of A
    size, strength = 4000, 1e-7
    gains = [a - b for a, b in zip(numbers[:4], numbers[4:], strict=True)]
    game = game_from_payoffs([numbers[3::-1], numbers[:3:-1]], ["A", "B"], group_size=4)
    limit = small_mutation_limit(FinitePopulation(game, size), process=PairwiseComparison(selection_strength=strength))

    def sign(value: float, scale: float) -> int:
        return 0 if abs(value) < scale else int(np.sign(value))

    weighted = sum((4 - k) * gain for k, gain in enumerate(gains))
    total = sum(gains)
    against_drift = limit.log_fixation[1, 0] + log(size)
    against_other = limit.log_fixation[1, 0] - limit.log_fixation[0, 1]
    unit = strength * size / 20
    if weighted:
        assert sign(against_drift, unit / 10) == np.sign(weighted)
    if total:
        assert sign(against_other, unit) == np.sign(total)


def test_rates_far_below_the_range_of_floats_give_right_shares() -> None:
    # three strategies that beat each other in a circle, and one that everybody beats
    rates = np.log(np.ones((4, 4)))
    rates[0, 1], rates[1, 2], rates[2, 0] = -1000.0, -1001.0, -1002.0
    rates[1, 0] = rates[2, 1] = rates[0, 2] = -5000.0
    rates[3, :] = 0.0
    rates[:3, 3] = -3000.0
    shares = np.empty(4)

    kernels.log_stationary(rates, shares)

    weights = np.exp([0, 1, 2]) / np.exp([0, 1, 2]).sum()
    assert np.exp(shares[:3]) == pytest.approx(weights, rel=1e-12)
    assert shares[3] == pytest.approx(-3000 - log(3), rel=1e-12)


# Kernels and refusals.


@given(small_games(strategies=(2, 3)), st.integers(4, 9))
@settings(deadline=None, max_examples=15)
def test_compiled_kernels_equal_their_python_source(game: TableGame, size: int) -> None:
    population = FinitePopulation(game, size)
    chances = np.empty_like(population.chances)
    fill_chances.py_func(0.25, 0.75, chances)
    compiled = np.empty_like(chances)
    fill_chances(0.25, 0.75, compiled)
    assert np.array_equal(compiled, chances)

    states = compositions(size, len(game.strategies))
    both = [np.empty(states.shape) for _ in range(2)]
    for function, out in ((payoffs_in_states, both[0]), (payoffs_in_states.py_func, both[1])):
        function(population.values, population.splits, population.chances, states, out)
    assert both[0] == pytest.approx(both[1], rel=1e-14, abs=1e-14, nan_ok=True)

    advantage = np.linspace(-1, 2, size - 1)
    for moran in (True, False):
        results = [np.empty(3) for _ in range(2)]
        kernels.fixation_of(advantage, moran, results[0])
        kernels.fixation_of.py_func(advantage, moran, results[1])
        assert results[0] == pytest.approx(results[1], rel=1e-13)
    assert kernels.log_fixation(advantage) == pytest.approx(kernels.log_fixation.py_func(advantage), rel=1e-13)


@pytest.mark.parametrize("strength", [-1, float("nan"), float("inf"), "x", True])
def test_selection_strengths_outside_their_domain_are_refused(strength: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^selection_strength must be "):
        PairwiseComparison(selection_strength=strength)
    with pytest.raises(InvalidParameter, match=r"^selection_strength must be "):
        Moran(selection_strength=strength)


def test_what_is_no_population_process_or_strategy_is_refused_by_name() -> None:
    game = game_from_payoffs([[1, 0], [-3, 1]], ["A", "B"])
    population = FinitePopulation(game, 5)
    process = PairwiseComparison(selection_strength=1)
    for size in (1, 2.5, None):
        with pytest.raises(InvalidParameter, match=r"^population_size must be an integer >= the group size, 2"):
            FinitePopulation(game, size)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match=r"^counts must be "):
        population_payoffs(population, [3, 3])
    with pytest.raises(InvalidParameter, match=r"^counts must be "):
        population_payoffs(population, [6, -1])
    with pytest.raises(InvalidParameter, match=r"^invader must be "):
        fixation(population, resident="A", invader="X", process=process)
    with pytest.raises(InvalidParameter, match=r"^invader must be another strategy"):
        fixation(population, resident="A", invader="A", process=process)
    with pytest.raises(InvalidParameter, match=r"^resident must be "):
        fixation(population, resident="X", invader="A", process=process)
    with pytest.raises(InvalidParameter, match=r"^process must be "):
        small_mutation_limit(population, process="Fermi")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match=r"^selection_strength must be small enough for a positive fitness"):
        small_mutation_limit(population, process=Moran(selection_strength=1, fitness=LINEAR))
    with pytest.raises(InvalidParameter, match=r"^selection_strength must be at most 1"):
        Moran(selection_strength=2, fitness=LINEAR)
    with pytest.raises(InvalidParameter, match=r"^selection_strength must be small enough for w times"):
        small_mutation_limit(population, process=PairwiseComparison(selection_strength=1e308))
    with pytest.raises(InvalidParameter, match=r"^fitness must be "):
        Moran(selection_strength=1, fitness="linear")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match=r"^mutation_rate must be "):
        small_mutation_limit(population, process=process).transition_matrix(mutation_rate=2)
    with pytest.raises(InvalidParameter, match=r"^strategies must be two"):
        gradient_of_selection(neutral(9, 3).table, population_size=9, process=process)
    with pytest.raises(InvalidParameter, match=r"^game must be "):
        gradient_of_selection(np.ones((3, 2)), population_size=9, process=process)
    assert Fitness.LINEAR.value == "1 - w + w f"


def test_the_exact_functions_refuse_floats_and_negative_fitness() -> None:
    game = game_from_payoffs([[1, 0], [-3, 1]], ["A", "B"])
    floats = game_from_payoffs([[1.0, 0.0], [-3.0, 1.0]], ["A", "B"])
    names = {"resident": "A", "invader": "B"}
    with pytest.raises(InvalidParameter, match=r"^game must be exact"):
        exact_fixation_probability(floats, **names, population_size=5, selection_strength=0)
    for strength in (0.1, 2):
        with pytest.raises(InvalidParameter, match=r"^selection_strength must be exact and in \[0, 1\]"):
            exact_small_mutation_shares(game, population_size=5, selection_strength=strength)
    with pytest.raises(InvalidParameter, match=r"^selection_strength must be small enough for a positive fitness"):
        exact_fixation_probability(game, **names, population_size=5, selection_strength=1)
    with pytest.raises(InvalidParameter, match=r"^invader must be another"):
        exact_fixation_probability(game, resident="A", invader="A", population_size=5, selection_strength=0)
    with pytest.raises(InvalidParameter, match=r"^resident must be one of"):
        exact_fixation_probability(game, resident="X", invader="A", population_size=5, selection_strength=0)
