"""Games of Nashpy's tracker, of Gambit's catalogue and of the literature: our sets against what is known of them.

The files in `games` hold payoffs alone, each with its source in the comment field; extensive games stand there in their
reduced strategic form.
"""

import warnings
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import nashpy
import numpy as np
import pytest

from gametheory import (
    PublicGoodsGame,
    best_replies,
    bimatrix_equilibria,
    exploitability,
    load_normal_form,
    normal_form_game,
    normal_form_of,
    profile_regrets,
    to_nashpy,
)
from gametheory.equilibria.bimatrix import solver

GAMES = Path(__file__).parent / "games"

# name: extreme equilibria, maximal Nash subsets, {(dimension, index): how many components}
KNOWN: dict[str, tuple[int, int, dict[tuple[int, int], int]]] = {
    "gambit-8x8": (5, 5, {(0, -1): 2, (0, 1): 3}),
    "gambit-bagwell": (3, 3, {(0, -1): 1, (0, 1): 2}),
    "gambit-cent2": (1, 1, {(0, 1): 1}),
    "gambit-coord3": (7, 7, {(0, -1): 3, (0, 1): 4}),
    "gambit-coord4": (15, 15, {(0, -1): 7, (0, 1): 8}),
    "gambit-csg1": (4, 1, {(2, 1): 1}),
    "gambit-csg2": (4, 1, {(2, 1): 1}),
    "gambit-csg3": (4, 1, {(2, 1): 1}),
    "gambit-csg4": (4, 1, {(2, 1): 1}),
    "gambit-deg1": (6, 3, {(2, 1): 1}),
    "gambit-deg2": (7, 4, {(0, 1): 1, (2, 0): 1}),
    "gambit-e04": (3, 2, {(0, 1): 1, (1, 0): 1}),
    "gambit-e07": (1, 1, {(0, 1): 1}),
    "gambit-loopback": (3, 2, {(0, 1): 1, (1, 0): 1}),
    "gambit-mixdom": (1, 1, {(0, 1): 1}),
    "gambit-myerson-4-2": (3, 3, {(0, -1): 1, (0, 1): 2}),
    "gambit-nau-3": (3, 3, {(0, -1): 1, (0, 1): 2}),
    "gambit-oneill": (1, 1, {(0, 1): 1}),
    "gambit-perfect1": (9, 6, {(0, 1): 1, (2, 0): 1}),
    "gambit-perfect2": (3, 2, {(0, 1): 1, (1, 0): 1}),
    "gambit-poker-myerson": (1, 1, {(0, 1): 1}),
    "gambit-poker": (1, 1, {(0, 1): 1}),
    "gambit-selten-2": (2, 1, {(1, 1): 1}),
    "gambit-sh3": (3, 3, {(0, -1): 1, (0, 1): 2}),
    "gambit-shapley-2": (3, 3, {(0, -1): 1, (0, 1): 2}),
    "gambit-shapley-3": (3, 3, {(0, -1): 1, (0, 1): 2}),
    "gambit-sww1": (3, 2, {(0, 1): 1, (1, 0): 1}),
    "gambit-todd1": (5, 5, {(0, -1): 2, (0, 1): 3}),
    "gambit-todd3": (3, 3, {(0, -1): 1, (0, 1): 2}),
    "gambit-vd": (10, 4, {(1, 0): 2, (1, 1): 1, (2, 0): 1}),
    "gambit-von-stengel-10-1": (1, 1, {(0, 1): 1}),
    "gambit-von-stengel-10-12": (4, 1, {(3, 1): 1}),
    "gambit-von-stengel-75": (75, 75, {(0, -1): 37, (0, 1): 38}),
    "gambit-watson-29-1": (3, 2, {(0, 1): 1, (1, 0): 1}),
    "gambit-watson-29-6": (5, 3, {(1, 0): 1, (1, 1): 1}),
    "gambit-wichardt": (1, 1, {(0, 1): 1}),
    "gambit-wink3": (4, 3, {(1, 1): 1}),
    "gambit-winkels": (12, 7, {(2, 1): 1}),
    "gambit-yamamoto": (2, 2, {(0, 0): 1, (0, 1): 1}),
    "gambit-zero": (4, 1, {(2, 1): 1}),
    "nashpy-222": (2, 1, {(1, 1): 1}),
    "nashpy-231": (1, 1, {(0, 1): 1}),
    "nashpy-64": (3, 3, {(0, -1): 1, (0, 1): 2}),
    "nashpy-82": (8, 5, {(0, -1): 1, (0, 1): 1, (1, 1): 1, (2, 0): 1}),
}


def mixture(*texts: str) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, texts))


def equilibria(name: str) -> Any:
    return bimatrix_equilibria(load_normal_form(GAMES / f"{name}.nfg"))


def test_every_file_is_in_the_table() -> None:
    assert {path.stem for path in GAMES.glob("*.nfg")} == KNOWN.keys()
    assert sum(name.startswith("gambit-") for name in KNOWN) >= 20


@pytest.mark.parametrize("name", KNOWN)
def test_the_set_of_equilibria_is_the_known_one(name: str) -> None:
    found = equilibria(name)
    extreme, subsets, components = KNOWN[name]

    assert found.complete
    assert len(found.extreme) == extreme
    assert len(found.subsets) == subsets
    assert Counter((c.dimension, c.index) for c in found.components) == components
    assert sum(index * count for (_, index), count in components.items()) == 1
    for profile in [*found.extreme, *(subset.center for subset in found.subsets)]:
        assert exploitability(found.game, profile) == 0


@pytest.mark.parametrize("name", KNOWN)
def test_gambit_lists_the_same_extreme_equilibria(name: str) -> None:
    game = load_normal_form(GAMES / f"{name}.nfg")

    theirs = bimatrix_equilibria(game, method="gambit")

    assert set(theirs.extreme) == set(bimatrix_equilibria(game).extreme)
    assert not theirs.complete
    assert "dropped" not in theirs.note
    assert all(component.index is None for component in theirs.components)


def test_a_point_of_gambit_that_is_no_equilibrium_is_dropped_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    game = normal_form_game([[3, 0], [5, 1]])
    right, wrong = (mixture("0", "1"), mixture("0", "1")), (mixture("1", "0"), mixture("0", "1"))
    monkeypatch.setattr(solver, "gambit_profiles", lambda game: [wrong, right, right])

    found = bimatrix_equilibria(game, method="gambit")

    assert found.extreme == (right,)
    assert "1 of its points dropped" in found.note


def test_the_eight_equilibria_of_report_82() -> None:
    listed = {
        (mixture("1", "0", "0"), mixture("0", "1", "0", "0", "0")),
        (mixture("1", "0", "0"), mixture("0", "0", "0", "0", "1")),
        (mixture("2/3", "1/3", "0"), mixture("0", "1", "0", "0", "0")),
        (mixture("1/3", "1/2", "1/6"), mixture("0", "4/9", "2/9", "1/3", "0")),
        (mixture("0", "1/2", "1/2"), mixture("0", "1/2", "1/2", "0", "0")),
        (mixture("0", "1", "0"), mixture("3/7", "0", "4/7", "0", "0")),
        (mixture("0", "1", "0"), mixture("1", "0", "0", "0", "0")),
        (mixture("0", "1", "0"), mixture("3/8", "0", "1/4", "3/8", "0")),
    }
    found = equilibria("nashpy-82")

    assert set(found.extreme) == listed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(list(to_nashpy(found.game).support_enumeration())) == 5


def test_the_segment_of_report_222() -> None:
    found = equilibria("nashpy-222")

    assert set(found.extreme) == {
        (mixture("0", "1"), mixture("1", "0")),
        (mixture("2/7", "5/7"), mixture("1", "0")),
    }
    assert [(s.dimension, len(s.row), len(s.column)) for s in found.subsets] == [(1, 2, 1)]


def test_the_equilibrium_of_report_231() -> None:
    third = mixture("0", "0", "1/3", "0", "1/3", "1/3")
    found = equilibria("nashpy-231")

    assert found.extreme == ((third, third),)
    assert len(best_replies(found.game, [third, third])[0]) == 3


def test_the_three_equilibria_of_report_64_which_lemke_and_howson_do_not_all_reach() -> None:
    found = equilibria("nashpy-64")

    assert set(found.extreme) == {
        (mixture("1", "0", "0"), mixture("1", "0")),
        (mixture("4/5", "1/5", "0"), mixture("2/3", "1/3")),
        (mixture("0", "1/3", "2/3"), mixture("1/3", "2/3")),
    }


def test_stripped_down_poker_has_its_one_equilibrium() -> None:
    found = equilibria("gambit-poker")
    assert {tuple(sorted(x)) for x, _ in found.extreme} == {mixture("0", "0", "1/3", "2/3")}
    assert {tuple(sorted(y)) for _, y in found.extreme} == {mixture("1/3", "2/3")}


def test_oneills_game_has_its_one_equilibrium() -> None:
    found = equilibria("gambit-oneill")
    assert {tuple(sorted(side)) for pair in found.extreme for side in pair} == {mixture("1/5", "1/5", "1/5", "2/5")}


def test_two_contributors_and_punishers_form_a_continuum() -> None:
    game = normal_form_of(PublicGoodsGame(group_size=2, multiplication_factor="3/2", fine=1, punishment_cost="3/10"))
    found = bimatrix_equilibria(game)

    # without defectors C and P earn the same, so neither side need stay at one mixture
    wide = [subset for subset in found.subsets if subset.dimension == 2]
    assert wide
    for subset in wide:
        assert all(x[1] == 0 for x in (*subset.row, *subset.column))
    edge = Fraction(1, 4)  # of punishers: c (1 - r / N) / fine
    assert any({x[2] for x in subset.row} == {edge, 1} for subset in wide)
    assert not any(any(profile_regrets(game, subset.center)) for subset in wide)


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 7, 8, 9])
def test_coordination_has_an_equilibrium_for_each_set_of_actions(size: int) -> None:
    found = bimatrix_equilibria(normal_form_game(np.eye(size, dtype=int)))
    assert len(found.extreme) == len(found.components) == 2**size - 1
    assert Counter(component.index for component in found.components) == {1: 2 ** (size - 1), -1: 2 ** (size - 1) - 1}


def test_random_games_agree_with_vertex_enumeration_of_nashpy() -> None:
    generator = np.random.default_rng(5)
    for _ in range(5):
        left, right = generator.integers(-50, 50, (2, 4, 5))
        found = bimatrix_equilibria(normal_form_game(left, right)).extreme
        mine = sorted(tuple(float(p) for own in pair for p in own) for pair in found)
        theirs = sorted(tuple(np.concatenate(pair)) for pair in nashpy.Game(left, right).vertex_enumeration())
        assert np.allclose(mine, theirs, atol=1e-8)
