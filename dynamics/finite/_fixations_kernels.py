"""Compiled fixation probabilities and times in logarithms: arrays and numbers in, numbers out, no checks."""

import numpy as np
from numpy.typing import NDArray

from gametheory._numba import kernel

Array = NDArray[np.float64]

LOG_PROBABILITY = 0
LOG_TIME = 1
LOG_CONDITIONAL_TIME = 2


@kernel
def add_logs(a: float, b: float) -> float:
    """The logarithm of e^a + e^b."""
    high, low = max(a, b), min(a, b)
    return high if low == -np.inf else high + np.log1p(np.exp(low - high))


@kernel
def fill_advantage(first: Array, second: Array, chances: Array, linear: bool, out: Array) -> None:
    """Write log fitness of the first minus that of the second, with k of the first, to ``out[k - 1]``, 0 < k < Z.

    ``first[n]`` and ``second[n]`` are scaled payoffs among n co-players of the first strategy, shape (N,).
    """
    size, group = chances.shape
    whole = 1.0 / chances[-1, -1]
    for k in range(1, size):
        a = 0.0
        b = 0.0
        for n in range(group):
            a += chances[k - 1, n] * chances[size - k, group - 1 - n] * whole * first[n]
            b += chances[k, n] * chances[size - k - 1, group - 1 - n] * whole * second[n]
        out[k - 1] = np.log(a) - np.log(b) if linear else a - b


@kernel
def log_fixation(advantage: Array) -> float:
    """The logarithm of the chance that one mutant with these advantages takes over."""
    total = 1.0  # the sum of products of ratios, as total * exp(largest)
    largest = 0.0
    place = 0.0
    carry = 0.0
    for k in range(advantage.size):
        step = -advantage[k] - carry  # Kahan's sum
        moved = place + step
        carry = (moved - place) - step
        place = moved
        if place > largest:
            total = total * np.exp(largest - place) + 1.0
            largest = place
        else:
            total += np.exp(place - largest)
    log_total: float = largest + np.log(total)
    return -log_total


@kernel
def log_rise(advantage: float, k: int, size: int, moran: bool) -> float:
    """The logarithm of the chance that the number of mutants rises from k in one step."""
    if moran:
        weight = add_logs(np.log(k) + min(advantage, 0.0), np.log(size - k) + min(-advantage, 0.0))
        born: float = np.log(k) + min(advantage, 0.0) - weight + np.log(size - k) - np.log(size)
        return born
    met: float = np.log(k) + np.log(size - k) - np.log(size) - np.log(size - 1)
    return met - add_logs(0.0, -advantage)


@kernel
def fixation_of(advantage: Array, moran: bool, out: Array) -> None:
    """Write the logarithms of fixation probability, mean time to absorption and mean time to fixation.

    Every sum has positive terms: ``inner`` is the sum over l <= k of the product of the ratios after l
    divided by the chance to rise from l.
    """
    size = advantage.size + 1
    log_probability = log_fixation(advantage)
    all_time, own_time = -np.inf, -np.inf
    inner, own_inner = -np.inf, -np.inf
    reached, product, carry = 0.0, 0.0, 0.0  # chance to fix from k relative to that from 1, and its last term
    for k in range(1, size):
        d = advantage[k - 1]
        if k > 1:
            reached = add_logs(reached, product)
        rise = log_rise(d, k, size, moran)
        inner = add_logs(inner - d, -rise)
        own_inner = add_logs(own_inner - d, log_probability + reached - rise)
        all_time = add_logs(all_time, inner)
        own_time = add_logs(own_time, own_inner)
        step = -d - carry
        moved = product + step
        carry = (moved - product) - step
        product = moved
    out[LOG_PROBABILITY] = log_probability
    out[LOG_TIME] = log_probability + all_time
    out[LOG_CONDITIONAL_TIME] = own_time


@kernel
def fill_log_fixations(values: Array, corners: NDArray[np.int64], chances: Array, linear: bool, out: Array) -> None:
    """Write the log chance that one `j` takes over from residents `i` to ``out[i, j]``.

    ``corners[i, j, n]`` is the column of `values` in which n co-players play `i` and the others `j`.
    """
    parts = values.shape[0]
    size, group = chances.shape
    first, second = np.empty(group), np.empty(group)
    advantage, turned = np.empty(size - 1), np.empty(size - 1)
    for i in range(parts):
        out[i, i] = -np.log(size)
        for j in range(i):
            for n in range(group):
                first[n] = values[i, corners[i, j, n]]
                second[n] = values[j, corners[i, j, n]]
            fill_advantage(first, second, chances, linear, advantage)
            for k in range(size - 1):
                turned[k] = -advantage[size - 2 - k]
            out[j, i] = log_fixation(advantage)
            out[i, j] = log_fixation(turned)


@kernel
def log_stationary(log_rates: Array, out: Array) -> None:
    """Write log shares of the chain with these log rates (from row to column), by elimination without subtraction.

    Grassmann, Taksar & Heyman 1985, Oper. Res. 33, 1107-1116; diagonals are not read, rates are overwritten.
    """
    size = log_rates.shape[0]
    for v in range(size - 1, 0, -1):
        leaving = -np.inf
        for j in range(v):
            leaving = add_logs(leaving, log_rates[v, j])
        for i in range(v):
            log_rates[i, v] -= leaving
            for j in range(v):
                if i != j:
                    log_rates[i, j] = add_logs(log_rates[i, j], log_rates[i, v] + log_rates[v, j])
    out[0] = 0.0
    total = 0.0
    for v in range(1, size):
        out[v] = -np.inf
        for i in range(v):
            out[v] = add_logs(out[v], out[i] + log_rates[i, v])
        total = add_logs(total, out[v])
    out -= total
