"""How a game's parameters are checked, compared and brought into one arithmetic, whatever the kind of game.

A game is a frozen dataclass. The annotation of a field says what may stand there: `Amount` a number >= 0,
`Rate` one in [0, 1], and so on; `settle` reads the annotations when a game is made. A field may hold another
game (the return on contributions under a kind of punishment, say); its numbers belong to the same arithmetic.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import Field, dataclass, fields, replace
from fractions import Fraction
from math import inf
from typing import Annotated, Any, Final, TypeVar

from gametheory.errors import require
from gametheory.exact import (
    Number,
    as_number,
    holds_everywhere,
    in_order,
    is_array,
    is_ball,
    is_exact,
    is_integer,
    is_symbolic,
    unify,
)

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a number may lie, in words and as a test."""

    words: str
    contains: Callable[[Number], bool]


@dataclass(frozen=True, slots=True)
class Each:
    """A sequence of numbers of one domain."""

    domain: Domain


@dataclass(frozen=True, slots=True)
class Size:
    """An integer from `least` on, at most the group's size if `inside`; a group's size may be a symbol."""

    least: int
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Players:
    """Names of strategies, two or more different ones of `names`."""

    words: str
    names: tuple[str, ...]


POSITIVE: Final = Domain("> 0 and finite", lambda v: in_order(0, v) and holds_everywhere(v > 0))
AMOUNT: Final = Domain(">= 0 and finite", lambda v: in_order(0, v))
RATE: Final = Domain("in [0, 1]", lambda v: in_order(0, v, 1))
FINITE: Final = Domain("a finite real number", lambda v: True)

Positive = Annotated[Number, POSITIVE]
Amount = Annotated[Number, AMOUNT]
Rate = Annotated[Number, RATE]
Finite = Annotated[Number, FINITE]
GroupSize = Annotated[Number, Size(2)]
Threshold = Annotated[int, Size(1, inside=True)]
Contributing = Annotated[Sequence[str], Players("'C' and 'D' in either order", ("C", "D"))]


def domain_of(field: "Field[Any]") -> Any:
    """What the annotation of a game's field says of its values; None if it says nothing."""
    notes = getattr(field.type, "__metadata__", ())
    return notes[0] if notes else None


def settle(game: Any) -> None:
    """Check every parameter of a game that is being made, and bring its numbers into one arithmetic.

    Raises
    ------
    InvalidParameter
        Naming the first parameter outside its domain.
    """
    for field in fields(game):
        value, domain = getattr(game, field.name), domain_of(field)
        if isinstance(domain, Domain):
            value = as_number(value, name=field.name)
        elif isinstance(domain, Each):
            listed = is_array(value) or (isinstance(value, Sequence) and not isinstance(value, str))
            require(listed, field.name, value, "a list of numbers")
            value = tuple(as_number(entry, name=field.name) for entry in value)
        elif isinstance(domain, Size):
            value = _size(game, field.name, value, domain)
        elif isinstance(domain, Players):
            value = chosen(value, domain)
        object.__setattr__(game, field.name, value)
    numbers = iter(unify(_numbers(game)))
    for name, value in _refilled(game, numbers).items():
        object.__setattr__(game, name, value)
    for field in fields(game):
        value, domain = getattr(game, field.name), domain_of(field)
        if isinstance(domain, Domain):
            _check(field.name, value, domain)
        elif isinstance(domain, Each):
            for entry in value:
                _check(field.name, entry, domain.domain)


def chosen(value: Any, players: Players) -> tuple[str, ...]:
    """The strategies that a game is given, if they are two or more different ones of those it knows.

    Raises
    ------
    InvalidParameter
        Naming `strategies`.
    """
    listed = isinstance(value, Sequence) and not isinstance(value, str)
    known = listed and all(isinstance(s, str) and s in players.names for s in value)
    require(known and 2 <= len(value) == len(set(value)), "strategies", value, players.words)
    return tuple(value)


def counted(game: Kind, strategy: str, counts: Sequence[Number]) -> tuple[Kind, dict[str, Number]]:
    """The game, and how many co-players play each strategy, in one arithmetic.

    Raises
    ------
    InvalidParameter
        If `strategy` is not one of the game's, or `counts` has another length, or its entries are exact and
        one is negative or they do not sum to N - 1.
    """
    subject: Any = game
    names = tuple(subject.strategies)
    require(strategy in names, "strategy", strategy, f"one of {names}")
    require(len(counts) == len(names), "counts", counts, f"{len(names)} counts")
    if is_exact(subject.group_size) and all(map(is_exact, counts)):
        fits = min(counts) >= 0 and sum(counts) == subject.group_size - 1
        require(fits, "counts", counts, f"numbers >= 0 that sum to {subject.group_size - 1}")
    game, numbers = aligned(game, *counts)
    return game, dict(zip(names, numbers, strict=True))


def aligned(game: Kind, *numbers: Number) -> tuple[Kind, list[Number]]:
    """The game and numbers that will meet its parameters in a formula, in one arithmetic (`unify`)."""
    if all(type(number) is int for number in numbers):
        return game, list(numbers)
    before = list(_numbers(game))
    after = unify([*before, *(as_number(number, name="counts") for number in numbers)])
    return _rebuilt(game, iter(after[: len(before)])), after[len(before) :]


def whole(count: Number) -> int:
    """A count on which a case distinction hangs, as the integer that it has to be.

    Raises
    ------
    InvalidParameter
        If it is a float, an array, a ball, a symbol or a fraction.
    """
    ok = is_integer(count) or (isinstance(count, Fraction) and count.denominator == 1)
    require(ok, "counts", count, "integers (this game distinguishes cases by them)")
    return int(count)


def all_exact(game: Any) -> bool:
    """Whether every parameter of a game is an exact number."""
    sizes = [getattr(game, f.name) for f in fields(game) if isinstance(domain_of(f), Size)]
    return all(map(is_exact, [*sizes, *_numbers(game)])) and all(all_exact(inner) for inner in inner_games(game))


def equal(game: Any, other: Any) -> Any:
    """Whether two games are of one kind and have the same parameters."""
    if type(game) is not type(other):
        return NotImplemented
    return all(_same(getattr(game, f.name), getattr(other, f.name)) for f in fields(game))


def hashed(game: Any) -> int:
    """A hash of a game's parameters."""
    return hash(tuple(getattr(game, f.name) for f in fields(game)))


def as_latex(game: Any) -> str:
    """A game as notebooks show it: payoffs and parameters (`gametheory.latex`)."""
    from gametheory.latex import game_latex, shown

    return shown(game_latex(game))


def inner_games(game: Any) -> list[Any]:
    """The games that stand in the fields of a game."""
    return [value for f in fields(game) if is_game(value := getattr(game, f.name))]


def _size(game: Any, name: str, value: Any, domain: Size) -> Any:
    integer = is_integer(value)
    if domain.inside:
        most = game.group_size
        ok = integer and in_order(domain.least, value, most)
        require(ok, name, value, f"an integer from {domain.least} to group_size")
    else:
        ok = (integer or is_symbolic(value)) and in_order(domain.least, value)
        require(ok, name, value, f"an integer >= {domain.least}")
    return int(value) if integer else value


def _check(name: str, value: Number, domain: Domain) -> None:
    """Refuse a number outside its parameter's domain; a symbol's domain is the user's to assume."""
    if is_ball(value):
        finite = bool(value.is_finite())
    else:
        finite = in_order(-inf, value, inf) and holds_everywhere(value < inf) and holds_everywhere(value > -inf)
    require(finite and domain.contains(value), name, value, domain.words)


def _numbers(game: Any) -> Iterator[Number]:
    """The numbers of a game and of the games inside it, in the order of their fields."""
    for field in fields(game):
        value, domain = getattr(game, field.name), domain_of(field)
        if isinstance(domain, Domain):
            yield value
        elif isinstance(domain, Each):
            yield from value
        elif is_game(value):
            yield from _numbers(value)


def _refilled(game: Any, numbers: Iterator[Number]) -> dict[str, Any]:
    """The fields of a game with `numbers` in place of its own."""
    values: dict[str, Any] = {}
    for field in fields(game):
        value, domain = getattr(game, field.name), domain_of(field)
        if isinstance(domain, Domain):
            values[field.name] = next(numbers)
        elif isinstance(domain, Each):
            values[field.name] = tuple(next(numbers) for _ in value)
        elif is_game(value):
            values[field.name] = _rebuilt(value, numbers)
    return values


def _rebuilt(game: Kind, numbers: Iterator[Number]) -> Kind:
    """A game with `numbers` in place of its own; the game itself if they are the same objects."""
    subject: Any = game
    values = _refilled(subject, numbers)
    changed = {name: value for name, value in values.items() if not _is(value, getattr(subject, name))}
    return replace(subject, **changed) if changed else game


def is_game(value: Any) -> bool:
    """Whether a field's value is a game: a dataclass with payoffs."""
    return hasattr(value, "__dataclass_fields__") and hasattr(value, "payoff")


def _is(left: Any, right: Any) -> bool:
    if isinstance(left, tuple):
        return all(a is b for a, b in zip(left, right, strict=True))
    return left is right


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    if is_array(left) or is_array(right):
        return is_array(left) and is_array(right) and left.shape == right.shape and bool((left == right).all())
    return left is right or bool(left == right)
