r"""Partners and rivals among memory-one strategies of a two-player repeated game, without discounting.

A partner contributes first and after mutual contribution, and no co-player earns R against it unless both do: nobody
can gain by leaving mutual contribution. With :math:`T > R > P > S` and :math:`2R > T + S` this is so iff
:math:`p_{CC} = 1` and

.. math::

    \frac{T - R}{R - S}\, p_{DC} < 1 - p_{CD}, \qquad \frac{T - R}{R - P}\, p_{DD} < 1 - p_{CD}.

A rival never earns less than its co-player, whoever that is. What a co-player can reach is a mixture of what stationary
pure memory-one replies reach in the closed classes of states, because against a memory-one strategy the co-player faces
a decision process with four states; the sixteen of them, from each first move, decide exactly.

Source: Akin (2016), in Ergodic Theory, 77-107; Hilbe, Traulsen & Sigmund (2015), Games Econ. Behav. 92, 41-52;
Puterman (1994), theorem 8.9.3 (extreme points of occupancies).
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from gametheory.errors import require
from gametheory.games import Game
from gametheory.repeated.linear import closed_classes, limit_occupancy
from gametheory.repeated.memory_one import next_contributors
from gametheory.repeated.stage import ACTIONS, StageGame, stage_game
from gametheory.repeated.strategies import MemoryOne

STATES = tuple(product((1, 0), repeat=2))  # actions of the strategy and of its co-player


def is_partner(game: Game | StageGame, strategy: MemoryOne, *, actions: Sequence[str] = ACTIONS) -> bool:
    """Whether a memory-one strategy is a partner in a prisoner's dilemma (module header).

    Raises
    ------
    InvalidParameter
        If the game is no exact prisoner's dilemma of two players with 2 R > T + S, or the strategy is not exact.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> from gametheory.repeated import all_c, generous, tft, win_stay_lose_shift
    >>> game = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
    >>> [is_partner(game, s) for s in (generous(tft(2), '1/4'), tft(2), win_stay_lose_shift(2), all_c(2))]
    [True, True, False, False]
    """
    stage = _dilemma(game, strategy, actions)
    (sucker, together), (ruin, tempted) = stage.contributing, stage.defecting
    require(2 * together > tempted + sucker, "game", game, "a dilemma with 2 R > T + S")
    after_tempting, after_suffering = strategy.probability(False, 1), strategy.probability(True, 0)
    after_ruin = strategy.probability(False, 0)
    gain = tempted - together
    nice = strategy.initial == 1 and strategy.probability(True, 1) == 1
    forgiving = gain * after_tempting < (together - sucker) * (1 - after_suffering)
    return bool(nice and forgiving and gain * after_ruin < (together - ruin) * (1 - after_suffering))


def is_rival(game: Game | StageGame, strategy: MemoryOne, *, actions: Sequence[str] = ACTIONS) -> bool:
    """Whether no co-player earns more than a memory-one strategy in the long run, in any two-player game.

    Raises
    ------
    InvalidParameter
        If the game is not exact or not of two players, or the strategy is not exact.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> from gametheory.repeated import all_d, generous, tft
    >>> game = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
    >>> [is_rival(game, s) for s in (all_d(2), tft(2), generous(tft(2), '1/4'))]
    [True, True, False]
    """
    stage = _two_players(game, strategy, actions)
    return all(own >= other for own, other in reachable_payoffs(stage, strategy))


def reachable_payoffs(stage: StageGame, strategy: MemoryOne) -> Iterator[tuple[Fraction, Fraction]]:
    """Long-run payoffs of a strategy and its co-player in every closed class of every pure memory-one reply."""
    rewards = [(stage.payoff(bool(own), other), stage.payoff(bool(other), own)) for own, other in STATES]
    first = {own for own, chance in ((1, strategy.initial), (0, 1 - strategy.initial)) if chance != 0}
    for reply in product((0, 1), repeat=4):
        rows = []
        for (own, other), answer in zip(STATES, reply, strict=True):
            chances = next_contributors(strategy, group=1, contributing=own, total=own + other)
            rows.append([chances[mine] * int(theirs == answer) for mine, theirs in STATES])
        reached = {k for k, (own, _) in enumerate(STATES) if own in first}
        while len(wider := reached | {j for i in reached for j in range(4) if rows[i][j] != 0}) > len(reached):
            reached = wider
        for states in closed_classes(rows, reached):
            start = [Fraction(int(k == states[0])) for k in range(4)]
            weights = limit_occupancy(rows, start)
            yield (
                sum((v * u for v, (u, _) in zip(weights, rewards, strict=True)), start=Fraction(0)),
                sum((v * u for v, (_, u) in zip(weights, rewards, strict=True)), start=Fraction(0)),
            )


def _two_players(game: Game | StageGame, strategy: MemoryOne, actions: Sequence[str]) -> StageGame:
    stage = stage_game(game, actions=actions)
    require(stage.group_size == 2 and stage.is_exact, "game", game, "an exact game of two players")
    fits = isinstance(strategy, MemoryOne) and strategy.group_size == 2 and strategy.is_exact
    require(fits, "strategy", strategy, "an exact memory-one strategy of two players")
    return stage


def _dilemma(game: Game | StageGame, strategy: MemoryOne, actions: Sequence[str]) -> StageGame:
    stage = _two_players(game, strategy, actions)
    (sucker, together), (ruin, tempted) = stage.contributing, stage.defecting
    require(tempted > together > ruin > sucker, "game", game, "a prisoner's dilemma, T > R > P > S")
    return stage
