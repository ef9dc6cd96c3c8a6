"""Finite populations: selection, fixation, rare and frequent mutation, simulation."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from dynamics.finite.chains import Chain, StationaryDistribution, chain, stationary_distribution
    from dynamics.finite.exact import (
        exact_fixation_probability,
        exact_population_payoffs,
        exact_small_mutation_shares,
        exact_stationary_distribution,
    )
    from dynamics.finite.fixations import Fixation, SmallMutationLimit, fixation, small_mutation_limit
    from dynamics.finite.populations import FinitePopulation, gradient_of_selection, population_payoffs
    from dynamics.finite.processes import Fitness, Moran, PairwiseComparison
    from dynamics.finite.simulations import Simulation, simulate

_MODULES: Final = {
    "Chain": "dynamics.finite.chains",
    "StationaryDistribution": "dynamics.finite.chains",
    "chain": "dynamics.finite.chains",
    "stationary_distribution": "dynamics.finite.chains",
    "exact_fixation_probability": "dynamics.finite.exact",
    "exact_population_payoffs": "dynamics.finite.exact",
    "exact_small_mutation_shares": "dynamics.finite.exact",
    "exact_stationary_distribution": "dynamics.finite.exact",
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
}

__all__ = [
    "Chain",
    "FinitePopulation",
    "Fitness",
    "Fixation",
    "Moran",
    "PairwiseComparison",
    "Simulation",
    "SmallMutationLimit",
    "StationaryDistribution",
    "chain",
    "exact_fixation_probability",
    "exact_population_payoffs",
    "exact_small_mutation_shares",
    "exact_stationary_distribution",
    "fixation",
    "gradient_of_selection",
    "population_payoffs",
    "simulate",
    "small_mutation_limit",
    "stationary_distribution",
]

__getattr__ = exporter(__name__, _MODULES)
