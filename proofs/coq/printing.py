"""Claims in the syntax of Coq."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from proofs.claims import Claim
from proofs.facts import Polynomial, integer_exponent, rational
from proofs.language import Comparison, Connective, Formula, Number, Operation, Term, Variable

RELATIONS: Final = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def coq_statement(claim: Claim) -> str:
    """The theorem's statement, from the claim alone."""
    printer = Printer(claim.variables)
    formulas = [f"({printer.formula(tree)})" for tree in (*claim.assumed, claim.concluded)]
    return f"{printer.binders()}\n  " + " ->\n  ".join(formulas)


class Printer:
    """Terms and formulas in Coq's syntax; a variable x is called v_x."""

    def __init__(self, sorts: Mapping[str, str]) -> None:
        self.sorts = sorts

    def binders(self) -> str:
        """The quantifiers over the claim's variables."""
        bound = " ".join(f"(v_{n} : {'Z' if sort == 'integer' else 'R'})" for n, sort in self.sorts.items())
        return f"forall {bound}," if bound else ""

    def variable(self, name: str) -> str:
        """A variable as a real number."""
        return f"IZR v_{name}" if self.sorts[name] == "integer" else f"v_{name}"

    def number(self, value: Fraction) -> str:
        """A rational constant."""
        whole = f"({value.numerator})" if value < 0 else str(value.numerator)
        return whole if value.denominator == 1 else f"({whole} / {value.denominator})"

    def term(self, tree: Term) -> str:
        """A term; raises `ValueError` where certificates do not cover it."""
        match tree:
            case Number(value=value):
                return self.number(value)
            case Variable(name=name):
                return f"({self.variable(name)})"
            case Operation(operator="neg", arguments=(a,)):
                return f"(- {self.term(a)})"
            case Operation(operator="**", arguments=(a, b)):
                n = integer_exponent(b)
                power = f"({self.term(a)} ^ {abs(n)})"
                return power if n >= 0 else f"(/ {power})"
            case Operation(operator=("+" | "-" | "*" | "/") as sign, arguments=(a, b)):
                return f"({self.term(a)} {sign} {self.term(b)})"
        raise ValueError(f"no Coq text for {tree}")

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
        raise ValueError(f"no Coq text for {tree}")

    def polynomial(self, p: Polynomial) -> str:
        """A polynomial as a sum of its terms."""
        terms = []
        for monomial, coefficient in p.terms():
            names = [str(symbol) for symbol in p.ring.symbols]
            powers = [f"({self.variable(x)}) ^ {n}" for x, n in zip(names, monomial, strict=True) if n]
            terms.append(" * ".join([self.number(rational(coefficient)), *powers]))
        return f"({' + '.join(terms)})" if terms else "0"
