"""Gifts, third parties, partner choice and reputations: payoffs beside event by event play, conditions, refusals."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from gametheory import InvalidParameter, PublicGoodsGame, ReturnsGame, SynergyGame, conditions
from gametheory.compositions import compositions
from gametheory.gifts import GiftGame, gift_relation
from gametheory.indirect_reciprocity import (
    ACTS,
    ActionRule,
    DonorGame,
    SocialNorm,
    punishing_norm,
    punishing_rule,
    reciprocity,
    reciprocity_margins,
    strict_rules,
)
from gametheory.partner_choice import PartnerChoiceGame
from gametheory.third_party import ThirdPartyGame

CD = ("C", "D")
UNIT = st.fractions(0, 1, max_denominator=8)


def linear(n: int, r: Fraction | int = 3) -> PublicGoodsGame:
    return PublicGoodsGame(group_size=n, multiplication_factor=r, strategies=CD)


def everybody(strategy: str, strategies: Sequence[str], counts: Sequence[int]) -> list[str]:
    return [strategy, *(name for name, count in zip(strategies, counts, strict=True) for _ in range(count))]


def played_gifts(game: GiftGame, kinds: list[str]) -> list[Fraction]:
    """The pot, then every gift, one by one."""
    n = len(kinds)
    gives = [kind in "GE" for kind in kinds]
    contributes = [kind in "CG" for kind in kinds]
    worth = game.returns.base_payoff(own=0, others=sum(contributes))
    rewards: list[Any] = [worth - game.returns.contribution_cost * did for did in contributes]
    for i in range(n):
        thanked = [j for j in range(n) if j != i and contributes[j]]
        if gives[i] and thanked:
            for j in thanked:
                rewards[i] -= game.gift_share * worth / len(thanked)
                rewards[j] += game.gift_share * worth / len(thanked)
    return rewards


@given(n=st.integers(2, 5), r=st.fractions(Fraction(1, 2), 6, max_denominator=4), share=UNIT)
def test_gifts_are_what_is_passed_on_one_by_one(n: int, r: Fraction, share: Fraction) -> None:
    for returns in (linear(n, r), SynergyGame(group_size=n, benefit=r, synergy="1/2", contribution_cost=1)):
        game = GiftGame(returns=returns, gift_share=share, strategies=tuple("CDGE"))
        for strategy in "CDGE":
            for counts in compositions(n - 1, 4):
                rewards = played_gifts(game, everybody(strategy, "CDGE", [int(c) for c in counts]))
                assert game.payoff(strategy, [int(c) for c in counts]) == rewards[0]


@given(n=st.integers(2, 8), r=st.fractions(Fraction(1, 2), 9, max_denominator=4), share=UNIT)
def test_where_all_give_contributing_pays_from_one_share_on(n: int, r: Fraction, share: Fraction) -> None:
    game = GiftGame(returns=linear(n, r), gift_share=share, strategies=("G", "E"))
    gains = {game.payoff("G", (j, n - 1 - j)) - game.payoff("E", (j, n - 1 - j)) for j in range(n)}
    assert gains == {r / n * (1 + (n - 1) * share) - 1}


def test_the_gift_share_that_makes_contributing_pay_is_the_grim_triggers_discount_factor() -> None:
    game = linear(5)
    least = Fraction(5 - 3, 3 * 4)
    assert least in {c.threshold for c in conditions(game)}
    marginal = GiftGame(returns=game, gift_share=least, strategies=("G", "E"))
    assert marginal.payoff("G", (2, 2)) == marginal.payoff("E", (2, 2))


def test_who_keeps_earns_more_than_who_gives() -> None:
    game = GiftGame(returns=linear(4, 2), gift_share="1/3", strategies=("C", "D", "G"))
    for counts in compositions(3, 3):
        c, d, g = (int(v) for v in counts)
        if c + g > 0:
            assert game.payoff("C", (c, d, g)) > game.payoff("G", (c, d, g))


def test_gifts_go_to_those_who_did_more_than_was_expected() -> None:
    game = linear(4, 2)
    assert gift_relation(game, ["1/2", "1/2", "1/2"], [True, True, False]) == (Fraction(1, 2), Fraction(1, 2), 0)
    assert gift_relation(game, [1, "1/2", 0], [True, False, False]) == (0, 0, 0)
    with pytest.raises(InvalidParameter, match="believed"):
        gift_relation(game, [2, 0, 0], [True, True, True])
    with pytest.raises(InvalidParameter, match="actions"):
        gift_relation(game, [0, 0], [True, True])


def played_with_bystanders(game: ThirdPartyGame, kinds: list[str]) -> list[Any]:
    inside = [i for i, kind in enumerate(kinds) if kind != "T"]
    rewards: list[Any] = [game.bystander_payoff] * len(kinds)
    if len(inside) >= 2:
        pot = 3 * sum(kinds[i] == "C" for i in inside)
        for i in inside:
            rewards[i] = Fraction(pot, len(inside)) - (kinds[i] == "C")
    for author, target in product(range(len(kinds)), range(len(kinds))):
        if kinds[author] == "T" and kinds[target] == "D":
            rewards[target] -= game.punishment_probability * game.fine
            rewards[author] -= game.punishment_probability * game.punishment_cost
        if kinds[author] == "T" and kinds[target] == "C":
            rewards[target] -= game.fee
            rewards[author] += game.fee
    return rewards


@given(n=st.integers(2, 5), p=UNIT, fine=UNIT, cost=UNIT, fee=UNIT)
def test_bystanders_fine_one_by_one(n: int, p: Fraction, fine: Fraction, cost: Fraction, fee: Fraction) -> None:
    game = ThirdPartyGame(
        stage=linear(n), bystander_payoff=1, fine=fine, punishment_cost=cost, punishment_probability=p, fee=fee
    )
    for strategy in "CDT":
        for counts in compositions(n - 1, 3):
            kinds = everybody(strategy, "CDT", [int(c) for c in counts])
            assert game.payoff(strategy, [int(c) for c in counts]) == played_with_bystanders(game, kinds)[0]


@given(n=st.integers(3, 7), m=st.integers(1, 5), p=UNIT, fee=UNIT)
def test_bystanders_deter_from_the_stated_threshold_on(n: int, m: int, p: Fraction, fee: Fraction) -> None:
    m = min(m, n - 2)
    game = ThirdPartyGame(
        stage=linear(n, 2), bystander_payoff=0, fine=1, punishment_cost=1, punishment_probability=p, fee=fee
    )
    counts = (0, n - 1 - m, m)
    gain = game.payoff("C", counts) - game.payoff("D", counts)
    assert gain == m * (p - fee) - (1 - Fraction(2, n - m))


def played_by_choice(game: PartnerChoiceGame, kinds: list[str]) -> Fraction:
    """The mean over every choice of a partner, by whom it is made."""
    n = len(kinds)

    def chances(i: int) -> dict[int, Fraction]:
        others = [j for j in range(n) if j != i]
        known = [j for j in others if kinds[j] != "D"] or others
        q = game.selectivity
        return {j: (q / len(known) if j in known else Fraction(0)) + (1 - q) / len(others) for j in others}

    total = Fraction(0)
    for i in range(n):
        assert sum(chances(i).values()) == 1
        for j, chance in chances(i).items():
            if 0 not in (i, j):
                continue
            other = kinds[j if i == 0 else i]
            worth = game.benefit * (other != "D") - game.contribution_cost * (kinds[0] != "D")
            worth -= game.fine * (kinds[0] == "D" and other == "P")
            worth -= game.punishment_cost * (kinds[0] == "P" and other == "D")
            total += chance * worth
    return total


@given(n=st.integers(2, 6), q=UNIT, b=st.fractions(1, 5, max_denominator=3), fine=UNIT, cost=UNIT)
def test_partners_are_chosen_one_by_one(n: int, q: Fraction, b: Fraction, fine: Fraction, cost: Fraction) -> None:
    game = PartnerChoiceGame(
        group_size=n, benefit=b, contribution_cost=1, selectivity=q, fine=fine, punishment_cost=cost
    )
    for strategy in "CDP":
        for counts in compositions(n - 1, 3):
            kinds = everybody(strategy, "CDP", [int(c) for c in counts])
            assert game.payoff(strategy, [int(c) for c in counts]) == played_by_choice(game, kinds)


def test_in_large_populations_being_chosen_pays_from_the_stated_share_on() -> None:
    n, q, b = 10_001, Fraction(4, 5), 4
    game = PartnerChoiceGame(group_size=n, benefit=b, contribution_cost=1, selectivity=q, strategies=CD)
    for x in (Fraction(1, 10), Fraction(1, 4), Fraction(9, 10)):
        j = int(x * (n - 1))
        gain = game.payoff("C", (j, n - 1 - j)) - game.payoff("D", (j, n - 1 - j))
        assert float(gain) == pytest.approx(float(q * b - (2 - q + q / x)), abs=0.01)
    threshold = q / (q * b - (2 - q))
    assert 0 < threshold < 1


def simulated_margin(game: DonorGame, rule: ActionRule, norm: SocialNorm, reputation: str, act: str) -> Any:
    """One act and the encounter as a recipient that follows, both outcomes of the judgment written out."""
    e = game.assessment_error
    good = 1 - e if norm.judges(act, reputation) else e
    as_recipient = {"G": game.effect(rule.to_good), "B": game.effect(rule.to_bad)}
    return -game.cost(act) + game.discount_factor * (good * as_recipient["G"] + (1 - good) * as_recipient["B"])


SETS = [frozenset(s) for s in ("", "C", "D", "P", "CD", "CP", "DP", "CDP")]


@given(
    numbers=st.tuples(*[st.fractions(Fraction(1, 6), 3, max_denominator=6)] * 4),
    error=st.fractions(Fraction(1, 20), Fraction(2, 5), max_denominator=20),
    weight=UNIT,
    acts=st.tuples(st.sampled_from(ACTS), st.sampled_from(ACTS)),
    sets=st.tuples(st.sampled_from(SETS), st.sampled_from(SETS)),
)
def test_margins_are_those_of_one_act_and_what_follows(
    numbers: Any, error: Fraction, weight: Fraction, acts: Any, sets: Any
) -> None:
    b, c, fine, cost = numbers
    game = DonorGame(
        benefit=b,
        contribution_cost=c,
        fine=fine,
        punishment_cost=cost,
        assessment_error=error,
        discount_factor=weight,
    )
    rule = ActionRule(to_good=acts[0], to_bad=acts[1])
    norm = SocialNorm(good_to_good=sets[0], good_to_bad=sets[1])
    margins = reciprocity_margins(game, rule, norm)
    for (reputation, other), margin in margins.items():
        mine = simulated_margin(game, rule, norm, reputation, rule.act(reputation))
        assert margin == mine - simulated_margin(game, rule, norm, reputation, other)
    found = reciprocity(game, rule, norm)
    assert found.strict == all(m > 0 for m in margins.values())
    assert found.weak == all(m >= 0 for m in margins.values())
    g = found.good_share
    judged = {r: 1 - error if norm.judges(rule.act(r), r) else error for r in "GB"}
    assert g == g * judged["G"] + (1 - g) * judged["B"]


def test_costly_punishment_is_efficient_in_a_narrow_margin_only() -> None:
    """Stable and better than defection while cooperation without punishment is not stable: a band of costs."""
    mu, b, fine, cost = Fraction(1, 50), 3, 2, 1
    margin = []
    for k in range(26, 33):
        c = Fraction(k, 10)
        game = DonorGame(benefit=b, contribution_cost=c, fine=fine, punishment_cost=cost, assessment_error=mu)
        punishing = reciprocity(game, punishing_rule(), punishing_norm())
        plain = [f for rule, _, f in strict_rules(game) if rule.to_good == "C" and rule.to_bad == "D"]
        if punishing.strict and punishing.payoff > 0 and not plain:
            margin.append(c)
    assert margin == [Fraction(29, 10)]  # (1 - 2 mu) b = 2.88 <= c < b - mu (fine + cost)/(1 - mu) = 2.94


def test_symbols_give_the_condition_of_the_page() -> None:
    b, c, beta, gamma = sp.symbols("b c beta gamma", positive=True)
    game = DonorGame(benefit=b, contribution_cost=c, fine=beta, punishment_cost=gamma, assessment_error=Fraction(1, 10))
    margins = reciprocity_margins(game, punishing_rule(), punishing_norm())
    assert sp.expand(margins["G", "D"] - (sp.Rational(4, 5) * (b + beta) - c)) == 0
    assert sp.expand(margins["B", "D"] - (sp.Rational(4, 5) * (b + beta) - gamma)) == 0


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: GiftGame(returns=linear(3), gift_share=2), "gift_share"),
        (lambda: GiftGame(returns=3, gift_share=0), "returns"),  # type: ignore[arg-type]
        (lambda: GiftGame(returns=linear(3), gift_share=0).payoff("C", (sp.Symbol("k"), 0, 2)), "counts"),
        (lambda: ThirdPartyGame(stage=3, bystander_payoff=0, fine=0, punishment_cost=0), "stage"),  # type: ignore[arg-type]
        (lambda: ThirdPartyGame(stage=linear(3), bystander_payoff=0, fine=-1, punishment_cost=0), "fine"),
        (lambda: PartnerChoiceGame(group_size=1, benefit=1, contribution_cost=1, selectivity=0), "group_size"),
        (lambda: PartnerChoiceGame(group_size=3, benefit=1, contribution_cost=1, selectivity=2), "selectivity"),
        (lambda: DonorGame(benefit=1, contribution_cost=1, assessment_error="1/2"), "assessment_error"),
        (lambda: ActionRule(to_good="X", to_bad="D"), "to_good"),
        (lambda: SocialNorm(good_to_good={"X"}, good_to_bad=set()), "good_to_good"),  # type: ignore[arg-type]
        (lambda: list(strict_rules(DonorGame(benefit=1, contribution_cost=1))), "assessment_error"),
        (
            lambda: reciprocity(
                DonorGame(benefit=2, contribution_cost=1),
                ActionRule(to_good="C", to_bad="D"),
                SocialNorm(good_to_good=frozenset("C"), good_to_bad=frozenset()),
            ),
            "assessment_error",
        ),
    ],
)
def test_wrong_arguments_are_named(make: Any, named: str) -> None:
    with pytest.raises(InvalidParameter, match=named):
        make()


def test_gifts_of_any_return_that_all_share() -> None:
    game = GiftGame(
        returns=ReturnsGame(benefits=[0, 1, 3, 4], contribution_cost=1),
        gift_share="1/2",
        strategies=("C", "D", "G"),
    )
    assert game.payoff("C", (0, 1, 1)) == 3 - 1 + Fraction(3, 2)
