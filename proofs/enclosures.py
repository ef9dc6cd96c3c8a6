r"""Real numbers enclosed between rationals, rounded outward: what is known of exp, log and irrational roots.

An interval holds the true value; every operation gives one that holds the true result, its ends rounded outward to
`bits` significant bits. With :math:`r = x / 2^m`, :math:`|r| \le 2^{-8}`, exp(x) is the Taylor sum of exp(r), whose
remainder after :math:`r^n / n!` is below :math:`2 |r|^{n+1} / (n+1)!`, squared m times; log(x) is
:math:`k \log 2 + 2 \operatorname{artanh} z` with :math:`x = 2^k y`, :math:`z = (y - 1) / (y + 1)`, whose remainder
after :math:`z^{2j+1} / (2j+1)` is below :math:`|z|^{2j+3} / (1 - z^2)`.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Final

MAX_ARGUMENT: Final = 10_000  # of exp: its value has as many digits


class Unclear(Exception):
    """An interval is too wide to tell, at this precision."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A real number between two rationals.

    Attributes
    ----------
    low, high : Fraction
        low <= the number <= high.
    bits : int
        Significant bits that results are rounded to.

    Examples
    --------
    >>> e = exponential(Interval(Fraction(1), Fraction(1), 64))
    >>> float(e.low), float(e.high)
    (2.718281828459045, 2.718281828459045)
    """

    low: Fraction
    high: Fraction
    bits: int

    def __add__(self, other: "Interval") -> "Interval":
        return _outward(self.low + other.low, self.high + other.high, self.bits)

    def __sub__(self, other: "Interval") -> "Interval":
        return _outward(self.low - other.high, self.high - other.low, self.bits)

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low, self.bits)

    def __mul__(self, other: "Interval") -> "Interval":
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return _outward(min(ends), max(ends), self.bits)

    def __truediv__(self, other: "Interval") -> "Interval":
        if other.low <= 0 <= other.high:
            raise Unclear("whether a divisor is 0")
        return self * _outward(1 / other.high, 1 / other.low, self.bits)

    def __abs__(self) -> "Interval":
        if self.low >= 0:
            return self
        return -self if self.high <= 0 else Interval(Fraction(0), max(-self.low, self.high), self.bits)

    def power(self, n: int) -> "Interval":
        """The n-th power, n >= 0."""
        if n % 2 == 0 and n:
            inner = abs(self)
            return _outward(_bounded_power(inner.low, n), _bounded_power(inner.high, n), self.bits)
        return _outward(_bounded_power(self.low, n), _bounded_power(self.high, n), self.bits)

    def sign(self) -> int:
        """The sign of the number; raises `Unclear` if the interval does not tell."""
        if self.low > 0 or self.high < 0 or self.low == self.high:
            return int(self.high > 0) - int(self.low < 0)
        raise Unclear("the sign of a number near 0")


def _bounded_power(value: Fraction, n: int) -> Fraction:
    if (value.numerator.bit_length() + value.denominator.bit_length()) * n > 2_000_000:
        raise Unclear("a power of so many digits")
    return value**n


def rounded(value: Fraction, bits: int, *, up: bool) -> Fraction:
    """The value, or the next number beside it with `bits` significant bits."""
    size = value.numerator.bit_length() - value.denominator.bit_length()
    shift = bits - size
    scaled = value * Fraction(2) ** shift
    whole = -((-scaled.numerator) // scaled.denominator) if up else scaled.numerator // scaled.denominator
    return Fraction(whole) / Fraction(2) ** shift


def _outward(low: Fraction, high: Fraction, bits: int) -> Interval:
    return Interval(rounded(low, bits, up=False), rounded(high, bits, up=True), bits)


def exponential(x: Interval) -> Interval:
    """Euler's number to the power of another."""
    if max(abs(x.low), abs(x.high)) > MAX_ARGUMENT:
        raise Unclear("exp of so large a number")
    return Interval(_exp(x.low, x.bits).low, _exp(x.high, x.bits).high, x.bits)


def _exp(x: Fraction, bits: int) -> Interval:
    if x == 0:
        return Interval(Fraction(1), Fraction(1), bits)
    halvings = max(0, x.numerator.bit_length() - x.denominator.bit_length() + 9)
    r = x / 2**halvings
    precision = bits + halvings + 10
    total, term, n = Fraction(1), Fraction(1), 0
    while abs(term) > Fraction(1, 2 ** (precision + 2)):
        n += 1
        term = rounded(term * r / n, precision + 20, up=True)
        total += term
    # every term was rounded by less than its last bit, and the rest is less than twice the last term
    slack = 2 * abs(term) + Fraction(n + 1, 2 ** (precision + 10))
    result = _outward(total - slack, total + slack, precision)
    for _ in range(halvings):
        result = result.power(2)
    return _outward(result.low, result.high, bits)


def logarithm(x: Interval) -> Interval:
    """The natural logarithm of a number > 0; raises `Unclear` where the interval holds 0."""
    if x.low <= 0:
        raise Unclear("whether log is defined")
    return Interval(_log(x.low, x.bits).low, _log(x.high, x.bits).high, x.bits)


def _log(x: Fraction, bits: int) -> Interval:
    precision = bits + 20
    k = x.numerator.bit_length() - x.denominator.bit_length()
    y = x / Fraction(2) ** k
    result = _artanh((y - 1) / (y + 1), precision)
    if k:
        two = _artanh(Fraction(1, 3), precision)
        result = result + (two * Interval(Fraction(k), Fraction(k), precision))
    doubled = result + result
    return _outward(doubled.low, doubled.high, bits)


def _artanh(z: Fraction, bits: int) -> Interval:
    if z == 0:
        return Interval(Fraction(0), Fraction(0), bits)
    total, power, j = Fraction(0), Fraction(rounded(z, bits + 20, up=True)), 0
    square = z * z
    slack = Fraction(1, 2**bits) * abs(z) / 2
    while abs(power) > slack / 8:
        total += rounded(power / (2 * j + 1), bits + 20, up=True)
        power = rounded(power * square, bits + 20, up=True)
        j += 1
    return _outward(total - slack, total + slack, bits)


def square_root(x: Interval) -> Interval:
    """The square root of a number >= 0; raises `Unclear` where the interval does not tell."""
    if x.low < 0:
        raise Unclear("whether sqrt is defined")
    return Interval(_sqrt(x.low, x.bits, up=False), _sqrt(x.high, x.bits, up=True), x.bits)


def _sqrt(x: Fraction, bits: int, *, up: bool) -> Fraction:
    shift = max(0, bits - (x.numerator.bit_length() - x.denominator.bit_length()) // 2)
    scaled = x * 4**shift
    whole = scaled.numerator // scaled.denominator
    root = isqrt(whole)
    exact = root * root == scaled
    return Fraction(root + (up and not exact), 2**shift)
