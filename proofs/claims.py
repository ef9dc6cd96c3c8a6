"""A claim: variables with sorts, definitions, assumptions and a conclusion, meant for every value of the variables.

The claim is the universal closure of assumptions ⇒ conclusion. Claims are Python objects or TOML files with one
``[[claim]]`` table each; texts are parsed by an allow-list (`proofs.language`).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gametheory.errors import InvalidParameter, require
from gametheory.files import read_toml
from proofs.language import (
    MAX_LEVELS,
    MAX_NODES,
    Formula,
    Term,
    bound_names,
    free_names,
    is_name,
    measure,
    parse_formula,
    parse_term,
)

SORTS: Final = ("real", "integer")
VERDICTS: Final = ("proved", "refuted", "vacuous", "undefined", "undecided")
_KEYS: Final = (
    "id",
    "statement",
    "source",
    "variables",
    "definitions",
    "assumptions",
    "conclusion",
    "expected",
    "hints",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence about every game of a family, and the formula it stands for.

    Parameters
    ----------
    id : str
        A key that never changes: letters, digits, '-', '_' and '.'.
    statement, source : str
        The sentence in words; where it comes from.
    variables : mapping of str to str
        Each variable's sort, "real" or "integer".
    assumptions : sequence of str
        Formulas; each may rely on those before it being true.
    conclusion : str
        A formula.
    definitions : mapping of str to str, optional
        Names for terms, each of which may use those before it.
    expected : str, optional
        The verdict to expect, "proved" by default; a deliberately wrong claim says "refuted".
    hints : sequence of str, optional
        What the search should try first (`proofs.search.hints`); no part of what is claimed.

    Attributes
    ----------
    assumed, concluded : Formula
        The parsed texts, definitions in place.

    Raises
    ------
    InvalidParameter
        Naming the claim and the key.

    Examples
    --------
    >>> Claim(id="square", statement="A square is not negative.", source="-", variables={"x": "real"},
    ...       assumptions=[], conclusion="x**2 >= 0").hash[:12]
    'sha256:794d9'
    """

    id: str
    statement: str
    source: str
    variables: Mapping[str, str]
    assumptions: Sequence[str]
    conclusion: str
    definitions: Mapping[str, str] = field(default_factory=dict)
    expected: str = "proved"
    hints: Sequence[str] = ()
    assumed: tuple[Formula, ...] = field(init=False, repr=False, compare=False)
    concluded: Formula = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        identifier = self.id
        plain = isinstance(identifier, str) and 0 < len(identifier) <= 100
        named = plain and all(ch.isascii() and (ch.isalnum() or ch in "-_.") for ch in identifier)
        require(named and identifier[0].isalnum(), "id", identifier, "letters, digits, '-', '_' and '.'")
        at = f"claim {identifier!r}: "
        for key in ("statement", "source", "conclusion"):
            require(isinstance(getattr(self, key), str), at + key, getattr(self, key), "text")
        require(
            isinstance(self.variables, Mapping),
            at + "variables",
            self.variables,
            "a table of names and sorts",
        )
        require(
            isinstance(self.definitions, Mapping),
            at + "definitions",
            self.definitions,
            "a table of names and terms",
        )
        listed = isinstance(self.assumptions, Sequence) and not isinstance(self.assumptions, str)
        require(listed, at + "assumptions", self.assumptions, "a list of formulas")
        hinted = isinstance(self.hints, Sequence) and not isinstance(self.hints, str)
        texts = hinted and all(isinstance(text, str) for text in self.hints)
        require(texts, at + "hints", self.hints, "a list of texts")
        require(self.expected in VERDICTS, at + "expected", self.expected, f"one of {', '.join(VERDICTS)}")
        for name, sort in self.variables.items():
            require(
                is_name(name),
                at + "variables",
                name,
                "a name (letters, digits, _) that the language does not use",
            )
            require(sort in SORTS, f"{at}variables.{name}", sort, "'real' or 'integer'")
        object.__setattr__(self, "variables", dict(self.variables))
        object.__setattr__(self, "definitions", dict(self.definitions))
        object.__setattr__(self, "assumptions", tuple(self.assumptions))
        object.__setattr__(self, "hints", tuple(self.hints))
        self._parse(at)

    def _parse(self, at: str) -> None:
        terms: dict[str, Term] = {}
        sizes: dict[int, tuple[int, int]] = {}
        for name, text in self.definitions.items():
            fresh = is_name(name) and name not in self.variables
            require(fresh, f"{at}definitions", name, "a name that is no variable's")
            terms[name] = parse_term(text, where=f"{at}definitions.{name}", definitions=terms)
            _demand_small(terms[name], f"{at}definitions.{name}", sizes)
        assumed = tuple(
            parse_formula(text, where=f"{at}assumptions[{i}]", definitions=terms)
            for i, text in enumerate(self.assumptions)
        )
        concluded = parse_formula(self.conclusion, where=f"{at}conclusion", definitions=terms)
        for i, formula in enumerate(assumed):
            _demand_small(formula, f"{at}assumptions[{i}]", sizes)
        _demand_small(concluded, f"{at}conclusion", sizes)
        used = frozenset[str]().union(*(free_names(tree) for tree in (*assumed, concluded)))
        for tree in (*terms.values(), *assumed, concluded):
            for name in sorted(free_names(tree) - self.variables.keys()):
                raise InvalidParameter(f"{at}variables", name, "a table that declares every name the formulas use")
            for name in sorted(bound_names(tree) & used):
                raise InvalidParameter(f"{at}{name}", name, "bound under a name that is not also a free variable")
        object.__setattr__(self, "assumed", assumed)
        object.__setattr__(self, "concluded", concluded)

    def canonical(self) -> dict[str, Any]:
        """What a certificate embeds: every key that bears on the meaning, in one order."""
        return {
            "id": self.id,
            "statement": self.statement,
            "source": self.source,
            "variables": dict(self.variables),
            "definitions": dict(self.definitions),
            "assumptions": list(self.assumptions),
            "conclusion": self.conclusion,
        }

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical claim as compact JSON."""
        text = json.dumps(self.canonical(), ensure_ascii=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def _repr_latex_(self) -> str:
        from gametheory.latex import claim_latex, shown

        return shown(claim_latex(self))


def _demand_small(tree: Term | Formula, where: str, sizes: dict[int, tuple[int, int]]) -> None:
    nodes, levels = measure(tree, sizes)
    small = nodes <= MAX_NODES and levels <= MAX_LEVELS
    expected = f"at most {MAX_NODES} parts on {MAX_LEVELS} levels, definitions written out"
    require(small, where, f"{nodes if nodes < 10**9 else 'over 10**9'} parts on {levels} levels", expected)


def claim_from_dict(data: Any, *, where: str = "") -> Claim:
    """The claim that the keys of a ``[[claim]]`` table describe.

    Raises
    ------
    InvalidParameter
        Naming `where`, the key, what was expected and what was found.
    """
    require(isinstance(data, Mapping), f"{where}[[claim]]", data, "a table")
    for key in sorted(data.keys() - set(_KEYS)):
        raise InvalidParameter(f"{where}{key}", data[key], f"left out: a claim has the keys {', '.join(_KEYS)}")
    for key in ("id", "statement", "source", "variables", "assumptions", "conclusion"):
        require(key in data, f"{where}{key}", None, "given")
    try:
        return Claim(**data)
    except InvalidParameter as error:
        raise InvalidParameter.relocated(error, where) from None


def load_claims(path: str | Path) -> tuple[Claim, ...]:
    """Read the claims of a TOML file.

    Raises
    ------
    InvalidParameter
        If the file is not TOML, has no ``[[claim]]``, or a claim is wrong; naming the file and the key.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "claims.toml"
    ...     _ = path.write_text('''[[claim]]
    ... id = "square"
    ... statement = "A square is not negative."
    ... source = "-"
    ... variables = { x = "real" }
    ... assumptions = []
    ... conclusion = "x**2 >= 0"
    ... ''')
    ...     load_claims(path)[0].conclusion
    'x**2 >= 0'
    """
    data = read_toml(path)
    for key in sorted(data.keys() - {"claim"}):
        raise InvalidParameter(f"{path}: {key}", data[key], "left out: a claims file holds only [[claim]] tables")
    tables = data.get("claim")
    require(isinstance(tables, list) and bool(tables), f"{path}: [[claim]]", tables, "one or more tables")
    assert isinstance(tables, list)
    claims = tuple(claim_from_dict(table, where=f"{path}: claim {i + 1}: ") for i, table in enumerate(tables))
    seen: set[str] = set()
    for claim in claims:
        require(claim.id not in seen, f"{path}: id", claim.id, "different from the ids before it")
        seen.add(claim.id)
    return claims
