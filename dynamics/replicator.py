r"""The replicator dynamics of a large well-mixed population whose groups are drawn at random.

.. math:: \dot x_i = x_i \Bigl(f_i(x) - \sum_j x_j f_j(x)\Bigr), \qquad
          f_i(x) = \sum_n \frac{(N-1)!}{n_1! \cdots n_m!} x_1^{n_1} \cdots x_m^{n_m} v_i(n),

with :math:`v_i(n)` the payoff of `i` against co-players that split as `n`, read from the payoff table
(Taylor & Jonker 1978, Math. Biosci. 40, 145-156; groups: Hauert et al. 2006, J. Theor. Biol. 239, 195-202).
Trajectories are integrated in the logarithms of the shares, :math:`(\log x_i)^\cdot = f_i - \bar f`: shares
stay positive and sum to 1 at any accuracy, and absent strategies stay absent. Payoffs that are affine in
the counts are read as a two-player table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from math import lgamma
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import LSODA

from dynamics._replicator_kernels import growth_rates, mean_payoffs_of
from gametheory.compositions import compositions
from gametheory.equilibria.components import Component, Part
from gametheory.errors import NotConverged, require
from gametheory.exact import Number
from gametheory.games import Game, PayoffTable, affine_matrix, mean_payoffs, payoff_table

Array = NDArray[np.float64]
RELATIVE, ABSOLUTE = 1e-10, 1e-11


class Ending(Enum):
    """How a trajectory ended."""

    AT_REST = "the population rests: no strategy present from the start grows"
    TIME = "the duration was over before the population came to rest"
    STEPS = "the step limit was met before the population came to rest"
    STALLED = "no step is small enough to meet the tolerance"


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    r"""A solution of the replicator dynamics.

    Attributes
    ----------
    strategies : tuple of str, length m
    times : ndarray of float64, shape (steps,)
        Rising from 0; in units of one over payoff.
    shares : ndarray of float64, shape (steps, m)
        Rows sum to 1. Both arrays are read-only.
    ending : Ending
    speed : float
        The largest, at the end, of :math:`|\dot x_i|`, and of :math:`f_i - \bar f` for strategies present.
    """

    strategies: tuple[str, ...]
    times: Array
    shares: Array
    ending: Ending
    speed: float

    def __post_init__(self) -> None:
        for name in ("times", "shares"):
            array = np.array(getattr(self, name), dtype=np.float64, order="C")
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def limit(self) -> Array:
        """Where the population came to rest. Raises `NotConverged` if it did not."""
        if self.ending is not Ending.AT_REST:
            raise NotConverged(f"{self.ending.value} (speed {self.speed:.3g}); give a longer duration or more steps")
        return self.end

    @property
    def end(self) -> Array:
        """The shares at the last time, whether or not the population rests."""
        return np.asarray(self.shares[-1])


def velocity(table: PayoffTable, shares: Sequence[Number]) -> tuple[Number, ...]:
    """Velocities of the shares, in plain arithmetic: floats, `Fraction` and sympy symbols pass.

    Parameters
    ----------
    table : PayoffTable
    shares : sequence of number, length m
        Where they sum to 1 the velocities sum to 0.

    Returns
    -------
    tuple of number, length m
        The equation of the module header; payoffs that are affine in the counts cost O(m^2).

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory import game_from_payoffs
    >>> table = payoff_table(game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"]))
    >>> velocity(table, [Fraction(1, 4), Fraction(3, 4)])
    (Fraction(3, 32), Fraction(-3, 32))
    """
    require(len(shares) == len(table.strategies), "shares", shares, f"{len(table.strategies)} shares")
    matrix = affine_matrix(table)
    if matrix is None:
        payoffs: Sequence[Number] = mean_payoffs(table, shares)
    else:
        payoffs = [sum(a * x for a, x in zip(row, shares, strict=True)) for row in matrix]
    mean = sum(x * f for x, f in zip(shares, payoffs, strict=True))
    return tuple(x * (f - mean) for x, f in zip(shares, payoffs, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A payoff table in the form that the kernels read.

    Attributes
    ----------
    strategies : tuple of str, length m
    values : ndarray of float64, shape (m, compositions)
    counts : ndarray of int64, shape (compositions, m)
    log_multiplicities : ndarray of float64, shape (compositions,)
    """

    strategies: tuple[str, ...]
    values: Array
    counts: NDArray[np.int64]
    log_multiplicities: Array

    def payoffs(self, shares: ArrayLike) -> Array:
        """Mean payoffs at each row of shares, shape (..., m)."""
        points = np.asarray(shares, dtype=np.float64)
        out = np.empty_like(points)
        for index in np.ndindex(points.shape[:-1]):
            mean_payoffs_of(self.values, self.counts, self.log_multiplicities, points[index].copy(), out[index])
        return out

    def velocities(self, shares: ArrayLike) -> Array:
        """Velocities at each row of shares, shape (..., m)."""
        points = np.asarray(shares, dtype=np.float64)
        payoffs = self.payoffs(points)
        return np.asarray(points * (payoffs - (points * payoffs).sum(axis=-1, keepdims=True)))

    def restricted(self, present: Sequence[int]) -> "Field":
        """The same, for a population in which only these strategies are present."""
        absent = [i for i in range(len(self.strategies)) if i not in present]
        rows = np.flatnonzero(self.counts[:, absent].sum(axis=1) == 0)
        return Field(
            strategies=tuple(self.strategies[i] for i in present),
            values=np.ascontiguousarray(self.values[np.ix_(list(present), rows.tolist())]),
            counts=np.ascontiguousarray(self.counts[np.ix_(rows.tolist(), list(present))]),
            log_multiplicities=self.log_multiplicities[rows],
        )


def field_of(game: Game | PayoffTable) -> Field:
    """Tabulate a game for the kernels; payoffs that are affine in the counts become a two-player table.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> field_of(game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"])).velocities([[0.25, 0.75]]).tolist()
    [[0.09375, -0.09375]]
    """
    table = game if isinstance(game, PayoffTable) else payoff_table(game)
    size, others = len(table.strategies), table.group_size - 1
    matrix = affine_matrix(table)
    if matrix is not None:
        others, values = 1, np.array([[float(v) for v in row] for row in matrix])
    else:
        values = table.as_array()
    counts = compositions(others, size)
    logs = [lgamma(others + 1) - sum(lgamma(n + 1) for n in row) for row in counts.tolist()]
    return Field(table.strategies, values, np.array(counts), np.array(logs))


def trajectory(
    game: Game | PayoffTable | Field,
    start: ArrayLike,
    *,
    duration: float,
    rest_speed: float = 1e-9,
    max_steps: int = 20_000,
) -> Trajectory:
    """Follow the replicator dynamics from `start` for `duration`, or until the population rests.

    Parameters
    ----------
    game : Game, PayoffTable or Field
    start : array_like of float, shape (m,)
        Shares >= 0 that sum to 1 (to 1e-9).
    duration : float
        In units of one over payoff, > 0.
    rest_speed : float
        The population rests when no velocity and no growth rate of a strategy present at the start exceeds
        this times the spread of payoffs; 0 never stops early.
    max_steps : int
        Most steps of the integrator, >= 1; a cycle never rests.

    Returns
    -------
    Trajectory
        At the integrator's own steps (LSODA, relative tolerance 1e-10).

    Raises
    ------
    InvalidParameter
        If `start` is not a population, or an option is outside its domain.
    NotConverged
        If the integrator fails.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> path = trajectory(game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"]), [0.1, 0.9], duration=100)
    >>> path.ending.name, path.limit.round(6).tolist()
    ('AT_REST', [0.5, 0.5])
    """
    field = game if isinstance(game, Field) else field_of(game)
    shares = _population(start, len(field.strategies))
    require(bool(0 < duration < np.inf), "duration", duration, "> 0 and finite")
    require(bool(rest_speed >= 0), "rest_speed", rest_speed, ">= 0")
    require(max_steps >= 1, "max_steps", max_steps, "an integer >= 1")
    present = np.flatnonzero(shares).tolist()
    part = field.restricted(present)
    scale = float(np.ptp(part.values)) or 1.0
    rates = np.empty(len(present))

    def growth(_: float, logs: Array) -> Array:
        growth_rates(part.values, part.counts, part.log_multiplicities, logs, rates)
        return rates.copy()

    def speed(logs: Array) -> float:
        grow = growth(0.0, logs)
        return float(max(np.abs(_softmax(logs) * grow).max(), grow.max()))

    logs = np.log(shares[present])
    solver = LSODA(growth, 0.0, logs, float(duration), rtol=RELATIVE, atol=ABSOLUTE, max_step=float(duration))
    times, path = [0.0], [logs]
    while solver.status == "running" and len(path) <= max_steps:
        if speed(path[-1]) <= rest_speed * scale:
            break
        message = solver.step()
        if solver.status == "failed":
            raise NotConverged(f"the integrator stopped at time {times[-1]:.6g}: {message}")
        times.append(float(solver.t))
        path.append(solver.y.copy())
    rows = np.zeros((len(path), shares.size))
    rows[:, present] = [_softmax(row) for row in path]
    last = speed(path[-1])
    ending = Ending.TIME if solver.status == "finished" else Ending.STEPS
    if last <= rest_speed * scale:
        ending = Ending.AT_REST
    return Trajectory(field.strategies, np.array(times), rows, ending, last)


def long_run(game: Game | PayoffTable | Field, start: ArrayLike, *, duration: float = 1e6) -> Trajectory:
    """The trajectory from `start` until it rests; `limit` raises `NotConverged` if `duration` is too short.

    Parameters
    ----------
    game : Game, PayoffTable or Field
    start : array_like of float, shape (m,)
    duration : float
        In units of one over the spread of payoffs, > 0.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> long_run(game, [0.2, 0.7, 0.1]).limit.round(6).tolist()
    [0.0, 1.0, 0.0]
    """
    field = game if isinstance(game, Field) else field_of(game)
    scale = float(np.ptp(field.values)) or 1.0
    return trajectory(field, start, duration=duration / scale)


def classify_limit(
    components: Iterable[Component], shares: ArrayLike, *, tolerance: float = 1e-4
) -> tuple[Component, Part] | None:
    """The component and part of exact rest points nearest to a numerical limit; None if none is near.

    Parameters
    ----------
    components : iterable of Component
        As `rest_points` lists them.
    shares : array_like of float, shape (m,)
    tolerance : float
        Largest distance (Euclidean) that counts as being there, > 0. Of parts at the same distance, to
        1e-9, one of higher dimension is given.

    Examples
    --------
    >>> from dynamics import rest_points
    >>> from gametheory import game_from_payoffs
    >>> found = rest_points(game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"])).components
    >>> classify_limit(found, [0.5, 0.5])[1].stability
    'asymptotically stable'
    """
    point = np.asarray(shares, dtype=np.float64)
    require(bool(tolerance > 0), "tolerance", tolerance, "> 0")
    best: tuple[float, int, Component, Part] | None = None
    for component in components:
        for part in component.parts:
            far = _distance(part, point)
            nearer = best is None or far < best[0] - 1e-9
            tied = best is not None and abs(far - best[0]) <= 1e-9 and part.dimension > best[1]
            if far <= tolerance and (nearer or tied):
                best = far, part.dimension, component, part
    return None if best is None else (best[2], best[3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Where trajectories end, compared with the exact rest points.

    Attributes
    ----------
    ends : tuple of (str, str, int)
        Set of a part, its stability, and how many trajectories ended there.
    unmatched : int
        Trajectories that rested where there is no rest point.
    unfinished : int
        Trajectories that did not come to rest.
    """

    ends: tuple[tuple[str, str, int], ...]
    unmatched: int
    unfinished: int

    @property
    def agrees(self) -> bool:
        """Whether every trajectory came to rest at a rest point that is not unstable."""
        return not self.unmatched and not self.unfinished and all(s != "unstable" for _, s, _ in self.ends)


def agreement(game: Game, *, starts: ArrayLike, duration: float = 1e6, tolerance: float = 1e-4) -> Agreement:
    """Follow trajectories to rest and say which exact parts they end in.

    Parameters
    ----------
    game : Game
    starts : array_like of float, shape (runs, m)
        Populations with every strategy present; those on a boundary may rightly end at an unstable point.
    duration, tolerance : float
        As in `long_run` and `classify_limit`.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> agreement(game, starts=[[0.2, 0.7, 0.1], [0.1, 0.1, 0.8]]).agrees
    True
    """
    from dynamics.restpoints import rest_points

    components = rest_points(game).components
    field = field_of(game)
    ends: dict[tuple[str, str], int] = {}
    unmatched = unfinished = 0
    for start in np.atleast_2d(np.asarray(starts, dtype=np.float64)):
        path = long_run(field, start, duration=duration)
        if path.ending is not Ending.AT_REST:
            unfinished += 1
            continue
        place = classify_limit(components, path.limit, tolerance=tolerance)
        if place is None:
            unmatched += 1
        else:
            key = place[1].set, str(place[1].stability)
            ends[key] = ends.get(key, 0) + 1
    return Agreement(
        ends=tuple((where, how, count) for (where, how), count in ends.items()),
        unmatched=unmatched,
        unfinished=unfinished,
    )


def _distance(part: Part, point: Array) -> float:
    """Euclidean distance to the closure of a part, from its corners."""
    corners = np.array([[float(v) for v in corner] for corner in part.corners])
    if part.dimension > 1:
        return 0.0
    if len(corners) == 1:
        return float(np.linalg.norm(point - corners[0]))
    steps = corners[1:] - corners[:-1]  # of a curve, those along its path
    lengths = np.maximum((steps * steps).sum(axis=1), 1e-300)
    along = np.clip(((point - corners[:-1]) * steps).sum(axis=1) / lengths, 0.0, 1.0)
    return float(np.linalg.norm(point - corners[:-1] - along[:, None] * steps, axis=1).min())


def _softmax(logs: Array) -> Array:
    powers = np.exp(logs - logs.max())
    return np.asarray(powers / powers.sum())


def _population(start: ArrayLike, size: int) -> Array:
    shares: Any = np.array(start, dtype=np.float64)
    require(shares.shape == (size,), "start", shares.shape, f"of shape ({size},)")
    fits = bool((shares >= 0).all()) and abs(float(shares.sum()) - 1) <= 1e-9
    require(fits, "start", start, "shares >= 0 that sum to 1")
    return np.asarray(shares / shares.sum())
