r"""Whether a profile of the repeated game is subgame perfect, as an exact condition on the discount factor.

By the one-shot-deviation principle (Blackwell 1965; Mailath & Samuelson 2006, proposition 2.2.1) a profile is subgame
perfect iff after no history a player gains by leaving it once. A `DecisionProcess` lists the histories, as far as they
matter, of one player whose co-players follow the profile; the normalized gain of a move is

.. math:: (1 - \omega)\,\bigl(u + \omega^e \textstyle\sum_j q_j V_j - V\bigr),

a quotient of polynomials in :math:`\omega` whose denominator is positive on [0, 1): the profile is subgame perfect
where every numerator is at most 0. A Nash equilibrium asks less: no gain at the start from any plan of deviations. An
optimal plan is the same on an interval of discount factors, so [0, 1) is cut into finitely many of them.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any, Final

from gametheory.algebra.roots import AlgebraicNumber, between, polynomial_text, primitive, trimmed
from gametheory.errors import InvalidParameter, require
from gametheory.exact import Number, as_number, in_order, is_exact
from gametheory.repeated.decisions import (
    DecisionProcess,
    Move,
    Node,
    Quotient,
    best_choice,
    policy,
    value_quotients,
    values,
)
from gametheory.repeated.deviations import Deviation
from gametheory.repeated.discount_sets import (
    EVERYWHERE,
    ONE,
    ZERO,
    DiscountSet,
    Interval,
    Point,
    compare,
    intersection,
    union,
    where_not_positive,
)

PREMISES: Final = (
    "all actions (and public draws) are observed by all",
    "every history counts, those that several deviations lead to included",
    "payoffs are expected discounted sums with one discount factor in [0, 1)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationCondition:
    """One way to deviate once, and at which discount factors it does not pay.

    Attributes
    ----------
    history, deviation : str
        In words.
    numerator, denominator : tuple of Fraction
        Coefficients, constant first, of the normalized gain as a quotient in lowest terms; the denominator is
        positive on [0, 1).
    """

    history: str
    deviation: str
    numerator: tuple[Fraction, ...]
    denominator: tuple[Fraction, ...]

    @property
    def discount_factors(self) -> DiscountSet:
        """Where the deviation does not pay."""
        return where_not_positive([self.numerator])

    @property
    def text(self) -> str:
        """The condition in the claims language, `omega` the discount factor, up to a positive factor."""
        if not self.numerator:
            return "0 <= 0"
        rest = self.numerator
        while len(rest) > 1 and sum(rest) == 0:  # without the factor 1 - omega, which is positive
            quotients = list(accumulate(rest))
            rest = tuple(quotients[:-1])
        whole = primitive(rest)
        return f"{polynomial_text(whole, 'omega')} {'<=' if rest[-1] > 0 else '>='} 0"

    def gain(self, discount_factor: Number) -> Number:
        """The normalized gain at a discount factor, in payoff units."""
        from gametheory.algebra.roots import evaluate

        return evaluate(self.numerator, discount_factor) / evaluate(self.denominator, discount_factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgamePerfection:
    """Where a profile is subgame perfect.

    Attributes
    ----------
    deviations : tuple of DeviationCondition
        One for each history and each move.
    discount_factors : DiscountSet
        Exactly the discount factors in [0, 1) at which none of them pays.
    premises : tuple of str
    """

    deviations: tuple[DeviationCondition, ...]
    discount_factors: DiscountSet
    premises: tuple[str, ...] = PREMISES

    def holds(self, discount_factor: Number) -> bool:
        """Whether the profile is subgame perfect at a discount factor (an exact number)."""
        return discount_factor in self.discount_factors

    @property
    def binding(self) -> tuple[DeviationCondition, ...]:
        """The deviations that pay at some discount factor."""
        return tuple(d for d in self.deviations if not d.discount_factors.is_everything)

    def to_json(self) -> dict[str, Any]:
        """Schema gametheory.subgame_perfection/1."""
        return {
            "schema": "gametheory.subgame_perfection/1",
            "discount_factors": self.discount_factors.to_json(),
            "conditions": [
                {"history": d.history, "deviation": d.deviation, "condition": d.text} for d in self.deviations
            ],
            "premises": list(self.premises),
        }

    def _repr_latex_(self) -> str:
        return r"$\omega \in " + self.discount_factors._repr_latex_().strip("$") + "$"


def subgame_perfection(process: DecisionProcess) -> SubgamePerfection:
    """The discount factors at which a profile is subgame perfect, exactly.

    Parameters
    ----------
    process : DecisionProcess
        Of `memory_one_process`, `symmetric_process`, `profile_process`, `punishment_stage_process`, ...; its numbers
        exact.

    Raises
    ------
    InvalidParameter
        If a number is a float or a symbol (`deviation_gains` takes those).

    Examples
    --------
    All-or-none is an equilibrium of N = 5, r = 3 for omega >= 1/5:

    >>> from gametheory import PublicGoodsGame
    >>> from gametheory.repeated import memory_one_process, win_stay_lose_shift
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3)
    >>> found = subgame_perfection(memory_one_process(game, win_stay_lose_shift(5)))
    >>> str(found.discount_factors), sorted({d.text for d in found.binding})
    ('[1/5, 1)', ['5*omega - 1 >= 0'])
    """
    _require_exact(process)
    gains = _gains(process, policy(process))
    found = tuple(
        DeviationCondition(
            history=node.history, deviation=move.name, numerator=_coefficients(top), denominator=_coefficients(bottom)
        )
        for node, move, top, bottom in gains
    )
    return SubgamePerfection(
        deviations=found, discount_factors=where_not_positive([d.numerator for d in found if d.numerator])
    )


def deviation_gains(process: DecisionProcess, *, discount_factor: Number) -> tuple[Deviation, ...]:
    """Normalized gains of all one-shot deviations at one discount factor, in any arithmetic.

    Parameters
    ----------
    process : DecisionProcess
        Numbers, or symbols for which the conditions are then formulas.
    discount_factor : number or symbol, in [0, 1)

    Examples
    --------
    >>> import sympy as sp
    >>> from gametheory import PublicGoodsGame
    >>> from gametheory.repeated import grim_process
    >>> r, omega = sp.symbols("r omega", positive=True)
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=r)
    >>> print(deviation_gains(grim_process(game), discount_factor=omega)[0].gain)
    -4*omega*r/5 - r/5 + 1
    """
    weight = as_number(discount_factor, name="discount_factor")
    require(in_order(0, weight, 1) and weight != 1, "discount_factor", discount_factor, "in [0, 1)")
    worth = values(process, policy(process), discount_factor=weight)
    found = []
    for i, node in enumerate(process.nodes):
        step = weight if node.ends_round else 1
        for move in _others(node):
            ahead = sum((chance * worth[j] for j, chance in move.successors), start=0 * worth[i])
            gain = (1 - weight) * (move.payoff + step * ahead - worth[i])
            found.append(Deviation(history=node.history, deviation=move.name, gain=_simplified(gain)))
    return tuple(found)


def is_nash(process: DecisionProcess, *, discount_factor: Number) -> bool:
    """Whether no plan of deviations gains at the start, exactly, by policy iteration.

    Parameters
    ----------
    process : DecisionProcess
        Its numbers exact; the profile may be random.
    discount_factor : exact number in [0, 1)

    Examples
    --------
    Tit-for-tat in the prisoner's dilemma is an equilibrium from 2/3 on, but not subgame perfect at 9/10:

    >>> from gametheory import game_from_payoffs
    >>> from gametheory.repeated import memory_one_process, tft
    >>> process = memory_one_process(game_from_payoffs([[3, 0], [5, 1]], ["C", "D"]), tft(2))
    >>> is_nash(process, discount_factor='9/10'), subgame_perfection(process).holds('9/10')
    (True, False)
    """
    _require_exact(process)
    weight = as_number(discount_factor, name="discount_factor")
    require(is_exact(weight) and 0 <= weight < 1, "discount_factor", discount_factor, "an exact number in [0, 1)")
    best = values(process, best_choice(process, discount_factor=weight), discount_factor=weight)
    own = values(process, policy(process), discount_factor=weight)
    return bool(best[process.start] == own[process.start])


def nash_discount_factors(process: DecisionProcess) -> DiscountSet:
    """Exactly the discount factors at which a profile is a Nash equilibrium of the repeated game.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> from gametheory.repeated import memory_one_process, tft
    >>> process = memory_one_process(game_from_payoffs([[3, 0], [4, 1]], ["C", "D"]), tft(2))
    >>> str(nash_discount_factors(process)), str(subgame_perfection(process).discount_factors)
    ('[1/3, 1)', '{1/3}')
    """
    _require_exact(process)
    own = value_quotients(process, policy(process))[process.start]
    covered, found = DiscountSet(()), []
    while (place := _uncovered(covered)) is not None:
        choice = best_choice(process, discount_factor=place)
        tops = [_coefficients(top) for *_, top, _ in _gains(process, choice)]
        region = where_not_positive([top for top in tops if top])
        covered = union([covered, region])
        best = value_quotients(process, choice)[process.start]
        difference = best.numerator * own.denominator - own.numerator * best.denominator
        found.append(intersection([region, where_not_positive([_coefficients(difference)])]))
    return union(found)


def _uncovered(covered: DiscountSet) -> Fraction | None:
    """A discount factor in no interval; isolated points of the set do not count as covering it."""
    low: Point = ZERO
    solid = [i for i in covered.intervals if compare(i.low, i.high) < 0]
    points = [i.low for i in covered.intervals if compare(i.low, i.high) == 0]
    for interval in [*solid, Interval(ONE, ONE)]:
        if compare(low, interval.low) < 0:
            place = _between(low, interval.low)
            while any(compare(place, point) == 0 for point in points):
                place = _between(low, place)
            return place
        low = interval.high
    return None


def _between(low: Point, high: Point) -> Fraction:
    while (high.low if isinstance(high, AlgebraicNumber) else high) <= (
        low.high if isinstance(low, AlgebraicNumber) else low
    ):
        low = low.refined((low.high - low.low) / 4) if isinstance(low, AlgebraicNumber) else low
        high = high.refined((high.high - high.low) / 4) if isinstance(high, AlgebraicNumber) else high
    return between(low, high)


def _gains(process: DecisionProcess, choice: list[list[Number]]) -> list[tuple[Node, Move, Any, Any]]:
    """Normalized gains, as quotients in lowest terms, of all moves that `choice` does not surely make."""
    from flint import fmpq_poly

    from gametheory.algebra.intervals import as_flint

    worth = value_quotients(process, choice)
    omega, one = fmpq_poly([0, 1]), fmpq_poly([1])
    found = []
    for i, node in enumerate(process.nodes):
        step = omega if node.ends_round else one
        for move, chance in zip(node.moves, choice[i], strict=True):
            if chance == 1:
                continue
            total = Quotient(fmpq_poly([as_flint(Fraction(move.payoff))]), one)
            for j, probability in move.successors:
                ahead = worth[j].numerator * step * as_flint(Fraction(probability))
                total = _sum(total, Quotient(ahead, worth[j].denominator))
            total = _sum(total, Quotient(-worth[i].numerator, worth[i].denominator))
            found.append((node, move, *_lowest_terms((one - omega) * total.numerator, total.denominator)))
    return found


def _sum(first: Quotient, second: Quotient) -> Quotient:
    if first.denominator == second.denominator:
        return Quotient(first.numerator + second.numerator, first.denominator)
    top = first.numerator * second.denominator + second.numerator * first.denominator
    return Quotient(top, first.denominator * second.denominator)


def _lowest_terms(top: Any, bottom: Any) -> tuple[Any, Any]:
    """Without the common factor, the denominator positive on [0, 1) and 1 at 0."""
    shared = top.gcd(bottom) if top != 0 else bottom
    top, bottom = top // shared, bottom // shared
    scale = bottom(0)
    return top / scale, bottom / scale


def _coefficients(polynomial: Any) -> tuple[Fraction, ...]:
    return trimmed([Fraction(int(c.p), int(c.q)) for c in polynomial.coeffs()])


def _others(node: Node) -> list[Move]:
    return [move for move, chance in zip(node.moves, node.prescribed, strict=True) if chance != 1]


def _simplified(gain: Number) -> Number:
    if not hasattr(gain, "free_symbols"):
        return gain
    import sympy as sp

    return sp.cancel(gain)


def _require_exact(process: DecisionProcess) -> None:
    if not process.is_exact:
        raise InvalidParameter("process", "one with floats or symbols", "a process of exact numbers")


__all__ = [
    "EVERYWHERE",
    "DeviationCondition",
    "SubgamePerfection",
    "deviation_gains",
    "is_nash",
    "nash_discount_factors",
    "subgame_perfection",
]
