"""Games with symbols for parameters, and claims whose sides are the payoffs of such games.

Every side of a built-in claim that speaks of a payoff is the text of what the payoff function returned for symbols, so
an error in that function falsifies the claim.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sympy as sp

from gametheory.compositions import compositions, multiplicity
from gametheory.games import Game
from gametheory.public_goods import PublicGoodsGame
from proofs.catalogue.hints import hints
from proofs.claims import Claim

N, m, k = sp.symbols("N m k", integer=True)
r, c, p, s, h, e = sp.symbols("r c p s h e", real=True)
fine, gamma, omega, chi = sp.symbols("fine gamma omega chi", real=True)

SORTS: Final = {name: "integer" for name in ("N", "Z", "m", "n", "k", "i")}
DOMAINS: Final = {
    "N": ("N >= 2",),
    "r": ("r > 0",),
    "c": ("c > 0",),
    "p": ("0 <= p", "p <= 1"),
    "s": ("0 < s", "s <= 1"),
    "h": ("0 <= h", "h <= 1"),
    "e": ("0 <= e", "e <= 1"),
    "fine": ("fine >= 0",),
    "gamma": ("gamma >= 0",),
    "omega": ("0 <= omega", "omega < 1"),
    "chi": ("0 <= chi", "chi <= 1"),
}
LOSS: Final = "c*(1 - r/N)"


def symbolic_game(**changes: Any) -> PublicGoodsGame:
    """The game with a symbol for every parameter, perfect detection unless `changes` say otherwise.

    Examples
    --------
    >>> symbolic_game().payoff("C", (0, N - 1, 0))
    -c + c*r/N
    """
    parameters: dict[str, Any] = {
        "group_size": N,
        "multiplication_factor": r,
        "contribution_cost": c,
        "fine": fine,
        "punishment_cost": gamma,
        "punishment_probability": p,
        "severity": s,
    }
    return PublicGoodsGame(**{**parameters, **changes})


def sampled_payoff(game: Game, strategy: str, shares: Sequence[sp.Expr]) -> sp.Expr:
    """The mean payoff of a strategy over groups drawn at random: the sum over all compositions of its co-players.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> game = symbolic_game(group_size=2, fine=0, strategies=("C", "D"))
    >>> sp.expand(sampled_payoff(game, "D", (x, 1 - x)))
    c*r*x/2
    """
    total = sp.Integer(0)
    for counts in compositions(int(game.group_size) - 1, len(shares)).tolist():
        chance = sp.prod([share**n for share, n in zip(shares, counts, strict=True)])
        total += multiplicity(counts) * chance * game.payoff(strategy, tuple(counts))
    return total


def theorem(
    key: str,
    statement: str,
    *,
    source: str,
    variables: str,
    definitions: Mapping[str, Any],
    conclusion: str,
    assumptions: Sequence[str] = (),
    without: Sequence[str] = (),
    wrong: str | None = None,
    wrong_statement: str = "",
    drop: Sequence[str] = (),
) -> tuple[Claim, Claim]:
    """A claim and its wrong twin.

    Parameters
    ----------
    key, statement, source : str
        As in `Claim`.
    variables : str
        Names separated by spaces; each comes with its domain of model.md as an assumption.
    definitions : mapping of str to sympy expression or str
        Payoffs, as the payoff function returned them.
    conclusion : str
    assumptions, without : sequence of str
        Assumptions to add to the domains, and domains to leave out.
    wrong, wrong_statement : str
        The twin's conclusion (the claim's own by default) and what is wrong with it.
    drop : sequence of str
        Assumptions that the twin lacks.
    """
    names = variables.split()
    domains = [text for name in names for text in DOMAINS.get(name, ()) if text not in without]
    listed = [*domains, *assumptions]
    unknown = set(drop) - set(listed)
    assert not unknown, unknown
    common: dict[str, Any] = {
        "source": source,
        "variables": {name: SORTS.get(name, "real") for name in names},
        "definitions": {name: str(value) for name, value in definitions.items()},
    }
    right = Claim(id=key, statement=statement, assumptions=listed, conclusion=conclusion, hints=hints(key), **common)
    twin = Claim(
        id=f"{key}.wrong",
        statement=f"Deliberately wrong: {wrong_statement}",
        assumptions=[text for text in listed if text not in drop],
        conclusion=wrong or conclusion,
        expected="refuted",
        hints=hints(f"{key}.wrong"),
        **common,
    )
    return right, twin
