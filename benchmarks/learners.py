"""Compiled learners against the same source run by Python, answers compared first."""

from platform import python_version
from statistics import median
from time import perf_counter
from typing import Any

import numba
import numpy as np

from experiments._environment_kernels import COLUMNS, many_groups, one_group
from experiments.environment import Environment, kind_codes
from experiments.learners import Steps
from gametheory.rng import spawn

GROUP = Environment(group_size=5, multiplication_factor=3.0, fine=1.0, punishment_cost=0.3, punishment_probability=0.1)
REPEATS = 5


def rows() -> list[dict[str, Any]]:
    """One row per choice rule, and one for all threads."""
    actions = np.stack([kind_codes(["P"] * 5, 5), kind_codes(["DP"] * 5, 5)], axis=1)
    return [
        _against_python("boltzmann", actions, np.array([1.0, 0.25, 0.0])),
        _against_python("epsilon-greedy", actions, np.array([0.0, 0.1, 0.0])),
        _threads(actions),
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
