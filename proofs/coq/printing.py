"""Claims in the syntax of Coq."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from proofs.algebra import integer_exponent
from proofs.cases import SORT_OF
from proofs.claims import Claim
from proofs.coq.terms import NotCovered, Polynomial
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
    render,
)

RELATIONS: Final = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
FUNCTIONS: Final = {"sqrt": "sqrt", "exp": "exp", "log": "ln", "abs": "Rabs", "min": "Rmin", "max": "Rmax"}
SORTS: Final = {"integer": "Z", "real": "R"}
MAX_FACTORS: Final = 40  # of a constant power of an integer, which is written out


def coq_statement(claim: Claim) -> str:
    """The theorem's statement, from the claim alone."""
    printer = Printer(claim.variables)
    formulas = [f"({printer.formula(tree)})" for tree in (*claim.assumed, claim.concluded)]
    return f"{printer.binders()}\n  " + " ->\n  ".join(formulas)


class Printer:
    """Terms and formulas in Coq's syntax; a variable x is called v_x.

    Parameters
    ----------
    sorts : mapping of str to str
        Of every free name.
    declared : mapping of str to str, optional
        The claim's variables, from which bound names have their sorts; `sorts` if left out.
    atoms : mapping of Term to str, optional
        Names that stand for terms.
    """

    def __init__(
        self,
        sorts: Mapping[str, str],
        declared: Mapping[str, str] | None = None,
        atoms: Mapping[Term, str] | None = None,
    ) -> None:
        self.sorts = sorts
        self.declared = sorts if declared is None else declared
        self.atoms = atoms or {}

    def binders(self) -> str:
        """The quantifiers over the variables."""
        bound = " ".join(f"(v_{name} : {SORTS[sort]})" for name, sort in self.sorts.items())
        return f"forall {bound}," if bound else ""

    def inner(self, tree: Binder | Quantifier) -> "Printer":
        """A printer for the body of a binder."""
        return Printer({**self.sorts, tree.name: bound_sort(tree, self.declared)}, self.declared, self.atoms)

    def variable(self, name: str) -> str:
        """A variable as a real number."""
        return f"IZR v_{name}" if self.sorts[name] == "integer" else f"v_{name}"

    def number(self, value: Fraction) -> str:
        """A rational constant."""
        numerator = f"({value.numerator})" if value < 0 else str(value.numerator)
        return numerator if value.denominator == 1 else f"({numerator} / {value.denominator})"

    def term(self, tree: Term) -> str:
        """A term as a real number; raises `NotCovered` where there is none."""
        return self.atoms[tree] if tree in self.atoms else self._term(tree)

    def _term(self, tree: Term) -> str:
        match tree:
            case Number(value=value):
                return self.number(value)
            case Variable(name=name):
                return f"({self.variable(name)})"
            case Operation(operator="neg", arguments=(a,)):
                return f"(- {self.term(a)})"
            case Operation(operator="**", arguments=(a, b)):
                n = integer_exponent(b)
                if n is None:
                    return f"(power {self.term(a)} {self.integer(b)})"
                power = f"({self.term(a)} ^ {abs(n)})"
                return power if n >= 0 else f"(/ {power})"
            case Operation(operator=("+" | "-" | "*" | "/") as sign, arguments=(a, b)):
                return f"({self.term(a)} {sign} {self.term(b)})"
            case Operation(operator="binomial"):
                return f"(IZR {self.integer(tree)})"
            case Operation(operator=("min" | "max") as word, arguments=(*first, last)):
                text = self.term(last)
                for part in reversed(first):
                    text = f"({FUNCTIONS[word]} {self.term(part)} {text})"
                return text
            case Operation(operator=word, arguments=(a,)):
                return f"({FUNCTIONS[word]} {self.term(a)})"
            case Binder(operator="Sum"):
                function = f"(fun v_{tree.name} : Z => {self.inner(tree).term(tree.body)})"
                return f"(Sum {function} {self.integer(tree.low)} {self.integer(tree.high)})"
            case Binder(operator="count_roots"):
                function = f"(fun v_{tree.name} : R => {self.inner(tree).term(tree.body)})"
                return f"(count_roots {function} {self.term(tree.low)} {self.term(tree.high)})"
        raise NotCovered(f"no Coq text for {render(tree)[:60]!r}")

    def integer(self, tree: Term) -> str:
        """A term as an integer."""
        return f"{self._integer(tree)}%Z"

    def _integer(self, tree: Term) -> str:
        match tree:
            case Number(value=value) if value.denominator == 1:
                return f"({value})"
            case Variable(name=name) if self.sorts[name] == "integer":
                return f"(v_{name})"
            case Operation(operator="neg", arguments=(a,)):
                return f"(- {self._integer(a)})"
            case Operation(operator=("+" | "-" | "*") as sign, arguments=(a, b)):
                return f"({self._integer(a)} {sign} {self._integer(b)})"
            case Operation(operator="**", arguments=(a, b)) if (
                n := integer_exponent(b)
            ) is not None and 0 <= n <= MAX_FACTORS:
                return f"({' * '.join([self._integer(a)] * n) or '1'})"
            case Operation(operator="binomial", arguments=(a, b)):
                return f"(binomial {self._integer(a)} {self._integer(b)})"
        raise NotCovered(f"no integer in Coq for {render(tree)[:60]!r}")

    def formula(self, tree: Formula) -> str:
        """A formula; raises as `term` does."""
        match tree:
            case Comparison(relation=relation, left=left, right=right):
                return f"{self.term(left)} {RELATIONS[relation]} {self.term(right)}"
            case Connective(operator="not", arguments=(a,)):
                return f"~ ({self.formula(a)})"
            case Connective(operator=operator, arguments=parts):
                word = {"and": " /\\ ", "or": " \\/ ", "implies": " -> ", "iff": " <-> "}[operator]
                return word.join(f"({self.formula(part)})" for part in parts)
            case Quantifier(operator=word):
                sort = SORTS[bound_sort(tree, self.declared)]
                return f"{word} v_{tree.name} : {sort}, ({self.inner(tree).formula(tree.body)})"
        raise AssertionError(tree)

    def polynomial(self, p: Polynomial, generators: Mapping[str, str]) -> str:
        """A polynomial as a sum of its terms, with Coq's name of each generator."""
        terms = []
        for monomial, coefficient in sorted(p.items()):
            powers = [f"({generators[name]}) ^ {n}" for name, n in monomial]
            terms.append(" * ".join([self.number(coefficient), *powers]))
        return f"({' + '.join(terms)})" if terms else "0"


def bound_sort(tree: Binder | Quantifier, declared: Mapping[str, str]) -> str:
    """The sort of a bound name."""
    return SORT_OF[tree.operator] if isinstance(tree, Binder) else declared.get(tree.name, "real")
