"""The conditions of model.md 2, compared with closed forms written down here a second time, exactly."""

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from gametheory import Condition, InvalidParameter, PublicGoodsGame, conditions
from gametheory.repeated import grim_deviations, punishment_stage_deviations
from gametheory.testing import games
from gametheory.thresholds import deterrence_margin, expected_welfare

PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
NAMES = [
    "deterrence",
    "deterring-fine",
    "detection",
    "second-order",
    "credibility",
    "grim-trigger",
    "invasion",
    "punishers-spread",
    "cheapest-threat",
]
rates = st.fractions(0, 1, max_denominator=64)


def by_name(game: PublicGoodsGame, **options: Any) -> dict[str, Condition]:
    return {condition.name: condition for condition in conditions(game, **options)}


def loss(game: PublicGoodsGame) -> Fraction:
    return Fraction(game.contribution_cost * (1 - Fraction(game.multiplication_factor, game.group_size)))


def test_the_published_example_has_its_published_thresholds() -> None:
    found = by_name(PUBLISHED, discount_factor="1/2", action_error=0)

    assert {name: found[name].threshold for name in NAMES} == {
        "deterrence": Fraction(1, 10),
        "deterring-fine": Fraction(1, 10),
        "detection": Fraction(1, 10),
        "second-order": 0,
        "credibility": Fraction(3, 23),
        "grim-trigger": Fraction(1, 6),
        "invasion": Fraction(1, 10),
        "punishers-spread": Fraction(4, 13),
        # welfare 5 (2 (1 - x) - 4/10 (13/10) x) vanishes at x = 2 / 2.52
        "cheapest-threat": Fraction(50, 63),
    }
    assert all(condition.feasible is True for condition in found.values())
    assert [found[name].relation for name in NAMES] == [">=", ">=", ">=", "<=", ">=", ">=", ">", ">=", "<="]
    assert [found[name].holds for name in NAMES] == [True, True, True, False, True, True, None, None, True]


@pytest.mark.parametrize(
    ("size", "factor", "grim"), [(5, 3, Fraction(1, 6)), (4, 2, Fraction(1, 3)), (5, 2, Fraction(3, 8))]
)
def test_grim_trigger_needs_the_discount_factor_of_the_texts(size: int, factor: int, grim: Fraction) -> None:
    game = PublicGoodsGame(group_size=size, multiplication_factor=factor)

    assert by_name(game)["grim-trigger"].threshold == grim


@pytest.mark.parametrize(("size", "factor", "least"), [(4, 2, Fraction(1, 6)), (5, 2, Fraction(3, 20))])
def test_the_least_deterring_probability_of_two_more_groups(size: int, factor: int, least: Fraction) -> None:
    game = replace(PUBLISHED, group_size=size, multiplication_factor=factor)

    assert by_name(game)["deterrence"].threshold == least


@given(games(), st.data())
def test_deterrence_detection_and_fine_are_the_closed_forms(game: PublicGoodsGame, data: st.DataObject) -> None:
    m = data.draw(st.integers(0, game.group_size - 1))
    beta, p, s = game.fine, game.punishment_probability, game.severity
    h, e = game.detection_rate, game.false_alarm_rate
    cost = loss(game)
    found = by_name(game, punishers=m)

    for name, slope, feasible in [
        ("deterrence", m * s * beta * (h - e), max(0, m * s * beta * (h - e)) >= cost),
        ("deterring-fine", m * p * s * (h - e), m * p * s * (h - e) > 0 or cost <= 0),
    ]:
        assert found[name].threshold == (None if slope == 0 else cost / slope)
        assert found[name].feasible == feasible
        assert found[name].holds == (m * p * s * beta * (h - e) >= cost)
        assert found[name].relation == ("<=" if slope < 0 else ">=")
    weight = m * p * s * beta
    assert found["detection"].threshold == (None if weight == 0 else e + cost / weight)
    assert found["detection"].feasible == (weight * (1 - e) >= cost)
    assert found["detection"].holds == (weight * (h - e) >= cost)
    assert deterrence_margin(game, m) == weight * (h - e) - cost


@given(games())
def test_in_one_shot_nobody_is_paid_for_punishing(game: PublicGoodsGame) -> None:
    found = by_name(game)["second-order"]
    weight = game.punishment_probability * game.severity
    seen = weight * (game.detection_rate + game.false_alarm_rate * (game.group_size - 2))

    assert found.holds == (game.punishment_cost * seen <= 0)
    assert found.threshold == (None if seen == 0 else 0)
    assert found.feasible is True


@given(games(dilemmas_only=True), st.fractions(0, Fraction(99, 100)))
def test_credibility_and_grim_trigger_are_the_closed_forms(game: PublicGoodsGame, omega: Fraction) -> None:
    n, r, c, p, s = (
        game.group_size,
        game.multiplication_factor,
        game.contribution_cost,
        game.punishment_probability,
        game.severity,
    )
    act = s * game.punishment_cost
    found = by_name(game, discount_factor=omega)
    deters = (n - 1) * p * s * game.fine >= loss(game)

    assert found["grim-trigger"].threshold == (n - r) / (r * (n - 1))
    assert found["grim-trigger"].holds == (omega >= (n - r) / (r * (n - 1)))
    assert found["grim-trigger"].feasible is True
    assert found["credibility"].threshold == act / (act + c * (r - 1))
    assert found["credibility"].holds == (deters and (1 - omega) * act <= omega * c * (r - 1))
    assert found["credibility"].feasible == deters


@given(games(), st.fractions(0, Fraction(99, 100)))
def test_repeated_conditions_hold_iff_no_deviation_gains(game: PublicGoodsGame, omega: Fraction) -> None:
    found = by_name(game, discount_factor=omega)

    grim = [d.gain <= 0 for d in grim_deviations(game, discount_factor=omega)]
    punish = [d.gain <= 0 for d in punishment_stage_deviations(game, discount_factor=omega)]

    assert found["grim-trigger"].holds == all(grim)
    assert found["credibility"].holds == all(punish)


@given(games())
def test_the_rest_points_of_the_edges_are_the_closed_forms(game: PublicGoodsGame) -> None:
    b = (game.group_size - 1) * game.punishment_probability * game.severity
    beta, gamma, h, e = game.fine, game.punishment_cost, game.detection_rate, game.false_alarm_rate
    cost = loss(game)
    found = by_name(game)

    slope = b * beta * (h - e)
    assert found["invasion"].threshold == (None if slope == 0 else cost / slope)
    assert found["invasion"].feasible == (max(0, slope) > cost)
    slope = b * (beta + gamma) * (h - e)
    assert found["punishers-spread"].threshold == (None if slope == 0 else (cost + b * h * gamma) / slope)
    at_ends = (-cost - b * h * gamma, b * beta * (h - e) - b * e * gamma - cost)
    assert found["punishers-spread"].feasible == (max(at_ends) >= 0)


@given(games(dilemmas_only=True), rates)
def test_the_cheapest_threat_is_worth_its_welfare(game: PublicGoodsGame, chi: Fraction) -> None:
    n, r, c = game.group_size, game.multiplication_factor, game.contribution_cost
    h, e, s = game.detection_rate, game.false_alarm_rate, game.severity
    costs = game.fine + game.punishment_cost
    reach = (n - 1) * s * game.fine * (h - e)
    found = by_name(game, action_error=chi, punishers=0)["cheapest-threat"]

    if reach < loss(game):
        assert (found.feasible, found.holds, found.threshold) == (False, False, None)
        return
    p = loss(game) / reach

    def welfare(x: Fraction) -> Any:
        return n * (r - 1) * c * (1 - x) - n * (n - 1) * p * s * costs * (h * x + e * (1 - x))

    assert found.holds == (welfare(chi) >= 0)
    assert found.feasible == (welfare(Fraction(0)) >= 0 or welfare(Fraction(1)) >= 0)
    assert expected_welfare(replace(game, punishment_probability=p), chi) == welfare(chi)
    if found.threshold is not None:
        assert welfare(found.threshold) == 0


@given(games(), rates)
def test_expected_welfare_is_the_mean_over_who_fails(game: PublicGoodsGame, chi: Fraction) -> None:
    n = game.group_size
    total = Fraction(0)
    for failed in range(n + 1):
        chance = math.comb(n, failed) * chi**failed * (1 - chi) ** (n - failed)
        gain = (game.multiplication_factor - 1) * game.contribution_cost * (n - failed)
        seen = game.detection_rate * failed + game.false_alarm_rate * (n - failed)
        acts = (n - 1) * game.punishment_probability * game.severity * seen
        total += chance * (gain - acts * (game.fine + game.punishment_cost))

    assert expected_welfare(game, chi) == total


def test_without_a_dilemma_contributing_needs_no_threat() -> None:
    for factor, cost in [(5, Fraction(0)), (7, Fraction(-2, 5))]:
        game = replace(PUBLISHED, multiplication_factor=factor)
        found = by_name(game, discount_factor="1/2", action_error="1/2")

        assert game.net_contribution_cost == cost
        assert found["deterrence"].threshold == cost / 4
        assert found["deterrence"].holds is True
        assert (found["cheapest-threat"].threshold, found["cheapest-threat"].holds) == (None, True)
        # above N the ruin is no equilibrium: a lone contributor gains
        assert found["grim-trigger"].holds is found["credibility"].holds is (factor == 5)
        assert found["grim-trigger"].feasible is found["credibility"].feasible is (factor == 5)


def test_at_r_equal_to_one_patience_below_one_is_never_enough() -> None:
    found = by_name(replace(PUBLISHED, multiplication_factor=1), discount_factor="99/100")

    assert found["grim-trigger"].threshold == found["credibility"].threshold == 1
    assert found["grim-trigger"].feasible is found["credibility"].feasible is False


@pytest.mark.parametrize(
    "change",
    [
        {"fine": 0},
        {"severity": 0},
        {"detection_rate": "1/4", "false_alarm_rate": "1/4"},
    ],
)
def test_a_threat_that_takes_nothing_has_no_threshold(change: dict[str, Any]) -> None:
    found = by_name(replace(PUBLISHED, **change))["deterrence"]

    assert (found.threshold, found.feasible, found.holds) == (None, False, False)
    assert "fine" in found.remedy


def test_detection_no_better_than_false_alarms_deters_nobody() -> None:
    found = by_name(replace(PUBLISHED, detection_rate="1/10", false_alarm_rate="1/5"))

    assert found["deterrence"].threshold == Fraction(-1)
    assert found["deterrence"].relation == "<="
    assert found["deterrence"].feasible is False
    assert "no fine deters" in found["deterrence"].remedy
    assert found["cheapest-threat"].feasible is False


def test_thresholds_above_one_are_reported_not_clipped() -> None:
    found = by_name(replace(PUBLISHED, fine="1/20"))["deterrence"]

    assert found.threshold == 2
    assert found.feasible is False
    assert "1/10" in found.remedy


def test_nobody_punishing_is_no_deterrent() -> None:
    found = by_name(PUBLISHED, punishers=0)

    assert (found["deterrence"].threshold, found["deterrence"].feasible) == (None, False)
    assert "no fine deters" in found["deterrence"].remedy


def test_at_probability_zero_contributors_and_punishers_are_the_same() -> None:
    found = by_name(replace(PUBLISHED, punishment_probability=0))

    assert (found["second-order"].threshold, found["second-order"].holds) == (None, True)
    assert (found["invasion"].threshold, found["invasion"].feasible) == (None, False)
    assert (found["deterrence"].threshold, found["deterrence"].holds) == (Fraction(1, 10), False)


def test_symbols_give_the_formulas_of_the_model() -> None:
    N, r, c, beta, gamma, p, s, h, e, m, omega = sp.symbols("N r c beta gamma p s h e m omega", positive=True)
    game = PublicGoodsGame(
        group_size=N,
        multiplication_factor=r,
        contribution_cost=c,
        fine=beta,
        punishment_cost=gamma,
        punishment_probability=p,
        severity=s,
        detection_rate=h,
        false_alarm_rate=e,
    )
    cost, b = c * (1 - r / N), (N - 1) * p * s
    formulas = {
        "deterrence": cost / (m * s * beta * (h - e)),
        "deterring-fine": cost / (m * p * s * (h - e)),
        "detection": e + cost / (m * p * s * beta),
        "second-order": sp.Integer(0),
        "credibility": s * gamma / (s * gamma + c * (r - 1)),
        "grim-trigger": (N - r) / (r * (N - 1)),
        "invasion": cost / (b * beta * (h - e)),
        "punishers-spread": (cost + b * h * gamma) / (b * (beta + gamma) * (h - e)),
    }

    found = by_name(game, punishers=m, discount_factor=omega)

    for name, formula in formulas.items():
        threshold = sp.sympify(found[name].threshold)
        assert sp.simplify(threshold - formula) == 0, name
        assert sp.simplify(threshold.subs(e, 0).subs(h, 1) - formula.subs(e, 0).subs(h, 1)) == 0, name
    perfect = replace(game, detection_rate=1, false_alarm_rate=0)
    assert by_name(perfect, punishers=m)["deterrence"].relation == ">="
    cheapest = by_name(perfect)["cheapest-threat"].threshold
    # N (r - 1) c (1 - x) = N (N - 1) p s (beta + gamma) x at p = Lambda / ((N - 1) s beta)
    gain, price = (r - 1) * c, cost * (beta + gamma) / beta
    assert sp.simplify(cheapest - gain / (gain + price)) == 0


def test_symbolic_verdicts_are_relations_that_agree_with_numbers() -> None:
    p, omega, beta = sp.symbols("p omega beta", positive=True)
    symbolic = by_name(replace(PUBLISHED, punishment_probability=p, fine=beta), discount_factor=omega)
    values = {p: sp.Rational(1, 4), omega: sp.Rational(1, 5), beta: sp.Rational(1, 2)}
    number = replace(PUBLISHED, punishment_probability="1/4", fine="1/2")
    numeric = by_name(number, discount_factor="1/5")

    for name in ("deterrence", "deterring-fine", "detection", "second-order", "credibility", "grim-trigger"):
        assert bool(sp.sympify(symbolic[name].holds).subs(values)) == numeric[name].holds, name
        assert bool(sp.sympify(symbolic[name].feasible).subs(values)) == numeric[name].feasible, name


def test_one_symbol_among_numbers_leaves_numeric_thresholds() -> None:
    p = sp.Symbol("p", positive=True)
    found = by_name(replace(PUBLISHED, punishment_probability=p))["deterrence"]

    assert (found.threshold, found.feasible) == (Fraction(1, 10), True)
    assert found.holds.subs(p, sp.Rational(1, 20)) == sp.false


def test_an_array_of_games_gives_every_games_answer() -> None:
    fines, chances = np.array([[0.0], [0.05], [1.0]]), np.array([0.0, 0.5, 1.0])
    grid = by_name(replace(PUBLISHED, fine=fines, punishment_probability=chances), discount_factor=0.5)

    for i, j in np.ndindex(3, 3):
        one = replace(PUBLISHED, fine=float(fines[i, 0]), punishment_probability=float(chances[j]))
        for name, single in by_name(one, discount_factor=0.5).items():
            if name == "cheapest-threat":
                continue
            many = grid[name]
            threshold = np.broadcast_to(np.asarray(many.threshold, dtype=float), (3, 3))[i, j]
            expected = math.nan if single.threshold is None else single.threshold
            assert threshold == pytest.approx(expected, rel=1e-12, nan_ok=True), name
            assert np.broadcast_to(many.feasible, (3, 3))[i, j] == single.feasible, name
            if single.holds is None:
                assert many.holds is None
            else:
                assert np.broadcast_to(many.holds, (3, 3))[i, j] == single.holds, name
    assert grid["second-order"].relation == "<="


def test_an_array_of_discount_factors_gives_every_answer() -> None:
    found = by_name(PUBLISHED, discount_factor=np.array([0.1, 0.15, 0.2]))

    assert found["credibility"].holds.tolist() == [False, True, True]
    assert found["grim-trigger"].holds.tolist() == [False, False, True]


def test_floats_have_no_negative_zero() -> None:
    found = by_name(replace(PUBLISHED, multiplication_factor=5.0))

    for name in ("deterrence", "second-order", "invasion"):
        threshold: Any = found[name].threshold
        assert math.copysign(1, threshold) == 1, name


def test_a_ball_too_wide_to_tell_says_so() -> None:
    wide = replace(PUBLISHED, punishment_probability=flint.arb(0.1, 0.01))
    found = by_name(wide)["deterrence"]

    assert found.holds is None
    assert found.threshold is not None
    assert found.threshold.overlaps(flint.arb(flint.fmpq(1, 10)))
    assert by_name(replace(PUBLISHED, punishment_probability=flint.arb(0.5, 0.1)))["deterrence"].holds is True
    assert by_name(replace(PUBLISHED, punishment_probability=flint.arb(0.05, 0.01)))["deterrence"].holds is False


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("punishers", -1),
        ("punishers", 5),
        ("punishers", math.nan),
        ("punishers", True),
        ("discount_factor", 1),
        ("discount_factor", 1.0),
        ("discount_factor", -0.1),
        ("discount_factor", math.nan),
        ("discount_factor", True),
        ("discount_factor", np.array([0.5, 1.0])),
        ("action_error", 1.1),
        ("action_error", -1),
        ("action_error", math.nan),
        ("action_error", "x"),
    ],
)
def test_options_outside_their_domain_are_refused_by_name(option: str, value: object) -> None:
    with pytest.raises(InvalidParameter, match=f"^{option} must be "):
        conditions(PUBLISHED, **{option: value})


def test_what_holds_needs_no_remedy() -> None:
    assert by_name(PUBLISHED)["deterrence"].remedy == "already met"
