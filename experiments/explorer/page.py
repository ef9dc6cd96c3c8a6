"""The explorer's page: sliders on the left, the condition curve and the dynamics beside them, words below."""

from dataclasses import dataclass, field
from importlib import import_module
from time import perf_counter
from typing import Any, Final

import numpy as np

from dynamics.pictures.marks import BLUE, GREY, ORANGE, corner_label
from dynamics.pictures.simplex import HEIGHT
from experiments.explorer.model import CO_PLAYERS, Frame, Scene, frame, parse_positions
from experiments.explorer.sketch import Sketch, sketch
from experiments.explorer.words import problem, tables, verdict
from gametheory.errors import GameTheoryError

PAUSE: Final = 30  # milliseconds in which moves are collected
COLORS: Final = {"asymptotically stable": BLUE, "stable": BLUE, "unstable": ORANGE, "undecided": GREY}
FILLS: Final = {"asymptotically stable": BLUE, "stable": "#A6D3EC", "unstable": "white", "undecided": "white"}
DASHES: Final = {"unstable": [7, 5], "undecided": [2, 4]}
TITLE: Final = "Replicator dynamics (filled: stable, open: unstable)"
EMPTY: Final[dict[str, list[Any]]] = {"x": [], "y": []}


@dataclass(slots=True, kw_only=True)
class Explorer:
    """The widgets of one page, and what it showed last.

    Attributes
    ----------
    scene : Scene
    document : bokeh Document
    widgets, sources : dict
        By name.
    busy : bool
        Whether an update is due already.
    shown : Frame or None
    seconds : float
        What the last update took.
    """

    scene: Scene
    document: Any
    widgets: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    busy: bool = False
    shown: Frame | None = None
    seconds: float = 0.0

    def moved(self, attr: str, old: Any, new: Any) -> None:
        """Collect the moves of the next moment, and show what they come to."""
        if not self.busy:
            self.busy = True
            self.document.add_timeout_callback(self.update, PAUSE)

    def update(self) -> None:
        """Show the game at the sliders' positions, or in one line why there is none."""
        self.busy = False
        start = perf_counter()
        sliders = {slider.name: slider for slider in self.scene.sliders}
        choice = {name: self.widgets[name].value for name in ("along", "strategy", "rival")}
        try:
            values = parse_positions(sliders, {name: self.widgets[name].value for name in sliders})
            seen = frame(self.scene, values, **choice)
        except GameTheoryError as error:
            self.widgets["verdict"].text = problem(str(error))
            return
        self.shown = seen
        self.widgets["verdict"].text = verdict(seen)
        self.widgets["tables"].text = tables(seen)
        self._show_curve(seen, float(values[seen.curve.along]))
        self._show_sketch(sketch(seen.game, seen.rest_points))
        self.seconds = perf_counter() - start

    def _show_curve(self, seen: Frame, here: float) -> None:
        curve = seen.curve
        self.sources["curve"].data = {"x": list(curve.xs), "y": list(curve.ys)}
        roots = [float(crossing.value) for crossing in curve.crossings]
        self.sources["roots"].data = {"x": roots, "y": [0.0] * len(roots)}
        self.sources["here"].data = {
            "x": [here],
            "y": [float(seen.margin)],
            "fill": [BLUE if seen.holds else "white"],
            "line": [BLUE if seen.holds else ORANGE],
        }
        shown = self.figures["curve"]
        shown.xaxis.axis_label = curve.along.replace("_", " ")
        shown.yaxis.axis_label = f"payoff of {seen.strategy} less that of {seen.rival}"

    def _show_sketch(self, drawn: Sketch | None) -> None:
        if drawn is None:
            for name in ("paths", "heads", "points", "lines", "areas"):
                self.sources[name].data = {key: [] for key in self.sources[name].data}
            return
        self.sources["paths"].data = _lists(drawn.paths)
        self.sources["heads"].data = {
            "x": drawn.heads[:, 0].tolist(),
            "y": drawn.heads[:, 1].tolist(),
            "angle": (drawn.heads[:, 2] - np.pi / 2).tolist(),
        }
        kinds = [kind for *_, kind in drawn.points]
        self.sources["points"].data = {
            "x": [x for x, _, _ in drawn.points],
            "y": [y for _, y, _ in drawn.points],
            "fill": [FILLS[kind] for kind in kinds],
            "line": [COLORS[kind] for kind in kinds],
        }
        words = [kind for _, kind in drawn.lines]
        self.sources["lines"].data = {
            **_lists(tuple(ends for ends, _ in drawn.lines)),
            "line": [COLORS[kind] for kind in words],
            "dash": [DASHES.get(kind, []) for kind in words],
        }
        self.sources["areas"].data = _lists(drawn.areas)


def _lists(arrays: Any) -> dict[str, list[Any]]:
    return {"xs": [a[:, 0].tolist() for a in arrays], "ys": [a[:, 1].tolist() for a in arrays]}


def build(document: Any, looked_at: Scene, *, title: str) -> Explorer:
    """Put the page into a document.

    Parameters
    ----------
    document : bokeh Document
    looked_at : Scene
    title : str

    Returns
    -------
    Explorer
    """
    from bokeh.layouts import column, row

    made = Explorer(scene=looked_at, document=document)
    widgets = made.widgets
    for slider in looked_at.sliders:
        widgets[slider.name] = _slider(looked_at, slider)
    widgets |= _choices(looked_at)
    widgets["verdict"] = _bokeh().Div(text="", disable_math=True, sizing_mode="stretch_width", name="verdict")
    widgets["tables"] = _bokeh().Div(text="", disable_math=True, sizing_mode="stretch_width", name="tables")
    _draw_curve(made)
    _draw_plane(made)
    for name in (*(slider.name for slider in looked_at.sliders), "along", "strategy", "rival"):
        widgets[name].on_change("value", made.moved)
    controls = [widgets[name] for name in ("strategy", "rival", "along")]
    sliders = [widgets[slider.name] for slider in reversed(looked_at.sliders[-1:])]
    sliders += [widgets[slider.name] for slider in looked_at.sliders[:-1]]
    heading = _bokeh().Div(text=f"<h2 style='margin:0'>{_escaped(title)}</h2>", disable_math=True)
    pictures = row(made.figures["curve"], made.figures["plane"])
    right = column(widgets["verdict"], pictures, widgets["tables"], sizing_mode="stretch_width")
    left = column(*controls, *sliders, width=300, margin=(0, 12, 0, 8))
    document.add_root(column(heading, row(left, right, sizing_mode="stretch_width"), margin=(8, 16, 16, 16)))
    document.title = title
    made.update()
    return made


def _bokeh() -> Any:
    """Its models, whose constructors have no types that a checker could use."""
    return import_module("bokeh.models")


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)


def _slider(looked_at: Scene, slider: Any) -> Any:

    return _bokeh().Slider(
        title=_words(looked_at, slider),
        start=float(slider.low),
        end=float(slider.high),
        step=float(slider.step),
        value=float(slider.start),
        format="0" if slider.whole else "0.[0000]",
        width=270,
        name=slider.name,
    )


def _words(looked_at: Scene, slider: Any) -> str:
    if slider.name == CO_PLAYERS:
        return f"co-players who play {looked_at.counted} (the rest {looked_at.others})"
    return str(slider.name).replace("_", " ").replace(".", ": ")


def _choices(looked_at: Scene) -> dict[str, Any]:

    names = list(looked_at.game.strategies)
    strategy = "C" if "C" in names else names[0]
    rival = "D" if "D" in names and strategy != "D" else next(name for name in names if name != strategy)
    along = [(slider.name, _words(looked_at, slider)) for slider in looked_at.sliders]
    known = [name for name, _ in along]
    preferred = ("punishment_probability", "risk", "multiplication_factor")
    first = next((name for name in preferred if name in known), known[0])
    return {
        "strategy": _bokeh().Select(title="does it pay to play", value=strategy, options=names, width=270),
        "rival": _bokeh().Select(title="rather than", value=rival, options=names, width=270),
        "along": _bokeh().Select(title="curve along", value=first, options=along, width=270),
    }


def _draw_curve(made: Explorer) -> None:
    from bokeh.plotting import figure

    sources = made.sources
    sources["curve"], sources["roots"] = _bokeh().ColumnDataSource(EMPTY), _bokeh().ColumnDataSource(EMPTY)
    sources["here"] = _bokeh().ColumnDataSource({**EMPTY, "fill": [], "line": []})
    shown = figure(width=470, height=400, toolbar_location=None, title="Condition curve", output_backend="svg")
    shown.add_layout(_bokeh().Span(location=0, dimension="width", line_color="black", line_width=1))
    shown.line("x", "y", source=sources["curve"], color=BLUE, line_width=2)
    shown.scatter(
        "x",
        "y",
        source=sources["roots"],
        marker="diamond",
        size=13,
        fill_color="white",
        line_color="black",
        line_width=1.5,
        legend_label="threshold",
    )
    shown.scatter(
        "x",
        "y",
        source=sources["here"],
        size=11,
        fill_color="fill",
        line_color="line",
        line_width=2.5,
        legend_label="the game as it is",
    )
    shown.legend.background_fill_alpha = 0.7
    shown.legend.location = "top_left"
    made.figures["curve"] = shown


def _draw_plane(made: Explorer) -> None:
    from bokeh.plotting import figure

    game, sources = made.scene.game, made.sources
    names = list(game.strategies)
    for name in ("paths", "areas"):
        sources[name] = _bokeh().ColumnDataSource({"xs": [], "ys": []})
    sources["heads"] = _bokeh().ColumnDataSource({**EMPTY, "angle": []})
    sources["points"] = _bokeh().ColumnDataSource({**EMPTY, "fill": [], "line": []})
    sources["lines"] = _bokeh().ColumnDataSource({"xs": [], "ys": [], "line": [], "dash": []})
    if len(names) == 3:
        shown = figure(
            width=470,
            height=400,
            toolbar_location=None,
            title=TITLE,
            match_aspect=True,
            x_range=_bokeh().Range1d(-0.14, 1.14),
            y_range=_bokeh().Range1d(-0.13, HEIGHT + 0.12),
            output_backend="svg",
        )
        shown.axis.visible = False
        shown.grid.visible = False
        shown.outline_line_color = None
        shown.patch([0, 1, 0.5], [0, 0, HEIGHT], fill_alpha=0, line_color="black", line_width=1.5)
        labels = [corner_label(game, name) for name in names]
        shown.text(
            [0, 1, 0.5],
            [-0.04, -0.04, HEIGHT + 0.03],
            labels,
            text_align="center",
            text_baseline=["top", "top", "bottom"],
            text_font_size="13px",
        )
    else:
        shown = figure(
            width=470,
            height=400,
            toolbar_location=None,
            x_range=_bokeh().Range1d(-0.03, 1.03),
            output_backend="svg",
            title=TITLE if len(names) == 2 else "no picture of so many strategies",
        )
        shown.add_layout(_bokeh().Span(location=0, dimension="width", line_color="black", line_width=1))
        shown.xaxis.axis_label, shown.yaxis.axis_label = f"share of {names[0]}", "velocity of that share"
    shown.patches("xs", "ys", source=sources["areas"], fill_color=BLUE, fill_alpha=0.15, line_color=None)
    width = 1.0 if len(names) == 3 else 2.0
    color = GREY if len(names) == 3 else BLUE
    shown.multi_line("xs", "ys", source=sources["paths"], line_color=color, line_width=width)
    shown.scatter("x", "y", source=sources["heads"], marker="triangle", size=8, angle="angle", color=GREY)
    shown.multi_line(
        "xs", "ys", source=sources["lines"], line_color="line", line_width=5, line_dash="dash", line_cap="round"
    )
    shown.scatter("x", "y", source=sources["points"], size=12, fill_color="fill", line_color="line", line_width=2.5)
    made.figures["plane"] = shown
