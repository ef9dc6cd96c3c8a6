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
from dataclasses import dataclass, fields, replace
from math import inf
from typing import Final

from gametheory.errors import require
from gametheory.exact import (
    Number,
    as_number,
    holds_everywhere,
    in_order,
    is_array,
    is_ball,
    is_exact,
    is_integer,
    is_symbolic,
    unify,
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

    group_size: Number
    multiplication_factor: Number
    contribution_cost: Number = 1
    fine: Number = 0
    punishment_cost: Number = 0
    punishment_probability: Number = 1
    severity: Number = 1
    detection_rate: Number = 1
    false_alarm_rate: Number = 0
    strategies: Sequence[str] = KINDS

    def __post_init__(self) -> None:
        size = self.group_size
        whole = is_integer(size)
        require((is_symbolic(size) or whole) and in_order(2, size), "group_size", size, "an integer >= 2")
        object.__setattr__(self, "group_size", int(size) if whole else size)
        names = [f.name for f in fields(self) if f.name not in ("group_size", "strategies")]
        numbers = unify(as_number(getattr(self, name), name=name) for name in names)
        for name, number in zip(names, numbers, strict=True):
            _check(name, number)
            object.__setattr__(self, name, number)
        listed = isinstance(self.strategies, Sequence) and not isinstance(self.strategies, str)
        known = listed and all(isinstance(s, str) and s in KINDS for s in self.strategies)
        different = known and 2 <= len(self.strategies) == len(set(self.strategies))
        require(different, "strategies", self.strategies, "two or three different ones of 'C', 'D', 'P'")
        object.__setattr__(self, "strategies", tuple(self.strategies))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PublicGoodsGame):
            return NotImplemented
        return all(_same(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, f.name) for f in fields(self)))

    @property
    def net_contribution_cost(self) -> Number:
        r"""What contributing costs beyond one's own share, :math:`\Lambda = c (1 - r/N)`, by the payoffs."""
        return round_payoff(self, own=0, others=0) - round_payoff(self, own=1, others=0)

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all(is_exact(getattr(self, f.name)) for f in fields(self) if f.name != "strategies")

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
        require(strategy in self.strategies, "strategy", strategy, f"one of {self.strategies}")
        require(len(counts) == len(self.strategies), "counts", counts, f"{len(self.strategies)} counts")
        if is_exact(self.group_size) and all(map(is_exact, counts)):
            fits = min(counts) >= 0 and sum(counts) == self.group_size - 1
            require(fits, "counts", counts, f"numbers >= 0 that sum to {self.group_size - 1}")
        return strategy_payoff(self, strategy, dict(zip(self.strategies, counts, strict=True)))


def aligned(game: PublicGoodsGame, *numbers: Number) -> tuple[PublicGoodsGame, list[Number]]:
    """The game and numbers that will meet its parameters in a formula, in one arithmetic (`unify`)."""
    if all(type(number) is int for number in numbers):
        return game, list(numbers)
    names = [f.name for f in fields(game) if f.name not in ("group_size", "strategies")]
    before = [getattr(game, name) for name in names]
    after = unify([*before, *(as_number(number, name="counts") for number in numbers)])
    changed = {k: new for k, old, new in zip(names, before, after, strict=False) if new is not old}
    return replace(game, **changed) if changed else game, after[len(names) :]


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


def _check(name: str, value: Number) -> None:
    """Refuse a number outside its parameter's domain; a symbol's domain is the user's to assume."""
    finite = value.is_finite() if is_ball(value) else in_order(value, inf) and holds_everywhere(value < inf)
    if name in ("multiplication_factor", "contribution_cost"):
        ok, domain = in_order(0, value) and holds_everywhere(value > 0), "> 0 and finite"
    elif name in ("fine", "punishment_cost"):
        ok, domain = in_order(0, value), ">= 0 and finite"
    else:
        ok, domain = in_order(0, value, 1), "in [0, 1]"
    require(bool(finite) and ok, name, value, domain)


def _same(left: Number, right: Number) -> bool:
    if is_array(left) or is_array(right):
        return is_array(left) and is_array(right) and left.shape == right.shape and bool((left == right).all())
    return left is right or bool(left == right)
