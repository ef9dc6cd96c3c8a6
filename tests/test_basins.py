from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from dynamics import (
    Basins,
    BrownVonNeumannNash,
    Imitation,
    Logit,
    Replicator,
    Smith,
    basins_of_attraction,
    certified_neighborhood,
    certified_potential_basin,
    certified_trapping_regions,
    mean_dynamics,
    numerical_rest_points,
    potential_matrix,
    rest_points,
    separatrices,
    trajectories,
)
from dynamics.grids import grid_cells
from gametheory import (
    CollectiveRiskGame,
    InvalidParameter,
    PublicGoodsGame,
    game_from_function,
    game_from_payoffs,
    mean_payoffs,
    payoff_table,
)
from gametheory.testing import table_games

F = Fraction
PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
COORDINATION = game_from_payoffs([[1, 0, 0], [0, 2, 0], [0, 0, 3]], ["A", "B", "C"])
RPS = game_from_payoffs([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], ["R", "P", "S"])
small = st.integers(-6, 6)
matrices = st.lists(st.lists(small, min_size=3, max_size=3), min_size=3, max_size=3)
protocols = st.sampled_from([Replicator(), Smith(), Imitation(imitation_noise=0.5), Logit(temperature=0.3)])


def exact_shares_of_the_coordination_game() -> dict[str, Fraction]:
    """Orbits of diagonal games keep ratios on their separatrices: basins are polygons, the area is a determinant."""
    middle = (F(6, 11), F(3, 11), F(2, 11))
    sides = {"AB": (F(2, 3), F(1, 3), F(0)), "AC": (F(3, 4), F(0), F(1, 4)), "BC": (F(0), F(3, 5), F(2, 5))}
    shares = {}
    for k, name in enumerate("ABC"):
        corner = tuple(F(int(i == k)) for i in range(3))
        (one, two) = [point for pair, point in sides.items() if name in pair]
        shares[name] = abs(determinant(corner, one, middle)) + abs(determinant(corner, middle, two))
    return shares


def determinant(a: Any, b: Any, c: Any) -> Any:
    return a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])


def shares_by_corner(basins: Basins) -> dict[str, float]:
    return {
        basins.strategies[int(np.argmax(b.target.corners[0]))]: float(b.share)
        for b in basins.basins
        if len(b.target.corners) == 1
    }


# --- the grid ---


@given(st.integers(2, 5), st.integers(1, 5))
@settings(deadline=None, max_examples=20)
def test_cells_have_equal_volumes_and_fill_the_simplex_once(size: int, side: int) -> None:
    cells = grid_cells(size, side)

    volumes = np.abs(np.linalg.det(cells))
    assert len(cells) == side ** (size - 1)
    assert volumes == pytest.approx(np.full(len(cells), side ** -(size - 1.0)), rel=1e-9)
    assert cells.min() >= 0
    assert cells.sum(axis=2) == pytest.approx(np.ones((len(cells), size)))
    assert len({tuple(np.round(c, 9)) for c in cells.mean(axis=1)}) == len(cells)


def test_the_triangular_grid_is_the_same_under_every_relabelling() -> None:
    centers = {tuple(np.round(c, 9)) for c in grid_cells(3, 7).mean(axis=1)}
    for order in permutations(range(3)):
        assert {tuple(c[i] for i in order) for c in centers} == centers


# --- shares ---


@given(matrices, protocols)
@example([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], Replicator())
@settings(deadline=None, max_examples=12)
def test_shares_and_the_undecided_sum_to_one(matrix: Any, protocol: Any) -> None:
    basins = basins_of_attraction(game_from_payoffs(matrix, ["A", "B", "C"]), protocol=protocol, side=5, max_steps=500)

    assert sum(float(b.share) for b in basins.basins) + basins.undecided == pytest.approx(1)
    assert all(b.target.may_attract and b.share > 0 for b in basins.basins)
    assert np.bincount(basins.labels + 1, minlength=1)[0] / 25 == pytest.approx(basins.undecided)


def test_basins_of_a_coordination_game_are_their_exact_polygons() -> None:
    exact = exact_shares_of_the_coordination_game()
    assert sum(exact.values()) == 1

    grid = basins_of_attraction(COORDINATION, side=40)
    random = basins_of_attraction(COORDINATION, runs=3000, seed=7)

    assert grid.undecided == 0
    for name, share in shares_by_corner(grid).items():
        error = next(b.error for b in grid.basins if b.target.set.find(f"{name} == 1") >= 0)
        assert 0 < error < 0.1
        assert abs(share - float(exact[name])) < error / 4
    for name, share in shares_by_corner(random).items():
        error = next(b.error for b in random.basins if b.target.set.find(f"{name} == 1") >= 0)
        assert error == pytest.approx((share * (1 - share) / 3000) ** 0.5)
        assert abs(share - float(exact[name])) < 4 * error
    assert random.seed == 7
    again = basins_of_attraction(COORDINATION, runs=3000, seed=7)
    assert np.array_equal(random.ends, again.ends)


def test_labels_follow_the_separatrices_of_a_coordination_game() -> None:
    basins = basins_of_attraction(COORDINATION, side=20)
    names = [basins.strategies[int(np.argmax(b.target.corners[0]))] for b in basins.basins]
    weighted = basins.starts * np.array([1.0, 2.0, 3.0])
    gaps = np.sort(weighted, axis=1)
    clear = gaps[:, 2] - gaps[:, 1] > 1e-9
    ends = np.array([names[k] for k in basins.labels])
    assert (ends[clear] == np.array(["A", "B", "C"])[np.argmax(weighted[clear], axis=1)]).all()


@given(matrices, st.permutations(range(3)))
@settings(deadline=None, max_examples=8)
def test_relabelling_strategies_permutes_the_basins(matrix: Any, order: Any) -> None:
    names = ["A", "B", "C"]
    first = basins_of_attraction(game_from_payoffs(matrix, names), side=8, max_steps=1000)
    moved = [[matrix[i][j] for j in order] for i in order]
    second = basins_of_attraction(game_from_payoffs(moved, [names[i] for i in order]), side=8, max_steps=1000)

    places = {tuple(np.round(start, 6)): k for k, start in enumerate(second.starts)}
    different = 0
    for k, start in enumerate(first.starts):
        j = places[tuple(np.round(start[list(order)], 6))]
        mine = None if first.labels[k] < 0 else first.basins[first.labels[k]].target
        theirs = None if second.labels[j] < 0 else second.basins[second.labels[j]].target
        if mine is None or theirs is None:
            different += mine is not theirs
            continue
        different += mine.distance(first.ends[k]) > 2e-3 or theirs.distance(first.ends[k][list(order)]) > 2e-3
    assert different <= 2


@given(table_games(strategies=(2,)), st.sampled_from([Replicator(), Smith(), BrownVonNeumannNash()]))
@settings(deadline=None, max_examples=12)
def test_two_strategies_have_exact_basins_that_trajectories_find_too(game: Any, protocol: Any) -> None:
    exact = basins_of_attraction(game, protocol=protocol)
    assume(exact.method == "exact")
    assert sum(float(b.share) for b in exact.basins) == pytest.approx(1)
    assert exact.undecided == 0

    starts = np.linspace(0.013, 0.987, 25)
    ends = trajectories(
        mean_dynamics(game), np.column_stack([starts, 1 - starts]), times=1e3, rest_speed=0, max_steps=2000
    ).ends
    near = [min((b.target.distance(end), k) for k, b in enumerate(exact.basins)) for end in ends]
    settled = [k for distance, k in near if distance < 1e-3]
    for k, basin in enumerate(exact.basins):
        assert settled.count(k) <= 25 * (float(basin.share) + 0.08) + 1


def test_the_published_roots_of_the_collective_risk_game_bound_its_basins() -> None:
    # CRD-1: k = 1: 0.1214333336 and 0.7356180923; below the first all defect
    game = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution="1/10")
    high, low = basins_of_attraction(game).basins
    assert low.target.set == "C == 0 and D == 1"
    assert float(low.share) == pytest.approx(0.1214333336, abs=5e-11)
    assert high.target.corners[0, 0] == pytest.approx(0.7356180923, abs=5e-11)
    stag_hunt = game_from_payoffs([[4, 0], [3, 3]], ["S", "H"])
    assert [b.share for b in basins_of_attraction(stag_hunt).basins] == [F(3, 4), F(1, 4)]


def test_nothing_is_called_converged_that_circles_around_a_center() -> None:
    zero_sum = game_from_payoffs([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["R", "P", "S"])
    basins = basins_of_attraction(zero_sum, side=6, max_steps=500)
    assert (basins.undecided, basins.basins) == (1.0, ())


def test_boundary_cycles_and_limit_cycles_are_targets() -> None:
    (boundary,) = basins_of_attraction(RPS, side=6).basins
    assert (boundary.target.kind, boundary.share) == ("heteroclinic cycle", 1.0)
    (circling,) = basins_of_attraction(RPS, protocol=Logit(temperature=0.1), side=6).basins
    assert (circling.target.kind, circling.target.exact, circling.share) == ("limit cycle", False, 1.0)
    assert "period 1.45296" in circling.target.set


@pytest.mark.parametrize("protocol", [Smith(), BrownVonNeumannNash()])
def test_a_start_that_rests_already_shows_nothing(protocol: Any) -> None:
    basins = basins_of_attraction(RPS, protocol=protocol, starts=[[1 / 3, 1 / 3, 1 / 3], [0.5, 0.3, 0.2]])
    assert basins.labels.tolist() == [-1, 0]
    assert basins.basins[0].target.kind == "limit cycle"


def test_four_strategies_fall_apart_into_four_basins() -> None:
    game = game_from_payoffs([[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [0, 0, 0, 4]], ["A", "B", "C", "D"])
    shares = shares_by_corner(basins_of_attraction(game, side=7))
    assert shares["D"] > shares["C"] > shares["B"] > shares["A"] > 0


def test_the_published_game_loses_its_defectors_above_the_separatrix() -> None:
    basins = basins_of_attraction(PUBLISHED, side=20)
    (path,) = [s.path for s in separatrices(PUBLISHED)]
    assert basins.undecided == 0
    for start, label in zip(basins.starts, basins.labels, strict=True):
        nearest = int(np.argmin(np.linalg.norm(path - start, axis=1)))
        border = float(np.interp(start[1], path[:, 1], path[:, 2]))  # punishers on it, by share of defectors
        if np.linalg.norm(path[nearest] - start) > 0.01:
            wins = start[2] > (4 / 13 if start[1] > path[-1, 1] else border)
            assert ("P > 1/10" in basins.basins[label].target.set) == wins


# --- certified neighborhoods ---


def advantage(game: Any, point: Any, shares: Any) -> Fraction:
    """The H of `dynamics.neighborhoods`, from exact mean payoffs."""
    payoffs = mean_payoffs(payoff_table(game), shares)
    return sum(((p - x) * f for p, x, f in zip(point, shares, payoffs, strict=True)), F(0))


@given(table_games(group_sizes=(2, 3, 4)), st.data())
@settings(deadline=None, max_examples=12)
def test_strict_equilibria_have_a_certified_neighborhood_whose_points_converge(game: Any, data: st.DataObject) -> None:
    size, table = len(game.strategies), payoff_table(game)
    corners = [tuple(F(int(i == k)) for i in range(size)) for k in range(size)]
    payoffs = [mean_payoffs(table, corner) for corner in corners]
    strict = [k for k, f in enumerate(payoffs) if all(f[k] - v > F(1, 2) for i, v in enumerate(f) if i != k)]
    assume(strict)
    k = data.draw(st.sampled_from(strict))

    found = certified_neighborhood(game, corners[k])

    delta = found.shrinkage
    assert found.volume == delta ** (size - 1)
    weights = data.draw(st.lists(st.integers(0, 20), min_size=size, max_size=size).filter(any))
    spread = [F(w, sum(weights)) for w in weights]
    inside = [(1 - delta * F(99, 100)) * c + delta * F(99, 100) * s for c, s in zip(corners[k], spread, strict=True)]
    assert found.contains(inside)
    if tuple(inside) != corners[k]:
        assert advantage(game, corners[k], inside) > 0
    end = trajectories(mean_dynamics(game), [float(x) for x in inside], times=1e4).ends[0]
    assert end == pytest.approx([float(c) for c in corners[k]], abs=1e-3)
    outside = [F(int(i == (k + 1) % size)) for i in range(size)]
    assert found.contains(outside) is False
    assert rest_point_of(game, corners[k]) == "asymptotically stable"


def rest_point_of(game: Any, point: Any) -> str | None:
    parts = [part for component in rest_points(game).components for part in component.parts]
    return next((part.stability for part in parts if part.dimension == 0 and tuple(part.point) == tuple(point)), None)


@pytest.mark.parametrize("win", [2, 3, 10])
def test_an_interior_ess_of_a_linear_game_attracts_every_interior_population(win: int) -> None:
    game = game_from_payoffs([[0, -1, win], [win, 0, -1], [-1, win, 0]], ["R", "P", "S"])
    found = certified_neighborhood(game, ["1/3", "1/3", "1/3"])
    assert (float(found.shrinkage), float(found.level)) == (1.0, 0.0)
    assert float(found.volume) == 1.0
    assert found.contains([F(1, 100), F(98, 100), F(1, 100)])
    assert not found.contains([0, F(1, 2), F(1, 2)])


def test_an_edge_ess_attracts_what_its_function_says() -> None:
    # f_X exceeds the others' only beyond x = 3/5: the copy of the simplex must stay clear of that
    game = game_from_payoffs([[-1, 2, 0], [0, 1, 0], [-1, -1, 1]], ["H", "D", "X"])
    found = certified_neighborhood(game, ["1/2", "1/2", 0])
    assert 0 < found.shrinkage < 1
    assert found.exponents == (1, 1, 0)
    rng = np.random.default_rng(3)
    starts = [x for x in rng.dirichlet([2, 2, 0.5], 400) if found.contains([float(v) for v in x])]
    assert len(starts) > 100
    ends = trajectories(mean_dynamics(game), starts, times=1e4).ends
    assert np.abs(ends - [0.5, 0.5, 0.0]).max() < 1e-4
    # sharp: no larger copy can be right, for the function V falls somewhere beyond it
    larger = found.shrinkage + F(1, 64)
    rim = [F(1, 2) * (1 - larger), F(1, 2) * (1 - larger), larger]
    assert advantage(game, (F(1, 2), F(1, 2), F(0)), rim) < 0


def test_no_population_on_the_rim_of_the_certified_copy_is_in_the_set() -> None:
    # hawks 1/3, doves 2/3; the bound on V is attained on one of the two rims, so that it is as large as can be
    game = game_from_payoffs([[-2, 2, 0], [0, 1, 0], [-2, -1, 2]], ["H", "D", "X"])
    point = (F(1, 3), F(2, 3), F(0))
    found = certified_neighborhood(game, point)
    assert 0 < found.shrinkage < 1
    heights = []
    for k in (0, 1):
        fixed = (1 - found.shrinkage) * point[k]
        for share in range(11):
            other = (1 - fixed) * F(share, 10)
            two = [fixed, other] if k == 0 else [other, fixed]
            rim = [*two, 1 - two[0] - two[1]]
            if all(x >= (1 - found.shrinkage) * p for x, p in zip(rim, point, strict=True)):
                assert not found.contains(rim)
                heights.append(rim[0] * rim[1] ** 2)
    assert found.exponents == (1, 2, 0)
    assert max(heights) == found.level
    assert found.contains(point)


@given(matrices)
@settings(deadline=None, max_examples=25)
def test_no_unstable_point_gets_a_neighborhood(matrix: Any) -> None:
    game = game_from_payoffs(matrix, ["A", "B", "C"])
    for component in rest_points(game).components:
        for part in component.parts:
            if part.dimension == 0 and part.stability == "unstable":
                with pytest.raises(InvalidParameter, match=r"^point must be a point whose superiority"):
                    certified_neighborhood(game, part.point)


@given(st.lists(st.integers(-5, 5), min_size=6, max_size=6), st.lists(st.integers(-5, 5), min_size=3, max_size=3))
@settings(deadline=None, max_examples=8)
def test_points_of_a_certified_potential_basin_converge(entries: Any, shifts: Any) -> None:
    a, b, c, d, e, f = entries
    symmetric = [[a, b, c], [b, d, e], [c, e, f]]
    game = game_from_payoffs([[v + s for v, s in zip(row, shifts, strict=True)] for row in symmetric], ["A", "B", "C"])
    found = potential_matrix(game)
    assert found is not None
    parts = [part for component in rest_points(game).components for part in component.parts]
    maxima = [p.point for p in parts if p.dimension == 0 and p.stability == "asymptotically stable"]
    assume(maxima)
    assume(len(rest_points(game).components) > len(maxima))

    basin = certified_potential_basin(game, maxima[0])

    starts = [x for x in np.random.default_rng(5).dirichlet([1, 1, 1], 100) if basin.contains([float(v) for v in x])]
    if starts:
        ends = trajectories(mean_dynamics(game), starts, times=1e4).ends
        assert np.abs(ends - [float(v) for v in maxima[0]]).max() < 1e-2
    assert 0 <= basin.volume <= 1


def test_the_potential_of_a_coordination_game_certifies_up_to_its_passes() -> None:
    # passes: 2/3 on AB, 3/4 on AC, 6/5 on BC
    levels = {
        name: certified_potential_basin(COORDINATION, np.eye(3, dtype=int)[k].tolist()).level
        for k, name in enumerate("ABC")
    }
    assert levels == {"A": F(3, 4), "B": F(6, 5), "C": F(6, 5)}
    basin = certified_potential_basin(COORDINATION, [0, 0, 1])
    assert basin.contains([F(1, 5), 0, F(4, 5)])
    assert not basin.contains([0, 1, 0])  # above the level, but on the other side of the pass
    assert potential_matrix(PUBLISHED) is None


# --- trapping regions ---


def corners_of(region: Any) -> list[list[Fraction]]:
    i, j = (region.strategies.index(name) for name in region.edge)
    (k,) = {0, 1, 2} - {i, j}
    rows = []
    for share, level in (
        (region.low, F(0)),
        (region.high, F(0)),
        (region.high, region.height),
        (region.low, region.height),
    ):
        row = [F(0)] * 3
        row[i], row[j], row[k] = (1 - share) * (1 - level), share * (1 - level), level
        rows.append(row)
    return rows


@given(table_games(group_sizes=(2, 3, 4), strategies=(3,)), st.integers(0, 99))
@settings(deadline=None, max_examples=25)
def test_populations_of_a_trapping_region_converge_to_its_point(game: Any, seed: int) -> None:
    regions = certified_trapping_regions(game)
    assume(regions)
    rng = np.random.default_rng(seed)
    for region in regions:
        corners = np.array([[float(x) for x in row] for row in corners_of(region)])
        a, b = corners[[0, 1, 2]], corners[[0, 2, 3]]
        area = abs(determinant(*a)) + abs(determinant(*b))
        assert area == pytest.approx(float(region.volume))
        i, j = (region.strategies.index(name) for name in region.edge)
        point = np.zeros(3)
        point[i], point[j] = 1 - float(region.share), float(region.share)
        starts = [*corners, *(rng.dirichlet(np.ones(4), 3) @ corners)]
        ends = trajectories(mean_dynamics(game), starts, times=1e5, rest_speed=1e-12).ends
        assert np.abs(ends - point).max() < 5e-3


def test_an_algebraic_point_of_an_edge_has_a_trapping_region() -> None:
    # CRD-1 with a third strategy that loses where they contribute: 0.7356180923
    crd = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution="1/10")

    def payoff(strategy: str, counts: dict[str, int]) -> Fraction:
        if strategy == "X":
            return F(counts["D"], 100) - F(1, 20)
        value: Fraction = crd.payoff(strategy, (counts["C"], 5 - counts["C"]))
        return value

    game = game_from_function(payoff, ["C", "D", "X"], 6)
    (region,) = certified_trapping_regions(game)
    assert 1 - float(region.share) == pytest.approx(0.7356180923, abs=5e-11)
    assert region.low < 0.2643819 < region.high < 1 - 0.1214333337  # it stays clear of the unstable point
    assert certified_trapping_regions(COORDINATION) == ()
    with pytest.raises(InvalidParameter, match=r"^strategies must be three"):
        certified_trapping_regions(game_from_payoffs([[-1, 2], [0, 1]], ["H", "D"]))


# --- separatrices ---


def test_separatrices_of_a_coordination_game_are_straight() -> None:
    found = separatrices(COORDINATION)
    assert len(found) == 3
    for separatrix in found:
        ends = separatrix.path[[0, -1]]
        assert ends[1] == pytest.approx([6 / 11, 3 / 11, 2 / 11], abs=1e-4)
        across = np.cross(ends[0], ends[1])
        assert np.abs(separatrix.path @ across).max() < 1e-9
        assert separatrix.error < 1e-9
        assert separatrix.comes_from == "A == 6/11 and B == 3/11 and C == 2/11"


@pytest.mark.parametrize("protocol", [None, Imitation(imitation_noise=0.5)])
def test_populations_on_the_two_sides_of_a_separatrix_part(protocol: Any) -> None:
    game = game_from_payoffs([[4, 1, 0], [2, 3, 1], [0, 2, 5]], ["A", "B", "C"])
    dynamics = mean_dynamics(game, protocol=protocol)
    for separatrix in separatrices(game, protocol=protocol):
        assert separatrix.error < 1e-6
        middle = separatrix.path[len(separatrix.path) // 3]
        way = separatrix.path[len(separatrix.path) // 3 + 1] - middle
        across = np.cross(way, np.ones(3))
        across *= 1e-3 / np.linalg.norm(across)
        ends = trajectories(dynamics, [middle + across, middle - across], times=1e4).ends
        assert np.abs(ends[0] - ends[1]).max() > 0.3


def test_the_published_game_has_one_separatrix_from_the_repeller_to_the_end_of_the_continuum() -> None:
    (found,) = separatrices(PUBLISHED)
    assert found.set == "C == 9/10 and D == 0 and P == 1/10"
    assert found.comes_from == "C == 0 and D == 9/13 and P == 4/13"
    assert found.error < 1e-8
    for k in (40, 150, 300):
        place = found.path[k]
        up, down = (place + s * np.array([-0.5, -0.5, 1.0]) for s in (2e-4, -2e-4))
        ends = trajectories(mean_dynamics(PUBLISHED), [up, down], times=1e5).ends
        assert ends[0, 1] < 1e-3
        assert ends[1, 1] > 0.99


# --- numerical rest points ---


@given(table_games(strategies=(3,), group_sizes=(2,)))
@settings(deadline=None, max_examples=10)
def test_newton_finds_every_isolated_rest_point_of_linear_games(game: Any) -> None:
    dynamics = mean_dynamics(game)
    exact = rest_points(game)
    assume(all(component.dimension == 0 for component in exact.components))
    found = numerical_rest_points(dynamics)
    for component in exact.components:
        point = np.array([float(v) for v in component.parts[0].point])
        near = [p for p in found if np.abs(p.shares - point).max() < 1e-6]
        present = point[point > 0]
        if present.min() > 1e-4:
            assert near
        for p in near:
            assert p.stability in (component.parts[0].stability, "undecided")


def test_logit_equilibria_at_the_rim_are_found() -> None:
    found = numerical_rest_points(mean_dynamics(PUBLISHED, protocol=Logit(temperature=0.05)))
    assert [p.stability for p in found] == ["unstable", "asymptotically stable", "asymptotically stable"]
    assert [p.is_saddle for p in found] == [True, False, False]
    assert max(p.residual for p in found) < 1e-14


# --- refusals ---


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("duration", {"duration": 0}),
        ("tolerance", {"tolerance": 0}),
        ("seed", {"runs": 10}),
        ("seed", {"seed": 10}),
        ("seed", {"runs": 10, "seed": -1}),
        ("runs", {"runs": 0, "seed": 1}),
        ("side", {"side": 0}),
        ("starts", {"side": 3, "starts": [[1, 0, 0]]}),
        ("starts", {"starts": [[0.5, 0.6, 0.1]]}),
    ],
)
def test_options_outside_their_domain_are_refused_by_name(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        basins_of_attraction(COORDINATION, **options)


def test_points_that_are_no_populations_or_no_maxima_are_refused() -> None:
    for wrong in ([1, 0], [1, 1, 0], [2, -1, 0]):
        with pytest.raises(InvalidParameter, match=r"^point must be 3 rational shares"):
            certified_neighborhood(COORDINATION, wrong)
    with pytest.raises(InvalidParameter, match=r"^point must be an isolated rest point"):
        certified_potential_basin(COORDINATION, ["2/3", "1/3", 0])
    with pytest.raises(InvalidParameter, match=r"^game must be one whose matrix is symmetric"):
        certified_potential_basin(PUBLISHED, [0, 1, 0])
    with pytest.raises(InvalidParameter, match=r"^strategies must be three"):
        separatrices(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]))


def test_nonlinear_payoffs_are_certified_by_their_own_form() -> None:
    # three co-players of A are needed before A pays
    game = game_from_function(lambda s, n: F(int(n["A"] >= 3)) if s == "A" else F(1, 4), ["A", "B", "C"], 4)
    found = certified_neighborhood(game, [1, 0, 0])
    # A earns x^3, so it must exceed (1/4)^(1/3) = 0.63: no larger copy is right
    assert 0.25 ** (1 / 3) < float(1 - found.shrinkage) < 0.25 ** (1 / 3) + 2 / 256
