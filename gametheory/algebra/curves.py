r"""Real points of a plane curve inside the triangle :math:`y_1, y_2 > 0, \ y_1 + y_2 < 1`.

Points are found where rational lines through the corners cross the curve. That none is missed is proved, for an
irreducible polynomial that is not constant along :math:`y_2`, by its critical points: a connected piece of
the curve in the closed triangle reaches the boundary, or has a leftmost point, where the derivative by
:math:`y_2` is zero too.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.bernstein import Polynomial
from gametheory.algebra.elimination import FieldPoint
from gametheory.algebra.intervals import as_flint, as_fraction
from gametheory.algebra.krawczyk import PolynomialSystem
from gametheory.algebra.points import LocatedPoint, located
from gametheory.algebra.roots import AlgebraicNumber, roots_inside, sign_at, trimmed
from gametheory.algebra.subdivision import PolynomialScan, common_zeros

CORNERS: Final = ((0, 0), (1, 0), (0, 1))
LINES: Final = tuple(Fraction(k, n) for n in (2, 3, 4, 5, 7) for k in range(1, n))
ENOUGH: Final = 12
STEP: Final = 1 / 200
LONGEST: Final = 5000

Shares = tuple[Any, ...]


def points_on(poly: Polynomial, *, effort: int, enough: int = ENOUGH) -> tuple[list[LocatedPoint], list[Shares], bool]:
    """Some points of a curve in the open triangle, its ends on the boundary, and whether it is proved empty.

    Examples
    --------
    >>> from gametheory.algebra.bernstein import ring
    >>> y1, y2 = ring(3).gens()
    >>> points, ends, empty = points_on(2 * y1 - 1, effort=1000)
    >>> [str(share) for share in points[0].shares], [[str(share) for share in end] for end in ends]
    (['1/4', '1/2', '1/4'], [['1/2', '1/2', '0'], ['0', '1/2', '1/2']])
    """
    points: list[LocatedPoint] = []
    for corner, share in product(range(3), LINES):
        if len(points) < enough:
            points += _on_line(poly, corner, share)
    ends = [end for absent in (2, 1, 0) for end in _on_edge(poly, absent)]
    ends += [end for corner in range(3) for end in _at_corner(poly, corner)]
    if points:
        return points, ends, False
    return [], ends, not _touches(poly) and _no_critical_point(poly, effort)


def _on_line(poly: Polynomial, corner: int, share: Fraction) -> list[LocatedPoint]:
    """Where the line from a corner to a point of the opposite edge crosses the curve."""
    from flint import fmpq_poly

    start = CORNERS[corner]
    others = [c for k, c in enumerate(CORNERS) if k != corner]
    ends = [share * a + (1 - share) * b for a, b in zip(*others, strict=True)]
    line = [fmpq_poly([as_flint(Fraction(s)), as_flint(e - s)]) for s, e in zip(start, ends, strict=True)]
    found = []
    restricted = _restricted(poly, line)
    for root in roots_inside(restricted) if restricted else []:
        if isinstance(root, Fraction):
            found.append(located(tuple(as_fraction(c(as_flint(root))) for c in line)))
            continue
        y1, y2 = poly.context().gens()
        across = (y1 - start[0]) * as_flint(ends[1] - start[1]) - (y2 - start[1]) * as_flint(ends[0] - start[0])
        factor = _minimal(root)
        modulus = fmpq_poly(list(factor.coefficients))
        modulus /= modulus[modulus.degree()]
        found.append(located(FieldPoint(modulus, factor, (line[0], line[1]), (poly, across))))
    return found


def _minimal(root: AlgebraicNumber) -> AlgebraicNumber:
    """The same number by its irreducible polynomial."""
    from flint import fmpz_poly

    for factor, _ in fmpz_poly(list(root.coefficients)).factor()[1]:
        low, high = factor(as_flint(root.low)), factor(as_flint(root.high))
        if low * high < 0:
            return AlgebraicNumber(tuple(int(c) for c in factor.coeffs()), root.low, root.high)
    raise AssertionError("a polynomial has no factor with its root")


def _restricted(poly: Polynomial, line: Sequence[Any]) -> tuple[Fraction, ...]:
    """The polynomial along a line, as coefficients."""
    total = line[0] * 0
    for (a, b), value in poly.to_dict().items():
        total += value * line[0] ** int(a) * line[1] ** int(b)
    return trimmed([as_fraction(c) for c in total.coeffs()])


def _on_edge(poly: Polynomial, absent: int) -> list[Shares]:
    """Ends of the curve on an open edge: where the polynomial changes its sign along it."""
    from flint import fmpq_poly

    t, none = fmpq_poly([0, 1]), fmpq_poly([])
    restricted = _restricted(poly, {0: (1 - t, t), 1: (none, t), 2: (t, none)}[absent])
    first, second = (k for k in range(3) if k != absent)
    ends = []
    for root in roots_inside(restricted) if restricted else []:
        if _changes_sign(restricted, root):
            rest = root.one_minus() if isinstance(root, AlgebraicNumber) else 1 - root
            ends.append(tuple(root if k == second else rest if k == first else Fraction(0) for k in range(3)))
    return ends


def _changes_sign(poly: Sequence[Fraction], root: Fraction | AlgebraicNumber) -> bool:
    """Whether a root has odd multiplicity."""
    order, current = 0, tuple(poly)
    while current and sign_at(current, root) == 0:
        current = trimmed([k * c for k, c in enumerate(current)][1:])
        order += 1
    return order % 2 == 1


def _at_corner(poly: Polynomial, corner: int) -> list[Shares]:
    """A corner, if near it the polynomial has both signs: on the two edges, or by its lowest terms between them."""
    y1, y2 = poly.context().gens()
    moved = poly.compose(*((y1, y2), (1 - y1 - y2, y2), (y1, 1 - y1 - y2))[corner])
    terms = {tuple(map(int, powers)): value for powers, value in moved.to_dict().items()}
    lowest = min(a + b for a, b in terms)
    if lowest == 0:
        return []
    sides = [[(a + b, c) for (a, b), c in terms.items() if (a, b)[k] == 0] for k in (0, 1)]
    signs = {(value > 0) - (value < 0) for side in sides for value in [min(side, key=lambda t: t[0])[1]]}
    for share in LINES:
        value = sum(
            (as_fraction(c) * share**a * (1 - share) ** b for (a, b), c in terms.items() if a + b == lowest),
            Fraction(0),
        )
        signs.add((value > 0) - (value < 0))
    if not {1, -1} <= signs:
        return []
    return [tuple(Fraction(int(k == corner)) for k in range(3))]


def _touches(poly: Polynomial) -> bool:
    """Whether the curve meets the boundary of the triangle."""
    from flint import fmpq_poly

    if any(poly(*map(_flint_whole, corner)) == 0 for corner in CORNERS):
        return True
    t, none = fmpq_poly([0, 1]), fmpq_poly([])
    lines = [_restricted(poly, line) for line in ((1 - t, t), (none, t), (t, none))]
    return any(not line or bool(roots_inside(line)) for line in lines)


def _flint_whole(value: int) -> Any:
    return as_flint(Fraction(value))


def _no_critical_point(poly: Polynomial, effort: int) -> bool:
    """Whether it is proved that the curve has no vertical tangent and no singular point in the triangle."""
    slope = poly.derivative(1)
    if slope == 0:
        return True  # vertical lines reach the boundary
    if slope.total_degree() == 0:
        return True
    search = common_zeros(PolynomialScan(PolynomialSystem((poly, slope))), effort=effort)
    return not search.undecided and not search.zeros


def traced(poly: Polynomial, start: Sequence[float]) -> NDArray[np.float64]:
    """Points along the curve through a point of it, in floats, shape (points, 2): for pictures."""
    terms = [(int(a), int(b), float(as_fraction(c))) for (a, b), c in poly.to_dict().items()]

    def value(y: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, rise = 0.0, np.zeros(2)
        for a, b, c in terms:
            total += c * y[0] ** a * y[1] ** b
            rise += c * np.array([a * y[0] ** max(a - 1, 0) * y[1] ** b, b * y[0] ** a * y[1] ** max(b - 1, 0)])
        return total, rise

    ways: list[list[NDArray[np.float64]]] = []
    for sign in (1, -1):
        here = np.array(start, dtype=np.float64)
        way, last = [], np.zeros(2)
        for _ in range(LONGEST):
            rise = value(here)[1]
            size = float(np.hypot(*rise))
            if size == 0:
                break
            ahead = sign * np.array([-rise[1], rise[0]]) / size
            ahead = -ahead if float(ahead @ last) < 0 else ahead
            there = here + STEP * ahead
            for _ in range(4):
                total, rise = value(there)
                there = there - total * rise / max(float(rise @ rise), 1e-300)
            if there.min() < 0 or there.sum() > 1 or not np.isfinite(there).all():
                break
            way.append(there)
            here, last = there, ahead
            if len(way) > 4 and float(np.hypot(*(there - np.array(start)))) < 0.7 * STEP:
                return np.array([np.array(start), *way])
        ways.append(way)
    return np.array([*ways[1][::-1], np.array(start, dtype=np.float64), *ways[0]])
