"""Exact values and truths at a point whose coordinates are polynomials in one real root t, or just rational.

A value is a polynomial in t, reduced by that of t; a rational number is a constant.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import comb, isqrt

from proofs.checker.branches import bounded_degree
from proofs.checker.formulas import QUANTIFIERS, Tree
from proofs.checker.limits import MAX_BITS, MAX_EXPONENT, Rejected, Undefined, demand, spend
from proofs.checker.polynomials import Polynomial, add, multiply, whole
from proofs.checker.roots import at, count, degree, divide, interpolated, power_of

MAX_SUM = 10_000


@dataclass
class Point:
    """Values of names as polynomials in the one root of `poly` between `low` and `high`."""

    values: dict[str, Polynomial]
    poly: Polynomial
    low: Fraction
    high: Fraction

    def sign(self, a: Polynomial) -> int:
        """The sign of a value; rejected if it is hard to tell, as when `poly` is reducible."""
        for _ in range(MAX_BITS):
            middle = (self.low + self.high) / 2
            if degree(a) < 1 or count(a, self.low, self.high) == 0:
                return (at(a, middle) > 0) - (at(a, middle) < 0)
            demand(at(self.poly, middle) != 0, "a root that is a rational number")
            left = count(self.poly, self.low, middle) == 1
            self.low, self.high = (self.low, middle) if left else (middle, self.high)
        raise Rejected("a sign that cannot be told")

    def inverse(self, a: Polynomial) -> Polynomial:
        """The reciprocal of a value, by Euclid's algorithm."""
        if not a:
            raise Undefined
        r, s, u, v = self.poly, a, {}, constant(1)
        while s:
            found, rest = divide(r, s)
            r, s, u, v = s, rest, v, add(u, multiply(found, v), -1)
        demand(degree(r) == 0, "a divisor has a root in common with the polynomial")
        return add({}, u, 1 / r[()])


def constant(x: Fraction | int) -> Polynomial:
    """A number as a value."""
    return {(): Fraction(x)} if x else {}


def at_numbers(values: dict[str, Fraction]) -> Point:
    """A rational point."""
    found = {name: constant(x) for name, x in values.items()}
    return Point(found, {power_of(1): Fraction(1)}, Fraction(-1), Fraction(1))


def rational(a: Polynomial) -> Fraction:
    """A value that is a rational number."""
    demand(degree(a) < 1, "an irrational number where a rational one is needed")
    return a.get((), Fraction(0))


def _whole(a: Polynomial) -> int:
    if rational(a).denominator != 1:
        raise Undefined
    return int(rational(a))


def value(tree: Tree, point: Point) -> Polynomial:
    """The exact value of a term at a point; raises `Undefined` where it has none."""
    spend(1)
    kind = tree[0]
    if kind == "num":
        return constant(tree[1])
    if kind == "var":
        return point.values[tree[1]]
    if kind in ("Sum", "count_roots"):
        return _bound(tree, point)
    a, *others = (value(part, point) for part in tree[1:])
    b = others[0] if others else a
    if kind in ("+", "-"):
        return add(a, b, 1 if kind == "+" else -1)
    if kind in ("*", "/"):
        return divide(multiply(a, b if kind == "*" else point.inverse(b)), point.poly)[1]
    if kind == "**":
        return _power(a, _whole(b), point, fixed=whole(tree[2]) is not None)
    if kind in ("neg", "abs"):
        return add({}, a, -1 if kind == "neg" else point.sign(a))
    if kind in ("min", "max"):
        for b in others:
            a = b if (point.sign(add(a, b, -1)) > 0) == (kind == "min") else a
        return a
    if (_whole(a) < 0) if kind == "binomial" else (kind != "exp" and point.sign(a) < (kind == "log")):
        raise Undefined
    if kind == "binomial":
        demand(_whole(a) <= MAX_SUM, "a binomial coefficient that is too large")
        return constant(comb(_whole(a), _whole(b)) if _whole(b) >= 0 else 0)
    x = rational(a)
    root = Fraction(isqrt(abs(x.numerator)), isqrt(x.denominator))
    demand((kind, x) in (("exp", 0), ("log", 1), ("sqrt", root * root)), f"an irrational {kind} at a point")
    return constant({"exp": Fraction(1), "log": Fraction(0), "sqrt": root}[kind])


def _power(base: Polynomial, n: int, point: Point, *, fixed: bool) -> Polynomial:
    if n < 0 and not fixed:
        raise Undefined
    if n < 0:
        return _power(point.inverse(base), -n, point, fixed=True)
    if degree(base) < 1:
        x = rational(base)
        bits = x.numerator.bit_length() + x.denominator.bit_length()
        demand(x in (-1, 0, 1) or bits * n <= 2 * MAX_BITS, "a number is too large")
        return constant(x ** (n if x not in (-1, 0, 1) else min(n, 2 + n % 2)))
    demand(n <= MAX_EXPONENT, f"an exponent above {MAX_EXPONENT}")
    result = constant(1)
    for _ in range(n):
        result = divide(multiply(result, base), point.poly)[1]
    return result


def _bound(tree: Tree, point: Point) -> Polynomial:
    kind, (_, name, _), *ends, body = tree
    low, high = (rational(value(end, point)) for end in ends)

    def inside(k: int) -> Polynomial:
        return value(body, Point({**point.values, name: constant(k)}, point.poly, point.low, point.high))

    if kind == "Sum":
        first, last = _whole(constant(low)), _whole(constant(high))
        demand(last - first < MAX_SUM, f"a Sum of more than {MAX_SUM} terms")
        total: Polynomial = {}
        for k in range(first, last + 1):
            total = add(total, inside(k))
        return total
    p = interpolated([rational(inside(k)) for k in range(bounded_degree(body, name) + 1)])
    if not p or low >= high:
        raise Undefined
    return constant(count(p, low, high))


def truth(tree: Tree, point: Point) -> bool:
    """The truth of a formula at a point; raises `Undefined` where it has none."""
    spend(1)
    kind, parts = tree[0], tree[1:]
    if kind == "not":
        return not truth(parts[0], point)
    if kind in ("and", "or"):
        return (all if kind == "and" else any)(truth(part, point) for part in parts)
    if kind == "implies":
        return not truth(parts[0], point) or truth(parts[1], point)
    if kind == "iff":
        left, right = truth(parts[0], point), truth(parts[1], point)
        return left == right
    demand(kind not in QUANTIFIERS, "a quantifier at a point")
    sign = point.sign(add(value(parts[0], point), value(parts[1], point), -1))
    return {"==": sign == 0, "!=": sign != 0, "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[kind]
