"""From pieces of single supports to components: what is contained in what, and what touches what, exactly."""

from collections.abc import Sequence
from fractions import Fraction

from gametheory.algebra.bernstein import polynomial_in
from gametheory.algebra.elimination import FieldPoint
from gametheory.algebra.intervals import as_flint
from gametheory.algebra.krawczyk import Zero
from gametheory.algebra.roots import AlgebraicNumber, evaluate
from gametheory.equilibria.components import bound_formula, formula
from gametheory.equilibria.nplayer.decomposition import in_one_unknown, roots_of
from gametheory.equilibria.nplayer.leaves import Arc, Piece, at_root
from gametheory.equilibria.nplayer.locations import Location, same_profile
from gametheory.equilibria.nplayer.polytopes import meet
from gametheory.equilibria.nplayer.results import (
    ProfileComponent,
    ProfilePart,
    as_shown,
    share_names,
    supports_by_name,
)
from gametheory.equilibria.nplayer.systems import Polynomial, sign_in_product
from gametheory.normal_form import NormalFormGame
from gametheory.profiles import Profile

Flat = tuple[Fraction, ...]


def components_of(game: NormalFormGame, pieces: Sequence[Piece]) -> tuple[ProfileComponent, ...]:
    """Components of the union of the pieces."""
    ordered = sorted(pieces, key=lambda piece: (-piece.dimension, -piece.system.unknowns))
    group_of, kept = _groups(ordered)
    vague = [piece for piece in kept if piece.kind == "set"]
    groups: dict[int, list[Piece]] = {}
    for piece in kept:
        groups.setdefault(group_of[id(piece)], []).append(piece)
    found = [component_of(game, group, connected=_certain(group, vague)) for group in groups.values()]
    return tuple(sorted(found, key=_rank))


def _groups(pieces: list[Piece]) -> tuple[dict[int, int], list[Piece]]:
    """The number of the group of each piece, by its id, and the pieces that no other one contains.

    Contained pieces count for what touches what: the faces of a large piece are theirs.
    """
    group_of: dict[int, int] = {}
    kept: list[Piece] = []
    for number, piece in enumerate(pieces):
        container = next((other for other in kept if _contains(other, piece)), None)
        if container is None:
            kept.append(piece)
        group_of[id(piece)] = number if container is None else group_of[id(container)]
    for place, piece in enumerate(pieces):
        for other in pieces[:place]:
            first, second = group_of[id(piece)], group_of[id(other)]
            if first != second and _touch(piece, other):
                group_of.update({key: second for key, group in group_of.items() if group == first})
    return group_of, kept


def _rank(component: ProfileComponent) -> tuple[object, ...]:
    point = component.point
    return (
        component.dimension,
        sum(share != 0 for own in point for share in own),
        [[-float(x) for x in p] for p in point],
    )


def _certain(group: Sequence[Piece], vague: Sequence[Piece]) -> bool:
    """Whether no part is of kind "set", and no such part elsewhere has a face in common with it."""
    return not any(_common_face(piece, other) for piece in group for other in vague)


def _common_face(first: Piece, second: Piece) -> bool:
    return all(set(a) & set(b) for a, b in zip(first.system.support, second.system.support, strict=True))


def _contains(large: Piece, small: Piece) -> bool:
    """Whether it is known that a piece lies in another."""
    inside = all(set(a) <= set(b) for a, b in zip(small.system.support, large.system.support, strict=True))
    if not inside or large.kind == "set":
        return False
    corners = small.corners or (small.sample,)
    if large.kind == "polytope" and small.kind in ("point", "polytope"):
        flat = [_flat(corner) for corner in corners]
        if all(point is not None for point in flat):
            hull = _hull(large)
            return all(point in hull or meet([point], hull) for point in flat if point is not None)
    if small.dimension == 0:
        return _on(large, small.sample)
    return False


def _hull(piece: Piece) -> list[Flat]:
    """The vertices of a polytope, or a rational point; nothing for another point."""
    found = [_flat(corner) for corner in piece.corners or (piece.sample,)]
    return [point for point in found if point is not None]


def _flat(location: Location) -> Flat | None:
    """All shares of a rational location."""
    if not isinstance(location.place, tuple):
        return None
    return tuple(share for own in location.profile for share in own)


def _on(piece: Piece, location: Location) -> bool:
    """Whether an equilibrium of any support is known to lie on the closure of a piece."""
    if piece.kind == "point":
        return same_profile(piece.sample.profile, location.profile)
    if any(same_profile(corner.profile, location.profile) for corner in piece.corners):
        return True
    flat = _flat(location)
    if piece.kind == "polytope" and flat is not None:
        return meet([flat], _hull(piece))
    moved = _seen_from(location, piece)
    if moved is None or any(moved.sign(poly) != 0 for poly in piece.equations):
        return False
    if any(moved.sign(poly) == 0 for poly in piece.nonzero) and not _is_limit(piece, moved):
        return False
    return piece.path is None or _between(piece, moved)


def _is_limit(piece: Piece, location: Location) -> bool:
    """Whether a point with the parameter of a point of a curve is that point."""
    if piece.path is None or not isinstance(location.place, tuple):
        return False
    place = at_root(piece, location.place[piece.path.parameter])
    return place is not None and place.place == location.place


def _seen_from(location: Location, piece: Piece) -> Location | None:
    """The location in the unknowns of a piece with the same support; None for another support or an enclosure."""
    if isinstance(location.place, Zero):
        return None
    supported = tuple(
        tuple(k for k, share in enumerate(own) if share != 0 and location.sign(share) != 0)
        for own in location.system.shares
    )
    system = piece.system
    if supported != system.support:
        return None
    polys = [location.system.shares[i][k] for i, own in enumerate(supported) for k in own[1:]]
    if isinstance(location.place, FieldPoint):
        base = location.place
        values = tuple(base.element(poly) for poly in polys)
        return Location(system, FieldPoint(base.modulus, base.root, values, base.equations))
    shares = [location.profile[i][k] for i, own in enumerate(supported) for k in own[1:]]
    return Location(system, tuple(shares))


def _between(piece: Piece, location: Location) -> bool:
    """Whether the parameter of a point of the whole curve is on the arc."""
    assert piece.path is not None
    value = location.system.context.gens()[piece.path.parameter]
    return _at_least(location, value, piece.path.low) and _at_least(location, 1 - value, _mirrored(piece.path.high))


def _mirrored(number: Fraction | AlgebraicNumber) -> Fraction | AlgebraicNumber:
    return number.one_minus() if isinstance(number, AlgebraicNumber) else 1 - number


def _at_least(location: Location, value: Polynomial, bound: Fraction | AlgebraicNumber) -> bool:
    if isinstance(bound, Fraction):
        return (location.sign(value - as_flint(bound)) or 0) >= 0
    low, high = as_flint(bound.low), as_flint(bound.high)
    if location.sign(value - high) == 1:
        return True
    if location.sign(value - low) != 1:
        return False
    poly = evaluate([as_flint(Fraction(c)) for c in bound.coefficients], value)
    here, above = location.sign(poly), evaluate(bound.coefficients, bound.high)
    return here == 0 or (here == 1) == (above > 0)


def _touch(first: Piece, second: Piece) -> bool:
    """Whether it is known that the closures of two pieces meet."""
    if not _common_face(first, second):
        return False
    if {first.kind, second.kind} <= {"point", "polytope"}:
        ends = [_hull(piece) for piece in (first, second)]
        if all(ends):
            return meet(ends[0], ends[1])
    for one, other in ((first, second), (second, first)):
        if any(_on(other, corner) for corner in one.corners or (one.sample,)):
            return True
        if one.path is not None and one.system.support == other.system.support and _crosses(one, other):
            return True
    return False


def _crosses(curve: Piece, other: Piece) -> bool:
    """Whether a point of an arc, its ends aside, lies on another piece of the same support."""
    if not other.equations:
        return False
    assert curve.path is not None
    common = curve.system.context.constant(0)
    for poly in other.equations:
        common = common.gcd(_along(curve.path, poly))
    if common == 0:
        return _on(other, curve.sample)
    places = (at_root(curve, root) for root in roots_of(in_one_unknown(common, curve.path.parameter)))
    return any(place is not None and _between(curve, place) and _on(other, place) for place in places)


def _along(path: Arc, poly: Polynomial) -> Polynomial:
    """The numerator of a polynomial on a curve, in its parameter."""
    total, tops = poly.context().constant(0), poly.degrees()
    for powers, value in poly.to_dict().items():
        term = poly.context().constant(value)
        for (over, under), power, top in zip(path.coordinates, map(int, powers), tops, strict=False):
            term = term * over**power * under ** (int(top) - power)
        total += term
    return total


def component_of(game: NormalFormGame, group: Sequence[Piece], *, connected: bool) -> ProfileComponent:
    """A component from its pieces."""
    parts = tuple(_part(game, piece) for piece in sorted(group, key=lambda piece: -piece.dimension))
    return ProfileComponent(
        players=game.players,
        strategies=game.strategies,
        dimension=max(part.dimension for part in parts),
        parts=parts,
        connected=connected,
    )


def _part(game: NormalFormGame, piece: Piece) -> ProfilePart:
    listed = [piece.sample, *piece.corners]
    corners: tuple[Profile, ...] = tuple(corner.profile for corner in piece.corners)
    if piece.kind == "point":
        corners = (piece.sample.profile,)
    return ProfilePart(
        kind=piece.kind,
        support=supports_by_name(game, piece.system.support),
        dimension=piece.dimension,
        set=_formula(game, piece),
        point=as_shown(piece.sample.profile, exact=game.exact),
        corners=tuple(as_shown(corner, exact=game.exact) for corner in corners),
        regret=(Fraction(0), max(location.regret[1] for location in listed)),
    )


def _formula(game: NormalFormGame, piece: Piece) -> str:
    """A part in the claims language."""
    names = share_names(game)
    if piece.kind == "point":
        texts = [formula(own, [mixture], [True]) for own, mixture in zip(names, piece.sample.profile, strict=True)]
        return " and ".join(texts)
    system, clauses, unknowns = piece.system, [], []
    for own, kept in zip(names, system.support, strict=True):
        clauses += [f"{own[k]} == 0" for k in range(len(own)) if k not in kept]
        clauses.append(f"{' + '.join(own[k] for k in kept)} == 1")
        relation = ">" if piece.kind == "set" else ">="
        if len(kept) > 1:
            clauses += [f"{own[k]} {relation} 0" for k in kept]
        unknowns += [own[k] for k in kept[1:]]
    equations = piece.equations if piece.equations else ()
    clauses += [f"{polynomial_in(poly, unknowns)} == 0" for poly in equations]
    clauses += [
        f"{polynomial_in(poly, unknowns)} <= 0"
        for poly in system.outside
        if sign_in_product(poly, system.groups) is None
    ]
    if piece.kind == "set":
        clauses += [f"{polynomial_in(poly, unknowns)} != 0" for poly in piece.nonzero]
    if piece.kind == "curve" and piece.path is not None:
        clauses += _ends(piece, unknowns)
    return " and ".join(clauses)


def _ends(piece: Piece, unknowns: Sequence[str]) -> list[str]:
    assert piece.path is not None
    name, found = unknowns[piece.path.parameter], []
    if piece.path.low != 0:
        found.append(bound_formula(name, piece.path.low, ">="))
    if piece.path.high != 1:
        found.append(bound_formula(name, piece.path.high, "<="))
    return found
