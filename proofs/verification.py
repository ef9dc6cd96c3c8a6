"""From a claim to a verdict: definedness, a witness, a counterexample or a proof, and the checker's word on each.

The order is cheap things first. Every certificate is checked before a verdict is given; a proof that the checker
refuses is reported as such and never counts.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from time import monotonic
from typing import Any, Final

from proofs.certificates import make, point_text
from proofs.checker.check import check
from proofs.checker.limits import Rejected
from proofs.claims import Claim
from proofs.facts import Algebra, Goal, Literal, Unsupported, algebra_of, is_atom, obligations
from proofs.language import Comparison, Formula, Quantifier, render, walk
from proofs.search.closing import Proof
from proofs.search.lemma_search import LemmaSearch, fails_at, general_method, has_quantifier, holds_at
from proofs.search.models import ModelFinder, Point
from proofs.search.refutation import OutOfTime, Refuter
from proofs.search.steps import facts_used
from proofs.verdicts import Proved, Refuted, Undecided, Undefined, Vacuous, Verdict

BUDGET: Final = 20.0
POLYNOMIAL_SHARE: Final = 0.7  # of the budget, where there are polynomials only
POINT_SHARE: Final = 0.08  # for a first look at points
FIRST_POINTS: Final = 300
DECISION_SHARE: Final = 0.2  # of the time that is left, for z3 alone
DECISION: Final = "decision procedure"
NOTHING_FOUND: Final = (
    "no counterexample and no certificate found; tried z3, sums of products of facts, Bernstein and sums of squares"
)
IRRATIONAL: Final = "z3 has a point where it fails, but none with rational coordinates, which alone are re-evaluated"


def verify(claim: Claim, *, budget: float = BUDGET) -> Verdict:
    """Decide a claim within a time budget.

    Parameters
    ----------
    claim : Claim
    budget : float
        Seconds for the search, > 0.

    Returns
    -------
    Verdict
        `Proved`, `Refuted`, `Vacuous`, `Undefined` or `Undecided`.

    Examples
    --------
    >>> square = Claim(id="square", statement="Squares are positive.", source="-", variables={"x": "real"},
    ...                assumptions=["x >= 0"], conclusion="x**2 > 0")
    >>> verdict = verify(square)
    >>> verdict.word, verdict.counterexample
    ('refuted', {'x': Fraction(0, 1)})
    """
    return _Verification(claim, budget).run()


def verify_all(
    claims: Sequence[Claim],
    *,
    budget: float = BUDGET,
    workers: int = 1,
    progress: Callable[[Verdict], None] | None = None,
) -> list[Verdict]:
    """`verify` each claim, in order; `workers` processes share the work, and `progress` hears of each verdict."""
    if workers <= 1 or len(claims) < 4:
        found = map(lambda claim: verify(claim, budget=budget), claims)
        return list(_reported(found, progress))
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        answers = pool.map(_verify_data, [(claim, budget) for claim in claims])
        return list(_reported(answers, progress))


def _verify_data(job: tuple[Claim, float]) -> Verdict:
    return verify(job[0], budget=job[1])


def _reported(found: Iterable[Verdict], progress: Callable[[Verdict], None] | None) -> Iterable[Verdict]:
    for verdict in found:
        if progress:
            progress(verdict)
        yield verdict


class _Found(Exception):
    """The verdict is settled."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.word)
        self.verdict = verdict


class _Verification:
    """One claim on its way to a verdict."""

    def __init__(self, claim: Claim, budget: float) -> None:
        self.claim = claim
        self.start = monotonic()
        self.deadline = self.start + budget
        self.budget = budget
        self.tried: list[str] = []
        self.assumptions = tuple((tree, True) for tree in claim.assumed)
        self.algebra: Algebra
        self.finder: ModelFinder
        self.refuter: Refuter

    def run(self) -> Verdict:
        try:
            return self._run()
        except _Found as found:
            return found.verdict
        except OutOfTime:
            return self._undecided(f"no answer within {self.budget:g} s; tried {', '.join(self.tried) or 'nothing'}")
        except RecursionError:
            return self._undecided("its formulas are too deep for the search")
        except Unsupported as error:
            from proofs.search.decision import decide

            return decide(self.claim, str(error), start=self.start, deadline=self.deadline)

    def _run(self) -> Verdict:
        """The verdict by polynomials where there is nothing else, then by all that the language has."""
        self.algebra = algebra_of(self.claim)
        nodes = [node for tree in _formulas(self.claim) for node in walk(tree)]
        if self.claim.hints or any(isinstance(node, Quantifier) or is_atom(node) for node in nodes):
            return self._general("no certificate found; tried points, lemmas, instances, cases and induction", True)
        end, self.deadline = self.deadline, self.start + POLYNOMIAL_SHARE * self.budget
        try:
            verdict = self._rational()
        except OutOfTime:
            verdict = self._undecided(f"no answer within {self.budget:g} s; tried {', '.join(self.tried)}")
        self.deadline = end
        if verdict.certificate is not None:
            return verdict
        general = self._general(verdict.reason if isinstance(verdict, Undecided) else "", False)
        return verdict if general.certificate is None and isinstance(verdict, Proved) else general

    def _general(self, reason: str, decide_at_last: bool) -> Verdict:
        """The verdict by points, lemmas, instances, cases and induction."""
        end = self.deadline if not decide_at_last else self.deadline - DECISION_SHARE * (self.deadline - monotonic())
        search = LemmaSearch(self.claim, end)
        self.tried.append("points, lemmas, instances, cases and induction")
        before, after = obligations(self.claim)
        witness = self._general_witness(search)
        goals = before if witness is None else [*before, *after]
        definedness = [self._general_defined(goal, search) for goal in goals]
        for point in search.counterexamples(POINT_SHARE * self.budget, FIRST_POINTS):
            self._try_counterexample(point, search)
        items = self.assumptions if witness is None else self._full_goal()
        proofs = search.refutation(items, self.claim.variables) if None not in definedness else None
        if proofs is not None and witness is None:
            evidence = {"definedness": definedness, "assumptions": proofs}
            return self._settle("vacuous", "contradictory assumptions", evidence)
        if proofs is not None:
            evidence = {"witness": witness, "definedness": definedness, "conclusion": proofs}
            return self._settle("proved", general_method(proofs), evidence)
        for point in search.counterexamples(self.deadline - monotonic()):
            self._try_counterexample(point, search)
        if decide_at_last:
            from proofs.search.decision import decide

            return decide(self.claim, reason, start=self.start, deadline=self.deadline)
        return self._undecided(reason)

    def _general_witness(self, search: LemmaSearch) -> Any:
        """A point at which the assumptions hold, as certificates hold it; with proofs where the checker wants them."""
        for point in search.witnesses(POINT_SHARE * self.budget):
            spelled = point_text(self.claim, point)
            if holds_at(self.claim, spelled):
                return spelled
            proofs = search.proofs_at(point, conclusion=False)
            if proofs is not None:
                return {"point": spelled, "proofs": proofs}
        return None

    def _general_defined(self, goal: Goal, search: LemmaSearch) -> Any:
        """Proofs that a term is defined; None if there are none, a verdict if it is not."""
        proofs = search.refutation(goal.items, goal.sorts, 0.3, hinted=False)
        if proofs is None and self.claim.hints:
            proofs = search.refutation(goal.items, goal.sorts, 0.3)
        if proofs is None and not any(has_quantifier(tree) for tree, _ in goal.items):
            point = search.point(goal.items, goal.sorts, POINT_SHARE * self.budget)
            if point is not None:
                self._try_undefined({name: point[name] for name in self.claim.variables}, goal, search)
        return proofs

    def _rational(self) -> Verdict:
        claim = self.claim
        self.finder = ModelFinder(self.algebra, claim.variables, self.deadline)
        ones = {name: Fraction(1) for name in self.algebra.names}
        self.refuter = Refuter(self.algebra, claim.variables, ones, self.deadline)
        before, after = obligations(self.claim)
        witness = self._witness()
        if witness is not None:
            self.refuter.witness = {n: witness.get(n, Fraction(1)) for n in self.algebra.names}
        definedness = [self._defined(goal) for goal in before]
        if witness is None:
            proofs, undecided = self._refute(self.assumptions)
            if None in definedness or None in proofs or undecided:
                reason = "neither a rational point where the assumptions hold nor a contradiction in them was found"
                return self._undecided(reason)
            evidence = {"definedness": definedness, "assumptions": proofs}
            return self._settle("vacuous", "contradictory assumptions", evidence)
        definedness += [self._defined(goal) for goal in after]
        goal = (*self.assumptions, (self.claim.concluded, False))
        proofs, undecided = self._refute(goal, counterexample=True)
        if undecided or None in definedness:
            return self._undecided(undecided or "a divisor could not be shown to be different from 0")
        if None in proofs:
            return self._proved_by_decision()
        evidence = {
            "witness": point_text(self.claim, witness),
            "definedness": definedness,
            "conclusion": proofs,
        }
        return self._settle("proved", self._method(proofs, definedness), evidence)

    def _seconds(self) -> float:
        return monotonic() - self.start

    def _undecided(self, reason: str) -> Verdict:
        seconds, tried = self._seconds(), tuple(self.tried)
        return Undecided(claim=self.claim, method="none", certificate=None, seconds=seconds, reason=reason, tried=tried)

    def _proved_by_decision(self) -> Verdict:
        return Proved(claim=self.claim, method=DECISION, certificate=None, seconds=self._seconds())

    def _settle(self, verdict: str, method: str, evidence: dict[str, Any]) -> Verdict:
        """The verdict, if the checker accepts its certificate."""
        certificate = make(self.claim, verdict, method, evidence)
        try:
            confirmed = check(certificate)
        except Rejected as error:
            return self._undecided(f"the search's certificate was refused by the checker: {error}")
        assert confirmed == verdict
        common: dict[str, Any] = {
            "claim": self.claim,
            "method": method,
            "certificate": certificate,
            "seconds": self._seconds(),
        }
        if verdict == "proved":
            return Proved(**common, needed=self._needed(evidence, evidence["conclusion"], self._full_goal()))
        return Vacuous(**common, needed=self._needed(evidence, evidence["assumptions"], self.assumptions))

    def _full_goal(self) -> tuple[tuple[Formula, bool], ...]:
        return (*self.assumptions, (self.claim.concluded, False))

    def _witness(self) -> Point | None:
        """A point at which the assumptions hold."""
        self.tried.append("a point where the assumptions hold")
        for branch in self.algebra.branches(self.assumptions):
            point = self.finder.ask(branch).point
            if point is not None:
                return point
        return None

    def _defined(self, goal: Goal) -> list[Proof] | None:
        """Proofs that a divisor is not zero in its context; None if there are none, a verdict if it can be zero."""
        proofs: list[Proof] = []
        for branch in self.algebra.branches(goal.items, goal.sorts):
            outcome = self.finder.ask(branch)
            if outcome.point is not None:
                self._try_undefined(outcome.point, goal)
            proof = self.refuter.close(branch, len(branch) - 1)
            if proof is None:
                return None
            proofs.append(proof)
        return proofs

    def _try_undefined(self, point: Any, goal: Goal, search: LemmaSearch | None = None) -> None:
        zero = goal.items[-1][0]
        term = search.undefined_term(point) if search else None
        if term is None:
            assert isinstance(zero, Comparison)
            term = f"1/({render(zero.left)})"
        certificate = make(self.claim, "undefined", "exact evaluation", {"point": point_text(self.claim, point)})
        try:
            check(certificate)
        except Rejected:
            return
        raise _Found(
            Undefined(
                claim=self.claim,
                method="exact evaluation",
                certificate=certificate,
                seconds=self._seconds(),
                term=term,
                point=point,
            )
        )

    def _refute(
        self, items: tuple[tuple[Formula, bool], ...], *, counterexample: bool = False
    ) -> tuple[list[Proof | None], str | None]:
        """Proofs that close each branch (None where only z3 did), and why if one stays open."""
        prefixes = self.algebra.branches(self.assumptions)
        proofs: list[Proof | None] = []
        branches = self.algebra.branches(items)
        glances = [self.finder.glance(branch) for branch in branches]
        for glance in glances if counterexample else []:
            if glance.point is not None:
                self._try_counterexample(glance.point)
        outcomes = []
        for branch, glance in zip(
            branches, glances, strict=True
        ):  # every case before the first long search for a proof
            settled = glance.answer == "unsat" or self._seconds() > self.budget / 2
            outcomes.append(glance if settled else self.finder.ask(branch))
            if counterexample and outcomes[-1].point is not None:
                self._try_counterexample(outcomes[-1].point)
        for branch, outcome in zip(branches, outcomes, strict=True):
            proof = None
            if outcome.answer != "sat":
                self.tried.append("sums of products of facts")
                proof = self.refuter.close(branch, _prefix(branch, prefixes))
            if proof is None and outcome.answer != "unsat":
                return proofs, IRRATIONAL if outcome.irrational else NOTHING_FOUND
            proofs.append(proof)
        return proofs, None

    def _try_counterexample(self, point: Any, search: LemmaSearch | None = None) -> None:
        evidence: dict[str, Any] = {"point": point_text(self.claim, point)}
        if search and not fails_at(self.claim, evidence["point"]):
            proofs = search.proofs_at(point)
            if proofs is None:
                return
            evidence["proofs"] = proofs
        certificate = make(self.claim, "refuted", "counterexample", evidence)
        try:
            check(certificate)
        except Rejected:
            return
        raise _Found(
            Refuted(
                claim=self.claim,
                method="counterexample",
                certificate=certificate,
                seconds=self._seconds(),
                counterexample=point,
            )
        )

    def _method(self, proofs: list[Proof | None], definedness: list[list[Proof] | None]) -> str:
        if strongest := next((name for name in ("sums of squares", "bernstein") if name in self.refuter.methods), None):
            return strongest
        count = min(len(p) for p in self.algebra.branches(self.assumptions))
        used = [k for proof in proofs if proof for k in facts_used(proof)]
        if all(k >= count for k in used) and all(proof and "sum" in proof for proof in proofs):
            return "identity"
        return "sign-of-rational-function" if definedness else "handelman"

    def _needed(self, evidence: dict[str, Any], proofs: Any, goal: tuple[tuple[Formula, bool], ...]) -> tuple[str, ...]:
        """The assumptions that some closed branch uses."""
        before, after = obligations(self.claim)
        goals = [g.items for g in before + after][: len(evidence["definedness"])]
        used: set[int] = set()
        for items, found in [*zip(goals, evidence["definedness"], strict=True), (goal, proofs)]:
            if isinstance(found, dict):  # an induction needs all that is assumed of the number before
                return tuple(self.claim.assumptions)
            for branch, proof in zip(self.algebra.branches(items), found, strict=True):
                owners = _owners(self.algebra, items, branch)
                used |= {owners[k] for k in facts_used(proof) if k < len(owners)}
        return tuple(self.claim.assumptions[i] for i in sorted(used) if i < len(self.claim.assumptions))


def _formulas(claim: Claim) -> tuple[Formula, ...]:
    return (*claim.assumed, claim.concluded)


def _prefix(branch: list[Literal], prefixes: Sequence[list[Literal]]) -> int:
    """How many of a branch's facts are the assumptions'."""
    return next(len(p) for p in prefixes if all(a is b for a, b in zip(p, branch, strict=False)))


def _owners(algebra: Algebra, items: tuple[tuple[Formula, bool], ...], branch: list[Literal]) -> list[int]:
    """For each fact of a branch, the item that it came from."""
    owners: list[int] = []
    for i in range(len(items)):
        size = _prefix(branch, algebra.branches(items[: i + 1]))
        owners += [i] * (size - len(owners))
    return owners
