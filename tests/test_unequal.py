"""Unequal endowments and productivities: every player's payoff, contribution by contribution."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gametheory import InvalidParameter, PublicGoodsGame, payoff_table
from gametheory.testing import games_of
from gametheory.unequal import UnequalGame, profile_payoffs

LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PUBLISHED = UnequalGame(endowments=["1/5", "1/5", "1/5", "2/5"], productivities=[2, 2, 2, 3])
FRACTIONS = st.fractions(0, 1, max_denominator=16)


@given(games_of(["unequal"]), st.data())
@LAWS
def test_a_payoff_is_what_is_kept_and_what_comes_back(game: UnequalGame, data: st.DataObject) -> None:
    size = game.group_size
    given_parts = data.draw(st.lists(FRACTIONS, min_size=size, max_size=size))
    purse = list(game.endowments)
    for giver in range(size):
        purse[giver] -= given_parts[giver] * game.endowments[giver]
        worth = game.productivities[giver] * given_parts[giver] * game.endowments[giver]
        for taker in range(size):
            purse[taker] += game.sharing[taker] * worth

    assert list(game.payoffs(given_parts)) == purse
    assert [game.payoff(player, given_parts) for player in range(size)] == purse


@given(games_of(["unequal"]))
@LAWS
def test_contributions_make_their_productivity_and_nothing_is_lost(game: UnequalGame) -> None:
    total = sum(r * e for r, e in zip(game.productivities, game.endowments, strict=True))

    assert sum(game.payoffs([1] * game.group_size)) == total
    assert game.payoffs([0] * game.group_size) == tuple(game.endowments)


@given(st.integers(2, 5), st.fractions("1/10", 10, max_denominator=20), st.fractions("1/10", 10, max_denominator=20))
@LAWS
def test_equal_players_play_the_public_goods_game(size: int, factor: Fraction, endowment: Fraction) -> None:
    game = UnequalGame(endowments=[endowment] * size, productivities=[factor] * size)
    linear = PublicGoodsGame(
        group_size=size, multiplication_factor=factor, contribution_cost=endowment, strategies=["C", "D"]
    )

    for profile, payoffs in profile_payoffs(game).items():
        for kind, earned in zip(profile, payoffs, strict=True):
            others = [profile.count(s) - (s == kind) for s in "CD"]
            assert earned - endowment == linear.payoff(kind, others)


@given(games_of(["unequal"], group_sizes=[2, 3]), st.data())
@LAWS
def test_renaming_players_renames_payoffs(game: UnequalGame, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(game.group_size)))
    renamed = UnequalGame(
        endowments=[game.endowments[i] for i in order],
        productivities=[game.productivities[i] for i in order],
        sharing=[game.sharing[i] for i in order],
    )

    for given_parts in product((0, 1), repeat=game.group_size):
        assert renamed.payoffs([given_parts[i] for i in order]) == tuple(game.payoffs(given_parts)[i] for i in order)


def test_under_equal_sharing_full_contribution_needs_the_patience_of_rep_2() -> None:
    """REP-2, Hauser et al. (2019): grim trigger at equal shares needs 1/3 in the published example."""
    for player, (e, r) in enumerate(zip(PUBLISHED.endowments, PUBLISHED.productivities, strict=True)):
        everybody, without = [1] * 4, [int(i != player) for i in range(4)]
        saved = PUBLISHED.payoffs(without)[player] - PUBLISHED.payoffs(everybody)[player]
        assert saved == e * (1 - r / 4)

    forgone = [PUBLISHED.payoff(i, [1] * 4) - e for i, e in enumerate(PUBLISHED.endowments)]
    saved = [e * (1 - r / 4) for e, r in zip(PUBLISHED.endowments, PUBLISHED.productivities, strict=True)]
    assert max(s / (s + f) for s, f in zip(saved, forgone, strict=True)) == Fraction(1, 3)  # 'equal sharing needs 1/3'


def test_every_arithmetic_passes_through() -> None:
    e = sp.Symbol("e", positive=True)

    assert UnequalGame(endowments=[e, 1], productivities=[2, 1]).payoffs([1, 0]) == (e, e + 1)
    assert PUBLISHED.payoffs([0.5, 0, 0, 0]) == pytest.approx([0.15, 0.25, 0.25, 0.45])
    assert isinstance(PUBLISHED.payoffs([0.5, 0, 0, 0])[0], float)
    assert not UnequalGame(endowments=[0.5, 1], productivities=[2, 1]).is_exact


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"endowments": [1]}, "endowments must be numbers of two or more players"),
        ({"endowments": []}, "endowments must be numbers of two or more players"),
        ({"endowments": [1, -1]}, "endowments must be >= 0 and finite"),
        ({"endowments": "12"}, "endowments must be a list of numbers"),
        ({"endowments": 5}, "endowments must be a list of numbers"),
        ({"productivities": [1]}, "productivities must be 2 numbers"),
        ({"productivities": [1, 0]}, "productivities must be > 0"),
        ({"sharing": [1]}, "sharing must be 2 numbers"),
        ({"sharing": ["1/2", "1/3"]}, "sharing must be numbers that sum to 1"),
        ({"sharing": [0.5, 0.4]}, "sharing must be numbers that sum to 1"),
        ({"sharing": [2, -1]}, r"sharing must be in \[0, 1\]"),
    ],
)
def test_players_that_do_not_fit_are_refused(parameters: Any, message: str) -> None:
    with pytest.raises(InvalidParameter, match=f"^{message}"):
        UnequalGame(**{"endowments": [1, 1], "productivities": [1, 1], **parameters})


def test_contributions_and_players_that_are_not_there_are_refused() -> None:
    for contributions in ([1, 1], [1, 1, 1, 2], [1, 1, 1, -1], [1, 1, 1, float("nan")], [1, 1, 1, None]):
        with pytest.raises(InvalidParameter, match=r"^contributions must be "):
            PUBLISHED.payoffs(contributions)
    for player in (-1, 4, True, "0"):
        with pytest.raises(InvalidParameter, match=r"^player must be an integer from 0 to 3"):
            PUBLISHED.payoff(player, [1, 1, 1, 1])  # type: ignore[arg-type]


def test_an_unequal_game_has_no_table_by_counts_and_seventeen_players_no_list_of_profiles() -> None:
    with pytest.raises(InvalidParameter, match=r"^game must be a symmetric game"):
        payoff_table(PUBLISHED)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match=r"^game must be a game of at most 16 players"):
        profile_payoffs(UnequalGame(endowments=[1] * 17, productivities=[2] * 17))
