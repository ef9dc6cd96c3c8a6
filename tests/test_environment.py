"""The event-by-event environment: laws, the payoff function as its mean, refusals."""

import ast
from pathlib import Path

import numpy as np
import pytest

import experiments
from experiments._environment_kernels import (
    CONTRIBUTES,
    PUNISHES,
    happens,
    one_group_of_fixed_players,
    play_round,
)
from experiments.environment import KINDS, PARAMETERS, Environment, environment_of, kind_codes, play
from gametheory import InvalidParameter, PublicGoodsGame
from gametheory.rng import spawn

FOLDER = Path(experiments.__file__).parent


def drawn_game(rng: np.random.Generator) -> PublicGoodsGame:
    unit = [float(v) for v in rng.uniform(0.0, 1.0, 4)]
    for index in range(4):
        if rng.random() < 0.25:
            unit[index] = float(rng.integers(0, 2))
    return PublicGoodsGame(
        group_size=int(rng.integers(2, 7)),
        multiplication_factor=float(rng.uniform(0.5, 4.0)),
        contribution_cost=float(rng.uniform(0.2, 3.0)),
        fine=float(rng.uniform(0.0, 2.0)),
        punishment_cost=float(rng.uniform(0.0, 2.0)),
        punishment_probability=unit[0],
        severity=unit[1],
        detection_rate=unit[2],
        false_alarm_rate=unit[3],
    )


@pytest.mark.parametrize("point", range(60))
def test_mean_rewards_are_the_payoffs(point: int) -> None:
    rng = np.random.default_rng([2026, point])
    game = drawn_game(rng)
    kinds = [str(kind) for kind in rng.choice(["C", "D", "P"], size=game.group_size)]

    played = play(environment_of(game), kinds, rounds=20_000, seed=point)

    for i, kind in enumerate(kinds):
        others = kinds[:i] + kinds[i + 1 :]
        expected = game.payoff(kind, [others.count(s) for s in game.strategies])
        scale = 1e-9 * game.contribution_cost * game.group_size
        assert abs(played.mean[i] - expected) <= 4 * played.standard_error[i] + scale


def test_a_defector_who_punishes_earns_what_it_saves_and_pays_for_its_acts() -> None:
    group = Environment(group_size=3, multiplication_factor=1.5, fine=2.0, punishment_cost=0.5)

    mean = play(group, ["DP", "D", "C"], rounds=5, seed=1).mean

    assert mean.tolist() == [0.5 - 0.5, 0.5 - 2.0, 0.5 - 1.0]


@pytest.mark.parametrize("kind", ["C", "D", "P"])
def test_rewards_without_punishment_sum_to_the_surplus(kind: str) -> None:
    group = Environment(
        group_size=4, multiplication_factor=2.0, contribution_cost=1.5, fine=9.0, punishment_probability=0
    )

    mean = play(group, [kind, "C", "D", "P"], rounds=3, seed=2).mean

    givers = (kind != "D") + 2
    assert mean.sum() == pytest.approx(givers * 1.5 * (2.0 - 1.0), rel=1e-12)


def test_every_act_takes_the_fine_from_one_and_its_cost_from_another() -> None:
    group = Environment(
        group_size=4,
        multiplication_factor=2.0,
        fine=1.0,
        punishment_cost=0.25,
        punishment_probability=0.5,
        severity=0.5,
        detection_rate=0.5,
        false_alarm_rate=0.5,
    )
    rng = np.random.default_rng(7)
    kinds = kind_codes(["P", "DP", "D", "C"], 4)
    rewards = np.zeros(4)
    acts = []
    for _ in range(200):
        play_round(kinds, group.stage, rng, rewards)
        acts.append((2.0 * (2.0 - 1.0) - rewards.sum()) / (0.5 * 1.25))

    assert np.allclose(acts, np.round(acts), atol=1e-9)
    assert set(np.round(acts)) <= set(range(7))
    assert np.mean(acts) == pytest.approx(6 * 0.25, abs=4 * np.sqrt(6 * 0.1875 / 200))


def test_certain_and_impossible_events_are_not_drawn() -> None:
    rng = np.random.default_rng(3)
    before = rng.bit_generator.state

    assert happens(1.0, rng)
    assert not happens(0.0, rng)
    assert rng.bit_generator.state == before


def test_a_compiled_group_equals_its_python_source() -> None:
    group = Environment(
        group_size=5, multiplication_factor=3.0, fine=1.0, punishment_cost=0.3, punishment_probability=0.3
    )
    codes = kind_codes(["P", "DP", "D", "C", "P"], 5)
    for seed in range(5):
        compiled, plain = np.zeros((5, 2)), np.zeros((5, 2))
        one_group_of_fixed_players(codes, group.stage, 50, np.random.default_rng(seed), compiled)
        one_group_of_fixed_players.py_func(codes, group.stage, 50, np.random.default_rng(seed), plain)
        assert np.array_equal(compiled, plain)


def test_kernels_and_names_agree_on_the_kinds() -> None:
    assert {"C": CONTRIBUTES, "D": 0, "P": CONTRIBUTES | PUNISHES, "DP": PUNISHES} == KINDS


@pytest.mark.parametrize(
    "name",
    [
        "environment.py",
        "environment_rules.py",
        "environment_batch.py",
        "parallel_environment.py",
        "_environment_kernels.py",
        "learners/groups.py",
        "learners/choice.py",
        "learners/values.py",
        "learners/policies.py",
        "learners/punishing.py",
        "learners/_learner_kernels.py",
        "learners/_punishing_kernels.py",
    ],
)
def test_the_environment_and_its_learners_never_use_the_payoff_function(name: str) -> None:
    tree = ast.parse((FOLDER / name).read_text())
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    called = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]

    assert "gametheory.public_goods" not in modules
    assert not {name for name in imported + called if "payoff" in name}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("group_size", 1),
        ("group_size", 2.5),
        ("multiplication_factor", 0.0),
        ("contribution_cost", float("nan")),
        ("fine", -1.0),
        ("punishment_cost", float("inf")),
        ("punishment_probability", 1.5),
        ("severity", -0.1),
        ("detection_rate", 2.0),
        ("false_alarm_rate", float("nan")),
    ],
)
def test_parameters_outside_their_domain_are_refused_by_name(field: str, value: float) -> None:
    good: dict[str, float] = {"group_size": 5, "multiplication_factor": 3.0}
    with pytest.raises(InvalidParameter, match=f"^{field} must be ") as caught:
        Environment(**{**good, field: value})  # type: ignore[arg-type]
    assert caught.value.name == field


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("kinds", {"kinds": ["C", "D"]}),
        ("kinds", {"kinds": ["C", "D", "X"]}),
        ("kinds", {"kinds": "CDP"}),
        ("rounds", {"rounds": 0}),
        ("replicates", {"replicates": 0}),
        ("seed", {"seed": -1}),
    ],
)
def test_play_refuses_by_name(name: str, change: dict[str, object]) -> None:
    good: dict[str, object] = {"kinds": ["C", "D", "P"], "rounds": 1, "seed": 1, "replicates": 1}
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        play(Environment(group_size=3, multiplication_factor=2.0), **{**good, **change})  # type: ignore[arg-type]


def test_a_grid_of_games_cannot_be_played() -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=2, fine=np.array([0.1, 0.2]))
    with pytest.raises(InvalidParameter, match=r"^fine must be a number"):
        environment_of(game)
    with pytest.raises(InvalidParameter, match=r"^game must be a PublicGoodsGame"):
        environment_of(3)


def test_the_environment_keeps_every_parameter_of_the_game() -> None:
    game = drawn_game(np.random.default_rng(11))
    group = environment_of(game)

    assert group.group_size == game.group_size
    assert group.stage.tolist() == [float(getattr(game, name)) for name in PARAMETERS]


def test_each_stretch_of_play_has_its_own_generator() -> None:
    group = environment_of(drawn_game(np.random.default_rng([2026, 3])))
    kinds = ["P"] * group.group_size
    played = play(group, kinds, rounds=30, seed=6, replicates=3)
    alone = np.zeros((3, group.group_size, 2))
    for out, rng in zip(alone, spawn(6, 3), strict=True):
        one_group_of_fixed_players(kind_codes(kinds, group.group_size), group.stage, 30, rng, out)

    assert np.array_equal(played.mean, alone[:, :, 0].mean(axis=0))
    assert played.rounds == 90
    assert np.array_equal(played.standard_error, np.sqrt(played.variance / 90))
