"""Equilibria of two-player games against slow exact enumeration; invariances; games degenerate on purpose."""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gametheory import InvalidParameter, NormalFormGame, normal_form_game, profile_regrets, pure_equilibria, relabelled
from gametheory.equilibria.bimatrix import _polytope_kernels as kernels
from gametheory.equilibria.bimatrix import bimatrix_equilibria, polytopes
from gametheory.equilibria.bimatrix.subsets import connected, hull_dimension, maximal_bicliques, nash_components

Vector = tuple[Fraction, ...]


def solved(matrix: Sequence[Sequence[Any]], right: Sequence[Any]) -> list[Fraction] | None:
    """The solution of a square system by elimination in fractions; None if it is singular."""
    size = len(matrix)
    rows = [[Fraction(v) for v in row] + [Fraction(b)] for row, b in zip(matrix, right, strict=True)]
    for k in range(size):
        pivot = next((i for i in range(k, size) if rows[i][k] != 0), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(size):
            if i != k and rows[i][k] != 0:
                factor = rows[i][k] / rows[k][k]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return [rows[k][-1] / rows[k][k] for k in range(size)]


def brute_extreme(game: NormalFormGame) -> set[tuple[Vector, Vector]]:
    """Extreme equilibria by trying all sets of constraints of both best-reply polyhedra (x, v) and (y, u)."""

    def corners(payoffs: Any) -> set[Vector]:
        # {(z, w): z >= 0, sum z = 1, payoffs[j] . z <= w}: which of its constraints hold with equality?
        opponents, own = payoffs.shape
        zero = [[Fraction(int(i == k)) for k in range(own)] + [Fraction(0)] for i in range(own)]
        tight = [[*payoffs[j].tolist(), Fraction(-1)] for j in range(opponents)]
        unit = [Fraction(1)] * own + [Fraction(0)]
        found = set()
        for chosen in itertools.combinations(zero + tight, own):
            point = solved([*chosen, unit], [0] * own + [1])
            if point is not None and min(point[:own]) >= 0:
                z, w = point[:own], point[own]
                if all(sum(a * b for a, b in zip(row, z, strict=True)) <= w for row in payoffs.tolist()):
                    found.add(tuple(z))
        return found

    xs, ys = corners(game.payoffs[1].T), corners(game.payoffs[0])
    return {(x, y) for x in xs for y in ys if not any(profile_regrets(game, (x, y)))}


def inside(point: Vector, corners: Sequence[Vector]) -> bool:
    """Whether a mixture is in the convex hull: by Caratheodory, in that of some affinely independent ones."""
    for size in range(1, min(len(corners), len(point)) + 1):
        for chosen in itertools.combinations(corners, size):
            for rows in itertools.combinations(range(len(point)), size):
                weights = solved([[c[i] for c in chosen] for i in rows], [point[i] for i in rows])
                if weights is not None and min(weights) >= 0:
                    back = tuple(sum(w * c[i] for w, c in zip(weights, chosen, strict=True)) for i in range(len(point)))
                    if back == point:
                        return True
    return False


@st.composite
def matrices(draw: st.DrawFn, *, most: int = 4, low: int = -3, high: int = 3) -> tuple[Any, Any]:
    """Pairs of integer matrices, every other one degenerate on purpose: rows or columns twice, few values."""
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    if draw(st.booleans()):
        low, high = 0, draw(st.integers(0, 1))
    entries = st.lists(st.integers(low, high), min_size=rows * columns, max_size=rows * columns)
    pair = [np.array(draw(entries)).reshape(rows, columns) for _ in range(2)]
    if draw(st.booleans()):
        twice = draw(st.integers(0, rows - 1))
        pair = [np.vstack([matrix, matrix[twice]]) for matrix in pair]
    if draw(st.booleans()) and columns < most:
        twice = draw(st.integers(0, columns - 1))
        pair = [np.hstack([matrix, matrix[:, [twice]]]) for matrix in pair]
    return pair[0], pair[1]


def summary(found: Any) -> Any:
    """Everything that does not depend on an order."""
    return {
        (component.index, frozenset((frozenset(s.row), frozenset(s.column), s.dimension) for s in component.subsets))
        for component in found.components
    }


@given(matrices())
@settings(deadline=None, max_examples=150)
def test_the_extreme_equilibria_are_those_of_brute_force(pair: tuple[Any, Any]) -> None:
    game = normal_form_game(*pair)

    found = bimatrix_equilibria(game)

    assert set(found.extreme) == brute_extreme(game)
    assert len(set(found.extreme)) == len(found.extreme)
    assert found.complete
    assert not found.note


@given(matrices())
@settings(deadline=None)
def test_every_extreme_equilibrium_and_every_center_has_no_regret(pair: tuple[Any, Any]) -> None:
    game = normal_form_game(*pair)
    found = bimatrix_equilibria(game)

    assert found.extreme
    for profile in [*found.extreme, *(subset.center for subset in found.subsets)]:
        assert profile_regrets(game, profile) == (0, 0)
    pure = {e.profile for e in pure_equilibria(game)}
    assert pure == {pair for pair in found.extreme if all(p in (0, 1) for own in pair for p in own)}


@given(matrices(most=3))
@settings(deadline=None, max_examples=40)
def test_no_equilibrium_of_a_grid_lies_outside_the_subsets_and_none_inside_has_regret(pair: tuple[Any, Any]) -> None:
    game = normal_form_game(*pair)
    found = bimatrix_equilibria(game)

    def grid(size: int) -> list[Vector]:
        listed = itertools.product(range(4), repeat=size - 1)
        return [(*(Fraction(n, 3) for n in row), 1 - Fraction(sum(row), 3)) for row in listed if sum(row) <= 3]

    for x, y in itertools.product(grid(game.shape[0]), grid(game.shape[1])):
        equilibrium = not any(profile_regrets(game, (x, y)))
        covered = any(inside(x, subset.row) and inside(y, subset.column) for subset in found.subsets)
        assert equilibrium == covered, (x, y)


@given(matrices())
@settings(deadline=None)
def test_subsets_are_maximal_and_cover_the_extreme_equilibria(pair: tuple[Any, Any]) -> None:
    found = bimatrix_equilibria(normal_form_game(*pair))
    extreme = set(found.extreme)
    rows, columns = {x for x, _ in extreme}, {y for _, y in extreme}

    for subset in found.subsets:
        assert {(x, y) for x in subset.row for y in subset.column} <= extreme
        assert not any(all((x, y) in extreme for y in subset.column) for x in rows - set(subset.row))
        assert not any(all((x, y) in extreme for x in subset.row) for y in columns - set(subset.column))
    assert {(x, y) for s in found.subsets for x in s.row for y in s.column} == extreme
    for left, right in itertools.combinations(found.components, 2):
        for one, other in itertools.product(left.subsets, right.subsets):
            assert not (set(one.row) & set(other.row) and set(one.column) & set(other.column))


@given(st.data())
@settings(deadline=None)
def test_relabelling_players_and_strategies_relabels_the_answer(data: st.DataObject) -> None:
    game = normal_form_game(*data.draw(matrices()))
    inner = [data.draw(st.permutations(range(size))) for size in game.shape]
    swap = data.draw(st.booleans())
    other = relabelled(game, players=[1, 0] if swap else [0, 1], strategies=inner)

    def moved(component: Any) -> Any:
        def turn(own: Sequence[Vector], order: Sequence[int]) -> frozenset[Vector]:
            return frozenset(tuple(mixture[k] for k in order) for mixture in own)

        sides = [(turn(s.row, inner[0]), turn(s.column, inner[1]), s.dimension) for s in component.subsets]
        return component.index, frozenset((b, a, d) if swap else (a, b, d) for a, b, d in sides)

    assert summary(bimatrix_equilibria(other)) == {moved(c) for c in bimatrix_equilibria(game).components}


@given(st.data())
@settings(deadline=None)
def test_adding_to_a_column_and_scaling_change_nothing(data: st.DataObject) -> None:
    left, right = data.draw(matrices())
    lift = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=left.shape[1], max_size=left.shape[1])))
    fall = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=left.shape[0], max_size=left.shape[0])))
    factor = data.draw(st.fractions(min_value=Fraction(1, 5), max_value=7, max_denominator=9))

    moved = normal_form_game((left + lift).astype(object) * factor, (right + fall[:, None]).astype(object))

    assert summary(bimatrix_equilibria(moved)) == summary(bimatrix_equilibria(normal_form_game(left, right)))


@given(matrices(most=5))
@settings(deadline=None)
def test_indices_sum_to_one_and_those_of_strict_equilibria_are_one(pair: tuple[Any, Any]) -> None:
    game = normal_form_game(*pair)
    found = bimatrix_equilibria(game)

    assert sum(component.index or 0 for component in found.components) == 1
    strict = {e.profile for e in pure_equilibria(game) if e.strict}
    for component in found.components:
        if component.isolated and component.subsets[0].center in strict:
            assert component.index == 1
            strict -= {component.subsets[0].center}
    assert not strict


@given(matrices(most=4, low=-50, high=50))
@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_in_simple_games_the_index_is_the_sign_of_the_determinants(pair: tuple[Any, Any]) -> None:
    game = normal_form_game(*pair)
    found = bimatrix_equilibria(game)
    assume(not found.degenerate)
    lifted = [tensor - tensor.min() + 1 for tensor in game.payoffs]
    for component in found.components:
        x, y = component.subsets[0].center
        rows, columns = np.flatnonzero(np.array(x)), np.flatnonzero(np.array(y))
        assume(len(rows) == len(columns))
        blocks = [np.array(t[np.ix_(rows, columns)], dtype=float) for t in lifted]
        dets = np.linalg.det(blocks[0]) * np.linalg.det(blocks[1])
        replies = [strategy for own in _best(game, x, y) for strategy in own]
        assume(len(replies) == 2 * len(rows))
        assert component.index == (-1) ** (len(rows) + 1) * np.sign(dets)


def _best(game: NormalFormGame, x: Vector, y: Vector) -> Any:
    from gametheory import best_replies

    return best_replies(game, (x, y))


def same(left: polytopes.Vertices, right: polytopes.Vertices) -> bool:
    return dict(zip(left.bases.tolist(), left.labels.tolist(), strict=True)) == dict(
        zip(right.bases.tolist(), right.labels.tolist(), strict=True)
    )


@given(matrices(most=6), st.sampled_from([1, 7, 10**3, 10**9, 10**15]), st.integers(0, 3))
@settings(deadline=None)
def test_compiled_and_exact_pivots_find_the_same_vertices(pair: tuple[Any, Any], scale: int, noise: int) -> None:
    bumps = [[(i * 7 + j * 3) % (noise + 1) for j in range(pair[0].shape[1])] for i in range(pair[0].shape[0])]
    whole = (pair[0].astype(object) * scale + np.array(bumps)).tolist()
    rows = [[Fraction(value) for value in row] for row in whole]
    matrix = polytopes.positive_integers(rows)
    shift = polytopes._perturbation(len(matrix), 0)

    compiled = polytopes._by_kernel(matrix, shift, 10**6)

    if compiled is None:
        assert scale > 10**3  # degenerate or nearly so: floats went astray, and said so
    assert compiled is None or same(compiled, polytopes._by_pivots(matrix, shift, 10**6))


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_what_the_kernel_certifies_is_so(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 4))
    scale = data.draw(st.sampled_from([1, 1, 100, 10**5]))
    matrix = [[scale * data.draw(st.integers(0, 4)) + 1 for _ in range(size)] for _ in range(size)]
    chosen = data.draw(st.permutations(range(2 * size)))[:size]
    basis = sum(1 << k for k in chosen)
    labels = basis | sum(1 << k for k in data.draw(st.lists(st.integers(0, 2 * size - 1), max_size=1)))
    shift = polytopes._perturbation(size, 0)
    whole, moves = np.array(matrix, dtype=np.int64), np.array(shift, dtype=np.int64)
    heads = np.array([k for k in range(2 * size) if not basis >> k & 1])
    sides = np.array(sorted(chosen))
    places = np.zeros(2 * size, dtype=np.int64)
    places[heads], places[sides] = np.arange(size), np.arange(size)
    table = np.full((size, size + 2), np.nan)
    kernels.refresh(whole / whole.max(), moves, heads, sides, table)

    room = np.empty((size, size), dtype=np.int64)
    for floats in (table, table * (1 + 1e-3)):  # whatever the floats say
        verdict = kernels.judge(whole, 0, moves, floats, places, np.uint64(basis), np.uint64(labels), room)
        if verdict == kernels.CERTIFIED:
            assert polytopes._exact_labels(matrix, shift, basis) == labels


def judged(matrix: list[list[int]], shift: list[int], basic: list[int], tight: list[int], zero: list[int]) -> int:
    """The kernel's verdict on one basis of which `zero` are said to be further constraints that hold with equality."""
    rows, columns = len(matrix), len(matrix[0])
    sides = np.array([i for i in range(columns) if i not in basic] + [columns + j for j in tight])
    heads = np.array(basic + [columns + j for j in range(rows) if j not in tight])
    places = np.zeros(rows + columns, dtype=np.int64)
    places[heads], places[sides] = np.arange(rows), np.arange(columns)
    whole, table = np.array(matrix, dtype=np.int64), np.empty((rows, columns + 2))
    assert kernels.refresh(whole / whole.max(), np.array(shift), heads, sides, table)
    basis = sum(1 << int(k) for k in sides)
    labels = basis | sum(1 << k for k in zero)
    room = np.empty((columns, columns), dtype=np.int64)
    return kernels.judge(whole, 0, np.array(shift), table, places, np.uint64(basis), np.uint64(labels), room)


def test_the_kernel_takes_no_tiny_slack_for_zero() -> None:
    p, q, a, b = 500_009, 499_979, 900_000, 100_000
    u = -pow(p, -1, q) % q
    matrix = [[a, b], [a - q, b + p], [a + u - q, b + (-1 - u * p) // q + p]]  # the third slack is 1 / determinant
    assert a * p + b * q - (matrix[2][0] * p + matrix[2][1] * q) == 1

    assert judged(matrix, [1, 1, 9], [0, 1], [0, 1], [4]) == kernels.UNCERTAIN
    assert judged([[1, 1], [1, 2], [1, 1]], [1, 2, 3], [0], [0], [3, 4]) == kernels.CERTIFIED


def test_the_kernel_asks_where_a_zero_goes_when_perturbed() -> None:
    for shift, verdict in (([1, 2], kernels.CERTIFIED), ([2, 1], kernels.UNCERTAIN)):
        assert judged([[1, 1], [1, 2]], shift, [0, 1], [0, 1], [1]) == verdict
        assert judged([[1, 1], [1, 2]], shift, [0], [0], [3]) == verdict
        exact = polytopes._exact_labels([[1], [1]], shift, 0b010)
        assert exact == (0b110 if verdict == kernels.CERTIFIED else None)


def test_a_compiled_traversal_equals_its_python_source() -> None:
    whole = np.array([[1, 2, 2], [2, 1, 2], [3, 1, 1]])
    shift = np.array(polytopes._perturbation(3, 0))

    found: Any = kernels.traverse(whole, 0, shift, 1000, 1e-11)
    count, wrong, *compiled = found
    source: Any = kernels.traverse.py_func
    plain = source(whole, 0, shift, 1000, 1e-11)

    assert plain[:2] == (count, wrong)
    for mine, theirs in zip(compiled, plain[2:], strict=True):
        assert (mine[:count] == theirs[:count]).all()


def test_coordination_games_have_all_their_equilibria() -> None:
    for size in range(1, 9):
        found = bimatrix_equilibria(normal_form_game(np.eye(size, dtype=int)))
        assert len(found.extreme) == 2**size - 1
        assert not found.degenerate
        assert all(
            set(x) == {0, Fraction(1, sum(p > 0 for p in x))} or size == 1 or 0 not in x for x, _ in found.extreme
        )


def test_payoffs_beyond_the_kernels_integers_are_solved_all_the_same() -> None:
    game = normal_form_game([[10**30, 0], [0, 1]], [[Fraction(1, 10**20), 0], [0, 1]])

    found = bimatrix_equilibria(game)

    mixed = (
        (Fraction(10**20, 10**20 + 1), Fraction(1, 10**20 + 1)),
        (Fraction(1, 10**30 + 1), Fraction(10**30, 10**30 + 1)),
    )
    assert set(found.extreme) == {mixed, ((1, 0), (1, 0)), ((0, 1), (0, 1))}


def test_more_labels_than_a_word_has_bits_are_no_obstacle() -> None:
    generator = np.random.default_rng(7)
    left, right = generator.integers(-9, 10, (2, 2, 70))

    found = bimatrix_equilibria(normal_form_game(left, right))

    turned = bimatrix_equilibria(normal_form_game(right.T, left.T))
    assert {(y, x) for x, y in turned.extreme} == set(found.extreme)
    assert found.extreme
    kept = [sorted({k for _, y in found.extreme for k, p in enumerate(y) if p} | set(range(20)))]
    small = relabelled(normal_form_game(left, right), strategies=[range(2), kept[0]])
    inner = {(x, tuple(y[k] for k in kept[0])) for x, y in found.extreme}
    assert inner <= set(bimatrix_equilibria(small).extreme)


def test_a_game_of_zeros_is_one_component() -> None:
    found = bimatrix_equilibria(normal_form_game(np.zeros((3, 2), dtype=int), np.zeros((3, 2), dtype=int)))

    assert len(found.extreme) == 6
    assert [(c.dimension, c.index, len(c.subsets)) for c in found.components] == [(3, 1, 1)]


def test_a_segment_is_found_whichever_player_is_indifferent() -> None:
    left, right = np.array([[-3, 3], [-3, 5]]), np.array([[2, 7], [4, 2]])
    for game in (normal_form_game(left, right), normal_form_game(right.T, left.T)):
        assert [(c.dimension, c.index) for c in bimatrix_equilibria(game).components] == [(1, 1)]


def test_bicliques_of_a_path_and_of_a_complete_graph() -> None:
    path = maximal_bicliques([(0, 0), (1, 0), (1, 1), (2, 1)])
    assert [(sorted(a), sorted(b)) for a, b in path] == [([0, 1], [0]), ([1], [0, 1]), ([1, 2], [1])]
    crossed = maximal_bicliques([(0, 0), (0, 1), (1, 1), (1, 2)])
    assert [(sorted(a), sorted(b)) for a, b in crossed] == [([0], [0, 1]), ([0, 1], [1]), ([1], [1, 2])]
    square = [(1, 1, 0, 0), (0, 1, 1, 0), (0, 0, 1, 1), (1, 0, 0, 1)]
    assert hull_dimension([tuple(Fraction(v, 2) for v in corner) for corner in square]) == 2
    complete = maximal_bicliques(itertools.product(range(3), range(2)))
    assert [(sorted(a), sorted(b)) for a, b in complete] == [([0, 1, 2], [0, 1])]
    assert nash_components([], [], [], None) == ()
    assert connected([(0, 0), (1, 1), (2, 1), (0, 2), (3, 2)]) == [[0, 3, 4], [1, 2]]


def test_the_answer_is_ready_for_json() -> None:
    import json

    found = bimatrix_equilibria(
        normal_form_game([[-3, 3], [-3, 5]], [[2, 7], [4, 2]], strategies=[["T", "B"], ["L", "R"]])
    )
    document = json.loads(json.dumps(found.to_dict()))

    assert document["extreme"][0] == {"1": {"T": "2/7", "B": "5/7"}, "2": {"L": "1", "R": "0"}}
    assert document["components"][0]["dimension"] == 1
    assert document["complete"] is True


@pytest.mark.parametrize(
    ("game", "options", "name"),
    [
        (normal_form_game([[3.0, 0.0], [5.0, 1.0]]), {}, "game"),
        (normal_form_game(*np.zeros((3, 2, 2, 2), dtype=int)), {}, "game"),
        (normal_form_game([[3, 0], [5, 1]]), {"method": "magic"}, "method"),
    ],
)
def test_what_cannot_be_solved_exactly_is_refused(game: Any, options: Any, name: str) -> None:
    with pytest.raises(InvalidParameter, match=rf"^{name} must be "):
        bimatrix_equilibria(game, **options)


def test_too_many_bases_are_refused_by_name() -> None:
    matrix = (np.random.default_rng(1).integers(1, 100, (8, 8))).tolist()
    with pytest.raises(InvalidParameter, match="more than 10 bases"):
        polytopes.polytope_vertices(matrix, limit=10)
    with pytest.raises(InvalidParameter, match="more than 10 bases"):
        polytopes._by_pivots(matrix, polytopes._perturbation(8, 0), 10)
