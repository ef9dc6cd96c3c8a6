"""Polynomials with rational coefficients as {((name, exponent), ...): Fraction}, and quotients over known factors."""

from collections.abc import Callable
from fractions import Fraction

from proofs.checker.formulas import MAX_EXPONENT, RELATIONS, Tree, bounded, demand, exponent, formula, size, spend

Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]
Key = tuple[tuple[Monomial, Fraction], ...]
Fact = tuple[str, Polynomial]
Items = list[tuple[Tree, bool]]

MAX_TERMS = 100_000
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


def divisor_factors(tree: Tree) -> list[Tree]:
    """The terms whose product a divisor is: a*b and a**k (k > 0) are taken apart."""
    spend(1)
    if tree[0] == "neg":
        return divisor_factors(tree[1])
    found = [] if tree[0] == "num" and tree[1] != 0 else [tree]
    if tree[0] == "*":
        found = divisor_factors(tree[1]) + divisor_factors(tree[2])
    elif tree[0] == "**" and exponent(tree[2]) > 0:
        base = divisor_factors(tree[1])
        demand(len(base) * exponent(tree[2]) <= MAX_EXPONENT, "a divisor has too many factors")
        found = base * exponent(tree[2])
    demand(len(found) <= MAX_EXPONENT, "a divisor has too many factors")
    return found


def quotient(tree: Tree) -> tuple[Polynomial, dict[Key, int]]:
    """A term as (numerator, {factor: exponent}): its value wherever every divisor is not zero."""
    kind = tree[0]
    if kind == "num":
        return ({(): tree[1]} if tree[1] else {}), {}
    if kind == "var":
        return {((tree[1], 1),): Fraction(1)}, {}
    if kind == "neg":
        numerator, below = quotient(tree[1])
        return add({}, numerator, -1), below
    if kind == "**":
        n = exponent(tree[2])
        if n < 0:
            return quotient(("/", ("num", Fraction(1)), ("**", tree[1], ("num", Fraction(-n)))))
        numerator, below = quotient(tree[1])
        return power(numerator, n), {factor: k * n for factor, k in below.items()} if n else {}
    demand(kind in ("+", "-", "*", "/"), "a term that certificates do not cover")
    a, below_a = quotient(tree[1])
    if kind == "/":
        return _divide(a, below_a, tree[2])
    b, below_b = quotient(tree[2])
    if kind == "*":
        return multiply(a, b), _merge(below_a, below_b, lambda i, j: i + j)
    common = _merge(below_a, below_b, max)
    lifted_a = multiply(a, product({f: k - below_a.get(f, 0) for f, k in common.items()}))
    lifted_b = multiply(b, product({f: k - below_b.get(f, 0) for f, k in common.items()}))
    return add(lifted_a, lifted_b, 1 if kind == "+" else -1), common


def _divide(numerator: Polynomial, below: dict[Key, int], divisor: Tree) -> tuple[Polynomial, dict[Key, int]]:
    """Divide by each factor of the divisor; a constant or a sign in it scales the numerator."""
    scale, _ = quotient(divisor)
    product_of_factors, above, result = ONE, ONE, dict(below)
    for factor in divisor_factors(divisor):
        top, bottom = quotient(factor)
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


def fact(relation: str, left: Tree, right: Tree) -> Fact:
    """A comparison as (relation, polynomial): the polynomial is > 0, >= 0, == 0 or != 0.

    With left - right = n / (f^i g^j ...), each factor not zero, the sign is that of n times the factors of odd power.
    """
    if relation in ("<", "<="):
        left, right, relation = right, left, {"<": ">", "<=": ">="}[relation]
    numerator, below = quotient(("-", left, right))
    if relation in ("==", "!="):
        return relation, numerator
    odd = {factor: 1 for factor, k in below.items() if k % 2}
    return relation, multiply(numerator, product(odd))


NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def branches(items: Items) -> list[list[Fact]]:
    """The ways in which formulas, each with a wanted truth, can come out so: lists of facts.

    Formulas are taken apart from left to right, and a later part is looked at only where the earlier ones leave it to
    decide, so that every comparison stands beside its guards. A branch is a list of `fact`s in that order.
    """
    spend(1 + len(items))
    if not items:
        return [[]]
    (tree, wanted), rest = items[0], items[1:]
    kind, parts = formula(tree)[0], tree[1:]
    if kind == "not":
        return branches([(parts[0], not wanted), *rest])
    if kind in ("and", "or"):
        if wanted == (kind == "and"):
            return branches([*((part, wanted) for part in parts), *rest])
        found: list[list[Fact]] = []
        for i, part in enumerate(parts):
            found += branches([*((before, not wanted) for before in parts[:i]), (part, wanted), *rest])
        return _few(found)
    if kind == "implies":
        a, b = parts
        if not wanted:
            return branches([(a, True), (b, False), *rest])
        return _few(branches([(a, False), *rest]) + branches([(a, True), (b, True), *rest]))
    if kind == "iff":
        a, b = parts
        return _few(branches([(a, True), (b, wanted), *rest]) + branches([(a, False), (b, not wanted), *rest]))
    first = fact(kind if wanted else NEGATED[kind], *parts)
    later = branches(rest)
    spend(sum(map(len, later)))
    return [[first, *branch] for branch in later]


def _few(found: list[list[Fact]]) -> list[list[Fact]]:
    demand(len(found) <= 4096, "a claim has more than 4096 cases")
    return found


def obligations(assumed: list[Tree], concluded: Tree) -> tuple[list[Items], list[Items]]:
    """What must be refuted for every term to be defined: lists of (formula, truth), the last being divisor == 0."""
    found: list[Items] = []

    def visit_term(tree: Tree, context: Items, known: list[Tree]) -> None:
        if tree[0] in ("num", "var"):
            return
        spend(1)
        for part in tree[1:]:
            visit_term(part, context, known)
        divisor = tree[2] if tree[0] == "/" else None
        if tree[0] == "**" and exponent(tree[2]) < 0:
            divisor = tree[1]
        for factor in divisor_factors(divisor) if divisor else []:
            spend(1 + size(factor) * len(known))
            if factor not in known:
                spend(len(context))
                known.append(factor)
                found.append([*context, (("==", factor, ("num", Fraction(0))), True)])

    def visit(tree: Tree, context: Items, known: list[Tree]) -> None:
        kind, parts = tree[0], tree[1:]
        if kind in RELATIONS:
            for part in parts:
                visit_term(part, context, known)
            return
        for i, part in enumerate(parts):
            spend(1 + len(context) + i)
            guard = [] if kind in ("not", "iff") else [(before, kind != "or") for before in parts[:i]]
            visit(part, context + guard, known if not guard else list(known))

    context: Items = []
    known: list[Tree] = []
    for tree in assumed:
        visit(tree, list(context), known)
        context.append((tree, True))
    split = len(found)
    visit(concluded, context, known)
    return found[:split], found[split:]
