"""The strategies and assertions that users' property tests rely on."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from gametheory import (
    InvalidParameter,
    PublicGoodsGame,
    StagHuntGame,
    TableGame,
    game_from_payoffs,
    mean_payoffs,
    payoff_table,
)
from gametheory.files import KINDS
from gametheory.testing import (
    assert_best_reply,
    assert_equilibrium,
    co_players,
    games,
    games_of,
    populations,
    profiles,
    table_games,
)

PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
# finding an example is the point, not the smallest one
QUICK = settings(max_examples=2000, phases=[Phase.generate], deadline=None, database=None)
HAWK_DOVE = game_from_payoffs([[-1, 2], [0, 1]], ["H", "D"])


@pytest.mark.parametrize(
    "wanted",
    [
        lambda g: g.multiplication_factor > g.group_size,
        lambda g: g.multiplication_factor <= 1,
        lambda g: 1 < g.multiplication_factor < g.group_size,
        lambda g: g.fine == 0,
        lambda g: g.punishment_cost == 0 and g.fine > 0,
        lambda g: g.punishment_probability == 0,
        lambda g: g.punishment_probability == 1,
        lambda g: g.severity == 0,
        lambda g: g.detection_rate < g.false_alarm_rate,
        lambda g: g.detection_rate == g.false_alarm_rate,
        lambda g: len(g.strategies) == 2,
        lambda g: g.strategies[0] == "P",
        lambda g: g.group_size == 2,
        lambda g: g.group_size == 8,
    ],
)
def test_every_kind_of_game_comes_out(wanted: Callable[[PublicGoodsGame], bool]) -> None:
    assert wanted(find(games(), wanted, settings=QUICK))


@given(games(dilemmas_only=True, group_sizes=[3, 7], strategies=["D", "P"], perfect_detection=True))
def test_restrictions_hold_by_construction(game: PublicGoodsGame) -> None:
    assert 1 < game.multiplication_factor < game.group_size
    assert game.group_size in (3, 7)
    assert game.strategies == ("D", "P")
    assert (game.detection_rate, game.false_alarm_rate) == (1, 0)


@given(games(), games(exact=False), table_games(), table_games(exact=False))
def test_exactness_is_as_asked(
    exact: PublicGoodsGame, floats: PublicGoodsGame, table: TableGame, float_table: TableGame
) -> None:
    assert exact.is_exact
    assert table.is_exact
    assert not floats.is_exact
    assert not float_table.is_exact


@given(games_of(list(KINDS)), games_of(list(KINDS), exact=False))
@settings(deadline=None)
def test_every_kind_is_exact_or_in_floats_as_asked(exact: Any, floats: Any) -> None:
    assert exact.is_exact
    assert not floats.is_exact
    assert exact.group_size in (2, 3, 4, 5)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("stag-hunt", lambda g: g.threshold == g.group_size == 5),
        ("synergy", lambda g: g.synergy > 1),
        ("returns", lambda g: g.curvature == "neither"),
        ("collective-risk", lambda g: g.risk == 1 and g.contribution == 0),
        ("peer-punishment", lambda g: g.second_order > 0 and isinstance(g.returns, StagHuntGame)),
        ("pool-punishment", lambda g: len(g.strategies) == 2),
        ("pool-punishment", lambda g: len(g.strategies) == 4),
        ("optional", lambda g: g.strategies[0] == "L" and "P" in g.strategies),
        ("optional", lambda g: isinstance(g.stage, StagHuntGame) and g.loner_payoff < 0),
        ("unequal", lambda g: len(set(g.sharing)) > 1),
    ],
)
def test_every_game_of_a_kind_comes_out(kind: str, wanted: Callable[[Any], bool]) -> None:
    assert wanted(find(games_of([kind]), wanted, settings=QUICK))


@pytest.mark.parametrize("kinds", [[], ["linear"], "reward", ["table", None]])
def test_kinds_that_there_are_not_are_refused(kinds: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^kinds must be one or more of public-goods, table, "):
        games_of(kinds)


@given(table_games(group_sizes=[2, 4], strategies=[2, 3]))
def test_tables_are_of_the_size_asked_for(game: TableGame) -> None:
    assert game.group_size in (2, 4)
    assert len(game.strategies) in (2, 3)


@given(st.data())
def test_populations_and_groups_are_what_they_should_be(data: st.DataObject) -> None:
    game = data.draw(st.one_of(games(), table_games()))
    shares = data.draw(populations(game))
    inside = data.draw(populations(list(game.strategies), interior=True))
    group, others = data.draw(profiles(game)), data.draw(co_players(payoff_table(game)))

    assert sum(shares) == sum(inside) == 1
    assert min(shares) >= 0
    assert min(inside) > 0
    assert len(shares) == len(inside) == len(group) == len(others) == len(game.strategies)
    assert (sum(group), sum(others)) == (game.group_size, game.group_size - 1)
    assert min(group) >= 0
    assert min(others) >= 0


@pytest.mark.parametrize("target", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_corners_faces_and_the_interior_come_up(target: tuple[int, ...]) -> None:
    names = ["C", "D", "P"]

    assert find(populations(names), lambda x: x == target, settings=QUICK) == target
    assert find(
        populations(names),
        lambda x: all(bool(a) != bool(b) for a, b in zip(x, target, strict=True)),
        settings=QUICK,
    )
    assert find(populations(names), lambda x: min(x) > 0, settings=QUICK)
    assert find(co_players(PUBLISHED), lambda n: n == tuple(4 * t for t in target), settings=QUICK)


def test_the_equilibria_of_hawk_and_dove_are_accepted_exactly() -> None:
    assert_equilibrium(HAWK_DOVE, ["1/2", "1/2"])
    assert_equilibrium(payoff_table(HAWK_DOVE), [Fraction(1, 2), Fraction(1, 2)])
    assert_equilibrium(HAWK_DOVE, [0.5, 0.5])
    with pytest.raises(AssertionError, match=r"^no equilibrium: playing D instead of H gains 1/50 in the population"):
        assert_equilibrium(HAWK_DOVE, ["51/100", "49/100"])


@given(st.data())
def test_an_equilibrium_is_where_nobody_gains(data: st.DataObject) -> None:
    game = data.draw(st.one_of(games(group_sizes=(2, 3)), table_games(group_sizes=(2, 3), strategies=(2, 3))))
    shares = data.draw(populations(game))
    payoffs = mean_payoffs(payoff_table(game), shares)
    regret = max(payoffs) - min(u for u, x in zip(payoffs, shares, strict=True) if x > 0)

    if regret == 0:
        assert_equilibrium(game, shares)
    else:
        with pytest.raises(AssertionError, match=f" gains {regret} in the population "):
            assert_equilibrium(game, shares)


@given(st.data())
def test_a_best_reply_is_what_earns_most(data: st.DataObject) -> None:
    game = data.draw(st.one_of(games(), table_games()))
    counts = data.draw(co_players(game))
    strategy = data.draw(st.sampled_from(list(game.strategies)))
    gain = max(game.payoff(s, counts) for s in game.strategies) - game.payoff(strategy, counts)

    for subject in (game, payoff_table(game)):
        if gain == 0:
            assert_best_reply(subject, strategy, counts)
        else:
            with pytest.raises(AssertionError, match=f"^{strategy} is no best reply to .* gains {gain}$"):
                assert_best_reply(subject, strategy, counts)


def test_floats_are_given_the_slack_of_rounding_and_no_more() -> None:
    near = game_from_payoffs(np.array([[0.1 + 0.2, 0.0], [0.3, 0.0]]), ["A", "B"])
    far = game_from_payoffs(np.array([[0.3001, 0.0], [0.3, 0.0]]), ["A", "B"])

    assert_equilibrium(near, [0.0, 1.0])
    assert_best_reply(near, "B", (1, 0))
    with pytest.raises(AssertionError, match="playing A"):
        assert_equilibrium(far, [0.5, 0.5])
    with pytest.raises(AssertionError, match="playing A"):
        assert_best_reply(far, "B", (1, 0))


@pytest.mark.parametrize("shares", [[1], [1, 1, 0], ["1/2", "1/3"], [2, -1], [float("nan"), 1], ["x", 1], [0.5, 0.6]])
def test_what_is_no_population_is_refused(shares: list[Any]) -> None:
    with pytest.raises(InvalidParameter, match=r"^shares must be "):
        assert_equilibrium(HAWK_DOVE, shares)


def test_what_is_no_group_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^counts must be "):
        assert_best_reply(HAWK_DOVE, "H", (2, 0))
    with pytest.raises(InvalidParameter, match=r"^strategy must be "):
        assert_best_reply(HAWK_DOVE, "X", (1, 0))


@pytest.mark.parametrize("sizes", [[], [1], [2.5], [True]])
def test_group_sizes_that_no_game_has_are_refused(sizes: list[Any]) -> None:
    with pytest.raises(InvalidParameter, match=r"^group_sizes must be "):
        games(group_sizes=sizes)
    with pytest.raises(InvalidParameter, match=r"^group_sizes must be "):
        table_games(group_sizes=sizes)
    with pytest.raises(InvalidParameter, match=r"^group_sizes must be "):
        games_of(group_sizes=sizes)
    with pytest.raises(InvalidParameter, match=r"^strategies must be "):
        table_games(strategies=sizes)
