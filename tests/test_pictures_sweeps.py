"""Pictures of sweeps: what is drawn is what the dataset holds, and the theory's curves are where the theory changes."""

import json
import warnings
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.path import Path as Outline

from experiments.pictures_curves import BoundaryCurve, boundary_curves
from experiments.pictures_files import write_picture
from experiments.pictures_regions import edges_of, outlines, region_patch
from experiments.pictures_sweeps import FILLS, plot_cut, plot_phase_diagram
from gametheory import InvalidParameter, PublicGoodsGame, conditions
from gametheory.files import game_to_dict, save_game
from tests._formulas import satisfies

P, FINE = "punishment_probability", "fine"
PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
ANSWERS = {"flag_values": [-1, 0, 1], "flag_meanings": "not_said no yes", "units": "1"}


@pytest.fixture(autouse=True)
def no_figures_are_left() -> Any:
    yield
    plt.close("all")


def sweep(**changes: Any) -> xr.Dataset:
    """Conditions of the published game over p and the fine, as `gametheory sweep` lays them out."""
    p, fine = np.linspace(0, 1, 21), np.linspace(0, 2, 17)
    grid = np.meshgrid(p, fine, indexing="ij")
    found = conditions(replace(PUBLISHED, punishment_probability=grid[0], fine=grid[1]), discount_factor=0.3)[:6]
    holds = np.stack([np.broadcast_to(c.holds, grid[0].shape) for c in found], axis=-1).astype("int8")
    margin = 4 * grid[0] * grid[1] - 0.4
    attrs = {"game": json.dumps(game_to_dict(PUBLISHED)), "phases": ["holds"]}
    coords = {
        P: (P, p, {"units": "probability", "long_name": "punishment probability"}),
        FINE: (FINE, fine, {"units": "payoff", "long_name": "fine"}),
        "condition": [c.name for c in found],
    }
    data = {
        "holds": ((P, FINE, "condition"), holds, ANSWERS),
        "margin": ((P, FINE), margin, {"units": "payoff", "long_name": "of deterrence"}),
        **changes,
    }
    return xr.Dataset(data, coords, attrs)


def legend_of(axes: Any) -> list[str]:
    legend = axes.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def regions(axes: Any) -> dict[str, Outline]:
    """Outlines of regions in data coordinates, by the legend's word."""
    patches = [patch for patch in axes.patches if hasattr(patch, "get_path")]
    return {word: patch.get_path() for word, patch in zip(legend_of(axes), patches, strict=False)}


def everything_is_inside(axes: Any) -> bool:
    figure = axes.figure
    figure.canvas.draw()
    legend = axes.get_legend()
    texts = [axes.xaxis.label, axes.yaxis.label, axes.title, *(legend.get_texts() if legend else [])]
    boxes = [text.get_window_extent() for text in texts if text.get_text()]
    frame = figure.bbox
    return all(frame.x0 <= b.x0 and b.x1 <= frame.x1 and frame.y0 <= b.y0 and b.y1 <= frame.y1 for b in boxes)


# --- regions ---


def winding(walks: list[NDArray[np.int64]], x: float, y: float) -> int:
    """How often walks of horizontal and vertical steps go around a point, counted along a ray to the right."""
    turns = 0
    for walk in walks:
        for (x0, y0), (x1, y1) in zip(walk, np.roll(walk, -1, axis=0), strict=True):
            if x0 == x1 and x0 > x and min(y0, y1) < y < max(y0, y1):
                turns += 1 if y1 > y0 else -1
    return turns


@given(arrays(bool, st.tuples(st.integers(1, 7), st.integers(1, 7))))
def test_outlines_go_once_around_the_cells_of_a_mask_and_around_no_other(mask: NDArray[np.bool_]) -> None:
    walks = outlines(mask)

    for row in range(mask.shape[0]):
        for column in range(mask.shape[1]):
            assert winding(walks, column + 0.5, row + 0.5) == int(mask[row, column])
    area = sum(float(np.sum(w[:, 0] * np.roll(w[:, 1], -1) - w[:, 1] * np.roll(w[:, 0], -1))) / 2 for w in walks)
    assert area == mask.sum()


@given(arrays(bool, st.tuples(st.integers(1, 7), st.integers(1, 7))))
def test_outlines_turn_at_every_corner(mask: NDArray[np.bool_]) -> None:
    for walk in outlines(mask):
        steps = np.roll(walk, -1, axis=0) - walk
        assert ((steps != 0).sum(axis=1) == 1).all()
        assert ((steps[:, 0] != 0) != (np.roll(steps, -1, axis=0)[:, 0] != 0)).all()


def test_cells_that_touch_at_a_corner_have_outlines_of_their_own() -> None:
    assert len(outlines(np.eye(2, dtype=bool))) == len(outlines(np.eye(2, dtype=bool)[::-1])) == 2


def test_borders_lie_half_way_and_one_point_has_a_cell() -> None:
    assert edges_of(np.array([2.0])).tolist() == [1.0, 3.0]
    assert edges_of(np.array([0.0])).tolist() == [-0.5, 0.5]
    with pytest.raises(InvalidParameter, match=r"^axis must be numbers that rise"):
        edges_of(np.array([1.0, 0.0]))


def test_an_empty_region_is_an_empty_patch() -> None:
    patch = region_patch(np.zeros((2, 2), bool), np.arange(3.0), np.arange(3.0))

    assert np.size(patch.get_path().vertices) == 0


def test_fills_differ_in_grey_or_in_their_hatching() -> None:
    def lightness(color: str) -> float:
        red, green, blue = to_rgb(color)
        return 0.299 * red + 0.587 * green + 0.114 * blue

    assert len({hatch for _, hatch in FILLS[1:]}) == len(FILLS) - 1
    assert lightness(FILLS[0][0]) - lightness(FILLS[1][0]) > 0.15  # neither has a hatching


# --- phase diagrams ---


def test_every_cell_lies_in_the_region_of_its_word() -> None:
    dataset = sweep()
    axes = plot_phase_diagram(dataset, "holds", at={"condition": "deterrence"}, curves=False)
    words = {0: "no", 1: "yes"}
    found = regions(axes)

    assert legend_of(plot_phase_diagram(dataset, "holds", at={"condition": "grim-trigger"})) == ["no", "yes"]
    for p in dataset[P].values:
        for fine in dataset[FINE].values:
            value = int(dataset["holds"].sel({P: p, FINE: fine, "condition": "deterrence"}))
            inside = [word for word, path in found.items() if path.contains_point((p, fine))]
            assert inside == [words[value]]
    assert everything_is_inside(axes)


def test_numbers_are_shaded_with_a_unit_and_the_first_axis_is_horizontal() -> None:
    dataset = sweep()
    axes: Any = plot_phase_diagram(dataset, "margin")
    mesh = axes.collections[0]

    assert np.array_equal(mesh.get_array(), dataset["margin"].values.T)
    assert axes.get_xlabel() == "punishment probability $p$"
    assert axes.get_ylabel() == r"fine $\beta$ (payoff)"
    (bar,) = [other for other in axes.figure.axes if other is not axes]
    assert "(payoff)" in bar.get_ylabel()
    assert everything_is_inside(axes)


def test_an_axes_is_taken_and_returned() -> None:
    _, axes = plt.subplots()

    assert plot_phase_diagram(sweep(), "margin", ax=axes) is axes
    assert plot_cut(sweep().isel({FINE: 3}), "margin", ax=axes) is axes


def test_points_without_an_answer_are_hatched_and_their_area_is_told() -> None:
    converged = np.ones((21, 17), bool)
    converged[:, :4] = False  # of 16 and two half cells: edges lie half a cell outside
    axes: Any = plot_phase_diagram(sweep(converged=((P, FINE), converged)), "margin", curves=False)

    (label,) = legend_of(axes)
    assert label == f"not converged, {100 * 4 / 17:.2g} % of the area"
    (patch,) = axes.patches
    assert patch.get_hatch()
    assert patch.get_path().contains_point((0.5, 0.3))
    assert not patch.get_path().contains_point((0.5, 0.6))


@pytest.mark.parametrize("flag", [-1, 0])
def test_flags_that_say_nothing_are_hatched_too(flag: int) -> None:
    values = np.ones((21, 17), dtype="int8")
    values[0, 0] = flag
    axes = plot_phase_diagram(sweep(seen=((P, FINE), values, ANSWERS)), "seen", curves=False)

    assert ("not said, 0.28 % of the area" in legend_of(axes)) == (flag == -1)


def test_numbers_that_are_missing_are_undecided() -> None:
    values = np.ones((21, 17))
    values[3:5] = np.nan
    axes = plot_phase_diagram(sweep(seen=((P, FINE), values)), "seen", curves=False)

    assert legend_of(axes) == [f"undecided, {100 * 2 / 21:.2g} % of the area"]


def test_presence_is_named_by_the_strategies_and_few_integers_are_regions() -> None:
    dataset = sweep()
    place = np.broadcast_to(np.arange(17) % 3, (21, 17)).astype("int32")
    data = dataset.assign(
        present=((P, FINE), place * 2 + 1), most_frequent=((P, FINE), place), isolated=((P, FINE), place)
    )

    assert legend_of(plot_phase_diagram(data, "present", curves=False)) == ["C", "C and D", "C and P"]
    assert legend_of(plot_phase_diagram(data, "most_frequent", curves=False)) == ["C", "D", "P"]
    assert legend_of(plot_phase_diagram(data, "isolated", curves=False)) == ["0", "1", "2"]


def test_many_integers_are_shaded() -> None:
    values = np.arange(21 * 17).reshape(21, 17)
    axes: Any = plot_phase_diagram(sweep(count=((P, FINE), values)), "count", curves=False)

    assert axes.get_legend() is None
    assert len(axes.collections) == 1


def test_further_dimensions_are_cut_and_what_is_left_over_is_refused() -> None:
    dataset = sweep()
    with pytest.raises(InvalidParameter, match=r"^at must be what leaves two axes of .*condition"):
        plot_phase_diagram(dataset, "holds")
    with pytest.raises(InvalidParameter, match=r"^at must be what leaves one axis"):
        plot_cut(dataset, "margin")
    with pytest.raises(InvalidParameter, match=r"^at condition must be one of deterrence"):
        plot_phase_diagram(dataset, "holds", at={"condition": "luck"})
    with pytest.raises(InvalidParameter, match=r"^at must be dimensions: "):
        plot_phase_diagram(dataset, "margin", at={"luck": 1})
    with pytest.raises(InvalidParameter, match=r"^variable must be one of holds, margin"):
        plot_phase_diagram(dataset, "luck")
    with pytest.raises(InvalidParameter, match=r"^dataset must be a dataset with variables"):
        plot_phase_diagram(xr.Dataset())
    with pytest.raises(InvalidParameter, match=r"^dataset's game must be a game as JSON"):
        plot_phase_diagram(dataset.assign_attrs(game="{"), "margin")


# --- the theory's curves ---


def test_the_published_boundary_is_drawn_with_its_formula() -> None:
    axes: Any = plot_phase_diagram(sweep(), "margin")

    (label,) = legend_of(axes)
    assert label == r"deterrence, deterring-fine, detection: $\beta = \frac{1}{10 p}$"
    line = axes.lines[-1]
    x, y = line.get_data()
    assert np.allclose(10 * x * y, 1, rtol=1e-12)


def test_curves_can_be_chosen_given_or_left_out() -> None:
    assert legend_of(plot_phase_diagram(sweep(), "margin", curves=False)) == []
    assert legend_of(plot_phase_diagram(sweep(), "margin", curves=["second-order"])) == []
    mine = BoundaryCurve(name="mine", formula="p = 1/2", equation="", pieces=(np.array([[0.5, 0], [0.5, 1]]),))
    assert legend_of(plot_phase_diagram(sweep(), "margin", curves=[mine])) == ["mine: $p = 1/2$"]
    risky = sweep().assign_attrs(game="null")
    assert legend_of(plot_phase_diagram(risky, "holds", at={"condition": "deterrence"})) == ["no", "yes"]
    with pytest.raises(InvalidParameter, match=r"^curves must be conditions"):
        plot_phase_diagram(sweep(), "margin", curves=["luck"])
    with pytest.raises(InvalidParameter, match=r"^curves must be left out"):
        plot_phase_diagram(sweep().assign_attrs(game="null"), "margin", curves=["deterrence"])


AXES = {
    "multiplication_factor": (Fraction(1, 2), Fraction(7)),
    "contribution_cost": (Fraction(1, 10), Fraction(3)),
    "fine": (Fraction(0), Fraction(3)),
    "punishment_cost": (Fraction(0), Fraction(2)),
    "punishment_probability": (Fraction(0), Fraction(1)),
    "severity": (Fraction(0), Fraction(1)),
    "detection_rate": (Fraction(0), Fraction(1)),
    "discount_factor": (Fraction(0), Fraction(9, 10)),
}


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])  # shrinking would take minutes
@given(st.data())
def test_a_condition_holds_on_one_side_of_its_curve_only(data: st.DataObject) -> None:
    x, y = data.draw(st.lists(st.sampled_from(sorted(AXES)), min_size=2, max_size=2, unique=True))
    game = PublicGoodsGame(
        group_size=5, multiplication_factor=3, fine="3/2", punishment_cost="1/2", punishment_probability="1/3"
    )
    ranges = {axis: tuple(map(float, AXES[axis])) for axis in (x, y)}
    options = {} if "discount_factor" in (x, y) else {"discount_factor": "1/4"}
    curves = boundary_curves(game, x=x, y=y, x_range=ranges[x], y_range=ranges[y], settings=options)  # type: ignore[arg-type]
    names = {name for curve in curves for name in curve.name.split(", ")}

    def held(a: Fraction, b: Fraction) -> dict[str, Any]:
        values = {x: a, y: b}
        given = {**options, **{k: v for k, v in values.items() if k == "discount_factor"}}
        own: Any = {k: v for k, v in values.items() if k != "discount_factor"}
        return {c.name: c.holds for c in conditions(replace(game, **own), **given)}

    # along a random straight line of exact points: where a condition changes, a curve was crossed
    draw = st.integers(0, 24)
    ends = [[data.draw(draw), data.draw(draw)] for _ in range(2)]

    def at(weight: Fraction) -> tuple[Fraction, Fraction]:
        found = []
        for k, axis in enumerate((x, y)):
            low, high = AXES[axis]
            share = (1 - weight) * Fraction(ends[0][k], 24) + weight * Fraction(ends[1][k], 24)
            found.append(low + (high - low) * share)
        return found[0], found[1]

    steps = [at(Fraction(k, 12)) for k in range(13)]
    steps = [
        (a, b) for a, b in steps if (x != "multiplication_factor" or a > 0) and (y != "multiplication_factor" or b > 0)
    ]
    for first, second in pairwise(steps):
        before, after = held(*first), held(*second)
        for name in ("deterrence", "deterring-fine", "detection", "grim-trigger", "credibility"):
            if before[name] is not None and before[name] != after[name]:
                candidates = [c for c in curves if c.equation]
                signs = [(value(c.equation, first, x, y), value(c.equation, second, x, y)) for c in candidates]
                assert any(a * b <= 0 for a, b in signs), (name, first, second, names)


def value(equation: str, point: tuple[Fraction, Fraction], x: str, y: str) -> Fraction:
    import sympy as sp

    found = sp.sympify(equation).subs({x: sp.Rational(point[0]), y: sp.Rational(point[1])})
    return Fraction(int(found.p), int(found.q))


def test_points_of_curves_are_zeros_of_their_equations() -> None:
    for x, y in ((P, FINE), ("multiplication_factor", P), ("discount_factor", "punishment_cost")):
        ranges: Any = {P: (0, 1), FINE: (0, 2), "multiplication_factor": (1, 5), "discount_factor": (0, 0.9)}
        low, high = ranges.get(x, (0, 2)), ranges.get(y, (0, 2))
        curves = boundary_curves(PUBLISHED, x=x, y=y, x_range=low, y_range=high)
        assert curves
        for curve in curves:
            for piece in curve.pieces:
                for a, b in piece[:: max(1, len(piece) // 5)].tolist():
                    exact = (Fraction(a), Fraction(b))
                    size = max(1.0, abs(a), abs(b)) ** 3
                    assert abs(float(value(curve.equation, exact, x, y))) < 1e-9 * size * 100


def test_the_curve_of_credibility_ends_where_its_premises_do() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine="1/20", punishment_cost="3/10")
    # four punishers take 1/5 < 2/5: no discount factor makes the threat deter
    curves = boundary_curves(game, x="discount_factor", y="punishment_cost", x_range=(0, 0.9), y_range=(0, 2))

    assert "credibility" not in [curve.name for curve in curves]


def test_equations_are_of_the_claims_language() -> None:
    (curve,) = boundary_curves(PUBLISHED, x=P, y=FINE, x_range=(0, 1), y_range=(0, 2))

    assert satisfies(f"{curve.equation} == 0", {P: Fraction(1, 5), FINE: Fraction(1, 2)})


def test_a_curve_that_cannot_be_solved_is_contoured() -> None:
    import sympy as sp

    from experiments.pictures_curves import _drawn

    x, y = sp.symbols("x y")
    pieces, formula = _drawn(sp.Poly(x**2 + y**2 - 1, x, y), x, y, (-2.0, 2.0), (-2.0, 2.0))

    assert np.allclose(np.hypot(*pieces[0].T), 1, atol=1e-4)
    assert formula.endswith("= 0")


def test_axes_that_no_condition_knows_are_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^axis must be one of "):
        boundary_curves(PUBLISHED, x="luck", y=FINE, x_range=(0, 1), y_range=(0, 1))


# --- cuts ---


def learners() -> xr.Dataset:
    p = np.linspace(0, 0.4, 9)
    share = 1 / (1 + np.exp(-16 * (p - 0.1)))
    data = {"share": (P, share), "standard_error": (P, np.linspace(0.01, 0.05, 9)), "reward": (P, -p)}
    return xr.Dataset(data, {P: (P, p)}, {"game": json.dumps(game_to_dict(PUBLISHED))})


def test_error_bars_are_1_96_standard_errors_and_the_threshold_is_exact() -> None:
    axes: Any = plot_cut(learners())

    (container,) = axes.containers
    segments = container[2][0].get_segments()
    assert np.allclose([(s[1, 1] - s[0, 1]) / 2 for s in segments], 1.96 * np.linspace(0.01, 0.05, 9))
    assert legend_of(axes) == [r"deterrence: $p = \frac{1}{10}$"]
    (line,) = [line for line in axes.lines if np.size(line.get_xdata()) == 2 and len(set(line.get_xdata())) == 1]
    assert line.get_xdata()[0] == 0.1
    assert everything_is_inside(axes)


def test_errors_of_another_variable_are_not_borrowed() -> None:
    assert plot_cut(learners(), "reward").containers == []
    assert legend_of(plot_cut(learners(), "reward", thresholds=False)) == []


def test_each_strategy_has_a_line_of_its_own_style_and_what_did_not_converge_is_open() -> None:
    fine = np.linspace(0, 2, 11)
    share = np.column_stack([fine / 4, fine**2 / 8, 1 - fine / 4 - fine**2 / 8])
    data = {"share": ((FINE, "strategy"), share), "converged": (FINE, fine < 1.5)}
    dataset = xr.Dataset(data, {FINE: (FINE, fine), "strategy": ["C", "D", "P"]})
    axes: Any = plot_cut(dataset)

    assert legend_of(axes) == ["C", "D", "P"]
    full = [line for line in axes.lines if line.get_linestyle() != "None"]
    assert len({(line.get_color(), line.get_linestyle(), line.get_marker()) for line in full}) == 3
    for k, line in enumerate(full):
        assert np.array_equal(np.isfinite(line.get_ydata()), fine < 1.5)
        assert np.allclose(line.get_ydata()[fine < 1.5], share[fine < 1.5, k])
    rings = [line for line in axes.lines if line.get_markerfacecolor() == "white"]
    assert [len(line.get_xdata()) for line in rings] == [3, 3, 3]


def test_words_along_a_cut_are_ticks() -> None:
    dataset = sweep().isel({FINE: 8})
    axes: Any = plot_cut(dataset, "holds", at={"condition": "deterrence"})

    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["no", "yes"]


# --- gametheory plot ---


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.zarr"
    with warnings.catch_warnings(action="ignore"):  # texts in zarr have no settled specification
        sweep().to_zarr(path, zarr_format=3, consolidated=False)
    return path


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png", ".html"])
def test_a_store_is_drawn_in_every_format(store: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"picture{suffix}"

    write_picture(store, out)

    begins = {".svg": b"<?xml", ".pdf": b"%PDF", ".png": b"\x89PNG", ".html": b"<!DOCTYPE html>"}
    assert out.read_bytes().startswith(begins[suffix])


def test_a_store_cut_at_a_fine_is_a_line(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda self, *_, **__: seen.update(axes=self.axes))

    write_picture(store, tmp_path / "cut.svg", variable="margin", at=["fine=1/2"])

    (axes,) = seen["axes"]
    assert axes.get_xlabel() == "punishment probability $p$"
    assert np.allclose(axes.lines[0].get_ydata(), 4 * np.linspace(0, 1, 21) * 0.5 - 0.4)


def wide() -> xr.Dataset:
    """The margin of deterrence over p, the fine and the cost of contributing."""
    p, fine, cost = np.linspace(0, 1, 21), np.linspace(0, 2, 21), np.array([1.0, 1.5])
    margin = 4 * p[:, None, None] * fine[:, None] - 0.4 * cost
    attrs = {"game": json.dumps(game_to_dict(replace(PUBLISHED, fine=1)))}
    return xr.Dataset(
        {"margin": ((P, FINE, "contribution_cost"), margin)}, {P: p, FINE: fine, "contribution_cost": cost}, attrs
    )


def test_theory_is_that_of_the_place_where_a_picture_cuts() -> None:
    axes = plot_cut(wide(), at={FINE: "1/2", "contribution_cost": 1.5})
    ends, threshold = np.asarray(axes.lines[0].get_xydata()), float(np.asarray(axes.lines[-1].get_xdata())[0])
    assert threshold == pytest.approx(0.3)
    assert np.interp(threshold, ends[:, 0], ends[:, 1]) == pytest.approx(0)

    entry = legend_of(plot_phase_diagram(wide(), at={"contribution_cost": 1.5}, curves=["deterrence"]))
    assert [text for text in entry if "deterrence" in text] == [r"deterrence: $\beta = \frac{3}{20 p}$"]


def test_the_label_says_where_a_picture_cuts_in_truth() -> None:
    axes = plot_cut(wide(), at={FINE: "1/3", "contribution_cost": 1}, thresholds=False)
    assert "fine 0.3," in axes.get_ylabel()
    assert np.allclose(axes.lines[0].get_ydata(), 4 * np.linspace(0, 1, 21) * 0.3 - 0.4)
    with pytest.raises(InvalidParameter, match=r"at fine must be in \[0, 2\]"):
        plot_cut(wide(), at={FINE: 3, "contribution_cost": 1})


def test_names_along_a_line_are_lines_and_in_a_plane_the_first_is_taken(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}
    monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda self, *_, **__: seen.update(axes=self.axes))

    write_picture(store, tmp_path / "cut.svg", variable="holds", at=["fine=1/2"])
    assert [text.split(":")[0] for text in legend_of(seen["axes"][0])][:6] == sweep()["condition"].values.tolist()
    write_picture(store, tmp_path / "plane.svg", variable="holds")
    assert seen["axes"][0].get_title(loc="left").startswith("holds, condition deterrence")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('strategies = ["H", "D"]\ngroup_size = 2\npayoffs = [[-1, 2], [0, 1]]', "gradient"),
        ('strategies = ["R", "P", "S"]\ngroup_size = 2\npayoffs = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]', "simplex"),
        (
            'strategies = ["A", "B", "C", "D"]\ngroup_size = 2\npayoffs = '
            "[[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [0, 0, 0, 4]]",
            "tetrahedron",
        ),
    ],
)
def test_a_game_gives_the_picture_that_fits_its_strategies(tmp_path: Path, text: str, kind: str) -> None:
    game = tmp_path / "game.toml"
    game.write_text(f'[game]\nkind = "table"\n{text}\n')

    write_picture(game, tmp_path / "out.html")

    assert kind in (tmp_path / "out.html").read_text()


def test_refusals_name_the_file_or_the_option(store: Path, tmp_path: Path) -> None:
    game = tmp_path / "game.toml"
    save_game(PUBLISHED, game)
    out = tmp_path / "out.svg"
    five = tmp_path / "five.toml"
    rows = [[0] * 5] * 5
    five.write_text(
        f'[game]\nkind = "table"\nstrategies = ["A", "B", "C", "D", "E"]\ngroup_size = 2\npayoffs = {rows}\n'
    )
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "zarr.json").write_text("{]")
    cases: list[tuple[Path, Path, dict[str, Any], str]] = [
        (game, tmp_path / "out.gif", {}, r"^--out must be a file ending in"),
        (tmp_path / "none.toml", out, {}, r"^file must be a game's TOML file"),
        (tmp_path, out, {}, r"^store must be a zarr store"),
        (broken, out, {}, r"^store must be one that can be read"),
        (game, out, {"variable": "x"}, r"^--variable and --at must be given for the store"),
        (five, out, {}, r"strategies must be two, three"),
        (store, out, {"at": ["fine"]}, r"^--at must be DIMENSION=VALUE"),
        (store, out, {"at": ["fine=much"]}, r"^--at fine must be a number"),
        (store, out, {"at": ["condition=luck"], "variable": "holds"}, r"^at condition must be one of"),
        (store, out, {"at": ["fine=1", f"{P}=1"]}, r"^--at must be axes cut until one or two are left"),
    ]
    for path, target, options, message in cases:
        with pytest.raises(InvalidParameter, match=message):
            write_picture(path, target, **options)
    assert not out.exists()
