"""Learners under gifts, bystanders, partner choice and reputations: events beside payoffs, predictions, refusals."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.learners.choice import Boltzmann, Schedule, Steps
from experiments.neighbors import _neighbor_kernels as kernels
from experiments.neighbors import expected_choices, neighbor_cases, run_donors, run_mechanism
from experiments.neighbors.mechanisms import CODES, DOES, _numbers
from experiments.predictions import observe
from gametheory import InvalidParameter, PublicGoodsGame, SynergyGame
from gametheory.compositions import compositions
from gametheory.gifts import GiftGame
from gametheory.indirect_reciprocity import (
    ActionRule,
    DonorGame,
    SocialNorm,
    punishing_norm,
    punishing_rule,
    reciprocity,
)
from gametheory.partner_choice import PartnerChoiceGame
from gametheory.third_party import ThirdPartyGame

LINEAR = PublicGoodsGame(group_size=4, multiplication_factor=3, strategies=("C", "D"))
GAMES: dict[str, Any] = {
    "gifts": GiftGame(returns=LINEAR, gift_share="1/3", strategies=("C", "D", "G", "E")),
    "bystanders": ThirdPartyGame(
        stage=LINEAR, bystander_payoff=1, fine=2, punishment_cost="1/2", punishment_probability="1/4", fee="1/10"
    ),
    "partners": PartnerChoiceGame(
        group_size=4, benefit=3, contribution_cost=1, selectivity="3/4", fine=1, punishment_cost="1/2"
    ),
}
DONORS = DonorGame(benefit=3, contribution_cost=1, fine=2, punishment_cost=1, assessment_error="1/20")
CASES = {case.prediction.id: case for case in neighbor_cases()}
SHORT = Schedule(rounds=300, burn_in=100, uniform_rounds=50, replicates=3)
COMMON: Any = {"choice": Boltzmann(temperature=0.3), "steps": Steps(), "schedule": SHORT}


@pytest.mark.parametrize("name", GAMES)
def test_mean_rewards_of_events_are_the_payoffs(name: str) -> None:
    game = GAMES[name]
    rng = np.random.default_rng(1)
    rounds = 1 if name == "gifts" else 1500
    for strategy in game.strategies:
        for row in compositions(3, len(game.strategies)).tolist():
            others = [s for s, count in zip(game.strategies, row, strict=True) for _ in range(count)]
            does = np.array([DOES[type(game)][s] for s in (strategy, *others)], dtype=np.int64)
            earned, rewards = np.zeros((rounds, 4)), np.zeros(4)
            for t in range(rounds):
                kernels.play_mechanism(CODES[type(game)], does, _numbers(game), np.full(4, 0.5), False, rng, rewards)
                earned[t] = rewards
            error = earned[:, 0].std() / np.sqrt(rounds)
            assert abs(earned[:, 0].mean() - float(game.payoff(strategy, row))) <= 4.5 * error + 1e-12, (strategy, row)


def test_gifts_by_relation_go_where_less_was_expected_and_stay_zero_sum() -> None:
    does = np.array([kernels.GIVES, 1, 1, 0], dtype=np.int64)
    rewards, equal = np.zeros(4), np.zeros(4)
    believed = np.array([0.5, 0.2, 0.8, 0.5])
    kernels.play_gifts(does, _numbers(GAMES["gifts"]), believed, True, rewards)
    kernels.play_gifts(does, _numbers(GAMES["gifts"]), believed, False, equal)
    assert rewards.sum() == pytest.approx(equal.sum()) == pytest.approx(2 * 2)
    assert rewards[0] == equal[0]
    assert rewards[1] - equal[1] == pytest.approx(0.5 * (0.8 - 0.5))
    assert rewards[3] == equal[3]


def test_beliefs_by_which_gifts_are_split_follow_what_was_done() -> None:
    """Who contributes half of the time gets nearly all of the gift when it does; who always does, gets it otherwise."""
    linear = PublicGoodsGame(group_size=3, multiplication_factor=3, strategies=("C", "D"))
    game = GiftGame(returns=linear, gift_share="1/2", strategies=("C", "D", "E"))
    found = run_mechanism(
        game,
        actions=["C", "D"],
        co_players=["C", "E"],
        choice=Boltzmann(temperature=1e9),
        steps=Steps(),
        schedule=Schedule(rounds=10_000, burn_in=10_000, uniform_rounds=0, replicates=4),
        by_relation=True,
        seed=2,
    )
    alone, together = 1 - 1 + 0.5, 2 - 1 + 0.0
    assert found.rewards[:, 1].mean() == pytest.approx((alone + together) / 2, abs=0.02)


@pytest.mark.parametrize("learned", ["punishers", "defectors"])
def test_residents_earn_and_are_judged_as_the_theory_says(learned: str) -> None:
    if learned == "punishers":
        rule, norm = punishing_rule(), punishing_norm()
    else:
        rule = ActionRule(to_good="C", to_bad="D")
        norm = SocialNorm(good_to_good=frozenset("C"), good_to_bad=frozenset("CD"))
    game = replace(DONORS, assessment_error="1/10")
    expected = reciprocity(game, rule, norm)
    schedule = Schedule(rounds=2000, burn_in=100, replicates=8)
    found = run_donors(game, rule, norm, learns=False, players=20, **COMMON | {"schedule": schedule}, seed=2)
    for numbers, value in ((found.good, expected.good_share), (found.reward, expected.payoff)):
        error = numbers.std(ddof=1) / np.sqrt(8)
        assert abs(numbers.mean() - float(value)) < 4 * error + 1e-9


@pytest.mark.parametrize("name", ["gifts-0.3-relation", "bystanders-p-0.05", "partner-choice-6-of-9"])
def test_learners_do_what_is_predicted(name: str) -> None:
    case = CASES[name]
    estimate = case.measure(seed=5, level=0.999, confidence=0.9999)
    assert observe(case.prediction, estimate).agrees == "yes"


def test_every_prediction_has_rivals_that_differ() -> None:
    for case in CASES.values():
        apart = [abs(value - case.prediction.predicted) for value in case.prediction.rivals.values()]
        assert apart, case.prediction.id
        assert min(apart) > 0.01, case.prediction.id


def test_learners_weigh_what_follows_by_the_discount_factor() -> None:
    game = DonorGame(
        benefit=3, contribution_cost=1, fine=2, punishment_cost=1, assessment_error="1/20", discount_factor="1/2"
    )
    found = run_donors(
        game,
        punishing_rule(),
        punishing_norm(),
        players=6,
        choice=Boltzmann(temperature=2.0),
        steps=Steps(),
        schedule=Schedule(rounds=20_000, burn_in=5_000, uniform_rounds=2_000, replicates=16),
        seed=4,
    )
    expected = expected_choices(game, punishing_rule(), punishing_norm(), 2.0)
    patient = expected_choices(replace(game, discount_factor=1), punishing_rule(), punishing_norm(), 2.0)
    assert abs(found.choices[:, 0].mean(axis=0) - expected["G"]).max() < 0.02
    assert abs(np.array(patient["G"]) - expected["G"]).max() > 0.1


def test_expected_choices_are_a_logit_of_margins() -> None:
    hot = expected_choices(DONORS, punishing_rule(), punishing_norm(), 1e9)
    cold = expected_choices(DONORS, punishing_rule(), punishing_norm(), 0.1)
    assert np.allclose(hot["G"], 1 / 3)
    assert cold["G"][0] > 0.999
    assert cold["B"][2] > 0.999


def test_the_same_seed_gives_the_same_bits_on_one_and_two_threads() -> None:
    import numba

    threads = numba.get_num_threads()
    runs, donors = [], []
    for number in (1, min(2, threads)):
        numba.set_num_threads(number)
        runs.append(run_mechanism(GAMES["partners"], actions=["C", "D"], seed=1, **COMMON))
        donors.append(run_donors(DONORS, punishing_rule(), punishing_norm(), players=5, seed=1, **COMMON))
    numba.set_num_threads(threads)
    assert np.array_equal(runs[0].shares, runs[1].shares)
    assert np.array_equal(runs[0].rewards, runs[1].rewards)
    assert np.array_equal(donors[0].choices, donors[1].choices)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"game": LINEAR}, "game"),
        ({"actions": ["C", "C"]}, "actions"),
        ({"actions": ["C", "X"]}, "actions"),
        ({"co_players": ["X"]}, "co_players"),
        ({"co_players": ["C"] * 4}, "co_players"),
        ({"seed": -1}, "seed"),
        (
            {"game": GiftGame(returns=SynergyGame(group_size=3, benefit=2, synergy=1), gift_share=0)},
            "returns",
        ),
    ],
)
def test_wrong_arguments_are_named(changes: Any, named: str) -> None:
    settings: Any = {"game": GAMES["gifts"], "actions": ["C", "D"], "seed": 1} | COMMON | changes
    with pytest.raises(InvalidParameter, match=named):
        run_mechanism(settings.pop("game"), **settings)
    with pytest.raises(InvalidParameter, match="players"):
        run_donors(DONORS, punishing_rule(), punishing_norm(), players=2, seed=1, **COMMON)
