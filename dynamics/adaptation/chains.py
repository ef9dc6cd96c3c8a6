r"""Adaptive punishment over windows of finite length: an exact Markov chain, its long run, and what that costs.

In a window of `W` rounds at probability p a logit co-player defects in :math:`n \sim \text{Bin}(W, F(p))` of them, the
rounds being independent. Rational rules visit p on a lattice, so p (rule 'integral'), or p with the defections of the
window before (rule 'effect'), is a finite Markov chain; its stationary distribution is found by elimination without
subtraction, so that small shares are right too. One of its states, p = 0, is where punishment has collapsed; noise
brings it back: what counts is the share of time.

Source: model.md, section 3; Grassmann, Taksar & Heyman (1985), Oper. Res. 33, 1107-1116.
"""

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.adaptation.replies import LogitReply, gain_at
from dynamics.adaptation.rules import EffectRule, IntegralRule, Rule
from dynamics.finite._fixations_kernels import log_stationary
from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact, to_float
from gametheory.public_goods import PublicGoodsGame

MAX_STATES: Final = 3000
Array = NDArray[np.float64]
State = tuple[Fraction, Fraction | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongRun:
    """The long run of adaptive punishment against a logit co-player.

    Attributes
    ----------
    probabilities : tuple of Fraction
        The punishment probabilities that recur, ascending.
    shares : ndarray of float64
        The share of windows spent at each; sums to 1.
    defection : float
        The long-run share of rounds in which the co-player defects.
    fines : float
        Acts of punishment per round that the co-player meets: the mean of (N - 1) p times its defections.
    residual : float
        Largest imbalance of flow into and out of a state, in units of the largest share.
    """

    probabilities: tuple[Fraction, ...]
    shares: Array
    defection: float
    fines: float
    residual: float

    @property
    def mean_probability(self) -> float:
        """The long-run mean of the punishment probability."""
        return float(np.dot([float(p) for p in self.probabilities], self.shares))

    @property
    def collapsed(self) -> float:
        """The share of windows in which p = 0; 0 if that does not recur."""
        return float(self.shares[0]) if self.probabilities[0] == 0 else 0.0


def long_run_of_windows(
    game: PublicGoodsGame, *, rule: Rule, reply: LogitReply, window: int, start: Number = 1
) -> LongRun:
    """The stationary distribution of the punishment probability under windows of `window` rounds.

    Parameters
    ----------
    game : PublicGoodsGame
        Of exact numbers.
    rule : EffectRule or IntegralRule
        Of exact numbers.
    reply : LogitReply
    window : int
        Rounds, >= 1.
    start : number
        Exact, in [0, 1].

    Returns
    -------
    LongRun

    Raises
    ------
    InvalidParameter
        If a value is outside its domain, or the chain has more than 3000 states, or more than one long run.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> rule = IntegralRule(adaptation_step="1/10", tolerated_defection="1/5")
    >>> run = long_run_of_windows(game, rule=rule, reply=LogitReply(temperature="1/10"), window=10)
    >>> round(run.mean_probability, 4), round(run.defection, 4), run.residual < 1e-12
    (0.1368, 0.2, True)
    """
    require(isinstance(rule, EffectRule | IntegralRule), "rule", rule, "an EffectRule or an IntegralRule")
    require(isinstance(reply, LogitReply), "reply", reply, "a LogitReply")
    require(isinstance(window, int) and window >= 1, "window", window, "an integer >= 1")
    p = as_number(start, name="start")
    require(is_exact(p) and in_order(0, p, 1), "start", start, "an exact number in [0, 1]")
    numbers = [getattr(rule, name) for name in rule.__dataclass_fields__]
    require(all(is_exact(v) or isinstance(v, bool) for v in numbers), "rule", rule, "a rule of exact numbers")
    states, links = _reached(rule, (Fraction(p), Fraction(1) if isinstance(rule, EffectRule) else None), window)
    frequencies = {p: reply.defection(gain_at(game, p)) for p in {state[0] for state in states}}
    kept, logs = _recurrent(states, links, frequencies, window)
    shares = np.empty(len(kept))
    if len(kept) == 1:
        shares[0], residual = 1.0, 0.0
    else:
        found = np.empty(len(kept))
        log_stationary(logs.copy(), found)
        shares = np.exp(found)
        shares /= shares.sum()
        residual = _imbalance(np.exp(logs), shares)
    return _summary(game, [states[i] for i in kept], shares, frequencies, residual)


def _reached(rule: Rule, start: State, window: int) -> tuple[list[State], list[list[int]]]:
    """Every state that can be reached, and to which each leads after 0, ..., W defections."""
    index, links, queue = {start: 0}, [], deque([start])
    while queue:
        p, before = queue.popleft()
        row = []
        for defections in range(window + 1):
            now = Fraction(defections, window)
            after = rule.next_probability(p, now=now, before=1 if before is None else before)
            state = (Fraction(after), None if before is None else now)
            if state not in index:
                index[state] = len(index)
                queue.append(state)
                small = len(index) <= MAX_STATES
                require(small, "rule", rule, f"one whose windows lead to at most {MAX_STATES} states")
            row.append(index[state])
        links.append(row)
    return list(index), links


def _recurrent(
    states: list[State], links: list[list[int]], frequencies: dict[Fraction, float], window: int
) -> tuple[list[int], Array]:
    """The states of the only closed class, and the logarithms of the chances between them."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    rows = np.repeat(np.arange(len(states)), window + 1)
    columns = np.concatenate(links)
    graph = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(states),) * 2)
    count, label = connected_components(graph, connection="strong")
    leaving = {int(label[i]) for i, j in zip(rows, columns, strict=True) if label[i] != label[j]}
    closed = [k for k in range(count) if k not in leaving]
    require(len(closed) == 1, "rule", "several long runs", "one whose long run does not depend on chance")
    kept = [i for i in range(len(states)) if label[i] == closed[0]]
    place = {i: k for k, i in enumerate(kept)}
    chances = np.zeros((len(kept), len(kept)))
    for i in kept:
        f = frequencies[states[i][0]]
        for defections, j in enumerate(links[i]):
            chances[place[i], place[j]] += comb(window, defections) * f**defections * (1 - f) ** (window - defections)
    with np.errstate(divide="ignore"):
        return kept, np.log(chances)


def _imbalance(chances: Array, shares: Array) -> float:
    moving = chances - np.diag(np.diag(chances))
    gap = np.abs(shares @ moving - shares * moving.sum(axis=1))
    return float(gap.max() / shares.max())


def _summary(
    game: PublicGoodsGame, states: list[State], shares: Array, frequencies: dict[Fraction, float], residual: float
) -> LongRun:
    totals: dict[Fraction, float] = {}
    for (p, _), share in zip(states, shares, strict=True):
        totals[p] = totals.get(p, 0.0) + float(share)
    listed: Any = sorted(totals)
    rest = to_float(game.group_size) - 1
    return LongRun(
        probabilities=tuple(listed),
        shares=np.array([totals[p] for p in listed]),
        defection=sum(totals[p] * frequencies[p] for p in listed),
        fines=sum(rest * float(p) * totals[p] * frequencies[p] for p in listed),
        residual=residual,
    )
