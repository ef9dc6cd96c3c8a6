"""The picture of a phase diagram shows its cells, its exact curves, and what is not proved."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from experiments.phases import PhaseDiagram, certified_phases, plot_phases
from experiments.phases.picture import PALETTE, phase_colors
from gametheory import CollectiveRiskGame, PublicGoodsGame


@pytest.fixture(scope="module")
def diagram() -> PhaseDiagram:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, punishment_cost="3/10")
    return certified_phases(
        game, x=("punishment_probability", 0, 1), y=("fine", 0, 2), question="conditions", depth=5, punishers=2
    )


def area(patch: Any) -> float:
    """Of rectangles of five vertices each."""
    vertices = patch.get_path().vertices.reshape(-1, 5, 2)
    sides = vertices[:, 2] - vertices[:, 0]
    return float((sides[:, 0] * sides[:, 1]).sum())


def test_areas_drawn_are_areas_proved_and_what_is_undecided_is_hatched(diagram: PhaseDiagram) -> None:
    ax: Any = plot_phases(diagram)

    drawn = {patch.get_facecolor(): area(patch) / 2 for patch in ax.patches}
    colors = phase_colors([diagram])
    for name, share in diagram.areas.items():
        color = mpl.colors.to_rgba(colors[name] if name else "white")
        assert drawn[color] == pytest.approx(float(share), abs=1e-12)
    (hatched,) = [patch for patch in ax.patches if patch.get_hatch()]
    assert hatched.get_facecolor() == mpl.colors.to_rgba("white")
    assert f"undecided {100 * float(diagram.area_undecided):.2f} %" in ax.get_title(loc="left")
    assert ax.get_legend().get_texts()[-1].get_text() == "undecided"
    plt.close(ax.figure)


def test_curves_are_drawn_where_their_equations_hold(diagram: PhaseDiagram) -> None:
    ax: Any = plot_phases(diagram)

    lines = [line.get_xydata() for line in ax.lines]
    products = [np.nanmean(line[:, 0] * line[:, 1]) for line in lines]
    assert len(lines) == len(diagram.curves) == 2
    assert sorted(round(float(p), 2) for p in products) == [0.1, 0.2]
    for line, product in zip(lines, products, strict=True):
        assert np.nanmax(np.abs(line[:, 0] * line[:, 1] - product)) < 0.01
        assert np.nanmin(line[:, 0]) < 0.2
        assert np.nanmax(line[:, 0]) == pytest.approx(1)
    plt.close(ax.figure)


def test_numbers_of_the_legend_stand_in_the_cells_of_their_phase(diagram: PhaseDiagram) -> None:
    ax: Any = plot_phases(diagram)

    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    for number, name in enumerate(phase_colors([diagram]), 1):
        (place,) = [text.get_position() for text in ax.texts if text.get_text() == str(number)]
        cells = [c for c in diagram.cells if all(a < v < b for a, v, b in zip(c.low, place, c.high, strict=True))]
        assert [cell.phase for cell in cells] == [name]
        assert any(t.startswith(f"{number}: ") and name.split(",")[0] in t for t in texts)
    plt.close(ax.figure)


def test_panels_share_colors_and_vector_files_are_written(tmp_path: Path) -> None:
    games = [CollectiveRiskGame(group_size=6, threshold=m, risk=1, contribution=0) for m in (1, 3)]
    made = [certified_phases(game, x=("contribution", 0, 1), y=("risk", 0, 1), depth=4) for game in games]
    colors = phase_colors(made)
    figure, panels = plt.subplots(1, 2)
    for diagram, ax in zip(made, panels, strict=True):
        assert plot_phases(diagram, ax, colors=colors, legend=False, title="m") is ax
        assert ax.get_title(loc="left").startswith("m: proved")
        assert ax.get_legend() is None
    shared = {patch.get_facecolor() for patch in panels[0].patches} & {p.get_facecolor() for p in panels[1].patches}
    assert mpl.colors.to_rgba(colors["D stable, C unstable"]) in shared
    for ending in ("svg", "pdf"):
        figure.savefig(tmp_path / f"phases.{ending}")
        assert 3000 < (tmp_path / f"phases.{ending}").stat().st_size < 500_000
    plt.close(figure)


def test_a_diagram_without_doubt_has_no_hatch() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, strategies=["C", "D"])
    made = certified_phases(game, x=("multiplication_factor", 1, 9), y=("contribution_cost", 0, 1), depth=3)
    ax: Any = plot_phases(replace(made, curves=()))

    assert ax.get_title(loc="left") == "proved 100 %, undecided 0 %"
    assert not [patch for patch in ax.patches if patch.get_hatch()]
    assert "undecided" not in [text.get_text() for text in ax.get_legend().get_texts()]
    plt.close(ax.figure)


def test_neighboring_colors_differ_for_protanopes_and_deuteranopes() -> None:
    """The first five, which most diagrams need: linear RGB through the matrices of Vienot, Brettel & Mollon (1999)."""
    protanope = np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]])
    deuteranope = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])
    linear = np.array([mpl.colors.to_rgb(color) for color in PALETTE[:5]]) ** 2.2
    for eye in (protanope, deuteranope):
        seen = np.clip(linear @ eye.T, 0, 1) ** (1 / 2.2)
        gaps = np.linalg.norm(seen[:, None] - seen[None], axis=-1)[~np.eye(5, dtype=bool)]
        assert gaps.min() > 0.25
