r"""Compiled mean dynamics: arrays and numbers in, numbers out, no checks.

A table is an array of shape (compositions, m + 1): the payoff of each strategy against a row of `counts`, then
the weight of that row. The chance of a row is its weight, multinomial / m^(N-1), times
:math:`\prod_i (m x_i)^{n_i}`: both factors stay within the range of floats up to (N-1) log m = 700, beyond which
the last column holds the logarithm of the multinomial (0 in the first row, which is how a kernel knows) and the
chance is taken through logarithms. All terms of a mean are non-negative multiples of payoffs (Bernstein form): no
digits are lost between them. ``counts[0, 0] == 1`` marks a payoff matrix, whose row j is the payoffs against j.

Of several populations the shares stand one after another, and ``counts[0, 0] == 0`` marks their table: row n of
`counts` is a profile, as the place of each population's strategy among all shares, and row n of the table what each
population is paid there. The first profile is that of first strategies: where each population's shares begin. Rules
are one row (code, parameter, parameter) for each population.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

REPLICATOR, MUTATOR, LOGIT, SMITH, BNN, IMITATION, BOLTZMANN, NORMALIZED = 0, 1, 2, 3, 4, 5, 6, 7
AT_REST, TIME, STEPS, STALLED = 0, 1, 2, 3
LARGEST_LOG = 700.0  # of a float is 709
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
def payoffs_of_profiles(table: Array, profiles: Counts, shares: Array, products: Array, out: Array) -> None:
    """`payoffs_at` of several populations, each against the others; ``products[i, 0]`` is for working in."""
    populations = profiles.shape[1]
    out[:] = 0.0
    for n in range(profiles.shape[0]):
        product = 1.0
        for i in range(populations):
            products[i, 0] = product
            product *= shares[profiles[n, i]]
        product = 1.0
        for i in range(populations - 1, -1, -1):
            out[profiles[n, i]] += products[i, 0] * product * table[n, i]
            product *= shares[profiles[n, i]]


@kernel
def payoffs_at(table: Array, counts: Counts, shares: Array, powers: Array, out: Array) -> None:
    """Write the mean payoff of each strategy to `out`; `powers`, shape (m, N), is for working in."""
    size, others = shares.size, counts[0, 0]
    if others == 0:
        payoffs_of_profiles(table, counts, shares, powers, out)
    elif table[0, size] == 0.0:
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
    elif code == NORMALIZED:
        for i in range(size):
            out[i] = shares[i] * (payoffs[i] - mean) / (first + mean)
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
def bounds(counts: Counts, size: int, population: int) -> tuple[int, int]:
    """Where the shares of a population begin and end."""
    if counts[0, 0] > 0:
        return 0, size
    return counts[0, population], counts[0, population + 1] if population + 1 < counts.shape[1] else size


@kernel
def velocity_into(table: Array, counts: Counts, rules: Array, rows: Array, powers: Array, place: int) -> None:
    """Write the velocity at row 0 of `rows` to row `place`; row 1 is for working in."""
    if counts[0, 0] == 0:
        payoffs_at(table, counts, rows[0], powers, rows[1])
        for i in range(rules.shape[0]):
            low, high = bounds(counts, rows.shape[1], i)
            velocity_by(rules[i], rows[0, low:high], rows[1, low:high], rows[place, low:high])
    elif rows.shape[1] == 3 and int(rules[0, 0]) == REPLICATOR and table[0, 3] != 0.0:
        x, y, z = rows[0, 0], rows[0, 1], rows[0, 2]
        f, g, h = payoffs_of_three(table, counts, x, y, z, powers)
        mean = x * f + y * g + z * h
        rows[place, 0], rows[place, 1], rows[place, 2] = x * (f - mean), y * (g - mean), z * (h - mean)
    else:
        payoffs_at(table, counts, rows[0], powers, rows[1])
        velocity_by(rules[0], rows[0], rows[1], rows[place])


@kernel
def velocity_at(tables: Array, counts: Counts, rules: Array, shares: Array) -> Array:
    """The velocity at one population under the first of the tables."""
    size = shares.size
    powers, rows = np.empty((size, counts[0, 0] + 1)), np.empty((3, size))
    for i in range(size):
        rows[0, i] = shares[i]
    velocity_into(tables[0], counts, rules, rows, powers, 2)
    out: Array = rows[2]
    return out


@kernel
def chunk_velocities(
    tables: Array, counts: Counts, rules: Array, points: Array, out: Array, low: int, high: int
) -> None:
    """Velocities at columns `low` to `high` of `points`, shape (m, points): under one table, or one for each point."""
    size = points.shape[0]
    powers, rows = np.empty((size, counts[0, 0] + 1)), np.empty((3, size))
    for p in range(low, high):
        for i in range(size):
            rows[0, i] = points[i, p]
        velocity_into(tables[p if tables.shape[0] > 1 else 0], counts, rules, rows, powers, 2)
        for i in range(size):
            out[i, p] = rows[2, i]


@parallel_kernel
def many_velocities(tables: Array, counts: Counts, rules: Array, points: Array, out: Array) -> None:
    """`chunk_velocities` for all points, CHUNK at a time."""
    chunks = (points.shape[1] + CHUNK - 1) // CHUNK
    for c in prange(chunks):
        low = c * CHUNK
        chunk_velocities(tables, counts, rules, points, out, low, min(low + CHUNK, points.shape[1]))


@kernel
def chunk_by_payoffs(rule: Array, points: Array, payoffs: Array, low: int, high: int) -> None:
    """Write velocities of one population at columns `low` to `high` of `points` over the payoffs there."""
    size = points.shape[0]
    rows = np.empty((3, size))
    for p in range(low, high):
        for i in range(size):
            rows[0, i], rows[1, i] = points[i, p], payoffs[i, p]
        velocity_by(rule, rows[0], rows[1], rows[2])
        for i in range(size):
            payoffs[i, p] = rows[2, i]


@parallel_kernel
def many_by_payoffs(rule: Array, points: Array, payoffs: Array) -> None:
    """`chunk_by_payoffs` for all points, CHUNK at a time."""
    chunks = (points.shape[1] + CHUNK - 1) // CHUNK
    for c in prange(chunks):
        low = c * CHUNK
        chunk_by_payoffs(rule, points, payoffs, low, min(low + CHUNK, points.shape[1]))


@kernel
def speed_of(counts: Counts, rules: Array, rows: Array, place: int) -> float:
    """The largest speed of a share, and rate of growth where absent strategies stay absent; shares in row 0."""
    speed = 0.0
    for k in range(rules.shape[0]):
        code = int(rules[k, 0])
        imitative = code in (REPLICATOR, NORMALIZED, BOLTZMANN) or (code == IMITATION and rules[k, 2] == 0.0)
        low, high = bounds(counts, rows.shape[1], k)
        for i in range(low, high):
            speed = max(speed, abs(rows[place, i]))
            if imitative and rows[0, i] > 0.0:
                speed = max(speed, rows[place, i] / rows[0, i])
    return speed


@kernel
def tried_step(
    table: Array, counts: Counts, rules: Array, controls: Array, step: float, rows: Array, powers: Array
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
        velocity_into(table, counts, rules, rows, powers, 3 + s)
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
    table: Array, counts: Counts, rules: Array, start: Array, times: Array, controls: Array, samples: Array, ends: Array
) -> int:
    """Follow one population through `times`; return how it ended.

    `controls`: relative and absolute tolerance, speed of rest, most steps. Written: the shares at each time
    reached to `samples`, and the last shares, time, speed and number of steps to `ends`, shape (m + 3,).
    """
    size = start.size
    powers, rows = np.zeros((size, counts[0, 0] + 1)), np.zeros((10, size))
    rows[0], rows[2] = start, start
    velocity_into(table, counts, rules, rows, powers, 3)
    speed = speed_of(counts, rules, rows, 3)
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
            error = tried_step(table, counts, rules, controls, tried, rows, powers)
            if error <= 1.0:
                time = times[done] if tried == left else time + tried
                grown = tried * min(10.0, 0.9 * error**-0.2 if error > 0.0 else 10.0)
                step = max(step, grown) if tried == left else grown
                for k in range(rules.shape[0]):
                    low, high = bounds(counts, size, k)
                    total = 0.0
                    for i in range(low, high):
                        total += rows[0, i]
                    for i in range(low, high):
                        rows[0, i] /= total
                        rows[2, i], rows[3, i] = rows[0, i], rows[9, i]
                speed = speed_of(counts, rules, rows, 3)
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
    rules: Array,
    starts: Array,
    times: Array,
    controls: Array,
    samples: Array,
    ends: Array,
) -> None:
    """`one_run` for each row of `starts`, under one table or one for each; its ending is the last column of `ends`."""
    for r in prange(starts.shape[0]):
        table = tables[np.intp(r) if tables.shape[0] > 1 else 0]
        ends[r, -1] = one_run(table, counts, rules, starts[r], times, controls, samples[r], ends[r])
