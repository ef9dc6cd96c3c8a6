"""What is true of a game for every parameter, with evidence that a stranger can check."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from proofs.catalogue import builtin_claims
    from proofs.checking import Checked, check_certificate
    from proofs.claims import Claim, load_claims
    from proofs.coq import coq_file, run_kernel
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
    "Proved",
    "Refuted",
    "Undecided",
    "Undefined",
    "Vacuous",
    "Verdict",
    "builtin_claims",
    "check_certificate",
    "coq_file",
    "load_claims",
    "run_kernel",
    "verify",
    "verify_all",
]

__getattr__ = exporter(__name__, _MODULES)
