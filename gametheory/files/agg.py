"""Gambit's .agg files (action graphs) of symmetric games: payoffs by how many play what.

Written: one action node for each strategy, the same action set for all players, every node a neighbor of every node,
and the payoffs of each composition as a mapping (type 1), so the file grows with the compositions, not the profiles.
Read: any file in which all players have the same action set, which then is a symmetric game. Neighbors may be action
nodes, and function nodes of the types 0 (sum) and 1 (existence) over action nodes; payoffs complete (type 0) or a
mapping (type 1). Everything else is refused. A configuration counts all N players, the one who is paid too.

Source: Jiang, Leyton-Brown, Bhat (2011), Games and Economic Behavior 71, 141-173; Gambit's documentation of the format.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from gametheory.compositions import compositions, number_of_compositions
from gametheory.errors import InvalidParameter, require
from gametheory.exact import MAX_DIGITS, Number, is_integer, parse_rational, to_text
from gametheory.files.nfg import MAX_BYTES, read_text
from gametheory.games import Game, TableGame, payoff_table

MAX_COMPOSITIONS: Final = 200_000
MAX_NODES: Final = 1000
MAX_LOOKS: Final = 50_000_000  # at neighbors, by all configurations
SUM, EXISTENCE = 0, 1
COMPLETE, MAPPING = 0, 1
_WORD: Final = re.compile(r"\[|\]|[^\s\[\]]+")


def load_action_graph(path: str | Path, *, strategies: Sequence[str] | None = None) -> TableGame:
    """Read a symmetric game from an .agg file.

    Parameters
    ----------
    path : str or Path
        A file of at most 50 MB.
    strategies : sequence of str, optional
        Names, which the format does not hold; "s1", "s2", ... by default.

    Raises
    ------
    InvalidParameter
        If the file is no action graph, not all players have the same actions, there are more than 2e5 compositions, or
        it uses what the module header leaves out.
    """
    text = read_text(path, kind=".agg", most=MAX_BYTES)
    try:
        return action_graph_from_text(text, strategies=strategies)
    except InvalidParameter as error:
        raise InvalidParameter.relocated(error, f"{path}: ") from None


def save_action_graph(game: Game, path: str | Path) -> None:
    """Write a symmetric game as .agg; errors as `action_graph_to_text`."""
    Path(path).write_text(action_graph_to_text(game), encoding="utf-8")


def action_graph_to_text(game: Game) -> str:
    """The text of an .agg file of a symmetric game (module header).

    Numbers are decimals where those are exact and fractions elsewhere, which Gambit reads in versions after 16.7.

    Raises
    ------
    InvalidParameter
        If payoffs are floats or symbols, or there are more than 2e5 compositions.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> text = action_graph_to_text(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]))
    >>> action_graph_from_text(text, strategies=["C", "D"]).values[1]
    (Fraction(5, 1), Fraction(1, 1))
    """
    whole = hasattr(game, "strategies") and is_integer(game.group_size)
    require(whole, "game", game, "a symmetric game with a number of players")
    size, parts = int(game.group_size), len(tuple(game.strategies))
    known = number_of_compositions(size, parts)
    require(known <= MAX_COMPOSITIONS, "game", f"{known} compositions", f"at most {MAX_COMPOSITIONS} compositions")
    table = payoff_table(game)
    require(table.is_exact, "game", "payoffs of floats", "a game with exact payoffs")
    actions = " ".join(map(str, range(parts)))
    lines = ["#AGG", f"# strategies: {' '.join(table.strategies)}", "# players, action nodes, function nodes"]
    lines += [str(size), str(parts), "0", "# sizes of the action sets, and the sets", " ".join([str(parts)] * size)]
    lines += [actions] * size
    lines += [
        "# the graph",
        *[f"{parts} {actions}"] * parts,
        "# payoffs by how many play each action, oneself included",
    ]
    splits = compositions(size - 1, parts).tolist()
    for own, row in enumerate(table.values):
        lines.append(f"{MAPPING} {len(splits)}")
        for counts, value in zip(splits, row, strict=True):
            all_players = [n + (k == own) for k, n in enumerate(counts)]
            lines.append(f"[{' '.join(map(str, all_players))}] {_number(value)}")
    return "\n".join(lines) + "\n"


def _number(value: Fraction) -> str:
    """A decimal where one is exact, for Gambit up to 16.7 reads no fractions in these files."""
    places = 0
    while value.denominator.bit_length() <= 200 and 10**places % value.denominator and places <= 200:
        places += 1
    if 10**places % value.denominator:
        return str(to_text(value))
    return format(Decimal(int(value * 10**places)).scaleb(-places, Context(prec=MAX_DIGITS)), "f")


def action_graph_from_text(text: str, *, strategies: Sequence[str] | None = None) -> TableGame:
    """The symmetric game that the text of an .agg file describes; see `load_action_graph`."""
    require(text.startswith("#AGG"), "line 1", text[:20], "#AGG, with which such a file begins")
    words = _Words(text)
    size = words.count("players", 2, MAX_COMPOSITIONS)
    nodes = words.count("action nodes", 1, MAX_NODES)
    functions = words.count("function nodes", 0, MAX_NODES)
    parts = [words.count("actions of each player", 1, nodes) for _ in range(size)]
    sets = [[words.count("action nodes", 0, nodes - 1) for _ in range(own)] for own in parts]
    actions = sets[0]
    alike = all(own == actions for own in sets) and len(set(actions)) == len(actions)
    require(alike, "action sets", sets[:5], "the same for all players (a symmetric game)")
    require(len(actions) >= 2, "action sets", actions, "of two or more actions")
    known = number_of_compositions(size, len(actions))
    require(known <= MAX_COMPOSITIONS, "game", f"{known} compositions", f"at most {MAX_COMPOSITIONS} compositions")
    graph = [
        [words.count("neighbors", 0, nodes + functions - 1) for _ in range(words.count("neighbors", 0, MAX_NODES))]
        for _ in range(nodes + functions)
    ]
    types = [words.count("function nodes of the types 0 and 1", SUM, EXISTENCE) for _ in range(functions)]
    flat = all(neighbor < nodes for row in graph[nodes:] for neighbor in row)
    require(flat, "function nodes", graph[nodes:], "those with action nodes for neighbors")
    looks = sum(1 + len(graph[k]) * (k >= nodes) for node in actions for k in graph[node])
    looks *= number_of_compositions(size - 1, len(actions))
    require(looks <= MAX_LOOKS, "graph", f"{looks} neighbors in all configurations", f"at most {MAX_LOOKS}")
    splits = compositions(size - 1, len(actions)).tolist()
    rows: dict[int, list[Fraction]] = {}
    for node in range(nodes):
        seen = []
        if node in actions:
            own = actions.index(node)
            seen = [_configuration(graph, types, node, actions, counts, own) for counts in splits]
        payoffs = _payoffs(words, seen, len(graph[node]))
        rows[node] = [payoffs[configuration] for configuration in seen]
    words.end()
    values: list[list[Number]] = [list(rows[node]) for node in actions]
    names = tuple(strategies) if strategies is not None else tuple(f"s{k + 1}" for k in range(len(actions)))
    return TableGame(strategies=names, group_size=size, values=values)


def _configuration(
    graph: Sequence[Sequence[int]],
    types: Sequence[int],
    node: int,
    actions: Sequence[int],
    counts: Sequence[int],
    own: int,
) -> tuple[int, ...]:
    """What the node's neighbors count when one plays it and its co-players split as `counts`."""
    number = dict(zip(actions, counts, strict=True))
    number[actions[own]] += 1
    first = len(graph) - len(types)
    found = []
    for neighbor in graph[node]:
        if neighbor < first:
            found.append(number.get(neighbor, 0))
        else:
            total = sum(number.get(inner, 0) for inner in graph[neighbor])
            found.append(int(total > 0) if types[neighbor - first] == EXISTENCE else total)
    return tuple(found)


def _payoffs(words: "_Words", seen: Sequence[tuple[int, ...]], width: int) -> dict[tuple[int, ...], Fraction]:
    """The payoffs of one action node by configuration, all that can be seen among them."""
    kind = words.count("payoffs of the types 0 and 1", COMPLETE, MAPPING)
    if kind == COMPLETE:
        return {configuration: words.number() for configuration in sorted(set(seen))}
    found = {}
    for _ in range(words.count("configurations", 0, MAX_COMPOSITIONS)):
        words.demand("[")
        configuration = tuple(words.count("players", 0, MAX_COMPOSITIONS) for _ in range(width))
        words.demand("]")
        require(configuration not in found, words.where, list(configuration), "a configuration not given before")
        found[configuration] = words.number()
    missing = sorted(set(seen) - found.keys())
    require(not missing, words.where, f"none for {list(missing[0]) if missing else ''}", "all configurations' payoffs")
    return found


class _Words:
    """The words of a file without its comments, and the line of the last one."""

    def __init__(self, text: str) -> None:
        self.left = _words(text)
        self.line = 1

    @property
    def where(self) -> str:
        return f"line {self.line}"

    def next(self, expected: str) -> str:
        word: str
        line, word = next(self.left, (0, ""))
        require(line > 0, self.where, "the end", expected)
        self.line = line
        return word

    def demand(self, word: str) -> None:
        found = self.next(word)
        require(found == word, self.where, found, word)

    def count(self, what: str, least: int, most: int) -> int:
        expected = f"an integer from {least} to {most} ({what})"
        word = self.next(expected)
        known = word.isascii() and word.isdigit() and len(word) <= 9 and least <= int(word) <= most
        require(known, self.where, word, expected)
        return int(word)

    def number(self) -> Fraction:
        word = self.next("a payoff")
        return parse_rational(word, name=self.where)

    def end(self) -> None:
        line, word = next(self.left, (0, ""))
        require(line == 0, self.where, word, "the last word of the file")


def _words(text: str) -> Iterator[tuple[int, str]]:
    """One word after the other: a list of all would take many times the room of the text."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.lstrip().startswith("#"):
            for match in _WORD.finditer(line):
                yield number, match.group()
