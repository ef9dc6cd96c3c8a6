"""Sustainable payoffs: intervals and polygons against iterating the operator, known sets, and equilibria played out."""

from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import (
    InvalidParameter,
    NotConverged,
    PublicGoodsGame,
    SnowdriftGame,
    StagHuntGame,
    TableGame,
    game_from_payoffs,
)
from gametheory.algebra.intervals import as_flint
from gametheory.repeated import (
    enforced_relation,
    equilibrium_payoff_set,
    feasible_payoffs,
    full_contribution_threshold,
    grim_process,
    minmax,
    repeated_payoffs,
    subgame_perfection,
    symmetric_value_regimes,
    symmetric_values,
    tft,
    win_stay_lose_shift,
)
from gametheory.repeated.payoff_limits import closes_in
from gametheory.repeated.payoff_sets import (
    _generated,
    _generates_itself,
    _in_flint,
    _profiles,
    _rounded_outwards,
    _threatened,
)
from gametheory.repeated.polygons import clip, contains, half_planes, hull
from gametheory.testing import table_games

DILEMMA = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
patience = st.fractions(0, Fraction(19, 20), max_denominator=20)
matrices = st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=2, max_size=2)
points = st.tuples(st.fractions(-3, 3, max_denominator=3), st.fractions(-3, 3, max_denominator=3))


def public_goods(size: int, factor: int | Fraction) -> PublicGoodsGame:
    return PublicGoodsGame(group_size=size, multiplication_factor=factor, strategies=["C", "D"])


def iterated_interval(game: TableGame, omega: float, rounds: int = 3000) -> tuple[float, float] | None:
    """The operator of Abreu, Pearce and Stacchetti on intervals, in floats, from the feasible payoffs."""
    names, rest = game.strategies, game.group_size - 1

    def payoff(own: str, other: str) -> float:
        return float(game.payoff(own, [rest * int(name == other) for name in names]))

    alike = {a: payoff(a, a) for a in names}
    leaving = {a: max(payoff(b, a) for b in names if b != a) for a in names}
    everything = [*alike.values(), *leaving.values()]
    low, high = min(everything), max(everything)
    for _ in range(rounds):
        pieces = []
        for a in names:
            least = max((1 - omega) * alike[a] + omega * low, (1 - omega) * leaving[a] + omega * low)
            most = (1 - omega) * alike[a] + omega * high
            if least <= most + 1e-12:
                pieces.append((least, max(least, most)))
        if not pieces:
            return None
        low, high = min(p[0] for p in pieces), max(p[1] for p in pieces)
    return low, high


@given(table_games(group_sizes=(2, 3, 4), strategies=(2, 3)), st.fractions(0, Fraction(9, 10), max_denominator=10))
@settings(deadline=None, max_examples=40)
def test_the_interval_is_where_the_operator_ends(game: TableGame, omega: Fraction) -> None:
    found = symmetric_values(game, discount_factor=omega)
    nudged = [iterated_interval(game, float(omega) + nudge) for nudge in (-1e-7, 1e-7) if float(omega) + nudge >= 0]
    scale = max(1.0, *(abs(float(v)) for row in game.values for v in row))

    ours = tuple(map(float, found.ends)) or None
    assert any(
        (ours is None and other is None)
        or (ours is not None and other is not None and other == pytest.approx(ours, abs=1e-4 * scale))
        for other in nudged
    )


@given(table_games(group_sizes=(2, 3), strategies=(2, 3, 4)), patience)
@settings(deadline=None, max_examples=60)
def test_regimes_are_the_intervals_of_all_discount_factors(game: TableGame, omega: Fraction) -> None:
    regimes = symmetric_value_regimes(game)

    assert all(before.least > after.least for before, after in pairwise(regimes))
    holding = [regime for regime in regimes if omega >= regime.least]
    found = symmetric_values(game, discount_factor=omega)
    assert (found.actions, found.ends) == ((holding[0].actions, holding[0].ends) if holding else ((), ()))
    for regime in regimes:
        if regime.least < 1:
            assert symmetric_values(game, discount_factor=regime.least).ends == regime.ends


@pytest.mark.parametrize(("size", "factor", "threshold"), [(5, 3, "1/6"), (4, 2, "1/3"), (100, 2, "49/99")])
def test_full_contribution_has_the_published_threshold(size: int, factor: int, threshold: str) -> None:
    found = full_contribution_threshold(public_goods(size, factor))

    assert found.is_exact
    assert found.threshold == Fraction(threshold) == Fraction(size - factor, factor * (size - 1))
    assert str(subgame_perfection(grim_process(public_goods(size, factor))).discount_factors) == f"[{threshold}, 1)"


@given(table_games(group_sizes=(2, 3), strategies=(2,)))
@settings(deadline=None, max_examples=60)
def test_what_is_necessary_is_no_more_than_what_suffices(drawn: TableGame) -> None:
    game = TableGame(strategies=["C", "D"], group_size=drawn.group_size, values=drawn.values)
    found = full_contribution_threshold(game)

    if found.sufficient is None:
        return
    assert found.necessary is not None
    assert found.necessary <= found.sufficient
    assert "C" in symmetric_values(game, discount_factor=found.sufficient).actions


def test_thresholds_that_are_only_bounded_say_so() -> None:
    """Chicken: the minmax punishment is no equilibrium of the stage game, and no symmetric punishment is."""
    chicken = game_from_payoffs([[3, 2], [4, 0]], ["C", "D"])
    found = full_contribution_threshold(chicken)

    assert minmax(chicken).low == 2
    assert found.necessary == Fraction(1, 2)
    assert not found.is_exact
    with pytest.raises(NotConverged, match="no threshold is known"):
        _ = found.threshold


@given(table_games(group_sizes=(2, 3, 4), strategies=(2,)))
@settings(deadline=None, max_examples=50)
def test_minmax_bounds_hold_on_a_grid_of_mixtures(drawn: TableGame) -> None:
    game = TableGame(strategies=["C", "D"], group_size=drawn.group_size, values=drawn.values)
    rest = game.group_size - 1
    found = minmax(game)

    assert found.low <= found.high
    scale = max(1.0, *(abs(float(v)) for row in game.values for v in row))
    least = np.inf
    table = np.array([[float(game.payoff(a, (j, rest - j))) for j in range(rest + 1)] for a in ("C", "D")])
    for mixture in product(np.linspace(0, 1, 6), repeat=rest):
        chances = np.array([1.0])
        for x in mixture:
            chances = np.convolve(chances, [1 - x, x])
        least = min(least, float((table @ chances).max()))
    assert least >= float(found.low) - 1e-9 * scale
    assert float(found.high) <= least + 1e-9 * scale if game.group_size > 2 and found.is_exact else True
    if game.group_size == 2:
        assert found.is_exact


def test_feasible_payoffs_of_public_goods_games() -> None:
    found = feasible_payoffs(public_goods(5, 3))

    assert found.low == 0
    assert found.high == 2
    assert found.individually_rational == (Fraction(0), Fraction(2))
    assert found.minmax.is_exact
    wasteful = feasible_payoffs(public_goods(5, Fraction(1, 2)))
    assert wasteful.individually_rational == (Fraction(0), Fraction(0))


def test_other_stage_games_have_their_values_too() -> None:
    stag = StagHuntGame(group_size=3, multiplication_factor=2, threshold=2, contribution_cost=1)
    snow = SnowdriftGame(group_size=3, benefit=4, contribution_cost=1)

    for game in (stag, snow):
        found = symmetric_values(game, discount_factor="9/10")
        assert found.actions
        assert found.worst <= found.best
    empty = symmetric_values(game_from_payoffs([[0, 2], [1, 0]], ["C", "D"]), discount_factor="1/10")
    assert empty.ends == ()
    with pytest.raises(NotConverged, match="no strongly symmetric"):
        _ = empty.worst


# Prisoner's dilemma (3, 0, 5, 1), by hand: folk set while (C, D) can be taken, alternation at the edge, ruin below
def corners(*pairs: tuple[Any, Any]) -> tuple[tuple[Fraction, Fraction], ...]:
    return tuple((Fraction(a), Fraction(b)) for a, b in pairs)


@pytest.mark.parametrize("omega", ["9/10", "1/2"])
def test_patient_dilemmas_have_the_folk_set(omega: str) -> None:
    found = equilibrium_payoff_set(DILEMMA, discount_factor=omega)

    assert found.is_exact
    assert found.corners == corners((1, 1), ("13/3", 1), (3, 3), (1, "13/3"))


@pytest.mark.parametrize("omega", ["1/5", "0"])
def test_impatient_dilemmas_have_a_point(omega: str) -> None:
    assert equilibrium_payoff_set(DILEMMA, discount_factor=omega).corners == corners((1, 1))


@pytest.mark.parametrize("omega", ["1/4", "1/3", "2/5"])
def test_between_them_players_take_turns(omega: str) -> None:
    """No iterate is the set; that they close in on it is proved."""
    found = equilibrium_payoff_set(DILEMMA, discount_factor=omega)

    assert found.corners == corners((1, 1), (4, 1), (1, 4))


def test_bounds_that_are_not_the_set_say_so() -> None:
    found = equilibrium_payoff_set(DILEMMA, discount_factor="2/5", max_iterations=6)

    assert found.inner == corners((1, 1), (4, 1), (1, 4))
    assert 0 < found.gap < Fraction(1, 100)
    assert not found.is_exact
    with pytest.raises(NotConverged, match="bounds differ"):
        _ = found.corners


def test_a_smaller_set_that_generates_itself_is_not_taken_for_the_limit() -> None:
    profiles = _profiles(
        [[Fraction(3), Fraction(0)], [Fraction(5), Fraction(1)]],
        [[Fraction(3), Fraction(5)], [Fraction(0), Fraction(1)]],
    )
    outer = [(Fraction(x), Fraction(y)) for x, y in ((1, 1), (4, 1), (1, 4))]
    ruin = [(Fraction(1), Fraction(1))]
    wider = [(x + Fraction(1, 100) * (x > 1), y + Fraction(1, 100) * (y > 1)) for x, y in outer]

    weight, threats = Fraction(2, 5), (Fraction(1), Fraction(1))
    assert _generates_itself(ruin, profiles, weight)
    assert not closes_in(outer, ruin, profiles, weight, threats)
    assert not closes_in(wider, hull([*ruin, (Fraction(2), Fraction(2))]), profiles, weight, threats)
    assert closes_in(wider, outer, profiles, weight, threats)


def test_a_stage_equilibrium_left_out_is_noticed() -> None:
    profiles = _profiles(*([[[Fraction(v) for v in row] for row in ((1, 0), (0, 2))]] * 2))
    one, two = (Fraction(1), Fraction(1)), (Fraction(2), Fraction(2))

    assert _generates_itself([one], profiles, Fraction(1, 10))
    assert not closes_in([one, two], [one], profiles, Fraction(1, 10), one)
    assert closes_in([one, two], [one, two], profiles, Fraction(1, 10), one)


@given(matrices, matrices, patience.filter(lambda omega: omega > 0))
@settings(deadline=None, max_examples=60)
def test_nothing_smaller_than_the_set_is_proved_to_be_it(
    rows: list[list[int]], columns: list[list[int]], omega: Fraction
) -> None:
    """Hulls of corners that generate themselves are parts of the set: only all of it may be its own limit."""
    found = equilibrium_payoff_set((rows, columns), discount_factor=omega, max_iterations=40)
    profiles = _profiles([[Fraction(v) for v in row] for row in rows], [[Fraction(v) for v in row] for row in columns])
    outer = list(found.outer)
    if not found.is_exact or len(outer) < 2:
        return
    nash = [p.payoffs for p in profiles if not any(p.gains)]
    threats = (min(x for x, _ in outer), min(y for _, y in outer))

    for part in (hull(nash), *(hull([q for q in outer if q != p]) for p in outer)):
        if part and set(part) != set(outer) and _generates_itself(part, profiles, omega):
            assert not closes_in(outer, part, profiles, omega, threats)


def test_sets_may_be_segments_points_or_empty() -> None:
    pennies = ([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    meeting = ([[1, 0], [0, 2]], [[1, 0], [0, 2]])
    constant = ([[1, 1], [1, 1]], [[2, 2], [2, 2]])

    assert equilibrium_payoff_set(pennies, discount_factor="1/2").corners == ()
    found = equilibrium_payoff_set(meeting, discount_factor="9/10")
    assert found.is_exact
    assert len(found.corners) == 2
    assert equilibrium_payoff_set(constant, discount_factor="1/2").corners == corners((1, 2))


@given(matrices, matrices, patience)
@settings(deadline=None, max_examples=25)
def test_bounds_are_sound(rows: list[list[int]], columns: list[list[int]], omega: Fraction) -> None:
    found = equilibrium_payoff_set((rows, columns), discount_factor=omega, max_iterations=40)
    profiles = _profiles([[Fraction(v) for v in row] for row in rows], [[Fraction(v) for v in row] for row in columns])

    outer, inner = list(found.outer), list(found.inner)
    assert all(contains(outer, point) for point in inner)
    nash = [p.payoffs for p in profiles if not any(p.gains)]
    assert all(contains(outer, point) for point in nash)
    if inner and omega > 0:
        assert _generates_itself(inner, profiles, omega)


@given(matrices, matrices, st.fractions(Fraction(1, 10), Fraction(7, 10), max_denominator=10))
@settings(deadline=None, max_examples=25)
def test_exact_sets_are_where_the_plain_operator_ends(
    rows: list[list[int]], columns: list[list[int]], omega: Fraction
) -> None:
    """B alone, from the feasible payoffs: no threats looked up, no continuations left out, no limit guessed."""
    found = equilibrium_payoff_set((rows, columns), discount_factor=omega)
    exact = _profiles([[Fraction(v) for v in row] for row in rows], [[Fraction(v) for v in row] for row in columns])
    profiles = [_in_flint(profile) for profile in exact]
    bound = hull(p.payoffs for p in profiles)
    for _ in range(60):
        bound = _generated(bound, profiles, as_flint(omega))
        if any(x.height_bits() > 300 for point in bound for x in point):
            bound = _rounded_outwards(bound)

    if not found.is_exact:
        return
    assert all(contains(bound, (as_flint(x), as_flint(y))) for x, y in found.corners)
    assert bool(bound) == bool(found.corners)
    for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (2, -1), (-1, 2)):
        reach = [max((float(x * u + y * v) for u, v in polygon), default=0) for polygon in (bound, found.corners)]
        assert reach[0] == pytest.approx(reach[1], abs=0.01)


@given(matrices, patience)
@settings(deadline=None, max_examples=25)
def test_symmetric_games_have_symmetric_sets_that_hold_the_symmetric_interval(
    rows: list[list[int]], omega: Fraction
) -> None:
    game = game_from_payoffs(rows, ["C", "D"])

    found = equilibrium_payoff_set(game, discount_factor=omega, max_iterations=40)

    assert {(y, x) for x, y in found.outer} == set(found.outer)
    for end in symmetric_values(game, discount_factor=omega).ends:
        assert contains(list(found.outer), (end, end))


@given(matrices, matrices, patience)
@settings(deadline=None, max_examples=20)
def test_relabeling_actions_or_players_relabels_the_set(
    rows: list[list[int]], columns: list[list[int]], omega: Fraction
) -> None:
    found = equilibrium_payoff_set((rows, columns), discount_factor=omega, max_iterations=30)
    turned = equilibrium_payoff_set((rows[::-1], columns[::-1]), discount_factor=omega, max_iterations=30)
    swapped = equilibrium_payoff_set(
        ([list(r) for r in zip(*columns, strict=True)], [list(r) for r in zip(*rows, strict=True)]),
        discount_factor=omega,
        max_iterations=30,
    )

    assert turned.outer == found.outer
    assert {(y, x) for x, y in swapped.outer} == set(found.outer)


@pytest.mark.long
def test_quantecon_finds_the_same_set() -> None:
    quantecon = pytest.importorskip("quantecon")
    game = quantecon.game_theory.NormalFormGame(
        [
            quantecon.game_theory.Player(np.array([[9.0, 1], [10, 3]])),
            quantecon.game_theory.Player(np.array([[9.0, 1], [10, 3]])),
        ]
    )
    theirs = quantecon.game_theory.RepeatedGame(game, 0.3).equilibrium_payoffs(options={"u_init": np.full(2, 3.0)})

    ours = equilibrium_payoff_set(game_from_payoffs([[9, 1], [10, 3]], ["C", "D"]), discount_factor="3/10")

    assert ours.is_exact
    assert sorted(map(tuple, np.round(theirs.points[theirs.vertices], 4).tolist())) == sorted(
        (round(float(x), 4), round(float(y), 4)) for x, y in ours.corners
    )


@given(st.lists(points, min_size=1, max_size=7), points)
@settings(deadline=None)
def test_hulls_hold_their_points_and_no_corner_is_spare(listed: list[Any], other: Any) -> None:
    corners_found = hull(listed)

    assert all(contains(corners_found, point) for point in listed)
    assert set(corners_found) <= set(listed)
    for corner in corners_found:
        rest = hull([point for point in listed if point != corner])
        assert not contains(rest, corner)
    assert contains(corners_found, other) == (set(hull([*listed, other])) == set(corners_found))


@given(st.lists(points, min_size=1, max_size=6), points, st.tuples(*[st.integers(-2, 2)] * 3))
@settings(deadline=None)
def test_polygons_are_their_half_planes_and_clipping_intersects(listed: list[Any], other: Any, plane: Any) -> None:
    polygon = hull(listed)

    inside = all(p * other[0] + q * other[1] <= bound for p, q, bound in half_planes(polygon))
    assert inside == contains(polygon, other)
    p, q, bound = plane
    below = p * other[0] + q * other[1] <= bound
    assert contains(clip(polygon, plane), other) == (inside and below)


def test_threats_only_fall_to_what_can_be_generated() -> None:
    profiles = _profiles(
        [[Fraction(3), Fraction(0)], [Fraction(5), Fraction(1)]],
        [[Fraction(3), Fraction(5)], [Fraction(0), Fraction(1)]],
    )
    outer, threats = _threatened(hull(p.payoffs for p in profiles), profiles, Fraction(9, 10), None)

    assert threats == (Fraction(1), Fraction(1))
    assert min(x for x, _ in outer) == 1


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: symmetric_values(DILEMMA, discount_factor=1), "discount_factor"),
        (lambda: symmetric_values(DILEMMA, discount_factor=0.5), "discount_factor"),
        (lambda: symmetric_values(game_from_payoffs([[3.5, 0], [5, 1]], ["C", "D"]), discount_factor=0), "game"),
        (lambda: minmax(game_from_payoffs([[3.5, 0], [5, 1]], ["C", "D"])), "game"),
        (lambda: equilibrium_payoff_set(DILEMMA, discount_factor=1), "discount_factor"),
        (lambda: equilibrium_payoff_set(DILEMMA, discount_factor=0.5), "discount_factor"),
        (lambda: equilibrium_payoff_set(DILEMMA, discount_factor=0, max_iterations=0), "max_iterations"),
        (lambda: equilibrium_payoff_set(public_goods(3, 2), discount_factor=0), "game"),
        (lambda: equilibrium_payoff_set(([[1, 2]], [[1], [2]]), discount_factor=0), "game"),
        (lambda: equilibrium_payoff_set(([[1.5]], [[1]]), discount_factor=0), "game"),
        (lambda: equilibrium_payoff_set(3, discount_factor=0), "game"),
    ],
)
def test_what_has_no_exact_answer_is_refused(call: Any, name: str) -> None:
    with pytest.raises(InvalidParameter, match=rf"^{name} must be"):
        call()


def test_answers_print_and_serialize() -> None:
    values = symmetric_values(public_goods(5, 3), discount_factor="1/2")
    found = equilibrium_payoff_set(DILEMMA, discount_factor="1/2")
    bounds = equilibrium_payoff_set(DILEMMA, discount_factor="2/5", max_iterations=2)
    mean = repeated_payoffs(DILEMMA, [tft(2), win_stay_lose_shift(2)], discount_factor="1/2")
    relation = enforced_relation(DILEMMA, tft(2))

    assert values.to_json()["values"] == ["0", "2"]
    assert values._repr_latex_() == "$[0, 2]$"
    assert found.to_json()["exact"] is True
    assert found.to_json()["outer"][1] == ["13/3", "1"]
    assert r"(\frac{13}{3}, 1)" in found._repr_latex_()
    assert bounds.to_json()["exact"] is False
    assert r"\subseteq V^* \subseteq" in bounds._repr_latex_()
    assert mean.to_json()["payoffs"] == ["3", "3"]
    assert mean._repr_latex_() == r"$\pi = \left(3, 3\right)$"
    assert relation is not None
    assert relation.to_json() == {
        "schema": "gametheory.enforced_relation/1",
        "slope": "1",
        "intercept": "0",
        "phi": "1/5",
    }
    assert relation._repr_latex_() == r"$\bar g = 1\, \bar u + 0$"
    assert full_contribution_threshold(public_goods(5, 3)).to_json()["necessary"] == "1/6"
    assert feasible_payoffs(public_goods(5, 3)).to_json()["feasible"] == ["0", "2"]
