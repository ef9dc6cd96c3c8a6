"""Correlated equilibria: laws, known games, and the program that a user would write without symmetry."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gametheory import (
    InvalidParameter,
    PublicGoodsGame,
    TableGame,
    UnequalGame,
    game_from_payoffs,
    pure_profiles,
    symmetric_equilibria,
)
from gametheory.compositions import compositions
from gametheory.equilibria.correlated import CorrelatedEquilibrium, correlated_equilibrium, correlated_gains
from gametheory.equilibria.correlated_programs import Program, _Tableau, solved_exactly
from gametheory.normal_form import NormalFormGame, normal_form_game, normal_form_of, relabelled
from gametheory.profiles import expected_payoffs
from gametheory.testing import games, table_games

F = Fraction
CHICKEN = game_from_payoffs([[6, 2], [7, 0]], ["swerve", "straight"])
SMALL = st.integers(-4, 4)


@st.composite
def tensors(draw: st.DrawFn) -> NormalFormGame:
    """Games with two or three players and payoffs that often tie."""
    shape = draw(st.sampled_from([(2, 2), (2, 3), (3, 3), (2, 2, 2), (3, 2, 2), (1, 3)]))
    size = int(np.prod(shape))
    rows = [draw(st.lists(SMALL, min_size=size, max_size=size)) for _ in shape]
    return NormalFormGame(payoffs=tuple(np.array(row, dtype=object).reshape(shape) for row in rows))


def plain_program(game: NormalFormGame, *, coarse: bool, sign: int = -1) -> float:
    """Best (or worst, sign 1) welfare by the definition, all profiles, in floats."""
    profiles = list(product(*(range(size) for size in game.shape)))
    rows = []
    for i, size in enumerate(game.shape):
        pairs = [(None, b) for b in range(size)] if coarse else list(product(range(size), repeat=2))
        for told, b in pairs:
            row = []
            for s in profiles:
                other = (*s[:i], b, *s[i + 1 :])
                row.append(float(game.payoffs[i][other] - game.payoffs[i][s]) if told in (None, s[i]) else 0.0)
            rows.append(row)
    welfare = [float(sum(tensor[s] for tensor in game.payoffs)) for s in profiles]
    found = linprog(
        sign * np.array(welfare), A_ub=rows, b_ub=np.zeros(len(rows)), A_eq=[[1.0] * len(profiles)], b_eq=[1]
    )
    return float(sign * found.fun)


def proves(game: Any, found: CorrelatedEquilibrium) -> None:
    """The multipliers bound the welfare of every profile, from the definition alone."""
    tensors_of = game if isinstance(game, NormalFormGame) else normal_form_of(game)
    sign = 1 if found.sense == "best" else -1
    for profile in product(*tensors_of.strategies):
        gains = correlated_gains(tensors_of, {profile: 1}, coarse=found.coarse)
        place = [names.index(name) for name, names in zip(profile, tensors_of.strategies, strict=True)]
        welfare = sum(tensor[tuple(place)] for tensor in tensors_of.payoffs)
        if found.symmetric:  # all players' gains together, divided by N
            summed: dict[Any, Any] = {}
            for key, gain in gains.items():
                summed["any", *key[1:]] = summed.get(("any", *key[1:]), 0) + gain / tensors_of.n_players
            gains = summed
        assert min(found.multipliers.values(), default=0) >= 0
        price = sum(y * gains[key] for key, y in found.multipliers.items())
        assert sign * welfare - price <= sign * found.value


def test_the_best_device_for_chicken_earns_a_quarter_more_than_five_for_each() -> None:
    best = correlated_equilibrium(CHICKEN)
    assert best.distribution == {(2, 0): F(1, 2), (1, 1): F(1, 2)}
    assert best.payoffs == (F(21, 4), F(21, 4))
    full = correlated_equilibrium(normal_form_of(CHICKEN))
    assert full.distribution == {
        ("swerve", "swerve"): F(1, 2),
        ("swerve", "straight"): F(1, 4),
        ("straight", "swerve"): F(1, 4),
    }
    # the worst one is the reverse: nobody swerves in 1/5 ... and nobody may gain
    worst = correlated_equilibrium(CHICKEN, sense="worst")
    assert worst.value == correlated_equilibrium(normal_form_of(CHICKEN), sense="worst").value < F(28, 3)


def test_a_prisoners_dilemma_has_one_device() -> None:
    game = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
    for sense, coarse in product(("best", "worst"), (False, True)):
        assert correlated_equilibrium(game, sense=sense, coarse=coarse).distribution == {(0, 2): 1}


@pytest.mark.parametrize("size", [2, 3, 5, 8])
def test_without_enough_punishment_every_device_says_defect(size: int) -> None:
    factor = F(size + 1, 2) if size > 2 else F(3, 2)
    low = 1 - factor / size  # Λ for c = 1
    for fine, best in ((low / (2 * size), 0), (low / (size - 1), size * (factor - 1))):
        game = PublicGoodsGame(group_size=size, multiplication_factor=factor, fine=fine, punishment_cost="1/10")
        assert correlated_equilibrium(game).value == best  # N - 1 punishers must deter
        assert correlated_equilibrium(game, sense="worst").value == 0


def test_punishers_threaten_only_where_nobody_has_to_carry_it_out() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    assert correlated_equilibrium(game, sense="worst").value == 0
    assert correlated_equilibrium(game, sense="worst", coarse=True).value < 0


@pytest.mark.parametrize("size", [50, 100])
def test_a_hundred_players_are_solved_exactly(size: int) -> None:
    game = PublicGoodsGame(group_size=size, multiplication_factor=F(size, 2), fine=1, punishment_cost="3/10")
    best = correlated_equilibrium(game)
    assert best.exact
    assert best.value == best.bound == size * (F(size, 2) - 1)
    assert best.violation == 0


def test_a_random_table_of_a_hundred_players_is_solved_exactly() -> None:
    rng = np.random.default_rng(3)
    rows = rng.integers(-30, 30, size=(3, len(compositions(99, 3)))).tolist()
    game = TableGame(strategies=["A", "B", "C"], group_size=100, values=rows)
    worst = correlated_equilibrium(game, sense="worst")
    assert len(worst.outcomes) <= 7  # a vertex
    assert worst.violation == 0
    floats = correlated_equilibrium(game, sense="worst", exact=False)
    assert floats.bound <= worst.value
    assert floats.bound == pytest.approx(float(worst.value), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(tensors(), st.booleans())
def test_the_program_agrees_with_the_definition(game: NormalFormGame, coarse: bool) -> None:
    for sense, sign in (("best", -1), ("worst", 1)):
        found = correlated_equilibrium(game, sense=sense, coarse=coarse)
        assert float(found.value) == pytest.approx(plain_program(game, coarse=coarse, sign=sign), abs=1e-7)
        assert max(correlated_gains(game, found.distribution, coarse=coarse).values()) <= 0
        proves(game, found)


@settings(max_examples=25, deadline=None)
@given(table_games(group_sizes=[2, 3, 4], strategies=[2, 3]), st.booleans())
def test_symmetry_loses_nothing(game: TableGame, coarse: bool) -> None:
    for sense in ("best", "worst"):
        found = correlated_equilibrium(game, sense=sense, coarse=coarse)
        assert found.value == correlated_equilibrium(normal_form_of(game), sense=sense, coarse=coarse).value
        assert sum(found.payoffs) == found.value
        proves(game, found)


@settings(max_examples=30, deadline=None)
@given(games(group_sizes=[2, 3, 4, 5]))
def test_nash_equilibria_lie_between_worst_and_best_and_coarse_bounds_are_wider(game: PublicGoodsGame) -> None:
    low, high = (correlated_equilibrium(game, sense=sense).value for sense in ("worst", "best"))
    for sense, ends in (("worst", low), ("best", high)):
        coarse = correlated_equilibrium(game, sense=sense, coarse=True).value
        assert coarse <= ends if sense == "worst" else coarse >= ends
    for profile in pure_profiles(game):
        gains = correlated_gains(game, {profile.counts: 1})
        assert max(gains.values()) <= 0
        value = correlated_equilibrium(game, objective=lambda n, p=profile: int(n == p.counts)).value  # type: ignore[misc]
        assert value == 1
    size = game.group_size
    for component in symmetric_equilibria(game).components:
        shares = component.parts[0].point
        if all(isinstance(share, Fraction) for share in shares):
            mixed = expected_payoffs(normal_form_of(game), [shares] * size)
            assert low <= sum(mixed) <= high


@settings(max_examples=20, deadline=None)
@given(tensors(), st.randoms(use_true_random=False), st.integers(1, 5), st.integers(-3, 3))
def test_relabelling_and_rescaling_change_nothing(game: NormalFormGame, chance: Any, scale: int, shift: int) -> None:
    players = chance.sample(range(game.n_players), game.n_players)
    kept = [chance.sample(range(size), size) for size in game.shape]
    moved = NormalFormGame(payoffs=tuple(tensor * scale + shift for tensor in game.payoffs))
    for sense in ("best", "worst"):
        value = correlated_equilibrium(game, sense=sense).value
        assert correlated_equilibrium(relabelled(game, players=players, strategies=kept), sense=sense).value == value
        assert correlated_equilibrium(moved, sense=sense).value == scale * value + shift * game.n_players


@settings(max_examples=20, deadline=None)
@given(tensors(), st.lists(st.integers(0, 8), min_size=1, max_size=6))
def test_exact_steps_reach_the_optimum_from_any_basis(game: NormalFormGame, start: list[int]) -> None:
    welfare: Any = sum(tensor.ravel() for tensor in game.payoffs)
    labels = correlated_equilibrium(game)
    rows = []
    for i, size in enumerate(game.shape):
        for a, b in product(range(size), repeat=2):
            row = np.zeros(game.shape, dtype=object)
            at = (slice(None),) * i + (a,)
            row[at] = np.take(game.payoffs[i], b, axis=i) - np.take(game.payoffs[i], a, axis=i)
            rows.append([int(value) for value in row.ravel()])
    whole: Any = np.array([int(value) for value in welfare], dtype=object)
    program = Program(objective=whole, gains=np.array(rows, dtype=object))
    tableau = _Tableau(program)
    basis = tableau.first_independent([j % len(whole) for j in dict.fromkeys(start)])
    basis = tableau.improved(tableau.feasible(basis))
    assert min(tableau.values(basis)) >= 0
    assert max(tableau.reduced(tableau.prices(basis))) <= 0
    assert tableau.prices(basis)[-1] == labels.value == solved_exactly(program).value


@settings(max_examples=15, deadline=None)
@given(table_games(group_sizes=[2, 3], strategies=[2, 3], exact=False))
def test_floats_carry_a_bound(game: TableGame) -> None:
    found = correlated_equilibrium(game)
    exact = TableGame(
        strategies=game.strategies, group_size=game.group_size, values=[[F(v) for v in row] for row in game.values]
    )
    truth = correlated_equilibrium(exact)
    assert not found.exact
    assert found.bound >= truth.value
    assert found.bound - found.value <= 1e-6 * (1 + abs(found.value)) + 1e-6
    assert found.violation <= 1e-6


def test_weights_and_functions_are_objectives() -> None:
    full = normal_form_of(CHICKEN)
    mine = correlated_equilibrium(full, objective=[1, 0])
    assert mine.value == 7
    assert mine.distribution == {("straight", "swerve"): 1}
    peace = correlated_equilibrium(CHICKEN, objective=lambda counts: (counts[0] == 2 and 1) or 0)
    assert peace.value == F(1, 2)
    assert correlated_equilibrium(full, objective=lambda names: F(names == ("swerve", "swerve"))).value == F(1, 2)
    assert not correlated_equilibrium(full, objective=[0.5, 0.25]).exact


def test_unequal_players_are_given_by_name() -> None:
    game = UnequalGame(endowments=[1, 2, 3], productivities=["1/2", "1/2", 2])
    found = correlated_equilibrium(game)
    assert found.exact
    assert len(found.payoffs) == 3
    assert found.value == sum(found.payoffs)


def test_a_result_is_written_as_json() -> None:
    written = correlated_equilibrium(CHICKEN).to_dict()
    assert written["value"] == written["bound"] == "21/2"
    assert written["distribution"] == [
        {"outcome": [2, 0], "probability": "1/2"},
        {"outcome": [1, 1], "probability": "1/2"},
    ]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"sense": "good"}, "sense"),
        ({"objective": "fairness"}, "objective"),
        ({"objective": [1, 2]}, "objective"),
        ({"objective": lambda counts: float("nan")}, "objective"),
        ({"objective": lambda counts: 0.5, "exact": True}, "exact"),
    ],
)
def test_arguments_out_of_range_are_refused(changes: dict[str, Any], name: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        correlated_equilibrium(CHICKEN, **changes)
    assert caught.value.name == name


def test_distributions_out_of_range_are_refused() -> None:
    for wrong in ({}, {(2, 0): 2}, {(2, 0): F(1, 2)}, {(3, 0): 1}, {(2, 0): 2, (0, 2): -1}):
        with pytest.raises(InvalidParameter, match="distribution"):
            correlated_gains(CHICKEN, wrong)
    with pytest.raises(InvalidParameter, match="distribution"):
        correlated_gains(normal_form_game([[3, 0], [5, 1]]), {("C", "D"): 1})
    with pytest.raises(InvalidParameter, match="smaller"):
        correlated_equilibrium(PublicGoodsGame(group_size=2500, multiplication_factor=3, fine=1))
