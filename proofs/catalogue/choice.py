"""Noisy choice: logit shares, Fermi imitation, Boltzmann learners and the awareness model: model.md 3, 7 and 8."""

from typing import Any, Final

import sympy as sp

from proofs.catalogue.symbols import LOSS, N, c, r, symbolic_game, theorem
from proofs.claims import Claim

GAIN: Final = "gain/T"
SHARE: Final = f"1/(1 + exp(-{GAIN}))"
LOGIT: Final = "Sato & Crutchfield (2003); model.md 8"


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_shares(), *_learning(), *_imitation(), *_awareness(), *_adaptation())


def _gain(**changes: Any) -> sp.Expr:
    """What contributing earns more than defecting among N - 1 punishers."""
    game = symbolic_game(severity=1, **changes)
    counts = (0, 0, game.group_size - 1)
    return game.payoff("C", counts) - game.payoff("D", counts)


def _shares() -> tuple[Claim, ...]:
    q = sp.Symbol("q", real=True)
    example = _gain(group_size=5, multiplication_factor=3, contribution_cost=1, fine=0)
    common: dict[str, Any] = {"source": LOGIT}
    return (
        *theorem(
            "logit-share",
            "The logit share of contributions lies strictly between 0 and 1, and is at least 1/2 iff contributing "
            "pays.",
            **common,
            variables="N r c p fine T",
            definitions={"gain": _gain()},
            assumptions=["T > 0"],
            conclusion=f"0 < {SHARE} and {SHARE} < 1 and iff({SHARE} >= 1/2, (N - 1)*p*fine >= {LOSS})",
            wrong=f"iff({SHARE} > 1/2, (N - 1)*p*fine >= {LOSS})",
            wrong_statement="at the threshold the share is exactly 1/2.",
        ),
        *theorem(
            "logit-share-rises",
            "The logit share of contributions rises strictly with the punishment probability where the fine is "
            "positive.",
            **common,
            variables="N r c p fine T q",
            definitions={"gain": _gain(), "gain_q": _gain(punishment_probability=q)},
            assumptions=["T > 0", "fine > 0", "p < q", "q <= 1"],
            conclusion=f"{SHARE} < 1/(1 + exp(-gain_q/T))",
            drop=["fine > 0"],
            wrong_statement="at no fine the share stays where it is.",
        ),
        *theorem(
            "logit-share-example",
            "N = 5, r = 3, c = 1, no punishment, temperature 1/5: the share is 0.1192029 to seven digits.",
            **common,
            variables="",
            definitions={"gain": example},
            conclusion="0.1192029 < 1/(1 + exp(-gain/0.2)) and 1/(1 + exp(-gain/0.2)) < 0.119203",
            wrong="1/(1 + exp(-gain/0.2)) == 0.119203",
            wrong_statement="0.119203 is rounded.",
        ),
        *theorem(
            "logit-odds",
            "At the logit share x, T log(x / (1 - x)) is what contributing gains.",
            **common,
            variables="N r c p fine T",
            definitions={"gain": _gain(), "share": SHARE},
            assumptions=["T > 0"],
            conclusion="T*log(share/(1 - share)) == gain",
            wrong="T*log(share) == gain",
            wrong_statement="these are the log odds, not the log share.",
        ),
        *theorem(
            "almost-all-contribute",
            "At least 1 - a of the choices are contributions iff the gain is at least T log((1 - a) / a).",
            **common,
            variables="N r c p fine T a",
            definitions={"gain": _gain()},
            assumptions=["T > 0", "0 < a", "a < 1"],
            conclusion=f"iff({SHARE} >= 1 - a, gain >= T*log((1 - a)/a))",
            wrong=f"iff({SHARE} >= 1 - a, gain >= T*log(1/a))",
            wrong_statement="the odds are (1 - a) to a.",
        ),
    )


def _learning() -> tuple[Claim, ...]:
    return (
        *theorem(
            "boltzmann-rest-point",
            "Boltzmann learning of two actions rests inside exactly where T log(x/(1-x)) is the gain.",
            source="Tuyls et al.; Sato & Crutchfield (2003)",
            variables="N r c p fine T x",
            definitions={"gain": _gain()},
            assumptions=["T > 0", "0 < x", "x < 1"],
            conclusion=f"iff(x*(1 - x)*(gain/T - (log(x) - log(1 - x))) == 0, x == {SHARE})",
            wrong="iff(x*(1 - x)*(gain/T - (log(x) - log(1 - x))) == 0, x == 1/2)",
            wrong_statement="it is the gain that decides, not chance alone.",
        ),
        *theorem(
            "entropy-of-two",
            "The entropy of two actions is positive inside and at most log 2.",
            source="Gibbs' inequality",
            variables="x",
            definitions={"H": "-(x*log(x) + (1 - x)*log(1 - x))"},
            assumptions=["0 < x", "x < 1"],
            conclusion="H > 0 and H <= log(2)",
            wrong="H > 0 and H <= 2/3",
            wrong_statement="at x = 1/2 it is log 2, more than 2/3.",
        ),
    )


def _imitation() -> tuple[Claim, ...]:
    game = symbolic_game(group_size=5, severity=1)
    x = sp.Symbol("x", real=True)
    counts = (4 * x, 4 * (1 - x), sp.Integer(0))
    gap = game.payoff("C", counts) - game.payoff("D", counts)
    return (
        *theorem(
            "fermi-odds",
            "Pairwise comparison: the odds of a contributor replacing a defector rather than the reverse are "
            "exp(w (f_C - f_D)).",
            source="Traulsen, Nowak, Pacheco (2006)",
            variables="r c w x",
            definitions={"gap": gap, "up": "1/(1 + exp(-w*gap))", "down": "1/(1 + exp(w*gap))"},
            assumptions=["w >= 0"],
            conclusion="up/down == exp(w*gap) and up + down == 1",
            wrong="up/down == exp(2*w*gap)",
            wrong_statement="the exponent is not doubled.",
        ),
        *theorem(
            "fermi-decline",
            "Without punishment and r < N = 5, defectors replace contributors more often than the reverse at every w "
            "> 0.",
            source="Traulsen, Nowak, Pacheco (2006)",
            variables="r c w x",
            definitions={"gap": gap},
            assumptions=["w > 0", "r < 5"],
            conclusion="1/(1 + exp(-w*gap)) < 1/(1 + exp(w*gap))",
            drop=["w > 0"],
            wrong_statement="without selection both happen equally often.",
        ),
    )


def _awareness() -> tuple[Claim, ...]:
    game = symbolic_game(fine=0, punishment_probability=0, severity=1)
    k = sp.Symbol("k", integer=True)
    tau = sp.Symbol("tau", real=True)
    seen = {"q_C": game.payoff("D", (k + 1, N - 2 - k, 0)), "q_D": game.payoff("D", (k, N - 1 - k, 0))}
    weight = "1/(1 + exp((q_D - q_C)/tau))"
    severity = f"(2*{weight} - 1)"
    power = sp.exp(r * c / (N * tau))
    severe = symbolic_game(severity=(power - 1) / (power + 1))
    sides = {"u_C": severe.payoff("C", (0, 0, N - 1)), "u_D": severe.payoff("D", (0, 0, N - 1))}
    common: dict[str, Any] = {"source": "model.md 3; Tang, Kong, Lü, Feng (2026)"}
    return (
        *theorem(
            "awareness-of-defection",
            "The Gibbs weight of a co-player's defection, exp(-q_D/tau) / (exp(-q_C/tau) + exp(-q_D/tau)), exceeds "
            "1/2: "
            "a defection counts as one, a contribution never does.",
            **common,
            variables="N k r c tau",
            definitions=seen,
            assumptions=["tau > 0"],
            conclusion=f"q_C - q_D == r*c/N and {weight} > 1/2 and 1 - {weight} < 1/2",
            wrong=f"{weight} > 2/3",
            wrong_statement="at a high temperature it is hardly more than 1/2.",
        ),
        *theorem(
            "severity-of-defection",
            "The severity of a defection, tanh(r c / (2 N tau)), lies strictly between 0 and 1 and never exceeds "
            "r c / (2 N tau).",
            **common,
            variables="N k r c tau",
            definitions=seen,
            assumptions=["tau > 0"],
            conclusion=f"0 < {severity} and {severity} < 1 and {severity} <= r*c/(2*N*tau)",
            wrong=f"{severity} <= r*c/(4*N*tau)",
            wrong_statement="tanh y is close to y for small y, not to y/2.",
        ),
        *theorem(
            "deterrence-by-awareness",
            "With the severity of the awareness model, contributing is a weak best reply among N - 1 punishers iff "
            "(N-1) p fine tanh(r c / (2 N tau)) >= L.",
            **common,
            variables="N r c p fine tau",
            definitions=sides,
            assumptions=["tau > 0"],
            conclusion="iff(u_C >= u_D, (N - 1)*p*fine*(1 - 2/(exp(r*c/(N*tau)) + 1)) >= " + LOSS + ")",
            wrong="iff(u_C >= u_D, (N - 1)*p*fine >= " + LOSS + ")",
            wrong_statement="severity below 1 weakens the threat.",
        ),
        *theorem(
            "too-dull-to-deter",
            "Where (N-1) p fine r c / (2 N tau) < L, the awareness model is too dull to deter.",
            **common,
            variables="N r c p fine tau",
            definitions=sides,
            assumptions=["tau > 0", f"(N - 1)*p*fine*r*c/(2*N*tau) < {LOSS}"],
            conclusion="u_C < u_D",
            drop=[f"(N - 1)*p*fine*r*c/(2*N*tau) < {LOSS}"],
            wrong_statement="a sharper awareness may deter.",
        ),
        *theorem(
            "gibbs-is-optimal",
            "Two actions: the Gibbs distribution maximises -E[q] + tau H, whose maximum is "
            "tau log(exp(-q_C/tau) + exp(-q_D/tau)).",
            **common,
            variables="N k r c tau x",
            definitions=seen,
            assumptions=["tau > 0", "0 < x", "x < 1"],
            conclusion="-(x*q_D + (1 - x)*q_C) - tau*(x*log(x) + (1 - x)*log(1 - x)) "
            "<= tau*log(exp(-q_C/tau) + exp(-q_D/tau))",
            wrong="-(x*q_D + (1 - x)*q_C) - tau*(x*log(x) + (1 - x)*log(1 - x)) <= -q_D",
            wrong_statement="entropy is worth something too.",
        ),
    )


def _adaptation() -> tuple[Claim, ...]:
    q = sp.Symbol("q", real=True)
    gains = {"gain": _gain(), "gain_q": _gain(punishment_probability=q)}
    common: dict[str, Any] = {"source": "model.md 3"}
    idle = f"1 - {SHARE}"
    return (
        *theorem(
            "defections-fall",
            "A logit co-player defects the less, the likelier punishment is, and never by more than "
            "(N-1) fine / (4 T) per unit of probability.",
            **common,
            variables="N r c p fine T q",
            definitions=gains,
            assumptions=["T > 0", "p <= q", "q <= 1"],
            conclusion=f"1 - 1/(1 + exp(-gain_q/T)) <= {idle} and "
            f"({idle}) - (1 - 1/(1 + exp(-gain_q/T))) <= (N - 1)*fine/(4*T)*(q - p)",
            wrong=f"({idle}) - (1 - 1/(1 + exp(-gain_q/T))) <= (N - 1)*fine/(8*T)*(q - p)",
            wrong_statement="the logistic curve's steepest slope is 1/4.",
        ),
        *theorem(
            "where-the-integral-rule-rests",
            "Rule 'integral' against a logit co-player rests inside exactly where the gain is T log((1-theta)/theta).",
            **common,
            variables="N r c p fine T theta",
            definitions={"gain": _gain()},
            assumptions=["T > 0", "0 < theta", "theta < 1"],
            conclusion=f"iff({idle} == theta, gain == T*log((1 - theta)/theta))",
            wrong=f"iff({idle} == theta, gain == 0)",
            wrong_statement="at no gain half of the choices are defections.",
        ),
        *theorem(
            "steepest-response",
            "The logistic response's slope x (1 - x) never exceeds 1/4, reached where both actions earn the same.",
            **common,
            variables="N r c p fine T",
            definitions={"gain": _gain(), "share": SHARE},
            assumptions=["T > 0"],
            conclusion="share*(1 - share) <= 1/4 and iff(share*(1 - share) == 1/4, gain == 0)",
            wrong="share*(1 - share) < 1/4",
            wrong_statement="at gain 0 it is 1/4.",
        ),
    )
