"""Compiled loops of logit quantal response: expected payoffs of a normal-form game and their derivatives."""

import numpy as np
from numpy.typing import NDArray

from gametheory._numba import kernel

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


@kernel
def pair_payoffs(payoffs: Array, sizes: Whole, starts: Whole, shares: Array, means: Array, pairs: Array) -> None:
    """Expected payoff of each action, and that against each action of each other player.

    The last players are averaged out one after the other; from each of these tensors, the first ones. Sizes fall by
    a factor each time, so all of it costs a few passes over the payoffs.

    Parameters
    ----------
    payoffs : shape (N, profiles)
        Of player i, by the player's own action and then by those of the others in order.
    sizes, starts : shape (N,)
        How many actions each player has, and where they start among all players' actions.
    shares : shape (actions,)
        Probability of each action of each player.
    means : shape (actions,)
        Filled with the expected payoffs.
    pairs : shape (actions, actions)
        Filled: row a of player i, column b of player j, is what a earns when j plays b and the rest mix; 0 for i = j.
    """
    players, profiles = payoffs.shape
    rest, part, work = np.empty(profiles), np.empty(profiles), np.empty(profiles)
    pairs[:, :] = 0.0
    for i in range(players):
        own, rows = starts[i], sizes[i]
        width = profiles // rows
        rest[:] = payoffs[i]
        for last in range(players - 1, -1, -1):
            if last == i:
                continue
            first, columns = starts[last], sizes[last]
            part[: rows * width] = rest[: rows * width]
            span = width
            for k in range(last):
                if k != i:
                    count, step = sizes[k], span // sizes[k]
                    for a in range(rows):
                        for c in range(step):
                            total = 0.0
                            for b in range(count):
                                total += part[a * span + b * step + c] * shares[starts[k] + b]
                            work[a * step + c] = total
                    part[: rows * step] = work[: rows * step]
                    span = step
            for a in range(rows):
                for b in range(columns):
                    pairs[own + a, first + b] = part[a * columns + b]
            width //= columns
            for c in range(rows * width):
                total = 0.0
                for b in range(columns):
                    total += rest[c * columns + b] * shares[first + b]
                work[c] = total
            rest[: rows * width] = work[: rows * width]
        for a in range(rows):
            means[own + a] = rest[a]
