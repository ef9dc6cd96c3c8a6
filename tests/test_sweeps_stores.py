import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import open_sweep, sweep
from experiments.sweeps import store as stores
from experiments.sweeps.command import command as run_command
from experiments.sweeps.lattice import blocks, lattice
from experiments.sweeps.running import run
from experiments.sweeps.specification import from_document, load_specification, specification
from gametheory import PublicGoodsGame, save_game
from gametheory.errors import InvalidParameter

from ._sweeps import SWEEP, command, contents, disturb, finished_keys, keys_in

GAME = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
AXES = {
    "punishment_probability": {"start": 0, "stop": 1, "points": 50},
    "fine": {"start": 0, "stop": 2, "points": 60},
}


# the sweep of `stored` in a process of its own: arguments are the store, workers and points of a block
SCRIPT = f"""
import sys
from experiments import sweep
from gametheory import PublicGoodsGame

if __name__ == "__main__":
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    out, workers, block = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sweep(game, "long_run_shares", {AXES}, seed=1, out=out, workers=workers, block=block, progress=False)
"""


def sweep_file(folder: Path, *, points: int = 60, mode: str = "grid") -> Path:
    file = folder / "sweep.toml"
    file.write_text(SWEEP.format(mode=mode, points=points))
    return file


def stored(out: Path, **options: Any) -> xr.Dataset:
    return sweep(GAME, "long_run_shares", AXES, seed=1, out=out, progress=False, **options)


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    stored(tmp_path / "calm")
    return tmp_path / "calm"


def test_xarray_opens_the_store_by_itself_with_units_and_attributes(calm: Path) -> None:
    found = xr.open_zarr(calm, chunks=None)

    assert found.share.dims == ("punishment_probability", "fine", "strategy")
    assert found.fine.units == "payoff"
    assert found.strategy.values.tolist() == ["C", "D", "P"]
    assert json.loads(found.attrs["game"])["kind"] == "public-goods"
    plain = sweep(GAME, "long_run_shares", AXES, seed=1, progress=False)
    assert found.load().identical(plain)


def test_a_store_keeps_floats_and_fractions_of_axes_as_they_are(tmp_path: Path) -> None:
    for axes in ({"fine": [0.1, 1 / 3]}, {"fine": ["1/10", "1/3"]}, {"group_size": [3, 4], "fine": [1e-300, 2.5]}):
        wanted = specification(GAME, "conditions", axes, seed=2, parameters={"discount_factor": 0.1})

        again = from_document(json.loads(json.dumps(wanted.document())))

        assert [axis.values for axis in again.axes] == [axis.values for axis in wanted.axes]
        assert again.settings == wanted.settings
        assert again.game == wanted.game


@pytest.mark.parametrize(("block", "mode"), [(1024, "grid"), pytest.param(256, "adaptive", marks=pytest.mark.long)])
def test_killed_runs_leave_what_the_same_command_finishes_bit_for_bit(tmp_path: Path, block: int, mode: str) -> None:
    file = sweep_file(tmp_path, points=90 if mode == "grid" else 129, mode=mode)
    subprocess.run(command(file, tmp_path / "calm"), check=True, capture_output=True)
    arguments = command(file, tmp_path / "storm", "--block", str(block))

    through = disturb(arguments, tmp_path / "storm", kills=2, seed=3, step=3)

    assert through.kills >= 1
    assert through.again == []  # no piece that was finished is computed once more
    assert through.begun_twice <= through.kills * max(1, block // 1024)
    assert contents(tmp_path / "calm") == contents(tmp_path / "storm")


@pytest.mark.long
@pytest.mark.parametrize("options", [["--block", "2048"], ["--block", "1024", "--workers", "2"]])
def test_twenty_kills_of_a_sweep_of_1e5_points_change_nothing(tmp_path: Path, options: list[str]) -> None:
    file = sweep_file(tmp_path, points=317)
    subprocess.run(command(file, tmp_path / "calm"), check=True, capture_output=True)

    through = disturb(command(file, tmp_path / "storm", *options), tmp_path / "storm", kills=20, seed=1, step=6)

    assert through.kills == 20
    assert through.again == []
    assert through.begun_twice <= 20 * (2 if len(options) == 2 else 4)
    assert contents(tmp_path / "calm") == contents(tmp_path / "storm")


def test_worker_processes_give_the_same_bits_and_a_dead_one_is_replaced(calm: Path, tmp_path: Path) -> None:
    script, out = tmp_path / "run.py", tmp_path / "many"
    script.write_text(SCRIPT)
    process = subprocess.Popen([sys.executable, str(script), str(out), "2", "1"])
    workers: list[int] = []
    while process.poll() is None and not workers:
        workers = [pid for pid in _children(process.pid) if finished_keys(out)]
        time.sleep(0.005)
    if workers:
        os.kill(workers[-1], signal.SIGKILL)

    assert process.wait(timeout=240) == 0
    assert contents(out) == contents(calm)


def _children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            name = (folder / "cmdline").read_text()
        except OSError:
            continue
        if int(fields[1]) == pid and "spawn_main" in name:
            found.append(int(folder.name))
    return sorted(found)


@given(st.integers(1, 3000))
@settings(deadline=None, max_examples=3)
def test_what_is_on_disk_does_not_depend_on_the_size_of_blocks(block: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name, size in (("one", block), ("other", 1024)):
            stored(Path(folder) / name, block=size)
        assert contents(Path(folder) / "one") == contents(Path(folder) / "other")


def test_what_is_finished_is_not_computed_again(calm: Path) -> None:
    wanted = specification(GAME, "long_run_shares", AXES, seed=1)
    before = keys_in(calm / ".sweep" / "journal")

    again = run(wanted, out=calm, command="again", progress=False)

    assert again.computed == 0
    assert keys_in(calm / ".sweep" / "journal") == before


@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_chunk_is_found_named_and_computed_again(calm: Path, harm: str) -> None:
    file = calm / "share" / "c" / "1" / "0" / "0"
    good = file.read_bytes()
    if harm == "flip":
        file.write_bytes(bytes([good[0] ^ 1]) + good[1:])
    elif harm == "cut":
        file.write_bytes(good[:100])
    else:
        file.unlink()

    again = run(specification(GAME, "long_run_shares", AXES, seed=1), out=calm, command="again", progress=False)

    assert again.damaged == ["1/0"]
    assert again.computed == 17 * 60
    assert file.read_bytes() == good


def test_a_damaged_piece_of_a_refined_sweep_is_computed_again(tmp_path: Path) -> None:
    stored(tmp_path / "store", mode="adaptive")
    before = contents(tmp_path / "store")
    file = tmp_path / "store" / ".sweep" / "pieces" / "round-0-0"
    file.write_bytes(file.read_bytes()[:-1] + b"x")

    wanted = specification(GAME, "long_run_shares", AXES, seed=1, mode="adaptive")
    again = run(wanted, out=tmp_path / "store", command="again", progress=False)

    assert again.damaged == ["round-0-0"]
    assert contents(tmp_path / "store") == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 2}, "seed: 1 there, 2 now"),
        ({"axes": {**AXES, "fine": [0, 1]}}, "axes.fine: 60 values from 0 to 2 there"),
        ({"axes": dict(reversed(AXES.items()))}, "axes: the order punishment_probability, fine there"),
        ({"quantity": "welfare"}, 'quantity: "long_run_shares" there, "welfare" now'),
        ({"parameters": {"protocol": "smith"}}, 'parameters.protocol: "replicator" there, "smith" now'),
        ({"mode": "adaptive"}, 'mode: "grid" there, "adaptive" now'),
        ({"game": PublicGoodsGame(group_size=4, multiplication_factor=3)}, "game.group_size: 5 there, 4 now"),
    ],
)
def test_another_sweep_is_refused_and_what_differs_is_said(calm: Path, change: dict[str, Any], message: str) -> None:
    before = contents(calm)
    arguments: dict[str, Any] = {"game": GAME, "quantity": "long_run_shares", "axes": AXES, "seed": 1}

    with pytest.raises(InvalidParameter) as caught:
        sweep(**{**arguments, **change}, out=calm)

    assert message in str(caught.value)
    assert contents(calm) == before


def test_a_store_of_another_version_is_refused(calm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gametheory.__version__", "9.9")

    with pytest.raises(InvalidParameter, match=r'version: "\S+" there, "9.9" now'):
        stored(calm)


def test_a_second_run_on_a_store_is_refused_while_the_first_is_at_it(calm: Path) -> None:
    wanted = specification(GAME, "long_run_shares", AXES, seed=1)
    grid = lattice(wanted.shape, wanted.quantity.chunk)
    with stores.open_store(calm, wanted, grid, extra=(), command="first"):
        second = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(calm), "1", "1024"], capture_output=True, text=True, check=False
        )

    assert f"process {os.getpid()} on" in second.stderr
    stored(calm)  # free again


@pytest.mark.parametrize("name", ["zarr.json", "fine/zarr.json", "fine/c/0", "share/zarr.json"])
@pytest.mark.parametrize("left", [None, b"{", b"\x00" * 480, b'{"attributes": []}'])
def test_damaged_metadata_and_coordinates_are_found_and_put_in_place(calm: Path, name: str, left: bytes | None) -> None:
    before = contents(calm)
    (calm / name).unlink() if left is None else (calm / name).write_bytes(left)

    again = run(specification(GAME, "long_run_shares", AXES, seed=1), out=calm, command="again", progress=False)

    assert again.damaged == [name]
    assert again.computed == 0
    assert {key for key, data in contents(calm).items() if before[key] != data} <= {"zarr.json"}
    assert np.array_equal(open_sweep(calm)["fine"].values, np.linspace(0, 2, 60))


@pytest.mark.parametrize(
    ("left", "message"), [(None, "since pieces are finished"), ("[1]", "JSON"), ("{", "JSON"), ("[" * 100_000, "JSON")]
)
def test_chunks_of_nobody_knows_which_sweep_are_not_taken_for_this_one(
    calm: Path, left: str | None, message: str
) -> None:
    before = contents(calm)
    file = calm / ".sweep" / "specification.json"
    file.unlink() if left is None else file.write_text(left)

    with pytest.raises(InvalidParameter, match=message):
        sweep(GAME, "long_run_shares", {**AXES, "fine": {"start": 0, "stop": 3, "points": 60}}, seed=1, out=calm)

    after = contents(calm)
    assert {name: data for name, data in before.items() if after.get(name) != data}.keys() == {
        ".sweep/specification.json"
    }


@pytest.mark.parametrize("after", [0, 3, 9])
def test_a_full_disk_is_one_line_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    out, real, left = tmp_path / "store", stores.replace_file, [after + 1]

    def full(file: Path, data: bytes, folder: Path) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device", str(file))
        real(file, data, folder)

    monkeypatch.setattr(stores, "replace_file", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        stored(out, block=1024)
    assert f"{after // 3} finished piece" in str(caught.value)
    monkeypatch.setattr(stores, "replace_file", real)
    kept = finished_keys(out)

    again = run(specification(GAME, "long_run_shares", AXES, seed=1), out=out, command="again", progress=False)

    assert len(kept) == after // 3
    assert again.damaged == []
    assert again.computed == max(0, 50 * 60 - 17 * 60 * len(kept))


@pytest.mark.parametrize("where", ["file", "other", "below a file"])
def test_a_place_that_is_no_store_is_refused_in_one_line(tmp_path: Path, where: str) -> None:
    out = tmp_path / "place"
    if where == "other":
        out.mkdir()
        (out / "thesis.tex").write_text("mine")
    else:
        out.write_text("a file")
    target = out / "store" if where == "below a file" else out

    with pytest.raises((InvalidParameter, OSError)) as caught:
        stored(target)

    assert "\n" not in str(caught.value)
    assert not out.is_dir() or [entry.name for entry in out.iterdir()] == ["thesis.tex"]


def test_a_store_whose_making_was_cut_short_is_made_again(calm: Path, tmp_path: Path) -> None:
    half = tmp_path / "half"
    (half / ".sweep" / "new" / "zarr").mkdir(parents=True)
    (half / "zarr.json").write_text("{")

    stored(half)

    found, expected = contents(half), contents(calm)
    assert found == expected


def test_a_line_cut_in_the_middle_does_not_count(calm: Path) -> None:
    file = calm / ".sweep" / "finished"
    whole = file.read_text()
    file.write_text(whole[:-10])

    again = run(specification(GAME, "long_run_shares", AXES, seed=1), out=calm, command="again", progress=False)

    assert again.computed == 16 * 60
    assert file.read_text() == whole


def test_ctrl_c_leaves_a_store_that_goes_on_and_says_so(tmp_path: Path) -> None:
    file, out = sweep_file(tmp_path, points=200), tmp_path / "store"
    process = subprocess.Popen(
        command(file, out, "--block", "1024"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not finished_keys(out):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()

    assert process.returncode == 130
    assert "keeps what is finished; the same command goes on from there" in errors
    assert "Traceback" not in errors
    done = subprocess.run(command(file, out, "--json"), capture_output=True, text=True, check=True)
    assert 0 < json.loads(done.stdout)["computed"] < 200 * 200


def test_progress_says_rate_and_time_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from experiments.sweeps import progress

    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    sweep(GAME, "long_run_shares", AXES, seed=1, block=1024)

    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert all("of 3000 points" in line and "points/s" in line and line.endswith("left") for line in lines)


def test_the_command_prints_one_document(tmp_path: Path, capsys: Any) -> None:
    save_game(GAME, tmp_path / "game.toml")
    file = tmp_path / "sweep.toml"
    file.write_text('game = "game.toml"\nquantity = "equilibria"\nseed = 4\n[axes]\nfine = { values = [0.1, 0.2] }\n')

    run_command(file, out=tmp_path / "out", workers=1, scheduler=None, block=None, listed=False, as_json=True)

    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "gametheory.sweep/1"
    assert document["axes"] == [{"name": "fine", "unit": "payoff", "points": 2, "first": 0.1, "last": 0.2}]
    assert (document["points"], document["computed"], document["recomputed"]) == (2, 2, 2)
    assert load_specification(file).axes[0].values[0].denominator == 10
    assert np.isfinite(open_sweep(tmp_path / "out").isolated.values).all()


def test_the_list_names_every_quantity(capsys: Any) -> None:
    run_command(None, out=None, workers=1, scheduler=None, block=None, listed=True, as_json=False)

    lines = capsys.readouterr().out.splitlines()
    names = [line.partition(":")[0] for line in lines if not line.startswith(" ")]
    assert {"conditions", "long_run_shares", "equilibria", "stationary_distribution", "learners", "claim"} <= set(names)


def test_a_certified_sweep_is_handed_over(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "sweep.toml"
    text = SWEEP.format(mode="certified", points=11).replace("long_run_shares", "rest_points")
    file.write_text(text + "[refinement]\ndepth = 3\n")

    run_command(file, out=tmp_path / "out", workers=1, scheduler=None, block=None, listed=False, as_json=True)

    document = json.loads(capsys.readouterr().out)
    assert document["mode"] == "certified"
    assert (tmp_path / "out" / "phases.json").is_file()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quantity = 1", "game must be given"),
        ('game = "none.toml"\nquantity = "equilibria"\n[axes]\nfine = [1]', "none.toml"),
        ('colour = 1\ngame = "game.toml"', "colour must be left out"),
        ('game = "game.toml"\nquantity = "equilibria"\naxes = 3', "axes must be a table"),
        (
            'game = "game.toml"\nquantity = "all"\n[axes]\nfine = { values = [1] }',
            "sweep.toml: quantity must be one of",
        ),
        ('game = "game.toml"\nquantity = "equilibria"\nmode = "x"\n[axes]\nfine = { values = [1] }', "mode must be"),
        ("game = ", "valid TOML"),
    ],
)
def test_a_file_that_is_no_sweep_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    save_game(GAME, tmp_path / "game.toml")
    file = tmp_path / "sweep.toml"
    file.write_text(text)

    with pytest.raises(InvalidParameter) as caught:
        run_command(file, out=tmp_path / "out", workers=1, scheduler=None, block=None, listed=False, as_json=False)

    assert message in str(caught.value)
    assert not (tmp_path / "out").exists()


@given(st.lists(st.integers(1, 40), min_size=1, max_size=3), st.integers(1, 50), st.integers(1, 200))
def test_chunks_and_blocks_hold_every_point_once(shape: list[int], chunk: int, block: int) -> None:
    grid = lattice(shape, chunk)
    pieces = [grid.piece(place) for place in grid.places()]

    together = [piece for one in blocks(pieces, block) for piece in one]

    assert [piece.key for piece in together] == [piece.key for piece in pieces]
    flat = np.concatenate([np.ravel_multi_index(tuple(piece.indices.T), shape) for piece in together])
    assert sorted(flat.tolist()) == list(range(int(np.prod(shape))))
    assert max(len(piece.indices) for piece in pieces) <= chunk
