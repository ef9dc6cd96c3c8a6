r"""Sets of discount factors: unions of points and closed intervals of [0, 1), with exact ends.

The set on which polynomials in :math:`\omega` are all at most 0 is one, because they are continuous. Ends are rational
or algebraic; 1 is never in the set, so an interval that reaches it is open there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gametheory.algebra.roots import (
    AlgebraicNumber,
    Polynomial,
    between,
    order,
    primitive,
    roots_inside,
    same_number,
    sign_at,
    trimmed,
)
from gametheory.errors import NotConverged, require
from gametheory.exact import Number, as_number, is_exact, to_text

Point = Fraction | AlgebraicNumber
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Interval:
    """All discount factors from `low` to `high`, both included; `high` is not where it is 1."""

    low: Point
    high: Point


@dataclass(frozen=True, slots=True)
class DiscountSet:
    """A union of intervals, rising and disjoint; a point is an interval of length 0.

    Examples
    --------
    >>> found = where_not_positive([(Fraction(1), Fraction(-6))])
    >>> str(found), found.least, Fraction(1, 10) in found
    ('[1/6, 1)', Fraction(1, 6), False)
    """

    intervals: tuple[Interval, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no discount factor belongs to it."""
        return not self.intervals

    @property
    def is_everything(self) -> bool:
        """Whether it is all of [0, 1)."""
        return self.intervals == (Interval(ZERO, ONE),)

    @property
    def least(self) -> Point:
        """The smallest member.

        Raises
        ------
        NotConverged
            If there is none.
        """
        if not self.intervals:
            raise NotConverged("no discount factor belongs to the set; ask `is_empty` first")
        return self.intervals[0].low

    @property
    def reaches_one(self) -> bool:
        """Whether all players that are patient enough belong to it."""
        return bool(self.intervals) and self.intervals[-1].high == ONE

    def __contains__(self, discount_factor: Number) -> bool:
        value = discount_factor if isinstance(discount_factor, AlgebraicNumber) else as_number(discount_factor)
        require(is_exact(value) or isinstance(value, AlgebraicNumber), "discount_factor", value, "an exact number")
        return any(compare(i.low, value) <= 0 and _below(value, i.high) for i in self.intervals)

    def __str__(self) -> str:
        return " or ".join(map(_shown, self.intervals)) or "nowhere"

    def _repr_latex_(self) -> str:
        pieces = [_shown(i, "\\approx ") for i in self.intervals]
        return "$" + (r" \cup ".join(pieces) or r"\emptyset") + "$"

    def to_json(self) -> list[list[Any]]:
        """The intervals as pairs of ends, rationals as text, algebraic numbers by polynomial and interval."""
        return [[point_to_json(i.low), point_to_json(i.high)] for i in self.intervals]


EVERYWHERE = DiscountSet((Interval(ZERO, ONE),))


def where_not_positive(polynomials: Iterable[Polynomial]) -> DiscountSet:
    """The discount factors at which every one of these polynomials is at most 0.

    Parameters
    ----------
    polynomials : iterable of sequence of Fraction
        Coefficients, constant first.

    Examples
    --------
    >>> str(where_not_positive([(Fraction(-1), Fraction(0), Fraction(2))]))
    '[0, ≈0.7071067811865476]'
    """
    signed = {_normal(p) for p in map(trimmed, polynomials) if p}
    distinct = [tuple(map(Fraction, p)) for p in sorted(signed, key=lambda p: (len(p), p))]
    roots = order([root for polynomial in distinct if len(polynomial) > 1 for root in roots_inside(polynomial)])
    marks: list[Point] = [ZERO, *roots, ONE]

    def holds(at: Point) -> bool:
        return all(sign_at(polynomial, at) <= 0 for polynomial in distinct)

    cells: list[tuple[Point, bool]] = []  # points and the open cells after them
    for index, mark in enumerate(marks[:-1]):
        cells += [(mark, holds(mark)), (mark, holds(between(mark, marks[index + 1])))]
    intervals, low = [], None
    for place, (mark, inside) in enumerate(cells):
        if inside and low is None:
            low = mark  # a closed set: a cell that belongs to it comes with its ends
        if not inside and low is not None:
            intervals.append(Interval(low, mark))
            low = None
        if inside and place == len(cells) - 1 and low is not None:
            intervals.append(Interval(low, ONE))
    return DiscountSet(tuple(intervals))


def intersection(sets: Sequence[DiscountSet]) -> DiscountSet:
    """The discount factors that belong to all."""
    result = EVERYWHERE
    for other in sets:
        pieces = []
        for one in result.intervals:
            for two in other.intervals:
                low = one.low if compare(one.low, two.low) >= 0 else two.low
                high = one.high if compare(one.high, two.high) <= 0 else two.high
                if compare(low, high) < 0 or (compare(low, high) == 0 and high != ONE):
                    pieces.append(Interval(low, high))
        result = DiscountSet(tuple(pieces))
    return result


def union(sets: Iterable[DiscountSet]) -> DiscountSet:
    """The discount factors that belong to one or more; intervals that touch become one."""
    listed = [interval for each in sets for interval in each.intervals]
    merged: list[Interval] = []
    while listed:
        first = listed[0]
        for interval in listed[1:]:
            first = interval if compare(interval.low, first.low) < 0 else first
        listed.remove(first)
        if merged and compare(first.low, merged[-1].high) <= 0:
            last = merged.pop()
            first = Interval(last.low, first.high if compare(first.high, last.high) > 0 else last.high)
        merged.append(first)
    return DiscountSet(tuple(merged))


def compare(first: Point, second: Point) -> int:
    """-1, 0 or 1 as the first number is below, equal to or above the second.

    Examples
    --------
    >>> compare(AlgebraicNumber((-1, 0, 2), Fraction(0), Fraction(1)), Fraction(7, 10))
    1
    """
    if same_number(first, second):
        return 0
    while True:
        if _end(first, high=True) <= _end(second, high=False):
            return -1
        if _end(second, high=True) <= _end(first, high=False):
            return 1
        first, second = _narrower(first), _narrower(second)


def point_to_json(point: Point) -> Any:
    """A rational as text, an algebraic number by its polynomial and interval."""
    if isinstance(point, AlgebraicNumber):
        return {"poly": point.text, "interval": [to_text(point.low), to_text(point.high)]}
    return to_text(point)


def _normal(polynomial: Polynomial) -> tuple[int, ...]:
    """Coprime integer coefficients, the sign kept: equal conditions are one."""
    whole = primitive(polynomial)
    return whole if polynomial[-1] > 0 else tuple(-c for c in whole)


def _below(value: Point, high: Point) -> bool:
    return compare(value, high) < 0 or (high != ONE and compare(value, high) == 0)


def _end(point: Point, *, high: bool) -> Fraction:
    if isinstance(point, AlgebraicNumber):
        return point.high if high else point.low
    return point


def _narrower(point: Point) -> Point:
    return point.refined((point.high - point.low) / 4) if isinstance(point, AlgebraicNumber) else point


def _shown(interval: Interval, before: str = "≈") -> str:
    def number(point: Point) -> str:
        return before + repr(float(point)) if isinstance(point, AlgebraicNumber) else str(point)

    if interval.high == ONE:
        return f"[{number(interval.low)}, 1)"
    if interval.low is interval.high or same_number(interval.low, interval.high):
        return f"{{{number(interval.low)}}}"
    return f"[{number(interval.low)}, {number(interval.high)}]"
