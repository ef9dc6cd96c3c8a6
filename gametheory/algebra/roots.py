r"""Real roots of polynomials in one variable: isolated, compared and signed exactly.

A polynomial is its tuple of rational coefficients, constant first. Roots are rationals where they are
rational, else `AlgebraicNumber`: the only root of an integer polynomial in an open interval with rational
ends. Isolation halves intervals until Descartes' rule of signs, after a Moebius map of the interval to the
positive axis, counts 0 or 1 (Vincent 1836; Collins & Akritas 1976, Proc. SYMSAC, 272). Intervals narrow by
Newton's method with balls. A rational root has a denominator that divides the leading coefficient, so an
interval narrower than half the inverse square of that coefficient holds one candidate at most. The sign of
`h` at a root of `p` is 0 iff gcd(h, p) has that root; else the interval is narrowed until a ball around the
value of `h` leaves 0. Polynomials are flint's: degree 999 takes seconds. Nothing is decided in floats.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import comb, lcm
from typing import Any, Final

from gametheory.algebra.intervals import as_flint, exact_end
from gametheory.algebra.residues import has_no_rational_root
from gametheory.errors import require

Polynomial = tuple[Fraction, ...]
NARROW: Final = Fraction(1, 2**62)  # so that the nearest float is known at once
LONG: Final = 20  # from this degree on, primes are asked first whether there are rational roots


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
        poly = _whole_poly(self.coefficients)
        require(
            _sign_of(poly, self.low) * _sign_of(poly, self.high) < 0,
            "interval",
            (self.low, self.high),
            "one that isolates a root",
        )

    def __float__(self) -> float:
        narrow = self.refined(Fraction(1, 2**60))
        return float((narrow.low + narrow.high) / 2)

    @property
    def text(self) -> str:
        """The polynomial in `x`, in the claims language."""
        return polynomial_text(self.coefficients, "x")

    def refined(self, width: Fraction) -> "AlgebraicNumber":
        """The same number in an interval at most `width` wide."""
        if self.high - self.low <= width:
            return self
        low, high = _narrowed(_whole_poly(self.coefficients), self.low, self.high, width)
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
    scale = lcm(*(Fraction(value).denominator for value in values))
    differences, result = [int(value * scale) for value in values], []
    degree = len(values) - 1
    for power in range(degree + 1):  # the coefficients are forward differences at the first value
        result.append(Fraction(comb(degree, power) * differences[0], scale))
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
    from flint import fmpq, fmpq_poly

    given = fmpq_poly([fmpq(c.numerator, c.denominator) for c in coefficients])
    return trimmed([Fraction(int(c.p), int(c.q)) for c in given(fmpq_poly([1, -1])).coeffs()])


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
    whole = _whole_poly(primitive(coefficients))
    free = whole // whole.gcd(whole.derivative())
    for corner in ([0, 1], [-1, 1]):
        free = _without_factor(free, _whole_poly(corner))
    found = [low if low == high else _number(free, low, high) for low, high in _isolated(free)]
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
    other = _whole_poly(primitive(coefficients))
    common = _whole_poly(number.coefficients).gcd(other)
    if common.degree() >= 1 and _sign_of(common, number.low) * _sign_of(common, number.high) < 0:
        return 0
    turn = 1 if coefficients[-1] > 0 else -1  # `primitive` makes the leading coefficient positive
    while True:
        value = _ball_value(other, number.low, number.high)
        if value:
            return turn * value
        number = number.refined((number.high - number.low) ** 2 / 4)


def between(first: Fraction | AlgebraicNumber, second: Fraction | AlgebraicNumber) -> Fraction:
    """A rational strictly between two different numbers whose intervals do not overlap, first < second."""
    low = first if isinstance(first, Fraction) else first.high
    high = second if isinstance(second, Fraction) else second.low
    return (low + high) / 2


def order(numbers: Sequence[Fraction | AlgebraicNumber]) -> list[Fraction | AlgebraicNumber]:
    """Different numbers, rising, their intervals refined until no two overlap; equal ones are listed once."""
    kept: list[Fraction | AlgebraicNumber] = []
    for number in numbers:
        if not any(same_number(number, other) for other in kept):
            kept.append(number)
    return _apart(sorted(kept, key=float))


def same_number(first: Fraction | AlgebraicNumber, second: Fraction | AlgebraicNumber) -> bool:
    """Whether two numbers are equal, however they are given."""
    if isinstance(first, Fraction) or isinstance(second, Fraction):
        return first == second
    if first.high <= second.low or second.high <= first.low:
        return False
    low, high = max(first.low, second.low), min(first.high, second.high)
    common = _whole_poly(second.coefficients).gcd(_whole_poly(first.coefficients))
    # in the overlap both polynomials have their number at most, and it is no end of it, being irrational
    return bool(common.degree() >= 1 and _sign_of(common, low) * _sign_of(common, high) < 0)


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


def _number(free: Any, low: Fraction, high: Fraction) -> Fraction | AlgebraicNumber:
    """The root that an isolating interval of a square-free polynomial holds, a Fraction if it is rational."""
    for end in (low, high):  # another, rational root may sit at an end
        free = _without_factor(free, _whole_poly([-end.numerator, end.denominator]))
    whole = primitive(tuple(Fraction(int(c)) for c in free.coeffs()))
    if len(whole) > LONG and has_no_rational_root(whole):
        return AlgebraicNumber(whole, *_narrowed(free, low, high, NARROW))
    leading = abs(whole[-1])
    low, high = _narrowed(free, low, high, Fraction(1, 2 * leading * leading + 1))
    candidate = ((low + high) / 2).limit_denominator(leading)
    if low <= candidate <= high and _sign_of(free, candidate) == 0:
        return candidate
    return AlgebraicNumber(whole, low, high).refined(NARROW)


def _isolated(free: Any) -> list[tuple[Fraction, Fraction]]:
    """Open intervals in (0, 1) with one root each of a square-free polynomial that is not 0 there at 0 and 1.

    A root in the middle of an interval is given as an interval of width 0.
    """
    from flint import fmpz_poly

    found = []
    shift = fmpz_poly([1, 1])
    todo = [(free, Fraction(0), Fraction(1))]
    while todo:
        local, low, high = todo.pop()
        changes = _sign_changes(fmpz_poly(local.coeffs()[::-1])(shift))
        if changes == 1:
            found.append((low, high))
        if changes <= 1:
            continue
        middle = (low + high) / 2
        size = local.degree()
        left = fmpz_poly([c << (size - k) for k, c in enumerate(map(int, local.coeffs()))])  # 2^n p(x / 2)
        right = left(shift)
        if right[0] == 0:
            found.append((middle, middle))
            right = fmpz_poly(right.coeffs()[1:])
            left = left // fmpz_poly([-1, 1])
        todo += [(left, low, middle), (right, middle, high)]
    return found


def _sign_changes(poly: Any) -> int:
    signs = [value > 0 for value in poly.coeffs() if value != 0]
    return sum(before != after for before, after in pairwise(signs))


def _narrowed(poly: Any, low: Fraction, high: Fraction, width: Fraction) -> tuple[Fraction, Fraction]:
    """A narrower interval around the simple root that an interval holds, by Newton's method with balls.

    Where that does not at least halve it, it is halved. The new ends are dyadic and no roots; a root that is hit
    is returned as an interval of width 0.
    """
    from flint import arb, ctx

    slope = poly.derivative()
    rising = _sign_of(poly, high) > 0 if _sign_of(poly, high) else _sign_of(poly, low) < 0
    while high - low > width:
        bits = 64 + 2 * ((1 / (high - low)).__ceil__().bit_length() + 1) + poly.degree()
        with ctx.workprec(min(bits, 64 + 2 * (1 / width).__ceil__().bit_length()) + poly.height_bits()):
            middle = arb(as_flint((low + high) / 2))
            steepness = slope(middle.union(arb(as_flint(low))).union(arb(as_flint(high))))
            if not steepness.contains(0):
                root = middle - poly(middle) / steepness
                ends = _outward(exact_end(root.lower()), exact_end(root.upper()))
                if ends[1] - ends[0] < (high - low) / 2:
                    ends = max(low, ends[0]), min(high, ends[1])
                    if _sign_of(poly, ends[0]) * _sign_of(poly, ends[1]) < 0:
                        low, high = ends
                        continue
        half = (low + high) / 2
        sign = _sign_of(poly, half)
        if sign == 0:
            return half, half
        low, high = (low, half) if (sign > 0) == rising else (half, high)
    return _with_few_digits(poly, low, high, width)


def _with_few_digits(poly: Any, low: Fraction, high: Fraction, width: Fraction) -> tuple[Fraction, Fraction]:
    """A slightly wider interval within the allowed width, if its ends are shorter and the signs there the same."""
    grid = 2 ** ((4 / width).__ceil__().bit_length())
    ends = Fraction((low * grid).__floor__(), grid), Fraction((high * grid).__ceil__(), grid)
    if ends[1] - ends[0] > width or not 0 <= ends[0] < ends[1] <= 1:
        return low, high
    # the root that the interval holds is simple and isolated; wider by less than a grid step it may hold a second
    same = _sign_changes_between(poly, *ends) == 1
    return ends if same else (low, high)


def _sign_changes_between(poly: Any, low: Fraction, high: Fraction) -> int:
    """Descartes' count of the roots in an open interval: 1 proves exactly one."""
    from flint import fmpq_poly, fmpz_poly

    moved = fmpq_poly(poly.coeffs())(fmpq_poly([as_flint(low), as_flint(high - low)]))
    return _sign_changes(fmpz_poly(moved.numer().coeffs()[::-1])(fmpz_poly([1, 1])))


def _outward(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Slightly wider, with few digits."""
    grid = 2 ** ((1 / (high - low)).__ceil__().bit_length() + 2) if high > low else 2 ** (low.denominator.bit_length())
    return Fraction((low * grid).__floor__(), grid), Fraction((high * grid).__ceil__(), grid)


def _ball_value(poly: Any, low: Fraction, high: Fraction) -> int:
    """The sign of a polynomial on an interval, 0 if a ball around its values holds 0."""
    from flint import arb, ctx

    bits = 64 + 2 * (1 / (high - low)).__ceil__().bit_length() + poly.height_bits() + poly.degree()
    with ctx.workprec(bits):
        value = poly(arb(as_flint(low)).union(arb(as_flint(high))))
        return 1 if value > 0 else -1 if value < 0 else 0


def _without_factor(poly: Any, factor: Any) -> Any:
    quotient, rest = divmod(poly, factor) if poly.degree() >= 1 else (poly, 1)
    return poly if rest else quotient


def _sign_of(poly: Any, value: Fraction) -> int:
    return _sign(poly(as_flint(value)))


def _whole_poly(coefficients: Sequence[int]) -> Any:
    from flint import fmpz_poly

    return fmpz_poly([int(c) for c in coefficients])


def _sign(value: Any) -> int:
    return int(value > 0) - int(value < 0)
