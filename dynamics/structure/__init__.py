"""Structured populations: games on every closed neighborhood of a square lattice or a graph."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from dynamics.structure.evolution import Evolution, EvolutionEnding, evolve
    from dynamics.structure.fixations import StructuredFixation, simulate_fixation
    from dynamics.structure.pictures import plot_shares, plot_snapshot
    from dynamics.structure.populations import StructuredPopulation, block, player_payoffs, stripes
    from dynamics.structure.scaling import FiniteSizeTransition, crossings, finite_size_transition, moment_ratio
    from dynamics.structure.spaces import Neighborhood, Network, SquareLattice, network
    from dynamics.structure.transitions import (
        Probe,
        Transition,
        TransitionEnding,
        extinction_point,
        locate_transition,
    )
    from dynamics.structure.updates import DeathBirth, FermiImitation

_MODULES: Final = {
    "Evolution": "dynamics.structure.evolution",
    "EvolutionEnding": "dynamics.structure.evolution",
    "evolve": "dynamics.structure.evolution",
    "StructuredFixation": "dynamics.structure.fixations",
    "simulate_fixation": "dynamics.structure.fixations",
    "StructuredPopulation": "dynamics.structure.populations",
    "block": "dynamics.structure.populations",
    "player_payoffs": "dynamics.structure.populations",
    "stripes": "dynamics.structure.populations",
    "plot_shares": "dynamics.structure.pictures",
    "plot_snapshot": "dynamics.structure.pictures",
    "Neighborhood": "dynamics.structure.spaces",
    "FiniteSizeTransition": "dynamics.structure.scaling",
    "crossings": "dynamics.structure.scaling",
    "finite_size_transition": "dynamics.structure.scaling",
    "moment_ratio": "dynamics.structure.scaling",
    "Probe": "dynamics.structure.transitions",
    "Transition": "dynamics.structure.transitions",
    "TransitionEnding": "dynamics.structure.transitions",
    "extinction_point": "dynamics.structure.transitions",
    "locate_transition": "dynamics.structure.transitions",
    "Network": "dynamics.structure.spaces",
    "SquareLattice": "dynamics.structure.spaces",
    "network": "dynamics.structure.spaces",
    "DeathBirth": "dynamics.structure.updates",
    "FermiImitation": "dynamics.structure.updates",
}

__all__ = [
    "DeathBirth",
    "Evolution",
    "EvolutionEnding",
    "FermiImitation",
    "FiniteSizeTransition",
    "Neighborhood",
    "Network",
    "Probe",
    "SquareLattice",
    "StructuredFixation",
    "StructuredPopulation",
    "Transition",
    "TransitionEnding",
    "block",
    "crossings",
    "evolve",
    "extinction_point",
    "finite_size_transition",
    "locate_transition",
    "moment_ratio",
    "network",
    "player_payoffs",
    "plot_shares",
    "plot_snapshot",
    "simulate_fixation",
    "stripes",
]

__getattr__ = exporter(__name__, _MODULES)
