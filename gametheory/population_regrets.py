r"""What players of a symmetric game could gain when all of them use the same mixture, or split in given numbers."""

from collections.abc import Sequence

from gametheory.compositions import rank
from gametheory.errors import require
from gametheory.exact import Number, as_number, is_integer
from gametheory.games import Game, mean_payoffs, payoff_table


def symmetric_regret(game: Game, shares: Sequence[Number]) -> Number:
    """What a player could gain if all N players use the mixture `shares`; 0 iff it is a symmetric equilibrium.

    Exact for exact shares of an exact game. N times it is the exploitability (the sum of all regrets).

    Raises
    ------
    InvalidParameter
        If `shares` is no mixture of the game's strategies, or a payoff is no number.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> str(symmetric_regret(game, ["19/20", 0, "1/20"])), str(symmetric_regret(game, ["9/10", 0, "1/10"]))
    ('1/5', '0')
    """
    payoffs = mean_payoffs(payoff_table(game), shares)
    own = sum(as_number(x) * f for x, f in zip(shares, payoffs, strict=True))
    return max(payoffs) - own


def group_regrets(game: Game, counts: Sequence[int]) -> dict[str, Number]:
    """What a player of each strategy in use could gain by switching alone, when the N players split as `counts`.

    Raises
    ------
    InvalidParameter
        If `counts` are not integers >= 0 that sum to N.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> group_regrets(game_from_payoffs([[-1, 2], [0, 1]], ["H", "D"]), [2, 0])
    {'H': Fraction(1, 1)}
    """
    table = payoff_table(game)
    fits = len(counts) == len(table.strategies) and all(is_integer(n) and n >= 0 for n in counts)
    fits = fits and sum(counts) == table.group_size
    require(fits, "counts", counts, f"{len(table.strategies)} integers >= 0 that sum to {table.group_size}")
    found = {}
    for own, name in enumerate(table.strategies):
        if counts[own]:
            column = rank([int(n) - (k == own) for k, n in enumerate(counts)])
            found[name] = max(row[column] for row in table.values) - table.values[own][column]
    return found
