from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import open_sweep, sweep
from experiments.sweeps.refinement import NOT_YET, Refined, nearest, phase_of, rounds
from gametheory import PublicGoodsGame
from gametheory.errors import InvalidParameter

GAME = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
AXES = {
    "punishment_probability": {"start": 0, "stop": 1, "points": 129},
    "fine": {"start": 0, "stop": 1, "points": 129},
}


def test_points_are_spent_along_the_exact_boundary() -> None:
    found = sweep(GAME, "conditions", AXES, seed=1, mode="adaptive", parameters={"punishers": 4})

    p, fine = np.meshgrid(found.punishment_probability, found.fine, indexing="ij")
    deters = [[4 * Fraction(i, 128) * Fraction(j, 128) >= Fraction(2, 5) for j in range(129)] for i in range(129)]
    evaluated = found.evaluated.values
    assert evaluated.mean() < 0.2
    holds = found.holds.sel(condition="deterrence").values
    assert (holds[evaluated] == np.array(deters)[evaluated]).all()
    far = np.abs(4 * p * fine - 0.4) > 4 * 2 * 2 / 128  # two steps of either parameter from the curve
    coarse = sweep(GAME, "conditions", AXES, seed=1, parameters={"punishers": 4})
    codes = phase_of([coarse.holds.values.reshape(-1, 9)]).reshape(129, 129)
    assert (found.phase.values[far] == codes[far]).all()
    assert (found.phase.values != codes).mean() < 0.02


def test_what_was_computed_is_what_the_whole_grid_has() -> None:
    whole = sweep(GAME, "long_run_shares", AXES, seed=1)
    found = sweep(GAME, "long_run_shares", AXES, seed=1, mode="adaptive")

    evaluated = found.evaluated.values
    assert evaluated.mean() < 0.1
    assert found.share.values[evaluated].tobytes() == whole.share.values[evaluated].tobytes()
    assert np.isnan(found.share.values[~evaluated]).all()
    assert (found.present.values[~evaluated] == -1).all()
    assert ((found.level.values >= 0) == evaluated).all()
    assert (found.phase.values == whole.present.values).mean() > 0.995


def test_a_tolerance_refines_where_a_value_changes_without_its_phase() -> None:
    coarse = sweep(GAME, "long_run_shares", AXES, seed=1, mode="adaptive", refinement={"depth": 4})
    fine = sweep(GAME, "long_run_shares", AXES, seed=1, mode="adaptive", refinement={"depth": 4, "tolerance": 0.02})

    assert int(fine.evaluated.sum()) > 1.2 * int(coarse.evaluated.sum())
    assert (fine.evaluated.values >= coarse.evaluated.values).all()


@pytest.mark.parametrize("block", [1, 7, 4096])
def test_a_refined_sweep_does_not_depend_on_blocks_or_the_store(block: int, tmp_path: Path) -> None:
    axes = {name: {**ends, "points": 33} for name, ends in AXES.items()}
    plain = sweep(GAME, "long_run_shares", axes, seed=1, mode="adaptive")

    stored = sweep(GAME, "long_run_shares", axes, seed=1, mode="adaptive", block=block, out=tmp_path / "store")

    assert stored.load().drop_attrs(deep=False).identical(plain.drop_attrs(deep=False))
    assert open_sweep(tmp_path / "store").attrs["mode"] == "adaptive"


@given(st.lists(st.integers(1, 20), min_size=1, max_size=3), st.integers(0, 4), st.integers(0, 100))
@settings(deadline=None, max_examples=60)
def test_no_box_with_a_seen_change_is_left_longer_than_a_step(shape: list[int], depth: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    normal, level = rng.normal(size=len(shape)), rng.random()
    grids = np.meshgrid(*(np.linspace(0, 1, n) for n in shape), indexing="ij")
    truth = (sum(a * g for a, g in zip(normal, grids, strict=True)) > level * normal.sum()).astype(np.int64)
    refined = Refined(np.full(shape, NOT_YET), np.full(shape, -1, dtype=np.int32))

    for number, points in enumerate(rounds(shape, depth, refined)):
        place = tuple(points.T)
        assert (refined.levels[place] < 0).all()
        refined.phases[place], refined.levels[place] = truth[place], number

    known = refined.levels >= 0
    for axis in range(len(shape)):
        rows, masks = (np.moveaxis(array, axis, -1).reshape(-1, shape[axis]) for array in (truth, known))
        for row, mask in zip(rows, masks, strict=True):
            places = np.flatnonzero(mask)
            changed = np.diff(row[places]) != 0
            # in one dimension every change that is seen is closed in on
            assert len(shape) > 1 or (np.diff(places)[changed] == 1).all()
    assert (nearest(refined)[known] == truth[known]).all()


def test_phases_of_several_numbers_have_one_code() -> None:
    columns: list[Any] = [np.array([0, 1, -1]), np.array([[1, 2], [1, 2], [1, 2]])]

    codes = phase_of(columns)

    assert len(set(codes.tolist())) == 3
    assert phase_of([np.array([4, -1])]).tolist() == [4, -1]


def test_an_unknown_key_of_refinement_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="refinement has the keys depth, tolerance"):
        sweep(GAME, "conditions", {"fine": [0, 1]}, seed=1, mode="adaptive", refinement={"levels": 3})
    with pytest.raises(InvalidParameter, match=r"refinement.tolerance must be a number > 0"):
        sweep(GAME, "conditions", {"fine": [0, 1]}, seed=1, mode="adaptive", refinement={"tolerance": 0})
