"""Compiled mean payoffs and replicator velocities: arrays and numbers in, numbers out, no checks."""

import numpy as np
from numpy.typing import NDArray

from gametheory._numba import kernel


@kernel
def mean_payoffs_of(
    values: NDArray[np.float64],
    counts: NDArray[np.int64],
    log_multiplicities: NDArray[np.float64],
    shares: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write the mean payoff of each strategy to `out`.

    ``values[i, n]`` is the payoff of `i` against row `n` of `counts`, shape (compositions, m). Each
    composition's probability is taken through its logarithm, so that it neither overflows nor, where it
    matters, underflows.
    """
    size = shares.size
    out[:] = 0.0
    for n in range(counts.shape[0]):
        log_weight = log_multiplicities[n]
        possible = True
        for i in range(size):
            if counts[n, i] > 0:
                if shares[i] <= 0.0:
                    possible = False
                    break
                log_weight += counts[n, i] * np.log(shares[i])
        if possible:
            weight = np.exp(log_weight)
            for i in range(size):
                out[i] += weight * values[i, n]


@kernel
def growth_rates(
    values: NDArray[np.float64],
    counts: NDArray[np.int64],
    log_multiplicities: NDArray[np.float64],
    log_shares: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write `f_i - mean payoff`, the velocity of `log x_i`, to `out`; `log_shares` need not be normalised."""
    size = log_shares.size
    shares = np.exp(log_shares - log_shares.max())
    shares /= shares.sum()
    mean_payoffs_of(values, counts, log_multiplicities, shares, out)
    mean = 0.0
    for i in range(size):
        mean += shares[i] * out[i]
    out -= mean
