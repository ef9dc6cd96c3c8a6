r"""Every kind of stage game as rules of events: what players do, and what each event gives and takes.

`rules_of` reads the parameters of a game, never its payoffs. One round (`experiments.learners._learner_kernels`):

1. Loners (L) stay out and take their fixed payoff; one who is left alone gets it too.
2. Every participant contributes or not; what was given becomes what it is worth by the kind of return (a pot multiplied
   and shared by all, or by the others; contributions one after another, each worth `w` times the one before; a
   threshold reached or missed; a loss of the endowment drawn), and is handed out.
3. Taxes and the fees of pool-punishers (V) are collected; the pool and the institution fine whom they are against.
4. Every punisher (P, A) and rewarder (R) looks at every co-player: a detection, a false alarm and whether it acts are
   drawn, and each act is charged to both. Punishers who share the cost fine each defector once, together.
5. Punishers fine loners where the game says so.

This is the one allowed second statement of the games: an error in a payoff function makes learners disagree with it.
Source: model.md, section 1, and the module of each kind in `gametheory`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.learners import _learner_kernels as k
from gametheory.errors import InvalidParameter, require

Numbers = dict[int, Any]

DOES: Final = {
    "C": k.CONTRIBUTES,
    "D": 0,
    "P": k.CONTRIBUTES | k.PUNISHES,
    "V": k.CONTRIBUTES | k.POOL,
    "R": k.CONTRIBUTES | k.REWARDS,
    "A": k.ANTISOCIAL,
    "L": k.STAYS_OUT,
}
# Also for learners to choose: punishing without contributing, which no game has as a strategy.
MORE: Final = {"DP": k.PUNISHES}
OF_RETURNS: Final = {k.RETURN, k.FACTOR, k.COST, k.REQUIRED, k.RISK, k.WEIGHTS}
CERTAIN: Final = (k.DETECTION, k.PROBABILITY, k.SEVERITY)
EXPECTED: Final = "a kind of game that can be played event by event (a table of payoffs is no such rule)"


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What can happen in one round of one group, in floats.

    Attributes
    ----------
    group_size : int
        Players, N.
    strategies : tuple of str
        What a player can be, in the order of the game.
    codes : ndarray of int64, shape (m,)
        What each strategy does, as the kernels read it.
    numbers : ndarray of float64
        The parameters in the kernels' order; read-only.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> rules_of(PublicGoodsGame(group_size=5, multiplication_factor=3)).strategies
    ('C', 'D', 'P')
    """

    group_size: int
    strategies: tuple[str, ...]
    codes: NDArray[np.int64]
    numbers: NDArray[np.float64]

    @property
    def number_of_strategies(self) -> int:
        """How many strategies there are, m."""
        return len(self.strategies)

    @property
    def acts(self) -> NDArray[np.float64]:
        """The numbers that acts of punishment depend on, in the order of `Environment.stage`, shape (8,)."""
        places = [k.FACTOR, k.COST, k.FINE, k.PUNISHMENT_COST, k.PROBABILITY, k.SEVERITY, k.DETECTION, k.FALSE_ALARM]
        return np.asarray(self.numbers[places])


def rules_of(game: Any, *, also: Sequence[str] = ()) -> Rules:
    """The rules of a game of any kind but a table.

    Parameters
    ----------
    game : game or Environment
        Its parameters numbers; they become floats. An `Environment` has the strategies C, D and P.
    also : sequence of str
        Strategies besides the game's: "DP" punishes without contributing, where the game has punishers.

    Raises
    ------
    InvalidParameter
        If it is a table, no game of this project, or a parameter is an array or a symbol.

    Examples
    --------
    >>> from gametheory import PoolPunishmentGame, OthersOnlyGame
    >>> linear = OthersOnlyGame(group_size=5, multiplication_factor=3)
    >>> rules_of(PoolPunishmentGame(returns=linear, pool_fine=1, pool_cost='1/2')).strategies
    ('C', 'D', 'V')
    """
    name = type(game).__name__
    require(name in KINDS, "game", game, EXPECTED)
    numbers: Numbers = dict.fromkeys(CERTAIN, 1.0)
    tables: list[float] = []
    KINDS[name](game, numbers, tables)
    values = np.zeros(k.TABLE + len(tables))
    for place, value in numbers.items():
        values[place] = value
    values[k.TABLE :] = tables
    values.setflags(write=False)
    strategies = (*getattr(game, "strategies", ("C", "D", "P") if name == "Environment" else ("C", "D")), *also)
    known = all(s in MORE for s in also) and (not also or "P" in strategies)
    require(known and len(set(strategies)) == len(strategies), "also", also, f"of {tuple(MORE)}, next to a punisher P")
    does = DOES | MORE
    codes = np.array([does[s] | (i << k.SHIFT) for i, s in enumerate(strategies)], dtype=np.int64)
    codes.setflags(write=False)
    return Rules(int(game.group_size), strategies, codes, values)


def _number(game: Any, name: str) -> float:
    value = getattr(game, name)
    plain = not getattr(value, "shape", ()) and not getattr(value, "free_symbols", ())
    require(plain, name, value, "a number (to play the game)")
    return float(value)


def _reader(places: dict[int, str], fixed: Numbers | None = None) -> Callable[[Any, Numbers, list[float]], None]:
    """A function that reads named parameters to their places, after those of the game underneath."""

    def read(game: Any, numbers: Numbers, tables: list[float]) -> None:
        for inner in ("returns", "stage"):
            if inner in {field.name for field in fields(game)}:
                below = getattr(game, inner)
                require(type(below).__name__ in KINDS, inner, below, EXPECTED)
                KINDS[type(below).__name__](below, numbers, tables)
                if inner == "returns":  # what it does to defectors is the outer game's business
                    for place in numbers.keys() - OF_RETURNS:
                        numbers[place] = 1.0 if place in CERTAIN else 0.0
        numbers.update(fixed or {})
        for place, name in places.items():
            numbers[place] = _number(game, name)

    return read


def _benefits(game: Any, numbers: Numbers, tables: list[float]) -> None:
    numbers.update({k.RETURN: k.RETURNS, k.COST: _number(game, "contribution_cost"), k.WEIGHTS: len(game.benefits)})
    tables.extend(float(benefit) for benefit in game.benefits)


def _collective_risk(game: Any, numbers: Numbers, tables: list[float]) -> None:
    endowment = _number(game, "endowment")
    numbers.update(
        {k.RETURN: k.COLLECTIVE_RISK, k.FACTOR: endowment, k.COST: _number(game, "contribution") * endowment}
    )
    numbers.update({k.RISK: _number(game, "risk"), k.REQUIRED: _number(game, "threshold")})


def _weighted(game: Any, numbers: Numbers, tables: list[float]) -> None:
    _reader({k.FINE: "fine", k.PUNISHMENT_COST: "punishment_cost"}, {k.ACTS: k.CONDITIONAL})(game, numbers, tables)
    tables.extend(float(weight) for weight in game.weights)


def _unequal(game: Any, numbers: Numbers, tables: list[float]) -> None:
    numbers[k.RETURN] = k.UNEQUAL
    for name in ("endowments", "productivities", "sharing"):
        for value in getattr(game, name):
            plain = not getattr(value, "shape", ()) and not getattr(value, "free_symbols", ())
            require(plain, name, value, "numbers (to play the game)")
            tables.append(float(value))


_PEER: Final = {k.FINE: "fine", k.PUNISHMENT_COST: "punishment_cost", k.SECOND_ORDER: "second_order"}
_LINEAR: Final = {k.FACTOR: "multiplication_factor", k.COST: "contribution_cost"}
_ERRORS: Final = {
    k.FINE: "fine",
    k.PUNISHMENT_COST: "punishment_cost",
    k.PROBABILITY: "punishment_probability",
    k.SEVERITY: "severity",
    k.DETECTION: "detection_rate",
    k.FALSE_ALARM: "false_alarm_rate",
}
_BENEFIT: Final = {k.FACTOR: "benefit", k.COST: "contribution_cost"}

# By the name of its class, how a game is read: which parameter goes where, and what its kind fixes.
KINDS: Final[dict[str, Callable[[Any, Numbers, list[float]], None]]] = {
    "PublicGoodsGame": _reader(_LINEAR | _ERRORS, {k.RETURN: k.LINEAR}),
    "Environment": _reader(_LINEAR | _ERRORS, {k.RETURN: k.LINEAR}),
    "OthersOnlyGame": _reader(_LINEAR, {k.RETURN: k.OTHERS_ONLY}),
    "SynergyGame": _reader(_BENEFIT | {k.RISK: "synergy"}, {k.RETURN: k.SYNERGY}),
    "ReturnsGame": _benefits,
    "ThresholdGame": _reader(_BENEFIT | {k.REQUIRED: "threshold"}, {k.RETURN: k.THRESHOLD}),
    "StagHuntGame": _reader(_LINEAR | {k.REQUIRED: "threshold"}, {k.RETURN: k.STAG_HUNT}),
    "CollectiveRiskGame": _collective_risk,
    "SnowdriftGame": _reader(_BENEFIT | {k.REQUIRED: "threshold"}, {k.RETURN: k.SNOWDRIFT}),
    "PeerPunishmentGame": _reader(_PEER),
    "AntisocialPunishmentGame": _reader(
        {
            k.FINE: "fine",
            k.PUNISHMENT_COST: "punishment_cost",
            k.ANTISOCIAL_FINE: "antisocial_fine",
            k.ANTISOCIAL_COST: "antisocial_cost",
        }
    ),
    "PoolPunishmentGame": _reader(_PEER | {k.POOL_FINE: "pool_fine", k.POOL_COST: "pool_cost"}),
    "ConditionalPunishmentGame": _weighted,
    "SharedPunishmentGame": _reader({k.FINE: "fine", k.PUNISHMENT_COST: "punishment_cost"}, {k.ACTS: k.SHARED}),
    "InstitutionalPunishmentGame": _reader({k.TAX: "tax", k.LEVERAGE: "leverage"}),
    "RewardGame": _reader({k.REWARD: "reward", k.REWARD_COST: "reward_cost"}),
    "OptionalGame": _reader(
        {k.LONER_PAYOFF: "loner_payoff", k.LONER_FINE: "loner_fine", k.LONER_COST: "loner_punishment_cost"}
    ),
    "UnequalGame": _unequal,
}


def strategy_codes(rules: Rules, strategies: Any, *, name: str = "strategies") -> NDArray[np.int64]:
    """The kernels' codes of named strategies.

    Raises
    ------
    InvalidParameter
        If one is not a strategy of the game.
    """
    known = not isinstance(strategies, str) and all(s in rules.strategies for s in strategies)
    if not known:
        raise InvalidParameter(name, strategies, f"names among {rules.strategies}")
    return np.array([rules.codes[rules.strategies.index(s)] for s in strategies], dtype=np.int64)
