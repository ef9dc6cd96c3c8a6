r"""Kinds of punishment on top of any return on contributions.

Every game here holds a game of contributors and defectors, `returns`, whose payoff :math:`u^0_i` (of
`PublicGoodsGame`, `OthersOnlyGame`, `StagHuntGame`, ...) counts C, P and V as contributors, D and A as not. With
:math:`n` the counts among the co-players, :math:`\beta, \gamma` the fine and what it costs its author, and
:math:`\theta` 1 if a D is in the group, else 0, players earn

.. math::

    \text{peer:}\quad
    & u_C = u^0 - \alpha \beta n_P \theta, \quad u_D = u^0 - \beta n_P, \quad
      u_P = u^0 - \gamma n_D - \alpha \gamma n_C \theta; \\
    \text{antisocial:}\quad
    & u_C = u^0 - \beta' n_A, \quad u_D = u^0 - \beta n_P, \quad
      u_P = u^0 - \beta' n_A - \gamma (n_D + n_A), \\
    & u_A = u^0 - \beta n_P - \gamma' (n_C + n_P); \\
    \text{pool:}\quad
    & u_C = u^0 - \alpha (B n_V + \beta n_P \theta), \quad u_D = u^0 - B n_V - \beta n_P, \quad u_V = u^0 - G, \\
    & u_P = u^0 - \gamma n_D - \alpha (B n_V + \gamma n_C \theta),

and :math:`u^0` where nothing is said. The weight :math:`\alpha` is how much of a fine is due for contributing without
punishing: peers see that only where there is a defector to punish, the pool in any case. What depends on the group as a
whole (a quorum, a shared cost, a tax) is in `gametheory.coordinated_punishment`.

Source: model.md, section 1. Peer and second order: Hauert et al. (2007), Science 316, 1905-1907. Antisocial: Rand &
Nowak (2011), Nat. Commun. 2, 434. Pool: Sigmund et al. (2010), Nature 466, 861-863.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from gametheory.exact import Number, is_exact
from gametheory.parameters import (
    Amount,
    Players,
    all_exact,
    as_latex,
    counted,
    equal,
    hashed,
    settle,
    whole,
)
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR, PUNISHER
from gametheory.returns import ContributionGame, require_contribution_game

POOL_PUNISHER: Final = "V"
ANTISOCIAL: Final = "A"
PUNISHING: Final = ("C", "D", "P")

WithPunishers = Annotated[Sequence[str], Players("two or three different ones of 'C', 'D', 'P'", PUNISHING)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerPunishmentGame:
    r"""Punishers (P) contribute and fine every defector, and perhaps those who contribute but do not punish.

    Parameters
    ----------
    returns : game of C and D
        What contributions are worth.
    fine, punishment_cost : number
        :math:`\beta, \gamma \ge 0`: what an act of punishment takes from its target, and costs its author.
    second_order : number
        Weight :math:`\alpha \ge 0` of an act against a contributor who does not punish, where a defector is in the
        group.
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
    >>> game = PeerPunishmentGame(returns=linear, fine=1, punishment_cost='3/10', second_order='1/2')
    >>> [str(game.payoff(kind, (2, 1, 1))) for kind in "CDP"]
    ['3/4', '5/4', '13/20']
    """

    returns: ContributionGame
    fine: Amount
    punishment_cost: Amount
    second_order: Amount = 0
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
        """Payoff of `strategy` when the N - 1 co-players split as `counts`."""
        game, n = counted(self, strategy, counts)
        defectors, punishers = n.get(DEFECTOR, 0), n.get(PUNISHER, 0)
        earned = from_contributions(game.returns, strategy, n)
        if strategy == DEFECTOR:
            return earned - game.fine * punishers
        weight = _where_seen(game.second_order, defectors)
        if strategy == CONTRIBUTOR:
            return earned - weight * game.fine * punishers
        return earned - game.punishment_cost * (defectors + weight * n.get(CONTRIBUTOR, 0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AntisocialPunishmentGame:
    r"""Punishers (P) fine those who do not contribute; antisocial punishers (A) do not, and fine those who do.

    Parameters
    ----------
    returns : game of C and D
        What contributions are worth.
    fine, punishment_cost : number
        :math:`\beta, \gamma \ge 0`: of an act against D or A.
    antisocial_fine, antisocial_cost : number
        :math:`\beta', \gamma' \ge 0`: of an act against C or P.
    strategies : sequence of str
        Two to four of "C", "D", "P", "A", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> from gametheory.returns import OthersOnlyGame
    >>> linear = OthersOnlyGame(group_size=4, multiplication_factor=3)
    >>> game = AntisocialPunishmentGame(
    ...     returns=linear, fine=1, punishment_cost='3/10', antisocial_fine=2, antisocial_cost='1/2')
    >>> game.payoff("C", (2, 0, 0, 1)), game.payoff("A", (3, 0, 0, 0))
    (Fraction(-1, 1), Fraction(3, 2))
    """

    returns: ContributionGame
    fine: Amount
    punishment_cost: Amount
    antisocial_fine: Amount
    antisocial_cost: Amount
    strategies: Annotated[
        Sequence[str], Players("two to four different ones of 'C', 'D', 'P', 'A'", (*PUNISHING, ANTISOCIAL))
    ] = (*PUNISHING, ANTISOCIAL)

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
        punishers, antisocial = n.get(PUNISHER, 0), n.get(ANTISOCIAL, 0)
        earned = from_contributions(game.returns, strategy, n)
        if strategy in (DEFECTOR, ANTISOCIAL):
            acts = contributing_among(n) if strategy == ANTISOCIAL else 0
            return earned - game.fine * punishers - game.antisocial_cost * acts
        acts = n.get(DEFECTOR, 0) + antisocial if strategy == PUNISHER else 0
        return earned - game.antisocial_fine * antisocial - game.punishment_cost * acts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolPunishmentGame:
    r"""Pool-punishers (V) contribute and pay for an institution before it is known whether anyone defects.

    Parameters
    ----------
    returns : game of C and D
        What contributions are worth.
    pool_fine : number
        :math:`B \ge 0`: what each V makes the institution take from each defector.
    pool_cost : number
        :math:`G \ge 0`: what each V pays, defectors or not.
    fine, punishment_cost : number
        :math:`\beta, \gamma \ge 0`: of peer-punishers (P), who pay for acts only.
    second_order : number
        Weight :math:`\alpha \ge 0` of the fine for contributing without punishing: 0 none, 1 as for defecting. The
        pool then fines C and P; peers fine C, where a defector is in the group.
    strategies : sequence of str
        Two to four of "C", "D", "V", "P", in the order of tables and populations; without P by default.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> from gametheory.returns import OthersOnlyGame
    >>> linear = OthersOnlyGame(group_size=5, multiplication_factor=3)
    >>> game = PoolPunishmentGame(returns=linear, pool_fine='7/10', pool_cost='7/10', second_order=1)
    >>> [str(game.payoff(kind, (2, 1, 1))) for kind in "CDV"]
    ['11/20', '31/20', '11/20']
    """

    returns: ContributionGame
    pool_fine: Amount
    pool_cost: Amount
    fine: Amount = 0
    punishment_cost: Amount = 0
    second_order: Amount = 0
    strategies: Annotated[
        Sequence[str], Players("two to four different ones of 'C', 'D', 'V', 'P'", ("C", "D", "V", "P"))
    ] = (CONTRIBUTOR, DEFECTOR, POOL_PUNISHER)

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
        defectors, punishers, pool = n.get(DEFECTOR, 0), n.get(PUNISHER, 0), n.get(POOL_PUNISHER, 0)
        earned = from_contributions(game.returns, strategy, n)
        if strategy == POOL_PUNISHER:
            return earned - game.pool_cost
        if strategy == DEFECTOR:
            return earned - game.pool_fine * pool - game.fine * punishers
        earned = earned - game.second_order * game.pool_fine * pool
        if PUNISHER not in game.strategies:
            return earned
        weight = _where_seen(game.second_order, defectors)
        if strategy == CONTRIBUTOR:
            return earned - weight * game.fine * punishers
        return earned - game.punishment_cost * (defectors + weight * n.get(CONTRIBUTOR, 0))


def contributing_among(n: dict[str, Number]) -> Number:
    """How many co-players contribute."""
    return n.get(CONTRIBUTOR, 0) + n.get(PUNISHER, 0) + n.get(POOL_PUNISHER, 0)


def from_contributions(returns: ContributionGame, strategy: str, n: dict[str, Number]) -> Number:
    """Payoff from contributions alone."""
    return returns.base_payoff(own=0 if strategy in (DEFECTOR, ANTISOCIAL) else 1, others=contributing_among(n))


def _where_seen(weight: Number, defectors: Number) -> Number:
    """The weight of second-order acts: none where there is no defector whom one could have punished."""
    never = is_exact(weight) and weight == 0
    return 0 if never else weight * int(whole(defectors) > 0)
