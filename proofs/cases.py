"""Formulas taken apart into cases: lists of comparisons, each with a truth, and what holds for all values of a name.

Connectives are taken apart from left to right with short-circuit guards (`A or B` is true if A is, or if A is false and
B true), so every comparison stands beside the guards that keep it defined. What exists is given a fresh name: of x the
first of x_1, x_2, ... that is in use neither in the claim nor earlier in the case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gametheory.errors import GameTheoryError
from proofs.language import (
    Binder,
    Comparison,
    Connective,
    Formula,
    Operation,
    Quantifier,
    Term,
    Variable,
    free_names,
    render,
)

Item = tuple[Formula, bool]
MAX_BRANCHES: Final = 4096
MAX_FACTS: Final = 100_000
SORT_OF: Final = {"Sum": "integer", "count_roots": "real"}


class Unsupported(GameTheoryError):
    """A formula uses a part of the language that certificates do not cover; the message says which."""


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which formulas come out as wanted.

    Attributes
    ----------
    parts : tuple of (Comparison or Quantifier, bool)
        In the order of the certificate's facts. A quantifier with its truth says that its body has that truth for all.
    sorts : mapping of str to str
        The sort of every name in use, fresh ones last.
    """

    parts: tuple[tuple[Comparison | Quantifier, bool], ...]
    sorts: Mapping[str, str]


def cases(items: Sequence[Item], sorts: Mapping[str, str], binders: Mapping[str, str]) -> list[Case]:
    """The ways in which the formulas can come out as wanted (module header).

    Parameters
    ----------
    items : sequence of (Formula, bool)
    sorts : mapping of str to str
        "real" or "integer" for each name in use.
    binders : mapping of str to str
        Sorts of quantified names; others are real.

    Raises
    ------
    Unsupported
        If there are too many.
    """
    if not items:
        return [Case((), sorts)]
    (tree, wanted), rest = items[0], tuple(items[1:])
    if isinstance(tree, Quantifier) and wanted == (tree.operator == "exists"):
        body, inner, _ = opened(tree, sorts, binders)
        return cases([(body, wanted), *rest], inner, binders)
    if isinstance(tree, Comparison | Quantifier):
        return [Case(((tree, wanted), *case.parts), case.sorts) for case in cases(rest, sorts, binders)]
    found: list[Case] = []
    for parts in alternatives(tree, wanted):
        found += cases((*parts, *rest), sorts, binders)
        if len(found) > MAX_BRANCHES or sum(len(case.parts) for case in found) > MAX_FACTS:
            raise Unsupported(f"the claim has more than {MAX_BRANCHES} cases or {MAX_FACTS} facts in them")
    return found


def alternatives(tree: Formula, wanted: bool) -> list[tuple[Item, ...]]:
    """The ways in which one connective can come out as wanted: each a list of parts with their truths."""
    match tree:
        case Connective(operator="not", arguments=(a,)):
            return [((a, not wanted),)]
        case Connective(operator=("and" | "or") as word, arguments=parts):
            if wanted == (word == "and"):
                return [tuple((part, wanted) for part in parts)]
            return [(*((before, not wanted) for before in parts[:i]), (part, wanted)) for i, part in enumerate(parts)]
        case Connective(operator="implies", arguments=(a, b)):
            return [((a, False),), ((a, True), (b, True))] if wanted else [((a, True), (b, False))]
        case Connective(operator="iff", arguments=(a, b)):
            return [((a, True), (b, wanted)), ((a, False), (b, not wanted))]
    raise Unsupported(f"certificates do not cover {render(tree)[:60]!r}")


def opened(
    tree: Quantifier | Binder, sorts: Mapping[str, str], binders: Mapping[str, str]
) -> tuple[Any, dict[str, str], Variable]:
    """The body with a fresh name for the bound one, the sorts with it, and the name."""
    index = 1
    while (fresh := f"{tree.name}_{index}") in sorts:
        index += 1
    sort = binders.get(tree.name, "real") if isinstance(tree, Quantifier) else SORT_OF[tree.operator]
    return replaced(tree.body, {tree.name: Variable(fresh)}), {**sorts, fresh: sort}, Variable(fresh)


def replaced(tree: Any, values: Mapping[str, Term]) -> Any:
    """A term or formula with free variables replaced, all at once.

    Raises
    ------
    Unsupported
        If a name in a value would be bound where it comes to stand.
    """

    def again(part: Any) -> Any:
        return replaced(part, values)

    match tree:
        case Variable(name=name):
            return values.get(name, tree)
        case Operation(operator=operator, arguments=arguments):
            return Operation(operator, tuple(map(again, arguments)))
        case Connective(operator=operator, arguments=parts):
            return Connective(operator, tuple(map(again, parts)))
        case Comparison(relation=relation, left=left, right=right):
            return Comparison(relation, again(left), again(right))
        case Binder(operator=operator, body=body, name=name, low=low, high=high):
            return Binder(operator, replaced(body, _inside(name, values)), name, again(low), again(high))
        case Quantifier(operator=operator, name=name, body=body):
            return Quantifier(operator, name, replaced(body, _inside(name, values)))
    return tree


def _inside(bound: str, values: Mapping[str, Term]) -> dict[str, Term]:
    """The values that still apply where a name is bound."""
    inner = {name: value for name, value in values.items() if name != bound}
    if any(bound in free_names(value) for value in inner.values()):
        raise Unsupported(f"certificates do not cover this use of the bound name {bound}")
    return inner
