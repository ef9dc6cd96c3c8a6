"""Learners at each point: the only quantity that draws, from the point's own seed."""

from collections.abc import Mapping
from math import sqrt
from typing import Any

import numpy as np

from experiments.environment import environment_of
from experiments.learners.choice import Boltzmann, Schedule, Steps
from experiments.learners.groups import learn
from experiments.sweeps.points import Points
from gametheory.errors import require
from gametheory.exact import to_float


def learners(points: Points) -> dict[str, Any]:
    """Share of contributions of Boltzmann learners among punishers, its standard error, and their mean reward."""
    share, error, reward = (np.full(len(points), np.nan) for _ in range(3))
    contribute = np.full(len(points), -1, dtype=np.int8)
    for position, game, settings in points.each():
        environment = environment_of(game)
        learning = settings["learners"]
        require(learning <= environment.group_size, "learners", learning, "at most group_size")
        found = learn(
            environment,
            actions=("C", "D"),
            co_players=["P"] * (environment.group_size - learning),
            choice=Boltzmann(temperature=to_float(settings["temperature"])),
            steps=Steps(),
            schedule=Schedule(
                rounds=settings["rounds"], uniform_rounds=settings["uniform_rounds"], replicates=settings["groups"]
            ),
            seed=points.seed(position),
        )
        means = found.shares.mean(axis=1)
        share[position], reward[position] = means.mean(), found.rewards.mean()
        error[position] = means.std(ddof=1) / sqrt(means.size)
        far = share[position] - 0.5
        if abs(far) > 2 * error[position]:
            contribute[position] = int(far > 0)
    return {"share": share, "standard_error": error, "reward": reward, "contribute": contribute}


def check_learners(game: Any, settings: Mapping[str, Any]) -> None:
    """Refuse more learners than players."""
    number = settings.get("learners")
    require(number is None or number <= game.group_size, "parameters.learners", number, "at most group_size")
