r"""All Nash equilibria of a game in normal form with a few players, as sets, each proved.

For every support that conditional dominance does not exclude (`supports`), the indifference conditions are polynomials,
linear in each player's mixture (`systems`). They are solved exactly by cases (`decomposition`, `leaves`); where that
is too hard, all isolated solutions are enclosed and certified by halving (`boxes`). What neither settles is named in
`undecided`. Whatever is reported was put back into the conditions: equations and signs hold exactly at rational and
algebraic points; an enclosed point is the only zero of its equations in a box, and its inequalities hold strictly.
"""

from typing import Any, Final

from gametheory.algebra.krawczyk import Zero
from gametheory.equilibria.nplayer.assembly import components_of
from gametheory.equilibria.nplayer.boxes import isolated_zeros
from gametheory.equilibria.nplayer.decomposition import TooHard, branches
from gametheory.equilibria.nplayer.leaves import Piece, pieces_of
from gametheory.equilibria.nplayer.locations import certified_location
from gametheory.equilibria.nplayer.results import NashEquilibria, supports_by_name
from gametheory.equilibria.nplayer.supports import Support, exact_payoffs, possible_supports, whole_payoffs
from gametheory.equilibria.nplayer.systems import SupportSystem, support_system
from gametheory.errors import require
from gametheory.normal_form import NormalFormGame

MOST_SUPPORTS: Final = 20_000
METHODS: Final = ("supports", "gambit")


def nash_equilibria(
    game: NormalFormGame, *, method: str = "supports", max_supports: int = MOST_SUPPORTS
) -> NashEquilibria:
    """All Nash equilibria, with sets of positive dimension as sets.

    Parameters
    ----------
    game : NormalFormGame
        A symmetric game becomes one by `normal_form_of`. Floats are taken as the dyadic numbers that they are, so that
        a tie that rounding broke is not one.
    method : str
        "supports": this project's solver (of exact two-player games, `gametheory.equilibria.bimatrix`). "gambit": what
        pygambit (extra `gambit`) finds, each point proved or dropped; never complete.
    max_supports : int
        Most supports to look at; those left out are reported.

    Raises
    ------
    InvalidParameter
        If the method is unknown, the game is not in normal form, or pygambit is not installed.

    Examples
    --------
    A game in which player 1 is paid for choosing like player 2, and so on round, with 3 against 2 for the first
    strategy; its only mixed equilibrium:

    >>> import numpy as np
    >>> from gametheory import NormalFormGame
    >>> own, other = np.eye(2, dtype=int) + np.array([[1, 0], [0, 0]]), np.ones(2, dtype=int)
    >>> tensors = [np.einsum("ij,k->ijk", own, other), np.einsum("jk,i->ijk", own, other),
    ...            np.einsum("ki,j->ijk", own, other)]
    >>> found = nash_equilibria(NormalFormGame(payoffs=tensors))
    >>> [[str(share) for share in mixture] for mixture in found.points[-1]], len(found.points), found.complete
    ([['1/3', '2/3'], ['1/3', '2/3'], ['1/3', '2/3']], 3, True)
    """
    counted = isinstance(max_supports, int) and max_supports >= 1
    require(counted, "max_supports", max_supports, "an integer >= 1")
    require(method in METHODS, "method", method, f"one of {METHODS}")
    made = isinstance(game, NormalFormGame)
    require(made, "game", game, "a game in normal form (normal_form_of makes one of a symmetric game)")
    if method == "gambit":
        from gametheory.equilibria.nplayer.peers import gambit_equilibria

        return gambit_equilibria(game)
    if game.n_players == 2 and game.exact:
        from gametheory.equilibria.nplayer.peers import two_player_equilibria

        return two_player_equilibria(game)
    return by_supports(game, max_supports=max_supports)


def by_supports(game: NormalFormGame, *, max_supports: int = MOST_SUPPORTS) -> NashEquilibria:
    """The answer of this package's own solver, for any number of players; parameters as in `nash_equilibria`."""
    tensors = exact_payoffs(game)
    pieces: list[Piece] = []
    undecided: list[tuple[Support, str]] = []
    note = ""
    for seen, support in enumerate(possible_supports(whole_payoffs(tensors))):
        if seen == max_supports:
            note = f"only the first {max_supports} supports were looked at"
            break
        found, reason = settled(support_system(tensors, support), tensors)
        pieces += found
        if reason:
            undecided.append((support, reason))
    return NashEquilibria(
        components=components_of(game, pieces),
        complete=not undecided and not note,
        undecided=tuple((supports_by_name(game, support), why) for support, why in undecided),
        method="supports",
        exact=game.exact,
        note=note,
    )


def settled(system: SupportSystem, tensors: list[Any]) -> tuple[list[Piece], str]:
    """The equilibria on a support, and why they may not be all, or ""."""
    found, reasons = _exactly(system)
    if not reasons:
        return found, ""
    if len(system.equations) != system.unknowns:
        return found, reasons
    points, why = _enclosed(system, tensors)
    if not why:
        return points, ""  # all of them: sets of positive dimension would have left something
    new = [point for point in points if not any(_same_zero(point, piece) for piece in found)]
    return [*found, *new], f"{reasons}; {why}"


def _exactly(system: SupportSystem) -> tuple[list[Piece], str]:
    """What cases lead to, and why some were given up, or ""."""
    found: list[Piece] = []
    reasons: list[str] = []
    try:
        for branch in branches(system):
            try:
                found += pieces_of(branch, system)
            except TooHard as reason:
                reasons.append(str(reason))
    except TooHard as reason:
        reasons.append(str(reason))
    return found, "; ".join(dict.fromkeys(reasons))


def _same_zero(point: Piece, piece: Piece) -> bool:
    """Whether a piece is the zero in the box of an enclosed point."""
    zero = point.sample.place
    if piece.kind != "point" or not isinstance(zero, Zero):
        return False
    support, profile = piece.system.support, piece.sample.profile
    return zero.holds([float(own[k]) for own, kept in zip(profile, support, strict=True) for k in kept[1:]])


def _enclosed(system: SupportSystem, tensors: list[Any]) -> tuple[list[Piece], str]:
    """Certified isolated equilibria, and why they may not be all, or ""."""
    search = isolated_zeros(system, tensors)
    found, why = [], f"{search.undecided} pieces of a subdivision are left" if search.undecided else ""
    for zero in search.zeros:
        location = certified_location(system, zero)
        status = location.status()
        if status:
            found.append(Piece(system, "point", 0, location))
        elif status is None:
            why = why or "a sign at a certified zero cannot be told"
    return found, why
