"""What counts as a number, and how exact ones are read and written."""

import math
import pickle
from decimal import Decimal
from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from gametheory.errors import InvalidParameter, require
from gametheory.exact import (
    as_number,
    in_order,
    is_array,
    is_ball,
    is_exact,
    is_integer,
    is_symbolic,
    parse_rational,
    to_float,
    to_text,
    unify,
)

x = sp.Symbol("x", real=True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3/10", Fraction(3, 10)),
        ("0.3", Fraction(3, 10)),
        ("3e-1", Fraction(3, 10)),
        (" +.5e-2 / 7 ", Fraction(1, 1400)),
        ("5.", Fraction(5)),
        ("-0", Fraction(0)),
        ("-0.0", Fraction(0)),
        ("1e30", Fraction(10**30)),
        pytest.param("9" * 1000, Fraction(10**1000 - 1), id="1000 digits"),
    ],
)
def test_text_spells_the_exact_rational(text: str, number: Fraction) -> None:
    assert parse_rational(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "nan",
        "inf",
        "-",
        ".",
        "1/0",
        "0/00",
        "1_000",
        "0x10",
        "٣",
        "³",
        "½",
        "1e99999",
        "1//2",
        "1/-2",
        "x",
        "1 2",
        "1/2/3",
        "--1",
        pytest.param("1" * 1001, id="1001 digits"),
        pytest.param("1" * 1_000_000, id="a million digits"),
        "__import__('os')",
    ],
)
def test_text_that_spells_no_rational_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidParameter, match=r"^fine must be a number") as caught:
        parse_rational(text, name="fine")
    assert caught.value.name == "fine"
    assert len(str(caught.value)) < 400


@given(st.fractions())
def test_text_is_read_back_as_the_same_number(number: Fraction) -> None:
    assert parse_rational(to_text(number)) == number


def test_numbers_too_long_for_python_to_print_are_written_all_the_same() -> None:
    digits = "7" * 6000
    huge = 7 * (10**6000 - 1) // 9

    assert to_text(huge) == digits
    assert to_text(Fraction(-1, huge)) == f"-1/{digits}"


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (2, Fraction(2)),
        (np.int64(2), Fraction(2)),
        (Decimal("0.3"), Fraction(3, 10)),
        (sp.Rational(3, 10), Fraction(3, 10)),
        (sp.Integer(2), Fraction(2)),
        (flint.fmpq(3, 10), Fraction(3, 10)),
        (flint.fmpz(2), Fraction(2)),
        ("0.3", Fraction(3, 10)),
    ],
)
def test_exact_kinds_become_fractions(given_: object, expected: Fraction) -> None:
    number = as_number(given_)

    assert type(number) is Fraction
    assert number == expected


@pytest.mark.parametrize("value", [0.5, np.float64(0.5), np.float32(0.5), np.array(0.5)])
def test_floats_stay_floats(value: object) -> None:
    assert type(as_number(value)) is float
    assert as_number(value) == 0.5


def test_symbols_and_balls_stay_what_they_are() -> None:
    assert as_number(x) is x
    assert is_symbolic(x)
    assert not is_symbolic(sp.sqrt(2))
    assert is_ball(as_number(flint.arb(1)))
    assert not is_ball(flint.fmpq(1))


def test_an_array_is_copied_and_the_copy_is_read_only() -> None:
    mine = np.array([1, 2])
    theirs = as_number(mine)
    mine[0] = 99

    assert theirs.tolist() == [1.0, 2.0]
    assert is_array(theirs)
    with pytest.raises(ValueError, match="read-only"):
        theirs[0] = 5


@pytest.mark.parametrize(
    "value",
    [
        True,
        np.True_,
        None,
        1j,
        [1],
        {},
        object(),
        Decimal("nan"),
        Decimal("inf"),
        Decimal("1e999999"),
        sp.true,
        x > 1,
        sp.Matrix([1]),
        np.array([1j]),
        np.array(["a"]),
        np.array([True]),
        flint.fmpq_poly([1]),
    ],
)
def test_what_is_no_number_is_refused_by_name(value: object) -> None:
    with pytest.raises(InvalidParameter, match=r"^fine must be a"):
        as_number(value, name="fine")


def test_one_float_makes_rationals_floats_and_one_ball_makes_them_balls() -> None:
    assert [type(v) for v in unify([Fraction(1, 2), 0.5])] == [float, float]
    assert all(is_ball(v) for v in unify([Fraction(1, 2), flint.arb(1)]))
    assert unify([Fraction(1, 2), x]) == [Fraction(1, 2), x]
    assert unify([Fraction(1, 2), np.array([1.0])])[0] == 0.5


def test_a_rational_too_large_for_a_float_is_refused_rather_than_infinite() -> None:
    with pytest.raises(InvalidParameter, match="within the range of floats"):
        unify([Fraction(10**400), 0.5])
    assert to_float(Fraction(1, 4)) == 0.25


def test_order_fails_for_what_cannot_be_ordered() -> None:
    assert in_order(0, Fraction(1, 2), 1)
    assert not in_order(0, math.nan, 1)
    assert not in_order(0, 2, 1)
    assert not in_order(0, sp.I)
    assert not in_order(0, sp.nan)
    assert not in_order(0, np.array([0.5, math.nan]))
    assert not in_order(0, flint.arb(0, 1))
    assert in_order(0, x)
    assert not in_order(0, sp.Symbol("n", negative=True))


def test_only_rationals_are_exact_and_only_integers_are_whole() -> None:
    assert [is_exact(v) for v in (1, Fraction(1, 2), True, 0.5, x, "1")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert [is_integer(v) for v in (1, np.int8(1), sp.Integer(1), True, 1.0, Fraction(1), "1")] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip


def test_an_error_survives_the_way_back_from_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(InvalidParameter("fine", -1, ">= 0")))

    assert str(error) == "fine must be >= 0, got -1"
    assert error.name == "fine"


def test_a_message_is_one_short_line_whatever_the_value() -> None:
    for value in (np.zeros((50, 50)), 16**6000, "a\nb", Fraction(1, 16**6000)):
        with pytest.raises(InvalidParameter) as caught:
            require(False, "fine", value, "small")
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300


def test_a_relocated_error_says_where_it_arose() -> None:
    moved = InvalidParameter.relocated(InvalidParameter("fine", -1, ">= 0"), "game.toml: ")

    assert str(moved) == "game.toml: fine must be >= 0, got -1"
    assert moved.name == "fine"
