"""Sets of equilibria: contributors, defectors and punishers in groups of 2 to 50, and random games of three players.

Against pygambit, quantecon and nashpy on what they can do. A peer lists points; `same_answer` says that each of them
lies in a set of ours, and that where ours is only points, the peer has them all. What a peer misses is in the note.
pygambit's `enumpoly_solve` runs in a process of its own, because it knows no time limit.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module, metadata
from statistics import median
from time import perf_counter
from typing import Any, Final

import numpy as np

from benchmarks._rows import row
from gametheory import (
    NormalFormGame,
    PublicGoodsGame,
    nash_equilibria,
    normal_form_game,
    normal_form_of,
    profile_regrets,
    pure_equilibria,
    pure_profiles,
    symmetric_equilibria,
)

REPEATS: Final = 5
LIMIT: Final = 20  # seconds for enumpoly
LONG: Final = 120
GROUPS: Final = {3: "3/2", 4: 2, 5: 3, 10: 3, 50: 3}  # group sizes and multiplication factors
CLOSE: Final = 1e-6

ENUMPOLY: Final = """
import json, sys, time
import pygambit
import numpy
arrays = [numpy.array(a) for a in json.load(sys.stdin)]
game = pygambit.Game.from_arrays(*arrays)
start = time.perf_counter()
found = pygambit.nash.enumpoly_solve(game).equilibria
seconds = time.perf_counter() - start
points = [[[float(p[s]) for s in player.strategies] for player in game.players] for p in found]
json.dump({"seconds": seconds, "points": points}, sys.stdout)
"""


def rows() -> list[dict[str, Any]]:
    """Symmetric sets, all equilibria of small groups, pure ones, two players, random games."""
    return [
        *_symmetric(),
        _all_of_group(3, 2 * LIMIT),
        _all_of_group(4, LIMIT),
        *_pure(),
        *_two_players(),
        *(_random(shape, seed) for shape, seed in (((2, 2, 2), 2), ((3, 3, 3), 1))),
    ]


def long_rows() -> list[dict[str, Any]]:
    """Four and five players, with the time that a patient reader has."""
    return [_all_of_group(size, LONG) for size in (4, 5)]


def punishers(size: int) -> PublicGoodsGame:
    """C, D and P with c = 1, fine 1 and punishment cost 3/10."""
    factor = GROUPS.get(size, "3/2")
    return PublicGoodsGame(group_size=size, multiplication_factor=factor, fine=1, punishment_cost="3/10")


def _symmetric() -> list[dict[str, Any]]:
    """All symmetric equilibria; peers can list the pure ones of small groups."""
    found = []
    for size in GROUPS:
        game = punishers(size)
        ours, answer = _timed(partial(symmetric_equilibria, game))
        sets = " | ".join(component.set for component in answer.components)
        note = f"r = {GROUPS[size]}, complete: {answer.complete}; {sets}"
        name = f"equilibria/symmetric/{size}"
        theirs = _enumpure(normal_form_of(game)) if size <= 5 else None
        if theirs is None:
            reason = "pygambit enumpure_solve" if size <= 5 else "none: the tensors are too large"
            found.append(row(name, reason, "", ours, None, None, note))
            continue
        version, seconds, points = theirs
        same = {p.counts for p in pure_profiles(game)} == {_counts(point) for point in points}
        note = f"theirs are {len(points)} pure profiles, compared up to relabelling; {note}"
        found.append(row(name, "pygambit enumpure_solve", version, ours, seconds, same, note))
    return found


def _counts(point: Sequence[Sequence[float]]) -> tuple[int, ...]:
    return tuple(np.rint(np.sum(point, axis=0)).astype(int).tolist())


def _all_of_group(size: int, limit: int) -> dict[str, Any]:
    game = normal_form_of(punishers(size))
    ours, answer = _timed(lambda: nash_equilibria(game), repeats=1 if size > 3 else REPEATS)
    sizes = sorted(component.dimension for component in answer.components)
    note = f"ours: components of dimensions {sizes}, complete: {answer.complete}"
    return _against_enumpoly(f"equilibria/all/{size} C, D, P", game, answer, ours, limit, note)


def _random(shape: tuple[int, ...], seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    game = normal_form_game(*(rng.integers(-9, 10, shape) for _ in shape))
    ours, answer = _timed(lambda: nash_equilibria(game))
    note = f"ours: {len(answer.points)} points, exact, complete: {answer.complete}"
    return _against_enumpoly(f"equilibria/all/random {shape}", game, answer, ours, LIMIT, note)


def _against_enumpoly(
    name: str, game: NormalFormGame, answer: Any, ours: float, limit: int, note: str
) -> dict[str, Any]:
    peer = "pygambit enumpoly_solve"
    try:
        import_module("pygambit")
    except ImportError:
        return row(name, peer, "not installed", ours, None, None, note)
    version = metadata.version("pygambit")
    arrays = json.dumps([tensor.astype(float).tolist() for tensor in game.payoffs])
    try:
        done = subprocess.run(
            [sys.executable, "-c", ENUMPOLY], input=arrays, capture_output=True, text=True, timeout=limit, check=True
        )
    except subprocess.TimeoutExpired:
        return row(name, peer, version, ours, None, None, f"no answer from it in {limit} s; {note}")
    theirs = json.loads(done.stdout)
    points = theirs["points"]
    same = _compared(game, points, answer)
    return row(name, peer, version, ours, theirs["seconds"], same, f"theirs: {len(points)} points; {note}")


def _compared(game: NormalFormGame, points: Sequence[Any], answer: Any) -> bool:
    """Whether their points are equilibria in our sets, and they have all of ours where ours are just points."""
    good = all(max(profile_regrets(game, _cleaned(point))) < CLOSE for point in points)
    listed = [_flat(point) for point in answer.points]
    theirs = [_flat(point) for point in points]
    if all(component.dimension == 0 for component in answer.components):
        missing = [p for p in listed if not _near(p, theirs)] + [p for p in theirs if not _near(p, listed)]
        return good and not missing
    corners = [_flat(c) for component in answer.components for part in component.parts for c in part.corners]
    pure = [p for p in theirs if set(np.round(p, 9)) <= {0.0, 1.0}]
    return good and all(_near(p, corners) for p in pure)


def _cleaned(point: Any) -> list[list[float]]:
    return [[max(share, 0.0) / sum(max(s, 0.0) for s in own) for share in own] for own in point]


def _flat(point: Any) -> Any:
    return np.array([float(share) for own in point for share in own])


def _near(point: Any, others: Sequence[Any]) -> bool:
    return any(bool(np.abs(point - other).max() < 1e-4) for other in others)


def _pure() -> list[dict[str, Any]]:
    """Pure equilibria of the sizes in which pygambit's times are published, up to relabelling and one by one."""
    found = []
    for name, game in (
        ("5 x 3", punishers(5)),
        ("10 x 2", PublicGoodsGame(group_size=10, multiplication_factor=3, strategies=["C", "D"])),
    ):
        tensors = normal_form_of(game)
        counted, groups = _timed(partial(pure_profiles, game))
        ours, profiles = _timed(partial(pure_equilibria, tensors))
        mine = {profile.indices for profile in profiles}
        floats = normal_form_game(*(tensor.astype(float) for tensor in tensors.payoffs))
        quick, _ = _timed(partial(pure_equilibria, floats))
        peers: list[tuple[str, tuple[str, float, Any] | None]] = [
            ("pygambit enumpure_solve", _enumpure(tensors)),
            ("quantecon pure_nash_brute", _quantecon_pure(tensors)),
        ]
        for peer, theirs in peers:
            note = f"{len(profiles)} of them, exact; of the same floats {quick:.2g} s"
            counts = f"{len(groups)} up to relabelling"
            if theirs is None:
                found.append(row(f"equilibria/pure/{name}", peer, "not installed", ours, None, None, note))
                continue
            version, seconds, points = theirs
            same = mine == {tuple(int(np.argmax(own)) for own in point) for point in points}
            found.append(row(f"equilibria/pure/{name}", peer, version, ours, seconds, same, note))
            found.append(row(f"equilibria/pure counts/{name}", peer, version, counted, seconds, same, counts))
    return found


def _two_players() -> list[dict[str, Any]]:
    """Two of C, D and P: degenerate, all peers' ground."""
    game = normal_form_of(punishers(2))
    nash_equilibria(game)
    ours, answer = _timed(lambda: nash_equilibria(game))
    sizes = sorted(component.dimension for component in answer.components)
    found = []
    for peer, theirs in (
        ("quantecon vertex_enumeration", _quantecon_vertices(game)),
        ("nashpy vertex_enumeration", _nashpy(game)),
        ("pygambit enummixed_solve", _enummixed(game)),
    ):
        if theirs is None:
            found.append(row("equilibria/all/2 C, D, P", peer, "not installed", ours, None, None, ""))
            continue
        version, seconds, points = theirs
        inside = all(max(profile_regrets(game, _cleaned(point))) < CLOSE for point in points)
        corners = [_flat(c) for component in answer.components for part in component.parts for c in part.corners]
        listed = [_flat(point) for point in points]
        missing = sum(not _near(corner, listed) for corner in corners)
        same = inside and all(_near(point, corners) for point in listed)
        note = f"ours: components of dimensions {sizes}; theirs: {len(points)} points, {missing} of our corners missing"
        found.append(row("equilibria/all/2 C, D, P", peer, version, ours, seconds, same, note))
    return found


def _enumpure(game: NormalFormGame) -> tuple[str, float, Any] | None:
    theirs = _module("pygambit")
    if theirs is None:
        return None
    made = theirs.Game.from_arrays(*(tensor.astype(float) for tensor in game.payoffs))
    seconds, answer = _timed(lambda: theirs.nash.enumpure_solve(made).equilibria)
    return metadata.version("pygambit"), seconds, _gambit_points(made, answer)


def _enummixed(game: NormalFormGame) -> tuple[str, float, Any] | None:
    theirs = _module("pygambit")
    if theirs is None:
        return None
    made = theirs.Game.from_arrays(*(tensor.astype(float) for tensor in game.payoffs))
    seconds, answer = _timed(lambda: theirs.nash.enummixed_solve(made, rational=False).equilibria)
    return metadata.version("pygambit"), seconds, _gambit_points(made, answer)


def _gambit_points(made: Any, answer: Any) -> list[Any]:
    return [[[float(p[s]) for s in player.strategies] for player in made.players] for p in answer]


def _quantecon_pure(game: NormalFormGame) -> tuple[str, float, Any] | None:
    theirs = _module("quantecon.game_theory")
    if theirs is None:
        return None
    from gametheory import to_quantecon

    made = to_quantecon(game)
    seconds, answer = _timed(lambda: theirs.pure_nash_brute(made))
    points = [[np.eye(size)[k] for k, size in zip(row, game.shape, strict=True)] for row in answer]
    return metadata.version("quantecon"), seconds, points


def _quantecon_vertices(game: NormalFormGame) -> tuple[str, float, Any] | None:
    theirs = _module("quantecon.game_theory")
    if theirs is None:
        return None
    from gametheory import to_quantecon

    made = to_quantecon(game)
    seconds, answer = _timed(lambda: theirs.vertex_enumeration(made))
    return metadata.version("quantecon"), seconds, answer


def _nashpy(game: NormalFormGame) -> tuple[str, float, Any] | None:
    if _module("nashpy") is None:
        return None
    import warnings

    from gametheory import to_nashpy

    made = to_nashpy(game)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seconds, answer = _timed(lambda: list(made.vertex_enumeration()))
    return metadata.version("nashpy"), seconds, answer


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


def _timed(function: Callable[[], Any], *, repeats: int = REPEATS) -> tuple[float, Any]:
    """Median seconds of some calls after a first one, and the answer."""
    answer, times = None, []
    for attempt in range(repeats + 1):
        start = perf_counter()
        answer = function()
        if attempt:
            times.append(perf_counter() - start)
    return median(times), answer
