"""The repeated game: matches of memory-one players, exact payoffs, and sets of equilibrium payoffs.

All on one thread, in turn. `ours_s` and `peer_s` are seconds for one match, or for one answer.
"""

from collections.abc import Callable
from importlib import import_module, metadata
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from benchmarks._rows import row, timed
from gametheory import PublicGoodsGame, game_from_payoffs
from gametheory.repeated import (
    MemoryOne,
    equilibrium_payoff_set,
    grim,
    memory_one_process,
    repeated_payoffs,
    simulate_matches,
    subgame_perfection,
    tft,
    win_stay_lose_shift,
    with_errors,
)

Array = NDArray[np.float64]

REPEATS = 7
ROUNDS = 200
MATCHES = 100_000
DILEMMA = game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])


def rows() -> list[dict[str, Any]]:
    """Matches against a compiled loop, a plain one and Axelrod; sets against QuantEcon; what no peer answers, alone."""
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        return [*_matches(), *_payoff_sets(), *_without_peer()]
    finally:
        numba.set_num_threads(threads)


def _matches() -> list[dict[str, Any]]:
    players = [with_errors(s, implementation="1/100") for s in (tft(2), win_stay_lose_shift(2))]
    table = np.array([[[float(p.probability(bool(a), b)) for b in (0, 1)] for a in (0, 1)] for p in players])
    first = np.array([float(p.initial) for p in players])

    def ours() -> Array:
        found = simulate_matches(DILEMMA, players, matches=MATCHES, rounds=ROUNDS, seed=1)
        return np.asarray(found.mean_payoffs)

    def reference() -> Array:
        return np.asarray(_reference(table, first, MATCHES, ROUNDS, np.random.default_rng(1)))

    def plain() -> Array:
        return np.asarray(_reference.py_func(table, first, 50, ROUNDS, np.random.default_rng(1)))

    measured: dict[str, tuple[Callable[[], Any], int]] = {
        "ours": (ours, MATCHES),
        "numba reference": (reference, MATCHES),
        "plain Python": (plain, 50),
    }
    axelrod = _axelrod()
    if axelrod is not None:
        measured["Axelrod"] = (axelrod, 20)
    times = timed(measured, repeats=REPEATS)
    slack = 4 * np.sqrt(2) * 2 / np.sqrt(MATCHES)  # payoffs of a match vary by less than 2
    same = bool(np.abs(ours() - reference()).max() < slack)
    note = f"{ROUNDS} rounds, tit-for-tat and win-stay, lose-shift with errors; {1 / times['ours']:.3g} matches/s"
    found = []
    for peer in ("numba reference", "plain Python", "Axelrod"):
        version = {"numba reference": metadata.version("numba"), "plain Python": ""}.get(peer)
        if version is None:
            version = metadata.version("axelrod") if axelrod is not None else "not installed"
        agrees = same if peer == "numba reference" else None
        found.append(row("repeated/matches", peer, version, times["ours"], times.get(peer), agrees, note))
    return found


@numba.njit(cache=False)
def _reference(table: Any, first: Any, matches: int, rounds: int, rng: Any) -> Any:
    """Mean payoffs, one uniform number for each decision: what one writes first."""
    payoffs = np.array([[1.0, 5.0], [0.0, 3.0]])
    total = np.zeros(2)
    for _ in range(matches):
        a = 1 if rng.random() < first[0] else 0
        b = 1 if rng.random() < first[1] else 0
        for moment in range(rounds):
            if moment > 0:
                c = 1 if rng.random() < table[0, a, b] else 0
                d = 1 if rng.random() < table[1, b, a] else 0
                a, b = c, d
            total[0] += payoffs[a, b]
            total[1] += payoffs[b, a]
    return total / (matches * rounds)


def _axelrod() -> Callable[[], Any] | None:
    """Twenty matches of Axelrod, or None where it is not installed."""
    try:
        axelrod: Any = import_module("axelrod")
    except ImportError:
        return None
    pair = (axelrod.TitForTat(), axelrod.WinStayLoseShift())
    return lambda: [axelrod.Match(pair, turns=ROUNDS, noise=0.01, seed=k).play() for k in range(20)]


def _payoff_sets() -> list[dict[str, Any]]:
    """The dilemma at 0.9 and 0.3 (Nash only: a point, where QuantEcon fails)."""
    found = []
    for weight, text in ((0.9, "9/10"), (0.1, "1/10")):
        ours = equilibrium_payoff_set(DILEMMA, discount_factor=text)
        measured: dict[str, tuple[Callable[[], Any], int]] = {
            "ours": (lambda text=text: equilibrium_payoff_set(DILEMMA, discount_factor=text), 1)  # type: ignore[misc]
        }
        same, version, note = None, "not installed", f"prisoner's dilemma at {weight}; ours exact: {ours.is_exact}"
        peer = _quantecon(weight)
        if peer is not None:
            version = metadata.version("quantecon")
            try:
                theirs = peer()
            except Exception as error:
                note += f"; theirs fails ({type(error).__name__})"
            else:
                measured["peer"] = (peer, 1)
                points = {(round(x, 3), round(y, 3)) for x, y in theirs.points[theirs.vertices].tolist()}
                same = points == {(round(float(x), 3), round(float(y), 3)) for x, y in ours.corners}
        times = timed(measured, repeats=REPEATS)
        found.append(
            row(
                "repeated/payoff-set",
                "QuantEcon equilibrium_payoffs",
                version,
                times["ours"],
                times.get("peer"),
                same,
                note,
            )
        )
    return found


def _quantecon(weight: float) -> Callable[[], Any] | None:
    try:
        theory: Any = import_module("quantecon.game_theory")
    except ImportError:
        return None
    player = np.array([[3.0, 0.0], [5.0, 1.0]])
    game = theory.RepeatedGame(theory.NormalFormGame([theory.Player(player), theory.Player(player)]), weight)
    return lambda: game.equilibrium_payoffs(options={"u_init": np.ones(2)})


def _without_peer() -> list[dict[str, Any]]:
    """Exact answers that no peer gives."""
    found = []
    for size in (5, 20, 50):
        game = PublicGoodsGame(group_size=size, multiplication_factor=(size + 1) // 2)
        defector = MemoryOne(initial=0, after_contributing=[0] * size, after_defecting=[0] * size)
        noisy = with_errors(win_stay_lose_shift(size), implementation="1/100")

        def payoffs(game: Any = game, players: Any = (defector, noisy), size: int = size) -> Any:
            return repeated_payoffs(game, players, counts=[1, size - 1], discount_factor="9/10")

        def perfection(game: Any = game, size: int = size) -> Any:
            return subgame_perfection(memory_one_process(game, grim(size)))

        times = timed({"payoffs": (payoffs, 1), "perfection": (perfection, 1)}, repeats=3)
        right = (
            str(perfection().discount_factors)
            == f"[{(size - game.multiplication_factor) / (game.multiplication_factor * (size - 1))}, 1)"
        )
        found.append(
            row("repeated/exact-payoffs", "none", "", times["payoffs"], None, None, f"N = {size}, one defector, errors")
        )
        note = f"N = {size}, grim trigger; the published threshold: {right}"
        found.append(row("repeated/subgame-perfect", "none", "", times["perfection"], None, None, note))
    return found
