"""Thresholds, stag hunts, snowdrifts, synergy and loners: gains of contributing at shares of an infinite population.

Each gain is the difference of two mean payoffs, summed over all compositions of the co-players. Under a quantifier or
in `count_roots` it is written out, because a definition may not use a bound name.
"""

from itertools import pairwise
from typing import Any, Final

import sympy as sp

from gametheory.games import Game, game_from_payoffs
from gametheory.optional import OptionalGame
from gametheory.public_goods import PublicGoodsGame
from gametheory.returns import ReturnsGame, SynergyGame
from gametheory.threshold_games import CollectiveRiskGame, SnowdriftGame, StagHuntGame, ThresholdGame
from proofs.catalogue.symbols import c, r, sampled_payoff, theorem
from proofs.claims import Claim

x, y, z, b, w, rho, sigma = sp.symbols("x y z b w rho sigma", real=True)
INSIDE: Final = ("0 < x", "x < 1")
SIMPLEX: Final = ("x >= 0", "y >= 0", "z >= 0", "x + y + z == 1")


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_collective_risk(), *_stag_hunt(), *_snowdrift(), *_synergy(), *_gains(), *_loners(), *_punishers())


def _gain(game: Game, share: sp.Expr = x) -> sp.Expr:
    """What contributing earns more than defecting where `share` contribute."""
    shares = (share, 1 - share)
    return sampled_payoff(game, "C", shares) - sampled_payoff(game, "D", shares)


def _roots(game: Game, low: str = "0", high: str = "1") -> str:
    """How many interior rest points lie between two shares."""
    return f"count_roots({_gain(game)}, x, {low}, {high})"


def _somewhere(game: Game, sign: str) -> str:
    """That the gain has a sign at some share inside."""
    return f"exists(x, 0 < x and x < 1 and {_gain(game)} {sign})"


def _collective_risk() -> tuple[Claim, ...]:
    game = CollectiveRiskGame(group_size=6, threshold=3, risk=rho, contribution=c)
    published = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution="1/10")
    mild = CollectiveRiskGame(group_size=6, threshold=3, risk="1/4", contribution="1/10")
    common: dict[str, Any] = {"source": "Santos & Pacheco (2011)"}
    domain = ["0 <= rho", "rho <= 1", "c <= 1"]
    return (
        *theorem(
            "collective-risk-gain",
            "Six players, threshold three: contributing gains 10 x^2 (1-x)^3 risk - c.",
            **common,
            variables="c rho x",
            definitions={"gain": _gain(game)},
            assumptions=domain,
            conclusion="gain == 10*x**2*(1 - x)**3*rho - c",
            wrong="gain == 10*x**3*(1 - x)**2*rho - c",
            wrong_statement="one is pivotal among two contributors, not three.",
        ),
        *theorem(
            "collective-risk-two-points",
            "Six players, threshold three, cost 1/10: two interior rest points at risk 1, none at risk 1/4.",
            **common,
            variables="",
            definitions={},
            conclusion=f"{_roots(published)} == 2 and {_roots(mild)} == 0",
            wrong=f"{_roots(published)} == 1",
            wrong_statement="with one root only, nobody would ever stop contributing.",
        ),
        *theorem(
            "collective-risk-critical",
            "Six players, threshold three: contributing gains at some share iff c < 0.3456 risk.",
            **common,
            variables="c rho",
            definitions={},
            assumptions=domain,
            conclusion=f"iff({_somewhere(game, '> 0')}, c < 0.3456*rho)",
            wrong=f"iff({_somewhere(game, '> 0')}, c <= 0.3456*rho)",
            wrong_statement="at the critical risk the gain only touches zero.",
        ),
    )


def _stag_hunt() -> tuple[Claim, ...]:
    game = StagHuntGame(group_size=5, threshold=3, multiplication_factor=r)
    common: dict[str, Any] = {"source": "Pacheco, Santos, Souza, Skyrms (2009)"}
    gain = {"gain": _gain(game)}
    return (
        *theorem(
            "stag-hunt-too-little",
            "Five players, threshold three: for r <= 3.3 contributing loses at every share (the critical r is 3.3069).",
            **common,
            variables="r x",
            definitions=gain,
            assumptions=["r <= 3.3", *INSIDE],
            conclusion="gain < 0",
            drop=["r <= 3.3"],
            wrong_statement="a larger r makes it pay.",
        ),
        *theorem(
            "stag-hunt-enough",
            "Five players, threshold three: for r >= 3.31 contributing gains at some share.",
            **common,
            variables="r",
            definitions={},
            assumptions=["r >= 3.31"],
            conclusion=_somewhere(game, "> 0"),
            drop=["r >= 3.31"],
            wrong_statement="a small r never makes it pay.",
        ),
        *theorem(
            "stag-hunt-many",
            "Five players, threshold three, r > 5: nobody contributing and all contributing are both strict "
            "equilibria.",
            **common,
            variables="r x",
            definitions=gain,
            assumptions=["r > 5"],
            conclusion="implies(x == 0, gain < 0) and implies(x == 1, gain > 0)",
            drop=["r > 5"],
            wrong_statement="for r < 5 defecting pays among contributors.",
        ),
    )


def _snowdrift() -> tuple[Claim, ...]:
    game = SnowdriftGame(group_size=3, benefit=b, contribution_cost=c)
    volunteers = ThresholdGame(group_size=4, threshold=1, benefit=b, contribution_cost=c)
    later = sp.Symbol("x_2", real=True)
    source = "Souza, Pacheco, Santos (2009)"
    return (
        *theorem(
            "snowdrift-unique",
            "Three players, any one suffices: contributors and defectors earn the same at no more than one share.",
            source=source,
            variables="c b x x_2",
            definitions={"gain": _gain(game), "gain_2": _gain(game, later)},
            assumptions=["b > c", *INSIDE, "0 < x_2", "x_2 < 1", "gain == 0", "gain_2 == 0"],
            conclusion="x == x_2",
            drop=["x_2 < 1"],
            wrong_statement="the second root lies beyond 1, where there are no populations.",
        ),
        *theorem(
            "snowdrift-coexistence",
            "Three players, any one suffices: contributors and defectors coexist at some share iff b > c.",
            source=source,
            variables="c b",
            definitions={},
            assumptions=["b > 0"],
            conclusion=f"iff({_somewhere(game, '== 0')}, b > c)",
            wrong=f"iff({_somewhere(game, '== 0')}, b >= c)",
            wrong_statement="at b = c the gain vanishes only where nobody contributes.",
        ),
        *theorem(
            "volunteers",
            "Four players, any one suffices for all: contributing gains b (1-x)^3 - c.",
            source="Palfrey & Rosenthal (1984); Diekmann (1985)",
            variables="c b x",
            definitions={"gain": _gain(volunteers)},
            assumptions=["b > 0"],
            conclusion="gain == b*(1 - x)**3 - c",
            wrong="gain == b*(1 - x)**4 - c",
            wrong_statement="there are three others, not four.",
        ),
    )


def _synergy() -> tuple[Claim, ...]:
    game = SynergyGame(group_size=5, benefit=b, synergy=w, contribution_cost=c)
    published = SynergyGame(group_size=5, benefit=8, synergy="1/2")
    common: dict[str, Any] = {"source": "Hauert, Michor, Nowak, Doebeli (2006)"}
    return (
        *theorem(
            "synergy-gain",
            "Five players, each further contribution worth w times the last: contributing gains b/5 (1-x+w x)^4 - c.",
            **common,
            variables="c b w x",
            definitions={"gain": _gain(game)},
            conclusion="gain == b/5*(1 - x + w*x)**4 - c",
            wrong="gain == b/5*(1 - x + w*x)**5 - c",
            wrong_statement="there are four co-players.",
        ),
        *theorem(
            "discounted-coexistence",
            "Five players, b = 8, w = 1/2, c = 1: exactly one interior rest point, between 0.2217 and 0.2218.",
            **common,
            variables="",
            definitions={},
            conclusion=f"{_roots(published)} == 1 and {_roots(published, '0.2217', '0.2218')} == 1",
            wrong=f"{_roots(published)} == 4",
            wrong_statement="only one root of degree four lies inside.",
        ),
        *theorem(
            "discounting-falls",
            "Five players, w < 1, b > 0: contributing gains the less, the more contribute.",
            **common,
            variables="c b w x x_2",
            definitions={"gain": _gain(game), "gain_2": _gain(game, sp.Symbol("x_2", real=True))},
            assumptions=["b > 0", "0 <= w", "w < 1", "0 <= x", "x < x_2", "x_2 <= 1"],
            conclusion="gain > gain_2",
            drop=["w < 1"],
            wrong_statement="with w > 1 contributions reinforce each other.",
        ),
    )


def _gains() -> tuple[Claim, ...]:
    benefits = sp.symbols("B_0 B_1 B_2 B_3 B_4", real=True)
    game = ReturnsGame(benefits=list(benefits), contribution_cost=c)
    rises = [f"B_{j + 1} - B_{j}" for j in range(4)]
    cubic = game_from_payoffs([["-3/32", "13/96", "-13/96", "3/32"][::-1], [0, 0, 0, 0]], ["C", "D"], group_size=4)
    names = "B_0 B_1 B_2 B_3 B_4"
    return (
        *theorem(
            "rising-returns-suffice",
            "Four players: where every further contribution is worth more than its cost, contributing gains at every "
            "share.",
            source="Peña, Lehmann, Nöldeke (2014)",
            variables=f"c {names} x",
            definitions={"gain": _gain(game)},
            assumptions=["0 <= x", "x <= 1", *(f"{rise} > c" for rise in rises)],
            conclusion="gain > 0",
            drop=[f"{rises[2]} > c"],
            wrong_statement="one unprofitable step is enough to lose somewhere.",
        ),
        *theorem(
            "concave-returns",
            "Four players: where each further contribution is worth no more than the last, the gain falls with the "
            "share.",
            source="Peña, Lehmann, Nöldeke (2014)",
            variables=f"c {names} x x_2",
            definitions={"gain": _gain(game), "gain_2": _gain(game, sp.Symbol("x_2", real=True))},
            assumptions=[
                *("0 <= x", "x <= x_2", "x_2 <= 1"),
                *(f"{after} <= {before}" for before, after in pairwise(rises)),
            ],
            conclusion="gain >= gain_2",
            drop=[f"{rises[2]} <= {rises[1]}"],
            wrong_statement="a convex step lets it rise.",
        ),
        *theorem(
            "three-interior-points",
            "Four players with gains 3/32 (-1, 13/9, -13/9, 1): exactly three interior rest points, 1/4, 1/2 and 3/4.",
            source="Gokhale & Traulsen (2010)",
            variables="z",
            definitions={"gain": _gain(cubic, z)},
            conclusion=f"{_roots(cubic)} == 3 and iff(gain == 0, z == 1/4 or z == 1/2 or z == 3/4)",
            wrong=f"{_roots(cubic)} == 2",
            wrong_statement="the bound d - 1 = 3 is reached.",
        ),
    )


def _loners() -> tuple[Claim, ...]:
    linear = {n: PublicGoodsGame(group_size=n, multiplication_factor=r, strategies=("C", "D")) for n in (3, 5)}
    games = {n: OptionalGame(stage=stage, loner_payoff=sigma) for n, stage in linear.items()}
    gaps = {}
    for n, game in games.items():
        shares = (1 - y - z, y, z)
        gaps[n] = sp.expand(sampled_payoff(game, "D", shares) - sampled_payoff(game, "C", shares))
    published = sp.expand(gaps[5].subs(r, 3))
    pure = {f"{s}_among_{t}": games[5].payoff(s, tuple(4 * (u == t) for u in "CDL")) for s in "CDL" for t in "CDL"}
    source = "Hauert, De Monte, Hofbauer, Sigmund (2002)"
    return (
        *theorem(
            "loners-free-the-rest",
            "Three players, loners allowed: f_D - f_C = 1 + (r-1) z^2 - (r/3)(1 + z + z^2), whatever else.",
            source=source,
            variables="r sigma y z",
            definitions={"gap": gaps[3]},
            conclusion="gap == 1 + (r - 1)*z**2 - r/3*(1 + z + z**2)",
            wrong="gap == 1 + (r - 1)*z - r/3*(1 + z + z**2)",
            wrong_statement="two others have to stay out.",
        ),
        *theorem(
            "no-mixed-point-for-small-returns",
            "Five players, r <= 2: defectors earn more than contributors at every share of loners below 1.",
            source=source,
            variables="r sigma y z",
            definitions={"gap": gaps[5]},
            assumptions=["r <= 2", "0 <= z", "z < 1"],
            conclusion="gap > 0",
            drop=["r <= 2"],
            wrong_statement="for 2 < r < 5 there is a point where they earn the same.",
        ),
        *theorem(
            "mixed-point-of-the-published-game",
            "Five players, r = 3: contributors and defectors earn the same at exactly one share of loners, "
            "between 0.4613397 and 0.4613398.",
            source=source,
            variables="",
            definitions={},
            conclusion=f"count_roots({published}, z, 0, 1) == 1 and count_roots({published}, z, 0.4613397, 0.4613398) "
            f"== 1",
            wrong=f"count_roots({published}, z, 0, 1) == 2",
            wrong_statement="z = 1 itself does not count.",
        ),
        *theorem(
            "rock-scissors-paper",
            "Five players, 1 < r < 5, 0 < sigma < r - 1: defectors do better among contributors, loners among "
            "defectors, and contributors together better than loners.",
            source=source,
            variables="r sigma",
            definitions=pure,
            assumptions=["1 < r", "r < 5", "0 < sigma", "sigma < r - 1"],
            conclusion="D_among_C > C_among_C and L_among_D > D_among_D and C_among_C > L_among_C "
            "and C_among_L == L_among_L",
            drop=["sigma < r - 1"],
            wrong_statement="loners who get enough stay out.",
        ),
    )


def _punishers() -> tuple[Claim, ...]:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    shares = (sp.Integer(0), 1 - z, z)
    means = {f"f_{s}": sampled_payoff(game, s, shares) for s in ("D", "P")}
    return (
        *theorem(
            "punishers-among-defectors-example",
            "N = 5, r = 3, c = 1, fine 1, cost 0.3, summed over all groups: among defectors and punishers, punishers "
            "earn more iff they are more than 4 in 13.",
            source="model.md 2.7; recomputed",
            variables="z",
            definitions=means,
            assumptions=["0 <= z", "z <= 1"],
            conclusion="iff(f_P > f_D, z > 4/13)",
            wrong="iff(f_P > f_D, z > 1/10)",
            wrong_statement="1/10 is the threshold against contributors' invasion, not among defectors.",
        ),
    )
