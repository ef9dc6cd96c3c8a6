"""Certificates as files: JSON, versioned, exact rationals as text. `proofs.checker.check` defines what they mean."""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from proofs.checker.check import SCHEMA, digest
from proofs.claims import Claim
from proofs.surds import Surd, root_text


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


def point_text(claim: Claim, point: Mapping[str, Fraction | Surd]) -> dict[str, Any]:
    """A point as certificates hold it: each variable's value, in the claim's order; irrational ones in one root."""
    roots = [value.root for value in point.values() if isinstance(value, Surd)]
    if not roots:
        return {name: str(point[name]) for name in claim.variables}
    t = root_name(claim)
    values = {name: point[name] for name in claim.variables}
    return {
        "root": {"name": t, "poly": root_text(roots[0], t), "interval": [str(roots[0].low), str(roots[0].high)]},
        "values": {n: value.text_in(t) if isinstance(value, Surd) else str(value) for n, value in values.items()},
    }


def root_name(claim: Claim) -> str:
    """A name for an algebraic number that the claim does not use."""
    taken = {*claim.variables, *claim.definitions}
    return next(name for name in ("t", *(f"t{i}" for i in range(len(taken) + 1))) if name not in taken)


def save(certificate: Mapping[str, Any], path: Path) -> None:
    """Write a certificate as JSON."""
    path.write_text(json.dumps(certificate, indent=1, ensure_ascii=True) + "\n", encoding="ascii")
