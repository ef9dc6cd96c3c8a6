"""One-shot deviations of the repeated game, against playing it: N players, round after round, exactly."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import InvalidParameter, PublicGoodsGame
from gametheory.repeated import discounted, grim_deviations, punishment_stage_deviations
from gametheory.testing import games

PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
ROUNDS = 4
patience = st.fractions(0, Fraction(99, 100), max_denominator=100)
Acts = Mapping[tuple[int, int], Fraction]  # (author, target): weight


def round_of(game: PublicGoodsGame, gives: Sequence[bool], acts: Acts, player: int) -> Fraction:
    """What `player` earns in one round, coin by coin."""
    purse = Fraction(0)
    for give in gives:
        if give:
            purse += game.multiplication_factor * game.contribution_cost / len(gives)
    if gives[player]:
        purse -= game.contribution_cost
    for (author, target), weight in acts.items():
        purse -= game.fine * weight if target == player else 0
        purse -= game.punishment_cost * weight if author == player else 0
    return purse


def worth(payoffs: Sequence[Fraction], omega: Fraction) -> Fraction:
    """Normalised discounted sum of payoffs whose last one goes on for ever."""
    head = sum((omega**t * u for t, u in enumerate(payoffs[:-1])), start=Fraction(0))
    tail = omega ** (len(payoffs) - 1) * payoffs[-1] / (1 - omega)
    return (1 - omega) * (head + tail)


def play_punishment_stage(
    game: PublicGoodsGame,
    omega: Fraction,
    *,
    gives: Sequence[bool] | None = None,
    draw: bool = False,
    override: Acts | None = None,
    ruined: bool = False,
) -> Fraction:
    """Worth to player 0 of a first round with these contributions and draw, all following the profile then.

    In that round player 0 punishes as `override` says, if it is given, else as prescribed.
    """
    n = game.group_size
    earned = []
    for t in range(ROUNDS):
        giving = list(gives) if t == 0 and gives is not None else [not ruined] * n
        deviators = [i for i in range(n) if giving[i] == ruined]
        due: dict[tuple[int, int], Fraction] = {}
        if not ruined and len(deviators) == 1 and draw:
            due = {(author, deviators[0]): game.severity for author in range(n) if author != deviators[0]}
        done = dict(due)
        if t == 0 and override is not None:
            done = {pair: weight for pair, weight in due.items() if pair[0] != 0} | dict(override)
        earned.append(round_of(game, giving, done, 0))
        ruined = ruined or any(pair not in done for pair in due)
    return worth(earned, omega)


def play_grim(game: PublicGoodsGame, omega: Fraction, *, ruined: bool, first: bool) -> Fraction:
    """Worth to player 0 of giving `first` in the first round, all following grim trigger otherwise."""
    earned = []
    for t in range(ROUNDS):
        giving = [not ruined] * game.group_size
        if t == 0:
            giving[0] = first
        earned.append(round_of(game, giving, {}, 0))
        ruined = ruined or not all(giving)
    return worth(earned, omega)


@given(games(group_sizes=(2, 3, 5)), patience)
def test_gains_from_leaving_grim_trigger_are_those_of_playing_it(game: PublicGoodsGame, omega: Fraction) -> None:
    first, second = grim_deviations(game, discount_factor=omega)

    before = play_grim(game, omega, ruined=False, first=True)
    assert first.gain == play_grim(game, omega, ruined=False, first=False) - before
    before = play_grim(game, omega, ruined=True, first=False)
    assert second.gain == play_grim(game, omega, ruined=True, first=True) - before


@given(games(group_sizes=(2, 3, 4, 5)), patience, st.data())
@settings(deadline=None)
def test_gains_from_leaving_the_punishment_stage_are_those_of_playing_it(
    game: PublicGoodsGame, omega: Fraction, data: st.DataObject
) -> None:
    n, p = game.group_size, game.punishment_probability
    k = data.draw(st.integers(2, n), label="deviators")
    act = {(0, 1): game.severity}
    all_give, alone = [True] * n, [False] + [True] * (n - 1)
    another = [True, False] + [True] * (n - 2)

    def gain(deviating: dict[str, Any], conforming: dict[str, Any] | None = None, **both: Any) -> Fraction:
        before = play_punishment_stage(game, omega, **both, **(conforming or {}))
        return play_punishment_stage(game, omega, **both, **deviating) - before

    punished = gain({"gives": alone, "draw": True}, {"gives": all_give})
    excused = gain({"gives": alone, "draw": False}, {"gives": all_give})
    expected = {
        ("nobody has deviated", "defect"): p * punished + (1 - p) * excused,
        ("one deviated, punishment is due", "do not punish"): gain({"override": {}}, gives=another, draw=True),
        ("one deviated, the draw excuses", "punish"): gain({"override": act}, gives=another),
        ("one's own deviation", "punish a co-player"): gain({"override": act}, gives=alone, draw=True),
        ("nobody deviated", "punish a co-player"): gain({"override": act}, gives=all_give, draw=True),
        ("several deviated, oneself too", "punish a co-player"): gain(
            {"override": act}, gives=[False] * k + [True] * (n - k), draw=True
        ),
        ("a due punishment was not carried out", "contribute"): gain(
            {"gives": [True] + [False] * (n - 1)}, ruined=True
        ),
        ("a due punishment was not carried out", "punish a co-player"): gain({"override": act}, ruined=True),
    }
    if k < n:
        expected["several deviated", "punish one of them"] = gain(
            {"override": act}, gives=[True] + [False] * k + [True] * (n - k - 1), draw=True
        )

    found = punishment_stage_deviations(game, discount_factor=omega, deviators=k)

    assert {(d.history, d.deviation): d.gain for d in found} == expected
    assert len(found) == len(expected)


@given(games(group_sizes=(2, 3, 5)), patience)
def test_shirking_a_due_punishment_brings_ruin(game: PublicGoodsGame, omega: Fraction) -> None:
    n = game.group_size
    after = [True, False] + [True] * (n - 2)
    saved = (1 - omega) * game.severity * game.punishment_cost
    lost = omega * game.contribution_cost * (game.multiplication_factor - 1)

    shirked = play_punishment_stage(game, omega, gives=after, draw=True, override={})
    dutiful = play_punishment_stage(game, omega, gives=after, draw=True)

    assert shirked - dutiful == saved - lost


def test_the_published_thresholds_are_where_a_deviation_gains_nothing() -> None:
    (grim, _), stage = grim_deviations(PUBLISHED, discount_factor="1/6"), Fraction(3, 23)
    found = punishment_stage_deviations(PUBLISHED, discount_factor=stage)
    impatient = punishment_stage_deviations(PUBLISHED, discount_factor=stage - Fraction(1, 1000))

    assert grim.gain == 0
    assert max(d.gain for d in found) == 0
    assert [d.deviation for d in impatient if d.gain > 0] == ["do not punish"]


def test_any_arithmetic_gives_the_same_gains() -> None:
    omega = sp.Symbol("omega", positive=True)
    exact = punishment_stage_deviations(PUBLISHED, discount_factor="1/4")
    symbolic = punishment_stage_deviations(PUBLISHED, discount_factor=omega)
    floats = punishment_stage_deviations(PUBLISHED, discount_factor=0.25)
    arrays = punishment_stage_deviations(PUBLISHED, discount_factor=np.array([0.25, 0.5]))
    balls = punishment_stage_deviations(PUBLISHED, discount_factor=flint.arb(0.25))

    for e, s, f, a, b in zip(exact, symbolic, floats, arrays, balls, strict=True):
        assert sp.sympify(s.gain).subs(omega, sp.Rational(1, 4)) == sp.Rational(e.gain)
        assert f.gain == pytest.approx(float(e.gain), abs=1e-12)
        assert a.gain.dtype == np.float64
        assert a.gain[0] == pytest.approx(float(e.gain), abs=1e-12)
        assert b.gain.overlaps(flint.arb(flint.fmpq(e.gain.numerator, e.gain.denominator)))


def test_discounting_weighs_now_and_later() -> None:
    assert discounted(Fraction(1), Fraction(3), discount_factor=Fraction(1, 4)) == Fraction(3, 2)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, True, None, "x", sp.I])
def test_discount_factors_outside_zero_to_one_are_refused(value: object) -> None:
    for function in (grim_deviations, punishment_stage_deviations):
        with pytest.raises(InvalidParameter, match=r"^discount_factor must be "):
            function(PUBLISHED, discount_factor=value)


@pytest.mark.parametrize("value", [0, 1, 6, math.nan])
def test_several_deviators_are_two_to_all(value: object) -> None:
    with pytest.raises(InvalidParameter, match=r"^deviators must be in \[2, group_size\]"):
        punishment_stage_deviations(PUBLISHED, discount_factor=0, deviators=value)
