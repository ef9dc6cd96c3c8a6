"""Adaptive punishment of co-players who need time: the window map's stability, exact beside numerical derivatives."""

from fractions import Fraction
from math import exp, log
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dynamics.adaptation.replies import LogitReply, gain_at, strength
from dynamics.adaptation.rules import EffectRule, IntegralRule
from dynamics.adaptation.slow_replies import (
    ImitatingReply,
    QLearningReply,
    SlowReply,
    WindowStability,
    slow_path,
    window_stability,
)
from dynamics.adaptation.windows import PathEnding, integral_rest
from gametheory import InvalidParameter, PublicGoodsGame

GAME = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
T = Fraction(1, 10)
THETA = Fraction(1, 5)


def plain_window(p: float, odds: float, reply: SlowReply, rule: IntegralRule, rounds: int) -> tuple[float, float]:
    """The window map in slow obvious code, unclipped."""
    gain = float(gain_at(GAME, 0)) + float(strength(GAME)) * p
    total = 0.0
    for _ in range(rounds):
        total += 1 / (1 + exp(odds))
        if isinstance(reply, ImitatingReply):
            odds = odds + float(reply.rate) * gain
        else:
            odds = odds + float(reply.step) * (gain / float(reply.temperature) - odds)
    return p + float(rule.adaptation_step) * (total / rounds - float(rule.tolerated_defection)), odds


def derivative(reply: SlowReply, rule: IntegralRule, rounds: int, at: tuple[float, float]) -> Any:
    step = 1e-5
    columns = []
    for move in ((step, 0.0), (0.0, step)):
        ahead = plain_window(at[0] + move[0], at[1] + move[1], reply, rule, rounds)
        behind = plain_window(at[0] - move[0], at[1] - move[1], reply, rule, rounds)
        columns.append([(a - b) / (2 * step) for a, b in zip(ahead, behind, strict=True)])
    return np.array(columns).T


@given(
    eta=st.fractions(Fraction(1, 50), 1),
    step=st.fractions(Fraction(1, 50), 1),
    window=st.integers(1, 12),
)
def test_trace_and_determinant_are_those_of_the_window_map(eta: Fraction, step: Fraction, window: int) -> None:
    rule = IntegralRule(adaptation_step=eta, tolerated_defection=THETA)
    odds = log(4)
    p = (float(T) * odds - float(gain_at(GAME, 0))) / float(strength(GAME))
    reply = QLearningReply(temperature=T, step=step)
    rest = window_stability(GAME, rule=rule, reply=reply, window=window)
    jacobian = derivative(reply, rule, window, (p, odds))
    assert isinstance(rest.trace, Fraction)
    assert np.trace(jacobian) == pytest.approx(float(rest.trace), abs=1e-5)
    assert np.linalg.det(jacobian) == pytest.approx(float(rest.determinant), abs=1e-5)
    radius = np.abs(np.linalg.eigvals(jacobian)).max()
    assume(abs(radius - 1) > 1e-4)
    assert (rest.kind is WindowStability.STABLE) == (radius < 1)
    values = np.linalg.eigvals(jacobian)
    assume(abs(np.trace(jacobian) ** 2 - 4 * np.linalg.det(jacobian)) > 1e-3)
    if radius > 1:
        assert rest.kind is (WindowStability.CYCLES if np.iscomplexobj(values) else WindowStability.FLIPS)
    assert (radius < 1) == (eta < rest.critical_step)


@given(eta=st.fractions(Fraction(1, 50), 1), rate=st.fractions(Fraction(1, 50), 1), window=st.integers(1, 8))
def test_imitators_make_the_rest_point_unstable(eta: Fraction, rate: Fraction, window: int) -> None:
    rule = IntegralRule(adaptation_step=eta, tolerated_defection=THETA)
    reply = ImitatingReply(rate=rate)
    rest = window_stability(GAME, rule=rule, reply=reply, window=window)
    jacobian = derivative(reply, rule, window, (0.1, log(4)))
    assert np.trace(jacobian) == pytest.approx(float(rest.trace), abs=1e-4)
    assert np.linalg.det(jacobian) == pytest.approx(float(rest.determinant), abs=1e-4)
    assert rest.determinant > 1


def test_what_grows_along_real_eigenvalues_is_no_cycle() -> None:
    rule = IntegralRule(adaptation_step="5/4", tolerated_defection=THETA)
    rest = window_stability(GAME, rule=rule, reply=QLearningReply(temperature=T, step=1), window=4)
    assert (rest.trace, rest.determinant) == (-5, 2)  # -4.56 and -0.44
    assert rest.kind is WindowStability.FLIPS
    stiff = ImitatingReply(rate=10)
    assert window_stability(GAME, rule=rule, reply=stiff, window=100).kind is WindowStability.FLIPS
    assert window_stability(GAME, rule=rule, reply=stiff, window=1).kind is WindowStability.CYCLES


@given(step=st.fractions(Fraction(1, 100), 1), window=st.integers(1, 40))
def test_half_of_the_step_for_quick_players_is_stable_against_all(step: Fraction, window: int) -> None:
    """g < 1 suffices, whatever the co-players' memory and the window."""
    rule = IntegralRule(adaptation_step="1/10", tolerated_defection=THETA)
    reply = QLearningReply(temperature=T, step=step)
    unit = THETA * (1 - THETA) * strength(GAME) / T
    least = window_stability(GAME, rule=rule, reply=reply, window=window).critical_step * unit
    assert least >= 1


def test_slow_and_quick_limits_are_those_stated() -> None:
    rule = IntegralRule(adaptation_step="1/10", tolerated_defection=THETA)
    unit = float(THETA * (1 - THETA) * strength(GAME) / T)
    for window in (1, 2, 5, 20):
        slow = window_stability(GAME, rule=rule, reply=QLearningReply(temperature=T, step="1/100000"), window=window)
        assert float(slow.critical_step) * unit == pytest.approx(2 * window / (window + 1), rel=1e-3)
    quick = window_stability(GAME, rule=rule, reply=QLearningReply(temperature=T, step=1), window=10**4)
    rest = integral_rest(GAME, rule=rule, reply=LogitReply(temperature=T))
    assert rest.critical_step is not None
    assert float(quick.critical_step) == pytest.approx(float(rest.critical_step), rel=1e-3)


@pytest.mark.parametrize(("eta", "ends"), [("1/10", PathEnding.AT_REST), ("1/2", PathEnding.UNSETTLED)])
def test_paths_do_what_the_derivative_says(eta: str, ends: PathEnding) -> None:
    rule = IntegralRule(adaptation_step=eta, tolerated_defection=THETA)
    reply = QLearningReply(temperature=T, step="1/10")
    path = slow_path(GAME, rule=rule, reply=reply, window=3, start=0.13, windows=4000)
    rest = window_stability(GAME, rule=rule, reply=reply, window=3)
    assert (rest.kind is WindowStability.STABLE) == (ends is PathEnding.AT_REST)
    if ends is PathEnding.AT_REST:
        expected = integral_rest(GAME, rule=rule, reply=LogitReply(temperature=T)).probability
        assert path.limit[0] == pytest.approx(float(expected), abs=1e-9)
        assert path.defections[-1] == pytest.approx(0.2, abs=1e-9)
    else:
        late = np.array(path.probabilities[-200:], dtype=float)
        assert late.max() - late.min() > 0.05


@pytest.mark.parametrize(("start", "kept"), [(0.3, True), (0.05, False)])
def test_rule_effect_keeps_what_imitators_are_deterred_by_and_collapses_below(start: float, kept: bool) -> None:
    rule = EffectRule(adaptation_step="1/100", effect_threshold="9/10")
    path = slow_path(
        GAME, rule=rule, reply=ImitatingReply(rate="1/10"), window=5, start=start, first_share=0.5, windows=300
    )
    assert (path.probabilities[-1] >= start) if kept else (path.probabilities[-1] == 0)
    assert (path.defections[-1] < 0.01) if kept else (path.defections[-1] > 0.99)


def test_the_first_window_may_raise_p_to_where_imitators_are_deterred() -> None:
    rule = EffectRule(adaptation_step="1/20", effect_threshold="1/10")
    path = slow_path(GAME, rule=rule, reply=ImitatingReply(rate="1/10"), window=5, start=0.09, windows=300)
    assert gain_at(GAME, Fraction(9, 100)) < 0 < path.probabilities[1] - Fraction(1, 10)
    assert path.probabilities[-1] >= path.probabilities[1]


def test_windows_count_rounds_before_they_are_answered() -> None:
    rule = IntegralRule(adaptation_step="1/10", tolerated_defection=THETA)
    path = slow_path(GAME, rule=rule, reply=QLearningReply(temperature=T, step=1), window=1, start=1, windows=1)
    assert path.defections == (0.5,)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"start": 2}, "start"),
        ({"first_share": 0.0}, "first_share"),
        ({"window": 0}, "window"),
        ({"rule": 3}, "rule"),
        ({"reply": LogitReply(temperature=1)}, "reply"),
    ],
)
def test_wrong_arguments_are_named(changes: Any, named: str) -> None:
    settings: Any = {
        "rule": IntegralRule(adaptation_step=1, tolerated_defection=THETA),
        "reply": ImitatingReply(rate=1),
        "window": 3,
        "start": 1,
    }
    with pytest.raises(InvalidParameter, match=named):
        slow_path(GAME, **(settings | changes))
    with pytest.raises(InvalidParameter, match="step"):
        QLearningReply(temperature=1, step=2)
    with pytest.raises(InvalidParameter, match="rate"):
        ImitatingReply(rate=0)
