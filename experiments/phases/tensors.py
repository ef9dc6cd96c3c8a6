"""Polynomials in Bernstein form over a cell: exact integers, halved along one direction at a time.

A tensor holds the Bernstein coefficients of a polynomial over a box, one direction after another, up to a positive
factor. On the box the polynomial lies between the least and the largest of them. If all are >= 0 and one is > 0,
it is positive on the open box. (Farouki 2012, Comput. Aided Geom. Design 29, 379-419.)
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import comb, cos, lcm, pi
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.phases.problem import Axis, Terms

Tensor = NDArray[np.object_]
POINTS: Final = (0.03, 0.97)  # of a cell's sides, where a hint is taken
SHARES: Final = tuple((1 - cos(pi * (k + 0.5) / 400)) / 2 for k in range(400))  # closer together towards the ends


def over_rectangle(polynomials: Sequence[Terms], axes: tuple[Axis, Axis]) -> Tensor:
    """Bernstein coefficients over a rectangle, shape (polynomials, degree in x + 1, degree in y + 1).

    Examples
    --------
    >>> square = Axis(name="x", low=0, high=2), Axis(name="y", low=0, high=1)
    >>> over_rectangle([(((0, 0), -1), ((1, 1), 1))], square).tolist()
    [[[-1, -1], [-1, 1]]]
    """
    powers = [tuple(max((p[k] for t in polynomials for p, _ in t), default=0) for k in (0, 1))]
    ((m, n),) = powers
    rows = _basis(axes[0], m), _basis(axes[1], n)
    found = [[[Fraction(0)] * (n + 1) for _ in range(m + 1)] for _ in polynomials]
    for table, terms in zip(found, polynomials, strict=True):
        for (i, j), c in terms:
            for a, left in enumerate(rows[0][i]):
                for b, right in enumerate(rows[1][j]):
                    table[a][b] += c * left * right
    scale = lcm(*(v.denominator for table in found for row in table for v in row))
    return np.array([[[int(v * scale) for v in row] for row in table] for table in found], dtype=object)


def _basis(axis: Axis, degree: int) -> list[list[Fraction]]:
    """For each power of the parameter, its Bernstein coefficients of this degree over the axis: blossoms."""
    low, high = axis.low, axis.high
    return [
        [
            sum(
                (Fraction(comb(k, h) * comb(degree - k, power - h), comb(degree, power)) * high**h * low ** (power - h))
                for h in range(max(0, power - degree + k), min(k, power) + 1)
            )
            + Fraction(0)
            for k in range(degree + 1)
        ]
        for power in range(degree + 1)
    ]


@cache
def _halving(degree: int) -> tuple[Tensor, Tensor]:
    """The matrices that take coefficients to 2^degree times those over the two halves."""
    low = [[comb(k, i) * 2 ** (degree - k) for i in range(degree + 1)] for k in range(degree + 1)]
    return np.array(low, dtype=object), np.array([row[::-1] for row in low[::-1]], dtype=object)


def halves(tensor: Tensor, direction: int) -> tuple[Tensor, Tensor]:
    """The tensor over the lower and the upper half of its box, times a positive factor.

    Examples
    --------
    >>> low, high = halves(np.array([-1, 3], dtype=object), 0)
    >>> low.tolist(), high.tolist()
    ([-2, 2], [2, 6])
    """
    degree = tensor.shape[direction] - 1
    if degree == 0:
        return tensor, tensor
    low, high = _halving(degree)
    if direction == 0:
        flat = tensor.reshape(degree + 1, -1)
        return low.dot(flat).reshape(tensor.shape), high.dot(flat).reshape(tensor.shape)
    swapped = np.moveaxis(tensor, direction, 0)
    flat = swapped.reshape(degree + 1, -1)
    first, second = (matrix.dot(flat).reshape(swapped.shape) for matrix in (low, high))
    return np.moveaxis(first, 0, direction), np.moveaxis(second, 0, direction)


def quarters(tensor: Tensor) -> list[Tensor]:
    """Over the four quarters in the last two directions: low-low, high-low, low-high, high-high."""
    columns = halves(tensor, tensor.ndim - 2)
    lower, upper = zip(*(halves(half, tensor.ndim - 1) for half in columns), strict=True)
    return [*lower, *upper]


def definite_sign(tensor: Tensor) -> int | None:
    """The sign on the open box, if the coefficients prove one: 1, -1, or 0 for the zero polynomial; else None."""
    low, high = tensor.min(), tensor.max()
    if low >= 0:
        return 1 if high > 0 else 0
    return -1 if high <= 0 else None


def sequence_of(tensor: Tensor, depth: int) -> tuple[str, str] | None:
    """The signs of a gain between its roots, one answer for the whole open cell, and the pieces that prove it.

    Parameters
    ----------
    tensor : Tensor
        The share of the first strategy, 0 to 1, is the first direction.
    depth : int
        How often an interval of shares may be halved.

    Returns
    -------
    (sequence, pieces) or None
        Pieces: intervals in the order of a binary tree, "/" for one that is halved, "+" and "-" where the gain
        keeps that sign, "u" and "d" where it rises or falls. None if this depth does not tell.
    """
    found = definite_sign(tensor[0])
    if not found or not definite_sign(tensor[-1]) or _differs(tensor):
        return None
    kinds: list[tuple[str, Any]] = []
    pieces: list[str] = []
    stack = [(tensor, depth)]
    while stack:
        part, left = stack.pop()
        kind = _kind(part)
        if kind:
            pieces.append(kind)
            kinds.append((kind, part[-1]))
        elif left == 0:
            return None
        else:
            pieces.append("/")
            low, high = halves(part, 0)
            stack += [(high, left - 1), (low, left - 1)]
    sequence = _walk(found, kinds)
    return sequence and (sequence, "".join(pieces))


def _differs(tensor: Tensor) -> bool:
    """Whether floats see two sequences in the cell: a hint that a search for one would be in vain."""
    degrees = [size - 1 for size in tensor.shape]
    bits = max(int(tensor.max()), -int(tensor.min())).bit_length()
    values = (tensor >> max(0, bits - 60)).astype(float)
    for degree in (degrees[1], degrees[2]):  # contracts the second direction twice, at two points each
        values = np.tensordot(values, _weights(degree, POINTS), axes=(1, 1))
    signs = np.tensordot(_weights(degrees[0], SHARES), values.reshape(degrees[0] + 1, -1), axes=1) > 0
    changes = (signs[1:] != signs[:-1]).sum(axis=0)
    return bool((changes != changes[0]).any() or (signs[0] != signs[0, 0]).any())


@cache
def _weights(degree: int, shares: tuple[float, ...]) -> NDArray[np.float64]:
    """The Bernstein polynomials of a degree at some places, shape (places, degree + 1)."""
    places = np.array(shares)
    return np.array([comb(degree, k) * places**k * (1 - places) ** (degree - k) for k in range(degree + 1)]).T


def _kind(part: Tensor) -> str:
    low, high = part.min(), part.max()
    if low >= 0 and part[0].max() > 0 and part[-1].max() > 0:
        return "+"
    if high <= 0 and part[0].min() < 0 and part[-1].min() < 0:
        return "-"
    if len(part) > 1:
        steps = part[1:] - part[:-1]
        least, most = steps.min(), steps.max()
        if least >= 0 and most > 0:
            return "u"
        if most <= 0 and least < 0:
            return "d"
    return ""


def _walk(sign: int, kinds: list[tuple[str, Tensor]]) -> Any:
    """The signs met, where each run of rising (falling) pieces has at most one root."""
    marks = {1: "+", -1: "-"}
    met = marks[sign]
    for place, (kind, end) in enumerate(kinds):
        last = place + 1 == len(kinds) or kinds[place + 1][0] != kind
        if kind in "ud" and last:
            found = definite_sign(end)
            if not found:
                return None
            if marks[found] != met[-1]:
                met += marks[found]
    return met
