from fractions import Fraction
from math import pi, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dynamics import (
    BrownVonNeumannNash,
    Logit,
    Smith,
    Target,
    heteroclinic_cycles,
    limit_cycle,
    mean_dynamics,
    multi_population_dynamics,
    rest_points,
    trajectories,
)
from dynamics.heteroclinic import _by_weights
from gametheory import InvalidParameter, NotConverged, PublicGoodsGame, game_from_function, game_from_payoffs

F = Fraction
RPS = game_from_payoffs([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], ["R", "P", "S"])
ZERO_SUM = game_from_payoffs([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["R", "P", "S"])
amounts = st.fractions(F(1, 4), 4, max_denominator=8)


def optional_game() -> Any:
    """OPT-1 at N = 5, r = 3: contributors, defectors and loners in a cycle."""

    def payoff(strategy: str, counts: dict[str, int]) -> Fraction:
        present = counts["C"] + counts["D"] + 1
        if strategy == "L" or present == 1:
            return F(1)
        return F(3 * (counts["C"] + (strategy == "C")), present) - (strategy == "C")

    return game_from_function(payoff, ["C", "D", "L"], 5)


# --- closed orbits ---


def test_near_a_hopf_point_the_cycle_is_small_and_turns_at_the_speed_of_the_eigenvalues() -> None:
    # J = A / (3 T) - 1 at the center: real part 1 / (6 T) - 1, imaginary part sqrt(3) / (2 T)
    amplitudes = []
    for step in (0.001, 0.004):
        temperature = 1 / 6 - step
        dynamics = mean_dynamics(RPS, protocol=Logit(temperature=temperature))
        cycle = limit_cycle(dynamics, [0.36, 0.32, 0.32], settle=2000)
        assert cycle.stability == "attracting"
        assert cycle.period == pytest.approx(2 * pi / (sqrt(3) / (2 * temperature)), rel=20 * step)
        # the multiplier is exp(-2 * growth * period) to first order
        growth = 1 / (6 * temperature) - 1
        assert abs(cycle.multipliers[0]) == pytest.approx(np.exp(-2 * growth * cycle.period), rel=8 * step)
        amplitudes.append(cycle.amplitude[0])
    assert amplitudes[1] / amplitudes[0] == pytest.approx(2.0, rel=0.02)  # the square root of four


@pytest.mark.parametrize("protocol", [Logit(temperature=0.1), Smith(), BrownVonNeumannNash()])
def test_an_attracting_cycle_closes_attracts_and_satisfies_liouville(protocol: Any) -> None:
    dynamics = mean_dynamics(RPS, protocol=protocol)
    cycle = limit_cycle(dynamics, [0.6, 0.3, 0.1], settle=300)

    assert cycle.stability == "attracting"
    assert cycle.is_bracketed
    assert cycle.residual < 1e-9
    assert cycle.orbit.shape == (513, 3)
    if isinstance(protocol, Logit):  # the others have kinks, where traces jump
        assert cycle.liouville_gap < 1e-8
    assert 0 < abs(cycle.multipliers[0]) < 1
    again = trajectories(dynamics, cycle.point, times=[cycle.period / 2, cycle.period], tolerances=(1e-12, 1e-14))
    assert again.shares[0, 1] == pytest.approx(cycle.point, abs=1e-8)
    assert np.abs(again.shares[0, 0] - cycle.point).max() > 0.05
    # a neighbor comes nearer by the multiplier
    way = cycle.point - 1 / 3
    moved = cycle.point + 1e-3 * way / np.linalg.norm(way)
    later = trajectories(dynamics, moved, times=5 * cycle.period, tolerances=(1e-12, 1e-14), rest_speed=0).ends[0]
    gap = Target.of_cycle(cycle.strategies, cycle).distance(later)
    assert gap < 3e-3 * abs(cycle.multipliers[0]) ** 5 + 1e-5


@pytest.mark.parametrize("start", [(0.6, 0.3, 0.1), (0.35, 0.34, 0.31)])
def test_orbits_around_a_center_are_neutral_and_average_to_the_rest_point(start: Any) -> None:
    cycle = limit_cycle(mean_dynamics(ZERO_SUM), start)
    assert cycle.stability == "neutral"
    assert not cycle.is_bracketed
    assert cycle.orbit[:-1].mean(axis=0) == pytest.approx([1 / 3] * 3, abs=1e-10)
    assert np.prod(cycle.orbit, axis=1) == pytest.approx(np.full(513, np.prod(start)), rel=1e-9)
    if max(start) < 0.4:
        assert cycle.period == pytest.approx(2 * pi * sqrt(3), rel=2e-3)


@given(amounts, amounts, amounts, st.integers(5, 60), st.integers(5, 60))
@settings(deadline=None, max_examples=10)
def test_time_averages_of_cycling_replicators_are_the_rest_point(
    a: Any, b: Any, c: Any, first: int, second: int
) -> None:
    # any zero-sum cycle: its rest point has shares proportional to the payoffs opposite
    game = game_from_payoffs([[0, -a, b], [a, 0, -c], [-b, c, 0]], ["R", "P", "S"])
    rest = np.array([float(c), float(b), float(a)]) / float(a + b + c)
    start = np.array([first, second, 40.0]) / (first + second + 40)
    assume(np.abs(start - rest).max() > 0.05)

    cycle = limit_cycle(mean_dynamics(game), start)

    assert cycle.stability == "neutral"
    assert cycle.orbit[:-1].mean(axis=0) == pytest.approx(rest, abs=1e-8)


def test_orbits_of_the_optional_game_close() -> None:
    cycle = limit_cycle(mean_dynamics(optional_game()), [0.25, 0.35, 0.4])
    assert (cycle.stability, cycle.residual < 1e-10) == ("neutral", True)
    f = cycle.orbit[:-1, 0] / (cycle.orbit[:-1, 0] + cycle.orbit[:-1, 1])
    assert f.mean() == pytest.approx(0.5, abs=1e-9)  # OPT-3: loner's payoff / (r - 1)


def test_cycles_of_four_strategies_have_two_multipliers() -> None:
    # the fourth strategy is worse than rock by 1: dies out, so a multiplier of its own, and the first three go on
    rows = [[0, -2, 1, 0], [1, 0, -2, 0], [-2, 1, 0, 0], [-1, -3, 0, -1]]
    dynamics = mean_dynamics(game_from_payoffs(rows, ["R", "P", "S", "Q"]), protocol=Logit(temperature=0.1))
    cycle = limit_cycle(dynamics, [0.5, 0.2, 0.2, 0.1], settle=100)
    assert cycle.multipliers.shape == (2,)
    assert cycle.stability == "attracting"
    assert cycle.liouville_gap < 1e-6
    assert not cycle.is_bracketed


def test_what_does_not_close_is_not_a_cycle() -> None:
    coordination = mean_dynamics(game_from_payoffs([[1, 0, 0], [0, 2, 0], [0, 0, 3]], ["A", "B", "C"]))
    with pytest.raises(NotConverged, match=r"comes to rest"):
        limit_cycle(coordination, [0.5, 0.3, 0.2], settle=1e4)
    with pytest.raises(NotConverged):
        limit_cycle(coordination, [0.5, 0.3, 0.2], longest_period=1e3)
    with pytest.raises(NotConverged):  # a spiral to the center
        limit_cycle(mean_dynamics(RPS, protocol=Logit(temperature=0.3)), [0.5, 0.3, 0.2], longest_period=20)
    with pytest.raises(NotConverged):  # and one away from it, to the boundary
        limit_cycle(mean_dynamics(RPS), [0.5, 0.3, 0.2], longest_period=60)


def test_arguments_outside_their_domain_are_refused_by_name() -> None:
    two = mean_dynamics(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]))
    with pytest.raises(InvalidParameter, match=r"^dynamics must be of three or more"):
        limit_cycle(two, [0.5, 0.5])
    for name, options in (("settle", {"settle": -1}), ("longest_period", {"longest_period": 0})):
        with pytest.raises(InvalidParameter, match=f"^{name} must be"):
            limit_cycle(mean_dynamics(RPS), [0.5, 0.3, 0.2], **options)
    with pytest.raises(InvalidParameter, match=r"^starts must be"):
        limit_cycle(mean_dynamics(RPS), [0.5, 0.3, 0.3])
    several = multi_population_dynamics(RPS)
    with pytest.raises(InvalidParameter, match=r"^dynamics must be of one game, one population"):
        limit_cycle(several, [0.5, 0.3, 0.2] * 2)


# --- heteroclinic cycles ---


@given(st.lists(amounts, min_size=6, max_size=6))
@settings(deadline=None, max_examples=60)
def test_the_boundary_cycle_attracts_iff_the_interior_rest_point_repels(values: Any) -> None:
    # Hofbauer & Sigmund 1998, 7.7: for rock-scissors-paper games both are the sign of one determinant
    (a, b, c), (d, e, f) = values[:3], values[3:]
    game = game_from_payoffs([[0, -d, a], [b, 0, -e], [-f, c, 0]], ["R", "P", "S"])

    (cycle,) = heteroclinic_cycles(game)

    assert cycle.strategies == ("R", "P", "S")
    assert cycle.ratio == F(d * e * f) / (a * b * c)
    assert cycle.exact
    inside = [c.parts[0] for c in rest_points(game).components if c.support == ("R", "P", "S")]
    words = {"attracting": "unstable", "repelling": "asymptotically stable", "undecided": "stable"}
    assert [part.stability for part in inside] == [words[cycle.stability]]
    # the cycle read with weights instead of the ratio
    rates = [[F(0), b, -f], [-d, F(0), c], [a, -e, F(0)]]
    if cycle.ratio > F(11, 10) or cycle.ratio < F(10, 11):
        assert _by_weights(rates) == cycle.stability


@given(st.lists(amounts, min_size=6, max_size=6))
@settings(deadline=None, max_examples=15)
def test_trajectories_do_what_the_ratio_says(values: Any) -> None:
    (a, b, c), (d, e, f) = values[:3], values[3:]
    game = game_from_payoffs([[0, -d, a], [b, 0, -e], [-f, c, 0]], ["R", "P", "S"])
    (cycle,) = heteroclinic_cycles(game)
    assume(cycle.ratio > 2 or cycle.ratio < F(1, 2))
    start = [0.98, 0.01, 0.01]

    path = trajectories(mean_dynamics(game), start, times=[300.0], tolerances=(1e-8, 0.0), rest_speed=0).ends[0]

    assert (path.min() < 1e-4) == (cycle.stability == "attracting")


def test_a_strategy_outside_the_cycle_decides_too() -> None:
    def with_fourth(rate: int) -> Any:
        rows = [[0, -2, 1, -1], [1, 0, -2, -1], [-2, 1, 0, -1], [rate, rate, rate, 0]]
        (cycle,) = [c for c in heteroclinic_cycles(game_from_payoffs(rows, list("RPSQ"))) if len(c.strategies) == 3]
        return cycle

    assert with_fourth(-1).stability == "attracting"
    assert with_fourth(1).stability == "unstable"
    assert with_fourth(0).stability == "undecided"
    assert with_fourth(-1).transversal == ((-1,), (-1,), (-1,))


@pytest.mark.parametrize(
    ("following", "before", "opposite", "answer"),
    [(1, -2, -1, "attracting"), (3, -1, -1, "repelling"), (3, -1, 1, "undecided"), (2, -1, -1, "undecided")],
)
def test_cycles_of_four_attract_where_weights_say_so(following: int, before: int, opposite: int, answer: str) -> None:
    # at each corner the next strategy grows, the one before and the opposite one do not
    rates = {1: following, 2: opposite, 3: before, 0: 0}
    rows = [[rates[(i - j) % 4] for j in range(4)] for i in range(4)]
    cycles = [c for c in heteroclinic_cycles(game_from_payoffs(rows, list("ABCD"))) if len(c.strategies) == 4]
    (cycle,) = [c for c in cycles if c.strategies == ("A", "B", "C", "D")]
    assert cycle.stability == answer


def test_an_edge_with_a_rest_point_or_a_flat_end_breaks_or_blurs_a_cycle() -> None:
    assert heteroclinic_cycles(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)) == ()
    (cycle,) = heteroclinic_cycles(optional_game())
    # at the loners' corner nobody's payoff differs: eigenvalues 0
    assert cycle.strategies == ("C", "D", "L")
    assert cycle.stability == "undecided"
    floats = game_from_payoffs([[0.0, -2.0, 1.0], [1.0, 0.0, -2.0], [-2.0, 1.0, 0.0]], ["R", "P", "S"])
    assert [(c.ratio, c.exact) for c in heteroclinic_cycles(floats)] == [(8.0, False)]


def test_too_many_strategies_are_refused() -> None:
    many = game_from_payoffs(np.zeros((9, 9), dtype=int), [f"S{k}" for k in range(9)])
    with pytest.raises(InvalidParameter, match=r"^strategies must be at most 8"):
        heteroclinic_cycles(many)
