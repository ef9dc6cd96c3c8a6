"""Curves of rest points inside faces of nonlinear games, cut where the trace of the linearisation changes its sign.

On a curve the linearisation has a zero eigenvalue along it; the other one, within the face, is the trace. So the
points where the trace is zero are cells of their own, and the rest of the curve is one cell for each sign: given
by the equation of the curve and an inequality, it may consist of several pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from gametheory.algebra.bernstein import polynomial_in
from gametheory.algebra.curves import points_on, traced
from gametheory.algebra.points import LocatedPoint
from gametheory.algebra.roots import same_number
from gametheory.algebra.subdivision import EFFORT
from gametheory.equilibria.components import Cell, Point
from gametheory.equilibria.faces import Curve, Face, common_points
from gametheory.equilibria.interior import sign_along, trace_of
from gametheory.exact import Number

UNKNOWN = "a curve of rest points along which it is not decided whether an absent strategy earns less"
MANY = 60


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What is known along a cell of a curve.

    Attributes
    ----------
    status : (bool, str)
        Nash status and evolutionary stability.
    trace : int or None
        Sign of the trace on the cell; None if it changes or is not known.
    attracts : bool
        Whether all absent strategies earn strictly less.
    place : LocatedPoint or None
        Of a point where the trace is zero.
    """

    status: tuple[bool, str]
    trace: int | None
    attracts: bool
    place: LocatedPoint | None = None


def curve_cells(
    curve: Curve, face: Face, strategies: Sequence[str], cells: Sequence[Cell]
) -> list[tuple[Cell, Drawn]] | str:
    """The cells of a curve, or what is not decided along it."""
    signs = [sign_along(curve.factor, poly) for poly in face.outside.values()]
    if None in signs and 1 not in signs:
        return UNKNOWN
    nash, attracts = 1 not in signs, all(sign == -1 for sign in signs)
    trace = trace_of(face)
    sign = sign_along(curve.factor, trace)
    if sign is not None or not nash:
        ess = "no" if sign == 1 or not nash else "undecided"
        cell = _cell(curve, face, strategies, cells, curve.points[0], "")
        return [(cell, Drawn((nash, ess), sign, attracts))]
    cuts = common_points(curve.factor, trace)
    samples, _, _ = points_on(curve.factor, effort=EFFORT, enough=MANY)
    chosen: dict[int, LocatedPoint] = {}
    for sample in samples:
        found = sample.sign(lambda value: value(trace))
        if found:
            chosen.setdefault(found, sample)
    if cuts is None or len(chosen) < 2:
        cell = _cell(curve, face, strategies, cells, curve.points[0], "")
        return [(cell, Drawn((nash, "undecided"), None, attracts))]
    made = []
    for place in cuts:
        point = spread(place.shares, face.support, len(strategies))
        made.append((Cell(ends=(point,), support=face.support), Drawn((nash, "undecided"), 0, attracts, place)))
    known = [*cells, *(cell for cell, _ in made)]
    names = [strategies[k] for k in face.support]
    scaled = polynomial_in(trace, names[1:])
    # `polynomial_in` keeps the sign: it multiplies by positive numbers only
    for found, sample in sorted(chosen.items()):
        condition = f"{scaled} {'>' if found > 0 else '<'} 0"
        cell = _cell(curve, face, strategies, known, sample, condition, tuple(c.ends[0] for c, _ in made))
        made.append((cell, Drawn((nash, "no" if found > 0 else "undecided"), found, attracts)))
    return made


def _cell(
    curve: Curve,
    face: Face,
    strategies: Sequence[str],
    cells: Sequence[Cell],
    sample: LocatedPoint,
    condition: str,
    cuts: tuple[Point, ...] = (),
) -> Cell:
    """A curve as a cell that ends in those of the cells that are points where it does."""
    size = len(strategies)
    names = [strategies[k] for k in face.support]
    inside = [*(f"{name} > 0" for name in names), f"{' + '.join(names)} == 1"]
    absent = [f"{name} == 0" for k, name in enumerate(strategies) if k not in face.support]
    clauses = [f"{polynomial_in(curve.factor, names[1:])} == 0", *([condition] if condition else []), *absent, *inside]
    ends = list(cuts)
    for end in curve.ends:
        full = spread(end, face.support, size)
        for cell in cells:
            if cell.dimension == 0 and len(cell.support) < len(face.support):
                (point,) = cell.ends
                ends += [point] if all(same_number(a, b) for a, b in zip(point, full, strict=True)) else []
    path = traced(curve.factor, [float(share) for share in sample.shares[1:]])
    floats = [spread((1 - float(a) - float(b), float(a), float(b)), face.support, size) for a, b in path]
    return Cell(
        ends=tuple(ends),
        support=face.support,
        equation=" and ".join(clauses),
        sample=spread(sample.shares, face.support, size),
        path=tuple(floats),
    )


def spread(shares: Sequence[Number], support: Sequence[int], size: int) -> Point:
    """Shares of the strategies present as shares of all."""
    full: list[Number] = [Fraction(0)] * size
    for strategy, share in zip(support, shares, strict=True):
        full[strategy] = share
    return tuple(full)
