r"""Public goods that need a minimum of contributors: threshold, stag hunt, collective risk, snowdrift.

A group has :math:`N` players, `k` of whom contribute (C), the rest do not (D); `m` is the threshold, and
:math:`\theta` is 1 if :math:`k \ge m`, else 0. With :math:`a_i` 1 for a contributor and 0 for a defector, a player
earns

.. math::

    \text{threshold:} \quad & b\, \theta - c a_i, \\
    \text{stag hunt:} \quad & \frac{r c k}{N}\, \theta - c a_i, \\
    \text{collective risk:} \quad & b\, (\theta + (1 - \rho)(1 - \theta)) - c b a_i, \\
    \text{snowdrift:} \quad & b\, \theta - \Big(\frac{c}{k}\, \theta + \frac{c}{m}\,(1 - \theta)\Big) a_i .

Payoffs distinguish cases by `k`, so counts of co-players have to be integers; the parameters may be numbers of any
arithmetic.

Source: threshold: Palfrey & Rosenthal (1984), J. Public Econ. 24, 171-193, and De Jaegher (2020), Sci. Rep. 10, 5863.
Stag hunt: Pacheco, Santos, Souza, Skyrms (2009), Proc. R. Soc. B 276, 315-321. Collective risk: Santos & Pacheco
(2011), PNAS 108, 10421-10425. Snowdrift: Souza, Pacheco, Santos (2009), J. Theor. Biol. 260, 581-588; with
m = 1: Zheng et al. (2007), EPL 80, 18002.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gametheory.exact import Number
from gametheory.parameters import (
    Contributing,
    GroupSize,
    Positive,
    Rate,
    Threshold,
    all_exact,
    as_latex,
    equal,
    hashed,
    settle,
    whole,
)
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR
from gametheory.returns import contribution_payoff


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThresholdGame:
    r"""Everybody gets a fixed benefit if enough contribute; with threshold 1, the volunteer's dilemma.

    Parameters
    ----------
    group_size : int
        Players in a group, :math:`N \ge 2`.
    threshold : int
        Contributors needed, `m` from 1 to N.
    benefit, contribution_cost : number
        :math:`b, c > 0`: the prize of each, and what a contributor pays whether or not it is won.
    strategies : sequence of str
        "C" and "D", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> game = ThresholdGame(group_size=7, threshold=5, benefit=1, contribution_cost='3/10')
    >>> game.payoff("C", (4, 2)), game.payoff("D", (4, 2))
    (Fraction(7, 10), Fraction(0, 1))
    """

    group_size: GroupSize
    threshold: Threshold
    benefit: Positive
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
        reached = own + whole(others) >= self.threshold
        return self.benefit * int(reached) - self.contribution_cost * own

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts` (integers)."""
        return contribution_payoff(self, strategy, counts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StagHuntGame:
    r"""The linear return, but nothing below the threshold.

    Parameters
    ----------
    group_size : int
        Players in a group, :math:`N \ge 2`.
    threshold : int
        Contributors needed, `m` from 1 to N; 1 is the linear public goods game.
    multiplication_factor, contribution_cost : number
        :math:`r, c > 0`; the source writes F for r.
    strategies : sequence of str
        "C" and "D", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> game = StagHuntGame(group_size=5, threshold=3, multiplication_factor=4)
    >>> game.payoff("D", (2, 2)), game.payoff("D", (3, 1)), game.payoff("C", (2, 2))
    (Fraction(0, 1), Fraction(12, 5), Fraction(7, 5))
    """

    group_size: GroupSize
    threshold: Threshold
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

    def base_payoff(self, *, own: int, others: Number) -> Number:
        """Payoff of one who gives `own` (0 or 1) while `others` co-players, an integer, contribute."""
        contributors = own + whole(others)
        paid = contributors if contributors >= self.threshold else 0
        share = self.multiplication_factor * self.contribution_cost / self.group_size
        return share * paid - self.contribution_cost * own

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts` (integers)."""
        return contribution_payoff(self, strategy, counts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CollectiveRiskGame:
    r"""Below the threshold, everybody loses the endowment with probability :math:`\rho`.

    Parameters
    ----------
    group_size : int
        Players in a group, :math:`N \ge 2`.
    threshold : int
        Contributors needed, `m` from 1 to N.
    risk : number
        :math:`\rho` in [0, 1].
    contribution : number
        Fraction `c` of the endowment that a contributor gives, in [0, 1].
    endowment : number
        :math:`b > 0`.
    strategies : sequence of str
        "C" and "D", in the order of tables and populations.

    Notes
    -----
    As in the source, a contributor of a group that fails pays for it whether or not it loses the endowment: its mean
    payoff is :math:`b (1 - \rho) - c b`.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> game = CollectiveRiskGame(group_size=6, threshold=3, risk='1/2', contribution='1/10')
    >>> game.payoff("C", (2, 3)), game.payoff("C", (1, 4)), game.payoff("D", (2, 3))
    (Fraction(9, 10), Fraction(2, 5), Fraction(1, 2))
    """

    group_size: GroupSize
    threshold: Threshold
    risk: Rate
    contribution: Rate
    endowment: Positive = 1
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
        """Mean payoff of one who gives `own` (0 or 1) while `others` co-players, an integer, contribute."""
        failed = int(own + whole(others) < self.threshold)
        return self.endowment * (1 - self.risk * failed - self.contribution * own)

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Mean payoff of `strategy` when the N - 1 co-players split as `counts` (integers)."""
        return contribution_payoff(self, strategy, counts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SnowdriftGame:
    r"""Everybody gets a fixed benefit if enough contribute, and those who do share the cost of the work.

    Parameters
    ----------
    group_size : int
        Players in a group, :math:`N \ge 2`.
    benefit, contribution_cost : number
        :math:`b, c > 0`: the prize of each, and the cost of the whole work.
    threshold : int
        Contributors needed, `m` from 1 to N.
    strategies : sequence of str
        "C" and "D", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> game = SnowdriftGame(group_size=3, benefit=2)
    >>> [str(game.payoff("C", (k, 2 - k))) for k in range(3)], game.payoff("D", (0, 2))
    (['1', '3/2', '5/3'], Fraction(0, 1))
    """

    group_size: GroupSize
    benefit: Positive
    contribution_cost: Positive = 1
    threshold: Threshold = 1
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
        contributors = own + whole(others)
        reached = contributors >= self.threshold
        workers = contributors if reached else self.threshold  # m too few to finish still do their m-th part
        return self.benefit * int(reached) - self.contribution_cost / workers * own

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts` (integers)."""
        return contribution_payoff(self, strategy, counts)
