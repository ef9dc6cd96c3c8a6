r"""Proof that a system of equations has exactly one zero in a box, and enclosures of it as tight as asked.

For `F` with derivative `J`, a box :math:`|y - c| \le \rho` (largest coordinate) and a matrix
:math:`Y \approx J(c)^{-1}`, let `q` bound the norm of :math:`I - Y J(y)` over the box. If :math:`q < 1` and
:math:`|Y F(c)| + q \rho < \rho`, the map :math:`y - Y F(y)` takes the box into itself and contracts: one zero,
and no other (Krawczyk 1969, Computing 4, 187; Moore 1977, SIAM J. Numer. Anal. 14, 611). For any point `y` of
the box the zero is within :math:`|Y F(y)| / (1 - q)` of it, so evaluating `F` at better points narrows the
enclosure without another proof.

Polynomials are expanded about `c` exactly, and bounds are sums of positive numbers, rounded up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.bernstein import Polynomial, Rational
from gametheory.algebra.intervals import as_flint, as_fraction, exact_end
from gametheory.errors import NotConverged

Array = NDArray[np.float64]
UP: Final = 1 + 2.0**-40  # more than the rounding of any sum below
CONTRACTION: Final = Fraction(1, 2)
SMALLEST: Final = 2.0**-44
STEPS: Final = 12
GRID: Final = 2**48
MOST_EXTRA: Final = 5000  # bits beyond those that an enclosure needs
LOW_DEGREE: Final = 24  # up to it, values are exact


class System(Protocol):
    """As many equations as unknowns, the coordinates of a simplex but the first."""

    @property
    def unknowns(self) -> int:
        """How many unknowns."""
        ...

    def residual(self, point: Sequence[Rational], bits: int) -> list[tuple[Fraction, Fraction]]:
        """Intervals that hold the values at a point."""
        ...

    def vanishes(self, point: Sequence[Rational]) -> bool:
        """Whether a point is proved to be a zero."""
        ...

    def slope(self, point: Sequence[Rational]) -> Array:
        """The derivative at a point, shape (unknowns, unknowns), approximately."""
        ...

    def spread(self, point: Sequence[Rational], inverse: Array) -> Callable[[float], float]:
        """A function that bounds, for rho, the norm of I - Y J over the box of half width rho around the point."""
        ...


@dataclass(frozen=True, eq=False)
class PolynomialSystem:
    """Polynomials over the rationals that shall all be zero."""

    polynomials: tuple[Polynomial, ...]

    @property
    def unknowns(self) -> int:
        """How many unknowns."""
        return len(self.polynomials)

    def residual(self, point: Sequence[Rational], bits: int) -> list[tuple[Fraction, Fraction]]:
        """Intervals that hold the values at a point."""
        return [_value(poly, point, bits) for poly in self.polynomials]

    def vanishes(self, point: Sequence[Rational]) -> bool:
        """Whether all are exactly zero at a point."""
        return all(poly(*point) == 0 for poly in self.polynomials)

    def slope(self, point: Sequence[Rational]) -> Array:
        """The derivative at a point."""
        rows = [[sum(_value(entry, point, 64)) / 2 for entry in row] for row in self._slopes]
        return np.array([[float(value) for value in row] for row in rows])

    @cached_property
    def _slopes(self) -> list[list[Polynomial]]:
        return [[poly.derivative(k) for k in range(self.unknowns)] for poly in self.polynomials]

    def spread(self, point: Sequence[Rational], inverse: Array) -> Callable[[float], float]:
        """Bounds of I - Y J, from the exact expansion about the point."""
        from flint import arb

        size = self.unknowns
        degree = max(int(p.total_degree()) for p in self.polynomials)
        series = [expanded(poly, point) for poly in self.polynomials]
        bends, start = np.zeros((size, size, max(degree, 1))), np.eye(size)
        for i in range(size):
            row = [as_flint(Fraction(float(v))) for v in inverse[i]]
            for powers in sorted(set().union(*series)):  # the terms of Y F, so that those of F can cancel
                value = sum(y * terms.get(powers, 0) for y, terms in zip(row, series, strict=True))
                order = sum(powers)
                for j, power in enumerate(powers):
                    if order == 1 and power:
                        start[i, j] = abs(float(arb(int(i == j) - value))) * UP
                    elif power:
                        bends[i, j, order - 1] += abs(float(arb(value))) * power * UP

        def bound(reach: float) -> float:
            bent = np.array([[float(np.polyval(row[::-1], reach)) for row in rows] for rows in bends])
            return float((start + bent * UP).sum(axis=1).max()) * UP

        return bound


def _value(poly: Polynomial, point: Sequence[Rational], bits: int) -> tuple[Fraction, Fraction]:
    """An interval that holds a value: the value itself where that is cheap, else a ball of about 2^-bits."""
    degree = int(poly.total_degree())
    if degree <= LOW_DEGREE:
        value = as_fraction(poly(*point))
        return value, value
    from flint import arb, ctx

    with ctx.workprec(bits + 12 * degree):  # powers of y cancel: coefficients grow like 3^degree
        found = value_in_balls(poly, [arb(c) for c in point])
        return exact_end(found.lower()), exact_end(found.upper())


def expanded(poly: Polynomial, point: Sequence[Rational]) -> dict[tuple[int, ...], Rational]:
    """The coefficients about another point: one variable after the other."""
    from flint import fmpq_poly

    terms = {tuple(map(int, powers)): value for powers, value in poly.to_dict().items()}
    for index, shift in enumerate(point):
        rows: dict[tuple[int, ...], dict[int, Rational]] = {}
        for powers, value in terms.items():
            rows.setdefault((*powers[:index], *powers[index + 1 :]), {})[powers[index]] = value
        terms = {}
        for others, row in rows.items():
            moved = fmpq_poly([row.get(k, 0) for k in range(max(row) + 1)])(fmpq_poly([shift, 1]))
            for power, value in enumerate(moved.coeffs()):
                if value != 0:
                    terms[(*others[:index], power, *others[index:])] = value
    return terms


def value_in_balls(poly: Polynomial, balls: Sequence[Any]) -> Any:
    """The value of a polynomial at balls, at flint's precision of the time."""
    from flint import arb

    powers: list[list[Any]] = [[arb(1)] for _ in balls]
    total = arb(0)
    for exponents, coefficient in poly.to_dict().items():
        product = arb(coefficient)
        for known, value, exponent in zip(powers, balls, map(int, exponents), strict=True):
            while len(known) <= exponent:
                known.append(known[-1] * value)
            product = product * known[exponent]
        total += product
    return total


@dataclass(frozen=True, eq=False)
class Zero:
    """The only zero of a system in a box.

    Attributes
    ----------
    system : System
    anchor : tuple of Fraction
        Centre of the box.
    reach : Fraction
        Half its width: no other zero is as near in every coordinate.
    inverse : tuple of tuples of Fraction
        `Y`.
    contraction : Fraction
        `q`.
    """

    system: Any
    anchor: tuple[Fraction, ...]
    reach: Fraction
    inverse: tuple[tuple[Fraction, ...], ...]
    contraction: Fraction

    @cached_property
    def _best(self) -> list[Any]:
        return [self.anchor, self._error(self.anchor, 200)]

    def holds(self, point: Sequence[float] | Array) -> bool:
        """Whether a point lies in the box."""
        return all(abs(float(c) - float(p)) <= float(self.reach) for c, p in zip(self.anchor, point, strict=True))

    def enclosure(self, error: Fraction) -> tuple[tuple[Fraction, ...], Fraction]:
        """A point that no coordinate of the zero is further from than a radius at most `error`, and the radius.

        The first coordinate, 1 less the others, is not among them.
        """
        extra = 40
        while self._best[1] > error:
            point, radius = self._best
            bits = extra + 2 * (1 / radius).__ceil__().bit_length()
            steps = self._corrections(point, bits)
            grid = 2**bits
            moved = tuple(Fraction(round((c - s) * grid), grid) for c, s in zip(point, steps, strict=True))
            closer = self._error(moved, 2 * bits)
            outside = max(abs(a - b) for a, b in zip(moved, self.anchor, strict=True)) > self.reach
            if outside or closer >= radius:
                if extra > MOST_EXTRA:
                    raise NotConverged("a certified zero does not let itself be narrowed")
                extra *= 2
                continue
            self._best[:] = [moved, closer]
        return self._best[0], self._best[1]

    def coordinate(self, index: int, width: Fraction) -> tuple[Fraction, Fraction]:
        """Ends of an interval at most `width` wide that holds a coordinate (0: 1 less the others)."""
        size = len(self.anchor) if index == 0 else 1
        point, radius = self.enclosure(width / (2 * size))
        middle = point[index - 1] if index else 1 - sum(point)
        return middle - size * radius, middle + size * radius

    def rational(self, largest: int = 10**9) -> tuple[Fraction, ...] | None:
        """The zero itself, coordinates but the first, if it is rational with denominators up to `largest`."""
        point, radius = self.enclosure(Fraction(1, 4 * largest * largest))
        near = tuple(c.limit_denominator(largest) for c in point)
        if any(abs(a - b) > radius for a, b in zip(point, near, strict=True)):
            return None
        return near if self.system.vanishes([as_flint(c) for c in near]) else None

    def _corrections(self, point: Sequence[Fraction], bits: int) -> list[Fraction]:
        values = self.system.residual([as_flint(c) for c in point], bits)
        middles = [(low + high) / 2 for low, high in values]
        return [sum((y * f for y, f in zip(row, middles, strict=True)), Fraction(0)) for row in self.inverse]

    def _error(self, point: Sequence[Fraction], bits: int) -> Fraction:
        values = self.system.residual([as_flint(c) for c in point], bits)
        largest = [max(abs(low), abs(high)) for low, high in values]
        moved = [sum((abs(y) * f for y, f in zip(row, largest, strict=True)), Fraction(0)) for row in self.inverse]
        if all(low == high for low, high in values):  # exact values: signs may cancel
            moved = [abs(s) for s in self._corrections(point, bits)]
        return max(moved) / (1 - self.contraction)


def certify(system: Any, start: Sequence[float], *, known: Sequence[Zero] = ()) -> Zero | None:
    """Look for a zero near a point by Newton's method, and prove it; None where that fails, or it is known.

    Examples
    --------
    >>> from gametheory.algebra.bernstein import ring
    >>> y1, y2 = ring(3).gens()
    >>> zero = certify(PolynomialSystem((y1**2 - y2, y1 - 2 * y2)), [0.4, 0.3])
    >>> [str(value) for value in zero.rational()]
    ['1/2', '1/4']
    """
    point = np.array(start, dtype=np.float64)
    slope = np.zeros((len(point), len(point)))
    for _ in range(STEPS):
        if not np.isfinite(point).all() or np.abs(point).max() > 4:
            return None
        exact = _on_grid(point)
        slope = system.slope([as_flint(c) for c in exact])
        values = [float((low + high) / 2) for low, high in system.residual([as_flint(c) for c in exact], 120)]
        try:
            step = np.linalg.solve(slope, values)
        except np.linalg.LinAlgError:
            return None
        point = np.array([float(c) for c in exact]) - step
        if np.abs(step).max() < 2.0**-46:
            break
    else:
        return None
    if any(zero.holds(point) for zero in known):
        return None
    return _proved(system, _on_grid(point), slope)


def _on_grid(point: Array) -> tuple[Fraction, ...]:
    return tuple(Fraction(round(float(c) * GRID), GRID) for c in point)


def _proved(system: Any, centre: tuple[Fraction, ...], slope: Array) -> Zero | None:
    inverse = np.linalg.inv(slope)
    if not np.isfinite(inverse).all():
        return None
    bound = system.spread([as_flint(c) for c in centre], inverse)
    rows = tuple(tuple(Fraction(float(v)) for v in row) for row in inverse)
    values = system.residual([as_flint(c) for c in centre], 200)
    largest = [float(max(abs(low), abs(high))) for low, high in values]
    miss = float((np.abs(inverse) @ np.array(largest)).max()) * UP
    reach = 1.0
    while reach > SMALLEST:
        share = bound(reach)
        if share <= float(CONTRACTION) and miss + share * reach < reach * (1 - 2.0**-30):
            return Zero(system, centre, Fraction(reach), rows, CONTRACTION)
        reach *= 0.75
    return None
