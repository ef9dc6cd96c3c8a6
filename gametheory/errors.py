"""Every exception this project raises on purpose."""


class GameTheoryError(Exception):
    """Base class: catch this to catch anything the project raises on purpose."""


class InvalidParameter(GameTheoryError, ValueError):
    """An argument is outside its domain; the message names it, its domain and its value."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        shown = "nothing" if value is None else repr(value)
        if len(shown) > 200:
            shown = shown[:200] + "..."
        super().__init__(f"{name} must be {expected}, got {shown}")
        self.name = name

    @classmethod
    def relocated(cls, error: "InvalidParameter", where: str) -> "InvalidParameter":
        """The same error, its message led by the file or place `where` it arose."""
        moved = cls(error.name, None, "")
        moved.args = (f"{where}{error}",)
        return moved


class NotConverged(GameTheoryError, RuntimeError):
    """An iteration stopped before its tolerance was met."""


class CertificateError(GameTheoryError):
    """A certificate does not prove the claim it came with."""


def require(ok: bool, name: str, value: object, expected: str) -> None:
    """Raise `InvalidParameter` unless `ok`."""
    if not ok:
        raise InvalidParameter(name, value, expected)
