"""Theorems of the reals that a proof may use: for some terms, conditions that must hold and facts that follow.

The letters are those of the terms: k, m, n, s are integers by their form, the others any terms, and j is a bound name
that no term has. Of the Sum S (name B, from A to Z), F and L are the first and the last term, G and H the Sums without
them. The terms are defined where a lemma is used; where its conditions hold too, so are the terms in its facts.
"""

import re
from fractions import Fraction
from functools import reduce
from math import factorial

from proofs.checker.branches import opened
from proofs.checker.formulas import FUNCTIONS, Sorts, Tree, names, number, read, substitute
from proofs.checker.intervals import exponential
from proofs.checker.limits import demand
from proofs.checker.points import at_numbers, rational
from proofs.checker.polynomials import integral, quotient

Lemma = tuple[list[Tree], list[Tree], Sorts]  # conditions (formulas), facts (comparisons), the sorts with new names

LEMMAS: dict[str, tuple[str, list[str], list[str]]] = {
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
    "sum-empty": ("S", ["Z < A"], ["S == 0"]),
    "sum-last": ("S", ["Z >= A"], ["S == H + L"]),
    "sum-first": ("S", ["Z >= A"], ["S == F + G"]),
    "sum-linear": ("STUx", [], ["S == T + x*U"]),
    "sum-shift": ("Ss", [], ["S == M"]),
    "exp-interval": ("xabcd", ["x >= a", "x <= b"], ["exp(x) >= c", "exp(x) <= d"]),
    "log-interval": ("xabcd", ["x >= a", "x <= b"], ["log(x) >= c", "log(x) <= d"]),
    "exp-taylor": ("xa", [], ["exp(x) >= P"]),
    "max": ("x", [], ["P == 0"]),
    "min": ("x", [], ["P == 0"]),
    "same": ("xy", [], ["x == y"]),
    "count-roots": ("R", [], ["R == P"]),
    "root": ("R", ["F*L <= 0"], ["X >= A", "X <= Z", "E == 0"]),
}


def lemma(name: object, terms: list[Tree], sorts: Sorts) -> Lemma:
    """The conditions and the facts of the lemma `name` about the given terms."""
    demand(isinstance(name, str) and name in LEMMAS, "a lemma that there is not")
    letters, conditions, facts = LEMMAS[str(name)]
    demand(len(terms) == len(letters), f"{name} is about {len(letters)} terms")
    for letter, term in zip(letters, terms, strict=True):
        demand(letter not in "kmns" or integral(term, sorts), f"{name} of a term that may be no integer")
        kind = {"S": "Sum", "T": "Sum", "U": "Sum", "R": "count_roots"}.get(letter, term[0])
        demand(term[0] == kind, f"{name} is about a {kind}")
    values = dict(zip(letters, terms, strict=True))
    more: tuple[list[Tree], list[Tree]] = ([], [])
    if letters[:1] in ("S", "R"):
        sorts = _bound(str(name), terms, values, sorts)
    elif name == "same":
        a, b = terms
        demand(a[0] == b[0] and len(a) == len(b) and a[0] in (*FUNCTIONS, "**"), "terms that are not alike")
        more = [("==", *pair) for pair in zip(a[1:], b[1:], strict=True)], []
    elif name in ("min", "max"):
        demand(terms[0][0] == name, f"{name} is about a {name}")
        more = [], [("<=" if name == "min" else ">=", terms[0], part) for part in terms[0][1:]]
        values["P"] = reduce(lambda a, b: ("*", a, b), [("-", terms[0], part) for part in terms[0][1:]])
    elif name == "exp-taylor":
        demand(terms[1][0] == "num" and terms[1][1] in range(1, 41, 2), "the order is no odd number up to 40")
        series = [("/", ("**", terms[0], number(i)), number(factorial(i))) for i in range(int(terms[1][1]) + 1)]
        values["P"] = reduce(lambda a, b: ("+", a, b), series)
    elif name in ("exp-interval", "log-interval"):
        _check_bounds(name == "exp-interval", *map(_constant, terms[1:]))
    free = set[str]().union(*map(names, values.values()))
    bound = next(j for j in ("j", *(f"j{i}" for i in range(len(free)))) if j not in free)
    first, second = ([read(re.sub(r"\bj\b", bound, t), values) for t in texts] for texts in (conditions, facts))
    return more[0] + first, more[1] + second, sorts


def _bound(name: str, terms: list[Tree], values: dict[str, Tree], sorts: Sorts) -> Sorts:
    """Add the letters of a Sum or count_roots to the values; the sorts with the name of a root."""
    (kind, bound, low, high, body), one = terms[0], number(1)
    values |= {"A": low, "Z": high}
    if name in ("sum-last", "root"):
        values |= {"H": (kind, bound, low, ("-", high, one), body), "L": substitute(body, {bound[1]: high})}
    if name in ("sum-first", "root"):
        values |= {"G": (kind, bound, ("+", low, one), high, body), "F": substitute(body, {bound[1]: low})}
    if name == "root":
        values["E"], sorts, values["X"] = opened(terms[0], sorts)
    if name == "count-roots":
        values["P"] = number(_constant(terms[0]))
    if name == "sum-shift":
        demand(bound[1] not in names(terms[1]), f"{bound[1]} would be captured")
        moved = substitute(body, {bound[1]: ("+", ("var", bound[1]), terms[1])})
        values["M"] = (kind, bound, ("-", low, terms[1]), ("-", high, terms[1]), moved)
    if name == "sum-linear":
        e, f, g = (substitute(tree[4], {tree[1][1]: ("var", "#0")}) for tree in terms[:3])
        numerator, _ = quotient(("-", e, ("+", f, ("*", terms[3], g))), 1)
        alike = all(quotient(tree[i]) == quotient(terms[0][i]) for tree in terms[1:3] for i in (2, 3))
        demand(alike and not numerator, "Sums that are not a linear combination")
    return sorts


def _constant(tree: Tree) -> Fraction:
    demand(not names(tree), "a variable where a number is needed")
    return rational(at_numbers({}).value(tree))


def _check_bounds(exp: bool, a: Fraction, b: Fraction, c: Fraction, d: Fraction) -> None:
    """Reject unless c <= e**a and e**b <= d, or for log 0 < a, e**c <= a and b <= e**d."""
    low = exponential(a, up=False) >= c if exp else exponential(c, up=True) <= a
    high = exponential(b, up=True) <= d if exp else exponential(d, up=False) >= b
    demand(a <= b and (exp or a > 0) and low and high, "bounds that are none")
