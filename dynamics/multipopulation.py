r"""Mean dynamics of several populations that play against each other, each with strategies of its own.

A group has one player of each population :math:`k`, drawn at random from shares :math:`x^k`, so that strategy `i` of
population k is paid

.. math:: f^k_i(x) = \sum_{s :\, s_k = i} u_k(s) \prod_{l \ne k} x^l_{s_l},

with :math:`u_k(s)` the payoff of player k in the profile s; every population then revises by a protocol of
`dynamics.protocols`, its own if so wished. The replicator dynamics preserve volume, after a change of speed by
:math:`\prod_{k, i} x^k_i`, so that no interior point or set attracts (Hofbauer & Sigmund 1998, Evolutionary Games and
Population Dynamics, 11.3). In a symmetric game, states in which all populations are the same stay so, and move as the
one population of `mean_dynamics`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import isfinite, prod
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.mean import MeanDynamics, require_fitness, rules_of
from dynamics.protocols import Protocol, Replicator
from gametheory.errors import require
from gametheory.exact import Number, as_number, is_exact, is_integer, to_float, unify
from gametheory.games import Game
from gametheory.unequal import UnequalGame, profile_payoffs

Array = NDArray[np.float64]

MOST_NUMBERS: Final = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoffTensors:
    """A game of one player from each of several populations, by its payoffs.

    Attributes
    ----------
    strategies : tuple of tuples of str
        Of each population, two or more.
    values : tuple of tuples of number, shape (populations, profiles)
        What each player is paid in each profile, the strategy of the last player changing first; all `Fraction` or
        all float.

    Raises
    ------
    InvalidParameter
        If shapes do not fit or a payoff is not a finite number.
    """

    strategies: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Number, ...], ...]

    def __post_init__(self) -> None:
        names = tuple(tuple(own) for own in self.strategies)
        fits = len(names) >= 2 and all(len(set(own)) == len(own) >= 2 for own in names)
        require(fits, "strategies", self.strategies, "two or more populations of two or more different strategies")
        profiles = prod(map(len, names))
        fits = len(self.values) == len(names) and all(len(row) == profiles for row in self.values)
        require(fits, "values", [len(row) for row in self.values], f"{len(names)} rows of {profiles} payoffs")
        flat = unify(as_number(value, name="values") for row in self.values for value in row)
        finite = all(is_exact(v) or (isinstance(v, float) and isfinite(v)) for v in flat)
        require(finite, "values", self.values, "finite numbers")
        rows = tuple(tuple(flat[i * profiles : (i + 1) * profiles]) for i in range(len(names)))
        object.__setattr__(self, "strategies", names)
        object.__setattr__(self, "values", rows)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many strategies each population has."""
        return tuple(map(len, self.strategies))

    @property
    def is_exact(self) -> bool:
        """Whether every payoff is an exact number."""
        return all(is_exact(value) for row in self.values for value in row)

    def profiles(self) -> Iterator[tuple[int, ...]]:
        """Every profile, in the order of `values`."""
        return product(*(range(size) for size in self.sizes))

    def mean_payoffs(self, shares: Sequence[Sequence[Number]]) -> list[list[Number]]:
        """What each strategy of each population is paid: the equation of the module header, in plain arithmetic.

        Parameters
        ----------
        shares : sequence of sequences of number
            Of each population; fractions and symbols too.
        """
        out: list[list[Number]] = [[0] * size for size in self.sizes]
        for place, profile in enumerate(self.profiles()):
            chances = [own[i] for own, i in zip(shares, profile, strict=True)]
            for k, i in enumerate(profile):
                out[k][i] = out[k][i] + self.values[k][place] * prod(chances[:k] + chances[k + 1 :])
        return out


def payoff_tensors(
    game: Game | UnequalGame | PayoffTensors | Sequence[Any] | NDArray[Any],
    *,
    strategies: Sequence[Sequence[str]] | None = None,
) -> PayoffTensors:
    """A game as one payoff tensor for each population.

    Parameters
    ----------
    game : sequence of k arrays of shape (n_1, ..., n_k), UnequalGame, Game or PayoffTensors
        Arrays, one for each player, are floats, nested lists of fractions or text exact. Each player of an unequal
        game, or of a symmetric one, becomes a population.
    strategies : sequence of sequences of str, optional
        Names, for arrays; by default "A", "B", ... in each population.

    Raises
    ------
    InvalidParameter
        If shapes do not fit, or there are more than 2e7 payoffs.

    Examples
    --------
    >>> pennies = payoff_tensors([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> pennies.sizes, pennies.is_exact
    ((2, 2), True)
    """
    if isinstance(game, PayoffTensors):
        return game
    if isinstance(game, UnequalGame):
        named = profile_payoffs(game)
        rows = tuple(zip(*named.values(), strict=True))
        return PayoffTensors(strategies=(tuple(dict.fromkeys(p[0] for p in named)),) * len(rows), values=rows)
    if not isinstance(game, Sequence | np.ndarray):
        return _from_symmetric(game)
    tensors = [np.array(one, dtype=None if isinstance(one, np.ndarray) else object) for one in game]
    shape = tensors[0].shape if tensors else ()
    fits = len(tensors) >= 2 and len(shape) == len(tensors) and all(one.shape == shape for one in tensors)
    require(fits, "game", [one.shape for one in tensors], "one array of shape (n_1, ..., n_k) for each of k players")
    require(len(shape) * prod(shape) <= MOST_NUMBERS, "game", shape, f"at most {MOST_NUMBERS} payoffs")
    names = strategies if strategies is not None else [_letters(size) for size in shape]
    fits = tuple(map(len, names)) == shape
    require(fits, "strategies", strategies, f"names of {shape} strategies")
    return PayoffTensors(
        strategies=tuple(tuple(own) for own in names), values=tuple(tuple(one.ravel().tolist()) for one in tensors)
    )


def multi_population_dynamics(
    game: Game | UnequalGame | PayoffTensors | Sequence[Any] | NDArray[Any],
    *,
    protocol: Protocol | Sequence[Protocol] | None = None,
    strategies: Sequence[Sequence[str]] | None = None,
) -> MeanDynamics:
    """The right-hand side for several populations: for scipy's solvers, `velocities` and `trajectories`.

    Parameters
    ----------
    game : sequence of k arrays of shape (n_1, ..., n_k), UnequalGame, Game or PayoffTensors
        As `payoff_tensors` takes it.
    protocol : Protocol or sequence of Protocol, optional
        One for all populations, or one for each; `Replicator` by default.
    strategies : sequence of sequences of str, optional

    Returns
    -------
    MeanDynamics
        Shares of all populations stand one after another; its strategies are named "1:A", "1:B", ..., "2:A". Cost of a
        velocity: O(populations * profiles).

    Raises
    ------
    InvalidParameter
        If shapes do not fit, a payoff is not a finite number, or fitness can be negative.

    Examples
    --------
    >>> dynamics = multi_population_dynamics([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> dynamics.strategies
    ('1:A', '1:B', '2:A', '2:B')
    >>> dynamics(0.0, [0.75, 0.25, 0.5, 0.5]).tolist()
    [0.0, 0.0, -0.25, 0.25]
    """
    tensors = payoff_tensors(game, strategies=strategies)
    sizes = tensors.sizes
    protocols = (protocol,) * len(sizes) if isinstance(protocol, Protocol) else tuple(protocol or ())
    protocols = protocols or (Replicator(),) * len(sizes)
    fits = len(protocols) == len(sizes) and all(isinstance(one, Protocol) for one in protocols)
    require(fits, "protocol", protocol, f"one of dynamics.protocols, or {len(sizes)} of them")
    begins = np.cumsum((0, *sizes[:-1]))
    places = np.array(list(tensors.profiles()), dtype=np.int64)
    columns, spread = [], 0.0
    for k, (values, own) in enumerate(zip(tensors.values, protocols, strict=True)):
        require_fitness(own, min(map(to_float, values)))
        columns.append(_differences(tensors, k, keep=own.needs_fitness))
        spread = max(spread, float(np.ptp(np.moveaxis(columns[-1].reshape(sizes), k, 0), axis=0).max()))
    rules, scale = rules_of(protocols, spread)
    names = tuple(f"{k + 1}:{name}" for k, own in enumerate(tensors.strategies) for name in own)
    tables = np.stack(columns, axis=1)[np.newaxis].copy()
    plan = np.empty((0, 3), dtype=np.int64)
    return MeanDynamics(names, sizes, protocols, 1, scale, tables, places + begins, plan, rules)


def by_population(dynamics: MeanDynamics, shares: ArrayLike) -> list[Array]:
    """Shares, shape (..., m), or velocities, as one array for each population.

    Examples
    --------
    >>> dynamics = multi_population_dynamics([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> [part.tolist() for part in by_population(dynamics, [0.75, 0.25, 0.5, 0.5])]
    [[0.75, 0.25], [0.5, 0.5]]
    """
    points = np.asarray(shares, dtype=np.float64)
    fits = points.ndim >= 1 and points.shape[-1] == sum(dynamics.sizes)
    require(fits, "shares", points.shape, f"of shape (..., {sum(dynamics.sizes)})")
    return np.split(points, np.cumsum(dynamics.sizes[:-1]), axis=-1)


def _differences(tensors: PayoffTensors, player: int, *, keep: bool) -> Array:
    """Payoffs of a player, less those of its first strategy there unless `keep`, in the order of profiles."""
    values = np.array(tensors.values[player], dtype=object).reshape(tensors.sizes)
    if not keep:
        values = values - np.take(values, [0], axis=player)
    return np.array([to_float(value) for value in values.ravel()])


def _from_symmetric(game: Game) -> PayoffTensors:
    """Each player of a symmetric game as a population."""
    require(is_integer(game.group_size), "group_size", game.group_size, "a number (to tabulate the game)")
    names, players = tuple(game.strategies), int(game.group_size)
    numbers = players * len(names) ** players
    require(numbers <= MOST_NUMBERS, "game", game, f"a game of at most {MOST_NUMBERS} payoffs in all profiles")
    values = []
    for k in range(players):
        row = []
        for profile in product(range(len(names)), repeat=players):
            others = profile[:k] + profile[k + 1 :]
            row.append(game.payoff(names[profile[k]], tuple(others.count(i) for i in range(len(names)))))
        values.append(tuple(row))
    return PayoffTensors(strategies=(names,) * players, values=tuple(values))


def _letters(size: int) -> tuple[str, ...]:
    return tuple(chr(ord("A") + i) if size <= 26 else f"S{i + 1}" for i in range(size))
