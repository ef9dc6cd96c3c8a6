"""A certificate written out as a Coq theorem with its proof (see the package's header)."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from proofs.cases import Unsupported, opened, replaced
from proofs.claims import Claim
from proofs.coq.closing import Closing, Named
from proofs.coq.library import preamble
from proofs.coq.printing import SORTS, bound_sort, coq_statement
from proofs.coq.scope import Fact, Scope
from proofs.facts import Goal, obligations
from proofs.language import (
    Comparison,
    Connective,
    Formula,
    Number,
    Operation,
    Quantifier,
    Term,
    Variable,
    free_names,
    parse_term,
)

Items = Sequence[tuple[Formula, bool]]
Close = Callable[[Scope], None]


class Writer(Closing):
    """One certificate on its way to a Coq file."""

    def __init__(self, claim: Claim, certificate: Mapping[str, Any]) -> None:
        super().__init__(claim.variables)
        self.claim = claim
        self.certificate = certificate
        self.inductions = 0

    def file(self) -> str:
        """The file."""
        self.theorem()
        self.emit("Print Assumptions claim.")
        body = "\n".join(self.lines) + "\n"
        marked = body + (" not_forall" if "exists v_" in body or "forall v_" in body else "")
        return preamble(marked) + "\n" + body

    def theorem(self) -> None:
        """The lemmas about definedness, and the theorem that the claim is, or that its assumptions contradict."""
        proved = self.certificate["verdict"] == "proved"
        before, after = obligations(self.claim)
        goals: list[Goal] = before + after if proved else before
        for goal, proofs in zip(goals, self.certificate["definedness"], strict=True):
            self.definedness(goal, proofs)
        assumed = [(tree, True) for tree in self.claim.assumed]
        if proved:
            items = [*assumed, (self.claim.concluded, False)]
            self._theorem(coq_statement(self.claim), items, self.certificate["conclusion"])
        else:
            premises = self.premises(assumed, self.claim.variables)
            self._theorem(f"{premises} False", assumed, self.certificate["assumptions"])

    def premises(self, items: Items, sorts: Mapping[str, str]) -> str:
        """The quantifiers over names and the premises that items are."""
        printer = self.printer(Scope(dict(sorts)))
        texts = [printer.formula(tree) if wanted else f"~ ({printer.formula(tree)})" for tree, wanted in items]
        return printer.binders() + "".join(f"\n  ({text}) ->" for text in texts)

    def introduce(self, items: Items, sorts: Mapping[str, str]) -> tuple[Scope, list[Named]]:
        """Names for variables and premises."""
        names = [f"v_{name}" for name in sorts]
        todo = [(tree, wanted, self.fresh("A")) for tree, wanted in items]
        names += [name for _, _, name in todo]
        if names:
            self.emit(f"intros {' '.join(names)}.")
        scope = Scope(dict(sorts))
        for tree, wanted, name in todo:
            scope.have.setdefault((tree, wanted), name)
        return scope, todo

    def definedness(self, goal: Goal, proofs: Any) -> None:
        """The lemma that a condition under which a term has no value fails."""
        *context, (condition, _) = goal.items
        proofs = self.prepared(goal.items, goal.sorts, proofs)
        text = self.printer(Scope(dict(goal.sorts))).formula(condition)
        premises = self.premises(context, goal.sorts)
        self.emit(f"Lemma defined_{len(self.goals)} : {premises} ~ ({text}).\nProof.")
        scope, todo = self.introduce(context, goal.sorts)
        name = self.fresh("Z")
        self.emit(f"intro {name}.")
        self.refute_all([*todo, (condition, True, name)], scope, proofs)
        self.emit("Qed.")
        self.goals.append(goal)

    def _theorem(self, statement: str, items: Items, proofs: Any) -> None:
        proofs = self.prepared(items, self.claim.variables, proofs)
        self.emit(f"Theorem claim : {statement}.\nProof.")
        assumed = [item for item in items if item[1]] if not items or items[-1][1] else items[:-1]
        scope, todo = self.introduce(assumed, self.claim.variables)
        if len(assumed) < len(items):
            denial = self.fresh("C")
            self.emit(f"apply contradiction; [ dec | intro {denial} ].")
            todo.append((*items[-1], denial))
        self.refute_all(todo, scope, proofs)
        self.emit("Qed.")

    def refute_all(self, todo: list[Named], scope: Scope, proofs: Any) -> None:
        """Close the goal False by proofs, one for each branch, or by the lemma of an induction."""
        if isinstance(proofs, str):
            names = [f"v_{name}" for name in scope.sorts] + [name for _, _, name in todo]
            self.emit(f"exact ({proofs} {' '.join(names)}).")
        else:
            self.refute(todo, scope, proofs)

    def prepared(self, items: Items, sorts: Mapping[str, str], proofs: Any) -> Any:
        """The proofs, or the name of the lemma that says the same of an induction; it is written here."""
        return self._induction(list(items), sorts, proofs) if isinstance(proofs, dict) else proofs

    def _induction(self, items: list[tuple[Formula, bool]], sorts: Mapping[str, str], data: Any) -> str:
        """The lemma that no values satisfy the items, by the least value of a variable at which some do."""
        name, one = data["induction"], Number(Fraction(1))
        bound = parse_term(data["bound"], where="bound")
        step: dict[str, Term] = {other: parse_term(text, where="with") for other, text in data["with"].items()}
        others = list(step)
        step[name] = Operation("-", (Variable(name), one))
        if sorts.get(name) != "integer" or not step.keys() <= sorts.keys() or free_names(bound) & step.keys():
            raise Unsupported("an induction on what is no integer variable, or with a bound that changes")
        below = [*items, (Comparison("<", Variable(name), bound), True)]
        again = Connective("and", tuple(
            replaced(tree if wanted else Connective("not", (tree,)), step) for tree, wanted in items
        ))  # fmt: skip
        then = [*items, (again, False)]
        first, second = self.prepared(below, sorts, data["below"]), self.prepared(then, sorts, data["then"])
        self.inductions += 1
        lemma, printer = f"induction_{self.inductions}", self.printer(Scope(dict(sorts)))
        self.emit(f"Lemma {lemma} : {self.premises(items, sorts)} False.\nProof.")
        self.emit(f"intros {' '.join(f'v_{variable}' for variable in sorts)}.")
        self.emit("".join(f"revert v_{other}. " for other in reversed(others)) + f"revert v_{name}.")
        bound_others = "".join(f" (v_{other} : {SORTS[sorts[other]]})" for other in others)
        texts = self._signed(items, sorts)
        property_ = f"{'forall' if others else ''}{bound_others}{',' if others else ''} {' -> '.join(texts)} -> False"
        self.emit(f"apply (least (fun v_{name} : Z => {property_}) {printer.integer(bound)}).")
        with self.block():
            self._below(name, others, items, below[-1][0], sorts, first)
        with self.block():
            self._step(name, others, items, again, step, sorts, second)
        self.emit("Qed.")
        return lemma

    def _signed(self, items: Items, sorts: Mapping[str, str]) -> list[str]:
        printer = self.printer(Scope(dict(sorts)))
        return [f"({printer.formula(tree)})" if wanted else f"(~ ({printer.formula(tree)}))" for tree, wanted in items]

    def _named(self, items: Items, sorts: Mapping[str, str]) -> tuple[Scope, list[Named]]:
        scope = Scope(dict(sorts))
        todo = [(tree, wanted, self.fresh("A")) for tree, wanted in items]
        for tree, wanted, hypothesis in todo:
            scope.have.setdefault((tree, wanted), hypothesis)
        return scope, todo

    def _below(
        self, name: str, others: list[str], items: Items, less: Formula, sorts: Mapping[str, str], proofs: Any
    ) -> None:
        assert isinstance(less, Comparison)
        scope, todo = self._named(items, sorts)
        integer, real = self.fresh("B"), self.fresh("B")
        names = [f"v_{name}", integer, *(f"v_{other}" for other in others), *(n for _, _, n in todo)]
        self.emit(f"intros {' '.join(names)}. apply IZR_lt in {integer}.")
        self.as_real(less.right, integer, scope)
        self.emit(f"assert ({real} : {self.printer(scope).formula(less)}) by exact {integer}.")
        self.refute_all([*todo, (less, True, real)], scope, proofs)

    def _step(
        self,
        name: str,
        others: list[str],
        items: Items,
        again: Connective,
        step: Mapping[str, Term],
        sorts: Mapping[str, str],
        proofs: Any,
    ) -> None:
        scope, todo = self._named(items, sorts)
        printer = self.printer(scope)
        before, denial, assumed = self.fresh("I"), self.fresh("D"), self.fresh("T")
        names = [f"v_{name}", "_", before, *(f"v_{other}" for other in others), *(n for _, _, n in todo)]
        self.emit(f"intros {' '.join(names)}.")
        values = [printer.integer(step[o]) if sorts[o] == "integer" else printer.term(step[o]) for o in others]
        if values:
            self.emit(f"specialize ({before} {' '.join(values)}).")
        for variable, value in step.items():
            if sorts[variable] == "integer":
                self.as_real(value, before, scope)
        parts = [self.fresh("T") for _ in items]
        pattern = parts[-1]
        for part in reversed(parts[:-1]):
            pattern = f"[{part} {pattern}]"
        self.emit(f"assert ({denial} : ~ ({printer.formula(again)})).")
        taken = f"pose proof {assumed} as {pattern}. " if len(parts) > 1 else f"pose proof {assumed} as {parts[0]}. "
        self.emit(f"{{ intro {assumed}. {taken}exact ({before} {' '.join(parts)}). }}")
        self.refute_all([*todo, (again, False, denial)], scope, proofs)

    def expand(self, items: Sequence[Named], scope: Scope, close: Close) -> None:
        """Take the first item apart, in each way that it can come out; close the branch when none is left."""
        if not items:
            close(scope)
            return
        (tree, wanted, name), rest = items[0], list(items[1:])
        scope.have.setdefault((tree, wanted), name)
        if isinstance(tree, Comparison):
            self.fact(tree, wanted, name, scope)
            self.expand(rest, scope, close)
        elif isinstance(tree, Quantifier):
            self._quantified(tree, wanted, name, rest, scope, close)
        elif tree.operator == "not":
            inner = name
            if not wanted:
                inner = self.fresh("H")
                text = self.printer(scope).formula(tree.arguments[0])
                self.emit(f"assert ({inner} : {text}) by (apply contradiction; [ dec | exact {name} ]).")
            self.expand([(tree.arguments[0], not wanted, inner), *rest], scope, close)
        elif tree.operator in ("and", "or"):
            self._list(tree, wanted, name, rest, scope, close)
        else:
            self._pair(tree, wanted, name, rest, scope, close)

    def _quantified(
        self, tree: Quantifier, wanted: bool, name: str, rest: list[Named], scope: Scope, close: Close
    ) -> None:
        """What exists gets a name; what holds for all is kept as a fact."""
        exists, found = tree.operator == "exists", self.fresh("H")
        if wanted == exists:
            body, scope.sorts, fresh = opened(tree, scope.sorts, self.declared)
            how = name if wanted else f"(not_forall _ _ {name})"
            self.emit(f"destruct {how} as [v_{fresh.name} {found}].")
            self.expand([(body, wanted, found), *rest], scope, close)
            return
        if exists:
            sort = SORTS[bound_sort(tree, self.declared)]
            text = self.printer(scope).inner(tree).formula(tree.body)
            self.emit(f"assert ({found} : forall v_{tree.name} : {sort}, ~ ({text})) by exact (not_exists _ _ {name}).")
            name = found
        scope.facts.append(Fact("all", name, quantified=(tree, wanted)))
        self.expand(rest, scope, close)

    def _list(self, tree: Connective, wanted: bool, name: str, rest: list[Named], scope: Scope, close: Close) -> None:
        """`and` and `or` of parts, held right-associated in the hypothesis `name`."""
        *first, last = tree.arguments
        if wanted == (tree.operator == "and"):
            taken: list[Named] = []
            for part in first:
                a, b = self.fresh("H"), self.fresh("H")
                self.emit(
                    f"pose proof {name} as [{a} {b}]." if wanted else f"destruct (not_or _ _ {name}) as [{a} {b}]."
                )
                taken.append((part, wanted, a))
                name = b
            self.expand([*taken, (last, wanted, name), *rest], scope, close)
            return
        # alternatives, each with the opposites of those before it in front, in the checker's order of facts
        lemma = "not_and" if tree.operator == "and" else "or_split"
        before: list[Named] = []
        for part in first:
            a, b, remaining = self.fresh("H"), self.fresh("H"), self.fresh("H")
            self.emit(f"destruct ({lemma} _ _ {name} ltac:(dec)) as [{a}|[{b} {remaining}]].")
            with self.block():
                self.expand([*before, (part, wanted, a), *rest], scope.copy(), close)
            before.append((part, not wanted, b))
            name = remaining
        self.expand([*before, (last, wanted, name), *rest], scope, close)

    def _pair(self, tree: Connective, wanted: bool, name: str, rest: list[Named], scope: Scope, close: Close) -> None:
        """`implies` and `iff`."""
        a, b = tree.arguments
        n, x, y = self.fresh("H"), self.fresh("H"), self.fresh("H")
        if tree.operator == "implies" and not wanted:
            self.emit(f"destruct (not_imp _ _ {name} ltac:(dec)) as [{x} {y}].")
            self.expand([(a, True, x), (b, False, y), *rest], scope, close)
            return
        if tree.operator == "implies":
            self.emit(f"destruct (imp_split _ _ {name} ltac:(dec)) as [{n}|[{x} {y}]].")
            cases: list[list[Named]] = [[(a, False, n)], [(a, True, x), (b, True, y)]]
        else:
            u, v = self.fresh("H"), self.fresh("H")
            lemma = f"iff_split _ _ {name} ltac:(dec)" if wanted else f"not_iff _ _ {name} ltac:(dec) ltac:(dec)"
            self.emit(f"destruct ({lemma}) as [[{x} {y}]|[{u} {v}]].")
            cases = [[(a, True, x), (b, wanted, y)], [(a, False, u), (b, not wanted, v)]]
        for case in cases:
            with self.block():
                self.expand([*case, *rest], scope.copy(), close)
