from typing import Any

import numba
import numpy as np
import pytest

from dynamics.finite import (
    Chain,
    FinitePopulation,
    Moran,
    PairwiseComparison,
    chain,
    fixation,
    simulate,
    stationary_distribution,
)
from dynamics.finite._simulation_kernels import one_walk
from gametheory import InvalidParameter, NotConverged, game_from_payoffs

from ._populations import optional_game

FERMI = PairwiseComparison(selection_strength=1)


def links_of(rate: float, size: int = 12) -> Chain:
    return chain(FinitePopulation(optional_game("CDL", size=4), size), process=FERMI, mutation_rate=rate)


@pytest.mark.parametrize("rate", [0.3, 0.02])
def test_walks_spend_their_time_as_the_long_run_says(rate: float) -> None:
    links = links_of(rate)
    walks = simulate(links, runs=60, steps=40_000, burn_in=4000, seed=20250101)

    exact = stationary_distribution(links)

    assert walks.visits.sum() == 60 * 40_000
    assert np.all(np.abs(walks.mean_shares - exact.mean_shares) < 4 * walks.standard_errors)
    spread = walks.visits.std(axis=0, ddof=1) / np.sqrt(60) / 40_000
    often = exact.shares > 1e-3
    assert np.mean(np.abs(walks.shares - exact.shares)[often] < 3 * spread[often]) > 0.95


def test_a_mutant_takes_over_as_often_as_its_fixation_probability_says() -> None:
    game = game_from_payoffs([[1, 1], [2, 2]], ["A", "B"])
    process = Moran(selection_strength=0.2)
    population = FinitePopulation(game, 10)
    exact = fixation(population, resident="A", invader="B", process=process)

    walks = simulate(chain(population, process=process, mutation_rate=0), runs=4000, steps=5000, seed=7, start=[9, 1])

    ends = walks.visits[:, [0, -1]] > 0
    assert ends.sum(axis=1).tolist() == [1] * 4000
    p = exact.probability
    assert abs(ends[:, 1].mean() - p) < 4 * np.sqrt(p * (1 - p) / 4000)
    times = walks.visits[:, 1:-1].sum(axis=1)
    assert abs(times.mean() - exact.time) < 4 * times.std() / np.sqrt(4000)
    fixed = times[ends[:, 1]]
    assert abs(fixed.mean() - exact.conditional_time) < 4 * fixed.std() / np.sqrt(len(fixed))


def test_walks_do_not_depend_on_the_number_of_threads_or_of_runs() -> None:
    links = links_of(0.1)
    many = simulate(links, runs=8, steps=2000, seed=3)
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        alone = simulate(links, runs=8, steps=2000, seed=3)
        fewer = simulate(links, runs=3, steps=2000, seed=3)
    finally:
        numba.set_num_threads(threads)

    assert np.array_equal(many.visits, alone.visits)
    assert np.array_equal(many.visits[:3], fewer.visits)


def test_a_compiled_walk_equals_its_python_source() -> None:
    links = links_of(0.2, 6)
    ladders = links.rates.reshape(len(links.states), -1).cumsum(axis=1)
    targets = links.neighbors.reshape(len(links.states), -1)
    for seed in range(3):
        outs = [np.zeros(len(links.states), dtype=np.int64) for _ in range(2)]
        one_walk(ladders, targets, 0, 5, 300, np.random.default_rng(seed), outs[0])
        one_walk.py_func(ladders, targets, 0, 5, 300, np.random.default_rng(seed), outs[1])
        assert np.array_equal(outs[0], outs[1])
        assert outs[0].sum() == 300


def test_the_first_step_counted_is_the_one_after_the_burn_in() -> None:
    links = links_of(0.5, 6)
    whole = simulate(links, runs=4, steps=50, seed=1, start=[2, 2, 2])
    first = simulate(links, runs=4, steps=1, seed=1, start=[2, 2, 2])
    late = simulate(links, runs=4, steps=30, burn_in=20, seed=1, start=[2, 2, 2])
    early = simulate(links, runs=4, steps=20, seed=1, start=[2, 2, 2])

    assert first.states[first.visits[0].argmax()].tolist() == [2, 2, 2]
    assert np.array_equal(early.visits + late.visits, whole.visits)


@pytest.mark.parametrize(
    ("name", "value"),
    [("runs", 0), ("runs", 10**7), ("steps", 0), ("steps", 1.5), ("burn_in", -1), ("seed", -1), ("seed", None)],
)
def test_numbers_outside_their_domain_are_refused_by_name(name: str, value: Any) -> None:
    good: dict[str, Any] = {"runs": 2, "steps": 10, "seed": 1, "burn_in": 0}
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        simulate(links_of(0.1), **{**good, name: value})


def test_states_that_are_none_and_errors_of_one_run_are_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^counts must be "):
        simulate(links_of(0.1), runs=1, steps=1, seed=1, start=[1, 1, 1])
    with pytest.raises(NotConverged, match="raise runs"):
        simulate(links_of(0.1), runs=1, steps=10, seed=1).standard_errors  # noqa: B018
