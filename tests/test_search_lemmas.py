"""What the search proves beyond polynomials, and the wrong twins that it refutes: each with a certificate."""

import json
import re
from typing import Any

import pytest

from proofs import Claim, Refuted, Undecided, verify
from proofs.checker.check import check

WORDS = "exp log sqrt abs min max Sum binomial forall exists implies iff and or not count_roots"


def about(conclusion: str, *assumptions: str, integers: str = "") -> Claim:
    """A claim whose names are real unless listed."""
    text = " ".join((conclusion, *assumptions))
    bound = re.findall(r"(?:forall|exists)\((\w+)", text) + re.findall(r"(?:Sum|count_roots)\(.*?, (\w),", text)
    names = sorted({*re.findall(r"[A-Za-z_]\w*", text)} - {*WORDS.split(), *bound})
    sorts = {name: "integer" if name in integers.split() else "real" for name in names}
    return Claim(id="test", statement="-", source="-", variables=sorts, assumptions=assumptions, conclusion=conclusion)


def settled(claim: Claim, budget: float = 60) -> Any:
    """The verdict, whose certificate the checker accepts again from JSON."""
    verdict = verify(claim, budget=budget)
    assert verdict.certificate is not None, verdict
    assert check(json.loads(json.dumps(verdict.certificate))) == verdict.word
    return verdict


TRUE: dict[str, list[Claim]] = {
    "exp and log": [
        about("exp(x) >= 1 + x"),
        about("exp(x) > 0"),
        about("log(x) <= x - 1", "x > 0"),
        about("log(x) >= 1 - 1/x", "x > 0"),
        about("exp(x) < 1/(1 - x)", "0 < x", "x < 1"),
        about("exp(x) < exp(y)", "x < y"),
        about("log(x) < log(y)", "0 < x", "x < y"),
        about("exp(x + y) == exp(x)*exp(y)"),
        about("log(x) + log(y) == log(x*y)", "x > 0", "y > 0"),
        about("log(x**2) == 2*log(x)", "x > 0"),
        about("log(1 + x) >= x/(1 + x)", "x >= 0"),
        about("-(p*log(p) + (1 - p)*log(1 - p)) >= 0", "0 < p", "p < 1"),
        about("log(2) < 7/10 and exp(1) > 2.718 and exp(1) < 2.719"),
        about("exp(x) > 2", "x > 7/10"),
    ],
    "logit and tanh": [
        about("0 < 1/(1 + exp(-d/T)) and 1/(1 + exp(-d/T)) < 1", "T > 0"),
        about("1/(1 + exp(-d/T)) < 1/(1 + exp(-f/T))", "T > 0", "d < f"),
        about("iff(1/(1 + exp(-d/T)) == 1/2, d == 0)", "T > 0"),
        about("(exp(2*y) - 1)/(exp(2*y) + 1) < 1"),
        about("(exp(2*y) - 1)/(exp(2*y) + 1) > 0", "y > 0"),
        about("T*log((1/(1 + exp(-(p*b - c)/T)))/(1 - 1/(1 + exp(-(p*b - c)/T)))) == p*b - c", "T > 0"),
    ],
    "abs, min, max, sqrt": [
        about("abs(x + y) <= abs(x) + abs(y)"),
        about("max(x, y) == (x + y + abs(x - y))/2"),
        about("min(x, y) + max(x, y) == x + y"),
        about("sqrt(x*y) <= (x + y)/2", "x >= 0", "y >= 0"),
        about("sqrt(x) < sqrt(y)", "0 <= x", "x < y"),
        about("sqrt(x**2) == abs(x)"),
        about("sqrt(2) < 1.415"),
    ],
    "powers": [
        about("0 <= (1 - x)**(N - 1) and (1 - x)**(N - 1) <= 1", "0 <= x", "x <= 1", "N >= 1", integers="N"),
        about("x**n <= x", "n >= 1", "0 <= x", "x <= 1", integers="n"),
        about("(1 + x)**n >= 1 + n*x", "n >= 0", "x >= -1", integers="n"),
        about("1 - (1 - x)**N >= x", "N >= 1", "0 <= x", "x <= 1", integers="N"),
        about("(1 - x)**(n + 1) <= (1 - x)**n", "n >= 0", "0 <= x", "x <= 1", integers="n"),
        about("2**n >= n + 1", "n >= 0", integers="n"),
        about("n**2 <= 2**n", "n >= 4", integers="n"),
    ],
    "sums": [
        about("Sum(k, k, 1, n) == n*(n + 1)/2", "n >= 0", integers="n"),
        about("Sum(k**2, k, 1, n) == n*(n + 1)*(2*n + 1)/6", "n >= 0", integers="n"),
        about("Sum(k**3, k, 1, n) == n**2*(n + 1)**2/4", "n >= 0", integers="n"),
        about("Sum(w**k, k, 0, n) == (1 - w**(n + 1))/(1 - w)", "n >= 0", "w != 1", integers="n"),
        about("Sum(k*x, k, 1, 5) == 15*x"),
        about("Sum(binomial(n, k)*x**k*(1 - x)**(n - k), k, 0, n) == 1", "n >= 0", integers="n"),
        about("Sum(k*binomial(n, k)*x**k*(1 - x)**(n - k), k, 0, n) == n*x", "n >= 0", integers="n"),
        about("Sum((a*k + b)*binomial(n, k)*x**k*(1 - x)**(n - k), k, 0, n) == a*n*x + b", "n >= 0", integers="n"),
        about("binomial(n, 1) == n", "n >= 1", integers="n"),
        about("binomial(n, 2) == n*(n - 1)/2", "n >= 2", integers="n"),
    ],
    "integers": [
        about("n*(n - 1) >= 0", integers="n"),
        about("n**2 >= n", integers="n"),
        about("2*n != 1", integers="n"),
        about("2*n != 2*m + 1", integers="n m"),
        about("n**2 != 2", integers="n"),
    ],
    "counted roots": [
        about("count_roots(x**3 - 2*x, x, -2, 2) == 3 and count_roots(x**2 + 1, x, -1, 1) == 0"),
    ],
    "quantifiers": [
        about("iff(forall(x, implies(x > a, x > b)), a >= b)"),
        about("exists(x, a < x and x < b)", "a < b"),
        about("exists(x, x > a)"),
        about("forall(x, exists(y, y > x))"),
        about("forall(x, exists(y, forall(z, implies(z >= y, z > x))))"),
        about("exists(x, x**2 == a)", "a >= 0"),
        about("f <= 1", "forall(x, implies(0 <= x and x <= 1, x*f <= 1))"),
        about(
            "iff(exists(p, 0 <= p and p <= 1 and (N - 1)*p*b >= c), (N - 1)*b >= c)",
            "N >= 2",
            "b > 0",
            "c > 0",
            integers="N",
        ),
    ],
}


@pytest.mark.parametrize("kind", TRUE)
def test_true_claims_are_proved_with_certificates(kind: str) -> None:
    words = {claim.conclusion: settled(claim).word for claim in TRUE[kind]}

    assert words == dict.fromkeys(words, "proved")


@pytest.mark.long
@pytest.mark.parametrize(
    "claim",
    [
        about("x - x**2/2 <= log(1 + x)", "x >= 0"),
        about("-(p*log(p) + (1 - p)*log(1 - p)) <= log(2)", "0 < p", "p < 1"),
        about("exp(x) <= 1 + 2*x", "0 <= x", "x <= 1"),
        about("exp(x) <= 1 + x + x**2", "0 <= x", "x <= 1"),
        about("exp(x) >= exp(1)*x"),
    ],
    ids=lambda claim: claim.conclusion,
)
def test_harder_true_claims_are_proved_too(claim: Claim) -> None:
    assert settled(claim, 60).word == "proved"


FALSE = [
    about("x**2 != 2"),
    about("x**3 - x - 1 != 0"),
    about("x < 1/2", "x**2 + y**2 == 1", "x == y"),
    about("x + y <= 3", "x**2 == 2", "y**2 == 3"),
    about("exp(x) > 1 + 2*x"),
    about("exp(x) >= 1 + x + x**2/2"),
    about("log(x) <= x - 11/10", "x > 0"),
    about("1/(1 + exp(-d/T)) < 1/2", "T > 0"),
    about("sqrt(x) <= x", "x >= 0"),
    about("abs(x + y) >= abs(x) + abs(y)"),
    about("n**2 != 4", integers="n"),
    about("2*n != 3*m + 1", integers="n m"),
    about("n**2 <= 2**n", "n >= 0", integers="n"),
    about("x**n <= x", "n >= 0", "0 <= x", "x <= 1", integers="n"),
    about("Sum(k, k, 1, n) == n*(n + 1)/2 + n*(n - 1)*(n - 2)*(n - 3)", "n >= 0", integers="n"),
    about("binomial(n, 2) <= n", "n >= 0", integers="n"),
    about("Sum(w**k, k, 0, n) == (1 - w**n)/(1 - w)", "n >= 0", "w != 1", integers="n"),
    about("forall(x, x > a)"),
    about("exists(x, x**2 == a)"),
    about("iff(forall(x, implies(x > a, x > b)), a > b)"),
    about("exists(x, forall(y, y <= x + a))"),
    about("exists(x, x > 2 and x < 1)"),
    about("exists(x, exp(x) < 0)"),
    about("count_roots(x**3 - a*x, x, -2, 2) == 3", "a > 0"),
]


@pytest.mark.parametrize("claim", FALSE, ids=lambda claim: claim.conclusion)
def test_false_claims_are_refuted_with_certificates(claim: Claim) -> None:
    assert isinstance(settled(claim), Refuted)


@pytest.mark.parametrize(
    ("claim", "point"),
    [
        (about("x*y <= 1/4", "x + y == 1 + 1/50"), {"x": "1/2", "y": "13/25"}),
        (about("x <= 1000"), {"x": "1001"}),
        (about("n <= 17", "n > 3", integers="n"), {"n": "18"}),
        (about("x**2 + y**2 != 25", "x > 0", "y > x"), {"x": "3", "y": "4"}),
    ],
    ids=lambda entry: getattr(entry, "conclusion", ""),
)
def test_counterexamples_are_short(claim: Claim, point: dict[str, str]) -> None:
    assert {name: str(value) for name, value in settled(claim).counterexample.items()} == point


@pytest.mark.parametrize(
    ("claim", "term"),
    [
        (about("log(x) <= x - 1"), "log(x)"),
        (about("sqrt(x - 1) >= 0", "x >= 0"), "sqrt(x - 1)"),
        (about("x**n >= 0", "x >= 0", integers="n"), "x**n"),
        (about("binomial(n, 1) == n", integers="n"), "binomial(n, 1)"),
        (about("exp(1/x) > 0"), "1/x"),
    ],
    ids=lambda entry: getattr(entry, "conclusion", ""),
)
def test_what_the_assumptions_do_not_keep_defined_is_undefined(claim: Claim, term: str) -> None:
    verdict = settled(claim)

    assert (verdict.word, verdict.term) == ("undefined", term)


def test_contradictory_assumptions_about_atoms_are_vacuous() -> None:
    assert settled(about("x > 0", "exp(x) < 0")).word == "vacuous"


def test_what_is_not_settled_is_undecided_and_says_what_was_tried() -> None:
    claim = about("n**3 + m**3 != k**3", "n > 0", "m > 0", "k > 0", integers="n m k")
    verdict = verify(claim, budget=2)

    assert isinstance(verdict, Undecided)
    assert "induction" in " ".join(verdict.tried)
