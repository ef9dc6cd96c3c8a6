from fractions import Fraction
from itertools import product
from typing import Any

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
    NormalizedReplicator,
    PayoffTensors,
    Replicator,
    ReplicatorMutator,
    Smith,
    by_population,
    mean_dynamics,
    multi_population_dynamics,
    payoff_tensors,
    trajectories,
)
from dynamics import _mean_kernels as kernels
from gametheory import InvalidParameter, PublicGoodsGame, UnequalGame
from gametheory.testing import table_games
from tests._protocols import equation

F = Fraction
Array = NDArray[np.float64]
PENNIES = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
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
quick = settings(deadline=None, max_examples=40)


@st.composite
def tensor_games(draw: st.DrawFn, *, players: tuple[int, ...] = (2, 3)) -> list[Array]:
    number = draw(st.sampled_from(players))
    shape = tuple(draw(st.integers(2, 3)) for _ in range(number))
    return [np.random.default_rng(draw(st.integers(0, 10**6))).integers(-9, 10, shape) / 1.0 for _ in range(number)]


def points_of(game: list[Array], number: int, seed: int = 1) -> Array:
    rng = np.random.default_rng(seed)
    return np.hstack([rng.dirichlet(np.ones(size), number) for size in game[0].shape])


def slow_payoffs(game: list[Array], shares: list[Array]) -> list[list[float]]:
    """Contract each player's tensor with the shares of all others, one after another."""
    found = []
    for k, tensor in enumerate(game):
        left = np.moveaxis(tensor, k, 0)
        for other in [shares[i] for i in range(len(game)) if i != k]:
            left = np.tensordot(left, other, axes=([1], [0]))
        found.append(left.tolist())
    return found


@given(tensor_games(), st.lists(any_protocol, min_size=3, max_size=3))
@quick
def test_each_population_obeys_its_own_equation(game: list[Array], protocols: list[Any]) -> None:
    dynamics = multi_population_dynamics(game, protocol=protocols[: len(game)])
    points = points_of(game, 3)
    for point, moved in zip(points, dynamics.velocities(points), strict=True):
        shares = by_population(dynamics, point)
        slow = [
            equation(protocol, own.tolist(), payoffs)
            for protocol, own, payoffs in zip(protocols, shares, slow_payoffs(game, shares), strict=False)
        ]
        assert moved == pytest.approx(np.concatenate(slow), abs=1e-11)
        assert dynamics(0.0, point).tolist() == moved.tolist()


@given(tensor_games(), any_protocol)
@quick
def test_velocities_are_tangent_and_point_into_the_simplices(game: list[Array], protocol: Any) -> None:
    dynamics = multi_population_dynamics(game, protocol=protocol)
    points = points_of(game, 4)
    points[0, 0], points[0, 1] = 0.0, points[0, 0] + points[0, 1]
    for point, moved in zip(points, dynamics.velocities(points), strict=True):
        for part in by_population(dynamics, moved):
            assert abs(part.sum()) < 1e-12
        assert (moved[point == 0] >= 0).all()


@given(tensor_games(), st.sampled_from([PROTOCOLS[0], PROTOCOLS[1], Imitation(imitation_noise=0.2), PROTOCOLS[-1]]))
@quick
def test_profiles_of_pure_strategies_rest_where_nobody_tries_what_nobody_does(game: list[Array], protocol: Any) -> None:
    dynamics = multi_population_dynamics(game, protocol=protocol)
    corners = [np.concatenate(rows) for rows in product(*(np.eye(size) for size in dynamics.sizes))]
    runs = trajectories(dynamics, corners, times=5.0)
    assert runs.limits.tolist() == np.array(corners).tolist()
    assert runs.reached.tolist() == [0.0] * len(corners)


def regrets(game: list[Array], shares: list[Array]) -> float:
    payoffs = slow_payoffs(game, shares)
    return max(max(own) - float(np.dot(own, x)) for own, x in zip(payoffs, shares, strict=True))


@given(tensor_games(), st.sampled_from([Smith(), BrownVonNeumannNash()]), st.data())
@quick
def test_equilibria_and_nothing_else_rest_under_innovative_protocols(
    game: list[Array], protocol: Any, data: st.DataObject
) -> None:
    dynamics = multi_population_dynamics(game, protocol=protocol)
    for profile in product(*(range(size) for size in dynamics.sizes)):
        shares = [np.eye(size)[i] for i, size in zip(profile, dynamics.sizes, strict=True)]
        rests = np.abs(dynamics(0.0, np.concatenate(shares))).max() == 0
        assert rests == (regrets(game, shares) == 0)
    for point in points_of(game, 3):
        mixed = by_population(dynamics, point)
        assert (np.abs(dynamics(0.0, point)).max() < 1e-9) == (regrets(game, mixed) < 1e-9)


def test_the_mixed_equilibrium_of_two_players_rests_under_all_but_noisy_protocols() -> None:
    # an asymmetric coordination game: each mixes so that the other is indifferent
    game = [np.array([[3.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 2.0]])]
    point = [2 / 3, 1 / 3, 1 / 4, 3 / 4]
    for protocol in (Replicator(), Smith(), BrownVonNeumannNash(), Imitation(imitation_noise=1)):
        assert np.abs(multi_population_dynamics(game, protocol=protocol)(0.0, point)).max() < 1e-15


def divergence(dynamics: Any, point: Array) -> float:
    """Of velocity over the product of all shares, in all shares but the last of each population, by differences."""
    total, step, begin = 0.0, 1e-5, 0
    for size in dynamics.sizes:
        last = begin + size - 1
        for i in range(begin, last):
            ends = []
            for sign in (1, -1):
                moved = point.copy()
                moved[i] += sign * step
                moved[last] -= sign * step
                ends.append(dynamics(0.0, moved)[i] / moved.prod())
            total += (ends[0] - ends[1]) / (2 * step)
        begin += size
    return float(total * point.prod())


@given(tensor_games(), st.integers(0, 10**6))
@quick
def test_the_replicator_dynamics_preserve_volume_after_a_change_of_speed(game: list[Array], seed: int) -> None:
    point = 0.5 * points_of(game, 1, seed)[0] + 0.5 * np.concatenate([np.full(n, 1 / n) for n in game[0].shape])
    assert divergence(multi_population_dynamics(game), point) == pytest.approx(0, abs=1e-5)


def test_other_protocols_do_not_preserve_volume() -> None:
    point = np.array([0.4, 0.6, 0.3, 0.7])
    for protocol in (Smith(), Logit(temperature=1), NormalizedReplicator(baseline=2)):
        assert abs(divergence(multi_population_dynamics(PENNIES, protocol=protocol), point)) > 1e-2


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 10**6))
@settings(deadline=None, max_examples=15)
def test_zero_sum_games_of_two_populations_keep_a_quantity(a: int, b: int, seed: int) -> None:
    # sum of q_i log x_i + sum of p_j log y_j, with (q, p) the equilibrium: Hofbauer & Sigmund (1998), 11.2
    tensor = np.array([[a, -b], [-b, a]]) / 1.0
    tensor[0] += 0.0
    dynamics = multi_population_dynamics([tensor, -tensor])
    start = points_of([tensor, tensor], 1, seed)[0] * 0.9 + 0.05
    runs = trajectories(dynamics, start, times=np.linspace(0, 20, 21), tolerances=(1e-11, 1e-13), rest_speed=0)
    kept = np.log(runs.shares[0]).sum(axis=1) / 2
    assert np.ptp(kept) < 1e-8


def test_matching_pennies_go_round_in_closed_orbits() -> None:
    dynamics = multi_population_dynamics(PENNIES)
    start = np.array([0.7, 0.3, 0.4, 0.6])

    def half(time: float, shares: Array) -> float:
        return float(shares[0] - 0.7)

    half.direction = -1  # type: ignore[attr-defined]
    run = solve_ivp(dynamics, (0, 20), start, events=half, method="DOP853", rtol=1e-12, atol=1e-13)
    periods = np.diff(run.t_events[0])
    assert np.ptp(periods) < 1e-8
    back = trajectories(dynamics, start, times=float(periods[0]), tolerances=(1e-12, 1e-14), rest_speed=0)
    assert back.ends[0] == pytest.approx(start, abs=1e-8)
    assert back.endings == (Ending.TIME,)


def test_the_normalized_dynamics_settle_where_the_others_go_round() -> None:
    # Maynard Smith's dynamics make the center of matching pennies attract
    runs = trajectories(
        multi_population_dynamics(PENNIES, protocol=NormalizedReplicator(baseline=2)),
        [0.7, 0.3, 0.4, 0.6],
        times=np.linspace(0, 4000, 9),
    )
    kept = np.log(runs.shares[0]).sum(axis=1)
    assert (np.diff(kept) > 0).all()
    assert runs.shares[0, -1] == pytest.approx([0.5] * 4, abs=0.02)  # nearer like the square root of 1 / t


@given(table_games(group_sizes=[2, 3, 4], strategies=[2, 3]), any_protocol, st.integers(0, 10**6))
@quick
def test_populations_that_are_the_same_move_as_one(game: Any, protocol: Any, seed: int) -> None:
    shares = np.random.default_rng(seed).dirichlet(np.ones(len(game.strategies)))
    many = multi_population_dynamics(game, protocol=protocol)
    alone = mean_dynamics(game, protocol=protocol)
    moved = by_population(many, many(0.0, np.tile(shares, game.group_size)))
    for part in moved:
        assert part == pytest.approx(alone(0.0, shares), abs=1e-11)


def test_trajectories_of_a_symmetric_game_are_those_of_one_population() -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=2, fine=1, punishment_cost="3/10")
    times, start = [1.0, 5.0], [0.3, 0.3, 0.4]
    many = trajectories(multi_population_dynamics(game), start * 3, times=times, rest_speed=0).shares[0]
    alone = trajectories(mean_dynamics(game), start, times=times, rest_speed=0).shares[0]
    assert many.reshape(2, 3, 3) == pytest.approx(np.repeat(alone[:, np.newaxis], 3, axis=1), abs=1e-8)


@given(tensor_games(players=(2,)), st.data())
@quick
def test_payoffs_added_against_each_profile_of_the_others_change_no_velocity(
    game: list[Array], data: st.DataObject
) -> None:
    rows, columns = game[0].shape
    added = [
        np.random.default_rng(2).integers(-9, 9, (1, columns)),
        np.random.default_rng(3).integers(-9, 9, (rows, 1)),
    ]
    protocol = data.draw(st.sampled_from([p for p in PROTOCOLS if not p.needs_fitness]))
    shifted = [tensor + more for tensor, more in zip(game, added, strict=True)]
    points = points_of(game, 3)
    first, second = (multi_population_dynamics(one, protocol=protocol).velocities(points) for one in (game, shifted))
    assert first.tolist() == second.tolist()


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: type(p).__name__)
def test_the_integrator_agrees_with_scipy(protocol: Any) -> None:
    rng = np.random.default_rng(8)
    dynamics = multi_population_dynamics([rng.normal(size=(2, 3, 2)) for _ in range(3)], protocol=protocol)
    start = np.concatenate([rng.dirichlet(np.ones(size)) for size in dynamics.sizes])
    times = [0.5, 3.0, 10.0]
    runs = trajectories(dynamics, start, times=times, tolerances=(1e-12, 1e-14), rest_speed=0)
    theirs = solve_ivp(dynamics, (0, 10), start, method="DOP853", t_eval=times, rtol=1e-12, atol=1e-13)
    assert runs.shares[0] == pytest.approx(theirs.y.T, abs=3e-9)
    for part in by_population(dynamics, runs.shares[0]):
        assert np.abs(part.sum(axis=1) - 1).max() < 1e-14


def test_starts_are_scaled_in_each_population() -> None:
    start = [0.5 + 4e-10, 0.5, 0.25, 0.75]
    runs = trajectories(multi_population_dynamics(PENNIES), start, times=[0.0, 1.0])
    assert runs.shares[0, 0, :2].sum() == 1
    assert runs.shares[0, 0, 2:].tolist() == [0.25, 0.75]
    with pytest.raises(InvalidParameter, match=r"^starts must be shares >= 0 that sum to 1 in each population"):
        trajectories(multi_population_dynamics(PENNIES), [0.6, 0.6, 0.4, 0.4], times=1.0)


def test_many_points_have_the_velocities_of_each_in_any_order_of_memory() -> None:
    rng = np.random.default_rng(9)
    game = [rng.normal(size=(3, 2)) for _ in range(2)]
    dynamics = multi_population_dynamics(game, protocol=[Smith(), Replicator()])
    points = points_of(game, kernels.CHUNK + 5)
    single = np.array([dynamics(0.0, point) for point in points])
    assert np.array_equal(dynamics.velocities(points), single)
    assert np.array_equal(dynamics.velocities(np.ascontiguousarray(points.T).T), single)


@given(tensor_games(), any_protocol)
@settings(deadline=None, max_examples=10)
def test_kernels_equal_their_python_source(game: list[Array], protocol: Any) -> None:
    dynamics = multi_population_dynamics(game, protocol=protocol)
    size, table, counts = len(dynamics.strategies), dynamics.tables[0], dynamics.counts
    point = points_of(game, 1)[0]
    found: list[list[Any]] = [[], []]
    for python, answers in enumerate(found):
        payoffs, products = np.empty(size), np.empty((size, 1))
        kernel: Any = kernels.payoffs_of_profiles
        (kernel.py_func if python else kernel)(table, counts, point, products, payoffs)
        bounds: Any = kernels.bounds
        ends = [(bounds.py_func if python else bounds)(counts, size, k) for k in range(len(dynamics.sizes))]
        samples, end = np.empty((1, size)), np.empty(size + 3)
        controls, times = np.array([1e-6, 1e-8, 0.0, 50.0]), np.array([0.02])
        run: Any = kernels.one_run
        code = (run.py_func if python else run)(table, counts, dynamics.rules, point, times, controls, samples, end)
        answers += [payoffs, np.array(ends), samples, end, np.array(code)]
    for one, other in zip(*found, strict=True):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-12)


# --- games in other forms ---


def test_players_who_differ_move_as_their_payoffs_say() -> None:
    # alone, i gains s_i r_i e_i - e_i by giving all, whatever the others do
    game = UnequalGame(endowments=[1, 2, 4], productivities=["3/2", 2, "9/2"])
    dynamics = multi_population_dynamics(game)
    assert dynamics.strategies == ("1:C", "1:D", "2:C", "2:D", "3:C", "3:D")
    gains = [F(1, 3) * F(3, 2) - 1, F(1, 3) * 2 * 2 - 2, F(1, 3) * F(9, 2) * 4 - 4]
    shares = [0.2, 0.8, 0.5, 0.5, 0.9, 0.1]
    expected = [x * (1 - x) * float(g) for x, g in zip(shares[::2], gains, strict=True)]
    assert dynamics(0.0, shares)[::2] == pytest.approx(expected, abs=1e-15)
    limit = trajectories(dynamics, shares, times=1e3).limits[0]
    assert limit == pytest.approx([0, 1, 0, 1, 1, 0], abs=1e-6)


@given(tensor_games(), st.integers(0, 10**6))
@quick
def test_exact_payoffs_are_the_rational_means(game: list[Array], seed: int) -> None:
    nested = [
        np.array([F(int(v)) for v in tensor.ravel()], dtype=object).reshape(tensor.shape).tolist() for tensor in game
    ]
    exact = payoff_tensors(nested)
    weights = np.random.default_rng(seed).integers(1, 9, sum(exact.sizes)).tolist()
    parts, begin = [], 0
    for size in exact.sizes:
        own = weights[begin : begin + size]
        parts.append([F(w, sum(own)) for w in own])
        begin += size
    found = exact.mean_payoffs(parts)
    assert exact.is_exact
    assert all(isinstance(v, F) for own in found for v in own)
    slow = slow_payoffs(game, [np.array([float(v) for v in part]) for part in parts])
    for own, other in zip(found, slow, strict=True):
        assert [float(v) for v in own] == pytest.approx(other, abs=1e-12)


def test_text_is_exact_and_names_are_kept() -> None:
    tensors = payoff_tensors(
        [[["1/2", 0], [0, "0.1"]], [[1, 0], [0, 1]]], strategies=[["up", "down"], ["left", "right"]]
    )
    assert tensors.values[0] == (F(1, 2), 0, 0, F(1, 10))
    assert tensors.strategies == (("up", "down"), ("left", "right"))
    assert payoff_tensors(tensors) is tensors
    assert not payoff_tensors(np.zeros((2, 3, 4))).is_exact
    assert payoff_tensors(np.zeros((2, 3, 4))).strategies == (("A", "B", "C"), ("A", "B", "C", "D"))


def test_what_does_not_fit_is_refused_by_name() -> None:
    with pytest.raises(InvalidParameter, match=r"^game must be one array of shape"):
        multi_population_dynamics([[[1, 2], [3, 4]]])
    with pytest.raises(InvalidParameter, match=r"^game must be one array of shape"):
        multi_population_dynamics([[[1, 2], [3, 4]], [[1, 2, 3], [3, 4, 5]]])
    with pytest.raises(InvalidParameter, match=r"^strategies must be names of \(2, 2\)"):
        multi_population_dynamics(PENNIES, strategies=[["A", "B"], ["A"]])
    with pytest.raises(InvalidParameter, match=r"^strategies must be two or more populations"):
        multi_population_dynamics([[[1, 2]], [[3, 4]]])
    with pytest.raises(InvalidParameter, match=r"^values must be finite numbers"):
        multi_population_dynamics([[[1, 2], [3, float("nan")]], [[1, 2], [3, 4]]])
    with pytest.raises(InvalidParameter, match=r"^values must be 2 rows of 4"):
        PayoffTensors(strategies=(("A", "B"), ("A", "B")), values=((F(1),) * 4, (F(1),) * 3))
    with pytest.raises(InvalidParameter, match=r"^protocol must be one of"):
        multi_population_dynamics(PENNIES, protocol=[Replicator()] * 3)
    with pytest.raises(InvalidParameter, match=r"^protocol must be one of"):
        multi_population_dynamics(PENNIES, protocol="logit")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match=r"^baseline must be > 1"):
        multi_population_dynamics(PENNIES, protocol=NormalizedReplicator(baseline=1))
    with pytest.raises(InvalidParameter, match=r"^baseline must be finite"):
        NormalizedReplicator(baseline=float("inf"))
    with pytest.raises(InvalidParameter, match=r"^shares must be of shape"):
        by_population(multi_population_dynamics(PENNIES), [0.5, 0.5])
    with pytest.raises(InvalidParameter, match=r"^protocols must be one, for one population"):
        _ = multi_population_dynamics(PENNIES).protocol
    with pytest.raises(InvalidParameter, match=r"^game must be a game of at most"):
        payoff_tensors(PublicGoodsGame(group_size=40, multiplication_factor=3))
    assert multi_population_dynamics(PENNIES).protocols == (Replicator(), Replicator())


# --- a peer ---


@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (2, 2, 2)])
def test_openspiel_has_the_same_velocities(shape: tuple[int, ...]) -> None:
    theirs = pytest.importorskip("open_spiel.python.egt.dynamics")
    rng = np.random.default_rng(10)
    tensor = rng.normal(size=(len(shape), *shape))
    pairs: list[tuple[Any, Any]] = [
        (Replicator(), theirs.replicator),
        (BoltzmannLearning(temperature=1.0), theirs.boltzmannq),
    ]
    for protocol, rule in pairs:
        peer = theirs.MultiPopulationDynamics(tensor, [rule] * len(shape))
        ours = multi_population_dynamics(tensor, protocol=protocol)
        for point in points_of(list(tensor), 5):
            assert ours(0.0, point) == pytest.approx(peer(point), abs=1e-12)
