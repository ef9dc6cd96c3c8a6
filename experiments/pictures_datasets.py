"""What a dataset says of its own pictures: which dimensions are axes, what values are called, where no answer is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.errors import InvalidParameter, require
from gametheory.exact import as_number, to_float
from gametheory.layout import SYMBOLS

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[Any]
MAX_WORDS: Final = 10  # different integers up to which they are regions, not shades
UNDECIDED: Final = frozenset({"undecided", "not said", "not converged", "not computed", ""})


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A variable on its axes: floats with NaN, or places in a list of words with -1, where there is no answer."""

    values: Array
    words: tuple[str, ...]
    why: str  # there is no answer


def axis_label(dataset: "xr.Dataset", name: str) -> str:
    """A parameter's name, symbol and unit."""
    attributes = dataset[name].attrs
    words = str(attributes.get("long_name", name.replace("_", " ")))
    symbol = SYMBOLS.get(name)
    symbol = "" if symbol is None else f" ${symbol if len(symbol) == 1 else chr(92) + symbol}$"
    unit = attributes.get("units")
    return f"{words}{symbol}" + ("" if unit in (None, "1", "", "probability") else f" ({unit})")


def axes_of(dataset: "xr.Dataset", variable: str) -> tuple[str, ...]:
    """The dimensions of a variable that have numbers."""
    return tuple(str(dim) for dim in dataset[variable].dims if is_axis(dataset, str(dim)))


def variable_label(dataset: "xr.Dataset", name: str, at: Mapping[str, Any]) -> str:
    """A variable's name, where it is cut, its unit, and what it is."""
    attributes = dataset[name].attrs
    unit = attributes.get("units")
    unit = "" if unit in (None, "1", "") else f" ({unit})"
    shown = {dim: f"{value:.6g}" if isinstance(value, float) else value for dim, value in at.items()}
    cut = [f"{dim.replace('_', ' ')} {value}" for dim, value in shown.items() if dim in dataset[name].dims]
    where = f", {', '.join(cut)}" if cut else ""
    words = str(attributes.get("long_name", ""))
    if name == "present":  # the legend has names, not numbers
        words = words.partition(":")[0]
    return f"{name.replace('_', ' ')}{where}{unit}" + (f":\n{words}" if words else "")


def game_of(dataset: "xr.Dataset") -> Any:
    """The game of a dataset's attribute `game`; None if it has none.

    Raises
    ------
    InvalidParameter
        If the attribute describes no game.
    """
    from gametheory.files import game_from_dict

    try:
        described = json.loads(dataset.attrs.get("game", "null"))
    except (TypeError, ValueError):
        raise InvalidParameter("dataset's game", dataset.attrs.get("game"), "a game as JSON") from None
    return None if described is None else game_from_dict(described, where="dataset's game: ")


def settings_of(dataset: "xr.Dataset") -> dict[str, Any]:
    """Parameters of the quantity, if the sweep says which: options of conditions among them."""
    try:
        document = json.loads(dataset.attrs.get("specification", "null")) or {}
    except (TypeError, ValueError):
        return {}
    settings = document.get("settings", document.get("parameters", {}))
    return settings if isinstance(settings, dict) else {}


def chosen_variable(dataset: "xr.Dataset", name: str | None, *, phases: bool = True) -> str:
    """The variable that was asked for, else the first of the dataset's `phases`, else the first.

    Raises
    ------
    InvalidParameter
        If there is no such variable, or none at all.
    """
    names = [str(known) for known in dataset.data_vars]
    if name is None:
        if phases and {"phase", "evaluated"} <= set(names):  # of an adaptive sweep: known at every point
            return "phase"
        first = [str(phase) for phase in np.atleast_1d(dataset.attrs.get("phases", [])) if phases and phase in names]
        return (first or names)[0] if names else _refused(dataset)
    require(name in names, "variable", name, f"one of {', '.join(names)}")
    return name


def _refused(dataset: Any) -> str:
    raise InvalidParameter("dataset", list(dataset.coords), "a dataset with variables")


def place_of(dataset: "xr.Dataset", at: Mapping[str, Any] | None) -> dict[str, Any]:
    """Where a picture cuts: for numbers that the dataset does not have, the nearest that it has.

    Raises
    ------
    InvalidParameter
        If a number lies beyond the ends of its dimension.
    """
    found = dict(at or {})
    for dim, value in found.items():
        if dim not in dataset.dims or not is_axis(dataset, dim):
            continue
        known = np.sort(dataset[dim].values.astype(float))
        wanted = to_float(as_number(value, name=f"at {dim}"))
        within = bool(known[0] <= wanted <= known[-1])
        require(within, f"at {dim}", value, f"in [{known[0]:g}, {known[-1]:g}]")
        found[dim] = float(known[np.abs(known - wanted).argmin()])
    return found


def theory_at(dataset: "xr.Dataset", place: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The game (None if there is none) and the quantity's parameters at the place where a picture cuts.

    Numbers are those of the sweep's specification, exact where they are so there.
    """
    from experiments.sweeps.parameters import changed, game_parameters

    game, settings = game_of(dataset), settings_of(dataset)
    known = {} if game is None else game_parameters(game)
    values: dict[tuple[str, ...], Any] = {}
    for dim in place:
        if dim not in dataset.dims or not is_axis(dataset, dim):
            continue
        number = as_number(_number_at(dataset, dim, float(place[dim])))
        if dim in known:
            values[known[dim].path] = int(number) if known[dim].whole else number
        else:
            settings[dim] = number
    return (changed(game, values) if values else game), settings


def _number_at(dataset: "xr.Dataset", dim: str, value: float) -> str:
    """A coordinate as the specification writes it, or in decimals."""
    nearest = int(np.abs(dataset[dim].values.astype(float) - value).argmin())
    try:
        return str(json.loads(dataset.attrs["specification"])["axes"][dim][nearest])
    except (KeyError, IndexError, TypeError, ValueError):
        return repr(float(dataset[dim].values[nearest]))


def cut_at(dataset: "xr.Dataset", array: "xr.DataArray", at: Mapping[str, Any]) -> "xr.DataArray":
    """The array at one place of other dimensions."""
    for dim, value in at.items():
        require(dim in dataset.dims, "at", dim, f"dimensions: {', '.join(map(str, dataset.dims))}")
        if dim not in array.dims:
            continue
        if is_axis(dataset, dim):
            array = array.sel({dim: float(value)}, method="nearest")
        else:
            labels = [str(label) for label in dataset[dim].values.tolist()]
            require(str(value) in labels, f"at {dim}", value, f"one of {', '.join(labels)}")
            array = array.isel({dim: labels.index(str(value))})
    return array


def answers(dataset: "xr.Dataset", name: str, array: "xr.DataArray", at: Mapping[str, Any]) -> Shown:
    """A variable's values with what they are called and where there are none."""
    values = np.asarray(array.values)
    absent, why = _absent(dataset, name, array, at)
    if values.dtype.kind == "f":
        return Shown(np.where(absent, np.nan, values), (), why)
    meanings = _meanings(dataset, name, values[~absent])
    if not meanings:
        return Shown(np.where(absent, np.nan, values.astype(float)), (), why)
    words = tuple(dict.fromkeys(word for word in meanings.values() if word not in UNDECIDED))
    missing = [word for value, word in meanings.items() if word in UNDECIDED and (values == value).any()]
    places = np.full(values.shape, -1)
    for value, word in meanings.items():
        if word in words:
            places[(values == value) & ~absent] = words.index(word)
    return Shown(places, words, missing[0] if missing and not absent.any() else why)


def _absent(
    dataset: "xr.Dataset", name: str, array: "xr.DataArray", at: Mapping[str, Any]
) -> tuple[NDArray[np.bool_], str]:
    """Where there is no answer, and why."""
    values = np.asarray(array.values)
    absent = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, dtype=bool)
    why = "undecided"
    for flag, words in (("converged", "not converged"), ("evaluated", "not computed")):
        if flag not in dataset or name in (flag, "phase"):
            continue
        cut = cut_at(dataset, dataset[flag], at)
        if set(cut.dims) <= set(array.dims):
            false = ~np.broadcast_to(cut.broadcast_like(array).transpose(*array.dims).values.astype(bool), values.shape)
            if false.any():
                absent, why = absent | false, words
    return absent, why


def _meanings(dataset: "xr.Dataset", name: str, values: Array) -> dict[Any, str]:
    """What each value is called; nothing for numbers that are to be shaded."""
    attributes = dataset[name].attrs
    if "flag_values" in attributes:
        words = str(attributes["flag_meanings"]).split()
        return dict(
            zip(np.atleast_1d(attributes["flag_values"]).tolist(), (w.replace("_", " ") for w in words), strict=True)
        )
    if values.dtype.kind == "b":
        return {False: "no", True: "yes"}
    distinct = sorted(set(values.ravel().tolist()))
    if values.dtype.kind in "OUST":
        return {word: str(word) for word in distinct}
    if len(distinct) > MAX_WORDS:
        return {}
    strategies = _strategies(dataset)
    named: dict[Any, str] = {}
    for value in distinct:
        if value < 0:
            named[value] = "undecided"
        elif strategies and name == "present":
            named[value] = " and ".join(s for k, s in enumerate(strategies) if value >> k & 1) or "none"
        elif strategies and name == "most_frequent":
            named[value] = strategies[value]
        else:
            named[value] = f"{name} {value}" if name == "phase" else str(value)
    return named


def _strategies(dataset: "xr.Dataset") -> tuple[str, ...]:
    if "strategy" in dataset.coords:
        return tuple(map(str, dataset["strategy"].values.tolist()))
    game = game_of(dataset)
    return () if game is None else tuple(game.strategies)


def error_of(dataset: "xr.Dataset", name: str) -> str | None:
    """The variable that holds the standard errors of another; None if none does."""
    own = f"{name}_standard_error"
    if own in dataset:
        return own
    first = next(iter(dataset.data_vars))
    fits = "standard_error" in dataset and name == first and dataset["standard_error"].dims == dataset[name].dims
    return "standard_error" if fits else None


def is_axis(dataset: "xr.Dataset", dim: str) -> bool:
    """Whether a dimension has numbers rather than names."""
    return dim in dataset.coords and dataset[dim].dtype.kind in "iuf"
