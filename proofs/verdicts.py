"""The five verdicts on a claim. Only a certificate that the checker accepts makes a claim proved."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from proofs.claims import Claim

Certificate = dict[str, Any]
Point = dict[str, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found out about a claim.

    Attributes
    ----------
    claim : Claim
    method : str
        How; 'decision procedure' where only z3 answered.
    certificate : dict or None
        Evidence that `proofs.checker` accepted, in the form that it reads.
    seconds : float
        Spent on search and check.
    """

    claim: Claim
    method: str
    certificate: Certificate | None
    seconds: float

    @property
    def word(self) -> str:
        """The verdict as reports spell it."""
        return type(self).__name__.lower()

    @property
    def as_expected(self) -> bool:
        """Whether it is the verdict that the claim's author expects."""
        return self.word == self.claim.expected

    def _repr_latex_(self) -> str:
        from gametheory.latex import shown, verdict_latex

        return shown(verdict_latex(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved(Verdict):
    """True for every value of the variables; `needed` are the assumptions that the proof uses."""

    needed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuted(Verdict):
    """False: at `counterexample` every assumption is true and the conclusion is false, by exact evaluation."""

    counterexample: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacuous(Verdict):
    """The assumptions contradict each other."""

    needed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undefined(Verdict):
    """The assumptions do not keep `term` defined: at `point` it has no value."""

    term: str
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided(Verdict):
    """Neither proved nor refuted within the budget, for `reason`."""

    reason: str
    tried: tuple[str, ...] = field(default=())
