r"""Where all strategies present earn the same, for mean payoffs :math:`f(x) = A x`, as disjoint cells.

For each support the equations :math:`(A x)_i = (A x)_j` are linear: no solution, one point, or (one degree of
freedom) the segment that the simplex cuts from a line. Segments are cut where an absent strategy's payoff
crosses the common one (Nash status changes there) and, where all strategies are present, where :math:`\sum_i
x_i a_{ii} - x \cdot A x`, the trace of the replicator dynamics' linearisation, is zero (Zeeman 1980); both
are affine along the segment, so every cut is rational. Two or more degrees of freedom arise with at most
three strategies only if all payoffs are the same; with more they are reported as not covered.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise

from gametheory.equilibria.components import Cell, Point

Matrix = Sequence[Sequence[Fraction]]


def payoffs_at(matrix: Matrix, shares: Sequence[Fraction]) -> list[Fraction]:
    """Mean payoffs `A x`."""
    return [sum((a * x for a, x in zip(row, shares, strict=True)), Fraction(0)) for row in matrix]


def indifference_cells(matrix: Matrix) -> tuple[list[Cell], bool]:
    """Every point of the simplex where all strategies present earn the same, and whether that is all of them.

    Examples
    --------
    >>> cells, complete = indifference_cells([[Fraction(-1), Fraction(2)], [Fraction(0), Fraction(1)]])
    >>> [[str(x) for x in cell.point] for cell in cells], complete
    ([['1', '0'], ['0', '1'], ['1/2', '1/2']], True)
    """
    size = len(matrix)
    points: dict[Point, None] = {_vertex(i, size): None for i in range(size)}
    segments: list[tuple[Point, Point, tuple[int, ...]]] = []
    complete = True
    for count in range(2, size + 1):
        for support in combinations(range(size), count):
            origin, directions = _solutions(matrix, support)
            if origin is None:
                continue
            if not directions:
                if all(origin[i] > 0 for i in support):
                    points[origin] = None
            elif len(directions) == 1:
                ends = _clip(origin, directions[0], support)
                if ends is not None:
                    points.update(dict.fromkeys(ends))
                    segments.append((*ends, support))
            elif count == size == 3:
                corners = tuple(_vertex(i, size) for i in range(size))
                return [Cell(ends=corners, support=tuple(range(size)))], True
            else:
                complete = False
    for first, second, support in segments:
        points.update(dict.fromkeys(_cuts(matrix, first, second, support)))
    cells = [Cell(ends=(p,), support=tuple(i for i, v in enumerate(p) if v > 0)) for p in points]
    for first, second, support in segments:
        cells.extend(_split(first, second, support, list(points)))
    return cells, complete


def _vertex(index: int, size: int) -> Point:
    return tuple(Fraction(int(i == index)) for i in range(size))


def _solutions(matrix: Matrix, support: tuple[int, ...]) -> tuple[Point | None, list[list[Fraction]]]:
    """One solution of the indifference equations on the support, and a basis of the homogeneous ones."""
    first, count = support[0], len(support)
    rows = [[matrix[i][j] - matrix[first][j] for j in support] + [Fraction(0)] for i in support[1:]]
    rows.append([Fraction(1)] * (count + 1))
    pivots: list[int] = []
    for column in range(count):
        row = next((r for r in range(len(pivots), len(rows)) if rows[r][column] != 0), None)
        if row is None:
            continue
        top = len(pivots)
        rows[top], rows[row] = rows[row], rows[top]
        rows[top] = [value / rows[top][column] for value in rows[top]]
        for other in range(len(rows)):
            factor = rows[other][column]
            if other != top and factor != 0:
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[top], strict=True)]
        pivots.append(column)
    if any(row[-1] != 0 for row in rows[len(pivots) :]):
        return None, []
    free = [column for column in range(count) if column not in pivots]

    def spread(values: dict[int, Fraction]) -> list[Fraction]:
        full = [Fraction(0)] * len(matrix)
        for column, value in values.items():
            full[support[column]] = value
        return full

    origin = spread({column: rows[r][-1] for r, column in enumerate(pivots)})
    directions = [spread({column: -rows[r][f] for r, column in enumerate(pivots)} | {f: Fraction(1)}) for f in free]
    return tuple(origin), directions


def _clip(origin: Point, direction: list[Fraction], support: tuple[int, ...]) -> tuple[Point, Point] | None:
    """The ends of the line where it crosses the open face of the support; None if it does not."""
    low: Fraction | None = None
    high: Fraction | None = None
    for i in support:
        if direction[i] == 0:
            if origin[i] <= 0:
                return None
            continue
        crossing = -origin[i] / direction[i]
        if direction[i] > 0:
            low = crossing if low is None else max(low, crossing)
        else:
            high = crossing if high is None else min(high, crossing)
    if low is None or high is None or low >= high:
        return None
    return _along(origin, direction, low), _along(origin, direction, high)


def _along(origin: Point, direction: Sequence[Fraction], distance: Fraction) -> Point:
    return tuple(o + distance * d for o, d in zip(origin, direction, strict=True))


def _cuts(matrix: Matrix, first: Point, second: Point, support: tuple[int, ...]) -> list[Point]:
    """Where Nash status or, for full support, the sign of the trace changes on an open segment."""
    steps = [b - a for a, b in zip(first, second, strict=True)]

    def gaps(point: Point) -> list[Fraction]:
        payoffs = payoffs_at(matrix, point)
        common = payoffs[support[0]]
        outside = [f - common for i, f in enumerate(payoffs) if i not in support]
        trace = sum((x * matrix[i][i] for i, x in enumerate(point)), Fraction(0)) - common
        return outside or [trace]

    found = []
    for start, end in zip(gaps(first), gaps(second), strict=True):
        if start * end < 0:
            found.append(_along(first, steps, start / (start - end)))
    return found


def _split(first: Point, second: Point, support: tuple[int, ...], points: list[Point]) -> list[Cell]:
    """The open segments left when every listed point is taken out of a segment."""
    key = next(i for i, (a, b) in enumerate(zip(first, second, strict=True)) if a != b)
    steps = [b - a for a, b in zip(first, second, strict=True)]
    stops = [Fraction(0), Fraction(1)]
    for point in points:
        distance = (point[key] - first[key]) / steps[key]
        if 0 < distance < 1 and _along(first, steps, distance) == point:
            stops.append(distance)
    stops = sorted(set(stops))
    corners = [_along(first, steps, stop) for stop in stops]
    return [Cell(ends=pair, support=support) for pair in pairwise(corners)]
