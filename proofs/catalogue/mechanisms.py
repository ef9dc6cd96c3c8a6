"""Other returns, other punishments, rewards, gifts: model.md 1 and 6, about the payoffs of each kind of game."""

from typing import Any, Final

import sympy as sp

from gametheory.coordinated_punishment import (
    ConditionalPunishmentGame,
    InstitutionalPunishmentGame,
    SharedPunishmentGame,
)
from gametheory.public_goods import PublicGoodsGame
from gametheory.punishment import AntisocialPunishmentGame, PeerPunishmentGame, PoolPunishmentGame
from gametheory.returns import OthersOnlyGame
from gametheory.rewards import RewardGame
from proofs.catalogue.symbols import LOSS, N, c, fine, gamma, k, r, symbolic_game, theorem
from proofs.claims import Claim

LINEAR: Final = PublicGoodsGame(
    group_size=N, multiplication_factor=r, contribution_cost=c, strategies=("C", "D"), punishment_probability=1
)
FIVE: Final = PublicGoodsGame(group_size=5, multiplication_factor=r, contribution_cost=c, strategies=("C", "D"))
n_C, n_D, n_P, n_A, n_V, n_R = sp.symbols("n_C n_D n_P n_A n_V n_R", integer=True)
B, G, alpha, rho, t, lever = sp.symbols("B G alpha rho t lever", real=True)
GROUP_OF_FIVE: Final = "c*(1 - r/5)"


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_returns(), *_antisocial(), *_pool(), *_rewards(), *_coordinated(), *_finite(), *_gifts(), *_equality())


def _counted(*names: str) -> list[str]:
    """That counts of co-players are counts: none negative, N - 1 in all."""
    return [*(f"{name} >= 0" for name in names), f"{' + '.join(names)} == N - 1"]


def _returns() -> tuple[Claim, ...]:
    others = OthersOnlyGame(group_size=N, multiplication_factor=r, contribution_cost=c)
    fined = PeerPunishmentGame(returns=others, fine=fine, punishment_cost=gamma)
    everybody = {"together": LINEAR.payoff("C", (N - 1, 0)), "apart": LINEAR.payoff("D", (0, N - 1))}
    temptation = {"u_C": LINEAR.payoff("C", (k, N - 1 - k)), "u_D": LINEAR.payoff("D", (k, N - 1 - k))}
    return (
        *theorem(
            "the-dilemma",
            "All earn more by contributing together than apart iff r > 1, and each earns more by defecting iff r < N.",
            source="model.md 1",
            variables="N k r c",
            definitions={**everybody, **temptation},
            assumptions=["0 <= k", "k <= N - 1"],
            conclusion="iff(together > apart, r > 1) and iff(u_D > u_C, r < N)",
            wrong="iff(together > apart, r > 1) and iff(u_D >= u_C, r < N)",
            wrong_statement="at r = N both earn the same.",
        ),
        *theorem(
            "others-only-loss",
            "Where a contribution goes to the others alone, it loses its whole cost, whatever r.",
            source="model.md 1; Sigmund et al. (2010)",
            variables="N k r c",
            definitions={"u_C": others.payoff("C", (k, N - 1 - k)), "u_D": others.payoff("D", (k, N - 1 - k))},
            conclusion="u_D - u_C == c",
            wrong=f"u_D - u_C == {LOSS}",
            wrong_statement="nothing of one's own contribution comes back.",
        ),
        *theorem(
            "others-only-deterrence",
            "Where a contribution goes to the others alone, m punishers deter iff m fine >= c.",
            source="model.md 1, 2.1",
            variables="N n_C n_D n_P r c fine",
            definitions={s: fined.payoff(s[-1], (n_C, n_D, n_P)) for s in ("u_C", "u_D")},
            assumptions=_counted("n_C", "n_D", "n_P"),
            conclusion="iff(u_C >= u_D, n_P*fine >= c)",
            wrong=f"iff(u_C >= u_D, n_P*fine >= {LOSS})",
            wrong_statement="nothing of one's own contribution comes back.",
        ),
    )


def _antisocial() -> tuple[Claim, ...]:
    theirs, cost = sp.symbols("theirs cost", real=True)
    game = AntisocialPunishmentGame(
        returns=LINEAR, fine=fine, punishment_cost=gamma, antisocial_fine=theirs, antisocial_cost=cost
    )
    counts = (n_C, n_D, n_P, n_A)
    common: dict[str, Any] = {"source": "model.md 1; Rand & Nowak (2011)"}
    return (
        *theorem(
            "antisocial-punishment",
            "Defectors who fine contributors weaken the threat: contributing is a weak best reply against defecting "
            "iff "
            "n_P fine - n_A theirs >= L.",
            **common,
            variables="N n_C n_D n_P n_A r c fine theirs",
            definitions={"u_C": game.payoff("C", counts), "u_D": game.payoff("D", counts)},
            assumptions=["theirs >= 0", *_counted("n_C", "n_D", "n_P", "n_A")],
            conclusion=f"iff(u_C >= u_D, n_P*fine - n_A*theirs >= {LOSS})",
            wrong=f"iff(u_C >= u_D, n_P*fine >= {LOSS})",
            wrong_statement="what antisocial punishers take is forgotten.",
        ),
        *theorem(
            "antisocial-punishers-pay",
            "Punishing contributors at a cost is strictly worse than defecting wherever anybody contributes.",
            **common,
            variables="N n_C n_D n_P n_A r c fine cost",
            definitions={"u_A": game.payoff("A", counts), "u_D": game.payoff("D", counts)},
            assumptions=["cost > 0", *_counted("n_C", "n_D", "n_P", "n_A"), "n_C + n_P >= 1"],
            conclusion="u_A < u_D",
            drop=["n_C + n_P >= 1"],
            wrong_statement="with nobody to punish both earn the same.",
        ),
    )


def _pool() -> tuple[Claim, ...]:
    game = PoolPunishmentGame(returns=LINEAR, pool_fine=B, pool_cost=G, second_order=alpha)
    first = PoolPunishmentGame(returns=LINEAR, pool_fine=B, pool_cost=G)
    counts = (n_C, n_D, n_V)
    sides = {f"u_{s}": game.payoff(s, counts) for s in "CDV"}
    common: dict[str, Any] = {
        "source": "model.md 1; Sigmund, De Silva, Traulsen, Hauert (2010)",
        "variables": "N n_C n_D n_V r c B G alpha",
    }
    domain = ["B >= 0", "G >= 0", "alpha >= 0", *_counted("n_C", "n_D", "n_V")]
    return (
        *theorem(
            "pool-deterrence",
            "Paying for the pool and contributing beats defecting weakly iff n_V B >= L + G.",
            **common,
            definitions=sides,
            assumptions=domain,
            conclusion=f"iff(u_V >= u_D, n_V*B >= {LOSS} + G)",
            wrong=f"iff(u_V >= u_D, n_V*B >= {LOSS})",
            wrong_statement="the pool's own price is forgotten.",
        ),
        *theorem(
            "pool-second-order",
            "A pool that also fines those who do not pay for it makes paying as good as contributing alone iff "
            "alpha n_V B >= G.",
            **common,
            definitions=sides,
            assumptions=domain,
            conclusion="iff(u_V >= u_C, alpha*n_V*B >= G)",
            wrong=f"iff(u_V >= u_C, alpha*n_V*B >= G + {LOSS})",
            wrong_statement="both contribute, so L does not enter.",
        ),
        *theorem(
            "pool-free-ride",
            "Without second-order fines, contributing alone is strictly better than paying for the pool.",
            source=common["source"],
            variables="N n_C n_D n_V r c B G",
            definitions={f"u_{s}": first.payoff(s, counts) for s in "CV"},
            assumptions=["B >= 0", "G >= 0", "G > 0", *_counted("n_C", "n_D", "n_V")],
            conclusion="u_C > u_V",
            drop=["G > 0"],
            wrong_statement="a pool that costs nothing is no burden.",
        ),
    )


def _rewards() -> tuple[Claim, ...]:
    game = RewardGame(returns=LINEAR, reward=rho, reward_cost=gamma)
    counts = (n_C, n_D, n_R)
    sides = {f"u_{s}": game.payoff(s, counts) for s in "CDR"}
    alone = {"all_R": game.payoff("R", (0, 0, N - 1)), "one_D": game.payoff("D", (0, 0, N - 1))}
    common: dict[str, Any] = {"source": "model.md 1; Sigmund, Hauert, Nowak (2001)"}
    domain = ["rho >= 0", *_counted("n_C", "n_D", "n_R")]
    return (
        *theorem(
            "reward-instead-of-fine",
            "Among n_R rewarders contributing is a weak best reply against defecting iff n_R rho >= L.",
            **common,
            variables="N n_C n_D n_R r c rho",
            definitions={s: sides[s] for s in ("u_C", "u_D")},
            assumptions=domain,
            conclusion=f"iff(u_C >= u_D, n_R*rho >= {LOSS})",
            wrong=f"iff(u_C >= u_D, (n_R + 1)*rho >= {LOSS})",
            wrong_statement="nobody rewards himself.",
        ),
        *theorem(
            "rewarders-pay",
            "Rewarding at a cost is strictly worse than contributing alone wherever another contributes.",
            **common,
            variables="N n_C n_D n_R r c rho gamma",
            without=["gamma >= 0"],
            definitions={s: sides[s] for s in ("u_C", "u_R")},
            assumptions=["gamma > 0", *domain, "n_C + n_R >= 1"],
            conclusion="u_C > u_R",
            drop=["n_C + n_R >= 1"],
            wrong_statement="with nobody to reward both earn the same.",
        ),
        *theorem(
            "mutual-reward",
            "Where all reward, rewarding is at least as good as defecting iff (N-1) (rho - gamma) >= L.",
            **common,
            variables="N r c rho gamma",
            definitions=alone,
            assumptions=["rho >= 0"],
            conclusion=f"iff(all_R >= one_D, (N - 1)*(rho - gamma) >= {LOSS})",
            wrong=f"iff(all_R >= one_D, (N - 1)*rho >= {LOSS})",
            wrong_statement="what rewards cost is forgotten.",
        ),
    )


def _coordinated() -> tuple[Claim, ...]:
    institution = InstitutionalPunishmentGame(returns=LINEAR, tax=t, leverage=lever)
    split = (N - 1 - n_D, n_D)
    shared = SharedPunishmentGame(returns=FIVE, fine=fine, punishment_cost=gamma)
    weighted = ConditionalPunishmentGame(
        returns=FIVE, fine=fine, punishment_cost=gamma, weights=[f"{j}/5" for j in range(1, 6)]
    )
    noted = PeerPunishmentGame(returns=FIVE, fine=fine, punishment_cost=gamma, second_order=alpha)
    return (
        *theorem(
            "institutional-fine",
            "An institution that spends a tax t from each of N on fining its n_D + 1 defectors equally, with leverage, "
            "deters the last of them iff leverage N t / (n_D + 1) >= L.",
            source="model.md 1; after Sasaki et al. (2012)",
            variables="N n_D r c t lever",
            definitions={s: institution.payoff(s[-1], split) for s in ("u_C", "u_D")},
            assumptions=["t >= 0", "lever >= 0", "0 <= n_D", "n_D <= N - 1"],
            conclusion=f"iff(u_C >= u_D, lever*N*t/(n_D + 1) >= {LOSS})",
            wrong=f"iff(u_C >= u_D, lever*t/(n_D + 1) >= {LOSS})",
            wrong_statement="all N pay the tax.",
        ),
        *theorem(
            "shared-fine",
            "N = 5: where punishers share the work, one deters as well as four, iff fine >= L.",
            source="model.md 1; Chen, Szolnoki, Perc (2014)",
            variables="r c fine",
            definitions={
                "one": shared.payoff("C", (3, 0, 1)) - shared.payoff("D", (3, 0, 1)),
                "four": shared.payoff("C", (0, 0, 4)) - shared.payoff("D", (0, 0, 4)),
            },
            conclusion=f"one == four and iff(one >= 0, fine >= {GROUP_OF_FIVE})",
            wrong=f"iff(four >= 0, 4*fine >= {GROUP_OF_FIVE})",
            wrong_statement="the fine does not grow with the number of those who share it.",
        ),
        *theorem(
            "conditional-fine",
            "N = 5, effort in proportion to fellow punishers: four deter iff 4 (4/5) fine >= L, two iff 2 (2/5) fine "
            ">= L.",
            source="model.md 1; Szolnoki & Perc (2013)",
            variables="r c fine",
            definitions={
                "two": weighted.payoff("C", (2, 0, 2)) - weighted.payoff("D", (2, 0, 2)),
                "four": weighted.payoff("C", (0, 0, 4)) - weighted.payoff("D", (0, 0, 4)),
            },
            conclusion=f"iff(four >= 0, 16/5*fine >= {GROUP_OF_FIVE}) and iff(two >= 0, 4/5*fine >= {GROUP_OF_FIVE})",
            wrong=f"iff(two >= 0, 8/5*fine >= {GROUP_OF_FIVE})",
            wrong_statement="two punishers do not act with the weight of four.",
        ),
        *theorem(
            "second-order-fines",
            "N = 5, among one C, one D and two P: punishing is at least as good as contributing alone iff the fines "
            "for "
            "not punishing, 2 alpha fine, cover gamma (1 + alpha).",
            source="model.md 1; Hauert et al. (2007)",
            variables="r c fine gamma alpha",
            definitions={s: noted.payoff(s[-1], (1, 1, 2)) for s in ("u_C", "u_P")},
            assumptions=["alpha >= 0"],
            conclusion="iff(u_P >= u_C, 2*alpha*fine >= gamma*(1 + alpha))",
            wrong="iff(u_P >= u_C, 2*alpha*fine >= gamma)",
            wrong_statement="fining the contributor costs too.",
        ),
    )


def _finite() -> tuple[Claim, ...]:
    i, Z = sp.symbols("i Z", integer=True)

    def mean(strategy: str, contributors: sp.Expr) -> sp.Expr:
        count = (N - 1) * contributors / (Z - 1)
        return LINEAR.payoff(strategy, (count, N - 1 - count))

    sides = {"f_C": mean("C", i - 1), "f_D": mean("D", i)}
    return (
        *theorem(
            "finite-population-gap",
            "Groups drawn without replacement from Z: f_C - f_D = -c (1 - (r/N) (Z-N)/(Z-1)) whatever the composition, "
            "and contributors earn more iff r > N (Z-1)/(Z-N).",
            source="recomputed; sampling without replacement is affine in the counts (model.md 7)",
            variables="N Z i r c",
            definitions=sides,
            assumptions=["Z > N", "1 <= i", "i <= Z - 1"],
            conclusion="f_C - f_D == -c*(1 - r/N*(Z - N)/(Z - 1)) and iff(f_C > f_D, r > N*(Z - 1)/(Z - N))",
            wrong="iff(f_C > f_D, r > N)",
            wrong_statement="in a finite population one's own contribution helps the others more than oneself.",
        ),
    )


def _gifts() -> tuple[Claim, ...]:
    three = symbolic_game(group_size=3, fine=0, strategies=("C", "D"))
    rewards = {"R_1": three.payoff("C", (1, 1)), "R_2": three.payoff("C", (1, 1)), "R_3": three.payoff("D", (2, 0))}
    xhat = sp.Symbol("xhat", real=True)
    there, away = LINEAR.payoff("D", (k + 1, N - 2 - k)), LINEAR.payoff("D", (k, N - 1 - k))
    given = "R_1*(1 - g_1) + g_2*R_2*a_21 + g_3*R_3*a_31"
    given_2 = "R_2*(1 - g_2) + g_1*R_1*a_12 + g_3*R_3*a_32"
    given_3 = "R_3*(1 - g_3) + g_1*R_1*a_13 + g_2*R_2*a_23"
    return (
        *theorem(
            "gifts-are-zero-sum",
            "N = 3, C, C and D: whatever share each gives away and however it splits it, the sum of rewards stays.",
            source="model.md 6; Kong et al. (2024)",
            variables="r c g_1 g_2 g_3 a_12 a_13 a_21 a_23 a_31 a_32",
            definitions=rewards,
            assumptions=["a_12 + a_13 == 1", "a_21 + a_23 == 1", "a_31 + a_32 == 1"],
            conclusion=f"({given}) + ({given_2}) + ({given_3}) == R_1 + R_2 + R_3",
            drop=["a_31 + a_32 == 1"],
            wrong_statement="a gift that is not given whole is lost.",
        ),
        *theorem(
            "relation-to-a-contributor",
            "A contributor's counterfactual worth to another is r c/N (1 - xhat), a defector's -r c/N xhat, if it "
            "contributes with chance xhat.",
            source="model.md 6; Kong et al. (2024)",
            variables="N k r c xhat",
            definitions={"there": there, "away": away, "mean": xhat * there + (1 - xhat) * away},
            assumptions=["0 <= xhat", "xhat <= 1"],
            conclusion="there - mean == r*c/N*(1 - xhat) and away - mean == -r*c/N*xhat",
            wrong="there - mean == r*c/N",
            wrong_statement="what it might have done anyway is forgotten.",
        ),
    )


def _equality() -> tuple[Claim, ...]:
    gaps = "2*(abs(R_1 - R_2) + abs(R_1 - R_3) + abs(R_2 - R_3))"
    rich = symbolic_game(group_size=3, fine=0, strategies=("C", "D"))
    both = {"u_C": rich.payoff("C", (1, 1)), "u_D": rich.payoff("D", (2, 0))}
    return (
        *theorem(
            "equality-index",
            "Three rewards, none negative, not all zero: 1/3 <= E <= 1, and E = 1 iff all are equal.",
            source="model.md 3",
            variables="R_1 R_2 R_3",
            definitions={"E": f"1 - {gaps}/(6*(R_1 + R_2 + R_3))"},
            assumptions=["R_1 >= 0", "R_2 >= 0", "R_3 >= 0", "R_1 + R_2 + R_3 > 0"],
            conclusion="1/3 <= E and E <= 1 and iff(E == 1, R_1 == R_2 and R_2 == R_3)",
            drop=["R_3 >= 0"],
            wrong_statement="below zero the index is misleading.",
        ),
        *theorem(
            "equality-under-free-riding",
            "N = 3, two contribute and one does not: for r > 1 the index is 1 - 4 c / (6 (2 u_C + u_D)).",
            source="model.md 3",
            variables="r c",
            definitions={**both, "E": "1 - 2*(2*abs(u_C - u_D))/(6*(2*u_C + u_D))"},
            assumptions=["r > 1"],
            conclusion="2*u_C + u_D > 0 and E == 1 - 4*c/(6*(2*u_C + u_D))",
            wrong="E == 1 - 4*c*(1 - r/3)/(6*(2*u_C + u_D))",
            wrong_statement="both sides of the gap get the same share of the pot.",
        ),
    )
