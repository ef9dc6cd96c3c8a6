"""Terms at which what holds for all is looked at: bounds and roots in its body, numbers between them, terms at hand."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any, Final

from proofs.algebra import Algebra, integral, rational
from proofs.cases import Unsupported, replaced
from proofs.language import (
    Comparison,
    Formula,
    Number,
    Operation,
    Quantifier,
    Term,
    Variable,
    free_names,
    parse_term,
    walk,
)
from proofs.search.closing import text
from proofs.search.lemmas import ONE, ZERO
from proofs.search.steps import Known

MAX_CANDIDATES: Final = 24
HALF: Final = Number(Fraction(1, 2))
TWO: Final = Number(Fraction(2))


def instance_body(fact: Known, term: Term) -> Formula:
    """What a fact that holds for all says of a term."""
    assert isinstance(fact.formula, Quantifier)
    found: Formula = replaced(fact.formula.body, {fact.formula.name: term})
    return found


def candidates(fact: Known, facts: Sequence[Known], sorts: Mapping[str, str]) -> list[Term]:
    """Terms to put in place of a bound name, the most promising first.

    Parameters
    ----------
    fact : Known
        What holds for all.
    facts : sequence of Known
        The branch that it stands in.
    sorts : mapping of str to str
    """
    assert isinstance(fact.formula, Quantifier)
    name = fact.formula.name
    ends = list(dict.fromkeys(_ends(fact.formula.body, name, sorts)))
    near = [_sum(end, ONE) for end in ends] + [_difference(end, ONE) for end in ends]
    middles = [Operation("/", (_sum(a, b), TWO)) for a, b in combinations(ends[:5], 2)]
    extremes: list[Term] = [Operation(f, (a, b)) for a, b in combinations(ends[:4], 2) for f in ("max", "min")]
    fresh = [Variable(n) for n in reversed(list(sorts)) if n.rpartition("_")[2].isdecimal()]
    plain = [Variable(n) for n in sorts if n not in {v.name for v in fresh}]
    listed: list[Term] = [*fresh, *ends, *middles, *near, *plain, ZERO, ONE, HALF]
    listed += [_sum(v, ONE) for v in fresh[:3]] + [_difference(v, ONE) for v in fresh[:3]]
    listed += [_sum(term, ONE) for term in extremes] + extremes
    whole = _sort(fact, sorts) == "integer"
    usable = [t for t in dict.fromkeys(listed) if name not in free_names(t) and (not whole or integral(t, sorts))]
    return usable[:MAX_CANDIDATES]


def _sort(fact: Known, sorts: Mapping[str, str]) -> str:
    assert isinstance(fact.formula, Quantifier)
    return sorts.get(fact.formula.name, "real")


def _sum(a: Term, b: Term) -> Term:
    return Operation("+", (a, b))


def _difference(a: Term, b: Term) -> Term:
    return Operation("-", (a, b))


def _ends(body: Formula, name: str, sorts: Mapping[str, str]) -> Iterator[Term]:
    """Where comparisons of the body meet: solutions of equations that are linear or quadratic in the name."""
    for node in walk(body):
        if isinstance(node, Comparison) and name in free_names(node):
            inner = free_names(node) - {name}
            if inner <= sorts.keys():
                yield from _solutions(node, name)


def _solutions(comparison: Comparison, name: str) -> Iterator[Term]:
    for side, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
        if side == Variable(name) and name not in free_names(other):
            yield other
            return
    algebra = Algebra(sorted(free_names(comparison)), [comparison])
    try:
        p = algebra.quotient(Operation("-", (comparison.left, comparison.right)))[0]
    except Unsupported:
        return
    v = algebra.variables[name]
    degree = p.degree(v) if p else 0
    if any(name in free_names(atom) for atom in algebra.atoms.values()):
        return
    if degree == 1:
        slope = p.diff(v)
        yield ratio(v * slope - p, slope)
    elif degree == 2:
        yield from _quadratic(p, v, algebra)


def ratio(top: Any, below: Any) -> Term:
    """The quotient of two polynomials as a term in lowest terms."""
    common = top.gcd(below)
    if common and not common.is_ground:
        top, below = top.exquo(common), below.exquo(common)
    numerator = parse_term(text(top), where="instance")
    if below.is_ground:
        scale = 1 / rational(below.LC)
        return parse_term(text(top * (1 / below.LC)), where="instance") if scale else numerator
    return Operation("/", (numerator, parse_term(text(below), where="instance")))


def _quadratic(p: Any, v: Any, algebra: Algebra) -> Iterator[Term]:
    """The vertex and, with sqrt, the roots of a v^2 + b v + c."""
    a = p.diff(v).diff(v) * (algebra.domain(1) / 2)
    b = p.diff(v) - 2 * a * v
    c = p - a * v**2 - b * v
    yield ratio(-b, 2 * a)
    for factor, _ in p.factor_list()[1]:
        if factor.degree(v) == 1:
            slope = factor.diff(v)
            yield ratio(v * slope - factor, slope)
    discriminant = b**2 - 4 * a * c
    if discriminant:
        root = Operation("sqrt", (parse_term(text(discriminant), where="instance"),))
        below = parse_term(text(2 * a), where="instance")
        minus = parse_term(text(-b), where="instance")
        yield Operation("/", (Operation("+", (minus, root)), below))
        yield Operation("/", (Operation("-", (minus, root)), below))
