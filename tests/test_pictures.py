from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from dynamics import (
    Logit,
    Smith,
    basins_of_attraction,
    bifurcation_diagram,
    gradient_of_selection,
    limit_cycle,
    mean_dynamics,
    plot_bifurcations,
    plot_gradient,
    plot_simplex,
    plot_tetrahedron,
    separatrices,
)
from dynamics.finite import PairwiseComparison
from dynamics.pictures import to_plane, to_space
from gametheory import CollectiveRiskGame, InvalidParameter, OptionalGame, PublicGoodsGame, game_from_payoffs


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


# --- basins, separatrices, cycles, other protocols ---

PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
COORDINATION = game_from_payoffs([[1, 0, 0], [0, 2, 0], [0, 0, 3]], ["A", "B", "C"])
CYCLE = game_from_payoffs([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], ["R", "P", "S"])


def collective_risk(risk: Any) -> CollectiveRiskGame:
    return CollectiveRiskGame(group_size=6, threshold=3, risk=risk, contribution="1/10")


def everything_is_inside(axes: Any) -> bool:
    """Whether all text, also the legend's, lies within the figure (text in three dimensions does not say where)."""
    figure = axes.figure
    figure.canvas.draw()
    legend = axes.get_legend()
    own = [] if hasattr(axes, "get_zlim") else axes.texts
    texts = [*own, *(legend.get_texts() if legend else []), axes.xaxis.label, axes.yaxis.label]
    boxes = [text.get_window_extent() for text in texts if text.get_text()]
    frame = figure.bbox
    return all(frame.x0 <= b.x0 <= b.x1 <= frame.x1 and frame.y0 <= b.y0 <= b.y1 <= frame.y1 for b in boxes)


def marks(axes: Any) -> list[tuple[tuple[float, float], bool]]:
    """Places of single points, and whether they are filled."""
    found = []
    for line in axes.lines:
        x, y = line.get_data()[:2]
        if np.size(x) == 1 and line.get_marker() not in ("", "None"):
            place = (round(float(np.ravel(x)[0]), 6), round(float(np.ravel(y)[0]), 6))
            found.append((place, line.get_markerfacecolor() != "white"))
    return found


def test_basins_are_shaded_in_their_shares_and_separatrices_drawn_between_them() -> None:
    basins = basins_of_attraction(COORDINATION, side=12)
    lines = separatrices(COORDINATION)
    axes: Any = plot_simplex(COORDINATION, basins=basins, separatrices=lines, starts=[[0.2, 0.3, 0.5]])

    areas = [collection for collection in axes.collections if len(collection.get_paths()) > 10]
    assert sorted(len(a.get_paths()) for a in areas) == sorted(np.bincount(basins.labels).tolist())
    assert len({tuple(a.get_facecolor()[0]) for a in areas}) == 3
    for area, label in zip(areas, range(3), strict=True):
        corner = to_plane(basins.cells[basins.labels == label][0][0])
        assert any(np.allclose(path.vertices[0], corner) for path in area.get_paths())
    shown = [np.column_stack(line.get_data()) for line in axes.lines if line.get_linewidth() == 1.8]
    assert len(shown) == 3
    assert all(np.allclose(s, to_plane(line.path)) for s, line in zip(shown, lines, strict=True))
    texts = legend_of(axes)
    assert [t for t in texts if t.startswith("to ")] == [
        f"to all {n}: {100 * float(b.share):.1f} %" for n, b in zip("CBA", basins.basins, strict=True)
    ]
    assert texts[-1] == "separatrix"
    assert everything_is_inside(axes)
    plt.close(axes.figure)


def test_undecided_cells_are_grey_and_say_so() -> None:
    still = game_from_payoffs([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["R", "P", "S"])
    axes: Any = plot_simplex(still, basins=basins_of_attraction(still, side=3, max_steps=300), starts=[[0.2, 0.3, 0.5]])
    assert "undecided: 100.0 %" in legend_of(axes)
    plt.close(axes.figure)


def test_limit_cycles_are_drawn_under_their_protocol() -> None:
    protocol = Logit(temperature=0.1)
    cycle = limit_cycle(mean_dynamics(CYCLE, protocol=protocol), [0.6, 0.3, 0.1], settle=50)
    axes: Any = plot_simplex(CYCLE, protocol=protocol, cycles=[cycle], starts=[[0.6, 0.3, 0.1]])
    assert legend_of(axes) == ["unstable", "limit cycle, attracting"]
    (line,) = [line for line in axes.lines if line.get_linewidth() == 2.6]
    assert np.allclose(np.column_stack(line.get_data()), to_plane(cycle.orbit))
    assert everything_is_inside(axes)
    plt.close(axes.figure)


def test_trajectories_under_a_protocol_stay_in_the_triangle_and_move_with_it() -> None:
    from dynamics.pictures.orbits import through_by

    dynamics = mean_dynamics(PUBLISHED, protocol=Logit(temperature=0.2))
    path = through_by(dynamics, np.array([0.3, 0.3, 0.4]))
    assert path.min() >= 0
    assert np.abs(path.sum(axis=1) - 1).max() < 1e-8
    assert [0.3, 0.3, 0.4] in path.tolist()
    steps = np.diff(path, axis=0)
    ways = dynamics.velocities((path[1:] + path[:-1]) / 2)
    moving = np.linalg.norm(steps, axis=1) > 1e-5
    assert ((steps * ways).sum(axis=1)[moving] > 0).all()


@pytest.mark.parametrize("wrong", [{"runs": 50, "seed": 1}, {"starts": [[0.2, 0.3, 0.5]]}])
def test_only_basins_of_a_grid_can_be_shaded(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter, match=r"^basins must be those of a grid"):
        plot_simplex(COORDINATION, basins=basins_of_attraction(COORDINATION, **wrong))
    plt.close("all")


# --- four strategies ---


def test_the_tetrahedron_shows_every_rest_point_by_type() -> None:
    game = game_from_payoffs([[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [0, 0, 0, 4]], ["A", "B", "C", "D"])
    axes: Any = plot_tetrahedron(game)

    points = [line for line in axes.lines if np.size(line.get_data_3d()[0]) == 1]
    filled = {
        tuple(np.round(np.ravel(line.get_data_3d()), 9)) for line in points if line.get_markerfacecolor() != "white"
    }
    assert len(points) == 15  # one for each face of a coordination game
    assert filled == {tuple(np.round(to_space(row), 9)) for row in np.eye(4)}
    assert {text.get_text() for text in axes.texts} == {"A", "B", "C", "D"}
    assert len([line for line in axes.lines if np.size(line.get_data_3d()[0]) == 2]) == 6
    assert everything_is_inside(axes)
    plt.close(axes.figure)


def test_corners_of_the_tetrahedron_are_equally_far_apart() -> None:
    corners = to_space(np.eye(4))
    distances = {round(float(np.linalg.norm(corners[i] - corners[j])), 12) for i in range(4) for j in range(i)}
    assert distances == {1.0}


def test_continua_of_four_strategies_are_lines() -> None:
    axes: Any = plot_tetrahedron(OptionalGame(stage=PUBLISHED, loner_payoff=1), starts=[[0.2, 0.3, 0.2, 0.3]])
    texts = legend_of(axes)
    assert "stable, a line" in texts
    assert "unstable, a line" in texts
    assert everything_is_inside(axes)
    plt.close(axes.figure)


def test_a_tetrahedron_needs_four_strategies_and_three_dimensions() -> None:
    with pytest.raises(InvalidParameter, match=r"^strategies must be four"):
        plot_tetrahedron(COORDINATION)
    figure, flat = plt.subplots()
    game = OptionalGame(stage=PUBLISHED, loner_payoff=1)
    with pytest.raises(InvalidParameter, match=r"^ax must be three-dimensional"):
        plot_tetrahedron(game, ax=flat)
    plt.close(figure)


# --- gradients of selection ---


def test_the_gradient_marks_the_published_roots() -> None:
    axes: Any = plot_gradient(collective_risk(1))
    assert marks(axes) == [
        ((0.0, 0.0), True),
        ((0.121433, 0.0), False),
        ((0.735618, 0.0), True),
        ((1.0, 0.0), False),
    ]
    curve = next(line for line in axes.lines if np.size(line.get_xdata()) == 401)
    _, y = curve.get_data()
    assert y[100] == pytest.approx(float(mean_dynamics(collective_risk(1))(0.0, [0.25, 0.75])[0]))
    assert np.sign(y[[20, 100, 350]]).tolist() == [-1, 1, -1]
    assert everything_is_inside(axes)
    plt.close(axes.figure)


def test_the_gradient_of_a_finite_population_marks_its_sign_changes() -> None:
    process = PairwiseComparison(selection_strength=1.0)
    axes: Any = plot_gradient(collective_risk(1), population_size=50, process=process)
    places = marks(axes)
    heights = gradient_of_selection(collective_risk(1), population_size=50, process=process)
    assert [filled for _, filled in places] == [True, False, True, False]
    for (x, _), filled in places[1:3]:
        below, above = heights[int(np.floor(50 * x))], heights[int(np.floor(50 * x)) + 1]
        assert (below > 0 > above) if filled else (below < 0 < above)
    plt.close(axes.figure)


def test_a_gradient_that_is_zero_rests_everywhere() -> None:
    still = game_from_payoffs([[1, 1], [1, 1]], ["A", "B"])
    axes: Any = plot_gradient(still)
    assert "every point rests" in legend_of(axes)
    plt.close(axes.figure)


def test_options_of_a_gradient_that_contradict_each_other_are_refused() -> None:
    process = PairwiseComparison(selection_strength=1.0)
    for name, options in (
        ("process", {"population_size": 20}),
        ("process", {"process": process}),
        ("protocol", {"population_size": 20, "process": process, "protocol": Logit(temperature=1)}),
    ):
        with pytest.raises(InvalidParameter, match=f"^{name} must be given"):
            plot_gradient(collective_risk(1), **options)
    with pytest.raises(InvalidParameter, match=r"^strategies must be two"):
        plot_gradient(COORDINATION)


# --- bifurcation diagrams ---


def test_stable_branches_are_solid_unstable_ones_dashed_and_the_fold_is_marked() -> None:
    axes: Any = plot_bifurcations(bifurcation_diagram(collective_risk, values=["0", "1/2", "1"], parameter="risk"))

    assert legend_of(axes) == ["stable", "unstable", "fold, exact"]
    assert ((0.289352, 0.4), True) in marks(axes)
    for line in axes.lines:
        x, y = (np.asarray(v, dtype=float) for v in line.get_data())
        if x.size < 3:
            continue
        middle = float(np.interp(x.size // 2, np.arange(x.size), y))
        stable = middle < 1e-9 or 0.41 < middle < 0.99
        assert (line.get_linestyle() == "-") == stable
    assert axes.get_xlabel() == "risk"
    assert everything_is_inside(axes)
    plt.close(axes.figure)


def test_continua_and_hopf_points_are_marked() -> None:
    def fine(value: Any) -> PublicGoodsGame:
        return PublicGoodsGame(group_size=5, multiplication_factor=3, fine=value, punishment_cost="3/10")

    axes: Any = plot_bifurcations(bifurcation_diagram(fine, values=["0", "1/2", "1"], parameter="fine"), strategy="P")
    assert "a set of rest points, stable" in legend_of(axes)
    assert "transcritical, numerical" in legend_of(axes)
    bars = [
        line
        for line in axes.lines
        if len(set(np.ravel(line.get_xdata()).tolist())) == 1 and np.size(line.get_xdata()) == 2
    ]
    assert {float(np.ravel(bar.get_xdata())[0]) for bar in bars} == {0.0, 0.5, 1.0}
    assert everything_is_inside(axes)
    plt.close(axes.figure)

    noisy = bifurcation_diagram(
        lambda t: CYCLE, values=[0.1, 0.2], protocol=lambda t: Logit(temperature=t), parameter="temperature"
    )
    axes = plot_bifurcations(noisy)
    assert legend_of(axes) == ["stable", "unstable", "supercritical Hopf, numerical"]
    plt.close(axes.figure)
    with pytest.raises(InvalidParameter, match=r"^strategy must be one of"):
        plot_bifurcations(noisy, strategy="Q")


def test_without_branches_the_points_are_drawn() -> None:
    diagram = bifurcation_diagram(collective_risk, values=["1/4", "1/2"], protocol=Smith())
    axes: Any = plot_bifurcations(diagram)
    assert len([place for place, _ in marks(axes) if place[0] == 0.5]) == 3  # at 1/2 all equilibria
    plt.close(axes.figure)
