"""Slow, obvious ways to what `dynamics.structure` computes: neighborhoods recounted, all states listed."""

from collections.abc import Callable, Sequence
from itertools import product
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dynamics.finite import Fitness
from dynamics.structure import DeathBirth, Evolution, FermiImitation, SquareLattice
from gametheory import Game, TableGame, game_from_payoffs
from gametheory.compositions import number_of_compositions

GameOfSize = Callable[[int], Game]
Neighbors = Sequence[Sequence[int]]
VON_NEUMANN = ((-1, 0), (0, -1), (0, 1), (1, 0))
MOORE = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


def random_game(size: int, names: str, seed: int) -> TableGame:
    """A game whose payoffs mean nothing."""
    values = np.random.default_rng(seed).normal(size=(len(names), number_of_compositions(size - 1, len(names))))
    return game_from_payoffs(values, list(names), group_size=size)


def lattice_neighbors(side: int, steps: Sequence[tuple[int, int]] = VON_NEUMANN) -> list[list[int]]:
    return [[(r + i) % side * side + (c + j) % side for i, j in steps] for r in range(side) for c in range(side)]


def cycle(size: int) -> dict[int, list[int]]:
    return {v: [(v - 1) % size, (v + 1) % size] for v in range(size)}


def total_payoff(game_of_size: GameOfSize, neighbors: Neighbors, players: Sequence[int], player: int) -> float:
    """What one player earns, by going to each of its groups and counting who is there."""
    total = 0.0
    for leader in [player, *neighbors[player]]:
        group = [leader, *neighbors[leader]]
        game = game_of_size(len(group))
        others = [players[member] for member in group if member != player]
        counts = [others.count(kind) for kind in range(len(game.strategies))]
        total += float(game.payoff(game.strategies[players[player]], counts))
    return total


def replacement_chances(
    neighbors: Neighbors, players: Sequence[int], earned: Sequence[float], player: int, update: Any, kinds: int
) -> NDArray[np.float64]:
    """Chance of each strategy to be the player's after an update without mutation."""
    out = np.zeros(kinds)
    if isinstance(update, FermiImitation):
        for other in neighbors[player]:
            gap = (earned[player] - earned[other]) / float(update.imitation_noise)
            chance = 1 / (1 + exp(gap)) / len(neighbors[player])
            out[players[other]] += chance
            out[players[player]] += 1 / len(neighbors[player]) - chance
        return out
    assert isinstance(update, DeathBirth)
    w = float(update.selection_strength)
    linear = update.fitness is Fitness.LINEAR
    for other in neighbors[player]:
        out[players[other]] += 1 - w + w * earned[other] if linear else exp(w * earned[other])
    return np.asarray(out / out.sum())


def exact_chain(
    game_of_size: GameOfSize, neighbors: Neighbors, update: Any, mutation_rate: float = 0.0
) -> tuple[list[tuple[int, ...]], NDArray[np.float64]]:
    """All states of a tiny population, and the chances of one elementary step."""
    size = len(neighbors)
    kinds = len(game_of_size(len(neighbors[0]) + 1).strategies)
    states = list(product(range(kinds), repeat=size))
    place = {state: number for number, state in enumerate(states)}
    matrix = np.zeros((len(states), len(states)))
    for number, state in enumerate(states):
        earned = [total_payoff(game_of_size, neighbors, state, v) for v in range(size)]
        for player in range(size):
            chances = (1 - mutation_rate) * replacement_chances(neighbors, state, earned, player, update, kinds)
            for kind in range(kinds):
                chance = chances[kind] + (mutation_rate / (kinds - 1) if kind != state[player] else 0.0)
                matrix[number, place[(*state[:player], kind, *state[player + 1 :])]] += chance / size
    return states, matrix


def fixation_from_one(states: list[tuple[int, ...]], matrix: NDArray[np.float64], resident: int, invader: int) -> float:
    """Mean over places of the chance that one invader takes over, by linear equations."""
    size = len(states[0])
    place = {state: number for number, state in enumerate(states)}
    won = place[(invader,) * size]
    inner = [n for n, s in enumerate(states) if len(set(s)) > 1 and set(s) == {resident, invader}]
    solved = np.linalg.solve(np.eye(len(inner)) - matrix[np.ix_(inner, inner)], matrix[inner, won])
    value = dict(zip(inner, solved, strict=True))
    ones = [tuple(invader if v == w else resident for v in range(size)) for w in range(size)]
    return float(np.mean([value[place[state]] for state in ones]))


def slow_lattice(
    game: Game,
    lattice: SquareLattice,
    start: NDArray[np.uint8],
    *,
    noise: float,
    mutation_rate: float,
    steps: int,
    words: np.random.SFC64,
) -> NDArray[np.uint8]:
    """What the lattice's kernel should make of numpy's words, neighborhoods recounted at every step."""
    side = lattice.side
    around = lattice_neighbors(side, lattice.neighborhood.value)
    players = [int(kind) for kind in start.ravel()]
    kinds = len(game.strategies)

    def number() -> float:
        return (int(words.random_raw()) >> 11) / 2**53

    for _ in range(steps):
        word = int(words.random_raw())
        high = (word >> 11) * side
        site = (high >> 53) * side + ((high % 2**53) * side >> 53)
        if mutation_rate > 0 and number() < mutation_rate:
            players[site] = [kind for kind in range(kinds) if kind != players[site]][int(number() * (kinds - 1))]
            continue
        model = around[site][(word >> 8) % len(around[site])]
        if players[site] == players[model]:
            continue
        gap = total_payoff(lambda _: game, around, players, site) - total_payoff(lambda _: game, around, players, model)
        chance = 1 / (1 + exp(min(gap / noise, 700)))
        least = (word & 255) / 256
        if chance <= least:
            continue
        if chance >= least + 1 / 256 or least + number() / 256 < chance:
            players[site] = players[model]
    return np.array(players, dtype=np.uint8).reshape(side, side)


def made(counts: Any, *, size: int = 100, burn_in: int = 0, mutation_rate: float = 0.0) -> Evolution:
    """A result with this record of the first of two strategies."""
    first = np.atleast_2d(np.asarray(counts, dtype=np.int64))
    samples = first.shape[1]
    return Evolution(
        strategies=("C", "D"),
        size=size,
        counts=np.stack([first, size - first], axis=2),
        times=np.arange(samples),
        snapshots=np.zeros((len(first), 0, 10, 10), dtype=np.uint8),
        snapshot_times=np.zeros(0, dtype=np.int64),
        final=np.zeros((len(first), 10, 10), dtype=np.uint8),
        burn_in=burn_in,
        mutation_rate=mutation_rate,
        seed=1,
    )
