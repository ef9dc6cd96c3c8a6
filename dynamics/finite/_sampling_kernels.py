"""Compiled payoffs in a finite population: arrays and numbers in, numbers out, no checks."""

import numpy as np
from numpy.typing import NDArray

from gametheory._numba import kernel

Array = NDArray[np.float64]


@kernel
def fill_chances(success: float, failure: float, out: Array) -> None:
    """Write the chance of `n` successes in `k` trials to ``out[k, n]`` by Pascal's rule: sums of positive terms."""
    out[:] = 0.0
    out[0, 0] = 1.0
    for k in range(1, out.shape[0]):
        out[k, 0] = failure * out[k - 1, 0]
        for n in range(1, out.shape[1]):
            out[k, n] = failure * out[k - 1, n] + success * out[k - 1, n - 1]


@kernel
def payoffs_in_states(
    values: Array, splits: NDArray[np.int64], chances: Array, states: NDArray[np.int64], out: Array
) -> None:
    """Write the mean payoff of each strategy in each state to `out`, NaN where nobody plays it.

    ``values[i, n]`` is the payoff of `i` against row `n` of `splits`; ``chances`` is of `fill_chances`, of shape
    (Z, N): products of its entries over the strategies are proportional to the chances of a group.
    """
    parts = values.shape[0]
    whole = 1.0 / chances[-1, -1]
    others = np.empty(parts, np.int64)
    for s in range(states.shape[0]):
        for i in range(parts):
            if states[s, i] == 0:
                out[s, i] = np.nan
                continue
            for j in range(parts):
                others[j] = states[s, j]
            others[i] -= 1
            total = 0.0
            for n in range(splits.shape[0]):
                weight = whole
                for j in range(parts):
                    weight *= chances[others[j], splits[n, j]]
                total += weight * values[i, n]
            out[s, i] = total
