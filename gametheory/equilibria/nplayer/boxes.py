r"""All isolated zeros of a support's equations, each certified, by halving the product of the players' simplices.

A function that is linear in each player's mixture lies, on a product of simplices, between its least and largest values
at the vertices (one of each simplex). A piece is dropped if some equation, or some row of :math:`Y F` with `Y` the
inverse of the slope in its middle, keeps its sign at all of them, or if a deviation pays at all of them, or if it lies
in the box of a certified zero (`gametheory.algebra.krawczyk`). Pieces that are left when there are too many are
undecided. Values are floats with bounds of their rounding errors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.bernstein import UNIT
from gametheory.algebra.krawczyk import PolynomialSystem, Zero, certify
from gametheory.equilibria.nplayer.systems import SupportSystem

Array = NDArray[np.float64]
EFFORT: Final = 20_000
TRIES: Final = 6  # most searches for a zero at once
SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSearch:
    """What halving found.

    Attributes
    ----------
    zeros : tuple of Zero
        Distinct, in the product or near it.
    undecided : int
        Pieces where zeros that are not listed may be; 0 if the list is complete.
    """

    zeros: tuple[Zero, ...]
    undecided: int


@dataclass(slots=True)
class _Pieces:
    """Values at the vertices: `forms` of shape (pieces, functions, vertices...), `corners` by player."""

    forms: Array
    corners: list[Array]

    def chosen(self, mask: Any) -> "_Pieces":
        return _Pieces(self.forms[mask], [some[mask] for some in self.corners])


def isolated_zeros(system: SupportSystem, tensors: Sequence[NDArray[Any]], *, effort: int = EFFORT) -> BoxSearch:
    """Search the closed product of simplices of a support for zeros of its equations where no deviation pays.

    Parameters
    ----------
    system : SupportSystem
        As many equations as unknowns.
    tensors : sequence of array of Fraction
        The game's payoffs.
    effort : int
        Most pieces looked at.
    """
    exact = PolynomialSystem(system.equations)
    start = _start(system, tensors)
    equations = system.unknowns
    pieces, zeros, looked, error = start, list[Zero](), 0, 4 * UNIT
    sizes = [len(own) for own in system.support]
    movers = [i for i, size in enumerate(sizes) if size > 1]
    tags, turn = [size - 1 for size in sizes], 0
    while True:
        looked += len(pieces.forms)
        pieces = _kept(pieces, equations, error, zeros, exact, movers)
        if not len(pieces.forms) or looked + 2 * len(pieces.forms) > effort:
            break
        player = movers[turn % len(movers)]
        pieces = _halved(pieces, player, tags[player])
        tags[player] = tags[player] - 1 or sizes[player] - 1
        error += 2 * UNIT
        turn += 1
    return BoxSearch(zeros=tuple(zeros), undecided=len(pieces.forms))


def _start(system: SupportSystem, tensors: Sequence[NDArray[Any]]) -> _Pieces:
    """The whole product: functions scaled to at most 1 in size."""
    support = system.support
    shape = [len(own) for own in support]
    equations: list[Array] = []
    gains: list[Array] = []
    for player, own in enumerate(support):
        kept = [list(some) for some in support]
        kept[player] = list(range(tensors[0].shape[player]))
        part = np.moveaxis(tensors[player][np.ix_(*kept)], player, 0)
        part = part - part[own[0]]
        for strategy, row in enumerate(part):
            largest = max(abs(value) for value in row.flat)
            if strategy == own[0] or largest == 0:
                continue
            values = np.array([float(value / largest) for value in row.flat]).reshape(row.shape)
            whole = np.broadcast_to(np.expand_dims(values, player), shape)
            (equations if strategy in own else gains).append(whole)
    forms = np.array([*equations, *gains])[None]
    return _Pieces(forms, [np.eye(size)[None] for size in shape])


def _halved(pieces: _Pieces, player: int, tag: int) -> _Pieces:
    """Both halves of one player's simplices, by Maubach's rule as in `gametheory.algebra.bernstein.halves`."""
    size = pieces.corners[player].shape[1]
    order = [*range(1, tag + 1), 0, *range(tag + 1, size)]
    axis = 2 + player

    def parts(values: Array, axis: int) -> Array:
        moved = np.moveaxis(values, axis, 0)
        middle = 0.5 * (moved[0] + moved[tag])
        near, far = moved.copy(), moved.copy()
        near[tag], far[0] = middle, middle
        return np.concatenate([np.moveaxis(near, 0, axis), np.moveaxis(far[order], 0, axis)])

    corners = [np.concatenate([some, some]) for some in pieces.corners]
    corners[player] = parts(pieces.corners[player], 1)
    return _Pieces(parts(pieces.forms, axis), corners)


def _kept(
    pieces: _Pieces, equations: int, error: float, zeros: list[Zero], exact: PolynomialSystem, movers: Sequence[int]
) -> _Pieces:
    """The pieces that may hold a zero that is not certified; zeros that they propose are added."""
    flat = pieces.forms.reshape(*pieces.forms.shape[:2], -1)
    low, high = flat.min(axis=-1), flat.max(axis=-1)
    empty = (low[:, :equations] > error).any(axis=1) | (high[:, :equations] < -error).any(axis=1)
    empty |= (low[:, equations:] > error).any(axis=1) | _covered(pieces, zeros, movers)
    pieces = pieces.chosen(~empty)
    if not len(pieces.forms):
        return pieces
    slope, middle = _linear(pieces.forms[:, :equations], movers)
    fits = np.abs(np.linalg.det(slope)) > 1e-9 * np.abs(slope).max(axis=(1, 2)) ** equations + 1e-280
    inverse = np.linalg.inv(np.where(fits[:, None, None], slope, np.eye(equations)))
    values = pieces.forms[:, :equations].reshape(len(slope), equations, -1)
    turned = inverse @ values
    noise = np.abs(inverse).sum(axis=-1) * (error + 8 * equations * UNIT)
    empty = ((turned.min(axis=-1) > noise) | (turned.max(axis=-1) < -noise)).any(axis=1)
    _propose(pieces.chosen(~empty & fits), inverse[~empty & fits], middle[~empty & fits], zeros, exact, movers)
    return pieces.chosen(~empty & ~_covered(pieces, zeros, movers))


def _linear(forms: Array, movers: Sequence[int]) -> tuple[Array, Array]:
    """Slopes towards each vertex but the first, in the middle of a piece, shape (pieces, n, n); and values there."""
    columns = []
    players = forms.ndim - 2
    for player in movers:
        rest = forms
        for other in reversed(range(players)):
            if other != player:
                rest = rest.mean(axis=2 + other)
        columns.append(rest[..., 1:] - rest[..., :1])
    return np.concatenate(columns, axis=-1), forms.reshape(*forms.shape[:2], -1).mean(axis=-1)


def _propose(
    pieces: _Pieces, inverse: Array, middle: Array, zeros: list[Zero], exact: PolynomialSystem, movers: Sequence[int]
) -> None:
    """Certify the zeros that Newton steps from the middles of some pieces lead near to."""
    steps = (inverse @ middle[..., None])[..., 0]
    tries = 0
    for piece in range(0, len(steps), max(1, len(steps) // (4 * TRIES))):
        local, point, near, at = steps[piece], [], True, 0
        for player in movers:
            corners = pieces.corners[player][piece]
            size = len(corners) - 1
            own = np.full(size, 1 / (size + 1)) - local[at : at + size]
            near &= bool((own > -1).all() and own.sum() < 2)
            point.append((corners[0] + own @ (corners[1:] - corners[0]))[1:])
            at += size
        start = np.concatenate(point)
        if not near or any(zero.holds(start) for zero in zeros):
            continue
        tries += 1
        zero = certify(exact, start.tolist(), known=zeros)
        if zero is not None:
            zeros.append(zero)
        if tries == TRIES:
            return


def _covered(pieces: _Pieces, zeros: Sequence[Zero], movers: Sequence[int]) -> NDArray[np.bool_]:
    """Whether pieces lie in the box of a certified zero."""
    inside = np.zeros(len(pieces.forms), dtype=bool)
    for zero in zeros:
        centre = np.array([float(c) for c in zero.anchor])
        reach = float(zero.reach) * (1 - SLACK)
        here, at = np.ones(len(inside), dtype=bool), 0
        for player in movers:
            corners = pieces.corners[player][:, :, 1:]
            size = corners.shape[2]
            here &= (np.abs(corners - centre[at : at + size]) <= reach).all(axis=(1, 2))
            at += size
        inside |= here
    return inside
