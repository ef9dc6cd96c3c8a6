r"""Where a population may go under the best response dynamics: the straight ways on from a point.

Let B be the best replies at x. A solution goes straight from x towards b, for a while, iff b only uses strategies of B
and these stay best replies on the way. To first order that makes b an equilibrium of the game restricted to B whose
payoffs are the derivatives of the payoffs at x; where payoffs are affine along segments it is the whole condition, and
as every such game has an equilibrium there always is a way on (Hofbauer & Sigmund 1998, Evolutionary Games and
Population Dynamics, 8.4; Hofbauer 1995). Pure ways are decided by the signs of polynomials, to all orders; mixed ones
by solving linear equations for every set of strategies. All is rational.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, product, zip_longest

from dynamics.reply_fields import Point, ReplyField
from gametheory.algebra.roots import Polynomial, evaluate, trimmed

ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Way:
    """One way on.

    Attributes
    ----------
    target : tuple of Fraction
        Where it leads; at rest, the point itself. On a curved way, where it leads at first.
    support : tuple of int
        Strategies that are taken up.
    curved : bool
        Whether it has to bend to keep a tie.
    """

    target: Point
    support: tuple[int, ...]
    curved: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways on from a point, as far as they are isolated.

    Attributes
    ----------
    ways : tuple of Way
        To rest comes first, then pure ones, then mixed ones.
    continuum : bool
        Whether mixtures of some of them are ways too.
    decided : bool
        Whether these are all that are isolated; not where derivatives of first order tie in a game that is not affine.
    """

    ways: tuple[Way, ...]
    continuum: bool
    decided: bool


def best_replies(field: ReplyField, shares: Point) -> tuple[int, ...]:
    """The best replies of every population to `shares`, as places."""
    payoffs = field.payoffs(shares)
    found = []
    for places in field.populations:
        best = max(payoffs[i] for i in places)
        found += [i for i in places if payoffs[i] == best]
    return tuple(found)


def ways_on(field: ReplyField, shares: Point, replies: Sequence[int], *, slack: Fraction = ZERO) -> Ways:
    """The straight ways on from a point whose best replies are `replies`.

    Parameters
    ----------
    slack : Fraction
        What a number that is not known exactly may be off; 0 if all is exact. What is smaller is left undecided.
    """
    own = [[i for i in places if i in replies] for places in field.populations]
    ways: list[Way] = []
    present = [i for i, share in enumerate(shares) if share > slack]
    if set(present) <= set(replies):
        ways.append(Way(shares, tuple(present)))
    decided = True
    for profile in product(*own):
        target = tuple(Fraction(int(i in profile)) for i in range(len(shares)))
        if target == shares:
            continue
        ok = _stays_best(field, shares, target, own, profile, slack)
        if ok is None:
            decided = False
        elif ok:
            ways.append(Way(target, profile))
    if len(replies) > len(own):
        matrix = field.derivatives(shares)
        mixed, sure = _mixed(field, shares, own, matrix, slack)
        decided = decided and sure
        ways += [way for way in mixed if not _same(way.target, shares, slack)]
        return Ways(tuple(ways), _has_continuum(matrix, own, ways, slack), decided)
    return Ways(tuple(ways), False, decided)


def payoff_gaps(
    field: ReplyField, shares: Point, target: Point, support: Sequence[int], *, tied: Sequence[int] = ()
) -> dict[int, Polynomial]:
    """Payoff of each strategy less that of the strategies played in its population, on the way; those that are 0 too.

    What is known to be `tied` at the start is made exactly so.
    """
    payoffs = field.along(shares, target)
    gaps = {}
    for places in field.populations:
        (played, *_) = (i for i in support if i in places)
        for i in places:
            if i != played:
                gap = _minus(payoffs[i], payoffs[played])
                if i in tied and (excess := evaluate(gap, ONE)):
                    gap = _minus(gap, (excess,))
                gaps[i] = gap
    return gaps


def sign_before_one(polynomial: Polynomial, slack: Fraction = ZERO) -> int | None:
    """The sign just below s = 1; None if a coefficient that decides is within `slack`."""
    current, factorial_sign = list(polynomial), 1
    while current:
        value = evaluate(current, ONE)
        if abs(value) > slack:
            return factorial_sign if value > 0 else -factorial_sign
        if slack and value:
            return None
        current = [k * c for k, c in enumerate(current)][1:]
        factorial_sign = -factorial_sign
    return 0


def solved(matrix: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction] | None:
    """The solution of linear equations, by elimination; None unless there is exactly one.

    Examples
    --------
    >>> [str(x) for x in solved([[Fraction(2), Fraction(1)], [Fraction(1), Fraction(-1)]], [Fraction(3), Fraction(0)])]
    ['1', '1']
    """
    size = len(matrix)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = next((r for r in range(column, size) if rows[r][column] != 0), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column][column]
        rows[column] = [value / lead for value in rows[column]]
        for r in range(size):
            if r != column and rows[r][column] != 0:
                factor = rows[r][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[column], strict=True)]
    return [row[-1] for row in rows]


def _stays_best(
    field: ReplyField,
    shares: Point,
    target: Point,
    own: Sequence[Sequence[int]],
    profile: Sequence[int],
    slack: Fraction,
) -> bool | None:
    """Whether no other best reply overtakes those of `profile` at once on the way to them."""
    tied = list(chain(*own))
    gaps = payoff_gaps(field, shares, target, profile, tied=tied)
    signs = [sign_before_one(gaps[i], slack) for i in tied if i in gaps]
    if any(sign is not None and sign > 0 for sign in signs):
        return False
    return None if None in signs else True


def _same(first: Point, second: Point, slack: Fraction) -> bool:
    return all(abs(a - b) <= slack * 10**6 for a, b in zip(first, second, strict=True))


def _minus(first: Polynomial, second: Polynomial) -> Polynomial:
    return trimmed([a - b for a, b in zip_longest(first, second, fillvalue=ZERO)])


def _subsets(items: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(items, size) for size in range(1, len(items) + 1))


def _mixed(
    field: ReplyField,
    shares: Point,
    own: Sequence[Sequence[int]],
    matrix: Sequence[Sequence[Fraction]],
    slack: Fraction,
) -> tuple[list[Way], bool]:
    """Equilibria of the restricted game in which somebody mixes, and whether every tie was decided."""
    found: dict[Point, Way] = {}
    sure = True
    for supports in product(*(list(_subsets(part)) for part in own)):
        if all(len(support) == 1 for support in supports):
            continue
        target = _equalizer(supports, matrix, len(shares))
        if target is None or any(share < 0 for share in target) or target in found:
            continue
        if all(share in (0, 1) for share in target):
            continue
        gains = [sum((a * b for a, b in zip(row, target, strict=True)), ZERO) for row in matrix]
        behind = True
        for part, support in zip(own, supports, strict=True):
            for i in part:
                gap = gains[i] - gains[support[0]]
                if i not in support and gap > slack:
                    behind = False
                if i not in support and abs(gap) <= slack and field.degree > 1:
                    sure = False
        if behind:
            played = tuple(i for i, share in enumerate(target) if share > 0)
            gaps = payoff_gaps(field, shares, target, played, tied=list(chain(*own)))
            curved = any(abs(c) > slack for i in played if i in gaps for c in gaps[i])
            found[target] = Way(target, played, curved)
    return list(found.values()), sure


def _equalizer(supports: Sequence[Sequence[int]], matrix: Sequence[Sequence[Fraction]], size: int) -> Point | None:
    """The mixture of each support under which all strategies of each gain the same; None unless there is one."""
    places = list(chain(*supports))
    unknowns = len(places) + len(supports)
    rows, right = [], []
    for k, support in enumerate(supports):
        for i in support:
            rows.append([matrix[i][j] for j in places] + [-ONE if n == k else ZERO for n in range(len(supports))])
            right.append(ZERO)
    for support in supports:
        rows.append([ONE if j in support else ZERO for j in places] + [ZERO] * len(supports))
        right.append(ONE)
    assert len(rows) == unknowns
    solution = solved(rows, right)
    if solution is None:
        return None
    shares: list[Fraction] = [ZERO] * size
    for place, share in zip(places, solution, strict=False):
        shares[place] = share
    return tuple(shares)


def _has_continuum(
    matrix: Sequence[Sequence[Fraction]],
    own: Sequence[Sequence[int]],
    ways: Sequence[Way],
    slack: Fraction,
) -> bool:
    """Whether all that lies between two of the ways is one too: what either uses is best against both."""
    used = []
    for way in ways:
        gains = [sum((a * b for a, b in zip(row, way.target, strict=True)), ZERO) for row in matrix]
        tops = [max(gains[i] for i in part) for part in own]
        best = {i for part, top in zip(own, tops, strict=True) for i in part if gains[i] >= top - slack}
        used.append((set(way.support), best))
    return any(one | two <= best & also for (one, best), (two, also) in combinations(used, 2))
