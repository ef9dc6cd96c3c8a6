"""How sets of equilibria and rest points are held, described and written down.

A solver lists disjoint cells (points, open segments, curves, the whole simplex) on each of which every status is
constant; `assemble` joins the cells that touch to components, and neighboring cells of equal status to parts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from gametheory.algebra.intervals import CERTIFIED, EnclosedNumber
from gametheory.algebra.roots import AlgebraicNumber, between, polynomial_text
from gametheory.exact import Number, to_text

# Shares of the strategies, in their order: Fractions, algebraic numbers or floats that sum to 1.
Point = tuple[Number, ...]
Status = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A point, an open segment or the whole simplex, by its corners; or a curve, by its equation.

    Attributes
    ----------
    ends : tuple of Point
        One: that point. Two: the open segment between them. More: the closed simplex on them. Of a curve:
        where it is known to reach the boundary of the face.
    support : tuple of int
        Indices of the strategies present.
    equation : str
        Of a curve, in the claims language: every point of the open face where it holds. Else "".
    sample : Point
        Of a curve, a point on it.
    path : tuple of Point
        Of a curve, points along it through the sample, in floats, for pictures.
    """

    ends: tuple[Point, ...]
    support: tuple[int, ...]
    equation: str = ""
    sample: Point = ()
    path: tuple[Point, ...] = field(default=(), compare=False)

    @property
    def dimension(self) -> int:
        """0 for a point, 1 for a segment or curve, more for a simplex."""
        return 1 if self.equation else len(self.ends) - 1

    @property
    def point(self) -> Point:
        """A point of the cell; rational where the cell is not a single algebraic point or a curve."""
        if self.equation:
            return self.sample
        if len(self.ends) == 1:
            return self.ends[0]
        if len(self.ends) == 2:
            return interior_point(*self.ends)
        return tuple(sum(column, Fraction(0)) / len(self.ends) for column in zip(*self.ends, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Points of a component that share every status.

    Attributes
    ----------
    dimension : int
    set : str
        The points, as a formula of the claims language in the strategies' names; of a point that is known by
        an enclosure, the box that holds it and no other rest point.
    point : tuple of number, length m
        One of them: its shares are rational, `AlgebraicNumber`, or `EnclosedNumber` (an interval that is
        certified to hold the share, and can be narrowed); floats for a game of floats.
    corners : tuple of Point
        Of its closure: the point itself, the two ends of a segment, or the vertices. Of a curve: points along
        it, in floats, in order, on the piece through `point`.
    is_nash : bool
        Whether they are symmetric Nash equilibria.
    ess : str
        "yes" (evolutionarily stable), "neutral" (only neutrally stable), "no", or "undecided".
    stability : str or None
        Of each of these points under the replicator dynamics, relative to the whole simplex: "asymptotically
        stable", "stable" (only), "unstable" or "undecided"; None where nobody asked (see
        `dynamics.restpoints`).
    reason : str
        Why that stability, in a few words.
    """

    dimension: int
    set: str
    point: Point
    corners: tuple[Point, ...]
    is_nash: bool
    ess: str
    stability: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A maximal connected set of equilibria (or rest points), cut into parts of constant status.

    Attributes
    ----------
    strategies : tuple of str, length m
        The order of every point.
    support : tuple of str
        Strategies present somewhere on it.
    dimension : int
    endpoints : tuple of Point
        Where it ends; an isolated point is its own end, a loop has its corners.
    set : str
        A formula of the claims language; shares are >= 0 and sum to 1.
    regret : number
        The most that a deviation gains at its ends, and at a point of each part; 0 for equilibria, and at
        points where exact signs say so.
    ess : str
        "yes" for an isolated ESS, "neutral" if all its points are neutrally stable, else "no" or "undecided".
    parts : tuple of Part
    stability_as_set : str or None
        As `Part.stability`, of the component as one set.
    """

    strategies: tuple[str, ...]
    support: tuple[str, ...]
    dimension: int
    endpoints: tuple[Point, ...]
    set: str
    regret: Number
    ess: str
    parts: tuple[Part, ...]
    stability_as_set: str | None = None

    def _repr_latex_(self) -> str:
        from gametheory.latex import component_latex, shown

        return shown(component_latex(self))


@dataclass(slots=True)
class _Piece:
    """A part being put together: its cell, which of two ends belong to it, and its status."""

    cell: Cell
    closed: list[bool]
    status: Status


def interior_point(first: Point, second: Point) -> Point:
    """The middle of a segment; where an end is algebraic, a rational point of it (two strategies present)."""
    if all(isinstance(v, Fraction | float) for v in (*first, *second)):
        return tuple((a + b) / 2 for a, b in zip(first, second, strict=True))
    moving = [k for k, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    k, other = moving[0], moving[1]
    low, high = (first[k], second[k]) if float(first[k]) < float(second[k]) else (second[k], first[k])
    share = between(low, high)
    return tuple(share if i == k else 1 - share if i == other else Fraction(0) for i in range(len(first)))


def assemble(
    strategies: tuple[str, ...],
    labelled: Sequence[tuple[Cell, Status]],
    *,
    regret: Callable[[Point], Number],
    shown: Callable[[Point], Point],
) -> tuple[Component, ...]:
    """Join cells that touch to components and cells of equal status to parts; isolated points first.

    `shown` turns the exact points into those that the answer holds (floats for a game of floats).
    """
    groups = groups_of(labelled)
    built = [_component(strategies, group, regret, shown) for group in groups]
    return tuple(sorted(built, key=lambda c: (c.dimension, [-float(v) for v in c.endpoints[0]])))


def groups_of(labelled: Iterable[tuple[Cell, Status]]) -> list[list[tuple[Cell, Status]]]:
    """The cells of each connected set: a point touches the segments that it ends."""
    groups: list[list[tuple[Cell, Status]]] = []
    for item in labelled:
        touching = [group for group in groups if any(_touch(item[0], other) for other, _ in group)]
        merged = [item, *(entry for group in touching for entry in group)]
        groups = [group for group in groups if group not in touching]
        groups.append(merged)
    return groups


def _touch(first: Cell, second: Cell) -> bool:
    small, large = sorted((first, second), key=lambda cell: cell.dimension)
    return small.dimension == 0 < large.dimension and small.ends[0] in large.ends


def _component(
    strategies: tuple[str, ...],
    group: list[tuple[Cell, Status]],
    regret: Callable[[Point], Number],
    shown: Callable[[Point], Point],
) -> Component:
    pieces = _merged(group)
    pieces.sort(key=lambda p: (-p.cell.dimension, [float(v) for v in p.cell.point]))
    parts = tuple(_part(strategies, piece, shown) for piece in pieces)
    lines = [cell for cell, _ in group if cell.dimension == 1]
    points = [cell.ends[0] for cell, _ in group if cell.dimension == 0]
    simplex = next((cell.ends for cell, _ in group if cell.dimension > 1), None)
    ends = simplex or tuple(p for p in points if sum(p in s.ends for s in lines) <= 1) or tuple(points)
    ends = ends or (lines[0].sample,)
    ends = tuple(sorted(ends, key=lambda p: [-float(v) for v in p]))
    sampled = {*ends, *(piece.cell.point for piece in pieces)}
    answers, dimension = {part.ess for part in parts}, max(part.dimension for part in parts)
    ess = "neutral" if answers <= {"yes", "neutral"} else "no" if "no" in answers else "undecided"
    if dimension == 0:
        ess = parts[0].ess
    return Component(
        strategies=strategies,
        support=tuple(strategies[i] for i in sorted({index for cell, _ in group for index in cell.support})),
        dimension=dimension,
        endpoints=tuple(shown(end) for end in ends),
        set=parts[0].set if len(parts) == 1 else _whole_formula(strategies, group, shown),
        regret=max(regret(point) for point in sampled),
        ess=ess,
        parts=parts,
    )


def _merged(group: list[tuple[Cell, Status]]) -> list[_Piece]:
    """Segments and points of equal status put together where they meet in a line."""
    pieces = [_Piece(cell, [cell.dimension > 1] * len(cell.ends), s) for cell, s in group if cell.dimension > 0]
    alone = []
    for cell, status in group:
        if cell.dimension > 0:
            continue
        point = cell.ends[0]
        segments = [p for p in pieces if p.cell.dimension == 1 and not p.cell.equation]
        meeting = [p for p in segments if _alike(p.status, status) and point in p.cell.ends]
        if not meeting:
            alone.append(_Piece(cell, [True], status))
            continue
        first = meeting[0]
        first.closed[first.cell.ends.index(point)] = True
        partner = next((p for p in meeting[1:] if _in_line(first.cell, p.cell, point)), None)
        if partner is not None:
            here, there = first.cell.ends.index(point), partner.cell.ends.index(point)
            ends = (first.cell.ends[1 - here], partner.cell.ends[1 - there])
            joined = Cell(ends=ends, support=first.cell.support)
            pieces = [p for p in pieces if p is not first and p is not partner]
            pieces.append(_Piece(joined, [first.closed[1 - here], partner.closed[1 - there]], status))
    return pieces + alone


def _alike(first: Status, second: Status) -> bool:
    """Whether two statuses are the same, whatever the reasons."""
    return all(first[key] == second[key] for key in first if key != "reason")


def _in_line(first: Cell, second: Cell, point: Point) -> bool:
    if first.support != second.support:
        return False
    if len(first.support) == 2:
        return True
    (a,) = (e for e in first.ends if e != point)
    (b,) = (e for e in second.ends if e != point)
    left = [v - w for v, w in zip(a, point, strict=True)]
    right = [v - w for v, w in zip(b, point, strict=True)]
    return all(u * y == v * x for u, x in zip(left, right, strict=True) for v, y in zip(left, right, strict=True))


def _part(strategies: tuple[str, ...], piece: _Piece, shown: Callable[[Point], Point]) -> Part:
    curve = piece.cell.equation
    return Part(
        dimension=piece.cell.dimension,
        set=curve or formula(strategies, [shown(end) for end in piece.cell.ends], piece.closed),
        point=shown(piece.cell.point),
        corners=piece.cell.path if curve else tuple(shown(end) for end in piece.cell.ends),
        is_nash=piece.status["nash"],
        ess=piece.status["ess"],
        stability=piece.status.get("stability"),
        reason=piece.status.get("reason", ""),
    )


def _whole_formula(
    strategies: tuple[str, ...], group: list[tuple[Cell, Status]], shown: Callable[[Point], Point]
) -> str:
    """All cells of a component, its segments joined whatever their status."""
    pieces = _merged([(cell, {}) for cell, _ in group])
    lines = [p for p in pieces if p.cell.dimension > 0]
    closed = [True, True]
    texts = [p.cell.equation or formula(strategies, [shown(e) for e in p.cell.ends], closed) for p in lines]
    if any(p.cell.equation for p in lines):  # a curve's equation leaves out its ends
        texts += [formula(strategies, [shown(p.cell.point)], [True]) for p in pieces if p.cell.dimension == 0]
    return texts[0] if len(texts) == 1 else " or ".join(f"({text})" for text in texts)


def formula(strategies: Sequence[str], ends: Sequence[Point], closed: Sequence[bool]) -> str:
    """A point, segment or simplex in the claims language.

    Examples
    --------
    >>> corner, middle = (Fraction(0), Fraction(1)), (Fraction(9, 10), Fraction(1, 10))
    >>> formula(["C", "P"], [middle, corner], [True, False])
    'C + P == 1 and P >= 1/10 and P < 1'
    """
    total = f"{' + '.join(strategies)} == 1"
    if len(ends) > 2:
        return " and ".join([*(f"{name} >= 0" for name in strategies), total])
    if len(ends) == 1:
        return _point_formula(strategies, ends[0])
    first, second = ends
    moving = [k for k, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    key = moving[-1]
    if float(first[key]) > float(second[key]):
        first, second, closed = second, first, [closed[1], closed[0]]
    name = strategies[key]
    clauses = [f"{strategies[k]} == {to_text(v)}" for k, v in enumerate(first) if k not in moving]
    present = [strategies[k] for k, v in enumerate(first) if k in moving or v != 0]
    for k in moving[:-2]:
        slope = (second[k] - first[k]) / (second[key] - first[key])
        clauses.append(f"{strategies[k]} == {_linear(first[k] - slope * first[key], slope, name)}")
    clauses.append(f"{' + '.join(present)} == 1")
    clauses.append(bound_formula(name, first[key], ">=" if closed[0] else ">"))
    clauses.append(bound_formula(name, second[key], "<=" if closed[1] else "<"))
    return " and ".join(clauses)


def _point_formula(strategies: Sequence[str], point: Point) -> str:
    clauses = []
    inexact = [k for k, v in enumerate(point) if isinstance(v, AlgebraicNumber | EnclosedNumber)]
    for k, value in enumerate(point):
        name = strategies[k]
        if k not in inexact:
            clauses.append(f"{name} == {to_text(value)}")
        elif isinstance(value, EnclosedNumber):
            clauses.append(f"{name} >= {value.low} and {name} <= {value.high}")
        elif k != inexact[-1]:
            low, high = value.low, value.high
            clauses.append(f"{polynomial_text(value.coefficients, name)} == 0 and {name} > {low} and {name} < {high}")
    if inexact:
        present = [k for k, v in enumerate(point) if k in inexact or v != 0]
        clauses.append(f"{' + '.join(strategies[k] for k in present)} == 1")
    return " and ".join(clauses)


def bound_formula(name: str, value: Number, relation: str) -> str:
    """An inequality between a name and a number in the claims language."""
    if not isinstance(value, AlgebraicNumber):
        return f"{name} {relation} {to_text(value)}"
    root = f"{polynomial_text(value.coefficients, 't')} == 0 and t > {value.low} and t < {value.high}"
    return f"exists(t, {root} and {name} {relation} t)"


def _linear(constant: Number, slope: Number, name: str) -> str:
    if slope == 1 and constant == 0:
        return name
    size = "" if abs(slope) == 1 else f"{to_text(abs(slope))}*"
    if constant == 0:
        return f"{'-' if slope < 0 else ''}{size}{name}"
    return f"{to_text(constant)} {'-' if slope < 0 else '+'} {size}{name}"


def number_to_json(value: Number) -> Any:
    """A number of a solution: 'a/b', a JSON float, {"poly", "interval"} or {"interval", "certified"}."""
    if isinstance(value, EnclosedNumber):
        return {"interval": [str(value.low), str(value.high)], "certified": CERTIFIED}
    if isinstance(value, AlgebraicNumber):
        return {"poly": value.text, "interval": [str(value.low), str(value.high)]}
    return to_text(value)


def component_to_dict(component: Component) -> dict[str, Any]:
    """A component as `gametheory.solution/1` holds it.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame, symmetric_equilibria
    >>> found = symmetric_equilibria(PublicGoodsGame(group_size=5, multiplication_factor=3)).components
    >>> component_to_dict(found[0])["endpoints"]
    [{'C': '0', 'D': '1', 'P': '0'}]
    """

    def point(values: Point) -> dict[str, Any]:
        return {name: number_to_json(v) for name, v in zip(component.strategies, values, strict=True)}

    parts = [
        {
            "dimension": part.dimension,
            "set": part.set,
            "point": point(part.point),
            "nash": part.is_nash,
            "ess": part.ess,
            "stability": part.stability,
        }
        for part in component.parts
    ]
    return {
        "support": list(component.support),
        "dimension": component.dimension,
        "endpoints": [point(end) for end in component.endpoints],
        "set": component.set,
        "regret": number_to_json(component.regret),
        "ess": component.ess,
        "parts": parts,
        "stability_as_set": component.stability_as_set,
    }
