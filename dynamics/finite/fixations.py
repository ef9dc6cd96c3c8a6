r"""How likely, and how fast, one mutant takes over; and the chain between monomorphic populations that follows.

With :math:`k` mutants, chances :math:`T^\pm_k` to gain or lose one, and :math:`\gamma_k = T^-_k / T^+_k`,

.. math:: \rho = \frac{1}{1 + \sum_{n=1}^{Z-1} \prod_{k=1}^{n} \gamma_k}, \qquad
          t_1 = \rho \sum_{n=1}^{Z-1} \sum_{l=1}^{n} \frac{1}{T^+_l} \prod_{k=l+1}^{n} \gamma_k, \qquad
          t^{\rm fix}_1 = \sum_{n=1}^{Z-1} \sum_{l=1}^{n} \frac{\rho_l}{T^+_l} \prod_{k=l+1}^{n} \gamma_k,

with :math:`\rho_l` the chance from :math:`l` mutants (Karlin & Taylor 1975; Antal & Scheuring 2006, Bull. Math.
Biol. 68, 1923-1944); times in steps. Here :math:`\gamma_k = e^{-w (f - g)}`, or the ratio of linear fitnesses.
Sums are taken in logarithms: they are right where a probability is below, or a time above, the range of floats.

Where mutations are so rare that one is gone or fixed before the next, the population moves from all `i` to
all `j` with chance :math:`\mu \rho_{ij} / (m - 1)` per step (Fudenberg & Imhof 2006, J. Econ. Theory 131,
251-262). Its long-run shares are found by elimination without subtraction, in logarithms.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dynamics.finite import _fixations_kernels as kernels
from dynamics.finite.populations import FinitePopulation
from dynamics.finite.processes import MORAN, Process, is_linear, rule_of, scaled
from gametheory.compositions import rank
from gametheory.errors import require

Array = NDArray[np.float64]

LARGEST_EXPONENT: Final = 709.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixation:
    """What becomes of one mutant among residents, without further mutation.

    Attributes
    ----------
    resident, invader : str
    population_size : int
    process : PairwiseComparison or Moran
    log_probability : float
        Natural logarithm of the chance that the mutant takes over.
    log_time, log_conditional_time : float
        Natural logarithms of the mean number of steps until either strategy is gone, and of that number given
        that the mutant takes over. Steps in which nothing happens count.
    """

    resident: str
    invader: str
    population_size: int
    process: Process
    log_probability: float
    log_time: float
    log_conditional_time: float

    @property
    def probability(self) -> float:
        """The chance that the mutant takes over; 0 where a float cannot hold it."""
        return exp(self.log_probability)

    @property
    def time(self) -> float:
        """Mean steps to absorption; infinite where a float cannot hold them."""
        return exp(self.log_time) if self.log_time < LARGEST_EXPONENT else inf

    @property
    def conditional_time(self) -> float:
        """Mean steps to fixation, if it happens; infinite where a float cannot hold them."""
        return exp(self.log_conditional_time) if self.log_conditional_time < LARGEST_EXPONENT else inf


@dataclass(frozen=True, slots=True, eq=False)
class SmallMutationLimit:
    """The chain between monomorphic populations when mutations are rare.

    Attributes
    ----------
    strategies : tuple of str, length m
    population_size : int
    process : PairwiseComparison or Moran
    log_fixation : ndarray of float64, shape (m, m)
        Natural logarithm of the chance that one mutant of the column takes over from residents of the row; the
        diagonal is that of a neutral mutant, 1/Z.
    log_shares : ndarray of float64, shape (m,)
        Natural logarithm of the long-run share of time that everybody plays each strategy.
    """

    strategies: tuple[str, ...]
    population_size: int
    process: Process
    log_fixation: Array
    log_shares: Array

    def __post_init__(self) -> None:
        for array in (self.log_fixation, self.log_shares):
            array.setflags(write=False)

    @property
    def fixation(self) -> Array:
        """Fixation probabilities, resident by invader; 0 where a float cannot hold one."""
        return np.exp(self.log_fixation)

    @property
    def shares(self) -> Array:
        """Long-run shares of the strategies; they sum to 1."""
        return np.exp(self.log_shares)

    def transition_matrix(self, *, mutation_rate: float) -> Array:
        """Chances per step to move between the monomorphic populations, rows summing to 1.

        Raises
        ------
        InvalidParameter
            If the rate is not in [0, 1].
        """
        require(0 <= mutation_rate <= 1, "mutation_rate", mutation_rate, "in [0, 1]")
        size = len(self.strategies)
        matrix = self.fixation * mutation_rate / (size - 1)
        np.fill_diagonal(matrix, 0.0)
        np.fill_diagonal(matrix, 1.0 - matrix.sum(axis=1))
        return matrix


def fixation(population: FinitePopulation, *, resident: str, invader: str, process: Process) -> Fixation:
    """What becomes of one `invader` among residents.

    Parameters
    ----------
    population : FinitePopulation
    resident, invader : str
        Two different strategies.
    process : PairwiseComparison or Moran

    Returns
    -------
    Fixation
        Probability and times, with their logarithms. Cost O(Z N).

    Raises
    ------
    InvalidParameter
        If the names are not two of the game's, or a fitness is not positive.

    Examples
    --------
    A neutral mutant takes over once in Z times:

    >>> from gametheory import game_from_payoffs
    >>> from dynamics.finite import PairwiseComparison
    >>> population = FinitePopulation(game_from_payoffs([[1, 1], [1, 1]], ["A", "B"]), population_size=20)
    >>> mutant = fixation(population, resident="A", invader="B", process=PairwiseComparison(selection_strength=1))
    >>> round(mutant.probability, 12)
    0.05
    """
    own, other = population.index(invader, name="invader"), population.index(resident, name="resident")
    require(own != other, "invader", invader, "another strategy than the resident")
    values = scaled(population.values, process)
    columns = _edges(population.group_size, len(population.strategies))[own, other]
    advantage = np.empty(population.population_size - 1)
    first, second = values[own, columns], values[other, columns]
    kernels.fill_advantage(first, second, population.chances, is_linear(process), advantage)
    out = np.empty(3)
    kernels.fixation_of(advantage, rule_of(process) == MORAN, out)
    return Fixation(
        resident=resident,
        invader=invader,
        population_size=population.population_size,
        process=process,
        log_probability=float(out[kernels.LOG_PROBABILITY]),
        log_time=float(out[kernels.LOG_TIME]),
        log_conditional_time=float(out[kernels.LOG_CONDITIONAL_TIME]),
    )


def small_mutation_limit(population: FinitePopulation, *, process: Process) -> SmallMutationLimit:
    """All fixation probabilities, and the long-run shares when mutations are rare and uniform.

    Parameters
    ----------
    population : FinitePopulation
    process : PairwiseComparison or Moran

    Returns
    -------
    SmallMutationLimit
        Cost O(m^2 Z N). Rates of any size, 1e-1000 too, give right shares.

    Raises
    ------
    InvalidParameter
        If a fitness is not positive.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> from dynamics.finite import Moran
    >>> population = FinitePopulation(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]), population_size=10)
    >>> limit = small_mutation_limit(population, process=Moran(selection_strength=100))
    >>> limit.log_shares.round(3).tolist()
    [-1700.0, 0.0]
    """
    values = scaled(population.values, process)
    size = len(population.strategies)
    corners = _edges(population.group_size, size)
    logs = np.empty((size, size))
    kernels.fill_log_fixations(values, corners, population.chances, is_linear(process), logs)
    shares = np.empty(size)
    kernels.log_stationary(logs.copy(), shares)
    return SmallMutationLimit(population.strategies, population.population_size, process, logs, shares)


@lru_cache(maxsize=64)
def _edges(group_size: int, parts: int) -> NDArray[np.int64]:
    """Columns of a payoff table in which n of the co-players play `i` and the others `j`, at ``[i, j, n]``."""
    columns = np.zeros((parts, parts, group_size), dtype=np.int64)
    for i in range(parts):
        for j in range(parts):
            for n in range(group_size):
                counts = [0] * parts
                counts[j] += group_size - 1 - n
                counts[i] += n
                columns[i, j, n] = rank(counts)
    columns.setflags(write=False)
    return columns
