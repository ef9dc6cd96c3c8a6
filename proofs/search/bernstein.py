r"""Contradictions between polynomial facts on a box, a simplex, an unbounded interval or a product of these.

In the coordinates of `proofs.search.simplices` a polynomial is a form :math:`\sum_\alpha c_\alpha \lambda^\alpha`,
and the coordinates are facts up to factors. If no coefficient is positive, a fact that says p > 0 is refuted by

.. math:: p + \sum_\alpha (-c_\alpha) \lambda^\alpha = 0.

A fact p >= 0 or p == 0 needs a term that is > 0 besides, and several facts may be refuted together, by a sum of them.
Where the coefficients do not decide, the domain is cut in two along an edge.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from time import monotonic
from typing import Any, Final

from proofs.facts import HOLDS, Algebra
from proofs.search.closing import Fact, Proof, text
from proofs.search.simplices import (
    Cell,
    Coordinate,
    Form,
    corners,
    domain,
    edge,
    form_of,
    halves,
    raised,
    units,
    variables_of,
)

MAX_DEPTH: Final = 40
MAX_COMBINED: Final = 8  # facts that are combined in one cell
MAX_ROWS: Final = 1000
NEGATIVE: Final = 1e-9


def find_bernstein(facts: Sequence[Fact], algebra: Algebra, deadline: float, *, cells: int) -> Proof | None:
    """A proof by Bernstein coefficients that the facts contradict each other; None if none was found.

    Parameters
    ----------
    facts : sequence of (str, Polynomial)
    algebra : Algebra
    deadline : float
        On the clock of `time.monotonic`.
    cells : int
        How many cells the domain is cut into at most.

    Examples
    --------
    >>> from time import monotonic
    >>> algebra = Algebra(["x"])
    >>> x = algebra.variables["x"]
    >>> find_bernstein([(">=", x), (">=", 1 - x), (">", x**2 - x)], algebra, monotonic() + 1, cells=1)
    {'sum': [['1', {'2': 1}], ['1', {'1': 1, '0': 1}]], 'zero': {}}
    """
    return _Search(facts, algebra, deadline, cells).run()


class _Search:
    """The cutting of one domain."""

    def __init__(self, facts: Sequence[Fact], algebra: Algebra, deadline: float, cells: int) -> None:
        self.facts, self.algebra, self.deadline, self.left = list(facts), algebra, deadline, cells
        self.coordinates = tuple(domain(facts, algebra))
        covered = {i for c in self.coordinates for i in c.place}
        bounds = {c.fact for c in self.coordinates}
        self.about = [
            k
            for k, (relation, p) in enumerate(facts)
            if k not in bounds and relation != "!=" and p and not p.is_ground and variables_of(p) <= covered
        ]

    def run(self) -> Proof | None:
        if not self.coordinates or not self.about:
            return None
        forms = []
        for k in self.about:
            form = form_of(self.facts[k][1], self.coordinates)
            if form is None:
                return None
            forms.append(form)
        return self._close(Cell(self.coordinates, tuple(forms)), len(self.facts), 0)

    def _close(self, cell: Cell, size: int, depth: int) -> Proof | None:
        """A proof for one cell, in which `size` facts are known."""
        if self.left <= 0 or depth > MAX_DEPTH or monotonic() > self.deadline or self._may_hold(cell):
            return None
        for k, form in zip(self.about, cell.forms, strict=True):
            if proof := self._refuted(k, form, cell.coordinates):
                self.left -= 1
                return proof
        if proof := self._combined(cell):
            self.left -= 1
            return proof
        i, j = edge(cell)
        p, positive, otherwise = halves(cell, i, j, size)
        if (first := self._close(positive, size + 1, depth + 1)) is None:
            return None
        if (second := self._close(otherwise, size + 1, depth + 1)) is None:
            return None
        return {"split": text(p), "positive": first, "otherwise": second}

    def _may_hold(self, cell: Cell) -> bool:
        """Whether all facts that are looked at hold in the middle of the cell, so that they cannot be refuted."""
        sizes = [sum(c.group == other.group and other.vertex for other in cell.coordinates) for c in cell.coordinates]
        middle = [Fraction(1, n) if c.vertex else Fraction(1) for c, n in zip(cell.coordinates, sizes, strict=True)]
        for k, form in zip(self.about, cell.forms, strict=True):
            value = sum((c * prod(x**n for x, n in zip(middle, m, strict=True)) for m, c in form.items()), Fraction(0))
            if not HOLDS[self.facts[k][0]](value):
                return False
        return True

    def _refuted(self, k: int, form: Form, coordinates: Sequence[Coordinate]) -> Proof | None:
        """A proof from one fact."""
        relation = self.facts[k][0]
        for sign in (1, -1) if relation == "==" else (1,):
            if all(sign * c <= 0 for c in form.values()):
                zero = {str(k): str(sign)} if relation == "==" else {}
                terms = [] if zero else [["1", {str(k): 1}]]
                rest = {m: -sign * c for m, c in form.items()}
                return _sum(terms, zero, rest, coordinates, strict=relation == ">")
        return None

    def _combined(self, cell: Cell) -> Proof | None:
        """A proof from a sum of several facts."""
        if not 2 <= len(self.about) <= MAX_COMBINED:
            return None
        forms = raised(cell)
        rows = sorted({m for form in forms for m in form})
        if len(rows) > MAX_ROWS or (weights := self._weights(forms, rows, cell.coordinates)) is None:
            return None
        pairs = list(zip(weights, forms, strict=True))
        total = {m: -sum((w * form.get(m, Fraction(0)) for w, form in pairs), Fraction(0)) for m in rows}
        if any(c < 0 for c in total.values()):
            return None
        used = [(k, w) for k, w in zip(self.about, weights, strict=True) if w]
        zero = {str(k): str(w) for k, w in used if self.facts[k][0] == "=="}
        terms = [[str(w), {str(k): 1}] for k, w in used if self.facts[k][0] != "=="]
        strict = any(self.facts[k][0] == ">" for k, _ in used)
        return _sum(terms, zero, total, cell.coordinates, strict=strict)

    def _weights(
        self, forms: list[Form], rows: list[tuple[int, ...]], at: Sequence[Coordinate]
    ) -> list[Fraction] | None:
        """Weights of the facts for which all coefficients of their sum are negative, by a linear program."""
        import numpy as np
        from scipy.optimize import linprog

        table = np.array([[float(form.get(m, 0)) for form in forms] + [units(m, at)] for m in rows])
        limits = [(-1.0 if self.facts[k][0] == "==" else 0.0, 1.0) for k in self.about]
        cost = [0.0] * len(forms) + [-1.0]
        found = linprog(cost, A_ub=table, b_ub=np.zeros(len(rows)), bounds=[*limits, (0.0, 1.0)])
        if found.status != 0 or found.x[-1] < NEGATIVE:
            return None
        return [Fraction(float(x)).limit_denominator(1000) for x in found.x[:-1]]


def _sum(
    terms: list[list[Any]], zero: dict[str, str], rest: Form, coordinates: Sequence[Coordinate], *, strict: bool
) -> Proof | None:
    """The terms plus a form with coefficients >= 0, which make zero, as a proof; None if no term is > 0."""
    if not strict and not any(c and _is_strict(m, coordinates) for m, c in rest.items()):
        ratios = (rest.get(m, Fraction(0)) / units(m, coordinates) for m in corners(rest, coordinates))
        slack = min(ratios, default=Fraction(0))
        if slack <= 0:
            return None
        terms = [[str(slack), {}], *terms]
        rest = {m: c - slack * units(m, coordinates) for m, c in rest.items()}
    found = list(terms)
    for m, c in rest.items():
        if c:
            scale = prod((x.scale**n for x, n in zip(coordinates, m, strict=True)), start=Fraction(1))
            exponents = {str(x.fact): n for x, n in zip(coordinates, m, strict=True) if n and x.fact is not None}
            found.append([str(c * scale), exponents])
    return {"sum": found, "zero": zero}


def _is_strict(monomial: tuple[int, ...], coordinates: Sequence[Coordinate]) -> bool:
    return all(x.strict for x, n in zip(coordinates, monomial, strict=True) if n)
