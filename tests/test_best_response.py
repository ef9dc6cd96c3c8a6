from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import exp, inf, log
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dynamics import (
    BestResponsePath,
    Halt,
    Logit,
    best_response_path,
    best_response_paths,
    mean_dynamics,
    payoff_tensors,
    recurrence,
    trajectories,
)
from dynamics.recurrences import Limit
from dynamics.reply_choices import sign_before_one, solved, ways_on
from dynamics.reply_fields import GroupMeans, ReplyField, interpolated, reply_field
from gametheory import (
    InvalidParameter,
    NotConverged,
    PublicGoodsGame,
    TableGame,
    UnequalGame,
    game_from_function,
    game_from_payoffs,
    mean_payoffs,
    payoff_table,
    symmetric_equilibria,
)
from gametheory.algebra.roots import AlgebraicNumber, evaluate
from gametheory.testing import games, populations, table_games

F = Fraction
PENNIES = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
SHAPLEY = [[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]]]
HAWK_DOVE = game_from_payoffs([[-1, 2], [0, 1]], ["H", "D"])
COORDINATION = game_from_payoffs([[2, 0], [0, 1]], ["A", "B"])
START = ["1/2", "1/3", "1/6"]
quick = settings(deadline=None, max_examples=40)


def cycle(win: Any, loss: Any) -> TableGame:
    return game_from_payoffs([[0, -F(loss), win], [win, 0, -F(loss)], [-F(loss), win, 0]], ["R", "P", "S"])


def optional_game(size: int) -> TableGame:
    def payoff(strategy: str, counts: dict[str, int]) -> Fraction:
        present = counts["C"] + counts["D"] + 1
        if strategy == "L" or present == 1:
            return F(1)
        return F(3 * (counts["C"] + (strategy == "C")), present) - (strategy == "C")

    return game_from_function(payoff, ["C", "D", "L"], size)


def bending(size: int = 3) -> TableGame:
    """A and B are better the rarer they are, by squares, and C, which is worst, favors A."""

    def payoff(strategy: str, counts: dict[str, int]) -> Fraction:
        if strategy == "C":
            return F(-9)
        return F(counts["C"] ** 2) if strategy == "A" and counts["C"] else F(-(counts[strategy] ** 2))

    return game_from_function(payoff, ["A", "B", "C"], size)


@st.composite
def bimatrices(draw: st.DrawFn) -> Any:
    rows, columns = draw(st.integers(2, 3)), draw(st.integers(2, 3))
    number = st.integers(-4, 4)
    return [[[draw(number) for _ in range(columns)] for _ in range(rows)] for _ in range(2)]


@st.composite
def shares_of(draw: st.DrawFn, *sizes: int) -> list[Fraction]:
    found = []
    for size in sizes:
        weights = draw(st.lists(st.integers(0, 12), min_size=size, max_size=size).filter(any))
        found += [F(weight, sum(weights)) for weight in weights]
    return found


def slow_replies(game: Any, shares: Sequence[Fraction], sizes: Sequence[int]) -> set[int]:
    """Best replies from payoffs summed profile by profile, or composition by composition, in another way."""
    if isinstance(game, TableGame):
        table = payoff_table(game)
        others, names = table.group_size - 1, table.strategies
        payoffs = [F(0)] * len(names)
        for profile in product(range(len(names)), repeat=others):
            chance = F(1)
            for j in profile:
                chance *= shares[j]
            counts = tuple(profile.count(j) for j in range(len(names)))
            payoffs = [p + chance * F(game.payoff(name, counts)) for p, name in zip(payoffs, names, strict=True)]
        return {i for i, payoff in enumerate(payoffs) if payoff == max(payoffs)}
    first, second = (np.array(one, dtype=object) for one in game)
    x, y = np.array(shares[: sizes[0]], dtype=object), np.array(shares[sizes[0] :], dtype=object)
    own, other = (first @ y).tolist(), (x @ second).tolist()
    best = {i for i, payoff in enumerate(own) if payoff == max(own)}
    return best | {sizes[0] + j for j, payoff in enumerate(other) if payoff == max(other)}


def assert_solves(path: BestResponsePath, game: Any) -> None:
    """Segments hang together, and on each the support earns the most: exactly, at five points of each."""
    for before, after in pairwise(path.segments):
        assert before.end == after.start
        assert after.begins == pytest.approx(before.begins + before.duration)
    for segment in path.segments:
        assert segment.exact
        assert isinstance(segment.remaining, Fraction)
        low = segment.remaining
        moved = [b + low * (x - b) for x, b in zip(segment.start, segment.target, strict=True)]
        assert tuple(moved) == segment.end
        names = {path.strategies[i] for i, share in enumerate(segment.target) if share > 0}
        assert names == set(segment.support) <= set(segment.replies)
        for k in range(1, 6):
            s = low + (1 - low) * F(k, 6)
            point = [b + s * (x - b) for x, b in zip(segment.start, segment.target, strict=True)]
            best = {path.strategies[i] for i in slow_replies(game, point, path.sizes)}
            assert best == set(segment.replies)


@given(table_games(group_sizes=[2], strategies=[2, 3, 4]), st.data())
@quick
def test_a_path_is_an_exact_solution_in_every_two_player_game(game: TableGame, data: st.DataObject) -> None:
    start = data.draw(shares_of(len(game.strategies)))
    path = best_response_path(game, start, max_segments=12)
    assert path.segments
    assert path.ending is not Halt.UNDECIDED
    assert_solves(path, game)


@given(bimatrices(), st.data())
@quick
def test_a_path_is_an_exact_solution_in_every_bimatrix_game(game: Any, data: st.DataObject) -> None:
    sizes = payoff_tensors(game).sizes
    path = best_response_path(game, data.draw(shares_of(*sizes)), max_segments=12)
    assert path.segments
    assert path.ending is not Halt.UNDECIDED
    assert_solves(path, game)


@given(table_games(group_sizes=[2], strategies=[2, 3]), st.data())
@quick
def test_limits_are_equilibria_and_every_equilibrium_rests(game: TableGame, data: st.DataObject) -> None:
    size = len(game.strategies)
    path = best_response_path(game, data.draw(shares_of(size)), max_segments=12)
    if path.ending in (Halt.AT_REST, Halt.APPROACHES):
        played = {i for i, share in enumerate(path.limit) if share > 0}
        assert played <= slow_replies(game, path.limit, [size])
        assert path.time == inf
    else:
        with pytest.raises(NotConverged):
            _ = path.limit
    for component in symmetric_equilibria(game).components:
        for corner in component.endpoints:
            if all(isinstance(share, Fraction) for share in corner):
                rest = best_response_path(game, list(corner))
                assert (rest.ending, len(rest.segments), rest.limit) == (Halt.AT_REST, 1, tuple(corner))


@given(table_games(group_sizes=[2, 3], strategies=[2, 3]), st.data())
@quick
def test_only_equilibria_rest(game: TableGame, data: st.DataObject) -> None:
    start = data.draw(shares_of(len(game.strategies)))
    replies = slow_replies(game, start, [len(start)])
    path = best_response_path(game, start, max_segments=1)
    rests = path.segments[0].start == path.segments[0].target
    assert rests == ({i for i, share in enumerate(start) if share > 0} <= replies)


@given(table_games(group_sizes=[2], strategies=[2, 3]), st.integers(1, 9), st.data())
@quick
def test_payoffs_added_to_all_or_multiplied_change_no_path(game: TableGame, factor: int, data: st.DataObject) -> None:
    size = len(game.strategies)
    start = data.draw(shares_of(size))
    added = data.draw(st.lists(st.integers(-9, 9), min_size=size, max_size=size))
    rows = [[factor * v + a for v, a in zip(row, added, strict=True)] for row in game.values]
    other = TableGame(strategies=game.strategies, group_size=2, values=rows)
    first, second = (best_response_path(one, start, max_segments=8) for one in (game, other))
    assert first.segments == second.segments
    assert first.ending is second.ending


@given(table_games(group_sizes=[2], strategies=[2, 3, 4]), st.data())
@quick
def test_every_way_on_is_a_solution_and_the_one_followed_comes_first(game: TableGame, data: st.DataObject) -> None:
    start = data.draw(shares_of(len(game.strategies)))
    solutions = best_response_paths(game, start, max_segments=4, most=8)
    followed = best_response_path(game, start, max_segments=4)
    assert solutions.paths[0].segments == followed.segments
    for path in solutions.paths:
        assert_solves(path, game)
    targets = [tuple(s.target for s in path.segments) for path in solutions.paths]
    assert len(set(targets)) == len(targets)
    if followed.unique:
        assert len(solutions.paths) == 1


def euler(field: ReplyField, start: Any, time: float, steps: int) -> Any:
    """Small steps towards the best reply, by the payoffs of the field in floats."""
    point = np.array([float(share) for share in start])
    for _ in range(steps):
        payoffs = np.array([float(v) for v in field.payoffs(point.tolist())])
        target = np.zeros_like(point)
        for places in field.populations:
            target[places.start + int(np.argmax(payoffs[places.start : places.stop]))] = 1.0
        point = point + (time / steps) * (target - point)
        for places in field.populations:
            point[places.start : places.stop] /= point[places.start : places.stop].sum()
    return point


@pytest.mark.parametrize(
    ("game", "start", "time"),
    [
        (cycle(1, 2), START, 4.0),
        (cycle(2, 1), START, 0.8),
        (game_from_payoffs([[-1, 2, 0], [0, 1, 5], [-9, -9, -9]], ["A", "B", "C"]), START, 1.5),
        (PENNIES, ["3/4", "1/4", "2/3", "1/3"], 2.0),
        (SHAPLEY, ["1/2", "1/3", "1/6", "1/5", "1/5", "3/5"], 4.0),
        (optional_game(4), ["1/5", "1/5", "3/5"], 1.2),
        (bending(), ["1/5", "1/10", "7/10"], 1.5),
        (
            [
                [[[1, -2], [0, 3]], [[-1, 2], [1, -3]]],
                [[[0, 2], [1, -1]], [[3, -3], [-2, 1]]],
                [[[2, -1], [-3, 1]], [[0, 1], [1, -2]]],
            ],
            ["1/2", "1/2", "1/3", "2/3", "1/5", "4/5"],
            2.0,
        ),
    ],
)
def test_paths_are_the_limits_of_small_steps(game: Any, start: Any, time: float) -> None:
    path = best_response_path(game, start, duration=time)
    slow = euler(path.field, [F(share) for share in start], time, 8000)
    assert path.shares(time)[0] == pytest.approx(slow, abs=1e-2)


def test_noisy_best_replies_come_near_where_there_is_little_noise() -> None:
    times = np.array([0.2, 0.8, 2.0, 3.5])
    game = cycle(1, 2)
    path = best_response_path(game, START, duration=4)
    noisy = mean_dynamics(game, protocol=Logit(temperature=0.002))
    runs = trajectories(noisy, [0.5, 1 / 3, 1 / 6], times=times, tolerances=(1e-8, 1e-10))
    assert runs.shares[0] == pytest.approx(path.shares(times), abs=0.01)


# --- published numbers and closed forms ---


@pytest.mark.parametrize(("win", "loss"), [(1, 2), (2, 3), (F(1, 3), 4)])
def test_the_triangle_of_shapley_is_exact(win: Any, loss: Any) -> None:
    # Gaunersdorfer & Hofbauer (1995): corners (b^2, a^2, a b) / (a^2 + a b + b^2), and what is left of the way is a/b
    orbit = recurrence(best_response_path(cycle(win, loss), START, max_segments=14))
    win, loss = F(win), F(loss)
    whole = win**2 + win * loss + loss**2
    corner = [loss**2 / whole, win**2 / whole, win * loss / whole]
    turned = {tuple(corner[-k:] + corner[:-k]) for k in range(3)}
    assert orbit.limit is Limit.CLOSED_ORBIT
    assert orbit.exact
    assert set(orbit.points) == turned
    assert orbit.period == pytest.approx(3 * log(loss / win), rel=1e-14)
    assert orbit.multiplier == pytest.approx(float(win / loss) ** 3, rel=1e-9)
    on_it = best_response_path(cycle(win, loss), list(orbit.points[0]))
    assert (on_it.ending, len(on_it.segments)) == (Halt.CLOSED, 3)
    assert on_it.segments[-1].end == orbit.points[0]
    again = recurrence(on_it)
    assert (set(again.points), again.exact) == (turned, True)
    assert again.multiplier == pytest.approx(orbit.multiplier)


@given(populations(["R", "P", "S"], interior=True), st.integers(1, 5), st.integers(1, 5))
@settings(deadline=None, max_examples=25)
def test_the_best_payoff_of_rock_paper_scissors_falls_like_the_time(shares: Any, win: int, loss: int) -> None:
    # all are paid 0 against themselves, so that V = max f obeys V' = -V; at the center V = (win - loss) / 3
    game = cycle(win, loss)
    path = best_response_path(game, list(shares), max_segments=30)

    def best(point: Any) -> Any:
        return max(sum(a * x for a, x in zip(row, point, strict=True)) for row in game.values)

    value = best(shares)
    for segment in path.segments[:8]:
        if segment.start != segment.target:
            assert best(segment.end) == value * segment.remaining
            value = value * segment.remaining
    if win > loss and path.ending is Halt.SEGMENTS:
        spiral = recurrence(path)
        assert (spiral.limit, spiral.points) == (Limit.EQUILIBRIUM, ((F(1, 3),) * 3,))
        assert spiral.ends == pytest.approx(log(3 * best(shares) / (win - loss)), abs=1e-4)
        assert spiral.multiplier == pytest.approx((loss / win) ** 3, rel=1e-6)
    if win == loss and path.ending is Halt.SEGMENTS:
        spiral = recurrence(path)
        assert (spiral.limit, spiral.ends) == (Limit.EQUILIBRIUM, inf)


def test_shapleys_game_of_two_populations_has_its_hexagon() -> None:
    # Shapley (1964): runs of fictitious play grow by the root of x^3 = x^2 + 1, which is no rational number
    orbit = recurrence(best_response_path(SHAPLEY, ["1/2", "1/3", "1/6", "1/5", "1/5", "3/5"], max_segments=60))
    assert (orbit.limit, orbit.exact, len(orbit.points)) == (Limit.CLOSED_ORBIT, False, 6)
    for duration in orbit.durations:
        grown = exp(duration)
        assert grown**3 == pytest.approx(grown**2 + 1, rel=1e-12)
    assert orbit.multiplier < 1
    center = best_response_path(SHAPLEY, [F(1, 3)] * 6)
    assert center.ending is Halt.AT_REST


def test_matching_pennies_spirals_into_its_equilibrium_without_end() -> None:
    spiral = recurrence(best_response_path(PENNIES, ["3/4", "1/4", "2/3", "1/3"], max_segments=60))
    assert (spiral.limit, spiral.points, spiral.exact) == (Limit.EQUILIBRIUM, ((F(1, 2),) * 4,), True)
    assert spiral.ends == inf
    assert spiral.multiplier == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(("win", "loss"), [(1.3, 2.5), (1.1, 2.75)])
def test_float_games_go_round_as_well(win: float, loss: float) -> None:
    game = game_from_payoffs([[0, -loss, win], [win - 0.2, 0, -loss], [-loss, win, 0]], ["R", "P", "S"])
    orbit = recurrence(best_response_path(game, [0.5, 0.3, 0.2], max_segments=40))
    assert (orbit.limit, orbit.exact) == (Limit.CLOSED_ORBIT, False)
    assert all(isinstance(share, float) for point in orbit.points for share in point)
    on_it = best_response_path(game, list(orbit.points[0]), max_segments=6)
    assert on_it.shares(orbit.period)[0] == pytest.approx(orbit.points[0], abs=1e-9)


def test_an_orbit_that_is_not_symmetric_is_exact_where_its_eigenvalue_is_rational() -> None:
    game = game_from_payoffs([[0, -3, 1], [1, 0, -2], [-4, 1, 0]], ["R", "P", "S"])
    orbit = recurrence(best_response_path(game, START, max_segments=40))
    assert orbit.exact
    assert (F(3, 5), F(1, 10), F(3, 10)) in orbit.points
    assert orbit.period == pytest.approx(log(24), rel=1e-14)


def test_hawks_and_doves_meet_their_equilibrium_at_a_known_time() -> None:
    path = best_response_path(HAWK_DOVE, ["1/10", "9/10"])
    assert (path.ending, path.unique, path.limit) == (Halt.AT_REST, True, (F(1, 2), F(1, 2)))
    assert path.segments[0].remaining == F(5, 9)
    assert path.segments[1].begins == pytest.approx(log(9 / 5))
    assert path.shares([0.0, 100.0]) == pytest.approx(np.array([[0.1, 0.9], [0.5, 0.5]]), abs=1e-15)


def test_an_unstable_equilibrium_has_three_solutions() -> None:
    solutions = best_response_paths(COORDINATION, ["1/3", "2/3"])
    assert [path.limit for path in solutions.paths] == [(F(1, 3), F(2, 3)), (1, 0), (0, 1)]
    assert solutions.complete
    assert not solutions.paths[0].unique
    assert solutions.paths[0].segments[0].alternatives == ((1.0, 0.0), (0.0, 1.0))
    assert not best_response_paths(COORDINATION, ["1/3", "2/3"], most=2).complete


def test_a_tie_that_lasts_is_a_continuum_of_solutions() -> None:
    # with nobody defecting contributors and punishers earn the same
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    path = best_response_path(game, ["1/2", 0, "1/2"])
    assert path.ending is Halt.AT_REST
    assert path.segments[0].continuum
    assert not path.unique
    assert not best_response_paths(game, ["1/2", 0, "1/2"]).complete


def test_defection_and_punishment_part_at_the_published_threshold() -> None:
    # PUN-1: contributing is the best reply above z* = 1/10 of punishers, defecting below
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    path = best_response_path(game, ["1/5", "1/5", "3/5"])
    assert [segment.support for segment in path.segments] == [("C",), ("D",)]
    assert path.segments[0].end == (F(13, 15), F(1, 30), F(1, 10))
    assert path.segments[0].remaining == F(1, 6)
    assert path.limit == (0, 1, 0)


def test_a_mixture_that_keeps_a_tie_is_followed_exactly() -> None:
    game = game_from_payoffs([[-1, 2, 0], [0, 1, 5], [-9, -9, -9]], ["A", "B", "C"])
    path = best_response_path(game, ["1/10", "1/10", "4/5"])
    sliding = path.segments[-1]
    assert (sliding.support, sliding.target) == (("A", "B"), (F(1, 2), F(1, 2), 0))
    assert (path.ending, path.exact, path.unique) == (Halt.APPROACHES, True, True)
    assert_solves(path, game)


def test_a_tie_that_bends_is_kept_all_along() -> None:
    path = best_response_path(bending(), ["1/5", "1/10", "7/10"], duration=3)
    curved = [segment for segment in path.segments if segment.slide is not None]
    assert curved
    assert not path.exact
    for segment in curved:
        for elapsed in np.linspace(0, min(segment.duration, 3.0), 7):
            shares = segment.shares(float(elapsed))
            payoffs = path.field.payoffs((shares / shares.sum()).tolist())
            assert payoffs[0] == pytest.approx(payoffs[1], abs=1e-9)
            assert shares[2] == pytest.approx(float(segment.start[2]) * exp(-elapsed), abs=1e-9)


def drawn(seed: int) -> tuple[TableGame, list[Fraction]]:
    """A random game of groups of three with three strategies, and a start."""
    rng = np.random.default_rng(seed)
    game = game_from_payoffs(rng.integers(-4, 5, (3, 6)).tolist(), ["A", "B", "C"], group_size=3)
    return game, [F(int(v), 12) for v in rng.multinomial(12, [1 / 3] * 3)]


@pytest.mark.parametrize(("seed", "leaves"), [(0, "B"), (41, "C"), (56, "B"), (37, "ABC"), (79, "ABC"), (101, "ABC")])
def test_a_curved_way_ends_where_a_weight_vanishes_or_another_strategy_ties(seed: int, leaves: str) -> None:
    game, start = drawn(seed)
    path = best_response_path(game, start, max_segments=5, duration=6)
    curved = next(k for k, segment in enumerate(path.segments) if segment.slide is not None)
    assert "".join(path.segments[curved + 1].support) == leaves
    time = path.segments[curved + 1].begins + 0.5
    slow = euler(path.field, start, time, 8000)
    assert path.shares(time)[0] == pytest.approx(slow, abs=1e-2)
    payoffs = path.field.payoffs(path.segments[curved].shares(path.segments[curved].duration).tolist())
    tied = [payoffs[path.strategies.index(name)] for name in {*path.segments[curved].support, *leaves}]
    assert np.ptp(tied) < 1e-8


def test_a_strategy_that_is_worst_throughout_changes_no_curved_way() -> None:
    game, start = drawn(37)

    def payoff(strategy: str, counts: dict[str, int]) -> Fraction:
        if strategy == "D" or counts["D"]:
            return F(-99)
        return F(game.payoff(strategy, [counts[name] for name in "ABC"]))

    larger = game_from_function(payoff, ["A", "B", "C", "D"], 3)
    paths = [best_response_path(game, start, duration=6), best_response_path(larger, [*start, 0], duration=6)]
    assert paths[0].ending is paths[1].ending is Halt.AT_REST
    assert [s.support for s in paths[0].segments] == [s.support for s in paths[1].segments]
    assert paths[1].limit == pytest.approx((*paths[0].limit, 0.0), abs=1e-8)


def test_the_first_of_several_ties_on_a_way_counts() -> None:
    # the advantage of B is x^2 - x + 3/16 = (x - 1/4) (x - 3/4), with x the share of A: seen from 9/10, 3/4 comes first
    advantage = [F(3, 16), F(-5, 16), F(3, 16)]
    game = game_from_function(lambda s, n: advantage[n["A"]] if s == "B" else F(0), ["A", "B"], 3)
    path = best_response_path(game, ["9/10", "1/10"])
    assert path.segments[0].remaining == F(5, 6)
    assert (path.ending, path.limit, path.exact) == (Halt.AT_REST, (F(3, 4), F(1, 4)), True)
    below = best_response_path(game, ["1/5", "4/5"])
    assert (below.ending, below.limit) == (Halt.APPROACHES, (0, 1))
    at_it = best_response_paths(game, ["1/4", "3/4"])
    assert [tuple(map(float, p.limit)) for p in at_it.paths] == [(0.25, 0.75), (0.75, 0.25), (0.0, 1.0)]


@pytest.mark.parametrize("game", [cycle(1, 2), SHAPLEY])
def test_paths_come_nearer_to_a_closed_orbit_by_its_multiplier(game: Any) -> None:
    start = START if isinstance(game, TableGame) else ["1/2", "1/3", "1/6", "1/5", "1/5", "3/5"]
    path = best_response_path(game, start, max_segments=62)
    orbit = recurrence(path)
    turns = [np.array([float(share) for share in segment.origin]) for segment in path.segments]
    away = [min(np.abs(turn - np.array(point, dtype=float)).max() for point in orbit.points) for turn in turns]
    length = len(orbit.points)
    rounds = [after / before for before, after in zip(away, away[length:], strict=False) if 1e-11 < after < 1e-3]
    assert len(rounds) >= 3
    assert np.exp(np.mean(np.log(rounds))) == pytest.approx(orbit.multiplier, rel=0.2)


@pytest.mark.parametrize("size", [3, 4, 6])
def test_a_switch_in_a_group_game_is_an_algebraic_number(size: int) -> None:
    # volunteers: A costs 1/3 where one suffices for a benefit of 1, so A is better iff (1 - x)^(N - 1) > 1/3
    game = game_from_function(lambda s, n: F(2, 3) if s == "A" else F(int(n["A"] > 0)), ["A", "B"], size)
    path = best_response_path(game, ["1/100", "99/100"])
    share = 1 - (1 / 3) ** (1 / (size - 1))
    switch = path.segments[0].remaining
    assert isinstance(switch, AlgebraicNumber)
    assert float(switch) == pytest.approx((1 - share) / 0.99, rel=1e-14)
    assert path.ending is Halt.AT_REST
    assert path.limit == pytest.approx((share, 1 - share), abs=1e-14)
    assert all(isinstance(v, float) for v in path.limit)
    assert path.unique


def test_the_optional_game_turns_in_circles_towards_its_interior_point() -> None:
    path = best_response_path(optional_game(5), ["1/5", "1/5", "3/5"], max_segments=40)
    assert path.segments[-1].end == pytest.approx((0.2693301183778, 0.2693301183778, 0.4613397632444), abs=0.03)
    assert [segment.support for segment in path.segments[:6]] == [("C",), ("D",), ("L",)] * 2
    for before, after in pairwise(path.segments):
        payoffs = path.field.payoffs(after.origin)
        one, two = (path.strategies.index(segment.support[0]) for segment in (before, after))
        assert float(payoffs[one] - payoffs[two]) == pytest.approx(0, abs=1e-30)


def test_floats_are_the_binary_fractions_that_they_are() -> None:
    rows = [[0.0, -2.3, 1.1], [1.7, 0.0, -2.9], [-3.1, 1.3, 0.0]]
    start = [0.5, 0.25, 0.25]
    floats = best_response_path(game_from_payoffs(rows, ["A", "B", "C"]), start, max_segments=9)
    exact = best_response_path(
        game_from_payoffs([[F(v) for v in row] for row in rows], ["A", "B", "C"]), [F(v) for v in start], max_segments=9
    )
    assert exact.exact
    assert not floats.exact
    for one, other in zip(floats.segments, exact.segments, strict=True):
        assert isinstance(one.end[0], float)
        assert one.end == tuple(map(float, other.end))
        assert one.duration == other.duration


def test_players_who_differ_are_as_many_populations() -> None:
    game = UnequalGame(endowments=[1, 2], productivities=["3/2", 5])
    path = best_response_path(game, ["1/2", "1/2", "1/2", "1/2"])
    assert path.strategies == ("1:C", "1:D", "2:C", "2:D")
    assert path.limit == (0, 1, 1, 0)


def test_float_public_goods_are_affine_in_spite_of_rounding() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3.1, fine=0.7, punishment_cost=0.3)
    assert reply_field(game).degree == 1
    assert best_response_path(game, [0.2, 0.2, 0.6]).limit == (0.0, 1.0, 0.0)


# --- parts ---


@given(st.lists(st.fractions(-9, 9, max_denominator=9), min_size=1, max_size=6))
@quick
def test_interpolation_recovers_a_polynomial(coefficients: list[Fraction]) -> None:
    nodes = [F(k, 7) for k in range(len(coefficients))]
    found = interpolated(nodes, [evaluate(coefficients, node) for node in nodes])
    assert [*found, *[F(0)] * (len(coefficients) - len(found))] == coefficients


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=6), st.integers(0, 3))
@quick
def test_the_sign_before_one_is_that_at_a_point_before_one(coefficients: list[int], repeats: int) -> None:
    polynomial = [F(c) for c in coefficients]
    for _ in range(repeats):  # times (s - 1)
        polynomial = [a - b for a, b in zip([F(0), *polynomial], [*polynomial, F(0)], strict=True)]
    value = evaluate(polynomial, 1 - F(1, 10**9))
    assert sign_before_one(tuple(polynomial)) == (value > 0) - (value < 0)
    assert sign_before_one((F(1, 10**30),), F(1, 10**20)) is None


@given(st.integers(1, 4), st.data())
@quick
def test_linear_equations_are_solved_or_refused(size: int, data: st.DataObject) -> None:
    number = st.integers(-4, 4).map(F)
    matrix = [[data.draw(number) for _ in range(size)] for _ in range(size)]
    right = [data.draw(number) for _ in range(size)]
    solution = solved(matrix, right)
    determinant = round(np.linalg.det(np.array(matrix, dtype=float)))
    assert (solution is None) == (determinant == 0)
    if solution is not None:
        assert [sum(a * x for a, x in zip(row, solution, strict=True)) for row in matrix] == right


@given(games(group_sizes=[2, 3, 4]), st.data())
@quick
def test_derivatives_are_differences_of_payoffs(game: PublicGoodsGame, data: st.DataObject) -> None:
    curved = optional_game(4) if data.draw(st.booleans()) else game
    field = reply_field(curved)
    point = data.draw(shares_of(len(field.strategies)))
    matrix = field.derivatives(point)
    for j in range(len(point)):
        corner = tuple(F(int(i == j)) for i in range(len(point)))
        slopes = [-evaluate([k * c for k, c in enumerate(p)][1:], F(1)) for p in field.along(tuple(point), corner)]
        here = field.payoffs(point)
        assert [row[j] - field.degree * payoff for row, payoff in zip(matrix, here, strict=True)] == slopes


@given(table_games(group_sizes=[2, 3, 5]), st.data())
@quick
def test_means_in_whole_numbers_are_those_of_fractions(game: TableGame, data: st.DataObject) -> None:
    table, point = payoff_table(game), data.draw(shares_of(len(game.strategies)))
    means = GroupMeans.of(table)
    assert means(point) == list(mean_payoffs(table, point))
    floats = [float(share) for share in point]
    assert means(floats) == pytest.approx([float(v) for v in means(point)], abs=1e-12)


def test_three_populations_have_derivatives_too() -> None:
    rng = np.random.default_rng(4)
    tensors = [rng.integers(-3, 4, (2, 3, 2)).tolist() for _ in range(3)]
    field = reply_field(tensors)
    assert (field.degree, field.sizes) == (2, (2, 3, 2))
    point = (F(1, 3), F(2, 3), F(1, 2), F(1, 4), F(1, 4), F(2, 5), F(3, 5))
    matrix = field.derivatives(point)
    for places in field.populations:
        for j in places:
            moved = tuple(F(int(i == j)) if i in places else share for i, share in enumerate(point))
            slopes = [-evaluate([k * c for k, c in enumerate(p)][1:], F(1)) for p in field.along(point, moved)]
            assert [row[j] for row in matrix] == slopes


def test_no_way_on_is_missed_where_all_strategies_tie() -> None:
    # of the 8 - 1 supports of a game of three pure equilibria every mixture is an equilibrium
    field = reply_field(game_from_payoffs([[1, 0, 0], [0, 1, 0], [0, 0, 1]], ["A", "B", "C"]))
    center = (F(1, 3),) * 3
    ways = ways_on(field, center, (0, 1, 2))
    assert len(ways.ways) == 7
    assert ways.decided
    assert not ways.continuum
    same = reply_field(game_from_payoffs([[1, 1], [1, 1]], ["A", "B"]))
    assert ways_on(same, (F(1, 2), F(1, 2)), (0, 1)).continuum


# --- endings and refusals ---


def test_a_path_ends_where_it_is_told_to() -> None:
    game = cycle(1, 2)
    assert best_response_path(game, START, max_segments=5).ending is Halt.SEGMENTS
    short = best_response_path(game, START, duration=1.0)
    assert (short.ending, short.time >= 1.0, len(short.segments)) == (Halt.TIME, True, 2)
    with pytest.raises(NotConverged, match=r"^the path is known until time 1\.\d+: the duration is over"):
        short.shares(5.0)
    with pytest.raises(NotConverged, match=r"^the duration is over"):
        _ = short.limit
    with pytest.raises(NotConverged, match=r"rounds of the path differ"):
        recurrence(short)
    with pytest.raises(NotConverged, match=r"rounds of the path differ"):
        recurrence(best_response_path(HAWK_DOVE, ["1/10", "9/10"]))
    with pytest.raises(InvalidParameter, match=r"^path must be of a game whose payoffs are affine"):
        recurrence(best_response_path(optional_game(4), ["1/5", "1/5", "3/5"], max_segments=9))


@pytest.mark.parametrize(
    ("name", "start", "options"),
    [
        ("start", ["1/2"], {}),
        ("start", ["1/2", "1/3"], {}),
        ("start", ["3/2", "-1/2"], {}),
        ("start", [float("nan"), 0.5], {}),
        ("start", [float("inf"), 0.5], {}),
        ("start", [0.5, 0.4], {}),
        ("duration", [0.5, 0.5], {"duration": 0}),
        ("duration", [0.5, 0.5], {"duration": float("nan")}),
        ("max_segments", [0.5, 0.5], {"max_segments": 0}),
        ("max_segments", [0.5, 0.5], {"max_segments": 1.5}),
    ],
)
def test_arguments_outside_their_domain_are_refused_by_name(name: str, start: Any, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        best_response_path(HAWK_DOVE, start, **options)
    with pytest.raises(InvalidParameter, match=r"^most must be "):
        best_response_paths(HAWK_DOVE, [0.5, 0.5], most=0)
    with pytest.raises(InvalidParameter, match=r"^times must be >= 0"):
        best_response_path(HAWK_DOVE, [0.5, 0.5]).shares(-1.0)


def test_groups_that_are_too_large_to_be_followed_exactly_are_refused_unless_affine() -> None:
    volunteers = game_from_function(lambda s, n: F(2, 3) if s == "A" else F(int(n["A"] > 0)), ["A", "B"], 200)
    with pytest.raises(InvalidParameter, match=r"^group_size must be at most 100"):
        best_response_path(volunteers, ["1/2", "1/2"])
    linear = PublicGoodsGame(group_size=200, multiplication_factor=3, strategies=["C", "D"])
    assert best_response_path(linear, ["1/2", "1/2"]).limit == (0, 1)


@given(table_games(group_sizes=[3, 4], strategies=[2, 3]), st.data())
@settings(deadline=None, max_examples=25)
def test_group_games_are_followed_or_said_to_be_undecided(game: TableGame, data: st.DataObject) -> None:
    start = data.draw(shares_of(len(game.strategies)))
    path = best_response_path(game, start, max_segments=6, duration=20)
    assume(path.segments)
    for segment in path.segments:
        middle = segment.shares(min(segment.duration, 1.0) / 2)
        payoffs = [float(v) for v in path.field.payoffs((middle / middle.sum()).tolist())]
        for name in segment.support:
            assert payoffs[path.strategies.index(name)] == pytest.approx(max(payoffs), abs=1e-6)
