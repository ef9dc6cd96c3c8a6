"""Proofs for lists of formulas to refute: branch by branch, else by induction on an integer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from proofs.cases import Item, Unsupported, replaced
from proofs.language import (
    Binder,
    Comparison,
    Connective,
    Formula,
    Number,
    Operation,
    Term,
    Variable,
    free_names,
    render,
    walk,
)
from proofs.search.closing import Proof
from proofs.search.lemmas import ONE
from proofs.search.prover import Prover
from proofs.search.refutation import OutOfTime
from proofs.search.steps import Context, written


def branch_proofs(prover: Prover, items: Sequence[Item], sorts: Mapping[str, str]) -> list[Proof] | None:
    """One proof for each branch of the formulas, as certificates spell them."""
    ways = prover.ways(Context((), sorts), items, prover.close)
    return None if ways is None else [written(way.then, way.added) for way in ways]


def prove_items(prover: Prover, items: Sequence[Item], sorts: Mapping[str, str]) -> list[Proof] | dict[str, Any] | None:
    """Proofs that the formulas cannot come out as wanted together."""
    proofs = branch_proofs(prover, items, sorts)
    if proofs is not None:
        return proofs
    for name, bound in _inductions(items, sorts):
        found = _induction(prover, items, sorts, name, bound)
        if found is not None:
            return found
    return None


def _inductions(items: Sequence[Item], sorts: Mapping[str, str]) -> Iterator[tuple[str, Term]]:
    """Integers that a Sum, a power or a binomial depends on, each with a number that the assumptions keep it above."""
    deep: dict[str, None] = {}
    for tree, _ in items:
        for node in walk(tree):
            if isinstance(node, Binder):
                deep |= dict.fromkeys(sorted(free_names(node.high) | free_names(node.low)))
            elif isinstance(node, Operation) and node.operator in ("**", "binomial"):
                deep |= dict.fromkeys(sorted(frozenset[str]().union(*map(free_names, node.arguments[-1:]))))
                deep |= dict.fromkeys(sorted(free_names(node)) if node.operator == "binomial" else ())
    for name in deep:
        if sorts.get(name) == "integer":
            for bound in dict.fromkeys((*_bounds(items, name), Number(ONE.value - 1))):
                yield name, bound


def _bounds(items: Sequence[Item], name: str) -> Iterator[Term]:
    """Lower bounds of an integer among the formulas."""
    for tree, wanted in items:
        parts = tree.arguments if isinstance(tree, Connective) and tree.operator == "and" and wanted else (tree,)
        for part in parts:
            match part:
                case Comparison(relation=(">=" | ">" | "=="), left=Variable(name=found), right=bound) if found == name:
                    yield bound if part.relation != ">" else Operation("+", (bound, ONE))
                case Comparison(relation=("<=" | "<"), left=bound, right=Variable(name=found)) if found == name:
                    yield bound if part.relation != "<" else Operation("+", (bound, ONE))


def _induction(
    prover: Prover, items: Sequence[Item], sorts: Mapping[str, str], name: str, bound: Term
) -> dict[str, Any] | None:
    if name in free_names(bound):
        return None
    step = {name: Operation("-", (Variable(name), ONE))}
    try:
        before: list[Formula] = [
            tree if wanted else Connective("not", (tree,))
            for tree, wanted in ((replaced(t, step), w) for t, w in items)
        ]
        below = branch_proofs(prover, [*items, (Comparison("<", Variable(name), bound), True)], sorts)
        if below is None:
            return None
        again = Connective("and", tuple(before))
        then = branch_proofs(prover, [*items, (again, False)], sorts)
    except Unsupported:
        return None
    except OutOfTime:
        raise
    if then is None:
        return None
    return {"induction": name, "bound": render(bound), "with": {}, "below": below, "then": then}
