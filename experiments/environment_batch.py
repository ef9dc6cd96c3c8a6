r"""Thousands of groups that play any kind of stage game side by side, in compiled code, event by event.

A round in one go: every player is a strategy of the game (`play_round`). A round in two stages, where punishing is an
action of its own: all contribute or not (`contribute`), see what the others did, with the errors of detection (`look`),
and each punishes each other with a weight in [0, 1] (`punish`): with :math:`w_{ij}` that weight, an act that is
carried out (with the punishment probability) takes :math:`w_{ij} s \beta` from `j` and costs `i` :math:`w_{ij} s
\gamma`. Source: model.md, section 1; `experiments.environment_rules` says what the events are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.environment import PlayedRewards, require_count
from experiments.environment_rules import Rules, rules_of, strategy_codes
from gametheory.errors import require


@dataclass(frozen=True, slots=True, eq=False)
class BatchEnvironment:
    """Copies of one group, each with its own stream of random numbers.

    Attributes
    ----------
    rules : Rules
    words : ndarray of uint64, shape (copies, 4)
        States of numpy's SFC64, which go on with every event that is drawn.
    seed : int
        What they were spawned from.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=3, multiplication_factor=2, fine=1, punishment_cost='1/4')
    >>> batch = batch_environment(game, copies=2, seed=1)
    >>> play_round(batch, [[0, 0, 1], [1, 1, 2]]).round(3).tolist()
    [[0.333, 0.333, 1.333], [-0.333, -0.333, -0.833]]
    """

    rules: Rules
    words: NDArray[np.uint64]
    seed: int

    @property
    def copies(self) -> int:
        """How many groups there are."""
        return int(self.words.shape[0])


def spawn_words(seed: int, number: int) -> NDArray[np.uint64]:
    """States of SFC64, shape (number, 4), one a replicate; the i-th is the same whatever `number`."""
    children = np.random.SeedSequence(seed).spawn(number)
    states: list[Any] = [np.random.SFC64(child).state for child in children]
    return np.array([state["state"]["state"] for state in states], dtype=np.uint64)


def batch_environment(game: Any, *, copies: int, seed: int, also: Sequence[str] = ()) -> BatchEnvironment:
    """Groups that play `game`.

    Parameters
    ----------
    game : game
        Any kind but a table.
    copies : int
        >= 1.
    seed : int
        Copy `i` gets the i-th stream spawned from it.
    also : sequence of str
        As in `rules_of`.

    Raises
    ------
    InvalidParameter
        If `game` cannot be played event by event, or a number is out of range.
    """
    require_count(copies, "copies")
    require_count(seed, "seed", least=0)
    return BatchEnvironment(rules_of(game, also=also), spawn_words(seed, copies), seed)


def play_round(batch: BatchEnvironment, actions: ArrayLike) -> NDArray[np.float64]:
    """Rewards of one round in which every player is a strategy.

    Parameters
    ----------
    batch : BatchEnvironment
        Its streams go on.
    actions : array_like of int, shape (copies, N)
        Places of strategies in ``batch.rules.strategies``.

    Returns
    -------
    ndarray of float64, shape (copies, N)

    Raises
    ------
    InvalidParameter
        If `actions` has another shape or an entry is no strategy.
    """
    from experiments.learners._learner_kernels import play_batch

    chosen = _array(batch, actions, "actions", len(batch.rules.strategies) - 1)
    rewards = np.zeros(chosen.shape)
    play_batch(batch.rules.codes[chosen], batch.rules.numbers, batch.words, rewards, np.zeros(chosen.shape), 1)
    return rewards


def contribute(batch: BatchEnvironment, contributions: ArrayLike) -> NDArray[np.float64]:
    """Rewards of the first of two stages: 1 gives, 0 does not, shape (copies, N); nobody is punished yet."""
    from experiments.learners._learner_kernels import CONTRIBUTES, play_batch

    gave = _array(batch, contributions, "contributions", 1)
    rewards = np.zeros(gave.shape)
    play_batch(gave * CONTRIBUTES, batch.rules.numbers, batch.words, rewards, np.zeros(gave.shape), 1)
    return rewards


def look(batch: BatchEnvironment, contributions: ArrayLike) -> NDArray[np.int64]:
    """What each player takes each other to have done: 1 for a contribution, shape (copies, N, N), by author and target.

    A defector is seen as one with the detection rate, a contributor by mistake with the false alarm rate.

    Raises
    ------
    InvalidParameter
        If `contributions` has another shape, or an entry is not 0 or 1.
    """
    from experiments.learners._punishing_kernels import look_batch

    gave = _array(batch, contributions, "contributions", 1)
    seen = np.zeros((*gave.shape, gave.shape[1]), dtype=np.int64)
    look_batch(gave, batch.rules.acts, batch.words, seen)
    return seen


def punish(batch: BatchEnvironment, weights: ArrayLike) -> NDArray[np.float64]:
    """What the second stage changes in rewards, shape (copies, N).

    Parameters
    ----------
    batch : BatchEnvironment
    weights : array_like of float, shape (copies, N, N)
        How hard an author punishes a target, in [0, 1]; the diagonal is not used.

    Raises
    ------
    InvalidParameter
        If `weights` has another shape or an entry is outside [0, 1].

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=2, multiplication_factor=1.5, fine=1, punishment_cost='1/4')
    >>> punish(batch_environment(game, copies=1, seed=1), [[[0, 0.5], [0, 0]]]).tolist()
    [[-0.125, -0.5]]
    """
    from experiments.learners._punishing_kernels import punish_batch

    n = batch.rules.group_size
    hard = np.array(weights, dtype=np.float64, order="C")  # the kernel writes to it
    require(hard.shape == (batch.copies, n, n), "weights", hard.shape, f"of shape {(batch.copies, n, n)}")
    require(bool(((hard >= 0) & (hard <= 1)).all()), "weights", weights, "in [0, 1]")
    changes = np.zeros((batch.copies, n))
    punish_batch(hard, batch.rules.acts, batch.words, changes)
    return changes


def play_game(
    game: Any, strategies: Sequence[str], *, rounds: int, seed: int, replicates: int = 2, also: Sequence[str] = ()
) -> PlayedRewards:
    """Let players of fixed strategies play a game of any kind, and average what each earned.

    Parameters
    ----------
    game : game
        Any kind but a table.
    strategies : sequence of str, length N
        What each player is.
    rounds : int
        Per replicate, >= 1.
    seed : int
        Replicate `i` gets the i-th stream spawned from it, so threads do not matter.
    replicates : int
        Independent stretches of play, >= 1; they run in parallel.
    also : sequence of str
        As in `rules_of`.

    Raises
    ------
    InvalidParameter
        If `game` cannot be played event by event, or `strategies` does not name N of its strategies.

    Examples
    --------
    Two of five take part, a contributor and a defector:

    >>> from gametheory import OptionalGame, PublicGoodsGame
    >>> linear = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> optional = OptionalGame(stage=linear, loner_payoff=1)
    >>> play_game(optional, ["C", "D", "L", "L", "L"], rounds=1, seed=1).mean.tolist()
    [0.5, 1.5, 1.0, 1.0, 1.0]
    """
    from experiments.learners._learner_kernels import play_batch

    require_count(rounds, "rounds")
    batch = batch_environment(game, copies=_replicates(replicates), seed=seed, also=also)
    codes = strategy_codes(batch.rules, strategies)
    n = batch.rules.group_size
    require(codes.size == n, "strategies", strategies, f"{n} names, one per player")
    started = perf_counter()
    sums, squares = np.zeros((replicates, n)), np.zeros((replicates, n))
    play_batch(np.tile(codes, (replicates, 1)), batch.rules.numbers, batch.words, sums, squares, int(rounds))
    total = rounds * replicates
    mean = sums.sum(axis=0) / total
    variance = np.maximum(squares.sum(axis=0) / total - mean**2, 0.0)
    error = np.sqrt(variance / total)
    return PlayedRewards(mean, error, variance, total, seed, perf_counter() - started)


def _replicates(replicates: Any) -> int:
    require_count(replicates, "replicates")
    return int(replicates)


def _array(batch: BatchEnvironment, values: ArrayLike, name: str, most: int) -> NDArray[np.int64]:
    array = np.asarray(values)
    shape = (batch.copies, batch.rules.group_size)
    require(array.shape == shape, name, array.shape, f"of shape {shape}")
    inside = array.dtype.kind in "iu" and bool(((array >= 0) & (array <= most)).all())
    require(inside, name, values, f"integers from 0 to {most}")
    return np.ascontiguousarray(array, dtype=np.int64)
