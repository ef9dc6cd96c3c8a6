"""Where EGTtools is installed, its answers on random games are ours."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dynamics import mean_dynamics
from dynamics.finite import (
    FinitePopulation,
    PairwiseComparison,
    chain,
    gradient_of_selection,
    small_mutation_limit,
    stationary_distribution,
)
from gametheory import PayoffTable, game_from_payoffs, payoff_table
from gametheory.compositions import compositions, number_of_compositions, rank

Array = NDArray[np.float64]
WITHIN = 1e-8


def random_table(seed: int) -> PayoffTable:
    """Two or three strategies, groups of two to five, payoffs of [-1, 1]."""
    rng = np.random.default_rng(seed)
    parts, size = int(rng.integers(2, 4)), int(rng.integers(2, 6))
    values = rng.uniform(-1, 1, (parts, number_of_compositions(size - 1, parts)))
    return payoff_table(game_from_payoffs(values, list("ABC")[:parts], group_size=size))


def whole_groups(table: PayoffTable) -> Array:
    """Payoffs by the composition of the whole group, oneself included, as EGTtools has them."""
    groups = compositions(table.group_size, len(table.strategies)).tolist()
    ours, values = table.as_array(), np.zeros((len(table.strategies), len(groups)))
    for column, group in enumerate(groups):
        for i in np.flatnonzero(group):
            values[i, column] = ours[i, rank([k - (j == i) for j, k in enumerate(group)])]
    return values


@pytest.mark.parametrize("seed", range(50))
def test_fixation_and_the_long_run_of_random_games_agree(seed: int) -> None:
    games = pytest.importorskip("egttools.games")
    analytical = pytest.importorskip("egttools.analytical")
    utils = pytest.importorskip("egttools.utils")
    table, size = random_table(seed), 7 + seed % 6
    parts = len(table.strategies)
    holder: Any  # EGTtools reads freed memory once nobody holds its game
    if table.group_size == 2:
        holder = games.Matrix2PlayerGameHolder(parts, table.as_array())
    else:
        holder = games.MatrixNPlayerGameHolder(parts, table.group_size, whole_groups(table))
    model = analytical.PairwiseComparison(size, holder)
    process = PairwiseComparison(selection_strength=0.5)
    population = FinitePopulation(table, size)

    fixation = np.asarray(model.calculate_transition_and_fixation_matrix_sml(0.5)[1]) + np.eye(parts) / size
    assert small_mutation_limit(population, process=process).fixation == pytest.approx(fixation, abs=WITHIN)

    theirs = model.calculate_transition_matrix(0.5, 0.01).toarray()
    links = chain(population, process=process, mutation_rate=0.01)
    assert links.matrix().toarray() == pytest.approx(theirs, abs=WITHIN)
    long_run = utils.calculate_stationary_distribution(theirs.T)
    assert stationary_distribution(links).shares == pytest.approx(long_run, abs=WITHIN)

    if parts == 2:
        gradient = [model.calculate_gradient_of_selection(0.5, state)[0] for state in compositions(size, 2)[1:-1]]
        ours = gradient_of_selection(population, population_size=size, process=process)
        assert ours[1:-1][::-1] == pytest.approx(np.array(gradient), abs=WITHIN)


@pytest.mark.parametrize("seed", range(10))
def test_velocities_of_random_games_agree(seed: int) -> None:
    analytical = pytest.importorskip("egttools.analytical")
    table = random_table(seed)
    dynamics = mean_dynamics(table)
    for point in np.random.default_rng(seed).dirichlet(np.ones(len(table.strategies)), 5):
        theirs = analytical.replicator_equation_n_player(point, whole_groups(table), table.group_size)
        assert dynamics(0.0, point) == pytest.approx(theirs, abs=1e-12)
