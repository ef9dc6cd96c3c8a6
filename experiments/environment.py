r"""The stage game as learners meet it: played event by event, its payoff formula nowhere in sight.

One round: every contributor pays :math:`c` into a pot; the pot is multiplied by :math:`r` and shared by all
:math:`N`. Then every punisher looks at every co-player: it sees a defector with probability `h` and takes a
contributor for one with probability `e`; what it sees as a defector it punishes with probability `p` and
weight `s`, so that the target loses :math:`s \beta` and the author :math:`s \gamma`. Every one of these
events is drawn, and charged when it happens.

This is the one allowed second statement of the game (architecture.md): an error in the payoff function makes
learners disagree with it, because they never call it. Source: model.md, section 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from numbers import Integral
from time import perf_counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.errors import require

CONTRIBUTES: Final = 1
PUNISHES: Final = 2
KINDS: Final = {"C": CONTRIBUTES, "D": 0, "P": CONTRIBUTES | PUNISHES, "DP": PUNISHES}
PARAMETERS: Final = (
    "multiplication_factor",
    "contribution_cost",
    "fine",
    "punishment_cost",
    "punishment_probability",
    "severity",
    "detection_rate",
    "false_alarm_rate",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    r"""What one group lives in; floats only.

    Parameters
    ----------
    group_size : int
        Players, :math:`N \ge 2`.
    multiplication_factor, contribution_cost : float
        :math:`r, c > 0`.
    fine, punishment_cost : float
        :math:`\beta, \gamma \ge 0`, in payoff units.
    punishment_probability, severity, detection_rate, false_alarm_rate : float
        `p`, `s`, `h`, `e` in [0, 1].

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> environment_of(PublicGoodsGame(group_size=5, multiplication_factor=3, fine='1/2')).fine
    0.5
    """

    group_size: int
    multiplication_factor: float
    contribution_cost: float = 1.0
    fine: float = 0.0
    punishment_cost: float = 0.0
    punishment_probability: float = 1.0
    severity: float = 1.0
    detection_rate: float = 1.0
    false_alarm_rate: float = 0.0

    def __post_init__(self) -> None:
        n = self.group_size
        whole = isinstance(n, Integral) and not isinstance(n, bool) and n >= 2
        require(whole, "group_size", n, "an integer >= 2")
        for name in PARAMETERS:
            value = getattr(self, name)
            if name in ("multiplication_factor", "contribution_cost"):
                require(0 < value < inf, name, value, "> 0 and finite")
            elif name in ("fine", "punishment_cost"):
                require(0 <= value < inf, name, value, ">= 0 and finite")
            else:
                require(0 <= value <= 1, name, value, "in [0, 1]")

    @property
    def stage(self) -> NDArray[np.float64]:
        """The parameters in the order the kernels read them, shape (8,)."""
        return np.array([float(getattr(self, name)) for name in PARAMETERS])


def environment_of(game: Any) -> Environment:
    """The environment with the parameters of a `PublicGoodsGame`, as floats.

    Raises
    ------
    InvalidParameter
        If `game` is no public goods game or a parameter is an array or a symbol.
    """
    fits = all(hasattr(game, name) for name in ("group_size", *PARAMETERS))
    require(fits, "game", game, "a PublicGoodsGame (learners play the stage game itself)")
    numbers = {}
    for name in PARAMETERS:
        value = getattr(game, name)
        plain = not getattr(value, "shape", ()) and not getattr(value, "free_symbols", ())
        require(plain, name, value, "a number (to play the game)")
        numbers[name] = float(value)
    return Environment(group_size=game.group_size, **numbers)


@dataclass(frozen=True, slots=True, eq=False)
class PlayedRewards:
    """What fixed players earned per round.

    Attributes
    ----------
    mean, standard_error, variance : ndarray of float64, shape (N,)
        Per player, in payoff units (the variance: of one round's reward).
    rounds : int
        Rounds played, over all replicates.
    seed : int
        What the generators were spawned from.
    seconds : float
    """

    mean: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    variance: NDArray[np.float64]
    rounds: int
    seed: int
    seconds: float


def play(
    environment: Environment, kinds: Sequence[str], *, rounds: int, seed: int, replicates: int = 2
) -> PlayedRewards:
    """Let players of fixed kinds play, and average what each earned.

    Parameters
    ----------
    environment : Environment
    kinds : sequence of str, length N
        "C" contributes, "D" does not, "P" contributes and punishes, "DP" punishes without contributing.
    rounds : int
        Per replicate, >= 1.
    seed : int
        Replicate `i` gets the i-th generator spawned from it, so threads do not matter.
    replicates : int
        Independent stretches of play, >= 1; they run in parallel.

    Raises
    ------
    InvalidParameter
        If `kinds` does not name N kinds, or `rounds`, `replicates` or `seed` is out of range.

    Examples
    --------
    Nobody punishes, so nothing is random: two contributors share 3 * 2 / 3 and pay 1.

    >>> group = Environment(group_size=3, multiplication_factor=3.0)
    >>> [float(v) for v in play(group, ["C", "C", "D"], rounds=10, seed=1).mean]
    [1.0, 1.0, 2.0]
    """
    from experiments._environment_kernels import many_groups_of_fixed_players
    from gametheory.rng import spawn

    codes = kind_codes(kinds, environment.group_size)
    require_count(rounds, "rounds")
    require_count(replicates, "replicates")
    require_count(seed, "seed", least=0)
    started = perf_counter()
    out = np.zeros((replicates, environment.group_size, 2))
    stages = np.tile(environment.stage, (replicates, 1))
    many_groups_of_fixed_players(np.tile(codes, (replicates, 1)), stages, int(rounds), spawn(seed, replicates), out)
    mean = out[:, :, 0].mean(axis=0)
    variance = np.maximum(out[:, :, 1].mean(axis=0) - mean**2, 0.0)
    total = rounds * replicates
    return PlayedRewards(
        mean=mean,
        standard_error=np.sqrt(variance / total),
        variance=variance,
        rounds=total,
        seed=seed,
        seconds=perf_counter() - started,
    )


def kind_codes(kinds: Sequence[str], group_size: int) -> NDArray[np.int64]:
    """The kernels' two-bit codes of `kinds`, one per player."""
    known = not isinstance(kinds, str) and all(kind in KINDS for kind in kinds)
    require(known, "kinds", kinds, f"names among {tuple(KINDS)}")
    require(len(kinds) == group_size, "kinds", kinds, f"{group_size} names, one per player")
    return np.array([KINDS[kind] for kind in kinds], dtype=np.int64)


def require_count(value: Any, name: str, *, least: int = 1) -> None:
    """Refuse what is no integer >= `least`."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    require(whole and value >= least, name, value, f"an integer >= {least}")
