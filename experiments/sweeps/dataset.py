"""A sweep's result as an `xarray.Dataset`: coordinates with units, variables with meanings, and where it came from."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import gametheory
from experiments.sweeps.quantities import Variable
from experiments.sweeps.specification import Specification
from gametheory.errors import require
from gametheory.files import game_to_dict

if TYPE_CHECKING:
    import xarray as xr

ADAPTIVE: Final = (
    Variable(name="evaluated", unit="1", summary="whether the point was computed", dtype="bool"),
    Variable(name="level", unit="1", summary="round in which it was computed; -1: never", dtype="int32"),
)
PHASE: Final = Variable(name="phase", unit="1", summary="of the nearest point that was computed", dtype="int64")


def coordinates(specification: Specification) -> dict[str, Any]:
    """The axes, in floats, and the labels of further dimensions."""
    found: dict[str, Any] = {
        axis.name: (axis.name, axis.numbers, {"units": axis.unit, "long_name": axis.name.replace("_", " ")})
        for axis in specification.axes
    }
    for dim, labels in specification.extents.items():
        found[dim] = (dim, np.array(labels))
    return found


def attributes(specification: Specification, command: str) -> dict[str, Any]:
    """What made the result: enough to make it again."""
    quantity = specification.quantity
    document = specification.document() if described_game(specification) else None
    return {
        "title": quantity.summary,
        "quantity": quantity.name,
        "mode": specification.mode,
        "phases": list(quantity.phases),
        "seed": int(specification.seed),
        "game": json.dumps(described_game(specification)),
        "specification": json.dumps(document),
        "version": gametheory.__version__,
        "command": command,
        "source": f"gametheory {gametheory.__version__}, experiments.sweeps",
    }


def described_game(specification: Specification) -> dict[str, Any] | None:
    """The game as files hold it; None for one of a kind that they cannot."""
    try:
        return game_to_dict(specification.game)
    except ValueError:
        return None


def described(variable: Variable) -> dict[str, Any]:
    """The attributes of a variable."""
    found: dict[str, Any] = {"units": variable.unit, "long_name": variable.summary}
    if variable.flags:
        found["flag_values"] = list(variable.flags)
        found["flag_meanings"] = " ".join(word.replace(" ", "_") for word in variable.flags.values())
    return found


def empty_arrays(specification: Specification, variables: tuple[Variable, ...]) -> dict[str, Any]:
    """Arrays over the whole grid, filled with what stands where nothing was computed."""
    found = {}
    for variable in variables:
        extents = tuple(len(specification.extents[dim]) for dim in variable.dims)
        found[variable.name] = np.full((*specification.shape, *extents), variable.fill, dtype=variable.dtype)
    return found


def as_dataset(
    specification: Specification, variables: tuple[Variable, ...], arrays: dict[str, Any], command: str
) -> "xr.Dataset":
    """The dataset of a sweep that is kept in memory."""
    import xarray as xr

    axes = tuple(axis.name for axis in specification.axes)
    data = {v.name: ((*axes, *v.dims), arrays[v.name], described(v)) for v in variables}
    return xr.Dataset(data, coords=coordinates(specification), attrs=attributes(specification, command))


def open_sweep(path: str | Path) -> "xr.Dataset":
    """The dataset of a store, read as it is needed; what is not computed yet is NaN, -1 or false.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    InvalidParameter
        If there is no sweep's store.
    """
    import xarray as xr

    path = Path(path)
    require((path / ".sweep" / "specification.json").is_file(), "store", str(path), "the store of a sweep")
    found: xr.Dataset = xr.open_zarr(path, chunks=None)
    return found
