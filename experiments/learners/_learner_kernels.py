"""Compiled rounds of every kind of stage game, event by event, and learners that live in them: no payoff formula here.

A player's code holds what it does in its low bits (`CONTRIBUTES`, ...) and above them the number of its strategy. The
rules are an array of numbers whose places are named below, followed by the table of a return or of weights.

Random numbers are those of numpy's SFC64 (`words`), one word a number: a generator passed in costs more than a choice.
Arrays are passed whole, never as views, because counting references would cost more than a step.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from gametheory._numba import kernel, leaf_kernel, parallel_kernel

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Words = NDArray[np.uint64]
Out = tuple[Array, Array, Whole, Whole, Array, Whole, Array, Whole, Whole]
U = np.uint64

UNIT = 1.0 / 9007199254740992.0  # 2^-53

# What a player does.
CONTRIBUTES, PUNISHES, ANTISOCIAL, POOL, STAYS_OUT, REWARDS, SHIFT = 1, 2, 4, 8, 16, 32, 8

# Returns on contributions, and how punishers act.
LINEAR, OTHERS_ONLY, SYNERGY, RETURNS, THRESHOLD, STAG_HUNT, COLLECTIVE_RISK, SNOWDRIFT, UNEQUAL = range(9)
PEER, CONDITIONAL, SHARED = range(3)

# Where the numbers of the rules are.
RETURN, FACTOR, COST, REQUIRED, RISK, ACTS = 0, 1, 2, 3, 4, 5
FINE, PUNISHMENT_COST, PROBABILITY, SEVERITY, DETECTION, FALSE_ALARM, SECOND_ORDER = 6, 7, 8, 9, 10, 11, 12
ANTISOCIAL_FINE, ANTISOCIAL_COST, POOL_FINE, POOL_COST, TAX, LEVERAGE = 13, 14, 15, 16, 17, 18
REWARD, REWARD_COST, LONER_PAYOFF, LONER_FINE, LONER_COST, WEIGHTS = 19, 20, 21, 22, 23, 24
TABLE = 25

# Where the numbers of a plan and of a learner are.
LEARNERS, ONE_TABLE, MEMORY, UNIFORM, BURN_IN, RECORDED, JOINT, PLACES = 0, 1, 2, 3, 4, 5, 6, 7
RULE, NOISE, DISCOUNT, LOWEST, RANGE, BOUNDS = 0, 1, 2, 3, 4, 5

# Rules of learning: those of values, of policies, of regrets.
Q_GREEDY, Q_BOLTZMANN, SARSA_GREEDY, SARSA_BOLTZMANN = 0, 1, 2, 3
CROSS, GRADIENT, NATURAL = 4, 5, 6
FICTITIOUS, EXTERNAL, CONDITIONAL_REGRET, PROXY = 7, 8, 9, 10

FINE_SO_FAR, REWARD_OUT_OF_RANGE, TOO_LITTLE_INERTIA = 0, 1, 2


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
def other_worth(code: int, givers: int, part: float, rules: Array, words: Words) -> float:
    """What each gets from `givers` contributions, of which a linear pot would pay it `part` before multiplication."""
    reached = givers >= rules[REQUIRED]
    if code == SYNERGY:  # of the group: each further contribution is worth so many times the one before
        worth, following = 0.0, rules[FACTOR]
        for _ in range(givers):
            worth += following
            following *= rules[RISK]
        return worth
    if code == RETURNS:
        return float(rules[TABLE + givers])
    if code == STAG_HUNT:
        return rules[FACTOR] * part if reached else 0.0
    if code == COLLECTIVE_RISK:
        return rules[FACTOR] if reached or not drawn(rules[RISK], words) else 0.0
    return rules[FACTOR] if reached else 0.0


@leaf_kernel
def collect(kinds: Whole, rules: Array, participants: int, words: Words, rewards: Array) -> None:
    """Let every participant give or not, turn what was given into what it is worth, and hand that out.

    Nothing branches on what a player did: such branches are not predictable, and cost more than the arithmetic.
    """
    n = kinds.size
    code, cost, factor, givers, pot = int(rules[RETURN]), rules[COST], rules[FACTOR], 0, 0.0
    for i in range(n):
        givers += kinds[i] & CONTRIBUTES
    pot = givers * cost
    if code == LINEAR:
        worth = factor * pot / participants
    elif code == OTHERS_ONLY:
        worth = factor * pot / (participants - 1)
        cost += factor * cost / (participants - 1)  # one's own part of the pot goes to the others alone
    elif code == UNEQUAL:
        for i in range(n):
            pot += (kinds[i] & CONTRIBUTES) * rules[TABLE + i] * rules[TABLE + n + i]
        pot -= givers * cost
        for i in range(n):
            kept = 1.0 - (kinds[i] & CONTRIBUTES)
            rewards[i] += rules[TABLE + 2 * n + i] * pot + kept * rules[TABLE + i]
        return
    else:
        worth = other_worth(code, givers, pot / participants, rules, words)
        if code == SYNERGY:
            worth /= participants
        elif code == SNOWDRIFT:
            cost /= max(float(givers), rules[REQUIRED])
    if participants == n:
        for i in range(n):
            rewards[i] = worth - cost * (kinds[i] & CONTRIBUTES)
    else:
        for i in range(n):
            if not kinds[i] & STAYS_OUT:
                rewards[i] += worth - cost * (kinds[i] & CONTRIBUTES)


@leaf_kernel
def sanction(kinds: Whole, rules: Array, words: Words, rewards: Array) -> None:
    """Let every punisher and rewarder look at every co-player that takes part, and charge what it does."""
    n = kinds.size
    defectors, punishers = 0, 0
    for i in range(n):
        if not kinds[i] & (CONTRIBUTES | STAYS_OUT | ANTISOCIAL):
            defectors += 1
        if kinds[i] & PUNISHES:
            punishers += 1
    acts, weight = int(rules[ACTS]), rules[SEVERITY]
    if acts == CONDITIONAL and punishers > 0:
        weight = rules[TABLE + int(rules[WEIGHTS]) + punishers - 1]
    for author in range(n):
        does = kinds[author]
        if not does & (PUNISHES | ANTISOCIAL | REWARDS):
            continue
        for target in range(n):
            if target == author or kinds[target] & STAYS_OUT:
                continue
            gave = kinds[target] & CONTRIBUTES
            if does & PUNISHES:
                if acts == SHARED:
                    if not gave:  # fined once, by all of them together
                        rewards[target] -= rules[FINE] / punishers
                        rewards[author] -= rules[PUNISHMENT_COST] / punishers
                elif drawn(rules[FALSE_ALARM] if gave else rules[DETECTION], words) and drawn(
                    rules[PROBABILITY], words
                ):
                    rewards[target] -= weight * rules[FINE]
                    rewards[author] -= weight * rules[PUNISHMENT_COST]
                if rules[SECOND_ORDER] > 0.0 and defectors > 0 and gave and not kinds[target] & (PUNISHES | POOL):
                    rewards[target] -= rules[SECOND_ORDER] * rules[FINE]
                    rewards[author] -= rules[SECOND_ORDER] * rules[PUNISHMENT_COST]
            if gave and does & ANTISOCIAL:
                rewards[target] -= rules[ANTISOCIAL_FINE]
                rewards[author] -= rules[ANTISOCIAL_COST]
            if gave and does & REWARDS:
                rewards[target] += rules[REWARD]
                rewards[author] -= rules[REWARD_COST]


@leaf_kernel
def institutions(kinds: Whole, rules: Array, participants: int, rewards: Array) -> None:
    """Collect the pool's fees and the tax, and let both take from those whom they are against."""
    n = kinds.size
    pool, defectors = 0, 0
    for i in range(n):
        if kinds[i] & STAYS_OUT:
            continue
        rewards[i] -= rules[TAX]
        if kinds[i] & POOL:
            rewards[i] -= rules[POOL_COST]
            pool += 1
        if not kinds[i] & CONTRIBUTES:
            defectors += 1
    for i in range(n):
        if kinds[i] & (STAYS_OUT | POOL):
            continue
        if kinds[i] & CONTRIBUTES:
            rewards[i] -= pool * rules[SECOND_ORDER] * rules[POOL_FINE]
        else:
            rewards[i] -= pool * rules[POOL_FINE] + rules[LEVERAGE] * (rules[TAX] * participants) / defectors


@leaf_kernel
def play_events(kinds: Whole, rules: Array, words: Words, rewards: Array) -> None:
    """Play one round of one group; write `rewards`."""
    n = kinds.size
    participants, flags = n, 0
    for i in range(n):
        rewards[i] = 0.0
        flags |= kinds[i]
        if kinds[i] & STAYS_OUT:
            rewards[i] = rules[LONER_PAYOFF]
            participants -= 1
    if participants == 1:
        for i in range(n):
            rewards[i] = rules[LONER_PAYOFF]
    elif participants > 1:
        collect(kinds, rules, participants, words, rewards)
        if rules[TAX] > 0.0 or flags & POOL:
            institutions(kinds, rules, participants, rewards)
        if flags & (PUNISHES | ANTISOCIAL | REWARDS):
            sanction(kinds, rules, words, rewards)
    if flags & STAYS_OUT and flags & PUNISHES:
        for author in range(n):
            for target in range(n):
                if kinds[author] & PUNISHES and kinds[target] & STAYS_OUT:
                    rewards[target] -= rules[LONER_FINE]
                    rewards[author] -= rules[LONER_COST]


@parallel_kernel
def play_batch(kinds: Whole, rules: Array, words: Words, rewards: Array, squares: Array, rounds: int) -> None:
    """Copy `i` plays ``kinds[i]`` for some rounds: sums of rewards and of their squares, shape (copies, N)."""
    for i in prange(kinds.shape[0]):
        earned = np.zeros(kinds.shape[1])
        for _ in range(rounds):
            play_events(kinds[i], rules, words[i], earned)
            for j in range(earned.size):
                rewards[i, j] += earned[j]
                squares[i, j] += earned[j] * earned[j]


@leaf_kernel
def fill(numbers: Array, count: int, words: Words) -> None:
    """The next `count` numbers in [0, 1), as `uniform` makes them, with the state in registers."""
    a, b, c, w = words[0], words[1], words[2], words[3]
    for i in range(count):
        word = a + b + w
        a = b ^ (b >> U(11))
        b = c + (c << U(3))
        c = ((c << U(24)) | (c >> U(40))) + word
        w += U(1)
        numbers[i] = float(word >> U(11)) * UNIT
    words[0], words[1], words[2], words[3] = a, b, c, w


@leaf_kernel
def by_value(tables: Array, table: int, state: int, learner: Array, u: float, words: Words, weights: Array) -> int:
    """The action of a learner of values, epsilon-greedy or Boltzmann, by the number `u`; a tie draws another."""
    m: int = tables.shape[2]
    greedy = learner[RULE] == Q_GREEDY or learner[RULE] == SARSA_GREEDY
    if m == 2:
        gain = tables[table, state, 1] - tables[table, state, 0]
        if greedy:
            if gain == 0.0:
                return int(uniform(words) < 0.5)
            explores = u < learner[NOISE]
            return int((gain > 0.0) != (explores and (u < 0.5 * learner[NOISE]) == (gain > 0.0)))
        place = int(u * 256.0)  # T log(1/u - 1) against the gain; its bounds on this 256th mostly decide
        if gain < learner[BOUNDS + place + 1]:
            return 0
        if gain >= learner[BOUNDS + place]:
            return 1
        return 0 if u * (1.0 + np.exp(min(gain / learner[NOISE], 700.0))) < 1.0 else 1
    if greedy and u < learner[NOISE]:
        return min(m - 1, int(u / learner[NOISE] * m))
    best = tables[table, state, 0]
    for b in range(1, m):
        best = max(best, tables[table, state, b])
    if greedy:
        ties = 0
        for b in range(m):
            ties += tables[table, state, b] == best
        left = 0 if ties == 1 else int(uniform(words) * ties)
        for b in range(m):
            if tables[table, state, b] == best:
                if left == 0:
                    return b
                left -= 1
    total, scale = 0.0, 1.0 / learner[NOISE]
    for b in range(m):
        weights[0, b] = np.exp((tables[table, state, b] - best) * scale)
        total += weights[0, b]
    u *= total
    for b in range(m - 1):
        u -= weights[0, b]
        if u < 0.0:
            return b
    return m - 1


@leaf_kernel
def draw_from(chances: Array, i: int, u: float) -> int:
    """The action that the number `u` picks with the probabilities in row `i`."""
    last: int = chances.shape[1] - 1
    for b in range(last):
        u -= chances[i, b]
        if u < 0.0:
            return b
    return last


@leaf_kernel
def set_policy(tables: Array, table: int, state: int, rule: int, chances: Array, i: int) -> None:
    """Write the probabilities of a learner of policies to row `i`: the table's own (Cross), or their softmax."""
    m = tables.shape[2]
    if rule == CROSS:
        for b in range(m):
            chances[i, b] = tables[table, state, b]
        return
    best = tables[table, state, 0]
    for b in range(1, m):
        best = max(best, tables[table, state, b])
    total = 0.0
    for b in range(m):
        chances[i, b] = np.exp(tables[table, state, b] - best)
        total += chances[i, b]
    for b in range(m):
        chances[i, b] /= total


@leaf_kernel
def set_regretful(
    tables: Array, i: int, last: int, rule: int, inertia: float, explores: float, t: int, chances: Array
) -> bool:
    """Write the probabilities of a learner of regrets to row `i`; False if none is left to its last action."""
    m = tables.shape[2]
    if rule in (FICTITIOUS, EXTERNAL):
        total, best = 0.0, tables[i, 0, 0]
        for b in range(m):
            total += max(tables[i, 0, b], 0.0)
            best = max(best, tables[i, 0, b])
        ties = 0
        for b in range(m):
            ties += tables[i, 0, b] == best
        for b in range(m):
            if rule == FICTITIOUS:
                chances[i, b] = 1.0 / ties if tables[i, 0, b] == best else 0.0
            else:
                chances[i, b] = max(tables[i, 0, b], 0.0) / total if total > 0.0 else 1.0 / m
        return True
    if t == 0:
        for b in range(m):
            chances[i, b] = 1.0 / m
        return True
    stays = 1.0
    for b in range(m):
        if b != last:
            moves = max(tables[i, last, b], 0.0) / (inertia * t)
            if rule == PROXY:
                moves = (1.0 - explores) * min(moves, 1.0 / (m - 1)) + explores / m
            chances[i, b] = moves
            stays -= moves
    chances[i, last] = stays
    return stays >= 0.0


@leaf_kernel
def learn_policy(tables: Array, values: Array, place: Whole, learner: Array, moves: Array, chances: Array) -> bool:
    """One step of a learner of policies; `place`: table, state, action, next state, row; `moves`: reward and steps."""
    table, state, action, i = place[0], place[1], place[2], place[4]
    m, rule = tables.shape[2], int(learner[RULE])
    if rule == CROSS:
        worth = (moves[0] - learner[LOWEST]) / learner[RANGE]
        if worth < 0.0 or worth > 1.0:
            return False
        for b in range(m):
            tables[table, state, b] -= moves[1] * worth * tables[table, state, b]
        tables[table, state, action] += moves[1] * worth
        return True
    error = moves[0] + learner[DISCOUNT] * values[table, place[3]] - values[table, state]
    values[table, state] += moves[2] * error
    if rule == NATURAL:
        tables[table, state, action] += moves[1] * error / chances[i, action]
        return True
    for b in range(m):
        tables[table, state, b] -= moves[1] * error * chances[i, b]
    tables[table, state, action] += moves[1] * error
    return True


@leaf_kernel
def learn_regrets(
    tables: Array, i: int, action: int, rule: int, reward: float, payoffs: Array, index: int, chances: Array
) -> None:
    """One step of a learner of regrets: from the payoffs of all actions, or from its reward alone (`PROXY`)."""
    m = tables.shape[2]
    if rule == PROXY:
        for b in range(m):
            if b != action:
                tables[i, b, action] += chances[i, b] / chances[i, action] * reward
                tables[i, action, b] -= reward
        return
    for b in range(m):
        if rule == FICTITIOUS:
            tables[i, 0, b] += payoffs[b, index]
        else:
            row = 0 if rule == EXTERNAL else action
            tables[i, row, b] += payoffs[b, index] - payoffs[action, index]


@leaf_kernel
def settle_counts(counts: Whole, path: Whole, window: int, plays: Whole, recorded: bool) -> None:
    """Add what was counted since the last time to its window, and to the plays if these rounds are recorded."""
    for i in range(plays.shape[0]):
        for b in range(plays.shape[1]):
            path[window, b] += counts[i, b]
            if recorded:
                plays[i, b] += counts[i, b]
            counts[i, b] = 0


@kernel
def one_group_learns(
    players: Whole,
    rules: Array,
    plan: Whole,
    learner: Array,
    steps: Array,
    payoffs: Array,
    words: Words,
    out: Out,
) -> int:
    """Let the first learners of N players learn among their actions, shape of `players` (N, m); return how it ended.

    `out`: tables, values, visits, counts of recorded plays, sums of recorded rewards, plays by window, policies at the
    start of each window, recorded plays by own action and the others' composition, the final states.
    """
    tables, values, visits, plays, earned, path, policies, joint, states = out
    n, m, learners, windows = players.shape[0], players.shape[1], plan[LEARNERS], path.shape[0]
    rule, memory, joined, longest = int(learner[RULE]), plan[MEMORY] > 0, plan[JOINT] > 0, steps.shape[1] - 1
    informed = joined or (rule >= FICTITIOUS and rule != PROXY)
    sarsa = rule in (SARSA_GREEDY, SARSA_BOLTZMANN)
    kinds = players[:, 0].copy()
    chosen, before, rewards = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n)
    chances, place, moves = np.full((n, m), 1.0 / m), np.zeros(5, np.int64), np.zeros(3)
    after, acted, numbers = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n)
    counts = np.zeros((n, m), np.int64)
    if memory:  # a round that nobody earned anything in: everyone at random
        for i in range(learners):
            acted[i] = int(uniform(words) * m)
            kinds[i] = players[i, acted[i]]
        givers = 0
        for i in range(n):
            givers += kinds[i] & CONTRIBUTES
        for i in range(learners):
            states[i] = acted[i] * n + givers - (kinds[i] & CONTRIBUTES)
    uniform_rounds, recorded = plan[UNIFORM], plan[UNIFORM] + plan[BURN_IN]
    total, own_table, discount = recorded + plan[RECORDED], 0 if plan[ONE_TABLE] else 1, learner[DISCOUNT]
    window, until = -1, 0
    for t in range(total):
        opens = t == until
        if opens or t == recorded:
            settle_counts(counts, path, max(window, 0), plays, t > recorded)
            if opens:
                window += 1
                until = (window + 1) * total // windows
            if t == recorded:
                earned[:] = 0.0
        fill(numbers, learners, words)
        for i in range(learners):
            table = own_table * i
            if t < uniform_rounds:
                chosen[i] = int(numbers[i] * m)
            elif rule <= SARSA_BOLTZMANN:
                chosen[i] = by_value(tables, table, states[i], learner, numbers[i], words, chances)
            else:
                if rule <= NATURAL:
                    set_policy(tables, table, states[i], rule, chances, i)
                else:
                    explores = steps[1, min(t + 1, longest)]
                    if not set_regretful(tables, i, chosen[i], rule, learner[NOISE], explores, t, chances):
                        return TOO_LITTLE_INERTIA
                if opens:
                    for b in range(m):
                        policies[window, b] += chances[i, b] / learners
                chosen[i] = draw_from(chances, i, numbers[i])
            kinds[i] = players[i, chosen[i]]
        if sarsa and t > 0:
            for i in range(learners):
                table, a = own_table * i, acted[i]
                target = rewards[i] + discount * tables[table, states[i], chosen[i]]
                visits[table, before[i], a] += 1
                step = steps[0, min(visits[table, before[i], a], longest)]
                tables[table, before[i], a] += step * (target - tables[table, before[i], a])
        play_events(kinds, rules, words, rewards)
        givers, index = 0, 0
        if memory:
            for i in range(n):
                givers += kinds[i] & CONTRIBUTES
        if informed:
            for i in range(n):
                index += plan[PLACES + (kinds[i] >> SHIFT)]
        for i in range(learners):
            table, a = own_table * i, chosen[i]
            after[i] = a * n + givers - (kinds[i] & CONTRIBUTES) if memory else 0
            if rule <= Q_BOLTZMANN:
                target = rewards[i]
                if discount > 0.0:
                    best = tables[table, after[i], 0]
                    for b in range(1, m):
                        best = max(best, tables[table, after[i], b])
                    target += discount * best
                row, at, col = U(table), U(states[i]), U(a)  # unsigned: no test for indices from the end
                visit = visits[row, at, col] + 1
                visits[row, at, col] = visit
                value = tables[row, at, col]
                tables[row, at, col] = value + steps[U(0), U(min(visit, longest))] * (target - value)
            elif rule >= FICTITIOUS:
                others = index - plan[PLACES + (kinds[i] >> SHIFT)]
                learn_regrets(tables, i, a, rule, rewards[i], payoffs, others, chances)
            elif rule >= CROSS:
                place[0], place[1], place[2], place[3], place[4] = table, states[i], a, after[i], i
                moves[0], moves[1], moves[2] = rewards[i], steps[0, min(t + 1, longest)], steps[1, min(t + 1, longest)]
                if not learn_policy(tables, values, place, learner, moves, chances):
                    return REWARD_OUT_OF_RANGE
            counts[i, a] += 1
            earned[i] += rewards[i]
            if joined and t >= recorded:
                joint[i, a, index - plan[PLACES + (kinds[i] >> SHIFT)]] += 1
        if memory or sarsa:
            for i in range(learners):
                before[i], acted[i], states[i] = states[i], chosen[i], after[i]
    settle_counts(counts, path, window, plays, True)
    return FINE_SO_FAR


@parallel_kernel
def many_groups_learn(
    players: Whole,
    rules: Array,
    plan: Whole,
    learner: Array,
    steps: Array,
    payoffs: Array,
    words: Words,
    out: tuple[Array, Array, Whole, Whole, Array, Whole, Array, Whole, Whole, Whole],
) -> None:
    """Replicate `i` draws from ``words[i]`` and writes to the i-th part of every array of `out`; the last: its end."""
    tables, values, visits, plays, earned, path, policies, joint, states, ends = out
    for i in prange(words.shape[0]):
        own = (tables[i], values[i], visits[i], plays[i], earned[i], path[i], policies[i], joint[i], states[i])
        end = ends[i]  # a number written to an array of a tuple is lost in prange; to a view of it, it is not
        end[0] = one_group_learns(players, rules, plan, learner, steps, payoffs, words[i], own)
