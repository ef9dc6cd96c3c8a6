r"""Real roots of polynomials in one variable: isolated, compared and signed exactly.

A polynomial is its tuple of rational coefficients, constant first. Roots are rationals where they are
rational, else `AlgebraicNumber`: the only root of an integer polynomial in an open interval with rational
ends. Isolation is sympy's (continued fractions, Vincent-Akritas-Strzebonski); a rational root has a
denominator that divides the leading coefficient, so an interval narrower than half the inverse square of that
coefficient holds one candidate at most. The sign of `h` at a root of `p` is 0 iff gcd(h, p) has a root in its
interval; else the interval is halved until `h` has no root there. Nothing is decided in floats.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import comb, lcm
from typing import Any

from gametheory.errors import require

Polynomial = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class AlgebraicNumber:
    """The only root of a polynomial in an open interval; never rational.

    Attributes
    ----------
    coefficients : tuple of int
        Constant first; the polynomial has no repeated roots.
    low, high : Fraction
        It changes sign between them.

    Examples
    --------
    >>> root = AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2))
    >>> round(float(root), 6), root.text
    (1.414214, 'x**2 - 2')
    """

    coefficients: tuple[int, ...]
    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        ends = (evaluate(self.coefficients, self.low), evaluate(self.coefficients, self.high))
        require(ends[0] * ends[1] < 0, "interval", (self.low, self.high), "one that isolates a root")

    def __float__(self) -> float:
        narrow = self.refined(Fraction(1, 2**60))
        return float((narrow.low + narrow.high) / 2)

    @property
    def text(self) -> str:
        """The polynomial in `x`, in the claims language."""
        return polynomial_text(self.coefficients, "x")

    def refined(self, width: Fraction) -> "AlgebraicNumber":
        """The same number in an interval at most `width` wide."""
        low, high = self.low, self.high
        rising = evaluate(self.coefficients, high) > 0
        while high - low > width:
            middle = (low + high) / 2
            if (evaluate(self.coefficients, middle) > 0) == rising:
                high = middle
            else:
                low = middle
        return AlgebraicNumber(self.coefficients, low, high)

    def one_minus(self) -> "AlgebraicNumber":
        """1 minus this number."""
        mirrored = compose_one_minus(tuple(Fraction(c) for c in self.coefficients))
        return AlgebraicNumber(primitive(mirrored), 1 - self.high, 1 - self.low)


def evaluate(coefficients: Sequence[Any], value: Any) -> Any:
    """The polynomial at `value`, by Horner's rule.

    Examples
    --------
    >>> evaluate((1, 0, 2), 3)
    19
    """
    total: Any = 0
    for coefficient in reversed(coefficients):
        total = total * value + coefficient
    return total


def from_bernstein(values: Sequence[Fraction]) -> Polynomial:
    r"""The coefficients of :math:`\sum_k \binom{n}{k} v_k x^k (1 - x)^{n - k}`.

    Examples
    --------
    >>> [str(c) for c in from_bernstein([Fraction(0), Fraction(0), Fraction(1)])]
    ['0', '0', '1']
    """
    differences, result = list(values), []
    degree = len(values) - 1
    for power in range(degree + 1):  # the coefficients are forward differences at the first value
        result.append(comb(degree, power) * differences[0])
        differences = [after - before for before, after in pairwise(differences)]
    return trimmed(result)


def trimmed(coefficients: Sequence[Fraction]) -> Polynomial:
    """Without leading zeros; the zero polynomial is ()."""
    size = len(coefficients)
    while size and coefficients[size - 1] == 0:
        size -= 1
    return tuple(Fraction(c) for c in coefficients[:size])


def compose_one_minus(coefficients: Polynomial) -> Polynomial:
    """The coefficients of p(1 - x)."""
    total: list[Fraction] = []
    for coefficient in reversed(coefficients):
        shifted = [Fraction(0), *total]
        total = [a - b for a, b in zip([*total, Fraction(0)], shifted, strict=True)] if total else []
        total = [coefficient, *total[1:]] if not total else [total[0] + coefficient, *total[1:]]
    return trimmed(total)


def primitive(coefficients: Polynomial) -> tuple[int, ...]:
    """The multiple with coprime integer coefficients and a positive leading one."""
    from math import gcd

    scale = lcm(*(c.denominator for c in coefficients))
    whole = [int(c * scale) for c in coefficients]
    divisor = gcd(*whole) * (1 if whole[-1] > 0 else -1)
    return tuple(c // divisor for c in whole)


def polynomial_text(coefficients: Sequence[int], name: str) -> str:
    """A polynomial in the claims language, highest power first."""
    terms: list[str] = []
    for power in range(len(coefficients) - 1, -1, -1):
        value = coefficients[power]
        if value == 0:
            continue
        symbol = {0: "", 1: name}.get(power, f"{name}**{power}")
        size = "" if symbol and abs(value) == 1 else str(abs(value))
        sign = ("-" if value < 0 else "") if not terms else (" - " if value < 0 else " + ")
        terms.append(sign + "*".join(part for part in (size, symbol) if part))
    return "".join(terms) or "0"


def roots_inside(coefficients: Polynomial) -> list[Fraction | AlgebraicNumber]:
    """Distinct real roots strictly between 0 and 1, rising; their intervals do not overlap.

    Raises
    ------
    InvalidParameter
        If the polynomial is zero.

    Examples
    --------
    >>> [str(root) for root in roots_inside((Fraction(1), Fraction(-5), Fraction(6)))]
    ['1/3', '1/2']
    """
    require(bool(coefficients), "coefficients", coefficients, "a polynomial that is not zero")
    if len(coefficients) == 1:
        return []
    if len(coefficients) == 2:
        root = -coefficients[0] / coefficients[1]
        return [root] if 0 < root < 1 else []
    free = _poly(coefficients).sqf_part()
    for corner in (_poly((Fraction(0), Fraction(1))), _poly((Fraction(-1), Fraction(1)))):
        quotient, rest = free.div(corner)
        free = quotient if rest.is_zero else free
    if free.degree() < 1:
        return []
    whole = primitive(tuple(Fraction(int(c.p), int(c.q)) for c in reversed(free.all_coeffs())))
    found: list[Fraction | AlgebraicNumber] = []
    for low, high in free.intervals(inf=0, sup=1, sqf=True):
        found.append(_number(whole, Fraction(int(low.p), int(low.q)), Fraction(int(high.p), int(high.q))))
    return _apart(sorted(found, key=float))


def sign_at(coefficients: Polynomial, number: Fraction | AlgebraicNumber) -> int:
    """The exact sign, -1, 0 or 1, of a polynomial at a number.

    Examples
    --------
    >>> root = AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2))
    >>> sign_at((Fraction(-4), Fraction(0), Fraction(0), Fraction(0), Fraction(1)), root)
    0
    >>> sign_at((Fraction(-3, 2), Fraction(1)), root)
    -1
    """
    if not coefficients:
        return 0
    if isinstance(number, Fraction):
        return _sign(evaluate(coefficients, number))
    if len(coefficients) == 1:
        return _sign(coefficients[0])
    own = _poly(tuple(Fraction(c) for c in number.coefficients))
    other = _poly(coefficients)
    common = own.gcd(other)
    if common.degree() >= 1 and common.count_roots(_rational(number.low), _rational(number.high)) > 0:
        return 0
    while other.count_roots(_rational(number.low), _rational(number.high)) > 0:
        number = number.refined((number.high - number.low) / 2)
    return _sign(evaluate(coefficients, (number.low + number.high) / 2))


def between(first: Fraction | AlgebraicNumber, second: Fraction | AlgebraicNumber) -> Fraction:
    """A rational strictly between two different numbers whose intervals do not overlap, first < second."""
    low = first if isinstance(first, Fraction) else first.high
    high = second if isinstance(second, Fraction) else second.low
    return (low + high) / 2


def order(numbers: Sequence[Fraction | AlgebraicNumber]) -> list[Fraction | AlgebraicNumber]:
    """Different numbers, rising, their intervals refined until no two overlap; equal ones are listed once."""
    kept: list[Fraction | AlgebraicNumber] = []
    for number in numbers:
        if not any(_same(number, other) for other in kept):
            kept.append(number)
    return _apart(sorted(kept, key=float))


def _same(first: Fraction | AlgebraicNumber, second: Fraction | AlgebraicNumber) -> bool:
    if isinstance(first, Fraction) or isinstance(second, Fraction):
        return first == second
    if first.high <= second.low or second.high <= first.low:
        return False
    polynomial = tuple(Fraction(c) for c in second.coefficients)
    inside = max(first.low, second.low), min(first.high, second.high)
    common = _poly(polynomial).gcd(_poly(tuple(Fraction(c) for c in first.coefficients)))
    return bool(common.degree() >= 1 and common.count_roots(_rational(inside[0]), _rational(inside[1])) > 0)


def _apart(numbers: list[Fraction | AlgebraicNumber]) -> list[Fraction | AlgebraicNumber]:
    """Halve intervals until a rational fits strictly between neighbors, and between them and 0 and 1."""

    def low(number: Fraction | AlgebraicNumber) -> Fraction:
        return number if isinstance(number, Fraction) else number.low

    def high(number: Fraction | AlgebraicNumber) -> Fraction:
        return number if isinstance(number, Fraction) else number.high

    result = list(numbers)
    done = False
    while not done:
        done = True
        for index, number in enumerate(result):
            before = high(result[index - 1]) if index else Fraction(0)
            after = low(result[index + 1]) if index + 1 < len(result) else Fraction(1)
            if isinstance(number, AlgebraicNumber) and (number.low <= before or number.high >= after):
                result[index] = number.refined((number.high - number.low) / 2)
                done = False
    return result


def _number(whole: tuple[int, ...], low: Fraction, high: Fraction) -> Fraction | AlgebraicNumber:
    """The root that an isolating interval of a square-free polynomial holds, a Fraction if it is rational."""
    if low == high:
        return low
    for end in (low, high):  # another, rational root may sit at an end
        if evaluate(whole, end) == 0:
            linear = _poly((-end, Fraction(1)))
            quotient = _poly(tuple(Fraction(c) for c in whole)).quo(linear)
            whole = primitive(tuple(Fraction(int(c.p), int(c.q)) for c in reversed(quotient.all_coeffs())))
    leading = abs(whole[-1])
    rising = evaluate(whole, high) > 0
    start = low, high
    while high - low > Fraction(1, 2 * leading * leading + 1):
        middle = (low + high) / 2
        value = evaluate(whole, middle)
        if value == 0:
            return middle
        low, high = (low, middle) if (value > 0) == rising else (middle, high)
    candidate = ((low + high) / 2).limit_denominator(leading)
    if low <= candidate <= high and evaluate(whole, candidate) == 0:
        return candidate
    return AlgebraicNumber(whole, *start).refined(Fraction(1, 2**30))


def _sign(value: Any) -> int:
    return int(value > 0) - int(value < 0)


def _poly(coefficients: Polynomial) -> Any:
    import sympy as sp

    return sp.Poly([_rational(c) for c in reversed(coefficients)], sp.Symbol("x"), domain="QQ")


def _rational(value: Fraction) -> Any:
    import sympy as sp

    return sp.Rational(value.numerator, value.denominator)
