"""Pictures of sweeps: phase diagrams over two parameters, and cuts along one.

The datasets are those of `experiments.sweeps`, or any of yours: dimensions with numbers are axes, dimensions with names
(strategies, conditions) are picked from; `units`, `long_name`, `flag_values` and `flag_meanings` of the attributes are
what legends and labels say; a variable `converged` or `evaluated` of the same grid says where there is no answer.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics.pictures.marks import BLUE, GREEN, GREY, ORANGE, PURPLE
from experiments.pictures_datasets import (
    Shown,
    answers,
    axis_label,
    chosen_variable,
    cut_at,
    error_of,
    is_axis,
    place_of,
    theory_at,
    variable_label,
)
from experiments.pictures_regions import edges_of, region_patch
from gametheory.errors import require

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from experiments.pictures_curves import BoundaryCurve

Array = NDArray[Any]
# pale and of different lightness, each with a hatching of its own, so that grey prints and curves on top can be read
FILLS: Final = (
    ("#E8EEF2", ""),
    ("#8FC4E8", ""),
    ("#F7DC6F", "..."),
    ("#7FCBB0", "///"),
    ("#E7A77A", "\\\\\\"),
    ("#C7A5CF", "xxx"),
    ("#5B8DB8", "---"),
    ("#B9B27C", "|||"),
    ("#D98C9A", "ooo"),
    ("#9C9C9C", "+++"),
)
NOTHING: Final = ("white", "xxxxxx")
CURVES: Final = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)), (0, (1, 1)))
LINES: Final = (BLUE, ORANGE, GREEN, PURPLE, "black", GREY)
MARKERS: Final = ("o", "s", "^", "D", "v", "X")
WIDTH: Final = 1.96  # standard errors of an error bar: 95 %


def plot_phase_diagram(
    dataset: "xr.Dataset",
    variable: str | None = None,
    *,
    ax: "Axes | None" = None,
    at: Mapping[str, Any] | None = None,
    curves: "bool | Sequence[str] | Sequence[BoundaryCurve]" = True,
) -> "Axes":
    """Draw a variable over two parameters, with the theory's boundaries on it.

    Numbers are shaded, with a colorbar and its unit; words, truth values, flags and small integers are regions with
    a legend, told apart by lightness and hatching too. Points without an answer are cross-hatched.

    Parameters
    ----------
    dataset : xarray.Dataset
        With two or more axes.
    variable : str, optional
        The first phase of a sweep by default, else the first variable.
    ax : matplotlib Axes, optional
        A new one by default.
    at : mapping, optional
        Where the other dimensions are cut: a label, or a number (the nearest point is taken, and named).
    curves : bool or sequence, optional
        Boundaries of conditions (`boundary_curves`): by default all that cross the picture, or those of the condition
        that the picture is about, if the dataset's attribute `game` is a public goods game; names of conditions;
        curves; or none.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If there is no such variable, or not two axes are left.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import xarray as xr
    >>> data = xr.Dataset({"wins": (("a", "b"), [[True, False], [True, True]])}, {"a": [0.0, 1.0], "b": [0.0, 2.0]})
    >>> axes = plot_phase_diagram(data)
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['no', 'yes']
    >>> import matplotlib.pyplot as plt; plt.close(axes.figure)
    """
    name = chosen_variable(dataset, variable)
    place = place_of(dataset, at)
    array = cut_at(dataset, dataset[name], place)
    require(array.ndim == 2, "at", dict(place), f"what leaves two axes of {', '.join(map(str, array.dims))}")
    x, y = (str(dim) for dim in array.dims)
    shown = answers(dataset, name, array.transpose(y, x), place)
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(5.6, 4.4), layout="constrained")
    xs, ys = (edges_of(np.asarray(dataset[dim].values, dtype=np.float64)) for dim in (x, y))
    entries: list[tuple[Any, str]] = []
    if shown.words:
        entries += _draw_regions(ax, shown, xs, ys)
    else:
        mesh = ax.pcolormesh(xs, ys, shown.values, cmap="cividis", rasterized=True, zorder=0)
        ax.figure.colorbar(mesh, ax=ax, label=variable_label(dataset, name, place))
        entries += _draw_nothing(ax, np.isnan(shown.values), xs, ys, shown.why)
    entries += _draw_curves(ax, dataset, x, y, curves, place)
    ax.set_xlim(xs[0], xs[-1])
    ax.set_ylim(ys[0], ys[-1])
    ax.set_xlabel(axis_label(dataset, x))
    ax.set_ylabel(axis_label(dataset, y))
    if shown.words:
        ax.set_title(variable_label(dataset, name, place), fontsize="medium", loc="left", wrap=True)
    _legend(ax, entries)
    return ax


def plot_cut(
    dataset: "xr.Dataset",
    variable: str | None = None,
    *,
    ax: "Axes | None" = None,
    at: Mapping[str, Any] | None = None,
    thresholds: bool = True,
) -> "Axes":
    """Draw a variable along one parameter, with error bars where the dataset has standard errors.

    Error bars are 1.96 standard errors: of the variable `standard_error` beside the dataset's first variable, or
    `NAME_standard_error`. A dimension of labels (strategies) gives a line each. Points that did not converge are open.

    Parameters
    ----------
    dataset : xarray.Dataset
    variable : str, optional
        The first variable by default.
    ax : matplotlib Axes, optional
        A new one by default.
    at : mapping, optional
        Where the other dimensions are cut.
    thresholds : bool, optional
        Whether to mark the exact thresholds of conditions on this parameter, for public goods games.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameter
        If there is no such variable, or not one axis is left.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import xarray as xr
    >>> shares, errors = ("a", [0.2, 0.5, 0.4]), ("a", [0.1, 0.1, 0.1])
    >>> data = xr.Dataset({"share": shares, "standard_error": errors}, {"a": [0.0, 1, 2]})
    >>> axes = plot_cut(data)
    >>> axes.get_xlabel(), len(axes.containers)
    ('a', 1)
    >>> import matplotlib.pyplot as plt; plt.close(axes.figure)
    """
    name = chosen_variable(dataset, variable, phases=False)
    place = place_of(dataset, at)
    array = cut_at(dataset, dataset[name], place)
    axes = [str(dim) for dim in array.dims if is_axis(dataset, str(dim))]
    labels = [str(dim) for dim in array.dims if str(dim) not in axes]
    require(
        len(axes) == 1 and len(labels) <= 1,
        "at",
        dict(place),
        f"what leaves one axis of {', '.join(map(str, array.dims))}",
    )
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(5.6, 3.8), layout="constrained")
    x = axes[0]
    entries = []
    for k, label in enumerate(dataset[labels[0]].values.tolist() if labels else [None]):
        line = array if label is None else array.sel({labels[0]: label})
        chosen = {**place, **({} if label is None else {labels[0]: label})}
        handle = _draw_line(ax, dataset, name, line, x, chosen, k)
        if label is not None:
            entries.append((handle, str(label)))
    if thresholds:
        entries += _draw_thresholds(ax, dataset, x, place)
    ax.set_xlabel(axis_label(dataset, x))
    ax.set_ylabel(variable_label(dataset, name, place), wrap=True)
    ax.spines[["top", "right"]].set_visible(False)
    _legend(ax, entries)
    return ax


def _draw_regions(ax: "Axes", shown: Shown, xs: Array, ys: Array) -> list[tuple[Any, str]]:
    entries = []
    for place, word in enumerate(shown.words):
        mask = shown.values == place
        if mask.any() or len(shown.words) <= 2:
            color, hatch = FILLS[place % len(FILLS)]
            patch = region_patch(
                mask, xs, ys, facecolor=color, hatch=hatch, edgecolor="#3C3C3C", linewidth=0.6, zorder=0
            )
            ax.add_patch(patch)
            entries.append((patch, word))
    return entries + _draw_nothing(ax, shown.values == -1, xs, ys, shown.why)


def _draw_nothing(ax: "Axes", mask: Array, xs: Array, ys: Array, why: str) -> list[tuple[Any, str]]:
    if not mask.any():
        return []
    color, hatch = NOTHING
    patch = region_patch(mask, xs, ys, facecolor=color, hatch=hatch, edgecolor="#8A8A8A", linewidth=0.6, zorder=1)
    ax.add_patch(patch)
    return [(patch, f"{why}, {100 * _share(mask, xs, ys):.2g} % of the area")]


def _share(mask: Array, xs: Array, ys: Array) -> float:
    areas = np.outer(np.abs(np.diff(ys)), np.abs(np.diff(xs)))
    return float(areas[mask].sum() / areas.sum())


def _draw_curves(
    ax: "Axes", dataset: "xr.Dataset", x: str, y: str, curves: Any, place: Mapping[str, Any]
) -> list[tuple[Any, str]]:
    """Draw the curves that are asked for; by default those of the condition that is shown, if one is."""
    from experiments.pictures_curves import OPTIONS, BoundaryCurve, boundary_curves
    from gametheory.public_goods import PublicGoodsGame

    if curves is False or curves is None:
        return []
    given = [] if curves is True else list(curves)
    if not given or isinstance(given[0], str):
        game, settings = theory_at(dataset, place)
        known = isinstance(game, PublicGoodsGame) and all(hasattr(game, axis) or axis in OPTIONS for axis in (x, y))
        if not known:
            require(curves is True, "curves", curves, "left out: the dataset's game and axes have no conditions")
            return []
        (x0, *_, x1), (y0, *_, y1) = (edges_of(np.asarray(dataset[dim].values, dtype=np.float64)) for dim in (x, y))
        own = [place["condition"]] if "condition" in place else None
        chosen: Any = {"names": given or own, "settings": settings}
        given = list(boundary_curves(game, x=x, y=y, x_range=(x0, x1), y_range=(y0, y1), **chosen))
    entries = []
    for k, curve in enumerate(given):
        require(isinstance(curve, BoundaryCurve), "curves", curve, "names of conditions, or BoundaryCurves")
        handle = None
        for piece in curve.pieces:
            ax.plot(*piece.T, color="white", lw=3.4, zorder=3, solid_capstyle="butt")
            (handle,) = ax.plot(*piece.T, color="black", lw=1.6, ls=CURVES[k % len(CURVES)], zorder=4)
        if handle is not None:
            entries.append((handle, f"{curve.name}: ${curve.formula}$"))
    return entries


def _draw_line(
    ax: "Axes", dataset: "xr.Dataset", name: str, line: "xr.DataArray", x: str, at: Mapping[str, Any], k: int
) -> Any:
    places = np.asarray(dataset[x].values, dtype=np.float64)
    shown = answers(dataset, name, line, at)
    color, marker = LINES[k % len(LINES)], MARKERS[k % len(MARKERS)]
    if shown.words:
        ax.set_yticks(range(len(shown.words)), shown.words, parse_math=False)
        good = shown.values >= 0
        (mark,) = ax.plot(places[good], shown.values[good], ls="", marker=marker, color=color, ms=4, zorder=3)
        return mark
    values = np.asarray(line.values, dtype=np.float64)
    good = np.isfinite(shown.values)
    error = error_of(dataset, name)
    few = len(places) <= 60
    style: dict[str, Any] = {"color": color, "lw": 1.5, "zorder": 3, "ms": 4}
    handle: Any
    if error is not None:
        size = WIDTH * cut_at(dataset, dataset[error], at).values[good]
        handle = ax.errorbar(places[good], values[good], yerr=size, marker=marker, capsize=2.5, elinewidth=1.0, **style)
    else:
        ls = CURVES[k % len(CURVES)]
        (handle,) = ax.plot(places, shown.values, marker=marker if few else "", ls=ls, **style)
    left = np.isfinite(values) & ~good
    ax.plot(places[left], values[left], ls="", marker=marker, mfc="white", mec=color, ms=4, zorder=2)
    return handle


def _draw_thresholds(ax: "Axes", dataset: "xr.Dataset", x: str, place: Mapping[str, Any]) -> list[tuple[Any, str]]:
    from gametheory.latex import number_latex, symbol_latex
    from gametheory.public_goods import PublicGoodsGame
    from gametheory.thresholds import conditions

    game, settings = theory_at(dataset, place)
    if not isinstance(game, PublicGoodsGame):
        return []
    settings = {k: v for k, v in settings.items() if k in ("punishers", "discount_factor", "action_error")}
    low, high = float(dataset[x].min()), float(dataset[x].max())
    entries: list[tuple[Any, str]] = []
    for condition in conditions(game, **{k: v for k, v in settings.items() if v is not None}):
        threshold = condition.threshold
        if condition.parameter == x and threshold is not None and condition.feasible and low <= threshold <= high:
            k = len(entries)
            line = ax.axvline(float(threshold), color=GREY, lw=1.2, ls=CURVES[(k + 1) % len(CURVES)], zorder=1)
            entries.append((line, f"{condition.name}: ${symbol_latex(x)} = {number_latex(threshold)}$"))
    return entries


def _legend(ax: "Axes", entries: list[tuple[Any, str]]) -> None:
    if entries:
        handles, labels = zip(*entries, strict=True)
        columns = 1 if max(map(len, labels)) > 34 else min(3, len(labels))
        options: dict[str, Any] = {"frameon": False, "fontsize": "small", "ncols": columns, "borderaxespad": 0.3}
        ax.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, -0.17), **options)
