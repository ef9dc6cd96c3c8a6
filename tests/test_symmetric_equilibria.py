from fractions import Fraction
from itertools import permutations, product
from math import comb, prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import (
    Component,
    InvalidParameter,
    PublicGoodsGame,
    TableGame,
    game_from_function,
    game_from_payoffs,
    symmetric_equilibria,
)
from gametheory.algebra.roots import AlgebraicNumber, from_bernstein, roots_inside, sign_at
from gametheory.compositions import compositions
from gametheory.equilibria import component_to_dict, evolutionary_status
from gametheory.equilibria.components import formula

from ._formulas import satisfies

F = Fraction
NAMES = ("A", "B", "C")
small = st.integers(-2, 2).map(F)
matrices = st.lists(st.lists(small, min_size=3, max_size=3), min_size=3, max_size=3)
# coarse values, so that ties, edges of thresholds and degenerate games come up often
public_goods = st.builds(
    PublicGoodsGame,
    group_size=st.integers(2, 6),
    multiplication_factor=st.sampled_from([F(1, 2), F(3, 2), F(2), F(3), F(5), F(7)]),
    fine=st.sampled_from([F(0), F(1, 10), F(1, 5), F(2, 5), F(1)]),
    punishment_cost=st.sampled_from([F(0), F(3, 10), F(1)]),
    punishment_probability=st.sampled_from([F(0), F(1, 2), F(1)]),
    detection_rate=st.sampled_from([F(0), F(1, 2), F(1)]),
    false_alarm_rate=st.sampled_from([F(0), F(1, 10), F(1, 2)]),
    strategies=st.sampled_from(["CDP", "PDC", "DPC", "CD", "DP", "CP"]).map(tuple),
)


def published(size: int = 5, **changes: Any) -> PublicGoodsGame:
    values: dict[str, Any] = {"multiplication_factor": 3, "fine": 1, "punishment_cost": "3/10"}
    return PublicGoodsGame(group_size=size, **{**values, **changes})


def slow_payoffs(game: PublicGoodsGame | TableGame, shares: tuple[Fraction, ...]) -> list[Fraction]:
    """Mean payoffs by drawing every co-player separately."""
    size, result = len(game.strategies), []
    for strategy in game.strategies:
        total = F(0)
        for drawn in product(range(size), repeat=game.group_size - 1):
            counts = [drawn.count(k) for k in range(size)]
            total += prod((shares[k] for k in drawn), start=F(1)) * game.payoff(strategy, counts)
        result.append(total)
    return result


def in_any(components: tuple[Component, ...], point: tuple[Fraction, ...]) -> bool:
    values = dict(zip(components[0].strategies, point, strict=True)) if components else {}
    return any(satisfies(component.set, values) for component in components)


def shape(components: tuple[Component, ...]) -> set[tuple[object, ...]]:
    """What does not depend on the order of strategies."""
    return {
        (
            component.dimension,
            component.ess,
            frozenset(frozenset(zip(component.strategies, end, strict=True)) for end in component.endpoints),
            frozenset(
                (
                    part.dimension,
                    part.ess,
                    frozenset(frozenset(zip(component.strategies, c, strict=True)) for c in part.corners),
                )
                for part in component.parts
            ),
        )
        for component in components
    }


def grid(parts: int, steps: int) -> list[tuple[Fraction, ...]]:
    return [tuple(F(n, steps) for n in row) for row in compositions(steps, parts).tolist()]


@given(public_goods)
@settings(deadline=None, max_examples=40)
def test_no_deviation_gains_at_any_reported_point(game: PublicGoodsGame) -> None:
    for component in symmetric_equilibria(game).components:
        assert component.regret == 0
        for point in {*component.endpoints, *(part.point for part in component.parts)}:
            payoffs = slow_payoffs(game, point) if game.group_size < 5 else None
            if payoffs is not None:
                earned = sum(f * x for f, x in zip(payoffs, point, strict=True))
                assert max(payoffs) == earned
            assert sum(point) == 1
            assert min(point) >= 0


@given(public_goods)
@settings(deadline=None, max_examples=40)
def test_the_reported_set_holds_exactly_the_equilibria_of_a_grid(game: PublicGoodsGame) -> None:
    small_group = PublicGoodsGame(
        group_size=3,
        multiplication_factor=game.multiplication_factor,
        fine=game.fine,
        punishment_cost=game.punishment_cost,
        punishment_probability=game.punishment_probability,
        detection_rate=game.detection_rate,
        false_alarm_rate=game.false_alarm_rate,
        strategies=game.strategies,
    )
    found = symmetric_equilibria(small_group).components
    for point in grid(len(game.strategies), 10):
        payoffs = slow_payoffs(small_group, point)
        is_nash = max(payoffs) == sum(f * x for f, x in zip(payoffs, point, strict=True))
        assert in_any(found, point) == is_nash


@given(matrices)
@settings(deadline=None, max_examples=40)
def test_a_matrix_game_has_equilibria_exactly_where_the_set_says(matrix: list[list[Fraction]]) -> None:
    found = symmetric_equilibria(game_from_payoffs(matrix, NAMES))
    assert found.complete
    assert found.exact
    assert found.components  # Nash 1950
    for point in grid(3, 12):
        payoffs = [sum(a * x for a, x in zip(row, point, strict=True)) for row in matrix]
        is_nash = max(payoffs) == sum(f * x for f, x in zip(payoffs, point, strict=True))
        assert in_any(found.components, point) == is_nash


@given(matrices)
@settings(deadline=None, max_examples=40)
def test_parts_are_disjoint_and_make_up_their_component(matrix: list[list[Fraction]]) -> None:
    for component in symmetric_equilibria(game_from_payoffs(matrix, NAMES)).components:
        for point in [*grid(3, 6), *component.endpoints, *(part.point for part in component.parts)]:
            values = dict(zip(NAMES, point, strict=True))
            holding = sum(satisfies(part.set, values) for part in component.parts)
            assert holding == satisfies(component.set, values)


@given(matrices, st.permutations([0, 1, 2]))
@settings(deadline=None, max_examples=40)
def test_relabelling_strategies_relabels_the_equilibria(matrix: list[list[Fraction]], order: list[int]) -> None:
    moved = [[matrix[i][j] for j in order] for i in order]

    first = symmetric_equilibria(game_from_payoffs(matrix, NAMES)).components
    second = symmetric_equilibria(game_from_payoffs(moved, [NAMES[i] for i in order])).components

    assert shape(first) == shape(second)


@pytest.mark.parametrize("order", list(permutations("CDP")))
def test_the_order_of_contributors_defectors_and_punishers_does_not_matter(order: tuple[str, ...]) -> None:
    first = symmetric_equilibria(published()).components
    assert shape(symmetric_equilibria(published(strategies=order)).components) == shape(first)


@given(matrices, st.fractions(F(1, 5), 5, max_denominator=5), st.lists(small, min_size=3, max_size=3))
@settings(deadline=None, max_examples=40)
def test_scaling_and_payoffs_added_against_each_co_player_change_nothing(
    matrix: list[list[Fraction]], scale: Fraction, added: list[Fraction]
) -> None:
    changed = [[scale * a + b for a, b in zip(row, added, strict=True)] for row in matrix]

    first = symmetric_equilibria(game_from_payoffs(matrix, NAMES)).components

    assert shape(symmetric_equilibria(game_from_payoffs(changed, NAMES)).components) == shape(first)


@given(matrices)
@settings(deadline=None, max_examples=40)
def test_an_ess_is_what_beats_every_mutant_of_a_grid(matrix: list[list[Fraction]]) -> None:
    for component in symmetric_equilibria(game_from_payoffs(matrix, NAMES)).components:
        for part in component.parts:
            x = part.point
            near = [
                tuple(F(99999, 10**5) * a + F(1, 10**5) * b for a, b in zip(x, y, strict=True)) for y in grid(3, 24)
            ]
            margins = []
            for y in near:
                payoffs = [sum(a * v for a, v in zip(row, y, strict=True)) for row in matrix]
                if y != x:
                    margins.append(sum((a - b) * f for a, b, f in zip(x, y, payoffs, strict=True)))
            worst = min(margins)
            assert part.ess == evolutionary_status(matrix, x)
            if part.ess == "yes":
                assert worst > 0
            elif part.ess == "neutral":
                assert worst >= 0  # the mutants that earn the same may lie between those of the grid
            if worst < 0:
                assert part.ess == "no"
            elif worst == 0:
                assert part.ess != "yes"


@pytest.mark.parametrize("size", [5, 10, 50, 100])
def test_contributors_and_punishers_are_an_equilibrium_from_the_invasion_threshold_on(size: int) -> None:
    threshold = (1 - F(3, size)) / (size - 1)  # model.md 2.7; PUN-2 for five players: 1/10

    defectors, edge = symmetric_equilibria(published(size)).components

    assert defectors.endpoints == ((0, 1, 0),)
    assert defectors.ess == "yes"
    assert edge.dimension == 1
    assert edge.endpoints == ((1 - threshold, 0, threshold), (0, 0, 1))
    assert edge.set == f"D == 0 and C + P == 1 and P >= {threshold} and P <= 1"
    assert [(part.dimension, part.ess) for part in edge.parts] == [(1, "neutral"), (0, "no")]


@pytest.mark.parametrize("size", [5, 10, 50])
def test_false_alarms_remove_every_equilibrium_with_contributors_or_punishers(size: int) -> None:
    (only,) = symmetric_equilibria(published(size, false_alarm_rate="1/100")).components
    assert only.endpoints == ((0, 1, 0),)


def test_at_no_cost_of_punishing_the_segment_at_the_threshold_is_an_equilibrium_too() -> None:
    edge = next(c for c in symmetric_equilibria(published(punishment_cost=0)).components if c.dimension)
    assert set(edge.endpoints) == {(0, 0, 1), (0, F(9, 10), F(1, 10))}
    assert " or " in edge.set


def test_with_nobody_punishing_only_defection_is_left() -> None:
    (only,) = symmetric_equilibria(published(punishment_probability=0)).components
    assert only.endpoints == ((0, 1, 0),)


def test_where_contributing_pays_by_itself_the_whole_contributor_punisher_edge_is_an_equilibrium() -> None:
    (edge,) = symmetric_equilibria(published(multiplication_factor=7)).components
    assert set(edge.endpoints) == {(1, 0, 0), (0, 0, 1)}
    assert edge.ess == "neutral"
    assert len(edge.parts) == 1


def test_a_game_without_differences_is_an_equilibrium_everywhere() -> None:
    (whole,) = symmetric_equilibria(game_from_payoffs([[1, 2, 3]] * 3, NAMES)).components
    assert (whole.dimension, len(whole.endpoints), whole.ess) == (2, 3, "neutral")
    (edge,) = symmetric_equilibria(game_from_payoffs([[1, 2]] * 2, NAMES[:2])).components
    assert (edge.dimension, edge.ess, edge.set) == (1, "neutral", "A + B == 1 and B >= 0 and B <= 1")


def roots_of(game: TableGame) -> list[tuple[float, str]]:
    found = symmetric_equilibria(game)
    assert found.complete
    inside = [c for c in found.components if len(c.support) == 2]
    return sorted((float(c.endpoints[0][0]), c.ess) for c in inside)


@pytest.mark.parametrize(
    ("risk", "roots"),
    [
        ("1", [0.1214333336, 0.7356180923]),
        ("1/2", [0.1962670096, 0.6310500420]),
        ("3/10", [0.3422666281, 0.4596523988]),
        ("1/4", []),
    ],
)
def test_the_collective_risk_dilemma_has_its_published_roots(risk: str, roots: list[float]) -> None:
    # CRD-1, Santos & Pacheco 2011: endowment 1, cost 1/10, threshold 3 of 6
    def payoff(strategy: str, others: dict[str, int]) -> Fraction:
        met = others["C"] + (strategy == "C") >= 3
        return (F(1) if met else 1 - F(risk)) - (F(1, 10) if strategy == "C" else 0)

    found = roots_of(game_from_function(payoff, ["C", "D"], 6))

    assert [x for x, _ in found] == pytest.approx(roots, abs=1e-10)
    assert [ess for _, ess in found] == ["no", "yes"][: len(roots)]


@pytest.mark.parametrize(("factor", "count"), [("13/4", 0), ("7/2", 2), ("9/2", 2), ("11/2", 1)])
def test_the_stag_hunt_changes_its_number_of_roots_at_the_published_factor(factor: str, count: int) -> None:
    # SH-1, Pacheco et al. 2009: (N, m) = (5, 3), F*/N = 0.6613756614, so F* = 3.3069
    def payoff(strategy: str, others: dict[str, int]) -> Fraction:
        contributors = others["C"] + (strategy == "C")
        return (F(factor) * contributors / 5 if contributors >= 3 else F(0)) - int(strategy == "C")

    assert len(roots_of(game_from_function(payoff, ["C", "D"], 5))) == count


@pytest.mark.parametrize(("size", "root"), [(2, 2 / 3), (3, 0.4417424305), (5, 0.2605710729)])
def test_the_snowdrift_game_has_its_published_root(size: int, root: float) -> None:
    # SD-1, Souza, Pacheco & Santos 2009: m = 1, c/b = 1/2; contributors share the cost
    def payoff(strategy: str, others: dict[str, int]) -> Fraction:
        contributors = others["C"] + (strategy == "C")
        return F(contributors > 0) - (F(1, 2) / contributors if strategy == "C" else 0)

    ((found, ess),) = roots_of(game_from_function(payoff, ["C", "D"], size))

    assert found == pytest.approx(root, abs=5e-11)
    assert ess == "yes"


@pytest.mark.parametrize("size", [5, 10, 50])
def test_discounted_benefits_have_their_closed_form_root(size: int) -> None:
    # SYN-1, Hauert et al. 2006: b = 8 and N = 5 give 0.2217205900; here b is 8 N / 5
    w, b, c = F(1, 2), F(8 * size, 5), F(1)

    def payoff(strategy: str, others: dict[str, int]) -> Fraction:
        k = others["C"] + (strategy == "C")
        return b / size * (1 - w**k) / (1 - w) - (c if strategy == "C" else 0)

    ((found, ess),) = roots_of(game_from_function(payoff, ["C", "D"], size))

    assert found == pytest.approx((1 - float(c * size / b) ** (1 / (size - 1))) / (1 - 0.5), abs=1e-9)
    assert ess == "yes"
    if size == 5:
        assert found == pytest.approx(0.2217205900, abs=5e-11)


def test_a_gain_with_three_rational_roots_gives_them_exactly() -> None:
    # EQN-1, Gokhale & Traulsen 2010: gains (-3/32, 13/96, -13/96, 3/32) by number of co-players of A
    gains = [F(-3, 32), F(13, 96), F(-13, 96), F(3, 32)]
    game = game_from_function(lambda s, n: gains[n["A"]] if s == "A" else 0, ["A", "B"], 4)
    inside = [c.endpoints[0][0] for c in symmetric_equilibria(game).components if len(c.support) == 2]
    assert sorted(inside) == [F(1, 4), F(1, 2), F(3, 4)]


def test_an_algebraic_equilibrium_is_given_by_a_polynomial_and_an_interval() -> None:
    values = [[F(1), F(0), F(0)], [F(1, 2)] * 3]  # two A among two co-players: x^2 = 1/2
    game = TableGame(strategies=["A", "B"], group_size=3, values=values)
    (middle,) = [c for c in symmetric_equilibria(game).components if len(c.support) == 2]

    point = component_to_dict(middle)["endpoints"][0]

    assert point["A"]["poly"] == "2*x**2 - 1"
    low, high = (F(end) for end in point["A"]["interval"])
    assert low**2 < F(1, 2) < high**2
    assert float(middle.endpoints[0][0]) == pytest.approx(0.5**0.5)
    assert float(middle.endpoints[0][1]) == pytest.approx(1 - 0.5**0.5)
    assert middle.regret == 0


@given(st.lists(st.fractions(F(1, 50), F(49, 50), max_denominator=50), min_size=1, max_size=6))
@settings(deadline=None, max_examples=40)
def test_rational_roots_are_found_exactly_whatever_their_multiplicity(roots: list[Fraction]) -> None:
    polynomial: tuple[Fraction, ...] = (F(1),)
    for root in roots:
        shifted = (F(0), *polynomial)
        polynomial = tuple(a - root * b for a, b in zip(shifted, (*polynomial, F(0)), strict=True))
    assert roots_inside(polynomial) == sorted(set(roots))


@given(st.lists(st.integers(-4, 4).map(F), min_size=2, max_size=12), st.lists(small, min_size=1, max_size=4))
@settings(deadline=None, max_examples=50)
def test_signs_at_algebraic_numbers_agree_with_floats_where_these_are_clear(
    bernstein: list[Fraction], other: list[Fraction]
) -> None:
    polynomial = from_bernstein(bernstein)
    if not polynomial:
        return
    for root in roots_inside(polynomial):
        assert sign_at(polynomial, root) == 0
        value = sum(float(c) * float(root) ** n for n, c in enumerate(other))
        if abs(value) > 1e-9:
            while other and other[-1] == 0:
                other = other[:-1]
            assert sign_at(tuple(other), root) == (1 if value > 0 else -1)
        if isinstance(root, AlgebraicNumber):
            mirrored = root.one_minus()
            assert float(mirrored) == pytest.approx(1 - float(root))


def test_bernstein_values_are_the_polynomial_in_powers() -> None:
    values = [F(3), F(-1), F(2), F(5)]
    x = F(2, 7)
    direct = sum(comb(3, k) * v * x**k * (1 - x) ** (3 - k) for k, v in enumerate(values))
    assert sum(c * x**n for n, c in enumerate(from_bernstein(values))) == direct


def test_three_strategies_with_nonlinear_payoffs_are_searched_to_the_end() -> None:
    game = game_from_function(lambda s, n: F(n["A"] ** 2 if s == "A" else 1 if s == "B" else 0), NAMES, 4)
    found = symmetric_equilibria(game)
    assert found.complete
    assert found.note == ""
    assert {c.endpoints[0] for c in found.components} >= {(1, 0, 0), (0, 1, 0)}
    (mixed,) = [c for c in found.components if c.support == ("A", "B")]
    x = mixed.endpoints[0][0]
    assert float(3 * 2 * float(x) ** 2 + 3 * float(x)) == pytest.approx(1)  # E[n^2] = 6 x^2 + 3 x = 1


def test_four_strategies_list_isolated_points_and_segments_and_say_when_that_is_not_all() -> None:
    names = ("A", "B", "C", "D")
    identity = [[F(int(i == j)) for j in range(4)] for i in range(4)]
    found = symmetric_equilibria(game_from_payoffs(identity, names))
    assert found.complete
    assert len(found.components) == 15  # every support has its even mixture
    flat = symmetric_equilibria(game_from_payoffs([[0] * 4] * 4, names))
    assert not flat.complete
    assert flat.note


def test_a_game_of_floats_is_answered_in_floats() -> None:
    exact = symmetric_equilibria(published())
    found = symmetric_equilibria(PublicGoodsGame(group_size=5, multiplication_factor=3.0, fine=1, punishment_cost=0.3))
    assert not found.exact
    assert [c.dimension for c in found.components] == [c.dimension for c in exact.components]
    for ours, theirs in zip(found.components, exact.components, strict=True):
        assert ours.regret == pytest.approx(0, abs=1e-12)
        for a, b in zip(ours.endpoints, theirs.endpoints, strict=True):
            assert all(isinstance(value, float) for value in a)
            assert a == pytest.approx([float(v) for v in b], abs=1e-12)


def test_a_game_of_symbols_is_refused_by_name() -> None:
    import sympy as sp

    with pytest.raises(InvalidParameter, match=r"^game must be a game whose parameters are numbers"):
        symmetric_equilibria(published(fine=sp.Symbol("beta", positive=True)))
    with pytest.raises(InvalidParameter, match=r"^group_size must be a number"):
        symmetric_equilibria(PublicGoodsGame(group_size=sp.Symbol("N", positive=True), multiplication_factor=3))


def test_a_mixture_of_two_mutants_that_does_as_well_makes_a_vertex_only_neutrally_stable() -> None:
    # two tied mutants, each worse alone, as good as A in equal shares: the form is (y - z)^2
    matrix = [[F(v) for v in row] for row in ([0, 0, 0], [0, -1, 1], [0, 1, -1])]
    assert evolutionary_status(matrix, [F(1), F(0), F(0)]) == "neutral"
    worse = [[F(v) for v in row] for row in ([0, 0, 0], [0, -2, 1], [0, 1, -2])]
    assert evolutionary_status(worse, [F(1), F(0), F(0)]) == "yes"


def test_a_segment_has_the_same_formula_from_either_end() -> None:
    low, high = (F(9, 10), F(0), F(1, 10)), (F(0), F(0), F(1))
    forward = formula(["C", "D", "P"], [low, high], [False, True])
    assert forward == "D == 0 and C + P == 1 and P > 1/10 and P <= 1"
    assert formula(["C", "D", "P"], [high, low], [True, False]) == forward
