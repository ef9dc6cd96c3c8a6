"""Records, their means and errors, endings, and published shares of contributors on the square lattice."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import ttest_ind

from dynamics.structure import (
    DeathBirth,
    EvolutionEnding,
    FermiImitation,
    SquareLattice,
    StructuredPopulation,
    block,
    evolve,
    stripes,
)
from dynamics.structure.records import Blocks, blocks_of
from gametheory import InvalidParameter, NotConverged, PublicGoodsGame, game_from_payoffs

from ._structures import made, random_game

HALF = FermiImitation(imitation_noise=0.5)


def contributors(r: float, side: int) -> StructuredPopulation:
    game = PublicGoodsGame(group_size=5, multiplication_factor=r, strategies=["C", "D"])
    return StructuredPopulation(game, SquareLattice(side))


def punishers(fine: float, side: int) -> StructuredPopulation:
    """r = 3.5, cost 0.2; fines and costs are divided among the four others, as the published numbers are."""
    game = PublicGoodsGame(group_size=5, multiplication_factor=3.5, fine=fine / 4, punishment_cost=0.2 / 4)
    return StructuredPopulation(game, SquareLattice(side))


# Records.


def autoregressive(rho: float, runs: int, samples: int, seed: int) -> Any:
    noise = np.random.default_rng(seed).normal(size=(runs, samples))
    noise[:, 0] /= np.sqrt(1 - rho**2)
    return lfilter([1.0], [1.0, -rho], noise, axis=1)[..., None]


@pytest.mark.parametrize("rho", [0.0, 0.9, 0.99])
@pytest.mark.parametrize("runs", [1, 4])
def test_block_errors_cover_the_mean_of_correlated_records_as_often_as_they_say(rho: float, runs: int) -> None:
    z = []
    for seed in range(400):
        blocks = blocks_of(autoregressive(rho, runs, 1000, seed))
        assert blocks is not None
        z.append(float(blocks.means.mean() / blocks.standard_errors[0]))

    spread = np.sqrt(np.mean(np.square(z)))
    assert 0.8 < spread < (1.5 if rho > 0.9 and runs == 1 else 1.1)  # ten correlation times are few
    assert np.mean(np.abs(z) > 4) < 0.02


def test_independent_numbers_have_the_textbook_error() -> None:
    record = np.random.default_rng(1).normal(size=(1, 20, 1))
    blocks = blocks_of(record)

    assert blocks is not None
    assert blocks.standard_errors[0] == pytest.approx(record.std(ddof=1) / np.sqrt(20), rel=1e-12)
    assert abs(blocks.correlation[0]) < 0.5


def test_blocks_that_are_too_short_are_told_by_their_correlation() -> None:
    slow = blocks_of(autoregressive(0.995, 8, 1000, 1))
    fast = blocks_of(autoregressive(0.5, 8, 1000, 1))

    assert slow is not None
    assert fast is not None
    assert slow.correlation[0] > 0.3 > fast.correlation[0]
    plain = slow.means.std(ddof=1) / np.sqrt(slow.means.size)
    assert slow.standard_errors[0] > 1.3 * plain


def test_what_does_not_fill_the_blocks_is_left_out_at_the_beginning() -> None:
    record = np.arange(45.0).reshape(1, 45, 1)
    blocks = blocks_of(record)

    assert blocks is not None
    assert blocks.means.shape == (1, 20, 1)
    assert blocks.means[0, :, 0].tolist() == np.arange(5.5, 45, 2).tolist()
    assert blocks_of(record[:, :7]) is None
    short = blocks_of(record[:, :9])
    assert short is not None
    assert short.means.shape == (1, 8, 1)


def test_several_runs_that_differ_have_the_error_of_their_differences() -> None:
    means = np.array([[[0.0]] * 10, [[1.0]] * 10])
    assert Blocks(means).standard_errors[0] == pytest.approx(0.5)


def test_a_drift_is_measured_in_errors_about_the_halves() -> None:
    rng = np.random.default_rng(2)
    alone = rng.normal(size=(1, 20, 1))
    assert Blocks(alone).drift[0] == pytest.approx(ttest_ind(alone[0, 10:, 0], alone[0, :10, 0]).statistic, rel=1e-12)
    still, moving = [], []
    for _ in range(300):
        record = rng.normal(size=(3, 200, 1))
        blocks = blocks_of(record)
        assert blocks is not None
        still.append(float(blocks.drift[0]))
        record[:, 100:] += 1.0
        blocks = blocks_of(record)
        assert blocks is not None
        moving.append(float(blocks.drift[0]))

    assert 0.85 < np.std(still) < 1.2
    assert np.min(moving) > 4


# Endings.


def test_a_record_that_jumps_is_drifting_and_its_mean_is_not_given() -> None:
    rng = np.random.default_rng(1)
    record = np.concatenate([rng.integers(20, 25, 200), rng.integers(30, 35, 200)])

    jump = made(record)

    assert jump.ending is EvolutionEnding.DRIFTING
    with pytest.raises(NotConverged, match="raise burn_in or sweeps"):
        jump.mean_shares  # noqa: B018
    with pytest.raises(NotConverged, match="raise burn_in or sweeps"):
        jump.standard_errors  # noqa: B018
    settled = made(record, burn_in=200)
    assert settled.ending is EvolutionEnding.STATIONARY
    assert settled.mean_shares[0] == pytest.approx(record[200:].mean() / 100, abs=0.002)


def test_a_strategy_that_only_falls_makes_a_drift_though_no_other_clearly_rises() -> None:
    rng = np.random.default_rng(4)
    population = punishers(0.3, 20)
    result = evolve(population, update=HALF, sweeps=400, seed=1)
    first = np.r_[np.full(200, 30), np.full(201, 26)] + rng.integers(0, 2, 401)
    second = rng.integers(50, 250, 401)
    falling = replace(result, counts=np.stack([first, second, 400 - first - second], axis=1)[None])

    drift = blocks_of(falling.shares[:, 1:])
    assert drift is not None
    assert drift.drift[0] < -4
    assert abs(drift.drift[1:]).max() < 4
    assert falling.ending is EvolutionEnding.DRIFTING


def test_a_record_that_is_too_short_is_told() -> None:
    short = made([50, 51, 49, 50])

    assert short.ending is EvolutionEnding.TOO_SHORT
    with pytest.raises(NotConverged, match="too short"):
        short.mean_shares  # noqa: B018


def test_an_absorbed_run_counts_with_its_last_state() -> None:
    rng = np.random.default_rng(3)
    alive = rng.integers(45, 56, 100)
    dying = np.concatenate([np.arange(50, 0, -1), np.zeros(50, dtype=int)])

    both = made([dying, dying[::-1][:100] * 0 + 100])
    assert both.ending is EvolutionEnding.ABSORBED
    assert both.mean_shares.tolist() == [0.5, 0.5]
    assert both.standard_errors.tolist() == [0.5, 0.5]
    partly = made([dying, alive])
    assert partly.ending is EvolutionEnding.PARTLY_ABSORBED
    assert partly.mean_shares[0] == pytest.approx(alive[1:].mean() / 200, abs=1e-2)
    assert partly.absorbed.tolist() == [True, False]
    assert partly.extinction_times.tolist() == [[50, -1], [-1, -1]]
    alone = made(dying)
    assert alone.mean_shares.tolist() == [0.0, 1.0]
    with pytest.raises(NotConverged, match="raise runs"):
        alone.standard_errors  # noqa: B018
    assert made(np.arange(99, -1, -1), mutation_rate=0.1).ending is EvolutionEnding.DRIFTING


def test_absorption_on_a_lattice_and_on_a_graph_is_for_good_unless_there_is_mutation() -> None:
    game = game_from_payoffs([[0] * 5, [9] * 5], ["C", "D"], group_size=5)
    for structure in (SquareLattice(5), SquareLattice(5).network):
        population = StructuredPopulation(game, structure)
        dead = evolve(population, update=HALF, sweeps=200, runs=3, seed=1)
        assert dead.ending is EvolutionEnding.ABSORBED
        assert dead.mean_shares.tolist() == [0.0, 1.0]
        assert dead.standard_errors.tolist() == [0.0, 0.0]
        assert (dead.extinction_times[:, 0] > 0).all()
        assert (dead.final == 1).all()
        lively = evolve(population, update=HALF, sweeps=200, runs=3, seed=1, mutation_rate=0.05, burn_in=50)
        assert lively.ending is EvolutionEnding.STATIONARY
        # each player is replaced by a mutant with chance 0.05 and D is imitated at once: C holds a few percent
        assert 0.01 < lively.mean_shares[0] < 0.08


def test_neutral_strategies_keep_their_shares_in_the_mean() -> None:
    population = StructuredPopulation(random_game(5, "CD", 1), SquareLattice(10))
    neutral = StructuredPopulation(
        game_from_payoffs([[1] * 5, [1] * 5], ["C", "D"], group_size=5), population.structure
    )
    runs = 400

    result = evolve(neutral, update=HALF, sweeps=10, runs=runs, seed=2, start=[0.3, 0.7])

    last = result.shares[:, -1, 0]
    assert abs(last.mean() - 0.3) < 4 * last.std() / np.sqrt(runs)
    first = result.shares[:, 0, 0]
    assert abs(first.mean() - 0.3) < 4 * np.sqrt(0.21 / runs / 100)


# What evolve is asked.


def test_a_given_start_is_where_runs_start() -> None:
    population = punishers(0.3, 12)
    bands = stripes(population, ["C", "D", "P"])
    result = evolve(population, update=HALF, sweeps=4, every=2, runs=2, seed=1, start=bands, snapshots=[0, 2])

    assert result.counts[:, 0].tolist() == [[48, 48, 48]] * 2
    assert np.array_equal(result.snapshots[0, 0], bands)
    assert result.times.tolist() == [0, 2, 4]
    on = evolve(population, update=HALF, sweeps=2, runs=2, seed=2, start=result.final)
    assert np.array_equal(on.counts[:, 0], result.counts[:, -1])
    alone = block(population, inside="P", outside="D", width=5)
    assert evolve(population, update=HALF, sweeps=1, seed=1, start=alone).counts[0, 0].tolist() == [0, 119, 25]
    only = evolve(population, update=HALF, sweeps=1, seed=1, start=[0.0, 0.5, 0.5])
    assert only.counts[0, 0, 0] == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sweeps", 0),
        ("sweeps", 7),
        ("burn_in", -2),
        ("burn_in", 3),
        ("every", 0),
        ("runs", 0),
        ("runs", 10**9),
        ("seed", -1),
        ("seed", None),
        ("mutation_rate", 1.5),
        ("mutation_rate", float("nan")),
        ("snapshots", [3]),
        ("snapshots", [8, 4]),
        ("snapshots", [100]),
        ("start", [0.5, 0.6]),
        ("start", [0.5, -0.5]),
        ("start", [1.0]),
        ("start", "CD"),
        ("update", "imitation"),
        ("population", SquareLattice(5)),
    ],
)
def test_what_evolve_cannot_do_is_refused_by_name(name: str, value: Any) -> None:
    good: dict[str, Any] = {
        "population": contributors(4, 5),
        "update": HALF,
        "sweeps": 8,
        "every": 2,
        "seed": 1,
        "burn_in": 4,
    }
    asked = {**good, name: value}
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        evolve(asked.pop("population"), **asked)


def test_starting_arrays_of_another_shape_or_with_other_numbers_are_refused() -> None:
    for start in (np.zeros((5, 4), dtype=int), np.full((5, 5), 2), np.zeros((3, 5, 5), dtype=int)):
        with pytest.raises(InvalidParameter, match=r"^players must be integers of shape \(5, 5\) or \(2, 5, 5\)"):
            evolve(contributors(4, 5), update=HALF, sweeps=1, runs=2, seed=1, start=start)


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), True])
def test_noise_must_be_positive(value: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^imitation_noise must be"):
        FermiImitation(imitation_noise=value)


def test_a_linear_fitness_must_stay_positive() -> None:
    for strength in (-0.1, 1.5, float("nan")):
        with pytest.raises(InvalidParameter, match=r"^selection_strength must be"):
            DeathBirth(selection_strength=strength)
    with pytest.raises(InvalidParameter, match=r"^selection_strength must be small enough for a positive fitness"):
        evolve(contributors(4, 5), update=DeathBirth(selection_strength=0.5), sweeps=1, seed=1)


def test_the_player_with_most_groups_can_earn_least() -> None:
    hub = {0: [1, 2, 3], 1: [0], 2: [0], 3: [0]}
    family = {size: game_from_payoffs([[-1] * size] * 2, ["C", "D"], group_size=size) for size in (2, 4)}
    population = StructuredPopulation(family, hub)

    evolve(population, update=DeathBirth(selection_strength=0.19), sweeps=1, seed=1)
    with pytest.raises(InvalidParameter, match=r"at a total payoff of -4"):  # 1 - w - 4 w > 0 iff w < 1/5
        evolve(population, update=DeathBirth(selection_strength=0.21), sweeps=1, seed=1)


def test_what_a_result_holds_cannot_be_changed() -> None:
    result = evolve(contributors(4, 5), update=HALF, sweeps=8, seed=1)
    for array in (result.counts, result.final, result.times, result.snapshots):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


# Published shares, own runs at L = 400 in the references; here small in the daily run and at full size in the long one.


@pytest.mark.parametrize(("r", "share"), [(4.4, 0.7071), (5.0, 0.9300)])
def test_contributors_hold_their_published_share_on_a_small_lattice(r: float, share: float) -> None:
    result = evolve(contributors(r, 60), update=HALF, burn_in=500, sweeps=3000, every=10, runs=2, seed=20250101)

    assert result.ending is EvolutionEnding.STATIONARY
    assert abs(result.mean_shares[0] - share) < 4 * result.standard_errors[0] + 0.006


def test_punishers_live_with_defectors_at_a_fine_of_three_tenths() -> None:
    result = evolve(punishers(0.30, 100), update=HALF, burn_in=2000, sweeps=2000, every=10, seed=20250101)

    assert result.ending is EvolutionEnding.STATIONARY
    assert result.counts[0, -1, 0] == 0
    assert abs(result.mean_shares[2] - 0.595) < 4 * result.standard_errors[2] + 0.015


@pytest.mark.long
@pytest.mark.parametrize(("r", "share"), [(4.4, 0.7071), (5.0, 0.9300)])
def test_contributors_hold_their_published_share_at_full_size(r: float, share: float) -> None:
    result = evolve(contributors(r, 400), update=HALF, burn_in=2000, sweeps=20_000, every=20, runs=1, seed=20250101)

    assert result.ending is EvolutionEnding.STATIONARY
    assert result.standard_errors[0] < 0.001
    assert abs(result.mean_shares[0] - share) < 0.006


@pytest.mark.long
@pytest.mark.parametrize(("fine", "share"), [(0.30, 0.595), (0.40, 0.979)])
def test_punishers_hold_their_published_share_at_full_size(fine: float, share: float) -> None:
    result = evolve(punishers(fine, 200), update=HALF, burn_in=10_000, sweeps=10_000, every=20, runs=2, seed=20250101)

    assert result.ending is EvolutionEnding.STATIONARY
    assert abs(result.mean_shares[2] - share) < 0.015
