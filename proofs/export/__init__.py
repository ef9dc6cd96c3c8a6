"""Claims in the languages of other provers: SMT-LIB for solvers, Lean for its mathematicians.

What is written here is text for others to judge; nothing in this project counts it as a proof.
"""

from proofs.export.lean import to_lean
from proofs.export.smtlib import to_smtlib

__all__ = ["to_lean", "to_smtlib"]
