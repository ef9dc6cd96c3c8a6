"""A sign error anywhere in the payoff code makes some learners disagree: flip each sign, and judge again."""

import ast
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from experiments.cases import Case, builtin_cases
from experiments.observations import measure_cases
from experiments.predictions import Estimate, observe
from gametheory import public_goods, thresholds

FUNCTIONS = ("round_payoff", "strategy_payoff")


def _signs(name: str) -> list[ast.BinOp]:
    tree = ast.parse(inspect.getsource(getattr(public_goods, name)))
    return [n for n in ast.walk(tree) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add | ast.Sub)]


SIGNS = [(name, index) for name in FUNCTIONS for index in range(len(_signs(name)))]


def _flipped(name: str, index: int) -> Callable[..., Any]:
    """The function with its index-th plus or minus turned around."""
    tree = ast.parse(inspect.getsource(getattr(public_goods, name)))
    found = [n for n in ast.walk(tree) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add | ast.Sub)]
    found[index].op = ast.Sub() if isinstance(found[index].op, ast.Add) else ast.Add()
    scope: dict[str, Any] = vars(public_goods)
    local: dict[str, Any] = {}
    exec(compile(tree, f"<{name} with sign {index} flipped>", "exec"), scope, local)
    function: Callable[..., Any] = local[name]
    return function


@pytest.fixture(scope="module")
def measured() -> list[tuple[Case, Estimate]]:
    cases = builtin_cases()
    return list(zip(cases, measure_cases(cases, seed=2), strict=True))


def _disagreeing(measured: list[tuple[Case, Estimate]]) -> list[str]:
    verdicts = {}
    for case, found in measured:
        try:
            verdicts[case.prediction.id] = observe(case.prediction, found).agrees
        except (ValueError, OverflowError):  # no threshold left: the theory predicts nothing
            verdicts[case.prediction.id] = "nothing"
    return [name for name, agrees in verdicts.items() if agrees == "no"]


def test_the_payoff_code_has_the_signs_that_are_flipped_here() -> None:
    assert len(SIGNS) == 6


def test_no_sign_flipped_nothing_disagrees(measured: list[tuple[Case, Estimate]]) -> None:
    assert _disagreeing(measured) == []


@pytest.mark.parametrize(("name", "index"), SIGNS)
def test_a_flipped_sign_makes_an_observation_disagree(
    measured: list[tuple[Case, Estimate]], monkeypatch: pytest.MonkeyPatch, name: str, index: int
) -> None:
    flipped = _flipped(name, index)
    monkeypatch.setattr(public_goods, name, flipped)
    monkeypatch.setattr(thresholds, name, flipped)

    assert _disagreeing(measured)
