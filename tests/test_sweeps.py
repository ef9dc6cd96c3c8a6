from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from dynamics import MeanDynamics, basins_of_attraction, long_run, mean_dynamics, rest_points
from dynamics.finite import (
    FinitePopulation,
    Moran,
    PairwiseComparison,
    chain,
    small_mutation_limit,
    stationary_distribution,
)
from experiments import sweep
from experiments.sweeps.points import Points, point_seed
from experiments.sweeps.quantities import QUANTITIES
from experiments.sweeps.specification import Specification, specification
from gametheory import (
    CollectiveRiskGame,
    PeerPunishmentGame,
    PublicGoodsGame,
    ReturnsGame,
    SnowdriftGame,
    SynergyGame,
    ThresholdGame,
    conditions,
    symmetric_equilibria,
)
from gametheory.errors import InvalidParameter

GAME = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
RISK = CollectiveRiskGame(group_size=6, threshold=3, risk="9/10", contribution="1/10")
SQUARE = {
    "punishment_probability": {"start": 0, "stop": 1, "points": 6},
    "fine": {"start": 0, "stop": 2, "points": 7},
}


def at(wanted: Specification, indices: list[list[int]]) -> dict[str, Any]:
    return wanted.quantity.compute(Points(wanted, np.array(indices, dtype=np.int64)))


def test_coordinates_carry_names_and_units_and_attributes_say_what_made_them() -> None:
    found = sweep(GAME, "conditions", SQUARE, seed=3, parameters={"discount_factor": "1/2"})

    assert found.holds.dims == ("punishment_probability", "fine", "condition")
    assert found.punishment_probability.units == "probability"
    assert found.fine.units == found.margin.units == "payoff"
    assert found.attrs["seed"] == 3
    assert found.attrs["quantity"] == "conditions"
    assert '"public-goods"' in found.attrs["game"]
    assert found.attrs["version"] == found.attrs["source"].split()[1].rstrip(",")


@pytest.mark.parametrize("options", [{}, {"discount_factor": "1/2", "action_error": "1/10", "punishers": 2}])
@pytest.mark.parametrize("rates", [(1, 0), (Fraction(9, 10), Fraction(1, 10)), (Fraction(1, 2), Fraction(1, 2))])
def test_every_condition_is_that_of_the_direct_call_also_on_the_thresholds(rates: Any, options: Any) -> None:
    game = replace(GAME, detection_rate=rates[0], false_alarm_rate=rates[1])
    fines, factors = [0, Fraction(1, 20), Fraction(1, 10), 1], [2, 3, 5, 6]
    probabilities = [0, Fraction(1, 4), 1]
    axes = {"fine": fines, "multiplication_factor": factors, "punishment_probability": probabilities}

    found = sweep(game, "conditions", axes, seed=1, parameters=options)

    for i, j, k in np.ndindex(4, 4, 3):
        point = replace(game, fine=fines[i], multiplication_factor=factors[j], punishment_probability=probabilities[k])
        here = found.isel(fine=i, multiplication_factor=j, punishment_probability=k)
        for one in conditions(point, **options):
            row = here.sel(condition=one.name)
            assert int(row.holds) == (-1 if one.holds is None else int(one.holds)), (one, point)
            assert int(row.feasible) == (-1 if one.feasible is None else int(one.feasible)), (one, point)
            for name in ("threshold", "margin"):
                value = getattr(one, name)
                assert np.isclose(float(row[name]), np.nan if value is None else float(value), equal_nan=True)


def test_floats_do_not_decide_a_condition_that_holds_with_equality() -> None:
    axes = {"fine": ["1/10", "3/10"], "punishment_probability": {"start": 0, "stop": 1, "points": 13}}
    game = replace(GAME, fine=1)

    found = sweep(game, "conditions", axes, seed=1)

    deters = found.holds.sel(condition="deterrence").values
    expected = [[4 * Fraction(k, 12) * Fraction(f) >= Fraction(2, 5) for k in range(13)] for f in ("1/10", "3/10")]
    assert deters.astype(bool).tolist() == expected
    assert np.flatnonzero(found.recomputed.values[1]).tolist() == [0, 4]  # no punishment at all, and equality


@pytest.mark.parametrize(
    "game",
    [
        GAME,
        RISK,
        SnowdriftGame(group_size=4, benefit=2),
        PeerPunishmentGame(returns=SynergyGame(group_size=4, benefit=3, synergy="4/5"), fine=1, punishment_cost=1),
    ],
)
def test_long_runs_end_where_the_reference_integrator_ends(game: Any) -> None:
    name = {"CollectiveRiskGame": "contribution", "SnowdriftGame": "benefit"}.get(type(game).__name__, "fine")
    values = [0.15, 0.35] if name == "contribution" else [1.2, 1.7]
    found = sweep(game, "long_run_shares", {name: values}, seed=1)

    for k, value in enumerate(values):
        one = replace(game, **{name: value})
        size = len(game.strategies)
        assert np.abs(found.share.values[k] - long_run(one, np.full(size, 1 / size)).limit).max() < 1e-6


def test_long_runs_end_where_scipy_ends() -> None:
    found = sweep(GAME, "long_run_shares", SQUARE, seed=1, parameters={"start": "C=3/10 D=3/10 P=2/5"})

    for i, j in ((1, 3), (2, 2), (4, 6), (5, 1)):
        p, fine = float(found.punishment_probability[i]), float(found.fine[j])
        dynamics: MeanDynamics = mean_dynamics(replace(GAME, punishment_probability=p, fine=fine))
        path = solve_ivp(dynamics, (0, 4000), [0.3, 0.3, 0.4], method="LSODA", rtol=1e-10, atol=1e-13)
        assert np.abs(found.share.values[i, j] - path.y[:, -1]).max() < 1e-6


def test_a_population_that_does_not_rest_in_time_is_given_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.sweeps import long_runs

    monkeypatch.setattr(long_runs, "MOST_STEPS", 3)

    found = sweep(GAME, "long_run_shares", {"fine": [0.5, 1.0]}, seed=1)

    assert not found.converged.values.any()
    assert np.isnan(found.share.values).all()
    assert (found.present.values == -1).all()


@pytest.mark.parametrize(("game", "others"), [(GAME, ""), (GAME, "P=1/1000000000000"), (RISK, "")])
def test_a_strategy_that_is_nearly_absent_but_grows_is_no_rest(game: Any, others: str) -> None:
    """Next to a corner that can be invaded no share moves fast, and yet the population does not rest."""
    most = 999999999998 if others else 999999999999
    rare = {"start": f"C={most}/1000000000000 D=1/1000000000000 {others}"}

    found = sweep(game, "long_run_shares", {"group_size": [5]}, seed=1, parameters=rare)

    assert found.converged.values.all()
    assert float(found.share.sel(strategy="D")[0]) > 0.1


@pytest.mark.parametrize("protocol", ["logit", "smith", "imitation", "brown-von-neumann-nash"])
def test_other_protocols_rest_where_their_velocity_is_nothing(protocol: str) -> None:
    found = sweep(GAME, "long_run_shares", {"fine": [0.0, 0.4, 1.0]}, seed=1, parameters={"protocol": protocol})
    from experiments.sweeps.long_runs import protocol_of

    assert found.converged.values.all()
    for k, fine in enumerate([0.0, 0.4, 1.0]):
        numbers = {"temperature": 0.1, "imitation_noise": 0.1, "mutation_rate": 0.0}
        dynamics = mean_dynamics(replace(GAME, fine=fine), protocol=protocol_of(protocol, numbers))
        assert np.abs(dynamics(0.0, found.share.values[k])).max() < 1e-8


def test_welfare_is_the_mean_payoff_where_the_population_rests() -> None:
    found = sweep(GAME, "welfare", {"fine": [0, 1]}, seed=1)

    assert np.allclose(found.welfare.values, [0, 2], atol=1e-8)
    assert found.alone.sel(strategy="C").values.tolist() == [2, 2]
    assert np.allclose(found.alone.sel(strategy="P").values, [2, 2])


COUNTS = ("isolated", "interior", "continua", "stable")


def counted(game: Any) -> tuple[int, ...]:
    found = symmetric_equilibria(game).components
    isolated = [c for c in found if c.dimension == 0]
    interior = sum(len(c.support) == len(game.strategies) for c in isolated)
    return len(isolated), interior, len(found) - len(isolated), sum(c.ess == "yes" for c in found)


@given(st.integers(2, 8), st.data())
@settings(deadline=None, max_examples=25)
def test_equilibria_are_those_of_exact_arithmetic(size: int, data: Any) -> None:
    threshold = data.draw(st.integers(1, size))
    costs = data.draw(st.lists(st.fractions("1/20", 2, max_denominator=40), min_size=1, max_size=5, unique=True))
    game = ThresholdGame(group_size=size, threshold=threshold, benefit=1)

    found = sweep(game, "equilibria", {"contribution_cost": costs}, seed=1)

    for k, cost in enumerate(costs):
        assert tuple(int(found[name][k]) for name in COUNTS) == counted(replace(game, contribution_cost=cost))


@given(st.lists(st.integers(-4, 4), min_size=3, max_size=8))
@settings(deadline=None, max_examples=60)
def test_counts_for_any_return_are_those_of_exact_arithmetic(benefits: list[int]) -> None:
    game = ReturnsGame(benefits=benefits, contribution_cost=1)
    costs = [Fraction(1, 2), Fraction(1), Fraction(7, 4)]

    found = sweep(game, "equilibria", {"contribution_cost": costs}, seed=1)

    for k, cost in enumerate(costs):
        assert tuple(int(found[name][k]) for name in COUNTS) == counted(replace(game, contribution_cost=cost))


def test_a_boundary_of_the_diagram_is_left_to_exact_arithmetic() -> None:
    game = ThresholdGame(group_size=2, threshold=2, benefit=1)
    found = sweep(game, "equilibria", {"contribution_cost": ["1/2", 1, "3/2"]}, seed=1)

    assert found.recomputed.values.tolist() == [False, True, False]
    assert found.isolated.values.tolist() == [3, 2, 1]


def test_a_tie_that_floats_miss_is_seen() -> None:
    game = ReturnsGame(benefits=["0", "1/10", "3/10"], contribution_cost=1)
    assert 0.1 - (0.3 - 0.2) != 0

    found = sweep(game, "equilibria", {"contribution_cost": ["1/5", "1/4"]}, seed=1)

    assert found.recomputed.values.tolist() == [True, False]
    assert tuple(int(found[name][0]) for name in COUNTS) == counted(replace(game, contribution_cost="1/5"))


def test_three_strategies_have_their_continua_counted() -> None:
    found = sweep(GAME, "equilibria", {"fine": ["1/20", 1]}, seed=1)

    assert found.continua.values.tolist() == [0, 1]
    assert found.recomputed.values.all()


def test_rest_points_and_basins_are_those_of_the_direct_call() -> None:
    fines = [Fraction(1, 20), Fraction(1)]
    rests = sweep(GAME, "rest_points", {"fine": fines}, seed=1)
    basins = sweep(RISK, "basins", {"risk": ["1/2", "9/10"]}, seed=1)

    for k, fine in enumerate(fines):
        components = rest_points(replace(GAME, fine=fine)).components
        assert int(rests.isolated[k]) + int(rests.continua[k]) == len(components)
        assert int(rests.attracting_sets[k]) == sum(c.stability_as_set == "asymptotically stable" for c in components)
    for k, risk in enumerate(["1/2", "9/10"]):
        direct = basins_of_attraction(replace(RISK, risk=risk))
        assert float(basins.largest[k]) == pytest.approx(max(float(b.share) for b in direct.basins))


def test_finite_populations_are_those_of_the_direct_call() -> None:
    axes = {"population_size": [10, 12], "fine": ["1/2", 1], "selection_strength": ["1/2"]}
    long = sweep(GAME, "stationary_distribution", axes, seed=1, parameters={"mutation_rate": "1/100"})
    rare = sweep(GAME, "fixation", axes, seed=1, parameters={"process": "moran"})

    for i, size in enumerate((10, 12)):
        for j, fine in enumerate((Fraction(1, 2), Fraction(1))):
            population = FinitePopulation(replace(GAME, fine=fine), population_size=size)
            links = chain(
                population, process=PairwiseComparison(selection_strength="1/2"), mutation_rate=Fraction(1, 100)
            )
            expected = stationary_distribution(links).mean_shares
            assert long.share.values[i, j, 0].tolist() == expected.tolist()
            limit = small_mutation_limit(population, process=Moran(selection_strength="1/2"))
            assert rare.log_fixation.values[i, j, 0].tolist() == limit.log_fixation.tolist()


def test_learners_contribute_where_punishment_deters() -> None:
    found = sweep(
        GAME,
        "learners",
        {"fine": [0.0, 0.05, 0.5]},
        seed=7,
        parameters={"temperature": 0.05, "rounds": 4000, "uniform_rounds": 500},
    )

    assert found.contribute.values.tolist() == [0, 0, 1]


def test_formulas_and_claims_hold_where_exact_arithmetic_says() -> None:
    axes = {"fine": ["1/20", "1/10", "1/5"], "group_size": [4, 5]}
    text = "(group_size - 1)*punishment_probability*fine >= contribution_cost*(1 - multiplication_factor/group_size)"
    truth = sweep(GAME, "formula", axes, seed=1, parameters={"formula": text})
    right = sweep(GAME, "claim", axes, seed=1, parameters={"claim": "deterrence-threshold", "values": "m=3 k=0"})

    deters = sweep(GAME, "conditions", axes, seed=1).holds.sel(condition="deterrence")
    assert truth.holds.values.tolist() == deters.values.tolist()
    assert set(np.unique(right.verdict.values)) == {1}


def test_a_formula_without_a_value_is_not_said_to_hold() -> None:
    found = sweep(GAME, "formula", {"fine": [0, 1]}, seed=1, parameters={"formula": "1/fine > 0"})

    assert found.holds.values.tolist() == [-1, 1]


BATCHED = [
    ("long_run_shares", GAME, SQUARE, {}),
    ("long_run_shares", RISK, {"risk": {"start": 0, "stop": 1, "points": 9}, "group_size": [3, 6, 9]}, {}),
    (
        "long_run_shares",
        PeerPunishmentGame(returns=SynergyGame(group_size=3, benefit=2, synergy="9/10"), fine=1, punishment_cost=1),
        {"synergy": {"start": "1/2", "stop": "3/2", "points": 11}, "fine": [0, "1/2", 1]},
        {},
    ),
    ("long_run_shares", GAME, {"fine": [0.0, 0.5, 1.0], "temperature": [0.1, 0.3]}, {"protocol": "logit"}),
    ("long_run_shares", GAME, SQUARE, {"protocol": "smith"}),
    ("welfare", GAME, SQUARE, {}),
    ("equilibria", RISK, {"risk": {"start": 0, "stop": 1, "points": 9}, "threshold": [1, 2, 3]}, {}),
    ("conditions", GAME, SQUARE, {"discount_factor": "1/2"}),
    ("learners", GAME, {"fine": [0.0, 0.1, 0.2], "temperature": [0.1, 0.3, 0.5, 0.7]}, {"rounds": 50, "groups": 2}),
]


@pytest.mark.parametrize("case", BATCHED, ids=[f"{i}-{case[0]}" for i, case in enumerate(BATCHED)])
def test_a_point_has_the_same_bits_alone_and_among_any_others(case: Any) -> None:
    quantity, game, axes, options = case
    wanted = specification(game, quantity, axes, seed=1, parameters=options)
    everything = np.stack([grid.ravel() for grid in np.indices(wanted.shape)], axis=1)
    whole = wanted.quantity.compute(Points(wanted, everything))
    rng = np.random.default_rng(1)

    for size in (1, 2, 3, 5, 11):
        some = rng.permutation(len(everything))[:size]
        part = wanted.quantity.compute(Points(wanted, everything[some]))
        for name, values in whole.items():
            assert np.asarray(part[name]).tobytes() == np.ascontiguousarray(np.asarray(values)[some]).tobytes(), name


@given(block=st.integers(1, 60), seed=st.integers(0, 5))
@settings(deadline=None, max_examples=10)
def test_no_result_depends_on_the_size_of_blocks(block: int, seed: int) -> None:
    calm = sweep(GAME, "long_run_shares", SQUARE, seed=seed)

    assert sweep(GAME, "long_run_shares", SQUARE, seed=seed, block=block).identical(calm)


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=2, unique=True))
def test_points_have_seeds_of_their_own(places: list[int]) -> None:
    first, second = places

    assert point_seed(1, (first, second)) != point_seed(1, (second, first))
    assert point_seed(1, (first,)) != point_seed(2, (first,))


def test_a_parameter_of_the_game_inside_a_game_goes_by_its_own_name() -> None:
    game = PeerPunishmentGame(returns=SynergyGame(group_size=3, benefit=2, synergy=1), fine=1, punishment_cost=1)

    found = sweep(game, "long_run_shares", {"benefit": ["1/2", 4]}, seed=1)

    inner = replace(game, returns=SynergyGame(group_size=3, benefit=4, synergy=1))
    assert np.abs(found.share.values[1] - long_run(inner, np.full(3, 1 / 3)).limit).max() < 1e-6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"quantity": "shares"}, "quantity must be one of conditions, long_run_shares"),
        ({"axes": {"fines": [1]}}, "group_size, multiplication_factor"),
        ({"axes": {}}, "axes must be a table of one or more parameters"),
        ({"axes": {"fine": {"start": 0, "stop": 1}}}, "axes.fine must be"),
        ({"axes": {"fine": {"start": 0, "stop": 1, "points": 1}}}, "axes.fine.points must be an integer >= 2"),
        ({"axes": {"fine": {"start": 0, "stop": 1, "points": 10**9}}}, "axes.fine.points must be at most 1048576"),
        ({"axes": {"fine": [1, 1]}}, "different values"),
        ({"axes": {"fine": [-1]}}, "fine must be >= 0"),
        ({"axes": {"fine": [float("nan")]}}, "finite numbers"),
        ({"axes": {"fine": "1"}}, "a list of numbers"),
        ({"axes": {"group_size": ["5/2"]}}, "axes.group_size must be an integer"),
        ({"seed": -1}, "seed must be an integer >= 0"),
        ({"mode": "fine"}, "mode must be"),
        ({"parameters": {"noise": 1}}, "parameters must be a parameter of the quantity: start"),
        ({"parameters": {"start": "C=1/2 L=1/2"}}, "parameters.start must be shares of C, D, P"),
        ({"parameters": {"start": "C=1/2"}}, "shares >= 0 that sum to 1"),
        ({"quantity": "fixation"}, "parameters.population_size must be given, or an axis"),
        ({"refinement": {"depth": 2}}, "refinement must be left out"),
        ({"game": RISK, "quantity": "conditions", "axes": {"risk": [0, 1]}}, "a PublicGoodsGame"),
        ({"workers": 0}, "workers must be an integer from 1"),
        ({"block": 0}, "block must be an integer >= 1"),
        ({"quantity": "formula", "parameters": {"formula": "x > 1"}}, "parameters.formula must be in parameters"),
        ({"quantity": "claim", "parameters": {"claim": "nothing"}}, "the id of a claim"),
        ({"quantity": "claim", "parameters": {"claim": "deterrence-threshold"}}, "a value of 'm'"),
        ({"quantity": "learners", "parameters": {"temperature": 0}}, "temperature must be >= "),
    ],
)
def test_what_makes_no_sweep_is_refused_in_one_line(change: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"game": GAME, "quantity": "long_run_shares", "axes": {"fine": [0, 1]}, "seed": 1}

    with pytest.raises(InvalidParameter) as caught:
        sweep(**{**arguments, **change})

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_values_that_only_go_wrong_together_are_refused() -> None:
    with pytest.raises(InvalidParameter, match="threshold must be"):
        sweep(RISK, "equilibria", {"group_size": [3, 6], "threshold": [2, 5]}, seed=1)


def test_every_quantity_has_a_line_and_its_variables_have_units() -> None:
    for quantity in QUANTITIES:
        assert quantity.summary
        assert set(quantity.phases) <= {v.name for v in quantity.variables if v.dtype[0] == "i"}
        assert all(v.unit and v.summary for v in quantity.variables)


def test_the_compiled_kernels_do_what_their_source_says() -> None:
    from experiments.sweeps import _equilibria_kernels, _long_runs_kernels

    gains, errors = np.array([[1.0, -1.0, 0.5], [1.0, -1.0, 1.0]]), np.full(2, 1e-10)
    compiled, plain = np.empty((2, 3), dtype=np.int64), np.empty((2, 3), dtype=np.int64)
    _equilibria_kernels.many_counts(gains, errors, compiled)
    _equilibria_kernels.many_counts.py_func(gains, errors, plain)
    assert compiled.tolist() == plain.tolist()
    assert compiled[1].tolist() == [-1, -1, -1]  # a double root: left to exact arithmetic

    table, counts = np.array([[0.0, 1.0], [0.0, -0.5]]), np.array([[1, 0], [0, 1]])
    rows, shares, powers = np.zeros((9, 2)), np.empty(2), np.empty((2, 2))
    start, controls = np.log([0.3, 0.7]), np.array([1e-9, 1e-9, 1000.0])
    arguments = (table, counts, np.ones(2), start, controls, shares, rows, powers)
    assert _long_runs_kernels.one_long_run(*arguments)
    ends = shares.copy()
    assert _long_runs_kernels.one_long_run.py_func(*arguments)
    assert np.allclose(shares, ends, rtol=1e-12)
    assert np.allclose(ends, [1 / 3, 2 / 3])


def test_the_kernels_for_three_strategies_and_for_any_agree() -> None:
    from experiments.sweeps._long_runs_kernels import one_long_run, one_long_run_of_three

    rng = np.random.default_rng(3)
    counts, weights, controls = np.eye(3, dtype=np.int64), np.ones(3), np.array([1e-9, 1e-9, 400.0])
    ends, others = np.empty(3), np.empty(3)
    agreed = 0
    for _ in range(20):
        table = np.round(rng.normal(size=(3, 3)), 2)
        table -= table[:, :1]
        start = np.log(rng.dirichlet(np.ones(3)))
        rests = one_long_run_of_three(table, start, controls, ends)
        rows, powers = np.zeros((9, 3)), np.empty((3, 2))
        assert rests == one_long_run(table, counts, weights, start, controls, others, rows, powers)
        agreed += rests
        assert not rests or np.abs(ends - others).max() < 1e-6
    assert agreed > 10
