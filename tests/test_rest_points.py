from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamics import rest_points, stable_equilibria
from dynamics.replicator import field_of, trajectory, velocity
from gametheory import (
    Component,
    PublicGoodsGame,
    game_from_function,
    game_from_payoffs,
    payoff_table,
    symmetric_equilibria,
)
from gametheory.compositions import compositions

from ._formulas import satisfies

F = Fraction
NAMES = ("A", "B", "C")
ASYMPTOTIC, STABLE, UNSTABLE = "asymptotically stable", "stable", "unstable"
small = st.integers(-2, 2).map(F)
ties = st.sampled_from([F(0), F(0), F(1), F(-1)])
matrices = st.one_of(
    st.lists(st.lists(small, min_size=3, max_size=3), min_size=3, max_size=3),
    st.lists(st.lists(ties, min_size=3, max_size=3), min_size=3, max_size=3),
)


def published(size: int = 5, **changes: Any) -> PublicGoodsGame:
    values: dict[str, Any] = {"multiplication_factor": 3, "fine": 1, "punishment_cost": "3/10"}
    return PublicGoodsGame(group_size=size, **{**values, **changes})


def stability_at(components: tuple[Component, ...], point: tuple[Any, ...]) -> str:
    """The stability of the one part that holds a point."""
    holding = [
        part.stability
        for component in components
        for part in component.parts
        if satisfies(part.set, dict(zip(component.strategies, point, strict=True)))
    ]
    assert len(holding) == 1
    return str(holding[0])


def of(matrix: list[list[Any]], *point: Any) -> str:
    return stability_at(rest_points(game_from_payoffs(matrix, NAMES)).components, tuple(F(x) for x in point))


@given(matrices)
@settings(deadline=None, max_examples=40)
def test_the_population_rests_exactly_where_the_set_says(matrix: list[list[Fraction]]) -> None:
    game = game_from_payoffs(matrix, NAMES)
    table, found = payoff_table(game), rest_points(game).components
    for row in compositions(10, 3).tolist():
        point = [F(n, 10) for n in row]
        rests = not any(velocity(table, point))
        values = dict(zip(NAMES, point, strict=True))
        assert any(satisfies(component.set, values) for component in found) == rests


@given(matrices)
@settings(deadline=None, max_examples=50)
def test_nothing_is_undecided_and_the_known_implications_hold(matrix: list[list[Fraction]]) -> None:
    for component in rest_points(game_from_payoffs(matrix, NAMES)).components:
        assert component.stability_as_set in (ASYMPTOTIC, STABLE, UNSTABLE)
        for part in component.parts:
            assert part.stability in (ASYMPTOTIC, STABLE, UNSTABLE)
            if part.ess == "yes":  # Taylor & Jonker 1978
                assert part.stability == ASYMPTOTIC
            if part.ess == "neutral":  # Thomas 1985; Bomze & Weibull 1995
                assert part.stability in (STABLE, ASYMPTOTIC)
            if not part.is_nash:  # Bomze 1986: stable implies Nash
                assert part.stability == UNSTABLE
            if part.dimension > 0:
                assert part.stability != ASYMPTOTIC


@given(matrices)
@settings(deadline=None, max_examples=50)
def test_clear_eigenvalues_agree_with_the_exact_answer(matrix: list[list[Fraction]]) -> None:
    """An independent linearisation, by finite differences of the velocity on the tangent space."""
    game = game_from_payoffs(matrix, NAMES)
    table = payoff_table(game)
    basis = np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])
    for component in rest_points(game).components:
        for part in component.parts:
            x = np.array([float(v) for v in part.point])
            columns = [np.subtract(velocity(table, x + 1e-6 * b), velocity(table, x - 1e-6 * b)) / 2e-6 for b in basis]
            jacobian = np.linalg.lstsq(basis.T, np.array(columns, dtype=float).T, rcond=None)[0]
            growth = np.linalg.eigvals(jacobian).real.max()
            if growth > 1e-4:
                assert part.stability == UNSTABLE
            if growth < -1e-4:
                assert part.stability == ASYMPTOTIC


@given(matrices, st.permutations([0, 1, 2]), st.lists(small, min_size=3, max_size=3))
@settings(deadline=None, max_examples=50)
def test_relabelling_scaling_and_added_constants_leave_stability(
    matrix: list[list[Fraction]], order: list[int], added: list[Fraction]
) -> None:
    changed = [[3 * matrix[i][j] + added[j] for j in order] for i in order]

    def summary(rows: list[list[Fraction]], names: list[str]) -> set[Any]:
        return {
            (
                component.stability_as_set,
                frozenset(
                    (
                        part.stability,
                        part.is_nash,
                        frozenset(frozenset(zip(names, c, strict=True)) for c in part.corners),
                    )
                    for part in component.parts
                ),
            )
            for component in rest_points(game_from_payoffs(rows, names)).components
        }

    assert summary(matrix, list(NAMES)) == summary(changed, [NAMES[i] for i in order])


@given(matrices)
@settings(deadline=None, max_examples=8)
def test_simulation_does_not_contradict_the_exact_answer(matrix: list[list[Fraction]]) -> None:
    """Trajectories from 1/1000 away stay near stable points, and one of them leaves each unstable point."""
    game = game_from_payoffs(matrix, NAMES)
    field = field_of(game)
    for component in rest_points(game).components:
        for part in (p for p in component.parts if p.dimension < 2):
            x = np.array([float(v) for v in part.point])
            corners = np.eye(3)  # on the boundary: some points are left only along an edge
            inside = [[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.3, 0.2, 0.5]]
            aims = np.vstack([corners, np.full((3, 3), 0.01) + 0.97 * corners, inside])
            far = []
            for aim in aims:
                path = trajectory(field, 0.999 * x + 0.001 * aim, duration=1e8, rest_speed=1e-15, max_steps=3000)
                far.append(float(np.linalg.norm(path.shares - x, axis=1).max()))
            if part.stability == UNSTABLE:
                assert max(far) > 0.05
            else:
                assert max(far) < 0.2


@pytest.mark.parametrize("size", [5, 10, 50, 100])
def test_the_published_game_has_the_rest_points_of_the_model(size: int) -> None:
    net, b, gamma = 1 - F(3, size), size - 1, F(3, 10)
    corner = net / b  # z*, model.md 2.7
    between = (net + b * gamma) / (b * (1 + gamma))  # z°, for five players 4/13 (PUN-1)

    found = rest_points(published(size))
    parts = found.components

    assert found.complete
    assert len(parts) == 3
    assert stability_at(parts, (F(0), F(1), F(0))) == ASYMPTOTIC
    assert stability_at(parts, (F(0), 1 - between, between)) == UNSTABLE
    assert stability_at(parts, (1 - corner, F(0), corner)) == UNSTABLE
    assert stability_at(parts, (F(1), F(0), F(0))) == UNSTABLE
    assert stability_at(parts, (F(0), F(0), F(1))) == STABLE
    assert stability_at(parts, (1 - corner - F(1, 10**6), F(0), corner + F(1, 10**6))) == STABLE
    assert stability_at(parts, (1 - corner + F(1, 10**6), F(0), corner - F(1, 10**6))) == UNSTABLE
    if size == 5:
        assert between == F(4, 13)


def test_the_threshold_is_an_equilibrium_that_is_neither_neutrally_stable_nor_stable() -> None:
    edge = next(c for c in stable_equilibria(published()).components if c.dimension)
    end = next(part for part in edge.parts if part.dimension == 0)
    assert (end.point, end.is_nash, end.ess, end.stability) == ((F(9, 10), 0, F(1, 10)), True, "no", UNSTABLE)
    assert edge.stability_as_set == UNSTABLE


def test_equilibria_with_stability_are_the_equilibria() -> None:
    for game in (published(), published(punishment_cost=0), published(false_alarm_rate="1/10")):
        plain, rich = symmetric_equilibria(game).components, stable_equilibria(game).components
        assert [c.set for c in plain] == [c.set for c in rich]
        assert all(part.stability for c in rich for part in c.parts)


GRID: list[Any] = list(
    product(
        ["3/2", 5, 7],  # net contribution cost > 0, = 0, < 0 for five players
        [0, "1/8", "1/5", 1],
        [0, "3/10"],
        [0, 1],
        [(1, 0), (1, "1/10"), ("1/2", "1/2"), ("1/10", "1/2"), (0, 0)],
    )
)


@pytest.mark.parametrize("factor", ["3/2", 5, 7])
def test_every_degenerate_public_goods_game_is_decided_and_follows_the_model(factor: Any) -> None:
    for r, fine, cost, probability, (hit, alarm) in (row for row in GRID if row[0] == factor):
        game = published(
            multiplication_factor=r,
            fine=fine,
            punishment_cost=cost,
            punishment_probability=probability,
            detection_rate=hit,
            false_alarm_rate=alarm,
        )
        net, b, gamma, beta, e, h = (
            game.net_contribution_cost,
            4 * F(probability),
            F(cost),
            F(fine),
            F(alarm),
            F(hit),
        )
        found = rest_points(game).components
        for component in found + stable_equilibria(game).components:
            assert component.stability_as_set != "undecided"
            assert all(part.stability != "undecided" for part in component.parts)
        interior = [c for c in found if any(min(part.point) > 0 for part in c.parts)]
        if b > 0 and gamma > 0 and (e > 0 or h > 0):
            assert not interior
        if b > 0 and gamma > 0 and e > 0:  # C beats P everywhere
            assert not [p for c in found for p in c.parts if p.point[1] == 0 and 0 < p.point[0] < 1]
        if e == 0 and h == 1 and b * beta > 0 and gamma > 0:
            z = net / (b * beta)
            if 0 < z < 1:
                assert stability_at(found, (1 - z, F(0), z)) == UNSTABLE
                assert stability_at(found, ((1 - z) / 2, F(0), (1 + z) / 2)) == STABLE
                assert stability_at(found, (1 - z / 2, F(0), z / 2)) == UNSTABLE
            if z < 0:
                assert stability_at(found, (F(1, 2), F(0), F(1, 2))) == STABLE
            if z > 1:
                assert stability_at(found, (F(1, 2), F(0), F(1, 2))) == UNSTABLE
            inside = b * beta > net and net + b * gamma > 0
            mixed = (net + b * gamma) / (b * (beta + gamma))
            on_edge = [c for c in found if c.support == ("D", "P")]
            assert bool(on_edge) == inside
            if inside:
                assert on_edge[0].endpoints == ((0, 1 - mixed, mixed),)
                assert on_edge[0].stability_as_set == UNSTABLE


def test_at_no_cost_of_punishing_the_whole_segment_at_the_threshold_rests_and_repels() -> None:
    found = rest_points(published(punishment_cost=0)).components
    line = next(c for c in found if len(c.support) == 3)
    assert stability_at(found, (F(1, 2), F(2, 5), F(1, 10))) == UNSTABLE
    assert stability_at(found, (F(9, 10), F(0), F(1, 10))) == UNSTABLE
    assert (F(0), F(9, 10), F(1, 10)) in line.endpoints


def test_with_nobody_punishing_contributors_and_punishers_are_the_same() -> None:
    found = rest_points(published(punishment_probability=0)).components
    assert stability_at(found, (F(1, 2), F(0), F(1, 2))) == UNSTABLE
    good = rest_points(published(punishment_probability=0, multiplication_factor=7)).components
    assert stability_at(good, (F(1, 2), F(0), F(1, 2))) == STABLE


def test_rock_paper_scissors_turns_from_attracting_through_a_centre_to_repelling() -> None:
    third = ["1/3"] * 3
    assert of([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], *third) == ASYMPTOTIC
    assert of([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], *third) == STABLE
    assert of([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], *third) == UNSTABLE


def test_each_degenerate_rule_decides_the_example_made_for_it() -> None:
    # one tie at a vertex: the tied edge attracts, leads away, rests
    assert of([[0, 1, 0], [0, 0, 0], [-1, 0, 0]], 1, 0, 0) == ASYMPTOTIC
    assert of([[0, -1, 0], [0, 0, 0], [-1, 0, 0]], 1, 0, 0) == UNSTABLE
    assert of([[0, 0, 0], [0, 0, 0], [-1, 0, 0]], 1, 0, 0) == STABLE
    # two ties: both axes attract; the inner ray leads away (two weak strategies help each other)
    assert of([[0, 0, 0], [0, -1, 0], [0, 0, -1]], 1, 0, 0) == ASYMPTOTIC
    assert of([[0, 0, 0], [0, -1, 2], [0, 2, -1]], 1, 0, 0) == UNSTABLE
    # two ties, an axis that rests and a drift along it away from the vertex
    assert of([[0, 0, 0], [0, 0, 1], [0, 0, -1]], 1, 0, 0) == UNSTABLE
    assert of([[0, 0, 0], [0, 0, -1], [0, 0, -2]], 1, 0, 0) == STABLE
    # the edge A-B rests: C neutral at its middle, and A, B alike in C's presence (rays)
    assert of([[0, 0, 0], [0, 0, 0], [1, -1, -1]], "1/2", "1/2", 0) == STABLE
    assert of([[0, 0, 0], [0, 0, 0], [1, -1, 1]], "1/2", "1/2", 0) == UNSTABLE
    assert of([[0, 0, 0], [0, 0, 0], [1, -1, 0]], "1/2", "1/2", 0) == UNSTABLE
    # the same, and C makes A gain on B: C grows where A is (unstable), or where B is (stable)
    assert of([[0, 0, 1], [0, 0, 0], [1, -1, 0]], "1/2", "1/2", 0) == UNSTABLE
    assert of([[0, 0, 1], [0, 0, 0], [-1, 1, 0]], "1/2", "1/2", 0) == STABLE
    # the edge rests, C neutral all along it, everything drifts to A
    assert of([[0, 0, 1], [0, 0, 0], [0, 0, -1]], "1/2", "1/2", 0) == UNSTABLE
    # the edge attracts within, C neutral: the centre manifold leads back or away
    assert of([[0, 1, 0], [1, 0, 0], ["1/2", "1/2", -1]], "1/2", "1/2", 0) == ASYMPTOTIC
    assert of([[0, 1, 0], [1, 0, 0], ["1/2", "1/2", 1]], "1/2", "1/2", 0) == UNSTABLE
    assert of([[0, 1, 0], [1, 0, 0], ["1/2", "1/2", 0]], "1/2", "1/2", 0) == STABLE


def test_an_edge_along_which_everything_drifts_attracts_as_a_set() -> None:
    found = rest_points(game_from_payoffs([[0, 0, 1], [0, 0, 0], [0, 0, -1]], NAMES)).components
    edge = next(c for c in found if c.dimension == 1)
    assert edge.stability_as_set == ASYMPTOTIC
    assert stability_at(found, (F(1, 2), F(1, 2), F(0))) == UNSTABLE


def test_an_isolated_edge_of_stable_points_is_asymptotically_stable_as_a_set() -> None:
    edge = next(c for c in rest_points(published(multiplication_factor=7)).components if c.dimension == 1)
    assert edge.stability_as_set == ASYMPTOTIC
    assert {part.stability for part in edge.parts} == {STABLE}


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=8))
@settings(deadline=None, max_examples=60)
def test_two_strategies_are_stable_exactly_where_the_gain_changes_from_plus_to_minus(
    gains: list[int],
) -> None:
    size = len(gains)
    game = game_from_function(lambda s, n: gains[n["A"]] if s == "A" else 0, ["A", "B"], size)
    table = payoff_table(game)
    for component in rest_points(game).components:
        assert component.stability_as_set in (ASYMPTOTIC, STABLE, UNSTABLE)
        if component.dimension:
            continue
        (part,) = component.parts
        x = float(part.point[0])
        sides = []
        for side in (-1e-4, 1e-4):
            if 0 < x + side < 1:
                push = float(velocity(table, [x + side, 1 - x - side])[0])
                sides.append(push * side < 0)
        assert (part.stability == ASYMPTOTIC) == all(sides)


def test_a_third_strategy_decides_points_of_nonlinear_edges() -> None:
    # A and B coexist at a root of 6 x^2 + 3 x = 1; C earns 1/2 or 2 whatever happens
    for bonus, answer in ((F(1, 2), UNSTABLE), (F(2), UNSTABLE)):
        payoffs = {"B": F(1), "C": bonus}
        game = game_from_function(lambda s, n, p=payoffs: p.get(s, F(n["A"] ** 2)), NAMES, 4)  # type: ignore[misc]
        found = rest_points(game)
        assert found.complete
        mixed = next(c for c in found.components if c.support == ("A", "B"))
        assert mixed.parts[0].stability == answer
    game = game_from_function(lambda s, n: F(1 - n["A"] ** 2, 3) if s == "A" else F(-(s == "C")), NAMES, 4)
    mixed = next(c for c in rest_points(game).components if c.support == ("A", "B"))
    assert (mixed.parts[0].stability, mixed.parts[0].ess) == (ASYMPTOTIC, "yes")


def test_the_threshold_of_a_nonlinear_game_is_decided_by_where_the_drift_leads() -> None:
    # as published, but contributions return increasingly: C and P still earn the same without D
    def payoff(cost: Fraction, strategy: str, others: dict[str, int]) -> Fraction:
        giving = others["C"] + others["P"] + (strategy != "D")
        own = F(giving**2, 12) - (strategy != "D")
        if strategy == "P":
            return own - cost * others["D"]
        return own - others["P"] if strategy == "D" else own

    for cost, answer in ((F(3, 10), UNSTABLE), (F(-3, 10), STABLE)):  # < 0: who punishes is paid for it
        game = game_from_function(partial(payoff, cost), ["C", "D", "P"], 5)
        edge = next(c for c in rest_points(game).components if c.dimension == 1)
        cut = next(part for part in edge.parts if part.is_nash and part.ess != "neutral")
        assert cut.dimension == 0
        assert cut.stability == answer
        x = np.array([float(v) for v in cut.point])
        aim = np.array([0.2, 0.6, 0.2])
        path = trajectory(game, 0.999 * x + 0.001 * aim, duration=1e6, rest_speed=1e-12)
        assert (np.linalg.norm(path.end - x) > 0.2) == (answer == UNSTABLE)


def test_four_strategies_are_decided_where_general_rules_do() -> None:
    names = ["A", "B", "C", "D"]
    coordination = rest_points(game_from_payoffs(np.eye(4, dtype=int), names))
    assert {c.parts[0].stability for c in coordination.components if len(c.support) == 1} == {ASYMPTOTIC}
    assert {c.parts[0].stability for c in coordination.components if len(c.support) > 1} == {UNSTABLE}
    anti = rest_points(game_from_payoffs(1 - np.eye(4, dtype=int), names))
    middle = next(c for c in anti.components if len(c.support) == 4)
    assert middle.parts[0].stability == ASYMPTOTIC
    hypercycles = ((4, "neutral", STABLE), (5, "no", UNSTABLE))  # Hofbauer & Sigmund 1998, chapter 12
    for size, ess, answer in hypercycles:
        cycle = np.roll(np.eye(size, dtype=int), 1, axis=0)
        found = rest_points(game_from_payoffs(cycle, [f"S{k}" for k in range(size)]))
        centre = next(c for c in found.components if len(c.support) == size)
        assert (centre.parts[0].ess, centre.parts[0].stability) == (ess, answer)


def test_strict_equilibria_are_asymptotically_stable_for_floats_too() -> None:
    found = rest_points(published(fine=1.0))
    assert not found.exact
    strict = next(c for c in found.components if c.support == ("D",))
    assert strict.parts[0].stability == ASYMPTOTIC


def test_a_point_that_the_flow_passes_through_is_unstable() -> None:
    # the gain is (1 - 2 x)^2: A grows on both sides of 1/2
    game = game_from_function(lambda s, n: (1, -1, 1)[n["A"]] if s == "A" else 0, ["A", "B"], 3)
    middle = next(c for c in rest_points(game).components if len(c.support) == 2)
    assert middle.endpoints == ((F(1, 2), F(1, 2)),)
    assert (middle.parts[0].stability, middle.parts[0].ess, middle.stability_as_set) == (UNSTABLE, "no", UNSTABLE)


def test_equilibria_on_a_longer_line_of_rest_points_do_not_attract_as_a_set() -> None:
    game = game_from_payoffs([[0, 0, 1], [0, 0, 0], [-1, 1, 0]], NAMES)
    line = next(c for c in stable_equilibria(game).components if c.dimension == 1)
    assert set(line.endpoints) == {(1, 0, 0), (F(1, 2), F(1, 2), 0)}
    assert {part.stability for part in line.parts} == {STABLE}
    assert line.stability_as_set == STABLE
