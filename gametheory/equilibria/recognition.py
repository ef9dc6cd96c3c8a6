r"""Is the payoff of a large game affine in the counts? Answered without tabulating the game, where it can be proved.

The project's own games take symbols for counts, or refuse them (`gametheory.parameters.whole`). Where they take
them, the payoff comes back as an expression; if that is a polynomial of degree at most 1 in the counts, the
payoff is affine, and payoffs against co-players of one kind are the matrix `A` of :math:`f(x) = A x`. The matrix
is compared with the game's own payoffs at a spread of compositions as well. Games of other kinds, and those of
floats, are not recognised here: they are tabulated, and every composition is looked at.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any, Final

from gametheory.compositions import number_of_compositions, unrank
from gametheory.errors import InvalidParameter
from gametheory.exact import as_number, is_exact, is_integer
from gametheory.games import Game

Matrix = tuple[tuple[Fraction, ...], ...]
LARGE: Final = 2000  # compositions: smaller games are tabulated and looked at in full
SAMPLES: Final = 40


def affine_by_symbols(game: Game) -> Matrix | None:
    """The matrix `A` of a large exact game whose payoffs are proved affine, else None.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> matrix = affine_by_symbols(PublicGoodsGame(group_size=1000, multiplication_factor=3, fine=1))
    >>> [str(value) for value in matrix[1]]
    ['2997/1000', '0', '-996003/1000']
    >>> affine_by_symbols(PublicGoodsGame(group_size=5, multiplication_factor=3)) is None
    True
    """
    own = type(game).__module__.partition(".")[0] == "gametheory"
    if not own or not getattr(game, "is_exact", False) or not is_integer(game.group_size):
        return None
    names, others = tuple(game.strategies), int(game.group_size) - 1
    if len(names) < 3 or number_of_compositions(others, len(names)) < LARGE or not _is_affine(game, others):
        return None
    pure = [[others * int(i == j) for j in range(len(names))] for i in range(len(names))]
    matrix = tuple(tuple(_exact(game.payoff(name, counts)) for counts in pure) for name in names)
    return matrix if _agrees(game, matrix, others) else None


def _is_affine(game: Game, others: int) -> bool:
    """Whether the payoffs, evaluated with symbols for counts, are polynomials of degree at most 1 in them."""
    import sympy as sp

    free = sp.symbols(f"n:{len(game.strategies) - 1}", integer=True, nonnegative=True)
    counts = [*free, others - sum(free)]
    try:
        values = [sp.Integer(0) + _sympy(game.payoff(name, counts)) for name in game.strategies]
        return all(sp.Poly(value, *free).total_degree() <= 1 for value in values)
    except (InvalidParameter, TypeError, sp.PolynomialError):
        return False


def _sympy(value: Any) -> Any:
    import sympy as sp

    return sp.Rational(value.numerator, value.denominator) if isinstance(value, Fraction) else value


def _exact(value: Any) -> Fraction:
    number = as_number(value)
    assert is_exact(number)
    return Fraction(number)


def _agrees(game: Game, matrix: Sequence[Sequence[Fraction]], others: int) -> bool:
    """Whether the matrix gives the payoffs at a spread of compositions, edges included."""
    parts = len(matrix)
    total = number_of_compositions(others, parts)
    places = [unrank(k * (total - 1) // SAMPLES, others, parts) for k in range(SAMPLES + 1)]
    for i, j in combinations(range(parts), 2):
        places.append(tuple(others // 3 if k == i else others - others // 3 if k == j else 0 for k in range(parts)))
    for counts in places:
        for name, row in zip(game.strategies, matrix, strict=True):
            mean = sum((n * a for n, a in zip(counts, row, strict=True)), Fraction(0)) / others
            if _exact(game.payoff(name, counts)) != mean:
                return False
    return True
