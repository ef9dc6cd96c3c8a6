r"""Compiled counts of the symmetric equilibria of games of two strategies: arrays and numbers in, numbers out.

The gain of the second strategy over the first, with `t` the share of the second, is a polynomial in Bernstein form
whose coefficients are read off the payoff table. By Descartes' rule its roots in (0, 1) are none where the coefficients
do not change sign, and one where they change once; else the interval is halved (de Casteljau). A coefficient that is
within its error of 0 has no sign: it may stand between opposite signs, and elsewhere, or at an end of an interval,
leaves the point undecided. Halving adds at most a unit of rounding of the largest coefficient per degree.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

UNDECIDED = -1
HALVINGS = 48
UNIT = 2.0**-53


@kernel
def changes_of_sign(coefficients: Array, error: float) -> int:
    """Changes of sign; -1 where they are not certain, -2 where an end has no sign."""
    degree = coefficients.size - 1
    if abs(coefficients[0]) <= error or abs(coefficients[degree]) <= error:
        return -2
    before, changes, unsure = coefficients[0] > 0.0, 0, False
    skipped = False
    for k in range(1, degree + 1):
        if abs(coefficients[k]) <= error:
            skipped = True
            continue
        now = coefficients[k] > 0.0
        if now != before:
            changes += 1
        elif skipped:
            unsure = True
        before, skipped = now, False
    return -1 if unsure else changes


@kernel
def roots_inside(gains: Array, error: float, stack: Array, depths: Whole) -> int:
    """How many roots the polynomial has in (0, 1), all of them simple; UNDECIDED if that is not certain."""
    degree, largest = gains.size - 1, 0.0
    for k in range(degree + 1):
        largest = max(largest, abs(gains[k]))
        stack[0, k] = gains[k]
    found, top = 0, 1
    depths[0] = 0
    while top > 0:
        top -= 1
        depth = depths[top]
        changes = changes_of_sign(stack[top], error + depth * degree * UNIT * largest)
        if changes == -2:
            return UNDECIDED
        if changes in (0, 1):
            found += changes
            continue
        if depth == HALVINGS:
            return UNDECIDED
        for k in range(degree + 1):  # the left half stays in its row, the right half goes to the next
            stack[top + 1, k] = stack[top, k]
        for level in range(1, degree + 1):
            for k in range(degree + 1 - level):
                stack[top + 1, k] = 0.5 * (stack[top + 1, k] + stack[top + 1, k + 1])
            stack[top, level] = stack[top + 1, 0]
        depths[top], depths[top + 1] = depth + 1, depth + 1
        top += 2
    return found


@parallel_kernel
def many_counts(gains: Array, errors: Array, out: Whole) -> None:
    """For each row of coefficients: equilibria, those inside, and the evolutionarily stable ones; or UNDECIDED."""
    for p in prange(gains.shape[0]):
        row = np.intp(p)
        degree = gains.shape[1] - 1
        stack, depths = np.empty((HALVINGS + 2, degree + 1)), np.empty(HALVINGS + 2, dtype=np.int64)
        inside = roots_inside(gains[row], errors[row], stack, depths)
        if inside == UNDECIDED:
            out[row, 0], out[row, 1], out[row, 2] = UNDECIDED, UNDECIDED, UNDECIDED
            continue
        rising = gains[row, 0] > 0.0
        corners = (0 if rising else 1) + (1 if gains[row, degree] > 0.0 else 0)
        out[row, 0] = inside + corners
        out[row, 1] = inside
        out[row, 2] = (inside + 1 if rising else inside) // 2 + corners
