"""Which parameters a sweep may vary: those of the game, also of a game inside it, and those of the quantity."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from gametheory.errors import InvalidParameter, require
from gametheory.exact import as_number, in_order, is_integer
from gametheory.parameters import Domain, Size, domain_of, is_game

UNITS: Final[dict[str, str]] = {
    "group_size": "players",
    "threshold": "players",
    "punishers": "players",
    "population_size": "individuals",
    "selection_strength": "1/payoff",
    "rounds": "rounds",
    "groups": "groups",
    **dict.fromkeys(
        (
            "contribution_cost",
            "fine",
            "punishment_cost",
            "benefit",
            "endowment",
            "loner_payoff",
            "loner_fine",
            "loner_punishment_cost",
            "second_order",
            "antisocial_fine",
            "antisocial_cost",
            "pool_fine",
            "pool_cost",
            "tax",
            "reward",
            "reward_cost",
            "temperature",
            "imitation_noise",
        ),
        "payoff",
    ),
    **dict.fromkeys(
        (
            "punishment_probability",
            "detection_rate",
            "false_alarm_rate",
            "risk",
            "discount_factor",
            "action_error",
            "mutation_rate",
        ),
        "probability",
    ),
}
REQUIRED: Final = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A parameter of a quantity.

    Attributes
    ----------
    name, summary : str
    default : number, str or None
        `REQUIRED` if it has to be given; None leaves it out.
    low, high : number or None
        Where it lies; None: not bounded.
    whole : bool
        Whether it is an integer.
    words : tuple of str
        If not empty, it is one of these words, and no axis.
    text : bool
        Whether it is any text, and no axis.
    """

    name: str
    summary: str
    default: Any = REQUIRED
    low: Any = None
    high: Any = None
    whole: bool = False
    words: tuple[str, ...] = ()
    text: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is a number, and so may be an axis."""
        return not (self.words or self.text)

    def checked(self, value: Any) -> Any:
        """A value inside the domain, in its own arithmetic. Raises `InvalidParameter` for others."""
        if self.words:
            require(value in self.words, self.name, value, f"one of {', '.join(map(repr, self.words))}")
            return value
        if self.text:
            require(isinstance(value, str), self.name, value, "text")
            return value
        number = as_number(value, name=self.name)
        bounds = [as_number(bound) for bound in (self.low, number, self.high) if bound is not None]
        inside = f"in [{self.low}, {self.high}]" if self.high is not None else f">= {self.low}"
        require(self.low is None or in_order(*bounds), self.name, value, inside)
        if self.whole:
            require(number == int(number), self.name, value, "an integer")
            return int(number)
        return number


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parameter of a game stands: the fields that lead to it, and whether it is an integer."""

    path: tuple[str, ...]
    whole: bool


def game_parameters(game: Any) -> dict[str, Place]:
    """The numbers of a game that a sweep can vary, by name.

    A parameter of a game inside the game has its own name if that is unique, and its name behind that of the field and
    a dot if not.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> list(game_parameters(PublicGoodsGame(group_size=5, multiplication_factor=3)))[:2]
    ['group_size', 'multiplication_factor']
    """
    found: dict[str, list[Place]] = {}
    for place in _places(game, ()):
        found.setdefault(place.path[-1], []).append(place)
    return {
        name if len(places) == 1 else ".".join(place.path): place for name, places in found.items() for place in places
    }


def _places(game: Any, before: tuple[str, ...]) -> list[Place]:
    if not hasattr(game, "__dataclass_fields__"):
        return []
    found = []
    for field in fields(game):
        domain = domain_of(field)
        if isinstance(domain, Domain | Size):
            found.append(Place((*before, field.name), isinstance(domain, Size)))
        elif is_game(getattr(game, field.name)):
            found += _places(getattr(game, field.name), (*before, field.name))
    return found


def changed(game: Any, values: Mapping[tuple[str, ...], Any]) -> Any:
    """The game with other values at these places.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> changed(PublicGoodsGame(group_size=5, multiplication_factor=3), {("fine",): "1/2"}).fine
    Fraction(1, 2)
    """
    inner: dict[str, dict[tuple[str, ...], Any]] = {}
    own = {}
    for path, value in values.items():
        if len(path) == 1:
            own[path[0]] = value
        else:
            inner.setdefault(path[0], {})[path[1:]] = value
    for name, rest in inner.items():
        own[name] = changed(getattr(game, name), rest)
    return replace(game, **own) if own else game


def unit_of(name: str) -> str:
    """The unit of a parameter; '1' for a plain number."""
    return UNITS.get(name.rpartition(".")[2], "1")


def whole_number(name: str, value: Any) -> int:
    """An integer from an exact or floating-point number that is one."""
    number = as_number(value, name=name)
    try:
        whole = number == int(number)
    except (OverflowError, ValueError, TypeError):
        whole = False
    if not whole:
        raise InvalidParameter(name, value, "an integer")
    return int(value) if is_integer(value) else int(number)
