r"""Where the theory draws the line: exact boundaries of the conditions of model.md 2 in a plane of two parameters.

A condition changes where its margin is 0, that is where its parameter equals its threshold. With symbols for the two
parameters the threshold is a rational function, and the boundary the zero set of a polynomial, which is solved for one
of them where it is of degree one in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.errors import require
from gametheory.layout import SYMBOLS
from gametheory.public_goods import PublicGoodsGame
from gametheory.thresholds import Condition, conditions

if TYPE_CHECKING:
    import sympy

Array = NDArray[np.float64]
Range = tuple[float, float]
OPTIONS: Final = ("punishers", "discount_factor", "action_error")
POINTS: Final = 801


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoundaryCurve:
    """Where a condition changes, in the plane of two parameters.

    Attributes
    ----------
    name : str
        Of the condition; of several with the same boundary, all of them.
    formula : str
        LaTeX of the boundary, in the symbols of the model: solved for one parameter where that is possible.
    equation : str
        The polynomial that is 0 on it, in the parameters' names, as text of the claims language.
    pieces : tuple of array, each of shape (points, 2)
        Connected pieces inside the picture, in floats.
    """

    name: str
    formula: str
    equation: str
    pieces: tuple[Array, ...]


def boundary_curves(
    game: PublicGoodsGame,
    *,
    x: str,
    y: str,
    x_range: Range,
    y_range: Range,
    names: Sequence[str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> tuple[BoundaryCurve, ...]:
    r"""The boundaries of conditions in the plane of two parameters.

    Parameters
    ----------
    game : PublicGoodsGame
        Its other parameters; exact ones give exact formulas.
    x, y : str
        Two parameters of the game, or options of `conditions` ("discount_factor", "punishers", "action_error").
    x_range, y_range : (float, float)
        What is drawn.
    names : sequence of str, optional
        Which conditions; all by default. Those without a boundary in the picture are passed over.
    settings : mapping, optional
        Options of `conditions` that are not on an axis.

    Returns
    -------
    tuple of BoundaryCurve

    Raises
    ------
    InvalidParameter
        If a name is no condition's, or an axis no parameter that conditions know.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> for curve in boundary_curves(game, x="punishment_probability", y="fine", x_range=(0, 1), y_range=(0, 1)):
    ...     print(curve.name, curve.formula, curve.equation)
    deterrence, deterring-fine, detection \beta = \frac{1}{10 p} 10*fine*punishment_probability - 1
    """
    import sympy as sp

    numeric = {f for f in game.__dataclass_fields__ if f != "strategies"} | set(OPTIONS)
    for axis in (x, y):
        require(axis in numeric, "axis", axis, f"one of {', '.join(sorted(numeric))}")
    symbols = {axis: sp.Symbol(SYMBOLS.get(axis, axis), positive=True) for axis in (x, y)}
    found = _conditions(game, symbols, settings or {})
    known = [condition.name for condition in found]
    for name in names or ():
        require(name in known, "curves", name, f"conditions: {', '.join(known)}")
    places: dict[Any, list[str]] = {}
    for condition in found:
        if names is None or condition.name in names:
            boundary = _boundary(game, condition, symbols, settings or {})
            if boundary is not None:
                places.setdefault(boundary, []).append(condition.name)
    curves = []
    for polynomial, words in places.items():
        pieces, formula = _drawn(polynomial, symbols[x], symbols[y], x_range, y_range)
        pieces = _within_premises(game, pieces, x, y, words[0], settings or {})
        if pieces:
            named = polynomial.as_expr().subs({symbol: sp.Symbol(axis) for axis, symbol in symbols.items()})
            curves.append(BoundaryCurve(name=", ".join(words), formula=formula, equation=str(named), pieces=pieces))
    return tuple(curves)


def _conditions(game: PublicGoodsGame, values: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[Condition, ...]:
    own = {name: value for name, value in values.items() if name not in OPTIONS}
    options = {name: settings[name] for name in OPTIONS if settings.get(name) is not None}
    options |= {name: value for name, value in values.items() if name in OPTIONS}
    return conditions(replace(game, **own), **options)


def _boundary(
    game: PublicGoodsGame, condition: Condition, symbols: Mapping[str, Any], settings: Mapping[str, Any]
) -> "sympy.Poly | None":
    """The polynomial in the axes' symbols that is 0 on the boundary, primitive; None where there is none."""
    import sympy as sp

    if condition.threshold is None:
        return None
    parameter = condition.parameter
    value = symbols.get(parameter, settings.get(parameter, getattr(game, parameter, None)))
    if value is None:
        return None
    difference = sp.together(sp.nsimplify(condition.threshold, rational=True) - sp.nsimplify(value, rational=True))
    free = [symbol for symbol in symbols.values() if symbol in difference.free_symbols]
    if not free:
        return None
    numerator = sp.Poly(sp.fraction(sp.cancel(difference))[0], *symbols.values())
    if numerator.is_zero or numerator.is_ground:
        return None
    primitive = numerator.primitive()[1].clear_denoms()[1].primitive()[1]
    return primitive if primitive.LC() > 0 else -primitive


def _drawn(polynomial: "sympy.Poly", x: Any, y: Any, x_range: Range, y_range: Range) -> tuple[tuple[Array, ...], str]:
    """Pieces of the zero set inside the picture, and its formula."""
    import sympy as sp

    for solved, other, ranges in ((y, x, (x_range, y_range)), (x, y, (y_range, x_range))):
        if sp.Poly(polynomial.as_expr(), solved).degree() == 1:
            slope, rest = sp.Poly(polynomial.as_expr(), solved).all_coeffs()
            solution = sp.factor(-rest / slope)
            at = np.linspace(*ranges[0], POINTS)
            with np.errstate(all="ignore"):
                values = np.broadcast_to(sp.lambdify(other, solution, "numpy")(at), at.shape).astype(float)
            points = np.column_stack([at, values] if solved == y else [values, at])
            return _inside(points, x_range, y_range), f"{sp.latex(solved)} = {sp.latex(solution)}"
    return _contours(polynomial, x, y, x_range, y_range), f"{sp.latex(polynomial.as_expr())} = 0"


def _inside(points: Array, x_range: Range, y_range: Range) -> tuple[Array, ...]:
    """Runs of points near the picture (one neighbor beyond its edge), cut where the curve leaps."""
    low, high = np.array([x_range[0], y_range[0]]), np.array([x_range[1], y_range[1]])
    size = high - low
    good = np.isfinite(points).all(axis=1)
    good &= (np.nan_to_num(points) >= low - size).all(axis=1) & (np.nan_to_num(points) <= high + size).all(axis=1)
    inside = good & (points >= low - 1e-12 * size).all(axis=1) & (points <= high + 1e-12 * size).all(axis=1)
    leaps = np.abs(np.diff(points, axis=0)) > size
    ends = np.flatnonzero(np.diff(good.astype(int)) | leaps.any(axis=1)) + 1
    runs = np.split(np.arange(len(points)), ends)
    return tuple(points[run] for run in runs if good[run[0]] and inside[run].any())


def _contours(polynomial: "sympy.Poly", x: Any, y: Any, x_range: Range, y_range: Range) -> tuple[Array, ...]:
    """The zero set by contours of a fine grid, where it cannot be solved for one parameter."""
    import contourpy
    import sympy as sp

    xs, ys = np.linspace(*x_range, POINTS), np.linspace(*y_range, POINTS)
    values = sp.lambdify((x, y), polynomial.as_expr(), "numpy")(xs[None, :], ys[:, None])
    lines = contourpy.contour_generator(xs, ys, np.broadcast_to(values, (POINTS, POINTS))).lines(0.0)
    return tuple(np.asarray(line, dtype=np.float64) for line in lines)


def _within_premises(
    game: PublicGoodsGame, pieces: tuple[Array, ...], x: str, y: str, name: str, settings: Mapping[str, Any]
) -> tuple[Array, ...]:
    """Pieces along which the condition can be met at all: its premises hold (r <= N, say)."""
    if "group_size" in (x, y):
        return pieces
    kept: list[Array] = []
    for piece in pieces:
        clipped = np.clip(piece, 1e-12, None)
        values = {axis: clipped[:, k] for k, axis in enumerate((x, y))}
        for rate in ("punishment_probability", "severity", "detection_rate", "false_alarm_rate", "action_error"):
            if rate in values:
                values[rate] = np.minimum(values[rate], 1.0)
        if "discount_factor" in values:
            values["discount_factor"] = np.minimum(values["discount_factor"], 1 - 1e-12)
        found = next(c for c in _conditions(game, values, settings) if c.name == name)
        feasible = np.broadcast_to(np.asarray(True if found.feasible is None else found.feasible), len(piece))
        for run in np.split(np.arange(len(piece)), np.flatnonzero(np.diff(feasible.astype(int))) + 1):
            if feasible[run[0]] and len(run) > 1:
                kept.append(piece[run])
    return tuple(kept)
