"""Returns on contributions, with a threshold and without, against the sources' formulas and published roots."""

from fractions import Fraction
from itertools import pairwise
from math import comb, exp
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynamics.restpoints import rest_points
from gametheory import InvalidParameter, PublicGoodsGame, payoff_table, symmetric_equilibria
from gametheory.returns import OthersOnlyGame, ReturnsGame, SynergyGame
from gametheory.testing import games_of, populations
from gametheory.threshold_games import CollectiveRiskGame, SnowdriftGame, StagHuntGame, ThresholdGame

LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NONLINEAR = ["synergy", "returns", "threshold", "stag-hunt", "collective-risk", "snowdrift"]


def purses(game: Any, gives: list[bool]) -> list[Fraction]:
    """What the members of one group hold after it, one contribution after another."""
    size, contributors = len(gives), sum(gives)
    purse = [Fraction(0)] * size
    match game:
        case OthersOnlyGame():
            for giver in range(size):
                for taker in range(size):
                    if gives[giver] and taker != giver:
                        purse[taker] += game.multiplication_factor * game.contribution_cost / (size - 1)
            costs = [game.contribution_cost] * size
        case SynergyGame():
            for place in range(contributors):
                for taker in range(size):
                    purse[taker] += game.benefit * game.synergy**place / size
            costs = [game.contribution_cost] * size
        case ReturnsGame():
            purse = [game.benefits[contributors]] * size
            costs = [game.contribution_cost] * size
        case ThresholdGame():
            purse = [game.benefit if contributors >= game.threshold else Fraction(0)] * size
            costs = [game.contribution_cost] * size
        case StagHuntGame():
            if contributors >= game.threshold:
                for _ in range(contributors):
                    purse = [p + game.multiplication_factor * game.contribution_cost / size for p in purse]
            costs = [game.contribution_cost] * size
        case CollectiveRiskGame():
            kept = 1 if contributors >= game.threshold else 1 - game.risk
            purse = [game.endowment * kept] * size
            costs = [game.endowment * game.contribution] * size
        case SnowdriftGame():
            if contributors >= game.threshold:
                purse = [game.benefit] * size
            costs = [game.contribution_cost / max(contributors, game.threshold)] * size
    return [p - cost if give else p for p, cost, give in zip(purse, costs, gives, strict=True)]


@pytest.mark.parametrize("kind", [*NONLINEAR, "others-only"])
@given(st.data())
@settings(LAWS, max_examples=25)
def test_a_payoff_is_what_its_source_says_for_every_number_of_contributors(kind: str, data: st.DataObject) -> None:
    game = data.draw(games_of([kind], group_sizes=[2, 3, 4, 5, 6, 7]))
    gives = data.draw(st.lists(st.booleans(), min_size=game.group_size, max_size=game.group_size))

    for give, earned in zip(gives, purses(game, gives), strict=True):
        others = {"C": sum(gives) - give, "D": len(gives) - sum(gives) - (not give)}
        counts = [others[kind] for kind in game.strategies]
        assert game.payoff("C" if give else "D", counts) == earned
        assert game.base_payoff(own=int(give), others=others["C"]) == earned


# Laws


@given(games_of(["others-only"]))
@LAWS
def test_what_returns_to_others_only_never_rewards_its_giver(game: OthersOnlyGame) -> None:
    for others in range(game.group_size):
        cost = game.base_payoff(own=0, others=others) - game.base_payoff(own=1, others=others)
        assert cost == game.contribution_cost


@given(st.data())
@LAWS
def test_others_only_is_the_self_returning_game_at_another_factor_and_cost(data: st.DataObject) -> None:
    """Giving c costs c (1 - r'/N) net of one's own share: r c / (N - 1) = r' c' / N and c = c' (1 - r'/N)."""
    game = data.draw(games_of(["others-only"]))
    n, r, c = game.group_size, game.multiplication_factor, game.contribution_cost
    share = r * c / (n - 1)
    same = PublicGoodsGame(group_size=n, multiplication_factor=share * n / (c + share), contribution_cost=c + share)

    for own in (0, 1):
        for others in range(n):
            assert game.base_payoff(own=own, others=others) == same.base_payoff(own=own, others=others)


@given(games_of(["synergy"]), st.integers(2, 6))
@LAWS
def test_without_synergy_each_contribution_is_worth_the_same(game: SynergyGame, size: int) -> None:
    flat = SynergyGame(group_size=size, benefit=game.benefit, synergy=1, contribution_cost=game.contribution_cost)
    factor = game.benefit / game.contribution_cost
    linear = PublicGoodsGame(
        group_size=size, multiplication_factor=factor, contribution_cost=game.contribution_cost, strategies=["C", "D"]
    )

    assert payoff_table(flat).values == payoff_table(linear).values


@given(games_of(["synergy"], group_sizes=[3, 4, 5, 6]))
@LAWS
def test_synergy_below_one_is_concave_and_above_one_convex(game: SynergyGame) -> None:
    tabulated = ReturnsGame(
        benefits=[*(game.base_payoff(own=0, others=k) for k in range(game.group_size)), top(game)],
        contribution_cost=game.contribution_cost,
    )
    expected = "linear" if game.synergy == 1 else "concave" if game.synergy < 1 else "convex"

    assert tabulated.curvature == expected
    assert payoff_table(tabulated).values == payoff_table(game_in_order(game)).values


def top(game: SynergyGame) -> Any:
    return game.base_payoff(own=1, others=game.group_size - 1) + game.contribution_cost


def game_in_order(game: SynergyGame) -> SynergyGame:
    return SynergyGame(
        group_size=game.group_size,
        benefit=game.benefit,
        synergy=game.synergy,
        contribution_cost=game.contribution_cost,
    )


@pytest.mark.parametrize(
    ("benefits", "curvature"),
    [
        ([0, 1, 2, 3], "linear"),
        ([5, 5, 5], "linear"),
        ([0, 3, 5, 6], "concave"),
        ([0, 1, 3, 6], "convex"),
        ([0, 1, 3, 4, 4], "neither"),
        ([0.0, 0.5, 0.75], "concave"),
    ],
)
def test_how_returns_curve(benefits: list[Any], curvature: str) -> None:
    assert ReturnsGame(benefits=benefits).curvature == curvature


@given(games_of(["stag-hunt"]))
@LAWS
def test_a_stag_hunt_of_threshold_one_is_the_linear_game(game: StagHuntGame) -> None:
    one = StagHuntGame(
        group_size=game.group_size,
        threshold=1,
        multiplication_factor=game.multiplication_factor,
        contribution_cost=game.contribution_cost,
    )
    linear = PublicGoodsGame(
        group_size=game.group_size,
        multiplication_factor=game.multiplication_factor,
        contribution_cost=game.contribution_cost,
        strategies=["C", "D"],
    )

    assert payoff_table(one).values == payoff_table(linear).values


@given(games_of(["collective-risk"]))
@LAWS
def test_certain_loss_makes_collective_risk_a_threshold_game(game: CollectiveRiskGame) -> None:
    """What is at stake is risk times endowment; the endowment that is safe changes nothing."""
    safe = game.endowment * (1 - game.risk)
    for own in (0, 1):
        for others in range(game.group_size):
            prize = game.endowment * game.risk * (own + others >= game.threshold)
            assert game.base_payoff(own=own, others=others) - safe == prize - game.endowment * game.contribution * own


@given(games_of(["snowdrift"]))
@LAWS
def test_workers_together_pay_for_the_work_once(game: SnowdriftGame) -> None:
    for contributors in range(1, game.group_size + 1):
        reached = contributors >= game.threshold
        prize = game.benefit if reached else 0
        paid = contributors * (prize - game.base_payoff(own=1, others=contributors - 1))
        assert paid == (game.contribution_cost if reached else game.contribution_cost * contributors / game.threshold)


# Published results: gains from contributing in an infinite population, and their roots


def gain(game: Any, share: Fraction) -> Fraction:
    """Mean payoff of C less that of D where co-players contribute independently: the binomial sum, written out."""
    n, total = game.group_size, Fraction(0)
    for k in range(n):
        chance = comb(n - 1, k) * share**k * (1 - share) ** (n - 1 - k)
        total += chance * (game.base_payoff(own=1, others=k) - game.base_payoff(own=0, others=k))
    return total


def interior(game: Any) -> list[tuple[float, str]]:
    """Interior rest points of the replicator dynamics with their stability, by rising share of C."""
    found = rest_points(game)
    assert found.exact
    assert found.complete
    place = game.strategies.index("C")
    parts = [part for component in found.components for part in component.parts]
    points = [(float(part.point[place]), str(part.stability)) for part in parts]
    inside = sorted(point for point in points if 0 < point[0] < 1)
    nash = [c for c in symmetric_equilibria(game).components if set(c.support) == {"C", "D"}]
    assert len(nash) == len(inside)
    return inside


@given(st.data())
@LAWS
def test_collective_risk_gains_are_those_of_crd_1(data: st.DataObject) -> None:
    """CRD-1, Santos & Pacheco (2011): b [C(N-1, m-1) x^(m-1) (1-x)^(N-m) k - c]."""
    game = data.draw(games_of(["collective-risk"], group_sizes=[2, 3, 6]))
    x = data.draw(populations(game))[0]
    n, m = game.group_size, game.threshold

    pivotal = comb(n - 1, m - 1) * x ** (m - 1) * (1 - x) ** (n - m)
    assert gain(game, x) == game.endowment * (pivotal * game.risk - game.contribution)


@pytest.mark.parametrize(
    ("risk", "roots"),
    [
        ("1", [0.1214333336, 0.7356180923]),
        ("1/2", [0.1962670096, 0.6310500420]),
        ("3/10", [0.3422666281, 0.4596523988]),
        ("1/4", []),
    ],
)
def test_collective_risk_has_the_roots_of_crd_1(risk: str, roots: list[float]) -> None:
    game = CollectiveRiskGame(group_size=6, threshold=3, risk=risk, contribution="1/10")

    inside = interior(game)

    assert [x for x, _ in inside] == pytest.approx(roots, abs=5e-11)
    assert [stability for _, stability in inside] == ["unstable", "asymptotically stable"][: len(roots)]


def test_collective_risk_gains_its_roots_at_the_published_critical_risk() -> None:
    """CRD-1: c/k < Gamma = 0.3456, that is k > 0.289351852."""
    critical = Fraction(1, 10) / Fraction(3456, 10000)
    assert float(critical) == pytest.approx(0.289351852, abs=5e-10)

    for shift, count in ((Fraction(-1, 10**6), 0), (Fraction(0), 1), (Fraction(1, 10**6), 2)):
        game = CollectiveRiskGame(group_size=6, threshold=3, risk=critical + shift, contribution="1/10")
        assert len(interior(game)) == count


@pytest.mark.parametrize("threshold", [1, 6])
def test_collective_risk_has_one_root_where_one_or_all_are_needed(threshold: int) -> None:
    game = CollectiveRiskGame(group_size=6, threshold=threshold, risk=1, contribution="1/10")

    assert len(interior(game)) == 1


def test_a_high_threshold_has_the_roots_of_crd_2() -> None:
    """CRD-2, De Jaegher (2020): n = 7, k = 5, b = 1, c = 0.3."""
    inside = interior(ThresholdGame(group_size=7, threshold=5, benefit=1, contribution_cost="3/10"))

    assert [stability for _, stability in inside] == ["unstable", "asymptotically stable"]
    assert [x for x, _ in inside] == pytest.approx([0.5808882011, 0.7456256467], abs=5e-11)


def stag_hunt_polynomial(x: Fraction, n: int, m: int) -> Fraction:
    """R of SH-1, Pacheco et al. (2009)."""
    tail = sum((comb(n - 1, k) * x**k * (1 - x) ** (n - 1 - k) for k in range(m, n)), Fraction(0))
    return tail + m * comb(n - 1, m - 1) * x ** (m - 1) * (1 - x) ** (n - m)


@given(st.data())
@LAWS
def test_stag_hunt_gains_are_those_of_sh_1(data: st.DataObject) -> None:
    """SH-1: c [(F/N) R(x) - 1]."""
    game = data.draw(games_of(["stag-hunt"], group_sizes=[2, 3, 5]))
    x = data.draw(populations(game))[0]
    n = game.group_size

    expected = game.multiplication_factor / n * stag_hunt_polynomial(x, n, game.threshold) - 1
    assert gain(game, x) == game.contribution_cost * expected


def test_the_stag_hunt_changes_its_number_of_interior_points_as_in_sh_1() -> None:
    """SH-1, (N, m) = (5, 3): F*/N = 0.6613756614; none below F*, two between F* and N, one above N."""
    least = 5 / stag_hunt_polynomial(Fraction(3, 5), 5, 3)
    assert float(least / 5) == pytest.approx(0.6613756614, abs=5e-11)

    cases = [(least * Fraction(999, 1000), 0), (least, 1), (least * Fraction(1001, 1000), 2), (Fraction(51, 10), 1)]
    for factor, count in cases:
        inside = interior(StagHuntGame(group_size=5, threshold=3, multiplication_factor=factor))
        assert len(inside) == count
        if count == 2:
            assert [s for _, s in inside] == ["unstable", "asymptotically stable"]
        if count == 1 and factor > 5:
            assert inside[0][1] == "unstable"


@given(st.data())
@LAWS
def test_snowdrift_gains_are_those_of_sd_1(data: st.DataObject) -> None:
    """SD-1, Souza et al. (2009), m = 1: b (1-x)^(N-1) - (c / (N x)) (1 - (1-x)^N)."""
    drawn = data.draw(games_of(["snowdrift"], group_sizes=[2, 3, 5]))
    n, b, c = drawn.group_size, drawn.benefit, drawn.contribution_cost
    x = data.draw(populations(drawn, interior=True))[0]

    game = SnowdriftGame(group_size=n, benefit=b, contribution_cost=c)
    assert gain(game, x) == b * (1 - x) ** (n - 1) - c / (n * x) * (1 - (1 - x) ** n)


@pytest.mark.parametrize(("size", "root"), [(2, 2 / 3), (3, 0.4417424305), (5, 0.2605710729)])
def test_the_snowdrift_game_has_the_root_of_sd_1(size: int, root: float) -> None:
    [(point, stability)] = interior(SnowdriftGame(group_size=size, benefit=2))

    assert point == pytest.approx(root, abs=5e-11)
    assert stability == "asymptotically stable"


@given(st.data())
@LAWS
def test_synergy_gains_are_those_of_syn_1(data: st.DataObject) -> None:
    """SYN-1, Hauert et al. (2006): (b/N) (1 - x + w x)^(N-1) - c."""
    game = data.draw(games_of(["synergy"]))
    x = data.draw(populations(game))[0]

    expected = game.benefit / game.group_size * (1 - x + game.synergy * x) ** (game.group_size - 1)
    assert gain(game, x) == expected - game.contribution_cost


def test_discounting_has_the_root_of_syn_1_and_synergy_is_bistable() -> None:
    [(point, stability)] = interior(SynergyGame(group_size=5, benefit=8, synergy="1/2"))
    assert point == pytest.approx(0.2217205900, abs=5e-11)
    assert point == pytest.approx((1 - (5 / 8) ** 0.25) / 0.5, abs=1e-12)
    assert stability == "asymptotically stable"

    [(point, stability)] = interior(SynergyGame(group_size=5, benefit=2, synergy=2))
    assert point == pytest.approx((5 / 2) ** 0.25 - 1, abs=1e-12)
    assert stability == "unstable"


def test_gains_of_ber_1_and_eqn_1_come_back_from_returns() -> None:
    """EQN-1: gains (-3/32, 13/96, -13/96, 3/32) have the roots 1/4, 1/2, 3/4."""
    gains = [Fraction(-3, 32), Fraction(13, 96), Fraction(-13, 96), Fraction(3, 32)]
    benefits = [Fraction(0)]
    for step in gains:
        benefits.append(benefits[-1] + step + 1)
    game = ReturnsGame(benefits=benefits)

    inside = interior(game)

    assert [x for x, _ in inside] == [1 / 4, 1 / 2, 3 / 4]
    assert [s for _, s in inside] == ["unstable", "asymptotically stable", "unstable"]


def test_a_sigmoid_benefit_has_the_gains_of_ber_1() -> None:
    """BER-1, Archetti (2018): s = 10, h = 0.4, n = 2, c = 0.05: gains 0.6779657 and 0.2220343."""
    logistic = [1 / (1 + exp(10 * (0.4 - k / 2))) for k in range(3)]
    benefits = [(value - logistic[0]) / (logistic[2] - logistic[0]) for value in logistic]
    game = ReturnsGame(benefits=benefits, contribution_cost=0.05)

    gains = [game.base_payoff(own=1, others=k) - game.base_payoff(own=0, others=k) for k in range(2)]

    assert gains == pytest.approx([0.6779657, 0.2220343], abs=5e-8)


@given(games_of(["returns"], group_sizes=[2, 3, 4, 5]))
@settings(LAWS, max_examples=30)
def test_interior_roots_are_no_more_than_the_sign_changes_of_the_gains(game: ReturnsGame) -> None:
    """BER-1, Peña et al. (2014); the same parity where no root is multiple."""
    gains = [game.base_payoff(own=1, others=k) - game.base_payoff(own=0, others=k) for k in range(game.group_size)]
    signs = [g > 0 for g in gains if g != 0]
    changes = sum(a != b for a, b in pairwise(signs))

    if signs:
        assert len(interior(game)) <= changes


# Refusals that only these games have


@pytest.mark.parametrize("threshold", [0, 6, -1, 2.0, True, "3", None])
@pytest.mark.parametrize(
    ("made", "parameters"),
    [
        (ThresholdGame, {"benefit": 1}),
        (StagHuntGame, {"multiplication_factor": 3}),
        (CollectiveRiskGame, {"risk": 1, "contribution": "1/10"}),
        (SnowdriftGame, {"benefit": 2}),
    ],
)
def test_a_threshold_is_an_integer_from_one_to_the_groups_size(made: Any, parameters: Any, threshold: object) -> None:
    with pytest.raises(InvalidParameter, match=r"^threshold must be an integer from 1 to group_size, got "):
        made(group_size=5, threshold=threshold, **parameters)


@pytest.mark.parametrize("benefits", [[0, 1], [], 5, "012", [0, 1, float("nan")], [0, 1, float("inf")], [0, -1, None]])
def test_returns_are_three_or_more_finite_numbers(benefits: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^benefits must be "):
        ReturnsGame(benefits=benefits)


def test_counts_that_decide_a_case_have_to_be_integers() -> None:
    game = StagHuntGame(group_size=3, threshold=2, multiplication_factor=2)

    assert game.payoff("C", (Fraction(1), Fraction(1))) == Fraction(1, 3)
    for counts in ((Fraction(1, 2), Fraction(3, 2)), (1.0, 1.0)):
        with pytest.raises(InvalidParameter, match=r"^counts must be integers"):
            game.payoff("C", counts)
