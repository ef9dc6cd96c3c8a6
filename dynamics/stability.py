r"""Is a rest point of the replicator dynamics stable? Decided exactly, degenerate cases too.

The dynamics is :math:`\dot x_i = x_i (f_i(x) - \bar f(x))`, so :math:`(x_i / x_j)^\cdot = (x_i / x_j)(f_i -
f_j)`. With three strategies and :math:`f = A x` the rules below leave no case open. At a rest point, `S` is
the set of strategies present and :math:`\bar f` their common payoff; signs are of rationals.

1. *All present, isolated.* Eigenvalues on the tangent space have trace :math:`\sum_i x_i a_{ii} - \bar f`
   and, up to a positive factor, the determinant of `A` bordered by ones. det < 0: a saddle. det > 0: the
   sign of the trace decides; at trace 0 a constant of motion makes it a centre, stable (Hofbauer & Sigmund
   1998, sections 4.2 and 7.5). det = 0 does not happen at an isolated point.
2. *All present, on a line of rest points.* Every payoff difference is a multiple of one affine `l`, so
   orbits are those of the constant payoffs `c`, :math:`f_i - f_j = (c_i - c_j) l`. Trace < 0: the line is
   normally hyperbolic, stable. Trace > 0: unstable. Trace 0: `l` along an orbit is a sum of at most three
   exponentials; if the c are distinct it keeps its sign on both sides of a double zero, so the orbit passes
   on: unstable. If two c are equal, orbits are rays and the line is one of them; neighboring rays flow away:
   unstable.
3. *Two present, i and j; k absent.* Let :math:`\lambda = f_k - \bar f`, and :math:`\mu` the slope of
   :math:`f_i - f_j` along the edge as `i` grows. :math:`\lambda > 0` (not Nash) or :math:`\mu > 0`:
   unstable. Both < 0: asymptotically stable. :math:`\lambda < 0 = \mu`: the edge rests and attracts: stable.
   :math:`\mu < 0 = \lambda`: on the centre manifold, tangent to the line :math:`f_i = f_j`, `k` grows at the
   rate at which :math:`f_k - f_i` changes along that line: its sign decides; 0 means a line of rest points,
   stable. Both 0: the edge rests, :math:`f_i - f_j = \kappa x_k`, and :math:`h = f_k - f_i` vanishes at the
   point. a) :math:`\kappa = 0`: rays :math:`x_i / x_j` = const are invariant. If h > 0 at the vertex `k`:
   unstable. If h < 0 there: stable (on each ray `k` stays near the edge). If h = 0 there: stable iff h = 0
   everywhere. b) :math:`\kappa > 0` (else exchange i and j), h not 0 along the edge: divided by :math:`x_k`
   the field is regular here and points along the edge to `i`. If h rises towards `i`, its orbit through the
   point bends into the simplex: in the old time that orbit starts from the point: unstable (Chetaev's
   argument at the end point z* of the contributor-punisher equilibria). If h falls, orbits nearby bend back
   to the edge after a short way: stable.
   c) :math:`\kappa \ne 0`, h = 0 along the edge: orbits are those of constant payoffs and leave the point:
      unstable.
4. *A vertex i.* Any :math:`a_{ji} > a_{ii}`: unstable. All <: asymptotically stable. One tie `k`: its edge
   is the centre manifold, and :math:`a_{kk} - a_{ik}` decides (0: the edge rests, stable). Two ties: in
   :math:`Y = x_j / x_i`, :math:`Z = x_k / x_i` orbits are those of :math:`\dot Y = Y (B_{11} Y + B_{12} Z)`,
   :math:`\dot Z = Z (B_{21} Y + B_{22} Z)`, homogeneous: growth along each invariant ray (the axes and, if
   it exists, the ray on which Z/Y rests) decides. Some > 0: unstable. All < 0: asymptotically stable. Else
   stable, but if an axis rests and Z/Y has a double zero there (say :math:`B_{11} = B_{21} = 0`),
   :math:`B_{12} > 0` makes it unstable.
5. *All payoffs the same*: nothing moves, stable.

An ESS is asymptotically stable and a neutrally stable point is stable (Taylor & Jonker 1978; Thomas 1985;
Bomze & Weibull 1995); here that is a consequence, and the tests check it. For two strategies with any
payoffs, the flow on the edge decides. Otherwise only the rules that stay valid are used (ESS, NSS, not Nash,
hyperbolic, an attracting edge; with three strategies 3 and 4 with the derivatives there, where these decide) and
the answer may be "undecided". Points inside faces of nonlinear games: `dynamics.face_stability`.

`is_source` marks an unstable point from which an orbit starts (in infinite time): such an orbit leaves the
whole component, since components are closed and rest.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from dynamics.decisions import ASYMPTOTIC, STABLE, UNDECIDED, UNSTABLE, Decision
from dynamics.face_stability import curve_in_face, point_in_face
from gametheory.algebra.roots import same_number, sign_at
from gametheory.compositions import rank
from gametheory.equilibria.affine import payoffs_at
from gametheory.equilibria.components import Cell
from gametheory.equilibria.edges import turning, view
from gametheory.equilibria.landscape import Landscape

Matrix = Sequence[Sequence[Fraction]]


def decide(land: Landscape, cell: Cell) -> Decision:
    """Stability, relative to the whole simplex, of every point of a cell of a landscape.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> from gametheory.equilibria.landscape import landscape
    >>> land = landscape(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1))
    >>> decide(land, Cell(ends=((Fraction(0), Fraction(1), Fraction(0)),), support=(1,))).reason
    'a strict equilibrium'
    """
    size = len(land.table.strategies)
    if cell in land.places:
        return point_in_face(land.faces[cell.support], land.places[cell])
    if cell in land.curves:
        return curve_in_face(land.curves[cell])
    if land.matrix is None and len(cell.support) > 2:
        return Decision(STABLE, "all payoffs are the same")
    if land.matrix is None:
        return _by_edges(land, cell, size)
    if size > 3:
        return _many_strategies(land, cell)
    if cell.dimension > 1:
        return Decision(STABLE, "all payoffs are the same")
    rule = {1: _vertex, 2: _edge_point, 3: _interior}[len(cell.support)]
    return rule(land.matrix, cell)


def _interior(matrix: Matrix, cell: Cell) -> Decision:
    shares = cell.point
    mean = payoffs_at(matrix, shares)[0]
    trace = sum((x * matrix[i][i] for i, x in enumerate(shares)), Fraction(0)) - mean
    if len(cell.ends) == 1:
        differences = [[matrix[i][j] - matrix[0][j] for j in range(3)] for i in (1, 2)]
        reduced = [[row[j] - row[0] for j in (1, 2)] for row in differences]
        determinant = reduced[0][0] * reduced[1][1] - reduced[0][1] * reduced[1][0]
        if determinant < 0:
            return Decision(UNSTABLE, "a saddle", True)
        if determinant > 0:
            if trace == 0:
                return Decision(STABLE, "a centre")
            return _by_sign(trace, "all eigenvalues have this sign")
    if trace < 0:
        return Decision(STABLE, "a line of rest points that attracts")
    if trace > 0:
        return Decision(UNSTABLE, "a line of rest points that repels", True)
    distinct = len(set(_constant_payoffs(matrix, shares))) == 3
    return Decision(UNSTABLE, "orbits touch the line of rest points and pass on", distinct)


def _constant_payoffs(matrix: Matrix, shares: Sequence[Fraction]) -> list[Fraction]:
    """Constant payoffs whose differences are proportional to the payoffs' beside a line through `shares`."""
    for j in range(3):
        moved = [x / 2 + Fraction(int(k == j), 2) for k, x in enumerate(shares)]
        payoffs = payoffs_at(matrix, moved)
        if len(set(payoffs)) > 1:
            return payoffs
    raise AssertionError("payoffs differ nowhere")


def _edge_point(matrix: Matrix, cell: Cell) -> Decision:
    i, j = cell.support
    (k,) = {0, 1, 2} - {i, j}
    shares = cell.point
    payoffs = payoffs_at(matrix, shares)
    entering = payoffs[k] - payoffs[i]
    slope = matrix[i][i] - matrix[j][i] - matrix[i][j] + matrix[j][j]
    if entering > 0:
        return Decision(UNSTABLE, "not Nash: the absent strategy grows", True)
    if slope > 0:
        return Decision(UNSTABLE, "its edge leads away", True)
    if entering < 0:
        if slope < 0:
            return Decision(ASYMPTOTIC, "both eigenvalues are negative")
        return Decision(STABLE, "an edge of rest points that attracts")
    if slope < 0:
        return _centre_manifold(matrix, shares, i, j, k)
    return _on_resting_edge(matrix, shares, i, j, k)


def _centre_manifold(matrix: Matrix, shares: Sequence[Fraction], i: int, j: int, k: int) -> Decision:
    """The edge attracts within itself, the absent strategy is neutral to first order."""
    toward = [Fraction(int(n == k)) - x for n, x in enumerate(shares)]
    along = [Fraction(int(n == i) - int(n == j)) for n in range(3)]
    tilt = _difference(matrix, toward, i, j) / _difference(matrix, along, i, j)
    direction = [a - tilt * b for a, b in zip(toward, along, strict=True)]
    growth = _difference(matrix, direction, k, i)
    if growth == 0:
        return Decision(STABLE, "on a line of rest points that attracts")
    return _by_sign(growth, "the centre manifold decides")


def _on_resting_edge(matrix: Matrix, shares: Sequence[Fraction], i: int, j: int, k: int) -> Decision:
    """The edge rests and the absent strategy is neutral at this point."""
    drift = matrix[i][k] - matrix[j][k]  # f_i - f_j is this times x_k
    if drift < 0:
        i, j, drift = j, i, -drift
    rises = (matrix[k][i] - matrix[i][i]) - (matrix[k][j] - matrix[i][j])
    at_vertex = matrix[k][k] - matrix[i][k]
    if drift > 0:
        if rises > 0:
            return Decision(UNSTABLE, "drift leads to where the absent strategy grows", True)
        if rises < 0:
            return Decision(STABLE, "drift leads to where the absent strategy declines")
        return Decision(UNSTABLE, "drift along the edge")
    if at_vertex > 0:
        return Decision(UNSTABLE, "the absent strategy grows along its ray", True)
    if at_vertex < 0:
        return Decision(STABLE, "the absent strategy declines along its ray")
    if rises == 0:
        return Decision(STABLE, "all payoffs are the same")
    return Decision(UNSTABLE, "the absent strategy grows along a neighboring ray")


def _vertex(matrix: Matrix, cell: Cell) -> Decision:
    (i,) = cell.support
    others = [n for n in range(3) if n != i]
    growth = {n: matrix[n][i] - matrix[i][i] for n in others}
    if any(rate > 0 for rate in growth.values()):
        return Decision(UNSTABLE, "not Nash: an absent strategy grows", True)
    tied = [n for n in others if growth[n] == 0]
    if not tied:
        return Decision(ASYMPTOTIC, "a strict equilibrium")
    if len(tied) == 1:
        (k,) = tied
        turn = matrix[k][k] - matrix[i][k]
        if turn == 0:
            return Decision(STABLE, "end of an edge of rest points that attracts")
        verb = "leads away" if turn > 0 else "attracts"
        return _by_sign(turn, f"one tie: the tied edge {verb}")
    j, k = others
    return _two_ties(
        (matrix[j][j] - matrix[i][j], matrix[j][k] - matrix[i][k]),
        (matrix[k][j] - matrix[i][j], matrix[k][k] - matrix[i][k]),
    )


def _two_ties(first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction]) -> Decision:
    """The homogeneous system of rule 4: Y' = Y (b11 Y + b12 Z), Z' = Z (b21 Y + b22 Z)."""
    (b11, b12), (b21, b22) = first, second
    turn_y, turn_z = b21 - b11, b22 - b12  # (Z/Y)' = (Z/Y)(turn_y Y + turn_z Z)
    rates = [b11, b22]
    if turn_y * turn_z < 0:
        rates.append(b11 * turn_z - b12 * turn_y if turn_z > 0 else b12 * turn_y - b11 * turn_z)
    if max(rates) > 0:
        return Decision(UNSTABLE, "two ties: growth along an invariant ray", True)
    if turn_y == turn_z == 0:
        return Decision(ASYMPTOTIC if max(rates) < 0 else STABLE, "two ties: no ray leads away")
    if (turn_y == 0 and b11 == 0 and b12 > 0) or (turn_z == 0 and b22 == 0 and b21 > 0):
        return Decision(UNSTABLE, "two ties: drift along a resting edge")
    return Decision(ASYMPTOTIC if max(rates) < 0 else STABLE, "two ties: no ray leads away")


def _by_edges(land: Landscape, cell: Cell, size: int) -> Decision:
    """Any payoffs: signs of absent strategies' advantages, and the flow on the edges."""
    seen = view(cell, land.edges)
    if any(sign > 0 for sign in seen.entering):
        return Decision(UNSTABLE, "not Nash: an absent strategy grows", True)
    if "away" in seen.along or "through" in seen.along:
        return Decision(UNSTABLE, "its edge leads away", True)
    if len(cell.support) == 2:
        decided = all(sign < 0 for sign in seen.entering)
        rests = "rest" in seen.along
    else:
        ties = [flow for flow, sign in zip(seen.along, seen.entering, strict=True) if sign == 0]
        decided, rests = len(ties) <= 1 or size == 2, "rest" in ties
    if not decided and size == 3 and len(cell.ends) == 1 and len(cell.support) == 2 and "rest" in seen.along:
        return _where_third_is_neutral(land, cell)
    if not decided and size == 3 and len(cell.support) == 2 and "towards" in seen.along:
        return _edge_point_with_a_tie(land, cell)
    if not decided and size == 3 and len(cell.support) == 1:
        return _vertex_with_two_ties(land, cell)
    if not decided:
        return Decision(UNDECIDED, "absent strategies are neutral to first order")
    if rests:
        return Decision(STABLE, "an edge of rest points that attracts" if size > 2 else "nothing moves")
    return Decision(ASYMPTOTIC, "the flow leads here from every side")


def _where_third_is_neutral(land: Landscape, cell: Cell) -> Decision:
    """Rule 3b for payoffs of any kind: what the third strategy meets where its presence drives the other two."""
    edge = land.edges[(cell.support[0], cell.support[1])]
    (third,) = edge.outside
    sign = edge.downstream(cell.point[edge.second], third)
    if sign > 0:
        return Decision(UNSTABLE, "drift leads to where the absent strategy grows", True)
    if sign < 0:
        return Decision(STABLE, "drift leads to where the absent strategy declines")
    return Decision(UNDECIDED, "absent strategies are neutral to first order")


def _edge_point_with_a_tie(land: Landscape, cell: Cell) -> Decision:
    """Rule 3 for payoffs of any kind: the edge attracts within itself, the third strategy is neutral."""
    first, second = cell.support
    edge = land.edges[first, second]
    (third,) = edge.outside
    share = cell.point[second]
    slope = tuple(n * c for n, c in enumerate(edge.gain))[1:]
    unknown = Decision(UNDECIDED, "absent strategies are neutral to first order")
    if sign_at(slope, share) >= 0:
        return unknown
    for curve in land.curves:
        if any(all(same_number(a, b) for a, b in zip(end, cell.point, strict=True)) for end in curve.ends):
            return Decision(STABLE, "end of a curve of rest points that attracts")
    assert land.solved is not None
    sign = -sign_at(turning(land.solved, edge, third), share)
    if sign == 0:
        return unknown
    return _by_sign(Fraction(sign), "the centre manifold decides")


def _vertex_with_two_ties(land: Landscape, cell: Cell) -> Decision:
    """Rule 4 for payoffs of any kind: the terms of lowest order, where they decide by themselves."""
    assert land.solved is not None
    table, (own,) = land.solved, cell.support
    j, k = (n for n in range(3) if n != own)

    def gain(strategy: int, met: int) -> Fraction:
        """How an advantage over the resident changes with the share of a strategy, up to a common factor."""
        counts = [table.group_size - 2 if n == own else int(n == met) for n in range(3)]
        column = rank(counts)
        return Fraction(table.values[strategy][column] - table.values[own][column])

    decision = _two_ties((gain(j, j), gain(j, k)), (gain(k, j), gain(k, k)))
    strict = decision.stability == ASYMPTOTIC or "invariant ray" in decision.reason
    return decision if strict else Decision(UNDECIDED, "absent strategies are neutral to first order")


def _many_strategies(land: Landscape, cell: Cell) -> Decision:
    """Four or more strategies, payoffs `A x`: only rules that hold in every dimension."""
    nash, ess = land.nash_and_ess(cell)
    if not nash:
        return Decision(UNSTABLE, "not Nash: an absent strategy grows", True)
    if ess == "yes":
        return Decision(ASYMPTOTIC, "evolutionarily stable")
    isolated = len(cell.ends) == 1 and not any(cell.ends[0] in c.ends for c in land.cells if len(c.ends) > 1)
    if ess == "neutral" and not isolated:
        return Decision(STABLE, "neutrally stable, on a set of rest points")
    if ess == "neutral" and land.matrix is not None:
        linear = _linearised(land.matrix, cell)
        decided = linear.stability == ASYMPTOTIC
        return linear if decided else Decision(STABLE, "neutrally stable; whether also asymptotically is not decided")
    if cell.dimension > 0 or land.matrix is None:
        return Decision(UNDECIDED, "a set of rest points that is not neutrally stable")
    return _linearised(land.matrix, cell)


def _linearised(matrix: Matrix, cell: Cell) -> Decision:
    """Signs of the linearisation's characteristic coefficients and Hurwitz minors."""
    import sympy as sp

    shares, support = cell.point, cell.support
    payoffs = payoffs_at(matrix, shares)
    mean = payoffs[support[0]]
    base, rest = support[0], support[1:]

    def entry(i: int, j: int) -> Any:
        pull = [sum((x * row[n] for x, row in zip(shares, matrix, strict=True)), Fraction(0)) for n in (j, base)]
        value = shares[i] * (matrix[i][j] - matrix[i][base] - pull[0] + pull[1])
        return sp.Rational(value.numerator, value.denominator)

    zero_outside = [f - mean for i, f in enumerate(payoffs) if i not in support and f == mean]
    if rest:
        block = sp.Matrix(len(rest), len(rest), lambda a, b: entry(rest[a], rest[b]))
        coefficients = block.charpoly().all_coeffs()
        minors = _hurwitz_minors(coefficients)
        if any(value < 0 for value in (*coefficients, *minors)):
            return Decision(UNSTABLE, "an eigenvalue with positive real part", True)
        if not zero_outside and all(value > 0 for value in minors):
            return Decision(ASYMPTOTIC, "all eigenvalues have negative real parts")
    return Decision(UNDECIDED, "not hyperbolic, not neutrally stable")


def _hurwitz_minors(coefficients: Sequence[Any]) -> list[Any]:
    """All > 0 iff all roots have negative real parts; a limit of such polynomials has none < 0."""
    import sympy as sp

    degree = len(coefficients) - 1

    def entry(row: int, column: int) -> Any:
        index = 2 * (column + 1) - (row + 1)
        return coefficients[index] if 0 <= index <= degree else sp.Integer(0)

    table = sp.Matrix(degree, degree, entry)
    return [table[:n, :n].det() for n in range(1, degree + 1)]


def _by_sign(value: Fraction, reason: str) -> Decision:
    return Decision(ASYMPTOTIC, reason) if value < 0 else Decision(UNSTABLE, reason, True)


def _difference(matrix: Matrix, direction: Sequence[Fraction], i: int, j: int) -> Fraction:
    """How fast f_i - f_j changes along a direction."""
    return sum(((a - b) * d for a, b, d in zip(matrix[i], matrix[j], direction, strict=True)), Fraction(0))
