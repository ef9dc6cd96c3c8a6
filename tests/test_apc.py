"""Adaptive punishers: what their kernels do, beside slow obvious code, exact mean paths and Gibbs distributions."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from dynamics.adaptation.awareness import (
    gibbs_awareness,
    gibbs_severity,
    harm_of_defection,
    hottest_deterring_temperature,
    severities,
    soft_mean,
    tolerated_levels,
)
from dynamics.adaptation.replies import LogitReply, gain_at
from dynamics.adaptation.rules import EffectRule, IntegralRule
from dynamics.adaptation.windows import integral_rest
from experiments.apc import _group_kernels as kernels
from experiments.apc.comparison import compare, second_order_gap, sensitivity, variants
from experiments.apc.groups import SERIES, AdaptiveRun, equality, run_groups
from experiments.apc.punishers import AdaptivePunishment, Awareness, FixedRule, LearnedPunishment
from experiments.learners.choice import Boltzmann, EpsilonGreedy, Steps
from gametheory import InvalidParameter, PublicGoodsGame

GAME = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
GREEDY: Any = {"choice": EpsilonGreedy(exploration=0.1), "steps": Steps(rate=0.1, exponent=0.0)}
WAYS: dict[str, Any] = variants(temperature=0.3, window=20, step=0.05, threshold=0.1, tolerated=0.1)


def short(punishment: Any, *, seed: int = 1, **changes: Any) -> AdaptiveRun:
    settings = GREEDY | {"rounds": 400, "burn_in": 200, "replicates": 3} | changes
    game = settings.pop("game", GAME)
    return run_groups(game, punishment=punishment, seed=seed, **settings)


def same(left: AdaptiveRun, right: AdaptiveRun) -> bool:
    return all(np.array_equal(getattr(left, name), getattr(right, name)) for name in (*SERIES, "rewards", "beliefs"))


@pytest.mark.parametrize("name", list(WAYS))
def test_rewards_are_the_surplus_less_fines_and_costs(name: str) -> None:
    run = short(WAYS[name], levels=3)
    surplus = (3 - 1) * run.contribution
    assert np.allclose(run.reward, surplus - run.intensity * (1 + 0.3), atol=1e-12)
    assert np.allclose(run.rewards.mean(axis=1), run.recorded("reward"), atol=1e-12)


@pytest.mark.parametrize("name", ["effect", "integral", "learned punishment"])
def test_the_same_seed_gives_the_same_bits_on_one_and_two_threads(name: str) -> None:
    import numba

    threads = numba.get_num_threads()
    runs = []
    for number in (1, min(2, threads)):
        numba.set_num_threads(number)
        runs.append(short(WAYS[name]))
    numba.set_num_threads(threads)
    assert same(*runs)
    assert not same(runs[0], short(WAYS[name], seed=2))


def test_replicates_do_not_depend_on_how_many_there_are() -> None:
    few, many = short(WAYS["integral"], replicates=2), short(WAYS["integral"], replicates=4)
    assert np.array_equal(few.rewards, many.rewards[:2])


def test_without_punishers_adaptive_punishment_is_none() -> None:
    nobody = short(WAYS["integral"], punishers=[False] * 5, rounds=600)
    assert nobody.punishments.max() == nobody.probability.max() == 0
    assert np.isclose(
        nobody.recorded("contribution").mean(), short(None, rounds=600).recorded("contribution").mean(), atol=0.2
    )


@given(
    probability=st.floats(0, 1),
    now=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]),
    before=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]),
    step=st.floats(0.01, 2),
    level=st.floats(0.01, 1),
    ties=st.booleans(),
)
def test_kernels_move_the_probability_by_the_rules_of_dynamics(
    probability: float, now: float, before: float, step: float, level: float, ties: bool
) -> None:
    effect = EffectRule(adaptation_step=step, effect_threshold=level, lowers_on_tie=ties)
    integral = IntegralRule(adaptation_step=step, tolerated_defection=level)
    for rule, code in ((effect, kernels.EFFECT), (integral, kernels.INTEGRAL)):
        expected = rule.next_probability(probability, now=now, before=before)
        assert kernels.moved(probability, now, before, code, step, level, ties) == expected
    assert kernels.moved(probability, now, before, kernels.FIXED, step, level, ties) == probability


@pytest.mark.parametrize("window", [5, 10, 20, 50])
@pytest.mark.parametrize("threshold", ["1/20", "1/10", "1/5", "3/10"])
def test_round_off_decides_no_window(window: int, threshold: str) -> None:
    """Every pair of counts is judged as in exact arithmetic: a fall by just the threshold is an effect."""
    exact = EffectRule(adaptation_step="1/10", effect_threshold=threshold)
    level = float(Fraction(threshold))
    floats = EffectRule(adaptation_step=0.1, effect_threshold=level)
    for now, before in product(range(window + 1), repeat=2):
        expected = exact.next_probability(Fraction(1, 2), now=Fraction(now, window), before=Fraction(before, window))
        found = kernels.moved(0.5, now / window, before / window, kernels.EFFECT, 0.1, level, True)
        assert found == pytest.approx(float(expected), abs=1e-9)
        assert floats.next_probability(0.5, now=now / window, before=before / window) == found


@given(
    harms=st.lists(st.floats(-3, 3), min_size=2, max_size=5),
    temperature=st.floats(0.05, 5),
)
def test_the_gibbs_distribution_maximizes_harm_plus_entropy(harms: list[float], temperature: float) -> None:
    best = np.array(gibbs_awareness(harms, temperature))
    assert np.isclose(best.sum(), 1)
    rng = np.random.default_rng(0)

    def value(mu: Any) -> float:
        logs = np.log(np.maximum(mu, 1e-300))
        return float(mu @ -np.array(harms) - temperature * (mu @ logs))

    for other in rng.dirichlet(np.ones(len(harms)), size=20):
        assert value(best) >= value(other) - 1e-9
    for q, s in zip(harms, severities(tuple(best)), strict=True):
        if abs(q - soft_mean(harms, temperature)) > 1e-9:
            assert (s > 0) == (q < soft_mean(harms, temperature))


@pytest.mark.parametrize(("levels", "temperature"), [(2, 0.3), (3, 0.2), (4, 0.5)])
def test_awareness_of_independent_players_reaches_gibbs(levels: int, temperature: float) -> None:
    """Boltzmann players so hot that they choose uniformly and independently."""
    aware = Awareness(temperature=temperature, steps=Steps(rate=3.0, exponent=0.7), critic=Steps())
    punishment = AdaptivePunishment(awareness=aware, rule=FixedRule(), window=100)
    run = run_groups(
        GAME,
        punishment=punishment,
        choice=Boltzmann(temperature=1e6),
        steps=Steps(),
        rounds=40_000,
        levels=levels,
        replicates=8,
        seed=3,
    )
    effect = float(harm_of_defection(GAME))
    expected = gibbs_awareness([effect * a / (levels - 1) for a in range(levels)], temperature)
    found = run.beliefs.reshape(-1, levels)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - expected) < 4 * error + 0.01).all()
    if levels == 2:
        assert run.severity[:, -1].mean() == pytest.approx(gibbs_severity(GAME, temperature), abs=0.03)


def test_awareness_measures_what_goes_together_not_what_harms() -> None:
    """Two levels, all five move together: the whole group's gain, not a fifth of the pot."""
    assert harm_of_defection(GAME, correlation=1, own_correlation=1) == 2
    contributions = np.random.default_rng(1).random((4000, 5)) < 0.5
    contributions[:, 1:] = contributions[:, :1]  # one coin for all
    earned = 3 * contributions.sum(axis=1) / 5 - contributions[:, 0]
    gap = earned[contributions[:, 1]].mean() - earned[~contributions[:, 1]].mean()
    assert gap == pytest.approx(2)


def test_integral_punishers_bring_logit_players_to_the_tolerated_frequency() -> None:
    rule = IntegralRule(adaptation_step=0.2, tolerated_defection=0.2)
    aware = Awareness(temperature=0.02)  # severity 1
    run = run_groups(
        GAME,
        punishment=AdaptivePunishment(awareness=aware, rule=rule, window=50, start=0.2, decay=0.6),
        choice=Boltzmann(temperature=0.5),
        steps=Steps(rate=1.0, exponent=0.7),
        rounds=100_000,
        burn_in=100_000,
        replicates=8,
        seed=4,
    )
    assert run.severity[:, -1].min() > 0.999
    rest = integral_rest(GAME, rule=rule, reply=LogitReply(temperature=0.5))
    assert run.recorded("defection").mean() == pytest.approx(0.2, abs=0.01)
    assert run.recorded("probability").mean() == pytest.approx(float(rest.probability), rel=0.05)


def test_the_hottest_deterring_temperature_is_where_the_threat_just_deters() -> None:
    temperature = hottest_deterring_temperature(GAME)
    deterred = [4 * gibbs_severity(GAME, temperature * f) + float(gain_at(GAME, 0)) for f in (0.999, 1, 1.001)]
    assert deterred[0] > 0 > deterred[2]
    assert deterred[1] == pytest.approx(0, abs=1e-12)


def settled(factor: float) -> AdaptiveRun:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine="1/5", punishment_cost="1/10")
    aware = Awareness(temperature=hottest_deterring_temperature(game) * factor)
    punishment = AdaptivePunishment(awareness=aware, rule=FixedRule(), window=100)
    return short(punishment, game=game, rounds=4000, burn_in=8000, replicates=8)


def test_a_hot_awareness_does_not_deter_and_a_cold_one_does() -> None:
    assert settled(0.3).recorded("contribution").mean() > 0.9
    assert settled(10.0).recorded("contribution").mean() < 0.2


def test_middling_contributions_pass_where_the_soft_mean_says() -> None:
    hot = tolerated_levels(GAME, levels=4, temperature=10)
    cold = tolerated_levels(GAME, levels=4, temperature=0.05)
    assert hot == (False, False, True, True)
    assert cold == (False, True, True, True)


@given(rewards=st.lists(st.floats(0.01, 10), min_size=2, max_size=6), factor=st.floats(0.1, 10))
def test_equality_ignores_scale_and_order_and_is_one_minus_gini(rewards: list[float], factor: float) -> None:
    values = np.array(rewards)
    assert equality(values * factor) == pytest.approx(float(equality(values)))
    assert equality(values[::-1]) == pytest.approx(float(equality(values)))
    ordered = np.sort(values)
    n = len(values)
    gini = (2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * values.sum())
    assert equality(values) == pytest.approx(1 - gini)


def test_equality_of_nothing_to_share_is_undefined_and_said_so() -> None:
    run = short(None, game=PublicGoodsGame(group_size=5, multiplication_factor=3), first_estimate=0.0, rounds=50)
    assert np.isnan(equality(np.array([1.0, -1.0])))
    assert run.equality.shape == (3,)
    loss = PublicGoodsGame(group_size=5, multiplication_factor="1/2", fine=0)
    rows = compare(loss, {"none": None}, rounds=200, burn_in=0, replicates=3, seed=1, **GREEDY)
    assert rows[0].figures["equality"].undefined == 3
    assert np.isnan(rows[0].figures["equality"].mean)


def test_the_effect_rule_collapses_and_the_integral_rule_keeps_cooperation_with_less_punishment() -> None:
    two = {name: WAYS[name] for name in ("fixed probability", "effect", "integral")}
    rows = compare(GAME, two, rounds=8000, burn_in=8000, seed=5, **GREEDY)
    fixed, effect, integral = (row.figures for row in rows)
    assert effect["probability"].interval[1] < 0.03
    assert effect["contribution"].interval[1] < 0.4
    assert integral["contribution"].interval[0] > 0.85
    assert integral["punishments"].interval[1] < fixed["punishments"].interval[0] / 2


def test_who_leaves_punishing_to_others_earns_what_they_pay_more() -> None:
    who = [True, True, True, True, False]
    run = short(WAYS["fixed probability"], punishers=who, rounds=8000, burn_in=4000, replicates=8)
    gap = second_order_gap(run, who)
    paid = run.costs[:, :4].mean() - run.costs[:, 4].mean()
    assert run.costs[:, 4].max() == 0
    # who does not punish is fined by four, who punishes by three: deterred alike, but explorers lose more
    assert gap.interval[0] > 0
    assert gap.mean < paid


def test_a_grid_names_its_points_and_runs_each() -> None:
    rows: Any = sensitivity(
        GAME,
        WAYS["integral"],
        adaptation_steps=[0.05],
        windows=[10, 20],
        thresholds=[0.1, 0.3],
        seed=1,
        rounds=200,
        burn_in=100,
        replicates=2,
        **GREEDY,
    )
    assert [row.name for row in rows][:2] == [
        "step=0.05, window=10, threshold=0.1",
        "step=0.05, window=10, threshold=0.3",
    ]
    assert rows[-1].punishment.rule.tolerated_defection == 0.3
    assert rows[-1].to_dict()["figures"]["contribution"]["groups"] == 2


def test_compiled_groups_are_their_python_source() -> None:
    punishment = WAYS["effect"]
    from experiments.apc.groups import _packed

    numbers, switches = _packed(GAME, punishment, GREEDY["choice"], 3, 0.0)
    switches[kernels.WINDOW], switches[kernels.WINDOWS], switches[kernels.RECORDED_FROM] = 5, 6, 2
    found = []
    for function in (kernels.one_group, kernels.one_group.py_func):
        series, totals, beliefs = np.zeros((6, kernels.COLUMNS)), np.zeros((5, 2)), np.zeros((5, 3))
        function(
            np.ones(5, np.bool_),
            numbers,
            switches,
            Steps(rate=0.1, exponent=0).sizes(30),
            Steps().sizes(120),
            Steps(rate=0.1, exponent=0).sizes(30),
            np.random.Generator(np.random.PCG64(7)),
            series,
            totals,
            beliefs,
        )
        found.append((series, totals, beliefs))
    for left, right in zip(*found, strict=True):
        assert np.allclose(left, right, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"punishers": [True]}, "punishers"),
        ({"levels": 1}, "levels"),
        ({"rounds": 0}, "rounds"),
        ({"game": PublicGoodsGame(group_size=5, multiplication_factor=3, detection_rate="1/2")}, "detection_rate"),
        ({"game": 3}, "game"),
        ({"game": PublicGoodsGame(group_size=5, multiplication_factor=sp.Symbol("r"))}, "multiplication_factor"),
        ({"punishers": [True, False, 2, 1, 0]}, "punishers"),
        ({"first_estimate": float("nan")}, "first_estimate"),
        ({"choice": 3}, "choice"),
    ],
)
def test_wrong_arguments_are_named(changes: Any, named: str) -> None:
    with pytest.raises(InvalidParameter, match=named):
        short(WAYS["integral"], **changes)


def test_steps_of_the_rule_shrink_from_the_first_window_on() -> None:
    """Nobody ever contributes, so p rises by the whole step of each window: 1, 2^(-1/2), ..."""
    rule = IntegralRule(adaptation_step=0.1, tolerated_defection=0.0)
    punishment = AdaptivePunishment(
        awareness=Awareness(temperature=0.3), rule=rule, window=50, start=0.0, decay=0.5, graded=False
    )
    run = short(punishment, rounds=200, burn_in=0, replicates=2)
    steps = 0.1 * np.arange(1, 4) ** -0.5
    assert np.allclose(np.diff(run.probability, axis=1), steps * run.defection[:, :-1], atol=1e-12)


def test_ties_are_broken_evenly_and_exploring_is_uniform() -> None:
    rng = np.random.default_rng(3)
    for estimates, exploration in (([1.0, 1.0, 1.0], 0.0), ([1.0, 0.0, 0.0], 1.0)):
        drawn = [kernels.draw_greedy(np.array(estimates), exploration, rng) for _ in range(6000)]
        assert np.abs(np.bincount(drawn, minlength=3) / 6000 - 1 / 3).max() < 4 * np.sqrt(2 / 9 / 6000)


def test_awareness_waits_until_every_action_was_seen() -> None:
    level, earned = np.zeros(3, np.int64), np.full(3, -1.0)
    met, harm = np.zeros((3, 2), np.int64), np.zeros((3, 2))
    logits, awareness = np.zeros((3, 2)), np.full((3, 2), 0.5)
    rng = np.random.default_rng(1)

    def seen() -> None:
        kernels.become_aware(
            np.array([True, True, False]), level, earned, Steps().sizes(9), 0.3, 0.1, rng, met, harm, logits, awareness
        )

    seen()
    assert (awareness == 0.5).all()
    assert met.tolist() == [[2, 0], [2, 0], [0, 0]]
    level[1], earned[:] = 1, 1.0
    seen()
    assert (awareness[0] != 0.5).all()
    assert (awareness[1:] == 0.5).all()  # one saw no contribution but its own, one does not punish


def test_figures_of_a_table_hold_together() -> None:
    from experiments.apc.comparison import FIGURES, LEVEL, row_of
    from experiments.estimates import point_seed

    settings: Any = GREEDY | {"rounds": 200, "burn_in": 100, "replicates": 4}
    two = {name: WAYS[name] for name in ("integral", "fixed probability")}
    row = compare(GAME, two, seed=3, **settings)[1]
    run = run_groups(GAME, punishment=two["fixed probability"], seed=point_seed(3, 1), **settings)
    alone = row_of("", None, run, 1 - (1 - LEVEL) / (2 * len(FIGURES)))
    assert row.figures == alone.figures


def test_the_gap_is_between_means_and_whole_windows_are_skipped() -> None:
    who = np.array([True, False, True, False, True])
    run = short(WAYS["fixed probability"], punishers=who, rounds=45, burn_in=30)
    assert run.recorded_from == 2
    assert run.contribution.shape[1] == 2 + 3  # both rounded up to windows of 20
    assert second_order_gap(run, who.tolist()).mean == pytest.approx(
        (run.rewards[:, [1, 3]].sum(axis=1) / 2 - run.rewards[:, [0, 2, 4]].sum(axis=1) / 3).mean()
    )


def test_wrong_punishers_are_named() -> None:
    with pytest.raises(InvalidParameter, match="temperature"):
        Awareness(temperature=0.0)
    with pytest.raises(InvalidParameter, match="start"):
        AdaptivePunishment(awareness=Awareness(temperature=1), rule=FixedRule(), window=1, start=2)
    with pytest.raises(InvalidParameter, match="rule"):
        AdaptivePunishment(awareness=Awareness(temperature=1), rule="effect", window=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match="window"):
        AdaptivePunishment(awareness=Awareness(temperature=1), rule=FixedRule(), window=0)
    with pytest.raises(InvalidParameter, match="graded"):
        LearnedPunishment(graded=2)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match="adapts"):
        sensitivity(GAME, WAYS["fixed probability"], adaptation_steps=[1], windows=[1], thresholds=[1], seed=1)


def test_awareness_out_of_its_domain_is_refused() -> None:
    rule: Any = FixedRule()
    nothing: Any = None
    text: Any = "1/2"
    for make, named in (
        (lambda: Awareness(temperature=text), "temperature"),
        (lambda: AdaptivePunishment(awareness=nothing, rule=rule, window=3), "awareness"),
        (lambda: severities((1.0,)), "awareness"),
        (lambda: soft_mean((1.0, 2.0), 0.0), "temperature"),
        (lambda: soft_mean((), 1.0), "harms"),
        (lambda: gibbs_severity(GAME, 0), "temperature"),
        (lambda: gibbs_severity(GAME, -1), "temperature"),
    ):
        with pytest.raises(InvalidParameter, match=named):
            make()
