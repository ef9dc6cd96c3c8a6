r"""The linear public goods game with peer punishment, for contributors, defectors and punishers.

A group has :math:`N` players. Player `i` gives the fraction :math:`a_i` of a full contribution that costs
:math:`c`; the pot is multiplied by :math:`r` and shared by all. A punisher (P) contributes, and punishes
every co-player that it sees as a defector with probability :math:`p` and weight `s`: a defector is seen with
probability `h`, a contributor by mistake with probability `e`. One act of weight 1 takes :math:`\beta` from
its target and costs its author :math:`\gamma`. With :math:`A` the others' total contribution and `F`, `G` the
expected weights of the acts that `i` suffers and carries out,

.. math::

    u_i &= \frac{r c}{N} (A + a_i) - c a_i - \beta F - \gamma G, \\
    F &= p s\, n_P\, q_i, \quad G = p s\, (h\, n_D + e\, (n_C + n_P)) \text{ for a punisher, else } 0,

where :math:`n_C, n_D, n_P` count the co-players and :math:`q_i` is `h` for a defector and `e` for a
contributor.

Source: model.md, section 1; Fehr & Gächter (2000), Am. Econ. Rev. 90, 980-994 for the game, Hauert et al.
(2007), Science 316, 1905-1907 for the strategies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from gametheory.exact import Number
from gametheory.parameters import (
    Amount,
    GroupSize,
    Players,
    Positive,
    Rate,
    aligned,
    all_exact,
    as_latex,
    counted,
    equal,
    hashed,
    settle,
)

CONTRIBUTOR: Final = "C"
DEFECTOR: Final = "D"
PUNISHER: Final = "P"
KINDS: Final = (CONTRIBUTOR, DEFECTOR, PUNISHER)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PublicGoodsGame:
    r"""One interaction in a group; a value, not a place to keep state.

    Parameters
    ----------
    group_size : int or sympy expression
        Players in a group, :math:`N \ge 2`.
    multiplication_factor : number
        What the pot is multiplied by, :math:`r > 0`.
    contribution_cost : number
        What one full contribution costs, :math:`c > 0`; it sets the payoff unit.
    fine, punishment_cost : number
        :math:`\beta, \gamma \ge 0`: what one act takes from its target, and costs its author.
    punishment_probability : number
        Chance `p` in [0, 1] that a seen defection is punished.
    severity : number
        Weight `s` in [0, 1] of an act.
    detection_rate, false_alarm_rate : number
        Chance `h` (`e`) in [0, 1] that a defector (a contributor) is seen as a defector.
    strategies : sequence of str
        Two or three different ones of "C", "D", "P", in the order of tables and populations.

    Notes
    -----
    Numbers are `int`, `Fraction`, `sympy.Rational` or text such as '3/10' (exact), floats, numpy arrays (a
    grid of games at once), sympy expressions, or `flint` balls that lie in the domain. One float among them
    makes all of them floats. Games are equal when their parameters are; games that hold arrays cannot be
    hashed.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    The published example: alone among four punishing defectors, contributing earns r/N - 1 = -2/5.

    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> game.payoff("C", (0, 4, 0))
    Fraction(-2, 5)
    >>> game.net_contribution_cost
    Fraction(2, 5)
    """

    group_size: GroupSize
    multiplication_factor: Positive
    contribution_cost: Positive = 1
    fine: Amount = 0
    punishment_cost: Amount = 0
    punishment_probability: Rate = 1
    severity: Rate = 1
    detection_rate: Rate = 1
    false_alarm_rate: Rate = 0
    strategies: Annotated[Sequence[str], Players("two or three different ones of 'C', 'D', 'P'", KINDS)] = KINDS

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        settle(self)

    @property
    def net_contribution_cost(self) -> Number:
        r"""What contributing costs beyond one's own share, :math:`\Lambda = c (1 - r/N)`, by the payoffs."""
        return round_payoff(self, own=0, others=0) - round_payoff(self, own=1, others=0)

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def base_payoff(self, *, own: Number, others: Number) -> Number:
        """Payoff before any punishment, from one's own contribution and the others' total."""
        return round_payoff(self, own=own, others=others)

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Expected payoff of one player of `strategy` among these co-players (module header).

        Parameters
        ----------
        strategy : str
            One of `strategies`.
        counts : sequence of number, length m
            How many of the N - 1 co-players play each strategy, in the order of `strategies`. Numbers of any
            arithmetic: means of counts and symbols too, since the payoff is affine in them.

        Returns
        -------
        number
            In payoff units, in the arithmetic of the parameters and the counts.

        Raises
        ------
        InvalidParameter
            If `strategy` is not one of the game's, or `counts` has another length, or its entries are exact
            and one is negative or they do not sum to N - 1.

        Examples
        --------
        >>> PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1).payoff("D", (0, 0, 4))
        Fraction(-8, 5)
        """
        game, split = counted(self, strategy, counts)
        return strategy_payoff(game, strategy, split)


def round_payoff(
    game: PublicGoodsGame, *, own: Number, others: Number, suffered: Number = 0, inflicted: Number = 0
) -> Number:
    r"""Payoff :math:`u_i` of one round, from own and others' contributions and weights of acts."""
    share = game.multiplication_factor * game.contribution_cost / game.group_size
    return (
        share * (others + own) - game.contribution_cost * own - game.fine * suffered - game.punishment_cost * inflicted
    )


def strategy_payoff(game: PublicGoodsGame, strategy: str, counts: dict[str, Number]) -> Number:
    """Expected payoff of C, D or P, given how many co-players play each (a missing one: none)."""
    game, numbers = aligned(game, *counts.values())
    counts = dict(zip(counts, numbers, strict=True))
    cooperating = counts.get(CONTRIBUTOR, 0) + counts.get(PUNISHER, 0)
    weight = game.punishment_probability * game.severity
    seen_rate = game.detection_rate if strategy == DEFECTOR else game.false_alarm_rate
    seen = game.detection_rate * counts.get(DEFECTOR, 0) + game.false_alarm_rate * cooperating
    return round_payoff(
        game,
        own=0 if strategy == DEFECTOR else 1,
        others=cooperating,
        suffered=weight * seen_rate * counts.get(PUNISHER, 0),
        inflicted=weight * seen if strategy == PUNISHER else 0,
    )
