r"""Marginal values of players who dislike variance, in floats, rationals and balls.

Player `i`, who mixes with :math:`\sigma` against the others' mixtures, has the objective

.. math:: f_i(\sigma) = \sum_a \sigma_a u_a - \lambda \sum_{a b} \sigma_a C_{a b} \sigma_b,

`u` and `C` the means and covariances of the payoffs :math:`U_a(s_{-i})` of its pure strategies when the others draw
:math:`s_{-i}`. So :math:`\sigma' C \sigma` is the variance, over the others' draws, of what the mixture earns on
average: one's own coin adds nothing to it. With second moments :math:`M_{a b}` the marginal value of strategy `a` is

.. math:: g_a = u_a - 2 \lambda \sum_b (M_{a b} - u_a u_b) \sigma_b.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.intervals import as_flint, as_fraction
from gametheory.compositions import compositions, multiplicity
from gametheory.equilibria.logit_fields import ProfileField, SymmetricField, blocks, pair_columns

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """What one player's payoffs are like against a profile.

    Attributes
    ----------
    means : ndarray, shape (m,)
        `u`.
    covariances : ndarray, shape (m, m)
        `C`.
    marginals : ndarray, shape (m,)
        `g`.
    slopes : ndarray, shape (m, shares of all players)
        Derivatives of `g`.
    """

    means: Array
    covariances: Array
    marginals: Array
    slopes: Array


@dataclass(frozen=True, slots=True, eq=False)
class RiskAverseField:
    """Marginal values as a field of `gametheory.equilibria.logit_fields`, one risk aversion for each block."""

    base: Any
    aversions: tuple[Fraction, ...]
    width: float

    @classmethod
    def of(cls, base: SymmetricField | ProfileField, aversions: Sequence[Fraction]) -> "RiskAverseField":
        """The field of a game."""
        return cls(base, tuple(aversions), base.width * (1 + 2 * float(max(aversions)) * base.width))

    @property
    def strategies(self) -> tuple[tuple[str, ...], ...]:
        """Those of the game."""
        names: tuple[tuple[str, ...], ...] = self.base.strategies
        return names

    def floats(self, shares: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Marginal values and derivatives."""
        found = self.moments(shares, [float(value) for value in self.aversions])
        return np.concatenate([one.marginals for one in found]), np.vstack([one.slopes for one in found])

    def balls(self, shares: Sequence[Any]) -> tuple[list[Any], list[list[Any]]]:
        """The same in balls."""
        found = self.moments(np.array(list(shares), dtype=object), [as_flint(value) for value in self.aversions])
        return [g for one in found for g in one.marginals.tolist()], [r for one in found for r in one.slopes.tolist()]

    def exactly(self, shares: Sequence[Fraction]) -> list[Moments]:
        """Moments of all blocks at a rational profile, in rationals of flint."""
        exact = np.array([as_flint(Fraction(x)) for x in shares], dtype=object)
        return self.moments(exact, [as_flint(value) for value in self.aversions])

    def moments(self, shares: Array, aversions: Sequence[Any]) -> list[Moments]:
        """Moments of each block, in the arithmetic of the shares."""
        spans = blocks(self.base)
        found = []
        for i, own in enumerate(spans):
            size = own.stop - own.start
            means, slopes = self._expectations(i, shares)
            u, second = means[:size], means[size:].reshape(size, size)
            du, dsecond = slopes[:size], slopes[size:].reshape(size, size, -1)
            mixture = shares[own]
            covariances = second - np.multiply.outer(u, u)
            bend = dsecond - du[:, None, :] * u[None, :, None] - u[:, None, None] * du[None, :, :]
            twice = 2 * aversions[i]
            g = u - (covariances @ mixture) * twice
            dg = du - np.tensordot(bend, mixture, axes=(1, 0)) * twice
            dg[:, own] = dg[:, own] - covariances * twice
            found.append(Moments(means=u, covariances=covariances, marginals=g, slopes=dg))
        return found

    def _expectations(self, player: int, shares: Array) -> tuple[Array, Array]:
        """Means of the payoffs and of their products, and the derivatives of these by all shares."""
        if isinstance(self.base, SymmetricField):
            return _symmetric(self.base, shares)
        return _of_player(self.base, player, shares)


def _with_products(values: Array) -> Array:
    """Rows of payoffs, then those of their products, pair by pair."""
    products = values[:, None, ...] * values[None, :, ...]
    return np.concatenate([values, products.reshape(-1, *values.shape[1:])])


def _symmetric(base: SymmetricField, shares: Array) -> tuple[Array, Array]:
    others, columns = base.table.group_size - 1, pair_columns(base.table)
    splits = compositions(others - 1, len(shares))
    if shares.dtype == object:
        values = np.array([[as_flint(Fraction(v)) for v in row] for row in base.table.values], dtype=object)
        chances = np.array([_chance(split, shares) for split in splits.tolist()], dtype=object)
    else:
        values = base.table.as_array()
        with np.errstate(divide="ignore"):
            chances = np.exp(base.orders + base.counts @ np.maximum(np.log(shares), -1e5))
    known = _with_products(values)[:, columns] @ chances
    return known @ shares, known * others


def _chance(split: Sequence[int], shares: Array) -> Any:
    chance = shares[0] * 0 + multiplicity(split)
    for share, count in zip(shares, split, strict=True):
        if count:
            chance = chance * share**count
    return chance


def _of_player(base: ProfileField, player: int, shares: Array) -> tuple[Array, Array]:
    spans = blocks(base)
    tensor = np.moveaxis(base.game.payoffs[player], player, 0)
    exact = shares.dtype == object
    flat = [as_flint(Fraction(v)) if exact else float(v) for v in tensor.ravel().tolist()]
    rows = _with_products(np.array(flat, dtype=object if exact else float).reshape(tensor.shape))
    others = [k for k in range(len(spans)) if k != player]
    slopes = np.zeros((len(rows), len(shares)), dtype=rows.dtype)
    means = rows
    for j in others:
        rest = rows
        for axis in range(len(others), 0, -1):
            if others[axis - 1] != j:
                rest = np.tensordot(rest, shares[spans[others[axis - 1]]], axes=(axis, 0))
        slopes[:, spans[j]] = rest
        means = rest @ shares[spans[j]]
    return means, slopes


def gaps_of(field: RiskAverseField, profile: Sequence[Sequence[Fraction]]) -> tuple[Fraction, ...]:
    r"""For each block, at least what any deviation gains: :math:`\max_a g_a - \sum_a \sigma_a g_a`, exactly.

    The objective is concave, so it lies below its tangent: no mixture gains more, and the gap is 0 iff the mixture
    is a best reply.
    """
    flat = [x for mixture in profile for x in mixture]
    found = []
    for one, mixture in zip(field.exactly(flat), profile, strict=True):
        values = [as_fraction(g) for g in one.marginals.tolist()]
        found.append(max(values) - sum(x * g for x, g in zip(mixture, values, strict=True)))
    return tuple(found)
