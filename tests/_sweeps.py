"""Runs of `gametheory sweep` that are killed, and stores compared byte by byte."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

SWEEP = """
quantity = "long_run_shares"
seed = 1
mode = "{mode}"
[game]
kind = "public-goods"
group_size = 5
multiplication_factor = 3
punishment_cost = "3/10"
[axes]
punishment_probability = {{ start = 0, stop = 1, points = {points} }}
fine = {{ start = 0, stop = 2, points = {points} }}
"""


class Disturbed(NamedTuple):
    """What a sweep that was killed went through: how often, and the pieces that were computed although finished."""

    kills: int
    again: list[str]
    begun_twice: int


def command(file: Path, out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "experiments.cli", "sweep", str(file), "--out", str(out), *options]


def contents(store: Path) -> dict[str, bytes]:
    """Every file of a store but those that say how the work went."""
    skipped = {store / ".sweep" / name for name in ("journal", "lock")}
    return {str(f.relative_to(store)): f.read_bytes() for f in store.rglob("*") if f.is_file() and f not in skipped}


def keys_in(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def finished_keys(store: Path) -> set[str]:
    file = store / ".sweep" / "finished"
    return {line.split()[0] for line in file.read_text(encoding="utf-8").splitlines()} if file.exists() else set()


def disturb(arguments: Sequence[str], store: Path, *, kills: int, seed: int, step: int) -> Disturbed:
    """Run a sweep to its end, killing it `kills` times: after up to `step` more pieces each, or while it starts."""
    chance, done, again = Random(seed), 0, []
    while True:
        before, begun = finished_keys(store), len(keys_in(store / ".sweep" / "journal"))
        process: Any = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done < kills:
            _wait(process, store, len(before), chance, step)
        if process.poll() is None and done < kills:
            process.send_signal(signal.SIGKILL)
            done += 1
        output = process.communicate()
        again += [key for key in keys_in(store / ".sweep" / "journal")[begun:] if key in before]
        if process.returncode == 0:
            journal = keys_in(store / ".sweep" / "journal")
            return Disturbed(done, again, len(journal) - len(set(journal)))
        assert process.returncode == -signal.SIGKILL, output


def _wait(process: Any, store: Path, before: int, chance: Random, step: int) -> None:
    if chance.random() < 0.2:
        time.sleep(chance.uniform(0.0, 2.0))
        return
    wanted = before + chance.randint(0, step)
    while process.poll() is None and len(finished_keys(store)) < wanted:
        time.sleep(0.002)
    time.sleep(chance.uniform(0.0, 0.03))
