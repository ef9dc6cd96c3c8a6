"""Which of some facts are enough for a contradiction, by z3: a hint where to look for a certificate, no more."""

from collections.abc import Sequence
from typing import Any

from proofs.facts import Algebra, Polynomial, rational
from proofs.search.closing import Fact


def core(facts: Sequence[Fact], algebra: Algebra, seconds: float) -> list[int] | None:
    """The numbers of facts that contradict each other; all if z3 does not know; None if it says that they can hold.

    Parameters
    ----------
    facts : sequence of (str, Polynomial)
    algebra : Algebra
    seconds : float
    """
    import z3

    solver = z3.SolverFor("QF_NRA")
    solver.set("timeout", max(1, int(1000 * seconds)))
    variables = [z3.Real(name) for name in algebra.names]
    for i, (relation, p) in enumerate(facts):
        value = _translated(p, variables, z3)
        comparison = {">": value > 0, ">=": value >= 0, "==": value == 0, "!=": value != 0}[relation]
        solver.assert_and_track(comparison, f"fact {i}")
    answer = str(solver.check())
    if answer == "sat":
        return None
    named = {str(name) for name in solver.unsat_core()} if answer == "unsat" else set()
    found = [i for i in range(len(facts)) if f"fact {i}" in named]
    return found or list(range(len(facts)))


def _translated(p: Polynomial, variables: list[Any], z3: Any) -> Any:
    total = z3.RealVal(0)
    for monomial, coefficient in p.terms():
        exact = rational(coefficient)
        term = z3.Q(exact.numerator, exact.denominator)
        for variable, n in zip(variables, monomial, strict=True):
            for _ in range(n):
                term = term * variable
        total = total + term
    return total
