"""How games become what the kernels of mean dynamics read: tables, weights, and plans of evaluation."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import factorial, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dynamics._batch_kernels import TOGETHER
from dynamics._mean_kernels import LARGEST_LOG
from gametheory.compositions import compositions, rank
from gametheory.errors import require
from gametheory.exact import is_array, is_integer
from gametheory.games import Game, PayoffTable, TableGame, affine_matrix, payoff_table

Array = NDArray[np.float64]

MOST_MONOMIALS: Final = 1024  # of two factors: as many as fit the second cache

Tabulated = tuple[tuple[str, ...], int, Array, Array | None]


def tabulated(game: Game | PayoffTable, fitness: bool) -> Tabulated:
    """Strategies, co-players, payoffs of shape (games, m, compositions), and matrices if payoffs are affine."""
    if isinstance(game, PayoffTable | TableGame):
        return _from_numbers(game if isinstance(game, PayoffTable) else payoff_table(game), fitness)
    require(is_integer(game.group_size), "group_size", game.group_size, "a number (to tabulate the game)")
    names, others = tuple(game.strategies), int(game.group_size) - 1
    splits = compositions(others, len(names)).tolist()
    values = tuple(tuple(game.payoff(name, counts) for counts in splits) for name in names)
    if not any(is_array(value) for row in values for value in row):
        return _from_numbers(PayoffTable(strategies=names, group_size=others + 1, values=values), fitness)
    flat = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for row in values for value in row))
    grid = np.stack([array.ravel() for array in flat], axis=-1).reshape(-1, len(names), len(splits))
    if not fitness:
        grid = grid - grid[:, :1]
    corners = [rank([others if j == i else 0 for j in range(len(names))]) for i in range(len(names))]
    matrices = grid[:, :, corners]
    gaps = grid * others - matrices @ np.array(splits, dtype=np.float64).T
    limits = 1e-12 * others * np.abs(grid).max(axis=(1, 2), keepdims=True)
    return names, others, grid, matrices if bool((np.abs(gaps) <= limits).all()) else None


def _from_numbers(table: PayoffTable, fitness: bool) -> Tabulated:
    if not fitness:
        first = table.values[0]
        rows = tuple(tuple(v - u for u, v in zip(first, row, strict=True)) for row in table.values)
        table = PayoffTable(strategies=table.strategies, group_size=table.group_size, values=rows)
    matrix = affine_matrix(table)
    tabled = None if matrix is None else np.array([[[float(value) for value in row] for row in matrix]])
    return table.strategies, table.group_size - 1, table.as_array()[None], tabled


def weights_of(counts: NDArray[np.int64]) -> Array:
    """The last column of a table, as the header of the kernels has it."""
    size, others = counts.shape[1], int(counts[0, 0])
    factorials = [factorial(k) for k in range(others + 1)]
    whole, parts = size**others, []
    for row in counts.tolist():
        orders = factorials[others]
        for count in row:
            orders //= factorials[count]
        parts.append(log(orders) if others * log(size) > LARGEST_LOG else orders / whole)
    return np.array(parts)


@lru_cache(maxsize=64)
def evaluation_plan(others: int, size: int, most: int = MOST_MONOMIALS) -> NDArray[np.int64]:
    """The plan of `dynamics._batch_kernels` for all compositions of `others` into `size`: read-only.

    Two factors, the monomials of either half of the strategies, unless these are more than `most`; else three, of
    strategies alone or in pairs.
    """
    counts = compositions(others, size)
    half = size // 2
    cuts: Sequence[int] = (0, half, size)
    monomials = _monomials(counts, cuts)
    if size > 2 and len(monomials[0]) > most:
        cuts = (0, 1, 2, 3) if size == 3 else (0, size - size // 3 * 2, size - size // 3, size)
        monomials = _monomials(counts, cuts)
    rows, factors = monomials
    padded = np.zeros((-(-len(counts) // TOGETHER) * TOGETHER, 3), dtype=np.int64)
    padded[:, 2] = -1 if len(cuts) == 3 else 0
    padded[: len(counts), : factors.shape[1]] = factors
    plan = np.vstack([rows, padded])
    plan.setflags(write=False)
    return plan


def _monomials(counts: NDArray[np.int64], cuts: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of monomials of each range of strategies, and for each composition the row of each factor."""
    rows: list[tuple[int, int, int]] = []
    factors = []
    for low, high in pairwise(cuts):
        powers, places = np.unique(counts[:, low:high], axis=0, return_inverse=True)
        before = len(rows)
        found = {tuple(power): before + k for k, power in enumerate(powers.tolist())}
        for power in powers.tolist():
            if not any(power):
                rows.append((-1, 0, 0))
                continue
            last = max(j for j, count in enumerate(power) if count)
            power[last] -= 1  # which comes earlier in the order of np.unique
            rows.append((found[tuple(power)], low + last, 0))
        factors.append(before + places.ravel())
    return np.array(rows, dtype=np.int64), np.stack(factors, axis=1)
