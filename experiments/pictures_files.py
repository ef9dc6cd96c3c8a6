"""The body of `gametheory plot`: the picture that fits a file, written to another."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gametheory.errors import InvalidParameter, require

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

FORMATS: Final = (".svg", ".pdf", ".png", ".html")
ALTERNATIVES: Final = {2: "the gradient of selection", 3: "a simplex", 4: "a tetrahedron"}


def write_picture(path: Path, out: Path, *, variable: str | None = None, at: Sequence[str] = ()) -> None:
    """Draw a game, a sweep's store or a certified phase diagram.

    Parameters
    ----------
    path : Path
        A folder: the zarr store of a sweep, drawn over its axes (two: a phase diagram; one: a cut). A .json file: a
        certified phase diagram. Else a game's TOML file: two strategies give the gradient of selection, three the
        simplex, four the tetrahedron.
    out : Path
        .svg, .pdf or .png; .html for a page that stands alone.
    variable : str, optional
        Of a store.
    at : sequence of str
        Of a store: 'DIMENSION=VALUE' for each dimension that is to be cut; by default the first of those with names.

    Raises
    ------
    InvalidParameter
        Naming the file or option, what was expected and what was found.
    """
    require(out.suffix.lower() in FORMATS, "--out", str(out), f"a file ending in {', '.join(FORMATS)}")
    require(path.exists(), "file", str(path), "a game's TOML file, a sweep's store or a phase diagram's JSON file")
    if (path / "phases.json").is_file():  # what a certified sweep leaves in its folder
        path = path / "phases.json"
    store = path.is_dir()
    require(
        store or (variable is None and not at), "--variable and --at", str(path), "given for the store of a sweep only"
    )
    import matplotlib

    matplotlib.use("Agg")
    if store:
        axes, title, words = _of_store(path, variable, at)
    elif path.suffix.lower() == ".json":
        axes, title, words = _of_phases(path)
    else:
        axes, title, words = _of_game(path)
    if out.suffix.lower() == ".html":
        from experiments.page import document, figure

        out.write_text(document(title, [figure(axes, words, title)]), encoding="utf-8")
        return
    from matplotlib import pyplot

    figure_of: Any = axes.figure
    try:
        figure_of.savefig(out, dpi=200, bbox_inches="tight")
    finally:
        pyplot.close(figure_of)


def _of_game(path: Path) -> tuple["Axes", str, str]:
    from dynamics.pictures import plot_gradient, plot_simplex, plot_tetrahedron
    from gametheory.files import load_game

    game = load_game(path)
    names = getattr(game, "strategies", None)
    require(names is not None, f"{path}: game", type(game).__name__, "a symmetric one, with strategies")
    listed: Any = list(names or ())
    require(2 <= len(listed) <= 4, f"{path}: strategies", listed, "two, three (for a simplex) or four")
    draw: Any = {2: plot_gradient, 3: plot_simplex, 4: plot_tetrahedron}[len(listed)]
    words = f"Replicator dynamics of {', '.join(listed)}: {ALTERNATIVES[len(listed)]}, rest points by type."
    return draw(game), f"{path.name}: replicator dynamics", words


def _of_phases(path: Path) -> tuple["Axes", str, str]:
    from experiments.phases.diagram import load_phases
    from experiments.phases.picture import plot_phases

    diagram = load_phases(path)
    return plot_phases(diagram), f"{path.name}: certified phase diagram", "Each cell is proved to be one phase."


def _of_store(path: Path, variable: str | None, at: Sequence[str]) -> tuple["Axes", str, str]:
    from experiments.pictures_datasets import axes_of, chosen_variable
    from experiments.pictures_sweeps import plot_cut, plot_phase_diagram

    dataset = open_store(path)
    places = _places(dataset, at)
    shown = [str(dim) for dim in dataset.dims if str(dim) not in places]
    lines = sum(dim in dataset.coords and dataset[dim].dtype.kind in "iuf" for dim in shown) == 1
    name = chosen_variable(dataset, variable, phases=not lines)
    numbers = [axis for axis in axes_of(dataset, name) if axis not in places]
    require(1 <= len(numbers) <= 2, "--at", ", ".join(numbers), "axes cut until one or two are left (DIMENSION=VALUE)")
    named = [dim for dim in map(str, dataset[name].dims) if dim not in numbers and dim not in places]
    for dim in named if len(numbers) == 2 else named[1:]:  # along one axis there is a line for each name
        places[dim] = str(dataset[dim].values[0])
    words = f"Source: {dataset.attrs.get('source', path.name)}. {dataset.attrs.get('title', '')}".strip()
    title = f"{path.name}: {name.replace('_', ' ')}"
    draw = plot_phase_diagram if len(numbers) == 2 else plot_cut
    return draw(dataset, name, at=places), title, words


def open_store(path: Path) -> "xr.Dataset":
    """The dataset of a zarr store.

    Raises
    ------
    InvalidParameter
        If the folder is none, or cannot be read.
    """
    import xarray as xr

    made = any((path / name).is_file() for name in ("zarr.json", ".zgroup", ".zmetadata"))
    require(made, "store", str(path), "a zarr store, such as `gametheory sweep --out` writes")
    try:
        with warnings.catch_warnings(action="ignore"):  # a sweep's own folder is no part of the hierarchy
            dataset: xr.Dataset = xr.open_zarr(path, chunks=None, consolidated=False)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise InvalidParameter("store", str(path), f"one that can be read ({' '.join(str(error).split())})") from None
    return dataset


def _places(dataset: "xr.Dataset", at: Sequence[str]) -> dict[str, Any]:
    places: dict[str, Any] = {}
    for text in at:
        dim, mark, value = text.partition("=")
        known = bool(mark) and dim in dataset.dims
        require(known, "--at", text, f"DIMENSION=VALUE, of {', '.join(map(str, dataset.dims))}")
        if dataset[dim].dtype.kind in "iuf":
            from gametheory.exact import parse_rational

            places[dim] = float(parse_rational(value, name=f"--at {dim}"))
        else:
            places[dim] = value
    return places
