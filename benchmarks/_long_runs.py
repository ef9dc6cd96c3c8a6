"""Long runs of whole chains, each in a process of its own, so that its peak of memory can be told."""

import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata
from multiprocessing import get_context
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks._egttools import FERMI, PEER, agree, four_strategies, installed, published, their_model
from dynamics.finite import FinitePopulation, chain, stationary_distribution
from gametheory import payoff_table


def growth(size: int, kind: str = "three") -> dict[str, Any]:
    """Our time and memory alone; that the answer solves the equations is what is compared."""
    seconds, states, residual, smallest, peak = _apart(_our_long_run, size, kind)
    note = f"{states} states; relative residual {residual:.1g}, smallest {smallest:.1g}; peak memory {peak:.2g} GB"
    name = f"finite/growth-{size}" + ("-four" if kind == "four" else "")
    row = {"name": name, "peer": "none", "version": "", "ours_s": seconds}
    return {**row, "peer_s": None, "ratio": None, "same_answer": residual < 1e-11, "note": note}


def long_run_apart(size: int) -> dict[str, Any]:
    """Both long runs once, each in a process of its own."""
    seconds, states, _, _, peak = _apart(_our_long_run, size, "three")
    row = {"name": f"finite/long-run-{size}", "peer": PEER, "version": "not installed", "ours_s": seconds}
    note = f"{states} states; peak memory {peak:.2g} GB"
    if not installed():
        return {**row, "peer_s": None, "ratio": None, "same_answer": None, "note": note}
    population = FinitePopulation(published(), size)
    ours = stationary_distribution(chain(population, process=FERMI, mutation_rate=1e-3)).shares
    theirs, other, their_peak = _apart(_their_long_run, size)
    row.update(version=metadata.version("egttools"), peer_s=other, ratio=other / seconds)
    note += f", theirs {their_peak:.2g} GB; once"
    return {**row, "same_answer": agree(ours, theirs, 1e-8), "note": note}


def _apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """The answer of a function in a fresh process."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def _our_long_run(size: int, kind: str) -> tuple[float, int, float, float, float]:
    """Median seconds of three runs (one, if long), states, residual, smallest share, peak of memory in GB."""
    game: Any = four_strategies() if kind == "four" else published()
    times = []
    for population in [FinitePopulation(game, 8)] + [FinitePopulation(game, size)] * 3:
        start = perf_counter()
        long_run = stationary_distribution(chain(population, process=FERMI, mutation_rate=1e-3))
        times.append(perf_counter() - start)
        if population.population_size == size and times[-1] > 10:
            break
    states, residual = len(long_run.states), long_run.relative_residual
    return median(times[1:]), states, residual, float(long_run.shares.min()), _peak()


def _their_long_run(size: int) -> tuple[Any, float, float]:
    from egttools.utils import calculate_stationary_distribution

    model = their_model(payoff_table(published()), size)
    start = perf_counter()
    matrix = model.calculate_transition_matrix(1.0, 1e-3)
    shares = np.asarray(calculate_stationary_distribution(matrix.transpose().toarray()))
    return shares, perf_counter() - start, _peak()


def _peak() -> float:
    """The most memory of this process so far, in GB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
