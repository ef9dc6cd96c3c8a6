r"""The best response dynamics, solved piece by piece: :math:`\dot x \in \mathrm{BR}(x) - x`.

While the mixture b of best replies does not change, :math:`x(t) = b + (x(0) - b)\, s` with :math:`s = e^{-t}`: the
population goes straight towards b. Payoffs along that way are polynomials in s, of degree 1 where payoffs are affine in
the counts (Matsui 1992, J. Econ. Theory 57, 343; Gilboa & Matsui 1991, Econometrica 59, 859), so the next switch is a
root: rational, or algebraic, and exact. At a tie the inclusion has a solution that goes straight on, perhaps several:
`dynamics.reply_choices` finds them, one is followed and the others are told. In games that are not affine a mixture
that keeps a tie has to bend: that way is integrated (`dynamics.sliding`).

Several populations obey :math:`\dot x^k \in \mathrm{BR}^k(x) - x^k`, with payoffs of degree one less than their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamics.reply_choices import ZERO, best_replies, ways_on
from dynamics.reply_fields import Point, ReplyField, reply_field
from dynamics.reply_segments import Segment, State, next_segment
from gametheory.errors import NotConverged, require
from gametheory.exact import Number, as_number, is_exact, is_integer

Array = NDArray[np.float64]


class Halt(Enum):
    """Why a path of the best response dynamics ends."""

    AT_REST = "an equilibrium, at which the population stays"
    APPROACHES = "straight to an equilibrium, without another switch, as time goes to infinity"
    CLOSED = "the population has come back to a point where it turned before: a closed orbit"
    TIME = "the duration is over"
    SEGMENTS = "the limit of segments was met"
    UNDECIDED = "a tie that cannot be decided with the digits that are left"


@dataclass(frozen=True, slots=True, eq=False)
class BestResponsePath:
    """A solution of the best response dynamics.

    Attributes
    ----------
    strategies : tuple of str
        Of all populations, one after another.
    sizes : tuple of int
        How many strategies each population has.
    segments : tuple of Segment
    ending : Halt
    field : ReplyField
    """

    strategies: tuple[str, ...]
    sizes: tuple[int, ...]
    segments: tuple[Segment, ...]
    ending: Halt
    field: ReplyField

    @property
    def exact(self) -> bool:
        """Whether every switch is."""
        return all(segment.exact for segment in self.segments)

    @property
    def unique(self) -> bool:
        """Whether there was one way only at every switch, and that was decided."""
        return all(s.decided and not s.alternatives and not s.continuum for s in self.segments)

    @property
    def time(self) -> float:
        """Until when the path is known; infinite if it ends at, or goes to, an equilibrium."""
        return self.segments[-1].begins + self.segments[-1].duration if self.segments else 0.0

    @property
    def limit(self) -> tuple[Number, ...]:
        """The equilibrium at which it ends or to which it goes. Raises `NotConverged` if there is none."""
        if self.ending not in (Halt.AT_REST, Halt.APPROACHES):
            raise NotConverged(f"{self.ending.value}; see also `recurrence`")
        return self.segments[-1].end

    def shares(self, times: ArrayLike) -> Array:
        """The populations at `times`, shape (times, m). Raises `NotConverged` beyond `time`."""
        ticks = np.atleast_1d(np.asarray(times, dtype=np.float64))
        require(bool((ticks >= 0).all()), "times", times, ">= 0")
        if bool((ticks > self.time).any()):
            raise NotConverged(f"the path is known until time {self.time:.6g}: {self.ending.value}")
        begins = np.array([segment.begins for segment in self.segments])
        rows = np.searchsorted(begins, ticks, side="right") - 1
        return np.array([self.segments[r].shares(t - begins[r]) for r, t in zip(rows.tolist(), ticks, strict=True)])


@dataclass(frozen=True, slots=True, eq=False)
class BestResponseSolutions:
    """Solutions from one start, as many as there are straight ways at their switches.

    Attributes
    ----------
    paths : tuple of BestResponsePath
        The one that `best_response_path` follows comes first.
    complete : bool
        Whether these are all, but for waiting: a solution may rest at an equilibrium for any time before it leaves.
    """

    paths: tuple[BestResponsePath, ...]
    complete: bool


def best_response_path(
    game: Any, start: Sequence[Number], *, duration: float = inf, max_segments: int = 200
) -> BestResponsePath:
    """Follow the best response dynamics from a population, or from several.

    Parameters
    ----------
    game : Game or PayoffTable, PayoffTensors, UnequalGame, or sequence of k arrays of shape (n_1, ..., n_k)
        A symmetric game has one population, an asymmetric one several. Groups of at most 100 unless payoffs are affine.
    start : sequence of number
        Shares >= 0 that sum to 1 in each population, of all populations one after another. Floats, of the game too, are
        taken as the binary fractions that they are, scaled to sum to 1.
    duration : float
        Segments are followed until one ends at this time or later, > 0.
    max_segments : int
        >= 1; where ever faster switches close in on a point, time does not get beyond it: see `recurrence`.

    Returns
    -------
    BestResponsePath
        Where there are several ways on, the first is followed, in this order: to stay, at an equilibrium; to one
        strategy, in the order of the strategies; to a mixture. An irrational switch (only possible in games that are
        not affine) is exact itself, as an `AlgebraicNumber`; what follows is computed with 60 digits.

    Raises
    ------
    InvalidParameter
        If `start` is not a population, or an option is outside its domain.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> hawk_dove = game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"])
    >>> path = best_response_path(hawk_dove, ["1/10", "9/10"])
    >>> path.ending.name, [str(share) for share in path.limit], path.unique
    ('AT_REST', ['1/2', '1/2'], True)
    >>> str(path.segments[0].remaining)
    '5/9'
    """
    made = reply_field(game)
    return follow(made, _start(made, start), duration=duration, max_segments=max_segments)


def follow(made: ReplyField, start: Point, *, duration: float = inf, max_segments: int = 200) -> BestResponsePath:
    """`best_response_path` where the game has been read already, and `start` is rational."""
    return _followed(made, start, (), duration, max_segments)[0]


def best_response_paths(
    game: Any, start: Sequence[Number], *, duration: float = inf, max_segments: int = 50, most: int = 64
) -> BestResponseSolutions:
    """The solutions of the best response dynamics from one start, a path for each way on at each switch.

    Parameters
    ----------
    game, start, duration, max_segments
        As in `best_response_path`.
    most : int
        Most paths, >= 1.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> coordination = game_from_payoffs([[2, 0], [0, 1]], ["A", "B"])
    >>> solutions = best_response_paths(coordination, ["1/3", "2/3"])
    >>> [[str(share) for share in path.limit] for path in solutions.paths]
    [['1/3', '2/3'], ['1', '0'], ['0', '1']]
    """
    require(is_integer(most) and most >= 1, "most", most, "an integer >= 1")
    made = reply_field(game)
    begin = _start(made, start)
    waiting: list[tuple[int, ...]] = [()]
    paths: list[BestResponsePath] = []
    while waiting and len(paths) < most:
        chosen = waiting.pop(0)
        path, options = _followed(made, begin, chosen, duration, max_segments)
        paths.append(path)
        for place in range(len(chosen), len(options)):
            before = (*chosen, *(0 for _ in range(place - len(chosen))))
            waiting += [(*before, other) for other in range(1, options[place])]
    sure = all(s.decided and not s.continuum for path in paths for s in path.segments)
    ended = all(path.ending not in (Halt.SEGMENTS, Halt.UNDECIDED) for path in paths)
    return BestResponseSolutions(tuple(paths), sure and ended and not waiting)


def _followed(
    made: ReplyField, start: Point, chosen: Sequence[int], duration: float, max_segments: int
) -> tuple[BestResponsePath, list[int]]:
    """One path that takes the `chosen` ways first, and how many ways there were at each switch."""
    require(bool(duration > 0), "duration", duration, "> 0")
    require(is_integer(max_segments) and max_segments >= 1, "max_segments", max_segments, "an integer >= 1")
    state = State(start, best_replies(made, start), ZERO, 0.0)
    segments: list[Segment] = []
    options: list[int] = []
    seen: set[tuple[Point, Point]] = set()
    ending = Halt.TIME
    while state.time < duration:
        ways = ways_on(made, state.shares, state.replies, slack=state.slack)
        index = chosen[len(segments)] if len(segments) < len(chosen) else 0
        if not ways.ways or (state.slack and not ways.decided):
            ending = Halt.UNDECIDED
            break
        corner = state.shares, ways.ways[index].target
        if state.slack == 0 and corner in seen:
            ending = Halt.CLOSED
            break
        if len(segments) == max_segments:
            ending = Halt.SEGMENTS
            break
        seen.add(corner)
        options.append(len(ways.ways))
        segment, after = next_segment(made, state, ways, index, duration - state.time)
        segments.append(segment)
        if segment.remaining == 0 and segment.duration == inf:
            ending = Halt.AT_REST if segment.start == segment.target else Halt.APPROACHES
            break
        if after is None:
            ending = Halt.UNDECIDED
            break
        state = after
    return BestResponsePath(made.strategies, made.sizes, tuple(segments), ending, made), options


def _start(made: ReplyField, start: Sequence[Number]) -> Point:
    size = len(made.strategies)
    require(len(start) == size, "start", start, f"{size} shares")
    numbers = [as_number(share, name="start") for share in start]
    known = all(is_exact(share) or isinstance(share, float) for share in numbers)
    require(known and all(number >= 0 for number in numbers), "start", start, "shares >= 0")
    exact = all(is_exact(share) for share in numbers)
    require(all(number <= 2 for number in numbers), "start", start, "shares that sum to 1")
    shares = [Fraction(share) for share in numbers]
    for places in made.populations:
        total = sum((shares[i] for i in places), ZERO)
        off = ZERO if exact else Fraction(1, 10**9)
        require(abs(total - 1) <= off, "start", start, "shares that sum to 1 in each population")
        for i in places:
            shares[i] /= total
    return tuple(shares)
