r"""Linear programs over the rationals, solved exactly, with the witness of optimality.

Maximize :math:`c \cdot x` subject to :math:`A x \le b`, :math:`x \ge 0` with :math:`b \ge 0`, by the simplex method on
a dictionary with Bland's rule, which cannot cycle (Bland 1977, Math. Oper. Res. 2, 103-107). The dual solution
:math:`y \ge 0`, :math:`y A \ge c`, :math:`y \cdot b = c \cdot x` proves that nothing is better.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gametheory.algebra.intervals import as_flint, as_fraction
from gametheory.errors import InvalidParameter, require

Row = Sequence[Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """The solution of a linear program and of its dual.

    Attributes
    ----------
    value : Fraction
    point : tuple of Fraction
        `x`.
    prices : tuple of Fraction
        `y`, one for each row of `A`.
    """

    value: Fraction
    point: tuple[Fraction, ...]
    prices: tuple[Fraction, ...]


def maximum(goal: Row, rows: Sequence[Row], limits: Row) -> Optimum:
    """The largest `goal . x` with `rows x <= limits`, `x >= 0`.

    Parameters
    ----------
    goal : sequence of Fraction, length n
    rows : sequence of sequences of Fraction, shape (m, n)
    limits : sequence of Fraction, length m
        None negative, so that x = 0 is allowed.

    Raises
    ------
    InvalidParameter
        If a limit is negative, or there is no largest value.

    Examples
    --------
    >>> found = maximum([Fraction(1), Fraction(1)], [[Fraction(2), Fraction(1)], [Fraction(1), Fraction(3)]],
    ...                 [Fraction(4), Fraction(6)])
    >>> str(found.value), [str(x) for x in found.point], [str(y) for y in found.prices]
    ('14/5', ['6/5', '8/5'], ['2/5', '1/5'])
    """
    require(all(limit >= 0 for limit in limits), "limits", limits, "none negative")
    size, count = len(goal), len(rows)
    table = [[as_flint(v) for v in row] + [as_flint(limit)] for row, limit in zip(rows, limits, strict=True)]
    last = [as_flint(v) for v in goal] + [as_flint(0)]
    inside, outside = list(range(size, size + count)), list(range(size))  # basic variables by row, others by column
    while True:
        entering = min((k for k in range(size) if last[k] > 0), key=lambda k: outside[k], default=None)
        if entering is None:
            break
        leaving = _leaving(table, inside, entering)
        if leaving is None:
            raise InvalidParameter("goal", goal, "bounded above on the feasible set")
        _pivot(table, last, leaving, entering)
        inside[leaving], outside[entering] = outside[entering], inside[leaving]
    point, prices = [Fraction(0)] * (size + count), [Fraction(0)] * (size + count)
    for row, variable in zip(table, inside, strict=True):
        point[variable] = as_fraction(row[-1])
    for value, variable in zip(last, outside, strict=False):
        prices[variable] = as_fraction(-value)
    return Optimum(value=as_fraction(-last[-1]), point=tuple(point[:size]), prices=tuple(prices[size:]))


def _leaving(table: list[list[Any]], inside: Sequence[int], entering: int) -> int | None:
    best, bound = None, None
    for place, row in enumerate(table):
        if row[entering] <= 0:
            continue
        ratio = row[-1] / row[entering]
        if bound is None or ratio < bound or (ratio == bound and best is not None and inside[place] < inside[best]):
            best, bound = place, ratio
    return best


def _pivot(table: list[list[Any]], last: list[Any], leaving: int, entering: int) -> None:
    row = table[leaving]
    pivot = 1 / row[entering]
    for k, value in enumerate(row):
        row[k] = pivot if k == entering else value * pivot
    for other in [*(r for r in table if r is not row), last]:
        factor = other[entering]
        if factor == 0:
            continue
        for k, value in enumerate(row):
            if k == entering:
                other[k] = -factor * pivot
            elif value != 0:
                other[k] = other[k] - factor * value
