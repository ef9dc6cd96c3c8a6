"""What polynomials modulo small primes prove about integer polynomials."""

from collections.abc import Sequence
from typing import Final

PRIMES: Final = (101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191)


def has_no_rational_root(whole: Sequence[int]) -> bool:
    """Whether some small prime proves it: a rational root is one modulo every prime that spares the leading term.

    Coefficients are integers, constant first.

    Examples
    --------
    >>> has_no_rational_root([-2, 0, 1]), has_no_rational_root([-4, 0, 1])
    (True, False)
    """
    import numpy as np

    for prime in PRIMES:
        if whole[-1] % prime == 0:
            continue
        residues = np.arange(prime)
        values = np.zeros(prime, dtype=np.int64)
        for coefficient in reversed(whole):
            values = (values * residues + coefficient % prime) % prime
        if values.all():
            return True
    return False
