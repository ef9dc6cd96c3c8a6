"""The rules of proof: what closes a branch, a list of facts that cannot hold together (docs/certificate.md)."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from proofs.checker.branches import Fact, Goal, Items, branches, fact, needs
from proofs.checker.formulas import Sorts, Tree, expect, names, number, read, size, substitute
from proofs.checker.lemmas import lemma
from proofs.checker.limits import MAX_NODES, demand, spend
from proofs.checker.polynomials import Polynomial, add, integral, multiply, product, quotient


def refute_each(goals: list[Goal], proofs: Any, facts: Sequence[Fact] = ()) -> None:
    """`refute` one thing after another."""
    demand(isinstance(proofs, list) and len(proofs) == len(goals), "not one list of proofs for each thing to refute")
    for (items, inner), given in zip(goals, proofs, strict=True):
        refute(items, given, inner, facts)


def refute(items: Items, proofs: Any, sorts: Sorts, facts: Sequence[Fact] = ()) -> None:
    """Reject unless the proofs close every branch of the formulas, which come after the facts given."""
    if isinstance(proofs, dict):
        demand(items and not facts, "an induction stands where all that is known are formulas to refute")
        _induction(items, proofs, sorts)
        return
    found = branches(items, sorts)
    demand(isinstance(proofs, list) and len(proofs) == len(found), "not one proof for each branch")
    for (branch, inner), proof in zip(found, proofs, strict=True):
        close([*facts, *branch], proof, inner)


def _induction(items: Items, data: Any, sorts: Sorts) -> None:
    """No values satisfy the items: those that do lead to others with n - 1 in place of n, but n never falls below."""
    demand(list(data) == ["induction", "bound", "with", "below", "then"], "an induction of another form")
    name, others = data["induction"], data["with"]
    demand(isinstance(name, str) and sorts.get(name) == "integer", "an induction is on an integer variable")
    demand(isinstance(others, dict) and {*others} <= {*sorts} - {name}, "'with' is an object of other variables")
    step = {other: _term(text, sorts) for other, text in others.items()}
    total = all(_entire(tree) and (sorts[x] == "real" or integral(tree, sorts)) for x, tree in step.items())
    demand(total, "'with' gives something else than polynomials, or no integer for an integer")
    step[name] = ("-", ("var", name), number(1))
    bound = _term(data["bound"], sorts)
    demand(integral(bound, sorts) and not names(bound) & set(step), "a bound that may change, or be no integer")
    before = [substitute(tree if wanted else ("not", tree), step) for tree, wanted in items]
    refute([*items, (("<", ("var", name), bound), True)], data["below"], sorts)
    refute([*items, (("and", *before), False)], data["then"], sorts)


def _entire(tree: Tree) -> bool:
    """Whether a term is a polynomial with rational coefficients by its form."""
    kind, parts = tree[0], tree[1:]
    if kind in ("**", "/"):
        return _entire(parts[0]) and parts[1][0] == "num" and (parts[1][1] > 0 or (kind == "**" and parts[1][1] == 0))
    return kind in ("num", "var") or (kind in ("neg", "+", "-", "*") and all(map(_entire, parts)))


def close(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    """Reject unless the proof shows that the facts cannot hold together."""
    spend(1 + len(facts))
    demand(isinstance(proof, dict) and tuple(proof) in RULES, f"a proof is none of {', '.join(r[0] for r in RULES)}")
    RULES[tuple(proof)](facts, proof, sorts)


def _split(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    p = polynomial(proof["split"], sorts)
    close([*facts, (">", p)], proof["positive"], sorts)
    close([*facts, (">=", add({}, p, -1))], proof["otherwise"], sorts)


def _integer(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    p = _fact(facts, proof["integer"], ">")
    integers = all(c.denominator == 1 and all(sorts.get(n) == "integer" for n, _ in m) for m, c in p.items())
    demand(integers, "the integer rule needs integer variables and coefficients")
    close([*facts, (">=", add(p, {(): Fraction(1)}, -1))], proof["then"], sorts)


def _instance(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    (_, (_, name, sort), body), wanted = _fact(facts, proof["instance"], "all")
    value = _term(proof["term"], sorts)
    demand(sort == "real" or integral(value, sorts), "an instance that may be no integer")
    refute_each(list(needs(value, [], [], sorts)), proof["defined"], facts)
    refute([(substitute(body, {name: value}), wanted)], proof["then"], sorts, facts)


def _lemma(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    demand(isinstance(proof["terms"], list), "the terms of a lemma are a list")
    terms = [_term(text, sorts) for text in proof["terms"]]
    known: list[Tree] = []
    goals = [goal for tree in terms for goal in needs(tree, [], known, sorts)]
    conditions, found, inner = lemma(proof["lemma"], terms, sorts)
    goals += [([(condition, False)], sorts) for condition in conditions]
    refute_each(goals, proof["conditions"], facts)
    close([*facts, *(fact(*tree) for tree in found)], proof["then"], inner)


def _cases(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    tree = _term(proof["cases"], sorts, truth=True)
    divided = any(items[-1][0][0] == "==" for items, _ in needs(tree, [], [], sorts))
    demand(not divided, "cases of a formula with a divisor")
    refute([(tree, True)], proof["true"], sorts, facts)
    refute([(tree, False)], proof["false"], sorts, facts)


def _sum(facts: list[Fact], proof: Any, sorts: Sorts) -> None:
    demand(isinstance(proof["sum"], list) and isinstance(proof["zero"], dict), "a sum is a list, 'zero' an object")
    total: Polynomial = {}
    positive = False
    for entry in proof["sum"]:
        summand, strict = _summand(facts, entry, sorts)
        total, positive = add(total, summand), positive or strict
    for index, cofactor in proof["zero"].items():
        total = add(total, multiply(polynomial(cofactor, sorts), _fact(facts, index, "==")))
    demand(positive, "no term of the sum is > 0")
    demand(not total, "the sum is not the zero polynomial")


def _summand(facts: list[Fact], entry: Any, sorts: Sorts) -> tuple[Polynomial, bool]:
    """One term of a sum, which is >= 0, and whether it is > 0."""
    shaped = isinstance(entry, list) and len(entry) in (2, 3) and isinstance(entry[1], dict)
    demand(shaped, "a term is a coefficient, an object and perhaps a polynomial to square")
    total: Polynomial = {(): number_in(entry[0])}
    demand(total[()] > 0, "a coefficient is not > 0")
    strict = True
    for index, n in entry[1].items():
        demand(type(n) is int and 0 < n <= 100, "an exponent is not an integer from 1 to 100")
        p = _fact(facts, index, ">", ">=", *(["!="] if n == 2 else []))
        strict = strict and facts[int(index)][0] != ">="
        total = multiply(total, product((p, n)))
    if len(entry) == 3:
        root = polynomial(entry[2], sorts)
        strict = strict and set(root) == {()}
        total = multiply(total, product((root, 2)))
    return total, strict


def number_in(text: Any) -> Fraction:
    """The rational number that a text is, in lowest terms."""
    plain = isinstance(text, str) and len(text) <= 1000 and re.fullmatch(r"-?[0-9]+(/0*[1-9][0-9]*)?", text)
    demand(plain and str(Fraction(text)) == text, "a number is not short, rational and in lowest terms")
    return Fraction(text)


def _term(text: object, sorts: Sorts, *, truth: bool = False) -> Tree:
    tree = expect(read(text, {}, sorts), truth)
    spend(size(tree))
    demand(size(tree) <= MAX_NODES and names(tree) <= set(sorts), "a text of a proof uses other names")
    return tree


def polynomial(text: object, sorts: Sorts) -> Polynomial:
    """A polynomial of variables and atoms; atoms need not be defined, for any number may stand in their place."""
    tree = _term(text, sorts)
    list(needs(tree, [], [], sorts))  # rejects what is no term of the language, as a real exponent
    numerator, below = quotient(tree)
    demand(not below, "a proof divides by something that is no number")
    return numerator


def _fact(facts: list[Fact], text: object, *relations: str) -> Any:
    """The polynomial (or quantified formula) of a fact of one of the given relations."""
    index = int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 6 else -1
    demand(0 <= index < len(facts) and str(index) == text, "a proof names a fact that is not there")
    demand(facts[index][0] in relations, f"fact {index} is {facts[index][0]}, not {' or '.join(relations)}")
    return facts[index][1]


RULES: dict[tuple[str, ...], Callable[[list[Fact], Any, Sorts], None]] = {
    ("sum", "zero"): _sum,
    ("split", "positive", "otherwise"): _split,
    ("integer", "then"): _integer,
    ("instance", "term", "defined", "then"): _instance,
    ("lemma", "terms", "conditions", "then"): _lemma,
    ("cases", "true", "false"): _cases,
}
