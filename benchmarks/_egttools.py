"""Games as EGTtools reads them, and the ones that finite populations are measured on."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from dynamics.finite import PairwiseComparison
from gametheory import PayoffTable, PublicGoodsGame, payoff_table
from gametheory.compositions import compositions, rank

PEER = "EGTtools"
ALIVE: list[Any] = []  # EGTtools' model reads freed memory once nobody else holds its game
FERMI = PairwiseComparison(selection_strength=1.0)


def four_strategies() -> PayoffTable:
    """Contributors, defectors, punishers, and a copy of the defectors that pays less: no published game, only work."""
    table = payoff_table(published())
    splits = compositions(4, 4).tolist()
    columns = [rank([c, d + a, p]) for c, d, p, a in splits]
    values = [[float(row[column]) for column in columns] for row in table.values]
    values.append([value - 0.1 for value in values[1]])
    return PayoffTable(strategies=("C", "D", "P", "A"), group_size=5, values=tuple(map(tuple, values)))


def published() -> PublicGoodsGame:
    """N = 5, r = 3, c = 1 with fines of 1 at a cost of 0.3."""
    return PublicGoodsGame(group_size=5, multiplication_factor=3.0, fine=1.0, punishment_cost=0.3)


def their_game(table: PayoffTable) -> Any:
    """The table as EGTtools reads it: payoffs of each strategy in each whole group, itself included."""
    from egttools.games import Matrix2PlayerGameHolder, MatrixNPlayerGameHolder

    parts, size = len(table.strategies), table.group_size
    if size == 2:
        return Matrix2PlayerGameHolder(parts, table.as_array())
    groups = compositions(size, parts).tolist()
    ours = table.as_array()
    values = np.zeros((parts, len(groups)))
    for column, group in enumerate(groups):
        for i in range(parts):
            if group[i] > 0:
                values[i, column] = ours[i, rank([k - (j == i) for j, k in enumerate(group)])]
    return MatrixNPlayerGameHolder(parts, size, values)


def their_model(table: PayoffTable, population_size: int) -> Any:
    """EGTtools' compiled pairwise comparison."""
    from egttools.analytical import PairwiseComparison as Theirs

    game = their_game(table)
    ALIVE.append(game)
    return Theirs(population_size, game)


def installed() -> bool:
    """Whether EGTtools can be imported."""
    return find_spec("egttools") is not None


def agree(ours: Any, theirs: Any, within: float) -> bool:
    """Whether two answers, arrays or sparse matrices, have the same shape and values."""
    plain: Sequence[Any] = [a.toarray() if hasattr(a, "toarray") else np.asarray(a) for a in (ours, theirs)]
    return plain[0].shape == plain[1].shape and bool(np.abs(plain[0] - plain[1]).max() < within)
