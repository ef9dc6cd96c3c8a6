r"""Mean dynamics of one large population, under any protocol of `dynamics.protocols`, for one game or many at once.

The payoff that counts is the mean over groups drawn at random (`dynamics.replicator`), computed from the payoff
table: in O(m^2) where payoffs, less those of the first strategy, are affine in the counts, else in Bernstein form
over the compositions, stably for groups to 1000. Only differences of payoffs enter, taken before anything is
rounded, but for fitness (`NormalizedReplicator`, `ReplicatorMutator`).

Trajectories are integrated by the embedded Runge-Kutta pair of orders 5 and 4 of Dormand & Prince (1980),
J. Comput. Appl. Math. 6, 19, each with its own steps: a step is taken again, smaller, where the estimated error
of a share exceeds its tolerance or a share becomes negative, and shares are scaled to sum to 1 after each.
Several populations that play against each other (`dynamics.multipopulation`) are integrated as one vector.
Absent strategies stay absent where they should: exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics import _batch_kernels as batches
from dynamics import _mean_kernels as kernels
from dynamics._mean_kernels import AT_REST, BOLTZMANN, IMITATION, LOGIT, MUTATOR, NORMALIZED, STALLED, STEPS, TIME
from dynamics.protocols import Protocol, Replicator
from dynamics.replicator import Ending
from dynamics.tabulation import evaluation_plan, tabulated, weights_of
from gametheory.compositions import compositions
from gametheory.errors import NotConverged, require
from gametheory.exact import is_integer
from gametheory.games import Game, PayoffTable

Array = NDArray[np.float64]

ENDINGS: Final = {AT_REST: Ending.AT_REST, TIME: Ending.TIME, STEPS: Ending.STEPS, STALLED: Ending.STALLED}


@dataclass(frozen=True, slots=True, eq=False)
class MeanDynamics:
    """A right-hand side: ``dynamics(t, shares)`` for scipy's solvers, `velocities` for many populations at once.

    Made by `mean_dynamics` or `dynamics.multi_population_dynamics`; the arrays are what the kernels read.

    Attributes
    ----------
    strategies : tuple of str, length m
        Of all populations, one after another.
    sizes : tuple of int
        How many strategies each population has.
    protocols : tuple of Protocol
        One for each population.
    games : int
        How many games: 1, or one for each population.
    scale : float
        The largest difference of payoffs; 1 for a protocol whose velocities are not in payoff units.
    tables : ndarray of float64, shape (games, compositions, m + 1)
        Of several populations, shape (1, profiles, populations).
    counts : ndarray of int64, shape (compositions, m)
        Of several populations, shape (profiles, populations): the places of their strategies.
    plan : ndarray of int64, shape (rows, 3)
        Of `dynamics._batch_kernels`; no rows where velocities are computed one by one, or from a 3 x 3 matrix.
    rules : ndarray of float64, shape (populations, 3)
    """

    strategies: tuple[str, ...]
    sizes: tuple[int, ...]
    protocols: tuple[Protocol, ...]
    games: int
    scale: float
    tables: Array
    counts: NDArray[np.int64]
    plan: NDArray[np.int64]
    rules: Array

    def __post_init__(self) -> None:
        for name in ("tables", "counts", "plan", "rules"):
            getattr(self, name).setflags(write=False)

    @property
    def protocol(self) -> Protocol:
        """That of the population, if there is one only."""
        require(len(self.protocols) == 1, "protocols", self.protocols, "one, for one population")
        return self.protocols[0]

    @property
    def is_affine(self) -> bool:
        """Whether payoffs are read as a matrix."""
        return int(self.counts[0, 0]) == 1

    def __call__(self, time: float, shares: ArrayLike) -> Array:
        """The velocity at one population; neither argument is checked, and time does not matter."""
        if self.games != 1:
            require(False, "games", self.games, "1 for one velocity")
        return kernels.velocity_at(self.tables, self.counts, self.rules, np.asarray(shares, dtype=np.float64))

    def velocities(self, shares: ArrayLike, *, out: Array | None = None) -> Array:
        """Velocities at many populations.

        Parameters
        ----------
        shares : array_like of float, shape (..., m)
            Not checked to sum to 1. With many games, as many populations as games. Fastest, by a few times where
            payoffs are affine, if it is the transpose of a C-ordered array of shape (m, populations).
        out : ndarray of float64, shape of `shares`, optional
            Written to and returned: C-ordered, or the transpose of a C-ordered array.

        Returns
        -------
        ndarray of float64, shape of `shares`
            The same whatever the number of threads.

        Raises
        ------
        InvalidParameter
            If a shape does not fit.

        Examples
        --------
        >>> from gametheory import game_from_payoffs
        >>> dynamics = mean_dynamics(game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"]))
        >>> dynamics.velocities([[0.25, 0.75], [0.5, 0.5]]).tolist()
        [[0.09375, -0.09375], [0.0, 0.0]]
        """
        points = np.asarray(shares, dtype=np.float64)
        size = len(self.strategies)
        require(points.ndim >= 1 and points.shape[-1] == size, "shares", points.shape, f"of shape (..., {size})")
        number = points.size // size
        require(self.games in (1, number), "shares", points.shape, f"{self.games} populations, one for each game")
        if out is None:
            out = np.empty_like(points)
        fits = isinstance(out, np.ndarray) and out.dtype == np.float64 and out.shape == points.shape
        require(fits, "out", getattr(out, "shape", out), f"a float64 array of shape {points.shape}")
        # a view of each, of shape (m, populations)
        columns, written = (points.T, out.T) if points.ndim == 2 else (points.reshape(-1, size).T, _rows(out, size).T)
        ordered = written.flags.c_contiguous or written.flags.f_contiguous
        require(ordered, "out", out.strides, "C-ordered, or the transpose of a C-ordered array")
        columns = np.asarray(columns, order="C" if written.flags.c_contiguous else "F")
        _velocities(self, columns, written)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Trajectories:
    r"""Solutions of mean dynamics, one a run.

    Attributes
    ----------
    strategies : tuple of str, length m
    times : ndarray of float64, shape (times,)
        At which shares were asked for.
    ends : ndarray of float64, shape (runs, m)
        The last shares of each run, however it ended.
    reached : ndarray of float64, shape (runs,)
        The time of those.
    speeds : ndarray of float64, shape (runs,)
        The largest speed of a share then and, where absent strategies stay absent, rate of growth.
    steps : ndarray of int64, shape (runs,)
        Steps tried.
    codes : ndarray of int64, shape (runs,)
        Keys of `ENDINGS`.
    samples : ndarray of float64, shape (runs, times, m)
        Not a number where a run did not get; read `shares`.
    """

    strategies: tuple[str, ...]
    times: Array
    ends: Array
    reached: Array
    speeds: Array
    steps: NDArray[np.int64]
    codes: NDArray[np.int64]
    samples: Array

    def __post_init__(self) -> None:
        for name in ("times", "ends", "reached", "speeds", "steps", "codes", "samples"):
            getattr(self, name).setflags(write=False)

    @property
    def endings(self) -> tuple[Ending, ...]:
        """How each run ended."""
        return tuple(ENDINGS[code] for code in self.codes.tolist())

    @property
    def shares(self) -> Array:
        """Shares at `times`, shape (runs, times, m); of a run at rest, those of rest. Raises `NotConverged` if a run
        did not get there.
        """
        self._refuse(Ending.STEPS, Ending.STALLED)
        return self.samples

    @property
    def limits(self) -> Array:
        """Where each run came to rest, shape (runs, m). Raises `NotConverged` if one did not."""
        self._refuse(Ending.TIME, Ending.STEPS, Ending.STALLED)
        return self.ends

    def _refuse(self, *endings: Ending) -> None:
        for code, ending in ENDINGS.items():
            runs = np.flatnonzero(self.codes == code)
            if ending in endings and runs.size:
                raise NotConverged(f"{ending.value} in {runs.size} of {self.codes.size} runs, first in run {runs[0]}")


def mean_dynamics(game: Game | PayoffTable | Sequence[Game], *, protocol: Protocol | None = None) -> MeanDynamics:
    """Tabulate a game, or many, for the kernels.

    Parameters
    ----------
    game : Game, PayoffTable or sequence of Game
        A game whose parameters are arrays is one game for each entry (of the arrays broadcast together, in C order).
        Games of a sequence have the same strategies and group size.
    protocol : Protocol, optional
        `Replicator` by default.

    Raises
    ------
    InvalidParameter
        If there is no game, games do not go together, a payoff is not a finite number, or fitness can be negative.

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost=0.3)
    >>> mean_dynamics(game)(0.0, [0.2, 0.3, 0.5]).round(12).tolist()
    [0.132, -0.282, 0.15]
    >>> fines = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=np.linspace(0, 1, 11))
    >>> mean_dynamics(fines).games
    11
    """
    protocol = Replicator() if protocol is None else protocol
    require(isinstance(protocol, Protocol), "protocol", protocol, "one of dynamics.protocols")
    code, fitness = protocol.rule[0], protocol.needs_fitness
    if isinstance(game, Sequence):
        require(len(game) > 0, "game", game, "one or more games")
        made = [tabulated(one, fitness) for one in game]
        same = all(m[0] == made[0][0] and m[1] == made[0][1] for m in made)
        require(same, "game", game, "games of the same strategies and group size")
    else:
        made = [tabulated(game, fitness)]
    names, others = made[0][0], made[0][1]
    if all(matrix is not None for _, _, _, matrix in made):
        others, values = 1, np.concatenate([matrix for _, _, _, matrix in made if matrix is not None])
    else:
        values = np.concatenate([general for _, _, general, _ in made])
    require(bool(np.isfinite(values).all()), "game", game, "a game of finite payoffs")
    require_fitness(protocol, float(values.min()))
    counts = np.array(compositions(others, len(names)))
    weights = np.broadcast_to(weights_of(counts), (len(values), 1, len(counts)))
    tables = np.ascontiguousarray(np.concatenate([values, weights], axis=1).transpose(0, 2, 1))
    by_matrix = others == 1 and len(names) == 3 and code == kernels.REPLICATOR
    batched = len(values) == 1 and tables[0, 0, -1] > 0 and not by_matrix
    plan = evaluation_plan(others, len(names)) if batched else np.empty((0, 3), dtype=np.int64)
    rules, scale = rules_of((protocol,), float(np.ptp(values, axis=1).max()))
    return MeanDynamics(names, (len(names),), (protocol,), len(values), scale, tables, counts, plan, rules)


def rules_of(protocols: Sequence[Protocol], spread: float) -> tuple[Array, float]:
    """What kernels read of protocols, and the scale of velocities where payoffs differ by up to `spread`."""
    in_payoffs = [p for p in protocols if p.rule[0] not in (LOGIT, IMITATION, BOLTZMANN, NORMALIZED)]
    return np.array([p.rule for p in protocols], dtype=np.float64), (spread or 1.0) if in_payoffs else 1.0


def require_fitness(protocol: Protocol, least: float) -> None:
    """Raise unless a protocol that needs fitness has it, where the least payoff is `least`."""
    code, first, second = protocol.rule
    if code == MUTATOR:
        require(least + second >= 0, "baseline", second, f">= {-least!r}, so that fitness is not negative")
    if code == NORMALIZED:
        require(least + first > 0, "baseline", first, f"> {-least!r}, so that fitness is positive")


def trajectories(
    dynamics: MeanDynamics,
    starts: ArrayLike,
    *,
    times: ArrayLike,
    tolerances: tuple[float, float] = (1e-10, 1e-12),
    rest_speed: float = 1e-9,
    max_steps: int = 100_000,
) -> Trajectories:
    """Follow many populations, or one population under many games, in parallel.

    Parameters
    ----------
    dynamics : MeanDynamics
    starts : array_like of float, shape (runs, m) or (m,)
        Shares >= 0 that sum to 1 (to 1e-9). With many games, one start or one for each game.
    times : float or array_like of float, shape (times,)
        When the shares are wanted, rising, >= 0, the last > 0 being the end; in units of one over payoff, or of
        revisions.
    tolerances : (float, float)
        Relative > 0 and absolute >= 0: most estimated error of a share in one step is relative * share +
        absolute. An absolute tolerance of 0 keeps the digits of strategies that nearly die out.
    rest_speed : float
        A run ends where no share is faster than this times the largest difference of payoffs (nor, where absent
        strategies stay absent, one grows at a higher rate); for `Logit`, `Imitation` and `BoltzmannLearning`,
        faster than this. 0 stops early only at exact rest.
    max_steps : int
        Most steps tried in one run, >= 1.

    Returns
    -------
    Trajectories
        The same, bit by bit, whatever the number of threads.

    Raises
    ------
    InvalidParameter
        If a start is not a population, or an option is outside its domain.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> dynamics = mean_dynamics(game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"]))
    >>> trajectories(dynamics, [[0.1, 0.9], [0.8, 0.2]], times=100).limits.round(6).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    populations = _populations(starts, dynamics)
    ticks = np.array(times, dtype=np.float64, ndmin=1)
    fits = ticks.ndim == 1 and ticks.size > 0 and bool(np.isfinite(ticks).all() and (np.diff(ticks) > 0).all())
    fits = fits and bool(ticks[0] >= 0) and bool(ticks[-1] > 0)
    require(fits, "times", times, "rising, >= 0 and finite, the last > 0")
    relative, absolute = tolerances
    good = bool(1e-14 <= relative < 1) and bool(0 <= absolute < 1)
    require(good, "tolerances", tolerances, "(relative, absolute), the first in [1e-14, 1), the second in [0, 1)")
    require(bool(rest_speed >= 0), "rest_speed", rest_speed, ">= 0")
    require(is_integer(max_steps) and max_steps >= 1, "max_steps", max_steps, "an integer >= 1")
    runs, size = populations.shape
    controls = np.array([relative, absolute, rest_speed * dynamics.scale, max_steps], dtype=np.float64)
    samples, ends = np.empty((runs, ticks.size, size)), np.empty((runs, size + 4))
    kernels.many_runs(dynamics.tables, dynamics.counts, dynamics.rules, populations, ticks, controls, samples, ends)
    return Trajectories(
        strategies=dynamics.strategies,
        times=ticks,
        ends=ends[:, :size].copy(),
        reached=ends[:, size].copy(),
        speeds=ends[:, size + 1].copy(),
        steps=ends[:, size + 2].astype(np.int64),
        codes=ends[:, size + 3].astype(np.int64),
        samples=samples,
    )


def _velocities(dynamics: MeanDynamics, columns: Array, out: Array) -> None:
    """Write the velocities at the columns of an array of shape (m, populations); few of them on this thread."""
    number, rules, table = columns.shape[1], dynamics.rules, dynamics.tables[0]
    replicator = int(rules[0, 0]) == kernels.REPLICATOR
    few = number <= kernels.CHUNK
    if dynamics.plan.size:
        if few:
            batches.chunk_payoffs(table, dynamics.plan, replicator, columns, out, 0, number)
        else:
            batches.many_payoffs(table, dynamics.plan, replicator, columns, out)
        if not replicator and few:
            kernels.chunk_by_payoffs(rules[0], columns, out, 0, number)
        elif not replicator:
            kernels.many_by_payoffs(rules[0], columns, out)
    elif dynamics.is_affine and dynamics.games == 1 and replicator and len(columns) == 3:
        if few:
            batches.three_by_matrix(table, columns, out, 0, number)
        else:
            batches.many_payoffs(table, dynamics.plan, replicator, columns, out)
    elif few:
        kernels.chunk_velocities(dynamics.tables, dynamics.counts, rules, columns, out, 0, number)
    else:
        kernels.many_velocities(dynamics.tables, dynamics.counts, rules, columns, out)


def _populations(starts: ArrayLike, dynamics: MeanDynamics) -> Array:
    """The starts, one for each run, scaled to sum to 1 in each population."""
    size, games = len(dynamics.strategies), dynamics.games
    shares = np.array(starts, dtype=np.float64, ndmin=2)
    require(shares.ndim == 2 and shares.shape[1] == size, "starts", shares.shape, f"of shape (runs, {size})")
    require(len(shares) > 0, "starts", shares.shape, "one or more populations")
    begins = np.cumsum((0, *dynamics.sizes[:-1]))
    totals = np.add.reduceat(shares, begins, axis=1)
    fit = (shares >= 0).all(axis=1) & (np.abs(totals - 1) <= 1e-9).all(axis=1)
    wrong = shares[int(np.argmin(fit))]
    words = "shares >= 0 that sum to 1" + (" in each population" if len(begins) > 1 else "")
    require(bool(fit.all()), "starts", wrong.tolist(), words)
    together = games == 1 or len(shares) in (1, games)
    require(together, "starts", shares.shape, f"one population, or {games}, one for each game")
    shares = shares / np.repeat(totals, dynamics.sizes, axis=1)
    return np.ascontiguousarray(np.repeat(shares, games, axis=0) if len(shares) == 1 else shares)


def _rows(out: Array, size: int) -> Array:
    rows = out.view()
    rows.shape = (-1, size)  # a copy would not be written through: this fails instead
    return rows
