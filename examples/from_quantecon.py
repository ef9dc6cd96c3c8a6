"""A game of QuantEcon.py (checked with 0.11.4), here.

`quantecon.game_theory.NormalFormGame.players[i].payoff_array` holds player i's payoffs, indexed by his own
action first and then by the others' in the order i + 1, ..., N - 1, 0, ..., i - 1. In a symmetric game all
players' arrays are the same, and exchanging two opponents changes nothing.

    import quantecon.game_theory as gt
    arrays = [player.payoff_array for player in gt.NormalFormGame(...).players]
    game = from_payoff_arrays(arrays, ["C", "D"])

>>> import numpy as np
>>> pot = np.array([[[9, 6], [6, 3]], [[6, 3], [3, 0]]])  # 3 a contribution and player, action 0 contributes
>>> own = pot - np.array([4, 0])[:, None, None]
>>> game = from_payoff_arrays([own, own, own], ["C", "D"])
>>> [[int(value) for value in row] for row in game.values]
[[5, 2, -1], [6, 3, 0]]
>>> game.group_size
3
"""

from itertools import permutations
from typing import Any

import numpy as np

from gametheory import InvalidParameter, TableGame, game_from_function


def from_payoff_arrays(arrays: list[Any], strategies: list[str]) -> TableGame:
    """The symmetric game of QuantEcon's payoff arrays, one a player."""
    first = np.asarray(arrays[0])
    players = first.ndim
    same = len(arrays) == players and all(np.array_equal(first, array) for array in arrays)
    swapped = (np.transpose(first, (0, *order)) for order in permutations(range(1, players)))
    if not (same and all(np.array_equal(first, array) for array in swapped)):
        raise InvalidParameter("arrays", [a.shape for a in arrays], "those of a symmetric game")

    def payoff(strategy: str, counts: dict[str, int]) -> Any:
        others = [i for i, name in enumerate(strategies) for _ in range(counts[name])]
        return first[(strategies.index(strategy), *others)].item()

    return game_from_function(payoff, strategies, players)


if __name__ == "__main__":
    A = np.array([[-1, 2], [0, 1]])
    print(from_payoff_arrays([A, A], ["H", "D"]).payoff("H", (0, 1)))
    # 2
