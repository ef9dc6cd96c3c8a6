r"""Risk-averse equilibrium: everybody trades the variance of its payoff off against its mean.

Form (Slumbers et al. 2023, ICML, of which this is the mean-variance form): player `i` maximizes over its mixtures

.. math:: f_i(\sigma) = E[u_i(\sigma, s_{-i})] - \lambda_i\, \sigma' C_i(\sigma_{-i})\, \sigma,

:math:`\lambda_i \ge 0` its risk aversion and :math:`C_i` the covariance matrix of the payoffs of its own pure
strategies when the others draw from their mixtures (`gametheory.equilibria.risk_averse_fields`). In a risk-averse
equilibrium all do; with :math:`\lambda = 0` that is a Nash equilibrium.

Existence. Covariance matrices are positive semidefinite, so :math:`f_i` is concave in one's own mixture and continuous
in all of them: best replies form nonempty convex compact sets that depend upper hemicontinuously on the others, and
Kakutani's theorem gives an equilibrium, of a symmetric game also a symmetric one (the same argument with one mixture).
By construction: an equilibrium is a profile where no strategy's marginal value :math:`g_a` exceeds the mixture's mean
of them. Where :math:`\sigma_a \propto \exp(\mu g_a)`, none exceeds it by more than :math:`\ln m / \mu`, so limit points
of such profiles as :math:`\mu` grows are equilibria. They are reached along the path of these profiles that starts at
the uniform one, :math:`\mu = 0`, followed through its folds as in `gametheory.equilibria.logit_paths`. Which of several
equilibria it leads to says something: the one that players reach who start out knowing nothing.

What variance does not do. Against a pure profile there is no variance, so every pure Nash equilibrium remains a
risk-averse one at any :math:`\lambda`: both of a stag hunt, for instance. Risk aversion moves the boundary between
them, and with it what the path selects.

Verification. By concavity no mixture gains more than :math:`\max_a g_a - \sum_a \sigma_a g_a`, the gap. It is 0 exactly
at rational answers; others are proved to lie in a box where the first-order conditions have exactly one solution,
absent strategies being worse throughout. What is neither is approximate, and is refused on reading if a gap is not
small.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np

from gametheory.algebra.intervals import as_flint, as_fraction
from gametheory.algebra.roots import AlgebraicNumber, from_bernstein, roots_inside
from gametheory.equilibria.logit_fields import ProfileField, SymmetricField, as_mixtures, blocks
from gametheory.equilibria.logit_limits import rounded_profiles
from gametheory.equilibria.logit_paths import BranchEnd, followed
from gametheory.equilibria.risk_averse_certificates import boxed
from gametheory.equilibria.risk_averse_fields import RiskAverseField, gaps_of
from gametheory.errors import NotConverged, require
from gametheory.exact import Number, as_number, is_exact, to_text
from gametheory.games import Game, PayoffTable, payoff_table
from gametheory.normal_form import NormalFormGame, normal_form_of
from gametheory.unequal import UnequalGame

Mixtures = tuple[tuple[Any, ...], ...]

LARGEST: Final = 1e6
CLOSE: Final = 1e-4
SMALL_GAP: Final = 1e-5  # relative to the width of marginal values: of answers that may be read
EXACT: Final = "exact: every gap is 0 in rationals"
ALGEBRAIC: Final = "exact: a root of the difference of marginal values"
CERTIFIED: Final = "certified: the only solution of the first-order conditions in a box, absent strategies worse there"
APPROXIMATE: Final = "approximate: gaps bounded"


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAverseEquilibrium:
    """A risk-averse equilibrium, and how it is known to be one.

    Attributes
    ----------
    strategies : tuple of tuples of str
        Of each player; of one where `symmetric`.
    symmetric : bool
    risk_aversion : tuple of Fraction
        Of each player (one where `symmetric`), per payoff unit.
    approximate : tuple of tuples of number
        A mixture for each player: rationals, `AlgebraicNumber` or `EnclosedNumber` where proved, else floats.
    gaps : tuple of number
        At least what any deviation gains, in units of the objective: 0 where proved.
    means, variances : tuple of number
        Of each player's payoff, the mean of its own mixture taken; floats unless the profile is rational.
    proof : str
        How it was verified.
    converged : bool
        Whether it may be read: proved, or its gaps below 1e-5 of the width of marginal values.
    """

    strategies: tuple[tuple[str, ...], ...]
    symmetric: bool
    risk_aversion: tuple[Fraction, ...]
    approximate: Mixtures
    gaps: tuple[Number, ...]
    means: tuple[Number, ...]
    variances: tuple[Number, ...]
    proof: str
    converged: bool

    @property
    def exact(self) -> bool:
        """Whether the profile is given by exact numbers."""
        return self.proof in (EXACT, ALGEBRAIC)

    @property
    def profile(self) -> Mixtures:
        """The equilibrium.

        Raises
        ------
        NotConverged
            If its gaps are not small.
        """
        if not self.converged:
            raise NotConverged(f"a deviation may gain {max(map(float, self.gaps)):.3g}; allow the path more points")
        return self.approximate

    def _repr_latex_(self) -> str:
        from gametheory.latex import point_latex, rows_latex, shown

        pairs = zip(self.profile, self.strategies, strict=True)
        return shown(rows_latex([[point_latex(mixture, names)] for mixture, names in pairs]))

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""

        def written(x: Any) -> Any:
            return to_text(x) if is_exact(x) else float(x)

        return {
            "concept": "risk-averse equilibrium",
            "symmetric": self.symmetric,
            "strategies": [list(names) for names in self.strategies],
            "risk_aversion": [to_text(value) for value in self.risk_aversion],
            "profile": [[written(x) for x in mixture] for mixture in self.approximate],
            "gaps": [written(gap) for gap in self.gaps],
            "means": [written(mean) for mean in self.means],
            "variances": [written(variance) for variance in self.variances],
            "proof": self.proof,
            "converged": self.converged,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAverseEquilibria:
    """All symmetric risk-averse equilibria of two strategies.

    Attributes
    ----------
    points : tuple of RiskAverseEquilibrium
        The first share rising; empty if `everywhere`.
    everywhere : bool
        Whether every mixture is one.
    """

    points: tuple[RiskAverseEquilibrium, ...]
    everywhere: bool


def risk_averse_equilibrium(
    game: Game | UnequalGame | NormalFormGame, *, risk_aversion: Number | Sequence[Number], max_points: int = 5000
) -> RiskAverseEquilibrium:
    """The risk-averse equilibrium that the path from the uniform profile leads to; of a symmetric game a symmetric one.

    Parameters
    ----------
    game : Game, UnequalGame or NormalFormGame
        Its parameters numbers; floats are taken for the rationals that they are.
    risk_aversion : number, or one for each player of a game in normal form
        >= 0, per payoff unit.
    max_points : int
        Of the path.

    Returns
    -------
    RiskAverseEquilibrium
        Reading the profile of one that is not verified raises `NotConverged`.

    Raises
    ------
    InvalidParameter
        If a risk aversion is no number >= 0, or there is not one for each player.

    Examples
    --------
    In this stag hunt hunting the stag is risk dominant, and yet the hare is safer: from a risk aversion of 2/25 on the
    path leads there.

    >>> from gametheory import game_from_payoffs
    >>> hunt = game_from_payoffs([[5, 0], [2, 2]], ["stag", "hare"])
    >>> for aversion in ("0", "7/100", "9/100"):
    ...     print(risk_averse_equilibrium(hunt, risk_aversion=aversion).profile)
    ((Fraction(1, 1), Fraction(0, 1)),)
    ((Fraction(1, 1), Fraction(0, 1)),)
    ((Fraction(0, 1), Fraction(1, 1)),)
    """
    require(max_points >= 2, "max_points", max_points, ">= 2")
    field = _field(game, risk_aversion)
    path = followed(field, largest=LARGEST, max_points=max_points)
    last = as_mixtures(field, np.exp(path.points[-1][:-1]).tolist())
    if path.end is BranchEnd.REACHED:
        for found in _verified(field, last):
            near = zip(found.approximate, last, strict=True)
            if max(abs(float(x) - y) for a, b in near for x, y in zip(a, b, strict=True)) <= CLOSE:
                return found
    floats = tuple(tuple(Fraction(x) / sum(map(Fraction, mixture)) for x in mixture) for mixture in last)
    gaps = tuple(map(float, gaps_of(field, floats)))
    return _equilibrium(field, last, gaps, APPROXIMATE, converged=max(gaps) <= SMALL_GAP * field.width)


def risk_averse_equilibria(game: Game, *, risk_aversion: Number) -> RiskAverseEquilibria:
    """All symmetric risk-averse equilibria of a symmetric game with two strategies, exactly.

    With share `x` of the first strategy, the difference of marginal values is a polynomial of degree at most 2 N - 1:
    its roots are the mixed equilibria, its signs at the ends decide about the pure ones.

    Parameters
    ----------
    game : Game
        With two strategies and numbers for parameters; floats are taken for the rationals that they are.
    risk_aversion : number
        >= 0, per payoff unit.

    Raises
    ------
    InvalidParameter
        If the game has not two strategies, or the risk aversion is no number >= 0.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> hunt = game_from_payoffs([[5, 0], [2, 2]], ["stag", "hare"])
    >>> found = risk_averse_equilibria(hunt, risk_aversion="2/25")
    >>> [str(point.profile[0][0]) for point in found.points]
    ['0', '1/2', '1']
    """
    field = _field(game, risk_aversion)
    base = field.base
    two = isinstance(base, SymmetricField) and len(base.table.strategies) == 2
    require(two, "game", game, "a symmetric game with two strategies")
    difference = _difference(base.table, field.aversions[0])
    if not difference:
        return RiskAverseEquilibria(points=(), everywhere=True)
    shares: list[tuple[Any, Any]] = []
    if difference[0] <= 0:
        shares.append((Fraction(0), Fraction(1)))
    for root in roots_inside(difference):
        other = root.one_minus() if isinstance(root, AlgebraicNumber) else 1 - root
        shares.append((root, other))
    if sum(difference) >= 0:
        shares.append((Fraction(1), Fraction(0)))
    points = tuple(_equilibrium(field, (pair,), (Fraction(0),), _proof_of(pair)) for pair in shares)
    for point in points:
        if point.proof == EXACT and max(gaps_of(field, point.approximate)) != 0:
            raise AssertionError("a risk-averse equilibrium that was found has a gap")
    return RiskAverseEquilibria(points=points, everywhere=False)


def risk_aversion_gaps(
    game: Game | UnequalGame | NormalFormGame,
    profile: Sequence[Sequence[Number]],
    *,
    risk_aversion: Number | Sequence[Number],
) -> tuple[Fraction, ...]:
    """At least what any deviation gains each player; all 0 iff `profile` is a risk-averse equilibrium.

    Parameters
    ----------
    game : Game, UnequalGame or NormalFormGame
    profile : sequence of sequences of number
        Rationals; one mixture for each player, a single one for a symmetric game.
    risk_aversion : number, or one for each player

    Raises
    ------
    InvalidParameter
        If `profile` is no profile of rationals.

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> hunt = game_from_payoffs([[5, 0], [2, 2]], ["stag", "hare"])
    >>> risk_aversion_gaps(hunt, [["2/5", "3/5"]], risk_aversion=0)
    (Fraction(0, 1),)
    """
    field = _field(game, risk_aversion)
    mixtures = tuple(tuple(as_number(x, name="profile") for x in mixture) for mixture in profile)
    shaped = [len(mixture) for mixture in mixtures] == [len(names) for names in field.strategies]
    proper = shaped and all(
        all(map(is_exact, mixture)) and min(mixture) >= 0 and sum(mixture) == 1 for mixture in mixtures
    )
    require(proper, "profile", profile, "rational mixtures, one for each player (one for a symmetric game)")
    return gaps_of(field, mixtures)


def _field(game: Any, risk_aversion: Any) -> RiskAverseField:
    if isinstance(game, NormalFormGame | UnequalGame):
        base: Any = ProfileField.of(normal_form_of(game) if isinstance(game, UnequalGame) else game)
    else:
        base = SymmetricField.of(payoff_table(game))
    players = len(base.strategies)
    listed = isinstance(risk_aversion, Sequence) and not isinstance(risk_aversion, str)
    given = list(risk_aversion) if listed else [risk_aversion] * players
    require(len(given) == players, "risk_aversion", risk_aversion, f"one number, or {players}")
    values = [as_number(value, name="risk_aversion") for value in given]
    fits = all((is_exact(v) or isinstance(v, float)) and 0 <= v <= 1e100 for v in values)
    require(fits, "risk_aversion", risk_aversion, "from 0 to 1e100")
    return RiskAverseField.of(base, [Fraction(value) for value in values])


def _verified(field: RiskAverseField, last: Mixtures) -> Iterator[RiskAverseEquilibrium]:
    """Equilibria near the end of the path that are proved."""
    for profile in rounded_profiles(last):
        gaps = gaps_of(field, profile)
        if max(gaps) == 0:
            yield _equilibrium(field, profile, gaps, EXACT)
    base = field.base
    if isinstance(base, SymmetricField) and len(base.table.strategies) == 2:
        difference = _difference(base.table, field.aversions[0])
        for root in roots_inside(difference) if difference else ():
            other = root.one_minus() if isinstance(root, AlgebraicNumber) else 1 - root
            yield _equilibrium(field, ((root, other),), (Fraction(0),), _proof_of((root, other)))
        return
    enclosed = boxed(field, last)
    if enclosed is not None:
        yield _equilibrium(field, enclosed, (Fraction(0),) * len(enclosed), CERTIFIED)


def _proof_of(pair: Sequence[Any]) -> str:
    return EXACT if all(map(is_exact, pair)) else ALGEBRAIC


def _equilibrium(
    field: RiskAverseField, profile: Mixtures, gaps: Sequence[Number], proof: str, *, converged: bool = True
) -> RiskAverseEquilibrium:
    """The record, with means and variances."""
    rational = all(is_exact(x) for mixture in profile for x in mixture)
    flat: list[Any] = [x if rational else float(x) for mixture in profile for x in mixture]
    floats = [float(value) for value in field.aversions]
    found = field.exactly(flat) if rational else field.moments(np.array(flat), floats)
    means, variances = [], []
    for one, own in zip(found, blocks(field), strict=True):
        mixture = np.array([as_flint(Fraction(x)) if rational else x for x in flat[own]], dtype=one.means.dtype)
        mean, variance = mixture @ one.means, mixture @ one.covariances @ mixture
        means.append(as_fraction(mean) if rational else float(mean))
        variances.append(as_fraction(variance) if rational else float(variance))
    return RiskAverseEquilibrium(
        strategies=field.strategies,
        symmetric=isinstance(field.base, SymmetricField),
        risk_aversion=field.aversions,
        approximate=profile,
        gaps=tuple(gaps),
        means=tuple(means),
        variances=tuple(variances),
        proof=proof,
        converged=converged,
    )


def _difference(table: PayoffTable, aversion: Fraction) -> tuple[Fraction, ...]:
    """Marginal value of the first strategy less that of the second, as a polynomial in the first share."""
    from flint import fmpq_poly

    rows = [[Fraction(value) for value in reversed(row)] for row in table.values]  # by rising counts of the first

    def polynomial(values: Sequence[Fraction]) -> Any:
        return fmpq_poly([as_flint(c) for c in from_bernstein(values)])

    means = [polynomial(row) for row in rows]
    second = [[polynomial([a * b for a, b in zip(one, two, strict=True)]) for two in rows] for one in rows]
    mixture = [fmpq_poly([0, 1]), fmpq_poly([1, -1])]
    gap = means[0] - means[1]
    bends = sum(((second[0][b] - second[1][b] - gap * means[b]) * mixture[b] for b in (0, 1)), fmpq_poly([0]))
    return tuple(as_fraction(c) for c in (gap - bends * as_flint(2 * aversion)).coeffs())
