"""Games in normal form to and from nashpy, quantecon and pygambit.

Each peer is imported where it is asked for; what they hold in floats comes back as a game of floats, and nothing exact
becomes a float but by the name of what is called: nashpy keeps whatever numbers it is given (object arrays of
`Fraction` when exact), quantecon holds floats, pygambit rationals and decimals.
"""

from fractions import Fraction
from importlib import import_module
from typing import Any

import numpy as np

from gametheory.errors import InvalidParameter, require
from gametheory.exact import is_exact
from gametheory.normal_form import NormalFormGame, Tensor, require_normal_form


def to_nashpy(game: NormalFormGame, *, floats: bool = True) -> Any:
    """A `nashpy.Game` of a two-player game.

    Parameters
    ----------
    game : NormalFormGame
    floats : bool
        Whether payoffs become floats, which Nashpy's algorithms need; else an exact game keeps its fractions.

    Raises
    ------
    InvalidParameter
        If the game has not two players or nashpy is not installed.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> to_nashpy(normal_form_game([[3, 0], [5, 1]])).payoff_matrices[1].tolist()
    [[3.0, 5.0], [0.0, 1.0]]
    """
    require_normal_form(game)
    require(game.n_players == 2, "game", f"{game.n_players} players", "a game of two players")
    tensors = [tensor.astype(float) if floats else tensor.copy() for tensor in game.payoffs]
    return _peer("nashpy", "peers").Game(*tensors)


def from_nashpy(game: Any, **labels: Any) -> NormalFormGame:
    """The game of a `nashpy.Game`; `labels` as in `NormalFormGame`. Integers are exact, floats floats.

    Examples
    --------
    >>> import nashpy, numpy as np
    >>> from_nashpy(nashpy.Game(np.array([[3, 0], [5, 1]]), np.array([[3, 5], [0, 1]]))).exact
    True
    """
    return NormalFormGame(payoffs=tuple(game.payoff_matrices), **labels)


def to_quantecon(game: NormalFormGame) -> Any:
    """A `quantecon.game_theory.NormalFormGame`, in floats. Its player i sees its own strategies first, then i + 1, ...

    Raises
    ------
    InvalidParameter
        If quantecon is not installed.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> to_quantecon(normal_form_game([[3, 0], [5, 1]])).players[1].payoff_array.tolist()
    [[3.0, 0.0], [5.0, 1.0]]
    """
    require_normal_form(game)
    theirs = _peer("quantecon.game_theory", "peers")
    tensors = (tensor.astype(float) for tensor in game.payoffs)
    turned = (np.moveaxis(tensor, range(own), range(-own, 0)) for own, tensor in enumerate(tensors))
    return theirs.NormalFormGame([theirs.Player(np.ascontiguousarray(tensor)) for tensor in turned])


def from_quantecon(game: Any, **labels: Any) -> NormalFormGame:
    """The game of a `quantecon.game_theory.NormalFormGame`; integers are exact, floats floats.

    Examples
    --------
    >>> import quantecon.game_theory as theirs
    >>> from_quantecon(theirs.NormalFormGame([[[3, 3], [0, 5]], [[5, 0], [1, 1]]])).payoffs[1].tolist()
    [[Fraction(3, 1), Fraction(5, 1)], [Fraction(0, 1), Fraction(1, 1)]]
    """
    tensors = []
    for own, player in enumerate(game.players):
        tensors.append(np.moveaxis(player.payoff_array, range(-own, 0), range(own)))
    return NormalFormGame(payoffs=tuple(tensors), **labels)


def to_gambit(game: NormalFormGame) -> Any:
    """A strategic `pygambit.Game`: exact payoffs stay exact, floats become Gambit's decimals.

    Names that Gambit does not take (it wants printable ASCII) are left out: its own stand there, "1", "2", ...

    Raises
    ------
    InvalidParameter
        If pygambit is not installed.

    Examples
    --------
    >>> from gametheory import normal_form_game
    >>> to_gambit(normal_form_game([["1/3", 0], [5, 1]], title="one third")).title
    'one third'
    """
    require_normal_form(game)
    theirs = _peer("pygambit", "gambit")
    made = theirs.Game.from_arrays(*(_rationals(tensor, theirs) for tensor in game.payoffs), title=game.title)
    _label(list(made.players), game.players)
    for player, names in zip(made.players, game.strategies, strict=True):
        _label(list(player.strategies), names)
    return made


def from_gambit(game: Any) -> NormalFormGame:
    """The (reduced) strategic form of a `pygambit.Game`, exact: its decimals are the rationals they spell.

    Names are kept where they are different and not empty, else replaced by "1", "2", ...

    Examples
    --------
    >>> import pygambit
    >>> from_gambit(pygambit.Game.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])).payoffs[0].tolist()
    [[Fraction(3, 1), Fraction(0, 1)], [Fraction(5, 1), Fraction(1, 1)]]
    """
    theirs = _peer("pygambit", "gambit")
    tensors = []
    for array in game.to_arrays(dtype=theirs.Rational):
        flat = [Fraction(int(value.numerator), int(value.denominator)) for value in array.ravel().tolist()]
        tensors.append(np.array(flat, dtype=object).reshape(array.shape))
    names = [_names([strategy.label for strategy in player.strategies]) for player in game.players]
    players = _names([player.label for player in game.players])
    return NormalFormGame(payoffs=tuple(tensors), strategies=tuple(names), players=players, title=game.title or "")


def gambit_profiles(game: NormalFormGame) -> list[tuple[tuple[Fraction, ...], ...]]:
    """What pygambit's `enummixed_solve` lists for a two-player game, in its rational arithmetic; not verified here."""
    theirs = _peer("pygambit", "gambit")
    made = to_gambit(game)
    found = []
    for profile in theirs.nash.enummixed_solve(made, rational=True).equilibria:
        mixtures = [[profile[strategy] for strategy in player.strategies] for player in made.players]
        found.append(tuple(tuple(Fraction(int(p.numerator), int(p.denominator)) for p in own) for own in mixtures))
    return found


def _rationals(tensor: Tensor, theirs: Any) -> Any:
    convert = np.frompyfunc(lambda v: theirs.Rational(v.numerator, v.denominator) if is_exact(v) else float(v), 1, 1)
    return convert(tensor)


def _label(things: list[Any], names: tuple[str, ...]) -> None:
    """Name Gambit's players or strategies, if it takes all the names."""
    if all(name.isascii() and name.isprintable() and " ".join(name.split()) == name for name in names):
        free = "~" * (1 + max(map(len, names)))  # no two may have one name, not even for a moment
        for place, thing in enumerate(things):
            thing.label = f"{free}{place}"
        for thing, name in zip(things, names, strict=True):
            thing.label = name


def _names(labels: list[str]) -> tuple[str, ...]:
    usable = all(labels) and len(set(labels)) == len(labels)
    return tuple(labels) if usable else tuple(str(k + 1) for k in range(len(labels)))


def _peer(module: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        name = module.partition(".")[0]
        raise InvalidParameter(name, None, f"installed (pip install 'gametheory[{extra}]')") from None
