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
def tried_step(
    table: Array,
    counts: Counts,
    weights: Array,
    step: float,
    tolerance: float,
    shares: Array,
    rows: Array,
    powers: Array,
) -> float:
    """Try one step; return its error over the tolerance. Row 1 is then where it ends, row 8 the velocity there."""
    size = shares.size
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
        error = max(error, abs(step * gap) / (tolerance * (1.0 + abs(rows[1, i]))))
    return error


@kernel
def next_step(step: float, error: float) -> float:
    """The step to try after one with this error over the tolerance."""
    if error <= 1.0:
        return step * min(10.0, 0.9 * error**-0.2 if error > 0.0 else 10.0)
    return step * (max(0.2, 0.9 * error**-0.2) if error < np.inf else 0.1)


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
    seven velocities.
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
            break
        error = tried_step(table, counts, weights, step, controls[0], shares, rows, powers)
        if error <= 1.0:
            for i in range(size):
                rows[0, i], rows[2, i] = rows[1, i], rows[8, i]
            speed = speed_at(rows[0], shares, rows[2])
        step = next_step(step, error)
    gains_at(table, counts, weights, rows[0], shares, powers, rows[2])
    return bool(speed <= rest)


@kernel
def gains_of_three(table: Array, u: float, v: float) -> tuple[float, float, float, float, float]:
    """Shares of three strategies under a matrix, and what the second and third gain, in registers."""
    largest = max(0.0, u, v)
    x = 1.0 if largest == 0.0 else np.exp(-largest)
    y = 1.0 if largest == u else np.exp(u - largest)
    z = 1.0 if largest == v else np.exp(v - largest)
    scale = 1.0 / (x + y + z)
    x, y, z = x * scale, y * scale, z * scale
    f = table[0, 1] * x + table[1, 1] * y + table[2, 1] * z
    g = table[0, 2] * x + table[1, 2] * y + table[2, 2] * z
    return x, y, z, f, g


@kernel
def speed_of_three(x: float, y: float, z: float, f: float, g: float) -> float:
    """`speed_at`, all three present."""
    mean = y * f + z * g
    velocity = max(abs(x * mean), abs(y * (f - mean)), abs(z * (g - mean)))
    return float(max(velocity, -mean, f - mean, g - mean))


@kernel
def tried_step_of_three(
    table: Array, u: float, v: float, h: float, f1: float, g1: float
) -> tuple[float, float, float, float]:
    """Where a step of size `h` ends, and its errors; `f1`, `g1` is the velocity at its start."""
    _, _, _, f2, g2 = gains_of_three(table, u + h * (1 / 5 * f1), v + h * (1 / 5 * g1))
    _, _, _, f3, g3 = gains_of_three(table, u + h * (3 / 40 * f1 + 9 / 40 * f2), v + h * (3 / 40 * g1 + 9 / 40 * g2))
    p = u + h * (44 / 45 * f1 - 56 / 15 * f2 + 32 / 9 * f3)
    q = v + h * (44 / 45 * g1 - 56 / 15 * g2 + 32 / 9 * g3)
    _, _, _, f4, g4 = gains_of_three(table, p, q)
    p = u + h * (19372 / 6561 * f1 - 25360 / 2187 * f2 + 64448 / 6561 * f3 - 212 / 729 * f4)
    q = v + h * (19372 / 6561 * g1 - 25360 / 2187 * g2 + 64448 / 6561 * g3 - 212 / 729 * g4)
    _, _, _, f5, g5 = gains_of_three(table, p, q)
    p = u + h * (9017 / 3168 * f1 - 355 / 33 * f2 + 46732 / 5247 * f3 + 49 / 176 * f4 - 5103 / 18656 * f5)
    q = v + h * (9017 / 3168 * g1 - 355 / 33 * g2 + 46732 / 5247 * g3 + 49 / 176 * g4 - 5103 / 18656 * g5)
    _, _, _, f6, g6 = gains_of_three(table, p, q)
    p = u + h * (35 / 384 * f1 + 500 / 1113 * f3 + 125 / 192 * f4 - 2187 / 6784 * f5 + 11 / 84 * f6)
    q = v + h * (35 / 384 * g1 + 500 / 1113 * g3 + 125 / 192 * g4 - 2187 / 6784 * g5 + 11 / 84 * g6)
    _, _, _, f7, g7 = gains_of_three(table, p, q)
    first = 71 / 57600 * f1 - 71 / 16695 * f3 + 71 / 1920 * f4
    first += 22 / 525 * f6 - 17253 / 339200 * f5 - 1 / 40 * f7
    second = 71 / 57600 * g1 - 71 / 16695 * g3 + 71 / 1920 * g4
    second += 22 / 525 * g6 - 17253 / 339200 * g5 - 1 / 40 * g7
    return p, q, abs(h * first), abs(h * second)


@kernel
def one_long_run_of_three(table: Array, start: Array, controls: Array, shares: Array) -> bool:
    """`one_long_run` of three strategies, all present, under a matrix: several times as fast."""
    spread = 0.0
    for n in range(3):
        low, high = min(0.0, table[n, 1], table[n, 2]), max(0.0, table[n, 1], table[n, 2])
        spread = max(spread, high - low)
    rest, tolerance = controls[1] * spread, controls[0]
    u, v = start[1] - start[0], start[2] - start[0]
    x, y, z, f, g = gains_of_three(table, u, v)
    speed = speed_of_three(x, y, z, f, g)
    h = 0.01 / speed if speed > 0.0 else 1.0
    for _ in range(int(controls[2])):
        if speed <= rest:
            break
        p, q, first, second = tried_step_of_three(table, u, v, h, f, g)
        error = max(first / (1.0 + abs(p)), second / (1.0 + abs(q))) / tolerance
        if error <= 1.0:
            u, v = p, q
            x, y, z, f, g = gains_of_three(table, u, v)
            speed = speed_of_three(x, y, z, f, g)
        h = next_step(h, error)
    shares[0], shares[1], shares[2] = x, y, z
    return bool(speed <= rest)


@parallel_kernel
def many_long_runs(
    tables: Array, counts: Counts, weights: Array, start: Array, controls: Array, ends: Array, rested: NDArray[np.bool_]
) -> None:
    """`one_long_run` under each of the tables."""
    three = start.size == 3 and counts[0, 0] == 1 and start.min() > -np.inf
    for p in prange(tables.shape[0]):
        if three:
            rested[p] = one_long_run_of_three(tables[np.intp(p)], start, controls, ends[np.intp(p)])
        else:
            rows, powers = np.zeros((9, start.size)), np.empty((start.size, counts[0, 0] + 1))
            rested[p] = one_long_run(
                tables[np.intp(p)], counts, weights, start, controls, ends[np.intp(p)], rows, powers
            )
