"""Stateless learners: same bits everywhere, laws of the learning rule, exact oracles, refusals."""

import numba
import numpy as np
import pytest

from experiments._environment_kernels import COLUMNS, choose, one_group
from experiments.environment import Environment, kind_codes
from experiments.estimates import mean_interval
from experiments.learners import Boltzmann, EpsilonGreedy, Learned, Schedule, Steps, learn
from experiments.predictions import constant_step_share
from gametheory import InvalidParameter, PublicGoodsGame

GROUP = Environment(group_size=5, multiplication_factor=3.0, fine=1.0, punishment_cost=0.3, punishment_probability=0.1)
SHORT = Schedule(rounds=300, burn_in=100, uniform_rounds=50, replicates=16)
RULES: list[Boltzmann | EpsilonGreedy] = [Boltzmann(temperature=0.25), EpsilonGreedy(exploration=0.2)]


def run(choice: Boltzmann | EpsilonGreedy, schedule: Schedule = SHORT, seed: int = 5) -> Learned:
    return learn(GROUP, actions=("P", "DP"), choice=choice, steps=Steps(), schedule=schedule, seed=seed)


@pytest.mark.parametrize("choice", RULES)
def test_learners_do_the_same_with_any_number_of_threads(choice: Boltzmann | EpsilonGreedy) -> None:
    threads = numba.get_num_threads()
    many = run(choice, Schedule(rounds=2000, replicates=64))
    numba.set_num_threads(1)
    try:
        one = run(choice, Schedule(rounds=2000, replicates=64))
    finally:
        numba.set_num_threads(threads)

    for name in ("shares", "estimates", "visits", "rewards", "variances"):
        assert np.array_equal(getattr(one, name), getattr(many, name))


def test_a_replicate_does_not_depend_on_how_many_there_are() -> None:
    few = run(RULES[0], Schedule(rounds=200, replicates=3))
    many = run(RULES[0], Schedule(rounds=200, replicates=9))

    assert np.array_equal(few.estimates, many.estimates[:3])
    assert not np.array_equal(many.estimates[0], many.estimates[1])


@pytest.mark.parametrize("boltzmann", [1.0, 0.0])
@pytest.mark.parametrize("learners", [1, 5])
def test_a_compiled_group_equals_its_python_source(boltzmann: float, learners: int) -> None:
    actions = np.stack([kind_codes(["P"] * 5, 5), kind_codes(["DP"] * 5, 5)], axis=1)
    phases = np.array([20, 30, 150])
    stage = GROUP.stage
    stage[7] = 0.2
    steps = Steps(exponent=0.75).sizes(200)
    choice = np.array([boltzmann, 0.1, 2.0])
    for seed in range(4):
        compiled, plain = np.zeros((learners, COLUMNS)), np.zeros((learners, COLUMNS))
        one_group(actions, learners, stage, steps, choice, phases, np.random.default_rng(seed), compiled)
        one_group.py_func(actions, learners, stage, steps, choice, phases, np.random.default_rng(seed), plain)
        assert np.array_equal(compiled, plain)


def test_a_boltzmann_choice_is_made_with_its_logit_probability() -> None:
    rng = np.random.default_rng(1)
    number = 40_000
    firsts = sum(choose(0.3, 0.1, True, 0.2, rng) == 0 for _ in range(number))
    expected = 1 / (1 + np.exp(-1.0))

    assert abs(firsts / number - expected) < 4 * np.sqrt(expected * (1 - expected) / number)
    assert choose(1e9, -1e9, True, 1e-3, rng) == 0
    assert choose(-1e9, 1e9, True, 1e-3, rng) == 1


def test_a_greedy_choice_explores_half_of_its_exploration_each_way_and_breaks_ties_evenly() -> None:
    rng = np.random.default_rng(2)
    number = 40_000
    firsts = sum(choose(0.3, 0.1, False, 0.2, rng) == 0 for _ in range(number))
    ties = sum(choose(0.3, 0.3, False, 0.2, rng) == 0 for _ in range(number))

    assert abs(firsts / number - 0.9) < 4 * np.sqrt(0.09 / number)
    assert abs(ties / number - 0.5) < 4 * np.sqrt(0.25 / number)


def test_visit_count_steps_estimate_by_the_mean_reward_of_an_action() -> None:
    found = learn(
        Environment(group_size=2, multiplication_factor=1.0),
        actions=("C", "D"),
        co_players=["C"],
        choice=EpsilonGreedy(exploration=1.0),
        steps=Steps(),
        schedule=Schedule(rounds=100, first_estimate=7.0, replicates=2),
        seed=1,
    )

    assert found.estimates.tolist() == [[[0.0, 0.5]]] * 2
    assert found.visits.sum(axis=2).tolist() == [[100.0]] * 2
    assert found.variances.tolist() == [[[0.0, 0.0]]] * 2
    assert np.allclose(found.rewards, (1 - found.shares) * 0.5)


def test_a_constant_step_forgets_the_first_estimate_geometrically() -> None:
    found = learn(
        Environment(group_size=2, multiplication_factor=1.0),
        actions=("C", "D"),
        co_players=["C"],
        choice=EpsilonGreedy(exploration=1.0),
        steps=Steps(rate=0.25, exponent=0),
        schedule=Schedule(rounds=40, first_estimate=2.0, replicates=3),
        seed=4,
    )

    expected = np.array([0.0, 0.5]) + (2.0 - np.array([0.0, 0.5])) * 0.75**found.visits
    assert np.allclose(found.estimates, expected, rtol=1e-12)


def test_uniform_rounds_and_burn_in_are_not_recorded() -> None:
    lone = {"actions": ("C", "D"), "co_players": ["C"] * 4, "steps": Steps(), "seed": 3}
    cold = Boltzmann(temperature=1e-3)
    schedule = Schedule(rounds=50, uniform_rounds=200, replicates=4)
    found = learn(GROUP, choice=cold, schedule=schedule, **lone)  # type: ignore[arg-type]

    assert found.shares.max() == 0.0
    assert found.visits[..., 0].min() > 50
    assert found.visits.sum(axis=2).tolist() == [[250.0]] * 4


@pytest.mark.parametrize("step", [0.5, 0.1])
def test_a_lone_learner_at_a_constant_step_has_the_share_of_its_exact_chain(step: float) -> None:
    """Oracle: iterate the law of the one estimate that is random, on a fine grid."""
    temperature, fine, chance = 0.3, 1.0, 0.4
    group = Environment(group_size=2, multiplication_factor=1.0, fine=fine, punishment_probability=chance)
    found = learn(
        group,
        actions=("C", "D"),
        co_players=["P"],
        choice=Boltzmann(temperature=temperature),
        steps=Steps(rate=step, exponent=0),
        schedule=Schedule(rounds=100_000, burn_in=2_000, replicates=24),
        seed=8,
    )
    # contributing always earns 0; the estimate of defecting lives on [0.5 - fine, 0.5]
    points = np.linspace(0.5 - fine, 0.5, 4001)
    law = np.full(points.size, 1 / points.size)
    contributes = 1 / (1 + np.exp(points / temperature))
    moves = []
    for reward, weight in ((0.5, 1 - chance), (0.5 - fine, chance)):
        place = (points + step * (reward - points) - points[0]) / (points[1] - points[0])
        low = np.minimum(place.astype(int), points.size - 2)
        moves.append((low, place - low, weight))
    for _ in range(int(60 / step)):
        after = law * contributes
        for low, part, weight in moves:
            flow = law * (1 - contributes) * weight
            np.add.at(after, low, flow * (1 - part))
            np.add.at(after, low + 1, flow * part)
        law = after
    exact = float(law @ contributes)

    mean, (low_end, high_end) = mean_interval(found.shares.mean(axis=1), 0.9999)
    assert low_end - 2e-4 < exact < high_end + 2e-4
    assert mean > 1 / (1 + np.exp(0.1 / temperature)) + 0.1 * step  # the bias is there
    game = PublicGoodsGame(group_size=2, multiplication_factor=1, fine=fine, punishment_probability=chance)
    assert constant_step_share(game, 1, temperature, step) == pytest.approx(exact, abs=2e-4)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("temperature", lambda: Boltzmann(temperature=0.0)),
        ("temperature", lambda: Boltzmann(temperature=float("nan"))),
        ("exploration", lambda: EpsilonGreedy(exploration=0.0)),
        ("exploration", lambda: EpsilonGreedy(exploration=1.5)),
        ("rate", lambda: Steps(rate=0.0)),
        ("rate", lambda: Steps(rate=1.5, exponent=0)),
        ("exponent", lambda: Steps(exponent=1.5)),
        ("rounds", lambda: Schedule(rounds=0)),
        ("burn_in", lambda: Schedule(rounds=1, burn_in=-1)),
        ("uniform_rounds", lambda: Schedule(rounds=1, uniform_rounds=-1)),
        ("replicates", lambda: Schedule(rounds=1, replicates=0)),
        ("first_estimate", lambda: Schedule(rounds=1, first_estimate=float("inf"))),
    ],
)
def test_options_outside_their_domain_are_refused_by_name(name: str, make: object) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("actions", {"actions": ("C", "C")}),
        ("actions", {"actions": ("C", "X")}),
        ("actions", {"actions": "CD"}),
        ("co_players", {"co_players": ["C"] * 5}),
        ("kinds", {"co_players": ["X"]}),
        ("seed", {"seed": -1}),
    ],
)
def test_learn_refuses_by_name(name: str, change: dict[str, object]) -> None:
    good = {"actions": ("C", "D"), "choice": RULES[0], "steps": Steps(), "schedule": SHORT, "seed": 1}
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        learn(GROUP, **{**good, **change})  # type: ignore[arg-type]


def test_steps_fall_with_visits_and_never_exceed_one() -> None:
    sizes = Steps(rate=3.0).sizes(6)

    assert sizes[1:].tolist() == pytest.approx([1.0, 1.0, 1.0, 0.75, 0.6, 0.5], rel=1e-12)
    assert Steps(rate=0.5, exponent=0.5).size(4.0) == 0.25
