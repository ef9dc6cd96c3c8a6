import doctest
import re
import runpy
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dynamics import (
    Imitation,
    Logit,
    Replicator,
    Smith,
    bifurcation_diagram,
    limit_cycle,
    mean_dynamics,
)
from dynamics.continuation import lyapunov_coefficient
from dynamics.folds import exact_special_points
from dynamics.numerical import jacobian
from gametheory import (
    CollectiveRiskGame,
    InvalidParameter,
    NotConverged,
    PublicGoodsGame,
    StagHuntGame,
    game_from_payoffs,
)
from gametheory.algebra.roots import from_bernstein, roots_inside

F = Fraction
PAGE = Path(__file__).parents[1] / "docs" / "mean-dynamics.md"


@dataclass(frozen=True)
class GainGame:
    """Two strategies: B earns nothing, A the gain against n co-players of A; gains may be expressions."""

    gains: tuple[Any, ...]
    strategies: tuple[str, str] = ("A", "B")

    @property
    def group_size(self) -> int:
        return len(self.gains)

    def payoff(self, strategy: str, counts: Sequence[Any]) -> Any:
        return self.gains[int(counts[0])] if strategy == "A" else F(0)


def crd(size: int = 6, threshold: int = 3) -> Any:
    return lambda risk: CollectiveRiskGame(group_size=size, threshold=threshold, risk=risk, contribution="1/10")


def stag_hunt(size: int, threshold: int) -> Any:
    return lambda factor: StagHuntGame(group_size=size, threshold=threshold, multiplication_factor=factor)


# --- exact special points ---


@pytest.mark.parametrize(("size", "threshold"), [(n, m) for n in range(4, 8) for m in range(2, n)])
def test_the_critical_risk_is_the_published_one(size: int, threshold: int) -> None:
    # CRD-1: two interior roots iff c / k < Gamma; N = 6, m = 3: 0.289351852
    u = F(threshold - 1, size - 1)
    gamma = comb(size - 1, threshold - 1) * u ** (threshold - 1) * (1 - u) ** (size - threshold)
    (point,) = exact_special_points(crd(size, threshold), F(0), F(1)) or ()
    assert (point.kind, point.method, point.value) == ("fold", "exact", F(1, 10) / gamma)
    assert point.shares == (u, 1 - u)
    if (size, threshold) == (6, 3):
        assert round(float(point.value), 9) == 0.289351852


@pytest.mark.parametrize(("size", "threshold"), [(n, m) for n in range(3, 7) for m in range(2, n)])
def test_the_least_factor_of_the_stag_hunt_is_the_published_one(size: int, threshold: int) -> None:
    # SH-1: F* = N / R(m / N); (5, 3): F* / N = 0.6613756614; one root leaves at F = N
    x = F(threshold, size)
    others = size - 1
    chances = [comb(others, k) * x**k * (1 - x) ** (others - k) for k in range(size)]
    extra = threshold * comb(others, threshold - 1) * x ** (threshold - 1) * (1 - x) ** (size - threshold)
    least = size / (sum(chances[threshold:]) + extra)
    fold, leaving = exact_special_points(stag_hunt(size, threshold), F(1, 10), F(3 * size)) or ()
    assert (fold.kind, fold.value, fold.shares[0]) == ("fold", least, x)
    assert (leaving.kind, leaving.value, leaving.shares) == ("transcritical", size, (1, 0))
    if (size, threshold) == (5, 3):
        assert round(float(fold.value / 5), 10) == 0.6613756614


def test_a_fold_at_an_irrational_value_is_an_algebraic_number() -> None:
    # gain t (1-x)^2 - 2 x (1-x) + 2 t x^2: a double root iff 2 t^2 = 1, at x / (1 - x) = t
    (point,) = exact_special_points(lambda t: GainGame((t, F(-1), 2 * t)), F(0), F(1)) or ()
    assert (point.kind, point.value.text) == ("fold", "2*x**2 - 1")
    assert float(point.value) == pytest.approx(0.5**0.5, abs=1e-15)
    t = 0.5**0.5
    assert point.shares[0] == pytest.approx(t / (1 + t), abs=1e-12)
    outside = exact_special_points(lambda t: GainGame((t, F(1), 2 * t)), F(0), F(1))
    assert outside == ()  # the double root is negative there


@given(st.lists(st.integers(-4, 4), min_size=3, max_size=5), st.lists(st.integers(-4, 4), min_size=3, max_size=5))
@settings(deadline=None, max_examples=25)
def test_between_special_values_the_number_of_interior_rest_points_is_constant(first: Any, second: Any) -> None:
    n = min(len(first), len(second))
    assume(any(first[:n]) and any(second[:n]))
    points = exact_special_points(
        lambda t: GainGame(tuple(a + t * b for a, b in zip(first[:n], second[:n], strict=True))), F(-1), F(2)
    )
    assert points is not None
    assume(all(p.kind != "all rest" for p in points))
    cuts = [F(-1), *(F(float(p.value)).limit_denominator(10**9) for p in points), F(2)]
    for low, high in pairwise(cuts):
        if high - low < F(1, 1000):
            continue
        numbers = set()
        for k in (1, 5, 9):
            t = low + (high - low) * F(k, 10)
            gain = from_bernstein([F(a) + t * b for a, b in zip(first[:n], second[:n], strict=True)][::1])
            numbers.add(len(roots_inside(gain)) if gain else -1)
        assert len(numbers) == 1


def test_branches_that_cross_pitch_or_rest_everywhere_are_told_apart() -> None:
    import sympy as sp

    def of(polynomial: Any) -> Any:
        """The game whose gain is a polynomial of degree 3 in the share of A, its Bernstein coefficients."""

        def game(t: Any) -> GainGame:
            x = sp.Symbol("x")
            c = [sp.Poly(polynomial(x, t), x).coeff_monomial(x**k) for k in range(4)]
            b = [sum(sp.Rational(comb(k, i), comb(3, i)) * c[i] for i in range(k + 1)) for k in range(4)]
            return GainGame(tuple(b))

        return game

    half = F(1, 2)
    crossing = exact_special_points(of(lambda x, t: (x - half) * (x - half - t)), F(-1, 3), F(1, 4))
    assert [(p.kind, p.value, p.shares[0]) for p in crossing or ()] == [("crossing", 0, half)]
    pitchfork = exact_special_points(of(lambda x, t: (x - half) * ((x - half) ** 2 - t)), F(-1, 9), F(1, 9))
    assert [(p.kind, p.value, p.shares[0]) for p in pitchfork or ()] == [("pitchfork", 0, half)]
    flat = exact_special_points(of(lambda x, t: t * (x - half)), F(-1), F(1))
    assert [(p.kind, p.value) for p in flat or ()] == [("all rest", 0)]
    resting = exact_special_points(of(lambda x, t: x * (x - t) * (1 - x)), F(-1), F(2))
    assert [(p.kind, p.value) for p in resting or ()] == [("transcritical", 0), ("transcritical", 1)]


def test_games_that_refuse_symbols_have_no_exact_points() -> None:
    assert exact_special_points(lambda t: game_from_payoffs([[t, 0], [0, 1]], ["A", "B"]), F(0), F(1)) is None
    floats = exact_special_points(lambda t: GainGame((0.1 * t, -1.0, t)), F(0), F(1))
    assert floats is None
    three = exact_special_points(lambda t: PublicGoodsGame(group_size=3, multiplication_factor=2, fine=t), F(0), F(1))
    assert three is None


# --- diagrams ---


@given(st.integers(3, 7), st.data())
@settings(deadline=None, max_examples=5)
def test_folds_found_numerically_are_the_exact_ones(size: int, data: st.DataObject) -> None:
    threshold = data.draw(st.integers(2, size - 1))
    (exact,) = exact_special_points(crd(size, threshold), F(0), F(1)) or ()

    found = bifurcation_diagram(crd(size, threshold), values=[0.0, 0.5, 1.0])

    assert not found.exact
    (fold,) = [p for p in found.special if p.kind == "fold"]
    assert fold.method == "numerical"
    assert fold.value == pytest.approx(float(exact.value), abs=1e-10)
    assert fold.shares[0] == pytest.approx(float(exact.shares[0]), abs=1e-8)


def test_a_diagram_of_exact_values_is_exact_and_lists_the_published_roots() -> None:
    # CRD-1: k = 1: 0.1214333336, 0.7356180923; k = 0.5: 0.1962670096, 0.6310500420; k = 0.25: none
    diagram = bifurcation_diagram(crd(), values=["1/4", "1/2", "1"], parameter="risk", protocol=Smith())
    assert diagram.exact
    assert diagram.branches == ()
    inside = {
        value: sorted(float(p.shares[0, 0]) for p in diagram.points if p.value == value and 0 < p.shares[0, 0] < 1)
        for value in (0.25, 0.5, 1.0)
    }
    assert inside[0.25] == []
    stable = [p.shares[0, 0] for p in diagram.points if p.value == 0.5]
    assert any(abs(v - 0.6310500420) < 1e-10 for v in stable)
    assert inside[1.0] == pytest.approx([0.1214333336, 0.7356180923], abs=1e-10)
    replicator = bifurcation_diagram(crd(), values=["1/4", "1/2", "1"])
    kinds = {round(float(p.shares[0, 0]), 6): p.stability for p in replicator.points if p.value == 1.0}
    assert kinds == {
        0.0: "asymptotically stable",
        0.121433: "unstable",
        0.735618: "asymptotically stable",
        1.0: "unstable",
    }


def test_branches_hold_rest_points_with_their_stability() -> None:
    diagram = bifurcation_diagram(crd(), values=["0", "1/2", "1"])
    (curve,) = [b for b in diagram.branches if b.support == (0, 1)]
    for value, shares, stable in zip(curve.values, curve.shares, curve.stable, strict=True):
        dynamics = mean_dynamics(crd()(float(value)))
        assert np.abs(dynamics.velocities(shares)).max() < 1e-10
        if abs(shares[0] - 0.4) > 1e-2:
            assert stable == (shares[0] > 0.4)
    assert {curve.values[0], curve.values[-1]} == {1.0}
    assert curve.values.min() == pytest.approx(125 / 432, abs=2e-4)


@pytest.mark.parametrize("loss", [2, 3, 1.5])
def test_hopf_points_of_noisy_cycles_are_where_eigenvalues_say(loss: float) -> None:
    # at the center J = A / (3 T) - 1, with real part (loss - 1) / (6 T) - 1
    game = game_from_payoffs([[0.0, -loss, 1.0], [1.0, 0.0, -loss], [-loss, 1.0, 0.0]], ["R", "P", "S"])
    critical = (loss - 1) / 6
    values = np.linspace(0.3 * critical, 3 * critical, 4).tolist()

    diagram = bifurcation_diagram(lambda t: game, values=values, protocol=lambda t: Logit(temperature=t))

    (point,) = diagram.special
    assert (point.kind, point.method, point.criticality) == ("Hopf", "numerical", "supercritical")
    assert point.value == pytest.approx(critical, abs=1e-10)
    assert point.residual < 1e-8
    # supercritical: a stable cycle on the unstable side, none on the other
    below = mean_dynamics(game, protocol=Logit(temperature=0.97 * critical))
    above = mean_dynamics(game, protocol=Logit(temperature=1.03 * critical))
    assert limit_cycle(below, [0.4, 0.3, 0.3], settle=500).stability == "attracting"
    with pytest.raises(NotConverged):
        limit_cycle(above, [0.4, 0.3, 0.3], settle=500)


def test_exploration_stills_imitators_at_the_value_of_the_linearization() -> None:
    # (1 - mu) (loss - 1) / (12 K) = 3 mu / 2, loss 2 and K = 1: mu = 1/19
    game = game_from_payoffs([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], ["R", "P", "S"])
    diagram = bifurcation_diagram(
        lambda mu: game,
        values=["1/50", "1/10", "1/5"],
        protocol=lambda mu: Imitation(imitation_noise=1, mutation_rate=float(mu)),
    )
    (point,) = diagram.special
    assert (point.kind, point.criticality) == ("Hopf", "supercritical")
    assert point.value == pytest.approx(1 / 19, abs=1e-10)


def test_hopf_points_of_linear_replicators_are_degenerate() -> None:
    # Zeeman 1980: no limit cycles; at loss = win all orbits close
    def game(loss: float) -> Any:
        return game_from_payoffs([[0, -loss, 1], [1, 0, -loss], [-loss, 1, 0]], ["R", "P", "S"])

    diagram = bifurcation_diagram(game, values=[0.5, 0.9, 1.5])
    hopf = [p for p in diagram.special if p.kind == "Hopf"]
    assert [(p.criticality, round(p.value, 9)) for p in hopf] == [("degenerate or undecided", 1.0)]
    center = mean_dynamics(game(1.0))
    assert abs(lyapunov_coefficient(center, np.full(3, 1 / 3))) < 1e-6


def test_the_defector_punisher_point_leaves_through_the_punishers_where_fines_deter() -> None:
    # PUN-1: it is inside iff (N - 1) fine > c (1 - r/N), fine > 1/10
    def game(fine: Any) -> PublicGoodsGame:
        return PublicGoodsGame(group_size=5, multiplication_factor=3, fine=fine, punishment_cost="3/10")

    diagram = bifurcation_diagram(game, values=["0", "1/2", "1"])
    leaving = [p for p in diagram.special if p.kind == "transcritical"]
    assert [round(float(p.value), 9) for p in leaving] == [0.1]
    assert leaving[0].shares == pytest.approx((0, 0, 1), abs=1e-9)
    lines = [p for p in diagram.points if len(p.shares) == 2]
    assert {p.value for p in lines} == {0.0, 0.5, 1.0}


@given(st.lists(st.integers(-5, 5), min_size=9, max_size=9), st.integers(1, 3))
@settings(deadline=None, max_examples=20)
def test_jacobians_of_linear_replicators_are_their_formula(entries: Any, seed: int) -> None:
    matrix = np.array(entries, dtype=float).reshape(3, 3)
    dynamics = mean_dynamics(game_from_payoffs(matrix.astype(int), ["A", "B", "C"]))
    x = np.random.default_rng(seed).dirichlet([1, 1, 1])
    f = matrix @ x
    slopes = np.diag(f - x @ f) + x[:, None] * (matrix - (f + matrix.T @ x)[None, :])
    from dynamics.numerical import tangent_basis

    basis = tangent_basis(3)
    assert jacobian(dynamics, x) == pytest.approx(basis.T @ slopes @ basis, abs=1e-10)


def test_values_and_games_that_do_not_fit_are_refused_by_name() -> None:
    for values in (["1"], ["1", "1/2"], [0.0, float("nan")], []):
        with pytest.raises(InvalidParameter, match=r"^values must be"):
            bifurcation_diagram(crd(), values=values)
    with pytest.raises(InvalidParameter, match=r"^game_of must be one that keeps"):
        bifurcation_diagram(
            lambda t: game_from_payoffs([[1, 0], [0, 1]], ["A", "B" if t < 1 else "C"]), values=[0, 2], branches=False
        )
    assert isinstance(bifurcation_diagram(crd(), values=[0, 1], branches=False).protocol, Replicator)


# --- the page ---


def test_the_plain_examples_of_the_page_run(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    script = tmp_path / "page.py"
    script.write_text("\n".join(block for block in blocks if ">>>" not in block), encoding="utf-8")

    names = runpy.run_path(str(script))

    assert names["runs"].shares.shape == (1000, 41, 3)
    assert names["dynamics"](0.0, [0.2, 0.3, 0.5]) == pytest.approx([0.132, -0.282, 0.15])


def test_every_example_of_the_page_gives_what_it_says() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = "\n".join(block for block in blocks if ">>>" in block)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=flags)

    runner.run(parser.get_doctest(text, {}, "mean-dynamics.md", None, 0))

    assert (runner.failures, runner.tries > 20) == (0, True)
