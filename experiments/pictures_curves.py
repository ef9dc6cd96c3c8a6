r"""Where the theory draws the line: exact boundaries of the conditions of model.md 2 in a plane of two parameters.

With symbols for the two parameters, whether a condition holds is a conjunction of inequalities (its margin and its
premises), each between rational functions. It can change only where one of them is an equation: on the zero set of a
polynomial, which is solved for one parameter where it is of degree one in it. Of each zero set the part is kept on
which the condition's other inequalities hold.
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
    places: dict[Any, list[tuple[str, list[Any]]]] = {}
    for condition in found:
        if names is None or condition.name in names:
            for polynomial, others in _boundaries(condition, tuple(symbols.values())):
                places.setdefault(polynomial, []).append((condition.name, others))
    curves = []
    for polynomial, users in places.items():
        drawn, formula = _drawn(polynomial, symbols[x], symbols[y], x_range, y_range)
        kept = {name: _where_all_hold(drawn, others, symbols[x], symbols[y]) for name, others in users}
        words = [name for name, masks in kept.items() if any(mask.any() for mask in masks)]
        pieces = tuple(
            piece[run]
            for k, piece in enumerate(drawn)
            for run in _runs(np.logical_or.reduce([masks[k] for masks in kept.values()]))
        )
        if pieces:
            named = polynomial.as_expr().subs({symbol: sp.Symbol(axis) for axis, symbol in symbols.items()})
            curves.append(BoundaryCurve(name=", ".join(words), formula=formula, equation=str(named), pieces=pieces))
    return tuple(curves)


def _conditions(game: PublicGoodsGame, values: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[Condition, ...]:
    own = {name: value for name, value in values.items() if name not in OPTIONS}
    options = {name: settings[name] for name in OPTIONS if settings.get(name) is not None}
    options |= {name: value for name, value in values.items() if name in OPTIONS}
    return conditions(replace(game, **own), **options)


def _boundaries(condition: Condition, symbols: tuple[Any, ...]) -> "list[tuple[sympy.Poly, list[Any]]]":
    """Polynomials on whose zero sets a condition may change, each with what else has to be >= 0 there."""
    import sympy as sp

    holds = condition.holds
    if not isinstance(holds, sp.logic.boolalg.Boolean):
        return []
    parts = holds.args if isinstance(holds, sp.And) else (holds,)
    margins = {part: part.gts - part.lts for part in parts if isinstance(part, sp.core.relational._Inequality)}
    found = []
    for relation in sorted(holds.atoms(sp.core.relational._Inequality), key=str):
        numerator = sp.fraction(sp.cancel(sp.nsimplify(relation.gts - relation.lts, rational=True)))[0]
        polynomial = sp.Poly(numerator, *symbols)
        if not polynomial.is_ground:
            primitive = polynomial.clear_denoms()[1].primitive()[1]
            sign = 1 if primitive.LC() > 0 else -1
            found.append((sign * primitive, [margin for part, margin in margins.items() if part != relation]))
    return found


def _where_all_hold(pieces: tuple[Array, ...], margins: list[Any], x: Any, y: Any) -> list[NDArray[np.bool_]]:
    """Which points of pieces have every margin >= 0, up to rounding."""
    import sympy as sp

    functions = [sp.lambdify((x, y), margin, "numpy") for margin in margins]
    masks = []
    for piece in pieces:
        mask = np.ones(len(piece), dtype=bool)
        with np.errstate(all="ignore"):
            for function in functions:
                mask &= np.broadcast_to(function(*piece.T), len(piece)) >= -1e-9
        masks.append(mask)
    return masks


def _runs(mask: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Runs of two and more places that are true."""
    runs = np.split(np.arange(len(mask)), np.flatnonzero(np.diff(mask.astype(int))) + 1)
    return [run for run in runs if mask[run[0]] and len(run) > 1]


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
