r"""Learners of values: one estimate for each action, or for each action after each way the last round went.

After playing `a` in state `s` for the n-th time, earning `u` and coming to state :math:`s'`,

.. math::

    \text{Q-learning:}\quad & Q_{sa} \leftarrow Q_{sa} + \alpha_n (u + \omega \max_b Q_{s'b} - Q_{sa}), \\
    \text{SARSA:}\quad & Q_{sa} \leftarrow Q_{sa} + \alpha_n (u + \omega\, Q_{s'a'} - Q_{sa}),

:math:`a'` what is played in :math:`s'`, :math:`\alpha_n` the declared step (`Steps`). Without memory there is one
state; with memory one, the state is one's own last action and how many others contributed: m N states. A learner sees
its own rewards and, with memory, how many others contributed; nothing else.

Source: Watkins & Dayan (1992), Mach. Learn. 8, 279-292; Rummery & Niranjan (1994), CUED/F-INFENG/TR 166.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.learners.choice import Boltzmann, EpsilonGreedy, Steps
from gametheory.errors import require

VISITS = Steps()
Choice = Boltzmann | EpsilonGreedy


@dataclass(frozen=True, slots=True, kw_only=True)
class QLearning:
    r"""Estimates what an action is worth if the best is done ever after.

    Parameters
    ----------
    choice : Boltzmann or EpsilonGreedy
    steps : Steps
        By the number of visits of a state and action.
    memory : int
        0 or 1 rounds.
    discount_factor : float
        :math:`\omega` in [0, 1).
    first_estimate : float or sequence of float
        The estimates at the start, in every state: of all actions, or of each.

    Examples
    --------
    >>> QLearning(choice=Boltzmann(temperature=0.1), steps=Steps(rate=0.1, exponent=0)).number_of_states(2, 5)
    1
    """

    choice: Choice
    steps: Steps = VISITS
    memory: int = 0
    discount_factor: float = 0.0
    first_estimate: float | Sequence[float] = 0.0

    def __post_init__(self) -> None:
        _check(self)

    def number_of_states(self, actions: int, group_size: int) -> int:
        """Rows of a table."""
        return actions * group_size if self.memory else 1

    def kernel_numbers(self, rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The learner's numbers and its steps, as the kernels read them."""
        return _numbers(self, 0), step_rows(self.steps, self.steps, rounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sarsa:
    r"""Estimates what an action is worth if the learner goes on as it does.

    Parameters
    ----------
    choice : Boltzmann or EpsilonGreedy
    steps : Steps
        By the number of visits of a state and action.
    memory : int
        0 or 1 rounds.
    discount_factor : float
        :math:`\omega` in [0, 1).
    first_estimate : float or sequence of float
        The estimates at the start, in every state: of all actions, or of each.

    Examples
    --------
    >>> Sarsa(choice=EpsilonGreedy(exploration=0.1), discount_factor=0.9).number_of_states(2, 5)
    10
    """

    choice: Choice
    steps: Steps = VISITS
    memory: int = 1
    discount_factor: float = 0.0
    first_estimate: float | Sequence[float] = 0.0

    def __post_init__(self) -> None:
        _check(self)

    def number_of_states(self, actions: int, group_size: int) -> int:
        """Rows of a table."""
        return actions * group_size if self.memory else 1

    def kernel_numbers(self, rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The learner's numbers and its steps, as the kernels read them."""
        return _numbers(self, 2), step_rows(self.steps, self.steps, rounds)


def step_rows(first: Steps, second: Steps, rounds: int) -> NDArray[np.float64]:
    """Two schedules of steps by their number, shape (2, rounds + 1), or (2, 2) if both are constant."""
    longest = 1 if first.exponent == 0 and second.exponent == 0 else rounds
    return np.stack([first.sizes(longest), second.sizes(longest)])


def check_memory(learner: Any) -> None:
    """Refuse a memory or a discount factor outside its domain."""
    known = learner.memory in (0, 1) and not isinstance(learner.memory, bool)
    require(known, "memory", learner.memory, "0 or 1")
    require(0 <= learner.discount_factor < 1, "discount_factor", learner.discount_factor, "in [0, 1)")


def _check(learner: QLearning | Sarsa) -> None:
    known = isinstance(learner.choice, Boltzmann | EpsilonGreedy)
    require(known, "choice", learner.choice, "Boltzmann or EpsilonGreedy")
    check_memory(learner)
    given = learner.first_estimate
    numbers = (given,) if isinstance(given, int | float) else tuple(given)
    require(all(abs(q) < inf for q in numbers), "first_estimate", given, "finite")
    if not isinstance(given, int | float):
        object.__setattr__(learner, "first_estimate", tuple(float(q) for q in numbers))


def _numbers(learner: QLearning | Sarsa, first_rule: int) -> NDArray[np.float64]:
    """Rule, noise, discount factor, two places that are not used, and T log(1/u - 1) at u = 0, 1/256, ..., 1."""
    boltzmann = isinstance(learner.choice, Boltzmann)
    head = [first_rule + boltzmann, learner.choice.noise, learner.discount_factor, 0.0, 1.0]
    with np.errstate(divide="ignore"):
        at = np.arange(257) / 256
        bounds = learner.choice.noise * (np.log1p(-at) - np.log(at))
    return np.concatenate([head, bounds])
