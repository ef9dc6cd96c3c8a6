"""What is true of a game for every parameter, with evidence that a stranger can check."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from proofs.catalogue import builtin_claims
    from proofs.checking import Checked, check_certificate
    from proofs.claims import Claim, load_claims
    from proofs.coq import coq_file, run_kernel
    from proofs.examination import Examination, examine
    from proofs.properties.concepts import (
        asymptotically_stable,
        best_reply,
        contributing,
        equilibrium,
        evolutionarily_stable,
        rest_point,
    )
    from proofs.properties.finding import FoundBounds, FoundCondition, find_bounds, find_condition
    from proofs.properties.statements import Property, claim_that
    from proofs.verdicts import Proved, Refuted, Undecided, Undefined, Vacuous, Verdict
    from proofs.verification import verify, verify_all

_MODULES: Final = {
    "builtin_claims": "proofs.catalogue",
    "Checked": "proofs.checking",
    "check_certificate": "proofs.checking",
    "Claim": "proofs.claims",
    "load_claims": "proofs.claims",
    "coq_file": "proofs.coq",
    "run_kernel": "proofs.coq",
    "Examination": "proofs.examination",
    "examine": "proofs.examination",
    "FoundBounds": "proofs.properties.finding",
    "FoundCondition": "proofs.properties.finding",
    "find_bounds": "proofs.properties.finding",
    "find_condition": "proofs.properties.finding",
    "Property": "proofs.properties.statements",
    "claim_that": "proofs.properties.statements",
    "asymptotically_stable": "proofs.properties.concepts",
    "best_reply": "proofs.properties.concepts",
    "contributing": "proofs.properties.concepts",
    "equilibrium": "proofs.properties.concepts",
    "evolutionarily_stable": "proofs.properties.concepts",
    "rest_point": "proofs.properties.concepts",
    "Proved": "proofs.verdicts",
    "Refuted": "proofs.verdicts",
    "Undecided": "proofs.verdicts",
    "Undefined": "proofs.verdicts",
    "Vacuous": "proofs.verdicts",
    "Verdict": "proofs.verdicts",
    "verify": "proofs.verification",
    "verify_all": "proofs.verification",
}

__all__ = [
    "Checked",
    "Claim",
    "Examination",
    "FoundBounds",
    "FoundCondition",
    "Property",
    "Proved",
    "Refuted",
    "Undecided",
    "Undefined",
    "Vacuous",
    "Verdict",
    "asymptotically_stable",
    "best_reply",
    "builtin_claims",
    "check_certificate",
    "claim_that",
    "contributing",
    "coq_file",
    "equilibrium",
    "evolutionarily_stable",
    "examine",
    "find_bounds",
    "find_condition",
    "load_claims",
    "rest_point",
    "run_kernel",
    "verify",
    "verify_all",
]

__getattr__ = exporter(__name__, _MODULES)
