r"""Adaptive punishment against co-players who need time: imitators and Q-learners, round by round.

With :math:`\ell = \log(x / (1 - x))` the log-odds of contributing, a round at probability p changes a co-player by

.. math::

    \text{imitating:}\quad \ell &\leftarrow \ell + \rho\,\Delta(p), \\
    \text{Q-learning:}\quad \ell &\leftarrow \ell + \alpha\,(\Delta(p)/T - \ell),

the time-one maps of the replicator dynamics and of the mean dynamics of Boltzmann Q-learning (Sato & Crutchfield 2003)
with all actions updated at the same rate. A window has W rounds; :math:`F = W^{-1} \sum_t (1 - x_t)`, each counted
before its round's update; then the rule moves p.

Rule 'integral' rests at :math:`F = \theta`. With :math:`g = \eta\,\theta (1 - \theta) K / T`, :math:`K` as in
`dynamics.adaptation.replies`, :math:`\lambda = (1 - \alpha)^W` and :math:`m = (1 - \lambda) / (\alpha W)`, the window
map of :math:`(p, \ell)` has there

.. math:: \text{trace} = 1 - g (1 - m) + \lambda, \qquad \det = \lambda + g (m - \lambda),

so (Jury's conditions) the rest point is asymptotically stable iff :math:`g (m - \lambda) < 1 - \lambda` and
:math:`g (1 + \lambda - 2 m) < 2 (1 + \lambda)`. Where, as g rises, the first fails first, a Neimark-Sacker bifurcation
gives cycles, where the second does, a flip. Far beyond either, deviations may grow along real eigenvalues below -1.
Quick co-players and long windows (:math:`\lambda, m \to 0`) give :math:`g < 2`, a flip, as in
`dynamics.adaptation.windows`; slow ones (:math:`\alpha \to 0`) give :math:`g < 2W/(W + 1)`, and cycles beyond; windows
of one round give :math:`g < 1` whatever :math:`\alpha`.

Imitators: :math:`\det = 1 + \eta\,\theta (1 - \theta)\,\rho K (W + 1)/2 > 1`: the rest point is unstable for every
step, the more so the longer the window; in continuous time it is a centre (`dynamics.adaptation.coupled`). Rule
'effect' raises p only when the frequency falls fast, so imitators with :math:`\Delta(p) > 0` leave it where it is or
higher, and others bring it to 0. The first window, compared with :math:`F_{-1} = 1`, may still raise p by one step: who
is deterred then is decided by p after it.

Source: model.md, section 3; the conditions are derived here.
"""

from dataclasses import dataclass
from enum import Enum
from math import exp, inf, log
from typing import Any

from dynamics.adaptation.replies import gain_at, strength
from dynamics.adaptation.rules import EffectRule, IntegralRule, Rule
from dynamics.adaptation.windows import AdaptivePath, ended, repeated, unsettled
from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, to_float
from gametheory.public_goods import PublicGoodsGame


@dataclass(frozen=True, slots=True, kw_only=True)
class ImitatingReply:
    r"""Co-players who imitate what earns more.

    Parameters
    ----------
    rate : number
        :math:`\rho > 0`, per round and payoff unit.

    Raises
    ------
    InvalidParameter
        If it is not > 0 and finite.
    """

    rate: Number

    def __post_init__(self) -> None:
        _positive(self, "rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class QLearningReply:
    r"""Co-players who learn Q-values and choose by Boltzmann's rule.

    Parameters
    ----------
    temperature : number
        T > 0, in payoff units.
    step : number
        :math:`\alpha` in (0, 1], the weight of a new reward.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.
    """

    temperature: Number
    step: Number

    def __post_init__(self) -> None:
        _positive(self, "temperature")
        _positive(self, "step")
        require(self.step <= 1, "step", self.step, "in (0, 1]")


SlowReply = ImitatingReply | QLearningReply


def slow_path(
    game: PublicGoodsGame,
    *,
    rule: Rule,
    reply: SlowReply,
    window: int,
    start: Number,
    first_share: float = 0.5,
    windows: int = 10_000,
) -> AdaptivePath:
    """The mean path of the punishment probability against co-players who need time.

    Parameters
    ----------
    game : PublicGoodsGame
        Its punishment probability is replaced by the path's.
    rule : EffectRule or IntegralRule
    reply : ImitatingReply or QLearningReply
    window : int
        Rounds per window, >= 1.
    start, first_share : number
        The probability of the first window, and the share that contributes in its first round, in [0, 1] and (0, 1).
    windows : int
        At most; the path ends earlier where it rests or repeats.

    Returns
    -------
    AdaptivePath
        Of floats. That p rests says nothing of noise: see `long_run_of_windows`.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.

    Examples
    --------
    A step that is right for quick co-players makes punishment of slow ones cycle, if windows are short:

    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> rule = IntegralRule(adaptation_step="1/4", tolerated_defection="1/5")
    >>> for step in (1, "1/100"):
    ...     reply = QLearningReply(temperature="1/10", step=step)
    ...     path = slow_path(game, rule=rule, reply=reply, window=2, start=0.2, windows=3000)
    ...     print(path.ending.name, window_stability(game, rule=rule, reply=reply, window=2).kind.name)
    AT_REST STABLE
    UNSETTLED CYCLES
    """
    p: Any = to_float(as_number(start, name="start"))
    require(in_order(0, p, 1), "start", start, "in [0, 1]")
    require(0 < first_share < 1, "first_share", first_share, "in (0, 1)")
    for name, count in (("window", window), ("windows", windows)):
        require(isinstance(count, int) and count >= 1, name, count, "an integer >= 1")
    require(isinstance(rule, EffectRule | IntegralRule), "rule", rule, "an EffectRule or an IntegralRule")
    require(isinstance(reply, SlowReply), "reply", reply, "an ImitatingReply or a QLearningReply")
    unpunished, slope = to_float(gain_at(game, 0)), to_float(strength(game))
    odds = log(first_share / (1 - first_share))
    probabilities: list[Number] = [p]
    defections: list[Number] = []
    before = 1.0
    for _ in range(windows):
        now, odds = _window(odds, unpunished + slope * p, reply, window)
        defections.append(now)
        p = float(rule.next_probability(p, now=now, before=before))
        probabilities.append(p)
        before = now
        period = repeated(probabilities, defections)
        if period is not None:
            return ended(probabilities, defections, period)
    return unsettled(probabilities, defections)


class WindowStability(Enum):
    """What the window map of rule 'integral' does near its rest point."""

    STABLE = "small deviations die out"
    CYCLES = "they grow, turning: punishment and contributions chase each other"
    FLIPS = "they grow, changing sign each window (a real eigenvalue below -1)"
    MARGINAL = "a condition holds with equality"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRest:
    """The stability of rule 'integral' at its rest point inside (0, 1).

    Attributes
    ----------
    trace, determinant : number
        Of the window map's derivative; exact for exact numbers.
    critical_step : number
        The smallest adaptation step that is not stable; 0 against imitators, `inf` where every step is stable.
    kind : WindowStability
    """

    trace: Number
    determinant: Number
    critical_step: Number
    kind: WindowStability


def window_stability(game: PublicGoodsGame, *, rule: IntegralRule, reply: SlowReply, window: int) -> WindowRest:
    """Whether rule 'integral' converges or cycles against co-players who need time (conditions in the module header).

    Parameters
    ----------
    game : PublicGoodsGame
    rule : IntegralRule
        With 0 < tolerated_defection < 1. That the rest point lies inside (0, 1) is `integral_rest`'s to say.
    reply : ImitatingReply or QLearningReply
    window : int
        Rounds, >= 1.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> rule = IntegralRule(adaptation_step="1/10", tolerated_defection="1/5")
    >>> window_stability(game, rule=rule, reply=QLearningReply(temperature="1/10", step=1), window=1).critical_step
    Fraction(5, 32)
    """
    theta: Any = rule.tolerated_defection
    require(0 < theta < 1, "tolerated_defection", theta, "in (0, 1) (for a rest point to be asked for)")
    require(isinstance(window, int) and window >= 1, "window", window, "an integer >= 1")
    pull: Any = theta * (1 - theta) * strength(game)
    if isinstance(reply, ImitatingReply):
        per_window = rule.adaptation_step * pull * reply.rate
        trace, determinant = 2 - per_window * (window - 1) / 2, 1 + per_window * (window + 1) / 2
        return WindowRest(
            trace=trace, determinant=determinant, critical_step=0, kind=_unstable_kind(trace, determinant)
        )
    kept: Any = (1 - reply.step) ** window
    mean = (1 - kept) / (reply.step * window)
    unit: Any = pull / reply.temperature
    g = rule.adaptation_step * unit
    turning, flipping = (1 - kept) - g * (mean - kept), 2 * (1 + kept) - g * (1 + kept - 2 * mean)
    limits = [(1 - kept) / ((mean - kept) * unit)] if mean > kept else []
    if 1 + kept > 2 * mean:
        limits.append(2 * (1 + kept) / ((1 + kept - 2 * mean) * unit))
    trace, determinant = 1 - g * (1 - mean) + kept, kept + g * (mean - kept)
    kind = WindowStability.STABLE
    if turning < 0 or flipping < 0:
        kind = _unstable_kind(trace, determinant)
    elif turning == 0 or flipping == 0:
        kind = WindowStability.MARGINAL
    return WindowRest(trace=trace, determinant=determinant, critical_step=min(limits, default=inf), kind=kind)


def _unstable_kind(trace: Any, determinant: Any) -> WindowStability:
    """Whether deviations turn; real eigenvalues beyond 1 are negative, since 1 - trace + det > 0, trace <= 2."""
    return WindowStability.CYCLES if trace**2 < 4 * determinant else WindowStability.FLIPS


def _window(odds: float, gain: float, reply: SlowReply, rounds: int) -> tuple[float, float]:
    """The defection frequency of a window, and the log-odds after it."""
    defected = 0.0
    for _ in range(rounds):
        defected += 1 / (1 + exp(odds)) if odds < 0 else exp(-odds) / (1 + exp(-odds))
        if isinstance(reply, ImitatingReply):
            odds = min(700.0, max(-700.0, odds + to_float(reply.rate) * gain))
        else:
            odds += to_float(reply.step) * (gain / to_float(reply.temperature) - odds)
    return defected / rounds, odds


def _positive(reply: Any, name: str) -> None:
    given = getattr(reply, name)
    value = as_number(given, name=name)
    require(in_order(0, value) and 0 < value < inf, name, given, "> 0 and finite")
    object.__setattr__(reply, name, value)
