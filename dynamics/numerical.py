r"""Rest points of any mean dynamics by Newton's method, and their eigenvalues: numerical, and labelled so.

For protocols whose rest points are not those of the replicator dynamics, and for parameters in between. Derivatives
along the simplex are central differences of fourth order with a step `h` (`step_of`), so eigenvalues have an error of
about :math:`h^4` of a fifth derivative and 1e-16 / h: of the order 1e-12 for payoffs of moderate size. Newton's method
starts from an even grid on each face on which points can rest; every solution that it reaches is there (to about
1e-12), but nothing says that it reaches all of them: `complete` is never claimed.
"""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.mean import MeanDynamics, trajectories
from dynamics.protocols import (
    BoltzmannLearning,
    BrownVonNeumannNash,
    Imitation,
    NormalizedReplicator,
    Replicator,
    Smith,
)
from gametheory.errors import require

Array = NDArray[np.float64]

STABLE_BELOW: Final = -1e-7  # real parts relative to the largest eigenvalue or 1e-3 of the scale of payoffs
RESIDUAL: Final = 1e-11  # largest speed at a rest point, relative to the scale of payoffs
SAME: Final = 1e-7  # two solutions nearer than this are one
ITERATIONS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumericalRestPoint:
    """A rest point found in floats.

    Attributes
    ----------
    shares : ndarray of float64, shape (m,)
    eigenvalues : ndarray of complex128, shape (m - 1,)
        Of the linearization along the simplex, by falling real part; infinite where an absent strategy that appears
        grows without bound (`BoltzmannLearning` on the boundary).
    residual : float
        The largest speed of a share there.
    stability : str
        "asymptotically stable" or "unstable" where all real parts, or one, are clearly negative or positive; else
        "undecided", and always so for `Smith` and `BrownVonNeumannNash`, whose velocities have kinks where they rest.
    """

    shares: Array
    eigenvalues: NDArray[np.complex128]
    residual: float
    stability: str

    @property
    def is_saddle(self) -> bool:
        """Whether eigenvalues of both signs were found, and none near 0."""
        real = self.eigenvalues.real
        return bool(real.max() > 0 > real.min() and np.abs(real).min() > _threshold(self.eigenvalues))


def tangent_basis(size: int) -> Array:
    """Orthonormal directions along the simplex, columns of shape (m, m - 1).

    Examples
    --------
    >>> basis = tangent_basis(3)
    >>> bool(abs(basis.T @ basis - np.eye(2)).max() < 1e-15 and abs(basis.sum(axis=0)).max() < 1e-15)
    True
    """
    basis = np.zeros((size, size - 1))
    for j in range(1, size):
        basis[:j, j - 1] = 1.0
        basis[j, j - 1] = -j
        basis[:, j - 1] /= np.sqrt(j * (j + 1))
    return basis


def step_of(dynamics: MeanDynamics) -> float:
    """A step for differences: small where payoffs pass through a steep function, of width T or K."""
    spread = float(np.ptp(dynamics.tables[..., :-1], axis=-1).max()) or 1.0
    noise = float(getattr(dynamics.protocol, "temperature", getattr(dynamics.protocol, "imitation_noise", spread)))
    others = float(dynamics.counts[0, 0])
    return float(2e-3 * min(1.0, noise / spread) / max(1.0, others / 8) ** 0.5)


def jacobian(dynamics: MeanDynamics, shares: ArrayLike, *, basis: Array | None = None) -> Array:
    """Derivatives of the velocity in coordinates along the simplex.

    Parameters
    ----------
    dynamics : MeanDynamics
        Of one game.
    shares : array_like of float, shape (..., m)
    basis : ndarray of float64, shape (m, d), optional
        Orthonormal directions; by default `tangent_basis`.

    Returns
    -------
    ndarray of float64, shape (..., d, d)

    Examples
    --------
    >>> from dynamics.mean import mean_dynamics
    >>> from gametheory import game_from_payoffs
    >>> hawk_dove = mean_dynamics(game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"]))
    >>> jacobian(hawk_dove, [0.5, 0.5]).round(9).tolist()
    [[-0.5]]
    """
    points = np.asarray(shares, dtype=np.float64)
    directions = tangent_basis(points.shape[-1]) if basis is None else basis
    h = step_of(dynamics)
    if isinstance(dynamics.protocol, BoltzmannLearning):  # logarithms of shares: stay well inside
        h = min(h, 1e-2 * float(np.where(points > 0, points, 1.0).min()))
    moved = [points[..., None, :] + k * h * directions.T for k in (-2, -1, 1, 2)]
    a, b, c, d = (dynamics.velocities(np.ascontiguousarray(p)) for p in moved)
    slopes = (a - d + 8 * (c - b)) / (12 * h)  # (..., direction, share)
    return np.asarray(np.swapaxes(slopes @ directions, -1, -2))


def rest_point_at(dynamics: MeanDynamics, shares: ArrayLike) -> NumericalRestPoint:
    """Eigenvalues and what they say at a point that rests.

    Parameters
    ----------
    dynamics : MeanDynamics
    shares : array_like of float, shape (m,)

    Examples
    --------
    >>> from dynamics.mean import mean_dynamics
    >>> from gametheory import game_from_payoffs
    >>> rest_point_at(mean_dynamics(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])), [0, 1]).stability
    'asymptotically stable'
    """
    point = np.array(shares, dtype=np.float64)
    size = point.size
    if isinstance(dynamics.protocol, BoltzmannLearning) and (point == 0).any():
        present = np.flatnonzero(point > 0)
        inner = _eigenvalues(dynamics, point, _face_basis(present, size)) if present.size > 1 else np.empty(0)
        values = np.concatenate([np.full(size - present.size, np.inf), inner]).astype(np.complex128)
    else:
        values = _eigenvalues(dynamics, point, tangent_basis(size))
    residual = float(np.abs(dynamics.velocities(point)).max())
    for array in (point, values):
        array.setflags(write=False)
    return NumericalRestPoint(
        shares=point, eigenvalues=values, residual=residual, stability=_stability(dynamics, values)
    )


def _eigenvalues(dynamics: MeanDynamics, point: Array, basis: Array) -> NDArray[np.complex128]:
    values = np.linalg.eigvals(jacobian(dynamics, point, basis=basis)).astype(np.complex128)
    return np.asarray(values[np.lexsort((-values.imag, -values.real))])


def _threshold(values: NDArray[np.complex128]) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return -STABLE_BELOW * max(float(finite.max()) if finite.size else 1.0, 1e-300)


def _stability(dynamics: MeanDynamics, values: NDArray[np.complex128]) -> str:
    if isinstance(dynamics.protocol, Smith | BrownVonNeumannNash):
        return "undecided"  # their velocities have kinks where they rest
    real = values.real
    small = max(_threshold(values), -STABLE_BELOW * 1e-3 * dynamics.scale)
    if real.max() > small:
        return "unstable"
    return "asymptotically stable" if real.max() < -small else "undecided"


def numerical_rest_points(dynamics: MeanDynamics, *, side: int = 12) -> tuple[NumericalRestPoint, ...]:
    """Rest points that Newton's method reaches from an even grid on each face where points can rest.

    Parameters
    ----------
    dynamics : MeanDynamics
        Of one game.
    side : int
        Starts per side of each face, >= 2.

    Returns
    -------
    tuple of NumericalRestPoint
        In the order of falling shares. Of a continuum, some points. Not known to be all.

    Raises
    ------
    InvalidParameter
        If there are many games or `side` is no integer >= 2.

    Examples
    --------
    >>> from dynamics.mean import mean_dynamics
    >>> from dynamics.protocols import Logit
    >>> from gametheory import game_from_payoffs
    >>> cycle = game_from_payoffs([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], ["R", "P", "S"])
    >>> [point] = numerical_rest_points(mean_dynamics(cycle, protocol=Logit(temperature=1)))
    >>> point.shares.round(9).tolist(), point.stability
    ([0.333333333, 0.333333333, 0.333333333], 'asymptotically stable')
    """
    require(dynamics.games == 1 and len(dynamics.sizes) == 1, "dynamics", dynamics.sizes, "of one game, one population")
    require(isinstance(side, int) and side >= 2, "side", side, "an integer >= 2")
    found: list[Array] = []
    for support in _faces(dynamics):
        found += _on_face(dynamics, support, side)
    if isinstance(dynamics.protocol, Smith | BrownVonNeumannNash):
        found = [point for point in found if np.abs(dynamics.velocities(point)).max() <= RESIDUAL * dynamics.scale]
    distinct: list[Array] = []
    for point in sorted(found, key=lambda p: [-round(float(v), 9) for v in p]):
        if all(np.abs(point - other).max() > SAME for other in distinct):
            distinct.append(point)
    return tuple(rest_point_at(dynamics, point) for point in distinct)


def stays_on_faces(dynamics: MeanDynamics) -> bool:
    """Whether absent strategies stay absent."""
    protocol = dynamics.protocol
    imitates = isinstance(protocol, Imitation) and protocol.mutation_rate == 0
    return imitates or isinstance(protocol, Replicator | NormalizedReplicator | BoltzmannLearning)


def _faces(dynamics: MeanDynamics) -> list[NDArray[np.int64]]:
    """The faces on which points can rest: all, or the whole simplex alone."""
    size = len(dynamics.strategies)
    if stays_on_faces(dynamics) or isinstance(dynamics.protocol, Smith | BrownVonNeumannNash):
        return [np.array(s) for count in range(1, size + 1) for s in combinations(range(size), count)]
    return [np.arange(size)]


def _on_face(dynamics: MeanDynamics, support: NDArray[np.int64], side: int) -> list[Array]:
    size, count = len(dynamics.strategies), support.size
    if count == 1:
        vertex = np.zeros(size)
        vertex[support[0]] = 1.0
        return [vertex] if np.abs(dynamics.velocities(vertex)).max() <= RESIDUAL * dynamics.scale else []
    field = dynamics
    if isinstance(dynamics.protocol, Smith | BrownVonNeumannNash):  # equal payoffs of those present, which is smoother
        rules = np.array([Replicator().rule], dtype=np.float64)
        field = replace(dynamics, protocols=(Replicator(),), rules=rules)
    starts = np.zeros(((points := _grid(count, side)).shape[0], size))
    starts[:, support] = points
    basis = _face_basis(support, size)
    settled = trajectories(field, starts, times=30.0 / field.scale).ends  # near points that attract, even at the rim
    settled = settled[settled[:, support].min(axis=1) > 0]
    ends, speeds = _newton(field, np.concatenate([starts, settled]), basis, support)
    least = 1e-9 if stays_on_faces(dynamics) else 0.0
    good = (speeds <= RESIDUAL * field.scale) & (ends[:, support].min(axis=1) > least)
    return [_polished(point) for point in ends[good]]


def _polished(point: Array) -> Array:
    return np.asarray(point / point.sum())


def _grid(count: int, side: int) -> Array:
    from gametheory.compositions import compositions

    fewer = {2: 4 * side, 3: side, 4: max(4, side // 2)}.get(count, 4)
    return np.asarray((compositions(fewer, count) + 0.3) / (fewer + 0.3 * count))


def _face_basis(support: NDArray[np.int64], size: int) -> Array:
    basis = np.zeros((size, support.size - 1))
    basis[support] = tangent_basis(support.size)
    return basis


def _newton(field: MeanDynamics, starts: Array, basis: Array, support: NDArray[np.int64]) -> tuple[Array, Array]:
    """Newton's method from every start at once, in coordinates of a face; steps are cut at the face's boundary."""
    points = starts
    for _ in range(ITERATIONS):
        speed = field.velocities(points)
        slopes = jacobian(field, points, basis=basis)
        steps = -np.einsum("nij,nj->ni", np.linalg.pinv(slopes, rcond=1e-12), speed @ basis) @ basis.T
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(steps[:, support] < 0, -points[:, support] / steps[:, support], np.inf).min(axis=1)
        cut = np.minimum(1.0, 0.9 * reach)
        points = points + cut[:, None] * steps
        if np.abs(steps).max() < 1e-15:
            break
    return points, np.abs(field.velocities(points)).max(axis=1)
