"""Games as TOML files, in which every number is exact: 0.3 is 3/10, and so is '3/10'.

A file has one table ``[game]`` whose ``kind`` is "public-goods" (the parameters of `PublicGoodsGame`) or
"table" (`strategies`, `group_size` and `payoffs`, the rows of `TableGame`). Files are data: nothing in them
is executed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final

from gametheory.errors import InvalidParameter, require
from gametheory.exact import MAX_DIGITS, to_text
from gametheory.games import TableGame
from gametheory.public_goods import PublicGoodsGame

KINDS: Final = ("public-goods", "table")
MAX_BYTES: Final = 10_000_000


def read_toml(path: str | Path) -> dict[str, Any]:
    """Parse a TOML file, leaving every decimal as its text so that it stays exact.

    Raises
    ------
    InvalidParameter
        If the file is not there, is no file, is larger than 10 MB, or is not TOML.
    """
    path = Path(path)
    require(path.is_file(), "file", str(path), "an existing TOML file")
    size = path.stat().st_size
    require(size <= MAX_BYTES, str(path), size, f"at most {MAX_BYTES} bytes")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=_decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidParameter(str(path), str(error), "valid TOML in UTF-8") from None


def load_game(path: str | Path) -> PublicGoodsGame | TableGame:
    """Read a game from a TOML file.

    Raises
    ------
    InvalidParameter
        Naming the file, the key, what was expected and what was found.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "game.toml"
    ...     save_game(PublicGoodsGame(group_size=5, multiplication_factor=3, fine='3/10'), path)
    ...     load_game(path).fine
    Fraction(3, 10)
    """
    document = read_toml(path)
    for key in sorted(document.keys() - {"game"}):
        raise InvalidParameter(f"{path}: {key}", document[key], "left out: a game's file holds the table [game]")
    table = document.get("game")
    require(isinstance(table, dict), f"{path}: [game]", table, "a table of parameters")
    assert isinstance(table, dict)
    return game_from_dict(table, where=f"{path}: ")


def game_from_dict(data: Mapping[str, Any], *, where: str = "") -> PublicGoodsGame | TableGame:
    """The game that the keys of a ``[game]`` table describe; `where` begins each error's message.

    Raises
    ------
    InvalidParameter
        If a key is missing, unknown or has a value outside its domain.

    Examples
    --------
    >>> game_from_dict({"kind": "public-goods", "group_size": 5, "multiplication_factor": "5/2"}).is_exact
    True
    """
    require(isinstance(data, Mapping), f"{where}[game]", data, "a table of parameters")
    kind = data.get("kind")
    require(kind in KINDS, f"{where}kind", kind, f"one of {', '.join(repr(k) for k in KINDS)}")
    given = {key: value for key, value in data.items() if key != "kind"}
    if kind == "table":
        known = needed = {"strategies", "group_size", "payoffs"}
    else:
        known = {f.name for f in fields(PublicGoodsGame)}
        needed = {f.name for f in fields(PublicGoodsGame) if f.default is MISSING}
    for key in sorted(given.keys() - known):
        raise InvalidParameter(f"{where}{key}", given[key], f"left out: a game of kind {kind!r} has no such key")
    for key in sorted(needed - given.keys()):
        raise InvalidParameter(f"{where}{key}", None, "given")
    try:
        if kind == "table":
            payoffs = given.pop("payoffs")
            rows = isinstance(payoffs, list) and all(isinstance(row, list) for row in payoffs)
            require(rows, "payoffs", payoffs, "a list of rows")
            return TableGame(values=payoffs, **given)
        return PublicGoodsGame(**given)
    except InvalidParameter as error:
        raise InvalidParameter.relocated(error, where) from None


def game_to_dict(game: PublicGoodsGame | TableGame) -> dict[str, Any]:
    """The ``[game]`` table that describes `game`, numbers as text where exact.

    Examples
    --------
    >>> game_to_dict(TableGame(strategies=["C", "D"], group_size=2, values=[[3, 0], [5, 1]]))["payoffs"]
    [['3', '0'], ['5', '1']]
    """
    if isinstance(game, TableGame):
        rows = [[to_text(value) for value in row] for row in game.values]
        head = {"kind": "table", "strategies": list(game.strategies), "group_size": game.group_size}
        return {**head, "payoffs": rows}
    result: dict[str, Any] = {"kind": "public-goods", "strategies": list(game.strategies)}
    for f in fields(game):
        if f.name != "strategies":
            value = getattr(game, f.name)
            result[f.name] = value if f.name == "group_size" else to_text(value)
    return result


def save_game(game: PublicGoodsGame | TableGame, path: str | Path) -> None:
    """Write a game as TOML; `load_game` reads the same game back.

    Raises
    ------
    InvalidParameter
        If a parameter is a float, a symbol, an array or a ball: a file holds one game, and its numbers are
        exact. Also if a number takes more than 1000 characters, which could not be read back.
    """
    require(game.is_exact, "game", game, "a game with exact numbers (a file cannot hold a float unchanged)")
    lines = ["[game]"]
    for key, value in game_to_dict(game).items():
        for text in _texts(value):
            require(len(text) <= MAX_DIGITS, key, f"{text[:20]}...", f"of at most {MAX_DIGITS} characters")
        lines.append(f"{key} = {_toml(value)}")
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _decimal(text: str) -> str:
    """A TOML decimal as text that `parse_rational` reads: TOML allows underscores between digits."""
    return text.replace("_", "")


def _texts(value: Any) -> list[str]:
    return [text for entry in value for text in _texts(entry)] if isinstance(value, list) else [str(value)]


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
