"""Compiled matches of memory-one players: arrays and numbers in, numbers out, no checks.

Random numbers are those of numpy's SFC64, its state kept in registers: one word for each round of two players, one for
each decision of more players that is not sure. A probability is a bound on that word. One replicate is a block of
matches, which has a stream of its own.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

Words = NDArray[np.uint64]
Counts = NDArray[np.float64]  # whole numbers
U = np.uint64

NEVER = 0
ALWAYS = 1
DRAWN = 2


@kernel
def pair_block(stream: Words, bounds: Words, rounds: int, out: Counts) -> None:
    """Matches of two players, two at a time; `out` counts CC, CD, DC, DD of each match.

    One odd word decides on both actions: `bounds[state]` holds the cumulated probabilities of DD, DC and CD next, after
    DD, DC, CD, CC (the action of player 0 first) and in the first round. An odd word is above 0 and never above
    2^64 - 1, so that what is sure happens. The second match of a pair only hides the first one's waiting for memory.
    """
    a, b, c, d = stream[0], stream[1], stream[2], stream[3]
    for match in range(0, out.shape[0], 2):
        here, there = U(4), U(4)
        both, first, second = U(0), U(0), U(0)
        other_both, other_first, other_second = U(0), U(0), U(0)
        for _ in range(rounds):
            word = a + b + d
            a = b ^ (b >> U(11))
            b = c + (c << U(3))
            c = ((c << U(24)) | (c >> U(40))) + word
            d += U(1)
            after = a + b + d
            a = b ^ (b >> U(11))
            b = c + (c << U(3))
            c = ((c << U(24)) | (c >> U(40))) + after
            d += U(1)
            word |= U(1)
            after |= U(1)
            here = U(word > bounds[here, 0]) + U(word > bounds[here, 1]) + U(word > bounds[here, 2])
            there = U(after > bounds[there, 0]) + U(after > bounds[there, 1]) + U(after > bounds[there, 2])
            first += here >> U(1)
            second += here & U(1)
            both += (here >> U(1)) & here
            other_first += there >> U(1)
            other_second += there & U(1)
            other_both += (there >> U(1)) & there
        out[match, 0] = both
        out[match, 1] = first - both
        out[match, 2] = second - both
        out[match, 3] = U(rounds) - first - second + both
        if match + 1 < out.shape[0]:
            out[match + 1, 0] = other_both
            out[match + 1, 1] = other_first - other_both
            out[match + 1, 2] = other_second - other_both
            out[match + 1, 3] = U(rounds) - other_first - other_second + other_both
    stream[0], stream[1], stream[2], stream[3] = a, b, c, d


@kernel
def group_block(stream: Words, kinds: NDArray[np.uint8], bounds: Words, rounds: int, out: Counts) -> None:
    """Matches of N players; `out[match, i, action, j]` counts rounds in which player i met j contributing co-players.

    Row i of `kinds` and `bounds`: player i after defecting with j = 0, ..., N - 1, after contributing, first round.
    """
    a, b, c, d = stream[0], stream[1], stream[2], stream[3]
    size = kinds.shape[0]
    actions = np.zeros(size, dtype=np.int64)
    for match in range(out.shape[0]):
        total = 0
        for moment in range(rounds):
            following = 0
            for i in range(size):
                place = size * actions[i] + total - actions[i]
                if moment == 0:
                    place = 2 * size
                kind = kinds[i, place]
                give = kind == ALWAYS
                if kind == DRAWN:
                    word = a + b + d
                    a = b ^ (b >> U(11))
                    b = c + (c << U(3))
                    c = ((c << U(24)) | (c >> U(40))) + word
                    d += U(1)
                    give = word < bounds[i, place]
                actions[i] = give
                following += give
            total = following
            for i in range(size):
                out[match, i, actions[i], total - actions[i]] += 1.0
    stream[0], stream[1], stream[2], stream[3] = a, b, c, d


@parallel_kernel
def pair_blocks(streams: Words, bounds: Words, rounds: int, block: int, out: Counts) -> None:
    """All blocks of matches of two players."""
    for number in prange(streams.shape[0]):
        last = min((number + 1) * block, out.shape[0])
        pair_block(streams[number], bounds, rounds, out[number * block : last])


@parallel_kernel
def group_blocks(streams: Words, kinds: NDArray[np.uint8], bounds: Words, rounds: int, block: int, out: Counts) -> None:
    """All blocks of matches of N players."""
    for number in prange(streams.shape[0]):
        last = min((number + 1) * block, out.shape[0])
        group_block(streams[number], kinds, bounds, rounds, out[number * block : last])
