"""Pictures of what learners did beside what the theory says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.predictions import FACTORS, Observation, boltzmann_share, switch_point
from gametheory.errors import require
from gametheory.public_goods import PublicGoodsGame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe & Ito (2008): told apart by readers with any color vision, and in grey
BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
GREY: Final = "#595959"
PREFIX: Final = "contributions-at-p-"
LONGEST: Final = 44  # characters of a name beside a picture
LIMIT: Final = 3  # of what is allowed; what is farther off is drawn there


def plot_condition_curve(
    game: PublicGoodsGame,
    observations: Sequence[Observation],
    *,
    temperature: float | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the logit share of contributions over p, the learners' shares on it, and the threshold p*.

    An inset shows what is left after the theory is taken away, with the rivals (contribution cost 10 % off)
    as dashed lines: the intervals are too short to be seen on the curve itself.

    Parameters
    ----------
    game : PublicGoodsGame
        Numbers only; its punishment probability is what varies.
    observations : sequence of Observation
        Those of `crossvalidate` or `builtin_observations`; shares are drawn with their simultaneous intervals
        (widened by the tolerance), filled where they agree; other observations are passed over.
    temperature : float, optional
        T > 0 of the curve; by default the one that `crossvalidate` uses.
    ax : matplotlib Axes, optional
        A new one by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If no observation is one of contributions at some p.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from experiments.cases import published_game
    >>> seen = Observation(id="contributions-at-p-0.1", statement="", prediction=0.5, estimate=0.49,
    ...     interval=(0.48, 0.5), level=0.999, tolerance=0.01, agrees="yes", seeds=24, seconds=1.0, seed=1,
    ...     effect=-0.01, excluded=(), not_excluded=(), note="")
    >>> plot_condition_curve(published_game(), [seen]).get_xlabel()
    'punishment probability $p$'
    """
    import matplotlib.pyplot as plt

    from experiments.cases import suitable_temperature

    shares = [(float(o.id.removeprefix(PREFIX)), o) for o in observations if o.id.startswith(PREFIX)]
    require(len(shares) > 0, "observations", len(observations), f"some whose id begins with {PREFIX!r}")
    if ax is None:
        _, ax = plt.subplots(figsize=(5.2, 3.6), layout="constrained")
    noise = suitable_temperature(game) if temperature is None else temperature
    right = max(p for p, _ in shares)
    grid = np.linspace(0.0, right * 1.04, 301)
    everybody = {"P": game.group_size - 1}
    ax.plot(
        grid,
        [boltzmann_share(_at(game, float(p)), "C", "D", everybody, noise) for p in grid],
        color=BLUE,
        linewidth=1.8,
        zorder=2,
        label=f"theory: logit, $T$ = {noise:.3g}",
    )
    _mark_threshold(ax, game, right)
    for agrees, fill, label in ((True, ORANGE, "learners"), (False, "white", "learners, not agreeing")):
        points = [(p, o) for p, o in shares if (o.agrees == "yes") == agrees]
        if points:
            _draw_points(ax, points, fill, label)
    ax.set_xlim(-0.02 * right, 1.04 * right)
    ax.set_ylim(0.0, 1.0)
    ax.set_xlabel("punishment probability $p$")
    ax.set_ylabel("long-run share of contributions")
    ax.set_title(_caption(game), fontsize="medium", loc="left")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="upper left", fontsize="small")
    _draw_residuals(ax, game, shares, noise)
    return ax


def plot_observations(observations: Sequence[Observation], *, ax: "Axes | None" = None) -> "Axes":
    """Draw how far each estimate is from its prediction, in units of what is allowed.

    Allowed is the simultaneous interval on the prediction's side, and the tolerance: in the grey band the prediction
    lies in the widened interval.

    Parameters
    ----------
    observations : sequence of Observation
        One or more.
    ax : matplotlib Axes, optional
        A new one by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If there are none.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> seen = Observation(id="share", statement="", prediction=0.5, estimate=0.49,
    ...     interval=(0.48, 0.5), level=0.999, tolerance=0.01, agrees="yes", seeds=24, seconds=1.0, seed=1,
    ...     effect=-0.01, excluded=(), not_excluded=(), note="")
    >>> axes = plot_observations([seen])
    >>> round(float(axes.collections[0].get_offsets()[0][0]), 6)
    -0.5
    """
    import matplotlib.pyplot as plt

    require(len(observations) > 0, "observations", 0, "one or more")
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 0.8 + 0.21 * len(observations)), layout="constrained")
    rows = range(len(observations))
    ax.axvspan(-1, 1, color="#E9EDF0", lw=0, zorder=0)
    ax.axvline(0, color=BLUE, lw=1.2, zorder=1)
    places = [_scaled(seen) for seen in observations]
    for word, marker, fill in (("yes", "o", ORANGE), ("inconclusive", "D", "white"), ("no", "X", "black")):
        chosen = [k for k in rows if observations[k].agrees == word]
        if chosen:
            edge = "black" if word == "no" else ORANGE
            x = [max(-LIMIT, min(LIMIT, places[k])) for k in chosen]
            ax.scatter(x, chosen, marker=marker, c=fill, edgecolors=edge, s=26, zorder=3, label=f"agrees: {word}")
    names = [seen.id if len(seen.id) <= LONGEST else f"{seen.id[: LONGEST - 1]}…" for seen in observations]
    ax.set_yticks(list(rows), names, fontsize=8, parse_math=False)
    ax.set_ylim(len(observations) - 0.4, -0.6)
    ax.set_xlim(-LIMIT - 0.15, LIMIT + 0.15)
    ax.set_xlabel(f"(estimate − prediction) / allowed, cut at ±{LIMIT}")
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    if len({seen.agrees for seen in observations}) > 1:
        ax.legend(frameon=False, fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return ax


def _scaled(seen: Observation) -> float:
    """The distance in units of what is allowed; what must be equal is far off as soon as it is not."""
    distance = seen.estimate - seen.prediction
    low, high = seen.interval
    allowed = seen.tolerance + (seen.estimate - low if distance > 0 else high - seen.estimate)
    return distance / allowed if allowed > 0 else float(np.sign(distance)) * LIMIT


def _at(game: PublicGoodsGame, probability: float) -> Any:
    from dataclasses import replace

    return replace(game, punishment_probability=probability)


def _draw_residuals(ax: "Axes", game: PublicGoodsGame, shares: list[tuple[float, Observation]], noise: float) -> None:
    from dataclasses import replace

    inset = ax.inset_axes((0.57, 0.14, 0.41, 0.30))
    right = max(p for p, _ in shares)
    grid = np.linspace(0.0, right * 1.04, 151)
    everybody = {"P": game.group_size - 1}
    truth = np.array([boltzmann_share(_at(game, float(p)), "C", "D", everybody, noise) for p in grid])
    for factor in FACTORS:
        wrong = replace(game, contribution_cost=game.contribution_cost * factor)
        rival = np.array([boltzmann_share(_at(wrong, float(p)), "C", "D", everybody, noise) for p in grid])
        inset.plot(grid, rival - truth, color=GREY, linewidth=1.0, linestyle=(0, (4, 2)))
    inset.axhline(0.0, color=BLUE, linewidth=1.4)
    inset.errorbar(
        [p for p, _ in shares],
        [o.effect for _, o in shares],
        yerr=[o.tolerance + (o.interval[1] - o.interval[0]) / 2 for _, o in shares],
        fmt="o",
        color=ORANGE,
        markersize=2.5,
        capsize=2,
        linewidth=1.1,
    )
    inset.set_xlim(-0.03 * right, 1.05 * right)
    inset.set_title("learners minus theory (dashed: cost ±10 %)", fontsize=6.5, color=GREY, pad=3)
    inset.tick_params(labelsize=7)
    inset.spines[["top", "right"]].set_visible(False)


def _draw_points(ax: "Axes", points: list[tuple[float, Observation]], fill: str, label: str) -> None:
    values = np.array([o.estimate for _, o in points])
    low = np.array([o.interval[0] - o.tolerance for _, o in points])
    high = np.array([o.interval[1] + o.tolerance for _, o in points])
    seeds, level = points[0][1].seeds, points[0][1].level
    ax.errorbar(
        [p for p, _ in points],
        values,
        yerr=[values - low, high - values],
        fmt="o",
        color=ORANGE,
        markerfacecolor=fill,
        markersize=5,
        capsize=3,
        linewidth=1.2,
        zorder=3,
        label=f"{label}: {seeds} groups, {100 * level:g} % (simultaneous)",
    )


def _mark_threshold(ax: "Axes", game: PublicGoodsGame, right: float) -> None:
    try:
        threshold = switch_point(game)
    except ValueError:
        return
    if not 0 <= threshold <= right:
        return
    ax.vlines(threshold, 0.0, 0.5, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    ax.annotate(
        f"$p^*$ = {threshold:.4g}",
        (threshold, 0.03),
        xytext=(5, 0),
        textcoords="offset points",
        color=GREY,
        fontsize="small",
        va="bottom",
    )


def _caption(game: PublicGoodsGame) -> str:
    return (
        f"$N$ = {game.group_size}, $r$ = {float(game.multiplication_factor):.4g}, "
        f"$c$ = {float(game.contribution_cost):.4g}, fine {float(game.fine):.4g}, "
        f"punishment cost {float(game.punishment_cost):.4g}"
    )
