r"""Indirect reciprocity with costly punishment: donors act on the recipient's reputation, and earn one by it.

In each encounter a donor cooperates (C: pays :math:`c`, the recipient gets :math:`b`), defects (D) or punishes (P: pays
:math:`\gamma`, the recipient loses :math:`\beta`). A *rule* says what to do with good and with bad recipients; a *norm*
says which reputation each of the three acts earns towards each kind. With probability :math:`\mu < 1/2` an act is
judged the other way. Everybody is as often recipient as donor, and a reputation lasts until the next act as a donor.

Being good rather than bad is worth :math:`v = B(s_G) - B(s_B)` to a recipient among players of rule :math:`s`, with
:math:`B(C) = b`, :math:`B(D) = 0`, :math:`B(P) = -\beta`. So a donor who meets a recipient of reputation `R` compares

.. math:: -\text{cost}(A) + \omega (1 - 2\mu)\, v\, [\text{A earns good towards R}],

:math:`\omega` the weight of what follows, and the rule is a strict equilibrium iff its act is the only best one for
both. Then, if :math:`\mu > 0` (so that both kinds are met for ever), nobody playing any other rule, not even a mixed
one, does as well (each act is a separate choice). For the
rule that cooperates with the good and punishes the bad under a norm that calls good only those acts,

.. math:: c < \omega (1 - 2\mu)(b + \beta) \quad \text{and} \quad \gamma < \omega (1 - 2\mu)(b + \beta),

which a threat of mere defection does not reach when :math:`c \ge \omega(1 - 2\mu) b`; what everybody earns is
:math:`(1 - \mu)(b - c) - \mu (\beta + \gamma)`. So punishment is stable *and* better than defection, where cooperating
without it is not stable, in a margin only: Ohtsuki, Iwasa & Nowak (2009), Nature 457, 79-82. Recomputed in this form;
model.md, section 6.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Final

from gametheory.errors import require
from gametheory.exact import Number, holds_everywhere
from gametheory.parameters import Amount, Positive, Rate, all_exact, settle

COOPERATE: Final = "C"
DEFECT: Final = "D"
PUNISH: Final = "P"
ACTS: Final = (COOPERATE, DEFECT, PUNISH)
GOOD: Final = "G"
BAD: Final = "B"
REPUTATIONS: Final = (GOOD, BAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorGame:
    r"""Who gives what to whom, how often acts are misjudged, and how much the future counts.

    Parameters
    ----------
    benefit, contribution_cost : number
        :math:`b, c > 0`.
    fine, punishment_cost : number
        :math:`\beta, \gamma \ge 0`.
    assessment_error : number
        :math:`\mu` in [0, 1/2).
    discount_factor : number
        :math:`\omega` in [0, 1], the weight of the encounter as a recipient that follows an act.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.

    Examples
    --------
    >>> game = DonorGame(benefit=3, contribution_cost=1, fine=2, punishment_cost=1, assessment_error="1/20")
    >>> str(game.worth(punishing_rule()))
    '5'
    """

    benefit: Positive
    contribution_cost: Positive
    fine: Amount = 0
    punishment_cost: Amount = 0
    assessment_error: Rate = 0
    discount_factor: Rate = 1

    def __post_init__(self) -> None:
        settle(self)
        below = holds_everywhere(self.assessment_error < Fraction(1, 2))
        require(below, "assessment_error", self.assessment_error, "in [0, 1/2)")

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def cost(self, act: str) -> Number:
        """What an act costs the donor."""
        return {COOPERATE: self.contribution_cost, DEFECT: 0, PUNISH: self.punishment_cost}[act]

    def effect(self, act: str) -> Number:
        """What an act gives the recipient."""
        return {COOPERATE: self.benefit, DEFECT: 0, PUNISH: -self.fine}[act]

    def worth(self, rule: "ActionRule") -> Number:
        """What being good rather than bad is worth to a recipient among players of `rule`."""
        return self.effect(rule.to_good) - self.effect(rule.to_bad)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRule:
    """What a donor does with a good and with a bad recipient; each "C", "D" or "P".

    Examples
    --------
    >>> ActionRule(to_good="C", to_bad="P").act("B")
    'P'
    """

    to_good: str
    to_bad: str

    def __post_init__(self) -> None:
        for name in ("to_good", "to_bad"):
            require(getattr(self, name) in ACTS, name, getattr(self, name), f"one of {ACTS}")

    def act(self, reputation: str) -> str:
        """The act towards a recipient of that reputation."""
        return self.to_good if reputation == GOOD else self.to_bad


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialNorm:
    """Which acts earn a good reputation.

    Parameters
    ----------
    good_to_good, good_to_bad : frozenset of str
        Acts judged good towards good and towards bad recipients; all others are judged bad.

    Examples
    --------
    >>> SocialNorm(good_to_good={"C"}, good_to_bad={"P"}).judges("P", "G")
    False
    """

    good_to_good: frozenset[str]
    good_to_bad: frozenset[str]

    def __post_init__(self) -> None:
        for name in ("good_to_good", "good_to_bad"):
            given = frozenset(getattr(self, name))
            require(given <= set(ACTS), name, sorted(given), f"acts among {ACTS}")
            object.__setattr__(self, name, given)

    def judges(self, act: str, reputation: str) -> bool:
        """Whether that act towards a recipient of that reputation is good."""
        return act in (self.good_to_good if reputation == GOOD else self.good_to_bad)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reciprocity:
    """What a rule comes to under a norm.

    Attributes
    ----------
    good_share : number
        How many are good in the long run.
    payoff : number
        What everybody earns per encounter as a donor and one as a recipient.
    strict : bool
        Whether each act of the rule is the only best one: without errors towards the kind that is never met, too; with
        them no other rule does as well.
    weak : bool
        Whether each is a best one.
    """

    good_share: Number
    payoff: Number
    strict: bool
    weak: bool


def reciprocity(game: DonorGame, rule: ActionRule, norm: SocialNorm) -> Reciprocity:
    r"""The long run of a population that all play `rule` under `norm`, and whether it is an equilibrium.

    The share of good players solves :math:`g = g\,\pi_G + (1 - g)\,\pi_B`, :math:`\pi_R` the chance to be judged good
    after meeting a recipient of reputation `R`; where :math:`\pi_G = 1` and :math:`\pi_B = 0` (no errors) every share
    persists, and the game without errors is refused.

    Raises
    ------
    InvalidParameter
        If every share of good players persists.

    Examples
    --------
    A cost above what mere defection can enforce, and the margin in which punishment helps:

    >>> game = DonorGame(benefit=3, contribution_cost="29/10", fine=2, punishment_cost=1, assessment_error="1/50")
    >>> plain = SocialNorm(good_to_good="C", good_to_bad="D")
    >>> defecting = reciprocity(game, ActionRule(to_good="C", to_bad="D"), plain)
    >>> punishing = reciprocity(game, punishing_rule(), punishing_norm())
    >>> defecting.strict, punishing.strict, str(punishing.payoff)
    (False, True, '19/500')
    """
    share, payoff = reciprocity_payoff(game, rule, norm)
    margins = [margin for r in REPUTATIONS for margin in _margins(game, rule, norm, r)]
    return Reciprocity(
        good_share=share,
        payoff=payoff,
        strict=all(bool(margin > 0) for margin in margins),
        weak=all(bool(margin >= 0) for margin in margins),
    )


def reciprocity_payoff(game: DonorGame, rule: ActionRule, norm: SocialNorm) -> tuple[Number, Number]:
    """The long-run share of good players, and what everybody earns (`reciprocity`); symbols too.

    Raises
    ------
    InvalidParameter
        If every share of good players persists.
    """
    error = game.assessment_error
    judged = {r: 1 - error if norm.judges(rule.act(r), r) else error for r in REPUTATIONS}
    stays = judged[GOOD] - judged[BAD]
    moves = bool(stays != 1)
    require(moves, "assessment_error", error, "> 0 (under this norm every share of good players persists)")
    share = judged[BAD] / (1 - stays)
    payoff: Number = 0
    for reputation, weight in ((GOOD, share), (BAD, 1 - share)):
        act = rule.act(reputation)
        payoff = payoff + weight * (game.effect(act) - game.cost(act))
    return share, payoff


def reciprocity_margins(game: DonorGame, rule: ActionRule, norm: SocialNorm) -> dict[tuple[str, str], Number]:
    """How much better the rule's act is than each other one: keys (reputation, other act); symbols too.

    Examples
    --------
    >>> game = DonorGame(benefit=3, contribution_cost=1, fine=2, punishment_cost=1, assessment_error="1/20")
    >>> {key: str(value) for key, value in reciprocity_margins(game, punishing_rule(), punishing_norm()).items()}
    {('G', 'D'): '7/2', ('G', 'P'): '9/2', ('B', 'C'): '9/2', ('B', 'D'): '7/2'}
    """
    found: dict[tuple[str, str], Number] = {}
    for reputation in REPUTATIONS:
        others = [act for act in ACTS if act != rule.act(reputation)]
        found |= dict(zip([(reputation, act) for act in others], _margins(game, rule, norm, reputation), strict=True))
    return found


def strict_rules(game: DonorGame) -> Iterator[tuple[ActionRule, SocialNorm, Reciprocity]]:
    """All of the 9 rules under all of the 64 norms that are strict equilibria, with what they come to.

    Raises
    ------
    InvalidParameter
        If acts are never misjudged.

    Examples
    --------
    >>> game = DonorGame(benefit=3, contribution_cost="29/10", fine=2, punishment_cost=1, assessment_error="1/50")
    >>> best = max(strict_rules(game), key=lambda found: found[2].payoff)
    >>> best[0].to_good, best[0].to_bad, str(best[2].payoff)
    ('C', 'P', '19/500')
    """
    require(bool(game.assessment_error > 0), "assessment_error", game.assessment_error, "> 0 (to compare all norms)")
    sets = [frozenset(a for a, kept in zip(ACTS, bits, strict=True) if kept) for bits in product((0, 1), repeat=3)]
    for to_good, to_bad, first, second in product(ACTS, ACTS, sets, sets):
        rule, norm = ActionRule(to_good=to_good, to_bad=to_bad), SocialNorm(good_to_good=first, good_to_bad=second)
        found = reciprocity(game, rule, norm)
        if found.strict:
            yield rule, norm, found


def punishing_rule() -> ActionRule:
    """Cooperate with the good, punish the bad."""
    return ActionRule(to_good=COOPERATE, to_bad=PUNISH)


def punishing_norm() -> SocialNorm:
    """Only cooperating with the good and punishing the bad is good."""
    return SocialNorm(good_to_good=frozenset(COOPERATE), good_to_bad=frozenset(PUNISH))


def _margins(game: DonorGame, rule: ActionRule, norm: SocialNorm, reputation: str) -> list[Number]:
    stake = game.discount_factor * (1 - 2 * game.assessment_error) * game.worth(rule)

    def value(act: str) -> Number:
        return stake * int(norm.judges(act, reputation)) - game.cost(act)

    chosen = value(rule.act(reputation))
    return [chosen - value(act) for act in ACTS if act != rule.act(reputation)]
