"""Some or every: which threats exist at all, against whatever others do (claims with quantifiers)."""

from typing import Any

import sympy as sp

from gametheory.public_goods import round_payoff
from gametheory.repeated import grim_deviations, punishment_stage_deviations
from proofs.catalogue.symbols import LOSS, N, e, h, omega, symbolic_game, theorem
from proofs.claims import Claim


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_threats(), *_whatever_others_do(), *_patience(), *_populations())


def _threats() -> tuple[Claim, ...]:
    game = symbolic_game()
    u_C, u_D = (game.payoff(s, (0, 0, N - 1)) for s in "CD")
    noisy = symbolic_game(detection_rate=h, false_alarm_rate=e)
    v_C, v_D = (noisy.payoff(s, (0, 0, N - 1)) for s in "CD")
    return (
        *theorem(
            "some-probability-deters",
            "Some punishment probability deters iff (N-1) s fine >= L.",
            source="model.md 2.1",
            variables="N r c s fine",
            definitions={},
            conclusion=f"iff(exists(p, 0 <= p and p <= 1 and {u_C} >= {u_D}), (N - 1)*s*fine >= {LOSS})",
            wrong=f"iff(exists(p, 0 <= p and p <= 1 and {u_C} >= {u_D}), N*s*fine >= {LOSS})",
            wrong_statement="nobody fines himself.",
        ),
        *theorem(
            "some-fine-deters",
            "Whatever the group and however small the positive chance, some fine deters.",
            source="model.md 2.1",
            variables="N r c p s",
            without=["0 <= p"],
            definitions={},
            assumptions=["p > 0"],
            conclusion=f"exists(fine, fine >= 0 and {u_C} >= {u_D})",
            wrong=f"exists(fine, 0 <= fine and fine <= c and {u_C} >= {u_D})",
            wrong_statement="a small chance needs a large fine.",
        ),
        *theorem(
            "no-fine-deters-blindly",
            "Where contributing costs and detection is no better than false alarm, no fine whatever deters.",
            source="model.md 2.3",
            variables="N r c p s h e",
            definitions={},
            assumptions=["r < N", "h <= e"],
            conclusion=f"forall(fine, implies(fine >= 0, {v_C} < {v_D}))",
            drop=["h <= e"],
            wrong_statement="better detection lets a fine deter.",
        ),
        *theorem(
            "detection-is-needed",
            "For r < N, some fine deters iff defections are punished more often than contributions: p > 0 and h > e.",
            source="model.md 2.3",
            variables="N r c p s h e",
            definitions={},
            assumptions=["r < N"],
            conclusion=f"iff(exists(fine, fine >= 0 and {v_C} >= {v_D}), p > 0 and h > e)",
            wrong=f"iff(exists(fine, fine >= 0 and {v_C} >= {v_D}), h > e)",
            wrong_statement="a threat that is never carried out does not deter.",
        ),
    )


def _whatever_others_do() -> tuple[Claim, ...]:
    A, W, a = sp.symbols("A W a", real=True)
    game = symbolic_game()
    u_C = round_payoff(game, own=1, others=A)
    u_D = round_payoff(game, own=0, others=A, suffered=W)
    u_a = round_payoff(game, own=a, others=A, suffered=W * (1 - a))
    return (
        *theorem(
            "whatever-others-give",
            "Under a total expected weight W, contributing is a weak best reply to every total of the others' "
            "contributions iff W fine >= L; one total decides for all.",
            source="model.md 2.1",
            variables="N r c fine W",
            definitions={},
            assumptions=["W >= 0"],
            conclusion=f"iff(forall(A, implies(0 <= A and A <= N - 1, {u_C} >= {u_D})), W*fine >= {LOSS}) and "
            f"iff(exists(A, 0 <= A and A <= N - 1 and {u_C} >= {u_D}), W*fine >= {LOSS})",
            wrong=f"iff(forall(A, {u_C} >= {u_D}), W*fine >= c)",
            wrong_statement="one's own share of the pot is forgotten.",
        ),
        *theorem(
            "every-level",
            "With fines in proportion to what is missing, giving all is best among all levels iff W fine >= L.",
            source="model.md 2.1",
            variables="N r c fine W A",
            definitions={},
            assumptions=["W >= 0", "0 <= A", "A <= N - 1"],
            conclusion=f"iff(forall(a, implies(0 <= a and a <= 1, {u_C} >= {u_a})), W*fine >= {LOSS})",
            wrong=f"iff(forall(a, implies(0 <= a and a <= 1, {u_C} > {u_a})), W*fine > {LOSS})",
            wrong_statement="giving all is not better than itself.",
        ),
    )


def _patience() -> tuple[Claim, ...]:
    sure = symbolic_game(punishment_probability=1, severity=1)
    stage = " and ".join(f"{d.gain} <= 0" for d in punishment_stage_deviations(sure, discount_factor=omega)[:2])
    grim = " and ".join(f"{d.gain} <= 0" for d in grim_deviations(symbolic_game(), discount_factor=omega))
    game = symbolic_game(fine=0, punishment_probability=0)
    together = round_payoff(game, own=1, others=N - 1)
    tempted = round_payoff(game, own=0, others=N - 1)
    ruin, alone = round_payoff(game, own=0, others=0), round_payoff(game, own=1, others=0)
    slip = (1 - omega) * (tempted + omega * ruin) + omega**2 * together - together
    spoil = (1 - omega) * (alone + omega * ruin) + omega**2 * together - ((1 - omega) * ruin + omega * together)
    shift = f"{slip} <= 0 and {spoil} <= 0"
    patient = "0 <= omega and omega < 1"
    return (
        *theorem(
            "patience-makes-threats-credible",
            "With the punishment stage some discount factor below 1 removes both the gain from defecting and from not "
            "punishing iff (N-1) fine >= L.",
            source="model.md 2.5",
            variables="N r c fine gamma",
            without=["r > 0", "gamma >= 0"],
            definitions={},
            assumptions=["1 < r", "r <= N", "gamma > 0"],
            conclusion=f"iff(exists(omega, {patient} and {stage}), (N - 1)*fine >= {LOSS})",
            wrong=f"exists(omega, {patient} and {stage})",
            wrong_statement="no patience helps against a fine that is too small.",
        ),
        *theorem(
            "patience-suffices-without-punishment",
            "For 1 < r <= N grim trigger is subgame perfect at some discount factor below 1.",
            source="model.md 2.6",
            variables="N r c",
            without=["r > 0"],
            definitions={},
            assumptions=["1 < r", "r <= N"],
            conclusion=f"exists(omega, {patient} and {grim})",
            drop=["1 < r"],
            wrong_statement="for r <= 1 there is nothing to lose.",
        ),
        *theorem(
            "win-stay-lose-shift",
            "For 1 < r <= N 'repeat after unanimity, else defect once' is an equilibrium at some discount factor "
            "below 1 "
            "iff r > 2 N / (N + 1).",
            source="Hilbe, Martinez-Vaquero, Chatterjee, Nowak (2017)",
            variables="N r c",
            without=["r > 0"],
            definitions={},
            assumptions=["1 < r", "r <= N"],
            conclusion=f"iff(exists(omega, {patient} and {shift}), r > 2*N/(N + 1))",
            wrong=f"iff(exists(omega, {patient} and {shift}), r >= 2*N/(N + 1))",
            wrong_statement="at 2N/(N+1) only the limit omega = 1 would do.",
        ),
        *theorem(
            "win-stay-lose-shift-threshold",
            "That rule is an equilibrium iff omega >= r (N-1) / (N (r-1)) - 1; N = 5, r = 3: 1/5.",
            source="Hilbe, Martinez-Vaquero, Chatterjee, Nowak (2017)",
            variables="N r c omega",
            without=["r > 0"],
            definitions={"slip": slip, "spoil": spoil},
            assumptions=["1 < r", "r <= N"],
            conclusion="iff(slip <= 0 and spoil <= 0, omega >= r*(N - 1)/(N*(r - 1)) - 1) and "
            "implies(N == 5 and r == 3, iff(slip <= 0 and spoil <= 0, omega >= 1/5))",
            wrong="iff(slip <= 0 and spoil <= 0, omega >= (N - r)/(r*(N - 1)))",
            wrong_statement="that is grim trigger's threshold.",
        ),
    )


def _populations() -> tuple[Claim, ...]:
    game = symbolic_game(punishment_probability=1, severity=1)
    q, z = sp.symbols("q z", real=True)

    def mean(strategy: str, contributors: sp.Expr, punishers: sp.Expr) -> sp.Expr:
        counts = tuple((N - 1) * share for share in (contributors, 1 - contributors - punishers, punishers))
        return game.payoff(strategy, counts)

    invaded = f"{mean('D', sp.Integer(0), q)} > {mean('P', sp.Integer(0), q)}"
    resists = f"{mean('C', 1 - z, z)} >= {mean('D', 1 - z, z)}"
    near: dict[str, Any] = {"source": "Maynard Smith & Price (1973); model.md 2.7"}
    return (
        *theorem(
            "defection-is-evolutionarily-stable",
            "For r < N there is an invasion barrier: as long as punishers are fewer, defectors earn more than they.",
            **near,
            variables="N r c fine gamma",
            definitions={},
            assumptions=["r < N"],
            conclusion=f"exists(b, b > 0 and forall(q, implies(0 < q and q < b, {invaded})))",
            drop=["r < N"],
            wrong_statement="for large r anybody who contributes does better.",
        ),
        *theorem(
            "contributors-can-resist",
            "Some mixture of contributors and punishers is at rest and no defector invades it iff (N-1) fine >= L.",
            **near,
            variables="N r c fine gamma",
            definitions={},
            conclusion=f"iff(exists(z, 0 <= z and z <= 1 and {resists}), (N - 1)*fine >= {LOSS})",
            wrong=f"iff(exists(z, 0 <= z and z < 1 and {resists}), (N - 1)*fine >= {LOSS})",
            wrong_statement="at the least fine only punishers alone resist.",
        ),
        *theorem(
            "between-two-mixtures",
            "Where one mixture of contributors and punishers resists and another does not, one in between is "
            "indifferent.",
            **near,
            variables="N r c fine gamma y z",
            definitions={
                "gain_y": mean("C", 1 - sp.Symbol("y"), sp.Symbol("y")) - mean("D", 1 - sp.Symbol("y"), sp.Symbol("y")),
                "gain_z": mean("C", 1 - z, z) - mean("D", 1 - z, z),
            },
            assumptions=["0 <= y", "z <= 1", "y < z", "gain_y < 0", "gain_z > 0"],
            conclusion=f"exists(q, y < q and q < z and {mean('C', 1 - q, q)} == {mean('D', 1 - q, q)})",
            drop=["gain_z > 0"],
            wrong_statement="if neither resists, there need not be one.",
        ),
    )
