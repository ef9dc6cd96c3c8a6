"""Numbers at which integers are split: a polynomial p of integers is >= 1 or <= 0."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import Any, Final

from proofs.algebra import Algebra, Literal, rational
from proofs.language import Comparison, Operation, Quantifier, parse_term
from proofs.search.closing import text
from proofs.search.lemmas import ZERO
from proofs.search.points import real_roots
from proofs.search.polynomials import PolynomialCloser
from proofs.search.steps import Context

MAX_SPLITS: Final = 6


def integer_splits(context: Context, closer: PolynomialCloser) -> Iterator[tuple[str, Comparison, Comparison]]:
    """Polynomials of integers worth a split, as text p, p > 0 and -p >= 0."""
    facts = [fact for fact in context.facts if not isinstance(fact.formula, Quantifier)]
    algebra = closer.algebra(facts)
    seen: dict[Any, None] = {}
    for fact in reversed(facts):
        literal = algebra.literal(*fact.item)
        if literal.polynomial:
            for p in _worth(literal.relation, literal.polynomial, algebra, context):
                seen.setdefault(p)
    for p in list(seen)[:MAX_SPLITS]:
        term = parse_term(text(p), where="split")
        yield text(p), Comparison(">", term, ZERO), Comparison(">=", Operation("neg", (term,)), ZERO)


def _worth(relation: str, p: Any, algebra: Algebra, context: Context) -> Iterator[Any]:
    used = [name for name, n in zip(algebra.names, p.degrees(), strict=True) if n > 0]
    if not used or any(context.sorts.get(name) != "integer" for name in used):
        return
    if len(used) == 1:
        yield from _at_roots(p, used[0], algebra)
    elif relation == "==" and all(sum(monomial) <= 1 for monomial in p):
        yield from _at_fraction(p, algebra)
    else:
        for factor, _ in p.factor_list()[1]:
            if _is_linear(factor):
                yield _integral(factor)


def _is_linear(p: Any) -> bool:
    return all(sum(monomial) <= 1 for monomial in p)


def _integral(p: Any) -> Any:
    """The multiple with integer coefficients."""
    return p * lcm(*(int(c.denominator) for c in p.values()))


def _at_roots(p: Any, name: str, algebra: Algebra) -> Iterator[Any]:
    """N - floor(root) for each root of a polynomial in one integer n."""
    position = algebra.names.index(name)
    coefficients = [Fraction(0)] * (max(monomial[position] for monomial in p) + 1)
    for monomial, c in p.items():
        coefficients[monomial[position]] = rational(c)
    for root in real_roots(coefficients):
        at = floor(root if isinstance(root, Fraction) else root.refined(Fraction(1, 2**20)).low)
        yield algebra.variables[name] - at
        if isinstance(root, Fraction) and root.denominator == 1:
            yield algebra.variables[name] - at + 1


def _at_fraction(p: Any, algebra: Algebra) -> Iterator[Any]:
    """For an equation g q + c == 0 with c / g no integer: q - floor(-c / g)."""
    whole = _integral(p)
    linear = {m: int(c) for m, c in whole.items() if sum(m)}
    rest = int(whole.get((0,) * len(algebra.names), 0))
    divisor = gcd(*linear.values())
    if divisor > 1 and rest % divisor:
        q = algebra.ring.from_dict({m: algebra.domain(c // divisor) for m, c in linear.items()})
        yield q - floor(Fraction(-rest, divisor))


def fixed_integers(literals: Sequence[Literal], algebra: Algebra, sorts: Mapping[str, str]) -> dict[str, Fraction]:
    """Integers with the same lower and upper bound by facts that are linear in them alone."""
    low: dict[str, int] = {}
    high: dict[str, int] = {}
    for literal in literals:
        p = literal.polynomial
        used = [name for name, n in zip(algebra.names, p.degrees(), strict=True) if n > 0] if p else []
        if len(used) != 1 or sorts.get(used[0]) != "integer" or not _is_linear(p) or literal.relation == "!=":
            continue
        slope = rational(p.diff(algebra.variables[used[0]]).LC)
        end = -rational(p.coeff(1)) / slope
        strict = literal.relation == ">"
        if slope > 0 or literal.relation == "==":
            low[used[0]] = max(low.get(used[0], -(10**9)), floor(end) + 1 if strict else ceil(end))
        if slope < 0 or literal.relation == "==":
            high[used[0]] = min(high.get(used[0], 10**9), ceil(end) - 1 if strict else floor(end))
    return {name: Fraction(n) for name, n in low.items() if high.get(name) == n}
