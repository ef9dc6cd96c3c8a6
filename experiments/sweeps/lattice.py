"""How the points of a sweep are cut into chunks, which are the files of a store, and chunks into blocks of work."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, prod

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """Points whose results are kept together.

    Attributes
    ----------
    key : str
        Their name in the store.
    indices : ndarray of int64, shape (points, axes)
    """

    key: str
    indices: Whole


@dataclass(frozen=True, slots=True)
class Lattice:
    """The grid of a sweep, cut into chunks of one shape.

    Attributes
    ----------
    shape, chunk : tuple of int
        Values of each axis, and of a chunk.
    """

    shape: tuple[int, ...]
    chunk: tuple[int, ...]

    @property
    def chunks(self) -> tuple[int, ...]:
        """Chunks along each axis."""
        return tuple(ceil(size / part) for size, part in zip(self.shape, self.chunk, strict=True))

    @property
    def number(self) -> int:
        """Chunks in all."""
        return prod(self.chunks)

    def places(self) -> Iterator[tuple[int, ...]]:
        """The chunks, the last axis fastest."""
        return product(*(range(count) for count in self.chunks))

    def slices(self, place: Sequence[int]) -> tuple[slice, ...]:
        """Which values of each axis a chunk holds."""
        return tuple(
            slice(k * part, min((k + 1) * part, size))
            for k, part, size in zip(place, self.chunk, self.shape, strict=True)
        )

    def points(self, place: Sequence[int]) -> int:
        """How many points a chunk holds."""
        return prod(s.stop - s.start for s in self.slices(place))

    def piece(self, place: Sequence[int]) -> Piece:
        """The points of a chunk, the last axis fastest."""
        ranges = [np.arange(s.start, s.stop) for s in self.slices(place)]
        grids = np.meshgrid(*ranges, indexing="ij")
        return Piece(key_of(place), np.stack([grid.ravel() for grid in grids], axis=1).astype(np.int64))


def key_of(place: Sequence[int]) -> str:
    """The name of a chunk."""
    return "/".join(map(str, place))


def lattice(shape: Sequence[int], points: int) -> Lattice:
    """Chunks of at most `points` points: whole rows of the last axes, so that they do not depend on how work is split.

    Examples
    --------
    >>> lattice((1000, 300), 1024)
    Lattice(shape=(1000, 300), chunk=(3, 300))
    >>> lattice((4, 5000), 1024).chunks
    (4, 5)
    """
    chunk, room = [], points
    for size in reversed(shape):
        part = max(1, min(size, room))
        chunk.append(part)
        room //= part
    return Lattice(tuple(shape), tuple(reversed(chunk)))


def blocks(pieces: Iterable[Piece], points: int) -> Iterator[list[Piece]]:
    """Pieces together, up to `points` points (or one piece) a block."""
    block: list[Piece] = []
    room = points
    for piece in pieces:
        if block and len(piece.indices) > room:
            yield block
            block, room = [], points
        block.append(piece)
        room -= len(piece.indices)
    if block:
        yield block
