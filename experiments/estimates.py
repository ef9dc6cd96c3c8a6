r"""From runs of learners to numbers with intervals, and how far finite steps may have moved them.

Every interval rests on independent groups: the mean over a group's learners is one draw, and Student's t (or
the normal law, for a switch point) gives the interval. The tolerances are arguments, not fits:

Boltzmann learners
    With step :math:`\alpha_a` and reward variance :math:`\sigma_a^2` at action `a`, a single learner's
    estimate fluctuates with variance :math:`\alpha_a \sigma_a^2 / 2`, and since an action is tried less after
    its estimate fell, the stationary balance :math:`E[x_a (u_a - Q_a)] = 0` shifts its mean. To first order
    in :math:`\alpha` both together move the share by
    :math:`x (1 - x) (\alpha_2 \sigma_2^2 - \alpha_1 \sigma_1^2) / (4 T^2)`. The tolerance takes the sum in
    place of the difference, the steps at the start of the recorded rounds (the largest that count), the
    variances that the learners met, and, where `k` learn at once, `k` times as much: what they share of the
    noise moves all of them together, and each sees the sum of what the others do.
What was learnt while the others still played uniformly
    For each learner its weight, :math:`\exp(-\sum \alpha_n)` over the visits that the rarer action got in the
    burn-in, times the largest change in reward that the others' choices can make, shifts the log-odds by that
    much over `T`; the tolerance takes the larger of the shifts up and down, mean over learners. It is large
    where learners stopped trying an action before they knew it. Nothing for a lone learner.
Switch points with visit-count steps
    At a finite time the greedy action is decided by which of two sample means is larger, so near the
    threshold it is open within the standard deviation of the transition, and adaptive sampling (the
    worse-looking action is tried less) moves the median inside it: by
    :math:`\Phi^{-1}(1 / (1 + \sqrt{\rho}))` standard deviations, :math:`\rho = \varepsilon/(2-\varepsilon)`
    (arcsine law of a random walk that runs at two speeds), less than one for :math:`\varepsilon \ge 0.08`.
    The tolerance is one standard deviation, read off the slope of the transition, plus half a grid step for
    the interpolation.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from experiments.environment import Environment, require_count
from experiments.learners.choice import Boltzmann, EpsilonGreedy, Schedule, Steps
from experiments.learners.groups import Learned, learn
from experiments.predictions import Estimate
from gametheory.errors import require


def mean_interval(values: NDArray[np.float64], confidence: float) -> tuple[float, tuple[float, float]]:
    """Mean of independent draws and its Student interval.

    Examples
    --------
    >>> import numpy as np
    >>> mean, (low, high) = mean_interval(np.array([1.0, 2.0, 3.0]), 0.95)
    >>> mean, round(high - mean, 2)
    (2.0, 2.48)
    """
    from scipy.special import stdtrit

    require(values.size >= 2, "replicates", values.size, "at least 2, for an interval")
    mean = float(values.mean())
    error = float(values.std(ddof=1)) / sqrt(values.size)
    half = float(stdtrit(values.size - 1, 0.5 + confidence / 2)) * error
    return mean, (mean - half, mean + half)


def share_estimate(
    environment: Environment,
    *,
    actions: tuple[str, str],
    co_players: Sequence[str] = (),
    choice: Boltzmann | EpsilonGreedy,
    steps: Steps,
    schedule: Schedule,
    seed: int,
    level: float,
    confidence: float,
    tolerance: float | None = None,
    rewards: bool = False,
) -> Estimate:
    """Long-run share of the first action (or, with `rewards`, the mean reward) of learners.

    Parameters
    ----------
    environment, actions, co_players, choice, steps, schedule, seed
        As in `learn`.
    level, confidence : float
        The simultaneous level to report, and the level of this one interval that gives it.
    tolerance : float, optional
        Declared; by default that of Boltzmann learners in the module header.
    rewards : bool
        Estimate the mean reward instead.
    """
    found = learn(
        environment,
        actions=actions,
        co_players=co_players,
        choice=choice,
        steps=steps,
        schedule=schedule,
        seed=seed,
    )
    if tolerance is None:
        require(isinstance(choice, Boltzmann), "tolerance", tolerance, "declared for this choice rule")
        tolerance = boltzmann_tolerance(found, environment, choice.noise, steps, schedule)
        if rewards:
            tolerance *= abs(float(np.diff(found.estimates.mean(axis=(0, 1)))[0]))
    values = (found.rewards if rewards else found.shares).mean(axis=1)
    value, interval = mean_interval(values, confidence)
    learners = found.shares.shape[1]
    return Estimate(
        value=value,
        interval=interval,
        level=level,
        tolerance=tolerance,
        seeds=schedule.replicates,
        seed=seed,
        seconds=found.seconds,
        note=f"{learners} learning, {choice!r}, {steps!r}, {schedule!r}",
    )


def boltzmann_tolerance(
    found: Learned, environment: Environment, temperature: float, steps: Steps, schedule: Schedule
) -> float:
    """The finite-step tolerance of Boltzmann learners (module header), in shares."""
    share = float(found.shares.mean())
    learners = found.shares.shape[1]
    played = np.stack([found.shares, 1 - found.shares], axis=2) * schedule.rounds
    before = np.maximum(1.0, found.visits - played)
    variances = found.variances.mean(axis=(0, 1))
    fluctuation = float((steps.size(before).mean(axis=(0, 1)) * variances).sum()) / (4 * temperature**2)
    early = schedule.uniform_rounds // 2
    forgotten = np.concatenate([[0.0], np.cumsum(steps.sizes(schedule.total)[early + 1 :])])
    rarer = np.maximum(before.min(axis=2) - early, 0.0).astype(np.int64)
    weight = np.exp(-forgotten[rarer])  # 1 - a <= exp(-a)
    contribution = environment.multiplication_factor * environment.contribution_cost / environment.group_size
    act = environment.severity * environment.punishment_cost
    swing = (learners - 1) * (contribution + act)
    shift = weight * swing / temperature
    log_odds = np.log(share / (1 - share)) if 0 < share < 1 else np.copysign(np.inf, share - 0.5)
    moved = 1 / (1 + np.exp(-np.stack([log_odds - shift, log_odds + shift])))
    left_over = float(np.abs(moved - share).max(axis=0).mean())
    return float(learners * share * (1 - share) * fluctuation + left_over)


def switch_estimate(
    environment: Environment,
    *,
    probabilities: Sequence[float],
    actions: tuple[str, str] = ("C", "D"),
    co_players: Sequence[str],
    choice: EpsilonGreedy,
    steps: Steps,
    schedule: Schedule,
    seed: int,
    level: float,
    confidence: float,
    at_the_end: bool = True,
    tolerance: float | None = None,
) -> Estimate:
    """Punishment probability at which learners' greedy action changes from the second to the first.

    Parameters
    ----------
    environment : Environment
        Its punishment probability is not used.
    probabilities : sequence of float
        Increasing; learners live at each of them.
    actions, co_players, choice, steps, schedule, seed
        As in `learn`; `schedule.replicates` groups at each probability.
    level, confidence : float
        The simultaneous level to report, and the level of this one interval that gives it.
    at_the_end : bool
        Count learners whose greedy action at the end is the first (visit-count steps); otherwise take the
        share of recorded rounds in which it was played, which is 1/2 when it is greedy half of the time.
    tolerance : float, optional
        Declared; by default one standard deviation of the transition (module header).
    """
    require(len(probabilities) >= 2, "probabilities", probabilities, "at least two")
    require_count(seed, "seed", least=0)
    draws = []
    seconds = 0.0
    for index, probability in enumerate(probabilities):
        found = learn(
            replace(environment, punishment_probability=float(probability)),
            actions=actions,
            co_players=co_players,
            choice=choice,
            steps=steps,
            schedule=schedule,
            seed=point_seed(seed, index),
        )
        draws.append(found.greedy_shares if at_the_end else found.shares.mean(axis=1))
        seconds += found.seconds
    points = np.asarray(probabilities, dtype=np.float64)
    value, error, width = crossing(points, np.array(draws))
    value, interval = within(points, value, error, confidence)
    spacing = float(np.diff(points).max())
    return Estimate(
        value=value,
        interval=interval,
        level=level,
        tolerance=width + spacing / 2 if tolerance is None else tolerance,
        seeds=schedule.replicates * len(probabilities),
        seed=seed,
        seconds=seconds,
        note=f"{environment.group_size - len(co_players)} learning, {choice!r}, {steps!r}, {schedule!r}, "
        f"at {len(probabilities)} probabilities from {points[0]:g} to {points[-1]:g}",
    )


def crossing(points: NDArray[np.float64], draws: NDArray[np.float64]) -> tuple[float, float, float]:
    r"""Where the mean of `draws` rises through 1/2, by linear interpolation.

    Parameters
    ----------
    points : ndarray, shape (k,)
    draws : ndarray, shape (k, replicates)

    Returns
    -------
    value, error, width : float
        The crossing (an end of the grid, or beyond, if there is none: minus or plus infinity); its standard
        error by the delta method; and the standard deviation of the transition, :math:`1 / (\sqrt{2 \pi}\,
        slope)`.

    Examples
    --------
    >>> import numpy as np
    >>> crossing(np.array([0.0, 1.0]), np.array([[0.25, 0.25], [0.75, 0.75]]))[:2]
    (0.5, 0.0)
    """
    means = draws.mean(axis=1)
    errors = draws.std(axis=1, ddof=1) / sqrt(draws.shape[1])
    rises = [i for i, (left, right) in enumerate(pairwise(means)) if left < 0.5 <= right]
    if not rises:
        return (-np.inf if means[0] >= 0.5 else np.inf), 0.0, 0.0
    i = rises[-1]
    step, rise = points[i + 1] - points[i], means[i + 1] - means[i]
    part = (0.5 - means[i]) / rise
    error = float(step / rise * np.hypot((1 - part) * errors[i], part * errors[i + 1]))
    return float(points[i] + part * step), error, float(step / rise / sqrt(2 * pi))


def within(
    points: NDArray[np.float64], value: float, error: float, confidence: float
) -> tuple[float, tuple[float, float]]:
    """A crossing and its normal interval; without a crossing, all that lies beyond the grid in [0, 1]."""
    from scipy.special import ndtri

    if value == -np.inf:
        return 0.0, (0.0, float(points[0]))
    if value == np.inf:
        return 1.0, (float(points[-1]), 1.0)
    half = float(ndtri(0.5 + confidence / 2)) * error
    return value, (value - half, value + half)


def point_seed(seed: int, index: int) -> int:
    """The seed of the index-th part of a computation seeded with `seed`."""
    return int(np.random.SeedSequence(seed, spawn_key=(index,)).generate_state(1, np.uint64)[0])
