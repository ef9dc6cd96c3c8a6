"""Logit quantal response: published numbers, laws of the branch, proofs of its points, and every root for two."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from dynamics import Logit, rest_points
from gametheory import InvalidParameter, NotConverged, PublicGoodsGame, TableGame, UnequalGame, game_from_payoffs
from gametheory.algebra.intervals import EnclosedNumber
from gametheory.equilibria.logit import LogitBranch, logit_branch, logit_equilibria
from gametheory.equilibria.logit_certificates import enclosed_zero
from gametheory.equilibria.logit_fields import ProfileField, SymmetricField
from gametheory.equilibria.logit_limits import logit_limit
from gametheory.games import mean_payoffs, payoff_table
from gametheory.normal_form import NormalFormGame, normal_form_game, normal_form_of, relabelled
from gametheory.profiles import profile_regrets, strategy_payoffs
from gametheory.testing import table_games

F = Fraction
COORDINATION = game_from_payoffs([[1, 0], [0, 1]], ["A", "B"])
# branches that turn twice: precisions between the turns are met three times
FOLDED = normal_form_game([[2, -7, -4], [6, 9, -7], [8, -3, -9]], [[-9, 3, 8], [-3, -3, -8], [7, -1, 9]])
FOLDED_TABLE = game_from_payoffs([[6, 6, -2, -2, 1, 1], [0] * 6], ["A", "B"], group_size=6)
LINEAR = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
PUNISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")


def published() -> NormalFormGame:
    """Payoffs (1,1), (0,2), (1,1), (1,1), the first player's strategy changing first."""
    return normal_form_game([[1, 1], [0, 1]], [[1, 1], [2, 1]])


@st.composite
def tensors(draw: st.DrawFn) -> NormalFormGame:
    shape = draw(st.sampled_from([(2, 2), (2, 3), (3, 3), (2, 2, 2), (3, 2, 2), (1, 3)]))
    size = int(np.prod(shape))
    row = st.lists(st.integers(-9, 9), min_size=size, max_size=size)
    return NormalFormGame(payoffs=tuple(np.array(draw(row), dtype=object).reshape(shape) for _ in shape))


def replies(game: Any, profile: Sequence[Sequence[float]], precision: float) -> list[list[float]]:
    """The logit choice against a profile, from the definition."""
    if isinstance(game, NormalFormGame):
        floats = NormalFormGame(payoffs=tuple(tensor.astype(float) for tensor in game.payoffs))
        payoffs = [list(map(float, own)) for own in strategy_payoffs(floats, profile)]
    else:
        payoffs = [list(map(float, mean_payoffs(payoff_table(game), profile[0])))]
    found = []
    for own in payoffs:
        weights = [np.exp(precision * (u - max(own))) for u in own]
        found.append([float(w / sum(weights)) for w in weights])
    return found


def rows_of(branch: LogitBranch) -> range:
    return range(0, len(branch.precisions), max(1, len(branch.precisions) // 12))


def is_logit(game: Any, branch: LogitBranch) -> None:
    """Every point answers itself, up to the rounding of payoffs times the precision."""
    for k in rows_of(branch):
        profile = [[x / sum(mixture) for x in mixture] for mixture in branch.profile(k)]
        slack = 1e-9 + 1e-12 * branch.precisions[k] * branch.width
        for ours, own in zip(profile, replies(game, profile, float(branch.precisions[k])), strict=True):
            assert ours == pytest.approx(own, abs=slack * 100)


@pytest.mark.parametrize(
    ("precision", "first", "second"), [(1, "0.6429793590", "0.5883190244"), (2, "0.7726766071", "0.6117434792")]
)
def test_the_published_path_is_followed(precision: int, first: str, second: str) -> None:
    found = logit_equilibria(published(), temperature=F(1, precision))
    (point,) = found.points
    assert point.certified
    for mixture, text in zip(point.profile, (first, second), strict=True):
        assert mixture[0].low - F(1, 2 * 10**10) <= F(text) <= mixture[0].high + F(1, 2 * 10**10)


@pytest.mark.parametrize(("temperature", "share"), [("1/5", "0.1192029220"), (1, "0.4013123399")])
def test_contributors_of_the_linear_game_follow_the_published_formula(temperature: Any, share: str) -> None:
    (point,) = logit_equilibria(LINEAR, temperature=temperature).points
    assert abs(float(point.profile[0][0]) - float(share)) < 6e-11


@settings(max_examples=25, deadline=None)
@given(tensors())
def test_every_point_of_a_branch_answers_itself(game: NormalFormGame) -> None:
    branch = logit_branch(game)
    assert branch.profile(0) == tuple(tuple(pytest.approx(1 / n) for _ in range(n)) for n in game.shape)
    assert branch.precisions[0] == 0
    assert branch.residual < 1e-6
    if branch.complete:
        is_logit(game, branch)


@settings(max_examples=20, deadline=None)
@given(table_games(group_sizes=[2, 3, 4], strategies=[2, 3, 4]))
def test_a_symmetric_branch_is_one_of_the_full_game(game: TableGame) -> None:
    branch = logit_branch(game)
    is_logit(game, branch)
    field, full = SymmetricField.of(payoff_table(game)), ProfileField.of(normal_form_of(game))
    shares = np.random.default_rng(0).dirichlet(np.ones(len(game.strategies)))
    means, slopes = field.floats(shares)
    wide_means, wide_slopes = full.floats(np.tile(shares, game.group_size))
    size = len(shares)
    np.testing.assert_allclose(wide_means[:size], means, atol=1e-12)
    summed = wide_slopes[:size].reshape(size, game.group_size, size).sum(axis=1)
    np.testing.assert_allclose(summed, slopes, atol=1e-11)


@settings(max_examples=20, deadline=None)
@given(tensors(), st.randoms(use_true_random=False), st.integers(1, 4), st.integers(-3, 3))
def test_relabelling_shifting_and_scaling_move_the_branch_along(
    game: NormalFormGame, chance: Any, scale: int, shift: int
) -> None:
    players = chance.sample(range(game.n_players), game.n_players)
    kept = [chance.sample(range(size), size) for size in game.shape]
    moved = relabelled(game, players=players, strategies=kept)
    moved = NormalFormGame(payoffs=tuple(tensor * scale + shift for tensor in moved.payoffs))
    temperature = F(3)
    before = logit_equilibria(game, temperature=temperature).points
    after = logit_equilibria(moved, temperature=temperature * scale).points
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        expected = [[one.shares[i][k] for k in kept[i]] for i in players]
        for left, right in zip(expected, other.shares, strict=True):
            assert left == pytest.approx(right, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(tensors(), st.sampled_from([F(1, 2), F(2), F(10)]))
def test_certified_boxes_hold_what_answers_itself(game: NormalFormGame, temperature: Fraction) -> None:
    for point in logit_equilibria(game, temperature=temperature).points:
        assert point.certified
        for mixture, own in zip(point.shares, replies(game, point.shares, float(1 / temperature)), strict=True):
            assert mixture == pytest.approx(own, abs=1e-9)
        narrow = point.profile[0][0].refined(F(1, 2**200))
        assert narrow.high - narrow.low <= F(1, 2**200)
        assert point.profile[0][0].low <= narrow.high
        assert narrow.low <= point.profile[0][0].high


def grid_roots(game: TableGame, temperature: float) -> list[float]:
    """Crossings of the logit condition on a fine grid in the logit of the first share."""
    table = payoff_table(game)

    def gap(y: float) -> float:
        x = 1 / (1 + np.exp(-y))
        first, second = mean_payoffs(table, [x, 1 - x])
        return float(y - (first - second) / temperature)

    grid = np.linspace(-60, 60, 4001) + 1e-7
    heights = [gap(y) for y in grid]
    return [
        1 / (1 + np.exp(-brentq(gap, a, b, xtol=1e-13)))
        for a, b, left, right in zip(grid, grid[1:], heights, heights[1:], strict=False)
        if left * right < 0
    ]


@settings(max_examples=25, deadline=None)
@given(table_games(group_sizes=[2, 3, 5, 8], strategies=[2], exact=False), st.sampled_from([0.5, 1.0, 3.0]))
def test_two_strategies_have_no_logit_equilibrium_off_the_list(game: TableGame, temperature: float) -> None:
    found = logit_equilibria(game, temperature=temperature)
    grid = grid_roots(game, temperature)
    assert found.complete
    assert all(any(abs(point.shares[0][0] - x) < 1e-9 for point in found.points) for x in grid)
    assert len(found.points) % 2 == 1
    assert len(found.points) >= len(grid)


def test_the_logit_dynamic_rests_at_logit_equilibria() -> None:
    for game, temperature in ((PUNISHED, F(1, 4)), (COORDINATION, F(1, 4)), (LINEAR, F(1))):
        known = [c.parts[0].point for c in rest_points(game, protocol=Logit(temperature=float(temperature))).components]
        found = logit_equilibria(game, temperature=temperature)
        for point in found.points:
            assert any(np.allclose([float(x) for x in rest], point.shares[0], atol=1e-9) for rest in known)
        if found.complete:
            assert len(known) == len(found.points)


def test_small_shares_keep_their_digits() -> None:
    found = logit_equilibria(COORDINATION, temperature=F(1, 200))
    low = found.points[0].profile[0][0]
    assert float(low) == pytest.approx(np.exp(-200), rel=1e-9)  # ln x = -200 (1 - 2 x) + ln(1 - x)
    assert low.high - low.low < low.low / 2**40


@pytest.mark.parametrize("power", [5, 9, 400])
def test_shares_next_to_0_at_tiny_temperatures_take_no_time(power: int) -> None:
    found = logit_equilibria(game_from_payoffs([[1, 0], [0, 1]], ["A", "B"]), temperature=Fraction(1, 10**power))

    assert found.complete
    assert [point.shares[0][0] for point in found.points] == pytest.approx([0, 0.5, 1])
    share = found.points[0].profile[0][0]
    assert share.low == 0 < share.high < Fraction(1, 2**14000)
    with pytest.raises(NotConverged, match="not enclosed more narrowly"):
        share.zero.coordinate(0, Fraction(1, 2**20000))


def test_temperatures_that_floats_or_balls_do_not_hold_are_refused() -> None:
    pennies = normal_form_game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    for game, power in ((pennies, 301), (game_from_payoffs([[1, 0], [0, 1]], ["A", "B"]), 2000)):
        with pytest.raises(InvalidParameter, match=r"^temperature must be at least"):
            logit_equilibria(game, temperature=Fraction(1, 10**power))


def test_a_pitchfork_is_marked_and_not_guessed_at() -> None:
    branch = logit_branch(COORDINATION)
    assert [event.kind for event in branch.events] == ["branch point"]
    assert branch.events[0].precision == pytest.approx(2, abs=1e-5)
    assert branch.folds == ()
    at = logit_equilibria(COORDINATION, temperature=F(1, 2))
    assert not at.complete
    assert "0.5" in at.note
    assert [point.certified for point in at.points] == [False]
    assert [len(logit_equilibria(COORDINATION, temperature=t).points) for t in (F(51, 100), F(49, 100))] == [1, 3]


@pytest.mark.parametrize("game", [FOLDED, FOLDED_TABLE])
def test_a_branch_goes_through_its_folds(game: Any) -> None:
    branch = logit_branch(game)
    assert branch.complete
    assert len(branch.folds) == 2
    low, high = sorted(event.precision for event in branch.folds)
    assert (np.diff(branch.precisions) < 0).any()
    inside = logit_equilibria(game, temperature=2 / (low + high))
    assert len(inside.points) == 3
    assert all(point.certified for point in inside.points)
    for outside in (low - 1e-6, high + 1e-6):
        assert len(logit_equilibria(game, temperature=1 / outside).points) == 1
    for event in branch.folds:  # the fold solves the equations
        for mixture, own in zip(event.profile, replies(game, event.profile, event.precision), strict=True):
            assert mixture == pytest.approx(own, abs=1e-6)


def test_a_branch_that_starts_towards_the_other_equilibrium_still_arrives() -> None:
    limit = logit_limit(logit_branch(FOLDED))
    assert limit.exact
    assert profile_regrets(FOLDED, limit.profile) == (0, 0)


@settings(max_examples=25, deadline=None)
@given(tensors())
def test_the_limit_of_a_branch_is_a_nash_equilibrium(game: NormalFormGame) -> None:
    branch = logit_branch(game)
    if not branch.complete:
        with pytest.raises(NotConverged, match="ended"):
            logit_limit(branch)
        return
    try:
        limit = logit_limit(branch)
    except NotConverged:
        return
    if limit.exact:
        assert max(profile_regrets(game, limit.profile)) == limit.regret == 0


@pytest.mark.parametrize(
    ("game", "profile"),
    [
        (LINEAR, ((0, 1),)),
        (PUNISHED, ((F(1, 2), 0, F(1, 2)),)),
        (normal_form_of(game_from_payoffs([[-1, 2], [0, 1]], ["H", "D"])), ((F(1, 2), F(1, 2)),) * 2),
        (normal_form_game([[2, 0], [0, 5]], [[3, 0], [0, 1]]), ((0, 1), (0, 1))),
        (normal_form_game([[17, 0], [0, 1]], [[0, 1], [19, 0]]), ((F(19, 20), F(1, 20)), (F(1, 18), F(17, 18)))),
        # next to an even mixture, which is none
        (
            normal_form_game([[10001, 0], [0, 10000]], [[0, 10000], [10000, 0]]),
            ((F(1, 2), F(1, 2)), (F(10000, 20001), F(10001, 20001))),
        ),
    ],
)
def test_limits_are_named_exactly(game: Any, profile: Any) -> None:
    limit = logit_limit(logit_branch(game))
    assert limit.exact
    assert limit.profile == profile
    assert limit.to_dict()["regret"] == "0"


def test_an_irrational_limit_is_an_algebraic_number() -> None:
    game = TableGame(strategies=["A", "B"], group_size=3, values=[[0, 1, 0], [F(1, 5)] * 3])
    limit = logit_limit(logit_branch(game))
    assert limit.exact
    x = float(limit.profile[0][0])
    assert 2 * x * (1 - x) == pytest.approx(1 / 5)


def test_games_of_floats_have_limits_in_floats() -> None:
    limit = logit_limit(logit_branch(game_from_payoffs([[-1.0, 2.0], [0.0, 1.0]], ["H", "D"])))
    assert not limit.exact
    assert limit.profile[0][0] == pytest.approx(0.5)


def test_a_branch_that_was_cut_short_has_no_limit() -> None:
    short = logit_branch(PUNISHED, max_points=4)
    assert not short.complete
    assert len(short.precisions) == 4
    with pytest.raises(NotConverged, match="more points"):
        logit_limit(short)
    with pytest.raises(NotConverged, match="regret"):
        logit_limit(logit_branch(published(), largest=1))
    with pytest.raises(NotConverged, match="followed"):
        logit_equilibria(PUNISHED, temperature=1, max_points=4)


def test_the_largest_precision_is_met_exactly() -> None:
    branch = logit_branch(PUNISHED, largest=7.5)
    assert branch.precisions[-1] == pytest.approx(7.5, rel=1e-12)
    assert branch.temperatures[0] == np.inf


def test_constant_games_and_unequal_players_have_branches() -> None:
    constant = logit_branch(normal_form_game([[1, 1], [1, 1]], [[2, 2], [2, 2]]))
    assert (constant.shares == 0.5).all()
    unequal = UnequalGame(endowments=[1, 2, 3], productivities=["1/2", "1/2", 2])
    assert logit_limit(logit_branch(unequal)).exact


def test_balls_and_floats_agree_on_payoffs() -> None:
    from flint import arb

    rng = np.random.default_rng(5)
    game = normal_form_game(*[rng.integers(-5, 5, size=(2, 3, 2)) for _ in range(3)])
    for field, shares in (
        (ProfileField.of(game), np.concatenate([rng.dirichlet(np.ones(n)) for n in game.shape])),
        (SymmetricField.of(payoff_table(PUNISHED)), rng.dirichlet(np.ones(3))),
    ):
        means, slopes = field.floats(shares)
        balls, rows = field.balls([arb(float(x)) for x in shares])
        np.testing.assert_allclose([float(b) for b in balls], means, atol=1e-12)
        np.testing.assert_allclose([[float(b) for b in row] for row in rows], slopes, atol=1e-12)
    known = strategy_payoffs(
        NormalFormGame(payoffs=tuple(t.astype(float) for t in game.payoffs)), [[0.5] * 2, [1 / 3] * 3, [0.5] * 2]
    )
    means, _ = ProfileField.of(game).floats(np.array([0.5] * 2 + [1 / 3] * 3 + [0.5] * 2))
    np.testing.assert_allclose(means, np.concatenate(known), atol=1e-12)


def test_results_are_written_as_json() -> None:
    written = logit_equilibria(LINEAR, temperature=1).to_dict()
    low, high = written["points"][0]["profile"][0][0]
    assert F(low) <= F(high)
    assert logit_branch(LINEAR).to_dict()["end"] == "the largest precision was reached"
    assert isinstance(logit_equilibria(LINEAR, temperature=1).points[0].profile[0][0], EnclosedNumber)
    assert "C" in logit_equilibria(LINEAR, temperature=1)._repr_latex_()


@pytest.mark.parametrize("temperature", [0, -1, float("nan"), float("inf"), "x"])
def test_temperatures_out_of_range_are_refused(temperature: Any) -> None:
    with pytest.raises(InvalidParameter):
        logit_equilibria(LINEAR, temperature=temperature)


@pytest.mark.parametrize("changes", [{"largest": 0}, {"largest": float("inf")}, {"max_points": 1}])
def test_ranges_of_a_branch_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter):
        logit_branch(LINEAR, **changes)


def test_the_kernel_agrees_with_its_source() -> None:
    for shape in product((1, 2, 3), repeat=3):
        rng = np.random.default_rng(1)
        game = normal_form_game(*[rng.normal(size=shape) for _ in shape])
        field = ProfileField.of(game)
        shares = np.concatenate([rng.dirichlet(np.ones(n)) for n in shape])
        means, pairs = field.floats(shares)
        mixtures = [shares[sum(shape[:i]) : sum(shape[: i + 1])] for i in range(3)]
        np.testing.assert_allclose(
            means, np.concatenate(strategy_payoffs(game, [list(x) for x in mixtures])), atol=1e-12
        )
        for j in range(3):  # fixing one player's action
            for b in range(shape[j]):
                pure = [list(x) if k != j else [float(c == b) for c in range(shape[j])] for k, x in enumerate(mixtures)]
                fixed: Any = np.concatenate(strategy_payoffs(game, pure))
                column = pairs[:, sum(shape[:j]) + b]
                others = np.r_[0 : sum(shape[:j]), sum(shape[: j + 1]) : sum(shape)]
                np.testing.assert_allclose(column[others], fixed[others], atol=1e-12)


def test_a_branch_that_passes_near_another_one_keeps_to_its_own() -> None:
    """A pitchfork that is barely broken: the branch must turn towards the larger payoff, not cross over."""
    for small in (F(1, 100), F(1, 1000), F(1, 10000)):
        branch = logit_branch(game_from_payoffs([[1 + small, 0], [0, 1]], ["A", "B"]))
        assert branch.events == ()
        assert logit_limit(branch).profile == ((1, 0),)


def test_a_box_is_certified_only_around_a_simple_zero() -> None:
    def system(shift: int) -> Any:
        return lambda box: ([box[0] ** 2 - shift], [[2 * box[0]]])

    found = enclosed_zero(system(2), np.array([1.41421356]), np.array([[2.82842712]]), bits=64)
    assert found is not None
    assert abs(float(found[0]) - 2**0.5) < 1e-15
    assert float(found[0].rad()) < 2.0**-64
    assert enclosed_zero(system(-1), np.array([0.5]), np.array([[1.0]]), bits=64) is None  # no zero
    assert enclosed_zero(system(0), np.array([1e-3]), np.array([[2e-3]]), bits=64) is None  # a double one
