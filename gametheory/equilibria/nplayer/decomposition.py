r"""The solutions of a support's equations as finitely many disjoint-by-branch sets, each in triangular form.

Every equation is linear in each unknown, :math:`A + B x = 0`: where :math:`B \ne 0`, :math:`x = -A / B` is put into the
other equations; where :math:`B = 0`, so is `A`. Equations that factor are split, factors that have one sign in the open
product of simplices dropped (`sign_in_product`), and so are branches in which a share is not positive or a deviation
pays. What is left at the end of a branch is: no unknown; one, with univariate equations; two, with coprime equations
(`gametheory.algebra.elimination`); or free unknowns, a set of positive dimension. Branches that end otherwise are too
hard, and say so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from gametheory.algebra.intervals import as_fraction
from gametheory.algebra.roots import AlgebraicNumber, roots_inside
from gametheory.equilibria.nplayer.systems import Polynomial, SupportSystem, sign_in_product

MOST_NODES: Final = 400
MOST_TERMS: Final = 1500


class TooHard(Exception):
    """A branch was given up; the text says why."""


@dataclass(frozen=True, eq=False)
class Branch:
    """A part of the search: what holds in it.

    Attributes
    ----------
    free : tuple of int
        Unknowns that are not solved for.
    equations, positive, weak, nonzero : tuple of polynomial
        In the free unknowns: to be zero, > 0, <= 0, and not zero.
    solved : tuple of (int, polynomial, polynomial)
        In this order, unknown = first / second, in unknowns free at that time.
    """

    free: tuple[int, ...]
    equations: tuple[Polynomial, ...]
    positive: tuple[Polynomial, ...]
    weak: tuple[Polynomial, ...]
    nonzero: tuple[Polynomial, ...]
    solved: tuple[tuple[int, Polynomial, Polynomial], ...] = ()


def branches(system: SupportSystem, *, effort: int = MOST_NODES) -> Iterator[Branch]:
    """Branches that nothing more is to be split from, with simplified equations.

    Raises
    ------
    TooHard
        After too many branches, or where polynomials grow too long.
    """
    start = Branch(
        free=tuple(range(system.unknowns)),
        equations=system.equations,
        positive=system.supported_shares,
        weak=system.outside,
        nonzero=(),
    )
    todo, seen = [start], 0
    while todo:
        seen += 1
        if seen > effort:
            raise TooHard(f"more than {effort} branches")
        branch = _simplified(todo.pop(), system)
        if branch is None:
            continue
        parts = _parts(branch, system)
        if parts is None:
            yield branch
        else:
            todo += parts


def _simplified(branch: Branch, system: SupportSystem) -> Branch | None:
    """Without what is settled; None if nothing satisfies the conditions."""
    positive = []
    for poly in branch.positive:
        sign = sign_in_product(poly, system.groups)
        if sign in (0, -1):
            return None
        if sign is None:
            positive.append(poly)
    weak = []
    for poly in branch.weak:
        sign = sign_in_product(poly, system.groups)
        if sign == 1:
            return None
        if sign is None:
            weak.append(_without_definite(poly, system))
    if any(poly == 0 for poly in branch.nonzero):
        return None
    equations: list[tuple[Polynomial, ...]] = []
    weak, tight = _without_opposites(weak)
    for poly in [*branch.equations, *tight]:
        if poly == 0:
            continue
        factors = _open_factors(poly, branch, system)
        if not factors:
            return None
        equations.append(tuple(factors))
    kept = _with_common_roots(equations)
    if kept is None:
        return None
    unique = sorted({str(poly): poly for poly in map(product, kept)}.values(), key=lambda poly: len(poly.to_dict()))
    if any(len(poly.to_dict()) > MOST_TERMS for poly in unique):
        raise TooHard("polynomials grow too long")
    return replace(branch, equations=tuple(unique), positive=tuple(positive), weak=tuple(weak))


def _without_definite(poly: Polynomial, system: SupportSystem) -> Polynomial:
    """A polynomial of the same sign without factors that have one sign."""
    constant, factors = poly.factor()
    rest = poly.context().constant(1 if constant > 0 else -1)
    for factor, power in factors:
        sign = sign_in_product(factor, system.groups)
        rest = rest * (factor**power if sign is None else sign**power)
    return rest


def _without_opposites(weak: list[Polynomial]) -> tuple[list[Polynomial], list[Polynomial]]:
    """What is <= 0, each once, and what has to be zero, for its opposite is <= 0 too."""
    listed = {str(poly / abs(poly.leading_coefficient())): poly for poly in weak}
    opposite = {str(-poly / abs(poly.leading_coefficient())) for poly in weak}
    tight = [poly for text, poly in listed.items() if text in opposite]
    return [poly for text, poly in listed.items() if text not in opposite], tight


def _with_common_roots(equations: list[tuple[Polynomial, ...]]) -> list[tuple[Polynomial, ...]] | None:
    """The same, with one equation at most in each unknown alone; None if two of them have no common factor."""
    alone: dict[int, dict[str, Polynomial]] = {}
    kept = []
    for factors in equations:
        used = {k for factor in factors for k, degree in enumerate(factor.degrees()) if degree}
        if len(used) > 1:
            kept.append(factors)
            continue
        unknown = used.pop()
        here = {str(factor): factor for factor in factors}
        known = alone.get(unknown, here)
        alone[unknown] = {text: factor for text, factor in known.items() if text in here}
        if not alone[unknown]:
            return None
    return kept + [tuple(factors.values()) for factors in alone.values()]


def _open_factors(poly: Polynomial, branch: Branch, system: SupportSystem) -> list[Polynomial]:
    """The different irreducible factors that can be zero, monic."""
    found = []
    for given, _ in poly.factor()[1]:
        factor = given / given.leading_coefficient()
        used = [k for k, degree in enumerate(factor.degrees()) if degree]
        if sign_in_product(factor, system.groups) is not None or any(same_factor(factor, n) for n in branch.nonzero):
            continue
        if len(used) > 1 or roots_of(in_one_unknown(factor, used[0])):
            found.append(factor)
    return found


@lru_cache(maxsize=4096)
def roots_of(coefficients: tuple[Fraction, ...]) -> tuple[Fraction | AlgebraicNumber, ...]:
    """The roots of a polynomial strictly between 0 and 1."""
    return tuple(roots_inside(coefficients))


def in_one_unknown(poly: Polynomial, unknown: int) -> tuple[Fraction, ...]:
    """The coefficients of a polynomial in one unknown alone, constant first."""
    rows = {int(powers[unknown]): as_fraction(value) for powers, value in poly.to_dict().items()}
    return tuple(rows.get(k, Fraction(0)) for k in range(max(rows, default=-1) + 1))


def same_factor(first: Polynomial, second: Polynomial) -> bool:
    """Whether two polynomials that are not zero are multiples of each other."""
    return bool(first * second.leading_coefficient() == second * first.leading_coefficient())


def product(polys: Iterable[Polynomial]) -> Polynomial:
    """The product of one or more polynomials."""
    first, *rest = polys
    for poly in rest:
        first = first * poly
    return first


def _parts(branch: Branch, system: SupportSystem) -> list[Branch] | None:
    """The branches that this one splits into, None if it is an end."""
    for place, poly in enumerate(branch.equations):
        factors = [factor for factor, _ in poly.factor()[1]]
        if len(factors) > 1:
            rest = branch.equations[:place] + branch.equations[place + 1 :]
            found, avoided = [], branch.nonzero
            for factor in factors:  # disjoint: later factors where earlier ones are not zero
                found.append(replace(branch, equations=(factor, *rest), nonzero=avoided))
                avoided = (*avoided, factor)
            return found
    choice = _choice(branch, system)
    if choice is None:
        return None
    poly, unknown, constant, slope, sign = choice
    rest = tuple(other for other in branch.equations if other is not poly)
    if sign == -1:
        constant, slope = -constant, -slope
    held = _simplex_of(branch, unknown, system)
    found = [
        _put_in(
            replace(branch, equations=rest, positive=(*branch.positive, *held)),
            unknown,
            -constant,
            slope,
            definite=sign is not None,
        )
    ]
    if sign is None:
        found.append(replace(branch, equations=(slope, constant, *rest)))
    return found


def _simplex_of(branch: Branch, unknown: int, system: SupportSystem) -> tuple[Polynomial, Polynomial]:
    """What is known of a free unknown, and has to be kept when it is solved for: signs were told from it."""
    gens = system.context.gens()
    group = next(group for group in system.groups if unknown in group)
    return gens[unknown], 1 - sum((gens[k] for k in group if k in branch.free), system.context.constant(0))


Choice = tuple[Polynomial, int, Polynomial, Polynomial, int | None]


def _choice(branch: Branch, system: SupportSystem) -> Choice | None:
    """An equation, an unknown in it, A and B, and the sign of B: if possible B cannot be zero; then short ones."""
    if len(branch.free) == 1 and branch.equations:
        return None
    best, cost = None, None
    for poly in branch.equations:
        degrees = poly.degrees()
        for unknown in branch.free:
            if degrees[unknown] != 1:
                continue
            constant, slope = coefficients_in(poly, unknown)
            sign = sign_in_product(slope, system.groups)
            users = sum(other.degrees()[unknown] for other in branch.equations)
            rank = (sign is None, len(slope.to_dict()) * max(1, users - 1), len(constant.to_dict()))
            if cost is None or rank < cost:
                best, cost = (poly, unknown, constant, slope, sign), rank
    return best


def coefficients_in(poly: Polynomial, unknown: int) -> list[Polynomial]:
    """The coefficients of the powers of one unknown, constant first."""
    rows: dict[int, dict[tuple[int, ...], Any]] = {}
    for powers, value in poly.to_dict().items():
        exponents = tuple(map(int, powers))
        cleared = (*exponents[:unknown], 0, *exponents[unknown + 1 :])
        rows.setdefault(exponents[unknown], {})[cleared] = value
    context = poly.context()
    return [context.from_dict(rows.get(k, {})) for k in range(max(rows, default=0) + 1)]


def put_in(poly: Polynomial, unknown: int, over: Polynomial, under: Polynomial) -> tuple[Polynomial, int]:
    """The polynomial with over / under for an unknown, times a power of `under`, and that power."""
    rows = coefficients_in(poly, unknown)
    total, power = poly.context().constant(0), len(rows) - 1
    for k, row in enumerate(rows):
        if row != 0:
            total += row * over**k * under ** (power - k)
    return total, power


def _put_in(branch: Branch, unknown: int, over: Polynomial, under: Polynomial, *, definite: bool) -> Branch:
    """The branch with an unknown solved for; `under` is positive if `definite`, else just not zero."""

    def signed(poly: Polynomial) -> Polynomial:
        value, power = put_in(poly, unknown, over, under)
        return value if definite or power % 2 == 0 else value * under

    nonzero = tuple(put_in(poly, unknown, over, under)[0] for poly in branch.nonzero)
    new = () if definite else tuple(factor for factor, _ in under.factor()[1])
    return Branch(
        free=tuple(k for k in branch.free if k != unknown),
        equations=tuple(put_in(poly, unknown, over, under)[0] for poly in branch.equations),
        positive=tuple(signed(poly) for poly in branch.positive),
        weak=tuple(signed(poly) for poly in branch.weak),
        nonzero=(*nonzero, *new),
        solved=(*branch.solved, (unknown, over, under)),
    )
