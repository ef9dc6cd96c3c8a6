r"""How often a co-player of adaptive punishers defects, given the probability with which they punish.

Its gain from contributing, :math:`\Delta(p) = m p s \beta (h - e) - \Lambda`, is the difference of two payoffs of the
game and affine in p. A `BestReply` contributes iff :math:`\Delta \ge 0`; a `LogitReply` defects with chance
:math:`1 / (1 + e^{\Delta / T})`. Source: model.md, section 3.
"""

from dataclasses import dataclass, replace
from math import exp

from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact, to_float
from gametheory.public_goods import PublicGoodsGame
from gametheory.thresholds import deterrence_margin


@dataclass(frozen=True, slots=True)
class BestReply:
    """A co-player who contributes where that is at least as good, and defects otherwise."""

    def defection(self, gain: Number) -> Number:
        """The share of rounds in which it defects, 0 or 1."""
        return 0 if gain >= 0 else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LogitReply:
    """A co-player with noisy choice.

    Parameters
    ----------
    temperature : number
        T > 0, in payoff units.

    Raises
    ------
    InvalidParameter
        If it is not > 0 and finite.

    Examples
    --------
    >>> LogitReply(temperature=1).defection(0)
    0.5
    """

    temperature: Number

    def __post_init__(self) -> None:
        value = as_number(self.temperature, name="temperature")
        fits = (is_exact(value) or isinstance(value, float)) and in_order(0, value) and value > 0
        require(fits, "temperature", self.temperature, "> 0 and finite")
        object.__setattr__(self, "temperature", value)

    def defection(self, gain: Number) -> float:
        """The chance that it defects, a float."""
        power = to_float(gain / self.temperature)
        return 1 / (1 + exp(power)) if power < 0 else exp(-power) / (1 + exp(-power))


Reply = BestReply | LogitReply


def gain_at(game: PublicGoodsGame, probability: Number) -> Number:
    """What contributing earns more than defecting among N - 1 co-players who punish with `probability`.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> gain_at(game, "1/10")
    Fraction(0, 1)
    """
    certain = replace(game, punishment_probability=probability)
    return deterrence_margin(certain, certain.group_size - 1)


def strength(game: PublicGoodsGame) -> Number:
    r""":math:`K = \Delta(1) - \Delta(0) = (N - 1) s \beta (h - e)`: what certain punishment takes from a defector."""
    return gain_at(game, 1) - gain_at(game, 0)


def deterring_probability(game: PublicGoodsGame) -> Number | None:
    r""":math:`p^* = -\Delta(0) / K`, from which on contributing pays; None where punishment takes nothing.

    Examples
    --------
    >>> deterring_probability(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1))
    Fraction(1, 10)
    """
    slope = strength(game)
    return -gain_at(game, 0) / slope if slope > 0 else None
