r"""Means and errors of a record of correlated numbers, and whether the record has settled.

The record of each run is cut into :math:`B` blocks of equal length (what is left over at its beginning is not used).
With :math:`s^2` the variance of block means about the mean of their run, pooled over :math:`R` runs, and
:math:`\rho` their correlation with the next block, the standard error of the mean of all runs is

.. math:: \sqrt{\frac{s^2}{R B} \cdot \frac{1 + \rho}{1 - \rho}},

the second factor, that of an autoregressive process, only where :math:`\rho` exceeds its own error
:math:`1 / \sqrt{R (B - 1)}`: blocks that are too short to be independent make errors larger, not smaller (Flyvbjerg &
Petersen 1989, J. Chem. Phys. 91, 461-466, for blocks). The estimate of :math:`\rho` is corrected for its bias,
:math:`-(1 + 3 \rho) / B` (Kendall 1954, Biometrika 41, 403-404), and taken as 0.9 at most. With several runs the
error is at least the one that their differences give.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST_BLOCKS: Final = 20
FEWEST_BLOCKS: Final = 8
LARGEST_CORRELATION: Final = 0.9
HALVES_LIMIT: Final = 4.0  # standard errors


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Block means of several runs of several quantities.

    Attributes
    ----------
    means : ndarray of float64, shape (runs, blocks, quantities)
    """

    means: Array

    @property
    def correlation(self) -> Array:
        """Correlation of a block mean with the next, by quantity, corrected for its bias; 0 where nothing varies."""
        left = self.means - self.means.mean(axis=1, keepdims=True)
        over = (left[:, 1:] * left[:, :-1]).sum(axis=(0, 1))
        under = (left**2).sum(axis=(0, 1))
        raw = over / np.where(under > 0, under, 1.0)
        corrected = raw + (1.0 + 3.0 * raw) / self.means.shape[1]
        return np.where(under > 0, np.clip(corrected, -1.0, LARGEST_CORRELATION), 0.0)

    @property
    def standard_errors(self) -> Array:
        """Of the mean of all runs, by quantity (module header)."""
        runs, number, _ = self.means.shape
        rho = self.correlation
        inflated = np.where(rho > 1.0 / np.sqrt(runs * (number - 1)), (1.0 + rho) / (1.0 - rho), 1.0)
        inner = _error(self.means - self.means.mean(axis=1, keepdims=True), lost=1) * np.sqrt(inflated)
        if runs < 2:
            return inner
        return np.asarray(np.maximum(inner, self.means.mean(axis=1).std(axis=0, ddof=1) / np.sqrt(runs)))

    @property
    def drift(self) -> Array:
        """Mean of the second half less that of the first, in standard errors, by quantity.

        Blocks are taken about the mean of their half and as independent, so that a drift does not hide in its error.
        """
        runs, number, _ = self.means.shape
        halves = self.means.reshape(runs, 2, number // 2, -1)
        centers = halves.mean(axis=2)
        moved = (centers[:, 1] - centers[:, 0]).mean(axis=0)
        left = (halves - centers[:, :, None]).reshape(self.means.shape)
        error = 2.0 * _error(left, lost=2)
        still = np.abs(moved) < 1e-12
        return np.where(still, 0.0, moved / np.where(error > 0, error, 1e-300))


def blocks_of(record: Array) -> Blocks | None:
    """The record, shape (runs, samples, quantities), in blocks; None where it is too short for them."""
    samples = record.shape[1]
    number = min(MOST_BLOCKS, samples - samples % 2)
    if number < FEWEST_BLOCKS:
        return None
    length = samples // number
    used = record[:, samples - number * length :]
    return Blocks(used.reshape(len(record), number, length, -1).mean(axis=2))


def _error(left: Array, *, lost: int) -> Array:
    """Standard error of the mean of all independent blocks, from deviations of which `lost` a run are not free."""
    runs, number, _ = left.shape
    variance = (left**2).sum(axis=(0, 1)) / (runs * (number - lost))
    return np.asarray(np.sqrt(variance / (runs * number)))
