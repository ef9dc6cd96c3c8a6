"""Neighboring mechanisms: gifts, third-party punishment, partner choice, indirect reciprocity: model.md 6.

Also how adaptive punishment scales with the group, and when slow co-players make it cycle: model.md 3.
"""

from typing import Any, Final

import sympy as sp

from gametheory.gifts import GiftGame
from gametheory.indirect_reciprocity import (
    ActionRule,
    DonorGame,
    SocialNorm,
    punishing_norm,
    punishing_rule,
    reciprocity_margins,
    reciprocity_payoff,
)
from gametheory.partner_choice import PartnerChoiceGame
from gametheory.public_goods import PublicGoodsGame
from gametheory.third_party import ThirdPartyGame
from proofs.catalogue.symbols import N, c, fine, gamma, omega, p, r, symbolic_game, theorem
from proofs.claims import Claim

b, g, q, sigma, phi, mu, y = sp.symbols("b g q sigma phi mu y", real=True)
LASE: Final = "Kong et al. (2024), derived here"
CHOICE: Final = "Dasgupta & Musolesi (2023), the model ours"
RECIPROCITY: Final = "Ohtsuki, Iwasa, Nowak (2009), recomputed"


def claims() -> tuple[Claim, ...]:
    """The claims of this topic, each followed by its wrong twin."""
    return (*_gifts(), *_bystanders(), *_choice(), *_reciprocity(), *_scale())


def _linear(size: int) -> PublicGoodsGame:
    return PublicGoodsGame(
        group_size=size,
        multiplication_factor=r,
        contribution_cost=c,
        strategies=("C", "D"),
        punishment_probability=1,
    )


def _gifts() -> tuple[Claim, ...]:
    all_give = GiftGame(returns=_linear(5), gift_share=g, strategies=("G", "E"))
    sides = {f"u_{s}{j}": all_give.payoff(s, (j, 4 - j)) for s in "GE" for j in (0, 2, 4)}
    some_give = GiftGame(returns=_linear(4), gift_share=g, strategies=("C", "D", "G"))
    keepers = {f"u_{s}": some_give.payoff(s, (0, 1, 2)) for s in "CG"}
    shares = ["0 <= g", "g <= 1"]
    return (
        *theorem(
            "gifts-make-contributing-pay",
            "Five players who all pass on a share g of what they got to those who contributed: contributing pays, "
            "whatever the others do, iff g > (5 - r)/(4 r).",
            source=LASE,
            variables="r c g",
            definitions=sides,
            assumptions=shares,
            conclusion=" and ".join(f"iff(u_G{j} > u_E{j}, g > (5 - r)/(4*r))" for j in (0, 2, 4)),
            wrong="iff(u_G2 > u_E2, g > (5 - r)/(5*r))",
            wrong_statement="nobody gives to itself.",
        ),
        *theorem(
            "givers-earn-less",
            "Four players, a defector and two givers beside the focal one: who contributes and keeps earns more than "
            "who "
            "contributes and gives.",
            source=LASE,
            variables="r c g",
            definitions=keepers,
            assumptions=["0 < g", "g <= 1"],
            conclusion="u_C > u_G",
            wrong="u_C - u_G > g*c",
            wrong_statement="the gift is a share of the pot's return, which may be small.",
        ),
    )


def _bystanders() -> tuple[Claim, ...]:
    common: dict[str, Any] = {"bystander_payoff": sigma, "fine": fine, "punishment_cost": gamma, "fee": phi}
    game = ThirdPartyGame(stage=_linear(6), punishment_probability=p, **common)
    lazier = ThirdPartyGame(stage=_linear(6), punishment_probability=q, **common)
    return (
        *theorem(
            "bystanders-deter",
            "Two bystanders watch four participants: contributing is a best reply iff 2 (p fine - fee) >= c (1 - r/4).",
            source="Fehr & Fischbacher (2004), in a public goods game; model.md 6",
            variables="r c p fine gamma sigma phi",
            definitions={f"u_{s}": game.payoff(s, (1, 2, 2)) for s in "CD"},
            assumptions=["phi >= 0"],
            conclusion="iff(u_C >= u_D, 2*(p*fine - phi) >= c*(1 - r/4))",
            wrong="iff(u_C >= u_D, 2*(p*fine - phi) >= c*(1 - r/6))",
            wrong_statement="bystanders do not share the pot.",
        ),
        *theorem(
            "bystanders-gain-nothing-by-punishing",
            "With a costly act and a defector to punish, a bystander that punishes less often earns more, whatever the "
            "fee.",
            source="model.md 2.4, 6",
            variables="r c p fine gamma sigma phi q",
            definitions={"u_T": game.payoff("T", (2, 1, 2)), "u_lazy": lazier.payoff("T", (2, 1, 2))},
            assumptions=["gamma > 0", "0 <= q", "q < p"],
            conclusion="u_lazy > u_T",
            drop=["gamma > 0"],
            wrong_statement="free acts cost nothing.",
        ),
    )


def _choice() -> tuple[Claim, ...]:
    game = PartnerChoiceGame(group_size=5, benefit=b, contribution_cost=c, selectivity=q, strategies=("C", "D"))
    assumptions = ["b > 0", "0 <= q", "q <= 1"]
    return (
        *theorem(
            "being-chosen-sustains-contributing",
            "Five players, all others contribute: contributing is a best reply iff selectivity times benefit is at "
            "least "
            "twice the cost.",
            source=CHOICE,
            variables="c b q",
            definitions={f"u_{s}": game.payoff(s, (4, 0)) for s in "CD"},
            assumptions=assumptions,
            conclusion="iff(u_C >= u_D, q*b >= 2*c)",
            wrong="iff(u_C >= u_D, q*b >= c)",
            wrong_statement="who is chosen pays for that meeting as well.",
        ),
        *theorem(
            "a-lone-contributor-is-chosen-by-all",
            "Five players, nobody else contributes: contributing loses c (2 + 3 q), the more the better known it is.",
            source=CHOICE,
            variables="c b q",
            definitions={f"u_{s}": game.payoff(s, (0, 4)) for s in "CD"},
            assumptions=assumptions,
            conclusion="u_C - u_D == -c*(2 + 3*q) and u_C < u_D",
            wrong="u_C - u_D == -2*c",
            wrong_statement="all four choose the one contributor.",
        ),
    )


def _reciprocity() -> tuple[Claim, ...]:
    game = DonorGame(
        benefit=b,
        contribution_cost=c,
        fine=fine,
        punishment_cost=gamma,
        assessment_error=mu,
        discount_factor=omega,
    )
    punish = reciprocity_margins(game, punishing_rule(), punishing_norm())
    plain_norm = SocialNorm(good_to_good=frozenset("C"), good_to_bad=frozenset("D"))
    plain = reciprocity_margins(game, ActionRule(to_good="C", to_bad="D"), plain_norm)
    _, payoff = reciprocity_payoff(game, punishing_rule(), punishing_norm())
    names = "b c fine gamma mu omega"
    assumptions = ["b > 0", "0 <= mu", "mu < 1/2"]
    punished = {f"m_{r}{a}": margin for (r, a), margin in punish.items()}
    spared = {f"n_{r}{a}": margin for (r, a), margin in plain.items()}
    strict = " and ".join(f"{name} > 0" for name in punished)
    stake = "omega*(1 - 2*mu)*(b + fine)"
    return (
        *theorem(
            "reputation-sustains-punishment",
            "Cooperating with the good and punishing the bad, where only that is good: strict iff both the cost of "
            "cooperating and that of punishing stay below omega (1 - 2 mu)(b + fine).",
            source=RECIPROCITY,
            variables=names,
            definitions=punished,
            assumptions=assumptions,
            conclusion=f"iff({strict}, c < {stake} and gamma < {stake})",
            wrong=f"iff({strict}, c < {stake})",
            wrong_statement="the threat has to be worth carrying out.",
        ),
        *theorem(
            "defection-as-a-threat",
            "Cooperating with the good and defecting on the bad: strict iff c < omega (1 - 2 mu) b.",
            source=RECIPROCITY,
            variables=names,
            definitions=spared,
            assumptions=assumptions,
            conclusion="iff(n_GD > 0 and n_BC > 0, c < omega*(1 - 2*mu)*b)",
            wrong="iff(n_GD > 0 and n_BC > 0, c < omega*b)",
            wrong_statement="errors weaken reputations.",
        ),
        *theorem(
            "punishing-is-worth-it-in-a-margin",
            "With punishers everybody earns (1 - mu)(b - c) - mu (fine + gamma): more than among defectors iff c lies "
            "below "
            "b - mu (fine + gamma)/(1 - mu).",
            source=RECIPROCITY,
            variables=names,
            definitions={"earned": payoff},
            assumptions=assumptions,
            conclusion="iff(earned > 0, c < b - mu*(fine + gamma)/(1 - mu))",
            wrong="iff(earned > 0, c < b)",
            wrong_statement="those misjudged are punished.",
        ),
    )


def _scale() -> tuple[Claim, ...]:
    def gain(size: Any, probability: sp.Expr) -> sp.Expr:
        game = symbolic_game(group_size=size, punishment_probability=probability)
        return game.payoff("C", (0, 0, size - 1)) - game.payoff("D", (0, 0, size - 1))

    less = sp.Symbol("p_2", real=True)
    return (
        *theorem(
            "larger-groups-need-less-of-each",
            "If every member punishes just enough for contributing to gain y >= 0, then in a group larger by one each "
            "punishes with a smaller probability, as soon as N + 1 > 2 r.",
            source="model.md 2.1, 3",
            variables="N r c p s fine y p_2",
            definitions={"gain_N": gain(N, p), "gain_more": gain(N + 1, less)},
            assumptions=["fine > 0", "y >= 0", "N + 1 > 2*r", "gain_N == y", "gain_more == y"],
            conclusion="p_2 < p",
            drop=["N + 1 > 2*r"],
            wrong_statement="where the share of one's own contribution is large, a larger group makes defecting dearer "
            "to deter.",
        ),
        *theorem(
            "slow-players-make-punishment-cycle",
            "Rule 'integral' against Q-learners: by Jury's conditions the rest point is stable iff "
            "g (m - lam) < 1 - lam and g (1 + lam - 2 m) < 2 (1 + lam).",
            source="model.md 3; derived here",
            variables="g m_0 lam",
            definitions={"trace": "1 - g*(1 - m_0) + lam", "det": "lam + g*(m_0 - lam)"},
            assumptions=["g > 0", "0 <= lam", "lam < 1", "m_0 <= 1"],
            conclusion="iff(1 - trace + det > 0 and 1 + trace + det > 0 and det < 1, "
            "g*(m_0 - lam) < 1 - lam and g*(1 + lam - 2*m_0) < 2*(1 + lam))",
            wrong="iff(1 - trace + det > 0 and 1 + trace + det > 0 and det < 1, g < 2)",
            wrong_statement="that holds for quick players and long windows only.",
        ),
        *theorem(
            "windows-of-one-round",
            "With windows of one round, and whatever the learning step a in (0, 1], it is stable iff g < 1.",
            source="model.md 3; derived here",
            variables="g a",
            definitions={"trace": "1 + (1 - a)", "det": "(1 - a) + g*a"},
            assumptions=["g > 0", "0 < a", "a <= 1"],
            conclusion="iff(1 - trace + det > 0 and 1 + trace + det > 0 and det < 1, g < 1)",
            wrong="iff(1 - trace + det > 0 and 1 + trace + det > 0 and det < 1, g < 2)",
            wrong_statement="the answer comes one round late.",
        ),
    )
