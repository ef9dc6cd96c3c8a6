"""Sliding along a tie that bends: the way of the best response dynamics in games whose payoffs are not affine.

While the strategies S of each population earn the same, and the most, a solution takes up the mixture b of them under
which the differences of their payoffs do not change; b solves linear equations at each point (Filippov 1988). It is
integrated by scipy's pair of order 8 to a relative tolerance of 1e-12, until a weight of b or the gap of another
strategy becomes 0, or the population rests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from dynamics.reply_fields import Point, ReplyField
from gametheory.errors import NotConverged

Array = NDArray[np.float64]

LONGEST: Final = 1e3
REST: Final = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """A curved way.

    Attributes
    ----------
    path : callable
        Shares at a time after the start, by interpolation of order 7.
    end : tuple of Fraction
        Binary fractions near the end.
    duration : float
        Infinite if it goes to an equilibrium.
    followed : float
        How long it was integrated.
    replies : tuple of int
        Best replies after its end.
    """

    path: Any
    end: Point
    duration: float
    followed: float
    replies: tuple[int, ...]

    def __call__(self, elapsed: float) -> Array:
        """The shares some time after the start."""
        return np.asarray(self.path(min(elapsed, self.followed)))


def slide(made: ReplyField, start: Point, support: Sequence[int], *, longest: float) -> Slide:
    """Follow the tie of the strategies `support` from `start`.

    Raises
    ------
    NotConverged
        If the integrator fails.
    """
    parts = [[i for i in support if i in places] for places in made.populations]
    others = [i for i in range(len(start)) if i not in support]
    first = {i: part[0] for part, places in zip(parts, made.populations, strict=True) for i in places}

    def mixture(shares: Array) -> Array:
        return _keeping(made, parts, shares)

    def velocity(_: float, shares: Array) -> Array:
        return mixture(shares) - shares

    def least_weight(_: float, shares: Array) -> float:
        return float(mixture(shares)[list(support)].min())

    def overtaken(_: float, shares: Array) -> float:
        payoffs = made.payoffs(_population(made, shares))
        return max((float(payoffs[i] - payoffs[first[i]]) for i in others), default=-1.0)

    def moving(_: float, shares: Array) -> float:
        return float(np.abs(velocity(0.0, shares)).max()) - REST

    events: list[Any] = [least_weight, overtaken, moving]
    for event, direction in zip(events, (-1, 1, -1), strict=True):
        event.terminal, event.direction = True, direction
    run = solve_ivp(
        velocity,
        (0.0, min(longest, LONGEST)),
        [float(share) for share in start],
        method="DOP853",
        rtol=1e-12,
        atol=1e-13,
        dense_output=True,
        events=events,
    )
    if run.status < 0:
        raise NotConverged(f"the integrator stopped on a curved way: {run.message}")
    last = _population(made, run.y[:, -1])
    replies = list(support)
    if run.t_events[0].size:
        weights = mixture(run.y[:, -1])
        replies.remove(min(support, key=lambda i: float(weights[i])))
    if run.t_events[1].size:
        payoffs = made.payoffs(last)
        replies.append(max(others, key=lambda i: float(payoffs[i] - payoffs[first[i]])))
    end = _rational(made, last)
    rests = bool(run.t_events[2].size)
    return Slide(run.sol, end, inf if rests else float(run.t[-1]), float(run.t[-1]), tuple(sorted(replies)))


def _keeping(made: ReplyField, parts: Sequence[Sequence[int]], shares: Array) -> Array:
    """The mixture of each part under which its payoffs grow alike."""
    matrix = np.array(made.derivatives(_population(made, shares)), dtype=np.float64)
    places = [i for part in parts for i in part]
    size = len(places)
    system, right = np.zeros((size + len(parts),) * 2), np.zeros(size + len(parts))
    system[:size, :size] = matrix[np.ix_(places, places)]
    row = 0
    for k, part in enumerate(parts):
        system[row : row + len(part), size + k] = -1.0
        system[size + k, row : row + len(part)] = 1.0
        right[size + k] = 1.0
        row += len(part)
    out = np.zeros(len(shares))
    out[places] = np.linalg.solve(system, right)[:size]
    return out


def _population(made: ReplyField, shares: Array) -> list[float]:
    """Shares without the rounding of the integrator: none negative, sums of 1."""
    kept = np.maximum(shares, 0.0)
    for places in made.populations:
        kept[places.start : places.stop] /= kept[places.start : places.stop].sum()
    return [float(share) for share in kept]


def _rational(made: ReplyField, shares: Sequence[float]) -> Point:
    exact = [Fraction(share) for share in shares]
    for places in made.populations:
        total = sum(exact[i] for i in places)
        for i in places:
            exact[i] /= total
    return tuple(exact)
