r"""Heteroclinic cycles of the replicator dynamics along two-strategy edges, and whether they attract: exactly.

Strategy j beats i along their edge if :math:`f_j > f_i` everywhere inside it (and at its end i, where the payoff
difference is an eigenvalue). A cycle :math:`i_1 \to i_2 \to \dots \to i_1` of such edges consists of orbits that join
corners. At its corner k let :math:`e_k > 0` be the eigenvalue towards the next corner, :math:`-c_k < 0` that towards
the previous one, and `C` the characteristic matrix, :math:`C_{kj} = f_j(e_k) - f_k(e_k)`.

- Three strategies: the cycle attracts iff :math:`\prod_k c_k / e_k > 1`, and repels iff :math:`< 1` (Hofbauer & Sigmund
  1998, Evolutionary Games and Population Dynamics, sections 7.7 and 17.5; Zeeman 1980). At exactly 1 it is undecided.
- A cycle of three strategies among more: the same criterion within its face, and every other strategy must die out at
  all three corners (attracting); one that grows at a corner makes it no attractor (unstable).
- Four or more: if every strategy but the next dies out at each corner, the cycle attracts if there is a p > 0 on its
  strategies with :math:`C p < 0` (average Lyapunov function :math:`\prod x_i^{p_i}`; H&S 17.5.1), and repels within its
  face if there is one with :math:`C p > 0`. The weights are looked for in floats and checked in rationals.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from gametheory.equilibria.edges import Edge, edge_of
from gametheory.errors import require
from gametheory.exact import Number, is_exact
from gametheory.games import Game, PayoffTable, payoff_table

ATTRACTING = "attracting"
REPELLING = "repelling"
UNSTABLE = "unstable"
UNDECIDED = "undecided"
MAX_STRATEGIES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class HeteroclinicCycle:
    r"""Corners joined by orbits along edges.

    Attributes
    ----------
    strategies : tuple of str
        In the order in which each gives way to the next; the last gives way to the first.
    expanding, contracting : tuple of number
        :math:`e_k` and :math:`c_k` at each corner, > 0, in payoff units; exact where the game is.
    ratio : number
        :math:`\prod_k c_k / e_k`.
    transversal : tuple of tuples of number
        For each corner, the growth rates of the strategies outside the cycle, in the game's order.
    stability : str
        "attracting", "repelling" (within its face too), "unstable" (a strategy outside it grows) or "undecided".
    exact : bool
        Whether the game's numbers are exact, and so the answer.
    """

    strategies: tuple[str, ...]
    expanding: tuple[Number, ...]
    contracting: tuple[Number, ...]
    ratio: Number
    transversal: tuple[tuple[Number, ...], ...]
    stability: str
    exact: bool


def heteroclinic_cycles(game: Game) -> tuple[HeteroclinicCycle, ...]:
    """Every cycle of orbits along two-strategy edges, of the replicator dynamics.

    Parameters
    ----------
    game : Game
        With numbers for parameters and at most 8 strategies; payoffs of any kind.

    Returns
    -------
    tuple of HeteroclinicCycle
        Each starts at the first of its strategies in the game's order.

    Raises
    ------
    InvalidParameter
        If a payoff is not a number, or there are too many strategies.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], ["R", "P", "S"])
    >>> [cycle] = heteroclinic_cycles(game)
    >>> cycle.strategies, str(cycle.ratio), cycle.stability
    (('R', 'P', 'S'), '8', 'attracting')
    """
    given = payoff_table(game)
    size = len(given.strategies)
    require(size <= MAX_STRATEGIES, "strategies", size, f"at most {MAX_STRATEGIES}")
    rows = tuple(tuple(Fraction(value) for value in row) for row in given.values)
    table = PayoffTable(strategies=given.strategies, group_size=given.group_size, values=rows)
    edges = {(i, j): edge_of(table, i, j) for i in range(size) for j in range(i + 1, size)}
    beaten = [[j for j in range(size) if j != i and _gives_way(edges, i, j)] for i in range(size)]
    rates = _corner_rates(table)
    return tuple(_described(given, rates, cycle) for cycle in _cycles(beaten))


def _gives_way(edges: dict[tuple[int, int], Edge], first: int, second: int) -> bool:
    """Whether the whole edge leads from the first to the second."""
    edge = edges[(min(first, second), max(first, second))]
    return not edge.roots and edge.signs == ((1,) if first < second else (-1,))


def _corner_rates(table: PayoffTable) -> list[list[Fraction]]:
    """The growth rate of each strategy at each corner."""
    from gametheory.compositions import rank

    size, others = len(table.strategies), table.group_size - 1
    columns = [rank([others if j == k else 0 for j in range(size)]) for k in range(size)]
    return [
        [table.values[j][column] - table.values[k][column] for j in range(size)] for k, column in enumerate(columns)
    ]


def _cycles(after: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """Simple directed cycles of three or more, each from its least member."""

    def extend(path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        for following in after[path[-1]]:
            if following == path[0] and len(path) > 2:
                yield path
            elif following > path[0] and following not in path:
                yield from extend((*path, following))

    for start in range(len(after)):
        yield from extend((start,))


def _described(table: PayoffTable, rates: list[list[Fraction]], cycle: tuple[int, ...]) -> HeteroclinicCycle:
    exact = all(is_exact(value) for row in table.values for value in row)
    following = (*cycle[1:], cycle[0])
    before = (cycle[-1], *cycle[:-1])
    expanding = tuple(rates[k][j] for k, j in zip(cycle, following, strict=True))
    contracting = tuple(-rates[k][j] for k, j in zip(cycle, before, strict=True))
    outside = [j for j in range(len(table.strategies)) if j not in cycle]
    transversal = tuple(tuple(rates[k][j] for j in outside) for k in cycle)
    # an edge can lead away although its first derivative there is zero
    ratio = prod(contracting, start=Fraction(1)) / prod(expanding) if all(expanding) else Fraction(0)
    hyperbolic = all(e > 0 for e in expanding) and all(c > 0 for c in contracting)
    stability = _stability(rates, cycle, ratio, transversal) if hyperbolic else UNDECIDED
    shown = (lambda v: v) if exact else float
    return HeteroclinicCycle(
        strategies=tuple(table.strategies[k] for k in cycle),
        expanding=tuple(shown(e) for e in expanding),
        contracting=tuple(shown(c) for c in contracting),
        ratio=shown(ratio),
        transversal=tuple(tuple(shown(t) for t in row) for row in transversal),
        stability=stability,
        exact=exact,
    )


def _stability(
    rates: list[list[Fraction]], cycle: tuple[int, ...], ratio: Fraction, transversal: tuple[tuple[Fraction, ...], ...]
) -> str:
    grows = any(rate > 0 for row in transversal for rate in row)
    dies = all(rate < 0 for row in transversal for rate in row)
    if len(cycle) == 3:
        within = ATTRACTING if ratio > 1 else REPELLING if ratio < 1 else UNDECIDED
    else:
        within = _by_weights([[rates[k][j] for j in cycle] for k in cycle])
    if grows:
        return UNSTABLE
    if within == REPELLING:
        return REPELLING
    return within if dies else UNDECIDED


def _by_weights(matrix: list[list[Fraction]]) -> str:
    """Rational p > 0 with C p < 0 or C p > 0, where only the next strategy grows at each corner."""
    count = len(matrix)
    simple = all(matrix[k][j] < 0 for k in range(count) for j in range(count) if j not in (k, (k + 1) % count))
    if not simple:
        return UNDECIDED
    for sign, answer in ((-1, ATTRACTING), (1, REPELLING)):
        weights = _weights([[sign * value for value in row] for row in matrix])
        if weights and min(weights) > 0:
            gains = [sum((c * p for c, p in zip(row, weights, strict=True)), Fraction(0)) for row in matrix]
            if all(sign * gain > 0 for gain in gains):
                return answer
    return UNDECIDED


def _weights(matrix: list[list[Fraction]]) -> list[Fraction]:
    """Candidates: the p that sum to 1 with the largest least entry of `matrix` p, from floats; [] if none."""
    import numpy as np
    from scipy.optimize import linprog

    count = len(matrix)
    rows: Any = np.array([[float(value) for value in row] for row in matrix])
    rows /= np.abs(rows).max()
    cost = np.append(np.zeros(count), -1.0)
    upper = np.hstack([-rows, np.ones((count, 1))])
    result = linprog(
        cost,
        A_ub=np.vstack([upper, np.hstack([-np.eye(count), np.full((count, 1), 1e-3)])]),
        b_ub=np.zeros(2 * count),
        A_eq=[[1.0] * count + [0.0]],
        b_eq=[1.0],
        bounds=[(0, 1)] * count + [(None, None)],
    )
    if not result.success:
        return []
    return [Fraction(float(value)).limit_denominator(10**6) for value in result.x[:count]]
