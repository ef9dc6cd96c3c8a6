"""What follows from equations: remainders with their cofactors, contradictions, and the order of the methods."""

import random
from fractions import Fraction
from time import monotonic
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs import Undecided, verify
from proofs.facts import Algebra, Literal, Polynomial
from proofs.language import Comparison, Number
from proofs.search import refutation
from proofs.search.closing import Fact, Proof
from proofs.search.cores import core
from proofs.search.ideals import Ideal, close_by_equations
from proofs.search.refutation import OutOfTime, Refuter

from ._certificates import answer, claim

NAMES = ["x", "y", "z"]
COEFFICIENTS = st.dictionaries(
    st.tuples(*[st.integers(0, 2)] * 3).filter(lambda m: sum(m) <= 2),
    st.integers(-4, 4).filter(bool),
    min_size=1,
    max_size=4,
)


def polynomial(algebra: Algebra, coefficients: dict[tuple[int, ...], int]) -> Polynomial:
    return algebra.ring.from_dict({m: algebra.domain(x) for m, x in coefficients.items()})


def later(seconds: float = 10) -> float:
    return monotonic() + seconds


@given(st.lists(COEFFICIENTS, min_size=1, max_size=3), COEFFICIENTS)
@settings(max_examples=60, deadline=None)
def test_a_polynomial_is_its_remainder_plus_multiples_of_the_equations(
    equations: list[dict[tuple[int, ...], int]], other: dict[tuple[int, ...], int]
) -> None:
    algebra = Algebra(NAMES)
    facts: list[Fact] = [(">", algebra.variables["x"])]
    facts += [("==", polynomial(algebra, e)) for e in equations]
    p = polynomial(algebra, other)
    ideal = Ideal(facts, later(1))

    rest, cofactors = ideal.reduce(p)

    assert p == rest + sum((q * facts[i][1] for i, q in cofactors.items()), start=algebra.ring.zero)
    assert all(facts[i][0] == "==" for i in cofactors)
    member = sum(((k + 1) * q * p for k, (_, q) in enumerate(facts[1:])), start=algebra.ring.zero)
    assert ideal.reduce(member)[0] == 0 or len(equations) > 1  # a truncated basis may leave something


def test_members_of_an_ideal_leave_nothing() -> None:
    algebra = Algebra(NAMES)
    x, y, z = algebra.variables.values()
    one = algebra.constant(1)
    facts: list[Fact] = [("==", x**2 + y**2 + z**2 - one), ("==", x * y - z), ("==", x - y**2)]

    ideal = Ideal(facts, later())

    assert ideal.reduce((x - y**2) * x + (x * y - z) * (y + 3 * one))[0] == 0
    assert ideal.reduce(y**6 + y**4 + y**2 - one)[0] == 0  # by elimination: x = y^2, z = y^3
    assert ideal.reduce(x + y)[0] != 0


@pytest.mark.parametrize(
    "about",
    [
        claim("x*y*z != 3", "x*y == 1", "y*z == 1", "x == 2*z", "z > 0"),
        claim("x > 5", "x*y == 1", "x**2*y == 0"),
        claim("(x*y)**2 == 6", "x**2 == 2", "y**2 == 3"),
        claim("x*y >= 2", "x**3 == 2", "y == x**2"),
        claim("x**4 + y**4 >= 1/2", "x**2 + y**2 == 1"),
    ],
    ids=lambda about: about.conclusion,
)
def test_equations_prove_and_contradict(about: Any) -> None:
    verdict = verify(about)

    if isinstance(verdict, Undecided):
        assert "rational" in verdict.reason  # there is no rational witness
    else:
        assert verdict.word in ("proved", "vacuous")
        assert answer(verdict.certificate) == verdict.word


def test_equations_that_hold_contradict_nothing() -> None:
    algebra = Algebra(NAMES)
    x, y, _ = algebra.variables.values()
    one = algebra.constant(1)

    for facts in (
        [("==", x * y - one), (">", x), ("!=", x - y)],
        [("==", x**2 - y), (">=", y), (">=", -y)],
        [("==", x**2 - y), (">=", x**3 - x * y)],
        [(">", x)],
    ):
        assert close_by_equations(facts, Ideal(facts, later())) is None


@pytest.mark.parametrize(("relation", "shift"), [(">", 0), (">", -1), (">=", -1), ("!=", 0)])
def test_a_fact_that_the_equations_decide_is_refuted(relation: str, shift: int) -> None:
    algebra = Algebra(NAMES)
    x, y, _ = algebra.variables.values()
    one = algebra.constant(1)
    facts: list[Fact] = [("==", x * y - one), ("==", x - y), (relation, x**4 - one + shift)]

    proof = close_by_equations(facts, Ideal(facts, later()))

    assert proof is not None
    assert _vanishes(proof, facts, algebra)


def _vanishes(proof: Proof, facts: list[Fact], algebra: Algebra) -> bool:
    """Whether the sum is the zero polynomial."""
    total = algebra.ring.zero
    for weight, exponents in proof["sum"]:
        term = algebra.constant(Fraction(weight))
        for k, n in exponents.items():
            term = term * facts[int(k)][1] ** n
        total = total + term
    names = {name: algebra.variables[name] for name in NAMES}
    for k, cofactor in proof["zero"].items():
        total = (
            total + eval(cofactor.replace("/", "*one/"), {}, {**names, "one": algebra.constant(1)}) * facts[int(k)][1]
        )
    return bool(total == 0)


# which facts are enough, and which method comes first


def test_the_core_names_facts_that_contradict_each_other() -> None:
    algebra = Algebra(NAMES)
    x, y, z = algebra.variables.values()
    one = algebra.constant(1)
    facts: list[Fact] = [(">", z), (">", x - y), ("!=", z - one), (">", y - x), (">=", z**2 - x)]

    assert core(facts, algebra, 1.0) == [1, 3]
    assert core(facts[:3], algebra, 1.0) is None


def _branch(algebra: Algebra, facts: list[Fact]) -> list[Literal]:
    nothing = Comparison("==", Number(Fraction(0)), Number(Fraction(0)))
    return [Literal(nothing, True, relation, p, p, ()) for relation, p in facts]


def _refuter(algebra: Algebra, seconds: float) -> Refuter:
    sorts, witness = dict.fromkeys(NAMES, "real"), dict.fromkeys(NAMES, Fraction(1))
    return Refuter(algebra, sorts, witness, later(seconds))


def test_a_method_that_fails_leaves_time_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    algebra = Algebra(NAMES)
    x, y, _ = algebra.variables.values()
    facts: list[Fact] = [(">", 2 * x * y - x**2 - 2 * y**2)]

    def slow(self: Refuter, facts: list[Fact]) -> None:
        while True:
            self.sum([])

    monkeypatch.setattr(refutation.Refuter, "_sums", slow)
    refuter = _refuter(algebra, 4)

    assert refuter.close(_branch(algebra, facts), 0) is not None
    assert refuter.methods == {"sums of squares"}


def test_the_deadline_ends_the_search() -> None:
    algebra = Algebra(NAMES)
    x = algebra.variables["x"]

    with pytest.raises(OutOfTime):
        _refuter(algebra, -1).close(_branch(algebra, [(">", -(x**2))]), 0)


def test_cheap_methods_come_first() -> None:
    algebra = Algebra(NAMES)
    x, y, _ = algebra.variables.values()
    refuter = _refuter(algebra, 20)

    refuter.close(_branch(algebra, [(">", x), (">", y), (">=", -x * y)]), 2)

    assert refuter.methods <= {"sums of products of facts"}


def test_random_points_satisfy_no_refuted_facts() -> None:
    rng = random.Random(3)
    algebra = Algebra(NAMES)
    x, y, z = algebra.variables.values()
    for _ in range(4):
        a, b, c = (rng.randint(-3, 3) for _ in range(3))
        circle = (x - a) ** 2 + (y - b) ** 2 - algebra.constant(1)
        facts: list[Fact] = [("==", circle), (">=", z - c * x), (">=", a + 1 - x), ("!=", y - b - 2)]

        assert _refuter(algebra, 1).close(_branch(algebra, facts), 3) is None
