"""Close a branch: a list of polynomial facts that contradict each other.

The facts are simplified (`proofs.search.simplification`); then one method after the other, cheap ones first, looks for
the contradiction in what is left, each within a share of the time that is left:

1. sums of products of facts, guided by which terms can cancel, then of all products of 2 and 3 facts,
2. Bernstein coefficients on a few cells, where the facts bound the variables,
3. sums of squares of growing degree, first among the facts that z3 says are enough, also modulo the equations,
4. Bernstein coefficients on many cells.

Each is tried a second time with facts p > 0 of integers tightened to p - 1 >= 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic
from typing import Any, Final

from proofs.facts import Algebra, Literal, Polynomial
from proofs.search.bernstein import find_bernstein
from proofs.search.closing import Fact, Product, Proof, all_products, find_sum, guided_products, renumbered, without
from proofs.search.cores import core
from proofs.search.simplification import Chain, Method
from proofs.search.squares import find_squares

MAX_SPLITS: Final = 3
FEW, MANY = 16, 400  # cells of a domain
SCREEN: Final = 0.5  # seconds that z3 has to say which facts are enough


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

    Attributes
    ----------
    methods : set of str
        The names of those that closed a branch.
    """

    algebra: Algebra
    sorts: Mapping[str, str]
    witness: Mapping[str, Fraction]
    deadline: float
    signs: dict[Any, Proof | None] = field(default_factory=dict)
    methods: set[str] = field(default_factory=set)
    until: float = float("inf")

    def close(self, branch: Sequence[Literal], assumed: int) -> Proof | None:
        """A proof that the facts of a branch contradict each other; its first `assumed` facts are assumptions."""
        facts = [(literal.relation, literal.polynomial) for literal in branch]
        if proof := self.sum(all_products(facts, self.algebra, 1)):
            return proof
        for name, share, splits, method in self._methods():
            self.until = monotonic() + share * (self.deadline - monotonic())
            try:
                proof = self._closed_by(method, facts, assumed, splits)
            except OutOfTime:
                if monotonic() > self.deadline:
                    raise
            finally:
                self.until = self.deadline
            if proof is not None:
                self.methods.add(name)
                return proof
        return None

    @property
    def limit(self) -> float:
        """When the method at work has to end."""
        return min(self.deadline, self.until)

    def _methods(self) -> tuple[tuple[str, float, int, Method], ...]:
        """Name, share of the time that is left, number of splits by signs, and what closes simplified facts."""
        return (
            ("sums of products of facts", 0.6, MAX_SPLITS, self._sums),
            ("bernstein", 0.2, 1, lambda facts: find_bernstein(facts, self.algebra, self.limit, cells=FEW)),
            ("sums of squares", 0.7, 1, self._squares),
            ("bernstein", 1.0, 1, lambda facts: find_bernstein(facts, self.algebra, self.limit, cells=MANY)),
        )

    def sum(self, products: Iterable[Product]) -> Proof | None:
        """`find_sum`, unless time is up."""
        if monotonic() > self.limit:
            raise OutOfTime
        return find_sum(products, self.algebra, self.limit)

    def _sums(self, facts: list[Fact]) -> Proof | None:
        attempts = [all_products(facts, self.algebra, 1), guided_products(facts, self.algebra, rounds=1)]
        attempts += [all_products(facts, self.algebra, 2)] if len(facts) <= 60 else []
        attempts += [guided_products(facts, self.algebra, rounds=2)] if len(facts) <= 30 else []
        attempts += [all_products(facts, self.algebra, 3)] if len(facts) <= 18 else []
        for products in attempts:
            if proof := self.sum(products):
                return proof
        return None

    def _squares(self, facts: list[Fact]) -> Proof | None:
        """Sums of squares from as few facts as z3 says are enough; then from all."""
        enough = core(facts, self.algebra, min(SCREEN, self.limit - monotonic()))
        if enough is None:
            return None
        if len(enough) < len(facts):
            some = [facts[i] for i in enough]
            until = monotonic() + (self.limit - monotonic()) / 2
            if proof := find_squares(some, self.algebra, until):
                return renumbered(proof, enough, len(facts))
        return find_squares(facts, self.algebra, self.limit)

    def _closed_by(self, method: Method, facts: list[Fact], assumed: int, splits: int) -> Proof | None:
        """A proof from the facts or, failing that, with every strict fact of integers tightened."""
        proof = Chain(self, facts, assumed, method).close(splits)
        if proof is None and method == self._squares and any(relation == "==" for relation, _ in facts):
            proof = Chain(self, facts, assumed, method, remainders=True).close(splits)
        whole = [i for i, fact in enumerate(facts) if self._is_integral(fact)]
        if proof or not whole:
            return proof
        grown = facts + [(">=", facts[i][1] - 1) for i in whole]
        inner = Chain(self, grown, assumed, method).close(splits)
        for position in range(len(whole) - 1, -1, -1):
            if inner is None:
                return None
            inner = without(inner, len(facts) + position, {"integer": str(whole[position])})
        return inner

    def _is_integral(self, fact: Fact) -> bool:
        relation, p = fact
        names = [name for name, n in zip(self.algebra.names, p.degrees(), strict=True) if n > 0] if p else []
        whole = all(c.denominator == 1 for c in p.values())
        return relation == ">" and whole and bool(names) and all(self.sorts[n] == "integer" for n in names)

    def sign_at_witness(self, p: Polynomial) -> int:
        """The sign of a polynomial where the assumptions are known to hold."""
        value = self.algebra.value(p, self.witness)
        return int(value > 0) - int(value < 0)
