"""Trajectories for pictures, forwards and backwards, of the replicator dynamics or any other."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dynamics.mean import MeanDynamics
from dynamics.replicator import Field, trajectory

Array = NDArray[np.float64]

WINDING = 2.0  # length at which a path that winds is cut
SLOWEST = 1e-6  # relative to payoffs: where a path is taken to rest


def through(field: Field, start: Array) -> Array:
    """The replicator trajectory that passes a population, shape (points, m)."""
    scale = float(np.ptp(field.values)) or 1.0
    backward = Field(field.strategies, -field.values, field.counts, field.log_multiplicities)
    past = trajectory(backward, start, duration=300 / scale, rest_speed=SLOWEST).shares[::-1]
    future = trajectory(field, start, duration=300 / scale, rest_speed=SLOWEST).shares
    return np.vstack([past[:-1], future])


def through_by(dynamics: MeanDynamics, start: Array) -> Array:
    """The same under any protocol; backwards it ends where it leaves the simplex."""
    past = list(_steps(dynamics, start, -1.0))[::-1]
    return np.array([*past[:-1], *_steps(dynamics, start, 1.0)])


def _steps(dynamics: MeanDynamics, start: Array, sense: float) -> Iterator[Array]:
    from scipy.integrate import LSODA

    end = 300 / dynamics.scale
    solver = LSODA(lambda t, x: sense * dynamics(t, x), 0.0, start, end, rtol=1e-8, atol=1e-10, max_step=end / 100)
    yield np.array(start)
    length, last = 0.0, np.array(start)
    for _ in range(4000):
        slow = np.abs(dynamics(0.0, solver.y)).max() < SLOWEST * dynamics.scale
        if solver.status != "running" or solver.y.min() < 0 or slow:
            return
        solver.step()
        length += float(np.linalg.norm(solver.y - last))
        last = solver.y.copy()
        if last.min() >= 0:
            yield last
        if length > WINDING:
            return
