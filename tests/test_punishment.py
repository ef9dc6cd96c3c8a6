"""Kinds of punishment and reward, against one act after another over ordered pairs of a group."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gametheory import InvalidParameter, PublicGoodsGame, TableGame, mean_payoffs, payoff_table
from gametheory.coordinated_punishment import (
    ConditionalPunishmentGame,
    InstitutionalPunishmentGame,
    SharedPunishmentGame,
)
from gametheory.punishment import AntisocialPunishmentGame, PeerPunishmentGame, PoolPunishmentGame
from gametheory.returns import OthersOnlyGame
from gametheory.rewards import RewardGame
from gametheory.testing import co_players, games_of, profiles

LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PUNISHING = [
    "peer-punishment",
    "antisocial-punishment",
    "pool-punishment",
    "conditional-punishment",
    "shared-punishment",
    "institutional-punishment",
    "reward",
]
LINEAR = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
GIVERS = set("CPVR")


def acts(game: Any, members: list[str]) -> Iterator[tuple[int, int, Fraction, Fraction]]:
    """(author, target, taken from the target, paid by the author), act by act."""
    seen = "D" in members
    punishers = members.count("P")
    for author, target in permutations(range(len(members)), 2):
        match game, members[author], members[target]:
            case PeerPunishmentGame(), "P", "D":
                yield author, target, game.fine, game.punishment_cost
            case PeerPunishmentGame(), "P", "C" if seen:
                yield author, target, game.second_order * game.fine, game.second_order * game.punishment_cost
            case AntisocialPunishmentGame(), "P", "D" | "A":
                yield author, target, game.fine, game.punishment_cost
            case AntisocialPunishmentGame(), "A", "C" | "P":
                yield author, target, game.antisocial_fine, game.antisocial_cost
            case PoolPunishmentGame(), "P", "D":
                yield author, target, game.fine, game.punishment_cost
            case PoolPunishmentGame(), "P", "C" if seen:
                yield author, target, game.second_order * game.fine, game.second_order * game.punishment_cost
            case PoolPunishmentGame(), "V", "D":
                yield author, target, game.pool_fine, Fraction(0)
            case PoolPunishmentGame(), "V", "C" | "P":
                yield author, target, game.second_order * game.pool_fine, Fraction(0)
            case ConditionalPunishmentGame(), "P", "D":
                weight = game.weights[punishers - 1]
                yield author, target, weight * game.fine, weight * game.punishment_cost
            case SharedPunishmentGame(), "P", "D":  # every punisher delivers its part of the one fine
                yield author, target, game.fine / punishers, game.punishment_cost / punishers
            case RewardGame(), "R", "C" | "R":
                yield author, target, -game.reward, game.reward_cost


def purses(game: Any, members: list[str]) -> list[Fraction]:
    """What the members of one group hold after contributions, acts, fees and taxes."""
    gives = [kind in GIVERS for kind in members]
    purse = [game.returns.base_payoff(own=int(give), others=sum(gives) - give) for give in gives]
    for author, target, taken, paid in acts(game, members):
        purse[target] -= taken
        purse[author] -= paid
    if isinstance(game, PoolPunishmentGame):
        purse = [p - game.pool_cost if kind == "V" else p for p, kind in zip(purse, members, strict=True)]
    if isinstance(game, InstitutionalPunishmentGame):
        treasury = Fraction(0)
        for player in range(len(members)):
            purse[player] -= game.tax
            treasury += game.tax
        guilty = [player for player, kind in enumerate(members) if kind == "D"]
        for player in guilty:
            purse[player] -= game.leverage * treasury / len(guilty)
    return purse


@pytest.mark.parametrize("kind", PUNISHING)
@given(st.data())
@settings(LAWS, max_examples=25)
def test_a_payoff_is_the_sum_of_all_acts_in_a_group(kind: str, data: st.DataObject) -> None:
    game = data.draw(games_of([kind]))
    counts = data.draw(profiles(game))
    members = [kind for kind, count in zip(game.strategies, counts, strict=True) for _ in range(count)]

    for member, earned in zip(members, purses(game, members), strict=True):
        others = [n - (s == member) for s, n in zip(game.strategies, counts, strict=True)]
        assert game.payoff(member, others) == earned


# Worked by hand: three others, N = 4, r = 2, c = 1 shared by all

SMALL = PublicGoodsGame(group_size=4, multiplication_factor=2, strategies=["C", "D"])


def test_peer_punishment_worked_by_hand() -> None:
    game = PeerPunishmentGame(returns=SMALL, fine=3, punishment_cost=1, second_order="1/2")
    # one C, one D, two P: 3 contributions of 2 make 3/2 each
    assert game.payoff("C", (0, 1, 2)) == Fraction(3, 2) - 1 - 2 * Fraction(3, 2)
    assert game.payoff("D", (1, 0, 2)) == Fraction(3, 2) - 6
    assert game.payoff("P", (1, 1, 1)) == Fraction(3, 2) - 1 - 1 - Fraction(1, 2)
    # nobody defects, so nobody can tell C from P
    assert game.payoff("C", (1, 0, 2)) == game.payoff("P", (2, 0, 1)) == 1


def test_antisocial_punishment_worked_by_hand() -> None:
    game = AntisocialPunishmentGame(returns=SMALL, fine=3, punishment_cost=1, antisocial_fine=5, antisocial_cost=2)
    # one of each: 2 contributions make 1 each
    assert game.payoff("C", (0, 1, 1, 1)) == 1 - 1 - 5
    assert game.payoff("D", (1, 0, 1, 1)) == 1 - 3
    assert game.payoff("P", (1, 1, 0, 1)) == 1 - 1 - 5 - 2
    assert game.payoff("A", (1, 1, 1, 0)) == 1 - 3 - 4


def test_pool_punishment_worked_by_hand() -> None:
    game = PoolPunishmentGame(
        returns=SMALL, pool_fine=4, pool_cost=2, fine=3, punishment_cost=1, second_order=1, strategies=list("CDVP")
    )
    # one of each: 3 contributions make 3/2 each
    assert game.payoff("C", (0, 1, 1, 1)) == Fraction(1, 2) - 4 - 3
    assert game.payoff("D", (1, 0, 1, 1)) == Fraction(3, 2) - 4 - 3
    assert game.payoff("V", (1, 1, 0, 1)) == Fraction(1, 2) - 2
    assert game.payoff("P", (1, 1, 1, 0)) == Fraction(1, 2) - 4 - 2
    # the pool is paid, and second-order fines are due to it, where nobody defects
    assert game.payoff("V", (3, 0, 0, 0)) == 1 - 2
    assert game.payoff("C", (0, 0, 1, 2)) == 1 - 4


def test_conditional_shared_institutional_and_reward_worked_by_hand() -> None:
    quorum = ConditionalPunishmentGame(returns=SMALL, fine=3, punishment_cost=1, weights=[0, "1/2", 1, 1])
    assert [quorum.payoff("D", (3 - k, 0, k)) for k in range(4)] == [
        Fraction(3, 2), Fraction(3, 2), Fraction(3, 2) - 3, Fraction(3, 2) - 9
    ]  # fmt: skip
    assert [quorum.payoff("P", (0, 3 - k, k)) for k in range(3)] == [Fraction(-1, 2), -1, Fraction(-1, 2)]

    shared = SharedPunishmentGame(returns=SMALL, fine=3, punishment_cost=1)
    assert shared.payoff("D", (1, 1, 1)) == shared.payoff("D", (0, 1, 2)) == 1 - 3
    assert shared.payoff("P", (0, 2, 1)) == 1 - 1 - 1

    taxed = InstitutionalPunishmentGame(returns=SMALL, tax="1/2", leverage=3)
    assert taxed.payoff("C", (2, 1)) == Fraction(3, 2) - 1 - Fraction(1, 2)
    assert taxed.payoff("D", (2, 1)) == 1 - Fraction(1, 2) - 3

    rewarded = RewardGame(returns=SMALL, reward=2, reward_cost=1)
    assert rewarded.payoff("C", (0, 1, 2)) == Fraction(1, 2) + 4
    assert rewarded.payoff("D", (0, 1, 2)) == 1
    assert rewarded.payoff("R", (1, 1, 1)) == Fraction(1, 2) + 2 - 2


# Laws


@given(games_of(["public-goods"]), st.data())
@LAWS
def test_peer_punishment_of_the_linear_game_is_the_public_goods_game(drawn: PublicGoodsGame, data: Any) -> None:
    game = replace(drawn, detection_rate=1, false_alarm_rate=0)
    act = game.punishment_probability * game.severity
    returns = PublicGoodsGame(
        group_size=game.group_size,
        multiplication_factor=game.multiplication_factor,
        contribution_cost=game.contribution_cost,
        strategies=["D", "C"],
    )
    composed = PeerPunishmentGame(
        returns=returns, fine=act * game.fine, punishment_cost=act * game.punishment_cost, strategies=game.strategies
    )
    counts = data.draw(co_players(game))

    for kind in game.strategies:
        assert composed.payoff(kind, counts) == game.payoff(kind, counts)


@given(games_of(["peer-punishment"]), st.data())
@LAWS
def test_conditional_punishment_at_full_weight_is_peer_punishment(game: PeerPunishmentGame, data: Any) -> None:
    always = ConditionalPunishmentGame(
        returns=game.returns,
        fine=game.fine,
        punishment_cost=game.punishment_cost,
        weights=[1] * game.group_size,
        strategies=game.strategies,
    )
    counts = data.draw(co_players(game))

    for kind in game.strategies:
        assert always.payoff(kind, counts) == replace(game, second_order=0).payoff(kind, counts)


@given(games_of(["antisocial-punishment"]), st.data())
@LAWS
def test_antisocial_punishers_who_do_not_act_are_defectors(game: AntisocialPunishmentGame, data: Any) -> None:
    four = replace(game, antisocial_fine=0, antisocial_cost=0, strategies=("C", "D", "P", "A"))
    social = PeerPunishmentGame(returns=game.returns, fine=game.fine, punishment_cost=game.punishment_cost)
    c, d, p, a = data.draw(co_players(four))

    assert four.payoff("A", (c, d, p, a)) == four.payoff("D", (c, d, p, a))
    for kind in "CDP":
        assert four.payoff(kind, (c, d, p, a)) == social.payoff(kind, (c, d + a, p))


@given(games_of(["pool-punishment"]), st.data())
@LAWS
def test_a_second_order_pool_of_full_weight_fines_contributing_as_much_as_defecting(game: Any, data: Any) -> None:
    pool = replace(game, second_order=1, strategies=("C", "D", "V"))
    c, d, v = data.draw(co_players(pool))
    without = replace(pool, pool_fine=0)

    for kind in "CD":
        assert without.payoff(kind, (c, d, v)) - pool.payoff(kind, (c, d, v)) == pool.pool_fine * v
    assert without.payoff("V", (c, d, v)) == pool.payoff("V", (c, d, v))


@given(games_of(["shared-punishment"]), st.data())
@LAWS
def test_sharing_conserves_what_all_punishers_pay_together(game: SharedPunishmentGame, data: Any) -> None:
    three = replace(game, strategies=("C", "D", "P"))
    c, d, p = data.draw(profiles(three))
    free = replace(three, punishment_cost=0)

    if p > 0:
        paid = p * (free.payoff("P", (c, d, p - 1)) - three.payoff("P", (c, d, p - 1)))
        assert paid == three.punishment_cost * d


@given(games_of(["institutional-punishment"]), st.data())
@LAWS
def test_an_institution_takes_what_it_was_paid_times_its_leverage(game: Any, data: Any) -> None:
    c, d = data.draw(profiles(replace(game, strategies=("C", "D"))))
    taxed, free = replace(game, strategies=("C", "D")), replace(game, strategies=("C", "D"), tax=0)

    lost = Fraction(0)
    if c:
        lost += c * (free.payoff("C", (c - 1, d)) - taxed.payoff("C", (c - 1, d)))
    if d:
        lost += d * (free.payoff("D", (c, d - 1)) - taxed.payoff("D", (c, d - 1)))
    assert lost == game.tax * game.group_size * (1 + (game.leverage if d else 0))


@given(games_of(["reward"]), st.data())
@LAWS
def test_rewards_that_cost_what_they_give_move_payoffs_and_make_none(game: RewardGame, data: Any) -> None:
    gifts = replace(game, reward_cost=game.reward, strategies=("C", "D", "R"))
    none = replace(gifts, reward=0, reward_cost=0)
    counts = data.draw(profiles(gifts))

    def total(game: RewardGame) -> Any:
        purse = Fraction(0)
        for kind, members in zip("CDR", counts, strict=True):
            if members:
                purse += members * game.payoff(kind, [m - (s == kind) for s, m in zip("CDR", counts, strict=True)])
        return purse

    assert total(gifts) == total(none)


def test_the_unstable_point_between_defectors_and_punishers_is_pun_1() -> None:
    """PUN-1: x* = [c (1 - r/N) + gamma (N - 1)] / [(N - 1)(beta + gamma)] = 4/13 at N = 5, r = 3, gamma = 0.3."""
    game = PeerPunishmentGame(returns=LINEAR, fine=1, punishment_cost="3/10", strategies=["D", "P"])

    defecting, punishing = mean_payoffs(payoff_table(game), [Fraction(9, 13), Fraction(4, 13)])
    assert defecting == punishing


def test_without_cases_to_distinguish_counts_may_be_symbols() -> None:
    d, p = sp.symbols("d p", nonnegative=True)
    peer = PeerPunishmentGame(returns=LINEAR, fine=1, punishment_cost="3/10")
    taxed = InstitutionalPunishmentGame(returns=LINEAR, tax="1/10")

    assert sp.expand(peer.payoff("D", (4 - d - p, d, p)) - (sp.Rational(3, 5) * (4 - d) - p)) == 0
    contributed = sp.Rational(3, 5) * (5 - d) - 1
    assert sp.expand(peer.payoff("C", (4 - d - p, d, p)) - contributed) == 0
    assert sp.expand(peer.payoff("P", (4 - d - p, d, p)) - (contributed - sp.Rational(3, 10) * d)) == 0
    fined = sp.Rational(3, 5) * (4 - d) - sp.Rational(1, 10) - 1 / (2 * (d + 1))
    assert sp.cancel(taxed.payoff("D", (4 - d, d)) - fined) == 0
    with pytest.raises(InvalidParameter, match=r"^counts must be integers"):
        replace(peer, second_order=1).payoff("C", (4 - d - p, d, p))
    with pytest.raises(InvalidParameter, match=r"^counts must be integers"):
        SharedPunishmentGame(returns=LINEAR, fine=1, punishment_cost=1).payoff("D", (4 - d - p, d, p))


# Refusals


@pytest.mark.parametrize(
    "returns",
    [
        PublicGoodsGame(group_size=5, multiplication_factor=3),
        TableGame(strategies=["C", "D"], group_size=2, values=[[1, 0], [1, 0]]),
        RewardGame(returns=LINEAR, reward=1, reward_cost=1),
        "linear",
        None,
    ],
    ids=["with punishers", "table", "reward", "text", "nothing"],
)
def test_what_is_no_game_of_contributors_and_defectors_cannot_be_punished(returns: Any) -> None:
    kinds: list[tuple[Any, dict[str, Any]]] = [
        (PeerPunishmentGame, {"fine": 1, "punishment_cost": 1}),
        (
            AntisocialPunishmentGame,
            {"fine": 1, "punishment_cost": 1, "antisocial_fine": 1, "antisocial_cost": 1},
        ),
        (PoolPunishmentGame, {"pool_fine": 1, "pool_cost": 1}),
        (ConditionalPunishmentGame, {"fine": 1, "punishment_cost": 1, "weights": [1] * 5}),
        (SharedPunishmentGame, {"fine": 1, "punishment_cost": 1}),
        (InstitutionalPunishmentGame, {"tax": 1}),
        (RewardGame, {"reward": 1, "reward_cost": 1}),
    ]
    for made, parameters in kinds:
        with pytest.raises(InvalidParameter, match=r"^returns must be a game of the strategies 'C' and 'D' alone"):
            made(returns=returns, **parameters)


@pytest.mark.parametrize("weights", [[1] * 4, [1] * 6, [], [1, 1, 1, 1, 2], [-1, 1, 1, 1, 1], "11111", 1])
def test_weights_are_rates_one_for_each_player(weights: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^weights must be "):
        ConditionalPunishmentGame(returns=LINEAR, fine=1, punishment_cost=1, weights=weights)


@pytest.mark.parametrize(
    ("game", "strategies"),
    [
        (PeerPunishmentGame(returns=LINEAR, fine=1, punishment_cost=1), ["C", "D", "V"]),
        (PoolPunishmentGame(returns=LINEAR, pool_fine=1, pool_cost=1), ["C", "A"]),
        (InstitutionalPunishmentGame(returns=LINEAR, tax=1), ["C", "P"]),
        (RewardGame(returns=LINEAR, reward=1, reward_cost=1), ["R"]),
        (OthersOnlyGame(group_size=5, multiplication_factor=3), ["C", "D", "P"]),
    ],
)
def test_players_that_a_kind_does_not_know_are_refused(game: Any, strategies: list[str]) -> None:
    with pytest.raises(InvalidParameter, match=r"^strategies must be "):
        replace(game, strategies=strategies)
