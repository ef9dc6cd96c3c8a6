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
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from proofs.checker.branches import Fact, Goal, Items, branches, fact, needs, obligations
from proofs.checker.formulas import (
    MAX_NODES,
    NAME,
    Rejected,
    Sorts,
    Tree,
    Undefined,
    bound_names,
    demand,
    formula,
    names,
    number,
    read,
    size,
    spend,
    start,
    substitute,
    term,
)
from proofs.checker.lemmas import lemma
from proofs.checker.points import Point, truth
from proofs.checker.polynomials import Polynomial, add, integral, multiply, power, quotient, whole

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
        definitions[name] = term(read(text, definitions, sorts))
    demand(isinstance(claim["assumptions"], list), "the assumptions are not a list")
    assumed = [formula(read(text, definitions, sorts)) for text in claim["assumptions"]]
    concluded = formula(read(claim["conclusion"], definitions, sorts))
    for tree in (*definitions.values(), *assumed, concluded):
        demand(size(tree) <= MAX_NODES, "a formula is too large")
        spend(size(tree))
        unknown = names(tree) - set(sorts)
        demand(not unknown, f"a name that is not declared: {', '.join(sorted(unknown))}")
    used = set[str]().union(*map(names, (*assumed, concluded)))
    twice = used & set[str]().union(*map(bound_names, (*assumed, concluded)))
    demand(not twice, f"a name that is both free and bound: {', '.join(sorted(twice))}")
    return sorts, assumed, concluded


def _point(data: Any, sorts: Sorts) -> Point:
    demand(isinstance(data, dict) and list(data) == list(sorts), "a point gives each variable, in order")
    point: Point = {}
    for name, text in data.items():
        point[name] = _rational(text, f"the value of {name}")
        demand(sorts[name] == "real" or point[name].denominator == 1, f"the value of {name} is not an integer")
    return point


def _rational(text: Any, what: str) -> Fraction:
    plain = isinstance(text, str) and len(text) <= 1000 and re.fullmatch(r"-?[0-9]+(/0*[1-9][0-9]*)?", text)
    demand(plain and str(Fraction(text)) == text, f"{what} is not a short rational number in lowest terms")
    return Fraction(text)


def _check_point(data: Any, sorts: Sorts, assumed: list[Tree], concluded: Tree, verdict: str) -> None:
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


def _check_proofs(certificate: Any, sorts: Sorts, assumed: list[Tree], concluded: Tree, verdict: str) -> None:
    before, after = obligations(assumed, concluded, sorts)
    _refute_each(before + after if verdict == "proved" else before, certificate["definedness"])
    everything = [(tree, True) for tree in assumed]
    if verdict == "vacuous":
        refute(everything, certificate["assumptions"], sorts)
        return
    refute([*everything, (concluded, False)], certificate["conclusion"], sorts)
    point = _point(certificate["witness"], sorts)
    demand(all(truth(tree, point) for tree in assumed), "an assumption is false at the witness")


def _refute_each(goals: list[Goal], proofs: Any, facts: Sequence[Fact] = ()) -> None:
    demand(isinstance(proofs, list) and len(proofs) == len(goals), "not one list of proofs for each thing to refute")
    for (items, inner), given in zip(goals, proofs, strict=True):
        refute(items, given, inner, facts)


def refute(items: Items, proofs: Any, sorts: Sorts, facts: Sequence[Fact] = ()) -> None:
    """Reject unless the proofs close every branch of the formulas, which come after the facts given."""
    if isinstance(proofs, dict):
        demand(not facts, "an induction stands where all that is known are the formulas to refute")
        _induction(items, proofs, sorts)
        return
    found = branches(items, sorts)
    demand(isinstance(proofs, list) and len(proofs) == len(found), "not one proof for each branch")
    for (branch, inner), proof in zip(found, proofs, strict=True):
        close([*facts, *branch], proof, inner)


def _induction(items: Items, data: Any, sorts: Sorts) -> None:
    """No values satisfy the items: those that do lead to others with n - 1 in place of n, but n never falls below."""
    demand(items and list(data) == ["induction", "bound", "with", "below", "then"], "an induction of another form")
    name, step, one = data["induction"], {}, number(1)
    demand(isinstance(name, str) and sorts.get(name) == "integer", "an induction is on an integer variable")
    demand(isinstance(data["with"], dict) and name not in data["with"], "'with' is an object of other variables")
    for other, text in data["with"].items():
        step[other] = _term(text, sorts)
        demand(other in sorts and _entire(step[other]), "'with' gives polynomials for variables")
        demand(sorts[other] == "real" or integral(step[other], sorts), "'with' gives no integer for one")
    step[name] = ("-", ("var", name), one)
    bound = _term(data["bound"], sorts)
    demand(integral(bound, sorts) and not names(bound) & set(step), "a bound that may change, or be no integer")
    before = [(substitute(tree, step), wanted) for tree, wanted in items]
    again = ("and", *(tree if wanted else ("not", tree) for tree, wanted in before))
    refute([*items, (("<", ("var", name), bound), True)], data["below"], sorts)
    refute([*items, (again, False)], data["then"], sorts)


def _entire(tree: Tree) -> bool:
    """Whether a term is a polynomial with rational coefficients by its form."""
    kind, parts = tree[0], tree[1:]
    if kind in ("num", "var"):
        return True
    if kind == "**":
        return _entire(parts[0]) and parts[1][0] == "num" and (whole(parts[1]) or 0) >= 0
    if kind == "/":
        return _entire(parts[0]) and parts[1][0] == "num" and parts[1][1] != 0
    return kind in ("neg", "+", "-", "*") and all(map(_entire, parts))


def close(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    """Reject unless the proof shows that the facts cannot hold together."""
    spend(1 + len(facts))
    demand(isinstance(proof, dict), "a proof is a JSON object")
    rule = RULES.get(tuple(proof))
    demand(rule is not None, "a proof is none of " + ", ".join(keys[0] for keys in RULES))
    assert rule is not None
    rule(facts, proof, sorts)


def _close_by_split(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    p = _polynomial(proof["split"], sorts)
    close([*facts, (">", p)], proof["positive"], sorts)
    close([*facts, (">=", add({}, p, -1))], proof["otherwise"], sorts)


def _close_by_integer(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    relation, p = facts[_index(proof["integer"], facts)]
    demand(relation == ">", "the integer rule needs p > 0")
    whole_numbers = all(c.denominator == 1 and all(sorts.get(n) == "integer" for n, _ in m) for m, c in p.items())
    demand(whole_numbers, "the integer rule needs integer variables and coefficients")
    close([*facts, (">=", add(p, {(): Fraction(1)}, -1))], proof["then"], sorts)


def _close_by_instance(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    relation, found = facts[_index(proof["instance"], facts)]
    demand(relation == "all", "an instance is one of what holds for all")
    (_, (_, name, sort), body), wanted = found
    value = _term(proof["term"], sorts)
    demand(sort == "real" or integral(value, sorts), "an instance that may be no integer")
    _refute_each(list(needs(value, [], [], sorts)), proof["defined"], facts)
    refute([(substitute(body, {name: value}), wanted)], proof["then"], sorts, facts)


def _close_by_lemma(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    demand(isinstance(proof["terms"], list), "the terms of a lemma are a list")
    terms = [_term(text, sorts) for text in proof["terms"]]
    known: list[Tree] = []
    goals = [goal for tree in terms for goal in needs(tree, [], known, sorts)]
    conditions, found, inner = lemma(proof["lemma"], terms, sorts)
    goals += [([(condition, False)], sorts) for condition in conditions]
    _refute_each(goals, proof["conditions"], facts)
    close([*facts, *(fact(*tree) for tree in found)], proof["then"], inner)


def _close_by_cases(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    tree = formula(_read(proof["cases"], sorts))
    divided = any(items[-1][0][0] == "==" for items, _ in needs(tree, [], [], sorts))
    demand(not divided, "cases of a formula with a divisor")
    refute([(tree, True)], proof["true"], sorts, facts)
    refute([(tree, False)], proof["false"], sorts, facts)


def _close_by_sum(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    demand(isinstance(proof["sum"], list) and isinstance(proof["zero"], dict), "a sum is a list, 'zero' an object")
    total: Polynomial = {}
    positive = False
    for entry in proof["sum"]:
        product, strict = _product(facts, entry, sorts)
        total, positive = add(total, product), positive or strict
    for text, cofactor in proof["zero"].items():
        relation, p = facts[_index(text, facts)]
        demand(relation == "==", "a fact under 'zero' is not an equation")
        total = add(total, multiply(_polynomial(cofactor, sorts), p))
    demand(positive, "no term of the sum is > 0")
    demand(not total, "the sum is not the zero polynomial")


def _product(facts: list[Fact], entry: Any, sorts: Sorts) -> tuple[Polynomial, bool]:
    """One term of a sum, which is >= 0, and whether it is > 0."""
    shaped = isinstance(entry, list) and len(entry) in (2, 3) and isinstance(entry[1], dict)
    demand(shaped, "a term is a coefficient, an object and perhaps a polynomial to square")
    coefficient = _rational(entry[0], "a coefficient")
    demand(coefficient > 0, "a coefficient is not > 0")
    product: Polynomial = {(): coefficient}
    strict = True
    for text, n in entry[1].items():
        relation, p = facts[_index(text, facts)]
        demand(type(n) is int and 0 < n <= 100, "an exponent is not an integer from 1 to 100")
        demand(relation in (">", ">=") or (relation == "!=" and n == 2), "a fact that may not be multiplied so")
        strict = strict and relation != ">="
        product = multiply(product, power(p, n))
    if len(entry) == 3:
        root = _polynomial(entry[2], sorts)
        strict = strict and bool(root) and set(root) == {()}
        product = multiply(product, power(root, 2))
    return product, strict


def _read(text: object, sorts: Sorts) -> Tree:
    tree = read(text, {}, sorts)
    spend(size(tree))
    demand(size(tree) <= MAX_NODES and names(tree) <= set(sorts), "a text of a proof uses other names")
    return tree


def _term(text: object, sorts: Sorts) -> Tree:
    return term(_read(text, sorts))


def _polynomial(text: object, sorts: Sorts) -> Polynomial:
    """A polynomial of variables and atoms; atoms need not be defined, for any number may stand in their place."""
    tree = _term(text, sorts)
    list(needs(tree, [], [], sorts))  # rejects what is no term of the language, as a real exponent
    numerator, below = quotient(tree)
    demand(not below, "a proof divides by something that is no number")
    return numerator


def _index(text: object, facts: list[Fact]) -> int:
    index = int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 6 else -1
    demand(0 <= index < len(facts) and str(index) == text, "a proof names a fact that is not there")
    return index


RULES: dict[tuple[str, ...], Callable[[list[Fact], Any, Sorts], None]] = {
    ("sum", "zero"): _close_by_sum,
    ("split", "positive", "otherwise"): _close_by_split,
    ("integer", "then"): _close_by_integer,
    ("instance", "term", "defined", "then"): _close_by_instance,
    ("lemma", "terms", "conditions", "then"): _close_by_lemma,
    ("cases", "true", "false"): _close_by_cases,
}
