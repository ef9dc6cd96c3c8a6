"""Where to compute next: boxes of the grid are halved along every axis where the phase changes inside them.

The finest lattice is the grid of the sweep. The first round takes every 2^depth-th value of each axis; after each round
every box between neighboring points in which two computed points have different phases (or, if a tolerance is given,
values further apart than it) is cut in the middle of every side longer than one step. A box is looked at again when a
neighbor puts points on its sides. Everything follows from the values, so a sweep that was interrupted takes the same
way again. A region that fits between the points of the first round is not seen.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

MOST_LATTICE: Final = 1 << 26  # points of the finest lattice that is kept in memory
NOT_YET: Final = np.iinfo(np.int64).min


@dataclass(slots=True, eq=False)
class Refined:
    """What is known on the finest lattice.

    Attributes
    ----------
    phases : ndarray of int64
        Of the points that were computed; `NOT_YET` elsewhere.
    levels : ndarray of int32
        The round of each point, -1 elsewhere.
    values : list of ndarray of float64
        Arrays whose differences count too.
    tolerance : float
    """

    phases: Whole
    levels: NDArray[np.int32]
    values: list[NDArray[np.float64]] = field(default_factory=list)
    tolerance: float = np.inf

    def differs(self, low: Sequence[int], high: Sequence[int]) -> bool:
        """Whether computed points of a closed box differ."""
        box = tuple(slice(a, b + 1) for a, b in zip(low, high, strict=True))
        phases = self.phases[box]
        known = phases[phases != NOT_YET]
        if known.size and known.min() != known.max():
            return True
        for array in self.values:
            inside = array[box]
            some = inside[np.isfinite(inside)]
            if some.size and float(some.max() - some.min()) > self.tolerance:
                return True
        return False


def rounds(shape: Sequence[int], depth: int, refined: Refined) -> Iterator[Whole]:
    """The points of each round, in order; `refined` has to hold their phases before the next is asked for.

    Yields
    ------
    ndarray of int64, shape (points, axes)
    """
    leaves = _coarse(shape, 1 << depth)
    fresh = leaves
    while len(fresh):
        points = _corners(fresh, shape)
        points = points[refined.levels[tuple(points.T)] < 0]
        if len(points):
            yield points
        split = np.zeros(len(leaves), dtype=np.bool_)
        for k, (low, high) in enumerate(leaves.tolist()):
            long = any(b - a > 1 for a, b in zip(low, high, strict=True))
            split[k] = long and refined.differs(low, high)
        fresh = _halves(leaves[split])
        leaves = np.concatenate([leaves[~split], fresh]) if len(fresh) else leaves


def nearest(refined: Refined) -> Whole:
    """The phase of the nearest computed point (in steps of the lattice) at every point of the lattice."""
    from scipy.ndimage import distance_transform_edt

    places = distance_transform_edt(refined.levels < 0, return_distances=False, return_indices=True)
    return np.asarray(refined.phases[tuple(places)])


def phase_of(columns: Sequence[Any]) -> Whole:
    """One integer for each point from the integers that make its phase, each of shape (points, ...) and below 998.

    A single column of one number each is the phase itself.

    Examples
    --------
    >>> phase_of([[2, 3], [-1, 0]]).tolist()
    [3000, 4001]
    """
    flat = [np.asarray(column).reshape(len(column), -1) for column in columns]
    numbers = np.concatenate(flat, axis=1).astype(np.int64)
    if numbers.shape[1] == 1:
        return numbers[:, 0]
    base = 1000 if numbers.shape[1] <= 6 else 4
    code = np.zeros(len(numbers), dtype=np.int64)
    for column in numbers.T:
        code = code * base + np.clip(column + 1, 0, base - 1)
    return code


def _coarse(shape: Sequence[int], step: int) -> Whole:
    """The boxes of the first round, shape (boxes, 2, axes)."""
    sides = []
    for size in shape:
        stops = [*range(0, size - 1, step), size - 1]
        sides.append(list(pairwise(stops)) if size > 1 else [(0, 0)])
    boxes = [list(zip(*sides_of, strict=True)) for sides_of in product(*sides)]
    return np.array(boxes, dtype=np.int64)


def _corners(boxes: Whole, shape: Sequence[int]) -> Whole:
    """The corners of boxes, each once, in the order of the lattice."""
    axes = boxes.shape[2]
    corners = [
        np.stack([boxes[:, end, axis] for axis, end in enumerate(ends)], axis=1)
        for ends in product((0, 1), repeat=axes)
    ]
    flat = np.unique(np.ravel_multi_index(tuple(np.concatenate(corners).T), tuple(shape)))
    return np.stack(np.unravel_index(flat, tuple(shape)), axis=1).astype(np.int64)


def _halves(boxes: Whole) -> Whole:
    """Boxes cut in the middle of every side longer than one step."""
    found = []
    for low, high in boxes.tolist():
        sides = []
        for a, b in zip(low, high, strict=True):
            middle = (a + b) // 2
            sides.append([(a, middle), (middle, b)] if b - a > 1 else [(a, b)])
        found += [list(zip(*side, strict=True)) for side in product(*sides)]
    return np.array(found, dtype=np.int64).reshape(len(found), 2, boxes.shape[2])


Evaluate = Callable[[int, Whole], None]
