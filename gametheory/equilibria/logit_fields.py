"""Payoffs by mixture, with derivatives, in floats and in balls: what logit paths and their certificates read.

A field has blocks of shares that each sum to 1: one for each player of a game in normal form, a single one for the
symmetric profiles of a symmetric game. Payoffs are polynomials in the shares; their derivatives are taken with all
shares free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gametheory.compositions import compositions, multiplicity
from gametheory.equilibria._logit_kernels import pair_payoffs
from gametheory.exact import Number, to_float
from gametheory.games import PayoffTable
from gametheory.normal_form import NormalFormGame

Array = NDArray[np.float64]


class Field(Protocol):
    """What paths need of a game."""

    @property
    def strategies(self) -> tuple[tuple[str, ...], ...]:
        """Names of the strategies of each block."""
        ...

    @property
    def width(self) -> float:
        """The largest difference of two payoffs of one player, or 1 if there is none."""
        ...

    def floats(self, shares: Array) -> tuple[Array, Array]:
        """Payoffs, shape (n,), and their derivatives by the shares, shape (n, n)."""
        ...

    def balls(self, shares: Sequence[Any]) -> tuple[list[Any], list[list[Any]]]:
        """The same for balls or rationals of flint."""
        ...


def blocks(field: Field) -> list[slice]:
    """Where each block's shares are."""
    ends = np.cumsum([0, *(len(names) for names in field.strategies)]).tolist()
    return [slice(low, high) for low, high in pairwise(ends)]


@dataclass(frozen=True, slots=True, eq=False)
class SymmetricField:
    """Payoffs against co-players who all mix as oneself."""

    table: PayoffTable
    width: float
    pairs: Any  # (m, m, compositions of N - 2), floats: against one co-player known and the others at random
    counts: Any  # (compositions of N - 2, m)
    orders: Any  # logarithms of their multiplicities

    @classmethod
    def of(cls, table: PayoffTable) -> "SymmetricField":
        """The field of a table."""
        values = table.as_array()
        columns = pair_columns(table)
        counts = compositions(table.group_size - 2, len(table.strategies)).astype(np.float64)
        width = float(values.max() - values.min()) or 1.0
        return cls(table, width, values[:, columns], counts, _log_orders(table.group_size - 2, counts))

    @property
    def strategies(self) -> tuple[tuple[str, ...], ...]:
        """The strategies of the only block."""
        return (self.table.strategies,)

    def floats(self, shares: Array) -> tuple[Array, Array]:
        """u_i = sum_j x_j u_ij and d u_i / d x_j = (N - 1) u_ij, with u_ij what i earns if one co-player plays j."""
        with np.errstate(divide="ignore"):
            logs = np.maximum(np.log(shares), -1e5)
        known = self.pairs @ np.exp(self.orders + self.counts @ logs)
        return known @ shares, (self.table.group_size - 1) * known

    def balls(self, shares: Sequence[Any]) -> tuple[list[Any], list[list[Any]]]:
        """The same in balls."""
        from gametheory.algebra.intervals import as_flint

        size, columns = self.table.group_size, pair_columns(self.table)
        splits = compositions(size - 2, len(shares)).tolist()
        powers = [[share**0] for share in shares]
        for own, share in zip(powers, shares, strict=True):
            for _ in range(size - 2):
                own.append(own[-1] * share)
        chances = []
        for split in splits:
            chance = powers[0][split[0]] * multiplicity(split)
            for own, count in zip(powers[1:], split[1:], strict=True):
                chance = chance * own[count]
            chances.append(chance)
        values = [[as_flint(Fraction(value)) for value in row] for row in self.table.values]
        known = [
            [sum(row[c] * p for c, p in zip(at.tolist(), chances, strict=True)) for at in columns] for row in values
        ]
        means = [sum(k * x for k, x in zip(row, shares, strict=True)) for row in known]
        return means, [[k * (size - 1) for k in row] for row in known]


@dataclass(frozen=True, slots=True, eq=False)
class ProfileField:
    """Payoffs of a game in normal form, each player mixing alone."""

    game: NormalFormGame
    width: float
    payoffs: Any  # (N, profiles), each player's own action first
    sizes: Any  # (N,)
    starts: Any  # (N,)

    @classmethod
    def of(cls, game: NormalFormGame) -> "ProfileField":
        """The field of a game."""
        moved = [np.moveaxis(tensor, i, 0).ravel() for i, tensor in enumerate(game.payoffs)]
        payoffs = np.array([[to_float(value) for value in row.tolist()] for row in moved])
        sizes = np.array(game.shape, dtype=np.int64)
        width = float((payoffs.max(axis=1) - payoffs.min(axis=1)).max()) or 1.0
        return cls(game, width, payoffs, sizes, np.cumsum(sizes) - sizes)

    @property
    def strategies(self) -> tuple[tuple[str, ...], ...]:
        """Each player's strategies."""
        return self.game.strategies

    def floats(self, shares: Array) -> tuple[Array, Array]:
        """Expected payoffs and those against one other player's action."""
        means, pairs = np.empty(len(shares)), np.empty((len(shares), len(shares)))
        pair_payoffs(self.payoffs, self.sizes, self.starts, shares, means, pairs)
        return means, pairs

    def balls(self, shares: Sequence[Any]) -> tuple[list[Any], list[list[Any]]]:
        """The same in balls, by contracting one player after the other."""
        from gametheory.algebra.intervals import as_flint

        spans = blocks(self)
        zero = shares[0] * 0
        means, pairs = [zero] * len(shares), [[zero] * len(shares) for _ in shares]
        players = len(spans)
        for i in range(players):
            tensor = np.array([as_flint(Fraction(v)) for v in self.game.payoffs[i].ravel().tolist()], dtype=object)
            for j in range(players):
                if j == i:
                    continue
                rest = tensor.reshape(self.game.shape)
                for k in range(players - 1, -1, -1):
                    if k not in (i, j):
                        weights = np.array(list(shares[spans[k]]), dtype=object)
                        rest = np.tensordot(rest, weights, axes=(k, 0))
                table = rest if i < j else rest.T
                for a, b in product(range(table.shape[0]), range(table.shape[1])):
                    pairs[spans[i].start + a][spans[j].start + b] = table[a, b]
            j = 1 if i == 0 else 0
            for a in range(spans[i].start, spans[i].stop):
                means[a] = sum(pairs[a][b] * shares[b] for b in range(spans[j].start, spans[j].stop))
        return means, pairs


def pair_columns(table: PayoffTable) -> NDArray[np.int64]:
    """Column of the table, shape (m, compositions of N - 2), for each split of all co-players but one who plays j."""
    parts, others = len(table.strategies), table.group_size - 1
    base = np.array([(others + 1) ** k for k in range(parts)], dtype=object if (others + 1) ** parts > 2**62 else None)
    listed = compositions(others, parts) @ base
    order = np.argsort(listed)
    fewer = compositions(others - 1, parts) @ base
    return np.array([order[np.searchsorted(listed, fewer + base[j], sorter=order)] for j in range(parts)])


def _log_orders(total: int, counts: Array) -> Array:
    from scipy.special import gammaln

    return np.asarray(gammaln(total + 1) - gammaln(counts + 1).sum(axis=1))


def as_mixtures(field: Field, values: Sequence[Number]) -> tuple[tuple[Number, ...], ...]:
    """Shares cut into blocks."""
    return tuple(tuple(values[block]) for block in blocks(field))
