"""The quad-tree of cells: halve both parameters until a cell is proved to be one phase, or the depth is used up.

Search and proof are one here: exact integers, no float. `proofs.checker.phases` repeats the proof from the file alone.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from experiments.phases.problem import Phase, Problem
from experiments.phases.tensors import Tensor, definite_sign, over_rectangle, quarters, sequence_of

SPLIT: Final = "/"
UNDECIDED: Final = "?"
MAX_DEPTH: Final = 16
SHARE_DEPTH: Final = 24  # halvings of the interval of shares
Found = tuple[str, str]  # a sequence, and the pieces that prove it


@dataclass(slots=True)
class _Node:
    """What is known of a cell, and the polynomials that are not decided on it."""

    level: int
    known: dict[int, int]
    proved: dict[int, Found]
    signs: dict[int, Tensor]
    gains: dict[int, Tensor]


@dataclass(slots=True)
class Tree:
    """A quad-tree as it is stored, in the order of its branches.

    Attributes
    ----------
    phases : list of Phase
        What cells refer to by number; two of one name hang on different signs.
    tokens : list of str
        "/" for a cell of which the four quarters follow (low-low, high-low, low-high, high-high); "?" for an
        undecided one; else the number of a phase, and after ":" the pieces for each of its sequences.
    """

    phases: list[Phase] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def number(self, phase: Phase) -> int:
        """The number of a phase, which is added if it is new."""
        if phase not in self.phases:
            self.phases.append(phase)
        return self.phases.index(phase)


def grow(problem: Problem, depth: int) -> Tree:
    """Decide every cell that can be decided by this depth."""
    tree = Tree()
    stack = [_root(problem)]
    while stack:
        node = stack.pop()
        token = _token(problem, node, tree)
        if token is None and node.level < depth:
            tree.tokens.append(SPLIT)
            stack += reversed(_children(node))
        else:
            tree.tokens.append(token or UNDECIDED)
    return tree


def _root(problem: Problem) -> _Node:
    signs = {k: over_rectangle([s.terms], problem.axes)[0] for k, s in enumerate(problem.signs)}
    gains = {k: over_rectangle(g.reduced, problem.axes) for k, g in enumerate(problem.gains)}
    return _Node(0, {}, {}, signs, gains)


def _token(problem: Problem, node: _Node, tree: Tree) -> str | None:
    """What stands in the tree for a cell that is one phase."""
    for k in list(node.signs):
        found = definite_sign(node.signs[k])
        if found is not None:
            node.known[k] = found
            del node.signs[k]
    for k in list(node.gains):
        proved = sequence_of(node.gains[k], SHARE_DEPTH)
        if proved is not None:
            node.proved[k] = proved
            del node.gains[k]

    def sequence(k: int) -> str | None:
        return node.proved[k][0] if k in node.proved else None

    phase = problem.phase(node.known.get, sequence)
    if phase is None:
        return None
    return ":".join([str(tree.number(phase)), *(node.proved[k][1] for k in phase.sequences)])


def _children(node: _Node) -> list[_Node]:
    signs = {k: quarters(tensor) for k, tensor in node.signs.items()}
    gains = {k: quarters(tensor) for k, tensor in node.gains.items()}
    return [
        _Node(
            node.level + 1,
            dict(node.known),
            dict(node.proved),
            {k: parts[q] for k, parts in signs.items()},
            {k: parts[q] for k, parts in gains.items()},
        )
        for q in range(4)
    ]


def leaves(tokens: Any) -> Any:
    """The leaves of a stored tree with their places: (level, column, row, token), column and row in units of 2^-level.

    Examples
    --------
    >>> list(leaves(["/", "?", "0", "0", "1"]))
    [(1, 0, 0, '?'), (1, 1, 0, '0'), (1, 0, 1, '0'), (1, 1, 1, '1')]
    """
    stack = [(0, 0, 0)]
    for token in tokens:
        level, i, j = stack.pop()
        if token == SPLIT:
            stack += [(level + 1, 2 * i + a, 2 * j + b) for b in (1, 0) for a in (1, 0)]
        else:
            yield level, i, j, token


def leaf_at(tokens: Any, x: Any, y: Any) -> str | None:
    """The token of the open cell at a point, exact shares of the rectangle's sides; None on the edge of a cell.

    Examples
    --------
    >>> from fractions import Fraction
    >>> tree = ["/", "?", "0", "0", "1"]
    >>> leaf_at(tree, Fraction(3, 4), Fraction(2, 3)), leaf_at(tree, Fraction(1, 2), Fraction(2, 3))
    ('1', None)
    """
    for level, i, j, token in leaves(tokens):
        across, up = x * 2**level - i, y * 2**level - j
        if 0 < across < 1 and 0 < up < 1:
            return str(token)
    return None
