"""Long arguments of exp and log get a name of their own: u with u == t, by the lemma on roots of u - t.

So that what follows is about a few names, however long the terms are that they stand for.
"""

from collections.abc import Mapping
from typing import Any, Final

from proofs.algebra import Algebra
from proofs.cases import opened
from proofs.language import Binder, Comparison, Number, Operation, Term, Variable, free_names
from proofs.search.instances import ratio
from proofs.search.lemmas import ONE, ZERO, Lemma, same
from proofs.search.proposals import is_zero, quotient

MAX_NAMES: Final = 3


def abbreviations(algebra: Algebra, sorts: Mapping[str, str]) -> list[tuple[Lemma, list[Lemma]]]:
    """For each long argument up to sign: the lemma that names it, and those that put the name into the atoms.

    Parameters
    ----------
    algebra : Algebra
    sorts : mapping of str to str
    """
    groups: list[tuple[Term, list[tuple[Operation, int]]]] = []
    for atom in algebra.atoms.values():
        if isinstance(atom, Operation) and atom.operator == "exp" and is_long(atom.arguments[0]):
            _place(atom, groups)
    found = []
    names = dict(sorts)
    for base, atoms in groups[:MAX_NAMES]:
        lemma, name = named(reduced(base), names)
        names[name.name] = "real"
        signed: dict[int, Term] = {1: name, -1: Operation("neg", (name,))}
        found.append((lemma, [same(atom, Operation(atom.operator, (signed[sign],))) for atom, sign in atoms]))
    return found


def _place(atom: Operation, groups: list[tuple[Term, list[tuple[Operation, int]]]]) -> None:
    t = atom.arguments[0]
    for base, atoms in groups:
        for sign, operator in ((1, "-"), (-1, "+")):
            if is_zero(Operation(operator, (t, base))):
                atoms.append((atom, sign))
                return
    groups.append((t, [(atom, 1)]))


def is_long(term: Term) -> bool:
    """Whether a term is long enough for a name."""
    found = quotient(term)
    if found is None or not free_names(term):
        return False
    numerator, below = found
    return len(below) + len(numerator) > 2 or len(free_names(term)) > 2


def reduced(term: Term) -> Term:
    """A quotient of polynomials in lowest terms."""
    found = quotient(term)
    assert found is not None
    top, below = found
    bottom = top.ring.one
    for factor, n in below.items():
        bottom *= factor**n
    return ratio(top, bottom)


def named(term: Term, sorts: Mapping[str, str]) -> tuple[Lemma, Variable]:
    """The lemma that there is a number equal to a term, and its name."""
    taken = free_names(term)
    bound = next(name for name in ("u", *(f"u{i}" for i in range(len(taken) + 1))) if name not in taken)
    low, high = Operation("-", (term, ONE)), Operation("+", (term, ONE))
    tree = Binder("count_roots", Operation("-", (Variable(bound), term)), bound, low, high)
    body, inner, name = opened(tree, sorts, {})
    ends: Any = [Operation("-", (end, term)) for end in (low, high)]
    condition = Comparison("<=", Operation("*", (ends[0], ends[1])), Number(ZERO.value))
    facts = (Comparison(">=", name, low), Comparison("<=", name, high), Comparison("==", body, ZERO))
    return Lemma("root", (tree,), (condition,), facts, inner), name
