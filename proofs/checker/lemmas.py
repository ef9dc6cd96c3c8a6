"""Theorems of the reals that a proof may use: for some terms, conditions that must hold and facts that follow.

In `SIMPLE`, the letters k, m, n and s stand for integer terms, x and y for any, and j is a bound name that no term has.
Terms are defined, and conditions hold, wherever the facts are used; so the facts are defined too.
"""

import re
from collections.abc import Callable
from math import factorial

from proofs.checker.formulas import FUNCTIONS, Sorts, Tree, demand, names, number, read, substitute
from proofs.checker.polynomials import integral, quotient

Lemma = tuple[list[Tree], list[Tree], Sorts]  # conditions, facts (comparisons), the sorts with new names
ZERO = number(0)

SIMPLE = {
    "abs": ("x", [], ["abs(x) >= x", "abs(x) >= -x", "(abs(x) - x)*(abs(x) + x) == 0"]),
    "sqrt": ("x", ["x >= 0"], ["sqrt(x) >= 0", "sqrt(x)**2 == x"]),
    "exp-positive": ("x", [], ["exp(x) > 0"]),
    "exp-tangent": ("x", [], ["exp(x) >= 1 + x"]),
    "exp-sum": ("xy", [], ["exp(x + y) == exp(x)*exp(y)"]),
    "exp-zero": ("", [], ["exp(0) == 1"]),
    "exp-log": ("x", ["x > 0"], ["exp(log(x)) == x"]),
    "log-exp": ("x", [], ["log(exp(x)) == x"]),
    "log-product": ("xy", ["x > 0", "y > 0"], ["log(x*y) == log(x) + log(y)"]),
    "power-zero": ("xn", ["n == 0"], ["x**n == 1"]),
    "power-step": ("xn", ["n >= 1"], ["x**n == x*x**(n - 1)"]),
    "power-sum": ("xmn", ["m >= 0", "n >= 0"], ["x**(m + n) == x**m*x**n"]),
    "power-product": ("xyn", ["n >= 0"], ["(x*y)**n == x**n*y**n"]),
    "power-nonnegative": ("xn", ["n >= 0", "x >= 0"], ["x**n >= 0"]),
    "power-positive": ("xn", ["n >= 0", "x > 0"], ["x**n > 0"]),
    "power-nonzero": ("xn", ["n >= 0", "x != 0"], ["x**n != 0"]),
    "power-unit": ("xn", ["n >= 0", "0 <= x", "x <= 1"], ["x**n <= 1"]),
    "power-monotone": ("xyn", ["n >= 0", "0 <= x", "x <= y"], ["x**n <= y**n"]),
    "bernoulli": ("xn", ["n >= 0", "x >= -1"], ["(1 + x)**n >= 1 + n*x"]),
    "binomial-edge": ("nk", ["n >= 0", "k == 0"], ["binomial(n, k) == 1"]),
    "binomial-outside": ("nk", ["n >= 0", "k < 0 or k > n"], ["binomial(n, k) == 0"]),
    "binomial-pascal": ("nk", ["n >= 1"], ["binomial(n, k) == binomial(n - 1, k - 1) + binomial(n - 1, k)"]),
    "binomial-absorb": ("nk", ["n >= 1"], ["k*binomial(n, k) == n*binomial(n - 1, k - 1)"]),
    "binomial-nonnegative": ("nk", ["n >= 0"], ["binomial(n, k) >= 0"]),
    "binomial-theorem": ("xyn", ["n >= 0"], ["Sum(binomial(n, j)*x**j*y**(n - j), j, 0, n) == (x + y)**n"]),
    "binomial-mean": ("xn", ["n >= 0"], ["Sum(j*binomial(n, j)*x**j*(1 - x)**(n - j), j, 0, n) == n*x"]),
}


def lemma(name: object, terms: list[Tree], sorts: Sorts) -> Lemma:
    """The conditions and the facts of the lemma `name` about the given terms."""
    demand(isinstance(name, str) and (name in SIMPLE or name in SPECIAL), "a lemma that there is not")
    letters, make = SPECIAL[str(name)] if name in SPECIAL else (SIMPLE[str(name)][0], _simple(str(name)))
    demand(len(terms) == len(letters), f"{name} is about {len(letters)} terms")
    for letter, term in zip(letters, terms, strict=True):
        demand(letter not in "kmns" or integral(term, sorts), f"{name} of a term that may be no integer")
        demand(letter != "S" or term[0] == "Sum", f"{name} is about a Sum")
    return make(sorts, *terms)


def _simple(name: str) -> Callable[..., Lemma]:
    letters, conditions, facts = SIMPLE[name]

    def make(sorts: Sorts, *terms: Tree) -> Lemma:
        free = set[str]().union(*map(names, terms))
        bound = next(j for j in ("j", *(f"j{i}" for i in range(len(free)))) if j not in free)
        values = dict(zip(letters, terms, strict=True))
        first, second = (
            [read(re.sub(r"\bj\b", bound, text), values) for text in texts] for texts in (conditions, facts)
        )
        return first, second, sorts

    return make


def _extreme(sorts: Sorts, tree: Tree) -> Lemma:
    kind, *parts = tree
    demand(kind in ("min", "max"), "this lemma is about min or max")
    differences = [("-", tree, part) for part in parts]
    product = differences[0]
    for difference in differences[1:]:
        product = ("*", product, difference)
    sides = [("<=" if kind == "min" else ">=", tree, part) for part in parts]
    return [], [*sides, ("==", product, ZERO)], sorts


def _taylor(sorts: Sorts, x: Tree, n: Tree) -> Lemma:
    demand(n[0] == "num" and n[1] in range(1, 41, 2), "the order is no odd number up to 40")
    total: Tree = number(1)
    for i in range(1, int(n[1]) + 1):
        total = ("+", total, ("/", ("**", x, number(i)), number(factorial(i))))
    return [], [(">=", ("exp", x), total)], sorts


def _same(sorts: Sorts, a: Tree, b: Tree) -> Lemma:
    demand(a[0] == b[0] and len(a) == len(b) and a[0] in (*FUNCTIONS, "**"), "terms that are not alike")
    return [("==", *pair) for pair in zip(a[1:], b[1:], strict=True)], [("==", a, b)], sorts


def _sum_empty(sorts: Sorts, tree: Tree) -> Lemma:
    return [("<", tree[3], tree[2])], [("==", tree, ZERO)], sorts


def _sum_end(sorts: Sorts, tree: Tree, *, last: bool) -> Lemma:
    kind, bound, low, high, body = tree
    one = number(1)
    rest = (kind, bound, low, ("-", high, one), body) if last else (kind, bound, ("+", low, one), high, body)
    taken = substitute(body, {bound[1]: high if last else low})
    return [(">=", high, low)], [("==", tree, ("+", rest, taken))], sorts


def _sum_linear(sorts: Sorts, e: Tree, f: Tree, g: Tree, c: Tree) -> Lemma:
    """The bodies satisfy e = f + c*g identically, and c does not depend on the bound name."""
    bodies = [substitute(tree[4], {tree[1][1]: ("var", "#0")}) for tree in (e, f, g)]
    numerator, _ = quotient(("-", bodies[0], ("+", bodies[1], ("*", c, bodies[2]))), 1)
    alike = all(quotient(a[i]) == quotient(e[i]) for a in (f, g) for i in (2, 3))
    demand(alike and not numerator, "Sums that are not a linear combination")
    return [], [("==", e, ("+", f, ("*", c, g)))], sorts


def _sum_shift(sorts: Sorts, tree: Tree, s: Tree) -> Lemma:
    kind, bound, low, high, body = tree
    demand(bound[1] not in names(s), f"{bound[1]} would be captured")
    moved = substitute(body, {bound[1]: ("+", ("var", bound[1]), s)})
    return [], [("==", tree, (kind, bound, ("-", low, s), ("-", high, s), moved))], sorts


# the letters of the terms (S: a Sum) and the function
SPECIAL: dict[str, tuple[str, Callable[..., Lemma]]] = {
    "min": ("x", _extreme),
    "max": ("x", _extreme),
    "exp-taylor": ("xo", _taylor),
    "same": ("xy", _same),
    "sum-empty": ("S", _sum_empty),
    "sum-last": ("S", lambda sorts, tree: _sum_end(sorts, tree, last=True)),
    "sum-first": ("S", lambda sorts, tree: _sum_end(sorts, tree, last=False)),
    "sum-linear": ("SSSc", _sum_linear),
    "sum-shift": ("Ss", _sum_shift),
}
