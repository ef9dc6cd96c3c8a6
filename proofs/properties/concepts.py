r"""The solution concepts as properties of games with symbols: every side is what the game's payoff function returned.

At shares :math:`x` of an infinite population, strategy i earns the mean :math:`f_i(x)` over groups drawn at random:
for payoffs affine in the counts of co-players the payoff at the mean counts :math:`(N - 1) x` (linearity of
expectation), which may have a symbol for N; otherwise the sum over all compositions, for a group size that is a
number. What is claimed is

- best reply: no strategy earns more against the given co-players;
- equilibrium: each strategy of the mixture is a best reply to co-players who play the mixture;
- evolutionarily stable (a pure strategy i): for every mixture y of the others, residents earn more than mutants at
  :math:`(1 - q) i + q y` for all small q > 0: of the coefficients of :math:`f_i - \sum_j y_j f_j`, a polynomial in q,
  the first that is not zero is positive (Maynard Smith & Price 1973; Broom, Cannings & Vickers 1997). Neutrally
  stable: or all are zero;
- rest point: each growth :math:`x_i (f_i - \bar f)` is zero;
- asymptotically stable under the replicator dynamics at an exponential rate: the Hurwitz determinants of the Jacobian
  on the tangent space of the simplex are positive. Where an eigenvalue is zero or imaginary that is false, though the
  point may attract its neighborhood more slowly: `dynamics.rest_points` decides such cases where it can.

Source: model.md, sections 1, 2 and 5; Hurwitz (1895), Math. Ann. 46, 273-284.
"""

from collections.abc import Sequence
from typing import Any

from gametheory.compositions import compositions, multiplicity
from gametheory.errors import InvalidParameter, require
from gametheory.exact import is_integer
from gametheory.games import Game
from gametheory.public_goods import PublicGoodsGame
from proofs.properties.statements import Property


def best_reply(game: Game, strategy: str, counts: Sequence[Any], *, strict: bool = False) -> Property:
    """That `strategy` is a (strict) best reply to co-players who split as `counts`.

    Parameters
    ----------
    game : Game
        Numbers and sympy symbols.
    strategy : str
    counts : sequence of int or sympy expression, length m
        How many of the N - 1 co-players play each strategy, in the order of `game.strategies`.
    strict : bool
        Whether every other strategy has to earn strictly less.

    Raises
    ------
    InvalidParameter
        If the game has no such strategy, or tells cases apart by counts that are symbols.

    Examples
    --------
    >>> import sympy as sp
    >>> N, p = sp.Symbol("N", integer=True), sp.Symbol("p")
    >>> game = PublicGoodsGame(group_size=N, multiplication_factor=3, fine=1, punishment_probability=p)
    >>> best_reply(game, "D", (0, N - 1, 0)).formula
    'beats_C >= 0 and beats_P >= 0'
    """
    _require_strategy(game, strategy)
    own = game.payoff(strategy, counts)
    margins = {f"beats_{other}": own - game.payoff(other, counts) for other in game.strategies if other != strategy}
    how = "the strict best reply" if strict else "a best reply"
    split = ", ".join(f"{count} {name}" for name, count in zip(game.strategies, counts, strict=True))
    statement = f"{strategy} is {how} to {split}."
    return Property(game=game, statement=statement, margins=margins, relation=">" if strict else ">=")


def equilibrium(game: Game, shares: Sequence[Any]) -> Property:
    """That everybody playing the mixture `shares` is a symmetric Nash equilibrium.

    Parameters
    ----------
    game : Game
    shares : sequence of number or sympy expression, length m
        A share that is the number 0 is outside the support; every other is assumed positive.

    Raises
    ------
    InvalidParameter
        If there is not one share for each strategy, or the mean payoffs are not known (module header).

    Examples
    --------
    >>> import sympy as sp
    >>> N = sp.Symbol("N", integer=True)
    >>> game = PublicGoodsGame(group_size=N, multiplication_factor=3, fine=1)
    >>> sorted(equilibrium(game, (0, 1, 0)).margins)
    ['D_over_C', 'D_over_P']
    """
    means = dict(zip(game.strategies, mean_payoffs_at(game, shares), strict=True))
    support = [s for s, share in zip(game.strategies, shares, strict=True) if share != 0]
    require(bool(support), "shares", shares, "a mixture with some positive share")
    margins = {f"{one}_over_{other}": means[one] - means[other] for one in support for other in means if other != one}
    statement = "The mixture " + _mixture(game, shares) + " is a symmetric Nash equilibrium."
    return Property(game=game, statement=statement, margins=margins, relation=">=", assumptions=_simplex(shares))


def evolutionarily_stable(game: Game, strategy: str, *, neutrally: bool = False) -> Property:
    """That a pure strategy is evolutionarily (or neutrally) stable against every mixture of the others.

    Parameters
    ----------
    game : Game
    strategy : str
    neutrally : bool
        Whether mutants who earn the same are allowed.

    Raises
    ------
    InvalidParameter
        If the game has no such strategy, or the mean payoffs are not known (module header).

    Examples
    --------
    >>> import sympy as sp
    >>> from proofs import claim_that, verify
    >>> r = sp.Symbol("r")
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=r, fine=1, strategies=("C", "D"))
    >>> verify(claim_that(evolutionarily_stable(game, "D"), key="stable", assumptions=["r < 5"])).word
    'proved'
    """
    import sympy as sp

    _require_strategy(game, strategy)
    others = [s for s in game.strategies if s != strategy]
    free = [sp.Symbol(f"y_{name}", real=True) for name in others[:-1]]
    parts = dict(zip(others, [*free, 1 - sum(free)], strict=True))
    q = sp.Symbol("q_", real=True)
    state = [1 - q if s == strategy else q * parts[s] for s in game.strategies]
    means = dict(zip(game.strategies, mean_payoffs_at(game, state), strict=True))
    advantage = sp.expand(means[strategy] - sum(parts[s] * means[s] for s in others))
    coefficients = (
        [sp.factor(a) for a in sp.Poly(advantage, q).all_coeffs()[::-1]] if advantage != 0 else [sp.Integer(0)]
    )
    text = "0 == 0" if neutrally else f"{coefficients[-1]} > 0"
    for index, a in enumerate(reversed(coefficients)):
        if index or neutrally:
            text = f"({a} > 0 or ({a} == 0 and {text}))"
    if free:
        inside = " and ".join([*(f"{y} >= 0" for y in free), f"{sum(free)} <= 1"])
        text = f"implies({inside}, {text})"
        for y in reversed(free):
            text = f"forall({y}, {text})"
    how = "neutrally" if neutrally else "evolutionarily"
    statement = f"{strategy} is {how} stable."
    return Property(game=game, statement=statement, margins={}, relation=">", text=text)


def rest_point(game: Game, shares: Sequence[Any]) -> Property:
    """That the population `shares` rests under the replicator dynamics: each growth x_i (f_i - mean) is 0.

    Raises
    ------
    InvalidParameter
        If there is not one share for each strategy, or the mean payoffs are not known (module header).

    Examples
    --------
    >>> import sympy as sp
    >>> z = sp.Symbol("z")
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    >>> from proofs import claim_that, verify
    >>> verify(claim_that(rest_point(game, (1 - z, 0, z)), key="edge")).word
    'proved'
    """
    growth = _growth(game, shares)
    margins = {f"growth_{s}": rate for s, rate in zip(game.strategies, growth, strict=True)}
    statement = "The population " + _mixture(game, shares) + " rests under the replicator dynamics."
    return Property(game=game, statement=statement, margins=margins, relation="==", assumptions=_simplex(shares))


def asymptotically_stable(game: Game, shares: Sequence[Any]) -> Property:
    """That the population `shares` rests, and attracts its neighborhood exponentially under the replicator dynamics.

    Parameters
    ----------
    game : Game
    shares : sequence of number or sympy expression, length m

    Returns
    -------
    Property
        By the Hurwitz criterion: a rest point that attracts without its linearization telling does not have it.

    Raises
    ------
    InvalidParameter
        If there is not one share for each strategy, or the mean payoffs are not known (module header).

    Examples
    --------
    >>> import sympy as sp
    >>> from proofs import claim_that, verify
    >>> r, fine = sp.symbols("r fine")
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=r, fine=fine, strategies=("C", "D"))
    >>> verify(claim_that(asymptotically_stable(game, (0, 1)), key="attracts", assumptions=["r < 5"])).word
    'proved'
    """
    import sympy as sp

    size = len(game.strategies)
    near = [sp.Dummy(f"x_{i}", real=True) for i in range(size - 1)]
    velocity = _growth(game, [*near, 1 - sum(near)])[:-1]
    place = dict(zip(near, shares, strict=False))
    jacobian = sp.Matrix(size - 1, size - 1, lambda i, j: sp.diff(velocity[i], near[j])).subs(place)
    coefficients = [1, *(sp.factor(a) for a in jacobian.charpoly().all_coeffs()[1:])]

    def entry(row: int, column: int) -> Any:
        index = 2 * (column + 1) - (row + 1)
        return coefficients[index] if 0 <= index < size else 0

    margins = {}
    for order in range(1, size):
        determinant = sp.Matrix(order, order, entry).det()
        margins[f"hurwitz_{order}"] = sp.factor(determinant)
    equations = {f"growth_{s}": rate for s, rate in zip(game.strategies, _growth(game, shares), strict=True)}
    statement = (
        "The population "
        + _mixture(game, shares)
        + " is asymptotically stable, at an exponential rate, under the replicator."
    )
    return Property(
        game=game,
        statement=statement,
        margins=margins,
        relation=">",
        assumptions=_simplex(shares),
        equations=equations,
    )


def contributing(game: PublicGoodsGame, punishers: Any, *, strict: bool = False) -> Property:
    """That contributing earns at least as much as defecting when `punishers` co-players punish and the rest contribute.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> contributing(game, 4).margins
    {'C_over_D': Fraction(18, 5)}
    """
    from gametheory.thresholds import deterrence_margin

    statement = f"Among {punishers} punishers contributing is a best reply, compared with defecting."
    margins = {"C_over_D": deterrence_margin(game, punishers)}
    return Property(game=game, statement=statement, margins=margins, relation=">" if strict else ">=")


def mean_payoffs_at(game: Game, shares: Sequence[Any]) -> list[Any]:
    """Mean payoffs of all strategies at shares that may be symbols (module header).

    Raises
    ------
    InvalidParameter
        If there is not one share for each strategy, or payoffs are not affine in the counts (or not known to be) and
        the group size is no number.
    """
    require(len(shares) == len(game.strategies), "shares", shares, f"{len(game.strategies)} shares")
    if _is_affine(game):
        counts = tuple((game.group_size - 1) * share for share in shares)
        return [game.payoff(strategy, counts) for strategy in game.strategies]
    require(
        is_integer(game.group_size),
        "group_size",
        game.group_size,
        "a number (the payoffs are not affine in the counts)",
    )
    means: list[Any] = [0] * len(shares)
    for counts in compositions(int(game.group_size) - 1, len(shares)).tolist():
        chance: Any = multiplicity(counts)
        for share, n in zip(shares, counts, strict=True):
            chance = chance * share**n
        means = [
            mean + chance * game.payoff(strategy, tuple(counts))
            for mean, strategy in zip(means, game.strategies, strict=True)
        ]
    return means


def _is_affine(game: Game) -> bool:
    """Whether payoffs at symbolic counts are polynomials of degree at most 1 in them."""
    import sympy as sp

    counts = sp.symbols(f"n_:{len(game.strategies)}", real=True)
    try:
        payoffs = [sp.Integer(0) + game.payoff(strategy, counts) for strategy in game.strategies]
        return all(sp.Poly(sp.together(payoff), *counts).total_degree() <= 1 for payoff in payoffs)
    except (InvalidParameter, sp.PolynomialError):
        return False


def _growth(game: Game, shares: Sequence[Any]) -> list[Any]:
    """The replicator velocities at shares that may be symbols."""
    means = mean_payoffs_at(game, shares)
    average = sum(share * mean for share, mean in zip(shares, means, strict=True))
    return [share * (mean - average) for share, mean in zip(shares, means, strict=True)]


def _require_strategy(game: Game, strategy: str) -> None:
    require(strategy in game.strategies, "strategy", strategy, f"one of {tuple(game.strategies)}")


def _simplex(shares: Sequence[Any]) -> tuple[str, ...]:
    """What makes symbolic shares a mixture: each not 0 is positive, and they sum to 1."""
    symbolic = [share for share in shares if getattr(share, "free_symbols", None)]
    if not symbolic:
        return ()
    total = sum(shares)
    listed = [f"{share} > 0" for share in symbolic]
    return (*listed, f"{total} == 1") if getattr(total, "free_symbols", None) else tuple(listed)


def _mixture(game: Game, shares: Sequence[Any]) -> str:
    return ", ".join(f"{share} {name}" for name, share in zip(game.strategies, shares, strict=True))
