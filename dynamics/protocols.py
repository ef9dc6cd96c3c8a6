r"""How players of a large population revise their strategies, each with the mean dynamics that follow.

With shares :math:`x`, mean payoffs :math:`f_i(x)`, their mean :math:`\bar f = \sum_j x_j f_j`, positive parts
:math:`[\cdot]_+`, and m strategies, a player who mutates taking one of the m - 1 others at random:

.. math::

    \text{Replicator} \quad & \dot x_i = x_i (f_i - \bar f) \\
    \text{NormalizedReplicator} \quad & \dot x_i = x_i (f_i - \bar f) / (b + \bar f) \\
    \text{ReplicatorMutator} \quad & \dot x_i = \sum_j x_j (b + f_j) q_{ji} - x_i (b + \bar f), \quad
        q_{jj} = 1 - \mu, \ q_{ji} = \mu / (m - 1) \\
    \text{Logit} \quad & \dot x_i = e^{f_i / T} / \textstyle\sum_j e^{f_j / T} - x_i \\
    \text{Smith} \quad & \dot x_i = \textstyle\sum_j x_j [f_i - f_j]_+ - x_i \sum_j [f_j - f_i]_+ \\
    \text{BrownVonNeumannNash} \quad & \dot x_i = [f_i - \bar f]_+ - x_i \textstyle\sum_j [f_j - \bar f]_+ \\
    \text{Imitation} \quad & \dot x_i = (1 - \mu)\, x_i \textstyle\sum_j x_j \tanh\frac{f_i - f_j}{2 K}
        + \mu \Bigl(\frac{1 - x_i}{m - 1} - x_i\Bigr) \\
    \text{BoltzmannLearning} \quad & \dot x_i = x_i (f_i - \bar f) / T
        - x_i \Bigl(\log x_i - \textstyle\sum_j x_j \log x_j\Bigr)

Adding an amount to the payoffs of all strategies changes none of them but the second and third. Of several
populations each has its own shares, and payoffs against the others.

Sources: Taylor & Jonker (1978), Math. Biosci. 40, 145; Maynard Smith (1982), Evolution and the Theory of Games,
appendix J; Hadeler (1981), SIAM J. Appl. Math. 41, 1; Fudenberg
& Levine (1998), The Theory of Learning in Games, 4; Smith (1984), Transport. Sci. 18, 245; Brown & von Neumann
(1950), Contributions to the Theory of Games 1, 73; Traulsen, Claussen & Hauert (2005), Phys. Rev. Lett. 95,
238701; Sato & Crutchfield (2003), Phys. Rev. E 67, 015206.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar

from dynamics._mean_kernels import BNN, BOLTZMANN, IMITATION, LOGIT, MUTATOR, NORMALIZED, REPLICATOR, SMITH
from gametheory.errors import require

Rule = tuple[int, float, float]


@dataclass(frozen=True, slots=True)
class Replicator:
    """Imitation in proportion to the gain, or reproduction in proportion to payoff: the replicator dynamics."""

    needs_fitness: ClassVar[bool] = False

    @property
    def rule(self) -> Rule:
        """The code of the kernels, and two parameters."""
        return REPLICATOR, 0.0, 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalizedReplicator:
    """The replicator dynamics with its speed divided by the mean fitness, as generations that do not overlap have it.

    With one population its orbits are those of `Replicator`; with several, whose mean fitnesses differ, they are not.

    Parameters
    ----------
    baseline : float
        :math:`b`, the fitness of a payoff of 0. Fitness must be positive.
    """

    baseline: float = 0.0

    def __post_init__(self) -> None:
        _keep(self, "baseline", isfinite, "finite")

    needs_fitness: ClassVar[bool] = True

    @property
    def rule(self) -> Rule:
        """The code of the kernels, and two parameters."""
        return NORMALIZED, self.baseline, 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicatorMutator:
    r"""Reproduction in proportion to fitness, with mutation of the offspring.

    Parameters
    ----------
    mutation_rate : float
        :math:`\mu` in [0, 1], per birth.
    baseline : float
        :math:`b`, the fitness of a payoff of 0. Fitness may not be negative, or shares could become so: a
        game with negative payoffs needs a baseline.
    """

    mutation_rate: float
    baseline: float = 0.0

    def __post_init__(self) -> None:
        _keep(self, "mutation_rate", lambda value: 0 <= value <= 1, "in [0, 1]")
        _keep(self, "baseline", isfinite, "finite")

    needs_fitness: ClassVar[bool] = True

    @property
    def rule(self) -> Rule:
        """The code of the kernels, and two parameters."""
        return MUTATOR, self.mutation_rate, self.baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class Logit:
    """Revision to a noisy best reply: the logit dynamics, which rest at logit equilibria.

    Parameters
    ----------
    temperature : float
        T > 0, in payoff units.
    """

    temperature: float

    def __post_init__(self) -> None:
        _keep(self, "temperature", _is_positive, "> 0 and finite")

    needs_fitness: ClassVar[bool] = False

    @property
    def rule(self) -> Rule:
        """The code of the kernels, and two parameters."""
        return LOGIT, self.temperature, 0.0


@dataclass(frozen=True, slots=True)
class Smith:
    """Pairwise comparison with any strategy, present or not, in proportion to the gain: the Smith dynamics."""

    needs_fitness: ClassVar[bool] = False

    @property
    def rule(self) -> Rule:
        """The code of the kernels, and two parameters."""
        return SMITH, 0.0, 0.0


@dataclass(frozen=True, slots=True)
class BrownVonNeumannNash:
    """Revision in proportion to the excess over the mean payoff."""

    needs_fitness: ClassVar[bool] = False

    @property
    def rule(self) -> Rule:
        """The code of the kernels, and two parameters."""
        return BNN, 0.0, 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Imitation:
    r"""Imitation of a random player with the Fermi probability of the gain, and exploration at random.

    Parameters
    ----------
    imitation_noise : float
        K > 0, in payoff units: i imitates j with probability :math:`1 / (1 + e^{-(f_j - f_i)/K})`.
    mutation_rate : float
        :math:`\mu` in [0, 1], per revision.
    """

    imitation_noise: float
    mutation_rate: float = 0.0

    def __post_init__(self) -> None:
        _keep(self, "imitation_noise", _is_positive, "> 0 and finite")
        _keep(self, "mutation_rate", lambda value: 0 <= value <= 1, "in [0, 1]")

    needs_fitness: ClassVar[bool] = False

    @property
    def rule(self) -> Rule:
        """The code of the kernels, and two parameters."""
        return IMITATION, self.imitation_noise, self.mutation_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class BoltzmannLearning:
    """The limit of Boltzmann Q-learners: replicator dynamics and entropy; interior rest points are logit equilibria.

    Parameters
    ----------
    temperature : float
        T > 0, in payoff units. Time is measured in learning rates.
    """

    temperature: float

    def __post_init__(self) -> None:
        _keep(self, "temperature", _is_positive, "> 0 and finite")

    needs_fitness: ClassVar[bool] = False

    @property
    def rule(self) -> Rule:
        """The code of the kernels, and two parameters."""
        return BOLTZMANN, self.temperature, 0.0


Protocol = (
    Replicator
    | NormalizedReplicator
    | ReplicatorMutator
    | Logit
    | Smith
    | BrownVonNeumannNash
    | Imitation
    | BoltzmannLearning
)


def _is_positive(value: float) -> bool:
    return value > 0 and isfinite(value)


def _keep(protocol: Any, name: str, fits: Callable[[float], bool], expected: str) -> None:
    """Check one field, and keep it as a float."""
    value = getattr(protocol, name)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    require(not isinstance(value, bool | str) and fits(number), name, value, expected)
    object.__setattr__(protocol, name, number)
