r"""One player's view of a repeated game in which all others follow a profile: a decision process.

A node is what the player knows of the history (a state of an automaton, a last round); each move earns a payoff and
leads on with probabilities. Rounds may have several stages: where a node does not end the round, what follows is not
discounted. The values of following the prescribed moves satisfy, at every node,

.. math:: V = u + \omega^{e} P V, \qquad e = 1 \text{ where the round ends, else } 0,

and :math:`(1 - \omega) V` is the normalized value. As functions of :math:`\omega` they are quotients of polynomials:
over :math:`1 - \omega^L` where nothing is random (a path that runs into a cycle of `L` rounds), else over
:math:`\det(I - \omega M)`, which is positive on [0, 1), `M` taking from round to round. With :math:`\chi` that
determinant, the numerators are the first coefficients of :math:`\chi(\omega) \sum_k \omega^k M^k u`.

Source: Puterman (1994), Markov Decision Processes, chapter 6 (policy evaluation and improvement).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gametheory.errors import require
from gametheory.exact import Number, in_order, is_exact, is_symbolic
from gametheory.repeated.linear import Matrix, Vector, solve


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a player can do at a node.

    Attributes
    ----------
    name : str
    payoff : number
        Earned at once, in payoff units.
    successors : tuple of (int, number)
        Nodes that may follow, with their probabilities.
    """

    name: str
    payoff: Number
    successors: tuple[tuple[int, Number], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A history, as far as it matters.

    Attributes
    ----------
    history : str
        In words.
    moves : tuple of Move
    prescribed : tuple of number
        The probability of each move in the profile.
    ends_round : bool
        Whether what follows is a round later.
    """

    history: str
    moves: tuple[Move, ...]
    prescribed: tuple[Number, ...]
    ends_round: bool = True

    def __post_init__(self) -> None:
        require(bool(self.moves), "moves", self.moves, "one or more moves")
        require(len(self.prescribed) == len(self.moves), "prescribed", self.prescribed, "a probability for each move")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionProcess:
    """The nodes of a decision process; play begins at `start`.

    Raises
    ------
    InvalidParameter
        If a move leads outside, probabilities of a node or move are no distribution, or a round need not end.
    """

    nodes: tuple[Node, ...]
    start: int = 0

    def __post_init__(self) -> None:
        require(0 <= self.start < len(self.nodes), "start", self.start, "one of the nodes")
        for node in self.nodes:
            _check_distribution("prescribed", node.prescribed)
            for move in node.moves:
                inside = all(0 <= after < len(self.nodes) for after, _ in move.successors)
                require(inside, "successors", move.successors, "nodes of the process")
                _check_distribution("successors", [chance for _, chance in move.successors])
        require(self._rounds_end(), "ends_round", False, "true somewhere on every way that returns to a node")

    @property
    def is_exact(self) -> bool:
        """Whether every number is a rational."""
        return all(map(is_exact, self._numbers()))

    @property
    def is_symbolic(self) -> bool:
        """Whether a number holds a symbol."""
        return any(map(is_symbolic, self._numbers()))

    def _numbers(self) -> list[Number]:
        found = [p for node in self.nodes for p in node.prescribed]
        for node in self.nodes:
            for move in node.moves:
                found += [move.payoff, *(chance for _, chance in move.successors)]
        return found

    def _rounds_end(self) -> bool:
        """Whether nodes that do not end the round form no cycle."""
        inner = {i for i, node in enumerate(self.nodes) if not node.ends_round}
        ahead = {i: {j for move in self.nodes[i].moves for j, _ in move.successors} & inner for i in inner}
        while True:
            last = {i for i, following in ahead.items() if not following & ahead.keys()}
            if not last:
                return not ahead
            ahead = {i: following for i, following in ahead.items() if i not in last}


@dataclass(frozen=True, slots=True)
class Quotient:
    """A quotient of polynomials of the discount factor (flint's), its denominator positive on [0, 1)."""

    numerator: Any
    denominator: Any


def policy(process: DecisionProcess) -> list[Vector]:
    """The prescribed probabilities of all nodes."""
    return [list(node.prescribed) for node in process.nodes]


def followed(process: DecisionProcess, choice: Sequence[Sequence[Number]]) -> tuple[Matrix, Vector]:
    """Transition probabilities and payoffs when moves are chosen with these probabilities."""
    size = len(process.nodes)
    rows: Matrix = [[Fraction(0)] * size for _ in range(size)]
    payoffs: Vector = [Fraction(0)] * size
    for i, node in enumerate(process.nodes):
        for move, chance in zip(node.moves, choice[i], strict=True):
            if chance == 0:
                continue
            payoffs[i] = payoffs[i] + chance * move.payoff
            for after, probability in move.successors:
                rows[i][after] = rows[i][after] + chance * probability
    return rows, payoffs


def values(process: DecisionProcess, choice: Sequence[Sequence[Number]], *, discount_factor: Number) -> Vector:
    """Value of each node (not normalized) at one discount factor, in the arithmetic of the numbers."""
    rows, payoffs = followed(process, choice)
    steps = [discount_factor if node.ends_round else 1 for node in process.nodes]
    size = len(rows)
    left = [[int(i == j) - steps[i] * rows[i][j] for j in range(size)] for i in range(size)]
    return [row[0] for row in solve(left, [[payoff] for payoff in payoffs])]


def value_quotients(process: DecisionProcess, choice: Sequence[Sequence[Number]]) -> list[Quotient]:
    """Value of each node (not normalized) as a function of the discount factor; exact numbers only."""
    rows, payoffs = followed(process, choice)
    rounds = [int(node.ends_round) for node in process.nodes]
    after = [[j for j, chance in enumerate(row) if chance != 0] for row in rows]
    if all(len(listed) == 1 for listed in after):
        return _along_paths([listed[0] for listed in after], payoffs, rounds)
    return _by_characteristic_polynomial(rows, payoffs, rounds)


def best_choice(process: DecisionProcess, *, discount_factor: Fraction) -> list[Vector]:
    """An optimal pure choice at every node, by exact policy iteration; prescribed moves are kept where optimal.

    Examples
    --------
    >>> stay = Move(name="stay", payoff=Fraction(1), successors=((0, Fraction(1)),))
    >>> wait = Move(name="wait", payoff=Fraction(2), successors=((0, Fraction(1)),))
    >>> process = DecisionProcess(nodes=(Node(history="", moves=(stay, wait), prescribed=(1, 0)),))
    >>> best_choice(process, discount_factor=Fraction(1, 2))
    [[0, 1]]
    """
    choice = policy(process)
    while True:
        worth = values(process, choice, discount_factor=discount_factor)
        better: list[Vector] = []
        for i, node in enumerate(process.nodes):
            step = discount_factor if node.ends_round else Fraction(1)
            found = [_move_value(move, worth, step) for move in node.moves]
            best = max(found)
            kept = best == worth[i]
            better.append(choice[i] if kept else [int(k == found.index(best)) for k in range(len(found))])
        if better == choice:
            return choice
        choice = better


def _move_value(move: Move, worth: Sequence[Number], step: Number) -> Number:
    return move.payoff + step * sum((chance * worth[j] for j, chance in move.successors), start=Fraction(0))


def _along_paths(after: Sequence[int], payoffs: Sequence[Number], rounds: Sequence[int]) -> list[Quotient]:
    """Values where every node has one successor: a path, then a cycle for ever."""
    from flint import fmpq_poly

    from gametheory.algebra.intervals import as_flint

    omega, one = fmpq_poly([0, 1]), fmpq_poly([1])
    found: dict[int, Quotient] = {}
    for root in range(len(after)):
        path, node = [], root
        while node not in found and node not in path:
            path.append(node)
            node = after[node]
        if node not in found:  # a new cycle
            cycle = path[path.index(node) :]
            for member in cycle:
                total, weight, place = fmpq_poly([0]), one, member
                for _ in cycle:
                    total += weight * as_flint(Fraction(payoffs[place]))
                    weight *= omega if rounds[place] else one
                    place = after[place]
                found[member] = Quotient(total, one - weight)
            path = path[: path.index(node)]
        for earlier in reversed(path):
            later = found[after[earlier]]
            step = omega if rounds[earlier] else one
            total = later.denominator * as_flint(Fraction(payoffs[earlier])) + step * later.numerator
            found[earlier] = Quotient(total, later.denominator)
    return [found[i] for i in range(len(after))]


def _by_characteristic_polynomial(rows: Matrix, payoffs: Vector, rounds: Sequence[int]) -> list[Quotient]:
    """Values over the determinant of the system, from a Krylov sequence and the characteristic polynomial."""
    from flint import fmpq, fmpq_mat, fmpq_poly

    from gametheory.algebra.intervals import as_flint

    size = len(rows)
    flat = [[as_flint(Fraction(v)) for v in row] for row in rows]
    ending = [row if rounds[i] else [fmpq(0)] * size for i, row in enumerate(flat)]
    within = [[int(i == j) - (fmpq(0) if rounds[i] else v) for j, v in enumerate(row)] for i, row in enumerate(flat)]
    step = fmpq_mat(ending)
    vector = fmpq_mat(size, 1, [as_flint(Fraction(v)) for v in payoffs])
    if not all(rounds):  # what happens within a round, solved for
        inverse = fmpq_mat(within).inv()
        step, vector = inverse * step, inverse * vector
    below = fmpq_poly(step.charpoly().coeffs()[::-1])  # det(I - omega M)
    columns = []
    for _ in range(size):
        columns.append([vector[i, 0] for i in range(size)])
        vector = step * vector
    found = []
    for i in range(size):
        top = fmpq_poly([column[i] for column in columns]) * below
        found.append(Quotient(fmpq_poly(top.coeffs()[:size]), below))  # the rest vanishes, by Cayley and Hamilton
    return found


def _check_distribution(name: str, chances: Sequence[Number]) -> None:
    if all(map(is_exact, chances)):
        ok = all(chance >= 0 for chance in chances) and sum(chances) == 1
        require(ok, name, chances, "probabilities that sum to 1")
    elif all(isinstance(chance, float) or is_exact(chance) for chance in chances):
        ok = in_order(0, *sorted(chances)) and in_order(1 - 1e-9, sum(chances), 1 + 1e-9)
        require(ok, name, chances, "probabilities that sum to 1")
