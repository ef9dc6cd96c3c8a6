"""A diagram against its game, asked point by point: in floats for many points, exactly where floats disagree.

Nothing here reads the diagram's polynomials: the payoff function is called again with numbers or arrays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.phases.diagram import PhaseDiagram
from experiments.phases.matrices import payoff_matrix, sign_expressions
from experiments.phases.problem import Problem
from experiments.phases.search import SPLIT, UNDECIDED
from gametheory.algebra.roots import between, evaluate, from_bernstein, roots_inside
from gametheory.errors import require
from gametheory.exact import is_integer
from gametheory.files import game_from_dict
from gametheory.thresholds import conditions, expected_welfare

Array = NDArray[np.float64]
GRID: Final = 400  # shares at which a sampled gain is looked at
BLOCK: Final = 20_000
NOTHING: Final[dict[int, Any]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How sampled points compare with the cells that they fall in.

    Attributes
    ----------
    samples, compared, rechecked : int
        Points drawn; those in a proved cell; those of them that floats put elsewhere, and exact arithmetic was
        asked about.
    disagreements : tuple of (Fraction, Fraction)
        Points at which the exact answer is not the cell's.
    seed : int
    """

    samples: int
    compared: int
    rechecked: int
    disagreements: tuple[tuple[Fraction, Fraction], ...]
    seed: int


def agreement(diagram: PhaseDiagram, *, samples: int, seed: int) -> Agreement:
    """Draw points, ask the game for the phase at each, and compare with the cells that are proved.

    Parameters
    ----------
    diagram : PhaseDiagram
    samples : int
        Points, uniform on the rectangle.
    seed : int

    Returns
    -------
    Agreement
        Roots of a gain are counted by its signs at 400 shares; where that, or any float, contradicts a cell, the
        point is asked exactly.

    Examples
    --------
    >>> from gametheory import CollectiveRiskGame
    >>> from experiments.phases import certified_phases
    >>> game = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution='1/10')
    >>> made = certified_phases(game, x=("contribution", 0, 1), y=("risk", 0, 1), depth=5)
    >>> found = agreement(made, samples=1000, seed=1)
    >>> found.compared > 900, found.disagreements
    (True, ())
    """
    require(is_integer(samples) and samples >= 1, "samples", samples, "an integer >= 1")
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    spots = rng.random((int(samples), 2))
    x, y = diagram.problem.axes
    points = [float(axis.low) + float(axis.width) * spots[:, k] for k, axis in enumerate((x, y))]
    tokens = _tokens_at(diagram, spots)
    proved = np.flatnonzero(tokens != UNDECIDED)
    names = {t: diagram.name_of(t) for t in set(tokens[proved])}
    rechecked = 0
    wrong: list[tuple[Fraction, Fraction]] = []
    for start in range(0, len(proved), BLOCK):
        block = proved[start : start + BLOCK]
        found = _phases_near(diagram.problem, points[0][block], points[1][block])
        for place, answer in zip(block, found, strict=True):
            if answer == names[tokens[place]]:
                continue
            rechecked += 1
            spot = Fraction(float(points[0][place])), Fraction(float(points[1][place]))
            inside = x.low < spot[0] < x.high and y.low < spot[1] < y.high
            cell = diagram.phase_at(*spot) if inside else None
            if cell is not None and phase_at(diagram.problem, *spot) != cell:
                wrong.append(spot)
    return Agreement(
        samples=int(samples), compared=len(proved), rechecked=rechecked, disagreements=tuple(wrong), seed=seed
    )


def _tokens_at(diagram: PhaseDiagram, spots: Array) -> Any:
    """The token of the cell that each point of the unit square falls in."""
    found = np.empty(len(spots), dtype=object)
    stack = [(spots, np.arange(len(spots)))]
    for token in diagram.tokens:
        inside, places = stack.pop()
        if token != SPLIT:
            found[places] = token
            continue
        doubled = 2 * inside
        right, up = doubled[:, 0] >= 1, doubled[:, 1] >= 1
        for b in (1, 0):
            for a in (1, 0):
                chosen = (right == a) & (up == b)
                stack.append((doubled[chosen] - np.array([a, b]), places[chosen]))
    return found


def _phases_near(problem: Problem, x: Array, y: Array) -> list[str | None]:
    """The phase at each point by floats; None where they say nothing."""
    game, options = _at(problem, x, y)
    if problem.question == "conditions":
        truths = np.array([np.broadcast_to(v, x.shape) for v in _held(game, options, problem.varying)])
        texts = [", ".join(n for n, ok in zip(problem.varying, row, strict=True) if ok) or "none" for row in truths.T]
        return list(texts)
    if problem.gains:
        return _sequences(problem, game, x)
    expressions = sign_expressions(game.strategies, payoff_matrix(game))
    rows = [
        np.sign(np.broadcast_to(value, x.shape)) if stated.terms else np.zeros(x.shape)
        for (_, value), stated in zip(expressions, problem.signs, strict=True)
    ]
    signs, which = np.unique(np.array(rows).T, axis=0, return_inverse=True)
    found = [problem.phase(dict(enumerate(map(int, row))).get, NOTHING.get) for row in signs]
    named = [phase.name if phase else None for phase in found]
    return [named[k] for k in which.ravel()]


def _at(problem: Problem, x: Any, y: Any) -> tuple[Any, dict[str, Any]]:
    """The game and the options with values of the two parameters."""
    game, options = game_from_dict(problem.game), dict(problem.options)
    changed = {}
    for axis, value in zip(problem.axes, (x, y), strict=True):
        if hasattr(game, axis.name):
            changed[axis.name] = value
        else:
            options[axis.name] = value
    return replace(game, **changed), options


def _held(game: Any, options: Mapping[str, Any], names: tuple[str, ...]) -> list[Any]:
    """For each named condition whether it holds, or is met by some share of punishers."""
    found = {c.name: c for c in conditions(game, **options)}
    answers = []
    for name in names:
        condition = found[name.removesuffix(" for some share")]
        answer = condition.feasible if name.endswith("share") else condition.holds
        if name == "cheapest-threat" and answer is None:
            answer = _threat(game, options)
        answers.append(answer)
    return answers


def _threat(game: Any, options: Mapping[str, Any]) -> Any:
    """Whether deterring at the least probability is worth it, for arrays."""
    deterrence = conditions(game)[0]
    least = np.clip(np.nan_to_num(np.asarray(deterrence.threshold, dtype=float), nan=1.0), 0.0, 1.0)
    worth = expected_welfare(replace(game, punishment_probability=least), options["action_error"]) >= 0
    return (np.asarray(game.net_contribution_cost) <= 0) | (np.asarray(deterrence.feasible) & worth)


def _sequences(problem: Problem, game: Any, x: Array) -> list[str | None]:
    first, second = game.strategies
    rest = int(game.group_size) - 1
    values = np.array(
        [
            np.broadcast_to(game.payoff(first, (k, rest - k)) - game.payoff(second, (k, rest - k)), x.shape)
            for k in range(rest + 1)
        ],
        dtype=float,
    )
    shares = (1 - np.cos(np.pi * (np.arange(GRID) + 0.5) / GRID)) / 2  # closer together towards the ends
    basis = np.array([comb(rest, k) * shares**k * (1 - shares) ** (rest - k) for k in range(rest + 1)]).T
    positive = basis @ values > 0
    changes = (positive[1:] != positive[:-1]).sum(axis=0)
    named: dict[tuple[bool, int], str | None] = {}
    found = []
    for key in zip(positive[0].tolist(), changes.tolist(), strict=True):
        if key not in named:
            sequence = "".join("+-"[(k + (not key[0])) % 2] for k in range(key[1] + 1))
            phase = problem.phase(NOTHING.get, {0: sequence}.get)
            named[key] = phase.name if phase else None
        found.append(named[key])
    return found


def phase_at(problem: Problem, x: Any, y: Any) -> str | None:
    """The phase at an exact point, from the game itself; None where the phase does not say what it is (on a boundary).

    Examples
    --------
    >>> from gametheory import CollectiveRiskGame
    >>> from experiments.phases import Axis, pose
    >>> axes = Axis(name="contribution", low=0, high=1), Axis(name="risk", low=0, high=1)
    >>> game = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution='1/10')
    >>> phase_at(pose(game, axes=axes, question="rest_points"), Fraction(1, 10), Fraction(1, 2))
    'D stable, t1 unstable, t2 stable, C unstable'
    """
    game, options = _at(problem, Fraction(x), Fraction(y))
    if problem.question == "conditions":
        held = _held(game, options, problem.varying)
        return ", ".join(n for n, ok in zip(problem.varying, held, strict=True) if ok) or "none"
    if problem.gains:
        phase = problem.phase(NOTHING.get, {0: _exact_sequence(game)}.get)
    else:
        values = [value for _, value in sign_expressions(game.strategies, payoff_matrix(game))]
        signs = {k: (value > 0) - (value < 0) for k, value in enumerate(values)}
        phase = problem.phase(signs.get, NOTHING.get)
    return phase.name if phase else None


def _exact_sequence(game: Any) -> str | None:
    first, second = game.strategies
    rest = int(game.group_size) - 1
    gain = from_bernstein(
        [game.payoff(first, (k, rest - k)) - game.payoff(second, (k, rest - k)) for k in range(rest + 1)]
    )
    if not gain:
        return None
    stops = [Fraction(0), *roots_inside(gain), Fraction(1)]
    signs = []
    for low, high in pairwise(stops):
        signs.append("+" if evaluate(gain, between(low, high)) > 0 else "-")
    return "".join(s for k, s in enumerate(signs) if k == 0 or s != signs[k - 1])
