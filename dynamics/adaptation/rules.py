r"""Rules that move the punishment probability after each window of rounds.

With :math:`F_k` the share of the rounds of window `k` in which the co-player defected, and :math:`F_{-1} = 1`,

.. math::

    \text{effect:}\quad p &\leftarrow \begin{cases}
        p & F_k = 0 \\
        \min(1, p + \eta) & F_{k-1} - F_k \ge \varepsilon \\
        \max(0, p - \eta) & F_k \ge F_{k-1} \\
        p & \text{else,} \end{cases} \\
    \text{integral:}\quad p &\leftarrow \min(1, \max(0, p + \eta (F_k - \theta))).

The rule 'effect' is a reconstruction (R): the public sources say that the probability moves with the defection
frequency over rolling windows, not how. Its variant `lowers_on_tie` False leaves p where two windows saw the same
number of defections. The rule 'integral' is ours. Source: model.md, section 3; Tang, Kong, Lü, Feng (2026).
"""

from dataclasses import dataclass
from typing import Any, Final

from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact

ROUND_OFF: Final = 1e-12  # of a difference of two shares in floats: a fall by just the threshold counts as an effect


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRule:
    r"""Punish more while that has an effect, less when it has none (R).

    Parameters
    ----------
    adaptation_step : number
        :math:`\eta > 0`.
    effect_threshold : number
        :math:`\varepsilon`, in (0, 1]: the fall of the defection frequency that counts as an effect.
    lowers_on_tie : bool
        Whether p falls where the frequency stays the same, as in the rule above; a variant keeps it.

    Raises
    ------
    InvalidParameter
        If a number is outside its domain.

    Examples
    --------
    >>> rule = EffectRule(adaptation_step="1/10", effect_threshold="1/20")
    >>> rule.next_probability(rule.adaptation_step * 5, now=rule.effect_threshold, before=rule.effect_threshold)
    Fraction(2, 5)
    """

    adaptation_step: Number
    effect_threshold: Number
    lowers_on_tie: bool = True

    def __post_init__(self) -> None:
        _keep(self, "adaptation_step", lambda v: in_order(0, v) and v > 0, "> 0 and finite")
        _keep(self, "effect_threshold", lambda v: in_order(0, v, 1) and v > 0, "in (0, 1]")
        require(isinstance(self.lowers_on_tie, bool), "lowers_on_tie", self.lowers_on_tie, "True or False")

    def next_probability(self, probability: Number, *, now: Number, before: Number) -> Number:
        """The probability after a window with defection frequency `now`, the one before having had `before`."""
        if now == 0:
            return probability
        spare = before - now - self.effect_threshold
        if spare >= (0 if is_exact(spare) else -ROUND_OFF):
            return min(1, probability + self.adaptation_step)
        if now > before or (now == before and self.lowers_on_tie):
            return max(0, probability - self.adaptation_step)
        return probability


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegralRule:
    r"""Move p in proportion to how much more the co-player defects than is tolerated (ours).

    Parameters
    ----------
    adaptation_step : number
        :math:`\eta > 0`.
    tolerated_defection : number
        :math:`\theta`, in [0, 1].

    Raises
    ------
    InvalidParameter
        If a number is outside its domain.

    Examples
    --------
    >>> rule = IntegralRule(adaptation_step="1/2", tolerated_defection="1/5")
    >>> rule.next_probability(1, now=0, before=1)
    Fraction(9, 10)
    """

    adaptation_step: Number
    tolerated_defection: Number

    def __post_init__(self) -> None:
        _keep(self, "adaptation_step", lambda v: in_order(0, v) and v > 0, "> 0 and finite")
        _keep(self, "tolerated_defection", lambda v: in_order(0, v, 1), "in [0, 1]")

    def next_probability(self, probability: Number, *, now: Number, before: Number) -> Number:
        """The probability after a window with defection frequency `now`; `before` does not matter."""
        return min(1, max(0, probability + self.adaptation_step * (now - self.tolerated_defection)))


Rule = EffectRule | IntegralRule


def _keep(rule: Any, name: str, fits: Any, expected: str) -> None:
    given = getattr(rule, name)
    value = as_number(given, name=name)
    require((is_exact(value) or isinstance(value, float)) and fits(value), name, given, expected)
    object.__setattr__(rule, name, value)
