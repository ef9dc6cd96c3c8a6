"""Which arithmetic a number belongs to, and how exact ones are read and written.

Exact are `int`, `Fraction`, `sympy.Rational`, `flint.fmpq` and strings ('3/10', '0.3' = 3/10). Floats and
numpy arrays give floats; sympy expressions stay symbols; flint balls stay balls. Nothing exact becomes a
float unless the caller put a float beside it.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import Any, Final

from gametheory.errors import require

# A float, an array, a Fraction, a sympy expression or a flint number: what the payoff formulas accept.
Number = Any

MAX_DIGITS: Final = 1000
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
    """Whether `value` is a number of python-flint (`arb`, `fmpq`, `fmpz`, ...)."""
    return type(value).__module__.startswith("flint")


def as_number(value: Number, *, name: str = "value") -> Number:
    """`value` in its own arithmetic: exact kinds become `Fraction`, floats and arrays float64, the rest stays.

    Raises
    ------
    InvalidParameter
        If `value` is a bool or no number at all.

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
        require(value.is_finite(), name, value, "a finite number")
        return Fraction(value)
    if isinstance(value, float):
        return float(value)
    if getattr(value, "is_Rational", False):
        return Fraction(int(value.p), int(value.q))
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        require(value.dtype.kind in "iuf", name, value, "an array of numbers")
        return value.astype(float) if value.shape else float(value)
    require(is_ball(value) or hasattr(value, "free_symbols"), name, value, "a number")
    return value


def is_exact(value: Number) -> bool:
    """Whether `value` is an exact rational."""
    return isinstance(value, Fraction | int) and not isinstance(value, bool)


def unify(values: Iterable[Number]) -> list[Number]:
    """Bring numbers that will meet in one formula into one arithmetic.

    One float or array among them makes all rationals floats; one ball makes them `flint.fmpq`, so that a
    formula never builds object arrays or fails on a mixed product. Rationals and symbols mix as they are.
    """
    listed = list(values)
    if any(isinstance(v, float) or hasattr(v, "dtype") for v in listed):
        return [float(v) if isinstance(v, Fraction) else v for v in listed]
    if any(is_ball(v) for v in listed):
        from flint import fmpq

        return [fmpq(v.numerator, v.denominator) if isinstance(v, Fraction) else v for v in listed]
    return listed


def holds_everywhere(condition: Any) -> bool:
    """Whether a comparison is true: of every entry of an array, and of a symbol unless sympy refutes it."""
    if hasattr(condition, "all"):
        return bool(condition.all())
    if condition is True or condition is False:
        return bool(condition)
    return str(condition) != "False"


def to_text(value: Number) -> Any:
    """A number as JSON holds it: rationals as 'a/b', floats as numbers, the rest as text.

    Examples
    --------
    >>> to_text(Fraction(3, 10)), to_text(Fraction(2)), to_text(0.5)
    ('3/10', '2', 0.5)
    """
    if isinstance(value, float):
        return value
    return str(value)
