r"""Dominated strategies, exactly, with a witness either way, and their iterated deletion.

Strategy `a` is strictly dominated by the mixture :math:`\sigma` of a player's other strategies if
:math:`\sum_b \sigma_b u(b, c) > u(a, c)` for every profile `c` of the co-players; weakly if nowhere less and somewhere
more. If no mixture dominates `a` strictly, some belief over the co-players' profiles (which may correlate them) makes
`a` a best reply; if none does weakly, some belief that excludes no profile does (Pearce 1984, Econometrica 52,
1029-1050, lemmas 3 and 4; both are linear programming duality). The witness is the mixture or the belief. Strictly
dominated strategies are thus the never-best replies, and what their iterated deletion leaves is what is rationalizable
when beliefs may be correlated; with two players there is nothing to correlate. With three or more players, independent
beliefs may exclude more; that is not computed.

In large games HiGHS proposes mixtures and beliefs in floats, rounded to rationals and checked; where that fails, as at
ties it does, and in small games, the program is solved in rationals (`gametheory.algebra.linear_programs`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any, Final

import numpy as np

from gametheory.compositions import compositions
from gametheory.errors import require
from gametheory.exact import is_exact
from gametheory.games import Game, payoff_table
from gametheory.normal_form import NormalFormGame

DENOMINATORS: Final = (12, 100, 10**4, 10**8)
SMALL: Final = 100  # numbers; up to there the exact program is as fast
Gains = list[list[Fraction]]  # of every other strategy over one, by the co-players' profiles
Vector = Sequence[Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dominance:
    """Whether one strategy is dominated, and the witness.

    Attributes
    ----------
    player : str or None
        None in a symmetric game, where it holds for everybody.
    strategy : str
    kind : str
        "strict" or "weak".
    dominated : bool
    mixture : dict of str to Fraction
        Where dominated, one of the player's other strategies that does it; else empty.
    margin : Fraction
        Where dominated, what the mixture gains at least (strict), or on average over the different columns (weak).
    belief : tuple of (profile, Fraction)
        Where not dominated, weights of profiles of the co-players that sum to 1 and make the strategy a best reply;
        "weak": all profiles have some weight. A profile is the names of the others' strategies in the order of the
        players; in a symmetric game, how many of them use each strategy. Else empty.
    """

    player: str | None
    strategy: str
    kind: str
    dominated: bool
    mixture: Mapping[str, Fraction]
    margin: Fraction
    belief: tuple[tuple[tuple[Any, ...], Fraction], ...]


@dataclass(frozen=True, slots=True)
class _View:
    """What one player sees: its strategies' payoffs (rows) by what the others do (columns)."""

    player: str | None
    strategies: tuple[str, ...]
    rows: tuple[tuple[Fraction, ...], ...]
    columns: tuple[tuple[Any, ...], ...]


def dominance_of(
    game: Game | NormalFormGame,
    strategy: str,
    *,
    player: str | None = None,
    kind: str = "strict",
    mixed: bool = True,
) -> Dominance:
    """Whether a strategy is dominated.

    Parameters
    ----------
    game : Game or NormalFormGame
        Its parameters numbers; floats are taken as the dyadic numbers that they are.
    strategy : str
    player : str, optional
        Whose; not of a symmetric game.
    kind : {'strict', 'weak'}
    mixed : bool
        Whether mixtures may dominate, or only pure strategies; then a strategy that is not dominated has no belief
        as a witness.

    Raises
    ------
    InvalidParameter
        If a name is unknown or a payoff is not a number.

    Examples
    --------
    The first of three strategies is dominated by half of each other one, by neither alone:

    >>> from gametheory import normal_form_game
    >>> game = normal_form_game([[1, 1], [4, 0], [0, 4]], [[0, 0]] * 3)
    >>> found = dominance_of(game, "1", player="1")
    >>> found.dominated, {name: str(share) for name, share in found.mixture.items()}, str(found.margin)
    (True, {'2': '1/2', '3': '1/2'}, '1')
    """
    require(kind in ("strict", "weak"), "kind", kind, "'strict' or 'weak'")
    views = _views(game)
    if isinstance(game, NormalFormGame):
        require(player in game.players, "player", player, f"one of {game.players}")
    else:
        require(player is None, "player", player, "left out: in a symmetric game all players are alike")
    view = next(view for view in views if view.player == player)
    require(strategy in view.strategies, "strategy", strategy, f"one of {view.strategies}")
    return _judged(view, view.strategies.index(strategy), kind, mixed)


def dominated_strategies(
    game: Game | NormalFormGame, *, kind: str = "strict", mixed: bool = True
) -> tuple[Dominance, ...]:
    """All dominated strategies; parameters and errors as in `dominance_of`.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine='1/20', punishment_cost='1/50')
    >>> [(found.strategy, dict(found.mixture)) for found in dominated_strategies(game)]
    [('C', {'D': Fraction(1, 1)}), ('P', {'D': Fraction(1, 1)})]
    """
    require(kind in ("strict", "weak"), "kind", kind, "'strict' or 'weak'")
    found = (_judged(view, own, kind, mixed) for view in _views(game) for own in range(len(view.strategies)))
    return tuple(verdict for verdict in found if verdict.dominated)


def never_best_replies(game: Game | NormalFormGame) -> tuple[Dominance, ...]:
    """Strategies that are a best reply to no belief, correlated ones included: the strictly dominated ones."""
    return dominated_strategies(game)


def _views(game: Game | NormalFormGame) -> list[_View]:
    if isinstance(game, NormalFormGame):
        found = []
        for place, (player, own) in enumerate(zip(game.players, game.strategies, strict=True)):
            rows = np.moveaxis(game.payoffs[place], place, 0).reshape(len(own), -1).tolist()
            others = [names for k, names in enumerate(game.strategies) if k != place]
            found.append(_View(player, own, _exact(rows), tuple(product(*others))))
        return found
    table = payoff_table(game)
    splits = compositions(table.group_size - 1, len(table.strategies)).tolist()
    return [_View(None, table.strategies, _exact(table.values), tuple(map(tuple, splits)))]


def _exact(rows: Sequence[Sequence[Any]]) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(v if is_exact(v) else Fraction(v) for v in row) for row in rows)


def _judged(view: _View, own: int, kind: str, mixed: bool) -> Dominance:
    others = [k for k in range(len(view.rows)) if k != own]
    gains = [[b - a for a, b in zip(view.rows[own], view.rows[k], strict=True)] for k in others]
    columns = list(dict.fromkeys(zip(*gains, strict=True))) if gains else []
    distinct = [list(row) for row in zip(*columns, strict=True)]
    weights: Vector | None = _pure(distinct, kind)
    belief: Vector | None = None
    if weights is None and mixed:
        weights, belief = (_strictly if kind == "strict" else _weakly)(distinct) if distinct else (None, None)
    if weights is not None:
        mixture = {view.strategies[k]: w for k, w in zip(others, weights, strict=True) if w > 0}
        edge = [_dot(weights, column) for column in columns]
        margin = min(edge) if kind == "strict" else sum(edge, Fraction(0)) / len(edge)
        proved = margin > 0 and (kind == "strict" or min(edge) >= 0)
        return _verdict(view, own, kind, proved, mixture=mixture, margin=margin)
    listed = _spread(view, gains, columns, belief, kind) if belief is not None else ()
    if not gains:
        listed = tuple((column, Fraction(1, len(view.columns))) for column in view.columns)
    proved = belief is None or all(_dot(belief, row) <= 0 for row in distinct)
    return _verdict(view, own, kind, proved, belief=listed)


def _verdict(view: _View, own: int, kind: str, proved: bool, **witness: Any) -> Dominance:
    if not proved:
        raise AssertionError("a witness of dominance failed its verification: please report this game")
    given: dict[str, Any] = {"mixture": {}, "margin": Fraction(0), "belief": ()} | witness
    return Dominance(
        player=view.player, strategy=view.strategies[own], kind=kind, dominated=bool(given["mixture"]), **given
    )


def _dot(first: Vector, second: Vector) -> Fraction:
    return sum((a * b for a, b in zip(first, second, strict=True)), Fraction(0))


def _pure(gains: Gains, kind: str) -> list[Fraction] | None:
    for place, row in enumerate(gains):
        if min(row) > 0 or (kind == "weak" and min(row) >= 0 and max(row) > 0):
            return [Fraction(int(k == place)) for k in range(len(gains))]
    return None


def _spread(
    view: _View, gains: Gains, columns: Sequence[tuple[Fraction, ...]], belief: Vector, kind: str
) -> tuple[tuple[tuple[Any, ...], Fraction], ...]:
    """The belief over different columns as one over profiles: the first of equal ones, or all if `kind` is weak."""
    members: dict[tuple[Fraction, ...], list[tuple[Any, ...]]] = {column: [] for column in columns}
    for profile, column in zip(view.columns, zip(*gains, strict=True), strict=True):
        members[column].append(profile)
    found = []
    for column, weight in zip(columns, belief, strict=True):
        some = members[column] if kind == "weak" else members[column][:1]
        found += [(profile, weight / len(some)) for profile in some if weight]
    return tuple(found)


def _strictly(gains: Gains) -> tuple[Vector | None, Vector | None]:
    """A mixture that gains everywhere, or a belief at which nothing gains: a zero-sum game's optimal strategies."""
    proposed = _proposed(gains) if len(gains) * len(gains[0]) > SMALL else None
    if proposed is not None:
        mixture, belief = proposed
        if mixture is not None or belief is not None:
            return mixture, belief
    from gametheory.algebra.linear_programs import maximum

    size = len(gains[0])
    lift = 1 - min(value for row in gains for value in row)
    found = maximum([Fraction(1)] * size, [[v + lift for v in row] for row in gains], [Fraction(1)] * len(gains))
    if 1 / found.value > lift:
        return [price / found.value for price in found.prices], None
    return None, [share / found.value for share in found.point]


def _proposed(gains: Gains) -> tuple[Vector | None, Vector | None] | None:
    """What HiGHS finds, rounded, where the rounded numbers are a witness."""
    from scipy.optimize import linprog

    scale = max(abs(value) for row in gains for value in row)
    if scale == 0:
        return None
    matrix = np.array([[float(value / scale) for value in row] for row in gains])
    size, columns = matrix.shape
    found = linprog(
        np.r_[np.zeros(size), -1.0],
        A_ub=np.c_[-matrix.T, np.ones(columns)],
        b_ub=np.zeros(columns),
        A_eq=[[1.0] * size + [0.0]],
        b_eq=[1.0],
        bounds=[(0, None)] * size + [(None, None)],
        method="highs",
    )
    if not found.success:
        return None
    for largest in DENOMINATORS:
        mixture = _rounded(found.x[:size], largest)
        if mixture is not None and all(_dot(mixture, column) > 0 for column in zip(*gains, strict=True)):
            return mixture, None
        belief = _rounded(-found.ineqlin.marginals, largest)
        if belief is not None and all(_dot(belief, row) <= 0 for row in gains):
            return None, belief
    return None


def _rounded(weights: Any, largest: int) -> list[Fraction] | None:
    near = [Fraction(max(float(w), 0.0)).limit_denominator(largest) for w in weights]
    total = sum(near, Fraction(0))
    return [w / total for w in near] if total > 0 else None


def _weakly(gains: Gains) -> tuple[Vector | None, Vector | None]:
    """A mixture that loses nowhere and gains somewhere, or a belief of full support at which nothing gains."""
    from gametheory.algebra.linear_programs import maximum

    size, columns = len(gains), len(gains[0])
    totals = [sum(row, Fraction(0)) for row in gains]
    rows = [[-row[c] for row in gains] for c in range(columns)] + [[Fraction(1)] * size]
    found = maximum(totals, rows, [Fraction(0)] * columns + [Fraction(1)])
    if found.value > 0:
        whole = sum(found.point, Fraction(0))
        return [share / whole for share in found.point], None
    weights = [1 + price for price in found.prices[:columns]]
    whole = sum(weights, Fraction(0))
    return None, [weight / whole for weight in weights]
