"""All equilibria of two-player games: exact and proved complete here, beside QuantEcon, Nashpy and pygambit.

Answers are compared first: with pygambit's rationals exactly, with the floats of the others to 1e-7, as sets. Where a
peer's list lacks equilibria that are verified here, the row says so and claims no comparison. Random games have integer
payoffs from -1000 to 1000. QuantEcon and Nashpy compute in floats.
"""

from collections.abc import Callable
from importlib import import_module, metadata
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from gametheory import (
    BimatrixEquilibria,
    NormalFormGame,
    PublicGoodsGame,
    bimatrix_equilibria,
    normal_form_game,
    normal_form_of,
    to_nashpy,
    to_quantecon,
)
from gametheory.exchange import gambit_profiles

REPEATS = 11


def rows() -> list[dict[str, Any]]:
    """Random games of 5 to 12 actions, coordination, and games degenerate by construction."""
    games = {f"random-{size}": random_game(size) for size in (5, 8, 10, 12)}
    games["coordination-8"] = normal_form_game(np.eye(8, dtype=int))
    games["ties-6"] = random_game(6, most=2)
    games["punishment-2-players"] = normal_form_of(
        PublicGoodsGame(group_size=2, multiplication_factor="3/2", fine=1, punishment_cost="3/10")
    )
    found = [_against(name, game, "quantecon", _by_quantecon(game)) for name, game in games.items()]
    small = ("random-5", "ties-6", "punishment-2-players")
    found += [_against(name, games[name], "nashpy", _by_nashpy(games[name])) for name in small]
    found += [_against(name, games[name], "pygambit", _by_gambit(games[name])) for name in small]
    return found


def long_rows() -> list[dict[str, Any]]:
    """What takes the peers seconds."""
    eight = random_game(8)
    return [
        _against("random-8", eight, "nashpy", _by_nashpy(eight), repeats=1),
        _against("random-8", eight, "pygambit", _by_gambit(eight), repeats=1),
    ]


def random_game(size: int, *, most: int = 1000) -> NormalFormGame:
    left, right = np.random.default_rng(size).integers(-most, most + 1, (2, size, size))
    return normal_form_game(left, right)


def _by_quantecon(game: NormalFormGame) -> Callable[[], list[Any]] | None:
    if not _installed("quantecon"):
        return None
    theirs = to_quantecon(game)
    solve = import_module("quantecon.game_theory").vertex_enumeration
    return lambda: list(solve(theirs))


def _by_nashpy(game: NormalFormGame) -> Callable[[], list[Any]] | None:
    if not _installed("nashpy"):
        return None
    theirs = to_nashpy(game)
    return lambda: list(theirs.vertex_enumeration())


def _by_gambit(game: NormalFormGame) -> Callable[[], list[Any]] | None:
    return (lambda: gambit_profiles(game)) if _installed("pygambit") else None


def _against(
    name: str,
    game: NormalFormGame,
    peer: str,
    call: Callable[[], list[Any]] | None,
    *,
    repeats: int = REPEATS,
) -> dict[str, Any]:
    if not _installed(peer) or call is None:
        ours, _ = _median(lambda: bimatrix_equilibria(game), repeats)
        return _row(name, peer, ours, None, None, "not installed")
    bimatrix_equilibria(game), call()
    ours_s, theirs_s = [], []
    for _ in range(repeats):
        seconds, mine = _timed(lambda: bimatrix_equilibria(game))
        ours_s.append(seconds)
        seconds, listed = _timed(call)
        theirs_s.append(seconds)
    same, note = _compared(mine, listed, exactly=peer == "pygambit")
    return _row(name, peer, median(ours_s), median(theirs_s), same, note)


def _compared(mine: BimatrixEquilibria, listed: list[Any], *, exactly: bool) -> tuple[bool | None, str]:
    if exactly:
        return set(listed) == set(mine.extreme), f"{len(mine.extreme)} extreme equilibria, exact both"
    ours = [np.array([float(p) for own in pair for p in own]) for pair in mine.extreme]
    theirs = [np.concatenate([np.asarray(own, dtype=float) for own in pair]) for pair in listed]
    missed = sum(all(np.abs(a - b).max() > 1e-7 for b in theirs) for a in ours)
    strange = sum(all(np.abs(a - b).max() > 1e-7 for a in ours) for b in theirs)
    note = f"{len(mine.extreme)} extreme equilibria, each with regret exactly 0"
    if missed and not strange:
        return None, f"{note}; the peer misses {missed} of them"
    return not missed and not strange, note


def _installed(peer: str) -> bool:
    try:
        import_module(peer)
    except ImportError:
        return False
    return True


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = perf_counter()
    result = call()
    return perf_counter() - start, result


def _median(call: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    call()
    runs = [_timed(call) for _ in range(repeats)]
    return median(seconds for seconds, _ in runs), runs[-1][1]


def _row(name: str, peer: str, ours: float, theirs: float | None, same: bool | None, note: str) -> dict[str, Any]:
    return {
        "name": f"bimatrix-{name}",
        "peer": peer,
        "version": metadata.version(peer) if _installed(peer) else "",
        "ours_s": ours,
        "peer_s": theirs,
        "ratio": None if theirs is None else theirs / ours,
        "same_answer": same,
        "note": note,
    }
