"""The explorer's picture of the replicator dynamics as plain arrays: paths, and rest points by stability."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.mean import mean_dynamics, trajectories
from dynamics.pictures.marks import even
from dynamics.pictures.simplex import to_plane

Array = NDArray[np.float64]
SIDE: Final = 7  # starting points a side of the simplex
NEAR: Final = 0.055  # of a path that was drawn before, where none starts
TIMES: Final = np.concatenate([np.linspace(0.0, 20.0, 300), np.linspace(20.5, 200.0, 240)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is drawn.

    Attributes
    ----------
    paths : tuple of array, each of shape (points, 2)
        In the plane of the simplex, or (share, velocity) of a game with two strategies.
    heads : array, shape (heads, 3)
        Where arrowheads stand, and their angle.
    points : tuple of (x, y, stability)
    lines : tuple of (array of shape (points, 2), stability)
        Sets of rest points: their ends, or points along a curve.
    areas : tuple of array
        Corners of areas that rest.
    """

    paths: tuple[Array, ...]
    heads: Array
    points: tuple[tuple[float, float, str], ...]
    lines: tuple[tuple[Array, str], ...]
    areas: tuple[Array, ...]


def sketch(game: Any, rest_points: Any) -> Sketch | None:
    """The picture of a game with two or three strategies; None for others.

    Parameters
    ----------
    game : Game
        Numbers for parameters.
    rest_points : RestPoints or None

    Examples
    --------
    >>> from dynamics import rest_points
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> sorted({kind for *_, kind in sketch(game, rest_points(game)).points})
    ['asymptotically stable', 'unstable']
    """
    size = len(game.strategies)
    if size not in (2, 3) or rest_points is None:
        return None
    place = to_plane if size == 3 else _on_axis
    paths = _flow(game) if size == 3 else (_gradient(game),)
    points, lines, areas = [], [], []
    for component in rest_points.components:
        for part in component.parts:
            corners = place(np.array([[float(share) for share in corner] for corner in part.corners]))
            if len(corners) == 1:
                points.append((float(corners[0, 0]), float(corners[0, 1]), str(part.stability)))
            elif part.dimension == 1:
                lines.append((corners, str(part.stability)))
            else:
                areas.append(corners)
    heads = _heads(paths) if size == 3 else _arrows(paths[0])
    return Sketch(paths=paths, heads=heads, points=tuple(points), lines=tuple(lines), areas=tuple(areas))


def _on_axis(shares: Array) -> Array:
    """Share of the first of two strategies, at height 0."""
    return np.column_stack([shares[:, 0], np.zeros(len(shares))])


def _flow(game: Any) -> tuple[Array, ...]:
    from gametheory.compositions import compositions

    dynamics = mean_dynamics(game)
    inner = compositions(SIDE, 3) + 0.35
    starts = inner / inner.sum(axis=1, keepdims=True)
    runs = trajectories(dynamics, starts, times=TIMES / dynamics.scale, rest_speed=1e-6)
    kept: list[Array] = []
    drawn = np.empty((0, 2))
    for start, samples in zip(starts, runs.samples, strict=True):
        if len(drawn) and np.hypot(*(drawn - to_plane(start)).T).min() < NEAR:
            continue
        path = even(to_plane(samples[np.isfinite(samples[:, 0])]), spacing=0.015)
        if len(path) >= 4:
            kept.append(path)
            drawn = np.vstack([drawn, path])
    return tuple(kept)


def _gradient(game: Any) -> Array:
    shares = np.linspace(0, 1, 201)
    heights = mean_dynamics(game).velocities(np.column_stack([shares, 1 - shares]))[:, 0]
    return np.column_stack([shares, heights])


def _heads(paths: tuple[Array, ...]) -> Array:
    found = []
    for path in paths:
        k = len(path) // 3
        step = path[k + 1] - path[k]
        found.append((*path[k], float(np.arctan2(step[1], step[0]))))
    return np.array(found).reshape(-1, 3)


def _arrows(path: Array) -> Array:
    """On the axis, in the middle of each stretch between rest points, the way the share moves."""
    signs = np.sign(np.where(np.abs(path[:, 1]) > 1e-12, path[:, 1], 0.0))
    found = []
    for run in np.split(np.arange(len(path)), np.flatnonzero(np.diff(signs)) + 1):
        if signs[run[0]] and len(run) > 4:
            found.append((path[run[len(run) // 2], 0], 0.0, 0.0 if signs[run[0]] > 0 else np.pi))
    return np.array(found).reshape(-1, 3)
