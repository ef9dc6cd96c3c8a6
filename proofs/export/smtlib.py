"""A claim's negation as an SMT-LIB 2.6 script: `unsat` says that the claim is true wherever its terms are defined."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from proofs.algebra import integer_exponent
from proofs.cases import Unsupported, replaced
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
    render,
    walk,
)

MAX_SUMMANDS: Final = 1000
MAX_FACTORS: Final = 1000
SORTS: Final = {"integer": "Int", "real": "Real"}
CONNECTIVES: Final = {"not": "not", "and": "and", "or": "or", "implies": "=>", "iff": "="}
# theorems of the reals about functions that the theory of reals does not have; a solver may use no others
FUNCTIONS: Final = {
    "sqrt": (
        "(declare-fun sqrt (Real) Real)",
        "(assert (forall ((t Real)) (=> (>= t 0.0) (and (>= (sqrt t) 0.0) (= (* (sqrt t) (sqrt t)) t)))))",
    ),
    "exp": (
        "(declare-fun exponential (Real) Real)",
        "(assert (= (exponential 0.0) 1.0))",
        "(assert (forall ((t Real)) (and (> (exponential t) 0.0) (>= (exponential t) (+ 1.0 t)))))",
        "(assert (forall ((s Real) (t Real)) (= (exponential (+ s t)) (* (exponential s) (exponential t)))))",
    ),
    "log": (
        "(declare-fun logarithm (Real) Real)",
        "(assert (= (logarithm 1.0) 0.0))",
        "(assert (forall ((t Real)) (=> (> t 0.0) (<= (logarithm t) (- t 1.0)))))",
        "(assert (forall ((s Real) (t Real)) (=> (and (> s 0.0) (> t 0.0))"
        " (= (logarithm (* s t)) (+ (logarithm s) (logarithm t))))))",
    ),
    "**": (
        "(declare-fun power (Real Int) Real)",
        "(assert (forall ((x Real)) (= (power x 0) 1.0)))",
        "(assert (forall ((x Real) (n Int)) (=> (>= n 1) (= (power x n) (* x (power x (- n 1)))))))",
    ),
    "binomial": (
        "(declare-fun binomial (Int Int) Int)",
        "(assert (forall ((n Int)) (=> (>= n 0) (= (binomial n 0) 1))))",
        "(assert (forall ((n Int) (k Int)) (=> (and (>= n 0) (or (< k 0) (> k n))) (= (binomial n k) 0))))",
        "(assert (forall ((n Int) (k Int)) (=> (>= n 1)"
        " (= (binomial n k) (+ (binomial (- n 1) (- k 1)) (binomial (- n 1) k))))))",
    ),
}
NAMES: Final = {"sqrt": "sqrt", "exp": "exponential", "log": "logarithm"}


def to_smtlib(claim: Claim) -> str:
    """The assumptions and the negated conclusion of a claim, for an SMT solver.

    Parameters
    ----------
    claim : Claim

    Returns
    -------
    str
        `unsat` from a solver means that assumptions ⇒ conclusion for all values (that terms are defined is not
        part of it: division by zero has some value there). `sat` is a counterexample if no functions are declared.

    Raises
    ------
    Unsupported
        For count_roots, and for a Sum whose bounds are not numbers.

    Examples
    --------
    >>> print(to_smtlib(Claim(id="square", statement="-", source="-", variables={"x": "real"}, assumptions=[],
    ...                       conclusion="x**2 >= 0")))
    ; the negation of square
    (set-logic QF_NRA)
    (declare-const v_x Real)
    (assert (not (>= (* v_x v_x) 0.0)))
    (check-sat)
    <BLANKLINE>
    """
    writer = _Writer(claim)
    formulas = [writer.formula(tree, claim.variables) for tree in (*claim.assumed, claim.concluded)]
    nodes = [node for tree in (*claim.assumed, claim.concluded) for node in walk(tree)]
    used = [word for word in FUNCTIONS if word in writer.used]
    lines = [f"; the negation of {claim.id}", f"(set-logic {_logic(claim, nodes, bool(used))})"]
    for word in used:
        lines += FUNCTIONS[word]
    lines += [f"(declare-const v_{name} {SORTS[sort]})" for name, sort in claim.variables.items()]
    lines += [f"(assert {text})" for text in formulas[:-1]]
    return "\n".join([*lines, f"(assert (not {formulas[-1]}))", "(check-sat)", ""])


def _logic(claim: Claim, nodes: list[Term | Formula], functions: bool) -> str:
    """The least logic of SMT-LIB that has it all; ALL where that is no standard one."""
    quantified = any(isinstance(node, Quantifier) for node in nodes)
    if functions or "integer" in claim.variables.values():
        return "ALL"
    return "NRA" if quantified else "QF_NRA"


class _Writer:
    """Terms and formulas as S-expressions."""

    def __init__(self, claim: Claim) -> None:
        self.declared = claim.variables
        self.used: set[str] = set()

    def term(self, tree: Term, sorts: Mapping[str, str]) -> str:
        """A term of sort Real."""
        match tree:
            case Number(value=value):
                return _number(value)
            case Variable(name=name):
                return f"(to_real v_{name})" if sorts[name] == "integer" else f"v_{name}"
            case Operation(operator="**", arguments=(base, exponent)):
                return self._power(self.term(base, sorts), exponent, sorts)
            case Operation(operator="binomial"):
                return f"(to_real {self.integer(tree, sorts)})"
            case Operation(operator=word, arguments=arguments):
                return self._operation(word, [self.term(part, sorts) for part in arguments])
            case Binder(operator="Sum"):
                return self._sum(tree, sorts)
        raise Unsupported(f"no SMT-LIB text for {render(tree)[:60]!r}")

    def _operation(self, word: str, parts: list[str]) -> str:
        if word in ("min", "max"):
            result = parts[0]
            for part in parts[1:]:
                result = f"(ite ({'<=' if word == 'min' else '>='} {result} {part}) {result} {part})"
            return result
        if word == "abs":
            return f"(ite (>= {parts[0]} 0.0) {parts[0]} (- {parts[0]}))"
        if word in NAMES:
            self.used.add(word)
        return f"({NAMES.get(word, {'neg': '-'}.get(word, word))} {' '.join(parts)})"

    def _power(self, base: str, exponent: Term, sorts: Mapping[str, str]) -> str:
        n = integer_exponent(exponent)
        if n is None:
            self.used.add("**")
            return f"(power {base} {self.integer(exponent, sorts)})"
        if abs(n) > MAX_FACTORS:
            raise Unsupported(f"no SMT-LIB text for the exponent {n}")
        product = "1.0" if n == 0 else base if abs(n) == 1 else f"(* {' '.join([base] * abs(n))})"
        return product if n >= 0 else f"(/ 1.0 {product})"

    def _sum(self, tree: Binder, sorts: Mapping[str, str]) -> str:
        low, high = integer_exponent(tree.low), integer_exponent(tree.high)
        if low is None or high is None or high - low >= MAX_SUMMANDS:
            raise Unsupported(f"no SMT-LIB text for {render(tree)[:60]!r}: its bounds are no near numbers")
        values = range(low, high + 1)
        parts = [self.term(replaced(tree.body, {tree.name: Number(Fraction(k))}), sorts) for k in values]
        return f"(+ 0.0 {' '.join(parts)})" if parts else "0.0"

    def integer(self, tree: Term, sorts: Mapping[str, str]) -> str:
        """A term of sort Int."""
        match tree:
            case Number(value=value) if value.denominator == 1:
                return str(value) if value >= 0 else f"(- {-value})"
            case Variable(name=name) if sorts[name] == "integer":
                return f"v_{name}"
            case Operation(operator="**", arguments=(base, exponent)) if (n := integer_exponent(exponent) or 0) > 0:
                return f"(* 1 {' '.join([self.integer(base, sorts)] * n)})"
            case Operation(operator=("+" | "-" | "*" | "neg" | "binomial") as word, arguments=arguments):
                if word == "binomial":
                    self.used.add(word)
                parts = [self.integer(part, sorts) for part in arguments]
                return f"({'-' if word == 'neg' else word} {' '.join(parts)})"
        raise Unsupported(f"no integer in SMT-LIB for {render(tree)[:60]!r}")

    def formula(self, tree: Formula, sorts: Mapping[str, str]) -> str:
        """A formula."""
        match tree:
            case Comparison(relation=relation, left=left, right=right):
                a, b = self.term(left, sorts), self.term(right, sorts)
                return f"(not (= {a} {b}))" if relation == "!=" else f"({relation.replace('==', '=')} {a} {b})"
            case Connective(operator=word, arguments=parts):
                return f"({CONNECTIVES[word]} {' '.join(self.formula(part, sorts) for part in parts)})"
            case Quantifier(operator=word, name=name, body=body):
                sort = self.declared.get(name, "real")
                return f"({word} ((v_{name} {SORTS[sort]})) {self.formula(body, {**sorts, name: sort})})"
        raise AssertionError(tree)


def _number(value: Fraction) -> str:
    top = f"{abs(value.numerator)}.0"
    text = top if value.denominator == 1 else f"(/ {top} {value.denominator}.0)"
    return text if value >= 0 else f"(- {text})"
