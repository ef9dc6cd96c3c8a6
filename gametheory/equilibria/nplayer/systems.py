r"""The conditions for an equilibrium with given supports, as polynomials.

Unknown are the shares of each player's supported strategies but the first, whose share is 1 less theirs. Every
supported strategy earns what the first does (equations), every other one no more (gains that are :math:`\le 0`); all
are linear in each player's mixture, and shares are > 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.intervals import as_flint
from gametheory.equilibria.nplayer.supports import Support

Polynomial = Any  # flint's fmpq_mpoly
Tensor = NDArray[Any]


@dataclass(frozen=True, eq=False)
class SupportSystem:
    """The conditions on one support.

    Attributes
    ----------
    support : tuple of tuples of int
        Each player's strategies, rising.
    context : flint context
        Of the unknowns.
    groups : tuple of tuples of int
        For each player, its unknowns.
    shares : tuple of tuples of polynomial
        Each player's whole mixture, absent strategies included.
    equations, outside : tuple of polynomial
        To be zero; to be <= 0.
    """

    support: Support
    context: Any
    groups: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[Polynomial, ...], ...]
    gains: tuple[tuple[Polynomial, ...], ...]

    @cached_property
    def equations(self) -> tuple[Polynomial, ...]:
        """Gains of supported strategies over the first, those that are not zero anyway."""
        found = [g for own, gains in zip(self.support, self.gains, strict=True) for g in (gains[k] for k in own[1:])]
        return tuple(poly for poly in found if poly != 0)

    @cached_property
    def outside(self) -> tuple[Polynomial, ...]:
        """Gains of absent strategies, those that are not zero anyway."""
        found = [
            g for own, gains in zip(self.support, self.gains, strict=True) for k, g in enumerate(gains) if k not in own
        ]
        return tuple(poly for poly in found if poly != 0)

    @property
    def unknowns(self) -> int:
        """How many unknowns."""
        return sum(map(len, self.groups))

    @cached_property
    def supported_shares(self) -> tuple[Polynomial, ...]:
        """Shares that have to be positive, where there is a choice."""
        return tuple(own[k] for kept, own in zip(self.support, self.shares, strict=True) if len(kept) > 1 for k in kept)


def support_system(tensors: Sequence[Tensor], support: Support) -> SupportSystem:
    """The conditions on a support of the game with these payoffs (Fractions).

    Examples
    --------
    >>> from fractions import Fraction
    >>> pennies = np.array([[Fraction(1), Fraction(-1)], [Fraction(-1), Fraction(1)]])
    >>> system = support_system([pennies, -pennies], ((0, 1), (0, 1)))
    >>> [str(poly) for poly in system.equations]
    ['4*x1 - 2', '-4*x0 + 2']
    """
    from flint import Ordering, fmpq_mpoly_ctx

    groups, count = [], 0
    for own in support:
        groups.append(tuple(range(count, count + len(own) - 1)))
        count += len(own) - 1
    context = fmpq_mpoly_ctx.get([f"x{k}" for k in range(max(count, 1))], Ordering.lex)
    gens, zero, one = context.gens(), context.constant(0), context.constant(1)
    shares = []
    for player, (own, group) in enumerate(zip(support, groups, strict=True)):
        mixture = [zero] * tensors[0].shape[player]
        for k, g in zip(own[1:], group, strict=True):
            mixture[k] = gens[g]
        mixture[own[0]] = one - sum((gens[g] for g in group), zero)
        shares.append(tuple(mixture))
    gains = tuple(_gains(tensors[i], support, shares, i, context) for i in range(len(support)))
    return SupportSystem(support, context, tuple(groups), tuple(shares), gains)


def _gains(tensor: Tensor, support: Support, shares: Sequence[Any], player: int, context: Any) -> tuple[Any, ...]:
    """What each strategy of a player earns more than its first supported one."""
    kept = [list(own) for own in support]
    kept[player] = list(range(tensor.shape[player]))
    part = np.moveaxis(tensor[np.ix_(*kept)], player, 0)
    part = part - part[support[player][0]]
    others = [i for i in range(len(support)) if i != player]
    found = []
    for row in part:
        values = [context.constant(as_flint(value)) if value else context.constant(0) for value in row.ravel()]
        for i in reversed(others):
            weights = [shares[i][k] for k in support[i]]
            size = len(weights)
            values = [
                sum(
                    (w * v for w, v in zip(weights, values[at : at + size], strict=True) if v != 0), context.constant(0)
                )
                for at in range(0, len(values), size)
            ]
        found.append(values[0])
    return tuple(found)


def sign_in_product(poly: Polynomial, groups: Sequence[Sequence[int]]) -> int | None:
    """1 or -1 if all terms prove that sign for positive unknowns that sum to less than 1 in each group; 0 if zero.

    Each term is multiplied by powers of 'all shares of the group', which is 1, until all have the same degree in every
    group: then coefficients of one sign decide (Bernstein form without its positive factors).

    Examples
    --------
    >>> from fractions import Fraction
    >>> pennies = np.array([[Fraction(1), Fraction(-1)], [Fraction(-1), Fraction(1)]])
    >>> system = support_system([pennies, -pennies], ((0, 1), (0, 1)))
    >>> x0, x1 = system.context.gens()
    >>> sign_in_product(x0 * x1 - 1, system.groups), sign_in_product(x0 - x1, system.groups)
    (-1, None)
    """
    from flint import Ordering, fmpq_mpoly_ctx

    if poly == 0:
        return 0
    terms = [(tuple(map(int, powers)), value) for powers, value in poly.to_dict().items()]
    signs = {value > 0 for _, value in terms}
    if len(terms) == 1 or (len(signs) == 1 and True in signs):
        return 1 if terms[0][1] > 0 else -1
    used = [[v for v in group if any(powers[v] for powers, _ in terms)] for group in groups]
    used = [group for group in used if group]
    size = len(terms[0][0])
    full = fmpq_mpoly_ctx.get([f"z{k}" for k in range(size + len(used))], Ordering.lex)
    gens = full.gens()
    tops = [max(sum(powers[v] for v in group) for powers, _ in terms) for group in used]
    totals = [gens[size + g] + sum((gens[v] for v in group), full.constant(0)) for g, group in enumerate(used)]
    lacking: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
    for powers, value in terms:
        missing = tuple(top - sum(powers[v] for v in group) for top, group in zip(tops, used, strict=True))
        lacking.setdefault(missing, {})[(*powers, *[0] * len(used))] = value
    whole = full.constant(0)
    for missing, some in lacking.items():
        product = full.from_dict(some)
        for total, power in zip(totals, missing, strict=True):
            product = product * total**power if power else product
        whole += product
    signs = {value > 0 for value in whole.coeffs()}
    return None if len(signs) > 1 else 1 if True in signs else -1
