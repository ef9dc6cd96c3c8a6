"""Rest points under the protocols other than the replicator's."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import fsolve

from dynamics import (
    BoltzmannLearning,
    BrownVonNeumannNash,
    Imitation,
    Logit,
    Replicator,
    ReplicatorMutator,
    Smith,
    mean_dynamics,
    rest_points,
    trajectories,
)
from dynamics.protocols import Protocol
from gametheory import InvalidParameter, PublicGoodsGame, TableGame, game_from_payoffs, symmetric_equilibria
from gametheory.compositions import compositions, number_of_compositions
from gametheory.optional import OptionalGame

F = Fraction
NAMES = ("A", "B", "C")
ASYMPTOTIC, UNSTABLE, UNDECIDED = "asymptotically stable", "unstable", "undecided"
COORDINATION = game_from_payoffs([[3, 0, 0], [0, 2, 0], [0, 0, 1]], NAMES)


def optional() -> OptionalGame:
    stage = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    return OptionalGame(stage=stage, loner_payoff=1)


def interior(game: Any, protocol: Protocol) -> list[Any]:
    found = rest_points(game, protocol=protocol)
    assert found.complete
    assert not found.undecided
    return [part for c in found.components for part in c.parts if all(float(v) > 0 for v in part.point)]


def test_imitation_in_optional_public_goods_has_its_published_stable_point() -> None:
    """OPT-4, EvoLudo's reference run CDL-6."""
    (point,) = interior(optional(), Imitation(imitation_noise=0.1, mutation_rate=0.02))
    assert [float(v) for v in point.point] == pytest.approx([0.2684660, 0.2702450, 0.4612891], abs=1e-7)
    assert point.stability == ASYMPTOTIC
    assert all(v.high - v.low < F(1, 2**60) for v in point.point)


@st.composite
def games(draw: st.DrawFn) -> TableGame:
    parts, size = draw(st.sampled_from([(2, 4), (3, 2), (3, 3)]))
    columns = number_of_compositions(size - 1, parts)
    values = draw(st.lists(st.integers(0, 4), min_size=parts * columns, max_size=parts * columns))
    rows = [values[k * columns : (k + 1) * columns] for k in range(parts)]
    return game_from_payoffs(rows, NAMES[:parts], group_size=size)


PROTOCOLS: list[Protocol] = [
    Logit(temperature=0.5),
    Logit(temperature=0.15),
    Imitation(imitation_noise=0.5, mutation_rate=0.1),
    ReplicatorMutator(mutation_rate=0.05, baseline=1.0),
    BoltzmannLearning(temperature=0.5),
]


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=str)
@given(game=games())
@settings(deadline=None, max_examples=4)
def test_the_field_is_zero_at_the_points_and_newtons_method_finds_no_other(protocol: Protocol, game: TableGame) -> None:
    field = mean_dynamics(game, protocol=protocol)
    parts = interior(game, protocol)
    places = np.array([[float(v) for v in part.point] for part in parts])
    for place in places:
        assert np.abs(field(0.0, place)).max() < 1e-10
    size = len(game.strategies)

    def residual(y: Any) -> Any:
        x = np.array([1 - sum(y), *y])
        return field(0.0, np.clip(x, 1e-300, 1))[1:] + 10 * np.minimum(x, 0)[1:]

    for row in compositions(6, size).tolist():
        if min(row) == 0:
            continue
        end, _, code, _ = fsolve(residual, np.array(row[1:]) / 6, full_output=True)
        point = np.array([1 - sum(end), *end])
        if code == 1 and point.min() > 1e-9 and np.abs(field(0.0, point)).max() < 1e-10:
            assert np.abs(places - point).max(axis=1).min() < 1e-5


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=str)
def test_stable_points_attract_and_others_do_not(protocol: Protocol) -> None:
    dynamics = mean_dynamics(COORDINATION, protocol=protocol)
    for part in interior(COORDINATION, protocol):
        x = np.array([float(v) for v in part.point])
        ways = np.array([[1.0, -1, 0], [0, 1, -1], [-1, 0, 1], [-1, 1, 0], [0, -1, 1], [1, 0, -1]])
        starts = np.clip(x + 1e-3 * min(1.0, 300 * x.min()) * ways, 1e-12, None)
        runs = trajectories(dynamics, starts / starts.sum(axis=1, keepdims=True), times=400)
        far = np.abs(runs.ends - x).max(axis=1)
        assert part.stability in (ASYMPTOTIC, UNSTABLE)
        assert bool((far < 1e-5).all()) == (part.stability == ASYMPTOTIC)


def test_cold_logit_equilibria_lie_within_1e60_of_the_corners_and_are_told_from_them() -> None:
    parts = interior(COORDINATION, Logit(temperature=0.02))
    assert len(parts) == 7
    nearest = min(parts, key=lambda part: float(part.point[1]) + float(part.point[2]))
    tiny = nearest.point[1].refined(F(1, 2**260))
    assert 0 < tiny.low < tiny.high < F(1, 10**60)
    assert float(tiny.low) == pytest.approx(np.exp(-150), rel=1e-6)


def test_logit_equilibria_of_symmetric_games_are_even_and_exact() -> None:
    rps = game_from_payoffs([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], NAMES)
    (point,) = interior(rps, Logit(temperature=0.1))
    assert point.point == (F(1, 3),) * 3
    assert (point.stability, point.is_nash) == (ASYMPTOTIC, True)


@given(games())
@settings(deadline=None, max_examples=15)
def test_smith_and_bnn_rest_at_the_symmetric_equilibria(game: TableGame) -> None:
    nash = symmetric_equilibria(game)
    for protocol in (Smith(), BrownVonNeumannNash()):
        found = rest_points(game, protocol=protocol)
        assert [c.set for c in found.components] == [c.set for c in nash.components]
        assert found.complete == nash.complete
        field = mean_dynamics(game, protocol=protocol)
        for part in (p for c in found.components for p in c.parts):
            assert np.abs(field(0.0, [float(v) for v in part.point])).max() < 1e-9
            assert part.is_nash
            if part.stability == ASYMPTOTIC and part.dimension == 0:
                x = np.array([float(v) for v in part.point])
                starts = 0.999 * x + 0.001 * np.eye(len(x))
                runs = trajectories(field, starts, times=[1e4])
                assert np.abs(runs.ends - x).max() < 0.002
            if part.ess == "yes" and part.dimension == 0 and len(game.strategies) == 2:
                assert part.stability == ASYMPTOTIC


def test_no_mutation_is_no_mutation() -> None:
    plain = rest_points(COORDINATION)
    assert rest_points(COORDINATION, protocol=Replicator()) == plain
    assert rest_points(COORDINATION, protocol=ReplicatorMutator(mutation_rate=0)) == plain
    imitation = rest_points(COORDINATION, protocol=Imitation(imitation_noise=1))
    assert [c.set for c in imitation.components] == [c.set for c in plain.components]
    assert {p.stability for c in imitation.components for p in c.parts} == {UNDECIDED}


def test_boltzmann_learning_rests_on_every_face_and_is_stable_inside_only() -> None:
    found = rest_points(COORDINATION, protocol=BoltzmannLearning(temperature=0.5))
    supports = {c.support for c in found.components}
    assert {("A",), ("B",), ("C",), ("A", "B"), ("A", "B", "C")} <= supports
    for component in found.components:
        if len(component.support) < 3:
            assert component.parts[0].stability == UNSTABLE
    vertices = [c.parts[0] for c in found.components if len(c.support) == 1]
    assert all(part.is_nash for part in vertices)


def test_what_is_no_protocol_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^protocol must be one of dynamics.protocols"):
        rest_points(COORDINATION, protocol="logit")  # type: ignore[arg-type]
