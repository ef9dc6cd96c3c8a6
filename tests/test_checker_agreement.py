"""The checker and the search read the same text alike, each by code of its own: branches, facts, obligations."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs import Claim
from proofs.algebra import Algebra, integral, rational
from proofs.cases import Unsupported
from proofs.checker import branches as checked
from proofs.checker import polynomials
from proofs.checker.formulas import Tree, names, read, size
from proofs.checker.limits import Rejected, start
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


def formulas() -> st.SearchStrategy[Formula]:
    comparisons = st.builds(Comparison, st.sampled_from(RELATIONS), terms(), terms())

    def grown(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return (
            st.builds(Connective, st.sampled_from(["and", "or"]), several)
            | st.builds(Connective, st.sampled_from(["implies", "iff"]), st.tuples(inner, inner))
            | st.builds(lambda a: Connective("not", (a,)), inner)
            | st.builds(Quantifier, st.sampled_from(["forall", "exists"]), st.sampled_from("ktz"), inner)
        )

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
        found[tuple(sorted(powers.items()))] = rational(coefficient)
    return found


def text(tree: Formula, sorts: dict[str, str]) -> Tree:
    return read(render(tree), {}, sorts)


@given(st.lists(formulas(), min_size=1, max_size=2))
@settings(max_examples=300, deadline=None)
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
