"""What counts as a game, and games that users bring themselves.

Everything downstream reads a `PayoffTable`: the payoff of each strategy against each composition of co-players.
Every game is symmetric: a payoff depends on one's own strategy and on how many co-players play each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from gametheory.compositions import compositions, multiplicity, number_of_compositions, rank
from gametheory.errors import require
from gametheory.exact import Number, as_number, is_exact, unify


class Game(Protocol):
    """What every solver asks of a game; `PublicGoodsGame` and `TableGame` answer it."""

    @property
    def strategies(self) -> Sequence[str]:
        """Names of the strategies, in the order of tables and populations."""
        ...

    @property
    def group_size(self) -> Number:
        """Players in one group, N."""
        ...

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the co-players split as `counts`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TableGame:
    """A symmetric game given by its payoffs.

    Parameters
    ----------
    strategies : sequence of str
        Two or more different names.
    group_size : int
        Players in one group, N >= 2.
    values : sequence of sequences of number, shape (m, number of compositions of N - 1 into m)
        Payoff of each strategy against each composition of co-players, in the order of
        `gametheory.compositions`: for N = 2 the matrix whose rows are one's own strategy.

    Raises
    ------
    InvalidParameter
        If the shape does not fit or a value is not a finite number.

    Examples
    --------
    >>> hawk_dove = TableGame(strategies=["H", "D"], group_size=2, values=[[-1, 2], [0, 1]])
    >>> hawk_dove.payoff("H", (0, 1))
    Fraction(2, 1)
    """

    strategies: Sequence[str]
    group_size: int
    values: Sequence[Sequence[Number]]

    def __post_init__(self) -> None:
        size = self.group_size
        whole = isinstance(size, int) and not isinstance(size, bool) and size >= 2
        require(whole, "group_size", size, "an integer >= 2")
        names = tuple(self.strategies) if not isinstance(self.strategies, str) else ()
        named = len(names) >= 2 and all(isinstance(n, str) and n.isidentifier() for n in names)
        require(named and len(set(names)) == len(names), "strategies", self.strategies, "two or more different names")
        columns = number_of_compositions(size - 1, len(names))
        rows = [list(row) for row in self.values]
        fits = len(rows) == len(names) and all(len(row) == columns for row in rows)
        shape = (len(rows), len(rows[0]) if rows else 0)
        require(fits, "values", shape, f"of shape ({len(names)}, {columns})")
        flat = unify(as_number(value, name="values") for row in rows for value in row)
        finite = all(is_exact(v) or (isinstance(v, float) and np.isfinite(v)) for v in flat)
        require(finite, "values", self.values, "finite numbers")
        chunks = tuple(tuple(flat[i * columns : (i + 1) * columns]) for i in range(len(names)))
        object.__setattr__(self, "strategies", names)
        object.__setattr__(self, "values", chunks)

    @property
    def is_exact(self) -> bool:
        """Whether every payoff is an exact number."""
        return all(is_exact(value) for row in self.values for value in row)

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` against co-players that split as `counts` (integers that sum to N - 1)."""
        require(strategy in self.strategies, "strategy", strategy, f"one of {tuple(self.strategies)}")
        split = [int(count) for count in counts]
        fits = len(split) == len(self.strategies) and sum(split) == self.group_size - 1 and min(split) >= 0
        require(fits, "counts", counts, f"{len(self.strategies)} integers >= 0 that sum to {self.group_size - 1}")
        return self.values[self.strategies.index(strategy)][rank(split)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoffTable:
    """Payoffs of every strategy against every composition of co-players.

    Attributes
    ----------
    strategies : tuple of str, length m
    group_size : int
        Players in one group, N.
    values : tuple of tuples of number, shape (m, number of compositions of N - 1 into m)
        Columns in the order of `gametheory.compositions`; all exact or all floats.
    """

    strategies: tuple[str, ...]
    group_size: int
    values: tuple[tuple[Number, ...], ...]

    @property
    def is_exact(self) -> bool:
        """Whether every payoff is an exact number."""
        return all(is_exact(value) for row in self.values for value in row)

    def as_array(self) -> Any:
        """The payoffs as a float64 array of shape (m, compositions)."""
        return np.array([[float(value) for value in row] for row in self.values])


def payoff_table(game: Game) -> PayoffTable:
    """Tabulate a game once; every solver reads the result.

    Parameters
    ----------
    game : Game
        Its parameters numbers, not symbols or arrays.

    Returns
    -------
    PayoffTable
        Exact if the game is.

    Raises
    ------
    InvalidParameter
        If a payoff is not a number.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> table = payoff_table(PublicGoodsGame(group_size=2, multiplication_factor='3/2', strategies=["C", "D"]))
    >>> [[str(value) for value in row] for row in table.values]
    [['1/2', '-1/4'], ['3/4', '0']]
    """
    require(isinstance(game.group_size, int), "group_size", game.group_size, "a number (to tabulate the game)")
    if isinstance(game, TableGame):
        values = tuple(tuple(row) for row in game.values)
    else:
        splits = compositions(game.group_size - 1, len(game.strategies)).tolist()
        values = tuple(tuple(game.payoff(s, counts) for counts in splits) for s in game.strategies)
    numbers = all(is_exact(v) or isinstance(v, float) for row in values for v in row)
    require(numbers, "game", game, "a game whose parameters are numbers (to tabulate it)")
    return PayoffTable(strategies=tuple(game.strategies), group_size=game.group_size, values=values)


def game_from_payoffs(values: Any, strategies: Sequence[str], *, group_size: int = 2) -> TableGame:
    """A symmetric game from its payoffs: a matrix for two players, else strategy by composition.

    Parameters
    ----------
    values : nested sequence or array of number, shape (m, compositions of N - 1 into m)
        Row: one's own strategy. Integers, fractions and text such as '3/10' are exact; floats are floats.
    strategies : sequence of str, length m
    group_size : int
        Players in one group, N >= 2.

    Raises
    ------
    InvalidParameter
        If the shape does not fit.

    Examples
    --------
    >>> game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]).payoff("D", (1, 0))
    Fraction(5, 1)
    """
    rows = values.tolist() if hasattr(values, "tolist") else values
    return TableGame(strategies=strategies, group_size=group_size, values=rows)


def game_from_function(
    function: Callable[[str, dict[str, int]], Number], strategies: Sequence[str], group_size: int
) -> TableGame:
    """A symmetric game from a payoff function.

    Parameters
    ----------
    function : callable
        Called as ``function(strategy, counts)``, `counts` giving how many of the N - 1 co-players play each
        strategy; returns a number, exact or float.
    strategies : sequence of str
    group_size : int
        Players in one group, N >= 2.

    Examples
    --------
    >>> snowdrift = game_from_function(lambda s, n: 4 - 1 if s == "C" else 4 * (n["C"] > 0), ["C", "D"], 3)
    >>> snowdrift.payoff("D", (0, 2))
    Fraction(0, 1)
    """
    require(isinstance(group_size, int) and group_size >= 2, "group_size", group_size, "an integer >= 2")
    splits = [dict(zip(strategies, row, strict=True)) for row in compositions(group_size - 1, len(strategies)).tolist()]
    values = [[function(strategy, dict(split)) for split in splits] for strategy in strategies]
    return TableGame(strategies=strategies, group_size=group_size, values=values)


def affine_matrix(table: PayoffTable) -> tuple[tuple[Number, ...], ...] | None:
    r"""The matrix `A` with mean payoffs :math:`f(x) = A x`, if payoffs are affine in the counts; else None.

    Decided exactly on every composition; `None` for a table of floats unless it holds to 1e-12 of its scale.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=3, multiplication_factor=2, strategies=["C", "D"])
    >>> [[str(a) for a in row] for row in affine_matrix(payoff_table(game))]
    [['1', '-1/3'], ['4/3', '0']]
    """
    others, parts = table.group_size - 1, len(table.strategies)
    corners = [rank([others if j == i else 0 for j in range(parts)]) for i in range(parts)]
    matrix = tuple(tuple(row[corner] for corner in corners) for row in table.values)
    exact = table.is_exact
    scale = 1 if exact else max((abs(v) for row in table.values for v in row), default=1.0)
    for column, counts in enumerate(compositions(others, parts).tolist()):
        for row, ends in zip(table.values, matrix, strict=True):
            gap = row[column] * others - sum(n * a for n, a in zip(counts, ends, strict=True))
            if gap != 0 if exact else abs(gap) > 1e-12 * scale * others:
                return None
    return matrix


def mean_payoffs(table: PayoffTable, shares: Sequence[Number]) -> tuple[Number, ...]:
    """Expected payoff of each strategy when co-players are drawn at random from a population.

    Parameters
    ----------
    table : PayoffTable
    shares : sequence of number, length m
        Share of each strategy; sympy symbols give the payoffs as polynomials. Cost O(compositions).

    Examples
    --------
    >>> from fractions import Fraction
    >>> mean_payoffs(payoff_table(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])), [Fraction(1, 2)] * 2)
    (Fraction(3, 2), Fraction(3, 1))
    """
    require(len(shares) == len(table.strategies), "shares", shares, f"{len(table.strategies)} shares")
    weights = []
    for counts in compositions(table.group_size - 1, len(table.strategies)).tolist():
        weight: Number = multiplicity(counts)
        for share, count in zip(shares, counts, strict=True):
            weight = weight * share**count
        weights.append(weight)
    return tuple(sum(w * v for w, v in zip(weights, row, strict=True)) for row in table.values)
