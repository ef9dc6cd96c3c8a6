"""Pictures of structured populations: who plays what where, and shares over time with their errors."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike

from dynamics.structure.evolution import Evolution, EvolutionEnding
from dynamics.structure.populations import StructuredPopulation, checked_players
from dynamics.structure.spaces import SquareLattice
from gametheory.errors import require
from gametheory.exact import is_integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe & Ito's colors, told apart by every kind of color vision; their brightness differs too.
COLORS: Final = {"C": "#0072B2", "D": "#D55E00", "P": "#F0E442", "L": "#999999", "V": "#009E73", "A": "#000000"}
OTHERS: Final = ("#0072B2", "#D55E00", "#F0E442", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#999999")
LINES: Final = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)))


def plot_snapshot(population: StructuredPopulation, players: ArrayLike, *, ax: "Axes | None" = None) -> "Axes":
    """Draw a lattice, one colored square a site, with a legend of strategies and their shares.

    Parameters
    ----------
    population : StructuredPopulation
        On a `SquareLattice`.
    players : array_like of int, shape (L, L)
        Numbers of strategies, such as ``Evolution.final[0]``.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If the population is on no lattice, or `players` are no strategies on it.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from gametheory import PublicGoodsGame
    >>> from dynamics.structure import SquareLattice, StructuredPopulation, stripes
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> population = StructuredPopulation(game, SquareLattice(30))
    >>> axes = plot_snapshot(population, stripes(population, ["C", "D", "P"]))
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['C  0.333', 'D  0.333', 'P  0.333']
    >>> import matplotlib.pyplot as plt; plt.close(axes.figure)
    """
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    lattice = population.structure
    require(isinstance(lattice, SquareLattice), "population", type(lattice).__name__, "on a SquareLattice")
    numbers = checked_players(population, players)
    ax = _axes(ax, (5.2, 5.2))
    colors = strategy_colors(population.strategies)
    last = len(colors) - 1
    ax.imshow(numbers, cmap=ListedColormap(colors), vmin=-0.5, vmax=last + 0.5, interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])
    shares = np.bincount(numbers.ravel(), minlength=len(colors)) / population.size
    patches = [
        Patch(facecolor=color, edgecolor="black", lw=0.6, label=f"{name}  {share:.3f}")
        for name, color, share in zip(population.strategies, colors, shares, strict=True)
    ]
    ax.legend(handles=patches, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=len(patches), frameon=False)
    return ax


def plot_shares(result: Evolution, *, ax: "Axes | None" = None, run: int | None = None) -> "Axes":
    """Draw shares over time; where the record has settled, also the long-run means and four standard errors.

    Lines are the mean of the runs, thin ones the runs where there are six or fewer. The burn-in is shaded.

    Parameters
    ----------
    result : Evolution
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    run : int, optional
        Draw one run only, without means and errors, which are of all runs.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If there is no such run.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from gametheory import PublicGoodsGame
    >>> from dynamics.structure import FermiImitation, SquareLattice, StructuredPopulation, evolve
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=4.4, strategies=["C", "D"])
    >>> update = FermiImitation(imitation_noise=0.5)
    >>> result = evolve(StructuredPopulation(game, SquareLattice(40)), update=update, sweeps=200, seed=1)
    >>> axes = plot_shares(result)
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('sweeps', 'share')
    >>> import matplotlib.pyplot as plt; plt.close(axes.figure)
    """
    runs = len(result.counts)
    known = run is None or (is_integer(run) and 0 <= run < runs)
    require(known, "run", run, f"an integer from 0 to {runs - 1}, or None")
    ax = _axes(ax, (6.4, 3.8))
    shares = result.shares if run is None else result.shares[run : run + 1]
    colors = strategy_colors(result.strategies)
    settled = run is None and _settled(result)
    for kind, (name, color) in enumerate(zip(result.strategies, colors, strict=True)):
        style: Any = LINES[kind % len(LINES)]
        dark = _on_white(color)
        if 1 < len(shares) <= 6:
            ax.plot(result.times, shares[..., kind].T, color=dark, lw=0.5, alpha=0.4)
        label = name
        if settled:
            mean, error = float(result.mean_shares[kind]), float(result.standard_errors[kind])
            ends = [max(result.burn_in, int(result.times[0])), int(result.times[-1])]
            ax.fill_between(ends, mean - 4 * error, mean + 4 * error, color=dark, alpha=0.25, lw=0, zorder=3)
            label = f"{name}  {mean:.4f} ± {error:.4f}"
        ax.plot(result.times, shares[..., kind].mean(axis=0), color=dark, ls=style, lw=1.4, label=label)
    if result.burn_in > 0:
        ax.axvspan(0, result.burn_in, color="0.9", lw=0, zorder=0)
    ax.set_xlim(0, int(result.times[-1]))
    ax.set_ylim(-0.02, 1.02)
    ax.set_xlabel("sweeps")
    ax.set_ylabel("share")
    ax.set_title(result.ending.value, fontsize=9, loc="left")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    return ax


def strategy_colors(strategies: tuple[str, ...]) -> list[str]:
    """A color for each strategy: always the same for the letters of the model, else one not yet taken."""
    taken = [COLORS[name] for name in strategies if name in COLORS]
    free = [color for color in OTHERS if color not in taken]
    free += list(OTHERS)  # with more than nine strategies, colors repeat
    return [COLORS[name] if name in COLORS else free.pop(0) for name in strategies]


def _on_white(color: str) -> str:
    """Yellow is too bright for a line."""
    return {"#F0E442": "#B5A800"}.get(color, color)


def _settled(result: Evolution) -> bool:
    fine = result.ending in (EvolutionEnding.STATIONARY, EvolutionEnding.PARTLY_ABSORBED)
    return fine and (len(result.counts) > 1 or not result.absorbed.any())


def _axes(ax: "Axes | None", size: tuple[float, float]) -> "Axes":
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, made = plt.subplots(figsize=size, layout="constrained")
    return made
