"""Compiled Fermi imitation on a periodic square lattice: arrays and numbers in, numbers out, no checks.

A cell of the padded array holds two things in one small integer: the strategy of the site in its low bits, and above
them the rank of the composition of the group that the site leads (itself and its neighbors). Payoffs and the changes
of ranks are read from tables by that integer. Two rows and columns on each side repeat the opposite ones, so that
reading never has to look where the lattice ends.

Random numbers are those of numpy's SFC64, whose state is kept in registers. One word of 64 bits gives the site (its
high bits), the neighbor (the bits above the lowest 8) and in which 256th of [0, 1) the number u lies that the chance
of imitation is compared with; u itself is completed by a second word only where the 256th does not decide.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

Array = NDArray[np.float64]
Cells = NDArray[np.unsignedinteger]
Words = NDArray[np.uint64]
U = np.uint64

# Where the numbers of a rule are.
NOISE = 0
MUTATION_RATE = 1
BOUNDS = 2  # and 256 more: K log(1/u - 1) at u = 0, 1/256, ..., 1

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
def put(flat: Cells, place: U, side: U, value: int) -> None:
    """Write to a cell of the lattice and to its images in the margin."""
    width = side + U(4)
    row = place // width
    column = place - row * width
    flat[place] = value
    for up in range(3):
        image_row = row + U(up) * side  # moved by one side, so that it is not negative
        if image_row < side or image_row >= side + width:
            continue
        for left in range(3):
            image_column = column + U(left) * side
            if image_column >= side and image_column < side + width:
                flat[(image_row - side) * width + (image_column - side)] = value


@kernel
def home(place: U, side: U) -> U:
    """The cell of the lattice of which `place`, perhaps in the margin, is an image."""
    width = side + U(4)
    row = place // width
    column = place - row * width
    if row < U(2):
        row += side
    elif row >= side + U(2):
        row -= side
    if column < U(2):
        column += side
    elif column >= side + U(2):
        column -= side
    return row * width + column


@kernel
def adopt(flat: Cells, offsets: Words, changes: Cells, row: U, side: U, place: U, change: U) -> None:
    """Let the site at `place` change its strategy's number by `change`; the table's row for that begins at `row`."""
    width = side + U(4)
    line = place // width
    column = place - line * width
    if line >= U(5) and line + U(1) < side and column >= U(5) and column + U(1) < side:  # nothing in the margin changes
        flat[place] = changes[row + flat[place]] + change
        for i in range(offsets.size):
            flat[place + offsets[i]] = changes[row + flat[place + offsets[i]]]
    else:
        put(flat, place, side, changes[row + flat[place]] + change)
        for i in range(offsets.size):
            led = home(place + offsets[i], side)
            put(flat, led, side, changes[row + flat[led]])


@kernel
def four_payoffs(payoffs: Array, row: U, flat: Cells, offsets: Words, place: U, first: U) -> float:
    """The sum of a player's payoffs in the groups of four of its neighbors; its strategy's begin at `row`.

    Small, and without a view of an array, so that it is compiled into its caller: as a call it would cost more than
    the rest of a step.
    """
    one = payoffs[row + flat[place + offsets[first]]] + payoffs[row + flat[place + offsets[first + U(1)]]]
    two = payoffs[row + flat[place + offsets[first + U(2)]]] + payoffs[row + flat[place + offsets[first + U(3)]]]
    both: float = one + two
    return both


@kernel
def lattice_steps(
    cells: Cells,
    offsets: Words,
    payoffs: Array,
    moves: Cells,
    rule: Array,
    steps: int,
    counts: NDArray[np.int64],
    state: Words,
) -> None:
    """Make `steps` elementary steps: a random site, of a random neighbor's strategy or not."""
    flat, values, changes = cells.reshape(cells.size), payoffs.reshape(payoffs.size), moves.reshape(moves.size)
    codes = U(payoffs.shape[1])
    side = U(cells.shape[0] - 4)
    width = side + U(4)
    kinds = payoffs.shape[0]
    low = U(1)
    while low < U(kinds):
        low <<= U(1)
    low -= U(1)
    shift = U(11)
    while (U(1) << shift) < side:
        shift += U(1)
    bits = U(64) - shift
    fraction = (U(1) << bits) - U(1)
    around = U(offsets.size - 1)
    rate = rule[MUTATION_RATE]
    a, b, c, w = state[0], state[1], state[2], state[3]
    for _ in range(steps):
        word = a + b + w  # SFC64, as in `uniform`
        a = b ^ (b >> U(11))
        b = c + (c << U(3))
        c = ((c << U(24)) | (c >> U(40))) + word
        w += U(1)
        scaled = (word >> shift) * side
        place = ((scaled >> bits) + U(2)) * width + (((scaled & fraction) * side) >> bits) + U(2)
        old = flat[place] & low
        if rate > 0.0:
            state[0], state[1], state[2], state[3] = a, b, c, w
            mutates = uniform(state) < rate
            if mutates:
                new = U(uniform(state) * (kinds - 1))
                if new >= old:
                    new += U(1)
                adopt(flat, offsets, changes, (old * U(kinds) + new) * codes, side, place, new - old)
                counts[old] -= 1
                counts[new] += 1
            a, b, c, w = state[0], state[1], state[2], state[3]
            if mutates:
                continue
        model = place + offsets[(word >> U(8)) & around]
        new = flat[model] & low
        if old == new:
            continue
        own, theirs = old * codes, new * codes
        gap = values[own + flat[place]] + four_payoffs(values, own, flat, offsets, place, U(0))
        gap -= values[theirs + flat[model]] + four_payoffs(values, theirs, flat, offsets, model, U(0))
        if around > U(3):
            gap += four_payoffs(values, own, flat, offsets, place, U(4))
            gap -= four_payoffs(values, theirs, flat, offsets, model, U(4))
        bucket = word & U(255)
        if gap > rule[U(BOUNDS) + bucket]:
            continue
        if gap >= rule[U(BOUNDS + 1) + bucket]:
            state[0], state[1], state[2], state[3] = a, b, c, w
            u = (float(bucket) + uniform(state)) / 256.0
            a, b, c, w = state[0], state[1], state[2], state[3]
            if u * (1.0 + np.exp(min(gap / rule[NOISE], 700.0))) >= 1.0:
                continue
        adopt(flat, offsets, changes, (old * U(kinds) + new) * codes, side, place, new - old)
        counts[old] -= 1
        counts[new] += 1
    state[0], state[1], state[2], state[3] = a, b, c, w


@parallel_kernel
def many_lattices(
    cells: Cells,
    offsets: Words,
    payoffs: Array,
    moves: Cells,
    rule: Array,
    every: int,
    record: NDArray[np.int64],
    states: Words,
) -> None:
    """Go on with one lattice per row; ``record[run, 0]`` are counts now, the others those after each `every` sweeps."""
    side = cells.shape[1] - 4
    for run in prange(cells.shape[0]):
        counts = record[run, 0].copy()
        for sample in range(1, record.shape[1]):
            if rule[MUTATION_RATE] > 0.0 or counts.max() < side * side:
                lattice_steps(cells[run], offsets, payoffs, moves, rule, every * side * side, counts, states[run])
            record[run, sample] = counts
