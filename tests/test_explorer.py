"""What the explorer shows is what the theory says at the sliders' exact positions; and how its page is served."""

import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from time import thread_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamics import mean_dynamics
from dynamics.pictures import to_plane
from experiments.explorer.model import CO_PLAYERS, MOST_PLAYERS, Slider, frame, margin, parse_positions, scene
from experiments.explorer.page import build
from experiments.explorer.serving import _server, explore
from experiments.explorer.sketch import sketch
from experiments.explorer.words import problem, tables, verdict
from gametheory import (
    CollectiveRiskGame,
    InvalidParameter,
    OptionalGame,
    PublicGoodsGame,
    conditions,
    game_from_payoffs,
    symmetric_equilibria,
)
from gametheory.files import save_game

PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
RISK = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution="1/10")
P = "punishment_probability"


def seen(values: Any, *, game: Any = PUBLISHED, along: str = P, strategy: str = "C", rival: str = "D") -> Any:
    return frame(scene(game), values, along=along, strategy=strategy, rival=rival)


# --- the model ---


@given(p=st.fractions(0, 1), fine=st.fractions(0, 2), m=st.integers(0, 4))
@settings(max_examples=25, deadline=None)
def test_the_margin_holds_iff_deterrence_does(p: Fraction, fine: Fraction, m: int) -> None:
    shown = seen({P: p, "fine": fine, CO_PLAYERS: Fraction(m)})

    game = replace(PUBLISHED, punishment_probability=p, fine=fine)
    condition = conditions(game, punishers=m)[0]
    assert shown.holds == condition.holds
    assert shown.margin == margin(game, "C", "D", (4 - m, 0, m))
    assert shown.conditions[0].threshold == condition.threshold
    roots = [crossing.value for crossing in shown.curve.crossings]
    inside = condition.threshold is not None and 0 <= condition.threshold <= 1
    assert roots == ([condition.threshold] if inside else [])
    assert all(crossing.exact for crossing in shown.curve.crossings)


def test_at_the_threshold_itself_it_holds_with_margin_zero() -> None:
    shown = seen({P: Fraction(1, 10)})

    assert (shown.margin, shown.holds, shown.best_replies) == (0, True, ("C", "D", "P"))


def test_equilibria_are_those_of_the_game_as_it_is() -> None:
    shown = seen({"fine": Fraction(1, 20)})

    expected = symmetric_equilibria(replace(PUBLISHED, fine="1/20")).components
    assert [component.set for component in shown.equilibria.components] == [component.set for component in expected]
    assert shown.best_replies == ("D",)
    assert shown.co_players == {"P": 4}


def test_a_curve_that_is_not_affine_has_its_root_near_and_says_so() -> None:
    shown = seen({"severity": Fraction(1, 3)}, along="group_size")
    assert all(float(x).is_integer() for x in shown.curve.xs)
    slider = Slider(name="x", low=Fraction(0), high=Fraction(2), step=Fraction(1, 10), start=Fraction(0))
    from experiments.explorer.model import _crossings

    points = [(slider.low + slider.step * k, (slider.low + slider.step * k) ** 2 - 2) for k in range(21)]
    (found,) = _crossings(lambda x: x * x - 2, points, whole=False)
    assert not found.exact
    assert found.value == pytest.approx(2**0.5, abs=1e-12)
    (exact,) = _crossings(lambda x: x * x - 1, [(Fraction(x), Fraction(x * x - 1)) for x in (0, 2)], whole=False)
    assert (exact.value, exact.exact) == (1, True)


def test_a_margin_that_is_zero_all_along_crosses_nowhere() -> None:
    assert seen({}, strategy="C", rival="P").curve.crossings == ()
    assert set(seen({}, strategy="C", rival="P").curve.ys) == {0.0}


def test_positions_are_snapped_to_exact_steps_and_the_start_stays_itself() -> None:
    third = replace(PUBLISHED, punishment_probability="1/3")
    sliders = {slider.name: slider for slider in scene(third).sliders}

    exact = parse_positions(sliders, {P: 1 / 3, "fine": 0.07 + 0.1, "group_size": 7.0})
    assert exact == {P: Fraction(1, 3), "fine": Fraction(17, 100), "group_size": 7}
    assert parse_positions(sliders, {P: 5.0})[P] == 1
    for bad in (float("nan"), float("inf"), None):
        with pytest.raises(InvalidParameter, match="must be a finite number"):
            parse_positions(sliders, {P: bad})  # type: ignore[dict-item]


@pytest.mark.parametrize("game", [PUBLISHED, RISK, replace(PUBLISHED, fine=37, multiplication_factor="7/2")])
def test_every_start_lies_in_its_range_and_twice_the_value_can_be_reached(game: Any) -> None:
    for slider in scene(game).sliders:
        assert slider.low <= slider.start <= slider.high
        assert slider.step > 0
        assert (slider.high - slider.low) / slider.step <= 1001
        if slider.name not in (CO_PLAYERS, "group_size", "threshold", "risk") and slider.high > 1:
            assert slider.high >= 2 * slider.start


def test_co_players_are_never_more_than_there_are() -> None:
    shown = seen({"group_size": Fraction(3), CO_PLAYERS: Fraction(9)})

    assert shown.co_players == {"P": 2}


def test_threshold_games_start_where_one_contribution_makes_the_difference() -> None:
    shown = seen({}, game=RISK, along="risk")

    assert shown.co_players == {"C": 2, "D": 3}
    assert shown.holds
    assert [(c.value, c.exact) for c in shown.curve.crossings] == [(Fraction(1, 10), True)]


def test_what_lies_outside_the_domain_is_one_line() -> None:
    with pytest.raises(InvalidParameter, match=r"^threshold must be "):
        seen({"threshold": Fraction(8)}, game=RISK, along="risk")
    with pytest.raises(InvalidParameter, match=r"^parameter must be one of group_size"):
        seen({}, along="luck")
    with pytest.raises(InvalidParameter, match=r"^strategy must be one of"):
        seen({}, strategy="X")
    with pytest.raises(InvalidParameter, match=r"^game must be a game with parameters"):
        scene(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]))


def test_large_groups_and_four_strategies_show_no_equilibria() -> None:
    assert seen({"group_size": Fraction(10)}).equilibria is not None
    large = replace(PUBLISHED, group_size=MOST_PLAYERS + 1)
    assert seen({}, game=large).equilibria is None
    four = OptionalGame(stage=PUBLISHED, loner_payoff=1)
    shown = frame(scene(four), {}, along=P, strategy="C", rival="D")
    assert shown.rest_points is None
    assert sketch(shown.game, shown.rest_points) is None
    assert "not listed" in tables(shown)


# --- the sketch ---


def test_points_and_lines_of_the_sketch_are_the_rest_points() -> None:
    shown = seen({})
    drawn = sketch(shown.game, shown.rest_points)
    assert drawn is not None

    places = {(round(x, 9), round(y, 9)): kind for x, y, kind in drawn.points}
    for share, kind in (([0, 1, 0], "asymptotically stable"), ([0, 9 / 13, 4 / 13], "unstable")):
        x, y = to_plane(share)
        assert places[round(float(x), 9), round(float(y), 9)] == kind
    ends = {kind: {tuple(np.round(p, 9)) for p in corners} for corners, kind in drawn.lines}
    assert ends["stable"] == {tuple(np.round(to_plane(p), 9)) for p in ([0.9, 0, 0.1], [0, 0, 1])}
    assert all((path[:, 1] >= -1e-9).all() for path in drawn.paths)
    assert len(drawn.heads) == len(drawn.paths) > 5


def test_the_gradient_is_the_velocity_and_its_arrows_point_where_the_share_moves() -> None:
    shown = seen({}, game=RISK, along="risk")
    drawn = sketch(shown.game, shown.rest_points)
    assert drawn is not None

    (path,) = drawn.paths
    shares = np.column_stack([path[:, 0], 1 - path[:, 0]])
    assert np.allclose(path[:, 1], mean_dynamics(RISK).velocities(shares)[:, 0])
    for x, _, angle in drawn.heads:
        velocity = mean_dynamics(RISK).velocities(np.array([[x, 1 - x]]))[0, 0]
        assert (velocity > 0) == (angle == 0.0)
    assert [kind for *_, kind in sorted(drawn.points)] == ["asymptotically stable", "unstable"] * 2


# --- the words ---


def test_words_say_what_the_frame_holds() -> None:
    good, bad = seen({}), seen({P: Fraction(1, 20)})

    assert "✓ holds" in verdict(good)
    assert "does not hold" in verdict(bad)
    assert "exactly zero at" in verdict(good)
    assert "<mn>10</mn>" in verdict(good)
    assert "deterrence" in tables(good)
    assert "these are all" in tables(good)
    algebraic = symmetric_equilibria(RISK).components[0].parts[0].point[0]
    assert f"{float(algebraic):.8f}…" in tables(seen({}, game=RISK, along="risk"))


def test_words_are_escaped() -> None:
    assert "<script" not in problem("<script>")
    game = replace(PUBLISHED)
    shown = replace(
        seen({}), best_replies=("<script>",), strategy="<script>", rival="<img>", co_players={"<b>": 1}, game=game
    )
    assert "<script" not in verdict(shown)
    assert "<img" not in verdict(shown)


# --- the page, without a browser ---


class Document:
    """What a page needs of bokeh's documents, with callbacks that run when they are told to."""

    def __init__(self) -> None:
        self.roots: list[Any] = []
        self.due: list[Any] = []
        self.title = ""

    def add_root(self, root: Any) -> None:
        self.roots.append(root)

    def add_timeout_callback(self, callback: Any, milliseconds: int) -> None:
        self.due.append(callback)

    def run(self) -> None:
        due, self.due = self.due, []
        for callback in due:
            callback()


def test_many_moves_are_one_update_and_the_verdict_turns() -> None:
    document = Document()
    page = build(document, scene(PUBLISHED), title="a < b")
    assert "✓ holds" in page.widgets["verdict"].text

    for position in (0.5, 0.3, 0.06):
        page.widgets[P].value = position

    assert len(document.due) == 1
    document.run()
    assert "does not hold" in page.widgets["verdict"].text
    assert page.sources["here"].data["x"] == [0.06]
    page.widgets["rival"].value = "P"
    document.run()
    assert page.shown is not None
    assert page.shown.rival == "P"
    assert page.figures["curve"].yaxis[0].axis_label == "payoff of C less that of P"


def test_a_position_outside_the_domain_is_told_and_the_next_one_shown() -> None:
    document = Document()
    page = build(document, scene(RISK), title="risk")

    page.widgets["threshold"].value = 9
    document.run()
    assert "class='problem'" in page.widgets["verdict"].text
    assert "threshold must be" in page.widgets["verdict"].text

    page.widgets["threshold"].value = 2
    document.run()
    assert "class='problem'" not in page.widgets["verdict"].text


def test_an_update_takes_less_than_a_tenth_of_a_second() -> None:
    document = Document()
    page = build(document, scene(PUBLISHED), title="t")
    took = []
    for position in np.linspace(0.1, 0.9, 9):
        start = thread_time()
        page.widgets[P].value = float(position)
        document.run()
        took.append(thread_time() - start)

    assert page.seconds > 0
    assert min(took) < 0.1  # of this thread: other work may share the machine


# --- serving ---


@pytest.fixture
def game_file(tmp_path: Path) -> Path:
    path = tmp_path / "game.toml"
    save_game(PUBLISHED, path)
    return path


def served(path: Path, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", "from experiments.cli import main; main()", "explore", str(path), "--no-browser"]
    return subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_is_served_to_this_machine_alone_and_ctrl_c_ends_it_with_one_line(game_file: Path) -> None:
    process = served(game_file)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = said.split(" at ")[1].split()[0]
        assert address.startswith("http://127.0.0.1:")
        page = fetched(address)
        assert "cdn" not in page
        assert 'src="http' not in page
        scripts = re.findall(r"""src=["']([^"']+)["']""", page)
        assert scripts
        assert all(script.lstrip("/").startswith("static/") for script in scripts)
        assert len(fetched(address + scripts[0].lstrip("/"))) > 100_000
        for origin, allowed in ((address.rstrip("/"), True), ("http://elsewhere.example", False)):
            assert websocket_is_allowed(address, page, origin) == allowed
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    refusal, last = errors.strip().splitlines()
    assert "Refusing websocket connection from Origin 'http://elsewhere.example'" in refusal
    assert last == "gametheory: the explorer has ended"


def fetched(address: str) -> str:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError("no answer")


def websocket_is_allowed(address: str, page: str, origin: str) -> bool:
    token = page.split('"token":"')[1].split('"')[0]
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": f"bokeh, {token}",
        "Origin": origin,
    }
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        lines = [f"GET /ws HTTP/1.1\r\nHost: {host}:{port}", *(f"{k}: {v}" for k, v in headers.items())]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return b" 101 " in connection.recv(200)


def test_it_listens_on_the_loopback_only() -> None:
    server = _server(scene(PUBLISHED), 0, title="t")
    try:
        sockets = server._http._sockets.values()
        assert {listening.getsockname()[0] for listening in sockets} == {"127.0.0.1"}
    finally:
        server.stop()
        server.unlisten()


def test_a_port_in_use_is_one_line_and_status_2(game_file: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = served(game_file, "--port", str(taken.getsockname()[1]))
        _, errors = process.communicate(timeout=120)

    assert process.returncode == 2
    (line,) = errors.strip().splitlines()
    assert line.startswith("gametheory: --port must be a port that is free to listen on")


def test_a_table_and_a_wrong_port_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    save_game(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]), path)
    with pytest.raises(InvalidParameter, match=r"^game must be a game with parameters"):
        explore(path, show=False)
    with pytest.raises(InvalidParameter, match=r"^--port must be from 0 to 65535"):
        explore(path, port=70_000, show=False)


def test_signals_are_given_back_when_it_ends(game_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT)

    explore(game_file, show=False, ready=lambda _, loop: loop.add_callback(loop.stop))

    assert signal.getsignal(signal.SIGINT) is before
    assert capsys.readouterr().err == "gametheory: the explorer has ended\n"
