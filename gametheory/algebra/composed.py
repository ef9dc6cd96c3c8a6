r"""Systems of equations in which polynomials stand inside exp or tanh, ready for certification and subdivision.

The equations are :math:`F(y, g(y)) = 0` with polynomials :math:`g` in Bernstein form and an outer function given
with its derivatives by both arguments (`Outer`), in ball arithmetic: :math:`J = F_y + F_g \, Dg`. Over a box,
values and slopes of `g` are bounded by their exact expansion about its centre; over a piece of the simplex
values are bounded by Bernstein coefficients, and `F` by interval arithmetic in floats, widened by 2^-36 of its
terms (numpy's exp and tanh are right to a few units of 2^-52).
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.bernstein import UNIT, Layout, Mask, Polynomial, Rational, layout, values_of
from gametheory.algebra.intervals import as_fraction, exact_end
from gametheory.algebra.krawczyk import expanded, value_in_balls
from gametheory.algebra.subdivision import Look

Array = NDArray[np.float64]
Matrix = list[list[Any]]
WIDER: Final = 2.0**-36
SOON: Final = 0.26  # pieces narrower than this propose zeros


class Outer(Protocol):
    """An outer function of shares and payoffs, of which those of the first strategy are 1 - sum(y) and 0."""

    def values(self, shares: Sequence[Any], payoffs: Sequence[Any]) -> list[Any]:
        """F at balls, for every strategy but the first."""
        ...

    def slopes(self, shares: Sequence[Any], payoffs: Sequence[Any]) -> tuple[Matrix, Matrix]:
        """F_y and F_g at balls, by the shares and payoffs but the first."""
        ...

    def bounds(self, shares: tuple[Array, Array], gaps: tuple[Array, Array]) -> tuple[Array, Array]:
        """Ends of intervals that hold F on pieces, shape (pieces, strategies).

        From those of the shares, shape (pieces, strategies), and of f_k - f_l, shape (pieces, k, l).
        """
        ...


class ComposedSystem:
    """The system; see the module header."""

    def __init__(self, polynomials: Sequence[Polynomial], outer: Outer) -> None:
        self.polynomials, self.outer = tuple(polynomials), outer
        self.unknowns = len(self.polynomials)
        self._slopes = [[poly.derivative(k) for k in range(self.unknowns)] for poly in self.polynomials]

    def residual(self, point: Sequence[Rational], bits: int) -> list[tuple[Fraction, Fraction]]:
        """Intervals that hold the values at a point."""
        from flint import arb, ctx

        degree = max(int(poly.total_degree()) for poly in self.polynomials)
        with ctx.workprec(2 * bits + 12 * degree):
            balls = [arb(c) for c in point]
            inner = [value_in_balls(poly, balls) for poly in self.polynomials]
            found = self.outer.values([1 - sum(balls), *balls], [arb(0), *inner])
            return [(exact_end(value.lower()), exact_end(value.upper())) for value in found]

    def vanishes(self, point: Sequence[Rational]) -> bool:
        """Whether a point is proved to be a zero: all payoffs the same there, and the shares too."""
        values = [poly(*point) for poly in self.polynomials]
        share = 1 / (1 + point[0] * 0 + len(point))
        return all(value == 0 for value in values) and all(c == share for c in point)

    def jacobian(self, balls: Sequence[Any]) -> Matrix:
        """The derivative at balls, at flint's precision of the time."""
        from flint import arb

        inner = [value_in_balls(poly, balls) for poly in self.polynomials]
        slopes = [[value_in_balls(entry, balls) for entry in row] for row in self._slopes]
        return self._joined([1 - sum(balls), *balls], [arb(0), *inner], slopes)

    def _joined(self, shares: Sequence[Any], payoffs: Sequence[Any], slopes: Matrix) -> Matrix:
        by_share, by_payoff = self.outer.slopes(shares, payoffs)
        size = range(self.unknowns)
        return [[by_share[i][j] + sum(by_payoff[i][k] * slopes[k][j] for k in size) for j in size] for i in size]

    def slope(self, point: Sequence[Rational]) -> Array:
        """The derivative at a point."""
        from flint import arb, ctx

        degree = max(int(poly.total_degree()) for poly in self.polynomials)
        with ctx.workprec(80 + 12 * degree):
            return np.array([[float(v.mid()) for v in row] for row in self.jacobian([arb(c) for c in point])])

    def spread(self, point: Sequence[Rational], inverse: Array) -> Callable[[float], float]:
        """Bounds of the norm of I - Y J over boxes around a point."""
        from flint import arb, ctx

        size = range(self.unknowns)
        with ctx.workprec(64):
            series = [{k: arb(v) for k, v in expanded(poly, point).items()} for poly in self.polynomials]
            centre = [arb(c) for c in point]
            rows = [[arb(float(v)) for v in row] for row in inverse]

        def bound(reach: float) -> float:
            with ctx.workprec(64):
                radius = arb(0, reach)
                moved = [c + radius for c in centre]
                inner = [_over_box(terms, reach, None) for terms in series]
                slopes = [[_over_box(terms, reach, j) for j in size] for terms in series]
                matrix = self._joined([1 - sum(moved), *moved], [arb(0), *inner], slopes)
                norms = []
                for i in size:
                    entries = [int(i == j) - sum(rows[i][k] * matrix[k][j] for k in size) for j in size]
                    norms.append(float(sum(entry.abs_upper() for entry in entries).upper()))
                worst = max(norms)
                return worst * (1 + 2.0**-40) if isfinite(worst) else float("inf")

        return bound


def _over_box(terms: dict[tuple[int, ...], Any], reach: float, index: int | None) -> Any:
    """A ball around the values (or a derivative) of an expanded polynomial on a box around its centre."""
    from flint import arb

    middle, spread, size = arb(0), arb(0), arb(reach)
    for powers, value in terms.items():
        order, factor = sum(powers), 1
        if index is not None:
            order, factor = order - 1, powers[index]
        if factor and order == 0:
            middle += value * factor
        elif factor:
            spread += abs(value) * factor * size**order
    return middle + arb(0, float(spread.upper()) * (1 + 2.0**-40))


class ComposedScan:
    """Bounds of a composed system on pieces of the simplex."""

    def __init__(self, system: ComposedSystem) -> None:
        self.system = system
        self.parts = system.unknowns + 1

    def start(self) -> tuple[Layout, Array, Array]:
        """Layout, coefficients of shape (polynomials, number) and their errors."""
        polys = self.system.polynomials
        degree = max(1, *(int(poly.total_degree()) for poly in polys))
        rows = np.array([[float(as_fraction(v)) for v in values_of(poly, degree, self.parts)] for poly in polys])
        self._sizes = np.abs(rows).max(axis=1)
        return layout(degree, self.parts), rows, np.full(len(rows), UNIT)

    def look(self, form: Layout, coefficients: Array, errors: Array, vertices: Array) -> Look:
        """Bounds on pieces; errors are relative to the largest coefficient."""
        pieces = len(coefficients)
        full = np.concatenate([np.zeros((pieces, 1, coefficients.shape[2])), coefficients], axis=1)
        slack = np.concatenate([np.zeros((pieces, 1)), errors * self._sizes], axis=1)
        apart = full[:, :, None] - full[:, None, :]
        noise = 2 * (slack[:, :, None] + slack[:, None, :])
        gaps = apart.min(axis=-1) - noise, apart.max(axis=-1) + noise
        shares = vertices.min(axis=1), vertices.max(axis=1)
        low, high = self.system.outer.bounds(shares, gaps)
        empty: Mask = np.asarray(((low > WIDER) | (high < -WIDER)).any(axis=1))
        narrow = (shares[1] - shares[0]).max(axis=1) < SOON
        guess = np.full((pieces, self.parts - 1), 1 / self.parts)
        return Look(empty, np.where(narrow, 0.0, 1.0), guess)
