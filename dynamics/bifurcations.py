r"""Rest points along one parameter, and the values at which they change.

Two strategies under a protocol that follows payoffs: special values are exact where the gain is a rational function of
the parameter with rational coefficients (`dynamics.folds`). Otherwise branches of isolated rest points are continued
through the rest points found at each value (`dynamics.continuation`), and special points on them are numerical.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.basins import follows_payoffs
from dynamics.continuation import Branch, Family, branch_through
from dynamics.folds import SpecialPoint, exact_special_points
from dynamics.mean import MeanDynamics, mean_dynamics
from dynamics.protocols import BrownVonNeumannNash, Protocol, Replicator, Smith
from dynamics.targets import Target, possible_targets
from gametheory.errors import InvalidParameter, require
from gametheory.exact import Number, as_number, is_exact
from gametheory.games import payoff_table

Array = NDArray[np.float64]

NEAR: Final = 0.02  # how near a branch must pass a rest point, at its value, to be the branch through it
MAX_BRANCHES: Final = 60
SEEDS: Final = 7  # values of the parameter at which branches are looked for


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DiagramPoint:
    """A rest point, or one end of a set of them, at one value of the parameter.

    Attributes
    ----------
    value : float
    shares : ndarray of float64, shape (corners, m)
        One row for an isolated point; the ends of a segment.
    stability : str
    exact : bool
    """

    value: float
    shares: Array
    stability: str
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BifurcationDiagram:
    """Rest points by value of a parameter, branches of them, and special values.

    Attributes
    ----------
    parameter : str
    strategies : tuple of str, length m
    protocol : Protocol or callable
    values : tuple of number
        As given, rising.
    points : tuple of DiagramPoint
        Of all values.
    branches : tuple of Branch
        Curves of isolated rest points through those; none for `Smith` and `BrownVonNeumannNash`, whose velocities have
        kinks where they rest.
    special : tuple of SpecialPoint
        By rising value.
    exact : bool
        Whether the special points are all there are between the first value and the last, and exact.
    """

    parameter: str
    strategies: tuple[str, ...]
    protocol: Any
    values: tuple[Number, ...]
    points: tuple[DiagramPoint, ...]
    branches: tuple[Branch, ...]
    special: tuple[SpecialPoint, ...]
    exact: bool


def bifurcation_diagram(
    game_of: Callable[[Any], Any],
    *,
    values: Sequence[Number],
    parameter: str = "parameter",
    protocol: Protocol | Callable[[Any], Protocol] | None = None,
    branches: bool = True,
) -> BifurcationDiagram:
    """Rest points for each value of a parameter, and where they appear, vanish, or change stability.

    Parameters
    ----------
    game_of : callable
        From a value to a game with numbers for parameters, always of the same strategies. It is also called with floats
        between the values and, for two strategies, with a sympy symbol.
    values : sequence of number
        Two or more, rising. Text and integers are exact.
    parameter : str
        Its name, for pictures.
    protocol : Protocol or callable, optional
        `Replicator` by default; a callable gives the protocol from the value, if that is what varies.
    branches : bool
        Whether to continue branches; without them, numerical special points are not looked for.

    Raises
    ------
    InvalidParameter
        If values do not rise, or the strategies change.

    Examples
    --------
    >>> from gametheory import CollectiveRiskGame
    >>> risk = lambda value: CollectiveRiskGame(group_size=6, threshold=3, risk=value, contribution='1/10')
    >>> diagram = bifurcation_diagram(risk, values=['0', '1/2', '1'], parameter="risk")
    >>> [(point.kind, str(point.value), point.method) for point in diagram.special]
    [('fold', '125/432', 'exact')]
    """
    numbers = tuple(as_number(value, name="values") for value in values)
    plain = all(is_exact(value) or isinstance(value, float) for value in numbers)
    rising = plain and len(numbers) >= 2 and all(a < b for a, b in pairwise(numbers))
    require(rising, "values", list(values), "two or more numbers, rising")
    made = [(float(value), _at(game_of, protocol, value)) for value in numbers]
    names = made[0][1][1].strategies
    require(all(d.strategies == names for _, (_, d) in made), "game_of", names, "one that keeps the strategies")
    points = tuple(point for value, (table, d) in made for point in _points(value, table, d))
    exact = _exact(game_of, protocol, numbers, names)
    family = Family(lambda value: _at(game_of, protocol, value)[1], float(numbers[0]), float(numbers[-1]))
    for value, (_, dynamics) in made:
        family.made.setdefault(value, dynamics)
    smooth = not any(isinstance(d.protocol, Smith | BrownVonNeumannNash) for _, (_, d) in made)
    curves = _branches(family, points) if branches and smooth else ()
    special = exact if exact is not None else _numerical(curves)
    return BifurcationDiagram(
        parameter=parameter,
        strategies=names,
        protocol=protocol if protocol is not None else Replicator(),
        values=numbers,
        points=points,
        branches=curves,
        special=special,
        exact=exact is not None,
    )


def _at(game_of: Callable[[Any], Any], protocol: Any, value: Any) -> tuple[Any, MeanDynamics]:
    chosen = protocol(value) if callable(protocol) and not hasattr(protocol, "rule") else protocol
    table = payoff_table(game_of(value))
    return table, mean_dynamics(table, protocol=chosen)


def _points(value: float, table: Any, dynamics: MeanDynamics) -> list[DiagramPoint]:
    return [
        DiagramPoint(value=value, shares=target.corners, stability=target.stability, exact=target.exact)
        for target in possible_targets(dynamics, table, certified=False)
        if target.kind == "rest points"
    ]


def _exact(
    game_of: Callable[[Any], Any], protocol: Any, values: Sequence[Number], names: Sequence[str]
) -> tuple[SpecialPoint, ...] | None:
    """Exact special points where there are two strategies and the protocol follows payoffs."""
    if protocol is not None and not (hasattr(protocol, "rule") and follows_payoffs(protocol)):
        return None
    if len(names) != 2 or not all(is_exact(value) for value in (values[0], values[-1])):
        return None
    return exact_special_points(game_of, Fraction(values[0]), Fraction(values[-1]))


def _branches(family: Family, points: Sequence[DiagramPoint]) -> tuple[Branch, ...]:
    """Branches through the isolated rest points of some values, each followed once."""
    found: list[Branch] = []
    every = sorted({point.value for point in points})
    chosen = {every[round(k)] for k in np.linspace(0, len(every) - 1, min(SEEDS, len(every)))}
    middle = (family.low + family.high) / 2
    for point in sorted(points, key=lambda p: abs(p.value - middle)):
        if point.value not in chosen or len(point.shares) != 1 or len(found) >= MAX_BRANCHES:
            continue
        shares = point.shares[0]
        if any(_passes(branch, shares, point.value) for branch in found):
            continue
        wide = [p for p in points if p.value == point.value and len(p.shares) > 1]
        if any(_touches(p.shares, shares) for p in wide):
            continue  # the end of a continuum is no isolated point
        try:
            found.append(branch_through(family, shares, point.value))
        except (InvalidParameter, np.linalg.LinAlgError):
            continue  # the game does not exist just beside this value
    return tuple(found)


def _passes(branch: Branch, shares: Array, value: float) -> bool:
    """Whether a branch goes through a rest point."""
    if branch.support != tuple(np.flatnonzero(shares > 0).tolist()):
        return False
    for k in range(len(branch.values) - 1):
        low, high = sorted((branch.values[k], branch.values[k + 1]))
        if low - 1e-12 <= value <= high + 1e-12:
            along = (value - branch.values[k]) / (branch.values[k + 1] - branch.values[k] or 1.0)
            place = branch.shares[k] + along * (branch.shares[k + 1] - branch.shares[k])
            reach = max(1e-6, float(np.abs(branch.shares[k + 1] - branch.shares[k]).max()))
            if np.abs(place - shares).max() < min(NEAR, reach):
                return True
    return bool((np.abs(branch.shares - shares).max(axis=1) + np.abs(branch.values - value) < 1e-9).any())


def _touches(corners: Array, shares: Array) -> bool:
    target = Target(kind="rest points", set="", stability="", exact=False, corners=corners)
    return target.distance(shares) < 1e-9


def _numerical(curves: Sequence[Branch]) -> tuple[SpecialPoint, ...]:
    """The special points of all branches, each once, by rising value."""
    kept: list[SpecialPoint] = []
    for point in sorted((p for curve in curves for p in curve.special), key=lambda p: (float(p.value), p.kind)):
        same = [
            other
            for other in kept
            if abs(float(other.value) - float(point.value)) < 1e-7 * max(1.0, abs(float(point.value)))
            and max(abs(a - b) for a, b in zip(other.shares, point.shares, strict=True)) < 1e-5
        ]
        if not same:
            kept.append(point)
    return tuple(kept)
