r"""Polynomials on a simplex in Bernstein form: exact conversion, halving, and bounds that cannot be wrong.

With barycentric coordinates :math:`x_0, \dots, x_n` and compositions :math:`k` of the degree `d`,

.. math:: p(x) = \sum_k \binom{d}{k} x^k b_k ,

which is how mean payoffs come out of a payoff table. The values of `p` lie between the least and the largest
:math:`b_k`, and halving the simplex (averages of neighboring :math:`b`, de Casteljau) makes the bounds
tighter (Farouki 2012, Comput. Aided Geom. Design 29, 379-419). In floats an average of numbers up to `M` errs
by at most `u M` (`u` half the machine epsilon), and averages do not amplify errors: after `h` halvings the
error is at most :math:`(h d + 1) u M`.

Exactly, a polynomial is flint's `fmpq_mpoly` in :math:`y_1, \dots, y_n`, the coordinates but the first.
"""

from collections.abc import Sequence
from functools import cache
from math import gcd, lcm
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.compositions import compositions, multiplicity

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]
# Of flint: `fmpq_mpoly` over the variables of `ring`, and `fmpq`.
Polynomial = Any
Rational = Any
UNIT: Final = 2.0**-53  # what rounding a number of at most 1 can change it by


def ring(parts: int) -> Any:
    """The polynomials over the rationals in the coordinates y1, y2, ... of a simplex with `parts` vertices.

    Examples
    --------
    >>> y1, y2 = ring(3).gens()
    >>> str((y1 + y2) ** 2)
    'y1^2 + 2*y1*y2 + y2^2'
    """
    from flint import Ordering, fmpq_mpoly_ctx

    return fmpq_mpoly_ctx.get([f"y{k}" for k in range(1, parts)], Ordering.lex)


def from_values(values: Sequence[Any], degree: int, parts: int) -> Polynomial:
    """The polynomial with these Bernstein coefficients (Fractions), in the order of `gametheory.compositions`.

    Examples
    --------
    >>> from fractions import Fraction
    >>> str(from_values([Fraction(v) for v in (0, 1, 0)], 1, 3))
    'y1'
    """
    from flint import Ordering, fmpq, fmpq_mpoly_ctx

    full = fmpq_mpoly_ctx.get([f"z{k}" for k in range(parts)], Ordering.lex)
    terms = {}
    for counts, value in zip(compositions(degree, parts).tolist(), values, strict=True):
        if value:
            terms[tuple(counts)] = fmpq(value.numerator, value.denominator) * multiplicity(counts)
    context = ring(parts)
    gens = context.gens()
    if not terms:
        return context.constant(0)
    return full.from_dict(terms).compose(1 - sum(gens), *gens, ctx=context)


def values_of(poly: Polynomial, degree: int, parts: int) -> list[Rational]:
    """The exact Bernstein coefficients of a polynomial, for any degree that is not below its own.

    Examples
    --------
    >>> y1, y2 = ring(3).gens()
    >>> [str(value) for value in values_of(y1 * y2, 2, 3)]
    ['0', '0', '0', '0', '1/2', '0']
    """
    from flint import Ordering, fmpq, fmpq_mpoly_ctx

    full = fmpq_mpoly_ctx.get([f"z{k}" for k in range(parts)], Ordering.lex)
    total = sum(full.gens())
    by_degree: dict[int, dict[tuple[int, ...], Any]] = {}
    for powers, value in poly.to_dict().items():
        by_degree.setdefault(sum(map(int, powers)), {})[(0, *powers)] = value
    whole = full.constant(0)
    for power in range(degree + 1):  # Horner's rule in the sum of all coordinates, which is 1
        whole = whole * total + full.from_dict(by_degree.get(power, {}))
    found = {tuple(map(int, powers)): value for powers, value in whole.to_dict().items()}
    return [found.get(tuple(c), fmpq(0)) / multiplicity(c) for c in compositions(degree, parts).tolist()]


def definite_sign(poly: Polynomial, parts: int) -> int:
    """1 or -1 if the Bernstein coefficients prove that the polynomial has that sign on the open simplex, else 0.

    Examples
    --------
    >>> y1, y2 = ring(3).gens()
    >>> definite_sign(y1 + y2, 3), definite_sign(-1 - y1, 3), definite_sign(y1 - y2, 3)
    (1, -1, 0)
    """
    values = values_of(poly, int(poly.total_degree()), parts)
    if all(value >= 0 for value in values):
        return int(any(value > 0 for value in values))
    return -1 if all(value <= 0 for value in values) else 0


def polynomial_in(poly: Polynomial, names: Sequence[str]) -> str:
    """The multiple of a polynomial with coprime integer coefficients, in the claims language.

    Examples
    --------
    >>> y1, y2 = ring(3).gens()
    >>> polynomial_in(y1**2 * y2 - y2 / 2, ["x", "y"])
    '2*x**2*y - y'
    """
    terms = [(tuple(map(int, powers)), value) for powers, value in poly.to_dict().items()]
    scale = lcm(*(int(value.q) for _, value in terms))
    whole = [(powers, int(value.p) * (scale // int(value.q))) for powers, value in terms]
    divisor = gcd(*(value for _, value in whole))
    text = ""
    for powers, value in whole:
        size = abs(value) // divisor
        factors = [
            name if power == 1 else f"{name}**{power}" for name, power in zip(names, powers, strict=True) if power
        ]
        body = "*".join([*([str(size)] if size > 1 or not factors else []), *factors])
        text += (f" {'-' if value < 0 else '+'} " if text else "-" if value < 0 else "") + body
    return text


def as_floats(values: Sequence[Rational]) -> Array:
    """Exact numbers divided by the largest in size, so that none exceeds 1, each rounded once."""
    scale = lcm(*(int(value.q) for value in values))
    whole = [int(value.p) * (scale // int(value.q)) for value in values]
    largest = max((abs(value) for value in whole), default=0) or 1
    return np.array([value / largest for value in whole])


class Layout:
    """Where the Bernstein coefficients of a degree are, and how halving moves them.

    Parameters
    ----------
    degree, parts : int
        Degree, and vertices of the simplex.
    """

    def __init__(self, degree: int, parts: int) -> None:
        self.degree, self.parts = degree, parts
        self.counts: Indices = np.array(compositions(degree, parts))
        place = np.full((degree + 1,) * (parts - 1), -1, dtype=np.int64)
        place[tuple(self.counts[:, :-1].T)] = np.arange(len(self.counts))
        self._place = place
        self.corners = self._rows(degree * np.eye(parts, dtype=np.int64))
        lower = np.array(compositions(degree - 1, parts)) if degree else np.zeros((1, parts), dtype=np.int64)
        unit = np.eye(parts, dtype=np.int64)
        self.steps = (
            np.array([self._rows(lower + unit[k]) for k in range(parts)]) if degree else np.zeros((parts, 1), int)
        )
        self._moves: dict[tuple[int, int], list[tuple[Indices, Indices]]] = {}

    def _rows(self, counts: Indices) -> Indices:
        found: Indices = self._place[tuple(counts[:, :-1].T)]
        return found

    def replaced(self, coefficients: Array, gone: int, other: int) -> Array:
        """The coefficients, shape (..., number), where vertex `gone` is moved to the middle of it and `other`."""
        if (gone, other) not in self._moves:
            step = np.zeros(self.parts, dtype=np.int64)
            step[gone], step[other] = -1, 1
            moves = []
            for size in range(1, self.degree + 1):
                rows = np.flatnonzero(self.counts[:, gone] >= size)
                moves.append((rows, self._rows(self.counts[rows] + step)))
            self._moves[gone, other] = moves
        result = coefficients.copy()
        for rows, neighbors in self._moves[gone, other]:
            result[..., rows] = 0.5 * (result[..., rows] + result[..., neighbors])
        return result

    def reordered(self, coefficients: Array, order: Sequence[int]) -> Array:
        """The coefficients for the same simplex with its vertices in another order."""
        counts = np.empty_like(self.counts)
        counts[:, list(order)] = self.counts
        return np.ascontiguousarray(coefficients[..., self._rows(counts)])

    def slopes(self, coefficients: Array) -> Array:
        """Bernstein coefficients of the derivatives towards each vertex but the first, from the first.

        Shape (..., parts - 1, number of one degree less).
        """
        first = coefficients[..., self.steps[0]]
        return self.degree * np.stack([coefficients[..., row] - first for row in self.steps[1:]], axis=-2)


@cache
def layout(degree: int, parts: int) -> Layout:
    """The layout of a degree, made once."""
    return Layout(degree, parts)


def halves(form: Layout, tag: int, coefficients: Array, vertices: Array) -> tuple[Array, Array]:
    """Halve simplices by Maubach's rule (1995, SIAM J. Sci. Comput. 16, 210): shapes stay within a finite set.

    Parameters
    ----------
    form : Layout
    tag : int
        The edge from vertex 0 to vertex `tag` is halved.
    coefficients : ndarray of float, shape (simplices, polynomials, number)
    vertices : ndarray of float, shape (simplices, parts, parts)
        Barycentric coordinates of each vertex, dyadic.

    Returns
    -------
    coefficients, vertices
        Of twice as many simplices.
    """
    order = [*range(1, tag + 1), 0, *range(tag + 1, form.parts)]
    middle = 0.5 * (vertices[:, 0] + vertices[:, tag])
    first, second = vertices.copy(), vertices.copy()
    first[:, tag], second[:, 0] = middle, middle
    near = form.replaced(coefficients, tag, 0)
    far = form.reordered(form.replaced(coefficients, 0, tag), order)
    return np.concatenate([near, far]), np.concatenate([first, second[:, order]])


def without_zero(coefficients: Array, errors: Array) -> Mask:
    """Whether some row of coefficients, shape (..., rows, number), keeps its sign beyond its error."""
    found = (coefficients.min(axis=-1) > errors) | (coefficients.max(axis=-1) < -errors)
    return np.asarray(found.any(axis=-1))
