"""A phase diagram drawn: cells by phase, what is undecided hatched, exact curves on top."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.phases.curves import Curve
from experiments.phases.diagram import PhaseDiagram
from experiments.phases.problem import value_at
from experiments.phases.search import UNDECIDED, leaves

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# After Okabe & Ito (2008); where there are more phases than any eye keeps apart, their numbers do
PALETTE: Final = (
    *("#56B4E9", "#F7EF9A", "#E58A5B", "#F6E1EC", "#D55E00"),
    *("#8FD0B9", "#F0E442", "#CC79A7", "#F5C76B", "#009E73"),
)
LINES: Final = ("#000000", "#7A1F5C", "#00405F", "#7A3300", "#3C3C3C")
WIDTH: Final = 58  # characters in a line of the legend
NAMES: Final = {
    "punishment_probability": "punishment probability $p$",
    "fine": r"fine $\beta$",
    "punishment_cost": r"punishment cost $\gamma$",
    "contribution": "contribution $c$ (share of the endowment)",
    "risk": r"risk $\rho$",
    "multiplication_factor": "multiplication factor $r$",
    "discount_factor": r"discount factor $\omega$",
}


def plot_phases(
    diagram: PhaseDiagram,
    ax: "Axes | None" = None,
    *,
    colors: Mapping[str, str] | None = None,
    legend: bool = True,
    title: str | None = None,
) -> "Axes":
    """Draw a certified phase diagram.

    Parameters
    ----------
    diagram : PhaseDiagram
    ax : matplotlib Axes, optional
        A new one by default.
    colors : mapping of phase name to color, optional
        The same in every panel of a figure, say (`phase_colors`); by default this diagram's own.
    legend : bool
        Below the axes: phases with the share of the rectangle proved, curves, what is undecided.
    title : str, optional
        Before the areas, which are always stated.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from gametheory import CollectiveRiskGame
    >>> from experiments.phases import certified_phases
    >>> game = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution='1/10')
    >>> axes = plot_phases(certified_phases(game, x=("contribution", 0, 1), y=("risk", 0, 1), depth=5))
    >>> axes.get_title(loc="left")
    'proved 95.80 %, undecided 4.20 %'
    """
    import matplotlib.pyplot as plt
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if ax is None:
        _, ax = plt.subplots(figsize=(5.4, 5.8), layout="constrained")
    shades = dict(colors) if colors is not None else phase_colors([diagram])
    _draw_cells(diagram, ax, shades)
    _draw_numbers(diagram, ax, shades)
    drawn = _draw_curves(diagram, ax)
    x, y = diagram.problem.axes
    ax.set_xlim(float(x.low), float(x.high))
    ax.set_ylim(float(y.low), float(y.high))
    ax.set_xlabel(NAMES.get(x.name, x.name.replace("_", " ")))
    ax.set_ylabel(NAMES.get(y.name, y.name.replace("_", " ")))
    stated = f"proved {_percent(diagram.area_proved)}, undecided {_percent(diagram.area_undecided)}"
    ax.set_title(f"{title}: {stated}" if title else stated, loc="left", fontsize="medium")
    if legend:
        areas = diagram.areas
        handles: list[Any] = []
        for number, (name, shade) in enumerate(shades.items(), 1):
            if areas.get(name):
                text = fill(f"{number}: {name} ({_percent(areas[name])})", WIDTH, subsequent_indent="    ")
                handles.append(Patch(facecolor=shade, edgecolor="#444444", linewidth=0.5, label=text))
        handles += [
            Line2D([], [], color=color, linewidth=1.2, label=fill(curve.explicit or curve.equation, WIDTH))
            for curve, color in drawn
        ]
        if diagram.area_undecided:
            handles.append(
                Patch(facecolor="white", edgecolor="#444444", hatch="//////", linewidth=0.5, label="undecided")
            )
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.14), fontsize="small", frameon=False)
    return ax


def phase_colors(diagrams: Sequence[PhaseDiagram]) -> dict[str, str]:
    """One color for each phase of several diagrams, in the order in which they come up.

    Examples
    --------
    >>> phase_colors([])
    {}
    """
    names = list(dict.fromkeys(phase.name for diagram in diagrams for phase in diagram.phases))
    return {name: PALETTE[k % len(PALETTE)] for k, name in enumerate(names)}


def _percent(share: Any) -> str:
    value = 100 * float(share)
    if share in (0, 1):
        return f"{value:.0f} %"
    return f"{value:.2f} %" if 0.01 <= value <= 99.99 else f"{value:.5f} %"


def _draw_cells(diagram: PhaseDiagram, ax: "Axes", shades: Mapping[str, str]) -> None:
    """The cells of each phase as one path: small files, and no seams between cells."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x, y = diagram.problem.axes
    corners: dict[str, list[Any]] = {}
    for level, i, j, token in leaves(diagram.tokens):
        corners.setdefault(diagram.name_of(token), []).append((0.5**level, i * 0.5**level, j * 0.5**level))
    for name, places in corners.items():
        size, across, up = np.array(places).T
        left, low = float(x.low) + float(x.width) * across, float(y.low) + float(y.width) * up
        right, high = left + float(x.width) * size, low + float(y.width) * size
        ring = [(left, low), (right, low), (right, high), (left, high), (left, low)]
        points = np.array(ring).transpose(2, 0, 1).reshape(-1, 2)
        codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(places)
        if name:
            style = {"facecolor": shades[name], "edgecolor": shades[name], "linewidth": 0.3}
        else:
            style = {"facecolor": "white", "edgecolor": "#666666", "linewidth": 0.0, "hatch": "//////", "zorder": 1.5}
        ax.add_patch(PathPatch(Path(points, codes), **style))


def _draw_numbers(diagram: PhaseDiagram, ax: "Axes", shades: Mapping[str, str]) -> None:
    """The number of each phase in the largest of its cells, of those the one nearest to their mean."""
    x, y = diagram.problem.axes
    for number, name in enumerate(shades, 1):
        cells = [leaf for leaf in leaves(diagram.tokens) if diagram.name_of(leaf[3]) == name]
        if not cells:
            continue
        least = min(level for level, *_ in cells)
        middles = np.array([((i + 0.5) / 2**least, (j + 0.5) / 2**least) for level, i, j, _ in cells if level == least])
        spot = middles[np.argmin(((middles - middles.mean(axis=0)) ** 2).sum(axis=1))]
        place = float(x.low) + float(x.width) * spot[0], float(y.low) + float(y.width) * spot[1]
        ax.text(*place, str(number), ha="center", va="center", fontsize="small", zorder=4)


def _draw_curves(diagram: PhaseDiagram, ax: "Axes") -> list[tuple[Curve, str]]:
    """Each curve where it crosses undecided cells, straight within a cell; those of which something was drawn."""
    x, y = diagram.problem.axes
    places = np.array(
        [(level, i, j) for level, i, j, token in leaves(diagram.tokens) if token == UNDECIDED], dtype=float
    )
    drawn: list[tuple[Curve, str]] = []
    if not len(places):
        return drawn
    size = 0.5 ** places[:, 0]
    left = float(x.low) + float(x.width) * places[:, 1] * size
    low = float(y.low) + float(y.width) * places[:, 2] * size
    right, high = left + float(x.width) * size, low + float(y.width) * size
    ring = [(left, low), (right, low), (right, high), (left, high)]
    for curve in diagram.curves:
        segments = _segments(curve, ring)
        if segments:
            color = LINES[len(drawn) % len(LINES)]
            broken = np.array([(*pair, (np.nan, np.nan)) for pair in segments]).reshape(-1, 2)
            ax.plot(*broken.T, color=color, linewidth=1.2, zorder=3, solid_capstyle="round")
            drawn.append((curve, color))
    return drawn


def _segments(curve: Curve, ring: Sequence[Any]) -> list[Any]:
    """For each cell the line between two edges on which the polynomial changes sign."""
    values = [value_at(curve.terms, *corner) for corner in ring]
    crossings: list[list[Any]] = [[] for _ in ring[0][0]]
    for k in range(4):
        (xa, ya), (xb, yb) = ring[k], ring[(k + 1) % 4]
        va, vb = values[k] + 0.0 * xa, values[(k + 1) % 4] + 0.0 * xa
        for place in np.flatnonzero((va > 0) != (vb > 0)):
            share = va[place] / (va[place] - vb[place])
            crossings[place].append(
                (xa[place] + share * (xb[place] - xa[place]), ya[place] + share * (yb[place] - ya[place]))
            )
    return [pair for points in crossings for pair in zip(points[::2], points[1::2], strict=False)]
