"""Which lemmas are worth a try for the atoms in some facts: definitions first, then relations between atoms.

Level 1 says what each atom is: bounds and the equation that defines it. Level 2 relates atoms: powers to the next lower
exponent, exponentials of two terms through that of their difference, a Sum to the Sum without its last term. Level 3
does so again for the powers, binomials and Sums that came with level 2. Levels 4
and 5 add Taylor polynomials.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType
from typing import Any, Final

from proofs.algebra import Algebra, integer_exponent, integral, rational
from proofs.cases import Unsupported, replaced
from proofs.language import Binder, Number, Operation, Term, free_names, parse_term, walk
from proofs.search.closing import text
from proofs.search.lemmas import ONE, ZERO, Lemma, counted, extreme, same, simple, sum_empty, sum_end, taylor
from proofs.search.sums import separated

MAX_TERMS: Final = 24  # of a Sum that is written out
MAX_ATOMS: Final = 6  # of a kind, that are related to each other
LEVELS: Final = (1, 1, 1, 2, 1, 3, 1, 4, 5)  # in this order: new atoms have definitions too


def proposals(
    level: int,
    atoms: Sequence[Term],
    sorts: Mapping[str, str],
    fixed: Mapping[str, Fraction] = MappingProxyType({}),
    compared: Sequence[Term] = (),
) -> Iterator[Lemma]:
    """Lemmas about atoms.

    Parameters
    ----------
    level : int
        One of `LEVELS`.
    atoms : sequence of Term
    sorts : mapping of str to str
    fixed : mapping of str to Fraction
        Integers that can be one number only.
    compared : sequence of Term
        What logarithms are compared with.
    """
    kinds: dict[str, list[Any]] = {}
    for atom in atoms:
        kinds.setdefault(atom.operator if isinstance(atom, Operation | Binder) else "", []).append(atom)
    if level == 1:
        for atom in atoms:
            yield from _own(atom, sorts)
        for name, number in fixed.items():
            yield from _at_number(name, number, atoms)
        return
    if level != 3:
        arguments = [atom.arguments[0] for atom in kinds.get("exp", [])] + kinds.get("log", []) + list(compared)
        yield from _exponentials(level, arguments)
    if level == 2:
        yield from _logarithms(kinds.get("log", []))
    if level in (2, 3):
        yield from _powers(kinds.get("**", []))
        for atom in kinds.get("binomial", []):
            yield simple("binomial-absorb", *atom.arguments)
            yield simple("binomial-pascal", *atom.arguments)
        for atom in kinds.get("Sum", []):
            yield sum_end(atom, last=True)
            yield sum_end(atom, last=False)


def _own(atom: Term, sorts: Mapping[str, str]) -> Iterator[Lemma]:
    """What an atom is by itself."""
    match atom:
        case Operation(operator=("abs" | "sqrt") as name, arguments=(t,)):
            yield simple(name, t)
        case Operation(operator="min" | "max"):
            yield extreme(atom)
        case Operation(operator="exp", arguments=(t,)):
            yield from _exponential(t)
        case Operation(operator="log", arguments=(t,)):
            yield simple("exp-log", t)
            yield simple("exp-tangent", atom)
            if isinstance(t, Operation) and t.operator == "exp":
                yield simple("log-exp", *t.arguments)
        case Operation(operator="**", arguments=(base, n)):
            yield simple("power-nonnegative", base, n)
            yield simple("power-positive", base, n)
            yield simple("power-unit", base, n)
            yield simple("bernoulli", tidy(Operation("-", (base, ONE))), n)
            yield simple("power-zero", base, n)
        case Operation(operator="binomial", arguments=(n, k)):
            yield simple("binomial-nonnegative", n, k)
            yield simple("binomial-edge", n, k)
            yield simple("binomial-outside", n, k)
        case Binder(operator="count_roots") if not free_names(atom):
            yield from counted(atom)
        case Binder(operator="Sum"):
            yield sum_empty(atom)
            yield from _written_out(atom)
            yield from separated(atom)
            yield from _binomial_sums(atom, sorts)


def _written_out(tree: Binder) -> Iterator[Lemma]:
    """A Sum of a few terms."""
    terms = constant(difference(tree.high, tree.low))
    if terms is None or not -1 < terms < MAX_TERMS:
        return
    for i in range(int(terms) + 1):
        shorter = Binder("Sum", tree.body, tree.name, tree.low, tidy(difference(tree.high, Number(Fraction(i)))))
        yield sum_end(shorter, last=True)
    yield sum_empty(Binder("Sum", tree.body, tree.name, tree.low, tidy(difference(tree.low, ONE))))


def _at_number(name: str, number: Fraction, atoms: Sequence[Term]) -> Iterator[Lemma]:
    """Powers and binomials of an integer that is a certain number."""
    for atom in atoms:
        if isinstance(atom, Operation) and atom.operator in ("**", "binomial") and name in free_names(atom):
            there = replaced(atom, {name: Number(number)})
            yield same(atom, there)


def _exponential(t: Term) -> Iterator[Lemma]:
    if is_zero(t):
        yield simple("exp-zero")
        return
    yield simple("exp-positive", t)
    yield simple("exp-tangent", t)


@lru_cache(maxsize=5000)
def quotient(term: Term) -> tuple[Any, dict[Any, int]] | None:
    """A term as numerator and divisors; None where certificates do not cover it."""
    try:
        return Algebra(sorted(free_names(term)), [term]).quotient(term)
    except Unsupported:
        return None


def is_zero(term: Term) -> bool:
    """Whether a term is identically zero."""
    found = quotient(term)
    return found is not None and not found[0]


def tidy(term: Term) -> Term:
    """The same term as a sum of monomials, if it is a polynomial."""
    found = quotient(term)
    return term if found is None or found[1] else parse_term(text(found[0]), where="lemma")


def difference(a: Term, b: Term) -> Term:
    """The term a - b."""
    return Operation("-", (a, b))


def constant(term: Term) -> Fraction | None:
    """The number that a term is identically."""
    found = quotient(term)
    return None if found is None or found[1] or not found[0].is_ground else rational(found[0].coeff(1))


def _exponentials(level: int, given: Sequence[Term]) -> Iterator[Lemma]:
    """Relations of exponentials with each other; levels 4 and 5: better bounds of each."""
    arguments = [t for t in _different(given) if not is_zero(t)][:MAX_ATOMS]
    if level == 2:
        for a, b in combinations(arguments, 2):
            if is_zero(Operation("+", (a, b))):
                continue
            for c in arguments:
                if is_zero(difference(Operation("+", (a, b)), c)):
                    yield from _exp_sum(a, b, [c])
            for x, y in ((a, b), (b, a)):
                gap = tidy(difference(y, x))
                yield from _exp_sum(x, gap, [y])
                yield simple("exp-tangent", gap)
            yield simple("exp-positive", tidy(difference(b, a)))
            if not (free_names(a) and free_names(b)):  # a tangent of log, through that of exp at -(a + b)
                both = tidy(Operation("+", (a, b)))
                minus = tidy(Operation("neg", (both,)))
                yield simple("exp-sum", a, b)
                yield simple("exp-tangent", minus)
                yield from _exp_sum(both, minus, [ZERO])
        for a in arguments:
            minus = tidy(Operation("neg", (a,)))
            yield from _exp_sum(a, minus, [ZERO])
            yield simple("exp-tangent", minus)
            for c in arguments:
                if is_zero(difference(difference(c, a), a)):
                    yield from _exp_sum(a, a, [c])
        if arguments:
            yield simple("exp-zero")
    else:
        for a in arguments:
            order = 3 if level == 4 else 7 if len(arguments) == 1 else 5
            yield taylor(a, order)
            yield taylor(tidy(Operation("neg", (a,))), order)


def _exp_sum(a: Term, b: Term, known: Sequence[Term]) -> Iterator[Lemma]:
    """Of a sum; where it is a known term but for divisors that cancel, the two are said to be the same."""
    yield simple("exp-sum", a, b)
    total = Operation("exp", (Operation("+", (a, b)),))
    for other in (Operation("exp", (term,)) for term in known):
        grown = Algebra(sorted(free_names(total) | free_names(other)), [total, other])
        if grown.quotient(total) != grown.quotient(other):
            yield same(total, other)


def _different(terms: Iterable[Term]) -> list[Term]:
    found: list[Term] = []
    for term in terms:
        if not any(is_zero(difference(term, other)) for other in found):
            found.append(term)
    return found


def _logarithms(logs: Sequence[Any]) -> Iterator[Lemma]:
    """Logarithms of terms and of their product."""
    arguments = [atom.arguments[0] for atom in logs][:MAX_ATOMS]
    for a in arguments:
        for b in arguments:
            for c in arguments:
                if is_zero(difference(Operation("*", (a, b)), c)):
                    yield simple("log-product", a, b)


def _powers(powers: Sequence[Any]) -> Iterator[Lemma]:
    """Powers of one base, and of one exponent."""
    for atom in powers[:MAX_ATOMS]:
        base, n = atom.arguments
        lower = tidy(difference(n, ONE))
        yield simple("power-step", base, n)
        yield from (lemma for lemma in _bounds_of_power(base, lower))
    for first, second in combinations(powers[:MAX_ATOMS], 2):
        (a, m), (b, n) = first.arguments, second.arguments
        if is_zero(difference(a, b)):
            gap = constant(difference(m, n))
            if gap is not None and gap not in (0, 1, -1):
                yield from _ladder(a, m if gap > 0 else n, int(abs(gap)))
            elif gap is None:
                for low, high in ((n, m), (m, n)):
                    rest = tidy(difference(high, low))
                    yield simple("power-sum", a, low, rest)
                    yield from _bounds_of_power(a, rest)
        elif is_zero(difference(m, n)):
            yield simple("power-monotone", a, b, n)
            yield simple("power-monotone", b, a, n)
            yield simple("power-product", a, b, n)
            yield from _quotients(powers, a, b, n)


def _quotients(powers: Sequence[Any], a: Term, b: Term, n: Term) -> Iterator[Lemma]:
    for other in powers:
        c, _ = other.arguments
        if is_zero(difference(Operation("*", (c, a)), b)):
            yield simple("power-product", c, a, n)


def _bounds_of_power(base: Term, n: Term) -> Iterator[Lemma]:
    yield simple("power-nonnegative", base, n)
    yield simple("power-positive", base, n)
    yield simple("power-unit", base, n)


def _ladder(base: Term, n: Term, steps: int) -> Iterator[Lemma]:
    for i in range(min(steps, 4)):
        yield simple("power-step", base, tidy(difference(n, Number(Fraction(i)))))


def _binomial_sums(atom: Binder, sorts: Mapping[str, str]) -> Iterator[Lemma]:
    """The binomial theorem and the mean, where the Sum is of their form."""
    n = atom.high
    if not any(isinstance(node, Operation) and node.operator == "binomial" for node in walk(atom.body)):
        return
    bases = [
        node.arguments[0]
        for node in walk(atom.body)
        if isinstance(node, Operation) and node.operator == "**" and integer_exponent(node.arguments[1]) is None
    ]
    bases = _different([*(b for b in bases if integral(n, sorts)), ONE])[:3]
    for x in bases:
        for name, terms in [("binomial-theorem", (x, y, n)) for y in bases if y != x] + [("binomial-mean", (x, n))]:
            lemma = simple(name, *terms)
            side = lemma.facts[0].left
            if is_zero(difference(atom, side)):
                yield lemma
