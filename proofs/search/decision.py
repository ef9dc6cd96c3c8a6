"""z3 as the decision procedure for what certificates do not cover yet: quantifiers, abs, min, max, roots, finite sums.

Its 'unsatisfiable' is reported as proved by decision procedure, without a certificate and counted apart. A model counts
as a counterexample only where exact evaluation confirms it.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random
from time import monotonic
from typing import Any, Final

from proofs.claims import Claim
from proofs.evaluate import NoValue, truth
from proofs.facts import Unsupported
from proofs.language import (
    Binder,
    Comparison,
    Formula,
    Operation,
    Quantifier,
    Term,
    render,
)
from proofs.search.models import SAMPLES, SMALL, WHOLE, exact_value
from proofs.search.translation import Translator, constant
from proofs.verdicts import Proved, Refuted, Undecided, Undefined, Vacuous, Verdict

METHOD: Final = "decision procedure"


def decide(claim: Claim, why: str, *, start: float, deadline: float) -> Verdict:
    """Ask z3 about a claim that the search for certificates cannot take.

    Parameters
    ----------
    claim : Claim
    why : str
        What the search said.
    start, deadline : float
        On the clock of `time.monotonic`.
    """
    try:
        return _Decision(claim, why, start, deadline).run()
    except Unsupported as error:
        if (point := _sampled_counterexample(claim, deadline)) is not None:
            seconds = monotonic() - start
            return Refuted(
                claim=claim, method="counterexample", certificate=None, seconds=seconds, counterexample=point
            )
        reason = f"{why}; and no decision procedure: {error}"
        tried = ("z3", "small rational points")
        return Undecided(
            claim=claim, method="none", certificate=None, seconds=monotonic() - start, reason=reason, tried=tried
        )


def _sampled_counterexample(claim: Claim, deadline: float) -> dict[str, Fraction] | None:
    """A small point at which exact evaluation finds the assumptions true and the conclusion false."""
    rng = Random(0)
    for number in range(SAMPLES):
        if monotonic() > deadline:
            break
        point = {
            name: Fraction(WHOLE[0] if number == 0 else rng.choice(WHOLE)) if sort == "integer" else rng.choice(SMALL)
            for name, sort in claim.variables.items()
        }
        try:
            if all(truth(tree, point) for tree in claim.assumed) and not truth(claim.concluded, point):
                return point
        except (NoValue, Unsupported):
            continue
    return None


class _Decision:
    def __init__(self, claim: Claim, why: str, start: float, deadline: float) -> None:
        self.claim, self.why, self.start, self.deadline = claim, why, start, deadline
        self.translator = Translator(claim.variables)
        self.z3 = self.translator.z3
        self.constants = self.translator.constants
        self.solver: Any = self.z3.Solver()

    def _answer(self, verdict: Callable[..., Verdict], method: str = METHOD, **details: Any) -> Verdict:
        seconds = monotonic() - self.start
        return verdict(claim=self.claim, method=method, certificate=None, seconds=seconds, **details)

    def run(self) -> Verdict:
        context: list[Any] = []
        formulas = [*self.claim.assumed, self.claim.concluded]
        for tree in formulas:
            for needed, term in self._needs(tree, self.constants):
                answer = self._check([*context, self.z3.Not(needed)])
                if answer != "unsat":
                    return self._undefined(term)
            if tree is not self.claim.concluded:
                context.append(self.translator.formula(tree, self.constants))
        if self._check(context) == "unsat":
            return self._answer(Vacuous)
        denied = self.z3.Not(self.translator.formula(self.claim.concluded, self.constants))
        answer = self._check([*context, denied])
        if answer == "unsat":
            return self._answer(Proved)
        point = self._point() if answer == "sat" else None
        if point is not None and self._is_counterexample(point):
            return self._answer(Refuted, "counterexample", counterexample=point)
        reason = f"{self.why}; z3 answers {answer!r}, which no exact evaluation confirms"
        return self._answer(Undecided, "none", reason=reason, tried=("z3",))

    def _undefined(self, term: str) -> Verdict:
        point = self._point()
        try:
            if point is not None and all(truth(tree, point) for tree in self.claim.assumed):
                truth(self.claim.concluded, point)
        except NoValue as error:
            assert point is not None
            return self._answer(Undefined, "exact evaluation", term=error.term, point=point)
        except Unsupported:
            pass
        return self._answer(Undecided, "none", reason=f"{term} could not be shown to be defined", tried=("z3",))

    def _is_counterexample(self, point: dict[str, Fraction]) -> bool:
        try:
            return all(truth(tree, point) for tree in self.claim.assumed) and not truth(self.claim.concluded, point)
        except (NoValue, Unsupported):
            return False

    def _check(self, formulas: list[Any]) -> str:
        left = int(1000 * (self.deadline - monotonic()))
        if left <= 0:
            return "unknown"
        self.solver = self.z3.Solver()
        self.solver.set("timeout", left)
        self.solver.add(*formulas, *self.translator.sides)
        return str(self.solver.check())

    def _point(self) -> dict[str, Fraction] | None:
        """The last model, if every value in it is rational."""
        try:
            model = self.solver.model()
        except self.z3.Z3Exception:
            return None
        point = {}
        for name, symbol in self.constants.items():
            exact = exact_value(self.z3, model.eval(symbol, model_completion=True))
            if exact is None:
                return None
            point[name] = exact
        return point

    def _needs(self, tree: Formula, names: dict[str, Any]) -> Iterator[tuple[Any, str]]:
        """What keeps each term of a formula defined, given the guards before it, and the term's text."""
        z3 = self.z3
        if isinstance(tree, Comparison):
            yield from self._term_needs(tree.left, names)
            yield from self._term_needs(tree.right, names)
        elif isinstance(tree, Quantifier):
            inner = {**names, tree.name: z3.FreshConst(self.translator.sort(tree.name), tree.name)}
            yield from self._needs(tree.body, inner)
        else:
            guards: list[Any] = []
            for part in tree.arguments:
                for needed, term in self._needs(part, names):
                    yield z3.Implies(z3.And(guards), needed), term
                if tree.operator in ("and", "implies"):
                    guards.append(self.translator.formula(part, names))
                elif tree.operator == "or":
                    guards.append(z3.Not(self.translator.formula(part, names)))

    def _term_needs(self, tree: Term, names: dict[str, Any]) -> Iterator[tuple[Any, str]]:
        if isinstance(tree, Binder):
            for part in self.translator.summands(tree):
                yield from self._term_needs(part, names)
        if not isinstance(tree, Operation):
            return
        for part in tree.arguments:
            yield from self._term_needs(part, names)
        if tree.operator == "/":
            yield self.translator.term(tree.arguments[1], names) != 0, render(tree)
        elif tree.operator == "**" and constant(tree.arguments[1], "a symbolic exponent") < 0:
            yield self.translator.term(tree.arguments[0], names) != 0, render(tree)
        elif tree.operator == "sqrt":
            yield self.translator.term(tree.arguments[0], names) >= 0, render(tree)
