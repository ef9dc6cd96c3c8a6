"""Polynomials in the one generator T: division, and their real roots counted by Sturm's theorem (1829)."""

from fractions import Fraction
from itertools import pairwise

from proofs.checker.formulas import Tree, substitute
from proofs.checker.limits import bounded, demand
from proofs.checker.polynomials import Monomial, Polynomial, add, multiply, quotient

T, MAX_DEGREE = "$", 100


def coefficients(tree: Tree, name: str, *, alone: bool = True) -> Polynomial:
    """The numerator of a polynomial in `name`, with T for it; `alone` if it must have no other generator."""
    p, below = quotient(substitute(tree, {name: ("var", T)}))
    others = [g for m in p for g, _ in m if g != T] + [str(factor) for factor in below]
    demand(not any(T in text for text in others) and not (alone and others), "a term that is no such polynomial")
    demand(degree(p) <= MAX_DEGREE, f"a polynomial of a degree above {MAX_DEGREE}")
    return p


def power_of(n: int) -> Monomial:
    """The monomial T**n."""
    return ((T, n),) if n else ()


def degree(p: Polynomial) -> int:
    """The degree in T, -1 for the zero polynomial."""
    return max((dict(m).get(T, 0) for m in p), default=-1)


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
