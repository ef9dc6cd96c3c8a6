r"""Linear systems and Markov chains in the arithmetic of their numbers: rationals, floats or symbols.

A matrix is a list of rows. One float makes all of it floats (numpy), a symbol makes it symbolic (sympy, over the
field of rational functions), else it is exact (flint). A transition whose probability is a symbol counts as possible.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from gametheory.errors import NotConverged
from gametheory.exact import Number, is_exact, is_symbolic, unify

Matrix = list[list[Number]]
Vector = list[Number]


def solve(matrix: Matrix, right: Matrix) -> Matrix:
    """The solution `X` of ``matrix X = right``, columns of `right` one by one.

    Raises
    ------
    NotConverged
        If the matrix is singular.

    Examples
    --------
    >>> solve([[Fraction(2), Fraction(1)], [Fraction(0), Fraction(1)]], [[Fraction(3)], [Fraction(1)]])
    [[Fraction(1, 1)], [Fraction(1, 1)]]
    """
    if not matrix:
        return []
    entries = [value for row in [*matrix, *right] for value in row]
    if any(is_symbolic(value) for value in entries):
        return _symbolic(matrix, right)
    if all(is_exact(value) for value in entries):
        return _exact(matrix, right)
    found = np.linalg.solve(np.array(matrix, dtype=float), np.array(right, dtype=float))
    rows: Matrix = found.tolist()
    return rows


def resolvent_applied(transitions: Matrix, values: Matrix, *, discount_factor: Number) -> Matrix:
    r""":math:`(1 - \omega)(I - \omega M)^{-1}` times columns of values."""
    size = len(transitions)
    left = [[int(i == j) - discount_factor * transitions[i][j] for j in range(size)] for i in range(size)]
    weighted = [[(1 - discount_factor) * value for value in row] for row in values]
    return solve(left, weighted)


def limit_occupancy(transitions: Matrix, start: Vector) -> Vector:
    """Long-run shares of time in each state, from an initial distribution; exact if the chain is.

    Transient states hold 0. Each closed class gets the probability that the chain ends in it, spread by its
    stationary distribution; where there are several, or none is reached for sure, the answer depends on `start`.

    Examples
    --------
    >>> one, half = Fraction(1), Fraction(1, 2)
    >>> chain = [[half, half, 0], [0, 0, one], [0, one, 0]]
    >>> [str(share) for share in limit_occupancy(chain, [one, 0, 0])]
    ['0', '1/2', '1/2']
    """
    size = len(transitions)
    reached = _reachable(transitions, [i for i in range(size) if start[i] != 0])
    classes = closed_classes(transitions, reached)
    member = {state for states in classes for state in states}
    passing = [state for state in sorted(reached) if state not in member]
    left = [[int(i == j) - transitions[i][j] for j in passing] for i in passing]
    into = [[sum((transitions[i][j] for j in states), start=0 * start[i]) for states in classes] for i in passing]
    absorbed = solve(left, into)
    occupancy: Vector = [0 * start[0]] * size
    for number, states in enumerate(classes):
        weight = sum((start[i] for i in states), start=0 * start[0])
        weight += sum((start[i] * absorbed[k][number] for k, i in enumerate(passing)), start=0 * start[0])
        for state, share in zip(states, _stationary(transitions, states), strict=True):
            occupancy[state] = weight * share
    return occupancy


def closed_classes(transitions: Matrix, among: set[int]) -> list[list[int]]:
    """The sets of states that, once entered, are never left and are visited for ever."""
    successors = {i: [j for j, value in enumerate(transitions[i]) if value != 0] for i in among}
    found, seen = [], set()
    for component in _components(successors):
        seen |= component
        if all(j in component for i in component for j in successors[i]):
            found.append(sorted(component))
    return sorted(found)


def as_one_arithmetic(rows: Matrix) -> Matrix:
    """The same matrix with all entries in one arithmetic."""
    sizes = [len(row) for row in rows]
    flat = iter(unify([Fraction(v) if isinstance(v, int) else v for row in rows for v in row]))
    return [[next(flat) for _ in range(size)] for size in sizes]


def latex(value: Number) -> str:
    """A number as LaTeX; expressions by sympy."""
    if is_symbolic(value):
        from sympy import latex as expression

        return str(expression(value))
    if isinstance(value, Fraction) and value.denominator != 1:
        return rf"{'-' * (value < 0)}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    return str(value)


def _stationary(transitions: Matrix, states: Sequence[int]) -> Vector:
    """The stationary distribution of an irreducible closed class."""
    size = len(states)
    if size == 1:
        return [1 + 0 * transitions[states[0]][states[0]]]
    left = [[transitions[states[j]][states[i]] - int(i == j) for j in range(size)] for i in range(size)]
    left[-1] = [Fraction(1)] * size
    right = [[Fraction(int(i == size - 1))] for i in range(size)]
    return [row[0] for row in solve(as_one_arithmetic(left), right)]


def _reachable(transitions: Matrix, start: Sequence[int]) -> set[int]:
    seen, todo = set(start), list(start)
    while todo:
        state = todo.pop()
        for after, value in enumerate(transitions[state]):
            if value != 0 and after not in seen:
                seen.add(after)
                todo.append(after)
    return seen


def _components(successors: dict[int, list[int]]) -> list[set[int]]:
    """Strongly connected components, by Kosaraju's two searches without recursion."""
    order: list[int] = []
    seen: set[int] = set()
    for root in successors:
        stack = [(root, iter(successors[root]))] if root not in seen else []
        seen.add(root)
        while stack:
            state, rest = stack[-1]
            after = next((j for j in rest if j not in seen), None)
            if after is None:
                order.append(state)
                stack.pop()
            else:
                seen.add(after)
                stack.append((after, iter(successors[after])))
    before: dict[int, list[int]] = {state: [] for state in successors}
    for state, listed in successors.items():
        for after in listed:
            before[after].append(state)
    components, placed = [], set()
    for root in reversed(order):
        if root in placed:
            continue
        component, todo = {root}, [root]
        while todo:
            for state in before[todo.pop()]:
                if state not in placed and state not in component:
                    component.add(state)
                    todo.append(state)
        placed |= component
        components.append(component)
    return components


def _exact(matrix: Matrix, right: Matrix) -> Matrix:
    from flint import fmpq_mat

    from gametheory.algebra.intervals import as_flint, as_fraction

    size, width = len(matrix), len(right[0])
    left = fmpq_mat(size, size, [as_flint(Fraction(v)) for row in matrix for v in row])
    columns = fmpq_mat(size, width, [as_flint(Fraction(v)) for row in right for v in row])
    try:
        found = left.solve(columns)
    except ZeroDivisionError:
        raise NotConverged("the linear system is singular") from None
    return [[as_fraction(found[i, j]) for j in range(width)] for i in range(size)]


def _symbolic(matrix: Matrix, right: Matrix) -> Matrix:
    import sympy as sp
    from sympy.polys.matrices import DomainMatrix
    from sympy.polys.matrices.exceptions import DMNonInvertibleMatrixError

    def as_expression(value: Number) -> Any:
        return sp.Rational(value.numerator, value.denominator) if is_exact(value) else value

    size = len(matrix)
    joined = [[as_expression(v) for v in [*row, *extra]] for row, extra in zip(matrix, right, strict=True)]
    whole = DomainMatrix.from_list_sympy(size, len(joined[0]), joined).to_field()
    try:
        found = whole[:, :size].lu_solve(whole[:, size:])
    except DMNonInvertibleMatrixError:
        raise NotConverged("the linear system is singular") from None
    rows: Matrix = [list(map(sp.factor, row)) for row in found.to_Matrix().tolist()]
    return rows
