"""Limits on what a stranger's certificate may cost, and the two ways in which judging it ends early."""

from contextvars import ContextVar
from fractions import Fraction

MAX_TEXT, MAX_DIGITS, MAX_DEPTH, MAX_NODES = 100_000, 1000, 150, 200_000  # of a formula
MAX_EXPONENT, MAX_BITS, MAX_STEPS = 1000, 10_000, 4_000_000
_steps = ContextVar("steps", default=MAX_STEPS)


class Rejected(Exception):
    """The certificate, or the claim in it, is not acceptable; the message says why."""


class Undefined(Exception):
    """A term has no value at the point."""


def demand(ok: object, message: str) -> None:
    """Reject unless `ok`."""
    if not ok:
        raise Rejected(message)


def start() -> None:
    """Allow `MAX_STEPS` from here on."""
    _steps.set(MAX_STEPS)


def spend(steps: int) -> None:
    """Reject once the work done since `start` exceeds `MAX_STEPS`."""
    _steps.set(_steps.get() - steps)
    demand(_steps.get() >= 0, f"the certificate takes more than {MAX_STEPS} steps")


def bounded(number: Fraction) -> Fraction:
    """The number, which must not be too long; a long one costs more steps."""
    bits = number.numerator.bit_length() + number.denominator.bit_length()
    demand(bits <= MAX_BITS, "a number is too large")
    spend(1 + bits // 100)
    return number
