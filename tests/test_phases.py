"""Cells of a phase diagram: what is proved there is what the game says, point by point and by other code."""

import runpy
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamics import rest_points
from experiments.phases import (
    Axis,
    Gain,
    PhaseDiagram,
    Problem,
    SignPolynomial,
    agreement,
    certified_diagram,
    certified_phases,
    certified_sweep,
    load_phases,
    phase_at,
)
from experiments.phases.curves import boundary_curves
from experiments.phases.matrices import matrix_problem
from experiments.phases.problem import integer_terms, text_of, value_at
from experiments.phases.questions import _formula
from experiments.phases.search import grow, leaf_at, leaves
from experiments.phases.tensors import halves, over_rectangle, sequence_of
from gametheory import (
    CollectiveRiskGame,
    InvalidParameter,
    OptionalGame,
    PublicGoodsGame,
    SnowdriftGame,
    StagHuntGame,
    ThresholdGame,
    UnequalGame,
    conditions,
    game_from_payoffs,
    symmetric_equilibria,
)
from gametheory.algebra.roots import between, evaluate, from_bernstein, roots_inside
from gametheory.files import game_from_dict

PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, punishment_cost="3/10")
OVER_P_AND_FINE: dict[str, Any] = {"x": ("punishment_probability", 0, 1), "y": ("fine", 0, 1)}
OVER_COST_AND_RISK: dict[str, Any] = {"x": ("contribution", 0, 1), "y": ("risk", 0, 1)}


def risk_game(threshold: int, size: int = 6) -> CollectiveRiskGame:
    return CollectiveRiskGame(group_size=size, threshold=threshold, risk=1, contribution=0)


def spots(diagram: PhaseDiagram, number: int, seed: int) -> list[tuple[Fraction, Fraction, str]]:
    """Rational points in proved cells, as many in small cells as in large ones, and their phase."""
    rng = Random(seed)
    proved = [cell for cell in diagram.cells if cell.phase]
    found = []
    for _ in range(number):
        cell = rng.choice(proved)
        share = [Fraction(rng.randrange(1, 97), 97) for _ in range(2)]
        x, y = (a + (b - a) * s for a, b, s in zip(cell.low, cell.high, share, strict=True))
        found.append((x, y, cell.phase))
    return found


def game_at(diagram: PhaseDiagram, x: Fraction, y: Fraction) -> Any:
    names = [axis.name for axis in diagram.problem.axes]
    game: Any = game_from_dict(diagram.problem.game)
    return replace(game, **dict(zip(names, (x, y), strict=True)))


def equilibria_by_solver(game: Any) -> set[str]:
    """The symmetric equilibria of a game of three strategies in the words of a phase, by the solver of faces."""
    found = set()
    for component in symmetric_equilibria(game).components:
        names = component.support
        if component.dimension == 0:
            words = {1: "all {0}", 2: "one on {0}-{1}", 3: "one inside"}[len(names)]
            found.add(words.format(*names))
        else:
            pure = [component.strategies[list(end).index(1)] for end in component.endpoints if 1 in end]
            edge = "-".join(names)
            found.add(f"all of {edge}" if len(pure) == 2 else f"part of {edge} at {pure[0]}")
    return found


def rest_points_by_solver(game: Any) -> set[str]:
    """The isolated rest points and whether they are stable, by `dynamics.rest_points`."""
    found = set()
    for component in rest_points(game).components:
        if component.dimension:
            found.add("-".join(component.support) + " at rest")
            continue
        (part,) = component.parts
        name = "-".join(component.support) if len(component.support) < 3 else "inside"
        found.add(f"{name} {'stable' if part.stability == 'asymptotically stable' else 'not'}")
    return found


def rest_points_in_words(name: str) -> set[str]:
    """A phase's name as `rest_points_by_solver` writes it."""
    found = set()
    for clause in name.split(", "):
        if clause.endswith("at rest"):
            found.add(clause)
        elif "enters" not in clause:
            who, kind = clause.split(" ", 1)
            found.add(f"{who} {'stable' if kind == 'stable' else 'not'}")
    return found


@pytest.fixture(scope="module")
def risk_diagram() -> PhaseDiagram:
    return certified_phases(risk_game(3), **OVER_COST_AND_RISK, depth=7)


@pytest.mark.parametrize(
    ("game", "axes"),
    [
        (PUBLISHED, OVER_P_AND_FINE),
        (replace(PUBLISHED, false_alarm_rate="1/10", detection_rate="9/10"), OVER_P_AND_FINE),
        (replace(PUBLISHED, fine="1/5"), {"x": ("multiplication_factor", 1, 7), "y": ("punishment_cost", 0, 1)}),
        (replace(PUBLISHED, detection_rate="3/4"), {"x": ("false_alarm_rate", 0, 1), "y": ("fine", 0, 1)}),
    ],
)
def test_three_strategies_are_what_the_solvers_of_faces_and_of_stability_say(game: Any, axes: Any) -> None:
    equilibria = certified_phases(game, **axes, question="equilibria", depth=5)
    resting = certified_phases(game, **axes, question="rest_points", depth=5)

    for x, y, phase in spots(equilibria, 25, seed=1):
        assert {part.removesuffix(" (weak)") for part in phase.split(", ")} == equilibria_by_solver(
            game_at(equilibria, x, y)
        )
    for x, y, phase in spots(resting, 25, seed=2):
        assert rest_points_in_words(phase) == rest_points_by_solver(game_at(resting, x, y)), (x, y)


@pytest.mark.parametrize(
    ("game", "axes"),
    [
        *((risk_game(m), OVER_COST_AND_RISK) for m in (1, 2, 5, 6)),
        (
            ThresholdGame(group_size=7, threshold=5, benefit=1),
            {"x": ("benefit", 0, 2), "y": ("contribution_cost", 0, 1)},
        ),
        (
            StagHuntGame(group_size=6, threshold=3, multiplication_factor=4),
            {"x": ("multiplication_factor", 1, 12), "y": ("contribution_cost", 0, 1)},
        ),
        (
            SnowdriftGame(group_size=5, benefit=2, threshold=3),
            {"x": ("benefit", 0, 2), "y": ("contribution_cost", 0, 1)},
        ),
    ],
)
def test_two_strategies_have_the_equilibria_of_the_solver_and_the_roots_that_sympy_counts(game: Any, axes: Any) -> None:
    diagram = certified_phases(game, **axes, question="equilibria", depth=5)
    t = sp.Symbol("t")

    for x, y, phase in spots(diagram, 20, seed=3):
        here = game_at(diagram, x, y)
        rest = here.group_size - 1
        values = [here.payoff("C", (k, rest - k)) - here.payoff("D", (k, rest - k)) for k in range(rest + 1)]
        gain = sum(
            sp.binomial(rest, k) * t**k * (1 - t) ** (rest - k) * sp.Rational(v.numerator, v.denominator)
            for k, v in enumerate(values)
        )
        poly = sp.Poly(sp.expand(gain), t)
        inside = poly.count_roots(0, 1) - (poly.eval(0) == 0) - (poly.eval(1) == 0)
        parts = symmetric_equilibria(here).components
        pure = [f"all {c.support[0]}" for c in reversed(parts) if len(c.support) == 1]
        stable = sum(len(c.support) == 2 and c.ess == "yes" for c in parts)
        words = f"{inside} mixed" + (f" ({stable} ESS)" if inside else "")
        assert set(phase.split(", ")) == {*pure, words}


@pytest.mark.parametrize("threshold", [1, 2, 3, 4])
def test_players_who_gain_nothing_for_any_parameters_leave_a_weak_equilibrium(threshold: int) -> None:
    """Contributions that cost nothing: only the one that reaches the threshold changes anything."""
    game = CollectiveRiskGame(group_size=4, threshold=threshold, risk="1/2", contribution=0)
    diagram = certified_phases(game, x=("risk", 0, 1), y=("endowment", 0, 2), question="equilibria", depth=1)
    (phase,) = diagram.phases

    everyone = {str(c.support[0]) for c in symmetric_equilibria(game).components if len(c.support) == 1}
    assert diagram.area_proved == 1
    assert {word for word in ("C", "D") if f"all {word}" in phase.name} == everyone
    for strategy, counts in (("C", (3, 0)), ("D", (0, 3))):
        other = "D" if strategy == "C" else "C"
        gap = game.payoff(strategy, counts) - game.payoff(other, counts)
        assert (f"all {strategy} (strict)" in phase.meaning) == (gap > 0)
        assert (f"all {strategy} (weak)" in phase.name) == (gap == 0)


def test_conditions_are_those_of_the_function_at_every_point() -> None:
    options: dict[str, Any] = {"punishers": 2, "discount_factor": "1/20", "action_error": "1/10"}
    diagram = certified_phases(PUBLISHED, **OVER_P_AND_FINE, question="conditions", depth=6, **options)

    for x, y, phase in spots(diagram, 60, seed=4):
        given = {"punishers": 2, "discount_factor": Fraction(1, 20), "action_error": Fraction(1, 10)}
        found = {c.name: c for c in conditions(game_at(diagram, x, y), **given)}
        held = set() if phase == "none" else set(phase.split(", "))
        for name in ("deterrence", "deterring-fine", "detection", "cheapest-threat"):
            assert (name in held) == found[name].holds, (name, x, y)
        for name in ("invasion", "punishers-spread"):
            assert (f"{name} for some share" in held) == found[name].feasible
        assert found["credibility"].holds is False  # 3/10 > 1/19 * 2
        assert found["second-order"].holds is False


def test_options_of_conditions_can_be_axes() -> None:
    game = replace(PUBLISHED, fine="1/5")
    axes: dict[str, Any] = {"x": ("multiplication_factor", 1, 6), "y": ("discount_factor", 0, 1)}
    diagram = certified_phases(game, **axes, question="conditions", depth=6)

    curves = {curve.explicit for curve in diagram.curves}
    assert "discount_factor = (-multiplication_factor + 5)/(4*multiplication_factor)" in curves  # model.md 2.6
    assert "discount_factor = 3/(10*multiplication_factor - 7)" in curves  # model.md 2.5, 3/10 / (3/10 + r - 1)
    for x, y, phase in spots(diagram, 40, seed=5):
        found = {c.name: c for c in conditions(replace(game, multiplication_factor=x), discount_factor=y)}
        for name in ("credibility", "grim-trigger", "deterrence"):
            assert (name in phase.split(", ")) == found[name].holds, (name, x, y)
    assert agreement(diagram, samples=2000, seed=1).disagreements == ()


def test_the_published_threshold_is_the_boundary() -> None:
    """N = 5, r = 3, c = 1: contributing is the best reply among four punishers iff p times the fine exceeds 1/10."""
    for question in ("equilibria", "rest_points", "conditions"):
        diagram = certified_phases(PUBLISHED, **OVER_P_AND_FINE, question=question, depth=6)

        assert [(c.equation, c.explicit) for c in diagram.curves] == [
            ("10*punishment_probability*fine - 1 == 0", "fine = 1/(10*punishment_probability)")
        ]
        assert len([name for name, area in diagram.areas.items() if name and area]) == 2
        below, above = (
            diagram.phase_at(x, y) for x, y in ((Fraction(1, 3), Fraction(1, 7)), (Fraction(2, 3), Fraction(2, 7)))
        )
        assert below != above
        assert None not in (below, above)


def test_the_critical_risk_of_santos_and_pacheco_is_the_boundary(risk_diagram: PhaseDiagram) -> None:
    """CRD-1: two interior points iff c / risk < 0.3456, so at c = 1/10 iff the risk exceeds 0.289351852."""
    (curve,) = risk_diagram.curves
    assert curve.explicit == "risk = 625*contribution/216"
    assert float(Fraction(216, 625)) == 0.3456
    assert round(float(Fraction(625, 216) / 10), 9) == 0.289351852
    two, none = "D stable, t1 unstable, t2 stable, C unstable", "D stable, C unstable"
    cost = Fraction(1, 10)
    for risk, phase in ((1, two), (Fraction(1, 2), two), (Fraction(3, 10), two), (Fraction(1, 4), none)):
        assert phase_at(risk_diagram.problem, cost, Fraction(risk)) == phase
        assert risk_diagram.phase_at(cost, Fraction(99, 100) if risk == 1 else Fraction(100, 99) * risk) in (
            phase,
            None,
        )
    assert abs(float(risk_diagram.areas[two]) - 0.3456 / 2) < float(risk_diagram.area_undecided)


@pytest.mark.parametrize("threshold", range(1, 7))
def test_the_critical_ratio_of_every_threshold_is_the_boundary(threshold: int) -> None:
    """CRD-1: Gamma = C(N-1, m-1) u^(m-1) (1-u)^(N-m) at u = (m-1)/(N-1); one root for m = 1 and N."""
    m, u = threshold, Fraction(threshold - 1, 5)
    critical = Fraction(int(sp.binomial(5, m - 1))) * u ** (m - 1) * (1 - u) ** (6 - m)

    (curve,) = certified_phases(risk_game(m), **OVER_COST_AND_RISK, depth=4).curves

    assert value_at(curve.terms, critical, Fraction(1)) == 0
    assert curve.terms[0][0] == (0, 1)
    assert len(curve.terms) == 2


def test_cells_tile_the_rectangle_and_lie_between_its_ends() -> None:
    diagram = certified_phases(PUBLISHED, x=("punishment_probability", "1/7", 1), y=("fine", "1/10", "3/2"), depth=5)
    x, y = diagram.problem.axes

    areas = sum((c.high[0] - c.low[0]) * (c.high[1] - c.low[1]) for c in diagram.cells)
    assert areas == x.width * y.width
    assert sum(diagram.areas.values()) == 1
    rng = Random(6)
    for _ in range(50):
        spot = (
            x.low + x.width * Fraction(rng.randrange(1, 101), 101),
            y.low + y.width * Fraction(rng.randrange(1, 101), 101),
        )
        inside = [c for c in diagram.cells if all(a < v < b for a, v, b in zip(c.low, spot, c.high, strict=True))]
        assert len(inside) == 1
        assert diagram.phase_at(*spot) == (inside[0].phase or None)


def test_more_depth_never_takes_back_a_cell() -> None:
    for game, axes in ((risk_game(3), OVER_COST_AND_RISK), (PUBLISHED, OVER_P_AND_FINE)):
        diagrams = [certified_phases(game, **axes, depth=depth) for depth in range(6)]
        for coarse, fine in pairwise(diagrams):
            assert fine.area_proved >= coarse.area_proved
            for cell in coarse.cells:
                if cell.phase:
                    assert cell in fine.cells


def test_boundaries_along_the_edges_of_cells_leave_nothing_undecided() -> None:
    """At r = N contributing costs nothing: the phases meet at r = 5, the middle of 1 to 9."""
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, strategies=["C", "D"])
    diagram = certified_phases(game, x=("multiplication_factor", 1, 9), y=("contribution_cost", 0, 1), depth=3)

    assert diagram.area_proved == 1
    assert {name: area for name, area in diagram.areas.items() if area} == {
        "D stable, C unstable": Fraction(1, 2),
        "D unstable, C stable": Fraction(1, 2),
    }
    assert diagram.phase_at(5, Fraction(1, 3)) is None  # on the edge of a cell nothing is said


@pytest.mark.parametrize("question", ["rest_points", "conditions"])
def test_sampled_points_agree_with_the_cells_of_the_published_game(question: str) -> None:
    given = {"punishers": 3, "discount_factor": "1/2", "action_error": "1/5"}
    options: dict[str, Any] = given if question == "conditions" else {}
    diagram = certified_phases(PUBLISHED, **OVER_P_AND_FINE, question=question, depth=7, **options)

    found = agreement(diagram, samples=100_000, seed=7)

    assert found.disagreements == ()
    assert found.compared > 95_000
    assert abs(found.compared / 100_000 - float(diagram.area_proved)) < 0.005


@pytest.mark.parametrize("threshold", [1, 3, 6])
def test_sampled_points_agree_with_the_cells_of_the_risk_game(threshold: int) -> None:
    found = agreement(certified_phases(risk_game(threshold), **OVER_COST_AND_RISK, depth=6), samples=100_000, seed=8)

    assert found.disagreements == ()
    assert found.compared > 95_000


def test_agreement_finds_a_diagram_of_another_game(risk_diagram: PhaseDiagram) -> None:
    other = replace(risk_diagram.problem, game={**risk_diagram.problem.game, "threshold": 2})

    found = agreement(replace(risk_diagram, problem=other), samples=2000, seed=9)

    assert found.disagreements
    assert all(f > Fraction(216, 625) * r for f, r in found.disagreements)
    assert all(f < Fraction(256, 625) * r for f, r in found.disagreements)
    assert agreement(risk_diagram, samples=500, seed=9) == agreement(risk_diagram, samples=500, seed=9)


def test_a_diagram_is_read_back_as_it_was(risk_diagram: PhaseDiagram, tmp_path: Any) -> None:
    read = load_phases(risk_diagram.save(tmp_path / "phases.json"))

    assert read.to_dict()["cells"] == risk_diagram.to_dict()["cells"]
    assert read.problem == risk_diagram.problem
    assert (read.phases, read.areas, read.curves) == (risk_diagram.phases, risk_diagram.areas, risk_diagram.curves)


def test_a_sweep_in_mode_certified_is_the_same_diagram() -> None:
    table = {"kind": "collective-risk", "group_size": 6, "threshold": 3, "risk": 1, "contribution": "1/10"}
    ends = {"contribution": {"start": 0, "stop": 1}, "risk": {"start": 0, "stop": 1}}
    swept = certified_sweep({"mode": "certified", "game": table, "quantity": "rest_points", "axes": ends, "depth": 4})

    direct = certified_diagram(risk_game(3), {"contribution": (0, 1), "risk": (0, 1)}, "rest_points", depth=4)
    assert (swept.tokens, swept.phases, swept.problem.gains) == (direct.tokens, direct.phases, direct.problem.gains)


small = st.integers(-3, 3)
rows = st.lists(st.lists(small, min_size=3, max_size=3), min_size=2, max_size=5)


def terms_of(row: list[int], nonlinear: int = 0) -> Any:
    powers = [(0, 0), (0, 1), (1, 0)] if not nonlinear else [(0, 0), (1, 1), (2, 0)]
    return tuple((p, c) for p, c in zip(powers, row, strict=True) if c)


def drawn_problem(gains: Any, signs: Any) -> Problem:
    def describe(reader: Any) -> tuple[str, str]:
        parts = [str(reader.sign(k)) for k in range(len(signs))] + [reader.sequence(k) for k in range(len(gains))]
        return " ".join(parts), ""

    return Problem(
        game={},
        question="rest_points",
        options={},
        axes=(Axis(name="x", low=-1, high="3/2"), Axis(name="y", low="-1/3", high=1)),
        signs=tuple(SignPolynomial(name="s", terms=s) for s in signs),
        gains=tuple(Gain(name="a - b", values=g) for g in gains),
        describe=describe,
    )


def exact_sequence(gain: Gain, x: Fraction, y: Fraction) -> str:
    poly = from_bernstein([Fraction(value_at(v, x, y)) for v in gain.values])
    stops = [Fraction(0), *roots_inside(poly), Fraction(1)]
    signs = ""
    for low, high in pairwise(stops):
        value = evaluate(poly, between(low, high))
        mark = "+" if value > 0 else "-"
        signs += mark if signs[-1:] != mark else ""
    return signs


@settings(max_examples=60, deadline=None)
@given(rows=rows, row=st.lists(small, min_size=3, max_size=3), seed=st.integers(0, 1000), bent=st.integers(0, 1))
def test_signs_and_sequences_of_any_polynomials_are_exact_where_they_are_proved(
    rows: list[list[int]], row: list[int], seed: int, bent: int
) -> None:
    values = tuple(terms_of(r, bent) for r in rows)
    problem = drawn_problem([values] if any(values) else [], [terms_of(row, 1 - bent)])
    tree = grow(problem, 3)
    rng = Random(seed)
    cells = [leaf for leaf in leaves(tree.tokens) if leaf[3] != "?"]
    for level, i, j, token in rng.sample(cells, min(len(cells), 6)):
        share = [(k + Fraction(rng.randrange(1, 13), 13)) / 2**level for k in (i, j)]
        x, y = (axis.low + axis.width * s for axis, s in zip(problem.axes, share, strict=True))
        phase = tree.phases[int(token.partition(":")[0])]
        value = value_at(problem.signs[0].terms, x, y)
        assert phase.signs[0] == ("+" if value > 0 else "-" if value < 0 else "0")
        if problem.gains:
            assert phase.sequences[0] == exact_sequence(problem.gains[0], x, y)


@settings(max_examples=40, deadline=None)
@given(row=st.lists(small, min_size=3, max_size=3), x=st.fractions(0, 1), y=st.fractions(0, 1))
def test_bernstein_coefficients_make_the_polynomial(row: list[int], x: Fraction, y: Fraction) -> None:
    axes = Axis(name="x", low=-1, high="3/2"), Axis(name="y", low="-1/3", high=1)
    terms = terms_of(row, 1)
    table = over_rectangle([terms], axes)[0]

    def at(tensor: Any, u: Fraction, v: Fraction) -> Fraction:
        m, n = tensor.shape[0] - 1, tensor.shape[1] - 1
        weights = [[sp.binomial(d, k) * s**k * (1 - s) ** (d - k) for k in range(d + 1)] for d, s in ((m, u), (n, v))]
        return sum(
            (
                int(tensor[a, b]) * Fraction(str(weights[0][a])) * Fraction(str(weights[1][b]))
                for a in range(m + 1)
                for b in range(n + 1)
            ),
            Fraction(0),
        )

    direct = Fraction(value_at(terms, axes[0].low + axes[0].width * x, axes[1].low + axes[1].width * y))
    ratio = at(table, x, y)
    assert (ratio > 0) - (ratio < 0) == (direct > 0) - (direct < 0)
    for direction in (0, 1):
        degree = table.shape[direction] - 1
        low, high = halves(table, direction)
        half = [(x / 2, y), (x, y / 2)][direction], [((1 + x) / 2, y), (x, (1 + y) / 2)][direction]
        assert at(low, x, y) == 2**degree * at(table, *half[0])
        assert at(high, x, y) == 2**degree * at(table, *half[1])


def test_a_double_root_is_not_decided_and_a_triple_one_is_one_change() -> None:
    def constant(values: list[int]) -> Any:
        return np.array(values, dtype=object).reshape(-1, 1, 1)

    assert sequence_of(constant([1, -1, 1]), 10) is None  # (1 - 2 t)^2
    assert sequence_of(constant([-1, 1, -1, 1]), 10) == ("-+", "/uu")  # (2 t - 1)^3, whose slope vanishes at 1/2 only
    assert sequence_of(constant([1, -2, 1]), 10) is not None  # two roots
    assert sequence_of(constant([-1, 2, 1]), 10) == ("-+", "/u+")  # it falls in the end
    assert sequence_of(constant([0, 1]), 10) is None  # a root at the end was to be divided out


def test_powers_of_the_shares_are_divided_out_of_a_gain() -> None:
    """Bernstein coefficients 0, 1, 0 are 2 t (1 - t); and 0, 3 x, 1 are t (6 x (1 - t) + t)."""
    gain = Gain(name="a - b", values=((), (((0, 0), 1),), ()))

    assert gain.reduced == ((((0, 0), 2),),)
    assert Gain(name="a - b", values=((), (((1, 0), 3),), (((0, 0), 1),))).reduced == ((((1, 0), 6),), (((0, 0), 1),))


def test_polynomials_keep_their_sign_whatever_their_denominators() -> None:
    x, y = sp.symbols("x y", real=True)
    (terms,) = integer_terms([(x - y) / (x * (1 - 3 * y))], [x, y])

    for a, b in ((2, 1), (1, 2), (-1, 1), (-3, -2), (1, -1)):
        exact = sp.sign((x - y) / (x * (1 - 3 * y))).subs({x: a, y: b})
        assert sp.sign(value_at(terms, a, b)) == exact
    with pytest.raises(InvalidParameter, match="rational in the two parameters"):
        integer_terms([sp.sqrt(x)], [x, y])
    assert text_of((), ["x", "y"]) == "0"


def test_the_leaf_at_a_point_is_the_one_that_holds_it() -> None:
    tokens = ["/", "/", "0", "1", "2", "3", "4", "5", "6"]
    assert leaf_at(tokens, Fraction(3, 8), Fraction(1, 8)) == "1"
    assert leaf_at(tokens, Fraction(1, 8), Fraction(7, 8)) == "5"
    assert leaf_at(tokens, Fraction(1, 4), Fraction(1, 8)) is None


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"x": ("punishment_probability", 0.0, 1)}, "a float proves nothing"),
        ({"x": ("punishment_probability", 0, 2)}, r"in \[0, 1\]"),
        ({"x": ("punishment_probability", 1, 1)}, "a low end below its high end"),
        ({"x": ("fine", -1, 1), "y": ("punishment_cost", 0, 1)}, ">= 0"),
        ({"x": ("fine", 0, 1)}, "two different parameters"),
        ({"x": ("group_size", 2, 5)}, "one of multiplication_factor"),
        ({"x": ("discount_factor", 0, 1)}, "one of multiplication_factor"),
        ({"x": "fine"}, r"\(parameter, low, high\)"),
        ({"question": "welfare"}, "one of conditions"),
        ({"depth": -1}, "an integer from 0 to 16"),
        ({"depth": True}, "an integer from 0 to 16"),
        ({"punishers": 2}, "they belong to conditions"),
        ({"question": "conditions", "temperature": 1}, "among punishers"),
        ({"question": "conditions", "discount_factor": 0.5}, "exact number"),
        ({"question": "conditions", "x": ("discount_factor", 0, 1), "discount_factor": "1/2"}, "beside its axis"),
        ({"question": "conditions", "x": ("discount_factor", 0, 2)}, r"in \[0, 1\)"),
    ],
)
def test_what_cannot_be_proved_about_is_refused_in_one_line(change: dict[str, Any], what: str) -> None:
    with pytest.raises(InvalidParameter, match=what) as refusal:
        certified_phases(PUBLISHED, **{**OVER_P_AND_FINE, "depth": 2, **change})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("game", "axes", "what"),
    [
        (
            replace(PUBLISHED, fine=0.5, punishment_cost=0.3),
            {"x": ("multiplication_factor", 1, 2), "y": ("fine", 0, 1)},
            "exact numbers",
        ),
        (replace(PUBLISHED, punishment_cost=0), OVER_P_AND_FINE, "not proportional"),
        (
            OptionalGame(stage=replace(PUBLISHED, strategies=["C", "D"]), loner_payoff="1/2"),
            {"x": ("loner_payoff", 0, 1), "y": ("loner_fine", 0, 1)},
            "affine|distinguish|integers",
        ),
        (game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]), OVER_P_AND_FINE, "one of"),
        (risk_game(3, size=201), OVER_COST_AND_RISK, "at most 200"),
    ],
)
def test_games_that_are_not_covered_are_refused_in_one_line(game: Any, axes: Any, what: str) -> None:
    with pytest.raises(InvalidParameter, match=what):
        certified_phases(game, **axes, depth=2)


def test_unequal_games_and_other_kinds_have_no_conditions() -> None:
    with pytest.raises(InvalidParameter, match="public-goods"):
        certified_phases(risk_game(3), **OVER_COST_AND_RISK, question="conditions", depth=2)
    unequal = UnequalGame(endowments=["1/2", "1/2"], productivities=[1, 1])
    with pytest.raises(InvalidParameter):
        certified_phases(unequal, x=("multiplication_factor", 1, 2), y=("fine", 0, 1), depth=2)


def test_a_sweep_that_is_no_rectangle_is_refused() -> None:
    good: dict[str, Any] = {
        "game": PUBLISHED,
        "quantity": "rest_points",
        "axes": {"fine": {"start": 0, "stop": 1}, "punishment_cost": {"start": 0, "stop": 1}},
    }
    certified_sweep({**good, "depth": 1})
    for change, what in (
        ({"axes": {"fine": {"start": 0, "stop": 1}}}, "two parameters"),
        ({"axes": {"fine": {"values": [1]}, "punishment_cost": {"start": 0, "stop": 1}}}, "start, stop"),
        ({"colour": 1}, "only"),
    ):
        with pytest.raises(InvalidParameter, match=what):
            certified_sweep({**good, **change})
    with pytest.raises(InvalidParameter, match="to be given"):
        certified_sweep({"game": PUBLISHED})


def test_the_conditions_of_symbols_do_not_stumble_over_what_cannot_hold() -> None:
    """Credibility fails at this discount factor whatever the fine: a relation and False together are False."""
    p, beta = sp.symbols("p beta", real=True)
    found = conditions(replace(PUBLISHED, punishment_probability=p, fine=beta), discount_factor=Fraction(1, 1000))
    assert {c.name: c.holds for c in found}["credibility"] is False

    made = certified_phases(PUBLISHED, **OVER_P_AND_FINE, question="conditions", depth=2, discount_factor="1/1000")
    assert all("not credibility" in phase.meaning for phase in made.phases)


def test_the_page_of_the_documentation_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__).parents[1] / "docs" / "phase-diagrams.md"
    code = page.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    script = tmp_path / "page.py"
    script.write_text(code.replace("depth=10", "depth=5").replace("100_000", "500"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    names = runpy.run_path(str(script))

    assert [curve.explicit for curve in names["diagram"].curves] == ["risk = 625*contribution/216"]
    assert load_phases(tmp_path / "phases.json").areas == names["diagram"].areas


def test_curves_are_all_there_unless_a_double_root_is_everywhere() -> None:
    """Bernstein coefficients x^2, x y, y^2 make (x (1 - t) + y t)^2."""
    square = ((((2, 0), 1),), (((1, 1), 1),), (((0, 2), 1),))
    problem = drawn_problem([square], [])

    curves, complete = boundary_curves(problem, grow(problem, 2).tokens)

    assert not complete
    assert {curve.equation for curve in curves} <= {"x == 0", "y == 0"}
    line = drawn_problem([((((1, 0), 1),), (((0, 1), 1),))], [])
    assert boundary_curves(line, grow(line, 2).tokens)[1]


def kind_by_eigenvalues(matrix: Any, point: Any) -> str:
    """The type of a rest point from the eigenvalues of the replicator equations, linearized by differences."""
    payoffs, x = np.array(matrix, dtype=float), np.array([float(v) for v in point])

    def velocity(shares: Any) -> Any:
        means = payoffs @ shares
        return shares * (means - shares @ means)

    basis = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    slopes = [(velocity(x + 1e-6 * d) - velocity(x - 1e-6 * d)) / 2e-6 for d in basis.T]
    real = np.linalg.eigvals(np.array(slopes).T[:2]).real
    return "stable" if max(real) < 0 else "unstable" if min(real) > 0 else "saddle"


@pytest.mark.parametrize("seed", range(25))
def test_phases_of_any_affine_game_of_three_strategies_are_those_of_the_solvers(seed: int) -> None:
    rng = Random(seed)
    x, y = sp.symbols("x y", real=True)
    entries = [
        [rng.randrange(-5, 6) + rng.randrange(-2, 3) * x + rng.randrange(-2, 3) * y for _ in "abc"] for _ in "abc"
    ]
    place = {x: sp.Rational(rng.randrange(-7, 8), 11), y: sp.Rational(rng.randrange(-7, 8), 13)}
    matrix = [[Fraction(str(sp.S(entry).subs(place))) for entry in row] for row in entries]
    names = ("A", "B", "Q")
    symbolic = SimpleNamespace(
        strategies=names,
        group_size=2,
        payoff=lambda s, counts: sum(n * v for n, v in zip(counts, entries[names.index(s)], strict=True)),
    )
    axes = Axis(name="x", low=-1, high=1), Axis(name="y", low=-1, high=1)
    game = game_from_payoffs(matrix, names)
    for question in ("equilibria", "rest_points"):
        problem = matrix_problem(symbolic, (x, y), {"game": {}, "question": question, "options": {}, "axes": axes})
        values = [value_at(s.terms, *(Fraction(str(v)) for v in place.values())) for s in problem.signs]
        signs = {k: (v > 0) - (v < 0) for k, v in enumerate(values)}
        if 0 in signs.values():  # a boundary, of no phase
            continue
        phase = problem.phase(signs.get, lambda k: None)
        assert phase is not None
        found = set(phase.name.split(", ")) - {"none of these"}
        if question == "equilibria":
            assert found == equilibria_by_solver(game)
            continue
        by_solver = set()
        for component in rest_points(game).components:
            (part,) = component.parts
            kind = kind_by_eigenvalues(matrix, part.point)
            support = component.support
            by_solver.add(
                f"inside {'repels' if kind == 'unstable' else kind}"
                if len(support) == 3
                else f"{'-'.join(support)} {kind}"
            )
        assert found == by_solver
        assert all(problem.signs[k].terms for k in phase.signs)


def test_a_polynomial_and_its_opposite_are_one_sign() -> None:
    x, y = sp.symbols("x y", real=True)
    polynomials: list[SignPolynomial] = []

    first, second = (_formula(r, "r", (x, y), polynomials) for r in (sp.Ge(x - y, 0), sp.Gt(2 * y - 2 * x, 0)))

    assert len(polynomials) == 1
    assert {s for s in (-1, 0, 1) if s in first[2]} | {s for s in (-1, 0, 1) if s in second[2]} == {-1, 0, 1}
    assert not set(first[2]) & set(second[2])
