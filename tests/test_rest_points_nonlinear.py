"""Rest points of games with three and more strategies whose payoffs are not affine in the counts."""

from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from dynamics import mean_dynamics, rest_points, stable_equilibria
from dynamics.face_stability import focal_sign
from dynamics.replicator import velocity
from experiments.solution import solution
from gametheory import (
    PublicGoodsGame,
    TableGame,
    game_from_function,
    game_from_payoffs,
    payoff_table,
    pure_profiles,
    symmetric_equilibria,
)
from gametheory.algebra.bernstein import ring, values_of
from gametheory.algebra.intervals import EnclosedNumber, as_fraction
from gametheory.algebra.points import located
from gametheory.algebra.roots import AlgebraicNumber
from gametheory.compositions import compositions, number_of_compositions
from gametheory.equilibria import component_to_dict, recognition
from gametheory.equilibria.edges import edge_of, turning
from gametheory.equilibria.faces import differences, face_of
from gametheory.equilibria.interior import linearised as linearised_in_face
from gametheory.equilibria.landscape import UNDECIDED_BOXES
from gametheory.games import PayoffTable, mean_payoffs
from gametheory.optional import OptionalGame

from ._formulas import satisfies

F = Fraction
NAMES = ("A", "B", "C")
ASYMPTOTIC, STABLE, UNSTABLE, UNDECIDED = "asymptotically stable", "stable", "unstable", "undecided"
LAWS = settings(deadline=None, max_examples=10)
y1, y2 = ring(3).gens()
y0 = 1 - y1 - y2


def from_gains(first: Any, second: Any) -> TableGame:
    """A game in which B and C earn these polynomials in their shares more than A, who earns 0."""
    degree = max(1, int(first.total_degree()), int(second.total_degree()))
    rows = [[as_fraction(v) for v in values_of(poly, degree, 3)] for poly in (first, second)]
    return game_from_payoffs([[0] * len(rows[0]), *rows], NAMES, group_size=degree + 1)


@st.composite
def nonlinear_games(draw: st.DrawFn, sizes: tuple[int, ...] = (3, 4, 5), parts: int = 3) -> TableGame:
    size = draw(st.sampled_from(sizes))
    columns = number_of_compositions(size - 1, parts)
    values = draw(st.lists(st.integers(-5, 5), min_size=columns * parts, max_size=columns * parts))
    rows = [values[k * columns : (k + 1) * columns] for k in range(parts)]
    return game_from_payoffs(rows, list("ABCD"[:parts]), group_size=size)


def newton(game: TableGame, steps: int = 40) -> NDArray[np.float64]:
    """Zeros of the payoff differences in the open simplex, from every start of a grid: slow, obvious, in floats."""
    table = payoff_table(game)
    parts = len(table.strategies)
    rows = np.array([r for r in compositions(14 if parts == 3 else 10, parts).tolist() if min(r) > 0], dtype=float)
    points = rows / rows.sum(axis=1, keepdims=True)

    def gains(x: NDArray[np.float64]) -> NDArray[np.float64]:
        f = np.array(mean_payoffs(table, list(x.T)))
        return np.asarray((f[1:] - f[0]).T)

    moves = np.hstack([-np.ones((parts - 1, 1)), np.eye(parts - 1)])
    for _ in range(steps):
        slope = np.stack([(gains(points + 1e-6 * m) - gains(points - 1e-6 * m)) / 2e-6 for m in moves], axis=-1)
        fits = (np.abs(np.linalg.det(slope)) > 1e-9) & (np.abs(points).max(axis=1) < 3)
        points, slope = points[fits], slope[fits]
        points = points - np.linalg.solve(slope, gains(points)[..., None])[..., 0] @ moves
    good = (points.min(axis=1) > 1e-4) & (np.abs(gains(points)).max(axis=1) < 1e-9)
    return np.asarray(points[good])


def linearised(table: PayoffTable, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """On the tangent space, by finite differences that may leave the simplex."""
    basis = np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])

    def field(shares: NDArray[np.float64]) -> NDArray[np.float64]:
        f = np.array(mean_payoffs(table, list(shares[:, None])))[:, 0]
        return np.asarray(shares * (f - shares @ f))

    columns = np.array([(field(x + 1e-6 * b) - field(x - 1e-6 * b)) / 2e-6 for b in basis])
    return np.asarray(np.linalg.lstsq(basis.T, columns.T, rcond=None)[0])


@pytest.mark.parametrize("parts", [3, 4])
@given(st.data())
@LAWS
def test_newtons_method_from_a_grid_finds_no_point_that_is_not_listed(parts: int, data: st.DataObject) -> None:
    game = data.draw(nonlinear_games((3, 4, 5) if parts == 3 else (3,), parts))
    found = rest_points(game)
    if not found.complete:
        return
    inner = [part for c in found.components for part in c.parts if all(float(v) > 0 for v in part.point)]
    isolated = np.array([[float(v) for v in p.point] for p in inner if p.dimension == 0]).reshape(-1, parts)
    if any(p.dimension for p in inner):
        return
    for point in newton(game):
        assert len(isolated)
        assert np.abs(isolated - point).max(axis=1).min() < 1e-6
    assert len(isolated) <= (game.group_size - 1) ** (parts - 1)  # EQN-1, Gokhale & Traulsen 2010


@given(nonlinear_games())
@LAWS
def test_stability_is_that_of_eigenvalues_by_finite_differences(game: TableGame) -> None:
    table = payoff_table(game)
    for component in rest_points(game).components:
        for part in component.parts:
            x = np.array([float(v) for v in part.point])
            jacobian = linearised(table, x)
            growth = np.linalg.eigvals(jacobian).real.max()
            if growth > 1e-3:
                assert part.stability == UNSTABLE
            if growth < -1e-3:
                assert part.stability == ASYMPTOTIC
            if part.ess == "yes":
                assert part.stability == ASYMPTOTIC
            if not part.is_nash:
                assert part.stability == UNSTABLE
            if part.is_nash:
                f = [float(v) for v in mean_payoffs(table, list(x))]
                assert max(f) - float(np.dot(f, x)) < 1e-9


@given(nonlinear_games((3, 4)))
@example(from_gains((1 - 3 * y1) * (1 + y2), (1 - 3 * y2) * (2 - y1)))  # an interior ESS
@example(from_gains((3 * y1 - 1) * (1 + y2), (1 - 3 * y2) * (2 - y1)))
@LAWS
def test_evolutionary_stability_inside_is_local_superiority(game: TableGame) -> None:
    table = payoff_table(game)
    angles = np.linspace(0, 2 * np.pi, 181)
    ring_around = np.outer(np.cos(angles), [1.0, -1, 0]) / 2**0.5 + np.outer(np.sin(angles), [1.0, 1, -2]) / 6**0.5
    for component in rest_points(game).components:
        for part in component.parts:
            x = np.array([float(v) for v in part.point])
            if x.min() < 1e-3 or part.dimension:
                continue
            near = x + 1e-4 * ring_around
            margins = -1e-4 * (ring_around * np.array(mean_payoffs(table, list(near.T))).T).sum(axis=1)
            if abs(margins.min()) > 1e-10:
                assert part.ess == ("yes" if margins.min() > 0 else "no")


@given(nonlinear_games((3, 4)), st.permutations([0, 1, 2]))
@LAWS
def test_relabelling_the_strategies_relabels_the_answer(game: TableGame, order: list[int]) -> None:
    where = {tuple(row): k for k, row in enumerate(compositions(game.group_size - 1, 3).tolist())}
    columns = [
        where[tuple(row[order.index(k)] for k in range(3))] for row in compositions(game.group_size - 1, 3).tolist()
    ]
    turned = game_from_payoffs([[game.values[i][c] for c in columns] for i in order], NAMES, group_size=game.group_size)

    def summary(which: TableGame, names: list[int]) -> list[Any]:
        points = []
        for component in rest_points(which).components:
            for part in component.parts:
                if part.dimension == 0:
                    place = [0.0] * 3
                    for name, share in zip(names, part.point, strict=True):
                        place[name] = round(float(share), 10) + 0.0
                    points.append((*place, part.is_nash, part.ess, part.stability, component.stability_as_set))
        return sorted(points)

    assert summary(game, [0, 1, 2]) == summary(turned, order)


def test_the_points_of_elimination_and_of_large_degrees_have_their_forms() -> None:
    small = rest_points(from_gains(2 * y1**2 - y0**2, 3 * y2 - y1))
    (inner,) = [c for c in small.components if len(c.support) == 3]
    document = component_to_dict(inner)
    assert {frozenset(v) for v in document["endpoints"][0].values()} == {frozenset({"poly", "interval"})}
    assert all(isinstance(v, AlgebraicNumber) for v in inner.endpoints[0])
    assert inner.regret == 0
    assert document["set"].endswith("A + B + C == 1")
    large = rest_points(from_gains(4 * y1**7 - y0 * y2, 3 * y2 - y0**7 - y1))
    (inner,) = [c for c in large.components if len(c.support) == 3]
    assert large.complete
    document = component_to_dict(inner)
    assert {frozenset(v) for v in document["endpoints"][0].values()} == {frozenset({"certified", "interval"})}
    values = {}
    for name, share in zip(NAMES, inner.endpoints[0], strict=True):
        assert isinstance(share, EnclosedNumber)
        assert share.high - share.low < F(1, 2**60)
        values[name] = (share.low + share.high) / 2
    values["A"] = 1 - values["B"] - values["C"]
    assert satisfies(inner.set, values)
    assert not satisfies(inner.set, {**values, "A": values["A"] + F(1, 100), "B": values["B"] - F(1, 100)})


FACTORS = [
    (2 * y1 - 1, "B == 1/2"),
    (y0 - y2, "A == C"),
    (4 * y1 * y2 - y0**2, "4*B*C == A**2"),
]


@pytest.mark.parametrize(("factor", "equation"), FACTORS)
def test_a_common_factor_is_a_curve_of_rest_points_and_the_population_rests_nowhere_else(
    factor: Any, equation: str
) -> None:
    game = from_gains(factor * (3 * y2 - 1), factor * (5 * y1 - 2 * y2))
    table, found = payoff_table(game), rest_points(game)
    assert found.complete
    curve = next(c for c in found.components if any(p.dimension == 1 for p in c.parts) and len(c.support) == 3)
    assert curve.dimension == 1
    rests = 0
    for row in compositions(20, 3).tolist():
        point = [F(n, 20) for n in row]
        values = dict(zip(NAMES, point, strict=True))
        still = not any(velocity(table, point))
        rests += still
        assert any(satisfies(component.set, values) for component in found.components) == still
        assert sum(satisfies(p.set, values) for c in found.components for p in c.parts) == int(still)
        if min(row) > 0:
            assert satisfies(equation, values) <= still
    assert rests >= 5
    for part in curve.parts:
        assert not any(abs(float(v)) > 1e-12 for v in velocity(table, [float(x) for x in part.point]))
        for corner in part.corners:
            assert max(abs(float(v)) for v in velocity(table, [float(x) for x in corner])) < 1e-9


def test_curves_are_cut_where_they_turn_from_attracting_to_repelling() -> None:
    circle = (y1 - fmpq(1, 3)) ** 2 + (y2 - fmpq(1, 3)) ** 2 - fmpq(1, 40)
    game = from_gains(circle * (y1 + 1), circle * (y2 - y1 + 2))
    found = rest_points(game)
    assert found.complete
    (curve,) = [c for c in found.components if c.dimension == 1]
    answers = sorted((part.dimension, str(part.stability)) for part in curve.parts)
    assert answers == [(0, UNDECIDED), (0, UNDECIDED), (1, STABLE), (1, UNSTABLE)]
    table = payoff_table(game)
    for part in (p for p in curve.parts if p.dimension == 1):
        x = np.array([float(v) for v in part.point])
        sign = part.set.split(" and ")[1]  # after the equation of the circle
        assert satisfies(sign, dict(zip(NAMES, map(F, x.tolist()), strict=True)))
        assert (np.trace(linearised(table, x)) > 0) == (part.stability == UNSTABLE)


def test_what_cannot_be_decided_is_left_open_with_its_box() -> None:
    # two curves that touch at (1/3, q(1/3)), of too high a degree for elimination
    bend = (y1 - fmpq(1, 3)) ** 2 * (1 + y1**5)
    q = y1**7 + fmpq(1, 4)
    found = rest_points(from_gains(y2 - q, y2 - q + bend))
    place = (1 - F(1, 3) - F(1, 4) - F(1, 3**7), F(1, 3), F(1, 4) + F(1, 3**7))
    assert not found.complete
    assert UNDECIDED_BOXES in found.note
    (box,) = found.undecided
    assert all(low <= x <= high for low, x, high in zip(box.low, place, box.high, strict=True))
    assert max(high - low for low, high in zip(box.low, box.high, strict=True)) < F(1, 10**4)


def optional(size: int, factor: Any, sigma: Any = 1) -> OptionalGame:
    stage = PublicGoodsGame(group_size=size, multiplication_factor=factor, strategies=["C", "D"])
    return OptionalGame(stage=stage, loner_payoff=sigma)


@pytest.mark.parametrize(("size", "factor", "loners"), [(5, 3, 0.4613397632444), (3, "5/2", 0.25)])
def test_optional_public_goods_have_their_published_interior_point(size: int, factor: Any, loners: float) -> None:
    """OPT-2, Hauert et al. 2002: x* = sigma (1 - z*)/(r - 1), y* = (1 - sigma/(r - 1))(1 - z*)."""
    found = rest_points(optional(size, factor))
    assert found.complete
    (inner,) = [c for c in found.components if len(c.support) == 3]
    x, y, z = (float(v) for v in inner.endpoints[0])
    share = 1 / (float(F(factor)) - 1)
    assert (x, y, z) == pytest.approx((share * (1 - loners), (1 - share) * (1 - loners), loners), abs=1e-12)
    assert inner.parts[0].is_nash
    assert inner.regret == 0


@pytest.mark.parametrize("size", [4, 5, 9])
def test_the_interior_point_of_optional_public_goods_is_proved_to_be_a_centre(size: int) -> None:
    """OPT-3: for r <= 2 there is none."""
    (inner,) = [c for c in rest_points(optional(size, 3)).components if len(c.support) == 3]
    assert inner.parts[0].stability == STABLE
    assert inner.stability_as_set == STABLE
    assert inner.parts[0].reason.startswith("a centre: the motion is separable")
    assert not [c for c in rest_points(optional(size, 2)).components if len(c.support) == 3]


def test_three_strategies_in_a_collective_risk_dilemma_are_found() -> None:
    """CRD-1 with a third strategy that gives twice the cost: on the edge C-D the published roots remain."""

    def payoff(strategy: str, others: dict[str, int]) -> Fraction:
        met = others["C"] + 2 * others["G"] + {"C": 1, "D": 0, "G": 2}[strategy] >= 3
        return (F(1) if met else F(0)) - {"C": F(1, 10), "D": F(0), "G": F(1, 5)}[strategy]

    found = rest_points(game_from_function(payoff, ["C", "D", "G"], 6))
    assert found.complete
    edge = sorted(float(c.endpoints[0][0]) for c in found.components if c.support == ("C", "D"))
    assert edge == pytest.approx([0.1214333336, 0.7356180923], abs=1e-10)
    gain = [c for c in found.components if len(c.support) == 3]
    table = payoff_table(game_from_function(payoff, ["C", "D", "G"], 6))
    for component in gain:
        f = mean_payoffs(table, [float(v) for v in component.endpoints[0]])
        assert max(f) - min(f) < 1e-12


def test_the_most_interior_equilibria_that_are_possible_can_be_had() -> None:
    """EQN-1: (d - 1)^(n - 1) for d = 4 players and n = 3 strategies is 9."""
    cubic = [(y1, (F(1, 10), F(2, 10), F(3, 10))), (y2, (F(1, 8), F(2, 8), F(3, 8)))]
    polys = []
    for variable, roots in cubic:
        poly = variable**0
        for root in roots:
            poly = poly * (variable - fmpq(root.numerator, root.denominator))
        polys.append(poly)
    found = [c for c in rest_points(from_gains(*polys)).components if len(c.support) == 3]
    assert len(found) == 9
    assert {tuple(c.endpoints[0][1:]) for c in found} == {(F(a, 10), F(b, 8)) for a in (1, 2, 3) for b in (1, 2, 3)}


@pytest.mark.parametrize(("shift", "answer"), [(F(-1, 10), UNSTABLE), (F(0), STABLE), (F(1, 10), ASYMPTOTIC)])
def test_rock_paper_scissors_in_groups_turns_with_the_determinant(shift: Fraction, answer: str) -> None:
    """Among three players, one who wins against both gets 2 + shift; the sign of the determinant decides."""

    def payoff(strategy: str, others: dict[str, int]) -> Fraction:
        beats = {"A": "C", "B": "A", "C": "B"}
        losses = others[next(k for k, v in beats.items() if v == strategy)]
        wins = others[beats[strategy]]
        return wins * (1 + shift) - losses + F(wins * (wins - 1) - losses * (losses - 1), 7)

    (inner,) = [c for c in rest_points(game_from_function(payoff, NAMES, 3)).components if len(c.support) == 3]
    assert inner.endpoints == ((F(1, 3),) * 3,)
    assert inner.parts[0].stability == answer


def test_zeemans_game_keeps_its_sink_inside_and_its_attracting_corner() -> None:
    """Zeeman 1980: an interior ESS-less sink beside an ESS at a corner; determinant and trace are exact."""
    found = rest_points(game_from_payoffs([[0, 6, -4], [-3, 0, 5], [-1, 3, 0]], NAMES))
    inner = next(c for c in found.components if len(c.support) == 3)
    assert (inner.endpoints[0], inner.parts[0].ess) == ((F(1, 3),) * 3, "no")
    assert inner.parts[0].stability == ASYMPTOTIC
    corner = next(c for c in found.components if c.support == ("A",))
    assert (corner.parts[0].ess, corner.parts[0].stability) == ("yes", ASYMPTOTIC)


@given(st.lists(st.integers(-4, 4), min_size=14, max_size=14))
@example([2, -2, -1, -2, -1, -2, -3, -2, 0, -4, 3, 3, -3, -4])
@example([-1, -1, 2, 4, -4, -2, 3, -4, 4, -2, 2, -1, 2, -1])
@settings(deadline=None, max_examples=8)
def test_the_first_focal_value_is_the_one_of_a_numerical_return(numbers: list[int]) -> None:
    """A centre of linear rock-paper-scissors with quadratic and cubic terms: does an orbit return nearer or further?"""
    u, v = y1 - fmpq(1, 3), y2 - fmpq(1, 3)
    extra = [u * u, u * v, v * v, u**3, u * u * v, u * v * v, v**3]
    gains = [
        3 * base + sum((n * t for n, t in zip(row, extra, strict=True)), u * 0)
        for base, row in ((y0 - y2 - (y2 - y1), numbers[:7]), (y1 - y0 - (y2 - y1), numbers[7:]))
    ]
    game = from_gains(*gains)
    face = face_of(payoff_table(game), (0, 1, 2))
    place = located((F(1, 3), F(1, 3)))
    sign = focal_sign(face, place)
    field = mean_dynamics(game)
    start = np.full(3, 1 / 3) + 0.02 * np.array([1.0, 0.0, -1.0])

    def crossing(_: float, x: NDArray[np.float64]) -> float:
        return float(x[1] - 1 / 3)

    crossing.direction = float(np.sign(field(0.0, start)[1]))  # type: ignore[attr-defined]
    path = solve_ivp(field, (0, 40), start, events=crossing, rtol=1e-12, atol=1e-14)
    back = [x for t, x in zip(path.t_events[0], path.y_events[0], strict=True) if t > 0.1]
    change = (back[0][0] - 1 / 3) / 0.02 - 1
    if abs(change) > 2e-4:
        assert sign == (1 if change > 0 else -1)
        (part,) = [p for c in rest_points(game).components for p in c.parts if p.point == (F(1, 3),) * 3]
        assert part.stability == (UNSTABLE if sign > 0 else ASYMPTOTIC)


@given(nonlinear_games((3, 4)), st.permutations([0, 1, 2]), st.integers(1, 9))
@LAWS
def test_the_turn_of_the_centre_manifold_is_that_of_the_derivatives(
    game: TableGame, order: list[int], tenths: int
) -> None:
    table = payoff_table(game)
    first, second = sorted(order[:2])
    third = order[2]
    gains, _ = differences(table, (first, second, third))  # in the shares of the second and the third
    coefficients = turning(table, edge_of(table, first, second), third)
    at = fmpq(tenths, 10), fmpq(0)
    g, h = gains
    expected = h.derivative(1)(*at) * g.derivative(0)(*at) - h.derivative(0)(*at) * g.derivative(1)(*at)
    assert sum((c * F(tenths, 10) ** n for n, c in enumerate(coefficients)), F(0)) == as_fraction(expected)


@given(nonlinear_games((3, 4)), st.lists(st.integers(1, 5), min_size=3, max_size=3))
@LAWS
def test_the_linearisation_is_the_derivative_of_the_velocity_exactly(game: TableGame, weights: list[int]) -> None:
    place = [F(w, sum(weights)) for w in weights]
    point = [fmpq(x.numerator, x.denominator) for x in place[1:]]
    gains = [gain - gain(*point) for gain in face_of(payoff_table(game), (0, 1, 2)).gains]  # so that it is a rest point
    if any(gain == 0 for gain in gains):
        return
    face = face_of(payoff_table(from_gains(*gains)), (0, 1, 2))
    rows = linearised_in_face(face, lambda poly: as_fraction(poly(*point)))
    for i, (share, gain) in enumerate(zip((y1, y2), gains, strict=True)):
        speed = share * (gain - y1 * gains[0] - y2 * gains[1])
        assert rows[i] == [as_fraction(speed.derivative(j)(*point)) for j in range(2)]


@pytest.mark.parametrize(("growth", "answer"), [(-1, ASYMPTOTIC), (1, UNSTABLE)])
def test_a_neutral_third_strategy_at_an_attracting_edge_point_is_decided_by_the_centre_manifold(
    growth: int, answer: str
) -> None:
    gains = (1 - 2 * y1) * (1 + y1) - y2 * y1, (1 - 2 * y1) * y1 + growth * y2 * (1 + y2)
    game = from_gains(*gains)
    (edge,) = [c for c in rest_points(game).components if c.support == ("A", "B")]
    assert edge.endpoints == ((F(1, 2), F(1, 2), 0),)
    assert edge.parts[0].stability == answer


@pytest.mark.parametrize(
    ("rates", "answer"),
    [
        (((-1, 0), (0, -1)), ASYMPTOTIC),
        (((-1, 3), (3, -1)), UNSTABLE),  # two weak strategies help each other
        (((-1, -1), (-1, -1)), ASYMPTOTIC),
        (((0, 0), (0, -1)), UNDECIDED),
    ],
)
def test_two_tied_strategies_at_a_corner_are_decided_by_the_lowest_terms(rates: Any, answer: str) -> None:
    (a, b), (c, d) = rates
    game = from_gains(a * y1 + b * y2 - y1**2 + y1**2 * y2, c * y1 + d * y2 - y1 * y2**2)
    corner = next(c for c in rest_points(game).components if c.support == ("A",))
    assert corner.parts[0].stability == answer
    if answer != UNDECIDED:
        field = mean_dynamics(game)
        path = solve_ivp(field, (0, 3000), [0.98, 0.01, 0.01], rtol=1e-10, atol=1e-14)
        assert (path.y[0].min() < 0.9) == (answer == UNSTABLE)
        assert (path.y[0][-1] > 0.999) == (answer == ASYMPTOTIC)


def test_an_answer_in_floats_is_that_of_the_exact_game() -> None:
    exact, floats = rest_points(optional(5, 3)), rest_points(optional(5, 3.0))
    assert not floats.exact
    assert floats.complete
    for ours, theirs in zip(floats.components, exact.components, strict=True):
        assert ours.parts[0].stability == theirs.parts[0].stability or theirs.parts[0].reason.startswith("a centre")
        assert all(isinstance(v, float) for v in ours.endpoints[0])
        assert list(ours.endpoints[0]) == pytest.approx([float(v) for v in theirs.endpoints[0]], abs=1e-12)


def test_equilibria_and_rest_points_are_one_answer_and_a_document() -> None:
    game = optional(5, 3)
    plain, rich = symmetric_equilibria(game), stable_equilibria(game)
    assert [c.set for c in plain.components] == [c.set for c in rich.components]
    assert plain.complete
    table = TableGame(strategies=["C", "D", "L"], group_size=5, values=payoff_table(game).values)
    document = solution(table)
    (inner,) = [c for c in document["rest_points"] if len(c["support"]) == 3]
    assert set(inner["endpoints"][0]["C"]) == {"poly", "interval"}
    assert document["complete"] is True


@pytest.mark.parametrize("size", [10, 20])
def test_generic_tables_of_ten_and_twenty_players_are_complete(size: int) -> None:
    rng = np.random.default_rng(size)
    columns = number_of_compositions(size - 1, 3)
    game = game_from_payoffs(rng.integers(-9, 10, (3, columns)), NAMES, group_size=size)
    found = rest_points(game)
    assert found.complete
    assert all(part.stability != UNDECIDED for c in found.components for part in c.parts)
    table = payoff_table(game)
    for component in found.components:
        f = mean_payoffs(table, [float(v) for v in component.endpoints[0]])
        present = [f[NAMES.index(name)] for name in component.support]
        assert max(present) - min(present) < 1e-9


@pytest.mark.long
@pytest.mark.parametrize("size", [100])
def test_threshold_games_of_a_hundred_players_are_complete(size: int) -> None:
    def payoff(strategy: str, others: dict[str, int]) -> Fraction:
        given = others["B"] + others["C"] + (strategy != "A")
        more = others["C"] + (strategy == "C")
        cost = {"A": F(0), "B": F(1, 20 * size), "C": F(1, 10 * size)}[strategy]
        return (F(1) if given >= size // 3 else F(1, 5)) + (F(1, 2) if more >= size // 4 else 0) - cost

    found = rest_points(game_from_function(payoff, NAMES, size))
    assert found.complete
    assert len([c for c in found.components if len(c.support) == 3]) == 3


def test_four_strategies_have_their_interior_points_too() -> None:
    rng = np.random.default_rng(7)
    seen = 0
    for _ in range(12):
        game = game_from_payoffs(rng.integers(-9, 10, (4, 10)), list("ABCD"), group_size=3)
        found = rest_points(game)
        assert found.complete
        table = payoff_table(game)
        for component in (c for c in found.components if len(c.support) >= 3):
            f = mean_payoffs(table, [float(v) for v in component.endpoints[0]])
            present = [f["ABCD".index(name)] for name in component.support]
            assert max(present) - min(present) < 1e-9
            (part,) = component.parts
            assert part.is_nash == (max(f) - max(present) < 1e-12)
            assert part.stability in (ASYMPTOTIC, UNSTABLE)
            seen += len(component.support) == 4
    assert seen >= 2


def test_large_affine_games_are_recognised_and_answered_as_if_tabulated(monkeypatch: pytest.MonkeyPatch) -> None:
    game = PublicGoodsGame(group_size=65, multiplication_factor=3, fine=1, punishment_cost="3/10")
    quick, profiles = rest_points(game), pure_profiles(game)
    assert recognition.affine_by_symbols(game) is not None
    monkeypatch.setattr(recognition, "LARGE", 10**9)
    assert recognition.affine_by_symbols(game) is None
    assert rest_points(game) == quick
    assert pure_profiles(game) == profiles


def test_a_thousand_players_are_answered_without_a_table() -> None:
    game = PublicGoodsGame(group_size=1000, multiplication_factor=3, fine=1, punishment_cost="3/10")
    net, b, gamma = 1 - F(3, 1000), 999, F(3, 10)
    found = rest_points(game)
    between = (net + b * gamma) / (b * (1 + gamma))
    assert (F(0), 1 - between, between) in [c.endpoints[0] for c in found.components]
    assert found.complete


def test_games_that_are_not_affine_or_not_ours_are_never_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd:
        strategies = NAMES
        group_size = 200
        is_exact = True

        def payoff(self, strategy: str, counts: Any) -> Any:
            return F(1) if counts[0] == 7 else F(0)  # a symbol is not equal to 7

    class Squares(Odd):
        def payoff(self, strategy: str, counts: Any) -> Any:
            return counts[0] ** 2 if strategy == "A" else F(0)

    assert recognition.affine_by_symbols(Odd()) is None
    monkeypatch.setattr(Squares, "__module__", "gametheory.invented")
    monkeypatch.setattr(recognition, "_agrees", lambda *_: True)
    assert recognition.affine_by_symbols(Squares()) is None
    assert recognition.affine_by_symbols(Odd()) is None
    monkeypatch.undo()
    assert recognition.affine_by_symbols(optional(100, 3)) is None
    floats = PublicGoodsGame(group_size=100, multiplication_factor=3.0)
    assert recognition.affine_by_symbols(floats) is None


def test_every_order_of_the_strategies_gives_the_same_centre() -> None:
    for names in permutations("CDL"):
        stage = PublicGoodsGame(group_size=4, multiplication_factor=3, strategies=["C", "D"])
        game = OptionalGame(stage=stage, loner_payoff=1, strategies=names)
        (inner,) = [c for c in rest_points(game).components if len(c.support) == 3]
        assert inner.parts[0].stability == STABLE
