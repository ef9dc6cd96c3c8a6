"""Check a certificate: exact arithmetic, the standard library, no search. docs/certificate.md says what one is.

A claim says: for all values of its variables, assumptions ⇒ conclusion. Its certificate refutes, one after another,
that a term is undefined where it is evaluated, and that the assumptions hold and the conclusion fails
(`proofs.checker.rules`); a 'vacuous' one refutes the assumptions; 'refuted' and 'undefined' ones hold a point.
"""

import hashlib
import json
from typing import Any

from proofs.checker.branches import Items, obligations
from proofs.checker.formulas import NAME, Sorts, Tree, expect, names, number, read, size
from proofs.checker.limits import MAX_NODES, Rejected, Undefined, demand, spend, start
from proofs.checker.points import Point, at_numbers, rational
from proofs.checker.roots import T, coefficients, count, divide
from proofs.checker.rules import number_in, refute, refute_each

SCHEMA = "gametheory.certificate/1"
CLAIM_KEYS = ["id", "statement", "source", "variables", "definitions", "assumptions", "conclusion"]
FIELDS = {
    "proved": ["witness", "definedness", "conclusion"],
    "vacuous": ["definedness", "assumptions"],
    "refuted": ["point"],
    "undefined": ["point"],
}


def digest(data: object) -> str:
    """SHA-256 of data as compact ASCII JSON."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def check(certificate: Any) -> str:
    """The verdict that the certificate proves of the claim in it; raises `Rejected` if it proves none."""
    start()
    try:
        return _check(certificate)
    except RecursionError:
        raise Rejected("the certificate is too deep") from None
    except Undefined:
        raise Rejected("a number that is undefined") from None


def _check(certificate: Any) -> str:
    demand(isinstance(certificate, dict), "a certificate is a JSON object")
    demand(certificate.get("schema") == SCHEMA, f"the schema is not {SCHEMA}")
    verdict = str(certificate.get("verdict"))
    demand(
        certificate.get("verdict") == verdict and verdict in FIELDS, "the verdict is not one of " + ", ".join(FIELDS)
    )
    fields = FIELDS[verdict] + (["proofs"] if verdict == "refuted" and "proofs" in certificate else [])
    expected = ["schema", "verdict", "method", "claim", "claim_hash", *fields, "digest"]
    demand(list(certificate) == expected, f"the keys are not {', '.join(expected)}, in this order")
    demand(isinstance(certificate["method"], str), "the method is not text")
    body = {name: entry for name, entry in certificate.items() if name != "digest"}
    demand(certificate["digest"] == digest(body), "the digest does not match: the file was changed")
    demand(certificate["claim_hash"] == digest(certificate["claim"]), "the hash is not that of the claim")
    sorts, assumed, concluded = _claim(certificate["claim"])
    if verdict in ("refuted", "undefined"):
        _check_point(certificate, sorts, assumed, concluded)
        return verdict
    before, after = obligations(assumed, concluded, sorts, [])
    refute_each(before + after if verdict == "proved" else before, certificate["definedness"])
    everything = [(tree, True) for tree in assumed]
    if verdict == "vacuous":
        refute(everything, certificate["assumptions"], sorts)
        return verdict
    refute([*everything, (concluded, False)], certificate["conclusion"], sorts)
    data = certificate["witness"]
    if isinstance(data, dict) and list(data) == ["point", "proofs"] and "proofs" not in sorts:
        _, context, inner = _point(data["point"], sorts)
        refute_each([([*context, (tree, False)], inner) for tree in assumed], data["proofs"])
    else:
        point, _, _ = _point(data, sorts)
        demand(all(point.truth(tree) for tree in assumed), "an assumption is false at the witness")
    return verdict


def _claim(claim: Any) -> tuple[Sorts, list[Tree], Tree]:
    """The variables' sorts and the parsed formulas of a claim."""
    demand(isinstance(claim, dict) and list(claim) == CLAIM_KEYS, f"a claim has the keys {', '.join(CLAIM_KEYS)}")
    demand(all(isinstance(claim[key], str) for key in CLAIM_KEYS[:3]), "id, statement and source are text")
    sorts, texts = claim["variables"], claim["definitions"]
    declared = isinstance(sorts, dict) and all(sort in ("real", "integer") for sort in sorts.values())
    demand(declared, "a variable is real or integer")
    demand(isinstance(texts, dict) and not set(texts) & set(sorts), "a definition has a variable's name")
    demand(all(NAME.fullmatch(name) for name in (*sorts, *texts)), "a name that the language does not have")
    definitions: dict[str, Tree] = {}
    for name, text in texts.items():
        definitions[name] = expect(read(text, definitions, sorts), False)
    demand(isinstance(claim["assumptions"], list), "the assumptions are not a list")
    formulas = [*claim["assumptions"], claim["conclusion"]]
    *assumed, concluded = (expect(read(text, definitions, sorts), True) for text in formulas)
    for tree in (*definitions.values(), *assumed, concluded):
        demand(size(tree) <= MAX_NODES, "a formula is too large")
        spend(size(tree))
        unknown = names(tree) - set(sorts)
        demand(not unknown, f"a name that is not declared: {', '.join(sorted(unknown))}")
    return sorts, assumed, concluded


def _point(data: Any, sorts: Sorts) -> tuple[Point, Items, Sorts]:
    """A point, the formulas that say where it is, and the sorts with the name of the root that it may be made of."""
    demand(isinstance(data, dict), "a point is a JSON object")
    rooted = list(data) == ["root", "values"] and isinstance(data["root"], dict)
    values = data["values"] if rooted else data
    demand(isinstance(values, dict) and list(values) == list(sorts), "a point gives each variable, in order")
    context: Items = []
    point, inner = at_numbers({}), sorts
    if rooted:
        demand(list(data["root"]) == ["name", "poly", "interval"], "a root has a name, a polynomial and an interval")
        name, text, ends = data["root"].values()
        demand(isinstance(name, str) and NAME.fullmatch(name) and name not in sorts, "a root with no new name")
        demand(isinstance(ends, list) and len(ends) == 2, "an interval has two ends")
        t, poly, (low, high) = ("var", name), expect(read(text, {}), False), map(number_in, ends)
        point = Point({}, coefficients(poly, name), low, high)
        demand(point.poly and low < high and count(point.poly, low, high) == 1, "not one root in the interval")
        context = [(tree, True) for tree in (("==", poly, number(0)), ("<", number(low), t), ("<", t, number(high)))]
        inner = {**sorts, name: "real"}
    for x, text in values.items():
        tree = expect(read(text, {}), False) if rooted else number(number_in(text))
        point.values[x] = divide(coefficients(tree, name if rooted else T), point.poly)[1]
        demand(sorts[x] == "real" or rational(point.values[x]).denominator == 1, f"the value of {x} is not an integer")
        context.append((("==", ("var", x), tree), True))
    return point, context, inner


def _check_point(certificate: Any, sorts: Sorts, assumed: list[Tree], concluded: Tree) -> None:
    """At a counterexample the assumptions are true and the conclusion false; at an 'undefined' point it ends sooner."""
    point, context, inner = _point(certificate["point"], sorts)
    if "proofs" in certificate:
        before, after = obligations(assumed, concluded, inner, context)
        last = [
            ([*context, (tree, truth)], inner) for tree, truth in [*((a, False) for a in assumed), (concluded, True)]
        ]
        refute_each(before + after + last, certificate["proofs"])
        return
    verdict = certificate["verdict"]
    try:
        for number, tree in enumerate(assumed):
            demand(point.truth(tree), f"assumption {number} is false at the point")
        result = point.truth(concluded)
    except Undefined:
        demand(verdict == "undefined", "a term is undefined at the point")
        return
    demand(verdict == "refuted", "every term is defined at the point")
    demand(not result, "the conclusion is true at the point")
