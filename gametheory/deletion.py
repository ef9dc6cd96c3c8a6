"""Iterated deletion of dominated strategies: who was deleted, in which round, by which mixture, and what is left.

Deleting strictly dominated strategies ends in the same game in every order, and keeps every equilibrium. Deleting
weakly dominated ones may not: the order is part of the answer, and equilibria may be lost (never all of them: every
equilibrium of what is left is one of the game).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gametheory.compositions import compositions
from gametheory.dominance import Dominance, dominance_of, dominated_strategies
from gametheory.errors import InvalidParameter
from gametheory.games import Game, TableGame, payoff_table
from gametheory.normal_form import NormalFormGame, relabelled

Name = tuple[str | None, str]  # of a player and a strategy; no player in a symmetric game


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What iterated deletion leaves.

    Attributes
    ----------
    game : NormalFormGame, TableGame or None
        Without what was deleted; None if a symmetric game keeps a single strategy, for a table has two or more.
    strategies : tuple
        The names that are left: of each player, or of all in a symmetric game.
    rounds : tuple of tuples of Dominance
        What was deleted together, with the mixture of strategies of that round that dominates it.
    kind : str
        "strict" or "weak".
    order_dependent : bool
        Whether another order might leave something else: weak deletion that deleted anything.
    """

    game: NormalFormGame | TableGame | None
    strategies: tuple[Any, ...]
    rounds: tuple[tuple[Dominance, ...], ...]
    kind: str
    order_dependent: bool

    @property
    def solved(self) -> bool:
        """Whether everybody has one strategy left."""
        if isinstance(self.game, NormalFormGame):
            return max(self.game.shape) == 1
        return self.game is None


def iterated_deletion(
    game: Game | NormalFormGame, *, kind: str = "strict", mixed: bool = True, order: Sequence[Name] | None = None
) -> Deletion:
    """Delete dominated strategies until none is left.

    Parameters
    ----------
    game : Game or NormalFormGame
        A symmetric game stays symmetric: a strategy is deleted for everybody.
    kind : {'strict', 'weak'}
    mixed : bool
        Whether mixtures may dominate.
    order : sequence of (player, strategy), optional
        Delete these one by one, player None in a symmetric game, and then go on as by default: in rounds, each of which
        deletes all that are dominated.

    Raises
    ------
    InvalidParameter
        If a strategy of `order` is not dominated when its turn comes, or as `dominance_of`.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine='1/20', punishment_cost='1/50')
    >>> found = iterated_deletion(game)
    >>> found.strategies, [[gone.strategy for gone in together] for together in found.rounds], found.solved
    (('D',), [['C', 'P']], True)
    """
    left: Any = game if isinstance(game, NormalFormGame) else _table(game)
    names = tuple(left.strategies)
    rounds: list[tuple[Dominance, ...]] = []
    for player, strategy in order or ():
        verdict = None if left is None else dominance_of(left, strategy, player=player, kind=kind, mixed=mixed)
        if verdict is None or not verdict.dominated:
            expected = f"strategies that are dominated ({kind}) when their turn comes"
            raise InvalidParameter("order", (player, strategy), expected)
        rounds.append((verdict,))
        left, names = _without(left, rounds[-1])
    while left is not None:
        together = dominated_strategies(left, kind=kind, mixed=mixed)
        if not together:
            break
        rounds.append(together)
        left, names = _without(left, together)
    dependent = kind == "weak" and bool(rounds)
    return Deletion(game=left, strategies=names, rounds=tuple(rounds), kind=kind, order_dependent=dependent)


def rationalizable(game: Game | NormalFormGame) -> Any:
    """What rational players may use who all know that all are: the names that strict deletion leaves.

    For two players the rationalizable strategies of Bernheim and Pearce (1984, Econometrica 52, 1007-1028, 1029-1050);
    for more, those whose beliefs may correlate the others' choices (Brandenburger & Dekel 1987, Econometrica 55,
    1391-1402).

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> rationalizable(normal_form_game([[3, 0], [5, 1]], strategies=[["C", "D"]] * 2))
    (('D',), ('D',))
    """
    return iterated_deletion(game).strategies


def _table(game: Game) -> TableGame:
    table = payoff_table(game)
    return TableGame(strategies=table.strategies, group_size=table.group_size, values=table.values)


def _without(game: Any, gone: Sequence[Dominance]) -> tuple[NormalFormGame | TableGame | None, tuple[Any, ...]]:
    """The game without some strategies, and the names that are left."""
    names = {(verdict.player, verdict.strategy) for verdict in gone}
    if isinstance(game, NormalFormGame):
        kept = [
            [k for k, name in enumerate(own) if (player, name) not in names]
            for player, own in zip(game.players, game.strategies, strict=True)
        ]
        left = relabelled(game, strategies=kept)
        return left, left.strategies
    own = [k for k, name in enumerate(game.strategies) if (None, name) not in names]
    labels = tuple(game.strategies[k] for k in own)
    if len(own) == 1:
        return None, labels
    splits = compositions(game.group_size - 1, len(game.strategies)).tolist()
    columns = [c for c, counts in enumerate(splits) if sum(counts[k] for k in own) == game.group_size - 1]
    rows = [[game.values[k][c] for c in columns] for k in own]
    return TableGame(strategies=labels, group_size=game.group_size, values=rows), labels
