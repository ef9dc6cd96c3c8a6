r"""How members of a group punish: adaptively (APC), as a learned action, or not at all.

Adaptive punishment (APC). Each punisher `i` keeps

- an *awareness* :math:`\mu_i`, a distribution over the co-players' actions that leans to those that hurt `i`. It
  climbs :math:`E_{a \sim \mu}[-q(a)] + \tau H(\mu)` by sampled steps: draw :math:`a \sim \mu_i`, move the logits by
  :math:`\alpha (w_a - \sum_b \mu_b w_b) (e_a - \mu)`, :math:`w_a = -\hat q_i(a) - \tau \log \mu_a`. Its optimum is the
  Gibbs distribution :math:`\mu^*(a) \propto e^{-q(a)/\tau}`. What harm an action does is learned:
  :math:`\hat q_i(a)` is a running mean of what `i` earned before punishment in rounds in which a co-player played `a`;
- a *severity* :math:`s_{ij} = \max(0, \mu_i(a_j) - 1/|A|) / (1 - 1/|A|)`, positive iff :math:`a_j` counts as a
  defection; who is punished loses :math:`s \beta`, the author pays :math:`s \gamma`;
- a *probability* :math:`p_{ij}` for each co-player, moved after each window of `W` rounds by one of the rules of
  `dynamics.adaptation.rules`.

Source: Tang, Kong, Lü, Feng (2026), from its abstract and public reviews; model.md, section 3. Reconstructions, each a
named parameter or a statement here (R): the threshold 1/|A| and the scale of the severity; one awareness for all
co-players; a critic :math:`\hat q` in place of raw rewards as weights; no step before every action has been seen; the
reading of the probability rule; co-players that learn by Q-values. The windows are disjoint.
"""

from dataclasses import dataclass, field
from math import inf
from numbers import Real

from dynamics.adaptation.rules import EffectRule, IntegralRule
from experiments.environment import require_count
from experiments.learners.choice import Steps
from gametheory.errors import require


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedRule:
    """The probability stays where it starts: the ablation without an adaptive probability."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awareness:
    r"""How the awareness model learns.

    Parameters
    ----------
    temperature : float
        :math:`\tau > 0`, the weight of the entropy, in payoff units.
    steps : Steps
        Of the sampled gradient, by rounds; in units of 1 / payoff.
    critic : Steps
        Of the running means :math:`\hat q`, by how often an action was seen.

    Raises
    ------
    InvalidParameter
        If the temperature is not > 0 and finite.

    Examples
    --------
    >>> Awareness(temperature=0.5).temperature
    0.5
    """

    temperature: float
    steps: Steps = field(default_factory=lambda: Steps(rate=0.1, exponent=0.0))
    critic: Steps = field(default_factory=Steps)

    def __post_init__(self) -> None:
        positive = isinstance(self.temperature, Real) and 0 < self.temperature < inf
        require(positive, "temperature", self.temperature, "> 0 and finite")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptivePunishment:
    r"""APC (module header), and its ablations.

    Parameters
    ----------
    awareness : Awareness
    rule : EffectRule, IntegralRule or FixedRule
        How the probability moves; `FixedRule` is the ablation that keeps it.
    window : int
        Rounds `W` per window, >= 1.
    start : float
        :math:`p_0` in [0, 1].
    first_frequency : float
        :math:`F_{-1}` in [0, 1], what the first window is compared with.
    graded : bool
        Whether severity scales fine and cost; False is the ablation in which every defection weighs 1.
    decay : float
        :math:`\kappa` in [0, 1]: the step of the rule in window k (from 0) is :math:`\eta (k + 1)^{-\kappa}`.

    Raises
    ------
    InvalidParameter
        If a number is outside its domain.

    Examples
    --------
    >>> rule = IntegralRule(adaptation_step=0.1, tolerated_defection=0.1)
    >>> AdaptivePunishment(awareness=Awareness(temperature=0.5), rule=rule, window=20).start
    1.0
    """

    awareness: Awareness
    rule: EffectRule | IntegralRule | FixedRule
    window: int
    start: float = 1.0
    first_frequency: float = 1.0
    graded: bool = True
    decay: float = 0.0

    def __post_init__(self) -> None:
        require(isinstance(self.awareness, Awareness), "awareness", self.awareness, "an Awareness")
        fits = isinstance(self.rule, EffectRule | IntegralRule | FixedRule)
        require(fits, "rule", self.rule, "an EffectRule, an IntegralRule or a FixedRule")
        require_count(self.window, "window")
        for name in ("start", "first_frequency", "decay"):
            require(0 <= getattr(self, name) <= 1, name, getattr(self, name), "in [0, 1]")
        require(isinstance(self.graded, bool), "graded", self.graded, "True or False")


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedPunishment:
    r"""Punishing is half of every action, learned from reward as the other half is ('RL-Punish').

    An action says how much to contribute and whether to punish all who do not contribute in full. Their weight is the
    share that they keep, or 1 where `graded` is False. (R: the source names the baseline, not its action space.)

    Parameters
    ----------
    graded : bool

    Examples
    --------
    >>> LearnedPunishment().graded
    True
    """

    graded: bool = True

    def __post_init__(self) -> None:
        require(isinstance(self.graded, bool), "graded", self.graded, "True or False")


Punishment = AdaptivePunishment | LearnedPunishment | None
