"""A game of Nashpy (checked with 0.0.43), here.

`nashpy.Game.payoff_matrices` holds two matrices: row player's and column player's, both indexed [row,
column]. A game is symmetric, as ours are, when the second is the transpose of the first; then the first is
all that is needed, with one's own strategy in the rows.

    import nashpy
    game = from_matrices(nashpy.Game(A, A.T).payoff_matrices, ["C", "D"])

Integers stay exact; an array of floats gives a game of floats.

>>> import numpy as np
>>> A = np.array([[3, 0], [5, 1]])
>>> game = from_matrices((A, A.T), ["C", "D"])
>>> game.payoff("D", (1, 0)), game.is_exact
(Fraction(5, 1), True)
>>> from_matrices((A, A), ["C", "D"])
Traceback (most recent call last):
...
gametheory.errors.InvalidParameter: payoff_matrices must be of a symmetric game (B = A.T), got ...
"""

from typing import Any

import numpy as np

from gametheory import InvalidParameter, TableGame, game_from_payoffs


def from_matrices(payoff_matrices: Any, strategies: list[str]) -> TableGame:
    """The symmetric game of Nashpy's pair of matrices."""
    rows, columns = (np.asarray(matrix) for matrix in payoff_matrices)
    if rows.shape != columns.T.shape or not (rows == columns.T).all():
        raise InvalidParameter("payoff_matrices", [rows, columns], "of a symmetric game (B = A.T)")
    return game_from_payoffs(rows, strategies)


if __name__ == "__main__":
    A = np.array([[-1, 2], [0, 1]])
    print(from_matrices((A, A.T), ["H", "D"]).payoff("H", (0, 1)))
    # 2
