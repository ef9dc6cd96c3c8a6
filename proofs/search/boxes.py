"""Numbers that facts keep names between, and what that says of exp and log of terms: interval lemmas."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from proofs.algebra import Algebra, Literal, rational
from proofs.cases import Unsupported
from proofs.enclosures import Interval, Unclear, exponential, logarithm
from proofs.evaluate import NoValue, enclosed
from proofs.language import Comparison, Number, Operation, Term, free_names
from proofs.search.instances import ratio
from proofs.search.lemmas import Lemma

BITS: Final = 30
SLACK: Final = Fraction(1, 2**30)  # floats have to see that one number is above another
MAX_ARGUMENT: Final = 60  # of an exponential whose bounds are worth writing down
Ends = tuple[Fraction | None, Fraction | None]


def box(literals: Sequence[Literal], algebra: Algebra) -> dict[str, Ends]:
    """Bounds of generators by facts that are linear in one of them alone."""
    found: dict[str, Ends] = {}
    for literal in literals:
        p = literal.polynomial
        degrees = p.degrees() if p else ()
        used = [name for name, n in zip(algebra.names, degrees, strict=False) if n > 0]
        if len(used) != 1 or max(degrees) > 1 or literal.relation == "!=":
            continue
        slope = rational(p.diff(algebra.variables[used[0]]).LC)
        end = -rational(p.coeff(1)) / slope
        low, high = found.get(used[0], (None, None))
        if slope > 0 or literal.relation == "==":
            low = end if low is None else max(low, end)
        if slope < 0 or literal.relation == "==":
            high = end if high is None else min(high, end)
        found[used[0]] = (low, high)
    return found


def range_of(term: Term, ends: Mapping[str, Ends]) -> tuple[Fraction, Fraction] | None:
    """Numbers that a term lies between in a box, if its names are bounded."""
    point: dict[str, Any] = {}
    for name in free_names(term):
        low, high = ends.get(name, (None, None))
        if low is None or high is None or low > high:
            return None
        point[name] = low if low == high else Interval(low, high, 64)
    try:
        value: Any = enclosed(term, point, bits=64)
    except (NoValue, Unsupported, Unclear):
        return None
    return (value.low, value.high) if isinstance(value, Interval) else (value, value)


def interval_lemmas(algebra: Algebra, ends: Mapping[str, Ends]) -> Iterator[Lemma]:
    """Bounds of the exp and log atoms whose arguments are bounded."""
    for atom in algebra.atoms.values():
        if isinstance(atom, Operation) and atom.operator in ("exp", "log"):
            found = range_of(atom.arguments[0], ends)
            if found and found[0] >= -MAX_ARGUMENT and (atom.operator == "log" or found[1] <= MAX_ARGUMENT):
                yield from _interval(atom, *found)


def _interval(atom: Operation, low: Fraction, high: Fraction) -> Iterator[Lemma]:
    function = exponential if atom.operator == "exp" else logarithm
    low, high = _short(low, up=False), _short(high, up=True)
    if atom.operator == "log" and low <= 0:
        return
    c, d = function(Interval(low, low, BITS)).low, function(Interval(high, high, BITS)).high
    # the checker rounds too
    c, d = c - (1 + abs(c)) * SLACK, d + (1 + abs(d)) * SLACK
    t = atom.arguments[0]
    conditions = (Comparison(">=", t, Number(low)), Comparison("<=", t, Number(high)))
    facts = (Comparison(">=", atom, Number(c)), Comparison("<=", atom, Number(d)))
    yield Lemma(f"{atom.operator}-interval", (t, *map(Number, (low, high, c, d))), conditions, facts)


def _short(value: Fraction, *, up: bool) -> Fraction:
    """A number near a long one, above or below it."""
    if value.denominator < 10**6:
        return value
    scaled = value * 2**30
    return Fraction(
        -((-scaled.numerator) // scaled.denominator) if up else scaled.numerator // scaled.denominator, 2**30
    )


def widest(algebra: Algebra, ends: Mapping[str, Ends]) -> tuple[str, Fraction] | None:
    """The bounded name in an argument of exp or log with the widest bounds, and the middle of them."""
    names = frozenset[str]().union(
        *(free_names(a) for a in algebra.atoms.values() if isinstance(a, Operation) and a.operator in ("exp", "log"))
    )
    best: tuple[Fraction, str, Fraction] | None = None
    for name in sorted(names):
        low, high = ends.get(name, (None, None))
        if low is None or high is None or low >= high:
            return None
        if best is None or high - low > best[0]:
            best = (high - low, name, (low + high) / 2)
    return best[1:] if best else None


def solved_logarithms(literals: Sequence[Literal], algebra: Algebra) -> list[Term]:
    """Terms u of facts that compare log(t) with u: the solutions of those that are linear in a log."""
    found: dict[Term, None] = {}
    atoms = set(algebra.atoms)
    for literal in literals:
        p = literal.polynomial
        for name, atom in algebra.atoms.items():
            v = algebra.variables[name]
            if isinstance(atom, Operation) and atom.operator == "log" and p and p.degree(v) == 1:
                slope = p.diff(v)
                rest = v * slope - p
                used = (n for q in (slope, rest) for g, n in zip(algebra.names, q.degrees(), strict=True) if g in atoms)
                if rest and not rest.is_ground and not any(n > 0 for n in used):
                    found.setdefault(ratio(rest, slope))
    return list(found)
