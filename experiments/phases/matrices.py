r"""Phases of three strategies whose payoffs are affine in the counts, from the signs of finitely many polynomials.

Let :math:`a_{ij}` be what `i` earns when all co-players play `j`, and :math:`d_{ij} = a_{ij} - a_{jj}`. In a
population with shares `x` the payoffs are :math:`(A x)_i`, and what is there follows from signs (Zeeman 1980;
Bomze 1983, Biol. Cybern. 48, 201-211):

- the vertex `j` has the eigenvalues :math:`d_{ij}`; all negative: a strict equilibrium, one positive: no equilibrium;
- the edge `i`-`j` has a rest point inside iff :math:`d_{ij}` and :math:`d_{ji}` have one sign, at shares
  :math:`x_i : x_j = d_{ij} : d_{ji}`, attracting along the edge iff they are positive; `k` enters there iff
  :math:`(d_{ki} d_{ij} + (a_{kj} - a_{ij}) d_{ji}) / (d_{ij} + d_{ji}) > 0`; if both are zero the whole edge
  rests, and `k` enters at share `x_i` iff :math:`d_{ki} x_i + d_{kj} x_j > 0`;
- inside, :math:`x` is proportional to the cross product `w` of two rows of payoff differences, so there is a rest
  point iff its entries have one sign: all negative, a saddle; all positive, attracting or repelling by the sign of
  the trace of the linearization.
"""

from collections.abc import Sequence
from itertools import combinations, permutations
from typing import Any, Final

from experiments.phases.problem import Problem, Reader, SignPolynomial, Unknown, integer_terms
from gametheory.compositions import compositions, number_of_compositions
from gametheory.errors import InvalidParameter, require

PAIRS: Final = tuple(permutations(range(3), 2))
EDGES: Final = tuple(combinations(range(3), 2))
MAX_SPLITS: Final = 2000
INSIDE: Final = (9, 10, 11)  # behind six differences and three edges


def matrix_problem(game: Any, symbols: tuple[Any, Any], shared: dict[str, Any]) -> Problem:
    """The signs on which the rest points, or the symmetric equilibria, of a game of three strategies hang.

    Raises
    ------
    InvalidParameter
        If payoffs are not affine in the counts, or the payoff differences are proportional for all parameters (then
        lines of rest points inside are possible, which signs alone do not describe).
    """
    import sympy as sp

    names = tuple(game.strategies)
    entries = payoff_matrix(game)
    _require_affine(game, entries)
    polynomials = []
    for label, expression in sign_expressions(names, entries):
        (terms,) = integer_terms([sp.S(expression)], symbols)
        polynomials.append(SignPolynomial(name=label, terms=terms))
    lined = not any(polynomials[n].terms for n in INSIDE)
    require(
        not lined,
        "game",
        shared["game"],
        "payoff differences that are not proportional everywhere (free punishers are contributors)",
    )
    table = _Table(names)
    describe = table.equilibria if shared["question"] == "equilibria" else table.rest_points
    return Problem(signs=tuple(polynomials), gains=(), describe=describe, **shared)


def payoff_matrix(game: Any) -> list[list[Any]]:
    """What each strategy earns when all co-players play one, in the arithmetic of the game."""
    rest = int(game.group_size) - 1
    return [[game.payoff(s, tuple(rest * (j == k) for k in range(3))) for j in range(3)] for s in game.strategies]


def sign_expressions(names: Sequence[str], entries: Sequence[Sequence[Any]]) -> list[tuple[str, Any]]:
    """What the signs are of, in words and in the arithmetic of the matrix (symbols, numbers, arrays)."""
    found = []
    for i, j in PAIRS:
        label = f"{names[i]} earns more than {names[j]} where all play {names[j]}"
        found.append((label, entries[i][j] - entries[j][j]))
    for i, j in EDGES:
        k = 3 - i - j
        first, second = entries[i][j] - entries[j][j], entries[j][i] - entries[i][i]
        number = (entries[k][i] - entries[i][i]) * first + (entries[k][j] - entries[i][j]) * second
        rests = f"on the rest point of {names[i]}-{names[j]}, times the sign of its weights"
        found.append((f"{names[k]} earns more {rests}", number))
    rows = [[entries[i][j] - entries[2][j] for j in range(3)] for i in (0, 1)]
    weights = [
        rows[0][(j + 1) % 3] * rows[1][(j + 2) % 3] - rows[0][(j + 2) % 3] * rows[1][(j + 1) % 3] for j in range(3)
    ]
    found += [(f"weight of {names[j]} at the rest point inside", weights[j]) for j in range(3)]
    return [*found, ("trace at the rest point inside", _trace(rows, weights))]


def _require_affine(game: Any, entries: Sequence[Sequence[Any]]) -> None:
    """Refuse payoffs that those among equals do not determine; counts are symbols where the game takes them."""
    import sympy as sp

    rest = int(game.group_size) - 1
    first, second = sp.symbols("first_count second_count", real=True)
    splits: list[tuple[Any, ...]] = [(first, second, rest - first - second)]
    try:
        game.payoff(game.strategies[0], splits[0])
    except InvalidParameter:  # payoffs that distinguish cases by integers
        number = number_of_compositions(rest, 3)
        require(number <= MAX_SPLITS, "group_size", rest + 1, f"at most {MAX_SPLITS} compositions of co-players")
        splits = [tuple(counts) for counts in compositions(rest, 3).tolist()]
    for counts in splits:
        for strategy, row in zip(game.strategies, entries, strict=True):
            mean = sum(n * v for n, v in zip(counts, row, strict=True))
            gap = sp.cancel(sp.S(rest * game.payoff(strategy, counts) - mean))
            require(gap == 0, "game", strategy, "payoffs that are affine in the counts, for three strategies")


def _trace(rows: Sequence[Sequence[Any]], weights: Sequence[Any]) -> Any:
    r"""The trace of the linearization at the rest point inside, times the square of the sum of `weights`.

    In :math:`\ln(x_1/x_3), \ln(x_2/x_3)` the replicator equations say that these grow at the payoff differences.
    """
    total = sum(weights)
    slopes = [[row[0] - row[2], row[1] - row[2]] for row in rows]
    first, second = weights[0], weights[1]
    return (
        slopes[0][0] * first * (total - first)
        - (slopes[0][1] + slopes[1][0]) * first * second
        + slopes[1][1] * second * (total - second)
    )


class _Table:
    """Reads phases off the signs of `sign_expressions`."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.differences = {pair: n for n, pair in enumerate(PAIRS)}
        self.entering = {edge: n for n, edge in enumerate(EDGES, start=len(PAIRS))}
        self.inside, self.trace = INSIDE, INSIDE[-1] + 1

    def rest_points(self, reader: Reader) -> tuple[str, str]:
        """All rest points of the replicator dynamics and their type."""
        found = []
        for j in range(3):
            others = [i for i in range(3) if i != j]
            if not any(self._neutral(reader, i, j) for i in others):
                found.append(f"{self.names[j]} {_kind([reader.sign(self.differences[i, j]) for i in others])}")
        for i, j in combinations(range(3), 2):
            text = self._edge(reader, i, j)
            if text:
                found.append(text)
        middle = self._inside(reader)
        if middle:
            kind = "saddle" if middle < 0 else {-1: "stable", 1: "repels", 0: "trace 0"}[reader.sign(self.trace)]
            found.append(f"inside {kind}")
        name = ", ".join(found)
        return name, f"rest points of the replicator dynamics: {name}"

    def equilibria(self, reader: Reader) -> tuple[str, str]:
        """All symmetric Nash equilibria."""
        found = []
        for j in range(3):
            others = [i for i in range(3) if i != j]
            if any(self._neutral(reader, i, j) for i in others):
                continue
            numbers = [self.differences[i, j] for i in others]
            entered = next((n for n in numbers if reader.peek(n) == 1), None)
            if entered is not None:
                reader.sign(entered)
                continue
            signs = [reader.sign(n) for n in numbers]
            found.append(f"all {self.names[j]}" + ("" if max(signs) < 0 else " (weak)"))
        for i, j in combinations(range(3), 2):
            text = self._edge(reader, i, j, nash=True)
            if text:
                found.append(text)
        if self._inside(reader):
            found.append("one inside")
        name = ", ".join(found) or "none of these"
        return name, f"symmetric Nash equilibria: {name}"

    def _neutral(self, reader: Reader, i: int, j: int) -> bool:
        numbers = self.differences[i, j], self.differences[j, i]
        if any(reader.peek(n) != 0 for n in numbers):
            return False
        return [reader.sign(n) for n in numbers] == [0, 0]

    def _edge(self, reader: Reader, i: int, j: int, *, nash: bool = False) -> str:
        """What is on the open edge between two strategies, if anything."""
        k = 3 - i - j
        edge = f"{self.names[i]}-{self.names[j]}"
        if self._neutral(reader, i, j):
            ends = reader.sign(self.differences[k, i]), reader.sign(self.differences[k, j])
            return self._resting(edge, self.names[k], (self.names[i], self.names[j]), ends, nash)
        numbers = self.differences[i, j], self.differences[j, i]
        seen = [reader.peek(n) for n in numbers]
        if 0 in seen:
            reader.sign(numbers[seen.index(0)])
            return ""
        if nash and self._entered(reader, seen, self.entering[i, j]):
            reader.sign(self.entering[i, j])
            reader.sign(numbers[0 if seen[0] else 1])
            return ""
        along, back = reader.sign(numbers[0]), reader.sign(numbers[1])
        if along != back:
            return ""
        entering = reader.sign(self.entering[i, j]) * along
        if nash:
            return "" if entering > 0 else f"one on {edge}" + ("" if entering else " (weak)")
        return f"{edge} {_kind([-along, entering])}"

    def _entered(self, reader: Reader, seen: Sequence[int | None], entering: int) -> bool:
        """Whether the third strategy enters wherever there is a rest point, by what is known of one of its weights."""
        weight, other = seen[0] or seen[1], reader.peek(entering)
        return bool(weight and other and weight * other > 0)

    def _resting(self, edge: str, third: str, ends: tuple[str, str], signs: tuple[int, int], nash: bool) -> str:
        """An edge all of whose points rest, by where the third strategy enters."""
        if max(signs) <= 0:
            return f"all of {edge}" if nash else f"{edge} at rest, {third} enters nowhere"
        if min(signs) >= 0:
            if not nash:
                return f"{edge} at rest, {third} enters everywhere"
            return f"all {ends[signs.index(0)]} (weak)" if 0 in signs else ""
        safe = ends[0] if signs[0] < 0 else ends[1]
        return f"part of {edge} at {safe}" if nash else f"{edge} at rest, {third} enters far from {safe}"

    def _inside(self, reader: Reader) -> int:
        """1 or -1 if there is a rest point inside, by the sign of the weights; else 0."""
        seen = [reader.peek(n) for n in self.inside]
        if 0 in seen:
            reader.sign(self.inside[seen.index(0)])
            return 0
        if 1 in seen and -1 in seen:
            reader.sign(self.inside[seen.index(1)])
            reader.sign(self.inside[seen.index(-1)])
            return 0
        if None in seen:
            raise Unknown
        return reader.sign(self.inside[0]) * (reader.sign(self.inside[1]) == reader.sign(self.inside[2]))


def _kind(eigenvalues: Sequence[int]) -> str:
    """The type of a rest point with eigenvalues of these signs."""
    if 0 in eigenvalues and max(eigenvalues) <= 0:
        return "degenerate"
    if max(eigenvalues) < 0:
        return "stable"
    return "unstable" if min(eigenvalues) > 0 else "saddle" if min(eigenvalues) < 0 else "unstable (one eigenvalue 0)"
