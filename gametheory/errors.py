"""Every exception this project raises on purpose."""

from fractions import Fraction
from typing import Any


class GameTheoryError(Exception):
    """Base class: catch this to catch anything the project raises on purpose."""


class InvalidParameter(GameTheoryError, ValueError):
    """An argument is outside its domain; the message, one line, names it, its domain and its value.

    Attributes
    ----------
    name : str
        The argument.

    Examples
    --------
    >>> InvalidParameter("fine", -1, ">= 0")
    InvalidParameter('fine must be >= 0, got -1')
    """

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(_one_line(f"{name} must be {expected}, got {_shown(value)}"))
        self.name = name

    def __reduce__(self) -> tuple[Any, ...]:
        # the default would call the class with the message alone, and fail in the parent of a worker process
        return (_rebuilt, (type(self), self.name, str(self)))

    @classmethod
    def relocated(cls, error: "InvalidParameter", where: str) -> "InvalidParameter":
        """The same error, its message led by the file or place `where` it arose."""
        return _rebuilt(cls, error.name, _one_line(f"{where}{error}"))


class NotConverged(GameTheoryError, RuntimeError):
    """An iteration stopped before its tolerance was met."""


class CertificateError(GameTheoryError):
    """A certificate does not prove the claim it came with."""


def require(ok: bool, name: str, value: object, expected: str) -> None:
    """Raise `InvalidParameter` unless `ok`."""
    if not ok:
        raise InvalidParameter(name, value, expected)


def _rebuilt(cls: type[InvalidParameter], name: str, message: str) -> InvalidParameter:
    error = cls(name, None, "")
    error.args = (message,)
    return error


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    try:
        shown = str(value) if isinstance(value, Fraction) else repr(value)
    except ValueError:  # Python refuses to print integers of more than some thousand digits
        return f"a {type(value).__name__} too long to print"
    return shown if len(shown) <= 200 else shown[:200] + "..."


def _one_line(text: str) -> str:
    return " ".join(text.split())
