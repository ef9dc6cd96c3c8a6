"""Polynomials with rational coefficients as {((generator, exponent), ...): Fraction}, and quotients of them.

Generators are variables and atoms: sqrt, exp, log, abs, min, max, binomial, Sum, count_roots, and powers whose exponent
is no constant. An atom is named by its operator and its arguments' quotients, bound variables renamed by their depth.
It stands for what its operator gives of the values of these quotients (x/0, and operators outside their domain, being
some number or other): that is its value wherever the claim's term is defined, and nothing is known of it elsewhere.
"""

import sys
from collections.abc import Callable
from fractions import Fraction

from proofs.checker.formulas import (
    BINDERS,
    FUNCTIONS,
    MAX_EXPONENT,
    MAX_NODES,
    Sorts,
    Tree,
    bounded,
    demand,
    number,
    spend,
    substitute,
)

Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]
Key = tuple[tuple[Monomial, Fraction], ...]
Quotient = tuple[Polynomial, dict[Key, int]]

MAX_TERMS = 100_000
MAX_ATOM = 100_000
ONE: Polynomial = {(): Fraction(1)}


def add(a: Polynomial, b: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    """The polynomial a + factor * b."""
    spend(1 + len(a))
    total = dict(a)
    for monomial, coefficient in b.items():
        total[monomial] = bounded(total.get(monomial, Fraction(0)) + factor * coefficient)
        if total[monomial] == 0:
            del total[monomial]
    return total


def multiply(a: Polynomial, b: Polynomial) -> Polynomial:
    """The polynomial a * b."""
    demand(len(a) * len(b) <= MAX_TERMS, "a product of polynomials is too large")
    spend(1)
    total: Polynomial = {}
    for left, x in a.items():
        for right, y in b.items():
            exponents = dict(left)
            for name, power in right:
                exponents[name] = exponents.get(name, 0) + power
            monomial = tuple(sorted(exponents.items()))
            total[monomial] = bounded(total.get(monomial, Fraction(0)) + x * y)
    return {monomial: coefficient for monomial, coefficient in total.items() if coefficient != 0}


def power(a: Polynomial, n: int) -> Polynomial:
    """The polynomial a ** n."""
    result = ONE
    for _ in range(n):
        result = multiply(result, a)
    return result


def product(factors: dict[Key, int]) -> Polynomial:
    """The polynomial that a {factor as sorted items: exponent} stands for."""
    result = ONE
    for factor, n in factors.items():
        result = multiply(result, power(dict(factor), n))
    return result


def key(polynomial: Polynomial) -> Key:
    """A hashable form."""
    spend(len(polynomial))
    return tuple(sorted(polynomial.items()))


def whole(tree: Tree) -> int | None:
    """The integer that an exponent is, or None if it depends on variables."""
    sign, inner = (-1, tree[1]) if tree[0] == "neg" else (1, tree)
    if inner[0] == "var":
        return None
    numerator, below = ({(): inner[1]}, {}) if inner[0] == "num" else quotient(inner, MAX_NODES)
    if below or set(numerator) - {()}:
        return None
    n = numerator.get((), Fraction(0))
    demand(n.denominator == 1 and abs(n) <= MAX_EXPONENT, f"an exponent that is no integer, or above {MAX_EXPONENT}")
    return sign * int(n)


def integral(tree: Tree, sorts: Sorts) -> bool:
    """Whether a term is an integer by its form: integers with + - * ** and binomial."""
    kind, parts = tree[0], tree[1:]
    if kind in ("num", "var"):
        return tree[1].denominator == 1 if kind == "num" else sorts.get(tree[1]) == "integer"
    if kind == "**":
        return integral(parts[0], sorts) and (whole(parts[1]) or 0) >= 0 and whole(parts[1]) is not None
    return kind in ("+", "-", "*", "neg", "binomial") and all(integral(part, sorts) for part in parts)


def divisor_factors(tree: Tree) -> list[Tree]:
    """The terms whose product a divisor is: a*b and a**k (k > 0) are taken apart."""
    spend(1)
    if tree[0] == "neg":
        return divisor_factors(tree[1])
    found = [] if tree[0] == "num" and tree[1] != 0 else [tree]
    if tree[0] == "*":
        found = divisor_factors(tree[1]) + divisor_factors(tree[2])
    elif tree[0] == "**" and (n := whole(tree[2]) or 0) > 0:
        base = divisor_factors(tree[1])
        demand(len(base) * n <= MAX_EXPONENT, "a divisor has too many factors")
        found = base * n
    demand(len(found) <= MAX_EXPONENT, "a divisor has too many factors")
    return found


def quotient(tree: Tree, depth: int = 0) -> Quotient:
    """A term as (numerator, {factor: exponent}): its value wherever every divisor is not zero."""
    kind = tree[0]
    if kind == "num":
        return ({(): tree[1]} if tree[1] else {}), {}
    if kind == "var":
        return {((tree[1], 1),): Fraction(1)}, {}
    if kind == "neg":
        numerator, below = quotient(tree[1], depth)
        return add({}, numerator, -1), below
    n = whole(tree[2]) if kind == "**" else None
    if kind in FUNCTIONS or kind in BINDERS or (kind == "**" and n is None):
        return {((_atom(tree, depth), 1),): Fraction(1)}, {}
    if n is not None and n < 0:
        return quotient(("/", number(1), ("**", tree[1], number(-n))), depth)
    a, below_a = quotient(tree[1], depth)
    if n is not None:
        return power(a, n), {factor: k * n for factor, k in below_a.items()} if n else {}
    if kind == "/":
        return _divide(a, below_a, tree[2], depth)
    b, below_b = quotient(tree[2], depth)
    if kind == "*":
        return multiply(a, b), _merge(below_a, below_b, lambda i, j: i + j)
    common = _merge(below_a, below_b, max)
    lifted_a = multiply(a, product({f: k - below_a.get(f, 0) for f, k in common.items()}))
    lifted_b = multiply(b, product({f: k - below_b.get(f, 0) for f, k in common.items()}))
    return add(lifted_a, lifted_b, 1 if kind == "+" else -1), common


def _atom(tree: Tree, depth: int) -> str:
    """The name of the generator that an atom is; '@' and '#' begin no variable's name."""
    parts = [(part, depth) for part in tree[1:]]
    if tree[1][0] == "bind":  # bound names differ by how many binders enclose theirs
        body = substitute(tree[-1], {tree[1][1]: ("var", f"#{depth}")})
        parts = [*parts[1:-1], (body, depth + 1)]
    name = f"@{tree[0]}[{','.join(_text(*quotient(part, inner)) for part, inner in parts)}]"
    demand(len(name) <= MAX_ATOM, "a term is too long")
    spend(len(name) // 10)
    return sys.intern(name)


def _text(numerator: Polynomial, below: dict[Key, int]) -> str:
    """The one text of a quotient: terms and divisors are sorted."""

    def written(terms: Key) -> str:
        return "+".join(str(c) + "".join(f"*{g}^{n}" for g, n in monomial) for monomial, c in terms)

    divisors = sorted(f"/({written(factor)})^{k}" for factor, k in below.items())
    return written(key(numerator)) + "".join(divisors)


def _divide(numerator: Polynomial, below: dict[Key, int], divisor: Tree, depth: int) -> Quotient:
    """Divide by each factor of the divisor; a constant or a sign in it scales the numerator."""
    scale, _ = quotient(divisor, depth)
    product_of_factors, above, result = ONE, ONE, dict(below)
    for factor in divisor_factors(divisor):
        top, bottom = quotient(factor, depth)
        result[key(top)] = result.get(key(top), 0) + 1
        product_of_factors = multiply(product_of_factors, top)
        above = multiply(above, product(bottom))
    # the divisor is a constant times its factors; that constant is the ratio of any two matching coefficients
    demand(scale and product_of_factors, "a divisor is zero")
    monomial = next(iter(product_of_factors))
    demand(monomial in scale, "a divisor could not be taken apart")
    constant = scale[monomial] / product_of_factors[monomial]
    demand(scale == add({}, product_of_factors, constant), "a divisor could not be taken apart")
    return multiply(add({}, numerator, 1 / constant), above), result


def _merge(a: dict[Key, int], b: dict[Key, int], combine: Callable[[int, int], int]) -> dict[Key, int]:
    spend(sum(map(len, a)) + sum(map(len, b)))
    return {factor: combine(a.get(factor, 0), b.get(factor, 0)) for factor in {**a, **b}}
