"""Payoff tables, games that users bring, and mean payoffs in populations."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import (
    InvalidParameter,
    PayoffTable,
    PublicGoodsGame,
    TableGame,
    game_from_function,
    game_from_payoffs,
    mean_payoffs,
    payoff_table,
)
from gametheory.compositions import compositions
from gametheory.games import affine_matrix
from gametheory.testing import co_players, games, populations, table_games

HALVES = [Fraction(1, 2)] * 2


def mean_payoffs_by_sequences(table: PayoffTable, shares: Sequence[Fraction]) -> list[Fraction]:
    """Draw the co-players one after another: every sequence of strategies, with its probability."""
    splits = [tuple(row) for row in compositions(table.group_size - 1, len(shares)).tolist()]
    means = [Fraction(0)] * len(shares)
    for drawn in product(range(len(shares)), repeat=table.group_size - 1):
        chance = math.prod((shares[i] for i in drawn), start=Fraction(1))
        column = splits.index(tuple(drawn.count(i) for i in range(len(shares))))
        means = [mean + chance * row[column] for mean, row in zip(means, table.values, strict=True)]
    return means


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_mean_payoff_is_the_sum_over_sequences_of_co_players(data: st.DataObject) -> None:
    table = payoff_table(data.draw(table_games(strategies=(2, 3))))
    shares = data.draw(populations(table))

    assert list(mean_payoffs(table, shares)) == mean_payoffs_by_sequences(table, shares)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_the_mean_payoff_of_an_affine_game_is_its_payoff_at_the_mean_counts(data: st.DataObject) -> None:
    game = data.draw(games(group_sizes=(2, 3, 5)))
    table = payoff_table(game)
    shares = data.draw(populations(game))
    matrix = affine_matrix(table)

    assert matrix is not None
    means = mean_payoffs(table, shares)
    assert means == tuple(sum(a * x for a, x in zip(row, shares, strict=True)) for row in matrix)
    counts = [share * (game.group_size - 1) for share in shares]
    assert means == tuple(game.payoff(kind, counts) for kind in game.strategies)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_table_holds_the_payoff_of_every_composition(data: st.DataObject) -> None:
    game = data.draw(st.one_of(games(), table_games()))
    table = payoff_table(game)
    counts = data.draw(co_players(game))
    column = compositions(game.group_size - 1, len(game.strategies)).tolist().index(list(counts))

    for row, kind in zip(table.values, game.strategies, strict=True):
        assert row[column] == game.payoff(kind, counts)
    assert table.is_exact
    assert table.as_array() == pytest.approx(np.array([[float(v) for v in row] for row in table.values]))


def test_a_game_of_three_that_is_not_affine_has_no_matrix() -> None:
    threshold = game_from_function(lambda s, n: 2 * (n["C"] + (s == "C") >= 2) - (s == "C"), ["C", "D"], 3)

    assert affine_matrix(payoff_table(threshold)) is None


def test_floats_have_a_matrix_up_to_rounding_only() -> None:
    game = PublicGoodsGame(group_size=6, multiplication_factor=2.9, fine=0.7, punishment_cost=0.1)
    bent = [list(row) for row in payoff_table(game).values]
    bent[0][3] += 1e-6

    assert affine_matrix(payoff_table(game)) is not None
    assert affine_matrix(PayoffTable(strategies=("C", "D", "P"), group_size=6, values=tuple(map(tuple, bent)))) is None


def test_symbols_give_mean_payoffs_as_polynomials() -> None:
    x = sp.Symbol("x")
    stag = payoff_table(game_from_payoffs([[3, 0], [2, 1]], ["S", "H"]))

    means = mean_payoffs(stag, [x, 1 - x])

    assert [sp.expand(mean) for mean in means] == [3 * x, x + 1]


def test_a_grid_of_populations_gives_arrays_of_floats() -> None:
    table = payoff_table(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]))
    x = np.linspace(0, 1, 5)

    first, second = mean_payoffs(table, [x, 1 - x])

    assert first.dtype == second.dtype == np.float64
    assert first == pytest.approx(3 * x)
    assert second == pytest.approx(4 * x + 1)


def test_mean_payoffs_of_a_thousand_players_neither_overflow_nor_vanish() -> None:
    game = PublicGoodsGame(group_size=1000, multiplication_factor=3.0, strategies=["C", "D"])
    table = payoff_table(game)
    several = payoff_table(game_from_function(lambda s, n: float(n["A"] - n["B"]), ["A", "B", "E"], 200))

    means = mean_payoffs(table, [0.25, 0.75])
    differences = mean_payoffs(several, [0.5, 0.25, 0.25])
    grid = mean_payoffs(several, [np.array([0.5, 0.0]), np.array([0.25, 0.0]), np.array([0.25, 1.0])])

    assert means == pytest.approx([game.payoff(s, (249.75, 749.25)) for s in ("C", "D")], rel=1e-9)
    assert differences == pytest.approx([199 * 0.25] * 3, rel=1e-9)
    assert grid[0] == pytest.approx([199 * 0.25, 0], rel=1e-9)


def test_a_share_too_many_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^shares must be 2 shares"):
        mean_payoffs(payoff_table(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])), [1, 0, 0])


def test_the_columns_of_a_two_player_matrix_are_its_compositions() -> None:
    game = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])

    assert [[int(game.payoff(s, n)) for n in ((1, 0), (0, 1))] for s in "CD"] == [[3, 0], [5, 1]]


def test_integers_and_text_make_exact_games_and_one_float_makes_floats() -> None:
    assert game_from_payoffs([["3/10", 0], [5, 1]], ["C", "D"]).values[0][0] == Fraction(3, 10)
    assert game_from_payoffs(np.array([[3, 0], [5, 1]]), ["C", "D"]).is_exact
    assert not game_from_payoffs(np.array([[3.0, 0], [5, 1]]), ["C", "D"]).is_exact
    mixed = game_from_payoffs([[0.5, "3/10"], [5, 1]], ["C", "D"])
    assert {type(value) for row in mixed.values for value in row} == {float}


def test_a_payoff_function_is_asked_once_for_every_composition() -> None:
    asked: list[tuple[str, tuple[int, ...]]] = []

    def payoff(strategy: str, counts: dict[str, int]) -> int:
        asked.append((strategy, tuple(counts.values())))
        counts.clear()  # a user may do what he likes with his copy
        return 0

    game_from_function(payoff, ["A", "B", "E"], 3)

    assert sorted(asked) == sorted((s, tuple(n)) for s in "ABE" for n in compositions(2, 3).tolist())


@given(table_games())
def test_a_game_is_rebuilt_from_its_own_payoffs(game: TableGame) -> None:
    def payoff(strategy: str, counts: dict[str, int]) -> Any:
        return game.payoff(strategy, list(counts.values()))

    assert game_from_function(payoff, game.strategies, game.group_size) == game
    assert game_from_payoffs(game.values, game.strategies, group_size=game.group_size) == game


GOOD: dict[str, Any] = {"strategies": ["A", "B"], "group_size": 2, "values": [[1, 2], [3, 4]]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("group_size", 1),
        ("group_size", True),
        ("group_size", 2.0),
        ("group_size", 3),
        ("group_size", 10**9),
        ("strategies", "AB"),
        ("strategies", ["A"]),
        ("strategies", ["A", "A"]),
        ("strategies", ["A", "b c"]),
        ("strategies", ["A", ""]),
        ("strategies", ["A", 5]),
        ("strategies", 5),
        ("strategies", None),
        ("values", 5),
        ("values", None),
        ("values", [[1, 2]]),
        ("values", [[1, 2], [3]]),
        ("values", ["12", "34"]),
        ("values", [[1, 2], 5]),
        ("values", [[1, 2], [3, math.nan]]),
        ("values", [[1, 2], [3, math.inf]]),
        ("values", [[1, 2], [3, None]]),
        ("values", [[1, 2], [3, True]]),
        ("values", [[1, 2], [3, "x"]]),
        ("values", [[1, 2], [3, sp.Symbol("x")]]),
        ("values", []),
    ],
)
def test_tables_that_are_no_game_are_refused_by_name(field: str, value: object) -> None:
    name = "values" if (field, value) in [("group_size", 3), ("group_size", 10**9)] else field
    for kind in (TableGame, PayoffTable):
        with pytest.raises(InvalidParameter, match=f"^{name} must be ") as caught:
            kind(**{**GOOD, field: value})
        assert caught.value.name == name


@pytest.mark.parametrize("counts", [(0.5, 0.5), (2, -1), (1, 1), (1,), (True, 0), ("1", "0")])
def test_counts_that_no_group_has_are_refused(counts: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^counts must be 2 integers >= 0 that sum to 1"):
        TableGame(**GOOD).payoff("A", counts)


def test_what_cannot_be_tabulated_is_refused() -> None:
    fine = sp.Symbol("fine", positive=True)
    size = sp.Symbol("N", positive=True)

    with pytest.raises(InvalidParameter, match=r"^game must be a game whose parameters are numbers"):
        payoff_table(PublicGoodsGame(group_size=3, multiplication_factor=2, fine=fine))
    with pytest.raises(InvalidParameter, match=r"^group_size must be a number"):
        payoff_table(PublicGoodsGame(group_size=size, multiplication_factor=2))
    with pytest.raises(InvalidParameter, match=r"^game must be a game whose parameters are numbers"):
        payoff_table(PublicGoodsGame(group_size=3, multiplication_factor=np.array([2.0, 3.0])))
    with pytest.raises(InvalidParameter, match=r"^values must be finite"):
        payoff_table(PublicGoodsGame(group_size=3, multiplication_factor=1e308, contribution_cost=1e308))
    with pytest.raises(InvalidParameter, match=r"^total must be small enough"):
        payoff_table(PublicGoodsGame(group_size=10**9, multiplication_factor=2))


def test_a_users_own_kind_of_game_is_tabulated_in_one_arithmetic() -> None:
    class Own:
        strategies = ("A", "B")
        group_size = np.int64(2)

        def payoff(self, strategy: str, counts: Sequence[Any]) -> Any:
            return 1 if strategy == "A" else np.float64(0.5)

    values = payoff_table(Own()).values

    assert {type(value) for row in values for value in row} == {float}
