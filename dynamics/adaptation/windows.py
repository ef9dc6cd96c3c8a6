r"""The mean path of an adaptive punishment probability, window by window: kept, collapsed, at rest, or cycling.

Windows are long enough for the defection frequency to be its expectation, :math:`F_k = F(p_k)` (windows of finite
length: `dynamics.adaptation.chains`). What is known exactly, with :math:`K` and :math:`p^*` of
`dynamics.adaptation.replies`:

- rule 'effect' against a best reply keeps every :math:`p_0 \ge p^*` and brings every other to 0 in
  :math:`\lceil p_0 / \eta \rceil` windows;
- rule 'effect' against a logit reply always ends at 0: where p has stayed, so has F > 0, and the tie lowers p, which
  raises F, and so on. The variant without `lowers_on_tie` stops where one step no longer has an effect;
- rule 'integral' against a logit reply rests at :math:`p^\circ = (\Lambda + T \log((1 - \theta) / \theta)) / K`,
  clipped to [0, 1]; inside, the map's multiplier there is :math:`1 - \eta \theta (1 - \theta) K / T`, so it is stable
  iff :math:`\eta \theta (1 - \theta) K / T < 2`, and loses stability by doubling its period;
- rule 'integral' against a best reply slides along :math:`p^*`, in steps of at most :math:`\eta`.

Source: model.md, section 3.
"""

from dataclasses import dataclass
from enum import Enum
from math import ceil, inf, log
from typing import Any, Final

from dynamics.adaptation.replies import (
    BestReply,
    LogitReply,
    Reply,
    deterring_probability,
    gain_at,
    strength,
)
from dynamics.adaptation.rules import EffectRule, IntegralRule, Rule
from gametheory.errors import NotConverged, require
from gametheory.exact import Number, as_number, in_order, is_exact, to_float
from gametheory.public_goods import PublicGoodsGame

TOLERANCE: Final = 1e-12
APART: Final = 1e-6
LONGEST_PERIOD: Final = 64


class PathEnding(Enum):
    """How an adaptive punishment probability ends."""

    AT_REST = "the probability rests above 0"
    COLLAPSED = "the probability has come to 0 and stays there"
    CYCLE = "the probability repeats with a period of several windows"
    UNSETTLED = "the probability neither rests nor repeats after the last window"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptivePath:
    """Window by window.

    Attributes
    ----------
    probabilities : tuple of number, length windows + 1
        The punishment probability in each window, then after the last.
    defections : tuple of number, length windows
        The co-player's defection frequency in each; exact against a best reply, if the numbers given are.
    ending : PathEnding
        Exact repetition for exact numbers; for floats two periods that agree to 1e-12, of at most 64 windows.
    period : int or None
        In windows; 1 at rest, None while unsettled.
    """

    probabilities: tuple[Number, ...]
    defections: tuple[Number, ...]
    ending: PathEnding
    period: int | None

    @property
    def limit(self) -> tuple[Number, ...]:
        """The probabilities of one period. Raises `NotConverged` where it is unsettled."""
        if self.period is None:
            raise NotConverged(f"{self.ending.value}; give more windows")
        return self.probabilities[-self.period :]


def adaptive_path(
    game: PublicGoodsGame, *, rule: Rule, reply: Reply, start: Number, windows: int = 10_000
) -> AdaptivePath:
    """The mean path of the punishment probability of N - 1 punishers towards one co-player.

    Parameters
    ----------
    game : PublicGoodsGame
        Its punishment probability is replaced by the path's.
    rule : EffectRule or IntegralRule
    reply : BestReply or LogitReply
    start : number
        In [0, 1].
    windows : int
        At most, >= 1; the path ends earlier where it rests or repeats.

    Returns
    -------
    AdaptivePath

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.

    Examples
    --------
    Above p* = 1/10 the rule 'effect' keeps what it has; below, it collapses:

    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> rule = EffectRule(adaptation_step="1/50", effect_threshold="1/20")
    >>> for start in ("1/10", "9/100"):
    ...     path = adaptive_path(game, rule=rule, reply=BestReply(), start=start)
    ...     print(path.ending.name, path.limit[0], len(path.defections))
    AT_REST 1/10 2
    COLLAPSED 0 6
    """
    p = as_number(start, name="start")
    require((is_exact(p) or isinstance(p, float)) and in_order(0, p, 1), "start", start, "in [0, 1]")
    require(isinstance(windows, int) and windows >= 1, "windows", windows, "an integer >= 1")
    require(isinstance(rule, EffectRule | IntegralRule), "rule", rule, "an EffectRule or an IntegralRule")
    require(isinstance(reply, BestReply | LogitReply), "reply", reply, "a BestReply or a LogitReply")
    probabilities: list[Number] = [p]
    defections: list[Number] = []
    seen: dict[tuple[Number, Number], int] = {}
    before: Number = 1
    for window in range(windows):
        now = reply.defection(gain_at(game, p))
        defections.append(now)
        p = rule.next_probability(p, now=now, before=before)
        probabilities.append(p)
        before = now
        if is_exact(p) and is_exact(now):  # the same two numbers again, and all that follows is the same
            period = window - seen[p, now] if (p, now) in seen else None
            seen[p, now] = window
        else:
            period = repeated(probabilities, defections)
        if period is not None:
            return ended(probabilities, defections, period)
    return unsettled(probabilities, defections)


def unsettled(probabilities: list[Number], defections: list[Number]) -> AdaptivePath:
    """A path that neither rests nor repeats."""
    return AdaptivePath(
        probabilities=tuple(probabilities), defections=tuple(defections), ending=PathEnding.UNSETTLED, period=None
    )


def ended(probabilities: list[Number], defections: list[Number], period: int) -> AdaptivePath:
    """A path that repeats with `period`."""
    ending = PathEnding.CYCLE if period > 1 else PathEnding.AT_REST
    if period == 1 and probabilities[-1] == 0:
        ending = PathEnding.COLLAPSED
    return AdaptivePath(probabilities=tuple(probabilities), defections=tuple(defections), ending=ending, period=period)


def repeated(probabilities: list[Number], defections: list[Number]) -> int | None:
    """The least period that the last windows show twice over, to `TOLERANCE`."""
    for period in range(1, min(LONGEST_PERIOD, len(defections) // 3) + 1):
        recent = range(-1, -1 - 2 * period, -1)
        if all(
            abs(numbers[i] - numbers[i - period]) <= TOLERANCE
            for numbers in (probabilities, defections)
            for i in recent
        ):
            spread = max(probabilities[i] for i in recent) - min(probabilities[i] for i in recent)
            return period if period == 1 or spread > APART else None  # None: still approaching a rest point
    return None


class RestKind(Enum):
    """Where the rule 'integral' rests."""

    INSIDE = "at the probability at which the defection frequency is the tolerated one"
    NEVER_PUNISHES = "at 0: less is defected than is tolerated even without punishment"
    ALWAYS_PUNISHES = "at 1: more is defected than is tolerated even under certain punishment"
    SLIDES = "nowhere: it slides along the deterring probability, the frequency being the tolerated one on average"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegralRest:
    """The rest point of the rule 'integral', and whether the step size lets it be reached.

    Attributes
    ----------
    kind : RestKind
    probability : number
        Exact for a best reply and at the ends; a float inside, where it is a logarithm.
    multiplier : number or None
        Of the map at a rest point inside; exact for exact numbers. None elsewhere.
    critical_step : number or None
        The step from which on the rest point inside is not stable.
    """

    kind: RestKind
    probability: Number
    multiplier: Number | None = None
    critical_step: Number | None = None

    @property
    def stable(self) -> bool | None:
        """Whether small deviations die out; None where the linear map does not tell (multiplier -1, or sliding)."""
        if self.kind is RestKind.SLIDES or self.multiplier in (-1, 1):
            return None
        return True if self.multiplier is None else bool(-1 < self.multiplier < 1)


def integral_rest(game: PublicGoodsGame, *, rule: IntegralRule, reply: Reply) -> IntegralRest:
    """Where the rule 'integral' rests in the mean, from the conditions of the module header.

    Parameters
    ----------
    game : PublicGoodsGame
    rule : IntegralRule
        With 0 < tolerated_defection < 1.
    reply : BestReply or LogitReply

    Raises
    ------
    InvalidParameter
        If no or all defection is tolerated.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> rule = IntegralRule(adaptation_step="1/10", tolerated_defection="1/5")
    >>> rest = integral_rest(game, rule=rule, reply=LogitReply(temperature="1/10"))
    >>> rest.kind.name, round(rest.probability, 6), rest.multiplier, rest.critical_step
    ('INSIDE', 0.134657, Fraction(9, 25), Fraction(5, 16))
    """
    theta = rule.tolerated_defection
    require(0 < theta < 1, "tolerated_defection", theta, "in (0, 1) (for a rest point to be asked for)")
    slope, least = strength(game), deterring_probability(game)
    if isinstance(reply, BestReply):
        if gain_at(game, 0) >= 0:
            return IntegralRest(kind=RestKind.NEVER_PUNISHES, probability=0)
        if least is None or least > 1:
            return IntegralRest(kind=RestKind.ALWAYS_PUNISHES, probability=1)
        return IntegralRest(kind=RestKind.SLIDES, probability=least)
    needed = to_float(reply.temperature) * log((1 - theta) / theta)
    low, high = to_float(gain_at(game, 0)), to_float(gain_at(game, 1))
    if needed <= low:
        return IntegralRest(kind=RestKind.NEVER_PUNISHES, probability=0)
    if needed >= high:
        return IntegralRest(kind=RestKind.ALWAYS_PUNISHES, probability=1)
    per_step = theta * (1 - theta) * slope / reply.temperature
    return IntegralRest(
        kind=RestKind.INSIDE,
        probability=(needed - low) / (high - low),
        multiplier=1 - rule.adaptation_step * per_step,
        critical_step=2 / per_step,
    )


def almost_sure_limit(game: PublicGoodsGame, *, rule: IntegralRule, reply: LogitReply, decay: Number) -> float:
    r"""Where the rule 'integral' with decreasing steps goes, with probability 1, against logit co-players.

    In window `k` the step is :math:`\eta (k + 1)^{-\kappa}`, and the co-players' actions are drawn at their logit
    response to p. This is stochastic approximation with projection on [0, 1]. The conditions of Kushner & Yin (2003,
    Stochastic Approximation and Recursive Algorithms, theorem 5.2.1), and why they hold:

    1. the steps sum to infinity and their squares do not: :math:`1/2 < \kappa \le 1`, checked here;
    2. the noise :math:`F_k - F(p_k)` has mean 0 given the past and is bounded by 1, being a mean of draws;
    3. :math:`F` is continuous: a logistic function of p;
    4. the projected mean equation :math:`\dot p = F(p) - \theta` has one rest point, which attracts all: F falls
    strictly
       (`defections-fall` in the catalogue; there `strength` > 0 is needed, checked here), so that
       :math:`(p - p^\circ)^2` falls along it (`integral-rule-approaches`).

    Parameters
    ----------
    game : PublicGoodsGame
    rule : IntegralRule
        With 0 < tolerated_defection < 1.
    reply : LogitReply
    decay : number
        :math:`\kappa`.

    Returns
    -------
    float
        The rest point :math:`p^\circ`, or the end of [0, 1] towards which p is driven.

    Raises
    ------
    NotConverged
        If a condition fails; the message says which.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> rule = IntegralRule(adaptation_step="1/10", tolerated_defection="1/5")
    >>> round(almost_sure_limit(game, rule=rule, reply=LogitReply(temperature="1/10"), decay="3/5"), 6)
    0.134657
    """
    exponent: Any = as_number(decay, name="decay")
    if not (2 * exponent > 1 and exponent <= 1):
        raise NotConverged(f"the steps do not tend to 0 at the right rate: decay must be in (1/2, 1], got {decay}")
    if not strength(game) > 0:
        raise NotConverged("punishment takes nothing from a defector: no probability changes how often it defects")
    return to_float(integral_rest(game, rule=rule, reply=reply).probability)


def windows_to_collapse(*, start: Number, rule: EffectRule) -> int:
    """After how many windows the rule 'effect' has brought p to 0 against a co-player who always defects.

    Each window lowers p by one step: the first, too, because :math:`F_0 = F_{-1} = 1`.

    Examples
    --------
    >>> windows_to_collapse(start=1, rule=EffectRule(adaptation_step="3/10", effect_threshold="1/20"))
    4
    """
    p: Any = as_number(start, name="start")
    require(in_order(0, p, 1), "start", start, "in [0, 1]")
    needed = p / rule.adaptation_step
    return ceil(needed) if needed < inf else 0
