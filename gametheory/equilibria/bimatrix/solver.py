"""All equilibria of a two-player game, exactly: extreme points, maximal Nash subsets, components.

A pair of vertices of the two best-reply polytopes (`polytopes`) is an equilibrium iff every strategy of either player
is unused or a best reply: the labels of the two cover everything. Those pairs are the extreme equilibria. In a
degenerate game they are not alone: `subsets` says what they span.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from operator import mul
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.equilibria.bimatrix.polytopes import (
    Matrix,
    Vertices,
    determinant_sign,
    polytope_vertices,
    positive_integers,
    solve_basis,
)
from gametheory.equilibria.bimatrix.subsets import Mixture, NashComponent, NashSubset, Pair, nash_components
from gametheory.errors import require
from gametheory.exact import to_text
from gametheory.exchange import gambit_profiles
from gametheory.normal_form import NormalFormGame, require_normal_form
from gametheory.profiles import profile_regrets

Words = NDArray[Any]  # labels as bits: uint64, or Python integers where those do not suffice

METHODS: Final = ("vertices", "gambit")


@dataclass(frozen=True, slots=True, kw_only=True)
class BimatrixEquilibria:
    """The set of equilibria of a two-player game: the union of `subsets`.

    Attributes
    ----------
    game : NormalFormGame
    extreme : tuple of pairs of tuples of Fraction
        The extreme equilibria, each verified to have regret exactly 0.
    components : tuple of NashComponent
        Connected components, made of maximal Nash subsets.
    complete : bool
        Whether nothing is missing; proved where True.
    note : str
        What an incomplete answer leaves out; empty otherwise.
    """

    game: NormalFormGame
    extreme: tuple[Pair, ...]
    components: tuple[NashComponent, ...]
    complete: bool
    note: str = ""

    @property
    def subsets(self) -> tuple[NashSubset, ...]:
        """All maximal Nash subsets."""
        return tuple(subset for component in self.components for subset in component.subsets)

    @property
    def degenerate(self) -> bool:
        """Whether some component is not a single equilibrium."""
        return any(not component.isolated for component in self.components)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: rationals as text, mixtures by the names of strategies."""
        named = [
            [
                {name: to_text(p) for name, p in zip(names, mixture, strict=True)}
                for names, mixture in zip(self.game.strategies, pair, strict=True)
            ]
            for pair in self.extreme
        ]
        return {
            "players": list(self.game.players),
            "exact": True,
            "complete": self.complete,
            "note": self.note,
            "regret": "0",
            "extreme": [dict(zip(self.game.players, pair, strict=True)) for pair in named],
            "components": [component.to_dict() for component in self.components],
        }

    def _repr_latex_(self) -> str:
        from gametheory.latex import shown
        from gametheory.latex_tables import bimatrix_latex

        return shown(bimatrix_latex(self))


def bimatrix_equilibria(game: NormalFormGame, *, method: str = "vertices") -> BimatrixEquilibria:
    """All equilibria of a two-player game.

    Parameters
    ----------
    game : NormalFormGame
        With two players and exact payoffs. A game of floats is refused: `rationalized` makes it exact in the open.
    method : {'vertices', 'gambit'}
        'vertices': both best-reply polytopes, complete and proved so. 'gambit': what pygambit's `enummixed` returns in
        rational arithmetic, each point verified here and dropped if it is no equilibrium; a list of points whose
        completeness nobody has proved, `complete` False and `note` saying what was dropped. Needs the extra [gambit].

    Returns
    -------
    BimatrixEquilibria

    Raises
    ------
    InvalidParameter
        If the game has not two players, its payoffs are floats, or a polytope has more than 2e6 bases.

    Examples
    --------
    A degenerate game: against the column player's first strategy, the row player does not care.

    >>> from gametheory import normal_form_game
    >>> found = bimatrix_equilibria(normal_form_game([[-3, 3], [-3, 5]], [[2, 7], [4, 2]]))
    >>> [[[str(p) for p in mixture] for mixture in pair] for pair in found.extreme]
    [[['2/7', '5/7'], ['1', '0']], [['0', '1'], ['1', '0']]]
    >>> found.components[0].dimension, found.components[0].index, found.complete
    (1, 1, True)
    """
    require(method in METHODS, "method", method, f"one of {METHODS}")
    require_normal_form(game)
    require(game.n_players == 2, "game", f"{game.n_players} players", "a game of two players")
    require(game.exact, "game", "payoffs of floats", "a game with exact payoffs (see rationalized)")
    if method == "gambit":
        return _from_gambit(game)
    rows, columns = _integers(game)
    left, right = polytope_vertices(columns), polytope_vertices(rows)
    pairs = _labelled_pairs(left, right)
    weights = _weights(left, {p for p, _ in pairs}), _weights(right, {q for _, q in pairs})
    indices = _indices(left, right)
    if sum(indices.values()) != 1 or not all(_verified(rows, columns, weights[0][p], weights[1][q]) for p, q in pairs):
        raise AssertionError("an extreme equilibrium failed its verification: please report this game")
    (lefts, own), (rights, replies) = (_listed(side) for side in weights)
    edges = sorted((lefts[p], rights[q], indices[p, q]) for p, q in pairs)
    components = nash_components([(i, j) for i, j, _ in edges], own, replies, [index for _, _, index in edges])
    extreme = tuple((own[i], replies[j]) for i, j, _ in edges)
    return BimatrixEquilibria(game=game, extreme=extreme, components=components, complete=True)


def _listed(weights: dict[int, list[int]]) -> tuple[dict[int, int], list[Mixture]]:
    """The places of the labels, and the mixtures there; those with more weight on earlier strategies come first."""
    order = sorted(weights, key=lambda label: ([-w / sum(weights[label]) for w in weights[label]], label))
    return {label: place for place, label in enumerate(order)}, [_mixture(weights[label]) for label in order]


def _integers(game: NormalFormGame) -> tuple[Matrix, Matrix]:
    """Each player's payoffs in positive integers, own strategies in the rows."""
    return positive_integers(game.payoffs[0].tolist()), positive_integers(game.payoffs[1].T.tolist())


def _labelled_pairs(left: Vertices, right: Vertices) -> list[tuple[int, int]]:
    """Pairs of vertices, by their labels, that have all labels together; the pair of origins left out."""
    size, others = left.variables, right.variables
    full, origin = (1 << (size + others)) - 1, (1 << size) - 1
    simple, many = _sorted_out(left.labels, left.bases)
    simple_replies, many_replies = _sorted_out(right.labels, right.bases)
    single, several = _mirror(simple_replies, others, size), _mirror(many_replies, others, size)
    # two vertices without spare labels must complement each other; the others are compared one by one
    places, _ = _equal(full ^ simple, single)
    pairs = [(p, full ^ p) for p in simple[places].tolist()]
    everything = np.concatenate([single, several])
    for p in many:
        pairs += [(int(p), q) for q in everything[(everything | p) == full].tolist()]
    for q in several:
        pairs += [(p, int(q)) for p in simple[(simple | q) == full].tolist()]
    return [(p, _mirror(q, size, others)) for p, q in pairs if p != origin]


def _sorted_out(labels: Words, bases: Words) -> tuple[Words, Words]:
    """The label sets of vertices with as many labels as variables, and, each once, of those with more."""
    simple = labels == bases
    return labels[simple], np.unique(labels[~simple])


def _equal(left: Words, right: Words) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The places of equal words in two arrays that hold none twice."""
    order = np.argsort(right)
    listed = right[order]
    places = np.minimum(np.searchsorted(listed, left), len(listed) - 1) if len(listed) else np.zeros(len(left), np.intp)
    hits = np.flatnonzero(listed[places] == left) if len(listed) else np.zeros(0, np.intp)
    return hits, order[places[hits]]


def _mirror(labels: Any, low: int, high: int) -> Any:
    """Labels of one player's polytope in the other's order: its `low` own strategies behind the `high` others."""
    return (labels >> low) | ((labels & ((1 << low) - 1)) << high)


def _weights(vertices: Vertices, labels: set[int]) -> dict[int, list[int]]:
    """Of each vertex the mixture that it stands for, as integers to be divided by their sum."""
    found: dict[int, list[int]] = {}
    for label in labels:
        basis = int(vertices.bases[vertices.labels == label][0])
        basic, _, values, scale = solve_basis(vertices.matrix, basis, [(1,)] * len(vertices.matrix))
        weights = [0] * vertices.variables
        for place, variable in enumerate(basic):
            weights[variable] = int(values[place, 0]) * (1 if scale > 0 else -1)
        found[label] = weights
    return found


def _mixture(weights: list[int]) -> Mixture:
    total = sum(weights)
    shares = {weight: Fraction(weight, total) for weight in set(weights)}
    return tuple(shares[weight] for weight in weights)


def _verified(rows: Matrix, columns: Matrix, x: list[int], y: list[int]) -> bool:
    """Whether both are mixtures that put weight on best replies only."""
    for payoffs, own, other in ((rows, x, y), (columns, y, x)):
        earned = [sum(map(mul, row, other)) for row in payoffs]
        best = max(earned)
        if min(own) < 0 or max(own) <= 0 or any(w and u != best for w, u in zip(own, earned, strict=True)):
            return False
    return True


def _indices(left: Vertices, right: Vertices) -> Counter[tuple[int, int]]:
    """The indices of the equilibria of the perturbed game, added up at their limits.

    With positive payoffs, that of an equilibrium with supports I and J of k strategies each is (-1)^(k+1) times the
    sign of det A_IJ det B_IJ (Shapley 1974).
    """
    size, others = left.variables, right.variables
    full, origin = (1 << (size + others)) - 1, (1 << size) - 1
    found: Counter[tuple[int, int]] = Counter()
    for p, q in zip(*_equal(full ^ left.bases, _mirror(right.bases, others, size)), strict=True):
        basis, partner = int(left.bases[p]), int(right.bases[q])
        if basis != origin:
            support = size - (basis & origin).bit_count()
            sign = determinant_sign(left.matrix, basis) * determinant_sign(right.matrix, partner)
            found[int(left.labels[p]), int(right.labels[q])] += sign if support % 2 else -sign
    return found


def _from_gambit(game: NormalFormGame) -> BimatrixEquilibria:
    """What pygambit returns, verified."""
    listed = dict.fromkeys(gambit_profiles(game))
    kept = sorted(((x, y) for x, y in listed if not any(profile_regrets(game, (x, y)))), reverse=True)
    rows, columns = (list(dict.fromkeys(own)) for own in zip(*kept, strict=True)) if kept else ([], [])
    edges = [(rows.index(x), columns.index(y)) for x, y in kept]
    dropped = len(listed) - len(kept)
    note = "pygambit lists extreme points; nobody has proved that none is missing"
    if dropped:
        note += f"; {dropped} of its points dropped, which are no equilibria"
    components = nash_components(edges, rows, columns, None)
    return BimatrixEquilibria(game=game, extreme=tuple(kept), components=components, complete=False, note=note)
