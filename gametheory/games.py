"""What counts as a game, and games that users bring themselves.

Everything downstream reads a `PayoffTable`: the payoff of each strategy against each composition of
co-players. Every game is symmetric: a payoff depends on one's own strategy and on how many co-players play
each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from math import isfinite, log
from typing import Any, Final, Protocol

import numpy as np

from gametheory.compositions import compositions, multiplicity, number_of_compositions, rank
from gametheory.errors import require
from gametheory.exact import Number, as_number, is_array, is_exact, is_integer, to_float, to_text, unify

SUM_TOLERANCE: Final = 1e-9  # of shares in floats


class Game(Protocol):
    """What every solver asks of a game; all kinds but `UnequalGame` answer it."""

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
        names, rows = _checked(self.strategies, self.group_size, self.values)
        object.__setattr__(self, "strategies", names)
        object.__setattr__(self, "group_size", int(self.group_size))
        object.__setattr__(self, "values", rows)

    @property
    def is_exact(self) -> bool:
        """Whether every payoff is an exact number."""
        return all(is_exact(value) for row in self.values for value in row)

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` against co-players that split as `counts` (integers that sum to N - 1)."""
        require(strategy in self.strategies, "strategy", strategy, f"one of {tuple(self.strategies)}")
        fits = len(counts) == len(self.strategies) and all(is_integer(n) and n >= 0 for n in counts)
        fits = fits and sum(counts) == self.group_size - 1
        require(fits, "counts", counts, f"{len(self.strategies)} integers >= 0 that sum to {self.group_size - 1}")
        return self.values[self.strategies.index(strategy)][rank([int(n) for n in counts])]

    def _repr_latex_(self) -> str:
        from gametheory.latex import game_latex, shown

        return shown(game_latex(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoffTable:
    """Payoffs of every strategy against every composition of co-players.

    Attributes
    ----------
    strategies : tuple of str, length m
    group_size : int
        Players in one group, N.
    values : tuple of tuples of number, shape (m, number of compositions of N - 1 into m)
        Columns in the order of `gametheory.compositions`; all `Fraction` or all float.

    Raises
    ------
    InvalidParameter
        If the shape does not fit or a value is not a finite number.
    """

    strategies: tuple[str, ...]
    group_size: int
    values: tuple[tuple[Number, ...], ...]

    def __post_init__(self) -> None:
        names, rows = _checked(self.strategies, self.group_size, self.values)
        object.__setattr__(self, "strategies", names)
        object.__setattr__(self, "group_size", int(self.group_size))
        object.__setattr__(self, "values", rows)

    @property
    def is_exact(self) -> bool:
        """Whether every payoff is an exact number."""
        return all(is_exact(value) for row in self.values for value in row)

    def as_array(self) -> Any:
        """The payoffs as a float64 array of shape (m, compositions)."""
        return np.array([[to_float(value) for value in row] for row in self.values])


def payoff_table(game: Game) -> PayoffTable:
    """Tabulate a game once; every solver reads the result.

    Parameters
    ----------
    game : Game
        Its parameters numbers, not symbols or arrays.

    Returns
    -------
    PayoffTable
        Exact if the game is. Cost O(m compositions): about 15 microseconds for each exact payoff.

    Raises
    ------
    InvalidParameter
        If a payoff is not a finite number, there are more than 2e7 compositions, or the game is not symmetric.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=2, multiplication_factor='3/2', strategies=["C", "D"])
    >>> table = payoff_table(game)
    >>> [[str(value) for value in row] for row in table.values]
    [['1/2', '-1/4'], ['3/4', '0']]
    """
    symmetric = hasattr(game, "strategies")
    require(symmetric, "game", game, "a symmetric game (in an unequal one, payoffs belong to players)")
    require(is_integer(game.group_size), "group_size", game.group_size, "a number (to tabulate the game)")
    names = tuple(game.strategies)
    if isinstance(game, TableGame):
        values = tuple(tuple(row) for row in game.values)
    else:
        splits = compositions(int(game.group_size) - 1, len(names)).tolist()
        values = tuple(tuple(game.payoff(s, counts) for counts in splits) for s in names)
    numbers = all(is_exact(v) or isinstance(v, float | np.number) for row in values for v in row)
    require(numbers, "game", game, "a game whose parameters are numbers (to tabulate it)")
    return PayoffTable(strategies=names, group_size=game.group_size, values=values)


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

    Raises
    ------
    InvalidParameter
        If the names or the group size will not do, or a payoff is not a finite number.

    Examples
    --------
    >>> snowdrift = game_from_function(lambda s, n: 4 - 1 if s == "C" else 4 * (n["C"] > 0), ["C", "D"], 3)
    >>> snowdrift.payoff("D", (0, 2))
    Fraction(0, 1)
    """
    names = _names(strategies)
    require(is_integer(group_size) and group_size >= 2, "group_size", group_size, "an integer >= 2")
    splits = compositions(group_size - 1, len(names)).tolist()
    values = [[function(strategy, dict(zip(names, row, strict=True))) for row in splits] for strategy in names]
    return TableGame(strategies=names, group_size=group_size, values=values)


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
        Share of each strategy; arrays (a grid of populations) give arrays, sympy symbols give the payoffs as
        polynomials. Cost O(compositions).

    Returns
    -------
    tuple of number, length m
        In payoff units: exact for exact shares of an exact table.

    Raises
    ------
    InvalidParameter
        If there is not one share per strategy, or numbers among them are no population.

    Examples
    --------
    >>> from fractions import Fraction
    >>> mean_payoffs(payoff_table(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])), [Fraction(1, 2)] * 2)
    (Fraction(3, 2), Fraction(3, 1))
    """
    require(len(shares) == len(table.strategies), "shares", shares, f"{len(table.strategies)} shares")
    numbers = [as_number(share, name="shares") for share in shares]
    if all(is_exact(share) or isinstance(share, float) for share in numbers):
        total = sum(numbers)
        population = min(numbers) >= -SUM_TOLERANCE and abs(total - 1) <= (0 if is_exact(total) else SUM_TOLERANCE)
        require(population, "shares", shares, "shares >= 0 that sum to 1")
    flat = unify([*numbers, *(v for row in table.values for v in row)])
    parts, columns = len(shares), len(table.values[0])
    splits = compositions(table.group_size - 1, parts).tolist()
    weights = [_chance(counts, flat[:parts]) for counts in splits]
    rows = [flat[parts + i * columns : parts + (i + 1) * columns] for i in range(parts)]
    return tuple(sum(w * v for w, v in zip(weights, row, strict=True)) for row in rows)


def _chance(counts: Sequence[int], shares: Sequence[Number]) -> Number:
    """The multinomial probability of `counts`."""
    orders = multiplicity(counts)
    floats = any(isinstance(share, float) or is_array(share) for share in shares)
    if floats and orders.bit_length() > 1000:  # beyond the range of floats, while the product is within it
        with np.errstate(divide="ignore"):
            logs = [n * np.log(share) for n, share in zip(counts, shares, strict=True) if n > 0]
        return np.exp(log(orders) + sum(logs))
    weight: Number = orders
    for share, count in zip(shares, counts, strict=True):
        weight = weight * share**count
    return weight


def _names(strategies: Any) -> tuple[str, ...]:
    """The strategies' names, if they are two or more different identifiers."""
    listed = isinstance(strategies, Sequence) and not isinstance(strategies, str)
    names = tuple(strategies) if listed else ()
    named = len(names) >= 2 and all(isinstance(n, str) and n.isidentifier() and not iskeyword(n) for n in names)
    different = named and len(set(names)) == len(names)
    require(different, "strategies", strategies, "two or more different names (letters, digits and _)")
    return names


def _checked(strategies: Any, size: Any, values: Any) -> tuple[tuple[str, ...], tuple[tuple[Number, ...], ...]]:
    """Names and rows of a payoff table, if its shape fits and its values are finite, in one arithmetic."""
    require(is_integer(size) and size >= 2, "group_size", size, "an integer >= 2")
    names = _names(strategies)
    columns = number_of_compositions(int(size) - 1, len(names))
    try:
        rows = [list(row) for row in values if not isinstance(row, str)]
    except TypeError:
        rows = []
    fits = len(rows) == len(names) and all(len(row) == columns for row in rows)
    lengths = sorted({len(row) for row in rows})
    found = f"{len(rows)} rows of {' or '.join(map(str, lengths)) or '0'} numbers"
    require(fits, "values", found, f"{len(names)} rows of {to_text(columns)[:50]} numbers")
    flat = unify(as_number(value, name="values") for row in rows for value in row)
    finite = all(is_exact(v) or (isinstance(v, float) and isfinite(v)) for v in flat)
    require(finite, "values", values, "finite numbers")
    return names, tuple(tuple(flat[i * columns : (i + 1) * columns]) for i in range(len(names)))
