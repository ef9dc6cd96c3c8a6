"""Claims about games: what they say is what the payoffs say, and a found condition is necessary and sufficient."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import InvalidParameter, PublicGoodsGame, conditions, symmetric_equilibria
from gametheory.equilibria.evolutionary import evolutionary_status
from gametheory.games import affine_matrix, payoff_table
from gametheory.punishment import PeerPunishmentGame
from gametheory.returns import SynergyGame
from gametheory.testing import co_players, games
from gametheory.threshold_games import CollectiveRiskGame
from proofs import (
    Property,
    asymptotically_stable,
    best_reply,
    claim_that,
    contributing,
    equilibrium,
    evolutionarily_stable,
    find_bounds,
    find_condition,
    rest_point,
    verify,
)
from proofs.evaluate import truth
from proofs.language import parse_formula
from proofs.properties.concepts import mean_payoffs_at

N = sp.Symbol("N", integer=True)
r, c, p, s, fine, gamma, h, e, z = sp.symbols("r c p s fine gamma h e z", real=True)


@dataclass(frozen=True)
class ByFunction:
    pay: Any
    strategies: tuple[str, ...] = ("R", "P", "S")
    group_size: int = 2

    def payoff(self, strategy: str, counts: Any) -> Any:
        return self.pay(strategy, counts)


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


def test_where_the_boundary_is_algebraic_the_condition_says_which_root_it_is() -> None:
    w = sp.Symbol("w")
    game = SynergyGame(group_size=3, benefit=6, synergy=w)
    found = find_condition(best_reply(game, "C", (2, 0)), w)  # 2 w**2 >= 1
    assert found.proved
    for value, said in [("7071/10000", False), ("70711/100000", True), (0, False), (5, True)]:
        assert holds(found.condition, w=value) is said


def test_a_condition_may_be_an_interval_between_two_algebraic_numbers() -> None:
    x = sp.Symbol("x")
    game = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution="1/10")
    f_C, f_D = mean_payoffs_at(game, (x, 1 - x))
    gain = Property(
        game=game, statement="-", margins={"gain": f_C - f_D}, relation=">=", assumptions=("0 <= x", "x <= 1")
    )
    found = find_condition(gain, x)
    assert found.proved
    for value in ("1214/10000", "1215/10000", "7356/10000", "7357/10000", "1/2", 0, 1):
        assert holds(found.condition, x=value) is (
            Fraction("0.1214333336") <= Fraction(value) <= Fraction("0.7356180923")
        )


@given(games(strategies=("C", "D", "P"), perfect_detection=True), st.sampled_from(["C", "D", "P"]))
@settings(deadline=None, max_examples=12)
def test_the_claim_of_evolutionary_stability_is_the_exact_answer(game: PublicGoodsGame, strategy: str) -> None:
    matrix = affine_matrix(payoff_table(game))
    assert matrix is not None
    expected = evolutionary_status(matrix, [Fraction(s == strategy) for s in game.strategies])
    verdict = verify(claim_that(evolutionarily_stable(game, strategy), key="ess"))
    assert (verdict.word == "proved") == (expected == "yes")


def test_defection_is_evolutionarily_stable_in_every_dilemma_with_punishers() -> None:
    claim = claim_that(evolutionarily_stable(symbolic(punishment_probability=1), "D"), key="ess", assumptions=["r < N"])
    assert verify(claim).word == "proved"


def test_asymptotic_stability_of_vertices_is_that_of_the_exact_solver() -> None:
    for factor, expected in ((3, "proved"), (6, "refuted")):
        game = PublicGoodsGame(group_size=5, multiplication_factor=factor, fine=1, strategies=("C", "D"))
        assert verify(claim_that(asymptotically_stable(game, (0, 1)), key="stable")).word == expected


def test_a_cycle_of_three_is_stable_iff_winning_is_worth_more_than_losing() -> None:
    a = sp.Symbol("a")
    third = sp.Rational(1, 3)

    def pay(strategy: str, counts: Any) -> Any:
        i = "RPS".index(strategy)
        return sum(n * [0, 1, -a][(i - j) % 3] for j, n in enumerate(counts))

    game = ByFunction(pay)
    found = find_condition(asymptotically_stable(game, (third, third, third)), a)
    assert found.proved
    assert [holds(found.condition, a=v) for v in ("1/2", 1, 2)] == [True, False, False]


def test_bounds_are_proved_on_both_sides() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_probability=p)
    bounds = find_bounds(contributing(game, 4), p, low=0, high=1, tolerance="1/50")
    assert bounds.necessary is not None
    assert bounds.sufficient is not None
    assert bounds.necessary <= Fraction(1, 10) <= bounds.sufficient
    assert bounds.gap <= Fraction(1, 50)
    assert [v.word for v in bounds.verdicts] == ["proved", "proved"]


def test_a_nonlinear_game_needs_a_number_for_its_group_size() -> None:
    game = PeerPunishmentGame(returns=symbolic(strategies=("C", "D")), fine=1, punishment_cost=1, second_order=1)
    with pytest.raises(InvalidParameter, match=r"^group_size must be a number"):
        equilibrium(game, (0, 1, 0))
