"""A branch made simpler, fact by fact, before a method is asked to close it.

1. Variables whose sign the assumptions give get a fact of their own.
2. An equation A v + B == 0 with A of known sign eliminates v from the other facts.
3. Each fact is divided by the factors of its polynomial whose signs follow from the assumptions.
4. If asked for, facts are replaced by their remainders modulo the equations.

All of these add facts, each by a split of which one side is closed at once; facts that the proof does not use are
dropped again. Where the method fails, the branch is split by the sign of a term said to be not zero, or of a factor.
"""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from proofs.facts import Polynomial
from proofs.search.closing import (
    Fact,
    Proof,
    all_products,
    guided_products,
    inserted,
    moved,
    renumbered,
    text,
    without,
)
from proofs.search.ideals import Ideal, close_by_equations

if TYPE_CHECKING:
    from proofs.search.refutation import Refuter

BASIS: Final = 1.0  # seconds for a Gröbner basis
Method = Callable[[list[Fact]], Proof | None]


class Chain:
    """A branch under simplification: facts, which of them are still of use, and the steps that added facts.

    Parameters
    ----------
    refuter : Refuter
    facts : list of (str, Polynomial)
    assumed : int
        How many of them are assumptions.
    method : callable
        Closes a list of facts, or gives None.
    remainders : bool, optional
        Whether facts are reduced by the equations.
    """

    def __init__(
        self, refuter: "Refuter", facts: list[Fact], assumed: int, method: Method, *, remainders: bool = False
    ) -> None:
        self.refuter = refuter
        self.method = method
        self.remainders = remainders
        self.algebra = refuter.algebra
        self.facts = list(facts)
        self.live = list(range(len(facts)))
        self.assumed = assumed
        self.first = len(facts)
        self.steps: list[dict[str, Any]] = []
        self.signs: dict[Polynomial, int | None] = {}
        self.unknown: list[Polynomial] = []

    def close(self, splits: int) -> Proof | None:
        """A proof, with at most so many splits; None if none was found."""
        self._sign_variables()
        self._eliminate()
        if self.remainders:
            self._reduce()
        self._divide_all()
        proof = self._sum_of_live() or (self._split(splits) if splits else None)
        return None if proof is None else self._wrap(proof)

    def _wrap(self, proof: Proof) -> Proof:
        """The proof about the facts of the branch, from one about those and the added ones."""
        for position in range(len(self.steps) - 1, -1, -1):
            proof = without(proof, self.first + position, self.steps[position])
        return proof

    def _add(self, relation: str, p: Polynomial, closed: Proof) -> int:
        """Add the fact p > 0 or p >= 0, given a proof that closes its opposite (which has the same number)."""
        if relation == ">":
            self.steps.append({"split": text(p), "positive": None, "otherwise": closed})
        else:
            self.steps.append({"split": text(-p), "positive": closed, "otherwise": None})
        self.facts.append((relation, p))
        self.live.append(len(self.facts) - 1)
        return len(self.facts) - 1

    def _sign_variables(self) -> None:
        present = {p for relation, p in self.facts if relation in (">", ">=")}
        for variable in self.algebra.variables.values():
            if variable not in present and any(p.degree(variable) > 0 for _, p in self.facts if p):
                self._sign(variable)

    def _sign(self, f: Polynomial) -> int | None:
        """The number of a fact f > 0 or -f > 0, added if it follows from the assumptions; else None."""
        if f in self.signs:
            return self.signs[f]
        for i, (relation, p) in enumerate(self.facts):
            if relation == ">" and p in (f, -f):
                self.signs[f] = i
                return i
        self.signs[f] = None
        sign = self.refuter.sign_at_witness(f)
        if sign:
            target = f if sign > 0 else -f
            proof = self._sign_proof(target)
            if proof is not None:
                self.signs[f] = self._add(">", target, moved(proof, self.assumed, len(self.facts)))
        return self.signs[f]

    def _sign_proof(self, target: Polynomial) -> Proof | None:
        """A proof, from the assumptions and -target >= 0 (as fact number `assumed`), that target > 0."""
        base = tuple(self.facts[: self.assumed])
        key = (base, target)
        if key not in self.refuter.signs:
            facts = [*base, (">=", -target)]
            simple = self.refuter.sum(all_products(facts, self.algebra, 1))
            self.refuter.signs[key] = simple or self.refuter.sum(guided_products(facts, self.algebra, rounds=1))
        return self.refuter.signs[key]

    def _eliminate(self) -> None:
        """Use each equation A v + B == 0 to remove v from the other facts."""
        for i in list(self.live):
            relation, equation = self.facts[i]
            if relation == "==" and equation and (found := self._solvable(equation)):
                variable, leading, powers = found
                for j in list(self.live):
                    if j != i and self.facts[j][0] in (">", ">=") and self.facts[j][1].degree(variable) > 0:
                        self._substitute(j, i, variable, leading, powers)

    def _solvable(self, equation: Polynomial) -> tuple[Polynomial, Polynomial, dict[str, int]] | None:
        """A variable v, the A > 0 of ±equation = A v + B, and the facts whose product A is."""
        candidates = []
        for v in self.algebra.variables.values():
            if equation.degree(v) == 1:
                leading = equation.diff(v)
                candidates.append((not leading.is_ground, len(leading), v, leading))
        for _, _, v, leading in sorted(candidates, key=lambda found: found[:2]):
            if leading.is_ground:
                return v, leading, {}
            factors = leading.factor_list()[1]
            powers: dict[str, int] = {}
            for f, n in factors:
                index = self._sign(f)
                if index is None:
                    break
                powers[str(index)] = n
            else:
                return v, leading, powers
        return None

    def _substitute(self, j: int, i: int, v: Polynomial, leading: Polynomial, powers: dict[str, int]) -> None:
        """Replace fact j, g of degree k in v, by |A|^k g minus a multiple of the equation i, free of v."""
        relation, g = self.facts[j]
        equation = self.facts[i][1]
        size = self.algebra.constant(1)
        for index, n in powers.items():
            size *= self.facts[int(index)][1] ** n
        rest, multiple, steps = g, self.algebra.constant(0), 0
        scale = leading.exquo(size) if powers else leading
        while (k := rest.degree(v)) > 0:
            top = _coefficient(rest, v, k)
            if powers:
                # |A| rest - (|A|/A) top v^(k-1) equation, where |A|/A is a constant
                factor = top * v ** (k - 1) * _inverse(scale)
                rest, multiple, steps = rest * size - factor * equation, multiple * size + factor, steps + 1
            else:
                factor = top * v ** (k - 1) * _inverse(scale)
                rest, multiple = rest - factor * equation, multiple + factor
        new = str(len(self.facts))
        lifted = {index: n * steps for index, n in powers.items()} if steps else {}
        zero = {str(i): text(-multiple)} if multiple else {}
        closed: Proof = {"sum": [["1", {**lifted, str(j): 1}], ["1", {new: 1}]], "zero": zero}
        self._add(relation, rest, closed)
        self.live.remove(j)

    def _divide_all(self) -> None:
        for i in list(self.live):
            relation, p = self.facts[i]
            if relation != "!=" and p and not p.is_ground:
                self._divide(i, p.factor_list()[1])

    def _divide(self, i: int, factors: list[tuple[Polynomial, int]]) -> None:
        """Replace fact i by the sign of what is left of its polynomial without the factors of known sign."""
        relation, p = self.facts[i]
        if len(factors) == 1 and factors[0][1] == 1:
            return
        powers: dict[str, int] = {}
        divisor = self.algebra.constant(1)
        for f, n in factors:
            index = self._sign(f)
            if index is not None and index != i:
                powers[str(index)] = n
                divisor *= self.facts[index][1] ** n
            elif f not in self.unknown:
                self.unknown.append(f)
        if not powers:
            return
        u = p.exquo(divisor)
        new = {**powers, str(len(self.facts)): 1}
        if relation == "==":
            self._add(">=", u, {"sum": [["1", new]], "zero": {str(i): "1"}})
            new = {**powers, str(len(self.facts)): 1}
            self._add(">=", -u, {"sum": [["1", new]], "zero": {str(i): "-1"}})
            return
        self.live.remove(i)
        if not (u.is_ground and u.LC > 0):
            self._add(relation, u, {"sum": [["1", {str(i): 1}], ["1", new]], "zero": {}})

    def _reduce(self) -> None:
        """Replace facts by what is left of them modulo the equations."""
        ideal = self._ideal([self.facts[i] for i in self.live])
        positions = list(self.live)
        for j in positions:
            relation, p = self.facts[j]
            rest, cofactors = ideal.reduce(p) if relation in (">", ">=") else (p, {})
            if rest != p:
                new = str(len(self.facts))
                zero = {str(positions[i]): text(-q) for i, q in cofactors.items() if q}
                self._add(relation, rest, {"sum": [["1", {str(j): 1}], ["1", {new: 1}]], "zero": zero})
                self.live.remove(j)

    def _ideal(self, facts: list[Fact]) -> Ideal:
        return Ideal(facts, min(self.refuter.limit, monotonic() + BASIS))

    def _sum_of_live(self) -> Proof | None:
        facts = [self.facts[i] for i in self.live]
        proof = self.method(facts)
        if proof is None and monotonic() < self.refuter.limit:
            proof = close_by_equations(facts, self._ideal(facts))
        return renumbered(proof, self.live, len(self.facts)) if proof else None

    def _split(self, splits: int) -> Proof | None:
        for j in self.live:
            relation, p = self.facts[j]
            if relation == "!=" and (proof := self._split_unequal(j, p, splits)):
                return proof
        for p in self.unknown:
            positive = self._side((">", p), splits - 1)
            otherwise = self._side((">=", -p), splits - 1) if positive else None
            if positive and otherwise:
                return {"split": text(p), "positive": positive, "otherwise": otherwise}
        return None

    def _split_unequal(self, j: int, p: Polynomial, splits: int) -> Proof | None:
        """P != 0 is p > 0 or -p > 0."""
        above = self._side((">", p), splits - 1, without=j)
        below = self._side((">", -p), splits - 1, without=j) if above else None
        if not above or not below:
            return None
        first = len(self.facts)
        neither = {"sum": [["1", {str(j): 2}], ["1", {str(first): 1, str(first + 1): 1}]], "zero": {}}
        inner = {"split": text(-p), "positive": inserted(below, first), "otherwise": neither}
        return {"split": text(p), "positive": above, "otherwise": inner}

    def _side(self, fact: Fact, splits: int, without: int | None = None) -> Proof | None:
        """A proof with one more fact."""
        chain = Chain(self.refuter, [*self.facts, fact], self.assumed, self.method)
        chain.live = [i for i in self.live if i != without] + [len(self.facts)]
        chain.signs = {f: i for f, i in self.signs.items() if i is not None}
        return chain.close(splits)


def _coefficient(p: Polynomial, v: Polynomial, k: int) -> Polynomial:
    """The coefficient of v^k, free of v."""
    position = p.ring.gens.index(v)
    picked = {}
    for monomial, coefficient in p.items():
        if monomial[position] == k:
            picked[(*monomial[:position], 0, *monomial[position + 1 :])] = coefficient
    return p.ring.from_dict(picked)


def _inverse(constant: Polynomial) -> Polynomial:
    """1 / a constant polynomial."""
    return constant.ring.one * (1 / constant.LC)
