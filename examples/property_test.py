"""A property test of one's own: run it with `pytest examples/property_test.py`."""

from hypothesis import given
from hypothesis import strategies as st

from gametheory import PublicGoodsGame, conditions
from gametheory.testing import assert_best_reply, assert_equilibrium, co_players, games

dilemmas = games(dilemmas_only=True, group_sizes=(2, 3, 5), perfect_detection=True, strategies=("C", "D", "P"))


@given(dilemmas)
def test_all_defecting_is_an_equilibrium_of_every_dilemma(game: PublicGoodsGame) -> None:
    assert_equilibrium(game, [0, 1, 0])


@given(st.data())
def test_contributing_is_a_best_reply_where_the_condition_says_so(data: st.DataObject) -> None:
    game = data.draw(dilemmas)
    counts = data.draw(co_players(game))
    deterrence = conditions(game, punishers=counts[2])[0]

    if deterrence.holds:
        assert_best_reply(game, "C", counts)
