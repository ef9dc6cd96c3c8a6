import platform
from collections.abc import Callable
from fractions import Fraction
from math import comb, exp, log
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from dynamics import (
    BoltzmannLearning,
    BrownVonNeumannNash,
    Ending,
    Imitation,
    Logit,
    MeanDynamics,
    NormalizedReplicator,
    Replicator,
    ReplicatorMutator,
    Smith,
    mean_dynamics,
    rest_points,
    trajectories,
    trajectory,
    velocity,
)
from dynamics import _batch_kernels as batches
from dynamics import _mean_kernels as kernels
from dynamics.tabulation import MOST_MONOMIALS, evaluation_plan, weights_of
from gametheory import (
    InvalidParameter,
    NotConverged,
    PublicGoodsGame,
    TableGame,
    game_from_function,
    game_from_payoffs,
    mean_payoffs,
    payoff_table,
    symmetric_equilibria,
)
from gametheory.compositions import compositions
from gametheory.testing import games, populations, table_games
from tests._protocols import equation

F = Fraction
Array = NDArray[np.float64]
HAWK_DOVE = game_from_payoffs([[-1, 2], [0, 1]], ["H", "D"])
CYCLE = game_from_payoffs([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["R", "P", "S"])
# payoffs of the games drawn below lie within 10 of 0, so that fitness is never negative
PROTOCOLS: tuple[Any, ...] = (
    Replicator(),
    NormalizedReplicator(baseline=25),
    ReplicatorMutator(mutation_rate=0.1, baseline=25),
    Logit(temperature=0.5),
    Smith(),
    BrownVonNeumannNash(),
    Imitation(imitation_noise=0.7, mutation_rate=0.05),
    BoltzmannLearning(temperature=0.5),
)
any_protocol = st.sampled_from(PROTOCOLS)


def published(size: int = 5, **changes: Any) -> PublicGoodsGame:
    values: dict[str, Any] = {"multiplication_factor": 3, "fine": 1, "punishment_cost": "3/10"}
    return PublicGoodsGame(group_size=size, **{**values, **changes})


def optional_game(size: int, factor: Fraction, loner: Fraction) -> TableGame:
    """OPT-1: those who take part share the pot; one who is alone, or stays out, has the loner's payoff."""

    def payoff(strategy: str, counts: dict[str, int]) -> Fraction:
        present = counts["C"] + counts["D"] + 1
        if strategy == "L" or present == 1:
            return loner
        return factor * (counts["C"] + (strategy == "C")) / present - (strategy == "C")

    return game_from_function(payoff, ["C", "D", "L"], size)


def slow_velocity(protocol: Any, game: Any, shares: Any) -> list[float]:
    """The equations of `dynamics.protocols`, term by term as printed there, from exact mean payoffs."""
    payoffs = [float(payoff) for payoff in mean_payoffs(payoff_table(game), shares)]
    return equation(protocol, [float(share) for share in shares], payoffs)


@given(st.data(), any_protocol)
@settings(deadline=None, max_examples=100)
def test_velocities_are_the_printed_equations_of_exact_mean_payoffs(data: st.DataObject, protocol: Any) -> None:
    game = data.draw(st.one_of(table_games(), games().filter(lambda g: not protocol.needs_fitness)))
    shares = data.draw(populations(game.strategies))
    scale = 30 + max(abs(float(v)) for row in payoff_table(game).values for v in row)

    slow = slow_velocity(protocol, game, shares)

    dynamics = mean_dynamics(game, protocol=protocol)
    point = [float(share) for share in shares]
    assert dynamics(0.0, point) == pytest.approx(slow, abs=1e-13 * scale / getattr(protocol, "temperature", 1))
    assert dynamics.velocities([point])[0] == pytest.approx(dynamics(1.0, point), abs=1e-13 * scale)


@given(st.data(), any_protocol)
@settings(deadline=None, max_examples=100)
def test_velocities_are_tangent_to_the_simplex_and_point_into_it(data: st.DataObject, protocol: Any) -> None:
    game = data.draw(table_games())
    shares = np.array([float(share) for share in data.draw(populations(game.strategies))])

    moved = mean_dynamics(game, protocol=protocol)(0.0, shares)

    assert abs(moved.sum()) < 1e-12
    assert (moved[shares == 0] >= 0).all()


@given(st.data(), any_protocol)
@settings(deadline=None, max_examples=60)
def test_payoffs_added_against_each_split_of_co_players_change_no_velocity(data: st.DataObject, protocol: Any) -> None:
    if protocol.needs_fitness:
        protocol = ReplicatorMutator(mutation_rate=0, baseline=100)  # which is the replicator dynamics
    game = data.draw(table_games())
    shares = [float(share) for share in data.draw(populations(game.strategies))]
    columns = len(game.values[0])
    added = data.draw(st.lists(st.integers(-10, 10), min_size=columns, max_size=columns))
    rows = [[v + a for v, a in zip(row, added, strict=True)] for row in game.values]
    shifted = TableGame(strategies=game.strategies, group_size=game.group_size, values=rows)

    first, second = (mean_dynamics(one, protocol=protocol)(0.0, shares) for one in (game, shifted))

    if isinstance(protocol, ReplicatorMutator):
        assert second == pytest.approx(first, abs=1e-11)
        assert first == pytest.approx(mean_dynamics(game)(0.0, shares), abs=1e-11)
    else:
        assert second.tolist() == first.tolist()


def test_a_common_payoff_that_is_not_affine_leaves_the_fast_path_open() -> None:
    thresholds = game_from_function(lambda s, n: 7 * (n["C"] > 2) - (s == "C"), ["C", "D"], 9)
    assert mean_dynamics(thresholds).is_affine
    assert not mean_dynamics(thresholds, protocol=ReplicatorMutator(mutation_rate=0.1, baseline=1)).is_affine
    assert mean_dynamics(published()).is_affine
    assert not mean_dynamics(optional_game(5, F(3), F(1))).is_affine


@given(st.data())
@settings(deadline=None, max_examples=40)
def test_symmetric_equilibria_rest_under_smith_and_brown_von_neumann_nash(data: st.DataObject) -> None:
    game = data.draw(games(strategies=["C", "D", "P"]))
    scale = float(np.ptp(payoff_table(game).as_array())) or 1.0
    for component in symmetric_equilibria(game).components:
        for corner in component.endpoints:
            for protocol in (Smith(), BrownVonNeumannNash()):
                moved = mean_dynamics(game, protocol=protocol)(0.0, [float(share) for share in corner])
                assert np.abs(moved).max() < 1e-13 * scale


@given(st.data(), st.sampled_from([Smith(), BrownVonNeumannNash()]))
@settings(deadline=None, max_examples=60)
def test_nothing_but_equilibria_rests_under_smith_and_brown_von_neumann_nash(
    data: st.DataObject, protocol: Any
) -> None:
    # a best reply grows at least at the regret under Smith; the worst strategy played shrinks by it under the other
    game = data.draw(table_games())
    shares = data.draw(populations(game.strategies))
    payoffs = mean_payoffs(payoff_table(game), shares)
    regret = max(payoffs) - sum((x * f for x, f in zip(shares, payoffs, strict=True)), F(0))
    moved = np.abs(mean_dynamics(game, protocol=protocol)(0.0, [float(share) for share in shares])).max()
    least = min(share for share in shares if share > 0)
    assert moved >= float(least * regret) * (1 - 1e-9) - 1e-12
    if regret == 0:
        assert moved < 1e-12


@given(
    table_games(),
    st.sampled_from(
        [
            Replicator(),
            NormalizedReplicator(baseline=25),
            Imitation(imitation_noise=0.2),
            BoltzmannLearning(temperature=1),
        ]
    ),
)
@settings(deadline=None, max_examples=40)
def test_vertices_rest_where_nobody_tries_what_nobody_does(game: TableGame, protocol: Any) -> None:
    corners = np.eye(len(game.strategies))
    runs = trajectories(mean_dynamics(game, protocol=protocol), corners, times=10)
    assert runs.limits.tolist() == corners.tolist()
    assert runs.reached.tolist() == [0.0] * len(corners)


@given(st.data(), any_protocol)
@settings(deadline=None, max_examples=60)
def test_populations_stay_populations_and_absent_strategies_stay_absent_where_they_should(
    data: st.DataObject, protocol: Any
) -> None:
    game = data.draw(table_games())
    start = [float(share) for share in data.draw(populations(game.strategies))]

    runs = trajectories(mean_dynamics(game, protocol=protocol), start, times=[0.0, 0.1, 1.0, 4.0])

    assert runs.samples.min() >= 0
    assert np.abs(runs.shares.sum(axis=2) - 1).max() < 1e-14
    assert runs.shares[0, 0] == pytest.approx(start, abs=1e-15)
    if isinstance(protocol, Replicator | BoltzmannLearning):
        gone = [i for i, share in enumerate(start) if share == 0]
        assert (runs.shares[0][:, gone] == 0).all()


@given(st.data(), any_protocol, st.sampled_from([1, 67]))
@settings(deadline=None, max_examples=50)
def test_many_velocities_are_those_of_each_point_in_any_order_of_memory(
    data: st.DataObject, protocol: Any, number: int
) -> None:
    dynamics = mean_dynamics(data.draw(table_games()), protocol=protocol)
    size = len(dynamics.strategies)
    points = np.random.default_rng(number).dirichlet(np.ones(size), number)
    single = np.array([dynamics(0.0, point) for point in points])

    assert dynamics.velocities(points) == pytest.approx(single, abs=1e-12)
    columns = np.ascontiguousarray(points.T)
    into = np.full((size, number), np.nan)
    assert dynamics.velocities(columns.T, out=into.T) == pytest.approx(single, abs=1e-12)
    assert pytest.approx(single, abs=1e-12) == into.T
    assert dynamics.velocities(points[::-1]) == pytest.approx(single[::-1], abs=1e-12)
    stacked = dynamics.velocities(points.reshape(number, 1, size))
    assert stacked.shape == (number, 1, size)
    assert stacked[:, 0] == pytest.approx(single, abs=1e-12)


@given(st.data(), any_protocol)
@settings(deadline=None, max_examples=15)
def test_kernels_equal_their_python_source(data: st.DataObject, protocol: Any) -> None:
    dynamics = mean_dynamics(data.draw(table_games(strategies=(2, 3))), protocol=protocol)
    size, tables, counts, rules = len(dynamics.strategies), dynamics.tables, dynamics.counts, dynamics.rules
    points = np.random.default_rng(0).dirichlet(np.ones(size), 3)

    def both(function: Any, *shapes: tuple[int, ...], before: tuple[Any, ...], after: tuple[Any, ...] = ()) -> None:
        outs = []
        for version in (function, function.py_func):
            written = [np.zeros(shape) for shape in shapes]
            outs.append((version(*before, *written, *after), written))
        (gave, ours), (said, plain) = outs
        assert gave == pytest.approx(said, abs=1e-12) if gave is not None else said is None
        for one, other in zip(ours, plain, strict=True):
            assert one == pytest.approx(other, rel=1e-9, abs=1e-12, nan_ok=True)

    both(kernels.payoffs_at, (size, counts[0, 0] + 1), (size,), before=(tables[0], counts, points[0]))
    both(kernels.velocity_by, (size,), before=(rules[0], points[0], points[1]))
    rows = np.vstack([points, points])
    versions: tuple[Any, ...] = (kernels.velocity_into, kernels.velocity_into.py_func)
    for row, version in enumerate(versions, start=3):
        powers = np.empty((size, counts[0, 0] + 1))
        version(tables[0], counts, rules, rows, powers, row)
    assert rows[3] == pytest.approx(rows[4], abs=1e-12)
    both(kernels.velocity_at, before=(tables, counts, rules, points[0]))
    plan, columns = evaluation_plan(int(counts[0, 0]), size), points.T.copy()
    for replicator in (True, False):
        both(batches.chunk_payoffs, (size, 3), before=(tables[0], plan, replicator, columns), after=(0, 3))
    both(kernels.chunk_by_payoffs, (size, 3), before=(rules[0], columns), after=(0, 3))
    both(kernels.chunk_velocities, (size, 3), before=(tables, counts, rules, points.T.copy()), after=(0, 3))
    both(kernels.speed_of, before=(counts, rules, points, 1))
    times, controls = np.array([0.01, 0.02]), np.array([1e-6, 1e-8, 0.0, 50.0])
    both(kernels.one_run, (2, size), (size + 3,), before=(tables[0], counts, rules, points[0], times, controls))


@pytest.mark.parametrize("game", [optional_game(5, F(3), F(1)), published()])
def test_answers_have_the_same_bits_on_one_thread_and_on_two(game: Any) -> None:
    points = np.random.default_rng(5).dirichlet(np.ones(3), 3 * kernels.CHUNK + 17)
    available = numba.get_num_threads()
    answers = []
    for threads in (1, min(2, available)):
        numba.set_num_threads(threads)
        try:
            dynamics = mean_dynamics(game)
            runs = trajectories(dynamics, points[:50], times=[1.0, 5.0])
            answers.append((dynamics.velocities(points), runs.shares, runs.steps))
        finally:
            numba.set_num_threads(available)
    for one, two in zip(*answers, strict=True):
        assert np.array_equal(one, two)


def exact_threshold_mean(size: int, least: int, share: Fraction) -> Fraction:
    """The chance that at least `least` of size - 1 play the first strategy, as a rational number."""
    others = size - 1
    return sum((comb(others, k) * share**k * (1 - share) ** (others - k) for k in range(least, others + 1)), F(0))


@pytest.mark.parametrize("size", [2, 10, 100, 400, 1000])
@pytest.mark.parametrize("share", [F(3, 10), F(1, 1000), F(999, 1000), F(1, 2)])
def test_two_strategies_in_groups_to_a_thousand_keep_their_digits(size: int, share: Fraction) -> None:
    least = max(1, round(float(share) * size))
    game = game_from_function(lambda s, n: (s == "A") * F(int(n["A"] >= least), 1), ["A", "B"], size)

    moved = mean_dynamics(game)(0.0, [float(share), float(1 - share)])

    exact = share * (1 - share) * exact_threshold_mean(size, least, share)
    assert moved == pytest.approx([float(exact), -float(exact)], rel=1e-11)


def test_shares_that_underflow_and_corners_of_large_groups_are_finite() -> None:
    game = game_from_function(lambda s, n: F(n["A"], 999) if s == "A" else F(int(n["A"] >= 300), 2), ["A", "B"], 1000)
    dynamics = mean_dynamics(game)
    corners = dynamics.velocities([[1e-300, 1.0], [1.0, 0.0], [0.0, 1.0]])
    assert corners[1:].tolist() == [[0.0, 0.0]] * 2
    assert np.abs(corners[0]).max() < 1e-300


@pytest.mark.parametrize("size", [20, 110])
def test_logarithms_take_over_where_multinomials_leave_the_range_of_floats(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = optional_game(size, F(3), F(1))
    points = np.random.default_rng(1).dirichlet([1, 1, 1], 4)
    points[0] = [0.0, 0.4, 0.6]
    direct = mean_dynamics(game)
    counts = direct.counts
    tables = direct.tables.copy()
    powers, plain, logs = np.empty((3, size)), np.empty(3), np.empty(3)
    tables[0, :, 3] = np.log(tables[0, :, 3] / tables[0, 0, 3])
    for point in points:
        kernels.payoffs_at(direct.tables[0], counts, point, powers, plain)
        kernels.payoffs_by_logs(tables[0], counts, point, powers, logs)
        assert logs == pytest.approx(plain, rel=1e-11, abs=1e-13)


def test_six_strategies_in_a_large_group_need_logarithms_and_agree_with_their_faces() -> None:
    names = ["A", "B", "C", "D", "E", "F"]
    pair = game_from_function(lambda s, n: F(n["A"] ** 2, 16) * (s == "A"), names, 5)
    moved = mean_dynamics(pair)(0.0, [0.25, 0.75, 0, 0, 0, 0])
    two = game_from_function(lambda s, n: F(n["A"] ** 2, 16) * (s == "A"), names[:2], 5)
    assert moved[:2] == pytest.approx(mean_dynamics(two)(0.0, [0.25, 0.75]), abs=1e-15)
    wide = game_from_function(lambda s, n: float(n["A"] >= 330) * (s == "A"), ["A", "B"], 1020)
    assert wide.group_size * log(2) > kernels.LARGEST_LOG
    exact = 0.25 * float(exact_threshold_mean(1020, 330, F(1, 3))) * 8 / 9
    assert mean_dynamics(wide)(0.0, [1 / 3, 2 / 3])[0] == pytest.approx(exact, rel=1e-10)
    assert mean_dynamics(wide).velocities([[1 / 3, 2 / 3]])[0, 0] == pytest.approx(exact, rel=1e-10)


@st.composite
def large_tables(draw: st.DrawFn) -> tuple[TableGame, list[Fraction]]:
    """Games of groups to a thousand whose payoffs are not affine, and a population; two strategies, or three."""
    size = draw(st.sampled_from([1000, 999, 500, 137]))
    weights = draw(st.lists(st.integers(0, 20), min_size=2, max_size=2).filter(any))
    least, slope = draw(st.integers(0, size)), draw(st.fractions(-2, 2, max_denominator=9))
    game = game_from_function(
        lambda s, n: slope * F(n["A"], size) if s == "B" else F(int(n["A"] >= least)), ["A", "B"], size
    )
    return game, [F(weight, sum(weights)) for weight in weights]


@given(large_tables(), any_protocol)
@settings(deadline=None, max_examples=25)
def test_groups_to_a_thousand_agree_with_exact_fractions(drawn: Any, protocol: Any) -> None:
    game, shares = drawn
    dynamics = mean_dynamics(game, protocol=protocol)
    slow = slow_velocity(protocol, game, shares)
    point = [float(share) for share in shares]
    tolerance = 1e-12 / getattr(protocol, "temperature", getattr(protocol, "imitation_noise", 1))
    assert dynamics(0.0, point) == pytest.approx(slow, abs=tolerance)
    assert dynamics.velocities([point])[0] == pytest.approx(slow, abs=tolerance)


@pytest.mark.parametrize("share", [F(1, 3), F(1, 50), F(49, 50)])
@pytest.mark.parametrize("size", [100, 200, pytest.param(1000, marks=pytest.mark.long)])
def test_many_players_of_three_strategies_agree_with_exact_fractions(size: int, share: Fraction) -> None:
    # whether C is played at all, and how often A is, so that the exact mean is short; 500 500 compositions at most
    counts, least = compositions(size - 1, 3), 3 * size // 10
    values = np.zeros((3, len(counts)))
    values[0] = (counts[:, 0] >= least) & (counts[:, 2] > 0)
    dynamics = mean_dynamics(game_from_payoffs(values, ["A", "B", "C"], group_size=size))
    shares = [share, (1 - share) / 4, (1 - share) * F(3, 4)]
    without = [comb(size - 1, k) * shares[0] ** k * shares[1] ** (size - 1 - k) for k in range(least, size)]
    payoff = exact_threshold_mean(size, least, share) - sum(without, F(0))
    exact = [float(shares[0] * (1 - shares[0]) * payoff), *(float(-x * shares[0] * payoff) for x in shares[1:])]
    point = [float(x) for x in shares]
    assert dynamics(0.0, point) == pytest.approx(exact, rel=1e-10, abs=1e-300)
    assert dynamics.velocities([point])[0] == pytest.approx(exact, rel=1e-10, abs=1e-300)


@given(st.integers(2, 6), st.integers(2, 6), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_plans_of_two_factors_and_of_three_give_the_same_payoffs(parts: int, size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = np.array(compositions(size - 1, parts))
    points = rng.dirichlet(np.ones(parts), 5).T.copy()
    table = np.hstack([rng.normal(size=(len(counts), parts)), weights_of(counts)[:, np.newaxis]])
    payoffs = np.empty((2, parts, 5))
    for k, most in enumerate((MOST_MONOMIALS, 0)):
        plan = evaluation_plan(size - 1, parts, most)
        assert (plan[-1, 2] < 0) == (most > 0 or parts == 2)
        batches.chunk_payoffs(table, plan, False, points, payoffs[k], 0, 5)
    slow, powers = np.empty(parts), np.empty((parts, size))
    for p in range(5):
        kernels.payoffs_at(table, counts, points[:, p], powers, slow)
        for k in range(2):
            assert payoffs[k, :, p] == pytest.approx(slow, abs=1e-12)


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64") or not hasattr(batches.add_pairs, "inspect_asm"),
    reason="looks at code for x86-64",
)
@pytest.mark.parametrize("kernel", [batches.add_pairs, batches.add_triples])
def test_sums_over_compositions_take_several_points_at_once(kernel: Any) -> None:
    fresh: Any = numba.njit(kernel.py_func)  # a cached one shows no code
    plan = np.array(evaluation_plan(4, 4, 0 if kernel is batches.add_triples else MOST_MONOMIALS))
    number = len(plan) - 36
    monomials, out = np.ones((number, batches.BLOCK)), np.zeros((3, batches.BLOCK))
    fresh(np.ones((36, 3)), plan, number, monomials, 0, out)
    assert (out == 36).all()
    assert "mulpd" in "".join(fresh.inspect_asm().values())


def test_tiny_payoffs_of_large_groups_keep_their_digits_in_blocks() -> None:
    # weights go down to 2^-999, so that such payoffs times them are below the range of full digits
    game = game_from_function(lambda s, n: 1e-20 * float(n["A"] ** 2) * (s == "A"), ["A", "B"], 1000)
    dynamics = mean_dynamics(game)
    point = [0.999, 0.001]
    assert dynamics.velocities([point])[0] == pytest.approx(dynamics(0.0, point), rel=1e-12, abs=0)


# --- many games at once ---


def test_parameters_that_are_arrays_are_as_many_games() -> None:
    fines, costs = np.linspace(0, 1, 4)[:, None], np.array([0.1, 0.3, 0.6])
    grid = mean_dynamics(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=fines, punishment_cost=costs))
    assert (grid.games, grid.is_affine) == (12, True)

    at_once = trajectories(grid, [0.2, 0.3, 0.5], times=20)
    points = np.random.default_rng(2).dirichlet([1, 1, 1], 12)
    moved = grid.velocities(points)

    for index, (fine, cost) in enumerate((f, c) for f in fines[:, 0] for c in costs):
        single = mean_dynamics(published(fine=float(fine), punishment_cost=float(cost)))
        assert moved[index] == pytest.approx(single(0.0, points[index]), abs=1e-13)
        alone = trajectories(single, [0.2, 0.3, 0.5], times=20, rest_speed=0)
        assert at_once.ends[index] == pytest.approx(alone.ends[0], abs=1e-7)


def test_a_list_of_games_is_read_as_matrices_only_if_all_are_affine() -> None:
    plain, curved = optional_game(4, F(2), F(1)), optional_game(4, F(3), F(1, 2))
    both = mean_dynamics([plain, curved])
    points = [[0.2, 0.3, 0.5], [0.3, 0.3, 0.4]]
    expected = [mean_dynamics(game)(0.0, point) for game, point in zip((plain, curved), points, strict=True)]
    assert both.velocities(points) == pytest.approx(np.array(expected), abs=1e-15)
    assert not both.is_affine
    assert mean_dynamics([published(), published(fine=2)]).is_affine
    linear = game_from_function(lambda s, n: n["C"] - (s == "C"), ["C", "D", "L"], 4)
    mixed = mean_dynamics([linear, curved])
    assert not mixed.is_affine
    assert mixed.velocities(points)[0] == pytest.approx(mean_dynamics(linear)(0.0, points[0]), abs=1e-15)


def test_arrays_that_make_payoffs_bend_are_not_read_as_matrices() -> None:
    class Bent:
        strategies = ("A", "B")
        group_size = 4

        def payoff(self, strategy: str, counts: Any) -> Any:
            return np.array([1.0, 2.0]) * counts[0] ** 2 * (strategy == "A")

    bent = mean_dynamics(Bent())
    assert (bent.games, bent.is_affine) == (2, False)
    square = game_from_function(lambda s, n: n["A"] ** 2 * (s == "A"), ["A", "B"], 4)
    once = mean_dynamics(square)(0.0, [0.4, 0.6])
    assert bent.velocities([[0.4, 0.6]] * 2) == pytest.approx(np.array([once, 2 * once]), abs=1e-14)


# --- the integrator ---


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("game", [optional_game(5, F(3), F(1)), published()], ids=["optional", "punished"])
def test_the_integrator_agrees_with_scipy(game: Any, protocol: Any) -> None:
    dynamics = mean_dynamics(game, protocol=protocol)
    starts, times = np.random.default_rng(3).dirichlet([1, 1, 1], 3), np.array([0.5, 3.0, 10.0])
    runs = trajectories(dynamics, starts, times=times, tolerances=(1e-12, 1e-14), rest_speed=0)
    for start, ours in zip(starts, runs.shares, strict=True):
        theirs = solve_ivp(dynamics, (0, 10), start, method="DOP853", t_eval=times, rtol=1e-12, atol=1e-13)
        assert ours == pytest.approx(theirs.y.T, abs=3e-9)


def test_halving_digits_of_tolerance_gains_digits_at_the_price_of_fifth_order() -> None:
    dynamics = mean_dynamics(optional_game(5, F(3), F(1)))
    exact = trajectories(dynamics, [0.2, 0.5, 0.3], times=20, tolerances=(1e-13, 1e-14), rest_speed=0)
    loose, tight = (
        trajectories(dynamics, [0.2, 0.5, 0.3], times=20, tolerances=(t, t), rest_speed=0) for t in (1e-6, 1e-11)
    )
    assert np.abs(loose.ends - exact.ends).max() < 1e-3
    assert np.abs(tight.ends - exact.ends).max() < 1e-9
    assert 5 < tight.steps[0] / loose.steps[0] < 20  # (1e-6 / 1e-11)^(1/5) = 10


def test_trajectories_agree_with_the_integrator_of_logarithms() -> None:
    starts = [[0.2, 0.7, 0.1], [0.1, 0.1, 0.8], [0.05, 0.9, 0.05]]
    runs = trajectories(mean_dynamics(published()), starts, times=1e4, tolerances=(1e-12, 0.0))
    for start, end in zip(starts, runs.limits, strict=True):
        assert end == pytest.approx(trajectory(published(), start, duration=1e4).limit, abs=1e-7)


@given(games(strategies=["C", "D", "P"], dilemmas_only=True))
@settings(deadline=None, max_examples=20)
def test_populations_come_to_rest_at_exact_rest_points_that_are_not_unstable(game: PublicGoodsGame) -> None:
    starts = np.array([[0.2, 0.5, 0.3], [0.6, 0.2, 0.2], [0.1, 0.1, 0.8]])
    dynamics = mean_dynamics(game)
    runs = trajectories(dynamics, starts, times=1e5 / dynamics.scale, max_steps=20_000)
    components = rest_points(game).components
    for end, ending in zip(runs.ends, runs.endings, strict=True):
        if ending is not Ending.AT_REST:
            continue
        slow = [float(v) for v in velocity(payoff_table(game), end.tolist())]
        assert max(map(abs, slow)) <= 2e-9 * dynamics.scale
        assert components


@pytest.mark.parametrize("size", [5, 20])
def test_ends_are_exact_rest_points(size: int) -> None:
    from dynamics import classify_limit

    found = rest_points(published(size)).components
    starts = np.random.default_rng(4).dirichlet([1, 1, 1], 40)
    limits = trajectories(mean_dynamics(published(size)), starts, times=1e5).limits
    for limit in limits:
        place = classify_limit(found, limit)
        assert place is not None
        assert place[1].stability != "unstable"


def test_a_cycle_of_rock_paper_scissors_is_kept_for_a_thousand_time_units() -> None:
    runs = trajectories(mean_dynamics(CYCLE), [0.5, 0.3, 0.2], times=np.linspace(0, 1000, 11))
    assert np.ptp(runs.shares.prod(axis=2)) < 1e-8
    assert runs.endings == (Ending.TIME,)


def test_strategies_that_nearly_die_out_come_back_where_the_absolute_tolerance_is_zero() -> None:
    # A resists B until C, which is nearly gone, has grown: log(x_C) rises at the rate 1 / 2
    game = game_from_payoffs([[0, 0, 0], [-1, -1, -1], [0.5, 0.5, -1]], ["A", "B", "C"])
    start = [1 - 1e-40 - 1e-3, 1e-3, 1e-40]
    runs = trajectories(mean_dynamics(game), start, times=100, tolerances=(1e-10, 0.0), rest_speed=0)
    assert runs.ends[0, 2] == pytest.approx(1e-40 * exp(50), rel=1e-2)
    stiff = mean_dynamics(game_from_payoffs([[0.0, 0.0], [-800.0, -800.0]], ["A", "B"]))
    gone = trajectories(stiff, [0.5, 0.5], times=2.0, rest_speed=0)
    assert gone.endings == (Ending.AT_REST,) or gone.ends[0, 1] < 1e-12


# --- published numbers ---


def interior_loners(size: int, factor: float) -> float:
    """The root in (0, 1) of F(z) of OPT-1, by bisection."""

    def gain(z: float) -> float:
        return 1 + (factor - 1) * z ** (size - 1) - factor / size * sum(z**k for k in range(size))

    low, high = 1e-9, 1 - 1e-6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if gain(low) * gain(middle) > 0 else (low, middle)
    return low


@pytest.mark.parametrize(
    ("size", "factor", "expected"),
    [
        # OPT-2: Hauert, De Monte, Hofbauer & Sigmund (2002), Science 296, 1129; recomputed
        (5, F(3), (0.2693301183778, 0.2693301183778, 0.4613397632444)),
        (3, F(5, 2), (0.5, 0.25, 0.25)),
    ],
)
def test_the_interior_point_of_the_optional_game_rests(size: int, factor: Fraction, expected: Any) -> None:
    dynamics = mean_dynamics(optional_game(size, factor, F(1)))
    assert np.abs(dynamics(0.0, expected)).max() < 1e-13
    z = interior_loners(size, float(factor))
    x = (1 - z) / (float(factor) - 1)
    assert (x, 1 - z - x, z) == pytest.approx(expected, abs=1e-9)
    assert np.abs(dynamics(0.0, [x + 1e-3, 1 - z - x, z - 1e-3])).max() > 1e-6


@given(populations(["C", "D", "L"], interior=True))
@settings(deadline=None, max_examples=30)
def test_payoffs_of_the_optional_game_are_the_published_closed_form(shares: tuple[Fraction, ...]) -> None:
    # OPT-1: F(z) and P_D as printed in the references, P_L = 1
    x, _, z = shares
    size, factor = 5, F(3)
    advantage = 1 + (factor - 1) * z ** (size - 1) - factor / size * (1 - z**size) / (1 - z)
    defect = z ** (size - 1) + factor * x / (1 - z) * (1 - (1 - z**size) / (size * (1 - z)))
    payoffs = (defect - advantage, defect, F(1))
    mean = sum((a * b for a, b in zip(shares, payoffs, strict=True)), F(0))
    closed = [float(a * (b - mean)) for a, b in zip(shares, payoffs, strict=True)]
    assert mean_dynamics(optional_game(5, F(3), F(1)))(0.0, [float(v) for v in shares]) == pytest.approx(
        closed, abs=1e-14
    )


@pytest.mark.parametrize("start", [(0.25, 0.35, 0.4), (0.2, 0.5, 0.3)])
def test_orbits_of_the_optional_game_close_and_their_time_averages_are_the_published_ones(start: Any) -> None:
    # OPT-3: the mean of x / (x + y) over an orbit is loner / (r - 1) = 1/2, that of F(z) is 0
    dynamics = mean_dynamics(optional_game(5, F(3), F(1)))
    tolerances = (1e-12, 1e-14)
    f0 = start[0] / (start[0] + start[1])

    def crossing(low: float, high: float) -> float:
        """When the orbit comes back to z = z0, rising or falling as at the start, by bisection of the flow."""
        for _ in range(45):
            middle = (low + high) / 2
            z = trajectories(dynamics, start, times=middle, tolerances=tolerances, rest_speed=0).ends[0, 2]
            low, high = (middle, high) if (z - start[2]) * direction < 0 else (low, middle)
        return (low + high) / 2

    direction = np.sign(dynamics(0.0, start)[2])
    times = np.linspace(0, 200, 2001)
    path = trajectories(dynamics, start, times=times, tolerances=tolerances, rest_speed=0).shares[0]
    side = (path[:, 2] - start[2]) * direction
    back = next(k for k in range(20, 2000) if side[k] < 0 <= side[k + 1])
    period = crossing(times[back], times[back + 1])

    knots = np.linspace(0, period, 513)
    orbit = trajectories(dynamics, start, times=knots, tolerances=tolerances, rest_speed=0).shares[0]
    f, z = orbit[:-1, 0] / (orbit[:-1, 0] + orbit[:-1, 1]), orbit[:-1, 2]
    assert orbit[-1] == pytest.approx(start, abs=1e-9)
    assert f[0] == pytest.approx(f0)
    assert f.mean() == pytest.approx(0.5, abs=1e-9)
    advantage = 1 + 2 * z**4 - 3 / 5 * (1 - z**5) / (1 - z)
    assert advantage.mean() == pytest.approx(0, abs=1e-9)


def test_imitation_with_exploration_settles_where_the_reference_run_does() -> None:
    # OPT-4: EvoLudo's run CDL-6; K = 0.1, exploration 0.02
    protocol = Imitation(imitation_noise=0.1, mutation_rate=0.02)
    starts = np.random.default_rng(6).dirichlet([1, 1, 1], 5)
    limits = trajectories(mean_dynamics(optional_game(5, F(3), F(1)), protocol=protocol), starts, times=1e4).limits
    for limit in limits:
        assert limit == pytest.approx([0.2684660, 0.2702450, 0.4612891], abs=1e-7)
        assert limit == pytest.approx([0.268509, 0.270305, 0.461186], abs=2e-4)  # where EvoLudo stops


@pytest.mark.parametrize(("temperature", "expected"), [(0.2, 0.1192029220), (1.0, 0.4013123399)])
@pytest.mark.parametrize("protocol", [Logit, BoltzmannLearning])
def test_noisy_learners_of_the_linear_game_rest_at_the_logit_point(
    protocol: Callable[..., Any], temperature: float, expected: float
) -> None:
    # RL-1, RL-2: x_C = 1 / (1 + exp(c (1 - r/N) / T)); N = 5, r = 3, c = 1
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    dynamics = mean_dynamics(game, protocol=protocol(temperature=temperature))
    limits = trajectories(
        dynamics, [[0.9, 0.1], [0.01, 0.99]], times=1000, tolerances=(1e-13, 0.0), rest_speed=1e-11
    ).limits
    assert limits[:, 0] == pytest.approx([expected] * 2, abs=1e-10)


def test_defectors_and_punishers_part_at_the_published_point() -> None:
    # PUN-1: unstable at 4/13 of punishers, whatever the protocol
    for protocol in (Replicator(), Smith(), BrownVonNeumannNash(), Imitation(imitation_noise=0.5)):
        dynamics = mean_dynamics(published(strategies=["D", "P"]), protocol=protocol)
        starts = [[9 / 13 + 1e-3, 4 / 13 - 1e-3], [9 / 13 - 1e-3, 4 / 13 + 1e-3]]
        ends = trajectories(dynamics, starts, times=2000).ends
        assert ends == pytest.approx(np.array([[1.0, 0.0], [0.0, 1.0]]), abs=2e-3)
        assert np.abs(dynamics(0.0, [9 / 13, 4 / 13])).max() < 1e-15


def test_mutation_of_offspring_balances_selection() -> None:
    # fitness 2 and 1: x' = 0 where 0 = x (1 - x) - mu (3 x - 1), taken at mu = 1/10
    game = game_from_payoffs([[1, 1], [0, 0]], ["A", "B"])
    dynamics = mean_dynamics(game, protocol=ReplicatorMutator(mutation_rate=0.1, baseline=1))
    share = (0.7 + (0.49 + 0.4) ** 0.5) / 2
    assert trajectories(dynamics, [0.5, 0.5], times=200).limits[0, 0] == pytest.approx(share, abs=1e-8)


# --- endings and refusals ---


def test_starts_are_scaled_to_sum_to_one() -> None:
    runs = trajectories(mean_dynamics(CYCLE), [0.5 + 4e-10, 0.3, 0.2], times=[0.0, 1e-3])
    assert abs(runs.shares[0, 0].sum() - 1) < 1e-15


def test_what_a_run_did_not_reach_is_refused() -> None:
    dynamics = mean_dynamics(CYCLE)
    times = np.linspace(1, 50, 50)
    late = trajectories(dynamics, [[0.5, 0.3, 0.2], [1.0, 0.0, 0.0]], times=times)
    assert late.endings == (Ending.TIME, Ending.AT_REST)
    assert late.shares[1].tolist() == [[1.0, 0.0, 0.0]] * 50
    assert (late.reached[0], late.speeds[1]) == (50.0, 0.0)
    with pytest.raises(NotConverged, match=r"^the duration was over .* in 1 of 2 runs, first in run 0"):
        _ = late.limits
    short = trajectories(dynamics, [0.5, 0.3, 0.2], times=times, max_steps=7)
    assert (short.endings, short.steps.tolist()) == ((Ending.STEPS,), [7])
    assert 0 < short.reached[0] < 50
    with pytest.raises(NotConverged, match=r"^the step limit"):
        _ = short.shares
    with pytest.raises(NotConverged, match=r"^the step limit"):
        _ = short.limits
    assert short.ends.shape == (1, 3)
    assert np.isnan(short.samples[0, -1]).all()
    with pytest.raises(ValueError, match="read-only"):
        short.ends[0, 0] = 1


def test_payoffs_beyond_the_range_of_floats_stall() -> None:
    huge = mean_dynamics(game_from_payoffs([[1e200, -1e200], [0.0, 0.0]], ["A", "B"]))
    runs = trajectories(huge, [0.3, 0.7], times=1.0)
    assert runs.endings[0] in (Ending.STEPS, Ending.STALLED, Ending.AT_REST)
    beyond = mean_dynamics(game_from_payoffs([[1.7e308, -1.7e308], [0.0, 0.0]], ["A", "B"]), protocol=Smith())
    stalled = trajectories(beyond, [0.5, 0.5], times=1e300, tolerances=(1e-10, 0.0))
    assert stalled.endings[0] is not Ending.TIME


@pytest.mark.parametrize("protocol", [Replicator(), Imitation(imitation_noise=0.5), BoltzmannLearning(temperature=0.1)])
def test_a_rare_invader_that_grows_is_not_taken_for_rest(protocol: Any) -> None:
    better = mean_dynamics(game_from_payoffs([[0, 0], [1, 1]], ["A", "B"]), protocol=protocol)
    runs = trajectories(better, [1 - 1e-12, 1e-12], times=200)
    assert runs.limits[0, 1] > 0.99


def test_no_step_however_loose_extinguishes_a_strategy() -> None:
    losing = mean_dynamics(game_from_payoffs([[0, 0], [-50, -50]], ["A", "B"]))
    runs = trajectories(losing, [1e-3, 1 - 1e-3], times=np.linspace(0.1, 2, 20), tolerances=(0.9, 0.9), rest_speed=0)
    assert runs.shares[0, :, 1].min() > 0


def test_rest_is_measured_in_the_units_of_the_protocol() -> None:
    small = game_from_payoffs([[F(-1, 10**6), F(2, 10**6)], [0, F(1, 10**6)]], ["H", "D"])
    assert mean_dynamics(small).scale == pytest.approx(1e-6)
    assert mean_dynamics(small, protocol=Logit(temperature=1)).scale == 1
    end = trajectories(mean_dynamics(small), [0.1, 0.9], times=1e9).limits[0]
    assert end == pytest.approx([0.5, 0.5], abs=1e-6)


@pytest.mark.parametrize(
    ("protocol", "name", "value"),
    [
        (ReplicatorMutator, "mutation_rate", 1.1),
        (ReplicatorMutator, "mutation_rate", float("nan")),
        (Logit, "temperature", 0),
        (Logit, "temperature", float("inf")),
        (Logit, "temperature", "1"),
        (Imitation, "imitation_noise", 0),
        (Imitation, "imitation_noise", None),
        (BoltzmannLearning, "temperature", -1),
    ],
)
def test_parameters_of_protocols_outside_their_domain_are_refused_by_name(
    protocol: Callable[..., Any], name: str, value: Any
) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        protocol(**{name: value})


def test_more_parameters_of_protocols_are_refused_by_name() -> None:
    with pytest.raises(InvalidParameter, match=r"^mutation_rate must be in"):
        Imitation(imitation_noise=1, mutation_rate=-0.1)
    with pytest.raises(InvalidParameter, match=r"^baseline must be finite"):
        ReplicatorMutator(mutation_rate=0.1, baseline=float("inf"))


@pytest.mark.parametrize(
    ("name", "start", "options"),
    [
        ("starts", [0.5, 0.5], {}),
        ("starts", [0.5, 0.6, -0.1], {}),
        ("starts", [[0.2, 0.7, 0.1], [0.5, 0.2, 0.2]], {}),
        ("starts", [float("nan"), 0.5, 0.5], {}),
        ("starts", np.empty((0, 3)), {}),
        ("times", [0.2, 0.7, 0.1], {"times": 0}),
        ("times", [0.2, 0.7, 0.1], {"times": [1, 1]}),
        ("times", [0.2, 0.7, 0.1], {"times": [-1, 1]}),
        ("times", [0.2, 0.7, 0.1], {"times": []}),
        ("times", [0.2, 0.7, 0.1], {"times": float("inf")}),
        ("tolerances", [0.2, 0.7, 0.1], {"tolerances": (0, 1e-9)}),
        ("tolerances", [0.2, 0.7, 0.1], {"tolerances": (1e-9, -1)}),
        ("rest_speed", [0.2, 0.7, 0.1], {"rest_speed": -1}),
        ("max_steps", [0.2, 0.7, 0.1], {"max_steps": 0}),
        ("max_steps", [0.2, 0.7, 0.1], {"max_steps": 1.5}),
    ],
)
def test_arguments_outside_their_domain_are_refused_by_name(name: str, start: Any, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        trajectories(mean_dynamics(published()), start, **{"times": 1.0, **options})


def test_games_and_arrays_that_do_not_fit_are_refused_by_name() -> None:
    many: MeanDynamics = mean_dynamics([published(), published(fine=2)])
    with pytest.raises(InvalidParameter, match=r"^games must be 1"):
        many(0.0, [0.2, 0.7, 0.1])
    with pytest.raises(InvalidParameter, match=r"^shares must be 2 populations"):
        many.velocities([[0.2, 0.7, 0.1]])
    with pytest.raises(InvalidParameter, match=r"^starts must be one population, or 2"):
        trajectories(many, [[0.2, 0.7, 0.1]] * 3, times=1)
    with pytest.raises(InvalidParameter, match=r"^game must be one or more games"):
        mean_dynamics([])
    with pytest.raises(InvalidParameter, match=r"^game must be games of the same"):
        mean_dynamics([published(), published(6)])
    with pytest.raises(InvalidParameter, match=r"^protocol must be "):
        mean_dynamics(published(), protocol="logit")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match=r"^baseline must be >= "):
        mean_dynamics(published(), protocol=ReplicatorMutator(mutation_rate=0.1))
    single = mean_dynamics(published())
    with pytest.raises(InvalidParameter, match=r"^shares must be of shape"):
        single.velocities([0.5, 0.5])
    with pytest.raises(InvalidParameter, match=r"^out must be a float64 array"):
        single.velocities([[0.2, 0.7, 0.1]], out=np.empty((2, 3)))
    with pytest.raises(InvalidParameter, match=r"^out must be C-ordered"):
        single.velocities([[0.2, 0.7, 0.1]] * 2, out=np.empty((4, 3))[::2])
