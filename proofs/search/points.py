"""Points at which given formulas come out as wanted: small numbers first, then cells of lines, made short in the end.

1. Small rational points, the shortest first.
2. Lines: all variables but one are given small values; where a comparison is polynomial in the last one, its roots
   (rational or algebraic) and numbers between them are tried. In one variable that is a complete search.
3. Equations that are linear in a variable are solved for it before, so that fewer variables are left.

A point counts once exact evaluation, or intervals that tell, confirm every formula. Integers stay integers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, pairwise
from math import ceil, floor
from time import monotonic
from typing import Any, Final

from gametheory.algebra.roots import AlgebraicNumber, primitive, trimmed
from proofs.cases import Unsupported, replaced
from proofs.enclosures import Unclear
from proofs.evaluate import Coordinate, NoValue, enclosed, truth, univariate
from proofs.language import (
    Comparison,
    Connective,
    Formula,
    Number,
    Operation,
    Term,
    Variable,
    free_names,
    walk,
)
from proofs.search.fields import in_one_field
from proofs.surds import Surd

Goal = Sequence[tuple[Formula, bool]]
AnyPoint = dict[str, Coordinate]
HALVES: Final = ((0, 1), (1, 1), (1, 2), (2, 1), (-1, 1), (3, 1), (1, 4), (3, 4), (-2, 1), (1, 3), (4, 1), (3, 2))
FARTHER: Final = ((5, 1), (1, 10), (-1, 2), (10, 1), (-3, 1), (9, 10), (2, 3), (100, 1), (-10, 1), (1, 100))
SMALL: Final = tuple(Fraction(*pair) for pair in (*HALVES, *FARTHER))
WHOLE: Final = tuple(Fraction(n) for n in (2, 3, 1, 0, 4, 5, -1, 6, 8, 10, -2, 7, 12, 20))
MAX_DEGREE: Final = 12
BITS: Final = (64, 160)  # of intervals


@dataclass(slots=True)
class PointSearch:
    """The search for a point.

    Parameters
    ----------
    goal : sequence of (Formula, bool)
        Formulas without quantifiers, each with the truth it is to have, looked at in order.
    sorts : mapping of str to str
    deadline : float
        On the clock of `time.monotonic`.
    hints : sequence of (Formula, bool)
        More formulas whose numbers are worth a try.
    """

    goal: Goal
    sorts: Mapping[str, str]
    deadline: float
    hints: Goal = ()
    solved: list[tuple[str, Term]] = field(init=False)
    free: list[str] = field(init=False)
    comparisons: list[Comparison] = field(init=False)
    choices: dict[str, list[Coordinate]] = field(init=False)

    def __post_init__(self) -> None:
        self.solved = _solved(self.goal, self.sorts)
        dependent = {name for name, _ in self.solved}
        self.free = [name for name in self.sorts if name not in dependent]
        self.comparisons = [c for tree, _ in self.goal for c in walk(tree) if isinstance(c, Comparison)]
        self.choices = {name: self._choices(name) for name in self.free}

    def run(self, tries: int | None = None) -> AnyPoint | None:
        """A short point, or None; `tries` limits how many are looked at."""
        for point in islice(self._candidates(), tries):
            if monotonic() > self.deadline:
                return None
            if self.holds(point):
                return self.shortened(point)
        return None

    def all(self) -> Iterator[AnyPoint]:
        """Points, shorter ones first."""
        for point in self._candidates():
            if monotonic() > self.deadline:
                return
            if self.holds(point):
                yield point

    def holds(self, point: AnyPoint) -> bool:
        """Whether every formula has its truth at a point."""
        return _holds(self.goal, point)

    def _choices(self, name: str) -> list[Coordinate]:
        """Small values and the numbers of the claim that formulas about this variable alone admit."""
        alone = [item for item in self.goal if free_names(item[0]) == {name}]
        values = list(WHOLE if self.sorts[name] == "integer" else SMALL)
        trees = [tree for tree, _ in (*self.goal, *self.hints)]
        numbers = {n.value for tree in trees for n in walk(tree) if isinstance(n, Number)}
        values += sorted(v for v in numbers if self.sorts[name] == "real" or v.denominator == 1)
        admitted: list[Coordinate] = [v for v in dict.fromkeys(values) if _holds(alone, {name: v})]
        if not admitted:  # a range or a set of roots that no small number is in
            admitted = list(islice((v for v in self._cells(name, {}, alone) if _holds(alone, {name: v})), 5))
        return admitted

    def _candidates(self) -> Iterator[AnyPoint]:
        if not all(self.choices.values()):
            return
        for point in islice(self._tuples(self.free), 400):
            yield from self._completed(point)
        for count in (40, 400):
            for name in self.free:
                others = [other for other in self.free if other != name]
                for point in islice(self._tuples(others), count):
                    for coordinate in self._cells(name, point, self.goal):
                        yield from self._completed({**point, name: coordinate})
        for point in islice(self._tuples(self.free), 400, 8000):
            yield from self._completed(point)

    def _tuples(self, names: Sequence[str]) -> Iterator[AnyPoint]:
        """All points of small values, by the sum of the ranks of their coordinates."""
        most = sum(len(self.choices[name]) - 1 for name in names)
        for total in range(most + 1):
            for ranks in _ranks([len(self.choices[name]) for name in names], total):
                yield in_one_field({name: self.choices[name][r] for name, r in zip(names, ranks, strict=True)})

    def _completed(self, point: AnyPoint) -> Iterator[AnyPoint]:
        """The point with the solved variables computed."""
        whole = dict(point)
        for name, term in reversed(self.solved):
            try:
                found = enclosed(term, whole, bits=64)
            except (NoValue, Unsupported):
                return
            if not isinstance(found, Fraction | Surd):
                return
            if self.sorts[name] == "integer" and not (isinstance(found, Fraction) and found.denominator == 1):
                return
            whole[name] = found
        yield {name: whole[name] for name in self.sorts}

    def _cells(self, name: str, point: AnyPoint, goal: Goal) -> Iterator[Coordinate]:
        """Roots in one variable of the comparisons, and numbers between and beyond them."""
        definitions = [(n, t) for n, t in self.solved if goal is self.goal]
        found: list[Fraction | AlgebraicNumber] = []
        for tree, _ in goal:
            for comparison in walk(tree):
                if isinstance(comparison, Comparison):
                    found += _roots(_inserted(comparison, definitions), name, point)
        if not found:
            return
        integral = self.sorts[name] == "integer"
        yield from _samples(_ordered(found), integral=integral)

    def shortened(self, point: AnyPoint) -> AnyPoint:
        """The point with each coordinate replaced by the shortest number that will do."""
        best = dict(point)
        changed = True
        while changed and monotonic() < self.deadline:
            changed = False
            for name in self.free:
                now = best[name]
                for shorter in _shorter(now, self.sorts[name]) if isinstance(now, Fraction) else SMALL:
                    if self.sorts[name] == "integer" and shorter.denominator != 1:
                        continue
                    tried = {n: v for n, v in best.items() if n in self.free} | {name: shorter}
                    other = next((p for p in self._completed_safely(tried) if self.holds(p)), None)
                    if other is not None and monotonic() < self.deadline:
                        best, changed = other, True
                        break
        return best

    def _completed_safely(self, point: AnyPoint) -> list[AnyPoint]:
        roots = {id(v.root) for v in point.values() if isinstance(v, Surd)}
        return list(self._completed(point)) if len(roots) <= 1 else []


def _holds(goal: Goal, point: AnyPoint) -> bool:
    try:
        return all(truth(tree, point, BITS) == wanted for tree, wanted in goal)
    except (NoValue, Unsupported, Unclear, KeyError):
        return False


def _ranks(sizes: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    """Tuples of numbers below their sizes with a given sum."""
    if not sizes:
        if total == 0:
            yield ()
        return
    for first in range(min(sizes[0] - 1, total) + 1):
        for rest in _ranks(sizes[1:], total - first):
            yield (first, *rest)


def _solved(goal: Goal, sorts: Mapping[str, str]) -> list[tuple[str, Term]]:
    """Variables that an equation among the goal gives: each by a term in those not solved before it."""
    found: list[tuple[str, Term]] = []
    for equation in _equations(goal):
        tree = _inserted(equation, found)
        taken = {name for name, _ in found} | {n for _, term in found for n in free_names(term)}
        for name in sorted(free_names(tree) - taken, key=lambda n: sorts[n] == "integer"):
            if (term := _linear_solution(tree, name)) is not None:
                found = [(n, replaced(t, {name: term})) for n, t in found]
                found.append((name, term))
                break
    return found


def _equations(goal: Goal) -> Iterator[Comparison]:
    for tree, wanted in goal:
        match tree:
            case Comparison(relation="==") if wanted:
                yield tree
            case Comparison(relation="!=") if not wanted:
                yield tree
            case Connective(operator="and", arguments=parts) if wanted:
                yield from _equations([(part, True) for part in parts])
            case Connective(operator="or", arguments=parts) if not wanted:
                yield from _equations([(part, False) for part in parts])
            case Connective(operator="implies", arguments=(a, b)) if not wanted:
                yield from _equations([(a, True), (b, False)])
            case Connective(operator="not", arguments=(a,)):
                yield from _equations([(a, not wanted)])


def _linear_solution(equation: Comparison, name: str) -> Term | None:
    """The term that an equation a*x + b == 0 with a constant gives for x: -b/a."""
    difference = Operation("-", (equation.left, equation.right))
    slope = _slope(difference, name)
    if not slope:
        return None
    rest = replaced(difference, {name: Number(Fraction(0))})
    return Operation("*", (Number(-1 / slope), rest))


def _slope(tree: Term, name: str) -> Fraction | None:
    """The constant derivative of a term in a variable; None if it is not known to have one."""
    if name not in free_names(tree):
        return Fraction(0)
    match tree:
        case Variable():
            return Fraction(1)
        case Operation(operator="neg", arguments=(a,)):
            inner = _slope(a, name)
            return None if inner is None else -inner
        case Operation(operator=("+" | "-") as sign, arguments=(a, b)):
            first, second = _slope(a, name), _slope(b, name)
            if first is None or second is None:
                return None
            return first + second if sign == "+" else first - second
        case Operation(operator=("*" | "/") as sign, arguments=(a, Number(value=c))) if c or sign == "*":
            inner = _slope(a, name)
            return None if inner is None else (inner * c if sign == "*" else inner / c)
        case Operation(operator="*", arguments=(Number(value=c), b)):
            inner = _slope(b, name)
            return None if inner is None else inner * c
    return None


def _inserted(comparison: Comparison, definitions: Iterable[tuple[str, Term]]) -> Comparison:
    for name, term in definitions:
        comparison = replaced(comparison, {name: term})
    return comparison


def _roots(comparison: Comparison, name: str, point: AnyPoint) -> list[Fraction | AlgebraicNumber]:
    """Where the two sides of a comparison meet as one variable moves, if they are rational functions of it."""
    names = free_names(comparison)
    if name not in names or not names <= {name, *point}:
        return []
    try:
        coefficients = univariate(Operation("-", (comparison.left, comparison.right)), name, point)
    except (NoValue, Unsupported, Unclear):
        return []
    if not 2 <= len(coefficients) <= MAX_DEGREE + 1:
        return []
    return real_roots(coefficients)


def real_roots(coefficients: Sequence[Fraction]) -> list[Fraction | AlgebraicNumber]:
    """Distinct real roots of a polynomial, each algebraic one by its irreducible polynomial."""
    import sympy as sp

    def exact(number: Fraction) -> Any:
        return sp.Rational(number.numerator, number.denominator)

    polynomial = sp.Poly([exact(c) for c in reversed(coefficients)], sp.Symbol("x"), domain="QQ")
    found: list[Fraction | AlgebraicNumber] = []
    for factor, _ in polynomial.factor_list()[1]:
        whole = trimmed([Fraction(int(c.p), int(c.q)) for c in reversed(factor.all_coeffs())])
        if factor.degree() == 1:
            found.append(-whole[0] / whole[1])
            continue
        for (low, high), _ in factor.intervals(eps=sp.Rational(1, 4)):
            ends = Fraction(int(low.p), int(low.q)), Fraction(int(high.p), int(high.q))
            found.append(AlgebraicNumber(primitive(whole), *ends))
    return found


def _ordered(roots: Iterable[Fraction | AlgebraicNumber]) -> list[Fraction | AlgebraicNumber]:
    """Different roots, rising, in intervals that do not overlap."""
    listed = list({(r if isinstance(r, Fraction) else (r.coefficients, round(float(r), 9))): r for r in roots}.values())
    listed.sort(key=float)
    for width in (Fraction(1, 2**k) for k in (4, 10, 20, 40)):
        ends = [(r, r) if isinstance(r, Fraction) else (r.low, r.high) for r in listed]
        if all(high < low for (_, high), (low, _) in pairwise(ends)):
            break
        listed = [r if isinstance(r, Fraction) else r.refined(width) for r in listed]
    return listed


def _samples(roots: Sequence[Fraction | AlgebraicNumber], *, integral: bool) -> Iterator[Coordinate]:
    """A number in each cell that the roots cut the line into: rational ones first, roots themselves last."""
    ends = [(r, r) if isinstance(r, Fraction) else (r.low, r.high) for r in roots]
    rational = [r for r in roots if isinstance(r, Fraction)]
    inside = [(high, low) for (_, high), (low, _) in pairwise(ends) if high < low]
    if integral:
        near = [Fraction(n) for low, high in ends for n in (floor(low), ceil(high))]
        beyond = [Fraction(floor(ends[0][0]) - 1), Fraction(ceil(ends[-1][1]) + 1)]
        yield from dict.fromkeys(v for v in (*rational, *near, *beyond) if v.denominator == 1)
        return
    yield from rational
    yield from (simplest_between(low, high) for low, high in inside)
    yield from (Fraction(ceil(ends[-1][1])) + 1, Fraction(floor(ends[0][0])) - 1)
    for root in sorted(roots, key=lambda r: (float(r) < 0, abs(float(r)))):
        if isinstance(root, AlgebraicNumber):
            yield Surd((Fraction(0), Fraction(1)), root)


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The rational with the smallest denominator strictly between two others.

    Examples
    --------
    >>> str(simplest_between(Fraction(1, 5), Fraction(2, 7)))
    '1/4'
    """
    if low < 0 < high:
        return Fraction(0)
    if high <= 0:
        return -simplest_between(-high, -low)
    whole = floor(low)
    if whole + 1 < high:
        return Fraction(whole + 1)
    if low == whole:
        return whole + 1 / Fraction(floor(1 / (high - whole)) + 1)
    return whole + 1 / simplest_between(1 / (high - whole), 1 / (low - whole))


def _length(value: Fraction) -> tuple[int, int, int, bool]:
    """How long a number is to read: digits of its denominator and numerator, their size, its sign."""
    digits = len(str(value.denominator)) - (value.denominator == 1) + len(str(abs(value.numerator)))
    return digits, value.denominator, abs(value.numerator), value < 0


def _shorter(value: Fraction, sort: str) -> list[Fraction]:
    """Shorter numbers than this one, near it or small, the shortest first."""
    near = {value.limit_denominator(d) for d in (1, 2, 3, 4, 5, 8, 10, 20, 100, 1000)}
    near |= {Fraction(floor(value)), Fraction(ceil(value))}
    toward = -1 if value > 0 else 1
    near |= {Fraction(floor(value)) + toward * 2**k for k in range(max(1, abs(floor(value)).bit_length()))}
    candidates = near | set(SMALL) if sort == "real" else {*WHOLE, *(v for v in near if v.denominator == 1)}
    return sorted((v for v in candidates if _length(v) < _length(value)), key=_length)
