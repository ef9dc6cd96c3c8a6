r"""Groups of Q-learners who contribute and punish: what they did, window by window.

Everybody chooses how much to contribute by Q-values of its own net reward (`experiments.learners`), and is told
nothing else. Who punishes, how hard and how often is `experiments.apc.punishers`. The linear game is played event by
event: no payoff formula is called.

Equality is :math:`E = 1 - \sum_{ij} |R_i - R_j| / (2 N \sum_i R_i)`; it is undefined where the rewards do not sum to
something positive, and NaN there (model.md, section 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from numbers import Real
from time import perf_counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.adaptation.rules import EffectRule, IntegralRule
from experiments.apc.punishers import AdaptivePunishment, LearnedPunishment, Punishment
from experiments.environment import environment_of, require_count
from experiments.learners.choice import Boltzmann, EpsilonGreedy, Steps
from gametheory.errors import require
from gametheory.exact import to_float
from gametheory.public_goods import PublicGoodsGame

SERIES: Final = ("contribution", "reward", "punishments", "intensity", "probability", "defection", "severity")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AdaptiveRun:
    """What groups did.

    Attributes
    ----------
    contribution, reward : ndarray of float64, shape (replicates, windows)
        Mean share contributed and mean net reward, per player and round.
    punishments, intensity : ndarray of float64, shape (replicates, windows)
        Acts of punishment, and fines taken (payoff units), per player and round.
    probability, defection, severity : ndarray of float64, shape (replicates, windows)
        Mean over pairs of p and of the share of rounds counted as defection; mean severity of contributing nothing
        at the end of the window. Of adaptive punishers, else 0.
    rewards, costs : ndarray of float64, shape (replicates, N)
        Each player's mean net reward, and what punishing cost it, per round of the recorded windows.
    beliefs : ndarray of float64, shape (replicates, N, levels)
        The awareness at the end.
    window, recorded_from, seed : int
        Rounds per window; the first window that counts in `rewards` and `costs`; what generators were spawned from.
    seconds : float
    """

    contribution: NDArray[np.float64]
    reward: NDArray[np.float64]
    punishments: NDArray[np.float64]
    intensity: NDArray[np.float64]
    probability: NDArray[np.float64]
    defection: NDArray[np.float64]
    severity: NDArray[np.float64]
    rewards: NDArray[np.float64]
    costs: NDArray[np.float64]
    beliefs: NDArray[np.float64]
    window: int
    recorded_from: int
    seed: int
    seconds: float

    @property
    def equality(self) -> NDArray[np.float64]:
        """Per replicate, in the recorded windows; NaN where the rewards do not sum to something positive."""
        return equality(self.rewards)

    def recorded(self, name: str) -> NDArray[np.float64]:
        """The mean of a series over the recorded windows, shape (replicates,)."""
        require(name in SERIES, "name", name, f"one of {SERIES}")
        return np.asarray(getattr(self, name)[:, self.recorded_from :].mean(axis=1))


def equality(rewards: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""One minus the Gini coefficient of rewards along the last axis; NaN where they do not sum to something positive.

    Examples
    --------
    >>> import numpy as np
    >>> float(equality(np.array([1.0, 2.0, 3.0, 4.0])))
    0.75
    >>> float(equality(np.array([0.0, 0.0, 0.0, 4.0]))), float(equality(np.array([1.0, -2.0])))
    (0.25, nan)
    """
    rewards = np.asarray(rewards, dtype=np.float64)
    total = rewards.sum(axis=-1)
    apart = np.abs(rewards[..., :, None] - rewards[..., None, :]).sum(axis=(-1, -2))
    positive = np.where(total > 0, total, np.nan)
    return np.asarray(1 - apart / (2 * rewards.shape[-1] * positive))


def run_groups(
    game: PublicGoodsGame,
    *,
    punishment: Punishment,
    choice: Boltzmann | EpsilonGreedy,
    steps: Steps,
    rounds: int,
    burn_in: int = 0,
    levels: int = 2,
    punishers: Sequence[bool] | None = None,
    first_estimate: float = 0.0,
    replicates: int = 20,
    seed: int,
) -> AdaptiveRun:
    r"""Let groups of N learners play and punish.

    Parameters
    ----------
    game : PublicGoodsGame
        Numbers only. Its fine and punishment cost are what an act of weight 1 takes and costs; its own punishment
        probability and severity are not used; detection must be perfect.
    punishment : AdaptivePunishment, LearnedPunishment or None
    choice : Boltzmann or EpsilonGreedy
    steps : Steps
        Of the Q-values, by visits of an action.
    rounds, burn_in : int
        Recorded rounds >= 1 and rounds before them >= 0, each rounded up to whole windows: those of the punishment,
        without adaptive punishment a thousandth of the run.
    levels : int
        Contributions are 0, 1/(levels - 1), ..., 1 of the cost; >= 2.
    punishers : sequence of N bool, optional
        Who punishes (adaptively, or may learn to); by default everybody.
    first_estimate : float
        Of all Q-values.
    replicates : int
    seed : int
        Replicate `i` gets the i-th generator spawned from it: the same bits for any number of threads.

    Returns
    -------
    AdaptiveRun

    Raises
    ------
    InvalidParameter
        If a parameter is out of its domain.

    Notes
    -----
    Cost O(replicates * rounds * N^2).

    Examples
    --------
    Nobody punishes, and nobody contributes in the end; certain punishment changes that:

    >>> from experiments.apc.punishers import Awareness, FixedRule
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    >>> always = AdaptivePunishment(awareness=Awareness(temperature=0.1), rule=FixedRule(), window=100)
    >>> for punishment in (None, always):
    ...     run = run_groups(game, punishment=punishment, choice=EpsilonGreedy(exploration=0.1),
    ...                      steps=Steps(rate=0.1, exponent=0), rounds=2000, burn_in=2000, replicates=4, seed=1)
    ...     print(bool(run.recorded("contribution").mean() > 0.5))
    False
    True
    """
    from experiments.apc import _group_kernels as kernels
    from gametheory.rng import spawn

    n = checked_group(game, levels=levels, rounds=rounds, burn_in=burn_in, replicates=replicates, seed=seed)
    who = np.ones(n, np.bool_) if punishers is None else np.asarray(list(punishers), dtype=np.bool_)
    told = punishers is None or all(isinstance(p, bool | np.bool_) for p in punishers)
    require(told and who.shape == (n,), "punishers", punishers, f"{n} of True and False, one per player")
    require(isinstance(choice, Boltzmann | EpsilonGreedy), "choice", choice, "Boltzmann or EpsilonGreedy")
    known = isinstance(first_estimate, Real) and isfinite(first_estimate)
    require(known, "first_estimate", first_estimate, "a finite number")
    window = punishment.window if isinstance(punishment, AdaptivePunishment) else -(-(rounds + burn_in) // 1000)
    skipped = -(-burn_in // window)
    windows = skipped + -(-rounds // window)
    numbers, switches = _packed(game, punishment, choice, levels, first_estimate)
    switches[kernels.WINDOW], switches[kernels.WINDOWS] = window, windows
    switches[kernels.RECORDED_FROM] = skipped
    total = windows * window
    aware = punishment.awareness if isinstance(punishment, AdaptivePunishment) else None
    critic = aware.critic.sizes(total * (n - 1)) if aware else np.zeros(1)
    climbing = aware.steps.sizes(total) if aware else np.zeros(1)
    series = np.zeros((replicates, windows, kernels.COLUMNS))
    totals = np.zeros((replicates, n, 2))
    beliefs = np.zeros((replicates, n, levels))
    started = perf_counter()
    kernels.many_groups(
        who, numbers, switches, steps.sizes(total), critic, climbing, spawn(seed, replicates), series, totals, beliefs
    )
    return AdaptiveRun(
        **{name: series[:, :, column] for column, name in enumerate(SERIES)},
        rewards=totals[:, :, 0],
        costs=totals[:, :, 1],
        beliefs=beliefs,
        window=window,
        recorded_from=skipped,
        seed=seed,
        seconds=perf_counter() - started,
    )


def checked_group(game: Any, **counts: int) -> int:
    """The size of a group, once its game and its counts are found to be in order."""
    require(isinstance(game, PublicGoodsGame), "game", game, "a PublicGoodsGame")
    for name, value in counts.items():
        require_count(value, name, least={"levels": 2, "burn_in": 0, "seed": 0}.get(name, 1))
    environment_of(game)
    perfect = game.detection_rate == 1 and game.false_alarm_rate == 0
    require(bool(perfect), "detection_rate", game.detection_rate, "1, without false alarms")
    return int(game.group_size)


def _packed(
    game: PublicGoodsGame,
    punishment: Punishment,
    choice: Boltzmann | EpsilonGreedy,
    levels: int,
    first_estimate: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The kernels' parameters, but for the number of windows and their length."""
    from experiments.apc import _group_kernels as kernels

    numbers, switches = np.zeros(kernels.NUMBERS), np.zeros(kernels.SWITCHES, np.int64)
    for index, name in (
        (kernels.MULTIPLICATION_FACTOR, "multiplication_factor"),
        (kernels.CONTRIBUTION_COST, "contribution_cost"),
        (kernels.FINE, "fine"),
        (kernels.PUNISHMENT_COST, "punishment_cost"),
    ):
        numbers[index] = to_float(getattr(game, name))
    numbers[kernels.NOISE], numbers[kernels.FIRST_ESTIMATE] = choice.noise, first_estimate
    switches[kernels.ACTIONS], switches[kernels.BOLTZMANN] = levels, isinstance(choice, Boltzmann)
    if isinstance(punishment, LearnedPunishment):
        switches[kernels.KIND], switches[kernels.GRADED] = kernels.LEARNED, punishment.graded
    elif isinstance(punishment, AdaptivePunishment):
        switches[kernels.KIND], switches[kernels.GRADED] = kernels.ADAPTIVE, punishment.graded
        numbers[kernels.AWARENESS_TEMPERATURE] = punishment.awareness.temperature
        numbers[kernels.FIRST_PROBABILITY] = punishment.start
        numbers[kernels.FIRST_FREQUENCY] = punishment.first_frequency
        numbers[kernels.ADAPTATION_DECAY] = punishment.decay
        rule = punishment.rule
        if isinstance(rule, EffectRule):
            switches[kernels.RULE], switches[kernels.LOWERS_ON_TIE] = kernels.EFFECT, rule.lowers_on_tie
            numbers[kernels.ADAPTATION_STEP] = to_float(rule.adaptation_step)
            numbers[kernels.RULE_LEVEL] = to_float(rule.effect_threshold)
        elif isinstance(rule, IntegralRule):
            switches[kernels.RULE] = kernels.INTEGRAL
            numbers[kernels.ADAPTATION_STEP] = to_float(rule.adaptation_step)
            numbers[kernels.RULE_LEVEL] = to_float(rule.tolerated_defection)
    else:
        require(punishment is None, "punishment", punishment, "AdaptivePunishment, LearnedPunishment or None")
    return numbers, switches
