"""One segment of the best response dynamics: from a point, on a way, to the next switch.

Where all is exact, so is the switch: the largest root below 1, in s, of the gap of a strategy to those played. Where it
is irrational the end is computed to 240 binary digits, with a bound on what it may be off by then on; a sign
within that is not decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import exp, inf, log, log1p
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dynamics.reply_choices import ONE, ZERO, Ways, best_replies, payoff_gaps
from dynamics.reply_fields import Point, ReplyField
from dynamics.sliding import Slide, slide
from gametheory.algebra.roots import AlgebraicNumber, Polynomial, evaluate, order, roots_inside
from gametheory.exact import Number

Array = NDArray[np.float64]

WIDTH: Final = Fraction(1, 2**240)  # of the interval in which an irrational switch is taken
SLACK: Final = Fraction(1, 2**200)  # what is then left undecided
SLIDE_SLACK: Final = Fraction(1, 10**9)  # after a curved way
LARGEST_SLACK: Final = Fraction(1, 10**5)


@dataclass(frozen=True, slots=True)
class Segment:
    """What happens between two switches.

    Attributes
    ----------
    start, end, target : tuple of number
        `Fraction` while all is exact, else float. The way goes from `start` straight towards `target`, to `end`; at
        rest all three are the same. On a curved way `target` is that of its start.
    support : tuple of str
        Strategies that are taken up.
    replies : tuple of str
        All best replies on the way.
    remaining : Fraction, AlgebraicNumber or float
        How much of the distance to the target is left at the end: e to the minus duration; 0 for ever.
    begins, duration : float
        Times.
    alternatives : tuple of tuples of float
        Other targets to which a solution could have gone from the start: with none, and no `continuum`, there is one
        straight way only.
    continuum : bool
        Whether mixtures of some of the targets are possible too.
    decided : bool
        Whether `alternatives` are all, up to those mixtures.
    exact : bool
        Whether start, target and end are exact.
    slide : Slide or None
        The path of a curved way.
    origin : tuple of Fraction
        The start with all its digits.
    """

    start: tuple[Number, ...]
    end: tuple[Number, ...]
    target: tuple[Number, ...]
    support: tuple[str, ...]
    replies: tuple[str, ...]
    remaining: Number
    begins: float
    duration: float
    alternatives: tuple[tuple[float, ...], ...]
    continuum: bool
    decided: bool
    exact: bool
    slide: Slide | None = field(repr=False)
    origin: Point = field(repr=False)

    def shares(self, elapsed: float) -> Array:
        """The population some time after the start of the segment."""
        if self.slide is not None:
            return self.slide(elapsed)
        target = np.array(self.target, dtype=np.float64)
        return np.asarray(target + exp(-elapsed) * (np.array(self.start, dtype=np.float64) - target))


@dataclass(frozen=True, slots=True)
class State:
    """A point, its best replies, and what its coordinates may be off."""

    shares: Point
    replies: tuple[int, ...]
    slack: Fraction
    time: float


def next_segment(made: ReplyField, state: State, ways: Ways, index: int, left: float) -> tuple[Segment, State | None]:
    """Follow one way to its end; the state there, if it is decided."""
    way = ways.ways[index]
    tied = set(way.support)
    remaining: Number = ZERO
    path: Slide | None = None
    after: State | None = None
    length = inf
    end: Point = way.target
    if way.curved:
        path = slide(made, state.shares, way.support, longest=left)
        end, length, tied = path.end, path.duration, set(way.support)
        remaining = 0.0 if length == inf else exp(-length)
        after = State(end, path.replies, SLIDE_SLACK, state.time + length)
    elif way.target != state.shares:
        gaps = payoff_gaps(made, state.shares, way.target, way.support, tied=state.replies)
        tied |= {i for i, gap in gaps.items() if all(abs(c) <= state.slack for c in gap)}
        remaining, events = _next_switch({i: gap for i, gap in gaps.items() if i not in tied}, state.slack)
        if events:
            end, slack = _after(made, state, way.target, remaining, [gaps[i] for i in events])
            length = -_log(remaining)
            replies = best_replies(made, end) if slack == 0 else tuple(sorted({*tied, *events}))
            if slack <= LARGEST_SLACK and (slack == 0 or len(events) == 1):
                after = State(end, replies, slack, state.time + length)
    exact = made.exact and state.slack == 0 and not way.curved and (after is None or after.slack == 0)
    shown = (lambda point: tuple(point)) if exact else (lambda point: tuple(map(float, point)))
    names = made.strategies
    segment = Segment(
        start=shown(state.shares),
        end=shown(end),
        target=shown(way.target),
        support=tuple(names[i] for i in way.support),
        replies=tuple(names[i] for i in sorted(tied if way.target != state.shares else state.replies)),
        remaining=remaining if made.exact and state.slack == 0 and not way.curved else float(remaining),
        begins=state.time,
        duration=length,
        alternatives=tuple(tuple(map(float, other.target)) for k, other in enumerate(ways.ways) if k != index),
        continuum=ways.continuum,
        decided=ways.decided,
        exact=exact,
        slide=path,
        origin=state.shares,
    )
    return segment, after


def _next_switch(gaps: dict[int, Polynomial], slack: Fraction) -> tuple[Fraction | AlgebraicNumber, list[int]]:
    """The largest root below 1 of any gap, and whose it is; (0, nobody) if there is none."""
    last = {i: roots[-1] for i, gap in gaps.items() if gap and (roots := roots_inside(gap))}
    if not last:
        return ZERO, []
    latest = order(list(last.values()))[-1]
    near = Fraction(1, 2**100) if slack else ZERO
    events = []
    for i, root in last.items():
        if slack:
            same = abs(_fraction(root) - _fraction(latest)) <= max(near, slack)
        else:
            same = len(order([root, latest])) == 1
        if same:
            events.append(i)
    return latest, events


def _after(
    made: ReplyField, state: State, target: Point, remaining: Fraction | AlgebraicNumber, gaps: Sequence[Polynomial]
) -> tuple[Point, Fraction]:
    """Where a segment ends, and what that may be off."""
    s = _fraction(remaining)
    end = tuple(b + s * (x - b) for x, b in zip(state.shares, target, strict=True))
    if state.slack == 0 and isinstance(remaining, Fraction):
        return end, ZERO
    slopes = [abs(evaluate([k * c for k, c in enumerate(gap)][1:], s)) for gap in gaps]
    steepest = max(abs(c) for gap in gaps for c in gap)
    least = min(slopes)
    if least == 0:
        return end, ONE
    return _rounded(made, end), max(SLACK, 10 * state.slack * (1 + steepest / least))


def _rounded(made: ReplyField, point: Point) -> Point:
    """The same to 240 binary digits, so that they do not pile up; sums stay 1."""
    shares = [Fraction(round(share * 2**240), 2**240) for share in point]
    for places in made.populations:
        largest = max(places, key=lambda i: shares[i])
        shares[largest] += 1 - sum(shares[i] for i in places)
    return tuple(shares)


def _fraction(number: Fraction | AlgebraicNumber) -> Fraction:
    if isinstance(number, Fraction):
        return number
    narrow = number.refined(WIDTH)
    return (narrow.low + narrow.high) / 2


def _log(number: Fraction | AlgebraicNumber) -> float:
    value = _fraction(number)
    if value < Fraction(1, 2):
        return log(value.numerator) - log(value.denominator)
    return log1p(float(value - 1))
