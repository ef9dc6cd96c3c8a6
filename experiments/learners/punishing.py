r"""Learners for whom punishing is an action of its own: whom, whether and how hard.

A round of the linear game has two stages. Each first contributes or not, by estimates :math:`Q_{sa}`. Then it sees what
each other did, with the errors of detection, and for each of them picks a level :math:`l` of 0, ..., K by estimates
:math:`P_{xl}`: an act of weight :math:`l / K`. After a round with reward `u` (contributions, fines and acts together)
that leads from `s` to :math:`s'`, with :math:`g` what the learner's act cost,

.. math::

    Q_{sa} \leftarrow Q_{sa} + \alpha_n (v - Q_{sa}), \quad v = u + \omega \max_b Q_{s'b}, \qquad
    P_{xl} \leftarrow P_{xl} + \alpha_n (\omega v' - g - P_{xl}),

:math:`v'` the `v` of the next round: an act is worth what follows it, less what it costs. The row `x` says what the
learner did itself, what it saw the target do and, `by_target`, who that is. Without memory `s` is always the same; with
memory one it says what the learner did last, whether it was fined, and how many others contributed: 4 N states. A
learner sees its own rewards, what co-players seem to do and, with memory, how many contributed. Derived here as
Q-learning (Watkins & Dayan 1992, Mach. Learn. 8, 279-292) with a table for each of the two decisions.
"""

from dataclasses import dataclass
from math import inf
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.environment import Environment, environment_of, require_count
from experiments.environment_batch import spawn_words
from experiments.learners.choice import Boltzmann, EpsilonGreedy, Steps
from experiments.learners.runs import at_most
from experiments.learners.values import VISITS, check_memory
from gametheory.errors import require


@dataclass(frozen=True, slots=True, kw_only=True)
class PunishingQLearning:
    r"""Q-learning of whether to contribute and of whom to punish how hard.

    Parameters
    ----------
    choice : Boltzmann or EpsilonGreedy
        Of both decisions.
    steps : Steps
        By the number of visits of a row and action.
    levels : int
        :math:`K \ge 1`: how many degrees of punishing there are besides none.
    by_target : bool
        Whether what is learnt about punishing one co-player is kept apart from the others.
    memory : int
        0 or 1 rounds.
    discount_factor : float
        :math:`\omega` in [0, 1).
    first_estimate : float
        Every estimate at the start.

    Examples
    --------
    >>> PunishingQLearning(choice=EpsilonGreedy(exploration=0.1), levels=3).levels
    3
    """

    choice: Boltzmann | EpsilonGreedy
    steps: Steps = VISITS
    levels: int = 1
    by_target: bool = False
    memory: int = 1
    discount_factor: float = 0.0
    first_estimate: float = 0.0

    def __post_init__(self) -> None:
        known = isinstance(self.choice, Boltzmann | EpsilonGreedy)
        require(known, "choice", self.choice, "Boltzmann or EpsilonGreedy")
        require_count(self.levels, "levels")
        require(isinstance(self.by_target, bool), "by_target", self.by_target, "True or False")
        check_memory(self)
        require(abs(self.first_estimate) < inf, "first_estimate", self.first_estimate, "finite")


@dataclass(frozen=True, slots=True, eq=False)
class PunishingResult:
    """What learners who may punish did.

    Attributes
    ----------
    contributions, rewards : ndarray of float64, shape (replicates, N)
        Share of recorded rounds contributed in; mean reward.
    weights : ndarray of float64, shape (replicates, N, 2, 2)
        Mean weight of acts in recorded rounds by what the author did and what it saw the target do (1 for
        contributing); 0 where that did not happen.
    looks : ndarray of int64, shape (replicates, N, 2, 2)
        How often that happened.
    path : ndarray of float64, shape (replicates, windows, 2)
        Share of contributions, and mean weight of acts over all pairs, in consecutive windows of all rounds.
    giving : ndarray of float64, shape (replicates, N, states, 2)
        Estimates at the end; action 1 contributes.
    punishing : ndarray of float64, shape (replicates, N, rows, levels + 1)
        Estimates at the end; row 4 j + 2 (own contribution) + (seen contribution), j the target, or 0 if all are
        alike to the learner.
    seed : int
        What the replicates' streams were spawned from.
    seconds : float
    agent_steps : int
        Rounds times players, all replicates together; each makes N decisions.
    """

    contributions: NDArray[np.float64]
    rewards: NDArray[np.float64]
    weights: NDArray[np.float64]
    looks: NDArray[np.int64]
    path: NDArray[np.float64]
    giving: NDArray[np.float64]
    punishing: NDArray[np.float64]
    seed: int
    seconds: float
    agent_steps: int


def run_punishing_learners(
    game: Any,
    learner: PunishingQLearning,
    *,
    rounds: int,
    replicates: int,
    seed: int,
    burn_in: int = 0,
    windows: int = 1,
    threads: int | None = None,
) -> PunishingResult:
    """Let all players of a group learn whether to contribute and whom to punish how hard.

    Parameters
    ----------
    game : PublicGoodsGame or Environment
        The fine and the punishment cost are those of an act of weight 1.
    learner : PunishingQLearning
    rounds, burn_in : int
        Rounds recorded, >= 1, and rounds of learning before those.
    replicates : int
        Independent groups, >= 1.
    seed : int
        Replicate `i` gets the i-th stream spawned from it: the same bits for any number of threads.
    windows : int
        How many parts of equal length `path` has, from 1 to the number of rounds.
    threads : int, optional
        At most so many; by default what numba uses.

    Raises
    ------
    InvalidParameter
        If an argument is out of range, or the game is of another kind.

    Examples
    --------
    Without a future, an act of punishment is only a cost, and the learners stop punishing:

    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=3, multiplication_factor=2, fine=1, punishment_cost='1/2')
    >>> learner = PunishingQLearning(choice=EpsilonGreedy(exploration=0.1), memory=0)
    >>> found = run_punishing_learners(game, learner, rounds=2000, replicates=4, seed=1, burn_in=500)
    >>> bool(found.path[..., 1].max() < 0.1)
    True
    """
    from experiments.learners._punishing_kernels import many_groups_learn_to_punish

    environment = game if isinstance(game, Environment) else environment_of(game)
    require(isinstance(learner, PunishingQLearning), "learner", learner, "PunishingQLearning")
    for name, value, least in (("rounds", rounds, 1), ("replicates", replicates, 1), ("seed", seed, 0)):
        require_count(value, name, least=least)
    require_count(burn_in, "burn_in", least=0)
    require_count(windows, "windows")
    total = burn_in + rounds
    require(windows <= total, "windows", windows, f"at most the number of rounds, {total}")
    n = environment.group_size
    plan = np.array([int(learner.by_target), learner.memory, burn_in, rounds], dtype=np.int64)
    boltzmann = float(isinstance(learner.choice, Boltzmann))
    numbers = np.array([boltzmann, learner.choice.noise, learner.discount_factor])
    most = 1 if learner.steps.exponent == 0 else total * max(1, n - 1)
    out = _outputs(learner, n, replicates, windows)
    started = perf_counter()
    with at_most(threads):
        many_groups_learn_to_punish(
            environment.stage, plan, numbers, learner.steps.sizes(most), spawn_words(seed, replicates), out
        )
    giving, punishing, _, _, gifts, earned, looks, path = out
    lengths = np.diff(np.arange(windows + 1) * total // windows)[:, None]
    return PunishingResult(
        contributions=gifts / rounds,
        rewards=earned / rounds,
        weights=looks[..., 0] / np.maximum(looks[..., 1], 1.0),
        looks=looks[..., 1].astype(np.int64),
        path=path / (lengths * np.array([n, n * (n - 1)])),
        giving=giving,
        punishing=punishing,
        seed=seed,
        seconds=perf_counter() - started,
        agent_steps=total * replicates * n,
    )


def _outputs(learner: PunishingQLearning, n: int, replicates: int, windows: int) -> tuple[Any, ...]:
    states = 4 * n if learner.memory else 1
    rows = 4 * n if learner.by_target else 4
    giving = np.full((replicates, n, states, 2), float(learner.first_estimate))
    punishing = np.full((replicates, n, rows, learner.levels + 1), float(learner.first_estimate))
    return (
        giving,
        punishing,
        np.zeros(giving.shape, dtype=np.int64),
        np.zeros(punishing.shape, dtype=np.int64),
        np.zeros((replicates, n), dtype=np.int64),
        np.zeros((replicates, n)),
        np.zeros((replicates, n, 2, 2, 2)),
        np.zeros((replicates, windows, 2)),
    )
