"""Bernstein forms on products of simplices: they are the polynomial, their halves too; what they refute is refuted."""

import copy
import random
from fractions import Fraction
from math import prod
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from proofs import Claim, verify
from proofs.certificates import make
from proofs.facts import Algebra, Polynomial, rational
from proofs.search.bernstein import find_bernstein
from proofs.search.closing import Fact, Proof, text
from proofs.search.simplices import Cell, Coordinate, Form, domain, edge, form_of, halves, raised

from ._certificates import answer, claim, resigned

PLENTY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = ["x", "y", "z"]
BOX = ("x >= -1", "2*x <= 3", "0 <= y", "y < 2", "-1/2 < z", "z <= 1/3")
SIMPLEX = ("x >= 0", "y >= 1", "z > -1", "x + 2*y + 3*z < 4")
PRISM = ("x >= 0", "y > 0", "x + y <= 1", "z >= 2")
RAYS = ("x >= 1", "y < 2", "0 <= z", "z <= 1")
DOMAINS = (BOX, SIMPLEX, PRISM, RAYS)


def facts_of(algebra: Algebra, assumptions: tuple[str, ...]) -> list[Fact]:
    about = claim("0 < 1", *assumptions)
    (branch,) = algebra.branches(tuple((tree, True) for tree in about.assumed))
    return [(literal.relation, literal.polynomial) for literal in branch]


def search(facts: list[Fact], algebra: Algebra, cells: int) -> Proof | None:
    return find_bernstein(facts, algebra, monotonic() + 20, cells=cells)


def value(p: Polynomial, point: tuple[Fraction, ...]) -> Fraction:
    return sum((rational(c) * prod(x**n for x, n in zip(point, m, strict=True)) for m, c in p.items()), Fraction(0))


def at(form: Form, weights: list[Fraction]) -> Fraction:
    return sum((c * prod(w**n for w, n in zip(weights, m, strict=True)) for m, c in form.items()), Fraction(0))


def weights_at(coordinates: tuple[Coordinate, ...], point: tuple[Fraction, ...]) -> list[Fraction]:
    return [value(c.polynomial, point) for c in coordinates]


def inside(facts: list[Fact], rng: random.Random) -> tuple[Fraction, ...]:
    """A random point where the facts hold."""
    while True:
        point = tuple(Fraction(rng.randint(-20, 80), 16) for _ in NAMES)
        if all(value(p, point) >= (relation == ">") * Fraction(1, 10**9) for relation, p in facts):
            return point


MONOMIALS = st.tuples(*[st.integers(0, 2)] * 3)
POLYNOMIALS = st.dictionaries(MONOMIALS, st.builds(Fraction, st.integers(-9, 9), st.integers(1, 4)), min_size=1)


def polynomial(algebra: Algebra, coefficients: dict[tuple[int, ...], Fraction]) -> Polynomial:
    return algebra.ring.from_dict({m: algebra.domain(x.numerator, x.denominator) for m, x in coefficients.items() if x})


@given(POLYNOMIALS, st.sampled_from(DOMAINS), st.randoms(use_true_random=False))
@PLENTY
def test_forms_are_the_polynomial_on_the_domain_and_on_all_its_parts(
    coefficients: dict[tuple[int, ...], Fraction], assumptions: tuple[str, ...], rng: random.Random
) -> None:
    algebra = Algebra(NAMES)
    p = polynomial(algebra, coefficients)
    assume(p and not p.is_ground)
    facts = facts_of(algebra, assumptions)
    coordinates = tuple(domain(facts, algebra))
    form = form_of(p, coordinates)
    assert form is not None
    cell, point = Cell(coordinates, (form, form)), inside(facts, rng)

    for _ in range(6):
        weights = weights_at(cell.coordinates, point)
        assert all(w >= 0 for w in weights)
        for group in {c.group for c in cell.coordinates}:
            vertices = [w for w, c in zip(weights, cell.coordinates, strict=True) if c.group == group and c.vertex]
            assert sum(vertices) == 1
        for i, x in enumerate(point):
            assert sum(w * c.place.get(i, 0) for w, c in zip(weights, cell.coordinates, strict=True)) == x
        assert at(cell.forms[0], weights) == value(p, point)
        i, j = edge(cell)
        split, positive, otherwise = halves(cell, i, j, len(facts))
        facts.append((">", split) if value(split, point) > 0 else (">=", -split))
        cell = positive if value(split, point) > 0 else otherwise
        for c in cell.coordinates:
            if c.fact is not None:
                assert c.polynomial == facts[c.fact][1] * algebra.domain(c.scale.numerator, c.scale.denominator)
                assert c.strict == (facts[c.fact][0] == ">")


def test_raised_forms_have_the_same_values_and_degrees() -> None:
    algebra = Algebra(NAMES)
    x, y, z = algebra.variables.values()
    facts = facts_of(algebra, PRISM)
    coordinates = tuple(domain(facts, algebra))
    low, high = form_of(x - y, coordinates), form_of(x * y * z**2 - x**3, coordinates)
    assert low is not None
    assert high is not None

    forms = raised(Cell(coordinates, (low, high)))

    point = (Fraction(1, 5), Fraction(2, 5), Fraction(7, 2))
    weights = weights_at(coordinates, point)
    assert [at(form, weights) for form in forms] == [at(low, weights), at(high, weights)]
    assert len({tuple(sum(m[i] for i in group) for group in ((0, 1, 2), (3, 4))) for form in forms for m in form}) == 1


# certificates


def certificate(
    p: Polynomial, assumptions: tuple[str, ...], proof: Proof, point: tuple[Fraction, ...]
) -> dict[str, Any]:
    about = claim(f"{text(p)} > 0", *assumptions)
    witness = {name: str(x) for name, x in zip(NAMES, point, strict=True)}
    return make(about, "proved", "by hand", {"witness": witness, "definedness": [], "conclusion": [proof]})


@given(st.sampled_from(DOMAINS), st.randoms(use_true_random=False))
@PLENTY
def test_positive_combinations_of_the_bounds_are_certified(assumptions: tuple[str, ...], rng: random.Random) -> None:
    algebra = Algebra(NAMES)
    facts = facts_of(algebra, assumptions)
    p: Any = algebra.constant(Fraction(1, rng.randint(1, 1000)))
    for _ in range(rng.randint(1, 4)):
        first, second = rng.choices([q for _, q in facts], k=2)
        p = p + rng.randint(1, 9) * first * second
    proof = search([*facts, (">=", -p)], algebra, cells=60)

    assert proof is not None
    honest = certificate(p, assumptions, proof, inside(facts, rng))
    assert answer(honest) == "proved"
    forged = copy.deepcopy(honest)
    leaf = forged["conclusion"][0]
    while "split" in leaf:
        leaf = leaf[rng.choice(["positive", "otherwise"])]
    entry = rng.choice(leaf["sum"])
    weight = Fraction(entry[0])
    entry[0] = str(weight + rng.choice([Fraction(1), Fraction(1, 10**6), -2 * weight]))
    assert answer(resigned(forged)) == "rejected"


@given(POLYNOMIALS, st.sampled_from(DOMAINS), st.randoms(use_true_random=False))
@settings(PLENTY, max_examples=12)
def test_what_holds_somewhere_is_never_refuted(
    coefficients: dict[tuple[int, ...], Fraction], assumptions: tuple[str, ...], rng: random.Random
) -> None:
    algebra = Algebra(NAMES)
    facts = facts_of(algebra, assumptions)
    p = polynomial(algebra, coefficients)
    point = inside(facts, rng)
    lifted = p - algebra.constant(value(p, point)) + algebra.constant(Fraction(rng.choice([0, 1]), 10**6))

    assert search([*facts, (">=", lifted)], algebra, cells=20) is None
    assert search([*facts, ("==", p - algebra.constant(value(p, point)))], algebra, cells=20) is None


@pytest.mark.parametrize(
    ("about", "method"),
    [
        (claim("(x - 1/3)**2*(x + 1)**2 + 1/1000000 > 0", "0 <= x", "x <= 1"), "bernstein"),
        (claim("x**5 - 4*x**4 + 3*x**3 + 2*x**2 - x + 5 > 0", "x >= 0"), "bernstein"),
        (claim("x**4 + 3*x**3 + x**2 + 7 > 0", "x <= 0"), "bernstein"),
        (claim("x*y < 3/5", "0 <= x", "x <= 1", "0 <= y", "y <= 1", "x**2 + y**2 == 1"), "handelman"),
        (claim("x*y < 3/10", "x >= 0", "y >= 0", "x + y <= 1"), "bernstein"),
    ],
    ids=lambda about: getattr(about, "conclusion", about),
)
def test_inequalities_on_domains(about: Claim, method: str) -> None:
    verdict = verify(about)

    assert verdict.word == "proved"
    assert verdict.method == method
    assert answer(verdict.certificate) == "proved"


def test_several_facts_are_refuted_together() -> None:
    algebra = Algebra(NAMES)
    facts = facts_of(algebra, ("0 <= x", "x <= 1", "0 <= y", "y <= 1", "x - y**2 >= 1/8", "2*y**2 - 2*x >= 1/9"))

    proof = search(facts, algebra, cells=4)

    assert proof is not None
    used = {k for term in _terms(proof) for k in term[1]}
    assert {"4", "5"} <= used


def test_a_cell_in_which_the_facts_hold_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    from proofs.search import bernstein

    cuts: list[int] = []

    def counted(cell: Cell, i: int, j: int, size: int) -> tuple[Polynomial, Cell, Cell]:
        cuts.append(size)
        return halves(cell, i, j, size)

    monkeypatch.setattr(bernstein, "halves", counted)
    algebra = Algebra(NAMES)
    facts = facts_of(algebra, ("0 <= x", "x <= 1", "0 <= y", "y <= 1", "x*y >= 1/5", "x + y**3 < 4/5"))

    assert search(facts, algebra, cells=1000) is None
    assert len(cuts) < 10


def _terms(proof: Proof) -> list[Any]:
    return proof["sum"] if "sum" in proof else _terms(proof["positive"]) + _terms(proof["otherwise"])


def test_a_domain_needs_bounds_and_the_number_of_cells_is_kept() -> None:
    algebra = Algebra(NAMES)
    x, y, _ = algebra.variables.values()
    one = algebra.constant(1)
    narrow = -((3 * x - one) ** 2) - one / 1000

    assert search([(">=", -(x**2) - y**2 - one)], algebra, cells=100) is None
    assert search([(">=", x), (">=", one - x), (">=", narrow)], algebra, cells=2) is None
    assert search([(">=", x), (">=", one - x), (">=", narrow)], algebra, cells=40) is not None
    assert find_bernstein([(">=", x), (">=", one - x), (">=", narrow)], algebra, monotonic() - 1, cells=40) is None


def test_the_domain_is_the_tightest_that_facts_of_degree_one_give() -> None:
    algebra = Algebra(NAMES)
    facts = facts_of(algebra, ("x >= 0", "3*x >= 1", "x <= 5", "x <= 2", "y >= 0", "z >= 0", "y + z <= 3", "y <= 9"))

    coordinates = list(domain(facts, algebra))

    assert sorted(c.fact for c in coordinates if c.fact is not None) == [1, 3, 4, 5, 6]
    places = [tuple(c.place.items()) for c in coordinates]
    assert ((0, Fraction(1, 3)),) in places
    assert ((0, Fraction(2)),) in places
    assert ((1, Fraction(3)), (2, Fraction(0))) in places
