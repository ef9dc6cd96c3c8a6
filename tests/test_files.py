"""Games as TOML: exact numbers, round trips, and one-line refusals that name file and key."""

from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gametheory import InvalidParameter, PublicGoodsGame, TableGame, game_to_dict, load_game, save_game
from gametheory.files import game_from_dict, read_toml
from gametheory.testing import games, table_games

GAME = """
[game]
kind = "public-goods"
strategies = ["C", "D", "P"]
group_size = 5
multiplication_factor = 3
contribution_cost = 1
fine = 1
punishment_cost = "3/10"
punishment_probability = 0.1
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "game.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_decimals_in_files_are_exact(tmp_path: Path) -> None:
    game = load_game(written(tmp_path, GAME))

    assert game == PublicGoodsGame(
        group_size=5,
        multiplication_factor=3,
        fine=1,
        punishment_cost=Fraction(3, 10),
        punishment_probability=Fraction(1, 10),
    )
    assert game.is_exact


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.3", Fraction(3, 10)),
        ("1_000.5", Fraction(2001, 2)),
        ("1e-3", Fraction(1, 1000)),
        ("0x10", Fraction(16)),
        ("'1/3'", Fraction(1, 3)),
        ("-0.0", Fraction(0)),
        ("0.1000000000000000055511151231257827", Fraction("0.1000000000000000055511151231257827")),
    ],
)
def test_every_way_to_write_a_number_is_read_exactly(tmp_path: Path, text: str, number: Fraction) -> None:
    game = load_game(written(tmp_path, GAME.replace("fine = 1", f"fine = {text}")))

    assert isinstance(game, PublicGoodsGame)
    assert game.fine == number


@given(game=st.one_of(games(), table_games()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_saved_game_is_read_back(tmp_path: Path, game: PublicGoodsGame | TableGame) -> None:
    path = tmp_path / "game.toml"

    save_game(game, path)

    assert load_game(path) == game
    assert game_from_dict(game_to_dict(game)) == game


def test_a_table_is_read_with_its_rows(tmp_path: Path) -> None:
    head = '[game]\nkind = "table"\nstrategies = ["H", "D"]\ngroup_size = 2\n'
    text = head + 'payoffs = [[-1, 2.5], ["0", "1/2"]]\n'
    rows = ((Fraction(-1), Fraction(5, 2)), (Fraction(0), Fraction(1, 2)))

    game = load_game(written(tmp_path, text))

    assert game == TableGame(strategies=["H", "D"], group_size=2, values=rows)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[game]", "[gmae]", "gmae must be left out"),
        ("[game]", "fine = 1\n[game]", "fine must be left out"),
        ("[game]", "game = 5\n[other]", "other must be left out"),
        (GAME, "", "[game] must be a table of parameters, got nothing"),
        (GAME, "game = 5", "[game] must be a table of parameters, got 5"),
        ('kind = "public-goods"', "", "kind must be one of 'public-goods', 'table', "),
        ('kind = "public-goods"', "kind = []", "kind must be one of"),
        ('kind = "public-goods"', 'kind = "table"', "contribution_cost must be left out"),
        ("group_size = 5", "", "group_size must be given, got nothing"),
        ("group_size = 5", "group_size = 5.0", "group_size must be an integer >= 2, got '5.0'"),
        ("group_size = 5", "group_size = true", "group_size must be an integer >= 2, got True"),
        ("group_size = 5", "group_size = 1", "group_size must be an integer >= 2, got 1"),
        (
            "fine = 1",
            "fnie = 1",
            "fnie must be left out: a game of kind 'public-goods' has no such key, got 1",
        ),
        ("fine = 1", '"fi\\nne" = 1', "fi ne must be left out"),
        ("fine = 1", "fine = -1", "fine must be >= 0 and finite"),
        ("fine = 1", "fine = nan", "fine must be a number such as 0.3 or '3/10', got 'nan'"),
        ("fine = 1", "fine = inf", "fine must be a number such as 0.3 or '3/10', got 'inf'"),
        ("fine = 1", "fine = true", "fine must be a number, got True"),
        ("fine = 1", "fine = ''", "fine must be a number such as"),
        ("fine = 1", "fine = '٣'", "fine must be a number such as"),
        ("fine = 1", "fine = '1/0'", "fine must be a number such as"),
        ("fine = 1", "fine = 2026-11-21", "fine must be a number"),
        ("fine = 1", "fine = [1]", "fine must be a number, got [1]"),
        ("fine = 1", "fine = {a = 1}", "fine must be a number"),
        ("fine = 1", "fine = 1e99999", "fine must be a number such as"),
        ("fine = 1", "fine = 1\nfine = 2", "must be valid TOML in UTF-8"),
        ("fine = 1", "fine = ", "must be valid TOML in UTF-8"),
        ('["C", "D", "P"]', '"CDP"', "strategies must be two or three"),
        ('["C", "D", "P"]', "[1, 2]", "strategies must be two or three"),
        ("= 0.1", "= 1.5", "punishment_probability must be in [0, 1]"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GAME
    path = written(tmp_path, GAME.replace(old, new))

    with pytest.raises(InvalidParameter) as caught:
        load_game(path)

    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", ["1" * 1_000_000, "0." + "1" * 1_000_000, "0x" + "f" * 1_000_000], ids=str.__len__)
def test_numbers_of_a_million_digits_are_refused_or_shown_short(tmp_path: Path, number: str) -> None:
    path = written(tmp_path, GAME.replace("punishment_probability = 0.1", f"punishment_probability = {number}"))

    with pytest.raises(InvalidParameter) as caught:
        load_game(path)

    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("payoffs", ["5", '"12"', '["12", "34"]', "[[1, 2]]", "[[1], [2]]", "[[1, 2], [3, nan]]"])
def test_payoffs_that_are_no_table_are_refused(tmp_path: Path, payoffs: str) -> None:
    text = f'[game]\nkind = "table"\nstrategies = ["H", "D"]\ngroup_size = 2\npayoffs = {payoffs}\n'

    with pytest.raises(InvalidParameter, match=r"(payoffs|values) must be "):
        load_game(written(tmp_path, text))


def test_what_is_no_toml_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"[game]\nkind = '\xff'\n")
    (tmp_path / "deep.toml").write_text("a = " + "[" * 100_000, encoding="utf-8")
    with (tmp_path / "large.toml").open("wb") as file:
        file.truncate(10_000_001)

    for name in ("missing.toml", ".", "latin.toml", "deep.toml", "large.toml"):
        with pytest.raises(InvalidParameter):
            read_toml(tmp_path / name)


@pytest.mark.parametrize(
    "fine", [0.5, sp.Symbol("b", positive=True), Fraction(1, 3**3000)], ids=["float", "symbol", "long"]
)
def test_what_could_not_be_read_back_unchanged_is_not_written(tmp_path: Path, fine: object) -> None:
    with pytest.raises(InvalidParameter):
        save_game(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=fine), tmp_path / "game.toml")

    assert not (tmp_path / "game.toml").exists()
