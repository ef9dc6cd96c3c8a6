"""What best replies depend on: exact payoffs of one population, or of several, and their change along segments.

Everything here is rational; a float counts as the binary fraction that it is. Shares of several populations stand one
after another, as in `dynamics.multipopulation`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm, prod
from typing import Any, Final

from dynamics.multipopulation import PayoffTensors, payoff_tensors
from gametheory.algebra.roots import Polynomial, trimmed
from gametheory.compositions import compositions, multiplicity, rank
from gametheory.errors import require
from gametheory.exact import Number
from gametheory.games import PayoffTable, affine_matrix, mean_payoffs, payoff_table

Point = tuple[Fraction, ...]

MOST_PLAYERS: Final = 100  # payoffs along a segment are polynomials of one degree less


@dataclass(frozen=True, slots=True, eq=False)
class GroupMeans:
    """`gametheory.mean_payoffs` of one table, many times: for fractions in whole numbers, so that none is reduced.

    Attributes
    ----------
    table : PayoffTable
        Of fractions.
    counts : list of list of int
    orders : list of int
        In how many orders co-players can be drawn as the counts say.
    whole : list of list of int
        Payoffs times `scale`.
    scale : int
    """

    table: PayoffTable
    counts: list[list[int]]
    orders: list[int]
    whole: list[list[int]]
    scale: int

    @classmethod
    def of(cls, table: PayoffTable) -> "GroupMeans":
        """Read a table."""
        counts = compositions(table.group_size - 1, len(table.strategies)).tolist()
        scale = lcm(*(value.denominator for row in table.values for value in row))
        whole = [[int(value * scale) for value in row] for row in table.values]
        return cls(table, counts, [multiplicity(row) for row in counts], whole, scale)

    def __call__(self, shares: Sequence[Number]) -> list[Number]:
        """The mean payoff of each strategy."""
        if not all(isinstance(share, Fraction) for share in shares):
            return list(mean_payoffs(self.table, shares))
        others = self.table.group_size - 1
        common = lcm(*(share.denominator for share in shares))
        powers = []
        for share in shares:
            powers.append([1])
            for _ in range(others):
                powers[-1].append(powers[-1][-1] * int(share * common))
        weights = []
        for row, orders in zip(self.counts, self.orders, strict=True):
            weights.append(orders * prod(own[count] for own, count in zip(powers, row, strict=True)))
        bottom = self.scale * common**others
        return [Fraction(sum(w * v for w, v in zip(weights, row, strict=True)), bottom) for row in self.whole]


@dataclass(frozen=True, slots=True, eq=False)
class ReplyField:
    """Payoffs of every strategy as polynomials of the shares.

    Attributes
    ----------
    strategies : tuple of str
        Of all populations, one after another.
    sizes : tuple of int
    degree : int
        Of payoffs along a segment.
    exact : bool
        Whether the payoffs were given exactly.
    source : tuple of tuples of Fraction, GroupMeans or PayoffTensors
        A matrix, if payoffs less those of the first strategy are affine in the counts.
    reduced : tuple of GroupMeans
        If not: payoffs where one co-player plays the j-th strategy, by the counts of the others.
    """

    strategies: tuple[str, ...]
    sizes: tuple[int, ...]
    degree: int
    exact: bool
    source: Any
    reduced: tuple["GroupMeans", ...] = ()

    @property
    def populations(self) -> list[range]:
        """The places of each population's strategies."""
        begins = [sum(self.sizes[:k]) for k in range(len(self.sizes))]
        return [range(begin, begin + size) for begin, size in zip(begins, self.sizes, strict=True)]

    def payoffs(self, shares: Sequence[Number]) -> list[Number]:
        """What each strategy is paid; fractions and floats pass."""
        if isinstance(self.source, PayoffTensors):
            parts = [[shares[i] for i in places] for places in self.populations]
            return [payoff for own in self.source.mean_payoffs(parts) for payoff in own]
        if isinstance(self.source, GroupMeans):
            return self.source(shares)
        return [sum(a * x for a, x in zip(row, shares, strict=True)) for row in self.source]

    def derivatives(self, shares: Sequence[Number]) -> list[list[Number]]:
        """Row i, column j: how fast the payoff of i grows where the population of j moves towards j, at speed one.

        Up to an amount that is the same for all strategies of a population that are paid the same.
        """
        if isinstance(self.source, PayoffTensors):
            columns = []
            here = self.payoffs(shares)
            for places in self.populations:
                for j in places:
                    moved = [share if i not in places else int(i == j) for i, share in enumerate(shares)]
                    columns.append([a - b for a, b in zip(self.payoffs(moved), here, strict=True)])
        elif isinstance(self.source, GroupMeans):
            columns = [[self.degree * payoff for payoff in one(shares)] for one in self.reduced]
        else:
            return [list(row) for row in self.source]
        return [list(row) for row in zip(*columns, strict=True)]

    def along(self, start: Point, target: Point) -> list[Polynomial]:
        """Payoffs at ``target + s (start - target)`` as polynomials in s, constant first."""
        nodes = [Fraction(k, self.degree) for k in range(self.degree + 1)]
        values = [self.payoffs([b + s * (x - b) for x, b in zip(start, target, strict=True)]) for s in nodes]
        return [interpolated(nodes, [value[i] for value in values]) for i in range(len(start))]


def reply_field(game: Any) -> ReplyField:
    """The field of a symmetric game (one population), or of an asymmetric one (several).

    Parameters
    ----------
    game : Game or PayoffTable, or what `dynamics.payoff_tensors` takes other than a symmetric game
    """
    if isinstance(game, PayoffTable) or (hasattr(game, "strategies") and not isinstance(game, PayoffTensors)):
        return _of_table(game if isinstance(game, PayoffTable) else payoff_table(game))
    tensors = payoff_tensors(game)
    names = tuple(f"{k + 1}:{name}" for k, own in enumerate(tensors.strategies) for name in own)
    rational = replace(tensors, values=tuple(tuple(map(Fraction, row)) for row in tensors.values))
    return ReplyField(names, tensors.sizes, len(tensors.sizes) - 1, tensors.is_exact, rational)


def interpolated(nodes: Sequence[Fraction], values: Sequence[Fraction]) -> Polynomial:
    """The polynomial through points, by Newton's divided differences.

    Examples
    --------
    >>> nodes, values = [Fraction(0), Fraction(1, 2), Fraction(1)], [Fraction(1), Fraction(1), Fraction(2)]
    >>> [str(c) for c in interpolated(nodes, values)]
    ['1', '-1', '2']
    """
    divided = list(values)
    for order in range(1, len(nodes)):
        for k in range(len(nodes) - 1, order - 1, -1):
            divided[k] = (divided[k] - divided[k - 1]) / (nodes[k] - nodes[k - order])
    found: list[Fraction] = []
    for node, coefficient in zip(reversed(nodes), reversed(divided), strict=True):
        shifted = [Fraction(0), *found]
        found = [a - node * b for a, b in zip(shifted, [*found, Fraction(0)], strict=True)]
        found[0] += coefficient
    return trimmed(found)


def _of_table(table: PayoffTable) -> ReplyField:
    names, others, exact = table.strategies, table.group_size - 1, table.is_exact
    rough = [[v - u for u, v in zip(table.values[0], row, strict=True)] for row in table.values]
    rows = [[Fraction(v) - Fraction(u) for u, v in zip(table.values[0], row, strict=True)] for row in table.values]
    if affine_matrix(replace(table, values=tuple(map(tuple, rough)))) is not None:  # floats: up to rounding
        corners = [rank([others * (i == j) for i in range(len(names))]) for j in range(len(names))]
        matrix = tuple(tuple(row[corner] for corner in corners) for row in rows)
        return ReplyField(names, (len(names),), 1, exact, matrix)
    require(others < MOST_PLAYERS, "group_size", others + 1, f"at most {MOST_PLAYERS}, where payoffs are not affine")
    relative = replace(table, values=tuple(map(tuple, rows)))
    splits = compositions(others - 1, len(names)).tolist()
    reduced = []
    for j in range(len(names)):
        places = [rank([count + (i == j) for i, count in enumerate(split)]) for split in splits]
        values = tuple(tuple(row[place] for place in places) for row in rows)
        reduced.append(GroupMeans.of(PayoffTable(strategies=names, group_size=others, values=values)))
    return ReplyField(names, (len(names),), others, exact, GroupMeans.of(relative), tuple(reduced))
