"""Polynomials in the variables of a claim and in its atoms, and the polynomial fact that a comparison amounts to.

Atoms are terms that are no rational functions: sqrt, exp, log, abs, min, max, binomial, Sum, count_roots, and powers
whose exponent is no constant. Each is a generator like a variable, named by its text; two are one if their operators
agree and their arguments are the same quotients, whatever their bound names. A comparison of terms with divisors f, g,
... becomes a polynomial fact: with left - right = n / (f^i g^j ...) and each divisor not zero, its sign is that of n
times the factors of odd power.

The checker does the same by code of its own; both follow this text, and a certificate fits only if they agree.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from proofs.cases import Case, Item, Unsupported, cases, replaced
from proofs.language import (
    MAX_EXPONENT,
    Binder,
    Comparison,
    Number,
    Operation,
    Quantifier,
    Term,
    Variable,
    children,
    free_names,
    render,
)

# A sympy `PolyElement` over the rationals.
Polynomial = Any

NEGATED: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MAX_TERMS: Final = 100_000
MAX_BITS: Final = 10_000


FUNCTIONS: Final = ("sqrt", "exp", "log", "abs", "min", "max", "binomial")


@dataclass(frozen=True, slots=True)
class Literal:
    """A comparison with a wanted truth, and the polynomial fact it amounts to.

    Attributes
    ----------
    comparison : Comparison or Quantifier
        A quantified formula says that its body has the truth `wanted` whatever the bound name is.
    wanted : bool
    relation : str
        One of > >= == !=, of the polynomial to 0; "all" for a quantified formula, whose polynomial is 0.
    polynomial : Polynomial
    numerator : Polynomial
        Of left - right (or right - left) over `factors`.
    factors : tuple of (Polynomial, int)
        Divisors and their powers.
    """

    comparison: Comparison | Quantifier
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
    "all": lambda value: True,
}


class Branch(list[Literal]):
    """The facts of one case of a goal, and the sorts of all names in it."""

    __slots__ = ("sorts",)

    def __init__(self, facts: Iterable[Literal], sorts: Mapping[str, str]) -> None:
        super().__init__(facts)
        self.sorts = dict(sorts)


class Algebra:
    """Polynomials in some names and the atoms of some terms.

    Parameters
    ----------
    names : sequence of str
    terms : iterable of Term or Formula
        Their atoms become generators, outside of quantifiers.
    sorts : mapping of str to str, optional
        The claim's variables; it says the sorts of quantified names.

    Attributes
    ----------
    names : list of str
        Of the generators in their order: `names`, then each atom's text.
    variables : dict of str to Polynomial
        The generator of each name and of each atom's text.
    atoms : dict of str to Term
        The term whose text names a generator.
    """

    def __init__(self, names: Sequence[str], terms: Iterable[Any] = (), sorts: Mapping[str, str] | None = None) -> None:
        self.plain = list(names)
        self.sorts = dict(sorts or {})
        self.atoms: dict[str, Term] = {}
        self._names_by_key: dict[Any, str] = {}
        self._names_by_tree: dict[Term, str] = {}
        self._literals: dict[tuple[Comparison | Quantifier, bool], Literal] = {}
        self._make_ring()
        for term in terms:
            self._discover(term)

    def _make_ring(self) -> None:
        from sympy import Symbol
        from sympy.polys.domains import QQ
        from sympy.polys.rings import ring

        self.names = [*self.plain, *self.atoms] or ["unused"]
        self.ring, *generators = ring([Symbol(name) for name in self.names], QQ)
        self.domain = QQ
        self.variables = dict(zip(self.names, generators, strict=True))

    def including(self, terms: Iterable[Any], names: Sequence[str] = ()) -> "Algebra":
        """An algebra with more names and with the atoms of more terms; generators that there were come first."""
        more = [name for name in names if name not in self.plain]
        grown = Algebra([*self.plain, *more], self.atoms.values(), self.sorts)
        for term in terms:
            grown._discover(term)
        return grown

    def _discover(self, tree: Any) -> None:
        """Make the atoms of a term generators, those in their arguments first."""
        if isinstance(tree, Quantifier):
            return
        if isinstance(tree, Binder):
            parts: tuple[Any, ...] = (tree.low, tree.high)
        else:
            parts = children(tree)
        for part in parts:
            self._discover(part)
        if is_atom(tree) and tree not in self._names_by_tree:
            key = self._key(tree)
            if key not in self._names_by_key:
                name = f"({render(tree)})" if isinstance(tree, Operation) and tree.operator == "**" else render(tree)
                self._names_by_key[key] = name
                self.atoms[name] = tree
                self._make_ring()
            self._names_by_tree[tree] = self._names_by_key[key]

    def _key(self, atom: Any) -> Any:
        """What makes two atoms one: operator and arguments, bound names replaced by their depth."""
        if isinstance(atom, Operation):
            return (atom.operator, *map(self._canonical, atom.arguments))
        depth = sum(name.startswith("#") for name in self.plain)
        body = replaced(atom.body, {atom.name: Variable(f"#{depth}")})
        inner = Algebra([*self.plain, f"#{depth}"], [body])
        return (atom.operator, self._canonical(atom.low), self._canonical(atom.high), inner._canonical(body))

    def _canonical(self, term: Term) -> Any:
        """A quotient in a form that does not depend on this algebra's generators."""
        numerator, below = self.quotient(term)
        return self._portable(numerator), frozenset((self._portable(f), k) for f, k in below.items())

    def _portable(self, polynomial: Polynomial) -> Any:
        keys: dict[str, Any] = {name: key for key, name in self._names_by_key.items()}
        terms = []
        for monomial, coefficient in polynomial.terms():
            powers = frozenset((keys.get(g, g), n) for g, n in zip(self.names, monomial, strict=True) if n)
            terms.append((powers, rational(coefficient)))
        return frozenset(terms)

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
            If it has an atom that is no generator here (see `including`), or is too large.
        """
        if is_atom(tree):
            if tree not in self._names_by_tree:
                self._names_by_tree[tree] = self._known(tree)
            return self.variables[self._names_by_tree[tree]], {}
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
                assert n is not None
                if n < 0:
                    inverse = Operation("/", (Number(Fraction(1)), Operation("**", (a, Number(Fraction(-n))))))
                    return self.quotient(inverse)
                numerator, below = self.quotient(a)
                return self._power(numerator, n), {f: k * n for f, k in below.items()} if n else {}
            case Operation(operator="/", arguments=(a, b)):
                return self._divide(a, b)
            case Operation(operator=("+" | "-" | "*") as operator, arguments=(a, b)):
                return self._combined(operator, *self.quotient(a), *self.quotient(b))
        raise Unsupported(f"certificates do not cover {render(tree)[:60]!r}")

    def _combined(
        self, operator: str, top_a: Polynomial, below_a: dict[Any, int], top_b: Polynomial, below_b: dict[Any, int]
    ) -> tuple[Polynomial, dict[Polynomial, int]]:
        divisors = {**below_a, **below_b}
        if operator == "*":
            return self._times(top_a, top_b), {f: below_a.get(f, 0) + below_b.get(f, 0) for f in divisors}
        common = {f: max(below_a.get(f, 0), below_b.get(f, 0)) for f in divisors}
        for f, k in common.items():
            top_a = self._times(top_a, self._power(f, k - below_a.get(f, 0)))
            top_b = self._times(top_b, self._power(f, k - below_b.get(f, 0)))
        return (top_a + top_b if operator == "+" else top_a - top_b), common

    def _known(self, atom: Any) -> str:
        found = self._names_by_key.get(self._key(atom))
        if found is None:
            raise Unsupported(f"{render(atom)[:60]!r} is no generator")
        return found

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

    def literal(self, comparison: Comparison | Quantifier, wanted: bool) -> Literal:
        """The polynomial fact that a comparison with a wanted truth amounts to."""
        if isinstance(comparison, Quantifier):
            zero = self.constant(0)
            return self._literals.setdefault((comparison, wanted), Literal(comparison, wanted, "all", zero, zero, ()))
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

    def branches(
        self, items: Sequence[Item], sorts: Mapping[str, str] | None = None, binders: Mapping[str, str] | None = None
    ) -> list[Branch]:
        """The ways in which formulas can come out as wanted, as facts (`proofs.cases`).

        Parameters
        ----------
        items : sequence of (Formula, bool)
        sorts : mapping of str to str, optional
            Of the names in use; by default the claim's.
        binders : mapping of str to str, optional
            Of quantified names; by default the claim's.
        """
        found = cases(items, self.sorts if sorts is None else sorts, self.sorts if binders is None else binders)
        return [self.facts(case) for case in found]

    def facts(self, case: Case) -> Branch:
        """The facts of a case."""
        return Branch([self.literal(part, wanted) for part, wanted in case.parts], case.sorts)


def is_atom(tree: Any) -> bool:
    """Whether a term is a generator of polynomials in its own right."""
    if isinstance(tree, Operation):
        return tree.operator in FUNCTIONS or (tree.operator == "**" and integer_exponent(tree.arguments[1]) is None)
    return isinstance(tree, Binder)


def integer_exponent(tree: Term) -> int | None:
    """The integer that an exponent is, None if it depends on variables.

    Raises
    ------
    Unsupported
        If it is a constant but no integer, or above 1000.
    """
    match tree:
        case Operation(operator="neg", arguments=(Number(value=value),)):
            n = -value
        case Number(value=value):
            n = value
        case Variable():
            return None
        case _:
            constant = _constant(tree)
            if constant is None:
                return None
            n = constant
    if n.denominator != 1 or abs(n) > MAX_EXPONENT:
        raise Unsupported(f"certificates do not cover the exponent {n}")
    return int(n)


@lru_cache(maxsize=10_000)
def _constant(tree: Term) -> Fraction | None:
    """The number that a term is identically, if its quotient is one."""
    numerator, below = Algebra(sorted(free_names(tree)), [tree]).quotient(tree)
    if below or not numerator.is_ground:
        return None
    return rational(numerator.coeff(1))


def integral(tree: Term, sorts: Mapping[str, str]) -> bool:
    """Whether a term is an integer by its form: integer names and numbers with + - * ** and binomial."""
    match tree:
        case Number(value=value):
            return value.denominator == 1
        case Variable(name=name):
            return sorts.get(name) == "integer"
        case Operation(operator="**", arguments=(a, b)):
            n = integer_exponent(b)
            return n is not None and n >= 0 and integral(a, sorts)
        case Operation(operator=("+" | "-" | "*" | "neg" | "binomial"), arguments=arguments):
            return all(integral(argument, sorts) for argument in arguments)
    return False


def divisor_factors(tree: Term) -> list[Term]:
    """The terms whose product a divisor is: products and powers are taken apart."""
    found = [tree]
    match tree:
        case Operation(operator="*", arguments=(a, b)):
            found = divisor_factors(a) + divisor_factors(b)
        case Operation(operator="**", arguments=(a, b)) if (n := integer_exponent(b) or 0) > 0:
            base = divisor_factors(a)
            if len(base) * n > MAX_EXPONENT:
                raise Unsupported(f"certificates do not cover divisors of more than {MAX_EXPONENT} factors")
            found = base * n
        case Operation(operator="neg", arguments=(a,)):
            return divisor_factors(a)
        case Number(value=value) if value != 0:
            return []
    if len(found) > MAX_EXPONENT:
        raise Unsupported(f"certificates do not cover divisors of more than {MAX_EXPONENT} factors")
    return found
