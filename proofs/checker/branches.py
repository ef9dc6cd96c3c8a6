"""Formulas taken apart into lists of facts, and what must be refuted for every term to be defined."""

from collections.abc import Iterator
from typing import Any

from proofs.checker.formulas import LEAVES, QUANTIFIERS, Sorts, Tree, number, size, substitute
from proofs.checker.limits import demand, spend
from proofs.checker.polynomials import divisor_factors, integral, multiply, product, quotient, whole
from proofs.checker.roots import coefficients, degree

Fact = tuple[str, Any]  # a relation and a polynomial, or "all" with a quantified formula and the truth of its body
Items = list[tuple[Tree, bool]]
Goal = tuple[Items, Sorts]

MAX_BRANCHES = 4096
NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def fact(relation: str, left: Tree, right: Tree) -> Fact:
    """A comparison as (relation, polynomial): the polynomial is > 0, >= 0, == 0 or != 0.

    With left - right = n / (f^i g^j ...), each factor not zero, the sign is that of n times the factors of odd power.
    """
    if relation in ("<", "<="):
        left, right, relation = right, left, {"<": ">", "<=": ">="}[relation]
    numerator, below = quotient(("-", left, right))
    odd = [(dict(factor), k % 2) for factor, k in below.items() if relation in (">", ">=")]
    return relation, multiply(numerator, product(*odd))


def opened(tree: Tree, sorts: Sorts) -> tuple[Tree, Sorts, Tree]:
    """The body of a binder or quantifier with a fresh name, the sorts with that name, and the name as a term."""
    _, (_, name, sort), *_, body = tree
    fresh = next(f"{name}_{i}" for i in range(1, len(sorts) + 2) if f"{name}_{i}" not in sorts)
    spend(len(sorts))
    return substitute(body, {name: ("var", fresh)}), {**sorts, fresh: sort}, ("var", fresh)


def branches(items: Items, sorts: Sorts) -> list[tuple[list[Fact], Sorts]]:
    """The ways in which formulas, each with a wanted truth, can come out so: lists of facts, and the names in them.

    Formulas are taken apart from left to right, and a later part is looked at only where the earlier ones leave it to
    decide, so that every comparison stands beside its guards. A branch has its `fact`s in that order. What exists is
    given a fresh name; what holds for all is the fact ("all", (quantified formula, truth of its body)).
    """
    spend(1 + len(items))
    if not items:
        return [([], sorts)]
    (tree, wanted), rest = items[0], items[1:]
    kind, parts = tree[0], tree[1:]
    ways: list[Items] = []
    if kind in QUANTIFIERS and wanted == (kind == "exists"):
        body, sorts, _ = opened(tree, sorts)
        ways = [[(body, wanted)]]
    elif kind == "not":
        ways = [[(parts[0], not wanted)]]
    elif kind in ("and", "or") and wanted == (kind == "and"):
        ways = [[(part, wanted) for part in parts]]
    elif kind in ("and", "or"):
        ways = [[*((before, not wanted) for before in parts[:i]), (part, wanted)] for i, part in enumerate(parts)]
    elif kind == "implies":
        ways = [[(parts[0], True), (parts[1], wanted)]]
        ways = [[(parts[0], False)], *ways] if wanted else ways
    elif kind == "iff":
        ways = [[(parts[0], True), (parts[1], wanted)], [(parts[0], False), (parts[1], not wanted)]]
    if ways:
        found = []
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
    bound = parts[0][0] == "bind"
    for i, part in enumerate(parts[1:-1] if bound else parts):
        guard: Items = []
        if kind in ("and", "or", "implies"):
            guard = [(before, kind != "or") for before in parts[:i]]
            spend(len(context) + i)
        yield from needs(part, context + guard, list(known) if guard else known, sorts)
    if bound:
        body, inner, name = opened(tree, sorts)
        if kind == "Sum":
            demand(all(integral(end, sorts) for end in parts[1:3]), "a Sum with bounds that may be no integers")
            context = [*context, (("<=", parts[1], name), True), (("<=", name, parts[2]), True)]
        yield from needs(body, context, list(known), inner)
    for condition in _undefined_if(tree, sorts):
        spend(1 + size(condition) * len(known) + len(context))
        if condition not in known:
            known.append(condition)
            yield [*context, (condition, True)], sorts


def _undefined_if(tree: Tree, sorts: Sorts) -> list[Tree]:
    """The formulas of which none may hold where the operator of a term is applied."""
    kind, parts, zero = tree[0], tree[1:], number(0)
    n = whole(parts[1]) if kind == "**" else None
    if kind == "/" or (n is not None and n < 0):
        return [("==", factor, zero) for factor in divisor_factors(parts[1] if kind == "/" else parts[0])[1]]
    if kind in ("sqrt", "log"):
        return [("<" if kind == "sqrt" else "<=", parts[0], zero)]
    if kind == "binomial" or (kind == "**" and n is None):
        whole_parts = parts[1:] if kind == "**" else parts
        demand(all(integral(part, sorts) for part in whole_parts), f"{kind} of terms that may be no integers")
        return [("<", whole_parts[0], zero)]
    if kind == "count_roots":
        (_, name, _), low, high, body = parts
        last = max(0, degree(coefficients(body, name, alone=False)))
        zeros = [("==", substitute(body, {name: number(i)}), zero) for i in range(last + 1)]
        return [(">=", low, high), ("and", *zeros) if len(zeros) > 1 else zeros[0]]
    return []


def obligations(
    assumed: list[Tree], concluded: Tree, sorts: Sorts, context: Items | None = None
) -> tuple[list[Goal], list[Goal]]:
    """What must be refuted for every term to be defined, of the assumptions and of the conclusion, in a context."""
    known: list[Tree] = []
    before: list[Goal] = []
    context = context or []
    for tree in assumed:
        before += needs(tree, context, known, sorts)
        context = [*context, (tree, True)]
    return before, list(needs(concluded, context, known, sorts))
