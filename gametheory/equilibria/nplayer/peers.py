"""What pygambit finds, each point proved here or dropped; and two-player games, handed to their own solver."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Final

from gametheory.algebra.krawczyk import PolynomialSystem, certify
from gametheory.equilibria.nplayer.assembly import component_of, components_of
from gametheory.equilibria.nplayer.leaves import Piece
from gametheory.equilibria.nplayer.locations import Location, certified_location
from gametheory.equilibria.nplayer.results import NashEquilibria
from gametheory.equilibria.nplayer.supports import Support, exact_payoffs
from gametheory.equilibria.nplayer.systems import support_system
from gametheory.normal_form import NormalFormGame, Tensor

PRESENT: Final = 1e-6  # a share below it is taken for 0
DENOMINATORS: Final = (64, 1000, 10**6)


def gambit_equilibria(game: NormalFormGame) -> NashEquilibria:
    """The profiles of pygambit's `enumpure_solve` and `enumpoly_solve` (two players: `enummixed_solve`), proved.

    A float profile is a starting point: the supports are read from it, and its mixtures are replaced by rationals that
    are an equilibrium exactly, or by the certified zero of the indifference conditions near them. Others are dropped
    and counted. pygambit gives no time limit.

    Raises
    ------
    InvalidParameter
        If pygambit (the extra `gambit`) is not installed.
    """
    tensors = exact_payoffs(game)
    pieces, dropped = [], 0
    for profile in _listed(game):
        location = _proved(tensors, profile)
        if location is None:
            dropped += 1
        else:
            pieces.append(Piece(location.system, "point", 0, location))
    return NashEquilibria(
        components=components_of(game, pieces),
        complete=False,
        undecided=(),
        method="gambit",
        exact=game.exact,
        note=f"what pygambit found, {dropped} of its profiles dropped because they could not be proved",
    )


def _listed(game: NormalFormGame) -> list[list[list[float]]]:
    from gametheory.exchange import to_gambit

    made = to_gambit(game)
    from pygambit import nash

    solve = nash.enummixed_solve if game.n_players == 2 else nash.enumpoly_solve
    found = [*nash.enumpure_solve(made).equilibria, *solve(made).equilibria]
    return [[[float(profile[own]) for own in player.strategies] for player in made.players] for profile in found]


def _proved(tensors: Sequence[Tensor], profile: Sequence[Sequence[float]]) -> Location | None:
    """An equilibrium next to a profile of floats, or None."""
    support: Support = tuple(tuple(k for k, share in enumerate(own) if share > PRESENT) for own in profile)
    system = support_system(tensors, support)
    values = [profile[player][k] for player, own in enumerate(support) for k in own[1:]]
    for largest in DENOMINATORS:
        near = tuple(Fraction(value).limit_denominator(largest) for value in values)
        if max((abs(float(a) - b) for a, b in zip(near, values, strict=True)), default=0) < 1e-4:
            location = Location(system, near)
            if location.status():
                return location
    if len(system.equations) != system.unknowns:
        return None
    zero = certify(PolynomialSystem(system.equations), values)
    if zero is None or max(abs(float(a) - b) for a, b in zip(zero.anchor, values, strict=True)) > 1e-3:
        return None
    location = certified_location(system, zero)
    return location if location.status() else None


def two_player_equilibria(game: NormalFormGame) -> NashEquilibria:
    """The answer of `gametheory.equilibria.bimatrix` in the form of this package; maximal Nash subsets are its parts.

    Every pair of mixtures on the subset's supports against which these supports are best replies belongs to it.
    """
    from gametheory.equilibria.bimatrix.solver import bimatrix_equilibria

    tensors, found = exact_payoffs(game), bimatrix_equilibria(game)
    components = []
    for component in found.components:
        pieces = []
        for subset in component.subsets:
            sides = (subset.row, subset.column)
            support = tuple(tuple(k for k in range(len(x[0])) if any(y[k] != 0 for y in x)) for x in sides)
            system = support_system(tensors, support)

            def place(pair: Sequence[Sequence[Fraction]], system=system, support=support) -> Location:  # type: ignore[no-untyped-def]
                return Location(system, tuple(x[k] for x, own in zip(pair, support, strict=True) for k in own[1:]))

            corners = tuple(place(pair) for pair in product(*sides))
            kind = "polytope" if subset.dimension else "point"
            ends = corners if subset.dimension else ()
            pieces.append(Piece(system, kind, subset.dimension, place(subset.center), ends, system.equations))
        components.append(component_of(game, pieces, connected=True))
    return NashEquilibria(
        components=tuple(components), complete=found.complete, undecided=(), method="vertices", exact=True
    )
