r"""How strategies spread on a structure.

In one elementary step a random player `x` is chosen, and

- `FermiImitation`: it looks at a random neighbor `y` and takes its strategy with chance
  :math:`1 / (1 + e^{(P_x - P_y) / K})` (Szabó & Toke 1998, Phys. Rev. E 58, 69-73);
- `DeathBirth`: it dies, and its neighbors compete for its place with chances proportional to their fitness,
  :math:`1 - w + w P` or :math:`e^{w P}` (Ohtsuki, Hauert, Lieberman & Nowak 2006, Nature 441, 502-505).

:math:`P` is the sum of a player's payoffs over all the groups that it is in. One sweep (a Monte Carlo step) is as many
elementary steps as there are players.
"""

from dataclasses import dataclass

from dynamics.finite.processes import Fitness
from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact


@dataclass(frozen=True, slots=True, kw_only=True)
class FermiImitation:
    r"""Imitation of a random neighbor.

    Parameters
    ----------
    imitation_noise : number
        :math:`K > 0`, in payoff units; 1/K is the steepness.

    Raises
    ------
    InvalidParameter
        If it is not a positive finite number.
    """

    imitation_noise: Number

    def __post_init__(self) -> None:
        number = _finite("imitation_noise", self.imitation_noise)
        require(in_order(0, number) and number != 0, "imitation_noise", number, "a finite number > 0")
        object.__setattr__(self, "imitation_noise", number)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathBirth:
    r"""Competition of the neighbors of a random player for its place.

    Parameters
    ----------
    selection_strength : number
        :math:`w \ge 0`, per payoff unit; at most 1 where fitness is linear.
    fitness : Fitness
        `Fitness.LINEAR` by default.

    Raises
    ------
    InvalidParameter
        If the selection strength is outside its domain.
    """

    selection_strength: Number
    fitness: Fitness = Fitness.LINEAR

    def __post_init__(self) -> None:
        require(isinstance(self.fitness, Fitness), "fitness", self.fitness, "a Fitness")
        number = _finite("selection_strength", self.selection_strength)
        low = in_order(0, number) and (self.fitness is Fitness.EXPONENTIAL or in_order(number, 1))
        require(low, "selection_strength", number, "a finite number >= 0, at most 1 where fitness is linear")
        object.__setattr__(self, "selection_strength", number)


Update = FermiImitation | DeathBirth


def _finite(name: str, value: Number) -> Number:
    number = as_number(value, name=name)
    finite = is_exact(number) or (isinstance(number, float) and abs(number) < float("inf"))
    require(finite, name, value, "a finite number")
    return number
