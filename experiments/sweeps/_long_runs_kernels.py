r"""Compiled long runs of replicator dynamics, one game a point: arrays and numbers in, numbers out, no checks.

With the payoffs of a table less those of the first strategy, :math:`F_i = f_i - f_0`, the logarithms of the shares over
that of the first follow :math:`\dot z_i = F_i(x)`, :math:`x = e^z / \sum_j e^{z_j}`: where strategies die out the right
hand side becomes constant, and steps grow without bound. A table has shape (compositions, m); ``counts[0, 0] == 1``
marks a payoff matrix, whose row j is the payoffs against j. Nothing here depends on the other points of a batch.

Stages: Dormand & Prince (1980), J. Comput. Appl. Math. 6, 19, orders 5 and 4.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

STAGES = np.array(
    [
        [0, 0, 0, 0, 0, 0],
        [1 / 5, 0, 0, 0, 0, 0],
        [3 / 40, 9 / 40, 0, 0, 0, 0],
        [44 / 45, -56 / 15, 32 / 9, 0, 0, 0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0, 0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
ERRORS = np.array([71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])
STAGES.setflags(write=False)
ERRORS.setflags(write=False)


@kernel
def gains_at(
    table: Array, counts: Counts, weights: Array, logs: Array, shares: Array, powers: Array, out: Array
) -> None:
    """Write the shares whose logarithms, up to a constant, are `logs`, and what strategies gain over the first."""
    size, others = logs.size, counts[0, 0]
    largest, total = logs[0], 0.0
    for i in range(1, size):
        largest = max(largest, logs[i])
    for i in range(size):
        shares[i] = np.exp(logs[i] - largest)
        total += shares[i]
    for i in range(size):
        shares[i] /= total
        out[i] = 0.0
    if others == 1:
        for j in range(size):
            for i in range(1, size):
                out[i] += table[j, i] * shares[j]
    else:
        for i in range(size):
            powers[i, 0] = 1.0
            for k in range(1, others + 1):
                powers[i, k] = powers[i, k - 1] * (size * shares[i])
        for n in range(counts.shape[0]):
            weight = weights[n]
            for i in range(size):
                weight *= powers[i, counts[n, i]]
            for i in range(1, size):
                out[i] += weight * table[n, i]


@kernel
def speed_at(logs: Array, shares: Array, gains: Array) -> float:
    """The largest velocity of a share, and rate of growth of a strategy that is present."""
    mean, speed = 0.0, 0.0
    for i in range(shares.size):
        mean += shares[i] * gains[i]
    for i in range(shares.size):
        if logs[i] > -np.inf:
            growth = gains[i] - mean
            speed = max(speed, growth, abs(shares[i] * growth))
    return speed


@kernel
def one_long_run(
    table: Array,
    counts: Counts,
    weights: Array,
    start: Array,
    controls: Array,
    shares: Array,
    rows: Array,
    powers: Array,
) -> bool:
    """Follow one population from `start` (logarithms) until it rests; write its shares, return whether it rests.

    `controls`: tolerance of an error in a logarithm, relative to 1 + its size; speed of rest, over the largest
    difference of payoffs; most steps. Rows, each of m, are for working in: where a step starts, where a stage is,
    velocities.
    """
    size, spread = start.size, 0.0
    for n in range(table.shape[0]):
        low, high = 0.0, 0.0
        for i in range(1, size):
            low, high = min(low, table[n, i]), max(high, table[n, i])
        spread = max(spread, high - low)
    for i in range(size):
        rows[0, i], rows[1, i] = start[i], start[i]
    gains_at(table, counts, weights, rows[1], shares, powers, rows[2])
    speed = speed_at(rows[0], shares, rows[2])
    rest = controls[1] * spread
    step = 0.01 / speed if speed > 0.0 else 1.0
    for _ in range(int(controls[2])):
        if speed <= rest:
            return True
        for s in range(1, 7):
            for i in range(size):
                change = 0.0
                for k in range(s):
                    change += STAGES[s, k] * rows[2 + k, i]
                rows[1, i] = rows[0, i] + step * change
            gains_at(table, counts, weights, rows[1], shares, powers, rows[2 + s])
        error = 0.0
        for i in range(1, size):
            gap = 0.0
            for k in range(7):
                gap += ERRORS[k] * rows[2 + k, i]
            error = max(error, abs(step * gap) / (controls[0] * (1.0 + abs(rows[1, i]))))
        if error <= 1.0:
            for i in range(size):
                rows[0, i], rows[2, i] = rows[1, i], rows[8, i]
            speed = speed_at(rows[0], shares, rows[2])
            step *= min(10.0, 0.9 * error**-0.2 if error > 0.0 else 10.0)
        elif error < np.inf:
            step *= max(0.2, 0.9 * error**-0.2)
        else:
            step *= 0.1
    return bool(speed <= rest)


@parallel_kernel
def many_long_runs(
    tables: Array, counts: Counts, weights: Array, start: Array, controls: Array, ends: Array, rested: NDArray[np.bool_]
) -> None:
    """`one_long_run` under each of the tables."""
    for p in prange(tables.shape[0]):
        rows, powers = np.zeros((9, start.size)), np.empty((start.size, counts[0, 0] + 1))
        rested[p] = one_long_run(tables[np.intp(p)], counts, weights, start, controls, ends[np.intp(p)], rows, powers)
