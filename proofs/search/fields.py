"""Algebraic numbers of several fields as polynomials in one: found with floats, so a proposal like all of this package.

Of t1 with polynomial p and t2 with q the sum t = t1 + k t2 is a root of the resultant of p(t - k y) and q(y) in y; an
integer relation between t2 and powers of t gives t2 in terms of t (the field of t is that of both for all but finitely
many k).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from gametheory.algebra.roots import AlgebraicNumber, evaluate, trimmed
from proofs.surds import Surd, in_field

MAX_DEGREE: Final = 12
DIGITS: Final = 150


def in_one_field(point: Mapping[str, Fraction | Surd]) -> dict[str, Fraction | Surd]:
    """The point with its irrational coordinates as polynomials in one number; unchanged where that is not found."""
    found = dict(point)
    roots = list(dict.fromkeys(v.root for v in point.values() if isinstance(v, Surd)))
    while len(roots) > 1:
        joined = _joined(roots[0], roots[1])
        if joined is None:
            return dict(point)
        root, images = joined
        for name, value in found.items():
            for old, image in zip(roots, images, strict=False):
                if isinstance(value, Surd) and value.root == old:
                    found[name] = evaluate(value.coefficients, image)
        roots = [root, *roots[2:]]
    return found


def _joined(a: AlgebraicNumber, b: AlgebraicNumber) -> tuple[AlgebraicNumber, list[Surd | Fraction]] | None:
    """A root that generates both, and the two in terms of it."""
    for k in (1, -1, 2):
        root = _sum_root(a, b, k)
        if root is None:
            return None
        second = expressed(b, root)
        if second is not None:
            first = Surd((Fraction(0), Fraction(1)), root) - second * k
            return root, [first, second]
    return None


def _sum_root(a: AlgebraicNumber, b: AlgebraicNumber, k: int) -> AlgebraicNumber | None:
    """The number a + k b."""
    import sympy as sp

    if (len(a.coefficients) - 1) * (len(b.coefficients) - 1) > MAX_DEGREE:
        return None
    t, y = sp.symbols("t y")
    p = sp.Poly(list(reversed(a.coefficients)), t).as_expr().subs(t, t - k * y)
    q = sp.Poly(list(reversed(b.coefficients)), y).as_expr()
    polynomial = sp.Poly(sp.resultant(sp.expand(p), q, y), t, domain="QQ")
    return root_near([Fraction(int(c.p), int(c.q)) for c in reversed(polynomial.all_coeffs())], [a, b], [1, k])


def root_near(
    coefficients: Sequence[Fraction], parts: Sequence[AlgebraicNumber], weights: Sequence[int]
) -> AlgebraicNumber | None:
    """The irrational root of a polynomial that a weighted sum of numbers is."""
    from proofs.search.points import real_roots

    roots = [r for r in real_roots(trimmed(coefficients)) if isinstance(r, AlgebraicNumber)]
    width = Fraction(1, 2**40)
    while roots:
        narrow = [part.refined(width) for part in parts]
        ends = [sorted((w * n.low, w * n.high)) for w, n in zip(weights, narrow, strict=True)]
        low, high = sum(e[0] for e in ends), sum(e[1] for e in ends)
        roots = [r for r in (r.refined(width) for r in roots) if r.low <= high and low <= r.high]
        if len(roots) == 1:
            return roots[0]
        width /= 2**40
    return None


def expressed(number: AlgebraicNumber, root: AlgebraicNumber) -> Surd | Fraction | None:
    """A number as a polynomial in a root, by an integer relation of its digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        t, value = _digits(root), _digits(number)
        powers = [t**i for i in range(len(root.coefficients) - 1)]
        relation = mpmath.pslq([value, *powers], maxcoeff=10**12, maxsteps=20_000)
    if relation is None or relation[0] == 0:
        return None
    found = in_field(tuple(Fraction(-c, relation[0]) for c in relation[1:]), root)
    return found if isinstance(found, Surd) else None


def _digits(number: AlgebraicNumber) -> Any:
    import mpmath

    narrow = number.refined(Fraction(1, 10 ** (DIGITS + 5)))
    return mpmath.mpf(narrow.low.numerator) / narrow.low.denominator
