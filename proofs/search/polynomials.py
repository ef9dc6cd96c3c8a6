"""Facts whose polynomials contradict each other: z3 says which of them to look at, `Refuter` finds the certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic, process_time
from typing import Any, Final

from proofs.algebra import Algebra, Literal, rational
from proofs.cases import Unsupported
from proofs.evaluate import NoValue, enclosed
from proofs.language import Quantifier, free_names
from proofs.search.closing import Proof, text
from proofs.search.refutation import OutOfTime, Refuter
from proofs.search.steps import Closed, Context, Known
from proofs.surds import Surd

SCREEN: Final = 400  # milliseconds that z3 has to say whether facts can hold together
MAX_GENERATORS: Final = 40
MAX_STRETCH: Final = 8.0
SHORT: Final = 20  # terms of a fact that is tried though z3 did not ask for it


@dataclass(slots=True)
class PolynomialCloser:
    """Closes contexts by polynomials in variables and atoms.

    Parameters
    ----------
    binders : mapping of str to str
        Sorts of the claim's variables.
    deadline : float
        On the clock of `time.monotonic`.
    witness : mapping of str to Fraction
        Where the assumptions hold, if such a point is known.
    """

    binders: Mapping[str, str]
    deadline: float
    witness: Mapping[str, Any] = field(default_factory=dict)
    began: tuple[float, float] = field(default_factory=lambda: (monotonic(), process_time()))

    def algebra(self, facts: Sequence[Known]) -> Algebra:
        """Polynomials in the names and atoms of the facts."""
        trees = [fact.formula for fact in facts]
        names = sorted(frozenset[str]().union(*map(free_names, trees)))
        return Algebra(names, trees, self.binders)

    def screened(self, context: Context, milliseconds: int = SCREEN) -> tuple[str, list[Known]]:
        """What z3 says of the facts, atoms being any numbers: 'sat', 'unsat' or 'unknown', and those it needs."""
        facts = [fact for fact in context.facts if not isinstance(fact.formula, Quantifier)]
        algebra = self.algebra(facts)
        literals = [algebra.literal(*fact.item) for fact in facts]
        answer, core = screen(literals, algebra, context.sorts, self._milliseconds(milliseconds))
        return answer, [facts[i] for i in core]

    def consistent_integers(self, context: Context) -> bool:
        """Whether z3 has values, integers for integers, at which the facts hold, atoms being any numbers."""
        facts = [fact for fact in context.facts if not isinstance(fact.formula, Quantifier)]
        algebra = self.algebra(facts)
        literals = [algebra.literal(*fact.item) for fact in facts]
        return screen(literals, algebra, context.sorts, self._milliseconds(SCREEN), integers=True)[0] == "sat"

    def close(self, context: Context, seconds: float) -> Closed | None:
        """A proof from polynomials alone."""
        if monotonic() > self.deadline:
            raise OutOfTime
        answer, core = self.screened(context, SCREEN if seconds <= 2 else 4 * SCREEN)
        if answer == "sat":
            return None
        if answer != "unsat":
            core = [fact for fact in context.facts if not isinstance(fact.formula, Quantifier)]
            algebra = self.algebra(core)
            core = [fact for fact in core if len(algebra.literal(*fact.item).polynomial) <= SHORT]
        if found := self._refuted(core, context.sorts, seconds):
            return found
        # z3 may lean on facts that certificates find hard to use: signs of names are easier
        simple = [fact for fact in self._bounds(context) if fact not in core] if answer == "unsat" else []
        return self._refuted([*core, *simple], context.sorts, seconds) if simple else None

    def _bounds(self, context: Context) -> list[Known]:
        """The facts about one name or atom that are linear in it."""
        facts = [fact for fact in context.facts if not isinstance(fact.formula, Quantifier)]
        algebra = self.algebra(facts)
        polynomials = [(fact, algebra.literal(*fact.item).polynomial) for fact in facts]
        return [f for f, p in polynomials if p and max(map(sum, p)) == 1 and sum(n > 0 for n in p.degrees()) == 1]

    def _refuted(self, facts: Sequence[Known], sorts: Mapping[str, str], seconds: float) -> Closed | None:
        algebra = self.algebra(facts)
        if len(algebra.names) > MAX_GENERATORS:
            return None
        literals = [algebra.literal(*fact.item) for fact in facts]
        for literal, fact in zip(literals, facts, strict=True):
            if proof := negative(literal):
                return Closed((fact,), proof)
        kinds = {name: sorts.get(name, "real") for name in algebra.names}
        until = min(self.deadline, monotonic() + self._stretch() * seconds)
        refuter = Refuter(algebra, kinds, self._values(algebra), until)
        try:
            proof = refuter.close(literals, len(literals))
        except OutOfTime:
            return None
        return None if proof is None else Closed(tuple(facts), proof)

    def _values(self, algebra: Algebra) -> dict[str, Fraction]:
        """Rough values of the generators at the witness: they guide the search and prove nothing."""
        point: dict[str, Any] = {name: self.witness.get(name, Fraction(1)) for name in algebra.plain}
        values: dict[str, Fraction] = {}
        for name in algebra.names:
            value: Any = point.get(name, Fraction(1))
            if name in algebra.atoms:
                try:
                    value = enclosed(algebra.atoms[name], point, bits=64)
                except (NoValue, Unsupported, KeyError):
                    value = Fraction(1)
            if isinstance(value, Surd):
                value = Fraction(float(value))
            values[name] = value if isinstance(value, Fraction) else (value.low + value.high) / 2
        return values

    def _stretch(self) -> float:
        """How much longer things take than they would on a processor of our own."""
        wall, own = monotonic() - self.began[0], process_time() - self.began[1]
        return min(MAX_STRETCH, max(1.0, wall / max(own, 0.05)))

    def _milliseconds(self, most: int) -> int:
        return max(1, min(int(self._stretch() * most), int(1000 * (self.deadline - monotonic()))))


def negative(literal: Literal) -> Proof | None:
    """A proof that a polynomial -c q^2 is not > 0."""
    p = literal.polynomial
    if literal.relation != ">" or not p or p.LC > 0:
        return None
    scale, factors = p.sqf_list()
    if scale > 0 or any(n % 2 for _, n in factors):
        return None
    root = p.ring.one
    for factor, n in factors:
        root *= factor ** (n // 2)
    return {"sum": [["1", {"0": 1}], [str(-rational(scale)), {}, text(root)]], "zero": {}}


def screen(
    literals: Sequence[Literal],
    algebra: Algebra,
    sorts: Mapping[str, str],
    milliseconds: int,
    *,
    integers: bool = False,
) -> tuple[str, list[int]]:
    """Whether facts can hold together as polynomials, and which of them cannot."""
    import z3

    solver = z3.Solver() if integers else z3.SolverFor("QF_NRA")
    solver.set("timeout", milliseconds)
    generators = {
        name: z3.ToReal(z3.Int(f"g{i}")) if integers and sorts.get(name) == "integer" else z3.Real(f"g{i}")
        for i, name in enumerate(algebra.names)
    }

    def translated(literal: Literal) -> Any:
        total: Any = z3.RealVal(0)
        for monomial, coefficient in literal.polynomial.terms():
            exact = rational(coefficient)
            term: Any = z3.Q(exact.numerator, exact.denominator)
            for name, n in zip(algebra.names, monomial, strict=True):
                for _ in range(n):
                    term = term * generators[name]
            total = total + term
        if literal.relation == ">" and _whole(literal, algebra, sorts):
            return total >= 1
        return {">": total > 0, ">=": total >= 0, "==": total == 0, "!=": total != 0}[literal.relation]

    for i, literal in enumerate(literals):
        solver.assert_and_track(translated(literal), f"f{i}")
    answer = str(solver.check())
    core = sorted(int(str(name)[1:]) for name in solver.unsat_core()) if answer == "unsat" else []
    return answer, core


def _whole(literal: Literal, algebra: Algebra, sorts: Mapping[str, str]) -> bool:
    """Whether a polynomial takes integer values by its form."""
    p = literal.polynomial
    used = [name for name, n in zip(algebra.names, p.degrees(), strict=True) if n > 0] if p else []
    return all(c.denominator == 1 for c in p.values()) and all(sorts.get(name) == "integer" for name in used)
