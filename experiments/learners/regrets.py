r"""Learners of regrets, and fictitious play: what one did against what one might have done.

Against the co-players' actions :math:`s_{-i}` of each round, with :math:`u(a, s_{-i})` from the game's payoff table,

.. math::

    \text{fictitious play:}\quad & a_{t+1} \in \arg\max_a \sum_{\tau \le t} u(a, s_{-i}^\tau), \\
    \text{external:}\quad & x_a \propto R_a^+, \quad
        R_a = \sum_{\tau \le t} [u(a, s_{-i}^\tau) - u(s_i^\tau, s_{-i}^\tau)], \\
    \text{conditional:}\quad & x_k = \frac{R_{jk}^+}{\mu t} \;(k \ne j = s_i^t), \quad
        R_{jk} = \sum_{\tau \le t:\, s_i^\tau = j} [u(k, s_{-i}^\tau) - u(j, s_{-i}^\tau)], \\
    \text{proxy:}\quad & x_k = (1 - \delta_t) \min\Big( \frac{C_{jk}^+}{\mu t}, \frac{1}{m - 1} \Big)
        + \frac{\delta_t}{m} \;(k \ne j), \\
    & C_{jk} = \sum_{\tau \le t:\, s_i^\tau = k} \frac{x_j^\tau}{x_k^\tau} u^\tau
        - \sum_{\tau \le t:\, s_i^\tau = j} u^\tau,

and :math:`x_j` what is left. Ties of fictitious play and a round without regret (external) are drawn evenly; so is the
first round. What each is told: `ProxyRegretMatching` its own rewards alone; the three others the payoff table of the
game and, after each round, how many co-players played what (not their rewards, nor how they learn). Fictitious play
here best-replies to the joint frequencies of what the co-players did.

Long-run play: no regret is left, so that the frequencies of profiles approach the coarse correlated equilibria
(external) or the correlated equilibria (conditional; proxy with :math:`\delta_t \to 0`, and near them where it is a
small constant).

Source: Brown (1951), in Activity Analysis of Production and Allocation, 374-376; Hart & Mas-Colell (2000), Econometrica
68, 1127-1150 (conditional and external); Hart & Mas-Colell (2001), in Economic Essays: A
Festschrift for Werner Hildenbrand, 181-200 (proxy).
"""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from experiments.learners.choice import Steps
from experiments.learners.values import step_rows
from gametheory.errors import require

EXPLORATION = Steps(rate=0.1, exponent=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FictitiousPlay:
    """Plays what would have earned most so far; is told the payoff table and the co-players' actions.

    Examples
    --------
    >>> FictitiousPlay().is_informed
    True
    """

    @property
    def is_informed(self) -> bool:
        """Whether it is told payoffs of actions that it did not take."""
        return True

    def number_of_states(self, actions: int, group_size: int) -> int:
        """Rows of a table."""
        return 1

    def kernel_numbers(self, rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The learner's numbers and its steps, as the kernels read them."""
        return np.array([7.0, 0.0, 0.0, 0.0, 1.0]), np.zeros((2, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalRegretMatching:
    """Plays in proportion to regrets for not always having played an action; told as fictitious play is.

    Examples
    --------
    >>> ExternalRegretMatching().is_informed
    True
    """

    @property
    def is_informed(self) -> bool:
        """Whether it is told payoffs of actions that it did not take."""
        return True

    def number_of_states(self, actions: int, group_size: int) -> int:
        """Rows of a table."""
        return 1

    def kernel_numbers(self, rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The learner's numbers and its steps, as the kernels read them."""
        return np.array([8.0, 0.0, 0.0, 0.0, 1.0]), np.zeros((2, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegretMatching:
    r"""Leaves its last action in proportion to regrets for not having replaced it; told as fictitious play is.

    Parameters
    ----------
    inertia : float
        :math:`\mu > 0`, in payoff units; :math:`(m - 1)` times the largest difference of two payoffs suffices. A
        run in which it leaves no probability to the last action is refused.

    Examples
    --------
    >>> RegretMatching(inertia=10).number_of_states(3, 5)
    3
    """

    inertia: float

    def __post_init__(self) -> None:
        require(0 < self.inertia < inf, "inertia", self.inertia, "> 0 and finite")

    @property
    def is_informed(self) -> bool:
        """Whether it is told payoffs of actions that it did not take."""
        return True

    def number_of_states(self, actions: int, group_size: int) -> int:
        """Rows of a table."""
        return actions

    def kernel_numbers(self, rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The learner's numbers and its steps, as the kernels read them."""
        return np.array([9.0, self.inertia, 0.0, 0.0, 1.0]), np.zeros((2, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyRegretMatching:
    r"""Regret matching on regrets estimated from its own rewards: it sees nothing else.

    Parameters
    ----------
    inertia : float
        :math:`\mu > 0`, in payoff units.
    exploration : Steps
        :math:`\delta_t`, by the round, below 1; with an exponent below 1/4 the theorem of the source holds.

    Examples
    --------
    >>> ProxyRegretMatching(inertia=10, exploration=Steps(rate=0.2, exponent=0.2)).is_informed
    False
    """

    inertia: float
    exploration: Steps = EXPLORATION

    def __post_init__(self) -> None:
        require(0 < self.inertia < inf, "inertia", self.inertia, "> 0 and finite")
        require(self.exploration.rate < 1, "exploration", self.exploration, "steps with a rate below 1")

    @property
    def is_informed(self) -> bool:
        """Whether it is told payoffs of actions that it did not take."""
        return False

    def number_of_states(self, actions: int, group_size: int) -> int:
        """Rows of a table."""
        return actions

    def kernel_numbers(self, rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The learner's numbers and its steps, as the kernels read them."""
        numbers = np.array([10.0, self.inertia, 0.0, 0.0, 1.0])
        return numbers, step_rows(self.exploration, self.exploration, rounds)


RegretLearner = FictitiousPlay | ExternalRegretMatching | RegretMatching | ProxyRegretMatching
