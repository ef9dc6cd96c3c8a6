"""Solution concepts beyond Nash: beside pygambit's logit solver and the linear program that one would write with scipy.

Symmetric games are given to pygambit as tensors, to us as they are, but for the branch of 3 players, where both get
tensors. OpenSpiel's correlated equilibria (`jpsro._mwce`) need the solver ECOS and are not run. Answers are compared
first. `ours_s` and `peer_s` are seconds for one answer, medians, in turn, on one thread.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from importlib import import_module, metadata
from itertools import product
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from gametheory import (
    PublicGoodsGame,
    TableGame,
    correlated_equilibrium,
    logit_branch,
    logit_equilibria,
    logit_limit,
    risk_averse_equilibrium,
)
from gametheory.compositions import compositions
from gametheory.normal_form import NormalFormGame, normal_form_game, normal_form_of

REPEATS = 5


def rows() -> list[dict[str, Any]]:
    """The branch and one point of logit equilibria, correlated equilibria large and small, risk aversion."""
    return [*_logit_rows(), *_correlated_rows(), _risk_row()]


def published(size: int) -> PublicGoodsGame:
    """C, D, P with r = 3 or N / 2, fine 1, cost 3/10."""
    factor = max(Fraction(3), Fraction(size, 2)) if size > 3 else Fraction(2)
    return PublicGoodsGame(group_size=size, multiplication_factor=factor, fine=1, punishment_cost="3/10")


def ten_players() -> NormalFormGame:
    rng = np.random.default_rng(7)
    return normal_form_game(*[rng.integers(0, 100, size=(2,) * 10) for _ in range(10)])


def _logit_rows() -> list[dict[str, Any]]:
    found = []
    games = {"10 x 2": ten_players(), "3 x C, D, P": normal_form_of(published(3)), "5 x C, D, P": published(5)}
    for name, game in games.items():
        found.append(_branch_row(name, game))
    game = ten_players()
    measured: dict[str, Callable[[], Any]] = {
        "ours": lambda: logit_branch(game, largest=0.05),
    }
    peer = _gambit(game)
    if peer is not None:
        measured["peer"] = lambda: peer[0].qre.logit_solve_lambda(peer[1], 0.05)
    answers, times = _timed(measured)
    same = None
    if peer is not None:
        theirs = _gambit_profile(peer[1], answers["peer"][-1].profile)
        same = bool(np.allclose(theirs, answers["ours"].shares[-1], atol=1e-6))
    found.append(
        _row("logit/one precision/10 x 2", "pygambit logit_solve_lambda", "pygambit", times, same, "lambda 0.05")
    )
    seconds = _timed({"ours": lambda: logit_equilibria(published(5), temperature="1/4")})[1]
    found.append(_row("logit/certified/5 x C, D, P", "none", "", seconds, None, "a box with exactly one equilibrium"))
    return found


def _branch_row(name: str, game: Any) -> dict[str, Any]:
    tensors = game if isinstance(game, NormalFormGame) else normal_form_of(game)
    peer = _gambit(tensors)
    measured: dict[str, Callable[[], Any]] = {"ours": lambda: logit_branch(game)}
    if peer is not None:
        measured["peer"] = lambda: peer[0].nash.logit_solve(peer[1])
    answers, times = _timed(measured)
    branch = answers["ours"]
    same = None
    if peer is not None:
        theirs = _gambit_profile(peer[1], answers["peer"].equilibria[0])
        ours = np.tile(branch.shares[-1], tensors.n_players) if branch.symmetric else branch.shares[-1]
        same = bool(np.allclose(theirs, ours, atol=2e-3))
    limit = logit_limit(branch)
    note = (
        f"{len(branch.precisions)} points, {len(branch.folds)} folds, limit {'exact' if limit.exact else 'in floats'}"
    )
    return _row(f"logit/branch/{name}", "pygambit logit_solve", "pygambit", times, same, note)


def _correlated_rows() -> list[dict[str, Any]]:
    found = []
    rng = np.random.default_rng(2)
    values = rng.integers(-20, 20, size=(3, len(compositions(5, 3)))).tolist()
    games: dict[str, Any] = {
        "6 x C, D, P": published(6),
        "6 x 3, any payoffs": TableGame(strategies=["A", "B", "C"], group_size=6, values=values),
        "7 x C, D, P": published(7),
    }
    for name, game in games.items():
        peer = partial(_plain_program, normal_form_of(game))
        answers, times = _timed({"ours": partial(correlated_equilibrium, game), "peer": peer}, repeats=3)
        same = abs(float(answers["ours"].value) - answers["peer"]) < 1e-6 * (1 + abs(answers["peer"]))
        note = "exact with multipliers, against floats; tensors not counted"
        found.append(_row(f"correlated/best/{name}", "scipy linprog, all profiles", "scipy", times, same, note))
    for name, game in (("100 x C, D, P", published(100)), ("100 x 3, any payoffs", _random_table(100))):
        answers, times = _timed({"ours": partial(correlated_equilibrium, game, sense="worst")}, repeats=2)
        best = answers["ours"]
        note = f"exact: {best.exact}, value = bound: {best.value == best.bound}, {len(best.outcomes)} outcomes"
        found.append(_row(f"correlated/worst/{name}", "none", "", times, None, note))
    return found


def _risk_row() -> dict[str, Any]:
    answers, times = _timed({"ours": lambda: risk_averse_equilibrium(published(5), risk_aversion="1/10")})
    return _row("risk-averse/5 x C, D, P", "none", "", times, None, answers["ours"].proof)


def _random_table(size: int) -> TableGame:
    values = np.random.default_rng(3).integers(-30, 30, size=(3, len(compositions(size - 1, 3)))).tolist()
    return TableGame(strategies=["A", "B", "C"], group_size=size, values=values)


def _plain_program(game: NormalFormGame) -> float:
    """What one writes with scipy: a variable for each profile, constraints for each player, strategy and deviation."""
    tensors = [tensor.astype(float) for tensor in game.payoffs]
    places = np.arange(tensors[0].size).reshape(game.shape)
    entries: list[tuple[Any, Any, Any]] = []
    row = 0
    for i, size in enumerate(game.shape):
        for told, other in product(range(size), repeat=2):
            if told != other:
                gain = np.take(tensors[i], other, axis=i) - np.take(tensors[i], told, axis=i)
                at = np.take(places, told, axis=i).ravel()
                entries.append((np.full(at.size, row), at, gain.ravel()))
                row += 1
    rows_at, columns, gains = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    matrix = csr_matrix((gains, (rows_at, columns)), shape=(row, places.size))
    welfare = np.sum(tensors, axis=0).ravel()
    found = linprog(-welfare, A_ub=matrix, b_ub=np.zeros(row), A_eq=np.ones((1, places.size)), b_eq=[1.0])
    return float(-found.fun)


def _gambit(game: NormalFormGame) -> tuple[Any, Any] | None:
    """Pygambit and its copy of a game, or None."""
    try:
        pygambit = import_module("pygambit")
    except ImportError:
        return None
    return pygambit, pygambit.Game.from_arrays(*[tensor.astype(float) for tensor in game.payoffs])


def _gambit_profile(game: Any, profile: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([float(profile[player][strategy]) for player in game.players for strategy in player.strategies])


def _timed(
    measured: dict[str, Callable[[], Any]], *, repeats: int = REPEATS
) -> tuple[dict[str, Any], dict[str, float]]:
    """The last answer and the median seconds of each, in turn; the first round compiles and does not count."""
    times: dict[str, list[float]] = {name: [] for name in measured}
    answers = {}
    for attempt in range(repeats + 1):
        for name, function in measured.items():
            start = perf_counter()
            answers[name] = function()
            if attempt:
                times[name].append(perf_counter() - start)
    return answers, {name: median(found) for name, found in times.items()}


def _row(name: str, peer: str, package: str, times: dict[str, float], same: bool | None, note: str) -> dict[str, Any]:
    theirs = times.get("peer")
    return {
        "name": name,
        "peer": peer,
        "version": metadata.version(package) if theirs is not None else "",
        "ours_s": times["ours"],
        "peer_s": theirs,
        "ratio": None if theirs is None else theirs / times["ours"],
        "same_answer": same,
        "note": note,
    }
