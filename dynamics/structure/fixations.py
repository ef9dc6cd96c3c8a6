"""How often one mutant takes over a structured population, by simulation."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dynamics.structure._network_kernels import many_fixations
from dynamics.structure.populations import StructuredPopulation
from dynamics.structure.stages import network_rule, streams, words_of
from dynamics.structure.updates import Update
from gametheory.errors import NotConverged, require
from gametheory.exact import is_integer

STREAMS: Final = 64
LONGEST: Final = 2**60
MOST_RUNS: Final = 10**9


@dataclass(frozen=True, slots=True, eq=False)
class StructuredFixation:
    """Fates of one invader at a random place among residents.

    Attributes
    ----------
    resident, invader : str
    fates : ndarray of int64, shape (runs,)
        Elementary steps until the invader had taken over; less those until it was lost; 0 where neither happened.
    seed : int
    """

    resident: str
    invader: str
    fates: NDArray[np.int64]
    seed: int

    def __post_init__(self) -> None:
        self.fates.setflags(write=False)

    @property
    def undecided(self) -> int:
        """Runs that met the limit of steps."""
        return int((self.fates == 0).sum())

    @property
    def probability(self) -> float:
        """Share of runs in which the invader took over; `NotConverged` if a run met the limit of steps."""
        if self.undecided:
            raise NotConverged(f"{self.undecided} runs met the limit of steps; raise max_sweeps")
        return float((self.fates > 0).mean())

    @property
    def standard_error(self) -> float:
        """Of `probability`: binomial, with one success and one failure added, so that it is never 0."""
        runs = len(self.fates)
        wins = self.probability * runs
        share = (wins + 1) / (runs + 2)
        return float(np.sqrt(share * (1 - share) / runs))


def simulate_fixation(
    population: StructuredPopulation,
    *,
    update: Update,
    resident: str,
    invader: str,
    runs: int,
    seed: int,
    max_sweeps: int = 1_000_000,
) -> StructuredFixation:
    """Put one invader at a random place among residents, many times, and see what becomes of it.

    Parameters
    ----------
    population : StructuredPopulation
    update : FermiImitation or DeathBirth
    resident, invader : str
        Two different strategies.
    runs : int
    seed : int
        The runs share 64 generators spawned from it, or as many as runs: the result is the same on any number of
        threads.
    max_sweeps : int
        After which a run is given up.

    Returns
    -------
    StructuredFixation

    Raises
    ------
    InvalidParameter
        If the names are not two of the game's, or a number is outside its domain.

    Examples
    --------
    A neutral invader takes over once in Z times:

    >>> from gametheory import game_from_payoffs
    >>> from dynamics.structure import DeathBirth, StructuredPopulation, simulate_fixation
    >>> cycle = {v: [(v - 1) % 8, (v + 1) % 8] for v in range(8)}
    >>> neutral = game_from_payoffs([[1, 1, 1], [1, 1, 1]], ["A", "B"], group_size=3)
    >>> population = StructuredPopulation(neutral, cycle)
    >>> update = DeathBirth(selection_strength=0)
    >>> mutant = simulate_fixation(population, update=update, resident="A", invader="B", runs=4000, seed=1)
    >>> abs(mutant.probability - 1 / 8) < 4 * mutant.standard_error
    True
    """
    own, other = population.index(resident), population.index(invader)
    require(own != other, "invader", invader, "another strategy than the resident")
    for name, value, least, most in (
        ("runs", runs, 1, MOST_RUNS),
        ("seed", seed, 0, LONGEST),
        ("max_sweeps", max_sweeps, 1, LONGEST // population.size),
    ):
        require(is_integer(value) and least <= value <= most, name, value, f"an integer from {least} to {most}")
    codes = population.codes(np.full(population.shape, own, dtype=np.uint8))[0]
    states = words_of(streams(int(seed), min(int(runs), STREAMS)))
    fates = np.full(int(runs), int(max_sweeps) * population.size, dtype=np.int64)
    rule = network_rule(population, update, 0.0)
    graph = population.network.packed
    with np.errstate(over="ignore"):
        many_fixations(codes, graph, population.payoffs, population.moves, rule, other, states, fates)
    return StructuredFixation(resident, invader, fates, int(seed))
