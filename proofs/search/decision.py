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
from proofs.evaluate import NoValue, truth, value
from proofs.facts import Unsupported
from proofs.language import (
    Binder,
    Comparison,
    Connective,
    Formula,
    Number,
    Operation,
    Quantifier,
    Term,
    Variable,
    render,
    substitute,
)
from proofs.search.models import SAMPLES, SMALL, WHOLE
from proofs.verdicts import Proved, Refuted, Undecided, Undefined, Vacuous, Verdict

METHOD: Final = "decision procedure"
MAX_TERMS: Final = 200
MAX_PRODUCTS: Final = 250  # multiplications by which powers are written out


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
        import z3

        self.z3 = z3
        self.claim, self.why, self.start, self.deadline = claim, why, start, deadline
        self.sides: list[Any] = []
        self.products = 0
        self.constants = {name: self._constant(name, sort) for name, sort in claim.variables.items()}

    def _constant(self, name: str, sort: str) -> Any:
        return self.z3.Int(name) if sort == "integer" else self.z3.Real(name)

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
                context.append(self._formula(tree, self.constants))
        if self._check(context) == "unsat":
            return self._answer(Vacuous)
        denied = self.z3.Not(self._formula(self.claim.concluded, self.constants))
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
        self.solver.add(*formulas, *self.sides)
        return str(self.solver.check())

    def _point(self) -> dict[str, Fraction] | None:
        """The last model, if every value in it is rational."""
        try:
            model = self.solver.model()
        except self.z3.Z3Exception:
            return None
        point = {}
        for name, constant in self.constants.items():
            found = model.eval(constant, model_completion=True)
            if self.z3.is_int_value(found):
                point[name] = Fraction(found.as_long())
            elif self.z3.is_rational_value(found):
                point[name] = Fraction(found.numerator_as_long(), found.denominator_as_long())
            else:
                return None
        return point

    def _needs(self, tree: Formula, names: dict[str, Any]) -> Iterator[tuple[Any, str]]:
        """What keeps each term of a formula defined, given the guards before it, and the term's text."""
        z3 = self.z3
        if isinstance(tree, Comparison):
            yield from self._term_needs(tree.left, names)
            yield from self._term_needs(tree.right, names)
        elif isinstance(tree, Quantifier):
            inner = {**names, tree.name: z3.FreshConst(self._sort(tree.name), tree.name)}
            yield from self._needs(tree.body, inner)
        else:
            guards: list[Any] = []
            for part in tree.arguments:
                for needed, term in self._needs(part, names):
                    yield z3.Implies(z3.And(guards), needed), term
                if tree.operator in ("and", "implies"):
                    guards.append(self._formula(part, names))
                elif tree.operator == "or":
                    guards.append(z3.Not(self._formula(part, names)))

    def _term_needs(self, tree: Term, names: dict[str, Any]) -> Iterator[tuple[Any, str]]:
        if isinstance(tree, Binder):
            for part in self._summands(tree):
                yield from self._term_needs(part, names)
        if not isinstance(tree, Operation):
            return
        for part in tree.arguments:
            yield from self._term_needs(part, names)
        if tree.operator == "/":
            yield self._term(tree.arguments[1], names) != 0, render(tree)
        elif tree.operator == "**" and _constant(tree.arguments[1], "a symbolic exponent") < 0:
            yield self._term(tree.arguments[0], names) != 0, render(tree)
        elif tree.operator == "sqrt":
            yield self._term(tree.arguments[0], names) >= 0, render(tree)

    def _sort(self, name: str) -> Any:
        return self.z3.IntSort() if self.claim.variables.get(name) == "integer" else self.z3.RealSort()

    def _summands(self, tree: Binder) -> list[Term]:
        if tree.operator != "Sum":
            raise Unsupported(f"{tree.operator} is not covered yet")
        low, high = (_constant(bound, "a Sum with symbolic bounds") for bound in (tree.low, tree.high))
        if low.denominator != 1 or high.denominator != 1 or high - low >= MAX_TERMS:
            raise Unsupported(f"a Sum needs integer bounds and at most {MAX_TERMS} terms")
        return [substitute(tree.body, tree.name, Number(Fraction(k))) for k in range(int(low), int(high) + 1)]

    def _term(self, tree: Term, names: dict[str, Any]) -> Any:
        z3 = self.z3
        match tree:
            case Number(value=number):
                return z3.Q(number.numerator, number.denominator)
            case Variable(name=name):
                constant = names[name]
                return z3.ToReal(constant) if z3.is_int(constant) else constant
            case Binder():
                return sum((self._term(part, names) for part in self._summands(tree)), z3.RealVal(0))
            case Operation(operator="**", arguments=(base, exponent)):
                return self._power(self._term(base, names), exponent)
            case Operation(operator="sqrt", arguments=(a,)):
                return self._root(self._term(a, names), names)
            case Operation(operator=("exp" | "log") as name):
                raise Unsupported(f"{name} is not covered yet")
            case Operation(operator="binomial"):
                return self._term(Number(_constant(tree, "binomial of variables")), names)
            case Operation(operator=operator, arguments=arguments):
                return self._arithmetic(operator, [self._term(a, names) for a in arguments])
        raise AssertionError(tree)

    def _power(self, base: Any, exponent: Term) -> Any:
        n = _constant(exponent, "a symbolic exponent")
        if n.denominator != 1 or abs(n) > 100:
            raise Unsupported("an exponent that is no small integer")
        self.products += abs(int(n))
        if self.products > MAX_PRODUCTS:
            raise Unsupported("powers of so high a degree")
        result = self.z3.RealVal(1)
        for _ in range(abs(int(n))):
            result = result * base
        return result if n >= 0 else 1 / result

    def _root(self, radicand: Any, names: dict[str, Any]) -> Any:
        if names is not self.constants:
            raise Unsupported("sqrt under a quantifier is not covered yet")
        root = self.z3.FreshReal("root")
        self.sides += [root >= 0, self.z3.Implies(radicand >= 0, root * root == radicand)]
        return root

    def _arithmetic(self, operator: str, values: list[Any]) -> Any:
        z3 = self.z3
        a, b = values[0], values[-1]
        if operator == "abs":
            return z3.If(a >= 0, a, -a)
        if operator in ("min", "max"):
            result = a
            for other in values[1:]:
                result = z3.If((other < result) if operator == "min" else (other > result), other, result)
            return result
        return {
            "neg": lambda: -a,
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "/": lambda: a / b,
        }[operator]()

    def _formula(self, tree: Formula, names: dict[str, Any]) -> Any:
        z3 = self.z3
        match tree:
            case Comparison(relation=relation, left=left, right=right):
                a, b = self._term(left, names), self._term(right, names)
                found: dict[str, Callable[[], Any]] = {
                    "==": lambda: a == b,
                    "!=": lambda: a != b,
                    "<": lambda: a < b,
                    "<=": lambda: a <= b,
                    ">": lambda: a > b,
                    ">=": lambda: a >= b,
                }
                return found[relation]()
            case Connective(operator=operator, arguments=arguments):
                parts = [self._formula(a, names) for a in arguments]
                if operator in ("and", "or"):
                    return z3.And(parts) if operator == "and" else z3.Or(parts)
                if operator == "not":
                    return z3.Not(parts[0])
                return z3.Implies(*parts) if operator == "implies" else parts[0] == parts[1]
            case Quantifier(operator=operator, name=name, body=body):
                bound = z3.FreshConst(self._sort(name), name)
                inner = self._formula(body, {**names, name: bound})
                return z3.ForAll([bound], inner) if operator == "forall" else z3.Exists([bound], inner)
        raise AssertionError(tree)


def _constant(tree: Term, what: str) -> Fraction:
    """The value of a term without variables."""
    try:
        return value(tree, {})
    except KeyError:
        raise Unsupported(f"{what} is not covered yet") from None
