"""Laws of the solver of N-player games: every answer is an equilibrium, and no equilibrium is missing."""

import json
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import (
    InvalidParameter,
    NormalFormGame,
    PublicGoodsGame,
    normal_form_game,
    normal_form_of,
    profile_regrets,
    relabelled,
)
from gametheory.algebra.intervals import EnclosedNumber
from gametheory.algebra.roots import AlgebraicNumber
from gametheory.deletion import iterated_deletion
from gametheory.dominance import dominated_strategies
from gametheory.equilibria.nplayer import boxes, solver
from gametheory.equilibria.nplayer.boxes import isolated_zeros
from gametheory.equilibria.nplayer.decomposition import Branch, TooHard, branches
from gametheory.equilibria.nplayer.emptiness import no_point, searched
from gametheory.equilibria.nplayer.leaves import pieces_of
from gametheory.equilibria.nplayer.results import NashEquilibria, share_names
from gametheory.equilibria.nplayer.solver import by_supports, nash_equilibria, settled
from gametheory.equilibria.nplayer.supports import exact_payoffs, possible_supports, whole_payoffs
from gametheory.equilibria.nplayer.systems import support_system
from tests._profiles import floats_found, grid, in_answer, in_component

# payoffs of all players by profile, the first player's strategy changing fastest
LOCAL_MAX_CUT = [(0, 0, 0), (1, 2, -1), (2, 4, 2), (-1, 2, 1), (-1, 2, 1), (2, 4, 2), (1, 2, -1), (0, 0, 0)]
NINE = [(9, 8, 12), (0, 0, 0), (0, 0, 0), (9, 8, 2), (0, 0, 0), (3, 4, 6), (3, 4, 6), (0, 0, 0)]
IRRATIONAL = [(3, 0, 2), (0, 1, 0), (0, 2, 0), (1, 0, 0), (1, 0, 0), (0, 3, 0), (0, 1, 0), (2, 0, 3)]
CONTINUUM = [(0, 0, 2), (3, 0, 0), (0, 3, 0), (0, 0, 0), (1, 1, 0), (0, 0, 0), (0, 0, 0), (0, 0, 3)]
SEGMENT = [
    *[(2, 0, 0), (0, 2, 1), (0, 1, 1), (1, 0, 2), (1, 0, 2), (0, 1, 1), (0, 2, 1), (2, 0, 0)],
    *[(1, 0, 1), (0, 2, 0), (0, 1, 2), (2, 0, 1), (2, 0, 1), (0, 1, 2), (0, 2, 0), (1, 0, 1)],
]


def listed(shape: tuple[int, ...], rows: Sequence[tuple[int, ...]]) -> NormalFormGame:
    return normal_form_game(*(np.array(column).reshape(shape, order="F") for column in zip(*rows, strict=True)))


def points(answer: NashEquilibria) -> set[Any]:
    return {tuple(tuple(map(str, own)) for own in point) for point in answer.points}


@st.composite
def small_games(draw: st.DrawFn, shapes: tuple[tuple[int, ...], ...] = ((2, 2, 2), (2, 3, 2))) -> NormalFormGame:
    """Integers so few that ties are common."""
    shape = draw(st.sampled_from(shapes))
    largest = draw(st.sampled_from((1, 2, 5)))
    numbers = st.integers(-largest, largest)
    size = int(np.prod(shape))
    tensors = [draw(st.lists(numbers, min_size=size, max_size=size)) for _ in shape]
    return normal_form_game(*(np.array(values).reshape(shape) for values in tensors))


def shown_points(answer: NashEquilibria) -> list[Any]:
    return [p for c in answer.components for part in c.parts for p in (part.point, *part.corners)]


def is_rational(profile: Any) -> bool:
    return all(isinstance(share, Fraction) for own in profile for share in own)


# --- published games


def test_the_local_max_cut_game_has_two_pure_equilibria_and_the_uniform_mixture() -> None:
    answer = nash_equilibria(listed((2, 2, 2), LOCAL_MAX_CUT))
    pure = {(("1", "0"), ("0", "1"), ("1", "0")), (("0", "1"), ("1", "0"), ("0", "1"))}
    assert points(answer) == pure | {(("1/2", "1/2"),) * 3}
    assert answer.complete
    assert len(answer.components) == 3


def test_the_game_of_mckelvey_and_mclennan_has_nine_equilibria_two_of_them_totally_mixed() -> None:
    answer = nash_equilibria(listed((2, 2, 2), NINE))
    assert answer.complete
    assert len(answer.points) == len(answer.components) == 9
    assert sum(all(share > 0 for own in point for share in own) for point in answer.points) == 2


def test_the_unique_equilibrium_of_naus_game_is_irrational() -> None:
    answer = nash_equilibria(listed((2, 2, 2), IRRATIONAL))
    assert answer.complete
    (point,) = answer.points
    assert all(isinstance(share, AlgebraicNumber) for own in point for share in own)
    assert [own[0].text for own in point] == ["23*x**2 - 53*x + 24", "12*x**2 + 13*x - 9", "2*x**2 + 23*x - 9"]
    assert max(profile_regrets(listed((2, 2, 2), IRRATIONAL), [[float(x) for x in own] for own in point])) < 1e-14
    assert set(answer.components[0].regret) == {0}


def test_naus_game_has_a_curve_of_totally_mixed_equilibria_that_joins_two_segments() -> None:
    game = listed((2, 2, 2), CONTINUUM)
    answer = nash_equilibria(game)
    alone, together = answer.components
    assert alone.dimension == 0
    assert together.dimension == 1
    assert together.connected
    assert sorted(part.kind for part in together.parts) == ["curve", "polytope", "polytope"]
    for share in (Fraction(1, 7), Fraction(1, 2), Fraction(9, 10)):  # of the first player's second strategy
        other = (2 - 2 * share) / (share + 2)
        profile = [[1 - share, share], [1 - other, other], [Fraction(1, 4), Fraction(3, 4)]]
        assert max(profile_regrets(game, profile)) == 0
        assert in_component(game, profile, together)
    assert not in_component(game, [[Fraction(1, 2)] * 2] * 3, together)


def test_a_curve_ends_where_a_further_strategy_begins_to_pay() -> None:
    """Player 1 gets a third strategy: its second, and 1 more or less as player 2 uses its second or first one."""
    tensors = [np.concatenate([tensor, tensor[1:]]) for tensor in listed((2, 2, 2), CONTINUUM).payoffs]
    tensors[0][2] = tensors[0][1] + np.array([[-1], [1]])
    game = normal_form_game(*tensors)
    answer = nash_equilibria(game)
    arcs = [
        part for c in answer.components for part in c.parts if part.kind == "curve" and part.support[0] == ("1", "2")
    ]
    quarter = [Fraction(1, 4), Fraction(3, 4)]
    (arc,) = arcs
    assert any(
        [list(own) for own in end] == [[Fraction(3, 5), Fraction(2, 5), 0], [Fraction(1, 2)] * 2, quarter]
        for end in arc.corners
    )
    for share in (Fraction(1, 3), Fraction(1, 2), Fraction(2, 3)):  # of player 2's second strategy
        other = (2 - 2 * share) / (share + 2)
        profile = [[1 - other, other, Fraction(0)], [1 - share, share], quarter]
        assert (
            (max(profile_regrets(game, profile)) == 0) == (share <= Fraction(1, 2)) == in_answer(game, profile, answer)
        )


def test_the_equilibria_of_naus_2x2x4_game_are_one_segment() -> None:
    answer = nash_equilibria(listed((2, 2, 4), SEGMENT))
    (component,) = answer.components
    assert (component.dimension, len(component.parts[0].corners), answer.complete) == (1, 2, True)


@pytest.mark.parametrize(("size", "players", "count"), [(2, 2, 3), (3, 2, 7), (4, 2, 15), (2, 3, 3), (3, 3, 13)])
def test_pure_coordination_has_the_known_number_of_equilibria(size: int, players: int, count: int) -> None:
    tensor = np.zeros((size,) * players, dtype=int)
    tensor[tuple(np.arange(size) for _ in range(players))] = 1
    answer = nash_equilibria(normal_form_game(*[tensor] * players))
    assert answer.complete
    assert len(answer.points) == count


def test_three_contributors_defectors_and_punishers_have_a_three_dimensional_continuum() -> None:
    game = normal_form_of(PublicGoodsGame(group_size=3, multiplication_factor="3/2", fine=1, punishment_cost="3/10"))
    answer = nash_equilibria(game)
    alone, together = answer.components
    assert alone.point == ((0, 1, 0),) * 3
    assert (together.dimension, len(together.parts), together.connected, answer.complete) == (3, 1, True, True)
    for shares in product([Fraction(0), Fraction(1, 5), Fraction(1, 4), Fraction(3, 10), Fraction(1)], repeat=3):
        profile = [(1 - z, Fraction(0), z) for z in shares]
        enough = all(sum(shares) - own >= Fraction(1, 2) for own in shares)  # net cost over fine
        assert in_component(game, profile, together) == enough == (max(profile_regrets(game, profile)) == 0)


def test_two_lines_that_cross_inside_are_one_component() -> None:
    """Player 3 decides nothing and does not care; against its middle the others' conditions are two crossing lines."""
    first, second, third = (
        np.zeros((2, 2, 2), dtype=int),
        np.zeros((2, 2, 2), dtype=int),
        np.zeros((2, 2, 2), dtype=int),
    )
    for a, b, c in np.ndindex(2, 2, 2):
        first[a, b, c] = a * (1 if c else -1)
        second[a, b, c] = b * (1 if c else -1)
        third[a, b, c] = c * (1 if a else -1) * (1 if b else -1)
    game = normal_form_game(first, second, third)
    answer = nash_equilibria(game)
    half = Fraction(1, 2)
    crossing = [[half, half], [half, half], [half, half]]
    holders = [c for c in answer.components if in_component(game, crossing, c)]
    assert len(holders) == 1
    for share in (Fraction(1, 5), Fraction(3, 4)):
        for profile in (
            [[share, 1 - share], [half, half], [half, half]],
            [[half, half], [share, 1 - share], [half, half]],
        ):
            assert max(profile_regrets(game, profile)) == 0
            assert in_component(game, profile, holders[0])


def test_a_curve_and_a_segment_that_cross_inside_are_one_component() -> None:
    """Where player 3 mixes evenly, its own condition 4 p q = p + q is a curve; p = q = 1/2 settles the others too."""
    first, second, third = (np.zeros((2, 2, 2), dtype=int) for _ in range(3))
    for p, q, r in np.ndindex(2, 2, 2):
        first[p, q, r] = p * (2 * r - 1) * (2 * q - 1)
        second[p, q, r] = q * (2 * r - 1) * (2 * p - 1)
        third[p, q, r] = r * (4 * p * q - p - q)
    game = normal_form_game(first, second, third)
    answer = nash_equilibria(game)
    half = [Fraction(1, 2)] * 2
    on_curve = [[Fraction(2, 5), Fraction(3, 5)], [Fraction(4, 7), Fraction(3, 7)], half]
    on_segment = [half, half, [Fraction(1, 5), Fraction(4, 5)]]
    holders = [[c for c in answer.components if in_component(game, profile, c)] for profile in (on_curve, on_segment)]
    assert [len(some) for some in holders] == [1, 1]
    assert holders[0] == holders[1]
    assert {part.kind for part in holders[0][0].parts} >= {"curve", "polytope"}


def test_where_the_coefficient_of_an_unknown_is_zero_solutions_are_found_too() -> None:
    """Four players gain by the second strategy what the products of the others' choices (1 or -1), in pairs, sum to."""
    tensors = [np.zeros((2,) * 4, dtype=int) for _ in range(4)]
    for chosen in np.ndindex(*(2,) * 4):
        signs = [2 * k - 1 for k in chosen]
        for player, tensor in enumerate(tensors):
            others = signs[:player] + signs[player + 1 :]
            tensor[chosen] = chosen[player] * (sum(others) ** 2 - 3) // 2
    game = normal_form_game(*tensors)
    answer = nash_equilibria(game)
    half = Fraction(1, 2)
    (together,) = [c for c in answer.components if in_component(game, [[half, half]] * 4, c)]
    for player in range(4):
        profile = [[half, half]] * 4
        profile[player] = [Fraction(1, 5), Fraction(4, 5)]
        assert max(profile_regrets(game, profile)) == 0
        assert in_component(game, profile, together)


# --- laws


@given(small_games())
@settings(max_examples=40, deadline=None)
def test_what_is_reported_is_an_equilibrium_and_no_equilibrium_of_a_grid_is_missing(game: NormalFormGame) -> None:
    answer = nash_equilibria(game)
    assert answer.components  # Nash's theorem
    for profile in shown_points(answer):
        if is_rational(profile):
            assert max(profile_regrets(game, profile)) == 0
            holders = [c for c in answer.components if in_component(game, profile, c)]
            assert len(holders) == 1 or not all(c.connected for c in holders)
        else:
            assert max(profile_regrets(game, [[float(x) for x in own] for own in profile])) < 1e-12
    if answer.complete:
        steps = 4 if max(game.shape) == 2 else 3
        for profile in grid(game.shape, steps):
            if max(profile_regrets(game, profile)) == 0:
                assert in_answer(game, profile, answer)


@given(small_games())
@settings(max_examples=12, deadline=None)
def test_no_equilibrium_that_a_float_search_ends_at_is_missing(game: NormalFormGame) -> None:
    answer = nash_equilibria(game)
    if answer.complete:
        for profile in floats_found(game, 4, seed=1):
            assert in_answer(game, profile, answer, slack=1e-3)


@given(
    small_games(((2, 2, 2),)), st.permutations(range(3)), st.lists(st.permutations(range(2)), min_size=3, max_size=3)
)
@settings(max_examples=25, deadline=None)
def test_relabelling_players_and_strategies_relabels_the_answer(game: Any, order: Any, strategies: Any) -> None:
    other = relabelled(game, players=order, strategies=strategies)
    answer, turned = nash_equilibria(game), nash_equilibria(other)

    def moved(profile: Any) -> Any:
        return [[profile[i][k] for k in strategies[i]] for i in order]

    if answer.complete and turned.complete:
        for profile in filter(is_rational, shown_points(answer)):
            assert in_answer(other, moved(profile), turned)
        certain = all(c.connected for c in (*answer.components, *turned.components))
        if certain:
            sizes = [sorted(c.dimension for c in found.components) for found in (answer, turned)]
            assert sizes[0] == sizes[1]


@given(small_games(((2, 2, 2), (2, 2, 2, 2))), st.data())
@settings(max_examples=15, deadline=None)
def test_scaling_payoffs_and_adding_what_only_others_decide_changes_nothing(game: NormalFormGame, data: Any) -> None:
    changed = []
    for player, tensor in enumerate(game.payoffs):
        shape = [1 if k == player else size for k, size in enumerate(game.shape)]
        size = int(np.prod(shape))
        shift = data.draw(st.lists(st.integers(-3, 3), min_size=size, max_size=size))
        scale = data.draw(st.fractions(min_value=Fraction(1, 3), max_value=4, max_denominator=5))
        changed.append(tensor * scale + np.array(shift, dtype=object).reshape(shape))
    first, second = nash_equilibria(game), nash_equilibria(normal_form_game(*changed))
    assert [c.set for c in first.components] == [c.set for c in second.components]
    assert first.complete == second.complete


@given(small_games())
@settings(max_examples=25, deadline=None)
def test_dominated_strategies_are_in_no_equilibrium_and_deleting_them_keeps_all(game: NormalFormGame) -> None:
    answer = nash_equilibria(game)
    for verdict in dominated_strategies(game):
        player = game.players.index(verdict.player or "")
        place = game.strategies[player].index(verdict.strategy)
        assert all(profile[player][place] == 0 for profile in shown_points(answer))
    left = iterated_deletion(game).game
    assert isinstance(left, NormalFormGame)
    kept = [[own.index(name) for name in names] for own, names in zip(game.strategies, left.strategies, strict=True)]
    smaller = nash_equilibria(left)
    for profile in filter(is_rational, shown_points(answer)):
        part = [[own[k] for k in some] for own, some in zip(profile, kept, strict=True)]
        assert all(sum(own) == 1 for own in part)
        if smaller.complete:
            assert in_answer(left, part, smaller)


@given(small_games(((2, 2), (3, 2), (3, 3))))
@settings(max_examples=40, deadline=None)
def test_two_player_games_have_the_same_answer_by_supports_and_by_polytopes(game: NormalFormGame) -> None:
    ours, theirs = by_supports(game), nash_equilibria(game)
    assert ours.complete
    assert theirs.method == "vertices"
    assert sorted(c.dimension for c in ours.components) == sorted(c.dimension for c in theirs.components)
    for first, second in ((ours, theirs), (theirs, ours)):
        for profile in shown_points(first):
            assert max(profile_regrets(game, profile)) == 0
            assert in_answer(game, profile, second)


# --- two ways to the same isolated points


@pytest.mark.parametrize("seed", range(3))
def test_halving_and_elimination_find_the_same_points(seed: int) -> None:
    rng = np.random.default_rng(seed)
    game = normal_form_game(*(rng.integers(-9, 10, (3, 3, 2)) for _ in range(3)))
    tensors = exact_payoffs(game)
    for support in possible_supports(whole_payoffs(tensors)):
        system = support_system(tensors, support)
        if system.unknowns == 0 or len(system.equations) != system.unknowns:
            continue
        pieces, reason = settled(system, tensors)
        found, why = solver._enclosed(system, tensors)
        assert (reason, why) == ("", "")
        exact = sorted([[float(x) for own in p.sample.profile for x in own] for p in pieces])
        boxed = sorted([[float(x) for own in p.sample.profile for x in own] for p in found])
        assert np.allclose(exact, boxed, atol=1e-12)


def test_what_is_too_hard_for_elimination_is_enclosed_with_an_interval_for_its_regret(monkeypatch: Any) -> None:
    def refuses(system: Any) -> Any:
        raise TooHard("no time")

    exact = nash_equilibria(listed((2, 2, 2), IRRATIONAL))
    monkeypatch.setattr(solver, "branches", refuses)
    answer = nash_equilibria(listed((2, 2, 2), IRRATIONAL))
    assert answer.complete
    (point,) = answer.points
    assert all(isinstance(share, EnclosedNumber) for own in point for share in own)
    assert np.allclose([[float(x) for x in own] for own in point], [[float(x) for x in p] for p in exact.points[0]])
    low, high = answer.components[0].regret
    assert low == 0 < high < Fraction(1, 10**20)
    narrow = point[0][0].refined(Fraction(1, 10**60))
    assert exact.points[0][0][0].low < narrow.low <= narrow.high < exact.points[0][0][0].high
    assert "certified" in json.dumps(answer.to_dict())


def test_only_pieces_within_the_box_of_a_certified_zero_are_covered_by_it() -> None:
    system = support_system(exact_payoffs(listed((2, 2, 2), IRRATIONAL)), ((0, 1),) * 3)
    (zero,) = isolated_zeros(system, exact_payoffs(listed((2, 2, 2), IRRATIONAL))).zeros
    centre, reach = [float(c) for c in zero.anchor], float(zero.reach)

    def around(share: float) -> boxes._Pieces:
        ends = [(c - share * reach, c + share * reach) for c in centre]
        corners = [np.array([[[1 - low, low], [1 - high, high]]]) for low, high in ends]
        return boxes._Pieces(np.zeros((1, 3, 2, 2, 2)), corners)

    assert boxes._covered(around(0.99), [zero], (0, 1, 2)).all()
    assert not boxes._covered(around(1.01), [zero], (0, 1, 2)).any()
    assert not boxes._covered(around(0.99), [], (0, 1, 2)).any()


def test_pieces_that_halving_leaves_are_reported() -> None:
    tensors = exact_payoffs(listed((2, 2, 2), CONTINUUM))
    system = support_system(tensors, ((0, 1),) * 3)
    assert isolated_zeros(system, tensors, effort=200).undecided > 0


def test_supports_that_are_not_settled_are_named(monkeypatch: Any) -> None:
    def refuses(system: Any) -> Any:
        if system.unknowns > 1:
            raise TooHard("no time")
        return branches(system)

    monkeypatch.setattr(solver, "branches", refuses)
    answer = nash_equilibria(listed((2, 2, 2), CONTINUUM))
    assert not answer.complete
    supports = {support for support, _ in answer.undecided}
    assert (("1", "2"),) * 3 in supports
    assert all("no time" in reason for _, reason in answer.undecided)


def test_what_was_found_is_kept_where_a_case_is_given_up(monkeypatch: Any) -> None:
    def gives_up(branch: Any, system: Any) -> Any:
        yield from pieces_of(branch, system)
        if system.unknowns == 3:
            raise TooHard("no time")

    monkeypatch.setattr(solver, "pieces_of", gives_up)
    answer = nash_equilibria(listed((2, 2, 2), CONTINUUM))
    assert not answer.complete
    assert [support for support, _ in answer.undecided] == [(("1", "2"),) * 3]
    assert any(part.kind == "curve" for component in answer.components for part in component.parts)
    exact = nash_equilibria(listed((2, 2, 2), IRRATIONAL))
    assert exact.complete  # the enclosed zero stands in
    assert len(exact.points) == 1


def test_emptiness_is_not_proved_where_only_the_ends_of_intervals_are_solutions() -> None:
    from flint import Ordering, fmpq_mpoly_ctx

    x, y = fmpq_mpoly_ctx.get(["x", "y"], Ordering.lex).gens()
    at_half = [2 * x - 1, (1 - 2 * x) * (1 + y)]  # <= 0: x = 1/2 and any y
    assert not no_point([0, 1], [], at_half)
    assert no_point([0, 1], [], [*at_half, 3 - 5 * x])
    assert no_point([0, 1], [x - y, 1 - 2 * x], [1 - 2 * y])
    assert not no_point([0, 1], [x - y], [x * y - 1])
    assert no_point([0, 1], [], [x * y - 2 * x + 1, -x * y + 2 * x - y])  # they touch in a corner alone
    assert searched([0, 1], [], [2 * x * y + x - y, x * y + y - 2 * x], [8 * x - 1])[0] not in (
        None,
        {0: Fraction(1, 8)},
    )


def tied_threefold(f: Sequence[Sequence[int]]) -> NormalFormGame:
    """Player 1 earns 0, f or -f, bilinear in the co-players' mixtures, and they earn 0 anyway."""
    own, nothing = np.array(f), np.zeros((3, 2, 2), dtype=int)
    return normal_form_game(np.stack([0 * own, own, -own]), nothing, nothing)


def test_two_deviations_that_must_both_not_pay_leave_a_curve_not_a_surface() -> None:
    answer = nash_equilibria(tied_threefold([[3, -1], [-1, -1]]))  # the first pays 0: f = 0, or p2_1 p3_1 = 1/4

    assert answer.complete
    parts = [part for component in answer.components for part in component.parts]
    assert all(part.dimension < 2 for part in parts if part.support == (("1",), ("1", "2"), ("1", "2")))
    curve = next(part for part in parts if part.kind == "curve")
    assert {tuple(map(str, own)) for corner in curve.corners for own in corner[1:]} == {("1", "0"), ("1/4", "3/4")}


def test_the_dimension_of_a_set_is_that_around_one_of_its_points() -> None:
    nothing = [np.full((2, 2), Fraction(0))] * 2
    system = support_system(nothing, ((0, 1), (0, 1)))

    def ends(*weak: Any, equations: tuple[Any, ...] = ()) -> list[Any]:
        branch = Branch(free=(0, 1), equations=equations, positive=(), weak=weak, nonzero=())
        return list(pieces_of(branch, system))

    x, y = system.context.gens()
    (wide,) = ends(x * y - y + 2 * x * x)
    assert (wide.kind, wide.dimension) == ("set", 2)
    with pytest.raises(TooHard, match="dimension"):
        ends((2 * x - 1) ** 2 * (1 + y))  # a segment
    with pytest.raises(TooHard, match="dimension"):
        ends((2 * x - 1) ** 2 + (2 * y - 1) ** 2)  # a point
    half = 2 * x * x - 1
    (line,) = ends(half * y, y - x * y * y - x, equations=(half,))
    assert (line.kind, line.dimension) == ("set", 1)
    for equation, weak in ((half, (15 * y - 7) ** 2), (half**2 + (15 * y - 7) ** 2, -y)):  # points, and sampled
        with pytest.raises(TooHard, match="no point of a hypersurface"):
            ends(weak, equations=(equation,))


# --- the form of answers


def test_a_game_of_floats_has_an_answer_in_floats() -> None:
    exact = listed((2, 2, 2), NINE)
    answer = nash_equilibria(NormalFormGame(payoffs=tuple(tensor.astype(float) for tensor in exact.payoffs)))
    assert not answer.exact
    assert all(isinstance(share, float) for own in answer.points[-1] for share in own)
    assert np.allclose(answer.points, [[[float(x) for x in own] for own in p] for p in nash_equilibria(exact).points])


def test_answers_are_json_with_the_names_of_players_and_strategies() -> None:
    game = normal_form_of(PublicGoodsGame(group_size=3, multiplication_factor="3/2", strategies=["C", "D"]))
    written = json.loads(json.dumps(nash_equilibria(game).to_dict()))
    assert written["schema"] == "gametheory.profiles/1"
    (component,) = written["components"]
    assert component["regret"] == "0"
    assert component["parts"][0]["point"] == {player: {"C": "0", "D": "1"} for player in game.players}
    assert share_names(game)[1] == ("p2_C", "p2_D")
    assert "p1\\_C" in nash_equilibria(game)._repr_latex_()


def test_names_that_formulas_cannot_have_are_replaced_by_numbers() -> None:
    game = normal_form_game([[1, 0], [0, 1]], strategies=[["give", "take it"]] * 2, players=["ann", "bob"])
    assert share_names(game) == (("p1_s1", "p1_s2"), ("p2_s1", "p2_s2"))
    game = normal_form_game([[1, 0], [0, 1]], strategies=[["b", "c"], ["b_c", "c"]], players=["a", "a_b"])
    assert len({name for own in share_names(game) for name in own}) == 4


def test_supports_beyond_the_limit_are_reported() -> None:
    answer = nash_equilibria(listed((2, 2, 2), NINE), max_supports=4)
    assert not answer.complete
    assert "4 supports" in answer.note


def test_a_game_that_is_not_in_normal_form_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^game must be a game in normal form"):
        nash_equilibria(PublicGoodsGame(group_size=3, multiplication_factor=2))  # type: ignore[arg-type]


def test_an_unknown_method_is_refused_by_name() -> None:
    with pytest.raises(InvalidParameter, match=r"^method must be "):
        nash_equilibria(listed((2, 2, 2), NINE), method="guess")


# --- pygambit


def test_what_gambit_finds_is_proved_and_never_called_complete() -> None:
    pytest.importorskip("pygambit")
    game = listed((2, 2, 2), NINE)
    theirs = nash_equilibria(game, method="gambit")
    assert points(theirs) == points(nash_equilibria(game))
    assert not theirs.complete
    (point,) = nash_equilibria(listed((2, 2, 2), IRRATIONAL), method="gambit").points
    assert all(isinstance(share, EnclosedNumber) for own in point for share in own)


def test_points_of_gambit_that_are_no_equilibria_are_dropped_and_counted(monkeypatch: Any) -> None:
    from gametheory.equilibria.nplayer import peers

    false = [[[0.5, 0.5]] * 3, [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]], [[0.3, 0.7], [0.2, 0.8], [1.0, 0.0]]]
    monkeypatch.setattr(peers, "_listed", lambda game: false)
    answer = nash_equilibria(listed((2, 2, 2), NINE), method="gambit")
    assert points(answer) == {(("1", "0"),) * 3}
    assert "2 of its profiles dropped" in answer.note


def test_without_pygambit_the_error_names_the_extra(monkeypatch: Any) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pygambit", None)
    with pytest.raises(InvalidParameter, match=r"gametheory\[gambit\]"):
        nash_equilibria(listed((2, 2, 2), NINE), method="gambit")
