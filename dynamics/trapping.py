r"""Regions around attracting points of edges, rational or algebraic, that certainly converge to them: three strategies.

On the edge of strategies i and j let the share of j be attracted by a root `t` of the gain, and the absent k lose
there. The region is :math:`a \le x_j / (x_i + x_j) \le b,\ x_k \le \epsilon`, with rational a < t < b between which
the edge has no other rest point. Under the replicator dynamics it traps, and all of it converges to the point, if

- :math:`f_k < \bar f` on all of it: then :math:`x_k` falls to 0, exponentially;
- :math:`f_j > f_i` on its side at a and :math:`f_j < f_i` on that at b, for :math:`s = x_j / (x_i + x_j)` has
  :math:`\dot s = s (1 - s) (f_j - f_i)`.

For what is left in the limit is a chain recurrent set of the flow on the edge between a and b, which is the point alone
(Benaïm & Hirsch 1996, J. Dyn. Differ. Equ. 8, 141). The signs are those of Bernstein coefficients in rationals, on the
two triangles that the region is cut into and on its two sides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from dynamics.neighborhoods import exact_table
from gametheory.algebra.bernstein import from_values, ring, values_of
from gametheory.equilibria.edges import Edge, edge_of
from gametheory.errors import InvalidParameter, require
from gametheory.exact import Number, to_text
from gametheory.games import Game, PayoffTable

HALVINGS: Final = 10
Point = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrappingRegion:
    """A region of three strategies, all of whose populations converge to one point of an edge: proved in rationals.

    Attributes
    ----------
    strategies : tuple of str, length 3
    edge : (str, str)
        The strategies i and j that are present at the point.
    share : number
        Of j there: a Fraction or an algebraic number.
    low, high, height : Fraction
        The a, b and epsilon of the module header.
    set : str
        As a formula of the claims language.
    volume : Fraction
        Share of the simplex.
    """

    strategies: tuple[str, ...]
    edge: tuple[str, str]
    share: Number
    low: Fraction
    high: Fraction
    height: Fraction
    set: str
    volume: Fraction


def certified_trapping_regions(game: Game | PayoffTable) -> tuple[TrappingRegion, ...]:
    """The largest region tried around each point of an edge that attracts along it and where the third strategy loses.

    Parameters
    ----------
    game : Game or PayoffTable
        With three strategies and numbers for parameters, payoffs of any kind; floats are read as the rationals that
        they are.

    Returns
    -------
    tuple of TrappingRegion
        None for a point where the proof fails for every size tried.

    Raises
    ------
    InvalidParameter
        If the game has not three strategies.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> game = game_from_payoffs([[-1, 2, 0], [0, 1, 0], [-1, -1, 1]], ["H", "D", "X"])
    >>> [region] = certified_trapping_regions(game)
    >>> region.edge, str(region.share), region.set, str(region.volume)
    (('H', 'D'), '1/2', 'X <= 1/4 and D >= 1/4*(H + D) and D <= 3/4*(H + D)', '7/32')
    """
    table = exact_table(game)
    require(len(table.strategies) == 3, "strategies", table.strategies, "three")
    found = []
    for i, j in ((0, 1), (0, 2), (1, 2)):
        edge = edge_of(table, i, j)
        for k, root in enumerate(edge.roots):
            if edge.signs[k] > 0 > edge.signs[k + 1]:
                region = _largest(table, edge, k, root)
                found += [region] if region is not None else []
    return tuple(found)


def _largest(table: PayoffTable, edge: Edge, place: int, root: Number) -> TrappingRegion | None:
    (third,) = {0, 1, 2} - {edge.first, edge.second}
    payoffs = [from_values(row, table.group_size - 1, 3) for row in table.values]
    gens = ring(3).gens()
    shares = [1 - sum(gens), *gens]
    mean = sum(x * f for x, f in zip(shares, payoffs, strict=True))
    gain = payoffs[edge.second] - payoffs[edge.first]
    best: TrappingRegion | None = None
    for low, high in _intervals(edge, place, root):
        for halving in range(1, HALVINGS + 1):
            height = Fraction(1, 2**halving)
            if best is not None and _volume(low, high, height) <= best.volume:
                break
            if _traps(payoffs[third] - mean, gain, edge, (low, high, height)):
                best = _region(table.strategies, edge, third, root, (low, high, height))
                break
    return best


def _intervals(edge: Edge, place: int, root: Number) -> Iterator[tuple[Fraction, Fraction]]:
    """Rational intervals around a root, within its neighbors, ever smaller."""
    stops: list[Any] = [Fraction(0), *edge.roots, Fraction(1)]
    before, after = stops[place], stops[place + 2]
    low = before if isinstance(before, Fraction) else before.high
    high = after if isinstance(after, Fraction) else after.low
    for halving in range(1, HALVINGS + 1):
        width = Fraction(1, 2**halving)
        exact: Any = root if isinstance(root, Fraction) else root.refined(min(width, high - low) / 1024)
        left = exact if isinstance(exact, Fraction) else exact.low
        right = exact if isinstance(exact, Fraction) else exact.high
        grain = 2 ** (halving + 12)
        a = Fraction(int((left - (left - low) * width) * grain), grain)
        b = Fraction(-int(-(right + (high - right) * width) * grain), grain)
        if low < a < left and right < b < high:
            yield a, b


Frame = tuple[Fraction, Fraction, Fraction]


def _traps(growth: Any, gain: Any, edge: Edge, frame: Frame) -> bool:
    """Whether Bernstein coefficients show the three conditions of the module header."""
    low, high, height = frame
    corners = [_corner(edge, share, level) for share, level in ((low, 0), (high, 0), (high, height), (low, height))]
    first, second, third, fourth = corners
    inside = [_values(growth, triangle) for triangle in ((first, second, third), (first, third, fourth))]
    if not all(value < 0 for values in inside for value in values):
        return False
    left, right = _values(gain, (first, fourth, first)), _values(gain, (second, third, second))
    return all(value > 0 for value in left) and all(value < 0 for value in right)


def _corner(edge: Edge, share: Fraction, level: Fraction | int) -> Point:
    parts = {edge.first: (1 - share) * (1 - level), edge.second: share * (1 - level)}
    return tuple(Fraction(parts.get(k, level)) for k in range(3))


def _values(function: Any, corners: Sequence[Point]) -> list[Any]:
    """Bernstein coefficients on a triangle; of a side, on the triangle that is folded to it."""
    from flint import fmpq

    gens = ring(3).gens()
    weights = [1 - sum(gens), *gens]
    places = [
        sum(fmpq(c[i].numerator, c[i].denominator) * w for c, w in zip(corners, weights, strict=True)) for i in (1, 2)
    ]
    moved = function.compose(*places, ctx=ring(3))
    return values_of(moved, max(int(moved.total_degree()), 0), 3)


def _volume(low: Fraction, high: Fraction, height: Fraction) -> Fraction:
    return (high - low) * (1 - (1 - height) ** 2)


def _region(names: Sequence[str], edge: Edge, third: int, root: Number, frame: Frame) -> TrappingRegion:
    low, high, height = frame
    i, j = names[edge.first], names[edge.second]
    a, b, e = (to_text(value) for value in frame)
    text = f"{names[third]} <= {e} and {j} >= {a}*({i} + {j}) and {j} <= {b}*({i} + {j})"
    if not isinstance(root, Fraction) and not hasattr(root, "refined"):
        raise InvalidParameter("game", root, "one whose rest points are rational or algebraic")
    return TrappingRegion(
        strategies=tuple(names),
        edge=(i, j),
        share=root,
        low=low,
        high=high,
        height=height,
        set=text,
        volume=_volume(low, high, height),
    )
