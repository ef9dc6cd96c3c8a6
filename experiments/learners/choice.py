r"""How a stateless Q-learner chooses, how large its steps are, and for how long it plays.

A learner keeps one estimate :math:`Q_a` per action. After playing `a` for the n-th time and earning `u`,

.. math:: Q_a \leftarrow Q_a + \alpha_n (u - Q_a), \qquad \alpha_n = \min(1, \alpha\, n^{-\kappa}).

:math:`\kappa = 0` is a constant step :math:`\alpha`; :math:`\alpha = \kappa = 1` makes :math:`Q_a` the mean
of all rewards of `a`; :math:`1/2 < \kappa < 1` (Robbins & Monro 1951, Ann. Math. Stat. 22, 400-407) still
forgets what was learnt while the others were learning too.
"""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from experiments.environment import require_count
from gametheory.errors import require


@dataclass(frozen=True, slots=True, kw_only=True)
class Boltzmann:
    r"""Plays `a` with probability proportional to :math:`\exp(Q_a / T)`.

    Parameters
    ----------
    temperature : float
        :math:`T > 0`, in payoff units.

    Examples
    --------
    >>> Boltzmann(temperature=0.1).noise
    0.1
    """

    temperature: float

    def __post_init__(self) -> None:
        require(0 < self.temperature < inf, "temperature", self.temperature, "> 0 and finite")

    @property
    def noise(self) -> float:
        """What the kernels call the temperature."""
        return float(self.temperature)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpsilonGreedy:
    r"""Plays the action of the larger estimate, and with probability :math:`\varepsilon` either at random.

    Parameters
    ----------
    exploration : float
        :math:`\varepsilon` in (0, 1].

    Examples
    --------
    >>> EpsilonGreedy(exploration=0.1).noise
    0.1
    """

    exploration: float

    def __post_init__(self) -> None:
        require(0 < self.exploration <= 1, "exploration", self.exploration, "in (0, 1]")

    @property
    def noise(self) -> float:
        """What the kernels call the chance to explore."""
        return float(self.exploration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    r"""Step sizes :math:`\alpha_n = \min(1, \alpha n^{-\kappa})` at an action's n-th visit.

    Parameters
    ----------
    rate : float
        :math:`\alpha > 0`; at most 1 if `exponent` is 0.
    exponent : float
        :math:`\kappa` in [0, 1].

    Examples
    --------
    Visit-count steps make an estimate the mean of what was earned; a constant step forgets:

    >>> Steps().sizes(3).tolist()
    [1.0, 1.0, 0.5, 0.3333333333333333]
    >>> Steps(rate=0.1, exponent=0).sizes(2).tolist()
    [0.1, 0.1, 0.1]
    """

    rate: float = 1.0
    exponent: float = 1.0

    def __post_init__(self) -> None:
        require(0 <= self.exponent <= 1, "exponent", self.exponent, "in [0, 1]")
        top = 1.0 if self.exponent == 0 else inf
        domain = "in (0, 1] for a constant step" if self.exponent == 0 else "> 0 and finite"
        require(0 < self.rate <= top and self.rate < inf, "rate", self.rate, domain)

    def sizes(self, visits: int) -> NDArray[np.float64]:
        """Steps at visits 0 (never used) to `visits`, shape (visits + 1,)."""
        number = np.maximum(np.arange(visits + 1, dtype=np.float64), 1.0)
        return np.minimum(1.0, self.rate * number**-self.exponent)

    def size(self, visits: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """The step at a given visit count (not below 1)."""
        number = np.maximum(np.asarray(visits, dtype=np.float64), 1.0)
        return np.asarray(np.minimum(1.0, self.rate * number**-self.exponent))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long learners play, and what they believe at the start.

    Parameters
    ----------
    rounds : int
        Rounds that are recorded, >= 1.
    burn_in : int
        Rounds of learning before those, >= 0.
    uniform_rounds : int
        Rounds before all others in which both actions are played at random, >= 0. Without them a single bad
        draw at the first, large steps can put an action out of reach for longer than any run.
    first_estimate : float
        Both estimates at the start (a first step of size 1 overwrites them).
    replicates : int
        Independent groups, >= 1, each with its own generator.

    Examples
    --------
    >>> Schedule(rounds=1000, burn_in=500, uniform_rounds=100).total
    1600
    """

    rounds: int
    burn_in: int = 0
    uniform_rounds: int = 0
    first_estimate: float = 0.0
    replicates: int = 32

    def __post_init__(self) -> None:
        require_count(self.rounds, "rounds")
        require_count(self.burn_in, "burn_in", least=0)
        require_count(self.uniform_rounds, "uniform_rounds", least=0)
        require_count(self.replicates, "replicates")
        require(abs(self.first_estimate) < inf, "first_estimate", self.first_estimate, "finite")

    @property
    def total(self) -> int:
        """All rounds of one replicate."""
        return self.uniform_rounds + self.burn_in + self.rounds
