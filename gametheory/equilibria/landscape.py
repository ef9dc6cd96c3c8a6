"""What equilibria and rest points are both read from: the cells of a game and the status of each.

Games of floats are solved on exactly the rationals that their floats are, after payoffs within 1e-12 (of the
largest) against the same co-players have been made equal, and are answered in floats.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations, pairwise
from math import factorial, lcm, prod

from gametheory.algebra.points import LocatedPoint
from gametheory.algebra.subdivision import Box
from gametheory.compositions import compositions
from gametheory.equilibria.affine import indifference_cells, payoffs_at
from gametheory.equilibria.components import Cell, Point
from gametheory.equilibria.curve_cells import Drawn, curve_cells, spread
from gametheory.equilibria.edges import Edge, edge_cells, edge_status
from gametheory.equilibria.evolutionary import evolutionary_status, second_order_status
from gametheory.equilibria.faces import Face, face_of
from gametheory.equilibria.interior import status_at
from gametheory.equilibria.recognition import affine_by_symbols
from gametheory.exact import Number
from gametheory.games import Game, PayoffTable, affine_matrix, mean_payoffs, payoff_table

SNAP = 1e-12
UNDECIDED_BOXES = "boxes are left in which there may be rest points that are not listed"
PLANES_NOT_LISTED = "four or more strategies with a face full of ties: sets of dimension two or more are not listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """A game made ready to be solved.

    Attributes
    ----------
    table : PayoffTable
        As the game gives it; of a large game whose payoffs are proved affine
        (`gametheory.equilibria.recognition`) the matrix of its mean payoffs, as a game of two.
    exact : bool
        Whether its payoffs are exact.
    matrix : tuple of tuples of Fraction or None
        `A` where mean payoffs are `A x` and there are three or more strategies.
    edges : dict of (int, int) to Edge
        Otherwise, the two-strategy edges.
    cells : tuple of Cell
        Disjoint; each a set of rest points of constant Nash status.
    complete : bool
        Whether the cells are all the rest points.
    note : str
        What is missing, if anything.
    faces : dict of tuple of int to Face
        Of a nonlinear game: the faces of three or more strategies.
    places : dict of Cell to LocatedPoint
        For the isolated points inside them, what knows them exactly.
    curves : dict of Cell to Drawn
        For the curves inside them, what is known along them.
    statuses : dict of Point to (bool, str)
        Nash status and evolutionary stability of a point of each of those.
    undecided : tuple of Box
        Boxes, in the shares of all strategies, outside which no isolated rest point is missing.
    solved : PayoffTable or None
        Of a nonlinear game, the exact table that was solved.
    """

    table: PayoffTable
    exact: bool
    matrix: tuple[tuple[Fraction, ...], ...] | None
    edges: dict[tuple[int, int], Edge]
    cells: tuple[Cell, ...]
    complete: bool
    note: str
    faces: dict[tuple[int, ...], Face] = field(default_factory=dict)
    places: dict[Cell, LocatedPoint] = field(default_factory=dict)
    curves: dict[Cell, Drawn] = field(default_factory=dict)
    statuses: dict[Point, tuple[bool, str]] = field(default_factory=dict)
    undecided: tuple[Box, ...] = ()
    solved: PayoffTable | None = None

    def nash_and_ess(self, cell: Cell) -> tuple[bool, str]:
        """Whether a cell's points are Nash equilibria, and their evolutionary stability."""
        nash, ess = self._first_look(cell)
        rational = self.exact and all(isinstance(share, Fraction) for share in cell.point)
        if nash and ess == "undecided" and rational and cell.dimension == 0:
            return True, second_order_status(self.solved or self.table, cell.point)
        return nash, ess

    def _first_look(self, cell: Cell) -> tuple[bool, str]:
        if cell.point in self.statuses:
            return self.statuses[cell.point]
        if self.matrix is None and len(cell.support) > 2:
            return True, "neutral"  # everything rests everywhere
        if self.matrix is None:
            return edge_status(cell, self.edges, len(self.table.strategies))
        payoffs = payoffs_at(self.matrix, cell.point)
        nash = payoffs[cell.support[0]] == max(payoffs)
        return nash, evolutionary_status(self.matrix, cell.point) if nash else "no"

    def regret(self, point: Point) -> Number:
        """The most that a deviation gains, from the table itself and not from how the point was found.

        At an algebraic point it is 0 if exact signs say so, else a float.
        """
        if self.exact and all(isinstance(value, Fraction) for value in point):
            earned = exact_payoffs(self.table, point)
            return max(earned) - sum((f * x for f, x in zip(earned, point, strict=True)), Fraction(0))
        support = tuple(i for i, value in enumerate(point) if value != 0)
        if self.exact and self.nash_and_ess(Cell(ends=(point,), support=support))[0]:
            return Fraction(0)
        numbers = [float(value) for value in point]
        payoffs = mean_payoffs(self.table, numbers)
        return float(max(payoffs) - sum(f * x for f, x in zip(payoffs, numbers, strict=True)))

    def shown(self, point: Point) -> Point:
        """A point in the arithmetic of the game."""
        return point if self.exact else tuple(float(value) for value in point)


def exact_payoffs(table: PayoffTable, point: Sequence[Fraction]) -> list[Fraction]:
    """Mean payoffs of an exact table at a rational point, in integers: what `mean_payoffs` gives, sooner.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> exact_payoffs(payoff_table(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"])), [Fraction(1, 2)] * 2)
    [Fraction(3, 2), Fraction(3, 1)]
    """
    others = table.group_size - 1
    common = lcm(*(x.denominator for x in point))
    powers = [[int(x * common) ** n for n in range(others + 1)] for x in point]
    ways = [factorial(n) for n in range(others + 1)]
    totals = [Fraction(0)] * len(point)
    for column, counts in enumerate(compositions(others, len(point)).tolist()):
        weight = prod(power[n] for power, n in zip(powers, counts, strict=True))
        if weight:
            weight *= ways[others] // prod(ways[n] for n in counts)
            for i, row in enumerate(table.values):
                totals[i] += Fraction(row[column].numerator * weight, row[column].denominator)
    return [total / common**others for total in totals]


def landscape(game: Game) -> Landscape:
    """Tabulate a game and list the points where all strategies present earn the same.

    Raises
    ------
    InvalidParameter
        If a payoff of the game is not a number.
    """
    known = affine_by_symbols(game)
    if known is None:
        table = payoff_table(game)
        matrix = affine_matrix(table) if len(table.strategies) > 2 else None
    else:  # a game of two players with the same mean payoffs
        table = PayoffTable(strategies=tuple(game.strategies), group_size=2, values=known)
        matrix = known
    exact = table.is_exact
    if matrix is not None:
        rational = as_rationals(matrix)
        cells, complete = indifference_cells(rational)
        note = "" if complete else PLANES_NOT_LISTED
        return Landscape(
            table=table,
            exact=exact,
            matrix=rational,
            edges={},
            cells=tuple(cells),
            complete=complete,
            note=note,
        )
    solved = PayoffTable(strategies=table.strategies, group_size=table.group_size, values=as_rationals(table.values))
    found, edges = edge_cells(solved)
    land = Landscape(
        table=table, exact=exact, matrix=None, edges=edges, cells=tuple(found), complete=True, note="", solved=solved
    )
    return land if len(table.strategies) == 2 else with_faces(land, solved)


def as_rationals(values: tuple[tuple[Number, ...], ...]) -> tuple[tuple[Fraction, ...], ...]:
    """Exact numbers as they are; floats as rationals, near-ties within a column made ties."""
    if not any(isinstance(v, float) for row in values for v in row):
        return tuple(tuple(Fraction(v) for v in row) for row in values)
    tolerance = SNAP * max((abs(v) for row in values for v in row), default=1.0)
    columns = []
    for column in zip(*values, strict=True):
        snapped = list(column)
        rising = sorted(range(len(column)), key=column.__getitem__)
        for before, after in pairwise(rising):
            if snapped[after] - snapped[before] <= tolerance:
                snapped[after] = snapped[before]
        columns.append([Fraction(v) for v in snapped])
    return tuple(zip(*columns, strict=True))


def with_faces(land: Landscape, table: PayoffTable) -> Landscape:
    """Add what rests inside the faces of three or more strategies of an exact table."""
    size = len(table.strategies)
    faces: dict[tuple[int, ...], Face] = {}
    cells, places, curves, statuses = list(land.cells), {}, {}, {}
    undecided, notes = [], []
    for count in range(3, size + 1):
        for support in combinations(range(size), count):
            face = face_of(table, support)
            faces[support] = face
            undecided += [_spread_box(box, support, size) for box in face.undecided]
            notes += [face.missing] if face.missing else []
            if face.full:
                if size > 3:
                    notes.append(PLANES_NOT_LISTED)
                    continue
                corners = tuple(tuple(Fraction(int(i == k)) for k in range(3)) for i in range(3))
                return replace(land, cells=(Cell(ends=corners, support=support),), faces=faces)
            for place in face.points:
                point = spread(place.shares, support, size)
                nash, ess = status_at(face, place)
                cell = Cell(ends=(point,), support=support)
                cells.append(cell)
                places[cell] = place
                statuses[point] = bool(nash), ess
                notes += ["whether an absent strategy earns less than a point is not decided"] if nash is None else []
            for curve in face.curves:
                made = curve_cells(curve, face, table.strategies, cells)
                notes += [made] if isinstance(made, str) else []
                for cell, drawn in () if isinstance(made, str) else made:
                    cells.append(cell)
                    statuses[cell.point] = drawn.status
                    if drawn.place is None:
                        curves[cell] = drawn
                    else:
                        places[cell] = drawn.place
    notes += [UNDECIDED_BOXES] if undecided else []
    return replace(
        land,
        cells=tuple(cells),
        complete=not notes,
        note="; ".join(dict.fromkeys(notes)),
        faces=faces,
        places=places,
        curves=curves,
        statuses=statuses,
        undecided=tuple(undecided),
    )


def _spread_box(box: Box, support: Sequence[int], size: int) -> Box:
    return Box(low=spread(box.low, support, size), high=spread(box.high, support, size))
