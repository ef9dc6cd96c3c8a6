"""The catalogue: propositions of the literature and of ours, each with a deliberately wrong twin, one file a topic.

`builtin_claims` are those of model.md 2, which `gametheory verify` searches afresh; `catalogue_claims` are all.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proofs.claims import Claim

STRATA = ("polynomial", "integer or symbolic exponent", "exp and log", "quantified")


def builtin_claims() -> "tuple[Claim, ...]":
    """The claims of model.md 2, each followed by its wrong twin (whose `expected` is "refuted").

    Examples
    --------
    >>> claims = builtin_claims()
    >>> claims[0].id, claims[1].id, claims[1].expected
    ('deterrence-threshold', 'deterrence-threshold.wrong', 'refuted')
    """
    from proofs.catalogue import deterrence, population, repetition

    return (*deterrence.claims(), *repetition.claims(), *population.claims())


def catalogue_claims() -> "tuple[Claim, ...]":
    """Every claim of the catalogue, each followed by its wrong twin.

    Examples
    --------
    >>> len(catalogue_claims()) // 2
    142
    """
    from proofs.catalogue import adaptation, choice, existence, groups, mechanisms, neighbors, nonlinear, reciprocity

    topics = (mechanisms, nonlinear, choice, adaptation, groups, existence, reciprocity, neighbors)
    return (*builtin_claims(), *(claim for topic in topics for claim in topic.claims()))


def stratum(claim: "Claim") -> str:
    """Which of `STRATA` a claim belongs to, by what its formulas use.

    Examples
    --------
    >>> {c.id: stratum(c) for c in catalogue_claims()}["logit-share"]
    'exp and log'
    """
    import re

    text = " ".join((*claim.definitions.values(), *claim.assumptions, claim.conclusion))
    if re.search(r"\b(exp|log)\(", text):
        return "exp and log"
    if re.search(r"\b(exists|forall)\(", text):
        return "quantified"
    whole = "integer" in claim.variables.values() or re.search(r"\b(Sum|binomial)\(", text)
    return "integer or symbolic exponent" if whole else "polynomial"
