"""Every kind of stage game, played event by event: the payoff function as its mean, laws of the events, refusals."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.environment import Environment, play
from experiments.environment_batch import (
    batch_environment,
    contribute,
    look,
    play_game,
    play_round,
    punish,
    spawn_words,
)
from experiments.environment_rules import rules_of
from experiments.learners._learner_kernels import play_events, uniform
from gametheory import (
    ConditionalPunishmentGame,
    InstitutionalPunishmentGame,
    InvalidParameter,
    OptionalGame,
    OthersOnlyGame,
    PeerPunishmentGame,
    PoolPunishmentGame,
    PublicGoodsGame,
    ReturnsGame,
    SharedPunishmentGame,
    SnowdriftGame,
    StagHuntGame,
    SynergyGame,
    TableGame,
    UnequalGame,
)
from gametheory.compositions import compositions
from gametheory.testing import SYMMETRIC_KINDS, games_of

PLAYABLE = [kind for kind in SYMMETRIC_KINDS if kind != "table"]
RANDOM = ("public-goods", "collective-risk")
LINEAR = OthersOnlyGame(group_size=4, multiplication_factor=2)


def profiles(data: st.DataObject, game: Any) -> list[str]:
    n = game.group_size
    return data.draw(st.lists(st.sampled_from(list(game.strategies)), min_size=n, max_size=n))


def payoffs(game: Any, strategies: list[str]) -> list[float]:
    """What the payoff function gives each player."""
    found = []
    for i, own in enumerate(strategies):
        others = strategies[:i] + strategies[i + 1 :]
        found.append(float(game.payoff(own, [others.count(s) for s in game.strategies])))
    return found


def is_risky(game: Any) -> bool:
    """Whether a kind of punishment stands on a return that is drawn."""
    return getattr(getattr(game, "returns", None), "risk", 0) not in (0, 1)


def scale_of(values: Any) -> float:
    """Rounding of amounts up to some thousands that are added some hundred times."""
    return 1e-9 * max(100.0, float(np.abs(values).max()))


@pytest.mark.parametrize("kind", PLAYABLE)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data())
def test_mean_rewards_are_the_payoffs_of_every_kind_of_game(kind: str, data: st.DataObject) -> None:
    game = data.draw(games_of([kind], exact=False))
    strategies = profiles(data, game)
    played = play_game(game, strategies, rounds=1500, seed=data.draw(st.integers(0, 99)))

    off = np.abs(played.mean - payoffs(game, strategies))

    # 4 standard errors, and rare events that were not seen: of chance q, in 3000 rounds, with a chance below 1e-4
    unseen = 1e-2 * float(np.abs(np.array(rules_of(game).numbers)).max()) if kind in (*RANDOM, "optional") else 0.0
    assert (off <= 4 * played.standard_error + scale_of(played.mean) + unseen * (played.variance < 1e-9)).all()


@pytest.mark.parametrize("kind", [kind for kind in PLAYABLE if kind not in (*RANDOM, "optional")])
@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data())
def test_one_round_pays_the_payoffs_exactly_where_nothing_is_random(kind: str, data: st.DataObject) -> None:
    game = data.draw(games_of([kind], exact=False))
    strategies = profiles(data, game)
    if is_risky(game):
        return
    batch = batch_environment(game, copies=1, seed=1)
    before = batch.words.copy()

    rewards = play_round(batch, [[game.strategies.index(s) for s in strategies]])[0]

    expected = payoffs(game, strategies)
    assert np.abs(rewards - expected).max() <= scale_of(expected)
    assert np.array_equal(batch.words, before)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data())
def test_relabeling_players_relabels_their_rewards(data: st.DataObject) -> None:
    kinds = [kind for kind in PLAYABLE if kind not in (*RANDOM, "optional")]
    game = data.draw(games_of(kinds, exact=False))
    strategies = profiles(data, game)
    if is_risky(game):
        return
    order = data.draw(st.permutations(range(game.group_size)))
    batch = batch_environment(game, copies=2, seed=1)
    numbers = [game.strategies.index(s) for s in strategies]

    rewards = play_round(batch, [numbers, [numbers[i] for i in order]])

    assert np.allclose(rewards[0][list(order)], rewards[1], rtol=1e-12, atol=scale_of(rewards))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(game=games_of(["public-goods"], exact=False), data=st.data())
def test_rewards_sum_to_the_surplus_less_a_whole_number_of_fines_and_costs(game: Any, data: st.DataObject) -> None:
    strategies = profiles(data, game)
    batch = batch_environment(game, copies=20, seed=3)
    rewards = play_round(batch, [[game.strategies.index(s) for s in strategies]] * 20)
    givers = sum(s != "D" for s in strategies)
    punishers = sum(s == "P" for s in strategies)

    lost = givers * game.contribution_cost * (game.multiplication_factor - 1) - rewards.sum(axis=1)
    act = game.severity * (game.fine + game.punishment_cost)

    if act < 1e-3:
        assert np.abs(lost).max() <= punishers * game.group_size * act + scale_of(rewards) * 10
    else:
        acts = lost / act
        assert np.abs(acts - acts.round()).max() <= scale_of(rewards) * 10 / act
        assert acts.min() > -0.5
        assert acts.max() < punishers * (game.group_size - 1) + 0.5


def test_an_unequal_game_pays_each_player_its_own_payoff() -> None:
    game = UnequalGame(endowments=[1, 2, 3], productivities=[1.5, 2, 1], sharing=[0.5, 0.25, 0.25])
    batch = batch_environment(game, copies=8, seed=1)
    profiles = [[(place >> bit) & 1 for bit in range(3)] for place in range(8)]

    rewards = play_round(batch, profiles)

    expected = [[float(u) for u in game.payoffs([1 - entry for entry in profile])] for profile in profiles]
    assert np.allclose(rewards, expected, rtol=1e-12)


def test_all_kinds_share_the_event_by_event_play_of_the_first_environment() -> None:
    game = PublicGoodsGame(
        group_size=5,
        multiplication_factor=3.0,
        fine=1.0,
        punishment_cost=0.3,
        punishment_probability=0.5,
        severity=0.5,
        detection_rate=0.8,
        false_alarm_rate=0.1,
    )
    strategies = ["P", "DP", "D", "C", "P"]
    older = play(
        Environment(group_size=5, **{n: getattr(game, n) for n in _numbers()}), strategies, rounds=40_000, seed=1
    )
    newer = play_game(game, strategies, rounds=40_000, seed=2, also=["DP"])

    gap = np.abs(older.mean - newer.mean)
    assert (gap <= 4 * np.hypot(older.standard_error, newer.standard_error)).all()
    assert np.allclose(older.variance, newer.variance, rtol=0.05)


def _numbers() -> tuple[str, ...]:
    from experiments.environment import PARAMETERS

    return PARAMETERS


def test_what_the_inner_game_says_about_punishing_is_not_read() -> None:
    inner = PublicGoodsGame(
        group_size=4, multiplication_factor=2, fine=9, severity="1/2", detection_rate="1/2", strategies=["C", "D"]
    )
    game = PeerPunishmentGame(returns=inner, fine=1, punishment_cost=0)
    plain = SharedPunishmentGame(returns=inner, fine=2, punishment_cost=1)

    assert play_game(game, ["D", "P", "C", "C"], rounds=1, seed=1).mean[0] == pytest.approx(1.5 - 1)
    assert play_game(plain, ["D", "P", "C", "C"], rounds=1, seed=1).mean.tolist() == pytest.approx(
        [-0.5, -0.5, 0.5, 0.5]
    )


def test_weights_of_conditional_punishment_follow_the_benefits_of_any_return() -> None:
    returns = ReturnsGame(benefits=[0, 1, 4, 6, 7])
    game = ConditionalPunishmentGame(returns=returns, fine=2, punishment_cost=1, weights=[0, 0.5, 1, 1])

    mean = play_game(game, ["P", "P", "D", "C"], rounds=1, seed=1).mean

    assert mean.tolist() == [6 - 1 - 0.5, 6 - 1 - 0.5, 6 - 2 * 0.5 * 2, 6 - 1]


def test_two_stages_with_full_weights_are_one_round_of_punishers() -> None:
    game = PublicGoodsGame(group_size=4, multiplication_factor=2, fine=1, punishment_cost="1/4", severity="1/2")
    batch = batch_environment(game, copies=1, seed=1)
    gave = np.array([[1, 1, 0, 0]])
    weights = np.zeros((1, 4, 4))
    weights[0, :2] = 1 - look(batch, gave)[0, :2]

    rewards = contribute(batch, gave) + punish(batch, weights)

    assert np.allclose(rewards, play_round(batch, [[2, 2, 1, 1]]), rtol=1e-12)


def test_looks_err_at_the_detection_and_false_alarm_rates() -> None:
    game = PublicGoodsGame(group_size=2, multiplication_factor=2, detection_rate=0.7, false_alarm_rate=0.2)
    batch = batch_environment(game, copies=20_000, seed=5)

    seen = look(batch, np.tile([0, 1], (20_000, 1)))

    assert abs(1 - seen[:, 1, 0].mean() - 0.7) < 4 * np.sqrt(0.21 / 20_000)
    assert abs(1 - seen[:, 0, 1].mean() - 0.2) < 4 * np.sqrt(0.16 / 20_000)
    assert seen[:, 0, 0].max() == 0
    assert seen[:, 1, 1].min() == 1


def test_acts_are_carried_out_with_the_punishment_probability_and_charged_to_both() -> None:
    game = PublicGoodsGame(
        group_size=2, multiplication_factor=2, fine=1, punishment_cost=0.25, punishment_probability=0.3, severity=0.5
    )
    batch = batch_environment(game, copies=20_000, seed=6)
    weights = np.zeros((20_000, 2, 2))
    weights[:, 0, 1] = 0.5

    changes = punish(batch, weights)

    assert set(changes[:, 1].round(12)) == {0.0, -0.25}
    assert np.allclose(changes[:, 0] * 4, changes[:, 1], rtol=1e-12)
    assert abs((changes[:, 1] < 0).mean() - 0.3) < 4 * np.sqrt(0.21 / 20_000)


def test_a_compiled_uniform_number_is_the_next_of_numpy() -> None:
    words = spawn_words(9, 2)[1]
    generator = np.random.Generator(np.random.SFC64(np.random.SeedSequence(9).spawn(2)[1]))

    with np.errstate(over="ignore"):
        for _ in range(50):
            assert uniform(words) == generator.random()
        assert uniform.py_func(words) == generator.random()


@pytest.mark.parametrize("kind", PLAYABLE)
def test_a_compiled_round_equals_its_python_source(kind: str) -> None:
    @settings(max_examples=5, deadline=None, derandomize=True, database=None)
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        game = data.draw(games_of([kind], exact=False))
        rules = rules_of(game)
        codes = rules.codes[[rules.strategies.index(s) for s in profiles(data, game)]]
        compiled, plain = np.zeros(codes.size), np.zeros(codes.size)
        first, second = spawn_words(1, 1)[0], spawn_words(1, 1)[0]
        with np.errstate(over="ignore"):
            play_events(codes, rules.numbers, first, compiled)
            play_events.py_func(codes, rules.numbers, second, plain)
        assert np.allclose(compiled, plain, rtol=1e-12, atol=0.0)  # a fused multiplication may round otherwise
        assert np.array_equal(first, second)

    compare()


def test_copies_draw_from_streams_of_their_own_that_go_on() -> None:
    game = PublicGoodsGame(group_size=2, multiplication_factor=2, fine=1, punishment_probability=0.5)
    few, many = batch_environment(game, copies=3, seed=4), batch_environment(game, copies=9, seed=4)
    actions = np.tile([1, 2], (9, 1))
    first = play_round(few, actions[:3])

    assert np.array_equal(first, play_round(many, actions)[:3])
    rounds = np.array([play_round(few, actions[:3])[:, 0] for _ in range(40)])
    assert 0 < (rounds < 0.6).mean() < 1
    assert len({tuple(column) for column in rounds.T}) == 3


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("game", lambda: rules_of(TableGame(strategies=["A", "B"], group_size=2, values=[[1, 0], [0, 1]]))),
        ("game", lambda: rules_of(3)),
        ("also", lambda: rules_of(LINEAR, also=["DP"])),
        ("also", lambda: rules_of(PublicGoodsGame(group_size=2, multiplication_factor=2), also=["X"])),
        ("fine", lambda: rules_of(PublicGoodsGame(group_size=2, multiplication_factor=2, fine=np.array([1.0, 2.0])))),
        ("copies", lambda: batch_environment(LINEAR, copies=0, seed=1)),
        ("seed", lambda: batch_environment(LINEAR, copies=1, seed=-1)),
        ("actions", lambda: play_round(batch_environment(LINEAR, copies=1, seed=1), [[0, 0, 0]])),
        ("actions", lambda: play_round(batch_environment(LINEAR, copies=1, seed=1), [[0, 0, 0, 2]])),
        ("actions", lambda: play_round(batch_environment(LINEAR, copies=1, seed=1), [[0, 0, 0, 0.5]])),
        ("contributions", lambda: contribute(batch_environment(LINEAR, copies=1, seed=1), [[0, 0, 0, 2]])),
        ("weights", lambda: punish(batch_environment(LINEAR, copies=1, seed=1), np.zeros((1, 4, 3)))),
        ("weights", lambda: punish(batch_environment(LINEAR, copies=1, seed=1), np.full((1, 4, 4), 1.5))),
        ("weights", lambda: punish(batch_environment(LINEAR, copies=1, seed=1), np.full((1, 4, 4), np.nan))),
        ("strategies", lambda: play_game(LINEAR, ["C", "D", "C"], rounds=1, seed=1)),
        ("strategies", lambda: play_game(LINEAR, ["C", "D", "C", "P"], rounds=1, seed=1)),
        ("rounds", lambda: play_game(LINEAR, ["C"] * 4, rounds=0, seed=1)),
        ("replicates", lambda: play_game(LINEAR, ["C"] * 4, rounds=1, seed=1, replicates=0)),
    ],
)
def test_what_cannot_be_played_is_refused_by_name(name: str, call: Any) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        call()


@pytest.mark.parametrize(
    "stage",
    [
        PublicGoodsGame(group_size=4, multiplication_factor=3, fine=1, punishment_cost="1/4"),
        PeerPunishmentGame(returns=LINEAR, fine=1, punishment_cost="1/2", second_order="1/2"),
        PeerPunishmentGame(returns=SynergyGame(group_size=4, benefit=3, synergy="1/2"), fine=1, punishment_cost=0),
        PeerPunishmentGame(
            returns=StagHuntGame(group_size=4, threshold=2, multiplication_factor=3), fine=1, punishment_cost="1/2"
        ),
        InstitutionalPunishmentGame(returns=LINEAR, tax="1/4", leverage=2),
        SharedPunishmentGame(returns=SnowdriftGame(group_size=4, benefit=2, threshold=2), fine=1, punishment_cost=1),
        ConditionalPunishmentGame(returns=LINEAR, fine=1, punishment_cost=1, weights=["1/4", "1/2", "3/4", 1]),
        PoolPunishmentGame(
            returns=LINEAR,
            pool_fine=1,
            pool_cost="1/2",
            fine="3/4",
            punishment_cost="1/4",
            second_order=1,
            strategies=["C", "D", "V", "P"],
        ),
    ],
    ids=lambda stage: type(stage).__name__,
)
def test_whoever_stays_out_the_others_play_as_the_smaller_group(stage: Any) -> None:
    game = OptionalGame(stage=stage, loner_payoff="1/2", loner_fine="1/8", loner_punishment_cost="1/16")
    m = len(game.strategies)
    groups = [np.repeat(np.arange(m), row).tolist() for row in compositions(4, m).tolist()]
    batch = batch_environment(game, copies=len(groups), seed=1)

    rewards = play_round(batch, np.array(groups))

    expected = [payoffs(game, [game.strategies[a] for a in group]) for group in groups]
    assert np.allclose(rewards, expected, rtol=1e-12, atol=1e-12)
