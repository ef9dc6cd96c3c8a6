"""How stable a rest point is: the answers."""

from dataclasses import dataclass
from typing import Final

ASYMPTOTIC: Final = "asymptotically stable"
STABLE: Final = "stable"
UNSTABLE: Final = "unstable"
UNDECIDED: Final = "undecided"


@dataclass(frozen=True, slots=True)
class Decision:
    """Stability of the points of a cell.

    Attributes
    ----------
    stability : str
        "asymptotically stable", "stable", "unstable" or "undecided".
    reason : str
        The rule, in a few words.
    is_source : bool
        Whether an orbit is known to start from each point.
    """

    stability: str
    reason: str
    is_source: bool = False
