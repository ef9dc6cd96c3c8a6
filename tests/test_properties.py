"""Claims about games: what they say is what the payoffs say, and a found condition is necessary and sufficient."""

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import InvalidParameter, PublicGoodsGame, conditions, symmetric_equilibria
from gametheory.testing import co_players, games
from proofs import (
    best_reply,
    claim_that,
    contributing,
    equilibrium,
    find_condition,
    rest_point,
    verify,
)
from proofs.evaluate import truth
from proofs.language import parse_formula

N = sp.Symbol("N", integer=True)
r, c, p, s, fine, gamma, h, e, z = sp.symbols("r c p s fine gamma h e z", real=True)


def symbolic(**changes: Any) -> PublicGoodsGame:
    parameters: dict[str, Any] = {
        "group_size": N,
        "multiplication_factor": r,
        "contribution_cost": c,
        "fine": fine,
        "punishment_cost": gamma,
        "punishment_probability": p,
    }
    return PublicGoodsGame(**{**parameters, **changes})


def holds(formula: str, **point: Any) -> bool:
    values = {name: Fraction(value) for name, value in point.items()}
    return truth(parse_formula(formula, where="condition"), values)


def test_the_condition_on_the_probability_is_the_deterrence_threshold() -> None:
    found = find_condition(contributing(symbolic(), N - 1), p, assumptions=["fine > 0"])

    assert found.proved
    for n, factor, cost, amount in [(5, 3, 1, 1), (4, 2, 1, "1/3"), (3, 5, 2, 2)]:
        game = PublicGoodsGame(group_size=n, multiplication_factor=factor, contribution_cost=cost, fine=amount)
        threshold = conditions(game)[0].threshold
        assert isinstance(threshold, Fraction)
        for value in (threshold - Fraction(1, 100), threshold, threshold + Fraction(1, 100)):
            said = holds(found.condition, N=n, r=factor, c=cost, fine=amount, p=value)
            assert said == (value >= threshold)


def test_with_errors_the_condition_needs_detection_better_than_chance() -> None:
    game = symbolic(detection_rate=h, false_alarm_rate=e)

    with pytest.raises(InvalidParameter, match="of one sign under the assumptions"):
        find_condition(contributing(game, N - 1), p, assumptions=["fine > 0"])
    assert find_condition(contributing(game, N - 1), p, assumptions=["fine > 0", "h > e"]).proved
    backwards = find_condition(contributing(game, N - 1), p, assumptions=["fine > 0", "h < e"])
    assert backwards.proved
    assert backwards.condition.startswith("p <= ")


def test_the_mixture_of_contributors_and_punishers_is_an_equilibrium_from_z_star_on() -> None:
    found = find_condition(equilibrium(symbolic(), (1 - z, 0, z)), z, assumptions=["fine > 0", "p > 0"])

    assert found.proved
    published = {"N": 5, "r": 3, "c": 1, "fine": 1, "p": 1}
    assert holds(found.condition, **published, z="1/10")
    assert not holds(found.condition, **published, z="99/1000")


def test_a_condition_that_always_or_never_holds_says_so() -> None:
    idle = symbolic(punishment_probability=0)

    always = find_condition(best_reply(idle, "D", (0, N - 1, 0)), gamma, assumptions=["r < N"])
    never = find_condition(best_reply(idle, "C", (0, 0, N - 1), strict=True), gamma, assumptions=["r < N"])

    assert always.proved
    assert never.proved
    assert not holds(never.condition, N=5, r=3, c=1)


def test_a_margin_that_is_not_affine_is_refused() -> None:
    game = symbolic(fine=p)

    with pytest.raises(InvalidParameter, match="affine in p"):
        find_condition(contributing(game, N - 1), p)


def test_the_edge_without_defectors_rests_and_with_false_alarms_does_not() -> None:
    edge = verify(claim_that(rest_point(symbolic(), (1 - z, 0, z)), key="edge"))
    noisy = rest_point(symbolic(false_alarm_rate=e), (1 - z, 0, z))

    assert edge.word == "proved"
    assert verify(claim_that(noisy, key="noisy")).word == "refuted"


def test_a_symbol_has_the_sort_and_domain_of_its_parameter() -> None:
    made = claim_that(best_reply(symbolic(), "C", (0, 0, N - 1)), key="made", assumptions=["y > z"])

    assert made.variables["N"] == "integer"
    assert made.variables["p"] == made.variables["y"] == "real"
    assert {"N >= 2", "r > 0", "0 <= p", "p <= 1", "y > z"} <= set(made.assumptions)


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_a_numeric_claim_is_proved_iff_the_payoffs_say_so(data: st.DataObject) -> None:
    game = data.draw(games(exact=True, group_sizes=(2, 3, 5)))
    counts = data.draw(co_players(game))
    strategy = data.draw(st.sampled_from(list(game.strategies)))
    own = game.payoff(strategy, counts)
    best = all(own >= game.payoff(other, counts) for other in game.strategies)

    verdict = verify(claim_that(best_reply(game, strategy, counts), key="numeric"))

    assert verdict.word == ("proved" if best else "refuted")


@given(games(exact=True, group_sizes=(2, 3, 4), strategies=("C", "D", "P")))
@settings(deadline=None, max_examples=15)
def test_every_equilibrium_that_the_solver_lists_is_proved_to_be_one(game: PublicGoodsGame) -> None:
    for component in symmetric_equilibria(game).components:
        for part in component.parts:
            shares = list(part.point)
            assert verify(claim_that(equilibrium(game, shares), key="listed")).word == "proved"


def test_a_strategy_that_the_game_lacks_and_shares_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidParameter, match="strategy must be one of"):
        best_reply(symbolic(), "L", (0, 0, N - 1))
    with pytest.raises(InvalidParameter, match="shares must be 3 shares"):
        equilibrium(symbolic(), (1, 0))
