"""From claims to verdicts: five of them, each with evidence; laws of what is proved and refuted."""

import ast
import inspect
import json
import random
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gametheory import public_goods
from proofs import Claim, Proved, Refuted, Undecided, Undefined, Vacuous, Verdict, builtin_claims, verify, verify_all
from proofs.catalogue import catalogue_claims
from proofs.checker.check import check
from proofs.checking import stored_claims
from proofs.evaluate import NoValue, truth
from proofs.facts import Unsupported
from proofs.verification import DECISION

from ._certificates import claim

# the five verdicts


def test_a_true_claim_is_proved_with_a_certificate() -> None:
    verdict = verify(claim("x*y + 1 > 0", "x > 0", "y > 0", "z > 0"))

    assert isinstance(verdict, Proved)
    assert verdict.certificate is not None
    assert check(verdict.certificate) == "proved"
    assert verdict.needed == ("x > 0", "y > 0")


def test_a_false_claim_is_refuted_at_a_point() -> None:
    verdict = verify(claim("x*x > x", "x >= 1"))

    assert isinstance(verdict, Refuted)
    assert verdict.counterexample["x"] == 1
    assert verdict.certificate is not None
    assert check(verdict.certificate) == "refuted"


def test_contradictory_assumptions_are_vacuous() -> None:
    verdict = verify(claim("x > 5", "x > y", "y > z", "z > x"))

    assert isinstance(verdict, Vacuous)
    assert verdict.certificate is not None
    assert check(verdict.certificate) == "vacuous"


def test_a_division_by_a_possibly_zero_term_is_undefined() -> None:
    verdict = verify(claim("x/y >= 0", "x >= 0", "y >= 0"))

    assert isinstance(verdict, Undefined)
    assert verdict.point["y"] == 0
    assert verdict.term == "1/(y)"
    assert verdict.certificate is not None
    assert check(verdict.certificate) == "undefined"


def test_what_cannot_be_decided_in_time_is_undecided() -> None:
    verdict = verify(claim("x**7 + y**7 != z**7 + 1/7", "x > 1", "y > 1", "z > 1", integers="x y z"), budget=1)

    assert isinstance(verdict, Undecided)
    assert verdict.certificate is None


@pytest.mark.parametrize(
    ("about", "word"),
    [
        (claim("implies(y != 0, x/y*y == x)"), "proved"),
        (claim("y != 0 and x/y*y == x"), "refuted"),
        (claim("y == 0 or x/y*y == x"), "proved"),
        (claim("x/y*y == x or y == 0"), "undefined"),
        (claim("iff(y != 0, x/y*y == x)"), "undefined"),
        (claim("x/y > 0", "x/y > 1"), "undefined"),
        (claim("x/y > 0", "y != 0", "x/y > 1"), "proved"),
        (claim("x > 0", "a > 1", definitions={"a": "x", "unused": "1/(x - x)"}), "proved"),
        (claim("x**-1*x == 1"), "undefined"),
        (claim("x**0 == 1"), "proved"),
        (claim("1/(x*x + 1) > 0", "x >= 0"), "proved"),
        (claim("1/(x - x) > 0", "x > 0", "x < 0"), "vacuous"),
        (claim("n >= 1", "n > 0", integers="n"), "proved"),
        (claim("n >= 1", "n > 0", variables={"n": "real"}), "refuted"),
        (claim("n*n != 2", integers="n"), "proved"),
        (claim("n*n != 2*m*m", "n > 0", integers="n m"), "undecided"),
        (claim("1 < 2", variables={}), "proved"),
        (claim("2 < 1", variables={}), "refuted"),
        (claim("not x > y or not y > x"), "proved"),
        (claim("x > 0", "x == 0.1 + 0.2 - 0.2"), "proved"),
    ],
    ids=str,
)
def test_verdicts_on_definedness_and_sorts(about: Claim, word: str) -> None:
    verdict = verify(about, budget=4)

    assert verdict.word == word
    assert (verdict.certificate is None) == (word == "undecided")


@pytest.mark.parametrize(
    ("about", "method"),
    [
        (claim("(x + y)**2 == x**2 + 2*x*y + y**2"), "identity"),
        (claim("x*(1 - x)*y >= 0", "0 <= x", "x <= 1", "y >= 0"), "handelman"),
        (claim("x/(1 + y) > 0", "x > 0", "y > 0"), "sign-of-rational-function"),
    ],
)
def test_each_method_is_named(about: Claim, method: str) -> None:
    verdict = verify(about)

    assert (verdict.word, verdict.method) == ("proved", method)


@pytest.mark.parametrize(
    "conclusion", ["abs(x) >= x", "max(x, y) >= x", "exists(t, t > x)", "Sum(k*k*x*x, k, 1, 3) >= 0"]
)
def test_all_of_the_language_is_proved_with_certificates(conclusion: str) -> None:
    verdict = verify(claim(conclusion))

    assert verdict.word == "proved"
    assert verdict.certificate is not None
    assert check(json.loads(json.dumps(verdict.certificate))) == "proved"


def test_the_decision_procedure_gives_no_certificate_and_is_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from proofs.search.lemma_search import LemmaSearch

    monkeypatch.setattr(LemmaSearch, "refutation", lambda *arguments: None)
    verdict = verify(claim("abs(x) >= x"))

    assert (verdict.word, verdict.method, verdict.certificate) == ("proved", DECISION, None)


@pytest.mark.parametrize(
    "conclusion",
    [
        "((9**1000)**1000)**1000 > 0",
        "1/((x**1000)**1000)**1000 > 0",
        "((1/(x*x + 1))**1000)**1000 > 0",
        "(x + y + z + 1)**1000 >= 0",
        "iff(" * 9 + "x > 0" + "".join(f", y > {i})" for i in range(9)),
    ],
    ids=["number", "divisor", "quotient", "expansion", "cases"],
)
def test_heavy_claims_end(conclusion: str) -> None:
    assert verify(claim(conclusion), budget=1).word in ("undecided", "undefined", "refuted")


def test_reports_come_in_order_and_progress_hears_of_each() -> None:
    claims = [claim("x*x >= 0", id="a"), claim("x > 0", id="b")]
    heard: list[str] = []

    verdicts = verify_all(claims, progress=lambda verdict: heard.append(verdict.claim.id))

    assert [v.word for v in verdicts] == ["proved", "refuted"]
    assert heard == ["a", "b"]


# the built-in claims


def test_every_builtin_claim_gets_its_expected_verdict_and_a_certificate(builtin_verdicts: dict[str, Verdict]) -> None:
    wrong = {key: v.word for key, v in builtin_verdicts.items() if not v.as_expected}
    without = [key for key, v in builtin_verdicts.items() if v.certificate is None or v.method == DECISION]

    assert wrong == {}
    assert without == []
    for verdict in builtin_verdicts.values():
        assert verdict.certificate is not None
        assert check(json.loads(json.dumps(verdict.certificate))) == verdict.claim.expected


def test_the_stored_claims_are_what_the_payoffs_build() -> None:
    assert stored_claims() == {claim.id: claim.canonical() for claim in catalogue_claims()}


def test_every_builtin_claim_has_a_wrong_twin() -> None:
    expected = {c.id: c.expected for c in catalogue_claims()}
    theorems = {key for key, word in expected.items() if word == "proved"}

    assert {key for key, word in expected.items() if word == "refuted"} == {f"{key}.wrong" for key in theorems}


# each sign of the payoffs


ON_SIMPLEX = ("second-order-free-riding", "false-alarms-end-the-continuum")
FUNCTIONS = ("round_payoff", "strategy_payoff")


def _tree(name: str) -> tuple[ast.Module, list[ast.BinOp]]:
    tree = ast.parse(inspect.getsource(getattr(public_goods, name)))
    return tree, [n for n in ast.walk(tree) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add | ast.Sub)]


SIGNS = [(name, index) for name in FUNCTIONS for index in range(len(_tree(name)[1]))]


def _flip(name: str, index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn one plus or minus of the payoff code around, wherever the function has been imported."""
    original: Callable[..., Any] = getattr(public_goods, name)
    tree, signs = _tree(name)
    signs[index].op = ast.Sub() if isinstance(signs[index].op, ast.Add) else ast.Add()
    local: dict[str, Any] = {}
    exec(compile(tree, "<flipped>", "exec"), vars(public_goods), local)
    for module in list(sys.modules.values()):
        if vars(module).get(name) is original:
            monkeypatch.setattr(module, name, local[name])


def _fails(about: Claim, rng: random.Random) -> bool:
    """Whether a claim is false at a random point where its assumptions hold, by exact evaluation."""
    small = [Fraction(text) for text in ("1/2", "1", "2", "3", "1/10", "9/10", "0", "1/4", "3/4", "4")]
    for _ in range(400):
        point = {
            n: Fraction(rng.randint(0, 5)) if s == "integer" else rng.choice(small) for n, s in about.variables.items()
        }
        try:
            if all(truth(tree, point) for tree in about.assumed) and not truth(about.concluded, point):
                return True
        except NoValue:
            continue
    return False


def test_no_sign_flipped_no_claim_fails() -> None:
    rng = random.Random(1)

    assert [c.id for c in builtin_claims() if c.expected == "proved" and _fails(c, rng)] == []
    assert len(SIGNS) == 6


@pytest.mark.parametrize(("name", "index"), SIGNS)
def test_a_flipped_sign_makes_a_claim_false(name: str, index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    builtin_claims()  # what it imports is patched too
    _flip(name, index, monkeypatch)
    rng = random.Random(2)

    failing = [c.id for c in builtin_claims() if c.expected == "proved" and _fails(c, rng)]
    if not failing:  # points on a simplex are rarely met at random
        failing = [c.id for c in builtin_claims() if c.id in ON_SIMPLEX and verify(c).word == "refuted"]

    print(f"{name}, sign {index}: {', '.join(failing)}")
    assert failing


# laws of verdicts on random claims


POLYNOMIALS = st.recursive(
    st.sampled_from(["x", "y", "n", "1", "2", "1/2"]),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner)
        | st.builds("({})**2".format, inner.filter(lambda text: "/" not in text))
    ),
    max_leaves=4,
)
COMPARISONS = st.builds("{} {} {}".format, POLYNOMIALS, st.sampled_from(["<", "<=", "==", "!="]), POLYNOMIALS)
FORMULAS = COMPARISONS | st.builds("{}({}, {})".format, st.sampled_from(["implies", "iff"]), COMPARISONS, COMPARISONS)
SMALL = st.builds(
    lambda conclusion, assumptions: claim(
        conclusion, "x >= 0", *assumptions, variables={"x": "real", "y": "real", "n": "integer"}
    ),
    FORMULAS,
    st.lists(COMPARISONS, max_size=2),
)


@given(SMALL, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_verdicts_agree_with_exact_evaluation_and_with_z3(about: Claim, rng: random.Random) -> None:
    verdict = verify(about, budget=2)

    if verdict.certificate is not None:
        assert check(json.loads(json.dumps(verdict.certificate))) == verdict.word
    if isinstance(verdict, Refuted):
        assert all(truth(tree, verdict.counterexample) for tree in about.assumed)
        assert not truth(about.concluded, verdict.counterexample)
    if isinstance(verdict, Proved | Vacuous):
        for _ in range(60):
            point = {
                "x": Fraction(rng.randint(0, 9), rng.randint(1, 4)),
                "y": Fraction(rng.randint(-6, 6), rng.randint(1, 4)),
                "n": Fraction(rng.randint(-4, 5)),
            }
            if all(truth(tree, point) for tree in about.assumed):
                assert isinstance(verdict, Proved)
                assert truth(about.concluded, point)
    opposite = _decided(about)
    assert not (opposite == "sat" and isinstance(verdict, Proved | Vacuous))
    assert not (opposite == "unsat" and isinstance(verdict, Refuted))


def _decided(about: Claim) -> str:
    """What z3 says of the assumptions with the negated conclusion, by a translation of its own."""
    import z3

    names = {n: z3.Int(n) if s == "integer" else z3.Real(n) for n, s in about.variables.items()}

    def read(node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return z3.ToReal(names[name]) if z3.is_int(names[name]) else names[name]
            case ast.Constant(value=number):
                return z3.RealVal(number)
            case ast.BinOp(left=a, op=ast.Pow()):
                return read(a) * read(a)
            case ast.BinOp(left=a, op=op, right=b):
                x, y = read(a), read(b)
                sums = {ast.Add: x + y, ast.Sub: x - y, ast.Mult: x * y}
                return sums[type(op)] if type(op) in sums else x / y
            case ast.Compare(left=a, ops=[op], comparators=[b]):
                x, y = read(a), read(b)
                return {ast.Lt: x < y, ast.LtE: x <= y, ast.Eq: x == y, ast.NotEq: x != y, ast.GtE: x >= y}[type(op)]
            case ast.Call(func=ast.Name(id=name), args=[a, b]):
                return z3.Implies(read(a), read(b)) if name == "implies" else read(a) == read(b)
        raise AssertionError(ast.dump(node))

    solver = z3.Solver()
    solver.set("timeout", 1000)
    solver.add(*(read(ast.parse(text, mode="eval").body) for text in about.assumptions))
    solver.add(z3.Not(read(ast.parse(about.conclusion, mode="eval").body)))
    return str(solver.check())


def test_unsupported_values_are_not_guessed() -> None:
    with pytest.raises(Unsupported):
        truth(claim("exp(log(x)) == x").concluded, {"x": Fraction(2)})


def test_a_counterexample_is_found_though_z3_gives_no_model_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from proofs.search.models import ModelFinder

    check = ModelFinder._check
    monkeypatch.setattr(
        ModelFinder, "_check", lambda self, solver, ms: "unknown" if solver.num_scopes() else check(self, solver, ms)
    )
    twin = next(c for c in builtin_claims() if c.id == "defector-punisher-edge.wrong")

    assert verify(twin).word == "refuted"
