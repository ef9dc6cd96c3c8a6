"""Populations that are being simulated: the arrays that kernels change, and what kernels are told."""

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.finite.processes import Fitness
from dynamics.structure import _network_kernels as on_network
from dynamics.structure._lattice_kernels import many_lattices
from dynamics.structure.populations import StructuredPopulation, checked_players
from dynamics.structure.spaces import SquareLattice
from dynamics.structure.updates import DeathBirth, FermiImitation, Update
from gametheory.errors import require
from gametheory.exact import to_float

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

BUCKETS: Final = 256


class Stage:
    """The arrays of populations that are being simulated; `go_on` changes them."""

    def __init__(
        self,
        population: StructuredPopulation,
        update: Update,
        mutation_rate: float,
        every: int,
        states: NDArray[np.uint64],
        players: NDArray[np.uint8],
    ) -> None:
        self.population, self.every, self.states = population, every, states
        lattice = population.structure
        self.on_lattice = False
        codes = population.codes(players)
        if not (isinstance(lattice, SquareLattice) and isinstance(update, FermiImitation)):
            self.codes: Any = codes
            self.graph = population.network.packed
            self.rule = network_rule(population, update, mutation_rate)
            return
        self.on_lattice = True
        kind = np.uint8 if population.payoffs.shape[1] <= BUCKETS else np.uint16
        square = codes.reshape(-1, *population.shape).astype(kind)
        self.codes = np.ascontiguousarray(np.pad(square, ((0, 0), (2, 2), (2, 2)), mode="wrap"))
        self.moves: Any = population.moves.astype(kind)
        steps = np.array(lattice.neighborhood.value) @ [lattice.side + 4, 1]
        self.offsets = steps.astype(np.int64).view(np.uint64)
        self.rule = lattice_rule(to_float(update.imitation_noise), mutation_rate)

    def go_on(self, record: Integers) -> None:
        """As many samples as `record` has room for; its first row is known."""
        payoffs = self.population.payoffs
        part = np.ascontiguousarray(record)
        with np.errstate(over="ignore"):  # words wrap around also where the kernels are plain Python
            if self.on_lattice:
                many_lattices(self.codes, self.offsets, payoffs, self.moves, self.rule, self.every, part, self.states)
            else:
                tables = (payoffs, self.population.moves, self.rule)
                on_network.many_networks(self.codes, self.graph, *tables, self.every, part, self.states)
        record[:] = part

    def players(self) -> NDArray[np.uint8]:
        """Numbers of everybody's strategies, shape (runs, *shape of the population)."""
        codes = self.codes[:, 2:-2, 2:-2] if self.on_lattice else self.codes
        numbers = codes & ((1 << self.population.bits) - 1)
        return np.asarray(numbers.reshape(-1, *self.population.shape), dtype=np.uint8)


def lattice_rule(noise: float, mutation_rate: float) -> Array:
    """What the lattice's kernel is told: noise, mutation rate, and K log(1/u - 1) at u = 0, 1/256, ..., 1."""
    with np.errstate(divide="ignore"):
        u = np.arange(BUCKETS + 1) / BUCKETS
        return np.concatenate([[noise, mutation_rate], noise * (np.log1p(-u) - np.log(u))])


def network_rule(population: StructuredPopulation, update: Update, mutation_rate: float) -> Array:
    """What the graph's kernels are told: update, its strength, mutation rate."""
    known = isinstance(update, FermiImitation | DeathBirth)
    require(known, "update", update, "a FermiImitation or a DeathBirth")
    if isinstance(update, FermiImitation):
        return np.array([on_network.IMITATION, to_float(update.imitation_noise), mutation_rate])
    strength = to_float(update.selection_strength)
    if update.fitness is Fitness.EXPONENTIAL:
        return np.array([on_network.EXPONENTIAL_DEATH_BIRTH, strength, mutation_rate])
    degrees, least = population.network.degrees, float(population.payoffs.min())
    lowest = least * (1 + int(degrees.max() if least < 0 else degrees.min()))
    fine = 1.0 - strength + strength * lowest > 0
    expected = f"small enough for a positive fitness 1 - w + w P at a total payoff of {lowest}"
    require(fine, "selection_strength", strength, expected)
    return np.array([on_network.LINEAR_DEATH_BIRTH, strength, mutation_rate])


def streams(seed: int, number: int) -> list[np.random.Generator]:
    """Generators of the kind whose stream the kernels continue; the `i`-th is the same for any `number`."""
    children = np.random.SeedSequence(seed).spawn(number)
    return [np.random.Generator(np.random.SFC64(child)) for child in children]


def words_of(generators: list[np.random.Generator]) -> NDArray[np.uint64]:
    """Their states, shape (generators, 4), from which kernels go on."""
    states: list[Any] = [generator.bit_generator.state for generator in generators]
    return np.array([state["state"]["state"] for state in states], dtype=np.uint64)


def starting(
    population: StructuredPopulation, start: ArrayLike | None, runs: int, seed: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """States of the runs' generators once they have drawn what is drawn, and everybody's first strategy."""
    parts = len(population.strategies)
    generators = streams(seed, runs)
    given = np.full(parts, 1.0 / parts) if start is None else np.asarray(start)
    if given.dtype.kind in "iu":
        players = checked_players(population, given, runs)
        return words_of(generators), np.array(np.broadcast_to(players, (runs, *population.shape)))
    fits = given.dtype.kind == "f" and given.shape == (parts,) and bool((given >= 0).all())
    fits = fits and abs(float(given.sum()) - 1) < 1e-9
    require(fits, "start", start, f"{parts} floats >= 0 that sum to 1, or numbers of strategies")
    ladder = np.cumsum(given)[:-1]
    drawn = [np.searchsorted(ladder, generator.random(population.size), side="right") for generator in generators]
    return words_of(generators), np.array(drawn, dtype=np.uint8).reshape(runs, *population.shape)
