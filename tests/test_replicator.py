from fractions import Fraction
from math import exp
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dynamics import agreement, classify_limit, long_run, rest_points, trajectory, velocity
from dynamics._replicator_kernels import growth_rates, mean_payoffs_of
from dynamics.replicator import Ending, Field, field_of
from gametheory import (
    InvalidParameter,
    NotConverged,
    PublicGoodsGame,
    TableGame,
    game_from_function,
    game_from_payoffs,
    mean_payoffs,
    payoff_table,
)
from gametheory.compositions import compositions, number_of_compositions

F = Fraction


def published(size: int = 5, **changes: Any) -> PublicGoodsGame:
    values: dict[str, Any] = {"multiplication_factor": 3, "fine": 1, "punishment_cost": "3/10"}
    return PublicGoodsGame(group_size=size, **{**values, **changes})


@st.composite
def tables(draw: st.DrawFn) -> TableGame:
    """Small games of two to four strategies, mostly not affine."""
    parts, size = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    columns = number_of_compositions(size - 1, parts)
    row = st.lists(st.integers(-3, 3), min_size=columns, max_size=columns)
    values = draw(st.lists(row, min_size=parts, max_size=parts))
    return TableGame(strategies=["A", "B", "C", "D"][:parts], group_size=size, values=values)


@st.composite
def populations(draw: st.DrawFn, parts: int) -> list[Fraction]:
    weights = draw(st.lists(st.integers(0, 9), min_size=parts, max_size=parts).filter(any))
    return [F(w, sum(weights)) for w in weights]


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_floats_fractions_and_symbols_give_the_same_velocity(data: st.DataObject) -> None:
    game = data.draw(tables())
    shares = data.draw(populations(len(game.strategies)))
    table = payoff_table(game)
    symbols = sp.symbols(f"x:{len(shares)}")

    exact = velocity(table, shares)

    assert sum(exact) == 0
    fast = field_of(game).velocities([float(x) for x in shares])
    assert fast == pytest.approx([float(v) for v in exact], abs=1e-12)
    general = velocity(table, symbols)
    put = {s: sp.Rational(x.numerator, x.denominator) for s, x in zip(symbols, shares, strict=True)}
    assert [sp.expand(g).subs(put) for g in general] == [sp.Rational(v.numerator, v.denominator) for v in exact]


@given(st.data())
@settings(deadline=None, max_examples=40)
def test_compiled_kernels_equal_their_python_source(data: st.DataObject) -> None:
    field = field_of(data.draw(tables()))
    shares = np.array([float(x) for x in data.draw(populations(len(field.strategies)))])
    logs = np.log(np.maximum(shares, 1e-3))
    for kernel, argument in ((mean_payoffs_of, shares), (growth_rates, logs)):
        ours, plain = np.empty(shares.size), np.empty(shares.size)
        kernel(field.values, field.counts, field.log_multiplicities, argument, ours)
        kernel.py_func(field.values, field.counts, field.log_multiplicities, argument, plain)
        assert ours == pytest.approx(plain, rel=1e-14, abs=1e-14)


@given(st.data())
@settings(deadline=None, max_examples=30)
def test_populations_stay_populations_and_absent_strategies_stay_absent(data: st.DataObject) -> None:
    game = data.draw(tables())
    start = data.draw(populations(len(game.strategies)))
    path = trajectory(game, [float(x) for x in start], duration=50)
    assert np.abs(path.shares.sum(axis=1) - 1).max() < 1e-12
    assert path.shares.min() >= 0
    for k, share in enumerate(start):
        assert (path.shares[:, k] == 0).all() == (share == 0)


@given(st.data())
@settings(deadline=None, max_examples=30)
def test_payoffs_added_against_each_split_of_co_players_change_no_velocity(data: st.DataObject) -> None:
    game = data.draw(tables())
    shares = data.draw(populations(len(game.strategies)))
    added = data.draw(st.lists(st.integers(-5, 5), min_size=len(game.values[0]), max_size=len(game.values[0])))
    rows = [[v + a for v, a in zip(row, added, strict=True)] for row in game.values]
    changed = TableGame(strategies=game.strategies, group_size=game.group_size, values=rows)
    assert velocity(payoff_table(changed), shares) == velocity(payoff_table(game), shares)


@given(tables())
@settings(deadline=None, max_examples=30)
def test_vertices_rest(game: TableGame) -> None:
    for vertex in np.eye(len(game.strategies)):
        path = trajectory(game, vertex, duration=10)
        assert path.ending is Ending.AT_REST
        assert path.limit.tolist() == vertex.tolist()


def test_a_constant_advantage_grows_logistically() -> None:
    path = trajectory(game_from_payoffs([[1.5, 1.5], [1.0, 1.0]], ["A", "B"]), [0.1, 0.9], duration=12, rest_speed=0)
    closed = [0.1 * exp(t / 2) / (0.9 + 0.1 * exp(t / 2)) for t in path.times]
    assert path.times[-1] == 12
    assert path.shares[:, 0] == pytest.approx(closed, abs=1e-8)


def test_rock_paper_scissors_keeps_its_constant_of_motion_and_never_rests() -> None:
    game = game_from_payoffs([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["R", "P", "S"])
    path = trajectory(game, [0.5, 0.3, 0.2], duration=200)
    product = path.shares.prod(axis=1)
    assert np.ptp(product) < 1e-7
    assert path.ending is Ending.TIME
    with pytest.raises(NotConverged, match="longer duration"):
        _ = path.limit
    assert trajectory(game, [0.5, 0.3, 0.2], duration=200, max_steps=50).ending is Ending.STEPS
    assert path.end.tolist() == path.shares[-1].tolist()


@pytest.mark.parametrize("size", [5, 10, 50, 100])
def test_large_groups_neither_overflow_nor_lose_digits(size: int) -> None:
    curved = game_from_function(lambda s, n: F(n["P"] ** 2, size**2) if s == "P" else F(n["C"], size), ["C", "P"], size)
    linear = published(size)
    for game, shares in ((curved, [F(1, 3), F(2, 3)]), (linear, [F(1, 5), F(1, 2), F(3, 10)])):
        exact = [float(f) for f in mean_payoffs(payoff_table(game), shares)]
        assert field_of(game).payoffs([float(x) for x in shares]) == pytest.approx(exact, rel=1e-11)
    raw = Field(("C", "D", "P"), payoff_table(linear).as_array(), *weights(size - 1))
    assert raw.payoffs([0.2, 0.5, 0.3]) == pytest.approx(field_of(linear).payoffs([0.2, 0.5, 0.3]), rel=1e-11)


def weights(others: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    from math import lgamma

    counts = compositions(others, 3)
    return np.array(counts), np.array([lgamma(others + 1) - sum(lgamma(n + 1) for n in row) for row in counts.tolist()])


def test_a_thousand_players_give_finite_payoffs() -> None:
    game = game_from_function(lambda s, n: float(n["A"] >= 300) if s == "A" else 0.5, ["A", "B"], 1000)
    payoffs = field_of(game).payoffs([[0.3, 0.7], [1e-300, 1.0], [1.0, 0.0]])
    assert payoffs[:, 1] == pytest.approx([0.5] * 3)
    assert 0.4 < payoffs[0, 0] < 0.6
    assert payoffs[1:, 0].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("size", [5, 10, 50, 100])
def test_trajectories_end_where_the_exact_rest_points_are_stable(size: int) -> None:
    starts = compositions(6, 3)[:, [0, 1, 2]] / 6
    inside = starts[(starts > 0).all(axis=1)]
    result = agreement(published(size), starts=inside)
    assert result.agrees
    assert sum(count for _, _, count in result.ends) == len(inside)
    assert {how for _, how, _ in result.ends} <= {"asymptotically stable", "stable"}


def test_agreement_reports_what_never_rests() -> None:
    cycle = game_from_payoffs([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["R", "P", "S"])
    result = agreement(cycle, starts=[[0.5, 0.3, 0.2]], duration=100)
    assert (result.unfinished, result.agrees) == (1, False)


def test_the_basin_of_defection_ends_at_the_published_point() -> None:
    # PUN-1: among punishers and defectors the unstable point is at 4/13
    game = published(strategies=["D", "P"])
    below, above = (long_run(game, [1 - x, x]).limit for x in (4 / 13 - 1e-3, 4 / 13 + 1e-3))
    assert below == pytest.approx([1, 0], abs=1e-6)
    assert above == pytest.approx([0, 1], abs=1e-6)


def test_a_limit_is_matched_with_the_part_that_holds_it() -> None:
    found = rest_points(published()).components
    line = classify_limit(found, [0.4, 0.0, 0.6])
    corner = classify_limit(found, [0.9, 0.0, 0.1])
    assert line is not None
    assert line[1].stability == "stable"
    assert corner is not None
    assert corner[0].dimension == 1
    assert classify_limit(found, [0.3, 0.3, 0.4]) is None


def test_results_are_read_only() -> None:
    path = trajectory(published(), [0.2, 0.7, 0.1], duration=1)
    with pytest.raises(ValueError, match="read-only"):
        path.shares[0, 0] = 1


@pytest.mark.parametrize(
    ("name", "start", "options"),
    [
        ("start", [0.5, 0.5], {"duration": 1}),
        ("start", [0.5, 0.6, -0.1], {"duration": 1}),
        ("start", [0.5, 0.2, 0.2], {"duration": 1}),
        ("start", [float("nan"), 0.5, 0.5], {"duration": 1}),
        ("duration", [0.2, 0.7, 0.1], {"duration": 0}),
        ("duration", [0.2, 0.7, 0.1], {"duration": float("inf")}),
        ("rest_speed", [0.2, 0.7, 0.1], {"duration": 1, "rest_speed": -1}),
        ("max_steps", [0.2, 0.7, 0.1], {"duration": 1, "max_steps": 0}),
    ],
)
def test_arguments_outside_their_domain_are_refused_by_name(name: str, start: Any, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        trajectory(published(), start, **options)


def test_velocity_refuses_another_number_of_shares() -> None:
    with pytest.raises(InvalidParameter, match=r"^shares must be 3 shares"):
        velocity(payoff_table(published()), [F(1, 2), F(1, 2)])
    with pytest.raises(InvalidParameter, match=r"^tolerance must be > 0"):
        classify_limit((), [1.0, 0.0], tolerance=0)
