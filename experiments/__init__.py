"""What learners do, and whether it is what the theory says they do."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from experiments.environment import Environment, PlayedRewards, environment_of, play
    from experiments.learners import Boltzmann, EpsilonGreedy, Learned, Schedule, Steps, learn
    from experiments.observations import (
        Case,
        builtin_cases,
        builtin_observations,
        crossvalidate,
        disagreements,
        published_game,
    )
    from experiments.pictures import plot_condition_curve
    from experiments.predictions import Estimate, Observation, Prediction, judge, observe

_MODULES: Final = {
    "Environment": "experiments.environment",
    "PlayedRewards": "experiments.environment",
    "environment_of": "experiments.environment",
    "play": "experiments.environment",
    "Boltzmann": "experiments.learners",
    "EpsilonGreedy": "experiments.learners",
    "Learned": "experiments.learners",
    "Schedule": "experiments.learners",
    "Steps": "experiments.learners",
    "learn": "experiments.learners",
    "Case": "experiments.observations",
    "builtin_cases": "experiments.observations",
    "builtin_observations": "experiments.observations",
    "crossvalidate": "experiments.observations",
    "disagreements": "experiments.observations",
    "published_game": "experiments.observations",
    "plot_condition_curve": "experiments.pictures",
    "Estimate": "experiments.predictions",
    "Observation": "experiments.predictions",
    "Prediction": "experiments.predictions",
    "judge": "experiments.predictions",
    "observe": "experiments.predictions",
}

__all__ = [
    "Boltzmann",
    "Case",
    "Environment",
    "EpsilonGreedy",
    "Estimate",
    "Learned",
    "Observation",
    "PlayedRewards",
    "Prediction",
    "Schedule",
    "Steps",
    "builtin_cases",
    "builtin_observations",
    "crossvalidate",
    "disagreements",
    "environment_of",
    "judge",
    "learn",
    "observe",
    "play",
    "plot_condition_curve",
    "published_game",
]

__getattr__ = exporter(__name__, _MODULES)
