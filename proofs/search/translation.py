"""Formulas for z3: quantifiers, abs, min, max, roots and finite sums; not exp, log, symbolic exponents."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from proofs.cases import Unsupported
from proofs.evaluate import value
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
    substitute,
)

MAX_TERMS: Final = 200
MAX_PRODUCTS: Final = 250  # multiplications by which powers are written out


class Translator:
    """Formulas in the variables of one claim.

    Parameters
    ----------
    sorts : mapping of str to str
        The claim's variables.

    Attributes
    ----------
    constants : dict of str to z3 constant
    sides : list of z3 formulas
        What defines the roots in the formulas translated so far.
    """

    def __init__(self, sorts: Mapping[str, str]) -> None:
        import z3

        self.z3 = z3
        self.sorts = sorts
        self.sides: list[Any] = []
        self.products = 0
        self.constants = {n: z3.Int(n) if sort == "integer" else z3.Real(n) for n, sort in sorts.items()}

    def sort(self, name: str) -> Any:
        """The sort of a bound name."""
        return self.z3.IntSort() if self.sorts.get(name) == "integer" else self.z3.RealSort()

    def summands(self, tree: Binder) -> list[Term]:
        """The terms of a Sum with constant bounds."""
        if tree.operator != "Sum":
            raise Unsupported(f"{tree.operator} is not covered yet")
        low, high = (constant(bound, "a Sum with symbolic bounds") for bound in (tree.low, tree.high))
        if low.denominator != 1 or high.denominator != 1 or high - low >= MAX_TERMS:
            raise Unsupported(f"a Sum needs integer bounds and at most {MAX_TERMS} terms")
        return [substitute(tree.body, tree.name, Number(Fraction(k))) for k in range(int(low), int(high) + 1)]

    def term(self, tree: Term, names: Mapping[str, Any]) -> Any:
        """A term, with z3 terms for its free names."""
        z3 = self.z3
        match tree:
            case Number(value=number):
                return z3.Q(number.numerator, number.denominator)
            case Variable(name=name):
                found = names[name]
                return z3.ToReal(found) if z3.is_int(found) else found
            case Binder():
                return sum((self.term(part, names) for part in self.summands(tree)), z3.RealVal(0))
            case Operation(operator="**", arguments=(base, exponent)):
                return self._power(self.term(base, names), exponent)
            case Operation(operator="sqrt", arguments=(a,)):
                return self._root(self.term(a, names), names)
            case Operation(operator=("exp" | "log") as name):
                raise Unsupported(f"{name} is not covered yet")
            case Operation(operator="binomial"):
                return self.term(Number(constant(tree, "binomial of variables")), names)
            case Operation(operator=operator, arguments=arguments):
                return self._arithmetic(operator, [self.term(a, names) for a in arguments])
        raise AssertionError(tree)

    def _power(self, base: Any, exponent: Term) -> Any:
        n = constant(exponent, "a symbolic exponent")
        if n.denominator != 1 or abs(n) > 100:
            raise Unsupported("an exponent that is no small integer")
        self.products += abs(int(n))
        if self.products > MAX_PRODUCTS:
            raise Unsupported("powers of so high a degree")
        result = self.z3.RealVal(1)
        for _ in range(abs(int(n))):
            result = result * base
        return result if n >= 0 else 1 / result

    def _root(self, radicand: Any, names: Mapping[str, Any]) -> Any:
        if names is not self.constants:
            raise Unsupported("sqrt under a quantifier is not covered yet")
        root = self.z3.FreshReal("root")
        self.sides += [root >= 0, self.z3.Implies(radicand >= 0, root * root == radicand)]
        return root

    def _arithmetic(self, operator: str, values: list[Any]) -> Any:
        z3 = self.z3
        a, b = values[0], values[-1]
        if operator == "abs":
            return z3.If(a >= 0, a, -a)
        if operator in ("min", "max"):
            result = a
            for other in values[1:]:
                result = z3.If((other < result) if operator == "min" else (other > result), other, result)
            return result
        return {
            "neg": lambda: -a,
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "/": lambda: a / b,
        }[operator]()

    def formula(self, tree: Formula, names: Mapping[str, Any]) -> Any:
        """A formula, with z3 terms for its free names."""
        z3 = self.z3
        match tree:
            case Comparison(relation=relation, left=left, right=right):
                a, b = self.term(left, names), self.term(right, names)
                found: dict[str, Callable[[], Any]] = {
                    "==": lambda: a == b,
                    "!=": lambda: a != b,
                    "<": lambda: a < b,
                    "<=": lambda: a <= b,
                    ">": lambda: a > b,
                    ">=": lambda: a >= b,
                }
                return found[relation]()
            case Connective(operator=operator, arguments=arguments):
                parts = [self.formula(a, names) for a in arguments]
                if operator in ("and", "or"):
                    return z3.And(parts) if operator == "and" else z3.Or(parts)
                if operator == "not":
                    return z3.Not(parts[0])
                return z3.Implies(*parts) if operator == "implies" else parts[0] == parts[1]
            case Quantifier(operator=operator, name=name, body=body):
                bound = z3.FreshConst(self.sort(name), name)
                inner = self.formula(body, {**names, name: bound})
                return z3.ForAll([bound], inner) if operator == "forall" else z3.Exists([bound], inner)
        raise AssertionError(tree)


def constant(tree: Term, what: str) -> Fraction:
    """The value of a term without variables."""
    try:
        return value(tree, {})
    except KeyError:
        raise Unsupported(f"{what} is not covered yet") from None
