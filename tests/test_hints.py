"""Hints: each kind is read and followed, none is believed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from time import monotonic
from typing import Any

import pytest

from gametheory.errors import InvalidParameter
from proofs import Claim, Verdict, verify
from proofs.catalogue import catalogue_claims
from proofs.language import Comparison, parse_formula
from proofs.search.hints import Cases, Have, Instance, Let, Only, Place, read_hints
from proofs.search.lemmas import Lemma
from proofs.search.polynomials import PolynomialCloser
from proofs.search.prover import Prover, _Branch
from proofs.search.steps import Context, Known


def _claim(conclusion: str, assumptions: Sequence[str] = (), hints: Sequence[str] = (), names: str = "x y") -> Claim:
    variables = dict.fromkeys(names.split(), "real")
    return Claim(
        id="c",
        statement="-",
        source="-",
        variables=variables,
        assumptions=list(assumptions),
        conclusion=conclusion,
        hints=list(hints),
    )


def _evidence(verdict: Verdict) -> Mapping[str, Any]:
    assert verdict.certificate is not None
    return verdict.certificate


def test_every_kind_is_read() -> None:
    texts = [
        "exp-tangent: x",
        "have: x > 0",
        "have last 12: x > 0",
        "cases: x > y",
        "let: u = x/y",
        "instance: x + 1",
        "point: x = 1/2; y = -3",
        "branch 2: have: x > 0",
    ]
    lemma, have, last, cases, let, instance, place, only = read_hints(_claim("x == x", hints=texts))
    assert isinstance(lemma, Lemma)
    assert isinstance(have, Have)
    assert have.last == 0
    assert isinstance(last, Have)
    assert last.last == 12
    assert isinstance(cases, Cases)
    assert isinstance(let, Let)
    assert let.name == "u"
    assert isinstance(instance, Instance)
    assert isinstance(place, Place)
    assert place.point == {"x": Fraction(1, 2), "y": Fraction(-3)}
    assert isinstance(only, Only)
    assert (only.branch, only.hint) == (2, have)


@pytest.mark.parametrize(
    "text",
    [
        "nothing: x",
        "have: x > 0 and y > 0",
        "have last: x > 0",
        "let: 2 = x",
        "let: u",
        "point: x",
        "point: x = y",
        "point: x = 1/0",
        "branch two: have: x > 0",
        "exp-sum: x",
        "instance:",
    ],
)
def test_what_is_no_hint_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter):
        read_hints(_claim("x == x", hints=[text]))


def test_hints_prove_nothing_themselves() -> None:
    hints = ["have: x > 0", "cases: x > 1", "instance: 7", "let: u = 1/x", "point: x = 1; y = 1", "branch 1: exp-zero"]
    verdict = verify(_claim("x > y", hints=hints), budget=5)
    assert verdict.word == "refuted"


def test_a_point_that_does_not_fit_is_passed_over() -> None:
    verdict = verify(_claim("x**2 > 0", ["x > 2"], ["point: x = 1; y = 1", "point: z = 3"]), budget=5)
    assert verdict.word == "proved"
    assert _evidence(verdict)["witness"]["x"] != "1"


def test_a_suggested_point_is_the_witness() -> None:
    claim = _claim("x**3 > 0", ["x > 2"], ["point: x = 17/5; y = 22/7"])
    verdict = verify(claim, budget=5)
    assert _evidence(verdict)["witness"] == {"x": "17/5", "y": "22/7"}


def test_a_suggested_counterexample_is_taken() -> None:
    verdict = verify(_claim("x < 1000*y", hints=["point: x = 4321; y = 1"]), budget=5)
    assert _evidence(verdict)["point"] == {"x": "4321", "y": "1"}


def test_an_instance_that_the_search_lacks_is_used() -> None:
    body = "exists(z, z > 0 and (7*z - 3)**2*x**2 + z*y**2 <= y**2*3/7)"
    verdict = verify(_claim(body, hints=["instance: 3/7"]), budget=10)
    assert verdict.word == "proved"
    assert "3/7" in str(_evidence(verdict)["conclusion"])


@pytest.mark.parametrize(
    "key", ["stag-hunt-enough", "entropy-of-two", "group-welfare", "integral-rule-contracts", "snowdrift-unique.wrong"]
)
def test_the_catalogue_s_hints_lead_to_certificates(key: str) -> None:
    claim = next(claim for claim in catalogue_claims() if claim.id == key)
    assert claim.hints
    verdict = verify(claim, budget=20)
    assert verdict.as_expected
    assert verdict.certificate is not None
    assert verdict.certificate["claim"] == replace(claim, hints=()).canonical()


@pytest.mark.long
def test_every_hinted_claim_gets_a_certificate() -> None:
    missing = [
        claim.id
        for claim in catalogue_claims()
        if claim.hints and not ((verdict := verify(claim, budget=60)).as_expected and verdict.certificate)
    ]
    assert missing == []


def _followed(hint: str, branch: int = 1) -> int:
    """How many facts a branch of two, x > 1 and y > 2, has after a hint."""
    claim = _claim("x == x", hints=[hint])
    prover = Prover(claim.variables, PolynomialCloser(claim.variables, monotonic() + 10), monotonic() + 10)
    prover.branch = branch
    facts = [parse_formula(text, where="-") for text in ("x > 1", "y > 2")]
    known = tuple(Known(fact) for fact in facts if isinstance(fact, Comparison))
    begun = _Branch(prover, Context(known, claim.variables), 3, None)
    assert begun.hinted(read_hints(claim)) is None
    return len(begun.context.facts)


def test_a_fact_on_the_way_is_added_once_proved() -> None:
    assert _followed("have: x + y > 3") == 3
    assert _followed("have: x + y > 4") == 2


def test_the_last_facts_are_the_only_ones_used() -> None:
    assert _followed("have last 1: y > 1") == 3
    assert _followed("have last 1: x > 0") == 2
    assert _followed("have last 2: x > 0") == 3


def test_a_hint_for_one_branch_is_left_out_elsewhere() -> None:
    assert _followed("branch 2: have: x > 0", branch=1) == 2
    assert _followed("branch 2: have: x > 0", branch=2) == 3
