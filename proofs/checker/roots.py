"""Polynomials in one variable: division, and their real roots counted by Sturm's theorem (1829)."""

from fractions import Fraction
from itertools import pairwise

from proofs.checker.limits import bounded
from proofs.checker.polynomials import Monomial, Polynomial, add, multiply

T = "#"  # the variable


def power_of(n: int) -> Monomial:
    """The monomial T**n."""
    return ((T, n),) if n else ()


def degree(p: Polynomial) -> int:
    """The degree, -1 for the zero polynomial."""
    return max((n for m in p for _, n in m), default=0) if p else -1


def at(p: Polynomial, x: Fraction) -> Fraction:
    """The value of a polynomial."""
    total = Fraction(0)
    for n in range(degree(p), -1, -1):
        total = bounded(total * x + p.get(power_of(n), 0))
    return total


def divide(a: Polynomial, b: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Quotient and remainder; b is not zero."""
    found: Polynomial = {}
    while degree(a) >= degree(b):
        step = {power_of(degree(a) - degree(b)): a[power_of(degree(a))] / b[power_of(degree(b))]}
        found, a = add(found, step), add(a, multiply(step, b), -1)
    return found, a


def count(p: Polynomial, low: Fraction, high: Fraction) -> int:
    """The number of distinct real roots strictly between two numbers of a polynomial that is not zero."""
    chain = [p, {power_of(n - 1): c * n for m, c in p.items() for _, n in m}]
    while chain[-1]:
        chain.append(add({}, divide(chain[-2], chain[-1])[1], -1))
    if degree(chain[-2]) > 0:  # a common divisor of p and its derivative
        return count(divide(p, chain[-2])[0], low, high)

    def changes(x: Fraction) -> int:
        signs = [value > 0 for value in (at(q, x) for q in chain) if value != 0]
        return sum(a != b for a, b in pairwise(signs))

    return changes(low) - changes(high) - (at(p, high) == 0)


def interpolated(values: list[Fraction]) -> Polynomial:
    """The polynomial of least degree with these values at 0, 1, 2, ... (Newton's forward differences)."""
    found: Polynomial = {}
    basis: Polynomial = {(): Fraction(1)}
    for i in range(len(values)):
        found = add(found, basis, values[0])
        values = [bounded(b - a) for a, b in pairwise(values)]
        basis = multiply(basis, {power_of(1): Fraction(1, i + 1), (): Fraction(-i, i + 1)})
    return found
