"""The searches that cover all of the language: for points, for refutations of formulas, for proofs at a point."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from time import monotonic
from typing import Any

from proofs.cases import Item, Unsupported
from proofs.certificates import root_name
from proofs.checker.check import SCHEMA, check, digest
from proofs.checker.limits import Rejected
from proofs.claims import Claim
from proofs.evaluate import Coordinate, NoValue, truth
from proofs.facts import obligations
from proofs.language import Comparison, Formula, Number, Quantifier, Term, Variable, parse_term, walk
from proofs.search.closing import Proof
from proofs.search.hints import Place, read_hints
from proofs.search.induction import prove_items
from proofs.search.points import AnyPoint, PointSearch
from proofs.search.polynomials import PolynomialCloser
from proofs.search.prover import Prover
from proofs.search.quantified import quantified_points
from proofs.search.refutation import OutOfTime
from proofs.search.steps import lemmas_used
from proofs.surds import Surd, root_text

Proofs = list[Proof] | dict[str, Any]
ZERO = Number(Fraction(0))


class LemmaSearch:
    """Searches with a common deadline.

    Parameters
    ----------
    claim : Claim
    deadline : float
        On the clock of `time.monotonic`.
    """

    def __init__(self, claim: Claim, deadline: float) -> None:
        self.claim = claim
        self.deadline = deadline
        self.assumptions: tuple[Item, ...] = tuple((tree, True) for tree in claim.assumed)
        self.closer = PolynomialCloser(claim.variables, deadline)
        self.hints = read_hints(claim)
        places = (hint.point for hint in self.hints if isinstance(hint, Place))
        self.places: list[AnyPoint] = [dict(point) for point in places if point.keys() == claim.variables.keys()]

    def refutation(
        self, items: Sequence[Item], sorts: Mapping[str, str], share: float = 1.0, *, hinted: bool = True
    ) -> Proofs | None:
        """Proofs that some formulas cannot come out as wanted together, within a share of the time that is left."""
        until = monotonic() + share * (self.deadline - monotonic())
        self.closer.deadline = until
        try:
            return prove_items(
                Prover(self.claim.variables, self.closer, until, self.hints if hinted else ()), items, sorts
            )
        except (OutOfTime, Unsupported, RecursionError):
            return None

    def point(self, items: Sequence[Item], sorts: Mapping[str, str], seconds: float) -> AnyPoint | None:
        """A short point at which formulas without quantifiers come out as wanted."""
        until = min(self.deadline, monotonic() + seconds)
        return PointSearch(items, sorts, until).run()

    def witnesses(self, seconds: float) -> Sequence[AnyPoint]:
        """Points at which the assumptions may hold."""
        found = self._points(self.assumptions, seconds)
        if found:
            self.closer.witness = found[0]
        return found

    def counterexamples(self, seconds: float, tries: int | None = None) -> Sequence[AnyPoint]:
        """Points at which the assumptions may hold and the conclusion may fail."""
        return self._points((*self.assumptions, (self.claim.concluded, False)), seconds, tries)

    def _points(self, items: Sequence[Item], seconds: float, tries: int | None = None) -> Sequence[AnyPoint]:
        plain = [item for item in items if not has_quantifier(item[0])]
        until = min(self.deadline, monotonic() + seconds)
        if len(plain) == len(items):
            search = PointSearch(items, self.claim.variables, until)
            suggested = [point for point in self.places if search.holds(point)]
            point = suggested[0] if suggested else search.run(tries)
            return [] if point is None else [point]
        return quantified_points(items, self.claim.variables, until)

    def proofs_at(self, point: AnyPoint, *, conclusion: bool = True) -> list[Proofs] | None:
        """Proofs of what certificates ask for at a point: terms defined, assumptions true, the conclusion false."""
        context, sorts = place(self.claim, point)
        goals: list[tuple[Sequence[Item], Mapping[str, str]]] = []
        if conclusion:
            before, after = obligations(self.claim)
            goals += [((*context, *goal.items), {**sorts, **goal.sorts}) for goal in (*before, *after)]
        goals += [((*context, (tree, False)), sorts) for tree in self.claim.assumed]
        goals += [((*context, (self.claim.concluded, True)), sorts)] if conclusion else []
        found: list[Proofs] = []
        for items, names in goals:
            proofs = self.refutation(items, names, 0.5)
            if proofs is None:
                return None
            found.append(proofs)
        return found

    def undefined_term(self, point: AnyPoint) -> str | None:
        """The term that has no value at a point where the assumptions before it hold."""
        try:
            for tree in self.claim.assumed:
                if not truth(tree, point):
                    return None
            truth(self.claim.concluded, point)
        except NoValue as error:
            return error.term
        except Unsupported:
            pass
        return None


def has_quantifier(tree: Formula) -> bool:
    """Whether a formula has a quantifier."""
    return any(isinstance(node, Quantifier) for node in walk(tree))


def place(claim: Claim, point: Mapping[str, Coordinate]) -> tuple[tuple[Item, ...], dict[str, str]]:
    """The formulas that say where a point is, and the sorts with the name of the root that it is made of."""
    roots = [value.root for value in point.values() if isinstance(value, Surd)]
    items: list[Item] = []
    sorts = dict(claim.variables)
    if roots:
        name = root_name(claim)
        sorts[name] = "real"
        t = Variable(name)
        items = [
            (Comparison("==", parse_term(root_text(roots[0], name), where="root"), ZERO), True),
            (Comparison("<", Number(roots[0].low), t), True),
            (Comparison("<", t, Number(roots[0].high)), True),
        ]
    for x in claim.variables:
        items.append((Comparison("==", Variable(x), _coordinate(point[x], claim)), True))
    return tuple(items), sorts


def _coordinate(value: Coordinate, claim: Claim) -> Term:
    return parse_term(value.text_in(root_name(claim)), where="point") if isinstance(value, Surd) else Number(value)


def holds_at(claim: Claim, spelled: Mapping[str, Any]) -> bool:
    """Whether the checker finds the assumptions true at a point by evaluation."""
    empty: dict[str, Any] = {**claim.canonical(), "conclusion": "0 > 1"}
    return _evaluated(empty, spelled)


def fails_at(claim: Claim, spelled: Mapping[str, Any]) -> bool:
    """Whether the checker finds a counterexample at a point by evaluation."""
    return _evaluated(claim.canonical(), spelled)


def _evaluated(about: dict[str, Any], spelled: Mapping[str, Any]) -> bool:
    body = {"schema": SCHEMA, "verdict": "refuted", "method": "-", "claim": about, "claim_hash": digest(about)}
    body["point"] = spelled
    try:
        check({**body, "digest": digest(body)})
    except Rejected:
        return False
    return True


def general_method(proofs: Proofs) -> str:
    """What a proof rests on beyond polynomials."""
    used = set[str]().union(*map(lemmas_used, proofs if isinstance(proofs, list) else [proofs]))
    for name, word in (("induction", "induction"), ("instance", "instances")):
        if name in used:
            return word
    return "lemmas" if used else "cases"
