"""Claims and certificates by hand for tests of the checker, and an attacker who signs what he changed."""

from collections.abc import Mapping
from typing import Any

from proofs import Claim
from proofs.checker.check import SCHEMA, check, digest
from proofs.checker.limits import Rejected


def claim(conclusion: str, *assumptions: str, integers: str = "", **details: Any) -> Claim:
    """A claim about x, y and z (real), and the names in `integers`."""
    sorts = {**dict.fromkeys("xyz", "real"), **dict.fromkeys(integers.split(), "integer")}
    given = {"id": "test", "statement": "-", "source": "-", "variables": sorts, "definitions": {}, **details}
    return Claim(assumptions=assumptions, conclusion=conclusion, **given)


def raw_claim(conclusion: Any, assumptions: Any = (), **details: Any) -> dict[str, Any]:
    """A claim as a certificate embeds it, of any shape."""
    base: dict[str, Any] = {"id": "test", "statement": "-", "source": "-", "variables": {"x": "real"}}
    listed = list(assumptions) if isinstance(assumptions, tuple) else assumptions
    return {**base, "definitions": {}, "assumptions": listed, "conclusion": conclusion, **details}


def signed(verdict: str, about: Any, **evidence: Any) -> dict[str, Any]:
    """A certificate with the right hashes, whatever is in it."""
    body = {"schema": SCHEMA, "verdict": verdict, "method": "by hand", "claim": about, "claim_hash": digest(about)}
    body |= evidence
    return {**body, "digest": digest(body)}


def resigned(certificate: Mapping[str, Any]) -> dict[str, Any]:
    """The certificate with both hashes recomputed."""
    body = {key: entry for key, entry in certificate.items() if key != "digest"}
    body["claim_hash"] = digest(body["claim"])
    return {**body, "digest": digest(body)}


def answer(certificate: Any) -> str:
    """The verdict that the checker accepts, or 'rejected'."""
    try:
        return check(certificate)
    except Rejected:
        return "rejected"
