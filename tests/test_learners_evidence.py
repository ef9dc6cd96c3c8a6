"""What the theory expects of learners: paths of policies, regrets, thresholds of exploration, learned punishment."""

from typing import Any

import numpy as np
import pytest

from experiments.environment import Environment
from experiments.learners import Boltzmann, EpsilonGreedy, Steps
from experiments.learners._punishing_kernels import one_group_learns_to_punish
from experiments.learners.evidence import (
    average_regrets,
    expected_path,
    expected_payoffs,
    greedy_shares,
    memory_states,
    policy_path,
)
from experiments.learners.exploration import exploration_survival, exploration_threshold
from experiments.learners.policies import CrossLearning, NaturalPolicyGradient, PolicyGradient
from experiments.learners.punishing import PunishingQLearning, PunishingResult, run_punishing_learners
from experiments.learners.regrets import ExternalRegretMatching, FictitiousPlay, ProxyRegretMatching, RegretMatching
from experiments.learners.runs import run_learners
from experiments.learners.values import QLearning, Sarsa
from gametheory import InvalidParameter, PublicGoodsGame, StagHuntGame, game_from_payoffs, mean_payoffs, payoff_table

GAME = PublicGoodsGame(
    group_size=4, multiplication_factor=2.4, fine=1, punishment_cost="3/10", punishment_probability="1/2"
)
HUNT = StagHuntGame(group_size=5, threshold=5, multiplication_factor=4)
CONSTANT = Steps(rate=0.01, exponent=0)
GREEDY = EpsilonGreedy(exploration=0.1)
FIRST = [0.2, 0.3, 0.5]


@pytest.mark.parametrize(
    ("learner", "tolerance"),
    [
        (CrossLearning(lowest=-8, highest=8, steps=Steps(rate=0.004, exponent=0), first_policy=FIRST), 0.004),
        (NaturalPolicyGradient(steps=Steps(rate=0.0003, exponent=0), first_policy=FIRST), 0.004),
        (PolicyGradient(steps=Steps(rate=0.002, exponent=0), first_policy=FIRST, baseline_rate=0.02), 0.004),
    ],
)
def test_the_mean_policy_follows_its_equation_over_time(learner: Any, tolerance: float) -> None:
    found = run_learners(GAME, learner, rounds=6000, replicates=150, seed=1, windows=4)

    mean, error = policy_path(found)
    expected = expected_path(GAME, learner, rounds=found.opens.tolist(), actions=["C", "D", "P"])

    assert np.allclose(mean[0], FIRST)
    assert np.abs(expected[-1] - expected[0]).max() > 0.05
    assert (np.abs(mean - expected) <= 4 * error + tolerance).all()


def test_learners_among_fixed_players_follow_the_replicator_equation_of_what_they_meet() -> None:
    learner = CrossLearning(lowest=-8, highest=8, steps=Steps(rate=0.01, exponent=0))
    arguments: dict[str, Any] = {"actions": ["C", "D"], "co_players": ["P", "P"]}
    found = run_learners(GAME, learner, rounds=4000, replicates=150, seed=2, windows=4, **arguments)

    mean, error = policy_path(found)
    expected = expected_path(GAME, learner, rounds=found.opens.tolist(), **arguments)

    assert expected[-1, 0] > 0.55
    assert (np.abs(mean - expected) <= 4 * error + 0.004).all()


def test_expected_payoffs_of_all_learners_are_the_mean_payoffs_of_a_population() -> None:
    population = mean_payoffs(payoff_table(GAME), FIRST)

    assert np.allclose(expected_payoffs(GAME, FIRST, actions=["C", "D", "P"]), [float(u) for u in population])


@pytest.mark.parametrize("learner", [FictitiousPlay(), ExternalRegretMatching(), RegretMatching(inertia=12)])
def test_informed_learners_are_left_with_no_regret(learner: Any) -> None:
    game = StagHuntGame(group_size=3, threshold=2, multiplication_factor=2)
    few, many = (
        average_regrets(run_learners(game, learner, rounds=r, replicates=10, seed=1, record_joint=True), game)
        for r in (300, 10_000)
    )

    assert many.max() < 0.01
    assert many.max() < few.max()


def test_regret_matching_gives_up_what_is_dominated_and_its_game_must_be_named() -> None:
    chicken = game_from_payoffs([[6, 2], [7, 0]], ["Swerve", "Stay"])
    snow = PublicGoodsGame(group_size=2, multiplication_factor="3/2", strategies=["C", "D"])
    found = run_learners(snow, RegretMatching(inertia=3), rounds=3000, replicates=5, seed=1, record_joint=True)

    assert found.share_of("D").min() > 0.98
    with pytest.raises(InvalidParameter, match=r"^game must be the one that was played"):
        average_regrets(found, chicken)


def test_a_proxy_learner_explores_against_the_regret_that_exploring_leaves() -> None:
    """Balance of leaving and coming back: (1 - y) e / 2 = y ((1 - e) y gap / inertia + e / 2), y the share of D."""
    game = PublicGoodsGame(group_size=3, multiplication_factor=2, fine=2)
    learner = ProxyRegretMatching(inertia=6, exploration=Steps(rate=0.1, exponent=0))
    found = run_learners(
        game, learner, rounds=40_000, burn_in=20_000, replicates=40, seed=1, actions=["C", "D"], co_players=["P", "P"]
    )

    gap, explores = float(game.payoff("C", (0, 0, 2)) - game.payoff("D", (0, 0, 2))), 0.1
    square = (1 - explores) * gap / 6
    expected = (-explores + np.sqrt(explores**2 + 2 * explores * square)) / (2 * square)
    shares = found.share_of("D")
    assert abs(shares.mean() - expected) <= 4 * shares.std() / np.sqrt(40) + 0.002


def test_greedy_shares_are_of_states_and_memory_states_name_them() -> None:
    found = run_learners(
        GAME, Sarsa(choice=GREEDY, steps=CONSTANT, discount_factor=0.5), rounds=500, replicates=3, seed=1
    )

    shares = [greedy_shares(found, action) for action in found.actions]
    assert np.allclose(sum(shares), 1)
    assert shares[0].shape == (3, len(memory_states(found.actions, 4)))
    assert memory_states(["C", "D"], 3)[4] == ("D", 1)


def test_the_threshold_of_exploration_is_where_the_unstable_rest_point_is() -> None:
    assert exploration_threshold(HUNT) == pytest.approx(2 * (1 - 4 ** (-1 / 4)), rel=1e-12)
    # punishers and defectors: z = (net cost + b cost) / (b (fine + cost)), b the acts of a group's other members
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine="2/5", punishment_cost="3/10")
    unstable = (0.4 + 4 * 0.3) / (4 * 0.7)
    assert exploration_threshold(game, actions=("P", "D")) == pytest.approx(2 * (1 - unstable), rel=1e-12)


def test_what_survives_any_exploration_has_no_threshold_and_what_is_no_equilibrium_is_refused() -> None:
    kind = PublicGoodsGame(group_size=3, multiplication_factor=4, strategies=["C", "D"])

    assert exploration_threshold(kind) is None
    with pytest.raises(InvalidParameter, match=r"^actions must be such that everybody"):
        exploration_threshold(GAME, actions=("C", "D"))
    with pytest.raises(InvalidParameter, match=r"^actions must be two different"):
        exploration_threshold(HUNT, actions=("C", "C"))


def test_one_table_destroys_cooperation_that_separate_tables_keep_and_small_steps_restore_it() -> None:
    """N learners on one table move it as far in a round as N times the step would."""
    arguments: dict[str, Any] = {"explorations": [0.2, 0.36, 0.75], "rounds": 8000, "replicates": 24, "seed": 3}
    separate = exploration_survival(HUNT, one_table=False, **arguments).survivals.mean(axis=1)
    shared = exploration_survival(HUNT, one_table=True, **arguments).survivals.mean(axis=1)
    slower = exploration_survival(
        HUNT, one_table=True, steps=Steps(rate=0.002, exponent=0), **arguments
    ).survivals.mean(axis=1)
    faster = exploration_survival(
        HUNT, one_table=False, steps=Steps(rate=0.05, exponent=0), **arguments
    ).survivals.mean(axis=1)

    assert separate[:2].tolist() == [1, 1]
    assert shared[0] == 1
    assert shared[1] < 0.2
    assert faster[1] < 0.2
    assert slower[:2].tolist() == [1, 1]
    assert max(found[2] for found in (separate, shared, slower, faster)) < 0.05


def test_the_measured_threshold_is_where_survival_falls_through_one_half() -> None:
    found = exploration_survival(
        HUNT, explorations=[0.2, 0.3, 0.4, 0.5, 0.6], one_table=True, rounds=8000, replicates=24, seed=4
    )
    value, error = found.threshold

    assert 0.25 < value < 0.36
    assert 0 < error < 0.02
    assert value < exploration_threshold(HUNT)  # type: ignore[operator]
    with pytest.raises(InvalidParameter, match=r"^explorations must be two or more increasing"):
        exploration_survival(HUNT, explorations=[0.3, 0.2], one_table=True, rounds=1, replicates=1, seed=1)


PUNISHING = PublicGoodsGame(group_size=4, multiplication_factor=2, fine=1, punishment_cost="1/10")


def punishers(learner: PunishingQLearning, game: Any = PUNISHING, **more: Any) -> PunishingResult:
    arguments = {"rounds": 8000, "burn_in": 8000, "replicates": 12, "seed": 1, **more}
    return run_punishing_learners(game, learner, **arguments)


def test_punishing_dies_out_where_it_has_no_future_and_contributions_with_it() -> None:
    found = punishers(PunishingQLearning(choice=GREEDY, steps=Steps(rate=0.05, exponent=0), memory=0, levels=2))

    assert found.contributions.mean() < 0.1
    assert found.path[..., 1].mean() == pytest.approx(0.05, abs=0.005)  # explored: one in ten, half as hard on average


def test_punishing_is_learnt_where_it_has_a_future_and_contributions_with_it() -> None:
    learner = PunishingQLearning(choice=GREEDY, steps=Steps(rate=0.05, exponent=0), discount_factor=0.9)
    found = punishers(learner)

    assert found.contributions.mean() > 0.5
    assert found.weights[..., 1, 0].mean() > found.weights[..., 1, 1].mean()  # defectors more than contributors


def test_rewards_of_learned_punishment_add_up() -> None:
    """Surplus less (fine + cost) for each unit of weight carried out; here every act is."""
    for by_target in (False, True):
        learner = PunishingQLearning(choice=Boltzmann(temperature=0.3), levels=3, by_target=by_target, steps=CONSTANT)
        found = punishers(learner, rounds=400, burn_in=0, replicates=3, windows=4)
        surplus = found.contributions.sum(axis=1) * (2 - 1)
        weight = (found.weights * found.looks).sum(axis=(1, 2, 3)) / 400

        assert np.allclose(found.rewards.sum(axis=1), surplus - weight * 1.1, rtol=1e-9)
        assert found.looks.sum(axis=(1, 2, 3)).tolist() == [400 * 12] * 3
        assert np.allclose(found.path[..., 0].mean(axis=1), found.contributions.mean(axis=1))
        assert np.allclose(found.path[..., 1].mean(axis=1) * 12, weight)
        assert found.punishing.shape == (3, 4, 16 if by_target else 4, 4)


def test_estimates_of_punishing_without_a_future_are_its_costs() -> None:
    learner = PunishingQLearning(choice=EpsilonGreedy(exploration=1.0), memory=0, levels=2)
    found = punishers(learner, rounds=2000, burn_in=0, replicates=2)
    rare = PublicGoodsGame(
        group_size=4, multiplication_factor=2, fine=1, punishment_cost="1/10", punishment_probability="1/2"
    )
    half = punishers(learner, game=rare, rounds=20_000, burn_in=0, replicates=2)

    assert np.allclose(found.punishing, [0, -0.05, -0.1], atol=1e-12)
    assert np.allclose(half.punishing, [0, -0.025, -0.05], atol=0.003)


@pytest.mark.parametrize("chance", [0, 1])
def test_a_learner_remembers_whether_it_was_fined(chance: int) -> None:
    game = PublicGoodsGame(
        group_size=4, multiplication_factor=2, fine=1, punishment_cost="1/10", punishment_probability=chance
    )
    learner = PunishingQLearning(choice=EpsilonGreedy(exploration=1.0), first_estimate=7.0)
    found = punishers(learner, game=game, rounds=4000, burn_in=0, replicates=2)

    states = found.giving.reshape(2, 4, 2, 2, 4, 2)  # own contribution, fined, others' contributions, action
    assert (states[:, :, :, 0] != 7).all()
    assert (states[:, :, :, 1] != 7).all() if chance else (states[:, :, :, 1] == 7).all()
    if chance:  # three co-players punish at random: seven in eight rounds bring a fine, of 3/2 on average
        assert found.rewards.mean() == pytest.approx(0.5 - 1.5 * 1.1, abs=0.05)


def test_learners_who_punish_do_the_same_with_any_number_of_threads() -> None:
    learner = PunishingQLearning(choice=GREEDY, discount_factor=0.9, by_target=True, levels=2)
    noisy = Environment(
        group_size=4,
        multiplication_factor=2.0,
        fine=1.0,
        punishment_cost=0.3,
        detection_rate=0.8,
        false_alarm_rate=0.1,
        punishment_probability=0.6,
    )
    one, two = (punishers(learner, game=noisy, rounds=300, burn_in=100, threads=t) for t in (1, 2))

    for name in ("contributions", "rewards", "weights", "looks", "path", "giving", "punishing"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert not np.array_equal(one.rewards[0], one.rewards[1])


@pytest.mark.parametrize("choice", [GREEDY, Boltzmann(temperature=0.3)])
def test_a_compiled_group_of_punishing_learners_equals_its_python_source(
    choice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from experiments.learners import _punishing_kernels

    def plainly(stage: Any, plan: Any, numbers: Any, steps: Any, words: Any, out: Any) -> None:
        with np.errstate(over="ignore"):
            own = tuple(array[0] for array in out)
            one_group_learns_to_punish.py_func(stage, plan, numbers, steps, words[0], own)

    learner = PunishingQLearning(choice=choice, discount_factor=0.9, levels=2)
    with np.errstate(over="ignore"):
        compiled = punishers(learner, rounds=60, burn_in=10, replicates=1)
    monkeypatch.setattr(_punishing_kernels, "many_groups_learn_to_punish", plainly)
    plain = punishers(learner, rounds=60, burn_in=10, replicates=1)

    assert np.array_equal(compiled.looks, plain.looks)
    assert np.allclose(compiled.punishing, plain.punishing, rtol=1e-9, atol=1e-12)
    assert np.allclose(compiled.giving, plain.giving, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("choice", lambda: PunishingQLearning(choice=1)),  # type: ignore[arg-type]
        ("levels", lambda: PunishingQLearning(choice=GREEDY, levels=0)),
        ("by_target", lambda: PunishingQLearning(choice=GREEDY, by_target=1)),  # type: ignore[arg-type]
        ("memory", lambda: PunishingQLearning(choice=GREEDY, memory=2)),
        ("first_estimate", lambda: PunishingQLearning(choice=GREEDY, first_estimate=float("nan"))),
        ("learner", lambda: run_punishing_learners(PUNISHING, GREEDY, rounds=1, replicates=1, seed=1)),  # type: ignore
        ("rounds", lambda: punishers(PunishingQLearning(choice=GREEDY), rounds=0)),
        ("windows", lambda: punishers(PunishingQLearning(choice=GREEDY), rounds=5, burn_in=0, windows=6)),
        ("game", lambda: punishers(PunishingQLearning(choice=GREEDY), game=HUNT)),
        ("learner", lambda: expected_path(GAME, QLearning(choice=GREEDY), rounds=[0], actions=["C", "D"])),  # type: ignore
        ("steps", lambda: expected_path(GAME, PolicyGradient(steps=Steps()), rounds=[0], actions=["C", "D"])),
        ("rounds", lambda: expected_path(GAME, PolicyGradient(), rounds=[3, 1], actions=["C", "D"])),
        ("first_estimate", lambda: _short(QLearning(choice=GREEDY, first_estimate=[1.0, 2.0]))),
        ("result", lambda: average_regrets(_short(QLearning(choice=GREEDY)), GAME)),
        ("result", lambda: policy_path(_short(QLearning(choice=GREEDY)))),
        ("action", lambda: greedy_shares(_short(QLearning(choice=GREEDY)), "L")),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(name: str, call: Any) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        call()


def _short(learner: Any) -> Any:
    return run_learners(GAME, learner, rounds=5, replicates=2, seed=1)
