r"""One-shot deviations in the repeated public goods game, for the two profiles whose thresholds are known.

Values are normalised discounted sums, :math:`(1 - \omega) \sum_t \omega^t u_t`: a payoff `now` followed by a
constant `later` is worth :math:`(1 - \omega)\,now + \omega\,later`. By the one-shot-deviation principle
(Blackwell 1965; Mailath & Samuelson 2006, proposition 2.2.1) a profile is subgame perfect iff no gain listed
here is positive.

Grim trigger: contribute until anybody has defected, then defect for good.

Punishment stage (model.md 2.5): contribute; then everybody punishes a lone deviator when the public draw,
which says 'punish' with probability `p`, says so; after zero or several deviators nothing is due; once a
punishment that was due is not carried out, all defect for good.

Every value is built from `round_payoff`. Source: model.md, sections 2.5 and 2.6.
"""

from dataclasses import dataclass

from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact
from gametheory.parameters import aligned
from gametheory.public_goods import PublicGoodsGame, round_payoff


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """What a player gains by deviating once after some history.

    Attributes
    ----------
    history, deviation : str
        In words.
    gain : number
        Normalised discounted payoff of deviating minus that of conforming, in payoff units.
    """

    history: str
    deviation: str
    gain: Number


def discounted(now: Number, later: Number, *, discount_factor: Number) -> Number:
    r"""Normalised value of `now` followed by `later` for ever, :math:`(1-\omega)\,now + \omega\,later`.

    Examples
    --------
    >>> discounted(1.0, 3.0, discount_factor=0.5)
    2.0
    """
    return (1 - discount_factor) * now + discount_factor * later


def grim_deviations(game: PublicGoodsGame, *, discount_factor: Number) -> tuple[Deviation, ...]:
    """Gains of every one-shot deviation from grim trigger, nobody punishing.

    Parameters
    ----------
    game : PublicGoodsGame
    discount_factor : number
        Weight of the next round, in [0, 1); 1 gives the limit of patience.

    Returns
    -------
    tuple of Deviation
        First the defection of a player where nobody has defected.

    Raises
    ------
    InvalidParameter
        If `discount_factor` is outside [0, 1].

    Examples
    --------
    At the threshold 1/6 of N = 5, r = 3 the first deviation gains nothing:

    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3)
    >>> [str(d.gain) for d in grim_deviations(game, discount_factor='1/6')]
    ['0', '-1/3']
    """
    game, weight = _with_discount(game, discount_factor)
    rest = game.group_size - 1
    together = round_payoff(game, own=1, others=rest)
    ruin = round_payoff(game, own=0, others=0)
    defect = discounted(round_payoff(game, own=0, others=rest), ruin, discount_factor=weight)
    alone = discounted(round_payoff(game, own=1, others=0), ruin, discount_factor=weight)
    return (
        Deviation(history="nobody has defected", deviation="defect", gain=defect - together),
        Deviation(history="one or several have defected", deviation="contribute", gain=alone - ruin),
    )


def punishment_stage_deviations(
    game: PublicGoodsGame, *, discount_factor: Number, deviators: Number = 2
) -> tuple[Deviation, ...]:
    """Gains of every one-shot deviation from 'contribute; all punish a lone deviator; or else ruin'.

    Parameters
    ----------
    game : PublicGoodsGame
        Its fine, punishment cost, probability and severity are used; observation is perfect here.
    discount_factor : number
        Weight of the next round, in [0, 1); 1 gives the limit of patience.
    deviators : number
        How many deviated in the histories 'several deviated', 2 to N; may be a symbol. Where it is N, nobody
        is left to punish one of them, and that history is left out.

    Returns
    -------
    tuple of Deviation
        First a defection where nobody has deviated, then a due punishment that is not carried out.

    Raises
    ------
    InvalidParameter
        If `discount_factor` is outside [0, 1] or `deviators` outside [2, N].

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> max(d.gain for d in punishment_stage_deviations(game, discount_factor='3/23'))
    Fraction(0, 1)
    """
    game, weight = _with_discount(game, discount_factor)
    rest = game.group_size - 1
    require(in_order(2, deviators, game.group_size), "deviators", deviators, "in [2, group_size]")
    act = game.severity
    together = round_payoff(game, own=1, others=rest)
    ruin = round_payoff(game, own=0, others=0)

    def gain(*, own: Number, others: Number, inflicted: Number, due: Number, later: Number) -> Number:
        """Of inflicting `inflicted` where `due` is due, with `later` instead of going on together."""
        now = round_payoff(game, own=own, others=others, inflicted=inflicted)
        conform = round_payoff(game, own=own, others=others, inflicted=due)
        deviating = discounted(now, later, discount_factor=weight)
        return deviating - discounted(conform, together, discount_factor=weight)

    fined = round_payoff(game, own=0, others=rest, suffered=rest * game.punishment_probability * act)
    defect = discounted(fined, together, discount_factor=weight) - together
    shirk = gain(own=1, others=rest - 1, inflicted=0, due=act, later=ruin)
    excused = gain(own=1, others=rest - 1, inflicted=act, due=0, later=together)
    own_fault = gain(own=0, others=rest, inflicted=act, due=0, later=together)
    nobody = gain(own=1, others=rest, inflicted=act, due=0, later=together)
    outside = not (is_exact(game.group_size) and is_exact(deviators) and deviators == game.group_size)
    several = gain(own=1, others=rest - deviators, inflicted=act, due=0, later=together)
    among_several = gain(own=0, others=rest + 1 - deviators, inflicted=act, due=0, later=together)
    alone = discounted(round_payoff(game, own=1, others=0), ruin, discount_factor=weight) - ruin
    spite = discounted(round_payoff(game, own=0, others=0, inflicted=act), ruin, discount_factor=weight) - ruin
    return (
        Deviation(history="nobody has deviated", deviation="defect", gain=defect),
        Deviation(history="one deviated, punishment is due", deviation="do not punish", gain=shirk),
        Deviation(history="one deviated, the draw excuses", deviation="punish", gain=excused),
        Deviation(history="one's own deviation", deviation="punish a co-player", gain=own_fault),
        Deviation(history="nobody deviated", deviation="punish a co-player", gain=nobody),
        *([Deviation(history="several deviated", deviation="punish one of them", gain=several)] if outside else ()),
        Deviation(history="several deviated, oneself too", deviation="punish a co-player", gain=among_several),
        Deviation(history="a due punishment was not carried out", deviation="contribute", gain=alone),
        Deviation(history="a due punishment was not carried out", deviation="punish a co-player", gain=spite),
    )


def _with_discount(game: PublicGoodsGame, value: Number) -> tuple[PublicGoodsGame, Number]:
    """Game and discount factor, a number of [0, 1], in one arithmetic."""
    weight = as_number(value, name="discount_factor")
    require(in_order(0, weight, 1), "discount_factor", value, "in [0, 1]")
    game, (weight,) = aligned(game, weight)
    return game, weight
