"""Compiled transition rates between the states of a finite population: no checks."""

import numpy as np
from numpy.typing import NDArray

from gametheory._numba import kernel

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


@kernel
def fill_neighbors(states: Whole, blocks: Whole, out: NDArray[np.int32]) -> None:
    """Write the row of the state in which one player of `i` has become one of `j` to ``out[s, i, j]``, else -1.

    ``blocks[t, p]`` is the number of compositions of t into p parts; rows are in the order of `compositions`.
    """
    parts = states.shape[1]
    moved = np.empty(parts, np.int64)
    for s in range(states.shape[0]):
        for i in range(parts):
            for j in range(parts):
                out[s, i, j] = -1
                if i == j or states[s, i] == 0:
                    continue
                left = 0
                for n in range(parts):
                    moved[n] = states[s, n]
                    left += states[s, n]
                moved[i] -= 1
                moved[j] += 1
                position = 0
                for n in range(parts - 1):
                    if left > moved[n]:
                        position += blocks[left - moved[n] - 1, parts - n]
                    left -= moved[n]
                out[s, i, j] = position


@kernel
def fill_rates(payoffs: Array, states: Whole, mutation_rate: float, moran: bool, linear: bool, out: Array) -> None:
    """Write the chance that one player of `i` becomes one of `j` in a step to ``out[s, i, j]``.

    ``payoffs`` are scaled, shape (states, m): fitnesses where `linear`, else their logarithms.
    """
    parts = states.shape[1]
    explore = mutation_rate / (parts - 1)
    weights = np.empty(parts)
    for s in range(states.shape[0]):
        size = 0
        highest = -np.inf
        for i in range(parts):
            size += states[s, i]
            if states[s, i] > 0:
                highest = max(highest, payoffs[s, i])
        if moran:
            total = 0.0
            for i in range(parts):
                weights[i] = 0.0
                if states[s, i] > 0:
                    weights[i] = states[s, i] * (payoffs[s, i] if linear else np.exp(payoffs[s, i] - highest))
                total += weights[i]
            for i in range(parts):
                weights[i] /= total
        for i in range(parts):
            share = states[s, i] / size
            for j in range(parts):
                out[s, i, j] = 0.0
                if i == j or states[s, i] == 0:
                    continue
                if moran:
                    rest = 0.0  # not 1 - weights[j], which may have lost all its digits
                    for n in range(parts):
                        if n != j:
                            rest += weights[n]
                    chance = (1.0 - mutation_rate) * weights[j] + explore * rest
                else:
                    chance = explore
                    if states[s, j] > 0:
                        met = states[s, j] / (size - 1)
                        gain = payoffs[s, j] - payoffs[s, i]
                        chance += (1.0 - mutation_rate) * met / (1.0 + np.exp(-gain))
                out[s, i, j] = share * chance


@kernel
def peaks(neighbors: NDArray[np.int32], rates: Array, out: NDArray[np.bool_]) -> None:
    """Mark the states from which every step is less likely, beyond rounding, than the step back."""
    parts = rates.shape[1]
    for s in range(rates.shape[0]):
        out[s] = True
        for i in range(parts):
            for j in range(parts):
                u = neighbors[s, i, j]
                if u >= 0 and rates[s, i, j] > (1.0 - 1e-9) * rates[u, j, i]:
                    out[s] = False


@kernel
def imbalance(neighbors: NDArray[np.int32], rates: Array, shares: Array, floor: float) -> tuple[float, float]:
    """What flows into each state less what flows out: the sum of sizes, and the largest relative to the outflow.

    The second over states whose share is at least `floor` only.
    """
    total = 0.0
    worst = 0.0
    parts = rates.shape[1]
    for s in range(rates.shape[0]):
        leaving = 0.0
        entering = 0.0
        for i in range(parts):
            for j in range(parts):
                u = neighbors[s, i, j]
                if u >= 0:
                    leaving += shares[s] * rates[s, i, j]
                    entering += shares[u] * rates[u, j, i]
        gap = abs(entering - leaving)
        if not gap <= np.inf:
            return np.inf, np.inf
        total += gap
        if shares[s] >= floor and gap > 0.0:
            worst = max(worst, gap / leaving if leaving > 0.0 else np.inf)
    return total, worst


@kernel
def birth_death(rates: Array, shares: Array) -> None:
    """Write the stationary shares of the chain of two strategies: each step up balances the step down."""
    place = 0.0
    highest = 0.0
    shares[0] = 0.0
    for s in range(1, shares.size):  # from row s - 1 to row s one player of the first becomes one of the second
        place += np.log(rates[s - 1, 0, 1]) - np.log(rates[s, 1, 0])
        shares[s] = place
        highest = max(highest, place)
    shares[:] = np.exp(shares - highest)
    shares /= shares.sum()
