r"""Zero-determinant strategies: linear relations between payoffs that one player enforces alone.

Let `i` use a memory-one strategy, :math:`u_{a,j}` be its own payoff and :math:`g_{a,j}` its co-players' mean payoff
where its action is `a` and `j` of the others contribute. Whatever the others do, with whatever memory, the weights
:math:`v_{a,j}` with which these rounds are visited satisfy (Akin's identity, discounted)

.. math:: \sum_{a,j} v_{a,j} \bigl(\omega p_{a,j} + (1 - \omega) p_0 - [a = C]\bigr) = 0 ,

:math:`\omega = 1` in the limit of means. So a strategy with

.. math:: \omega p_{a,j} + (1 - \omega) p_0 = [a = C] + \phi \bigl(s\, u_{a,j} + (1 - s)\, l - g_{a,j}\bigr) \quad (1)

and :math:`\phi \ne 0` enforces :math:`\bar g = s\, \bar u + (1 - s)\, l`: slope `s`, baseline `l`, and conversely a
relation between own and mean payoffs that the identity gives has this form. Which pairs are possible, by
:math:`0 \le p \le 1`: put :math:`L = (1 - s) l`, and let :math:`C_{\min}, C_{\max}` be the extremes over `j` of
:math:`g_{C,j} - s\, a_j`, and :math:`D_{\min}, D_{\max}` those of :math:`s\, b_j - g_{D,j}`. For :math:`\phi > 0`

.. math::

    -D_{\min} \le L \le C_{\min}, \quad
    \omega \ge \frac{C_{\max} - C_{\min}}{C_{\max} + D_{\min}}, \quad
    \omega \ge \frac{D_{\max} - D_{\min}}{D_{\max} + C_{\min}}, \quad (2)

the last two, in which `L` cancels, and :math:`C_{\min} + D_{\min} > 0` only when discounted: with
:math:`x = (1 - \omega) p_0 / \phi` and :math:`y = (1 - \omega)(1 - p_0) / \phi` equation (1) asks
:math:`x \le D_{\min} + L`, :math:`y \le C_{\min} - L`, :math:`(1 - \omega)(C_{\max} - L) \le \omega x + y` and
:math:`(1 - \omega)(D_{\max} + L) \le x + \omega y`, whose best case is equality in the first two. For
:math:`\phi < 0`, which social dilemmas exclude, all signs of `u`, `g`, `L` change.

Source: Press & Dyson (2012), PNAS 109, 10409-10413; Akin (2016), in Ergodic Theory, 77-107; Hilbe, Wu, Traulsen &
Nowak (2014), PNAS 111, 16425-16430 (n players); Hilbe, Traulsen & Sigmund (2015), Games Econ. Behav. 92, 41-52, and
Dimou & McAvoy (2025) (discounting). Equation (2) is derived here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gametheory.errors import InvalidParameter, NotConverged, require
from gametheory.exact import Number, to_text
from gametheory.games import Game
from gametheory.repeated.enforceable import Bounds, exact, exact_stage
from gametheory.repeated.linear import latex, solve
from gametheory.repeated.stage import ACTIONS, StageGame
from gametheory.repeated.strategies import MemoryOne


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcedRelation:
    r"""What a strategy enforces: :math:`\bar g = s\, \bar u + (1 - s)\, l`, whoever the co-players are.

    Attributes
    ----------
    slope, intercept : number
        `s` and :math:`L = (1 - s) l`.
    phi : number
        The factor of equation (1).
    """

    slope: Number
    intercept: Number
    phi: Number

    @property
    def baseline(self) -> Number:
        """The payoff `l` at which own and co-players' mean payoff are equal.

        Raises
        ------
        InvalidParameter
            If the slope is 1: the relation has no baseline.
        """
        require(self.slope != 1, "slope", self.slope, "different from 1 (to have a baseline)")
        return self.intercept / (1 - self.slope)

    def to_json(self) -> dict[str, Any]:
        """Schema gametheory.enforced_relation/1."""
        numbers = {"slope": self.slope, "intercept": self.intercept, "phi": self.phi}
        return {
            "schema": "gametheory.enforced_relation/1",
            **{name: to_text(value) for name, value in numbers.items()},
        }

    def _repr_latex_(self) -> str:
        return rf"$\bar g = {latex(self.slope)}\, \bar u + {latex(self.intercept)}$"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhiRange:
    """The factors `phi`, not 0, with which a pair can be enforced: from `low` to `high`, both included."""

    low: Fraction
    high: Fraction

    def __str__(self) -> str:
        return f"[{to_text(self.low)}, {to_text(self.high)}] without 0"


def phi_range(
    game: Game | StageGame,
    slope: Number,
    baseline: Number = 0,
    *,
    discount_factor: Number = 1,
    initial: Number = 1,
    actions: Sequence[str] = ACTIONS,
) -> PhiRange | None:
    """The factors with which (1) gives probabilities, for one pair and one first move; None if there is none.

    Parameters
    ----------
    slope, baseline : exact number
        `s` and `l`; the baseline does not matter where s = 1.
    discount_factor, initial : exact number in [0, 1]
        `initial` does not matter in the limit of means.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> str(phi_range(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]), '1/2', 1))
    '[0, 2/9] without 0'
    """
    stage, weight = exact_stage(game, actions, discount_factor)
    first = exact("initial", initial)
    require(0 <= first <= 1, "initial", initial, "in [0, 1]")
    low: Fraction | None = None
    high: Fraction | None = None
    steep, intercept = exact("slope", slope), (1 - exact("slope", slope)) * exact("baseline", baseline)
    for own, j in _views(stage):
        # 0 <= [C] - (1 - w) p0 + phi direction <= w
        direction = steep * stage.payoff(own, j) + intercept - stage.co_players_mean(own, j)
        least, most = -int(own) + (1 - weight) * first, -int(own) + (1 - weight) * first + weight
        if direction == 0:
            if not least <= 0 <= most:
                return None
            continue
        ends = sorted((least / direction, most / direction))
        low = ends[0] if low is None else max(low, ends[0])
        high = ends[1] if high is None else min(high, ends[1])
    if low is None or high is None or low > high or low == high == 0:
        return None
    return PhiRange(low=low, high=high)


def zero_determinant_strategy(
    game: Game | StageGame,
    *,
    slope: Number,
    baseline: Number = 0,
    phi: Number = None,
    discount_factor: Number = 1,
    initial: Number = None,
    actions: Sequence[str] = ACTIONS,
) -> MemoryOne:
    """A memory-one strategy that enforces a slope and baseline, by equation (1).

    Parameters
    ----------
    slope, baseline : exact number
    phi : exact number, optional
        By default the middle of its range.
    discount_factor : exact number in (0, 1]
    initial : exact number in [0, 1], optional
        By default the first move with the widest margins, see the module header; 1 in the limit of means.

    Raises
    ------
    InvalidParameter
        If the pair cannot be enforced so; the message says with which phi it can, if with any.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
    >>> extort = zero_determinant_strategy(game, slope='1/2', baseline=1, phi='1/9')
    >>> [str(p) for p in extort.after_contributing[::-1] + extort.after_defecting[::-1]]
    ['8/9', '1/2', '1/3', '0']
    """
    stage, weight = exact_stage(game, actions, discount_factor)
    require(weight > 0, "discount_factor", discount_factor, "in (0, 1]")
    steep, level = exact("slope", slope), exact("baseline", baseline)
    first = _best_initial(stage, steep, level, weight) if initial is None else exact("initial", initial)
    allowed = phi_range(stage, steep, level, discount_factor=weight, initial=first)
    if allowed is None:
        raise InvalidParameter("slope", (to_text(steep), to_text(level)), "enforceable with the baseline (none is)")
    middle = (allowed.low + allowed.high) / 2
    factor = exact("phi", phi) if phi is not None else middle if middle != 0 else allowed.high
    inside = factor != 0 and allowed.low <= factor <= allowed.high
    require(inside, "phi", to_text(factor), f"in {allowed}")

    def probability(own: bool, j: int) -> Fraction:
        direction = steep * stage.payoff(own, j) + (1 - steep) * level - stage.co_players_mean(own, j)
        return Fraction((int(own) - (1 - weight) * first + factor * direction) / weight)

    size = range(stage.group_size)
    return MemoryOne(
        initial=first,
        after_contributing=[probability(True, j) for j in size],
        after_defecting=[probability(False, j) for j in size],
    )


def enforced_relation(
    game: Game | StageGame, strategy: MemoryOne, *, discount_factor: Number = 1, actions: Sequence[str] = ACTIONS
) -> EnforcedRelation | None:
    """The relation between own and co-players' mean payoff that a strategy enforces; None if the identity gives none.

    Exact: equation (1) is solved for phi s, phi and phi L over all 2 N last rounds. Because it holds in each of them,
    the relation holds against all co-players, also ones with a longer memory. In the limit of means the relation is
    one of every limit of mean payoffs.

    Parameters
    ----------
    game : Game or StageGame
        Exact payoffs.
    strategy : MemoryOne
        Exact probabilities.
    discount_factor : exact number in (0, 1]

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> from gametheory.repeated import proportional_tft, tft
    >>> game = PublicGoodsGame(group_size=4, multiplication_factor=2)
    >>> enforced_relation(game, proportional_tft(4))
    EnforcedRelation(slope=Fraction(1, 1), intercept=Fraction(0, 1), phi=Fraction(1, 1))
    >>> enforced_relation(game, tft(4)) is None
    True
    """
    stage, weight = exact_stage(game, actions, discount_factor)
    require(weight > 0, "discount_factor", discount_factor, "in (0, 1]")
    fits = isinstance(strategy, MemoryOne) and strategy.group_size == stage.group_size and strategy.is_exact
    require(fits, "strategy", strategy, f"an exact memory-one strategy of {stage.group_size} players")
    rows, right = [], []
    for own, j in _views(stage):
        rows.append([stage.payoff(own, j), -stage.co_players_mean(own, j), Fraction(1)])
        right.append(weight * strategy.probability(own, j) + (1 - weight) * strategy.initial - int(own))
    found = _combination(rows, right)
    if found is None or found[1] == 0:
        return None
    own_factor, phi, constant = found
    return EnforcedRelation(slope=own_factor / phi, intercept=constant / phi, phi=phi)


def _best_initial(stage: StageGame, slope: Fraction, baseline: Fraction, weight: Fraction) -> Fraction:
    """p0 = x / (x + y) with equality in the bounds of the module header; 1 in the limit of means."""
    if weight == 1:
        return Fraction(1)
    intercept = (1 - slope) * baseline
    for sign in (1, -1):
        bounds = Bounds.of(stage, slope, sign)
        x, y = bounds.d_least + sign * intercept, bounds.c_least - sign * intercept
        if x >= 0 and y >= 0 and x + y > 0:
            return Fraction(x / (x + y))
    return Fraction(1)


def _combination(rows: list[list[Fraction]], right: list[Fraction]) -> tuple[Fraction, Fraction, Fraction] | None:
    """Numbers (phi s, phi, phi L) with ``rows @ numbers == right``; where several fit, phi L = 0 or phi s = 0."""
    for free in ((), (2,), (0,)):
        kept = [k for k in range(3) if k not in free]
        normal = [[sum((row[a] * row[b] for row in rows), start=Fraction(0)) for b in kept] for a in kept]
        moments = [[sum((row[a] * v for row, v in zip(rows, right, strict=True)), start=Fraction(0))] for a in kept]
        try:
            found = solve(normal, moments)
        except NotConverged:
            continue
        numbers = [Fraction(0)] * 3
        for k, (value,) in zip(kept, found, strict=True):
            numbers[k] = value
        pairs = zip(rows, right, strict=True)
        fits = all(sum(n * v for n, v in zip(numbers, row, strict=True)) == target for row, target in pairs)
        return (numbers[0], numbers[1], numbers[2]) if fits else None
    return None


def _views(stage: StageGame) -> Iterator[tuple[bool, int]]:
    yield from ((own, j) for own in (True, False) for j in range(stage.group_size))
