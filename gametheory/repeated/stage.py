r"""The stage game of a repeated game with two actions: what a contributor and a defector earn by how many others give.

With :math:`j` contributors among the :math:`N - 1` co-players, a contributor earns :math:`a_j` and a defector
:math:`b_j`. Punishment belongs to the stage game where it is a fixed part of an action: `actions=("P", "D")` makes
contributing and punishing one action.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from gametheory.errors import require
from gametheory.exact import Number, is_exact, is_integer, is_symbolic, unify
from gametheory.games import Game, PayoffTable

ACTIONS = ("C", "D")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageGame:
    """Payoffs of one round among players with two actions.

    Attributes
    ----------
    contributing, defecting : tuple of number, length N
        What a contributor (a defector) earns with j = 0, ..., N - 1 contributing co-players, in one arithmetic.

    Raises
    ------
    InvalidParameter
        If lengths differ or are below 2.
    """

    contributing: tuple[Number, ...]
    defecting: tuple[Number, ...]

    def __post_init__(self) -> None:
        size = len(self.contributing)
        require(size >= 2, "contributing", self.contributing, "payoffs for two or more numbers of co-players")
        require(len(self.defecting) == size, "defecting", self.defecting, f"{size} payoffs")
        values = unify([*self.contributing, *self.defecting])
        object.__setattr__(self, "contributing", tuple(values[:size]))
        object.__setattr__(self, "defecting", tuple(values[size:]))

    @property
    def group_size(self) -> int:
        """Players, N."""
        return len(self.contributing)

    @property
    def is_exact(self) -> bool:
        """Whether every payoff is a rational."""
        return all(map(is_exact, [*self.contributing, *self.defecting]))

    @property
    def is_symbolic(self) -> bool:
        """Whether a payoff holds a symbol."""
        return any(map(is_symbolic, [*self.contributing, *self.defecting]))

    def payoff(self, contributes: bool, others: int) -> Number:
        """Payoff of one player by its own action and the number of contributing co-players."""
        return (self.contributing if contributes else self.defecting)[others]

    def co_players_mean(self, contributes: bool, others: int) -> Number:
        """Mean payoff of the N - 1 co-players, seen from the same player."""
        rest = self.group_size - 1
        seen = others + int(contributes)  # contributors that a defecting co-player sees
        give = others * self.contributing[seen - 1] if others else 0
        keep = (rest - others) * self.defecting[seen] if others < rest else 0
        return (give + keep) / _whole(self.contributing[0], rest)


def stage_game(game: "Game | PayoffTable | StageGame", *, actions: Sequence[str] = ACTIONS) -> StageGame:
    """The stage game of two of a symmetric game's strategies.

    Parameters
    ----------
    game : Game, PayoffTable or StageGame
        Any symmetric game; parameters may be symbols, the group size not.
    actions : (str, str)
        The strategy that counts as contributing, and the one that counts as defecting.

    Raises
    ------
    InvalidParameter
        If the game lacks a strategy, or its group size is no number.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> stage = stage_game(PublicGoodsGame(group_size=3, multiplication_factor=2))
    >>> [str(value) for value in stage.contributing + stage.defecting]
    ['-1/3', '1/3', '1', '0', '2/3', '4/3']
    """
    if isinstance(game, StageGame):
        return game
    names = tuple(getattr(game, "strategies", ()))
    require(bool(names), "game", game, "a symmetric game (in an unequal one, payoffs belong to players)")
    known = len(actions) == 2 and actions[0] != actions[1] and all(action in names for action in actions)
    require(known, "actions", actions, f"two different ones of {names}")
    require(is_integer(game.group_size), "group_size", game.group_size, "a number (to repeat the game)")
    size = int(game.group_size)
    rows = [[_payoff(game, action, _counts(names, actions, j, size)) for j in range(size)] for action in actions]
    return StageGame(contributing=tuple(rows[0]), defecting=tuple(rows[1]))


def _payoff(game: "Game | PayoffTable", action: str, counts: tuple[int, ...]) -> Number:
    if isinstance(game, PayoffTable):
        from gametheory.compositions import rank

        return game.values[game.strategies.index(action)][rank(counts)]
    return game.payoff(action, counts)


def _counts(names: Sequence[str], actions: Sequence[str], contributors: int, size: int) -> tuple[int, ...]:
    split = {actions[0]: contributors, actions[1]: size - 1 - contributors}
    return tuple(split.get(name, 0) for name in names)


def _whole(like: Number, value: int) -> Number:
    return value if isinstance(like, float) else Fraction(value) if is_exact(like) else value
