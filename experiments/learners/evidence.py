r"""What runs of learners say, in the terms of the theory: regrets, paths of policies, what memory is used for.

Functions of a result alone give statistics. Those that also take a game read its payoffs and are on the theory's side.

The expected path: :math:`k` learners with one policy `x` among fixed co-players earn by action `a`, on average,

.. math:: u_a(x) = \sum_{n} \frac{(k - 1)!}{\prod_b n_b!} \prod_b x_b^{n_b}\; u(a, n + \text{fixed}),

and for small steps the mean of `x` follows the equations of `experiments.learners.policies` with these payoffs.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.learners.policies import CrossLearning, NaturalPolicyGradient, PolicyGradient, first_table
from experiments.learners.runs import LearnerResult, composition_index
from gametheory.compositions import compositions, multiplicity
from gametheory.errors import require
from gametheory.games import payoff_table


def average_regrets(result: LearnerResult, game: Any) -> NDArray[np.float64]:
    """What a learner would have gained per round by playing one action wherever it played another.

    Parameters
    ----------
    result : LearnerResult
        Of a run with `record_joint`.
    game : game
        The one that was played, with a payoff table.

    Returns
    -------
    ndarray of float64, shape (replicates, learners, m, m)
        Entry (j, k): mean over recorded rounds of u(k, others) - u(j, others) where j was played, else 0. Play is near
        the correlated equilibria iff all are small; near the coarse ones iff their sums over j are.

    Raises
    ------
    InvalidParameter
        If the joint record is missing, or an action has no payoff.

    Examples
    --------
    >>> from experiments.learners.choice import EpsilonGreedy
    >>> from experiments.learners.runs import run_learners
    >>> from experiments.learners.values import QLearning
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=2, multiplication_factor='3/2', strategies=["C", "D"])
    >>> found = run_learners(game, QLearning(choice=EpsilonGreedy(exploration=1.0)), rounds=1000, replicates=1, seed=1,
    ...                      record_joint=True)
    >>> regrets = average_regrets(found, game)[0, 0]
    >>> bool(abs(regrets[0, 1] - 0.25 * found.shares[0, 0, 0]) < 1e-12)
    True
    """
    table = payoff_table(game)
    names, n = table.strategies, table.group_size
    require(result.joint.shape[3] > 0, "result", "no joint record", "of a run with record_joint")
    known = result.strategies == names and set(result.actions) <= set(names)
    require(known, "game", names, f"the one that was played, with strategies {result.strategies}")
    splits = compositions(n - 1, len(names)).tolist()
    counts = result.joint[..., [composition_index(row, n) for row in splits]]
    earned = np.array([[float(v) for v in table.values[names.index(action)]] for action in result.actions])
    gains = earned[None, :, :] - earned[:, None, :]
    rounds = counts.sum(axis=(2, 3))[..., None, None]
    return np.asarray(np.einsum("rljc,jkc->rljk", counts, gains) / rounds)


def policy_path(result: LearnerResult) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean probability of each action at the start of each window, and its standard error, both of shape (windows, m).

    Raises
    ------
    InvalidParameter
        If there are fewer than two replicates, or these learners have no policies.
    """
    replicates = result.policies.shape[0]
    require(replicates >= 2, "result", f"{replicates} replicate", "of two or more replicates")
    require(bool(result.policies.any()), "result", "learners of values", "a run of learners of policies or regrets")
    return result.policies.mean(axis=0), result.policies.std(axis=0, ddof=1) / sqrt(replicates)


def expected_payoffs(
    game: Any, policy: ArrayLike, *, actions: Sequence[str], co_players: Sequence[str] = ()
) -> NDArray[np.float64]:
    """Mean payoff of each action to a learner whose fellow learners all play `policy` (module header), shape (m,).

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_probability='1/2')
    >>> expected_payoffs(game, [0.5, 0.5], actions=["C", "D"], co_players=["P", "P"]).round(3).tolist()
    [1.4, 0.8]
    """
    names, n = tuple(game.strategies), int(game.group_size)
    fixed = np.array([list(co_players).count(name) for name in names])
    places = [names.index(action) for action in actions]
    earned = np.zeros(len(places))
    for row in compositions(n - 1 - len(co_players), len(places)).tolist():
        chance = multiplicity(row) * float(np.prod(np.asarray(policy, dtype=float) ** row))
        others = fixed.copy()
        others[places] += row
        earned += [chance * float(game.payoff(action, others.tolist())) for action in actions]
    return earned


def expected_path(
    game: Any,
    learner: CrossLearning | PolicyGradient | NaturalPolicyGradient,
    *,
    rounds: Sequence[int],
    actions: Sequence[str],
    co_players: Sequence[str] = (),
) -> NDArray[np.float64]:
    """Where the mean policy should be before the given rounds, for small constant steps, shape (rounds, m).

    Parameters
    ----------
    game : game
        Any kind with payoffs by counts.
    learner : CrossLearning, PolicyGradient or NaturalPolicyGradient
        With constant steps: Cross learning and the natural gradient follow the replicator equation.
    rounds : sequence of int
        Increasing, from 0, such as `LearnerResult.opens`.
    actions, co_players
        As in the run.

    Raises
    ------
    InvalidParameter
        If the learner is of another kind or its steps are not constant.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=2, multiplication_factor=1, strategies=["C", "D"])
    >>> learner = CrossLearning(lowest=-1, highest=1)
    >>> [round(float(x), 3) for x in expected_path(game, learner, rounds=[0, 400], actions=["C", "D"])[:, 0]]
    [0.5, 0.269]
    """
    from scipy.integrate import solve_ivp

    kinds = (CrossLearning, PolicyGradient, NaturalPolicyGradient)
    require(isinstance(learner, kinds), "learner", learner, "Cross learning or a policy gradient")
    require(learner.steps.exponent == 0, "steps", learner.steps, "constant (exponent 0)")
    start = first_table(learner, len(actions))
    rate = learner.steps.rate
    if isinstance(learner, CrossLearning):
        rate /= learner.highest - learner.lowest
    else:
        start = np.exp(start)

    def velocity(_: float, x: NDArray[np.float64]) -> NDArray[np.float64]:
        earned = expected_payoffs(game, x, actions=actions, co_players=co_players)
        pull = x * (earned - x @ earned)
        return np.asarray(rate * (x * (pull - x @ pull) if isinstance(learner, PolicyGradient) else pull))

    moments = np.asarray(rounds, dtype=np.float64)
    ordered = moments.size >= 1 and moments[0] >= 0 and bool((np.diff(moments) > 0).all())
    require(ordered, "rounds", rounds, "increasing numbers from 0 on")
    solved = solve_ivp(velocity, (0.0, max(float(moments[-1]), 1.0)), start, "DOP853", moments, rtol=1e-10, atol=1e-12)
    return np.asarray(solved.y.T)


def memory_states(actions: Sequence[str], group_size: int) -> list[tuple[str, int]]:
    """What the states of a learner with memory one are: its own last action, and how many others contributed.

    Examples
    --------
    >>> memory_states(["C", "D"], 2)
    [('C', 0), ('C', 1), ('D', 0), ('D', 1)]
    """
    return [(action, others) for action in actions for others in range(group_size)]


def greedy_shares(result: LearnerResult, action: str) -> NDArray[np.float64]:
    """In which share of a group's tables `action` has the largest entry, in each state, shape (replicates, states).

    Raises
    ------
    InvalidParameter
        If it is none of the learners' actions.
    """
    require(action in result.actions, "action", action, f"one of {result.actions}")
    return np.asarray((result.greedy_actions == result.actions.index(action)).mean(axis=1))
