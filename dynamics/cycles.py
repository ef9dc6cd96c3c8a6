r"""Limit cycles of mean dynamics: fixed points of a return map, with their multipliers. Numerical, and labelled so.

The section is the hyperplane through a point `x` of the orbit at right angles to its velocity; `P` maps a point of the
section to where its trajectory next passes it in the same direction (Dormand & Prince's method of order 8, relative
tolerance 1e-12). Newton's method solves :math:`P(s) = s`; the derivative of `P`, central differences of fourth order,
has the Floquet multipliers other than 1 as eigenvalues. Two checks stand beside the answer:

- Liouville's formula: the product of the multipliers is :math:`\exp \int_0^T \operatorname{tr} J \, dt` along the
  orbit;
- with three strategies, `is_bracketed`: the displacement :math:`P(s) - s` has opposite signs a little inside and
  outside and is there far larger than the error of the integration, so that (but for that error) a closed orbit lies
  between.

Neither is a proof. An orbit among other closed ones (a multiplier of 1, as around a center) is called "neutral".
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.mean import MeanDynamics, trajectories
from dynamics.numerical import jacobian, tangent_basis
from gametheory.errors import NotConverged, require

Array = NDArray[np.float64]

RELATIVE, ABSOLUTE = 1e-12, 1e-14
RESIDUAL: Final = 1e-10  # of P(s) - s at a cycle
NEUTRAL: Final = 1e-5  # multipliers whose modulus is this near 1
STEP: Final = 1e-4  # of differences of the return map
SAMPLES: Final = 512
ITERATIONS: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimitCycle:
    """A closed orbit found numerically.

    Attributes
    ----------
    strategies : tuple of str, length m
    point : ndarray of float64, shape (m,)
        On the orbit.
    period : float
    multipliers : ndarray of complex128, shape (m - 2,)
        Of the return map, by falling modulus.
    orbit : ndarray of float64, shape (513, m)
        At even times of one period, the last row being the end of it.
    residual : float
        Distance of that end to `point`: what the orbit fails to close by.
    liouville_gap : float
        Difference between the product of the multipliers and Liouville's formula.
    is_bracketed : bool
        See the module header; always False with four or more strategies.
    stability : str
        "attracting", "repelling", "saddle" or "neutral".
    """

    strategies: tuple[str, ...]
    point: Array
    period: float
    multipliers: NDArray[np.complex128]
    orbit: Array
    residual: float
    liouville_gap: float
    is_bracketed: bool
    stability: str

    def __post_init__(self) -> None:
        for name in ("point", "multipliers", "orbit"):
            getattr(self, name).setflags(write=False)

    @property
    def amplitude(self) -> Array:
        """Largest less least share of each strategy on the orbit, shape (m,)."""
        return np.asarray(np.ptp(self.orbit, axis=0))


def limit_cycle(
    dynamics: MeanDynamics, start: ArrayLike, *, settle: float = 0.0, longest_period: float | None = None
) -> LimitCycle:
    """The closed orbit near a population.

    Parameters
    ----------
    dynamics : MeanDynamics
        Of one game with three or more strategies.
    start : array_like of float, shape (m,)
        Near the cycle, or, with `settle`, in its basin.
    settle : float
        How long to follow the trajectory from `start` first, >= 0.
    longest_period : float, optional
        Where to give up, > 0; by default 1e4 over the largest difference of payoffs.

    Raises
    ------
    InvalidParameter
        If an argument is outside its domain.
    NotConverged
        If the trajectory comes to rest or does not return, or Newton's method finds no closed orbit nearby.

    Examples
    --------
    >>> from dynamics.mean import mean_dynamics
    >>> from dynamics.protocols import Logit
    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], ["R", "P", "S"])
    >>> cycle = limit_cycle(mean_dynamics(game, protocol=Logit(temperature=0.1)), [0.6, 0.3, 0.1], settle=50)
    >>> cycle.stability, round(cycle.period, 4), cycle.amplitude.round(4).tolist()
    ('attracting', 1.453, [0.2284, 0.2284, 0.2284])
    """
    require(dynamics.games == 1 and len(dynamics.sizes) == 1, "dynamics", dynamics.sizes, "of one game, one population")
    size = len(dynamics.strategies)
    require(size >= 3, "dynamics", dynamics.strategies, "of three or more strategies (two have no cycles)")
    require(bool(0 <= settle < np.inf), "settle", settle, ">= 0 and finite")
    longest = 1e4 / dynamics.scale if longest_period is None else longest_period
    require(bool(0 < longest < np.inf), "longest_period", longest_period, "> 0 and finite")
    runs = trajectories(dynamics, start, times=max(settle, 1e-12 * longest))  # which checks the start
    point = runs.ends[0] if settle > 0 else np.array(start, dtype=np.float64)
    section = _Section.at(dynamics, point, longest)
    place = section.solved()
    return _described(section, place)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Section:
    """A hyperplane across the flow, and the return map on it."""

    dynamics: MeanDynamics
    origin: Array
    normal: Array
    basis: Array  # columns (m, m - 2)
    longest: float

    @classmethod
    def at(cls, dynamics: MeanDynamics, point: Array, longest: float) -> "_Section":
        speed = dynamics(0.0, point)
        size = float(np.linalg.norm(speed))
        if not size > 1e-7 * dynamics.scale:
            raise NotConverged(f"the population comes to rest (speed {size:.3g}): no cycle here")
        tangent = tangent_basis(point.size)
        across = np.linalg.svd((tangent.T @ speed)[None, :])[2][1:]
        return cls(
            dynamics=dynamics,
            origin=point,
            normal=speed / size,
            basis=tangent @ across.T,
            longest=longest,
        )

    def shares(self, place: Array) -> Array:
        return np.asarray(self.origin + self.basis @ place)

    def returned(self, place: Array) -> tuple[Array, float]:
        """Where a trajectory comes back to the section, and when."""
        from scipy.integrate import solve_ivp

        start = self.shares(place)
        if start.min() < 0:
            raise NotConverged("Newton's method left the simplex")
        speed = float(np.linalg.norm(self.dynamics(0.0, start)))
        if not speed > 1e-9 * self.dynamics.scale:
            raise NotConverged("Newton's method came to a rest point")
        leave = 1e-4 / speed * min(1.0, float(np.linalg.norm(start - start.mean())) + 1e-3)
        options: dict[str, Any] = {"method": "DOP853", "rtol": RELATIVE, "atol": ABSOLUTE}
        first = solve_ivp(self.dynamics, (0.0, leave), start, **options)

        def side(_: float, shares: Array) -> float:
            return float(self.normal @ (shares - self.origin))

        side.terminal = True  # type: ignore[attr-defined]
        side.direction = 1.0  # type: ignore[attr-defined]
        path = solve_ivp(self.dynamics, (leave, self.longest), first.y[:, -1], events=side, **options)
        if path.status != 1:
            raise NotConverged(f"the trajectory does not return within {self.longest:.6g}")
        back = path.y_events[0][0]
        return np.asarray(self.basis.T @ (back - self.origin)), float(path.t_events[0][0])

    def slopes(self, place: Array) -> Array:
        """The derivative of the return map."""
        columns = []
        for j in range(place.size):
            unit = np.eye(place.size)[j]
            step = STEP
            while step > 1e-9 and min(self.shares(place + k * step * unit).min() for k in (-2, 2)) <= 0:
                step /= 4
            a, b, c, d = (self.returned(place + k * step * unit)[0] for k in (-2, -1, 1, 2))
            columns.append((a - d + 8 * (c - b)) / (12 * step))
        return np.stack(columns, axis=1)

    def solved(self) -> Array:
        """A fixed point of the return map, by Newton's method; the map itself takes over where Newton overshoots."""
        place = np.zeros(self.basis.shape[1])
        gap = self.returned(place)[0] - place
        for _ in range(ITERATIONS):
            if np.linalg.norm(gap) <= RESIDUAL:
                return place
            step = np.linalg.lstsq(np.eye(place.size) - self.slopes(place), gap, rcond=1e-9)[0]
            for damping in (1.0, 0.5, 0.25, 0.1, 0.03):
                try:
                    moved = self.returned(place + damping * step)[0] - (place + damping * step)
                except NotConverged:
                    continue
                if np.linalg.norm(moved) < np.linalg.norm(gap):
                    place, gap = place + damping * step, moved
                    break
            else:
                break
        if np.linalg.norm(gap) <= 100 * RESIDUAL:
            return place
        raise NotConverged(f"no closed orbit found nearby (the last return missed by {np.linalg.norm(gap):.3g})")


def _described(section: _Section, place: Array) -> LimitCycle:
    from scipy.integrate import solve_ivp

    dynamics, point = section.dynamics, section.shares(place)
    back, period = section.returned(place)
    times = np.linspace(0.0, period, SAMPLES + 1)
    options: dict[str, Any] = {"method": "DOP853", "rtol": RELATIVE, "atol": ABSOLUTE}
    orbit = solve_ivp(dynamics, (0.0, period), point, t_eval=times, **options).y.T
    amplitude = np.ptp(orbit, axis=0).max()
    if not amplitude > 1e-5:
        raise NotConverged(f"the closed orbit shrank to a rest point (amplitude {amplitude:.3g})")
    multipliers = np.linalg.eigvals(section.slopes(place)).astype(np.complex128)
    multipliers = multipliers[np.argsort(-np.abs(multipliers))]
    traces = np.trace(jacobian(dynamics, orbit[:-1]), axis1=1, axis2=2)  # even times of a period: Simpson is no better
    liouville = float(np.exp(traces.mean() * period))
    return LimitCycle(
        strategies=dynamics.strategies,
        point=point,
        period=period,
        multipliers=multipliers,
        orbit=np.ascontiguousarray(orbit),
        residual=float(np.linalg.norm(orbit[-1] - point)),
        liouville_gap=float(abs(np.prod(multipliers) - liouville)),
        is_bracketed=place.size == 1 and _bracketed(section, place, float(abs(back[0] - place[0]))),
        stability=_stability(np.abs(multipliers)),
    )


def _stability(moduli: Array) -> str:
    if (np.abs(moduli - 1) <= NEUTRAL).any():
        return "neutral"
    if (moduli < 1).all():
        return "attracting"
    return "repelling" if (moduli > 1).all() else "saddle"


def _bracketed(section: _Section, place: Array, residual: float) -> bool:
    """Whether displacements on the two sides have opposite signs, beyond a hundred times the residual."""
    far = 1e-3
    shifts = []
    for sign in (-1.0, 1.0):
        moved = place + sign * far
        if section.shares(moved).min() <= 0:
            return False
        shifts.append(float((section.returned(moved)[0] - moved)[0]))
    return shifts[0] * shifts[1] < 0 and min(map(abs, shifts)) > 100 * max(residual, 1e-10)
