"""For every group size: sums over random groups, chances that somebody punishes, sums over rounds."""

from typing import Any, Final

import sympy as sp

from proofs.catalogue.symbols import N, k, symbolic_game, theorem
from proofs.claims import Claim

CHANCE: Final = "binomial(N - 1, k)*z**k*(1 - z)**(N - 1 - k)"
SHARE: Final = ("0 <= z", "z <= 1")


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_sampling(), *_chances(), *_rounds())


def _sampling() -> tuple[Claim, ...]:
    game = symbolic_game(severity=1)
    z = sp.Symbol("z", real=True)
    drawn = {s: game.payoff(s, (0, N - 1 - k, k)) for s in "DP"}
    at_mean = {f"mean_{s}": game.payoff(s, (0, (N - 1) * (1 - z), (N - 1) * z)) for s in "DP"}
    sums = {s: f"Sum({CHANCE}*({drawn[s]}), k, 0, N - 1)" for s in "DP"}
    u_C, u_D = game.payoff("C", (k, N - 1 - k, 0)), game.payoff("D", (k, N - 1 - k, 0))
    members = sp.expand(k * u_C.subs(k, k - 1) + (N - k) * u_D)
    source = "linearity of expectation; model.md 2.7"
    return (
        *theorem(
            "sampling-is-affine-for-every-group",
            "Groups of any size drawn at random from defectors and punishers: the mean payoffs are those at the mean "
            "numbers.",
            source=source,
            variables="N r c p fine gamma z",
            definitions=at_mean,
            assumptions=SHARE,
            conclusion=f"{sums['D']} == mean_D and {sums['P']} == mean_P",
            wrong=f"{sums['D']} == mean_P",
            wrong_statement="defectors and punishers do not earn the same.",
        ),
        *theorem(
            "expected-punishers",
            "Among N - 1 co-players drawn at random there are (N-1) z punishers on average.",
            source="the binomial distribution's mean",
            variables="N z",
            definitions={},
            assumptions=SHARE,
            conclusion=f"Sum(k*{CHANCE}, k, 0, N - 1) == (N - 1)*z and Sum({CHANCE}, k, 0, N - 1) == 1",
            wrong=f"Sum(k*{CHANCE}, k, 0, N - 1) == N*z",
            wrong_statement="one does not meet oneself.",
        ),
        *theorem(
            "group-welfare",
            "A group of any size drawn at random from contributors (z) and defectors earns N (r-1) c z together.",
            source="model.md 1",
            variables="N r c z",
            definitions={},
            assumptions=SHARE,
            conclusion=f"Sum(binomial(N, k)*z**k*(1 - z)**(N - k)*({members}), k, 0, N) == N*(r - 1)*c*z",
            wrong=f"Sum(binomial(N, k)*z**k*(1 - z)**(N - k)*({members}), k, 0, N) == N*r*c*z",
            wrong_statement="contributions cost something.",
        ),
    )


def _chances() -> tuple[Claim, ...]:
    return (
        *theorem(
            "somebody-punishes",
            "The chance that at least one of N - 1 co-players punishes lies between z and (N-1) z.",
            source="Bernoulli's inequality",
            variables="N z",
            definitions={"somebody": "1 - (1 - z)**(N - 1)"},
            assumptions=SHARE,
            conclusion="z <= somebody and somebody <= (N - 1)*z and somebody <= 1",
            wrong="somebody >= (N - 1)*z",
            wrong_statement="two may punish the same defection.",
        ),
        *theorem(
            "larger-groups-see-more",
            "The chance that nobody punishes never rises with the size of the group.",
            source="-",
            variables="N z",
            definitions={},
            assumptions=SHARE,
            conclusion="(1 - z)**N <= (1 - z)**(N - 1)",
            wrong="(1 - z)**N < (1 - z)**(N - 1)",
            wrong_statement="with no punisher, or only punishers, the size does not matter.",
        ),
        *theorem(
            "escaping-many-rounds",
            "A defector who is punished with probability p each round escapes n rounds with chance at most 1 / (1 + n "
            "p).",
            source="Bernoulli's inequality",
            variables="p n",
            definitions={},
            assumptions=["n >= 0"],
            conclusion="(1 - p)**n*(1 + n*p) <= 1",
            wrong="(1 - p)**n*(1 + 2*n*p) <= 1",
            wrong_statement="for small p the chance falls no faster than n p.",
        ),
        *theorem(
            "defection-is-seen-sooner-or-later",
            "With chance p of being seen each round, a defector is seen within n rounds with a chance that reaches 1/2 "
            "once n p >= 1.",
            source="Bernoulli's inequality",
            variables="p n",
            definitions={},
            assumptions=["n >= 0", "n*p >= 1"],
            conclusion="1 - (1 - p)**n >= 1/2",
            wrong="1 - (1 - p)**n >= 3/4",
            wrong_statement="for small p it is close to 1 - 1/e, which is less.",
        ),
    )


def _rounds() -> tuple[Claim, ...]:
    game = symbolic_game(fine=0, punishment_probability=0, severity=1)
    together, alone = game.payoff("C", (N - 1, 0, 0)), game.payoff("D", (N - 1, 0, 0))
    rounds: dict[str, Any] = {"source": "geometric sums; model.md 4"}
    return (
        *theorem(
            "discounted-cooperation",
            "n + 1 rounds of full contribution are worth u_C (1 - omega^(n+1)) after normalisation, whatever N.",
            **rounds,
            variables="N n r c omega",
            definitions={"u_C": together},
            assumptions=["n >= 0"],
            conclusion="(1 - omega)*Sum(omega**t*u_C, t, 0, n) == u_C*(1 - omega**(n + 1))",
            wrong="(1 - omega)*Sum(omega**t*u_C, t, 0, n) == u_C*(1 - omega**n)",
            wrong_statement="rounds 0 to n are n + 1 rounds.",
        ),
        *theorem(
            "later-rounds-weigh-less",
            "Discounted weights never grow and stay in [0, 1].",
            **rounds,
            variables="n omega",
            definitions={},
            assumptions=["n >= 0"],
            conclusion="0 <= omega**n and omega**n <= 1 and omega**(n + 1) <= omega**n",
            wrong="omega**(n + 1) < omega**n",
            wrong_statement="for omega = 0 both may vanish.",
        ),
        *theorem(
            "one-defection-against-n-rounds",
            "For 1 < r <= N, defecting once and losing all later contributions does not pay, with n + 1 rounds to go, "
            "iff "
            "u_D (1 - omega) <= u_C (1 - omega^(n+1)).",
            **rounds,
            variables="N n r c omega",
            without=["r > 0"],
            definitions={"u_C": together, "u_D": alone},
            assumptions=["n >= 0", "1 < r", "r <= N"],
            conclusion="iff(u_D <= Sum(omega**t*u_C, t, 0, n), u_D*(1 - omega) <= u_C*(1 - omega**(n + 1)))",
            wrong="iff(u_D <= Sum(omega**t*u_C, t, 0, n), u_D*(1 - omega) <= u_C*(1 - omega**n))",
            wrong_statement="there are n + 1 rounds.",
        ),
        *theorem(
            "pairs-that-punish",
            "If each of N fines each of the others once, the fines are N (N-1); one after the other they sum to the "
            "same.",
            source="-",
            variables="N",
            definitions={},
            conclusion="2*Sum(k, k, 1, N - 1) == N*(N - 1)",
            wrong="2*Sum(k, k, 1, N) == N*(N - 1)",
            wrong_statement="nobody fines himself.",
        ),
    )
