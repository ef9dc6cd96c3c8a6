"""Outcomes, payoffs and deviations' gains of a game, as its correlated equilibria see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import lcm
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.compositions import compositions, number_of_compositions
from gametheory.errors import require
from gametheory.exact import is_integer
from gametheory.games import PayoffTable, payoff_table
from gametheory.normal_form import NormalFormGame, normal_form_of
from gametheory.unequal import UnequalGame

Outcome = tuple[Any, ...]

MAX_NUMBERS: Final = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """A game as the programs see it: row k of `gains` is what deviation `labels[k]` gains in each outcome."""

    symmetric: bool
    strategies: tuple[tuple[str, ...], ...]
    players: int
    outcomes: Sequence[Outcome]
    labels: tuple[tuple[str, ...], ...]
    payoffs: NDArray[Any]  # (N or 1, outcomes), over denominator
    gains: NDArray[Any]  # (labels, outcomes), over denominator
    denominator: int


def setting_of(game: Any, coarse: bool) -> Setting:
    """The setting of a game of any kind, for devices or (`coarse`) for commitments.

    Raises
    ------
    InvalidParameter
        If there are more than 5e6 gains.
    """
    if isinstance(game, UnequalGame):
        return _profiles(normal_form_of(game), coarse)
    if isinstance(game, NormalFormGame):
        return _profiles(game, coarse)
    names = tuple(getattr(game, "strategies", ()))
    if is_integer(getattr(game, "group_size", None)) and names:  # before a large table is made
        _check_size(len(_labels(("any",), (names,), coarse)), number_of_compositions(int(game.group_size), len(names)))
    return _counts(payoff_table(game), coarse)


def _counts(table: PayoffTable, coarse: bool) -> Setting:
    """Outcomes are compositions of N."""
    names, size = table.strategies, table.group_size
    parts = len(names)
    draws = compositions(size, parts)
    labels = _labels(("any",), (names,), coarse)
    whole, scale = as_integers([np.array(row, dtype=object if table.is_exact else float) for row in table.values])
    base = (size + 1) ** np.arange(parts, dtype=object if (size + 1) ** parts > 2**62 else np.int64)
    listed = compositions(size - 1, parts) @ base
    order = np.argsort(listed)
    earned = np.zeros(len(draws), dtype=whole[0].dtype)
    rows = {label: np.zeros(len(draws), dtype=whole[0].dtype) for label in labels}
    for i, told in enumerate(names):
        present = np.flatnonzero(draws[:, i])
        columns = order[np.searchsorted(listed, draws[present] @ base - base[i], sorter=order)]
        told_counts = draws[present, i].astype(whole[0].dtype)
        earned[present] += told_counts * whole[i][columns]
        for j, deviation in enumerate(names):
            if j != i:
                label = ("any", deviation) if coarse else ("any", told, deviation)
                rows[label][present] += told_counts * (whole[j][columns] - whole[i][columns])
    exact = table.is_exact
    gains = np.array(list(rows.values()), dtype=whole[0].dtype)
    return Setting(
        symmetric=True,
        strategies=(names,),
        players=size,
        outcomes=[tuple(row) for row in draws.tolist()],
        labels=labels,
        payoffs=earned[None, :] if exact else earned[None, :] / size,
        gains=gains if exact else gains / size,
        denominator=scale * size if exact else 1,
    )


def _profiles(game: NormalFormGame, coarse: bool) -> Setting:
    """Outcomes are profiles."""
    labels = _labels(game.players, game.strategies, coarse)
    columns = int(np.prod(game.shape))
    _check_size(len(labels), columns)
    whole, scale = as_integers(game.payoffs)
    rows = {label: np.zeros(game.shape, dtype=whole[0].dtype) for label in labels}
    for i, (player, names) in enumerate(zip(game.players, game.strategies, strict=True)):
        for j, told in enumerate(names):
            at = (slice(None),) * i + (j,)
            for k, deviation in enumerate(names):
                if k != j:
                    label = (player, deviation) if coarse else (player, told, deviation)
                    rows[label][at] += np.take(whole[i], k, axis=i) - np.take(whole[i], j, axis=i)
    return Setting(
        symmetric=False,
        strategies=game.strategies,
        players=game.n_players,
        outcomes=list(product(*game.strategies)),
        labels=labels,
        payoffs=np.array([tensor.ravel() for tensor in whole], dtype=whole[0].dtype),
        gains=np.array([rows[label].ravel() for label in labels], dtype=whole[0].dtype).reshape(len(labels), columns),
        denominator=scale,
    )


def _labels(players: Sequence[str], strategies: Sequence[Sequence[str]], coarse: bool) -> tuple[tuple[str, ...], ...]:
    """Deviations, in the order of the constraints."""
    found: list[tuple[str, ...]] = []
    for player, names in zip(players, strategies, strict=True):
        pairs = [(a, b) for a in names for b in names if a != b]
        found += dict.fromkeys((player, b) if coarse else (player, a, b) for a, b in pairs)
    return tuple(found)


def as_integers(arrays: Sequence[NDArray[Any]]) -> tuple[list[NDArray[Any]], int]:
    """Rationals as integers over their common denominator; floats as they are."""
    if any(array.dtype != object for array in arrays):
        return [np.asarray(array, dtype=np.float64) for array in arrays], 1
    scale = lcm(*(value.denominator for array in arrays for value in array.ravel().tolist()))
    return [array * scale // 1 for array in arrays], scale


def _check_size(rows: int, columns: int) -> None:
    require(rows * columns <= MAX_NUMBERS, "game", f"{rows} constraints on {columns} outcomes", "smaller")
