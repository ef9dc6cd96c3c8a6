r"""A finite, well-mixed population whose groups are drawn without replacement.

In a state :math:`k` (:math:`k_i` of the :math:`Z` individuals play `i`) a player of `i` meets co-players
that split as :math:`n` with the hypergeometric chance

.. math:: f_i(k) = \sum_n \frac{\prod_j \binom{k_j - \delta_{ij}}{n_j}}{\binom{Z - 1}{N - 1}} v_i(n),

with :math:`v_i(n)` from the payoff table (Hauert, Traulsen, Brandt, Nowak & Sigmund 2007, Science 316,
1905-1907, supplement). The binomial coefficients are taken as chances :math:`\binom{k}{n} q^n (1-q)^{k-n}`,
:math:`q = (N-1)/(Z-1)`, whose powers cancel: nothing overflows at any size of group or population.

With two strategies, `k` of the first, the gradient of selection is the chance that `k` rises in a step less
the chance that it falls, without mutation (Traulsen, Nowak & Pacheco 2006, Phys. Rev. E 74, 011909).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.finite._sampling_kernels import fill_chances, payoffs_in_states
from dynamics.finite.processes import PAIRWISE, Process, is_linear, rule_of, scaled
from gametheory.compositions import compositions
from gametheory.errors import require
from gametheory.exact import Number, is_integer, to_float
from gametheory.games import Game, PayoffTable, payoff_table

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FinitePopulation:
    """A game played in groups drawn from a population of a given size; made once, read by everything here.

    Parameters
    ----------
    game : Game or PayoffTable
        Kept as its payoff table.
    population_size : int
        Z, at least the group size. Memory O(Z N).

    Attributes
    ----------
    values : ndarray of float64, shape (m, compositions of N - 1)
    chances : ndarray of float64, shape (Z, N)
        Of `n` successes in `k` trials, at the probability of the module header. Both arrays are read-only.

    Raises
    ------
    InvalidParameter
        If the population is smaller than a group, or the game cannot be tabulated.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> population = FinitePopulation(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]), population_size=10)
    >>> population.strategies, population.group_size
    (('C', 'D'), 2)
    """

    game: Any
    population_size: int
    table: PayoffTable = field(init=False)
    values: Array = field(init=False)
    splits: NDArray[np.int64] = field(init=False)
    chances: Array = field(init=False)

    def __post_init__(self) -> None:
        table = self.game if isinstance(self.game, PayoffTable) else payoff_table(self.game)
        size = checked_size(self.population_size, table.group_size)
        values = table.as_array()
        values.setflags(write=False)
        derived = {
            "game": table,
            "population_size": size,
            "table": table,
            "values": values,
            "splits": compositions(table.group_size - 1, len(table.strategies)),
            "chances": sampling_chances(size, table.group_size),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def strategies(self) -> tuple[str, ...]:
        """Names of the strategies, in the order of states."""
        return self.table.strategies

    @property
    def group_size(self) -> int:
        """Players in one group, N."""
        return self.table.group_size

    def index(self, strategy: str, *, name: str = "strategy") -> int:
        """Place of `strategy`; refuses a name that the game has not."""
        require(strategy in self.strategies, name, strategy, f"one of {self.strategies}")
        return self.strategies.index(strategy)


def population_payoffs(population: FinitePopulation, counts: ArrayLike) -> Array:
    """Mean payoff of each strategy when groups are drawn from a state of the population.

    Parameters
    ----------
    population : FinitePopulation
    counts : array_like of int, shape (..., m)
        States: how many individuals play each strategy; rows sum to Z.

    Returns
    -------
    ndarray of float64, shape (..., m)
        In payoff units; NaN where nobody plays the strategy. Cost O(m^2 compositions) for each state.

    Raises
    ------
    InvalidParameter
        If `counts` are no states of the population.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> population = FinitePopulation(game, population_size=100)
    >>> payoffs = population_payoffs(population, [[50, 50], [1, 99]])
    >>> (payoffs[:, 0] - payoffs[:, 1]).round(12)
    array([-0.42424242, -0.42424242])
    """
    states = checked_states(counts, population.population_size, len(population.strategies))
    flat = np.ascontiguousarray(states.reshape(-1, states.shape[-1]))
    out = np.empty(flat.shape)
    payoffs_in_states(population.values, population.splits, population.chances, flat, out)
    return out.reshape(states.shape)


def gradient_of_selection(game: Any, *, population_size: int, process: Process) -> Array:
    """Chance that the first of two strategies gains an individual in a step, less that it loses one.

    Parameters
    ----------
    game : Game, PayoffTable, FinitePopulation or array_like of float, shape (..., 2, N)
        With two strategies. The parameters of a game may be arrays, broadcast together; an array holds payoffs
        in the order of tables: a batch of games of one group size.
    population_size : int
        Z, at least the group size.
    process : PairwiseComparison or Moran

    Returns
    -------
    ndarray of float64, shape (..., Z + 1)
        By how many play the first strategy; 0 at both ends.

    Raises
    ------
    InvalidParameter
        If the game has not two strategies, or the population is smaller than a group.

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory import PublicGoodsGame
    >>> from dynamics.finite import PairwiseComparison
    >>> factors = np.array([3.0, 99 / 19, 6.0])
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=factors, strategies=["C", "D"])
    >>> process = PairwiseComparison(selection_strength=1.0)
    >>> gradients = gradient_of_selection(game, population_size=100, process=process)
    >>> np.sign(gradients[:, 50].round(12)).tolist()
    [-1.0, 0.0, 1.0]
    """
    values = _payoffs_of_two(game)
    group_size = values.shape[-1]
    size = checked_size(population_size, group_size)
    lean = _lean(_sampling_matrices(size, group_size), scaled(values, process), linear=is_linear(process))
    k = np.arange(1, size)
    out = np.zeros((*values.shape[:-2], size + 1))
    inner = out[..., 1:-1]
    if rule_of(process) == PAIRWISE:
        np.multiply(lean, k * (size - k) / (size * (size - 1)), out=inner)
    else:
        np.multiply(lean, 2 * k * (size - k) / size, out=inner)
        lean *= 2 * k - size
        lean += size
        inner /= lean
    return out


def checked_size(population_size: object, group_size: int) -> int:
    """A population size that is an integer and at least the group size."""
    enough = is_integer(population_size) and int(population_size) >= group_size  # type: ignore[call-overload]
    require(enough, "population_size", population_size, f"an integer >= the group size, {group_size}")
    return int(population_size)  # type: ignore[call-overload,no-any-return]


def checked_states(counts: ArrayLike, population_size: int, parts: int) -> NDArray[np.int64]:
    """States of a population as an array of shape (..., m)."""
    states = np.asarray(counts)
    fits = states.ndim >= 1 and states.shape[-1] == parts and states.dtype.kind in "iu"
    fits = fits and bool((states >= 0).all()) and bool((states.sum(axis=-1) == population_size).all())
    require(fits, "counts", counts, f"{parts} integers >= 0 that sum to {population_size}")
    return states.astype(np.int64)


def sampling_chances(population_size: int, group_size: int) -> Array:
    """The read-only table of chances of the module header, shape (Z, N)."""
    success = (group_size - 1) / (population_size - 1)
    chances = np.empty((population_size, group_size))
    fill_chances(success, 1.0 - success, chances)
    chances.setflags(write=False)
    return chances


def _sampling_matrices(size: int, group_size: int) -> tuple[Array, Array]:
    """Chances of each split of co-players, for either strategy, by state 1 .. Z - 1; shape (N, Z - 1)."""
    chances = sampling_chances(size, group_size)
    k = np.arange(1, size)
    first, second = chances[:, ::-1], chances  # in the order of tables the first count falls
    whole = chances[-1, -1]
    return (first[k - 1] * second[size - k] / whole).T, (first[k] * second[size - k - 1] / whole).T


def _lean(matrices: tuple[Array, Array], values: Array, *, linear: bool) -> Array:
    """(a - b) / (a + b) for the fitnesses a, b of the two strategies: tanh(w (f - g) / 2) if exponential."""
    both = values.reshape(*values.shape[:-2], -1)
    lean = np.asarray(both @ np.concatenate([matrices[0], -matrices[1]]))
    if linear:
        lean /= both @ np.concatenate(matrices)
        return lean
    lean *= 0.5
    return np.asarray(np.tanh(lean, out=lean))


def _payoffs_of_two(game: Any) -> Array:
    if isinstance(game, FinitePopulation):
        game = game.table
    if isinstance(game, PayoffTable):
        _require_two(game.strategies)
        return np.asarray(game.as_array())
    if hasattr(game, "payoff"):
        return _tabulated(game)
    values = np.asarray(game, dtype=np.float64)
    fits = values.ndim >= 2 and values.shape[-2] == 2 and values.shape[-1] >= 2 and bool(np.isfinite(values).all())
    require(fits, "game", values.shape, "a game, or finite payoffs of shape (..., 2, N)")
    return values


def _tabulated(game: Game) -> Array:
    """The payoffs of a game whose parameters may be arrays, shape (..., 2, N)."""
    _require_two(game.strategies)
    size = game.group_size
    require(is_integer(size), "group_size", size, "a number (to tabulate the game)")
    splits = compositions(int(size) - 1, 2).tolist()
    rows: list[Number] = [game.payoff(strategy, counts) for strategy in game.strategies for counts in splits]
    arrays = np.broadcast_arrays(*(v if hasattr(v, "shape") else to_float(v) for v in rows))
    stacked = np.stack(arrays, axis=-1)
    require(bool(np.isfinite(stacked).all()), "game", game, "a game of finite payoffs")
    return np.asarray(stacked.reshape(*stacked.shape[:-1], 2, len(splits)), dtype=np.float64)


def _require_two(strategies: Sequence[str]) -> None:
    require(len(strategies) == 2, "strategies", tuple(strategies), "two")
