r"""What is run, beyond `experiments.cases`, to test the theory on learners of every kind.

Switches
    One learner of each kind chooses between contributing and not among N - 1 fixed punishers, at punishment
    probabilities around p*. Where its share of contributions crosses one half is set against p*. Learners of policies
    start at one half, so that the sign of the difference in payoff decides where they go. The tolerance is half a step
    of the grid, and for learners whose greedy action decides, one standard deviation of their transition.
Paths
    Cross learning and both policy gradients start at one half, and their mean policy after a given number of rounds is
    set against the solution of the differential equation of `experiments.learners.policies`: the replicator equation
    for the first and the natural gradient. Tolerance: the step times the number of learners.
Adaptive punishers
    All N choose by Boltzmann's rule and punish adaptively, with windows and the rule 'integral': the mean probability
    is set against the rest point of `dynamics.adaptation.windows`. And the severity that an awareness model comes to,
    among players who choose at random, is set against that of the Gibbs distribution.
Exploration
    Learners begin with what cooperation earns, and the exploration at which they lose it is set against
    `experiments.learners.exploration`. Noise of steps :math:`\alpha` loses it earlier, by about :math:`\sqrt{\alpha}`
    (0.28, 0.14, 0.07 below at 0.05, 0.01, 0.002): so it is measured at two steps, one a quarter of the other, and
    extrapolated, :math:`2 \varepsilon(\alpha/4) - \varepsilon(\alpha)`. Tolerance: half of what the extrapolation adds.

Fictitious play, external and conditional regret matching are told the game's payoff table: their observations test how
the theory is used, not the payoffs. All others see rewards alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np

from dynamics.adaptation.awareness import gibbs_severity
from dynamics.adaptation.replies import LogitReply
from dynamics.adaptation.rules import IntegralRule
from dynamics.adaptation.windows import integral_rest
from experiments.apc.groups import run_groups
from experiments.apc.punishers import AdaptivePunishment, Awareness, FixedRule
from experiments.cases import Case, published_game, suitable_temperature
from experiments.environment import environment_of
from experiments.estimates import crossing, mean_interval, point_seed, within
from experiments.learners.choice import Boltzmann, EpsilonGreedy, Steps
from experiments.learners.evidence import expected_path
from experiments.learners.exploration import exploration_survival, exploration_threshold
from experiments.learners.policies import ActorCritic, CrossLearning, NaturalPolicyGradient, PolicyGradient
from experiments.learners.regrets import ExternalRegretMatching, FictitiousPlay, ProxyRegretMatching, RegretMatching
from experiments.learners.runs import run_learners
from experiments.learners.values import QLearning, Sarsa
from experiments.predictions import Estimate, Prediction, switch_point
from gametheory.public_goods import KINDS, PublicGoodsGame
from gametheory.threshold_games import StagHuntGame

PAYOFFS: Final = ("contribution_cost", "fine")
REWARDS_ALONE: Final = "sees its own rewards alone"
STATES: Final = "sees its own rewards and how many others contributed"
TOLD: Final = "is told the payoff table and the others' actions"
POINTS: Final = 17
TOLERATED: Final = 0.2
LONGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A kind of learner, what it is told, how long it plays, and whether its greedy action decides its share."""

    name: str
    learner: Any
    sees: str
    rounds: int
    burn_in: int = 0
    greedy: bool = False


def learner_cases(game: PublicGoodsGame) -> list[Case]:
    """The cases of a user's game: a switch for each kind of learner, paths, adaptive punishers.

    Parameters
    ----------
    game : PublicGoodsGame
        Numbers only; its punishment probability is replaced.

    Returns
    -------
    list of Case
        None of punishment where it makes no difference, or deters at no probability up to 1.
    """
    environment_of(game)
    game = replace(game, strategies=KINDS)
    try:
        threshold = switch_point(game)
    except ValueError:
        return []
    if not 0 < threshold <= 1:
        return []
    cases = [_switch(game, trial, threshold) for trial in trials(game)]
    cases += [case for learner in path_learners(game) for case in _paths(game, learner, threshold)]
    if game.detection_rate == 1 and game.false_alarm_rate == 0 and game.severity == 1:
        cases += [_severity(game), *_adaptive(game)]
    return cases


def builtin_learner_cases() -> list[Case]:
    """The cases of the published example, and those of exploration in a stag hunt."""
    return [*learner_cases(published_game()), *_exploration()]


def trials(game: PublicGoodsGame) -> list[Trial]:
    """Every kind of learner that is set against the deterrence threshold, with steps that suit the game's payoffs."""
    loss, low, high = _scale(game)
    small = Steps(rate=0.002 * 0.4 / loss, exponent=0)
    natural = Steps(rate=0.0005 * 0.4 / loss, exponent=0)
    cross = Steps(rate=min(1.0, 0.002 * (high - low) / 6 * 0.4 / loss), exponent=0)
    exploring = EpsilonGreedy(exploration=0.5)
    middle = high * (game.group_size - 1) / game.group_size
    remembering: dict[str, Any] = {"choice": exploring, "memory": 1, "discount_factor": 0.5}
    proxy = ProxyRegretMatching(inertia=loss, exploration=Steps(rate=0.4, exponent=0.2))
    return [
        Trial(name="q-learning-memory-one", learner=QLearning(**remembering), sees=STATES, rounds=200_000, greedy=True),
        Trial(name="sarsa-memory-one", learner=Sarsa(**remembering), sees=STATES, rounds=200_000, greedy=True),
        Trial(
            name="cross-learning",
            learner=CrossLearning(lowest=low, highest=high, steps=cross),
            sees=REWARDS_ALONE,
            rounds=100_000,
        ),
        Trial(
            name="policy-gradient",
            learner=PolicyGradient(steps=small, first_baseline=middle),
            sees=REWARDS_ALONE,
            rounds=60_000,
        ),
        Trial(
            name="natural-policy-gradient",
            learner=NaturalPolicyGradient(steps=natural, first_baseline=middle),
            sees=REWARDS_ALONE,
            rounds=60_000,
        ),
        Trial(name="actor-critic", learner=ActorCritic(steps=small), sees=REWARDS_ALONE, rounds=60_000),
        Trial(name="proxy-regret-matching", learner=proxy, sees=REWARDS_ALONE, rounds=100_000, burn_in=100_000),
        Trial(name="regret-matching", learner=RegretMatching(inertia=2 * (high - low)), sees=TOLD, rounds=20_000),
        Trial(name="external-regret-matching", learner=ExternalRegretMatching(), sees=TOLD, rounds=20_000),
        Trial(name="fictitious-play", learner=FictitiousPlay(), sees=TOLD, rounds=20_000),
    ]


def path_learners(game: PublicGoodsGame) -> list[Trial]:
    """The learners whose mean paths are known, Cross learning with a fifth of the step (its steps are large)."""
    _, low, high = _scale(game)
    found = [trial for trial in trials(game) if isinstance(trial.learner, PolicyGradient | NaturalPolicyGradient)]
    cross = next(trial for trial in trials(game) if isinstance(trial.learner, CrossLearning))
    slower = Steps(rate=cross.learner.steps.rate / 5, exponent=0)
    return [replace(cross, learner=CrossLearning(lowest=low, highest=high, steps=slower)), *found]


def _scale(game: PublicGoodsGame) -> tuple[float, float, float]:
    """What contributing costs beyond one's share, and the lowest and highest reward."""
    environment = environment_of(game)
    n, c = environment.group_size, environment.contribution_cost
    loss = abs(float(game.net_contribution_cost))
    acts = environment.severity * (environment.fine + environment.punishment_cost)
    return loss, -c - (n - 1) * acts, environment.multiplication_factor * c


def _switch(game: PublicGoodsGame, trial: Trial, threshold: float) -> Case:
    points = [threshold * (0.8 + 0.4 * k / (POINTS - 1)) for k in range(POINTS)]
    prediction = Prediction(
        id=f"switch-{trial.name}",
        statement=f"{trial.name.replace('-', ' ')} contributes more often than not from the deterrence threshold on",
        premises=f"one learner, which {trial.sees}, among N - 1 fixed contributors who punish",
        statistic="p at which the share of contributions crosses one half",
        game=game,
        value=switch_point,
        rests_on=PAYOFFS,
    )
    return Case(prediction=prediction, measure=partial(_measure_switch, game, trial, [p for p in points if p <= 1]))


def _measure_switch(
    game: PublicGoodsGame,
    trial: Trial,
    points: Sequence[float],
    *,
    seed: int,
    level: float,
    confidence: float,
    replicates: int = 96,
) -> Estimate:
    draws, seconds = [], 0.0
    for index, p in enumerate(points):
        found = run_learners(
            replace(game, punishment_probability=p),
            trial.learner,
            rounds=trial.rounds,
            burn_in=trial.burn_in,
            replicates=replicates,
            seed=point_seed(seed, index),
            actions=["C", "D"],
            co_players=["P"] * (int(game.group_size) - 1),
        )
        draws.append(found.share_of("C"))
        seconds += found.seconds
    grid = np.asarray(points)
    value, error, width = crossing(grid, np.array(draws))
    value, interval = within(grid, value, error, confidence)
    half = float(np.diff(grid).max()) / 2
    return Estimate(
        value=value,
        interval=interval,
        level=level,
        tolerance=half + (width if trial.greedy else 0.0),
        seeds=replicates * len(points),
        seed=seed,
        seconds=seconds,
        note=f"{trial.learner!r}, {trial.rounds} rounds after {trial.burn_in}, at {len(points)} probabilities",
    )


def _paths(game: PublicGoodsGame, trial: Trial, threshold: float) -> list[Case]:
    """Early and late on the way to contributing, among two fixed punishers (one in a group of two)."""
    punishers = min(2, int(game.group_size) - 1)
    p = min(1.0, 1.75 * threshold * (int(game.group_size) - 1) / punishers)
    if p * punishers <= threshold * (int(game.group_size) - 1):
        return []  # so few punishers do not deter
    here = replace(game, punishment_probability=p)
    moments = [_moment(here, trial, punishers, share) for share in (0.7, 0.85)]
    cases = []
    for name, moment in zip(("early", "late"), moments, strict=True):
        prediction = Prediction(
            id=f"path-{trial.name}-{name}",
            statement=f"{trial.name.replace('-', ' ')} follows its mean differential equation to round {moment}",
            premises=f"all but {punishers} fixed punishers learn, from one half; constant small steps",
            statistic="mean probability of contributing before that round",
            game=here,
            value=partial(_expected, trial.learner, punishers, moment),
            rests_on=("contribution_cost",),
        )
        cases.append(Case(prediction=prediction, measure=partial(_measure_path, here, trial, punishers, moment)))
    return cases


def _expected(learner: Any, punishers: int, moment: int, game: PublicGoodsGame) -> float:
    found = expected_path(game, learner, rounds=[0, moment], actions=["C", "D"], co_players=["P"] * punishers)
    return float(found[1, 0])


def _moment(game: PublicGoodsGame, trial: Trial, punishers: int, share: float) -> int:
    """The round before which the mean path reaches `share`, to three percent."""
    rounds = np.unique(np.geomspace(1, LONGEST, 600).astype(np.int64))
    people = ["P"] * punishers
    found = expected_path(game, trial.learner, rounds=rounds.tolist(), actions=["C", "D"], co_players=people)[:, 0]
    return int(rounds[min(int(np.searchsorted(found, share)), rounds.size - 1)])


def _measure_path(
    game: PublicGoodsGame,
    trial: Trial,
    punishers: int,
    moment: int,
    *,
    seed: int,
    level: float,
    confidence: float,
    replicates: int = 512,
) -> Estimate:
    found = run_learners(
        game,
        trial.learner,
        rounds=2 * moment,
        windows=2,
        replicates=replicates,
        seed=seed,
        actions=["C", "D"],
        co_players=["P"] * punishers,
    )
    assert int(found.opens[1]) == moment
    value, interval = mean_interval(found.policies[:, 1, 0], confidence)
    learners = int(game.group_size) - punishers
    return Estimate(
        value=value,
        interval=interval,
        level=level,
        tolerance=learners * trial.learner.steps.rate,
        seeds=replicates,
        seed=seed,
        seconds=found.seconds,
        note=f"{trial.learner!r}, {learners} learning, before round {moment}",
    )


def _severity(game: PublicGoodsGame) -> Case:
    environment = environment_of(game)
    share = environment.multiplication_factor * environment.contribution_cost / environment.group_size
    temperature = share / 1.6
    prediction = Prediction(
        id="awareness-severity",
        statement="the awareness model comes to the severity of the Gibbs distribution, tanh(rc / (2 N tau))",
        premises="co-players choose at random, independently; steps of the sampled gradient t^(-4/5)",
        statistic="severity of not contributing at the end, mean over members and groups",
        game=game,
        value=partial(_gibbs, temperature),
        rests_on=("contribution_cost", "multiplication_factor"),
    )
    steps = Steps(rate=3.0 / share * 0.6, exponent=0.8)
    aware = Awareness(temperature=temperature, steps=steps)
    punishment = AdaptivePunishment(awareness=aware, rule=FixedRule(), window=100)
    run = partial(
        run_groups,
        game,
        punishment=punishment,
        choice=Boltzmann(temperature=1e9 * share),
        steps=Steps(),
        rounds=100_000,
        replicates=24,
    )
    return Case(prediction=prediction, measure=partial(_measure_run, run, _last_severity, 0.002))


def _gibbs(temperature: float, game: PublicGoodsGame) -> float:
    return gibbs_severity(game, temperature)


def _last_severity(run: Any) -> Any:
    return run.severity[:, -1]


def _adaptive(game: PublicGoodsGame) -> list[Case]:
    """The rule 'integral' with decreasing steps, at two tolerated frequencies that it can reach."""
    temperature = suitable_temperature(game)
    cases = []
    for tolerated in (TOLERATED, 0.3):
        rule = IntegralRule(adaptation_step=0.2, tolerated_defection=tolerated)
        rest = integral_rest(game, rule=rule, reply=LogitReply(temperature=temperature))
        if not 0.02 < float(rest.probability) < 0.9:
            continue
        cold = float(environment_of(game).contribution_cost) / 50
        punishment = AdaptivePunishment(
            awareness=Awareness(temperature=cold), rule=rule, window=50, start=0.2, decay=0.6
        )
        prediction = Prediction(
            id=f"adaptive-probability-theta-{tolerated:g}",
            statement="the long-run punishment probability of rule 'integral' is where its mean rests",
            premises="all N choose by Boltzmann's rule with steps n^(-3/4) and punish; rule steps k^(-3/5); severity 1",
            statistic="mean probability over pairs and recorded windows",
            game=game,
            value=partial(_rest, rule, temperature),
            rests_on=PAYOFFS,
        )
        run = partial(
            run_groups,
            game,
            punishment=punishment,
            choice=Boltzmann(temperature=temperature),
            steps=Steps(rate=1.0, exponent=0.75),
            rounds=200_000,
            burn_in=200_000,
            replicates=16,
        )
        tolerance = 0.01 * float(rest.probability)
        cases.append(Case(prediction=prediction, measure=partial(_measure_run, run, _mean_probability, tolerance)))
    return cases


def _rest(rule: IntegralRule, temperature: float, game: PublicGoodsGame) -> float:
    return float(integral_rest(game, rule=rule, reply=LogitReply(temperature=temperature)).probability)


def _mean_probability(run: Any) -> Any:
    return run.recorded("probability")


def _measure_run(
    run: "partial[Any]",
    statistic: Callable[[Any], Any],
    tolerance: float,
    *,
    seed: int,
    level: float,
    confidence: float,
) -> Estimate:
    found = run(seed=seed)
    numbers = statistic(found)
    value, interval = mean_interval(numbers, confidence)
    return Estimate(
        value=value,
        interval=interval,
        level=level,
        tolerance=tolerance,
        seeds=numbers.size,
        seed=seed,
        seconds=found.seconds,
        note=", ".join(f"{key}={value!r}" for key, value in run.keywords.items()),
    )


def _exploration() -> list[Case]:
    """The stag hunt that needs all of five: separate tables, and one table at a fifth of the step."""
    game = StagHuntGame(group_size=5, threshold=5, multiplication_factor=4)
    expected = exploration_threshold(game)
    assert expected is not None
    points = [expected * (0.82 + 0.26 * k / 8) for k in range(9)]
    cases = []
    for name, one_table, step in (("separate-tables", False, 0.002), ("one-table", True, 0.0004)):
        prediction = Prediction(
            id=f"exploration-{name}",
            statement="cooperation in the stag hunt that needs all survives exploration up to 2 (1 - r^(-1/(N-1)))",
            premises=f"epsilon-greedy, {name.replace('-', ' ')}, from what cooperation earns; steps extrapolated to 0",
            statistic="exploration at which half of the groups still prefer to cooperate, at steps "
            f"{step:g} and {step / 4:g}",
            game=game,  # type: ignore[arg-type]
            value=_threshold,
            rests_on=("multiplication_factor",),
        )
        cases.append(Case(prediction=prediction, measure=partial(_measure_exploration, game, points, one_table, step)))
    return cases


def _threshold(game: Any) -> float:
    found = exploration_threshold(game)
    assert found is not None
    return found


def _measure_exploration(
    game: Any,
    points: Sequence[float],
    one_table: bool,
    step: float,
    *,
    seed: int,
    level: float,
    confidence: float,
    replicates: int = 64,
) -> Estimate:
    from time import perf_counter

    started = perf_counter()
    values, errors = [], []
    for index, rate in enumerate((step, step / 4)):
        found = exploration_survival(
            game,
            explorations=points,
            one_table=one_table,
            rounds=int(200 / (rate * (5 if one_table else 1))),
            replicates=replicates,
            seed=point_seed(seed, index),
            steps=Steps(rate=rate, exponent=0),
        )
        value, error, _ = crossing(-found.explorations[::-1], found.survivals[::-1])
        values.append(-value)
        errors.append(error)
    value = 2 * values[1] - values[0]
    half = float(np.hypot(2 * errors[1], errors[0]))
    value, interval = within(np.asarray(points), value, half, confidence)
    return Estimate(
        value=value,
        interval=interval,
        level=level,
        tolerance=abs(values[1] - values[0]) / 2,
        seeds=2 * replicates * len(points),
        seed=seed,
        seconds=perf_counter() - started,
        note=f"{'one table' if one_table else 'a table each'}; "
        f"{values[0]:.4f} at step {step:g}, {values[1]:.4f} at {step / 4:g}",
    )
