"""Sums of products of facts and of squares that vanish identically, though they are positive."""

from fractions import Fraction
from math import lcm
from typing import Any, Final

from gametheory.exact import parse_rational
from proofs.cases import Unsupported
from proofs.coq.naming import Naming
from proofs.coq.reflection import data, environment, generators_of, listed
from proofs.coq.scope import Fact, Scope
from proofs.coq.terms import Polynomial, add, quotient, scale
from proofs.language import Term, free_names, parse_term

SIGNS: Final = {">": "Positive", ">=": "Weak", "==": "Null", "!=": "Nonzero"}
REFLECTED: Final = 400  # products of terms, above which the polynomials of a sum are multiplied out in Coq's machine
Product = tuple[int, list[tuple[str, int]], Polynomial | None]


class Sums(Naming):
    """What a certificate's sums say, in Coq."""

    def fact_number(self, index: str, scope: Scope, relation: str) -> Fact:
        """The fact of that number, of that relation or, for "any", of any to 0."""
        if not (index.isdecimal() and str(int(index)) == index):
            raise Unsupported(f"no fact has the number {index}")
        fact = scope.facts[int(index)]
        if relation not in (fact.relation, "any") or (relation == "any" and fact.relation == "all"):
            raise Unsupported(f"fact {index} is of another kind")
        return fact

    def proof_term(self, text: str, scope: Scope) -> Term:
        """A term that a proof brings in."""
        tree = parse_term(text, where="proof")
        if not free_names(tree) <= scope.sorts.keys():
            raise Unsupported("a text of a proof uses other names")
        return tree

    def proof_polynomial(self, text: str, scope: Scope) -> Polynomial:
        """A polynomial that a proof brings in; its atoms get names."""
        tree = self.proof_term(text, scope)
        self.name_atoms(tree, scope)
        numerator, below = quotient(tree)
        if below:
            raise Unsupported("a proof divides by something that is no number")
        return numerator

    def close_sum(self, proof: Any, scope: Scope) -> None:
        """Close a branch by a sum."""
        products: list[tuple[Fraction, list[tuple[str, int]], Polynomial | None]] = []
        nulls: list[tuple[Fraction, str, Polynomial]] = []
        size = 0
        for coefficient, powers, *square in proof["sum"]:
            value, terms = _coefficient(coefficient), 1
            for index, n in powers.items():
                fact = self.fact_number(index, scope, "any")
                if (
                    type(n) is not int
                    or not 0 < n <= 100
                    or (fact.relation == "!=" and n != 2)
                    or fact.relation == "=="
                ):
                    raise Unsupported("a fact that may not be multiplied so")
                value /= Fraction(fact.scale) ** n
                terms *= max(1, len(fact.polynomial)) ** n
            root = self.proof_polynomial(square[0], scope) if square else None
            if root is not None:
                value /= Fraction(scale(root)) ** 2
                root = add({}, root, scale(root))
                terms *= len(root) ** 2
            if root is not None and set(root) == {()}:
                value, root = value * root[()] ** 2, None
            products.append((value, list(powers.items()), root))
            size += terms
        for index, text in proof["zero"].items():
            fact, cofactor = self.fact_number(index, scope, "=="), self.proof_polynomial(text, scope)
            m = scale(cofactor)
            nulls.append((Fraction(1, m * fact.scale), index, add({}, cofactor, m)))
            size += len(cofactor) * len(fact.polynomial)
        common = lcm(1, *(v.denominator for v, _, _ in products), *(v.denominator for v, _, _ in nulls))
        whole_products = [(int(v * common), powers, root) for v, powers, root in products]
        whole_nulls = [(index, add({}, q, v * common)) for v, index, q in nulls]
        if size > REFLECTED:
            self._reflect(whole_products, whole_nulls, scope)
        else:
            self._add_up(whole_products, whole_nulls, scope)

    def _add_up(
        self,
        products: list[Product],
        nulls: list[tuple[str, Polynomial]],
        scope: Scope,
    ) -> None:
        """The sum as a term of real numbers, which `ring` shows to vanish."""
        strict: list[tuple[str, str]] = []
        weak: list[tuple[str, str]] = []
        for coefficient, powers, root in products:
            text, how, positive = self._product(coefficient, powers, root, scope)
            (strict if positive else weak).append((text, how))
        total, evidence = strict[0]
        for text, how in strict[1:]:
            total, evidence = f"({total} + {text})", f"(plus_le _ _ {evidence} (Rlt_le _ _ {how}))"
        for text, how in weak:
            total, evidence = f"({total} + {text})", f"(plus_le _ _ {evidence} {how})"
        for index, cofactor in nulls:
            fact, q = scope.facts[int(index)], self.polynomial(cofactor, scope)
            total = f"({total} + {q} * {self.polynomial(fact.polynomial, scope)})"
            evidence = f"(plus_zero _ _ {evidence} (times_zero {q} _ {fact.name}))"
        self.emit(f"apply (vanishes {total} {evidence}). ring.")

    def _product(
        self, coefficient: int, powers: list[tuple[str, int]], root: Polynomial | None, scope: Scope
    ) -> tuple[str, str, bool]:
        """One product: its text, a term that proves its sign, and whether that is > 0."""
        text = self.printer(scope).number(Fraction(coefficient))
        how, positive = f"(IZR_lt 0 {text} eq_refl)", True
        factors = []
        for index, n in powers:
            fact = scope.facts[int(index)]
            p = self.polynomial(fact.polynomial, scope)
            if fact.relation == "!=":
                factors.append((f"({p} * {p})", f"(square_pos {p} {fact.name})", True))
            else:
                factors += [(p, fact.name, fact.relation == ">")] * n
        if root is not None:
            q = self.polynomial(root, scope)
            factors.append((f"({q} * {q})", f"(Rle_0_sqr {q})", False))
        for factor, proof, strict in factors:
            if positive and strict:
                how = f"(Rmult_lt_0_compat _ _ {how} {proof})"
            else:
                left = f"(Rlt_le _ _ {how})" if positive else how
                right = f"(Rlt_le _ _ {proof})" if strict else proof
                how, positive = f"(Rmult_le_pos _ _ {left} {right})", False
            text = f"({text} * {factor})"
        return text, how, positive

    def _reflect(
        self,
        products: list[Product],
        nulls: list[tuple[str, Polynomial]],
        scope: Scope,
    ) -> None:
        """The same as data, which a program proved correct multiplies out (`theory/reflect.v`)."""
        used = sorted({*(i for _, powers, _ in products for i, _ in powers), *(i for i, _ in nulls)}, key=int)
        place = {index: i for i, index in enumerate(used)}
        facts = [scope.facts[int(index)] for index in used]
        polynomials = [*(f.polynomial for f in facts), *(r for _, _, r in products if r is not None)]
        polynomials += [q for _, q in nulls]
        names = generators_of(polynomials)
        known = [f"({SIGNS[fact.relation]}, {data(fact.polynomial, names)})" for fact in facts]
        terms = []
        for coefficient, powers, root in products:
            flat = []
            for index, n in powers:
                squared = scope.facts[int(index)].relation == "!="
                flat += [f"({place[index]}%nat, {'true' if squared else 'false'})"] * (1 if squared else n)
            square = f"Some ({data(root, names)})" if root is not None else "None"
            terms.append(f"(({coefficient})%Z, ({listed(flat)}), {square})")
        cofactors = [f"({place[index]}%nat, {data(q, names)})" for index, q in nulls]
        evidence = "I"
        for fact in reversed(facts):
            evidence = f"(conj {fact.name} {evidence})"
        self.emit(f"refine (refuted_ok ({environment(names, self.generators(scope))}) ({listed(known)})")
        self.emit(f"  ({listed(terms, chr(10))})")
        self.emit(f"  ({listed(cofactors)}) {evidence} _). vm_cast_no_check (eq_refl true).")


def _coefficient(text: str) -> Fraction:
    value = parse_rational(text, name="coefficient")
    if str(value) != text:
        raise Unsupported(f"the coefficient {text} is not in lowest terms")
    return value
