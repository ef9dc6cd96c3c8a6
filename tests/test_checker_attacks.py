"""Certificates that an attacker once got accepted, or that cost too much; each is refused now."""

import json
from typing import Any

import pytest

from proofs.checker.check import check
from proofs.checker.limits import Rejected

from ._certificates import raw_claim, signed


def strict(fact: int, cofactor: str) -> dict[str, Any]:
    return {"sum": [["1", {str(fact): 1}]], "zero": {"0": cofactor}}


def test_an_instance_does_not_make_a_quotient_of_an_atom_that_nobody_has_defined() -> None:
    # forall(n, x**n > 5 or x**n < 5 or x**n == 5) is no tautology: at n = -1 and x = 0 there is no x**n
    about = raw_claim("x != 0", (), variables={"x": "real", "n": "integer"})
    third = {"sum": [["1", {}]], "zero": {"4": "-1", "0": "-5"}}
    instance = {"instance": "1", "term": "-1", "defined": []}
    true = [{**instance, "then": [strict(2, "5*x - 1"), strict(3, "1 - 5*x"), third]}]
    false = [{"sum": [["1", {"3": 2}], ["1", {"1": 1, "2": 1}]], "zero": {}}]
    proof = {"cases": "forall(n, x**n > 5 or x**n < 5 or x**n == 5)", "true": true, "false": false}
    certificate = signed("proved", about, witness={"x": "1", "n": "0"}, definedness=[], conclusion=[proof])

    with pytest.raises(Rejected, match="cases of a quantified formula with a term that may be undefined"):
        check(json.loads(json.dumps(certificate)))


@pytest.mark.parametrize(
    "conclusion", ["exp(1e5000) > 0", "x**1e5000 < 0", "count_roots(x/1e5000 - 1e9999, x, 0, 1) < 0"]
)
def test_a_number_too_long_to_print_is_refused(conclusion: str) -> None:
    closed = {"sum": [["1", {}]], "zero": {}}
    about = raw_claim(conclusion)
    for certificate in (
        signed("proved", about, witness={"x": "0"}, definedness=[], conclusion=[closed]),
        signed("refuted", about, point={"x": "0"}),
    ):
        with pytest.raises(Rejected, match="too large"):
            check(certificate)


def test_long_monomials_cost_steps() -> None:
    names = [f"v{i}" for i in range(300)]
    parts = [f"({'*'.join(names[i : i + 30])})" for i in range(0, 300, 30)]
    about = raw_claim(
        f"{'*'.join(parts)}*(1 + x)*(1 + y) <= 0", (), variables=dict.fromkeys([*names, "x", "y"], "real")
    )
    witness = dict.fromkeys(about["variables"], "1")
    proof = {"sum": [["1", {"0": 100}]], "zero": {}}

    with pytest.raises(Rejected, match="steps"):
        check(signed("proved", about, witness=witness, definedness=[], conclusion=[proof]))


@pytest.mark.parametrize(
    ("verdict", "conclusion"),
    [("refuted", "count_roots(z + 0*sqrt(z), z, -1, 1) == 0"), ("undefined", "x**(1/2) >= 0")],
)
def test_a_point_says_nothing_of_what_the_language_does_not_define(verdict: str, conclusion: str) -> None:
    with pytest.raises(Rejected):
        check(signed(verdict, raw_claim(conclusion), point={"x": "2"}))


def test_a_claim_without_assumptions_is_not_vacuous() -> None:
    # an induction over a formula that the proof made up, whose atoms a substitution turns into quotients
    claim = raw_claim("n == n + 1", (), variables=dict.fromkeys("nkmp", "integer"))
    entries: list[Any] = [[{"sum": [["1", {}]], "zero": {}}], [{"cases": "n > k", "true": [], "false": []}], {}]
    for entry in entries:
        with pytest.raises(Rejected, match="nothing to refute"):
            check(signed("vacuous", claim, definedness=[], assumptions=entry))


@pytest.mark.parametrize(
    ("verdict", "conclusion", "point", "accepted"),
    [
        ("undefined", "count_roots(z + 0*Sum(log(-1), k, 1, 0), z, -1, 1) == 1", {"n": "1"}, False),
        ("refuted", "count_roots(z - 2**(n - 2), z, 0, 1) == 0", {"n": "1"}, False),
        ("undefined", "count_roots(z - 2**(n - 2), z, 0, 1) == 0", {"n": "1"}, True),
        ("refuted", "count_roots(z - 2**(n - 2)/4, z, 0, 1) == 0", {"n": "2"}, True),
    ],
)
def test_roots_are_counted_at_a_point_only_where_the_language_defines_them(
    verdict: str, conclusion: str, point: dict[str, str], accepted: bool
) -> None:
    certificate = signed(verdict, raw_claim(conclusion, variables={"n": "integer"}), point=point)
    if accepted:
        assert check(certificate) == verdict
    else:
        with pytest.raises(Rejected):
            check(certificate)
