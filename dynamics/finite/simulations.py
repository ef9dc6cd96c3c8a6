"""Monte Carlo of a finite population: for what has no formula, and as a second way to what has one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dynamics.finite._simulation_kernels import many_walks
from dynamics.finite.chains import Chain
from dynamics.finite.populations import checked_states
from gametheory.compositions import rank
from gametheory.errors import NotConverged, require
from gametheory.exact import is_integer
from gametheory.rng import spawn

Array = NDArray[np.float64]

MOST_VISITS: Final = 100_000_000
LONGEST: Final = 2**60


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """How often independent walks through a chain were in each state.

    Attributes
    ----------
    strategies : tuple of str, length m
    states : ndarray of int64, shape (states, m)
    visits : ndarray of int64, shape (runs, states)
        Steps, after the burn-in, that began in each state.
    steps, burn_in : int
        Of each run.
    seed : int
        What the runs' generators were spawned from.
    """

    strategies: tuple[str, ...]
    states: NDArray[np.int64]
    visits: NDArray[np.int64]
    steps: int
    burn_in: int
    seed: int

    def __post_init__(self) -> None:
        self.visits.setflags(write=False)

    @property
    def shares(self) -> Array:
        """Share of time in each state, mean of the runs."""
        return np.asarray(self.visits.sum(axis=0) / (self.steps * len(self.visits)))

    @property
    def mean_shares(self) -> Array:
        """Mean share of each strategy over time and runs."""
        return np.asarray(self._by_run.mean(axis=0))

    @property
    def standard_errors(self) -> Array:
        """Standard errors of `mean_shares`, from the differences between runs; `NotConverged` for a single run."""
        runs = len(self.visits)
        if runs < 2:
            raise NotConverged("one run says nothing about its error; raise runs")
        return np.asarray(self._by_run.std(axis=0, ddof=1) / np.sqrt(runs))

    @property
    def _by_run(self) -> Array:
        return np.asarray(self.visits @ self.states / (self.steps * self.states[0].sum()))


def simulate(
    links: Chain, *, runs: int, steps: int, seed: int, burn_in: int = 0, start: Sequence[int] | None = None
) -> Simulation:
    """Independent walks through the states of a population.

    Parameters
    ----------
    links : Chain
    runs, steps : int
        How many walks, and how many steps of each are counted; both at least 1.
    seed : int
        Run `i` has the `i`-th generator spawned from it: the result is the same on any number of threads.
    burn_in : int
        Steps before those that are counted.
    start : sequence of int, length m, optional
        State in which every run begins; by default runs begin in turn with everybody playing one strategy.

    Returns
    -------
    Simulation
        Cost O(steps in which something happens); memory O(runs states).

    Raises
    ------
    InvalidParameter
        If a number is outside its domain, or there are more than 1e8 runs times states.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> from dynamics.finite import FinitePopulation, Moran, chain
    >>> population = FinitePopulation(game_from_payoffs([[1, 1], [1, 1]], ["A", "B"]), population_size=10)
    >>> links = chain(population, process=Moran(selection_strength=1), mutation_rate=0.1)
    >>> walks = simulate(links, runs=20, steps=10_000, seed=1)
    >>> bool(abs(walks.mean_shares[0] - 0.5) < 4 * walks.standard_errors[0])
    True
    """
    for name, value, least in (("runs", runs, 1), ("steps", steps, 1), ("burn_in", burn_in, 0), ("seed", seed, 0)):
        require(is_integer(value) and least <= value < LONGEST, name, value, f"an integer >= {least} and below 2**60")
    few = runs * len(links.states) <= MOST_VISITS
    require(few, "runs", runs, f"at most {MOST_VISITS // len(links.states)} for {len(links.states)} states")
    parts = len(links.strategies)
    if start is None:
        corners = np.array([rank([links.population_size * (i == j) for j in range(parts)]) for i in range(parts)])
    else:
        corners = np.array([rank(checked_states(start, links.population_size, parts))])
    starts = corners[np.arange(runs) % len(corners)].astype(np.int64)
    ladders = links.rates.reshape(len(links.states), -1).cumsum(axis=1)
    targets = links.neighbors.reshape(len(links.states), -1)
    visits = np.zeros((runs, len(links.states)), dtype=np.int64)
    many_walks(ladders, targets, starts, int(burn_in), int(steps), spawn(int(seed), int(runs)), visits)
    return Simulation(links.strategies, links.states, visits, int(steps), int(burn_in), int(seed))
