"""What a sweep is: a game, a quantity, axes, a seed and a mode; from Python or from TOML, checked before anything runs.

The document of a specification is what a store keeps, and what workers are sent: two sweeps with the same document have
the same bits.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import gametheory
from experiments.sweeps.parameters import Place, changed, game_parameters, unit_of, whole_number
from experiments.sweeps.quantities import Quantity, quantity_named
from gametheory.errors import InvalidParameter, require
from gametheory.exact import as_number, is_exact, is_integer, to_float, to_text
from gametheory.files import game_from_dict, game_to_dict, load_game, read_toml

MODES: Final = ("grid", "adaptive", "certified")
KEYS: Final = ("game", "quantity", "seed", "mode", "axes", "parameters", "refinement")
MOST_POINTS: Final = 2**31
MOST_VALUES: Final = 2**20  # of an axis: the store writes each of them down
DEFAULT_SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter and the values that it takes, in order: all exact, or all floats.

    Attributes
    ----------
    name : str
    values : tuple of Fraction or of float
    """

    name: str
    values: tuple[Any, ...]

    @property
    def unit(self) -> str:
        """The unit of the parameter."""
        return unit_of(self.name)

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The values as floats."""
        return np.array([to_float(value) for value in self.values])


@dataclass(frozen=True, slots=True, kw_only=True)
class Refinement:
    """How far, and at what, an adaptive sweep refines.

    Attributes
    ----------
    depth : int
        The coarsest lattice takes every 2^depth-th value of each axis (and the last).
    tolerance : float or None
        Refine also where a variable of floats differs by more than this between neighbors; None: at phases only.
    """

    depth: int
    tolerance: float | None = None

    def __post_init__(self) -> None:
        require(is_integer(self.depth) and 0 <= self.depth <= 30, "refinement.depth", self.depth, "an integer >= 0")
        good = self.tolerance is None or self.tolerance > 0
        require(good, "refinement.tolerance", self.tolerance, "a number > 0")


@dataclass(frozen=True, kw_only=True, eq=False)
class Specification:
    """A sweep, checked.

    Parameters
    ----------
    game : Game
        With numbers for parameters.
    quantity : Quantity
    axes : tuple of Axis
        One or more.
    seed : int
    mode : str
        "grid" or "adaptive".
    settings : mapping of str to number or str
        The quantity's own parameters that are no axes, all of them.
    refinement : Refinement or None
        In mode "adaptive".

    Raises
    ------
    InvalidParameter
        Naming the key.
    """

    game: Any
    quantity: Quantity
    axes: tuple[Axis, ...]
    seed: int
    mode: str = "grid"
    settings: Mapping[str, Any] = field(default_factory=dict)
    refinement: Refinement | None = None

    def __post_init__(self) -> None:
        require(is_integer(self.seed) and self.seed >= 0, "seed", self.seed, "an integer >= 0")
        require(
            self.mode in MODES[:2], "mode", self.mode, "'grid' or 'adaptive' (or 'certified', for which no grid is)"
        )
        require(self.size <= MOST_POINTS, "axes", f"{self.size} points", f"at most {MOST_POINTS} points")
        self.quantity.check(self.game, self.settings)
        self._check_values()

    @cached_property
    def places(self) -> dict[str, Place]:
        """The axes that are parameters of the game, and where these stand."""
        known = game_parameters(self.game)
        return {axis.name: known[axis.name] for axis in self.axes if axis.name in known}

    @cached_property
    def is_exact(self) -> bool:
        """Whether every number of the game, the axes and the settings is exact."""
        numbers = [*self.settings.values(), *(value for axis in self.axes for value in axis.values)]
        return bool(self.game.is_exact) and not any(isinstance(value, float) for value in numbers)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def size(self) -> int:
        """Points of the whole grid."""
        return prod(self.shape)

    @cached_property
    def extents(self) -> dict[str, tuple[str, ...]]:
        """The labels along each dimension that the quantity adds."""
        return self.quantity.extents(self.game)

    def _check_values(self) -> None:
        """Refuse values outside their parameter's domain, also those that only go wrong together."""
        own = {setting.name: setting for setting in self.quantity.settings}
        plain, whole = {}, []
        for axis in self.axes:
            if axis.name in own:
                for value in axis.values:
                    own[axis.name].checked(value)
            elif self.places[axis.name].whole:
                whole.append(axis)
            else:
                plain[self.places[axis.name].path] = axis.numbers
        for path, numbers in plain.items():
            changed(self.game, {path: numbers})
        grids = np.meshgrid(*(np.array([int(v) for v in axis.values]) for axis in whole), indexing="ij")
        for values in zip(*(grid.ravel().tolist() for grid in grids), strict=True):
            sizes = {self.places[a.name].path: v for a, v in zip(whole, values, strict=True)}
            self.quantity.check(changed(self.game, sizes), self.settings)

    def document(self) -> dict[str, Any]:
        """The sweep as JSON holds it: what makes its bits, no more and no less."""
        refined = self.refinement
        return {
            "schema": "gametheory.sweep-store/1",
            "version": gametheory.__version__,
            "game": game_to_dict(self.game),
            "quantity": self.quantity.name,
            "parameters": {name: _written(value) for name, value in self.settings.items()},
            "axes": {axis.name: [_written(value) for value in axis.values] for axis in self.axes},
            "seed": int(self.seed),
            "mode": self.mode,
            "refinement": None if refined is None else {"depth": refined.depth, "tolerance": refined.tolerance},
        }


def specification(
    game: Any,
    quantity: str,
    axes: Mapping[str, Any],
    *,
    seed: int,
    mode: str = "grid",
    parameters: Mapping[str, Any] | None = None,
    refinement: Mapping[str, Any] | None = None,
    where: str = "",
) -> Specification:
    """Check what a sweep is made of; `where` begins each error's message.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3)
    >>> axes = {"fine": {"start": 0, "stop": 1, "points": 3}}
    >>> [str(value) for value in specification(game, "conditions", axes, seed=1).axes[0].values]
    ['0', '1/2', '1']
    """
    try:
        found = quantity_named(quantity)
        require(isinstance(axes, Mapping) and len(axes) > 0, "axes", axes, "a table of one or more parameters")
        settings = _settings(found, game, axes, parameters or {})
        made = tuple(_axis(name, values, found, game) for name, values in axes.items())
        refined = _refinement(refinement, made, mode)
        return Specification(
            game=game, quantity=found, axes=made, seed=seed, mode=mode, settings=settings, refinement=refined
        )
    except InvalidParameter as error:
        raise InvalidParameter.relocated(error, where) from None


def read_sweep(path: str | Path) -> dict[str, Any]:
    """The keys of a sweep's TOML file (docs/sweeps.md), with the game itself; its file is looked for beside the other.

    Raises
    ------
    InvalidParameter
        Naming the file, the key, what was expected and what was found.
    """
    path, where = Path(path), f"{path}: "
    data = read_toml(path)
    for key in sorted(data.keys() - set(KEYS)):
        raise InvalidParameter(f"{where}{key}", data[key], f"left out: a sweep has the keys {', '.join(KEYS)}")
    for key in ("game", "quantity", "axes"):
        require(key in data, f"{where}{key}", None, "given")
    for key in ("axes", "parameters", "refinement"):
        require(isinstance(data.get(key, {}), Mapping), f"{where}{key}", data.get(key), "a table")
    mode = data.setdefault("mode", "grid")
    require(mode in MODES, f"{where}mode", mode, f"one of {', '.join(map(repr, MODES))}")
    game = data["game"]
    data["game"] = load_game(path.parent / game) if isinstance(game, str) else game_from_dict(game, where=where)
    return data


def load_specification(path: str | Path) -> Specification:
    """The sweep of a TOML file, in mode "grid" or "adaptive"; raises as `read_sweep` does."""
    data = read_sweep(path)
    return specification(
        data["game"],
        data["quantity"],
        data["axes"],
        seed=data.get("seed", DEFAULT_SEED),
        mode=data["mode"],
        parameters=data.get("parameters"),
        refinement=data.get("refinement"),
        where=f"{path}: ",
    )


def from_document(document: Mapping[str, Any]) -> Specification:
    """The sweep that `Specification.document` describes."""
    return specification(
        game_from_dict(document["game"]),
        document["quantity"],
        {name: list(values) for name, values in document["axes"].items()},
        seed=document["seed"],
        mode=document["mode"],
        parameters=document["parameters"],
        refinement=document["refinement"],
    )


def difference(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """What differs between two documents, in a line; '' if nothing does."""
    found = []
    for key in dict.fromkeys([*stored, *wanted]):
        before: Any = stored.get(key)
        after: Any = wanted.get(key)
        if before == after and not (isinstance(before, Mapping) and list(before) != list(after)):  # order is meaning
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            inner = [n for n in dict.fromkeys([*before, *after]) if before.get(n) != after.get(n)]
            found += [f"{key}.{n}: {_brief(before.get(n))} there, {_brief(after.get(n))} now" for n in inner]
            if not inner:
                found.append(f"{key}: the order {', '.join(before)} there, {', '.join(after)} now")
        else:
            found.append(f"{key}: {_brief(before)} there, {_brief(after)} now")
    return "; ".join(found)


def _brief(value: Any) -> str:
    if isinstance(value, list) and len(value) > 4:
        return f"{len(value)} values from {value[0]} to {value[-1]}"
    return "nothing" if value is None else json.dumps(value)


def _written(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else to_text(value)


def _settings(quantity: Quantity, game: Any, axes: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter of the quantity that is no axis, checked."""
    own = {setting.name: setting for setting in quantity.settings}
    for name in given:
        if name not in own:
            raise InvalidParameter("parameters", name, _among("a parameter of the quantity", own))
        require(name not in axes, f"parameters.{name}", given[name], "left out: it is an axis")
    found: dict[str, Any] = {}
    for name, setting in own.items():
        if name in axes:
            continue
        value = given.get(name, setting.default)
        if value is None and setting.default == "required":
            value = "required"
        require(value != "required", f"parameters.{name}", None, f"given, or an axis ({setting.summary})")
        found[name] = None if value is None else setting.checked(value)
    return found


def _among(what: str, names: Any) -> str:
    listed = ", ".join(names)
    return f"{what}: {listed}" if listed else f"left out: there is no {what}"


def _axis(name: str, given: Any, quantity: Quantity, game: Any) -> Axis:
    own = {setting.name: setting for setting in quantity.settings if setting.is_number}
    known = game_parameters(game)
    if name not in own and name not in known:
        raise InvalidParameter("axes", name, _among("a parameter of the game or the quantity", [*known, *own]))
    values = _values(f"axes.{name}", given)
    require(len(values) > 0, f"axes.{name}", given, "one or more values")
    require(len(set(values)) == len(values), f"axes.{name}", "the same value twice", "different values")
    if (name in own and own[name].whole) or (name in known and known[name].whole):
        values = [Fraction(whole_number(f"axes.{name}", value)) for value in values]
    exact = all(is_exact(value) for value in values)
    return Axis(name, tuple(values if exact else map(to_float, values)))


def _values(name: str, given: Any) -> list[Any]:
    listed: Any = given
    if isinstance(given, Mapping):
        keys = set(given)
        good = keys in ({"values"}, {"start", "stop", "points"})
        require(good, name, dict(given), "{ values = [...] } or { start, stop, points }")
        if "values" not in given:
            return _evenly(name, given["start"], given["stop"], given["points"])
        listed = given["values"]
    good = isinstance(listed, Sequence | np.ndarray) and not isinstance(listed, str)
    require(good, name, given, "a list of numbers, or { start, stop, points }")
    values = [as_number(value, name=name) for value in listed]
    good = all(is_exact(v) or (isinstance(v, float) and np.isfinite(v)) for v in values)
    require(good, name, given, "finite numbers")
    return values


def _evenly(name: str, start: Any, stop: Any, points: Any) -> list[Any]:
    require(is_integer(points) and points >= 2, f"{name}.points", points, "an integer >= 2")
    require(points <= MOST_VALUES, f"{name}.points", points, f"at most {MOST_VALUES}")
    first, last = as_number(start, name=f"{name}.start"), as_number(stop, name=f"{name}.stop")
    if is_exact(first) and is_exact(last):
        return [first + (last - first) * Fraction(k, points - 1) for k in range(points)]
    return [float(value) for value in np.linspace(to_float(first), to_float(last), points)]


def _refinement(given: Mapping[str, Any] | None, axes: Sequence[Axis], mode: str) -> Refinement | None:
    if mode != "adaptive":
        require(not given, "refinement", given, "left out, but in mode 'adaptive'")
        return None
    table = dict(given or {})
    for key in sorted(table.keys() - {"depth", "tolerance"}):
        raise InvalidParameter(f"refinement.{key}", table[key], "left out: refinement has the keys depth, tolerance")
    shortest = min(len(axis.values) for axis in axes)
    depth = table.get("depth")
    if depth is None:  # eight cells a side, or fewer
        depth = max(0, ((shortest - 1) // 8).bit_length() - 1)
    tolerance = table.get("tolerance")
    exact = None if tolerance is None else to_float(as_number(tolerance, name="refinement.tolerance"))
    return Refinement(depth=depth, tolerance=exact)
