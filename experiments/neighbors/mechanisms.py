r"""Boltzmann learners under gifts, third-party punishment and partner choice, played event by event.

What is played is what the games of `gametheory` describe, without their payoff functions: the pot, every gift, every
look of a bystander, every choice of a partner. Learners see their own rewards. Under gifts the split is equal among
contributing co-players, or by the relation of LASE: in proportion to how little each was expected to contribute, which
is believed from how often it did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.environment import require_count
from experiments.learners.choice import Boltzmann, Schedule, Steps
from experiments.neighbors import _neighbor_kernels as kernels
from gametheory.errors import require
from gametheory.exact import to_float
from gametheory.gifts import GiftGame
from gametheory.partner_choice import PartnerChoiceGame
from gametheory.public_goods import PublicGoodsGame
from gametheory.third_party import ThirdPartyGame

DOES: Final = {
    GiftGame: {"C": 1, "D": 0, "G": kernels.CONTRIBUTES | kernels.GIVES, "E": kernels.GIVES},
    ThirdPartyGame: {"C": 1, "D": 0, "T": kernels.WATCHES},
    PartnerChoiceGame: {"C": 1, "D": 0, "P": kernels.CONTRIBUTES | kernels.PUNISHES},
}
CODES: Final = {
    GiftGame: kernels.GIFTS,
    ThirdPartyGame: kernels.BYSTANDERS,
    PartnerChoiceGame: kernels.PARTNERS,
}


@dataclass(frozen=True, slots=True, eq=False)
class MechanismRun:
    """What learners did in the recorded rounds.

    Attributes
    ----------
    shares : ndarray of float64, shape (replicates, learners)
        How often the first action was played.
    rewards : ndarray of float64, shape (replicates, N)
        Everybody's mean reward, learners first.
    seed : int
    seconds : float
    """

    shares: NDArray[np.float64]
    rewards: NDArray[np.float64]
    seed: int
    seconds: float


def run_mechanism(
    game: GiftGame | ThirdPartyGame | PartnerChoiceGame,
    *,
    actions: Sequence[str],
    co_players: Sequence[str] = (),
    choice: Boltzmann,
    steps: Steps,
    schedule: Schedule,
    by_relation: bool = False,
    seed: int,
) -> MechanismRun:
    """Let the players that are not `co_players` learn which of two strategies to play.

    Parameters
    ----------
    game : GiftGame, ThirdPartyGame or PartnerChoiceGame
        Numbers only; gifts of a linear pot.
    actions : sequence of two str
        Strategies of the game.
    co_players : sequence of str
        What the others play; the remaining N minus their number learn.
    choice, steps, schedule
        As in `experiments.learners.learn`.
    by_relation : bool
        Split gifts by the relation of LASE instead of equally.
    seed : int
        Replicate `i` gets the i-th generator spawned from it.

    Raises
    ------
    InvalidParameter
        If an argument is out of its domain.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> linear = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> game = GiftGame(returns=linear, gift_share="1/2", strategies=["G", "E"])
    >>> found = run_mechanism(game, actions=["G", "E"], choice=Boltzmann(temperature=0.1), steps=Steps(), seed=1,
    ...                       schedule=Schedule(rounds=1000, uniform_rounds=100, replicates=4))
    >>> bool(found.shares.mean() > 0.9)
    True
    """
    from gametheory.rng import spawn

    kind: Any = type(game)
    require(kind in DOES, "game", game, "a GiftGame, a ThirdPartyGame or a PartnerChoiceGame")
    known = DOES[kind]
    paired = not isinstance(actions, str) and len(actions) == 2 and actions[0] != actions[1]
    require(paired and all(a in known for a in actions), "actions", actions, f"two of {tuple(known)}")
    require(all(a in known for a in co_players), "co_players", co_players, f"names among {tuple(known)}")
    n = int(game.group_size)
    learners = n - len(co_players)
    require(learners >= 1, "co_players", co_players, f"at most {n - 1} names, so that somebody learns")
    require_count(seed, "seed", least=0)
    fixed = [known[name] for name in co_players]
    options = np.array([[known[a]] * learners + fixed for a in actions], dtype=np.int64).T.copy()
    shares = np.zeros((schedule.replicates, learners))
    rewards = np.zeros((schedule.replicates, n))
    started = perf_counter()
    kernels.many_groups(
        CODES[kind],
        options,
        learners,
        _numbers(game),
        by_relation,
        steps.sizes(schedule.total),
        choice.noise,
        np.array([schedule.uniform_rounds, schedule.burn_in, schedule.rounds], dtype=np.int64),
        spawn(seed, schedule.replicates),
        shares,
        rewards,
    )
    return MechanismRun(shares, rewards, seed, perf_counter() - started)


def _numbers(game: Any) -> NDArray[np.float64]:
    """The parameters in the kernels' order."""
    if isinstance(game, PartnerChoiceGame):
        values = [game.benefit, game.contribution_cost, game.selectivity, game.fine, game.punishment_cost]
    else:
        stage: Any = game.returns if isinstance(game, GiftGame) else game.stage
        require(isinstance(stage, PublicGoodsGame), "returns", stage, "a PublicGoodsGame (to play it)")
        values = [stage.multiplication_factor, stage.contribution_cost]
        if isinstance(game, GiftGame):
            values += [game.gift_share]
        else:
            values += [game.bystander_payoff, game.fine, game.punishment_cost, game.punishment_probability, game.fee]
    return np.array([to_float(value) for value in values])
