r"""Contradictions between polynomial facts as positive sums of their products, found by linear programming.

For facts :math:`g_i > 0` or :math:`g_i \ge 0` and :math:`e_j = 0` look for

.. math:: \sum_k \lambda_k \prod_i g_i^{a_{ki}} + \sum_j q_j e_j = 0, \qquad \lambda_k \ge 0,

with a product that is strictly positive among those with :math:`\lambda_k > 0`. A float solver proposes which products
are used; the coefficients are then solved for exactly. Source: Krivine (1964), J. Analyse Math. 12, 307-326; Handelman
(1988), Pacific J. Math. 132, 35-62.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from proofs.facts import Algebra, Polynomial, rational

# A fact: its relation (> >= == !=) and its polynomial.
Fact = tuple[str, Polynomial]
Proof = dict[str, Any]
MAX_PRODUCTS = 6000


def find_sum(facts: Sequence[Fact], algebra: Algebra, *, degree: int) -> Proof | None:
    """A "sum" proof from products of at most `degree` facts, in the checker's form; None if there is none.

    Parameters
    ----------
    facts : sequence of (str, Polynomial)
        In the order of the branch, whose indices the proof names.
    algebra : Algebra
    degree : int
        Facts in one product, >= 1.
    """
    columns: list[Polynomial] = []
    labels: list[tuple[str, Any]] = []
    for product, polynomial, strict in _products(facts, algebra, degree):
        columns.append(polynomial)
        labels.append(("strict" if strict else "weak", product))
        if strict and not polynomial:
            return {"sum": [["1", product]], "zero": {}}
        if len(columns) > MAX_PRODUCTS:
            return None
    top = max((_degree(c) for c in columns), default=0)
    for index, (relation, polynomial) in enumerate(facts):
        if relation == "==" and polynomial:
            for monomial in _monomials(algebra, max(0, min(3, top - _degree(polynomial)))):
                columns.append(monomial * polynomial)
                labels.append(("free", (index, monomial)))
    weights = _solve(columns, [kind for kind, _ in labels])
    return None if weights is None else _proof(weights, labels)


def _products(facts: Sequence[Fact], algebra: Algebra, degree: int) -> Iterator[tuple[dict[str, int], Polynomial, bool]]:
    """Products of facts with their exponents by index, and whether they are > 0 (else >= 0)."""
    yield {}, algebra.constant(1), True
    for index, (relation, polynomial) in enumerate(facts):
        if relation == "!=":
            yield {str(index): 2}, polynomial**2, True
    usable = [i for i, (relation, _) in enumerate(facts) if relation in (">", ">=")]
    cache: dict[tuple[int, ...], Polynomial] = {(): algebra.constant(1)}
    for size in range(1, degree + 1):
        for chosen in combinations_with_replacement(usable, size):
            cache[chosen] = cache[chosen[:-1]] * facts[chosen[-1]][1]
            exponents = {str(i): chosen.count(i) for i in dict.fromkeys(chosen)}
            yield exponents, cache[chosen], all(facts[i][0] == ">" for i in chosen)


def _degree(polynomial: Polynomial) -> int:
    return max((sum(monomial) for monomial in polynomial), default=0)


def _monomials(algebra: Algebra, degree: int) -> Iterator[Polynomial]:
    for size in range(degree + 1):
        for chosen in combinations_with_replacement(list(algebra.variables.values()), size):
            product = algebra.constant(1)
            for variable in chosen:
                product *= variable
            yield product


def _solve(columns: list[Polynomial], kinds: list[str]) -> dict[int, Fraction] | None:
    """Exact weights of a contradiction, by column."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    rows: dict[Any, int] = {}
    entries = [
        (rows.setdefault(monomial, len(rows)), j, float(coefficient))
        for j, column in enumerate(columns)
        for monomial, coefficient in column.items()
    ]
    size = len(rows)
    entries += [(size, j, 1.0) for j, kind in enumerate(kinds) if kind == "strict"]
    where, which, values = zip(*entries, strict=True)
    matrix = csr_matrix((values, (where, which)), shape=(size + 1, len(columns)))
    right = np.zeros(size + 1)
    right[size] = 1.0
    cost = [0.0 if kind == "free" else 1.0 for kind in kinds]
    limits = [(None, None) if kind == "free" else (0, None) for kind in kinds]
    found = linprog(cost, A_eq=matrix, b_eq=right, bounds=limits, method="highs-ds", options={"time_limit": 5.0})
    if found.status != 0:
        return None
    support = [j for j, x in enumerate(found.x) if abs(x) > 1e-9]
    return _exact(columns, kinds, support)


def _exact(columns: list[Polynomial], kinds: list[str], support: list[int]) -> dict[int, Fraction] | None:
    """The weights on the support, solved for over the rationals; None if they are not unique and positive."""
    from sympy.polys.domains import QQ
    from sympy.polys.matrices import DomainMatrix

    monomials = list(dict.fromkeys(m for j in support for m in columns[j]))
    if not support:
        return None
    table = [[columns[j].get(m, QQ(0)) for j in support] for m in monomials] or [[QQ(0)] * len(support)]
    kernel = DomainMatrix(table, (len(table), len(support)), QQ).nullspace().to_list()
    if len(kernel) != 1:
        return None
    vector = [rational(x) for x in kernel[0]]
    strict = sum(x for x, j in zip(vector, support, strict=True) if kinds[j] == "strict")
    if strict == 0:
        return None
    weights = {j: x / strict for x, j in zip(vector, support, strict=True) if x}
    return weights if all(x > 0 for j, x in weights.items() if kinds[j] != "free") else None


def _proof(weights: dict[int, Fraction], labels: list[tuple[str, Any]]) -> Proof:
    """The weights in the checker's form, scaled so that the first coefficient is 1."""
    scale = next(x for j, x in weights.items() if labels[j][0] != "free")
    zero: dict[str, Polynomial] = {}
    terms = []
    for j, weight in weights.items():
        kind, label = labels[j]
        if kind == "free":
            index, monomial = label
            domain = monomial.ring.domain
            ratio = weight / scale
            zero[str(index)] = zero.get(str(index), 0) + monomial * domain(ratio.numerator, ratio.denominator)
        else:
            terms.append([str(weight / scale), label])
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
