"""Bifurcation diagrams: rest points against a parameter, stable ones solid, unstable ones dashed."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.bifurcations import BifurcationDiagram
from dynamics.continuation import Branch
from dynamics.pictures.marks import BLUE, GREEN, GREY, LINES, ORANGE, POINTS, PURPLE
from gametheory.errors import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLES: Final[dict[str, dict[str, Any]]] = {
    "stable": {"color": BLUE, "ls": "-", "lw": 2.0},
    "unstable": {"color": ORANGE, "ls": (0, (4, 2.2)), "lw": 1.6},
    "undecided": {"color": GREY, "ls": (0, (1, 1.2)), "lw": 1.6},
}
SPECIAL: Final[dict[str, dict[str, Any]]] = {
    "fold": {"marker": "s", "color": "black"},
    "transcritical": {"marker": "D", "color": PURPLE},
    "crossing": {"marker": "X", "color": PURPLE},
    "pitchfork": {"marker": "v", "color": PURPLE},
    "Hopf": {"marker": "*", "color": GREEN},
}
NEUTRAL: Final = 1e-9  # real parts of eigenvalues, relative to the largest, that decide nothing


def plot_bifurcations(diagram: BifurcationDiagram, *, strategy: str | None = None, ax: "Axes | None" = None) -> "Axes":
    """Draw the share of one strategy at rest points against the parameter.

    Solid branches are stable, dashed ones unstable, dotted ones undecided; sets of rest points are thin vertical bars
    at the values that were asked for; special points have a mark of their own.

    Parameters
    ----------
    diagram : BifurcationDiagram
    strategy : str, optional
        Whose share is drawn; the first by default.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If the game has no such strategy.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from dynamics.bifurcations import bifurcation_diagram
    >>> from gametheory import CollectiveRiskGame
    >>> risk = lambda value: CollectiveRiskGame(group_size=6, threshold=3, risk=value, contribution='1/10')
    >>> axes = plot_bifurcations(bifurcation_diagram(risk, values=['0', '1/2', '1'], parameter="risk"))
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['stable', 'unstable', 'fold, exact']
    >>> import matplotlib.pyplot as plt; plt.close(axes.figure)
    """
    chosen = diagram.strategies[0] if strategy is None else strategy
    require(chosen in diagram.strategies, "strategy", chosen, f"one of {diagram.strategies}")
    index = diagram.strategies.index(chosen)
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(5.8, 4.0), layout="constrained")
    entries: dict[str, Any] = {}
    for point in diagram.points:
        _draw_set(ax, point.value, point.shares[:, index], point.stability, entries, alone=not diagram.branches)
    for branch in diagram.branches:
        _draw_branch(ax, branch, index, entries)
    for special in diagram.special:
        _draw_special(ax, special, index, entries)
    order = [*STYLES, *(label for label in entries if label not in STYLES)]
    labels = [label for label in order if label in entries]
    ax.legend(
        [entries[label] for label in labels],
        labels,
        frameon=False,
        numpoints=1,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.17),
        ncols=max(len(labels), 1) if len(labels) <= 3 else 2,
    )
    width = float(diagram.values[-1]) - float(diagram.values[0])
    ax.set_xlim(float(diagram.values[0]) - 0.02 * width, float(diagram.values[-1]) + 0.02 * width)
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlabel(diagram.parameter.replace("_", " "))
    ax.set_ylabel(f"share of {chosen} at rest")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _draw_set(
    ax: "Axes", value: float, shares: NDArray[np.float64], stability: str, entries: dict[str, Any], *, alone: bool
) -> None:
    """A bar for a set of rest points at one value; a point where no branch is drawn through it."""
    if len(shares) < 2:
        if alone:
            (mark,) = ax.plot(value, shares[0], ls="", ms=5, mew=1.2, clip_on=False, zorder=3, **POINTS[stability])
            entries.setdefault(stability, mark)
        return
    color = LINES[stability]["color"]
    kind = "solid" if stability in ("stable", "asymptotically stable") else (0, (2, 1.5))
    (line,) = ax.plot([value, value], [shares.min(), shares.max()], color=color, lw=1.0, ls=kind, zorder=1)
    entries.setdefault(f"a set of rest points, {stability}", line)


def _draw_branch(ax: "Axes", branch: Branch, index: int, entries: dict[str, Any]) -> None:
    """Pieces of a branch between changes of stability, joined in the middle between two points."""
    leading = branch.eigenvalues.real.max(axis=1)
    small = NEUTRAL * np.maximum(np.abs(branch.eigenvalues).max(axis=1), 1e-300)
    kinds = np.where(leading < -small, "stable", np.where(leading > small, "unstable", "undecided"))
    values, shares = branch.values, branch.shares[:, index]
    start = 0
    for k in range(1, len(values) + 1):
        if k < len(values) and kinds[k] == kinds[start]:
            continue
        alone = k - start == 1 and kinds[start] == "undecided" and len(values) > 2
        if not alone:  # a point that happens to lie on a change
            piece = slice(
                max(start - 1, 0) if start and kinds[start - 1] == "undecided" else start, min(k + 1, len(values))
            )
            (line,) = ax.plot(values[piece], shares[piece], zorder=3, **STYLES[str(kinds[start])])
            entries.setdefault(str(kinds[start]), line)
        start = k


def _draw_special(ax: "Axes", special: Any, index: int, entries: dict[str, Any]) -> None:
    value = float(special.value)
    if not special.shares:
        line = ax.axvline(value, color=GREY, lw=1.0, ls=(0, (5, 2)), zorder=1)
        entries.setdefault(f"every point rests, {special.method}", line)
        return
    words = f"{special.criticality} Hopf" if special.criticality else special.kind
    size = 12 if special.kind == "Hopf" else 7
    (mark,) = ax.plot(
        value,
        float(special.shares[index]),
        ls="",
        ms=size,
        mec="white",
        mew=0.8,
        clip_on=False,
        zorder=5,
        **SPECIAL[special.kind],
    )
    entries.setdefault(f"{words}, {special.method}", mark)
