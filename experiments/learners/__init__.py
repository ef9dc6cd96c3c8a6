"""Learners that are told nothing of the theory."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from experiments.learners.choice import Boltzmann, EpsilonGreedy, Schedule, Steps
    from experiments.learners.groups import Learned, learn

_MODULES: Final = {
    "Boltzmann": "experiments.learners.choice",
    "EpsilonGreedy": "experiments.learners.choice",
    "Schedule": "experiments.learners.choice",
    "Steps": "experiments.learners.choice",
    "Learned": "experiments.learners.groups",
    "learn": "experiments.learners.groups",
}

__all__ = ["Boltzmann", "EpsilonGreedy", "Learned", "Schedule", "Steps", "learn"]

__getattr__ = exporter(__name__, _MODULES)
