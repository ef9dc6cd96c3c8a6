r"""What follows from equations alone: Gröbner bases that remember how they come from the equations.

Every polynomial p is r + :math:`\sum_j q_j e_j` with a remainder r that no leading term of the basis divides, and the
cofactors :math:`q_j` are what a certificate asks for. Sources: Buchberger (1965), thesis, Innsbruck; Cox, Little &
O'Shea, Ideals, Varieties, and Algorithms, chapter 2.
"""

from collections.abc import Sequence
from time import monotonic
from typing import Any, Final

from proofs.facts import Polynomial
from proofs.search.closing import Fact, Proof, text

Cofactors = dict[int, Polynomial]
MAX_ELEMENTS: Final = 40
MAX_TERMS: Final = 400
MORE: Final = 4  # how far above the equations' degrees the basis goes


class Ideal:
    """The polynomials that vanish where the equations among some facts hold.

    Parameters
    ----------
    facts : sequence of (str, Polynomial)
    deadline : float
        On the clock of `time.monotonic`; a basis that is not complete by then still reduces, though not to zero always.
    """

    def __init__(self, facts: Sequence[Fact], deadline: float) -> None:
        from sympy.polys.orderings import grevlex

        self.deadline = deadline
        equations = {i: p for i, (relation, p) in enumerate(facts) if relation == "==" and p}
        self.home: Any = next(iter(equations.values())).ring if equations else None
        self.ring: Any = self.home.clone(order=grevlex) if self.home else None
        self.basis: list[tuple[Polynomial, Cofactors]] = []
        self.top = MORE + max((max(map(sum, p)) for p in equations.values()), default=0)
        self._pairs: list[tuple[int, int]] = []
        for i, p in equations.items():
            self._add(p.set_ring(self.ring), {i: p.set_ring(self.ring) ** 0})
        self._complete()

    def reduce(self, p: Polynomial) -> tuple[Polynomial, Cofactors]:
        """The remainder r and the cofactors with p = r + sum of cofactor * equation."""
        if not self.basis or not p:
            return p, {}
        rest, cofactors = self._reduced(p.set_ring(self.ring), {})
        return rest.set_ring(self.home), {i: -q.set_ring(self.home) for i, q in cofactors.items()}

    def _reduced(self, p: Polynomial, cofactors: Cofactors) -> tuple[Polynomial, Cofactors]:
        """The remainder of p, and what p's own cofactors become."""
        if not p:
            return p, cofactors
        quotients, rest = p.div([g for g, _ in self.basis])
        found = dict(cofactors)
        for q, (_, own) in zip(quotients, self.basis, strict=True):
            for i, c in own.items() if q else ():
                found[i] = found.get(i, p.ring.zero) - q * c
        return rest, {i: c for i, c in found.items() if c}

    def _add(self, p: Polynomial, cofactors: Cofactors) -> None:
        rest, found = self._reduced(p, cofactors) if self.basis else (p, cofactors)
        if rest and len(rest) <= MAX_TERMS:
            self._pairs += [(k, len(self.basis)) for k in range(len(self.basis))]
            self.basis.append((rest, found))

    def _complete(self) -> None:
        """Buchberger's algorithm, within its limits."""
        while self._pairs and len(self.basis) < MAX_ELEMENTS and monotonic() < self.deadline:
            self._pairs.sort(key=lambda pair: -sum(self._common(*pair)))
            i, j = self._pairs.pop()
            (f, own_f), (g, own_g) = self.basis[i], self.basis[j]
            common = self._common(i, j)
            apart = all(not (x and y) for x, y in zip(f.LM, g.LM, strict=True))
            if apart or sum(common) > self.top:
                continue
            left, right = self._factor(common, f), self._factor(common, g)
            cofactors = {k: left * q for k, q in own_f.items()}
            for k, q in own_g.items():
                cofactors[k] = cofactors.get(k, f.ring.zero) - right * q
            self._add(left * f - right * g, cofactors)

    def _common(self, i: int, j: int) -> tuple[int, ...]:
        return tuple(map(max, self.basis[i][0].LM, self.basis[j][0].LM))

    def _factor(self, common: tuple[int, ...], p: Polynomial) -> Polynomial:
        """What makes the leading term of p that monomial."""
        return p.ring.from_dict({tuple(a - b for a, b in zip(common, p.LM, strict=True)): 1 / p.LC})


def close_by_equations(facts: Sequence[Fact], ideal: Ideal) -> Proof | None:
    """A proof that the equations contradict each other or, alone, one of the other facts; None if there is none."""
    if not ideal.basis:
        return None
    one: Polynomial = ideal.home.one
    everything: list[tuple[str, dict[str, int], Polynomial, bool]] = [(">", {}, one, True)]
    for j, (relation, p) in enumerate(facts):
        if relation == "!=" and p:
            everything.append((">", {str(j): 2}, p**2, True))
        elif relation != "==" and p:
            everything.append((relation, {str(j): 1}, p, relation == ">"))
    for _, exponents, p, strict in everything:
        rest, cofactors = ideal.reduce(p)
        if rest and not rest.is_ground:
            continue
        level = rest.LC if rest else 0
        if level > 0 or (level == 0 and not strict):
            continue
        terms: list[Any] = [["1", exponents], *([[str(-level), {}]] if level else [])]
        return {"sum": terms, "zero": {str(i): text(-q) for i, q in cofactors.items() if q}}
    return None
