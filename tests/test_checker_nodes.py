"""The checker's nodes beyond sums, splits and integers, one certificate by hand each and what is close to it."""

from fractions import Fraction
from typing import Any

import pytest

from proofs.checker.branches import branches
from proofs.checker.formulas import read
from proofs.checker.limits import Rejected, start
from proofs.checker.rules import refute

from ._certificates import answer, raw_claim, signed

SORTS = {"x": "real", "y": "real", "n": "integer", "m": "integer"}
FALSE = {"sum": [["1", {"0": 1}], ["1", {"1": 1}]], "zero": {}}


def total(*terms: Any, **zero: str) -> dict[str, Any]:
    return {"sum": list(terms), "zero": {key[1:]: text for key, text in zero.items()}}


def closes(proofs: Any, *texts: str, sorts: dict[str, str] | None = None) -> bool:
    """Whether the proofs refute the formulas together."""
    start()
    names = SORTS if sorts is None else sorts
    items = [(read(text, {}, names), True) for text in texts]
    try:
        refute(items, proofs, names)
    except Rejected:
        return False
    return True


# squares


def test_a_square_times_weak_facts_counts() -> None:
    assert closes([total(["1", {"0": 1}], ["1", {}, "x - y"])], "-(x - y)**2 > 0")
    assert closes([total(["1", {"0": 1}], ["3", {"1": 1}, "x"])], "-3*x*x*y > 0", "y >= 0")


def test_a_square_is_not_strict_unless_it_is_of_a_number() -> None:
    assert not closes([total(["1", {"0": 1}], ["1", {}, "x"])], "-x*x >= 0")
    assert not closes([total(["1", {"0": 1}], ["1", {}, "0"])], "0*x >= 0")
    assert closes([total(["1", {"0": 1}], ["1", {}, "2"])], "-4 >= 0")


# quantifiers


def test_what_exists_has_a_fresh_name_and_what_holds_for_all_an_instance() -> None:
    proof = {
        "instance": "0",
        "term": "x_1",
        "defined": [],
        "then": [total(["1", {"1": 1}], ["1", {"2": 1}])],
    }
    assert closes([proof], "forall(y, y > 0)", "exists(x, x <= 0)", sorts={"n": "integer"})
    assert not closes([{**proof, "term": "x"}], "forall(y, y > 0)", "exists(x, x <= 0)", sorts={"n": "integer"})
    assert not closes([{**proof, "term": "n"}], "forall(y, y > 0)", "exists(x, x <= 0)", sorts={"n": "integer"})
    assert not closes([{**proof, "instance": "1"}], "forall(y, y > 0)", "exists(x, x <= 0)", sorts={"n": "integer"})


def test_an_instance_of_an_integer_is_an_integer_by_its_form() -> None:
    proof = {"instance": "0", "term": "2*m", "defined": [], "then": [total(["1", {}], _1="-1")]}

    assert closes([proof], "forall(n, n != n + 1 - 1)") is False
    zero = {**proof, "then": [{"sum": [["1", {"1": 2}]], "zero": {}}]}
    assert closes([zero], "forall(n, n - n != 0)")
    for text in ("x", "m/2", "1/2", "m*x"):
        assert not closes([{**zero, "term": text}], "forall(n, n - n != 0)")


def test_fresh_names_are_new_in_their_branch() -> None:
    trees = [(read(t, {}, SORTS), True) for t in ("exists(x, x > 0)", "exists(x, x < 0)", "exists(x_1, x_1 > y)")]
    ((facts, sorts),) = branches(trees, {**SORTS, "x_1": "real"})

    assert list(sorts)[-3:] == ["x_2", "x_3", "x_1_1"]
    assert [list(p) for _, p in facts][:2] == [[(("x_2", 1),)], [(("x_3", 1),)]]
