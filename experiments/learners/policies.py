r"""Learners of policies: what is learnt is how often to do what.

With :math:`x_a` the probability of `a`, `u` the reward of the action played, `b` a baseline and :math:`\alpha` a step,

.. math::

    \text{Cross:}\quad & x_c \leftarrow x_c + \alpha v ([c = a] - x_c), \quad v = (u - l)/(h - l) \in [0, 1], \\
    \text{gradient:}\quad & \theta_c \leftarrow \theta_c + \alpha (u - b) ([c = a] - x_c), \quad x \propto e^\theta, \\
    \text{natural:}\quad & \theta_a \leftarrow \theta_a + \alpha (u - b) / x_a, \quad x \propto e^\theta, \\
    \text{actor-critic:}\quad & \theta_{sc} \leftarrow \theta_{sc} + \alpha\, \delta\, ([c = a] - x_{sc}), \quad
        V_s \leftarrow V_s + \alpha' \delta, \quad \delta = u + \omega V_{s'} - V_s .

The baseline is a running mean, :math:`b \leftarrow b + \alpha' (u - b)`; with :math:`\alpha' = 0` it stays what it was.
States are those of `experiments.learners.values`. A learner sees its own rewards, and with memory how many others
contributed. For small steps the mean of `x` moves along

.. math::

    \dot x_a = x_a (u_a - \bar u) \;\text{(Cross, natural)}, \qquad
    \dot x_a = x_a \Big( x_a (u_a - \bar u) - \sum_c x_c^2 (u_c - \bar u) \Big) \;\text{(gradient)},

in time :math:`\alpha t / (h - l)` and :math:`\alpha t`: the first is the replicator equation.

Source: Cross (1973), Q. J. Econ. 87, 239-266, and Börgers & Sarin (1997), J. Econ. Theory 77, 1-14; Williams (1992),
Mach. Learn. 8, 229-256; Kakade (2001), NIPS 14; Konda & Borkar (1999), SIAM J. Control Optim. 38, 94-123.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from experiments.learners.choice import Steps
from experiments.learners.values import check_memory, step_rows
from gametheory.errors import require

CONSTANT = Steps(rate=0.01, exponent=0)
CRITIC = Steps(rate=0.1, exponent=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossLearning:
    r"""Moves towards the action just played, the further the more it earned.

    Parameters
    ----------
    steps : Steps
        By the round; at most 1.
    lowest, highest : float
        :math:`l < h`, between which every reward must lie: a run in which one does not is refused.
    first_policy : sequence of float, optional
        Probabilities of the actions at the start; uniform if not given.

    Examples
    --------
    >>> CrossLearning(lowest=-1, highest=2, first_policy=[0.25, 0.75]).first_policy
    (0.25, 0.75)
    """

    lowest: float
    highest: float
    steps: Steps = CONSTANT
    first_policy: Sequence[float] | None = None

    def __post_init__(self) -> None:
        ordered = -inf < self.lowest < self.highest < inf
        require(ordered, "highest", self.highest, f"finite and above lowest, {self.lowest}")
        settle_policy(self)

    def number_of_states(self, actions: int, group_size: int) -> int:
        """Rows of a table."""
        return 1

    def kernel_numbers(self, rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The learner's numbers and its steps, as the kernels read them."""
        numbers = np.array([4.0, 0.0, 0.0, self.lowest, self.highest - self.lowest])
        return numbers, step_rows(self.steps, self.steps, rounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyGradient:
    r"""REINFORCE: raises the log-probability of the action just played by what it earned above a baseline.

    Parameters
    ----------
    steps : Steps
        By the round.
    baseline_rate : float
        :math:`\alpha'` in [0, 1].
    first_baseline : float
    first_policy : sequence of float, optional
        Probabilities of the actions at the start, all positive; uniform if not given.

    Examples
    --------
    >>> PolicyGradient(baseline_rate=0.1).number_of_states(2, 5)
    1
    """

    steps: Steps = CONSTANT
    baseline_rate: float = 0.0
    first_baseline: float = 0.0
    first_policy: Sequence[float] | None = None

    def __post_init__(self) -> None:
        _check_gradient(self)

    def number_of_states(self, actions: int, group_size: int) -> int:
        """Rows of a table."""
        return 1

    def kernel_numbers(self, rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The learner's numbers and its steps, as the kernels read them."""
        return np.array([5.0, 0.0, 0.0, 0.0, 1.0]), _with_constant(self.steps, self.baseline_rate, rounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class NaturalPolicyGradient:
    r"""REINFORCE in the geometry of the policies: a rare action counts for as much more as it is rarer.

    Parameters
    ----------
    steps : Steps
        By the round.
    baseline_rate : float
        :math:`\alpha'` in [0, 1].
    first_baseline : float
    first_policy : sequence of float, optional
        Probabilities of the actions at the start, all positive; uniform if not given.

    Examples
    --------
    >>> NaturalPolicyGradient(first_policy=[0.9, 0.1]).first_policy
    (0.9, 0.1)
    """

    steps: Steps = CONSTANT
    baseline_rate: float = 0.0
    first_baseline: float = 0.0
    first_policy: Sequence[float] | None = None

    def __post_init__(self) -> None:
        _check_gradient(self)

    def number_of_states(self, actions: int, group_size: int) -> int:
        """Rows of a table."""
        return 1

    def kernel_numbers(self, rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The learner's numbers and its steps, as the kernels read them."""
        return np.array([6.0, 0.0, 0.0, 0.0, 1.0]), _with_constant(self.steps, self.baseline_rate, rounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorCritic:
    r"""A softmax policy for each state, moved by the error of a learnt value of the states.

    Parameters
    ----------
    steps, critic_steps : Steps
        Of the policy and of the values, by the round.
    memory : int
        0 or 1 rounds.
    discount_factor : float
        :math:`\omega` in [0, 1).
    first_value : float
        Value of every state at the start.
    first_policy : sequence of float, optional
        Probabilities of the actions at the start, all positive, in every state; uniform if not given.

    Examples
    --------
    >>> ActorCritic(memory=1, discount_factor=0.9).number_of_states(2, 5)
    10
    """

    steps: Steps = CONSTANT
    critic_steps: Steps = CRITIC
    memory: int = 0
    discount_factor: float = 0.0
    first_value: float = 0.0
    first_policy: Sequence[float] | None = None

    def __post_init__(self) -> None:
        check_memory(self)
        require(abs(self.first_value) < inf, "first_value", self.first_value, "finite")
        settle_policy(self)

    def number_of_states(self, actions: int, group_size: int) -> int:
        """Rows of a table."""
        return actions * group_size if self.memory else 1

    def kernel_numbers(self, rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The learner's numbers and its steps, as the kernels read them."""
        numbers = np.array([5.0, 0.0, self.discount_factor, 0.0, 1.0])
        return numbers, step_rows(self.steps, self.critic_steps, rounds)


PolicyLearner = CrossLearning | PolicyGradient | NaturalPolicyGradient | ActorCritic


def first_table(learner: PolicyLearner, actions: int) -> NDArray[np.float64]:
    """One row of the table at the start: probabilities for Cross learning, else their logarithms, shape (m,)."""
    given = learner.first_policy
    require(given is None or len(given) == actions, "first_policy", given, f"{actions} probabilities")
    policy = np.full(actions, 1 / actions) if given is None else np.array(given)
    return policy if isinstance(learner, CrossLearning) else np.log(policy)


def settle_policy(learner: PolicyLearner) -> None:
    """Check the policy at the start and keep it as a tuple of floats."""
    if learner.first_policy is None:
        return
    given = tuple(float(x) for x in learner.first_policy)
    inside = all(0 < x < 1 for x in given) and abs(sum(given) - 1) <= 1e-9
    require(inside, "first_policy", learner.first_policy, "probabilities > 0 that sum to 1")
    object.__setattr__(learner, "first_policy", given)


def _check_gradient(learner: PolicyGradient | NaturalPolicyGradient) -> None:
    require(0 <= learner.baseline_rate <= 1, "baseline_rate", learner.baseline_rate, "in [0, 1]")
    require(abs(learner.first_baseline) < inf, "first_baseline", learner.first_baseline, "finite")
    settle_policy(learner)


def _with_constant(steps: Steps, rate: float, rounds: int) -> NDArray[np.float64]:
    rows = step_rows(steps, steps, rounds)
    rows[1] = rate
    return rows
