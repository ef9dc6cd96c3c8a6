"""What is run of neighboring mechanisms against which prediction.

All learners choose by Boltzmann's rule; what the theory predicts is the logit of a difference of two payoffs of the
mechanism's game. Under gifts and bystanders the difference is the same whatever the other learners do, so all learn, by
steps that forget what the others did while they were learning; under partner choice it is not, so one learns among
fixed others, by visit-count steps; among donors one learns, too.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from experiments.cases import FORGETTING, MEAN, Case
from experiments.estimates import mean_interval
from experiments.learners.choice import Boltzmann, Schedule
from experiments.neighbors.donors import expected_choices, run_donors
from experiments.neighbors.mechanisms import run_mechanism
from experiments.predictions import Estimate, Prediction, logit
from gametheory.gifts import GiftGame
from gametheory.indirect_reciprocity import (
    ACTS,
    REPUTATIONS,
    ActionRule,
    DonorGame,
    SocialNorm,
    punishing_norm,
    punishing_rule,
)
from gametheory.partner_choice import PartnerChoiceGame
from gametheory.public_goods import PublicGoodsGame
from gametheory.third_party import ThirdPartyGame

SCHEDULE: Final = Schedule(rounds=60_000, burn_in=20_000, uniform_rounds=2_000, replicates=32)
TOLERANCE: Final = 0.004


def neighbor_cases() -> list[Case]:
    """Gifts split equally and by relation, bystanders, partner choice, and two donors' choices.

    Examples
    --------
    >>> len(neighbor_cases())
    9
    """
    return [*_gifts(), *_bystanders(), *_partners(), *_donors()]


def _gifts() -> list[Case]:
    linear = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=("C", "D"))
    found = []
    for share, by_relation in (("1/10", False), ("3/10", False), ("3/10", True)):
        game = GiftGame(returns=linear, gift_share=share, strategies=("G", "E"))
        split = "by the relation of LASE" if by_relation else "equally"
        found.append(
            _logit(
                f"gifts-{float(game.gift_share):g}-{'relation' if by_relation else 'equal'}",
                game,
                ("G", "E"),
                (),
                temperature=0.3,
                rests_on=("gift_share",),
                premises=f"all five learn and pass on a share of what they got, split {split}",
                by_relation=by_relation,
            )
        )
    return found


def _bystanders() -> list[Case]:
    linear = PublicGoodsGame(group_size=6, multiplication_factor=3, strategies=("C", "D"))
    common: dict[str, Any] = {"stage": linear, "bystander_payoff": 1, "fine": 1, "punishment_cost": "3/10"}
    found = []
    for p, fee in (("1/20", 0), ("1/4", "1/10")):
        game = ThirdPartyGame(punishment_probability=p, fee=fee, **common)
        found.append(
            _logit(
                f"bystanders-p-{float(game.punishment_probability):g}",
                game,
                ("C", "D"),
                ("T", "T"),
                temperature=0.25,
                rests_on=("punishment_probability", "fine") if fee else (),
                alternatives=() if fee else (("bystanders share the pot", _shared_with_bystanders),),
                premises="four learn, two bystanders punish",
            )
        )
    return found


def _shared_with_bystanders(game: Any) -> float:
    """A wrong theory: a contribution comes back as r/N of it, N counting bystanders."""
    gain = 2 * (game.punishment_probability * game.fine - game.fee) - (1 - game.stage.multiplication_factor / 6)
    return logit(float(gain), 0.25)


def _partners() -> list[Case]:
    game = PartnerChoiceGame(
        group_size=10, benefit=4, contribution_cost=1, selectivity="4/5", fine=1, punishment_cost="1/2"
    )
    found = []
    for others in (("C",) * 2 + ("D",) * 7, ("C",) * 4 + ("P",) * 2 + ("D",) * 3):
        found.append(
            _logit(
                f"partner-choice-{sum(o != 'D' for o in others)}-of-9",
                game,
                ("C", "D"),
                others,
                temperature=1.0,
                rests_on=("benefit", "contribution_cost"),
                premises="one learner among fixed others, " + ", ".join(f"{others.count(k)} {k}" for k in "CDP"),
            )
        )
    return found


def _logit(
    name: str,
    game: Any,
    actions: tuple[str, str],
    co_players: Sequence[str],
    *,
    temperature: float,
    rests_on: tuple[str, ...],
    premises: str,
    alternatives: tuple[Any, ...] = (),
    by_relation: bool = False,
) -> Case:
    together = int(game.group_size) - len(co_players) > 1
    prediction = Prediction(
        id=name,
        statement=f"the share of {actions[0]} is the logit of the difference in payoff",
        premises=f"Boltzmann's rule, steps {'n^(-3/4)' if together else '1/n'}; {premises}",
        statistic=f"share of {actions[0]} in the recorded rounds, mean over learners and groups",
        game=game,
        value=partial(_expected_share, actions, tuple(co_players), temperature),
        rests_on=rests_on,
        alternatives=alternatives,
    )
    run = partial(
        run_mechanism,
        game,
        actions=actions,
        co_players=co_players,
        choice=Boltzmann(temperature=temperature),
        steps=FORGETTING if together else MEAN,
        schedule=SCHEDULE,
        by_relation=by_relation,
    )
    return Case(prediction=prediction, measure=partial(_measure, run))


def _expected_share(actions: tuple[str, str], co_players: tuple[str, ...], temperature: float, game: Any) -> float:
    """The logit where the other learners all play the second action; the difference must not depend on that."""
    names = list(game.strategies)
    learners = int(game.group_size) - len(co_players)
    counts = [co_players.count(name) for name in names]
    counts[names.index(actions[1])] += learners - 1
    return logit(float(game.payoff(actions[0], counts) - game.payoff(actions[1], counts)), temperature)


def _measure(run: "partial[Any]", *, seed: int, level: float, confidence: float) -> Estimate:
    found = run(seed=seed)
    value, interval = mean_interval(found.shares.mean(axis=1), confidence)
    return _estimate(value, interval, level, seed, found.seconds, found.shares.shape[0], run)


def _donors() -> list[Case]:
    game = DonorGame(benefit=3, contribution_cost=1, fine=2, punishment_cost=1, assessment_error="1/5")
    plain = ActionRule(to_good="C", to_bad="D"), SocialNorm(good_to_good=frozenset("C"), good_to_bad=frozenset("D"))
    return [
        _donor("punishers", game, punishing_rule(), punishing_norm(), "B", "P", 2.0, ("fine", "benefit")),
        _donor("defectors", game, *plain, "G", "C", 1.0, ("contribution_cost", "benefit")),
    ]


def _donor(
    name: str,
    game: DonorGame,
    rule: ActionRule,
    norm: SocialNorm,
    reputation: str,
    act: str,
    temperature: float,
    rests_on: tuple[str, ...],
) -> Case:
    towards = {"G": "good", "B": "bad"}[reputation]
    prediction = Prediction(
        id=f"donor-among-{name}",
        statement=f"a donor among {name} does {act} to {towards} recipients as often as the logit of the margins says",
        premises="one learner, Boltzmann's rule, visit-count steps, credited with its act and the next encounter",
        statistic=f"share of {act} towards {towards} recipients, mean over populations",
        game=game,  # type: ignore[arg-type]
        value=partial(_expected_choice, rule, norm, temperature, reputation, act),
        rests_on=rests_on,
    )
    run = partial(
        run_donors,
        game,
        rule,
        norm,
        players=20,
        choice=Boltzmann(temperature=temperature),
        steps=MEAN,
        schedule=Schedule(rounds=60_000, burn_in=10_000, uniform_rounds=5_000, replicates=32),
    )
    place = REPUTATIONS.index(reputation), ACTS.index(act)
    return Case(prediction=prediction, measure=partial(_measure_choice, run, place))


def _expected_choice(
    rule: ActionRule, norm: SocialNorm, temperature: float, reputation: str, act: str, game: Any
) -> float:
    return expected_choices(game, rule, norm, temperature)[reputation][ACTS.index(act)]


def _measure_choice(
    run: "partial[Any]", place: tuple[int, int], *, seed: int, level: float, confidence: float
) -> Estimate:
    found = run(seed=seed)
    shares = found.choices[:, place[0], place[1]]
    value, interval = mean_interval(shares, confidence)
    return _estimate(value, interval, level, seed, found.seconds, shares.size, run)


def _estimate(
    value: float,
    interval: tuple[float, float],
    level: float,
    seed: int,
    seconds: float,
    seeds: int,
    run: "partial[Any]",
) -> Estimate:
    return Estimate(
        value=value,
        interval=interval,
        level=level,
        tolerance=TOLERANCE,
        seeds=seeds,
        seed=seed,
        seconds=seconds,
        note=", ".join(f"{key}={value!r}" for key, value in run.keywords.items()),
    )
