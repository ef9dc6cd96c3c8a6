r"""Is an equilibrium evolutionarily (ESS) or neutrally stable (NSS)? Exactly, for payoffs :math:`A x`.

`x` is an ESS iff it earns more than every rare mutant `y` does in the mixture, and an NSS iff it never earns
less (Maynard Smith 1982; Bomze & Pötscher 1989). For mean payoffs :math:`f(x) = A x` and a Nash equilibrium
`x` with support `S` and best replies :math:`B \supseteq S` that says, with :math:`\xi = y - x`,

.. math:: \xi \cdot A \xi < 0 \ (\le 0) \quad \text{for every } \xi \ne 0, \ \textstyle\sum_i \xi_i = 0,
          \ \xi_i \ge 0 \ (i \in B \setminus S), \ \xi_i = 0 \ (i \notin B)

(Haigh 1975, J. Appl. Probab. 12, 8-11; Abakuks 1980, ibid. 17, 559-562). Eliminating one strategy of `S`
leaves a quadratic form `Q` that has to be (strictly) positive on a cone of free variables, `S`, and variables
:math:`\ge 0`, :math:`B \setminus S`. Free variables are eliminated one by one (Schur complement; a zero pivot
needs a zero row); what is left is tested for copositivity by Hadeler's criterion: if every smaller principal
submatrix is copositive, `M` is not iff :math:`\det M < 0` and :math:`\operatorname{adj} M \ge 0`; strictly,
iff :math:`\det M \le 0` and :math:`\operatorname{adj} M > 0` (Hadeler 1983, Linear Algebra Appl. 49, 79-89).
"""

from collections.abc import Sequence
from fractions import Fraction

from gametheory.compositions import compositions, multiplicity, rank
from gametheory.games import PayoffTable

Matrix = Sequence[Sequence[Fraction]]


def evolutionary_status(matrix: Matrix, shares: Sequence[Fraction]) -> str:
    """Whether a Nash equilibrium for payoffs `A x` is an ESS ("yes"), just an NSS ("neutral") or not ("no").

    Parameters
    ----------
    matrix : sequence of sequences of Fraction, shape (m, m)
    shares : sequence of Fraction, length m
        A symmetric Nash equilibrium; anything else is answered "no".

    Examples
    --------
    The mixed equilibrium of the hawk-dove game is an ESS:

    >>> half = Fraction(1, 2)
    >>> evolutionary_status([[Fraction(-1), Fraction(2)], [Fraction(0), Fraction(1)]], [half, half])
    'yes'
    """
    payoffs = [sum((a * x for a, x in zip(row, shares, strict=True)), Fraction(0)) for row in matrix]
    best = max(payoffs)
    if any(x > 0 and f < best for x, f in zip(shares, payoffs, strict=True)):
        return "no"
    support = [i for i, x in enumerate(shares) if x > 0]
    extra = [i for i, f in enumerate(payoffs) if f == best and i not in support]
    first, free = support[0], support[1:]
    order = [*free, *extra]

    def curvature(i: int, j: int) -> Fraction:
        return -(matrix[i][j] - matrix[first][j] - matrix[i][first] + matrix[first][first])

    form = [[(curvature(i, j) + curvature(j, i)) / 2 for j in order] for i in order]
    if positive_on_cone(form, len(free), strict=True):
        return "yes"
    return "neutral" if positive_on_cone(form, len(free), strict=False) else "no"


def second_order_status(table: PayoffTable, shares: Sequence[Fraction]) -> str:
    r"""The same for any payoffs, where second-order terms decide: "yes", "no", else "undecided".

    A mutant :math:`\xi` near a Nash equilibrium loses :math:`-\xi \cdot f(x) - \xi \cdot Df(x)\, \xi`, up to
    terms of third order. The first part is :math:`\ge c |\xi_i|` for strategies that are no best replies, and outweighs
    all else there; so the cone of the module header decides, if the form is positive on it but at 0, or negative
    somewhere. With :math:`a_{ij}` the payoff of `i` when one co-player plays `j` and the others are drawn from `x`,
    :math:`f(x) = A x` and :math:`Df(x) = (N - 1) A`.

    Parameters
    ----------
    table : PayoffTable
        Exact.
    shares : sequence of Fraction, length m
        A symmetric Nash equilibrium.

    Examples
    --------
    >>> from gametheory import game_from_function, payoff_table
    >>> game = game_from_function(lambda s, n: n["B"] ** 2 if s == "A" else n["A"] ** 2, ["A", "B"], 4)
    >>> second_order_status(payoff_table(game), [Fraction(1, 2)] * 2)
    'yes'
    """
    others, size = table.group_size - 1, len(shares)
    matrix = [[Fraction(0)] * size for _ in range(size)]
    for counts in compositions(others - 1, size).tolist():
        weight = Fraction(multiplicity(counts))
        for share, count in zip(shares, counts, strict=True):
            weight *= share**count
        if weight:
            columns = [rank([n + (k == j) for k, n in enumerate(counts)]) for j in range(size)]
            for row, values in zip(matrix, table.values, strict=True):
                for j, column in enumerate(columns):
                    row[j] += weight * values[column]
    status = evolutionary_status(matrix, shares)
    return "undecided" if status == "neutral" else status


def positive_on_cone(form: Matrix, free: int, *, strict: bool) -> bool:
    """Whether a form is >= 0 (> 0 but at 0) when its first `free` variables are free and the rest >= 0."""
    rows = [list(row) for row in form]
    for _ in range(free):
        pivot = rows[0][0]
        if pivot < 0 or (strict and pivot == 0):
            return False
        if pivot == 0 and any(rows[0]):
            return False
        rest = range(1, len(rows))
        if pivot == 0:
            rows = [[rows[i][j] for j in rest] for i in rest]
        else:
            rows = [[rows[i][j] - rows[i][0] * rows[0][j] / pivot for j in rest] for i in rest]
    return _copositive(rows, strict=strict)


def _copositive(rows: list[list[Fraction]], *, strict: bool) -> bool:
    size = len(rows)
    if size == 0:
        return True
    if size == 1:
        return rows[0][0] > 0 if strict else rows[0][0] >= 0
    if not all(_copositive(_without(rows, k, k), strict=strict) for k in range(size)):
        return False
    adjugate = [(-1) ** (i + j) * _determinant(_without(rows, i, j)) for i in range(size) for j in range(size)]
    determinant = _determinant(rows)
    if strict:
        return not (determinant <= 0 and all(entry > 0 for entry in adjugate))
    return not (determinant < 0 and all(entry >= 0 for entry in adjugate))


def _without(rows: list[list[Fraction]], row: int, column: int) -> list[list[Fraction]]:
    return [[v for j, v in enumerate(r) if j != column] for i, r in enumerate(rows) if i != row]


def _determinant(rows: list[list[Fraction]]) -> Fraction:
    if not rows:
        return Fraction(1)
    return sum(((-1) ** j * v * _determinant(_without(rows, 0, j)) for j, v in enumerate(rows[0]) if v), Fraction(0))
