"""What a claim's author suggests: instances of lemmas, facts on the way, cases. The search tries them first.

Each hint is a line of text, in the claim's names:

    exp-sum: -gain/T; gain/T        an instance of a lemma, by name, its terms separated by semicolons
    have: exp(-gain/T) < 1          a comparison to prove from what is known, and then to use
    have last 2: gain < T           the same, to prove from the last two facts alone
    cases: gain > 0                 a comparison to distinguish by
    let: u = gain/T                 a name for a term: u_1, or what the first free one after it is
    instance: N/2                   a term for a name that something holds for all of
    point: N = 2; gain = 1/2        values of all variables, at which the assumptions may hold or the conclusion fail

With 'branch 2:' in front, a hint is only for the second branch of what a proof refutes.
A hint that does not fit a branch is passed over. Hints are no part of what is claimed, and prove nothing themselves.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from gametheory.errors import InvalidParameter, require
from proofs.claims import Claim
from proofs.language import Binder, Comparison, Number, Operation, Term, parse_formula, parse_term
from proofs.search.lemmas import (
    SIMPLE,
    Lemma,
    counted,
    extreme,
    same,
    simple,
    sum_empty,
    sum_end,
    sum_linear,
    sum_shift,
    taylor,
)


@dataclass(frozen=True, slots=True)
class Have:
    """A comparison to prove, from all facts or the last ones, and to use."""

    formula: Comparison
    last: int = 0


@dataclass(frozen=True, slots=True)
class Cases:
    """A comparison to distinguish by."""

    formula: Comparison


@dataclass(frozen=True, slots=True)
class Let:
    """A term to name."""

    name: str
    term: Term


@dataclass(frozen=True, slots=True)
class Instance:
    """A term to put in place of a bound name."""

    term: Term


@dataclass(frozen=True, slots=True)
class Place:
    """A point to try first."""

    point: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Only:
    """A hint for one branch of what is to be refuted, counted from 1."""

    branch: int
    hint: "Lemma | Have | Cases | Let | Instance | Place | Only"


Hint = Lemma | Have | Cases | Let | Instance | Place | Only
OTHERS: Final = ("same", "exp-taylor", "min", "max", "sum-empty", "sum-last", "sum-first", "sum-linear", "sum-shift")


def read_hints(claim: Claim) -> tuple[Hint, ...]:
    """The hints of a claim.

    Raises
    ------
    InvalidParameter
        If a hint is none of the kinds above.

    Examples
    --------
    >>> claim = Claim(id="h", statement="-", source="-", variables={"x": "real"}, assumptions=[],
    ...               conclusion="exp(x)*exp(-x) == 1", hints=["exp-sum: x; -x", "exp-zero"])
    >>> [hint.name for hint in read_hints(claim)]
    ['exp-sum', 'exp-zero']
    """
    terms: dict[str, Term] = {}
    for name, text in claim.definitions.items():
        terms[name] = parse_term(text, where=name, definitions=terms)
    return tuple(_read(text, terms, f"claim {claim.id!r}: hints") for text in claim.hints)


def _read(text: str, definitions: dict[str, Term], where: str) -> Hint:
    name, _, rest = text.partition(":")
    name = name.strip()
    if re.fullmatch(r"branch \d+", name):
        return Only(int(name.removeprefix("branch ")), _read(rest, definitions, where))
    if name == "cases" or re.fullmatch(r"have( last \d+)?", name):
        formula = parse_formula(rest, where=where, definitions=definitions)
        require(isinstance(formula, Comparison), where, text, "a comparison after 'have' or 'cases'")
        assert isinstance(formula, Comparison)
        return Cases(formula) if name == "cases" else Have(formula, int(name.removeprefix("have").strip("last ") or 0))
    if name == "let":
        letter, _, rest = rest.partition("=")
        require(letter.strip().isidentifier(), where, text, "a name, = and a term after 'let'")
        return Let(letter.strip(), parse_term(rest, where=where, definitions=definitions))
    if name == "point":
        try:
            pairs = dict(part.split("=") for part in rest.split(";"))
            return Place({key.strip(): Fraction(value.strip()) for key, value in pairs.items()})
        except (ValueError, ZeroDivisionError):
            raise InvalidParameter(where, text, "name = number; ... after 'point'") from None
    if name == "instance":
        return Instance(parse_term(rest, where=where, definitions=definitions))
    terms = [parse_term(part, where=where, definitions=definitions) for part in rest.split(";") if part.strip()]
    try:
        return _lemma(name, terms)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, AssertionError, StopIteration):
        known = ", ".join(("have", "cases", "let", "instance", "point", *SIMPLE, *OTHERS, "count-roots"))
        raise InvalidParameter(where, text, f"one of {known}, a colon and its terms") from None


def _lemma(name: str, terms: list[Term]) -> Lemma:
    if name in SIMPLE:
        return simple(name, *terms)
    if name == "exp-taylor":
        order = terms[1]
        assert isinstance(order, Number)
        return taylor(terms[0], int(order.value))
    if name in ("same", "min", "max"):
        assert all(isinstance(term, Operation) for term in terms)
        chosen: Callable[..., Lemma] = same if name == "same" else extreme
        return chosen(*terms)
    binders = [term for term in terms if isinstance(term, Binder)]
    if name == "count-roots":
        return next(counted(binders[0]))
    if name == "sum-empty":
        return sum_empty(binders[0])
    if name in ("sum-last", "sum-first"):
        return sum_end(binders[0], last=name == "sum-last")
    if name == "sum-shift":
        return sum_shift(binders[0], terms[1])
    if name == "sum-linear":
        return sum_linear(binders[0], binders[1], binders[2], terms[3])
    raise KeyError(name)
