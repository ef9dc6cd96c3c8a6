"""Monte Carlo of a structured population: shares over time, their long-run means and errors, and how it ended.

Where a lattice meets Fermi imitation, a kernel that keeps the compositions of groups up to date makes about 1e8
elementary steps a second on one core; everything else runs on a graph's arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.structure.populations import StructuredPopulation
from dynamics.structure.records import HALVES_LIMIT, Blocks, blocks_of
from dynamics.structure.stages import Stage, starting
from dynamics.structure.updates import Update
from gametheory.errors import NotConverged, require
from gametheory.exact import is_integer

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

LONGEST: Final = 2**40
MOST_NUMBERS: Final = 2**31  # in the record, the lattices or the snapshots of one call


class EvolutionEnding(Enum):
    """What the record of an evolution is worth."""

    STATIONARY = "the halves of the record agree within their errors"
    ABSORBED = "every run ended with one strategy"
    PARTLY_ABSORBED = "some runs ended with one strategy; the halves of the others' record agree within their errors"
    DRIFTING = "the halves of the record differ by more than their errors say"
    TOO_SHORT = "the record is too short to judge"


@dataclass(frozen=True, slots=True, eq=False)
class Evolution:
    """What independent runs of a structured population did.

    Attributes
    ----------
    strategies : tuple of str, length m
    size : int
        Number of players.
    counts : ndarray of int64, shape (runs, samples, m)
        How many play each strategy, at `times`.
    times : ndarray of int64, shape (samples,)
        In sweeps from the start, the burn-in included; the first is 0.
    snapshots : ndarray of uint8, shape (runs, snapshots, *shape of the population)
        Numbers of strategies at `snapshot_times`.
    final : ndarray of uint8, shape (runs, *shape of the population)
        Numbers of strategies after the last sweep.
    burn_in : int
        Sweeps before those that count.
    mutation_rate : float
    seed : int
        What the runs' generators were spawned from.
    """

    strategies: tuple[str, ...]
    size: int
    counts: Integers
    times: Integers
    snapshots: NDArray[np.uint8]
    snapshot_times: Integers
    final: NDArray[np.uint8]
    burn_in: int
    mutation_rate: float
    seed: int

    def __post_init__(self) -> None:
        for array in (self.counts, self.times, self.snapshots, self.snapshot_times, self.final):
            array.setflags(write=False)

    @property
    def shares(self) -> Array:
        """Share of each strategy at `times`, shape (runs, samples, m)."""
        return self.counts / self.size

    @property
    def absorbed(self) -> NDArray[np.bool_]:
        """Whether each run ended with one strategy that nothing can replace, shape (runs,)."""
        return np.asarray((self.counts[:, -1].max(axis=1) == self.size) & (self.mutation_rate == 0))

    @property
    def extinction_times(self) -> Integers:
        """The first of `times` at which each strategy was gone, -1 where it never was; shape (runs, m)."""
        gone = self.counts == 0
        return np.where(gone.any(axis=1), self.times[gone.argmax(axis=1)], -1)

    @property
    def ending(self) -> EvolutionEnding:
        """What the record is worth: absorbed, settled as far as it can tell, or not."""
        absorbed = self.absorbed
        if absorbed.all():
            return EvolutionEnding.ABSORBED
        blocks = blocks_of(self._measured[~absorbed])
        if blocks is None:
            return EvolutionEnding.TOO_SHORT
        if np.any(np.abs(blocks.drift) > HALVES_LIMIT):
            return EvolutionEnding.DRIFTING
        return EvolutionEnding.PARTLY_ABSORBED if absorbed.any() else EvolutionEnding.STATIONARY

    @property
    def mean_shares(self) -> Array:
        """Long-run share of each strategy, mean of the runs; of an absorbed run its last state.

        `NotConverged` where the record is too short or drifts.
        """
        return np.asarray(self._blocks.means.mean(axis=(0, 1)))

    @property
    def standard_errors(self) -> Array:
        """Standard errors of `mean_shares`, by blocks (`dynamics.structure.records`).

        `NotConverged` also for a single run that was absorbed: it does not say how often others would be.
        """
        if len(self.counts) < 2 and self.absorbed.any():
            raise NotConverged("one absorbed run does not say where others end; raise runs")
        return self._blocks.standard_errors

    @property
    def block_correlation(self) -> Array:
        """Correlation of a block mean with the next, by strategy; `standard_errors` allow for it."""
        return self._blocks.correlation

    @property
    def _measured(self) -> Array:
        return self.shares[:, self.times > self.burn_in]

    @property
    def _blocks(self) -> Blocks:
        ending = self.ending
        if ending in (EvolutionEnding.DRIFTING, EvolutionEnding.TOO_SHORT):
            raise NotConverged(f"{ending.value}; raise burn_in or sweeps")
        record = self._measured.copy()
        record[self.absorbed] = self.shares[self.absorbed, -1:]
        blocks = blocks_of(record)
        if blocks is None:
            return Blocks(np.repeat(record[:, -1:], 2, axis=1))  # every run absorbed: no more to be known
        return blocks


def evolve(
    population: StructuredPopulation,
    *,
    update: Update,
    sweeps: int,
    seed: int,
    burn_in: int = 0,
    runs: int = 1,
    start: ArrayLike | None = None,
    mutation_rate: float = 0.0,
    every: int = 1,
    snapshots: Sequence[int] = (),
) -> Evolution:
    """Let structured populations evolve.

    Parameters
    ----------
    population : StructuredPopulation
    update : FermiImitation or DeathBirth
    sweeps, burn_in : int
        Sweeps that count, and sweeps before them; multiples of `every`. One sweep is one elementary step per player.
    seed : int
        Run `i` has the `i`-th generator spawned from it: the result is the same on any number of threads.
    runs : int
        Independent populations, in parallel.
    start : array_like, optional
        Floats, shape (m,): each player draws its strategy with these chances (by default equal ones). Or integers,
        numbers of strategies, of the population's shape or of one such array a run: see `stripes` and `block`, and
        `Evolution.final`.
    mutation_rate : float
        Chance in [0, 1] that the player chosen takes another strategy at random instead.
    every : int
        Sweeps between two samples of the record.
    snapshots : sequence of int
        Sweeps from the start (burn-in included), multiples of `every`, after which everybody's strategy is kept.

    Returns
    -------
    Evolution
        Ties it does not break: with equal strategies nothing happens.

    Raises
    ------
    InvalidParameter
        If a number is outside its domain, or a linear fitness could be negative.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> from dynamics.structure import FermiImitation, SquareLattice, StructuredPopulation, evolve
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=4.4, strategies=["C", "D"])
    >>> population = StructuredPopulation(game, SquareLattice(40))
    >>> update = FermiImitation(imitation_noise=0.5)
    >>> result = evolve(population, update=update, burn_in=300, sweeps=2000, every=10, runs=2, seed=1)
    >>> result.ending.name
    'STATIONARY'
    >>> bool(abs(result.mean_shares[0] - 0.707) < 0.02)
    True
    """
    _check_numbers(population, sweeps=sweeps, burn_in=burn_in, every=every, runs=runs, seed=seed)
    require(0 <= mutation_rate <= 1, "mutation_rate", mutation_rate, "in [0, 1]")
    total = (burn_in + sweeps) // every
    kept = [int(time) for time in snapshots if is_integer(time) and 0 <= time <= burn_in + sweeps and time % every == 0]
    expected = f"rising multiples of {every} from 0 to {burn_in + sweeps}"
    require(kept == sorted(set(kept)) and len(kept) == len(snapshots), "snapshots", snapshots, expected)
    large = runs * max(total * len(population.strategies), population.size * max(len(kept), 1)) <= MOST_NUMBERS
    require(large, "runs", runs, "smaller for so large a record")
    states, players = starting(population, start, int(runs), int(seed))
    stage = Stage(population, update, float(mutation_rate), int(every), states, players)
    counts = np.empty((runs, total + 1, len(population.strategies)), dtype=np.int64)
    counts[:, 0] = [np.bincount(row, minlength=counts.shape[2]) for row in players.reshape(runs, -1)]
    seen = np.empty((runs, len(kept), *population.shape), dtype=np.uint8)
    now = 0
    for number, time in enumerate([*kept, total * every]):
        stage.go_on(counts[:, now : time // every + 1])
        now = time // every
        if number < len(kept):
            seen[:, number] = stage.players()
    times = np.arange(total + 1, dtype=np.int64) * every
    kept_times = np.array(kept, dtype=np.int64)
    final = stage.players()
    strategies, size = population.strategies, population.size
    return Evolution(
        strategies, size, counts, times, seen, kept_times, final, int(burn_in), float(mutation_rate), int(seed)
    )


def _check_numbers(population: StructuredPopulation, **numbers: Any) -> None:
    require(
        isinstance(population, StructuredPopulation), "population", type(population).__name__, "a StructuredPopulation"
    )
    least = {"sweeps": 1, "burn_in": 0, "every": 1, "runs": 1, "seed": 0}
    for name, value in numbers.items():
        fits = is_integer(value) and least[name] <= value < LONGEST
        require(fits, name, value, f"an integer >= {least[name]} and below 2**40")
    every = numbers["every"]
    for name in ("sweeps", "burn_in"):
        require(numbers[name] % every == 0, name, numbers[name], f"a multiple of every, {every}")
