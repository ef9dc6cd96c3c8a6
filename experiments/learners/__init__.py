"""Learners that are told nothing of the theory."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from experiments.learners.choice import Boltzmann, EpsilonGreedy, Schedule, Steps
    from experiments.learners.groups import Learned, learn
    from experiments.learners.policies import ActorCritic, CrossLearning, NaturalPolicyGradient, PolicyGradient
    from experiments.learners.punishing import PunishingQLearning, PunishingResult, run_punishing_learners
    from experiments.learners.regrets import (
        ExternalRegretMatching,
        FictitiousPlay,
        ProxyRegretMatching,
        RegretMatching,
    )
    from experiments.learners.runs import LearnerResult, composition_index, run_learners
    from experiments.learners.values import QLearning, Sarsa

_MODULES: Final = {
    "Boltzmann": "experiments.learners.choice",
    "EpsilonGreedy": "experiments.learners.choice",
    "Schedule": "experiments.learners.choice",
    "Steps": "experiments.learners.choice",
    "Learned": "experiments.learners.groups",
    "learn": "experiments.learners.groups",
    "ActorCritic": "experiments.learners.policies",
    "CrossLearning": "experiments.learners.policies",
    "NaturalPolicyGradient": "experiments.learners.policies",
    "PolicyGradient": "experiments.learners.policies",
    "PunishingQLearning": "experiments.learners.punishing",
    "PunishingResult": "experiments.learners.punishing",
    "run_punishing_learners": "experiments.learners.punishing",
    "ExternalRegretMatching": "experiments.learners.regrets",
    "FictitiousPlay": "experiments.learners.regrets",
    "ProxyRegretMatching": "experiments.learners.regrets",
    "RegretMatching": "experiments.learners.regrets",
    "LearnerResult": "experiments.learners.runs",
    "composition_index": "experiments.learners.runs",
    "run_learners": "experiments.learners.runs",
    "QLearning": "experiments.learners.values",
    "Sarsa": "experiments.learners.values",
}

__all__ = [
    "ActorCritic",
    "Boltzmann",
    "CrossLearning",
    "EpsilonGreedy",
    "ExternalRegretMatching",
    "FictitiousPlay",
    "Learned",
    "LearnerResult",
    "NaturalPolicyGradient",
    "PolicyGradient",
    "ProxyRegretMatching",
    "PunishingQLearning",
    "PunishingResult",
    "QLearning",
    "RegretMatching",
    "Sarsa",
    "Schedule",
    "Steps",
    "composition_index",
    "learn",
    "run_learners",
    "run_punishing_learners",
]

__getattr__ = exporter(__name__, _MODULES)
