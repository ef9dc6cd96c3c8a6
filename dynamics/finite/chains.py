r"""The whole chain of a finite population with mutation, over all states, and its stationary distribution.

A state says how many of the :math:`Z` individuals play each strategy, in the order of
`gametheory.compositions`. A step takes one individual from `i` to `j`, as `dynamics.finite.processes` says, so
that a row of the transition matrix holds at most m (m - 1) chances beside its diagonal.

The stationary distribution solves :math:`\pi P = \pi`. With two strategies each step up balances the step down.
With more, states are eliminated without subtraction (Grassmann, Taksar & Heyman 1985, Oper. Res. 33, 1107-1116)
in the order of nested dissection: errors are relative to each share, also to the smallest. The states at which
the drift ends come last and are solved in logarithms.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.finite import _chains_kernels as kernels
from dynamics.finite._elimination_kernels import dissect, eliminate, find_borders, substitute
from dynamics.finite._fixations_kernels import log_stationary
from dynamics.finite._sampling_kernels import payoffs_in_states
from dynamics.finite.populations import FinitePopulation
from dynamics.finite.processes import MORAN, Process, is_linear, rule_of, scaled
from gametheory.compositions import compositions, number_of_compositions
from gametheory.errors import NotConverged, require
from gametheory.exact import Number, as_number, in_order, is_exact, to_float

Array = NDArray[np.float64]

LEAF: Final = 12  # states below which a set is not dissected further
PANEL: Final = 32  # states eliminated before the rest of a front is updated
MOST_KEPT: Final = 200
TOLERANCE: Final = 1e-9
FLOOR: Final = 1e-280  # smaller shares are near the end of the range of floats
SMALLEST_RATE: Final = 1e-290  # so are smaller rates


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The transitions between all states of a population.

    Attributes
    ----------
    strategies : tuple of str, length m
    population_size : int
    process : PairwiseComparison or Moran
    mutation_rate : float
    states : ndarray of int64, shape (states, m)
        How many play each strategy, in the order of `gametheory.compositions`.
    rates : ndarray of float64, shape (states, m, m)
        Chance per step that one player of `i` becomes one of `j`; 0 on the diagonal.
    neighbors : ndarray of int32, shape (states, m, m)
        Row of the state that this leads to; -1 where there is none.
    """

    strategies: tuple[str, ...]
    population_size: int
    process: Process
    mutation_rate: float
    states: NDArray[np.int64]
    rates: Array
    neighbors: NDArray[np.int32]

    def __post_init__(self) -> None:
        for array in (self.states, self.rates, self.neighbors):
            array.setflags(write=False)

    def matrix(self) -> Any:
        """The transition matrix as a scipy.sparse CSR array, rows summing to 1."""
        from scipy.sparse import csr_array

        size = len(self.states)
        source, i, j = np.nonzero(self.neighbors >= 0)
        stay = 1.0 - self.rates.sum(axis=(1, 2))
        rows = np.concatenate([source, np.arange(size)])
        columns = np.concatenate([self.neighbors[source, i, j], np.arange(size)])
        entries = np.concatenate([self.rates[source, i, j], stay])
        return csr_array((entries, (rows, columns)), shape=(size, size))


@dataclass(frozen=True, slots=True, eq=False)
class StationaryDistribution:
    """Long-run shares of time in each state, and how far they are from solving the equations.

    Attributes
    ----------
    strategies : tuple of str, length m
    states : ndarray of int64, shape (states, m)
    method : str
        How the equations were solved.
    residual : float
        Sum over states of the size of what flows in less what flows out, per step.
    relative_residual : float
        The largest such difference relative to the flow out, over states whose share is at least 1e-280.
    lost : float
        How much the shares change, summed over states, with what is put for rates below the range of floats: 0 if
        there are none that matter. A residual does not see that two parts of a chain have lost their connection.
    """

    strategies: tuple[str, ...]
    states: NDArray[np.int64]
    method: str
    residual: float
    relative_residual: float
    lost: float
    _shares: Array

    def __post_init__(self) -> None:
        self._shares.setflags(write=False)

    @property
    def converged(self) -> bool:
        """Whether relative residual and loss are at most 1e-9; otherwise the shares are refused."""
        return self.relative_residual <= TOLERANCE and self.lost <= TOLERANCE

    @property
    def shares(self) -> Array:
        """Long-run share of each state; they sum to 1. Raises `NotConverged` unless `converged`.

        All are positive, but those below the range of floats, about 1e-300, come out as 0.
        """
        if not self.converged:
            what = "rates between parts of the chain are below the range of floats; raise mutation_rate, lower"
            raise NotConverged(
                f"relative residual {self.relative_residual:.3g}, lost {self.lost:.3g}: {what} selection_strength or "
                "use small_mutation_limit"
            )
        return self._shares

    @property
    def mean_shares(self) -> Array:
        """Long-run mean share of each strategy. Raises `NotConverged` unless `converged`."""
        return np.asarray(self.shares @ self.states / self.states[0].sum())


def chain(population: FinitePopulation, *, process: Process, mutation_rate: Number) -> Chain:
    """The transitions between all states of a population.

    Parameters
    ----------
    population : FinitePopulation
    process : PairwiseComparison or Moran
    mutation_rate : number
        In [0, 1]: chance that a step explores; each other strategy is as likely.

    Returns
    -------
    Chain
        Memory and cost O(states m^2), and the payoffs: O(states m^2 compositions).

    Raises
    ------
    InvalidParameter
        If the rate is not in [0, 1] or a fitness is not positive.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> from dynamics.finite import Moran
    >>> population = FinitePopulation(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]), population_size=3)
    >>> links = chain(population, process=Moran(selection_strength=0), mutation_rate=0.5)
    >>> links.states.tolist()
    [[3, 0], [2, 1], [1, 2], [0, 3]]
    >>> links.matrix().toarray().round(3).tolist()[1]
    [0.167, 0.5, 0.333, 0.0]
    """
    rate = as_number(mutation_rate, name="mutation_rate")
    inside = (is_exact(rate) or isinstance(rate, float)) and in_order(0, rate, 1)
    require(inside, "mutation_rate", mutation_rate, "in [0, 1]")
    parts = len(population.strategies)
    states, neighbors = _links(population.population_size, parts)
    payoffs = np.empty(states.shape)
    payoffs_in_states(scaled(population.values, process), population.splits, population.chances, states, payoffs)
    rates = np.empty((*states.shape, parts))
    moran, linear = rule_of(process) == MORAN, is_linear(process)
    kernels.fill_rates(payoffs, states, to_float(rate), moran, linear, rates)
    return Chain(population.strategies, population.population_size, process, to_float(rate), states, rates, neighbors)


def stationary_distribution(links: Chain) -> StationaryDistribution:
    """Long-run shares of time in each state of a chain with mutation.

    Parameters
    ----------
    links : Chain
        With a positive mutation rate.

    Returns
    -------
    StationaryDistribution
        It states its residuals, and refuses its shares if they are large. With three strategies time grows as
        Z^3 and memory as Z^2 log Z.

    Raises
    ------
    InvalidParameter
        If nobody mutates: the long run then depends on the start.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> from dynamics.finite import FinitePopulation, PairwiseComparison
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> population = FinitePopulation(game, population_size=50)
    >>> links = chain(population, process=PairwiseComparison(selection_strength=1), mutation_rate=0.01)
    >>> long_run = stationary_distribution(links)
    >>> long_run.mean_shares.round(4).tolist(), long_run.relative_residual < 1e-12
    ([0.0257, 0.9656, 0.0086], True)
    """
    positive = links.mutation_rate > 0
    require(positive, "mutation_rate", links.mutation_rate, "> 0 (to have one stationary distribution)")
    shares = np.empty(len(links.states))
    if len(links.strategies) == 2:
        method = "balance of steps up and down, in logarithms"
        kernels.birth_death(links.rates, shares)
        lost = 0.0 if links.rates[links.neighbors >= 0].min() > SMALLEST_RATE else inf
    else:
        method = "elimination without subtraction, in nested dissection"
        with np.errstate(all="ignore"):
            lost = _solve(links, shares)
    residual, relative = kernels.imbalance(links.neighbors, links.rates, shares, FLOOR)
    return StationaryDistribution(links.strategies, links.states, method, residual, relative, lost, shares)


def _solve(links: Chain, shares: Array) -> float:
    """Write the stationary shares, NaN where a state cannot be left; return what underflow may change."""
    neighbors, rates = links.neighbors, links.rates
    kept = np.empty(len(shares), dtype=np.bool_)
    kernels.peaks(neighbors, rates, kept)
    found = np.flatnonzero(kept)
    kept[found[MOST_KEPT:]] = False
    kept[links.states.max(axis=1) == links.population_size] = True
    order, tree, sizes, factors = _dissection(links, kept)
    where = np.zeros(tree[2].size, dtype=np.int64)
    ok, rest = eliminate(neighbors, rates, order, tree, (*sizes, PANEL), where, factors)
    if not ok:
        shares[:] = np.nan
        return inf
    # two guesses of what rates that underflow may be, as different as can be: if it matters, they disagree
    other = np.empty_like(shares)
    slope = np.linspace(0.0, -8.0, len(rest))[:, np.newaxis]
    for guess, out in ((slope, shares), (slope[::-1], other)):
        logs = np.empty(len(rest))
        log_stationary(np.log(np.maximum(rest, SMALLEST_RATE * 10.0**guess)), logs)
        substitute(order, tree, where, factors, np.exp(logs - logs.max()), out)
        out /= out.sum()
    return float(np.abs(shares - other).sum())


def _dissection(links: Chain, kept: NDArray[np.bool_]) -> tuple[Any, Any, tuple[int, int], Array]:
    size = len(links.states)
    order = np.empty(size, dtype=np.int64)
    starts, stops, parents = (np.empty(size + 2, dtype=np.int64) for _ in range(3))
    nodes = dissect(links.states, kept, LEAF, order, starts, stops, parents)
    starts, stops, parents = starts[:nodes].copy(), stops[:nodes].copy(), parents[:nodes].copy()
    pointers = np.empty(nodes, dtype=np.int64)
    borders, stack, widest, factors = find_borders(links.neighbors, order, starts, stops, parents, pointers)
    return order, (starts, stops, parents, borders, pointers), (stack, widest), np.empty(factors)


@lru_cache(maxsize=2)
def _links(population_size: int, parts: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """All states and, for each, its neighbors."""
    states = compositions(population_size, parts)
    blocks = np.array(
        [[number_of_compositions(t, p) if p > 0 else 0 for p in range(parts + 1)] for t in range(population_size + 1)],
        dtype=np.int64,
    )
    neighbors = np.empty((*states.shape, parts), dtype=np.int32)
    kernels.fill_neighbors(states, blocks, neighbors)
    neighbors.setflags(write=False)
    return states, neighbors
