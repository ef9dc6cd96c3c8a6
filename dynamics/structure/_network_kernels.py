"""Compiled updating on a graph: arrays and numbers in, numbers out, no checks.

A code holds a vertex' strategy and the composition of the group that it leads, as in the lattice's kernels; codes of
groups of different sizes are different, so that one table serves all. A graph is one array: neighbors of `v` are
``graph[graph[v]:graph[v + 1]]``. Random numbers are those of numpy's SFC64, one word a number.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

Array = NDArray[np.float64]
Codes = NDArray[np.int32]
Codes3 = NDArray[np.int32]  # by three indices
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]
U = np.uint64

# What a rule says.
UPDATE = 0
STRENGTH = 1  # the noise of imitation, or the strength of selection
MUTATION_RATE = 2
IMITATION = 0.0
EXPONENTIAL_DEATH_BIRTH = 1.0
LINEAR_DEATH_BIRTH = 2.0

UNIT = 1.0 / 9007199254740992.0  # 2^-53


@kernel
def uniform(state: Words) -> float:
    """The next number in [0, 1), as numpy's generator makes it."""
    word = state[0] + state[1] + state[3]
    state[0] = state[1] ^ (state[1] >> U(11))
    state[1] = state[2] + (state[2] << U(3))
    state[2] = ((state[2] << U(24)) | (state[2] >> U(40))) + word
    state[3] += U(1)
    return float(word >> U(11)) * UNIT


@kernel
def income(codes: Codes, graph: Codes, payoffs: Array, low: int, vertex: int) -> float:
    """The sum of a player's payoffs over the groups that it is in."""
    own = codes[vertex] & low
    total: float = payoffs[own, codes[vertex]]
    for i in range(graph[vertex], graph[vertex + 1]):
        total += payoffs[own, codes[graph[i]]]
    return total


@kernel
def imitated(codes: Codes, graph: Codes, payoffs: Array, noise: float, low: int, vertex: int, state: Words) -> int:
    """The strategy of `vertex` after it has looked at a random neighbor."""
    first = graph[vertex]
    model = graph[first + int(uniform(state) * (graph[vertex + 1] - first))]
    own, other = codes[vertex] & low, codes[model] & low
    if own == other:
        return int(own)
    gap = income(codes, graph, payoffs, low, vertex) - income(codes, graph, payoffs, low, model)
    return int(other) if uniform(state) * (1.0 + np.exp(min(gap / noise, 700.0))) < 1.0 else int(own)


@kernel
def born(codes: Codes, graph: Codes, payoffs: Array, rule: Array, low: int, vertex: int, state: Words) -> int:
    """The strategy of `vertex` after one of its neighbors has taken its place."""
    first, last = graph[vertex], graph[vertex + 1]
    alike = True
    for i in range(first + 1, last):
        alike = alike and codes[graph[i]] & low == codes[graph[first]] & low
    if alike:
        return int(codes[graph[first]] & low)
    fitness = np.empty(last - first)
    for i in range(first, last):
        fitness[i - first] = income(codes, graph, payoffs, low, graph[i])
    if rule[UPDATE] == LINEAR_DEATH_BIRTH:
        fitness = 1.0 - rule[STRENGTH] + rule[STRENGTH] * fitness
    else:
        fitness = np.exp(rule[STRENGTH] * (fitness - fitness.max()))
    height = uniform(state) * fitness.sum()
    chosen = 0
    while chosen < last - first - 1 and height >= fitness[chosen]:
        height -= fitness[chosen]
        chosen += 1
    return int(codes[graph[first + chosen]] & low)


@kernel
def adopt(codes: Codes, graph: Codes, moves: Codes3, vertex: int, own: int, new: int) -> None:
    """Let `vertex` play `new` instead of `own`."""
    codes[vertex] = moves[own, new, codes[vertex]] + new - own
    for i in range(graph[vertex], graph[vertex + 1]):
        codes[graph[i]] = moves[own, new, codes[graph[i]]]


@kernel
def network_steps(
    codes: Codes,
    graph: Codes,
    payoffs: Array,
    moves: Codes3,
    rule: Array,
    steps: int,
    counts: Integers,
    state: Words,
) -> int:
    """Make elementary steps until `steps` are done or one strategy is left for good; return how many were made."""
    kinds = payoffs.shape[0]
    low = 1
    while low < kinds:
        low *= 2
    low -= 1
    rate = rule[MUTATION_RATE]
    for step in range(steps):
        vertex = int(uniform(state) * codes.size)
        own = int(codes[vertex] & low)
        if rate > 0.0 and uniform(state) < rate:
            new = int(uniform(state) * (kinds - 1))
            new += 1 if new >= own else 0
        elif rule[UPDATE] == IMITATION:
            new = imitated(codes, graph, payoffs, rule[STRENGTH], low, vertex, state)
        else:
            new = born(codes, graph, payoffs, rule, low, vertex, state)
        if new != own:
            adopt(codes, graph, moves, vertex, own, new)
            counts[own] -= 1
            counts[new] += 1
            if rate == 0.0 and counts[new] == codes.size:
                return step + 1
    return steps


@parallel_kernel
def many_networks(
    codes: Codes,
    graph: Codes,
    payoffs: Array,
    moves: Codes3,
    rule: Array,
    every: int,
    record: Integers,
    states: Words,
) -> None:
    """Go on with one population a row; ``record[run, 0]`` are counts now, the next those after `every` sweeps each."""
    size = codes.shape[1]
    for run in prange(codes.shape[0]):
        counts = record[run, 0].copy()
        for sample in range(1, record.shape[1]):
            if rule[MUTATION_RATE] > 0.0 or counts.max() < size:
                network_steps(codes[run], graph, payoffs, moves, rule, every * size, counts, states[run])
            record[run, sample] = counts


@parallel_kernel
def many_fixations(
    codes: Codes,
    graph: Codes,
    payoffs: Array,
    moves: Codes3,
    rule: Array,
    invader: int,
    states: Words,
    out: Integers,
) -> None:
    """Write to ``out[run]`` the steps until one `invader`, at a random vertex of residents with `codes`, took over.

    Less those until it was lost, if it was; 0 if neither had happened after ``out[run]`` steps. Stream `i` of `n` plays
    the runs i, i + n, ...
    """
    streams = states.shape[0]
    low = 1
    while low < payoffs.shape[0]:
        low *= 2
    low -= 1
    for stream in prange(streams):
        state = states[stream]
        for run in range(stream, out.size, streams):
            own = codes.copy()
            resident = int(own[0] & low)
            counts = np.zeros(payoffs.shape[0], dtype=np.int64)
            counts[resident] = own.size - 1
            counts[invader] = 1
            adopt(own, graph, moves, int(uniform(state) * own.size), resident, invader)
            made = network_steps(own, graph, payoffs, moves, rule, out[run], counts, state)
            if counts[invader] == own.size:
                out[run] = made
            elif counts[invader] == 0:
                out[run] = -made
            else:
                out[run] = 0
