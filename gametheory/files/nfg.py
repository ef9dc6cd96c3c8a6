r"""Gambit's .nfg files: games in normal form, as a list of payoffs or a list of outcomes.

A prologue ``NFG 1 R "title" { players } { strategies } "comment"`` is followed either by the payoffs of every profile
to all players, or by a list of outcomes and the outcome of every profile. Profiles are counted with the first player's
strategy changing first. Every number is exact: 0.1 is 1/10. In texts ``\"`` is a quote and ``\\`` a backslash, as
Gambit writes them (16.7 does not read its own backslashes back).

Source: Gambit's documentation, 'The strategic game (.nfg) file format', payoff and outcome versions.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from gametheory.errors import InvalidParameter, require
from gametheory.exact import parse_rational, to_text
from gametheory.normal_form import MAX_ENTRIES, MAX_PLAYERS, NormalFormGame

MAX_BYTES: Final = 50_000_000
FORMS: Final = ("payoffs", "outcomes")
_TOKEN: Final = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([{}])|(,)|([^\s{},"]+)|(\S))', re.DOTALL)


def read_text(path: str | Path, *, kind: str, most: int = MAX_BYTES) -> str:
    """The text of a file of at most `most` bytes.

    Raises
    ------
    InvalidParameter
        If it is not there, is no file, is larger, or is not UTF-8.
    """
    path = Path(path)
    require(path.is_file(), "file", str(path), f"an existing {kind} file")
    size = path.stat().st_size
    require(size <= most, str(path), size, f"at most {most} bytes")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidParameter(str(path), str(error), "text in UTF-8") from None


def load_normal_form(path: str | Path) -> NormalFormGame:
    """Read a game from an .nfg file of either form.

    Parameters
    ----------
    path : str or Path
        A file of at most 50 MB.

    Returns
    -------
    NormalFormGame
        Exact. A player's strategies, or the players, are named "1", "2", ... where the file's names are empty or equal.

    Raises
    ------
    InvalidParameter
        Naming the file and line, what was expected and what was found.
    """
    text = read_text(path, kind=".nfg")
    try:
        return normal_form_from_text(text)
    except InvalidParameter as error:
        raise InvalidParameter.relocated(error, f"{path}: ") from None


def save_normal_form(
    game: NormalFormGame, path: str | Path, *, form: Literal["payoffs", "outcomes"] = "payoffs", comment: str = ""
) -> None:
    """Write a game as .nfg; `load_normal_form` reads an equal game back. Errors as `normal_form_to_text`."""
    Path(path).write_text(normal_form_to_text(game, form=form, comment=comment), encoding="utf-8")


def normal_form_from_text(text: str) -> NormalFormGame:
    """The game that the text of an .nfg file describes; see `load_normal_form`.

    Examples
    --------
    >>> game = normal_form_from_text('NFG 1 R "pennies" { "A" "B" } { 2 2 } 1 -1  -1 1  -1 1  1 -1')
    >>> game.title, game.payoffs[0].tolist()[0]
    ('pennies', [Fraction(1, 1), Fraction(-1, 1)])
    """
    tokens = _Tokens(text)
    for word, expected in (("NFG", "NFG, with which such a file begins"), ("1", "1, the format's version")):
        tokens.demand(tokens.next() == word, expected)
    tokens.demand(tokens.next() in ("R", "D"), "R")
    title = tokens.text("the title in quotes")
    players = tokens.texts("players' names", MAX_PLAYERS)
    tokens.demand(len(players) >= 2, f"2 to {MAX_PLAYERS} players")
    strategies = _strategies(tokens, len(players))
    shape = tuple(map(len, strategies))
    if tokens.peek().startswith('"'):
        tokens.next()  # the comment
    payoffs = _by_outcomes(tokens, shape) if tokens.peek() == "{" else _by_payoffs(tokens, shape)
    tokens.demand(tokens.peek() == "", "the end of the file")
    named = tuple(_usable(names) for names in strategies)
    return NormalFormGame(payoffs=payoffs, strategies=named, players=_usable(players), title=title)


def normal_form_to_text(
    game: NormalFormGame, *, form: Literal["payoffs", "outcomes"] = "payoffs", comment: str = ""
) -> str:
    """The text of an .nfg file.

    Parameters
    ----------
    game : NormalFormGame
        Exact.
    form : {'payoffs', 'outcomes'}
        All payoffs, or the different outcomes and a number for each profile.
    comment : str
        Stands in the file's comment field; lost on reading.

    Raises
    ------
    InvalidParameter
        If payoffs are floats (a file's numbers are exact).

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> print(normal_form_to_text(normal_form_game([["1/2", 0], [1, 0]], title="a game"), form="outcomes"))
    NFG 1 R "a game" { "1" "2" }
    <BLANKLINE>
    { { "1" "2" }
      { "1" "2" }
    }
    ""
    <BLANKLINE>
    {
    { "" 1/2, 1/2 }
    { "" 1, 0 }
    { "" 0, 1 }
    { "" 0, 0 }
    }
    1 2 3 4
    <BLANKLINE>
    """
    require(game.exact, "game", "payoffs of floats", "a game with exact payoffs (see rationalized)")
    require(form in FORMS, "form", form, f"one of {FORMS}")
    names = "\n  ".join("{ " + " ".join(map(_quoted, own)) + " }" for own in game.strategies)
    head = f"NFG 1 R {_quoted(game.title)} {{ {' '.join(map(_quoted, game.players))} }}\n\n{{ {names}\n}}\n"
    head += f"{_quoted(comment)}\n\n"
    profiles = list(zip(*(tensor.ravel(order="F").tolist() for tensor in game.payoffs), strict=True))
    if form == "payoffs":
        return head + "\n".join(" ".join(map(to_text, profile)) for profile in profiles) + "\n"
    outcomes = {profile: place for place, profile in enumerate(dict.fromkeys(profiles), start=1)}
    listed = "\n".join(f'{{ "" {", ".join(map(to_text, profile))} }}' for profile in outcomes)
    return head + f"{{\n{listed}\n}}\n{' '.join(str(outcomes[profile]) for profile in profiles)}\n"


class _Tokens:
    """The words of a file, one after the other, with the line that they stand on for messages."""

    def __init__(self, text: str) -> None:
        self.source, self.place, self.shown = text, 0, ""
        self.ahead: str | None = None

    def peek(self) -> str:
        """The next word, '' at the end; commas separate and are no words."""
        while self.ahead is None:
            match = _TOKEN.match(self.source, self.place)
            if match is None:
                self.ahead = ""
            else:
                self.place = match.end()
                self.ahead = None if match.group(3) else match.group().lstrip()
        return self.ahead

    def next(self) -> str:
        self.shown, self.ahead = self.peek(), None
        return self.shown

    def demand(self, ok: bool, expected: str) -> None:
        if not ok:
            line = self.source.count("\n", 0, self.place) + 1
            raise InvalidParameter(f"line {line}", self.shown or "the end", expected)

    def text(self, what: str) -> str:
        word = self.next()
        self.demand(len(word) >= 2 and word.startswith('"'), what)
        return re.sub(r"\\(.)", r"\1", word[1:-1], flags=re.DOTALL)

    def texts(self, what: str, most: int) -> list[str]:
        self.demand(self.next() == "{", f"{{ before {what}")
        found: list[str] = []
        while self.peek().startswith('"'):
            found.append(self.text(what))
            self.demand(len(found) <= most, f"at most {most} {what}")
        self.demand(self.next() == "}", f"{what} in quotes, and }} behind them")
        return found

    def number(self, what: str) -> Fraction:
        word = self.next()
        try:
            return parse_rational(word)
        except InvalidParameter:
            self.demand(False, what)
            raise

    def count(self, what: str, most: int) -> int:
        word = self.next()
        self.demand(word.isascii() and word.isdigit() and len(word) <= 9 and int(word) <= most, what)
        return int(word)


def _strategies(tokens: _Tokens, players: int) -> list[list[str]]:
    """Names of each player's strategies: given, or counted, refused as soon as they make too many payoffs."""
    tokens.next()
    tokens.demand(tokens.shown == "{", "{ before the strategies")
    fits = f"one or more strategies for each of {players} players"
    given, entries = tokens.peek() == "{", players
    named: list[list[str]] = []
    while tokens.peek() == "{" if given else tokens.peek() not in ("}", ""):
        tokens.demand(len(named) < players, fits)
        if given:
            own = tokens.texts("strategies' names", MAX_ENTRIES)
            size = len(own)
        else:
            size = tokens.count(f"a number of strategies up to {MAX_ENTRIES}", MAX_ENTRIES)
        tokens.demand(size > 0, fits)
        entries *= size
        tokens.demand(entries <= MAX_ENTRIES, f"at most {MAX_ENTRIES} payoffs, not {entries}")
        named.append(own if given else [""] * size)
    tokens.demand(tokens.next() == "}", "} behind the strategies")
    tokens.demand(len(named) == players, fits)
    return named


def _by_payoffs(tokens: _Tokens, shape: Sequence[int]) -> tuple[Any, ...]:
    players, profiles = len(shape), prod(shape)
    flat = [tokens.number(f"{players * profiles} payoffs") for _ in range(players * profiles)]
    return tuple(_tensor(flat[i::players], shape) for i in range(players))


def _by_outcomes(tokens: _Tokens, shape: Sequence[int]) -> tuple[Any, ...]:
    players = len(shape)
    outcomes = [[Fraction(0)] * players]  # outcome 0 is the null outcome
    tokens.next()
    while tokens.peek() == "{":
        tokens.next()
        tokens.text("the outcome's name in quotes")
        outcomes.append([tokens.number(f"{players} payoffs") for _ in range(players)])
        tokens.demand(tokens.next() == "}", f"}} behind the outcome's {players} payoffs")
    tokens.demand(tokens.next() == "}", "} behind the outcomes")
    known = len(outcomes) - 1
    places = [tokens.count(f"{prod(shape)} outcomes from 0 to {known}", known) for _ in range(prod(shape))]
    return tuple(_tensor([outcomes[place][i] for place in places], shape) for i in range(players))


def _tensor(values: Sequence[Fraction], shape: Sequence[int]) -> Any:
    tensor = np.empty(len(values), dtype=object)
    tensor[:] = values
    return tensor.reshape(shape, order="F")


def _usable(names: Sequence[str]) -> tuple[str, ...]:
    usable = all(names) and len(set(names)) == len(names)
    return tuple(names) if usable else tuple(str(k + 1) for k in range(len(names)))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
