"""What the explorer shows for given parameters: no page, no clock, only numbers and words, exact where the game is.

The condition curve is the margin of a strategy, its payoff less that of a rival, against co-players of whom some
play one strategy and the rest another; where the margin is zero at a rational number, that number is exact, because
the margin is computed there again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from experiments.sweeps.parameters import changed, game_parameters
from gametheory.errors import GameTheoryError, InvalidParameter, require
from gametheory.exact import Number, is_exact
from gametheory.parameters import AMOUNT, POSITIVE, RATE, Domain, Size, domain_of

SAMPLES: Final = 60
MOST_PLAYERS: Final = 40
CO_PLAYERS: Final = "co-players"
HALVINGS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A parameter, and where it may be moved.

    Attributes
    ----------
    name : str
        As sweeps call it; `CO_PLAYERS` is the number of co-players that play the scene's strategy.
    low, high, step, start : Fraction
    whole : bool
    """

    name: str
    low: Fraction
    high: Fraction
    step: Fraction
    start: Fraction
    whole: bool = False

    def snapped(self, position: float) -> Fraction:
        """The exact value of a position; where it starts, exactly what the game says.

        Examples
        --------
        >>> rate = {"low": Fraction(0), "high": Fraction(1), "step": Fraction(1, 100)}
        >>> Slider(name="p", **rate, start=Fraction(1, 3)).snapped(0.07)
        Fraction(7, 100)
        """
        if abs(position - float(self.start)) < float(self.step) / 1000:
            return self.start
        steps = round((Fraction(position) - self.low) / self.step)
        return min(max(self.low + steps * self.step, self.low), self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A game and how it is looked at.

    Attributes
    ----------
    game : Game
    sliders : tuple of Slider
    counted, others : str
        Strategies of the co-players: so many play `counted`, the rest `others`.
    """

    game: Any
    sliders: tuple[Slider, ...]
    counted: str
    others: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Where the margin of the curve is zero.

    Attributes
    ----------
    value : number
        A rational at which the margin is exactly zero, or a float near a root.
    exact : bool
    """

    value: Number
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The margin along one parameter.

    Attributes
    ----------
    along : str
    xs, ys : tuple of float
    crossings : tuple of Crossing
    """

    along: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    crossings: tuple[Crossing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is shown for one position of all sliders.

    Attributes
    ----------
    game : Game
    strategy, rival : str
        Whose payoff the margin is, less whose.
    co_players : dict of str to int
    margin : number
    holds : bool
        Whether the strategy earns at least as much as its rival: margin >= 0.
    best_replies : tuple of str
        To these co-players.
    curve : Curve
    conditions : tuple of Condition
        For public goods games, else ().
    equilibria, rest_points : SymmetricEquilibria, RestPoints, or None for games too large to be solved at once
    """

    game: Any
    strategy: str
    rival: str
    co_players: dict[str, int]
    margin: Number
    holds: bool
    best_replies: tuple[str, ...]
    curve: Curve
    conditions: tuple[Any, ...]
    equilibria: Any
    rest_points: Any


def scene(game: Any) -> Scene:
    """How a game is looked at, from its fields' domains.

    Parameters
    ----------
    game : Game
        With two or more strategies and at least one parameter that can be moved.

    Returns
    -------
    Scene

    Raises
    ------
    InvalidParameter
        If it has no parameters (a table of payoffs), or payoffs that belong to players.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> found = scene(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1))
    >>> [slider.name for slider in found.sliders][:3], found.counted, found.others
    (['group_size', 'multiplication_factor', 'contribution_cost'], 'P', 'C')
    """
    require(hasattr(game, "strategies"), "game", type(game).__name__, "a symmetric game")
    names = tuple(game.strategies)
    counted = "P" if "P" in names else names[-1]
    others = next(name for name in ("C", *names) if name in names and name != counted)
    places = game_parameters(game)
    movable = {name: place for name, place in places.items() if is_exact(_read(game, place.path))}
    require(
        bool(movable), "game", type(game).__name__, "a game with parameters to move (this one is a table of payoffs)"
    )
    sliders = [_slider(game, name, place.path) for name, place in movable.items()]
    size = int(game.group_size)
    most = max([size, *(int(slider.high) for slider in sliders if slider.name == "group_size")]) - 1
    pivotal = size - int(getattr(game, "threshold", 1))  # one contribution makes the difference
    start = Fraction(size - 1 if counted == "P" else max(pivotal, 0))
    ends = {"low": Fraction(0), "high": Fraction(most), "step": Fraction(1)}
    sliders.append(Slider(name=CO_PLAYERS, **ends, start=start, whole=True))
    return Scene(game=game, sliders=tuple(sliders), counted=counted, others=others)


def frame(looked_at: Scene, values: Mapping[str, Fraction], *, along: str, strategy: str, rival: str) -> Frame:
    """What is shown when the sliders stand at `values`.

    Parameters
    ----------
    looked_at : Scene
    values : mapping of str to Fraction
        By slider; those left out stand at their start.
    along : str
        The parameter of the curve.
    strategy, rival : str
        Whose margin is shown, over whom.

    Raises
    ------
    InvalidParameter
        If the values are outside the game's domain (a threshold above the group's size, say).

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> looked_at = scene(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10'))
    >>> seen = frame(looked_at, {}, along="punishment_probability", strategy="C", rival="D")
    >>> seen.holds, [str(crossing.value) for crossing in seen.curve.crossings]
    (True, ['1/10'])
    """
    sliders = {slider.name: slider for slider in looked_at.sliders}
    for name in (*values, along):
        require(name in sliders, "parameter", name, f"one of {', '.join(sliders)}")
    for name in (strategy, rival):
        require(name in looked_at.game.strategies, "strategy", name, f"one of {tuple(looked_at.game.strategies)}")
    positions = {name: values.get(name, slider.start) for name, slider in sliders.items()}
    game, counts = _placed(looked_at, positions)
    here = margin(game, strategy, rival, counts)
    payoffs = {name: game.payoff(name, counts) for name in game.strategies}
    equilibria, rest = _solved(game)
    return Frame(
        game=game,
        strategy=strategy,
        rival=rival,
        co_players={name: n for name, n in zip(game.strategies, counts, strict=True) if n},
        margin=here,
        holds=bool(here >= 0),
        best_replies=tuple(name for name, payoff in payoffs.items() if payoff == max(payoffs.values())),
        curve=_curve(looked_at, sliders[along], positions, strategy, rival),
        conditions=_conditions(game, counts),
        equilibria=equilibria,
        rest_points=rest,
    )


def margin(game: Any, strategy: str, rival: str, counts: tuple[int, ...]) -> Number:
    """A strategy's payoff less a rival's, against these co-players.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> margin(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1), "C", "D", (0, 0, 4))
    Fraction(18, 5)
    """
    return game.payoff(strategy, counts) - game.payoff(rival, counts)


def _placed(looked_at: Scene, positions: Mapping[str, Fraction]) -> tuple[Any, tuple[int, ...]]:
    """The game at these positions, and its co-players; never more of them than there are."""
    places = game_parameters(looked_at.game)
    values: dict[tuple[str, ...], Any] = {
        places[name].path: int(value) if places[name].whole else value
        for name, value in positions.items()
        if name in places
    }
    game = changed(looked_at.game, values)
    among = min(int(positions[CO_PLAYERS]), int(game.group_size) - 1)
    split = {looked_at.counted: among, looked_at.others: int(game.group_size) - 1 - among}
    return game, tuple(split.get(name, 0) for name in game.strategies)


def _read(game: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        game = getattr(game, name)
    return game


def _slider(game: Any, name: str, path: tuple[str, ...]) -> Slider:
    """Its range by the domain of the parameter, wide enough to hold twice the value it has."""
    owner = _read(game, path[:-1])
    domain = domain_of(type(owner).__dataclass_fields__[path[-1]])
    value = Fraction(_read(game, path))
    if isinstance(domain, Size):
        high = Fraction(min(max(10, 2 * int(value)), max(MOST_PLAYERS, int(value))))
        return Slider(name=name, low=Fraction(domain.least), high=high, step=Fraction(1), start=value, whole=True)
    low, high, step = _range(domain, value, int(game.group_size) + 1 if path[-1] == "multiplication_factor" else 2)
    return Slider(name=name, low=low, high=high, step=step, start=value)


def _range(domain: Domain | Any, value: Fraction, least: int) -> tuple[Fraction, Fraction, Fraction]:
    if domain is RATE:
        return Fraction(0), Fraction(1), Fraction(1, 100)
    high = max(Fraction(least), 2 * abs(value))
    high = Fraction(-(-high // 1))  # a whole number
    step = next((Fraction(1, k) for k in (100, 20, 4) if high * k <= 1000), high / 200)
    if domain is POSITIVE:
        return step, high, step
    return (Fraction(0) if domain is AMOUNT else -high), high, step


def _conditions(game: Any, counts: tuple[int, ...]) -> tuple[Any, ...]:
    from gametheory.public_goods import PublicGoodsGame
    from gametheory.thresholds import conditions

    if not isinstance(game, PublicGoodsGame):
        return ()
    punishers = dict(zip(game.strategies, counts, strict=True)).get("P", game.group_size - 1)
    return conditions(game, punishers=punishers)


def _solved(game: Any) -> tuple[Any, Any]:
    """Equilibria and rest points, both exact, where that takes less than a blink."""
    from dynamics.restpoints import classify

    if len(game.strategies) > 3 or int(game.group_size) > MOST_PLAYERS:
        return None, None
    return classify(game)


def _curve(looked_at: Scene, slider: Slider, positions: Mapping[str, Fraction], strategy: str, rival: str) -> Curve:
    def at(value: Fraction) -> Number:
        game, counts = _placed(looked_at, {**positions, slider.name: value})
        return margin(game, strategy, rival, counts)

    steps = int((slider.high - slider.low) / slider.step)
    stride = 1 if slider.whole else max(1, steps // SAMPLES)
    places = [slider.low + slider.step * k for k in range(0, steps + 1, stride)]
    if places[-1] != slider.high:
        places.append(slider.high)
    found = []
    for place in places:
        try:
            found.append((place, at(place)))
        except GameTheoryError:  # outside the game's domain with the other values as they are
            continue
    crossings = _crossings(at, found, whole=slider.whole)
    return Curve(
        along=slider.name,
        xs=tuple(float(x) for x, _ in found),
        ys=tuple(float(y) for _, y in found),
        crossings=tuple(crossings),
    )


def _crossings(
    at: Callable[[Fraction], Number], found: list[tuple[Fraction, Number]], *, whole: bool
) -> list[Crossing]:
    crossings = []
    for k, (place, height) in enumerate(found):
        if height == 0:
            flat = any(0 <= j < len(found) and found[j][1] == 0 for j in (k - 1, k + 1))
            crossings += [] if flat else [Crossing(value=place, exact=is_exact(height))]
    for (left, before), (right, after) in pairwise(found):
        if before * after < 0 and not whole:
            crossings.append(_root(at, left, before, right, after))
    return sorted(crossings, key=lambda crossing: float(crossing.value))


def _root(at: Callable[[Fraction], Number], left: Fraction, before: Number, right: Fraction, after: Number) -> Crossing:
    """The root between two points: by the chord, which is exact where the margin is affine, else by halving."""
    chord = left + (right - left) * Fraction(before) / (Fraction(before) - Fraction(after))
    if at(chord) == 0:
        return Crossing(value=chord, exact=True)
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        height = at(middle)
        if height == 0:
            return Crossing(value=middle, exact=True)
        left, right = (middle, right) if (height > 0) == (before > 0) else (left, middle)
    return Crossing(value=float((left + right) / 2), exact=False)


def parse_positions(sliders: Mapping[str, Slider], positions: Mapping[str, float]) -> dict[str, Fraction]:
    """Exact values of positions by slider.

    Raises
    ------
    InvalidParameter
        If a position is no finite number.
    """
    values = {}
    for name, position in positions.items():
        try:
            values[name] = sliders[name].snapped(float(position))
        except (OverflowError, ValueError, TypeError):
            raise InvalidParameter(name, position, "a finite number") from None
    return values
