r"""Contradictions between polynomial facts as positive sums of their products, found by linear programming.

For facts :math:`g_i > 0` or :math:`g_i \ge 0` and :math:`e_j = 0` look for

.. math:: \sum_k \lambda_k \prod_i g_i^{a_{ki}} + \sum_j q_j e_j = 0, \qquad \lambda_k \ge 0,

with a product that is strictly positive among those with :math:`\lambda_k > 0`. A float solver proposes which products
are used; the coefficients are then solved for exactly. Source: Krivine (1964), J. Analyse Math. 12, 307-326; Handelman
(1988), Pacific J. Math. 132, 35-62.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from time import monotonic
from typing import Any

from proofs.facts import Algebra, Polynomial, rational

# A fact: its relation (> >= == !=) and its polynomial.
Fact = tuple[str, Polynomial]
Proof = dict[str, Any]
MAX_PRODUCTS = 6000
LONGEST = 5.0  # seconds for one linear program


@dataclass(frozen=True, slots=True)
class Product:
    """A product of facts: exponents by index, its polynomial, and whether it is > 0 (else >= 0; None: an equation)."""

    exponents: dict[str, int]
    polynomial: Polynomial
    strict: bool | None
    cofactor: Polynomial = None


def find_sum(products: Iterable[Product], algebra: Algebra, deadline: float = float("inf")) -> Proof | None:
    """A "sum" proof from the given products, in the checker's form; None if they give none.

    Parameters
    ----------
    products : iterable of Product
        Those with `strict` None are equations times a cofactor and may have any weight.
    algebra : Algebra
    deadline : float
        On the clock of `time.monotonic`.
    """
    listed: dict[Any, Product] = {}
    for product in products:
        if product.strict and not product.polynomial:
            return {"sum": [["1", product.exponents]], "zero": {}}
        if product.polynomial:
            listed.setdefault((product.polynomial, product.strict), product)
        if len(listed) > MAX_PRODUCTS or monotonic() > deadline:
            return None
    columns = list(listed.values())
    seconds = min(LONGEST, deadline - monotonic())
    weights = _solve(columns, algebra, seconds) if columns and seconds > 0 else None
    return None if weights is None else _proof(weights, columns)


def all_products(facts: Sequence[Fact], algebra: Algebra, degree: int) -> Iterator[Product]:
    """Products of up to `degree` facts, and equations times low monomials."""
    yield Product({}, algebra.constant(1), True)
    yield from _squares(facts)
    usable = [i for i, (relation, _) in enumerate(facts) if relation in (">", ">=")]
    cache: dict[tuple[int, ...], Polynomial] = {(): algebra.constant(1)}
    for size in range(1, degree + 1):
        for chosen in combinations_with_replacement(usable, size):
            cache[chosen] = cache[chosen[:-1]] * facts[chosen[-1]][1]
            exponents = {str(i): chosen.count(i) for i in dict.fromkeys(chosen)}
            yield Product(exponents, cache[chosen], all(facts[i][0] == ">" for i in chosen))
    top = max((_degree(polynomial) for polynomial in cache.values()), default=0)
    for index, (relation, polynomial) in enumerate(facts):
        if relation == "==" and polynomial:
            for monomial in _monomials(algebra, max(0, min(2, top - _degree(polynomial)))):
                yield Product({str(index): 1}, monomial * polynomial, None, monomial)


def guided_products(facts: Sequence[Fact], algebra: Algebra, *, rounds: int) -> Iterator[Product]:
    """Facts times monomials of non-negative variables, chosen so that the terms of the facts can cancel.

    A term t of some fact can cancel against fact g only in g * t/u for a term u of g; in the second round also against
    products of two facts, and the terms of all products of the first count.
    """
    yield Product({}, algebra.constant(1), True)
    yield from _squares(facts)
    signed = _signed_variables(facts, algebra)
    live = [(i, relation, g) for i, (relation, g) in enumerate(facts) if g and relation != "!="]
    factors: list[tuple[dict[str, int], Polynomial, bool | None]] = [
        ({str(i): 1}, g, None if relation == "==" else relation == ">") for i, relation, g in live
    ]
    targets = {m for _, _, g in live for m in g}
    seen: set[Any] = set()
    for number in range(rounds):
        if number == 1:
            pairs = combinations_with_replacement([f for f in factors if f[2] is not None], 2)
            factors = factors + [(_times(a, b), g * h, bool(x and y)) for (a, g, x), (b, h, y) in pairs]
        found: set[Any] = set()
        for t in targets:
            if (power := _power(t, signed, facts)) is not None and t not in seen:
                yield Product(power[0], _monomial(algebra, t), power[1])
                seen.add(t)
        for n, (exponents, g, strict) in enumerate(factors):
            for q in {_quotient(t, u) for t in targets for u in g}:
                if q is None or (n, q) in seen:
                    continue
                seen.add((n, q))
                monomial = _monomial(algebra, q)
                if strict is None:
                    yield Product(exponents, g * monomial, None, monomial)
                elif (power := _power(q, signed, facts)) is not None:
                    yield Product(_times(exponents, power[0]), g * monomial, strict and power[1])
                else:
                    continue
                found |= set(g * monomial)
        targets |= found


def _squares(facts: Sequence[Fact]) -> Iterator[Product]:
    for index, (relation, polynomial) in enumerate(facts):
        if relation == "!=":
            yield Product({str(index): 2}, polynomial**2, True)


def _signed_variables(facts: Sequence[Fact], algebra: Algebra) -> dict[int, int]:
    """For each variable's position the fact that says it is > 0 or >= 0, the stricter one first."""
    found: dict[int, int] = {}
    gens = {gen: position for position, gen in enumerate(algebra.ring.gens)}
    for wanted in (">=", ">"):
        for index, (relation, polynomial) in enumerate(facts):
            if relation == wanted and polynomial in gens:
                found[gens[polynomial]] = index
    return found


def _power(
    monomial: tuple[int, ...], signed: dict[int, int], facts: Sequence[Fact]
) -> tuple[dict[str, int], bool] | None:
    """A monomial as a product of variables' sign facts, and whether it is > 0; None if a sign is not known."""
    if any(n and position not in signed for position, n in enumerate(monomial)):
        return None
    exponents = {str(signed[position]): n for position, n in enumerate(monomial) if n}
    return exponents, all(facts[int(i)][0] == ">" for i in exponents)


def _quotient(top: tuple[int, ...], below: tuple[int, ...]) -> tuple[int, ...] | None:
    quotient = tuple(a - b for a, b in zip(top, below, strict=True))
    return quotient if min(quotient, default=0) >= 0 else None


def _monomial(algebra: Algebra, exponents: tuple[int, ...]) -> Polynomial:
    return algebra.ring.from_dict({exponents: algebra.domain(1)})


def _times(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:
    return {i: a.get(i, 0) + b.get(i, 0) for i in {**a, **b}}


def _degree(polynomial: Polynomial) -> int:
    return max((sum(monomial) for monomial in polynomial), default=0)


def _monomials(algebra: Algebra, degree: int) -> Iterator[Polynomial]:
    for size in range(degree + 1):
        for chosen in combinations_with_replacement(list(algebra.variables.values()), size):
            product = algebra.constant(1)
            for variable in chosen:
                product *= variable
            yield product


def _solve(columns: list[Product], algebra: Algebra, seconds: float) -> dict[int, Fraction] | None:
    """Exact weights of a contradiction, by column."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    rows: dict[Any, int] = {}
    entries = [
        (rows.setdefault(monomial, len(rows)), j, float(coefficient))
        for j, column in enumerate(columns)
        for monomial, coefficient in column.polynomial.items()
    ]
    size = len(rows)
    entries += [(size, j, 1.0) for j, column in enumerate(columns) if column.strict]
    where, which, values = zip(*entries, strict=True)
    matrix = csr_matrix((values, (where, which)), shape=(size + 1, len(columns)))
    right = np.zeros(size + 1)
    right[size] = 1.0
    cost = [0.0 if column.strict is None else 1.0 for column in columns]
    limits = [(None, None) if column.strict is None else (0, None) for column in columns]
    found = linprog(cost, A_eq=matrix, b_eq=right, bounds=limits, method="highs-ds", options={"time_limit": seconds})
    if found.status != 0:
        return None
    return _exact(columns, [j for j, x in enumerate(found.x) if abs(x) > 1e-9], algebra)


def _exact(columns: list[Product], support: list[int], algebra: Algebra) -> dict[int, Fraction] | None:
    """The weights on the support, solved for over the rationals; None if they are not unique and positive."""
    from sympy.polys.matrices import DomainMatrix

    if not support:
        return None
    polynomials = [columns[j].polynomial for j in support]
    domain = algebra.domain
    monomials = dict.fromkeys(m for p in polynomials for m in p)
    table = [[p.get(m, domain(0)) for p in polynomials] for m in monomials]
    kernel = DomainMatrix(table, (len(table), len(support)), domain).nullspace().to_list()
    if len(kernel) != 1:
        return None
    vector = [rational(x) for x in kernel[0]]
    strict = sum(x for x, j in zip(vector, support, strict=True) if columns[j].strict)
    if strict == 0:
        return None
    weights = {j: x / strict for x, j in zip(vector, support, strict=True) if x}
    return weights if all(x > 0 for j, x in weights.items() if columns[j].strict is not None) else None


def _proof(weights: dict[int, Fraction], columns: list[Product]) -> Proof:
    """The weights in the checker's form, scaled so that the first coefficient is 1."""
    scale = next(x for j, x in weights.items() if columns[j].strict is not None)
    zero: dict[str, Polynomial] = {}
    terms = []
    for j, weight in weights.items():
        column, ratio = columns[j], weight / scale
        if column.strict is None:
            (index,) = column.exponents
            domain = column.polynomial.ring.domain
            cofactor = column.cofactor * domain(ratio.numerator, ratio.denominator)
            zero[index] = zero[index] + cofactor if index in zero else cofactor
        else:
            terms.append([str(ratio), column.exponents])
    return {"sum": terms, "zero": {index: text(polynomial) for index, polynomial in zero.items()}}


def text(polynomial: Polynomial) -> str:
    """A polynomial in the language of claims."""
    if not polynomial:
        return "0"
    names = [str(symbol) for symbol in polynomial.ring.symbols]
    terms = []
    for monomial, coefficient in polynomial.terms():
        exact = rational(coefficient)
        powers = [f"{name}**{n}" if n > 1 else name for name, n in zip(names, monomial, strict=True) if n]
        size = str(abs(exact))
        body = "*".join(powers if size == "1" and powers else [size, *powers])
        terms.append(("-" if exact < 0 else "+", body))
    first = terms[0][1] if terms[0][0] == "+" else f"-{terms[0][1]}"
    return first + "".join(f" {sign} {body}" for sign, body in terms[1:])


def mapped(proof: Proof, rename: Callable[[int], int]) -> Proof:
    """A proof with its facts renumbered."""
    if "split" in proof:
        sides = {side: mapped(proof[side], rename) for side in ("positive", "otherwise")}
        return {"split": proof["split"], **sides}
    if "integer" in proof:
        return {"integer": str(rename(int(proof["integer"]))), "then": mapped(proof["then"], rename)}
    terms = [[c, {str(rename(int(k))): n for k, n in product.items()}, *square] for c, product, *square in proof["sum"]]
    return {"sum": terms, "zero": {str(rename(int(k))): q for k, q in proof["zero"].items()}}


def renumbered(proof: Proof, numbers: Sequence[int], size: int) -> Proof:
    """A proof about some of `size` facts as one about all: fact k becomes numbers[k], and those it adds come last."""
    return mapped(proof, lambda k: numbers[k] if k < len(numbers) else k - len(numbers) + size)


def moved(proof: Proof, old: int, new: int) -> Proof:
    """A proof with fact number `old` renamed `new`."""
    return mapped(proof, lambda k: new if k == old else k)


def inserted(proof: Proof, position: int) -> Proof:
    """A proof in a branch that has one more fact at `position`."""
    return mapped(proof, lambda k: k + 1 if k >= position else k)


def without(proof: Proof, number: int, step: dict[str, Any]) -> Proof:
    """The proof with the step that added fact `number` in front, or without that fact if it is not used."""
    if not _uses(proof, number):
        return mapped(proof, lambda k: k - 1 if k > number else k)
    if "integer" in step:
        return {**step, "then": proof}
    return {key: proof if value is None else value for key, value in step.items()}


def _uses(proof: Proof, number: int) -> bool:
    if "split" in proof:
        return _uses(proof["positive"], number) or _uses(proof["otherwise"], number)
    if "integer" in proof:
        return proof["integer"] == str(number) or _uses(proof["then"], number)
    return str(number) in proof["zero"] or any(str(number) in product for _, product, *_ in proof["sum"])
