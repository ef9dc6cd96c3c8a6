"""Games as TOML files, in which every number is exact: 0.3 is 3/10, and so is '3/10'.

A file has one table ``[game]`` whose ``kind`` is a key of `KINDS`: "public-goods" for `PublicGoodsGame`, "table" for
`TableGame` (`strategies`, `group_size` and `payoffs`, its rows), and so on. The other keys are the parameters of that
class. A game inside a game is a table of its own, ``[game.returns]`` or ``[game.stage]``, with its own ``kind``. Files
are data: nothing in them is executed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final

from gametheory.coordinated_punishment import (
    ConditionalPunishmentGame,
    InstitutionalPunishmentGame,
    SharedPunishmentGame,
)
from gametheory.errors import InvalidParameter, require
from gametheory.exact import MAX_DIGITS, to_text
from gametheory.games import TableGame
from gametheory.optional import OptionalGame
from gametheory.parameters import is_game
from gametheory.public_goods import PublicGoodsGame
from gametheory.punishment import AntisocialPunishmentGame, PeerPunishmentGame, PoolPunishmentGame
from gametheory.returns import OthersOnlyGame, ReturnsGame, SynergyGame
from gametheory.rewards import RewardGame
from gametheory.threshold_games import CollectiveRiskGame, SnowdriftGame, StagHuntGame, ThresholdGame
from gametheory.unequal import UnequalGame

KINDS: Final[dict[str, type[Any]]] = {
    "public-goods": PublicGoodsGame,
    "table": TableGame,
    "others-only": OthersOnlyGame,
    "synergy": SynergyGame,
    "returns": ReturnsGame,
    "threshold": ThresholdGame,
    "stag-hunt": StagHuntGame,
    "collective-risk": CollectiveRiskGame,
    "snowdrift": SnowdriftGame,
    "peer-punishment": PeerPunishmentGame,
    "antisocial-punishment": AntisocialPunishmentGame,
    "pool-punishment": PoolPunishmentGame,
    "conditional-punishment": ConditionalPunishmentGame,
    "shared-punishment": SharedPunishmentGame,
    "institutional-punishment": InstitutionalPunishmentGame,
    "reward": RewardGame,
    "optional": OptionalGame,
    "unequal": UnequalGame,
}
# What stands under another name in a file than in the object.
FILE_NAMES: Final = {"table": {"values": "payoffs"}}
INNER: Final = ("returns", "stage")
MAX_DEPTH: Final = 4
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
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=_decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidParameter(str(path), str(error), "valid TOML in UTF-8") from None


def load_game(path: str | Path) -> Any:
    """Read a game, of any of the `KINDS`, from a TOML file.

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


def game_from_dict(data: Mapping[str, Any], *, where: str = "") -> Any:
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
    return _game_from(data, where, key="[game]", depth=0)


def _game_from(data: Any, where: str, *, key: str, depth: int) -> Any:
    require(isinstance(data, Mapping), f"{where}{key}", data, "a table of parameters")
    require(depth < MAX_DEPTH, f"{where}{key}", "a game in a game in a game", f"at most {MAX_DEPTH} games deep")
    inside = where if depth == 0 else f"{where}{key}."
    kind = data.get("kind")
    known_kind = isinstance(kind, str) and kind in KINDS
    require(known_kind, f"{inside}kind", kind, f"one of {', '.join(repr(k) for k in KINDS)}")
    names = _keys(str(kind))
    given = {name: value for name, value in data.items() if name != "kind"}
    for name in sorted(given.keys() - names.keys()):
        raise InvalidParameter(f"{inside}{name}", given[name], f"left out: a game of kind {kind!r} has no such key")
    for name in sorted({name for name, f in names.items() if f.default is MISSING} - given.keys()):
        raise InvalidParameter(f"{inside}{name}", None, "given")
    for name in given.keys() & set(INNER):
        given[name] = _game_from(given[name], inside, key=name, depth=depth + 1)
    try:
        if kind == "table":
            payoffs = given["payoffs"]
            rows = isinstance(payoffs, list) and all(isinstance(row, list) for row in payoffs)
            require(rows, "payoffs", payoffs, "a list of rows")
        return KINDS[str(kind)](**{names[name].name: value for name, value in given.items()})
    except InvalidParameter as error:
        raise InvalidParameter.relocated(error, inside) from None


def game_to_dict(game: Any) -> dict[str, Any]:
    """The ``[game]`` table that describes `game`, numbers as text where exact.

    Raises
    ------
    InvalidParameter
        If `game` is of no kind that a file can hold.

    Examples
    --------
    >>> game_to_dict(TableGame(strategies=["C", "D"], group_size=2, values=[[3, 0], [5, 1]]))["payoffs"]
    [['3', '0'], ['5', '1']]
    """
    kind = next((name for name, made in KINDS.items() if type(game) is made), None)
    require(kind is not None, "game", game, f"of one of the kinds {', '.join(repr(k) for k in KINDS)}")
    names = _keys(str(kind))
    # the order of strategies gives the numbers their meaning, so they stand first
    listed = sorted(names.items(), key=lambda entry: entry[0] != "strategies")
    return {"kind": kind, **{name: _described(getattr(game, f.name)) for name, f in listed}}


def _keys(kind: str) -> dict[str, Any]:
    """The keys of a kind of game in files, with the fields they stand for."""
    renamed = FILE_NAMES.get(kind, {})
    return {renamed.get(f.name, f.name): f for f in fields(KINDS[kind])}


def _described(value: Any) -> Any:
    """One parameter as TOML and JSON hold it; sizes are integers, other exact numbers text."""
    if is_game(value):
        return game_to_dict(value)
    if isinstance(value, tuple | list):
        return [_described(entry) for entry in value]
    return value if isinstance(value, int | str) else to_text(value)


def save_game(game: Any, path: str | Path) -> None:
    """Write a game, of any of the `KINDS`, as TOML; `load_game` reads the same game back.

    Raises
    ------
    InvalidParameter
        If a parameter is a float, a symbol, an array or a ball: a file holds one game, and its numbers are
        exact. Also if a number takes more than 1000 characters, which could not be read back.
    """
    described = game_to_dict(game)
    require(game.is_exact, "game", game, "a game with exact numbers (a file cannot hold a float unchanged)")
    lines = ["[game]"]
    for key, value in described.items():
        for text in _texts(value):
            require(len(text) <= MAX_DIGITS, key, f"{text[:20]}...", f"of at most {MAX_DIGITS} characters")
        lines.append(f"{key} = {_toml(value)}")
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _decimal(text: str) -> str:
    """A TOML decimal as text that `parse_rational` reads: TOML allows underscores between digits."""
    return text.replace("_", "")


def _texts(value: Any) -> list[str]:
    if isinstance(value, list | dict):
        entries = value.values() if isinstance(value, dict) else value
        return [text for entry in entries for text in _texts(entry)]
    return [str(value)]


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(entry)}" for key, entry in value.items()) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)
