"""The lemmas that certificates name: what each needs and says, and the Coq theorem that it is.

Conditions and facts stand here in the claims language, in the order of the certificates' format, and once more in
`theory/`, as theorems. Coq is asked to see that they are the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import factorial
from typing import Final

from proofs.cases import Unsupported, replaced
from proofs.coq.rational import Roots, coefficients, without_multiplicities
from proofs.coq.terms import ZERO, quotient
from proofs.language import (
    Binder,
    Comparison,
    Formula,
    Number,
    Operation,
    Term,
    Variable,
    free_names,
    parse_formula,
)

INTEGERS: Final = frozenset("kmns")  # letters that stand for integer terms; S stands for a Sum
SIMPLE: Final = {
    "abs": "x; ; abs(x) >= x, abs(x) >= -x, (abs(x) - x)*(abs(x) + x) == 0",
    "sqrt": "x; x >= 0; sqrt(x) >= 0, sqrt(x)**2 == x",
    "exp-positive": "x; ; exp(x) > 0",
    "exp-tangent": "x; ; exp(x) >= 1 + x",
    "exp-sum": "x y; ; exp(x + y) == exp(x)*exp(y)",
    "exp-zero": "; ; exp(0) == 1",
    "exp-log": "x; x > 0; exp(log(x)) == x",
    "log-exp": "x; ; log(exp(x)) == x",
    "log-product": "x y; x > 0, y > 0; log(x*y) == log(x) + log(y)",
    "power-zero": "x n; n == 0; x**n == 1",
    "power-step": "x n; n >= 1; x**n == x*x**(n - 1)",
    "power-sum": "x m n; m >= 0, n >= 0; x**(m + n) == x**m*x**n",
    "power-product": "x y n; n >= 0; (x*y)**n == x**n*y**n",
    "power-nonnegative": "x n; n >= 0, x >= 0; x**n >= 0",
    "power-positive": "x n; n >= 0, x > 0; x**n > 0",
    "power-nonzero": "x n; n >= 0, x != 0; x**n != 0",
    "power-unit": "x n; n >= 0, 0 <= x, x <= 1; x**n <= 1",
    "power-monotone": "x y n; n >= 0, 0 <= x, x <= y; x**n <= y**n",
    "bernoulli": "x n; n >= 0, x >= -1; (1 + x)**n >= 1 + n*x",
    "binomial-edge": "n k; n >= 0, k == 0; binomial(n, k) == 1",
    "binomial-outside": "n k; n >= 0, k < 0 or k > n; binomial(n, k) == 0",
    "binomial-pascal": "n k; n >= 1; binomial(n, k) == binomial(n - 1, k - 1) + binomial(n - 1, k)",
    "binomial-absorb": "n k; n >= 1; k*binomial(n, k) == n*binomial(n - 1, k - 1)",
    "binomial-nonnegative": "n k; n >= 0; binomial(n, k) >= 0",
    "binomial-theorem": "x y n; n >= 0; Sum(binomial(n, j)*x**j*y**(n - j), j, 0, n) == (x + y)**n",
    "binomial-mean": "x n; n >= 0; Sum(j*binomial(n, j)*x**j*(1 - x)**(n - j), j, 0, n) == n*x",
}


@dataclass(frozen=True, slots=True)
class Lemma:
    """A lemma about given terms.

    Attributes
    ----------
    conditions : tuple of Formula
        What must hold.
    facts : tuple of Comparison
        What follows.
    theorem : str
        The name of the theorem in `theory/`; empty if the writer proves the facts itself.
    integers : tuple of bool
        For each term, whether the theorem takes it as an integer.
    """

    conditions: tuple[Formula, ...]
    facts: tuple[Comparison, ...]
    theorem: str = ""
    integers: tuple[bool, ...] = ()


def lemma(name: str, terms: list[Term]) -> Lemma:
    """What the lemma says of the terms; raises `Unsupported` if there is none of that name."""
    if name in SIMPLE:
        return _simple(name, terms)
    if name not in SPECIAL:
        raise Unsupported(f"there is no lemma {name!r}")
    return SPECIAL[name](*terms)


@cache
def _parsed(name: str) -> tuple[tuple[str, ...], tuple[Formula, ...], tuple[Formula, ...]]:
    letters, conditions, facts = SIMPLE[name].split(";")
    return tuple(letters.split()), _formulas(conditions), _formulas(facts)


def _formulas(text: str) -> tuple[Formula, ...]:
    found, depth, start = [], 0, 0
    for i, character in enumerate(text + ","):
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            if text[start:i].strip():
                found.append(parse_formula(text[start:i], where="lemma"))
            start = i + 1
    return tuple(found)


def _simple(name: str, terms: list[Term]) -> Lemma:
    letters, conditions, facts = _parsed(name)
    free = frozenset[str]().union(*map(free_names, terms))
    bound = next(j for j in ("j", *(f"j{i}" for i in range(len(free)))) if j not in free)
    values = dict(zip(letters, terms, strict=True))

    def put(tree: Formula) -> Formula:
        if isinstance(tree, Comparison) and isinstance(tree.left, Binder):
            body = replaced(tree.left.body, {"j": Variable(bound)})
            tree = Comparison(tree.relation, Binder("Sum", body, bound, tree.left.low, tree.left.high), tree.right)
        found: Formula = replaced(tree, values)
        return found

    stated = tuple(tree for tree in map(put, facts) if isinstance(tree, Comparison))
    theorem = f"lemma_{name.replace('-', '_')}"
    return Lemma(tuple(map(put, conditions)), stated, theorem, tuple(letter in INTEGERS for letter in letters))


def _extreme(tree: Term) -> Lemma:
    assert isinstance(tree, Operation)
    if tree.operator not in ("min", "max"):
        raise Unsupported("this lemma is about min or max")
    differences = [Operation("-", (tree, part)) for part in tree.arguments]
    product = differences[0]
    for difference in differences[1:]:
        product = Operation("*", (product, difference))
    relation = "<=" if tree.operator == "min" else ">="
    sides = [Comparison(relation, tree, part) for part in tree.arguments]
    return Lemma((), (*sides, Comparison("==", product, ZERO)))


def _taylor(x: Term, n: Term) -> Lemma:
    if not (isinstance(n, Number) and n.value in range(1, 41, 2)):
        raise Unsupported("the order is no odd number up to 40")
    total: Term = Number(Fraction(1))
    for i in range(1, int(n.value) + 1):
        power = Operation("**", (x, Number(Fraction(i))))
        total = Operation("+", (total, Operation("/", (power, Number(Fraction(factorial(i)))))))
    return Lemma((), (Comparison(">=", Operation("exp", (x,)), total),))


def _same(a: Term, b: Term) -> Lemma:
    alike = isinstance(a, Operation) and isinstance(b, Operation) and a.operator == b.operator
    if not (alike and len(a.arguments) == len(b.arguments)):  # type: ignore[union-attr]
        raise Unsupported("terms that are not alike")
    assert isinstance(a, Operation)
    assert isinstance(b, Operation)
    pairs = zip(a.arguments, b.arguments, strict=True)
    return Lemma(tuple(Comparison("==", s, t) for s, t in pairs), (Comparison("==", a, b),))


def _sum_empty(tree: Term) -> Lemma:
    assert isinstance(tree, Binder)
    return Lemma((Comparison("<", tree.high, tree.low),), (Comparison("==", tree, ZERO),), "lemma_sum_empty")


def _sum_end(tree: Term, last: bool) -> Lemma:
    assert isinstance(tree, Binder)
    one = Number(Fraction(1))
    low = tree.low if last else Operation("+", (tree.low, one))
    high = Operation("-", (tree.high, one)) if last else tree.high
    taken = replaced(tree.body, {tree.name: tree.high if last else tree.low})
    total = Operation("+", (Binder("Sum", tree.body, tree.name, low, high), taken))
    condition = Comparison(">=", tree.high, tree.low)
    return Lemma((condition,), (Comparison("==", tree, total),), f"lemma_sum_{'last' if last else 'first'}")


def _sum_linear(e: Term, f: Term, g: Term, c: Term) -> Lemma:
    return Lemma((), (Comparison("==", e, Operation("+", (f, Operation("*", (c, g))))),))


def _sum_shift(tree: Term, s: Term) -> Lemma:
    assert isinstance(tree, Binder)
    if tree.name in free_names(s):
        raise Unsupported(f"{tree.name} would be captured")
    moved = replaced(tree.body, {tree.name: Operation("+", (Variable(tree.name), s))})
    low, high = Operation("-", (tree.low, s)), Operation("-", (tree.high, s))
    return Lemma((), (Comparison("==", tree, Binder("Sum", moved, tree.name, low, high)),))


def _bounds(function: str) -> Callable[..., Lemma]:
    def make(x: Term, a: Term, b: Term, c: Term, d: Term) -> Lemma:
        value = Operation(function, (x,))
        facts = (Comparison(">=", value, c), Comparison("<=", value, d))
        return Lemma((Comparison(">=", x, a), Comparison("<=", x, b)), facts)

    return make


def constant(tree: Term) -> Fraction:
    """The number that a term without names is."""
    numerator, below = quotient(tree)
    if below or set(numerator) - {()}:
        raise Unsupported("a term where a number is needed")
    return numerator.get((), Fraction(0))


def _counted(tree: Term) -> Lemma:
    if not (isinstance(tree, Binder) and tree.operator == "count_roots"):
        raise Unsupported("this lemma is about count_roots")
    p = coefficients(quotient(tree.body)[0], tree.name)
    count = Roots(without_multiplicities(p)[0], lambda line: None).count(constant(tree.low), constant(tree.high))
    return Lemma((), (Comparison("==", tree, Number(Fraction(count))),))


def _root(tree: Term) -> Lemma:
    if not (isinstance(tree, Binder) and tree.operator == "count_roots"):
        raise Unsupported("this lemma is about count_roots")
    ends = [replaced(tree.body, {tree.name: end}) for end in (tree.low, tree.high)]
    return Lemma((Comparison("<=", Operation("*", (ends[0], ends[1])), ZERO),), ())


SPECIAL: Final[dict[str, Callable[..., Lemma]]] = {
    "min": _extreme,
    "max": _extreme,
    "exp-taylor": _taylor,
    "exp-interval": _bounds("exp"),
    "log-interval": _bounds("log"),
    "count-roots": _counted,
    "root": _root,
    "same": _same,
    "sum-empty": _sum_empty,
    "sum-last": lambda tree: _sum_end(tree, last=True),
    "sum-first": lambda tree: _sum_end(tree, last=False),
    "sum-linear": _sum_linear,
    "sum-shift": _sum_shift,
}
