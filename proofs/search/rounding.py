"""Rational numbers near floats that solve linear equations exactly, and squares from semidefinite matrices."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

Matrix = list[list[Fraction]]
Column = dict[Any, Fraction]


class Equations:
    """Linear equations to be met exactly by changing a few of their unknowns.

    A row in which some column stands alone is left to that column; for the other rows, as many columns as their rank,
    those with most room to move, are chosen in floats, and their values solved for in rationals.

    Parameters
    ----------
    columns : list of dict
        For each unknown its coefficients by row.
    room : list of float
        How far each unknown may move.
    right : dict
        The right sides that are not 0, by row.
    """

    def __init__(self, columns: list[Column], room: list[float], right: Column) -> None:
        self.columns = columns
        self.right = right
        self.alone: dict[Any, int] = {}
        for c, terms in enumerate(self.columns):
            if len(terms) == 1:
                (monomial,) = terms
                if monomial not in self.alone or room[c] > room[self.alone[monomial]]:
                    self.alone[monomial] = c
        self.rows = sorted({m for c in self.columns for m in c} - set(self.alone))
        self.chosen = self._choose(room) if self.rows else []

    def _choose(self, room: list[float]) -> list[int]:
        import numpy as np
        from scipy.linalg import qr

        where = {m: i for i, m in enumerate(self.rows)}
        usable = [c for c, terms in enumerate(self.columns) if any(m in where for m in terms)]
        table = np.zeros((len(self.rows), len(usable)))
        for k, c in enumerate(usable):
            for m, x in self.columns[c].items():
                if m in where:
                    table[where[m], k] = float(x) * max(room[c], 1e-9)
        _, upper, order = qr(table, mode="economic", pivoting=True)
        diagonal = abs(np.diag(upper))
        rank = int((diagonal > 1e-11 * diagonal[0]).sum())
        return [usable[k] for k in order[:rank]]

    def corrected(self, values: list[Fraction]) -> list[Fraction] | None:
        """The values, some of them changed so that the equations hold; None if they cannot be met so."""
        found = list(values)
        if self.rows:
            change = _solve_sparse(self.rows, [self.columns[c] for c in self.chosen], self._residual(found))
            if change is None:
                return None
            for c, x in zip(self.chosen, change, strict=True):
                found[c] += x
        for monomial, rest in self._residual(found).items():
            if rest:
                c = self.alone[monomial]
                found[c] += rest / self.columns[c][monomial]
        return found

    def _residual(self, values: list[Fraction]) -> Column:
        rest = dict(self.right)
        for x, terms in zip(values, self.columns, strict=True):
            if x:
                for m, a in terms.items():
                    rest[m] = rest.get(m, Fraction(0)) - x * a
        return rest


def _solve_sparse(rows: Sequence[Any], columns: Sequence[Column], right: Column) -> list[Fraction] | None:
    """Solve for weights of the columns; None if there are none."""
    table = [({c: terms[m] for c, terms in enumerate(columns) if m in terms}, right.get(m, Fraction(0))) for m in rows]
    solved: list[tuple[int, dict[int, Fraction], Fraction]] = []
    while table:
        table.sort(key=lambda row: -len(row[0]))
        row, rest = table.pop()
        if not row:
            if rest:
                return None
            continue
        pivot = min(row, key=lambda c: (sum(c in other for other, _ in table), c))
        scale = row.pop(pivot)
        row, rest = {c: x / scale for c, x in row.items()}, rest / scale
        solved.append((pivot, row, rest))
        for k, (other, value) in enumerate(table):
            factor = other.pop(pivot, None)
            if factor is not None:
                for c, x in row.items():
                    other[c] = other.get(c, Fraction(0)) - factor * x
                    if not other[c]:
                        del other[c]
                table[k] = (other, value - factor * rest)
    answer = [Fraction(0)] * len(columns)
    for pivot, row, rest in reversed(solved):
        answer[pivot] = rest - sum((x * answer[c] for c, x in row.items()), Fraction(0))
    return answer


def squares(matrix: Matrix) -> list[tuple[Fraction, list[Fraction]]] | None:
    """A symmetric matrix as a sum of weight * vector vector^T with weights > 0; None if it is not semidefinite."""
    rest = [list(row) for row in matrix]
    found = []
    for k in range(len(rest)):
        pivot = rest[k][k]
        if pivot < 0 or (pivot == 0 and any(rest[k][k:])):
            return None
        if pivot == 0:
            continue
        vector = [Fraction(0)] * k + [x / pivot for x in rest[k][k:]]
        found.append((pivot, vector))
        for i in range(k + 1, len(rest)):
            if vector[i]:
                for j in range(k + 1, len(rest)):
                    rest[i][j] -= pivot * vector[i] * vector[j]
    return found
