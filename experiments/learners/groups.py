"""Groups of stateless learners in the stage game: each sees its own reward and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from experiments.environment import KINDS, Environment, kind_codes, require_count
from experiments.learners.choice import Boltzmann, EpsilonGreedy, Schedule, Steps
from gametheory.errors import require


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What learners did in the recorded rounds.

    Attributes
    ----------
    shares : ndarray of float64, shape (replicates, learners)
        How often the first of a learner's two actions was played.
    estimates, visits : ndarray of float64, shape (replicates, learners, 2)
        Estimates at the end; visits over the whole run.
    rewards : ndarray of float64, shape (replicates, learners)
        Mean reward.
    variances : ndarray of float64, shape (replicates, learners, 2)
        Variance of one round's reward, by the action played (0 for one that was not).
    seed : int
        What the replicates' generators were spawned from.
    seconds : float
    agent_steps : int
        Choices made, all replicates and learners together.
    """

    shares: NDArray[np.float64]
    estimates: NDArray[np.float64]
    visits: NDArray[np.float64]
    rewards: NDArray[np.float64]
    variances: NDArray[np.float64]
    seed: int
    seconds: float
    agent_steps: int

    @property
    def greedy_shares(self) -> NDArray[np.float64]:
        """Per replicate, the share of learners whose larger estimate at the end is the first action's."""
        first, second = self.estimates[..., 0], self.estimates[..., 1]
        return np.asarray(((first > second) + 0.5 * (first == second)).mean(axis=1))


def learn(
    environment: Environment,
    *,
    actions: Sequence[str],
    co_players: Sequence[str] = (),
    choice: Boltzmann | EpsilonGreedy,
    steps: Steps,
    schedule: Schedule,
    seed: int,
) -> Learned:
    """Let the players that are not `co_players` learn which of two kinds to be.

    Parameters
    ----------
    environment : Environment
    actions : sequence of two str
        The kinds that every learner chooses among: ("P", "DP") for contributing or not while punishing either
        way, ("C", "P") for punishing or not while contributing, and so on (kinds as in `play`).
    co_players : sequence of str
        Kinds of the players that do not learn; the others, N minus their number and at least 1, do.
    choice : Boltzmann or EpsilonGreedy
    steps : Steps
    schedule : Schedule
    seed : int
        Replicate `i` gets the i-th generator spawned from it: the same bits for any number of threads.

    Returns
    -------
    Learned

    Raises
    ------
    InvalidParameter
        If `actions` are not two different kinds, or nobody is left to learn.

    Notes
    -----
    Cost O(replicates * rounds * N^2) when all punish; some 5e7 choices per second and core for N = 5.

    Examples
    --------
    Nobody punishes, so defecting earns 0.4 more and is what a lone learner comes to prefer:

    >>> group = Environment(group_size=5, multiplication_factor=3.0)
    >>> schedule = Schedule(rounds=1000, uniform_rounds=100, replicates=4)
    >>> found = learn(group, actions=("C", "D"), co_players=["C"] * 4, seed=1, schedule=schedule,
    ...               choice=Boltzmann(temperature=0.1), steps=Steps())
    >>> bool(found.shares.mean() < 0.05)
    True
    """
    from experiments._environment_kernels import COLUMNS, many_groups
    from gametheory.rng import spawn

    paired = not isinstance(actions, str) and len(actions) == 2 and actions[0] != actions[1]
    require(paired and all(a in KINDS for a in actions), "actions", actions, f"two of {tuple(KINDS)}")
    n = environment.group_size
    learners = n - len(co_players)
    require(learners >= 1, "co_players", co_players, f"at most {n - 1} kinds, so that somebody learns")
    require_count(seed, "seed", least=0)
    first = kind_codes([actions[0]] * learners + list(co_players), n)
    second = kind_codes([actions[1]] * learners + list(co_players), n)
    boltzmann = 1.0 if isinstance(choice, Boltzmann) else 0.0
    started = perf_counter()
    out = np.zeros((schedule.replicates, learners, COLUMNS))
    many_groups(
        np.stack([first, second], axis=1),
        learners,
        np.tile(environment.stage, (schedule.replicates, 1)),
        steps.sizes(schedule.total),
        np.array([boltzmann, choice.noise, float(schedule.first_estimate)]),
        np.array([schedule.uniform_rounds, schedule.burn_in, schedule.rounds], dtype=np.int64),
        spawn(seed, schedule.replicates),
        out,
    )
    return Learned(
        shares=out[:, :, 0],
        estimates=out[:, :, 1:3],
        visits=out[:, :, 3:5],
        rewards=out[:, :, 5],
        variances=out[:, :, 6:8],
        seed=seed,
        seconds=perf_counter() - started,
        agent_steps=schedule.total * schedule.replicates * learners,
    )
