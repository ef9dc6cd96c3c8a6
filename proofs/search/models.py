"""Points at which facts hold, by z3's nonlinear real arithmetic, shrunk to numbers that a person can read.

z3 only proposes: a point counts once exact evaluation confirms it, and 'unsatisfiable' is no certificate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random
from time import monotonic
from typing import Any, Final

from proofs.facts import HOLDS, Algebra, Literal, rational

Point = dict[str, Fraction]
SMALL: Final = tuple(Fraction(v) for v in ("1", "2", "1/2", "3", "0", "4", "1/4", "1/10", "5", "10", "-1"))
WHOLE: Final = (2, 3, 4, 5, 1, 6, 0, 8, 10, -1)
MAX_ASSIGNMENTS: Final = 60
SAMPLES: Final = 800
QUICK: Final = 400  # milliseconds for a first look
THOROUGH: Final = 2000  # milliseconds for a second one
SEARCH_SECONDS: Final = 4.0  # for trying integers one after another


@dataclass(frozen=True, slots=True)
class Outcome:
    """What z3 said of a branch: 'sat' with a point, 'unsat', or 'unknown' (`irrational`: it has no rational point)."""

    answer: str
    point: Point | None = None
    irrational: bool = False


class ModelFinder:
    """z3 over the variables of one claim.

    Parameters
    ----------
    algebra : Algebra
    sorts : mapping of str to str
        "real" or "integer" for each variable.
    deadline : float
        On the clock of `time.monotonic`.
    """

    def __init__(self, algebra: Algebra, sorts: Mapping[str, str], deadline: float) -> None:
        import z3

        self.z3 = z3
        self.algebra = algebra
        self.sorts = sorts
        self.deadline = deadline
        self.variables = {name: z3.Real(name) for name in algebra.names}

    def glance(self, branch: Sequence[Literal]) -> Outcome:
        """A quick look at whether the facts of a branch can hold together."""
        answer = self._check(self._solver(branch), QUICK)
        point = self._sampled(branch) if answer == "unknown" else None
        return Outcome("sat", point) if point is not None else Outcome("unsat" if answer == "unsat" else "unknown")

    def ask(self, branch: Sequence[Literal]) -> Outcome:
        """Whether the facts of a branch can hold together."""
        relaxed = self._solver(branch)
        answer = self._check(relaxed, THOROUGH)
        if answer == "unsat":
            return Outcome("unsat")
        if answer == "unknown" and (point := self._sampled(branch)) is not None:
            return Outcome("sat", point)
        until = monotonic() + SEARCH_SECONDS
        whole = [name for name, sort in self.sorts.items() if sort == "integer"]
        if not whole:
            point = self._shrunk(relaxed, {}) if answer == "sat" else None
            return Outcome("sat", point) if point is not None else Outcome("unknown", irrational=answer == "sat")
        for values in sorted(product(WHOLE, repeat=len(whole)), key=_size)[: MAX_ASSIGNMENTS * len(whole)]:
            if monotonic() > min(until, self.deadline):
                break
            fixed = dict(zip(whole, map(Fraction, values), strict=True))
            if not self._plausible(branch, fixed):
                continue
            relaxed.push()
            relaxed.add(*(self.variables[name] == self._value(v) for name, v in fixed.items()))
            point = self._shrunk(relaxed, fixed) if self._check(relaxed, 1000) == "sat" else None
            relaxed.pop()
            if point is not None:
                return Outcome("sat", point)
        point = self._sampled(branch) if answer == "sat" else None  # z3 may know more than it can say in time
        return Outcome("sat", point) if point is not None else Outcome("unknown")

    def _sampled(self, branch: Sequence[Literal]) -> Point | None:
        """A point among small rational ones, each equation solved for a variable that it is linear in."""
        if monotonic() > self.deadline:
            return None
        rng = Random(0)
        equations: list[tuple[str, Any]] = []
        for literal in branch:
            if literal.relation == "==":
                linear = [n for n, v in self.algebra.variables.items() if literal.polynomial.degree(v) == 1]
                fresh = [n for n in linear if all(n != name for name, _ in equations)]
                equations += [(fresh[-1], literal.polynomial)] if fresh else []
        dependent = {name for name, _ in equations}
        choices = {name: self._choices(branch, name) for name in self.sorts if name not in dependent}
        for _ in range(SAMPLES if all(choices.values()) else 0):
            point = {name: rng.choice(values) for name, values in choices.items()}
            if self._complete(point, equations) and all(
                HOLDS[f.relation](self.algebra.value(f.polynomial, point)) for f in branch
            ):
                return {name: point[name] for name in self.sorts}
        return None

    def _choices(self, branch: Sequence[Literal], name: str) -> list[Fraction]:
        """The small values of a variable that the facts about it alone admit."""
        about = [f for f in branch if self._names(f.polynomial) == {name}]
        values = [Fraction(v) for v in WHOLE] if self.sorts[name] == "integer" else list(SMALL)
        return [v for v in values if all(HOLDS[f.relation](self.algebra.value(f.polynomial, {name: v})) for f in about)]

    def _names(self, polynomial: Any) -> set[str]:
        """The variables that occur in a polynomial."""
        degrees = polynomial.degrees() if polynomial else ()
        return {name for name, d in zip(self.algebra.names, degrees, strict=False) if d > 0}

    def _complete(self, point: Point, equations: list[tuple[str, Any]]) -> bool:
        """Solve the equations, each for its variable, as their other variables become known."""
        left = list(equations)
        while left:
            for item in left:
                name, polynomial = item
                used = self._names(polynomial)
                if used - point.keys() == {name}:
                    slope = self.algebra.value(
                        polynomial.diff(self.algebra.variables[name]), {**point, name: Fraction(0)}
                    )
                    if slope == 0:
                        return False
                    point[name] = -self.algebra.value(polynomial, {**point, name: Fraction(0)}) / slope
                    if self.sorts[name] == "integer" and point[name].denominator != 1:
                        return False
                    left.remove(item)
                    break
            else:
                return False
        return True

    def _plausible(self, branch: Sequence[Literal], fixed: Point) -> bool:
        """Whether no fact about the integers alone fails."""
        names = set(fixed)
        for literal in branch:
            used = self._names(literal.polynomial)
            if used and used <= names:
                value = self.algebra.value(literal.polynomial, fixed)
                if not HOLDS[literal.relation](value):
                    return False
        return True

    def _solver(self, branch: Sequence[Literal]) -> Any:
        solver = self.z3.Solver()
        for literal in branch:
            term = self._polynomial(literal.polynomial)
            comparison = {">": term > 0, ">=": term >= 0, "==": term == 0, "!=": term != 0}[literal.relation]
            solver.add(comparison)
        return solver

    def _polynomial(self, polynomial: Any) -> Any:
        total: Any = self.z3.RealVal(0)
        for monomial, coefficient in polynomial.terms():
            term: Any = self._value(rational(coefficient))
            for name, n in zip(self.algebra.names, monomial, strict=True):
                for _ in range(n):
                    term = term * self.variables[name]
            total = total + term
        return total

    def _value(self, value: Fraction) -> Any:
        return self.z3.Q(value.numerator, value.denominator)

    def _check(self, solver: Any, milliseconds: int) -> str:
        left = int(1000 * (self.deadline - monotonic()))
        if left <= 0:
            return "unknown"
        solver.set("timeout", min(milliseconds, left))
        return str(solver.check())

    def _shrunk(self, solver: Any, fixed: Point) -> Point | None:
        """A model of the solver's facts with small numbers, one variable after another; None if none is rational."""
        point = dict(fixed)
        left = [name for name in self.algebra.names if name in self.sorts and name not in fixed]
        depth = 0
        for name in left:
            for value in self._candidates(solver, name):
                solver.push()
                solver.add(self.variables[name] == self._value(value))
                if self._check(solver, 500) == "sat":
                    depth += 1
                    point[name] = value
                    break
                solver.pop()
        if depth:
            solver.pop(depth)
        return {n: point[n] for n in self.sorts} if len(point) == len(self.sorts) else None

    def _candidates(self, solver: Any, name: str) -> list[Fraction]:
        """Small values, then what the last model says, if rational, or near it."""
        found = list(SMALL)
        if self._check(solver, 1000) == "sat":
            value = solver.model().eval(self.variables[name], model_completion=True)
            if not self.z3.is_rational_value(value):
                value = value.approx(6)
            exact = exact_value(self.z3, value)
            if exact is not None:
                found += [exact.limit_denominator(d) for d in (10, 100, 1000)] + [exact]
        return list(dict.fromkeys(found))


def exact_value(z3: Any, value: Any) -> Fraction | None:
    """A value of a model of z3, if it is rational and not too long for Python to read."""
    try:
        if z3.is_int_value(value):
            return Fraction(value.as_long())
        if z3.is_rational_value(value):
            return Fraction(value.numerator_as_long(), value.denominator_as_long())
    except ValueError:  # Python refuses to read integers of more than some thousand digits
        pass
    return None


def _size(values: tuple[int, ...]) -> tuple[int, ...]:
    """Small assignments first, in the order of WHOLE."""
    ranks = tuple(WHOLE.index(v) for v in values)
    return (sum(ranks), *ranks)
