r"""Rewards on top of any return on contributions: rewarders contribute, and reward who contributes.

The game of contributors and defectors, `returns`, pays :math:`u^0_i`; rewarders (R) count in it as contributors.
Every rewarder gives each contributing co-player, rewarders too, the reward :math:`\rho` at a cost :math:`\gamma` to
itself. With :math:`n` the counts among the co-players,

.. math::

    u_C = u^0 + \rho\, n_R, \quad u_D = u^0, \quad u_R = u^0 + \rho\, n_R - \gamma (n_C + n_R).

Source: Sigmund, Hauert, Nowak (2001), PNAS 98, 10757-10762.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from gametheory.exact import Number
from gametheory.parameters import Amount, Players, all_exact, as_latex, counted, equal, hashed, settle
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR
from gametheory.returns import ContributionGame, require_contribution_game

REWARDER: Final = "R"
REWARDING: Final = (CONTRIBUTOR, DEFECTOR, REWARDER)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RewardGame:
    r"""A game of contributors, defectors and rewarders.

    Parameters
    ----------
    returns : game of C and D
        What contributions are worth.
    reward, reward_cost : number
        :math:`\rho, \gamma \ge 0`: what a contributor gets from each rewarder, and what that costs its giver.
    strategies : sequence of str
        Two or three of "C", "D", "R", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> from gametheory.returns import OthersOnlyGame
    >>> linear = OthersOnlyGame(group_size=5, multiplication_factor=3)
    >>> game = RewardGame(returns=linear, reward=1, reward_cost='1/2')
    >>> [str(game.payoff(kind, (2, 1, 1))) for kind in "CDR"]
    ['9/4', '9/4', '3/4']
    """

    returns: ContributionGame
    reward: Amount
    reward_cost: Amount
    strategies: Annotated[Sequence[str], Players("two or three different ones of 'C', 'D', 'R'", REWARDING)] = REWARDING

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
        contributing = n.get(CONTRIBUTOR, 0) + n.get(REWARDER, 0)
        if strategy == DEFECTOR:
            return game.returns.base_payoff(own=0, others=contributing)
        given = contributing if strategy == REWARDER else 0
        earned = game.returns.base_payoff(own=1, others=contributing)
        return earned + game.reward * n.get(REWARDER, 0) - game.reward_cost * given
