"""The built-in claims: every proposition of model.md 2 with a deliberately wrong twin, one file a topic."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proofs.claims import Claim


def builtin_claims() -> "tuple[Claim, ...]":
    """Every built-in claim, each followed by its wrong twin (whose `expected` is "refuted").

    Examples
    --------
    >>> claims = builtin_claims()
    >>> claims[0].id, claims[1].id, claims[1].expected
    ('deterrence-threshold', 'deterrence-threshold.wrong', 'refuted')
    """
    from proofs.catalogue import deterrence, population, repetition

    return (*deterrence.claims(), *repetition.claims(), *population.claims())
