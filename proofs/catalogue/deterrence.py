"""When punishment deters: model.md 2.1 to 2.4 and 2.8, about the payoffs of `gametheory.public_goods`."""

from dataclasses import replace
from typing import Any

import sympy as sp

from gametheory.public_goods import round_payoff
from gametheory.thresholds import expected_welfare
from proofs.catalogue.symbols import LOSS, N, c, chi, e, fine, h, k, m, r, symbolic_game, theorem
from proofs.claims import Claim

OTHERS = (k, N - 1 - k - m, m)
PUNISHERS = ("1 <= m", "0 <= k", "k + m <= N - 1")


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_threshold(), *_example(), *_detection(), *_second_order(), *_welfare())


def _threshold() -> tuple[Claim, ...]:
    game = symbolic_game()
    certain = replace(game, punishment_probability=1)
    sides = {"u_C": game.payoff("C", OTHERS), "u_D": game.payoff("D", OTHERS)}
    surely = {"v_C": certain.payoff("C", OTHERS), "v_D": certain.payoff("D", OTHERS)}
    P, A, a, s_a, s_1, W = sp.symbols("P A a s_a s_1 W", real=True)
    weights = {
        "u_C": round_payoff(game, own=1, others=A),
        "u_D": round_payoff(game, own=0, others=A, suffered=W),
    }
    levels = {
        "u_1": round_payoff(game, own=1, others=A, suffered=P * s_1),
        "u_a": round_payoff(game, own=a, others=A, suffered=P * s_a),
    }
    base: dict[str, Any] = {"variables": "N m k r c p s fine", "source": "model.md 2.1", "definitions": sides}
    return (
        *theorem(
            "deterrence-threshold",
            "Among m punishers contributing is a weak best reply, whatever the others give, iff p >= L/(m s fine).",
            **base,
            assumptions=[*PUNISHERS, "fine > 0"],
            conclusion=f"iff(u_C >= u_D, p >= {LOSS}/(m*s*fine))",
            wrong=f"iff(u_C >= u_D, p >= {LOSS}/((m + 1)*s*fine))",
            wrong_statement="one punisher too many is counted.",
        ),
        *theorem(
            "deterrence-strict",
            "Contributing is the unique best reply among m punishers iff p > L/(m s fine).",
            **base,
            assumptions=[*PUNISHERS, "fine > 0"],
            conclusion=f"iff(u_C > u_D, p > {LOSS}/(m*s*fine))",
            wrong=f"iff(u_C > u_D, p >= {LOSS}/(m*s*fine))",
            wrong_statement="at the threshold itself contributing is no unique best reply.",
        ),
        *theorem(
            "deterrence-feasible",
            "Some punishment probability deters iff m s fine >= L; if any does, certain punishment does.",
            variables="N m k r c p s fine",
            source="model.md 2.1",
            definitions={**sides, **surely},
            assumptions=PUNISHERS,
            conclusion=f"implies(u_C >= u_D, v_C >= v_D) and iff(v_C >= v_D, m*s*fine >= {LOSS})",
            wrong="implies(v_C >= v_D, u_C >= u_D)",
            wrong_statement="what deters if certain need not deter at a smaller probability.",
        ),
        *theorem(
            "deterrence-null",
            "Without punishers, severity or fine, nothing deters when r < N.",
            variables="N m k r c p s fine",
            source="model.md 2.1",
            definitions=sides,
            without=["0 < s"],
            assumptions=["0 <= s", "0 <= m", "0 <= k", "k + m <= N - 1", "r < N", "m*s*fine == 0"],
            conclusion="u_C < u_D",
            drop=["r < N"],
            wrong_statement="with r >= N contributing pays without any punishment.",
        ),
        *theorem(
            "deterrence-free",
            "For r >= N contributing is always a weak best reply.",
            **base,
            assumptions=["0 <= m", "0 <= k", "k + m <= N - 1", "r >= N"],
            conclusion="u_C >= u_D",
            drop=["r >= N"],
            wrong_statement="r >= N is needed.",
        ),
        *theorem(
            "deterrence-weights",
            "With unequal punishers of total expected weight W, contributing is a weak best reply iff W fine >= L.",
            variables="N r c fine W A",
            source="model.md 2.1",
            definitions=weights,
            assumptions=["W >= 0", "0 <= A", "A <= N - 1"],
            conclusion=f"iff(u_C >= u_D, W*fine >= {LOSS})",
            wrong="iff(u_C >= u_D, W*fine >= c)",
            wrong_statement="one's own share of the pot is forgotten.",
        ),
        *theorem(
            "deterrence-levels",
            "With P the punishers' total probability, giving all is as good as the level a iff "
            "P (s(a) - s(1)) fine >= L (1 - a).",
            variables="N r c fine P A a s_a s_1",
            source="model.md 2.1",
            definitions=levels,
            assumptions=[
                "P >= 0",
                "0 <= A",
                "A <= N - 1",
                "0 <= a",
                "a <= 1",
                "0 <= s_1",
                "s_1 <= s_a",
                "s_a <= 1",
            ],
            conclusion=f"iff(u_1 >= u_a, P*(s_a - s_1)*fine >= {LOSS}*(1 - a))",
            wrong=f"iff(u_1 >= u_a, P*(s_a - s_1)*fine >= {LOSS})",
            wrong_statement="the level already contributed is forgotten.",
        ),
    )


def _example() -> tuple[Claim, ...]:
    game = symbolic_game(group_size=5, multiplication_factor=3, contribution_cost=1)
    sides = {
        "u_C": round_payoff(game, own=1, others=0),
        "u_D": round_payoff(game, own=0, others=0, suffered=4),
    }
    chance = symbolic_game(group_size=5, multiplication_factor=3, contribution_cost=1, fine=1, severity=1)
    tossed = {"u_C": chance.payoff("C", (0, 0, 4)), "u_D": chance.payoff("D", (0, 0, 4))}
    return (
        *theorem(
            "published-example",
            "N = 5, r = 3, c = 1: among four punishing defectors a defector gets -4 fine and a lone contributor -0.4, "
            "so contributing is the unique best reply iff the fine exceeds 0.1.",
            variables="fine",
            source="Tang, Kong, Lü, Feng (2026); model.md 2.2",
            definitions=sides,
            conclusion="u_D == -4*fine and u_C == -0.4 and iff(u_C > u_D, fine > 0.1)",
            wrong="iff(u_C > u_D, fine >= 0.1)",
            wrong_statement="at a fine of 0.1 both earn the same.",
        ),
        *theorem(
            "published-example-probability",
            "N = 5, r = 3, c = 1, fine 1: contributing pays from the punishment probability 1/10 on.",
            variables="p",
            source="Tang, Kong, Lü, Feng (2026); model.md 2.1",
            definitions=tossed,
            conclusion="iff(u_C >= u_D, p >= 1/10)",
            wrong="iff(u_C >= u_D, p >= 1/8)",
            wrong_statement="the threshold of a group with four members less one is 1/8.",
        ),
    )


def _detection() -> tuple[Claim, ...]:
    game = symbolic_game(detection_rate=h, false_alarm_rate=e)
    sides = {"u_C": game.payoff("C", OTHERS), "u_D": game.payoff("D", OTHERS)}
    variables = "N m k r c p s h e fine"
    return (
        *theorem(
            "imperfect-detection",
            "With detection rate h and false alarms e, contributing is a weak best reply iff p m s fine (h - e) >= L.",
            variables=variables,
            source="model.md 2.3",
            definitions=sides,
            assumptions=PUNISHERS,
            conclusion=f"iff(u_C >= u_D, p*m*s*fine*(h - e) >= {LOSS})",
            wrong=f"iff(u_C >= u_D, p*m*s*fine*h >= {LOSS})",
            wrong_statement="false alarms are forgotten.",
        ),
        *theorem(
            "useless-detection",
            "Where contributing costs (r < N) and h <= e, nothing deters.",
            variables=variables,
            source="model.md 2.3",
            definitions=sides,
            assumptions=[*PUNISHERS, "r < N", "h <= e"],
            conclusion="u_C < u_D",
            drop=["h <= e"],
            wrong_statement="detection better than chance may deter.",
        ),
    )


def _second_order() -> tuple[Claim, ...]:
    game = symbolic_game(detection_rate=h, false_alarm_rate=e)
    n_C, n_D, n_P = sp.symbols("n_C n_D n_P", integer=True)
    A, a, F, G = sp.symbols("A a F G", real=True)
    sides = {"u_C": game.payoff("C", (n_C, n_D, n_P)), "u_P": game.payoff("P", (n_C, n_D, n_P))}
    last = {
        "punishes": round_payoff(game, own=a, others=A, suffered=F, inflicted=G),
        "refrains": round_payoff(game, own=a, others=A, suffered=F),
        "contributes": round_payoff(game, own=1, others=A),
        "defects": round_payoff(game, own=0, others=A),
    }
    return (
        *theorem(
            "second-order-free-riding",
            "One shot, same co-players, a defector among them: a contributor who does not punish earns strictly more "
            "than one who does.",
            variables="N n_C n_D n_P r c p s h e fine gamma",
            source="model.md 2.4",
            definitions=sides,
            without=["0 <= p", "0 <= h", "gamma >= 0"],
            assumptions=[
                "p > 0",
                "h > 0",
                "gamma > 0",
                "n_C >= 0",
                "n_D >= 1",
                "n_P >= 0",
                "n_C + n_D + n_P == N - 1",
            ],
            conclusion="u_C > u_P",
            drop=["n_D >= 1"],
            wrong_statement="with nobody to punish both earn the same.",
        ),
        *theorem(
            "one-shot-threats-are-empty",
            "After the contributions, punishing with positive weight is strictly worse than not; so nobody punishes in "
            "a subgame-perfect equilibrium of the one-shot game, and for r < N all defect.",
            variables="N r c fine gamma A a F G",
            source="model.md 2.4",
            definitions=last,
            without=["gamma >= 0"],
            assumptions=["gamma > 0", "0 <= A", "A <= N - 1", "0 <= a", "a <= 1", "F >= 0", "G > 0"],
            conclusion="punishes < refrains and implies(r < N, contributes < defects)",
            wrong="punishes < refrains and implies(r <= N, contributes < defects)",
            wrong_statement="at r = N contributing costs nothing.",
        ),
    )


def _welfare() -> tuple[Claim, ...]:
    game = symbolic_game(detection_rate=h, false_alarm_rate=e)
    q = sp.Symbol("q", real=True)
    least = c * (1 - r / N) / ((N - 1) * game.severity * fine * (h - e))
    welfare = {
        "welfare": expected_welfare(game, chi),
        "welfare_q": expected_welfare(replace(game, punishment_probability=q), chi),
    }
    cheapest = {
        "least": least,
        "welfare": expected_welfare(replace(game, punishment_probability=least), chi),
        "u_C": game.payoff("C", (0, 0, N - 1)),
        "u_D": game.payoff("D", (0, 0, N - 1)),
        "abandoned": N * round_payoff(game, own=0, others=0),
        "acts": "h*chi + e*(1 - chi)",
    }
    variables = "N r c p s h e fine gamma chi"
    return (
        *theorem(
            "welfare-under-a-threat",
            "All intend to contribute, errors chi: welfare is "
            "N (r-1) c (1-chi) - N (N-1) p s (fine+gamma) (h chi + e (1-chi)).",
            variables=variables,
            source="model.md 2.8",
            definitions={"welfare": welfare["welfare"]},
            conclusion="welfare == N*((r - 1)*c*(1 - chi)) - N*(N - 1)*p*s*(fine + gamma)*(h*chi + e*(1 - chi))",
            wrong="welfare == N*((r - 1)*c*(1 - chi)) - N*(N - 1)*p*s*fine*(h*chi + e*(1 - chi))",
            wrong_statement="what punishing costs its authors is forgotten.",
        ),
        *theorem(
            "cheapest-threat",
            "Welfare never rises with the punishment probability, so the best p is the least one that deters.",
            variables=f"{variables} q",
            source="model.md 2.8",
            definitions=welfare,
            assumptions=["p < q", "q <= 1"],
            conclusion="welfare >= welfare_q",
            wrong="welfare > welfare_q",
            wrong_statement="a threat that is never carried out costs nothing.",
        ),
        *theorem(
            "not-punishing-at-all",
            "The least p that deters leaves less welfare than all defecting unpunished iff "
            "(r-1) c (1-chi) < L (fine+gamma) (h chi + e (1-chi)) / (fine (h-e)).",
            variables=variables,
            source="model.md 2.8",
            definitions=cheapest,
            without=["0 <= p", "p <= 1", "fine >= 0"],
            assumptions=["r < N", "fine > 0", "e < h", "p == least"],
            conclusion="u_C == u_D and iff(welfare < abandoned, "
            f"(r - 1)*c*(1 - chi) < {LOSS}*(fine + gamma)*acts/(fine*(h - e)))",
            wrong="welfare >= abandoned",
            wrong_statement="with many errors, deterring costs more than it saves.",
        ),
    )
