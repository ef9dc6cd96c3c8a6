r"""Finite populations in rational numbers: small ones, fitness :math:`1 - w + w f`, nothing rounded.

The equations are those of `dynamics.finite.populations`, `fixations` and `chains`; chains are solved by
elimination without subtraction, which divides rationals only. For a population of some ten individuals these are
answers; for larger ones they are what the fast functions are tested against.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import comb, prod
from typing import Final

from dynamics.finite.populations import checked_size, checked_states
from gametheory.compositions import compositions, number_of_compositions, rank
from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact
from gametheory.games import Game, PayoffTable, payoff_table

MOST_STATES: Final = 2000


def exact_population_payoffs(
    game: Game | PayoffTable, counts: Sequence[int], *, population_size: int
) -> tuple[Fraction | None, ...]:
    """Mean payoff of each strategy when groups are drawn from a state of the population.

    Parameters
    ----------
    game : Game or PayoffTable
        Exact.
    counts : sequence of int, length m
        How many individuals play each strategy; they sum to Z.
    population_size : int
        Z, at least the group size.

    Returns
    -------
    tuple of Fraction or None
        None where nobody plays the strategy.

    Raises
    ------
    InvalidParameter
        If the game has floats or `counts` is no state of the population.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> contributor, defector = exact_population_payoffs(game, [40, 60], population_size=100)
    >>> contributor - defector
    Fraction(-14, 33)
    """
    table = _exact_table(game)
    size = checked_size(population_size, table.group_size)
    state = checked_states(counts, size, len(table.strategies)).tolist()
    return _payoffs(table, state, size)


def exact_fixation_probability(
    game: Game | PayoffTable, *, resident: str, invader: str, population_size: int, selection_strength: Number
) -> Fraction:
    """Chance that one `invader` takes over from residents in the Moran process with linear fitness.

    Parameters
    ----------
    game : Game or PayoffTable
        Exact.
    resident, invader : str
        Two different strategies.
    population_size : int
        Z, at least the group size.
    selection_strength : number
        Exact, in [0, 1].

    Raises
    ------
    InvalidParameter
        If a number is a float or outside its domain, or a fitness is not positive.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([['11/10', '11/10'], [1, 1]], ["A", "B"])
    >>> exact_fixation_probability(game, resident="B", invader="A", population_size=4, selection_strength=1)
    Fraction(1331, 4641)
    """
    table = _exact_table(game)
    size = checked_size(population_size, table.group_size)
    strength = _exact_strength(selection_strength)
    for name, strategy in (("resident", resident), ("invader", invader)):
        require(strategy in table.strategies, name, strategy, f"one of {table.strategies}")
    own, other = table.strategies.index(invader), table.strategies.index(resident)
    require(own != other, "invader", invader, "another strategy than the resident")
    return _fixation(table, own, other, size, strength)


def exact_small_mutation_shares(
    game: Game | PayoffTable, *, population_size: int, selection_strength: Number
) -> tuple[Fraction, ...]:
    """Long-run shares of the strategies when mutations are rare, Moran process with linear fitness.

    Parameters
    ----------
    game : Game or PayoffTable
        Exact.
    population_size : int
        Z, at least the group size.
    selection_strength : number
        Exact, in [0, 1].

    Raises
    ------
    InvalidParameter
        If a number is a float or outside its domain, or a fitness is not positive.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([[3, 1], [4, 2]], ["C", "D"])
    >>> exact_small_mutation_shares(game, population_size=3, selection_strength='1/2')
    (Fraction(3, 13), Fraction(10, 13))
    """
    table = _exact_table(game)
    size = checked_size(population_size, table.group_size)
    strength = _exact_strength(selection_strength)
    parts = range(len(table.strategies))
    rates = [[_fixation(table, j, i, size, strength) if i != j else Fraction(0) for j in parts] for i in parts]
    return eliminate_exactly(rates)


def exact_stationary_distribution(
    game: Game | PayoffTable, *, population_size: int, selection_strength: Number, mutation_rate: Number
) -> tuple[Fraction, ...]:
    """Long-run share of each state of the Moran process with linear fitness and mutation.

    Parameters
    ----------
    game : Game or PayoffTable
        Exact.
    population_size : int
        Z, at least the group size; small: cost O(states^3), at most 2000 states.
    selection_strength, mutation_rate : number
        Exact, in [0, 1] and (0, 1].

    Returns
    -------
    tuple of Fraction
        In the order of `gametheory.compositions`; they sum to 1.

    Raises
    ------
    InvalidParameter
        If a number is a float or outside its domain, a fitness is not positive, or there are too many states.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([[1, 1], [1, 1]], ["A", "B"])
    >>> numbers = {"population_size": 2, "selection_strength": 0, "mutation_rate": "1/2"}
    >>> [str(share) for share in exact_stationary_distribution(game, **numbers)]
    ['1/4', '1/2', '1/4']
    """
    table = _exact_table(game)
    size = checked_size(population_size, table.group_size)
    strength = _exact_strength(selection_strength)
    explore = as_number(mutation_rate, name="mutation_rate")
    inside = is_exact(explore) and in_order(0, explore, 1) and explore > 0
    require(inside, "mutation_rate", mutation_rate, "exact and in (0, 1]")
    parts = len(table.strategies)
    few = number_of_compositions(size, parts) <= MOST_STATES
    require(few, "population_size", population_size, f"small enough for at most {MOST_STATES} states")
    states = compositions(size, parts).tolist()
    rates = [[Fraction(0)] * len(states) for _ in states]
    for row, state in zip(rates, states, strict=True):
        fitness = [_fitness(f, strength) if f is not None else Fraction(0) for f in _payoffs(table, state, size)]
        weights = [k * phi for k, phi in zip(state, fitness, strict=True)]
        parents = [weight / sum(weights) for weight in weights]
        for i in range(parts):
            for j in range(parts):
                if i != j and state[i] > 0:
                    moved = [k - (n == i) + (n == j) for n, k in enumerate(state)]
                    born = (1 - explore) * parents[j] + explore * (1 - parents[j]) / (parts - 1)
                    row[rank(moved)] += Fraction(state[i], size) * born
    return eliminate_exactly(rates)


def eliminate_exactly(rates: Sequence[Sequence[Fraction]]) -> tuple[Fraction, ...]:
    """Stationary shares of a chain with these rates from row to column; diagonals are not read.

    Examples
    --------
    >>> eliminate_exactly([[0, Fraction(1, 3)], [Fraction(1, 6), 0]])
    (Fraction(1, 3), Fraction(2, 3))
    """
    rows = [list(row) for row in rates]
    for v in range(len(rows) - 1, 0, -1):
        leaving = sum(rows[v][:v], Fraction(0))
        for i in range(v):
            rows[i][v] = rows[i][v] / leaving
            if rows[i][v]:
                for j in range(v):
                    if rows[v][j]:
                        rows[i][j] += rows[i][v] * rows[v][j]
    shares = [Fraction(1)]
    for v in range(1, len(rows)):
        shares.append(sum((shares[i] * rows[i][v] for i in range(v)), Fraction(0)))
    total = sum(shares)
    return tuple(share / total for share in shares)


def _fixation(table: PayoffTable, own: int, other: int, size: int, strength: Fraction) -> Fraction:
    """1 / (1 + the sum of products of ratios), as the header of `dynamics.finite.fixations` says."""
    total, product = Fraction(1), Fraction(1)
    for mutants in range(1, size):
        state = [0] * len(table.strategies)
        state[own], state[other] = mutants, size - mutants
        payoffs = _payoffs(table, state, size)
        product *= _fitness(payoffs[other], strength) / _fitness(payoffs[own], strength)
        total += product
    return 1 / total


def _payoffs(table: PayoffTable, state: Sequence[int], size: int) -> tuple[Fraction | None, ...]:
    splits = compositions(table.group_size - 1, len(state)).tolist()
    groups = comb(size - 1, table.group_size - 1)
    out: list[Fraction | None] = []
    for i, row in enumerate(table.values):
        if state[i] == 0:
            out.append(None)
            continue
        others = [k - (j == i) for j, k in enumerate(state)]
        ways = [prod(comb(k, n) for k, n in zip(others, split, strict=True)) for split in splits]
        out.append(sum((w * v for w, v in zip(ways, row, strict=True)), Fraction(0)) / groups)
    return tuple(out)


def _fitness(payoff: Fraction | None, strength: Fraction) -> Fraction:
    if payoff is None:
        raise AssertionError("nobody plays the strategy")
    fitness = 1 - strength + strength * payoff
    require(fitness > 0, "selection_strength", strength, f"small enough for a positive fitness at the payoff {payoff}")
    return fitness


def _exact_table(game: Game | PayoffTable) -> PayoffTable:
    table = game if isinstance(game, PayoffTable) else payoff_table(game)
    require(table.is_exact, "game", game, "exact (integers, fractions or text, no floats)")
    return table


def _exact_strength(value: Number) -> Fraction:
    strength = as_number(value, name="selection_strength")
    inside = is_exact(strength) and in_order(0, strength, 1)
    require(inside, "selection_strength", value, "exact and in [0, 1]")
    return Fraction(strength)
