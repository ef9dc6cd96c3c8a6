"""Following hints in a branch: lemmas, facts on the way, names for terms, cases and instances, then polynomials."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Self

from proofs.cases import Unsupported
from proofs.language import Comparison, Term
from proofs.search.abbreviations import named
from proofs.search.hints import Cases, Have, Hint, Instance, Let, Only
from proofs.search.instances import instance_body
from proofs.search.lemmas import Lemma
from proofs.search.steps import ByCases, ByInstance, Context, Known, Step, Way, used

if TYPE_CHECKING:
    from proofs.search.prover import Prover

SHORT: Final = 1.5  # seconds of a search for a fact on the way
LONG: Final = 5.0  # and for the goal


class Follower(ABC):
    """A branch that hints can be followed in."""

    prover: "Prover"
    context: Context
    trail: list[Callable[[Step], Step]]

    @abstractmethod
    def _lemma(self, lemma: Lemma) -> bool: ...

    @abstractmethod
    def _wrapped(self, step: Step) -> Step: ...

    @abstractmethod
    def _general(self) -> list[Known]: ...

    @abstractmethod
    def _defined(self, term: Term) -> list[list[Way]] | None: ...

    @abstractmethod
    def _child(self, context: Context) -> Self: ...

    def hinted(self, hints: Sequence[Hint]) -> Step | None:
        """Follow the hints, then polynomials."""
        for number, given in enumerate(hints):
            hint = given.hint if isinstance(given, Only) and given.branch == self.prover.branch else given
            match hint:
                case Lemma():
                    self._lemma(hint)
                case Let(name=name, term=term):
                    self._lemma(named(term, self.context.sorts, name)[0])
                case Have():
                    if closed := self._have(hint):
                        return closed
                case Cases(formula=formula):
                    return self._hinted_cases(formula, hints[number + 1 :])
                case Instance(term=term) if self._general():
                    return self._hinted_instance(term, hints[number + 1 :])
        return self.prover.closer.close(self.context, LONG)

    def _have(self, hint: Have) -> Step | None:
        """Prove a comparison and add it; what closes the branch if the proof does not need the comparison's falsity."""
        formula = hint.formula
        known = Context(self.context.facts[-hint.last :], self.context.sorts)
        try:
            ways = self.prover.ways(known, [(formula, False)], self._closed_by_polynomials)
        except Unsupported:
            return None
        if ways is None:
            return None
        for way in ways:
            if not used(way.then) & set(way.added):
                return way.then
        added = (Known(formula),)
        self.trail.append(lambda then: ByCases(formula, (Way(added, then),), tuple(ways)))
        self.context = self.context.extended(added)
        return None

    def _hinted_cases(self, formula: Comparison, rest: Sequence[Hint]) -> Step | None:
        def follow(context: Context) -> Step | None:
            return self._followed(context, rest)

        try:
            true = self.prover.ways(self.context, [(formula, True)], follow)
            false = self.prover.ways(self.context, [(formula, False)], follow) if true else None
        except Unsupported:
            return None
        return None if not true or not false else ByCases(formula, tuple(true), tuple(false))

    def _hinted_instance(self, term: Term, rest: Sequence[Hint]) -> Step | None:
        """The term for the first fact that holds for all and gives a proof with it."""
        defined = self._defined(term)
        for fact in self._general() if defined is not None else ():
            try:
                items = [(instance_body(fact, term), fact.wanted)]
                ways = self.prover.ways(self.context, items, lambda context: self._followed(context, rest))
            except Unsupported:
                continue
            if ways is not None and defined is not None:
                return ByInstance(fact, term, tuple(map(tuple, defined)), tuple(ways))
        return None

    def _followed(self, context: Context, rest: Sequence[Hint]) -> Step | None:
        if closed := self.prover.quick(context):
            return closed
        branch = self._child(context)
        step = branch.hinted(rest)
        return None if step is None else branch._wrapped(step)

    def _closed_by_polynomials(self, context: Context) -> Step | None:
        return self.prover.closer.close(context, SHORT)
