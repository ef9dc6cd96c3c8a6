"""Frequency dependence: model.md 2.7, payoffs of C, D and P in an infinite well-mixed population."""

from dataclasses import replace
from typing import Any

import sympy as sp

from gametheory.public_goods import PublicGoodsGame
from proofs.catalogue.symbols import LOSS, N, e, h, sampled_payoff, symbolic_game, theorem
from proofs.claims import Claim

SIMPLEX = ("x >= 0", "y >= 0", "z >= 0", "x + y + z == 1")
SOURCE = "model.md 2.7"
x, y, z = sp.symbols("x y z", real=True)


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_advantages(), *_edges(), *_degenerate())


def _mean_payoffs(game: PublicGoodsGame, shares: tuple[sp.Expr, ...] = (x, y, z)) -> dict[str, sp.Expr]:
    """f_C, f_D, f_P: payoffs are affine in the counts, so their mean is the payoff at the mean counts."""
    counts = tuple((N - 1) * share for share in shares)
    return {f"f_{strategy}": game.payoff(strategy, counts) for strategy in game.strategies}


def _advantages() -> tuple[Claim, ...]:
    noisy = symbolic_game(detection_rate=h, false_alarm_rate=e)
    four = replace(noisy, group_size=4)
    sampled = {strategy: sampled_payoff(four, strategy, (x, y, 1 - x - y)) for strategy in four.strategies}
    at_means = {s: four.payoff(s, (3 * x, 3 * y, 3 * (1 - x - y))) for s in four.strategies}
    equal = " and ".join(f"sampled_{s} == at_means_{s}" for s in four.strategies)
    return (
        *theorem(
            "payoff-advantages",
            "f_D - f_C = L - b fine (h-e) z and f_C - f_P = b gamma (h y + e (1-y)), b = (N-1) p s.",
            source=SOURCE,
            variables="N r c p s h e fine gamma x y z",
            definitions={**_mean_payoffs(noisy), "b": "(N - 1)*p*s"},
            assumptions=["x + y + z == 1"],
            conclusion=f"f_D - f_C == {LOSS} - b*fine*(h - e)*z and f_C - f_P == b*gamma*(h*y + e*(1 - y))",
            wrong=f"f_D - f_C == {LOSS} - b*fine*(h - e)*z and f_C - f_P == b*gamma*h*y",
            wrong_statement="punishing contributors by mistake costs too.",
        ),
        *theorem(
            "sampling-is-affine",
            "N = 4: the mean payoff over groups drawn at random is the payoff at the mean counts.",
            source=SOURCE,
            variables="r c p s h e fine gamma x y",
            definitions={
                **{f"sampled_{s}": value for s, value in sampled.items()},
                **{f"at_means_{s}": value for s, value in at_means.items()},
            },
            conclusion=equal,
            wrong="sampled_C == at_means_D",
            wrong_statement="contributors and defectors do not earn the same.",
        ),
    )


def _edges() -> tuple[Claim, ...]:
    game = symbolic_game()
    means = {**_mean_payoffs(game), "b": "(N - 1)*p*s"}
    star = f"{LOSS}/(b*fine)"
    ring = f"({LOSS} + b*gamma)/(b*(fine + gamma))"
    variables = "N r c p s fine gamma x y z"
    live: dict[str, Any] = {"without": ["0 <= p", "fine >= 0"], "source": SOURCE, "variables": variables}
    return (
        *theorem(
            "invasion-threshold",
            "Perfect detection, no defectors: contributors and punishers earn the same, and defectors less iff z > z*.",
            **live,
            definitions=means,
            assumptions=["p > 0", "fine > 0", *SIMPLEX, "y == 0"],
            conclusion=f"f_C == f_P and iff(f_D < f_C, z > {star})",
            wrong=f"iff(f_D < f_C, z >= {star})",
            wrong_statement="at z* defectors earn the same.",
        ),
        *theorem(
            "neutral-edge-unravels",
            "Where punishers are less than z* of those who contribute, defectors earn more than contributors and these "
            "at least as much as punishers: so z* itself is unstable.",
            **live,
            definitions={**means, "star": star},
            assumptions=["p > 0", "fine > 0", *SIMPLEX, "y < 1", "z < star*(1 - y)"],
            conclusion="f_D > f_C and f_C >= f_P",
            wrong="f_D > f_C and f_C > f_P",
            wrong_statement="without defectors or cost, punishers lose nothing.",
        ),
        *theorem(
            "defector-punisher-edge",
            "Without contributors, punishers earn more than defectors iff z > z°; z° lies inside iff b fine > L and "
            "L + b gamma > 0.",
            source=SOURCE,
            variables=variables,
            without=["0 <= p"],
            definitions={**means, "ring": ring},
            assumptions=["p > 0", "fine + gamma > 0", *SIMPLEX, "x == 0"],
            conclusion="iff(f_P > f_D, z > ring) and "
            f"iff(0 < ring and ring < 1, b*fine > {LOSS} and {LOSS} + b*gamma > 0)",
            wrong=f"iff(f_P > f_D, z > {LOSS}/(b*(fine + gamma)))",
            wrong_statement="the cost of punishing is forgotten.",
        ),
        *theorem(
            "defector-punisher-point-repels",
            "At z° contributors do better by b gamma (1 - z°) > 0: the point repels into the interior too.",
            source=SOURCE,
            variables=variables,
            without=["0 <= p", "gamma >= 0", "fine >= 0"],
            definitions={**means, "ring": ring},
            assumptions=[
                "p > 0",
                "gamma > 0",
                "fine > 0",
                *SIMPLEX,
                "x == 0",
                "z == ring",
                f"b*fine > {LOSS}",
            ],
            conclusion="f_D == f_P and f_C - f_P == b*gamma*(1 - ring) and f_C > f_P",
            wrong="f_C - f_P == b*gamma*ring",
            wrong_statement="punishing costs b gamma y, and y is 1 - z°.",
        ),
    )


def _degenerate() -> tuple[Claim, ...]:
    means = _mean_payoffs(symbolic_game())
    free = _mean_payoffs(symbolic_game(punishment_cost=0))
    idle = _mean_payoffs(symbolic_game(punishment_probability=0))
    noisy = _mean_payoffs(symbolic_game(detection_rate=h, false_alarm_rate=e))
    return (
        *theorem(
            "no-interior-rest-point",
            "With p, gamma > 0 contributors earn more than punishers wherever there are defectors: no interior point "
            "rests.",
            source=SOURCE,
            variables="N r c p s fine gamma x y z",
            without=["0 <= p", "gamma >= 0"],
            definitions=means,
            assumptions=["p > 0", "gamma > 0", *SIMPLEX, "y > 0"],
            conclusion="f_C > f_P",
            drop=["gamma > 0"],
            wrong_statement="at no cost (or a negative one) punishers do not earn less.",
        ),
        *theorem(
            "costless-punishers",
            "At gamma = 0 contributors and punishers earn the same everywhere, and all three on the segment z = z*.",
            source=SOURCE,
            variables="N r c p s fine x y z",
            without=["0 <= p", "fine >= 0"],
            definitions={**free, "b": "(N - 1)*p*s"},
            assumptions=["p > 0", "fine > 0", *SIMPLEX],
            conclusion=f"f_C == f_P and iff(f_D == f_C, z == {LOSS}/(b*fine))",
            wrong=f"iff(f_D == f_C, z*(1 - y) == {LOSS}/(b*fine))",
            wrong_statement="z is the share among all, not among those who contribute.",
        ),
        *theorem(
            "idle-punishers",
            "At p = 0 contributors and punishers are the same.",
            source=SOURCE,
            variables="N r c s fine gamma x y z",
            definitions=idle,
            assumptions=SIMPLEX,
            conclusion="f_C == f_P",
            wrong="f_C == f_D",
            wrong_statement="defectors are not the same.",
        ),
        *theorem(
            "false-alarms-end-the-continuum",
            "With e > 0 and p, gamma > 0 contributors earn more than punishers wherever anybody contributes.",
            source=SOURCE,
            variables="N r c p s h e fine gamma x y z",
            without=["0 <= p", "gamma >= 0", "0 <= e"],
            definitions=noisy,
            assumptions=["p > 0", "gamma > 0", "e > 0", *SIMPLEX, "y < 1"],
            conclusion="f_C > f_P",
            drop=["e > 0"],
            wrong_statement="without false alarms the edge without defectors is neutral.",
        ),
    )
