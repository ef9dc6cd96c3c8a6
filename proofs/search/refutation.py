"""Close a branch: reduce its facts by the signs of their factors, then look for a sum of products that vanishes.

1. Facts p > 0 of integer variables are tightened to p >= 1 if the plain search fails.
2. Each fact's polynomial is factored. The sign of a factor is proved from the assumptions by small sums; then the fact
   is divided by the factors whose sign is known. Each step is a split of which one side is closed at once.
3. Sums of products of 1, 2, 3 facts close what is left.
4. Failing that, split on the sign of a factor that is still unknown, a few levels deep.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic
from typing import Any

from proofs.facts import Algebra, Literal, Polynomial
from proofs.search.closing import Fact, Proof, find_sum, text

MAX_SPLITS = 3


class OutOfTime(Exception):
    """The search met its deadline."""


@dataclass(slots=True)
class Refuter:
    """The search for proofs that close the branches of one claim.

    Parameters
    ----------
    algebra : Algebra
    sorts : mapping of str to str
        "real" or "integer" for each variable.
    witness : mapping of str to Fraction
        A point where the assumptions hold: it says which sign of a factor is worth proving.
    deadline : float
        On the clock of `time.monotonic`.
    """

    algebra: Algebra
    sorts: Mapping[str, str]
    witness: Mapping[str, Fraction]
    deadline: float
    signs: dict[Any, Proof | None] = field(default_factory=dict)

    def close(self, branch: Sequence[Literal], assumed: int) -> Proof | None:
        """A proof that the facts of a branch contradict each other; its first `assumed` facts are assumptions."""
        facts = [(literal.relation, literal.polynomial) for literal in branch]
        for degree in (1, 2):
            if len(facts) < 12 and (proof := self._sum(facts, degree)):
                return proof
        found = _Chain(self, facts, assumed).close(MAX_SPLITS)
        return found or self._tightened(facts, assumed)

    def _tightened(self, facts: list[Fact], assumed: int) -> Proof | None:
        """The same with every strict fact of integers tightened."""
        whole = [i for i, fact in enumerate(facts) if self._is_integral(fact)]
        if not whole:
            return None
        grown = facts + [(">=", facts[i][1] - 1) for i in whole]
        inner = _Chain(self, grown, assumed).close(MAX_SPLITS)
        for i in reversed(whole):
            inner = None if inner is None else {"integer": str(i), "then": inner}
        return inner

    def _is_integral(self, fact: Fact) -> bool:
        relation, p = fact
        names = [name for name, n in zip(self.algebra.names, p.degrees(), strict=True) if n > 0] if p else []
        return (
            relation == ">"
            and all(c.denominator == 1 for c in p.values())
            and bool(names)
            and all(self.sorts[name] == "integer" for name in names)
        )

    def _sum(self, facts: Sequence[Fact], degree: int) -> Proof | None:
        if monotonic() > self.deadline:
            raise OutOfTime
        return find_sum(facts, self.algebra, degree=degree)

    def sign_at_witness(self, p: Polynomial) -> int:
        """The sign of a polynomial where the assumptions are known to hold."""
        value = self.algebra.value(p, self.witness)
        return int(value > 0) - int(value < 0)


@dataclass(slots=True)
class _Step:
    """A split whose one side is closed: the other goes on with one more fact."""

    split: Polynomial
    closed: Proof
    goes_on_positive: bool


class _Chain:
    """A branch under reduction: facts, and the steps that added them."""

    def __init__(self, refuter: Refuter, facts: list[Fact], assumed: int) -> None:
        self.refuter = refuter
        self.facts = list(facts)
        self.live = [i for i, (_, p) in enumerate(facts)]
        self.assumed = assumed
        self.steps: list[_Step] = []
        self.known: dict[Polynomial, int] = {}
        self.unknown: list[Polynomial] = []

    def close(self, splits: int) -> Proof | None:
        self._reduce()
        for degree in (1, 2, 3):
            if proof := self._sum_of_live(degree):
                return self._wrap(proof)
        if splits == 0:
            return None
        for p in self.unknown:
            sides = []
            for fact in ((">", p), (">=", -p)):
                chain = _Chain(self.refuter, [*self.facts, fact], self.assumed)
                chain.live = [*self.live, len(self.facts)]
                chain.known = dict(self.known)
                sides.append(chain.close(splits - 1))
                if sides[-1] is None:
                    break
            if None not in sides:
                return self._wrap({"split": text(p), "positive": sides[0], "otherwise": sides[1]})
        return None

    def _wrap(self, proof: Proof) -> Proof:
        for step in reversed(self.steps):
            positive, otherwise = (proof, step.closed) if step.goes_on_positive else (step.closed, proof)
            proof = {"split": text(step.split), "positive": positive, "otherwise": otherwise}
        return proof

    def _sum_of_live(self, degree: int) -> Proof | None:
        limit = {1: 80, 2: 60, 3: 22}[degree]
        if len(self.live) > limit:
            return None
        proof = self.refuter._sum([self.facts[i] for i in self.live], degree)
        return None if proof is None else _renumber(proof, self.live)

    def _reduce(self) -> None:
        """Divide facts by factors of known sign until nothing changes."""
        for i in list(self.live):
            relation, p = self.facts[i]
            if relation == "!=" or not p or p.is_ground:
                continue
            constant, factors = p.factor_list()
            if len(factors) == 1 and factors[0][1] == 1:
                continue
            known, rest = [], self.refuter.algebra.constant(1)
            for f, n in factors:
                index = self._positive(f)
                if index is None:
                    rest *= f**n
                    if f not in self.unknown:
                        self.unknown.append(f)
                else:
                    known.append((index, n))
            if known:
                self._divide(i, known, constant, rest, factors)

    def _divide(self, i: int, known: list[tuple[int, int]], constant: Any, rest: Polynomial, factors: Any) -> None:
        """Replace fact i, its polynomial `constant` * known factors * `rest`, by the sign of what is not known."""
        relation, p = self.facts[i]
        divisor = self.refuter.algebra.constant(1)
        for index, n in known:
            divisor *= self.facts[index][1] ** n
        u = p.exquo(divisor)
        if u.is_ground and relation != "==" and u.LC > 0:
            self.live.remove(i)
            return
        new = str(len(self.facts))
        powers = {str(index): n for index, n in known}
        if relation == ">":
            closed: Proof = {"sum": [["1", {str(i): 1}], ["1", {**powers, new: 1}]], "zero": {}}
            self._add(_Step(u, closed, True), (">", u))
        elif relation == ">=":
            closed = {"sum": [["1", {str(i): 1}], ["1", {**powers, new: 1}]], "zero": {}}
            self._add(_Step(-u, closed, False), (">=", u))
        else:
            closed = {"sum": [["1", {**powers, new: 1}]], "zero": {str(i): "1"}}
            self._add(_Step(-u, closed, False), (">=", u))
            other = {"sum": [["1", {**powers, str(len(self.facts)): 1}]], "zero": {str(i): "-1"}}
            self._add(_Step(u, other, False), (">=", -u))
            return
        self.live.remove(i)

    def _add(self, step: _Step, fact: Fact) -> None:
        self.steps.append(step)
        self.live.append(len(self.facts))
        self.facts.append(fact)

    def _positive(self, f: Polynomial) -> int | None:
        """The index of a fact f > 0 or -f > 0, derived if need be; None if the sign is not known."""
        if f in self.known:
            return self.known[f]
        for i, (relation, p) in enumerate(self.facts):
            if relation == ">" and p in (f, -f):
                self.known[f] = i
                return i
        sign = self.refuter.sign_at_witness(f)
        if sign == 0:
            return None
        target = f if sign > 0 else -f
        proof = self._sign_proof(target)
        if proof is None:
            return None
        self._add(_Step(target, _moved(proof, self.assumed, len(self.facts)), True), (">", target))
        self.known[f] = len(self.facts) - 1
        return self.known[f]

    def _sign_proof(self, target: Polynomial) -> Proof | None:
        """A proof, from the assumptions and -target >= 0 (as fact number `assumed`), that target > 0."""
        base = tuple(self.facts[: self.assumed])
        key = (base, target)
        if key not in self.refuter.signs:
            facts = [*base, (">=", -target)]
            found = None
            for degree in (1, 2):
                found = found or self.refuter._sum(facts, degree)
            self.refuter.signs[key] = found
        return self.refuter.signs[key]


def _renumber(proof: Proof, numbers: Sequence[int]) -> Proof:
    """A "sum" proof about some facts as one about all: fact k becomes numbers[k]."""
    terms = [[c, {str(numbers[int(k)]): n for k, n in product.items()}] for c, product in proof["sum"]]
    return {"sum": terms, "zero": {str(numbers[int(k)]): q for k, q in proof["zero"].items()}}


def _moved(proof: Proof, old: int, new: int) -> Proof:
    """A "sum" proof with fact number `old` renamed `new`."""
    highest = max([old, *(int(k) for _, product in proof["sum"] for k in product), *(int(k) for k in proof["zero"])])
    return _renumber(proof, [new if k == old else k for k in range(highest + 1)])
