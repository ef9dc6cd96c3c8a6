"""Games in normal form and the equilibria of two players as LaTeX."""

from collections.abc import Sequence
from typing import Any

from gametheory.exact import Number
from gametheory.latex import MAX_COLUMNS, MAX_ROWS, name_latex, number_latex, rows_latex, upright


def normal_form_latex(game: Any) -> str:
    r"""A two-player game as its bimatrix, row player first; of larger ones, who can do what.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> print(normal_form_latex(normal_form_game([[3, 0], [5, 1]], [[3, 5], [0, 1]], strategies=[["C", "D"]] * 2)))
    \begin{array}{l|cc} & C & D\\\hline C & 3,\, 3 & 0,\, 5\\D & 5,\, 0 & 1,\, 1\end{array}
    """
    names = game.strategies
    if game.n_players > 2 or max(game.shape) > MAX_COLUMNS:
        rows = [[rf"{name_latex(player)}:\; {_listed(own)}"] for player, own in zip(game.players, names, strict=True)]
        return rows_latex(rows)
    first, second = game.payoffs
    rows = [["", *map(name_latex, names[1])]]
    for i, name in enumerate(names[0]):
        pairs = (_pair(first[i, j], second[i, j]) for j in range(len(names[1])))
        rows.append([name_latex(name), *pairs])
    rows[1][0] = rf"\hline {rows[1][0]}"
    return rows_latex(rows, align="l|" + "c" * len(names[1]))


def bimatrix_latex(found: Any) -> str:
    r"""The components of a two-player game's equilibria: unions of products of convex hulls.

    Examples
    --------
    >>> from gametheory import bimatrix_equilibria, normal_form_game
    >>> print(bimatrix_latex(bimatrix_equilibria(normal_form_game([[3, 0], [5, 1]], [[3, 5], [0, 1]]))))
    \begin{array}{ll}\left(0,\, 1\right)\times \left(0,\, 1\right) & \mathrm{index\ 1}\\...
    """
    rows = []
    for component in found.components[:MAX_ROWS]:
        sets = r"\ \cup\ ".join(rf"{_hull(s.row)}\times {_hull(s.column)}" for s in component.subsets)
        rows.append([sets, "" if component.index is None else upright(f"index {component.index}")])
    left = len(found.components) - MAX_ROWS
    rows += [[upright(f"and {left} more"), ""]] if left > 0 else []
    complete = "complete" if found.complete else "not complete"
    return rows_latex([*rows, [upright(f"exact, {complete}"), ""]])


def _hull(mixtures: Sequence[Sequence[Number]]) -> str:
    points = [r"\left(" + r",\, ".join(map(number_latex, mixture)) + r"\right)" for mixture in mixtures]
    return points[0] if len(points) == 1 else r"\mathrm{conv}\left\{" + r",\, ".join(points) + r"\right\}"


def _pair(first: Number, second: Number) -> str:
    return rf"{number_latex(first)},\, {number_latex(second)}"


def _listed(names: Sequence[str]) -> str:
    shown = r",\, ".join(map(name_latex, names[:MAX_COLUMNS]))
    return shown + (r",\, \ldots" if len(names) > MAX_COLUMNS else "")
