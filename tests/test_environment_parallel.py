"""The PettingZoo environment: its makers' own tests, the payoffs, observations, episodes, refusals."""

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest

from experiments.parallel_environment import public_goods_environment
from gametheory import (
    InvalidParameter,
    OptionalGame,
    OthersOnlyGame,
    PeerPunishmentGame,
    PoolPunishmentGame,
    PublicGoodsGame,
    TableGame,
)

pytest.importorskip("pettingzoo")

NOISY = PublicGoodsGame(
    group_size=4,
    multiplication_factor=2,
    fine=1,
    punishment_cost="1/4",
    punishment_probability="1/2",
    detection_rate="9/10",
    false_alarm_rate="1/10",
)
CLEAR = PublicGoodsGame(group_size=3, multiplication_factor=1.5, fine=1, punishment_cost="1/4")
LINEAR = OthersOnlyGame(group_size=4, multiplication_factor=2)
POOL = PoolPunishmentGame(returns=LINEAR, pool_fine=1, pool_cost="1/2", second_order=1)
CASES: list[dict[str, Any]] = [
    {"game": NOISY, "rounds": 30},
    {"game": NOISY, "rounds": 30, "stages": "two", "levels": 3},
    {"game": NOISY, "continuation": 0.9, "also": ["DP"]},
    {"game": OptionalGame(stage=POOL, loner_payoff="1/2"), "rounds": 7, "continuation": 0.8},
    {"game": PeerPunishmentGame(returns=LINEAR, fine=1, punishment_cost=1), "rounds": 2000, "stages": "two"},
]


def made(case: dict[str, Any], **more: Any) -> Any:
    arguments = {"seed": 1, **case, **more}
    return public_goods_environment(arguments.pop("game"), **arguments)


@pytest.mark.parametrize("case", CASES)
def test_it_passes_the_parallel_api_test_of_pettingzoo(case: dict[str, Any]) -> None:
    from pettingzoo.test import parallel_api_test

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parallel_api_test(made(case), num_cycles=100)


@pytest.mark.parametrize("case", CASES)
def test_it_passes_the_seed_test_of_pettingzoo(case: dict[str, Any]) -> None:
    from pettingzoo.test import parallel_seed_test

    parallel_seed_test(lambda: made(case), num_cycles=100)


@pytest.mark.parametrize("case", CASES[:2])
def test_it_passes_the_api_and_render_tests_of_pettingzoo_one_agent_at_a_time(case: dict[str, Any]) -> None:
    from pettingzoo.test import api_test, render_test
    from pettingzoo.utils import parallel_to_aec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that observations are not images
        api_test(parallel_to_aec(made(case)), num_cycles=50)
        render_test(lambda render_mode: parallel_to_aec(made(case, render_mode=render_mode)))


def test_rewards_are_the_payoffs_where_nothing_is_random() -> None:
    game = OptionalGame(stage=POOL, loner_payoff="1/2")
    group = public_goods_environment(game, seed=1, rounds=40)
    group.reset(seed=2)
    rng = np.random.default_rng(3)
    while group.agents:
        chosen = rng.integers(0, 4, 4).tolist()
        _, rewards, _, _, _ = group.step(dict(zip(group.possible_agents, chosen, strict=True)))
        names = [game.strategies[a] for a in chosen]
        for i, agent in enumerate(group.possible_agents):
            others = names[:i] + names[i + 1 :]
            assert rewards[agent] == pytest.approx(
                float(game.payoff(names[i], [others.count(s) for s in game.strategies]))
            )


def test_agents_observe_themselves_first_and_then_who_follows_them() -> None:
    group = public_goods_environment(CLEAR, seed=1, rounds=5)
    first, _ = group.reset()
    then, *_ = group.step({"player_0": 0, "player_1": 1, "player_2": 2})

    assert [row.tolist() for row in first.values()] == [[3, 3, 3]] * 3
    assert [row.tolist() for row in then.values()] == [[0, 1, 2], [1, 2, 0], [2, 0, 1]]
    assert group.state().tolist() == [0, 1, 2]


def test_two_stages_contribute_first_and_then_punish_whom_they_mean() -> None:
    group = public_goods_environment(CLEAR, seed=1, rounds=1, stages="two", levels=2)
    group.reset()
    idle = [0, 0]
    seen, rewards, _, ends, _ = group.step({"player_0": [1, 2, 2], "player_1": [0, *idle], "player_2": [1, *idle]})

    assert list(rewards.values()) == [0.0, 1.0, 0.0]
    assert not any(ends.values())
    assert seen["player_2"].tolist() == [1, 1, 1, 0, 0, 0, 0]

    after, rewards, _, ends, _ = group.step({"player_0": [0, 2, 0], "player_1": [1, *idle], "player_2": [0, 0, 1]})

    # player 0 punishes the next one fully, player 2 the second after it, player 1, by half
    assert list(rewards.values()) == [-0.25, -1.5, -0.125]
    assert after["player_1"].tolist() == [0, 0, 1, 1, 0, 1, 2]
    assert all(ends.values())
    assert group.agents == []


def test_episodes_end_by_chance_as_often_as_they_should() -> None:
    group = public_goods_environment(CLEAR, seed=1, continuation=0.75)
    lengths = []
    for _ in range(800):
        group.reset()
        length = 0
        while group.agents:
            _, _, terminations, truncations, _ = group.step(dict.fromkeys(group.agents, 0))
            length += 1
        assert all(terminations.values())
        assert not any(truncations.values())
        lengths.append(length)

    assert abs(np.mean(lengths) - 4) < 4 * np.sqrt(12 / 800)


def test_a_seed_fixes_the_events_and_no_seed_goes_on() -> None:
    def play(group: Any, seed: int | None) -> list[list[float]]:
        group.reset(seed=seed)
        acts = dict(zip(group.possible_agents, (1, 2, 1, 2), strict=True))
        return [list(group.step(acts)[1].values()) for _ in range(20)]

    first, second = (
        public_goods_environment(NOISY, seed=5, rounds=20),
        public_goods_environment(NOISY, seed=6, rounds=20),
    )

    assert play(first, 9) == play(second, 9)
    assert play(first, None) != play(second, 9)


def test_the_module_can_be_imported_without_pettingzoo_and_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['pettingzoo'] = None\n"
        "from experiments.parallel_environment import public_goods_environment\n"
        "from gametheory import PublicGoodsGame\n"
        "game = PublicGoodsGame(group_size=3, multiplication_factor=2)\n"
        "try:\n    public_goods_environment(game, seed=1, rounds=1)\n"
        "except Exception as error:\n    print(error)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "pettingzoo must be installed (pip install 'gametheory[environment]'), got nothing"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("seed", {"seed": -1}),
        ("rounds", {}),
        ("rounds", {"rounds": 0}),
        ("continuation", {"rounds": 1, "continuation": 0.0}),
        ("stages", {"rounds": 1, "stages": "three"}),
        ("levels", {"rounds": 1, "levels": 0}),
        ("render_mode", {"rounds": 1, "render_mode": "rgb_array"}),
        ("also", {"rounds": 1, "also": ["X"]}),
        ("game", {"rounds": 1, "game": TableGame(strategies=["A", "B"], group_size=2, values=[[1, 0], [0, 1]])}),
        ("game", {"rounds": 1, "game": POOL, "stages": "two"}),
    ],
)
def test_an_environment_is_refused_by_name(name: str, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        made({"game": CLEAR, **change})


def test_actions_outside_their_space_or_missing_are_refused() -> None:
    group = public_goods_environment(CLEAR, seed=1, rounds=5)
    group.reset()
    with pytest.raises(InvalidParameter, match=r"^actions must be in Discrete\(3\) for player_1"):
        group.step({"player_0": 0, "player_1": 3, "player_2": 0})
    with pytest.raises(InvalidParameter, match=r"^actions must be an action of every agent"):
        group.step({"player_0": 0})


def test_steps_out_of_an_episode_and_unknown_agents_are_refused_in_one_line() -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=2)
    group = public_goods_environment(game, seed=1, rounds=1)
    everybody = dict.fromkeys(group.possible_agents, 0)
    wrong: list[tuple[Any, str]] = [
        (None, "mapping"),
        (everybody | {"player_99": 0}, "player_99"),
        ({0: 1}, "every agent"),
        (everybody | {"player_0": [1, [0]]}, "player_0"),
    ]
    with pytest.raises(InvalidParameter, match="reset"):
        group.step(everybody)
    group.reset()
    for actions, named in wrong:
        with pytest.raises(InvalidParameter, match=named) as caught:
            group.step(actions)
        assert "\n" not in str(caught.value)
    group.step(everybody)
    assert group.agents == []
    for actions in (everybody, {}):
        with pytest.raises(InvalidParameter, match="ended"):
            group.step(actions)
    for seed in (-1, 1.5, "x"):
        with pytest.raises(InvalidParameter, match="seed"):
            group.reset(seed=seed)
