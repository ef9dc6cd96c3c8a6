r"""A population of imitators whose punishers adapt: cycles that rule 'integral' cannot damp.

With x the share of contributors, v the punishment probability or the severity, :math:`\Delta(v) = K v - \Lambda`
what contributing gains, and :math:`\theta` the tolerated share of defectors,

.. math::

    \dot x = x (1 - x)\, \Delta(v), \qquad \dot v = \eta\, (1 - x - \theta), \quad v \in [0, 1],

v stopping at the ends of its interval. For :math:`0 < p^* < 1` the only interior rest point is
:math:`(1 - \theta, p^*)`, with eigenvalues :math:`\pm i \sqrt{\eta\, \theta (1 - \theta) K}`; it is a centre, because

.. math:: H = \eta\,[(1 - \theta) \log x + \theta \log(1 - x)] - (K v^2 / 2 - \Lambda v)

is constant along every orbit that stays inside. So in the mean the rule neither converges nor collapses against
imitators (against logit co-players it converges, `dynamics.adaptation.windows`): orbits that would leave [0, 1] slide
along its end and, after that, go round on the largest orbit that touches it. Source: ours; the rule, model.md 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log, pi, sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact, to_float
from gametheory.public_goods import PublicGoodsGame
from gametheory.thresholds import deterrence_margin

ADAPTS: Final = ("punishment_probability", "severity")
TURNED: Final = 1e-12
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveImitators:
    """Imitating co-players under the rule 'integral' in continuous time.

    Parameters
    ----------
    game : PublicGoodsGame
        Of numbers; certain punishment takes something from a defector.
    adaptation_rate : number
        Per unit of time, > 0.
    tolerated_defection : number
        In (0, 1).
    adapts : str
        "punishment_probability" or "severity": which of the game's parameters moves, the other staying what it is.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> imitators = AdaptiveImitators(game=game, adaptation_rate=1, tolerated_defection="1/5")
    >>> imitators.rest_point, imitators.squared_frequency
    ((Fraction(4, 5), Fraction(1, 10)), Fraction(16, 25))
    """

    game: PublicGoodsGame
    adaptation_rate: Number
    tolerated_defection: Number
    adapts: str = "punishment_probability"

    def __post_init__(self) -> None:
        require(isinstance(self.game, PublicGoodsGame), "game", self.game, "a PublicGoodsGame")
        require(self.adapts in ADAPTS, "adapts", self.adapts, "one of " + ", ".join(ADAPTS))
        for name, top in (("adaptation_rate", None), ("tolerated_defection", 1)):
            value = as_number(getattr(self, name), name=name)
            number = is_exact(value) or isinstance(value, float)
            fits = number and in_order(0, value) and value > 0 and (top is None or value < top)
            require(fits, name, getattr(self, name), "in (0, 1)" if top else "> 0 and finite")
            object.__setattr__(self, name, value)
        require(self.strength > 0, "game", self.game, "one where certain punishment takes something from a defector")

    def gain(self, value: Number) -> Number:
        """What contributing gains where the adapting parameter is `value`."""
        changes: dict[str, Any] = {self.adapts: value}
        game = replace(self.game, **changes)
        return deterrence_margin(game, game.group_size - 1)

    @property
    def strength(self) -> Number:
        """K, what moving the parameter from 0 to 1 takes from a defector."""
        return self.gain(1) - self.gain(0)

    @property
    def rest_point(self) -> tuple[Number, Number] | None:
        """Share of contributors and value of the parameter at the interior rest point; None if there is none."""
        value = -self.gain(0) / self.strength
        return (1 - self.tolerated_defection, value) if 0 < value < 1 else None

    @property
    def squared_frequency(self) -> Number:
        """The square of the angular frequency of small cycles, per unit of time."""
        theta = self.tolerated_defection
        return self.adaptation_rate * theta * (1 - theta) * self.strength

    @property
    def period(self) -> float:
        """The period of small cycles."""
        return 2 * pi / sqrt(to_float(self.squared_frequency))

    def velocity(self, share: Number, value: Number) -> tuple[Number, Number]:
        """The right-hand side, before v is stopped at the ends of its interval; any arithmetic."""
        drift = self.adaptation_rate * (1 - share - self.tolerated_defection)
        return share * (1 - share) * self.gain(value), drift

    def invariant(self, share: float, value: float) -> float:
        """H of the module header, constant along orbits inside."""
        theta, rate = to_float(self.tolerated_defection), to_float(self.adaptation_rate)
        slope, base = to_float(self.strength), to_float(self.gain(0))
        return rate * ((1 - theta) * log(share) + theta * log(1 - share)) - (slope * value**2 / 2 + base * value)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoupledPath:
    """An orbit of `AdaptiveImitators`.

    Attributes
    ----------
    times, shares, values : ndarray of float64, shape (steps,)
    touched : bool
        Whether the parameter met an end of its interval.
    """

    times: Array
    shares: Array
    values: Array
    touched: bool


def coupled_path(
    imitators: AdaptiveImitators, *, start: Sequence[float], duration: float, steps: int = 1000
) -> CoupledPath:
    """Follow the population and the adapting parameter, which stops at 0 and at 1.

    Parameters
    ----------
    imitators : AdaptiveImitators
    start : (float, float)
        Share of contributors in (0, 1) and value of the parameter in [0, 1].
    duration : float
        > 0.
    steps : int
        How many times to report, >= 2.

    Returns
    -------
    CoupledPath
        Integrated in log odds with relative tolerance 1e-10.

    Raises
    ------
    InvalidParameter
        If the start is outside its domain.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> imitators = AdaptiveImitators(game=game, adaptation_rate=1, tolerated_defection="1/5")
    >>> path = coupled_path(imitators, start=(0.8, 0.15), duration=imitators.period)
    >>> path.touched, bool(abs(path.values[-1] - 0.15) < 1e-3)
    (False, True)
    """
    x, v = (float(number) for number in start)
    require(0 < x < 1 and 0 <= v <= 1, "start", start, "a share in (0, 1) and a value in [0, 1]")
    require(duration > 0, "duration", duration, "> 0")
    require(isinstance(steps, int) and steps >= 2, "steps", steps, "an integer >= 2")
    grid, now, odds = np.linspace(0, duration, steps), 0.0, log(x / (1 - x))
    theta = to_float(imitators.tolerated_defection)
    release = log((1 - theta) / theta)  # where the tolerated share defects, and the parameter turns round
    rows, touched = [(odds, v)], False
    while len(rows) < steps:
        times = grid[len(rows) :]
        if (v == 0 and odds - release > TURNED) or (v == 1 and release - odds > TURNED):
            touched = True
            speed = to_float(imitators.gain(v))
            at = now + (release - odds) / speed
            rows += [(odds + speed * (t - now), v) for t in times if t <= at]
            now, odds = at, release
        else:
            more, now, odds, v = _inside(imitators, now, (odds, v), times)
            rows += more
    logs, values = np.array(rows[:steps]).T
    return CoupledPath(times=grid, shares=1 / (1 + np.exp(-logs)), values=values, touched=touched)


def _inside(
    imitators: AdaptiveImitators, now: float, start: tuple[float, float], times: Array
) -> tuple[list[tuple[float, float]], float, float, float]:
    """Follow the orbit to the last of the times, or until the parameter leaves [0, 1]; log odds and value."""
    from scipy.integrate import solve_ivp

    base, slope = to_float(imitators.gain(0)), to_float(imitators.strength)
    rate, theta = to_float(imitators.adaptation_rate), to_float(imitators.tolerated_defection)

    def field(_: float, y: Array) -> list[float]:
        return [base + slope * y[1], rate * (1 - 1 / (1 + np.exp(-y[0])) - theta)]

    events = []
    for end, direction in ((0.0, -1), (1.0, 1)):

        def leaves(_: float, y: Array, end: float = end) -> float:
            return float(y[1] - end)

        leaves.terminal, leaves.direction = True, direction  # type: ignore[attr-defined]
        events.append(leaves)
    found = solve_ivp(
        field, (now, times[-1]), start, method="DOP853", t_eval=times, events=events, rtol=1e-10, atol=1e-12
    )
    rows = [(float(odds), float(v)) for odds, v in np.reshape(found.y, (2, -1)).T]
    if found.status != 1:
        return rows, float(times[-1]), *rows[-1]
    end = 0.0 if len(found.t_events[0]) else 1.0
    at, place = found.t_events[int(end)][0], found.y_events[int(end)][0]
    return rows, float(at), float(place[0]), end
