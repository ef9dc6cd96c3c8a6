r"""Strategies that remember one round: the chance to contribute, by one's own last action and the others' number.

A memory-one strategy of :math:`N` players is :math:`p_0` and :math:`p_{a,j}`, for one's own last action
:math:`a \in \{C, D\}` and :math:`j = 0, \dots, N - 1` contributing co-players. Longer memory is out of scope.

Errors. An implementation error turns an intended action around with probability :math:`\epsilon`; strategies remember
what was done, not what was meant. An observation error turns each co-player's action around in one's own memory,
independently with probability :math:`\epsilon'`; one's own action is known. Both give again a memory-one strategy:

.. math::

    p'_{a,j} = (1 - \epsilon)\, \bar p_{a,j} + \epsilon\, (1 - \bar p_{a,j}), \qquad
    \bar p_{a,j} = \sum_i \Pr(i \mid j)\, p_{a,i}.

Source: model.md, section 4; Hilbe, Wu, Traulsen, Nowak (2014), PNAS 111, 16425-16430 (the notation); Hilbe,
Martinez-Vaquero, Chatterjee, Nowak (2017), PNAS 114, 4715-4720 (all-or-none); Nowak & Sigmund (1992), Nature 355,
250-253 (generous tit-for-tat).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact, is_integer, is_symbolic, unify


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryOne:
    """A strategy that remembers the last round.

    Parameters
    ----------
    initial : number
        Probability to contribute in the first round.
    after_contributing, after_defecting : sequence of number, length N
        Probability to contribute after having done so (or not), by the number j = 0, ..., N - 1 of co-players who
        did. For two players: (p_CD, p_CC) and (p_DD, p_DC).

    Notes
    -----
    Numbers are exact, floats or symbols; one float makes all of them floats.

    Raises
    ------
    InvalidParameter
        If lengths differ, or a number is outside [0, 1].

    Examples
    --------
    >>> MemoryOne(initial=1, after_contributing=[0, 1], after_defecting=[0, 1]) == tft(2)
    True
    """

    initial: Number
    after_contributing: Sequence[Number]
    after_defecting: Sequence[Number]

    def __post_init__(self) -> None:
        for name in ("after_contributing", "after_defecting"):
            listed = getattr(self, name)
            ok = not isinstance(listed, str) and hasattr(listed, "__len__") and len(listed) >= 2
            require(ok, name, listed, "two or more numbers, one for each number of contributing co-players")
        size = len(self.after_contributing)
        require(len(self.after_defecting) == size, "after_defecting", self.after_defecting, f"{size} numbers")
        given = [("initial", self.initial)]
        given += [(name, v) for name in ("after_contributing", "after_defecting") for v in getattr(self, name)]
        values = unify([as_number(value, name=name) for name, value in given])
        for (name, _), value in zip(given, values, strict=True):
            require(in_order(0, value, 1), name, value, "in [0, 1]")
        object.__setattr__(self, "initial", values[0])
        object.__setattr__(self, "after_contributing", tuple(values[1 : size + 1]))
        object.__setattr__(self, "after_defecting", tuple(values[size + 1 :]))

    @property
    def group_size(self) -> int:
        """Players, N."""
        return len(self.after_contributing)

    @property
    def is_exact(self) -> bool:
        """Whether every probability is a rational."""
        return all(map(is_exact, self.numbers))

    @property
    def is_symbolic(self) -> bool:
        """Whether a probability holds a symbol."""
        return any(map(is_symbolic, self.numbers))

    @property
    def is_deterministic(self) -> bool:
        """Whether every probability is 0 or 1."""
        return all(value in (0, 1) for value in self.numbers)

    @property
    def numbers(self) -> tuple[Number, ...]:
        """All probabilities: the first round's, after contributing, after defecting."""
        return (self.initial, *self.after_contributing, *self.after_defecting)

    def probability(self, contributed: bool, others: int) -> Number:
        """Chance to contribute, by one's own last action and the number of co-players who contributed."""
        return (self.after_contributing if contributed else self.after_defecting)[others]


def all_c(group_size: int) -> MemoryOne:
    """Always contribute."""
    return reactive([1] * _size(group_size))


def all_d(group_size: int) -> MemoryOne:
    """Never contribute."""
    return reactive([0] * _size(group_size), initial=0)


def grim(group_size: int) -> MemoryOne:
    """Contribute until anybody, oneself included, has defected.

    Examples
    --------
    >>> [str(p) for p in grim(3).after_contributing], [str(p) for p in grim(3).after_defecting]
    (['0', '0', '1'], ['0', '0', '0'])
    """
    size = _size(group_size)
    return MemoryOne(initial=1, after_contributing=[0] * (size - 1) + [1], after_defecting=[0] * size)


def proportional_tft(group_size: int, *, initial: Number = 1) -> MemoryOne:
    """Contribute with the probability that a random co-player contributed, j / (N - 1).

    Examples
    --------
    >>> [str(p) for p in proportional_tft(3).after_defecting]
    ['0', '1/2', '1']
    """
    size = _size(group_size)
    return reactive([Fraction(j, size - 1) for j in range(size)], initial=initial)


def tft(group_size: int, *, least: int | None = None, initial: Number = 1) -> MemoryOne:
    """Threshold reciprocator: contribute iff at least `least` co-players did, by default all of them.

    Parameters
    ----------
    group_size : int
    least : int, optional
        k of TFT_k, from 0 (always contribute, after the first round) to N (never).

    Examples
    --------
    >>> [str(p) for p in tft(4, least=2).after_contributing]
    ['0', '0', '1', '1']
    """
    size = _size(group_size)
    threshold = size - 1 if least is None else least
    ok = is_integer(threshold) and 0 <= threshold <= size
    require(ok, "least", least, "an integer from 0 to group_size")
    return reactive([int(j >= threshold) for j in range(size)], initial=initial)


def win_stay_lose_shift(group_size: int) -> MemoryOne:
    """All-or-none, AoN_1: contribute iff all or none contributed; for two players win-stay, lose-shift (Pavlov).

    Examples
    --------
    >>> [str(p) for p in win_stay_lose_shift(3).after_defecting]
    ['1', '0', '0']
    """
    size = _size(group_size)
    return MemoryOne(initial=1, after_contributing=[0] * (size - 1) + [1], after_defecting=[1] + [0] * (size - 1))


def reactive(probabilities: Sequence[Number], *, initial: Number = 1) -> MemoryOne:
    """A strategy that looks at the number of contributing co-players only."""
    return MemoryOne(initial=initial, after_contributing=probabilities, after_defecting=probabilities)


def generous(strategy: MemoryOne, generosity: Number) -> MemoryOne:
    """The same, but where it would not contribute it does so with probability `generosity`.

    Examples
    --------
    Generous tit-for-tat:

    >>> [str(p) for p in generous(tft(2), '1/4').after_contributing]
    ['1/4', '1']
    """
    extra = as_number(generosity, name="generosity")
    require(in_order(0, extra, 1), "generosity", generosity, "in [0, 1]")
    return _mapped(strategy, lambda p: p + (1 - p) * extra, initial=strategy.initial)


def with_errors(strategy: MemoryOne, *, implementation: Number = 0, observation: Number = 0) -> MemoryOne:
    """The strategy that is played when actions and observations fail (module header).

    Parameters
    ----------
    implementation, observation : number in [0, 1]
        Chance that an intended action is turned around; that a co-player's action is seen turned around.

    Examples
    --------
    >>> [str(p) for p in with_errors(tft(2), implementation='1/100').after_contributing]
    ['1/100', '99/100']
    """
    wrong = as_number(implementation, name="implementation")
    require(in_order(0, wrong, 1), "implementation", implementation, "in [0, 1]")
    seen = as_number(observation, name="observation")
    require(in_order(0, seen, 1), "observation", observation, "in [0, 1]")
    rest = strategy.group_size - 1

    def perceived(row: Sequence[Number]) -> list[Number]:
        kept = [[binomial(rest - j, seen, up) for up in range(rest - j + 1)] for j in range(rest + 1)]
        lost = [[binomial(j, seen, down) for down in range(j + 1)] for j in range(rest + 1)]
        return [
            sum(
                (
                    kept[j][up] * lost[j][down] * row[j + up - down]
                    for up in range(rest - j + 1)
                    for down in range(j + 1)
                ),
                start=0 * row[0],
            )
            for j in range(rest + 1)
        ]

    blurred = (
        strategy
        if is_exact(seen) and seen == 0
        else MemoryOne(
            initial=strategy.initial,
            after_contributing=perceived(strategy.after_contributing),
            after_defecting=perceived(strategy.after_defecting),
        )
    )
    return _mapped(blurred, lambda p: (1 - wrong) * p + wrong * (1 - p))


def binomial(trials: int, chance: Number, successes: int) -> Number:
    """Probability of `successes` among independent trials."""
    return comb(trials, successes) * chance**successes * (1 - chance) ** (trials - successes)


def _mapped(strategy: MemoryOne, change: Callable[[Number], Number], *, initial: Number | None = None) -> MemoryOne:
    return MemoryOne(
        initial=change(strategy.initial) if initial is None else initial,
        after_contributing=[change(p) for p in strategy.after_contributing],
        after_defecting=[change(p) for p in strategy.after_defecting],
    )


def _size(group_size: int) -> int:
    ok = is_integer(group_size) and group_size >= 2
    require(ok, "group_size", group_size, "an integer >= 2")
    return int(group_size)
