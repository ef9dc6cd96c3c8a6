"""Evolutionary stability where strategies outside the support are best replies too, for payoffs that are not affine."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import game_from_payoffs, mean_payoffs, payoff_table, symmetric_equilibria
from gametheory.compositions import compositions
from gametheory.equilibria.evolutionary import evolutionary_status, second_order_status
from gametheory.games import TableGame, affine_matrix
from gametheory.testing import table_games


def invades(game: TableGame, shares: tuple[Fraction, ...], mutant: tuple[Fraction, ...], part: Fraction) -> int:
    """The sign of what mutants earn more than residents where they are a small part."""
    mixture = [(1 - part) * x + part * y for x, y in zip(shares, mutant, strict=True)]
    payoffs = mean_payoffs(payoff_table(game), mixture)
    gap = sum((y - x) * f for x, y, f in zip(shares, mutant, payoffs, strict=True))
    return int(gap > 0) - int(gap < 0)


@given(table_games(group_sizes=(3, 4), strategies=(2, 3)), st.data())
@settings(max_examples=60, deadline=None)
def test_a_second_order_verdict_is_what_rare_mutants_see(game: TableGame, data: st.DataObject) -> None:
    found = [c for c in symmetric_equilibria(game).components if c.dimension == 0]
    for component in found:
        point = component.parts[0].point
        if not all(isinstance(share, Fraction) for share in point):
            continue
        status = second_order_status(payoff_table(game), point)
        mutants = [tuple(Fraction(n, 4) for n in row) for row in compositions(4, len(point)).tolist()]
        signs = [invades(game, point, y, Fraction(1, 10**9)) for y in mutants if y != point]
        if status == "yes":
            assert set(signs) == {-1}
        if component.ess == "yes":
            assert 1 not in signs


@given(table_games(group_sizes=(2, 3), strategies=(2, 3)))
@settings(max_examples=40, deadline=None)
def test_for_affine_payoffs_the_second_order_decides_as_haighs_criterion(game: TableGame) -> None:
    matrix = affine_matrix(payoff_table(game))
    if matrix is None:
        return
    for component in symmetric_equilibria(game).components:
        point = component.parts[0].point
        exact, second = evolutionary_status(matrix, point), second_order_status(payoff_table(game), point)
        assert second == ("undecided" if exact == "neutral" else exact)


@pytest.mark.parametrize(("weight", "ess"), [(1, "yes"), (-1, "no")])
def test_a_point_with_a_tied_absent_strategy_is_decided(weight: int, ess: str) -> None:
    """A and B are best mixed, C earns the same at the middle; in threes C beats (or loses to) the mixture there."""

    def payoff(strategy: str, counts: tuple[int, int, int]) -> Fraction:
        a, b, c = counts
        own = {
            "A": Fraction(b * b),
            "B": Fraction(a * a),
            "C": Fraction(2 * a * b + a * a + b * b, 3) * Fraction(9, 10),
        }
        return own[strategy] - (weight * 10 * c * c if strategy == "C" else 0)

    rows = [[payoff(s, tuple(n)) for n in compositions(3, 3).tolist()] for s in ("A", "B", "C")]
    middle = (Fraction(1, 2), Fraction(1, 2), Fraction(0))
    raw = mean_payoffs(payoff_table(game_from_payoffs(rows, ["A", "B", "C"], group_size=3 + 1)), middle)
    lift = raw[0] - raw[2]
    rows[2] = [value + lift for value in rows[2]]
    game = game_from_payoffs(rows, ["A", "B", "C"], group_size=4)
    payoffs = mean_payoffs(payoff_table(game), middle)
    assert payoffs[0] == payoffs[1] == payoffs[2]
    assert second_order_status(payoff_table(game), middle) == ess
    (component,) = [c for c in symmetric_equilibria(game).components if c.endpoints == (middle,)]
    assert component.ess == ess
    fine = [tuple(Fraction(n, 8) for n in row) for row in compositions(8, 3).tolist()]
    signs = {invades(game, middle, y, Fraction(1, 10**6)) for y in fine if y != middle}
    assert (signs == {-1}) == (ess == "yes")
    assert (1 in signs) == (ess == "no")
