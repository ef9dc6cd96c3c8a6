"""Compiled loops of `gametheory.equilibria.bimatrix.polytopes`: all vertices of {z >= 0, G z <= 1}.

Floats propose the edges to follow; what is certified is certified in 64-bit integers, as that module's header says.
"""

import numpy as np
from numpy.typing import NDArray

from gametheory._numba import kernel

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Words = NDArray[np.uint64]

RATE = 1e-11  # a slower decrease is proposed to be none
CERTIFIED, UNCERTAIN, BROKEN = 0, 1, 2
REFRESH = 40  # pivots after which a dictionary is computed anew
COARSE = 24  # bits given up where the perturbation's integers come in


@kernel
def pivot(table: Floats, row: int, column: int) -> None:
    """Exchange the basic variable of `row` with the nonbasic one of `column`, in place."""
    rows, columns = table.shape
    scale = 1.0 / table[row, column]
    for j in range(columns):
        table[row, j] *= scale
    table[row, column] = scale
    for i in range(rows):
        factor = table[i, column]
        if i != row and factor != 0.0:
            table[i, column] = 0.0
            for j in range(columns):
                table[i, j] -= factor * table[row, j]


@kernel
def refresh(unitary: Floats, shift: Ints, heads: Ints, sides: Ints, table: Floats) -> bool:
    """Compute the dictionary anew, rows of the basic variables `heads`, columns of `sides`; False if singular."""
    rows, columns = unitary.shape
    fresh = np.empty((rows, columns + 2))
    own, across = np.empty(rows, np.int64), np.empty(columns, np.int64)
    place = np.empty(rows + columns, np.int64)
    leaves, enters = np.zeros(rows, np.bool_), np.zeros(columns, np.bool_)
    for j in range(rows):
        own[j] = columns + j
        fresh[j, columns], fresh[j, columns + 1] = 1.0, float(shift[j])
        for i in range(columns):
            fresh[j, i] = unitary[j, i]
    for i in range(columns):
        across[i] = i
        if sides[i] >= columns:
            leaves[sides[i] - columns] = True
    for j in range(rows):
        if heads[j] < columns:
            enters[heads[j]] = True
    for i in range(columns):
        if enters[i]:
            best = -1
            for j in range(rows):
                if leaves[j] and own[j] >= columns and (best < 0 or abs(fresh[j, i]) > abs(fresh[best, i])):
                    best = j
            if best < 0 or not abs(fresh[best, i]) > RATE:
                return False
            pivot(fresh, best, i)
            own[best], across[i] = i, own[best]
    for j in range(rows):
        place[own[j]] = j
    for i in range(columns):
        place[across[i]] = i
    for j in range(rows):
        table[j, columns] = fresh[place[heads[j]], columns]
        table[j, columns + 1] = fresh[place[heads[j]], columns + 1]
        for i in range(columns):
            table[j, i] = fresh[place[heads[j]], place[sides[i]]]
    return True


@kernel
def falls_first(table: Floats, column: int, zero: float) -> int:
    """The row whose variable reaches 0 first as that of `column` grows, ties broken by the slopes; -1 if none."""
    rows, width = table.shape
    best, slope, found = 0.0, 0.0, -1
    for i in range(rows):
        rate = table[i, column]
        if rate > RATE:
            value = table[i, width - 2]
            ratio, change = (value if value > zero else 0.0) / rate, table[i, width - 1] / rate
            near = zero * (1.0 + best)
            if found < 0 or ratio < best - near or (ratio <= best + near and change < slope):
                best, slope, found = ratio, change, i
    return found


@kernel
def certify(
    whole: Ints,
    slop: int,
    shift: Ints,
    basic: Ints,
    tight: Ints,
    size: int,
    scaled: Ints,
    bits: int,
    mask: np.uint64,
    labels: np.uint64,
) -> int:
    """Whether the basis is a vertex with exactly the proposed labels: CERTIFIED or UNCERTAIN.

    `scaled` is the proposed inverse times 2**bits, rounded. Everything is integer arithmetic, but for the logarithm of
    Hadamard's bound, which has a margin of 0.1.
    """
    rows, columns = whole.shape
    one = np.uint64(1)
    unit = 1 << bits
    worst, largest, hadamard = 0, 0, 0.0
    x = np.empty(size, np.int64)
    for i in range(size):
        gap, total, weight = 0, 0, 0
        for j in range(size):
            entry = unit if i == j else 0
            for k in range(size):
                entry -= scaled[i, k] * whole[tight[k], basic[j]]
            if abs(entry) > 1 << 50:
                return UNCERTAIN
            gap += abs(entry)
            total += scaled[i, j]
            weight += abs(scaled[i, j])
        worst = max(worst, gap + slop * size * weight)
        x[i] = total
        largest = max(largest, abs(total))
        norm = 0.0
        for j in range(size):
            norm += float(whole[tight[i], basic[j]]) ** 2
        hadamard += 0.5 * np.log2(norm + 1e-300)
    coarse = (largest >> 20) + 1
    if worst > unit >> 1 or bits < COARSE + 20 or worst > (1 << 61) // coarse:
        return UNCERTAIN
    error = ((2 * worst * coarse) >> (bits - 20)) + 1  # of every x, in units of 2**-bits
    spread = 0
    for i in range(size):
        if x[i] < -error or x[i] > unit:
            return UNCERTAIN
        spread += abs(x[i]) + error
        value = abs(x[i]) + error
        if x[i] <= error:
            if slop > 0 or np.log2(float(value)) + hadamard + 0.1 >= bits:
                return UNCERTAIN
            if labels >> np.uint64(basic[i]) & one == 0:
                return UNCERTAIN
        elif labels >> np.uint64(basic[i]) & one != 0:
            return UNCERTAIN
    degenerate = labels != mask
    y = np.empty(size, np.int64)  # the same for the perturbation, in units of 2**(COARSE - bits)
    drift, heaviest = 0, 0
    if degenerate:
        for k in range(size):
            drift += abs(shift[tight[k]])
        for i in range(size):
            total = 0
            for k in range(size):
                total += (scaled[i, k] >> COARSE) * shift[tight[k]]
            y[i] = total
            heaviest = max(heaviest, abs(total))
        factor = (heaviest >> 20) + (drift >> 20) + 2
        if worst > (1 << 61) // factor:
            return UNCERTAIN
        drift += ((2 * worst * factor) >> (bits - 20)) + 1
        for i in range(size):
            if labels >> np.uint64(basic[i]) & one != 0 and y[i] <= drift:
                return UNCERTAIN
    position = 0
    for j in range(rows):
        if position < size and tight[position] == j:
            position += 1
            continue
        slack, reach, limit = unit, 0, (1 << 61)
        for i in range(size):
            entry = whole[j, basic[i]]
            if entry > 0 and abs(x[i]) > limit // entry:
                return UNCERTAIN
            slack -= entry * x[i]
            if slack < -unit:
                return UNCERTAIN
            reach += entry
        if reach > 0 and error > limit // reach:
            return UNCERTAIN
        margin = reach * error + slop * spread
        listed = labels >> np.uint64(columns + j) & one != 0
        if slack > margin:
            if listed:
                return UNCERTAIN
            continue
        bound = abs(slack) + margin
        if slop > 0 or not listed or np.log2(float(bound)) + hadamard + 0.1 >= bits:
            return UNCERTAIN
        slope = shift[j] << (bits - COARSE)
        for i in range(size):
            slope -= whole[j, basic[i]] * y[i]
        if drift > limit // max(reach, 1) or slope <= reach * drift:
            return UNCERTAIN
    return CERTIFIED


@kernel
def lookup(table: Words, key: np.uint64) -> int:
    """The place of `key` in an open-addressing table (its own, or the empty one where it belongs). Keys are not 0."""
    size = np.uint64(table.size - 1)
    low, high = key & np.uint64(0xFFFFFFFF), key >> np.uint64(32)
    place = ((low * np.uint64(0x1E3779B1) ^ high * np.uint64(0x27D4EB2F)) >> np.uint64(9)) & size
    while table[place] != 0 and table[place] != key:
        place = (place + np.uint64(1)) & size
    return int(place)


@kernel
def judge(
    whole: Ints, slop: int, shift: Ints, table: Floats, places: Ints, mask: np.uint64, labels: np.uint64, block: Ints
) -> int:
    """CERTIFIED or UNCERTAIN, of a basis whose dictionary is `table`; `block` is room for the inverse."""
    rows, columns = whole.shape
    one = np.uint64(1)
    basic, tight = np.empty(columns, np.int64), np.empty(rows, np.int64)
    size, depth = 0, 0
    for i in range(columns):
        if mask >> np.uint64(i) & one == 0:
            basic[size] = i
            size += 1
    for j in range(rows):
        if mask >> np.uint64(columns + j) & one != 0:
            tight[depth] = j
            depth += 1
    if size != depth:
        return UNCERTAIN
    if size == 0:
        return CERTIFIED if labels == mask else UNCERTAIN
    steepest = 0.0
    for i in range(size):
        for k in range(size):
            entry = abs(table[places[basic[i]], places[columns + tight[k]]])
            if not entry * size < 1e9:  # nan too
                return UNCERTAIN
            steepest = max(steepest, entry)
    if steepest == 0.0:
        return UNCERTAIN
    bits = min(int(np.floor(60.0 - np.log2(size * steepest))), 57)
    if bits < COARSE + 20:
        return UNCERTAIN
    factor = 2.0**bits / whole.max()  # the table is of `whole` divided by its largest entry
    for i in range(size):
        for k in range(size):
            block[i, k] = np.int64(np.rint(table[places[basic[i]], places[columns + tight[k]]] * factor))
    return certify(whole, slop, shift, basic, tight, size, block, bits, mask, labels)


@kernel
def read_labels(table: Floats, heads: Ints, mask: np.uint64, zero: float) -> tuple[bool, np.uint64]:
    """Whether all values are proposed to be >= 0, and the labels: the basis and what is proposed to be 0."""
    rows, width = table.shape
    labels, feasible = mask, True
    for i in range(rows):
        value = table[i, width - 2]
        if abs(value) < zero:
            table[i, width - 2] = 0.0
            labels |= np.uint64(1) << np.uint64(heads[i])
        elif not value > 0:
            feasible = False
    return feasible, labels


@kernel
def traverse(
    whole: Ints, slop: int, shift: Ints, limit: int, zero: float
) -> tuple[int, int, Words, Words, NDArray[np.int8]]:
    """Follow all edges from the origin, depth first, one dictionary pivoted forth and back; floats below `zero` are 0.

    Returns how many bases were found; 1 if floats went astray, 2 if there are more than `limit`, else 0; the bases,
    their proposed labels, and whether each was certified.
    """
    rows, columns = whole.shape
    one = np.uint64(1)
    unitary = whole / whole.max()
    capacity = 256
    bases, labels, status = np.empty(capacity, np.uint64), np.empty(capacity, np.uint64), np.empty(capacity, np.int8)
    steps = np.empty((capacity, 2), np.int64)  # the row and column of each pivot on the way here
    index = np.zeros(4 * capacity, np.uint64)
    deep = min(rows, columns)
    block = np.empty((deep, deep), np.int64)
    heads, sides, places = np.empty(rows, np.int64), np.empty(columns, np.int64), np.empty(rows + columns, np.int64)
    mask = np.uint64(0)
    for i in range(columns):
        sides[i], places[i] = i, i
        mask |= one << np.uint64(i)
    for j in range(rows):
        heads[j], places[columns + j] = columns + j, j
    table = np.empty((rows, columns + 2))
    refresh(unitary, shift, heads, sides, table)
    bases[0] = mask
    index[lookup(index, mask)] = mask
    count, seen, depth, column, age = 1, 0, 0, 0, 0
    while True:
        if seen < count:  # the dictionary is that of a new basis
            if age > REFRESH:
                if not refresh(unitary, shift, heads, sides, table):
                    return count, 1, bases, labels, status
                age = 0
            feasible, full = read_labels(table, heads, mask, zero)
            verdict = judge(whole, slop, shift, table, places, mask, full, block) if feasible else BROKEN
            if verdict != CERTIFIED and age > 0:
                if not refresh(unitary, shift, heads, sides, table):
                    return count, 1, bases, labels, status
                age = 0
                feasible, full = read_labels(table, heads, mask, zero)
                verdict = judge(whole, slop, shift, table, places, mask, full, block) if feasible else BROKEN
            if verdict == BROKEN:
                return count, 1, bases, labels, status
            labels[seen], status[seen] = full, verdict
            seen += 1
            column = 0
        if column == columns:
            if depth == 0:
                return count, 0, bases, labels, status
            depth -= 1
            row, column = steps[depth, 0], steps[depth, 1]
        else:
            row = falls_first(table, column, zero)
            if row < 0:
                return count, 1, bases, labels, status
            other = mask ^ (one << np.uint64(sides[column])) ^ (one << np.uint64(heads[row]))
            where = lookup(index, other)
            if index[where] != 0:
                column += 1
                continue
            if count >= limit:
                return count, 2, bases, labels, status
            index[where] = other
            if count == capacity:
                capacity *= 2
                bases, labels = np.append(bases, np.empty_like(bases)), np.append(labels, np.empty_like(labels))
                status = np.append(status, np.empty_like(status))
                longer = np.empty((capacity, 2), np.int64)
                longer[:count] = steps
                steps = longer
                index = np.zeros(4 * capacity, np.uint64)
                for k in range(count):
                    index[lookup(index, bases[k])] = bases[k]
                index[lookup(index, other)] = other
            bases[count] = other
            steps[depth, 0], steps[depth, 1] = row, column
            count += 1
            depth += 1
        back = seen == count
        if not abs(table[row, column]) > RATE / 100:
            return count, 1, bases, labels, status
        pivot(table, row, column)
        age += 1
        mask ^= (one << np.uint64(sides[column])) ^ (one << np.uint64(heads[row]))
        sides[column], heads[row] = heads[row], sides[column]
        places[sides[column]], places[heads[row]] = column, row
        if back:
            column += 1
