"""How pictures mark things: Okabe & Ito's colors, told apart by every kind of color vision; shapes say it again."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.targets import Target
from gametheory.games import TableGame

NAMES: Final = {"C": "contributors", "D": "defectors", "P": "punishers", "L": "loners"}
BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
GREEN: Final = "#009E73"
PURPLE: Final = "#AA4499"
GREY: Final = "#6F6F6F"
POINTS: Final[dict[str, dict[str, Any]]] = {
    "asymptotically stable": {"marker": "o", "mfc": BLUE, "mec": BLUE},
    "stable": {"marker": "o", "mfc": "#A6D3EC", "mec": BLUE},
    "unstable": {"marker": "o", "mfc": "white", "mec": ORANGE},
    "undecided": {"marker": "D", "mfc": "white", "mec": GREY},
}
LINES: Final[dict[str, dict[str, Any]]] = {
    "asymptotically stable": {"color": BLUE, "ls": "-", "lw": 4.0},
    "stable": {"color": BLUE, "ls": "-", "lw": 4.0},
    "unstable": {"color": ORANGE, "ls": (0, (1.6, 1.2)), "lw": 3.0},
    "undecided": {"color": GREY, "ls": (0, (1, 1)), "lw": 3.0},
}
# pale, of different lightness, so that what is drawn on them can be read
TINTS: Final = ("#DCEFF9", "#FFF3B8", "#C4E8DB", "#F2D3E3", "#F8D9C0", "#CFCFEF")
UNDECIDED_TINT: Final = "#EDEDED"


def short_name(target: Target, strategies: Sequence[str]) -> str:
    """A target in a few words, for a legend."""
    if target.kind == "limit cycle":
        return "a limit cycle"
    if target.kind == "heteroclinic cycle":
        return "the boundary cycle"
    if len(target.corners) > 1:
        present = [name for name, share in zip(strategies, target.corners.max(axis=0), strict=True) if share > 0]
        return f"a line of {' and '.join(present)}" if len(target.corners) == 2 else "a set of rest points"
    point = target.corners[0]
    if point.max() > 1 - 1e-12:
        return f"all {strategies[int(np.argmax(point))]}"
    shown = ", ".join(f"{share:.2g} {n}" for n, share in zip(strategies, point, strict=True) if share > 5e-3)
    return shown or target.set


def corner_label(game: Any, name: str) -> str:
    """A strategy's name; what the letters stand for only where they are the model's, not a user's own."""
    names = {} if isinstance(game, TableGame) else NAMES
    return f"{name}  ({names[name]})" if name in names else name


def even(path: NDArray[np.float64], *, spacing: float = 0.01) -> NDArray[np.float64]:
    """A path at equal distances of about `spacing`; its first point alone if it is short."""
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    if lengths[-1] < 2 * spacing:
        return path[:1]
    places = np.linspace(0, lengths[-1], int(lengths[-1] / spacing) + 2)
    return np.column_stack([np.interp(places, lengths, path[:, k]) for k in range(path.shape[1])])
