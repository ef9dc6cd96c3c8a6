"""Compiled rounds in two stages: all contribute to a linear pot or not, then each punishes each as hard as it likes.

The stage is the array of `experiments.environment.Environment.stage`: (multiplication_factor, contribution_cost, fine,
punishment_cost, punishment_probability, severity, detection_rate, false_alarm_rate). Random numbers are those of
numpy's SFC64, as in `_learner_kernels`, of which `uniform` and `drawn` are copies: kernels call those of their file.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, leaf_kernel, parallel_kernel

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Words = NDArray[np.uint64]
U = np.uint64

UNIT = 1.0 / 9007199254740992.0  # 2^-53
FACTOR, COST, FINE, PUNISHMENT_COST, PROBABILITY, SEVERITY, DETECTION, FALSE_ALARM = range(8)
BY_TARGET, MEMORY, BURN_IN, RECORDED = range(4)
BOLTZMANN, NOISE, DISCOUNT = range(3)


@leaf_kernel
def uniform(words: Words) -> float:
    """The next number in [0, 1), as numpy's generator makes it."""
    word = words[0] + words[1] + words[3]
    words[0] = words[1] ^ (words[1] >> U(11))
    words[1] = words[2] + (words[2] << U(3))
    words[2] = ((words[2] << U(24)) | (words[2] >> U(40))) + word
    words[3] += U(1)
    return float(word >> U(11)) * UNIT


@leaf_kernel
def drawn(chance: float, words: Words) -> bool:
    """Draw one event; certain and impossible ones need no draw."""
    if chance >= 1.0:
        return True
    return chance > 0.0 and uniform(words) < chance


@leaf_kernel
def look_around(gave: Whole, stage: Array, words: Words, seen: Whole) -> None:
    """What each takes each other to have done: ``seen[author, target]`` is 1 for contributing."""
    for a in range(gave.size):
        for b in range(gave.size):
            if a != b:
                seen[a, b] = 1 - int(drawn(stage[FALSE_ALARM] if gave[b] else stage[DETECTION], words))


@leaf_kernel
def charge_acts(weights: Array, stage: Array, words: Words, rewards: Array, costs: Array) -> None:
    """Carry out each act with the punishment probability, or else set its weight to 0; write what it `costs`."""
    for a in range(rewards.size):
        for b in range(rewards.size):
            costs[a, b] = 0.0
            if a == b or not drawn(stage[PROBABILITY] if weights[a, b] > 0.0 else 0.0, words):
                weights[a, b] = 0.0
            else:
                rewards[b] -= weights[a, b] * stage[SEVERITY] * stage[FINE]
                costs[a, b] = weights[a, b] * stage[SEVERITY] * stage[PUNISHMENT_COST]
                rewards[a] -= costs[a, b]


@parallel_kernel
def punish_batch(weights: Array, stage: Array, words: Words, rewards: Array) -> None:
    """The second stage of a round in every copy, `weights` of shape (copies, N, N); adds to `rewards`."""
    for i in prange(words.shape[0]):
        charge_acts(weights[i], stage, words[i], rewards[i], np.zeros(weights.shape[1:]))


@parallel_kernel
def look_batch(gave: Whole, stage: Array, words: Words, seen: Whole) -> None:
    """What players of every copy see, shape (copies, N, N); of oneself, what one did."""
    for i in prange(words.shape[0]):
        for a in range(gave.shape[1]):
            seen[i, a, a] = gave[i, a]
        look_around(gave[i], stage, words[i], seen[i])


@leaf_kernel
def choice_at(table: Array, player: int, row: int, learner: Array, words: Words) -> int:
    """An action by the estimates ``table[player, row]``, Boltzmann or epsilon-greedy; ties evenly."""
    m: int = table.shape[2]
    u = uniform(words)
    best = table[player, row, 0]
    for b in range(1, m):
        best = max(best, table[player, row, b])
    if learner[BOLTZMANN] > 0.0:
        total = 0.0
        for b in range(m):
            total += np.exp((table[player, row, b] - best) / learner[NOISE])
        u *= total
        for b in range(m - 1):
            u -= np.exp((table[player, row, b] - best) / learner[NOISE])
            if u < 0.0:
                return b
        return m - 1
    if u < learner[NOISE]:
        return int(min(m - 1, int(u / learner[NOISE] * m)))
    ties = 0
    for b in range(m):
        ties += table[player, row, b] == best
    left = 0 if ties == 1 else int(uniform(words) * ties)
    for b in range(m):
        if table[player, row, b] == best:
            if left == 0:
                return b
            left -= 1
    return m - 1


@leaf_kernel
def best_at(table: Array, player: int, row: int) -> float:
    """The largest estimate of a row."""
    best: float = table[player, row, 0]
    for b in range(1, table.shape[2]):
        best = max(best, table[player, row, b])
    return best


@leaf_kernel
def update_at(table: Array, visits: Whole, place: Whole, target: float, steps: Array) -> None:
    """Move the estimate at `place` (player, row, action) by the step of this visit."""
    player, row, action = place[0], place[1], place[2]
    visits[player, row, action] += 1
    step = steps[min(visits[player, row, action], steps.size - 1)]
    table[player, row, action] += step * (target - table[player, row, action])


@kernel
def one_group_learns_to_punish(
    stage: Array,
    plan: Whole,
    learner: Array,
    steps: Array,
    words: Words,
    out: tuple[Array, Array, Whole, Whole, Whole, Array, Array, Array],
) -> None:
    """Let N players learn whether to contribute, and how hard to punish whom.

    `out`: estimates of contributing (N, states, 2) and of punishing (N, rows, levels + 1), their visits, counts of
    contributions, sums of rewards, sums of weights and numbers of looks by own and seen contribution, by window: sums
    of contributions and of weights.
    """
    giving, punishing, given_visits, act_visits, gifts, earned, looks, path = out
    n, levels, windows = giving.shape[0], punishing.shape[2] - 1, path.shape[0]
    gave, states, after = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    seen, rows, hard = np.ones((n, n), np.int64), np.zeros((n, n), np.int64), np.zeros((n, n), np.int64)
    weights, costs, rewards = np.zeros((n, n)), np.zeros((n, n)), np.zeros(n)
    place, unpunished = np.zeros(3, np.int64), np.zeros(n)
    earlier, paid_for = np.zeros((n, n, 2), np.int64), np.zeros((n, n))
    total, window, until = plan[BURN_IN] + plan[RECORDED], -1, 0
    for t in range(total):
        if t == until:
            window += 1
            until = (window + 1) * total // windows
        pot = 0.0
        for i in range(n):
            gave[i] = choice_at(giving, i, states[i], learner, words)
            rewards[i] = -stage[COST] * gave[i]
            pot += stage[COST] * gave[i]
        givers = gave.sum()
        for i in range(n):
            rewards[i] += stage[FACTOR] * pot / n
            unpunished[i] = rewards[i]
        look_around(gave, stage, words, seen)
        for i in range(n):
            for j in range(n):
                if i != j:
                    rows[i, j] = (j if plan[BY_TARGET] else 0) * 4 + gave[i] * 2 + seen[i, j]
                    hard[i, j] = choice_at(punishing, i, rows[i, j], learner, words)
                    weights[i, j] = hard[i, j] / levels
                    path[window, 1] += weights[i, j]
                    if t >= plan[BURN_IN]:
                        looks[i, gave[i], seen[i, j], 0] += weights[i, j]
                        looks[i, gave[i], seen[i, j], 1] += 1.0
        charge_acts(weights, stage, words, rewards, costs)
        for i in range(n):
            paid = 0.0
            for j in range(n):
                paid += costs[i, j]
            suffered = unpunished[i] - paid - rewards[i] > 1e-12 * stage[FINE]
            after[i] = (gave[i] * 2 + int(suffered)) * n + givers - gave[i] if plan[MEMORY] else 0
            place[0], place[1], place[2] = i, states[i], gave[i]
            target = rewards[i] + learner[DISCOUNT] * best_at(giving, i, after[i])
            update_at(giving, given_visits, place, target, steps)
            for j in range(n):  # what an act led to is known only a round later
                if t > 0 and i != j:
                    place[1], place[2] = earlier[i, j, 0], earlier[i, j, 1]
                    update_at(punishing, act_visits, place, learner[DISCOUNT] * target - paid_for[i, j], steps)
                earlier[i, j, 0], earlier[i, j, 1], paid_for[i, j] = rows[i, j], hard[i, j], costs[i, j]
            states[i] = after[i]
            path[window, 0] += gave[i]
            if t >= plan[BURN_IN]:
                gifts[i] += gave[i]
                earned[i] += rewards[i]


@parallel_kernel
def many_groups_learn_to_punish(
    stage: Array,
    plan: Whole,
    learner: Array,
    steps: Array,
    words: Words,
    out: tuple[Array, Array, Whole, Whole, Whole, Array, Array, Array],
) -> None:
    """Replicate `i` draws from ``words[i]`` and writes to the i-th part of every array of `out`."""
    giving, punishing, given_visits, act_visits, gifts, earned, looks, path = out
    for i in prange(words.shape[0]):
        first = (giving[i], punishing[i], given_visits[i], act_visits[i])
        one_group_learns_to_punish(
            stage, plan, learner, steps, words[i], (*first, gifts[i], earned[i], looks[i], path[i])
        )
