import os
import signal
import warnings
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import pytest

from experiments import sweep
from gametheory import PublicGoodsGame
from gametheory.errors import InvalidParameter

from ._sweeps import contents, finished_keys

GAME = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
AXES = {
    "punishment_probability": {"start": 0, "stop": 1, "points": 60},
    "fine": {"start": 0, "stop": 2, "points": 170},
}


@pytest.fixture
def cluster() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from distributed import LocalCluster

        made: Any = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None, memory_limit=None
        )
        with made:
            yield made


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_bits_also_when_a_worker_is_killed_half_way(cluster: Any, tmp_path: Path) -> None:
    sweep(GAME, "long_run_shares", AXES, seed=1, out=tmp_path / "here", progress=False)
    out, killed = tmp_path / "there", []

    def kill() -> None:
        while len(finished_keys(out)) < 2:
            sleep(0.005)
        process = next(iter(cluster.workers.values()))
        killed.append(process.pid)
        os.kill(process.pid, signal.SIGKILL)

    thread = Thread(target=kill, daemon=True)
    thread.start()
    address = cluster.scheduler_address
    sweep(GAME, "long_run_shares", AXES, seed=1, out=out, scheduler=address, block=1, progress=False)
    thread.join()

    assert killed
    assert contents(out) == contents(tmp_path / "here")


def test_an_address_where_nobody_answers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.sweeps import executors

    monkeypatch.setattr(executors, "CONNECT_SECONDS", 0.2)
    with pytest.raises(InvalidParameter, match="scheduler must be the address of a dask scheduler that answers"):
        sweep(GAME, "long_run_shares", {"fine": [0, 1]}, seed=1, scheduler="tcp://127.0.0.1:9", progress=False)
    with pytest.raises(InvalidParameter, match="workers must be left out with a scheduler"):
        sweep(GAME, "long_run_shares", {"fine": [0, 1]}, seed=1, scheduler="tcp://127.0.0.1:9", workers=2)
