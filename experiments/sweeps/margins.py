"""The conditions of the theory at many points at once: arrays pass through the payoff function.

Of an exact sweep, points at which floats come near a change of an answer are solved again by themselves, exactly: those
with a margin within 1e-10 of the largest margin or of 1, or with a threshold within 1e-9 of an end of [0, 1] or beyond
1e9.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.points import Points, as_floats
from experiments.sweeps.quantities import CONDITIONS
from gametheory.exact import to_float
from gametheory.thresholds import Condition
from gametheory.thresholds import conditions as conditions_of

Array = NDArray[np.float64]
Answers = NDArray[np.int8]

NEAR_ZERO: Final = 1e-10
NEAR_END: Final = 1e-9
ALWAYS_AT_ZERO: Final = "second-order"  # its threshold is 0 whatever the game


def conditions(points: Points) -> dict[str, Any]:
    """Margin, threshold, feasibility and truth of every condition, shape (points, conditions)."""
    shape = len(points), len(CONDITIONS)
    out: dict[str, Any] = {name: np.full(shape, np.nan) for name in ("margin", "threshold")}
    out |= {name: np.full(shape, -1, dtype=np.int8) for name in ("feasible", "holds")}
    for group in points.groups(most=1 << 16):
        # a game of floats throughout, so that a point's bits do not depend on which axes there are
        given = {name: as_floats(value) for name, value in group.settings.items()}
        _write(out, group.positions, conditions_of(group.game, **given))
    again = _unsure(out) if points.specification.is_exact else np.zeros(len(points), dtype=np.bool_)
    for position in np.flatnonzero(again).tolist():
        game, settings = points.at(position)
        _write(out, position, conditions_of(game, **settings))
    return {**out, "recomputed": again}


def _write(out: dict[str, Any], places: Any, found: tuple[Condition, ...]) -> None:
    by_name = {condition.name: condition for condition in found}
    for k, name in enumerate(CONDITIONS):
        condition = by_name[name]
        out["margin"][places, k] = _numbers(condition.margin)
        out["threshold"][places, k] = _numbers(condition.threshold)
        out["feasible"][places, k] = _answers(condition.feasible)
        out["holds"][places, k] = _answers(condition.holds)
    k = CONDITIONS.index("cheapest-threat")
    if by_name["cheapest-threat"].holds is None:  # where no threat deters, or none is needed, the error does not matter
        settled = np.isnan(out["threshold"][places, k])
        out["holds"][places, k] = np.where(settled, out["feasible"][places, k], -1)


def _unsure(out: dict[str, Any]) -> NDArray[np.bool_]:
    """Points at which rounding may have changed an answer."""
    margins, thresholds = np.abs(out["margin"]), out["threshold"].copy()
    thresholds[:, CONDITIONS.index(ALWAYS_AT_ZERO)] = np.nan
    scale = np.nanmax(margins, axis=1, initial=1.0)[:, np.newaxis]
    unsure = (margins <= NEAR_ZERO * scale).any(axis=1)
    for end in (0.0, 1.0):
        unsure |= (np.abs(thresholds - end) <= NEAR_END).any(axis=1)
    return np.asarray(unsure | (np.abs(thresholds) > 1 / NEAR_END).any(axis=1))


def _numbers(value: Any) -> Any:
    if value is None:
        return np.nan
    return value if hasattr(value, "shape") else to_float(value)


def _answers(value: Any) -> Any:
    return -1 if value is None else np.asarray(value).astype(np.int8)
