r"""Optional participation: loners stay out of any public goods game for a fixed payoff.

Of the :math:`N` players drawn together, loners (L) take :math:`\sigma` and the :math:`S` others play the game
`stage` as a group of size :math:`S`. One who is left alone, :math:`S = 1`, gets :math:`\sigma` too, and neither pays
nor is fined as a participant. Punishers (P) may also fine loners, by :math:`\delta` at cost :math:`\delta_\gamma`
each, alone or not:

.. math::

    u_L &= \sigma - \delta\, n_P, \\
    u_i &= u^{\text{stage}, S}_i\ (S \ge 2) \text{ or } \sigma\ (S = 1), \quad
    u_P \leftarrow u_P - \delta_\gamma\, n_L .

Source: Hauert, De Monte, Hofbauer, Sigmund (2002), Science 296, 1129-1132; with peer punishment, Hauert, Traulsen,
Brandt, Nowak, Sigmund (2007), Science 316, 1905-1907; with a pool, Sigmund et al. (2010), Nature 466, 861-863.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from gametheory.errors import InvalidParameter, require
from gametheory.exact import Number, is_integer
from gametheory.games import Game
from gametheory.parameters import (
    Amount,
    Finite,
    Players,
    all_exact,
    as_latex,
    chosen,
    counted,
    equal,
    hashed,
    is_game,
    settle,
    whole,
)
from gametheory.public_goods import PUNISHER

LONER: Final = "L"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionalGame:
    r"""Any game that groups of every size from 2 to N can play, and loners.

    Parameters
    ----------
    stage : game
        What N participants play; fewer play it as the smaller group. Games with a threshold above 2, and games given
        as tables, have no meaning for small groups and are refused.
    loner_payoff : number
        :math:`\sigma`, of a loner and of a lone participant.
    loner_fine, loner_punishment_cost : number
        :math:`\delta, \delta_\gamma \ge 0`: what each punisher (P) takes from each loner, and pays for it.
    strategies : sequence of str
        The stage's and "L", in the order of tables and populations; by default in that order.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain (NaN is outside every domain).

    Examples
    --------
    Two of five take part: a contributor and a defector share 3 between them.

    >>> from gametheory import PublicGoodsGame
    >>> linear = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> game = OptionalGame(stage=linear, loner_payoff=1)
    >>> game.strategies, game.payoff("C", (0, 1, 3)), game.payoff("C", (0, 0, 4))
    (('C', 'D', 'L'), Fraction(1, 2), Fraction(1, 1))
    """

    stage: Game
    loner_payoff: Finite
    loner_fine: Amount = 0
    loner_punishment_cost: Amount = 0
    strategies: Sequence[str] = ()

    __eq__ = equal
    __hash__ = hashed
    _repr_latex_ = as_latex

    def __post_init__(self) -> None:
        expected = "a game of its own kind for every group size from 2 on, without loners"
        require(is_game(self.stage), "stage", self.stage, expected)
        require(is_integer(self.stage.group_size), "stage", self.stage, "a game whose group_size is a number")
        require(LONER not in self.stage.strategies, "stage", self.stage, expected)
        try:
            resized(self.stage, 2)
        except InvalidParameter:
            raise InvalidParameter("stage", self.stage, expected) from None
        names = (*self.stage.strategies, LONER)
        players = Players(f"all of {names} in some order", names)
        given = chosen(self.strategies if self.strategies != () else names, players)
        require(len(given) == len(names), "strategies", given, players.words)
        object.__setattr__(self, "strategies", given)
        settle(self)

    @property
    def group_size(self) -> Number:
        """Players drawn together, loners included, N."""
        return self.stage.group_size

    @property
    def is_exact(self) -> bool:
        """Whether every parameter is an exact number."""
        return all_exact(self)

    def payoff(self, strategy: str, counts: Sequence[Number]) -> Number:
        """Payoff of `strategy` when the N - 1 co-players split as `counts` (integers)."""
        game, n = counted(self, strategy, [whole(count) for count in counts])
        if strategy == LONER:
            return game.loner_payoff - game.loner_fine * n.get(PUNISHER, 0)
        participants = game.group_size - n[LONER]
        if participants == 1:
            earned = game.loner_payoff
        else:
            earned = resized(game.stage, participants).payoff(strategy, [n[name] for name in game.stage.strategies])
        return earned - game.loner_punishment_cost * n[LONER] if strategy == PUNISHER else earned


def resized(game: Any, group_size: int) -> Any:
    """The same game for a group of another size: everything but what depends on the size stays.

    Weights of conditional punishment are those of the first `group_size` numbers of punishers.

    Raises
    ------
    InvalidParameter
        If the game has no meaning for that size.

    Examples
    --------
    >>> from gametheory.threshold_games import StagHuntGame
    >>> resized(StagHuntGame(group_size=5, threshold=2, multiplication_factor=4), 2).payoff("C", (1, 0))
    Fraction(3, 1)
    """
    if group_size == game.group_size:
        return game
    names = {field.name for field in fields(game)}
    changes: dict[str, Any] = {}
    if "returns" in names:
        changes["returns"] = resized(game.returns, group_size)
        if "weights" in names:
            changes["weights"] = game.weights[:group_size]
    else:
        fits = "group_size" in names and "values" not in names
        require(fits, "game", game, "a game that is given for every group size")
        changes["group_size"] = group_size
    return replace(game, **changes)
