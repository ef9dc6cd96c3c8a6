"""How neural learners are built and trained."""

from dataclasses import dataclass
from math import inf

from experiments.environment import require_count
from gametheory.errors import require


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuralSettings:
    r"""Advantage actor-critic (IA2C) or proximal policy optimization (IPPO), independent for each member.

    Parameters
    ----------
    algorithm : str
        "a2c" (Mnih et al. 2016, one step per batch) or "ppo" (Schulman et al. 2017, several clipped ones).
    hidden : int
        Units in each of two layers of actor and critic.
    learning_rate : float
        Of Adam, > 0.
    discount : float
        Of later rewards, in [0, 1).
    entropy : float
        Weight of the policy's entropy, >= 0.
    environments : int
        Copies of the group that share the members' networks.
    unroll, updates : int
        Rounds per batch, and batches.
    clip : float
        Of the probability ratio in "ppo", in (0, 1).
    epochs : int
        Steps per batch in "ppo".

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.

    Examples
    --------
    >>> NeuralSettings(algorithm="ppo").epochs
    4
    """

    algorithm: str = "a2c"
    hidden: int = 32
    learning_rate: float = 3e-3
    discount: float = 0.9
    entropy: float = 0.01
    environments: int = 16
    unroll: int = 20
    updates: int = 500
    clip: float = 0.2
    epochs: int = 4

    def __post_init__(self) -> None:
        require(self.algorithm in ("a2c", "ppo"), "algorithm", self.algorithm, "'a2c' or 'ppo'")
        for name in ("hidden", "environments", "unroll", "updates", "epochs"):
            require_count(getattr(self, name), name)
        require(0 < self.learning_rate < inf, "learning_rate", self.learning_rate, "> 0 and finite")
        require(0 <= self.discount < 1, "discount", self.discount, "in [0, 1)")
        require(0 <= self.entropy < inf, "entropy", self.entropy, ">= 0 and finite")
        require(0 < self.clip < 1, "clip", self.clip, "in (0, 1)")
