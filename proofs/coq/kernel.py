"""`coqc` as a judge."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final

from gametheory.errors import GameTheoryError
from proofs.claims import Claim
from proofs.coq.terms import NotCovered
from proofs.coq.theorems import coq_file

# of the standard library: the first three under its real numbers, the last where a formula has quantifiers
ALLOWED_AXIOMS: Final = frozenset(
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
FORBIDDEN: Final = re.compile(
    r"\b(Admitted|admit|Axiom|Axioms|Parameter|Parameters|Conjecture|Hypothesis|Hypotheses|Variable|Variables"
    r"|Context|Declare|Unset|Set|Load|Abort|give_up|bypass_check|native_compute|Extraction|Redirect)\b"
)
TIMEOUT: Final = 120.0  # seconds; a kernel that has not answered by then has not judged


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelAnswer:
    """What Coq said.

    Attributes
    ----------
    status : str
        "accepted", "rejected" or "not run".
    reason : str
        Why not accepted; empty otherwise.
    seconds : float
        Of compilation.
    """

    status: str
    reason: str
    seconds: float


def available() -> bool:
    """Whether `coqc` (Debian's package coq) is on the path."""
    return shutil.which("coqc") is not None


def run_kernel(claim: Claim, certificate: Mapping[str, Any], path: Path) -> KernelAnswer:
    """Write the theorem to `path` (ending in .v) and compile it.

    Parameters
    ----------
    claim : Claim
    certificate : mapping
        Of verdict "proved", "vacuous" or "refuted"; another is not run.
    path : Path
        Where the Coq file goes; its name must be a Coq identifier.
    """
    start = monotonic()
    try:
        source = coq_file(claim, certificate)
    except NotCovered as error:
        return KernelAnswer(status="not run", reason=str(error), seconds=0.0)
    except (
        GameTheoryError,
        LookupError,
        ValueError,
        TypeError,
        StopIteration,
        AttributeError,
        AssertionError,
        ArithmeticError,
        RecursionError,
    ) as error:
        return KernelAnswer(status="rejected", reason=f"no theorem could be written: {error!r}", seconds=0.0)
    path.write_text(source, encoding="ascii")
    if not available():
        return KernelAnswer(status="not run", reason="coqc is not installed", seconds=0.0)
    if found := FORBIDDEN.search(source):
        return KernelAnswer(status="rejected", reason=f"the file contains {found.group()!r}", seconds=0.0)
    try:
        done = subprocess.run(
            ["coqc", "-q", path.name],
            cwd=path.parent,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return KernelAnswer(status="not run", reason=f"coqc: no answer in {TIMEOUT:g} s", seconds=monotonic() - start)
    seconds = monotonic() - start
    for suffix in (".vo", ".vok", ".vos", ".glob"):
        path.with_suffix(suffix).unlink(missing_ok=True)
    path.with_name(f".{path.stem}.aux").unlink(missing_ok=True)
    if done.returncode != 0:
        return KernelAnswer(status="rejected", reason=" ".join(done.stderr.split())[:300], seconds=seconds)
    axioms = set(re.findall(r"^([A-Za-z_][\w.']*)\s*:", done.stdout, flags=re.MULTILINE)) - {"Axioms"}
    closed = "Closed under the global context" in done.stdout
    if not (closed or (axioms and axioms <= ALLOWED_AXIOMS)):
        return KernelAnswer(status="rejected", reason=f"it assumes {sorted(axioms)}", seconds=seconds)
    return KernelAnswer(status="accepted", reason="", seconds=seconds)
