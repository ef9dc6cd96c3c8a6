"""A game of Gambit (pygambit, checked with 16.7.0), here.

`pygambit.Game.to_arrays()` gives one array a player, all indexed by the actions of players 1, ..., N in that
order. Its entries are `pygambit.Rational`, which are fractions, so nothing is lost. In a symmetric game
player 1's array is enough, if exchanging opponents changes nothing and every other player's array is the
same after an exchange of axes.

    import pygambit
    game = from_arrays(pygambit.read_nfg("game.nfg").to_arrays(), ["C", "D"])

>>> from fractions import Fraction
>>> import numpy as np
>>> A = np.array([[Fraction(1, 3), 0], [5, 1]], dtype=object)
>>> from_arrays([A, A.T], ["C", "D"]).payoff("C", (1, 0))
Fraction(1, 3)
>>> from_arrays([A, A], ["C", "D"])
Traceback (most recent call last):
...
gametheory.errors.InvalidParameter: arrays must be those of a symmetric game, got [(2, 2), (2, 2)]
"""

from itertools import permutations
from typing import Any

import numpy as np

from gametheory import InvalidParameter, TableGame, game_from_function


def from_arrays(arrays: list[Any], strategies: list[str]) -> TableGame:
    """The symmetric game of Gambit's arrays, one a player."""
    first = np.asarray(arrays[0])
    players = first.ndim
    symmetric = len(arrays) == players
    for order in permutations(range(1, players)):
        symmetric = symmetric and np.array_equal(first, np.transpose(first, (0, *order)))
    for i in range(1, players):
        symmetric = symmetric and np.array_equal(first, np.swapaxes(np.asarray(arrays[i]), 0, i))
    if not symmetric:
        raise InvalidParameter("arrays", [np.shape(a) for a in arrays], "those of a symmetric game")

    def payoff(strategy: str, counts: dict[str, int]) -> Any:
        others = [i for i, name in enumerate(strategies) for _ in range(counts[name])]
        return first[(strategies.index(strategy), *others)]

    return game_from_function(payoff, strategies, players)


if __name__ == "__main__":
    A = np.array([[-1, 2], [0, 1]])
    print(from_arrays([A, A.T], ["H", "D"]).payoff("H", (0, 1)))
    # 2
