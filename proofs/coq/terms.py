"""Terms as polynomials over variables and atoms, the form in which Coq's facts are written.

Atoms are sqrt, exp, log, abs, min, max, binomial, Sum, count_roots and powers whose exponent is no constant. Two of
them are the same generator if their arguments are the same quotients of polynomials, bound names apart. A mistake here
makes `coqc` fail, as it proves every such equality anew.
"""

import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import lcm
from typing import Final

from proofs.algebra import divisor_factors, integer_exponent, is_atom
from proofs.cases import Unsupported, replaced
from proofs.language import Binder, Number, Operation, Term, Variable, render

Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]
Key = tuple[tuple[Monomial, Fraction], ...]
Quotient = tuple[Polynomial, dict[Key, int]]

ONE: Final[Polynomial] = {(): Fraction(1)}
ZERO: Final = Number(Fraction(0))
MAX_TERMS: Final = 100_000


class NotCovered(Unsupported):
    """A certificate that may well be right, and that Coq's proofs do not cover; the message says which part."""


def add(a: Polynomial, b: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    """The polynomial a + factor * b."""
    total = dict(a)
    for monomial, coefficient in b.items():
        total[monomial] = total.get(monomial, Fraction(0)) + factor * coefficient
        if total[monomial] == 0:
            del total[monomial]
    return total


def multiply(a: Polynomial, b: Polynomial) -> Polynomial:
    """The polynomial a * b."""
    if len(a) * len(b) > MAX_TERMS:
        raise Unsupported("certificates do not cover products of so many terms")
    total: Polynomial = {}
    for left, x in a.items():
        for right, y in b.items():
            exponents = dict(left)
            for name, n in right:
                exponents[name] = exponents.get(name, 0) + n
            monomial = tuple(sorted(exponents.items()))
            total[monomial] = total.get(monomial, Fraction(0)) + x * y
    return {monomial: coefficient for monomial, coefficient in total.items() if coefficient}


def power(a: Polynomial, n: int) -> Polynomial:
    """The polynomial a ** n."""
    result = ONE
    for _ in range(n):
        result = multiply(result, a)
    return result


def product(factors: Mapping[Key, int]) -> Polynomial:
    """The polynomial that {factor: exponent} stands for."""
    result = ONE
    for factor, n in factors.items():
        result = multiply(result, power(dict(factor), n))
    return result


def key(polynomial: Polynomial) -> Key:
    """A hashable form."""
    return tuple(sorted(polynomial.items()))


def scale(polynomial: Polynomial) -> int:
    """The least positive integer that makes every coefficient an integer."""
    return lcm(1, *(coefficient.denominator for coefficient in polynomial.values()))


def atoms(tree: Term) -> Iterator[Term]:
    """The largest atoms in a term."""
    if is_atom(tree):
        yield tree
    elif isinstance(tree, Operation):
        for part in tree.arguments[:1] if tree.operator == "**" else tree.arguments:
            yield from atoms(part)


def quotient(tree: Term, depth: int = 0) -> Quotient:
    """A term as (numerator, {factor: exponent}): its value wherever every divisor is not zero."""
    match tree:
        case Number(value=value):
            return ({(): value} if value else {}), {}
        case Variable(name=name):
            return {((name, 1),): Fraction(1)}, {}
        case Operation(operator="neg", arguments=(a,)):
            numerator, below = quotient(a, depth)
            return add({}, numerator, -1), below
    if is_atom(tree):
        return {((_generator(tree, depth), 1),): Fraction(1)}, {}
    assert isinstance(tree, Operation)
    left, right = tree.arguments
    if tree.operator == "**":
        n = integer_exponent(right)
        assert n is not None
        if n < 0:
            inverse = Operation("/", (Number(Fraction(1)), Operation("**", (left, Number(Fraction(-n))))))
            return quotient(inverse, depth)
        numerator, below = quotient(left, depth)
        return power(numerator, n), {factor: k * n for factor, k in below.items()} if n else {}
    top, below_a = quotient(left, depth)
    if tree.operator == "/":
        return _divide(top, below_a, right, depth)
    other, below_b = quotient(right, depth)
    if tree.operator == "*":
        return multiply(top, other), {f: below_a.get(f, 0) + below_b.get(f, 0) for f in {**below_a, **below_b}}
    common = {f: max(below_a.get(f, 0), below_b.get(f, 0)) for f in {**below_a, **below_b}}
    lifted_a = multiply(top, product({f: k - below_a.get(f, 0) for f, k in common.items()}))
    lifted_b = multiply(other, product({f: k - below_b.get(f, 0) for f, k in common.items()}))
    return add(lifted_a, lifted_b, 1 if tree.operator == "+" else -1), common


def _divide(numerator: Polynomial, below: dict[Key, int], divisor: Term, depth: int) -> Quotient:
    scaled, _ = quotient(divisor, depth)
    taken, above, result = ONE, ONE, dict(below)
    for factor in divisor_factors(divisor):
        top, bottom = quotient(factor, depth)
        result[key(top)] = result.get(key(top), 0) + 1
        taken, above = multiply(taken, top), multiply(above, product(bottom))
    if not scaled or not taken:
        raise Unsupported("a divisor is identically zero")
    monomial = next(iter(taken))
    constant = scaled.get(monomial, Fraction(0)) / taken[monomial]
    if not constant or scaled != add({}, taken, constant):
        raise Unsupported(f"certificates do not cover the divisor {render(divisor)[:60]!r}")
    return multiply(add({}, numerator, 1 / constant), above), result


def _generator(tree: Term, depth: int) -> str:
    """The name of the generator that an atom is; no variable's name begins like that."""
    if isinstance(tree, Binder):
        body = replaced(tree.body, {tree.name: Variable(f"#{depth}")})
        parts = [(tree.low, depth), (tree.high, depth), (body, depth + 1)]
    else:
        assert isinstance(tree, Operation)
        parts = [(part, depth) for part in tree.arguments]
    return sys.intern(f"@{tree.operator}[{','.join(_text(*quotient(part, inner)) for part, inner in parts)}]")


def _text(numerator: Polynomial, below: dict[Key, int]) -> str:
    def written(terms: Key) -> str:
        return "+".join(str(c) + "".join(f"*{g}^{n}" for g, n in monomial) for monomial, c in terms)

    divisors = sorted(f"/({written(factor)})^{k}" for factor, k in below.items())
    return written(key(numerator)) + "".join(divisors)
