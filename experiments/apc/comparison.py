r"""Ways of punishing beside each other: how much is contributed, earned, shared equally, and punished for.

`compare` runs each for the same number of independent groups; a figure is a mean over groups with Student's interval,
simultaneous (Bonferroni) over all figures of the table. `sensitivity` does the same on a grid of a rule's parameters.
`second_order_gap` sets members who punish beside members who leave that to others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

import numpy as np

from dynamics.adaptation.rules import EffectRule, IntegralRule
from experiments.apc.groups import AdaptiveRun, run_groups
from experiments.apc.punishers import AdaptivePunishment, Awareness, FixedRule, LearnedPunishment, Punishment
from experiments.estimates import mean_interval, point_seed
from experiments.learners.choice import Boltzmann, EpsilonGreedy, Steps
from gametheory.errors import InvalidParameter, require
from gametheory.public_goods import PublicGoodsGame

FIGURES: Final = ("contribution", "reward", "equality", "punishments", "intensity", "probability")
LEVEL: Final = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A mean over independent groups.

    Attributes
    ----------
    mean : float
        NaN where it is undefined for some group.
    interval : tuple of float
        Student's, simultaneous at `level` over the table.
    groups, undefined : int
        Groups, and how many of them have no value (the equality of rewards that do not sum to something positive).
    """

    mean: float
    interval: tuple[float, float]
    groups: int
    undefined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way of punishing: its name, its parameters, its figures by name, and the run's seed and seconds."""

    name: str
    punishment: Punishment
    figures: Mapping[str, Figure]
    seed: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data: strings, numbers, lists."""
        figures = {
            name: {"mean": f.mean, "interval": list(f.interval), "groups": f.groups, "undefined": f.undefined}
            for name, f in self.figures.items()
        }
        return {"name": self.name, "punishment": repr(self.punishment), "figures": figures, "seed": self.seed}


def variants(
    *, temperature: float, window: int, step: float, threshold: float, tolerated: float, fixed: float = 1.0
) -> dict[str, Punishment]:
    r"""APC with each rule, and its ablations, by name.

    Parameters
    ----------
    temperature : float
        Of the awareness.
    window : int
        Rounds `W`.
    step, threshold, tolerated : float
        :math:`\eta`, :math:`\varepsilon` and :math:`\theta` of the rules.
    fixed : float
        The probability of the ablation without an adaptive one.

    Examples
    --------
    >>> list(variants(temperature=0.3, window=20, step=0.05, threshold=0.1, tolerated=0.1))  # doctest: +ELLIPSIS
    ['no punishment', 'fixed probability', 'no severity', 'effect', 'effect, kept on ties', 'integral', ...]
    """
    aware = Awareness(temperature=temperature)
    effect = EffectRule(adaptation_step=step, effect_threshold=threshold)
    integral = IntegralRule(adaptation_step=step, tolerated_defection=tolerated)
    kept = replace(effect, lowers_on_tie=False)
    return {
        "no punishment": None,
        "fixed probability": AdaptivePunishment(awareness=aware, rule=FixedRule(), window=window, start=fixed),
        "no severity": AdaptivePunishment(awareness=aware, rule=integral, window=window, graded=False),
        "effect": AdaptivePunishment(awareness=aware, rule=effect, window=window),
        "effect, kept on ties": AdaptivePunishment(awareness=aware, rule=kept, window=window),
        "integral": AdaptivePunishment(awareness=aware, rule=integral, window=window),
        "learned punishment": LearnedPunishment(),
    }


def compare(
    game: PublicGoodsGame,
    ways: Mapping[str, Punishment],
    *,
    choice: Boltzmann | EpsilonGreedy,
    steps: Steps,
    rounds: int,
    burn_in: int,
    levels: int = 2,
    replicates: int = 20,
    level: float = LEVEL,
    seed: int,
) -> list[Row]:
    """Run every way of punishing in groups of the same learners.

    Parameters
    ----------
    game, choice, steps, rounds, burn_in, levels, replicates
        As in `run_groups`; at least two replicates.
    ways : mapping of str to punishment
    level : float
        Simultaneous confidence of all figures of the table.
    seed : int
        The k-th way is run with the k-th seed derived from it.

    Returns
    -------
    list of Row

    Raises
    ------
    InvalidParameter
        If there is nothing to compare, or a value is out of its domain.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    >>> ways = variants(temperature=0.3, window=20, step=0.05, threshold=0.1, tolerated=0.1)
    >>> two = {name: ways[name] for name in ("fixed probability", "integral")}
    >>> rows = compare(game, two, choice=EpsilonGreedy(exploration=0.1), steps=Steps(rate=0.1, exponent=0),
    ...                rounds=4000, burn_in=4000, replicates=8, seed=1)
    >>> fixed, integral = (row.figures["punishments"].mean for row in rows)
    >>> bool(integral < fixed / 2)
    True
    """
    require(len(ways) > 0, "ways", list(ways), "at least one way of punishing")
    require(0 < level < 1, "level", level, "in (0, 1)")
    confidence = 1 - (1 - level) / (len(ways) * len(FIGURES))
    rows = []
    for index, (name, punishment) in enumerate(ways.items()):
        run = run_groups(
            game,
            punishment=punishment,
            choice=choice,
            steps=steps,
            rounds=rounds,
            burn_in=burn_in,
            levels=levels,
            replicates=replicates,
            seed=point_seed(seed, index),
        )
        rows.append(row_of(name, punishment, run, confidence))
    return rows


def sensitivity(
    game: PublicGoodsGame,
    punishment: AdaptivePunishment,
    *,
    adaptation_steps: Sequence[float],
    windows: Sequence[int],
    thresholds: Sequence[float],
    seed: int,
    **conditions: Any,
) -> list[Row]:
    r"""`compare` over a grid of :math:`(\eta, W, \varepsilon)`; for rule 'integral' the last is :math:`\theta`.

    Names are 'step=..., window=..., threshold=...'; `conditions` are the other arguments of `compare`.

    Raises
    ------
    InvalidParameter
        If the rule of `punishment` has no parameters, or a value is out of its domain.
    """
    rule = punishment.rule
    if isinstance(rule, FixedRule):
        raise InvalidParameter("punishment", punishment, "one whose probability adapts")
    grid = {}
    for step, window, threshold in product(adaptation_steps, windows, thresholds):
        moving: EffectRule | IntegralRule
        if isinstance(rule, EffectRule):
            moving = replace(rule, adaptation_step=step, effect_threshold=threshold)
        else:
            moving = replace(rule, adaptation_step=step, tolerated_defection=threshold)
        name = f"step={step:g}, window={window}, threshold={threshold:g}"
        grid[name] = replace(punishment, rule=moving, window=window)
    return compare(game, grid, seed=seed, **conditions)


def second_order_gap(run: AdaptiveRun, punishers: Sequence[bool], *, confidence: float = LEVEL) -> Figure:
    """How much more those earn who do not punish than those who do, per round: the second-order problem, measured.

    Parameters
    ----------
    run : AdaptiveRun
        Made with the same `punishers`, of which some punish and some do not.
    punishers : sequence of bool
    confidence : float
        Of the interval.

    Examples
    --------
    >>> from experiments.apc.punishers import FixedRule
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    >>> always = AdaptivePunishment(awareness=Awareness(temperature=0.1), rule=FixedRule(), window=20)
    >>> who = [True] * 4 + [False]
    >>> run = run_groups(game, punishment=always, punishers=who, choice=EpsilonGreedy(exploration=0.1), rounds=4000,
    ...                  steps=Steps(rate=0.1, exponent=0), burn_in=2000, replicates=8, seed=1)
    >>> second_order_gap(run, who).interval[0] > 0
    True
    """
    who = np.asarray(list(punishers), dtype=np.bool_)
    fits = who.shape == (run.rewards.shape[1],) and 0 < int(who.sum()) < who.size
    require(fits, "punishers", punishers, "one of True and False per player, both among them")
    return _figure(run.rewards[:, ~who].mean(axis=1) - run.rewards[:, who].mean(axis=1), confidence)


def row_of(name: str, punishment: Punishment, run: AdaptiveRun, confidence: float) -> Row:
    """The row of a table for one run, each figure with its own interval at `confidence`."""
    values = {key: run.equality if key == "equality" else run.recorded(key) for key in FIGURES}
    figures = {key: _figure(numbers, confidence) for key, numbers in values.items()}
    return Row(name=name, punishment=punishment, figures=figures, seed=run.seed, seconds=run.seconds)


def _figure(values: Any, confidence: float) -> Figure:
    undefined = int(np.isnan(values).sum())
    if undefined:
        return Figure(mean=np.nan, interval=(np.nan, np.nan), groups=values.size, undefined=undefined)
    mean, interval = mean_interval(values, confidence)
    return Figure(mean=mean, interval=interval, groups=values.size, undefined=0)
