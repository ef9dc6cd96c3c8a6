r"""Partner selection by reputation: who is known to contribute is chosen more often.

Each of :math:`N` players chooses one partner for a donation game between the two: a contributor pays :math:`c` and the
other gets :math:`b`. With probability :math:`q` the choice is by reputation, at random among co-players known to
contribute, if there are any; else at random among all. Punishers (P) contribute and fine a defector they play with by
:math:`\beta`, at cost :math:`\gamma`. With `k` contributors (C and P) in all, a player that contributes is chosen by
each co-player with probability :math:`q / k_j + (1 - q)/(N - 1)`, :math:`k_j` the contributors among that one's
co-players; one that does not with probability :math:`(1 - q) / (N - 1)`, or :math:`1/(N - 1)` by those who have no
contributor to choose.

In a large population with a share `x` of contributors and no punishers

.. math:: u_C - u_D = q b - c \left(2 - q + \frac{q}{x}\right),

so being chosen pays for contributing iff :math:`q b > 2 c`, and then from :math:`x^* = \frac{q c}{q b - (2 - q) c}` on:
both ends are stable. Source: reputation and selection after Dasgupta & Musolesi (2023), whose agents learn; the model
of their setting and its condition are ours. model.md, section 6.
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
    all_exact,
    as_latex,
    counted,
    equal,
    hashed,
    settle,
    whole,
)
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR, PUNISHER

KINDS: Final = (CONTRIBUTOR, DEFECTOR, PUNISHER)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartnerChoiceGame:
    r"""Donation games with partners chosen by reputation.

    Parameters
    ----------
    group_size : int
        Players who choose among each other, :math:`N \ge 2`.
    benefit, contribution_cost : number
        :math:`b, c > 0`.
    selectivity : number
        :math:`q` in [0, 1], how often reputation decides.
    fine, punishment_cost : number
        :math:`\beta, \gamma \ge 0`.
    strategies : sequence of str
        Two or three of "C", "D", "P", in the order of tables and populations.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    >>> game = PartnerChoiceGame(group_size=10, benefit=4, contribution_cost=1, selectivity=1, strategies=["C", "D"])
    >>> [str(game.payoff("C", (j, 9 - j)) - game.payoff("D", (j, 9 - j))) for j in (0, 3, 9)]
    ['-10', '1/2', '2']
    """

    group_size: GroupSize
    benefit: Positive
    contribution_cost: Positive
    selectivity: Rate
    fine: Amount = 0
    punishment_cost: Amount = 0
    strategies: Annotated[Sequence[str], Players("two or three different ones of 'C', 'D', 'P'", KINDS)] = KINDS

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        settle(self)

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Mean payoff of `strategy` when the N - 1 co-players split as `counts` (integers)."""
        game, n = counted(self, strategy, [whole(count) for count in counts])
        own = int(strategy != DEFECTOR)
        others = n.get(CONTRIBUTOR, 0) + n.get(PUNISHER, 0)
        total: Number = 0
        for kind, count in n.items():
            if count == 0:
                continue
            seen = others + own - int(kind != DEFECTOR)  # contributors among that co-player's co-players
            meetings = _choice(game, others, kind != DEFECTOR) + _choice(game, seen, own == 1)
            total = total + count * meetings * _donation(game, strategy, kind)
        return total


def _choice(game: PartnerChoiceGame, contributors: int, contributes: bool) -> Number:
    """The chance to choose one given co-player, who contributes or not, with so many contributors to choose from."""
    everybody = game.group_size - 1
    pool, inside = (contributors, contributes) if contributors else (everybody, True)
    return game.selectivity * int(inside) / pool + (1 - game.selectivity) / everybody


def _donation(game: PartnerChoiceGame, own: str, other: str) -> Number:
    """What `own` gets from one game with `other`."""
    earned: Number = 0
    if own != DEFECTOR:
        earned = earned - game.contribution_cost
    if other != DEFECTOR:
        earned = earned + game.benefit
    if own == DEFECTOR and other == PUNISHER:
        earned = earned - game.fine
    if own == PUNISHER and other == DEFECTOR:
        earned = earned - game.punishment_cost
    return earned
