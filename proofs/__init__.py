"""What is true of a game for every parameter, with evidence that a stranger can check."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from proofs.catalogue import builtin_claims
    from proofs.checking import Checked, check_certificate
    from proofs.claims import Claim, load_claims
    from proofs.coq import coq_file, run_kernel
    from proofs.properties import (
        FoundCondition,
        Property,
        best_reply,
        claim_that,
        contributing,
        equilibrium,
        find_condition,
        rest_point,
    )
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
    "FoundCondition": "proofs.properties",
    "Property": "proofs.properties",
    "best_reply": "proofs.properties",
    "claim_that": "proofs.properties",
    "contributing": "proofs.properties",
    "equilibrium": "proofs.properties",
    "find_condition": "proofs.properties",
    "rest_point": "proofs.properties",
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
    "FoundCondition",
    "Property",
    "Proved",
    "Refuted",
    "Undecided",
    "Undefined",
    "Vacuous",
    "Verdict",
    "best_reply",
    "builtin_claims",
    "check_certificate",
    "claim_that",
    "contributing",
    "coq_file",
    "equilibrium",
    "find_condition",
    "load_claims",
    "rest_point",
    "run_kernel",
    "verify",
    "verify_all",
]

__getattr__ = exporter(__name__, _MODULES)
