"""Polytopes given by rational inequalities: their vertices, exactly, and whether two of them meet."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Final

from gametheory.algebra.intervals import as_flint, as_fraction

Row = tuple[Fraction, ...]  # constant first: constant + coefficients . x >= 0
MOST_CHOICES: Final = 30_000


def vertices(rows: Sequence[Row], size: int) -> list[tuple[Fraction, ...]] | None:
    """All vertices of a bounded polytope in `size` dimensions; None if there are too many ways to choose `size` rows.

    Examples
    --------
    >>> one, none = Fraction(1), Fraction(0)
    >>> [[str(x) for x in v] for v in vertices([(none, one), (one, -2 * one)], 1)]
    [['0'], ['1/2']]
    """
    from flint import fmpq_mat

    unique = list(dict.fromkeys(_scaled(row) for row in rows if any(row[1:])))
    if any(row[0] < 0 for row in rows if not any(row[1:])):
        return []
    if comb(len(unique), size) > MOST_CHOICES:
        return None
    found: dict[tuple[Fraction, ...], None] = {}
    exact = [[as_flint(value) for value in row] for row in unique]
    for chosen in combinations(range(len(unique)), size):
        matrix = fmpq_mat([exact[k][1:] for k in chosen])
        right = fmpq_mat([[-exact[k][0]] for k in chosen])
        try:
            solved = matrix.solve(right)
        except ZeroDivisionError:
            continue
        point = [solved[k, 0] for k in range(size)]
        if all(row[0] + sum(a * x for a, x in zip(row[1:], point, strict=True)) >= 0 for row in exact):
            found[tuple(as_fraction(x) for x in point)] = None
    return list(found)


def _scaled(row: Row) -> Row:
    size = max(abs(value) for value in row[1:])
    return tuple(value / size for value in row)


def affine_rank(points: Sequence[Sequence[Fraction]]) -> int:
    """The dimension of the affine hull."""
    from flint import fmpq_mat

    first, *rest = points
    if not rest:
        return 0
    return int(fmpq_mat([[as_flint(a - b) for a, b in zip(p, first, strict=True)] for p in rest]).rank())


def meet(first: Sequence[Sequence[Fraction]], second: Sequence[Sequence[Fraction]]) -> bool:
    """Whether two convex hulls have a common point: a linear program, exactly.

    Examples
    --------
    >>> line = [[Fraction(0), Fraction(0)], [Fraction(1), Fraction(1)]]
    >>> meet(line, [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]), meet(line, [[Fraction(1), Fraction(0)]])
    (True, False)
    """
    from gametheory.algebra.linear_programs import maximum

    if any(tuple(p) in set(map(tuple, second)) for p in first):
        return True
    rows = [[*column] for column in zip(*[[*p, Fraction(1)] for p in first], strict=True)]
    others = [[*column] for column in zip(*[[*p, Fraction(1)] for p in second], strict=True)]
    equal = [[*a, *(-b for b in other)] for a, other in zip(rows, others, strict=True)]
    both = [*equal, *([-value for value in row] for row in equal)]
    goal = [Fraction(1)] * len(first) + [Fraction(0)] * len(second)
    found = maximum(goal, [*both, goal], [Fraction(0)] * len(both) + [Fraction(1)])
    return found.value == 1
