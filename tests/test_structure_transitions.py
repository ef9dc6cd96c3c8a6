"""Bisection with intervals, crossings of curves, moments of a record."""

from typing import Any

import numpy as np
import pytest

from dynamics.structure import (
    FermiImitation,
    SquareLattice,
    StructuredPopulation,
    TransitionEnding,
    crossings,
    evolve,
    extinction_point,
    finite_size_transition,
    locate_transition,
    moment_ratio,
)
from gametheory import InvalidParameter, NotConverged, PublicGoodsGame

from ._structures import made

HALF = FermiImitation(imitation_noise=0.5)


def contributors(r: float, side: int) -> StructuredPopulation:
    game = PublicGoodsGame(group_size=5, multiplication_factor=r, strategies=["C", "D"])
    return StructuredPopulation(game, SquareLattice(side))


# Bisection.


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("place", [0.013, 0.5, 0.87])
def test_bisection_brackets_where_an_exact_statistic_crosses(sign: int, place: float) -> None:
    found = locate_transition(
        lambda x, seed, effort: (sign * (x - place), sign * (x - place)), 0, 1, threshold=0, tolerance=1e-3, seed=1
    )

    assert found.ending is TransitionEnding.LOCATED
    low, high = found.interval
    assert low <= place <= high <= low + 1e-3
    assert len(found.probes) < 30


@pytest.mark.parametrize("seed", range(8))
def test_bisection_on_a_noisy_statistic_brackets_the_place_or_says_that_it_cannot(seed: int) -> None:
    def statistic(x: float, seed: int, effort: int) -> tuple[float, float]:
        error = 0.05 / np.sqrt(effort)
        value = x - 0.37 + error * np.random.default_rng(seed).normal()
        return value - 5 * error, value + 5 * error

    found = locate_transition(statistic, 0, 1, threshold=0, tolerance=0.01, seed=100 * seed)

    low, high = found.interval
    assert low < 0.37 < high
    assert found.ending is TransitionEnding.UNDECIDED
    assert 0.05 < high - low < 0.5  # five errors at most effort are 0.088 to either side
    assert max(probe.effort for probe in found.probes) == 8
    assert len(found.probes) <= 60


def test_more_effort_is_spent_only_where_a_probe_is_undecided() -> None:
    efforts: list[tuple[float, int]] = []

    def statistic(x: float, seed: int, effort: int) -> tuple[float, float]:
        efforts.append((x, effort))
        return x - 0.5 - 0.3 / effort, x - 0.5 + 0.3 / effort

    found = locate_transition(statistic, 0, 1, threshold=0, tolerance=0.3, seed=1)

    assert efforts[:2] == [(0.0, 1), (1.0, 1)]
    assert (0.5, 8) in efforts
    assert found.interval[0] < 0.5 < found.interval[1]


def test_ends_on_the_same_side_are_told_and_no_interval_is_given() -> None:
    found = locate_transition(lambda x, seed, effort: (x, x), 1, 2, threshold=0, tolerance=0.1, seed=1)

    assert found.ending is TransitionEnding.NOT_BRACKETED
    with pytest.raises(NotConverged, match="search elsewhere"):
        found.interval  # noqa: B018


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("high", {"high": 0}),
        ("high", {"high": float("nan")}),
        ("tolerance", {"tolerance": 0}),
        ("most_effort", {"most_effort": 0}),
    ],
)
def test_searches_outside_their_domain_are_refused(name: str, more: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"low": 0, "high": 1, "threshold": 0.5, "tolerance": 0.1, "seed": 1, **more}
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        locate_transition(lambda x, seed, effort: (x, x), **asked)


def test_contributors_come_to_survive_where_small_lattices_say() -> None:
    found = extinction_point(
        lambda r: contributors(r, 40), "C", 3.2, 4.6, update=HALF, sweeps=400, tolerance=0.25, seed=1
    )

    assert found.ending is TransitionEnding.LOCATED
    low, high = found.interval
    assert 3.5 < low < 3.85 < high + 0.1 < 4.1
    assert any("400 sweeps" in text for text in found.assumptions)
    dying = [probe for probe in found.probes if probe.high < 0.5]
    living = [probe for probe in found.probes if probe.low > 0.5]
    assert max(probe.parameter for probe in dying) == low
    assert min(probe.parameter for probe in living) == high
    with pytest.raises(InvalidParameter, match=r"^strategy must be one of"):
        extinction_point(lambda r: contributors(r, 5), "P", 3, 4, update=HALF, sweeps=1, tolerance=1, seed=1)
    for name, value in (("confidence", 1.0), ("runs", 0), ("most_runs", 0.5)):
        more: dict[str, Any] = {name: value}
        with pytest.raises(InvalidParameter, match=f"^{name} must be "):
            extinction_point(
                lambda r: contributors(r, 5), "C", 3, 4, update=HALF, sweeps=1, tolerance=1, seed=1, **more
            )


def test_intervals_of_survival_are_exact_binomial_ones() -> None:
    found = extinction_point(
        lambda r: contributors(r, 40), "C", 2, 5.0, update=HALF, sweeps=100, tolerance=3, seed=1, runs=16, most_runs=16
    )

    (low, high) = found.probes
    tail = 0.001 / 120
    assert (low.low, high.high) == (0.0, 1.0)
    assert low.high == pytest.approx(1 - tail ** (1 / 16), rel=1e-9)  # none of 16 survived
    assert high.low == pytest.approx(tail ** (1 / 16), rel=1e-9)


# Finite-size scaling.


def test_crossings_of_noisy_curves_lie_within_their_errors() -> None:
    """Curves f((x - 0.3 - 0.5/L^1.5) L): consecutive crossings lie where the arguments agree."""
    sides, x, errors = [20, 40, 80], np.linspace(0.28, 0.34, 7), np.full((3, 7), 0.01)
    places = []
    for first, second in ((20, 40), (40, 80)):
        slope = second - first
        places.append(0.3 + 0.5 * (second**-0.5 - first**-0.5) / slope)
    z = []
    for seed in range(200):
        noise = errors * np.random.default_rng(seed).normal(size=errors.shape)
        curves = np.array([(x - 0.3 - 0.5 / side**1.5) * side for side in sides]) + noise
        found = crossings(sides, x, curves, errors)
        z.append((found.crossings - places) / found.crossing_errors)

    assert np.all(np.abs(np.mean(z, axis=0)) < 4 / np.sqrt(200))
    assert np.all(np.std(z, axis=0) < 1.1)
    assert np.all(np.std(z, axis=0) > 0.75)  # errors are widened where a fit is poor


def test_the_limit_is_the_intercept_along_the_inverse_size() -> None:
    sides, x = [10, 20, 25, 80], np.linspace(-1, 1, 5)
    at = {20: 0.10, 25: 0.08, 80: 0.025}  # 2 / L of the larger
    curves = [np.zeros(5)]
    for side in sides[1:]:
        curves.append(curves[-1] + (x - at[side]))

    found = crossings(sides, x, curves, np.full((4, 5), 1e-3))

    assert found.crossings.tolist() == pytest.approx([0.1, 0.08, 0.025])
    assert found.limit == pytest.approx(0.0, abs=1e-9)
    low, high = found.interval
    assert low < 0 < 0.025 < high
    assert found.misfits.max() < 1e-12
    assert len(found.assumptions) == 3


def test_curves_that_do_not_cross_give_no_interval() -> None:
    x = np.linspace(0, 1, 5)
    level = crossings([10, 20], x, [x, x + 0.01], np.full((2, 5), 0.1))
    assert np.isnan(level.crossings).all()
    with pytest.raises(NotConverged, match="do not clearly cross"):
        level.interval  # noqa: B018
    outside = crossings([10, 20], x, [x, 2 * x + 1], np.full((2, 5), 0.001))
    assert outside.crossings[0] == pytest.approx(-1)
    with pytest.raises(NotConverged, match="do not clearly cross"):
        outside.interval  # noqa: B018


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("sides", {"sides": [20, 10]}),
        ("sides", {"sides": [20]}),
        ("parameters", {"parameters": [0, 1]}),
        ("parameters", {"parameters": [0, 0, 1]}),
        ("ratios", {"ratios": [[1, 2, 3]]}),
        ("ratios", {"ratios": [[1, 2, np.nan]] * 2}),
        ("errors", {"errors": [[1, 2, 0]] * 2}),
    ],
)
def test_curves_that_are_none_are_refused(name: str, more: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "sides": [10, 20],
        "parameters": [0, 1, 2],
        "ratios": [[1, 2, 3]] * 2,
        "errors": [[1, 1, 1]] * 2,
    }
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        crossings(**{**good, **more})


def test_the_moment_ratio_is_that_of_the_record_while_the_strategy_lives() -> None:
    rng = np.random.default_rng(5)
    record = rng.integers(10, 50, (3, 161))
    ratio, error = moment_ratio(made(record), "C")

    used = record[:, 1:] / 100
    assert ratio == pytest.approx((used**2).mean() / used.mean() ** 2, rel=1e-12)
    ratios = [moment_ratio(made(rng.integers(10, 50, (3, 161))), "C")[0] for _ in range(200)]
    assert 0.7 < np.std(ratios) / error < 1.4
    many = [
        moment_ratio(made(rng.integers(1, 90, 40)[:, None] + rng.integers(0, 10, (40, 20))), "C") for _ in range(200)
    ]
    values, errors = np.array(many).T
    assert 0.8 < values.std() / errors.mean() < 1.25  # runs differ, samples of one hardly do
    dead = record.copy()
    dead[0, 81:] = 0
    part, _ = moment_ratio(made(dead), "C")
    alive = dead[:, 1:][dead[:, 1:] > 0] / 100
    assert part == pytest.approx((alive**2).mean() / alive.mean() ** 2, rel=1e-12)
    with pytest.raises(NotConverged, match="has died out"):
        moment_ratio(made(np.r_[np.full(40, 5), np.zeros(121, dtype=int)]), "C")
    with pytest.raises(NotConverged, match="raise sweeps"):
        moment_ratio(made(record[:, :10]), "C")
    with pytest.raises(InvalidParameter, match=r"^strategy must be one of"):
        moment_ratio(made(record), "P")


def test_lattices_of_several_sizes_are_simulated_each_with_its_own_seed() -> None:
    more: dict[str, Any] = {"update": HALF, "burn_in": 20, "sweeps": 160, "runs": 2}
    found = finite_size_transition(contributors, "C", [20, 30], [4.4, 4.6, 4.8], seed=7, **more)

    ratio, error = moment_ratio(evolve(contributors(4.6, 30), seed=1008, **more), "C")
    assert found.ratios[1, 1] == ratio
    assert found.errors[1, 1] == error
    assert found.sides == (20, 30)


@pytest.mark.long
def test_two_ways_to_the_transition_of_contributors_agree() -> None:
    """K = 1/2, groups of five: contributors die out below r = 3.7 or so; our own number, no published one."""
    bisected = extinction_point(
        lambda r: contributors(r, 100), "C", 3.5, 4.0, update=HALF, sweeps=1000, tolerance=0.05, seed=1
    )
    scaled = finite_size_transition(
        contributors,
        "C",
        [12, 18, 27],
        [3.68, 3.72, 3.76, 3.80],
        update=HALF,
        burn_in=lambda side: int(side**1.8),
        sweeps=lambda side: int(side**1.8),
        runs=3000,
        seed=1,
    )

    low, high = bisected.interval
    assert high - low <= 0.1
    least, most = scaled.interval
    assert most - least < 0.2
    assert least < high
    assert low < most
