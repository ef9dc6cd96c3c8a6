"""The built-in observations: they agree, a wrong theory does not, and the same seed gives the same bits."""

import dataclasses
import math
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import partial

import matplotlib as mpl
import numba
import numpy as np
import pytest

from experiments.cases import (
    Case,
    builtin_cases,
    crossvalidation_cases,
    published_game,
    suitable_temperature,
)
from experiments.environment import Environment, environment_of
from experiments.estimates import boltzmann_tolerance, crossing, mean_interval, switch_estimate
from experiments.learners import EpsilonGreedy, Learned, Schedule, Steps
from experiments.observations import builtin_observations, crossvalidate, disagreements, measure_cases
from experiments.pictures import plot_condition_curve
from experiments.predictions import Estimate, Observation, observe
from gametheory import InvalidParameter, PublicGoodsGame, game_from_payoffs


@pytest.fixture(scope="module")
def measured() -> list[tuple[Case, Estimate]]:
    cases = builtin_cases()
    return list(zip(cases, measure_cases(cases, seed=1), strict=True))


@pytest.fixture(scope="module")
def observations(measured: list[tuple[Case, Estimate]]) -> list[Observation]:
    return [observe(case.prediction, found) for case, found in measured]


def test_every_builtin_observation_agrees(observations: list[Observation]) -> None:
    assert {o.id: o.agrees for o in observations if o.agrees != "yes"} == {}
    assert len({o.id for o in observations}) == len(observations) >= 20


def test_each_tells_apart_every_rival_it_names(observations: list[Observation]) -> None:
    assert all(o.excluded and not o.not_excluded for o in observations)


def test_contributions_are_observed_at_nine_probabilities_or_more(observations: list[Observation]) -> None:
    assert sum(o.id.startswith("contributions-at-p-") for o in observations) >= 9


@pytest.mark.parametrize("factor", [Fraction(9, 10), Fraction(11, 10)])
@pytest.mark.parametrize("parameter", ["contribution_cost", "fine", "punishment_cost"])
def test_a_theory_ten_percent_off_is_caught(
    measured: list[tuple[Case, Estimate]], parameter: str, factor: Fraction
) -> None:
    checked = 0
    for case, found in measured:
        prediction = case.prediction
        if parameter in prediction.rests_on:
            wrong = dataclasses.replace(prediction.game, **{parameter: getattr(prediction.game, parameter) * factor})
            assert observe(dataclasses.replace(prediction, game=wrong), found).agrees == "no"
            checked += 1
    assert checked >= 3


@pytest.mark.parametrize("parameter", ["detection_rate", "false_alarm_rate", "severity", "punishment_probability"])
def test_other_parameters_matter_to_some_observation(measured: list[tuple[Case, Estimate]], parameter: str) -> None:
    caught = 0
    for case, found in measured:
        value = getattr(case.prediction.game, parameter)
        wrong = dataclasses.replace(case.prediction.game, **{parameter: value * Fraction(3, 4)})
        caught += observe(dataclasses.replace(case.prediction, game=wrong), found).agrees == "no"
    assert caught >= 1


def test_an_estimate_does_not_depend_on_the_number_of_threads() -> None:
    cases = [builtin_cases()[0], builtin_cases()[14]]
    short = [dataclasses.replace(c, measure=_shortened(c)) for c in cases]
    threads = numba.get_num_threads()
    many = measure_cases(short, seed=3)
    numba.set_num_threads(1)
    try:
        one = measure_cases(short, seed=3)
    finally:
        numba.set_num_threads(threads)

    assert [(e.value, e.interval, e.tolerance) for e in one] == [(e.value, e.interval, e.tolerance) for e in many]


def _shortened(case: Case) -> Callable[..., Estimate]:
    measure = case.measure
    assert isinstance(measure, partial)
    schedule = dataclasses.replace(measure.keywords["schedule"], rounds=500, burn_in=100, replicates=8)
    return partial(measure.func, *measure.args, **(measure.keywords | {"schedule": schedule}))


def test_another_seed_gives_other_learners() -> None:
    case = builtin_cases()[14]
    short = dataclasses.replace(case, measure=_shortened(case))

    assert measure_cases([short], seed=1)[0].value != measure_cases([short], seed=2)[0].value
    assert measure_cases([short], seed=1)[0].value == measure_cases([short], seed=1)[0].value


def test_intervals_hold_together(measured: list[tuple[Case, Estimate]]) -> None:
    """A tenth of the level for ten times the cases: one interval is wider than alone."""
    case = builtin_cases()[14]
    short = dataclasses.replace(case, measure=_shortened(case))
    alone, together = measure_cases([short], seed=1)[0], measure_cases([short] * 10, seed=1)[0]

    assert alone.value == together.value
    assert together.interval[1] - together.interval[0] > alone.interval[1] - alone.interval[0]
    assert {found.level for _, found in measured} == {0.999}


def test_a_users_game_is_cross_validated() -> None:
    game = PublicGoodsGame(
        group_size=3,
        multiplication_factor=2,
        contribution_cost=3,
        fine=2,
        punishment_cost=1,
        detection_rate="9/10",
    )
    found = crossvalidate(game, seed=4, quick=True)

    assert found[0].id == "switch-point"
    assert found[0].prediction == pytest.approx(5 / 18)
    assert len(found) == 11
    assert not [o.id for o in found if o.agrees == "no"]


def test_a_game_that_nothing_deters_has_no_switch_to_find() -> None:
    game = PublicGoodsGame(group_size=4, multiplication_factor=2, fine="1/100")

    assert crossvalidation_cases(game)[0].prediction.id.startswith("contributions-at-p-")


def test_learners_cannot_play_a_table() -> None:
    with pytest.raises(InvalidParameter, match=r"^game must be a PublicGoodsGame"):
        crossvalidate(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]), seed=1)  # type: ignore[arg-type]


def test_disagreements_name_what_is_not_agreed_with() -> None:
    case = builtin_cases()[14]
    wrong = dataclasses.replace(case.prediction, value=lambda game: 0.0)
    short = dataclasses.replace(case, prediction=wrong, measure=_shortened(case))

    assert disagreements([short], seeds=[1, 2]) == {1: [f"{wrong.id}: no"], 2: [f"{wrong.id}: no"]}


def test_progress_is_told_before_every_experiment() -> None:
    case = builtin_cases()[14]
    short = dataclasses.replace(case, measure=_shortened(case))
    told: list[tuple[int, int, str]] = []
    measure_cases([short, short], seed=1, progress=lambda *step: told.append(step))

    assert told == [(0, 2, case.prediction.id), (1, 2, case.prediction.id)]


def test_a_level_outside_its_domain_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^level must be "):
        builtin_observations(seed=1, level=1.0)


def test_a_switch_outside_the_grid_is_said_to_lie_beyond_it() -> None:
    found = [
        switch_estimate(
            environment_of(published_game()),
            probabilities=grid,
            co_players=["P"] * 4,
            choice=EpsilonGreedy(exploration=0.5),
            steps=Steps(),
            schedule=Schedule(rounds=3000, replicates=8),
            seed=1,
            level=0.999,
            confidence=0.999,
        )
        for grid in ([0.3, 0.4], [0.01, 0.02])
    ]

    assert [f.interval for f in found] == [(0.0, 0.3), (0.02, 1.0)]


def test_a_crossing_is_interpolated_with_the_error_of_both_ends() -> None:
    draws = np.array([[0.0, 0.0, 1.0, 0.0], [1.0, 1.0, 0.0, 1.0]])
    value, error, width = crossing(np.array([0.1, 0.2]), draws)

    assert value == pytest.approx(0.15)
    # se of each mean is 1/4, slope 5; each end counts half
    assert error == pytest.approx(math.sqrt(2) * 0.5 * 0.25 / 5)
    assert width == pytest.approx(1 / (math.sqrt(2 * math.pi) * 5))


def test_a_crossing_near_one_end_has_that_ends_error() -> None:
    draws = np.array([[0.375, 0.5, 0.5, 0.5], [0.0, 2.0, 0.5, 1.5]])
    value, error, _ = crossing(np.array([0.0, 1.0]), draws)
    part = (0.5 - 0.46875) / (1.0 - 0.46875)
    errors = draws.std(axis=1, ddof=1) / 2

    assert value == pytest.approx(part)
    expected = math.hypot((1 - part) * errors[0], part * errors[1]) / (1.0 - 0.46875)
    assert error == pytest.approx(expected)


def test_students_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(2000):
        _, (low, high) = mean_interval(rng.normal(1.0, 3.0, 6), 0.9)
        hits += low < 1.0 < high
    assert abs(hits / 2000 - 0.9) < 4 * math.sqrt(0.09 / 2000)


def test_the_temperature_keeps_the_logit_of_co_learners_stable() -> None:
    for game in (published_game(), PublicGoodsGame(group_size=10, multiplication_factor=9, fine=1)):
        swing = (game.group_size - 1) * game.multiplication_factor / game.group_size
        share = np.linspace(0, 1, 1001)
        growth = (2 * share - 1) * share * (1 - share) * float(swing) / suitable_temperature(game)
        assert growth.max() < 1


def test_the_picture_shows_the_learners_the_curve_and_the_threshold(observations: list[Observation]) -> None:
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    _, axes = plt.subplots()
    returned = plot_condition_curve(published_game(), observations, ax=axes)
    curve = axes.lines[0].get_xydata()
    plt.close("all")

    assert returned is axes
    assert len(axes.containers[0][0].get_xdata()) == 10
    assert np.interp(0.1, *np.asarray(curve).T) == pytest.approx(0.5, abs=1e-6)
    assert any("p^*" in text.get_text() for text in axes.texts)
    with pytest.raises(InvalidParameter, match=r"^observations must be some whose id"):
        plot_condition_curve(published_game(), observations[:1])


def test_importing_experiments_loads_no_heavy_library() -> None:
    code = (
        "import sys, experiments; experiments.builtin_cases(); experiments.plot_condition_curve; "
        "print([m for m in ('numba', 'matplotlib', 'scipy', 'sympy', 'z3') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def _stopped_trying(visits: float, share: float = 0.9) -> tuple[Learned, Schedule]:
    """Two learners, of whom the second tried its second action `visits` times, all in the burn-in."""
    schedule = Schedule(rounds=10_000, burn_in=10_000, uniform_rounds=400, replicates=1)
    seconds = np.array([[2 * (1 - share) * 20_000 + 200, visits]])
    found = Learned(
        shares=np.array([[2 * share - 1, 1.0]]),
        estimates=np.zeros((1, 2, 2)),
        visits=np.stack([20_400 - seconds, seconds], axis=2),
        rewards=np.zeros((1, 2)),
        variances=np.full((1, 2, 2), 0.5),
        seed=1,
        seconds=0.0,
        agent_steps=0,
    )
    return found, schedule


def test_learners_that_stopped_trying_an_action_widen_the_tolerance() -> None:
    environment = environment_of(published_game())
    steps = Steps(exponent=0.75)
    tolerances = [
        boltzmann_tolerance(*_with(_stopped_trying(visits), environment, steps)) for visits in (200, 400, 3000)
    ]

    # one of two may have moved by nearly everything; then by less; then only the fluctuations are left
    assert 0.3 < tolerances[0] < 0.55
    assert tolerances[0] > tolerances[1] > tolerances[2]
    assert tolerances[2] < 0.05


def test_the_tolerance_for_fluctuations_is_the_expansion_with_a_sum() -> None:
    environment = environment_of(published_game())
    schedule = Schedule(rounds=1000, burn_in=1000, replicates=1)
    found = Learned(
        shares=np.array([[0.5]]),
        estimates=np.zeros((1, 1, 2)),
        visits=np.array([[[1000.0, 1000.0]]]),
        rewards=np.zeros((1, 1)),
        variances=np.array([[[0.2, 0.6]]]),
        seed=1,
        seconds=0.0,
        agent_steps=0,
    )
    tolerance = boltzmann_tolerance(found, environment, 0.5, Steps(), schedule)

    assert tolerance == pytest.approx(0.25 * (0.2 + 0.6) / 500 / (4 * 0.5**2))


def _with(
    pair: tuple[Learned, Schedule], environment: Environment, steps: Steps
) -> tuple[Learned, Environment, float, Steps, Schedule]:
    return pair[0], environment, 0.25, steps, pair[1]
