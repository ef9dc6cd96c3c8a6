"""Certificates by hand for every rule and every lemma: the checker and Coq accept the same, and refuse the same."""

import copy
import shutil
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from proofs import Claim, run_kernel
from proofs.checker.branches import obligations
from proofs.checker.check import _claim
from proofs.checker.limits import Rejected, start
from proofs.checker.rules import refute

from ._certificates import answer, claim, resigned, signed

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(shutil.which("coqc") is None, reason="needs coqc"),
]


def total(*terms: Any, **zero: str) -> dict[str, Any]:
    """A sum; `_3="q"` puts q under 'zero' for fact 3."""
    return {"sum": list(terms), "zero": {key[1:]: text for key, text in zero.items()}}


def facts(*numbers: int) -> list[list[Any]]:
    """Terms of a sum that are facts as they are."""
    return [["1", {str(n): 1}] for n in numbers]


def use(lemma: str, *terms: str, then: Any, conditions: Any = ()) -> dict[str, Any]:
    return {"lemma": lemma, "terms": list(terms), "conditions": list(conditions), "then": then}


def certificate(about: Claim, conclusion: Any, *definedness: Any, **witness: str) -> dict[str, Any]:
    point = {name: witness.get(name, "1") for name in about.variables}
    return signed("proved", about.canonical(), witness=point, definedness=list(definedness), conclusion=conclusion)


def judged(about: Claim, proof: dict[str, Any], folder: Path) -> tuple[str, str]:
    """What the checker and Coq say."""
    found = run_kernel(about, proof, folder / "claim.v")
    return answer(proof), found.status + (f": {found.reason}" if found.status != "accepted" else "")


ACCEPTED: dict[str, tuple[Claim, dict[str, Any]]] = {}


def case(name: str, about: Claim, conclusion: Any, *definedness: Any, **witness: str) -> None:
    ACCEPTED[name] = (about, certificate(about, conclusion, *definedness, **witness))


case("square", claim("x**2 + y**2 >= 2*x*y"), [total(["1", {"0": 1}], ["1", {}, "x - y"])])
case(
    "squares with a multiplier",
    claim("x**3 - 3*x/4 + 1/4 >= 0", "x >= 0"),
    [total(["1", {"1": 1}], ["1", {"0": 1}, "x - 1/2"], ["1", {}, "x - 1/2"])],
)
case(
    "many squares",
    claim("(x + y + z + 1)**8 - 2*(x + y + z + 1)**4 + 1 >= 0"),
    [total(["1", {"0": 1}], ["1", {}, "(x + y + z + 1)**4 - 1"])],
)
case(
    "exists",
    claim("implies(exists(t, x == t**2 + 1), x > 0)"),
    [total(["1", {"1": 1}], ["1", {}, "t_1"], ["1", {}, "1"], _0="1")],
)
case(
    "forall",
    claim("implies(forall(t, x*t + y >= 0), y >= 0)"),
    [{"instance": "0", "term": "0", "defined": [], "then": [total(*facts(1, 2))]}],
)
case(
    "forall an integer",
    claim("implies(forall(k, implies(k >= 2, x >= k**2)), x >= n**2 + 2*n + 1)", "n >= 1", integers="k n"),
    [
        {
            "instance": "1",
            "term": "n + 1",
            "defined": [],
            "then": [total(*facts(0, 3)), total(*facts(2, 4))],
        }
    ],
)
case(
    "not forall, not exists",
    claim("implies(not forall(t, t <= x) and not exists(t, t > y), y > x)"),
    [
        {
            "instance": "1",
            "term": "t_1",
            "defined": [],
            "then": [total(*facts(0, 2, 3))],
        }
    ],
)
case(
    "instance of a quotient",
    claim("implies(forall(t, implies(t != 0, 1/t > x)), x <= 1/(1 + y**2))"),
    [
        {
            "instance": "0",
            "term": "1 + y**2",
            "defined": [],
            "then": [
                total(["1", {}], ["1", {}, "y"], _2="-1"),
                total(["1", {"1": 1}], ["1", {"3": 1}]),
            ],
        }
    ],
    [total(["1", {"0": 2}], _1="-t_1")],
    [total(["1", {}], ["1", {}, "y"], _1="-1")],
)
case(
    "instance at a quotient",
    claim("implies(y > 0 and forall(t, t*y >= x), x <= 1)"),
    [
        {
            "instance": "1",
            "term": "1/y",
            "defined": [[total(["1", {"0": 1}], _3="-1")]],
            "then": [total(["1", {"0": 2, "2": 1}], ["1", {"3": 1}])],
        }
    ],
)
case(
    "cases and split",
    claim("x**2 + y > 0", "implies(x >= 1, y >= 0)", "implies(x < 1, y > 0)"),
    [
        # x < 1, not x < 1; x < 1, y > 0; x >= 1 and y >= 0, not x < 1; x >= 1, x < 1
        total(*facts(0, 1)),
        total(["1", {"2": 1}], ["1", {"3": 1}], ["1", {}, "x"]),
        {
            "split": "x",
            "positive": total(["1", {"3": 1}], ["1", {"1": 1}], ["1", {"4": 2}]),
            "otherwise": total(["1", {"0": 1}], ["1", {"4": 1}], ["1", {}]),
        },
        total(*facts(0, 2)),
    ],
)
case(
    "case distinction",
    claim("abs(x) >= 0"),
    [
        use(
            "abs",
            "x",
            then={
                "cases": "x >= 0",
                "true": [total(*facts(0, 1, 4))],
                "false": [total(*facts(0, 2, 4))],
            },
        )
    ],
)
case(
    "induction",
    claim("2**n >= n + 1", "n >= 0", integers="n"),
    {
        "induction": "n",
        "bound": "0",
        "with": {},
        "below": [total(*facts(0, 2))],
        # n - 1 < 0, or 2**(n - 1) >= n
        "then": [
            {
                "integer": "2",
                "then": use(
                    "power-zero",
                    "2",
                    "n",
                    conditions=[[total(["1", {"4": 2}], ["1", {"0": 1, "3": 1}])]],
                    then=total(*facts(1, 3), _4="1"),
                ),
            },
            use(
                "power-step",
                "2",
                "n",
                conditions=[[total(*facts(4, 2))]],
                then=total(["1", {"1": 1}], ["2", {"3": 1}], ["1", {"2": 1}], _4="1"),
            ),
        ],
    },
    [total(*facts(0, 1))],
)


def _definedness(about: Claim) -> list[Any]:
    """For each goal the first that closes it of: two facts, or three, or a product of two, and perhaps 1."""
    sorts, assumed, concluded = _claim(about.canonical())
    found = []
    for items, inner in chain(*obligations(assumed, concluded, sorts)):
        last = len(items) - 1
        tries = [total(*facts(i, last), *one) for i in range(last) for one in ([], [["1", {}]])]
        pairs = [(i, j) for i in range(last) for j in range(i)]
        tries += [total(*facts(i, j, last), *one) for i, j in pairs for one in ([], [["1", {}]])]
        tries += [total(["1", {str(i): 1, str(j): 1}], *facts(last)) for i, j in pairs]
        found.append([next(proof for proof in tries if _closes(items, proof, inner))])
    return found


def _closes(items: Any, proof: Any, sorts: Any) -> bool:
    start()
    try:
        refute(items, [proof], sorts)
    except Rejected:
        return False
    return True


def stated(name: str, assumptions: list[str], *lemmas: tuple[str, Any, Any], integers: str = "") -> None:
    """A conjunction of what lemmas say, each (text, lemma's name and terms, conditions)."""
    about = claim(" and ".join(f"({text})" for text, _, _ in lemmas), *assumptions, integers=integers)
    proofs = []
    for i, (text, (lemma, *terms), conditions) in enumerate(lemmas):
        denied, first = str(len(assumptions) + i), len(assumptions) + i + 1
        if "==" in text:
            left, right = text.split("==")
            then = total(["1", {denied: 2}], **{f"_{first}": f"-(({left}) - ({right}))"})
        else:
            then = total(["1", {denied: 1}], ["1", {str(first): 1}])
        proofs.append(use(lemma, *terms, conditions=conditions, then=then))
    case(name, about, proofs, *_definedness(about))


stated(
    "functions",
    ["y > 0", "z > 0"],
    ("abs(x) >= x", ("abs", "x"), []),
    ("exp(x) > 0", ("exp-positive", "x"), []),
    ("exp(x) >= 1 + x", ("exp-tangent", "x"), []),
    ("exp(x + y) == exp(x)*exp(y)", ("exp-sum", "x", "y"), []),
    ("exp(0) == 1", ("exp-zero",), []),
    ("exp(log(y)) == y", ("exp-log", "y"), [[total(*facts(0, 8))]]),
    ("log(exp(x)) == x", ("log-exp", "x"), []),
    (
        "log(y*z) == log(y) + log(z)",
        ("log-product", "y", "z"),
        [[total(*facts(0, 10))], [total(*facts(1, 10))]],
    ),
    ("max(x, y, z) >= x", ("max", "max(x, y, z)"), []),
    ("min(x, y) <= x", ("min", "min(x, y)"), []),
    ("exp(x) >= 1 + x + x**2/2 + x**3/6", ("exp-taylor", "x", "3"), []),
)


stated(
    "powers",
    ["n >= 1", "m >= 0", "0 <= x", "x <= y", "y > 0", "x <= 1"],
    ("x**n == x*x**(n - 1)", ("power-step", "x", "n"), [[total(*facts(0, 7))]]),
    (
        "x**(m + n) == x**m*x**n",
        ("power-sum", "x", "m", "n"),
        [[total(*facts(1, 8))], [total(*facts(0, 8), ["1", {}])]],
    ),
    ("(x*y)**n == x**n*y**n", ("power-product", "x", "y", "n"), [[total(*facts(0, 9), ["1", {}])]]),
    ("y**m > 0", ("power-positive", "y", "m"), [[total(*facts(1, 10))], [total(*facts(4, 10))]]),
    ("x**m <= y**m", ("power-monotone", "x", "y", "m"), [[total(*facts(i, 11))] for i in (1, 2, 3)]),
    ("x**m <= 1", ("power-unit", "x", "m"), [[total(*facts(i, 12))] for i in (1, 2, 5)]),
    ("x**m >= 0", ("power-nonnegative", "x", "m"), [[total(*facts(i, 13))] for i in (1, 2)]),
    ("(1 + x)**m >= 1 + m*x", ("bernoulli", "x", "m"), [[total(*facts(1, 14))], [total(*facts(2, 14), ["1", {}])]]),
    integers="m n",
)
stated(
    "binomials",
    ["n >= 1"],
    (
        "binomial(n, k) == binomial(n - 1, k - 1) + binomial(n - 1, k)",
        ("binomial-pascal", "n", "k"),
        [[total(*facts(0, 2))]],
    ),
    ("k*binomial(n, k) == n*binomial(n - 1, k - 1)", ("binomial-absorb", "n", "k"), [[total(*facts(0, 3))]]),
    ("binomial(n, k) >= 0", ("binomial-nonnegative", "n", "k"), [[total(*facts(0, 4), ["1", {}])]]),
    (
        "binomial(n, 0) == 1",
        ("binomial-edge", "n", "0"),
        [[total(*facts(0, 5), ["1", {}])], [total(["1", {"5": 2}])]],
    ),
    (
        "binomial(n, n + 1) == 0",
        ("binomial-outside", "n", "n + 1"),
        [[total(*facts(0, 6), ["1", {}])], [total(["1", {"7": 1}], ["1", {}])]],
    ),
    integers="k n",
)
stated(
    "sums",
    ["n >= 0"],
    (
        "Sum(binomial(n, k)*x**k*y**(n - k), k, 0, n) == (x + y)**n",
        ("binomial-theorem", "x", "y", "n"),
        [[total(*facts(0, 2))]],
    ),
    (
        "Sum(k*binomial(n, k)*x**k*(1 - x)**(n - k), k, 0, n) == n*x",
        ("binomial-mean", "x", "n"),
        [[total(*facts(0, 3))]],
    ),
    (
        "Sum(x + k, k, 0, n) == Sum(x + k, k, 0, n - 1) + x + n",
        ("sum-last", "Sum(x + k, k, 0, n)"),
        [[total(*facts(0, 4))]],
    ),
    (
        "Sum(x + k, k, 0, n) == Sum(x + k, k, 1, n) + x",
        ("sum-first", "Sum(x + k, k, 0, n)"),
        [[total(*facts(0, 5))]],
    ),
    ("Sum(x, k, n + 1, 0) == 0", ("sum-empty", "Sum(x, k, n + 1, 0)"), [[total(*facts(0, 6), ["1", {}])]]),
    ("Sum(k, k, 0, n) == Sum(k + n, k, -n, 0)", ("sum-shift", "Sum(k, k, 0, n)", "n"), []),
    (
        "Sum(x + y*k, k, 0, n) == Sum(x, k, 0, n) + y*Sum(k, k, 0, n)",
        ("sum-linear", "Sum(x + y*k, k, 0, n)", "Sum(x, k, 0, n)", "Sum(k, k, 0, n)", "y"),
        [],
    ),
    integers="n",
)
stated(
    "congruence",
    ["x == y"],
    (
        "exp(x) == exp(y)",
        ("same", "exp(x)", "exp(y)"),
        [[total(["1", {"2": 2}], _0="-(x - y)")]],
    ),
    ("exp(1 + x)*exp(y*(1/2 - 1)) == exp(x + 1)*exp(-y/2)", ("exp-zero",), []),
)
case(
    "exp between numbers",
    claim("exp(x) <= 2.72 and exp(-3*x) >= 0.049 and log(x + 1) < 7/10", "0 <= x", "x <= 1", variables={"x": "real"}),
    [
        use(
            "exp-interval", "x", "0", "1", "1", "2.719",
            conditions=[[total(*facts(0, 3))], [total(*facts(1, 3))]],
            then=total(["1", {"2": 1}], ["1", {"4": 1}], ["1/1000", {}]),
        ),
        use(
            "exp-interval", "-3*x", "-3", "0", "0.0495", "1",
            conditions=[[total(["3", {"1": 1}], ["1", {"4": 1}])], [total(["3", {"0": 1}], ["1", {"4": 1}])]],
            then=total(["1", {"3": 1}], ["1", {"4": 1}], ["1/2000", {}]),
        ),
        use(
            "log-interval", "x + 1", "1", "2", "0", "0.6932",
            conditions=[[total(*facts(0, 5))], [total(*facts(1, 5))]],
            then=total(["1", {"4": 1}], ["1", {"6": 1}], ["17/2500", {}]),
        ),
    ],
    [total(*facts(0, 4), ["1", {}])],
)  # fmt: skip
COUNTED = (
    "count_roots(t**2 - 2, t, 0, 2)",
    "count_roots((t - 1)**2*(t**3 - 3*t + 1)/2, t, -2, 3/2)",
    "count_roots(t*(1 - t)*(t**2 + 1), t, 0, 1)",
)


def _bounds_and_polynomial(first: int) -> list[list[Any]]:
    """That bounds are in order, and no polynomial is zero, where `first` facts are known: two for each of COUNTED."""
    wrong = [total(["1", {str(first): 1}], [gap, {}]) for gap in ("2", "7/2", "1")]
    nothing = [
        total(["2", {}], **{f"_{first}": "1"}),
        total(["1/2", {}], **{f"_{first}": "-1"}),
        total(["10", {}], **{f"_{first + 2}": "1"}),
    ]
    return [[proof] for pair in zip(wrong, nothing, strict=True) for proof in pair]


REST = f"-({' + '.join(COUNTED)} - 4)"
case(
    "counted roots",
    claim(f"{' + '.join(COUNTED)} == 4", variables={"x": "real"}),
    [
        use(
            "count-roots", COUNTED[0],
            conditions=_bounds_and_polynomial(1)[:2],
            then=use(
                "count-roots", COUNTED[1],
                conditions=_bounds_and_polynomial(2)[2:4],
                then=use(
                    "count-roots", COUNTED[2],
                    conditions=_bounds_and_polynomial(3)[4:],
                    then=total(["1", {"0": 2}], _1=REST, _2=REST, _3=REST),
                ),
            ),
        )
    ],
    *_bounds_and_polynomial(0),
)  # fmt: skip
case(
    "a root",
    claim("exists(t, t**3 + t == x)", "x > 0", variables={"x": "real"}),
    [
        use(
            "root", "count_roots(t**3 + t - x, t, 0, x)",
            conditions=[
                [total(*facts(0, 2))],
                [total(["2", {}], _2="1", _3="-1")],
                [total(["1", {"2": 1}], ["1", {"0": 4}])],
            ],
            then={
                "instance": "1",
                "term": "t_1",
                "defined": [],
                "then": [total(["1", {"5": 2}], _4="-(t_1**3 + t_1 - x)")],
            },
        )
    ],
)  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_checker_and_coq_accept_it(name: str, tmp_path: Path) -> None:
    assert judged(*ACCEPTED[name], tmp_path) == ("proved", "accepted")


def test_coq_proves_the_negation_of_what_is_refuted(tmp_path: Path) -> None:
    about = claim("x/(y - 1) + x**-2 < n**2", "y > 1 or x < 0", "x != 0", integers="n")
    good = signed("refuted", about.canonical(), point={"x": "-1/2", "y": "3/2", "z": "0", "n": "-1"})
    bad = resigned({**good, "point": {**good["point"], "n": "2"}})

    assert judged(about, good, tmp_path) == ("refuted", "accepted")
    assert judged(about, bad, tmp_path)[0] == "rejected"
    assert judged(about, bad, tmp_path)[1][:8] in ("rejected", "not run:")


def test_coq_proves_a_negation_by_the_proofs_of_a_counterexample(tmp_path: Path) -> None:
    about = claim("exp(x) < 2.7 or n == 2", "x > 0", "forall(t, t**2 >= -n)", variables={"x": "real", "n": "integer"})
    proofs = [
        [total(["1", {}], ["1", {"2": 1}], _0="1")],
        [total(["1", {"2": 1}], ["1", {}, "t_1"], _1="1")],
        [
            use(
                "exp-interval", "x", "1", "1", "2.71", "2.72",
                conditions=[[total(["1", {"3": 1}], _0="1")], [total(["1", {"3": 1}], _0="-1")]],
                then=total(["1", {"2": 1}], ["1", {"3": 1}], ["1/100", {}]),
            ),
            total(["1", {}], _1="-1/2", _3="1/2"),
        ],
    ]  # fmt: skip
    good = signed("refuted", about.canonical(), point={"x": "1", "n": "0"}, proofs=proofs)

    assert judged(about, good, tmp_path) == ("refuted", "accepted")


def changes(data: Any) -> list[tuple[Any, Any, Any]]:
    """Every place of a proof that can be changed, and what to put there."""
    found: list[tuple[Any, Any, Any]] = []
    if isinstance(data, dict):
        for key, entry in data.items():
            if key in ("split", "term", "bound") or (key.isdecimal() and isinstance(entry, str)):
                found.append((data, key, f"{entry} + 1"))
            found += changes(entry)
        if "sum" in data:
            found += [(term, 0, str(Fraction(term[0]) + 1)) for term in data["sum"]]
            found += [(term, 2, f"{term[2]} + 1") for term in data["sum"] if len(term) == 3]
        if "lemma" in data and data["terms"]:
            found.append((data["terms"], 0, f"{data['terms'][0]} + 1"))
    elif isinstance(data, list):
        for entry in data:
            found += changes(entry)
    return found


@pytest.mark.parametrize(
    "name",
    [
        "many squares",
        "exp between numbers",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("induction", "forall an integer", "a root", "sums")),
    ],
)
def test_checker_and_coq_refuse_what_was_changed(name: str, tmp_path: Path) -> None:
    about, good = ACCEPTED[name]
    count = len(changes(good["conclusion"]))
    refused = 0
    for i in range(0, count, max(1, count // 3)):
        bad = copy.deepcopy(good)
        container, key, value = changes(bad["conclusion"])[i]
        container[key] = value
        checker, coq = judged(about, resigned(bad), tmp_path)
        assert (checker, coq[:8]) != ("rejected", "accepted"), (container, key)
        refused += coq.startswith("rejected")

    assert refused > 1
