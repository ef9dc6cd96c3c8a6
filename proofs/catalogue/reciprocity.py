"""Reciprocity, zero-determinant strategies and short punishments: model.md 4.

A memory-one player's own contributions are stationary: its share of contributing is what it contributes after each
outcome, weighted by the outcome's share (Akin 2016). Whatever the co-players do, this one equation fixes a line.
"""

from typing import Any, Final

import sympy as sp

from gametheory.games import Game, game_from_payoffs
from gametheory.repeated import (
    deviation_gains,
    memory_one_process,
    stick_and_carrot_process,
    win_stay_lose_shift,
)
from proofs.catalogue.symbols import symbolic_game, theorem
from proofs.claims import Claim

OUTCOMES: Final = ("CC", "CD", "DC", "DD")
SHARES: Final = tuple(f"v_{outcome}" for outcome in OUTCOMES)
PRESS: Final = "Press & Dyson (2012)"


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_two_players(), *_three_players(), *_forgiving())


def _mean(game: Game, *, focal: bool) -> str:
    """The mean payoff of the focal player, or of the other, over the outcomes of two players."""
    rows = {"C": (1, 0), "D": (0, 1)}
    terms = []
    for outcome, share in zip(OUTCOMES, SHARES, strict=True):
        first, second = outcome[0], outcome[1]
        own, other = (first, second) if focal else (second, first)
        terms.append(f"{share}*({game.payoff(own, rows[other])})")
    return " + ".join(terms)


def _distribution() -> list[str]:
    return [*(f"{share} >= 0" for share in SHARES), f"{' + '.join(SHARES)} == 1"]


def _stationary(chances: tuple[str, ...]) -> str:
    terms = " + ".join(f"{share}*({chance})" for share, chance in zip(SHARES, chances, strict=True))
    return f"v_CC + v_CD == {terms}"


def _two_players() -> tuple[Claim, ...]:
    donation = symbolic_game(group_size=2, fine=0, strategies=("C", "D"))
    R, S, T, P = (f"({donation.payoff(own, row)})" for own in "CD" for row in ((1, 0), (0, 1)))
    enforced = (
        f"1 - phi*(1 - slope)*({R} - base)",
        f"1 - phi*(slope*(base - {S}) + {T} - base)",
        f"phi*(base - {S} + slope*({T} - base))",
        f"phi*(1 - slope)*(base - {P})",
    )
    classic = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])
    means = {"mine": _mean(donation, focal=True), "yours": _mean(donation, focal=False)}
    axelrod = {"mine": _mean(classic, focal=True), "yours": _mean(classic, focal=False)}
    names = " ".join(SHARES)
    common: dict[str, Any] = {"source": PRESS}
    return (
        *theorem(
            "zero-determinant-line",
            "Two players: a zero-determinant strategy with slope and baseline keeps the co-player's mean payoff on the "
            "line slope (mine - base) = yours - base, whatever that one does.",
            **common,
            variables=f"r c phi slope base {names}",
            definitions=means,
            assumptions=["phi != 0", *_distribution(), _stationary(enforced)],
            conclusion="slope*(mine - base) == yours - base",
            drop=["phi != 0"],
            wrong_statement="without phi the strategy always repeats itself.",
        ),
        *theorem(
            "extortion",
            "With payoffs (3, 0, 5, 1) the strategy (8/9, 1/2, 1/3, 0) gets twice the co-player's surplus over 1.",
            **common,
            variables=names,
            definitions=axelrod,
            assumptions=[*_distribution(), _stationary(("8/9", "1/2", "1/3", "0"))],
            conclusion="mine - 1 == 2*(yours - 1)",
            wrong="mine - 1 == 3*(yours - 1)",
            wrong_statement="that is the strategy (11/13, 1/2, 7/26, 0).",
        ),
        *theorem(
            "extortion-never-loses",
            "Against (8/9, 1/2, 1/3, 0) nobody earns more than the extortioner, who gets at most 3.5.",
            **common,
            variables=names,
            definitions=axelrod,
            assumptions=[*_distribution(), _stationary(("8/9", "1/2", "1/3", "0"))],
            conclusion="mine >= yours and mine <= 7/2",
            wrong="mine > yours",
            wrong_statement="against constant defection both get 1.",
        ),
        *theorem(
            "generous-strategy",
            "With payoffs (3, 0, 5, 1) the strategy (1, 9/16, 1/2, 1/8) bears twice the co-player's loss from 3.",
            source="Hilbe, Traulsen, Sigmund (2015)",
            variables=names,
            definitions=axelrod,
            assumptions=[*_distribution(), _stationary(("1", "9/16", "1/2", "1/8"))],
            conclusion="mine - 3 == 2*(yours - 3)",
            wrong="mine - 3 == yours - 3",
            wrong_statement="that is tit-for-tat.",
        ),
        *theorem(
            "tit-for-tat-is-fair",
            "Two players: tit-for-tat's long-run payoff is its co-player's, whatever that one does.",
            source="Axelrod (1984); Press & Dyson (2012)",
            variables=f"r c {names}",
            definitions=means,
            assumptions=[*_distribution(), _stationary(("1", "0", "1", "0"))],
            conclusion="mine == yours",
            wrong="mine >= 0",
            wrong_statement="for r < 1 both may lose by contributing.",
        ),
    )


def _three_players() -> tuple[Claim, ...]:
    game = symbolic_game(group_size=3, fine=0, strategies=("C", "D"))
    states = [(own, j) for own in "CD" for j in (2, 1, 0)]
    share = {state: f"v_{state[0]}{state[1]}" for state in states}
    mine, theirs = [], []
    for own, j in states:
        seen = j - 1 + (own == "C"), j + (own == "C")  # contributors that a contributing, a defecting other meets
        total = sp.Integer(0)
        if j > 0:
            total += sp.Rational(j, 2) * game.payoff("C", (seen[0], 2 - seen[0]))
        if j < 2:
            total += sp.Rational(2 - j, 2) * game.payoff("D", (seen[1], 2 - seen[1]))
        mine.append(f"{share[own, j]}*({game.payoff(own, (j, 2 - j))})")
        theirs.append(f"{share[own, j]}*({total})")
    contributing = " + ".join(share["C", j] for j in (2, 1, 0))
    copied = " + ".join(f"{share[state]}*{sp.Rational(state[1], 2)}" for state in states)
    names = list(share.values())
    return (
        *theorem(
            "proportional-tit-for-tat",
            "Three players: contributing with a chance equal to the others' share of contributions keeps one's "
            "long-run "
            "payoff equal to their mean, whatever they do.",
            source="Hilbe, Wu, Traulsen, Nowak (2014)",
            variables=f"r c {' '.join(names)}",
            definitions={"mine": " + ".join(mine), "theirs": " + ".join(theirs)},
            assumptions=[
                *(f"{name} >= 0" for name in names),
                f"{' + '.join(names)} == 1",
                f"{contributing} == {copied}",
            ],
            conclusion="mine == theirs",
            drop=[f"{contributing} == {copied}"],
            wrong_statement="others than proportional tit-for-tat may be exploited.",
        ),
    )


def _forgiving() -> tuple[Claim, ...]:
    """Punishments that end: all one-shot deviations of an automaton, its gains formulas."""
    game = symbolic_game(group_size=5, fine=0, punishment_probability=1, severity=1, strategies=("C", "D"))
    omega = sp.Symbol("omega", real=True)

    def gains(process: Any) -> dict[str, Any]:
        found = {deviation.gain for deviation in deviation_gains(process, discount_factor=omega)}
        return {f"gain_{i}": gain for i, gain in enumerate(sorted(found, key=str))}

    common: dict[str, Any] = {"variables": "r c omega", "assumptions": ["1 < r", "r < 5"]}
    least = "(5 - r)/(5*(r - 1))"
    after_all = gains(memory_one_process(game, win_stay_lose_shift(5)))
    one, two = (gains(stick_and_carrot_process(game, rounds=k)) for k in (1, 2))

    def none_pays(found: dict[str, Any]) -> str:
        return " and ".join(f"{name} <= 0" for name in found)

    return (
        *theorem(
            "all-or-none",
            "Five players: contributing after rounds in which all or none did is subgame perfect iff "
            "omega >= (5 - r)/(5 (r - 1)).",
            source="Hilbe, Martinez-Vaquero, Chatterjee, Nowak (2017); model.md 4",
            definitions=after_all,
            conclusion=f"iff({none_pays(after_all)}, omega >= {least})",
            wrong=f"iff({none_pays(after_all)}, omega >= (5 - r)/(4*r))",
            wrong_statement="that is the grim trigger's threshold, whose punishment never ends.",
            **common,
        ),
        *theorem(
            "one-round-of-punishment",
            "Five players: one round without contributions after any deviation is subgame perfect iff "
            "omega >= (5 - r)/(5 (r - 1)).",
            source="Abreu (1988), recomputed; model.md 4",
            definitions=one,
            conclusion=f"iff({none_pays(one)}, omega >= {least})",
            wrong=f"iff({none_pays(one)}, omega > {least})",
            wrong_statement="at the threshold nobody gains.",
            **common,
        ),
        *theorem(
            "two-rounds-of-punishment",
            "Five players: two rounds without contributions are subgame perfect iff "
            "omega + omega^2 >= (5 - r)/(5 (r - 1)).",
            source="Abreu (1988), recomputed; model.md 4",
            definitions=two,
            conclusion=f"iff({none_pays(two)}, omega + omega**2 >= {least})",
            wrong=f"iff({none_pays(two)}, omega >= {least})",
            wrong_statement="a longer punishment needs less patience.",
            **common,
        ),
    )
