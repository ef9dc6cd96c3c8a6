"""Laws of the algebra behind rest points: Bernstein forms, certified zeros, elimination, curves, real roots."""

from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from gametheory import InvalidParameter
from gametheory.algebra.bernstein import definite_sign, from_values, halves, layout, ring, values_of
from gametheory.algebra.curves import points_on, traced
from gametheory.algebra.elimination import triangle_points
from gametheory.algebra.intervals import CERTIFIED, EnclosedNumber, as_flint, as_fraction
from gametheory.algebra.krawczyk import PolynomialSystem, certify
from gametheory.algebra.points import located
from gametheory.algebra.roots import AlgebraicNumber, from_bernstein, roots_inside, same_number, sign_at
from gametheory.algebra.subdivision import PolynomialScan, common_zeros, covered
from gametheory.compositions import compositions, multiplicity, number_of_compositions
from gametheory.equilibria.components import number_to_json

F = Fraction
LAWS = settings(deadline=None, max_examples=25)
y1, y2 = ring(3).gens()


def tables(degree: int, parts: int) -> st.SearchStrategy[list[Fraction]]:
    size = number_of_compositions(degree, parts)
    return st.lists(st.integers(-9, 9).map(F), min_size=size, max_size=size)


def value(poly: Any, *shares: Fraction) -> Fraction:
    return as_fraction(poly(*(fmpq(x.numerator, x.denominator) for x in shares)))


def inside(zero: Any) -> bool:
    return bool(min(*zero.anchor, 1 - sum(zero.anchor)) > 0)


@pytest.mark.parametrize(("degree", "parts"), [(1, 3), (4, 3), (3, 4), (2, 2)])
@given(st.data())
@LAWS
def test_a_bernstein_form_is_the_mean_over_groups_and_comes_back(degree: int, parts: int, data: st.DataObject) -> None:
    values = data.draw(tables(degree, parts))
    weights = data.draw(st.lists(st.integers(1, 9), min_size=parts, max_size=parts))
    shares = [F(w, sum(weights)) for w in weights]
    poly = from_values(values, degree, parts)

    direct = sum(
        multiplicity(row) * v * prod((x**n for x, n in zip(shares, row, strict=True)), start=F(1))
        for row, v in zip(compositions(degree, parts).tolist(), values, strict=True)
    )

    assert value(poly, *shares[1:]) == direct
    assert [as_fraction(v) for v in values_of(poly, degree, parts)] == values
    higher = [as_fraction(v) for v in values_of(poly, degree + 2, parts)]
    assert from_values(higher, degree + 2, parts) == poly


@pytest.mark.parametrize(("degree", "parts"), [(3, 3), (2, 4)])
@given(st.data())
@LAWS
def test_halving_keeps_the_polynomial_and_fills_the_simplex(degree: int, parts: int, data: st.DataObject) -> None:
    values = data.draw(tables(degree, parts))
    poly, form = from_values(values, degree, parts), layout(degree, parts)
    pieces, corners, tag = np.array([[[float(v) for v in values]]]), np.eye(parts)[None], parts - 1
    for _ in range(4):
        pieces, corners = halves(form, tag, pieces, corners)
        tag = tag - 1 or parts - 1
    assert np.abs(np.linalg.det(corners)).sum() == 1
    for coefficients, vertices in zip(pieces, corners, strict=True):
        local = [F(1, k + 2) for k in range(parts - 1)]
        local = [1 - sum(local, F(0)), *local] if sum(local) < 1 else [F(1, parts)] * parts
        point = [sum((x * F(v) for x, v in zip(local, column, strict=True)), F(0)) for column in vertices.T]
        there = sum(
            multiplicity(row) * c * float(prod((x**n for x, n in zip(local, row, strict=True)), start=F(1)))
            for row, c in zip(compositions(degree, parts).tolist(), coefficients[0], strict=True)
        )
        assert there == pytest.approx(float(value(poly, *point[1:])), abs=1e-12)
        assert coefficients.min() - 1e-12 <= there <= coefficients.max() + 1e-12


@given(tables(3, 3))
@LAWS
def test_a_sign_that_bernstein_coefficients_prove_is_that_of_a_grid(values: list[Fraction]) -> None:
    poly = from_values(values, 3, 3)
    sign = definite_sign(poly, 3) if poly != 0 else 0
    for row in compositions(9, 3).tolist():
        if sign and min(row) > 0:
            assert value(poly, F(row[1], 9), F(row[2], 9)) * sign > 0


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
@given(st.data())
@LAWS
def test_subdivision_and_elimination_find_the_same_points(degree: int, data: st.DataObject) -> None:
    first, second = (from_values(data.draw(tables(degree, 3)), degree, 3) for _ in range(2))
    if first == 0 or second == 0 or int(first.gcd(second).total_degree()) > 0:
        return
    search = common_zeros(PolynomialScan(PolynomialSystem((first, second))))
    exact = triangle_points(first, second)
    if search.undecided or exact is None:  # zeros of higher multiplicity, or on the boundary
        return
    found = sorted(tuple(map(float, z.enclosure(F(1, 2**60))[0])) for z in search.zeros if inside(z))
    known = sorted(tuple(float(share) for share in point.shares[1:]) for point in exact)
    strictly = [point for point in found if min(*point, 1 - sum(point)) > 1e-12]
    assert len(strictly) == len(known)
    assert np.allclose(np.array(strictly).ravel(), np.array(known).ravel(), atol=1e-12)


@given(st.data())
@LAWS
def test_elimination_finds_a_planted_rational_point_whatever_else_there_is(data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(1, 6), min_size=3, max_size=3))
    place = [F(w, sum(weights)) for w in weights]
    polys = []
    for _ in range(2):
        poly = from_values(data.draw(tables(3, 3)), 3, 3)
        at = value(poly, *place[1:])
        polys.append(poly - fmpq(at.numerator, at.denominator))
    if polys[0] == 0 or polys[1] == 0 or int(polys[0].gcd(polys[1]).total_degree()) > 0:
        return
    points = triangle_points(*polys)
    assert points is not None
    assert tuple(place) in [point.shares for point in points]
    for point in points:
        for poly in polys:
            assert point.sign(point.element(poly)) == 0


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [
        (y2 - y1 * y1, 4 * y2 - 4 * y1 + 1, (F(1, 2), F(1, 4))),  # a tangent
        ((3 * y1 - 1) ** 2, 3 * y1 - 3 * y2, (F(1, 3), F(1, 3))),  # a double line
        ((3 * y1 - 1) ** 2 + (3 * y2 - 1) ** 2, (3 * y1 - 1) ** 2 - 2 * (3 * y2 - 1) ** 2, (F(1, 3), F(1, 3))),
    ],
)
def test_singular_zeros_are_found_exactly_by_elimination_and_left_open_by_subdivision(
    first: Any, second: Any, place: tuple[Fraction, Fraction]
) -> None:
    (point,) = triangle_points(first, second) or []
    assert point.shares[1:] == place
    search = common_zeros(PolynomialScan(PolynomialSystem((first, second))))
    assert not search.zeros
    (box,) = search.undecided
    assert all(low <= x <= high for low, x, high in zip(box.low[1:], place, box.high[1:], strict=True))
    assert max(high - low for low, high in zip(box.low, box.high, strict=True)) < F(1, 10**4)


@pytest.mark.parametrize(("degree", "parts"), [(2, 3), (6, 3), (13, 3), (2, 4), (4, 4)])
def test_certified_boxes_are_disjoint_hold_the_zeros_and_narrow_to_any_width(degree: int, parts: int) -> None:
    rng = np.random.default_rng(degree)
    seen = 0
    for _ in range(20 if degree < 6 else 3):
        rows = rng.integers(-50, 50, (parts - 1, number_of_compositions(degree, parts))).tolist()
        polys = tuple(from_values([F(v) for v in row], degree, parts) for row in rows)
        search = common_zeros(PolynomialScan(PolynomialSystem(polys)))
        assert not search.undecided
        boxes = []
        for zero in search.zeros:
            seen += 1
            point, error = zero.enclosure(F(1, 2**300))
            assert error <= F(1, 2**300)
            assert all(abs(c - a) <= zero.reach for c, a in zip(point, zero.anchor, strict=True))
            bound = zero.system.spread([as_flint(c) for c in zero.anchor], np.array(zero.inverse, dtype=float))
            assert bound(float(zero.reach)) <= zero.contraction == F(1, 2)
            with ctx.workprec(900):
                balls = [arb(fmpq(c.numerator, c.denominator)) + arb(0, 1.01 * float(error)) for c in point]
                for poly in polys:
                    total = arb(0)
                    for powers, coefficient in poly.to_dict().items():
                        term = arb(coefficient)
                        for base, power in zip(balls, powers, strict=True):
                            term *= base ** int(power)
                        total += term
                    assert total.contains(0)
            boxes.append((point, error))
        for k, (first, _) in enumerate(boxes):
            for second, _ in boxes[:k]:
                assert max(abs(a - b) for a, b in zip(first, second, strict=True)) > F(1, 2**40)
    assert seen > 0


def test_a_zero_is_not_certified_where_there_is_none_or_a_double_one() -> None:
    half = fmpq(1, 2)
    assert certify(PolynomialSystem((y1 - half, (y2 - half) ** 2)), [0.5, 0.5]) is None
    assert certify(PolynomialSystem((y1 - half, (y2 - half) ** 2 + fmpq(1, 10**6))), [0.5, 0.5]) is None
    near = certify(PolynomialSystem((y1 - half, (y2 - half) ** 2 - fmpq(1, 10**6))), [0.5, 0.51])
    assert near is not None
    assert near.reach < F(1, 500)  # the other zero is 1/500 away
    assert near.rational() == (F(1, 2), F(501, 1000))


@pytest.mark.parametrize("power", [3, 6, 9, 11])
def test_zeros_that_lie_close_together_are_told_apart(power: int) -> None:
    gap = fmpq(1, 2**power)
    place = fmpq(1, 3)
    column = (y2 - place) * (y2 - place - gap) * (y2 - place + 3 * gap)
    search = common_zeros(PolynomialScan(PolynomialSystem((3 * y1 - 1 + column, column - (3 * y1 - 1) * y2))))
    rationals = [zero.rational() for zero in search.zeros if inside(zero)]
    found = sorted(point[1] for point in rationals if point is not None)
    distances = [F(-3, 2**power), F(0), F(1, 2**power)]
    assert not search.undecided
    assert found == [F(1, 3) + d for d in distances if F(1, 3) + d > 0]


def test_only_pieces_inside_the_box_of_a_zero_are_dropped() -> None:
    zero = certify(PolynomialSystem((y1**2 - y2, y1 - 2 * y2)), [0.5, 0.25])
    assert zero is not None
    centre, reach = np.array([float(c) for c in zero.anchor]), float(zero.reach)
    corners = np.array([[-1.0, -1], [1, -1], [-1, 1]])
    for size, answer in ((0.99, True), (1.01, False), (3.0, False)):
        piece = centre + size * reach * corners
        vertices = np.column_stack([1 - piece.sum(axis=1), piece])[None]
        assert covered(vertices, [zero]).tolist() == [answer]
    assert covered(np.eye(3)[None], []).tolist() == [False]


def test_rational_zeros_are_recognised_and_others_are_not() -> None:
    rational = certify(PolynomialSystem((7 * y1 - 2, 11 * y2 - 3 * y1)), [0.3, 0.1])
    assert rational is not None
    assert located(rational).shares == (1 - F(2, 7) - F(6, 77), F(2, 7), F(6, 77))
    irrational = certify(PolynomialSystem((2 * y1**2 - 1, y2 - y1**2 / 4)), [0.7, 0.1])
    assert irrational is not None
    assert irrational.rational() is None
    share = located(irrational).shares[1]
    assert isinstance(share, EnclosedNumber)
    assert share.low**2 < F(1, 2) < share.high**2
    narrow = share.refined(F(1, 2**200))
    assert narrow.high - narrow.low <= F(1, 2**200)
    assert narrow.low**2 < F(1, 2) < narrow.high**2
    document = number_to_json(share)
    assert document == {"interval": [str(share.low), str(share.high)], "certified": CERTIFIED}


def test_an_interval_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^interval must be low <= high"):
        EnclosedNumber(F(1), F(0), None, 0)


def test_points_of_a_curve_lie_on_it_and_its_ends_are_where_it_leaves() -> None:
    circle = (y1 - fmpq(1, 3)) ** 2 + (y2 - fmpq(1, 3)) ** 2 - fmpq(1, 40)
    points, ends, empty = points_on(circle, effort=10_000)
    assert len(points) >= 6
    assert not ends
    assert not empty
    for point in points:
        assert point.sign(lambda at: at(circle)) == 0
        assert float(sum(map(float, point.shares))) == pytest.approx(1)
    path = traced(circle, [float(share) for share in points[0].shares[1:]])
    assert np.hypot(*(path - 1 / 3).T) == pytest.approx(np.full(len(path), 40**-0.5), abs=1e-9)
    assert len(path) == pytest.approx(2 * np.pi * 40**-0.5 * 200, rel=0.02)
    arc = y2 - y1**2  # through the corner (0, 0), tangent to an edge
    _, ends, _ = points_on(arc, effort=1000)
    assert (F(1), F(0), F(0)) in ends
    assert any(float(end[1]) == pytest.approx((5**0.5 - 1) / 2) for end in ends)
    nowhere = (y1 - fmpq(1, 3)) ** 2 + (y2 - fmpq(1, 3)) ** 2 + fmpq(1, 10**6)
    assert points_on(nowhere, effort=20_000) == ([], [], True)


@given(st.lists(st.integers(-20, 20).map(F), min_size=3, max_size=9))
@LAWS
def test_isolated_roots_are_those_of_sympy(values: list[Fraction]) -> None:
    poly = from_bernstein(values)
    if len(poly) < 2:
        return
    x = sp.Symbol("x")
    known = sorted(
        {r for r in sp.Poly([sp.Rational(c.numerator, c.denominator) for c in reversed(poly)], x).real_roots()}
    )
    known = [r for r in known if 0 < r < 1]
    found = roots_inside(poly)
    assert len(found) == len(known)
    for ours, theirs in zip(found, known, strict=True):
        assert float(ours) == pytest.approx(float(theirs), abs=1e-12)
        assert isinstance(ours, Fraction) == bool(theirs.is_Rational)
        assert sign_at(poly, ours) == 0


def test_numbers_of_different_polynomials_are_compared_exactly() -> None:
    first = AlgebraicNumber((-1, 0, 2), F(1, 2), F(1))
    same = AlgebraicNumber((-1, -1, 2, 2), F(7, 10), F(8, 10))
    other = AlgebraicNumber((-500001, 0, 10**6), F(7, 10), F(8, 10))
    assert same_number(first, same)  # (2 x^2 - 1)(x + 1)
    assert not same_number(first, other)


@pytest.mark.parametrize("size", [100, 400])
def test_two_strategies_of_large_groups_have_the_roots_that_variation_diminishing_allows(size: int) -> None:
    """BER-1: as many roots as sign changes of the gains, or fewer by an even number."""
    pivotal = size * 2 // 5
    gains = [F(9) if k == pivotal else F(-1, 10) for k in range(size)]
    found = roots_inside(from_bernstein(gains))
    assert len(found) == 2
    low, high = map(float, found)
    assert low < pivotal / (size - 1) < high
    for share in (low, high):
        assert 9.1 * binom.pmf(pivotal, size - 1, share) == pytest.approx(0.1, rel=1e-9)
