"""Values at points: exact at rational and algebraic coordinates, enclosed for exp, log and roots."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory.algebra.roots import AlgebraicNumber
from proofs.cases import Unsupported
from proofs.enclosures import Interval, Unclear, exponential, logarithm, rounded, square_root
from proofs.evaluate import NoValue, enclosed, truth, univariate
from proofs.language import parse_formula, parse_term
from proofs.search.fields import in_one_field
from proofs.surds import Surd, in_field

T = Surd((Fraction(0), Fraction(1)), AlgebraicNumber((-1, -1, 0, 1), Fraction(1), Fraction(2)))  # t**3 = t + 1
ROOT_TWO = Surd((Fraction(0), Fraction(1)), AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2)))
ROOT_THREE = Surd((Fraction(0), Fraction(1)), AlgebraicNumber((-3, 0, 1), Fraction(1), Fraction(2)))
RATIONALS = st.fractions(min_value=-40, max_value=40, max_denominator=1000)


def exact(value: Fraction) -> Any:
    return mpmath.mpf(value.numerator) / value.denominator


@given(RATIONALS, st.sampled_from([53, 64, 200]))
@settings(max_examples=150, deadline=None)
def test_enclosures_hold_the_true_value_and_little_more(x: Fraction, bits: int) -> None:
    with mpmath.workprec(4 * bits + 100):
        cases = [(exponential(Interval(x, x, bits)), mpmath.exp(exact(x)))]
        if x > 0:
            cases.append((logarithm(Interval(x, x, bits)), mpmath.log(exact(x))))
            cases.append((square_root(Interval(x, x, bits)), mpmath.sqrt(exact(x))))
        for found, true in cases:
            assert exact(found.low) <= true <= exact(found.high)
            assert exact(found.high - found.low) <= abs(true) * mpmath.mpf(2) ** (3 - bits)


@given(RATIONALS.filter(bool), st.integers(2, 80))
def test_rounding_is_outward_and_close(x: Fraction, bits: int) -> None:
    low, high = rounded(x, bits, up=False), rounded(x, bits, up=True)

    assert low <= x <= high
    assert high - low <= abs(x) / 2 ** (bits - 2)


@given(RATIONALS, RATIONALS, RATIONALS, RATIONALS, st.sampled_from(["+", "-", "*", "/", "abs", "power"]))
def test_operations_on_intervals_hold_those_on_their_numbers(
    a: Fraction, b: Fraction, c: Fraction, d: Fraction, operator: str
) -> None:
    x, y = Interval(min(a, b), max(a, b), 30), Interval(min(c, d), max(c, d), 30)
    if operator == "/" and y.low <= 0 <= y.high:
        with pytest.raises(Unclear):
            x / y
        return
    operations: dict[str, Callable[[Any, Any], Any]] = {
        "+": lambda p, q: p + q,
        "-": lambda p, q: p - q,
        "*": lambda p, q: p * q,
        "/": lambda p, q: p / q,
        "abs": lambda p, q: abs(p),
        "power": lambda p, q: p.power(3) if isinstance(p, Interval) else p**3,
    }
    found = operations[operator](x, y)
    for p in (x.low, (x.low + x.high) / 2, x.high):
        for q in (y.low, y.high):
            assert found.low <= operations[operator](p, q) <= found.high


COEFFICIENTS = st.lists(st.fractions(min_value=-9, max_value=9, max_denominator=9), min_size=3, max_size=3)


@given(COEFFICIENTS, COEFFICIENTS)
@settings(deadline=None)
def test_the_field_of_an_algebraic_number_is_one(left: list[Fraction], right: list[Fraction]) -> None:
    a, b = in_field(tuple(left), T.root), in_field(tuple(right), T.root)

    assert (a + b) - b == a
    assert a * b == b * a
    assert float(a * b) == pytest.approx(float(a) * float(b), rel=1e-9, abs=1e-9)
    if b != 0:
        assert a / b * b == a
    if isinstance(a, Surd):
        assert a.sign() == (float(a) > 0) - (float(a) < 0)
        low, high = a.enclosure(Fraction(1, 1000))
        assert low <= Fraction(float(a)) + Fraction(1, 10**9)
        assert Fraction(float(a)) - Fraction(1, 10**9) <= high <= low + Fraction(1, 1000)


def test_numbers_of_two_fields_meet_in_one() -> None:
    point = in_one_field({"x": ROOT_TWO, "y": ROOT_THREE})

    assert truth(parse_formula("x**2 == 2 and y**2 == 3 and x < y and (x*y)**2 == 6", where="-"), point)
    with pytest.raises(Unclear):
        ROOT_TWO + ROOT_THREE


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        ("x**3 == x + 1", True),
        ("x**3 - x > 1", False),
        ("1/x == x**2 - 1", True),
        ("max(x, 4/3) == 4/3 and min(x, 4/3) == x and abs(-x) == x", True),
        ("exp(x) > 376/100 and exp(x) < 377/100", True),
        ("log(exp(1)) < 1 + 1/10**15 and log(exp(1)) > 1 - 1/10**15", True),
        ("sqrt(x**2) < x + 1/10**300 and sqrt(x**2) > x - 1/10**300", True),
        ("sqrt(2) < 1.4142135623730950488016887242096980785696718753769480731766797379908", True),
        ("Sum(x**k, k, 0, 3) == 2*x + 2 + x**2", True),
        ("Sum(k, k, 3, 1) == 0 and binomial(5, 7) == 0 and binomial(5, 0-1) == 0", True),
        ("count_roots(y**3 - y - 1, y, 0-2, 2) == 1", True),
        ("count_roots((y - 1)*y**2, y, 0, 1) == 0 and count_roots((y - 1)*y**2, y, 0-1, 2) == 2", True),
        ("count_roots(1 + 0*y, y, 0, 1) == 0", True),
        ("x > 2 and 1/(x - x) > 0", False),
    ],
)
def test_truths_at_an_algebraic_point(formula: str, answer: bool) -> None:
    assert truth(parse_formula(formula, where="-"), {"x": T}) is answer


SILENT = ["count_roots(y, y, 1, 1)", "count_roots(y*0, y, 0, 1)", "Sum(k, k, 1, 1/2)", "binomial(1/2, 1)"]


@pytest.mark.parametrize(
    "term",
    [
        "1/(x - x)",
        "log(0)",
        "log(x - 2)",
        "sqrt(1 - x)",
        "0**-1",
        "binomial(0-1, 0)",
        "count_roots(y, y, 1, 1)",
        *SILENT,
    ],
)
def test_what_has_no_value_says_so(term: str) -> None:
    tree = parse_term(term, where="-")
    with pytest.raises(NoValue):
        enclosed(tree, {"x": T}, bits=64)


@pytest.mark.parametrize("formula", ["exp(log(3)) == 3", "sqrt(2)*sqrt(2) > 2", "1/(log(4) - 2*log(2)) > 0"])
def test_what_intervals_cannot_tell_is_not_guessed(formula: str) -> None:
    with pytest.raises(Unsupported):
        truth(parse_formula(formula, where="-"), {})


def test_a_term_is_a_polynomial_in_one_variable_when_the_others_are_numbers() -> None:
    term = parse_term("Sum(k*x**k, k, 1, n) - (x + 1)**2/y", where="-")

    assert univariate(term, "x", {"n": Fraction(2), "y": Fraction(1, 2)}) == (Fraction(-1), Fraction(-3, 2))
    with pytest.raises(Unsupported):
        univariate(parse_term("exp(x)", where="-"), "x", {})
