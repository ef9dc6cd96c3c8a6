"""How a group splits into strategies: the one order of compositions that every package uses.

A composition of `total` into `parts` says how many play each strategy. They are listed with the first count
falling, then the second, and so on: for one co-player that is the order of the strategies themselves, so the
columns of a two-player matrix are its compositions.
"""

from functools import cache
from math import comb, factorial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gametheory.errors import require
from gametheory.exact import is_integer

MAX_ROWS: Final = 20_000_000


def number_of_compositions(total: int, parts: int) -> int:
    """How many ways `total` players split into `parts` strategies.

    Raises
    ------
    InvalidParameter
        If `total` is no integer >= 0 or `parts` no integer >= 1.

    Examples
    --------
    >>> number_of_compositions(4, 3)
    15
    """
    _check(total, parts)
    return comb(total + parts - 1, parts - 1)


@cache
def _compositions(total: int, parts: int) -> NDArray[np.int64]:
    if parts == 1:
        rows = np.array([[total]], dtype=np.int64)
    else:
        blocks = []
        for first in range(total, -1, -1):
            rest = _compositions(total - first, parts - 1)
            blocks.append(np.hstack([np.full((len(rest), 1), first, dtype=np.int64), rest]))
        rows = np.vstack(blocks)
    rows.setflags(write=False)
    return rows


def compositions(total: int, parts: int) -> NDArray[np.int64]:
    """All compositions of `total` into `parts`, in the project's order.

    Parameters
    ----------
    total : int
        Players to split, >= 0.
    parts : int
        Strategies, >= 1.

    Returns
    -------
    ndarray of int64, shape (number_of_compositions(total, parts), parts)
        Read-only; shared between callers.

    Raises
    ------
    InvalidParameter
        If `total` is no integer >= 0, `parts` no integer >= 1, or there are more than 2e7 rows.

    Examples
    --------
    >>> compositions(2, 2).tolist()
    [[2, 0], [1, 1], [0, 2]]
    """
    rows = number_of_compositions(total, parts)
    require(rows <= MAX_ROWS, "total", total, f"small enough for a list of at most {MAX_ROWS} compositions")
    return _compositions(int(total), int(parts))


def rank(counts: ArrayLike) -> int:
    """Row of `counts` in `compositions(sum(counts), len(counts))`.

    Raises
    ------
    InvalidParameter
        If `counts` is not a non-empty list of integers >= 0.

    Examples
    --------
    >>> rank([1, 1])
    1
    """
    values = _counts(counts)
    left, position = sum(values), 0
    for index, count in enumerate(values[:-1]):
        parts = len(values) - index
        # compositions whose entry here is larger come first; they leave less than left - count to the rest
        position += comb(left - count + parts - 2, parts - 1) if left > count else 0
        left -= count
    return position


def unrank(position: int, total: int, parts: int) -> tuple[int, ...]:
    """The composition in row `position` of `compositions(total, parts)`.

    Raises
    ------
    InvalidParameter
        If `total` is no integer >= 0, `parts` no integer >= 1, or there is no such row.

    Examples
    --------
    >>> unrank(1, 2, 2)
    (1, 1)
    """
    size = number_of_compositions(total, parts)
    require(
        is_integer(position) and 0 <= position < size,
        "position",
        position,
        f"an integer from 0 to {size - 1}",
    )
    counts: list[int] = []
    left = total
    for remaining in range(parts, 1, -1):
        count = left
        while position >= (block := number_of_compositions(left - count, remaining - 1)):
            position -= block
            count -= 1
        counts.append(count)
        left -= count
    return (*counts, left)


def multiplicity(counts: ArrayLike) -> int:
    """In how many orders of the players `counts` arises: the multinomial coefficient.

    Raises
    ------
    InvalidParameter
        If `counts` is not a non-empty list of integers >= 0.

    Examples
    --------
    >>> multiplicity([2, 1, 1])
    12
    """
    values = _counts(counts)
    result = factorial(sum(values))
    for value in values:
        result //= factorial(value)
    return result


def _counts(counts: ArrayLike) -> list[int]:
    values = np.asarray(counts)
    ok = values.ndim == 1 and values.size > 0 and values.dtype.kind in "iu" and bool((values >= 0).all())
    require(ok, "counts", counts, "a list of integers >= 0")
    return [int(value) for value in values]


def _check(total: int, parts: int) -> None:
    require(is_integer(total) and total >= 0, "total", total, "an integer >= 0")
    require(is_integer(parts) and parts >= 1, "parts", parts, "an integer >= 1")
