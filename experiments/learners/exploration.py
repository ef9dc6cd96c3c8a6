r"""Cooperation that is an equilibrium, and how much exploration it bears.

Epsilon-greedy learners of two actions whose greedy action is the first play it with probability
:math:`x = 1 - \varepsilon / 2`, each on its own draw. What they then earn by each action, on average, is its payoff in
a population of that mixture, :math:`f_1(x)` and :math:`f_2(x)`; for small steps their estimates follow these, whether
each keeps its own table or all share one. So the first action stays greedy iff :math:`f_1(1 - \varepsilon/2) > f_2(1 -
\varepsilon/2)`. Where everybody playing it is a strict equilibrium and :math:`x^*` is the unstable rest point next to
it, it survives up to

.. math:: \varepsilon^* = 2 (1 - x^*),

and no further, however strict the equilibrium: exploration itself carries the group out of its basin. In the stag hunt
that needs all, :math:`\varepsilon^* = 2 (1 - r^{-1/(N-1)})`, about :math:`2 \log(r) / N`.

Steps of finite size add noise, and cooperation is lost below :math:`\varepsilon^*`. One table learns from all N players
of a round, whose rewards go up and down together: at step :math:`\alpha` it moves in a round about as far as a table
each does at :math:`N \alpha`, and when its greedy action flips, everybody flips. So sharing destroys, at the same step,
cooperation that separate tables keep, and gives it back at :math:`\alpha / N`; docs/learners.md has the measurement
(`exploration_survival`). Derived here; the phenomenon is known from multi-agent policies with shared parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.estimates import crossing, point_seed
from experiments.learners.choice import EpsilonGreedy, Steps
from experiments.learners.runs import run_learners
from experiments.learners.values import QLearning
from gametheory.errors import require
from gametheory.games import mean_payoffs, payoff_table

CONSTANT = Steps(rate=0.01, exponent=0)
SAMPLES = 2001


def exploration_threshold(game: Any, *, actions: tuple[str, str] = ("C", "D")) -> float | None:
    r"""From which exploration on the first action is no longer greedy, :math:`\varepsilon^*` (module header).

    Parameters
    ----------
    game : game
        Any kind with a payoff table.
    actions : tuple of str
        Two of its strategies; everybody playing the first is a strict equilibrium between them.

    Returns
    -------
    float or None
        None if it survives any exploration. In floats: the root next to 1 among 2000 parts of [1/2, 1].

    Raises
    ------
    InvalidParameter
        If everybody playing the first action is no strict equilibrium.

    Examples
    --------
    >>> from gametheory import StagHuntGame
    >>> game = StagHuntGame(group_size=5, threshold=5, multiplication_factor=4)
    >>> round(exploration_threshold(game), 12) == round(2 * (1 - 4 ** -0.25), 12)
    True
    """
    from scipy.optimize import brentq

    table = payoff_table(game)
    names = table.strategies
    known = len(actions) == 2 and actions[0] != actions[1] and set(actions) <= set(names)
    require(known, "actions", actions, f"two different ones of {names}")
    first, second = (names.index(action) for action in actions)

    def gain(share: Any) -> Any:
        shares = [share if i == first else 1 - share if i == second else 0 * share for i in range(len(names))]
        earned = mean_payoffs(table, shares)
        return earned[first] - earned[second]

    points = np.linspace(1.0, 0.5, SAMPLES)
    gains = np.array([float(gain(float(x))) for x in points]) if len(names) > 2 else np.asarray(gain(points), float)
    require(bool(gains[0] > 0), "actions", actions, "such that everybody playing the first is a strict equilibrium")
    lost = np.flatnonzero(gains <= 0)
    if lost.size == 0:
        return None
    inside, outside = float(points[lost[0] - 1]), float(points[lost[0]])
    return float(2 * (1 - brentq(lambda x: float(gain(float(x))), outside, inside, xtol=1e-14)))


@dataclass(frozen=True, slots=True, eq=False)
class ExplorationSurvival:
    """How often cooperation was still the greedy action after a run that began with it.

    Attributes
    ----------
    explorations : ndarray of float64, shape (k,)
    survivals : ndarray of float64, shape (k, replicates)
        Share of a group's learners whose greedy action at the end is the first.
    one_table : bool
    seed : int
    """

    explorations: NDArray[np.float64]
    survivals: NDArray[np.float64]
    one_table: bool
    seed: int

    @property
    def threshold(self) -> tuple[float, float]:
        """Where the mean survival falls through 1/2, and its standard error (infinite values: not on the grid)."""
        value, error, _ = crossing(-self.explorations[::-1], self.survivals[::-1])
        return -value, error


def exploration_survival(
    game: Any,
    *,
    explorations: Sequence[float],
    one_table: bool,
    rounds: int,
    replicates: int,
    seed: int,
    actions: tuple[str, str] = ("C", "D"),
    steps: Steps = CONSTANT,
) -> ExplorationSurvival:
    """Let epsilon-greedy learners start from what all earn who cooperate, and see at which exploration they still do.

    Parameters
    ----------
    game : game
        Any kind with a payoff table.
    explorations : sequence of float
        Increasing, in (0, 1].
    one_table : bool
        Whether a group shares one table. Each of its N learners then steps by `steps` at each round: to compare with a
        table each, at the same total step, divide the rate by N.
    rounds, replicates, seed
        Of each run; as in `run_learners`.
    actions : tuple of str
        As in `exploration_threshold`.
    steps : Steps

    Raises
    ------
    InvalidParameter
        If an argument is out of range.

    Examples
    --------
    >>> from gametheory import StagHuntGame
    >>> game = StagHuntGame(group_size=5, threshold=5, multiplication_factor=4)
    >>> found = exploration_survival(game, explorations=[0.2, 0.9], one_table=True, rounds=2000, replicates=4, seed=1)
    >>> found.survivals.mean(axis=1).tolist()
    [1.0, 0.0]
    """
    grid = np.asarray(explorations, dtype=np.float64)
    ordered = grid.ndim == 1 and grid.size >= 2 and bool((np.diff(grid) > 0).all())
    require(ordered, "explorations", explorations, "two or more increasing numbers")
    table = payoff_table(game)
    alone = [int(s == actions[0]) * (table.group_size - 1) for s in table.strategies]
    starts = [float(game.payoff(action, alone)) for action in actions]
    learner = QLearning(choice=EpsilonGreedy(exploration=1.0), steps=steps, first_estimate=starts)
    survivals = []
    for index, exploration in enumerate(grid):
        found = run_learners(
            game,
            replace(learner, choice=EpsilonGreedy(exploration=float(exploration))),
            rounds=rounds,
            replicates=replicates,
            seed=point_seed(seed, index),
            actions=actions,
            one_table=one_table,
        )
        survivals.append((found.greedy_actions[:, :, 0] == 0).mean(axis=1))
    return ExplorationSurvival(grid, np.array(survivals), one_table, seed)
