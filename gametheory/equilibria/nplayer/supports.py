r"""Which supports can carry an equilibrium: those that conditional dominance does not exclude.

If every strategy of the co-players' supports lets `b` earn more than `a`, then `a` is no best reply to any mixture on
them, and no equilibrium has `a` in its support there (Porter, Nudelman & Shoham 2008, Games Econ. Behav. 63, 642-662).
If all co-players use all of their supports, it is enough that `b` never earns less and sometimes more. Payoffs are
compared as integers.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gametheory.normal_form import NormalFormGame

Support = tuple[tuple[int, ...], ...]
Tensor = NDArray[Any]


def exact_payoffs(game: NormalFormGame) -> list[Tensor]:
    """Each player's payoffs as Fractions: floats are taken as the dyadic numbers that they are."""
    if game.exact:
        return list(game.payoffs)
    exact = np.vectorize(Fraction, otypes=[object])
    return [exact(tensor) for tensor in game.payoffs]


def whole_payoffs(tensors: list[Tensor]) -> list[Tensor]:
    """Each player's payoffs times the least common denominator: of int64 where differences cannot overflow."""
    found = []
    for tensor in tensors:
        scale = lcm(*(value.denominator for value in tensor.flat))
        whole = np.array([int(value * scale) for value in tensor.flat], dtype=object).reshape(tensor.shape)
        small = max(abs(value) for value in whole.flat) < 2**61
        found.append(whole.astype(np.int64) if small else whole)
    return found


class Dominance:
    """Conditional dominance in one game, remembered.

    Parameters
    ----------
    whole : list of array
        `whole_payoffs`.
    """

    def __init__(self, whole: list[Tensor]) -> None:
        self._whole = whole
        self._known: dict[tuple[int, bool, Support], frozenset[int]] = {}

    def dominated(self, player: int, domains: Support, *, weakly: bool = False) -> frozenset[int]:
        """Strategies of a player that another pure one dominates while co-players keep to their domains."""
        others = (*domains[:player], (), *domains[player + 1 :])
        key = player, weakly, others
        if key not in self._known:
            kept = [list(own) for own in domains]
            kept[player] = list(range(self._whole[player].shape[player]))
            part = np.moveaxis(self._whole[player][np.ix_(*kept)], player, 0)
            rows = part.reshape(len(part), -1)
            beats = rows[:, None, :] > rows[None, :, :]
            if weakly:
                worse = ~(rows[:, None, :] < rows[None, :, :]).any(axis=-1) & beats.any(axis=-1)
            else:
                worse = beats.all(axis=-1)
            self._known[key] = frozenset(np.flatnonzero(worse.any(axis=0)).tolist())
        return self._known[key]


def possible_supports(whole: list[Tensor]) -> Iterator[Support]:
    """Supports that dominance does not exclude, small ones of early players first.

    Examples
    --------
    Matching pennies has no pure candidates that survive:

    >>> pennies = np.array([[1, -1], [-1, 1]])
    >>> list(possible_supports([pennies, -pennies]))
    [((0, 1), (0, 1))]
    """
    dominance = Dominance(whole)
    shape = whole[0].shape
    start = _reduced(dominance, tuple(tuple(range(size)) for size in shape), 0)
    if start is not None:
        yield from _extended(dominance, start, 0)


def _extended(dominance: Dominance, domains: Support, player: int) -> Iterator[Support]:
    """Supports within domains whose first players' supports are settled."""
    if player == len(domains):
        if not any(dominance.dominated(i, domains, weakly=True) & set(own) for i, own in enumerate(domains)):
            yield domains
        return
    for size in range(1, len(domains[player]) + 1):
        for chosen in combinations(domains[player], size):
            narrowed = _reduced(dominance, (*domains[:player], chosen, *domains[player + 1 :]), player + 1)
            if narrowed is not None:
                yield from _extended(dominance, narrowed, player + 1)


def _reduced(dominance: Dominance, domains: Support, settled: int) -> Support | None:
    """Domains without dominated strategies; None if a settled support has one or a domain is empty."""
    while True:
        found = []
        for player, own in enumerate(domains):
            gone = dominance.dominated(player, domains)
            if player < settled and gone & set(own):
                return None
            found.append(tuple(k for k in own if k not in gone))
        if not all(found):
            return None
        narrowed = tuple(found)
        if narrowed == domains:
            return domains
        domains = narrowed
