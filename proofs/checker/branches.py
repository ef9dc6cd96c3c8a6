"""Formulas taken apart into lists of facts, and what must be refuted for every term to be defined."""

from collections.abc import Iterator
from typing import Any

from proofs.checker.formulas import (
    LEAVES,
    QUANTIFIERS,
    Sorts,
    Tree,
    demand,
    formula,
    names,
    number,
    size,
    spend,
    substitute,
)
from proofs.checker.polynomials import divisor_factors, integral, multiply, product, quotient, whole

Fact = tuple[str, Any]  # a relation and a polynomial, or "all" with a quantified formula and the truth of its body
Items = list[tuple[Tree, bool]]
Branch = tuple[list[Fact], Sorts]
Goal = tuple[Items, Sorts]

MAX_BRANCHES = 4096
MAX_DEGREE = 100
NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
ZERO = number(0)


def fact(relation: str, left: Tree, right: Tree) -> Fact:
    """A comparison as (relation, polynomial): the polynomial is > 0, >= 0, == 0 or != 0.

    With left - right = n / (f^i g^j ...), each factor not zero, the sign is that of n times the factors of odd power.
    """
    if relation in ("<", "<="):
        left, right, relation = right, left, {"<": ">", "<=": ">="}[relation]
    numerator, below = quotient(("-", left, right))
    if relation in ("==", "!="):
        return relation, numerator
    odd = {factor: 1 for factor, k in below.items() if k % 2}
    return relation, multiply(numerator, product(odd))


def opened(tree: Tree, sorts: Sorts) -> tuple[Tree, Sorts, Tree]:
    """The body of a binder or quantifier with a fresh name, the sorts with that name, and the name as a term."""
    _, bound, *_, body = tree
    index = next(i for i in range(1, len(sorts) + 2) if f"{bound[1]}_{i}" not in sorts)
    fresh = f"{bound[1]}_{index}"
    spend(len(sorts))
    return substitute(body, {bound[1]: ("var", fresh)}), {**sorts, fresh: bound[2]}, ("var", fresh)


def branches(items: Items, sorts: Sorts) -> list[Branch]:
    """The ways in which formulas, each with a wanted truth, can come out so: lists of facts, with the names in them.

    Formulas are taken apart from left to right, and a later part is looked at only where the earlier ones leave it to
    decide, so that every comparison stands beside its guards. A branch has its `fact`s in that order. What exists is
    given a fresh name; what holds for all is the fact ("all", quantified formula, truth of its body).
    """
    spend(1 + len(items))
    if not items:
        return [([], sorts)]
    (tree, wanted), rest = items[0], items[1:]
    kind, parts = formula(tree)[0], tree[1:]
    if kind in QUANTIFIERS and wanted == (kind == "exists"):
        body, inner, _ = opened(tree, sorts)
        return branches([(body, wanted), *rest], inner)
    if kind == "not":
        return branches([(parts[0], not wanted), *rest], sorts)
    if kind in ("and", "or") and wanted == (kind == "and"):
        return branches([*((part, wanted) for part in parts), *rest], sorts)
    if kind == "implies" and not wanted:
        return branches([(parts[0], True), (parts[1], False), *rest], sorts)
    ways: list[Items] = []
    if kind in ("and", "or"):
        ways = [[*((before, not wanted) for before in parts[:i]), (part, wanted)] for i, part in enumerate(parts)]
    elif kind == "implies":
        ways = [[(parts[0], False)], [(parts[0], True), (parts[1], True)]]
    elif kind == "iff":
        ways = [[(parts[0], True), (parts[1], wanted)], [(parts[0], False), (parts[1], not wanted)]]
    if ways:
        found: list[Branch] = []
        for way in ways:
            found += branches([*way, *rest], sorts)
            demand(len(found) <= MAX_BRANCHES, f"a claim has more than {MAX_BRANCHES} cases")
        return found
    first = ("all", (tree, wanted)) if kind in QUANTIFIERS else fact(kind if wanted else NEGATED[kind], *parts)
    later = branches(rest, sorts)
    spend(sum(len(facts) for facts, _ in later))
    return [([first, *facts], inner) for facts, inner in later]


def needs(tree: Tree, context: Items, known: list[Tree], sorts: Sorts) -> Iterator[Goal]:
    """What must be refuted for a term or formula to be defined, given the context: the last of each list of items."""
    kind, parts = tree[0], tree[1:]
    spend(1)
    if kind in LEAVES:
        return
    if parts[0][0] == "bind":
        yield from _bound_needs(tree, context, known, sorts)
        return
    for i, part in enumerate(parts):
        guard: Items = []
        if kind in ("and", "or", "implies"):
            guard = [(before, kind != "or") for before in parts[:i]]
            spend(len(context) + i)
        yield from needs(part, context + guard, list(known) if guard else known, sorts)
    yield from _own_needs(tree, context, known, sorts)


def _own_needs(tree: Tree, context: Items, known: list[Tree], sorts: Sorts) -> Iterator[Goal]:
    for condition in _conditions(tree, sorts):
        spend(1 + size(condition) * len(known))
        if condition not in known:
            spend(len(context))
            known.append(condition)
            yield [*context, (condition, True)], sorts


def _conditions(tree: Tree, sorts: Sorts) -> list[Tree]:
    """The formulas of which none may hold where the operator of a term is applied."""
    kind, parts = tree[0], tree[1:]
    n = whole(parts[1]) if kind == "**" else None
    if kind == "/" or (n is not None and n < 0):
        return [("==", factor, ZERO) for factor in divisor_factors(parts[1] if kind == "/" else parts[0])]
    if kind == "sqrt" or kind == "log":
        return [("<" if kind == "sqrt" else "<=", parts[0], ZERO)]
    if kind == "binomial":
        demand(integral(parts[0], sorts) and integral(parts[1], sorts), "binomial of terms that may be no integers")
        return [("<", parts[0], ZERO)]
    if kind == "**" and n is None:
        demand(integral(parts[1], sorts), "an exponent that may be no integer")
        return [("<", parts[1], ZERO)]
    return []


def _bound_needs(tree: Tree, context: Items, known: list[Tree], sorts: Sorts) -> Iterator[Goal]:
    """The same for quantifiers (the body) and for Sum and count_roots (the bounds, then the body or the polynomial)."""
    kind, bound, *outer, body = tree
    for part in outer:
        yield from needs(part, context, known, sorts)
    inner, extended, fresh = opened(tree, sorts)
    if kind == "Sum":
        demand(all(integral(part, sorts) for part in outer), "a Sum with bounds that may be no integers")
        context = [*context, (("<=", outer[0], fresh), True), (("<=", fresh, outer[1]), True)]
    yield from needs(inner, context, list(known), extended)
    if kind == "count_roots":
        points = [substitute(body, {bound[1]: number(i)}) for i in range(degree(body, bound[1]) + 1)]
        zero = [("==", value, ZERO) for value in points]
        for condition in ((">=", *outer), zero[0] if len(zero) == 1 else ("and", *zero)):
            yield [*context, (condition, True)], sorts


def degree(tree: Tree, name: str) -> int:
    """A bound on the degree of a polynomial in `name`; rejected if the term is none by its form."""
    kind, parts = tree[0], tree[1:]
    if name not in names(tree):
        return 0
    if kind == "var":
        return 1
    power = whole(parts[1]) if kind == "**" else 1
    demand(kind in ("neg", "+", "-", "*", "/", "**") and power is not None and power >= 0, "no polynomial")
    demand(kind != "/" or name not in names(parts[1]), "no polynomial")
    found = [degree(part, name) for part in (parts[:1] if kind == "**" else parts)]
    n = (sum(found) if kind == "*" else max(found)) * (power or 0)
    demand(n <= MAX_DEGREE, f"a polynomial of a degree above {MAX_DEGREE}")
    return n


def obligations(assumed: list[Tree], concluded: Tree, sorts: Sorts) -> tuple[list[Goal], list[Goal]]:
    """What must be refuted for every term to be defined, of the assumptions and of the conclusion."""
    context: Items = []
    known: list[Tree] = []
    before: list[Goal] = []
    for tree in assumed:
        before += needs(tree, list(context), known, sorts)
        context.append((tree, True))
    return before, list(needs(concluded, context, known, sorts))
