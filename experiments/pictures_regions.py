"""Regions of a grid of cells as outlines: one path with holes, so that prints show no seams between cells."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gametheory.errors import require

if TYPE_CHECKING:
    from matplotlib.patches import PathPatch

Array = NDArray[Any]


def edges_of(centers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Borders of the cells around points: half way between neighbors.

    Raises
    ------
    InvalidParameter
        If the points do not rise.

    Examples
    --------
    >>> edges_of(np.array([0.0, 1.0, 3.0])).tolist()
    [-0.5, 0.5, 2.0, 4.0]
    """
    require(bool((np.diff(centers) > 0).all()), "axis", centers.tolist()[:3], "numbers that rise")
    if len(centers) == 1:
        half = 0.5 * (abs(float(centers[0])) or 1.0)
        return np.array([centers[0] - half, centers[0] + half])
    middle = (centers[1:] + centers[:-1]) / 2
    return np.concatenate([[2 * centers[0] - middle[0]], middle, [2 * centers[-1] - middle[-1]]])


def outlines(mask: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Closed walks around the cells of a mask, the region on their left; holes run the other way.

    Parameters
    ----------
    mask : array of bool, shape (rows, columns)

    Returns
    -------
    list of array of int, each of shape (corners, 2)
        Corners (column, row) where a walk turns; the first is not repeated.

    Examples
    --------
    >>> [walk.tolist() for walk in outlines(np.array([[True, True], [False, False]]))]
    [[[0, 0], [2, 0], [2, 1], [0, 1]]]
    """
    padded = np.pad(mask, 1)
    inside, below, left = padded[1:, 1:], padded[:-1, 1:], padded[1:, :-1]
    steps: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row, column in np.argwhere(inside != below).tolist():
        start, end = (column, row), (column + 1, row)
        start, end = (start, end) if inside[row, column] else (end, start)
        steps.setdefault(start, []).append(end)
    for row, column in np.argwhere(inside != left).tolist():
        start, end = (column, row + 1), (column, row)
        start, end = (start, end) if inside[row, column] else (end, start)
        steps.setdefault(start, []).append(end)
    walks = []
    while steps:
        first = min(steps)
        walks.append(_corners(_walk(steps, first)))
    return walks


def _walk(steps: dict[tuple[int, int], list[tuple[int, int]]], first: tuple[int, int]) -> list[tuple[int, int]]:
    """One closed walk; where two cells touch at a corner it turns left, and so stays at its own cell."""
    walk = [first]
    while True:
        here = walk[-1]
        choices = steps[here]
        pick = 0
        if len(choices) > 1 and len(walk) > 1:
            dx, dy = here[0] - walk[-2][0], here[1] - walk[-2][1]
            turns = [dx * (end[1] - here[1]) - dy * (end[0] - here[0]) for end in choices]
            pick = int(np.argmax(turns))
        following = choices.pop(pick)
        if not choices:
            del steps[here]
        if following == first:
            return walk
        walk.append(following)


def _corners(walk: list[tuple[int, int]]) -> NDArray[np.int64]:
    points = np.array(walk)
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    turns = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return np.asarray(points[turns != 0])


def region_patch(mask: Array, xs: Array, ys: Array, **style: Any) -> "PathPatch":
    """The cells of a mask, shape (rows, columns), between borders `xs` and `ys`, as one patch."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    vertices: list[Array] = []
    codes: list[int] = []
    for walk in outlines(np.asarray(mask, dtype=bool)):
        points = np.column_stack([np.asarray(xs)[walk[:, 0]], np.asarray(ys)[walk[:, 1]]])
        vertices.append(np.vstack([points, points[:1]]))
        codes += [int(Path.MOVETO), *[int(Path.LINETO)] * (len(points) - 1), int(Path.CLOSEPOLY)]
    return PathPatch(Path(np.vstack(vertices) if vertices else np.empty((0, 2)), codes or None), **style)
