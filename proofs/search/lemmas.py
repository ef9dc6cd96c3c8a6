"""Theorems of the reals as the search knows them: for some terms, conditions to prove and facts that follow.

The checker has a list of its own; a lemma counts only if both agree, since the checker's word is the last. In `SIMPLE`,
the letters k, m, n and s stand for integer terms, x and y for any, and j is a bound name that no term has.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import factorial
from typing import Final

from proofs.cases import Unsupported, replaced
from proofs.evaluate import NoValue, value
from proofs.language import (
    Binder,
    Comparison,
    Formula,
    Number,
    Operation,
    Term,
    Variable,
    bound_names,
    free_names,
    parse_formula,
)

ZERO: Final = Number(Fraction(0))
ONE: Final = Number(Fraction(1))


@dataclass(frozen=True, slots=True)
class Lemma:
    """One instance of a theorem.

    Attributes
    ----------
    name : str
    terms : tuple of Term
        What it is about, in the certificate's order.
    conditions : tuple of Formula
    facts : tuple of Comparison
    sorts : mapping of str to str, optional
        Of all names, where the lemma brings in a new one.
    """

    name: str
    terms: tuple[Term, ...]
    conditions: tuple[Formula, ...]
    facts: tuple[Comparison, ...]
    sorts: Mapping[str, str] | None = None


SIMPLE: Final[dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]] = {
    "abs": ("x", (), ("abs(x) >= x", "abs(x) >= -x", "(abs(x) - x)*(abs(x) + x) == 0")),
    "sqrt": ("x", ("x >= 0",), ("sqrt(x) >= 0", "sqrt(x)**2 == x")),
    "exp-positive": ("x", (), ("exp(x) > 0",)),
    "exp-tangent": ("x", (), ("exp(x) >= 1 + x",)),
    "exp-sum": ("xy", (), ("exp(x + y) == exp(x)*exp(y)",)),
    "exp-zero": ("", (), ("exp(0) == 1",)),
    "exp-log": ("x", ("x > 0",), ("exp(log(x)) == x",)),
    "log-exp": ("x", (), ("log(exp(x)) == x",)),
    "log-product": ("xy", ("x > 0", "y > 0"), ("log(x*y) == log(x) + log(y)",)),
    "power-zero": ("xn", ("n == 0",), ("x**n == 1",)),
    "power-step": ("xn", ("n >= 1",), ("x**n == x*x**(n - 1)",)),
    "power-sum": ("xmn", ("m >= 0", "n >= 0"), ("x**(m + n) == x**m*x**n",)),
    "power-product": ("xyn", ("n >= 0",), ("(x*y)**n == x**n*y**n",)),
    "power-nonnegative": ("xn", ("n >= 0", "x >= 0"), ("x**n >= 0",)),
    "power-positive": ("xn", ("n >= 0", "x > 0"), ("x**n > 0",)),
    "power-nonzero": ("xn", ("n >= 0", "x != 0"), ("x**n != 0",)),
    "power-unit": ("xn", ("n >= 0", "0 <= x", "x <= 1"), ("x**n <= 1",)),
    "power-monotone": ("xyn", ("n >= 0", "0 <= x", "x <= y"), ("x**n <= y**n",)),
    "bernoulli": ("xn", ("n >= 0", "x >= -1"), ("(1 + x)**n >= 1 + n*x",)),
    "binomial-edge": ("nk", ("n >= 0", "k == 0"), ("binomial(n, k) == 1",)),
    "binomial-outside": ("nk", ("n >= 0", "k < 0 or k > n"), ("binomial(n, k) == 0",)),
    "binomial-pascal": ("nk", ("n >= 1",), ("binomial(n, k) == binomial(n - 1, k - 1) + binomial(n - 1, k)",)),
    "binomial-absorb": ("nk", ("n >= 1",), ("k*binomial(n, k) == n*binomial(n - 1, k - 1)",)),
    "binomial-nonnegative": ("nk", ("n >= 0",), ("binomial(n, k) >= 0",)),
    "binomial-theorem": ("xyn", ("n >= 0",), ("Sum(binomial(n, j)*x**j*y**(n - j), j, 0, n) == (x + y)**n",)),
    "binomial-mean": ("xn", ("n >= 0",), ("Sum(j*binomial(n, j)*x**j*(1 - x)**(n - j), j, 0, n) == n*x",)),
}


def simple(name: str, *terms: Term) -> Lemma:
    """An instance of a lemma of `SIMPLE`.

    Examples
    --------
    >>> from proofs.language import parse_term, render
    >>> render(simple("exp-tangent", parse_term("2*y", where="-")).facts[0])
    'exp(2*y) >= 1 + 2*y'
    """
    letters, conditions, facts = SIMPLE[name]
    taken = frozenset[str]().union(*(free_names(term) | bound_names(term) for term in terms))
    bound = next(j for j in ("j", *(f"j{i}" for i in range(len(taken)))) if j not in taken)
    values = dict(zip(letters, terms, strict=True))

    def read(text: str) -> Formula:
        return parse_formula(re.sub(r"\bj\b", bound, text), where=name, definitions=values)

    found = tuple(formula for formula in map(read, facts) if isinstance(formula, Comparison))
    return Lemma(name, terms, tuple(map(read, conditions)), found)


def extreme(tree: Operation) -> Lemma:
    """What makes a number the least or greatest of some."""
    differences: list[Term] = [Operation("-", (tree, part)) for part in tree.arguments]
    product = reduce(lambda a, b: Operation("*", (a, b)), differences)
    relation = "<=" if tree.operator == "min" else ">="
    sides = tuple(Comparison(relation, tree, part) for part in tree.arguments)
    return Lemma(tree.operator, (tree,), (), (*sides, Comparison("==", product, ZERO)))


def taylor(x: Term, order: int) -> Lemma:
    """The exponential function is above its Taylor polynomials of odd order."""
    total: Term = ONE
    for i in range(1, order + 1):
        power = Operation("**", (x, Number(Fraction(i))))
        total = Operation("+", (total, Operation("/", (power, Number(Fraction(factorial(i)))))))
    fact = Comparison(">=", Operation("exp", (x,)), total)
    return Lemma("exp-taylor", (x, Number(Fraction(order))), (), (fact,))


def same(a: Operation, b: Operation) -> Lemma:
    """Functions of equal arguments are equal."""
    pairs = zip(a.arguments, b.arguments, strict=True)
    return Lemma("same", (a, b), tuple(Comparison("==", *pair) for pair in pairs), (Comparison("==", a, b),))


def sum_empty(tree: Binder) -> Lemma:
    """A Sum of no terms."""
    return Lemma("sum-empty", (tree,), (Comparison("<", tree.high, tree.low),), (Comparison("==", tree, ZERO),))


def sum_end(tree: Binder, *, last: bool) -> Lemma:
    """A Sum with its last or first term taken out."""
    end, low, high = (tree.high, tree.low, _plus(tree.high, -1)) if last else (tree.low, _plus(tree.low, 1), tree.high)
    taken = replaced(tree.body, {tree.name: end})
    rest = Binder("Sum", tree.body, tree.name, low, high)
    fact = Comparison("==", tree, Operation("+", (rest, taken)))
    condition = Comparison(">=", tree.high, tree.low)
    return Lemma("sum-last" if last else "sum-first", (tree,), (condition,), (fact,))


def _plus(term: Term, n: int) -> Term:
    return Operation("+" if n > 0 else "-", (term, ONE))


def sum_linear(e: Binder, f: Binder, g: Binder, c: Term) -> Lemma:
    """A Sum of e = f + c g, identically, over the same range."""
    fact = Comparison("==", e, Operation("+", (f, Operation("*", (c, g)))))
    return Lemma("sum-linear", (e, f, g, c), (), (fact,))


def sum_shift(tree: Binder, s: Term) -> Lemma:
    """A Sum with its bound name shifted."""
    moved = replaced(tree.body, {tree.name: Operation("+", (Variable(tree.name), s))})
    low, high = (Operation("-", (end, s)) for end in (tree.low, tree.high))
    return Lemma("sum-shift", (tree, s), (), (Comparison("==", tree, Binder("Sum", moved, tree.name, low, high)),))


def counted(tree: Binder) -> Iterator[Lemma]:
    """The number of roots of a polynomial with numbers for coefficients."""
    try:
        number = value(tree, {})
    except (NoValue, Unsupported):
        return
    yield Lemma("count-roots", (tree,), (), (Comparison("==", tree, Number(number)),))
