r"""All common zeros of a system in a closed simplex, each certified, and what could not be decided.

The simplex is halved again and again. A piece is dropped if Bernstein bounds show that some equation, or some
row of :math:`Y F` with `Y` the inverse of the slope there, has no zero on it, or if it lies in the box of a
certified zero (`gametheory.algebra.krawczyk`). Pieces on which :math:`Y J` is near the identity propose a
zero. Pieces that are left when they are too small, or when there are too many, are undecided: no zero lies
outside them and the certified boxes. Source: Garloff & Smith (2001), Reliab. Comput. 7, 163-171.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.bernstein import UNIT, Layout, Mask, as_floats, halves, layout, values_of, without_zero
from gametheory.algebra.krawczyk import PolynomialSystem, Zero, certify

Array = NDArray[np.float64]
EFFORT: Final = 60_000
DEPTH: Final = 26  # halvings of every edge; so the smallest piece is 2^-26 wide
TRIES: Final = 8  # most searches for a zero at once
CHUNK: Final = 4_000_000  # numbers handled at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box in the coordinates of the simplex.

    Attributes
    ----------
    low, high : tuple of Fraction
        For every coordinate, the first included.
    """

    low: tuple[Fraction, ...]
    high: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was found.

    Attributes
    ----------
    zeros : tuple of Zero
        Distinct, in the simplex or near it.
    undecided : tuple of Box
        Where zeros that are not listed may be.
    pieces : int
        How many were looked at.
    """

    zeros: tuple[Zero, ...]
    undecided: tuple[Box, ...]
    pieces: int


@dataclass(frozen=True, slots=True)
class Look:
    """What bounds say about pieces: whether they hold no zero, how far I - Y J is from 0, where a zero would be."""

    empty: Mask
    spread: Array
    guess: Array


class Scan(Protocol):
    """A system that says what it knows of pieces."""

    parts: int
    system: Any

    def start(self) -> tuple[Layout, Array, Array]:
        """Layout, coefficients of shape (polynomials, number) and their errors."""
        ...

    def look(self, form: Layout, coefficients: Array, errors: Array, vertices: Array) -> Look:
        """Bounds on pieces, shape (pieces, polynomials, number)."""
        ...


class PolynomialScan:
    """Polynomials in Bernstein form, all of the largest degree, scaled to at most 1."""

    def __init__(self, system: PolynomialSystem) -> None:
        self.system = system
        self.parts = system.unknowns + 1

    def start(self) -> tuple[Layout, Array, Array]:
        """Layout, coefficients of shape (polynomials, number) and their errors."""
        polys = self.system.polynomials
        degree = max(int(poly.total_degree()) for poly in polys)
        rows = np.array([as_floats(values_of(poly, degree, self.parts)) for poly in polys])
        return layout(degree, self.parts), rows, np.full(len(rows), UNIT)

    def look(self, form: Layout, coefficients: Array, errors: Array, vertices: Array) -> Look:
        """Bounds on pieces, shape (pieces, polynomials, number)."""
        return bounds_of_polynomials(form, coefficients, errors)


def bounds_of_polynomials(form: Layout, coefficients: Array, errors: Array) -> Look:
    """Whether some polynomial, or some row of Y F, keeps its sign; Y inverts the slope between the vertices."""
    empty = without_zero(coefficients, errors)
    ends = coefficients[..., form.corners]
    slope = ends[..., 1:] - ends[..., :1]
    sizes = np.abs(coefficients).max(axis=-1)
    inverse = _inverses(slope, sizes)
    turned = inverse @ coefficients
    weights = np.abs(inverse)
    noise = (weights @ errors[..., None])[..., 0] + 8 * UNIT * (weights @ sizes[..., None])[..., 0]
    empty |= without_zero(turned, noise)
    slopes = form.slopes(turned)
    gaps = np.abs(slopes - np.eye(form.parts - 1)[:, :, None]).max(axis=-1)
    return Look(empty, gaps.sum(axis=-1).max(axis=-1), -turned[..., form.corners[0]])


def _inverses(matrices: Array, sizes: Array) -> Array:
    """Inverses, of the identity where a matrix is nearly singular."""
    fits = np.abs(np.linalg.det(matrices)) > 1e-9 * sizes.prod(axis=-1) * 2.0**-20
    safe = np.where(fits[:, None, None], matrices, np.eye(matrices.shape[-1]))
    return np.asarray(np.linalg.inv(safe))


def common_zeros(scan: Any, *, effort: int = EFFORT, depth: int = DEPTH) -> Search:
    """All zeros of a system in the closed simplex.

    Parameters
    ----------
    scan : Scan
        `PolynomialScan` of a `PolynomialSystem`.
    effort : int
        Most pieces looked at.
    depth : int
        Most halvings of each edge.

    Examples
    --------
    >>> from gametheory.algebra.bernstein import ring
    >>> y1, y2 = ring(3).gens()
    >>> found = common_zeros(PolynomialScan(PolynomialSystem((y1**2 - y2, y1 - 2 * y2))))
    >>> [[str(value) for value in zero.rational()] for zero in found.zeros], found.undecided
    ([['1/2', '1/4'], ['0', '0']], ())
    """
    form, rows, mistakes = scan.start()
    parts = scan.parts
    coefficients, vertices = rows[None], np.eye(parts)[None]
    zeros: list[Zero] = []
    looked, tag = 0, parts - 1
    for _ in range(depth * (parts - 1)):
        looked += len(coefficients)
        coefficients, vertices = _kept(scan, form, coefficients, mistakes, vertices, zeros)
        if not len(coefficients) or looked + 2 * len(coefficients) > effort:
            break
        coefficients, vertices = halves(form, tag, coefficients, vertices)
        mistakes = mistakes + form.degree * UNIT
        tag = tag - 1 or parts - 1
    return Search(zeros=tuple(zeros), undecided=tuple(_boxes(vertices)), pieces=looked)


def _kept(
    scan: Any, form: Layout, coefficients: Array, mistakes: Array, vertices: Array, zeros: list[Zero]
) -> tuple[Array, Array]:
    """The pieces that may hold a zero that is not certified; zeros that they propose are added."""
    size = max(1, CHUNK // coefficients[0].size)
    left, places = [], []
    for start in range(0, len(coefficients), size):
        some, where = coefficients[start : start + size], vertices[start : start + size]
        keep = ~covered(where, zeros)
        some, where = some[keep], where[keep]
        if not len(some):
            continue
        look = scan.look(form, some, np.broadcast_to(mistakes, some.shape[:2]), where)
        _propose(scan, look, where, zeros)
        keep = ~look.empty & ~covered(where, zeros)
        left.append(some[keep])
        places.append(where[keep])
    if not left:
        return coefficients[:0], vertices[:0]
    return np.concatenate(left), np.concatenate(places)


def _propose(scan: Any, look: Look, vertices: Array, zeros: list[Zero]) -> None:
    """Certify the zeros that promising pieces lead to."""
    promising = np.flatnonzero(~look.empty & (look.spread < 0.5))
    tries = TRIES
    for piece in promising[:: max(1, len(promising) // (2 * TRIES))].tolist():
        corners = vertices[piece]
        local = look.guess[piece]
        if np.abs(local).max() > 3:
            continue
        point = (corners[0] + local @ (corners[1:] - corners[0]))[1:]
        if any(zero.holds(point) for zero in zeros):
            continue
        if tries == 0:
            break
        tries -= 1
        zero = certify(scan.system, point, known=zeros)
        if zero is not None:
            zeros.append(zero)


def covered(vertices: Array, zeros: Sequence[Zero]) -> Mask:
    """Whether pieces lie in the box of a certified zero."""
    inside = np.zeros(len(vertices), dtype=bool)
    for zero in zeros:
        centre = np.array([float(c) for c in zero.anchor])
        reach = float(zero.reach) * (1 - 2.0**-30)
        inside |= (np.abs(vertices[:, :, 1:] - centre) <= reach).all(axis=(1, 2))
    return inside


def _boxes(vertices: Array) -> list[Box]:
    """Boxes around pieces that touch."""
    found: list[tuple[Array, Array]] = []
    for corners in vertices:
        low, high = corners.min(axis=0), corners.max(axis=0)
        apart = []
        for other in found:
            if bool((other[0] <= high).all() and (low <= other[1]).all()):
                low, high = np.minimum(low, other[0]), np.maximum(high, other[1])
            else:
                apart.append(other)
        found = [*apart, (low, high)]
    return [Box(low=tuple(map(Fraction, a.tolist())), high=tuple(map(Fraction, b.tolist()))) for a, b in found]
