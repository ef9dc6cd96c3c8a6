r"""Separatrices of three strategies: stable manifolds of saddles, traced backwards with error control.

Two kinds of points send one out.

- A hyperbolic saddle, inside or on an edge: trajectories that end there arrive along the eigenvector of the negative
  eigenvalue; each side of it that leads into the simplex is followed backwards from a short way off (`OFFSET`). On an
  edge only a manifold that leaves the edge is traced, since the edge itself bounds the simplex.
- A point of a resting edge at which the absent strategy turns from dying out to growing (where the
  contributor-punisher equilibria end): divided by the share of the absent strategy the replicator field is regular and
  runs along the edge there, so one orbit comes in from inside (see rule 3b of `dynamics.stability`); it is followed
  backwards in that field.

Each is integrated twice (Dormand & Prince's method of order 8, relative tolerances 1e-9 and 1e-11, offsets in the ratio
10), and `error` is the largest distance between the two paths at corresponding points: an estimate, no bound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.mean import MeanDynamics, mean_dynamics
from dynamics.numerical import jacobian, tangent_basis
from dynamics.protocols import Protocol, Replicator
from dynamics.targets import Target, possible_targets
from gametheory.errors import require
from gametheory.games import Game, PayoffTable, TableGame, payoff_table

Array = NDArray[np.float64]

OFFSET: Final = 1e-5
LEAST: Final = 1e-7  # what a share or a rate must exceed to count as not zero, relative to payoffs
POINTS: Final = 400
LONGEST: Final = 8.0  # length at which an orbit that winds is given up


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Separatrix:
    """An orbit that ends at a saddle.

    Attributes
    ----------
    point : ndarray of float64, shape (3,)
        The saddle.
    set : str
        The same as a formula.
    path : ndarray of float64, shape (points, 3)
        From the saddle backwards, at even distances.
    error : float
        Largest distance to the path from a second integration.
    comes_from : str
        The set of rest points that it comes from, or "a cycle or the boundary" where none was reached.
    """

    point: Array
    set: str
    path: Array
    error: float
    comes_from: str

    def __post_init__(self) -> None:
        self.point.setflags(write=False)
        self.path.setflags(write=False)


def separatrices(game: Game | PayoffTable, *, protocol: Protocol | None = None) -> tuple[Separatrix, ...]:
    """The stable manifolds of saddles of three strategies, traced into the interior.

    Parameters
    ----------
    game : Game or PayoffTable
        With three strategies and numbers for parameters.
    protocol : Protocol, optional
        `Replicator` by default.

    Returns
    -------
    tuple of Separatrix
        None at points that are not hyperbolic, but for those of the second kind above.

    Raises
    ------
    InvalidParameter
        If the game has not three strategies.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([[1, 0, 0], [0, 1, 0], [0, 0, 1]], ["A", "B", "C"])
    >>> for found in separatrices(game): print(found.set, '<-', found.comes_from, found.error < 1e-8)
    A == 0 and B == 1/2 and C == 1/2 <- A == 1/3 and B == 1/3 and C == 1/3 True
    A == 1/2 and B == 0 and C == 1/2 <- A == 1/3 and B == 1/3 and C == 1/3 True
    A == 1/2 and B == 1/2 and C == 0 <- A == 1/3 and B == 1/3 and C == 1/3 True
    """
    table = game if isinstance(game, PayoffTable) else payoff_table(game)
    require(len(table.strategies) == 3, "strategies", table.strategies, "three")
    dynamics = mean_dynamics(table, protocol=protocol)
    targets = possible_targets(dynamics, table)
    found = []
    points = [target for target in targets if target.kind == "rest points" and len(target.corners) == 1]
    for target in sorted(points, key=lambda t: t.corners[0].tolist()):
        for outward in _saddle_ways(dynamics, target.corners[0]):
            found.append(_traced(dynamics, dynamics, target, outward, targets))
    if isinstance(dynamics.protocol, Replicator):
        for target, absent in _turning_points(table, targets):
            found.append(_traced(dynamics, _divided(dynamics, absent), target, None, targets))
    return tuple(found)


Field = Callable[[float, Array], Array]


def _saddle_ways(dynamics: MeanDynamics, point: Array) -> list[Array]:
    """Directions into the simplex along the stable eigenvector of a saddle; [] at any other point."""
    basis = tangent_basis(3)
    slopes = jacobian(dynamics, point)
    if not np.isfinite(slopes).all():
        return []
    values, vectors = np.linalg.eig(slopes)
    small = LEAST * dynamics.scale
    if np.iscomplexobj(values) and np.abs(values.imag).max() > 0:
        return []
    if not (values.real.min() < -small and values.real.max() > small):
        return []
    way = basis @ vectors[:, int(np.argmin(values.real))].real
    absent = point <= 1e-12
    if not absent.any():
        return [way, -way]
    if absent.sum() > 1 or np.abs(way[absent]).min() < 1e-9:
        return []  # along the boundary
    return [way if way[absent][0] > 0 else -way]


def _turning_points(table: PayoffTable, targets: list[Target]) -> list[tuple[Target, int]]:
    """Points that end two pieces of a resting edge, one where the absent strategy dies out and one where it grows."""
    from dynamics.stability import decide
    from gametheory.equilibria.landscape import landscape

    land = landscape(TableGame(strategies=table.strategies, group_size=table.group_size, values=table.values))
    found = []
    for cell in land.cells:
        if len(cell.ends) != 1 or len(cell.support) != 2:
            continue
        if decide(land, cell).reason != "drift leads to where the absent strategy grows":
            continue
        place = np.array([float(v) for v in cell.point])
        (absent,) = {0, 1, 2} - set(cell.support)
        near = [t for t in targets if len(t.corners) == 1 and t.distance(place) < 1e-9]
        if near:
            found.append((near[0], absent))
    return found


def _divided(dynamics: MeanDynamics, absent: int) -> Field:
    """The field divided by the share of a strategy, which is regular where that share is 0 on a resting edge."""
    floor = 1e-6

    def field(_: float, shares: Array) -> Array:
        inside = np.array(shares)
        if inside[absent] < floor:
            inside *= (1.0 - floor) / max(1.0 - inside[absent], 0.5)
            inside[absent] = floor
        return np.asarray(dynamics(0.0, inside) / inside[absent])

    return field


def _traced(
    dynamics: MeanDynamics, field: Field, target: Target, outward: Array | None, targets: list[Target]
) -> Separatrix:
    point = np.array(target.corners[0])
    rough, _ = _backwards(dynamics, field, point, outward, OFFSET, 1e-9)
    path, last = _backwards(dynamics, field, point, outward, OFFSET / 10, 1e-11)
    gaps = np.linalg.norm(rough[:, None, :] - path[None, :, :], axis=2).argmin(axis=1)
    error = max(_to_polyline(path, k, rough[n]) for n, k in enumerate(gaps))
    sources = [t for t in targets if t.kind == "rest points" and t.distance(last) < 1e-3 and t is not target]
    comes_from = sources[0].set if sources else "a cycle or the boundary"
    return Separatrix(point=point, set=target.set, path=path, error=float(error), comes_from=comes_from)


def _backwards(
    dynamics: MeanDynamics, field: Field, point: Array, outward: Array | None, offset: float, relative: float
) -> tuple[Array, Array]:
    """Even points of the backward orbit, from the saddle, and its end.

    Integrated nearly by arc length, so that slow stretches cost little; it stops where the field is nearly at rest.
    """
    from scipy.integrate import solve_ivp

    present = point[point > 1e-12]
    near = min(offset, 0.1 * float(present.min()) * offset / OFFSET)
    start = point if outward is None else point + near * outward / np.linalg.norm(outward)

    def unit(_: float, shares: Array) -> Array:
        speed = field(0.0, shares)
        return np.asarray(-speed / (float(np.linalg.norm(speed)) + 1e-2 * dynamics.scale))

    def slow(_: float, shares: Array) -> float:
        speed = float(np.abs(field(0.0, shares)).max())
        return speed / dynamics.scale - 1e-9

    def outside(_: float, shares: Array) -> float:
        return float(shares.min() + 1e-9)

    events: list[Any] = [slow, outside]
    for event in events:
        event.terminal, event.direction = True, -1.0
    options: dict[str, Any] = {"method": "DOP853", "rtol": relative, "atol": relative / 100, "dense_output": True}
    done = solve_ivp(unit, (0.0, LONGEST), start, events=events, max_step=0.02, **options)
    fine = np.clip(done.sol(np.linspace(0.0, float(done.t[-1]), 10 * POINTS)).T, 0.0, 1.0)
    fine[0] = point
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1))])
    even = np.interp(np.linspace(0.0, lengths[-1], POINTS), lengths, np.linspace(0.0, float(done.t[-1]), 10 * POINTS))
    path = np.clip(done.sol(even).T, 0.0, 1.0)
    path[0] = point
    return np.ascontiguousarray(path / path.sum(axis=1, keepdims=True)), np.asarray(done.y[:, -1])


def _to_polyline(path: Array, nearest: int, point: Array) -> float:
    """Distance of a point to the two pieces of a line that meet at a corner of it."""
    best = np.inf
    for k in (nearest - 1, nearest):
        if 0 <= k < len(path) - 1:
            step = path[k + 1] - path[k]
            length = float(step @ step)
            along = float(np.clip((point - path[k]) @ step / length, 0.0, 1.0)) if length > 0 else 0.0
            best = min(best, float(np.linalg.norm(point - path[k] - along * step)))
    return best
