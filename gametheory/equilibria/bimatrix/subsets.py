"""Nash subsets and components of a two-player game from its extreme equilibria.

Extreme equilibria are the edges of a graph between the row player's extreme mixtures and the column player's. A
maximal biclique X x Y of that graph is a maximal Nash subset: every pair of a mixture in the convex hull of X and one
in that of Y is an equilibrium. Subsets that share an edge meet; connected ones form a component.

Source: Avis, Rosenberg, Savani, von Stengel (2010), Economic Theory 42, 9-37, section 2; Winkels (1979).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from gametheory.exact import to_text

Mixture = tuple[Fraction, ...]
Pair = tuple[Mixture, Mixture]


@dataclass(frozen=True, slots=True, kw_only=True)
class NashSubset:
    """A convex set of equilibria: every mixture of `row` with every mixture of `column`, maximal.

    Attributes
    ----------
    row, column : tuple of tuples of Fraction
        The extreme mixtures of each player.
    dimension : int
        Of the set of equilibria; 0 for a single one.
    """

    row: tuple[Mixture, ...]
    column: tuple[Mixture, ...]
    dimension: int

    @property
    def center(self) -> Pair:
        """An equilibrium in the relative interior: the mean of each player's extreme mixtures."""
        return _mean(self.row), _mean(self.column)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: rationals as text."""
        sides = {"row": self.row, "column": self.column}
        return {
            "dimension": self.dimension,
            **{name: [[to_text(p) for p in mixture] for mixture in own] for name, own in sides.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NashComponent:
    """A connected component of the set of equilibria.

    Attributes
    ----------
    subsets : tuple of NashSubset
        Its maximal Nash subsets; the component is their union.
    index : int or None
        The sum of the indices of the equilibria near it of any nondegenerate game near this one; over all components
        they sum to 1. None if the list of equilibria is not known to be complete.
    """

    subsets: tuple[NashSubset, ...]
    index: int | None

    @property
    def dimension(self) -> int:
        """The largest dimension of its subsets."""
        return max(subset.dimension for subset in self.subsets)

    @property
    def isolated(self) -> bool:
        """Whether it is a single equilibrium."""
        return self.dimension == 0

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        subsets = [subset.to_dict() for subset in self.subsets]
        return {"dimension": self.dimension, "index": self.index, "subsets": subsets}


def maximal_bicliques(edges: Iterable[tuple[int, int]]) -> list[tuple[frozenset[int], frozenset[int]]]:
    """All maximal bicliques of a bipartite graph without isolated vertices, in order of their least edges.

    The right sides are the nonempty intersections of neighborhoods; each comes with all that is adjacent to it.

    Examples
    --------
    >>> [(sorted(left), sorted(right)) for left, right in maximal_bicliques([(0, 0), (0, 1), (1, 1)])]
    [([0], [0, 1]), ([0, 1], [1])]
    """
    near: dict[int, set[int]] = {}
    for left, right in edges:
        near.setdefault(left, set()).add(right)
    closed: set[frozenset[int]] = set()
    for own in near.values():
        closed |= {common for known in closed if (common := known & own)} | {frozenset(own)}
    found = [(frozenset(k for k, own in near.items() if own >= right), right) for right in closed]
    return sorted(found, key=lambda pair: (min(pair[0]), sorted(pair[0]), sorted(pair[1])))


def connected(edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Places of the edges of each connected component of a bipartite graph, in order of their first edges.

    Examples
    --------
    >>> connected([(0, 0), (2, 2), (0, 1), (1, 1)])
    [[0, 2, 3], [1]]
    """
    parent: dict[tuple[int, int], tuple[int, int]] = {}

    def root(node: tuple[int, int]) -> tuple[int, int]:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = node = parent[above]
        return node

    for left, right in edges:
        parent[root((0, left))] = root((1, right))
    groups: dict[tuple[int, int], list[int]] = {}
    for place, (left, _) in enumerate(edges):
        groups.setdefault(root((0, left)), []).append(place)
    return list(groups.values())


def hull_dimension(points: Sequence[Mixture]) -> int:
    """The dimension of the convex hull of mixtures, exactly."""
    if len(points) <= 2:
        return len(points) - 1
    from flint import fmpz_mat

    rows = []
    for point in points:
        scale = lcm(*(p.denominator for p in point))
        rows.append([int(p * scale) for p in point])
    return int(fmpz_mat(rows).rank()) - 1  # mixtures lie in a plane off the origin


def nash_components(
    edges: Sequence[tuple[int, int]],
    rows: Sequence[Mixture],
    columns: Sequence[Mixture],
    indices: Sequence[int] | None,
) -> tuple[NashComponent, ...]:
    """The components of extreme equilibria ``(rows[i], columns[j])``, (i, j) of `edges`, summing their `indices`."""
    found = []
    for group in connected(edges):
        total = None if indices is None else sum(indices[place] for place in group)
        subsets = []
        for left, right in maximal_bicliques(edges[place] for place in group):
            row, column = tuple(rows[k] for k in sorted(left)), tuple(columns[k] for k in sorted(right))
            size = hull_dimension(row) + hull_dimension(column)
            subsets.append(NashSubset(row=row, column=column, dimension=size))
        found.append(NashComponent(subsets=tuple(subsets), index=total))
    return tuple(found)


def _mean(points: Sequence[Mixture]) -> Mixture:
    return tuple(sum(own, Fraction(0)) / len(points) for own in zip(*points, strict=True))
