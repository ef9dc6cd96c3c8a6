r"""The linear public goods game among unequal players: endowments, productivities, shares of the pot.

Player `i` of :math:`N` owns :math:`e_i`, gives the fraction :math:`x_i` of it, and its contribution is multiplied
by :math:`r_i`. The pot is shared by the rule :math:`s_1 + \dots + s_N = 1`, equally unless said otherwise:

.. math:: u_i = s_i \sum_j r_j e_j x_j + (1 - x_i)\, e_i .

The game is asymmetric: a payoff belongs to a player, not to a strategy, and there is no payoff table by counts of
co-players. With equal players it is `PublicGoodsGame` with c = e, plus the endowment.

Source: Hauser, Hilbe, Chatterjee, Nowak (2019), Nature 572, 524-527.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Annotated, Final

from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact
from gametheory.parameters import AMOUNT, POSITIVE, RATE, Each, aligned, all_exact, as_latex, equal, hashed, settle
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR

MAX_PLAYERS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnequalGame:
    r"""One interaction among players who differ.

    Parameters
    ----------
    endowments : sequence of number, length N
        :math:`e_i \ge 0`, two or more.
    productivities : sequence of number, length N
        :math:`r_i > 0`: what each player's contribution is multiplied by.
    sharing : sequence of number, length N
        :math:`s_i` in [0, 1] that sum to 1: who gets what part of the pot; by default 1/N each.

    Notes
    -----
    Numbers are of any arithmetic, as in `PublicGoodsGame`.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain), or lengths differ.

    Examples
    --------
    >>> game = UnequalGame(endowments=['1/5', '1/5', '1/5', '2/5'], productivities=[2, 2, 2, 3])
    >>> [str(u) for u in game.payoffs([1, 1, 1, 0])]
    ['3/10', '3/10', '3/10', '7/10']
    """

    endowments: Annotated[Sequence[Number], Each(AMOUNT)]
    productivities: Annotated[Sequence[Number], Each(POSITIVE)]
    sharing: Annotated[Sequence[Number], Each(RATE)] = ()

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        if isinstance(self.sharing, tuple) and not self.sharing and isinstance(self.endowments, Sequence):
            players = len(self.endowments)
            object.__setattr__(self, "sharing", (Fraction(1, max(players, 1)),) * players)
        settle(self)
        size = len(self.endowments)
        require(size >= 2, "endowments", list(self.endowments), "numbers of two or more players")
        for name in ("productivities", "sharing"):
            values = getattr(self, name)
            require(len(values) == size, name, list(values), f"{size} numbers, one for each endowment")
        total, words = sum(self.sharing), "numbers that sum to 1"
        if is_exact(total):
            require(total == 1, "sharing", list(self.sharing), words)
        elif isinstance(total, float):
            require(in_order(1 - 1e-9, total, 1 + 1e-9), "sharing", list(self.sharing), words)

    @property
    def group_size(self) -> int:
        """Players in one group, N."""
        return len(self.endowments)

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def payoff(self, player: int, contributions: Sequence[Number]) -> Number:
        """Payoff of one player, by its place from 0 to N - 1; see `payoffs`."""
        size = self.group_size
        known = isinstance(player, int) and not isinstance(player, bool) and 0 <= player < size
        require(known, "player", player, f"an integer from 0 to {size - 1}")
        return self.payoffs(contributions)[player]

    def payoffs(self, contributions: Sequence[Number]) -> tuple[Number, ...]:
        """Payoff of every player (module header).

        Parameters
        ----------
        contributions : sequence of number, length N
            The fraction :math:`x_i` of its endowment that each player gives; symbols too.

        Raises
        ------
        InvalidParameter
            If there is not one for each player, or a number is outside [0, 1].
        """
        require(len(contributions) == self.group_size, "contributions", contributions, f"{self.group_size} numbers")
        game, given = aligned(self, *(as_number(x, name="contributions") for x in contributions))
        for fraction in given:
            require(in_order(0, fraction, 1), "contributions", fraction, "in [0, 1]")
        pot = sum(r * e * x for r, e, x in zip(game.productivities, game.endowments, given, strict=True))
        return tuple(s * pot + (1 - x) * e for s, e, x in zip(game.sharing, game.endowments, given, strict=True))


def profile_payoffs(game: UnequalGame) -> dict[tuple[str, ...], tuple[Number, ...]]:
    """Payoffs of all players for every profile of C (gives everything) and D (gives nothing).

    Raises
    ------
    InvalidParameter
        If there are more than 16 players.

    Examples
    --------
    >>> game = UnequalGame(endowments=[1, 2], productivities=['3/2', '3/2'])
    >>> {"".join(profile): [str(u) for u in payoffs] for profile, payoffs in profile_payoffs(game).items()}
    {'CC': ['9/4', '9/4'], 'CD': ['3/4', '11/4'], 'DC': ['5/2', '3/2'], 'DD': ['1', '2']}
    """
    size = game.group_size
    require(size <= MAX_PLAYERS, "game", game, f"a game of at most {MAX_PLAYERS} players (to list its profiles)")
    profiles = product((CONTRIBUTOR, DEFECTOR), repeat=size)
    return {profile: game.payoffs([int(kind == CONTRIBUTOR) for kind in profile]) for profile in profiles}
