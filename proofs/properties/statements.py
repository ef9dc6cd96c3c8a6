r"""A property of a game with symbols in place of parameters, and the claim that it holds.

A symbol's sort and domain come from the parameter that it stands for (a group size is an integer >= 2, a probability
lies in [0, 1], ...), read off the annotations of the game's fields, of inner games too; a symbol that stands for no
parameter is real, or an integer if it was declared so, and unrestricted. Source: model.md, section 1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from gametheory.exact import is_symbolic
from gametheory.parameters import AMOUNT, FINITE, POSITIVE, RATE, Domain, Each, Size, domain_of, inner_games
from proofs.claims import Claim
from proofs.language import free_names, parse_formula

# What a domain demands of a symbol {x}.
DEMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    POSITIVE.words: ("{x} > 0",),
    AMOUNT.words: ("{x} >= 0",),
    RATE.words: ("0 <= {x}", "{x} <= 1"),
    FINITE.words: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A property of a game with symbols: margins that are all >= 0 (or > 0), terms that are all zero, or a formula.

    Attributes
    ----------
    game : Game
    statement : str
    margins : mapping of str to sympy expression
        By name; the property demands that each satisfies `relation`.
    relation : str
        ">=", ">" or "==".
    assumptions : tuple of str
        What the property presupposes of symbols that are no parameters, such as shares.
    equations : mapping of str to sympy expression
        Terms that the property demands to be zero besides.
    text : str
        The property in the claims language where it is more than that, its margins and equations by name.
    """

    game: Any
    statement: str
    margins: Mapping[str, Any]
    relation: str
    assumptions: tuple[str, ...] = ()
    equations: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""

    @property
    def formula(self) -> str:
        """The property in the claims language, its margins by name."""
        parts = [f"{name} == 0" for name in self.equations] + [f"{name} {self.relation} 0" for name in self.margins]
        return self.text or " and ".join(parts) or "0 == 0"


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
    >>> from gametheory import PublicGoodsGame
    >>> from proofs import best_reply, verify
    >>> N, r, fine = sp.Symbol("N", integer=True), *sp.symbols("r fine")
    >>> game = PublicGoodsGame(group_size=N, multiplication_factor=r, fine=fine)
    >>> verdict = verify(claim_that(best_reply(game, "C", (0, 0, N - 1)), key="deterred", assumptions=["fine*N >= 2"]))
    >>> verdict.word
    'proved'
    """
    terms = {**what.equations, **what.margins}
    sorts: dict[str, str] = {}
    domains: list[str] = []
    for name, sort, demands in symbols_of(what.game):
        sorts[name] = "integer" if sort == "integer" else sorts.get(name, "real")
        domains += demands
    for symbol in {s for term in terms.values() for s in getattr(term, "free_symbols", ())}:
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
        definitions={name: str(term) for name, term in terms.items()},
        assumptions=listed,
        conclusion=conclusion or what.formula,
    )


def symbols_of(game: Any) -> Iterator[tuple[str, str, list[str]]]:
    """Each symbol that stands for a parameter: its name, its sort and what its domain demands, inner games' too."""
    for entry in fields(game):
        value, domain = getattr(game, entry.name), domain_of(entry)
        inside = domain.domain if isinstance(domain, Each) else domain
        for number in value if isinstance(domain, Each) else (value,):
            if is_symbolic(number) and getattr(number, "is_Symbol", False):
                yield number.name, *_demands(number.name, inside)
    for inner in inner_games(game):
        yield from symbols_of(inner)


def _demands(name: str, domain: Any) -> tuple[str, list[str]]:
    if isinstance(domain, Size):
        return "integer", [f"{name} >= {domain.least}"]
    if isinstance(domain, Domain):
        return "real", [text.format(x=name) for text in DEMANDS[domain.words]]
    return "real", []
