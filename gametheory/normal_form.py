r"""Games in normal form: any number of players, each with strategies and payoffs of its own.

Player `i` of :math:`N` has the tensor :math:`U_i` of shape :math:`(m_1, \dots, m_N)`, indexed by everybody's strategy
in the order of the players. Profiles and regrets: `gametheory.profiles`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.compositions import compositions
from gametheory.errors import require
from gametheory.exact import Number, as_number, is_exact, is_integer, to_text, unify
from gametheory.games import Game, PayoffTable, payoff_table
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR
from gametheory.unequal import UnequalGame, profile_payoffs

Tensor = NDArray[Any]

MAX_ENTRIES: Final = 5_000_000
MAX_PLAYERS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NormalFormGame:
    """A game given by one payoff tensor for each player; `normal_form_game` is the shorter way to one.

    Parameters
    ----------
    payoffs : sequence of array, N of them, each of shape (m_1, ..., m_N)
        Player i's payoff by everybody's strategy. Integers (arrays of them too), fractions and text such as '3/10' are
        exact, floats are floats, and one float makes all payoffs floats. Kept as read-only copies: of dtype object,
        holding `Fraction`, if exact, else of float64.
    strategies : sequence of sequences of str, optional
        Names of each player's strategies, different within a player; "1", "2", ... by default.
    players : sequence of str, optional
        N different names; "1", "2", ... by default.
    title : str, optional

    Raises
    ------
    InvalidParameter
        If there are fewer than 2 or more than 30 players, shapes or names do not fit, a payoff is not a finite number,
        or the tensors have more than 5e6 entries together.

    Examples
    --------
    >>> game = NormalFormGame(payoffs=[[[3, 0], [5, 1]], [[3, 5], [0, 1]]], strategies=[["C", "D"]] * 2)
    >>> game.shape, game.exact, game.players, game.payoffs[0][1, 0]
    ((2, 2), True, ('1', '2'), Fraction(5, 1))
    """

    payoffs: tuple[Tensor, ...]
    strategies: tuple[tuple[str, ...], ...] = ()
    players: tuple[str, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        tensors = _tensors(self.payoffs)
        shape = tensors[0].shape
        names = tuple(map(tuple, self.strategies)) or tuple(_numbered(size) for size in shape)
        players = tuple(self.players) or _numbered(len(shape))
        counts = tuple(map(len, names))
        require(counts == shape, "strategies", self.strategies, f"names of {shape} strategies")
        require(len(players) == len(shape), "players", self.players, f"{len(shape)} names")
        for label, listed in (("players", players), *(("strategies", own) for own in names)):
            named = all(isinstance(name, str) and name for name in listed) and len(set(listed)) == len(listed)
            require(named, label, listed, "different texts that are not empty")
        require(isinstance(self.title, str), "title", self.title, "text")
        for field, value in (("payoffs", tensors), ("strategies", names), ("players", players)):
            object.__setattr__(self, field, value)

    @property
    def exact(self) -> bool:
        """Whether payoffs are exact rationals (all are, or all are floats)."""
        return self.payoffs[0].dtype == object

    @property
    def n_players(self) -> int:
        """How many players there are, N."""
        return len(self.payoffs)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many strategies each player has."""
        return self.payoffs[0].shape

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NormalFormGame):
            return NotImplemented
        labels = self.shape == other.shape and self.exact == other.exact and self._labels() == other._labels()
        return labels and all(bool((a == b).all()) for a, b in zip(self.payoffs, other.payoffs, strict=True))

    def __hash__(self) -> int:
        return hash((self._labels(), tuple(tuple(tensor.flat) for tensor in self.payoffs)))

    def _labels(self) -> tuple[Any, ...]:
        return self.strategies, self.players, self.title

    def _repr_latex_(self) -> str:
        from gametheory.latex import shown
        from gametheory.latex_tables import normal_form_latex

        return shown(normal_form_latex(self))


def normal_form_game(
    *payoffs: Any,
    strategies: Sequence[Sequence[str]] | None = None,
    players: Sequence[str] | None = None,
    title: str = "",
) -> NormalFormGame:
    """A game in normal form from one payoff tensor for each player.

    Parameters
    ----------
    *payoffs : array, each of shape (m_1, ..., m_N)
        Their numbers as in `NormalFormGame`. A square matrix `A` given alone is a symmetric two-player game: the row
        player has `A`, the column player its transpose.
    strategies, players, title
        As in `NormalFormGame`.

    Raises
    ------
    InvalidParameter
        As `NormalFormGame`.

    Examples
    --------
    >>> normal_form_game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]).shape
    (2, 2)
    >>> normal_form_game([["1/2", 2], [0, 1]]).payoffs[1][0, 1]
    Fraction(0, 1)
    """
    given = payoffs
    if len(payoffs) == 1:
        alone = _objects(payoffs[0])
        square = alone.ndim == 2 and alone.shape[0] == alone.shape[1]
        require(square, "payoffs", alone.shape, "one tensor for each player, or one square matrix")
        given = (alone, alone.T)
    return NormalFormGame(
        payoffs=given, strategies=tuple(map(tuple, strategies or ())), players=tuple(players or ()), title=title
    )


def normal_form_of(game: Game | UnequalGame, *, title: str = "") -> NormalFormGame:
    """The tensors of a symmetric game, or of one among unequal players (who give all, C, or nothing, D).

    Parameters
    ----------
    game : Game or UnequalGame
        Its parameters numbers.

    Raises
    ------
    InvalidParameter
        If a payoff is not a number, or N m^N, the entries of all tensors, exceeds 5e6.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> tensors = normal_form_of(PublicGoodsGame(group_size=3, multiplication_factor=2, strategies=["C", "D"]))
    >>> tensors.shape, str(tensors.payoffs[2][0, 0, 1])
    ((2, 2, 2), '4/3')
    """
    if isinstance(game, UnequalGame):
        names: tuple[str, ...] = (CONTRIBUTOR, DEFECTOR)
        shape = (2,) * game.group_size
        listed = list(profile_payoffs(game).values())  # the last player's strategy changes first
        tensors = [_shaped([row[i] for row in listed], shape) for i in range(game.group_size)]
    else:
        require(is_integer(game.group_size), "group_size", game.group_size, "a number (to tabulate the game)")
        names = tuple(game.strategies)
        _check_size((len(names),) * int(game.group_size))
        first = _tensor_of_first(payoff_table(game))
        tensors = [np.moveaxis(first, 0, player) for player in range(first.ndim)]
    return NormalFormGame(payoffs=tuple(tensors), strategies=(names,) * len(tensors), title=title)


def require_normal_form(game: Any) -> None:
    """Refuse what is no game in normal form.

    Raises
    ------
    InvalidParameter
        Saying how to make one.
    """
    made = isinstance(game, NormalFormGame)
    require(made, "game", game, "a game in normal form (normal_form_of makes one of a symmetric game)")


def rationalized(game: NormalFormGame, *, max_denominator: int | None = None) -> NormalFormGame:
    """A game of floats made exact: each payoff the very rational that the float is, or a simple one near it.

    Parameters
    ----------
    game : NormalFormGame
    max_denominator : int, optional
        Take the nearest rational with at most this denominator instead, as 3/10 for the float 0.3: another game, in
        which payoffs that were meant to be equal are so.

    Examples
    --------
    >>> game = normal_form_game([[0.3, 0.0], [1.0, 0.1]])
    >>> rationalized(game, max_denominator=1000).payoffs[0][0, 0]
    Fraction(3, 10)
    >>> rationalized(game).payoffs[0][0, 0] == 0.3
    True
    """
    require_normal_form(game)
    whole = max_denominator is None or (is_integer(max_denominator) and max_denominator >= 1)
    require(whole, "max_denominator", max_denominator, "an integer >= 1, or nothing")
    tensors = []
    for tensor in game.payoffs:
        exact = [Fraction(value) for value in tensor.ravel().tolist()]
        if max_denominator is not None:
            exact = [value.limit_denominator(max_denominator) for value in exact]
        tensors.append(_shaped(exact, game.shape))
    return replace(game, payoffs=tuple(tensors))


def relabelled(
    game: NormalFormGame, *, players: Sequence[int] | None = None, strategies: Sequence[Sequence[int]] | None = None
) -> NormalFormGame:
    """The same game with players and strategies in another order; leaving strategies out gives a subgame.

    Parameters
    ----------
    game : NormalFormGame
    players : sequence of int, optional
        A permutation: the new player i is the old ``players[i]``.
    strategies : sequence of sequences of int, optional
        For each player, in the old order of players, the old places of the strategies to keep, in their new order.

    Raises
    ------
    InvalidParameter
        If a place is unknown or listed twice, or a player is left out.

    Examples
    --------
    >>> game = relabelled(normal_form_game([[3, 0], [5, 1]]), players=[1, 0], strategies=[[1], [1, 0]])
    >>> game.shape, game.strategies, game.payoffs[1].tolist()
    ((2, 1), (('2', '1'), ('2',)), [[Fraction(1, 1)], [Fraction(5, 1)]])
    """
    require_normal_form(game)
    order = list(range(game.n_players)) if players is None else list(players)
    require(sorted(order) == list(range(game.n_players)), "players", players, "a permutation of the players")
    kept = [range(size) for size in game.shape] if strategies is None else [list(own) for own in strategies]
    require(len(kept) == game.n_players, "strategies", strategies, "one list for each player")
    for own, size in zip(kept, game.shape, strict=True):
        known = len(own) > 0 and len(set(own)) == len(own) and set(own) <= set(range(size))
        require(known, "strategies", strategies, f"different places from 0 to {size - 1}")
    tensors = [np.transpose(game.payoffs[i][np.ix_(*kept)], order) for i in order]
    names = tuple(tuple(game.strategies[i][k] for k in kept[i]) for i in order)
    labels = tuple(game.players[i] for i in order)
    return NormalFormGame(payoffs=tuple(tensors), strategies=names, players=labels, title=game.title)


def _numbered(size: int) -> tuple[str, ...]:
    return tuple(str(k + 1) for k in range(size))


def _objects(values: Any) -> Tensor:
    """An array as it is, or nested sequences as an array of objects."""
    if isinstance(values, np.ndarray):
        return values
    try:
        return np.array(values, dtype=object)
    except ValueError:
        require(False, "payoffs", values, "a rectangular array of numbers")
        raise


def _tensors(payoffs: Any) -> tuple[Tensor, ...]:
    """Read-only copies of the payoffs in one arithmetic, if they fit each other."""
    arrays = [_objects(values) for values in payoffs]
    players = len(arrays)
    require(2 <= players <= MAX_PLAYERS, "payoffs", f"{players} tensors", f"those of 2 to {MAX_PLAYERS} players")
    shapes = sorted({array.shape for array in arrays})
    fits = len(shapes) == 1 and len(shapes[0]) == players and min(shapes[0]) >= 1
    require(fits, "payoffs", f"tensors of shapes {shapes}", f"{players} tensors of one shape, {players} axes each")
    _check_size(shapes[0])
    if all(array.dtype.kind == "f" for array in arrays):
        tensors = [array.astype(np.float64) for array in arrays]
    else:
        flat = unify(as_number(value, name="payoffs") for array in arrays for value in array.ravel().tolist())
        size = prod(shapes[0])
        tensors = [_shaped(flat[i * size : (i + 1) * size], shapes[0]) for i in range(players)]
    for tensor in tensors:
        finite = tensor.dtype == object or bool(np.isfinite(tensor).all())
        require(finite, "payoffs", tensor, "finite numbers")
        tensor.setflags(write=False)
    return tuple(tensors)


def _shaped(values: Sequence[Number], shape: tuple[int, ...]) -> Tensor:
    """Numbers of one arithmetic as a tensor: of objects if all are exact, else of floats."""
    if all(map(is_exact, values)):
        exact = np.empty(len(values), dtype=object)
        exact[:] = values
        return exact.reshape(shape)
    require(all(isinstance(value, float) for value in values), "payoffs", values, "rationals or floats")
    return np.array(values, dtype=np.float64).reshape(shape)


def _check_size(shape: tuple[int, ...]) -> None:
    entries = len(shape) * prod(shape)
    require(entries <= MAX_ENTRIES, "payoffs", to_text(entries)[:30], f"at most {MAX_ENTRIES} numbers in all tensors")


def _tensor_of_first(table: PayoffTable) -> Tensor:
    """The first player's tensor of a symmetric game, from its payoffs by composition of the co-players."""
    parts, others = len(table.strategies), table.group_size - 1
    places = np.indices((parts,) * others).reshape(others, -1)
    counts = np.stack([(places == k).sum(axis=0) for k in range(parts)], axis=1)
    base = (others + 1) ** np.arange(parts)
    listed = compositions(others, parts) @ base
    order = np.argsort(listed)
    columns = order[np.searchsorted(listed, counts @ base, sorter=order)]
    rows = [_shaped(row, (len(row),))[columns] for row in table.values]
    return np.stack(rows).reshape((parts,) * (others + 1))
