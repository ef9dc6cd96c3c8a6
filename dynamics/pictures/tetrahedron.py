"""The tetrahedron of four strategies: edges, rest points by type, trajectories."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.mean import mean_dynamics, trajectories
from dynamics.pictures.marks import GREY, LINES, POINTS, corner_label, even
from dynamics.protocols import Protocol
from dynamics.targets import possible_targets
from gametheory.errors import require
from gametheory.games import Game, payoff_table

if TYPE_CHECKING:
    from mpl_toolkits.mplot3d.axes3d import Axes3D

Array = NDArray[np.float64]

_R3, _R6 = float(np.sqrt(3)), float(np.sqrt(6))
CORNERS: Final = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.5, _R3 / 2, 0.0], [0.5, _R3 / 6, _R6 / 3]])
SIDE: Final = 5  # starting points per side


def plot_tetrahedron(
    game: Game,
    *,
    ax: "Axes3D | None" = None,
    starts: ArrayLike | None = None,
    protocol: Protocol | None = None,
    view: tuple[float, float] = (16.0, -36.0),
) -> "Axes3D":
    """Draw trajectories and rest points of a game with four strategies.

    Marks are those of `plot_simplex`: filled points are stable, open ones are not, diamonds are undecided.

    Parameters
    ----------
    game : Game
        With four strategies; the first is the left corner, the second in front, the third right, the last on top.
    ax : matplotlib 3D Axes, optional
        Where to draw; a new figure by default.
    starts : array_like of float, shape (runs, 4), optional
        Where trajectories start; an even grid by default. They are followed forwards.
    protocol : Protocol, optional
        `Replicator` by default.
    view : (float, float)
        Elevation and azimuth in degrees.

    Returns
    -------
    matplotlib 3D Axes

    Raises
    ------
    InvalidParameter
        If the game has not four strategies, or `ax` is not three-dimensional.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [0, 0, 0, 4]], ["A", "B", "C", "D"])
    >>> axes = plot_tetrahedron(game)
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['asymptotically stable', 'unstable']
    >>> import matplotlib.pyplot as plt; plt.close(axes.figure)
    """
    require(len(game.strategies) == 4, "strategies", tuple(game.strategies), "four (to draw a tetrahedron)")
    if ax is None:
        import matplotlib.pyplot as plt

        _, made = plt.subplots(figsize=(6.2, 6.4), subplot_kw={"projection": "3d"}, layout="constrained")
        ax = made
    require(hasattr(ax, "get_zlim"), "ax", type(ax).__name__, "three-dimensional axes")
    space: Any = ax
    space.view_init(*view)
    for i in range(4):
        for j in range(i):
            ax.plot(*CORNERS[[i, j]].T, color="black", lw=1.0, zorder=2)
    points = _grid() if starts is None else np.atleast_2d(np.asarray(starts, dtype=np.float64))
    _draw_flow(ax, game, points, protocol)
    _draw_rest_points(ax, game, protocol)
    middle = CORNERS.mean(axis=0)
    for name, corner in zip(game.strategies, CORNERS, strict=True):
        text = corner_label(game, name).replace("  (", "\n(")
        space.text(*(corner + 0.2 * (corner - middle)), text, ha="center", va="center", fontsize=11, zorder=7)
    space.set_box_aspect((1.0, _R3 / 2, _R6 / 3), zoom=1.05)
    ax.set_axis_off()
    return ax


def to_space(shares: ArrayLike) -> Array:
    """Where populations lie in the picture: shares of shape (..., 4) to coordinates of shape (..., 3).

    Examples
    --------
    >>> to_space([0, 1, 0, 0]).tolist()
    [1.0, 0.0, 0.0]
    """
    return np.asarray(np.asarray(shares, dtype=np.float64) @ CORNERS)


def _grid() -> Array:
    from gametheory.compositions import compositions

    inner = compositions(SIDE, 4) + 0.35
    return np.asarray(inner / inner.sum(axis=1, keepdims=True))


def _draw_flow(ax: "Axes3D", game: Game, points: Array, protocol: Protocol | None) -> None:
    """Trajectories from the starts that are not too near to one drawn before, with one arrowhead each."""
    dynamics = mean_dynamics(game, protocol=protocol)
    times = np.concatenate([np.linspace(0.0, 20.0, 400), np.linspace(20.5, 200.0, 360)]) / dynamics.scale
    runs = trajectories(dynamics, points, times=times, rest_speed=1e-6)
    drawn = np.empty((0, 3))
    for start, samples in zip(points, runs.samples, strict=True):
        if len(drawn) and np.linalg.norm(drawn - to_space(start), axis=1).min() < 0.09:
            continue
        orbit = to_space(samples[np.isfinite(samples[:, 0])])
        path = even(orbit)
        if len(path) < 4:
            continue
        ax.plot(*path.T, color=GREY, lw=0.8, alpha=0.8, zorder=1)
        drawn = np.vstack([drawn, path])
        _head(ax, path)


def _head(ax: "Axes3D", path: Array) -> None:
    """A small cone a third of the way along a path."""
    place = len(path) // 3
    way = path[place + 1] - path[place]
    way = way / np.linalg.norm(way)
    across = np.cross(way, [0.0, 0.0, 1.0] if abs(way[2]) < 0.9 else [1.0, 0.0, 0.0])
    across /= np.linalg.norm(across)
    other = np.cross(way, across)
    tip, foot = path[place] + 0.03 * way, path[place]
    rim = [foot + 0.009 * (np.cos(a) * across + np.sin(a) * other) for a in np.linspace(0, 2 * np.pi, 9)]
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    faces: Any = [[rim[k], rim[k + 1], tip] for k in range(8)]
    ax.add_collection3d(Poly3DCollection(faces, facecolors=GREY, edgecolors=GREY, linewidths=0.2))


def _draw_rest_points(ax: "Axes3D", game: Game, protocol: Protocol | None) -> None:
    entries: dict[str, Any] = {}
    table = payoff_table(game)
    targets = possible_targets(mean_dynamics(table, protocol=protocol), table)
    sets = [target for target in targets if target.kind == "rest points"]
    for target in sorted(sets, key=lambda t: (-len(t.corners), t.stability == "asymptotically stable")):
        place, kind = to_space(target.corners), target.stability
        if len(place) == 1:
            (handle,) = ax.plot(*place.T, ls="", ms=8, mew=1.6, zorder=6, **POINTS[kind])
            entries.setdefault(kind, handle)
        elif len(place) == 2:
            (handle,) = ax.plot(*place.T, zorder=4, **LINES[kind])
            entries.setdefault(f"{kind}, a line", handle)
        else:
            from mpl_toolkits.mplot3d.art3d import Poly3DCollection

            faces: Any = [place[[i, j, k]] for i in range(len(place)) for j in range(i) for k in range(j)]
            color = LINES[kind]["color"]
            ax.add_collection3d(Poly3DCollection(faces, facecolors=color, alpha=0.15, linewidths=0))
            from matplotlib.patches import Patch

            entries.setdefault(f"{kind}, a plane", Patch(facecolor=color, alpha=0.15))
    order = [f"{kind}{tail}" for kind in POINTS for tail in ("", ", a line", ", a plane")]
    labels = [label for label in order if label in entries]
    ax.legend(
        [entries[label] for label in labels],
        labels,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.03),
        ncols=2 if len(labels) > 1 else 1,
        frameon=False,
        numpoints=1,
        title="rest points" if all(t.exact for t in sets) else "rest points found",
    )
