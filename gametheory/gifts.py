r"""Gifts: after the pot is shared, some pass on part of what they got to those who helped them.

Of the :math:`N` players :math:`k` contribute, and everybody gets :math:`R = v(k)` from the pot of the game `returns`.
A giver with contributing co-players passes :math:`g R` on, in equal parts to each of them; one without keeps all. So
gifts are zero-sum. Kinds: C and D keep what they get; G contributes and gives; E gives and does not contribute.

Why equal parts to contributors: LASE splits a gift by the relation
:math:`w_{ij} = Q_i(a) - \sum_{a'} \pi_j(a') Q_i(a', a_{-j})`, what `j` did against what it might have done. In the
linear game that is :math:`\frac{rc}{N}(1 - \hat x_j)` for a contributor and :math:`-\frac{rc}{N} \hat x_j` for a
defector, :math:`\hat x_j` how often `j` is believed to contribute; it is clipped at 0 and normalized (`gift_relation`).

Where everybody gives (only G and E), a contributor gains, whatever the others do,

.. math:: u_G - u_E = c \left[\frac{r}{N} (1 + (N - 1) g) - 1\right],

so contributing is dominant iff :math:`g > \frac{N - r}{r (N - 1)}`, the same number as the discount factor from which
on a grim trigger sustains contributions. A giver among others earns :math:`g R` less than one who keeps: who gives is a
second-order public good. Source: Kong et al. (2024), LASE; model.md, section 6; the condition is derived here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order
from gametheory.parameters import Players, Rate, all_exact, as_latex, counted, equal, hashed, settle, whole
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR, PublicGoodsGame
from gametheory.returns import ReturnsGame, SynergyGame
from gametheory.threshold_games import StagHuntGame

GIVER: Final = "G"
GIVING_DEFECTOR: Final = "E"
Pot = PublicGoodsGame | SynergyGame | ReturnsGame | StagHuntGame
GIFT_KINDS: Final = (CONTRIBUTOR, DEFECTOR, GIVER, GIVING_DEFECTOR)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GiftGame:
    r"""A game whose players may pass on part of what they got from the pot.

    Parameters
    ----------
    returns : PublicGoodsGame, SynergyGame, ReturnsGame or StagHuntGame
        What contributions are worth: a game whose pot is shared by all.
    gift_share : number
        :math:`g` in [0, 1], of what a giver got from the pot.
    strategies : sequence of str
        Two or more of "C", "D", "G", "E", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    With N = 5 and r = 3 contributing pays from a gift share of 1/6 on:

    >>> from gametheory import PublicGoodsGame
    >>> linear = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> game = GiftGame(returns=linear, gift_share="1/6", strategies=["G", "E"])
    >>> [game.payoff("G", (j, 4 - j)) - game.payoff("E", (j, 4 - j)) for j in (0, 2, 4)]
    [Fraction(0, 1), Fraction(0, 1), Fraction(0, 1)]
    """

    returns: Pot
    gift_share: Rate
    strategies: Annotated[Sequence[str], Players("two or more different ones of 'C', 'D', 'G', 'E'", GIFT_KINDS)] = (
        CONTRIBUTOR,
        DEFECTOR,
        GIVER,
    )

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        require(isinstance(self.returns, Pot), "returns", self.returns, "a game whose pot is shared by all")
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
        """Payoff of `strategy` when the N - 1 co-players split as `counts` (integers)."""
        game, n = counted(self, strategy, [whole(count) for count in counts])
        own = int(strategy in (CONTRIBUTOR, GIVER))
        others = n.get(CONTRIBUTOR, 0) + n.get(GIVER, 0)
        earned = game.returns.base_payoff(own=own, others=others)
        gift = game.gift_share * game.returns.base_payoff(own=0, others=others + own)  # of a giver, from what all got
        if strategy in (GIVER, GIVING_DEFECTOR) and others > 0:
            earned = earned - gift
        if own and others > 0:  # each other giver who contributes has `others` contributing co-players
            earned = earned + gift * n.get(GIVER, 0) / others
        if own:  # each giver who does not has one more
            earned = earned + gift * n.get(GIVING_DEFECTOR, 0) / (others + 1)
        return earned


def gift_relation(game: PublicGoodsGame, believed: Sequence[Number], actions: Sequence[bool]) -> tuple[Number, ...]:
    r"""How a member splits its gift among co-players that did `actions` (module header).

    Parameters
    ----------
    game : PublicGoodsGame
        The linear game; what a contribution is worth to another is read off its payoffs.
    believed : sequence of number
        :math:`\hat x_j` in [0, 1], how often each co-player is believed to contribute.
    actions : sequence of bool
        Whether each did.

    Returns
    -------
    tuple of number
        Weights >= 0 that sum to 1; all 0 where nobody did more than expected.

    Raises
    ------
    InvalidParameter
        If the two do not belong together.

    Examples
    --------
    The unexpected contribution earns more:

    >>> game = PublicGoodsGame(group_size=4, multiplication_factor=2)
    >>> [str(w) for w in gift_relation(game, ["1/4", "3/4", "1/2"], [True, True, False])]
    ['3/4', '1/4', '0']
    """
    require(len(believed) == len(actions) == game.group_size - 1, "actions", actions, "one per co-player")
    shares = [as_number(x, name="believed") for x in believed]
    require(all(in_order(0, x, 1) for x in shares), "believed", believed, "numbers in [0, 1]")
    others = game.group_size - 1
    bare = game.payoff(DEFECTOR, _split(game, 1, others - 1)) - game.payoff(DEFECTOR, _split(game, 0, others))
    relations: list[Number] = [bare * (1 - x) if did else 0 for x, did in zip(shares, actions, strict=True)]
    total = sum(relations)
    return tuple(w / total if total != 0 else 0 for w in relations)


def _split(game: PublicGoodsGame, contributing: int, defecting: int) -> list[int]:
    return [{CONTRIBUTOR: contributing, DEFECTOR: defecting}.get(name, 0) for name in game.strategies]
