"""Pure Nash equilibria of a symmetric game, up to relabelling the players.

In a symmetric game a pure profile is, up to names of players, how many of the N players use each strategy. It
is an equilibrium iff nobody gains by switching alone, strict iff everybody would lose. A player's co-players
are the profile without that player, so one look at each column of the payoff table decides everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from gametheory.compositions import compositions
from gametheory.equilibria.recognition import affine_by_symbols
from gametheory.games import Game, payoff_table

TIE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class PureProfile:
    """A pure equilibrium: how many players use each strategy.

    Attributes
    ----------
    strategies : tuple of str, length m
    counts : tuple of int, length m
        They sum to N.
    strict : bool
        Whether every player would lose by switching alone.
    """

    strategies: tuple[str, ...]
    counts: tuple[int, ...]
    strict: bool

    @property
    def by_name(self) -> dict[str, int]:
        """How many use each strategy, by its name."""
        return dict(zip(self.strategies, self.counts, strict=True))

    def _repr_latex_(self) -> str:
        from gametheory.latex import profile_latex, shown

        return shown(profile_latex(self))


def pure_profiles(game: Game) -> tuple[PureProfile, ...]:
    """All pure equilibria of a game with numbers for parameters.

    Parameters
    ----------
    game : Game

    Returns
    -------
    tuple of PureProfile
        In the order of `gametheory.compositions`. Exact for exact games; for floats, payoffs within 1e-12 of
        the largest are ties. Cost O(m^2) per composition, in compiled loops where the payoffs of a large game are
        proved affine (`gametheory.equilibria.recognition`).

    Raises
    ------
    InvalidParameter
        If a payoff is not a number.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> [profile.by_name for profile in pure_profiles(game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"]))]
    [{'hawk': 1, 'dove': 1}]
    """
    known = affine_by_symbols(game)
    if known is not None:
        return _of_matrix(tuple(game.strategies), int(game.group_size), known)
    table = payoff_table(game)
    size = len(table.strategies)
    slack = 0 if table.is_exact else TIE * max(abs(v) for row in table.values for v in row)
    best: dict[tuple[int, ...], tuple[set[int], bool]] = {}
    columns = zip(*table.values, strict=True)
    for split, column in zip(compositions(table.group_size - 1, size).tolist(), columns, strict=True):
        top = max(column)
        replies = {i for i, value in enumerate(column) if value >= top - slack}
        best[tuple(split)] = replies, len(replies) == 1
    found = []
    for counts in compositions(table.group_size, size).tolist():
        present = np.flatnonzero(counts).tolist()
        seen = {i: best[tuple(n - (k == i) for k, n in enumerate(counts))] for i in present}
        if all(i in replies for i, (replies, _) in seen.items()):
            strict = all(single for _, single in seen.values())
            found.append(PureProfile(strategies=table.strategies, counts=tuple(counts), strict=strict))
    return tuple(found)


def _of_matrix(names: tuple[str, ...], size: int, matrix: Sequence[Sequence[Fraction]]) -> tuple[PureProfile, ...]:
    """Payoffs are (n . A) / (N - 1): integers, once multiplied by the denominators."""
    scale = lcm(*(value.denominator for row in matrix for value in row))
    whole = [[int(value * scale) for value in row] for row in matrix]
    fits = max(abs(value) for row in whole for value in row) * size < 2**61
    weights = np.array(whole, dtype=np.int64 if fits else object)
    counts = compositions(size, len(names))
    stable, strict = np.ones(len(counts), dtype=bool), np.ones(len(counts), dtype=bool)
    for own in range(len(names)):
        earned = (counts if fits else counts.astype(object)) @ weights.T - weights[:, own]
        best = earned.max(axis=1)
        absent = counts[:, own] == 0
        stable &= absent | (earned[:, own] == best)
        strict &= absent | ((earned == best[:, None]).sum(axis=1) == 1)
    return tuple(
        PureProfile(strategies=names, counts=tuple(counts[k].tolist()), strict=bool(strict[k]))
        for k in np.flatnonzero(stable).tolist()
    )
