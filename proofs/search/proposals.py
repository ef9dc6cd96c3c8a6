"""Which lemmas are worth a try for the atoms in some facts: definitions first, then relations between atoms.

Level 1 says what each atom is: bounds and the equation that defines it. Level 2 relates atoms: powers to the next lower
exponent, exponentials of two terms through that of their difference, a Sum to the Sum without its last term. Level 3
adds Taylor polynomials.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any, Final

from proofs.algebra import Algebra, integer_exponent, integral, is_atom
from proofs.cases import Unsupported
from proofs.language import Binder, Number, Operation, Quantifier, Term, children, walk
from proofs.search.lemmas import ONE, Lemma, extreme, simple, sum_empty, sum_end, taylor

MAX_ATOMS: Final = 6  # of a kind, that are related to each other
LEVELS: Final = (1, 2, 3)


def atoms_of(trees: Iterable[Any]) -> list[Term]:
    """The atoms in terms and formulas, inner ones first; not those under quantifiers or inside of a Sum's body."""
    found: dict[Term, None] = {}

    def visit(tree: Any) -> None:
        if isinstance(tree, Quantifier):
            return
        for part in (tree.low, tree.high) if isinstance(tree, Binder) else children(tree):
            visit(part)
        if is_atom(tree):
            found.setdefault(tree)

    for tree in trees:
        visit(tree)
    return list(found)


def proposals(level: int, atoms: Sequence[Term], algebra: Algebra, sorts: Mapping[str, str]) -> Iterator[Lemma]:
    """Lemmas about atoms.

    Parameters
    ----------
    level : int
        One of `LEVELS`.
    atoms : sequence of Term
        Generators of the algebra.
    algebra : Algebra
    sorts : mapping of str to str
    """
    kinds: dict[str, list[Any]] = {}
    for atom in atoms:
        kinds.setdefault(atom.operator if isinstance(atom, Operation | Binder) else "", []).append(atom)
    if level == 1:
        for atom in atoms:
            yield from _own(atom, algebra, sorts)
        return
    yield from _exponentials(level, kinds.get("exp", []), kinds.get("log", []), algebra)
    if level == 2:
        yield from _logarithms(kinds.get("log", []), algebra)
        yield from _powers(kinds.get("**", []), algebra)
        for atom in kinds.get("binomial", []):
            yield simple("binomial-absorb", *atom.arguments)
            yield simple("binomial-pascal", *atom.arguments)
        for atom in kinds.get("Sum", []):
            yield sum_end(atom, last=True)
            yield sum_end(atom, last=False)


def _own(atom: Term, algebra: Algebra, sorts: Mapping[str, str]) -> Iterator[Lemma]:
    """What an atom is by itself."""
    match atom:
        case Operation(operator=("abs" | "sqrt") as name, arguments=(t,)):
            yield simple(name, t)
        case Operation(operator="min" | "max"):
            yield extreme(atom)
        case Operation(operator="exp", arguments=(t,)):
            yield from _exponential(t, algebra)
        case Operation(operator="log", arguments=(t,)):
            yield simple("exp-log", t)
            yield simple("exp-tangent", atom)
            if isinstance(t, Operation) and t.operator == "exp":
                yield simple("log-exp", *t.arguments)
        case Operation(operator="**", arguments=(base, n)):
            yield simple("power-nonnegative", base, n)
            yield simple("power-positive", base, n)
            yield simple("power-unit", base, n)
            yield simple("bernoulli", Operation("-", (base, ONE)), n)
            yield simple("power-zero", base, n)
        case Operation(operator="binomial", arguments=(n, k)):
            yield simple("binomial-nonnegative", n, k)
            yield simple("binomial-edge", n, k)
            yield simple("binomial-outside", n, k)
        case Binder(operator="Sum"):
            yield sum_empty(atom)
            yield from _binomial_sums(atom, algebra, sorts)


def _exponential(t: Term, algebra: Algebra) -> Iterator[Lemma]:
    if is_zero(t, algebra):
        yield simple("exp-zero")
        return
    yield simple("exp-positive", t)
    yield simple("exp-tangent", t)


def is_zero(term: Term, algebra: Algebra) -> bool:
    """Whether a term is identically zero."""
    try:
        return not algebra.including([term]).quotient(term)[0]
    except Unsupported:
        return False


def difference(a: Term, b: Term) -> Term:
    """The term a - b."""
    return Operation("-", (a, b))


def constant(term: Term, algebra: Algebra) -> Fraction | None:
    """The number that a term is identically."""
    from proofs.algebra import rational

    try:
        numerator, below = algebra.including([term]).quotient(term)
    except Unsupported:
        return None
    return rational(numerator.coeff(1)) if not below and numerator.is_ground else None


def _exponentials(level: int, exps: Sequence[Any], logs: Sequence[Any], algebra: Algebra) -> Iterator[Lemma]:
    """Relations of exponentials with each other; level 3: better bounds of each."""
    arguments = [atom.arguments[0] for atom in exps] + [atom for atom in logs]
    arguments = [t for t in _different(arguments, algebra) if not is_zero(t, algebra)][:MAX_ATOMS]
    if level == 2:
        for a, b in combinations(arguments, 2):
            if is_zero(Operation("+", (a, b)), algebra):
                yield simple("exp-sum", a, b)
                continue
            for c in arguments:
                if is_zero(difference(Operation("+", (a, b)), c), algebra):
                    yield simple("exp-sum", a, b)
            yield simple("exp-sum", a, difference(b, a))
            yield simple("exp-positive", difference(b, a))
            yield simple("exp-tangent", difference(b, a))
            yield simple("exp-sum", b, difference(a, b))
            yield simple("exp-tangent", difference(a, b))
        for a in arguments:
            minus = Operation("neg", (a,))
            yield simple("exp-sum", a, minus)
            yield simple("exp-tangent", minus)
            yield from (simple("exp-sum", a, a) for c in arguments if is_zero(difference(difference(c, a), a), algebra))
        yield simple("exp-zero")
    else:
        for a in arguments:
            yield taylor(a, 3)
            yield taylor(Operation("neg", (a,)), 3)


def _different(terms: Iterable[Term], algebra: Algebra) -> list[Term]:
    found: list[Term] = []
    for term in terms:
        if not any(is_zero(difference(term, other), algebra) for other in found):
            found.append(term)
    return found


def _logarithms(logs: Sequence[Any], algebra: Algebra) -> Iterator[Lemma]:
    """Logarithms of terms and of their product."""
    arguments = [atom.arguments[0] for atom in logs][:MAX_ATOMS]
    for a in arguments:
        for b in arguments:
            for c in arguments:
                if is_zero(difference(Operation("*", (a, b)), c), algebra):
                    yield simple("log-product", a, b)


def _powers(powers: Sequence[Any], algebra: Algebra) -> Iterator[Lemma]:
    """Powers of one base, and of one exponent."""
    for atom in powers[:MAX_ATOMS]:
        base, n = atom.arguments
        lower = difference(n, ONE)
        yield simple("power-step", base, n)
        yield from (lemma for lemma in _bounds_of_power(base, lower))
    for first, second in combinations(powers[:MAX_ATOMS], 2):
        (a, m), (b, n) = first.arguments, second.arguments
        if is_zero(difference(a, b), algebra):
            gap = constant(difference(m, n), algebra)
            if gap is not None and gap not in (0, 1, -1):
                yield from _ladder(a, m if gap > 0 else n, int(abs(gap)))
            elif gap is None:
                yield simple("power-sum", a, n, difference(m, n))
                yield simple("power-sum", a, m, difference(n, m))
                yield from (lemma for e in (difference(m, n), difference(n, m)) for lemma in _bounds_of_power(a, e))
        elif is_zero(difference(m, n), algebra):
            yield simple("power-monotone", a, b, n)
            yield simple("power-monotone", b, a, n)
            yield simple("power-product", a, b, n)
            yield from _quotients(powers, a, b, n, algebra)


def _quotients(powers: Sequence[Any], a: Term, b: Term, n: Term, algebra: Algebra) -> Iterator[Lemma]:
    for other in powers:
        c, _ = other.arguments
        if is_zero(difference(Operation("*", (c, a)), b), algebra):
            yield simple("power-product", c, a, n)


def _bounds_of_power(base: Term, n: Term) -> Iterator[Lemma]:
    yield simple("power-nonnegative", base, n)
    yield simple("power-positive", base, n)
    yield simple("power-unit", base, n)


def _ladder(base: Term, n: Term, steps: int) -> Iterator[Lemma]:
    for i in range(min(steps, 4)):
        yield simple("power-step", base, difference(n, Number(Fraction(i))) if i else n)


def _binomial_sums(atom: Binder, algebra: Algebra, sorts: Mapping[str, str]) -> Iterator[Lemma]:
    """The binomial theorem and the mean, where the Sum is of their form."""
    n = atom.high
    if not any(isinstance(node, Operation) and node.operator == "binomial" for node in walk(atom.body)):
        return
    bases = [
        node.arguments[0]
        for node in walk(atom.body)
        if isinstance(node, Operation) and node.operator == "**" and integer_exponent(node.arguments[1]) is None
    ]
    bases = _different([*(b for b in bases if integral(n, sorts)), ONE], Algebra(sorted(sorts)))[:3]
    for x in bases:
        for name, terms in [("binomial-theorem", (x, y, n)) for y in bases if y != x] + [("binomial-mean", (x, n))]:
            lemma = simple(name, *terms)
            side = lemma.facts[0].left
            if is_zero(difference(atom, side), algebra.including([side])):
                yield lemma
