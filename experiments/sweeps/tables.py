"""Payoff tables of many games at once, each what it would be alone."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.points import Group
from gametheory.compositions import compositions, number_of_compositions, rank
from gametheory.errors import require
from gametheory.exact import is_integer, to_float
from gametheory.games import PayoffTable, TableGame

Array = NDArray[np.float64]

MOST_ENTRIES: Final = 1 << 24  # payoffs tabulated at a time


def points_at_a_time(game: Any) -> int:
    """How many games like this one to tabulate at a time."""
    size = len(game.strategies)
    return max(1, MOST_ENTRIES // (size * number_of_compositions(int(game.group_size) - 1, size)))


def payoffs_of(group: Group) -> Array:
    """Payoffs by composition, strategy and point, from the payoff function.

    Returns
    -------
    ndarray of float64, shape (compositions, m, points)
        Compositions in the order of `gametheory.compositions`.

    Raises
    ------
    InvalidParameter
        If a payoff is not finite.
    """
    game, number = group.game, len(group.positions)
    require(is_integer(game.group_size), "group_size", game.group_size, "a number (to tabulate the game)")
    names = tuple(game.strategies)
    if isinstance(game, TableGame | PayoffTable):
        one = np.array([[to_float(value) for value in row] for row in game.values])
        return np.ascontiguousarray(np.broadcast_to(one.T[:, :, np.newaxis], (*one.T.shape, number)))
    splits = compositions(int(game.group_size) - 1, len(names)).tolist()
    out = np.empty((len(splits), len(names), number))
    for i, name in enumerate(names):
        for n, counts in enumerate(splits):
            value = game.payoff(name, counts)
            out[n, i] = value if hasattr(value, "shape") else to_float(value)
    require(bool(np.isfinite(out).all()), "game", game, "a game of finite payoffs")
    return out


def differences(payoffs: Array) -> Array:
    """Payoffs less those of the first strategy, which are then 0."""
    return np.asarray(payoffs - payoffs[:, :1, :])


def matrices(gains: Array, others: int) -> tuple[Array, NDArray[np.bool_]]:
    """The payoff matrix of each point, shape (m, m, points), and whether its payoffs are affine in the counts.

    A point's answer does not depend on the others: sums are taken one term at a time.
    """
    size = gains.shape[1]
    splits = compositions(others, size)
    corners = [rank([others if j == i else 0 for j in range(size)]) for i in range(size)]
    found = gains[corners]
    affine = np.ones(gains.shape[2], dtype=np.bool_)
    if others == 1:
        return found, affine
    limit = 1e-12 * others * np.abs(gains).max(axis=(0, 1))
    for n in range(len(splits)):
        for i in range(size):
            gap = gains[n, i] * others
            for j in range(size):
                if splits[n, j]:
                    gap -= found[j, i] * float(splits[n, j])
            affine &= np.abs(gap) <= limit
    return found, affine


def by_point(tables: Array) -> Array:
    """Tables with the points first, as kernels read them."""
    return np.ascontiguousarray(np.moveaxis(tables, -1, 0))
