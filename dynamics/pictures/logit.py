"""The principal branch of logit quantal response: shares by precision, through its folds."""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.pictures.marks import BLUE, GREEN, GREY, ORANGE, PURPLE, corner_label
from gametheory.equilibria.logit import LogitBranch
from gametheory.errors import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

# one for each strategy, dashes for whoever does not tell colors apart
STYLES: Final = (
    (BLUE, "-"),
    (ORANGE, (0, (5, 1.5))),
    (GREEN, (0, (1.5, 1.2))),
    (PURPLE, (0, (5, 1.2, 1.2, 1.2))),
    (GREY, (0, (3, 1, 1, 1, 1, 1))),
    ("black", (0, (8, 2))),
)
SAMPLES: Final = 2000
SETTLED: Final = 0.01  # shares nearer to their last values are drawn for a little longer only
MARKS: Final = {"fold": "o", "branch point": "D"}


def plot_logit_branch(branch: LogitBranch, *, player: int = 0, ax: "Axes | None" = None) -> "Axes":
    """Draw the shares of one player's strategies along a branch.

    The precision is drawn evenly near 0 and on a logarithmic scale beyond one over the width of payoffs. Where the
    branch turns back, a share has several values at one precision.

    Parameters
    ----------
    branch : LogitBranch
        Of `gametheory.logit_branch`.
    player : int
        Whose mixture, from 0; a symmetric branch has one.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If there is no such player, or it has more than six strategies.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from gametheory import game_from_payoffs, logit_branch
    >>> axes = plot_logit_branch(logit_branch(game_from_payoffs([[3, 0], [0, 2]], ["stag", "hare"])))
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['stag', 'hare']
    >>> import matplotlib.pyplot as plt; plt.close(axes.figure)
    """
    require(0 <= player < len(branch.strategies), "player", player, f"from 0 to {len(branch.strategies) - 1}")
    names = branch.strategies[player]
    require(len(names) <= len(STYLES), "branch", f"{len(names)} strategies", f"of at most {len(STYLES)} strategies")
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(6.0, 3.8), layout="constrained")
    start = sum(len(own) for own in branch.strategies[:player])
    precisions, shares = _smooth(branch, slice(start, start + len(names)))
    for k, (name, (color, dashes)) in enumerate(zip(names, STYLES, strict=False)):
        label = corner_label(branch.game, name)
        ax.plot(precisions, shares[:, k], color=color, ls=dashes, lw=2.0, label=label)
    for kind, marker in MARKS.items():
        events = [event for event in branch.events if event.kind == kind]
        points = np.array([(event.precision, share) for event in events for share in event.profile[player]])
        if len(points):
            ax.plot(*points.T, ls="", marker=marker, mfc="white", mec="black", ms=6, label=kind, zorder=5)
    ax.set_xscale("symlog", linthresh=1.0 / branch.width, linscale=1.0)
    moving = np.abs(branch.shares - branch.shares[-1]).max(axis=1) > SETTLED
    last = float(branch.precisions[moving].max()) if moving.any() else 0.0
    ax.set_xlim(0, min(float(branch.precisions[-1]), 5 * max(last, 2 / branch.width)))
    ax.set_ylim(-0.02, 1.02)
    ax.set_xlabel("precision 1 / T (per payoff unit)")
    ax.set_ylabel("share" if branch.symmetric else f"share, player {player + 1}")
    ax.legend(frameon=False, loc="best")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _smooth(branch: LogitBranch, own: slice) -> tuple[Array, Array]:
    """Points along the branch and its events, and between them by monotone cubics in the distance along it."""
    from scipy.interpolate import PchipInterpolator

    heights = np.log1p(branch.precisions * branch.width)
    rows = [np.append(height, x) for height, x in zip(heights, branch.shares[:, own], strict=True)]
    start = own.start
    for event in sorted(branch.events, key=lambda event: event.before, reverse=True):
        shares = [x for mixture in event.profile for x in mixture][start : own.stop]
        rows.insert(event.before + 1, np.array([np.log1p(event.precision * branch.width), *shares]))
    points = np.array(rows)
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1) + 1e-9)])
    places = np.unique(np.concatenate([lengths, np.linspace(0, lengths[-1], SAMPLES)]))
    with np.errstate(over="ignore"):  # where a share stops changing
        drawn = np.asarray(PchipInterpolator(lengths, points)(places))
    return np.expm1(drawn[:, 0]) / branch.width, drawn[:, 1:]
