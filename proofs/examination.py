"""What a prover's user asks next: whether each assumption is needed, and whether a `>=` could be a `>`.

Each assumption is left out in turn and the rest asked again: proved still (not needed), or refuted by a counterexample
that needs it. Each comparison of the conclusion that is not strict, and counts for it, is made strict in turn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from proofs.claims import Claim
from proofs.language import Comparison, Connective, Formula, Quantifier, render
from proofs.verdicts import Proved, Refuted, Undefined, Verdict
from proofs.verification import BUDGET, verify

STRICT: Final = {">=": ">", "<=": "<"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A claim without one of its assumptions.

    Attributes
    ----------
    assumption : str
    verdict : Verdict
        On the claim without it.
    """

    assumption: str
    verdict: Verdict

    @property
    def needed(self) -> bool | None:
        """Whether the claim is false, or a term undefined, without the assumption; None if that was not found out."""
        if isinstance(self.verdict, Refuted | Undefined):
            return True
        return False if isinstance(self.verdict, Proved) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharpened:
    """A claim with one comparison made strict.

    Attributes
    ----------
    comparison : str
        As it stands in the conclusion, definitions written out.
    verdict : Verdict
        On the claim with the strict one in its place.
    """

    comparison: str
    verdict: Verdict

    @property
    def could_be_strict(self) -> bool | None:
        """Whether the strict comparison is proved too; None if that was not found out."""
        if isinstance(self.verdict, Refuted):
            return False
        return True if isinstance(self.verdict, Proved) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """A verdict, and what it depends on.

    Attributes
    ----------
    verdict : Verdict
    dropped : tuple of Dropped
        One for each assumption, in order; empty unless the claim is proved.
    sharpened : tuple of Sharpened
        One for each comparison that could be strict, in order; empty unless the claim is proved.
    """

    verdict: Verdict
    dropped: tuple[Dropped, ...] = ()
    sharpened: tuple[Sharpened, ...] = ()


def examine(claim: Claim, *, budget: float = BUDGET) -> Examination:
    """Verify a claim, and ask of each assumption and each comparison whether it has to be as it is.

    Parameters
    ----------
    claim : Claim
    budget : float
        Seconds for each question, > 0.

    Returns
    -------
    Examination

    Examples
    --------
    >>> claim = Claim(id="bound", statement="-", source="-", variables={"x": "real"}, assumptions=["x >= 1", "x <= 2"],
    ...               conclusion="x**2 >= 1")
    >>> found = examine(claim)
    >>> [(d.assumption, d.needed) for d in found.dropped], [s.could_be_strict for s in found.sharpened]
    ([('x >= 1', True), ('x <= 2', False)], [False])
    """
    verdict = verify(claim, budget=budget)
    if not isinstance(verdict, Proved):
        return Examination(verdict=verdict)
    dropped = []
    for index, text in enumerate(claim.assumptions):
        rest = [*claim.assumptions[:index], *claim.assumptions[index + 1 :]]
        dropped.append(Dropped(assumption=text, verdict=verify(replace(claim, assumptions=rest), budget=budget)))
    sharpened = [
        Sharpened(comparison=text, verdict=verify(replace(claim, conclusion=strict), budget=budget))
        for text, strict in _sharper(claim.concluded)
    ]
    return Examination(verdict=verdict, dropped=tuple(dropped), sharpened=tuple(sharpened))


def _sharper(tree: Formula) -> Iterator[tuple[str, str]]:
    """Each comparison that the formula asserts and that is not strict, and the formula with it made strict."""

    def walk(part: Formula, positive: bool, put: Callable[[Formula], Formula]) -> Iterator[tuple[str, str]]:
        match part:
            case Comparison(relation=relation) if positive and relation in STRICT:
                yield render(part), render(put(replace(part, relation=STRICT[relation])))
            case Connective(operator=("and" | "or" | "not" | "implies") as word, arguments=parts):
                for i, inner in enumerate(parts):
                    turned = word == "not" or (word == "implies" and i == 0)

                    def within(new: Formula, i: int = i) -> Formula:
                        return put(replace(part, arguments=(*parts[:i], new, *parts[i + 1 :])))

                    yield from walk(inner, positive != turned, within)
            case Quantifier(body=body):
                yield from walk(body, positive, lambda new: put(replace(part, body=new)))

    yield from walk(tree, True, lambda new: new)
