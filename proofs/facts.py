"""Formulas taken apart into lists of polynomial facts, the form in which search and kernel see a claim.

To prove a claim is to refute its assumptions together with the negated conclusion. Connectives are taken apart from
left to right with short-circuit guards (`A or B` is true if A is, or if A is false and B true), so every comparison
stands beside the guards that keep it defined. A comparison of terms with divisors f, g, ... becomes a polynomial fact:
with left - right = n / (f^i g^j ...) and each divisor not zero, its sign is that of n times the factors of odd power.

The checker takes claims apart by code of its own; both follow this text, and a certificate fits only if they agree.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from gametheory.errors import GameTheoryError
from proofs.claims import Claim
from proofs.language import (
    MAX_EXPONENT,
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

# A sympy `PolyElement` over the rationals.
Polynomial = Any

NEGATED: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MAX_BRANCHES: Final = 4096
MAX_FACTS: Final = 100_000
MAX_TERMS: Final = 100_000
MAX_BITS: Final = 10_000


class Unsupported(GameTheoryError):
    """A formula uses a part of the language that certificates do not cover; the message says which."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Formulas to refute together: each with the truth it is given."""

    items: tuple[tuple[Formula, bool], ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A comparison with a wanted truth, and the polynomial fact it amounts to.

    Attributes
    ----------
    comparison : Comparison
    wanted : bool
    relation : str
        One of > >= == !=, of the polynomial to 0.
    polynomial : Polynomial
    numerator : Polynomial
        Of left - right (or right - left) over `factors`.
    factors : tuple of (Polynomial, int)
        Divisors and their powers.
    """

    comparison: Comparison
    wanted: bool
    relation: str
    polynomial: Polynomial
    numerator: Polynomial
    factors: tuple[tuple[Polynomial, int], ...]


def rational(coefficient: Any) -> Fraction:
    """A coefficient of a polynomial as a `Fraction`."""
    return Fraction(int(coefficient.numerator), int(coefficient.denominator))


HOLDS: Final[Mapping[str, Callable[[Fraction], bool]]] = {
    ">": lambda value: value > 0,
    ">=": lambda value: value >= 0,
    "==": lambda value: value == 0,
    "!=": lambda value: value != 0,
}


class Algebra:
    """Polynomials in the variables of a claim."""

    def __init__(self, names: list[str]) -> None:
        from sympy.polys.domains import QQ
        from sympy.polys.rings import ring

        self.names = names or ["unused"]
        self.ring, *generators = ring(self.names, QQ)
        self.domain = QQ
        self.variables = dict(zip(self.names, generators, strict=True))
        self._literals: dict[tuple[Comparison, bool], Literal] = {}

    def constant(self, value: Fraction | int) -> Polynomial:
        """A constant polynomial."""
        exact = Fraction(value)
        return self.ring(self.domain(exact.numerator, exact.denominator))

    def value(self, polynomial: Polynomial, point: Mapping[str, Fraction]) -> Fraction:
        """The value of a polynomial at a point that gives every variable in it."""
        total = Fraction(0)
        for monomial, coefficient in polynomial.terms():
            term = rational(coefficient)
            for name, n in zip(self.names, monomial, strict=True):
                term *= point[name] ** n if n else 1
            total += term
        return total

    def quotient(self, tree: Term) -> tuple[Polynomial, dict[Polynomial, int]]:
        """A term as numerator and {divisor: power}.

        Raises
        ------
        Unsupported
            If the term is not a rational function with constant integer exponents.
        """
        match tree:
            case Number(value=value):
                return self.constant(value), {}
            case Variable(name=name):
                return self.variables[name], {}
            case Operation(operator="neg", arguments=(a,)):
                numerator, below = self.quotient(a)
                return -numerator, below
            case Operation(operator="**", arguments=(a, b)):
                n = integer_exponent(b)
                if n < 0:
                    inverse = Operation("/", (Number(Fraction(1)), Operation("**", (a, Number(Fraction(-n))))))
                    return self.quotient(inverse)
                numerator, below = self.quotient(a)
                return self._power(numerator, n), {f: k * n for f, k in below.items()} if n else {}
            case Operation(operator="/", arguments=(a, b)):
                return self._divide(a, b)
            case Operation(operator=("+" | "-" | "*") as operator, arguments=(a, b)):
                top_a, below_a = self.quotient(a)
                top_b, below_b = self.quotient(b)
                if operator == "*":
                    merged = dict(below_a)
                    for f, k in below_b.items():
                        merged[f] = merged.get(f, 0) + k
                    return self._times(top_a, top_b), merged
                common = {f: max(below_a.get(f, 0), below_b.get(f, 0)) for f in {**below_a, **below_b}}
                for f, k in common.items():
                    top_a = self._times(top_a, self._power(f, k - below_a.get(f, 0)))
                    top_b = self._times(top_b, self._power(f, k - below_b.get(f, 0)))
                return (top_a + top_b if operator == "+" else top_a - top_b), common
        raise Unsupported(f"certificates do not cover {render(tree)[:60]!r}")

    def _times(self, a: Polynomial, b: Polynomial) -> Polynomial:
        """A product that the checker would compute too."""
        if len(a) * len(b) > MAX_TERMS:
            raise Unsupported("certificates do not cover products of so many terms")
        product = a * b
        if any(int(c.numerator).bit_length() + int(c.denominator).bit_length() > MAX_BITS for c in product.values()):
            raise Unsupported("certificates do not cover such long numbers")
        return product

    def _power(self, a: Polynomial, n: int) -> Polynomial:
        if n > MAX_EXPONENT:
            raise Unsupported(f"certificates do not cover powers above {MAX_EXPONENT}")
        result = self.constant(1)
        for _ in range(n):
            result = self._times(result, a)
        return result

    def _divide(self, top: Term, divisor: Term) -> tuple[Polynomial, dict[Polynomial, int]]:
        numerator, below = self.quotient(top)
        scale, _ = self.quotient(divisor)
        result, taken = dict(below), self.constant(1)
        for factor in divisor_factors(divisor):
            upper, lower = self.quotient(factor)
            result[upper] = result.get(upper, 0) + 1
            taken = self._times(taken, upper)
            for f, k in lower.items():
                numerator = self._times(numerator, self._power(f, k))
        if not scale or not taken:
            raise Unsupported("a divisor is identically zero")
        monomial = next(iter(taken))
        constant = scale[monomial] / taken[monomial]
        if scale != taken * constant:
            raise Unsupported(f"certificates do not cover the divisor {render(divisor)[:60]!r}")
        return numerator * (1 / constant), result

    def literal(self, comparison: Comparison, wanted: bool) -> Literal:
        """The polynomial fact that a comparison with a wanted truth amounts to."""
        if (comparison, wanted) not in self._literals:
            relation = comparison.relation if wanted else NEGATED[comparison.relation]
            left, right = comparison.left, comparison.right
            if relation in ("<", "<="):
                left, right, relation = right, left, {"<": ">", "<=": ">="}[relation]
            numerator, below = self.quotient(Operation("-", (left, right)))
            polynomial = numerator
            if relation not in ("==", "!="):
                for f, k in below.items():
                    polynomial = self._times(polynomial, f) if k % 2 else polynomial
            found = Literal(comparison, wanted, relation, polynomial, numerator, tuple(below.items()))
            self._literals[comparison, wanted] = found
        return self._literals[comparison, wanted]

    def branches(self, items: tuple[tuple[Formula, bool], ...]) -> list[list[Literal]]:
        """The ways in which the formulas can come out as wanted (module header)."""
        if not items:
            return [[]]
        (tree, wanted), rest = items[0], items[1:]
        if isinstance(tree, Comparison):
            first = self.literal(tree, wanted)
            return [[first, *branch] for branch in self.branches(rest)]
        found: list[list[Literal]] = []
        for parts in alternatives(tree, wanted):
            found += self.branches((*parts, *rest))
            if len(found) > MAX_BRANCHES or sum(map(len, found)) > MAX_FACTS:
                raise Unsupported(f"the claim has more than {MAX_BRANCHES} cases or {MAX_FACTS} facts in them")
        return found


def alternatives(tree: Formula, wanted: bool) -> list[tuple[tuple[Formula, bool], ...]]:
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


def integer_exponent(tree: Term) -> int:
    """The integer that an exponent spells; raises `Unsupported` if it is none or above 1000."""
    match tree:
        case Operation(operator="neg", arguments=(Number(value=value),)):
            n = -value
        case Number(value=value):
            n = value
        case _:
            raise Unsupported(f"certificates do not cover the exponent {render(tree)[:60]!r}")
    if n.denominator != 1 or abs(n) > MAX_EXPONENT:
        raise Unsupported(f"certificates do not cover the exponent {n}")
    return int(n)


def divisor_factors(tree: Term) -> list[Term]:
    """The terms whose product a divisor is: products and powers are taken apart."""
    found = [tree]
    match tree:
        case Operation(operator="*", arguments=(a, b)):
            found = divisor_factors(a) + divisor_factors(b)
        case Operation(operator="**", arguments=(a, b)) if integer_exponent(b) > 0:
            base = divisor_factors(a)
            if len(base) * integer_exponent(b) > MAX_EXPONENT:
                raise Unsupported(f"certificates do not cover divisors of more than {MAX_EXPONENT} factors")
            found = base * integer_exponent(b)
        case Operation(operator="neg", arguments=(a,)):
            return divisor_factors(a)
        case Number(value=value) if value != 0:
            return []
    if len(found) > MAX_EXPONENT:
        raise Unsupported(f"certificates do not cover divisors of more than {MAX_EXPONENT} factors")
    return found


def obligations(claim: Claim) -> tuple[list[Goal], list[Goal]]:
    """What must be refuted for every term to be defined, of the assumptions and of the conclusion.

    Each goal is the context in which a divisor is evaluated, and last the equation divisor == 0.
    """
    goals: list[Goal] = []
    known: list[Term] = []
    context: tuple[tuple[Formula, bool], ...] = ()
    for tree in claim.assumed:
        goals += _obligations(tree, context, known)
        context = (*context, (tree, True))
    return goals, list(_obligations(claim.concluded, context, known))


def _obligations(tree: Formula, context: tuple[tuple[Formula, bool], ...], known: list[Term]) -> Iterator[Goal]:
    if isinstance(tree, Comparison):
        for side in (tree.left, tree.right):
            for factor in _divisors(side):
                if factor not in known:
                    known.append(factor)
                    zero = Comparison("==", factor, Number(Fraction(0)))
                    yield Goal((*context, (zero, True)))
        return
    if isinstance(tree, Quantifier):
        raise Unsupported(f"certificates do not cover {tree.operator!r}")
    for i, part in enumerate(tree.arguments):
        guards = (
            () if tree.operator in ("not", "iff") else tuple((b, tree.operator != "or") for b in tree.arguments[:i])
        )
        yield from _obligations(part, context + guards, list(known) if guards else known)


def _divisors(tree: Term) -> Iterator[Term]:
    """The factors of every divisor of a term, inner ones first."""
    if isinstance(tree, Binder):
        raise Unsupported(f"certificates do not cover {tree.operator!r}")
    if not isinstance(tree, Operation):
        return
    for part in tree.arguments:
        yield from _divisors(part)
    if tree.operator == "/":
        yield from divisor_factors(tree.arguments[1])
    elif tree.operator == "**" and integer_exponent(tree.arguments[1]) < 0:
        yield from divisor_factors(tree.arguments[0])
