"""Polynomials with rational coefficients as {((generator, exponent), ...): Fraction}, and quotients of them.

Generators are variables and atoms: sqrt, exp, log, abs, min, max, binomial, Sum, count_roots, and powers whose exponent
is no constant. An atom is named by its operator and its arguments' quotients, bound variables renamed by their depth.
It stands for what its operator gives of the values of these quotients (x/0, and operators outside their domain, being
some number or other): that is its value wherever the claim's term is defined, and nothing is known of it elsewhere.
"""

import sys
from fractions import Fraction

from proofs.checker.formulas import BINDERS, FUNCTIONS, Sorts, Tree, number, substitute
from proofs.checker.limits import MAX_EXPONENT, MAX_NODES, bounded, demand, spend

Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]
Key = tuple[tuple[Monomial, Fraction], ...]  # a polynomial's items, sorted
Quotient = tuple[Polynomial, dict[Key, int]]  # numerator, {divisor: exponent}

MAX_TERMS = MAX_ATOM = 100_000


def add(a: Polynomial, b: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    """The polynomial a + factor * b."""
    spend(1 + len(a))
    total = dict(a)
    for monomial, coefficient in b.items():
        total[monomial] = bounded(total.get(monomial, Fraction(0)) + factor * coefficient)
    return {monomial: coefficient for monomial, coefficient in total.items() if coefficient}


def multiply(a: Polynomial, b: Polynomial) -> Polynomial:
    """The polynomial a * b."""
    demand(len(a) * len(b) <= MAX_TERMS, "a product of polynomials is too large")
    spend(1)
    total: Polynomial = {}
    for left, x in a.items():
        for right, y in b.items():
            spend((len(left) + len(right)) // 4)
            exponents = dict(left)
            for name, n in right:
                exponents[name] = exponents.get(name, 0) + n
            monomial = tuple(sorted(exponents.items()))
            total[monomial] = bounded(total.get(monomial, Fraction(0)) + x * y)
    return {monomial: coefficient for monomial, coefficient in total.items() if coefficient}


def product(*factors: tuple[Polynomial, int]) -> Polynomial:
    """The product of polynomials, each with its exponent."""
    result: Polynomial = {(): Fraction(1)}
    for factor, n in factors:
        for _ in range(n):
            result = multiply(result, factor)
    return result


def key(polynomial: Polynomial) -> Key:
    """A hashable form."""
    spend(len(polynomial))
    return tuple(sorted(polynomial.items()))


def whole(tree: Tree) -> int | None:
    """The integer that an exponent is, or None if it depends on variables."""
    if tree[0] == "var":
        return None
    numerator, below = ({(): tree[1]}, {}) if tree[0] == "num" else quotient(tree, MAX_NODES)
    if below or set(numerator) - {()}:
        return None
    n = numerator.get((), Fraction(0))
    demand(n.denominator == 1 and abs(n) <= MAX_EXPONENT, f"an exponent that is no integer, or above {MAX_EXPONENT}")
    return int(n)


def integral(tree: Tree, sorts: Sorts) -> bool:
    """Whether a term is an integer by its form: integers with + - * ** and binomial."""
    kind, parts = tree[0], tree[1:]
    if kind in ("num", "var"):
        return tree[1].denominator == 1 if kind == "num" else sorts.get(tree[1]) == "integer"
    if kind == "**":
        n = whole(parts[1])
        return n is not None and n >= 0 and integral(parts[0], sorts)
    return kind in ("+", "-", "*", "neg", "binomial") and all(integral(part, sorts) for part in parts)


def divisor_factors(tree: Tree) -> tuple[Fraction, list[Tree]]:
    """A divisor as a number times a product of terms: a*b and a**k (k > 0) are taken apart."""
    spend(1)
    constant, found = Fraction(1), [tree]
    if tree[0] == "num" and tree[1] != 0:
        constant, found = tree[1], []
    elif tree[0] == "neg":
        constant, found = divisor_factors(tree[1])
        constant = -constant
    elif tree[0] == "*":
        (a, left), (b, right) = divisor_factors(tree[1]), divisor_factors(tree[2])
        constant, found = bounded(a * b), left + right
    elif tree[0] == "**" and (n := whole(tree[2]) or 0) > 0:
        constant, found = divisor_factors(tree[1])
        demand(len(found) * n <= MAX_EXPONENT, "a divisor has too many factors")
        constant, found = product(({(): constant}, n))[()], found * n
    demand(len(found) <= MAX_EXPONENT, "a divisor has too many factors")
    return constant, found


def quotient(tree: Tree, depth: int = 0) -> Quotient:
    """A term as (numerator, {factor: exponent}): its value wherever every divisor is not zero."""
    kind = tree[0]
    if kind == "num":
        return ({(): tree[1]} if tree[1] else {}), {}
    if kind == "var":
        return {((tree[1], 1),): Fraction(1)}, {}
    n = whole(tree[2]) if kind == "**" else None
    if kind in FUNCTIONS or kind in BINDERS or (kind == "**" and n is None):
        return {((_atom(tree, depth), 1),): Fraction(1)}, {}
    if n is not None and n < 0:
        return quotient(("/", number(1), ("**", tree[1], number(-n))), depth)
    a, below = quotient(tree[1], depth)
    spend(sum(map(len, below)))
    if kind == "neg":
        return add({}, a, -1), below
    if n is not None:
        return product((a, n)), {factor: k * n for factor, k in below.items()} if n else {}
    if kind == "/":
        constant, factors = divisor_factors(tree[2])
        result = dict(below)
        for top, bottom in (quotient(factor, depth) for factor in factors):
            demand(top, "a divisor is zero")
            result[key(top)] = result.get(key(top), 0) + 1
            a = multiply(a, product(*((dict(f), k) for f, k in bottom.items())))
        return add({}, a, 1 / constant), result
    b, others = quotient(tree[2], depth)
    spend(sum(map(len, others)))
    if kind == "*":
        return multiply(a, b), {f: below.get(f, 0) + others.get(f, 0) for f in {**below, **others}}
    common = {f: max(below.get(f, 0), others.get(f, 0)) for f in {**below, **others}}
    a = multiply(a, product(*((dict(f), k - below.get(f, 0)) for f, k in common.items())))
    b = multiply(b, product(*((dict(f), k - others.get(f, 0)) for f, k in common.items())))
    return add(a, b, 1 if kind == "+" else -1), common


def _atom(tree: Tree, depth: int) -> str:
    """The name of the generator that an atom is; '@' and '#' begin no variable's name."""
    parts = [(part, depth) for part in tree[1:]]
    if tree[1][0] == "bind":  # bound names differ by how many binders enclose theirs
        parts = [*parts[1:-1], (substitute(tree[-1], {tree[1][1]: ("var", f"#{depth}")}), depth + 1)]
    name = f"@{tree[0]}[{','.join(_text(*quotient(part, inner)) for part, inner in parts)}]"
    demand(len(name) <= MAX_ATOM, "a term is too long")
    spend(len(name) // 10)
    return sys.intern(name)


def _text(numerator: Polynomial, below: dict[Key, int]) -> str:
    def written(terms: Key) -> str:
        return "+".join(str(c) + "".join(f"*{g}^{n}" for g, n in monomial) for monomial, c in terms)

    return written(key(numerator)) + "".join(sorted(f"/({written(factor)})^{k}" for factor, k in below.items()))
