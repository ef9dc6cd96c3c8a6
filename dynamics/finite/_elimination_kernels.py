"""Compiled elimination of the states of a chain without subtraction, in nested dissection: no checks.

Eliminating a state v sends the flow through it to the states that remain, ``r_ij += r_iv r_vj / sum_j r_vj``
(Grassmann, Taksar & Heyman 1985). States are taken in the order of nested dissection (George 1973): a level
set of one count separates the chain, as a step changes a count by at most 1. Each set's states and those that it
touches later form a dense front, whose remainder is added to the next front (Duff & Reid 1983). All terms
are positive: relative errors stay near rounding, also in the smallest shares.
"""

import numpy as np
from numpy.typing import NDArray

from gametheory._numba import kernel

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

STRIP = 256
SMALLEST_RATE = 1e-290  # smaller ones are near the end of the range of floats


@kernel
def dissect(
    states: Whole, kept: NDArray[np.bool_], leaf: int, order: Whole, starts: Whole, stops: Whole, parents: Whole
) -> int:
    """Write an elimination order of the states, and the nodes of its tree; return how many nodes there are.

    Node 0 holds the `kept` states, which come last; node t those of ``order[starts[t] : stops[t]]``. Children have
    larger numbers than their parents.
    """
    count, parts = states.shape
    low, high = 0, count
    for s in range(count):
        if kept[s]:
            high -= 1
            order[high] = s
        else:
            order[low] = s
            low += 1
    starts[0], stops[0], parents[0] = high, count, -1
    nodes = 1
    todo = np.empty((parents.size, 3), np.int64)
    waiting = 0
    if high > 0:
        todo[0, 0], todo[0, 1], todo[0, 2] = 0, high, 0
        waiting = 1
    top = states[0].sum() + 1
    histogram = np.zeros((parts, top), np.int64)
    buffer = np.empty(count, np.int64)
    while waiting > 0:
        waiting -= 1
        lo, hi, parent = todo[waiting, 0], todo[waiting, 1], todo[waiting, 2]
        node = nodes
        nodes += 1
        parents[node] = parent
        starts[node], stops[node] = lo, hi
        if hi - lo <= leaf:
            continue
        histogram[:] = 0
        for a in range(lo, hi):
            for c in range(parts):
                histogram[c, states[order[a], c]] += 1
        best, axis, level = 4.0 * (hi - lo), -1, 0
        for c in range(parts):
            below = 0
            for value in range(top):
                here = histogram[c, value]
                if here > 0:
                    larger = max(below, hi - lo - below - here)
                    if larger < 0.7 * (hi - lo) and here + 0.1 * here * larger / (hi - lo) < best:
                        best, axis, level = here + 0.1 * here * larger / (hi - lo), c, value
                below += here
        if axis < 0:
            continue
        left = lo
        middle = 0
        for a in range(lo, hi):
            if states[order[a], axis] < level:
                left += 1
            elif states[order[a], axis] > level:
                middle += 1
        write_low, write_middle, write_high = lo, left, left + middle
        for a in range(lo, hi):
            buffer[a] = order[a]
        for a in range(lo, hi):
            s = buffer[a]
            if states[s, axis] < level:
                order[write_low] = s
                write_low += 1
            elif states[s, axis] > level:
                order[write_middle] = s
                write_middle += 1
            else:
                order[write_high] = s
                write_high += 1
        starts[node] = left + middle
        if left > lo:
            todo[waiting, 0], todo[waiting, 1], todo[waiting, 2] = lo, left, node
            waiting += 1
        if middle > 0:
            todo[waiting, 0], todo[waiting, 1], todo[waiting, 2] = left, left + middle, node
            waiting += 1
    return nodes


@kernel
def find_borders(
    neighbors: NDArray[np.int32], order: Whole, starts: Whole, stops: Whole, parents: Whole, pointers: Whole
) -> tuple[Whole, int, int, int]:
    """Positions that each node's subtree touches later; where each list begins goes to `pointers`.

    Returns the lists one after the other, and numbers: on the stack that fronts need, in the largest front's row,
    in all factors.
    """
    count, parts, _ = neighbors.shape
    nodes = parents.size
    place = np.empty(count, np.int64)
    for a in range(count):
        place[order[a]] = a
    first_child = np.full(nodes, -1, np.int64)
    sibling = np.full(nodes, -1, np.int64)
    for t in range(1, nodes):
        sibling[t] = first_child[parents[t]]
        first_child[parents[t]] = t
    seen = np.full(count, -1, np.int64)
    lists = np.empty(4 * count + 64, np.int64)
    lengths = np.zeros(nodes, np.int64)
    used, stack, peak, widest, factors = 0, 0, 0, 0, 0
    for back in range(nodes):
        t = nodes - 1 - back
        begin, stop = starts[t], stops[t]
        pointers[t] = used
        found = 0
        child = first_child[t]
        while child >= 0:
            for a in range(pointers[child], pointers[child] + lengths[child]):
                position = lists[a]
                if position >= stop and seen[position] != t:
                    seen[position] = t
                    if used + found >= lists.size:
                        longer = np.empty(2 * lists.size, np.int64)
                        longer[: lists.size] = lists
                        lists = longer
                    lists[used + found] = position
                    found += 1
            child = sibling[child]
        for a in range(begin, stop):
            for i in range(parts):
                for j in range(parts):
                    u = neighbors[order[a], i, j]
                    if u >= 0 and place[u] >= stop and seen[place[u]] != t:
                        seen[place[u]] = t
                        if used + found >= lists.size:
                            longer = np.empty(2 * lists.size, np.int64)
                            longer[: lists.size] = lists
                            lists = longer
                        lists[used + found] = place[u]
                        found += 1
        lengths[t] = found
        used += found
        own = stop - begin
        widest = max(widest, own + found)
        if t > 0:
            factors += own * (own + found)
        child = first_child[t]
        while child >= 0:
            stack -= lengths[child] ** 2
            child = sibling[child]
        stack += found * found
        peak = max(peak, stack)
    return lists[:used].copy(), peak, widest, factors


@kernel
def add_flows(front: Array, begin: int, end: int) -> None:
    """Add the flows through the states `begin` to `end` - 1 to the rates among the states after them.

    Four states at a time and in strips of columns, so that most numbers are read from the nearest cache.
    """
    size = front.shape[0]
    for low in range(end, size, STRIP):
        high = min(low + STRIP, size)
        for i in range(end, size):
            row = front[i]
            v = begin
            while v + 4 <= end:
                a, b, c, d = row[v], row[v + 1], row[v + 2], row[v + 3]
                first, second, third, fourth = front[v], front[v + 1], front[v + 2], front[v + 3]
                for j in range(low, high):
                    row[j] += (a * first[j] + b * second[j]) + (c * third[j] + d * fourth[j])
                v += 4
            while v < end:
                a = row[v]
                first = front[v]
                for j in range(low, high):
                    row[j] += a * first[j]
                v += 1


@kernel
def eliminate_front(front: Array, own: int, panel: int) -> bool:
    """Eliminate the first `own` states of a dense front of rates in place; False if one cannot be left.

    Columns of eliminated states become rates into them over the rate out of them. In panels: what is not needed
    to go on within one is done when the panel is complete.
    """
    size = front.shape[0]
    begin = 0
    while begin < own:
        end = min(begin + panel, own)
        for v in range(begin, end):
            leaving = 0.0
            for j in range(v + 1, size):
                leaving += front[v, j]
            if leaving <= SMALLEST_RATE:
                return False
            for i in range(v + 1, size):
                front[i, v] /= leaving
                rate = front[i, v]
                for j in range(v + 1, size if i < end else end):
                    front[i, j] += rate * front[v, j]
        add_flows(front, begin, end)
        begin = end
    return True


@kernel
def eliminate(
    neighbors: NDArray[np.int32],
    rates: Array,
    order: Whole,
    tree: tuple[Whole, Whole, Whole, Whole, Whole],
    sizes: tuple[int, int, int],
    where: Whole,
    factors: Array,
) -> tuple[bool, Array]:
    """Eliminate all states but those of node 0; return whether each could be left, and the rates that remain.

    `tree`: starts, stops and parents of the nodes, their borders, and where each border begins. `sizes`: numbers
    on the stack, of the largest front, and pivots in a panel. Writes rates into eliminated states to `factors`,
    those of node t from ``where[t]`` on.
    """
    starts, stops, parents, borders, pointers = tree
    count, parts, _ = neighbors.shape
    nodes = parents.size
    place = np.empty(count, np.int64)
    for a in range(count):
        place[order[a]] = a
    stack, room = np.empty(sizes[0]), np.empty(sizes[1] * sizes[1])
    local = np.empty(count, np.int64)
    waiting = np.empty(nodes, np.int64)  # nodes whose remainder lies on the stack
    number, used, filled = 0, 0, 0
    front = room[:0].reshape((0, 0))
    for back in range(nodes):
        t = nodes - 1 - back
        begin, stop = starts[t], stops[t]
        own = stop - begin
        border = borders[pointers[t] : (borders.size if t == 0 else pointers[t - 1])]
        size = own + border.size
        front = room[: size * size].reshape((size, size))
        front[:] = 0.0
        for a in range(own):
            local[begin + a] = a
        for a in range(border.size):
            local[border[a]] = own + a
        for a in range(own):
            s = order[begin + a]
            for i in range(parts):
                for j in range(parts):
                    u = neighbors[s, i, j]
                    if u >= 0 and place[u] >= begin:
                        front[a, local[place[u]]] += rates[s, i, j]
                        if place[u] >= stop:
                            front[local[place[u]], a] += rates[u, j, i]
        while number > 0 and parents[waiting[number - 1]] == t:
            number -= 1
            child = waiting[number]
            theirs = borders[pointers[child] : pointers[child - 1]]
            used -= theirs.size**2
            for a in range(theirs.size):
                for b in range(theirs.size):
                    front[local[theirs[a]], local[theirs[b]]] += stack[used + a * theirs.size + b]
        if t == 0:
            break
        if not eliminate_front(front, own, sizes[2]):
            return False, front
        where[t] = filled
        for v in range(own):
            for i in range(size):
                factors[filled + v * size + i] = front[i, v]
        filled += own * size
        for a in range(own, size):
            for b in range(own, size):
                stack[used + (a - own) * border.size + b - own] = front[a, b]
        used += border.size**2
        waiting[number] = t
        number += 1
    return True, front.copy()


@kernel
def substitute(
    order: Whole, tree: tuple[Whole, Whole, Whole, Whole, Whole], where: Whole, factors: Array, kept: Array, out: Array
) -> None:
    """Write the shares of all states to `out`, given those of the states of node 0."""
    starts, stops, parents, borders, pointers = tree
    count = order.size
    solution = np.empty(count)
    solution[starts[0] :] = kept
    for t in range(1, parents.size):
        begin, own = starts[t], stops[t] - starts[t]
        border = borders[pointers[t] : pointers[t - 1]]
        for back in range(own):
            v = own - 1 - back
            row = where[t] + v * (own + border.size)
            total = 0.0
            for i in range(v + 1, own):
                total += solution[begin + i] * factors[row + i]
            for i in range(border.size):
                total += solution[border[i]] * factors[row + own + i]
            solution[begin + v] = total
    for a in range(count):
        out[order[a]] = solution[a]
