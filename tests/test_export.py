"""Claims for other provers: z3 reads the SMT-LIB text and agrees with verdicts; Lean's text has the claim's shape."""

import pytest
import z3

from proofs import Claim, Proved, Refuted, verify
from proofs.cases import Unsupported
from proofs.export import to_lean, to_smtlib

from ._certificates import claim

PROVED = [
    claim("x*y > 0", "x > 0", "y > 0"),
    claim("iff(x/y > 0, x > 0)", "y > 0"),
    claim("n >= 1", "n > 0", integers="n"),
    claim("x**-2 > 0 and x**3/x == x**2", "x != 0"),
    claim("abs(x) >= x and max(x, y, 1) >= y and min(x, y) <= x"),
    claim("exists(t, t > x and t < y)", "x < y"),
    claim("forall(t, implies(t >= x, t >= y))", "x >= y"),
    claim("Sum(k*x, k, 1, 3) == 6*x and Sum(x, k, 1, 0) == 0"),
    claim("sqrt(x)**2 == x", "x >= 0"),
    claim("exp(x) > 0 and exp(0) == 1"),
    claim("log(1) == 0"),
    claim("x**n == x*x**(n - 1)", "n >= 1", integers="n"),
    claim("binomial(n, 0) == 1 and binomial(n, n + 1) == 0", "n >= 0", integers="n"),
    claim("x >= -0.5 or x < -1/2"),
]
FALSE = [claim("x*y > 0", "x > 0"), claim("n > 1", "n > 0", integers="n"), claim("forall(t, t <= x)")]


def _answer(about: Claim) -> str:
    solver = z3.Solver()
    solver.set("timeout", 20_000)
    solver.from_string(to_smtlib(about))
    return str(solver.check())


@pytest.mark.parametrize("about", PROVED, ids=lambda about: about.conclusion)
def test_z3_finds_no_counterexample_in_the_text_of_a_true_claim(about: Claim) -> None:
    assert _answer(about) == "unsat"


@pytest.mark.parametrize("about", FALSE, ids=lambda about: about.conclusion)
def test_z3_finds_one_in_the_text_of_a_false_claim(about: Claim) -> None:
    assert _answer(about) == "sat"


def test_verdicts_and_texts_agree() -> None:
    for about in (*PROVED[:4], *FALSE[:2]):
        expected = {Proved: "unsat", Refuted: "sat"}[type(verify(about))]
        assert _answer(about) == expected


@pytest.mark.parametrize(
    ("about", "logic"),
    [
        (claim("x > 0"), "QF_NRA"),
        (claim("exists(t, t > x)"), "NRA"),
        (claim("n > x", integers="n"), "ALL"),
        (claim("exp(x) > 0"), "ALL"),
    ],
)
def test_the_logic_is_named(about: Claim, logic: str) -> None:
    assert f"(set-logic {logic})" in to_smtlib(about)


@pytest.mark.parametrize("text", ["count_roots(t**2 - x, t, 0, 1) == 1", "Sum(k, k, 1, n) >= 0"])
def test_what_smtlib_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(Unsupported, match="no SMT-LIB text"):
        to_smtlib(claim(text, "n >= 0", integers="n"))


def test_lean_has_the_statement_and_says_that_it_is_not_compiled() -> None:
    about = claim("x**2/3 + n > 0", "x != 0", "n >= 1", integers="n", id="a-b.c")

    text = to_lean(about)

    assert "Nothing of it was compiled" in text
    assert "theorem claim_a_b_c" in text
    assert "(v_n : ℤ)" in text
    assert "(h0 : v_x ≠ (0 : ℝ))" in text
    assert ": (((v_x ^ 2) / (3 : ℝ)) + (v_n : ℝ)) > (0 : ℝ) := by" in text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Sum(x**k, k, 0, n) >= 0", "(∑ v_k ∈ Icc (0 : ℤ) v_n, (v_x ^ (v_k).toNat)) ≥ (0 : ℝ)"),
        ("count_roots(t**2 - x, t, 0, 1) == 1", "Set.ncard {v_t : ℝ | (0 : ℝ) < v_t ∧ v_t < (1 : ℝ)"),
        ("forall(t, not t > x)", "∀ v_t : ℝ, (¬ (v_t > v_x))"),
        ("binomial(n, 2) >= 0", "Nat.choose (v_n).toNat (2).toNat"),
        ("max(x, y, z) >= abs(x)", "(max v_x (max v_y v_z)) ≥ |v_x|"),
        ("x <= y and x != z and x < 2", "(v_x ≤ v_y) ∧ (v_x ≠ v_z) ∧ (v_x < (2 : ℝ))"),
        ("x**-2 == 1/2", "(v_x ^ 2)⁻¹ = ((1 : ℝ) / (2 : ℝ))"),
    ],
)
def test_lean_words(text: str, written: str) -> None:
    assert written in to_lean(claim(text, integers="n"))


def test_squares_of_a_certificate_are_hints() -> None:
    proof = {"sum": [["1", {"0": 1}], ["1", {}, "x - y"]], "zero": {}}

    assert "nlinarith [sq_nonneg ((v_x - v_y))]" in to_lean(claim("x**2 + y**2 >= 2*x*y"), {"conclusion": [proof]})
