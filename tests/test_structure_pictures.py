"""Pictures of lattices and of shares, and the page that shows how to use them."""

import doctest
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.colors import to_rgb

from dynamics.structure import (
    FermiImitation,
    SquareLattice,
    StructuredPopulation,
    evolve,
    plot_shares,
    plot_snapshot,
)
from dynamics.structure.pictures import strategy_colors
from gametheory import InvalidParameter, PublicGoodsGame

from ._structures import cycle, made

PAGE = Path(__file__).parents[1] / "docs" / "structured-populations.md"


def test_a_snapshot_shows_every_site_in_its_strategys_color() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    population = StructuredPopulation(game, SquareLattice(12))
    players = np.random.default_rng(1).integers(0, 3, (12, 12))

    axes: Any = plot_snapshot(population, players)

    image = axes.images[0]
    shown = image.cmap(image.norm(image.get_array()))[..., :3]
    colors = np.array([to_rgb(color) for color in strategy_colors(("C", "D", "P"))])
    assert np.allclose(shown, colors[players], atol=1e-9)
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == [f"{name}  {(players == kind).mean():.3f}" for kind, name in enumerate("CDP")]
    axes.figure.canvas.draw()
    frame = axes.figure.bbox
    for text in axes.get_legend().get_texts():
        box = text.get_window_extent()
        assert frame.x0 <= box.x0 <= box.x1 <= frame.x1
        assert frame.y0 <= box.y0 <= box.y1 <= frame.y1
    plt.close(axes.figure)


def test_strategies_differ_in_color_and_in_brightness() -> None:
    for names in (("C", "D", "P"), ("C", "D", "P", "L"), ("C", "D", "A", "V"), ("X", "Y", "C", "Z")):
        colors = strategy_colors(names)
        assert len(set(colors)) == len(names)
        lights = sorted(float(np.dot(to_rgb(color), (0.2126, 0.7152, 0.0722))) for color in colors)
        assert min(np.diff(lights)) > 0.02
    assert strategy_colors(("P", "C")) == strategy_colors(("C", "P"))[::-1]
    assert len(strategy_colors(tuple("abcdefghijkl"))) == 12


def test_shares_are_drawn_with_their_means_and_errors_where_they_have_settled() -> None:
    figure, (left, right) = plt.subplots(1, 2)
    record = np.random.default_rng(1).integers(40, 60, (2, 401))
    settled = made(record, burn_in=100)

    axes: Any = plot_shares(settled, ax=left)

    assert axes is left
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    mean, error = settled.mean_shares[0], settled.standard_errors[0]
    assert texts[0] == f"C  {mean:.4f} ± {error:.4f}"
    band = axes.collections[0].get_paths()[0].get_extents()
    assert (band.x0, band.x1) == (100, 400)
    assert band.y0 == pytest.approx(mean - 4 * error)
    assert band.y1 == pytest.approx(mean + 4 * error)
    thick = next(line for line in axes.lines if line.get_label().startswith("C"))
    assert np.allclose(thick.get_ydata(), record.mean(axis=0) / 100)
    jump = made(np.r_[record[0, :200] - 30, record[0, :200] + 30])
    other: Any = plot_shares(jump, ax=right)
    assert [text.get_text() for text in other.get_legend().get_texts()] == ["C", "D"]
    assert other.get_title(loc="left") == "the halves of the record differ by more than their errors say"
    plt.close(figure)


def test_one_run_can_be_drawn_alone() -> None:
    record = np.random.default_rng(1).integers(40, 60, (2, 101))
    axes: Any = plot_shares(made(record), run=1)
    assert np.allclose(axes.lines[0].get_ydata(), record[1] / 100)
    plt.close(axes.figure)
    with pytest.raises(InvalidParameter, match=r"^run must be an integer from 0 to 1"):
        plot_shares(made(record), run=2)


def test_graphs_have_no_snapshot() -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=2)
    population = StructuredPopulation(game, cycle(5))
    result = evolve(population, update=FermiImitation(imitation_noise=1), sweeps=2, seed=1)
    with pytest.raises(InvalidParameter, match=r"^population must be on a SquareLattice"):
        plot_snapshot(population, result.final[0])


def test_the_page_on_structured_populations_says_what_happens() -> None:
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS

    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=flags)

    assert tried > 10
    assert failed == 0
