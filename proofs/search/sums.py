"""Sums taken apart: of weights that are affine in the bound name, times one product of atoms, into two plain Sums."""

from collections.abc import Iterator
from functools import reduce
from typing import Any

from proofs.algebra import Algebra
from proofs.cases import Unsupported
from proofs.language import Binder, Number, Operation, Term, Variable, free_names
from proofs.search.instances import ratio
from proofs.search.lemmas import ONE, ZERO, Lemma, sum_linear


def separated(tree: Binder) -> Iterator[Lemma]:
    """For the Sum of (a k + b) B: it is a times that of k B plus that of b B, which is b times that of B."""
    found = _affine(tree)
    if found is None:
        return
    product, a, b = found

    def over(body: Term) -> Binder:
        return Binder("Sum", body, tree.name, tree.low, tree.high)

    plain = over(product)
    moment = over(Operation("*", (Variable(tree.name), product)))
    if a == ZERO:
        yield sum_linear(tree, plain, plain, Operation("-", (b, ONE)))
        return
    if b == ZERO:
        yield sum_linear(tree, moment, moment, Operation("-", (a, ONE)))
        return
    weighted = over(Operation("*", (b, product)))
    yield sum_linear(tree, weighted, moment, a)
    yield sum_linear(weighted, plain, plain, Operation("-", (b, ONE)))


def _affine(tree: Binder) -> tuple[Term, Term, Term] | None:
    """The product B of the atoms with the bound name in them, and a and b; None if the body is of another form."""
    algebra = Algebra(sorted(free_names(tree.body) | {tree.name}), [tree.body])
    try:
        numerator, below = algebra.quotient(tree.body)
    except Unsupported:
        return None
    k = algebra.variables[tree.name]
    moving = [name for name, atom in algebra.atoms.items() if tree.name in free_names(atom)]
    outer = [name for name in moving if numerator and numerator.degree(algebra.variables[name]) > 0]
    if not outer or any(f.degree(algebra.variables[name]) > 0 for f in below for name in (*moving, tree.name)):
        return None
    product: Any = reduce(lambda p, name: p * algebra.variables[name], outer, algebra.constant(1))
    weight, rest = numerator.div([product])
    weight = weight[0]
    if rest or weight.degree(k) > 1 or any(weight.degree(algebra.variables[name]) > 0 for name in moving):
        return None
    if weight in (algebra.constant(1), k):
        return None
    bottom = reduce(lambda p, item: p * item[0] ** item[1], below.items(), algebra.constant(1))
    slope = weight.diff(k)
    body = reduce(lambda p, q: Operation("*", (p, q)), [algebra.atoms[name] for name in outer])
    parts = [ratio(q, bottom) if q else Number(ZERO.value) for q in (slope, weight - slope * k)]
    return body, parts[0], parts[1]
