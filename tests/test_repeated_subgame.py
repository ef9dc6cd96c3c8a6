"""Subgame perfection: against playing all one-shot deviations out, and published thresholds, exactly."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, product

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import Game, InvalidParameter, NotConverged, PublicGoodsGame, UnequalGame, game_from_payoffs
from gametheory.algebra.roots import AlgebraicNumber
from gametheory.repeated import (
    DecisionProcess,
    DiscountSet,
    Interval,
    MemoryOne,
    Move,
    Node,
    all_c,
    all_d,
    deviation_gains,
    generous,
    grim,
    grim_deviations,
    grim_process,
    is_nash,
    is_partner,
    is_rival,
    least_discount_factor,
    memory_one_process,
    nash_discount_factors,
    profile_process,
    proportional_tft,
    punishment_stage_deviations,
    punishment_stage_process,
    stage_game,
    stick_and_carrot_process,
    subgame_perfection,
    symmetric_process,
    tft,
    unequal_grim_process,
    win_stay_lose_shift,
)
from gametheory.repeated.decisions import best_choice, policy, value_quotients, values
from gametheory.repeated.discount_sets import compare, intersection, union, where_not_positive
from gametheory.repeated.partners import reachable_payoffs
from gametheory.testing import games

from .test_repeated_payoffs import memory_one

DILEMMA = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
patience = st.fractions(0, Fraction(19, 20), max_denominator=20)
polynomials = st.lists(st.fractions(-3, 3, max_denominator=4), min_size=1, max_size=4)


def dilemma_of(size: int, factor: int | str | Fraction) -> PublicGoodsGame:
    return PublicGoodsGame(group_size=size, multiplication_factor=factor, strategies=["C", "D"])


def played(game: Game, strategy: MemoryOne, acts: tuple[int, ...], omega: Fraction) -> Fraction:
    """Normalized worth to player 0 of a first round `acts`, all following a deterministic strategy then.

    The path of profiles runs into a cycle, whose discounted sum is a geometric series.
    """
    size, path, seen = len(acts), [acts], {acts: 0}
    while True:
        total = sum(acts)
        acts = tuple(int(strategy.probability(bool(a), total - a)) for a in acts)
        if acts in seen:
            break
        seen[acts] = len(path)
        path.append(acts)
    enter = seen[acts]
    earned = [game.payoff("C" if p[0] else "D", (sum(p[1:]), size - 1 - sum(p[1:]))) for p in path]
    head = sum((omega**t * u for t, u in enumerate(earned)), start=Fraction(0))
    loop = sum((omega**t * u for t, u in enumerate(earned) if t >= enter), start=Fraction(0))
    again = omega ** (len(path) - enter)
    return (1 - omega) * (head + again * loop / (1 - again))


def perfect_by_playing(game: Game, strategy: MemoryOne, omega: Fraction) -> bool:
    """Whether no single deviation after any profile of the last round, or at the start, pays."""
    size = strategy.group_size
    firsts = [tuple([int(strategy.initial)] * size)]
    for last in product((0, 1), repeat=size):
        total = sum(last)
        firsts.append(tuple(int(strategy.probability(bool(a), total - a)) for a in last))
    return all(
        played(game, strategy, (1 - acts[0], *acts[1:]), omega) <= played(game, strategy, acts, omega)
        for acts in firsts
    )


@st.composite
def deterministic(draw: st.DrawFn, size: int) -> MemoryOne:
    row = st.lists(st.sampled_from((0, 1)), min_size=size, max_size=size)
    return MemoryOne(initial=draw(st.sampled_from((0, 1))), after_contributing=draw(row), after_defecting=draw(row))


def around(found: DiscountSet) -> list[Fraction]:
    """Rational discount factors on both sides of every end, and the rational ends themselves."""
    places = {Fraction(0), Fraction(1, 3), Fraction(9, 10), Fraction(999, 1000)}
    for interval in found.intervals:
        for end in (interval.low, interval.high):
            exact = end if isinstance(end, Fraction) else (end.low + end.high) / 2
            places |= {exact - Fraction(1, 10**6), exact + Fraction(1, 10**6)}
            places |= {exact} if isinstance(end, Fraction) else set()
    return sorted(place for place in places if 0 <= place < 1)


@given(games(group_sizes=(2, 3, 4), strategies=("C", "D")), st.data())
@settings(deadline=None, max_examples=30)
def test_the_set_is_what_playing_deviations_out_finds(game: PublicGoodsGame, data: st.DataObject) -> None:
    strategy = data.draw(deterministic(game.group_size))

    found = subgame_perfection(memory_one_process(game, strategy)).discount_factors

    for omega in around(found):
        assert (omega in found) == perfect_by_playing(game, strategy, omega)


@given(st.lists(st.integers(-4, 4), min_size=6, max_size=6), st.data())
@settings(deadline=None, max_examples=40)
def test_any_stage_game_will_do(payoffs: list[int], data: st.DataObject) -> None:
    game = game_from_payoffs([payoffs[:3], payoffs[3:]], ["C", "D"], group_size=3)
    strategy = data.draw(deterministic(3))

    found = subgame_perfection(memory_one_process(game, strategy)).discount_factors

    for omega in around(found):
        assert (omega in found) == perfect_by_playing(game, strategy, omega)


@given(st.data())
@settings(deadline=None, max_examples=15)
def test_perfection_is_that_no_policy_is_better_anywhere(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from((2, 3)))
    game = dilemma_of(size, data.draw(st.fractions(1, size, max_denominator=6)) or 1)
    process = memory_one_process(game, data.draw(memory_one(size)))
    omega = data.draw(patience)

    found = subgame_perfection(process).discount_factors
    best = values(process, best_choice(process, discount_factor=omega), discount_factor=omega)
    own = values(process, policy(process), discount_factor=omega)

    assert (omega in found) == (best == own)
    assert is_nash(process, discount_factor=omega) == (best[0] == own[0])
    worth = [float(v) for v in own]
    for _ in range(400):  # value iteration, in floats, from below
        worth = [
            max(m.payoff + float(omega) * sum(float(p) * worth[j] for j, p in m.successors) for m in n.moves)
            for n in process.nodes
        ]
    assert worth == pytest.approx([float(v) for v in best], abs=1e-6)


@given(st.data())
@settings(deadline=None, max_examples=15)
def test_the_nash_set_is_what_policy_iteration_finds(data: st.DataObject) -> None:
    payoffs = data.draw(st.lists(st.integers(0, 5), min_size=4, max_size=4))
    game = game_from_payoffs([payoffs[:2], payoffs[2:]], ["C", "D"])
    process = memory_one_process(game, data.draw(st.one_of(deterministic(2), memory_one(2))))

    found = nash_discount_factors(process)

    for omega in [*around(found), data.draw(patience)]:
        assert (omega in found) == is_nash(process, discount_factor=omega)
    perfect = subgame_perfection(process).discount_factors
    assert str(intersection([perfect, found])) == str(perfect)


@given(st.data())
@settings(deadline=None, max_examples=20)
def test_values_by_the_characteristic_polynomial_are_those_along_paths(data: st.DataObject) -> None:
    from gametheory.repeated.decisions import _by_characteristic_polynomial, followed

    process = memory_one_process(dilemma_of(3, 2), data.draw(deterministic(3)))
    rows, payoffs = followed(process, policy(process))

    along = value_quotients(process, policy(process))
    through = _by_characteristic_polynomial(rows, payoffs, [1] * len(rows))

    assert all(a.numerator * b.denominator == b.numerator * a.denominator for a, b in zip(along, through, strict=True))
    omega = Fraction(2, 7)
    exact = values(process, policy(process), discount_factor=omega)
    found = [Fraction(str(q.numerator(sp_fraction(omega)) / q.denominator(sp_fraction(omega)))) for q in along]
    assert found == exact


@given(st.data())
@settings(deadline=None, max_examples=40)
def test_rounds_of_several_stages_are_discounted_once(data: st.DataObject) -> None:
    """Nodes of an earlier stage lead to later ones; only the last stage's time counts."""
    size = data.draw(st.integers(1, 5))
    ends = [data.draw(st.booleans()) for _ in range(size)]
    ends[-1] = True
    nodes = []
    for i in range(size):
        low = 0 if ends[i] else i + 1  # within a round only forwards
        after = [data.draw(st.integers(low, size - 1)) for _ in range(2)]
        chance = data.draw(st.sampled_from([Fraction(1), Fraction(1, 3)]))
        moves = tuple(
            Move(name=str(k), payoff=Fraction(data.draw(st.integers(-3, 3))), successors=((after[k], Fraction(1)),))
            for k in range(2)
        )
        nodes.append(Node(history=str(i), moves=moves, prescribed=(chance, 1 - chance), ends_round=ends[i]))
    process = DecisionProcess(nodes=tuple(nodes))
    omega = data.draw(patience)

    found = value_quotients(process, policy(process))

    at = sp_fraction(omega)
    exact = values(process, policy(process), discount_factor=omega)
    assert [Fraction(str(q.numerator(at) / q.denominator(at))) for q in found] == exact
    for i, node in enumerate(process.nodes):
        step = omega if node.ends_round else 1
        conform = [m.payoff + step * sum(p * exact[j] for j, p in m.successors) for m in node.moves]
        assert exact[i] == sum(p * v for p, v in zip(node.prescribed, conform, strict=True))


def sp_fraction(value: Fraction) -> object:
    from gametheory.algebra.intervals import as_flint

    return as_flint(value)


@pytest.mark.parametrize(("size", "factor", "threshold"), [(5, 3, "1/6"), (4, 2, "1/3"), (50, 25, "1/49")])
def test_grim_trigger_needs_the_published_patience(size: int, factor: int, threshold: str) -> None:
    game = dilemma_of(size, factor)

    for process in (grim_process(game), memory_one_process(game, grim(size))):
        found = subgame_perfection(process)
        assert str(found.discount_factors) == f"[{threshold}, 1)"
        assert nash_discount_factors(process) == found.discount_factors


@given(games(group_sizes=(3, 5), strategies=("C", "D")), patience)
@settings(deadline=None, max_examples=20)
def test_automata_have_the_gains_that_were_derived_by_hand(game: PublicGoodsGame, omega: Fraction) -> None:
    by_hand = [d.gain for d in grim_deviations(game, discount_factor=omega)]
    stage = {d.gain for d in punishment_stage_deviations(game, discount_factor=omega)}

    assert [d.gain for d in deviation_gains(grim_process(game), discount_factor=omega)] == by_hand
    found = deviation_gains(punishment_stage_process(game), discount_factor=omega)
    if game.punishment_probability > 0:
        assert stage <= {d.gain for d in found}
        assert (max(d.gain for d in found) <= 0) == (max(stage) <= 0)


def test_the_punishment_stage_has_the_published_threshold() -> None:
    found = subgame_perfection(punishment_stage_process(PUBLISHED))

    assert str(found.discount_factors) == "[3/23, 1)"
    assert [d.deviation for d in found.binding] == ["do not punish the deviator; punish nobody"]
    assert found.binding[0].gain(Fraction(3, 23)) == 0
    weak = PublicGoodsGame(group_size=5, multiplication_factor=3, fine="99/1000", punishment_cost="3/10")
    assert subgame_perfection(punishment_stage_process(weak)).discount_factors.is_empty
    enough = PublicGoodsGame(group_size=5, multiplication_factor=3, fine="1/10", punishment_cost="3/10")
    assert str(subgame_perfection(punishment_stage_process(enough)).discount_factors) == "[3/23, 1)"


def test_conditions_of_the_punishment_stage_come_out_as_formulas() -> None:
    r, c, fine, cost, p, omega = sp.symbols("r c beta gamma p omega", positive=True)
    game = PublicGoodsGame(
        group_size=4,
        multiplication_factor=r,
        contribution_cost=c,
        fine=fine,
        punishment_cost=cost,
        punishment_probability=p,
    )

    gains = {
        (d.history, d.deviation): d.gain for d in deviation_gains(punishment_stage_process(game), discount_factor=omega)
    }

    deter = gains["nobody has failed to punish", "defect"]
    assert sp.expand(deter - (1 - omega) * (c * (1 - r / 4) - 3 * p * fine)) == 0
    carry = gains["a punishment is due", "do not punish the deviator; punish nobody"]
    assert sp.expand(carry - ((1 - omega) * cost - omega * c * (r - 1))) == 0


@pytest.mark.parametrize(
    ("size", "factor", "expected"),
    [
        (5, 3, "[1/5, 1)"),
        (5, Fraction(5, 3), "nowhere"),
        (5, Fraction(17, 10), "[33/35, 1)"),
        (2, Fraction(4, 3), "nowhere"),
    ],
)
def test_all_or_none_needs_r_above_2n_over_n_plus_1(size: int, factor: Fraction, expected: str) -> None:
    found = subgame_perfection(memory_one_process(dilemma_of(size, factor), win_stay_lose_shift(size)))

    assert str(found.discount_factors) == expected
    assert found.discount_factors.is_empty == (Fraction(factor) <= Fraction(2 * size, size + 1))


@given(st.integers(2, 6), st.data())
@settings(deadline=None, max_examples=20)
def test_proportional_tft_is_perfect_at_one_discount_factor_and_an_equilibrium_above(
    size: int, data: st.DataObject
) -> None:
    r = data.draw(st.fractions(Fraction(11, 10), Fraction(19, 10), max_denominator=10)) * Fraction(size, 2)
    r = min(max(r, Fraction(11, 10)), size - Fraction(1, 10))
    at = (size - 1) * (size - r) / (r * (size - 1) + (size - 2) * (size - r))
    process = memory_one_process(dilemma_of(size, r), proportional_tft(size))

    if at < 1:
        assert str(subgame_perfection(process).discount_factors) == f"{{{at}}}"
        assert str(nash_discount_factors(process)) == f"[{at}, 1)"
    else:
        assert subgame_perfection(process).discount_factors.is_empty


def test_tit_for_tat_is_perfect_only_where_all_is_indifferent() -> None:
    donation = game_from_payoffs([[2, -1], [3, 0]], ["C", "D"])
    process = memory_one_process(donation, tft(2))

    assert str(subgame_perfection(process).discount_factors) == "{1/3}"
    assert str(nash_discount_factors(process)) == "[1/3, 1)"
    assert subgame_perfection(memory_one_process(DILEMMA, tft(2))).discount_factors.is_empty
    assert str(nash_discount_factors(memory_one_process(DILEMMA, tft(2)))) == "[2/3, 1)"


@pytest.mark.parametrize("least", [1, 2, 3])
def test_threshold_reciprocators_are_not_perfect(least: int) -> None:
    process = memory_one_process(dilemma_of(4, 2), tft(4, least=least))

    assert subgame_perfection(process).discount_factors.is_empty
    assert nash_discount_factors(process).is_empty == (least < 3)


def test_longer_sticks_need_less_patience_down_to_grim_trigger() -> None:
    game = dilemma_of(5, 3)
    found = [
        subgame_perfection(stick_and_carrot_process(game, rounds=rounds)).discount_factors for rounds in range(1, 9)
    ]

    ends = [each.least for each in found]
    assert ends[0] == Fraction(1, 5)
    assert isinstance(ends[1], AlgebraicNumber)
    assert ends[1].text == "5*x**2 + 5*x - 1"
    assert all(compare(after, before) < 0 for before, after in pairwise(ends))
    assert all(compare(end, Fraction(1, 6)) > 0 for end in ends)
    assert all(each.reaches_one and len(each.intervals) == 1 for each in found)


def test_unequal_players_need_the_published_patience() -> None:
    endowments, productivities = ["1/5", "1/5", "1/5", "2/5"], [2, 2, 2, 3]
    equal = UnequalGame(endowments=endowments, productivities=productivities)

    best = least_discount_factor(endowments, productivities)

    assert str(subgame_perfection(unequal_grim_process(equal)).discount_factors) == "[1/3, 1)"
    assert isinstance(best.discount_factor, AlgebraicNumber)
    assert best.discount_factor.text == "30*x**2 + 17*x - 5"
    assert f"{float(best.discount_factor):.10f}" == "0.2136017172"
    assert [f"{float(share):.8f}" for share in best.sharing] == ["0.24177849"] * 3 + ["0.27466452"]
    for nudge, holds in ((Fraction(1, 10**9), True), (-Fraction(1, 10**9), False)):
        omega = best.discount_factor.low + nudge
        shares = [Fraction(float(share)) for share in best.sharing]
        rule = UnequalGame(
            endowments=endowments, productivities=productivities, sharing=[*shares[:3], 1 - sum(shares[:3])]
        )
        assert subgame_perfection(unequal_grim_process(rule)).holds(omega) == holds


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(2, 6)), min_size=2, max_size=4))
@settings(deadline=None, max_examples=20)
def test_no_rule_of_sharing_does_with_less_patience(players: list[tuple[int, int]]) -> None:
    endowments, productivities = [e for e, _ in players], [Fraction(r, 2) + Fraction(1, 8) for _, r in players]
    try:
        found = least_discount_factor(endowments, productivities)
    except InvalidParameter:
        found = None

    def needed(omega: Fraction) -> Fraction:
        """The sum of what players ask for, each from the payoffs of its own deviation."""
        total = Fraction(0)
        for i, (e, r) in enumerate(zip(endowments, productivities, strict=True)):
            rest = sum(
                (a * b for k, (a, b) in enumerate(zip(endowments, productivities, strict=True)) if k != i),
                start=Fraction(0),
            )
            total += e / (r * e + omega * rest)
        return total

    if found is None:
        assert needed(Fraction(1)) >= 1
    elif found.discount_factor == 0:
        assert needed(Fraction(0)) <= 1
        assert sum(found.sharing) == 1  # type: ignore[arg-type]
    else:
        at = found.discount_factor
        low, high = (at, at) if isinstance(at, Fraction) else (at.low, at.high)
        assert needed(low) >= 1 >= needed(high)
        assert sum(map(float, found.sharing)) == pytest.approx(1, abs=1e-12)


def test_automata_that_tell_players_apart_agree_with_symmetric_ones() -> None:
    game = dilemma_of(3, 2)
    together = ("C",) * 3

    process = profile_process(
        game,
        prescriptions={"on": together, "off": ("D",) * 3},
        transition=lambda state, profile: "on" if state == "on" and profile == together else "off",
        start="on",
    )

    assert len(process.nodes) == 6
    assert subgame_perfection(process).discount_factors == subgame_perfection(grim_process(game)).discount_factors


def test_a_third_action_is_one_more_deviation() -> None:
    game = PublicGoodsGame(group_size=4, multiplication_factor=2, fine=2, punishment_cost="1/10")

    found = subgame_perfection(grim_process(game))

    assert {d.deviation for d in found.deviations} == {"C", "D", "P"}
    assert str(found.discount_factors) == "[1/3, 1)"


def test_answers_say_their_premises_and_print() -> None:
    found = subgame_perfection(memory_one_process(DILEMMA, grim(2)))

    assert found.to_json()["discount_factors"] == [["1/2", "1"]]
    assert found._repr_latex_() == r"$\omega \in [1/2, 1)$"
    assert len(found.premises) == 3
    assert found.holds("1/2")
    assert not found.holds("49/100")
    assert len(found.deviations) == 5
    curved = subgame_perfection(stick_and_carrot_process(dilemma_of(5, 3), rounds=2))
    assert curved.to_json()["discount_factors"][0][0]["poly"] == "5*x**2 + 5*x - 1"
    assert r"\approx" in curved._repr_latex_()


@given(st.lists(polynomials, max_size=3), patience)
@settings(deadline=None)
def test_sets_hold_where_all_polynomials_are_not_positive(listed: list[list[Fraction]], omega: Fraction) -> None:
    found = where_not_positive([tuple(p) for p in listed])

    assert (omega in found) == all(sum(c * omega**k for k, c in enumerate(p)) <= 0 for p in listed)
    for interval in found.intervals:
        assert compare(interval.low, interval.high) <= 0
    for before, after in pairwise(found.intervals):
        assert compare(before.high, after.low) < 0


@given(polynomials, polynomials, patience)
@settings(deadline=None)
def test_unions_and_intersections_are_those_of_sets(one: list[Fraction], two: list[Fraction], omega: Fraction) -> None:
    first, second = where_not_positive([tuple(one)]), where_not_positive([tuple(two)])

    assert (omega in union([first, second])) == (omega in first or omega in second)
    assert (omega in intersection([first, second])) == (omega in first and omega in second)
    assert str(intersection([first, second])) == str(where_not_positive([tuple(one), tuple(two)]))


def test_empty_sets_have_no_least_member() -> None:
    with pytest.raises(NotConverged, match="no discount factor"):
        _ = DiscountSet(()).least
    assert DiscountSet(()).is_empty
    assert str(DiscountSet((Interval(Fraction(0), Fraction(1)),))) == "[0, 1)"
    assert Fraction(1) not in DiscountSet((Interval(Fraction(0), Fraction(1)),))


@given(memory_one(2))
@settings(deadline=None, max_examples=60)
def test_partners_are_those_against_whom_nobody_gains(strategy: MemoryOne) -> None:
    nice = MemoryOne(
        initial=1, after_contributing=[strategy.after_contributing[0], 1], after_defecting=strategy.after_defecting
    )
    reached = list(reachable_payoffs(stage_game(DILEMMA), nice))

    assert is_partner(DILEMMA, nice) == all(other < 3 or own == other == 3 for own, other in reached)


def test_partners_and_rivals_of_the_literature() -> None:
    assert [is_partner(DILEMMA, s) for s in (tft(2), generous(tft(2), "1/4"), all_c(2), all_d(2), grim(2))] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert is_partner(game_from_payoffs([[3, 0], [4, 1]], ["C", "D"]), win_stay_lose_shift(2))
    assert not is_partner(DILEMMA, win_stay_lose_shift(2))
    assert [is_rival(DILEMMA, s) for s in (tft(2), all_d(2), win_stay_lose_shift(2), all_c(2))] == [
        True,
        True,
        False,
        False,
    ]
    with pytest.raises(InvalidParameter, match=r"^game must be a prisoner's dilemma"):
        is_partner(game_from_payoffs([[3, 2], [5, 1]], ["C", "D"]), tft(2))


@pytest.mark.parametrize("initial", [0, 1])
def test_rivals_are_judged_by_what_their_first_move_leads_to(initial: int) -> None:
    stubborn = MemoryOne(initial=initial, after_contributing=[1, 1], after_defecting=[0, 0])

    assert is_rival(DILEMMA, stubborn) == (initial == 0)


def _loop(**changes: object) -> Callable[[], DecisionProcess]:
    move = Move(name="stay", payoff=Fraction(1), successors=((0, Fraction(1)),))
    node = {"history": "", "moves": (move,), "prescribed": (Fraction(1),), **changes}
    return lambda: DecisionProcess(nodes=(Node(**node),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (_loop(ends_round=False), "ends_round"),
        (_loop(prescribed=()), "prescribed"),
        (_loop(prescribed=(Fraction(1, 2),)), "prescribed"),
        (_loop(moves=()), "moves"),
        (_loop(moves=(Move(name="", payoff=0, successors=((1, 1),)),)), "successors"),
        (_loop(moves=(Move(name="", payoff=0, successors=((0, Fraction(1, 2)),)),)), "successors"),
        (lambda: memory_one_process(DILEMMA, tft(3)), "strategy"),
        (lambda: subgame_perfection(memory_one_process(DILEMMA, generous(tft(2), 0.5))), "process"),
        (lambda: is_nash(memory_one_process(DILEMMA, tft(2)), discount_factor=1), "discount_factor"),
        (lambda: is_nash(memory_one_process(DILEMMA, tft(2)), discount_factor=0.5), "discount_factor"),
        (lambda: deviation_gains(memory_one_process(DILEMMA, tft(2)), discount_factor=1), "discount_factor"),
        (lambda: stick_and_carrot_process(DILEMMA, rounds=0), "rounds"),
        (lambda: least_discount_factor([0, 1], [2, 2]), "endowments"),
        (lambda: least_discount_factor([1, 1], [1, 1]), "productivities"),
        (lambda: least_discount_factor([1, 0.5], [1, 1]), "game"),
        (
            lambda: symmetric_process(DILEMMA, prescriptions={}, transition=lambda s, n: s, start="a"),
            "start",
        ),
        (
            lambda: symmetric_process(DILEMMA, prescriptions={"a": "C"}, transition=lambda s, n: "b", start="a"),
            "transition",
        ),
        (
            lambda: symmetric_process(DILEMMA, prescriptions={"a": "X"}, transition=lambda s, n: s, start="a"),
            "prescriptions",
        ),
    ],
)
def test_what_is_no_process_is_refused(make: Callable[[], object], name: str) -> None:
    with pytest.raises(InvalidParameter, match=rf"^{name} must be"):
        make()


def test_gains_at_floats_are_floats() -> None:
    exact = deviation_gains(memory_one_process(DILEMMA, all_d(2)), discount_factor=Fraction(1, 2))
    floats = deviation_gains(memory_one_process(DILEMMA, all_d(2)), discount_factor=0.5)

    assert [d.gain for d in floats] == pytest.approx([float(d.gain) for d in exact])
