r"""Which linear relations between payoffs one player can enforce: slopes, baselines, and the patience they need.

Equation (2) of `gametheory.repeated.zero_determinant`: its two fractions depend on the slope alone, and are, cleared of
denominators, concave functions of it, linear between the points where two lines of an extreme meet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from gametheory.errors import require
from gametheory.exact import Number, as_number, is_exact
from gametheory.games import Game
from gametheory.repeated.stage import ACTIONS, StageGame, stage_game

Range = tuple[Fraction | None, Fraction | None]  # None: no bound
Line = tuple[Fraction, Fraction]  # value at 0, slope


def slope_ranges(
    game: Game | StageGame, *, discount_factor: Number = 1, actions: Sequence[str] = ACTIONS
) -> tuple[Range, ...]:
    """The slopes that can be enforced with some baseline: intervals, one in a social dilemma, or none.

    Parameters
    ----------
    game : Game or StageGame
        Exact payoffs.
    discount_factor : exact number in [0, 1]
        1 is the limit of means.
    actions : (str, str)

    Returns
    -------
    tuple of (Fraction or None, Fraction or None)
        Rising and disjoint, both ends included, but slope 1 only if equation (2) allows L = 0 there; None at an end: no
        bound. More than one only where phi may have either sign.

    Raises
    ------
    InvalidParameter
        If a payoff is not exact, the discount factor is outside [0, 1], or players earn the same whether all or none
        contribute (an end may then be excluded).

    Examples
    --------
    The prisoner's dilemma, patient and not:

    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
    >>> [[list(map(str, ends)) for ends in slope_ranges(game, discount_factor=omega)] for omega in (1, '7/9')]
    [[['-1', '1']], [['-37/43', '1/2']]]
    """
    stage, weight = exact_stage(game, actions, discount_factor)
    ends = stage.contributing[-1], stage.defecting[0]
    require(ends[0] != ends[1], "game", game, "one in which all contributing and none contributing differ in payoff")
    found = [piece for sign in (1, -1) if (piece := _slopes(stage, sign, weight)) is not None]
    found.sort(key=lambda piece: (piece[0] is not None, piece[0] or 0))
    if len(found) < 2 or _below(found[0][1], found[1][0]):
        return tuple(found)
    (low, high), (_, other) = found
    return ((low, None if high is None or other is None else max(high, other)),)


def baseline_range(
    game: Game | StageGame, slope: Number, *, discount_factor: Number = 1, actions: Sequence[str] = ACTIONS
) -> tuple[Fraction, Fraction] | None:
    """The baselines that can be enforced with a slope (not 1): an interval with its ends, or None.

    Raises
    ------
    InvalidParameter
        If a number is not exact, the slope is 1, or the discount factor is outside [0, 1].

    Examples
    --------
    Extortion and generosity are the two ends where the slope is not too small:

    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3)
    >>> [baseline_range(game, s) for s in ('7/12', '1/2')][0]
    (Fraction(0, 1), Fraction(2, 1))
    >>> list(map(str, baseline_range(game, '1/2')))
    ['2/5', '8/5']
    """
    stage, weight = exact_stage(game, actions, discount_factor)
    steep = exact("slope", slope)
    require(steep != 1, "slope", slope, "different from 1 (a relation of slope 1 has no baseline)")
    for sign in (1, -1):
        bounds = Bounds.of(stage, steep, sign)
        if bounds.patient_enough(weight) and -bounds.d_least <= bounds.c_least:
            ends = sorted(sign * end / (1 - steep) for end in (-bounds.d_least, bounds.c_least))
            return ends[0], ends[1]
    return None


def least_discount_factor_to_enforce(
    game: Game | StageGame, slope: Number, *, actions: Sequence[str] = ACTIONS
) -> Fraction | None:
    """The smallest discount factor at which a slope can be enforced, with any of the baselines; None if at none.

    Returns
    -------
    Fraction or None
        1 means that only the limit of means allows it. The slope is enforceable at every larger discount factor too.

    Examples
    --------
    Extortion or generosity with factor 2:

    >>> from gametheory import game_from_payoffs
    >>> least_discount_factor_to_enforce(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]), '1/2')
    Fraction(7, 9)
    """
    stage, _ = exact_stage(game, actions, 1)
    steep = exact("slope", slope)
    found = [bounds.least_weight for sign in (1, -1) if (bounds := Bounds.of(stage, steep, sign)).allows(steep)]
    return min(found, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The extremes of equation (2) at one slope and for one sign of phi."""

    c_least: Fraction
    c_most: Fraction
    d_least: Fraction
    d_most: Fraction

    @classmethod
    def of(cls, stage: StageGame, slope: Fraction, sign: int) -> "Bounds":
        """The extremes for one slope and for phi > 0 (sign 1) or phi < 0 (sign -1)."""
        c = [constant + slope * steep for constant, steep in _lines(stage, True, sign)]
        d = [constant + slope * steep for constant, steep in _lines(stage, False, sign)]
        return cls(c_least=min(c), c_most=max(c), d_least=min(d), d_most=max(d))

    def allows(self, slope: Fraction) -> bool:
        """Whether some intercept satisfies (2) in the limit of means; slope 1 has the intercept 0 only."""
        if slope == 1:
            return -self.d_least <= 0 <= self.c_least
        return -self.d_least <= self.c_least

    def patient_enough(self, weight: Fraction) -> bool:
        """Whether (2) without the bounds on L holds."""
        return weight == 1 or (self.c_least + self.d_least > 0 and weight >= self.least_weight)

    @property
    def least_weight(self) -> Fraction:
        """The larger of the two fractions of (2)."""
        if self.c_least + self.d_least <= 0:
            return Fraction(1)
        first = (self.c_most - self.c_least) / (self.c_most + self.d_least)
        return max(first, (self.d_most - self.d_least) / (self.d_most + self.c_least))


def _lines(stage: StageGame, own: bool, sign: int) -> list[Line]:
    """As functions of the slope: g - s a after contributing, s b - g after defecting; `sign` times."""
    turn = sign if own else -sign
    return [(turn * stage.co_players_mean(own, j), -turn * stage.payoff(own, j)) for j in range(stage.group_size)]


def _slopes(stage: StageGame, sign: int, weight: Fraction) -> Range | None:
    """Where the concave functions of the slope in (2) are all at least 0, and slope 1 only with L = 0."""
    c, d = _lines(stage, True, sign), _lines(stage, False, sign)

    def least(lines: Sequence[Line], at: Fraction) -> Fraction:
        return min(constant + steep * at for constant, steep in lines)

    def most(lines: Sequence[Line], at: Fraction) -> Fraction:
        return max(constant + steep * at for constant, steep in lines)

    functions: list[Callable[[Fraction], Fraction]] = [lambda s: least(c, s) + least(d, s)]
    if weight < 1:
        functions.append(lambda s: weight * least(d, s) + least(c, s) - (1 - weight) * most(c, s))
        functions.append(lambda s: weight * least(c, s) + least(d, s) - (1 - weight) * most(d, s))
    marks = sorted(_crossings(c) | _crossings(d) | {Fraction(1)})
    low: Fraction | None = None
    high: Fraction | None = None
    for function in functions:
        piece = _where_not_negative(function, marks)
        if piece is None:
            return None
        low, high = _higher_end(low, piece[0]), _lower_end(high, piece[1])
    if low is not None and high is not None and low > high:
        return None
    only_one = low == high == 1
    return None if only_one and not Bounds.of(stage, Fraction(1), sign).allows(Fraction(1)) else (low, high)


def _where_not_negative(function: Callable[[Fraction], Fraction], marks: Sequence[Fraction]) -> Range | None:
    """The interval where a concave function, linear between and beyond the marks, is at least 0."""
    places = [marks[0] - 1, *marks, marks[-1] + 1]
    heights = [function(place) for place in places]
    inside = [k for k, height in enumerate(heights) if height >= 0]
    if not inside:
        # concave: positive beyond the marks only where it rises outwards
        left, right = heights[1] - heights[0], heights[-1] - heights[-2]
        if left < 0:
            return None, places[0] - heights[0] / left
        return (places[-1] - heights[-1] / right, None) if right > 0 else None

    def crossing(k: int) -> Fraction:
        """Where the line through two neighbors is 0."""
        rise = (heights[k + 1] - heights[k]) / (places[k + 1] - places[k])
        return places[k] - heights[k] / rise

    first, last = inside[0], inside[-1]
    low = crossing(first - 1) if first > 0 else crossing(0) if heights[1] > heights[0] else None
    high = crossing(last) if last + 1 < len(places) else crossing(last - 1) if heights[-1] < heights[-2] else None
    return low, high


def _crossings(lines: Sequence[Line]) -> set[Fraction]:
    """Where two lines meet: the extremes of all of them bend nowhere else."""
    return {(b[0] - a[0]) / (a[1] - b[1]) for a, b in combinations(set(lines), 2) if a[1] != b[1]}


def _lower_end(first: Fraction | None, second: Fraction | None) -> Fraction | None:
    """The smaller of two upper ends; None is no end."""
    return min((end for end in (first, second) if end is not None), default=None)


def _higher_end(first: Fraction | None, second: Fraction | None) -> Fraction | None:
    """The larger of two lower ends; None is no end."""
    return max((end for end in (first, second) if end is not None), default=None)


def _below(high: Fraction | None, low: Fraction | None) -> bool:
    return high is not None and low is not None and high < low


def exact_stage(game: Game | StageGame, actions: Sequence[str], weight: Number) -> tuple[StageGame, Fraction]:
    """The stage game and the discount factor, if all of it is exact."""
    stage = stage_game(game, actions=actions)
    require(stage.is_exact, "game", game, "a game of exact payoffs")
    value = exact("discount_factor", weight)
    require(0 <= value <= 1, "discount_factor", weight, "in [0, 1]")
    return stage, value


def exact(name: str, value: Number) -> Fraction:
    """An exact number."""
    number = as_number(value, name=name)
    require(is_exact(number), name, value, "an exact number")
    return Fraction(number)
