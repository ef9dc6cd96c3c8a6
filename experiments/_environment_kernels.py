"""Compiled rounds of the stage game, event by event, and learners that live in it: no payoff formula here.

A player's kind is two bits: `CONTRIBUTES` and `PUNISHES`. The stage is the array
(multiplication_factor, contribution_cost, fine, punishment_cost, punishment_probability, severity,
detection_rate, false_alarm_rate).
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

CONTRIBUTES = 1
PUNISHES = 2

SHARE, FIRST_ESTIMATE, SECOND_ESTIMATE, FIRST_VISITS, SECOND_VISITS = 0, 1, 2, 3, 4
MEAN_REWARD, FIRST_VARIANCE, SECOND_VARIANCE = 5, 6, 7
COLUMNS = 8


@kernel
def happens(chance: float, rng: np.random.Generator) -> bool:
    """Draw one event; certain and impossible ones need no draw."""
    if chance >= 1.0:
        return True
    return chance > 0.0 and rng.random() < chance


@kernel
def play_round(
    kinds: NDArray[np.int64],
    stage: NDArray[np.float64],
    rng: np.random.Generator,
    rewards: NDArray[np.float64],
) -> None:
    """Collect and share out the pot, then let every punisher look at every co-player; write `rewards`."""
    n = kinds.size
    pot = 0.0
    for i in range(n):
        rewards[i] = 0.0
        if kinds[i] & CONTRIBUTES:
            rewards[i] -= stage[1]
            pot += stage[1]
    pot *= stage[0]
    for i in range(n):
        rewards[i] += pot / n
    for author in range(n):
        if not kinds[author] & PUNISHES:
            continue
        for target in range(n):
            if target == author:
                continue
            seen = stage[7] if kinds[target] & CONTRIBUTES else stage[6]
            if happens(seen, rng) and happens(stage[4], rng):
                rewards[target] -= stage[5] * stage[2]
                rewards[author] -= stage[5] * stage[3]


@kernel
def one_group_of_fixed_players(
    kinds: NDArray[np.int64],
    stage: NDArray[np.float64],
    rounds: int,
    rng: np.random.Generator,
    out: NDArray[np.float64],
) -> None:
    """Write each player's mean reward and mean squared reward over `rounds` to `out`, shape (N, 2)."""
    rewards = np.zeros(kinds.size)
    out[:] = 0.0
    for _ in range(rounds):
        play_round(kinds, stage, rng, rewards)
        for i in range(kinds.size):
            out[i, 0] += rewards[i]
            out[i, 1] += rewards[i] * rewards[i]
    for i in range(kinds.size):
        out[i, 0] /= rounds
        out[i, 1] /= rounds


@parallel_kernel
def many_groups_of_fixed_players(
    kinds: NDArray[np.int64],
    stages: NDArray[np.float64],
    rounds: int,
    rngs: list[np.random.Generator],
    out: NDArray[np.float64],
) -> None:
    """Replicate `i` plays ``kinds[i]`` at ``stages[i]`` and writes to ``out[i]``."""
    for i in prange(len(rngs)):
        one_group_of_fixed_players(kinds[i], stages[i], rounds, rngs[np.intp(i)], out[i])


@kernel
def choose(first: float, second: float, boltzmann: bool, noise: float, rng: np.random.Generator) -> int:
    """Action 0 or 1, given their estimates; `noise` is the temperature, or the chance to explore."""
    if boltzmann:
        exponent = min((second - first) / noise, 700.0)
        return 0 if rng.random() * (1.0 + np.exp(exponent)) < 1.0 else 1
    if first == second or rng.random() < noise:
        return 0 if rng.random() < 0.5 else 1
    return 0 if first > second else 1


@kernel
def one_group(
    actions: NDArray[np.int64],
    learners: int,
    stage: NDArray[np.float64],
    steps: NDArray[np.float64],
    choice: NDArray[np.float64],
    phases: NDArray[np.int64],
    rng: np.random.Generator,
    out: NDArray[np.float64],
) -> None:
    """Let the first `learners` of N players learn; write what they did to `out`, shape (learners, COLUMNS).

    ``actions[i]`` are the two kinds that player `i` chooses among; players that do not learn play the first.
    ``steps[k]`` is the step at an action's k-th visit, k >= 1. `choice`: 1 for Boltzmann and 0 for
    epsilon-greedy, its noise, the first estimate. `phases`: rounds of uniform play, rounds not recorded,
    rounds recorded.
    """
    n = actions.shape[0]
    estimates = np.full((n, 2), choice[2])
    visits = np.zeros((n, 2), np.int64)
    kinds = actions[:, 0].copy()
    chosen = np.zeros(n, np.int64)
    rewards = np.zeros(n)
    tally = np.zeros((n, 2, 3))
    uniform, recorded = phases[0], phases[0] + phases[1]
    boltzmann, noise = choice[0] == 1.0, choice[1]
    for t in range(phases.sum()):
        for i in range(learners):
            if t < uniform:
                chosen[i] = 0 if rng.random() < 0.5 else 1
            else:
                chosen[i] = choose(estimates[i, 0], estimates[i, 1], boltzmann, noise, rng)
            kinds[i] = actions[i, chosen[i]]
        play_round(kinds, stage, rng, rewards)
        for i in range(learners):
            a = chosen[i]
            visits[i, a] += 1
            estimates[i, a] += steps[visits[i, a]] * (rewards[i] - estimates[i, a])
            if t >= recorded:
                tally[i, a, 0] += 1.0
                tally[i, a, 1] += rewards[i]
                tally[i, a, 2] += rewards[i] * rewards[i]
    for i in range(learners):
        total = max(1.0, tally[i, 0, 0] + tally[i, 1, 0])
        out[i, SHARE] = tally[i, 0, 0] / total
        out[i, MEAN_REWARD] = (tally[i, 0, 1] + tally[i, 1, 1]) / total
        for a in range(2):
            number = max(1.0, tally[i, a, 0])
            mean = tally[i, a, 1] / number
            out[i, FIRST_ESTIMATE + a] = estimates[i, a]
            out[i, FIRST_VISITS + a] = visits[i, a]
            out[i, FIRST_VARIANCE + a] = max(0.0, tally[i, a, 2] / number - mean * mean)


@parallel_kernel
def many_groups(
    actions: NDArray[np.int64],
    learners: int,
    stages: NDArray[np.float64],
    steps: NDArray[np.float64],
    choice: NDArray[np.float64],
    phases: NDArray[np.int64],
    rngs: list[np.random.Generator],
    out: NDArray[np.float64],
) -> None:
    """Replicate `i` lives at ``stages[i]`` and writes to ``out[i]``; one generator per replicate."""
    for i in prange(len(rngs)):
        one_group(actions, learners, stages[i], steps, choice, phases, rngs[np.intp(i)], out[i])
