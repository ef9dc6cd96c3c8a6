"""The simplex of three strategies: flow, rest points by type, basins, separatrices and cycles."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.basins import Basins, basins_of_attraction
from dynamics.mean import MeanDynamics, mean_dynamics
from dynamics.pictures.marks import (
    GREEN,
    GREY,
    LINES,
    POINTS,
    TINTS,
    UNDECIDED_TINT,
    corner_label,
    even,
    short_name,
)
from dynamics.pictures.orbits import through, through_by
from dynamics.protocols import Protocol
from dynamics.replicator import field_of
from dynamics.restpoints import rest_points
from dynamics.stable_manifolds import Separatrix
from dynamics.stable_manifolds import separatrices as separatrices_of
from dynamics.targets import possible_targets
from gametheory.errors import require
from gametheory.games import Game, payoff_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dynamics.cycles import LimitCycle

Array = NDArray[np.float64]

HEIGHT: Final = float(np.sqrt(3) / 2)
CORNERS: Final = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, HEIGHT]])  # first left, second right, third on top
DEFAULT_STARTS: Final = 10  # starting points per side of a triangular grid


def plot_simplex(
    game: Game,
    *,
    ax: "Axes | None" = None,
    starts: ArrayLike | None = None,
    protocol: Protocol | None = None,
    basins: Basins | bool = False,
    separatrices: Sequence[Separatrix] | bool = False,
    cycles: "Sequence[LimitCycle]" = (),
) -> "Axes":
    """Draw trajectories and rest points of a game with three strategies.

    Filled points are stable, open ones are not; sets of rest points are lines, solid where their points are
    stable and dashed where they are not. Colors encode the same, so the picture also reads in print.

    Parameters
    ----------
    game : Game
        With three strategies; the first is the left corner, the second the right, the third on top.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    starts : array_like of float, shape (runs, 3), optional
        Where trajectories start; an even grid by default. They are followed forwards and backwards, so a
        start is a point that the trajectory passes.
    protocol : Protocol, optional
        `Replicator` by default.
    basins : Basins or bool
        Basins of a grid to be shaded, or True to compute them.
    separatrices : sequence of Separatrix or bool
        To be drawn, or True to compute them.
    cycles : sequence of LimitCycle
        To be drawn.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If the game has not three strategies, or `basins` are not those of a grid.

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
    own = ax is None
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(5.6, 5.6), layout="constrained")
    dynamics = mean_dynamics(game, protocol=protocol)
    entries: dict[str, Any] = {}
    if basins is not False:
        shown = basins_of_attraction(game, protocol=protocol) if basins is True else basins
        entries |= _draw_basins(ax, shown)
    outline = np.vstack([CORNERS, CORNERS[:1]])
    ax.plot(*outline.T, color="black", lw=1.0, zorder=2, solid_joinstyle="round")
    points = _grid(DEFAULT_STARTS) if starts is None else np.atleast_2d(np.asarray(starts, dtype=np.float64))
    _draw_flow(ax, game, dynamics, points, protocol)
    if protocol is None:
        _draw_edges(ax, dynamics)
    if separatrices is not False:
        given = separatrices_of(payoff_table(game), protocol=protocol) if separatrices is True else separatrices
        for separatrix in given:
            (line,) = ax.plot(*to_plane(separatrix.path).T, color="black", lw=1.8, zorder=4)
            entries["separatrix"] = line
    for cycle in cycles:
        dashes = "-" if cycle.stability == "attracting" else (0, (4, 2))
        (line,) = ax.plot(*to_plane(cycle.orbit).T, color=GREEN, lw=2.6, ls=dashes, zorder=4)
        entries[f"limit cycle, {cycle.stability}"] = line
    rows = _draw_rest_points(ax, game, dynamics, protocol, entries)
    if own:
        ax.figure.set_size_inches(5.6, 5.6 + 0.27 * max(rows - 2, 0))  # type: ignore[union-attr]
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


def _draw_basins(ax: "Axes", basins: Basins) -> dict[str, Any]:
    """Shade the cells of each basin; return what the legend is to say."""
    from matplotlib.collections import PolyCollection
    from matplotlib.patches import Patch

    require(basins.method == "grid" and basins.cells.shape[1:] == (3, 3), "basins", basins.method, "those of a grid")
    entries: dict[str, Any] = {}
    for label in range(-1, len(basins.basins)):
        mine = basins.cells[basins.labels == label]
        if not len(mine):
            continue
        tint = UNDECIDED_TINT if label < 0 else TINTS[label % len(TINTS)]
        shapes: Any = to_plane(mine)
        ax.add_collection(PolyCollection(shapes, facecolors=tint, edgecolors=tint, linewidths=0.6, zorder=0))
        if label < 0:
            text = f"undecided: {100 * basins.undecided:.1f} %"
        else:
            basin = basins.basins[label]
            text = f"to {short_name(basin.target, basins.strategies)}: {100 * float(basin.share):.1f} %"
        entries[text] = Patch(facecolor=tint, edgecolor=GREY, linewidth=0.5)
    return entries


def _draw_flow(ax: "Axes", game: Game, dynamics: MeanDynamics, points: Array, protocol: Protocol | None) -> None:
    """Trajectories through the starts that are not too near to one drawn before, with one arrowhead each."""
    field = field_of(game)
    drawn = np.empty((0, 2))
    heads = np.empty((0, 2))
    for start in points:
        here = to_plane(start)
        if len(drawn) and np.min(np.hypot(*(drawn - here).T)) < 0.055:
            continue
        orbit = through(field, start) if protocol is None else through_by(dynamics, start)
        path = even(to_plane(orbit))
        if len(path) < 4:
            continue
        ax.plot(*path.T, color=GREY, lw=0.8, alpha=0.75, zorder=1, solid_capstyle="round")
        drawn = np.vstack([drawn, path])
        heads = _arrow(ax, path, heads)


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


def _draw_edges(ax: "Axes", dynamics: MeanDynamics) -> None:
    """Arrowheads on the sides where the flow along them does not rest."""
    for i, j in ((0, 1), (1, 2), (0, 2)):
        shares = np.linspace(0, 1, 61)[1:-1]
        populations = np.zeros((shares.size, 3))
        populations[:, i], populations[:, j] = 1 - shares, shares
        speed = dynamics.velocities(populations)[:, j]
        moving = np.abs(speed) > 1e-9 * dynamics.scale
        runs = np.split(np.arange(shares.size), np.flatnonzero(np.diff(np.sign(speed) * moving)) + 1)
        for run in runs:
            if moving[run[0]] and len(run) > 4:
                middle = run[len(run) // 2]
                step = 1 if speed[middle] > 0 else -1
                _head(ax, to_plane(populations[middle]), to_plane(populations[middle + step]), "black")


def _draw_rest_points(
    ax: "Axes", game: Game, dynamics: MeanDynamics, protocol: Protocol | None, others: dict[str, Any]
) -> int:
    """Draw them and the legend; return how many rows that has."""
    entries: dict[str, Any] = {}
    listed, title = _rest_points_of(game, dynamics, protocol)
    for corners, kind in sorted(listed, key=lambda one: (-len(one[0]), one[1] == "asymptotically stable")):
        place = to_plane(corners)
        if len(corners) == 1:
            (handle,) = ax.plot(*place[0], ls="", ms=9, mew=1.8, clip_on=False, zorder=6, **POINTS[kind])
            entries.setdefault(kind, handle)
        elif len(corners) == 2:
            ax.plot(*place.T, color="white", lw=3.0, zorder=3)  # so that the outline shows in no gap
            (handle,) = ax.plot(*place.T, solid_capstyle="round", zorder=4, **LINES[kind])
            entries.setdefault(f"{kind}, a line", handle)
        else:
            (area,) = ax.fill(*place.T, color=LINES[kind]["color"], alpha=0.15, lw=0, zorder=0)
            entries.setdefault("every point rests", area)
    order = [f"{kind}{tail}" for kind in POINTS for tail in ("", ", a line")] + ["every point rests"]
    labels = [label for label in order if label in entries] + list(others)
    entries |= others
    columns = 2 if len(labels) > 3 else max(len(labels), 1)
    ax.legend(
        [entries[label] for label in labels],
        labels,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=columns,
        frameon=False,
        numpoints=1,
        handlelength=2.2,
        title=title,
    )
    return -(-len(labels) // columns)


def _rest_points_of(
    game: Game, dynamics: MeanDynamics, protocol: Protocol | None
) -> tuple[list[tuple[Array, str]], str]:
    """Corners and stability of sets of rest points, and what the legend says of them."""
    if protocol is None:
        found = rest_points(game)
        parts = [part for component in found.components for part in component.parts]
        listed = [(np.array([[float(v) for v in c] for c in part.corners]), str(part.stability)) for part in parts]
        if found.complete:
            return listed, "rest points"
        return listed, "rest points (there may be more: some regions are undecided)"
    targets = [t for t in possible_targets(dynamics, payoff_table(game)) if t.kind == "rest points"]
    exact = all(target.exact for target in targets)
    return [(t.corners, t.stability) for t in targets], "rest points" if exact else "rest points found numerically"


def _label_corners(ax: "Axes", game: Game) -> None:
    places = ((-0.02, -0.035, "top"), (1.02, -0.035, "top"), (0.5, HEIGHT + 0.035, "bottom"))
    for name, (x, y, vertical) in zip(game.strategies, places, strict=True):
        ax.text(x, y, corner_label(game, name), ha="center", va=vertical, fontsize=11)
