"""The decision rule, and predictions that are the payoffs' and nothing else."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.predictions import (
    Estimate,
    Observation,
    Prediction,
    boltzmann_reward,
    boltzmann_share,
    constant_step_share,
    judge,
    logit,
    observe,
    payoff_difference,
    switch_point,
)
from gametheory import InvalidParameter, PublicGoodsGame
from gametheory.thresholds import conditions

GAME = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
REPORT_KEYS = ["id", "prediction", "estimate", "interval", "level", "tolerance", "agrees", "seeds", "seconds"]
numbers = st.floats(-10, 10)
sizes = st.floats(0, 1)


def a_prediction(**changes: object) -> Prediction:
    fields: dict[str, object] = {
        "id": "switch",
        "statement": "s",
        "premises": "p",
        "statistic": "q",
        "game": GAME,
        "value": switch_point,
        "rests_on": ("contribution_cost", "fine"),
    }
    return Prediction(**(fields | changes))  # type: ignore[arg-type]


def an_estimate(low: float, high: float, tolerance: float = 0.0) -> Estimate:
    return Estimate(
        value=(low + high) / 2,
        interval=(low, high),
        level=0.999,
        tolerance=tolerance,
        seeds=10,
        seed=3,
        seconds=0.5,
    )


@given(numbers, numbers, sizes, sizes, st.lists(numbers, max_size=3))
def test_the_verdict_follows_the_rule(
    prediction: float, low: float, width: float, tolerance: float, rivals: list[float]
) -> None:
    verdict = judge(prediction, interval=(low, low + width), tolerance=tolerance, rivals=rivals)

    inside = [low - tolerance <= v <= low + width + tolerance for v in (prediction, *rivals)]
    if not inside[0]:
        assert verdict == "no"
    else:
        assert verdict == ("yes" if rivals and not any(inside[1:]) else "inconclusive")


@given(numbers, numbers, sizes, sizes, sizes, st.lists(numbers, min_size=1, max_size=3))
def test_a_wider_tolerance_never_turns_into_a_new_agreement_with_more_told_apart(
    prediction: float, low: float, width: float, tolerance: float, more: float, rivals: list[float]
) -> None:
    before = judge(prediction, interval=(low, low + width), tolerance=tolerance, rivals=rivals)
    after = judge(prediction, interval=(low, low + width), tolerance=tolerance + more, rivals=rivals)

    assert (before, after) not in {("yes", "no"), ("inconclusive", "no"), ("inconclusive", "yes")}


@pytest.mark.parametrize("edge", [0.9, 1.1])
def test_the_ends_of_the_widened_interval_belong_to_it(edge: float) -> None:
    inner = {"interval": (0.9, 1.1), "tolerance": 0.0}

    assert judge(edge, rivals=[2.0], **inner) == "yes"  # type: ignore[arg-type]
    assert judge(1.0, rivals=[edge], **inner) == "inconclusive"  # type: ignore[arg-type]


def test_a_prediction_that_is_no_number_is_no_agreement() -> None:
    assert judge(float("nan"), interval=(0, 1), tolerance=0.0, rivals=[2.0]) == "no"
    assert judge(0.5, interval=(0, 1), tolerance=0.0, rivals=[float("nan")]) == "inconclusive"


@pytest.mark.parametrize(
    ("name", "interval", "tolerance"),
    [("interval", (1.0, 0.0), 0.0), ("interval", (float("nan"), 1.0), 0.0), ("tolerance", (0.0, 1.0), -0.1)],
)
def test_judge_refuses_by_name(name: str, interval: tuple[float, float], tolerance: float) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        judge(0.5, interval=interval, tolerance=tolerance, rivals=[])


def test_rivals_are_the_same_prediction_with_one_parameter_ten_percent_off() -> None:
    rivals = a_prediction(alternatives=(("none", lambda game: 0.3),)).rivals

    assert rivals == pytest.approx(
        {
            "contribution_cost x 0.9": 0.09,
            "contribution_cost x 1.1": 0.11,
            "fine x 0.9": 1 / 9,
            "fine x 1.1": 1 / 11,
            "none": 0.3,
        }
    )


def test_an_observation_says_which_rivals_it_excludes() -> None:
    found = observe(a_prediction(), an_estimate(0.0995, 0.1, tolerance=0.01))

    assert found.agrees == "inconclusive"
    assert found.not_excluded == ("contribution_cost x 0.9", "contribution_cost x 1.1", "fine x 1.1")
    assert found.excluded == ("fine x 0.9",)
    assert found.effect == pytest.approx(-0.00025)


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.099, 0.101, "yes"), (0.102, 0.103, "no"), (0.05, 0.2, "inconclusive")]
)
def test_a_report_holds_exactly_the_keys_of_its_schema(low: float, high: float, verdict: str) -> None:
    entry = observe(a_prediction(), an_estimate(low, high)).to_dict()

    assert list(entry) == REPORT_KEYS
    assert entry["agrees"] == verdict
    assert entry["interval"] == [low, high]


def test_predictions_and_observations_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        a_prediction().id = "other"  # type: ignore[misc]
    assert dataclasses.fields(Observation)


def test_the_switch_point_is_the_deterrence_threshold() -> None:
    assert switch_point(GAME) == float(conditions(GAME)[0].threshold or 0) == 0.1


def test_without_a_fine_there_is_no_switch_point() -> None:
    with pytest.raises(InvalidParameter, match=r"^game must be one in which"):
        switch_point(PublicGoodsGame(group_size=5, multiplication_factor=3))


@pytest.mark.parametrize(
    ("p", "difference"), [("0", "-2/5"), ("1/20", "-1/5"), ("1/10", "0"), ("1/4", "3/5"), ("1", "18/5")]
)
def test_the_logit_share_is_that_of_the_published_example(p: str, difference: str) -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_probability=p)
    expected = float(Fraction(difference))

    assert payoff_difference(game, "C", "D", {"P": 4}) == pytest.approx(expected, abs=1e-12)
    share = boltzmann_share(game, "C", "D", {"P": 4}, 0.25)
    assert np.log(share / (1 - share)) == pytest.approx(expected / 0.25, abs=1e-9)


def test_a_logit_of_any_difference_is_a_probability() -> None:
    assert logit(-1e6, 1e-3) == 0.0
    assert logit(1e6, 1e-3) == 1.0
    assert logit(0.3, 0.1) + logit(-0.3, 0.1) == pytest.approx(1.0, rel=1e-12)


def test_the_mean_reward_mixes_the_two_payoffs() -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=2, fine=1, punishment_probability="1/2")
    group = {"C": 1, "P": 1}
    share = boltzmann_share(game, "C", "D", group, 0.5)

    # contributing earns 2 - 1; defecting 4/3 less half a fine
    assert boltzmann_reward(game, "C", "D", group, 0.5) == pytest.approx(share + (1 - share) * (4 / 3 - 1 / 2))


def test_a_vanishing_constant_step_leaves_the_logit_share() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_probability="3/20")
    exact = boltzmann_share(game, "C", "D", {"P": 4}, 0.2)
    gaps = [constant_step_share(game, 4, 0.2, step) - exact for step in (0.02, 0.002, 0.0002)]

    assert gaps[0] > 0
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.05)
    assert gaps[1] / gaps[2] == pytest.approx(10, rel=0.05)


def test_the_bias_at_a_small_step_is_that_of_the_expansion() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_probability="1/10")
    step, temperature = 1e-3, 0.5
    variance = 4 * 0.1 * 0.9

    bias = constant_step_share(game, 4, temperature, step) - 0.5

    assert bias == pytest.approx(step * 0.25 * variance / (4 * temperature**2), rel=0.01)


def test_a_step_of_one_remembers_the_last_reward_only() -> None:
    game = PublicGoodsGame(group_size=2, multiplication_factor=1, fine=1, punishment_probability="1/4")
    odds = 0.75 * np.exp(-0.5 / 0.3) + 0.25 * np.exp(0.5 / 0.3)

    assert constant_step_share(game, 1, 0.3, 1.0) == pytest.approx(odds / (1 + odds), rel=1e-12)


def test_a_game_without_punishers_cannot_have_them_among_the_co_players() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, strategies=["C", "D"])
    with pytest.raises(InvalidParameter, match=r"^co_players must be kinds among"):
        boltzmann_share(game, "C", "D", {"P": 4}, 0.25)
