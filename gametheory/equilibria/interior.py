r"""Status of rest points inside faces of nonlinear games: Nash, evolutionary stability, and the linearisation.

With the shares :math:`y` of the strategies present but the first, and gains :math:`g_i` over the first, the
slope is :math:`A_{ij} = \partial g_i / \partial y_j`. Against a small change :math:`\xi` of the shares of the
present, a rest point `x` earns :math:`-\xi \cdot A \xi` more than the changed population, up to third order: so
`x` is locally superior (evolutionarily stable) if the symmetric part of `A` is negative definite and all
absent strategies earn strictly less, and not even neutrally stable if some :math:`\xi \cdot A \xi > 0`. The
replicator dynamics within the face linearise to :math:`(\operatorname{diag}(y) - y y^T) A`.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from gametheory.algebra.bernstein import (
    UNIT,
    Polynomial,
    as_floats,
    halves,
    layout,
    values_of,
    without_zero,
)
from gametheory.algebra.points import LocatedPoint
from gametheory.equilibria.faces import Face

Value = Callable[[Polynomial], Any]


def slope_of(face: Face) -> list[list[Polynomial]]:
    """The polynomials `A` of the module header."""
    return [[gain.derivative(j) for j in range(len(face.gains))] for gain in face.gains]


def linearised(face: Face, value: Value) -> list[list[Any]]:
    """The linearisation within the face, in the arithmetic of `value`."""
    size = len(face.gains)
    slope = [[value(entry) for entry in row] for row in slope_of(face)]
    shares = [value(g) for g in face.gains[0].context().gens()]
    pulls = [total(shares[k] * slope[k][j] for k in range(size)) for j in range(size)]
    return [[shares[i] * (slope[i][j] - pulls[j]) for j in range(size)] for i in range(size)]


def total(values: Any) -> Any:
    """The sum of numbers of one arithmetic."""
    first, *rest = values
    for value in rest:
        first = first + value
    return first


def determinant(rows: Sequence[Sequence[Any]]) -> Any:
    """By the first row; for the few rows that faces have."""
    if len(rows) == 1:
        return rows[0][0]
    terms = []
    for column, entry in enumerate(rows[0]):
        minor = determinant([[v for j, v in enumerate(row) if j != column] for row in rows[1:]])
        terms.append(entry * minor if column % 2 == 0 else -(entry * minor))
    return total(terms)


def status_at(face: Face, place: LocatedPoint) -> tuple[bool | None, str]:
    """Nash or not (None if a sign cannot be told), and "yes", "no" or "undecided" for evolutionary stability."""
    signs = [place.sign(lambda value, p=poly: value(p)) for poly in face.outside.values()]  # type: ignore[misc]
    if any(sign == 1 for sign in signs):
        return False, "no"
    nash = None if None in signs else True
    slope = slope_of(face)
    size = len(slope)

    def minor(rows: Sequence[int]) -> int | None:
        def formula(value: Value) -> Any:
            entries = [[value(slope[i][j]) + value(slope[j][i]) for j in rows] for i in rows]
            return determinant([[-entry for entry in row] for row in entries])

        return place.sign(formula)

    minors = {rows: minor(rows) for count in range(1, size + 1) for rows in combinations(range(size), count)}
    if any(sign == -1 for sign in minors.values()):
        return nash, "no"
    definite = all(minors[tuple(range(count))] == 1 for count in range(1, size + 1))
    if definite and nash and all(sign == -1 for sign in signs):
        return True, "yes"
    return nash, "undecided"


def trace_of(face: Face) -> Polynomial:
    """The trace of the linearisation, as a polynomial."""
    rows = linearised(face, lambda poly: poly)
    return total(rows[k][k] for k in range(len(rows)))


def sign_along(curve: Polynomial, poly: Polynomial, *, effort: int = 4000) -> int | None:
    """The sign of a polynomial everywhere on a curve in the closed triangle, or None if none is proved."""
    degree = max(int(curve.total_degree()), int(poly.total_degree()), 1)
    form = layout(degree, 3)
    coefficients = np.array([[as_floats(values_of(p, degree, 3)) for p in (curve, poly)]])
    vertices, signs, looked, tag, error = np.eye(3)[None], set(), 0, 2, UNIT
    while len(coefficients):
        looked += len(coefficients)
        if looked > effort:
            return None
        errors = np.full(coefficients.shape[:2], error)
        off = without_zero(coefficients[:, :1], errors[:, :1])
        low, high = coefficients[:, 1].min(axis=-1), coefficients[:, 1].max(axis=-1)
        rising, falling = ~off & (low > error), ~off & (high < -error)
        signs |= ({1} if rising.any() else set()) | ({-1} if falling.any() else set())
        if len(signs) > 1:
            return None
        open_ones = ~(off | rising | falling)
        coefficients, vertices = halves(form, tag, coefficients[open_ones], vertices[open_ones])
        error += degree * UNIT
        tag = tag - 1 or 2
    return signs.pop() if signs else None
