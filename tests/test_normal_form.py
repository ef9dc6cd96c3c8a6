"""Games in normal form and their profiles: laws, brute-force sums, refusals, and the way to and from the peers."""

import itertools
import sys
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import (
    InvalidParameter,
    NormalFormGame,
    PublicGoodsGame,
    UnequalGame,
    best_replies,
    bimatrix_equilibria,
    checked_profile,
    expected_payoffs,
    exploitability,
    from_gambit,
    from_nashpy,
    from_quantecon,
    game_from_payoffs,
    nash_equilibria,
    normal_form_game,
    normal_form_of,
    profile_regrets,
    pure_equilibria,
    pure_profile,
    pure_profiles,
    rationalized,
    relabelled,
    strategy_payoffs,
    to_gambit,
    to_nashpy,
    to_quantecon,
)
from gametheory.compositions import compositions

numbers = st.fractions(min_value=-3, max_value=3, max_denominator=4)


@st.composite
def games(draw: st.DrawFn, *, players: int | None = None) -> NormalFormGame:
    size = draw(st.integers(2, 4)) if players is None else players
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=size, max_size=size)))
    entries = st.lists(numbers, min_size=prod(shape), max_size=prod(shape))
    tensors = [np.array([*draw(entries), None], dtype=object)[:-1].reshape(shape) for _ in range(size)]
    return normal_form_game(*tensors)


@st.composite
def profiles(draw: st.DrawFn, game: NormalFormGame) -> tuple[tuple[Fraction, ...], ...]:
    found = []
    for size in game.shape:
        weights = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size).filter(any))
        found.append(tuple(Fraction(weight, sum(weights)) for weight in weights))
    return tuple(found)


def brute_payoffs(game: NormalFormGame, profile: Any) -> list[Any]:
    """Sums over all pure profiles, as in the definition."""
    found = [Fraction(0)] * game.n_players
    for pure in itertools.product(*map(range, game.shape)):
        chance = prod(mixture[k] for mixture, k in zip(profile, pure, strict=True))
        for player in range(game.n_players):
            found[player] += chance * game.payoffs[player][pure]
    return found


@given(st.data())
@settings(deadline=None)
def test_payoffs_and_regrets_are_those_of_the_definition(data: st.DataObject) -> None:
    game = data.draw(games())
    profile = data.draw(profiles(game))

    expected = brute_payoffs(game, profile)
    pure = strategy_payoffs(game, profile)
    regrets = profile_regrets(game, profile)

    assert list(expected_payoffs(game, profile)) == expected
    for player, size in enumerate(game.shape):
        against = []
        for k in range(size):
            only = tuple(Fraction(int(k == j)) for j in range(size))
            against.append(brute_payoffs(game, [*profile[:player], only, *profile[player + 1 :]])[player])
        assert list(pure[player]) == against
        assert regrets[player] == max(against) - expected[player] >= 0
        assert best_replies(game, profile)[player] == tuple(k for k in range(size) if against[k] == max(against))
    assert exploitability(game, profile) == sum(regrets)
    assert all(isinstance(value, Fraction) for own in pure for value in own)


@given(st.data())
@settings(deadline=None)
def test_floats_follow_the_exact_values(data: st.DataObject) -> None:
    game = data.draw(games())
    profile = data.draw(profiles(game))
    floats = normal_form_game(*(tensor.astype(float) for tensor in game.payoffs))

    assert np.allclose(expected_payoffs(floats, profile), [float(u) for u in expected_payoffs(game, profile)])
    assert np.allclose(
        expected_payoffs(game, [[float(p) for p in own] for own in profile]),
        [float(u) for u in expected_payoffs(game, profile)],
    )
    assert not floats.exact
    assert rationalized(floats, max_denominator=4) == game


@given(games())
@settings(deadline=None)
def test_pure_equilibria_are_the_pure_profiles_without_regret(game: NormalFormGame) -> None:
    expected = []
    for pure in itertools.product(*map(range, game.shape)):
        profile = pure_profile(game, pure)
        if not any(profile_regrets(game, profile)):
            expected.append((pure, all(len(own) == 1 for own in best_replies(game, profile))))

    assert [(found.indices, found.strict) for found in pure_equilibria(game)] == expected
    for found in pure_equilibria(game):
        assert found.profile == pure_profile(game, found.names) == pure_profile(game, found.indices)


@given(st.data())
@settings(deadline=None)
def test_relabelling_moves_payoffs_with_their_names(data: st.DataObject) -> None:
    game = data.draw(games())
    order = data.draw(st.permutations(range(game.n_players)))
    inner = [data.draw(st.permutations(range(size))) for size in game.shape]

    other = relabelled(game, players=order, strategies=inner)

    for pure in itertools.product(*map(range, other.shape)):
        names = dict(zip(other.players, (own[k] for own, k in zip(other.strategies, pure, strict=True)), strict=True))
        place = tuple(own.index(names[label]) for own, label in zip(game.strategies, game.players, strict=True))
        for new, old in enumerate(order):
            assert other.payoffs[new][pure] == game.payoffs[old][place]
    found = {tuple(sorted(zip(other.players, e.names, strict=True))) for e in pure_equilibria(other)}
    assert found == {tuple(sorted(zip(game.players, e.names, strict=True))) for e in pure_equilibria(game)}


def test_the_tensors_of_a_symmetric_game_are_its_payoffs() -> None:
    game = PublicGoodsGame(group_size=4, multiplication_factor=2, fine=1, punishment_cost="3/10")

    tensors = normal_form_of(game)

    assert tensors.shape == (3, 3, 3, 3)
    for pure in itertools.product(range(3), repeat=4):
        for player in range(4):
            others = [k for j, k in enumerate(pure) if j != player]
            counts = [others.count(k) for k in range(3)]
            assert tensors.payoffs[player][pure] == game.payoff(game.strategies[pure[player]], counts)
    by_counts = {tuple(e.indices.count(k) for k in range(3)) for e in pure_equilibria(tensors)}
    assert by_counts == {found.counts for found in pure_profiles(game)}


@pytest.mark.parametrize("size", [2, 3, 5])
def test_a_table_of_different_numbers_keeps_every_one_in_its_place(size: int) -> None:
    splits = compositions(size - 1, 3).tolist()
    values = [[100 * own + column for column in range(len(splits))] for own in range(3)]
    game = game_from_payoffs(values, ["A", "B", "C"], group_size=size)

    tensors = normal_form_of(game)

    for pure in itertools.product(range(3), repeat=size):
        others = list(pure[:-1])
        column = splits.index([others.count(k) for k in range(3)])
        assert tensors.payoffs[-1][pure] == 100 * pure[-1] + column


def test_the_tensors_of_an_unequal_game_are_its_payoffs() -> None:
    game = UnequalGame(endowments=[1, 2, 3], productivities=["3/2", 2, 2])

    tensors = normal_form_of(game)

    for pure in itertools.product(range(2), repeat=3):
        payoffs = game.payoffs([1 - k for k in pure])
        assert [tensor[pure] for tensor in tensors.payoffs] == list(payoffs)
    assert tensors.strategies == (("C", "D"),) * 3


def test_payoffs_are_private_read_only_copies() -> None:
    mine = np.array([[3, 0], [5, 1]])
    game = normal_form_game(mine, mine.T)
    mine[0, 0] = 99

    assert game.payoffs[0][0, 0] == 3
    with pytest.raises(ValueError, match="read-only"):
        game.payoffs[0][0, 0] = 1
    floats = np.array([[3.0, 0.0], [5.0, 1.0]])
    kept = normal_form_game(floats, floats.T)
    floats[0, 0] = 99
    assert kept.payoffs[0][0, 0] == 3.0
    with pytest.raises(ValueError, match="read-only"):
        kept.payoffs[0][0, 0] = 1


def test_equal_games_are_equal_and_others_are_not() -> None:
    game = normal_form_game([[3, 0], [5, 1]])

    assert game == normal_form_game([["3", "0"], ["5", "1"]])
    assert hash(game) == hash(normal_form_game([[3, 0], [5, 1]]))
    assert game != normal_form_game([[3, 0], [5, 2]])
    assert game != normal_form_game([[3, 0], [5, 1]], title="named")
    assert game != normal_form_game([[3.0, 0], [5, 1]])
    assert game != 1


def test_one_float_makes_a_game_of_floats() -> None:
    assert normal_form_game([[3, 0], [5, 1]], [[3, 5], [0, 0.5]]).payoffs[0].dtype == np.float64
    assert normal_form_game(np.array([[3, 0], [5, 1]])).exact


@pytest.mark.parametrize(
    ("payoffs", "name"),
    [
        (([[1, 2]],), "payoffs"),
        (([[1, 2], [3, 4]], [[1, 2]]), "payoffs"),
        (([1, 2], [1, 2]), "payoffs"),
        (([[1, 2], [3]], [[1, 2], [3]]), "payoffs"),
        (([[1, float("nan")], [3, 4]],), "payoffs"),
        (([[1, float("inf")], [3, 4]],), "payoffs"),
        (([[1, "x"], [3, 4]],), "payoffs"),
        (([[1, True], [3, 4]],), "payoffs"),
        ((np.zeros((0, 0)),), "payoffs"),
        ((np.zeros((1600, 1600)),), "payoffs"),
    ],
)
def test_payoffs_that_do_not_fit_are_refused(payoffs: Any, name: str) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be ") as caught:
        normal_form_game(*payoffs)
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ({"strategies": [["C", "D"]]}, "strategies"),
        ({"strategies": [["C", "C"], ["C", "D"]]}, "strategies"),
        ({"strategies": [["C", ""], ["C", "D"]]}, "strategies"),
        ({"strategies": [["C", "D"], ["C", "D", "P"]]}, "strategies"),
        ({"players": ["A"]}, "players"),
        ({"players": ["A", "A"]}, "players"),
        ({"title": 3}, "title"),
    ],
)
def test_names_that_do_not_fit_are_refused(labels: Any, name: str) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        normal_form_game([[3, 0], [5, 1]], **labels)


@pytest.mark.parametrize(
    "profile",
    [
        [["1/2", "1/3"], [1, 0]],
        [[2, -1], [1, 0]],
        [[1, 0]],
        [[1, 0, 0], [1, 0]],
        [[0.5, float("nan")], [1, 0]],
        [[0.5, 0.4], [1, 0]],
    ],
)
def test_what_is_no_profile_is_refused(profile: Any) -> None:
    game = normal_form_game([[3, 0], [5, 1]])
    for function in (checked_profile, strategy_payoffs, expected_payoffs, profile_regrets, exploitability):
        with pytest.raises(InvalidParameter, match=r"^profile must be "):
            function(game, profile)


def test_other_refusals_name_what_is_wrong() -> None:
    game = normal_form_game([[3, 0], [5, 1]])
    with pytest.raises(InvalidParameter, match=r"^strategies must be "):
        pure_profile(game, ["X", 0])
    with pytest.raises(InvalidParameter, match=r"^strategies must be "):
        pure_profile(game, [0, 2])
    with pytest.raises(InvalidParameter, match=r"^players must be "):
        relabelled(game, players=[0, 0])
    with pytest.raises(InvalidParameter, match=r"^strategies must be "):
        relabelled(game, strategies=[[0, 0], [0]])
    with pytest.raises(InvalidParameter, match=r"^max_denominator must be "):
        rationalized(game, max_denominator=0)
    with pytest.raises(InvalidParameter, match="at most 5000000 numbers"):
        normal_form_of(PublicGoodsGame(group_size=30, multiplication_factor=2))
    with pytest.raises(InvalidParameter):
        normal_form_of(PublicGoodsGame(group_size=3, multiplication_factor=np.array([2.0, 3.0])))


@given(games())
@settings(deadline=None, max_examples=30)
def test_what_goes_to_gambit_comes_back(game: NormalFormGame) -> None:
    assert from_gambit(to_gambit(game)) == game


def test_gambit_keeps_names_where_it_can() -> None:
    named = normal_form_game(
        [[3, 0], [5, 1]], strategies=[["2", "1"], ["give", "take it"]], players=["row", "column"], title="PD"
    )
    assert from_gambit(to_gambit(named)) == named
    strange = normal_form_game([[3, 0], [5, 1]], strategies=[["é", "b"], ["a ", "b"]])
    back = from_gambit(to_gambit(strange))
    assert back.strategies == (("1", "2"), ("1", "2"))
    assert all((a == b).all() for a, b in zip(back.payoffs, strange.payoffs, strict=True))
    assert from_gambit(to_gambit(normal_form_game([[0.25, 0.5], [0.0, 1.0]]))).payoffs[0][0, 0] == Fraction(1, 4)


@given(games())
@settings(deadline=None, max_examples=30)
def test_what_goes_to_quantecon_comes_back_in_floats(game: NormalFormGame) -> None:
    theirs = to_quantecon(game)

    back = from_quantecon(theirs)

    assert all((a.astype(float) == b).all() for a, b in zip(game.payoffs, back.payoffs, strict=True))
    for pure in itertools.islice(itertools.product(*map(range, game.shape)), 10):
        assert list(theirs[pure if len(pure) > 1 else pure[0]]) == [float(tensor[pure]) for tensor in game.payoffs]


@given(games(players=2))
@settings(deadline=None, max_examples=30)
def test_what_goes_to_nashpy_comes_back(game: NormalFormGame) -> None:
    assert from_nashpy(to_nashpy(game, floats=False)) == game
    assert rationalized(from_nashpy(to_nashpy(game)), max_denominator=4) == game


def test_nashpy_takes_two_players_only() -> None:
    with pytest.raises(InvalidParameter, match="a game of two players"):
        to_nashpy(normal_form_of(PublicGoodsGame(group_size=3, multiplication_factor=2)))


@pytest.mark.parametrize(("convert", "module"), [(to_nashpy, "nashpy"), (to_quantecon, "quantecon.game_theory")])
def test_a_peer_that_is_not_installed_is_named(convert: Any, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InvalidParameter, match=r"must be installed \(pip install 'gametheory\[peers\]'\)"):
        convert(normal_form_game([[3, 0], [5, 1]]))


def test_gambit_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygambit", None)
    with pytest.raises(InvalidParameter, match=r"^pygambit must be installed \(pip install 'gametheory\[gambit\]'\)"):
        to_gambit(normal_form_game([[3, 0], [5, 1]]))


@pytest.mark.parametrize("wrong", [None, 3, PublicGoodsGame(group_size=2, multiplication_factor=1)])
def test_what_is_no_game_in_normal_form_is_named(wrong: Any) -> None:
    for solve in (bimatrix_equilibria, nash_equilibria, pure_equilibria, rationalized, relabelled, to_nashpy):
        with pytest.raises(InvalidParameter, match="game must be a game in normal form"):
            solve(wrong)
    with pytest.raises(InvalidParameter, match="max_supports"):
        nash_equilibria(normal_form_game([[1, 0], [0, 1]]), max_supports=-1)
    with pytest.raises(InvalidParameter, match="profile"):
        profile_regrets(normal_form_game([[1, 0], [0, 1]]), wrong)
