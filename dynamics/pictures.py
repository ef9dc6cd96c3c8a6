"""Pictures of the replicator dynamics of three strategies: the simplex, its flow and its rest points."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.replicator import Field, field_of, trajectory
from dynamics.restpoints import rest_points
from gametheory.equilibria.components import Part
from gametheory.errors import require
from gametheory.games import Game, TableGame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT: Final = float(np.sqrt(3) / 2)
CORNERS: Final = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, HEIGHT]])  # first left, second right, third on top
NAMES: Final = {"C": "contributors", "D": "defectors", "P": "punishers", "L": "loners"}

# Okabe & Ito's colours, told apart by every kind of colour vision; shape and filling say the same again.
BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
GREY: Final = "#6F6F6F"
POINTS: Final[dict[str, dict[str, Any]]] = {
    "asymptotically stable": {"marker": "o", "mfc": BLUE, "mec": BLUE},
    "stable": {"marker": "o", "mfc": "#A6D3EC", "mec": BLUE},
    "unstable": {"marker": "o", "mfc": "white", "mec": ORANGE},
    "undecided": {"marker": "D", "mfc": "white", "mec": GREY},
}
LINES: Final[dict[str, dict[str, Any]]] = {
    "asymptotically stable": {"color": BLUE, "ls": "-", "lw": 4.0},
    "stable": {"color": BLUE, "ls": "-", "lw": 4.0},
    "unstable": {"color": ORANGE, "ls": (0, (1.6, 1.2)), "lw": 3.0},
    "undecided": {"color": GREY, "ls": (0, (1, 1)), "lw": 3.0},
}
DEFAULT_STARTS: Final = 10  # starting points per side of a triangular grid


def plot_simplex(game: Game, *, ax: "Axes | None" = None, starts: ArrayLike | None = None) -> "Axes":
    """Draw trajectories and rest points of a game with three strategies.

    Filled points are stable, open ones are not; sets of rest points are lines, solid where their points are
    stable and dashed where they are not. Colours encode the same, so the picture also reads in print.

    Parameters
    ----------
    game : Game
        With three strategies; the first is the left corner, the second the right, the third on top.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    starts : array_like of float, shape (runs, 3), optional
        Where trajectories start; an even grid by default. They are followed forwards and backwards, so a
        start is a point that the trajectory passes.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If the game has not three strategies.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> axes = plot_simplex(game)
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['asymptotically stable', 'stable, a line', 'unstable', 'unstable, a line']
    >>> import matplotlib.pyplot as plt; plt.close(axes.figure)
    """
    require(len(game.strategies) == 3, "strategies", tuple(game.strategies), "three (to draw a triangle)")
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(5.6, 5.6), layout="constrained")
    field = field_of(game)
    outline = np.vstack([CORNERS, CORNERS[:1]])
    ax.plot(*outline.T, color="black", lw=1.0, zorder=2, solid_joinstyle="round")
    points = _grid(DEFAULT_STARTS) if starts is None else np.atleast_2d(np.asarray(starts, dtype=np.float64))
    _draw_flow(ax, field, points)
    _draw_edges(ax, field)
    _draw_rest_points(ax, game)
    _label_corners(ax, game)
    ax.set_aspect("equal")
    ax.set_xlim(-0.16, 1.16)
    ax.set_ylim(-0.13, HEIGHT + 0.11)
    ax.axis("off")
    return ax


def to_plane(shares: ArrayLike) -> NDArray[np.float64]:
    """Where populations lie in the picture: shares of shape (..., 3) to coordinates of shape (..., 2).

    Examples
    --------
    >>> to_plane([0, 1, 0]).tolist()
    [1.0, 0.0]
    """
    return np.asarray(np.asarray(shares, dtype=np.float64) @ CORNERS)


def _grid(side: int) -> NDArray[np.float64]:
    inner = [(i, j, side - i - j) for i in range(1, side) for j in range(1, side - i)]
    return np.array(inner, dtype=np.float64) / side


def _draw_flow(ax: "Axes", field: Field, points: NDArray[np.float64]) -> None:
    """Trajectories through the starts that are not too near to one drawn before, with one arrowhead each."""
    backward = Field(field.strategies, -field.values, field.counts, field.log_multiplicities)
    scale = float(np.ptp(field.values)) or 1.0
    drawn = np.empty((0, 2))
    heads = np.empty((0, 2))
    for start in points:
        here = to_plane(start)
        if len(drawn) and np.min(np.hypot(*(drawn - here).T)) < 0.055:
            continue
        past = trajectory(backward, start, duration=300 / scale, rest_speed=1e-6).shares[::-1]
        future = trajectory(field, start, duration=300 / scale, rest_speed=1e-6).shares
        path = _spread(to_plane(np.vstack([past[:-1], future])))
        if len(path) < 4:
            continue
        ax.plot(*path.T, color=GREY, lw=0.8, alpha=0.75, zorder=1, solid_capstyle="round")
        drawn = np.vstack([drawn, path])
        heads = _arrow(ax, path, heads)


def _spread(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """A path at equal distances of about 0.01."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    if lengths[-1] < 0.02:
        return path[:1]
    even = np.linspace(0, lengths[-1], int(lengths[-1] / 0.01) + 2)
    return np.column_stack([np.interp(even, lengths, path[:, k]) for k in (0, 1)])


def _arrow(ax: "Axes", path: NDArray[np.float64], heads: NDArray[np.float64]) -> NDArray[np.float64]:
    """An arrowhead at the place of the path's middle half that is farthest from the heads drawn before."""
    middle = path[len(path) // 4 : max(3 * len(path) // 4, len(path) // 4 + 2)]
    gaps = [np.min(np.hypot(*(heads - p).T)) if len(heads) else 1.0 for p in middle[:-1]]
    best = int(np.argmax(gaps))
    if gaps[best] < 0.06:
        return heads
    _head(ax, middle[best], middle[best + 1])
    return np.vstack([heads, middle[best]])


def _head(ax: "Axes", tail: NDArray[np.float64], tip: NDArray[np.float64], color: str = GREY) -> None:
    style = {"arrowstyle": "-|>", "color": color, "lw": 0, "mutation_scale": 11, "shrinkA": 0, "shrinkB": 0}
    ahead = tail + 0.02 * (tip - tail) / np.hypot(*(tip - tail))
    ax.annotate("", xy=tuple(ahead), xytext=tuple(tail), arrowprops=style, zorder=3)


def _draw_edges(ax: "Axes", field: Field) -> None:
    """Arrowheads on the sides where the flow along them does not rest."""
    for i, j in ((0, 1), (1, 2), (0, 2)):
        shares = np.linspace(0, 1, 61)[1:-1]
        populations = np.zeros((shares.size, 3))
        populations[:, i], populations[:, j] = 1 - shares, shares
        speed = field.velocities(populations)[:, j]
        moving = np.abs(speed) > 1e-9 * (float(np.ptp(field.values)) or 1.0)
        runs = np.split(np.arange(shares.size), np.flatnonzero(np.diff(np.sign(speed) * moving)) + 1)
        for run in runs:
            if moving[run[0]] and len(run) > 4:
                middle = run[len(run) // 2]
                step = 1 if speed[middle] > 0 else -1
                _head(ax, to_plane(populations[middle]), to_plane(populations[middle + step]), "black")


def _draw_rest_points(ax: "Axes", game: Game) -> None:
    entries: dict[str, Any] = {}
    found = rest_points(game)
    parts = [part for component in found.components for part in component.parts]
    for part in sorted(parts, key=lambda p: (-p.dimension, p.stability == "asymptotically stable")):
        kind = str(part.stability)
        if part.dimension == 0:
            (place,) = _corners(part)
            (handle,) = ax.plot(*place, ls="", ms=9, mew=1.8, clip_on=False, zorder=6, **POINTS[kind])
            entries.setdefault(kind, handle)
        elif part.dimension == 1:
            ax.plot(*_corners(part).T, color="white", lw=3.0, zorder=3)  # so that the outline shows in no gap
            (handle,) = ax.plot(*_corners(part).T, solid_capstyle="round", zorder=4, **LINES[kind])
            entries.setdefault(f"{kind}, a line", handle)
        else:
            shade = LINES[kind]["color"]
            (area,) = ax.fill(*_corners(part).T, color=shade, alpha=0.15, lw=0, zorder=0)
            entries.setdefault("every point rests", area)
    order = [f"{kind}{tail}" for kind in POINTS for tail in ("", ", a line")] + ["every point rests"]
    labels = [label for label in order if label in entries]
    handles = [entries[label] for label in labels]
    columns = 2 if len(labels) > 3 else max(len(labels), 1)
    ax.legend(
        handles,
        labels,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=columns,
        frameon=False,
        numpoints=1,
        handlelength=2.2,
        title="rest points" if found.complete else "rest points on the boundary (the interior was not searched)",
    )


def _corners(part: Part) -> NDArray[np.float64]:
    return to_plane([[float(value) for value in corner] for corner in part.corners])


def _label_corners(ax: "Axes", game: Game) -> None:
    """The strategies' names; what the letters stand for only where they are the model's, not a user's own."""
    names = {} if isinstance(game, TableGame) else NAMES
    places = ((-0.02, -0.035, "top"), (1.02, -0.035, "top"), (0.5, HEIGHT + 0.035, "bottom"))
    for name, (x, y, vertical) in zip(game.strategies, places, strict=True):
        text = f"{name}  ({names[name]})" if name in names else name
        ax.text(x, y, text, ha="center", va=vertical, fontsize=11)
