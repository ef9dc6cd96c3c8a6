"""Compiled groups of learners who punish adaptively: event by event, no payoff formula here.

A round: everybody chooses one of `actions` levels of contribution, 0 the lowest; the pot is multiplied and shared;
every author that punishes looks at every co-player. `numbers` and `switches` hold the parameters in the order of the
names below; `experiments.apc.groups` writes them.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

(
    MULTIPLICATION_FACTOR,
    CONTRIBUTION_COST,
    FINE,
    PUNISHMENT_COST,
    NOISE,
    FIRST_ESTIMATE,
    AWARENESS_TEMPERATURE,
    ADAPTATION_STEP,
    ADAPTATION_DECAY,
    RULE_LEVEL,
    FIRST_PROBABILITY,
    FIRST_FREQUENCY,
) = range(12)
NUMBERS = 12

ACTIONS, BOLTZMANN, KIND, RULE, LOWERS_ON_TIE, GRADED, WINDOW, WINDOWS, RECORDED_FROM = range(9)
SWITCHES = 9

NOBODY, ADAPTIVE, LEARNED = 0, 1, 2
FIXED, EFFECT, INTEGRAL = 0, 1, 2
ROUND_OFF = 1e-12  # a fall by just the threshold is an effect, though 0.3 - 0.2 < 0.1

CONTRIBUTION, REWARD, PUNISHMENTS, INTENSITY, PROBABILITY, DEFECTION, SEVERITY = range(7)
COLUMNS = 7


@kernel
def draw_softmax(preferences: NDArray[np.float64], noise: float, rng: np.random.Generator) -> int:
    """Draw an index with probability proportional to ``exp(preferences / noise)``."""
    top = preferences.max()
    total = 0.0
    for a in range(preferences.size):
        total += np.exp((preferences[a] - top) / noise)
    left = rng.random() * total
    for a in range(preferences.size - 1):
        left -= np.exp((preferences[a] - top) / noise)
        if left < 0.0:
            return a
    return preferences.size - 1


@kernel
def draw_greedy(estimates: NDArray[np.float64], exploration: float, rng: np.random.Generator) -> int:
    """The index of the largest estimate, ties at random; with chance `exploration` any index."""
    if rng.random() < exploration:
        return int(rng.random() * estimates.size)
    best, ties = 0, 1
    for a in range(1, estimates.size):
        if estimates[a] > estimates[best]:
            best, ties = a, 1
        elif estimates[a] == estimates[best]:
            ties += 1
            if rng.random() * ties < 1.0:
                best = a
    return best


@kernel
def ascend(
    logits: NDArray[np.float64],
    awareness: NDArray[np.float64],
    harm: NDArray[np.float64],
    temperature: float,
    step: float,
    rng: np.random.Generator,
) -> None:
    """One sampled step up the expected harm plus `temperature` times the entropy; writes `logits` and `awareness`.

    An action is drawn from the awareness; the score of its probability is weighted with its harm minus
    ``temperature * log(probability)``, against the mean of that weight as baseline.
    """
    size = logits.size
    mean = 0.0
    for a in range(size):
        mean += awareness[a] * (harm[a] - temperature * np.log(awareness[a]))
    left = rng.random()
    drawn = size - 1
    for a in range(size - 1):
        left -= awareness[a]
        if left < 0.0:
            drawn = a
            break
    push = step * (harm[drawn] - temperature * np.log(awareness[drawn]) - mean)
    for a in range(size):
        logits[a] -= push * awareness[a]
    logits[drawn] += push
    top = logits.max()
    total = 0.0
    for a in range(size):
        logits[a] = max(logits[a] - top, -600.0)
        awareness[a] = np.exp(logits[a])
        total += awareness[a]
    for a in range(size):
        awareness[a] /= total


@kernel
def severity_of(probability: float, size: int, graded: bool) -> float:
    """How bad an action is that the awareness gives `probability`: 0 unless that exceeds the mean 1 / size."""
    mean = 1.0 / size
    if probability <= mean:
        return 0.0
    return (probability - mean) / (1.0 - mean) if graded else 1.0


@kernel
def moved(
    probability: float, now: float, before: float, rule: int, step: float, level: float, lowers_on_tie: bool
) -> float:
    """The punishment probability after a window; `level` is the effect threshold or the tolerated frequency."""
    if rule == INTEGRAL:
        return min(1.0, max(0.0, probability + step * (now - level)))
    if rule == FIXED or now == 0.0:
        return probability
    if before - now >= level - ROUND_OFF:
        return min(1.0, probability + step)
    if now > before or (now == before and lowers_on_tie):
        return max(0.0, probability - step)
    return probability


@kernel
def contribute(
    estimates: NDArray[np.float64],
    numbers: NDArray[np.float64],
    switches: NDArray[np.int64],
    rng: np.random.Generator,
    chosen: NDArray[np.int64],
    level: NDArray[np.int64],
    earned: NDArray[np.float64],
) -> None:
    """Everybody chooses; the pot is collected, multiplied and shared. Writes `chosen`, `level` and `earned`."""
    n, actions = chosen.size, switches[ACTIONS]
    pot = 0.0
    for i in range(n):
        if switches[BOLTZMANN] == 1:
            chosen[i] = draw_softmax(estimates[i], numbers[NOISE], rng)
        else:
            chosen[i] = draw_greedy(estimates[i], numbers[NOISE], rng)
        level[i] = chosen[i] % actions
        given = numbers[CONTRIBUTION_COST] * level[i] / (actions - 1)
        pot += given
        earned[i] = -given
    for i in range(n):
        earned[i] += pot * numbers[MULTIPLICATION_FACTOR] / n


@kernel
def punish(
    punishes: NDArray[np.bool_],
    chosen: NDArray[np.int64],
    level: NDArray[np.int64],
    awareness: NDArray[np.float64],
    probabilities: NDArray[np.float64],
    numbers: NDArray[np.float64],
    switches: NDArray[np.int64],
    rng: np.random.Generator,
    rewards: NDArray[np.float64],
    paid: NDArray[np.float64],
    defections: NDArray[np.float64],
    acts: NDArray[np.float64],
) -> None:
    """Every author looks at every co-player; takes fines and costs from `rewards`, notes what it saw and did."""
    n, actions, kind = chosen.size, switches[ACTIONS], switches[KIND]
    graded = switches[GRADED] == 1
    for i in range(n):
        paid[i] = 0.0
        if kind == NOBODY or not punishes[i]:
            continue
        for j in range(n):
            if j == i:
                continue
            if kind == ADAPTIVE:
                weight = severity_of(awareness[i, level[j]], actions, graded)
                chance = probabilities[i, j]
                if weight > 0.0:
                    defections[i, j] += 1.0
            else:
                kept = 1.0 - level[j] / (actions - 1)
                weight = kept if graded or kept == 0.0 else 1.0
                chance = 1.0 if chosen[i] >= actions else 0.0
            if weight > 0.0 and (chance >= 1.0 or (chance > 0.0 and rng.random() < chance)):
                rewards[j] -= weight * numbers[FINE]
                rewards[i] -= weight * numbers[PUNISHMENT_COST]
                paid[i] += weight * numbers[PUNISHMENT_COST]
                acts[0] += 1.0
                acts[1] += weight * numbers[FINE]


@kernel
def become_aware(
    punishes: NDArray[np.bool_],
    level: NDArray[np.int64],
    earned: NDArray[np.float64],
    critic_steps: NDArray[np.float64],
    temperature: float,
    step: float,
    rng: np.random.Generator,
    met: NDArray[np.int64],
    harm: NDArray[np.float64],
    logits: NDArray[np.float64],
    awareness: NDArray[np.float64],
) -> None:
    """Every punisher updates what each action is believed to cost it, and makes one step once all were seen."""
    n, actions = harm.shape
    for i in range(n):
        if not punishes[i]:
            continue
        for j in range(n):
            if j != i:
                b = level[j]
                met[i, b] += 1
                harm[i, b] += critic_steps[met[i, b]] * (-earned[i] - harm[i, b])
        known = True
        for b in range(actions):
            known = known and met[i, b] > 0
        if known:
            ascend(logits[i], awareness[i], harm[i], temperature, step, rng)


@kernel
def adapt(
    punishes: NDArray[np.bool_],
    defections: NDArray[np.float64],
    window: int,
    rule: int,
    step: float,
    level: float,
    lowers_on_tie: bool,
    probabilities: NDArray[np.float64],
    before: NDArray[np.float64],
    means: NDArray[np.float64],
) -> None:
    """Every punisher moves its probabilities; `means` gets those of the window and of what was seen in it."""
    n = punishes.size
    pairs = max(1, punishes.sum() * (n - 1))
    for i in range(n):
        if not punishes[i]:
            continue
        for j in range(n):
            if j == i:
                continue
            now = defections[i, j] / window
            means[0] += probabilities[i, j] / pairs
            means[1] += now / pairs
            probabilities[i, j] = moved(probabilities[i, j], now, before[i, j], rule, step, level, lowers_on_tie)
            before[i, j] = now


@kernel
def one_group(
    punishes: NDArray[np.bool_],
    numbers: NDArray[np.float64],
    switches: NDArray[np.int64],
    steps: NDArray[np.float64],
    critic_steps: NDArray[np.float64],
    awareness_steps: NDArray[np.float64],
    rng: np.random.Generator,
    series: NDArray[np.float64],
    totals: NDArray[np.float64],
    beliefs: NDArray[np.float64],
) -> None:
    """Play all windows; write `series` (windows, COLUMNS), recorded `totals` (N, 2), final `beliefs` (N, actions).

    ``totals[i]`` is the mean reward and the mean cost of punishing of player i in the recorded windows. The steps are
    indexed by visits (of an action), by visits (of a co-player's action), and by rounds.
    """
    n, actions, adaptive = punishes.size, switches[ACTIONS], switches[KIND] == ADAPTIVE
    options = 2 * actions if switches[KIND] == LEARNED else actions
    window, graded = switches[WINDOW], switches[GRADED] == 1
    estimates, visits = np.full((n, options), numbers[FIRST_ESTIMATE]), np.zeros((n, options), np.int64)
    logits, awareness = np.zeros((n, actions)), np.full((n, actions), 1.0 / actions)
    harm, met = np.zeros((n, actions)), np.zeros((n, actions), np.int64)
    probabilities, before = np.full((n, n), numbers[FIRST_PROBABILITY]), np.full((n, n), numbers[FIRST_FREQUENCY])
    defections, acts = np.zeros((n, n)), np.zeros(2)
    chosen, level = np.zeros(n, np.int64), np.zeros(n, np.int64)
    earned, rewards, paid = np.zeros(n), np.zeros(n), np.zeros(n)
    rounds = max(1, (switches[WINDOWS] - switches[RECORDED_FROM]) * window)
    t = 0
    for k in range(switches[WINDOWS]):
        defections[:] = 0.0
        acts[:] = 0.0
        recorded = 1.0 if k >= switches[RECORDED_FROM] else 0.0
        for _ in range(window):
            t += 1
            contribute(estimates, numbers, switches, rng, chosen, level, earned)
            rewards[:] = earned
            punish(
                punishes,
                chosen,
                level,
                awareness,
                probabilities,
                numbers,
                switches,
                rng,
                rewards,
                paid,
                defections,
                acts,
            )
            for i in range(n):
                a = chosen[i]
                visits[i, a] += 1
                estimates[i, a] += steps[visits[i, a]] * (rewards[i] - estimates[i, a])
                series[k, CONTRIBUTION] += level[i] / ((actions - 1.0) * n * window)
                series[k, REWARD] += rewards[i] / (n * window)
                totals[i, 0] += recorded * rewards[i] / rounds
                totals[i, 1] += recorded * paid[i] / rounds
            if adaptive:
                temperature, step = numbers[AWARENESS_TEMPERATURE], awareness_steps[t]
                become_aware(
                    punishes, level, earned, critic_steps, temperature, step, rng, met, harm, logits, awareness
                )
        series[k, PUNISHMENTS] = acts[0] / (n * window)
        series[k, INTENSITY] = acts[1] / (n * window)
        if adaptive:
            step = numbers[ADAPTATION_STEP] * (k + 1.0) ** -numbers[ADAPTATION_DECAY]
            ties = switches[LOWERS_ON_TIE] == 1
            acts[:] = 0.0
            adapt(
                punishes,
                defections,
                window,
                switches[RULE],
                step,
                numbers[RULE_LEVEL],
                ties,
                probabilities,
                before,
                acts,
            )
            series[k, PROBABILITY], series[k, DEFECTION] = acts[0], acts[1]
            for i in range(n):
                if punishes[i]:
                    series[k, SEVERITY] += severity_of(awareness[i, 0], actions, graded) / punishes.sum()
    for i in range(n):
        for a in range(actions):
            beliefs[i, a] = awareness[i, a]


@parallel_kernel
def many_groups(
    punishes: NDArray[np.bool_],
    numbers: NDArray[np.float64],
    switches: NDArray[np.int64],
    steps: NDArray[np.float64],
    critic_steps: NDArray[np.float64],
    awareness_steps: NDArray[np.float64],
    rngs: list[np.random.Generator],
    series: NDArray[np.float64],
    totals: NDArray[np.float64],
    beliefs: NDArray[np.float64],
) -> None:
    """Replicate `i` writes to ``series[i]``, ``totals[i]`` and ``beliefs[i]``; one generator per replicate."""
    for i in prange(len(rngs)):
        one_group(
            punishes,
            numbers,
            switches,
            steps,
            critic_steps,
            awareness_steps,
            rngs[np.intp(i)],
            series[i],
            totals[i],
            beliefs[i],
        )
