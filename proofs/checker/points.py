"""Exact values and truths at a point whose coordinates are polynomials in one real root, or just rational."""

from dataclasses import dataclass
from fractions import Fraction
from math import comb, isqrt

from proofs.checker.branches import needs
from proofs.checker.formulas import QUANTIFIERS, Tree, names, number, substitute
from proofs.checker.limits import MAX_BITS, MAX_EXPONENT, Rejected, Undefined, demand, spend
from proofs.checker.polynomials import Polynomial, add, multiply, whole
from proofs.checker.roots import T, at, coefficients, count, degree, divide, power_of

MAX_SUM = 10_000


def rational(a: Polynomial) -> Fraction:
    """A value that is a rational number."""
    demand(set(a) <= {()}, "an irrational number where a rational one is needed")
    return a.get((), Fraction(0))


def _whole(a: Polynomial) -> int:
    if rational(a).denominator != 1:
        raise Undefined
    return int(rational(a))


def constant(x: Fraction | int) -> Polynomial:
    """A number as a value."""
    return {(): Fraction(x)} if x else {}


@dataclass
class Point:
    """Values of names, polynomials in the one root of `poly` between `low` and `high`, reduced by `poly`."""

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

    def product(self, a: Polynomial, b: Polynomial) -> Polynomial:
        """The value a * b."""
        return divide(multiply(a, b), self.poly)[1]

    def inverse(self, a: Polynomial) -> Polynomial:
        """The value 1 / a, by Euclid's algorithm."""
        if not a:
            raise Undefined
        r, s, u, v = self.poly, a, {}, constant(1)
        while s:
            found, rest = divide(r, s)
            r, s, u, v = s, rest, v, add(u, multiply(found, v), -1)
        demand(degree(r) == 0, "a divisor has a root in common with the polynomial")
        return add({}, u, 1 / r[()])

    def power(self, base: Polynomial, n: int) -> Polynomial:
        """The value base ** n."""
        demand(abs(n) <= MAX_EXPONENT, f"an exponent above {MAX_EXPONENT}")
        if n < 0:
            return self.power(self.inverse(base), -n)
        if degree(base) < 1:
            x = rational(base)
            bits = x.numerator.bit_length() + x.denominator.bit_length()
            demand(bits * n <= 2 * MAX_BITS, "a number is too large")
            return constant(x**n)
        result = constant(1)
        for _ in range(n):
            result = self.product(result, base)
        return result

    def value(self, tree: Tree) -> Polynomial:
        """The exact value of a term; raises `Undefined` where it has none."""
        spend(4)
        kind = tree[0]
        if kind == "num":
            return constant(tree[1])
        if kind == "var":
            return self.values[tree[1]]
        if tree[1][0] == "bind":
            return self._bound(tree)
        constant_power = kind == "**" and whole(tree[2]) is not None
        a, *others = map(self.value, tree[1:])
        b = others[0] if others else a
        if kind in ("+", "-"):
            return add(a, b, 1 if kind == "+" else -1)
        if kind in ("*", "/"):
            return self.product(a, b if kind == "*" else self.inverse(b))
        if kind in ("neg", "abs"):
            return add({}, a, -1 if kind == "neg" else self.sign(a))
        if kind in ("min", "max"):
            for b in others:
                a = b if (self.sign(add(a, b, -1)) > 0) == (kind == "min") else a
            return a
        negative = {
            "log": lambda: self.sign(a) < 1,
            "sqrt": lambda: self.sign(a) < 0,
            "binomial": lambda: _whole(a) < 0,
        }
        if (kind == "**" and not constant_power and _whole(b) < 0) or (kind in negative and negative[kind]()):
            raise Undefined
        if kind == "**":
            return self.power(a, _whole(b))
        if kind == "binomial":
            demand(_whole(a) <= MAX_SUM, "a binomial coefficient that is too large")
            spend(_whole(a))
            return constant(comb(_whole(a), _whole(b)) if _whole(b) >= 0 else 0)
        x = rational(a)
        root = Fraction(isqrt(abs(x.numerator)), isqrt(x.denominator))
        demand((kind, x) in (("exp", 0), ("log", 1), ("sqrt", root * root)), f"an irrational {kind} at a point")
        return constant({"exp": Fraction(1), "log": Fraction(0), "sqrt": root}[kind])

    def _bound(self, tree: Tree) -> Polynomial:
        kind, (_, name, _), *ends, body = tree
        low, high = map(self.value, ends)
        if kind == "Sum":
            demand(_whole(high) - _whole(low) < MAX_SUM, f"a Sum of more than {MAX_SUM} terms")
            total: Polynomial = {}
            for k in range(_whole(low), _whole(high) + 1):
                spend(20 + len(self.values))
                inside = Point({**self.values, name: constant(k)}, self.poly, self.low, self.high)
                total = add(total, inside.value(body))
            return total
        known = {x: rational(self.values[x]) for x in names(body) - {name}}
        sorts = {x: "real" if value.denominator > 1 else "integer" for x, value in known.items()}
        for items, _ in needs(body, [], [], {**sorts, name: "real"}):
            undefined = items[-1][0]
            plain = len(items) == 1 and name not in names(undefined)
            demand(plain, "count_roots at a point of what may be undefined between its ends")
            if self.truth(undefined):
                raise Undefined
        p = coefficients(substitute(body, {x: number(value) for x, value in known.items()}), name, alone=False)
        demand(all(g == T for m in p for g, _ in m), "count_roots at a point of what has irrational coefficients")
        if not p or rational(low) >= rational(high):
            raise Undefined
        return constant(count(p, rational(low), rational(high)))

    def truth(self, tree: Tree) -> bool:
        """The truth of a formula, read from left to right; raises `Undefined` where it has none."""
        spend(1)
        kind, parts = tree[0], tree[1:]
        if kind == "not":
            return not self.truth(parts[0])
        if kind in ("and", "or"):
            return (all if kind == "and" else any)(map(self.truth, parts))
        if kind == "implies":
            return not self.truth(parts[0]) or self.truth(parts[1])
        if kind == "iff":
            return [*map(self.truth, parts)] in ([True, True], [False, False])
        demand(kind not in QUANTIFIERS, "a quantifier at a point")
        sign = self.sign(add(self.value(parts[0]), self.value(parts[1]), -1))
        return {"==": sign == 0, "!=": sign != 0, "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[kind]


def at_numbers(values: dict[str, Fraction]) -> Point:
    """A rational point."""
    return Point({x: constant(v) for x, v in values.items()}, {power_of(1): Fraction(1)}, Fraction(-1), Fraction(1))
