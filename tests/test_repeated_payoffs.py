"""Payoffs of memory-one strategies: against playing all histories, chains over profiles, simulation and limits."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import Game, InvalidParameter, NotConverged, PublicGoodsGame, UnequalGame, game_from_payoffs
from gametheory.repeated import (
    MemoryOne,
    all_c,
    all_d,
    generous,
    grim,
    proportional_tft,
    reactive,
    repeated_payoffs,
    simulate_matches,
    stage_game,
    tft,
    win_stay_lose_shift,
    with_errors,
)
from gametheory.repeated.linear import limit_occupancy, resolvent_applied
from gametheory.testing import games

DILEMMA = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
chances = st.fractions(0, 1, max_denominator=12)
inner_chances = st.fractions(Fraction(1, 12), Fraction(11, 12), max_denominator=12)
patience = st.fractions(0, Fraction(19, 20), max_denominator=20)


@st.composite
def memory_one(draw: st.DrawFn, size: int, entries: st.SearchStrategy[Fraction] = chances) -> MemoryOne:
    rows = st.lists(entries, min_size=size, max_size=size)
    return MemoryOne(initial=draw(entries), after_contributing=draw(rows), after_defecting=draw(rows))


def played_out(
    game: Game, players: Sequence[MemoryOne], omega: float, rounds: int
) -> tuple[list[float], dict[tuple[int, ...], float]]:
    """Discounted payoffs of the first rounds and the distribution of the next, profile by profile."""
    size = len(players)

    def profiles(probabilities: Sequence[float]) -> dict[tuple[int, ...], float]:
        return {
            acts: prod(p if act else 1 - p for act, p in zip(acts, probabilities, strict=True))
            for acts in product((0, 1), repeat=size)
        }

    now = profiles([float(p.initial) for p in players])
    earned = [0.0] * size
    for moment in range(rounds):
        after = dict.fromkeys(now, 0.0)
        for acts, weight in now.items():
            total = sum(acts)
            for i, act in enumerate(acts):
                payoff = game.payoff("C" if act else "D", (total - act, size - 1 - total + act))
                earned[i] += (1 - omega) * omega**moment * weight * float(payoff)
            going = [float(p.probability(bool(a), total - a)) for p, a in zip(players, acts, strict=True)]
            for following, chance in profiles(going).items():
                after[following] += weight * chance
        now = after
    return earned, now


@given(games(group_sizes=(2, 3), strategies=("C", "D")), st.data())
@settings(deadline=None, max_examples=25)
def test_discounted_payoffs_are_the_sum_over_rounds(game: PublicGoodsGame, data: st.DataObject) -> None:
    players = [data.draw(memory_one(game.group_size)) for _ in range(game.group_size)]
    omega = data.draw(st.fractions(0, Fraction(3, 4), max_denominator=8))
    largest = max(abs(float(v)) for v in stage_game(game).contributing + stage_game(game).defecting)

    found = repeated_payoffs(game, players, discount_factor=omega).payoffs
    summed, _ = played_out(game, players, float(omega), 90)

    assert summed == pytest.approx([float(v) for v in found], abs=1e-9 * (1 + largest))


@given(games(group_sizes=(3, 4), strategies=("C", "D")), st.data())
@settings(deadline=None, max_examples=25)
def test_groups_lump_the_chain_over_profiles_exactly(game: PublicGoodsGame, data: st.DataObject) -> None:
    size = game.group_size
    first, second = data.draw(memory_one(size)), data.draw(memory_one(size))
    k = data.draw(st.integers(1, size - 1))
    omega = data.draw(st.one_of(st.none(), patience))

    lumped = repeated_payoffs(game, [first, second], counts=[k, size - k], discount_factor=omega)
    full = repeated_payoffs(game, [first] * k + [second] * (size - k), discount_factor=omega)

    assert full.payoffs == (lumped.payoffs[0],) * k + (lumped.payoffs[1],) * (size - k)
    assert sum(lumped.occupancy) == 1


@given(st.data())
@settings(deadline=None, max_examples=8)
def test_patience_tends_to_the_limit_of_means(data: st.DataObject) -> None:
    players = [data.draw(memory_one(2)) for _ in range(2)]
    omega = sp.Symbol("omega", positive=True)

    mean = repeated_payoffs(DILEMMA, players)
    discounted = repeated_payoffs(DILEMMA, players, discount_factor=omega)

    for limit, value in zip(mean.payoffs, discounted.payoffs, strict=True):
        assert sp.limit(value, omega, 1) == sp.Rational(limit.numerator, limit.denominator)


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_relabeling_players_relabels_payoffs(data: st.DataObject) -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=2)
    players = [data.draw(memory_one(3)) for _ in range(3)]
    order = data.draw(st.permutations(range(3)))
    omega = data.draw(st.one_of(st.none(), patience))

    straight = repeated_payoffs(game, players, discount_factor=omega).payoffs
    turned = repeated_payoffs(game, [players[i] for i in order], discount_factor=omega).payoffs

    assert turned == tuple(straight[i] for i in order)


@given(memory_one(2), memory_one(2), st.one_of(st.none(), patience))
@settings(deadline=None, max_examples=40)
def test_relabeling_actions_leaves_payoffs(one: MemoryOne, two: MemoryOne, omega: Fraction | None) -> None:
    def mirrored(p: MemoryOne) -> MemoryOne:
        return MemoryOne(
            initial=1 - p.initial,
            after_contributing=[1 - v for v in reversed(p.after_defecting)],
            after_defecting=[1 - v for v in reversed(p.after_contributing)],
        )

    straight = repeated_payoffs(DILEMMA, [one, two], discount_factor=omega)
    turned = repeated_payoffs(DILEMMA, [mirrored(one), mirrored(two)], discount_factor=omega, actions=("D", "C"))

    assert turned.payoffs == straight.payoffs
    assert turned.contributions == tuple(1 - v for v in straight.contributions)


def test_where_the_chain_ends_depends_on_the_start() -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=2)
    half = MemoryOne(initial="1/2", after_contributing=[0, 0, 1], after_defecting=[0, 0, 0])

    found = repeated_payoffs(game, [half], counts=[3])

    assert found.contributions == (Fraction(1, 8),)  # grim: all contribute for ever iff all began so
    assert found.payoffs == (Fraction(1, 8),)


def test_periodic_chains_have_a_mean() -> None:
    alternating = MemoryOne(initial=1, after_contributing=[0, 0], after_defecting=[1, 1])

    found = repeated_payoffs(DILEMMA, [alternating, all_d(2)])

    assert found.payoffs == (Fraction(1, 2), Fraction(3))


def test_known_payoffs_with_errors() -> None:
    e = sp.Symbol("e", positive=True)
    noisy = with_errors(tft(2), implementation=e)

    found = repeated_payoffs(DILEMMA, [noisy, noisy])

    assert found.payoffs == (sp.Rational(9, 4),) * 2  # all four outcomes are equally frequent, however rare errors are
    assert found.contributions == (sp.Rational(1, 2),) * 2


def test_errors_of_observation_misread_each_co_player() -> None:
    blurred = with_errors(tft(3, least=2), observation="1/10")

    assert blurred.after_defecting == (Fraction(1, 100), Fraction(9, 100), Fraction(81, 100))
    assert with_errors(all_c(3), observation="1/10") == all_c(3)
    assert with_errors(win_stay_lose_shift(2), implementation=1).after_defecting == (0, 1)


@given(memory_one(4), chances, chances)
@settings(deadline=None, max_examples=30)
def test_errors_keep_probabilities(player: MemoryOne, slip: Fraction, blur: Fraction) -> None:
    noisy = with_errors(player, implementation=slip, observation=blur)

    assert all(0 <= p <= 1 for p in noisy.numbers)
    for own in (True, False):
        for j in range(4):
            seen: dict[int, Fraction] = {}
            for flips in product((0, 1), repeat=3):
                chance = prod((blur if flip else 1 - blur for flip in flips), start=Fraction(1))
                acts = [int(k < j) ^ flip for k, flip in enumerate(flips)]
                seen[sum(acts)] = seen.get(sum(acts), Fraction(0)) + chance
            meant = sum((chance * player.probability(own, i) for i, chance in seen.items()), start=Fraction(0))
            assert noisy.probability(own, j) == (1 - slip) * meant + slip * (1 - meant)


def test_named_strategies_are_what_they_are_called() -> None:
    assert tft(5, least=0) == all_c(5)
    assert tft(5, least=5, initial=0) == all_d(5)
    assert proportional_tft(2) == tft(2)
    assert generous(all_d(3), 1).after_contributing == (1, 1, 1)
    assert win_stay_lose_shift(4).probability(True, 3) == win_stay_lose_shift(4).probability(False, 0) == 1
    assert sum(win_stay_lose_shift(4).numbers) == 3
    assert sum(grim(4).numbers) == 2
    assert not generous(tft(2), "1/3").is_deterministic
    assert tft(2).is_deterministic


def test_a_defector_exploits_a_contributor_for_ever() -> None:
    game = PublicGoodsGame(group_size=50, multiplication_factor=25)

    found = repeated_payoffs(game, [all_d(50), all_c(50), tft(50, least=49)], counts=[1, 2, 47])

    assert found.contributions == (0, 1, 0)
    assert found.payoffs == (Fraction(25 * 2, 50), Fraction(25 * 2, 50) - 1, Fraction(25 * 2, 50))


def test_large_groups_are_exact_too() -> None:
    game = PublicGoodsGame(group_size=50, multiplication_factor=25)
    noisy = with_errors(proportional_tft(50), implementation="1/100")

    found = repeated_payoffs(game, [all_d(50), noisy], counts=[1, 49])

    assert found.payoffs == (Fraction(49, 8), Fraction(47, 8))
    exact, floats = (
        repeated_payoffs(game, [all_d(50), noisy], counts=[1, 49], discount_factor=w).payoffs for w in ("9/10", 0.9)
    )
    assert all(isinstance(v, float) for v in floats)
    assert floats == pytest.approx([float(v) for v in exact], abs=1e-9 * 25)


def test_punishment_may_be_fixed_in_the_payoff() -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=2, fine=1, punishment_cost="1/2")

    found = repeated_payoffs(game, [all_d(3), all_c(3)], counts=[1, 2], actions=("P", "D"))

    assert found.payoffs == (game.payoff("D", (0, 0, 2)), game.payoff("P", (0, 1, 1)))


def test_unequal_players_repeat_their_game() -> None:
    game = UnequalGame(endowments=[1, 2], productivities=["3/2", "3/2"])

    found = repeated_payoffs(game, [tft(2), all_d(2)], discount_factor="1/2")

    first, later = game.payoffs([1, 0]), game.payoffs([0, 0])
    assert found.payoffs == tuple((a + b) / 2 for a, b in zip(first, later, strict=True))


@given(st.data())
@settings(deadline=None, max_examples=20)
def test_occupancies_are_stationary_distributions(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 6))
    rows = []
    for _ in range(size):
        weights = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size).filter(any))
        rows.append([Fraction(w, sum(weights)) for w in weights])
    start = [Fraction(int(k == 0)) for k in range(size)]

    occupancy = limit_occupancy(rows, start)
    near = resolvent_applied([list(map(float, row)) for row in rows], np.eye(size).tolist(), discount_factor=1 - 1e-9)

    assert sum(occupancy) == 1
    assert [sum(occupancy[i] * rows[i][j] for i in range(size)) for j in range(size)] == occupancy
    assert near[0] == pytest.approx([float(v) for v in occupancy], abs=1e-6)


def test_simulated_matches_agree_with_exact_payoffs() -> None:
    noisy = [with_errors(s, implementation="1/20") for s in (tft(2), win_stay_lose_shift(2))]
    exact = repeated_payoffs(DILEMMA, noisy)

    found = simulate_matches(DILEMMA, noisy, matches=4000, rounds=1000, seed=3)

    gap = np.abs(found.mean_payoffs - [float(v) for v in exact.payoffs])
    assert (gap <= 4 * found.standard_errors + 5 * 20 / 1000).all()  # the second: how long the start is remembered


def test_simulated_groups_agree_with_exact_payoffs() -> None:
    game = PublicGoodsGame(group_size=4, multiplication_factor=2)
    players = [with_errors(s, implementation="1/5") for s in (all_d(4), grim(4), proportional_tft(4), tft(4))]
    exact = repeated_payoffs(game, players)

    found = simulate_matches(game, players, matches=3000, rounds=2000, seed=5)

    gap = np.abs(found.mean_payoffs - [float(v) for v in exact.payoffs])
    assert (gap <= 4 * found.standard_errors + 2 * 10 / 2000).all()
    share = np.abs(found.contributions.mean(axis=0) - [float(v) for v in exact.contributions])
    assert (share <= 0.01).all()


def test_what_is_sure_happens_in_every_match() -> None:
    sure = simulate_matches(DILEMMA, [tft(2), all_d(2)], matches=3001, rounds=10, seed=1)
    group = simulate_matches(
        PublicGoodsGame(group_size=3, multiplication_factor=2),
        [grim(3), win_stay_lose_shift(3), all_d(3)],
        matches=1500,
        rounds=7,
        seed=1,
    )

    assert np.allclose(sure.payoffs, [9 / 10, 14 / 10], rtol=0, atol=1e-12)
    assert np.allclose(sure.contributions, [0.1, 0], rtol=0, atol=1e-12)
    assert np.allclose(group.contributions, [1 / 7, 4 / 7, 0], rtol=0, atol=1e-12)  # CCD, then DDD and DCD in turn


def test_a_match_is_the_same_whatever_the_number_of_matches() -> None:
    noisy = [with_errors(tft(2), implementation="1/10")] * 2
    few = simulate_matches(DILEMMA, noisy, matches=1027, rounds=50, seed=9)
    many = simulate_matches(DILEMMA, noisy, matches=5000, rounds=50, seed=9)

    assert (many.payoffs[:1027] == few.payoffs).all()
    assert not (many.payoffs[1024:2048] == many.payoffs[:1024]).all()


def test_threads_do_not_change_a_bit() -> None:
    numba = pytest.importorskip("numba")
    noisy = [with_errors(grim(3), implementation="1/10")] * 3
    game = PublicGoodsGame(group_size=3, multiplication_factor=2)
    threads = numba.get_num_threads()
    found = []
    try:
        for number in (1, threads):
            numba.set_num_threads(number)
            found.append(simulate_matches(game, noisy, matches=4000, rounds=20, seed=2).payoffs)
    finally:
        numba.set_num_threads(threads)

    assert (found[0] == found[1]).all()


def test_kernels_draw_the_words_of_numpy() -> None:
    from gametheory.repeated import _match_kernels as kernels
    from gametheory.repeated.matches import _decisions, _joint_bounds, _streams

    half = reactive(["1/2", "1/2"], initial="1/2")
    (state,) = _streams(7, 1)
    words = np.random.SFC64(np.random.SeedSequence(7).spawn(1)[0]).random_raw(80)
    pairs, compiled = np.zeros((2, 4)), np.zeros((2, 4))
    with np.errstate(over="ignore"):
        kernels.pair_block.py_func(state.copy(), _joint_bounds([half, half]), 40, pairs)
        kernels.pair_block(state.copy(), _joint_bounds([half, half]), 40, compiled)

    quarters = (words >> np.uint64(62)).reshape(40, 2).T  # DD, DC, CD, CC
    assert pairs.tolist() == [[float((row == k).sum()) for k in (3, 2, 1, 0)] for row in quarters]
    assert (pairs == compiled).all()
    groups, fast = np.zeros((1, 2, 2, 2)), np.zeros((1, 2, 2, 2))
    with np.errstate(over="ignore"):
        kernels.group_block.py_func(state.copy(), *_decisions([half, half]), 40, groups)
        kernels.group_block(state.copy(), *_decisions([half, half]), 40, fast)
    assert (groups == fast).all()
    gave = (words < np.uint64(2**63)).reshape(40, 2)
    assert groups[0, 0, 1].sum() == gave[:, 0].sum()


@pytest.mark.parametrize("word", [0, 2**64 - 1])
@pytest.mark.parametrize("acts", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_kernels_do_what_is_sure_even_at_the_rarest_words(word: int, acts: tuple[int, int]) -> None:
    from gametheory.repeated import _match_kernels as kernels
    from gametheory.repeated.matches import _joint_bounds

    state = np.array([word, 0, 0, 0], dtype=np.uint64)  # the next word of SFC64 is the sum of all but the third
    counts = np.zeros((1, 4))
    with np.errstate(over="ignore"):
        kernels.pair_block(state, _joint_bounds([all_c(2) if act else all_d(2) for act in acts]), 1, counts)

    assert counts.tolist() == [[float(acts == pair) for pair in ((1, 1), (1, 0), (0, 1), (0, 0))]]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"strategies": [tft(3), tft(3)]}, "strategies"),
        ({"strategies": []}, "strategies"),
        ({"counts": [1]}, "counts"),
        ({"counts": [1, 2]}, "counts"),
        ({"counts": [0, 2]}, "counts"),
        ({"discount_factor": 1}, "discount_factor"),
        ({"discount_factor": -0.1}, "discount_factor"),
        ({"discount_factor": float("nan")}, "discount_factor"),
        ({"actions": ("C", "X")}, "actions"),
        ({"actions": ("C", "C")}, "actions"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object], name: str) -> None:
    arguments: dict[str, object] = {"strategies": [tft(2), all_d(2)], **change}

    with pytest.raises(InvalidParameter, match=f"^{name} must be"):
        repeated_payoffs(DILEMMA, arguments.pop("strategies"), **arguments)  # type: ignore[arg-type]


def test_strategies_outside_their_domain_are_refused() -> None:
    for wrong in ([0, "3/2"], [0], "01", [0, float("nan")]):
        with pytest.raises(InvalidParameter, match=r"^after_contributing must be"):
            MemoryOne(initial=1, after_contributing=wrong, after_defecting=[0, 1])
    with pytest.raises(InvalidParameter, match=r"^after_defecting must be 2 numbers"):
        MemoryOne(initial=1, after_contributing=[0, 1], after_defecting=[0, 1, 1])
    with pytest.raises(InvalidParameter, match=r"^least must be"):
        tft(3, least=4)
    with pytest.raises(InvalidParameter, match=r"^group_size must be"):
        grim(1)
    with pytest.raises(InvalidParameter, match=r"^generosity must be"):
        generous(tft(2), 2)
    game = PublicGoodsGame(group_size=13, multiplication_factor=2)
    unequal = UnequalGame(endowments=[1, 2], productivities=[2, 2])
    with pytest.raises(InvalidParameter, match=r"^counts must be at most 4096 states"):
        repeated_payoffs(game, [all_c(13)] * 13)
    with pytest.raises(InvalidParameter, match=r"^game must be a symmetric game"):
        stage_game(unequal)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match=r"^counts must be 1 for each player"):
        repeated_payoffs(unequal, [tft(2)], counts=[2])


def test_simulations_refuse_what_they_cannot_play() -> None:
    x = sp.Symbol("x")
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"matches": 0}, "matches"),
        ({"matches": 10**9}, "matches"),
        ({"rounds": 0}, "rounds"),
        ({"seed": -1}, "seed"),
        ({"strategies": [tft(2)]}, "strategies"),
        ({"strategies": [generous(tft(2), x)] * 2}, "strategies"),
    ]
    for wrong, name in wrongs:
        arguments: dict[str, Any] = {"strategies": [tft(2), tft(2)], "matches": 2, "rounds": 2, "seed": 1, **wrong}
        with pytest.raises(InvalidParameter, match=f"^{name} must be"):
            simulate_matches(DILEMMA, arguments.pop("strategies"), **arguments)
    with pytest.raises(NotConverged, match="one match"):
        _ = simulate_matches(DILEMMA, [tft(2), tft(2)], matches=1, rounds=2, seed=1).standard_errors
