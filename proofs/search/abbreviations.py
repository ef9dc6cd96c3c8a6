"""Long arguments of exp and log get a name of their own: u with u == t, by the lemma on roots of u - t.

So that what follows is about a few names, however long the terms are that they stand for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from proofs.algebra import Algebra
from proofs.cases import opened
from proofs.language import Binder, Comparison, Number, Operation, Term, Variable, free_names
from proofs.search.instances import ratio
from proofs.search.lemmas import ONE, ZERO, Lemma, same
from proofs.search.proposals import is_zero, quotient

MAX_NAMES: Final = 3


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A name for a term.

    Attributes
    ----------
    lemma : Lemma
        That there is such a number.
    base, name : Term
    atoms : list of Lemma
        Atoms that are equal to shorter ones.
    """

    lemma: Lemma
    base: Term
    name: Variable
    atoms: list[Lemma]

    def instead_of(self, term: Term) -> Term | None:
        """The name or its opposite, if a term is the base or its opposite."""
        if is_zero(Operation("-", (term, self.base))):
            return self.name
        return Operation("neg", (self.name,)) if is_zero(Operation("+", (term, self.base))) else None


def abbreviations(algebra: Algebra, sorts: Mapping[str, str], compared: Sequence[Term]) -> list[Abbreviation]:
    """Names for long arguments up to sign, and for long terms that logarithms are compared with.

    Parameters
    ----------
    algebra : Algebra
    sorts : mapping of str to str
    compared : sequence of Term
    """
    groups: list[tuple[Term, list[tuple[Operation, int]]]] = []
    for atom in algebra.atoms.values():
        if isinstance(atom, Operation) and atom.operator == "exp" and is_long(atom.arguments[0]):
            _place(atom, groups)
    for term in filter(is_long, compared):
        if not any(is_zero(Operation(sign, (term, base))) for base, _ in groups for sign in "+-"):
            groups.append((term, []))
    found = []
    names = dict(sorts)
    for base, atoms in groups[:MAX_NAMES]:
        lemma, name = named(reduced(base), names)
        names[name.name] = "real"
        signed: dict[int, Term] = {1: name, -1: Operation("neg", (name,))}
        renamed = [same(atom, Operation(atom.operator, (signed[sign],))) for atom, sign in atoms]
        found.append(Abbreviation(lemma, base, name, renamed))
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


def named(term: Term, sorts: Mapping[str, str], letter: str = "u") -> tuple[Lemma, Variable]:
    """The lemma that there is a number equal to a term, and its name: a letter that it lacks, and a number."""
    taken = free_names(term)
    bound = next(name for name in (letter, *(f"{letter}{i}" for i in range(len(taken) + 1))) if name not in taken)
    low, high = Operation("-", (term, ONE)), Operation("+", (term, ONE))
    tree = Binder("count_roots", Operation("-", (Variable(bound), term)), bound, low, high)
    body, inner, name = opened(tree, sorts, {})
    ends: Any = [Operation("-", (end, term)) for end in (low, high)]
    condition = Comparison("<=", Operation("*", (ends[0], ends[1])), Number(ZERO.value))
    facts = (Comparison(">=", name, low), Comparison("<=", name, high), Comparison("==", body, ZERO))
    return Lemma("root", (tree,), (condition,), facts, inner), name
