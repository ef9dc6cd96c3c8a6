r"""The principal branch of logit quantal response, followed through its folds. Numerical.

With shares :math:`x = e^p` and payoffs divided by their width (precision multiplied by it), the zeros of

.. math:: 1 - \sum_{a} e^{p_a}, \qquad p_a - p_r - \lambda (u_a(x) - u_r(x)) \quad (a \ne r)

in each block, `r` its most probable strategy, are the logit equilibria of precision :math:`\lambda`; logarithms keep
shares of :math:`10^{-1000}` apart from 0 (Turocy 2005, Games Econ. Behav. 51, 243). From the uniform profile at
:math:`\lambda = 0`, a regular zero, a curve of zeros starts, for generic payoffs without branchings (McKelvey & Palfrey
1995, Games Econ. Behav. 10, 6). It is followed by its arclength: a step along the tangent, then Newton's method at
right angles to it (Allgower & Georg 1990, Numerical Continuation Methods), so that the precision may turn. Steps grow
while corrections stay small and the tangent turns little. A sign change of the tangent's precision component is a fold.
One of the determinant of the derivative bordered by the tangent is a branch point, or a jump to another branch that
comes near: so the step shrinks there to 1e-6 before it is believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gametheory.equilibria.logit_fields import Field, blocks

Array = NDArray[np.float64]

FOLD: Final = "fold"
BRANCH_POINT: Final = "branch point"
FIRST_STEP: Final = 0.03
LEAST_STEP: Final = 1e-10
GROWTH: Final = 1.8
NEWTON: Final = 8
CLOSE: Final = 1e-11  # of a Newton step, relative
ROUNDING: Final = 1e-8  # where steps that no longer shrink are put down to rounding
FIRST_MISS: Final = 0.15  # largest first correction
TURN: Final = 0.99  # least cosine between neighboring tangents
BISECTIONS: Final = 40
NARROW: Final = 1e-7  # of a step, where a search for a fold stops
LEAST_JUMP: Final = 1e-6  # a change of the determinant's sign within such a step is a branch point


class BranchEnd(Enum):
    """How following a branch ended."""

    REACHED = "the largest precision was reached"
    STUCK = "steps became too small"
    LONG = "the branch has more points than allowed"


@dataclass(slots=True)
class Path:
    """Points (logarithms, then precision times width), and what happens between them."""

    points: list[Array]
    residuals: list[float]
    events: list[tuple[str, int, Array]] = field(default_factory=list)  # kind, point before, where
    end: BranchEnd = BranchEnd.LONG


class Equations:
    """The equations of the header for one field."""

    def __init__(self, source: Field) -> None:
        self.field, self.blocks = source, blocks(source)
        self.size = self.blocks[-1].stop
        self.block_of = np.repeat(np.arange(len(self.blocks)), [b.stop - b.start for b in self.blocks])

    def start(self) -> Array:
        """The uniform profile at precision 0."""
        sizes = np.array([b.stop - b.start for b in self.blocks], dtype=np.float64)
        return np.append(-np.log(sizes[self.block_of]), 0.0)

    def both(self, point: Array) -> tuple[Array, Array]:
        """Residuals, shape (n,), and their derivatives, shape (n, n + 1)."""
        logs, precision = point[:-1], point[-1]
        shares = np.exp(logs)
        means, slopes = self.field.floats(shares)
        means, slopes = means / self.field.width, slopes * shares / self.field.width
        top = np.array([b.start + int(np.argmax(logs[b])) for b in self.blocks])
        reference = top[self.block_of]
        gains = means - means[reference]
        residual = logs - logs[reference] - precision * gains
        jacobian = np.empty((self.size, self.size + 1))
        jacobian[:, :-1] = np.eye(self.size) - precision * (slopes - slopes[reference])
        jacobian[np.arange(self.size), reference] -= 1.0
        jacobian[:, -1] = -gains
        for own, row in zip(self.blocks, top, strict=True):
            residual[row] = 1.0 - shares[own].sum()
            jacobian[row] = 0.0
            jacobian[row, own] = -shares[own]
        return residual, jacobian

    def tangent(self, jacobian: Array, along: Array) -> tuple[Array, float]:
        """The unit tangent that leads the way of `along`, and the sign of the bordered determinant."""
        bordered = np.vstack([jacobian, along])
        right = np.zeros(self.size + 1)
        right[-1] = 1.0
        found = np.asarray(np.linalg.solve(bordered, right), dtype=np.float64)
        found /= float(np.linalg.norm(found))
        return found, float(np.linalg.slogdet(np.vstack([jacobian, found]))[0])

    def corrected(self, guess: Array, border: Array) -> tuple[Array, Array, float] | None:
        """The zero near `guess` at right angles to `border`, its derivative, and the last Newton step's size."""
        point, first, last = guess, np.inf, np.inf
        for attempt in range(NEWTON):
            residual, jacobian = self.both(point)
            bordered = np.vstack([jacobian, border])
            try:
                step = np.linalg.solve(bordered, np.append(residual, border @ (point - guess)))
            except np.linalg.LinAlgError:
                return None
            size = float(np.abs(step).max())
            first = size if attempt == 0 else first
            allowed = FIRST_MISS if attempt == 0 else first
            if not size <= allowed * max(1.0, 1e-3 * float(np.abs(point).max())):
                return None
            point = point - step
            relative = float((np.abs(step) / (1 + np.abs(point))).max())
            if relative <= CLOSE or (relative <= ROUNDING and relative > last / 4):
                return point, jacobian, size
            last = relative
        return None


def followed(source: Field, *, largest: float, max_points: int) -> Path:
    """Follow the branch from precision 0 to `largest` (times the width)."""
    equations = Equations(source)
    point = equations.start()
    along = np.zeros(equations.size + 1)
    along[-1] = 1.0
    residual, jacobian = equations.both(point)
    tangent, sign = equations.tangent(jacobian, along)
    path = Path(points=[point], residuals=[float(np.abs(residual).max())])
    step = FIRST_STEP
    while len(path.points) < max_points:
        if step < LEAST_STEP * (1 + float(np.abs(point).max())):
            path.end = BranchEnd.STUCK
            return path
        new = _stepped(equations, point, tangent, step)
        if new is None:
            step /= 2
            continue
        where, turned, flipped = new
        if flipped * sign < 0:
            if step > LEAST_JUMP:  # onto another branch, perhaps: look closer
                step /= 4
                continue
            path.events.append((BRANCH_POINT, len(path.points) - 1, (point + where) / 2))
        if turned[-1] * tangent[-1] < 0:
            path.events.append((FOLD, len(path.points) - 1, _turning(equations, point, tangent, step)))
        if where[-1] >= largest:
            last = at_precision(equations, where, largest, point)
            if last is None:
                step /= 2
                continue
            where = last
            path.end = BranchEnd.REACHED
        point, tangent, sign = where, turned, flipped
        path.points.append(point)
        path.residuals.append(float(np.abs(equations.both(point)[0]).max()))
        if path.end is BranchEnd.REACHED:
            return path
        step *= GROWTH
    return path


def _stepped(equations: Equations, point: Array, tangent: Array, step: float) -> tuple[Array, Array, float] | None:
    """The next point, its tangent and determinant's sign; None where the step is too long."""
    found = equations.corrected(point + step * tangent, tangent)
    if found is None:
        return None
    where, jacobian, _ = found
    try:
        turned, sign = equations.tangent(jacobian, tangent)
    except np.linalg.LinAlgError:
        return None
    if not float(turned @ tangent) >= TURN or where[-1] < 0:
        return None
    return where, turned, sign


def _turning(equations: Equations, point: Array, tangent: Array, step: float) -> Array:
    """Where, up to `step` along the tangent, the precision turns: false position, kept off the ends."""
    low, high, best = 0.0, step, point
    left, right = float(tangent[-1]), None
    while high - low > NARROW * step:
        middle = (low + high) / 2
        if right is not None:
            margin = (high - low) / 16
            middle = min(max(low + (high - low) * left / (left - right), low + margin), high - margin)
        found = _stepped(equations, point, tangent, middle)
        if found is None:
            break
        best, slope = found[0], float(found[1][-1])
        if abs(slope) < NARROW:
            break
        if slope * tangent[-1] < 0:
            high, right = middle, slope
        else:
            low, left = middle, slope
    return best


def at_precision(equations: Equations, near: Array, precision: float, other: Array | None = None) -> Array | None:
    """The zero of a given precision on the branch near a point, or between two."""
    guess = near
    if other is not None and near[-1] != other[-1]:
        guess = other + (near - other) * (precision - other[-1]) / (near[-1] - other[-1])
    guess = np.append(guess[:-1], precision)
    border = np.zeros(equations.size + 1)
    border[-1] = 1.0
    found = equations.corrected(guess, border)
    return None if found is None else found[0]


def crossings(equations: Equations, points: Sequence[Array], precision: float) -> list[Array | None]:
    """All zeros of a given precision on a branch; None for one between two points that Newton's method missed."""
    found: list[Array | None] = []
    for before, after in pairwise(points):
        if before[-1] == precision:
            found.append(before)
        elif (before[-1] - precision) * (after[-1] - precision) < 0:
            found.append(_between(equations, before, after, precision))
    if points[-1][-1] == precision:
        found.append(points[-1])
    return found


def _between(equations: Equations, before: Array, after: Array, precision: float) -> Array | None:
    """The crossing between two points, by steps of half the length where one step misses it."""
    direct = at_precision(equations, after, precision, before)
    if direct is not None:
        return direct
    for _ in range(BISECTIONS):
        border = (after - before) / np.linalg.norm(after - before)
        middle = equations.corrected((before + after) / 2, border)
        if middle is None:
            return None
        same = (before[-1] - precision) * (middle[0][-1] - precision) > 0
        before, after = (middle[0], after) if same else (before, middle[0])
        direct = at_precision(equations, after, precision, before)
        if direct is not None:
            return direct
    return None
