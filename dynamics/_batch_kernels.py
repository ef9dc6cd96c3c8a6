r"""Compiled mean payoffs of many populations under one table: arrays and numbers in, numbers out, no checks.

Tables are those of `dynamics._mean_kernels`, without logarithms. BLOCK populations are taken side by side, so that
every loop is over neighbors in memory and the compiler can take several at once. The chance of a composition is the
product of a few monomials, each computed once a block: :math:`x^a` from one of lower degree. A plan, of three columns,
says how: first, for each monomial, the row that it multiplies (-1: it is 1), by which strategy's share, and 0; then,
for each composition, the rows of its two or three factors, of which the third is -1 where there are two. Rows of
compositions are padded to a multiple of four with payoffs of 0. Payoffs are divided by the largest, so that their
products with weights lose no digits that matter.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

BLOCK = 128  # points that are computed side by side
CHUNK = 4096  # points that one thread takes at a time
TOGETHER = 4  # compositions that are added in one pass
WIDTH = 3  # strategies, to which they are added


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
def scaled_table(table: Array, first: int, out: Array) -> float:
    """Write payoff times weight over the largest payoff to `out`, strategies from `first` on; return the largest."""
    rows, size = table.shape[0], table.shape[1] - 1
    largest = 0.0
    for n in range(rows):
        for i in range(first, size):
            largest = max(largest, abs(table[n, i]))
    if largest == 0.0:
        largest = 1.0
    for n in range(rows):
        for i in range(first, size):
            out[n, i - first] = table[n, i] / largest * table[n, size]
    return largest


@kernel
def fill_monomials(plan: Whole, number: int, shares: Array, monomials: Array) -> None:
    """Write the monomials of a plan for BLOCK points; `shares` are times the number of strategies."""
    for r in range(number):
        parent, strategy = plan[r, 0], plan[r, 1]
        if parent < 0:
            for p in range(BLOCK):
                monomials[r, p] = 1.0
        else:
            for p in range(BLOCK):
                monomials[r, p] = monomials[parent, p] * shares[strategy, p]


@kernel
def add_pairs(scaled: Array, plan: Whole, number: int, monomials: Array, column: int, out: Array) -> None:
    """Add the payoffs of three strategies, from `column` on, where every chance is a product of two monomials."""
    second, third = column + 1, column + 2
    for n in range(0, scaled.shape[0], TOGETHER):
        q = number + n
        a0, b0, a1, b1 = plan[q, 0], plan[q, 1], plan[q + 1, 0], plan[q + 1, 1]
        a2, b2, a3, b3 = plan[q + 2, 0], plan[q + 2, 1], plan[q + 3, 0], plan[q + 3, 1]
        f0, f1, f2, f3 = scaled[n, column], scaled[n + 1, column], scaled[n + 2, column], scaled[n + 3, column]
        g0, g1, g2, g3 = scaled[n, second], scaled[n + 1, second], scaled[n + 2, second], scaled[n + 3, second]
        h0, h1, h2, h3 = scaled[n, third], scaled[n + 1, third], scaled[n + 2, third], scaled[n + 3, third]
        for p in range(BLOCK):
            s, t = monomials[a0, p] * monomials[b0, p], monomials[a1, p] * monomials[b1, p]
            u, v = monomials[a2, p] * monomials[b2, p], monomials[a3, p] * monomials[b3, p]
            out[column, p] += (f0 * s + f1 * t) + (f2 * u + f3 * v)
            out[second, p] += (g0 * s + g1 * t) + (g2 * u + g3 * v)
            out[third, p] += (h0 * s + h1 * t) + (h2 * u + h3 * v)


@kernel
def add_triples(scaled: Array, plan: Whole, number: int, monomials: Array, column: int, out: Array) -> None:
    """`add_pairs` where every chance is a product of three monomials, which are fewer."""
    second, third = column + 1, column + 2
    for n in range(0, scaled.shape[0], TOGETHER):
        q = number + n
        a0, b0, c0, a1, b1, c1 = plan[q, 0], plan[q, 1], plan[q, 2], plan[q + 1, 0], plan[q + 1, 1], plan[q + 1, 2]
        a2, b2, c2 = plan[q + 2, 0], plan[q + 2, 1], plan[q + 2, 2]
        a3, b3, c3 = plan[q + 3, 0], plan[q + 3, 1], plan[q + 3, 2]
        f0, f1, f2, f3 = scaled[n, column], scaled[n + 1, column], scaled[n + 2, column], scaled[n + 3, column]
        g0, g1, g2, g3 = scaled[n, second], scaled[n + 1, second], scaled[n + 2, second], scaled[n + 3, second]
        h0, h1, h2, h3 = scaled[n, third], scaled[n + 1, third], scaled[n + 2, third], scaled[n + 3, third]
        for p in range(BLOCK):
            s = monomials[a0, p] * (monomials[b0, p] * monomials[c0, p])
            t = monomials[a1, p] * (monomials[b1, p] * monomials[c1, p])
            u = monomials[a2, p] * (monomials[b2, p] * monomials[c2, p])
            v = monomials[a3, p] * (monomials[b3, p] * monomials[c3, p])
            out[column, p] += (f0 * s + f1 * t) + (f2 * u + f3 * v)
            out[second, p] += (g0 * s + g1 * t) + (g2 * u + g3 * v)
            out[third, p] += (h0 * s + h1 * t) + (h2 * u + h3 * v)


@kernel
def chunk_payoffs(table: Array, plan: Whole, replicator: bool, points: Array, out: Array, low: int, high: int) -> None:
    """Mean payoffs, or their replicator velocities, at columns `low` to `high` of `points`, shape (m, points)."""
    size, first = points.shape[0], 1  # the payoffs of the first strategy are mostly 0 throughout
    for n in range(table.shape[0]):
        if table[n, 0] != 0.0:
            first = 0
    rows = (table.shape[0] + TOGETHER - 1) // TOGETHER * TOGETHER
    width = (size - first + WIDTH - 1) // WIDTH * WIDTH
    scaled = np.zeros((rows, width))
    largest = scaled_table(table, first, scaled)
    number = plan.shape[0] - rows
    pairs = plan[number, 2] < 0
    shares, payoffs = np.zeros((size, BLOCK)), np.empty((width, BLOCK))
    monomials, means = np.empty((number, BLOCK)), np.empty(BLOCK)
    for start in range(low, high, BLOCK):
        some = min(BLOCK, high - start)
        for i in range(size):
            for p in range(some):
                shares[i, p] = size * points[i, start + p]
        fill_monomials(plan, number, shares, monomials)
        for i in range(width):
            for p in range(BLOCK):
                payoffs[i, p] = 0.0
        for column in range(0, width, WIDTH):
            if pairs:
                add_pairs(scaled, plan, number, monomials, column, payoffs)
            else:
                add_triples(scaled, plan, number, monomials, column, payoffs)
        for p in range(BLOCK):
            means[p] = 0.0
        if replicator:
            for i in range(first, size):
                for p in range(some):
                    means[p] += points[i, start + p] * payoffs[i - first, p]
        for i in range(size):
            for p in range(some):
                payoff = largest * ((payoffs[i - first, p] if i >= first else 0.0) - means[p])
                out[i, start + p] = points[i, start + p] * payoff if replicator else payoff


@parallel_kernel
def many_payoffs(table: Array, plan: Whole, replicator: bool, points: Array, out: Array) -> None:
    """`chunk_payoffs` for all points, CHUNK at a time; by `three_by_matrix` where there is no plan."""
    chunks = (points.shape[1] + CHUNK - 1) // CHUNK
    for c in prange(chunks):
        low = c * CHUNK
        high = min(low + CHUNK, points.shape[1])
        if plan.shape[0] == 0:
            three_by_matrix(table, points, out, low, high)
        else:
            chunk_payoffs(table, plan, replicator, points, out, low, high)
