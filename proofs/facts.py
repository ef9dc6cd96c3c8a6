"""What must be refuted for every term of a claim to be defined; and the names under which search and Coq see facts.

The checker finds the same goals by code of its own; both follow docs/certificate.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from proofs.algebra import (
    HOLDS,
    NEGATED,
    Algebra,
    Branch,
    Literal,
    Polynomial,
    divisor_factors,
    integer_exponent,
    integral,
    is_atom,
    rational,
)
from proofs.cases import Item, Unsupported, opened, replaced
from proofs.claims import Claim
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
    children,
    free_names,
    render,
)

__all__ = [
    "HOLDS",
    "NEGATED",
    "Algebra",
    "Branch",
    "Goal",
    "Literal",
    "Polynomial",
    "Unsupported",
    "algebra_of",
    "divisor_factors",
    "integer_exponent",
    "integral",
    "is_atom",
    "obligations",
    "rational",
    "term_obligations",
]

ZERO = Number(Fraction(0))
MAX_DEGREE = 100


@dataclass(frozen=True, slots=True)
class Goal:
    """Formulas to refute together.

    Attributes
    ----------
    items : tuple of (Formula, bool)
        Each with the truth it is given.
    sorts : mapping of str to str
        Of the names in use: the claim's variables, and fresh names for bound ones around the term.
    """

    items: tuple[Item, ...]
    sorts: Mapping[str, str] = field(default_factory=dict)


def algebra_of(claim: Claim) -> Algebra:
    """The algebra in which every branch of a claim, and of the goals that keep it defined, has its facts.

    Raises
    ------
    Unsupported
        If the claim is outside what certificates cover.
    """
    before, after = obligations(claim)
    assumed = tuple((tree, True) for tree in claim.assumed)
    goals = [*before, *after, Goal((*assumed, (claim.concluded, False)), claim.variables)]
    names = dict.fromkeys(claim.variables)
    trees: dict[Any, None] = {}
    from proofs.cases import cases

    for goal in goals:
        for case in cases(goal.items, goal.sorts, claim.variables):
            names |= dict.fromkeys(case.sorts)
            trees |= dict.fromkeys(part for part, _ in case.parts)
    return Algebra(list(names), trees, claim.variables)


def obligations(claim: Claim) -> tuple[list[Goal], list[Goal]]:
    """What must be refuted for every term to be defined, of the assumptions and of the conclusion.

    Each goal is the context in which a term is evaluated, and last what would leave it undefined, as divisor == 0.
    """
    known: list[Formula] = []
    context: tuple[Item, ...] = ()
    goals: list[Goal] = []
    for tree in claim.assumed:
        goals += _needs(tree, context, known, claim.variables, claim.variables)
        context = (*context, (tree, True))
    return goals, list(_needs(claim.concluded, context, known, claim.variables, claim.variables))


def term_obligations(trees: list[Any], sorts: Mapping[str, str], binders: Mapping[str, str]) -> list[Goal]:
    """What must be refuted, in some branch, for terms (or formulas) that a proof brings in to be defined."""
    known: list[Formula] = []
    return [goal for tree in trees for goal in _needs(tree, (), known, sorts, binders)]


def _needs(
    tree: Any, context: tuple[Item, ...], known: list[Formula], sorts: Mapping[str, str], binders: Mapping[str, str]
) -> Iterator[Goal]:
    if isinstance(tree, Number | Variable):
        return
    if isinstance(tree, Quantifier | Binder):
        yield from _bound_needs(tree, context, known, sorts, binders)
        return
    parts = children(tree)
    guarded = isinstance(tree, Connective) and tree.operator in ("and", "or", "implies")
    for i, part in enumerate(parts):
        guards: tuple[Any, ...] = ()
        if guarded:
            guards = tuple((before, tree.operator != "or") for before in parts[:i])
        yield from _needs(part, context + guards, list(known) if guards else known, sorts, binders)
    yield from _own_needs(tree, context, known, sorts)


def _own_needs(tree: Any, context: tuple[Item, ...], known: list[Formula], sorts: Mapping[str, str]) -> Iterator[Goal]:
    for condition in undefined_if(tree, sorts):
        if condition not in known:
            known.append(condition)
            yield Goal((*context, (condition, True)), sorts)


def undefined_if(tree: Any, sorts: Mapping[str, str]) -> list[Formula]:
    """The formulas of which any would leave a term undefined, its parts being defined."""
    match tree:
        case Operation(operator="/", arguments=(_, divisor)):
            return [Comparison("==", factor, ZERO) for factor in divisor_factors(divisor)]
        case Operation(operator="**", arguments=(base, exponent)):
            n = integer_exponent(exponent)
            if n is None:
                _demand_integral(tree, [exponent], sorts)
                return [Comparison("<", exponent, ZERO)]
            return [Comparison("==", factor, ZERO) for factor in divisor_factors(base)] if n < 0 else []
        case Operation(operator="sqrt", arguments=(a,)):
            return [Comparison("<", a, ZERO)]
        case Operation(operator="log", arguments=(a,)):
            return [Comparison("<=", a, ZERO)]
        case Operation(operator="binomial", arguments=(n_term, k_term)):
            _demand_integral(tree, [n_term, k_term], sorts)
            return [Comparison("<", n_term, ZERO)]
        case Binder(operator="count_roots", body=body, name=name, low=low, high=high):
            values = [replaced(body, {name: Number(Fraction(i))}) for i in range(_degree(body, name) + 1)]
            zeros: tuple[Formula, ...] = tuple(Comparison("==", value, ZERO) for value in values)
            return [Comparison(">=", low, high), zeros[0] if len(zeros) == 1 else Connective("and", zeros)]
    return []


def _demand_integral(tree: Term, terms: list[Term], sorts: Mapping[str, str]) -> None:
    if not all(integral(term, sorts) for term in terms):
        raise Unsupported(f"certificates do not cover {render(tree)[:60]!r}: integers by their form are needed")


def _bound_needs(
    tree: Quantifier | Binder,
    context: tuple[Item, ...],
    known: list[Formula],
    sorts: Mapping[str, str],
    binders: Mapping[str, str],
) -> Iterator[Goal]:
    ends = (tree.low, tree.high) if isinstance(tree, Binder) else ()
    for end in ends:
        yield from _needs(end, context, known, sorts, binders)
    body, inner, name = opened(tree, sorts, binders)
    if isinstance(tree, Binder) and tree.operator == "Sum":
        _demand_integral(tree, list(ends), sorts)
        inside: list[Formula] = [Comparison("<=", tree.low, name), Comparison("<=", name, tree.high)]
        context = (*context, *((formula, True) for formula in inside))
    yield from _needs(body, context, list(known), inner, binders)
    yield from _own_needs(tree, context, known, sorts)


def _degree(tree: Term, name: str) -> int:
    """The degree of a polynomial in `name`, 0 for the zero polynomial."""
    algebra = Algebra(sorted(free_names(tree) | {name}), [tree])
    numerator, below = algebra.quotient(tree)
    bad = {text for text, atom in algebra.atoms.items() if name in free_names(atom)}
    used = {g for p in (numerator, *below) for g in algebra.names if p.degree(algebra.variables[g]) > 0}
    divided = any(f.degree(algebra.variables[name]) > 0 for f in below)
    degree = max(0, int(numerator.degree(algebra.variables[name]))) if numerator else 0
    if used & bad or divided or degree > MAX_DEGREE:
        raise Unsupported(f"{render(tree)[:60]!r} is no polynomial in {name} of a degree up to {MAX_DEGREE}")
    return degree
