r"""Proof that outer bounds of a set of equilibrium payoffs, which never become the set, have it as their limit.

Let `K` generate itself (so :math:`K \subseteq V^*`), and let its half planes be :math:`n_k w \le b_k`. With margins
:math:`d_k \ge 0` put :math:`W_t = \{w : n_k w \le b_k + t d_k\}`, so that :math:`W_0 = K`. If
:math:`V^* \subseteq W_1` and for some :math:`c < 1` every value generated with continuations in :math:`W_t` lies in
:math:`W_{ct}`, for all `t` in (0, 1], then :math:`V^* \subseteq W_{c^m}` for all `m`: the set is `K`. The largest
:math:`n_k w` over the continuations of an action profile is bounded, by duality, by

.. math:: y_i \beta_i + y_j \beta_j, \qquad y_i A_i + y_j A_j = n_k, \quad y \ge 0,

for any two constraints :math:`A w \le \beta` on them (half planes of :math:`W_t`, and the least payoffs that deter).
That is affine in `t`, so looking at t = 0 and t = 1 suffices. Profiles whose payoffs :math:`g(a)` satisfy their own
condition generate only :math:`g(a)`, which has to be in `K` (header of `gametheory.repeated.payoff_sets`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from gametheory.repeated.polygons import HalfPlane, Point, Polygon, clip, contains, half_planes

POWERS = 12  # how often margins are adapted to what they contract to
Affine = tuple[Any, Any]  # at t = 0 and at t = 1


@dataclass(frozen=True, slots=True)
class Profile:
    """Payoffs of an action profile, and what each player gains by leaving it."""

    payoffs: Point
    gains: Point


def floor_of(profile: Profile, weight: Any, threats: Point) -> Point:
    """The least continuation payoffs that deter both players from leaving a profile."""
    scale = (1 - weight) / weight
    return threats[0] + scale * profile.gains[0], threats[1] + scale * profile.gains[1]


def closes_in(outer: Polygon, limit: Polygon, profiles: Sequence[Profile], weight: Any, threats: Point) -> bool:
    """Whether a bound of the set of equilibrium payoffs proves that a part that generates itself is all of it.

    Parameters
    ----------
    outer, limit : polygon
    profiles : sequence of Profile
    weight : exact number
        The discount factor, positive.
    threats : point
        Payoffs that no equilibrium falls below.
    """
    if not limit or not outer:
        return False
    planes = half_planes(limit)
    excess = [max(max(p * x + q * y for x, y in outer) - bound, 0 * bound) for p, q, bound in planes]
    margins = excess
    for _ in range(POWERS):
        following = _margins_after(limit, planes, margins, profiles, weight, threats)
        if following is None:
            return False
        if all(after < before or after == before == 0 for after, before in zip(following, margins, strict=True)):
            return True
        if any(needed > 0 and after == 0 for needed, after in zip(excess, following, strict=True)):
            following = [(after + before) / 2 for after, before in zip(following, margins, strict=True)]
        scale = max((needed / after for needed, after in zip(excess, following, strict=True) if after > 0), default=1)
        margins = [after * scale for after in following]
    return False


def _margins_after(
    limit: Polygon,
    planes: Sequence[HalfPlane],
    margins: Sequence[Any],
    profiles: Sequence[Profile],
    weight: Any,
    threats: Point,
) -> list[Any] | None:
    """Margins that hold everything generated from `W_1`; None if `K` is not seen to hold what it generates."""
    found = [0 * margin for margin in margins]
    for profile in profiles:
        floor = floor_of(profile, weight, threats)
        if all(x >= y for x, y in zip(profile.payoffs, floor, strict=True)):
            if not contains(limit, profile.payoffs):
                return None
            continue
        constraints = [(p, q, (bound, bound + margin)) for (p, q, bound), margin in zip(planes, margins, strict=True)]
        constraints += [(-1, 0, (-floor[0], -floor[0])), (0, -1, (-floor[1], -floor[1]))]
        if _is_empty(constraints):
            continue
        for k, (p, q, bound) in enumerate(planes):
            own = (1 - weight) * (p * profile.payoffs[0] + q * profile.payoffs[1]) - bound
            over = [own + weight * most for start, most in _bounds((p, q), constraints) if own + weight * start <= 0]
            if not over:
                return None
            found[k] = max(found[k], min(over))
    return found


def _bounds(direction: Point, constraints: Sequence[tuple[Any, Any, Affine]]) -> list[Affine]:
    """Dual bounds on a direction over the points that satisfy the constraints, at t = 0 and t = 1."""
    p, q = direction
    found = []
    for (a, b, here), (c, d, there) in combinations(constraints, 2):
        area = a * d - b * c
        if area == 0:
            continue
        first, second = (p * d - q * c) / area, (a * q - b * p) / area
        if first >= 0 and second >= 0:
            found.append((first * here[0] + second * there[0], first * here[1] + second * there[1]))
    return found


def _is_empty(constraints: Sequence[tuple[Any, Any, Affine]]) -> bool:
    """Whether no point satisfies the constraints, of a bounded set, at t = 1."""
    reach = 1
    for (a, b, here), (c, d, there) in combinations(constraints, 2):
        if a * d != b * c:  # a corner of the set is where two constraints bind
            x, y = here[1] * d - there[1] * b, a * there[1] - c * here[1]
            reach = max(reach, abs(x / (a * d - b * c)), abs(y / (a * d - b * c)))
    box: Polygon = [(-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach)]
    for a, b, bound in constraints:
        box = clip(box, (a, b, bound[1]))
    return not box
