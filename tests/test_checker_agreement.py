"""The checker and the search read the same text alike, each by code of its own: branches, facts, obligations."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs import Claim
from proofs.algebra import Algebra, integral
from proofs.algebra import rational as exact
from proofs.cases import Unsupported
from proofs.checker import branches as checked
from proofs.checker import polynomials
from proofs.checker.formulas import BINDERS, FUNCTIONS, Tree, names, read, size
from proofs.checker.limits import Rejected, Undefined, start
from proofs.checker.points import at_numbers, rational
from proofs.facts import algebra_of, obligations
from proofs.language import (
    Binder,
    Comparison,
    Connective,
    Formula,
    Number,
    Operation,
    Quantifier,
    Term,
    Variable,
    free_names,
    measure,
    render,
)

SORTS = {"x": "real", "y": "real", "n": "integer", "m": "integer"}
RELATIONS = ("==", "!=", "<", "<=", ">", ">=")


def number(value: int | Fraction) -> Number:
    return Number(Fraction(value))


def integers(names: tuple[str, ...] = ("n", "m")) -> st.SearchStrategy[Term]:
    leaves: st.SearchStrategy[Term] = st.sampled_from([*map(Variable, names), number(0), number(1), number(2)])

    def grown(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        return st.builds(Operation, st.sampled_from(["+", "-", "*", "binomial"]), st.tuples(inner, inner))

    return st.recursive(leaves, grown, max_leaves=3)


def polynomials_in(name: str) -> st.SearchStrategy[Term]:
    leaves: st.SearchStrategy[Term] = st.sampled_from([Variable(name), Variable("x"), number(2)])
    return st.recursive(
        leaves, lambda inner: st.builds(Operation, st.sampled_from("+-*"), st.tuples(inner, inner)), max_leaves=4
    )


def terms() -> st.SearchStrategy[Term]:
    leaves: st.SearchStrategy[Term] = st.sampled_from(
        [*map(Variable, SORTS), Variable("k"), Variable("t"), number(2), number(Fraction(1, 3))]
    )

    def grown(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        exponents = st.sampled_from([number(2), number(0), Operation("neg", (number(1),))]) | integers(("n", "m", "k"))
        return (
            st.builds(Operation, st.sampled_from("+-*/"), st.tuples(inner, inner))
            | st.builds(Operation, st.sampled_from(["min", "max"]), st.lists(inner, min_size=2, max_size=3).map(tuple))
            | st.builds(Operation, st.sampled_from(["sqrt", "exp", "log", "abs", "neg"]), st.tuples(inner))
            | st.builds(Operation, st.just("**"), st.tuples(inner, exponents))
            | st.builds(Operation, st.just("binomial"), st.tuples(integers(), integers(("n", "k"))))
            | st.builds(Binder, st.just("Sum"), inner, st.sampled_from("kj"), integers(), integers())
            | st.builds(Binder, st.just("count_roots"), polynomials_in("t"), st.just("t"), inner, inner)
        )

    return st.recursive(leaves, grown, max_leaves=6)


def formulas(*, quantified: bool = True) -> st.SearchStrategy[Formula]:
    comparisons = st.builds(Comparison, st.sampled_from(RELATIONS), terms(), terms())

    def grown(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        found = (
            st.builds(Connective, st.sampled_from(["and", "or"]), several)
            | st.builds(Connective, st.sampled_from(["implies", "iff"]), st.tuples(inner, inner))
            | st.builds(lambda a: Connective("not", (a,)), inner)
        )
        with_names = st.builds(Quantifier, st.sampled_from(["forall", "exists"]), st.sampled_from("ktz"), inner)
        return found | with_names if quantified else found

    return st.recursive(comparisons, grown, max_leaves=4)


def closed(tree: Formula) -> Formula:
    for name in ("k", "t"):
        tree = Quantifier("forall", name, tree) if name in free_names(tree) else tree
    return tree


def claim_of(*trees: Formula) -> Claim | None:
    *assumed, concluded = (render(closed(tree)) for tree in trees)
    details: dict[str, Any] = {"id": "t", "statement": "-", "source": "-", "variables": {**SORTS, "k": "integer"}}
    return Claim(**details, assumptions=assumed, conclusion=concluded)


def translated(polynomial: Any, algebra: Algebra) -> dict[Any, Fraction]:
    """The search's polynomial with the checker's generators."""
    generators = {}
    for name in algebra.names:
        numerator, _ = polynomials.quotient(read(name, {})) if name != "unused" else ({}, {})
        ((((generator, _),), _),) = numerator.items()
        generators[name] = generator
    found = {}
    for monomial, coefficient in polynomial.terms():
        powers = {generators[g]: n for g, n in zip(algebra.names, monomial, strict=True) if n}
        found[tuple(sorted(powers.items()))] = exact(coefficient)
    return found


def text(tree: Formula, sorts: dict[str, str]) -> Tree:
    return read(render(tree), {}, sorts)


@given(st.lists(formulas(), min_size=1, max_size=2))
@settings(max_examples=150, deadline=None)
def test_both_find_the_same_branches_and_obligations(trees: list[Formula]) -> None:
    claim = claim_of(*trees)
    assert claim is not None
    sorts = dict(claim.variables)
    start()
    assumed = [read(t, {}, sorts) for t in claim.assumptions]
    concluded = read(claim.conclusion, {}, sorts)
    for ours, theirs in zip((*claim.assumed, claim.concluded), (*assumed, concluded), strict=True):
        assert free_names(ours) == names(theirs)
        assert measure(ours, {})[0] == size(theirs)
    try:
        expected = [goal for part in checked.obligations(assumed, concluded, sorts) for goal in part]
        found = [checked.branches(items, inner) for items, inner in expected]
        whole = checked.branches([*((t, True) for t in assumed), (concluded, False)], sorts)
    except Rejected:
        with pytest.raises(Unsupported):
            algebra = algebra_of(claim)
        return
    algebra = algebra_of(claim)
    goals = [goal for part in obligations(claim) for goal in part]
    assert len(goals) == len(expected)
    for goal, (items, inner), branches in zip(goals, expected, found, strict=True):
        assert dict(goal.sorts) == inner
        assert [(text(tree, sorts), wanted) for tree, wanted in goal.items] == items
        compare(algebra.branches(goal.items, goal.sorts), branches, algebra)
    full = (*((tree, True) for tree in claim.assumed), (claim.concluded, False))
    compare(algebra.branches(full), whole, algebra)


def compare(ours: Any, theirs: Any, algebra: Algebra) -> None:
    assert len(ours) == len(theirs)
    for branch, (facts, sorts) in zip(ours, theirs, strict=True):
        assert branch.sorts == sorts
        assert len(branch) == len(facts)
        for literal, (relation, p) in zip(branch, facts, strict=True):
            assert literal.relation == relation
            if relation == "all":
                assert (text(literal.comparison, {**SORTS, "k": "integer"}), literal.wanted) == p
            else:
                assert translated(literal.polynomial, algebra) == p


@given(integers(("n", "m", "x")))
@settings(deadline=None)
def test_both_agree_on_what_is_an_integer_by_its_form(tree: Term) -> None:
    start()
    assert integral(tree, SORTS) == polynomials.integral(read(render(tree), {}), SORTS)


def atoms_in(tree: Tree) -> list[Tree]:
    """The atoms of a term or formula outside of other binders' bodies."""
    if tree[0] in ("num", "var", "bind"):
        return []
    parts = tree[2:-1] if tree[1][0] == "bind" else tree[1:]
    found = [atom for part in parts for atom in atoms_in(part)]
    is_atom = tree[0] in (*FUNCTIONS, *BINDERS) or (tree[0] == "**" and polynomials.whole(tree[2]) is None)
    return [*found, tree] if is_atom else found


def at(polynomial: dict[Any, Fraction], values: dict[str, Fraction]) -> Fraction:
    total = Fraction(0)
    for monomial, coefficient in polynomial.items():
        product = Fraction(coefficient)
        for generator, n in monomial:
            product *= values[generator] ** n
        total += product
    return total


HOLDS: dict[str, Callable[[Fraction], bool]] = {
    ">": lambda v: v > 0,
    ">=": lambda v: v >= 0,
    "==": lambda v: v == 0,
    "!=": lambda v: v != 0,
}
POINTS = st.fixed_dictionaries(
    {name: st.sampled_from([Fraction(v) for v in ("-1", "0", "1/4", "1", "2", "4")]) for name in "xykt"}
    | {name: st.integers(0, 3).map(Fraction) for name in "nm"}
)


@given(formulas(quantified=False), POINTS)
@settings(max_examples=300, deadline=None)
def test_facts_hold_exactly_where_their_formula_does(tree: Formula, values: dict[str, Fraction]) -> None:
    start()
    theirs = read(render(tree), {})
    point = at_numbers({**values, "k": Fraction(int(values["k"]))})
    try:
        expected = point.truth(theirs)
        generators = dict(point.values)
        for atom in atoms_in(theirs):
            generators[next(iter(polynomials.quotient(atom)[0]))[0][0]] = point.value(atom)
        branches = checked.branches([(theirs, True)], SORTS)
    except (Rejected, Undefined):
        return
    numbers = {name: rational(v) for name, v in generators.items()}
    here = [all(HOLDS[relation](at(p, numbers)) for relation, p in facts) for facts, _ in branches]

    assert sum(here) == expected
