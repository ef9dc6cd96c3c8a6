r"""Punishment that depends on the group as a whole: conditional on fellow punishers, shared, institutional.

As in `gametheory.punishment`, `returns` is a game of contributors and defectors with payoff :math:`u^0_i`, punishers
(P) contribute, and :math:`n` counts the co-players. With :math:`\beta, \gamma` the fine and what it costs, :math:`w_k`
the weight of an act when `k` punishers are in the group, :math:`t` a tax and `e` its leverage, players earn

.. math::

    \text{conditional:}\quad
    & u_D = u^0 - w_k \beta k \;(k = n_P), \quad u_P = u^0 - w_k \gamma n_D \;(k = n_P + 1); \\
    \text{shared:}\quad
    & u_D = u^0 - \beta\, [n_P \ge 1], \quad u_P = u^0 - \gamma \frac{n_D}{n_P + 1}; \\
    \text{institutional:}\quad
    & u_C = u^0 - t, \quad u_D = u^0 - t - e\, \frac{N t}{n_D + 1},

and :math:`u^0` where nothing is said.

Source: model.md, section 1. Conditional: Boyd, Gintis, Bowles (2010), Science 328, 617-620 (a quorum); Szolnoki & Perc
(2013), J. Theor. Biol. 325, 34-41 (weights k/N). Shared: Chen, Szolnoki, Perc (2014), New J. Phys. 16, 083016.
Institutional: after Sasaki et al. (2012), PNAS 109, 1165-1169.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from gametheory.errors import require
from gametheory.exact import Number
from gametheory.parameters import (
    RATE,
    Amount,
    Contributing,
    Each,
    all_exact,
    as_latex,
    counted,
    equal,
    hashed,
    settle,
    whole,
)
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR, PUNISHER
from gametheory.punishment import PUNISHING, WithPunishers, from_contributions
from gametheory.returns import ContributionGame, require_contribution_game


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConditionalPunishmentGame:
    r"""How hard punishers (P) punish depends on how many of them are in the group.

    Parameters
    ----------
    returns : game of C and D
        What contributions are worth.
    fine, punishment_cost : number
        :math:`\beta, \gamma \ge 0`: of an act of weight 1 against D.
    weights : sequence of number, length N
        :math:`w_1, \dots, w_N` in [0, 1]: weight of every act when 1, ..., N punishers are in the group. (0, 0, 1,
        1, 1) is a quorum of three, (1/5, ..., 1) effort in proportion, all ones peer punishment.
    strategies : sequence of str
        Two or three of "C", "D", "P", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain), or there is not one weight per player.

    Examples
    --------
    >>> from gametheory.returns import OthersOnlyGame
    >>> linear = OthersOnlyGame(group_size=5, multiplication_factor=3)
    >>> game = ConditionalPunishmentGame(returns=linear, fine=1, punishment_cost='3/10', weights=[0, 0, 1, 1, 1])
    >>> [str(game.payoff("D", (4 - k, 0, k))) for k in range(5)]
    ['3', '3', '3', '0', '-1']
    """

    returns: ContributionGame
    fine: Amount
    punishment_cost: Amount
    weights: Annotated[Sequence[Number], Each(RATE)]
    strategies: WithPunishers = PUNISHING

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        require_contribution_game("returns", self.returns)
        settle(self)
        size = self.group_size
        require(len(self.weights) == size, "weights", list(self.weights), f"{size} numbers, one for each player")

    @property
    def group_size(self) -> Number:
        """Players in one group, N."""
        return self.returns.group_size

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts` (that of P an integer)."""
        game, n = counted(self, strategy, counts)
        punishers = whole(n.get(PUNISHER, 0)) + int(strategy == PUNISHER)
        earned = from_contributions(game.returns, strategy, n)
        if strategy == CONTRIBUTOR or punishers == 0:
            return earned
        weight = game.weights[punishers - 1]
        if strategy == DEFECTOR:
            return earned - weight * game.fine * punishers
        return earned - weight * game.punishment_cost * n.get(DEFECTOR, 0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedPunishmentGame:
    r"""Each defector is fined once if there is any punisher (P), and the punishers share the cost.

    Parameters
    ----------
    returns : game of C and D
        What contributions are worth.
    fine, punishment_cost : number
        :math:`\beta, \gamma \ge 0`: what a defector loses, and what fining it costs the punishers together. Drawing one
        of them at random to pay for all gives the same mean payoffs.
    strategies : sequence of str
        Two or three of "C", "D", "P", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> from gametheory.returns import OthersOnlyGame
    >>> linear = OthersOnlyGame(group_size=5, multiplication_factor=3)
    >>> game = SharedPunishmentGame(returns=linear, fine=2, punishment_cost=1)
    >>> game.payoff("D", (1, 1, 2)), game.payoff("P", (1, 2, 1))
    (Fraction(1, 4), Fraction(-1, 2))
    """

    returns: ContributionGame
    fine: Amount
    punishment_cost: Amount
    strategies: WithPunishers = PUNISHING

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        require_contribution_game("returns", self.returns)
        settle(self)

    @property
    def group_size(self) -> Number:
        """Players in one group, N."""
        return self.returns.group_size

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts` (that of P an integer)."""
        game, n = counted(self, strategy, counts)
        punishers = whole(n.get(PUNISHER, 0))
        earned = from_contributions(game.returns, strategy, n)
        if strategy == DEFECTOR:
            return earned - game.fine * int(punishers > 0)
        acts = n.get(DEFECTOR, 0) if strategy == PUNISHER else 0
        return earned - game.punishment_cost / (punishers + 1) * acts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InstitutionalPunishmentGame:
    r"""Everybody pays a tax; what it raises is taken, times a leverage, from the group's defectors in equal parts.

    Parameters
    ----------
    returns : game of C and D
        What contributions are worth.
    tax : number
        :math:`t \ge 0`, paid by every member.
    leverage : number
        :math:`e \ge 0`: how much a unit of tax takes from defectors.
    strategies : sequence of str
        "C" and "D", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    A lone defector bears all that five taxes of 1/10 can do; among others of its kind it shares it.

    >>> from gametheory.returns import OthersOnlyGame
    >>> linear = OthersOnlyGame(group_size=5, multiplication_factor=3)
    >>> game = InstitutionalPunishmentGame(returns=linear, tax='1/10', leverage=2)
    >>> game.payoff("C", (4, 0)), game.payoff("D", (4, 0)), game.payoff("D", (0, 4))
    (Fraction(19, 10), Fraction(19, 10), Fraction(-3, 10))
    """

    returns: ContributionGame
    tax: Amount
    leverage: Amount = 1
    strategies: Contributing = (CONTRIBUTOR, DEFECTOR)

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        require_contribution_game("returns", self.returns)
        settle(self)

    @property
    def group_size(self) -> Number:
        """Players in one group, N."""
        return self.returns.group_size

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts`."""
        game, n = counted(self, strategy, counts)
        earned = from_contributions(game.returns, strategy, n) - game.tax
        if strategy == CONTRIBUTOR:
            return earned
        return earned - game.leverage * game.tax * game.group_size / (n[DEFECTOR] + 1)
