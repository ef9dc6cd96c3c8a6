"""Gambit's files: both forms of .nfg and .agg, exact round trips, the games that pygambit reads, refusals by line."""

import contextlib
import io
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pygambit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import (
    InvalidParameter,
    NormalFormGame,
    OptionalGame,
    PublicGoodsGame,
    TableGame,
    from_gambit,
    game_from_payoffs,
    load_action_graph,
    load_normal_form,
    normal_form_game,
    normal_form_of,
    payoff_table,
    save_action_graph,
    save_normal_form,
)
from gametheory.compositions import number_of_compositions
from gametheory.files import (
    action_graph_from_text,
    action_graph_to_text,
    normal_form_from_text,
    normal_form_to_text,
)

numbers = st.one_of(
    st.integers(-(10**20), 10**20), st.fractions(max_denominator=1000), st.sampled_from(["0.1", "1e-3"])
)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=6)


@st.composite
def games(draw: st.DrawFn) -> NormalFormGame:
    size = draw(st.integers(2, 3))
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=size, max_size=size)))
    few = draw(st.booleans())  # so that outcomes repeat
    entry = st.integers(0, 1) if few else numbers
    tensors = []
    for _ in range(size):
        flat = np.empty(prod(shape), dtype=object)
        flat[:] = draw(st.lists(entry, min_size=prod(shape), max_size=prod(shape)))
        tensors.append(flat.reshape(shape))
    strategies = [draw(st.lists(names, min_size=n, max_size=n, unique=True)) for n in shape]
    players = draw(st.lists(names, min_size=size, max_size=size, unique=True))
    return normal_form_game(*tensors, strategies=strategies, players=players, title=draw(st.text(max_size=5)))


@given(games(), st.sampled_from(["payoffs", "outcomes"]), st.text(max_size=5))
@settings(deadline=None)
def test_what_is_written_is_read_back(game: NormalFormGame, form: Any, comment: str) -> None:
    assert normal_form_from_text(normal_form_to_text(game, form=form, comment=comment)) == game


@given(games(), st.sampled_from(["payoffs", "outcomes"]))
@settings(deadline=None, max_examples=40)
def test_pygambit_reads_the_same_game(game: NormalFormGame, form: Any) -> None:
    plain = normal_form_game(*game.payoffs, title='a "title" in quotes')

    theirs = pygambit.read_nfg(io.BytesIO(normal_form_to_text(plain, form=form).encode()))

    assert from_gambit(theirs) == plain
    assert normal_form_from_text(theirs.to_nfg()) == plain


def test_backslashes_are_read_as_gambit_writes_them() -> None:
    theirs = pygambit.Game.from_arrays([[1, 2]], [[3, 4]], title='one \\ and one "quote"')
    assert normal_form_from_text(theirs.to_nfg()).title == 'one \\ and one "quote"'


def test_the_first_players_index_changes_first() -> None:
    game = normal_form_from_text('NFG 1 R "order" { "A" "B" } { 2 3 } 1 2 3 4 5 6 7 8 9 10 11 12')

    assert game.payoffs[0].tolist() == [[1, 5, 9], [3, 7, 11]]
    assert game.payoffs[1].tolist() == [[2, 6, 10], [4, 8, 12]]
    assert game.players == ("A", "B")
    assert game.strategies == (("1", "2"), ("1", "2", "3"))


def test_decimals_and_fractions_are_exact() -> None:
    game = normal_form_from_text('NFG 1 D "numbers" { "" "" } { 1 2 } "comment" 0.1, 1/3 -1e-2 +.5')

    assert game.payoffs[0].tolist() == [[Fraction(1, 10), Fraction(-1, 100)]]
    assert game.payoffs[1].tolist() == [[Fraction(1, 3), Fraction(1, 2)]]
    assert game.players == ("1", "2")


def test_the_null_outcome_pays_nothing() -> None:
    game = normal_form_from_text(
        'NFG 1 R "outcomes" { "A" "B" } { { "u" "d" } { "l" "l" } } { { "one" 1, 2 } { "" 3 4 } } 1 0 2 1'
    )

    assert game.payoffs[0].tolist() == [[1, 3], [0, 1]]
    assert game.payoffs[1].tolist() == [[2, 4], [0, 2]]
    assert game.strategies == (("u", "d"), ("1", "2"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1 must be NFG"),
        ('EFG 2 R "x" { "A" "B" }', "line 1 must be NFG"),
        ('NFG 2 R "x"', "must be 1, the format's version"),
        ("NFG 1 R x", "must be the title in quotes"),
        ('NFG 1 R "x', "must be the title in quotes"),
        ('NFG 1 R "x" { "A" } { 2 } 1 2', "2 to 30 players"),
        ('NFG 1 R "x" { "A" "B" } { 2 } 1 2', "one or more strategies for each of 2 players"),
        ('NFG 1 R "x" { "A" "B" } { 2 0 } ', "one or more strategies for each of 2 players"),
        ('NFG 1 R "x" { "A" "B" } { 2 -1 } ', "a number of strategies"),
        ('NFG 1 R "x" { "A" "B" } { 9999 9999 } 1', "at most 5000000 payoffs"),
        ('NFG 1 R "x" { "A" "B" } { ' + "4999999 " * 3000 + "} 1", "at most 5000000 payoffs"),
        ('NFG 1 R "x" { "A" "B" } { 0 ' + "4999999 " * 3000 + "} 1", "one or more strategies for each of 2 players"),
        ('NFG 1 R "x" { "A" "B" } { 1 1 ' + "4999999 " * 3000 + "} 1", "one or more strategies for each of 2 players"),
        ('NFG 1 R "x" { ' + '"A" ' * 31 + "} { 1 } 1", "at most 30 players' names"),
        ('NFG 1 R "x" { "A" "B" }\n{ 1 2 }\n1 2 3', "line 3 must be 4 payoffs, got 'the end'"),
        ('NFG 1 R "x" { "A" "B" }\n{ 1 2 }\n1 2 3 4 5', "line 3 must be the end of the file"),
        ('NFG 1 R "x" { "A" "B" } { 1 2 } 1 2 3 nan', "must be 4 payoffs, got 'nan'"),
        ('NFG 1 R "x" { "A" "B" } { 1 2 } 1 2 3 1/0', "must be 4 payoffs, got '1/0'"),
        ('NFG 1 R "x" { "A" "B" } { 1 1 } { { "" 1 2 3 } } 1', "} behind the outcome's 2 payoffs"),
        ('NFG 1 R "x" { "A" "B" } { 1 1 } { { "" 1 2 } } 2', "must be 1 outcomes from 0 to 1, got '2'"),
        ('NFG 1 R "x" { "A" "B" } { 1 1 } { { "" 1 2 } } -1', "must be 1 outcomes from 0 to 1"),
        ('NFG 1 R "x" { "A" "B" } { 1 1 } { { "" 1 2 } ', "} behind the outcomes"),
        ('NFG 1 R "x" { "A" "B" } { { "u" } { "l" "r" } 1 2', "} behind the strategies"),
    ],
)
def test_a_broken_file_is_refused_at_its_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "game.nfg"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidParameter) as caught:
        load_normal_form(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@given(st.text(alphabet='NFG1R "{}\\0/2.,-x\n', max_size=60))
@settings(deadline=None, max_examples=200)
def test_no_text_ends_in_another_error(text: str) -> None:
    for start in ("", 'NFG 1 R "x" { "A" "B" } '):
        with contextlib.suppress(InvalidParameter):
            assert normal_form_from_text(start + text).n_players >= 2


def test_files_that_are_missing_too_large_or_no_text_are_refused(tmp_path: Path, monkeypatch: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^file must be an existing \.nfg file"):
        load_normal_form(tmp_path / "none.nfg")
    path = tmp_path / "game.nfg"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidParameter, match="must be text in UTF-8"):
        load_normal_form(path)
    with path.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(InvalidParameter, match="must be at most 50000000 bytes"):
        load_normal_form(path)
    with pytest.raises(InvalidParameter, match="must be at most 50000000 bytes"):
        load_action_graph(path)


def test_saved_games_are_loaded(tmp_path: Path) -> None:
    game = normal_form_of(PublicGoodsGame(group_size=3, multiplication_factor=2, fine="1/3"), title="three")
    save_normal_form(game, tmp_path / "a.nfg", comment='a "comment"')
    save_normal_form(game, tmp_path / "b.nfg", form="outcomes")
    assert load_normal_form(tmp_path / "a.nfg") == load_normal_form(tmp_path / "b.nfg") == game
    with pytest.raises(InvalidParameter, match=r"^game must be a game with exact payoffs"):
        save_normal_form(normal_form_game([[0.5, 0], [1, 0]]), tmp_path / "c.nfg")
    with pytest.raises(InvalidParameter, match=r"^form must be one of"):
        normal_form_to_text(game, form="table")  # type: ignore[arg-type]


@st.composite
def tables(draw: st.DrawFn, *, decimals: bool = False) -> TableGame:
    size, parts = draw(st.integers(2, 4)), draw(st.integers(2, 3))
    columns = number_of_compositions(size - 1, parts)
    entry = st.integers(-20, 20).map(lambda n: Fraction(n, 4)) if decimals else st.fractions(max_denominator=30)
    rows = [draw(st.lists(entry, min_size=columns, max_size=columns)) for _ in range(parts)]
    return game_from_payoffs(rows, ["A", "B", "C"][:parts], group_size=size)


@given(tables())
@settings(deadline=None)
def test_an_action_graph_is_read_back(game: TableGame) -> None:
    assert action_graph_from_text(action_graph_to_text(game), strategies=game.strategies) == game


@given(tables(decimals=True))
@settings(deadline=None, max_examples=30)
def test_pygambit_reads_the_same_action_graph(game: TableGame) -> None:
    theirs = pygambit.read_agg(io.BytesIO(action_graph_to_text(game).encode()))

    tensors = from_gambit(theirs).payoffs

    assert all((a == b).all() for a, b in zip(tensors, normal_form_of(game).payoffs, strict=True))


@pytest.mark.parametrize(
    "game",
    [
        PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10"),
        OptionalGame(stage=PublicGoodsGame(group_size=4, multiplication_factor=3), loner_payoff="1/2"),
        PublicGoodsGame(group_size=100, multiplication_factor=3, strategies=["C", "D"]),
    ],
)
def test_games_of_the_model_are_written_and_read(game: Any, tmp_path: Path) -> None:
    save_action_graph(game, tmp_path / "game.agg")

    again = load_action_graph(tmp_path / "game.agg", strategies=game.strategies)

    assert payoff_table(again) == payoff_table(game)


HEAD = "#AGG\n# a comment\n3\n2\n{functions}\n2 2 2\n0 1\n0 1\n0 1\n"


def test_complete_payoffs_are_listed_by_configuration() -> None:
    text = HEAD.format(functions=0) + "1 0\n1 1\n# payoffs\n0 10 20 30\n0 1 2 3\n"

    game = action_graph_from_text(text)

    # node 0 counts its own players, 1 to 3; so does node 1
    assert game.values == ((30, 20, 10), (1, 2, 3))
    theirs = from_gambit(pygambit.read_agg(io.BytesIO(text.encode())))
    assert all((a == b).all() for a, b in zip(theirs.payoffs, normal_form_of(game).payoffs, strict=True))


def test_function_nodes_count_or_ask_whether_there_is_one() -> None:
    graph = "2 2 3\n2 3 2\n2 0 1\n1 0\n0\n1\n"  # node 2: the sum of all; node 3: does anyone play action 0?
    text = HEAD.format(functions=2) + graph + "1 1\n[3 1] 7\n0 4 5\n"

    game = action_graph_from_text(text, strategies=["C", "D"])

    assert game.values == ((7, 7, 7), (5, 5, 4))
    theirs = from_gambit(pygambit.read_agg(io.BytesIO(text.encode())))
    assert all((a == b).all() for a, b in zip(theirs.payoffs, normal_form_of(game).payoffs, strict=True))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3\n2\n0", "line 1 must be #AGG"),
        ("#AGG\n2\n3\n0\n2 2\n0 1\n0 2\n", "action sets must be the same for all players"),
        ("#AGG\n2\n3\n0\n2 1\n0 1\n0\n", "action sets must be the same for all players"),
        ("#AGG\n2\n1\n0\n1 1\n0\n0\n", "of two or more actions"),
        ("#AGG\n1\n2\n0\n", "line 2 must be an integer from 2"),
        ("#AGG\n100000 2000\n", "line 2 must be an integer from 1 to 1000"),
        ("#AGG\n2\n2\n0\n2 2\n0 1\n0 7\n", "line 7 must be an integer from 0 to 1"),
        (HEAD.format(functions=1) + "1 0\n1 1\n1 0\n10 0 [1 1]\n", "function nodes of the types 0 and 1"),
        (HEAD.format(functions=1) + "1 0\n1 1\n1 2\n0\n", "those with action nodes for neighbors"),
        (HEAD.format(functions=0) + "1 0\n1 1\n2 1 2\n", "payoffs of the types 0 and 1"),
        (HEAD.format(functions=0) + "1 0\n1 1\n0 1 2\n", "a payoff"),
        (HEAD.format(functions=0) + "1 0\n1 1\n0 1 2 3\n0 1 2 3 4\n", "the last word of the file"),
        (HEAD.format(functions=0) + "1 0\n1 1\n1 2\n[1] 1\n[1] 2\n", "a configuration not given before"),
        (HEAD.format(functions=0) + "1 0\n1 1\n1 2\n[1] 1\n[2] 2\n0 1 2 3\n", "all configurations' payoffs"),
        (HEAD.format(functions=0) + "1 0\n1 1\n1 1\n(1) 1\n", "must be [, got '(1)'"),
        (HEAD.format(functions=0) + "1 0\n1 1\n0 1 2 x\n", "must be a number"),
        (
            "#AGG\n900\n20\n0\n" + "20 " * 900 + ("\n" + " ".join(map(str, range(20)))) * 900,
            "at most 200000 compositions",
        ),
        (
            "#AGG\n199\n3\n300\n"
            + "3 " * 199
            + "\n0 1 2" * 199
            + ("\n300 " + " ".join(map(str, range(3, 303)))) * 3
            + ("\n300" + " 0 1 2" * 100) * 300
            + "\n0" * 300,
            "neighbors in all configurations",
        ),
    ],
)
def test_an_action_graph_that_is_broken_or_not_symmetric_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "game.agg"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidParameter) as caught:
        load_action_graph(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_games_that_are_not_exact_or_too_large_are_not_written() -> None:
    with pytest.raises(InvalidParameter, match=r"^game must be a game with exact payoffs"):
        action_graph_to_text(game_from_payoffs([[0.5, 0], [1, 0]], ["C", "D"]))
    with pytest.raises(InvalidParameter, match="at most 200000 compositions"):
        action_graph_to_text(PublicGoodsGame(group_size=700, multiplication_factor=3))


def test_numbers_in_action_graphs_are_decimals_where_those_are_exact() -> None:
    text = action_graph_to_text(game_from_payoffs([["1/3", "1/8"], ["-7/5", 10**30]], ["C", "D"]))
    assert [line.split("] ")[1] for line in text.splitlines() if line.startswith("[")] == [
        "1/3",
        "0.125",
        "-1.4",
        "1000000000000000000000000000000",
    ]
