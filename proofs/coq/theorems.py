"""Which theorem a certificate is evidence for."""

from collections.abc import Mapping
from typing import Any

from proofs.claims import Claim
from proofs.coq.refuting import Refuting
from proofs.coq.terms import NotCovered
from proofs.coq.writing import Writer


def coq_file(claim: Claim, certificate: Mapping[str, Any]) -> str:
    """The whole Coq file: what it stands on, one lemma for each term that must be defined, the theorem.

    Parameters
    ----------
    claim : Claim
    certificate : mapping
        Of verdict "proved" (the theorem is the claim), "vacuous" (assumptions imply False) or "refuted" (the negation).

    Raises
    ------
    NotCovered
        If Coq's proofs do not cover the certificate.
    Unsupported
        If the certificate does not fit the claim.
    """
    if certificate["verdict"] == "undefined":
        raise NotCovered("a term without value, which Coq's real numbers do not have")
    writer = Refuting if certificate["verdict"] == "refuted" else Writer
    return writer(claim, certificate).file()
