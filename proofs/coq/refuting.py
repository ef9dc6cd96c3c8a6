"""The negation of a claim as a Coq theorem, from a counterexample."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from gametheory.exact import parse_rational
from proofs.cases import replaced
from proofs.coq.closing import Named
from proofs.coq.printing import coq_statement
from proofs.coq.scope import Fact, Scope
from proofs.coq.terms import NotCovered
from proofs.coq.writing import Writer
from proofs.facts import Goal, obligations
from proofs.language import Comparison, Formula, Number, Term, Variable, free_names


class Refuting(Writer):
    """A counterexample on its way to the theorem that the claim is false."""

    def theorem(self) -> None:
        """The lemmas for assumptions and conclusion, and the theorem."""
        point = self.certificate["point"]
        if "root" in point:
            raise NotCovered("a counterexample with an algebraic number")
        values = {name: parse_rational(text, name=name) for name, text in point.items()}
        if list(values) != list(self.declared):
            raise ValueError("a point that does not give each variable")
        trees = (*self.claim.assumed, self.claim.concluded)
        if "proofs" in self.certificate:
            facts = self._by_proofs(trees, values)
        else:
            facts = [self._at_point(tree, i, values, last=tree is trees[-1]) for i, tree in enumerate(trees)]
        numbers = [self._number(name, value) for name, value in values.items()]
        *assumptions, conclusion = facts
        self.emit(f"Theorem claim : ~ ({coq_statement(self.claim)}).\nProof.")
        self.emit(f"intro H. apply {conclusion}. exact (H {' '.join([*numbers, *assumptions])}).\nQed.")

    def _number(self, name: str, value: Fraction) -> str:
        printer, tree = self.printer(Scope(dict(self.declared))), Number(value)
        return printer.integer(tree) if self.declared[name] == "integer" else printer.number(value)

    def _by_proofs(self, trees: Sequence[Formula], values: Mapping[str, Fraction]) -> list[str]:
        """Everything is proved by the certificate, about variables that have the values."""
        place = tuple((Comparison("==", Variable(name), Number(value)), True) for name, value in values.items())
        goals = [Goal((*place, *goal.items), goal.sorts) for part in obligations(self.claim) for goal in part]
        entries = list(self.certificate["proofs"])
        if len(entries) != len(goals) + len(trees):
            raise ValueError("not one entry for each goal, assumption and the conclusion")
        for goal in goals:
            self.definedness(goal, entries.pop(0))
        numbers = [self._number(name, value) for name, value in values.items()]
        same = " ".join(["eq_refl"] * len(values))
        names = []
        for i, (tree, entry) in enumerate(zip(trees, entries, strict=True)):
            last = i == len(trees) - 1
            entry = self.prepared([*place, (tree, last)], self.declared, entry)
            text = self.printer(Scope(dict(self.declared))).formula(tree)
            self.emit(f"Lemma part_{i} : {self.premises(place, self.declared)} {'~ ' if last else ''}({text}).\nProof.")
            scope, todo = self.introduce(place, self.declared)
            self._suppose(tree, last, todo)
            self.refute_all(todo, scope, entry)
            self.emit("Qed.")
            names.append(f"(part_{i} {' '.join(numbers)} {same})")
        return names

    def _suppose(self, tree: Formula, last: bool, todo: list[Named]) -> None:
        name = self.fresh("N")
        self.emit(f"intro {name}." if last else f"apply contradiction; [ dec | intro {name} ].")
        todo.append((tree, last, name))

    def _at_point(self, tree: Formula, i: int, values: Mapping[str, Fraction], *, last: bool) -> str:
        """The formula with numbers in place of variables is true, or false if it is the last."""
        terms: dict[str, Term] = {name: Number(value) for name, value in values.items()}
        there: Formula = replaced(tree, terms)
        scope = Scope({})
        self.emit(f"Lemma part_{i} : {'~ ' if last else ''}({self.printer(scope).formula(there)}).\nProof.")
        todo: list[Named] = []
        self._suppose(there, last, todo)
        self.expand(todo, scope, self._evaluated)
        self.emit("Qed.")
        return f"part_{i}"

    def _evaluated(self, scope: Scope) -> None:
        """Close a branch whose facts are numbers."""
        for i, fact in enumerate(scope.facts):
            if set(fact.polynomial) <= {()} and fact.relation != "all" and (proof := _violation(i, fact)):
                self.close(proof, scope)
                return
        raise NotCovered("a counterexample at which more than + - * / is to be evaluated")

    def defined(self, factor: Term, scope: Scope) -> str:
        """A hypothesis that a divisor is not zero; it may be a number."""
        if free_names(factor):
            return super().defined(factor, scope)
        found = self.fresh("D")
        self.divisors(factor, scope)
        text = self.printer(scope).term(factor)
        self.emit(f"assert ({found} : {text} <> 0) by (intro E; field_simplify in E; first [ lra | side ]).")
        return found


def _violation(i: int, fact: Fact) -> dict[str, Any] | None:
    """The proof that a false fact about a number is none."""
    c = fact.polynomial.get((), Fraction(0)) / fact.scale
    here: list[Any] = ["1", {str(i): 1}]
    if fact.relation in (">", ">=") and c < 0:
        return {"sum": [here, [str(-c), {}]], "zero": {}}
    if fact.relation == ">" and c == 0:
        return {"sum": [here], "zero": {}}
    if fact.relation == "!=" and c == 0:
        return {"sum": [["1", {str(i): 2}]], "zero": {}}
    if fact.relation == "==" and c:
        return {"sum": [[str(abs(c)), {}]], "zero": {str(i): "-1" if c > 0 else "1"}}
    return None
