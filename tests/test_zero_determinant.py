"""Zero-determinant strategies: the relation holds against anybody, and nothing outside the region can be enforced."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gametheory import InvalidParameter, PublicGoodsGame, SnowdriftGame, TableGame, game_from_payoffs
from gametheory.repeated import (
    MemoryOne,
    all_c,
    all_d,
    baseline_range,
    enforced_relation,
    generous,
    least_discount_factor_to_enforce,
    phi_range,
    proportional_tft,
    repeated_payoffs,
    slope_ranges,
    stage_game,
    tft,
    win_stay_lose_shift,
    zero_determinant_strategy,
)

from .test_repeated_payoffs import inner_chances, memory_one

DILEMMA = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
weights = st.sampled_from([Fraction(1), Fraction(99, 100), Fraction(9, 10), Fraction(4, 5), Fraction(1, 2)])
slopes = st.fractions(Fraction(-3, 2), Fraction(3, 2), max_denominator=12)


def published(strategy: MemoryOne) -> list[str]:
    """p_CC, p_CD, p_DC, p_DD."""
    rows = (strategy.after_contributing, strategy.after_defecting)
    return [str(row[j]) for row in rows for j in (1, 0)]


@st.composite
def dilemmas(draw: st.DrawFn, sizes: Sequence[int] = (2, 3, 4)) -> TableGame:
    """Contributing helps the others and costs oneself, by amounts that depend on how many contribute."""
    size = draw(st.sampled_from(sizes))
    steps = st.lists(st.fractions(Fraction(1, 4), 2, max_denominator=4), min_size=size, max_size=size)
    level, returns = Fraction(0), [Fraction(0)]
    for step in draw(steps):
        level += step
        returns.append(level)
    least, most = max(b - a for a, b in pairwise(returns)), returns[-1]  # of a cost that keeps it a dilemma
    cost = least + (most - least) * draw(st.fractions(Fraction(1, 8), Fraction(7, 8), max_denominator=8))
    defecting = returns[:size]
    contributing = [v - cost for v in returns[1:]]
    return game_from_payoffs([contributing[::-1], defecting[::-1]], ["C", "D"], group_size=size)


def enforceable_by_program(
    game: TableGame, slope: Fraction, baseline: Fraction, weight: Fraction
) -> tuple[bool, float]:
    """Whether some p, p0 and phi > 0 satisfy equation (1): a linear program in (phi, p0), the largest slack too."""
    stage = stage_game(game)
    rows, bounds = [], []
    for own, j in product((True, False), range(stage.group_size)):
        direction = float(slope * stage.payoff(own, j) + (1 - slope) * baseline - stage.co_players_mean(own, j))
        left = [direction, -(1 - float(weight)), 1.0]  # with t: phi * direction - (1 - w) p0 + t <= w - [C]
        rows.append(left)
        bounds.append(float(weight) - own)
        rows.append([-direction, 1 - float(weight), 1.0])
        bounds.append(float(own))
    # normalized: phi is in (0, 1e3]; t the slack
    found = linprog([0, 0, -1], A_ub=rows, b_ub=bounds, bounds=[(1e-3, 1e3), (0, 1), (None, 1)])
    return bool(found.x[2] >= 0), float(found.x[2])


@pytest.mark.parametrize(
    ("slope", "baseline", "phi", "expected"),
    [
        ("1/2", 1, "1/9", ["8/9", "1/2", "1/3", "0"]),
        ("1/3", 1, "3/26", ["11/13", "1/2", "7/26", "0"]),
        ("1/2", 3, "1/8", ["1", "9/16", "1/2", "1/8"]),
        (0, 3, "1/4", ["1", "1/2", "3/4", "1/2"]),
        (1, 0, "1/5", ["1", "0", "1", "0"]),
    ],
)
def test_published_strategies_come_out_as_fractions(slope: str, baseline: int, phi: str, expected: list[str]) -> None:
    found = zero_determinant_strategy(DILEMMA, slope=slope, baseline=baseline, phi=phi)

    assert published(found) == expected


def test_published_strategies_enforce_what_they_are_named_for() -> None:
    gtft = MemoryOne(initial=1, after_contributing=["1/8", 1], after_defecting=["1/4", 1])

    relation = enforced_relation(DILEMMA, gtft)

    assert relation is not None
    assert (relation.slope, relation.baseline, relation.phi) == (Fraction(1, 2), 3, Fraction(1, 4))
    assert published(zero_determinant_strategy(DILEMMA, slope="1/2", baseline=3, phi="1/4")) == ["1", "1/8", "1", "1/4"]


def test_extortion_earns_the_published_payoffs_from_a_contributor() -> None:
    extort = zero_determinant_strategy(DILEMMA, slope="1/2", baseline=1, phi="1/9")

    assert repeated_payoffs(DILEMMA, [extort, all_c(2)]).payoffs == (Fraction(7, 2), Fraction(9, 4))


def test_discounted_extortion_needs_the_published_patience() -> None:
    assert least_discount_factor_to_enforce(DILEMMA, "1/2") == Fraction(7, 9)
    assert baseline_range(DILEMMA, "1/2", discount_factor="7/9") == (Fraction(1), Fraction(3))
    assert baseline_range(DILEMMA, "1/2", discount_factor=Fraction(7, 9) - Fraction(1, 10**9)) is None


@given(st.data())
@settings(deadline=None, max_examples=40)
def test_the_published_threshold_of_discounted_extortion(data: st.DataObject) -> None:
    s, p, r, t = sorted(data.draw(st.lists(st.integers(0, 20), min_size=4, max_size=4, unique=True)))
    if not (2 * r > s + t > 2 * p):
        return
    chi = data.draw(st.fractions(Fraction(11, 10), 5, max_denominator=10))
    loss = -s + chi * t - (chi - 1) * p if s + t >= r + p else (chi - 1) * r - chi * s + t

    found = least_discount_factor_to_enforce(game_from_payoffs([[r, s], [t, p]], ["C", "D"]), 1 / chi)

    assert found == 1 - (chi - 1) * (r - p) / loss


@pytest.mark.parametrize(("size", "factor", "threshold"), [(5, 3, "7/12"), (3, 2, "1/4")])
def test_full_extortion_and_generosity_need_the_published_slope(size: int, factor: int, threshold: str) -> None:
    game = PublicGoodsGame(group_size=size, multiplication_factor=factor)
    edge = Fraction(threshold)

    assert edge == 1 - Fraction(size, factor * (size - 1))
    assert baseline_range(game, edge) == (Fraction(0), Fraction(factor - 1))
    below = baseline_range(game, edge - Fraction(1, 1000))
    assert below is not None
    assert 0 < below[0] < below[1] < factor - 1


@pytest.mark.parametrize("size", [2, 3, 4, 5, 50])
def test_fair_with_phi_one_over_c_is_proportional_tit_for_tat(size: int) -> None:
    game = PublicGoodsGame(group_size=size, multiplication_factor="3/2", contribution_cost="5/7")

    found = zero_determinant_strategy(game, slope=1, phi="7/5")

    assert found == proportional_tft(size)
    relation = enforced_relation(game, proportional_tft(size))
    assert relation is not None
    assert (relation.slope, relation.intercept) == (1, 0)
    with pytest.raises(InvalidParameter, match=r"^slope must be different from 1"):
        _ = relation.baseline


@given(dilemmas(), slopes, weights, st.data())
@settings(deadline=None, max_examples=60)
def test_the_relation_holds_against_any_co_players(
    game: TableGame, slope: Fraction, weight: Fraction, data: st.DataObject
) -> None:
    allowed = baseline_range(game, slope, discount_factor=weight) if slope != 1 else None
    if allowed is None:
        return
    share = data.draw(st.fractions(0, 1, max_denominator=4))
    baseline = allowed[0] + share * (allowed[1] - allowed[0])
    size = game.group_size

    mine = zero_determinant_strategy(game, slope=slope, baseline=baseline, discount_factor=weight)
    others = [data.draw(memory_one(size, inner_chances)) for _ in range(size - 1)]
    earned = repeated_payoffs(game, [mine, *others], discount_factor=None if weight == 1 else weight).payoffs

    assert sum(earned[1:]) / (size - 1) == slope * earned[0] + (1 - slope) * baseline
    relation = enforced_relation(game, mine, discount_factor=weight)
    assert relation is not None
    assert (relation.slope, relation.baseline) == (slope, baseline)


@given(dilemmas(), slopes.filter(lambda s: s != 1), st.fractions(-1, 4, max_denominator=6), weights)
@settings(deadline=None, max_examples=60)
def test_the_region_is_what_a_linear_program_finds(
    game: TableGame, slope: Fraction, baseline: Fraction, weight: Fraction
) -> None:
    allowed = baseline_range(game, slope, discount_factor=weight)
    possible, slack = enforceable_by_program(game, slope, baseline, weight)

    if abs(slack) > 1e-3:  # away from the boundary, and from phi near 0
        assert possible == (allowed is not None and allowed[0] <= baseline <= allowed[1])


@given(dilemmas(), weights, st.data())
@settings(deadline=None, max_examples=50)
def test_the_slopes_are_those_with_a_baseline(game: TableGame, weight: Fraction, data: st.DataObject) -> None:
    found = slope_ranges(game, discount_factor=weight)
    nudge = Fraction(1, 10**6)

    def possible(slope: Fraction) -> bool:
        return baseline_range(game, slope, discount_factor=weight) is not None

    if not found:
        assert not possible(data.draw(slopes.filter(lambda s: s != 1)))
        return
    ((low, high),) = found
    assert low is not None
    assert high is not None
    assert -Fraction(1, game.group_size - 1) <= low <= high <= 1
    assert low == 1 or possible(low)
    assert not possible(low - nudge)
    assert not possible(high + nudge)
    if high < 1:
        assert possible(high)
    middle = (low + high) / 2
    assert middle == 1 or possible(middle)
    assert (
        least_discount_factor_to_enforce(game, middle) in {None, weight}
        or middle == 1
        or (least_discount_factor_to_enforce(game, middle) or 1) <= weight
    )


@given(dilemmas(), slopes.filter(lambda s: s != 1))
@settings(deadline=None, max_examples=40)
def test_patience_only_helps(game: TableGame, slope: Fraction) -> None:
    least = least_discount_factor_to_enforce(game, slope)

    if least is None:
        assert baseline_range(game, slope) is None
        return
    assert baseline_range(game, slope) is not None
    if least < 1:
        assert baseline_range(game, slope, discount_factor=least) == baseline_range(game, slope)
    if least > 0:
        assert baseline_range(game, slope, discount_factor=least - Fraction(1, 10**9)) is None


@given(dilemmas(), slopes.filter(lambda s: s != 1), weights, inner_chances, st.data())
@settings(deadline=None, max_examples=40)
def test_phi_leaves_probabilities_exactly_inside_its_range(
    game: TableGame, slope: Fraction, weight: Fraction, initial: Fraction, data: st.DataObject
) -> None:
    baselines = baseline_range(game, slope, discount_factor=weight)
    if baselines is None:
        return
    arguments: dict[str, Any] = {
        "slope": slope,
        "baseline": sum(baselines) / 2,
        "discount_factor": weight,
        "initial": initial,
    }
    allowed = phi_range(game, slope, sum(baselines) / 2, discount_factor=weight, initial=initial)
    if allowed is None:
        with pytest.raises(InvalidParameter, match=r"^slope must be enforceable"):
            zero_determinant_strategy(game, **arguments)
        return

    for phi in (allowed.low, allowed.high):
        if phi != 0:
            assert zero_determinant_strategy(game, phi=phi, **arguments).numbers
    for phi in (allowed.low - Fraction(1, 1000), allowed.high + Fraction(1, 1000)):
        if phi != 0:
            with pytest.raises(InvalidParameter, match=r"^phi must be in"):
                zero_determinant_strategy(game, phi=phi, **arguments)


def test_enforcement_is_akins_identity_over_all_rounds() -> None:
    """Any history of co-players: the weighted sum of equation (1) telescopes, checked on random play."""
    weight, rounds = 0.9, 400
    mine = zero_determinant_strategy(DILEMMA, slope="1/2", baseline=2, discount_factor="9/10")
    rng = np.random.default_rng(4)
    total_mine = total_other = 0.0
    chance = float(mine.initial)
    # a co-player that looks at the whole past; expected payoffs by following the probability of contributing is not
    # enough, so many plays are averaged
    plays = 4000
    gave = rng.random(plays) < chance
    seen = np.zeros(plays)
    table = {(own, other): float(mine.probability(bool(own), other)) for own in (0, 1) for other in (0, 1)}
    payoffs = np.array([[1.0, 5.0], [0.0, 3.0]])
    for moment in range(rounds):
        other = (seen % 3 == moment % 2).astype(int)
        total_mine += 0.1 * weight**moment * payoffs[gave.astype(int), other]
        total_other += 0.1 * weight**moment * payoffs[other, gave.astype(int)]
        seen += gave
        going = np.array([[table[0, 0], table[0, 1]], [table[1, 0], table[1, 1]]])[gave.astype(int), other]
        gave = rng.random(plays) < going
    gaps = np.asarray(total_other) - 0.5 * np.asarray(total_mine) - 1.0

    assert abs(gaps.mean()) <= 4 * gaps.std(ddof=1) / np.sqrt(plays)
    assert gaps.std() > 0.01


@pytest.mark.parametrize(
    "strategy", [win_stay_lose_shift(2), all_c(2), all_d(2), generous(win_stay_lose_shift(2), "1/3")]
)
def test_strategies_without_a_relation_have_none(strategy: MemoryOne) -> None:
    assert enforced_relation(DILEMMA, strategy) is None


@given(dilemmas(), slopes.filter(lambda s: s != 1), weights)
@settings(deadline=None, max_examples=40)
def test_relabeling_actions_leaves_what_can_be_enforced(game: TableGame, slope: Fraction, weight: Fraction) -> None:
    turned: Any = {"actions": ("D", "C")}  # then phi is negative

    assert slope_ranges(game, discount_factor=weight, **turned) == slope_ranges(game, discount_factor=weight)
    assert least_discount_factor_to_enforce(game, slope, **turned) == least_discount_factor_to_enforce(game, slope)
    baselines = baseline_range(game, slope, discount_factor=weight)
    assert baseline_range(game, slope, discount_factor=weight, **turned) == baselines
    if baselines is not None:
        wanted: Any = {"slope": slope, "baseline": sum(baselines) / 2, "discount_factor": weight}
        mirror = zero_determinant_strategy(game, **wanted, **turned)
        relation = enforced_relation(game, mirror, discount_factor=weight, **turned)
        assert relation is not None
        assert relation.phi < 0
        assert (relation.slope, relation.baseline) == (slope, sum(baselines) / 2)


def test_other_games_have_their_own_regions() -> None:
    snowdrift = SnowdriftGame(group_size=3, benefit=4, contribution_cost=1)
    harmony = game_from_payoffs([[2, 3], [1, 0]], ["C", "D"])

    for game in (snowdrift, harmony):
        slope = next(end for ends in slope_ranges(game) for end in ends if end not in (None, 1))
        assert slope is not None
        baselines = baseline_range(game, slope)
        assert baselines is not None
        strategy = zero_determinant_strategy(game, slope=slope, baseline=baselines[0])
        relation = enforced_relation(game, strategy)
        assert relation is not None
        assert relation.slope == slope


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"slope": 0.5}, "slope"),
        ({"baseline": 0.5}, "baseline"),
        ({"slope": 2}, "slope"),
        ({"phi": 0}, "phi"),
        ({"phi": 1}, "phi"),
        ({"discount_factor": 0}, "discount_factor"),
        ({"discount_factor": 2}, "discount_factor"),
        ({"initial": 2}, "initial"),
    ],
)
def test_what_cannot_be_enforced_is_refused(change: dict[str, object], name: str) -> None:
    arguments: dict[str, object] = {"slope": "1/2", "baseline": 1, **change}

    with pytest.raises(InvalidParameter, match=rf"^{name} must be"):
        zero_determinant_strategy(DILEMMA, **arguments)  # type: ignore[arg-type]


def test_relations_are_asked_of_exact_strategies_and_games() -> None:
    with pytest.raises(InvalidParameter, match=r"^strategy must be"):
        enforced_relation(DILEMMA, generous(tft(2), 0.25))
    with pytest.raises(InvalidParameter, match=r"^strategy must be"):
        enforced_relation(DILEMMA, tft(3))
    with pytest.raises(InvalidParameter, match=r"^game must be"):
        enforced_relation(PublicGoodsGame(group_size=2, multiplication_factor=1.5), tft(2))
    with pytest.raises(InvalidParameter, match=r"^slope must be different from 1"):
        baseline_range(DILEMMA, 1)
    with pytest.raises(InvalidParameter, match=r"^game must be one in which"):
        slope_ranges(PublicGoodsGame(group_size=3, multiplication_factor=1))
