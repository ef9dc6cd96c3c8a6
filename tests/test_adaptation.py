from dataclasses import replace
from fractions import Fraction as F
from math import ceil, exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dynamics.adaptation.chains import long_run_of_windows
from dynamics.adaptation.coevolution import Coevolution, coevolution_path
from dynamics.adaptation.coupled import AdaptiveImitators, coupled_path
from dynamics.adaptation.replies import BestReply, LogitReply, deterring_probability, gain_at, strength
from dynamics.adaptation.rules import EffectRule, IntegralRule, Rule
from dynamics.adaptation.windows import (
    PathEnding,
    RestKind,
    adaptive_path,
    almost_sure_limit,
    integral_rest,
    windows_to_collapse,
)
from gametheory import InvalidParameter, PublicGoodsGame
from gametheory.errors import NotConverged

GAME = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
steps = st.fractions(F(1, 50), F(1, 2), max_denominator=50)
chances = st.fractions(0, 1, max_denominator=40)
inside = st.fractions(F(1, 20), F(19, 20), max_denominator=20)
games = st.builds(
    PublicGoodsGame,
    group_size=st.integers(2, 12),
    multiplication_factor=st.fractions(F(1, 2), 6, max_denominator=4),
    fine=st.fractions(0, 2, max_denominator=10),
)


@given(games, steps, inside, chances)
@settings(deadline=None, max_examples=60)
def test_rule_effect_keeps_what_deters_a_best_replier_and_lets_go_of_all_else(
    game: PublicGoodsGame, step: F, threshold: F, start: F
) -> None:
    rule = EffectRule(adaptation_step=step, effect_threshold=threshold)
    path = adaptive_path(game, rule=rule, reply=BestReply(), start=start)
    if gain_at(game, start) >= 0:
        assert path.limit == (start,)
        assert set(path.defections) == {0}
    else:  # one step a window, and no lower probability deters if this one does not
        assert path.probabilities[-1] == 0
        assert path.probabilities.index(0) == windows_to_collapse(start=start, rule=rule) == ceil(start / step)
        assert (path.ending is PathEnding.COLLAPSED) == (gain_at(game, 0) < 0)


@given(games, steps, inside, chances, inside)
@settings(deadline=None, max_examples=60)
def test_rule_effect_always_collapses_against_a_logit_reply(
    game: PublicGoodsGame, step: F, threshold: F, start: F, temperature: F
) -> None:
    assume(gain_at(game, 1) / temperature < 500)  # else the frequency underflows to 0, which keeps p
    rule = EffectRule(adaptation_step=step, effect_threshold=threshold)
    path = adaptive_path(game, rule=rule, reply=LogitReply(temperature=temperature), start=start)
    assert path.ending is PathEnding.COLLAPSED


def test_without_lowering_on_ties_rule_effect_stays_where_a_step_has_no_more_effect() -> None:
    rule = EffectRule(adaptation_step="1/20", effect_threshold="1/20", lowers_on_tie=False)
    path = adaptive_path(GAME, rule=rule, reply=LogitReply(temperature="1/5"), start=0)
    p = path.limit[0]
    assert path.ending is PathEnding.AT_REST
    assert 0 < p < 1
    reply = LogitReply(temperature="1/5")
    last = reply.defection(gain_at(GAME, p - rule.adaptation_step)) - reply.defection(gain_at(GAME, p))
    assert last < 1 / 20


@given(games, steps, inside, chances, inside)
@settings(deadline=None, max_examples=60)
def test_rule_integral_rests_where_the_tolerated_share_defects(
    game: PublicGoodsGame, step: F, theta: F, start: F, temperature: F
) -> None:
    rule, reply = IntegralRule(adaptation_step=step, tolerated_defection=theta), LogitReply(temperature=temperature)
    rest = integral_rest(game, rule=rule, reply=reply)
    p = rest.probability
    moved = rule.next_probability(p, now=reply.defection(gain_at(game, p)), before=1)
    assert moved == pytest.approx(float(p), abs=1e-9)
    if rest.kind is RestKind.INSIDE:
        assert p * strength(game) == pytest.approx(-gain_at(game, 0) + float(temperature) * log((1 - theta) / theta))
        h = 1e-6
        values = [q + step * (reply.defection(gain_at(game, q)) - theta) for q in (p - h, p + h)]
        assert (values[1] - values[0]) / (2 * h) == pytest.approx(float(rest.multiplier or 0), abs=1e-3)
        if rest.multiplier is not None and abs(rest.multiplier) < F(9, 10):
            path = adaptive_path(game, rule=rule, reply=reply, start=float(p) + 1e-3 * (0.5 - float(p)))
            assert path.limit[0] == pytest.approx(p, abs=1e-6)


def test_beyond_the_critical_step_rule_integral_doubles_its_period() -> None:
    reply = LogitReply(temperature="1/10")
    rule = IntegralRule(adaptation_step="1/10", tolerated_defection="1/5")
    critical = integral_rest(GAME, rule=rule, reply=reply).critical_step
    assert critical == F(5, 16)
    periods = []
    for factor in (F(9, 10), F(11, 10)):
        path = adaptive_path(GAME, rule=replace(rule, adaptation_step=critical * factor), reply=reply, start=0.13)
        periods.append((path.ending, path.period))
    assert periods == [(PathEnding.AT_REST, 1), (PathEnding.CYCLE, 2)]


@given(games, steps, inside, chances)
@settings(deadline=None, max_examples=60)
def test_rule_integral_slides_within_a_step_of_what_deters_a_best_replier(
    game: PublicGoodsGame, step: F, theta: F, start: F
) -> None:
    rule = IntegralRule(adaptation_step=step, tolerated_defection=theta)
    rest = integral_rest(game, rule=rule, reply=BestReply())
    path = adaptive_path(game, rule=rule, reply=BestReply(), start=start, windows=20_000)
    if path.period is None:  # an orbit with a period longer than that
        return
    if rest.kind is RestKind.SLIDES:
        least = deterring_probability(game)
        assert least is not None
        assert all(abs(p - least) <= step for p in path.limit)
        ends = {F(0), F(1)} & set(path.limit)
        if not ends:  # unclipped: what goes up comes down
            assert sum(path.defections[-path.period :]) == theta * path.period
    else:
        assert path.limit == (rest.probability,)


def test_an_unsettled_path_has_no_limit() -> None:
    rule = IntegralRule(adaptation_step="1/1000", tolerated_defection="1/5")
    path = adaptive_path(GAME, rule=rule, reply=LogitReply(temperature=1), start=0, windows=5)
    with pytest.raises(NotConverged, match="give more windows"):
        _ = path.limit


def _simulated(game: PublicGoodsGame, rule: Rule, reply: LogitReply, window: int, runs: int) -> tuple[float, float]:
    """Mean probability of one long simulated path, and its standard error by blocks."""
    rng = np.random.default_rng(7)
    p, before, seen = F(1, 10), F(1), []  # from 1, where hardly anything is defected, it takes 1e8 windows to leave
    for _ in range(runs):
        seen.append(float(p))
        now = F(int(rng.binomial(window, reply.defection(gain_at(game, p)))), window)
        p, before = F(rule.next_probability(p, now=now, before=before)), now
    blocks = np.array(seen[runs // 10 :][: 9 * (runs // 10)]).reshape(30, -1).mean(axis=1)
    return float(blocks.mean()), float(blocks.std(ddof=1) / sqrt(30))


@pytest.mark.parametrize(
    "rule",
    [
        IntegralRule(adaptation_step="1/10", tolerated_defection="1/5"),
        EffectRule(adaptation_step="1/10", effect_threshold="1/5"),
        EffectRule(adaptation_step="1/10", effect_threshold="1/5", lowers_on_tie=False),
    ],
)
def test_the_chain_of_windows_is_what_simulated_windows_do(rule: Rule) -> None:
    reply = LogitReply(temperature="1/5")
    run = long_run_of_windows(GAME, rule=rule, reply=reply, window=5)
    mean, error = _simulated(GAME, rule, reply, 5, 20_000)
    assert run.residual < 1e-12
    assert run.shares.sum() == pytest.approx(1)
    assert abs(run.mean_probability - mean) < 4 * error + 1e-3


def test_the_chain_of_windows_is_exact_where_it_can_be_solved_by_hand() -> None:
    # p is 0 or 1 and W = 1: p moves to 1 after a defection and to 0 after a contribution
    rule = IntegralRule(adaptation_step=2, tolerated_defection="1/2")
    run = long_run_of_windows(GAME, rule=rule, reply=LogitReply(temperature=1), window=1)
    low, high = 1 / (1 + exp(-0.4)), 1 / (1 + exp(3.6))
    share = low / (low + 1 - high)
    assert run.probabilities == (F(0), F(1))
    assert run.shares.tolist() == pytest.approx([1 - share, share])
    assert run.defection == pytest.approx(share)  # each defection is a window at p = 1 later on
    assert run.fines == pytest.approx(4 * share * high)
    assert run.collapsed == pytest.approx(1 - share)


@given(steps.filter(lambda v: v <= F(1, 10)), st.fractions(F(3, 10), F(7, 10), max_denominator=10))
@settings(deadline=None, max_examples=15)
def test_unclipped_rule_integral_sees_exactly_the_tolerated_share(step: F, theta: F) -> None:
    weak = PublicGoodsGame(group_size=5, multiplication_factor=3, fine="1/5")
    reply = LogitReply(temperature="1/20")
    run = long_run_of_windows(weak, rule=IntegralRule(adaptation_step=F(1, 10), tolerated_defection=theta), reply=reply,
                              window=10)  # fmt: skip
    ends = run.shares[0] * (run.probabilities[0] == 0) + run.shares[-1] * (run.probabilities[-1] == 1)
    assert abs(run.defection - float(theta)) <= ends + 1e-9


rates = st.fractions(F(1, 10), 3, max_denominator=10)


@given(games, rates, inside, st.fractions(F(1, 10), F(9, 10), max_denominator=10))
@settings(deadline=None, max_examples=40)
def test_the_invariant_of_adaptive_imitators_does_not_change_along_the_field(
    game: PublicGoodsGame, rate: F, theta: F, value: F
) -> None:
    assume(strength(game) > 0)
    model = AdaptiveImitators(game=game, adaptation_rate=rate, tolerated_defection=theta)
    x = F(1, 3)
    dx, dv = model.velocity(x, value)
    h = 1e-6
    along = model.invariant(float(x + h * dx), float(value + h * dv)) - model.invariant(
        float(x - h * dx), float(value - h * dv)
    )
    assert abs(along) / (2 * h) < 1e-6
    rest = model.rest_point
    if rest is not None:
        assert model.velocity(*rest) == (0, 0)


def test_imitators_cycle_and_orbits_that_meet_an_end_go_round_on_the_one_that_touches_it() -> None:
    model = AdaptiveImitators(game=GAME, adaptation_rate=1, tolerated_defection="1/5")
    small = coupled_path(model, start=(0.8, 0.11), duration=model.period)
    assert not small.touched
    assert small.shares[-1] == pytest.approx(0.8, abs=1e-4)
    assert small.values[-1] == pytest.approx(0.11, abs=1e-4)
    large = coupled_path(model, start=(0.01, 0.9), duration=200)
    assert large.touched
    touching = model.invariant(0.8, 0.0)
    assert model.invariant(large.shares[-1], large.values[-1]) == pytest.approx(touching, abs=1e-6)
    assert large.values.min() >= 0
    assert large.values.max() <= 1


def test_severity_adapts_as_the_probability_does_where_the_other_is_one() -> None:
    paths = [
        coupled_path(
            AdaptiveImitators(game=GAME, adaptation_rate=1, tolerated_defection="1/4", adapts=name),
            start=(0.5, 0.5),
            duration=10,
        ).values
        for name in ("punishment_probability", "severity")
    ]
    assert paths[0].tolist() == paths[1].tolist()


coevolutions = st.builds(
    Coevolution,
    game=games.filter(lambda g: strength(g) > 0),
    relaxation_rate=st.fractions(F(1, 100), 2, max_denominator=100),
    response=inside,
    mutation_rate=st.sampled_from([F(0), F(1, 50), F(1, 10)]),
)


@given(coevolutions)
@settings(deadline=None, max_examples=40)
def test_coevolution_rests_at_its_rest_points_and_a_numerical_jacobian_has_their_type(model: Coevolution) -> None:
    a = float(model.response)
    for point in model.rest_points():
        x = float(point.share)
        w = a * (1 - x)
        assert np.allclose([float(v) for v in model.velocity(x, w)], 0, atol=1e-9)
        h = 1e-5
        columns = [
            [float(u - v) / (2 * h) for u, v in zip(model.velocity(*up), model.velocity(*down), strict=True)]
            for up, down in (((x + h, w), (x - h, w)), ((x, w + h), (x, w - h)))
        ]
        jacobian = np.array(columns).T
        if min(abs(np.trace(jacobian)), abs(np.linalg.det(jacobian))) < 1e-6:
            continue
        if np.linalg.det(jacobian) < 0:
            assert point.kind == "saddle"
        else:
            assert point.kind == f"{'stable' if np.trace(jacobian) < 0 else 'unstable'} focus or node"
            if point.hopf_rate is not None:
                assert point.hopf_rate == pytest.approx(np.trace(jacobian) + float(model.relaxation_rate), rel=1e-5)


def test_without_mutation_the_interior_rest_points_meet_in_a_fold_where_four_lambda_is_the_strength() -> None:
    kinds = []
    for fine in ("39/100", "40/100", "41/100"):  # K = 4 fine, Lambda = 2/5: the fold is at fine = 2/5
        game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=fine)
        inner = Coevolution(game=game, relaxation_rate=1).rest_points()[1:-1]
        kinds.append([point.kind for point in inner])
    assert kinds == [[], ["fold"], ["saddle", "stable focus or node"]]


def test_cycles_are_born_where_the_lyapunov_coefficient_is_negative() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=1, fine=1)
    still = Coevolution(game=game, relaxation_rate=1, mutation_rate="1/5")
    (point,) = still.rest_points()
    assert point.hopf_rate is not None
    assert point.lyapunov is not None
    assert point.lyapunov < 0
    x, swings = float(point.share), []
    for factor in (1.1, 0.95, 0.8):
        rate = F(point.hopf_rate * factor).limit_denominator(10_000)
        model = replace(still, relaxation_rate=rate)
        path = coevolution_path(model, start=(x + 0.02, 1 - x), duration=6000)
        low, high = path.swings(after=5000)
        swings.append(high - low)
    assert swings[0] < 1e-4
    assert 0.01 < swings[1] < swings[2] < 1


def test_where_it_is_positive_slow_punishment_lets_cooperation_collapse() -> None:
    model = Coevolution(game=GAME, relaxation_rate="1/25")
    point = model.rest_points()[2]
    assert point.hopf_rate == pytest.approx(0.0450806662)
    assert point.lyapunov == pytest.approx(0.2462191, rel=1e-5)
    assert point.kind == "unstable focus or node"
    path = coevolution_path(model, start=(float(point.share) - 0.01, 1 - float(point.share)), duration=6000)
    assert path.shares[-1] < 1e-6


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda: EffectRule(adaptation_step=0, effect_threshold="1/2"), "adaptation_step"),
        (lambda: EffectRule(adaptation_step=1, effect_threshold=0), "effect_threshold"),
        (lambda: IntegralRule(adaptation_step=1, tolerated_defection="3/2"), "tolerated_defection"),
        (lambda: IntegralRule(adaptation_step=float("nan"), tolerated_defection=0), "adaptation_step"),
        (lambda: LogitReply(temperature=0), "temperature"),
        (lambda: Coevolution(game=GAME, relaxation_rate=0.1), "relaxation_rate"),
        (lambda: Coevolution(game=GAME, relaxation_rate=1, response=2), "response"),
        (lambda: Coevolution(game=replace(GAME, fine=0), relaxation_rate=1), "game"),
        (lambda: AdaptiveImitators(game=GAME, adaptation_rate=1, tolerated_defection=1), "tolerated_defection"),
        (
            lambda: AdaptiveImitators(game=GAME, adaptation_rate=1, tolerated_defection="1/2", adapts="fine"),
            "adapts",
        ),
        (
            lambda: adaptive_path(
                GAME, rule=IntegralRule(adaptation_step=1, tolerated_defection=0), reply=BestReply(), start=2
            ),
            "start",
        ),
        (
            lambda: long_run_of_windows(
                GAME,
                rule=IntegralRule(adaptation_step=0.1, tolerated_defection=0),
                reply=LogitReply(temperature=1),
                window=5,
            ),
            "rule",
        ),
        (
            lambda: long_run_of_windows(
                GAME,
                rule=IntegralRule(adaptation_step="1/997", tolerated_defection="1/991"),
                reply=LogitReply(temperature=1),
                window=20,
            ),
            "rule",
        ),
    ],
)
def test_what_is_outside_its_domain_is_named(make: Any, names: str) -> None:
    with pytest.raises(InvalidParameter, match=f"^{names} must be"):
        make()


@pytest.mark.parametrize(("decay", "seeds"), [("3/5", 40), (1, 40)])
def test_decreasing_steps_go_where_the_mean_equation_rests(decay: str, seeds: int) -> None:
    """Windows of 20 drawn rounds, simulated in slow obvious code."""
    rule, reply = IntegralRule(adaptation_step=1, tolerated_defection="1/4"), LogitReply(temperature="1/2")
    expected = almost_sure_limit(GAME, rule=rule, reply=reply, decay=decay)
    rng = np.random.default_rng(5)
    p = np.full(seeds, 0.9)
    gain, slope = float(gain_at(GAME, 0)), float(strength(GAME))
    for k in range(20_000):
        chance = 1 / (1 + np.exp((gain + slope * p) / 0.5))
        p = np.clip(p + (k + 1) ** -float(F(decay)) * (rng.binomial(20, chance) / 20 - 0.25), 0, 1)
    assert abs(p.mean() - expected) < 4 * p.std(ddof=1) / sqrt(seeds) + 0.002
    assert p.std() < 0.05


@pytest.mark.parametrize(("decay", "game"), [("1/2", GAME), ("11/10", GAME), ("3/5", replace(GAME, fine=0))])
def test_no_limit_is_claimed_where_a_condition_fails(decay: str, game: PublicGoodsGame) -> None:
    rule = IntegralRule(adaptation_step=1, tolerated_defection="1/4")
    with pytest.raises(NotConverged):
        almost_sure_limit(game, rule=rule, reply=LogitReply(temperature=1), decay=decay)
