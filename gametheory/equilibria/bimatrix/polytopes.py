r"""All vertices of the best-reply polytopes of a two-player game, exactly, degenerate ones too.

With positive payoffs (a constant added changes no equilibrium) the polytopes are :math:`\{z \ge 0, G z \le 1\}`, `G`
the opponent's payoff matrix, the opponent's strategies in the rows. To make every vertex simple, the right-hand sides
become :math:`1 + t \rho_j` for an infinitesimal `t` and fixed integers :math:`\rho_j`. A basis (which `d` constraints
hold with equality) is then a vertex of the perturbed polytope iff every other slack is positive, or zero with a
positive slope in `t`; every vertex of the polytope itself is the limit of one.

The perturbed polytope's graph is connected and every vertex has exactly one neighbor along each of its `d` edges. So a
set of bases that holds the origin, in which each is *proved* to be a vertex and has another beyond each edge (sharing
all but that constraint), is all of them: whatever proposed the edges. Floats propose them; each basis is proved one by
an approximate inverse `R` of its matrix `M` in integers scaled by :math:`2^s`: with :math:`E = 2^s I - R M` and
:math:`\|E\| \le 2^{s-1}` the solution of :math:`M z = 1` lies within :math:`2 \|E\| \|R 1\| / 2^s` of :math:`R 1`. A
slack is 0 if its bound times Hadamard's bound on :math:`\det M` is below 1, because the product is an integer. What
this leaves open is solved in rationals; and where floats went astray, everything is done again by exact pivots.

Source: Avis, Rosenberg, Savani, von Stengel (2010), Economic Theory 42, 9-37, for the polytopes and labels; Rump (1999)
for the bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.equilibria.bimatrix._polytope_kernels import CERTIFIED, traverse
from gametheory.errors import require

Matrix = Sequence[Sequence[int]]

KERNEL_BITS: Final = 20  # of the kernel's matrix entries
KERNEL_LABELS: Final = 63
MAX_BASES: Final = 2_000_000
ATTEMPTS: Final = 8
ZEROS: Final = (1e-11, 1e-8, 1e-13)  # below which floats are proposed to be 0, tried in turn


@dataclass(frozen=True, slots=True)
class Vertices:
    """The vertices of one polytope of `d` variables and `c` inequalities.

    Attributes
    ----------
    bases : array of int
        Feasible bases of the perturbed polytope as bits: `i < d` for variable `i` zero, `d + j` for inequality `j`
        tight; of dtype uint64, or Python integers where those do not suffice.
    labels : array of int
        For each, all constraints that are tight at its vertex of the polytope itself.
    matrix : list of lists of int, shape (c, d)
        `G`, positive.
    """

    bases: NDArray[Any]
    labels: NDArray[Any]
    matrix: Matrix

    @property
    def variables(self) -> int:
        """How many variables there are, d."""
        return len(self.matrix[0])


class _Tie(Exception):
    """The perturbation left a tie; another one is needed."""


def positive_integers(rows: Sequence[Sequence[Fraction]]) -> list[list[int]]:
    """Payoffs times their common denominator, plus a constant that makes all positive and none vanish beside others."""
    scale = lcm(*(value.denominator for row in rows for value in row))
    if scale == 1:
        whole = [[value.numerator for value in row] for row in rows]
    else:
        whole = [[int(value * scale) for value in row] for row in rows]
    least, most = min(map(min, whole)), max(map(max, whole))
    lift = max(1, (most - least) >> 4) - least
    return [[value + lift for value in row] for row in whole]


def polytope_vertices(matrix: Matrix, *, limit: int = MAX_BASES) -> Vertices:
    """All feasible bases of the perturbed polytope and the labels of their vertices (module header).

    Raises
    ------
    InvalidParameter
        If there are more than `limit` bases.
    """
    compiled = len(matrix) + len(matrix[0]) <= KERNEL_LABELS
    for attempt in range(ATTEMPTS):
        shift = _perturbation(len(matrix), attempt)
        try:
            found = _by_kernel(matrix, shift, limit) if compiled and attempt < ATTEMPTS - 2 else None
            return found or _by_pivots(matrix, shift, limit)
        except _Tie:
            continue
    raise AssertionError("every perturbation left a tie")


def solve_basis(matrix: Matrix, basis: int, right: Sequence[Sequence[int]]) -> tuple[list[int], list[int], Any, Any]:
    """The basic variables, the tight rows, and numerators and denominator of the solution for columns `right`."""
    from flint import fmpz_mat

    columns = len(matrix[0])
    basic = [i for i in range(columns) if not basis >> i & 1]
    tight = [j for j in range(len(matrix)) if basis >> (columns + j) & 1]
    block = fmpz_mat([[matrix[j][i] for i in basic] for j in tight])
    solution: Any = block.solve(fmpz_mat([list(right[j]) for j in tight]))
    numerators, denominator = solution.numer_denom()
    return basic, tight, numerators, denominator


def determinant_sign(matrix: Matrix, basis: int) -> int:
    """The sign of the determinant of a basis."""
    from flint import fmpz_mat

    columns = len(matrix[0])
    basic = [i for i in range(columns) if not basis >> i & 1]
    tight = [j for j in range(len(matrix)) if basis >> (columns + j) & 1]
    value = int(fmpz_mat([[matrix[j][i] for i in basic] for j in tight]).det())
    return (value > 0) - (value < 0)


def _perturbation(size: int, attempt: int) -> list[int]:
    """Distinct-looking positive integers below 2^16, the same in every run."""
    state, found = 12345 + 7919 * attempt, []
    for _ in range(size):
        state = (state * 1103515245 + 12345) % 2**31
        found.append(state >> 15 | 1)
    return found


def _by_kernel(matrix: Matrix, shift: Sequence[int], limit: int) -> Vertices | None:
    """Compiled traversal; None if floats went astray. Bases that it could not certify are decided here."""
    heaviest = max(map(max, matrix))
    excess = heaviest >> KERNEL_BITS
    scaled = matrix if excess == 0 else [[(value << KERNEL_BITS) // heaviest for value in row] for row in matrix]
    whole = np.array(scaled, dtype=np.int64)
    moves = np.array(shift, dtype=np.int64)
    for zero in ZEROS:
        count, wrong, bases, labels, status = traverse(whole, int(excess > 0), moves, limit, zero)
        require(wrong != 2, "game", f"more than {limit} bases", f"a game with at most {limit} bases of its polytopes")
        if not wrong and _settled(matrix, shift, bases[:count], labels[:count], status[:count]):
            return Vertices(bases[:count].copy(), labels[:count].copy(), matrix)
    return None


def _settled(
    matrix: Matrix, shift: Sequence[int], bases: NDArray[Any], labels: NDArray[Any], status: NDArray[Any]
) -> bool:
    """Decide exactly what the kernel could not certify, writing the labels; False if one is no vertex."""
    for k in np.flatnonzero(status != CERTIFIED).tolist():
        exact = _exact_labels(matrix, shift, int(bases[k]))
        if exact is None:
            return False
        labels[k] = exact
    return True


def _exact_labels(matrix: Matrix, shift: Sequence[int], basis: int) -> int | None:
    """Labels of a basis that is a vertex of the perturbed polytope; None if it is none. Exact."""
    columns, labels = len(matrix[0]), basis
    right = [(1, value) for value in shift]
    try:
        basic, tight, values, scale = solve_basis(matrix, basis, right)
    except ZeroDivisionError:
        return None
    sign = 1 if scale > 0 else -1
    own = [(basic[i], values[i, 0], values[i, 1]) for i in range(len(basic))]
    rest = sorted(set(range(len(matrix))) - set(tight))
    others = []
    for j in rest:
        row = [matrix[j][i] for i in basic]
        level = scale - sum(entry * value for entry, (_, value, _) in zip(row, own, strict=True))
        slope = scale * shift[j] - sum(entry * value for entry, (_, _, value) in zip(row, own, strict=True))
        others.append((columns + j, level, slope))
    for label, level, slope in [*own, *others]:
        if level == 0:
            if slope == 0:
                raise _Tie
            labels |= 1 << label
        if sign * (level or slope) < 0:
            return None
    return labels


def _by_pivots(matrix: Matrix, shift: Sequence[int], limit: int) -> Vertices:
    """The same traversal in exact rational arithmetic throughout."""
    origin = (1 << len(matrix[0])) - 1
    seen, labels, queue = {origin}, [], [origin]
    for basis in queue:  # grows while it is read
        full, neighbors = _neighbors(matrix, shift, basis)
        labels.append(full)
        for other in neighbors:
            if other not in seen:
                require(len(seen) < limit, "game", f"more than {limit} bases", f"a game with at most {limit} bases")
                seen.add(other)
                queue.append(other)
    return Vertices(np.array(queue, dtype=object), np.array(labels, dtype=object), matrix)


def _neighbors(matrix: Matrix, shift: Sequence[int], basis: int) -> tuple[int, list[int]]:
    """Labels of one basis and the bases beyond its edges: one dictionary, and a ratio test for each column."""
    from flint import fmpz_mat

    rows, columns = len(matrix), len(matrix[0])
    basic = [i for i in range(columns) if not basis >> i & 1]
    idle = [i for i in range(columns) if basis >> i & 1]
    tight = [j for j in range(rows) if basis >> (columns + j) & 1]
    loose = [j for j in range(rows) if not basis >> (columns + j) & 1]
    leaving = idle + [columns + j for j in tight]
    entering = basic + [columns + j for j in loose]
    # how basic variables and loose slacks fall when an idle variable or a tight slack grows; last, their values
    right = [[matrix[j][i] for i in idle] + [int(j == k) for k in tight] + [1, shift[j]] for j in tight]
    lower = [[matrix[j][i] for i in idle] + [0] * len(tight) + [1, shift[j]] for j in loose]
    scale, table = 1, lower
    if basic:
        solution: Any = fmpz_mat([[matrix[j][i] for i in basic] for j in tight]).solve(fmpz_mat(right))
        top, scale = solution.numer_denom()
        table = top.table()
        if loose:
            table += (fmpz_mat(lower) * scale - fmpz_mat([[matrix[j][i] for i in basic] for j in loose]) * top).table()
    sign = 1 if scale > 0 else -1
    labels = basis
    for label, row in zip(entering, table, strict=True):
        if row[-2] == 0:
            if row[-1] == 0:
                raise _Tie
            labels |= 1 << label
    found = []
    for column, label in enumerate(leaving):
        falling = [(k, row[column]) for k, row in enumerate(table) if sign * row[column] > 0]
        best = min(falling, key=lambda entry: _Ratio(table[entry[0]][-2:], entry[1]))
        ties = [k for k, rate in falling if _Ratio(table[k][-2:], rate) == _Ratio(table[best[0]][-2:], best[1])]
        if len(ties) > 1:
            raise _Tie
        found.append(basis ^ (1 << label) ^ (1 << entering[best[0]]))
    return labels, found


class _Ratio:
    """(level + t slope) / rate, ordered for small t."""

    __slots__ = ("level", "slope")

    def __init__(self, values: Sequence[Any], rate: Any) -> None:
        self.level = Fraction(int(values[0]), int(rate))
        self.slope = Fraction(int(values[1]), int(rate))

    def __lt__(self, other: "_Ratio") -> bool:
        return (self.level, self.slope) < (other.level, other.slope)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ratio) and (self.level, self.slope) == (other.level, other.slope)

    __hash__ = None  # type: ignore[assignment]
