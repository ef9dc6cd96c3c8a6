"""Compiled learners against the same source run by Python, a PettingZoo loop and OpenSpiel, answers compared first."""

from importlib.metadata import PackageNotFoundError, version
from itertools import product
from math import exp, sqrt
from platform import python_version
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numba
import numpy as np

from experiments._environment_kernels import COLUMNS, many_groups, one_group
from experiments.environment import Environment, kind_codes
from experiments.learners import Boltzmann, EpsilonGreedy, QLearning, Steps, run_learners
from gametheory import PublicGoodsGame
from gametheory.rng import spawn

GROUP = Environment(group_size=5, multiplication_factor=3.0, fine=1.0, punishment_cost=0.3, punishment_probability=0.1)
REPEATS = 5

# The linear game, without and with punishers that are drawn, and what is learnt in it by every one of five players.
STEP = Steps(rate=0.1, exponent=0)
PLAIN = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
PUNISHED = PublicGoodsGame(
    group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10", punishment_probability="1/10"
)
GREEDY = QLearning(choice=EpsilonGreedy(exploration=0.1), steps=STEP)
CASES = (
    ("epsilon-greedy", PLAIN, GREEDY),
    ("boltzmann", PLAIN, QLearning(choice=Boltzmann(temperature=0.25), steps=STEP)),
    ("boltzmann-of-three", PUNISHED, QLearning(choice=Boltzmann(temperature=0.25), steps=STEP)),
)


def rows() -> list[dict[str, Any]]:
    """One row per choice rule, and one for all threads."""
    actions = np.stack([kind_codes(["P"] * 5, 5), kind_codes(["DP"] * 5, 5)], axis=1)
    return [
        _against_python("boltzmann", actions, np.array([1.0, 0.25, 0.0])),
        _against_python("epsilon-greedy", actions, np.array([0.0, 0.1, 0.0])),
        _threads(actions),
        *(_against_pettingzoo(name, game, learner) for name, game, learner in CASES),
        _against_open_spiel(),
    ]


def _against_python(rule: str, actions: np.ndarray[Any, Any], choice: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The same 400 rounds of five learners, compiled and interpreted, in turn."""
    phases = np.array([50, 150, 200])
    steps = Steps(exponent=0.75).sizes(400)
    compiled, plain = np.zeros((5, COLUMNS)), np.zeros((5, COLUMNS))
    one_group(actions, 5, GROUP.stage, steps, choice, phases, np.random.default_rng(0), compiled)
    one_group.py_func(actions, 5, GROUP.stage, steps, choice, phases, np.random.default_rng(0), plain)
    ours: list[float] = []
    theirs: list[float] = []
    for seed in range(REPEATS):
        for function, times in ((one_group, ours), (one_group.py_func, theirs)):
            rng, out = np.random.default_rng(seed), np.zeros((5, COLUMNS))
            start = perf_counter()
            function(actions, 5, GROUP.stage, steps, choice, phases, rng, out)
            times.append(perf_counter() - start)
    return _row(
        f"learners/{rule}",
        "the same source, interpreted",
        median(ours),
        median(theirs),
        bool(np.array_equal(compiled, plain)),
        f"5 learners x 400 rounds; {5 * 400 / median(ours):.2g} choices per second on one core",
    )


def _threads(actions: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The same replicates with one thread and with all."""
    replicates, rounds = 32, 20_000
    stages = np.tile(GROUP.stage, (replicates, 1))
    steps = Steps(exponent=0.75).sizes(rounds)
    choice, phases = np.array([1.0, 0.25, 0.0]), np.array([400, 0, rounds - 400])
    threads = numba.get_num_threads()
    times: dict[int, list[float]] = {1: [], threads: []}
    outs = {}
    try:
        for attempt in range(REPEATS + 1):
            for number in times:
                numba.set_num_threads(number)
                outs[number] = np.zeros((replicates, 5, COLUMNS))
                rngs = spawn(attempt, replicates)
                start = perf_counter()
                many_groups(actions, 5, stages, steps, choice, phases, rngs, outs[number])
                if attempt:  # the first one compiles
                    times[number].append(perf_counter() - start)
    finally:
        numba.set_num_threads(threads)
    ours = median(times[threads])
    note = f"{replicates * rounds * 5 / ours:.2g} choices per second with {threads} threads"
    same = bool(np.array_equal(outs[1], outs[threads]))
    return _row("learners/threads", "one thread", ours, median(times[1]), same, note)


def _against_pettingzoo(name: str, game: PublicGoodsGame, learner: QLearning) -> dict[str, Any]:
    """Five learners of the same rule: one core of ours beside a loop over the PettingZoo environment in Python.

    Seconds are of processor time, which a busy machine does not stretch, per agent-step. Shares of actions of
    independent runs agree within four standard errors.
    """
    try:
        from experiments.parallel_environment import public_goods_environment

        group = public_goods_environment(game, seed=1, rounds=1000)
    except ImportError:
        return _missing(f"learners/{name}", "PettingZoo loop in Python")
    theirs, firsts = [], []
    for seed in range(REPEATS + 3):
        start = process_time()
        firsts.append(_loop(group, learner, seed))
        theirs.append((process_time() - start) / 5000)
    return _beside(
        f"learners/{name}", "PettingZoo loop in Python", version("pettingzoo"), (game, learner), firsts, theirs
    )


def _loop(group: Any, learner: QLearning, seed: int) -> float:
    """Share of the first action in 1000 rounds of learners in plain Python, of which the first 200 do not count."""
    observations, _ = group.reset(seed=seed)
    draw = np.random.default_rng(seed).random
    agents, m, noise = list(observations), group.action_space("player_0").n, learner.choice.noise
    greedy = isinstance(learner.choice, EpsilonGreedy)
    tables = {agent: [0.0] * m for agent in agents}
    firsts, rounds = 0, 0
    while group.agents:
        actions = {}
        for agent in agents:
            table, u = tables[agent], draw()
            if not greedy:
                weights = [exp(q / noise) for q in table]
                u, action = u * sum(weights), 0
                while action < m - 1 and u >= weights[action]:
                    u -= weights[action]
                    action += 1
            elif u < noise:
                action = int(u / noise * m)
            else:
                best = max(table)
                ties = [a for a in range(m) if table[a] == best]
                action = ties[0] if len(ties) == 1 else ties[int(draw() * len(ties))]
            actions[agent] = action
        _, rewards, _, _, _ = group.step(actions)
        for agent, action in actions.items():
            tables[agent][action] += 0.1 * (rewards[agent] - tables[agent][action])
        rounds += 1
        if rounds > 200:
            firsts += sum(action == 0 for action in actions.values())
    return firsts / (5 * (rounds - 200))


def _against_open_spiel() -> dict[str, Any]:
    """Five of OpenSpiel's tabular Q-learners in the same game as a tensor of payoffs; seconds as above."""
    name, peer = "learners/epsilon-greedy", "OpenSpiel tabular_qlearner"
    try:
        import pyspiel
        from open_spiel.python import rl_environment, rl_tools
        from open_spiel.python.algorithms.tabular_qlearner import QLearner

        number = version("open_spiel")
    except (ImportError, PackageNotFoundError):
        return _missing(name, peer)
    profiles = list(product(range(2), repeat=5))
    payoffs = np.zeros((5, *[2] * 5))
    for profile in profiles:
        for i, own in enumerate(profile):
            givers = profile.count(0) - (own == 0)
            payoffs[(i, *profile)] = float(PLAIN.payoff("CD"[own], (givers, 4 - givers)))
    world = rl_environment.Environment(pyspiel.create_tensor_game(list(payoffs)))
    theirs, firsts = [], []
    for _ in range(REPEATS):
        schedule = rl_tools.ConstantSchedule(0.1)
        agents = [QLearner(player_id=i, num_actions=2, step_size=0.1, epsilon_schedule=schedule) for i in range(5)]
        played = 0
        start = process_time()
        for round_number in range(1000):
            now = world.reset()
            actions = [agent.step(now).action for agent in agents]
            after = world.step(actions)
            for agent in agents:
                agent.step(after)
            if round_number >= 200:
                played += actions.count(0)
        theirs.append((process_time() - start) / 5000)
        firsts.append(played / 4000)
    return _beside(name, peer, number, (PLAIN, GREEDY), firsts, theirs)


def _beside(
    name: str, peer: str, number: str, case: tuple[PublicGoodsGame, QLearning], firsts: list[float], theirs: list[float]
) -> dict[str, Any]:
    """Our time per agent-step on one core, and whether the shares of both agree within four standard errors."""
    game, learner = case
    found = run_learners(game, learner, rounds=800, burn_in=200, replicates=200, seed=3, threads=1)
    own = found.shares[:, :, 0].mean(axis=1)
    error = sqrt(own.var(ddof=1) / own.size + np.var(firsts, ddof=1) / len(firsts))
    same = bool(abs(own.mean() - np.mean(firsts)) <= 4 * error)
    ours = []
    for seed in range(REPEATS):
        start = process_time()
        timed = run_learners(game, learner, rounds=100_000, replicates=4, seed=seed, threads=1)
        ours.append((process_time() - start) / timed.agent_steps)
    note = f"per agent-step; {1 / median(ours):.2g} agent-steps per second on one core, theirs {1 / median(theirs):.2g}"
    row = _row(name, peer, median(ours), median(theirs), same, note)
    return row | {"version": f"{number}, Python {python_version()}, numba {numba.__version__}"}


def _missing(name: str, peer: str) -> dict[str, Any]:
    empty = {"version": "not installed", "ours_s": 0.0, "peer_s": None, "ratio": None, "same_answer": None}
    return {"name": name, "peer": peer, **empty, "note": ""}


def _row(name: str, peer: str, ours: float, theirs: float, same: bool, note: str) -> dict[str, Any]:
    return {
        "name": name,
        "peer": peer,
        "version": f"Python {python_version()}, numba {numba.__version__}",
        "ours_s": ours,
        "peer_s": theirs,
        "ratio": theirs / ours,
        "same_answer": same,
        "note": note,
    }
