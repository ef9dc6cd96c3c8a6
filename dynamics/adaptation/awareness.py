r"""What the awareness model of adaptive punishment comes to, what it calls a defection, and what that deters.

The awareness of a punisher is the distribution over a co-player's actions that maximizes
:math:`E_{a \sim \mu}[-q(a)] + \tau H(\mu)`. With finitely many actions the maximum is at the Gibbs distribution

.. math:: \mu^*(a) = \frac{e^{-q(a)/\tau}}{\sum_b e^{-q(b)/\tau}},

uniquely, because the entropy is strictly concave. An action counts as a defection iff
:math:`\mu^*(a) > 1/|A|`, that is, iff :math:`q(a) < -\tau \log \left(|A|^{-1} \sum_b e^{-q(b)/\tau}\right)`: below the
soft mean of all actions, which lies between their least and their mean. So the worst action always counts (unless all
are equally bad), the best never, and what lies between depends on :math:`\tau`; as :math:`\tau \to \infty` an action
counts iff it is worse than the mean. In the linear game with contributions :math:`0, 1/K, \dots, 1` that makes
a middling contribution a defection or not; see `tolerated_levels`.

With two actions :math:`\mu^*(D) - 1/2 = \tfrac12 \tanh((q(C) - q(D)) / 2\tau)`, so the severity of a defection is
:math:`s = \tanh((q(C) - q(D)) / 2 \tau)`, and the threat deters iff :math:`(N-1) p \beta s \ge \Lambda`.

What `q` measures is a correlation, not an effect. If what others do goes with what `j` does, regression coefficients
:math:`\rho` (a third player's contribution on that of `j`) and :math:`\rho_i` (the punisher's own on that of `j`) give

.. math:: q(C) - q(D) = \frac{rc}{N} (1 + (N - 2) \rho) - \Lambda \rho_i,

at :math:`\rho = \rho_i = 1` the whole gain from joint contribution, :math:`(r - 1) c`. Source: model.md, section 3; the
last two paragraphs derived here.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import atanh, exp, inf, log, tanh

from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, to_float
from gametheory.public_goods import PublicGoodsGame


def gibbs_awareness(harms: Sequence[float], temperature: float) -> tuple[float, ...]:
    r"""The optimal awareness of actions after which one earns `harms` :math:`q(a)` on average.

    Parameters
    ----------
    harms : sequence of float
        Mean reward given each of the co-player's actions; finite, at least two.
    temperature : float
        :math:`\tau > 0`, in the same units.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.

    Examples
    --------
    >>> [round(v, 4) for v in gibbs_awareness((0.0, 0.6), 0.3)]
    [0.8808, 0.1192]
    """
    _require_harms(harms, temperature)
    least = min(harms)
    weights = [exp((least - q) / temperature) for q in harms]
    return tuple(w / sum(weights) for w in weights)


def severities(awareness: Sequence[float]) -> tuple[float, ...]:
    r"""Severity of each action: :math:`\max(0, \mu(a) - 1/|A|) / (1 - 1/|A|)`.

    Examples
    --------
    >>> severities((0.75, 0.25))
    (0.5, 0.0)
    """
    require(len(awareness) >= 2, "awareness", awareness, "at least two probabilities")
    mean = 1 / len(awareness)
    return tuple(max(0.0, (m - mean) / (1 - mean)) for m in awareness)


def harm_of_defection(game: PublicGoodsGame, *, correlation: Number = 0, own_correlation: Number = 0) -> Number:
    r""":math:`q(C) - q(D)`: what a punisher earns more, before punishment, when one co-player contributes.

    Parameters
    ----------
    game : PublicGoodsGame
    correlation : number
        :math:`\rho` in [-1, 1]: how much more a third player contributes when that one does.
    own_correlation : number
        :math:`\rho_i` in [-1, 1]: how much more the punisher itself does.

    Examples
    --------
    A fifth of 3 if only that co-player moves; the gain of all from all if everybody moves together:

    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3)
    >>> harm_of_defection(game), harm_of_defection(game, correlation=1, own_correlation=1)
    (Fraction(3, 5), Fraction(2, 1))
    """
    rho, own = as_number(correlation, name="correlation"), as_number(own_correlation, name="own_correlation")
    require(in_order(-1, rho, 1), "correlation", correlation, "in [-1, 1]")
    require(in_order(-1, own, 1), "own_correlation", own_correlation, "in [-1, 1]")
    bare = replace(game, fine=0, punishment_cost=0, strategies=("C", "D"))
    others = game.group_size - 1
    effect = bare.payoff("D", (1, others - 1)) - bare.payoff("D", (0, others))
    contributing = bare.payoff("C", (0, others)) - bare.payoff("D", (0, others))
    return effect * (1 + (others - 1) * rho) + contributing * own


def gibbs_severity(game: PublicGoodsGame, temperature: Number) -> float:
    r"""The severity of a defection that the awareness comes to in the game of C and D, :math:`\tanh(rc / (2 N \tau))`.

    Examples
    --------
    >>> round(gibbs_severity(PublicGoodsGame(group_size=5, multiplication_factor=3), "3/10"), 6)
    0.761594
    """
    tau = to_float(as_number(temperature, name="temperature"))
    require(0 < tau < inf, "temperature", temperature, "> 0 and finite")
    return tanh(to_float(harm_of_defection(game)) / (2 * tau))


def hottest_deterring_temperature(game: PublicGoodsGame) -> float:
    r"""The largest awareness temperature at which the threat of N - 1 punishers deters.

    :math:`\tau \le rc / (2 N \operatorname{artanh}(\Lambda / ((N-1) p \beta)))`: `inf` where contributing pays
    unpunished, 0 where even severity 1 does not deter.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> round(hottest_deterring_temperature(game), 6)
    2.989973
    """
    from dynamics.adaptation.replies import gain_at, strength

    unpunished = to_float(gain_at(game, 0))
    if unpunished >= 0:
        return inf
    full = to_float(strength(replace(game, severity=1)) * game.punishment_probability)
    if full <= -unpunished:
        return 0.0
    return to_float(harm_of_defection(game)) / (2 * atanh(-unpunished / full))


def tolerated_levels(game: PublicGoodsGame, *, levels: int, temperature: float) -> tuple[bool, ...]:
    r"""Which of the contributions 0, 1/(levels - 1), ..., 1 do *not* count as a defection.

    Parameters
    ----------
    game : PublicGoodsGame
    levels : int
        >= 2.
    temperature : float
        :math:`\tau > 0`.

    Examples
    --------
    Giving two thirds always passes here, giving one third only for a cold awareness:

    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3)
    >>> tolerated_levels(game, levels=4, temperature=10), tolerated_levels(game, levels=4, temperature=0.05)
    ((False, False, True, True), (False, True, True, True))
    """
    require(isinstance(levels, int) and levels >= 2, "levels", levels, "an integer >= 2")
    effect = to_float(harm_of_defection(game))
    awareness = gibbs_awareness([effect * a / (levels - 1) for a in range(levels)], temperature)
    return tuple(m <= 1 / levels for m in awareness)


def soft_mean(harms: Sequence[float], temperature: float) -> float:
    r""":math:`-\tau \log(|A|^{-1} \sum_b e^{-q(b)/\tau})`: an action counts as a defection iff it is worse than that.

    Examples
    --------
    >>> round(soft_mean((0.0, 0.6), 0.3), 6)
    0.169866
    """
    _require_harms(harms, temperature)
    least = min(harms)
    total = sum(exp((least - q) / temperature) for q in harms)
    return least - temperature * log(total / len(harms))


def _require_harms(harms: Sequence[float], temperature: float) -> None:
    require(len(harms) >= 2, "harms", harms, "at least two rewards")
    require(all(-inf < q < inf for q in harms), "harms", harms, "finite rewards")
    require(0 < temperature < inf, "temperature", temperature, "> 0 and finite")
