"""The one order of compositions, and ranks in it."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gametheory.compositions import compositions, multiplicity, number_of_compositions, rank, unrank
from gametheory.errors import InvalidParameter


@pytest.mark.parametrize(("total", "parts"), [(0, 1), (0, 3), (1, 4), (4, 1), (4, 3), (7, 2), (3, 6)])
def test_compositions_are_all_of_them_in_falling_order(total: int, parts: int) -> None:
    every = [row for row in product(range(total + 1), repeat=parts) if sum(row) == total]

    rows = [tuple(row) for row in compositions(total, parts).tolist()]

    assert rows == sorted(every, reverse=True)
    assert len(rows) == number_of_compositions(total, parts)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_unranking_a_rank_gives_the_counts_back(counts: list[int]) -> None:
    position = rank(counts)

    assert unrank(position, sum(counts), len(counts)) == tuple(counts)
    assert 0 <= position < number_of_compositions(sum(counts), len(counts))


@pytest.mark.parametrize(("total", "parts"), [(5, 3), (9, 2), (4, 4)])
def test_the_rank_of_a_row_is_its_place(total: int, parts: int) -> None:
    assert [rank(row) for row in compositions(total, parts)] == list(range(comb(total + parts - 1, parts - 1)))


def test_groups_of_a_thousand_are_ranked_without_listing_them() -> None:
    assert unrank(rank([300, 300, 399]), 999, 3) == (300, 300, 399)
    assert rank([0, 0, 0, 0, 0, 999]) == number_of_compositions(999, 6) - 1


@pytest.mark.parametrize(("total", "parts"), [(4, 3), (6, 2), (3, 4)])
def test_multiplicities_count_every_order_of_the_players(total: int, parts: int) -> None:
    assert sum(multiplicity(row) for row in compositions(total, parts)) == parts**total


def test_the_list_is_shared_and_cannot_be_changed() -> None:
    rows = compositions(3, 2)

    assert rows is compositions(3, 2)
    with pytest.raises(ValueError, match="read-only"):
        rows[0, 0] = 9


@pytest.mark.parametrize(("total", "parts"), [(-1, 2), (2.5, 2), (True, 2), ("3", 2), (float("nan"), 2)])
def test_a_total_that_is_no_count_is_refused(total: int, parts: int) -> None:
    for function in (compositions, number_of_compositions):
        with pytest.raises(InvalidParameter, match=r"^total must be an integer >= 0"):
            function(total, parts)


@pytest.mark.parametrize("parts", [0, -1, 1.5, True])
def test_a_number_of_strategies_below_one_is_refused(parts: int) -> None:
    with pytest.raises(InvalidParameter, match=r"^parts must be an integer >= 1"):
        compositions(3, parts)


def test_more_compositions_than_memory_holds_are_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^total must be small enough"):
        compositions(999, 6)


@pytest.mark.parametrize("counts", [[], [-1, 2], [0.5, 1.5], [[1, 2]], ["1"], [True, False], [10**30]])
def test_what_is_no_list_of_counts_is_refused(counts: list[int]) -> None:
    for function in (rank, multiplicity):
        with pytest.raises(InvalidParameter, match=r"^counts must be a list of integers >= 0"):
            function(counts)


@pytest.mark.parametrize("position", [-1, 4, 0.5, np.nan])
def test_a_row_that_is_not_there_is_refused(position: int) -> None:
    with pytest.raises(InvalidParameter, match=r"^position must be an integer from 0 to 3"):
        unrank(position, 3, 2)
