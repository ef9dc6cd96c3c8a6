r"""The linear programs of correlated equilibria: floats propose a vertex, exact pivots finish it.

Maximize :math:`c \cdot x` over :math:`x \ge 0`, :math:`\sum_j x_j = 1`, :math:`G x \le 0`. For any multipliers
:math:`y \ge 0` the value is at most :math:`\max_j (c_j - y \cdot G_j)` (weak duality); an optimal basis gives
multipliers for which the two are equal. HiGHS solves the program in floats. The columns whose reduced costs vanish
there, those with weight first, are reduced exactly, the first independent ones are taken for a basis, and primal
simplex steps in rationals go on from it until every reduced cost has the right sign: usually none is needed, and from
any basis they end at an optimum (Bland 1977, Math. Oper. Res. 2, 103). Where the basis is not feasible, one artificial
column makes it so and is driven out first. Nothing that floats said is in the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.intervals import as_fraction
from gametheory.errors import NotConverged

Column = tuple[int, ...]

WEIGHT: Final = 1e-9  # below it a float is taken for zero
PATIENCE: Final = 60  # steps by the largest reduced cost, before Bland's rule
ARTIFICIAL: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """Objective and incentive constraints, all over one denominator.

    Attributes
    ----------
    objective : ndarray of int (dtype object) or float64, shape (columns,)
    gains : ndarray of the same dtype, shape (rows, columns)
        What a deviation gains where a column is drawn; their mean may not be positive.
    denominator : int
        1 for floats.
    """

    objective: NDArray[Any]
    gains: NDArray[Any]
    denominator: int = 1

    @property
    def exact(self) -> bool:
        """Whether the numbers are integers."""
        return bool(self.objective.dtype == object)


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """Weights, multipliers and value, and a bound on the value of every feasible point."""

    weights: dict[int, Any]
    multipliers: tuple[Any, ...]
    value: Any
    bound: Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Floats:
    weights: NDArray[np.float64]
    slacks: NDArray[np.float64]
    multipliers: NDArray[np.float64]
    reduced: NDArray[np.float64]


def solved(program: Program) -> Optimum:
    """The maximum in floats, with a bound from its multipliers that rounding cannot spoil.

    Raises
    ------
    NotConverged
        If HiGHS gives up.

    Examples
    --------
    >>> program = Program(objective=np.array([0.0, 1.0]), gains=np.array([[-1.0, 2.0]]))
    >>> round(solved(program).value, 12)
    0.333333333333
    """
    objective, gains = _as_floats(program)
    found = _proposal(objective, gains)
    # errors of the products: a relative 2^-53 for each number, product and sum
    terms = np.abs(objective) + found.multipliers @ np.abs(gains)
    bound = float((objective - found.multipliers @ gains + (len(gains) + 6) * 2.0**-52 * terms).max())
    weights = {int(j): float(found.weights[j]) for j in np.flatnonzero(found.weights > WEIGHT)}
    total = sum(weights.values())
    weights = {j: w / total for j, w in weights.items()}
    value = float(sum(w * objective[j] for j, w in weights.items()))
    return Optimum(weights=weights, multipliers=tuple(found.multipliers.tolist()), value=value, bound=bound)


def solved_exactly(program: Program) -> Optimum:
    """The maximum of an exact program at a vertex, with multipliers that prove it.

    Raises
    ------
    NotConverged
        If HiGHS gives up.

    Examples
    --------
    >>> ints = lambda rows: np.array(rows, dtype=object)
    >>> best = solved_exactly(Program(objective=ints([0, 1]), gains=ints([[-1, 2]])))
    >>> best.weights, best.multipliers, best.value == best.bound
    ({0: Fraction(2, 3), 1: Fraction(1, 3)}, (Fraction(1, 3),), True)
    """
    objective, gains = _as_floats(program)
    tableau = _Tableau(program)
    basis = tableau.first_independent(_ranked(_proposal(objective, gains)))
    basis = tableau.improved(tableau.feasible(basis))
    values, prices = tableau.values(basis), tableau.prices(basis)
    count = tableau.columns
    weights = {j: value for j, value in sorted(zip(basis, values, strict=True)) if 0 <= j < count and value > 0}
    reduced = tableau.reduced(prices)
    if min(values) < 0 or max(reduced) > 0:
        raise AssertionError("an optimal basis is not optimal")
    value = prices[-1] / program.denominator  # y . b, and b is 1 in the last row alone
    return Optimum(weights=weights, multipliers=tuple(prices[:-1]), value=value, bound=value)


class _Tableau:
    """The equations G x + s = 0, sum x = 1 over the integers; column `columns + i` is the slack of row i."""

    def __init__(self, program: Program) -> None:
        self.gains, self.objective = program.gains, program.objective
        self.rows, self.columns = program.gains.shape
        self.artificial: Column = ()

    def column(self, index: int) -> Column:
        if index == ARTIFICIAL:
            return self.artificial
        if index < self.columns:
            return (*self.gains[:, index].tolist(), 1)
        return tuple(int(i == index - self.columns) for i in range(self.rows + 1))

    def matrix(self, indices: Sequence[int]) -> Any:
        from flint import fmpq_mat

        listed = [self.column(index) for index in indices]
        return fmpq_mat(self.rows + 1, len(indices), [column[i] for i in range(self.rows + 1) for column in listed])

    def first_independent(self, indices: Sequence[int]) -> list[int]:
        """The first columns that make a basis, the slacks after all others."""
        slacks = range(self.columns, self.columns + self.rows)
        listed = [*indices, *(j for j in slacks if j not in set(indices))]
        reduced, rank = self.matrix(listed).rref()
        table = reduced.tolist()
        return [listed[next(j for j, value in enumerate(table[i]) if value != 0)] for i in range(rank)]

    def solved(self, basis: Sequence[int], right: Sequence[int], *, transposed: bool = False) -> list[Fraction]:
        from flint import fmpq_mat

        matrix = self.matrix(basis)
        found = (matrix.transpose() if transposed else matrix).solve(fmpq_mat(len(basis), 1, list(right)))
        return [as_fraction(value) for value in found.entries()]

    def values(self, basis: Sequence[int]) -> list[Fraction]:
        return self.solved(basis, [0] * self.rows + [1])

    def prices(self, basis: Sequence[int], *, phase_one: bool = False) -> list[Fraction]:
        costs = [-int(j == ARTIFICIAL) if phase_one else self.cost(j) for j in basis]
        return self.solved(basis, costs, transposed=True)

    def cost(self, index: int) -> int:
        return int(self.objective[index]) if 0 <= index < self.columns else 0

    def reduced(self, prices: Sequence[Fraction], *, phase_one: bool = False) -> list[Any]:
        """Reduced costs of all columns, slacks last, times the prices' common denominator."""
        scale = lcm(*(price.denominator for price in prices))
        whole = [int(price * scale) for price in prices]
        used = [i for i, price in enumerate(whole[:-1]) if price]
        costs = np.zeros(self.columns, dtype=object) if phase_one else self.objective * scale
        for i in used:
            costs = costs - whole[i] * self.gains[i]
        return [*(costs - whole[-1]).tolist(), *(-price for price in whole[:-1])]

    def improved(self, basis: list[int], *, phase_one: bool = False) -> list[int]:
        """Primal simplex steps to an optimal basis."""
        steps = 0
        while True:
            reduced = self.reduced(self.prices(basis, phase_one=phase_one), phase_one=phase_one)
            best = max(reduced)
            if best <= 0 or (phase_one and ARTIFICIAL not in basis):
                return basis
            bland = steps >= PATIENCE
            entering = next(j for j, value in enumerate(reduced) if (value > 0 if bland else value == best))
            basis = self.pivoted(basis, entering)
            steps += 1

    def pivoted(self, basis: list[int], entering: int) -> list[int]:
        """The basis after `entering` has pushed out the first column to reach zero, of those the lowest."""
        values, change = self.values(basis), self.solved(basis, self.column(entering))
        falling = [(v / d, j, k) for k, (v, d, j) in enumerate(zip(values, change, basis, strict=True)) if d > 0]
        place = min(falling)[2]  # weights sum to 1: something falls
        return [*basis[:place], entering, *basis[place + 1 :]]

    def feasible(self, basis: list[int]) -> list[int]:
        """A basis whose values are not negative: this one, or one found through an artificial column."""
        values = self.values(basis)
        if min(values) >= 0:
            return basis
        columns = [self.column(j) for j, value in zip(basis, values, strict=True) if value < 0]
        self.artificial = tuple(-sum(entries) for entries in zip(*columns, strict=True))
        worst = values.index(min(values))
        basis = self.improved([*basis[:worst], ARTIFICIAL, *basis[worst + 1 :]], phase_one=True)
        if ARTIFICIAL not in basis:
            return basis
        place = basis.index(ARTIFICIAL)  # at zero: equilibria exist, so any column may take its place
        if self.values(basis)[place] != 0:
            raise AssertionError("a program of correlated equilibria has no feasible point")
        return self.first_independent([*basis[:place], *basis[place + 1 :], *range(self.columns)])


def _as_floats(program: Program) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Objective and gains as floats, over the denominator."""
    if not program.exact:
        return program.objective, program.gains
    scale = program.denominator

    def nearest(values: NDArray[Any]) -> NDArray[np.float64]:
        flat = [value / scale for value in values.ravel().tolist()]  # Python rounds a quotient of integers correctly
        return np.array(flat, dtype=np.float64).reshape(values.shape)

    return nearest(program.objective), nearest(program.gains)


def _proposal(objective: NDArray[np.float64], gains: NDArray[np.float64]) -> _Floats:
    """What HiGHS finds, rows and objective scaled to 1 for it and back after."""
    from scipy.optimize import linprog

    size = float(np.abs(objective).max()) or 1.0
    sizes = np.abs(gains).max(axis=1, initial=0.0)
    sizes[sizes == 0] = 1.0
    count = len(objective)
    found = linprog(
        -objective / size,
        A_ub=gains / sizes[:, None],
        b_ub=np.zeros(len(gains)),
        A_eq=np.ones((1, count)),
        b_eq=[1.0],
        method="highs-ds",
    )
    if found.x is None:
        raise NotConverged(f"the linear program was not solved: {found.message}")
    multipliers = np.maximum(-found.ineqlin.marginals, 0.0)
    return _Floats(
        weights=np.maximum(found.x, 0.0),
        slacks=found.ineqlin.residual,
        multipliers=multipliers * size / sizes,
        reduced=np.concatenate([found.lower.marginals, multipliers]),
    )


def _ranked(found: _Floats) -> list[int]:
    """Columns that a basis may hold: those with weight, then those that cost nothing."""
    weights = np.concatenate([found.weights, found.slacks])
    heavy = np.flatnonzero(weights > WEIGHT)
    heavy = heavy[np.argsort(-weights[heavy], kind="stable")]
    free = [int(j) for j in np.flatnonzero(np.abs(found.reduced) <= WEIGHT) if weights[j] <= WEIGHT]
    some = max(20, 4 * len(found.slacks))
    start = [int(j) for j in heavy] + free[:some] + free[some:][:: max(1, len(free) // some)]
    return start if start else [0]
