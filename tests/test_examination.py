"""Assumptions that are needed, with the counterexample that needs them; comparisons that could be strict."""

from proofs import Claim
from proofs.examination import examine
from proofs.verdicts import Refuted


def made(conclusion: str, *assumptions: str, **sorts: str) -> Claim:
    variables = {"x": "real", "y": "real", **sorts}
    return Claim(
        id="asked", statement="-", source="-", variables=variables, assumptions=assumptions, conclusion=conclusion
    )


def test_an_assumption_is_needed_where_a_counterexample_breaks_only_it() -> None:
    found = examine(made("x*y >= 0", "x >= 0", "y >= 0", "x <= 5"))
    assert [d.needed for d in found.dropped] == [True, True, False]
    first = found.dropped[0].verdict
    assert isinstance(first, Refuted)
    assert first.counterexample["x"] < 0 < first.counterexample["y"]


def test_an_assumption_that_keeps_a_divisor_from_zero_is_needed() -> None:
    found = examine(made("1/x > 0 or x < 0", "x != 0"))
    assert [d.verdict.word for d in found.dropped] == ["undefined"]
    assert found.dropped[0].needed


def test_comparisons_are_made_strict_one_at_a_time_and_only_where_they_are_asserted() -> None:
    found = examine(made("x**2 + 1 >= x and x**2 >= 0 and implies(x >= 2, x*y >= 2*y or y <= 0)"))
    asked = {s.comparison: s.could_be_strict for s in found.sharpened}
    assert asked == {"x**2 + 1 >= x": True, "x**2 >= 0": False, "x*y >= 2*y": False, "y <= 0": True}


def test_negation_turns_what_is_asserted() -> None:
    found = examine(made("not (x <= 0 and x >= 1)"))
    assert found.sharpened == ()
    assert found.verdict.word == "proved"


def test_nothing_is_asked_of_a_claim_that_is_not_proved() -> None:
    found = examine(made("x > 0", "x >= 0"))
    assert found.verdict.word == "refuted"
    assert (found.dropped, found.sharpened) == ((), ())
