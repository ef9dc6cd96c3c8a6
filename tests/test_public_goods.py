"""The payoff of the public goods game with punishment, against sums over co-players and over pairs."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import flint
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import InvalidParameter, PublicGoodsGame
from gametheory.public_goods import round_payoff, strategy_payoff
from gametheory.testing import co_players, games, profiles

PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")


def payoffs_by_pairs(game: PublicGoodsGame, members: list[str]) -> list[Fraction]:
    """Everybody's expected payoff in one group: the pot, then one act after another over ordered pairs."""
    gives = [kind != "D" for kind in members]
    pot = sum(game.contribution_cost for give in gives if give) * game.multiplication_factor
    purse = [Fraction(pot) / len(members) for _ in members]
    for player, give in enumerate(gives):
        if give:
            purse[player] -= game.contribution_cost
    for author, target in product(range(len(members)), repeat=2):
        if author != target and members[author] == "P":
            seen = game.false_alarm_rate if gives[target] else game.detection_rate
            acts = seen * game.punishment_probability * game.severity
            purse[target] -= acts * game.fine
            purse[author] -= acts * game.punishment_cost
    return purse


@given(st.data())
def test_a_payoff_is_the_sum_over_pairs_of_a_group(data: st.DataObject) -> None:
    game = data.draw(games())
    counts = data.draw(profiles(game))
    members = [kind for kind, count in zip(game.strategies, counts, strict=True) for _ in range(count)]

    for kind, earned in zip(members, payoffs_by_pairs(game, members), strict=True):
        others = [n - (s == kind) for s, n in zip(game.strategies, counts, strict=True)]
        assert game.payoff(kind, others) == earned


def test_a_group_worked_by_hand() -> None:
    game = PublicGoodsGame(
        group_size=4,
        multiplication_factor=2,
        contribution_cost=10,
        fine=3,
        punishment_cost=1,
        punishment_probability="1/2",
        severity="1/2",
        detection_rate="4/5",
        false_alarm_rate="1/5",
    )
    # One C, one D, two P: the pot 30 doubled is 15 each. An act has mean weight 1/4, times 4/5 or 1/5.
    # C: 15 - 10 - 3 * 2/4 * 1/5. D: 15 - 3 * 2/4 * 4/5. P: a contributor seen by one punisher, and pays for
    # C, D and the other P.
    assert game.payoff("C", (0, 1, 2)) == 5 - Fraction(3, 10)
    assert game.payoff("D", (1, 0, 2)) == 15 - Fraction(6, 5)
    assert game.payoff("P", (1, 1, 1)) == 5 - Fraction(3, 20) - Fraction(1, 4) * (Fraction(4, 5) + 2 * Fraction(1, 5))


def test_the_published_example_pays_what_the_source_says() -> None:
    assert PUBLISHED.payoff("D", (0, 0, 4)) == Fraction(12, 5) - 4
    assert strategy_payoff(PUBLISHED, "C", {"D": 4}) == Fraction(-2, 5)
    assert PUBLISHED.net_contribution_cost == Fraction(2, 5)


def test_one_round_is_the_equation_of_the_model() -> None:
    N, r, c, beta, gamma, own, others, suffered, inflicted = sp.symbols("N r c beta gamma a A F G", positive=True)
    game = PublicGoodsGame(group_size=N, multiplication_factor=r, contribution_cost=c, fine=beta, punishment_cost=gamma)
    model = r * c / N * (others + own) - c * own - beta * suffered - gamma * inflicted

    ours = round_payoff(game, own=own, others=others, suffered=suffered, inflicted=inflicted)

    assert sp.expand(ours - model) == 0


@given(st.data())
def test_fines_take_from_everybody_that_is_seen_and_from_nobody_else(data: st.DataObject) -> None:
    game = data.draw(games())
    counts = data.draw(co_players(game))
    split = dict(zip(game.strategies, counts, strict=True))
    harder = replace(game, fine=game.fine + 1)
    acts = game.punishment_probability * game.severity * split.get("P", 0)

    for kind in game.strategies:
        seen = game.detection_rate if kind == "D" else game.false_alarm_rate
        assert game.payoff(kind, counts) - harder.payoff(kind, counts) == acts * seen


@given(st.data())
def test_only_punishers_pay_for_punishing(data: st.DataObject) -> None:
    game = data.draw(games(strategies=("C", "D", "P")))
    contributors, defectors, punishers = data.draw(co_players(game))
    dearer = replace(game, punishment_cost=game.punishment_cost + 1)
    seen = game.detection_rate * defectors + game.false_alarm_rate * (contributors + punishers)
    counts = (contributors, defectors, punishers)

    assert dearer.payoff("C", counts) == game.payoff("C", counts)
    assert dearer.payoff("D", counts) == game.payoff("D", counts)
    lost = game.payoff("P", counts) - dearer.payoff("P", counts)
    assert lost == game.punishment_probability * game.severity * seen


@given(st.data())
def test_the_order_of_the_strategies_names_the_counts_and_changes_nothing(data: st.DataObject) -> None:
    game = data.draw(games(strategies=("C", "D", "P")))
    counts = data.draw(co_players(game))
    order = data.draw(st.permutations(range(3)))
    shuffled = replace(game, strategies=[game.strategies[i] for i in order])

    for kind in game.strategies:
        assert shuffled.payoff(kind, [counts[i] for i in order]) == game.payoff(kind, counts)


@given(games(dilemmas_only=True))
def test_a_dilemma_costs_its_contributor_and_pays_its_group(game: PublicGoodsGame) -> None:
    n = game.group_size

    assert game.net_contribution_cost > 0
    assert round_payoff(game, own=1, others=n - 1) > round_payoff(game, own=0, others=0)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_floats_arrays_balls_and_symbols_agree_with_fractions(data: st.DataObject) -> None:
    game = data.draw(games(strategies=("C", "D", "P")))
    counts = data.draw(co_players(game))
    kind = data.draw(st.sampled_from(game.strategies))
    exact = game.payoff(kind, counts)
    fine, count = sp.Symbol("fine", nonnegative=True), sp.Symbol("count", nonnegative=True)
    scale = 1 + max(game.multiplication_factor * game.contribution_cost, game.fine, game.punishment_cost) * 10

    as_float = replace(game, fine=float(game.fine)).payoff(kind, counts)
    as_array = replace(game, fine=np.array([float(game.fine)] * 2)).payoff(kind, counts)
    as_ball = replace(game, fine=flint.arb(flint.fmpq(game.fine.numerator, game.fine.denominator)))
    as_symbol = replace(game, fine=fine).payoff(kind, counts)
    counted = game.payoff(kind, (*counts[:2], count))

    assert as_float == pytest.approx(float(exact), abs=1e-12 * float(scale))
    assert np.broadcast_to(as_array, 2) == pytest.approx([float(exact)] * 2, abs=1e-12 * float(scale))
    assert as_ball.payoff(kind, counts).overlaps(flint.arb(flint.fmpq(exact.numerator, exact.denominator)))
    assert sp.sympify(as_symbol).subs(fine, sp.Rational(game.fine)) == sp.Rational(exact)
    assert sp.sympify(counted).subs(count, counts[2]) == sp.Rational(exact)


def test_counts_bring_their_arithmetic_with_them() -> None:
    assert PUBLISHED.payoff("D", (0, 0, np.array([4.0, 3.0]))).dtype == np.float64
    assert PUBLISHED.payoff("D", (0, 0, 4.0)) == pytest.approx(-1.6, abs=1e-12)
    assert PUBLISHED.payoff("D", (0, 0, flint.arb(4))).overlaps(flint.arb(flint.fmpq(-8, 5)))
    assert PUBLISHED.payoff("D", (0, 0, Fraction(4))) == Fraction(-8, 5)


GOOD: dict[str, Any] = {"group_size": 5, "multiplication_factor": 3}


@pytest.mark.parametrize(
    "value", [1, 0, -3, 2.5, 5.0, True, "5", None, Fraction(5), math.nan, sp.Symbol("N", negative=True)]
)
def test_group_sizes_that_are_no_integer_from_two_on_are_refused(value: object) -> None:
    with pytest.raises(InvalidParameter, match=r"^group_size must be an integer >= 2"):
        PublicGoodsGame(**{**GOOD, "group_size": value})


POSITIVE = ["multiplication_factor", "contribution_cost"]
AMOUNTS = ["fine", "punishment_cost"]
RATES = ["punishment_probability", "severity", "detection_rate", "false_alarm_rate"]
NOWHERE = [
    math.nan,
    math.inf,
    -math.inf,
    -1,
    "-1/10",
    True,
    None,
    1j,
    sp.I,
    sp.zoo,
    sp.nan,
    sp.oo,
    -sp.Integer(1),
]
NOWHERE += [
    np.array([0.5, math.nan]),
    np.array([0.5, -1.0]),
    flint.arb("nan"),
    flint.arb("inf"),
    flint.arb(0, 1),
]


@pytest.mark.parametrize("field", POSITIVE + AMOUNTS + RATES)
@pytest.mark.parametrize("value", NOWHERE)
def test_parameters_outside_their_domain_are_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(InvalidParameter, match=f"^{field} must be ") as caught:
        PublicGoodsGame(**{**GOOD, field: value})
    assert caught.value.name == field


@pytest.mark.parametrize("field", POSITIVE)
@pytest.mark.parametrize("value", [0, 0.0, -0.0, "0", flint.arb(0)])
def test_what_must_be_positive_may_not_be_zero(field: str, value: object) -> None:
    with pytest.raises(InvalidParameter, match=f"^{field} must be > 0"):
        PublicGoodsGame(**{**GOOD, field: value})


@pytest.mark.parametrize("field", RATES)
@pytest.mark.parametrize("value", ["1.0001", 1.0001, np.array([0.5, 1.5]), flint.arb(1, 0.1)])
def test_rates_above_one_are_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidParameter, match=rf"^{field} must be in \[0, 1\]"):
        PublicGoodsGame(**{**GOOD, field: value})


@pytest.mark.parametrize("field", AMOUNTS + RATES)
@pytest.mark.parametrize("value", [0, -0.0, "0", 1, "1", 1.0])
def test_both_ends_of_a_domain_belong_to_it(field: str, value: Any) -> None:
    assert getattr(PublicGoodsGame(**{**GOOD, field: value}), field) == float(value)


@pytest.mark.parametrize("strategies", ["CD", ["C"], ["C", "C"], ["C", "X"], [], None, 5, ["C", None], [["C"], "D"]])
def test_strategies_that_the_game_does_not_have_are_refused(strategies: object) -> None:
    with pytest.raises(InvalidParameter, match=r"^strategies must be two or three different ones"):
        PublicGoodsGame(**GOOD, strategies=strategies)  # type: ignore[arg-type]


@pytest.mark.parametrize("counts", [(1, 1, 1), (5, 0, 0), (-1, 5, 0), (0, 0)])
def test_counts_of_another_group_are_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(InvalidParameter, match=r"^counts must be "):
        PUBLISHED.payoff("C", counts)


def test_a_strategy_the_game_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^strategy must be one of"):
        PUBLISHED.payoff("L", (4, 0, 0))


def test_games_are_equal_when_their_parameters_are() -> None:
    array = np.array([0.5, 1.0])

    assert replace(PUBLISHED, fine="1") == PUBLISHED
    assert hash(replace(PUBLISHED, fine="1")) == hash(PUBLISHED)
    assert replace(PUBLISHED, fine=2) != PUBLISHED
    assert replace(PUBLISHED, fine=array) == replace(PUBLISHED, fine=array.copy())
    assert replace(PUBLISHED, fine=array) != PUBLISHED
    assert PUBLISHED != "a game"


def test_groups_of_two_and_of_a_thousand_are_games() -> None:
    pair = PublicGoodsGame(group_size=2, multiplication_factor="3/2")
    crowd = PublicGoodsGame(group_size=1000, multiplication_factor=3, fine=1)

    assert pair.payoff("C", (0, 1, 0)) == Fraction(-1, 4)
    assert crowd.payoff("D", (0, 0, 999)) == Fraction(3 * 999, 1000) - 999


def test_exactness_is_the_callers_choice() -> None:
    assert PUBLISHED.is_exact
    assert not replace(PUBLISHED, fine=1.0).is_exact
    assert not replace(PUBLISHED, fine=sp.Symbol("b", positive=True)).is_exact
    assert isinstance(replace(PUBLISHED, fine=1.0).payoff("C", (4, 0, 0)), float)
