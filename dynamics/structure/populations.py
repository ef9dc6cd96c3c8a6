"""A game on a structure: tables that every kernel reads, and starting populations.

The code of a player is one integer: ``strategy + 2^b * group``, `b` the bits that strategies need and `group` the
number of the composition of the group that the player leads. `payoffs[i, code]` is what a player of `i` gets in that
group, and `moves[i, j, code]` the code once one member has gone from `i` to `j`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.structure.spaces import Network, SquareLattice, network
from gametheory.compositions import compositions, number_of_compositions
from gametheory.errors import require
from gametheory.exact import is_integer
from gametheory.games import PayoffTable, payoff_table

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_ENTRIES: Final = 50_000_000  # of the tables
CHUNK: Final = 2**18  # players whose codes are computed at a time
MOST_CODES: Final = 2**16  # of a lattice: a code is stored in two bytes at most


@dataclass(frozen=True, slots=True, eq=False)
class StructuredPopulation:
    """A game played on every closed neighborhood of a structure.

    Parameters
    ----------
    game : Game or PayoffTable; or a callable or mapping from group sizes to them
        A single game needs a structure whose groups all have its size; where vertices differ in degree, give a
        family such as ``lambda n: PublicGoodsGame(group_size=n, multiplication_factor=3)``.
    structure : SquareLattice, Network, networkx.Graph or mapping of vertex to neighbors

    Attributes
    ----------
    strategies : tuple of str, length m
    payoffs : ndarray of float64, shape (m, codes)
        0 where the player cannot be in the group.
    moves : ndarray of int32, shape (m, m, codes)
    firsts : dict of int to int
        By group size, the number of its first composition. The arrays are read-only.

    Raises
    ------
    InvalidParameter
        If a group size has no game, the games' strategies differ, or there are too many compositions.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3.5, strategies=["C", "D"])
    >>> population = StructuredPopulation(game, SquareLattice(50))
    >>> population.strategies, population.size
    (('C', 'D'), 2500)
    """

    game: Any
    structure: Any
    tables: dict[int, PayoffTable] = field(init=False)
    strategies: tuple[str, ...] = field(init=False)
    payoffs: Array = field(init=False)
    moves: NDArray[np.int32] = field(init=False)
    firsts: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        structure = self.structure
        if not isinstance(structure, SquareLattice | Network):
            structure = network(structure)
            object.__setattr__(self, "structure", structure)
        degrees = [structure.degree] if isinstance(structure, SquareLattice) else structure.degrees
        sizes = sorted({int(degree) + 1 for degree in degrees})
        tables = {size: _table(self.game, size) for size in sizes}
        strategies = tables[sizes[0]].strategies
        alike = all(table.strategies == strategies for table in tables.values())
        require(alike, "game", [table.strategies for table in tables.values()], "of the same strategies for every size")
        numbers = [number_of_compositions(size, len(strategies)) for size in sizes]
        codes = sum(numbers) << _bits(len(strategies))
        require(codes * len(strategies) ** 2 <= MOST_ENTRIES, "game", f"one with {codes} codes", "smaller")
        small = isinstance(structure, Network) or codes <= MOST_CODES
        require(small, "game", f"one with {codes} codes", f"with at most {MOST_CODES} codes on a lattice")
        firsts = dict(zip(sizes, np.cumsum([0, *numbers[:-1]]).tolist(), strict=True))
        payoffs, moves = _code_tables(tables, firsts, sum(numbers))
        derived = {"tables": tables, "strategies": strategies, "payoffs": payoffs, "moves": moves, "firsts": firsts}
        for name, value in derived.items():
            object.__setattr__(self, name, value)
        payoffs.setflags(write=False)
        moves.setflags(write=False)

    @property
    def size(self) -> int:
        """Number of players."""
        return int(self.structure.size)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an array of strategies: (L, L) on a lattice, (vertices,) on a graph."""
        return tuple(self.structure.shape)

    @property
    def network(self) -> Network:
        """The structure as a graph."""
        return self.structure.network if isinstance(self.structure, SquareLattice) else self.structure

    @property
    def bits(self) -> int:
        """Bits of a code that hold the strategy."""
        return _bits(len(self.strategies))

    def index(self, strategy: str) -> int:
        """Number of `strategy`; refuses a name that the game has not."""
        require(strategy in self.strategies, "strategy", strategy, f"one of {self.strategies}")
        return self.strategies.index(strategy)

    def codes(self, players: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Codes of everybody, shape (runs, players), from the numbers of their strategies; not checked."""
        rows = players.reshape(-1, self.size)
        out = np.empty(rows.shape, dtype=np.int32)
        chunk = max(1, CHUNK // self.size)
        for first in range(0, len(rows), chunk):
            out[first : first + chunk] = self._codes(rows[first : first + chunk])
        return out

    def _codes(self, rows: NDArray[np.uint8]) -> Integers:
        graph, parts = self.network, len(self.strategies)
        kinds = np.eye(parts, dtype=np.int64)[rows]
        members = kinds + np.add.reduceat(kinds[:, graph.neighbors], graph.starts[:-1], axis=1)
        sizes = graph.degrees + 1
        groups = np.empty(rows.shape, dtype=np.int64)
        for size, first in self.firsts.items():
            here = sizes == size
            groups[:, here] = first + _ranks(members[:, here], size)
        return np.asarray((groups << self.bits) + rows)


def player_payoffs(population: StructuredPopulation, players: ArrayLike) -> Array:
    """What every player earns: the sum of its payoffs over all the groups that it is in.

    Parameters
    ----------
    population : StructuredPopulation
    players : array_like of int, shape of the population
        Number of each player's strategy.

    Returns
    -------
    ndarray of float64, shape of the population
        In payoff units.

    Raises
    ------
    InvalidParameter
        If `players` are no strategies of the population.

    Examples
    --------
    One contributor among defectors is in five groups, and so earns 5 (r/5 - 1):

    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> players = np.ones((5, 5), dtype=int)
    >>> players[2, 2] = 0
    >>> player_payoffs(StructuredPopulation(game, SquareLattice(5)), players).round(12)
    array([[ 0. ,  0. ,  0.6,  0. ,  0. ],
           [ 0. ,  1.2,  1.2,  1.2,  0. ],
           [ 0.6,  1.2, -2. ,  1.2,  0.6],
           [ 0. ,  1.2,  1.2,  1.2,  0. ],
           [ 0. ,  0. ,  0.6,  0. ,  0. ]])
    """
    codes = population.codes(checked_players(population, players))[0]
    graph = population.network
    own = codes & ((1 << population.bits) - 1)
    elsewhere = population.payoffs[np.repeat(own, graph.degrees), codes[graph.neighbors]]
    total = population.payoffs[own, codes] + np.add.reduceat(elsewhere, graph.starts[:-1])
    return np.asarray(total.reshape(population.shape))


def checked_players(population: StructuredPopulation, players: ArrayLike, runs: int | None = None) -> Any:
    """Numbers of strategies as an array of uint8 of the population's shape, or of one such array a run."""
    array = np.asarray(players)
    shapes = [population.shape] if runs is None else [population.shape, (runs, *population.shape)]
    expected = f"integers of shape {' or '.join(map(str, shapes))}, numbers of the strategies {population.strategies}"
    fits = array.shape in shapes and array.dtype.kind in "iu"
    fits = fits and bool((array >= 0).all()) and bool((array < len(population.strategies)).all())
    require(fits, "players", players, expected)
    return array.astype(np.uint8)


def stripes(population: StructuredPopulation, strategies: Sequence[str]) -> NDArray[np.uint8]:
    """A lattice in upright stripes of equal width (to one column), one for each of `strategies`, from left to right.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> stripes(StructuredPopulation(game, SquareLattice(4)), ["D", "C"])[0].tolist()
    [1, 1, 0, 0]
    """
    side = _side(population)
    fits = 1 <= len(strategies) <= side
    require(fits, "strategies", strategies, f"from 1 to {side} names")
    numbers = np.array([population.index(name) for name in strategies], dtype=np.uint8)
    return np.tile(numbers[np.arange(side) * len(numbers) // side], (side, 1))


def block(population: StructuredPopulation, *, inside: str, outside: str, width: int) -> NDArray[np.uint8]:
    """A lattice of `outside` with a square of `inside` in the middle, `width` sites wide.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> int((block(StructuredPopulation(game, SquareLattice(10)), inside="C", outside="D", width=3) == 0).sum())
    9
    """
    side = _side(population)
    require(is_integer(width) and 0 <= width <= side, "width", width, f"an integer from 0 to {side}")
    players = np.full((side, side), population.index(outside), dtype=np.uint8)
    first = (side - width) // 2
    players[first : first + width, first : first + width] = population.index(inside)
    return players


def _side(population: StructuredPopulation) -> int:
    lattice = population.structure
    require(isinstance(lattice, SquareLattice), "population", type(lattice).__name__, "on a SquareLattice")
    return int(lattice.side)


def _table(game: Any, size: int) -> PayoffTable:
    """The game that groups of `size` play, as a table."""
    if isinstance(game, Mapping):
        require(size in game, "game", sorted(game), f"a mapping with a game for groups of {size}")
        game = game[size]
    elif callable(game):
        game = game(size)
    table = game if isinstance(game, PayoffTable) else payoff_table(game)
    expected = f"{size}, the size of a closed neighborhood (where sizes differ, give a family of games)"
    require(table.group_size == size, "group_size", table.group_size, expected)
    return table


def _bits(parts: int) -> int:
    return (parts - 1).bit_length()


def _keys(counts: Integers, size: int) -> Integers:
    """Numbers that fall along the project's order of compositions of `size`; they fit where the tables do."""
    return np.asarray(counts @ (size + 1) ** np.arange(counts.shape[-1] - 1, -1, -1))


def _ranks(counts: Integers, size: int) -> Integers:
    """Rows of `counts` in the list of compositions of `size`."""
    rising = -_keys(compositions(size, counts.shape[-1]), size)
    return np.searchsorted(rising, -_keys(counts, size)).astype(np.int64)


def _code_tables(tables: dict[int, PayoffTable], firsts: dict[int, int], groups: int) -> tuple[Array, Any]:
    """Payoffs and moves by code, for every size of group."""
    parts = len(next(iter(tables.values())).strategies)
    payoffs = np.zeros((parts, groups))
    moves = np.tile(np.arange(groups), (parts, parts, 1))
    for size, table in tables.items():
        values, whole = table.as_array(), compositions(size, parts)
        units = np.eye(parts, dtype=np.int64)
        for own in range(parts):
            inside = np.flatnonzero(whole[:, own] > 0)
            others = whole[inside] - units[own]
            payoffs[own, firsts[size] + inside] = values[own, _ranks(others, size - 1)]
            for new in range(parts):
                moves[own, new, firsts[size] + inside] = firsts[size] + _ranks(others + units[new], size)
    strategies = np.arange(1 << _bits(parts))
    by_code = (moves[..., None] << _bits(parts)) + strategies
    return np.repeat(payoffs, len(strategies), axis=1), by_code.reshape(parts, parts, -1).astype(np.int32)
