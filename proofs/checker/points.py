"""Exact values and truths at a point, read from left to right."""

from fractions import Fraction
from math import comb, isqrt

from proofs.checker.formulas import MAX_BITS, MAX_EXPONENT, Rejected, Tree, Undefined, bounded, demand, spend
from proofs.checker.polynomials import whole

Point = dict[str, Fraction]
MAX_SUM = 10_000


def value(tree: Tree, point: Point) -> Fraction:
    """The exact value of a term at a point; raises `Undefined` where it has none."""
    spend(1)
    kind = tree[0]
    if kind == "num":
        return bounded(tree[1])
    if kind == "var":
        return point[tree[1]]
    if kind == "Sum":
        low, high = _integer(value(tree[2], point)), _integer(value(tree[3], point))
        demand(high - low < MAX_SUM, f"a Sum of more than {MAX_SUM} terms")
        total = Fraction(0)
        for k in range(low, high + 1):
            total = bounded(total + value(tree[4], {**point, tree[1][1]: Fraction(k)}))
        return total
    demand(kind != "count_roots", "count_roots at a point")
    values = [value(part, point) for part in tree[1:]]
    return bounded(_operation(tree, kind, *values))


def _operation(tree: Tree, kind: str, a: Fraction, *others: Fraction) -> Fraction:
    b = others[0] if others else a
    if kind in ("+", "-", "*"):
        return a + b if kind == "+" else a - b if kind == "-" else a * b
    if kind in ("neg", "abs"):
        return -a if kind == "neg" else abs(a)
    if kind in ("min", "max"):
        return (min if kind == "min" else max)(a, *others)
    if kind == "/":
        if b == 0:
            raise Undefined
        return a / b
    if kind == "**":
        return _power(a, _integer(b), constant=whole(tree[2]) is not None)
    if kind == "binomial":
        n, k = _integer(a), _integer(b)
        if n < 0:
            raise Undefined
        demand(n <= MAX_SUM, "a binomial coefficient that is too large")
        return Fraction(comb(n, k) if k >= 0 else 0)
    if kind == "sqrt":
        return _root(a)
    raise Rejected(f"{kind} at a point")


def _integer(number: Fraction) -> int:
    if number.denominator != 1:
        raise Undefined
    return int(number)


def _power(base: Fraction, n: int, *, constant: bool) -> Fraction:
    if n < 0 and (base == 0 or not constant):
        raise Undefined
    demand(abs(n) <= MAX_EXPONENT or base in (-1, 0, 1), f"an exponent above {MAX_EXPONENT}")
    bits = base.numerator.bit_length() + base.denominator.bit_length()
    demand(base in (-1, 0, 1) or bits * abs(n) <= 2 * MAX_BITS, "a number is too large")
    return base ** (n if base not in (-1, 0, 1) else min(n, 2 + n % 2))


def _root(a: Fraction) -> Fraction:
    if a < 0:
        raise Undefined
    root = Fraction(isqrt(a.numerator), isqrt(a.denominator))
    demand(root * root == a, "an irrational root at a point")
    return root


def truth(tree: Tree, point: Point) -> bool:
    """The truth of a formula at a point, read from left to right; raises `Undefined` where it has none."""
    spend(1)
    kind = tree[0]
    if kind == "not":
        return not truth(tree[1], point)
    if kind == "and":
        return all(truth(part, point) for part in tree[1:])
    if kind == "or":
        return any(truth(part, point) for part in tree[1:])
    if kind == "implies":
        return not truth(tree[1], point) or truth(tree[2], point)
    if kind == "iff":
        left, right = truth(tree[1], point), truth(tree[2], point)
        return left == right
    demand(kind not in ("forall", "exists"), "a quantifier at a point")
    a, b = value(tree[1], point), value(tree[2], point)
    return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[kind]
