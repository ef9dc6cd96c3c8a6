"""Sums of squares: what is one is certified, what is negative somewhere never, and nothing that was changed counts."""

import copy
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from math import prod
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from proofs import Claim, verify
from proofs.certificates import make
from proofs.facts import Algebra, Polynomial
from proofs.search.closing import Proof, text
from proofs.search.gram import Block, Program, solve
from proofs.search.rounding import Equations, squares
from proofs.search.squares import find_squares

from ._certificates import answer, claim, resigned

PLENTY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = ["x", "y", "z"]
MOTZKIN = "x**4*y**2 + x**2*y**4 - 3*x**2*y**2 + 1"
ROBINSON = (
    "x**6 + y**6 + z**6 - (x**4*y**2 + x**2*y**4 + x**4*z**2 + x**2*z**4 + y**4*z**2 + y**2*z**4) + 3*x**2*y**2*z**2"
)
SCHUR = "x*(x - y)*(x - z) + y*(y - x)*(y - z) + z*(z - x)*(z - y)"


def search(facts: list[tuple[str, Polynomial]], algebra: Algebra, seconds: float = 20) -> Proof | None:
    return find_squares(facts, algebra, monotonic() + seconds)


def certificate(p: Polynomial, proof: Proof) -> dict[str, Any]:
    """The proof as one of p >= 0 for all x, y and z."""
    about = claim(f"{text(p)} >= 0")
    evidence = {"witness": dict.fromkeys("xyz", "0"), "definedness": [], "conclusion": [proof]}
    return make(about, "proved", "by hand", evidence)


def polynomial(algebra: Algebra, coefficients: dict[tuple[int, ...], Fraction]) -> Polynomial:
    return algebra.ring.from_dict({m: algebra.domain(x.numerator, x.denominator) for m, x in coefficients.items() if x})


# random sums of squares

NUMBERS = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 3))
EXPONENTS = st.tuples(*[st.integers(0, 2)] * 3).filter(lambda m: sum(m) <= 2)
ROOTS = st.lists(st.dictionaries(EXPONENTS, NUMBERS, min_size=1, max_size=4), min_size=1, max_size=4)


@given(ROOTS, st.booleans())
@settings(PLENTY, phases=[Phase.explicit, Phase.generate])
def test_random_sums_of_squares_are_certified(roots: list[dict[tuple[int, ...], Fraction]], touching: bool) -> None:
    algebra = Algebra(NAMES)
    parts = [polynomial(algebra, root) for root in roots]
    parts += [polynomial(algebra, {m: Fraction(1, 3)}) for m in _subsets(3) if sum(m) <= 2]
    if touching:  # zero at (1, 1, 1) and nowhere else
        parts = [q - algebra.constant(value_at(q, 1)) for q in parts]
    p = sum((q**2 for q in parts), start=algebra.ring.zero)

    proof = search([(">", -p)], algebra)

    assert proof is not None
    assert answer(json.loads(json.dumps(certificate(p, proof)))) == "proved"


@given(ROOTS, st.sampled_from([Fraction(1, 1000), Fraction(1, 10**9), Fraction(1, 10**15)]))
@settings(PLENTY, max_examples=8)
def test_a_sum_of_squares_lowered_below_zero_is_never_certified(
    roots: list[dict[tuple[int, ...], Fraction]], shift: Fraction
) -> None:
    algebra = Algebra(NAMES)
    parts = [polynomial(algebra, root) for root in roots]
    p = sum(((q - algebra.constant(value_at(q, 1))) ** 2 for q in parts), start=algebra.ring.zero)
    lowered = p - algebra.constant(shift)  # negative at (1, 1, 1)
    assume(p)

    assert search([(">", -lowered)], algebra, seconds=0.4) is None


def value_at(p: Polynomial, where: int) -> Fraction:
    return sum((Fraction(int(x.numerator), int(x.denominator)) * where ** sum(m) for m, x in p.items()), Fraction(0))


@given(ROOTS, st.randoms(use_true_random=False))
@PLENTY
def test_a_changed_certificate_is_rejected(roots: list[dict[tuple[int, ...], Fraction]], rng: random.Random) -> None:
    algebra = Algebra(NAMES)
    p = sum((polynomial(algebra, root) ** 2 for root in roots), start=algebra.variables["x"] ** 2 + 1)
    proof = search([(">", -p)], algebra)
    assert proof is not None
    honest = certificate(p, proof)

    for _ in range(5):
        forged = copy.deepcopy(honest)
        terms = forged["conclusion"][0]["sum"]
        entry = rng.choice(terms)
        match rng.randrange(4):
            case 0:
                entry[0] = str(Fraction(entry[0]) + Fraction(1, 10**9))
            case 1:
                entry[0] = f"-{entry[0]}"
            case 2:
                terms.remove(entry)
            case 3:
                entry[2:] = [f"{entry[2]} + x*y*z" if len(entry) == 3 else "x"]

        assert answer(resigned(forged)) == "rejected"


# inequalities with names


@pytest.mark.parametrize(
    "about",
    [
        claim(f"{MOTZKIN} >= 0"),
        claim("x**4*y**2 + x**2*y**4 - 3*x**2*y**2*z**2 + z**6 >= 0"),
        claim("1 + x**2*y**2 + y**2*z**2 + z**2*x**2 - 4*x*y*z >= 0"),
        claim("x**4*y**2 + y**4*z**2 + z**4*x**2 - 3*x**2*y**2*z**2 >= 0"),
        claim(f"{ROBINSON} >= 0"),
        claim(f"{SCHUR} >= 0", "x >= 0", "y >= 0", "z >= 0"),
        claim("x**6 + y**6 + z**6 >= 3*x**2*y**2*z**2"),
        claim("(x + y + z)**3 >= 27*x*y*z", "x >= 0", "y >= 0", "z >= 0"),
        claim("x/(y + z) + y/(z + x) + z/(x + y) >= 3/2", "x > 0", "y > 0", "z > 0"),
        claim("x*y < 1", "x**2 + y**2 <= 1"),
        claim("27*x**2*y**2*z**2 <= 1", "x**2 + y**2 + z**2 == 1", "z**2 + x**2 + y**2 == 1"),
        claim("x*y + y*z + z*x < 2", "x**2 + y**2 + z**2 == 1"),
        claim("(x**2 - 2)**2 + (y**2 - 3)**2*(x*y - 1)**2 >= 0"),
        claim("x**2 - x*y + y**2 > 0", "x != y", "x**2 + y**2 != 2"),
    ],
    ids=lambda about: about.conclusion[:40],
)
def test_classical_inequalities_get_sums_of_squares(about: Claim) -> None:
    verdict = verify(about)

    assert (verdict.word, verdict.method) == ("proved", "sums of squares")
    assert answer(json.loads(json.dumps(verdict.certificate))) == "proved"


@pytest.mark.parametrize(("term", "least"), [(MOTZKIN, "0"), ("x**4 - 2*x**2 + y**2", "-1")])
def test_a_minimum_is_certified_and_a_millionth_above_it_refuted(term: str, least: str) -> None:
    at, above = verify(claim(f"{term} >= {least}")), verify(claim(f"{term} >= {least} + 1/1000000"))

    assert (at.word, above.word) == ("proved", "refuted")
    assert answer(above.certificate) == "refuted"


def test_motzkins_polynomial_needs_a_multiplier() -> None:
    verdict = verify(claim(f"{MOTZKIN} >= 0"))

    assert verdict.certificate is not None
    terms = verdict.certificate["conclusion"][0]["sum"]
    assert any(entry[1] and len(entry) == 3 for entry in terms)


def test_contradictory_assumptions_are_shown_so() -> None:
    verdict = verify(claim("x > 1", "x >= y**2 + 3", "y == -x**2 - 2"))

    assert (verdict.word, verdict.method) == ("vacuous", "contradictory assumptions")


def test_an_interval_is_halved_where_no_term_is_positive_on_all_of_it() -> None:
    algebra = Algebra(NAMES)
    x, y, z = algebra.variables.values()
    one = algebra.constant(1)
    facts = [(">=", x), (">=", one - x), (">", y), (">", z), (">=", -y * (one - x) - z * x)]

    proof = search(facts, algebra)

    assert proof is not None
    assert proof["split"] == "2*x - 1"


def test_nothing_is_found_after_the_deadline() -> None:
    algebra = Algebra(NAMES)
    x = algebra.variables["x"]

    assert find_squares([(">", -(x**2))], algebra, monotonic() - 1) is None


def test_facts_that_hold_somewhere_are_not_refuted() -> None:
    algebra = Algebra(NAMES)
    x, y, z = algebra.variables.values()
    one = algebra.constant(1)

    for facts in (
        [(">", x), (">", y), ("==", x * y - one)],
        [(">=", one - x**2 - y**2), ("==", x - y), ("!=", x)],
        [(">", x * y * z - one), (">=", 3 - x**2 - y**2 - z**2 + x)],
    ):
        assert search(facts, algebra, seconds=0.5) is None


# matrices

ENTRIES = st.lists(st.lists(NUMBERS, min_size=4, max_size=4), min_size=4, max_size=4)


@given(ENTRIES, st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_a_semidefinite_matrix_is_the_sum_of_its_squares(rows: list[list[Fraction]], rank: int) -> None:
    matrix = [[sum((r[i] * r[j] for r in rows[:rank]), Fraction(0)) for j in range(4)] for i in range(4)]

    found = squares(matrix)

    assert found is not None
    assert all(weight > 0 for weight, _ in found)
    for i in range(4):
        for j in range(4):
            assert sum((w * v[i] * v[j] for w, v in found), Fraction(0)) == matrix[i][j]


@given(ENTRIES, st.lists(NUMBERS, min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_matrix_that_is_negative_in_some_direction_has_no_squares(
    rows: list[list[Fraction]], direction: list[Fraction]
) -> None:
    matrix = [[rows[i][j] + rows[j][i] for j in range(4)] for i in range(4)]
    form = sum((prod((direction[i], direction[j], matrix[i][j])) for i in range(4) for j in range(4)), Fraction(0))
    assume(form < 0)

    assert squares(matrix) is None


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_rounded_values_are_corrected_to_an_exact_solution(seed: int) -> None:
    rng = random.Random(seed)
    rows, unknowns = rng.randint(1, 5), rng.randint(6, 9)
    columns = [
        {r: Fraction(rng.randint(-3, 3)) for r in rng.sample(range(rows), rng.randint(1, rows))}
        for _ in range(unknowns)
    ]
    columns = [{r: x for r, x in c.items() if x} for c in columns]
    solution = [Fraction(rng.randint(-20, 20), 7) for _ in columns]
    right: dict[Any, Fraction] = {}
    for value, column in zip(solution, columns, strict=True):
        for r, x in column.items():
            right[r] = right.get(r, Fraction(0)) + value * x
    near = [Fraction(round(8 * value), 8) for value in solution]

    found = Equations(columns, [1.0] * unknowns, right).corrected(near)

    assert found is not None
    for r in range(rows):
        assert sum((v * c.get(r, Fraction(0)) for v, c in zip(found, columns, strict=True)), Fraction(0)) == right.get(
            r, 0
        )


def test_equations_without_a_solution_are_noticed() -> None:
    columns = [{0: Fraction(1), 1: Fraction(2)}, {0: Fraction(2), 1: Fraction(4)}]

    assert Equations(columns, [1.0, 1.0], {0: Fraction(1), 1: Fraction(3)}).corrected([Fraction(0)] * 2) is None


def test_a_kernel_is_projected_out_where_the_facts_touch() -> None:
    algebra = Algebra(["x"])
    x, one = algebra.variables["x"], algebra.constant(1)
    p = (x - one) ** 2 * (2 * x + 3 * one) ** 2
    blocks = (
        Block({"0": 1}, -p, Fraction(1), (one,), True),
        Block({}, one, Fraction(1), (one, x, x**2)),
    )

    solution = solve(Program(blocks), lambda: 10.0)

    assert solution is not None
    (root,) = solution.program.blocks[1].basis
    assert root.div([2 * x**2 + x - 3 * one])[1] == 0


def _subsets(limit: int) -> Iterator[tuple[int, ...]]:
    yield from ((i, j, k) for i in range(limit) for j in range(limit) for k in range(limit))


@given(st.sets(st.sampled_from([m for m in _subsets(4) if sum(m) <= 3]), min_size=1, max_size=5), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_no_monomial_of_a_decomposition_is_left_out(support: set[tuple[int, ...]], seed: int) -> None:
    from proofs.search.squares import _possible, _Term

    algebra, rng = Algebra(NAMES), random.Random(seed)
    roots = [polynomial(algebra, {m: Fraction(rng.randint(1, 9)) for m in support}) for _ in range(3)]
    p = sum((q**2 for q in roots), start=algebra.ring.zero)
    everything: list[tuple[int, ...]] = [m for m in _subsets(4) if sum(m) <= 3]
    pieces: list[tuple[_Term, list[tuple[int, ...]], bool]] = [
        (_Term({"0": 1}, -p, True), [(0, 0, 0)], True),
        (_Term({}, algebra.constant(1), False), everything, False),
    ]

    anchor, kept = _possible(pieces, [])

    assert anchor == [(0, 0, 0)]
    assert support <= set(kept)
    assert len(kept) <= len(everything)
    assert max(map(sum, kept)) == max(map(sum, support))
