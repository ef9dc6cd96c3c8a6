from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from dynamics import plot_simplex
from dynamics.pictures import to_plane
from gametheory import InvalidParameter, PublicGoodsGame, game_from_payoffs


def legend_of(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_published_game_is_drawn_with_every_kind_of_rest_point_and_nothing_clipped() -> None:
    axes: Any = plot_simplex(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10"))
    figure = axes.figure

    figure.canvas.draw()

    assert legend_of(axes) == ["asymptotically stable", "stable, a line", "unstable", "unstable, a line"]
    frame = figure.bbox
    for text in [*axes.texts, *axes.get_legend().get_texts()]:
        if text.get_text():
            box = text.get_window_extent()
            assert frame.x0 <= box.x0 <= box.x1 <= frame.x1
            assert frame.y0 <= box.y0 <= box.y1 <= frame.y1
    assert {text.get_text()[0] for text in axes.texts if text.get_text()} == {"C", "D", "P"}
    plt.close(figure)


def test_lines_lie_where_the_rest_points_are() -> None:
    axes: Any = plot_simplex(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1), starts=[[0.2, 0.3, 0.5]])
    solid = next(line for line in axes.lines if line.get_linewidth() == 4)
    ends = {tuple(np.round(p, 9)) for p in np.column_stack(solid.get_data())}
    assert ends == {tuple(np.round(to_plane(p), 9)) for p in ([0.9, 0, 0.1], [0, 0, 1])}
    plt.close(axes.figure)


def test_a_centre_and_a_game_at_rest_everywhere_have_their_own_entries() -> None:
    figure, (left, right) = plt.subplots(1, 2)
    cycle = game_from_payoffs([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["R", "P", "S"])
    assert legend_of(plot_simplex(cycle, ax=left, starts=[[0.5, 0.3, 0.2]])) == ["stable", "unstable"]
    still = game_from_payoffs([[1, 1, 1]] * 3, ["R", "P", "S"])
    assert legend_of(plot_simplex(still, ax=right)) == ["every point rests"]
    plt.close(figure)


def test_two_strategies_are_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^strategies must be three"):
        plot_simplex(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]))
