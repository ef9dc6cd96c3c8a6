"""Rational bounds of e**x, rounded outward."""

from fractions import Fraction

from proofs.checker.limits import bounded, demand

BITS = 200


def _rounded(x: Fraction, *, up: bool) -> Fraction:
    """A number of about `BITS` binary digits that is not below x (or not above it)."""
    scale = Fraction(2) ** (BITS - abs(bounded(x).numerator).bit_length() + x.denominator.bit_length())
    return (-(-x * scale // 1) if up else x * scale // 1) / scale


def exponential(x: Fraction, *, up: bool) -> Fraction:
    """A number that is not above e**x (or not below it), by Taylor's polynomial at x / 2**k, squared k times."""
    demand(abs(x) <= 1000, "exp of a number beyond 1000")
    if x == 0:
        return Fraction(1)
    k = (abs(x.numerator) // x.denominator + 1).bit_length() + 8
    y = _rounded(x / 2**k, up=up)
    total = term = Fraction(1)
    for i in range(1, 31):
        term = _rounded(term * y / i, up=up)
        total += term
    # |y| <= 2**-8: what is left out is below 2**-248, and all roundings together are below 2**-195
    total = _rounded(total + Fraction(1 if up else -1, 2**190), up=up)
    for _ in range(k):
        total = _rounded(total * total, up=up)
    return total
