"""Which Nash equilibrium a logit branch approaches, named and verified exactly.

The last point of the branch proposes; exact arithmetic disposes. Candidates near it are, in this order: its shares
rounded to rationals of small denominators; with two players, the solution of the indifference equations of its support;
in a symmetric game, the isolated symmetric equilibrium next to it. The first whose regrets are exactly 0 is the answer.
That the branch tends to just this equilibrium is numerical: it is the one within `CLOSE` of the last point.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from gametheory.equilibria.logit import LogitBranch
from gametheory.equilibria.symmetric import symmetric_equilibria
from gametheory.errors import NotConverged
from gametheory.exact import Number, is_exact, to_text
from gametheory.games import mean_payoffs, payoff_table
from gametheory.normal_form import NormalFormGame, normal_form_of
from gametheory.profiles import profile_regrets
from gametheory.unequal import UnequalGame

Mixtures = tuple[tuple[Any, ...], ...]

CLOSE: Final = 1e-4
DENOMINATORS: Final = (1, 2, 3, 4, 5, 6, 8, 10, 12, 20, 30, 60, 100, 1000)
MOST_SYMMETRIC: Final = 20  # players of games whose symmetric equilibria are searched


@dataclass(frozen=True, slots=True, kw_only=True)
class LogitLimit:
    """The Nash equilibrium at the end of a branch.

    Attributes
    ----------
    profile : tuple of tuples of number
        One mixture for each player, a single one for a symmetric game: rationals, algebraic or enclosed numbers; floats
        if none of these was verified.
    regret : number
        The largest gain of a deviation; exactly 0 where `exact`.
    distance : float
        From the last point of the branch, largest share.
    exact : bool
        Whether the profile is verified exactly.
    """

    profile: Mixtures
    regret: Number
    distance: float
    exact: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "profile": [[to_text(x) if is_exact(x) else float(x) for x in mixture] for mixture in self.profile],
            "regret": to_text(self.regret),
            "distance": self.distance,
            "exact": self.exact,
        }


def logit_limit(branch: LogitBranch) -> LogitLimit:
    """The Nash equilibrium that a branch approaches as the precision grows.

    Parameters
    ----------
    branch : LogitBranch
        Followed far enough: to about 1e6 over the width of payoffs, the default.

    Returns
    -------
    LogitLimit
        Not exact if the game is of floats, or no candidate was an equilibrium.

    Raises
    ------
    NotConverged
        If the branch did not reach its largest precision, or its last profile is no approximate equilibrium.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> from gametheory.equilibria.logit import logit_branch
    >>> hawk_dove = game_from_payoffs([[-1, 2], [0, 1]], ["hawk", "dove"])
    >>> logit_limit(logit_branch(hawk_dove)).profile
    ((Fraction(1, 2), Fraction(1, 2)),)
    """
    if not branch.complete:
        raise NotConverged(f"the branch ended before its limit: {branch.end.value}; follow it with more points")
    game = normal_form_of(branch.game) if isinstance(branch.game, UnequalGame) else branch.game
    last = branch.profile(-1)
    exact = game.exact if isinstance(game, NormalFormGame) else payoff_table(game).is_exact
    for profile in _candidates(game, last, branch.symmetric) if exact else ():
        regret = _regret(game, profile) if all(is_exact(x) for mixture in profile for x in mixture) else Fraction(0)
        distance = max(abs(float(x) - y) for a, b in zip(profile, last, strict=True) for x, y in zip(a, b, strict=True))
        if regret == 0 and distance <= CLOSE:
            return LogitLimit(profile=profile, regret=regret, distance=distance, exact=True)
    regret = float(_regret(game, last))
    if not regret <= CLOSE * branch.width:
        raise NotConverged(f"the last profile of the branch has a regret of {regret:.3g}; follow it further")
    return LogitLimit(profile=last, regret=regret, distance=0.0, exact=False)


def _regret(game: Any, profile: Sequence[Sequence[Number]]) -> Number:
    if isinstance(game, NormalFormGame):
        return max(profile_regrets(game, profile))
    (shares,) = profile
    payoffs = mean_payoffs(payoff_table(game), shares)
    return max(payoffs) - sum(x * u for x, u in zip(shares, payoffs, strict=True))


def rounded_profiles(last: Mixtures) -> Iterator[Mixtures]:
    """Profiles of small denominators next to one in floats."""
    for denominator in DENOMINATORS:
        rounded = tuple(tuple(Fraction(round(x * denominator), denominator) for x in mixture) for mixture in last)
        if all(sum(mixture) == 1 for mixture in rounded):
            yield rounded


def _candidates(game: Any, last: Mixtures, symmetric: bool) -> Iterator[Mixtures]:
    yield from rounded_profiles(last)
    if symmetric and game.group_size <= MOST_SYMMETRIC:
        for component in symmetric_equilibria(game).components:
            if component.dimension == 0:
                yield (component.parts[0].point,)
    if not symmetric and game.n_players == 2:
        yield from _indifferent(game, last)


def _indifferent(game: NormalFormGame, last: Mixtures) -> Iterator[Mixtures]:
    """The only profile on the support of the last one that makes both players indifferent there."""
    from gametheory.algebra.intervals import as_flint, as_fraction

    rows, columns = ([k for k, x in enumerate(mixture) if x > CLOSE] for mixture in last)
    if len(rows) != len(columns):
        return
    found = []
    for tensor, own, other in ((game.payoffs[0], rows, columns), (game.payoffs[1].T, columns, rows)):
        from flint import fmpq_mat

        size = len(own)
        table = [[as_flint(tensor[a, b] - tensor[own[0], b]) for b in other] for a in own[1:]]
        matrix = fmpq_mat(size, size, [value for row in [*table, [1] * size] for value in row])
        try:
            shares = matrix.solve(fmpq_mat(size, 1, [0] * (size - 1) + [1])).entries()
        except ZeroDivisionError:
            return
        weights = dict(zip(other, map(as_fraction, shares), strict=True))
        found.append(tuple(weights.get(b, Fraction(0)) for b in range(tensor.shape[1])))
    if all(x >= 0 for mixture in found for x in mixture):
        yield found[1], found[0]
