r"""Returns on contributions other than the linear one: what `k` contributors are worth to each of a group.

A group has :math:`N` players, `k` of whom contribute at cost :math:`c` each. A player earns

.. math::

    \text{others-only:} \quad & \frac{r c}{N - 1}\, k_{-i} - c a_i, \\
    \text{synergy:} \quad & \frac{b}{N}\,(1 + w + \dots + w^{k-1}) - c a_i
        = \frac{b}{N}\, \frac{1 - w^k}{1 - w} - c a_i \;(w \ne 1), \\
    \text{returns:} \quad & B_k - c a_i \text{ for any } B_0, \dots, B_N,

where :math:`a_i` is 1 for a contributor (C) and 0 for a defector (D), :math:`k_{-i}` counts the contributors
among the others and :math:`k = k_{-i} + a_i`. Contributions discount each other for :math:`w < 1` (concave)
and reinforce each other for :math:`w > 1` (convex). The linear return is `PublicGoodsGame`; those with a
threshold are in `gametheory.threshold_games`.

Source: others-only: Sigmund et al. (2010), Nature 466, 861-863. Synergy: Hauert, Michor, Nowak, Doebeli (2006),
J. Theor. Biol. 239, 195-202. Any return: Peña, Lehmann, Nöldeke (2014), J. Theor. Biol. 346, 23-33.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Protocol

from gametheory.errors import require
from gametheory.exact import Number, is_exact
from gametheory.parameters import (
    FINITE,
    Amount,
    Contributing,
    Each,
    GroupSize,
    Positive,
    all_exact,
    as_latex,
    counted,
    equal,
    hashed,
    settle,
    whole,
)
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR


class ContributionGame(Protocol):
    """A game of contributors and defectors, to which a kind of punishment or reward can be added."""

    @property
    def strategies(self) -> Sequence[str]:
        """Its players, "C" and "D", in the order of tables and populations."""
        ...

    @property
    def group_size(self) -> Number:
        """Players in one group, N."""
        ...

    def base_payoff(self, *, own: int, others: Number) -> Number:
        """Payoff of one who gives `own` (0 or 1) while `others` co-players contribute."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OthersOnlyGame:
    r"""A contribution is multiplied and shared among the other members, never returned to its giver.

    Parameters
    ----------
    group_size : int or sympy expression
        Players in a group, :math:`N \ge 2`.
    multiplication_factor, contribution_cost : number
        :math:`r, c > 0`.
    strategies : sequence of str
        "C" and "D", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> game = OthersOnlyGame(group_size=5, multiplication_factor=3)
    >>> game.payoff("C", (0, 4)), game.payoff("D", (4, 0))
    (Fraction(-1, 1), Fraction(3, 1))
    """

    group_size: GroupSize
    multiplication_factor: Positive
    contribution_cost: Positive = 1
    strategies: Contributing = (CONTRIBUTOR, DEFECTOR)

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        settle(self)

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def base_payoff(self, *, own: Number, others: Number) -> Number:
        """Payoff of one who gives `own` (0 or 1) while `others` co-players contribute; any arithmetic."""
        share = self.multiplication_factor * self.contribution_cost / (self.group_size - 1)
        return share * others - self.contribution_cost * own

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts`."""
        return contribution_payoff(self, strategy, counts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SynergyGame:
    r"""Each further contribution is worth `w` times the one before: synergy, or discounting.

    Parameters
    ----------
    group_size : int or sympy expression
        Players in a group, :math:`N \ge 2`.
    benefit : number
        What the first contribution is worth to the whole group, :math:`b > 0`.
    synergy : number
        :math:`w \ge 0`: 1 is the linear game with r c = b, less is concave, more is convex.
    contribution_cost : number
        :math:`c > 0`.
    strategies : sequence of str
        "C" and "D", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> game = SynergyGame(group_size=4, benefit=8, synergy='1/2')
    >>> [str(game.payoff("D", (k, 3 - k))) for k in range(4)]
    ['0', '2', '3', '7/2']
    """

    group_size: GroupSize
    benefit: Positive
    synergy: Amount
    contribution_cost: Positive = 1
    strategies: Contributing = (CONTRIBUTOR, DEFECTOR)

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        settle(self)

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def base_payoff(self, *, own: int, others: Number) -> Number:
        """Payoff of one who gives `own` (0 or 1) while `others` co-players, an integer, contribute."""
        worth: Number = 0
        for _ in range(own + whole(others)):  # Horner's rule: no division by 1 - w
            worth = 1 + self.synergy * worth
        return self.benefit / self.group_size * worth - self.contribution_cost * own

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts` (integers)."""
        return contribution_payoff(self, strategy, counts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReturnsGame:
    r"""Any return: what each member gets from 0, 1, ..., N contributions, less the cost of one's own.

    Parameters
    ----------
    benefits : sequence of number, length N + 1
        :math:`B_0, \dots, B_N`, at least three; they set the group's size.
    contribution_cost : number
        :math:`c > 0`.
    strategies : sequence of str
        "C" and "D", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> game = ReturnsGame(benefits=[0, 1, 4, 9], contribution_cost=3)
    >>> game.group_size, game.curvature, game.payoff("C", (2, 0))
    (3, 'convex', Fraction(6, 1))
    """

    benefits: Annotated[Sequence[Number], Each(FINITE)]
    contribution_cost: Positive = 1
    strategies: Contributing = (CONTRIBUTOR, DEFECTOR)

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        settle(self)
        require(len(self.benefits) >= 3, "benefits", list(self.benefits), "three or more numbers, B_0 to B_N")

    @property
    def group_size(self) -> int:
        """Players in one group, N: one less than there are benefits."""
        return len(self.benefits) - 1

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    @property
    def curvature(self) -> str:
        """How the return to one more contributor changes: "linear", "concave", "convex" or "neither".

        Raises
        ------
        InvalidParameter
            If a benefit is a symbol, an array or a ball.
        """
        numbers = all(is_exact(b) or isinstance(b, float) for b in self.benefits)
        require(numbers, "benefits", list(self.benefits), "numbers (to tell how they curve)")
        steps = [after - before for before, after in pairwise(self.benefits)]
        changes = [after - before for before, after in pairwise(steps)]
        falls, rises = any(change < 0 for change in changes), any(change > 0 for change in changes)
        return {(False, False): "linear", (True, False): "concave", (False, True): "convex"}.get(
            (falls, rises), "neither"
        )

    def base_payoff(self, *, own: int, others: Number) -> Number:
        """Payoff of one who gives `own` (0 or 1) while `others` co-players, an integer, contribute."""
        return self.benefits[own + whole(others)] - self.contribution_cost * own

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts` (integers)."""
        return contribution_payoff(self, strategy, counts)


def contribution_payoff(game: "ContributionGame", strategy: str, counts: Sequence[Number]) -> Number:
    """Payoff of C or D in a game without punishment, by its `base_payoff`.

    Raises
    ------
    InvalidParameter
        If `strategy` is not one of the game's, or `counts` are not those of N - 1 co-players.
    """
    aligned_game, split = counted(game, strategy, counts)
    return aligned_game.base_payoff(own=1 if strategy == CONTRIBUTOR else 0, others=split[CONTRIBUTOR])


def require_contribution_game(name: str, game: Any) -> None:
    """Refuse what is no game of contributors and defectors alone.

    Raises
    ------
    InvalidParameter
        If `game` has other players than C and D, or no payoff before punishment.
    """
    fits = hasattr(game, "base_payoff") and set(game.strategies) == {CONTRIBUTOR, DEFECTOR}
    require(fits, name, game, "a game of the strategies 'C' and 'D' alone, such as OthersOnlyGame")
