"""Values of terms and truths of formulas at a point: exact where they are algebraic, else between two rationals.

At rational coordinates, or at polynomials in one real algebraic number, + - * / and their kin are exact. exp, log and
other roots become intervals with ends rounded outward; a comparison counts only where the intervals tell.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, isqrt
from typing import Any, Final

from gametheory.algebra.roots import trimmed
from proofs.cases import Unsupported
from proofs.enclosures import Interval, Unclear, exponential, logarithm, square_root
from proofs.language import (
    MAX_EXPONENT,
    MAX_SUM_TERMS,
    Binder,
    Comparison,
    Connective,
    Formula,
    Number,
    Operation,
    Term,
    Variable,
    free_names,
    render,
)
from proofs.surds import Surd

# A coordinate: a rational number, or a polynomial in the algebraic number that the point's coordinates share.
Coordinate = Fraction | Surd
Point = Mapping[str, Coordinate]
Value = Fraction | Surd | Interval
MAX_BITS: Final = 1_000_000
PRECISIONS: Final = (64, 256, 1024)  # bits, one after another until a truth is clear


class NoValue(Exception):
    """A term has no value at the point; `term` says which."""

    def __init__(self, term: str) -> None:
        super().__init__(term)
        self.term = term


def value(tree: Term, point: Mapping[str, Fraction]) -> Fraction:
    """The exact value of a term, if it is rational.

    Raises
    ------
    NoValue
        If it is undefined there.
    Unsupported
        If its value is not a rational that this function can find (an irrational root, exp, log).

    Examples
    --------
    >>> from proofs.language import parse_term
    >>> value(parse_term("Sum(k**2, k, 1, 3) + abs(-x)", where="-"), {"x": Fraction(2)})
    Fraction(16, 1)
    """
    found = enclosed(tree, point, bits=PRECISIONS[0])
    if isinstance(found, Fraction):
        return found
    raise Unsupported(f"no exact value of {render(tree)[:60]!r} can be computed")


def enclosed(tree: Term, point: Point, *, bits: int) -> Value:
    """The value of a term, exact or in an interval that is computed with numbers of `bits` bits.

    Raises
    ------
    NoValue
        If it is undefined there.
    Unsupported
        If it is too large, or not clear at this precision.
    """
    try:
        return _Evaluation(point, bits).value(tree)
    except Unclear as error:
        raise Unsupported(f"at {bits} bits it is not clear: {error}") from None


def truth(tree: Formula, point: Point, precisions: Sequence[int] = PRECISIONS) -> bool:
    """The truth of a formula without quantifiers, read from left to right; intervals are computed with these bits.

    Raises
    ------
    NoValue
        If a term that decides is undefined there.
    Unsupported
        If intervals do not tell at the highest precision, or a number is too large.

    Examples
    --------
    >>> from proofs.language import parse_formula
    >>> truth(parse_formula("exp(x) > 1 + 2*x", where="-"), {"x": Fraction(1)})
    False
    """
    for bits in precisions:
        try:
            return _Evaluation(point, bits).truth(tree)
        except Unclear as error:
            reason = str(error)
    raise Unsupported(f"at {precisions[-1]} bits it is not clear: {reason}")


def univariate(tree: Term, name: str, point: Point) -> tuple[Fraction, ...]:
    """The numerator of a term as a polynomial in one variable, the others at rational numbers; constant first.

    Raises
    ------
    NoValue, Unsupported, Unclear
        If it is no rational function of that variable with rational coefficients.

    Examples
    --------
    >>> from proofs.language import parse_term
    >>> [str(c) for c in univariate(parse_term("x*y/(1 - x) - 2", where="-"), "x", {"y": Fraction(1)})]
    ['-2', '3']
    """
    top, _ = _Evaluation(point, PRECISIONS[0]).quotient(tree, name)
    return _rational(top)


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """Values at one point and precision."""

    point: Point
    bits: int

    def value(self, tree: Term) -> Value:
        match tree:
            case Number(value=number):
                return number
            case Variable(name=name):
                if name not in self.point:
                    raise Unsupported(f"{name} has no value")
                return self.point[name]
            case Operation(operator="**", arguments=(base, exponent)):
                return self.power(tree, self.value(base), self.value(exponent))
            case Operation(operator=("+" | "-" | "*" | "/") as operator, arguments=(left, right)):
                return self.arithmetic(tree, operator, self.value(left), self.value(right))
            case Operation(operator=operator, arguments=arguments):
                return self.function(tree, operator, [self.value(argument) for argument in arguments])
            case Binder(operator="Sum"):
                return self.sum(tree)
            case Binder():
                return self.roots(tree)
        raise AssertionError(tree)

    def arithmetic(self, tree: Term, operator: str, a: Value, b: Value) -> Value:
        if operator == "/" and b == 0:
            raise NoValue(render(tree))
        if isinstance(a, Interval) or isinstance(b, Interval):
            x, y = self.interval(a), self.interval(b)
            return {"+": x.__add__, "-": x.__sub__, "*": x.__mul__, "/": x.__truediv__}[operator](y)
        exact: Coordinate = (
            a + b if operator == "+" else a - b if operator == "-" else a * b if operator == "*" else a / b
        )
        return exact

    def interval(self, a: Value) -> Interval:
        """An interval that holds the value."""
        if isinstance(a, Interval):
            return a
        if isinstance(a, Surd):
            return Interval(*a.enclosure(Fraction(1, 2**self.bits)), self.bits)
        return Interval(a, a, self.bits)

    def sign(self, a: Value) -> int:
        """The sign of a value; raises `Unclear`."""
        return (a > 0) - (a < 0) if isinstance(a, Fraction) else a.sign()

    def order(self, a: Value, b: Value) -> int:
        """The sign of a - b; raises `Unclear`."""
        if isinstance(a, Interval) and a == b and a.low == a.high:
            return 0
        return self.sign(self.arithmetic(Number(Fraction(0)), "-", a, b))

    def power(self, tree: Term, base: Value, exponent: Value) -> Value:
        if not isinstance(exponent, Fraction):
            raise Unclear("whether an exponent is an integer")
        if exponent.denominator != 1 or (exponent < 0 and base == 0):
            raise NoValue(render(tree))
        n = int(exponent)
        if isinstance(base, Fraction):
            bits = base.numerator.bit_length() + base.denominator.bit_length()
            if abs(n) > MAX_EXPONENT or (abs(base) != 1 and bits * abs(n) > MAX_BITS):
                raise Unsupported(f"an exponent above {MAX_EXPONENT} or a number of more than {MAX_BITS} bits")
            return base**n
        if abs(n) > MAX_EXPONENT:
            raise Unsupported(f"an exponent above {MAX_EXPONENT}")
        if isinstance(base, Surd):
            return base**n
        whole = base.power(abs(n))
        return whole if n >= 0 else self.interval(Fraction(1)) / whole

    def function(self, tree: Operation, operator: str, values: list[Value]) -> Value:
        a, b = values[0], values[-1]
        match operator:
            case "neg":
                return -a
            case "abs":
                return abs(a) if isinstance(a, Interval) else -a if self.sign(a) < 0 else a
            case "min" | "max":
                wanted = -1 if operator == "min" else 1
                for other in values[:-1]:
                    b = other if self.order(other, b) == wanted else b
                return b
            case "binomial":
                return self.binomial(tree, a, b)
            case "exp":
                return Fraction(1) if a == 0 else exponential(self.interval(a))
            case "log" | "sqrt":
                return self.positive(tree, operator, a)
        raise AssertionError(tree)

    def binomial(self, tree: Term, n: Value, k: Value) -> Fraction:
        if not isinstance(n, Fraction) or not isinstance(k, Fraction) or n.denominator != 1 or k.denominator != 1:
            raise NoValue(render(tree))
        if n < 0:
            raise NoValue(render(tree))
        if n > 10_000:
            raise Unsupported("a binomial of so large a number")
        return Fraction(comb(int(n), int(k)) if k >= 0 else 0)

    def positive(self, tree: Term, operator: str, a: Value) -> Value:
        """`log` or `sqrt` of a value."""
        sign = self.sign(a)
        if sign < 0 or (sign == 0 and operator == "log"):
            raise NoValue(render(tree))
        if operator == "log":
            return Fraction(0) if a == 1 else logarithm(self.interval(a))
        if isinstance(a, Fraction):
            top, below = isqrt(a.numerator), isqrt(a.denominator)
            if top * top == a.numerator and below * below == a.denominator:
                return Fraction(top, below)
        return square_root(self.interval(a))

    def sum(self, tree: Binder) -> Value:
        first, last = self.value(tree.low), self.value(tree.high)
        if not isinstance(first, Fraction) or not isinstance(last, Fraction):
            raise Unclear("whether a bound is an integer")
        if first.denominator != 1 or last.denominator != 1:
            raise NoValue(render(tree))
        if last - first >= MAX_SUM_TERMS:
            raise Unsupported(f"a Sum of more than {MAX_SUM_TERMS} terms")
        total: Value = Fraction(0)
        for k in range(int(first), int(last) + 1):
            inner = _Evaluation({**self.point, tree.name: Fraction(k)}, self.bits)
            total = self.arithmetic(tree, "+", total, inner.value(tree.body))
        return total

    def roots(self, tree: Binder) -> Fraction:
        """The value of `count_roots`."""
        low, high = self.value(tree.low), self.value(tree.high)
        coefficients = self.polynomial(tree.body, tree.name)
        if not isinstance(low, Fraction) or not isinstance(high, Fraction):
            raise Unsupported("count_roots between irrational numbers")
        exact = _rational(coefficients)
        if low >= high or not exact:
            raise NoValue(render(tree))
        return Fraction(_count(exact, low, high))

    def polynomial(self, tree: Term, name: str) -> list[Value]:
        """The coefficients of a term in one variable, constant first."""
        if name not in free_names(tree):
            return [self.value(tree)]
        match tree:
            case Variable():
                return [Fraction(0), Fraction(1)]
            case Operation(operator="neg", arguments=(a,)):
                return [self.arithmetic(tree, "-", Fraction(0), c) for c in self.polynomial(a, name)]
            case Operation(operator=("+" | "-" | "*") as operator, arguments=(a, b)):
                return self.combined(operator, self.polynomial(a, name), self.polynomial(b, name))
            case Operation(operator="/", arguments=(a, b)) if name not in free_names(b):
                below = self.value(b)
                return [self.arithmetic(tree, "/", c, below) for c in self.polynomial(a, name)]
            case Operation(operator="**", arguments=(a, b)) if name not in free_names(b):
                n = self.value(b)
                if isinstance(n, Fraction) and n.denominator == 1 and 0 <= n <= 100:
                    result: list[Value] = [Fraction(1)]
                    for _ in range(int(n)):
                        result = self.combined("*", result, self.polynomial(a, name))
                    return result
            case Binder(operator="Sum", body=body, name=bound, low=low, high=high) if bound != name:
                first, last = self.value(low), self.value(high)
                total: list[Value] = []
                if isinstance(first, Fraction) and isinstance(last, Fraction) and last - first < 200:
                    for k in range(int(first), int(last) + 1):
                        inner = _Evaluation({**self.point, bound: Fraction(k)}, self.bits)
                        total = self.combined("+", total, inner.polynomial(body, name))
                    return total
        raise Unsupported(f"count_roots of what is no polynomial: {render(tree)[:60]!r}")

    def quotient(self, tree: Term, name: str) -> tuple[list[Value], list[Value]]:
        """A term as a quotient of polynomials in one variable."""
        one: list[Value] = [Fraction(1)]
        match tree:
            case Operation(operator="/", arguments=(a, b)):
                (above, under), (top, below) = self.quotient(a, name), self.quotient(b, name)
                return self.combined("*", above, below), self.combined("*", under, top)
            case Operation(operator=("+" | "-" | "*") as operator, arguments=(a, b)):
                (above, under), (top, below) = self.quotient(a, name), self.quotient(b, name)
                if operator == "*":
                    return self.combined("*", above, top), self.combined("*", under, below)
                if under != below:
                    above, top = self.combined("*", above, below), self.combined("*", top, under)
                    under = self.combined("*", under, below)
                return self.combined(operator, above, top), under
            case Operation(operator="neg", arguments=(a,)):
                above, under = self.quotient(a, name)
                return [self.arithmetic(tree, "-", Fraction(0), c) for c in above], under
        return self.polynomial(tree, name), one

    def combined(self, operator: str, a: list[Value], b: list[Value]) -> list[Value]:
        """The sum, difference or product of polynomials."""
        zero = Number(Fraction(0))
        if operator != "*":
            size = max(len(a), len(b))
            longer = [[*p, *[Fraction(0)] * (size - len(p))] for p in (a, b)]
            return [self.arithmetic(zero, operator, x, y) for x, y in zip(*longer, strict=True)]
        total: list[Value] = [Fraction(0)] * max(0, len(a) + len(b) - 1)
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                total[i + j] = self.arithmetic(zero, "+", total[i + j], self.arithmetic(zero, "*", x, y))
        return total

    def truth(self, tree: Formula) -> bool:
        match tree:
            case Comparison(relation=relation, left=left, right=right):
                return _COMPARE[relation](self.order(self.value(left), self.value(right)))
            case Connective(operator="not", arguments=(a,)):
                return not self.truth(a)
            case Connective(operator="and", arguments=parts):
                return all(self.truth(part) for part in parts)
            case Connective(operator="or", arguments=parts):
                return any(self.truth(part) for part in parts)
            case Connective(operator="implies", arguments=(a, b)):
                return not self.truth(a) or self.truth(b)
            case Connective(operator="iff", arguments=(a, b)):
                first, second = self.truth(a), self.truth(b)
                return first == second
        raise Unsupported("a quantifier has no truth at a point that this function can find")


_COMPARE: Final[Mapping[str, Callable[[int], bool]]] = {
    "==": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def _rational(coefficients: list[Value]) -> tuple[Fraction, ...]:
    exact = [c for c in coefficients if isinstance(c, Fraction)]
    if len(exact) < len(coefficients):
        raise Unsupported("a polynomial with irrational coefficients")
    return trimmed(exact)


def _count(coefficients: tuple[Fraction, ...], low: Fraction, high: Fraction) -> int:
    """Distinct real roots strictly between two rationals."""
    import sympy as sp

    def exact(number: Fraction) -> Any:
        return sp.Rational(number.numerator, number.denominator)

    x = sp.Symbol("x")
    polynomial = sp.Poly([exact(c) for c in reversed(coefficients)], x, domain="QQ")
    if polynomial.degree() < 1:
        return 0
    ends = sum(bool(polynomial.eval(exact(end)) == 0) for end in (low, high))
    return int(polynomial.sqf_part().count_roots(exact(low), exact(high)) - ends)
