"""When a threat is credible: model.md 2.5 and 2.6, discounted sums of the payoffs after every one-shot deviation."""

from typing import Any

from gametheory.repeated import Deviation, grim_deviations, punishment_stage_deviations
from proofs.catalogue.symbols import LOSS, k, omega, symbolic_game, theorem
from proofs.claims import Claim

SOURCE = "model.md 2.5; one-shot-deviation principle: Mailath & Samuelson (2006), proposition 2.2.1"


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_punishment_stage(), *_grim())


def _gains(deviations: tuple[Deviation, ...]) -> tuple[dict[str, Any], str]:
    """The gains as definitions, and the formula that none of them is positive."""
    named = {f"gain_{i}": deviation.gain for i, deviation in enumerate(deviations, start=1)}
    return named, " and ".join(f"{name} <= 0" for name in named)


def _punishment_stage() -> tuple[Claim, ...]:
    sure = symbolic_game(punishment_probability=1, severity=1)
    gains, perfect = _gains(punishment_stage_deviations(sure, discount_factor=omega, deviators=k))
    drawn, perfect_drawn = _gains(punishment_stage_deviations(symbolic_game(), discount_factor=omega, deviators=k))
    example = symbolic_game(
        group_size=5,
        multiplication_factor=3,
        contribution_cost=1,
        fine=1,
        punishment_cost="3/10",
        punishment_probability=1,
        severity=1,
    )
    published, perfect_published = _gains(punishment_stage_deviations(example, discount_factor=omega))
    domain: dict[str, Any] = {"without": ["r > 0", "gamma >= 0"], "source": SOURCE}
    assumptions = ["1 < r", "r <= N", "gamma > 0", "2 <= k", "k <= N"]
    return (
        *theorem(
            "credible-punishment",
            "'Contribute; all punish a lone deviator; after zero or several nothing is due; else ruin' is subgame "
            "perfect iff (N-1) fine >= L and omega >= gamma / (gamma + c (r-1)).",
            **domain,
            variables="N k r c fine gamma omega",
            definitions=gains,
            assumptions=assumptions,
            conclusion=f"iff({perfect}, (N - 1)*fine >= {LOSS} and omega >= gamma/(gamma + c*(r - 1)))",
            wrong=f"iff({perfect}, (N - 1)*fine >= {LOSS} and omega >= gamma/(gamma + c*r))",
            wrong_statement="what is lost in ruin is c (r - 1), not c r.",
        ),
        *theorem(
            "credible-punishment-drawn",
            "With a public draw that excuses with probability 1 - p, and severity s: subgame perfect iff "
            "(N-1) p s fine >= L and s gamma <= omega/(1-omega) c (r-1).",
            **{**domain, "without": ["r > 0", "gamma >= 0", "0 <= p"]},
            variables="N k r c p s fine gamma omega",
            definitions=drawn,
            assumptions=["p > 0", *assumptions],
            conclusion=f"iff({perfect_drawn}, (N - 1)*p*s*fine >= {LOSS} and s*gamma <= omega/(1 - omega)*c*(r - 1))",
            wrong=f"iff({perfect_drawn}, (N - 1)*p*s*fine >= {LOSS} and p*s*gamma <= omega/(1 - omega)*c*(r - 1))",
            wrong_statement="when the draw says 'punish', the act costs gamma, not p gamma.",
        ),
        *theorem(
            "credible-punishment-example",
            "N = 5, r = 3, c = 1, fine 1, cost 0.3: the punishment stage is subgame perfect iff omega >= 3/23.",
            source=SOURCE,
            variables="omega",
            definitions=published,
            conclusion=f"iff({perfect_published}, omega >= 3/23)",
            wrong=f"iff({perfect_published}, omega >= 1/6)",
            wrong_statement="1/6 is grim trigger's threshold; the punishment stage needs less.",
        ),
    )


def _grim() -> tuple[Claim, ...]:
    gains, perfect = _gains(grim_deviations(symbolic_game(), discount_factor=omega))
    example = symbolic_game(group_size=5, multiplication_factor=3)
    published, perfect_published = _gains(grim_deviations(example, discount_factor=omega))
    return (
        *theorem(
            "grim-trigger",
            "Without punishment, contributing until somebody defects is subgame perfect iff omega >= (N-r)/(r (N-1)).",
            source="model.md 2.6",
            variables="N r c omega",
            without=["r > 0"],
            definitions=gains,
            assumptions=["1 < r", "r <= N"],
            conclusion=f"iff({perfect}, omega >= (N - r)/(r*(N - 1)))",
            wrong=f"iff({perfect}, omega >= (N - r)/(r*N))",
            wrong_statement="a lone defector shares what N - 1 others give.",
        ),
        *theorem(
            "grim-trigger-example",
            "N = 5, r = 3: grim trigger is subgame perfect iff omega >= 1/6.",
            source="model.md 2.6",
            variables="c omega",
            definitions=published,
            conclusion=f"iff({perfect_published}, omega >= 1/6)",
            wrong=f"iff({perfect_published}, omega > 1/6)",
            wrong_statement="at 1/6 a deviator gains nothing.",
        ),
    )
