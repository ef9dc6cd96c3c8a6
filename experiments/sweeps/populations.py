"""Finite populations, point by point: the functions of `dynamics.finite` with each point's game."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dynamics.finite import (
    FinitePopulation,
    Moran,
    PairwiseComparison,
    chain,
    small_mutation_limit,
)
from dynamics.finite import stationary_distribution as stationary_distribution_of
from experiments.sweeps.points import Points


def stationary_distribution(points: Points) -> dict[str, Any]:
    """Long-run mean shares, shape (points, m), NaN where the solution is refused."""
    size = len(points.specification.game.strategies)
    shares, residuals = np.full((len(points), size), np.nan), np.full(len(points), np.nan)
    most, converged = np.full(len(points), -1, dtype=np.int32), np.zeros(len(points), dtype=np.bool_)
    for position, game, settings in points.each():
        links = chain(_population(game, settings), process=_process(settings), mutation_rate=settings["mutation_rate"])
        found = stationary_distribution_of(links)
        residuals[position], converged[position] = found.relative_residual, found.converged
        if found.converged:
            shares[position] = found.mean_shares
            most[position] = int(np.argmax(shares[position]))
    return {"share": shares, "residual": residuals, "most_frequent": most, "converged": converged}


def fixation(points: Points) -> dict[str, Any]:
    """Logarithms of all fixation probabilities, and long-run shares when mutations are rare."""
    size = len(points.specification.game.strategies)
    logs, shares = np.empty((len(points), size, size)), np.empty((len(points), size))
    most = np.full(len(points), -1, dtype=np.int32)
    for position, game, settings in points.each():
        found = small_mutation_limit(_population(game, settings), process=_process(settings))
        logs[position], shares[position] = found.log_fixation, found.shares
        most[position] = int(np.argmax(shares[position]))
    return {"log_fixation": logs, "share": shares, "most_frequent": most}


def _population(game: Any, settings: Mapping[str, Any]) -> FinitePopulation:
    return FinitePopulation(game, population_size=settings["population_size"])


def _process(settings: Mapping[str, Any]) -> PairwiseComparison | Moran:
    kind = PairwiseComparison if settings["process"] == "pairwise" else Moran
    return kind(selection_strength=settings["selection_strength"])
