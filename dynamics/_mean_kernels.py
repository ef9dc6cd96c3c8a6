r"""Compiled mean dynamics: arrays and numbers in, numbers out, no checks.

A table is an array of shape (compositions, m + 1): the payoff of each strategy against a row of `counts`, then
the weight of that row. The chance of a row is its weight, multinomial / m^(N-1), times
:math:`\prod_i (m x_i)^{n_i}`: both factors stay within the range of floats up to (N-1) log m = 700, beyond which
the last column holds the logarithm of the multinomial (0 in the first row, which is how a kernel knows) and the
chance is taken through logarithms. All terms of a mean are non-negative multiples of payoffs (Bernstein form): no
digits are lost between them. ``counts[0, 0] == 1`` marks a payoff matrix, whose row j is the payoffs against j. A
rule is (code, parameter, parameter).
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

REPLICATOR, MUTATOR, LOGIT, SMITH, BNN, IMITATION, BOLTZMANN = 0, 1, 2, 3, 4, 5, 6
AT_REST, TIME, STEPS, STALLED = 0, 1, 2, 3
LARGEST_LOG = 700.0  # of a float is 709
BLOCK = 64  # points that are computed side by side
CHUNK = 4096  # points that one thread takes at a time

# Dormand & Prince (1980), J. Comput. Appl. Math. 6, 19: stages, the last of fifth order; its difference to the fourth
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
def payoffs_by_logs(table: Array, counts: Counts, shares: Array, logs: Array, out: Array) -> None:
    """`payoffs_at` where the last column of the table holds logarithms; ``logs[i, 0]`` is for working in."""
    size = shares.size
    for i in range(size):
        out[i] = 0.0
        logs[i, 0] = np.log(shares[i]) if shares[i] > 0.0 else -np.inf
    for n in range(counts.shape[0]):
        weight = table[n, size]
        for i in range(size):
            if counts[n, i] > 0:
                weight += counts[n, i] * logs[i, 0]
        weight = np.exp(weight)
        for i in range(size):
            out[i] += weight * table[n, i]


@kernel
def payoffs_of_three(
    table: Array, counts: Counts, x: float, y: float, z: float, powers: Array
) -> tuple[float, float, float]:
    """The mean payoffs of three strategies, in registers: several times as fast; no logarithms."""
    f = g = h = 0.0
    if counts[0, 0] == 1:
        f = table[0, 0] * x + table[1, 0] * y + table[2, 0] * z
        g = table[0, 1] * x + table[1, 1] * y + table[2, 1] * z
        h = table[0, 2] * x + table[1, 2] * y + table[2, 2] * z
        return f, g, h
    a = b = c = 1.0
    for k in range(counts[0, 0] + 1):
        powers[0, k], powers[1, k], powers[2, k] = a, b, c
        a *= 3.0 * x
        b *= 3.0 * y
        c *= 3.0 * z
    for n in range(counts.shape[0]):
        weight = table[n, 3] * powers[0, counts[n, 0]] * (powers[1, counts[n, 1]] * powers[2, counts[n, 2]])
        f += weight * table[n, 0]
        g += weight * table[n, 1]
        h += weight * table[n, 2]
    return f, g, h


@kernel
def payoffs_at(table: Array, counts: Counts, shares: Array, powers: Array, out: Array) -> None:
    """Write the mean payoff of each strategy to `out`; `powers`, shape (m, N), is for working in."""
    size, others = shares.size, counts[0, 0]
    if table[0, size] == 0.0:
        payoffs_by_logs(table, counts, shares, powers, out)
    elif size == 3:
        out[0], out[1], out[2] = payoffs_of_three(table, counts, shares[0], shares[1], shares[2], powers)
    elif others == 1:
        for i in range(size):
            payoff = 0.0
            for j in range(size):
                payoff += table[j, i] * shares[j]
            out[i] = payoff
    else:
        for i in range(size):
            out[i] = 0.0
            powers[i, 0] = 1.0
            for k in range(1, others + 1):
                powers[i, k] = powers[i, k - 1] * (size * shares[i])
        for n in range(counts.shape[0]):
            weight = table[n, size]
            for i in range(size):
                weight *= powers[i, counts[n, i]]
            for i in range(size):
                out[i] += weight * table[n, i]


@kernel
def velocity_by(rule: Array, shares: Array, payoffs: Array, out: Array) -> None:
    """Write the velocity of each share to `out`, given the payoffs: the equations of `dynamics.protocols`."""
    size, code, first, second = shares.size, int(rule[0]), rule[1], rule[2]
    mean = 0.0
    for i in range(size):
        mean += shares[i] * payoffs[i]
    if code == REPLICATOR:
        for i in range(size):
            out[i] = shares[i] * (payoffs[i] - mean)
    elif code in (SMITH, IMITATION):
        for i in range(size):
            out[i] = 0.0
            for j in range(i):
                gain = payoffs[i] - payoffs[j]
                if code == IMITATION:
                    flow = (1.0 - second) * shares[i] * shares[j] * np.tanh(gain / (2.0 * first))
                elif gain > 0.0:
                    flow = shares[j] * gain
                else:
                    flow = shares[i] * gain
                out[i] += flow
                out[j] -= flow
        if code == IMITATION:
            for i in range(size):
                out[i] += second * ((1.0 - shares[i]) / (size - 1) - shares[i])
    elif code == LOGIT:
        best, total = payoffs.max(), 0.0
        for i in range(size):
            out[i] = np.exp((payoffs[i] - best) / first)
            total += out[i]
        for i in range(size):
            out[i] = out[i] / total - shares[i]
    elif code == MUTATOR:
        for i in range(size):
            born = shares[i] * (second + payoffs[i])
            out[i] = shares[i] * (payoffs[i] - mean) + first / (size - 1) * (second + mean - size * born)
    elif code == BNN:
        total = 0.0
        for i in range(size):
            out[i] = max(payoffs[i] - mean, 0.0)
            total += out[i]
        for i in range(size):
            out[i] -= shares[i] * total
    else:
        entropy = 0.0
        for i in range(size):
            if shares[i] > 0.0:
                entropy += shares[i] * np.log(shares[i])
        for i in range(size):
            out[i] = 0.0
            if shares[i] > 0.0:
                out[i] = shares[i] * ((payoffs[i] - mean) / first - np.log(shares[i]) + entropy)


@kernel
def velocity_into(table: Array, counts: Counts, rule: Array, rows: Array, powers: Array, place: int) -> None:
    """Write the velocity at row 0 of `rows` to row `place`; row 1 is for working in."""
    if rows.shape[1] == 3 and int(rule[0]) == REPLICATOR and table[0, 3] != 0.0:
        x, y, z = rows[0, 0], rows[0, 1], rows[0, 2]
        f, g, h = payoffs_of_three(table, counts, x, y, z, powers)
        mean = x * f + y * g + z * h
        rows[place, 0], rows[place, 1], rows[place, 2] = x * (f - mean), y * (g - mean), z * (h - mean)
    else:
        payoffs_at(table, counts, rows[0], powers, rows[1])
        velocity_by(rule, rows[0], rows[1], rows[place])


@kernel
def velocity_at(tables: Array, counts: Counts, rule: Array, shares: Array) -> Array:
    """The velocity at one population under the first of the tables."""
    size = shares.size
    powers, rows = np.empty((size, counts[0, 0] + 1)), np.empty((3, size))
    for i in range(size):
        rows[0, i] = shares[i]
    velocity_into(tables[0], counts, rule, rows, powers, 2)
    out: Array = rows[2]
    return out


@kernel
def block_payoffs(table: Array, counts: Counts, shares: Array, powers: Array, weights: Array, out: Array) -> None:
    """`payoffs_at` for BLOCK points, columns of `shares`; `powers`, shape (m, N, BLOCK), is for working in."""
    size, others, rows = shares.shape[0], counts[0, 0], counts.shape[0]
    if others == 1:
        for i in range(size):
            for p in range(BLOCK):
                out[i, p] = table[0, i] * shares[0, p]
            for j in range(1, size):
                for p in range(BLOCK):
                    out[i, p] += table[j, i] * shares[j, p]
        return
    for i in range(size):
        for p in range(BLOCK):
            powers[i, 0, p] = 1.0
            out[i, p] = 0.0
        for k in range(1, others + 1):
            for p in range(BLOCK):
                powers[i, k, p] = powers[i, k - 1, p] * (size * shares[i, p])
    paired = rows // 2 * 2 if size == 3 else 0  # three strategies: two compositions at a time, twice as fast
    if paired > 0:
        a, b, c = out[0], out[1], out[2]
        for n in range(0, paired, 2):
            q = n + 1
            here, next_ = table[n, 3], table[q, 3]
            u0, u1, u2 = powers[0, counts[n, 0]], powers[1, counts[n, 1]], powers[2, counts[n, 2]]
            v0, v1, v2 = powers[0, counts[q, 0]], powers[1, counts[q, 1]], powers[2, counts[q, 2]]
            a0, a1, b0, b1, c0, c1 = table[n, 0], table[q, 0], table[n, 1], table[q, 1], table[n, 2], table[q, 2]
            for p in range(BLOCK):
                u = here * u0[p] * (u1[p] * u2[p])
                v = next_ * v0[p] * (v1[p] * v2[p])
                a[p] += a0 * u + a1 * v
                b[p] += b0 * u + b1 * v
                c[p] += c0 * u + c1 * v
    for n in range(paired, rows):
        first = counts[n, 0]
        for p in range(BLOCK):
            weights[p] = table[n, size] * powers[0, first, p]
        for j in range(1, size):
            k = counts[n, j]
            if k > 0:
                for p in range(BLOCK):
                    weights[p] *= powers[j, k, p]
        for i in range(size):
            value = table[n, i]
            for p in range(BLOCK):
                out[i, p] += value * weights[p]


@kernel
def three_by_matrix(table: Array, points: Array, out: Array, low: int, high: int) -> None:
    """Replicator velocities of three strategies under a payoff matrix, at columns `low` to `high` of `points`."""
    a0, a1, a2 = table[0, 0], table[1, 0], table[2, 0]
    b0, b1, b2 = table[0, 1], table[1, 1], table[2, 1]
    c0, c1, c2 = table[0, 2], table[1, 2], table[2, 2]
    xs, ys, zs = points[0, low:high], points[1, low:high], points[2, low:high]
    us, vs, ws = out[0, low:high], out[1, low:high], out[2, low:high]
    for p in range(xs.size):
        x, y, z = xs[p], ys[p], zs[p]
        f = a0 * x + a1 * y + a2 * z
        g = b0 * x + b1 * y + b2 * z
        h = c0 * x + c1 * y + c2 * z
        mean = x * f + y * g + z * h
        us[p] = x * (f - mean)
        vs[p] = y * (g - mean)
        ws[p] = z * (h - mean)


@kernel
def chunk_velocities(
    tables: Array, counts: Counts, rule: Array, points: Array, out: Array, low: int, high: int
) -> None:
    """Velocities at columns `low` to `high` of `points`, shape (m, points): one table, or one for each point."""
    size, others = points.shape[0], counts[0, 0]
    replicator = int(rule[0]) == REPLICATOR
    if tables.shape[0] == 1 and replicator and others == 1 and size == 3:
        three_by_matrix(tables[0], points, out, low, high)
        return
    rows = np.empty((3, size))
    if tables.shape[0] > 1 or tables[0, 0, size] == 0.0:
        powers = np.empty((size, others + 1))
        for p in range(low, high):
            for i in range(size):
                rows[0, i] = points[i, p]
            velocity_into(tables[p if tables.shape[0] > 1 else 0], counts, rule, rows, powers, 2)
            for i in range(size):
                out[i, p] = rows[2, i]
        return
    block, means = np.empty((size, BLOCK)), np.empty((size, BLOCK))
    many_powers, weights = np.empty((size, others + 1, BLOCK)), np.empty(BLOCK)
    for start in range(low, high, BLOCK):
        width = min(BLOCK, high - start)
        for i in range(size):
            for p in range(width):
                block[i, p] = points[i, start + p]
            for p in range(width, BLOCK):
                block[i, p] = 0.0
        block_payoffs(tables[0], counts, block, many_powers, weights, means)
        if replicator:
            for p in range(BLOCK):
                weights[p] = 0.0
            for i in range(size):
                for p in range(BLOCK):
                    weights[p] += block[i, p] * means[i, p]
            for i in range(size):
                for p in range(width):
                    out[i, start + p] = block[i, p] * (means[i, p] - weights[p])
        else:
            for p in range(width):
                for i in range(size):
                    rows[0, i], rows[1, i] = block[i, p], means[i, p]
                velocity_by(rule, rows[0], rows[1], rows[2])
                for i in range(size):
                    out[i, start + p] = rows[2, i]


@parallel_kernel
def many_velocities(tables: Array, counts: Counts, rule: Array, points: Array, out: Array) -> None:
    """`chunk_velocities` for all points, CHUNK at a time."""
    chunks = (points.shape[1] + CHUNK - 1) // CHUNK
    for c in prange(chunks):
        low = c * CHUNK
        chunk_velocities(tables, counts, rule, points, out, low, min(low + CHUNK, points.shape[1]))


@kernel
def speed_of(rule: Array, rows: Array, place: int) -> float:
    """The largest speed of a share, and rate of growth where absent strategies stay absent; shares in row 0."""
    code, speed = int(rule[0]), 0.0
    imitative = code in (REPLICATOR, BOLTZMANN) or (code == IMITATION and rule[2] == 0.0)
    for i in range(rows.shape[1]):
        speed = max(speed, abs(rows[place, i]))
        if imitative and rows[0, i] > 0.0:
            speed = max(speed, rows[place, i] / rows[0, i])
    return speed


@kernel
def tried_step(
    table: Array, counts: Counts, rule: Array, controls: Array, step: float, rows: Array, powers: Array
) -> float:
    """Try one step; return its error over the tolerance, infinite where a share turns negative.

    Rows, each of m: where the step ends, payoffs, where it starts, seven velocities. The first velocity is given, the
    last is that at the end.
    """
    size = rows.shape[1]
    for s in range(1, 7):
        for i in range(size):  # coefficients of stages still to come are 0, and the stages finite
            first = STAGES[s, 0] * rows[3, i] + STAGES[s, 1] * rows[4, i]
            middle = STAGES[s, 2] * rows[5, i] + STAGES[s, 3] * rows[6, i]
            last = STAGES[s, 4] * rows[7, i] + STAGES[s, 5] * rows[8, i]
            rows[0, i] = rows[2, i] + step * (first + middle + last)
        velocity_into(table, counts, rule, rows, powers, 3 + s)
    error = 0.0
    for i in range(size):
        gap = 0.0
        for s in range(7):
            gap += ERRORS[s] * rows[3 + s, i]
        gap, begin, end = abs(step * gap), rows[2, i], rows[0, i]
        if not gap < np.inf:
            for s in range(1, 7):
                for j in range(size):
                    rows[3 + s, j] = 0.0
            return np.inf
        if end < 0.0 and (begin > 0.0 or end < -controls[1]):
            return np.inf
        end = max(end, 0.0)
        rows[0, i] = end
        if gap > 0.0:
            error = max(error, gap / (controls[1] + controls[0] * max(begin, end) + 1e-320))
    return error


@kernel
def one_run(
    table: Array, counts: Counts, rule: Array, start: Array, times: Array, controls: Array, samples: Array, ends: Array
) -> int:
    """Follow one population through `times`; return how it ended.

    `controls`: relative and absolute tolerance, speed of rest, most steps. Written: the shares at each time
    reached to `samples`, and the last shares, time, speed and number of steps to `ends`, shape (m + 3,).
    """
    size = start.size
    powers, rows = np.zeros((size, counts[0, 0] + 1)), np.zeros((10, size))
    rows[0], rows[2] = start, start
    velocity_into(table, counts, rule, rows, powers, 3)
    speed = speed_of(rule, rows, 3)
    time, step, taken, done, ending = 0.0, 0.01 / speed if speed > 0.01 / times[-1] else times[-1], 0, 0, -1
    while ending < 0:
        while done < times.size and times[done] <= time:
            samples[done] = rows[2]
            done += 1
        if speed <= controls[2]:
            ending = AT_REST
        elif done == times.size:
            ending = TIME
        elif taken >= controls[3]:
            ending = STEPS
        else:
            left = times[done] - time
            tried = min(step, left)
            taken += 1
            error = tried_step(table, counts, rule, controls, tried, rows, powers)
            if error <= 1.0:
                time = times[done] if tried == left else time + tried
                grown = tried * min(10.0, 0.9 * error**-0.2 if error > 0.0 else 10.0)
                step = max(step, grown) if tried == left else grown
                total = 0.0
                for i in range(size):
                    total += rows[0, i]
                for i in range(size):
                    rows[0, i] /= total
                    rows[2, i], rows[3, i] = rows[0, i], rows[9, i]
                speed = speed_of(rule, rows, 3)
            else:
                step = tried * (max(0.2, 0.9 * error**-0.2) if error < np.inf else 0.5)
                if not time + step > time:
                    ending = STALLED
    for s in range(done, times.size):
        for i in range(size):
            samples[s, i] = rows[2, i] if ending == AT_REST else np.nan
    ends[:size] = rows[2]
    ends[size], ends[size + 1], ends[size + 2] = time, speed, taken
    return ending


@parallel_kernel
def many_runs(
    tables: Array,
    counts: Counts,
    rule: Array,
    starts: Array,
    times: Array,
    controls: Array,
    samples: Array,
    ends: Array,
) -> None:
    """`one_run` for each row of `starts`, under one table or one for each; its ending is the last column of `ends`."""
    for r in prange(starts.shape[0]):
        table = tables[np.intp(r) if tables.shape[0] > 1 else 0]
        ends[r, -1] = one_run(table, counts, rule, starts[r], times, controls, samples[r], ends[r])
