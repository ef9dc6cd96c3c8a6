r"""Which equilibrium dominates another: risk dominance, p-dominance, payoff dominance. Exact for exact payoffs.

Risk dominance in 2x2 games: of two strict equilibria the one with the larger product of the players' losses from
deviating alone risk-dominates (Harsanyi & Selten 1988, A General Theory of Equilibrium Selection in Games).

In a symmetric game with two strategies A and B, let :math:`d_k` be what A earns more than B when `k` of the `N - 1`
co-players use A. Two definitions, which agree for `N = 2` with the one above:

- *half*: A is the better reply to co-players who each use A with probability 1/2,
  :math:`\sum_k \binom{N - 1}{k} d_k > 0` (1/2-dominance; Morris, Rob & Shin 1995, Econometrica 63, 145-157).
- *laplacian*: A is the better reply if the number of co-players who use A is uniform on 0, ..., N - 1,
  :math:`\sum_k d_k > 0`: what the global game selects as noise vanishes, where d rises in k (Carlsson & van Damme 1993,
  Frontiers of Game Theory, 237-253; Kim 1996, Games Econ. Behav. 15, 203-227; Morris & Shin 2003).

A pure profile is p-dominant if every player's strategy is a best reply to every belief that gives the others' part of
it at least probability `p` (Morris, Rob & Shin 1995; Kajii & Morris 1997, Econometrica 65, 1283-1309); the least such
`p` is computed. One equilibrium payoff-dominates another if everybody earns more in it (Harsanyi & Selten 1988).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any, Final

import numpy as np

from gametheory.errors import require
from gametheory.exact import Number, is_exact, is_integer
from gametheory.games import Game
from gametheory.normal_form import NormalFormGame, require_normal_form
from gametheory.profiles import Profile, expected_payoffs, profile_regrets, pure_profile

NOTIONS: Final = ("half", "laplacian")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskDominance:
    """How two strategies or equilibria compare.

    Attributes
    ----------
    first, second : tuple of str
        The equilibria in question, by strategies; of a symmetric game, one name each.
    notion : str
        "deviation losses", "half" or "laplacian".
    margin : number
        Positive iff the first dominates, negative iff the second does: the difference of the products of losses, or
        the sum in the module header divided by that of its weights. A symbolic expression of a symbolic game.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    notion: str
    margin: Number

    @property
    def dominant(self) -> tuple[str, ...] | None:
        """The dominant one; None at a tie.

        Raises
        ------
        InvalidParameter
            If the margin is symbolic: its sign is a condition on the parameters.
        """
        number = is_exact(self.margin) or isinstance(self.margin, float)
        require(number, "margin", self.margin, "a number (of a symbolic game it is a condition: margin > 0)")
        return self.first if self.margin > 0 else self.second if self.margin < 0 else None


def risk_dominance(
    game: Game | NormalFormGame, *, first: Sequence[str] | str, second: Sequence[str] | str, notion: str = "half"
) -> RiskDominance:
    """Whether one equilibrium risk-dominates another.

    Parameters
    ----------
    game : Game or NormalFormGame
        A 2x2 game in normal form, or a symmetric game, of which everybody using one strategy is compared with everybody
        using another. Its parameters may be symbols, but for the group size.
    first, second : sequence of str, or str
        A strategy for each player, or one strategy of a symmetric game.
    notion : {'half', 'laplacian'}
        For symmetric games.

    Raises
    ------
    InvalidParameter
        If a 2x2 game's profiles are not two strict equilibria without a common strategy, or names are unknown.

    Examples
    --------
    >>> from gametheory import game_from_payoffs, normal_form_game
    >>> hunt = [[4, 0], [3, 3]]
    >>> found = risk_dominance(normal_form_game(hunt), first=["1", "1"], second=["2", "2"])
    >>> found.dominant, str(found.margin)
    (('2', '2'), '-8')
    >>> risk_dominance(game_from_payoffs(hunt, ["stag", "hare"]), first="stag", second="hare").dominant
    ('hare',)

    As a condition: giving is risk-dominated in the linear game for every fine below the net cost.

    >>> import sympy
    >>> from gametheory import PublicGoodsGame
    >>> fine = sympy.Symbol("fine", positive=True)
    >>> game = PublicGoodsGame(group_size=3, multiplication_factor=2, fine=fine, strategies=["D", "P"])
    >>> risk_dominance(game, first="P", second="D").margin
    fine - 1/3
    """
    if isinstance(game, NormalFormGame):
        return _of_losses(game, tuple(first), tuple(second))
    require(notion in NOTIONS, "notion", notion, f"one of {NOTIONS}")
    for label, name in (("first", first), ("second", second)):
        require(name in game.strategies, label, name, f"one of {tuple(game.strategies)}")
    require(first != second, "second", second, "another strategy than first")
    require(is_integer(game.group_size), "group_size", game.group_size, "a number")
    others = int(game.group_size) - 1
    places = [list(game.strategies).index(str(name)) for name in (first, second)]
    total: Any = 0
    weights = [comb(others, k) if notion == "half" else 1 for k in range(others + 1)]
    for k, weight in enumerate(weights):
        counts = [0] * len(game.strategies)
        counts[places[0]], counts[places[1]] = k, others - k
        total = total + weight * (game.payoff(str(first), counts) - game.payoff(str(second), counts))
    margin = total / Fraction(sum(weights)) if is_exact(total) or isinstance(total, float) else total / sum(weights)
    if hasattr(margin, "free_symbols"):
        margin = margin.expand()
    return RiskDominance(first=(str(first),), second=(str(second),), notion=notion, margin=margin)


def _of_losses(game: NormalFormGame, first: tuple[str, ...], second: tuple[str, ...]) -> RiskDominance:
    require(game.shape == (2, 2), "game", game.shape, "a 2x2 game (risk dominance by deviation losses)")
    profiles = [pure_profile(game, names) for names in (first, second)]
    places = [[own.index(1) for own in profile] for profile in profiles]
    require(all(a != b for a, b in zip(*places, strict=True)), "second", second, "without a strategy of first")
    products = []
    for label, (row, column) in (("first", places[0]), ("second", places[1])):
        losses = (
            game.payoffs[0][row, column] - game.payoffs[0][1 - row, column],
            game.payoffs[1][row, column] - game.payoffs[1][row, 1 - column],
        )
        require(min(losses) > 0, label, (first, second)[label == "second"], "a strict equilibrium")
        products.append(losses[0] * losses[1])
    return RiskDominance(first=first, second=second, notion="deviation losses", margin=products[0] - products[1])


def least_p(game: NormalFormGame, strategies: Sequence[str]) -> Number | None:
    """The least `p` for which a pure profile is p-dominant; None if it is no equilibrium.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> hunt = normal_form_game([[4, 0], [3, 3]])
    >>> str(least_p(hunt, ["1", "1"])), str(least_p(hunt, ["2", "2"]))
    ('3/4', '1/4')
    """
    require_normal_form(game)
    profile = pure_profile(game, list(strategies))
    places = [own.index(1) for own in profile]
    needed: Number = Fraction(0)
    for player, tensor in enumerate(game.payoffs):
        rows = np.moveaxis(tensor, player, 0)
        others = tuple(place for k, place in enumerate(places) if k != player)
        for k, row in enumerate(rows):
            if k == places[player]:
                continue
            edge = rows[places[player]] - row
            here, worst = edge[others], edge.min()
            if here < 0:
                return None
            if worst < 0:
                needed = max(needed, -worst / (here - worst))
    return needed


def payoff_dominates(
    game: NormalFormGame, first: Profile | Sequence[Any], second: Profile | Sequence[Any], *, weakly: bool = False
) -> bool:
    """Whether everybody earns more in the first profile; `weakly`, nobody less and somebody more (Pareto).

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> hunt = normal_form_game([[4, 0], [3, 3]])
    >>> payoff_dominates(hunt, [[1, 0], [1, 0]], [[0, 1], [0, 1]])
    True
    """
    require_normal_form(game)
    ones, others = expected_payoffs(game, first), expected_payoffs(game, second)
    gaps = [a - b for a, b in zip(ones, others, strict=True)]
    return bool(min(gaps) >= 0 and max(gaps) > 0 if weakly else min(gaps) > 0)


def payoff_dominant(game: NormalFormGame, equilibria: Sequence[Profile]) -> tuple[int, ...]:
    """Places of the equilibria that none of the listed ones payoff-dominates.

    Raises
    ------
    InvalidParameter
        If a profile is no equilibrium (a regret above 1e-9 in floats).

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> payoff_dominant(normal_form_game([[4, 0], [3, 3]]), [[[1, 0], [1, 0]], [[0, 1], [0, 1]], [["3/4", "1/4"]] * 2])
    (0,)
    """
    for profile in equilibria:
        regret = max(profile_regrets(game, profile))
        require(regret <= (0 if is_exact(regret) else 1e-9), "equilibria", profile, "Nash equilibria")
    return tuple(
        k
        for k, one in enumerate(equilibria)
        if not any(payoff_dominates(game, other, one) for other in equilibria if other is not one)
    )
