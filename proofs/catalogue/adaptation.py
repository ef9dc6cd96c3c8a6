"""Rules that move the punishment probability: model.md 3, against a best-replying co-player and in the mean."""

from typing import Any

import sympy as sp

from proofs.catalogue.symbols import LOSS, N, symbolic_game, theorem
from proofs.claims import Claim

q, eta = sp.symbols("q eta", real=True)
SOURCE = "model.md 3"


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_effect(), *_integral())


def _sides(probability: sp.Expr, suffix: str = "") -> dict[str, Any]:
    """Payoffs of contributing and defecting among N - 1 who punish with a probability."""
    game = symbolic_game(punishment_probability=probability)
    return {f"u_{s}{suffix}": game.payoff(s, (0, 0, N - 1)) for s in "CD"}


def _effect() -> tuple[Claim, ...]:
    p = sp.Symbol("p", real=True)
    both = {**_sides(p), **_sides(q, "_next")}
    variables = "N r c p s fine eta q"
    return (
        *theorem(
            "effect-rule-keeps-what-deters",
            "Rule 'effect' against a best replier: where p deters, the co-player contributes, nothing moves p, and it "
            "deters in the next window too.",
            source=SOURCE,
            variables="N r c p s fine eta q F",
            definitions=both,
            assumptions=[
                "eta > 0",
                *("0 <= q", "q <= 1"),
                "iff(u_C >= u_D, F == 0)",
                "iff(u_C < u_D, F == 1)",
                "implies(F == 0, q == p)",
                "implies(F == 1, q == max(0, p - eta))",
            ],
            conclusion="implies(u_C >= u_D, q == p and u_C_next >= u_D_next)",
            wrong="implies(u_C >= u_D, q > p)",
            wrong_statement="success leaves p where it is.",
        ),
        *theorem(
            "effect-rule-collapses",
            "Rule 'effect' against a best replier: where p does not deter, it falls by eta, to 0 at the least, and the "
            "lower one does not deter either; so it goes on until p = 0.",
            source=SOURCE,
            variables=variables,
            definitions=both,
            assumptions=["eta > 0", "q == max(0, p - eta)", "u_C < u_D"],
            conclusion="u_C_next < u_D_next and (q < p or q == 0) and q <= max(0, p - eta)",
            drop=["u_C < u_D"],
            wrong_statement="a p that deters need not do so after a step down.",
        ),
        *theorem(
            "effect-rule-never-recovers",
            "At p = 0 and r < N a best replier defects, and rule 'effect' leaves p at 0.",
            source=SOURCE,
            variables=variables,
            definitions=both,
            assumptions=["r < N", "eta > 0", "p == 0", "q == max(0, p - eta)"],
            conclusion="u_C < u_D and q == 0",
            drop=["r < N"],
            wrong_statement="for r >= N contributing pays without punishment.",
        ),
        *theorem(
            "enough-windows",
            "Once n eta >= p, n steps down have brought p to 0.",
            source=SOURCE,
            variables="p eta n",
            definitions={},
            assumptions=["eta > 0", "n >= 1", "n*eta >= p"],
            conclusion="max(0, p - n*eta) == 0",
            wrong="max(0, p - (n - 1)*eta) == 0",
            wrong_statement="one step fewer may not do.",
        ),
    )


def _integral() -> tuple[Claim, ...]:
    step = "max(0, min(1, p + eta*d))"
    p = sp.Symbol("p", real=True)
    return (
        *theorem(
            "integral-rule-approaches",
            "Rule 'integral': with p° in [0, 1], d = F - theta of the sign of p° - p, and eta |d| <= 2 |p - p°|, the "
            "clipped step does not increase (p - p°)^2.",
            source=SOURCE,
            variables="p q eta d",
            definitions={},
            assumptions=["0 <= q", "q <= 1", "eta > 0", "d*(p - q) <= 0", "eta*abs(d) <= 2*abs(p - q)"],
            conclusion=f"({step} - q)**2 <= (p - q)**2",
            drop=["eta*abs(d) <= 2*abs(p - q)"],
            wrong_statement="a large step may overshoot.",
        ),
        *theorem(
            "clipping-never-spreads",
            "Clipping to [0, 1] never moves two values apart.",
            source=SOURCE,
            variables="y z",
            definitions={"clip_y": "max(0, min(1, y))", "clip_z": "max(0, min(1, z))"},
            conclusion="abs(clip_y - clip_z) <= abs(y - z)",
            wrong="implies(y != z, abs(clip_y - clip_z) < abs(y - z))",
            wrong_statement="inside [0, 1] distances stay as they are.",
        ),
        *theorem(
            "integral-rule-slides",
            "Rule 'integral' against a best replier: with 0 < theta < 1, p rises where it does not deter (below 1) and "
            "falls where it does (above 0): so it slides on p*.",
            source=SOURCE,
            variables="N r c p s fine eta theta q F",
            definitions=_sides(p),
            assumptions=[
                "eta > 0",
                *("0 < theta", "theta < 1"),
                "iff(u_C >= u_D, F == 0)",
                "iff(u_C < u_D, F == 1)",
                "q == max(0, min(1, p + eta*(F - theta)))",
            ],
            conclusion=f"implies((N - 1)*p*s*fine < {LOSS} and p < 1, q > p) and "
            f"implies((N - 1)*p*s*fine >= {LOSS} and p > 0, q < p)",
            wrong=f"implies((N - 1)*p*s*fine < {LOSS}, q > p)",
            wrong_statement="at p = 1 it cannot rise.",
        ),
        *theorem(
            "integral-rule-step-size",
            "The multiplier of the mean map at p° is in [-1, 1] iff eta theta (1 - theta) K <= 2, K = (N-1) fine s / "
            "T.",
            source=SOURCE,
            variables="N s fine T eta theta",
            definitions={"K": "(N - 1)*fine*s/T", "multiplier": "1 - eta*theta*(1 - theta)*K"},
            assumptions=["T > 0", "eta > 0", "0 < theta", "theta < 1"],
            conclusion="iff(abs(multiplier) <= 1, eta*theta*(1 - theta)*K <= 2)",
            wrong="iff(abs(multiplier) < 1, eta*theta*(1 - theta)*K <= 2)",
            wrong_statement="at 2 the multiplier is -1.",
        ),
        *theorem(
            "integral-rule-contracts",
            "Below the step size 8 T / ((N-1) fine s) every slope x (1 - x) in (0, 1/4] gives a multiplier inside "
            "(-1, 1).",
            source=SOURCE,
            variables="N s fine T eta x",
            definitions={"K": "(N - 1)*fine*s/T"},
            assumptions=["T > 0", "fine > 0", "eta > 0", "eta*K < 8", "0 < x", "x < 1"],
            conclusion="abs(1 - eta*K*x*(1 - x)) < 1",
            drop=["eta*K < 8"],
            wrong_statement="larger steps may overshoot.",
        ),
    )
