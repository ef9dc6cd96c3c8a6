"""Pictures of logit branches show what was computed."""

from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")
import matplotlib.pyplot as plt

from dynamics.pictures import plot_logit_branch
from gametheory import InvalidParameter, game_from_payoffs, logit_branch
from gametheory.normal_form import normal_form_game


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def test_folds_are_marked_where_the_branch_turns() -> None:
    branch = logit_branch(game_from_payoffs([[6, 6, -2, -2, 1, 1], [0] * 6], ["A", "B"], group_size=6))
    axes = plot_logit_branch(branch)
    lines = {str(line.get_label()): line for line in axes.get_lines()}
    assert set(lines) == {"A", "B", "fold"}
    xs, ys = (np.asarray(values) for values in lines["A"].get_data())
    for precision, share in zip(branch.precisions, branch.shares[:, 0], strict=True):
        assert np.min(np.abs(xs - precision) / (1 + precision) + np.abs(ys - share)) < 1e-6
    drawn = {round(float(x), 6) for x in np.asarray(lines["fold"].get_xdata())}
    assert drawn == {round(event.precision, 6) for event in branch.folds}
    rising = np.sign(np.diff(xs))
    assert (np.diff(rising[rising != 0]) != 0).sum() == 2


def test_each_player_has_a_picture_of_its_own() -> None:
    branch = logit_branch(normal_form_game([[4, 0], [1, 1]], [[1, 0], [0, 2]], strategies=[["a", "b"], ["c", "d"]]))
    labels = []
    for k in (0, 1):
        legend = plot_logit_branch(branch, player=k).get_legend()
        assert legend is not None
        labels.append([text.get_text() for text in legend.get_texts()])
    assert labels == [["a", "b"], ["c", "d"]]
    with pytest.raises(InvalidParameter, match="player"):
        plot_logit_branch(branch, player=2)
