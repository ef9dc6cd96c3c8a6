r"""Sums of squares by semidefinite programming in floats, made exact.

Wanted are positive semidefinite matrices :math:`Q_k` and numbers :math:`u_j` with

.. math:: \sum_k m_k\, v_k^T Q_k v_k + \sum_j u_j h_j = 0,

for given polynomials :math:`m_k` (products of facts) and :math:`h_j` (equations times monomials) and lists of
polynomials :math:`v_k`; some of the 1 x 1 blocks, the anchors, are to sum to one. A float solver proposes matrices as
far inside the cone as it can. Where they have a kernel (the facts touch), its vectors are rounded to rationals and
projected out, and the smaller program is solved again. Then the entries are rounded, the linear equations solved
exactly for as few of them as possible, and each matrix is taken apart into squares in rational arithmetic, which fails
unless it is positive semidefinite. Sources: Peyrl & Parrilo (2008), Theor. Comput. Sci. 409, 269-281; Permenter &
Parrilo (2018), Math. Program. 171, 1-54.

Not found are sums of squares whose matrices all have a kernel that is not rational: facts that touch at irrational
points some of whose conjugates are complex.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import frexp
from typing import Any, Final

from proofs.facts import Polynomial, rational
from proofs.search.rounding import Equations, Matrix, squares

BITS: Final = (1, 2, 4, 7, 11, 16, 24, 36)
ROUNDS: Final = 8
INSIDE: Final = 1e-7  # least eigenvalue that is worth rounding
TOO_FAR: Final = 1e-4  # least eigenvalues below minus this are not taken for zero
FEW: Final = 4  # blocks that are not worth leaving out
UNUSED: Final = 1e-5  # traces below this part of the largest are taken for zero
KERNELS: Final = (1e-5, 1e-4, 1e-3, 1e-6)  # eigenvalues below these parts of the largest are taken for zero
LONGEST: Final = 60  # denominators of kernel vectors
ANCHORS: Final = ()  # the row of the condition that the anchors sum to one


@dataclass(frozen=True, slots=True)
class Block:
    """One term :math:`m v^T Q v`: the exponents of the facts in m, m divided by a scale, and v."""

    exponents: dict[str, int]
    factor: Polynomial
    scale: Fraction
    basis: tuple[Polynomial, ...]
    anchor: bool = False


@dataclass(frozen=True, slots=True)
class Multiple:
    """An equation times a monomial, with a free weight."""

    index: int
    cofactor: Polynomial
    polynomial: Polynomial


@dataclass(frozen=True, slots=True)
class Program:
    """The blocks and the free terms."""

    blocks: tuple[Block, ...]
    multiples: tuple[Multiple, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """Exact values: a matrix for each block and a weight for each multiple."""

    program: Program
    matrices: list[Matrix]
    weights: list[Fraction]


@dataclass(frozen=True, slots=True)
class _Column:
    """One unknown: entry (i, j) of a block's matrix, or (block None) multiple i; and the polynomial it weighs."""

    block: int | None
    i: int
    j: int
    terms: dict[Any, Any]


def solve(program: Program, seconds: Callable[[], float]) -> Solution | None:
    """Exact matrices, or None if none were found; `seconds` says how many are left.

    First with the blocks alone that a solution of least trace uses, which makes for shorter certificates.
    """
    if len(program.blocks) > FEW and (fewer := _fewer(program, seconds)):
        half = seconds() / 2
        if found := _solved(fewer, lambda: seconds() - half):
            return found
    return _solved(program, seconds)


def _fewer(program: Program, seconds: Callable[[], float]) -> Program | None:
    """The program with the blocks of a solution of least trace; None if that leaves none out."""
    left = seconds()
    found = _Numbers(program, _columns(program)).solve(left, sparse=True) if left > 0 else None
    if found is None:
        return None
    sizes = [float(matrix.trace()) for matrix in found[1]]
    blocks = tuple(b for b, size in zip(program.blocks, sizes, strict=True) if size > UNUSED * max(sizes))
    return replace(program, blocks=blocks) if len(blocks) < len(program.blocks) else None


def _solved(program: Program, seconds: Callable[[], float]) -> Solution | None:
    for _ in range(ROUNDS):
        if not any(block.anchor for block in program.blocks) or (left := seconds()) <= 0:
            return None
        columns = _columns(program)
        found = _Numbers(program, columns).solve(left)
        if found is None:
            return None
        inside, matrices, weights = found
        if inside > INSIDE and (exact := _exact(program, columns, matrices, weights, seconds)):
            return exact
        smaller = _without_kernels(program, matrices)
        if smaller is None:
            return None
        program = smaller
    return None


def _columns(program: Program) -> list[_Column]:
    found = []
    for k, block in enumerate(program.blocks):
        for i, p in enumerate(block.basis):
            left = block.factor * p
            for j in range(i, len(block.basis)):
                terms = dict((left * block.basis[j] * (1 if i == j else 2)).items())
                if block.anchor:
                    terms[ANCHORS] = 1
                found.append(_Column(k, i, j, terms))
    return found + [_Column(None, j, j, dict(term.polynomial.items())) for j, term in enumerate(program.multiples)]


class _Numbers:
    """The program in floats."""

    def __init__(self, program: Program, columns: list[_Column]) -> None:
        from scipy.sparse import csr_matrix

        self.program = program
        self.columns = columns
        rows: dict[Any, int] = {ANCHORS: 0}
        entries = [
            (rows.setdefault(monomial, len(rows)), c, float(x))
            for c, column in enumerate(columns)
            for monomial, x in column.terms.items()
        ]
        where, which, values = zip(*entries, strict=True)
        matrix = csr_matrix((values, (where, which)), shape=(len(rows), len(columns)))
        self.matrix, self.right = _independent(matrix)

    def solve(self, seconds: float, *, sparse: bool = False) -> tuple[float, list[Any], Any] | None:
        """The least eigenvalue of the blocks that are no anchors, all blocks, and the weights of the multiples.

        That eigenvalue is made as large as can be, up to 1, or, if `sparse`, the sum of the traces as small.
        """
        import cvxpy
        import numpy as np

        blocks, inside = self.program.blocks, cvxpy.Variable()
        sizes = [len(block.basis) for block in blocks]
        ones = [c for c, column in enumerate(self.columns) if column.block is not None and sizes[column.block] == 1]
        loose = [c for c, column in enumerate(self.columns) if column.block is None]
        single, free = cvxpy.Variable(max(1, len(ones)), nonneg=True), cvxpy.Variable(max(1, len(loose)))
        many = {k: cvxpy.Variable((n, n), PSD=True) for k, n in enumerate(sizes) if n > 1}
        shift = [float(c.block is not None and c.i == c.j and not blocks[c.block].anchor) for c in self.columns]
        total: Any = (self.matrix @ np.array(shift)) * inside
        total = total + self.matrix[:, ones] @ single if ones else total
        total = total + self.matrix[:, loose] @ free if loose else total
        for k, variable in many.items():
            total = total + self._spread(k, sizes[k]) @ variable.flatten(order="C")
        traces: Any = single.sum() + sum(variable.trace() for variable in many.values())
        problem = (
            cvxpy.Problem(cvxpy.Minimize(traces), [total == self.right, inside == 0])
            if sparse
            else cvxpy.Problem(cvxpy.Maximize(inside), [total == self.right, inside <= 1])
        )
        if not _run(problem, seconds):
            return None
        least: Any = inside.value
        if least < -TOO_FAR:
            return None
        values = iter(np.asarray(single.value))
        shifts = [0.0 if block.anchor else float(least) for block in blocks]
        matrices: list[Any] = [
            np.asarray(many[k].value) + shifts[k] * np.eye(n) if n > 1 else np.array([[next(values) + shifts[k]]])
            for k, n in enumerate(sizes)
        ]
        return float(least), matrices, np.asarray(free.value)

    def _spread(self, block: int, size: int) -> Any:
        """The columns of a block's upper entries as columns of all its entries, row by row."""
        from scipy.sparse import csr_matrix

        which = [c for c, column in enumerate(self.columns) if column.block == block]
        flat = [self.columns[c].i * size + self.columns[c].j for c in which]
        place = csr_matrix(([1.0] * len(flat), (range(len(flat)), flat)), shape=(len(flat), size * size))
        return self.matrix[:, which] @ place


def _independent(matrix: Any) -> tuple[Any, Any]:
    """Linearly independent rows, and their right sides: one for the first row, zero for the others."""
    import numpy as np
    from scipy.linalg import qr

    upper, order = qr(matrix.toarray().T, mode="r", pivoting=True)
    diagonal = abs(np.diag(upper))
    rows = np.sort(order[: int((diagonal > 1e-10 * diagonal[0]).sum())])
    return matrix[rows], (rows == 0).astype(float)


def _run(problem: Any, seconds: float) -> bool:
    """Whether the solver ended with values."""
    import cvxpy

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an inaccurate solution may do: exact arithmetic decides
        try:
            problem.solve(solver=cvxpy.CLARABEL, time_limit=seconds)
        except cvxpy.SolverError:
            return False
    return problem.status in (cvxpy.OPTIMAL, cvxpy.OPTIMAL_INACCURATE)


def _without_kernels(program: Program, matrices: list[Any]) -> Program | None:
    """The program with the kernels of the matrices projected out; None if they have none that is rational."""
    for part in KERNELS:
        largest = max(float(abs(m).max()) for m in matrices)
        blocks = [_reduced(block, m, part, largest) for block, m in zip(program.blocks, matrices, strict=True)]
        if any(len(new.basis) < len(old.basis) for new, old in zip(blocks, program.blocks, strict=True)):
            return replace(program, blocks=tuple(block for block in blocks if block.basis))
    return None


def _reduced(block: Block, matrix: Any, part: float, largest: float) -> Block:
    import numpy as np

    values, vectors = np.linalg.eigh(matrix)
    size = int((values < part * max(float(values[-1]), 0.1 * largest)).sum())
    if size == 0:
        return block
    if size == len(values):
        return replace(block, basis=())
    rows = _complement(vectors[:, :size])
    if rows is None:
        return block
    basis = []
    for row in rows:
        p = block.factor.ring.zero
        for x, q in zip(row, block.basis, strict=True):
            p = p + q * block.factor.ring.domain(x.numerator, x.denominator) if x else p
        basis.append(p)
    return replace(block, basis=tuple(basis))


def _complement(kernel: Any) -> list[list[Fraction]] | None:
    """Rational rows orthogonal to the columns of a float matrix; None if those are not near short rationals."""
    import numpy as np
    from scipy.linalg import qr

    size, count = kernel.shape
    _, _, order = qr(kernel.T, pivoting=True)
    pivots = sorted(order[:count])
    reduced = kernel @ np.linalg.inv(kernel[pivots])
    rows = []
    for i in range(size):
        if i in pivots:
            continue
        row = [Fraction(0)] * size
        row[i] = Fraction(1)
        for pivot, x in zip(pivots, reduced[i], strict=True):
            near = _near(float(x))
            if near is None:
                return None
            row[pivot] = -near
        rows.append(row)
    return rows


def _near(x: float) -> Fraction | None:
    for longest, tolerance in ((1, 0.02), (4, 0.005), (12, 1e-3), (LONGEST, 1e-4)):
        near = Fraction(x).limit_denominator(longest)
        if abs(float(near) - x) <= tolerance * max(1.0, abs(x)):
            return near
    return None


def _exact(
    program: Program, columns: list[_Column], matrices: list[Any], weights: Any, seconds: Callable[[], float]
) -> Solution | None:
    """Rounded values that solve the equations exactly, with matrices that are positive semidefinite."""
    values = [float(weights[c.i]) if c.block is None else float(matrices[c.block][c.i, c.j]) for c in columns]
    room = [
        1e3 if c.block is None else float(abs(matrices[c.block][c.i, c.i] * matrices[c.block][c.j, c.j])) ** 0.5
        for c in columns
    ]
    keep = [c for c, x in enumerate(values) if not (_is_anchor(program, columns[c]) and x < 1e-6)]
    terms = [{m: rational(x) if m != ANCHORS else Fraction(x) for m, x in columns[c].terms.items()} for c in keep]
    system = Equations(terms, [room[c] for c in keep], {ANCHORS: Fraction(1)})
    for bits in BITS:
        if seconds() <= 0:
            return None
        rounded = [Fraction(round(values[c] * 2**bits), 2**bits) for c in keep]
        solved = system.corrected(rounded)
        if solved is None:
            return None
        full = dict(zip(keep, solved, strict=True))
        made = _filled(program, columns, full)
        if all(squares(matrix) is not None for matrix in made.matrices):
            return made
    return None


def _is_anchor(program: Program, column: _Column) -> bool:
    return column.block is not None and program.blocks[column.block].anchor


def _filled(program: Program, columns: list[_Column], values: dict[int, Fraction]) -> Solution:
    matrices = [[[Fraction(0)] * len(b.basis) for _ in b.basis] for b in program.blocks]
    weights = [Fraction(0)] * len(program.multiples)
    for c, value in values.items():
        column = columns[c]
        if column.block is None:
            weights[column.i] = value
        else:
            matrices[column.block][column.i][column.j] = matrices[column.block][column.j][column.i] = value
    return Solution(program, matrices, weights)


def powers_of_two(polynomial: Polynomial) -> Fraction:
    """A power of two near the largest coefficient of a polynomial."""
    return Fraction(2) ** (frexp(max(abs(float(x)) for x in polynomial.values()))[1] - 1)


def squares_of(solution: Solution) -> Iterator[tuple[Block, Fraction, Polynomial]]:
    """The terms weight * block * q^2 of a solution."""
    for block, matrix in zip(solution.program.blocks, solution.matrices, strict=True):
        ring = block.factor.ring
        for weight, vector in squares(matrix) or []:
            q = ring.zero
            for x, p in zip(vector, block.basis, strict=True):
                q = q + p * ring.domain(x.numerator, x.denominator) if x else q
            yield block, weight, q
