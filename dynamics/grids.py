"""Regular grids on a simplex: cells of equal volume, and which of them touch."""

from itertools import pairwise, permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def grid_cells(size: int, side: int) -> Array:
    r"""Corners of the side^(m - 1) cells of equal volume that the edgewise subdivision cuts a simplex into.

    Parameters
    ----------
    size, side : int
        Strategies, m >= 2, and cells per side, >= 1.

    Returns
    -------
    ndarray of float64, shape (side^(m - 1), m, m)
        Cell, corner, share.

    Examples
    --------
    >>> grid_cells(3, 2).mean(axis=1).round(3).tolist()
    [[0.167, 0.167, 0.667], [0.167, 0.667, 0.167], [0.333, 0.333, 0.333], [0.667, 0.167, 0.167]]
    """
    return np.asarray(_lattice_cells(size, side) / side)


def _lattice_cells(size: int, side: int) -> NDArray[np.int64]:
    """The corners in integers: cumulative shares run through the cubes of a lattice, each cut along permutations."""
    d, found = size - 1, []
    for corner in product(range(side), repeat=d):
        if any(a > b for a, b in pairwise(corner)):
            continue
        for order in permutations(range(d)):  # of the fractional parts, rising
            place = {axis: k for k, axis in enumerate(order)}
            if any(corner[k] == corner[k + 1] and place[k] > place[k + 1] for k in range(d - 1)):
                continue
            walk = np.array(corner)
            corners = [walk.copy()]
            for axis in reversed(order):
                walk[axis] += 1
                corners.append(walk.copy())
            found.append([np.diff(np.concatenate([[0], c, [side]])) for c in corners])
    return np.array(found, dtype=np.int64)


def on_border(cells: Array, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a cell of the grid shares a facet with a cell of another label."""
    size = cells.shape[1]
    side = round(len(cells) ** (1 / (size - 1)))
    corners = np.rint(cells * side).astype(np.int64)
    owners: dict[Any, int] = {}
    border = np.zeros(len(cells), dtype=np.bool_)
    for k, cell in enumerate(corners.tolist()):
        for gone in range(size):
            facet = frozenset(tuple(c) for j, c in enumerate(cell) if j != gone)
            other = owners.setdefault(facet, k)
            if labels[other] != labels[k]:
                border[k] = border[other] = True
    return border
