"""Which arithmetic a number belongs to, and how exact ones are read and written.

Exact are `int`, `Fraction`, `Decimal`, `sympy.Rational`, `flint.fmpq` and strings ('3/10', '0.3' = 3/10).
Floats and numpy arrays give floats; sympy expressions stay symbols; flint balls stay balls. Nothing exact
becomes a float unless the caller put a float beside it.
"""

import re
import sys
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from numbers import Integral
from typing import Any, Final

from gametheory.errors import InvalidParameter, require

# A float, an array, a Fraction, a sympy expression or a flint number: what the payoff formulas accept.
Number = Any

MAX_DIGITS: Final = 1000
MAX_EXPONENT: Final = 9999
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?(\s*/\s*\d+)?", re.ASCII)


def parse_rational(text: str, *, name: str = "number") -> Fraction:
    """Read '3/10', '0.3' or '3e-1' as the exact rational it spells.

    Raises
    ------
    InvalidParameter
        If `text` spells no rational, divides by zero, or has more than 1000 characters.

    Examples
    --------
    >>> parse_rational('0.3'), parse_rational('3/10')
    (Fraction(3, 10), Fraction(3, 10))
    """
    body = text.strip()
    expected = "a number such as 0.3 or '3/10'"
    require(len(body) <= MAX_DIGITS, name, f"{body[:20]}...", f"a number of at most {MAX_DIGITS} characters")
    require(_NUMBER.fullmatch(body) is not None, name, text, expected)
    numerator, _, denominator = body.partition("/")
    require(not denominator or int(denominator) != 0, name, text, expected)
    return Fraction(Decimal(numerator.strip())) / (int(denominator) if denominator else 1)


def is_symbolic(value: Number) -> bool:
    """Whether `value` is a sympy expression with free symbols."""
    return bool(getattr(value, "free_symbols", None))


def is_ball(value: Number) -> bool:
    """Whether `value` is a real ball of python-flint (`arb`)."""
    return type(value).__name__ == "arb" and type(value).__module__.startswith("flint")


def is_array(value: Number) -> bool:
    """Whether `value` is a numpy array (or one like it) of at least one dimension."""
    return hasattr(value, "dtype") and bool(getattr(value, "shape", ()))


def is_integer(value: object) -> bool:
    """Whether `value` is of an integer type: `int`, `numpy.int64`, `sympy.Integer`, but no bool."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def as_number(value: Number, *, name: str = "value") -> Number:
    """`value` in its own arithmetic: exact kinds become `Fraction`, arrays float64, the rest stays.

    An array is copied and the copy is read-only.

    Raises
    ------
    InvalidParameter
        If `value` is a bool or no number at all, or a `Decimal` with an exponent beyond 9999.

    Examples
    --------
    >>> as_number('3/10'), as_number(2), as_number(0.5)
    (Fraction(3, 10), Fraction(2, 1), 0.5)
    """
    require(not isinstance(value, bool), name, value, "a number")
    if isinstance(value, str):
        return parse_rational(value, name=name)
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Integral):
        return Fraction(int(value))
    if isinstance(value, Decimal):
        small = value.is_finite() and abs(value.adjusted()) <= MAX_EXPONENT
        require(small, name, value, f"a finite number with an exponent of at most {MAX_EXPONENT}")
        return Fraction(value)
    if isinstance(value, float):
        return float(value)
    if getattr(value, "is_Rational", False):
        return Fraction(int(value.p), int(value.q))
    if type(value).__module__.startswith("flint") and type(value).__name__ in ("fmpz", "fmpq"):
        whole: Any = value
        return Fraction(int(getattr(whole, "p", whole)), int(getattr(whole, "q", 1)))
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        require(getattr(value.dtype, "kind", "") in "iuf", name, value, "an array of numbers")
        if not value.shape:
            return float(value)
        array = value.astype(float)  # a copy
        if hasattr(array, "setflags"):
            array.setflags(write=False)
        return array
    require(is_ball(value) or _is_expression(value), name, value, "a number")
    return value


def is_exact(value: Number) -> bool:
    """Whether `value` is an exact rational."""
    return isinstance(value, Fraction | int) and not isinstance(value, bool)


def unify(values: Iterable[Number]) -> list[Number]:
    """Bring numbers that will meet in one formula into one arithmetic.

    One float or array among them makes all rationals floats; one ball makes them balls (of flint's precision
    at the time), so that a formula never builds object arrays or fails on a mixed product. Rationals and
    symbols mix as they are.

    Raises
    ------
    InvalidParameter
        If a rational that has to become a float is too large for one.

    Examples
    --------
    >>> unify([Fraction(1, 2), 0.25]), unify([Fraction(1, 2), 3])
    ([0.5, 0.25], [Fraction(1, 2), 3])
    """
    listed = list(values)
    if any(isinstance(v, float) or hasattr(v, "dtype") for v in listed):
        return [to_float(v) if isinstance(v, Fraction) else v for v in listed]
    if any(is_ball(v) for v in listed):
        from flint import arb, fmpq

        return [arb(fmpq(v.numerator, v.denominator)) if isinstance(v, Fraction) else v for v in listed]
    return listed


def to_float(value: Number) -> float:
    """The float nearest to an exact or floating-point number.

    Raises
    ------
    InvalidParameter
        If the number is too large for a float.

    Examples
    --------
    >>> to_float(Fraction(3, 10))
    0.3
    """
    try:
        return float(value)
    except OverflowError:
        raise InvalidParameter("value", value, "within the range of floats, for a float is beside it") from None


def holds_everywhere(condition: Any) -> bool:
    """Whether a comparison is true: of every entry of an array, and of a symbol unless sympy refutes it."""
    if hasattr(condition, "all"):
        return bool(condition.all())
    if condition is True or condition is False:
        return bool(condition)
    return str(condition) != "False"


def in_order(*values: Number) -> bool:
    """Whether ``values[0] <= values[1] <= ...`` everywhere; NaN, non-real and overlapping balls fail.

    Examples
    --------
    >>> in_order(0, Fraction(1, 2), 1), in_order(0, float("nan"))
    (True, False)
    """
    try:
        return all(holds_everywhere(a <= b) for a, b in pairwise(values))
    except TypeError:  # how sympy refuses to order what is not real
        return False


def to_text(value: Number) -> Any:
    """A number as JSON holds it: rationals as 'a/b', floats as numbers, the rest as text.

    Examples
    --------
    >>> to_text(Fraction(3, 10)), to_text(Fraction(2)), to_text(0.5)
    ('3/10', '2', 0.5)
    """
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Fraction):
        denominator = "" if value.denominator == 1 else f"/{_digits(value.denominator)}"
        return f"{_digits(value.numerator)}{denominator}"
    return _digits(value) if is_exact(value) else str(value)


def _digits(value: int) -> str:
    """The decimal digits of an integer of any length: `str` stops at some thousand, `Decimal` does not."""
    return str(value) if value.bit_length() < 10_000 else format(Decimal(value), "f")


def _is_expression(value: object) -> bool:
    sympy = sys.modules.get("sympy")  # if nobody has imported it, nothing is one of its expressions
    return sympy is not None and isinstance(value, sympy.Expr)
