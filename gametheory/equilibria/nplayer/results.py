"""The answer of the solver of N-player games: components, and how far the answer goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from keyword import iskeyword
from typing import Any

from gametheory.algebra.intervals import CERTIFIED
from gametheory.equilibria.components import number_to_json
from gametheory.errors import require
from gametheory.exact import to_text
from gametheory.normal_form import NormalFormGame
from gametheory.profiles import Profile

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePart:
    """A set of equilibria of one kind.

    Attributes
    ----------
    kind : str
        "point"; "polytope": the convex hull of `corners`; "curve": an arc from one corner to the other, with a
        rational parametrisation; "set": everything that `set` says.
    support : tuple of tuples of str
        Each player's strategies that are played somewhere in it.
    dimension : int
    set : str
        A formula of the claims language in the names of `share_names`.
    point : tuple of tuples of number
        One of its points: rational, `AlgebraicNumber` or `EnclosedNumber`.
    corners : tuple of profiles
        Vertices, ends of an arc; of a point itself.
    regret : (Fraction, Fraction)
        An interval that holds the largest regret of a player at `point` and `corners`; both 0 where all are exact.
    """

    kind: str
    support: tuple[tuple[str, ...], ...]
    dimension: int
    set: str
    point: Profile
    corners: tuple[Profile, ...]
    regret: Interval

    def __post_init__(self) -> None:
        require(self.kind in ("point", "polytope", "curve", "set"), "kind", self.kind, "point, polytope, curve or set")
        require(self.regret[0] <= 0 <= self.regret[1], "regret", self.regret, "an interval that holds 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileComponent:
    """Equilibria that hang together.

    Attributes
    ----------
    players : tuple of str
    strategies : tuple of tuples of str
    dimension : int
        The largest of its parts.
    parts : tuple of ProfilePart
        None is contained in another.
    connected : bool
        Whether it is proved that this is a maximal connected set. Parts of kind "set" may have several pieces, and
        may touch other components.
    """

    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    dimension: int
    parts: tuple[ProfilePart, ...]
    connected: bool

    @property
    def regret(self) -> Interval:
        """An interval that holds the largest regret of a player at every listed point."""
        return min(part.regret[0] for part in self.parts), max(part.regret[1] for part in self.parts)

    @property
    def point(self) -> Profile:
        """A point of the part of the largest dimension."""
        return max(self.parts, key=lambda part: part.dimension).point

    @property
    def set(self) -> str:
        """All of it, as a formula of the claims language."""
        texts = [part.set for part in self.parts]
        return texts[0] if len(texts) == 1 else " or ".join(f"({text})" for text in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class NashEquilibria:
    """Nash equilibria of a game in normal form, and how far the answer goes.

    Attributes
    ----------
    components : tuple of ProfileComponent
        Isolated points first, pure ones before mixed ones.
    complete : bool
        Whether these are proved to be all.
    undecided : tuple of (tuple of tuples of str, str)
        Supports on which equilibria may be missing, and why.
    method : str
    exact : bool
        Whether the game's numbers are exact; of a game of floats, this is the answer for those very numbers.
    note : str
        What else a reader should know.
    """

    components: tuple[ProfileComponent, ...]
    complete: bool
    undecided: tuple[tuple[tuple[tuple[str, ...], ...], str], ...]
    method: str
    exact: bool
    note: str = ""

    @property
    def points(self) -> tuple[Profile, ...]:
        """The isolated equilibria."""
        return tuple(component.point for component in self.components if component.dimension == 0)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, `gametheory.profiles/1` (docs/n-player-equilibria.md)."""
        return {
            "schema": "gametheory.profiles/1",
            "method": self.method,
            "exact": self.exact,
            "complete": self.complete,
            "note": self.note,
            "undecided": [{"support": list(map(list, support)), "reason": why} for support, why in self.undecided],
            "components": [profile_component_to_dict(component) for component in self.components],
        }

    def _repr_latex_(self) -> str:
        lines = [f"\\text{{{_text(component)}}}" for component in self.components]
        ending = "" if self.complete else " \\\\ \\text{not complete}"
        return "$$\\begin{array}{l} " + " \\\\ ".join(lines) + ending + " \\end{array}$$"


def _text(component: ProfileComponent) -> str:
    kind = "point" if component.dimension == 0 else f"dimension {component.dimension}"
    return f"{kind}: {component.set}".replace("_", "\\_")


def profile_component_to_dict(component: ProfileComponent) -> dict[str, Any]:
    """A component as JSON holds it: points by player and strategy.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> from gametheory.equilibria.nplayer.solver import nash_equilibria
    >>> found = nash_equilibria(normal_form_game([[1, 0], [0, 0]], [[1, 0], [0, -1]])).components[0]
    >>> profile_component_to_dict(found)["parts"][0]["point"]
    {'1': {'1': '1', '2': '0'}, '2': {'1': '1', '2': '0'}}
    """

    def point(profile: Profile) -> dict[str, Any]:
        return {
            player: {name: number_to_json(share) for name, share in zip(names, mixture, strict=True)}
            for player, names, mixture in zip(component.players, component.strategies, profile, strict=True)
        }

    return {
        "dimension": component.dimension,
        "connected": component.connected,
        "set": component.set,
        "regret": _interval(component.regret),
        "parts": [
            {
                "kind": part.kind,
                "support": {player: list(own) for player, own in zip(component.players, part.support, strict=True)},
                "dimension": part.dimension,
                "set": part.set,
                "point": point(part.point),
                "corners": [point(corner) for corner in part.corners],
                "regret": _interval(part.regret),
            }
            for part in component.parts
        ],
    }


def _interval(ends: Interval) -> Any:
    if ends[0] == ends[1]:
        return to_text(ends[0])
    return {"interval": [str(ends[0]), str(ends[1])], "certified": CERTIFIED}


def share_names(game: NormalFormGame) -> tuple[tuple[str, ...], ...]:
    """Names of the shares in formulas: player_strategy where those are names, else p1_s1 and so on.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> share_names(normal_form_game([[1, 0], [0, 1]], strategies=[["C", "D"]] * 2))
    (('p1_C', 'p1_D'), ('p2_C', 'p2_D'))
    """
    found = []
    for place, (player, own) in enumerate(zip(game.players, game.strategies, strict=True)):
        names = [_joined(f"p{player}" if player[:1].isdigit() else player, f"{name}") for name in own]
        fits = all(name.isidentifier() and name.isascii() and not iskeyword(name) for name in names)
        found.append(tuple(names if fits else [f"p{place + 1}_s{k + 1}" for k in range(len(own))]))
    flat = [name for names in found for name in names]
    if len(set(flat)) < len(flat):
        return tuple(tuple(f"p{i + 1}_s{k + 1}" for k in range(len(own))) for i, own in enumerate(game.strategies))
    return tuple(found)


def _joined(player: str, strategy: str) -> str:
    return f"{player}_{strategy}"


def as_shown(profile: Profile, *, exact: bool) -> Profile:
    """Numbers of an answer: floats for a game of floats."""
    return profile if exact else tuple(tuple(float(share) for share in mixture) for mixture in profile)


def supports_by_name(game: NormalFormGame, support: Sequence[Sequence[int]]) -> tuple[tuple[str, ...], ...]:
    """The strategies of a support by their names."""
    return tuple(tuple(names[k] for k in own) for names, own in zip(game.strategies, support, strict=True))
