"""Atoms get names, divisors are shown not to be zero, and comparisons become facts about polynomials."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from proofs.algebra import NEGATED, divisor_factors, integer_exponent
from proofs.cases import Unsupported, replaced
from proofs.coq.printing import bound_sort
from proofs.coq.reflection import data, environment, generators_of, reified
from proofs.coq.scope import Fact, Scope, Script
from proofs.coq.terms import (
    ZERO,
    Key,
    NotCovered,
    add,
    atoms,
    key,
    multiply,
    power,
    product,
    quotient,
    scale,
)
from proofs.facts import Goal
from proofs.language import (
    Binder,
    Comparison,
    Connective,
    Formula,
    Number,
    Operation,
    Quantifier,
    Term,
    Variable,
    render,
)

REFLECTED: Final = 40  # terms of a fact, from which on it is computed
LEMMAS: Final = {">": "fact_lt", ">=": "fact_le", "==": "fact_eq", "!=": "fact_ne"}
MEANING: Final = {">": "0 < {}", ">=": "0 <= {}", "==": "{} = 0", "!=": "{} <> 0"}
NOT: Final = {"<": "Rnot_lt_le", "<=": "Rnot_le_lt", ">": "Rnot_gt_le", ">=": "Rnot_ge_lt"}


class Naming(Script):
    """Terms of a claim as Coq sees them.

    Attributes
    ----------
    goals : list of Goal
        Whose lemmas `defined_0`, ... have been written.
    """

    def __init__(self, declared: Mapping[str, str]) -> None:
        super().__init__(declared)
        self.goals: list[Goal] = []

    def name_atoms(self, tree: Term, scope: Scope) -> list[str]:
        """Name the largest atoms of a term; the equations that rewrite it, longest first."""
        found: dict[Term, None] = dict.fromkeys(atoms(tree))
        for atom in found:
            if atom not in scope.atoms:
                self._name(atom, scope)
        printer = self.printer(scope)
        ordered = sorted(found, key=lambda atom: -len(printer.term(atom)))
        return [scope.atoms[atom][1] for atom in ordered]

    def _name(self, atom: Term, scope: Scope) -> None:
        ((((generator, _),), _),) = quotient(atom)[0].items()
        text, equation = self.printer(scope).term(atom), self.fresh("E")
        if generator not in scope.generators:
            name = self.fresh("a")
            self.emit(f"destruct (named {text}) as [{name} {equation}].")
            scope.generators[generator] = atom
            scope.atoms[atom] = (name, equation)
            return
        first = scope.generators[generator]
        name, known = scope.atoms[first]
        self.emit(f"assert ({equation} : {text} = {name}).")
        with self.block():
            self.emit(f"rewrite <- {known}.")
            self._congruent(atom, first, scope.copy())
        scope.atoms[atom] = (name, equation)

    def _congruent(self, a: Any, b: Any, scope: Scope) -> None:
        """Close the goal a = b of atoms whose arguments are the same quotients."""
        if isinstance(a, Binder):
            self._congruent_binders(a, b, scope)
            return
        match a.operator:
            case "binomial":
                self.emit("apply (f_equal IZR). apply (f_equal2 binomial); ring.")
            case "**":
                self.emit("apply (f_equal2 power); [ | ring ].")
                self.same(a.arguments[0], b.arguments[0], scope)
            case "min" | "max":
                word = "Rmin" if a.operator == "min" else "Rmax"
                for i, (s, t) in enumerate(zip(a.arguments, b.arguments, strict=True)):
                    if i < len(a.arguments) - 1:
                        self.emit(f"apply (f_equal2 {word}).")
                    with self.block():
                        self.same(s, t, scope.copy())
            case word:
                function = {"sqrt": "sqrt", "exp": "exp", "log": "ln", "abs": "Rabs"}[word]
                self.emit(f"apply (f_equal {function}).")
                self.same(a.arguments[0], b.arguments[0], scope)

    def _congruent_binders(self, a: Binder, b: Binder, scope: Scope) -> None:
        fresh = self.fresh(f"{a.name}_c")
        name = f"v_{fresh}"
        if a.operator == "Sum":
            low, high = self.fresh("L"), self.fresh("L")
            self.emit(f"apply sum_same; [ ring | ring | intros {name} {low} {high} ].")
            scope.sorts[fresh] = bound_sort(a, self.declared)
            self.bounds(a, fresh, low, high, scope)
        else:
            self.emit("apply count_same.")
            for s, t in ((a.low, b.low), (a.high, b.high)):
                with self.block():
                    self.same(s, t, scope.copy())
            self.emit(f"intro {name}.")
            scope.sorts[fresh] = "real"
        variable = Variable(fresh)
        self.same(replaced(a.body, {a.name: variable}), replaced(b.body, {b.name: variable}), scope)

    def bounds(self, tree: Binder, fresh: str, low: str, high: str, scope: Scope) -> None:
        """From lo <= k and k <= hi in the integers, the same in the reals."""
        k = Variable(fresh)
        for name, left, right in ((low, tree.low, k), (high, k, tree.high)):
            formula, real = Comparison("<=", left, right), self.fresh("L")
            left_text, right_text = self.printer(scope).integer(left), self.printer(scope).integer(right)
            self.emit(f"assert ({real} : {self.printer(scope).formula(formula)}).")
            with self.block():
                self.emit(f"pose proof (IZR_le {left_text} {right_text} {name}) as {real}.")
                for side in (left, right):
                    self.as_real(side, real, scope)
                self.emit(f"exact {real}.")
            scope.have[formula, True] = real

    def as_real(self, tree: Term, hypothesis: str, scope: Scope) -> None:
        """Rewrite the real number that an integer term is, in a hypothesis, as the claim writes it."""
        if isinstance(tree, Variable | Number):
            return
        equation, printer = self.fresh("E"), self.printer(scope)
        self.emit(f"assert ({equation} : IZR {printer.integer(tree)} = {printer.term(tree)}) by integers.")
        self.emit(f"rewrite ?{equation} in {hypothesis}.")

    def same(self, a: Term, b: Term, scope: Scope) -> None:
        """Close the goal a = b of terms that are the same quotient of polynomials."""
        if a == b:
            self.emit("reflexivity.")
            return
        for tree in (a, b):
            self.divisors(tree, scope)
        rewriting = dict.fromkeys(self.name_atoms(Operation("-", (a, b)), scope))
        if rewriting:
            self.emit(f"rewrite {', '.join(f'?{equation}' for equation in rewriting)}.")
        self.emit("first [ ring | field; side ].")

    def divisors(self, tree: Term, scope: Scope) -> None:
        """Show that the divisors of a term are not zero: each as written and as a polynomial."""
        for factor in _factors(tree):
            upper, lower = quotient(factor)
            if key(upper) in scope.nonzero:
                continue
            written = self.defined(factor, scope)
            rewriting = self.name_atoms(factor, scope)
            named, nonzero = self.fresh("D"), self.fresh("D")
            self.emit(f"pose proof {written} as {named}.")
            if rewriting:
                self.emit(f"rewrite {', '.join(rewriting)} in {named}.")
            text, p = self.printer(scope, named=True).term(factor), self.polynomial(upper, scope)
            below = self.polynomial(product(lower), scope)
            self.emit(f"assert ({nonzero} : {p} <> 0).")
            with self.block():
                self.emit(f"intro E. apply {named}. replace {text} with ({p} / ({below})) by (field; side).")
                self.emit("rewrite E. unfold Rdiv. apply Rmult_0_l.")
            scope.nonzero[key(upper)] = nonzero

    def defined(self, factor: Term, scope: Scope) -> str:
        """A hypothesis that a divisor, as written, is not zero."""
        condition = Comparison("==", factor, ZERO)
        if (condition, False) in scope.have:
            return scope.have[condition, False]
        proved = [(goal, f"defined_{i}", list(goal.sorts)) for i, goal in enumerate(self.goals)]
        for goal, name, taken in [*proved, *scope.defined]:
            free = set(taken) - self.declared.keys()
            values: dict[str, Term] = {}
            if not _matches(goal.items[-1][0], condition, values, free):
                continue
            for bound in free - values.keys():
                values[bound] = Variable(bound)
            try:
                context = [(replaced(tree, values), wanted) for tree, wanted in goal.items[:-1]]
            except Unsupported:
                continue
            known = all(not isinstance(v, Variable) or v.name in scope.sorts for v in values.values())
            if known and all(item in scope.have for item in context):
                terms = {n: values.get(n, Variable(n)) for n in taken}
                return self._instance(name, goal, terms, [scope.have[item] for item in context], scope)
        raise NotCovered(f"no proof at hand that {render(factor)[:60]!r} is not zero")

    def _instance(self, lemma: str, goal: Goal, terms: dict[str, Term], names: list[str], scope: Scope) -> str:
        """What a lemma about definedness says of terms, in a context whose hypotheses are named."""
        found, printer, entire = self.fresh("D"), self.printer(scope), []
        texts = [lemma]
        for name, value in terms.items():
            whole = goal.sorts[name] == "integer"
            texts.append(printer.integer(value) if whole else printer.term(value))
            entire += [value] if whole else []
        self.emit(f"pose proof ({' '.join(texts)}) as {found}.")
        for value in entire:
            self.as_real(value, found, scope)
        if names:
            self.emit(f"specialize ({found} {' '.join(names)}).")
        return found

    def fact(self, tree: Comparison, wanted: bool, name: str, scope: Scope) -> None:
        """Turn a comparison, which the hypothesis `name` states or denies, into its fact."""
        self.divisors(tree.left, scope)
        self.divisors(tree.right, scope)
        both = Operation("-", (tree.left, tree.right))
        rewriting = self.name_atoms(both, scope)
        if rewriting:
            source, name = name, self.fresh("H")
            self.emit(f"pose proof {source} as {name}. rewrite {', '.join(rewriting)} in {name}.")
        printer = self.printer(scope, named=True)
        relation = tree.relation if wanted else NEGATED[tree.relation]
        source = name
        if not wanted and tree.relation == "!=":
            source = self.fresh("H")
            text = f"{printer.term(tree.left)} = {printer.term(tree.right)}"
            self.emit(f"assert ({source} : {text}) by (apply contradiction; [ dec | exact {name} ]).")
        elif not wanted and tree.relation != "==":
            source = f"({NOT[tree.relation]} _ _ {name})"
        elif tree.relation == ">=":
            source = f"(Rge_le _ _ {name})"
        left, right = tree.left, tree.right
        if relation in ("<", "<="):
            left, right, relation = right, left, {"<": ">", "<=": ">="}[relation]
        if relation in ("==", "!="):
            source = f"(eq_sym {source})" if relation == "==" else f"(not_eq_sym {source})"
        self._emit_fact(relation, left, right, source, scope)

    def _emit_fact(self, relation: str, left: Term, right: Term, source: str, scope: Scope) -> None:
        """The fact that left - right stands in the relation to 0, as `source` says."""
        polynomial, factors = quotient(Operation("-", (left, right)))
        powers: list[Key] = []
        for f, k in factors.items():
            if relation not in ("==", "!="):
                polynomial = multiply(polynomial, power(dict(f), k % 2))
            powers += [f] * (k if relation in ("==", "!=") else (k + 1) // 2)
        root = " * ".join(self.polynomial(dict(f), scope) for f in powers) or "1"
        m = scale(polynomial)
        fact = Fact(relation, self.fresh("F"), add({}, polynomial, m), m)
        printer, p = self.printer(scope, named=True), self.polynomial(fact.polynomial, scope)
        low, high = printer.term(right), printer.term(left)
        needs = f" {_product_nonzero([scope.nonzero[f] for f in powers])}" if relation in (">", "!=") else ""
        solve = "field; side" if factors else ("field" if "/" in low + high else "ring")
        if len(polynomial) > REFLECTED:
            solve = self._computed(fact, left, right, scope) or solve
        self.emit(f"assert ({fact.name} : {MEANING[relation].format(p)}).")
        how = f"{LEMMAS[relation]} {low} {high} ({root}) {m} {p} {source}{needs} (IZR_lt 0 {m} eq_refl)"
        self.emit(f"{{ apply ({how}); {solve}. }}")
        scope.facts.append(fact)

    def _computed(self, fact: Fact, left: Term, right: Term, scope: Scope) -> str | None:
        """A tactic for p = m * ((left - right) * 1) that computes; None where only `ring` or `field` can do it."""
        names = generators_of([quotient(left)[0], quotient(right)[0]])
        places = {name: i for i, name in enumerate(names, start=1)}
        high, low = reified(left, places), reified(right, places)
        if high is None or low is None:
            return None
        once = "(PEc 1%Z)" if fact.relation in ("==", "!=") else "(PEmul (PEc 1%Z) (PEc 1%Z))"
        whole = f"(PEmul (PEc {fact.scale}%Z) (PEmul (PEsub {high} {low}) {once}))"
        env = environment(names, self.generators(scope))
        return (
            f"exact (same_ok ({env}) ({data(fact.polynomial, names)}) {whole} ltac:(vm_cast_no_check (eq_refl true)))"
        )


def _product_nonzero(proofs: list[str]) -> str:
    """A proof that a left-associated product is not zero."""
    result = proofs[0] if proofs else "R1_neq_R0"
    for proof in proofs[1:]:
        result = f"(Rmult_integral_contrapositive_currified _ _ {result} {proof})"
    return result


def _factors(tree: Term) -> list[Term]:
    """The factors of the divisors of a term outside its atoms, inner ones first."""
    if not isinstance(tree, Operation) or list(atoms(tree)) == [tree]:
        return []
    found = [factor for part in tree.arguments for factor in _factors(part)]
    if tree.operator == "/":
        found += divisor_factors(tree.arguments[1])
    elif tree.operator == "**" and (integer_exponent(tree.arguments[1]) or 0) < 0:
        found += divisor_factors(tree.arguments[0])
    return found


def _matches(pattern: Term | Formula, tree: Term | Formula, values: dict[str, Term], free: Iterable[str]) -> bool:
    """Whether a tree is a pattern with terms in place of free names, which are added to `values`."""
    if isinstance(pattern, Variable) and pattern.name in free:
        return isinstance(tree, Term) and values.setdefault(pattern.name, tree) == tree
    if type(pattern) is not type(tree):
        return False
    match pattern, tree:
        case (Operation() | Connective(), Operation() | Connective()):
            alike = pattern.operator == tree.operator and len(pattern.arguments) == len(tree.arguments)
            pairs = zip(pattern.arguments, tree.arguments, strict=False)
            return alike and all(_matches(a, b, values, free) for a, b in pairs)
        case Comparison(), Comparison():
            alike = pattern.relation == tree.relation
            return (
                alike
                and _matches(pattern.left, tree.left, values, free)
                and _matches(pattern.right, tree.right, values, free)
            )
        case (Binder() | Quantifier(), Binder() | Quantifier()):
            same = pattern.operator == tree.operator and pattern.name == tree.name
            if isinstance(pattern, Binder) and isinstance(tree, Binder):
                same = same and _matches(pattern.low, tree.low, values, free)
                same = same and _matches(pattern.high, tree.high, values, free)
            return same and _matches(pattern.body, tree.body, values, free)
    return pattern == tree
