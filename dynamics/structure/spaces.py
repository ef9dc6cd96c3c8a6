"""Who plays with whom: the periodic square lattice and any graph.

Every player starts one game on its closed neighborhood, itself and its neighbors; a player is thus in as many groups
as its closed neighborhood has members.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.errors import require
from gametheory.exact import is_integer

LARGEST_SIDE: Final = 2**14


class Neighborhood(Enum):
    """Which sites of a square lattice are neighbors; the values are steps by row and column."""

    VON_NEUMANN = ((-1, 0), (0, -1), (0, 1), (1, 0))
    MOORE = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


@dataclass(frozen=True, slots=True)
class SquareLattice:
    """A square lattice with periodic boundaries.

    Parameters
    ----------
    side : int
        L, from 3 to 2^14; there are L^2 sites, numbered row by row.
    neighborhood : Neighborhood
        Four nearest neighbors by default, or eight.

    Raises
    ------
    InvalidParameter
        If the side is outside its domain.

    Examples
    --------
    >>> lattice = SquareLattice(200)
    >>> lattice.size, lattice.degree
    (40000, 4)
    """

    side: int
    neighborhood: Neighborhood = Neighborhood.VON_NEUMANN

    def __post_init__(self) -> None:
        fits = is_integer(self.side) and 3 <= self.side <= LARGEST_SIDE
        require(fits, "side", self.side, f"an integer from 3 to {LARGEST_SIDE}")
        require(isinstance(self.neighborhood, Neighborhood), "neighborhood", self.neighborhood, "a Neighborhood")

    @property
    def size(self) -> int:
        """Number of sites."""
        return self.side**2

    @property
    def degree(self) -> int:
        """Neighbors of a site; a group has one member more."""
        return len(self.neighborhood.value)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an array of strategies: (L, L)."""
        return (self.side, self.side)

    @property
    def network(self) -> "Network":
        """The lattice as a graph."""
        return _lattice_network(self)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A graph as arrays; made by `network`.

    Attributes
    ----------
    vertices : tuple
        Names of the vertices, in the order of arrays of strategies.
    starts : ndarray of int64, shape (vertices + 1,)
    neighbors : ndarray of int32
        Those of vertex `v` are ``neighbors[starts[v]:starts[v + 1]]``. Both arrays are read-only.
    """

    vertices: tuple[Hashable, ...]
    starts: NDArray[np.int64]
    neighbors: NDArray[np.int32]

    def __post_init__(self) -> None:
        for array in (self.starts, self.neighbors):
            array.setflags(write=False)

    @property
    def size(self) -> int:
        """Number of vertices."""
        return len(self.starts) - 1

    @property
    def packed(self) -> NDArray[np.int32]:
        """The graph as one array: neighbors of `v` are ``packed[packed[v]:packed[v + 1]]``."""
        return np.concatenate([self.starts + len(self.starts), self.neighbors]).astype(np.int32)

    @property
    def degrees(self) -> NDArray[np.int64]:
        """Neighbors of each vertex."""
        return np.diff(self.starts)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an array of strategies: (vertices,)."""
        return (self.size,)


def network(graph: Any) -> Network:
    """A graph as the arrays that simulations read.

    Parameters
    ----------
    graph : networkx.Graph or mapping of vertex to neighbors
        Undirected and simple, every vertex with a neighbor. Weights are not read.

    Returns
    -------
    Network

    Raises
    ------
    InvalidParameter
        If an edge goes one way only, joins a vertex to itself or occurs twice, or a vertex has no neighbor.

    Examples
    --------
    >>> path = network({"a": ["b"], "b": ["a", "c"], "c": ["b"]})
    >>> path.vertices, path.degrees.tolist()
    (('a', 'b', 'c'), [1, 2, 1])
    """
    listed = isinstance(graph, Mapping) or (hasattr(graph, "adj") and hasattr(graph, "nodes"))
    require(listed, "graph", type(graph).__name__, "a networkx graph, or a mapping of vertices to their neighbors")
    simple = not (hasattr(graph, "is_multigraph") and graph.is_multigraph())
    require(simple, "graph", type(graph).__name__, "a simple graph (no parallel edges)")
    vertices = tuple(graph)
    numbers = {vertex: number for number, vertex in enumerate(vertices)}
    around = {vertex: list(graph[vertex]) for vertex in vertices}
    sets = {vertex: set(others) for vertex, others in around.items()}
    require(len(vertices) > 1, "graph", f"{len(vertices)} vertices", "two or more vertices")
    for vertex, others in around.items():
        require(len(others) > 0, "graph", f"the vertex {vertex!r} without neighbors", "without isolated vertices")
        require(vertex not in sets[vertex], "graph", f"a loop at {vertex!r}", "without loops")
        require(len(sets[vertex]) == len(others), "graph", f"{others} next to {vertex!r}", "without parallel edges")
        for other in others:
            both = other in numbers and vertex in sets[other]
            require(both, "graph", f"an edge from {vertex!r} to {other!r} alone", "undirected")
    starts = np.cumsum([0, *(len(others) for others in around.values())]).astype(np.int64)
    neighbors = np.array([numbers[other] for others in around.values() for other in others], dtype=np.int32)
    return Network(vertices, starts, neighbors)


@lru_cache(maxsize=4)
def _lattice_network(lattice: SquareLattice) -> Network:
    rows, columns = np.divmod(np.arange(lattice.size), lattice.side)
    steps = lattice.neighborhood.value
    around = [(rows + up) % lattice.side * lattice.side + (columns + left) % lattice.side for up, left in steps]
    starts = np.arange(0, lattice.degree * lattice.size + 1, lattice.degree, dtype=np.int64)
    vertices = tuple(range(lattice.size))
    return Network(vertices, starts, np.stack(around, axis=1).astype(np.int32).ravel())
