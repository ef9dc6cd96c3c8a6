"""Optional participation against the published payoffs: infinite populations, and finite ones by exact sums."""

from dataclasses import replace
from fractions import Fraction
from math import comb, prod
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gametheory import InvalidParameter, PublicGoodsGame, TableGame, mean_payoffs, payoff_table
from gametheory.compositions import compositions
from gametheory.coordinated_punishment import ConditionalPunishmentGame
from gametheory.optional import OptionalGame, resized
from gametheory.punishment import PeerPunishmentGame, PoolPunishmentGame
from gametheory.returns import OthersOnlyGame, ReturnsGame
from gametheory.testing import STAGE_KINDS, co_players, games_of
from gametheory.threshold_games import StagHuntGame

LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SIZES = st.integers(2, 5)
AMOUNTS = st.fractions(0, 10, max_denominator=20)


def linear(size: int, factor: Any) -> PublicGoodsGame:
    return PublicGoodsGame(group_size=size, multiplication_factor=factor, strategies=["C", "D"])


def sampled(game: Any, population: dict[str, int], focal: str) -> Fraction:
    """Mean payoff of one `focal` when N - 1 others are drawn from its finite population without replacement."""
    others = [population[kind] - (kind == focal) for kind in game.strategies]
    total = Fraction(0)
    for counts in compositions(game.group_size - 1, len(others)).tolist():
        ways = prod(comb(there, drawn) for there, drawn in zip(others, counts, strict=True))
        if ways:
            total += ways * game.payoff(focal, counts)
    return total / comb(sum(others), game.group_size - 1)


# OPT-1, OPT-2: Hauert, De Monte, Hofbauer, Sigmund (2002)


@given(SIZES, st.fractions("11/10", 8, max_denominator=20), AMOUNTS, st.tuples(*[st.integers(1, 50)] * 3))
@LAWS
def test_payoffs_in_an_infinite_population_are_those_of_opt_1(
    n: int, r: Fraction, sigma: Fraction, weights: tuple[int, int, int]
) -> None:
    x, y, z = (Fraction(w, sum(weights)) for w in weights)
    game = OptionalGame(stage=linear(n, r), loner_payoff=sigma)

    contributing, defecting, alone = mean_payoffs(payoff_table(game), [x, y, z])

    gap = 1 + (r - 1) * z ** (n - 1) - r / n * (1 - z**n) / (1 - z)
    assert defecting - contributing == gap
    assert defecting == sigma * z ** (n - 1) + r * x / (1 - z) * (1 - (1 - z**n) / (n * (1 - z)))
    assert alone == sigma


def test_the_interior_rest_point_of_three_players_is_that_of_opt_2() -> None:
    """OPT-2: N = 3, r = 5/2, sigma = 1: (1/2, 1/4, 1/4), exactly."""
    game = OptionalGame(stage=linear(3, "5/2"), loner_payoff=1)

    assert mean_payoffs(payoff_table(game), [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]) == (1, 1, 1)


def test_the_interior_rest_point_of_five_players_is_that_of_opt_2() -> None:
    """OPT-2: N = 5, r = 3, sigma = 1: z* = 0.4613397632444, x* = y* = 0.2693301183778, to 1e-9."""
    table = payoff_table(OptionalGame(stage=linear(5, 3), loner_payoff=1))

    def payoffs(z: Fraction) -> tuple[Any, ...]:
        return mean_payoffs(table, [(1 - z) / 2, (1 - z) / 2, z])

    low, high = Fraction(1, 10), Fraction(9, 10)
    assert (payoffs(low)[0] - payoffs(low)[1]) * (payoffs(high)[0] - payoffs(high)[1]) < 0
    falling = payoffs(low)[0] < payoffs(low)[1]
    while high - low > Fraction(1, 10**12):
        middle = Fraction(round((low + high) / 2 * 2**50), 2**50)
        below = payoffs(middle)[0] < payoffs(middle)[1]
        low, high = (middle, high) if below == falling else (low, middle)

    assert float(low) == pytest.approx(0.4613397632444, abs=1e-11)
    assert float(1 - low) / 2 == pytest.approx(0.2693301183778, abs=1e-11)
    assert [float(u) for u in payoffs(low)] == pytest.approx([1, 1, 1], abs=1e-10)


# HVF-1: Hauert, Traulsen, Brandt, Nowak, Sigmund (2007), self-return


def voluntary(n: int, r: Any, sigma: Any, beta: Any, gamma: Any, alpha: Any = 0, delta: Any = 0) -> OptionalGame:
    stage = PeerPunishmentGame(returns=linear(n, r), fine=beta, punishment_cost=gamma, second_order=alpha)
    return OptionalGame(stage=stage, loner_payoff=sigma, loner_fine=delta * beta, loner_punishment_cost=delta * gamma)


def hvf_1(
    n: int, r: Any, sigma: Any, beta: Any, gamma: Any, alpha: Any, delta: Any, counts: Any
) -> dict[str, Fraction]:
    """The published formulas (c = 1); x, y, z, w count C, D, L, P and M all of them."""
    x, y, z, w = counts
    m = x + y + z + w
    h = Fraction(comb(z, n - 1), comb(m - 1, n - 1))
    common = h * sigma + r * Fraction(x + w, m - z - 1) * (1 - (m - (z - n + 1) * h) / (n * (m - z)))
    fz = (
        1
        - Fraction(r) / n * Fraction(m - n, m - z - 1)
        + h * (Fraction(r) / n * Fraction(z + 1, m - z - 1) + r * Fraction(m - z - 2, m - z - 1) - 1)
    )
    g = Fraction(1, m - 1) - Fraction(comb(m - y - 1, n - 1), (m - y - 1) * comb(m - 1, n - 1))
    return {
        "L": sigma - Fraction(w * (n - 1), m - 1) * delta * beta,
        "D": common - Fraction(w * (n - 1), m - 1) * beta,
        "C": common - fz - w * (n - 1) * g * alpha * beta,
        "P": common
        - fz
        - Fraction(y * (n - 1), m - 1) * gamma
        - x * (n - 1) * g * alpha * gamma
        - Fraction(z * (n - 1), m - 1) * delta * gamma,
    }


def test_payoffs_in_a_finite_population_are_the_published_fractions() -> None:
    """HVF-1: alpha = delta = 0, r = 3, c = sigma = beta = 1, gamma = 3/10, (x, y, z, w) = (10, 20, 30, 40), N = 5."""
    game = voluntary(5, 3, 1, 1, Fraction(3, 10))
    population = {"C": 10, "D": 20, "L": 30, "P": 40}

    assert sampled(game, population, "C") == Fraction(573495, 418264)
    assert sampled(game, population, "D") == Fraction(-206705, 3764376)
    assert sampled(game, population, "P") == Fraction(1416293, 1254792)
    assert sampled(game, population, "L") == 1


@given(SIZES, *[AMOUNTS] * 6, st.tuples(*[st.integers(1, 6)] * 4))
@settings(LAWS, max_examples=40)
def test_payoffs_in_a_finite_population_are_those_of_hvf_1(
    n: int,
    r: Fraction,
    sigma: Fraction,
    beta: Fraction,
    gamma: Fraction,
    alpha: Fraction,
    delta: Fraction,
    counts: tuple[int, int, int, int],
) -> None:
    r += Fraction(1, 20)
    counts = (counts[0] + n, *counts[1:])
    game = voluntary(n, r, sigma, beta, gamma, alpha, delta)
    population = dict(zip("CDLP", counts, strict=True))

    for kind, published in hvf_1(n, r, sigma, beta, gamma, alpha, delta, counts).items():
        assert sampled(game, population, kind) == published


# SIG-1: Sigmund, De Silva, Traulsen, Hauert (2010), others-only


def pooled(n: int, r: Any, sigma: Any, pool: tuple[Any, Any], peer: tuple[Any, Any], second_order: int) -> OptionalGame:
    stage = PoolPunishmentGame(
        returns=OthersOnlyGame(group_size=n, multiplication_factor=r),
        pool_fine=pool[0],
        pool_cost=pool[1],
        fine=peer[0],
        punishment_cost=peer[1],
        second_order=second_order,
        strategies=["C", "D", "V", "P"],
    )
    return OptionalGame(stage=stage, loner_payoff=sigma)


def sig_1(n: int, r: Any, sigma: Any, pool: Any, peer: Any, second_order: int, counts: Any) -> dict[str, Fraction]:
    """The published formulas (c = 1); X, Y, Z, V, W count C, D, L, V, P and M all of them."""
    x, y, z, v, w = counts
    m = x + y + z + v + w
    (fine, fee), (beta, gamma) = pool, peer
    h = Fraction(comb(z, n - 1), comb(m - 1, n - 1))
    contributing = r * Fraction(m - z - y - 1, m - z - 1) - 1
    by_pool, by_peers = fine * Fraction((n - 1) * v, m - 1), beta * Fraction((n - 1) * w, m - 1)
    seen = 1 - Fraction(comb(m - y - 2, n - 2), comb(m - 2, n - 2))
    plain = h * sigma + (1 - h) * contributing
    return {
        "C": plain - second_order * (by_pool + by_peers * seen),
        "D": h * sigma + (1 - h) * r * Fraction(m - z - y, m - z - 1) - by_pool - by_peers,
        "L": Fraction(sigma),
        "V": h * sigma + (1 - h) * (contributing - fee),
        "P": plain
        - gamma * Fraction((n - 1) * y, m - 1)
        - second_order * (by_pool + gamma * Fraction((n - 1) * x, m - 1) * seen),
    }


@given(SIZES, *[AMOUNTS] * 6, st.integers(0, 1), st.tuples(*[st.integers(1, 5)] * 5))
@settings(LAWS, max_examples=40)
def test_payoffs_in_a_finite_population_are_those_of_sig_1(
    n: int,
    r: Fraction,
    sigma: Fraction,
    pool_fine: Fraction,
    pool_cost: Fraction,
    fine: Fraction,
    cost: Fraction,
    second_order: int,
    counts: tuple[int, int, int, int, int],
) -> None:
    r += Fraction(1, 20)
    counts = (counts[0] + n, *counts[1:])
    pool, peer = (pool_fine, pool_cost), (fine, cost)
    game = pooled(n, r, sigma, pool, peer, second_order)
    population = dict(zip("CDLVP", counts, strict=True))

    for kind, published in sig_1(n, r, sigma, pool, peer, second_order, counts).items():
        assert sampled(game, population, kind) == published


# Laws


@given(games_of(["optional"]), st.data())
@LAWS
def test_with_everybody_in_it_is_the_stage_and_alone_it_is_staying_out(game: OptionalGame, data: Any) -> None:
    counts = data.draw(co_players(game.stage))
    place = game.strategies.index("L")
    everybody = dict(zip(game.stage.strategies, counts, strict=True)) | {"L": 0}
    alone = [game.group_size - 1 if i == place else 0 for i in range(len(game.strategies))]

    for kind in game.stage.strategies:
        assert game.payoff(kind, [everybody[s] for s in game.strategies]) == game.stage.payoff(kind, counts)
        if kind != "P":
            assert game.payoff(kind, alone) == game.loner_payoff


@given(games_of(["optional"]), st.data())
@LAWS
def test_participants_play_the_smaller_game_and_only_punishers_heed_loners(game: OptionalGame, data: Any) -> None:
    counts = dict(zip(game.strategies, data.draw(co_players(game)), strict=True))
    participants = game.group_size - counts["L"]
    among = [counts[s] for s in game.stage.strategies]

    for kind in game.stage.strategies:
        stage = game.loner_payoff if participants == 1 else resized(game.stage, participants).payoff(kind, among)
        heeded = game.loner_punishment_cost * counts["L"] if kind == "P" else 0
        assert game.payoff(kind, list(counts.values())) == stage - heeded
    if counts["L"]:
        assert game.payoff("L", list(counts.values())) == game.loner_payoff - game.loner_fine * counts.get("P", 0)


@given(games_of([kind for kind in STAGE_KINDS if kind != "public-goods"], group_sizes=[2, 3]))
@LAWS
def test_a_game_of_its_own_size_is_itself(game: Any) -> None:
    assert resized(game, game.group_size) is game


def test_a_smaller_group_needs_the_weights_of_fewer_punishers() -> None:
    stage = ConditionalPunishmentGame(returns=linear(4, 2), fine=3, punishment_cost=1, weights=[0, "1/2", 1, 1])

    assert resized(stage, 3).weights == (0, Fraction(1, 2), 1)
    assert OptionalGame(stage=stage, loner_payoff=1).payoff("D", (0, 0, 2, 1)) == Fraction(4, 3) - 3


# Refusals


@pytest.mark.parametrize(
    "stage",
    [
        StagHuntGame(group_size=5, threshold=3, multiplication_factor=3),
        ReturnsGame(benefits=[0, 1, 2, 3]),
        PeerPunishmentGame(returns=ReturnsGame(benefits=[0, 1, 2, 3]), fine=1, punishment_cost=1),
        TableGame(strategies=["C", "D"], group_size=3, values=[[1, 0, 1], [1, 0, 1]]),
        OptionalGame(stage=linear(3, 2), loner_payoff=1),
        "linear",
        None,
    ],
    ids=["threshold", "returns", "punished returns", "table", "optional", "text", "nothing"],
)
def test_what_small_groups_cannot_play_is_refused(stage: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^stage must be a game of its own kind for every group size"):
        OptionalGame(stage=stage, loner_payoff=1)


@pytest.mark.parametrize("strategies", [["C", "D"], ["C", "L"], ["C", "D", "L", "P"], ["C", "D", "D"], "CDL", [], 5])
def test_the_strategies_are_the_stages_and_the_loner(strategies: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^strategies must be all of \('C', 'D', 'L'\) in some order"):
        OptionalGame(stage=linear(3, 2), loner_payoff=1, strategies=strategies)


def test_the_order_of_strategies_names_the_counts() -> None:
    game = OptionalGame(stage=linear(3, 2), loner_payoff=1)
    turned = replace(game, strategies=["L", "D", "C"])

    assert turned.payoff("C", (0, 2, 0)) == game.payoff("C", (0, 2, 0)) == Fraction(-1, 3)
    assert turned.payoff("C", (2, 0, 0)) == game.payoff("C", (0, 0, 2)) == 1


def test_counts_of_an_optional_game_have_to_be_integers() -> None:
    with pytest.raises(InvalidParameter, match=r"^counts must be integers"):
        OptionalGame(stage=linear(3, 2), loner_payoff=1).payoff("C", (0.5, 0.5, 1))
