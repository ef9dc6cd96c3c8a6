"""Formulas and claims at the points of a sweep, evaluated exactly: what holds where, no proof for all of them."""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.sweeps.parameters import game_parameters
from experiments.sweeps.points import Points
from gametheory.errors import InvalidParameter, require
from gametheory.exact import parse_rational
from proofs.cases import Unsupported
from proofs.evaluate import NoValue, truth
from proofs.language import Formula, free_names, parse_formula

if TYPE_CHECKING:
    from proofs.claims import Claim

# the symbols of model.md in the built-in claims
SYMBOLS: Final = {
    "N": "group_size",
    "r": "multiplication_factor",
    "c": "contribution_cost",
    "p": "punishment_probability",
    "s": "severity",
    "h": "detection_rate",
    "e": "false_alarm_rate",
    "gamma": "punishment_cost",
}
UNDECIDED, REFUTED, PROVED, VACUOUS, UNDEFINED = -1, 0, 1, 2, 3


def formula(points: Points) -> dict[str, Any]:
    """Whether the formula is true, 1 or 0; -1 where a term has no value or its truth cannot be told."""
    tree = parse_formula(points.specification.settings["formula"], where="parameters.formula")
    holds = np.full(len(points), -1, dtype=np.int8)
    for position, game, _ in points.each():
        try:
            holds[position] = int(truth(tree, _values(game)))
        except (NoValue, Unsupported):
            continue
    return {"holds": holds}


def claim(points: Points) -> dict[str, Any]:
    """The verdict on a built-in claim at each point."""
    settings = points.specification.settings
    asked, given = _claim_named(settings["claim"]), _given(settings["values"])
    verdicts = np.full(len(points), UNDECIDED, dtype=np.int8)
    for position, game, _ in points.each():
        values = _values(game)
        known = {name: values[SYMBOLS.get(name, name)] for name in asked.variables if SYMBOLS.get(name, name) in values}
        verdicts[position] = _verdict(asked, {**known, **given})
    return {"verdict": verdicts}


def check_formula(game: Any, settings: Mapping[str, Any]) -> None:
    """Refuse a formula about anything but the game's parameters."""
    tree = parse_formula(settings["formula"], where="parameters.formula")
    _require_known(tree, game)


def check_claim(game: Any, settings: Mapping[str, Any]) -> None:
    """Refuse a claim that is not there, or has a variable without a value."""
    asked, given = _claim_named(settings["claim"]), _given(settings["values"])
    known = game_parameters(game)
    for name in asked.variables:
        found = name in given or SYMBOLS.get(name, name) in known
        require(found, "parameters.values", settings["values"], f"a value of {name!r}, as in '{name}=1/2'")
    for name in given:
        require(name in asked.variables, "parameters.values", name, f"a variable of the claim {asked.id!r}")


def _require_known(tree: Formula, game: Any) -> None:
    known = game_parameters(game)
    for name in sorted(free_names(tree)):
        require(name in known, "parameters.formula", name, f"in parameters of the game: {', '.join(known)}")


def _verdict(asked: "Claim", point: dict[str, Fraction]) -> int:
    """What can be said of a claim at a point."""
    whole = all(point[name].denominator == 1 for name, sort in asked.variables.items() if sort == "integer")
    if not whole:
        return VACUOUS  # the point is outside the claim's domain
    try:
        for assumption in asked.assumed:
            if not truth(assumption, point):
                return VACUOUS
        return PROVED if truth(asked.concluded, point) else REFUTED
    except NoValue:
        return UNDEFINED
    except Unsupported:
        return UNDECIDED


def _values(game: Any) -> dict[str, Fraction]:
    """The game's parameters as exactly the rationals that they are."""
    found = {}
    for name, place in game_parameters(game).items():
        value = game
        for step in place.path:
            value = getattr(value, step)
        found[name] = Fraction(value)
    return found


@lru_cache(maxsize=8)
def _claim_named(identifier: str) -> "Claim":
    from proofs.catalogue import catalogue_claims

    for one in catalogue_claims():
        if one.id == identifier:
            return one
    raise InvalidParameter("parameters.claim", identifier, "the id of a claim of the catalogue")


def _given(text: str) -> dict[str, Fraction]:
    found = {}
    for part in text.replace(",", " ").split():
        name, equals, value = part.partition("=")
        require(equals == "=", "parameters.values", text, "such as 'm=4 x=1/2'")
        found[name] = parse_rational(value, name="parameters.values")
    return found
