"""Check a certificate: exact arithmetic, the standard library, no search.

A claim says: for all values of its variables, assumptions ⇒ conclusion. Its certificate refutes, one after another,
that a divisor is zero where it is evaluated, and that the assumptions hold and the conclusion fails. To refute
formulas is to take them apart into branches (`proofs.checker.polynomials.branches`), lists of facts p > 0, p >= 0,
p == 0 or p != 0, and to close each branch by a proof, which is one of

    {"sum": [[coefficient, {fact: exponent, ...}], ...], "zero": {fact: polynomial}}
        Sum of coefficient * product of facts + sum of polynomial * fact is the zero polynomial, though every
        coefficient is > 0, every product is >= 0 (facts > and >= with any exponent, != with exponent 2) and at least
        one is > 0 (only > and != in it, or the empty product): a contradiction. Facts under "zero" are == facts.
    {"split": polynomial, "positive": proof, "otherwise": proof}
        A polynomial p is > 0 or -p is >= 0; each proof has its fact appended to the branch.
    {"integer": fact, "then": proof}
        The fact p > 0 of integer variables and coefficients gives p - 1 >= 0, which is appended.

A 'vacuous' certificate refutes the assumptions; 'refuted' and 'undefined' ones hold a point.
"""

import hashlib
import json
import re
from fractions import Fraction
from typing import Any

from proofs.checker.formulas import (
    MAX_NODES,
    NAME,
    Point,
    Rejected,
    Tree,
    Undefined,
    demand,
    formula,
    names,
    read,
    size,
    spend,
    start,
    term,
    truth,
)
from proofs.checker.polynomials import Fact, Items, Polynomial, add, branches, multiply, obligations, power, quotient

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


def _check(certificate: Any) -> str:
    demand(isinstance(certificate, dict), "a certificate is a JSON object")
    demand(certificate.get("schema") == SCHEMA, f"the schema is not {SCHEMA}")
    verdict = certificate.get("verdict")
    demand(isinstance(verdict, str) and verdict in FIELDS, "the verdict is not one of " + ", ".join(FIELDS))
    expected = ["schema", "verdict", "method", "claim", "claim_hash", *FIELDS[verdict], "digest"]
    demand(list(certificate) == expected, f"the keys are not {', '.join(expected)}, in this order")
    demand(isinstance(certificate["method"], str), "the method is not text")
    body = {name: entry for name, entry in certificate.items() if name != "digest"}
    demand(certificate["digest"] == digest(body), "the digest does not match: the file was changed")
    demand(certificate["claim_hash"] == digest(certificate["claim"]), "the hash is not that of the claim")
    sorts, assumed, concluded = _claim(certificate["claim"])
    if verdict in ("refuted", "undefined"):
        _check_point(certificate["point"], sorts, assumed, concluded, verdict)
    else:
        _check_proofs(certificate, sorts, assumed, concluded, verdict)
    return str(verdict)


def _claim(claim: Any) -> tuple[dict[str, str], list[Tree], Tree]:
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
        definitions[name] = term(read(text, definitions))
    demand(isinstance(claim["assumptions"], list), "the assumptions are not a list")
    assumed = [formula(read(text, definitions)) for text in claim["assumptions"]]
    concluded = formula(read(claim["conclusion"], definitions))
    for tree in (*definitions.values(), *assumed, concluded):
        demand(size(tree) <= MAX_NODES, "a formula is too large")
        spend(size(tree))
        unknown = names(tree) - set(sorts)
        demand(not unknown, f"a name that is not declared: {', '.join(sorted(unknown))}")
    return sorts, assumed, concluded


def _point(data: Any, sorts: dict[str, str]) -> Point:
    demand(isinstance(data, dict) and list(data) == list(sorts), "a point gives each variable, in order")
    point: Point = {}
    for name, text in data.items():
        plain = isinstance(text, str) and len(text) <= 1000 and re.fullmatch(r"-?[0-9]+(/0*[1-9][0-9]*)?", text)
        demand(plain, f"the value of {name} is not a short rational number")
        point[name] = Fraction(text)
        demand(str(point[name]) == text, f"the value of {name} is not in lowest terms")
        demand(sorts[name] == "real" or point[name].denominator == 1, f"the value of {name} is not an integer")
    return point


def _check_point(data: Any, sorts: dict[str, str], assumed: list[Tree], concluded: Tree, verdict: str) -> None:
    """At a counterexample the assumptions are true and the conclusion false; at an 'undefined' point it ends sooner."""
    point = _point(data, sorts)
    try:
        for number, tree in enumerate(assumed):
            demand(truth(tree, point), f"assumption {number} is false at the point")
        result = truth(concluded, point)
    except Undefined:
        demand(verdict == "undefined", "a term is undefined at the point")
        return
    demand(verdict == "refuted", "every term is defined at the point")
    demand(not result, "the conclusion is true at the point")


def _check_proofs(certificate: Any, sorts: dict[str, str], assumed: list[Tree], concluded: Tree, verdict: str) -> None:
    before, after = obligations(assumed, concluded)
    needed = before + after if verdict == "proved" else before
    proofs = certificate["definedness"]
    demand(isinstance(proofs, list) and len(proofs) == len(needed), "not one definedness proof for each divisor")
    for items, given in zip(needed, proofs, strict=True):
        refute(items, given, sorts)
    everything = [(tree, True) for tree in assumed]
    if verdict == "vacuous":
        refute(everything, certificate["assumptions"], sorts)
        return
    refute([*everything, (concluded, False)], certificate["conclusion"], sorts)
    point = _point(certificate["witness"], sorts)
    demand(all(truth(tree, point) for tree in assumed), "an assumption is false at the witness")


def refute(items: Items, proofs: Any, sorts: dict[str, str]) -> None:
    """Reject unless the proofs close every branch of the formulas."""
    found = branches(items)
    demand(isinstance(proofs, list) and len(proofs) == len(found), "not one proof for each branch")
    for branch, proof in zip(found, proofs, strict=True):
        close(branch, proof, sorts)


def close(facts: list[Fact], proof: Any, sorts: dict[str, str]) -> None:
    """Reject unless the proof shows that the facts cannot hold together."""
    spend(1 + len(facts))
    demand(isinstance(proof, dict), "a proof is a JSON object")
    keys = list(proof)
    if keys == ["split", "positive", "otherwise"]:
        p = _polynomial(proof["split"], sorts)
        close([*facts, (">", p)], proof["positive"], sorts)
        close([*facts, (">=", add({}, p, -1))], proof["otherwise"], sorts)
    elif keys == ["integer", "then"]:
        relation, p = facts[_index(proof["integer"], facts)]
        whole = all(c.denominator == 1 and all(sorts[n] == "integer" for n, _ in m) for m, c in p.items())
        demand(relation == ">" and whole, "the integer rule needs p > 0 with integer variables and coefficients")
        close([*facts, (">=", add(p, {(): Fraction(1)}, -1))], proof["then"], sorts)
    else:
        demand(keys == ["sum", "zero"], "a proof is a sum, a split or an integer step")
        _close_by_sum(facts, proof, sorts)


def _close_by_sum(facts: list[Fact], proof: Any, sorts: dict[str, str]) -> None:
    demand(isinstance(proof["sum"], list) and isinstance(proof["zero"], dict), "a sum is a list, 'zero' an object")
    total: Polynomial = {}
    positive = False
    for entry in proof["sum"]:
        demand(isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], dict), "a term is a pair")
        coefficient = _point({"coefficient": entry[0]}, {"coefficient": "real"})["coefficient"]
        demand(coefficient > 0, "a coefficient is not > 0")
        product: Polynomial = {(): coefficient}
        strict = True
        for text, n in entry[1].items():
            relation, p = facts[_index(text, facts)]
            demand(type(n) is int and 0 < n <= 100, "an exponent is not an integer from 1 to 100")
            demand(relation in (">", ">=") or (relation == "!=" and n == 2), "a fact that may not be multiplied so")
            strict = strict and relation != ">="
            product = multiply(product, power(p, n))
        total, positive = add(total, product), positive or strict
    for text, cofactor in proof["zero"].items():
        relation, p = facts[_index(text, facts)]
        demand(relation == "==", "a fact under 'zero' is not an equation")
        total = add(total, multiply(_polynomial(cofactor, sorts), p))
    demand(positive, "no term of the sum is > 0")
    demand(not total, "the sum is not the zero polynomial")


def _polynomial(text: object, sorts: dict[str, str]) -> Polynomial:
    tree = term(read(text, {}))
    demand(size(tree) <= MAX_NODES and names(tree) <= set(sorts), "a polynomial of a proof uses other names")
    numerator, below = quotient(tree)
    demand(not below, "a proof divides by something that is no number")
    return numerator


def _index(text: object, facts: list[Fact]) -> int:
    index = int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 6 else -1
    demand(0 <= index < len(facts) and str(index) == text, "a proof names a fact that is not there")
    return index
