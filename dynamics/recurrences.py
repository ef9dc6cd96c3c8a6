r"""Where the best response dynamics go round for ever: closed orbits such as Shapley's, or ever smaller spirals.

Where payoffs are affine, the way from one switch to the next is linear in homogeneous coordinates: from x towards b to
where the gap :math:`d \cdot x` closes, :math:`x \mapsto (d \cdot b)\, x - (d \cdot x)\, b` up to a factor. After
a whole round of the same targets the map is the product M of these; a point that comes back to itself is an eigenvector
of M, exact if its eigenvalue is rational. It is then followed for a round, exactly, and either comes back (a closed
orbit; Shapley 1964; Gaunersdorfer & Hofbauer 1995, Games Econ. Behav. 11, 279) or is an equilibrium, into which the
population spirals, in finite time where it comes nearer by a factor each round.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import Final

import numpy as np

from dynamics.best_response import BestResponsePath, Halt, follow
from dynamics.reply_choices import ONE, ZERO, best_replies
from dynamics.reply_fields import Point, ReplyField
from dynamics.reply_segments import Segment
from gametheory.errors import NotConverged, require
from gametheory.exact import Number

Matrix = list[list[Fraction]]

ROUNDS: Final = 3  # of the same targets, before a path counts as going round
DIGITS: Final = 2**300
CLOSURE: Final = Fraction(1, 10**12)  # of an orbit that is not exact
NEUTRAL: Final = 1e-6  # a multiplier this near 1 decides nothing: a double eigenvalue has half the digits


class Limit(Enum):
    """What a path that goes round approaches."""

    CLOSED_ORBIT = "a closed orbit"
    EQUILIBRIUM = "an equilibrium"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What a path that goes round approaches.

    Attributes
    ----------
    limit : Limit
    points : tuple of tuples of number
        Where the closed orbit turns, in turn; or the equilibrium alone. `Fraction` if exact, else float.
    targets : tuple of tuples of str
        What is played after each switch of a round.
    durations : tuple of float
        Times between the switches of the closed orbit; of the last round of the path, for an equilibrium.
    multiplier : float
        By what a small distance is multiplied in a round: below 1 it attracts.
    ends : float
        When the switches of the path accumulate, estimated from its last round; infinite for a closed orbit.
    exact : bool
        Whether the points are exact, and the orbit closes exactly.
    """

    limit: Limit
    points: tuple[tuple[Number, ...], ...]
    targets: tuple[tuple[str, ...], ...]
    durations: tuple[float, ...]
    multiplier: float
    ends: float
    exact: bool

    @property
    def period(self) -> float:
        """The time of a round."""
        return sum(self.durations)


def recurrence(path: BestResponsePath) -> Recurrence:
    """What a path approaches that has closed, or whose last switches went round at least three times.

    Parameters
    ----------
    path : BestResponsePath
        Of a game with affine payoffs, or of two populations.

    Raises
    ------
    InvalidParameter
        If the payoffs of the game are not affine along segments.
    NotConverged
        If the path does not go round, or too few times, or neither kind of limit is found.

    Examples
    --------
    >>> from dynamics import best_response_path
    >>> from gametheory import game_from_payoffs
    >>> losing_costs_more = game_from_payoffs([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], ["R", "P", "S"])
    >>> orbit = recurrence(best_response_path(losing_costs_more, ["1/2", "1/3", "1/6"], max_segments=12))
    >>> [[str(share) for share in point] for point in orbit.points]
    [['1/7', '2/7', '4/7'], ['4/7', '1/7', '2/7'], ['2/7', '4/7', '1/7']]
    >>> round(orbit.period, 9), round(orbit.multiplier, 9)
    (2.079441542, 0.125)
    """
    made = path.field
    require(made.degree == 1, "path", made.degree, "of a game whose payoffs are affine along segments (degree 1)")
    turns = _last_round(path)
    last = turns[:-1]  # each of which ends where the next one begins
    matrix, surplus = _round_map(made, turns)
    point, exact = _fixed(made, matrix, last[0].origin)
    exact = exact and made.exact
    multiplier = _multiplier(matrix, point, len(made.sizes), surplus)
    targets = tuple(segment.support for segment in last)
    if {i for i, share in enumerate(point) if share > 0} <= set(best_replies(made, point)):
        times = tuple(segment.duration for segment in turns[1:])
        ends = path.time + sum(times) * multiplier / (1 - multiplier) if multiplier < 1 - NEUTRAL else inf
        return Recurrence(Limit.EQUILIBRIUM, (_shown(point, exact),), targets, times, multiplier, ends, exact)
    orbit = follow(made, point, max_segments=len(last)).segments
    gap = _distance([Fraction(share) for share in orbit[-1].end], point)
    if [segment.support for segment in orbit] != list(targets) or gap > (0 if exact else CLOSURE):
        raise NotConverged("neither a closed orbit nor an equilibrium was found for the round of the path")
    points = tuple(_shown(segment.start, exact) for segment in orbit)
    times = tuple(segment.duration for segment in orbit)
    return Recurrence(Limit.CLOSED_ORBIT, points, targets, times, multiplier, inf, exact)


def _last_round(path: BestResponsePath) -> list[Segment]:
    """The segments of the last round, and the one after it."""
    moving = [segment for segment in path.segments if segment.duration < inf]
    if path.ending is Halt.CLOSED:
        begin = next(k for k, segment in enumerate(moving) if segment.start == moving[-1].end)
        return [*moving[begin:], moving[begin]]
    length = _round_length([segment.target for segment in moving])
    if length is None:
        raise NotConverged(f"the last {ROUNDS} rounds of the path differ ({path.ending.value}); follow more segments")
    return moving[-length - 1 :]


def _round_map(made: ReplyField, segments: Sequence[Segment]) -> tuple[Matrix, float]:
    """The product of the maps of a round, its largest entry 1, and that of the gaps at the targets, as scaled."""
    matrix, surplus = _identity(len(made.strategies)), ONE
    for segment, after in pairwise(segments):
        step, gap = _step(made, segment, after.origin)
        matrix = _product(step, matrix)
        scale = max(abs(value) for row in matrix for value in row)
        matrix = [[value / scale for value in row] for row in matrix]
        surplus *= gap / scale
    return matrix, float(surplus)


def _shown(point: Sequence[Number], exact: bool) -> tuple[Number, ...]:
    return tuple(point) if exact else tuple(map(float, point))


def _round_length(targets: Sequence[Sequence[Number]]) -> int | None:
    """The least number of segments that the path has repeated to its end."""
    for length in range(2, len(targets) // ROUNDS + 1):
        tail = targets[-ROUNDS * length :]
        if all(tail[k] == tail[k + length] for k in range((ROUNDS - 1) * length)):
            return length
    return None


def _step(made: ReplyField, segment: Segment, end: Point) -> tuple[Matrix, Fraction]:
    """The map of one segment, and the gap at its target."""
    goal = tuple(Fraction(share) for share in segment.target)
    new = [i for i in best_replies(made, end) if made.strategies[i] not in segment.replies]
    if len(new) != 1:
        raise NotConverged("several strategies tie at one switch of the round")
    support = [made.strategies.index(name) for name in segment.support]
    (overtaker,) = new
    played = next(i for places in made.populations if overtaker in places for i in support if i in places)
    size = len(goal)
    form = []
    for j in range(size):
        payoffs = made.payoffs([Fraction(int(i == j)) for i in range(size)])
        form.append(payoffs[overtaker] - payoffs[played])
    gap = sum((a * b for a, b in zip(form, goal, strict=True)), ZERO)
    return [[gap * int(i == j) - goal[i] * form[j] for j in range(size)] for i in range(size)], gap


def _fixed(made: ReplyField, matrix: Matrix, start: Point) -> tuple[Point, bool]:
    """The population to which the map leads from `start`, and whether it is exact."""
    nearby = start
    for _ in range(200):
        nearby = _rounded(_normal(made, _applied(matrix, nearby)))
    candidates = [point for point in _rational_points(made, matrix) if min(point) >= 0]
    if candidates:
        found = min(candidates, key=lambda point: _distance(point, nearby))
        if _distance(found, nearby) < Fraction(1, 20):
            return found, True
    for _ in range(2000):
        after = _rounded(_normal(made, _applied(matrix, nearby)))
        if _distance(after, nearby) < Fraction(1, 2**180):
            return after, False
        nearby = after
    raise NotConverged("the map of a round does not settle")


def _rational_points(made: ReplyField, matrix: Matrix) -> list[Point]:
    """Eigenvectors that are populations, of simple rational eigenvalues or of those with one eigenvector."""
    found = []
    first = made.populations[0]  # every population sums to the same
    balance = [
        [Fraction(int(i in first) - int(i in places)) for i in range(len(matrix))] for places in made.populations[1:]
    ]
    for value in _rational_eigenvalues(matrix):
        shifted = [[a - value * int(i == j) for j, a in enumerate(row)] for i, row in enumerate(matrix)]
        vector = _null_vector(shifted + balance)
        if vector is not None:
            totals = [sum((vector[i] for i in places), ZERO) for places in made.populations]
            if all(total != 0 and total == totals[0] for total in totals):
                found.append(tuple(share / totals[0] for share in vector))
    return found


def _rational_eigenvalues(matrix: Matrix) -> list[Fraction]:
    """Rational roots of the characteristic polynomial, by the method of Faddeev and Le Verrier."""
    import sympy as sp

    size = len(matrix)
    coefficients, power = [ONE], _identity(size)
    for k in range(1, size + 1):
        moved = _product(matrix, power)
        coefficient = -sum((moved[i][i] for i in range(size)), ZERO) / k
        coefficients.append(coefficient)
        power = [[moved[i][j] + coefficient * int(i == j) for j in range(size)] for i in range(size)]
    roots = sp.Poly([sp.Rational(c.numerator, c.denominator) for c in coefficients], sp.Symbol("x")).ground_roots()
    return [Fraction(int(root.p), int(root.q)) for root in roots if root != 0]


def _null_vector(matrix: Matrix) -> list[Fraction] | None:
    """A vector that the matrix sends to 0, if these are one line."""
    size = len(matrix[0])
    rows = [list(row) for row in matrix]
    pivots: list[int] = []
    for column in range(size):
        place = len(pivots)
        pivot = next((r for r in range(place, len(rows)) if rows[r][column] != 0), None)
        if pivot is None:
            continue
        rows[place], rows[pivot] = rows[pivot], rows[place]
        lead = rows[place][column]
        rows[place] = [value / lead for value in rows[place]]
        for r in range(len(rows)):
            if r != place and rows[r][column] != 0:
                factor = rows[r][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[place], strict=True)]
        pivots.append(column)
    free = [column for column in range(size) if column not in pivots]
    if len(free) != 1:
        return None
    vector = [ZERO] * size
    vector[free[0]] = ONE
    for row, column in zip(rows, pivots, strict=False):
        vector[column] = -row[free[0]]
    return vector


def _multiplier(matrix: Matrix, point: Point, populations: int, surplus: float) -> float:
    """The largest size of the other eigenvalues over that of `point`; not of moves that leave the populations."""
    value = max(_applied(matrix, point), key=abs) / max(point)
    found = list(np.linalg.eigvals(np.array([[float(a) for a in row] for row in matrix])))
    for known in [float(value), *([surplus] * (populations - 1))]:
        found.remove(min(found, key=lambda one: abs(one - known)))
    return float(max(map(abs, found)) / abs(float(value)))


def _identity(size: int) -> Matrix:
    return [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]


def _product(first: Matrix, second: Matrix) -> Matrix:
    columns = list(zip(*second, strict=True))
    return [[sum((a * b for a, b in zip(row, column, strict=True)), ZERO) for column in columns] for row in first]


def _applied(matrix: Matrix, point: Sequence[Fraction]) -> list[Fraction]:
    return [sum((a * x for a, x in zip(row, point, strict=True)), ZERO) for row in matrix]


def _normal(made: ReplyField, vector: Sequence[Fraction]) -> Point:
    out = list(vector)
    for places in made.populations:
        total = sum((out[i] for i in places), ZERO)
        for i in places:
            out[i] /= total
    return tuple(out)


def _rounded(point: Point) -> Point:
    return tuple(Fraction(round(share * DIGITS), DIGITS) for share in point)


def _distance(first: Sequence[Fraction], second: Sequence[Fraction]) -> Fraction:
    return max(abs(a - b) for a, b in zip(first, second, strict=True))
