"""The search for proofs beyond polynomials: lemmas about atoms, instances of what holds for all, cases.

1. Polynomials alone, atoms being any numbers.
2. Lemmas about the atoms, level by level (`proposals`), each once its terms are defined and its conditions proved;
   after each level polynomials again. z3 says when more facts are needed, and which of those at hand matter.
3. Instances of facts that hold for all, at terms that the facts suggest (`instances`).
4. Cases: which argument a max is, the sign of what stands in abs, an integer below or above a number.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from proofs.algebra import Algebra, Literal
from proofs.cases import Item, Unsupported, cases
from proofs.facts import term_obligations
from proofs.language import Comparison, Formula, Number, Operation, Quantifier, Term, Variable, parse_term, render
from proofs.search.abbreviations import abbreviations
from proofs.search.boxes import box, interval_lemmas, solved_logarithms, widest
from proofs.search.following import LONG, Follower
from proofs.search.hints import Hint
from proofs.search.instances import candidates, instance_body
from proofs.search.lemmas import ONE, ZERO, Lemma
from proofs.search.polynomials import PolynomialCloser
from proofs.search.proposals import LEVELS, proposals
from proofs.search.refutation import OutOfTime
from proofs.search.splits import fixed_integers, integer_splits
from proofs.search.steps import (
    ByCases,
    ByInstance,
    ByInteger,
    BySplit,
    Context,
    Known,
    Step,
    Way,
    by_lemma,
    used,
)

QUICK: Final = 1.0  # seconds of a search for a condition
DEPTH: Final = 3
MAX_HALVINGS: Final = 6
MAX_FACTS: Final = 90
Wrap = Callable[[Step], Step]


@dataclass(slots=True)
class Prover:
    """Closes branches.

    Parameters
    ----------
    binders : mapping of str to str
        Sorts of the claim's variables.
    closer : PolynomialCloser
    deadline : float
        On the clock of `time.monotonic`.
    hints : tuple of Hint, optional
        What to try first.
    """

    binders: Mapping[str, str]
    closer: PolynomialCloser
    deadline: float
    hints: tuple[Hint, ...] = ()
    branch: int = 0  # how many branches have been begun

    def ways(
        self, context: Context, items: Sequence[Item], prove: Callable[[Context], Step | None]
    ) -> list[Way] | None:
        """The branches of some formulas after the facts of a context, each closed."""
        found = []
        for case in cases(items, context.sorts, self.binders):
            added = tuple(Known(*part) for part in case.parts)
            step = prove(context.extended(added, case.sorts))
            if step is None:
                return None
            found.append(Way(added, step))
        return found

    def close(self, context: Context, depth: int = DEPTH, parent: "_Branch | None" = None) -> Step | None:
        """A proof that the facts of a context contradict each other."""
        if monotonic() > self.deadline:
            raise OutOfTime
        self.branch += parent is None
        if closed := self.closer.close(context, QUICK):
            return closed
        return _Branch(self, context, depth, parent).run()

    def quick(self, context: Context) -> Step | None:
        """A proof by polynomials and the definitions of atoms alone."""
        return self.closer.close(context, QUICK)


class _Branch(Follower):
    """One branch on its way: facts are added by steps, each remembered as a function of what follows."""

    def __init__(self, prover: Prover, context: Context, depth: int, parent: "_Branch | None") -> None:
        self.prover = prover
        self.context = context
        self.depth = depth
        self.parent = parent
        self.done: set[Any] = set(parent.done) if parent else set()
        # proofs hold wherever the facts that they use are
        self.proved: dict[Any, list[Way]] = dict(parent.proved) if parent else {}
        self.hidden: set[Term] = set(parent.hidden) if parent else set()  # atoms that others are equal to
        self.compared: list[Term] = list(parent.compared) if parent else []
        self.abbreviated = parent is not None
        self.trail: list[Wrap] = []
        self.first: int = parent.first if parent else len(context.facts)
        self.halvings: int = parent.halvings if parent else 0

    def run(self) -> Step | None:
        if self.depth <= 0:
            return None
        if self.parent is None and self.prover.hints and (step := self.hinted(self.prover.hints)):
            return self._wrapped(step)
        if self.halvings == 0 and not self.abbreviated:
            self._abbreviate()
        for number, level in enumerate(LEVELS):
            grown = self._lemmas(level)
            if number == 0:
                grown = self._plain_instances() or grown
            if grown and (closed := self.prover.closer.close(self.context, LONG if number else QUICK)):
                return self._wrapped(closed)
            if number == 0 and (step := self._instances() or self._cases()):
                return self._wrapped(step)
        step = self.prover.closer.close(self.context, LONG) or self._integers() or self._subdivided()
        return None if step is None else self._wrapped(step)

    def _child(self, context: Context) -> "_Branch":
        return _Branch(self.prover, context, self.depth, self)

    def _wrapped(self, step: Step) -> Step:
        for wrap in reversed(self.trail):
            step = wrap(step)
        return step

    def _lemmas(self, level: int) -> bool:
        """Add the lemmas of a level; whether there were any."""
        algebra = self._algebra()
        if not algebra.atoms:
            return False
        literals = self._literals(algebra)
        atoms = [atom for atom in algebra.atoms.values() if atom not in self.hidden]
        fixed = fixed_integers(literals, algebra, self.context.sorts)
        lemmas = [
            *proposals(level, atoms, self.context.sorts, fixed, self.compared),
            *(interval_lemmas(algebra, box(literals, algebra)) if level != 3 else ()),
        ]
        return sum([self._lemma(lemma) for lemma in lemmas]) > 0

    def _algebra(self) -> Algebra:
        return self.prover.closer.algebra([f for f in self.context.facts if not isinstance(f.formula, Quantifier)])

    def _literals(self, algebra: Algebra) -> list[Literal]:
        facts = [fact for fact in self.context.facts if not isinstance(fact.formula, Quantifier)]
        return [algebra.literal(*fact.item) for fact in facts]

    def _lemma(self, lemma: Lemma) -> bool:
        key = (lemma.name, lemma.terms)
        if key in self.done or len(self.context.facts) >= MAX_FACTS:
            return False
        try:
            conditions = self._conditions(lemma)
        except Unsupported:
            conditions = None
        if conditions is None:
            return False
        self.done.add(key)
        added = tuple(Known(fact) for fact in lemma.facts)
        self.trail.append(lambda then: by_lemma(lemma, conditions, added, then))
        self.context = self.context.extended(added, lemma.sorts)
        return True

    def _abbreviate(self) -> None:
        """Give long arguments names."""
        algebra = self._algebra()
        compared = solved_logarithms(self._literals(algebra)[: self.first], algebra)[:2]
        for short in abbreviations(algebra, self.context.sorts, compared):
            if self._lemma(short.lemma):
                self.hidden |= {other.terms[0] for other in short.atoms if self._lemma(other)}
                compared = [short.instead_of(term) or term for term in compared]
        self.compared = compared

    def _conditions(self, lemma: Lemma) -> list[list[Way]] | None:
        goals = self._definedness(lemma.terms)
        return self._closed_goals([*goals, *(((condition, False),) for condition in lemma.conditions)])

    def _closed_goals(self, goals: Sequence[Sequence[Item]]) -> list[list[Way]] | None:
        found = []
        for items in goals:
            key = tuple(items)
            if key not in self.proved:
                if (ways := self.prover.ways(self.context, items, self.prover.quick)) is None:
                    return None
                self.proved[key] = ways
            found.append(self.proved[key])
        return found

    def _plain_instances(self) -> bool:
        """Add all instances that say one thing, without cases."""
        grown = False
        for fact in self._general():
            for term in candidates(fact, self.context.facts, self.context.sorts):
                branches = self._instance_cases(fact, term)
                if branches is None or len(branches) != 1 or (fact, term) in self.done:
                    continue
                defined = self._defined(term)
                if defined is None:
                    continue
                self.done.add((fact, term))
                added = tuple(Known(*part) for part in branches[0].parts)
                self._take_instance(fact, term, defined, added, branches[0].sorts)
                grown = True
        return grown

    def _take_instance(
        self, fact: Known, term: Term, defined: list[list[Way]], added: tuple[Known, ...], sorts: Mapping[str, str]
    ) -> None:
        def wrap(then: Step) -> Step:
            if not used(then) & set(added):
                return then
            return ByInstance(fact, term, tuple(map(tuple, defined)), (Way(added, then),))

        self.trail.append(wrap)
        self.context = self.context.extended(added, sorts)

    def _general(self) -> list[Known]:
        return [fact for fact in self.context.facts if isinstance(fact.formula, Quantifier)]

    def _instance_cases(self, fact: Known, term: Term) -> list[Any] | None:
        try:
            return cases([(instance_body(fact, term), fact.wanted)], self.context.sorts, self.prover.binders)
        except Unsupported:
            return None

    def _defined(self, term: Term) -> list[list[Way]] | None:
        return self._closed_goals(self._definedness([term]))

    def _definedness(self, terms: Sequence[Term]) -> list[Sequence[Item]]:
        """What must be refuted for terms to be defined, as they are read in a certificate: 1/5 is a division there."""
        spelled = [parse_term(render(term), where="proof") for term in terms]
        return [goal.items for goal in term_obligations(spelled, self.context.sorts, self.prover.binders)]

    def _instances(self) -> Step | None:
        """One instance that closes the branch in every case."""
        for fact in self._general():
            for term in candidates(fact, self.context.facts, self.context.sorts):
                key = (fact, term)
                if key in self.done:
                    continue
                self.done.add(key)
                try:
                    step = self._by_instance(fact, term)
                except Unsupported:
                    continue
                if step is not None:
                    return step
        return None

    def _by_instance(self, fact: Known, term: Term) -> Step | None:
        defined = self._defined(term)
        if defined is None:
            return None
        items = [(instance_body(fact, term), fact.wanted)]
        ways = self.prover.ways(self.context, items, self._closed_later)
        return None if ways is None else ByInstance(fact, term, tuple(map(tuple, defined)), tuple(ways))

    def _closed_later(self, context: Context) -> Step | None:
        return self.prover.close(context, self.depth - 1, self)

    def _cases(self) -> Step | None:
        """Which argument a max, min or abs is."""
        for atom in self._algebra().atoms.values():
            for formula in _pieces(atom):
                key = ("case", render(formula))
                if key in self.done:
                    continue
                self.done.add(key)
                return self._by_cases(formula)
        return None

    def _by_cases(self, formula: Formula) -> Step | None:
        goals = term_obligations([formula], self.context.sorts, self.prover.binders)
        if any(isinstance(last := goal.items[-1][0], Comparison) and last.relation == "==" for goal in goals):
            return None  # the checker takes no cases of formulas with divisors
        try:
            true = self.prover.ways(self.context, [(formula, True)], self._closed_in_case)
            false = self.prover.ways(self.context, [(formula, False)], self._closed_in_case) if true else None
        except Unsupported:
            return None
        return None if not true or not false else ByCases(formula, tuple(true), tuple(false))

    def _closed_in_case(self, context: Context) -> Step | None:
        return self.prover.close(context, self.depth, self)

    def _integers(self) -> Step | None:
        """An integer is above a number or not."""
        if self.prover.closer.consistent_integers(self.context):
            return None
        for spelled, above, at_most in integer_splits(self.context, self.prover.closer):
            key = ("split", spelled)
            if key in self.done:
                continue
            self.done.add(key)
            positive, tight = Known(above), Known(_tightened(above))
            otherwise = Known(at_most)
            inner = self._closed_later(self.context.extended([positive, tight]))
            outer = self._closed_later(self.context.extended([otherwise])) if inner else None
            if inner and outer:
                step = ByInteger(positive, Way((tight,), inner))
                return BySplit(spelled, Way((positive,), step), Way((otherwise,), outer))
        return None

    def _subdivided(self) -> Step | None:
        """The halves of a box that exp or log are bounded in."""
        algebra = self._algebra()
        found = widest(algebra, box(self._literals(algebra), algebra))
        if found is None or self.halvings >= MAX_HALVINGS:
            return None
        name, middle = found
        term = Operation("-", (Variable(name), Number(middle)))
        above = Known(Comparison(">", term, ZERO))
        below = Known(Comparison(">=", Operation("neg", (term,)), ZERO))
        inner = self._closed_half(above)
        outer = self._closed_half(below) if inner else None
        return BySplit(render(term), Way((above,), inner), Way((below,), outer)) if inner and outer else None

    def _closed_half(self, fact: Known) -> Step | None:
        if monotonic() > self.prover.deadline:
            raise OutOfTime
        half = _Branch(self.prover, self.context.extended([fact]), self.depth, self)
        half.halvings = self.halvings + 1
        return half.halved()

    def halved(self) -> Step | None:
        """A proof by the bounds of a smaller box, or of its halves."""
        algebra = self._algebra()
        for lemma in interval_lemmas(algebra, box(self._literals(algebra), algebra)):
            self._lemma(lemma)
        step = self.prover.closer.close(self.context, QUICK) or self._subdivided()
        return None if step is None else self._wrapped(step)


def _tightened(above: Comparison) -> Comparison:
    """P - 1 >= 0 from p > 0."""
    return Comparison(">=", Operation("-", (above.left, ONE)), ZERO)


def _pieces(atom: Term) -> Iterator[Formula]:
    """The formulas that say which piece of a function applies, the last one left out."""
    match atom:
        case Operation(operator="abs", arguments=(t,)):
            yield Comparison("==", atom, t)
            yield Comparison("==", atom, Operation("neg", (t,)))
        case Operation(operator=("min" | "max"), arguments=arguments):
            for t in arguments:
                yield Comparison("==", atom, t)
