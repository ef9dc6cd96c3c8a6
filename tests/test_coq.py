"""The second judge: what Coq is asked is the claim, and a changed certificate does not compile."""

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest

from proofs import Claim, run_kernel, verify
from proofs.coq import coq_file, coq_statement
from proofs.coq.kernel import FORBIDDEN
from proofs.coq.library import PARTS, part, preamble

from ._certificates import claim

needs_coqc = pytest.mark.skipif(shutil.which("coqc") is None, reason="needs coqc")
POSITIVE = claim("x*y > 0", "x > 0", "y > 0")


def certificate(about: Claim) -> dict[str, Any]:
    found = verify(about).certificate
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("about", "statement"),
    [
        (
            claim("x > y*n", "x >= n", variables={"x": "real", "y": "real", "n": "integer"}),
            "forall (v_x : R) (v_y : R) (v_n : Z), ((v_x) >= (IZR v_n)) -> ((v_x) > ((v_y) * (IZR v_n)))",
        ),
        (claim("-x**2 != 1/3", variables={"x": "real"}), "forall (v_x : R), ((- ((v_x) ^ 2)) <> (1 / 3))"),
        (
            claim("(-x)**2 - x - 0.5 == 0", variables={"x": "real"}),
            "forall (v_x : R), (((((- (v_x)) ^ 2) - (v_x)) - (1 / 2)) = 0)",
        ),
        (claim("x**-2 <= 2**-1", variables={"x": "real"}), "forall (v_x : R), ((/ ((v_x) ^ 2)) <= (/ (2 ^ 1)))"),
        (claim("1 < x < 2", variables={"x": "real"}), "forall (v_x : R), ((1 < (v_x)) /\\ ((v_x) < 2))"),
        (
            claim("implies(iff(x > 0, x > 1), not x > 2 or x > 3 and x > 4)", variables={"x": "real"}),
            "forall (v_x : R), ((((v_x) > 0) <-> ((v_x) > 1)) -> ((~ ((v_x) > 2)) \\/ (((v_x) > 3) /\\ ((v_x) > 4))))",
        ),
        (claim("1 < 2", "3 < 4", variables={}), "(3 < 4) -> (1 < 2)"),
        (
            claim("Set > forall_ + Axiom", variables={"Set": "real", "forall_": "real", "Axiom": "integer"}),
            "forall (v_Set : R) (v_forall_ : R) (v_Axiom : Z), ((v_Set) > ((v_forall_) + (IZR v_Axiom)))",
        ),
        (
            claim("exists(t, forall(k, t <= k))", variables={"x": "real", "k": "integer"}),
            "forall (v_x : R) (v_k : Z), (exists v_t : R, (forall v_k : Z, ((v_t) <= (IZR v_k))))",
        ),
        (
            claim("sqrt(exp(x)) < log(abs(x)) + min(x, 1, 2)*max(x, -x)", variables={"x": "real"}),
            "forall (v_x : R), ((sqrt (exp (v_x))) < "
            "((ln (Rabs (v_x))) + ((Rmin (v_x) (Rmin 1 2)) * (Rmax (v_x) (- (v_x))))))",
        ),
        (
            claim("x**(2*n - 1) == binomial(n**2, -n)", variables={"x": "real", "n": "integer"}),
            "forall (v_x : R) (v_n : Z), "
            "((power (v_x) (((2) * (v_n)) - (1))%Z) = (IZR (binomial ((v_n) * (v_n)) (- (v_n)))%Z))",
        ),
        (
            claim("Sum(x**k, k, 0, n) == count_roots(t**2 - x, t, 0, n)", variables={"x": "real", "n": "integer"}),
            "forall (v_x : R) (v_n : Z), ((Sum (fun v_k : Z => (power (v_x) (v_k)%Z)) (0)%Z (v_n)%Z) = "
            "(count_roots (fun v_t : R => (((v_t) ^ 2) - (v_x))) 0 (IZR v_n)))",
        ),
        (
            claim("a > 0", definitions={"a": "x - 1 - 1"}, variables={"x": "real"}),
            "forall (v_x : R), ((((v_x) - 1) - 1) > 0)",
        ),
    ],
)
def test_the_statement_means_the_claim(about: Claim, statement: str) -> None:
    assert "".join(coq_statement(about).split()) == "".join(statement.replace("(1 / 3)", "(1 / 3)").split())


def test_texts_of_a_claim_do_not_reach_the_file() -> None:
    evil = '*) Axiom a : False. (* " \n Admitted.'
    about = claim("x*y > 0", "x > 0", "y > 0", statement=evil, source=evil, id="Admitted")

    source = coq_file(about, certificate(about))

    assert source == coq_file(POSITIVE, certificate(POSITIVE))
    assert FORBIDDEN.search(source) is None


@pytest.mark.parametrize("name", PARTS)
def test_the_theorems_below_have_no_way_around_a_proof(name: str) -> None:
    assert FORBIDDEN.search(part(name)) is None
    assert "Axiom" not in part(name)


def test_a_file_begins_with_what_it_needs() -> None:
    assert preamble("ring.") == preamble("dec.") == part("base")
    assert preamble("apply lemma_binomial_mean.") == "\n".join(
        map(part, ("base", "power", "sum", "binomial", "theorem"))
    )


def test_what_coq_does_not_cover_is_not_run(tmp_path: Path) -> None:
    about = claim("1/x > 0")

    found = run_kernel(about, {"verdict": "undefined", "point": dict.fromkeys("xyz", "0")}, tmp_path / "claim.v")

    assert (found.status, list(tmp_path.iterdir())) == ("not run", [])


@pytest.mark.parametrize(
    "word",
    ["Admitted", "admit", "Axiom", "Parameter", "Conjecture", "Hypothesis", "Variable", "give_up", "bypass_check"],
)
def test_ways_around_a_proof_are_found(word: str) -> None:
    assert FORBIDDEN.search(f"Lemma x : False. {word}.")


@pytest.mark.parametrize(
    "change",
    [
        {"sum": [["0); Axiom a : False. (", {}]], "zero": {}},
        {"sum": [["1", {"0": 1}]], "zero": {"0": "0). Axiom a : False. ("}},
        {"split": "x). Axiom", "positive": {}, "otherwise": {}},
        {"sum": [["1", {"-1": 1}]], "zero": {}},
        {"sum": [["1e999999999", {}]], "zero": {}},
        {"sum": [["1", {"0": 10**9}]], "zero": {}},
        {"integer": "0", "then": {}},
        {"sum": []},
        {},
        None,
    ],
)
def test_no_proof_smuggles_text_into_the_file(change: Any, tmp_path: Path) -> None:
    changed = {**certificate(POSITIVE), "conclusion": [change]}

    found = run_kernel(POSITIVE, changed, tmp_path / "smuggled.v")

    assert found.status == "rejected"
    assert "no theorem could be written" in found.reason
    assert list(tmp_path.iterdir()) == []


def test_without_coqc_nothing_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    found = run_kernel(POSITIVE, certificate(POSITIVE), tmp_path / "claim.v")

    assert found.status == "not run"
    assert (tmp_path / "claim.v").is_file()


def _fake_coqc(folder: Path, output: str, status: int = 0) -> None:
    path = folder / "coqc"
    path.write_text(f"#!/bin/sh\ncat <<'EOF'\n{output}\nEOF\nexit {status}\n", encoding="ascii")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("output", "status", "answer"),
    [
        ("Closed under the global context", 0, "accepted"),
        ("Axioms:\nClassicalDedekindReals.sig_not_dec : forall P : Prop, {~ ~ P} + {~ P}", 0, "accepted"),
        (
            "Axioms:\nClassicalDedekindReals.sig_not_dec\n  : forall P : Prop, {~ ~ P} + {~ P}\nsneaky : False",
            0,
            "rejected",
        ),
        ("Axioms:\nsneaky\n  : False", 0, "rejected"),
        ("Closed under the global context", 1, "rejected"),
        ("", 0, "rejected"),
    ],
)
def test_only_the_axioms_of_the_reals_are_assumed(
    output: str, status: int, answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake_coqc(tmp_path, output, status)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert run_kernel(POSITIVE, certificate(POSITIVE), tmp_path / "claim.v").status == answer


@needs_coqc
@pytest.mark.kernel
@pytest.mark.parametrize(
    "about",
    [
        claim("iff(x/y > 0, x > 0)", "y > 0"),
        claim("x**2 >= 0"),
        claim("x > 5", "x > 0", "x < 0"),
        claim("n >= 1", "n > 0", integers="n"),
        claim("implies(x != 0, x**-2 > 0)"),
        claim("x == 0 or 1/x + 1 != 1/x and not x == 0"),
    ],
    ids=["quotient", "square", "vacuous", "integer", "guarded", "cases"],
)
def test_coq_accepts_what_the_checker_accepts(about: Claim, tmp_path: Path) -> None:
    found = run_kernel(about, certificate(about), tmp_path / "claim.v")

    assert found.status == "accepted", found.reason


@needs_coqc
@pytest.mark.kernel
@pytest.mark.parametrize(
    "other",
    [claim("x*y > 1", "x > 0", "y > 0"), claim("x*y > 0", "x > 0", "y >= 0"), claim("x*y < 0", "x > 0", "y > 0")],
    ids=["conclusion", "assumption", "sign"],
)
def test_coq_refuses_a_false_claim_with_anothers_certificate(other: Claim, tmp_path: Path) -> None:
    assert run_kernel(other, certificate(POSITIVE), tmp_path / "claim.v").status == "rejected"


@needs_coqc
@pytest.mark.kernel
@pytest.mark.parametrize("coefficient", ["2", "-1", "0", "1/2"])
def test_coq_refuses_another_coefficient(coefficient: str, tmp_path: Path) -> None:
    about = claim("x + y > 0", "x > 0", "y > 0")
    changed = copy.deepcopy(certificate(about))
    assert changed["conclusion"][0]["sum"][-1][0] == "1"
    changed["conclusion"][0]["sum"][-1][0] = coefficient

    assert run_kernel(about, changed, tmp_path / "claim.v").status == "rejected"


@needs_coqc
@pytest.mark.kernel
def test_coq_refuses_a_real_where_the_proof_needs_an_integer(tmp_path: Path) -> None:
    about = claim("n >= 1", "n > 0", integers="n")
    real = claim("n >= 1", "n > 0", variables={**dict.fromkeys("xyz", "real"), "n": "real"})

    assert run_kernel(real, certificate(about), tmp_path / "claim.v").status == "rejected"
