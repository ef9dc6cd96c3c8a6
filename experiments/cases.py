r"""What is run against which prediction, for the published example and for a user's game.

`crossvalidate` asks of any public goods game

- where a lone epsilon-greedy learner with visit-count steps, among N - 1 fixed punishers, switches from
  defecting to contributing as `p` grows (against the deterrence threshold);
- how much Boltzmann learners contribute at ten values of `p`, when all N learn and all punish seen defectors
  whatever they contribute themselves (against the logit of the difference in payoff).

`builtin_observations` adds, for the published example (N = 5, r = 3, c = 1, fine 1, punishment cost 3/10),
punishing against not punishing, imperfect detection, reward levels, and learners with a constant step.

Choices that are part of the design, not of the outcome. A lone learner is used for the switch because with
visit-count steps co-learners remember each other's past: what a group earned while it defected stays in the
estimate of defecting, which has hardly been tried since, so near the threshold groups stay where they are for
longer than one can run (of learners in groups where all N explore with probability 1/10, three in ten still
prefer to contribute after 80 000 rounds at p = 0.06). All N learn in the Boltzmann observations, with steps
:math:`n^{-3/4}`, which forget the past, at a temperature at which the logit share is a stable rest point of
co-learners (`suitable_temperature`); first estimates are 0, overwritten at the first visit.

The rivals. Contribution cost 10 % off moves the logit share at every `p`; the fine does not at p = 0, nor
where few fines are paid, so only the switch point and observations with many fines rest on it; what rests on
the punishment cost are the choices between punishing and not. At a constant step the rival is the theory of
vanishing steps.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any, Final

from experiments.environment import environment_of
from experiments.estimates import share_estimate, switch_estimate
from experiments.learners.choice import Boltzmann, EpsilonGreedy, Schedule, Steps
from experiments.predictions import (
    Estimate,
    Prediction,
    boltzmann_reward,
    boltzmann_share,
    constant_step_share,
    switch_point,
)
from gametheory.public_goods import KINDS, PublicGoodsGame

TEMPERATURE: Final = 0.25
MEAN: Final = Steps(rate=1.0, exponent=1.0)
FORGETTING: Final = Steps(rate=1.0, exponent=0.75)
CONTRIBUTING: Final = ("contribution_cost",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A prediction and the experiment that tests it.

    Attributes
    ----------
    prediction : Prediction
    measure : callable
        Called with `seed`, `level` (simultaneous, to report) and `confidence` (of this one interval).
    """

    prediction: Prediction
    measure: Callable[..., Estimate]


def published_game(**changes: Any) -> PublicGoodsGame:
    """The published example: N = 5, r = 3, c = 1, with fine 1 and punishment cost 3/10.

    Examples
    --------
    >>> published_game(punishment_probability='1/10').net_contribution_cost
    Fraction(2, 5)
    """
    parameters: dict[str, Any] = {
        "group_size": 5,
        "multiplication_factor": 3,
        "fine": 1,
        "punishment_cost": "3/10",
    }
    return PublicGoodsGame(**(parameters | changes))


def suitable_temperature(game: PublicGoodsGame) -> float:
    r"""A temperature that suits a game's payoffs, and at which co-learners can rest at the logit.

    When `N - 1` others learn as well, their choices move one's reward by up to
    :math:`\kappa = (N - 1) r c / N`. With a constant step the logit rest point :math:`x` of such a group, all
    learners alike, is stable iff :math:`(2 x - 1) x (1 - x) \kappa / T < 1`: the trace of the mean dynamics
    of two estimates that are updated at the rates `x` and `1 - x`. So it is at every `x` if
    :math:`T > \kappa / (6 \sqrt 3)`. Here `T` is at least :math:`\kappa / 9.6`, and 5/8 of what contributing
    costs.

    Examples
    --------
    >>> suitable_temperature(published_game())
    0.25
    """
    environment = environment_of(game)
    share = environment.multiplication_factor * environment.contribution_cost / environment.group_size
    swing = (environment.group_size - 1) * share
    return max(0.625 * abs(float(game.net_contribution_cost)), swing / 9.6)


def crossvalidation_cases(game: PublicGoodsGame) -> list[Case]:
    """The cases of `crossvalidate`: a switch point, if there is one in (0, 1], and ten shares."""
    environment_of(game)
    game = replace(game, strategies=KINDS)
    try:
        threshold = switch_point(game)
    except ValueError:
        threshold = 0.0
    cases = []
    if 0 < threshold <= 1:
        spread = [threshold * (0.8 + 0.025 * k) for k in range(17)]
        cases.append(_switch(game, [p for p in spread if p <= 1]))
    top = min(1.0, 2.5 * threshold) if threshold > 0 else 1.0
    temperature = suitable_temperature(game)
    grid = [Fraction(k, 9) * Fraction(top).limit_denominator(10**6) for k in range(10)]
    cases += [_share(game, p, temperature) for p in grid]
    return cases


def builtin_cases() -> list[Case]:
    """The cases of `builtin_observations`."""
    game = published_game()
    grid = [Fraction(k, 40) for k in range(9)] + [Fraction(1, 4)]
    return [
        _switch(game, [0.08 + 0.0025 * k for k in range(17)]),
        *(_share(game, p, TEMPERATURE) for p in grid),
        *_imperfect_detection(),
        *_second_order(),
        *_rewards(),
        *_constant_step(),
    ]


def _switch(game: PublicGoodsGame, probabilities: Sequence[float]) -> Case:
    prediction = Prediction(
        id="switch-point",
        statement="the greedy action changes from defecting to contributing at the deterrence threshold",
        premises="epsilon-greedy, visit-count steps, one learner, N - 1 fixed contributors who punish",
        statistic="p at which half of the learners' greedy action, at the end, is to contribute",
        game=game,
        value=switch_point,
        rests_on=("contribution_cost", "fine"),
    )
    measure = partial(
        switch_estimate,
        environment_of(game),
        probabilities=probabilities,
        co_players=["P"] * (game.group_size - 1),
        choice=EpsilonGreedy(exploration=0.5),
        steps=MEAN,
        schedule=Schedule(rounds=_rounds(game, 20_000, 5_000), replicates=160),
    )
    return Case(prediction=prediction, measure=measure)


def _rounds(game: PublicGoodsGame, at_five: int, least: int) -> int:
    """Fewer rounds for groups of more than five, in which a round costs as the square of their size."""
    return max(least, int(at_five * min(1.0, 25 / game.group_size**2)))


def _share(game: PublicGoodsGame, probability: Fraction, temperature: float) -> Case:
    p = probability if game.is_exact else float(probability)
    here = replace(game, punishment_probability=p)
    all_punish = {"P": game.group_size - 1}
    rounds = _rounds(game, 100_000, 10_000)
    prediction = Prediction(
        id=f"contributions-at-p-{float(probability):.6g}",
        statement="Boltzmann learners contribute as often as the logit of the difference in payoff",
        premises="all N learn; all punish seen defectors whatever they contribute; steps n^(-3/4)",
        statistic="share of contributions over the recorded rounds, mean over groups",
        game=here,
        value=partial(_value, boltzmann_share, "C", "D", all_punish, temperature),
        rests_on=CONTRIBUTING,
    )
    measure = partial(
        share_estimate,
        environment_of(here),
        actions=("P", "DP"),
        choice=Boltzmann(temperature=temperature),
        steps=FORGETTING,
        schedule=Schedule(rounds=rounds, burn_in=rounds, uniform_rounds=400, replicates=24),
    )
    return Case(prediction=prediction, measure=measure)


def _imperfect_detection() -> list[Case]:
    cases = []
    for p, s, rests_on in (
        ("1/2", 1, ("contribution_cost", "fine")),
        (1, "1/2", ("contribution_cost", "fine")),
        ("1/8", 1, CONTRIBUTING),
    ):
        game = published_game(punishment_probability=p, severity=s, detection_rate="4/5", false_alarm_rate="1/5")
        name = f"imperfect-detection-p-{float(game.punishment_probability):g}-s-{float(game.severity):g}"
        cases.append(_focal(name, game, "C", "D", {"C": 1, "D": 1, "P": 2}, rests_on))
    return cases


def _second_order() -> list[Case]:
    noisy = {"detection_rate": "9/10", "false_alarm_rate": "1/5"}
    half = published_game(punishment_probability="1/2", **noisy)
    sure = published_game(punishment_probability=1, **noisy)
    group = {"C": 2, "D": 1, "P": 1}
    cost = ("punishment_cost",)
    return [
        _focal("punishing-p-0.5", half, "P", "C", group, cost),
        _focal("punishing-p-1", sure, "P", "C", group, cost),
        _focal("punishing-many-defectors", sure, "P", "C", {"D": 2, "P": 2}, cost),
        _focal("punishing-or-defecting", sure, "P", "D", {"C": 1, "D": 1, "P": 2}, ("punishment_cost", "fine")),
    ]


def _rewards() -> list[Case]:
    noisy = {"punishment_probability": "1/2", "detection_rate": "9/10", "false_alarm_rate": "1/5"}
    game = published_game(**noisy)
    return [
        _focal("reward-contributing-or-not", game, "C", "D", {"C": 1, "D": 1, "P": 2}, CONTRIBUTING, rewards=True),
        _focal("reward-punishing-or-not", game, "P", "C", {"C": 2, "D": 1, "P": 1}, CONTRIBUTING, rewards=True),
    ]


def _focal(
    name: str,
    game: PublicGoodsGame,
    first: str,
    second: str,
    co_players: dict[str, int],
    rests_on: tuple[str, ...],
    *,
    rewards: bool = False,
) -> Case:
    """One Boltzmann learner among fixed co-players."""
    value = boltzmann_reward if rewards else boltzmann_share
    measured = "mean reward" if rewards else f"share of {first}"
    around = ", ".join(f"{number} {kind}" for kind, number in co_players.items())
    prediction = Prediction(
        id=name,
        statement=f"{measured} of a learner that chooses {first} or {second} is that of the logit",
        premises=f"one Boltzmann learner, visit-count steps, fixed co-players: {around}",
        statistic=f"{measured} over the recorded rounds, mean over learners",
        game=game,
        value=partial(_value, value, first, second, co_players, TEMPERATURE),
        rests_on=rests_on,
    )
    measure = partial(
        share_estimate,
        environment_of(game),
        actions=(first, second),
        co_players=[kind for kind, number in co_players.items() for _ in range(number)],
        choice=Boltzmann(temperature=TEMPERATURE),
        steps=MEAN,
        schedule=Schedule(rounds=40_000, burn_in=10_000, uniform_rounds=1_000, replicates=48),
        rewards=rewards,
    )
    return Case(prediction=prediction, measure=measure)


def _constant_step() -> list[Case]:
    """The bias at a constant step: one learner, T = 0.1, p = 0.1, first estimates 2, four fixed punishers."""
    game = published_game(punishment_probability="1/10")
    punishers = ["P"] * 4
    cases = []
    for step, share, switch, rounds in ((0.1, 0.76, 0.055, 100_000), (0.01, 0.52, 0.084, 200_000)):
        run = partial(
            share_estimate,
            environment_of(game),
            actions=("C", "D"),
            co_players=punishers,
            choice=Boltzmann(temperature=0.1),
            steps=Steps(rate=step, exponent=0),
            schedule=Schedule(rounds=rounds, burn_in=20_000, first_estimate=2.0, replicates=32),
        )
        common: dict[str, Any] = {
            "premises": "one Boltzmann learner, T = 0.1, p = 0.1, first estimates 2, four fixed punishers",
            "statistic": "share of contributions over the recorded rounds, mean over learners",
            "game": game,
            "alternatives": (("vanishing steps", partial(_value, boltzmann_share, "C", "D", {"P": 4}, 0.1)),),
        }
        cases.append(
            Case(
                prediction=Prediction(
                    id=f"constant-step-{step:g}-exact",
                    statement="the share at a constant step is that of its stationary law",
                    value=partial(_constant, 4, 0.1, step),
                    **common,
                ),
                measure=partial(run, tolerance=0.0),
            )
        )
        cases.append(
            Case(
                prediction=Prediction(
                    id=f"constant-step-{step:g}-documented",
                    statement=f"the share at a constant step is {share}, to two digits",
                    value=partial(_documented, share),
                    **common,
                ),
                measure=partial(run, tolerance=0.005),
            )
        )
        cases.append(_constant_switch(game, step, switch))
    return cases


def _constant_switch(game: PublicGoodsGame, step: float, documented: float) -> Case:
    prediction = Prediction(
        id=f"constant-step-{step:g}-switch",
        statement=f"at a constant step the switch is near {documented}, below the deterrence threshold",
        premises="one epsilon-greedy learner, exploration 0.1, first estimates 2, among four fixed punishers",
        statistic="p at which contributions make up half of the recorded rounds",
        game=game,
        value=partial(_documented, documented),
        alternatives=(("vanishing steps", switch_point),),
    )
    measure = partial(
        switch_estimate,
        environment_of(game),
        probabilities=[documented + 0.005 * k for k in (-2, -1, 0, 1, 2)],
        co_players=["P"] * 4,
        choice=EpsilonGreedy(exploration=0.1),
        steps=Steps(rate=step, exponent=0),
        schedule=Schedule(rounds=60_000, burn_in=20_000, first_estimate=2.0, replicates=16),
        at_the_end=False,
        tolerance=0.0025,
    )
    return Case(prediction=prediction, measure=measure)


def _value(
    function: Callable[..., float],
    first: str,
    second: str,
    co_players: dict[str, int],
    temperature: float,
    game: PublicGoodsGame,
) -> float:
    return function(game, first, second, co_players, temperature)


def _constant(punishers: int, temperature: float, step: float, game: PublicGoodsGame) -> float:
    return constant_step_share(game, punishers, temperature, step)


def _documented(number: float, game: PublicGoodsGame) -> float:
    return number
