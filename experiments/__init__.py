"""What learners do, and whether it is what the theory says they do."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from experiments.cases import Case, builtin_cases, crossvalidation_cases, published_game
    from experiments.environment import Environment, PlayedRewards, environment_of, play
    from experiments.learners import Boltzmann, EpsilonGreedy, Learned, Schedule, Steps, learn
    from experiments.observations import builtin_observations, crossvalidate, disagreements, measure_cases
    from experiments.pictures import plot_condition_curve
    from experiments.predictions import Estimate, Observation, Prediction, judge, observe
    from experiments.sweeps.dataset import open_sweep
    from experiments.sweeps.running import sweep

_MODULES: Final = {
    "open_sweep": "experiments.sweeps.dataset",
    "sweep": "experiments.sweeps.running",
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
    "Case": "experiments.cases",
    "builtin_cases": "experiments.cases",
    "builtin_observations": "experiments.observations",
    "crossvalidate": "experiments.observations",
    "disagreements": "experiments.observations",
    "measure_cases": "experiments.observations",
    "crossvalidation_cases": "experiments.cases",
    "published_game": "experiments.cases",
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
    "crossvalidation_cases",
    "disagreements",
    "environment_of",
    "judge",
    "learn",
    "measure_cases",
    "observe",
    "open_sweep",
    "play",
    "plot_condition_curve",
    "published_game",
    "sweep",
]

__getattr__ = exporter(__name__, _MODULES)
