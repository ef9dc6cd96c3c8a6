"""Where EGTtools' routines for rest points and their stability are wrong, each case with an exact check of ours.

`check_replicator_stability_pairwise_games` counts an eigenvalue of zero, or of less than 1e-4 in size, as stable.
`find_roots_and_stability` takes the eigenvalues of `fjac`, an orthogonal factor of the solver, for those of the
linearisation, misses points, and lists some points of a continuum. Seen in 0.1.14.2.
"""

import contextlib
import io
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

from dynamics import rest_points
from gametheory import game_from_payoffs

peer = pytest.importorskip("egttools.analytical.utils", reason="EGTtools is not installed")

F = Fraction
NAMES = ("A", "B", "C")
ANSWERS = {1: "stable", -1: "unstable", 0: "saddle"}
TIED = [[0, -1, 0], [0, 0, 0], [-1, 0, 0]]
TWO_TIES = [[0, 0, 0], [0, -1, 2], [0, 2, -1]]
SOURCE = [[0, -2, 1], [1, 0, -2], [-2, 1, 0]]
CENTER = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
DOMINATED = [[1, 1, 1], [0, 0, 0], [2, 2, 2]]
SMALL = [[F(v, 10**5) for v in row] for row in ([3, 0, 0], [0, 2, 0], [0, 0, 1])]


def ours(matrix: Any, *point: Any) -> str:
    parts = [p for c in rest_points(game_from_payoffs(matrix, NAMES)).components for p in c.parts]
    (found,) = [part for part in parts if part.point == tuple(map(F, point))]
    return str(found.stability)


def theirs(matrix: Any, *point: Any) -> str:
    floats = np.array([[float(v) for v in row] for row in matrix])
    (code,) = peer.check_replicator_stability_pairwise_games([np.array([float(F(x)) for x in point])], floats)
    return ANSWERS[code]


@pytest.fixture(autouse=True)
def _the_same_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer's search starts from points drawn without a seed; here they are always the same."""
    rng = np.random.default_rng(1)
    monkeypatch.setattr(peer, "sample_unit_simplex", lambda size: rng.dirichlet(np.ones(size)))


def searched(matrix: Any) -> list[tuple[np.ndarray, str]]:
    from egttools.analytical import replicator_equation

    floats = np.array([[float(v) for v in row] for row in matrix])
    with contextlib.redirect_stdout(io.StringIO()):
        roots, codes = peer.find_roots_and_stability(lambda x: replicator_equation(x, floats), 3)
    return [(root, ANSWERS[code]) for root, code in zip(roots, codes, strict=True)]


def speed(matrix: Any, shares: list[Any], index: int) -> Any:
    """The replicator velocity of one strategy, with symbols."""
    payoffs = [sum(sp.Rational(str(a)) * x for a, x in zip(row, shares, strict=True)) for row in matrix]
    mean = sum(f * x for f, x in zip(payoffs, shares, strict=True))
    return sp.factor(shares[index] * (payoffs[index] - mean))


def eigenvalues(matrix: Any, point: list[Any]) -> set[Any]:
    """Exact eigenvalues of the linearisation on the tangent space."""
    y, z = sp.symbols("y z")
    shares = [1 - y - z, y, z]
    field = sp.Matrix([speed(matrix, shares, 1), speed(matrix, shares, 2)])
    at = {y: sp.Rational(str(F(point[1]))), z: sp.Rational(str(F(point[2])))}
    return set(field.jacobian([y, z]).subs(at).eigenvals())


def test_a_tied_strategy_that_grows_makes_a_corner_unstable_that_is_called_stable() -> None:
    e = sp.Symbol("e", positive=True)
    assert sp.expand(speed(TIED, [1 - e, e, 0], 1) - e**2 * (1 - e)) == 0  # B grows from any small share
    assert ours(TIED, 1, 0, 0) == "unstable"
    assert theirs(TIED, 1, 0, 0) == "stable"


def test_two_tied_strategies_that_help_each_other_make_a_corner_unstable_that_is_called_stable() -> None:
    e = sp.Symbol("e", positive=True)
    along = [1 - 2 * e, e, e]
    assert speed(TWO_TIES, along, 1) == speed(TWO_TIES, along, 2)  # the ray is invariant
    assert sp.expand(speed(TWO_TIES, along, 1) - e**2 * (1 - 2 * e)) == 0  # and leads away
    assert ours(TWO_TIES, 1, 0, 0) == "unstable"
    assert theirs(TWO_TIES, 1, 0, 0) == "stable"


def test_in_small_units_of_payoff_everything_is_called_stable() -> None:
    saddle, repeller = ("2/5", "3/5", 0), ("2/11", "3/11", "6/11")
    assert max(eigenvalues(SMALL, list(saddle))) > 0
    assert min(eigenvalues(SMALL, list(repeller))) > 0
    for point in (saddle, repeller):
        assert ours(SMALL, *point) == "unstable"
        assert theirs(SMALL, *point) == "stable"


def test_the_source_of_rock_paper_scissors_is_not_called_unstable_by_the_search() -> None:
    third = ["1/3"] * 3
    assert all(sp.re(value) > 0 for value in eigenvalues(SOURCE, third))
    assert ours(SOURCE, *third) == "unstable"
    found = [answer for root, answer in searched(SOURCE) if np.allclose(root, 1 / 3, atol=1e-3)]
    assert found != ["unstable"]


def test_a_dominated_corner_is_called_stable_by_the_search() -> None:
    assert max(eigenvalues(DOMINATED, [1, 0, 0])) > 0
    assert ours(DOMINATED, 1, 0, 0) == "unstable"
    assert "stable" in [answer for root, answer in searched(DOMINATED) if np.allclose(root, [1, 0, 0], atol=1e-3)]


def test_the_centre_of_rock_paper_scissors_is_missed_and_a_line_of_points_is_a_list() -> None:
    (inner,) = [c for c in rest_points(game_from_payoffs(CENTER, NAMES)).components if len(c.support) == 3]
    assert inner.endpoints == ((F(1, 3),) * 3,)
    assert not [root for root, _ in searched(CENTER) if np.allclose(root, 1 / 3, atol=1e-3)]
    line = next(c for c in rest_points(game_from_payoffs(TIED, NAMES)).components if c.dimension == 1)
    assert {part.stability for part in line.parts} <= {"stable", "unstable", "asymptotically stable"}
    answers = {answer for root, answer in searched(TIED) if 0.1 < root[1] < 0.9 and root[0] < 1e-6}
    assert len(answers) > 1  # of points in a row that are all alike
    middle = [p.stability for p in line.parts if p.dimension == 1]
    assert len(middle) == 1
