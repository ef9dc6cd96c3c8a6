"""Where populations can end: sets of rest points, limit cycles and heteroclinic cycles, and distances to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.mean import MeanDynamics
from dynamics.numerical import jacobian, numerical_rest_points, rest_point_at, tangent_basis
from dynamics.protocols import BrownVonNeumannNash, Imitation, NormalizedReplicator, Replicator, Smith
from gametheory.equilibria.components import Component, Part
from gametheory.games import PayoffTable, TableGame

if TYPE_CHECKING:
    from dynamics.cycles import LimitCycle
    from dynamics.heteroclinic import HeteroclinicCycle

Array = NDArray[np.float64]

LONGEST_TEXT: Final = 300  # formulas of enclosures can be longer, and then the point is given in decimals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Target:
    """A set in which trajectories may end.

    Attributes
    ----------
    kind : str
        "rest points", "limit cycle" or "heteroclinic cycle".
    set : str
        A formula of the claims language where the set is exact and that is short, else a description.
    stability : str
        Of rest points as `dynamics.rest_points` has it, else by eigenvalues; of cycles "attracting" and the like.
    exact : bool
        Whether the set is known exactly or in a certified enclosure; a cycle that was computed is not.
    corners : ndarray of float64, shape (corners, m)
        The point, the ends of a segment, the corners of a convex set, or the orbit as a closed line.
    """

    kind: str
    set: str
    stability: str
    exact: bool
    corners: Array

    def __post_init__(self) -> None:
        self.corners.setflags(write=False)

    @property
    def may_attract(self) -> bool:
        """Whether it is not known to repel; a cycle must be known to attract."""
        return self.stability != "unstable" if self.kind == "rest points" else self.stability == "attracting"

    @property
    def is_stable(self) -> bool:
        """Whether it is known to be stable."""
        return self.stability in ("asymptotically stable", "stable", "attracting")

    def distance(self, shares: ArrayLike) -> float:
        """Euclidean distance of a population to the set.

        Examples
        --------
        >>> ends = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
        >>> edge = Target(kind="rest points", set="D == 0", stability="stable", exact=True, corners=ends)
        >>> round(edge.distance([0.5, 0.2, 0.3]), 9)
        0.244948974
        """
        return float(self.distances(np.asarray(shares, dtype=np.float64)[None, :])[0])

    def distances(self, shares: Array) -> Array:
        """Distances of many populations, shape (runs, m), to the set."""
        if len(self.corners) == 1:
            return np.asarray(np.linalg.norm(shares - self.corners[0], axis=1))
        if self.kind != "rest points" or len(self.corners) == 2:
            return np.array([_to_line(self.corners, point) for point in shares])
        if len(self.corners) == shares.shape[1] and np.linalg.matrix_rank(self.corners) == shares.shape[1]:
            return np.zeros(len(shares))
        from scipy.optimize import nnls

        heavy = 1e6  # so that the weights sum to 1
        system = np.vstack([self.corners.T, np.full(len(self.corners), heavy)])
        return np.array([nnls(system, np.append(point, heavy))[1] for point in shares])

    def falls(self, dynamics: MeanDynamics, shares: Array) -> NDArray[np.bool_]:
        """Whether a quadratic Lyapunov function of a hyperbolic attracting point falls at populations (runs, m)."""
        never = np.zeros(len(shares), dtype=np.bool_)
        if len(self.corners) != 1 or not len(shares) or isinstance(dynamics.protocol, Smith | BrownVonNeumannNash):
            return never
        from scipy.linalg import solve_continuous_lyapunov

        basis = tangent_basis(self.corners.shape[1])
        slopes = jacobian(dynamics, self.corners[0])
        if not np.isfinite(slopes).all() or np.linalg.eigvals(slopes).real.max() >= -1e-7 * np.abs(slopes).max():
            return never
        weight = solve_continuous_lyapunov(slopes.T, -np.eye(len(slopes)))
        away = (shares - self.corners[0]) @ basis
        change = ((away @ weight) * (dynamics.velocities(shares) @ basis)).sum(axis=1)
        return np.asarray((change < 0) | (np.linalg.norm(away, axis=1) < 1e-9))

    @classmethod
    def of_cycle(cls, strategies: Sequence[str], cycle: "LimitCycle") -> "Target":
        """A computed limit cycle as a target."""
        middle = cycle.orbit[:-1].mean(axis=0)
        text = f"a cycle of period {cycle.period:.6g} around {_about(strategies, middle)}"
        orbit = np.array(cycle.orbit)
        return cls(kind="limit cycle", set=text, stability=cycle.stability, exact=False, corners=orbit)

    @classmethod
    def of_heteroclinic(cls, strategies: Sequence[str], cycle: "HeteroclinicCycle") -> "Target":
        """A heteroclinic cycle as a target: its corners and sides."""
        places = [strategies.index(name) for name in (*cycle.strategies, cycle.strategies[0])]
        text = "the cycle " + " -> ".join((*cycle.strategies, cycle.strategies[0]))
        corners = np.eye(len(strategies))[places]
        return cls(kind="heteroclinic cycle", set=text, stability=cycle.stability, exact=cycle.exact, corners=corners)


def possible_targets(dynamics: MeanDynamics, table: PayoffTable, *, certified: bool = True) -> list[Target]:
    """Rest points and heteroclinic cycles of a game under a protocol; limit cycles are found from trajectories.

    Parameters
    ----------
    dynamics : MeanDynamics
        That of the game of `table`, under one protocol.
    table : PayoffTable
    certified : bool
        Whether rest points under protocols with noise or mutation are certified (`dynamics.rest_points`) or only found
        by Newton's method, which is sooner done.

    Examples
    --------
    >>> from dynamics.mean import mean_dynamics
    >>> from gametheory import game_from_payoffs, payoff_table
    >>> table = payoff_table(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]))
    >>> [(target.set, target.stability) for target in possible_targets(mean_dynamics(table), table)]
    [('C == 1 and D == 0', 'unstable'), ('C == 0 and D == 1', 'asymptotically stable')]
    """
    from dynamics.heteroclinic import heteroclinic_cycles

    game = TableGame(strategies=table.strategies, group_size=table.group_size, values=table.values)
    algebraic = isinstance(dynamics.protocol, Replicator | NormalizedReplicator | Smith | BrownVonNeumannNash)
    found, complete = _exact_sets(dynamics, game) if certified or algebraic else ([], False)
    if not complete:
        for point in numerical_rest_points(dynamics):
            if all(target.distance(point.shares) > 1e-7 for target in found):
                found.append(_of_point(table.strategies, point.shares, point.stability))
    if isinstance(dynamics.protocol, Replicator | NormalizedReplicator):
        found += [Target.of_heteroclinic(table.strategies, cycle) for cycle in heteroclinic_cycles(game)]
    return found


def _exact_sets(dynamics: MeanDynamics, game: TableGame) -> tuple[list[Target], bool]:
    """Sets of rest points that are known exactly, or enclosed with certainty, with their stability."""
    from dynamics.restpoints import rest_points

    protocol = dynamics.protocol
    same = isinstance(protocol, Replicator | NormalizedReplicator)  # the same orbits
    rest = rest_points(game, protocol=None if same else protocol)
    by_eigenvalues = isinstance(protocol, Imitation) and protocol.mutation_rate == 0

    def stability(part: Part) -> str:
        if by_eigenvalues and part.dimension == 0 and part.stability == "undecided":
            return rest_point_at(dynamics, [float(v) for v in part.point]).stability
        return str(part.stability)

    return _parts(game.strategies, rest.components, stability), rest.complete


def _parts(
    strategies: Sequence[str], components: Sequence[Component], stability: Callable[[Part], str]
) -> list[Target]:
    found = []
    for component in components:
        for part in component.parts:
            corners = np.array([[float(v) for v in corner] for corner in part.corners])
            exact = not any(isinstance(v, float) for corner in part.corners for v in corner)
            text = part.set if len(part.set) <= LONGEST_TEXT else _about(strategies, corners[0])
            answer = stability(part)
            found.append(Target(kind="rest points", set=text, stability=answer, exact=exact, corners=corners))
    return found


def _of_point(strategies: Sequence[str], shares: Array, stability: str) -> Target:
    text = _about(strategies, shares)
    return Target(kind="rest points", set=text, stability=stability, exact=False, corners=np.array([shares]))


def _about(strategies: Sequence[str], shares: Array) -> str:
    return " and ".join(f"{name} == {float(value):.9g}" for name, value in zip(strategies, shares, strict=True))


def _to_line(corners: Array, point: Array) -> float:
    steps = np.diff(corners, axis=0)
    lengths = np.maximum((steps * steps).sum(axis=1), 1e-300)
    along = np.clip(((point - corners[:-1]) * steps).sum(axis=1) / lengths, 0.0, 1.0)
    return float(np.linalg.norm(point - corners[:-1] - along[:, None] * steps, axis=1).min())
