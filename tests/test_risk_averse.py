"""Risk-averse equilibrium: its definition by brute force, its existence on random games, and what it selects."""

from fractions import Fraction
from itertools import product
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from gametheory import InvalidParameter, NotConverged, PublicGoodsGame, TableGame, UnequalGame, game_from_payoffs
from gametheory.algebra.intervals import as_fraction
from gametheory.algebra.roots import AlgebraicNumber
from gametheory.equilibria.logit_fields import ProfileField, SymmetricField
from gametheory.equilibria.risk_averse import (
    CERTIFIED,
    risk_averse_equilibria,
    risk_averse_equilibrium,
    risk_aversion_gaps,
)
from gametheory.equilibria.risk_averse_fields import RiskAverseField
from gametheory.games import payoff_table
from gametheory.normal_form import NormalFormGame, normal_form_game, normal_form_of, relabelled
from gametheory.profiles import profile_regrets
from gametheory.testing import table_games

F = Fraction
HUNT = game_from_payoffs([[5, 0], [2, 2]], ["stag", "hare"])
TRUST = game_from_payoffs([[4, 0], [3, 2]], ["trust", "refuse"])
AVERSIONS = st.sampled_from([F(0), F(1, 10), F(1, 2), F(3)])


@st.composite
def tensors(draw: st.DrawFn) -> NormalFormGame:
    shape = draw(st.sampled_from([(2, 2), (2, 3), (3, 3), (2, 2, 2), (1, 3)]))
    size = int(np.prod(shape))
    row = st.lists(st.integers(-5, 5), min_size=size, max_size=size)
    return NormalFormGame(payoffs=tuple(np.array(draw(row), dtype=object).reshape(shape) for _ in shape))


def objective(game: NormalFormGame, player: int, profile: Any, aversion: Any) -> Any:
    """Mean less aversion times the variance of the mixture's mean payoff, by listing the others' draws."""
    others = [range(size) for k, size in enumerate(game.shape) if k != player]
    mean = square = F(0)
    for draw in product(*others):
        chance = F(1)
        for k, s in zip((k for k in range(game.n_players) if k != player), draw, strict=True):
            chance = chance * profile[k][s]
        earned = F(0)
        for own, share in enumerate(profile[player]):
            at = (*draw[:player], own, *draw[player:])
            earned = earned + share * game.payoffs[player][at]
        mean, square = mean + chance * earned, square + chance * earned**2
    return mean - aversion * (square - mean**2)


def rational(profile: Any) -> list[list[Fraction]]:
    found = []
    for mixture in profile:
        floats = [F(max(float(x), 0.0)) for x in mixture]
        found.append([x / sum(floats) for x in floats])
    return found


def mixtures(size: int, steps: int = 8) -> list[list[Fraction]]:
    return [[F(k, steps) for k in point] for point in product(range(steps + 1), repeat=size) if sum(point) == steps]


@settings(max_examples=25, deadline=None)
@given(tensors(), AVERSIONS)
def test_every_game_has_one_and_no_deviation_gains(game: NormalFormGame, aversion: Fraction) -> None:
    found = risk_averse_equilibrium(game, risk_aversion=aversion)
    if not found.converged:
        with pytest.raises(NotConverged):
            _ = found.profile
        return
    profile = rational(found.profile)
    for player, size in enumerate(game.shape):
        value = objective(game, player, profile, aversion)
        for mixture in mixtures(size):
            other = [*profile[:player], mixture, *profile[player + 1 :]]
            assert float(objective(game, player, other, aversion) - value) <= 1e-6 * (1 + float(aversion)) * 100
    if found.exact:
        assert set(found.gaps) == {0}
        assert risk_aversion_gaps(game, found.profile, risk_aversion=aversion) == (0,) * game.n_players


@settings(max_examples=25, deadline=None)
@given(tensors(), AVERSIONS, st.data())
def test_gaps_bound_what_deviations_gain(game: NormalFormGame, aversion: Fraction, data: st.DataObject) -> None:
    profile = [data.draw(st.sampled_from(mixtures(size, 4))) for size in game.shape]
    gaps = risk_aversion_gaps(game, profile, risk_aversion=aversion)
    for player, size in enumerate(game.shape):
        value = objective(game, player, profile, aversion)
        gains = [
            objective(game, player, [*profile[:player], mixture, *profile[player + 1 :]], aversion) - value
            for mixture in mixtures(size, 4)
        ]
        assert max(gains) <= gaps[player]
        if aversion == 0:
            assert gaps == profile_regrets(game, profile)


@settings(max_examples=20, deadline=None)
@given(tensors(), AVERSIONS)
def test_derivatives_are_those_of_the_marginal_values(game: NormalFormGame, aversion: Fraction) -> None:
    rng = np.random.default_rng(0)
    field = RiskAverseField.of(ProfileField.of(game), [aversion] * game.n_players)
    point = np.concatenate([rng.dirichlet(np.ones(size)) for size in game.shape])
    slopes = field.floats(point)[1]
    step = 1e-6
    for k in range(len(point)):
        moved = [field.floats(point + sign * step * np.eye(len(point))[k])[0] for sign in (1, -1)]
        np.testing.assert_allclose((moved[0] - moved[1]) / (2 * step), slopes[:, k], atol=1e-5 * field.width)


@settings(max_examples=15, deadline=None)
@given(table_games(group_sizes=[2, 3], strategies=[2, 3]), AVERSIONS)
def test_moments_of_a_symmetric_game_are_those_of_its_tensors(game: TableGame, aversion: Fraction) -> None:
    shares = [F(k + 1, sum(range(1, len(game.strategies) + 1))) for k in range(len(game.strategies))]
    small = RiskAverseField.of(SymmetricField.of(payoff_table(game)), [aversion]).exactly(shares)[0]
    wide = RiskAverseField.of(ProfileField.of(normal_form_of(game)), [aversion] * game.group_size)
    large = wide.exactly(shares * game.group_size)[0]
    assert small.marginals.tolist() == large.marginals.tolist()
    assert small.covariances.tolist() == large.covariances.tolist()
    symmetric = risk_aversion_gaps(game, [shares], risk_aversion=aversion)[0]
    assert risk_aversion_gaps(normal_form_of(game), [shares] * game.group_size, risk_aversion=aversion)[0] == symmetric


@settings(max_examples=20, deadline=None)
@given(table_games(group_sizes=[2, 3, 4], strategies=[2]), AVERSIONS)
def test_two_strategies_have_no_equilibrium_off_the_list(game: TableGame, aversion: Fraction) -> None:
    found = risk_averse_equilibria(game, risk_aversion=aversion)
    if found.everywhere:
        return
    assert found.points  # existence
    listed = [float(point.profile[0][0]) for point in found.points]
    field = RiskAverseField.of(SymmetricField.of(payoff_table(game)), [aversion])
    grid = np.linspace(0, 1, 401)[1:-1]
    heights = []
    for x in grid:
        marginals = field.floats(np.array([x, 1 - x]))[0]
        heights.append(marginals[0] - marginals[1])
    for a, b, left, right in zip(grid, grid[1:], heights, heights[1:], strict=False):
        if left * right < 0 and min(abs(left), abs(right)) > 1e-9:
            assert any(a <= x <= b for x in listed)
    for point in found.points:
        if all(isinstance(x, Fraction) for x in point.profile[0]):
            assert risk_aversion_gaps(game, point.profile, risk_aversion=aversion) == (F(0),)
        else:
            x = float(point.profile[0][0])
            marginals = field.floats(np.array([x, 1 - x]))[0]
            assert abs(marginals[0] - marginals[1]) < 1e-9 * field.width


@settings(max_examples=15, deadline=None)
@given(tensors(), AVERSIONS, st.randoms(use_true_random=False))
def test_relabelling_players_and_strategies_relabels_the_gaps(game: Any, aversion: Fraction, chance: Any) -> None:
    players = chance.sample(range(game.n_players), game.n_players)
    kept = [chance.sample(range(size), size) for size in game.shape]
    profile = [[F(k + 1, sum(range(1, size + 1))) for k in range(size)] for size in game.shape]
    gaps = risk_aversion_gaps(game, profile, risk_aversion=aversion)
    moved = relabelled(game, players=players, strategies=kept)
    other = [[profile[i][k] for k in kept[i]] for i in players]
    assert risk_aversion_gaps(moved, other, risk_aversion=aversion) == tuple(gaps[i] for i in players)


@settings(max_examples=15, deadline=None)
@given(tensors(), st.integers(1, 4), st.integers(-3, 3))
def test_payoffs_in_another_unit_need_another_aversion(game: NormalFormGame, scale: int, shift: int) -> None:
    moved = NormalFormGame(payoffs=tuple(tensor * scale + shift for tensor in game.payoffs))
    profile = [[F(1, size)] * size for size in game.shape]
    gaps = risk_aversion_gaps(game, profile, risk_aversion=1)
    assert risk_aversion_gaps(moved, profile, risk_aversion=F(1, scale)) == tuple(scale * gap for gap in gaps)


@pytest.mark.parametrize("game", [HUNT, TRUST])
def test_both_pure_equilibria_of_a_trust_dilemma_survive_any_aversion(game: TableGame) -> None:
    for aversion in (0, F(1, 2), 50):
        points = risk_averse_equilibria(game, risk_aversion=aversion).points
        assert [point.profile[0] for point in points if 0 in point.profile[0]] == [(0, 1), (1, 0)]
        assert all(point.variances == (0,) for point in points if 0 in point.profile[0])


@pytest.mark.parametrize("aversion", [0, F(1, 100), 1, 20])
def test_the_risk_dominant_equilibrium_of_a_trust_dilemma_is_selected(aversion: Any) -> None:
    # refusing is risk dominant: against an even chance it earns 5/2, trusting 2; and it varies less
    found = risk_averse_equilibrium(TRUST, risk_aversion=aversion)
    assert found.profile == ((0, 1),)
    assert found.gaps == (0,)


def test_aversion_turns_the_selection_exactly_where_the_uniform_profile_is_balanced() -> None:
    # stag: a, b = 5, 0; hare: c, d = 2, 2. At 1/2 the marginal values meet at 2 (a + b - c - d) / ((a-b)^2 - (c-d)^2)
    threshold = F(2 * (5 + 0 - 2 - 2), 25 - 0)
    assert threshold == F(2, 25)
    assert risk_averse_equilibrium(HUNT, risk_aversion=threshold - F(1, 1000)).profile == ((1, 0),)
    assert risk_averse_equilibrium(HUNT, risk_aversion=threshold + F(1, 1000)).profile == ((0, 1),)
    at = risk_averse_equilibrium(HUNT, risk_aversion=threshold)
    assert at.profile == ((F(1, 2), F(1, 2)),)
    assert at.gaps == (0,)


def test_the_mixed_equilibrium_of_a_stag_hunt_moves_up_with_aversion() -> None:
    mixed = [
        next(
            float(p.profile[0][0])
            for p in risk_averse_equilibria(HUNT, risk_aversion=a).points
            if 0 not in p.profile[0]
        )
        for a in (0, F(1, 25), F(2, 25), F(1, 5))
    ]
    assert mixed[0] == pytest.approx(2 / 5)
    assert mixed == sorted(mixed)


def test_a_mixed_equilibrium_of_matching_pennies_stays_and_proof_is_exact() -> None:
    pennies = normal_form_game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    found = risk_averse_equilibrium(pennies, risk_aversion=[1, F(1, 3)])
    assert found.profile == ((F(1, 2), F(1, 2)),) * 2
    assert found.variances == (0, 0)  # mixing evenly, one's own mean is the same whatever the other does
    assert found.exact


def test_an_irrational_equilibrium_is_enclosed_and_proved() -> None:
    game = normal_form_game([[3, -1, 0], [-2, 2, 1], [1, 0, 0]], [[-2, 2, 1], [4, -1, 0], [0, 0, 3]])
    found = risk_averse_equilibrium(game, risk_aversion="1/7")
    assert found.proof == CERTIFIED
    share = next(x for x in found.profile[0] if not isinstance(x, Fraction))
    narrow = share.refined(F(1, 2**150))
    assert narrow.high - narrow.low <= F(1, 2**150)
    assert found.profile[0][2] == 0
    assert max(map(float, risk_aversion_gaps(game, rational(found.profile), risk_aversion="1/7"))) < 1e-12


def test_a_symmetric_algebraic_equilibrium_maximizes_its_own_objective() -> None:
    game = game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"])
    found = risk_averse_equilibrium(game, risk_aversion="1/3")
    x = found.profile[0][0]
    assert isinstance(x, AlgebraicNumber | Fraction)
    tensors_of = normal_form_of(game)
    mine = [F(float(x)), 1 - F(float(x))]
    best = minimize_scalar(
        lambda s: -float(objective(tensors_of, 0, [[F(s), 1 - F(s)], mine], F(1, 3))), bounds=(0, 1), method="bounded"
    )
    assert best.x == pytest.approx(float(x), abs=1e-4)


def test_fines_make_defecting_risky_and_their_cost_punishing() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    field = RiskAverseField.of(SymmetricField.of(payoff_table(game)), [F(0)])
    for shares, known in (
        ([F(1, 3)] * 3, [F(8, 25), F(152, 225), F(18, 25)]),
        ([F(9, 20), F(1, 10), F(9, 20)], [F(81, 625), F(2259, 2500), F(729, 2500)]),
    ):
        (found,) = field.exactly(shares)
        assert [as_fraction(found.covariances[k, k]) for k in range(3)] == known
        for kind, variance in zip("CDP", known, strict=True):  # by listing the co-players
            values = []
            for c, d in product(range(5), repeat=2):
                if c + d <= 4:
                    p = 4 - c - d
                    orders = comb(4, c) * comb(4 - c, d)
                    values.append((orders * shares[0] ** c * shares[1] ** d * shares[2] ** p, (c, d, p)))
            mean = sum(w * game.payoff(kind, n) for w, n in values)
            assert sum(w * game.payoff(kind, n) ** 2 for w, n in values) - mean**2 == variance


def test_aversion_can_cost_contributions_their_selection() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    assert risk_averse_equilibrium(game, risk_aversion=0).profile == ((F(1, 2), 0, F(1, 2)),)
    assert risk_averse_equilibrium(game, risk_aversion=3).profile == ((0, 1, 0),)


def test_without_aversion_equilibria_are_nash() -> None:
    game = normal_form_game([[2, 0], [0, 5]], [[3, 0], [0, 1]])
    found = risk_averse_equilibrium(game, risk_aversion=0)
    assert max(profile_regrets(game, found.profile)) == 0


def test_unequal_players_and_floats_are_taken() -> None:
    unequal = UnequalGame(endowments=[1, 2, 3], productivities=["1/2", "1/2", 2])
    assert risk_averse_equilibrium(unequal, risk_aversion=1).converged
    assert risk_averse_equilibrium(game_from_payoffs([[5.0, 0.0], [2.0, 2.0]], ["S", "H"]), risk_aversion=0.5).profile


def test_constant_games_are_equilibria_everywhere() -> None:
    assert risk_averse_equilibria(game_from_payoffs([[1, 1], [1, 1]], ["A", "B"]), risk_aversion=1).everywhere


def test_a_path_cut_short_is_not_read() -> None:
    short = risk_averse_equilibrium(HUNT, risk_aversion=1, max_points=3)
    assert max(short.gaps) > 0
    with pytest.raises(NotConverged, match="may gain"):
        _ = short.profile


def test_a_result_is_written_as_json() -> None:
    written = risk_averse_equilibrium(TRUST, risk_aversion="1/2").to_dict()
    assert written["profile"] == [["0", "1"]]
    assert written["gaps"] == ["0"]
    assert "refuse" in risk_averse_equilibrium(TRUST, risk_aversion=1)._repr_latex_()


@pytest.mark.parametrize("aversion", [-1, float("nan"), float("inf"), 10**400, [1, 2], "x"])
def test_aversions_out_of_range_are_refused(aversion: Any) -> None:
    with pytest.raises(InvalidParameter):
        risk_averse_equilibrium(HUNT, risk_aversion=aversion)


def test_profiles_out_of_range_are_refused() -> None:
    for wrong in ([[1, 1]], [[F(1, 2), F(1, 2)]] * 2, [[0.5, 0.5]], [[2, -1]]):
        with pytest.raises(InvalidParameter, match="profile"):
            risk_aversion_gaps(HUNT, wrong, risk_aversion=1)
    with pytest.raises(InvalidParameter, match="two strategies"):
        risk_averse_equilibria(PublicGoodsGame(group_size=3, multiplication_factor=2, fine=1), risk_aversion=1)
