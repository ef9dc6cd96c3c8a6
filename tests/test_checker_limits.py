"""Whatever a stranger's certificate says, it is judged in seconds or refused in one line."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest

from proofs.checker.check import check
from proofs.checker.limits import Rejected

from ._certificates import raw_claim, signed

INTEGER = {"n": "integer"}
BOTH = {"x": "real", "n": "integer"}


def total(*terms: Any) -> dict[str, Any]:
    return {"sum": list(terms), "zero": {}}


def proved(conclusion: str, proofs: Any, *assumptions: str, **details: Any) -> dict[str, Any]:
    about = raw_claim(conclusion, assumptions, **details)
    return signed("proved", about, witness=dict.fromkeys(about["variables"], "1"), definedness=[], conclusion=proofs)


def refuted(conclusion: str, point: Any, **details: Any) -> dict[str, Any]:
    return signed("refuted", raw_claim(conclusion, **details), point=point)


def by_lemma(name: str, *terms: str, **details: Any) -> dict[str, Any]:
    step = {"lemma": name, "terms": list(terms), "conditions": [], "then": total()}
    return proved("x > 0", [step], **details)


def nested(pattern: str, depth: int, inner: str = "x") -> str:
    for _ in range(depth):
        inner = pattern.format(inner)
    return inner


def doubling(pattern: str, count: int) -> dict[str, str]:
    return {"a0": "x", **{f"a{i}": pattern.format(f"a{i - 1}") for i in range(1, count)}}


def rooted(value: str, poly: str, low: str = "1", high: str = "2") -> dict[str, Any]:
    return {"root": {"name": "t", "poly": poly, "interval": [low, high]}, "values": {"x": value}}


def chained(step: dict[str, Any], depth: int) -> Any:
    return reduce(lambda inner, _: {**step, "then": inner}, range(depth), total())


STURM = "(3*t/7 + 1/13)**99 + (t/11)**98 + t/17 + 1/19"
NO_TERMS: dict[str, Any] = {"lemma": "exp-zero", "terms": [], "conditions": [], "then": None}
INSTANCE: dict[str, Any] = {"instance": "0", "term": "x", "defined": [], "then": None}
MANY = {"x": "real", **{f"y{i}": "real" for i in range(20)}}

INDUCTIONS: Any = [total()]
for _ in range(60):
    INDUCTIONS = {"induction": "n", "bound": "0", "with": {}, "below": [total()], "then": INDUCTIONS}

HEAVY: dict[str, Callable[[], Any]] = {
    "sums in sums": lambda: refuted("Sum(Sum(Sum(1, k, 1, 9999), j, 1, 9999), i, 1, 9999) < x", {"x": "0"}),
    "a sum of large powers": lambda: refuted("Sum(k**900, k, 1, 9999) < x", {"x": "0"}),
    "a sum of very many terms": lambda: refuted("Sum(k, k, 1, 10**900) < x", {"x": "0"}),
    "a power with a huge exponent": lambda: refuted("2**n < 0", {"n": "1000000000"}, variables=INTEGER),
    "a huge binomial": lambda: refuted("binomial(n, 500000000) < 0", {"n": "1000000000"}, variables=INTEGER),
    "many large binomials": lambda: refuted("Sum(binomial(9999, k), k, 0, 9999) < 0", {"x": "0"}),
    "a constant exponent of 10^9": lambda: proved("x**(10**9) > 0", [total()]),
    "a tower of exponents": lambda: proved("x**(2**(2**(2**(2**2)))) > 0", [total()]),
    "roots of roots": lambda: proved(nested("sqrt({} + 1)", 140) + " > 0", [total()]),
    "roots of squares of roots": lambda: proved("a59 > 0", [total()], definitions=doubling("sqrt({0}*({0} + 1))", 60)),
    "atoms that grow": lambda: proved("a13 > 0", [total()], definitions=doubling("sqrt({0}*({0} + 1))", 14)),
    "sums over sums of sums": lambda: proved(
        "Sum(" * 60 + "1" + "".join(f", k{i}, 0, n)" for i in range(60)) + " > 0", [total()], variables=INTEGER
    ),
    "quantifiers of quantifiers": lambda: proved(
        "".join(f"forall(t{i}, exists(s{i}, " for i in range(70)) + "x > 0" + "))" * 70, [total()]
    ),
    "thousands of fresh names": lambda: proved(
        "x > 0", [total()], " and ".join(f"exists(t, t > {i}*x)" for i in range(3000))
    ),
    "roots of degree 200": lambda: refuted("count_roots((t + 1)**200, t, 0, 1) < x", {"x": "0"}),
    "long coefficients of Sturm's sequence": lambda: by_lemma("count-roots", f"count_roots({STURM}, t, 0, 1)"),
    "a root of degree 1000": lambda: refuted("x > 0", rooted("t", "t**1000 - 2")),
    "arithmetic in degree 99": lambda: refuted("x**3 + x/(x - 1) != 7 and x**88 < 3", rooted("t", "t**99 - 2")),
    "a zero that is not seen": lambda: refuted("x*x != 2", rooted("t", "(t**2 - 2)*(t**3 - 7)", "1", "3/2")),
    "a narrow interval": lambda: refuted("x < 2", rooted("t", "t**9 - 2", "1/" + "9" * 900, "2")),
    "Taylor's polynomial of order 10^9": lambda: by_lemma("exp-taylor", "x", "1000000001"),
    "exp of 10^9": lambda: by_lemma("exp-interval", "x", "1", "10**9", "1", "3"),
    "exp of long numbers": lambda: by_lemma("exp-interval", "x", "1/" + "3" * 900, "999", "1", "3"),
    "a bound that is a sum": lambda: by_lemma(
        "exp-interval", "x", "Sum(Sum(1/k, k, 1, 200), j, 1, 999)", "9", "1", "3"
    ),
    "the largest of twenty": lambda: by_lemma(
        "max", "max(" + ", ".join(f"(y{i} + x)**3" for i in range(20)) + ")", variables=MANY
    ),
    "a large base": lambda: by_lemma("binomial-theorem", "(x + 1)**99", "(x - 1)**99", "n", variables=BOTH),
    "thousands of lemmas": lambda: proved("x > 0", [chained(NO_TERMS, 5000)]),
    "hundreds of instances": lambda: proved(
        "x > 0", [chained(INSTANCE, 300)], "forall(t, " + " + ".join(["t*x"] * 150) + " > 0)"
    ),
    "a large instance": lambda: proved(
        "x > 0",
        [{**INSTANCE, "term": "+".join(["x*n"] * 150), "then": []}],
        f"forall(t, {'*'.join(['(t + x)'] * 60)} > 0)",
        variables=BOTH,
    ),
    "the square of a large polynomial": lambda: proved("x > 0", [total(["1", {"0": 100}, "(x + 1)**200"])]),
    "a long number of a fact": lambda: proved("x > 0", [total(["1", {"9" * 100_000: 1}])]),
    "roots of thousands": lambda: proved(
        "x > 0", [{"sum": [], "zero": {"0": "+".join(f"sqrt(x + {i})" for i in range(150))}}]
    ),
    "inductions in inductions": lambda: proved("n > 0", INDUCTIONS, variables=INTEGER),
}  # fmt: skip


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_input_is_refused_in_one_line(name: str) -> None:
    try:
        certificate = HEAVY[name]()
    except RecursionError:
        return  # this Python cannot even write it down

    with pytest.raises(Rejected) as caught:
        check(certificate)

    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
