"""Certificates as files: JSON, versioned, exact rationals as text. `proofs.checker.check` defines what they mean."""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from proofs.checker.check import SCHEMA, digest
from proofs.claims import Claim


def make(claim: Claim, verdict: str, method: str, evidence: Mapping[str, Any]) -> dict[str, Any]:
    """A certificate that `evidence` supports `verdict`; whether it does is for the checker to say."""
    body = {
        "schema": SCHEMA,
        "verdict": verdict,
        "method": method,
        "claim": claim.canonical(),
        "claim_hash": claim.hash,
        **evidence,
    }
    return {**body, "digest": digest(body)}


def point_text(claim: Claim, point: Mapping[str, Fraction]) -> dict[str, str]:
    """A point as certificates hold it: each variable's value, in the claim's order."""
    return {name: str(point[name]) for name in claim.variables}


def save(certificate: Mapping[str, Any], path: Path) -> None:
    """Write a certificate as JSON."""
    path.write_text(json.dumps(certificate, indent=1, ensure_ascii=True) + "\n", encoding="ascii")
