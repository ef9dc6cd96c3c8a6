r"""Unequal players who share a pot: from which discount factor on some rule of sharing lets all contribute for ever.

Player `i` contributes under grim trigger iff what it earns together is worth a defection followed by ruin. In the game
of `gametheory.unequal` that is :math:`s_i \ge` the least share

.. math:: \sigma_i(\omega) = \frac{e_i}{r_i e_i + \omega \sum_{k \ne i} r_k e_k},

and a rule :math:`s_1 + \dots + s_N = 1` with that exists iff :math:`\sum_i \sigma_i(\omega) \le 1`. The sum falls in
:math:`\omega`, so the least discount factor is where it is 1: there :math:`s` satisfies :math:`\Phi s = \omega s` with

.. math::

    \Phi_{ii} = \frac{-e_i (r_i - 1)}{\sum_{k \ne i} e_k r_k}, \qquad
    \Phi_{ij} = \frac{e_i}{\sum_{k \ne i} e_k r_k},

whose off-diagonal entries are positive: the threshold is the largest eigenvalue and the rule its eigenvector. It is an
algebraic number, a root of the characteristic polynomial. Where it is at most 0, any patience suffices.

Source: Hauser, Hilbe, Chatterjee & Nowak (2019), Nature 572, 524-527 (the setting); Perron and Frobenius.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gametheory.algebra.roots import AlgebraicNumber, primitive, roots_inside, sign_at, trimmed
from gametheory.errors import InvalidParameter, require
from gametheory.exact import Number
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR
from gametheory.repeated.automata import profile_process
from gametheory.repeated.decisions import DecisionProcess
from gametheory.repeated.discount_sets import Point, point_to_json
from gametheory.unequal import UnequalGame


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingThreshold:
    """The least discount factor, over all rules of sharing, and the rule that reaches it.

    Attributes
    ----------
    discount_factor : Fraction or AlgebraicNumber
        0 where even players without patience contribute under some rule.
    sharing : tuple of (Fraction or AlgebraicNumber)
        The rule there, exactly; it is the only one unless the discount factor is 0.
    """

    discount_factor: Point
    sharing: tuple[Point, ...]

    def to_json(self) -> dict[str, Any]:
        """Schema gametheory.sharing_threshold/1."""
        return {
            "schema": "gametheory.sharing_threshold/1",
            "discount_factor": point_to_json(self.discount_factor),
            "sharing": [point_to_json(share) for share in self.sharing],
        }


def unequal_grim_process(game: UnequalGame) -> DecisionProcess:
    """Grim trigger among unequal players, with the game's own rule of sharing, as all players' views of it.

    Examples
    --------
    Equal sharing of unequal contributions needs more patience than the best rule:

    >>> from gametheory.repeated import subgame_perfection
    >>> game = UnequalGame(endowments=['1/5', '1/5', '1/5', '2/5'], productivities=[2, 2, 2, 3])
    >>> str(subgame_perfection(unequal_grim_process(game)).discount_factors)
    '[1/3, 1)'
    """
    size = game.group_size
    together, ruin = "nobody has defected", "somebody has defected"
    everybody = (CONTRIBUTOR,) * size
    return profile_process(
        game,
        prescriptions={together: everybody, ruin: (DEFECTOR,) * size},
        transition=lambda state, profile: together if state == together and profile == everybody else ruin,
        start=together,
    )


def least_discount_factor(endowments: Sequence[Number], productivities: Sequence[Number]) -> SharingThreshold:
    """The least discount factor at which some rule of sharing lets unequal players contribute for ever.

    Parameters
    ----------
    endowments, productivities : sequence of exact number, length N
        As in `UnequalGame`; endowments positive.

    Raises
    ------
    InvalidParameter
        If a number is not exact, an endowment is 0, or no rule does at any discount factor below 1.

    Examples
    --------
    >>> found = least_discount_factor(['1/5', '1/5', '1/5', '2/5'], [2, 2, 2, 3])
    >>> round(float(found.discount_factor), 10), [round(float(share), 8) for share in found.sharing]
    (0.2136017172, [0.24177849, 0.24177849, 0.24177849, 0.27466452])
    >>> found.discount_factor.text
    '30*x**2 + 17*x - 5'
    """
    game = UnequalGame(endowments=endowments, productivities=productivities)
    require(game.is_exact, "game", game, "a game of exact numbers")
    require(all(e > 0 for e in game.endowments), "endowments", list(game.endowments), "numbers > 0")
    matrix = _sharing_matrix(game)
    whole = _characteristic(matrix)
    if _sum_of_least_shares(game, Fraction(0)) <= 1:
        return SharingThreshold(discount_factor=Fraction(0), sharing=_shares_left(game))
    if _sum_of_least_shares(game, Fraction(1)) >= 1:
        raise InvalidParameter("productivities", list(game.productivities), "such that some patience below 1 suffices")
    weight = roots_inside(whole)[-1]
    if isinstance(weight, AlgebraicNumber):
        weight = _irreducible(weight)
    return SharingThreshold(
        discount_factor=weight, sharing=tuple(_share(game, i, weight) for i in range(game.group_size))
    )


def _sharing_matrix(game: UnequalGame) -> list[list[Fraction]]:
    """The matrix of the module header."""
    size, e, r = game.group_size, game.endowments, game.productivities
    rest = [sum(e[k] * r[k] for k in range(size) if k != i) for i in range(size)]
    return [[(e[i] * (1 - r[i]) if i == j else e[i]) / rest[i] for j in range(size)] for i in range(size)]


def _least_share(game: UnequalGame, player: int, weight: Fraction) -> Fraction:
    e, r = game.endowments, game.productivities
    rest = sum(e[k] * r[k] for k in range(game.group_size) if k != player)
    return Fraction(e[player] / (r[player] * e[player] + weight * rest))


def _sum_of_least_shares(game: UnequalGame, weight: Fraction) -> Fraction:
    return sum((_least_share(game, i, weight) for i in range(game.group_size)), start=Fraction(0))


def _shares_left(game: UnequalGame) -> tuple[Point, ...]:
    """The least shares without patience, the rest of the pot divided equally."""
    shares = [_least_share(game, i, Fraction(0)) for i in range(game.group_size)]
    left = (1 - sum(shares, start=Fraction(0))) / len(shares)
    return tuple(share + left for share in shares)


def _characteristic(matrix: list[list[Fraction]]) -> tuple[Fraction, ...]:
    from flint import fmpq_mat

    from gametheory.algebra.intervals import as_flint, as_fraction

    size = len(matrix)
    poly = fmpq_mat(size, size, [as_flint(v) for row in matrix for v in row]).charpoly()
    return trimmed([as_fraction(c) for c in poly.coeffs()])


def _irreducible(number: AlgebraicNumber) -> AlgebraicNumber:
    """The same number by its minimal polynomial."""
    from flint import fmpz_poly

    for factor, _ in fmpz_poly(list(number.coefficients)).factor()[1]:
        coefficients = tuple(Fraction(int(c)) for c in factor.coeffs())
        if len(coefficients) > 1 and sign_at(coefficients, number) == 0:
            return AlgebraicNumber(primitive(coefficients), number.low, number.high)
    return number


def _share(game: UnequalGame, player: int, weight: Point) -> Point:
    """The least share at an algebraic discount factor, by substituting omega = (e / x - r e) / rest."""
    if isinstance(weight, Fraction):
        return _least_share(game, player, weight)
    from flint import fmpq_poly

    from gametheory.algebra.intervals import as_flint, as_fraction

    e, r = game.endowments, game.productivities
    rest = sum(e[k] * r[k] for k in range(game.group_size) if k != player)
    above = fmpq_poly([as_flint(Fraction(e[player])), as_flint(Fraction(-r[player] * e[player]))])
    below = fmpq_poly([0, as_flint(Fraction(rest))])
    degree = len(weight.coefficients) - 1
    total = fmpq_poly([0])
    for power, coefficient in enumerate(weight.coefficients):
        total += int(coefficient) * above**power * below ** (degree - power)
    whole = primitive(trimmed([as_fraction(c) for c in total.coeffs()]))
    return AlgebraicNumber(whole, _least_share(game, player, weight.high), _least_share(game, player, weight.low))
