"""Branches are closed as a certificate says: sums, splits, integers, instances, lemmas and cases."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from proofs.algebra import integral
from proofs.cases import Unsupported, opened, replaced
from proofs.coq.lemmas import Lemma, constant, lemma
from proofs.coq.printing import SORTS
from proofs.coq.rational import (
    Roots,
    coefficients,
    divided,
    exp_at_least,
    number,
    raised,
    text,
    without_multiplicities,
)
from proofs.coq.scope import Fact, Scope
from proofs.coq.sums import Sums
from proofs.coq.terms import ONE, ZERO, NotCovered, add, quotient, scale
from proofs.facts import Goal, term_obligations
from proofs.language import (
    Binder,
    Comparison,
    Formula,
    Operation,
    Term,
    Variable,
    parse_formula,
)

Named = tuple[Formula, bool, str]


class Closing(Sums, ABC):
    """The rules of certificates, as Coq proofs."""

    @abstractmethod
    def expand(self, items: Sequence[Named], scope: Scope, close: Callable[[Scope], None]) -> None:
        """Take formulas apart, and close each branch."""

    def refute(self, items: Sequence[Named], scope: Scope, proofs: Any) -> None:
        """Close every branch of the formulas by a list of proofs."""
        if not isinstance(proofs, list):
            raise Unsupported("an induction where facts are known")
        remaining = iter(proofs)
        self.expand(items, scope, lambda inner: self.close(next(remaining), inner))
        for _ in remaining:
            raise Unsupported("more proofs than branches")

    def close(self, proof: Any, scope: Scope) -> None:
        """Close a branch as the certificate says."""
        rules = {
            "sum": self.close_sum,
            "split": self._close_split,
            "integer": self._close_integer,
            "instance": self._close_instance,
            "lemma": self._close_lemma,
            "cases": self._close_cases,
        }
        rules[next(iter(proof))](proof, scope)

    def _close_split(self, proof: Any, scope: Scope) -> None:
        p = self.proof_polynomial(proof["split"], scope)
        m = scale(p)
        p = add({}, p, m)
        text, opposite = self.polynomial(p, scope), self.polynomial(add({}, p, -1), scope)
        positive, otherwise, weak = self.fresh("S"), self.fresh("S"), self.fresh("S")
        self.emit(f"destruct (Rlt_le_dec 0 {text}) as [{positive}|{otherwise}].")
        with self.block():
            inner = scope.copy()
            inner.facts.append(Fact(">", positive, p, m))
            self.close(proof["positive"], inner)
        with self.block():
            self.emit(f"pose proof (negative _ {opposite} {otherwise} ltac:(ring)) as {weak}.")
            inner = scope.copy()
            inner.facts.append(Fact(">=", weak, add({}, p, -1), m))
            self.close(proof["otherwise"], inner)

    def _close_integer(self, proof: Any, scope: Scope) -> None:
        fact = self.fact_number(proof["integer"], scope, ">")
        if fact.scale != 1:
            raise Unsupported("coefficients that are no integers")
        whole: list[str] = []
        rewriting: dict[str, None] = {}
        for monomial, coefficient in sorted(fact.polynomial.items()):
            powers = [f"({coefficient})"]
            for name, n in monomial:
                powers += [self._integer_generator(name, scope, rewriting)] * n
            whole.append(f"({' * '.join(powers)})")
        p, lower = self.polynomial(fact.polynomial, scope), add(fact.polynomial, ONE, -1)
        equal, tight = self.fresh("Q"), self.fresh("S")
        text = f"({' + '.join(whole) or '0'})%Z"
        self.emit(f"assert ({equal} : {p} = IZR {text}).")
        back = f"rewrite {', '.join(f'<- ?{name}' for name in rewriting)}; " if rewriting else ""
        self.emit(f"{{ {back}integers. }}")
        smaller = self.polynomial(lower, scope)
        self.emit(f"pose proof (integral {text} {p} {smaller} {equal} ltac:(ring) {fact.name}) as {tight}.")
        inner = scope.copy()
        inner.facts.append(Fact(">=", tight, lower))
        self.close(proof["then"], inner)

    def _integer_generator(self, name: str, scope: Scope, rewriting: dict[str, None]) -> str:
        if scope.sorts.get(name) == "integer":
            return f"v_{name}"
        tree = scope.generators.get(name)
        if tree is None or not integral(tree, scope.sorts):
            raise Unsupported(f"{name[:60]} may be no integer")
        rewriting[scope.atoms[tree][1]] = None
        return self.printer(scope).integer(tree)

    def _close_instance(self, proof: Any, scope: Scope) -> None:
        fact = self.fact_number(proof["instance"], scope, "all")
        assert fact.quantified is not None
        tree, wanted = fact.quantified
        value = self.proof_term(proof["term"], scope)
        inner = scope.copy()
        self._prove_conditions([value], (), proof["defined"], inner)
        found, printer = self.fresh("H"), self.printer(scope)
        whole = self.declared.get(tree.name, "real") == "integer"
        self.emit(f"pose proof ({fact.name} {printer.integer(value) if whole else printer.term(value)}) as {found}.")
        if whole:
            self.as_real(value, found, inner)
        self.refute([(replaced(tree.body, {tree.name: value}), wanted, found)], inner, proof["then"])

    def _prove_conditions(
        self, terms: list[Term], conditions: Sequence[Formula], proofs: Any, scope: Scope
    ) -> list[str]:
        """Show that terms are defined and conditions hold; the hypotheses that state the conditions."""
        goals = term_obligations(terms, scope.sorts, self.declared)
        given = iter(proofs)
        for goal in goals:
            self._prove_defined(goal, next(given), scope)
        names = []
        for condition in conditions:
            name, denial = self.fresh("C"), self.fresh("N")
            self.emit(f"assert ({name} : {self.printer(scope).formula(condition)}).")
            with self.block():
                self.emit(f"apply contradiction; [ dec | intro {denial} ].")
                self.refute([(condition, False, denial)], scope.copy(), next(given))
            scope.have.setdefault((condition, True), name)
            names.append(name)
        for _ in given:
            raise Unsupported("more proofs than conditions")
        return names

    def _prove_defined(self, goal: Goal, proofs: Any, scope: Scope) -> None:
        """Show that the condition under which a term has no value fails, in its context under binders."""
        *context, (condition, _) = goal.items
        inner, name, assumed = scope.copy(), self.fresh("C"), self.fresh("N")
        inner.sorts = dict(goal.sorts)
        extra = {bound: sort for bound, sort in goal.sorts.items() if bound not in scope.sorts}
        printer = self.printer(inner)
        bound = "".join(f"forall v_{bound} : {SORTS[sort]}, " for bound, sort in extra.items())
        premises = "".join(f"({self.signed(printer, tree, wanted)}) -> " for tree, wanted in context)
        self.emit(f"assert ({name} : {bound}{premises}~ ({printer.formula(condition)})).")
        with self.block():
            todo = [(tree, wanted, self.fresh("A")) for tree, wanted in context]
            names = [*(f"v_{bound}" for bound in extra), *(hypothesis for _, _, hypothesis in todo), assumed]
            self.emit(f"intros {' '.join(names)}.")
            self.refute([*todo, (condition, True, assumed)], inner, proofs)
        scope.defined.append((goal, name, list(extra)))
        if not context and not extra:
            scope.have.setdefault((condition, False), name)

    def _close_cases(self, proof: Any, scope: Scope) -> None:
        tree = parse_formula(proof["cases"], where="proof")
        true, false = self.fresh("H"), self.fresh("H")
        text = self.printer(scope).formula(tree)
        self.emit(f"destruct (ltac:(dec) : ({text}) \\/ ~ ({text})) as [{true}|{false}].")
        for wanted, name, key in ((True, true, "true"), (False, false, "false")):
            with self.block():
                self.refute([(tree, wanted, name)], scope.copy(), proof[key])

    def _close_lemma(self, proof: Any, scope: Scope) -> None:
        terms = [self.proof_term(text, scope) for text in proof["terms"]]
        said = lemma(proof["lemma"], terms)
        inner = scope.copy()
        names = self._prove_conditions(terms, said.conditions, proof["conditions"], inner)
        if proof["lemma"] == "root":
            self._root(terms[0], names[0], inner)
        for fact, name in zip(said.facts, self._lemma_facts(proof["lemma"], terms, said, names, inner), strict=True):
            inner.have.setdefault((fact, True), name)
            self.fact(fact, True, name, inner)
        self.close(proof["then"], inner)

    def _lemma_facts(self, name: str, terms: list[Term], said: Lemma, conditions: list[str], scope: Scope) -> list[str]:
        """Prove what a lemma says; the hypotheses that state it."""
        if not said.theorem:
            return [self._special(name, terms, tree, conditions, scope) for tree in said.facts]
        printer, found = self.printer(scope), self.fresh("L")
        first = terms[0] if terms else None
        if isinstance(first, Binder):
            function = f"(fun v_{first.name} : Z => {printer.inner(first).term(first.body)})"
            arguments = [function, *(printer.integer(t) for t in terms[1:])]
            arguments += [printer.integer(first.low), printer.integer(first.high)]
            entire = [first.low, first.high, *terms[1:]]
        else:
            pairs = list(zip(terms, said.integers, strict=True))
            arguments = [printer.integer(t) if whole else printer.term(t) for t, whole in pairs]
            entire = [t for t, whole in pairs if whole]
        self.emit(f"pose proof ({' '.join([said.theorem, *arguments])}) as {found}. cbv beta in {found}.")
        for tree in entire:
            self.as_real(tree, found, scope)
        if conditions:
            self.emit(f"specialize ({found} {' '.join(conditions)}).")
        parts, names = found, []
        for i, fact in enumerate(said.facts):
            whole = parts if i == len(said.facts) - 1 else f"(proj1 {parts})"
            parts = f"(proj2 {parts})"
            names.append(self.fresh("L"))
            self.emit(f"assert ({names[-1]} : {printer.formula(fact)}) by (exact {whole}).")
        return names

    def _root(self, tree: Term, condition: str, scope: Scope) -> None:
        """Name a root between two bounds with values of opposite signs; three facts."""
        assert isinstance(tree, Binder)
        printer, order = self.printer(scope), scope.have[Comparison(">=", tree.low, tree.high), False]
        f = f"(fun v_{tree.name} : R => {printer.inner(tree).term(tree.body)})"
        ends = f"{printer.term(tree.low)} {printer.term(tree.high)}"
        body, scope.sorts, fresh = opened(tree, scope.sorts, self.declared)
        names = [self.fresh("L") for _ in range(3)]
        self.emit(f"destruct (root {f} {ends} ltac:(cont) (Rlt_le _ _ (Rnot_ge_lt _ _ {order})) {condition})")
        self.emit(f"  as [v_{fresh.name} [{names[0]} [{names[1]} {names[2]}]]]. cbv beta in {names[2]}.")
        self.emit(f"apply Rle_ge in {names[0]}.")
        facts = (Comparison(">=", fresh, tree.low), Comparison("<=", fresh, tree.high), Comparison("==", body, ZERO))
        for fact, name in zip(facts, names, strict=True):
            scope.have[fact, True] = name
            self.fact(fact, True, name, scope)

    def _special(self, name: str, terms: list[Term], tree: Comparison, conditions: list[str], scope: Scope) -> str:
        found, printer = self.fresh("L"), self.printer(scope)
        self.emit(f"assert ({found} : {printer.formula(tree)}).")
        with self.block():
            if name in ("min", "max"):
                self.emit("clear. extremes.")
            elif name == "same":
                self.emit(f"exact {self._congruence(terms[0], terms[1], conditions, scope)}.")
            elif name == "exp-taylor":
                x, n = printer.term(terms[0]), printer.number(terms[1].value)  # type: ignore[union-attr]
                self.emit(f"exact (exp_series {n} {x} eq_refl).")
            elif name in ("exp-interval", "log-interval"):
                self._bounded(name, terms, tree, conditions, scope)
            elif name == "count-roots":
                self._counted(terms[0], scope)
            elif name == "sum-shift":
                self._shift(terms, scope.copy())
            elif name == "sum-linear":
                self._linear(terms, scope.copy())
            else:
                raise NotCovered(f"no Coq proof of the lemma {name!r}")
        return found

    def _congruence(self, a: Any, b: Any, conditions: list[str], scope: Scope) -> str:
        """A proof that two atoms are equal, from the equality of their arguments."""
        operator, printer = a.operator, self.printer(scope)
        proofs = list(conditions)
        for i, pair in enumerate(zip(a.arguments, b.arguments, strict=True)):
            if operator == "binomial" or (operator == "**" and i == 1):
                sides = []
                for tree in pair:
                    equation = self.fresh("E")
                    self.emit(f"assert ({equation} : IZR {printer.integer(tree)} = {printer.term(tree)}) by integers.")
                    sides.append(equation)
                proofs[i] = f"(same_integer _ _ _ _ {' '.join(sides)} {proofs[i]})"
        if operator == "binomial":
            return f"(f_equal IZR (f_equal2 binomial {' '.join(proofs)}))"
        if len(proofs) == 1:
            function = {"sqrt": "sqrt", "exp": "exp", "log": "ln", "abs": "Rabs"}[operator]
            return f"(f_equal {function} {proofs[0]})"
        function = {"min": "Rmin", "max": "Rmax", "**": "power"}[operator]
        text = proofs[-1]
        for proof in reversed(proofs[:-1]):
            text = f"(f_equal2 {function} {proof} {text})"
        return text

    def _bounded(self, name: str, terms: list[Term], tree: Comparison, conditions: list[str], scope: Scope) -> None:
        """Close the goal that exp or log of a term lies on one side of a number."""
        x = self.printer(scope).term(terms[0])
        a, b, c, d = (constant(term) for term in terms[1:])
        exp, lower = name == "exp-interval", tree.relation == ">="
        end, bound = (a, c) if lower else (b, d)
        here, found = self.fresh("C"), self.fresh("G")
        relation, function = (">=" if lower else "<="), ("exp" if exp else "ln")
        self.emit(f"assert ({here} : {x} {relation} {number(end)}) by (clear - {conditions[not lower]}; lra).")
        self.emit(f"assert ({found} : {function} {x} {relation} {number(bound)}).")
        with self.block():
            if exp == lower:
                if exp:
                    self.emit(f"apply (exp_from_below _ _ _ {here}).")
                else:
                    positive = f"clear - {conditions[0]}; lra"
                    self.emit(f"apply (ln_from_above {number(end)}); [ {positive} | exact {here} |].")
                t, least = (end, bound) if exp else (bound, end)
            else:
                t, least = (-end, 1 / bound) if exp else (-bound, 1 / end)
                lemma_, where = ("exp_from_above", end) if exp else ("ln_from_below", end)
                self.emit(f"apply ({lemma_} {number(where)} _ _ {number(t)} {number(least)} {here});")
                first = "" if exp else "clear; lra | "
                self.emit(f"  [ {first}clear; lra | clear; lra | clear; lra |].")
            exp_at_least(t, least, self.emit)
        self.emit(f"clear - {found}; lra.")

    def _counted(self, tree: Term, scope: Scope) -> None:
        """Close the goal that a polynomial of numbers has so many roots."""
        assert isinstance(tree, Binder)
        low, high = constant(tree.low), constant(tree.high)
        p = coefficients(quotient(tree.body)[0], tree.name)
        simple, power = without_multiplicities(p)
        roots, printer = Roots(simple, self.emit), self.printer(scope)
        count = roots.count(low, high)
        f = f"(fun v_{tree.name} : R => {printer.inner(tree).term(tree.body)})"
        ends = f"{number(low)} {number(high)}"
        self.emit(f"clear. transitivity (count_roots {f} {ends}).")
        self.emit(f"{{ apply (f_equal2 (count_roots {f})); lra. }}")
        self.emit(f"transitivity (INR {count}); [ | rewrite INR_IZR_INZ; reflexivity ]. apply count_is.")
        self.emit(f"apply (exactly_same {roots.function}).")
        with self.block():
            rest, back = divided(p, simple)[0], divided(raised(simple, power), p)[0]
            self.emit("intro x. cbv beta. split; intro E.")
            self.emit(f"{{ transitivity ({text(rest, 'x')} * {text(simple, 'x')}); [ field | rewrite E; ring ]. }}")
            self.emit(f"apply (power_root _ {power}). match type of E with ?e = 0 =>")
            self.emit(f"  transitivity ({text(back, 'x')} * e); [ field | rewrite E; ring ] end.")
        roots.prove(low, high)

    def _shift(self, terms: list[Term], scope: Scope) -> None:
        """Close the goal Sum e = Sum of e at k + s, between bounds less by s."""
        tree, s = terms
        assert isinstance(tree, Binder)
        printer, fresh = self.printer(scope), self.fresh(f"{tree.name}_c")
        function = f"(fun v_{tree.name} : Z => {printer.inner(tree).term(tree.body)})"
        bounds = f"{printer.integer(tree.low)} {printer.integer(tree.high)}"
        self.emit(f"rewrite (sum_shift {function} {printer.integer(s)} {bounds}).")
        self.emit(f"apply sum_ext. intros v_{fresh} _ _. cbv beta.")
        scope.sorts[fresh] = "integer"
        equation, moved = self.fresh("E"), Operation("+", (Variable(fresh), s))
        printer = self.printer(scope)
        self.emit(f"assert ({equation} : IZR {printer.integer(moved)} = {printer.term(moved)}) by integers.")
        self.emit(f"rewrite ?{equation}. reflexivity.")

    def _linear(self, terms: list[Term], scope: Scope) -> None:
        """Close the goal Sum e = Sum f + c * Sum g."""
        e, f, g, c = terms
        assert isinstance(e, Binder)
        assert isinstance(f, Binder)
        assert isinstance(g, Binder)
        for other in (f, g):
            here, there, printer = self.fresh("Q"), self.fresh("Q"), self.printer(scope)
            for name, s, t in ((here, e.low, other.low), (there, e.high, other.high)):
                self.emit(f"assert ({name} : {printer.integer(s)} = {printer.integer(t)}) by ring.")
            self.emit(f"try rewrite <- {here}. try rewrite <- {there}.")
        fresh, low, high = self.fresh(f"{e.name}_c"), self.fresh("L"), self.fresh("L")
        self.emit(f"apply sum_linear. intros v_{fresh} {low} {high}.")
        scope.sorts[fresh] = "integer"
        self.bounds(e, fresh, low, high, scope)
        bodies = [replaced(tree.body, {tree.name: Variable(fresh)}) for tree in (e, f, g)]
        self.same(bodies[0], Operation("+", (bodies[1], Operation("*", (c, bodies[2])))), scope)
