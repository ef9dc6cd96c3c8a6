"""The second judge: a certificate written out as a Coq (Rocq) theorem, compiled by `coqc`.

The statement is made from the claim alone. The proof follows the certificate: every connective is taken apart by a
lemma, every comparison becomes a polynomial fact by `field`, and each branch is closed by the certificate's sum, whose
vanishing `ring` has to confirm. A changed certificate makes the compilation fail. A theorem counts as accepted only if
`coqc` succeeds, the file has no way around a proof, and `Print Assumptions` lists nothing but the standard library's
axioms of the real numbers.
"""

from proofs.coq.kernel import KernelAnswer, available, run_kernel
from proofs.coq.printing import coq_statement
from proofs.coq.writing import coq_file

__all__ = ["KernelAnswer", "available", "coq_file", "coq_statement", "run_kernel"]
