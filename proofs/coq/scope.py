"""A Coq proof while it is written: its lines, and what is known at one place of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from proofs.coq.printing import Printer
from proofs.coq.terms import Key, Polynomial
from proofs.facts import Goal
from proofs.language import Formula, Quantifier, Term


@dataclass(frozen=True, slots=True)
class Fact:
    """A hypothesis about a polynomial with integer coefficients, or one that holds for all values of a name.

    Attributes
    ----------
    relation : str
        One of > >= == !=, of the polynomial to 0, or "all".
    name : str
        The hypothesis.
    polynomial : Polynomial
    scale : int
        How many times the checker's fact the polynomial is.
    quantified : (Quantifier, bool) or None
        Of "all": the formula, and the truth of its body.
    """

    relation: str
    name: str
    polynomial: Polynomial = field(default_factory=dict)
    scale: int = 1
    quantified: tuple[Quantifier, bool] | None = None


@dataclass(slots=True)
class Scope:
    """What is known at one place of a proof.

    Attributes
    ----------
    sorts : dict
        Of every name.
    have : dict
        Hypotheses by formula and truth.
    facts : list of Fact
        In the order of the checker's.
    atoms : dict
        For a term that is an atom: Coq's name for it, and the equation of its text with that name.
    generators : dict
        For a generator of polynomials: the first atom that was named so.
    nonzero : dict
        For a divisor: the hypothesis that its polynomial is not zero.
    defined : list of (Goal, str, list of str)
        Hypotheses that terms brought in by the proof are defined, and the names that they are about.
    """

    sorts: dict[str, str]
    have: dict[tuple[Formula, bool], str] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    atoms: dict[Term, tuple[str, str]] = field(default_factory=dict)
    generators: dict[str, Term] = field(default_factory=dict)
    nonzero: dict[Key, str] = field(default_factory=dict)
    defined: list[tuple[Goal, str, list[str]]] = field(default_factory=list)

    def copy(self) -> "Scope":
        """The same knowledge, to be added to within a block."""
        return Scope(
            dict(self.sorts),
            dict(self.have),
            list(self.facts),
            dict(self.atoms),
            dict(self.generators),
            dict(self.nonzero),
            list(self.defined),
        )


class Script:
    """The lines of a proof, and fresh names."""

    def __init__(self, declared: Mapping[str, str]) -> None:
        self.declared = declared
        self.lines: list[str] = []
        self.counter = 0

    def fresh(self, letter: str) -> str:
        """A name that was not used before."""
        self.counter += 1
        return f"{letter}{self.counter}"

    def emit(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line)

    @contextmanager
    def block(self) -> Iterator[None]:
        """Braces around what is emitted within."""
        self.emit("{")
        yield
        self.emit("}")

    def signed(self, printer: Printer, tree: Formula, wanted: bool) -> str:
        """A formula or its negation."""
        return printer.formula(tree) if wanted else f"~ ({printer.formula(tree)})"

    def printer(self, scope: Scope, *, named: bool = False) -> Printer:
        """A printer of terms; `named`: with the names of the atoms in place of their texts."""
        atoms = {tree: name for tree, (name, _) in scope.atoms.items()} if named else {}
        return Printer(scope.sorts, self.declared, atoms)

    def generators(self, scope: Scope) -> dict[str, str]:
        """Coq's text of each generator of polynomials."""
        printer = self.printer(scope)
        found = {name: printer.variable(name) for name in scope.sorts}
        return found | {generator: scope.atoms[tree][0] for generator, tree in scope.generators.items()}

    def polynomial(self, p: Polynomial, scope: Scope) -> str:
        """The text of a polynomial."""
        return self.printer(scope).polynomial(p, self.generators(scope))
