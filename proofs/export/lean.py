"""A claim as a theorem of Lean 4 with Mathlib, and what its certificate says about a proof."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from proofs.algebra import integer_exponent
from proofs.cases import SORT_OF, Unsupported
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
    parse_term,
    render,
)

SORTS: Final = {"integer": "ℤ", "real": "ℝ"}
RELATIONS: Final = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
WORDS: Final = {"and": " ∧ ", "or": " ∨ ", "implies": " → ", "iff": " ↔ "}
FUNCTIONS: Final = {"sqrt": "Real.sqrt", "exp": "Real.exp", "log": "Real.log"}
HEADER: Final = """\
-- Written by gametheory for Lean 4 with Mathlib. Nothing of it was compiled there: it is a translation of the claim.
-- The tactic at the end is a suggestion made from the certificate, and may fail.
import Mathlib

noncomputable section
open Finset
"""


def to_lean(claim: Claim, certificate: Mapping[str, Any] | None = None) -> str:
    """The claim as a theorem of Lean.

    Parameters
    ----------
    claim : Claim
    certificate : mapping, optional
        Of the claim; its squares and products become hints.

    Returns
    -------
    str
        A file. It is not compiled by anything here, and says so.

    Examples
    --------
    >>> print(to_lean(Claim(id="square", statement="-", source="-", variables={"x": "real"}, assumptions=["x > 0"],
    ...                     conclusion="x**2 >= 0")).splitlines()[-1].strip())
    nlinarith
    """
    writer = _Writer(claim.variables)
    name = "".join(character if character.isalnum() else "_" for character in claim.id)
    given = [f"    (v_{variable} : {SORTS[sort]})" for variable, sort in claim.variables.items()]
    given += [f"    (h{i} : {writer.formula(tree, claim.variables)})" for i, tree in enumerate(claim.assumed)]
    hints = _hints(claim, certificate, writer) if certificate is not None else []
    tactic = f"nlinarith [{', '.join(hints)}]" if hints else "nlinarith"
    statement = [f"theorem claim_{name}", *given, f"    : {writer.formula(claim.concluded, claim.variables)} := by"]
    return "\n".join([HEADER, *statement, f"  {tactic}", ""])


def _hints(claim: Claim, certificate: Mapping[str, Any], writer: "_Writer") -> list[str]:
    """Squares of a certificate's sums, and products of assumptions in them."""
    found: dict[str, None] = {}
    plain = [tree for tree in claim.assumed if isinstance(tree, Comparison)]
    direct = len(plain) == len(claim.assumed)
    for proof in _sums(certificate.get("conclusion")):
        for _, powers, *square in proof["sum"]:
            if square:
                try:
                    found[f"sq_nonneg ({writer.term(parse_term(square[0], where='square'), claim.variables)})"] = None
                except (Unsupported, KeyError):
                    continue
            names = [f"h{index}" for index, n in powers.items() for _ in range(n) if direct and int(index) < len(plain)]
            if len(names) > 1:
                product = names[0] if len(names) == 1 else f"mul_nonneg (le_of_lt {names[0]}) (le_of_lt {names[1]})"
                strict = all(plain[int(name[1:])].relation in ("<", ">") for name in names[:2])
                if strict:
                    product = f"mul_pos {names[0]} {names[1]}"
                    found[product] = None
    return list(found)


def _sums(data: Any) -> list[dict[str, Any]]:
    if isinstance(data, dict):
        return [data] if "sum" in data else [found for entry in data.values() for found in _sums(entry)]
    return [found for entry in data for found in _sums(entry)] if isinstance(data, list) else []


class _Writer:
    """Terms and formulas in Lean's syntax."""

    def __init__(self, declared: Mapping[str, str]) -> None:
        self.declared = declared

    def term(self, tree: Term, sorts: Mapping[str, str]) -> str:
        """A real number."""
        match tree:
            case Number(value=value):
                return _number(value)
            case Variable(name=name):
                return f"(v_{name} : ℝ)" if sorts[name] == "integer" else f"v_{name}"
            case Operation(operator="neg", arguments=(a,)):
                return f"(-{self.term(a, sorts)})"
            case Operation(operator="abs", arguments=(a,)):
                return f"|{self.term(a, sorts)}|"
            case Operation(operator="**", arguments=(a, b)):
                n = integer_exponent(b)
                if n is None:
                    return f"({self.term(a, sorts)} ^ ({self.integer(b, sorts)}).toNat)"
                power = f"({self.term(a, sorts)} ^ {abs(n)})"
                return power if n >= 0 else f"{power}⁻¹"
            case Operation(operator="binomial", arguments=(a, b)):
                n_text, k_text = self.integer(a, sorts), self.integer(b, sorts)
                chosen = f"(Nat.choose ({n_text}).toNat ({k_text}).toNat : ℝ)"
                return f"(if ({k_text} : ℤ) < 0 then 0 else {chosen})"
            case Operation(operator=("min" | "max") as word, arguments=(*first, last)):
                text = self.term(last, sorts)
                for part in reversed(first):
                    text = f"({word} {self.term(part, sorts)} {text})"
                return text
            case Operation(operator=("+" | "-" | "*" | "/") as sign, arguments=(a, b)):
                return f"({self.term(a, sorts)} {sign} {self.term(b, sorts)})"
            case Operation(operator=word, arguments=(a,)):
                return f"({FUNCTIONS[word]} {self.term(a, sorts)})"
            case Binder():
                return self._bound(tree, {**sorts, tree.name: SORT_OF[tree.operator]}, sorts)
        raise Unsupported(f"no Lean text for {render(tree)[:60]!r}")

    def _bound(self, tree: Binder, inner: Mapping[str, str], sorts: Mapping[str, str]) -> str:
        body, name = self.term(tree.body, inner), f"v_{tree.name}"
        if tree.operator == "Sum":
            low, high = self.integer(tree.low, sorts), self.integer(tree.high, sorts)
            return f"(∑ {name} ∈ Icc ({low} : ℤ) {high}, {body})"
        low, high = self.term(tree.low, sorts), self.term(tree.high, sorts)
        return f"(Set.ncard {{{name} : ℝ | {low} < {name} ∧ {name} < {high} ∧ {body} = 0}} : ℝ)"

    def integer(self, tree: Term, sorts: Mapping[str, str]) -> str:
        """An integer."""
        match tree:
            case Number(value=value) if value.denominator == 1:
                return f"({value})" if value < 0 else str(value)
            case Variable(name=name) if sorts[name] == "integer":
                return f"v_{name}"
            case Operation(operator="neg", arguments=(a,)):
                return f"(-{self.integer(a, sorts)})"
            case Operation(operator=("+" | "-" | "*") as sign, arguments=(a, b)):
                return f"({self.integer(a, sorts)} {sign} {self.integer(b, sorts)})"
            case Operation(operator="**", arguments=(a, b)) if (n := integer_exponent(b)) is not None and n >= 0:
                return f"({self.integer(a, sorts)} ^ {n})"
            case Operation(operator="binomial", arguments=(a, b)):
                top, k = self.integer(a, sorts), self.integer(b, sorts)
                return f"(if ({k} : ℤ) < 0 then 0 else (Nat.choose ({top}).toNat ({k}).toNat : ℤ))"
        raise Unsupported(f"no integer in Lean for {render(tree)[:60]!r}")

    def formula(self, tree: Formula, sorts: Mapping[str, str]) -> str:
        """A formula."""
        match tree:
            case Comparison(relation=relation, left=left, right=right):
                return f"{self.term(left, sorts)} {RELATIONS[relation]} {self.term(right, sorts)}"
            case Connective(operator="not", arguments=(a,)):
                return f"¬ ({self.formula(a, sorts)})"
            case Connective(operator=word, arguments=parts):
                return WORDS[word].join(f"({self.formula(part, sorts)})" for part in parts)
            case Quantifier(operator=word, name=name, body=body):
                sort = self.declared.get(name, "real")
                sign = "∀" if word == "forall" else "∃"
                return f"{sign} v_{name} : {SORTS[sort]}, ({self.formula(body, {**sorts, name: sort})})"
        raise AssertionError(tree)


def _number(value: Fraction) -> str:
    top = f"({value.numerator} : ℝ)"
    return top if value.denominator == 1 else f"({top} / {value.denominator})"
