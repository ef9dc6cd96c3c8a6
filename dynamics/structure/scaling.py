r"""Finite-size scaling: where the curves of lattices of several sizes cross, and where the crossings go.

At a continuous transition into a state without a strategy the ratio
:math:`\langle \rho^2 \rangle / \langle \rho \rangle^2` of moments of its share, over runs in which it survives,
does not depend on the size of the lattice (Dickman & Kamphorst Leite da Silva 1998, Phys. Rev. E 58, 4266-4270). Where
the curves of two sizes cross is an estimate of the transition; estimates are extrapolated along :math:`1/L` by least
squares. What this takes for granted is listed in the result.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.structure.evolution import Evolution, evolve
from dynamics.structure.populations import StructuredPopulation
from dynamics.structure.updates import Update
from gametheory.errors import NotConverged, require
from gametheory.exact import is_integer

Array = NDArray[np.float64]

SIGMAS: Final = 3.0  # of the intervals
LEAST_SLOPE: Final = 4.0  # standard errors that curves must differ in slope by to be said to cross
PARTS: Final = 16  # of the runs or of a record, for the error of a ratio of moments


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FiniteSizeTransition:
    """Where the curves of lattices of several sizes cross.

    Attributes
    ----------
    sides : tuple of int
        L, rising.
    parameters : ndarray of float64, shape (parameters,)
    ratios, errors : ndarray of float64, shape (sides, parameters)
        The quantity compared, and its standard error.
    crossings, crossing_errors : ndarray of float64, shape (sides - 1,)
        Of the curves of consecutive sides, NaN where they do not clearly cross; standard errors.
    misfits : ndarray of float64, shape (sides - 1,)
        Chi square, per degree of freedom, of the straight line through the difference of two curves.
    limit, limit_error : float
        Extrapolation of the crossings along 1/L, with its standard error; NaN with fewer than two crossings.
    assumptions : tuple of str
    """

    sides: tuple[int, ...]
    parameters: Array
    ratios: Array
    errors: Array
    crossings: Array
    crossing_errors: Array
    misfits: Array
    limit: float
    limit_error: float
    assumptions: tuple[str, ...]

    @property
    def interval(self) -> tuple[float, float]:
        """Three standard errors about the crossing of the two largest lattices, and about the limit, together.

        `NotConverged` if the curves of the two largest lattices do not clearly cross within the parameters.
        """
        place, error = float(self.crossings[-1]), float(self.crossing_errors[-1])
        inside = bool(self.parameters[0] <= place <= self.parameters[-1])
        if not inside:
            raise NotConverged("the curves of the two largest lattices do not clearly cross; raise sweeps or runs")
        ends = [place - SIGMAS * error, place + SIGMAS * error]
        if np.isfinite(self.limit):
            ends += [self.limit - SIGMAS * self.limit_error, self.limit + SIGMAS * self.limit_error]
        return min(ends), max(ends)


def crossings(
    sides: Sequence[int], parameters: ArrayLike, ratios: ArrayLike, errors: ArrayLike
) -> FiniteSizeTransition:
    """Where curves of consecutive sizes cross, and the limit of the crossings for large sizes.

    Parameters
    ----------
    sides : sequence of int
        Two or more, rising.
    parameters : array_like of float, shape (parameters,)
        Three or more, rising, so close to the transition that differences of curves are straight.
    ratios, errors : array_like of float, shape (sides, parameters)
        The curves and their standard errors > 0.

    Returns
    -------
    FiniteSizeTransition

    Raises
    ------
    InvalidParameter
        If shapes or order do not fit.

    Examples
    --------
    >>> x = np.linspace(-0.1, 0.1, 5)
    >>> curves = [side * (x - 0.02 - 1 / side**2) for side in (10, 20, 40)]
    >>> found = crossings([10, 20, 40], x, curves, np.full((3, 5), 0.001))
    >>> found.crossings.round(4).tolist()
    [0.015, 0.0188]
    >>> round(found.limit, 4)
    0.0225
    """
    x, u, e = (np.asarray(values, dtype=np.float64) for values in (parameters, ratios, errors))
    rising = len(sides) >= 2 and all(is_integer(side) for side in sides) and bool((np.diff(sides) > 0).all())
    require(rising, "sides", sides, "two or more rising integers")
    fits = x.ndim == 1 and x.size >= 3 and bool((np.diff(x) > 0).all())
    require(fits, "parameters", parameters, "three or more rising numbers")
    shape = (len(sides), x.size)
    require(u.shape == shape and bool(np.isfinite(u).all()), "ratios", u.shape, f"finite and of shape {shape}")
    require(e.shape == shape and bool((e > 0).all()), "errors", e.shape, f"positive and of shape {shape}")
    places, spreads, misfits = np.array(
        [_zero(x, u[i + 1] - u[i], np.hypot(e[i], e[i + 1])) for i in range(len(u) - 1)]
    ).T
    clear = np.isfinite(places)
    limit, limit_error = np.nan, np.nan
    if clear.sum() >= 2:
        inverse = 1.0 / np.asarray(sides[1:], dtype=np.float64)[clear]
        (limit, _), covariance, _ = _line(inverse, places[clear], spreads[clear])
        limit_error = float(np.sqrt(covariance[0, 0]))
    return FiniteSizeTransition(
        sides=tuple(int(side) for side in sides),
        parameters=x,
        ratios=u,
        errors=e,
        crossings=places,
        crossing_errors=spreads,
        misfits=misfits,
        limit=float(limit),
        limit_error=limit_error,
        assumptions=(
            "the transition is continuous, and the quantity does not depend on size there",
            "between the parameters, differences of the curves are straight lines (see misfits)",
            "crossings of consecutive sizes approach their limit as 1/L; the true exponent is not fitted",
        ),
    )


def moment_ratio(result: Evolution, strategy: str) -> tuple[float, float]:
    r"""The ratio :math:`\langle \rho^2 \rangle / \langle \rho \rangle^2` of a strategy's share, and its error.

    Over samples after the burn-in in which the strategy is present; the error is a jackknife's over 16 groups of runs.
    With fewer than 16 runs it is one over 16 stretches of the record, which then must be many correlation times long.

    Raises
    ------
    NotConverged
        If the strategy is absent from more than half of the groups or stretches, or the record is too short.
    """
    require(strategy in result.strategies, "strategy", strategy, f"one of {result.strategies}")
    kind = result.strategies.index(strategy)
    record = result.shares[:, result.times > result.burn_in, kind]
    if len(record) >= PARTS:
        parts = [record[rows] for rows in np.array_split(np.arange(len(record)), PARTS)]
    else:
        length = record.shape[1] // PARTS
        if length < 1:
            raise NotConverged(f"fewer than {PARTS} samples; raise sweeps")
        parts = np.split(record[:, record.shape[1] - PARTS * length :], PARTS, axis=1)
    present = np.array([(part > 0).sum() for part in parts])
    if (present > 0).sum() < PARTS // 2:
        raise NotConverged(f"{strategy} has died out; take a larger lattice or fewer sweeps")
    sums = np.array([present, [part.sum() for part in parts], [(part**2).sum() for part in parts]])
    without = sums.sum(axis=1, keepdims=True) - sums
    ratios = without[0] * without[2] / without[1] ** 2
    whole = sums.sum(axis=1)
    error = np.sqrt((PARTS - 1) / PARTS * ((ratios - ratios.mean()) ** 2).sum())
    return float(whole[0] * whole[2] / whole[1] ** 2), float(error)


def finite_size_transition(
    population_at: Callable[[float, int], StructuredPopulation],
    strategy: str,
    sides: Sequence[int],
    parameters: Sequence[float],
    *,
    update: Update,
    burn_in: int | Callable[[int], int],
    sweeps: int | Callable[[int], int],
    runs: int,
    seed: int,
    every: int = 1,
    **more: Any,
) -> FiniteSizeTransition:
    """Crossings of the moment ratio of lattices of several sizes.

    Parameters
    ----------
    population_at : callable
        From the parameter and the side L to a `StructuredPopulation`.
    strategy : str
        The one that dies out.
    sides : sequence of int
    parameters : sequence of float
        Three or more, close about the transition.
    update, runs, every
        As for `evolve`.
    burn_in, sweeps : int or callable
        As for `evolve`, or as a function of the side: the time to reach the state that lasts while the strategy
        survives, and the time for which it does, grow as a power of L at the transition.
    seed : int
        Of the lattice `i` at the parameter `j`: ``seed + 1000 i + j``.
    **more
        For `evolve`.

    Returns
    -------
    FiniteSizeTransition

    Raises
    ------
    InvalidParameter
        If a number is outside its domain.
    NotConverged
        If the strategy dies out too early to tell.
    """
    require(0 < len(parameters) <= 1000, "parameters", len(parameters), "1000 numbers at most")

    def ratio(x: float, side: int, seed: int) -> tuple[float, float]:
        first, count = (value(side) if callable(value) else value for value in (burn_in, sweeps))
        population = population_at(x, side)
        asked: dict[str, Any] = {"burn_in": first, "sweeps": count, "runs": runs, "every": every, **more}
        return moment_ratio(evolve(population, update=update, seed=seed, **asked), strategy)

    cells = [[ratio(x, side, seed + 1000 * i + j) for j, x in enumerate(parameters)] for i, side in enumerate(sides)]
    values = np.array(cells)
    return crossings(sides, parameters, values[..., 0], np.maximum(values[..., 1], 1e-12))


def _line(x: Array, y: Array, e: Array) -> tuple[Array, Array, float]:
    """Weighted least squares: intercept and slope, their covariance, and chi square."""
    columns = np.stack([np.ones_like(x), x], axis=1) / e[:, None]
    covariance = np.linalg.inv(columns.T @ columns)
    solution = covariance @ (columns.T @ (y / e))
    return solution, np.asarray(covariance), float((((y - solution[0] - solution[1] * x) / e) ** 2).sum())


def _zero(x: Array, y: Array, e: Array) -> tuple[float, float, float]:
    """Where the straight line through y is 0, its error, and chi square per degree of freedom; NaN if it is level."""
    middle = x.mean()
    (height, slope), covariance, misfit = _line(x - middle, y, e)
    freedom = misfit / (x.size - 2)
    covariance = covariance * max(1.0, freedom)  # a poor fit widens errors
    if abs(slope) < LEAST_SLOPE * np.sqrt(covariance[1, 1]):
        return np.nan, np.nan, freedom
    place = -height / slope
    gradient = np.array([-1.0 / slope, height / slope**2])
    return float(middle + place), float(np.sqrt(gradient @ covariance @ gradient)), freedom
