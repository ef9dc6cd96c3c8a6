from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import (
    InvalidParameter,
    PublicGoodsGame,
    PureProfile,
    TableGame,
    game_from_payoffs,
    pure_profiles,
    symmetric_equilibria,
)
from gametheory.compositions import number_of_compositions

F = Fraction


@st.composite
def tables(draw: st.DrawFn) -> TableGame:
    """Small games of every shape, with many ties."""
    parts, size = draw(st.integers(2, 3)), draw(st.integers(2, 4))
    columns = number_of_compositions(size - 1, parts)
    row = st.lists(st.integers(-2, 2), min_size=columns, max_size=columns)
    values = draw(st.lists(row, min_size=parts, max_size=parts))
    return TableGame(strategies=["A", "B", "C"][:parts], group_size=size, values=values)


def published(size: int = 5, **changes: Any) -> PublicGoodsGame:
    values: dict[str, Any] = {"multiplication_factor": 3, "fine": 1, "punishment_cost": "3/10"}
    return PublicGoodsGame(group_size=size, **{**values, **changes})


def slow_profiles(game: TableGame) -> dict[tuple[int, ...], bool]:
    """Every ordered profile and every player's every switch, straight from the definition."""
    names, found = list(game.strategies), {}
    for profile in product(range(len(names)), repeat=game.group_size):
        gains = []
        for player, own in enumerate(profile):
            others = [s for other, s in enumerate(profile) if other != player]
            counts = [others.count(k) for k in range(len(names))]
            now = game.payoff(names[own], counts)
            gains += [game.payoff(name, counts) - now for name in names if name != names[own]]
        if max(gains) <= 0:
            found[tuple(profile.count(k) for k in range(len(names)))] = max(gains) < 0
    return found


@given(tables())
@settings(deadline=None, max_examples=80)
def test_pure_profiles_are_those_of_the_definition(game: TableGame) -> None:
    assert {profile.counts: profile.strict for profile in pure_profiles(game)} == slow_profiles(game)


@given(tables(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_payoffs_added_against_each_split_of_co_players_change_nothing(game: TableGame, random: Any) -> None:
    added = [random.randint(-3, 3) for _ in game.values[0]]
    changed = [[2 * v + a for v, a in zip(row, added, strict=True)] for row in game.values]
    assert pure_profiles(TableGame(strategies=game.strategies, group_size=game.group_size, values=changed)) == (
        pure_profiles(game)
    )


@given(tables())
@settings(deadline=None, max_examples=40)
def test_everybody_playing_the_same_is_pure_exactly_where_that_vertex_is_symmetric_nash(
    game: TableGame,
) -> None:
    size = len(game.strategies)
    uniform = {
        profile.counts.index(game.group_size) for profile in pure_profiles(game) if game.group_size in profile.counts
    }
    nash = set()
    for component in symmetric_equilibria(game).components:
        for corner in (c for part in component.parts for c in part.corners):
            nash |= {k for k in range(size) if corner[k] == 1}
    assert uniform == nash


@pytest.mark.parametrize("size", [5, 10, 50, 100])
def test_contributors_hold_together_from_the_punishers_on_that_deter_every_player(size: int) -> None:
    net = 1 - F(3, size)
    # a punisher who defects meets one punisher less: z - 1 have to deter (for all z >= 1)
    least = next(z for z in range(size + 1) if (z - 1 if z else 0) >= net)

    found = {profile.counts: profile.strict for profile in pure_profiles(published(size))}

    expected = {(size - z, 0, z): False for z in range(least, size + 1)} | {(0, size, 0): True}
    assert found == expected


def test_a_profile_lists_its_counts_by_name() -> None:
    (profile,) = pure_profiles(game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"]))
    assert profile == PureProfile(strategies=("hawk", "dove"), counts=(1, 1), strict=True)
    assert profile.by_name == {"hawk": 1, "dove": 1}


def test_floats_have_the_pure_profiles_of_the_numbers_they_stand_for() -> None:
    exact = pure_profiles(published(punishment_probability="1/10"))
    assert pure_profiles(published(fine=1.0, punishment_probability=0.1)) == exact


def test_a_game_of_symbols_is_refused_by_name() -> None:
    import sympy as sp

    with pytest.raises(InvalidParameter, match=r"^game must be a game whose parameters are numbers"):
        pure_profiles(published(fine=sp.Symbol("beta", positive=True)))
