"""Predictions for learners of every kind: what is run is what is predicted, and a wrong theory is caught."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from experiments.cases import Case, published_game
from experiments.kept import keep_estimate, stored_estimate
from experiments.learner_cases import builtin_learner_cases, learner_cases, path_learners, trials
from experiments.observations import crossvalidate, disagreements, measure_cases, suite
from experiments.predictions import Estimate, observe
from gametheory import InvalidParameter, PublicGoodsGame

CASES = {case.prediction.id: case for case in builtin_learner_cases()}
QUICK = ("switch-policy-gradient", "switch-external-regret-matching", "path-natural-policy-gradient-early")


def lighter(case: Case) -> Case:
    """The same case with fewer replicates and points."""
    measure: Any = case.measure
    args = [list(a)[::4] if isinstance(a, list) else a for a in measure.args]
    func = measure.func
    return replace(case, measure=lambda **conditions: func(*args, **conditions, replicates=48))


@pytest.fixture(scope="module")
def estimates() -> dict[str, Estimate]:
    cases = [lighter(CASES[name]) for name in QUICK]
    return dict(zip(QUICK, measure_cases(cases, seed=8), strict=True))


def test_there_are_more_than_25_predictions_over_more_than_8_kinds_of_learners() -> None:
    assert len(suite(published_game())) > 40
    kinds = {type(trial.learner).__name__ for trial in trials(published_game())}
    assert len(kinds) >= 10
    assert len({case.prediction.id for case in suite(published_game())}) == len(suite(published_game()))


@pytest.mark.parametrize("name", QUICK)
def test_learners_do_what_is_predicted(name: str, estimates: dict[str, Estimate]) -> None:
    assert observe(CASES[name].prediction, estimates[name]).agrees == "yes"


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("factor", ["9/10", "11/10"])
def test_a_theory_with_another_contribution_cost_is_caught(
    name: str, factor: str, estimates: dict[str, Estimate]
) -> None:
    prediction = CASES[name].prediction
    wrong = replace(prediction, game=replace(prediction.game, contribution_cost=factor))
    assert observe(wrong, estimates[name]).agrees == "no"


def test_every_prediction_can_be_told_from_its_rivals() -> None:
    for case in CASES.values():
        rivals = case.prediction.rivals
        assert rivals, case.prediction.id
        apart = [abs(value - case.prediction.predicted) for value in rivals.values()]
        assert min(apart) > 0.005, case.prediction.id


def test_path_learners_are_those_with_constant_steps() -> None:
    assert [trial.name for trial in path_learners(published_game())] == [
        "cross-learning",
        "policy-gradient",
        "natural-policy-gradient",
    ]


def test_games_in_which_nothing_deters_have_no_cases_of_punishment() -> None:
    assert learner_cases(PublicGoodsGame(group_size=5, multiplication_factor=3)) == []
    assert learner_cases(PublicGoodsGame(group_size=5, multiplication_factor=3, fine="1/100")) == []
    assert learner_cases(PublicGoodsGame(group_size=3, multiplication_factor=4, fine=1)) == []


def test_estimates_are_kept_and_taken_again_only_for_the_same_experiment(tmp_path: Path) -> None:
    calls: list[int] = []
    estimate = Estimate(value=0.1, interval=(0.09, 0.11), level=0.999, tolerance=0.01, seeds=3, seed=5, seconds=1.0)

    def measure(**conditions: Any) -> Estimate:
        calls.append(1)
        return replace(estimate, seed=conditions["seed"])

    case = Case(prediction=CASES[QUICK[0]].prediction, measure=measure)
    first = measure_cases([case], seed=1, store=tmp_path / "kept")
    again = measure_cases([case], seed=1, store=tmp_path / "kept")
    assert first == again
    assert len(calls) == 1
    assert measure_cases([case], seed=2, store=tmp_path / "kept") != first
    assert len(calls) == 2


def test_estimates_of_another_version_game_or_setting_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(*numbers: Any, **settings: Any) -> Estimate:
        raise AssertionError((numbers, settings))

    def case(game: Any, start: float = 0.5, rounds: int = 10) -> Case:
        run: Any = partial(measure, game, partial(measure, start=start), rounds=rounds)
        return Case(prediction=CASES[QUICK[0]].prediction, measure=run)

    estimate = Estimate(value=0.1, interval=(0.09, 0.11), level=0.999, tolerance=0.01, seeds=3, seed=5, seconds=1.0)
    keep_estimate(tmp_path, case("g"), {"seed": 1}, estimate)
    assert stored_estimate(tmp_path, case("g"), {"seed": 1}) == estimate
    for other in (case("h"), case("g", start=0.6), case("g", rounds=11)):
        assert stored_estimate(tmp_path, other, {"seed": 1}) is None
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]
    monkeypatch.setattr("gametheory.__version__", "0.0.0")
    assert stored_estimate(tmp_path, case("g"), {"seed": 1}) is None


def test_a_damaged_estimate_is_made_again(tmp_path: Path) -> None:
    case, conditions = CASES[QUICK[0]], {"seed": 1, "level": 0.999, "confidence": 0.99}
    estimate = Estimate(value=0.1, interval=(0.09, 0.11), level=0.999, tolerance=0.01, seeds=3, seed=5, seconds=1.0)
    keep_estimate(tmp_path, case, conditions, estimate)
    assert stored_estimate(tmp_path, case, conditions) == estimate
    assert stored_estimate(tmp_path, case, conditions | {"seed": 2}) is None
    path = tmp_path / f"{case.prediction.id}.json"
    document = json.loads(path.read_text())
    wrong = json.dumps(document | {"estimate": document["estimate"] | {"value": "0.1"}})
    for damage in ("", "{}", "[]", json.dumps(document | {"estimate": {"value": 1}}), wrong, path.read_text()[:-9]):
        path.write_text(damage)
        assert stored_estimate(tmp_path, case, conditions) is None
    with pytest.raises(InvalidParameter, match="folder"):
        keep_estimate(path, case, conditions, estimate)


@pytest.mark.long
def test_the_whole_suite_agrees_and_no_seed_of_five_raises_an_alarm() -> None:
    observations = crossvalidate(published_game(), seed=20261121)
    assert {o.agrees for o in observations} == {"yes"}
    quick = [case for case in suite(published_game()) if case.prediction.id.startswith(("path", "switch-policy"))]
    assert not any(": no" in line for found in disagreements(quick, seeds=range(5)).values() for line in found)
