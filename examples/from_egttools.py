"""A game of EGTtools (checked with 0.1.14.2), here.

For two players `game.payoffs()` (or `Matrix2PlayerGameHolder`'s matrix) is the matrix that
`game_from_payoffs` takes.

For N players `game.payoffs()` has one column for every composition of the whole group of N, the player
himself counted, in the order of `egttools.sample_simplex(i, N, m)`, and 0 where a strategy is not in the
group. Our columns are compositions of the N - 1 co-players. Both orders let the first count fall first, so
the column of EGTtools for `strategy` among `counts` is the rank of `counts` with the player himself added.

    import egttools
    game = from_group_payoffs(egttools.games.PGG(4, 1.0, 2.0, behaviors).payoffs(), ["D", "C"], group_size=4)

What `PGG(4, 1.0, 2.0, ...)` holds, and its payoffs here:

>>> import numpy as np
>>> payoffs = np.array([[0.0, 0.5, 1.0, 1.5, 0.0], [0.0, -0.5, 0.0, 0.5, 1.0]])
>>> game = from_group_payoffs(payoffs, ["D", "C"], group_size=4)
>>> game.values
((0.0, 0.5, 1.0, 1.5), (-0.5, 0.0, 0.5, 1.0))

It is the public goods game with r = 2, c = 1:

>>> from gametheory import PublicGoodsGame, payoff_table
>>> ours = PublicGoodsGame(group_size=4, multiplication_factor=2.0, strategies=["D", "C"])
>>> payoff_table(ours).values == game.values
True
"""

from typing import Any

import numpy as np

from gametheory import InvalidParameter, TableGame, game_from_function
from gametheory.compositions import number_of_compositions, rank


def from_group_payoffs(payoffs: Any, strategies: list[str], *, group_size: int) -> TableGame:
    """The game whose payoffs EGTtools holds by composition of the whole group."""
    values = np.asarray(payoffs)
    shape = (len(strategies), number_of_compositions(group_size, len(strategies)))
    if values.shape != shape:
        raise InvalidParameter("payoffs", values.shape, f"of shape {shape}")

    def payoff(strategy: str, counts: dict[str, int]) -> Any:
        group = [counts[name] + (name == strategy) for name in strategies]
        return values[strategies.index(strategy), rank(group)].item()

    return game_from_function(payoff, strategies, group_size)


if __name__ == "__main__":
    held = np.array([[0.0, 0.5, 1.0, 1.5, 0.0], [0.0, -0.5, 0.0, 0.5, 1.0]])
    print(from_group_payoffs(held, ["D", "C"], group_size=4).payoff("C", (3, 0)))
    # -0.5
