r"""What the theory says learners do, and when an observation agrees with it.

A prediction is a number computed from a game by calling its payoff function. An observation sets it against
an estimate from learners, which never call that function. The rule (model.md, section 8), with the
simultaneous interval of the estimate widened on both sides by its declared finite-step tolerance:

- `no`: the prediction lies outside;
- `yes`: it lies inside, and every rival lies outside;
- `inconclusive`: it lies inside, but so does a rival, so that the data could not have told them apart.

The rivals of a prediction are the same function at the same game with one payoff parameter 10 % lower and
10 % higher, for each parameter that it is said to rest on, and any named alternative. A prediction lists
only the parameters that can be told apart there: at p = 0 no fine is ever charged, so none is a rival.

The predictions: with :math:`u_a` the payoff of action `a`,

.. math::

    x &= \frac{1}{1 + \exp(-(u_1 - u_2)/T)} \quad\text{(Boltzmann, vanishing steps)}, \\
    \log\frac{x}{1-x} &= \sum_{k \ge 0} \log
    \frac{M_2(-\alpha (1-\alpha)^k / T)}{M_1(-\alpha (1-\alpha)^k / T)}
    \quad\text{(Boltzmann, constant step } \alpha\text{)},

:math:`M_a` the moment generating function of the reward of `a`. The second holds exactly for one learner
whose co-players are fixed: the density :math:`\pi_1(q_1) \pi_2(q_2) (e^{-q_1/T} + e^{-q_2/T})`, with
:math:`\pi_a` the stationary law of :math:`q \leftarrow q + \alpha (u_a - q)`, is stationary, because its part
in which the first action is played is :math:`\pi_1(q_1) \pi_2(q_2) e^{-q_2/T}`, which an update of
:math:`q_1` leaves as it is, and likewise the second. It tends to the first as :math:`\alpha \to 0`. Derived
here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import comb, exp, inf, isfinite
from typing import Any, Final

import numpy as np

from gametheory.errors import require
from gametheory.public_goods import PublicGoodsGame
from gametheory.thresholds import conditions

FACTORS: Final = (Fraction(9, 10), Fraction(11, 10))
Value = Callable[[PublicGoodsGame], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """A number that the theory gives for a game, and what it would give if it were wrong.

    Attributes
    ----------
    id, statement, premises, statistic : str
        A key that never changes; what is predicted; what must hold for it; what is measured.
    game : PublicGoodsGame
    value : callable
        The predicted number, from the payoffs of the game it is called with.
    rests_on : tuple of str
        Payoff parameters that rivals change by 10 %.
    alternatives : tuple of (str, callable)
        Other rivals, by name.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> switch = Prediction(id="switch", statement="", premises="", statistic="", game=game,
    ...                     value=switch_point, rests_on=("contribution_cost",))
    >>> switch.predicted, switch.rivals
    (0.1, {'contribution_cost x 0.9': 0.09, 'contribution_cost x 1.1': 0.11})
    """

    id: str
    statement: str
    premises: str
    statistic: str
    game: PublicGoodsGame
    value: Value
    rests_on: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, Value], ...] = ()

    @property
    def predicted(self) -> float:
        """The prediction, computed now."""
        return float(self.value(self.game))

    @property
    def rivals(self) -> dict[str, float]:
        """What wrong theories predict, by their names."""
        found = {}
        for parameter in self.rests_on:
            for factor in FACTORS:
                wrong = replace(self.game, **{parameter: getattr(self.game, parameter) * factor})
                found[f"{parameter} x {float(factor)}"] = float(self.value(wrong))
        return found | {name: float(value(self.game)) for name, value in self.alternatives}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What learners did, as a number with its uncertainty.

    Attributes
    ----------
    value : float
    interval : tuple of float
        Confidence interval, simultaneous at `level` over the suite it was made in.
    level : float
        In (0, 1).
    tolerance : float
        By how much finite steps and finite time may shift the estimate, >= 0.
    seeds : int
        Independent replicates.
    seed : int
        What their generators were spawned from.
    seconds : float
    note : str
        What was run.
    """

    value: float
    interval: tuple[float, float]
    level: float
    tolerance: float
    seeds: int
    seed: int
    seconds: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A prediction set against an estimate.

    Attributes
    ----------
    id, statement : str
    prediction, estimate : float
    interval : tuple of float
    level, tolerance : float
    agrees : str
        "yes", "no" or "inconclusive".
    seeds : int
    seconds : float
    seed : int
    effect : float
        Estimate minus prediction.
    excluded, not_excluded : tuple of str
        Rivals outside and inside the widened interval.
    note : str
    """

    id: str
    statement: str
    prediction: float
    estimate: float
    interval: tuple[float, float]
    level: float
    tolerance: float
    agrees: str
    seeds: int
    seconds: float
    seed: int
    effect: float
    excluded: tuple[str, ...]
    not_excluded: tuple[str, ...]
    note: str

    def to_dict(self) -> dict[str, Any]:
        """The entry of a report (`gametheory.report/1`), with exactly its keys."""
        return {
            "id": self.id,
            "prediction": self.prediction,
            "estimate": self.estimate,
            "interval": list(self.interval),
            "level": self.level,
            "tolerance": self.tolerance,
            "agrees": self.agrees,
            "seeds": self.seeds,
            "seconds": self.seconds,
        }


def judge(prediction: float, *, interval: tuple[float, float], tolerance: float, rivals: Sequence[float]) -> str:
    """Whether an estimate agrees with a prediction, by the rule of the module header.

    Parameters
    ----------
    prediction : float
    interval : tuple of float
        Lower and upper end, of the simultaneous confidence interval.
    tolerance : float
        Widens the interval on both sides, >= 0.
    rivals : sequence of float
        What must lie outside for a "yes"; without any, nothing is "yes".

    Returns
    -------
    str
        "yes", "no" or "inconclusive".

    Raises
    ------
    InvalidParameter
        If the interval is not ordered or the tolerance negative; NaN is neither.

    Examples
    --------
    >>> judge(0.1, interval=(0.098, 0.103), tolerance=0.001, rivals=[0.09, 0.11])
    'yes'
    >>> judge(0.1, interval=(0.08, 0.12), tolerance=0.001, rivals=[0.09, 0.11])
    'inconclusive'
    >>> judge(0.1, interval=(0.11, 0.12), tolerance=0.001, rivals=[0.09, 0.11])
    'no'
    """
    require(interval[0] <= interval[1], "interval", interval, "two ordered numbers")
    require(0 <= tolerance < inf, "tolerance", tolerance, ">= 0 and finite")
    low, high = interval[0] - tolerance, interval[1] + tolerance
    if not low <= prediction <= high:
        return "no"
    told_apart = len(rivals) > 0 and all(isfinite(r) and not low <= r <= high for r in rivals)
    return "yes" if told_apart else "inconclusive"


def observe(prediction: Prediction, estimate: Estimate) -> Observation:
    """Set a prediction, computed now from the payoffs, against a stored estimate.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> switch = Prediction(id="switch", statement="", premises="", statistic="", game=game,
    ...                     value=switch_point, rests_on=("contribution_cost",))
    >>> found = Estimate(value=0.101, interval=(0.1, 0.102), level=0.999, tolerance=0.002,
    ...                  seeds=9, seed=1, seconds=0.0)
    >>> observe(switch, found).agrees
    'yes'
    """
    predicted, rivals = prediction.predicted, prediction.rivals
    low, high = estimate.interval[0] - estimate.tolerance, estimate.interval[1] + estimate.tolerance
    inside = tuple(name for name, value in rivals.items() if low <= value <= high)
    agrees = judge(
        predicted,
        interval=estimate.interval,
        tolerance=estimate.tolerance,
        rivals=list(rivals.values()),
    )
    return Observation(
        id=prediction.id,
        statement=prediction.statement,
        prediction=predicted,
        estimate=estimate.value,
        interval=estimate.interval,
        level=estimate.level,
        tolerance=estimate.tolerance,
        agrees=agrees,
        seeds=estimate.seeds,
        seconds=estimate.seconds,
        seed=estimate.seed,
        effect=estimate.value - predicted,
        excluded=tuple(name for name in rivals if name not in inside),
        not_excluded=inside,
        note=estimate.note,
    )


def switch_point(game: PublicGoodsGame) -> float:
    """The deterrence threshold: from which punishment probability contributing pays among N - 1 punishers.

    Raises
    ------
    InvalidParameter
        If contributing pays at every probability, or at none.
    """
    threshold: Any = conditions(game)[0].threshold
    require(threshold is not None, "game", game, "one in which the punishment probability matters")
    return float(threshold)


def logit(difference: float, temperature: float) -> float:
    """Probability of the action that earns `difference` more, under a logit choice.

    Examples
    --------
    >>> logit(0.0, 0.1)
    0.5
    """
    exponent = -difference / temperature
    return 1.0 / (1.0 + exp(exponent)) if exponent < 700 else 0.0


def payoff_difference(game: PublicGoodsGame, first: str, second: str, co_players: dict[str, int]) -> float:
    """Payoff of `first` minus that of `second` among `co_players` (how many play C, D and P).

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_probability='1/10')
    >>> payoff_difference(game, "C", "D", {"P": 4})
    0.0
    """
    return float(_payoff(game, first, co_players) - _payoff(game, second, co_players))


def boltzmann_share(
    game: PublicGoodsGame, first: str, second: str, co_players: dict[str, int], temperature: float
) -> float:
    """Long-run share of `first`, vanishing steps (module header)."""
    return logit(payoff_difference(game, first, second, co_players), temperature)


def boltzmann_reward(
    game: PublicGoodsGame, first: str, second: str, co_players: dict[str, int], temperature: float
) -> float:
    """Long-run mean reward of a learner that plays `first` with its logit probability, else `second`."""
    share = boltzmann_share(game, first, second, co_players, temperature)
    earned = (_payoff(game, first, co_players), _payoff(game, second, co_players))
    return share * float(earned[0]) + (1 - share) * float(earned[1])


def constant_step_share(game: PublicGoodsGame, punishers: int, temperature: float, step: float) -> float:
    r"""Exact long-run share of contributions at a constant step, of one learner among fixed co-players.

    Parameters
    ----------
    game : PublicGoodsGame
        Numbers only.
    punishers : int
        Co-players that contribute and punish; the others contribute.
    temperature, step : float
        :math:`T > 0` and :math:`\alpha` in (0, 1].

    Examples
    --------
    At p*, where both actions earn the same on average, the fined one is the noisier and is tried less:

    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_probability='1/10')
    >>> [round(constant_step_share(game, 4, 0.1, a), 3) for a in (0.1, 0.01, 0.0001)]
    [0.758, 0.523, 0.5]
    """
    odds = _log_moment(game, "D", punishers, temperature, step) - _log_moment(game, "C", punishers, temperature, step)
    return logit(odds, 1.0)


def _log_moment(game: PublicGoodsGame, action: str, punishers: int, temperature: float, step: float) -> float:
    """Log of the mean of exp(-q/T) over the stationary law of the estimate of `action`."""
    certain = replace(game, punishment_probability=1, detection_rate=1, false_alarm_rate=1)
    others = game.group_size - 1
    rewards = np.array([float(_payoff(certain, action, {"C": others - k, "P": k})) for k in range(punishers + 1)])
    rate = game.detection_rate if action == "D" else game.false_alarm_rate
    chance = float(game.punishment_probability * rate)
    weights = np.array([comb(punishers, k) * chance**k * (1 - chance) ** (punishers - k) for k in range(punishers + 1)])
    left = step * (1 - step) ** np.arange(1 + int(40 / step)) if step < 1 else np.array([1.0])
    centre = float(weights @ rewards)
    moments = np.exp(-np.outer(left, rewards - centre) / temperature) @ weights
    return float(np.log(moments).sum()) - centre * float(left.sum()) / temperature


def _payoff(game: PublicGoodsGame, strategy: str, co_players: dict[str, int]) -> Any:
    known = all(kind in game.strategies for kind in co_players)
    require(known, "co_players", co_players, f"kinds among {tuple(game.strategies)}")
    return game.payoff(strategy, [co_players.get(s, 0) for s in game.strategies])
