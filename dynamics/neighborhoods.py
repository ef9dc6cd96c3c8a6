r"""Sets of populations that certainly converge to a given rest point of the replicator dynamics: exact inner basins.

*Lyapunov.* For a point `p` let :math:`V = \prod_i x_i^{p_i}` and :math:`H = \sum_i (p_i - x_i) f_i(x)`, so that
:math:`\dot V = V H`. Cut the copy :math:`R_\delta = \{x : x_k \ge (1 - \delta) p_k\}` of the simplex, shrunk towards
`p` by :math:`\delta`, into one simplex for each facet that does not hold `p` (and these in halves where need be). There
`H` has a Bernstein form with rational coefficients; if none is negative, and that at each corner but `p` is positive
(for :math:`\delta = 1`, some on the way there), then :math:`H > 0` on it but at `p` (for :math:`\delta = 1`: where
V > 0). The largest V on the rim of :math:`R_\delta` is

.. math:: \rho = \max_k (1 - \delta)^{p_k} \Bigl(\frac{1 - (1 - \delta) p_k}{1 - p_k}\Bigr)^{1 - p_k}

times V(p), and V is log-concave, so :math:`\{V > \rho V(p)\}` lies inside: V rises there, towards `p` alone. For a
strict equilibrium at corner i that is :math:`\{x_i > 1 - \delta\}` (Hofbauer & Sigmund 1998, 7.2).
With :math:`p_i = a_i / q` all is decided on :math:`V^q`, in integers.

*Potential.* If, after an amount for each column, the matrix of an affine game is symmetric, :math:`V = x \cdot B x`
rises along every orbit that moves (H&S 7.8). Let `p` be an isolated local maximum, and `v` the largest V below V(p) at
rest points that are not isolated maxima themselves: then the connected piece of :math:`\{V > v\}` around `p` holds no
other rest point (a second maximum would come with a pass between, at a value above v and below V(p), and a pass is no
isolated maximum), so all of it converges to `p`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import lcm, prod
from typing import Any, Final

from gametheory.algebra.bernstein import from_values, ring, values_of
from gametheory.errors import InvalidParameter, require
from gametheory.exact import Number, as_number, is_exact, to_text
from gametheory.games import Game, PayoffTable, TableGame, affine_matrix, payoff_table

GRAIN: Final = 256  # delta is a multiple of 1 / GRAIN
HALVINGS: Final = 6
AREA_SIDE: Final = {2: 2000, 3: 200, 4: 24}
Shares = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LyapunovNeighborhood:
    """A neighborhood that is forward invariant and whose points all converge to `point`: proved in rationals.

    Attributes
    ----------
    strategies : tuple of str, length m
    point : tuple of Fraction, length m
    shrinkage : Fraction
        The delta of the module header, in (0, 1]; 1 if all populations with every strategy of `point` converge.
    exponents : tuple of int, length m
        Of the function `prod x_i^a_i`, the integers a_i = q p_i.
    level : Fraction
        The set is where that function exceeds this.
    set : str
        As a formula of the claims language.
    volume : number
        Share of the simplex: a Fraction at a corner, else a float from a fine grid (an estimate, not a bound).
    """

    strategies: tuple[str, ...]
    point: Shares
    shrinkage: Fraction
    exponents: tuple[int, ...]
    level: Fraction
    set: str
    volume: Number

    def contains(self, shares: Sequence[Number]) -> bool:
        """Whether a population, read exactly, is in the set."""
        exact = _exact_shares(shares, len(self.strategies))
        return prod((x**a for x, a in zip(exact, self.exponents, strict=True)), start=Fraction(1)) > self.level


@dataclass(frozen=True, slots=True, kw_only=True)
class PotentialBasin:
    """A piece of a superlevel set of a potential, all of whose points converge to `point`: proved in rationals.

    Attributes
    ----------
    strategies : tuple of str, length m
    point : tuple of Fraction, length m
    matrix : tuple of tuples of Fraction
        The symmetric `B` of the potential `x B x`.
    level : Fraction
        The set is the connected piece around `point` of where the potential exceeds this.
    set : str
        That inequality, as a formula of the claims language.
    volume : float
        Share of the simplex for which `contains` is true, from a fine grid (an estimate, not a bound).
    """

    strategies: tuple[str, ...]
    point: Shares
    matrix: tuple[tuple[Fraction, ...], ...]
    level: Fraction
    set: str
    volume: float

    def contains(self, shares: Sequence[Number]) -> bool:
        """Whether the potential exceeds the level all along the segment from `shares`, read exactly, to `point`."""
        return _segment_above(self.matrix, _exact_shares(shares, len(self.strategies)), self.point, self.level)


def certified_neighborhood(game: Game | PayoffTable, point: Sequence[Number]) -> LyapunovNeighborhood:
    """The largest neighborhood of a rest point that the Bernstein form of `H` proves to converge to it.

    Parameters
    ----------
    game : Game or PayoffTable
        With numbers for parameters, payoffs of any kind; floats are read as the rationals that they are.
    point : sequence of number, length m
        Rational shares: a strict equilibrium at a corner or, more generally, an evolutionarily stable point.

    Raises
    ------
    InvalidParameter
        If `point` is no population, or the proof fails for every size tried (as at every point that is not locally
        superior, and at some that are but only barely).

    Examples
    --------
    >>> from gametheory import PublicGoodsGame, game_from_payoffs
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> found = certified_neighborhood(game, [0, 1, 0])
    >>> found.set, str(found.volume)
    ('D > 89/128', '1521/16384')
    >>> certified_neighborhood(game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"]), ['1/2', '1/2']).shrinkage
    Fraction(1, 1)
    """
    table = exact_table(game)
    shares = _exact_shares(point, len(table.strategies))
    function = _advantage(table, shares)
    if _holds(function, shares, Fraction(1)):
        low = GRAIN
    else:
        low, high = 0, GRAIN
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _holds(function, shares, Fraction(middle, GRAIN)) else (low, middle)
        require(low > 0, "point", [to_text(x) for x in shares], "a point whose superiority Bernstein coefficients show")
    return _lyapunov(table.strategies, shares, Fraction(low, GRAIN))


def certified_potential_basin(game: Game | PayoffTable, point: Sequence[Number]) -> PotentialBasin:
    """The set around a rest point that a potential proves to converge to it.

    Parameters
    ----------
    game : Game or PayoffTable
        With payoffs affine in the counts and a matrix that is symmetric up to an amount for each column.
    point : sequence of number, length m
        An isolated local maximum of the potential.

    Raises
    ------
    InvalidParameter
        If the game has no such potential, its rest points are not all known, or `point` is no isolated maximum.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([[1, 0, 0], [0, 2, 0], [0, 0, 3]], ["A", "B", "C"])
    >>> found = certified_potential_basin(game, [0, 0, 1])
    >>> found.set, round(found.volume, 2)
    ('1*A*A + 2*B*B + 3*C*C > 6/5', 0.18)
    """
    table = exact_table(game)
    shares = _exact_shares(point, len(table.strategies))
    matrix = potential_matrix(table)
    if matrix is None:
        raise InvalidParameter("game", table.strategies, "one whose matrix is symmetric up to amounts for each column")
    level = _pass_level(table, matrix, shares)
    names = table.strategies
    terms = [
        f"{to_text(matrix[i][j] * (1 if i == j else 2))}*{names[i]}*{names[j]}"
        for i in range(len(names))
        for j in range(i, len(names))
        if matrix[i][j] != 0
    ]
    text = f"{' + '.join(terms) or '0'} > {to_text(level)}"
    floats = [[float(value) for value in row] for row in matrix]
    volume = _volume(len(names), lambda x: _segment_above(floats, x, [float(v) for v in shares], float(level)))
    return PotentialBasin(strategies=names, point=shares, matrix=matrix, level=level, set=text, volume=volume)


def potential_matrix(game: Game | PayoffTable) -> tuple[tuple[Fraction, ...], ...] | None:
    """The symmetric matrix that an affine game has after an amount for each column; None if it has none.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> [[str(v) for v in row] for row in potential_matrix(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]))]
    [['3', '5'], ['5', '6']]
    """
    matrix = affine_matrix(exact_table(game))
    if matrix is None:
        return None
    size = len(matrix)
    shifts = [matrix[0][j] - matrix[j][0] for j in range(size)]
    symmetric = tuple(tuple(matrix[i][j] - shifts[j] for j in range(size)) for i in range(size))
    same = all(symmetric[i][j] == symmetric[j][i] for i, j in combinations(range(size), 2))
    return symmetric if same else None


def exact_table(game: Game | PayoffTable) -> PayoffTable:
    """The payoffs as rationals; floats are read as exactly the rationals that they are."""
    table = game if isinstance(game, PayoffTable) else payoff_table(game)
    rows = tuple(tuple(Fraction(value) for value in row) for row in table.values)
    return PayoffTable(strategies=table.strategies, group_size=table.group_size, values=rows)


def _exact_shares(shares: Sequence[Number], size: int) -> Shares:
    numbers = [as_number(x, name="point") for x in shares]
    rational = len(numbers) == size and all(is_exact(x) or isinstance(x, float) for x in numbers)
    exact = tuple(Fraction(x) for x in numbers) if rational else ()
    slack = Fraction(1, 10**9) if any(isinstance(x, float) for x in numbers) else Fraction(0)
    total = sum(exact, Fraction(0))
    fits = rational and min(exact) >= 0 and abs(total - 1) <= slack
    require(fits, "point", list(shares), f"{size} rational shares >= 0 that sum to 1")
    return exact if total == 1 else tuple(x / total for x in exact)


def _advantage(table: PayoffTable, point: Shares) -> Any:
    """The polynomial H, in the coordinates of flint's ring."""
    size = len(point)
    matrix = affine_matrix(table)
    degree = 1 if matrix is not None else table.group_size - 1
    rows = matrix if matrix is not None else table.values
    gens = ring(size).gens()
    shares = [1 - sum(gens), *gens]
    total = ring(size).constant(0)
    for p, x, row in zip(point, shares, rows, strict=True):
        total += (_flint(p) - x) * from_values(row, degree, size)
    return total


def _flint(value: Fraction) -> Any:
    from flint import fmpq

    return fmpq(value.numerator, value.denominator)


def _holds(function: Any, point: Shares, shrinkage: Fraction) -> bool:
    """Whether Bernstein coefficients prove H > 0 on the shrunk simplex, but at the point."""
    size = len(point)
    corners = [
        tuple((1 - shrinkage) * p + (shrinkage if i == j else 0) for i, p in enumerate(point)) for j in range(size)
    ]
    return all(
        _positive(function, [point, *(corners[j] for j in range(size) if j != k)], rim=shrinkage < 1)
        for k in range(size)
        if point[k] > 0
    )


def _positive(function: Any, vertices: Sequence[Shares], *, rim: bool, halvings: int = HALVINGS) -> bool:
    """Whether the form on a simplex is positive but at its first vertex (with the rim opposite, or without).

    Where coefficients do not show it, the longest edge opposite is halved.
    """
    size = len(vertices)
    gens = ring(size).gens()
    weights = [1 - sum(gens), *gens]
    places = [sum(_flint(v[i]) * w for v, w in zip(vertices, weights, strict=True)) for i in range(1, size)]
    moved = function.compose(*places, ctx=ring(size))
    degree = max(int(moved.total_degree()), 1)
    values = values_of(moved, degree, size)
    if _shows_positive(values, degree, size, rim=rim):
        return True
    if halvings == 0 or size == 2 or any(_corner(values, degree, size, k) < 0 for k in range(1, size)):
        return False
    pairs = combinations(range(1, size), 2)
    i, j = max(
        pairs, key=lambda pair: sum((a - b) ** 2 for a, b in zip(vertices[pair[0]], vertices[pair[1]], strict=True))
    )
    middle = tuple((a + b) / 2 for a, b in zip(vertices[i], vertices[j], strict=True))
    halves = ([middle if n == gone else v for n, v in enumerate(vertices)] for gone in (i, j))
    return all(_positive(function, half, rim=rim, halvings=halvings - 1) for half in halves)


def _corner(values: Sequence[Any], degree: int, size: int, corner: int) -> Any:
    from gametheory.compositions import rank

    return values[rank([degree if i == corner else 0 for i in range(size)])]


def _shows_positive(values: Sequence[Any], degree: int, size: int, *, rim: bool) -> bool:
    from gametheory.compositions import rank

    if any(value < 0 for value in values):
        return False
    for k in range(1, size):
        on_edge = [
            values[rank([degree - steps if i == 0 else steps if i == k else 0 for i in range(size)])]
            for steps in range(1, degree + 1)
        ]
        if not (on_edge[-1] > 0 if rim else any(value > 0 for value in on_edge)):
            return False
    return True


def _lyapunov(names: tuple[str, ...], point: Shares, shrinkage: Fraction) -> LyapunovNeighborhood:
    q = lcm(*(p.denominator for p in point))
    exponents = tuple(int(p * q) for p in point)
    top = prod((p**a for p, a in zip(point, exponents, strict=True)), start=Fraction(1))
    rims = []
    for p, a in zip(point, exponents, strict=True):
        if p > 0:
            outer = Fraction(1) if p == 1 else ((1 - (1 - shrinkage) * p) / (1 - p)) ** (q - a)
            rims.append((1 - shrinkage) ** a * outer)
    level = max(rims) * top
    factors = [f"{n}**{a}" if a > 1 else n for n, a in zip(names, exponents, strict=True) if a > 0]
    text = f"{'*'.join(factors)} > {to_text(level)}"
    if q == 1:
        volume: Number = shrinkage ** (len(point) - 1)
    else:
        floor, powers = float(level), [float(a) for a in exponents]
        volume = _float_volume(len(point), floor, powers)
    return LyapunovNeighborhood(
        strategies=names,
        point=point,
        shrinkage=shrinkage,
        exponents=exponents,
        level=level,
        set=text,
        volume=volume,
    )


def _float_volume(size: int, level: float, powers: Sequence[float]) -> float:
    import numpy as np

    from dynamics.grids import grid_cells

    middles = grid_cells(size, AREA_SIDE.get(size, 8)).mean(axis=1)
    logs = np.log(middles) @ np.array(powers)
    return float((logs > np.log(level)).mean()) if level > 0 else 1.0


def _volume(size: int, inside: Any) -> float:
    from dynamics.grids import grid_cells

    side = {2: 500, 3: 60, 4: 14}.get(size, 6)
    cells = grid_cells(size, side).mean(axis=1).tolist()
    return sum(bool(inside(cell)) for cell in cells) / len(cells)


def _pass_level(table: PayoffTable, matrix: Sequence[Sequence[Fraction]], point: Shares) -> Fraction:
    """The highest pass below `point`, which is checked to be an isolated maximum."""
    from dynamics.restpoints import rest_points

    found = rest_points(TableGame(strategies=table.strategies, group_size=table.group_size, values=table.values))
    require(found.complete, "game", table.strategies, f"one whose rest points are all known ({found.note})")
    mine = [c for c in found.components if c.dimension == 0 and c.parts[0].point == point]
    isolated = bool(mine) and mine[0].parts[0].stability == "asymptotically stable"
    require(isolated, "point", [to_text(x) for x in point], "an isolated rest point that is asymptotically stable")
    here = _potential(matrix, point)
    passes = [c for c in found.components if c.dimension > 0 or c.parts[0].stability != "asymptotically stable"]
    values = [_potential(matrix, end) for component in passes for end in component.endpoints]
    below = [value for value in values if value < here]
    require(bool(below), "game", table.strategies, "one with a rest point of lower potential")
    return Fraction(max(below))


def _potential(matrix: Sequence[Sequence[Any]], shares: Sequence[Any]) -> Any:
    rows = (sum(a * y for a, y in zip(row, shares, strict=True)) for row in matrix)
    return sum(x * f for x, f in zip(shares, rows, strict=True))


def _segment_above(matrix: Sequence[Sequence[Any]], start: Sequence[Any], end: Sequence[Any], level: Any) -> bool:
    """Whether a quadratic form exceeds a level on a whole segment: exactly, or in floats for a volume."""
    first, last = _potential(matrix, start), _potential(matrix, end)
    middle = _potential(matrix, [(a + b) / 2 for a, b in zip(start, end, strict=True)])
    if min(first, last) <= level:
        return False
    bend = 2 * (first + last - 2 * middle)  # the form is first + slope t + bend t^2
    slope = last - first - bend
    if bend <= 0 or not 0 < -slope < 2 * bend:
        return True
    return bool(first - slope * slope / (4 * bend) > level)
