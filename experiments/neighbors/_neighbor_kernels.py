"""Compiled rounds of neighboring mechanisms, event by event, and Q-learners that live in them: no payoff formula here.

What a player does is a set of bits: `CONTRIBUTES`, `GIVES`, `WATCHES` (a bystander who punishes), `PUNISHES`.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, parallel_kernel

CONTRIBUTES, GIVES, WATCHES, PUNISHES = 1, 2, 4, 8
GIFTS, BYSTANDERS, PARTNERS = 0, 1, 2

FACTOR, COST, SHARE = 0, 1, 2  # gifts
PAYOFF, FINE, PUNISHMENT_COST, PROBABILITY, FEE = 2, 3, 4, 5, 6  # bystanders, after FACTOR and COST
BENEFIT, SELECTIVITY, DIRECT_FINE, DIRECT_COST = 0, 2, 3, 4  # partners; COST as above

COOPERATE, DEFECT, PUNISH = 0, 1, 2
DONOR_BENEFIT, DONOR_COST, DONOR_FINE, DONOR_PUNISHMENT_COST, ERROR, WEIGHT = range(6)


@kernel
def happens(chance: float, rng: np.random.Generator) -> bool:
    """Draw one event; certain and impossible ones need no draw."""
    if chance >= 1.0:
        return True
    return chance > 0.0 and rng.random() < chance


@kernel
def play_gifts(
    does: NDArray[np.int64],
    numbers: NDArray[np.float64],
    believed: NDArray[np.float64],
    by_relation: bool,
    rewards: NDArray[np.float64],
) -> None:
    """Share the pot, then let every giver pass part of what it got on, equally or by what was not expected."""
    n = does.size
    pot = 0.0
    for i in range(n):
        rewards[i] = 0.0
        if does[i] & CONTRIBUTES:
            rewards[i] -= numbers[COST]
            pot += numbers[COST]
    got = numbers[FACTOR] * pot / n
    for i in range(n):
        rewards[i] += got
    for i in range(n):
        if not does[i] & GIVES:
            continue
        total = 0.0
        for j in range(n):
            if j != i and does[j] & CONTRIBUTES:
                total += 1.0 - believed[j] if by_relation else 1.0
        if total <= 0.0:
            continue
        gift = numbers[SHARE] * got
        rewards[i] -= gift
        for j in range(n):
            if j != i and does[j] & CONTRIBUTES:
                rewards[j] += gift * ((1.0 - believed[j]) if by_relation else 1.0) / total


@kernel
def play_bystanders(
    does: NDArray[np.int64], numbers: NDArray[np.float64], rng: np.random.Generator, rewards: NDArray[np.float64]
) -> None:
    """Share the pot among those who do not watch; then every bystander looks at every one of them."""
    n = does.size
    pot, inside = 0.0, 0
    for i in range(n):
        rewards[i] = numbers[PAYOFF] if does[i] & WATCHES else 0.0
        if not does[i] & WATCHES:
            inside += 1
            if does[i] & CONTRIBUTES:
                pot += numbers[COST]
    for i in range(n):
        if not does[i] & WATCHES:
            if inside == 1:
                rewards[i] = numbers[PAYOFF]
            else:
                rewards[i] += numbers[FACTOR] * pot / inside
                if does[i] & CONTRIBUTES:
                    rewards[i] -= numbers[COST]
    for author in range(n):
        if not does[author] & WATCHES:
            continue
        for target in range(n):
            if does[target] & WATCHES:
                continue
            if does[target] & CONTRIBUTES:
                rewards[author] += numbers[FEE]
                rewards[target] -= numbers[FEE]
            elif happens(numbers[PROBABILITY], rng):
                rewards[target] -= numbers[FINE]
                rewards[author] -= numbers[PUNISHMENT_COST]


@kernel
def play_partners(
    does: NDArray[np.int64], numbers: NDArray[np.float64], rng: np.random.Generator, rewards: NDArray[np.float64]
) -> None:
    """Everybody chooses one partner, by reputation or at random, and the two play one donation game."""
    n = does.size
    for i in range(n):
        rewards[i] = 0.0
    for i in range(n):
        known = 0
        for j in range(n):
            if j != i and does[j] & CONTRIBUTES:
                known += 1
        if known > 0 and happens(numbers[SELECTIVITY], rng):
            left = int(rng.random() * known)
            partner = -1
            for j in range(n):
                if j != i and does[j] & CONTRIBUTES:
                    if left == 0:
                        partner = j
                        break
                    left -= 1
        else:
            partner = int(rng.random() * (n - 1))
            if partner >= i:
                partner += 1
        for a in range(2):
            own, other = (i, partner) if a == 0 else (partner, i)
            if does[own] & CONTRIBUTES:
                rewards[own] -= numbers[COST]
                rewards[other] += numbers[BENEFIT]
            elif does[other] & PUNISHES:
                rewards[own] -= numbers[DIRECT_FINE]
                rewards[other] -= numbers[DIRECT_COST]


@kernel
def play_mechanism(
    mechanism: int,
    does: NDArray[np.int64],
    numbers: NDArray[np.float64],
    believed: NDArray[np.float64],
    by_relation: bool,
    rng: np.random.Generator,
    rewards: NDArray[np.float64],
) -> None:
    """Play one round of one of the three."""
    if mechanism == GIFTS:
        play_gifts(does, numbers, believed, by_relation, rewards)
    elif mechanism == BYSTANDERS:
        play_bystanders(does, numbers, rng, rewards)
    else:
        play_partners(does, numbers, rng, rewards)


@kernel
def one_group(
    mechanism: int,
    options: NDArray[np.int64],
    learners: int,
    numbers: NDArray[np.float64],
    by_relation: bool,
    steps: NDArray[np.float64],
    temperature: float,
    phases: NDArray[np.int64],
    rng: np.random.Generator,
    shares: NDArray[np.float64],
    means: NDArray[np.float64],
) -> None:
    """The first `learners` choose between the two options of their row by Boltzmann's rule, from own rewards.

    `phases`: rounds of uniform play, rounds not recorded, rounds recorded. Writes how often the first was played, and
    everybody's mean reward, in the recorded ones.
    """
    n = options.shape[0]
    estimates, visits = np.zeros((n, 2)), np.zeros((n, 2), np.int64)
    does, chosen = options[:, 0].copy(), np.zeros(n, np.int64)
    rewards, believed = np.zeros(n), np.full(n, 0.5)
    shares[:] = 0.0
    means[:] = 0.0
    for t in range(phases.sum()):
        for i in range(learners):
            chance = 0.5
            if t >= phases[0]:
                chance = 1.0 / (1.0 + np.exp(min((estimates[i, 1] - estimates[i, 0]) / temperature, 700.0)))
            chosen[i] = 0 if rng.random() < chance else 1
            does[i] = options[i, chosen[i]]
        play_mechanism(mechanism, does, numbers, believed, by_relation, rng, rewards)
        for i in range(n):
            gave = 1.0 if does[i] & CONTRIBUTES else 0.0
            believed[i] += (gave - believed[i]) / (t + 2.0)
            if t >= phases[0] + phases[1]:
                means[i] += rewards[i] / phases[2]
        for i in range(learners):
            a = chosen[i]
            visits[i, a] += 1
            estimates[i, a] += steps[visits[i, a]] * (rewards[i] - estimates[i, a])
            if t >= phases[0] + phases[1] and a == 0:
                shares[i] += 1.0 / phases[2]


@parallel_kernel
def many_groups(
    mechanism: int,
    options: NDArray[np.int64],
    learners: int,
    numbers: NDArray[np.float64],
    by_relation: bool,
    steps: NDArray[np.float64],
    temperature: float,
    phases: NDArray[np.int64],
    rngs: list[np.random.Generator],
    shares: NDArray[np.float64],
    means: NDArray[np.float64],
) -> None:
    """Replicate `i` writes to ``shares[i]`` and ``means[i]``; one generator per replicate."""
    for i in prange(len(rngs)):
        one_group(
            mechanism,
            options,
            learners,
            numbers,
            by_relation,
            steps,
            temperature,
            phases,
            rngs[np.intp(i)],
            shares[i],
            means[i],
        )


@kernel
def donate(act: int, donor: int, recipient: int, numbers: NDArray[np.float64], rewards: NDArray[np.float64]) -> None:
    """What an act gives and takes."""
    if act == COOPERATE:
        rewards[donor] -= numbers[DONOR_COST]
        rewards[recipient] += numbers[DONOR_BENEFIT]
    elif act == PUNISH:
        rewards[donor] -= numbers[DONOR_PUNISHMENT_COST]
        rewards[recipient] -= numbers[DONOR_FINE]


@kernel
def one_population(
    numbers: NDArray[np.float64],
    rule: NDArray[np.int64],
    norm: NDArray[np.bool_],
    players: int,
    learns: bool,
    steps: NDArray[np.float64],
    temperature: float,
    phases: NDArray[np.int64],
    rng: np.random.Generator,
    shares: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Donors act on reputations; player 0 learns what to do, if it does, from its own rewards.

    In each round a cycle through all players in random order says who gives to whom. An act is judged at once; what the
    learner is credited with is its cost, and `WEIGHT` times what it is given or loses in the next round. Writes how
    often it did each act to good and to bad recipients, shape (2, 3), the share of good players and their mean reward.
    """
    estimates, visits = np.zeros((2, 3)), np.zeros((2, 3), np.int64)
    good, rewards = np.ones(players, np.bool_), np.zeros(players)
    order, judged = np.arange(players), np.ones(players, np.bool_)
    state, act, spent = -1, -1, 0.0
    shares[:] = 0.0
    out[:] = 0.0
    preferences = np.zeros(3)
    for t in range(phases.sum()):
        recorded = t >= phases[0] + phases[1]
        for i in range(players - 1, 0, -1):
            j = int(rng.random() * (i + 1))
            order[i], order[j] = order[j], order[i]
        rewards[:] = 0.0
        now_state, now_act, now_spent = -1, -1, 0.0
        for place in range(players):
            donor, recipient = order[place], order[(place + 1) % players]
            kind = 0 if good[recipient] else 1
            did = rule[kind]
            if donor == 0 and learns:
                if t < phases[0]:
                    did = int(rng.random() * 3)
                else:
                    top = estimates[kind].max()
                    total = 0.0
                    for a in range(3):
                        preferences[a] = np.exp((estimates[kind, a] - top) / temperature)
                        total += preferences[a]
                    left = rng.random() * total
                    did = 2
                    for a in range(2):
                        left -= preferences[a]
                        if left < 0.0:
                            did = a
                            break
                now_state, now_act = kind, did
                before = rewards[0]
                donate(did, donor, recipient, numbers, rewards)
                now_spent = before - rewards[0]
                if recorded:
                    shares[kind, did] += 1.0
            else:
                donate(did, donor, recipient, numbers, rewards)
            judged[donor] = norm[kind, did] != happens(numbers[ERROR], rng)
        if learns and act >= 0:  # what followed the act of the round before
            followed = rewards[0] + now_spent
            visits[state, act] += 1
            worth = numbers[WEIGHT] * followed - spent
            estimates[state, act] += steps[visits[state, act]] * (worth - estimates[state, act])
        state, act, spent = now_state, now_act, now_spent
        for i in range(players):
            good[i] = judged[i]
        if recorded:
            first = 1 if learns else 0
            for i in range(first, players):
                out[0] += (1.0 if good[i] else 0.0) / ((players - first) * phases[2])
                out[1] += rewards[i] / ((players - first) * phases[2])


@parallel_kernel
def many_populations(
    numbers: NDArray[np.float64],
    rule: NDArray[np.int64],
    norm: NDArray[np.bool_],
    players: int,
    learns: bool,
    steps: NDArray[np.float64],
    temperature: float,
    phases: NDArray[np.int64],
    rngs: list[np.random.Generator],
    shares: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Replicate `i` writes to ``shares[i]`` and ``out[i]``; one generator per replicate."""
    for i in prange(len(rngs)):
        one_population(
            numbers,
            rule,
            norm,
            players,
            learns,
            steps,
            temperature,
            phases,
            rngs[np.intp(i)],
            shares[i],
            out[i],
        )
