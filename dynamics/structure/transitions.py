"""Where a strategy dies out, or a statistic crosses a threshold, along a parameter: bisection with intervals.

The answer is a bracket, the probes that led to it, and a list of what was taken for granted. Bisection does not know
how sizes matter; `dynamics.structure.scaling` compares sizes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from dynamics.structure.evolution import evolve
from dynamics.structure.populations import StructuredPopulation
from dynamics.structure.updates import Update
from gametheory.errors import NotConverged, require
from gametheory.exact import is_integer

Statistic = Callable[[float, int, int], tuple[float, float]]

MOST_PROBES: Final = 60


class TransitionEnding(Enum):
    """How a search for a transition ended."""

    LOCATED = "the interval is as narrow as was asked"
    UNDECIDED = "within the interval the statistic cannot be told from the threshold with the effort allowed"
    NOT_BRACKETED = "the statistic does not lie on different sides of the threshold at the two ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One look at the statistic: its interval [low, high] at a parameter, and the effort that it took."""

    parameter: float
    low: float
    high: float
    effort: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Where a statistic crosses a threshold.

    Attributes
    ----------
    bracket : tuple of float
        The nearest parameters at which the statistic lies clearly on one side, and on the other.
    threshold : float
    ending : TransitionEnding
    probes : tuple of Probe
        In the order in which they were made.
    assumptions : tuple of str
        What is taken for granted by who reads the bracket as the place of a transition.
    """

    bracket: tuple[float, float]
    threshold: float
    ending: TransitionEnding
    probes: tuple[Probe, ...]
    assumptions: tuple[str, ...]

    @property
    def interval(self) -> tuple[float, float]:
        """The bracket; `NotConverged` if the ends of the search lie on the same side of the threshold."""
        if self.ending is TransitionEnding.NOT_BRACKETED:
            raise NotConverged(f"{self.ending.value}; search elsewhere, or with more effort")
        return self.bracket


def locate_transition(
    statistic: Statistic,
    low: float,
    high: float,
    *,
    threshold: float,
    tolerance: float,
    seed: int,
    most_effort: int = 8,
    assumptions: Sequence[str] = (),
) -> Transition:
    """Bisect a parameter for the place where a statistic crosses a threshold.

    Parameters
    ----------
    statistic : callable
        ``statistic(parameter, seed, effort)`` returns an interval (low, high) for its value; effort is 1, and doubled
        up to `most_effort` while the interval holds the threshold.
    low, high : float
        Where to search.
    threshold : float
    tolerance : float
        Width > 0 at which to stop.
    seed : int
        Of the probes: that of the `i`-th is `seed + i`.

    Returns
    -------
    Transition
        At most 60 probes.

    Raises
    ------
    InvalidParameter
        If the numbers are no interval, or outside their domain.

    Examples
    --------
    >>> found = locate_transition(lambda x, seed, effort: (x * x, x * x), 0, 2, threshold=2, tolerance=0.01, seed=1)
    >>> found.interval[0] < 2**0.5 < found.interval[1], found.ending.name
    (True, 'LOCATED')
    """
    require(-np.inf < low < high < np.inf, "high", high, f"finite and above low, {low}")
    require(0 < tolerance < np.inf, "tolerance", tolerance, "a finite number > 0")
    require(is_integer(most_effort) and most_effort >= 1, "most_effort", most_effort, "an integer >= 1")
    probes: list[Probe] = []

    def side(parameter: float) -> int:
        """-1 or 1 where the statistic is clearly below or above the threshold, else 0."""
        effort = 1
        while True:
            least, most = statistic(parameter, seed + len(probes), effort)
            probes.append(Probe(parameter=parameter, low=float(least), high=float(most), effort=effort))
            verdict = int(least > threshold) - int(most < threshold)
            if verdict or 2 * effort > most_effort or len(probes) >= MOST_PROBES:
                return verdict
            effort *= 2

    def result(bracket: tuple[float, float], ending: TransitionEnding) -> Transition:
        said = ("the statistic crosses the threshold once between the ends of the search", *assumptions)
        return Transition(
            bracket=bracket, threshold=float(threshold), ending=ending, probes=tuple(probes), assumptions=said
        )

    left, right = float(low), float(high)
    first, last = side(left), side(right)
    if first * last != -1:
        return result((left, right), TransitionEnding.NOT_BRACKETED)
    gray: list[float] = []  # parameters at which nothing could be told, rising
    while right - left > tolerance and len(probes) < MOST_PROBES:
        inner = [left, *gray, right]
        widths = [inner[1] - inner[0], inner[-1] - inner[-2]]
        at_left = widths[0] >= widths[1]
        if gray and max(widths) <= tolerance / 2:
            break
        middle = (inner[0] + inner[1]) / 2 if at_left else (inner[-1] + inner[-2]) / 2
        where = side(middle)
        if where == first:
            left, gray = middle, [x for x in gray if x > middle]
        elif where == last:
            right, gray = middle, [x for x in gray if x < middle]
        else:
            gray = sorted([*gray, middle])
    narrow = right - left <= tolerance
    return result((left, right), TransitionEnding.LOCATED if narrow else TransitionEnding.UNDECIDED)


def extinction_point(
    population_at: Callable[[float], StructuredPopulation],
    strategy: str,
    low: float,
    high: float,
    *,
    update: Update,
    sweeps: int,
    tolerance: float,
    seed: int,
    runs: int = 32,
    most_runs: int = 256,
    confidence: float = 0.999,
    start: ArrayLike | None = None,
) -> Transition:
    """Where along a parameter a strategy comes to survive, or to die out, on lattices of one size.

    Parameters
    ----------
    population_at : callable
        From the parameter to a `StructuredPopulation`.
    strategy : str
    low, high : float
        Parameters between which to search.
    update : FermiImitation or DeathBirth
    sweeps : int
        A run in which the strategy is still there after so many sweeps counts as one in which it survives.
    tolerance : float
    seed : int
    runs, most_runs : int
        Runs at each parameter, doubled up to the second number while it is undecided whether more than half survive.
    confidence : float
        That all intervals of survival (exact binomial ones) hold together, in (0, 1).
    start : array_like, optional
        As for `evolve`.

    Returns
    -------
    Transition
        Of the survival chance through 1/2.

    Raises
    ------
    InvalidParameter
        If a number is outside its domain, or there is no such strategy.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> from dynamics.structure import FermiImitation, SquareLattice, StructuredPopulation
    >>> def at(r):
    ...     game = PublicGoodsGame(group_size=5, multiplication_factor=r, strategies=["C", "D"])
    ...     return StructuredPopulation(game, SquareLattice(30))
    >>> update = FermiImitation(imitation_noise=0.5)
    >>> found = extinction_point(at, "C", 3.0, 5.0, update=update, sweeps=300, tolerance=0.5, seed=1)
    >>> found.ending.name, found.interval[0] < 3.9 < found.interval[1]
    ('LOCATED', True)
    """
    from scipy.stats import beta

    require(0 < confidence < 1, "confidence", confidence, "in (0, 1)")
    for name, value in (("runs", runs), ("most_runs", most_runs)):
        require(is_integer(value) and value >= 1, name, value, "an integer >= 1")
    tail = (1 - confidence) / (2 * MOST_PROBES)

    def survival(parameter: float, seed: int, effort: int) -> tuple[float, float]:
        population = population_at(parameter)
        kind, number = population.index(strategy), runs * effort
        every = sweeps  # only the end counts
        result = evolve(population, update=update, sweeps=sweeps, every=every, runs=number, seed=seed, start=start)
        alive = int((result.counts[:, -1, kind] > 0).sum())
        least = float(beta.ppf(tail, alive, number - alive + 1)) if alive else 0.0
        most = float(beta.isf(tail, alive + 1, number - alive)) if alive < number else 1.0
        return least, most

    return locate_transition(
        survival,
        low,
        high,
        threshold=0.5,
        tolerance=tolerance,
        seed=seed,
        most_effort=max(1, most_runs // runs),
        assumptions=(
            f"being there after {sweeps} sweeps stands for surviving; close to a transition that takes ever longer",
            "lattices of this size stand for large ones; on small ones strategies die by chance",
        ),
    )
