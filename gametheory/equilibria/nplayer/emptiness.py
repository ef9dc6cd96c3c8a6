"""A point that satisfies inequalities, or the proof that there is none, by halving a box of the free unknowns."""

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any, Final

from gametheory.algebra.intervals import as_flint, as_fraction
from gametheory.equilibria.nplayer.systems import Polynomial, sign_in_product

Box = dict[int, tuple[Fraction, Fraction]]
EFFORT: Final = 400


def no_point(
    free: Sequence[int], positive: Sequence[Polynomial], weak: Sequence[Polynomial], *, effort: int = EFFORT
) -> bool:
    """Whether it is proved that no values of the free unknowns in (0, 1) make all `positive` > 0 and all `weak` <= 0.

    Conditions on one unknown alone narrow its interval first. On a box moved to the unit cube, the coefficients tell
    signs (`sign_in_product`), of open boxes; the faces between halves are the open boxes of one dimension less.

    Examples
    --------
    >>> from flint import Ordering, fmpq_mpoly_ctx
    >>> x, y = fmpq_mpoly_ctx.get(["x", "y"], Ordering.lex).gens()
    >>> no_point([0, 1], [], [2 * y - 1, x * y - 2 * x + 1, 2 * x - 1]), no_point([0, 1], [x - y], [x - 2 * y])
    (True, False)
    """
    return searched(free, positive, weak, (), effort=effort, points=False)[1]


def searched(
    free: Sequence[int],
    positive: Sequence[Polynomial],
    weak: Sequence[Polynomial],
    nonzero: Sequence[Polynomial],
    *,
    effort: int = EFFORT,
    points: bool = True,
) -> tuple[dict[int, Fraction] | None, bool]:
    """A point at which the conditions hold, the middle of a box, or None; and whether it is proved that there is none.

    Examples
    --------
    A thin set with its tip in a corner:

    >>> from flint import Ordering, fmpq_mpoly_ctx
    >>> x, y = fmpq_mpoly_ctx.get(["x", "y"], Ordering.lex).gens()
    >>> point, empty = searched([0, 1], [], [2 * x * y + x - y, x * y + y - 2 * x], [])
    >>> [str(value) for value in point.values()], empty
    (['1/8', '3/16'], False)
    """
    start: Box = {k: (Fraction(0), Fraction(1)) for k in free}
    for poly, sign in [*((poly, 1) for poly in positive), *((poly, -1) for poly in weak)]:
        _narrow(start, poly, sign)
    if any(low > high for low, high in start.values()):
        return None, True
    weak = [*weak, *(first + second for first, second in combinations(weak, 2))]  # sums may show what each hides
    todo, looked = deque(_with_ends(start)), 0
    while todo:
        box = todo.popleft()
        looked += 1
        if looked > effort:
            return None, False
        if _fails(box, positive, weak):
            continue
        middle = {k: (low + high) / 2 for k, (low, high) in box.items()}
        if points and _holds(middle, positive, weak, nonzero):
            return middle, False
        wide = max(box, key=lambda k: box[k][1] - box[k][0])
        low, high = box[wide]
        if low == high:
            return None, False
        half = middle[wide]
        todo += [box | {wide: (low, half)}, box | {wide: (half, high)}, box | {wide: (half, half)}]
    return None, True


def _holds(
    place: dict[int, Fraction],
    positive: Sequence[Polynomial],
    weak: Sequence[Polynomial],
    nonzero: Sequence[Polynomial],
) -> bool:
    """Whether all conditions hold at a point."""

    def value(poly: Polynomial) -> Any:
        return poly(*(as_flint(place.get(k, Fraction(0))) for k in range(len(poly.degrees()))))

    signs = all(value(poly) > 0 for poly in positive) and all(value(poly) <= 0 for poly in weak)
    return signs and all(value(poly) != 0 for poly in nonzero)


def _with_ends(box: Box) -> list[Box]:
    """The relatively open faces of a box that may meet the open unit cube: weak conditions allow the ends."""
    sides = [[(low, high)] if low == high else [(low, high), (low, low), (high, high)] for low, high in box.values()]
    inside = [[side for side in some if side[0] < 1 and side[1] > 0] for some in sides]
    return [dict(zip(box, chosen, strict=True)) for chosen in product(*inside)]


def _narrow(box: Box, poly: Polynomial, sign: int) -> None:
    """Use a condition of degree 1 on one unknown: nothing outside the closed interval satisfies it."""
    used = [k for k, degree in enumerate(poly.degrees()) if degree]
    if len(used) != 1 or int(poly.total_degree()) > 1:
        return
    (unknown,) = used
    slope = as_fraction(poly.derivative(unknown).leading_coefficient())
    constant = as_fraction(poly(*[as_flint(0)] * len(poly.degrees())))
    low, high = box[unknown]
    root = -constant / slope
    box[unknown] = (max(low, root), high) if slope * sign > 0 else (low, min(high, root))


def _fails(box: Box, positive: Sequence[Polynomial], weak: Sequence[Polynomial]) -> bool:
    """Whether a condition fails everywhere in the relatively open box."""

    def moved(poly: Polynomial) -> Polynomial:
        gens = list(poly.context().gens())
        for k, (low, high) in box.items():
            gens[k] = as_flint(low) + as_flint(high - low) * gens[k]
        return poly.compose(*gens, ctx=poly.context())

    groups = [[k] for k in box]
    return any(sign_in_product(moved(poly), groups) in (0, -1) for poly in positive) or any(
        sign_in_product(moved(poly), groups) == 1 for poly in weak
    )
