"""How many symmetric equilibria, and of which type: in floats with bounds where these decide, else exactly.

For two strategies the Bernstein coefficients of the gain are read off the payoff tables of a block, and a compiled
kernel counts roots by Descartes' rule. Each coefficient is taken to be off by at most 1e-10 of the largest payoff or
parameter of its point: some 10^5 times what a payoff function of a few operations loses. Points that this leaves open,
those on a boundary of the phase diagram among them, and all points of games of three or more strategies, are solved by
`gametheory.symmetric_equilibria`, exactly if the sweep is.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.restpoints import rest_points as rest_points_of
from experiments.sweeps._equilibria_kernels import UNDECIDED, many_counts
from experiments.sweeps.parameters import game_parameters
from experiments.sweeps.points import Group, Points
from experiments.sweeps.tables import by_point, payoffs_of
from gametheory.equilibria.symmetric import symmetric_equilibria
from gametheory.exact import to_float

Whole = NDArray[np.int64]

ERROR: Final = 1e-10


def equilibria(points: Points) -> dict[str, Any]:
    """Counts of equilibria, shape (points,)."""
    number = len(points)
    out = {name: np.full(number, -1, dtype=np.int32) for name in ("isolated", "interior", "continua", "stable")}
    complete = np.full(number, -1, dtype=np.int8)
    again = np.ones(number, dtype=np.bool_)
    if len(points.specification.game.strategies) == 2:
        for group in points.groups(most=1 << 16):
            counts = _counted(group)
            places = group.positions
            out["isolated"][places], out["interior"][places] = counts[:, 0], counts[:, 1]
            out["stable"][places], out["continua"][places] = counts[:, 2], 0
            complete[places] = 1
            again[places] = counts[:, 0] == UNDECIDED
    for position in np.flatnonzero(again).tolist():
        game, _ = points.at(position)
        found = symmetric_equilibria(game)
        isolated = [c for c in found.components if c.dimension == 0]
        out["isolated"][position] = len(isolated)
        out["interior"][position] = sum(len(c.support) == len(game.strategies) for c in isolated)
        out["continua"][position] = len(found.components) - len(isolated)
        out["stable"][position] = sum(c.ess == "yes" for c in found.components)
        complete[position] = found.complete
    return {**out, "complete": complete, "recomputed": again}


def rest_points(points: Points) -> dict[str, Any]:
    """Counts of rest points of the replicator dynamics by stability, shape (points,)."""
    names = ("isolated", "continua", "attracting", "attracting_sets", "undecided")
    out = {name: np.full(len(points), -1, dtype=np.int32) for name in names}
    for position, game, _ in points.each():
        found = rest_points_of(game).components
        isolated = [c for c in found if c.dimension == 0]
        out["isolated"][position] = len(isolated)
        out["continua"][position] = len(found) - len(isolated)
        out["attracting"][position] = sum(c.parts[0].stability == "asymptotically stable" for c in isolated)
        out["attracting_sets"][position] = sum(c.stability_as_set == "asymptotically stable" for c in found)
        out["undecided"][position] = sum(any(p.stability == "undecided" for p in c.parts) for c in found)
    return out


def _counted(group: Group) -> Whole:
    """Equilibria, interior ones and stable ones of each point; UNDECIDED where floats do not tell."""
    payoffs = payoffs_of(group)
    gains = by_point(payoffs[:, 1] - payoffs[:, 0])
    scale = np.maximum(np.abs(payoffs).max(axis=(0, 1)), _largest_parameter(group))
    out = np.empty((len(gains), 3), dtype=np.int64)
    many_counts(gains, ERROR * scale, out)
    return out


def _largest_parameter(group: Group) -> Any:
    """The largest number among the parameters of each point's game."""
    largest: Any = np.zeros(len(group.positions))
    for place in game_parameters(group.game).values():
        value = group.game
        for name in place.path:
            value = getattr(value, name)
        largest = np.maximum(largest, np.abs(value if hasattr(value, "shape") else to_float(value)))
    return largest
