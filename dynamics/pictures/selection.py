"""The gradient of selection between two strategies, in infinite and in finite populations."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.mean import mean_dynamics
from dynamics.pictures.marks import BLUE, GREY, LINES, POINTS
from dynamics.protocols import Protocol
from dynamics.targets import possible_targets
from gametheory.errors import require
from gametheory.games import Game, payoff_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

STABLE: Final = "asymptotically stable"
UNSTABLE: Final = "unstable"


def plot_gradient(
    game: Game,
    *,
    protocol: Protocol | None = None,
    population_size: int | None = None,
    process: Any = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw how fast the first of two strategies spreads, by its share, and where it rests.

    Filled points attract, open ones repel; arrows on the axis show which way the share moves.

    Parameters
    ----------
    game : Game
        With two strategies and numbers for parameters.
    protocol : Protocol, optional
        Of an infinite population; `Replicator` by default.
    population_size : int, optional
        Z: the gradient of selection of a finite population instead, under `process`. It has sign changes between
        counts rather than roots; each is marked where the line between the two neighbors crosses zero.
    process : PairwiseComparison or Moran, optional
        With `population_size` only, and then needed.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If the game has not two strategies, or options contradict each other.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from gametheory import CollectiveRiskGame
    >>> axes = plot_gradient(CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution='1/10'))
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['asymptotically stable', 'unstable']
    >>> import matplotlib.pyplot as plt; plt.close(axes.figure)
    """
    require(len(game.strategies) == 2, "strategies", tuple(game.strategies), "two")
    finite = population_size is not None
    require(finite == (process is not None), "process", process, "given with population_size, and only then")
    require(not (finite and protocol is not None), "protocol", protocol, "given for infinite populations only")
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(5.6, 3.6), layout="constrained")
    name = game.strategies[0]
    shares, heights, roots = _finite(game, population_size, process) if finite else _infinite(game, protocol)
    ax.axhline(0.0, color="black", lw=0.8, zorder=1)
    ax.plot(shares, heights, color=BLUE, lw=1.6, zorder=2, marker="." if finite and len(shares) <= 60 else "")
    _draw_arrows(ax, shares, heights, [place for place, _ in roots])
    entries: dict[str, Any] = {}
    for place, kind in roots:
        (handle,) = ax.plot(place, 0.0, ls="", ms=8, mew=1.6, clip_on=False, zorder=5, **POINTS[kind])
        entries.setdefault(kind, handle)
    if not np.abs(heights).max() > 0:
        (line,) = ax.plot([0, 1], [0, 0], zorder=4, **LINES["stable"])
        entries["every point rests"] = line
    labels = [kind for kind in (*POINTS, "every point rests") if kind in entries]
    ax.legend(
        [entries[label] for label in labels],
        labels,
        frameon=False,
        numpoints=1,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.2),
        ncols=max(len(labels), 1),
    )
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel(f"share of {name}" + (f" among {population_size}" if finite else ""))
    ax.set_ylabel("gradient of selection" if finite else f"velocity of {name}")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


Curve = tuple[Array, Array, list[tuple[float, str]]]


def _infinite(game: Game, protocol: Protocol | None) -> Curve:
    table = payoff_table(game)
    dynamics = mean_dynamics(table, protocol=protocol)
    shares = np.linspace(0.0, 1.0, 401)
    heights = dynamics.velocities(np.column_stack([shares, 1 - shares]))[:, 0]
    points = [t for t in possible_targets(dynamics, table) if t.kind == "rest points" and len(t.corners) == 1]
    return shares, heights, sorted((float(t.corners[0, 0]), t.stability) for t in points)


def _finite(game: Game, population_size: int | None, process: Any) -> Curve:
    from dynamics.finite.populations import gradient_of_selection

    heights = gradient_of_selection(game, population_size=int(population_size or 0), process=process)
    shares = np.arange(heights.size) / (heights.size - 1)
    roots: list[tuple[float, str]] = []
    inner = heights[1:-1]
    if inner.size and inner[0] != 0:
        roots.append((0.0, STABLE if inner[0] < 0 else UNSTABLE))
    k = 1
    while k < heights.size - 2:
        after = k + 1
        while after < heights.size - 2 and heights[after] == 0:
            after += 1
        if heights[k] * heights[after] < 0:
            exact = (shares[k + 1] + shares[after - 1]) / 2 if after > k + 1 else None
            crossing = shares[k] + (shares[after] - shares[k]) * heights[k] / (heights[k] - heights[after])
            roots.append((float(crossing if exact is None else exact), STABLE if heights[k] > 0 else UNSTABLE))
        k = after
    if inner.size and inner[-1] != 0:
        roots.append((1.0, STABLE if inner[-1] > 0 else UNSTABLE))
    return shares, heights, roots


def _draw_arrows(ax: "Axes", shares: Array, heights: Array, roots: list[float]) -> None:
    """An arrowhead on the axis in the middle of each stretch between rest points."""
    stops = sorted({0.0, *roots, 1.0})
    for low, high in pairwise(stops):
        middle = (low + high) / 2
        height = float(np.interp(middle, shares, heights))
        if high - low > 0.04 and height != 0:
            ahead = 0.012 if height > 0 else -0.012
            style = {"arrowstyle": "-|>", "color": GREY, "lw": 0, "mutation_scale": 15, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", xy=(middle + ahead, 0.0), xytext=(middle - ahead, 0.0), arrowprops=style, zorder=3)
