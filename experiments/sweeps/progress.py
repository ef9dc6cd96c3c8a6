"""How far a computation is, on standard error, once it takes more than two seconds: a bar on a terminal, else lines."""

import sys
from time import monotonic
from types import TracebackType
from typing import Any, Final

QUIET_SECONDS: Final = 2.0
LINE_SECONDS: Final = 5.0


class Progress:
    """Counts points; a context manager.

    Parameters
    ----------
    what : str
    total : int or None
        Points in all; None if that is not known.
    done : int
        Points that were there before.
    shown : bool
        Whether to write anything.
    """

    def __init__(self, what: str, total: int | None, *, done: int = 0, shown: bool = True) -> None:
        self.what, self.total, self.before, self.done, self.shown = what, total, done, done, shown
        self.begin = monotonic()
        self.last = self.begin + QUIET_SECONDS - LINE_SECONDS
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.stop()

    @property
    def rate(self) -> float:
        """Points computed a second."""
        return (self.done - self.before) / max(monotonic() - self.begin, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """Seconds to go at this rate; None if that is not known."""
        return None if self.total is None or self.rate == 0 else (self.total - self.done) / self.rate

    def advance(self, points: int) -> None:
        """Note that so many more points are done."""
        self.done += points
        now = monotonic()
        if not self.shown or now - self.begin < QUIET_SECONDS:
            return
        if self.bar is None and sys.stderr.isatty():
            self._start_bar()
        if self.bar is not None:
            self.bar.update(self.task, completed=self.done, text=self._rest())
        elif now - self.last >= LINE_SECONDS and self.done != self.total:
            self.last = now
            of = "" if self.total is None else f" of {self.total}"
            print(f"{self.what}: {self.done}{of} points, {self._rest()}", file=sys.stderr, flush=True)

    def _rest(self) -> str:
        left = self.seconds_left
        return f"{self.rate:.4g} points/s" + ("" if left is None else f", {duration(left)} left")

    def _start_bar(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[text]}"),
        )
        self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self.task = self.bar.add_task(self.what, total=self.total, completed=self.done, text="")
        self.bar.start()


def duration(seconds: float) -> str:
    """Seconds as a person reads them.

    Examples
    --------
    >>> duration(3.4), duration(75), duration(7300)
    ('3 s', '1 min 15 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
