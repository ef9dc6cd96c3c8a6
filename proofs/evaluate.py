"""Exact values of terms and formulas at a rational point, for all of the language that has one there."""

from collections.abc import Mapping
from fractions import Fraction
from math import comb, isqrt

from proofs.facts import Unsupported
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
    render,
)

Point = Mapping[str, Fraction]
MAX_BITS = 1_000_000


class NoValue(Exception):
    """A term has no value at the point; `term` says which."""

    def __init__(self, term: str) -> None:
        super().__init__(term)
        self.term = term


def value(tree: Term, point: Point) -> Fraction:
    """The exact value of a term.

    Raises
    ------
    NoValue
        If it is undefined there.
    Unsupported
        If its value is not a rational that this function can find (an irrational root, exp, log, count_roots).

    Examples
    --------
    >>> from proofs.language import parse_term
    >>> value(parse_term("Sum(k**2, k, 1, 3) + abs(-x)", where="-"), {"x": Fraction(2)})
    Fraction(16, 1)
    """
    match tree:
        case Number(value=number):
            return number
        case Variable(name=name):
            return point[name]
        case Operation(operator=operator, arguments=arguments):
            return _operation(tree, operator, [value(argument, point) for argument in arguments])
        case Binder(operator="Sum", body=body, name=name, low=low, high=high):
            first, last = value(low, point), value(high, point)
            if first.denominator != 1 or last.denominator != 1:
                raise NoValue(render(tree))
            if last - first >= MAX_SUM_TERMS:
                raise Unsupported(f"a Sum of more than {MAX_SUM_TERMS} terms")
            terms = range(int(first), int(last) + 1)
            return sum((value(body, {**point, name: Fraction(k)}) for k in terms), Fraction(0))
    raise Unsupported(f"no exact value of {render(tree)[:60]!r} can be computed")


def _operation(tree: Operation, operator: str, values: list[Fraction]) -> Fraction:
    a = values[0]
    b = values[-1]
    match operator:
        case "neg":
            return -a
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            if b == 0:
                raise NoValue(render(tree))
            return a / b
        case "**":
            return _power(tree, a, b)
        case "abs":
            return abs(a)
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "binomial" if a.denominator == 1 == b.denominator and 0 <= a <= 10_000:
            return Fraction(comb(int(a), int(b)) if b >= 0 else 0)
        case "exp" if a == 0:
            return Fraction(1)
        case "log" if a == 1:
            return Fraction(0)
        case "log" if a <= 0:
            raise NoValue(render(tree))
        case "sqrt":
            if a < 0:
                raise NoValue(render(tree))
            top, below = isqrt(a.numerator), isqrt(a.denominator)
            if top * top == a.numerator and below * below == a.denominator:
                return Fraction(top, below)
    raise Unsupported(f"no exact value of {render(tree)[:60]!r} can be computed")


def _power(tree: Operation, base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or (base == 0 and exponent < 0):
        raise NoValue(render(tree))
    bits = base.numerator.bit_length() + base.denominator.bit_length()
    if abs(exponent) > MAX_EXPONENT or (abs(base) != 1 and bits * abs(exponent) > MAX_BITS):
        raise Unsupported(f"an exponent above {MAX_EXPONENT} or a number of more than {MAX_BITS} bits")
    return base ** int(exponent)


def truth(tree: Formula, point: Point) -> bool:
    """The truth of a formula without quantifiers, read from left to right; raises as `value` does."""
    match tree:
        case Comparison(relation=relation, left=left, right=right):
            a, b = value(left, point), value(right, point)
            return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[relation]
        case Connective(operator="not", arguments=(a,)):
            return not truth(a, point)
        case Connective(operator="and", arguments=parts):
            return all(truth(part, point) for part in parts)
        case Connective(operator="or", arguments=parts):
            return any(truth(part, point) for part in parts)
        case Connective(operator="implies", arguments=(a, b)):
            return not truth(a, point) or truth(b, point)
        case Connective(operator="iff", arguments=(a, b)):
            left_truth, right_truth = truth(a, point), truth(b, point)
            return left_truth == right_truth
    raise Unsupported("a quantifier has no truth at a point that this function can find")
