"""The checker's nodes beyond sums, splits and integers, one certificate by hand each and what is close to it."""

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


def test_a_bound_name_is_never_captured() -> None:
    # for all y some x is above it; 'x is above itself' does not follow
    above = "forall(y, exists(x, x > y))"
    sorts = {"x": "real"}
    proof = {"instance": "0", "term": "x", "defined": [], "then": [total(["1", {"1": 1}])]}
    assert not closes([proof], above, sorts=sorts)
    sorts = {"n": "integer"}
    assert not closes([{**proof, "term": "x_1"}], above, "exists(x, x == x)", sorts=sorts)
    honest = [total(["1", {"1": 1}], ["1", {"2": 1}])]
    assert not closes([{**proof, "term": "n", "then": honest}], above, "n > n + 1", sorts=sorts)


def test_an_instance_needs_its_term_defined() -> None:
    proof = {"instance": "1", "term": "1/x", "defined": [], "then": [total(["1", {"2": 1}], ["1", {"0": 1}])]}
    wrong = ("x > 0", "forall(t, t < 0)")
    assert not closes([proof], *wrong)
    nonzero = [total(["1", {"0": 1}], _2="-1")]
    assert closes([{**proof, "defined": [nonzero]}], *wrong)  # 1/x < 0 is the fact -x > 0


# lemmas


def test_a_lemma_gives_its_facts_where_its_conditions_are_proved() -> None:
    condition = [total(["1", {"0": 1}], ["1", {"2": 1}])]
    root = {"lemma": "sqrt", "terms": ["x"], "conditions": [condition], "then": None}
    after = total(["1", {"0": 1}], ["1", {"1": 1, "2": 1}], _3="-1")
    facts = ("x > 0", "-sqrt(x) >= 0")

    assert closes([{**root, "then": {"sum": [["1", {"0": 1}], ["1", {"1": 1, "2": 1}]], "zero": {"3": "1"}}}], *facts)
    assert not closes([{**root, "then": after, "conditions": []}], *facts)
    assert not closes([{**root, "then": after, "conditions": [[]]}], *facts)
    assert not closes([{**root, "then": after, "terms": ["-x"]}], *facts)
    assert not closes([{**root, "then": after, "lemma": "abs"}], *facts)


def test_the_terms_of_a_lemma_are_defined_before_its_conditions() -> None:
    then = total(["1", {"1": 1}], ["1", {"2": 1}])
    proof: dict[str, Any] = {"lemma": "abs", "terms": ["1/x"], "conditions": None, "then": then}
    about = ("x == 0", "abs(1/x) < 1/x")
    assert not closes([{**proof, "conditions": []}], *about)
    assert not closes([{**proof, "conditions": [[total(["1", {}], _0="1")]]}], *about)
    assert closes([{**proof, "conditions": [[total(["1", {"0": 1}], _2="-1")]]}], "x > 0", "abs(1/x) < 1/x")


def test_two_spellings_of_an_atom_are_one_and_a_divisor_keeps_them_apart() -> None:
    both = [total(["1", {"0": 1}], ["1", {"1": 1}])]
    assert closes(both, "sqrt(x + y) > 0", "-sqrt(y + x) >= 0")
    assert closes(both, "Sum(k*x, k, 0, n) > 0", "-Sum(x*m, m, 0, n + 1 - 1) >= 0")
    assert closes(both, "x**(n + m) > 0", "-(0*y + x)**(m + n) >= 0")
    assert not closes(both, "sqrt(x*y/y) > 0", "-sqrt(x) >= 0")
    assert not closes(both, "exp(x/x) > 0", "-exp(1) >= 0")
    assert not closes(both, "exp(x/y) > 0", "-exp(x) >= 0")
    assert not closes(both, "exp(x/y) > 0", "-exp(x/y**2) >= 0")
    assert closes(both, "exp(2*x/(2*y)) > 0", "-exp(x/y) >= 0")
    assert not closes(both, "Sum(k*n, k, 0, n) > 0", "-Sum(k*k, k, 0, n) >= 0")
    assert not closes(both, "Sum(Sum(k*j, j, 0, k), k, 0, n) > 0", "-Sum(Sum(j*j, j, 0, k), k, 0, n) >= 0")
    assert not closes(both, "max(x, y) > 0", "-max(y, x) >= 0")
    assert not closes(both, "min(x, y) > 0", "-max(x, y) >= 0")
    assert not closes(both, "x**n > 0", "-x**m >= 0")
    assert not closes(both, "exp(x) > 0", "-log(x) >= 0")


def test_an_exponent_that_is_constant_but_for_its_form_is_a_number() -> None:
    assert closes([total(["1", {"0": 1}], ["1", {}, "x"])], "-x**(n + 2 - n) > 0")
    inner = "Sum(j*k, j, 0, 1) - Sum(j*j, j, 0, 1)"  # not 0, though both are sums of squares of a bound name
    both = [total(["1", {"0": 1}], ["1", {"1": 1}])]
    assert not closes(both, f"Sum(x**({inner}) - 1, k, 0, n) > 0", "-Sum(0, k, 0, n) >= 0")


def test_an_undefined_atom_in_a_proof_is_a_number_of_which_nothing_is_known() -> None:
    inner = total(["1", {"0": 1}], ["1", {"1": 1}])
    split = {"split": "sqrt(-1)", "positive": inner, "otherwise": inner}
    assert closes([split], "x > 0", "-x >= 0")
    assert not closes([{"split": "sqrt(-1)", "positive": total(["1", {"1": 1}]), "otherwise": total()}], "x > 0")
    square = total(["1", {}], ["1", {}, "sqrt(-1)"])
    assert not closes([{**split, "positive": square, "otherwise": square}], "x > 0")
    for text in ("1/x", "x**y", "binomial(x, 1)", "Sum(k, k, 0, x)", "x**-1", "x**(1/2)", "forall(x, x > 0)"):
        assert not closes([{"split": text, "positive": inner, "otherwise": inner}], "x > 0", "-x >= 0")


# cases


def test_a_formula_is_true_or_false() -> None:
    inner = total(["1", {"0": 1}], ["1", {"1": 1}])
    proof = {"cases": "exists(t, t > y) and x >= y", "true": [inner], "false": [inner, inner]}

    assert closes([proof], "x > 0", "-x >= 0")
    assert not closes([{**proof, "false": [inner]}], "x > 0", "-x >= 0")
    assert not closes([{**proof, "true": []}], "x > 0", "-x >= 0")
    for text in ("1/x > 0", "x**-1 > 0", "sqrt(1/x) > 0", "z > 0", "x", "x**y > 0"):
        assert not closes([{"cases": text, "true": [inner], "false": [inner]}], "x > 0", "-x >= 0")


# induction


def descent() -> dict[str, Any]:
    """No n >= 0 has n*n < n."""
    below = [total(["1", {"0": 1}], ["1", {"2": 1}])]
    then = [{"integer": "1", "then": total(["1", {str(k): 1}], ["3/4", {}], ["1", {}, "n - 1/2"])} for k in (3, 4)]
    return {"induction": "n", "bound": "0", "with": {}, "below": below, "then": then}


@pytest.mark.parametrize(
    "changes",
    [
        {"induction": "x"},
        {"induction": "z"},
        {"induction": ["n"]},
        {"bound": "1"},
        {"bound": "n"},
        {"bound": "1/2"},
        {"bound": "x"},
        {"with": {"n": "n"}},
        {"with": {"m": "1/2"}},
        {"with": {"m": "x"}},
        {"with": {"x": "1/x"}},
        {"with": {"x": "sqrt(x)"}},
        {"with": {"z": "1"}},
        {"with": {"m": "m - 1"}, "bound": "m"},
        {"with": []},
        {"below": []},
        {"then": []},
    ],
)
def test_an_induction_of_another_form_is_refused(changes: dict[str, Any]) -> None:
    good = descent()

    assert closes(good, "n >= 0", "n*n < n")
    assert closes({**good, "with": {"m": "n + m"}}, "n >= 0", "n*n < n")
    assert not closes({**good, **changes}, "n >= 0", "n*n < n")


def test_an_induction_without_a_fixed_bound_would_prove_what_is_false() -> None:
    """The formulas n >= m have solutions, and every one has one with n - 1, m - 1 below it."""
    below = [total(["1", {"0": 1}], ["1", {"1": 1}])]
    then = [total(["1", {"0": 1}], ["1", {"1": 1}])]
    data = {"induction": "n", "bound": "m", "with": {"m": "m - 1"}, "below": below, "then": then}

    assert not closes(data, "n >= m")


def test_an_induction_steps_down_and_not_up() -> None:
    below = [total(["1", {"0": 1}], ["1", {"1": 1}])]
    upward = [total(["1", {"0": 1}], ["1", {"1": 1}], ["1", {}])]
    downward = [total(["1", {"0": 1}], ["1", {"1": 1}])]
    for then in (upward, downward):
        assert not closes({"induction": "n", "bound": "0", "with": {}, "below": below, "then": then}, "n >= 0")


def test_an_induction_stands_only_where_nothing_else_is_known() -> None:
    closed = [total(["1", {"0": 1}], ["1", {"1": 1}])]
    proof = {"cases": "n >= 0 and n*n < n", "true": descent(), "false": closed * 2}

    assert not closes([proof], "x > 0", "-x >= 0")
    assert closes([{**proof, "true": closed}], "x > 0", "-x >= 0")
    assert not closes(descent())


# points


@pytest.mark.parametrize(
    ("conclusion", "value", "verdict"),
    [
        ("Sum(k*k, k, 0, n) == 14", "3", None),
        ("Sum(k*k, k, 0, n) != 14", "3", "refuted"),
        ("Sum(1/(k - 2), k, 0, n) > 0", "3", "undefined"),
        ("Sum(1/(k - 2), k, 0, n) > 0", "1", "refuted"),
        ("Sum(k, k, 0, n/2) > 0", "3", "undefined"),
        ("binomial(n, 2) != 3", "3", "refuted"),
        ("binomial(n, -1) != 0", "3", "refuted"),
        ("binomial(n, 2) > 0", "-1", "undefined"),
        ("2**n != 8", "3", "refuted"),
        ("2**n > 0", "-1", "undefined"),
        ("0**n != 1", "0", "refuted"),
        ("sqrt(n) != 3", "9", "refuted"),
        ("sqrt(n) > 3", "-9", "undefined"),
        ("sqrt(n) > 2", "3", None),
        ("log(n) > 1", "0", "undefined"),
        ("log(n) != 0", "1", "refuted"),
        ("exp(n) != 1", "0", "refuted"),
        ("abs(n) < 3", "-3", "refuted"),
        ("min(n, 2, 5) != 2", "3", "refuted"),
        ("max(n, 2, 5) != 5", "3", "refuted"),
        ("count_roots(t*t - n, t, 0, 3) != 1", "4", "refuted"),
        ("count_roots(t*t/(n - 3) - n, t, 0, 3) != 1", "4", "refuted"),
        ("count_roots(t*t - n, t, 2, 3) != 0", "4", "refuted"),
        ("count_roots(t*n, t, 2, 3) == 0", "0", "undefined"),
        ("count_roots(t, t, n, 3) == 0", "3", "undefined"),
        ("forall(t, t > n)", "3", None),
    ],
)
def test_all_of_the_language_has_its_value_at_a_point(conclusion: str, value: str, verdict: str | None) -> None:
    about = raw_claim(conclusion, variables={"n": "integer"})
    found = {word for word in ("refuted", "undefined") if answer(signed(word, about, point={"n": value})) == word}

    assert found == ({verdict} if verdict else set())


def rooted(values: dict[str, str], poly: str = "t**2 - 2", low: str = "1", high: str = "2") -> dict[str, Any]:
    return {"root": {"name": "t", "poly": poly, "interval": [low, high]}, "values": values}


@pytest.mark.parametrize(
    ("conclusion", "point", "ok"),
    [
        ("x*x != 2", rooted({"x": "t"}), True),
        ("x*x < 2", rooted({"x": "t"}), True),
        ("x*x > 2", rooted({"x": "t"}), True),
        ("x*x == 2", rooted({"x": "t"}), False),
        ("x > 141421356/100000000", rooted({"x": "t"}), False),
        ("x < 141421356/100000000", rooted({"x": "t"}), True),
        ("x < 142/100", rooted({"x": "t"}), False),
        ("x > 142/100", rooted({"x": "t"}), True),
        ("x < 141/100", rooted({"x": "t"}), True),
        ("x**3 != 2*x", rooted({"x": "t"}), True),
        ("1/x != x/2", rooted({"x": "t"}), True),
        ("abs(1 - x) != x - 1", rooted({"x": "t"}), True),
        ("max(x, 1, 2 - x) != x", rooted({"x": "t"}), True),
        ("x == -1", rooted({"x": "t"}, poly="(t**2 - 2)*(t + 3)"), True),
        ("x*x != 2", rooted({"x": "t"}, poly="(t**2 - 2)*(t + 3)"), False),  # a zero that is not seen
        ("x**4 == 3", rooted({"x": "t**2 + t"}), True),
        ("x*x != 2", rooted({"x": "t"}, low="-2"), False),
        ("x*x != 2", rooted({"x": "t"}, low="2", high="1"), False),
        ("x*x != 2", rooted({"x": "t"}, low="2", high="3"), False),
        ("x*x != 2", rooted({"x": "t"}, poly="0*t"), False),
        ("x*x != 2", rooted({"x": "t"}, poly="t**2 - x"), False),
        ("x*x != 2", rooted({"x": "t/(1 + 1)"}), False),
        ("x*x != 2", rooted({"x": "x"}), False),
        ("x*x != 2", rooted({"x": "sqrt(t)"}), False),
        ("x*x != 2", rooted({}), False),
        ("x*x != 2", {**rooted({"x": "t"}), "more": 1}, False),
    ],
)  # fmt: skip
def test_a_point_may_be_made_of_one_root(conclusion: str, point: dict[str, Any], ok: bool) -> None:
    assert answer(signed("refuted", raw_claim(conclusion), point=point)) == ("refuted" if ok else "rejected")


def test_an_integer_has_no_irrational_value() -> None:
    about = raw_claim("n*n != 2", variables={"n": "integer"})

    assert answer(signed("refuted", about, point=rooted({"n": "t"}))) == "rejected"
    assert answer(signed("refuted", raw_claim("n != 2", variables={"n": "integer"}), point=rooted({"n": "t*t"}))) == (
        "refuted"
    )


def test_what_is_not_evaluated_at_a_point_is_proved_there() -> None:
    about = raw_claim("forall(t, t > x)")
    instance = {"instance": "1", "term": "x", "defined": [], "then": [total(["1", {"2": 1}])]}
    good = signed("refuted", about, point={"x": "0"}, proofs=[[instance]])

    assert answer(good) == "refuted"
    assert answer(signed("refuted", about, point={"x": "0"}, proofs=[[{**instance, "term": "x + 1"}]])) == "rejected"
    assert answer(signed("refuted", about, point={"x": "0"}, proofs=[])) == "rejected"
    assert answer(signed("undefined", about, point={"x": "0"}, proofs=[[instance]])) == "rejected"


def test_what_is_proved_at_a_point_is_defined_there() -> None:
    about = raw_claim("forall(t, 1/x > t)")
    instance = {"instance": "1", "term": "1/x", "defined": [[]], "then": [total(["1", {"2": 1}])]}

    assert answer(signed("refuted", about, point={"x": "0"}, proofs=[[], [instance]])) == "rejected"
    closing = {**instance, "term": "x", "defined": [], "then": [total(["1", {"2": 1}], _0="x**2 - 1")]}
    place = [(read("x == 0", {}), True), (read("forall(t, 1/x > t)", {}), True)]
    refute(place, [closing], {"x": "real"})  # 1/x > x gives x - x**3 > 0, as if x were not 0
    assert answer(signed("refuted", about, point={"x": "0"}, proofs=[[closing]])) == "rejected"


def test_a_witness_may_be_proved() -> None:
    about = raw_claim("x > 0", ("x > 0", "exists(t, t > x)"))
    closed = [total(["1", {"0": 1}], ["1", {"1": 1}])]
    above = {"instance": "1", "term": "x + 1", "defined": [], "then": [total(["1", {}], ["1", {"2": 1}])]}
    positive = [total(["1", {}], ["1", {"1": 1}], _0="1")]
    conclusion = [total(["1", {"0": 1}], ["1", {"2": 1}])]
    evidence: dict[str, Any] = {"definedness": [], "conclusion": conclusion}
    point = {"x": "1"}

    def witness(proofs: Any) -> str:
        return answer(signed("proved", about, witness={"point": point, "proofs": proofs}, **evidence))

    assert closed
    assert witness([positive, [above]]) == "proved"
    assert witness([positive]) == "rejected"
    assert witness([positive, positive]) == "rejected"
    assert answer(signed("proved", about, witness=point, **evidence)) == "rejected"
