"""Compiled walks through the states of a finite population: arrays and numbers in, numbers out, no checks."""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

Array = NDArray[np.float64]


@kernel
def one_walk(
    ladders: Array,
    targets: NDArray[np.int32],
    start: int,
    burn_in: int,
    steps: int,
    rng: np.random.Generator,
    visits: NDArray[np.int64],
) -> None:
    """Count in `visits` how many of the `steps` after the burn-in begin in each state.

    ``ladders[s]`` are cumulative chances to leave s for ``targets[s]``. The number of steps spent in a state is
    drawn at once, so that steps in which nothing happens cost nothing.
    """
    state = start
    left = burn_in + steps
    while left > 0:
        leaving = ladders[state, -1]
        stay = left
        if leaving > 0.0:
            drawn = np.floor(np.log1p(-rng.random()) / np.log1p(-min(leaving, 1.0)))
            if drawn < left:
                stay = 1 + int(drawn)
        counted = min(left, steps) - max(left - stay, 0)
        if counted > 0:
            visits[state] += counted
        left -= stay
        if left > 0:
            height = rng.random() * leaving
            rung = 0
            while ladders[state, rung] <= height and ladders[state, rung] < leaving:  # the product may be rounded up
                rung += 1
            state = targets[state, rung]


@parallel_kernel
def many_walks(
    ladders: Array,
    targets: NDArray[np.int32],
    starts: NDArray[np.int64],
    burn_in: int,
    steps: int,
    rngs: list[np.random.Generator],
    visits: NDArray[np.int64],
) -> None:
    """Write the visits of one `one_walk` per generator to the rows of `visits`."""
    for run in prange(len(rngs)):
        one_walk(ladders, targets, starts[run], burn_in, steps, rngs[np.intp(run)], visits[run])
