"""The second judge: a certificate written out as a Coq (Rocq) theorem, compiled by `coqc`.

The statement is made from the claim alone. The proof follows the certificate: every connective is taken apart by a
lemma, terms that are no rational functions get names, every comparison becomes a polynomial fact by `field`, and each
branch is closed by the certificate's sum, whose vanishing `ring`, or for large ones a program proved correct
(`theory/reflect.v`), has to confirm. Lemmas that certificates name are theorems of `theory/`, proved in the same file.
A changed certificate makes the compilation fail. A theorem counts as accepted only if `coqc` succeeds, the file has no
way around a proof, and `Print Assumptions` lists nothing but axioms of the standard library (`kernel.ALLOWED_AXIOMS`).
"""

from proofs.coq.kernel import KernelAnswer, available, run_kernel
from proofs.coq.printing import coq_statement
from proofs.coq.terms import NotCovered
from proofs.coq.theorems import coq_file

__all__ = ["KernelAnswer", "NotCovered", "available", "coq_file", "coq_statement", "run_kernel"]
