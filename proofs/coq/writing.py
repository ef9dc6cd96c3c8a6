"""A certificate written out as a Coq theorem with its proof (see the package's header)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from gametheory.exact import parse_rational
from proofs.claims import Claim
from proofs.coq.lemmas import PREAMBLE
from proofs.coq.printing import Printer, coq_statement
from proofs.facts import Algebra, Goal, Literal, Polynomial, divisor_factors, integer_exponent, obligations
from proofs.language import Comparison, Connective, Formula, Operation, Term, parse_term


def coq_file(claim: Claim, certificate: Mapping[str, Any]) -> str:
    """The whole Coq file: lemmas, one lemma for each divisor, the theorem, and what it assumes."""
    return _Writer(claim, certificate).file()


@dataclass(slots=True)
class _Scope:
    """What is known at one place of a proof: hypotheses by formula, and the facts of the branch so far."""

    have: dict[tuple[Formula, bool], str]
    facts: list[tuple[str, str, str]] = field(default_factory=list)

    def copy(self) -> "_Scope":
        return _Scope(dict(self.have), list(self.facts))


class _Writer:
    """One certificate on its way to a Coq file."""

    def __init__(self, claim: Claim, certificate: Mapping[str, Any]) -> None:
        self.claim = claim
        self.certificate = certificate
        self.printer = Printer(claim.variables)
        self.algebra = Algebra(list(claim.variables))
        self.lines: list[str] = []
        self.counter = 0
        before, after = obligations(claim)
        self.goals: list[Goal] = before + after if certificate["verdict"] == "proved" else before

    def fresh(self, letter: str) -> str:
        self.counter += 1
        return f"{letter}{self.counter}"

    def emit(self, line: str) -> None:
        self.lines.append(line)

    def file(self) -> str:
        self.emit(PREAMBLE)
        for number, (goal, proofs) in enumerate(zip(self.goals, self.certificate["definedness"], strict=True)):
            self._definedness(number, goal, proofs)
        assumptions = tuple((tree, True) for tree in self.claim.assumed)
        if self.certificate["verdict"] == "vacuous":
            premises = "".join(f"\n  ({self._signed(item)}) ->" for item in assumptions)
            self.emit(f"Theorem claim : {self.printer.binders()}{premises} False.\nProof.")
            self._start(assumptions, self.certificate["assumptions"], None)
        else:
            self.emit(f"Theorem claim : {coq_statement(self.claim)}.\nProof.")
            self._start(assumptions, self.certificate["conclusion"], self.claim.concluded)
        self.emit("Qed.\nPrint Assumptions claim.")
        return "\n".join(self.lines) + "\n"

    def _signed(self, item: tuple[Formula, bool]) -> str:
        text = self.printer.formula(item[0])
        return text if item[1] else f"~ ({text})"

    def _definedness(self, number: int, goal: Goal, proofs: list[Any]) -> None:
        *context, (zero, _) = goal.items
        assert isinstance(zero, Comparison)
        premises = "".join(f"\n  ({self._signed(item)}) ->" for item in context)
        factor = self.printer.term(zero.left)
        self.emit(f"Lemma defined_{number} : {self.printer.binders()}{premises} {factor} <> 0.\nProof.")
        scope = self._introduce(context)
        name = self.fresh("Z")
        self.emit(f"intro {name}.")
        todo = [(*item, scope.have[item]) for item in context]
        self._expand([*todo, (zero, True, name)], scope, iter(proofs))
        self.emit("Qed.")

    def _introduce(self, items: Any) -> _Scope:
        names = [f"v_{name}" for name in self.claim.variables]
        scope = _Scope({})
        for item in items:
            scope.have[item] = self.fresh("A")
            names.append(scope.have[item])
        if names:
            self.emit(f"intros {' '.join(names)}.")
        return scope

    def _start(self, assumptions: Any, proofs: list[Any], concluded: Formula | None) -> None:
        scope = _Scope({})
        names = [f"v_{name}" for name in self.claim.variables]
        todo = []
        for tree, wanted in assumptions:
            hypothesis = self.fresh("A")
            names.append(hypothesis)
            scope.have.setdefault((tree, wanted), hypothesis)
            todo.append((tree, wanted, hypothesis))
        if names:
            self.emit(f"intros {' '.join(names)}.")
        if concluded is not None:
            denial = self.fresh("C")
            self.emit(f"apply contradiction; [ dec | intro {denial} ].")
            todo.append((concluded, False, denial))
        self._expand(todo, scope, iter(proofs))

    def _expand(self, items: list[tuple[Formula, bool, str]], scope: _Scope, proofs: Any) -> None:
        """Take the first item apart, in each way that it can come out; close the branch when none is left."""
        if not items:
            self._close(next(proofs), scope.facts)
            return
        (tree, wanted, name), rest = items[0], items[1:]
        scope.have.setdefault((tree, wanted), name)
        if isinstance(tree, Comparison):
            self._fact(tree, wanted, name, scope)
            self._expand(rest, scope, proofs)
            return
        assert isinstance(tree, Connective)
        parts = tree.arguments
        if tree.operator == "not":
            inner = name
            if not wanted:
                inner = self.fresh("H")
                text = self.printer.formula(parts[0])
                self.emit(f"assert ({inner} : {text}) by (apply contradiction; [ dec | exact {name} ]).")
            self._expand([(parts[0], not wanted, inner), *rest], scope, proofs)
        elif tree.operator in ("and", "or"):
            self._expand_list(tree.operator, list(parts), wanted, name, rest, scope, proofs)
        elif tree.operator == "implies" and not wanted:
            a, b = self.fresh("H"), self.fresh("H")
            self.emit(f"destruct (not_imp _ _ {name} ltac:(dec)) as [{a} {b}].")
            self._expand([(parts[0], True, a), (parts[1], False, b), *rest], scope, proofs)
        else:
            self._expand_pair(tree, wanted, name, rest, scope, proofs)

    def _expand_list(
        self,
        operator: str,
        parts: list[Formula],
        wanted: bool,
        name: str,
        rest: Any,
        scope: _Scope,
        proofs: Any,
    ) -> None:
        """`and` and `or` of parts, held right-associated in the hypothesis `name`."""
        if len(parts) == 1:
            self._expand([(parts[0], wanted, name), *rest], scope, proofs)
            return
        if wanted == (operator == "and"):
            taken, left = [], name
            for part in parts[:-1]:
                a, b = self.fresh("H"), self.fresh("H")
                how = f"{left}" if wanted else f"(not_or _ _ {left})"
                self.emit(f"destruct {how} as [{a} {b}]." if not wanted else f"pose proof {left} as [{a} {b}].")
                taken.append((part, wanted, a))
                left = b
            self._expand([*taken, (parts[-1], wanted, left), *rest], scope, proofs)
            return
        lemma = "not_and" if operator == "and" else "or_split"
        a, b, remaining = self.fresh("H"), self.fresh("H"), self.fresh("H")
        self.emit(f"destruct ({lemma} _ _ {name} ltac:(dec)) as [{a}|[{b} {remaining}]].")
        self.emit("{")
        self._expand([(parts[0], wanted, a), *rest], scope.copy(), proofs)
        self.emit("}\n{")
        inner = scope.copy()
        first = (parts[0], not wanted, b)
        # the remaining parts stand behind the first one's opposite, in the checker's order of facts
        self._expand_after(first, operator, parts[1:], wanted, remaining, rest, inner, proofs)
        self.emit("}")

    def _expand_after(
        self,
        first: tuple[Formula, bool, str],
        operator: str,
        parts: list[Formula],
        wanted: bool,
        name: str,
        rest: Any,
        scope: _Scope,
        proofs: Any,
    ) -> None:
        """Alternatives among `parts`, each with the opposites of those before it in front."""
        before = [first]
        left = name
        while len(parts) > 1:
            lemma = "not_and" if operator == "and" else "or_split"
            a, b, remaining = self.fresh("H"), self.fresh("H"), self.fresh("H")
            self.emit(f"destruct ({lemma} _ _ {left} ltac:(dec)) as [{a}|[{b} {remaining}]].")
            self.emit("{")
            self._expand([*before, (parts[0], wanted, a), *rest], scope.copy(), proofs)
            self.emit("}")
            before.append((parts[0], not wanted, b))
            left, parts = remaining, parts[1:]
        self._expand([*before, (parts[0], wanted, left), *rest], scope, proofs)

    def _expand_pair(self, tree: Connective, wanted: bool, name: str, rest: Any, scope: _Scope, proofs: Any) -> None:
        """`implies` (true) and `iff`: two cases."""
        a, b = tree.arguments
        n, x, y = self.fresh("H"), self.fresh("H"), self.fresh("H")
        if tree.operator == "implies":
            self.emit(f"destruct (imp_split _ _ {name} ltac:(dec)) as [{n}|[{x} {y}]].")
            cases: list[list[tuple[Formula, bool, str]]] = [[(a, False, n)], [(a, True, x), (b, True, y)]]
        else:
            u, v = self.fresh("H"), self.fresh("H")
            lemma = f"iff_split _ _ {name} ltac:(dec)" if wanted else f"not_iff _ _ {name} ltac:(dec) ltac:(dec)"
            self.emit(f"destruct ({lemma}) as [[{x} {y}]|[{u} {v}]].")
            cases = [[(a, True, x), (b, wanted, y)], [(a, False, u), (b, not wanted, v)]]
        for case in cases:
            self.emit("{")
            self._expand([*case, *rest], scope.copy(), proofs)
            self.emit("}")

    def _fact(self, tree: Comparison, wanted: bool, name: str, scope: _Scope) -> None:
        """Turn a comparison into its polynomial fact."""
        literal = self.algebra.literal(tree, wanted)
        nonzero = self._divisors(tree, scope)
        low, high = self.printer.term(tree.left), self.printer.term(tree.right)
        if (tree.relation in (">", ">=")) == wanted and tree.relation not in ("==", "!="):
            low, high = high, low
        source = name
        if not wanted:
            how = {
                "<": "Rnot_lt_le _ _",
                "<=": "Rnot_le_lt _ _",
                ">": "Rnot_gt_le _ _",
                ">=": "Rnot_ge_lt _ _",
            }
            if tree.relation == "!=":
                source = self.fresh("H")
                self.emit(f"assert ({source} : {low} = {high}) by (apply contradiction; [ dec | exact {name} ]).")
            elif tree.relation != "==":
                source = f"({how[tree.relation]} {name})"
        elif tree.relation == ">=":
            source = f"(Rge_le _ _ {name})"
        self._emit_fact(literal, low, high, source, nonzero, scope)

    def _emit_fact(
        self,
        literal: Literal,
        low: str,
        high: str,
        source: str,
        nonzero: dict[Polynomial, str],
        scope: _Scope,
    ) -> None:
        relation, goal = literal.relation, self.fresh("F")
        powers = []
        for f, k in literal.factors:
            powers += [f] * (k if relation in ("==", "!=") else (k + 1) // 2)
        root = " * ".join(self.printer.polynomial(f) for f in powers) or "1"
        p = self.printer.polynomial(literal.polynomial)
        if relation in ("==", "!="):
            # the fact is about left - right, the lemma about right - left
            low, high = high, low
            source = f"(eq_sym {source})" if relation == "==" else f"(not_eq_sym {source})"
        unit = _product_nonzero([nonzero[f] for f in powers])
        lemma = {">": "fact_lt", ">=": "fact_le", "==": "fact_eq", "!=": "fact_ne"}[relation]
        claim = {">": f"0 < {p}", ">=": f"0 <= {p}", "==": f"{p} = 0", "!=": f"{p} <> 0"}[relation]
        needs = f" {unit}" if relation in (">", "!=") else ""
        solve = "field; side" if literal.factors else ("field" if "/" in p + low + high else "ring")
        self.emit(f"assert ({goal} : {claim}).")
        self.emit(f"{{ apply ({lemma} {low} {high} ({root}) {p} {source}{needs}); {solve}. }}")
        scope.facts.append((relation, p, goal))

    def _divisors(self, tree: Comparison, scope: _Scope) -> dict[Polynomial, str]:
        """Proofs that the divisors of a comparison are not zero: of each as written and as a polynomial."""
        found: dict[Polynomial, str] = {}
        for factor in _factors(tree.left) + _factors(tree.right):
            upper, lower = self.algebra.quotient(factor)
            if upper in found:
                continue
            number, goal = next(
                (i, g)
                for i, g in enumerate(self.goals)
                if _zero(g).left == factor and all(item in scope.have for item in g.items[:-1])
            )
            names = " ".join(
                [*(f"v_{v}" for v in self.claim.variables), *(scope.have[item] for item in goal.items[:-1])]
            )
            as_written, as_polynomial = self.fresh("D"), self.fresh("D")
            text, p = self.printer.term(factor), self.printer.polynomial(upper)
            self.emit(f"assert ({as_written} : {text} <> 0) by exact (defined_{number} {names}).")
            below = " * ".join(self.printer.polynomial(f) for f, k in lower.items() for _ in range(k)) or "1"
            self.emit(f"assert ({as_polynomial} : {p} <> 0).")
            self.emit(f"{{ intro E. apply {as_written}. replace {text} with ({p} / ({below})) by (field; side).")
            self.emit("  rewrite E. unfold Rdiv. apply Rmult_0_l. }")
            found[upper] = as_polynomial
        return found

    def _close(self, proof: Any, facts: list[tuple[str, str, str]]) -> None:
        """Close a branch as the certificate says."""
        if "split" in proof:
            p = self.printer.term(parse_term(proof["split"], where="split"))
            positive, otherwise, weak = self.fresh("S"), self.fresh("S"), self.fresh("S")
            self.emit(f"destruct (Rlt_le_dec 0 {p}) as [{positive}|{otherwise}].")
            self.emit("{")
            self._close(proof["positive"], [*facts, (">", p, positive)])
            self.emit(f"}}\n{{ pose proof (negative _ {otherwise}) as {weak}.")
            self._close(proof["otherwise"], [*facts, (">=", f"(- {p})", weak)])
            self.emit("}")
        elif "integer" in proof:
            self._close_integer(proof, facts)
        else:
            self._close_sum(proof, facts)

    def _close_integer(self, proof: Any, facts: list[tuple[str, str, str]]) -> None:
        relation, p, name = _fact(proof["integer"], facts)
        assert relation == ">"
        whole = re.sub(r"\(?IZR (v_\w+)\)?", r"\1", p)
        whole = re.sub(r"(v_\w+) \^ (\d+)", lambda m: "(" + " * ".join([m[1]] * int(m[2])) + ")", whole)
        equal, tight = self.fresh("Q"), self.fresh("S")
        self.emit(f"assert ({equal} : {p} = IZR ({whole})%Z).")
        self.emit(
            "{ rewrite ?plus_IZR, ?minus_IZR, ?mult_IZR, ?opp_IZR; rewrite ?plus_IZR, ?mult_IZR, ?opp_IZR; ring. }"
        )
        self.emit(f"assert ({tight} : 0 <= {p} - 1).")
        self.emit(f"{{ rewrite {equal}. apply integral. rewrite <- {equal}. exact {name}. }}")
        self._close(proof["then"], [*facts, (">=", f"({p} - 1)", tight)])

    def _close_sum(self, proof: Any, facts: list[tuple[str, str, str]]) -> None:
        strict: list[tuple[str, str]] = []
        weak: list[tuple[str, str]] = []
        for coefficient, powers in proof["sum"]:
            text, how, positive = self._term(_coefficient(coefficient), powers, facts)
            (strict if positive else weak).append((text, how))
        total, evidence = strict[0]
        for text, how in strict[1:]:
            total, evidence = f"({total} + {text})", f"(plus_le _ _ {evidence} (Rlt_le _ _ {how}))"
        for text, how in weak:
            total, evidence = f"({total} + {text})", f"(plus_le _ _ {evidence} {how})"
        for index, cofactor in proof["zero"].items():
            relation, p, name = _fact(index, facts)
            assert relation == "=="
            q = self.printer.term(parse_term(cofactor, where="cofactor"))
            total, evidence = (
                f"({total} + {q} * {p})",
                f"(plus_zero _ _ {evidence} (times_zero {q} _ {name}))",
            )
        solve = "field" if "/" in total else "ring"
        self.emit(f"apply (vanishes {total} {evidence}). {solve}.")

    def _term(
        self, coefficient: Fraction, powers: Mapping[str, int], facts: list[tuple[str, str, str]]
    ) -> tuple[str, str, bool]:
        """One product: its text, a term that proves its sign, and whether that is > 0."""
        text = self.printer.number(coefficient)
        how, positive = f"(ltac:(lra) : 0 < {text})", True
        for index, n in powers.items():
            relation, p, name = _fact(index, facts)
            if relation == "!=":
                assert n == 2
                factors = [(f"({p} * {p})", f"(square_pos {p} {name})", True)]
            else:
                assert relation in (">", ">=")
                assert 0 < n <= 100
                factors = [(p, name, relation == ">")] * n
            for factor, proof, strict in factors:
                if positive and strict:
                    how = f"(Rmult_lt_0_compat _ _ {how} {proof})"
                else:
                    left = f"(Rlt_le _ _ {how})" if positive else how
                    right = f"(Rlt_le _ _ {proof})" if strict else proof
                    how, positive = f"(Rmult_le_pos _ _ {left} {right})", False
                text = f"({text} * {factor})"
        return text, how, positive


def _fact(index: str, facts: list[tuple[str, str, str]]) -> tuple[str, str, str]:
    if not (index.isdecimal() and str(int(index)) == index):
        raise ValueError(f"no fact has the number {index}")
    return facts[int(index)]


def _coefficient(text: str) -> Fraction:
    value = parse_rational(text, name="coefficient")
    if str(value) != text:
        raise ValueError(f"the coefficient {text} is not in lowest terms")
    return value


def _product_nonzero(proofs: list[str]) -> str:
    """A proof that a left-associated product is not zero."""
    result = proofs[0] if proofs else "R1_neq_R0"
    for proof in proofs[1:]:
        result = f"(Rmult_integral_contrapositive_currified _ _ {result} {proof})"
    return result


def _zero(goal: Goal) -> Comparison:
    zero = goal.items[-1][0]
    assert isinstance(zero, Comparison)
    return zero


def _factors(tree: Term) -> list[Term]:
    """The factors of every divisor of a term, inner ones first."""
    if not isinstance(tree, Operation):
        return []
    found = [factor for part in tree.arguments for factor in _factors(part)]
    if tree.operator == "/":
        found += divisor_factors(tree.arguments[1])
    elif tree.operator == "**" and integer_exponent(tree.arguments[1]) < 0:
        found += divisor_factors(tree.arguments[0])
    return found
