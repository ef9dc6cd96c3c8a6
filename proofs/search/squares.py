r"""Contradictions between polynomial facts as sums of squares times products of facts.

For facts :math:`g_i > 0` or :math:`g_i \ge 0` and :math:`e_j = 0` look for

.. math:: \sum_a w_a s_a + \sum_k \sigma_k \prod_i g_i^{a_{ki}} + \sum_j q_j e_j = 0,

with :math:`\sigma_k` sums of squares, the anchors :math:`s_a` products of strict facts (1 among them) and
:math:`w_a \ge 0`, not all zero. Degrees and numbers of factors grow from program to program. Before one is solved,

1. entries of a Gram matrix that nothing can cancel are left out, which includes what Newton's polytope rules out,
2. matrices are cut into blocks by the sign changes x -> -x under which every fact stays as it is,
3. if all facts are homogeneous, only terms of one degree are taken.

Where the facts touch at the origin or at infinity a split on h > 0 gives a strict factor more: h is the sum of the
variables that are known to be >= 0, or of all squares. The interval of a variable may also be halved. Sources: Stengle
(1974), Math. Ann. 207, 87-97; Putinar (1993), Indiana Univ. Math. J. 42, 969-984; Reznick (1978), Duke Math. J. 45,
363-374 (the polytope); Löfberg (2009), IEEE Trans. Autom. Control 54, 1007-1011 (1 and 2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from math import comb, gcd, lcm
from time import monotonic
from typing import Any, Final

from proofs.facts import Algebra, Polynomial, rational
from proofs.search.closing import Fact, Proof, text
from proofs.search.gram import Block, Multiple, Program, Solution, powers_of_two, solve, squares_of
from proofs.search.simplices import bounds

Monomial = tuple[int, ...]
MAX_BASIS: Final = 500  # monomials in one sum of squares, before what cannot occur is left out
MAX_PAIRS: Final = 300_000
MAX_ENTRIES: Final = 5000  # of all matrices, after
MAX_BLOCK: Final = 70
MORE: Final = 4  # how far degrees are raised


@dataclass(frozen=True, slots=True)
class _Term:
    """A product of facts."""

    exponents: dict[str, int]
    polynomial: Polynomial
    strict: bool

    @property
    def degree(self) -> int:
        return _degree(self.polynomial)


def find_squares(facts: Sequence[Fact], algebra: Algebra, deadline: float) -> Proof | None:
    """A proof by sums of squares that the facts contradict each other; None if none was found.

    Parameters
    ----------
    facts : sequence of (str, Polynomial)
    algebra : Algebra
    deadline : float
        On the clock of `time.monotonic`.

    Examples
    --------
    >>> from time import monotonic
    >>> algebra = Algebra(["x", "y"])
    >>> x, y = algebra.variables.values()
    >>> find_squares([(">", 2 * x * y - x**2 - 2 * y**2)], algebra, monotonic() + 10)
    {'sum': [['1', {'0': 1}], ['1', {}, 'x - y'], ['1', {}, 'y']], 'zero': {}}
    """
    return _Search(facts, algebra, deadline).run()


class _Search:
    """Programs of growing size for one list of facts."""

    def __init__(self, facts: Sequence[Fact], algebra: Algebra, deadline: float) -> None:
        self.facts, self.algebra, self.deadline = list(facts), algebra, deadline
        self.failed: list[Program] = []
        self.homogeneous = all(len({sum(m) for m in p}) <= 1 for _, p in facts)

    def seconds(self) -> float:
        """How many are left."""
        return self.deadline - monotonic()

    def run(self) -> Proof | None:
        top = max((_degree(p) for _, p in self.facts), default=0)
        start, step = (top, 1) if self.homogeneous else (top + top % 2, 2)
        h = _positive_form(self.facts, self.algebra)
        for degree in range(start, start + MORE + 1, step):
            for factors in (1, 2, 3):
                if proof := self.attempt(self.facts, degree, factors):
                    return proof
            if h and (self.homogeneous or degree > start) and (proof := self._aside(h, degree)):
                return proof
            if degree < start + MORE and (proof := self._halved(degree)):
                return proof
        return None

    def _halved(self, degree: int) -> Proof | None:
        """A proof that cuts the interval of one variable in two."""
        low, high = bounds(self.facts)
        for i in low.keys() & high.keys():
            middle = (low[i][0] + high[i][0]) / 2
            p = self.algebra.ring.gens[i] * middle.denominator - middle.numerator
            positive = self.attempt([*self.facts, (">", p)], degree, 2)
            otherwise = self.attempt([*self.facts, (">=", -p)], degree, 2) if positive else None
            if otherwise:
                return {"split": text(p), "positive": positive, "otherwise": otherwise}
        return None

    def _aside(self, h: Polynomial, degree: int) -> Proof | None:
        """A proof that treats the points with h <= 0 apart."""
        top = max(_degree(p) for _, p in self.facts)
        for factors in (1, 2):
            positive = self.attempt(self.facts, degree, factors, h)
            for less in (1, 2) if positive else ():
                if otherwise := self.attempt([*self.facts, (">=", -h)], top, less):
                    return {"split": text(h), "positive": positive, "otherwise": otherwise}
        return None

    def attempt(self, facts: list[Fact], degree: int, factors: int, h: Polynomial | None = None) -> Proof | None:
        """A proof whose terms have at most this degree, each with products of so many facts.

        With a polynomial h, of which h > 0 is to be the next fact, its powers are factors of anchors.
        """
        if self.seconds() <= 0:
            return None
        anchors = [t for t in _products(facts, self.algebra, factors, repeated=True) if t.strict]
        if h is not None:
            number = str(len(facts))
            anchors = [
                _Term({**t.exponents, number: j}, t.polynomial * h**j, True) if j else t
                for t in anchors
                for j in range((degree - t.degree) // _degree(h) + 1)
            ]
        anchors = [t for t in anchors if t.degree == degree or (t.degree < degree and not self.homogeneous)]
        program = _program(facts, anchors, self.algebra, degree, factors, exactly=self.homogeneous)
        if program is None or program in self.failed:
            return None
        solution = solve(program, self.seconds)
        if solution is None:
            self.failed.append(program)
            return None
        return _proof(solution)


def _program(
    facts: list[Fact], anchors: list[_Term], algebra: Algebra, degree: int, factors: int, *, exactly: bool
) -> Program | None:
    """The blocks and multiples of one degree, as few and small as can be; None if there is nothing to find or too much.

    `exactly`: all terms have this degree, not less.
    """
    used = [i for i in range(len(algebra.names)) if any(m[i] for _, p in facts for m in p)]
    terms = list(_products(facts, algebra, factors, repeated=False))
    pieces: list[tuple[_Term, list[Monomial], bool]] = [(t, [(0,) * len(algebra.names)], True) for t in anchors]
    for t in terms:
        half, odd = divmod(degree - t.degree, 2)
        if half < 0 or (exactly and odd):
            continue
        if comb(half + len(used), half) > MAX_BASIS:
            return None
        pieces.append((t, list(_monomials(len(algebra.names), used, half, exactly)), False))
    multiples = _multiples(facts, algebra, used, degree, exactly)
    if sum(len(b) ** 2 * len(t.polynomial) for t, b, _ in pieces) > 2 * MAX_PAIRS:
        return None
    classes = _Parities([t.polynomial for t, _, _ in pieces] + [p for _, p in facts])
    multiples = [m for m in multiples if classes.of(next(iter(m.cofactor))) == 0]
    kept = _possible(pieces, multiples)
    blocks = tuple(_blocks(pieces, kept, classes, algebra))
    if not any(b.anchor for b in blocks) or max(len(b.basis) for b in blocks) > MAX_BLOCK:
        return None
    if sum(len(b.basis) * (len(b.basis) + 1) // 2 for b in blocks) + len(multiples) > MAX_ENTRIES:
        return None
    return Program(blocks, tuple(multiples))


def _products(facts: Sequence[Fact], algebra: Algebra, factors: int, *, repeated: bool) -> Iterator[_Term]:
    """Products of up to so many facts > and >=; `repeated`: also powers, and squares of facts !=."""
    yield _Term({}, algebra.constant(1), True)
    if repeated:
        yield from (_Term({str(i): 2}, p**2, True) for i, (relation, p) in enumerate(facts) if relation == "!=" and p)
    usable = [i for i, (relation, p) in enumerate(facts) if relation in (">", ">=") and p and not p.is_ground]
    for size in range(1, factors + 1):
        for chosen in (combinations_with_replacement if repeated else combinations)(usable, size):
            strict = all(facts[i][0] == ">" for i in chosen)
            if strict or not repeated:
                polynomial = algebra.constant(1)
                for i in chosen:
                    polynomial = polynomial * facts[i][1]
                yield _Term({str(i): chosen.count(i) for i in dict.fromkeys(chosen)}, polynomial, strict)


def _multiples(facts: list[Fact], algebra: Algebra, used: list[int], degree: int, exactly: bool) -> list[Multiple]:
    """The equations times monomials."""
    found = []
    for index, (relation, p) in enumerate(facts):
        if relation == "==" and p and _degree(p) <= degree:
            for m in _monomials(len(algebra.names), used, degree - _degree(p), exactly):
                cofactor = algebra.ring.from_dict({m: algebra.domain(1)})
                found.append(Multiple(index, cofactor, cofactor * p))
    return found


def _monomials(size: int, used: list[int], degree: int, exactly: bool) -> Iterator[Monomial]:
    """Monomials in the used variables of a degree or, unless `exactly`, up to it."""
    for total in range(degree if exactly else 0, degree + 1):
        for chosen in combinations_with_replacement(used, total):
            yield tuple(chosen.count(i) for i in range(size))


class _Parities:
    """Monomials modulo the sign changes that leave polynomials as they are."""

    def __init__(self, polynomials: Sequence[Polynomial]) -> None:
        self.basis: list[int] = []
        for m in {m for p in polynomials for m in p}:
            rest = self.of(m)
            if rest:
                self.basis = sorted([*(min(b, b ^ rest) for b in self.basis), rest], reverse=True)

    def of(self, monomial: Monomial) -> int:
        """The class of a monomial; 0 for those that no such sign change alters."""
        rest = sum(1 << i for i, n in enumerate(monomial) if n % 2)
        for b in self.basis:
            rest = min(rest, rest ^ b)
        return rest


def _possible(pieces: list[tuple[_Term, list[Monomial], bool]], multiples: list[Multiple]) -> list[list[Monomial]]:
    """For each piece the monomials left after dropping, again and again, those whose squares nothing can cancel."""
    kept = [dict.fromkeys(basis) for _, basis, _ in pieces]
    mixed: dict[Monomial, int] = {}
    pure: dict[Monomial, dict[tuple[int, Monomial], int]] = {}
    for multiple in multiples:
        for t in multiple.polynomial:
            mixed[t] = mixed.get(t, 0) + 1
    for k, (term, basis, _) in enumerate(pieces):
        for i, b in enumerate(basis):
            for u, x in term.polynomial.items():
                pure.setdefault(_sum(u, b, b), {})[k, b] = 1 if x > 0 else -1
                for c in basis[:i]:
                    t = _sum(u, b, c)
                    mixed[t] = mixed.get(t, 0) + 1
    waiting = list(pure)
    while waiting:
        t = waiting.pop()
        if mixed.get(t) or len(set(pure[t].values())) != 1:
            continue
        for k, b in list(pure[t]):
            del kept[k][b]
            for u in pieces[k][0].polynomial:
                touched = _sum(u, b, b)
                pure[touched].pop((k, b), None)
                waiting.append(touched)
                for c in kept[k]:
                    touched = _sum(u, b, c)
                    mixed[touched] -= 1
                    if touched in pure and not mixed[touched]:
                        waiting.append(touched)
    return [list(left) for left in kept]


def _blocks(
    pieces: list[tuple[_Term, list[Monomial], bool]], kept: list[list[Monomial]], classes: _Parities, algebra: Algebra
) -> Iterator[Block]:
    for (term, _, anchor), basis in zip(pieces, kept, strict=True):
        scale = powers_of_two(term.polynomial)
        factor = term.polynomial * algebra.domain(scale.denominator, scale.numerator)
        parts: dict[int, list[Polynomial]] = {}
        for b in basis:
            parts.setdefault(classes.of(b), []).append(algebra.ring.from_dict({b: algebra.domain(1)}))
        yield from (Block(term.exponents, factor, scale, tuple(part), anchor) for part in parts.values())


def _positive_form(facts: Sequence[Fact], algebra: Algebra) -> Polynomial | None:
    """The sum of the variables in the facts if all are known to be >= 0, else of squares; None if it is a fact."""
    gens = [g for i, g in enumerate(algebra.ring.gens) if any(m[i] for _, p in facts for m in p)]
    known = {p for relation, p in facts if relation in (">", ">=")}
    form = sum(gens if known >= set(gens) else [g**2 for g in gens], start=algebra.ring.zero)
    return None if not gens or any(relation == ">" and p == form for relation, p in facts) else form


def _proof(solution: Solution) -> Proof:
    """A solution in the checker's form, scaled so that the first coefficient is 1."""
    weights: dict[Any, Fraction] = {}
    for block, weight, q in squares_of(solution):
        content, plain = _primitive(q)
        key = (tuple(block.exponents.items()), plain)
        weights[key] = weights.get(key, Fraction(0)) + weight * content**2 / block.scale
    scale = next(iter(weights.values()))
    terms = []
    for (exponents, plain), weight in weights.items():
        entry = [str(weight / scale), dict(exponents)]
        terms.append(entry if plain.is_ground else [*entry, text(plain)])
    zero: dict[str, Polynomial] = {}
    for multiple, weight in zip(solution.program.multiples, solution.weights, strict=True):
        if weight:
            ratio, index = weight / scale, str(multiple.index)
            part = multiple.cofactor * multiple.cofactor.ring.domain(ratio.numerator, ratio.denominator)
            zero[index] = zero[index] + part if index in zero else part
    return {"sum": terms, "zero": {index: text(q) for index, q in zero.items()}}


def _primitive(q: Polynomial) -> tuple[Fraction, Polynomial]:
    """A polynomial as a number times one with coprime integer coefficients, the first > 0."""
    values = [rational(x) for x in q.values()]
    content = Fraction(gcd(*(x.numerator for x in values)), lcm(*(x.denominator for x in values)))
    content = -content if q.LC < 0 else content
    return content, q * q.ring.domain(content.denominator, content.numerator)


def _sum(a: Monomial, b: Monomial, c: Monomial) -> Monomial:
    return tuple(x + y + z for x, y, z in zip(a, b, c, strict=True))


def _degree(polynomial: Polynomial) -> int:
    return max((sum(monomial) for monomial in polynomial), default=0)
