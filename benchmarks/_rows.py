"""What the benchmarks share: a row of the output, and medians of runs in turn."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any


def timed(measured: dict[str, tuple[Callable[[], Any], int]], *, repeats: int) -> dict[str, float]:
    """Median seconds for one of each, in turn."""
    times: dict[str, list[float]] = {name: [] for name in measured}
    for attempt in range(repeats + 1):
        for name, (function, number) in measured.items():
            start = perf_counter()
            function()
            if attempt:  # the first one compiles
                times[name].append((perf_counter() - start) / number)
    return {name: median(found) for name, found in times.items()}


def row(
    name: str, peer: str, version: str, ours: float, theirs: float | None, same: bool | None, note: str
) -> dict[str, Any]:
    """One row of `gametheory.benchmarks/1`; without a time of the peer there is no ratio."""
    return {
        "name": name,
        "peer": peer,
        "version": version,
        "ours_s": ours,
        "peer_s": theirs,
        "ratio": None if theirs is None else theirs / ours,
        "same_answer": same,
        "note": note,
    }
