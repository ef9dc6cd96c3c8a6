r"""A learner among donors who act on reputations, played event by event.

Everybody but the learner follows a rule; acts are judged by the norm, and misjudged now and then. The learner chooses
by Boltzmann's rule among cooperating, defecting and punishing, apart for good and for bad recipients. It is credited
with what an act cost it, and with what it was given or lost in the next round. `expected_choices` says what it comes
to: the logit of the same differences that make a rule an equilibrium (`gametheory.indirect_reciprocity`).
"""

from dataclasses import dataclass
from math import exp
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from experiments.environment import require_count
from experiments.learners.choice import Boltzmann, Schedule, Steps
from experiments.neighbors import _neighbor_kernels as kernels
from gametheory.exact import to_float
from gametheory.indirect_reciprocity import (
    ACTS,
    GOOD,
    REPUTATIONS,
    ActionRule,
    DonorGame,
    SocialNorm,
    reciprocity_margins,
)


@dataclass(frozen=True, slots=True, eq=False)
class DonorRun:
    """What happened in the recorded rounds.

    Attributes
    ----------
    choices : ndarray of float64, shape (replicates, 2, 3)
        How often the learner did C, D and P to good and to bad recipients; NaN where it met none; zeros without
        learner.
    good, reward : ndarray of float64, shape (replicates,)
        Share of good players, and their mean reward per round, of those who follow the rule.
    seed : int
    seconds : float
    """

    choices: NDArray[np.float64]
    good: NDArray[np.float64]
    reward: NDArray[np.float64]
    seed: int
    seconds: float


def run_donors(
    game: DonorGame,
    rule: ActionRule,
    norm: SocialNorm,
    *,
    players: int = 50,
    learns: bool = True,
    choice: Boltzmann,
    steps: Steps,
    schedule: Schedule,
    seed: int,
) -> DonorRun:
    """Let one learner live among donors of one rule.

    Parameters
    ----------
    game, rule, norm
        Numbers only.
    players : int
        In all, >= 3. Each round everybody gives to one other and is given to by one other.
    learns : bool
        Whether the first player learns; otherwise it follows the rule, too.
    choice, steps, schedule
        As in `experiments.learners.learn`; steps by visits of a reputation and act.
    seed : int

    Raises
    ------
    InvalidParameter
        If a number is out of range.

    Examples
    --------
    >>> from gametheory.indirect_reciprocity import punishing_norm, punishing_rule
    >>> game = DonorGame(benefit=3, contribution_cost=1, fine=2, punishment_cost=1, assessment_error="1/20")
    >>> found = run_donors(game, punishing_rule(), punishing_norm(), choice=Boltzmann(temperature=0.3), steps=Steps(),
    ...                    schedule=Schedule(rounds=2000, uniform_rounds=500, replicates=2), players=10, seed=1)
    >>> bool((found.choices[:, 1, 2] > 0.9).all())
    True
    """
    from gametheory.rng import spawn

    require_count(players, "players", least=3)
    require_count(seed, "seed", least=0)
    numbers = [
        game.benefit,
        game.contribution_cost,
        game.fine,
        game.punishment_cost,
        game.assessment_error,
        game.discount_factor,
    ]
    judged = np.array([[norm.judges(act, reputation) for act in ACTS] for reputation in REPUTATIONS])
    shares = np.zeros((schedule.replicates, 2, 3))
    out = np.zeros((schedule.replicates, 2))
    started = perf_counter()
    kernels.many_populations(
        np.array([to_float(value) for value in numbers]),
        np.array([ACTS.index(rule.act(reputation)) for reputation in REPUTATIONS], dtype=np.int64),
        judged,
        players,
        learns,
        steps.sizes(schedule.total),
        choice.noise,
        np.array([schedule.uniform_rounds, schedule.burn_in, schedule.rounds], dtype=np.int64),
        spawn(seed, schedule.replicates),
        shares,
        out,
    )
    met = shares.sum(axis=2, keepdims=True)
    choices = np.divide(shares, met, out=np.full_like(shares, np.nan), where=met > 0) if learns else shares
    return DonorRun(choices, out[:, 0], out[:, 1], seed, perf_counter() - started)


def expected_choices(game: DonorGame, rule: ActionRule, norm: SocialNorm, temperature: float) -> dict[str, list[float]]:
    """The learner's long-run choices towards good and bad recipients, in the order of `ACTS`.

    Examples
    --------
    >>> from gametheory.indirect_reciprocity import punishing_norm, punishing_rule
    >>> game = DonorGame(benefit=3, contribution_cost=1, fine=2, punishment_cost=1, assessment_error="1/20")
    >>> [round(x, 4) for x in expected_choices(game, punishing_rule(), punishing_norm(), 2.0)["B"]]
    [0.0824, 0.1358, 0.7818]
    """
    margins = reciprocity_margins(game, rule, norm)
    found = {}
    for reputation in REPUTATIONS:
        own = rule.to_good if reputation == GOOD else rule.to_bad
        worse = [0.0 if act == own else to_float(margins[reputation, act]) for act in ACTS]
        weights = [exp(-margin / temperature) for margin in worse]
        found[reputation] = [weight / sum(weights) for weight in weights]
    return found
