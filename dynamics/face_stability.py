r"""Stability, under the replicator dynamics, of rest points inside faces of nonlinear games.

Absent strategies grow or decline at :math:`f_k - \bar f`; the linearisation within the face is that of
`gametheory.equilibria.interior`. Signs are exact at rational and algebraic points, and those of certified
enclosures elsewhere; a sign that is not known leaves the answer undecided, and a guess is never made.

1. An absent strategy grows, or the characteristic polynomial or a Hurwitz minor has a negative coefficient:
   unstable. All absent decline and all Hurwitz minors are positive: asymptotically stable.
2. Three strategies present, determinant positive, trace zero or not told from zero. The point is a centre,
   stable but not asymptotically, if a constant of motion exists:
   a) *Separable motion.* In :math:`u = x_i / (x_i + x_j)` and :math:`z = x_k` the motion is :math:`\dot u =
      u(1-u)(f_i - f_j)` and :math:`\dot z = z(1-z)(f_k - u f_i - (1-u) f_j)`. If, but for a common factor,
      the brackets are products :math:`A(z) C(u)` and :math:`B(u) D(z)`, then :math:`\int B/(u(1-u)C)\,du - \int
      A/(z(1-z)D)\,dz` is constant, and has an extremum at the point where the determinant is positive and `C`,
      `D` are not zero there. So it is in optional public goods games (Hauert, De Monte, Hofbauer & Sigmund
      2002, J. Theor. Biol. 218, 187).
   b) :math:`(x^* - x) \cdot f(x) = 0` for all `x`: then :math:`\sum_i x^*_i \log x_i` is constant.
   c) *Reversible motion.* Exchanging `i` and `j` turns every :math:`f_a - f_b` around, :math:`x^*_i = x^*_j`:
      orbits near the point are closed, being their own mirror images in time.
   Else, where the trace is exactly zero, the first focal value decides: with a quadratic form `Q` that the
   linear part keeps, there are cubic and quartic terms that make :math:`\dot V = \eta Q^2` up to fifth order
   (Lyapunov 1892; Andronov et al. 1973, Theory of Bifurcations, IX); :math:`\eta = 0` is undecided.
   If other strategies are absent and decline, the face attracts and the answer within it is that of the point
   (Carr 1981, Applications of Centre Manifold Theory, 2.4).
3. A curve of rest points on which the trace is negative attracts (stable), where it is positive it repels.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import factorial
from typing import Any

from dynamics.decisions import ASYMPTOTIC, STABLE, UNDECIDED, UNSTABLE, Decision
from gametheory.algebra.bernstein import Polynomial
from gametheory.algebra.elimination import powers_of_second
from gametheory.algebra.points import LocatedPoint
from gametheory.equilibria.curve_cells import Drawn
from gametheory.equilibria.faces import Face
from gametheory.equilibria.interior import Value, determinant, linearised, total

Series = dict[tuple[int, int], Any]


def point_in_face(face: Face, place: LocatedPoint) -> Decision:
    """The stability of an isolated rest point inside a face, relative to the whole simplex."""
    outside = [place.sign(lambda value, p=poly: value(p)) for poly in face.outside.values()]  # type: ignore[misc]
    if 1 in outside:
        return Decision(UNSTABLE, "not Nash: an absent strategy grows", True)
    size = len(face.gains)
    signs = [place.sign(lambda value, n=n: _invariant(linearised(face, value), n)) for n in range(2 * size)]  # type: ignore[misc]
    if -1 in signs:
        saddle = size == 2 and signs[1] == -1
        return Decision(UNSTABLE, "a saddle" if saddle else "an eigenvalue with positive real part", True)
    if any(sign != -1 for sign in outside):
        return Decision(UNDECIDED, "an absent strategy is neutral to first order")
    if all(sign == 1 for sign in signs[size:]):
        return Decision(ASYMPTOTIC, "all eigenvalues have negative real parts")
    if size == 2 and signs[1] == 1:
        return _centre_or_focus(face, place, signs[0])
    return Decision(UNDECIDED, "an eigenvalue is zero or imaginary, or cannot be told from that")


def by_invariants(rows: Sequence[Sequence[Any]]) -> Decision:
    """The stability of a rest point from balls that hold the linearisation."""
    size = len(rows)
    values = [_invariant(rows, number) for number in range(2 * size)]
    if any(value < 0 for value in values):
        return Decision(UNSTABLE, "an eigenvalue with positive real part", True)
    if all(value > 0 for value in values[size:]):
        return Decision(ASYMPTOTIC, "all eigenvalues have negative real parts")
    return Decision(UNDECIDED, "an eigenvalue is zero or imaginary, or cannot be told from that")


def _invariant(rows: Sequence[Sequence[Any]], number: int) -> Any:
    """Coefficients 1 to n of the characteristic polynomial, then the leading Hurwitz minors 1 to n."""
    size = len(rows)
    coefficients = [_coefficient(rows, order) for order in range(1, size + 1)]
    if number < size:
        return coefficients[number]
    order = number - size + 1

    def entry(row: int, column: int) -> Any:
        index = 2 * (column + 1) - (row + 1)
        zero = coefficients[0] * 0
        return zero + 1 if index == 0 else coefficients[index - 1] if 1 <= index <= size else zero

    return determinant([[entry(i, j) for j in range(order)] for i in range(order)])


def _coefficient(rows: Sequence[Sequence[Any]], order: int) -> Any:
    """Up to its sign the sum of the principal minors of an order."""
    from itertools import combinations

    minors = [determinant([[rows[i][j] for j in some] for i in some]) for some in combinations(range(len(rows)), order)]
    return total(minors) if order % 2 == 0 else -total(minors)


def _centre_or_focus(face: Face, place: LocatedPoint, trace: int | None) -> Decision:
    """Determinant positive; minus the trace is zero, or not told from zero."""
    for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 2, 0)):
        if _is_separable(face, place, i, j, k):
            return Decision(STABLE, "a centre: the motion is separable, which gives a constant of motion")
    if isinstance(place.place, tuple):
        shares = face.gains[0].context().gens()
        advantage = total((_constant(face, c) - y) * g for c, y, g in zip(place.place, shares, face.gains, strict=True))
        if advantage == 0:
            return Decision(STABLE, "a centre: the weighted product of the shares is constant")
    if trace != 0:
        return Decision(UNDECIDED, "the sign of the trace is not known")
    if any(_is_reversible(face, place, i, j) for i, j in ((0, 1), (0, 2), (1, 2))):
        return Decision(STABLE, "a centre: exchanging two strategies reverses time")
    turn = focal_sign(face, place)
    if turn < 0:
        return Decision(ASYMPTOTIC, "imaginary eigenvalues, the first focal value is negative")
    if turn > 0:
        return Decision(UNSTABLE, "imaginary eigenvalues, the first focal value is positive", True)
    return Decision(UNDECIDED, "imaginary eigenvalues, the first focal value is zero")


def _constant(face: Face, value: Fraction) -> Polynomial:
    from flint import fmpq

    return face.gains[0].context().constant(fmpq(value.numerator, value.denominator))


def _payoffs(face: Face) -> list[Polynomial]:
    """Payoffs of the strategies present, less that of the first."""
    return [face.gains[0] * 0, *face.gains]


def _is_separable(face: Face, place: LocatedPoint, i: int, j: int, k: int) -> bool:
    """Rule 2a."""
    u, z = face.gains[0].context().gens()
    shares = {i: u * (1 - z), j: (1 - u) * (1 - z), k: z}
    f = [payoff.compose(shares[1], shares[2]) for payoff in _payoffs(face)]
    first, second = f[i] - f[j], f[k] - u * f[i] - (1 - u) * f[j]
    common = first.gcd(second)
    factors = []
    for poly, place_of in ((divmod(first, common)[0], 0), (divmod(second, common)[0], 1)):
        rows = powers_of_second(poly)  # for each power of z, a polynomial in u
        lead = next(row for row in rows if row != 0)
        if any(row * lead[lead.degree()] != lead * row[lead.degree()] for row in rows):
            return False
        # C is a polynomial in u; D, the coefficients of one power of u, in z
        degree = lead.degree()
        factors.append([lead[n] for n in range(degree + 1)] if place_of == 0 else [row[degree] for row in rows])
    present = [1 - u - z, u, z]  # the shares, as polynomials

    def at(coefficients: Sequence[Any], value: Value, *, inner: bool) -> Any:
        point = value(present[i]) / value(present[i] + present[j]) if inner else value(present[k])
        result = point * 0
        for coefficient in reversed(coefficients):
            result = result * point + value(u.context().constant(coefficient))
        return result

    def nonzero(coefficients: Sequence[Any], *, inner: bool) -> bool:
        sign = place.sign(lambda value: at(coefficients, value, inner=inner))
        return sign is not None and sign != 0

    return nonzero(factors[0], inner=True) and nonzero(factors[1], inner=False)


def _is_reversible(face: Face, place: LocatedPoint, i: int, j: int) -> bool:
    """Rule 2c."""
    y1, y2 = face.gains[0].context().gens()
    shares = [1 - y1 - y2, y1, y2]
    swapped = list(shares)
    swapped[i], swapped[j] = shares[j], shares[i]
    order = [j if n == i else i if n == j else n for n in range(3)]
    f = _payoffs(face)
    moved = [payoff.compose(swapped[1], swapped[2]) for payoff in f]
    if any(moved[order[n]] - moved[order[0]] + f[n] - f[0] != 0 for n in (1, 2)):
        return False
    return place.sign(lambda value: value(shares[i] - shares[j])) == 0


def focal_sign(face: Face, place: LocatedPoint) -> int:
    """The sign of the first focal value at an exact point with trace 0 and positive determinant."""
    y = face.gains[0].context().gens()
    mean = total(a * g for a, g in zip(y, face.gains, strict=True))
    fields = [a * (g - mean) for a, g in zip(y, face.gains, strict=True)]
    parts = [[_terms(poly, place, order) for poly in fields] for order in (1, 2, 3)]
    (a, b), (c, _) = ((row.get((1, 0), 0), row.get((0, 1), 0)) for row in parts[0])
    kept: Series = {(2, 0): c, (1, 1): a * -2, (0, 2): -b}
    cubic = _solved(parts[0], _negative(_along(kept, parts[1])), 3, None)[0]
    rest = _plus(_along(cubic, parts[1]), _along(kept, parts[2]))
    focal = _solved(parts[0], _negative(rest), 4, _times(kept, kept))[1]
    point = place.place
    signs = []
    for number in (focal, c):
        if isinstance(point, tuple):
            signs.append((number > 0) - (number < 0))
        else:
            signs.append(point.sign(number.value) if hasattr(number, "value") else (number > 0) - (number < 0))  # type: ignore[union-attr]
    return int(signs[0] * signs[1])


def _terms(poly: Polynomial, place: LocatedPoint, order: int) -> Series:
    """The terms of an order of the expansion about the point."""
    terms: Series = {}
    for first in range(order + 1):
        second = order - first
        changed = poly
        for variable, times in ((0, first), (1, second)):
            for _ in range(times):
                changed = changed.derivative(variable)
        terms[first, second] = place.exactly(changed) / (factorial(first) * factorial(second))
    return terms


def _times(first: Series, second: Series) -> Series:
    result: Series = {}
    for (a, b), v in first.items():
        for (c, d), w in second.items():
            key = (a + c, b + d)
            result[key] = result[key] + v * w if key in result else v * w
    return result


def _plus(first: Series, second: Series) -> Series:
    return {key: first.get(key, 0) + second.get(key, 0) for key in {**first, **second}}


def _negative(series: Series) -> Series:
    return {key: -value for key, value in series.items()}


def _along(series: Series, field: Sequence[Series]) -> Series:
    """The change of a function along a field."""
    slopes: list[Series] = [
        {(a - 1, b): v * a for (a, b), v in series.items() if a},
        {(a, b - 1): v * b for (a, b), v in series.items() if b},
    ]
    return _plus(_times(slopes[0], field[0]), _times(slopes[1], field[1]))


def _solved(linear: Sequence[Series], wanted: Series, order: int, extra: Series | None) -> tuple[Series, Any]:
    """Terms of an order that change along a linear field as wanted, but for a multiple of `extra`, and it."""
    keys = [(order - n, n) for n in range(order + 1)]
    columns = [_along({key: Fraction(1)}, linear) for key in keys] + ([] if extra is None else [_negative(extra)])
    rows = [[column.get(key, Fraction(0)) for column in columns] + [wanted.get(key, Fraction(0))] for key in keys]
    pivots: list[int] = []
    for column in [len(columns) - 1, *range(len(columns) - 1)] if extra is not None else range(len(columns)):
        top = len(pivots)
        found = next((r for r in range(top, len(rows)) if not rows[r][column] == 0), None)  # noqa: SIM201
        if found is None:
            continue
        rows[top], rows[found] = rows[found], rows[top]
        pivot = rows[top][column]
        rows[top] = [value / pivot for value in rows[top]]
        for other in range(len(rows)):
            factor = rows[other][column]
            if other != top and not factor == 0:  # noqa: SIM201
                rows[other] = [v - factor * w for v, w in zip(rows[other], rows[top], strict=True)]
        pivots.append(column)
    answer = {column: rows[r][-1] for r, column in enumerate(pivots)}
    return {key: answer.get(n, Fraction(0)) for n, key in enumerate(keys)}, answer.get(len(keys), Fraction(0))


def curve_in_face(drawn: Drawn) -> Decision:
    """The stability of the points of a cell of a curve of rest points inside a face of three strategies."""
    if not drawn.status[0]:
        return Decision(UNSTABLE, "not Nash: an absent strategy grows", True)
    if drawn.trace == 1:
        return Decision(UNSTABLE, "a curve of rest points that repels", True)
    if drawn.trace == -1 and drawn.attracts:
        return Decision(STABLE, "a curve of rest points that attracts")
    return Decision(UNDECIDED, "a curve of rest points along which stability changes, or is not decided")
