"""What populations do: mean dynamics, their rest points, and pictures of both."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from dynamics.finite.chains import Chain, StationaryDistribution, chain, stationary_distribution
    from dynamics.finite.fixations import Fixation, SmallMutationLimit, fixation, small_mutation_limit
    from dynamics.finite.populations import FinitePopulation, gradient_of_selection, population_payoffs
    from dynamics.finite.processes import Fitness, Moran, PairwiseComparison
    from dynamics.finite.simulations import Simulation, simulate
    from dynamics.mean import MeanDynamics, Trajectories, mean_dynamics, trajectories
    from dynamics.multipopulation import (
        PayoffTensors,
        by_population,
        multi_population_dynamics,
        payoff_tensors,
    )
    from dynamics.pictures import plot_simplex
    from dynamics.protocols import (
        BoltzmannLearning,
        BrownVonNeumannNash,
        Imitation,
        Logit,
        NormalizedReplicator,
        Replicator,
        ReplicatorMutator,
        Smith,
    )
    from dynamics.replicator import (
        Agreement,
        Ending,
        Trajectory,
        agreement,
        classify_limit,
        long_run,
        trajectory,
        velocity,
    )
    from dynamics.restpoints import RestPoints, rest_points, stable_equilibria

_MODULES: Final = {
    "Chain": "dynamics.finite.chains",
    "StationaryDistribution": "dynamics.finite.chains",
    "chain": "dynamics.finite.chains",
    "stationary_distribution": "dynamics.finite.chains",
    "Fixation": "dynamics.finite.fixations",
    "SmallMutationLimit": "dynamics.finite.fixations",
    "fixation": "dynamics.finite.fixations",
    "small_mutation_limit": "dynamics.finite.fixations",
    "FinitePopulation": "dynamics.finite.populations",
    "gradient_of_selection": "dynamics.finite.populations",
    "population_payoffs": "dynamics.finite.populations",
    "Fitness": "dynamics.finite.processes",
    "Moran": "dynamics.finite.processes",
    "PairwiseComparison": "dynamics.finite.processes",
    "Simulation": "dynamics.finite.simulations",
    "simulate": "dynamics.finite.simulations",
    "RestPoints": "dynamics.restpoints",
    "rest_points": "dynamics.restpoints",
    "stable_equilibria": "dynamics.restpoints",
    "plot_simplex": "dynamics.pictures",
    "Agreement": "dynamics.replicator",
    "Ending": "dynamics.replicator",
    "Trajectory": "dynamics.replicator",
    "agreement": "dynamics.replicator",
    "classify_limit": "dynamics.replicator",
    "long_run": "dynamics.replicator",
    "trajectory": "dynamics.replicator",
    "velocity": "dynamics.replicator",
    "MeanDynamics": "dynamics.mean",
    "Trajectories": "dynamics.mean",
    "mean_dynamics": "dynamics.mean",
    "trajectories": "dynamics.mean",
    "PayoffTensors": "dynamics.multipopulation",
    "by_population": "dynamics.multipopulation",
    "multi_population_dynamics": "dynamics.multipopulation",
    "payoff_tensors": "dynamics.multipopulation",
    "NormalizedReplicator": "dynamics.protocols",
    "BoltzmannLearning": "dynamics.protocols",
    "BrownVonNeumannNash": "dynamics.protocols",
    "Imitation": "dynamics.protocols",
    "Logit": "dynamics.protocols",
    "Replicator": "dynamics.protocols",
    "ReplicatorMutator": "dynamics.protocols",
    "Smith": "dynamics.protocols",
}

__all__ = [
    "Agreement",
    "BoltzmannLearning",
    "BrownVonNeumannNash",
    "Chain",
    "Ending",
    "FinitePopulation",
    "Fitness",
    "Fixation",
    "Imitation",
    "Logit",
    "MeanDynamics",
    "Moran",
    "NormalizedReplicator",
    "PairwiseComparison",
    "PayoffTensors",
    "Replicator",
    "ReplicatorMutator",
    "RestPoints",
    "Simulation",
    "SmallMutationLimit",
    "Smith",
    "StationaryDistribution",
    "Trajectories",
    "Trajectory",
    "agreement",
    "by_population",
    "chain",
    "classify_limit",
    "fixation",
    "gradient_of_selection",
    "long_run",
    "mean_dynamics",
    "multi_population_dynamics",
    "payoff_tensors",
    "plot_simplex",
    "population_payoffs",
    "rest_points",
    "simulate",
    "small_mutation_limit",
    "stable_equilibria",
    "stationary_distribution",
    "trajectories",
    "trajectory",
    "velocity",
]

__getattr__ = exporter(__name__, _MODULES)
