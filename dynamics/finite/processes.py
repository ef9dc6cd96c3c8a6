r"""How a finite population changes: who is imitated, who reproduces.

With :math:`Z` individuals, :math:`k_i` of them playing `i` with mean payoff :math:`f_i`, one step is

- `PairwiseComparison`: a random individual, of `j`, compares with another random one, of `i`, and takes its
  strategy with chance :math:`1 / (1 + e^{-w (f_i - f_j)})` (Szabó & Toke 1998, Phys. Rev. E 58, 69-73;
  Traulsen, Nowak & Pacheco 2006, Phys. Rev. E 74, 011909);
- `Moran`: an individual is chosen to reproduce with chance proportional to its fitness, and its offspring
  replaces a random individual, which may be the parent (Nowak, Sasaki, Taylor & Fudenberg 2004, Nature 428,
  646-650); fitness is :math:`e^{w f}`, or :math:`1 - w + w f`.

Instead of imitating, the first of them takes each other strategy with chance :math:`\mu / (m - 1)`; the
offspring of the second does.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact, to_float

Array = NDArray[np.float64]

# What kernels are told.
PAIRWISE: Final = 0
MORAN: Final = 1


class Fitness(Enum):
    """How a payoff becomes a fitness."""

    EXPONENTIAL = "exp(w f)"
    LINEAR = "1 - w + w f"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseComparison:
    r"""Imitation with the Fermi function.

    Parameters
    ----------
    selection_strength : number
        :math:`w \ge 0`, per payoff unit; 0 is neutral drift.

    Raises
    ------
    InvalidParameter
        If it is negative or no finite number.
    """

    selection_strength: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "selection_strength", _strength(self.selection_strength))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moran:
    r"""Birth and death.

    Parameters
    ----------
    selection_strength : number
        :math:`w \ge 0`, per payoff unit; at most 1 where fitness is linear.
    fitness : Fitness
        `Fitness.EXPONENTIAL` by default.

    Raises
    ------
    InvalidParameter
        If the selection strength is outside its domain.
    """

    selection_strength: Number
    fitness: Fitness = Fitness.EXPONENTIAL

    def __post_init__(self) -> None:
        require(isinstance(self.fitness, Fitness), "fitness", self.fitness, "a Fitness")
        strength = _strength(self.selection_strength)
        low = self.fitness is Fitness.EXPONENTIAL or strength <= 1
        require(low, "selection_strength", self.selection_strength, "at most 1 where fitness is linear")
        object.__setattr__(self, "selection_strength", strength)


Process = PairwiseComparison | Moran


def is_linear(process: Process) -> bool:
    """Whether payoffs are turned into fitness without an exponential, so that rationals stay rational."""
    return isinstance(process, Moran) and process.fitness is Fitness.LINEAR


def rule_of(process: Process) -> int:
    """What kernels are told: `PAIRWISE` or `MORAN`."""
    require(isinstance(process, PairwiseComparison | Moran), "process", process, "a PairwiseComparison or a Moran")
    return MORAN if isinstance(process, Moran) else PAIRWISE


def scaled(values: Any, process: Process) -> Array:
    """Payoffs as kernels read them: fitness where it is linear, else its logarithm up to a constant.

    Means of them are the fitness (its logarithm) of mean payoffs. The constant puts the payoffs around 0, so
    that a large common payoff costs no digits.

    Raises
    ------
    InvalidParameter
        If a fitness is not positive.
    """
    rule_of(process)
    payoffs = np.asarray(values, dtype=np.float64)
    strength = to_float(process.selection_strength)
    if is_linear(process):
        fitness = 1.0 - strength + strength * payoffs
        fine = bool((fitness > 0).all())
        name, low = "selection_strength", float(payoffs.min())
        require(fine, name, strength, f"small enough for a positive fitness 1 - w + w f at the payoff {low}")
        return np.asarray(fitness)
    axes = (-2, -1)
    middle = (payoffs.max(axis=axes, keepdims=True) + payoffs.min(axis=axes, keepdims=True)) / 2
    with np.errstate(over="ignore"):
        exponents = np.asarray(strength * (payoffs - middle))
    fine = bool(np.isfinite(exponents).all())
    require(fine, "selection_strength", strength, "small enough for w times the payoffs to be finite")
    return exponents


def _strength(value: Number) -> Number:
    number = as_number(value, name="selection_strength")
    finite = (is_exact(number) or isinstance(number, float)) and in_order(0, number) and number < float("inf")
    require(finite, "selection_strength", value, "a finite number >= 0")
    return number
