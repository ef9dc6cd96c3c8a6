r"""Where rest points of two strategies appear, vanish or cross as a parameter changes: exactly.

The gain of the first strategy over the second is :math:`P(x, \lambda) / Q(\lambda)`, with `x` the share of the first
and P, Q polynomials with rational coefficients, found by calling the game with a symbol for :math:`\lambda`. Two rest
points inside meet only where the discriminant of P (its square-free part) in x vanishes; its roots are isolated
exactly. There the double root is :math:`-b/a` of the first subresultant :math:`a(\lambda) x + b(\lambda)` of P and
:math:`\partial P / \partial x`, so that signs of polynomials at an algebraic number say whether it lies inside. How
many rest points lie inside on either side, counted at rational values, tells folds (two more or fewer) from crossings.
A rest point passes through a corner where :math:`P(0, \lambda)` or :math:`P(1, \lambda)` vanishes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from gametheory.algebra.roots import (
    AlgebraicNumber,
    Polynomial,
    between,
    evaluate,
    primitive,
    roots_inside,
    sign_at,
    trimmed,
)
from gametheory.compositions import multiplicity
from gametheory.exact import Number

FOLD: Final = "fold"
CROSSING: Final = "crossing"
PITCHFORK: Final = "pitchfork"
TRANSCRITICAL: Final = "transcritical"
HOPF: Final = "Hopf"
FLAT: Final = "all rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialPoint:
    """A value of the parameter where the rest points change.

    Attributes
    ----------
    kind : str
        "fold" (two rest points meet and vanish), "transcritical" (one passes through another on the boundary, which
        takes its stability over), "crossing" or "pitchfork" (branches meet inside and go on), "Hopf", or "all rest".
    value : number
        Of the parameter: Fraction or `AlgebraicNumber` where `method` is "exact", else float.
    shares : tuple of number
        The rest point there; empty for "all rest".
    method : str
        "exact" or "numerical".
    criticality : str or None
        Of a Hopf point with three strategies: "supercritical" (a stable cycle is born), "subcritical", "degenerate or
        undecided" (as for any linear game: there all orbits close). None otherwise.
    residual : float
        Of the rest point's speed and of the test function, relative to payoffs; 0 if exact.
    """

    kind: str
    value: Number
    shares: tuple[Number, ...]
    method: str
    criticality: str | None = None
    residual: float = 0.0


def exact_special_points(
    game_of: Callable[[Any], Any], low: Fraction, high: Fraction
) -> tuple[SpecialPoint, ...] | None:
    """Every special value strictly between `low` and `high`; None where the gain is not known as a rational function.

    Parameters
    ----------
    game_of : callable
        From the parameter, which may be a sympy symbol, to a game with two strategies.
    low, high : Fraction

    Examples
    --------
    >>> from gametheory import CollectiveRiskGame
    >>> risk = lambda value: CollectiveRiskGame(group_size=6, threshold=3, risk=value, contribution='1/10')
    >>> for point in exact_special_points(risk, Fraction(0), Fraction(1)):
    ...     print(point.kind, point.value, [str(share) for share in point.shares])
    fold 125/432 ['2/5', '3/5']
    """
    gain = _gain(game_of)
    if gain is None:
        return None
    import sympy as sp

    x, parameter = sp.symbols("x parameter")
    free = sp.Poly(sp.Poly(gain, x, parameter).sqf_part().as_expr(), x)
    for corner in (sp.Poly(x, x), sp.Poly(1 - x, x)):  # rest points that never leave a corner are no roots inside
        while free.degree() > 0:
            quotient, rest = sp.div(free, corner)
            if not rest.is_zero:
                break
            free = quotient
    found: list[SpecialPoint] = []
    flat = _over(sp.gcd_list(free.all_coeffs()), parameter) if free.all_coeffs() else ()
    for value in _values(flat, low, high):
        found.append(SpecialPoint(kind=FLAT, value=value, shares=(), method="exact"))
    free = sp.Poly(sp.cancel(free.as_expr() / sp.gcd_list(free.all_coeffs())), x)
    meetings = _meetings(free, parameter, low, high)
    passings = []
    for corner, share in ((0, Fraction(0)), (1, Fraction(1))):
        at_corner = _over(free.eval(corner), parameter)
        passings += [(value, (share, 1 - share)) for value in _values(at_corner, low, high)]
    cuts = order_all([*(m[0] for m in meetings), *(p[0] for p in passings)])
    for value, shares in meetings:
        kind = _kind(free, parameter, value, cuts, low, high)
        found.append(SpecialPoint(kind=kind, value=value, shares=shares, method="exact"))
    for value, shares in passings:
        found.append(SpecialPoint(kind=TRANSCRITICAL, value=value, shares=shares, method="exact"))
    return tuple(sorted(found, key=lambda point: float(point.value)))


def order_all(numbers: Sequence[Number]) -> list[Number]:
    """Different numbers, rising, with intervals that do not overlap, anywhere on the line."""
    kept: list[Number] = []
    for number in sorted(numbers, key=float):
        if not kept or float(number) > float(kept[-1]) + 1e-12:
            kept.append(number)
    return kept


def _gain(game_of: Callable[[Any], Any]) -> Any:
    """The numerator of the gain of the first strategy, a polynomial in x and the parameter; None if it is none."""
    import sympy as sp

    from gametheory.compositions import compositions
    from gametheory.exact import is_integer

    x, parameter = sp.symbols("x parameter")
    try:
        game = game_of(parameter)
        if len(game.strategies) != 2 or not is_integer(game.group_size):
            return None
        total: Any = sp.Integer(0)
        for counts in compositions(int(game.group_size) - 1, 2).tolist():
            first, second = (_sympy(game.payoff(name, counts)) for name in game.strategies)
            total += multiplicity(counts) * x ** counts[0] * (1 - x) ** counts[1] * (first - second)
    except Exception:  # a game that needs a number for its parameter says so in many ways
        return None
    whole = sp.together(total)
    numerator, denominator = sp.fraction(sp.cancel(whole))
    rational = numerator.is_polynomial(x, parameter) and denominator.is_polynomial(parameter)
    rational = rational and not denominator.has(x) and numerator.free_symbols <= {x, parameter}
    exact = rational and all(c.is_Rational for c in sp.Poly(numerator, x, parameter).coeffs())
    return numerator if exact and numerator != 0 else None


def _sympy(value: Number) -> Any:
    import sympy as sp

    if isinstance(value, Fraction):
        return sp.Rational(value.numerator, value.denominator)
    if not isinstance(value, sp.Expr) or value.has(sp.Float):
        raise TypeError("a float among exact numbers")
    return value


def _over(expression: Any, parameter: Any) -> Polynomial:
    """Coefficients of a polynomial in the parameter, constant first."""
    import sympy as sp

    coefficients = sp.Poly(expression, parameter).all_coeffs()
    return trimmed([Fraction(int(c.p), int(c.q)) for c in reversed(coefficients)])


def _values(polynomial: Polynomial, low: Fraction, high: Fraction) -> list[Number]:
    """The real roots strictly between `low` and `high`, rising."""
    if len(polynomial) < 2:
        return []
    width = high - low
    found: list[Number] = []
    for root in roots_inside(_composed(polynomial, width, low)):
        if isinstance(root, Fraction):
            found.append(low + width * root)
            continue
        own = _composed(tuple(Fraction(c) for c in root.coefficients), 1 / width, -low / width)
        found.append(AlgebraicNumber(primitive(own), low + width * root.low, low + width * root.high))
    return found


def _composed(polynomial: Polynomial, slope: Fraction, constant: Fraction) -> Polynomial:
    """The coefficients of p(slope x + constant)."""
    total: list[Fraction] = []
    for coefficient in reversed(polynomial):
        shifted = [Fraction(0), *(slope * value for value in total)]
        kept = [*(constant * value for value in total), Fraction(0)]
        total = [a + b for a, b in zip(shifted, kept, strict=True)]
        total[0] += coefficient
    return trimmed(total)


def _meetings(free: Any, parameter: Any, low: Fraction, high: Fraction) -> list[tuple[Number, tuple[Number, ...]]]:
    """Values at which the gain has a multiple root inside, and where that is."""
    import sympy as sp

    if free.degree() < 2:
        return []
    chain = sp.subresultants(free, free.diff())
    linear = next((p for p in chain if p.degree() == 1), None)
    found = []
    for value in _values(_over(free.discriminant(), parameter), low, high):
        place = _double_root(free, linear, parameter, value)
        if place is not None:
            found.append((value, (place, 1 - place)))
    return found


def _double_root(free: Any, linear: Any, parameter: Any, value: Number) -> Number | None:
    """The multiple root strictly between 0 and 1 at a value of the parameter, if there is one."""
    import sympy as sp

    if isinstance(value, Fraction):
        here = _over(free.as_expr().subs(parameter, sp.Rational(value.numerator, value.denominator)), free.gen)
        slope = trimmed([k * c for k, c in enumerate(here)][1:])
        common = sp.gcd(_poly(here), _poly(slope))
        inside = roots_inside(tuple(Fraction(int(c.p), int(c.q)) for c in reversed(common.all_coeffs())))
        return None if not inside else inside[0] if isinstance(inside[0], Fraction) else float(inside[0])
    if linear is None:
        return None
    a, b = (_over(c, parameter) for c in linear.all_coeffs())
    lead = sign_at(a, value)
    if lead == 0 or sign_at(b, value) != -lead:  # the root -b/a is positive iff b has the other sign
        return None
    size = max(len(a), len(b))
    total = trimmed(
        [(a[k] if k < len(a) else Fraction(0)) + (b[k] if k < len(b) else Fraction(0)) for k in range(size)]
    )
    if sign_at(total, value) != lead:  # and below 1 iff a + b has that of a
        return None
    near = value.refined(Fraction(1, 2**120))
    middle = (near.low + near.high) / 2
    return float(-evaluate(b, middle) / evaluate(a, middle))


def _kind(free: Any, parameter: Any, value: Number, cuts: Sequence[Number], low: Fraction, high: Fraction) -> str:
    """Fold, crossing or pitchfork, by the numbers of rest points inside on the two sides."""
    import sympy as sp

    place = next(k for k, cut in enumerate(cuts) if abs(float(cut) - float(value)) <= 1e-12)
    sides = []
    for first, second in pairwise((low, *cuts, high)):
        sides.append(_between(first, second))
    numbers = []
    for side in (sides[place], sides[place + 1]):
        here = _over(free.as_expr().subs(parameter, sp.Rational(side.numerator, side.denominator)), free.gen)
        numbers.append(len(roots_inside(here)) if here else -1)
    change = abs(numbers[1] - numbers[0])
    if change == 0:
        return CROSSING
    return PITCHFORK if min(numbers) % 2 == 1 and change == 2 and _is_triple(free, parameter, value) else FOLD


def _is_triple(free: Any, parameter: Any, value: Number) -> bool:
    """Whether the multiple root is a triple one, at a rational value."""
    import sympy as sp

    if not isinstance(value, Fraction):
        return False
    exact = sp.Rational(value.numerator, value.denominator)
    here = sp.Poly(free.as_expr().subs(parameter, exact), free.gen)
    common = sp.gcd(here, here.diff())
    return bool(sp.gcd(common, common.diff()).degree() > 0)


def _between(first: Number, second: Number) -> Fraction:
    """A rational strictly between two numbers."""
    while True:
        low = first if isinstance(first, Fraction) else first.high
        high = second if isinstance(second, Fraction) else second.low
        if low < high:
            return Fraction(between(first, second))
        first, second = (n if isinstance(n, Fraction) else n.refined((n.high - n.low) / 2) for n in (first, second))


def _poly(coefficients: Polynomial) -> Any:
    import sympy as sp

    terms = [sp.Rational(c.numerator, c.denominator) for c in reversed(coefficients)] or [sp.Integer(0)]
    return sp.Poly(terms, sp.Symbol("x"), domain="QQ")
