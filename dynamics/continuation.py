r"""Branches of rest points along a parameter, by pseudo-arclength continuation, and what happens on them. Numerical.

A branch is followed on one face of the simplex in the coordinates :math:`(y, \lambda / \Lambda)`, y along the face and
:math:`\Lambda` the range of the parameter: a step along the tangent, then Newton's method at right angles to it, so
that folds are passed (Keller 1977; Kuznetsov 2004, Elements of Applied Bifurcation Theory, 10.2). Between neighboring
points a sign change of the tangent's parameter component is a fold, of the real part of a complex pair a Hopf point, of
a real eigenvalue (along the face or towards an absent strategy) a branch point, "transcritical"; so is the point where
a branch leaves its face, extrapolated from shares of 0.018 and less. The others are refined on the branch by Brent's
method with the determinant, the real part, or the eigenvalue, to about 1e-10. Events closer together than a step can be
missed in pairs.

The first Lyapunov coefficient of a Hopf point with three strategies (Kuznetsov 2004, 3.5) is
:math:`l_1 = \operatorname{Re}(i g_{20} g_{11} + \omega g_{21}) / (2 \omega^2)`, from derivatives of a polynomial of
degree 5 fitted to the velocities around the point on grids of two sizes; where the two disagree in sign, or nearly
vanish, it is called "degenerate or undecided".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.folds import FOLD, HOPF, TRANSCRITICAL, SpecialPoint
from dynamics.mean import MeanDynamics
from dynamics.numerical import jacobian, step_of, tangent_basis

Array = NDArray[np.float64]

STEP: Final = 0.01
LARGEST_STEP: Final = 0.04
LEAST_STEP: Final = 1e-6
MAX_POINTS: Final = 600
BEYOND: Final = 0.01  # how far Newton's method may leave a face, to find where a branch does
ZERO: Final = 1e-9  # eigenvalues this small, relative to payoffs, are taken for zero


@dataclass(slots=True)
class Family:
    """Mean dynamics at each value of the parameter, made once."""

    dynamics_of: Callable[[float], MeanDynamics]
    low: float
    high: float
    made: dict[float, MeanDynamics] = field(default_factory=dict)

    @property
    def width(self) -> float:
        """The range of the parameter."""
        return self.high - self.low

    def at(self, value: float) -> MeanDynamics:
        """The dynamics at a value within the range, or a little outside for differences."""
        if value not in self.made:
            self.made[value] = self.dynamics_of(value)
        return self.made[value]

    def slope(self, value: float, shares: Array) -> Array:
        """Derivative of the velocity by the parameter over its range; one-sided at the ends of the range."""
        step = 1e-5 * self.width
        below, above = max(value - step, self.low), min(value + step, self.high)
        change = self.at(above).velocities(shares) - self.at(below).velocities(shares)
        return np.asarray(change * self.width / (above - below))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Branch:
    """A curve of rest points.

    Attributes
    ----------
    support : tuple of int
        Strategies present.
    values : ndarray of float64, shape (points,)
        Of the parameter.
    shares : ndarray of float64, shape (points, m)
    eigenvalues : ndarray of complex128, shape (points, m - 1)
    stable : ndarray of bool, shape (points,)
        Whether all real parts are negative.
    special : tuple of SpecialPoint
        On the branch, in its order.
    """

    support: tuple[int, ...]
    values: Array
    shares: Array
    eigenvalues: NDArray[np.complex128]
    stable: NDArray[np.bool_]
    special: tuple[SpecialPoint, ...]


@dataclass(frozen=True, slots=True)
class _Curve:
    """The equations of one face."""

    family: Family
    support: tuple[int, ...]
    size: int

    @property
    def basis(self) -> Array:
        basis = np.zeros((self.size, len(self.support) - 1))
        basis[list(self.support)] = tangent_basis(len(self.support))
        return basis

    def system(self, place: Array) -> tuple[Array, Array]:
        """Velocity along the face and its derivatives by (y, parameter), at (shares, parameter over range)."""
        value, shares = float(place[-1]) * self.family.width, place[:-1]
        here = self.family.at(value)
        basis = self.basis
        slopes = jacobian(here, shares, basis=basis)
        column = basis.T @ self.family.slope(value, shares)
        return basis.T @ here.velocities(shares), np.column_stack([slopes, column])

    def tangent(self, place: Array, before: Array | None) -> Array:
        """Unit tangent in (y, parameter), in the sense of the one before."""
        way = np.linalg.svd(self.system(place)[1])[2][-1]
        return np.asarray(way if before is None or way @ before >= 0 else -way)

    def moved(self, place: Array, step: Array) -> Array:
        return np.append(place[:-1] + self.basis @ step[:-1], place[-1] + step[-1])

    def corrected(self, guess: Array, tangent: Array) -> Array | None:
        """Newton's method at right angles to the tangent; None if it fails or leaves the simplex or the range."""
        place = guess
        if len(self.support) == 1:  # a corner stays where it is
            return place
        for _ in range(12):
            low, high = self.family.low / self.family.width, self.family.high / self.family.width
            if not low - 1e-12 <= place[-1] <= high + 1e-12 or place[list(self.support)].min() < -BEYOND:
                return None
            speed, slopes = self.system(place)
            step = -np.linalg.lstsq(np.vstack([slopes, tangent]), np.append(speed, 0.0), rcond=None)[0]
            place = self.moved(place, step)
            if np.abs(step).max() < 1e-9:  # the next would be below rounding
                break
        return place if self.rests(place) and np.linalg.norm(place - guess) < 0.2 else None

    def rests(self, place: Array) -> bool:
        """Whether nothing moves there, absent strategies included."""
        here = self.family.at(float(place[-1]) * self.family.width)
        return bool(np.abs(here.velocities(place[:-1])).max() <= 1e-11 * here.scale)

    def eigenvalues(self, place: Array) -> NDArray[np.complex128]:
        """Along the whole simplex."""
        here = self.family.at(float(place[-1]) * self.family.width)
        values = np.linalg.eigvals(jacobian(here, place[:-1])).astype(np.complex128)
        return np.asarray(values[np.lexsort((-values.imag, -values.real))])


def branch_through(family: Family, shares: Array, value: float) -> Branch:
    """The branch of rest points through one, followed both ways to the ends of the range or of the face.

    Parameters
    ----------
    family : Family
    shares : ndarray of float64, shape (m,)
        A rest point of `family` at `value`.
    value : float

    Returns
    -------
    Branch
    """
    support = tuple(np.flatnonzero(shares > 0).tolist())
    curve = _Curve(family, support, shares.size)
    start = np.append(shares, value / family.width)
    ways = []
    for sense in (1.0, -1.0):
        way = curve.tangent(start, None)
        ways.append(_followed(curve, start, way * sense * (1.0 if way[-1] >= 0 else -1.0)))
    places = [*reversed(ways[1][1:]), *ways[0]]
    values = np.array([p[-1] for p in places]) * family.width
    eigenvalues = np.array([curve.eigenvalues(p) for p in places]).reshape(len(places), -1)
    scale = family.at(value).scale
    zeros = (np.abs(eigenvalues.real) <= ZERO * scale).sum(axis=1)
    clear = np.flatnonzero(zeros == zeros.min())  # not those that happen to lie on a special point
    special = []
    for k, j in pairwise(clear.tolist()):
        special += _events(curve, places[k], places[j], eigenvalues[k], eigenvalues[j], ZERO * scale)
    special += [_leaving(curve, place) for place in (places[0], places[-1]) if place[list(support)].min() <= 1e-12]
    return Branch(
        support=support,
        values=values,
        shares=np.array([np.maximum(p[:-1], 0.0) for p in places]),
        eigenvalues=eigenvalues,
        stable=eigenvalues.real.max(axis=1) < 0,
        special=tuple(special),
    )


def _followed(curve: _Curve, start: Array, tangent: Array) -> list[Array]:
    """Points of the branch in one sense; the last lies on the end of the range or near the end of the face."""
    places, step = [start], STEP
    ends = curve.family.low / curve.family.width, curve.family.high / curve.family.width
    if len(curve.support) == 1:
        stay = [np.append(start[:-1], v) for v in np.linspace(start[-1], ends[int(tangent[-1] > 0)], 40)]
        return list(takewhile(curve.rests, stay)) or [start]
    only = np.append(np.zeros(len(curve.support) - 1), 1.0)
    while len(places) < MAX_POINTS and step > LEAST_STEP:
        guess = curve.moved(places[-1], step * tangent)
        if not ends[0] < guess[-1] < ends[1]:  # a shorter step, to the end of the range
            stop = ends[int(tangent[-1] > 0)]
            guess = curve.moved(places[-1], (stop - places[-1][-1]) / tangent[-1] * tangent)
            last = curve.corrected(guess, only)
            if last is not None and last[list(curve.support)].min() >= 0:
                return [*places, last] if stop != places[-1][-1] else places
            step /= 2
            continue
        found = curve.corrected(guess, tangent)
        if found is None:
            step /= 2
            continue
        turned = curve.tangent(found, tangent)
        if turned @ tangent < 0.9 and step > 10 * LEAST_STEP:
            step /= 2
            continue
        if found[list(curve.support)].min() < 1e-9:
            edge = _crossed(curve, places[-1], found)
            return places if edge is None else [*places, edge]
        places.append(found)
        tangent, step = turned, min(LARGEST_STEP, 1.5 * step)
        if np.linalg.norm(found - start) < step / 4 and len(places) > 10:
            break  # a closed branch
    return places


def _crossed(curve: _Curve, inside: Array, outside: Array) -> Array | None:
    """Where a share becomes 0, extrapolated along the branch: at 0 itself Newton's method meets the other branch."""
    gone = int(np.argmin(np.where(np.isin(np.arange(curve.size), curve.support), outside[:-1], np.inf)))
    fixed = np.append(curve.basis[gone], 0.0) / np.linalg.norm(curve.basis[gone])
    shares = min(3e-3, float(inside[gone]) / 6) * np.arange(1, 7)
    places = []
    for share in shares:
        along = (inside[gone] - share) / (inside[gone] - outside[gone])
        guess = inside + along * (outside - inside)
        guess[:-1] += (share - guess[gone]) * (curve.basis @ fixed[:-1]) / (curve.basis[gone] @ fixed[:-1])
        found = curve.corrected(guess, fixed)
        if found is None:
            return None
        places.append(found)
    weights = [np.prod([other / (other - s) for other in shares if other != s]) for s in shares]  # Lagrange's, at 0
    edge = np.sum([w * p for w, p in zip(weights, places, strict=True)], axis=0)
    edge[gone] = 0.0
    return np.where(np.abs(edge) < 1e-9, 0.0, edge) if curve.family.low <= edge[-1] * curve.family.width else None


def _leaving(curve: _Curve, place: Array) -> SpecialPoint:
    """The branch meets the boundary of its face, and another branch there."""
    value = float(place[-1]) * curve.family.width
    here = curve.family.at(value)
    return SpecialPoint(
        kind=TRANSCRITICAL,
        value=value,
        shares=tuple(float(v) for v in place[:-1]),
        method="numerical",
        residual=float(np.abs(here.velocities(place[:-1])).max()) / here.scale,
    )


def _events(
    curve: _Curve,
    first: Array,
    second: Array,
    before: NDArray[np.complex128],
    after: NDArray[np.complex128],
    small: float,
) -> list[SpecialPoint]:
    """Special points between two neighboring points of a branch."""
    change = int((after.real > small).sum()) - int((before.real > small).sum())
    found = []
    if len(curve.support) > 1 and _turns(curve, first, second):
        found.append(_refined(curve, first, second, FOLD, lambda p: float(np.linalg.det(curve.system(p)[1][:, :-1]))))
    elif abs(change) == 2 and _is_pair(before, after):
        found.append(_refined(curve, first, second, HOPF, lambda p: _pair_real(curve.eigenvalues(p))))
    elif change != 0:
        sign = float(np.sign(change))
        rank = int((before.real > small).sum()) - (1 if sign < 0 else 0)
        found.append(_refined(curve, first, second, TRANSCRITICAL, lambda p: float(curve.eigenvalues(p).real[rank])))
    return [point for point in found if point is not None]


def _turns(curve: _Curve, first: Array, second: Array) -> bool:
    chord = np.append(curve.basis.T @ (second - first)[:-1], second[-1] - first[-1])
    ends = [curve.tangent(place, chord)[-1] for place in (first, second)]
    return bool(ends[0] * ends[1] < 0)


def _is_pair(before: NDArray[np.complex128], after: NDArray[np.complex128]) -> bool:
    """Whether the eigenvalues that change sign are a complex pair."""
    return bool(np.abs(before.imag).max() > 0 and np.abs(after.imag).max() > 0)


def _pair_real(values: NDArray[np.complex128]) -> float:
    """The real part, nearest to 0, of a complex pair."""
    pairs = values[values.imag > 0]
    return float(pairs.real[np.argmin(np.abs(pairs.real))]) if pairs.size else float("nan")


def _refined(
    curve: _Curve, first: Array, second: Array, kind: str, test: Callable[[Array], float]
) -> SpecialPoint | None:
    """Where the test function vanishes between two points of the branch, by Brent's method."""
    from scipy.optimize import brentq

    chord = np.append(curve.basis.T @ (second - first)[:-1], second[-1] - first[-1])
    tangent = chord / np.linalg.norm(chord)
    reached: dict[float, Array] = {0.0: first, 1.0: second}

    def value(along: float) -> float:
        if along not in reached:
            place = curve.corrected(curve.moved(first, along * chord), tangent)
            if place is None:
                return float("nan")
            reached[along] = place
        return test(reached[along])

    ends = value(0.0), value(1.0)
    if not ends[0] * ends[1] <= 0:
        return None
    try:
        along = float(brentq(value, 0.0, 1.0, xtol=1e-15, rtol=1e-14, maxiter=200))
    except ValueError:  # the branch was lost in between
        return None
    left = abs(value(along)) / max(abs(ends[0]), abs(ends[1]), 1e-300)
    if not left <= 1e-6 or not curve.rests(reached[along]):
        return None
    place = reached[along]
    parameter = float(place[-1]) * curve.family.width
    here = curve.family.at(parameter)
    criticality = None
    if kind == HOPF and curve.size == 3:
        criticality = criticality_of(here, place[:-1])
    return SpecialPoint(
        kind=kind,
        value=parameter,
        shares=tuple(float(v) for v in place[:-1]),
        method="numerical",
        criticality=criticality,
        residual=max(left, float(np.abs(here.velocities(place[:-1])).max()) / here.scale),
    )


def criticality_of(dynamics: MeanDynamics, shares: Array) -> str:
    """The sign of the first Lyapunov coefficient of a Hopf point with three strategies, in words."""
    found = [lyapunov_coefficient(dynamics, shares, width=scale) for scale in (1.0, 0.5)]
    gap = abs(found[0] - found[1])
    if abs(found[1]) <= 3 * gap + 1e-6 * dynamics.scale:
        return "degenerate or undecided"
    return "supercritical" if found[1] < 0 else "subcritical"


def lyapunov_coefficient(dynamics: MeanDynamics, shares: Array, *, width: float = 1.0) -> float:
    """The first Lyapunov coefficient at a point with a pair of eigenvalues near the imaginary axis.

    Parameters
    ----------
    dynamics : MeanDynamics
        With three strategies.
    shares : ndarray of float64, shape (3,)
    width : float
        Of the grid of the fit, relative to a suitable one.
    """
    basis = tangent_basis(3)
    radius = width * min(10 * step_of(dynamics), 0.4 * float(shares.min()))
    steps = np.linspace(-1.0, 1.0, 9)
    u, v = (grid.ravel() for grid in np.meshgrid(steps, steps))
    points = shares + radius * np.stack([u, v], axis=1) @ basis.T
    powers = [(i, j) for i in range(6) for j in range(6 - i)]
    design = np.stack([u**i * v**j for i, j in powers], axis=1)
    fit = np.linalg.lstsq(design, dynamics.velocities(points) @ basis, rcond=None)[0]
    coefficients = {(i, j): fit[k] / radius ** (i + j) for k, (i, j) in enumerate(powers)}
    linear = np.stack([coefficients[1, 0], coefficients[0, 1]], axis=1)
    values, vectors = np.linalg.eig(linear)
    place = int(np.argmax(values.imag))
    omega, q = float(values[place].imag), vectors[:, place]
    left_values, left = np.linalg.eig(linear.T)
    p = left[:, int(np.argmin(np.abs(left_values - np.conj(values[place]))))]
    p = p / np.conj(np.conj(p) @ q)
    g20, g11 = (np.conj(p) @ _second(coefficients, q, other) for other in (q, np.conj(q)))
    g21 = np.conj(p) @ _third(coefficients, q, q, np.conj(q))
    return float(((1j * g20 * g11 + omega * g21).real) / (2 * omega**2))


def _second(coefficients: dict[tuple[int, int], Array], a: Any, b: Any) -> Any:
    """The bilinear form of second derivatives."""
    c = coefficients
    return 2 * c[2, 0] * a[0] * b[0] + c[1, 1] * (a[0] * b[1] + a[1] * b[0]) + 2 * c[0, 2] * a[1] * b[1]


def _third(coefficients: dict[tuple[int, int], Array], a: Any, b: Any, d: Any) -> Any:
    """The trilinear form of third derivatives."""
    c = coefficients
    mixed = 2 * c[2, 1] * (a[0] * b[0] * d[1] + a[0] * b[1] * d[0] + a[1] * b[0] * d[0])
    other = 2 * c[1, 2] * (a[0] * b[1] * d[1] + a[1] * b[0] * d[1] + a[1] * b[1] * d[0])
    return 6 * c[3, 0] * a[0] * b[0] * d[0] + mixed + other + 6 * c[0, 3] * a[1] * b[1] * d[1]
