"""A phase diagram drawn: cells by phase, what is undecided hatched, exact curves on top."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from string import ascii_uppercase
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.phases.curves import Curve
from experiments.phases.diagram import PhaseDiagram
from experiments.phases.problem import value_at
from experiments.phases.search import UNDECIDED, leaves

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# After Okabe & Ito (2008); where there are more phases than any eye keeps apart, their letters do
PALETTE: Final = (
    "#56B4E9",
    "#F5C76B",
    "#8FD0B9",
    "#E9B7D2",
    "#0072B2",
    "#D55E00",
    "#F7EF9A",
    "#7A7A7A",
    "#CFE8F7",
    "#B35C8A",
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
    'proved 95.8 %, undecided 4.2 %'
    """
    import matplotlib.pyplot as plt
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if ax is None:
        _, ax = plt.subplots(figsize=(5.4, 5.8), layout="constrained")
    shades = dict(colors) if colors is not None else phase_colors([diagram])
    _draw_cells(diagram, ax, shades)
    _draw_letters(diagram, ax, shades)
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
        for letter, (name, shade) in zip(_letters(), shades.items(), strict=False):
            if areas.get(name):
                text = fill(f"{letter}: {name} ({_percent(areas[name])})", WIDTH, subsequent_indent="    ")
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
    if 0 < value < 0.1 or 99.9 < value < 100:
        return f"{value:.3f} %"
    return f"{value:.1f} %" if value % 100 else f"{value:.0f} %"


def _draw_cells(diagram: PhaseDiagram, ax: "Axes", shades: Mapping[str, str]) -> None:
    from matplotlib.collections import PolyCollection

    x, y = diagram.problem.axes
    corners: dict[str, list[Any]] = {}
    for level, i, j, token in leaves(diagram.tokens):
        step = float(x.width) / 2**level, float(y.width) / 2**level
        left, low = float(x.low) + i * step[0], float(y.low) + j * step[1]
        square = [(left, low), (left + step[0], low), (left + step[0], low + step[1]), (left, low + step[1])]
        corners.setdefault(diagram.name_of(token), []).append(square)
    for name, squares in corners.items():
        if name:
            ax.add_collection(PolyCollection(squares, facecolors=shades[name], edgecolors="face", linewidths=0.3))
    if "" in corners:
        ax.add_collection(
            PolyCollection(
                corners[""], facecolors="white", edgecolors="#666666", linewidths=0.0, hatch="//////", zorder=1.5
            )
        )


def _letters() -> Iterator[str]:
    """A, B, ..., Z, A1, B1, ..."""
    return (f"{letter}{turn or ''}" for turn in count() for letter in ascii_uppercase)


def _draw_letters(diagram: PhaseDiagram, ax: "Axes", shades: Mapping[str, str]) -> None:
    """The letter of each phase in the largest of its cells, of those the one nearest to their mean."""
    x, y = diagram.problem.axes
    for letter, name in zip(_letters(), shades, strict=False):
        cells = [leaf for leaf in leaves(diagram.tokens) if diagram.name_of(leaf[3]) == name]
        if not cells:
            continue
        least = min(level for level, *_ in cells)
        middles = np.array([((i + 0.5) / 2**least, (j + 0.5) / 2**least) for level, i, j, _ in cells if level == least])
        spot = middles[np.argmin(((middles - middles.mean(axis=0)) ** 2).sum(axis=1))]
        place = float(x.low) + float(x.width) * spot[0], float(y.low) + float(y.width) * spot[1]
        ax.text(*place, letter, ha="center", va="center", fontsize="small", zorder=4)


def _draw_curves(diagram: PhaseDiagram, ax: "Axes") -> list[tuple[Curve, str]]:
    """Each curve where it crosses undecided cells, straight within a cell; those of which something was drawn."""
    from matplotlib.collections import LineCollection

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
            ax.add_collection(LineCollection(segments, colors=color, linewidths=1.2, zorder=3, capstyle="round"))
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
