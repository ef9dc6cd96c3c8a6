r"""Third-party punishment: bystanders who gain nothing from the pot punish those who do not contribute.

Of :math:`N` players bystanders (T) stay out of the pot for a fixed payoff :math:`\sigma`; the :math:`S` others play the
linear game `stage` as a group of size :math:`S`, and one left alone gets :math:`\sigma` too. Each bystander punishes
each defector with probability `p`:

.. math::

    u_C &= \frac{r c}{S} k - c, \qquad u_D = \frac{r c}{S} k - n_T\, p \beta, \\
    u_T &= \sigma + n_C\, \phi - n_D\, p \gamma,

where :math:`\phi` is a fee that each contributor pays to each bystander (subtracted from :math:`u_C`; 0 by default).

Contributing is a best reply among :math:`m \le N - 2` bystanders iff
:math:`m (p \beta - \phi) \ge c (1 - r/(N - m))`; for one left alone, who has no pot, iff :math:`p \beta \ge \phi`. A
bystander gains nothing from punishing: with :math:`\gamma > 0`, and any defector, the less it punishes the more it
earns, whatever the fee, so a fee pays for being there, not for punishing. Source: Fehr & Fischbacher (2004), Evol.
Hum. Behav. 25, 63-87, in a public goods game; model.md, section 6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from gametheory.errors import require
from gametheory.exact import Number, is_integer
from gametheory.optional import resized
from gametheory.parameters import (
    Amount,
    Finite,
    Players,
    Rate,
    all_exact,
    as_latex,
    counted,
    equal,
    hashed,
    settle,
    whole,
)
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR, PublicGoodsGame

BYSTANDER: Final = "T"
KINDS: Final = (CONTRIBUTOR, DEFECTOR, BYSTANDER)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThirdPartyGame:
    r"""A public goods game with bystanders who punish.

    Parameters
    ----------
    stage : PublicGoodsGame
        Of C and D, as N participants play it; fewer play it as the smaller group.
    bystander_payoff : number
        :math:`\sigma`, of a bystander and of a lone participant.
    fine, punishment_cost : number
        :math:`\beta, \gamma \ge 0`.
    punishment_probability : number
        `p` in [0, 1], of each bystander towards each defector.
    fee : number
        :math:`\phi \ge 0`, from each contributor to each bystander.
    strategies : sequence of str
        Two or three of "C", "D", "T", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    One bystander deters four participants from a fine of 1/4 on:

    >>> linear = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> game = ThirdPartyGame(stage=linear, bystander_payoff=1, fine="1/4", punishment_cost="1/10")
    >>> game.payoff("C", (0, 3, 1)) - game.payoff("D", (0, 3, 1))
    Fraction(0, 1)
    """

    stage: PublicGoodsGame
    bystander_payoff: Finite
    fine: Amount
    punishment_cost: Amount
    punishment_probability: Rate = 1
    fee: Amount = 0
    strategies: Annotated[Sequence[str], Players("two or three different ones of 'C', 'D', 'T'", KINDS)] = KINDS

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        linear = isinstance(self.stage, PublicGoodsGame) and set(self.stage.strategies) == {CONTRIBUTOR, DEFECTOR}
        require(linear, "stage", self.stage, "a PublicGoodsGame of C and D")
        require(is_integer(self.stage.group_size), "stage", self.stage, "a game whose group_size is a number")
        settle(self)

    @property
    def group_size(self) -> Number:
        """Players in all, bystanders included, N."""
        return self.stage.group_size

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts` (integers)."""
        game, n = counted(self, strategy, [whole(count) for count in counts])
        contributing, defecting, bystanders = (n.get(kind, 0) for kind in KINDS)
        fines = game.punishment_probability * game.fine
        if strategy == BYSTANDER:
            spent = game.punishment_probability * game.punishment_cost * defecting
            return game.bystander_payoff + game.fee * contributing - spent
        participants = contributing + defecting + 1
        if participants == 1:
            earned = game.bystander_payoff
        else:
            own = int(strategy == CONTRIBUTOR)
            earned = resized(game.stage, participants).base_payoff(own=own, others=contributing)
        return earned - bystanders * (game.fee if strategy == CONTRIBUTOR else fines)
