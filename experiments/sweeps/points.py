"""Points of a sweep as games: many at once, with arrays for parameters, or one by one in the arithmetic of the axes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.parameters import changed
from gametheory.exact import is_exact, to_float

if TYPE_CHECKING:
    from experiments.sweeps.specification import Specification

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Points that share every integer parameter.

    Attributes
    ----------
    positions : ndarray of int64, shape (points,)
        Among those asked for.
    game : Game
        Parameters that are axes are arrays of shape (points,).
    settings : mapping of str to number, array or str
        The quantity's parameters; those that are axes are arrays, but integers are numbers.
    """

    positions: Whole
    game: Any
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Some points of a sweep.

    Attributes
    ----------
    specification : Specification
    indices : ndarray of int64, shape (points, axes)
        Which value of each axis.
    """

    specification: "Specification"
    indices: Whole

    def __len__(self) -> int:
        return len(self.indices)

    def groups(self, *, most: int = 1 << 20) -> Iterator[Group]:
        """The points in groups of at most `most`, each a game of arrays."""
        wanted = self.specification
        own = {setting.name: setting for setting in wanted.quantity.settings}
        whole = [
            k
            for k, axis in enumerate(wanted.axes)
            if (own[axis.name].whole if axis.name in own else wanted.places[axis.name].whole)
        ]
        if whole:
            keys, inverse = np.unique(self.indices[:, whole], axis=0, return_inverse=True)
            members = [np.flatnonzero(inverse.ravel() == k) for k in range(len(keys))]
        else:
            members = [np.arange(len(self))]
        for positions in members:
            for start in range(0, len(positions), most):
                yield self._group(positions[start : start + most], whole)

    def _group(self, positions: Whole, whole: list[int]) -> Group:
        wanted = self.specification
        settings, values = dict(wanted.settings), {}
        for k, axis in enumerate(wanted.axes):
            places = self.indices[positions, k]
            value: Any = int(axis.values[places[0]]) if k in whole else axis.numbers[places]
            if axis.name in wanted.places:
                values[wanted.places[axis.name].path] = value
            else:
                settings[axis.name] = value
        return Group(positions, changed(wanted.game, values), settings)

    def each(self) -> Iterator[tuple[int, Any, dict[str, Any]]]:
        """Every point's position, its game and the quantity's parameters there, exact where the axes are."""
        for position in range(len(self)):
            yield position, *self.at(position)

    def at(self, position: int) -> tuple[Any, dict[str, Any]]:
        """The game and the quantity's parameters at one of the points."""
        wanted = self.specification
        own = {setting.name: setting for setting in wanted.quantity.settings}
        settings, values = dict(wanted.settings), {}
        for k, axis in enumerate(wanted.axes):
            value = axis.values[self.indices[position, k]]
            if axis.name in wanted.places:
                place = wanted.places[axis.name]
                values[place.path] = int(value) if place.whole else value
            else:
                settings[axis.name] = int(value) if own[axis.name].whole else value
        return changed(wanted.game, values), settings

    def seed(self, position: int) -> int:
        """The seed of a point: from that of the sweep and the point's indices, whatever else is computed."""
        key = tuple(self.indices[position].tolist())
        return point_seed(self.specification.seed, key)


def point_seed(seed: int, indices: tuple[int, ...]) -> int:
    """The seed of the point of a sweep at these indices of its axes.

    Examples
    --------
    >>> point_seed(1, (0, 2)) != point_seed(1, (2, 0))
    True
    """
    return int(np.random.SeedSequence(seed, spawn_key=indices).generate_state(1, np.uint64)[0])


def as_floats(value: Any) -> Any:
    """A number or an array of them in floats."""
    return to_float(value) if is_exact(value) else value
