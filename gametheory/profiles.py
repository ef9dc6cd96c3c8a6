r"""Profiles of a game in normal form: what they pay, what players could gain, and which pure ones are equilibria.

A profile holds one tuple of probabilities for each player. Against it, strategy `k` of player `i` earns

.. math:: u_i(k, x_{-i}) = \sum_{s : s_i = k} U_i(s) \prod_{j \ne i} x_j(s_j),

the player's regret is :math:`\max_k u_i(k, x_{-i}) - \sum_k x_i(k)\, u_i(k, x_{-i})`, and the profile is a Nash
equilibrium iff all regrets are 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from gametheory.errors import require
from gametheory.exact import Number, as_number, is_exact, is_integer, to_float, unify
from gametheory.games import SUM_TOLERANCE
from gametheory.normal_form import NormalFormGame, Tensor, require_normal_form

Profile = tuple[tuple[Number, ...], ...]

TIE: Final = 1e-12  # of the largest payoff, in games of floats


@dataclass(frozen=True, slots=True, kw_only=True)
class PureEquilibrium:
    """A pure Nash equilibrium of a game in normal form.

    Attributes
    ----------
    indices : tuple of int, length N
        Each player's strategy, from 0.
    names : tuple of str, length N
        The same by name.
    profile : tuple of tuples of Fraction
        The same as probabilities, 0 and 1.
    strict : bool
        Whether every player would lose by switching alone.
    """

    indices: tuple[int, ...]
    names: tuple[str, ...]
    profile: Profile
    strict: bool


def pure_profile(game: NormalFormGame, strategies: Sequence[int | str]) -> Profile:
    """The profile in which each player plays one strategy, given by its place from 0 or by its name.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> pure_profile(normal_form_game([[3, 0], [5, 1]], strategies=[["C", "D"]] * 2), ["D", 1])
    ((Fraction(0, 1), Fraction(1, 1)), (Fraction(0, 1), Fraction(1, 1)))
    """
    require(len(strategies) == game.n_players, "strategies", strategies, f"one for each of {game.n_players} players")
    profile = []
    for chosen, names in zip(strategies, game.strategies, strict=True):
        place = names.index(chosen) if isinstance(chosen, str) and chosen in names else chosen
        known = is_integer(place) and 0 <= int(place) < len(names)
        require(known, "strategies", chosen, f"one of {names} or its place from 0")
        profile.append(tuple(Fraction(int(k == int(place))) for k in range(len(names))))
    return tuple(profile)


def checked_profile(game: NormalFormGame, profile: Sequence[Sequence[Number]]) -> Profile:
    """A profile in one arithmetic, if it is one of `game`.

    Raises
    ------
    InvalidParameter
        If there is not one probability for each strategy of each player, one is negative or no number, or a player's
        do not sum to 1 (exactly if they are exact, else to 1e-9).

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> checked_profile(normal_form_game([[3, 0], [5, 1]]), [["1/3", "2/3"], [0, 1]])[0]
    (Fraction(1, 3), Fraction(2, 3))
    """
    require_normal_form(game)
    nested = hasattr(profile, "__len__") and all(hasattr(mixture, "__len__") for mixture in profile)
    require(nested, "profile", profile, f"of {game.shape} probabilities")
    sizes = tuple(len(mixture) for mixture in profile)
    require(sizes == game.shape, "profile", profile, f"of {game.shape} probabilities")
    flat = unify(as_number(p, name="profile") for mixture in profile for p in mixture)
    numbers = iter(flat)
    mixtures = tuple(tuple(next(numbers) for _ in range(size)) for size in sizes)
    for mixture in mixtures:
        floats = any(isinstance(p, float) for p in mixture)
        require(floats or all(map(is_exact, mixture)), "profile", mixture, "rationals or floats")
        slack = SUM_TOLERANCE if floats else 0
        proper = min(mixture) >= 0 and abs(sum(mixture) - 1) <= slack  # NaN fails
        require(proper, "profile", mixture, "probabilities >= 0 that sum to 1")
    return mixtures


def strategy_payoffs(game: NormalFormGame, profile: Sequence[Sequence[Number]]) -> Profile:
    """Expected payoff of each player's pure strategies against the others' mixtures (module header).

    Returns
    -------
    tuple of tuples of number, of lengths (m_1, ..., m_N)
        Exact for an exact profile of an exact game, else floats.

    Raises
    ------
    InvalidParameter
        If `profile` is none of `game`.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> pennies = normal_form_game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> strategy_payoffs(pennies, [[1, 0], ["1/2", "1/2"]])
    ((Fraction(0, 1), Fraction(0, 1)), (Fraction(-1, 1), Fraction(1, 1)))
    """
    return _against(game, checked_profile(game, profile))


def expected_payoffs(game: NormalFormGame, profile: Sequence[Sequence[Number]]) -> tuple[Number, ...]:
    """What each player earns in a profile; arithmetic and errors as in `strategy_payoffs`.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> expected_payoffs(normal_form_game([[3, 0], [5, 1]]), [["1/2", "1/2"], [0, 1]])
    (Fraction(1, 2), Fraction(3, 1))
    """
    mixtures = checked_profile(game, profile)
    return tuple(_dot(x, u) for x, u in zip(mixtures, _against(game, mixtures), strict=True))


def profile_regrets(game: NormalFormGame, profile: Sequence[Sequence[Number]]) -> tuple[Number, ...]:
    """What each player could gain by its best deviation; all 0 iff `profile` is a Nash equilibrium.

    Arithmetic and errors as in `strategy_payoffs`.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> profile_regrets(normal_form_game([[3, 0], [5, 1]]), [[1, 0], [0, 1]])
    (Fraction(1, 1), Fraction(0, 1))
    """
    mixtures = checked_profile(game, profile)
    return tuple(max(u) - _dot(x, u) for x, u in zip(mixtures, _against(game, mixtures), strict=True))


def exploitability(game: NormalFormGame, profile: Sequence[Sequence[Number]]) -> Number:
    """The sum of all regrets (OpenSpiel's NashConv, N times what it calls exploitability in zero-sum games).

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> exploitability(normal_form_game([[3, 0], [5, 1]]), [[1, 0], [1, 0]])
    Fraction(4, 1)
    """
    return sum(profile_regrets(game, profile))


def best_replies(game: NormalFormGame, profile: Sequence[Sequence[Number]]) -> tuple[tuple[int, ...], ...]:
    """Each player's pure best replies to a profile, by place; floats within 1e-12 of the largest payoff tie.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> best_replies(normal_form_game([[1, 0], [0, 1]]), [["1/2", "1/2"], [0, 1]])
    ((1,), (0, 1))
    """
    payoffs = strategy_payoffs(game, profile)
    slacks = [0 if is_exact(own[0]) else _slack(tensor) for own, tensor in zip(payoffs, game.payoffs, strict=True)]
    return tuple(
        tuple(k for k, value in enumerate(own) if value >= max(own) - slack)
        for own, slack in zip(payoffs, slacks, strict=True)
    )


def pure_equilibria(game: NormalFormGame) -> tuple[PureEquilibrium, ...]:
    """All pure Nash equilibria, the last player's strategy changing first.

    Exact for exact games; of floats, payoffs within 1e-12 of a player's largest are ties. Cost O(N m_1 ... m_N).

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> chicken = normal_form_game([[0, -1], [1, -9]], strategies=[["swerve", "straight"]] * 2)
    >>> [(found.names, found.strict) for found in pure_equilibria(chicken)]
    [(('swerve', 'straight'), True), (('straight', 'swerve'), True)]
    """
    require_normal_form(game)
    stable, strict = np.ones(game.shape, dtype=bool), np.ones(game.shape, dtype=bool)
    for player, tensor in enumerate(game.payoffs):
        best = tensor.max(axis=player, keepdims=True)
        replies = tensor >= (best if game.exact else best - _slack(tensor))
        stable &= replies.astype(bool)
        strict &= replies.sum(axis=player, keepdims=True) == 1
    found = []
    for row in np.argwhere(stable).tolist():
        names = tuple(own[k] for own, k in zip(game.strategies, row, strict=True))
        profile = pure_profile(game, row)
        strictly = bool(strict[tuple(row)])
        found.append(PureEquilibrium(indices=tuple(row), names=names, profile=profile, strict=strictly))
    return tuple(found)


def _against(game: NormalFormGame, mixtures: Profile) -> Profile:
    """`strategy_payoffs` of a profile that was checked."""
    exact = game.exact and all(is_exact(p) for mixture in mixtures for p in mixture)
    weights = [np.array(x if exact else [to_float(p) for p in x], dtype=object if exact else float) for x in mixtures]
    found = []
    for player, tensor in enumerate(game.payoffs):
        rest = tensor if exact or not game.exact else tensor.astype(float)
        for mixture in reversed(weights[player + 1 :]):
            rest = rest @ mixture
        for mixture in weights[:player]:
            rest = np.tensordot(mixture, rest, axes=(0, 0))
        found.append(tuple(rest.tolist()))
    return tuple(found)


def _dot(left: Sequence[Number], right: Sequence[Number]) -> Number:
    return sum(a * b for a, b in zip(left, right, strict=True))


def _slack(tensor: Tensor) -> float:
    return TIE * float(np.abs(tensor).max())
