r"""Logit quantal response equilibria: along the whole principal branch, at one temperature, and where the branch ends.

Each player chooses strategy `a` with probability proportional to :math:`\exp(\lambda u_a)`, :math:`\lambda = 1/T` the
precision, `T` the temperature, against the others who do the same (McKelvey & Palfrey 1995). At :math:`\lambda = 0`
everybody is uniform; the branch that starts there leads, for almost all games, to one Nash equilibrium as
:math:`\lambda` grows, the logit solution, and may turn back on its way: a precision may be met several times.
Equilibria of that precision on other branches are not on it. For two strategies of a symmetric game all symmetric ones
are found; for three, `dynamics.rest_points` under `Logit` finds them.

Of a symmetric game only symmetric profiles are considered, for others give ``normal_form_of(game)``.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.intervals import EnclosedNumber
from gametheory.equilibria.logit_certificates import certified
from gametheory.equilibria.logit_fields import Field, ProfileField, SymmetricField, as_mixtures
from gametheory.equilibria.logit_paths import BranchEnd, Equations, Path, crossings, followed
from gametheory.equilibria.logit_roots import zeros_of_two
from gametheory.errors import NotConverged, require
from gametheory.exact import Number, as_number, is_exact, to_text
from gametheory.games import Game, payoff_table
from gametheory.normal_form import NormalFormGame, normal_form_of
from gametheory.unequal import UnequalGame

Array = NDArray[np.float64]

LARGEST: Final = 1e6  # precision times the width of payoffs
SHARPEST: Final = 10**300  # precision that floats hold
MAX_POINTS: Final = 5000
MAX_CERTIFIED: Final = 300_000  # players squared times profiles, above which balls would take minutes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BranchEvent:
    """Where a branch turns, or another one crosses it.

    Attributes
    ----------
    kind : {"fold", "branch point"}
        The precision has an extremum there, or other equilibria branch off.
    precision : float
    profile : tuple of tuples of float
        One mixture for each player; a single one for a symmetric game.
    before : int
        The last point of the branch before it.
    """

    kind: str
    precision: float
    profile: tuple[tuple[float, ...], ...]
    before: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogitBranch:
    """The principal branch of logit equilibria. Numerical.

    Attributes
    ----------
    game : Game or NormalFormGame
    symmetric : bool
        Whether profiles are the mixture that all players share.
    strategies : tuple of tuples of str
        Of each player; of one where `symmetric`.
    precisions : ndarray of float64, shape (points,)
        In 1 / payoff units, from 0; falling between folds.
    shares : ndarray of float64, shape (points, actions)
        Probability of each strategy of each player, player by player.
    logs : ndarray of float64, shape (points, actions)
        Their logarithms, finite where shares underflow.
    events : tuple of BranchEvent
        Folds and branch points; two within one step can be missed.
    end : BranchEnd
        How following it ended.
    residual : float
        The largest error of the equations of `gametheory.equilibria.logit_paths` at any point, in logarithms.
    width : float
        The largest difference of two payoffs of one player, in payoff units, or 1 if there is none.
    """

    game: Any
    symmetric: bool
    strategies: tuple[tuple[str, ...], ...]
    precisions: Array
    shares: Array
    logs: Array
    events: tuple[BranchEvent, ...]
    end: BranchEnd
    residual: float
    width: float

    @property
    def complete(self) -> bool:
        """Whether the largest precision was reached."""
        return self.end is BranchEnd.REACHED

    @property
    def temperatures(self) -> Array:
        """1 / precision; infinite at the start."""
        with np.errstate(divide="ignore"):
            return np.asarray(1.0 / self.precisions)

    @property
    def folds(self) -> tuple[BranchEvent, ...]:
        """The events at which the precision turns."""
        return tuple(event for event in self.events if event.kind == "fold")

    def profile(self, index: int) -> tuple[tuple[float, ...], ...]:
        """The profile of one point, a mixture for each player."""
        return _cut(self.strategies, self.shares[index].tolist())

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "concept": "logit quantal response equilibria, principal branch",
            "symmetric": self.symmetric,
            "strategies": [list(names) for names in self.strategies],
            "precisions": self.precisions.tolist(),
            "shares": self.shares.tolist(),
            "events": [
                {"kind": e.kind, "precision": e.precision, "profile": [list(x) for x in e.profile], "before": e.before}
                for e in self.events
            ],
            "end": self.end.value,
            "residual": self.residual,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LogitEquilibrium:
    """One logit equilibrium.

    Attributes
    ----------
    profile : tuple of tuples of EnclosedNumber, or of float if not certified
        One mixture for each player; a single one for a symmetric game.
    certified : bool
        Whether it is proved that exactly one equilibrium is in the box of these intervals.
    """

    profile: tuple[tuple[Any, ...], ...]
    certified: bool

    @property
    def shares(self) -> tuple[tuple[float, ...], ...]:
        """The profile in floats."""
        return tuple(tuple(map(float, mixture)) for mixture in self.profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogitEquilibria:
    """Logit equilibria of one temperature.

    Attributes
    ----------
    temperature : number
        T, in payoff units.
    strategies : tuple of tuples of str
    symmetric : bool
    points : tuple of LogitEquilibrium
        In the order of the branch; by the first share, rising, where all were found.
    complete : bool
        Whether these are proved to be all (symmetric ones of a symmetric game).
    note : str
        What was not searched or not decided, if anything.
    """

    temperature: Number
    strategies: tuple[tuple[str, ...], ...]
    symmetric: bool
    points: tuple[LogitEquilibrium, ...]
    complete: bool
    note: str

    def _repr_latex_(self) -> str:
        from gametheory.latex import point_latex, rows_latex, shown

        rows = [
            [point_latex(mixture, names) for mixture, names in zip(point.profile, self.strategies, strict=True)]
            for point in self.points
        ]
        return shown(rows_latex(rows))

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it: intervals by their ends as text where certified."""

        def written(share: Any) -> Any:
            return [to_text(share.low), to_text(share.high)] if isinstance(share, EnclosedNumber) else float(share)

        return {
            "concept": "logit quantal response equilibria",
            "temperature": to_text(self.temperature),
            "symmetric": self.symmetric,
            "strategies": [list(names) for names in self.strategies],
            "points": [
                {"profile": [[written(x) for x in mixture] for mixture in point.profile], "certified": point.certified}
                for point in self.points
            ],
            "complete": self.complete,
            "note": self.note,
        }


def logit_branch(
    game: Game | UnequalGame | NormalFormGame, *, largest: float | None = None, max_points: int = MAX_POINTS
) -> LogitBranch:
    """Follow the principal branch of logit equilibria from precision 0.

    Parameters
    ----------
    game : Game, UnequalGame or NormalFormGame
        Its parameters numbers.
    largest : float, optional
        The precision to stop at, in 1 / payoff units, > 0; by default 1e6 over the largest difference of payoffs.
    max_points : int
        To stop at.

    Returns
    -------
    LogitBranch
        Cost: about a hundred points, a few evaluations of all payoffs each.

    Raises
    ------
    InvalidParameter
        If `largest` or `max_points` is out of range.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> branch = logit_branch(game)
    >>> branch.complete, branch.events, branch.shares[0].tolist(), branch.shares[-1].tolist()
    (True, (), [0.5, 0.5], [0.0, 1.0])
    """
    field = _field(game)
    highest = LARGEST / field.width if largest is None else as_number(largest, name="largest")
    positive = highest > 0 and float(highest) < np.inf
    require(positive, "largest", largest, "a finite number > 0")
    require(max_points >= 2, "max_points", max_points, ">= 2")
    return _branch(game, field, followed(field, largest=float(highest) * field.width, max_points=max_points))


def logit_equilibria(
    game: Game | UnequalGame | NormalFormGame, *, temperature: Number, max_points: int = MAX_POINTS
) -> LogitEquilibria:
    """Logit equilibria at one temperature: all symmetric ones for two strategies, else those on the principal branch.

    Each is enclosed by intervals that are proved to hold it, and no other equilibrium; games with very many profiles
    are left to floats. Payoffs and temperatures in floats are taken for the rationals that they are.

    Parameters
    ----------
    game : Game, UnequalGame or NormalFormGame
    temperature : number
        T > 0, in payoff units, exact or float.
    max_points : int
        Of the branch.

    Returns
    -------
    LogitEquilibria

    Raises
    ------
    InvalidParameter
        If the temperature is no number > 0.
    NotConverged
        If the branch could not be followed to where it stays above the precision asked for.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> found = logit_equilibria(game_from_payoffs([[1, 0], [0, 1]], ["A", "B"]), temperature='1/4')
    >>> [round(point.shares[0][0], 6) for point in found.points], found.complete
    ([0.021248, 0.5, 0.978752], True)
    """
    value = as_number(temperature, name="temperature")
    positive = (is_exact(value) or isinstance(value, float)) and 0 < value < np.inf
    require(positive, "temperature", temperature, "a number > 0")
    field, precision = _field(game), 1 / Fraction(value)
    if isinstance(field, SymmetricField) and len(field.table.strategies) == 2:
        zeros, note = zeros_of_two(field.table, precision)
        points = tuple(LogitEquilibrium(profile=(zero.shares,), certified=zero.alone) for zero in zeros)
        complete = not note
    else:
        require(precision < SHARPEST, "temperature", temperature, "at least 1e-300 (to follow a branch)")
        points, note = _on_branch(field, precision, max_points), "only the principal branch was searched"
        complete = False
    return LogitEquilibria(
        temperature=value,
        strategies=field.strategies,
        symmetric=isinstance(field, SymmetricField),
        points=points,
        complete=complete,
        note=note,
    )


def _on_branch(field: Field, precision: Fraction, max_points: int) -> tuple[LogitEquilibrium, ...]:
    scaled = float(precision) * field.width
    path = followed(field, largest=max(LARGEST, 10 * scaled), max_points=max_points)
    if path.end is not BranchEnd.REACHED:
        raise NotConverged(f"the branch of logit equilibria was not followed to its end: {path.end.value}")
    found = []
    for point in crossings(Equations(field), path.points, scaled):
        if point is None:
            raise NotConverged("a logit equilibrium between two points of the branch was not found")
        found.append(_proved(field, precision, point[:-1]))
    return tuple(found)


def _proved(field: Field, precision: Fraction, logs: Array) -> LogitEquilibrium:
    """An equilibrium with the intervals that hold it, if they were proved."""
    large = isinstance(field, ProfileField) and field.payoffs.size * len(field.payoffs) > MAX_CERTIFIED
    zero = None if large else certified(field, precision, logs)
    shares: list[Any] = np.exp(logs).tolist() if zero is None else zero.numbers()
    return LogitEquilibrium(profile=as_mixtures(field, shares), certified=zero is not None)


def _field(game: Any) -> SymmetricField | ProfileField:
    if isinstance(game, UnequalGame):
        return ProfileField.of(normal_form_of(game))
    return ProfileField.of(game) if isinstance(game, NormalFormGame) else SymmetricField.of(payoff_table(game))


def _branch(game: Any, field: SymmetricField | ProfileField, path: Path) -> LogitBranch:
    points = np.array(path.points)
    logs = points[:, :-1]
    names = field.strategies
    events = tuple(
        BranchEvent(
            kind=kind,
            precision=float(where[-1]) / field.width,
            profile=_cut(names, np.exp(where[:-1]).tolist()),
            before=before,
        )
        for kind, before, where in path.events
    )
    return LogitBranch(
        game=game,
        symmetric=isinstance(field, SymmetricField),
        strategies=names,
        precisions=points[:, -1] / field.width,
        shares=np.exp(logs),
        logs=logs,
        events=events,
        end=path.end,
        residual=max(path.residuals),
        width=field.width,
    )


def _cut(strategies: tuple[tuple[str, ...], ...], values: list[float]) -> tuple[tuple[float, ...], ...]:
    rest = iter(values)
    return tuple(tuple(next(rest) for _ in names) for names in strategies)
