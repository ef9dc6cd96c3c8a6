r"""Matches of memory-one players, simulated: the check on the exact payoffs, and what long tournaments need.

A block of 1024 matches has its own stream, the i-th child of the seed, so that match `i` is the same whatever the
number of matches and threads. Rounds are counted by what happened in them; payoffs are those counts times the stage
game's. Errors belong to the strategies (`with_errors`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gametheory.errors import NotConverged, require
from gametheory.exact import is_integer, to_float
from gametheory.games import Game
from gametheory.repeated.stage import ACTIONS, StageGame, stage_game
from gametheory.repeated.strategies import MemoryOne

BLOCK: Final = 1024
MAX_CELLS: Final = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchResult:
    """What players earned in each of many matches.

    Attributes
    ----------
    payoffs : ndarray of float64, shape (matches, N)
        Mean payoff per round.
    contributions : ndarray of float64, shape (matches, N)
        Share of rounds in which the player contributed.
    rounds : int
    seed : int
    """

    payoffs: NDArray[np.float64]
    contributions: NDArray[np.float64]
    rounds: int
    seed: int

    @property
    def mean_payoffs(self) -> NDArray[np.float64]:
        """Mean over matches, for each player."""
        mean: NDArray[np.float64] = self.payoffs.mean(axis=0)
        return mean

    @property
    def standard_errors(self) -> NDArray[np.float64]:
        """Of `mean_payoffs`.

        Raises
        ------
        NotConverged
            If there is one match only.
        """
        if len(self.payoffs) < 2:
            raise NotConverged("one match has no standard error; play two or more")
        spread: NDArray[np.float64] = self.payoffs.std(axis=0, ddof=1) / np.sqrt(len(self.payoffs))
        return spread


def simulate_matches(
    game: Game | StageGame,
    strategies: Sequence[MemoryOne],
    *,
    matches: int,
    rounds: int,
    seed: int,
    actions: Sequence[str] = ACTIONS,
) -> MatchResult:
    """Play many matches of the repeated game.

    Parameters
    ----------
    game : Game or StageGame
    strategies : sequence of MemoryOne, length N
        One for each player.
    matches : int
    rounds : int
        Of each match.
    seed : int
    actions : (str, str)

    Raises
    ------
    InvalidParameter
        If sizes do not fit, a number is a symbol, or the counts would take more than 2e8 cells.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> from gametheory.repeated import all_d, tft
    >>> game = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
    >>> simulate_matches(game, [tft(2), all_d(2)], matches=3, rounds=200, seed=1).mean_payoffs.tolist()
    [0.995, 1.02]
    """
    from gametheory.repeated import _match_kernels as kernels

    stage = stage_game(game, actions=actions)
    size, players = stage.group_size, tuple(strategies)
    fits = len(players) == size and all(isinstance(p, MemoryOne) and p.group_size == size for p in players)
    require(fits, "strategies", strategies, f"{size} memory-one strategies of {size} players")
    require(not any(p.is_symbolic for p in players), "strategies", strategies, "strategies without symbols")
    require(not stage.is_symbolic, "game", game, "a game without symbols")
    for name, value, least in (("matches", matches, 1), ("rounds", rounds, 1), ("seed", seed, 0)):
        require(is_integer(value) and value >= least, name, value, f"an integer >= {least}")
    cells = matches * (4 if size == 2 else 2 * size * size)
    require(cells <= MAX_CELLS, "matches", matches, f"at most {MAX_CELLS * matches // cells} for these players")
    streams = _streams(seed, -(-matches // BLOCK))
    earned, given = _tables(stage)
    counts: NDArray[np.float64]
    if size == 2:
        counts = np.zeros((matches, 4))
        kernels.pair_blocks(streams, _joint_bounds(players), int(rounds), BLOCK, counts)
    else:
        groups = np.zeros((matches, size, 2, size))
        kernels.group_blocks(streams, *_decisions(players), int(rounds), BLOCK, groups)
        counts = groups.reshape(matches, size, 2 * size)
    return MatchResult(
        payoffs=counts @ (earned / rounds), contributions=counts @ (given / rounds), rounds=int(rounds), seed=int(seed)
    )


def _tables(stage: StageGame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Payoffs and contributions of what the kernels count."""
    contributing, defecting = ([to_float(v) for v in row] for row in (stage.contributing, stage.defecting))
    if stage.group_size > 2:
        size = stage.group_size
        return np.array([*defecting, *contributing]), np.repeat([0.0, 1.0], size)
    (alone, together), (ruined, tempted) = contributing, defecting
    earned = [[together, together], [alone, tempted], [tempted, alone], [ruined, ruined]]
    return np.array(earned), np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])


def _decisions(players: Sequence[MemoryOne]) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """Whether each decision is sure or drawn, and the bound on the word that is drawn."""
    rows = [[*p.after_defecting, *p.after_contributing, p.initial] for p in players]
    kinds = [[0 if v == 0 else 1 if v == 1 else 2 for v in row] for row in rows]
    bounds = [[int(v * 2**64) if 0 < v < 1 else 0 for v in row] for row in rows]
    return np.array(kinds, dtype=np.uint8), np.array(bounds, dtype=np.uint64)


def _joint_bounds(players: Sequence[MemoryOne]) -> NDArray[np.uint64]:
    """Cumulated probabilities of DD, DC, CD, in words, after DD, DC, CD, CC and in the first round."""
    one, two = players
    chances = [
        (one.probability(own, int(other)), two.probability(other, int(own)))
        for own in (False, True)
        for other in (False, True)
    ]
    rows = []
    for p, q in [*chances, (one.initial, two.initial)]:
        p, q = Fraction(p), Fraction(q)
        rows.append([min(int(v * 2**64), 2**64 - 1) for v in ((1 - p) * (1 - q), 1 - p, 1 - p + p * (1 - q))])
    return np.array(rows, dtype=np.uint64)


def _streams(seed: int, blocks: int) -> NDArray[np.uint64]:
    """States of SFC64, one for each block, as numpy seeds them."""
    children = np.random.SeedSequence(int(seed)).spawn(blocks)
    states = [np.random.SFC64(child).state["state"]["state"] for child in children]
    return np.array(states, dtype=np.uint64)
