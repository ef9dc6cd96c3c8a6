r"""What memory-one strategies earn in the repeated game, discounted or in the long run, exactly.

Players are in groups of one strategy each; players of a group are exchangeable, so the chain over the numbers of
contributors :math:`(k_1, \dots, k_m)`, one for each group, is an exact lumping of the chain over profiles. Groups of
one player give that chain itself. With :math:`K = \sum_g k_g`, the contributors of group `g` next round are
distributed as

.. math:: \mathrm{Bin}(k_g, p^g_{C, K-1}) * \mathrm{Bin}(n_g - k_g, p^g_{D, K}).

With `M` its matrix and :math:`\mu_0` the distribution of the first round, states are occupied by

.. math:: v = (1 - \omega)\, \mu_0 (I - \omega M)^{-1}

when discounted, and without discounting by the limit of the means of :math:`\mu_0 M^t`, by way of the closed classes
in which the chain ends; it depends on :math:`\mu_0` where there are several. Payoffs are :math:`v \cdot u`.

Source: model.md, section 4; Hauert & Schuster (1997), Proc. R. Soc. B 264, 513-519 (chains of groups).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_integer, to_text, unify
from gametheory.games import Game
from gametheory.repeated.linear import Vector, latex, limit_occupancy, solve
from gametheory.repeated.stage import ACTIONS, StageGame, stage_game
from gametheory.repeated.strategies import MemoryOne, binomial
from gametheory.unequal import UnequalGame

MAX_STATES = 4096
State = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedPayoffs:
    """What groups of players earn and do in a repeated game.

    Attributes
    ----------
    payoffs : tuple of number
        Mean payoff per round of one player of each group, weighted by the discount factor.
    contributions : tuple of number
        Share of rounds in which a player of the group contributes, weighted likewise.
    states : tuple of tuple of int
        How many players of each group contribute.
    occupancy : tuple of number
        Weight of each state; sums to 1.
    discount_factor : number or None
        None: limit of means.
    """

    payoffs: tuple[Number, ...]
    contributions: tuple[Number, ...]
    states: tuple[State, ...]
    occupancy: tuple[Number, ...]
    discount_factor: Number

    def to_json(self) -> dict[str, Any]:
        """Schema gametheory.repeated_payoffs/1."""
        return {
            "schema": "gametheory.repeated_payoffs/1",
            "discount_factor": None if self.discount_factor is None else to_text(self.discount_factor),
            "payoffs": [to_text(value) for value in self.payoffs],
            "contributions": [to_text(value) for value in self.contributions],
        }

    def _repr_latex_(self) -> str:
        return r"$\pi = \left(" + ", ".join(map(latex, self.payoffs)) + r"\right)$"


def repeated_payoffs(
    game: Game | StageGame | UnequalGame,
    strategies: Sequence[MemoryOne],
    *,
    counts: Sequence[int] | None = None,
    discount_factor: Number = None,
    actions: Sequence[str] = ACTIONS,
) -> RepeatedPayoffs:
    """Payoffs of the repeated game among groups of memory-one strategies.

    Parameters
    ----------
    game : Game, StageGame or UnequalGame
        Two of its strategies are the actions; punishment may be fixed in the payoff (`actions=("P", "D")`).
    strategies : sequence of MemoryOne
        One for each group.
    counts : sequence of int, optional
        Players in each group, N in total; by default one each. Of an unequal game's players, one each.
    discount_factor : number in [0, 1), optional
        Left out: limit of means from the first round's distribution.
    actions : (str, str)

    Returns
    -------
    RepeatedPayoffs
        Exact if game, strategies and discount factor are; symbolic where they hold symbols (which count as neither 0
        nor 1). Cost: a dense system with ``prod(count + 1)`` unknowns.

    Raises
    ------
    InvalidParameter
        If sizes do not fit, there are more than 4096 states, or the discount factor is outside [0, 1).
    NotConverged
        If a symbolic system is singular.

    Examples
    --------
    A defector among four win-stay, lose-shift players, half of the weight on the future:

    >>> from gametheory import PublicGoodsGame
    >>> from gametheory.repeated import all_d, win_stay_lose_shift
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3)
    >>> found = repeated_payoffs(game, [all_d(5), win_stay_lose_shift(5)], counts=[1, 4], discount_factor='1/2')
    >>> [str(payoff) for payoff in found.payoffs]
    ['8/5', '14/15']
    """
    sizes = _checked_counts(game, strategies, counts)
    weight = None if discount_factor is None else as_number(discount_factor, name="discount_factor")
    if weight is not None:
        require(in_order(0, weight, 1) and weight != 1, "discount_factor", discount_factor, "in [0, 1)")
    states = tuple(product(*(range(size + 1) for size in sizes)))
    rewards = _rewards(game, states, sizes, actions)
    players = list(strategies)
    rewards, players, weight = _in_one_arithmetic(rewards, players, weight)
    start = [
        prod((binomial(n, p.initial, k) for n, p, k in zip(sizes, players, s, strict=True)), start=1) for s in states
    ]
    rows = [_next_states(players, sizes, state, states) for state in states]
    occupancy = _occupancy(rows, start, weight)
    groups = range(len(sizes))
    return RepeatedPayoffs(
        payoffs=tuple(_dot(occupancy, [row[g] for row in rewards]) for g in groups),
        contributions=tuple(_dot(occupancy, [Fraction(s[g], sizes[g]) for s in states]) for g in groups),
        states=states,
        occupancy=tuple(occupancy),
        discount_factor=weight,
    )


def next_contributors(strategy: MemoryOne, *, group: int, contributing: int, total: int) -> Vector:
    """Distribution of the next number of contributors, 0 to `group`, in a group where `contributing` of `total` do."""
    stay = _binomials(contributing, strategy.after_contributing[total - 1] if contributing else 0)
    leave = group - contributing
    join = _binomials(leave, strategy.after_defecting[total] if leave else 0)
    return convolved(stay, join)


def convolved(first: Vector, second: Vector) -> Vector:
    """Distribution of a sum of independent counts."""
    result: Vector = [0] * (len(first) + len(second) - 1)
    for i, p in enumerate(first):
        for j, q in enumerate(second):
            if p != 0 and q != 0:
                result[i + j] = result[i + j] + p * q
    return result


def _binomials(trials: int, chance: Number) -> Vector:
    if chance in (0, 1):
        return [int(k == trials * chance) for k in range(trials + 1)]
    return [binomial(trials, chance, k) for k in range(trials + 1)]


def _next_states(players: list[MemoryOne], sizes: Sequence[int], state: State, states: tuple[State, ...]) -> Vector:
    total = sum(state)
    each = [
        next_contributors(player, group=size, contributing=count, total=total)
        for player, size, count in zip(players, sizes, state, strict=True)
    ]
    row: Vector = [1]
    for distribution in each:  # the last group's count moves fastest, as in `states`
        row = [p * q if p != 0 and q != 0 else 0 for p in row for q in distribution]
    return row


def _occupancy(rows: list[Vector], start: Vector, weight: Number) -> Vector:
    if weight is None:
        return limit_occupancy(rows, start)
    size = len(rows)
    left = [[int(i == j) - weight * rows[j][i] for j in range(size)] for i in range(size)]
    return [row[0] for row in solve(left, [[(1 - weight) * value] for value in start])]


def _rewards(
    game: Game | StageGame | UnequalGame, states: tuple[State, ...], sizes: Sequence[int], actions: Sequence[str]
) -> list[Vector]:
    """Mean payoff in a group, by state and group."""
    if isinstance(game, UnequalGame):
        return [list(game.payoffs(state)) for state in states]
    stage = stage_game(game, actions=actions)
    return [list(_group_means(stage, state, sizes)) for state in states]


def _group_means(stage: StageGame, state: State, sizes: Sequence[int]) -> Iterator[Number]:
    total = sum(state)
    for count, size in zip(state, sizes, strict=True):
        give = count * stage.contributing[total - 1] if count else 0
        keep = (size - count) * stage.defecting[total] if count < size else 0
        earned = give + keep
        yield earned / size if not isinstance(earned, int) else Fraction(earned, size)


def _in_one_arithmetic(
    rewards: list[Vector], players: list[MemoryOne], weight: Number
) -> tuple[list[Vector], list[MemoryOne], Number]:
    """Floats everywhere if there is one anywhere."""
    listed = [value for row in rewards for value in row]
    listed += [p for player in players for p in player.numbers] + ([] if weight is None else [weight])
    if not any(isinstance(value, float) for value in listed):
        return rewards, players, weight
    flat = iter(unify(listed))
    rewards = [[next(flat) for _ in row] for row in rewards]
    numbers = [[next(flat) for _ in player.numbers] for player in players]
    size = players[0].group_size
    players = [
        MemoryOne(initial=n[0], after_contributing=n[1 : size + 1], after_defecting=n[size + 1 :]) for n in numbers
    ]
    return rewards, players, None if weight is None else next(flat)


def _dot(left: Vector, right: Vector) -> Number:
    total = sum(p * u for p, u in zip(left, right, strict=True))
    return total if not hasattr(total, "free_symbols") else total.factor()


def _checked_counts(
    game: Game | StageGame | UnequalGame, strategies: Sequence[MemoryOne], counts: Sequence[int] | None
) -> tuple[int, ...]:
    size = int(game.group_size)
    players = tuple(strategies)
    fits = bool(players) and all(isinstance(p, MemoryOne) and p.group_size == size for p in players)
    require(fits, "strategies", strategies, f"memory-one strategies of {size} players")
    sizes = (1,) * len(players) if counts is None else tuple(counts)
    ok = len(sizes) == len(players) and all(is_integer(n) and n >= 1 for n in sizes) and sum(sizes) == size
    require(ok, "counts", counts, f"{len(players)} integers >= 1 that sum to {size}, one for each strategy")
    alone = not isinstance(game, UnequalGame) or max(sizes) == 1
    require(alone, "counts", counts, "1 for each player of an unequal game")
    require(prod(n + 1 for n in sizes) <= MAX_STATES, "counts", counts, f"at most {MAX_STATES} states")
    return tuple(int(n) for n in sizes)
