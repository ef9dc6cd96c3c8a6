"""Structured populations: games on every closed neighborhood of a square lattice or a graph."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from dynamics.structure.evolution import Evolution, EvolutionEnding, evolve
    from dynamics.structure.fixations import StructuredFixation, simulate_fixation
    from dynamics.structure.populations import StructuredPopulation, block, player_payoffs, stripes
    from dynamics.structure.spaces import Neighborhood, Network, SquareLattice, network
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
    "Neighborhood": "dynamics.structure.spaces",
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
    "Neighborhood",
    "Network",
    "SquareLattice",
    "StructuredFixation",
    "StructuredPopulation",
    "block",
    "evolve",
    "network",
    "player_payoffs",
    "simulate_fixation",
    "stripes",
]

__getattr__ = exporter(__name__, _MODULES)
