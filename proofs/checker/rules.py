"""The rules of proof: what closes a branch, a list of facts that cannot hold together (docs/certificate.md)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofs.checker.branches import Fact, Goal, Items, branches, fact, needs
from proofs.checker.formulas import Sorts, Tree, expect, names, number, quantified, read, size, substitute
from proofs.checker.lemmas import lemma
from proofs.checker.limits import MAX_NODES, demand, spend
from proofs.checker.polynomials import Polynomial, add, integral, multiply, product, quotient


def refute_each(goals: list[Goal], proofs: Any, facts: Sequence[Fact] = ()) -> None:
    """`refute` one thing after another."""
    demand(isinstance(proofs, list) and len(proofs) == len(goals), "not one list of proofs for each thing to refute")
    for (items, sorts), given in zip(goals, proofs, strict=True):
        refute(items, given, sorts, facts)


def refute(items: Items, proofs: Any, sorts: Sorts, facts: Sequence[Fact] = ()) -> None:
    """Reject unless the proofs close every branch of the formulas, which come after the facts given.

    There is at least one formula, and so a fact in every branch: inductions stand for formulas of the claim alone,
    which are proved to be defined, never for what a proof brings in.
    """
    demand(items, "there is nothing to refute")
    if isinstance(proofs, dict):
        demand(not facts, "an induction stands where all that is known are formulas to refute")
        _induction(items, proofs, sorts)
        return
    found = branches(items, sorts)
    demand(isinstance(proofs, list) and len(proofs) == len(found), "not one proof for each branch")
    for (branch, inner), proof in zip(found, proofs, strict=True):
        Branch([*facts, *branch], inner).close(proof)


def _induction(items: Items, data: Any, sorts: Sorts) -> None:
    """No values satisfy the items: those that do lead to others with n - 1 in place of n, but n never falls below."""
    demand(list(data) == ["induction", "bound", "with", "below", "then"], "an induction of another form")
    name, others, here = data["induction"], data["with"], Branch([], sorts)
    demand(isinstance(name, str) and sorts.get(name) == "integer", "an induction is on an integer variable")
    demand(isinstance(others, dict) and {*others} <= {*sorts} - {name}, "'with' is an object of other variables")
    step = {other: here.term(text) for other, text in others.items()}
    total = all(_entire(tree) and (sorts[x] == "real" or integral(tree, sorts)) for x, tree in step.items())
    demand(total, "'with' gives something else than polynomials, or no integer for an integer")
    step[name], bound = ("-", ("var", name), number(1)), here.term(data["bound"])
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


def number_in(text: Any) -> Fraction:
    """The rational number that a text is, in lowest terms."""
    plain = isinstance(text, str) and len(text) <= 1000 and re.fullmatch(r"-?[0-9]+(/0*[1-9][0-9]*)?", text)
    demand(plain and str(Fraction(text)) == text, "a number is not short, rational and in lowest terms")
    return Fraction(text)


@dataclass
class Branch:
    """Facts that a proof shows to contradict each other, and the sorts of the names in use."""

    facts: list[Fact]
    sorts: Sorts

    def close(self, proof: Any) -> None:
        """Reject unless the proof shows that the facts cannot hold together."""
        spend(1 + len(self.facts))
        demand(
            isinstance(proof, dict) and tuple(proof) in RULES, f"a proof is none of {', '.join(r[0] for r in RULES)}"
        )
        RULES[tuple(proof)](self, proof)

    def with_facts(self, proof: Any, *facts: Fact) -> None:
        """Close the branch with more facts."""
        Branch([*self.facts, *facts], self.sorts).close(proof)

    def split(self, proof: Any) -> None:
        """A polynomial is > 0, or its opposite >= 0."""
        p = self.polynomial(proof["split"])
        self.with_facts(proof["positive"], (">", p))
        self.with_facts(proof["otherwise"], (">=", add({}, p, -1)))

    def integer(self, proof: Any) -> None:
        """An integer > 0 is >= 1."""
        p = self.fact(proof["integer"], ">")
        integers = all(c.denominator == 1 and all(self.sorts.get(n) == "integer" for n, _ in m) for m, c in p.items())
        demand(integers, "the integer rule needs integer variables and coefficients")
        self.with_facts(proof["then"], (">=", add(p, {(): Fraction(1)}, -1)))

    def instance(self, proof: Any) -> None:
        """What holds for all holds for a term."""
        (_, (_, name, sort), body), wanted = self.fact(proof["instance"], "all")
        value = self.term(proof["term"])
        demand(sort == "real" or integral(value, self.sorts), "an instance that may be no integer")
        refute_each(list(needs(value, [], [], self.sorts)), proof["defined"], self.facts)
        refute([(substitute(body, {name: value}), wanted)], proof["then"], self.sorts, self.facts)

    def lemma(self, proof: Any) -> None:
        """The facts of a lemma, whose terms are defined and whose conditions hold."""
        demand(isinstance(proof["terms"], list), "the terms of a lemma are a list")
        terms = [self.term(text) for text in proof["terms"]]
        known: list[Tree] = []
        goals = [goal for tree in terms for goal in needs(tree, [], known, self.sorts)]
        conditions, found, sorts = lemma(proof["lemma"], terms, self.sorts)
        goals += [([(condition, False)], self.sorts) for condition in conditions]
        refute_each(goals, proof["conditions"], self.facts)
        Branch([*self.facts, *(fact(*tree) for tree in found)], sorts).close(proof["then"])

    def cases(self, proof: Any) -> None:
        """A formula is true or false.

        Nothing in it may divide, and under a quantifier nothing be undefined: an instance could turn an atom, which is
        some number everywhere, into a quotient, which is none at a zero of its divisor (x**n at n = -1).
        """
        tree = self.term(proof["cases"], truth=True)
        goals = [items[-1][0] for items, _ in needs(tree, [], [], self.sorts)]
        demand(not any(goal[0] == "==" for goal in goals), "cases of a formula with a divisor")
        demand(not goals or not quantified(tree), "cases of a quantified formula with a term that may be undefined")
        refute([(tree, True)], proof["true"], self.sorts, self.facts)
        refute([(tree, False)], proof["false"], self.sorts, self.facts)

    def sum(self, proof: Any) -> None:
        """A sum of products that is > 0 and vanishes identically."""
        demand(isinstance(proof["sum"], list) and isinstance(proof["zero"], dict), "a sum is a list, 'zero' an object")
        summands = [self._summand(entry) for entry in proof["sum"]]
        parts = [p for p, _ in summands]
        parts += [multiply(self.polynomial(q), self.fact(index, "==")) for index, q in proof["zero"].items()]
        total: Polynomial = {}
        for p in parts:
            total = add(total, p)
        demand(any(strict for _, strict in summands), "no term of the sum is > 0")
        demand(not total, "the sum is not the zero polynomial")

    def _summand(self, entry: Any) -> tuple[Polynomial, bool]:
        """One term of a sum, which is >= 0, and whether it is > 0."""
        shaped = isinstance(entry, list) and len(entry) in (2, 3) and isinstance(entry[1], dict)
        demand(shaped, "a term is a coefficient, an object and perhaps a polynomial to square")
        total, strict = product(({(): number_in(entry[0])}, 1)), True
        demand(total.get((), 0) > 0, "a coefficient is not > 0")
        for index, n in entry[1].items():
            demand(type(n) is int and 0 < n <= 100, "an exponent is not an integer from 1 to 100")
            total = multiply(total, product((self.fact(index, ">", ">=", *(["!="] if n == 2 else [])), n)))
            strict = strict and self.facts[int(index)][0] != ">="
        if len(entry) == 3:
            root = self.polynomial(entry[2])
            total, strict = multiply(total, product((root, 2))), strict and set(root) == {()}
        return total, strict

    def term(self, text: object, *, truth: bool = False) -> Tree:
        """A term (or a formula) in the names of the branch."""
        tree = expect(read(text, {}, self.sorts), truth)
        spend(size(tree))
        demand(size(tree) <= MAX_NODES and names(tree) <= set(self.sorts), "a text of a proof uses other names")
        return tree

    def polynomial(self, text: object) -> Polynomial:
        """A polynomial of variables and atoms; atoms need not be defined, for any number may stand in their place."""
        tree = self.term(text)
        list(needs(tree, [], [], self.sorts))  # rejects what is no term of the language, as a real exponent
        numerator, below = quotient(tree)
        demand(not below, "a proof divides by something that is no number")
        return numerator

    def fact(self, text: object, *relations: str) -> Any:
        """The polynomial (or quantified formula) of a fact of one of the given relations."""
        index = int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 6 else -1
        demand(0 <= index < len(self.facts) and str(index) == text, "a proof names a fact that is not there")
        relation, p = self.facts[index]
        demand(relation in relations, f"fact {index} is {relation}, not {' or '.join(relations)}")
        return p


RULES = {
    ("sum", "zero"): Branch.sum,
    ("split", "positive", "otherwise"): Branch.split,
    ("integer", "then"): Branch.integer,
    ("instance", "term", "defined", "then"): Branch.instance,
    ("lemma", "terms", "conditions", "then"): Branch.lemma,
    ("cases", "true", "false"): Branch.cases,
}
