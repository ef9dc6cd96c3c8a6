r"""Claims about games instead of formulas (is a best reply, an equilibrium, a rest point), and the condition for one.

Every function takes a game with sympy symbols for some parameters and returns a `Claim` whose sides are what the game's
payoff function returned for them. A symbol's sort and domain come from the parameter it stands for (a group size is an
integer >= 2, a probability lies in [0, 1], ...); a symbol that stands for no parameter is real and unrestricted, and
`assumptions` says more.

Population claims use mean payoffs at shares :math:`x`, which for payoffs affine in the counts of co-players are the
payoffs at the mean counts :math:`(N - 1) x` (linearity of expectation); other games are refused.

`find_condition` asks on which side of which threshold of one parameter a property holds, and proves the answer: each
margin has to be affine in the parameter, :math:`M(t) = M(0) + t (M(1) - M(0))`, so that :math:`M(t) \ge 0` iff
:math:`t \ge -M(0)/(M(1) - M(0))` where the slope is positive. Source: model.md, sections 1, 2 and 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from gametheory.errors import InvalidParameter, require
from gametheory.public_goods import PublicGoodsGame
from proofs.claims import Claim
from proofs.language import free_names, parse_formula
from proofs.verdicts import Proved, Verdict
from proofs.verification import BUDGET, verify

# What the model demands of each parameter; {x} is the symbol in its place.
DOMAINS: Final[Mapping[str, tuple[str, ...]]] = {
    "group_size": ("{x} >= 2",),
    "multiplication_factor": ("{x} > 0",),
    "contribution_cost": ("{x} > 0",),
    "fine": ("{x} >= 0",),
    "punishment_cost": ("{x} >= 0",),
    "punishment_probability": ("0 <= {x}", "{x} <= 1"),
    "severity": ("0 <= {x}", "{x} <= 1"),
    "detection_rate": ("0 <= {x}", "{x} <= 1"),
    "false_alarm_rate": ("0 <= {x}", "{x} <= 1"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCondition:
    """On which side of which thresholds a property holds.

    Attributes
    ----------
    condition : str
        A formula in the claims language, necessary and sufficient for the property under the assumptions.
    verdict : Verdict
        On the claim ``iff(property, condition)``; reading `condition` means something only where it is `Proved`.
    """

    condition: str
    verdict: Verdict

    @property
    def proved(self) -> bool:
        """Whether the condition is proved to be necessary and sufficient."""
        return isinstance(self.verdict, Proved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A property of a game with symbols: margins that are all >= 0 (or > 0) and terms that are all zero.

    Attributes
    ----------
    game : PublicGoodsGame
    statement : str
    margins : mapping of str to sympy expression
        By name; the property holds iff each satisfies `relation`.
    relation : str
        ">=" or ">" for margins, "==" for a rest point.
    assumptions : tuple of str
        What the property presupposes of symbols that are no parameters, such as shares.
    """

    game: PublicGoodsGame
    statement: str
    margins: Mapping[str, Any]
    relation: str
    assumptions: tuple[str, ...] = ()

    @property
    def formula(self) -> str:
        """The property in the claims language, its margins by name."""
        return " and ".join(f"{name} {self.relation} 0" for name in self.margins)


def best_reply(game: PublicGoodsGame, strategy: str, counts: Sequence[Any], *, strict: bool = False) -> Property:
    """That `strategy` is a (strict) best reply to co-players who split as `counts`.

    Parameters
    ----------
    game : PublicGoodsGame
        Numbers and sympy symbols.
    strategy : str
    counts : sequence of int or sympy expression, length m
        How many of the N - 1 co-players play each strategy, in the order of `game.strategies`.
    strict : bool
        Whether every other strategy has to earn strictly less.

    Examples
    --------
    >>> import sympy as sp
    >>> N, p = sp.Symbol("N", integer=True), sp.Symbol("p")
    >>> game = PublicGoodsGame(group_size=N, multiplication_factor=3, fine=1, punishment_probability=p)
    >>> best_reply(game, "D", (0, N - 1, 0)).formula
    'beats_C >= 0 and beats_P >= 0'
    """
    _require_strategy(game, strategy)
    own = game.payoff(strategy, counts)
    margins = {f"beats_{other}": own - game.payoff(other, counts) for other in game.strategies if other != strategy}
    how = "the strict best reply" if strict else "a best reply"
    split = ", ".join(f"{count} {name}" for name, count in zip(game.strategies, counts, strict=True))
    statement = f"{strategy} is {how} to {split}."
    return Property(game=game, statement=statement, margins=margins, relation=">" if strict else ">=")


def equilibrium(game: PublicGoodsGame, shares: Sequence[Any]) -> Property:
    """That everybody playing the mixture `shares` is a symmetric Nash equilibrium.

    Parameters
    ----------
    game : PublicGoodsGame
    shares : sequence of number or sympy expression, length m
        A share that is the number 0 is outside the support; every other is assumed positive.

    Examples
    --------
    >>> import sympy as sp
    >>> N = sp.Symbol("N", integer=True)
    >>> game = PublicGoodsGame(group_size=N, multiplication_factor=3, fine=1)
    >>> sorted(equilibrium(game, (0, 1, 0)).margins)
    ['D_over_C', 'D_over_P']
    """
    means = _mean_payoffs(game, shares)
    support = [s for s, share in zip(game.strategies, shares, strict=True) if share != 0]
    require(bool(support), "shares", shares, "a mixture with some positive share")
    margins = {}
    for one in support:
        for other in game.strategies:
            if other != one:
                margins[f"{one}_over_{other}"] = means[one] - means[other]
    statement = "The mixture " + _mixture(game, shares) + " is a symmetric Nash equilibrium."
    return Property(game=game, statement=statement, margins=margins, relation=">=", assumptions=_simplex(game, shares))


def rest_point(game: PublicGoodsGame, shares: Sequence[Any]) -> Property:
    """That the population `shares` rests under the replicator dynamics: each growth x_i (f_i - mean) is 0.

    Examples
    --------
    >>> import sympy as sp
    >>> z = sp.Symbol("z")
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    >>> from proofs import verify
    >>> verify(claim_that(rest_point(game, (1 - z, 0, z)), key="edge")).word
    'proved'
    """
    means = _mean_payoffs(game, shares)
    average = sum(share * mean for share, mean in zip(shares, means.values(), strict=True))
    margins = {f"growth_{s}": share * (means[s] - average) for s, share in zip(game.strategies, shares, strict=True)}
    statement = "The population " + _mixture(game, shares) + " rests under the replicator dynamics."
    return Property(game=game, statement=statement, margins=margins, relation="==", assumptions=_simplex(game, shares))


def claim_that(
    what: Property, *, key: str, assumptions: Sequence[str] = (), conclusion: str | None = None, source: str = ""
) -> Claim:
    """The claim that a property holds, for all values of the symbols.

    Parameters
    ----------
    what : Property
    key : str
        The claim's id.
    assumptions : sequence of str
        In addition to the parameters' domains.
    conclusion : str, optional
        Another formula in which the property's margins occur by name; the property itself by default.
    source : str
        Where the claim comes from.

    Raises
    ------
    InvalidParameter
        If a symbol's name, or an assumption, is none of the language.

    Examples
    --------
    >>> import sympy as sp
    >>> N, r, fine = sp.Symbol("N", integer=True), *sp.symbols("r fine")
    >>> game = PublicGoodsGame(group_size=N, multiplication_factor=r, fine=fine)
    >>> from proofs import verify
    >>> verdict = verify(claim_that(best_reply(game, "C", (0, 0, N - 1)), key="deterred", assumptions=["fine*N >= 2"]))
    >>> verdict.word
    'proved'
    """
    import sympy as sp

    symbols = {s for margin in what.margins.values() for s in getattr(margin, "free_symbols", ())}
    sorts: dict[str, str] = {}
    domains: list[str] = []
    for f in fields(what.game):
        value = getattr(what.game, f.name)
        if f.name in DOMAINS and isinstance(value, sp.Symbol):
            sorts[value.name] = "integer" if f.name == "group_size" else sorts.get(value.name, "real")
            domains += [text.format(x=value.name) for text in DOMAINS[f.name]]
    for symbol in symbols:
        sorts.setdefault(symbol.name, "integer" if symbol.is_integer else "real")
    listed = [*dict.fromkeys([*domains, *what.assumptions, *assumptions])]
    for text in listed:
        for name in free_names(parse_formula(text, where=f"claim {key!r}: assumptions")):
            sorts.setdefault(name, "real")
    return Claim(
        id=key,
        statement=what.statement,
        source=source or "proofs.properties",
        variables=dict(sorted(sorts.items())),
        definitions={name: str(margin) for name, margin in what.margins.items()},
        assumptions=listed,
        conclusion=conclusion or what.formula,
    )


def find_condition(
    what: Property, parameter: Any, *, assumptions: Sequence[str] = (), budget: float = BUDGET
) -> FoundCondition:
    """The exact condition on a parameter for a property to hold, with a proof that it is necessary and sufficient.

    Parameters
    ----------
    what : Property
        From `best_reply` or `equilibrium`; each margin affine in the parameter.
    parameter : sympy.Symbol
    assumptions : sequence of str
        In addition to the parameters' domains; they have to decide the sign of each margin's slope.
    budget : float
        Seconds for each question asked of the verifier, > 0.

    Returns
    -------
    FoundCondition

    Raises
    ------
    InvalidParameter
        If a margin is not affine in the parameter, or the assumptions leave the sign of its slope open.

    Examples
    --------
    >>> import sympy as sp
    >>> N, r, c, p, fine = sp.Symbol("N", integer=True), *sp.symbols("r c p fine")
    >>> game = PublicGoodsGame(group_size=N, multiplication_factor=r, contribution_cost=c, fine=fine,
    ...                        punishment_probability=p)
    >>> found = find_condition(contributing(game, N - 1), p, assumptions=["fine > 0"])
    >>> found.proved, found.condition
    (True, 'p >= -c*(-N + r)/(N*fine*(N - 1))')
    """
    import sympy as sp

    require(what.relation != "==", "what", what.statement, "a property of inequalities")
    bounds = []
    for name, margin in what.margins.items():
        expression = sp.expand(margin)
        slope = sp.diff(expression, parameter)
        affine = sp.simplify(sp.diff(slope, parameter)) == 0
        require(bool(affine), name, margin, f"affine in {parameter}")
        at_zero = expression.subs(parameter, 0)
        slope = sp.factor(slope)
        if slope == 0:
            constant = sp.factor(at_zero)
            always = constant.is_number and (constant > 0 or (constant == 0 and what.relation == ">="))
            bounds += [] if always else [f"{constant} {what.relation} 0"]
            continue
        sign = _sign(what, slope, assumptions, budget)
        require(sign != 0, f"the slope of {name}", slope, "of one sign under the assumptions")
        relation = what.relation if sign > 0 else what.relation.replace(">", "<")
        bounds.append(f"{parameter} {relation} {sp.factor(-at_zero / slope)}")
    condition = " and ".join(dict.fromkeys(bounds)) or "0 == 0"
    statement = f"iff({what.formula}, {condition})"
    found = claim_that(what, key="condition", assumptions=assumptions, conclusion=statement)
    return FoundCondition(condition=condition, verdict=verify(found, budget=budget))


def contributing(game: PublicGoodsGame, punishers: Any, *, strict: bool = False) -> Property:
    """That contributing earns at least as much as defecting when `punishers` co-players punish and the rest contribute.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> contributing(game, 4).margins
    {'C_over_D': Fraction(18, 5)}
    """
    from gametheory.thresholds import deterrence_margin

    statement = f"Among {punishers} punishers contributing is a best reply, compared with defecting."
    margins = {"C_over_D": deterrence_margin(game, punishers)}
    return Property(game=game, statement=statement, margins=margins, relation=">" if strict else ">=")


def _sign(what: Property, slope: Any, assumptions: Sequence[str], budget: float) -> int:
    """1 or -1 if the assumptions prove the slope to be > 0 or < 0; else 0."""
    for sign, relation in ((1, ">"), (-1, "<")):
        question = Property(
            game=what.game,
            statement="The slope has a sign.",
            margins={"slope": slope},
            relation=relation,
            assumptions=what.assumptions,
        )
        try:
            asked = claim_that(question, key="slope", assumptions=assumptions)
        except InvalidParameter:
            return 0
        if isinstance(verify(asked, budget=budget), Proved):
            return sign
    return 0


def _require_strategy(game: PublicGoodsGame, strategy: str) -> None:
    require(strategy in game.strategies, "strategy", strategy, f"one of {tuple(game.strategies)}")


def _mean_payoffs(game: PublicGoodsGame, shares: Sequence[Any]) -> dict[str, Any]:
    require(len(shares) == len(game.strategies), "shares", shares, f"{len(game.strategies)} shares")
    counts = tuple((game.group_size - 1) * share for share in shares)
    return {strategy: game.payoff(strategy, counts) for strategy in game.strategies}


def _simplex(game: PublicGoodsGame, shares: Sequence[Any]) -> tuple[str, ...]:
    """What makes symbolic shares a mixture: each not 0 is positive, and they sum to 1."""
    symbolic = [share for share in shares if getattr(share, "free_symbols", None)]
    if not symbolic:
        return ()
    total = sum(shares)
    listed = [f"{share} > 0" for share in symbolic]
    return (*listed, f"{total} == 1") if getattr(total, "free_symbols", None) else tuple(listed)


def _mixture(game: PublicGoodsGame, shares: Sequence[Any]) -> str:
    return ", ".join(f"{share} {name}" for name, share in zip(game.strategies, shares, strict=True))
