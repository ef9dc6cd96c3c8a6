r"""Convex polygons in the plane with exact corners: segments, points and the empty set are polygons too.

Coordinates are exact numbers of one arithmetic (`Fraction`, or flint's `fmpq`, which is ten times as fast).
"""

from collections.abc import Iterable
from typing import Any

Point = tuple[Any, Any]
Polygon = list[Point]  # corners, counterclockwise; two for a segment, one for a point
HalfPlane = tuple[Any, Any, Any]  # (p, q, bound): p x + q y <= bound


def hull(points: Iterable[Point]) -> Polygon:
    """Corners of the convex hull, counterclockwise from the leftmost lowest one, without points on edges.

    Examples
    --------
    >>> hull([(0, 0), (2, 2), (1, 1)])
    [(0, 0), (2, 2)]
    """
    ordered = sorted(set(points))
    if len(ordered) <= 1:
        return ordered
    chains = []
    for run in (ordered, ordered[::-1]):
        chain: Polygon = []
        for point in run:
            while len(chain) >= 2 and turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        chains.append(chain[:-1])
    return chains[0] + chains[1]


def contains(polygon: Polygon, point: Point) -> bool:
    """Whether a point is in a polygon, a segment or a point, its boundary included."""
    if len(polygon) <= 1:
        return polygon == [point]
    if len(polygon) == 2:
        (a, b), on_line = polygon, turn(polygon[0], polygon[1], point) == 0
        return bool(on_line) and all(min(x, y) <= z <= max(x, y) for x, y, z in zip(a, b, point, strict=True))
    return all(turn(polygon[k - 1], polygon[k], point) >= 0 for k in range(len(polygon)))


def turn(first: Point, second: Point, third: Point) -> Any:
    """Twice the signed area of a triangle: positive where it turns left."""
    (ax, ay), (bx, by), (cx, cy) = first, second, third
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


def clip(polygon: Polygon, half_plane: HalfPlane) -> Polygon:
    """The part of a polygon in a half plane.

    Examples
    --------
    >>> from fractions import Fraction
    >>> clip([(Fraction(0), Fraction(0)), (Fraction(2), Fraction(2))], (1, 0, 1)) == [(0, 0), (1, 1)]
    True
    """
    p, q, bound = half_plane
    over = [p * x + q * y - bound for x, y in polygon]
    if all(height <= 0 for height in over):
        return polygon
    kept: Polygon = []
    for k, ((x, y), height) in enumerate(zip(polygon, over, strict=True)):
        (u, v), before = polygon[k - 1], over[k - 1]
        if (before > 0) != (height > 0):
            share = before / (before - height)
            kept.append((u + share * (x - u), v + share * (y - v)))
        if height <= 0:
            kept.append((x, y))
    return hull(kept)


def half_planes(polygon: Polygon) -> list[HalfPlane]:
    """Half planes whose intersection a polygon is."""
    if len(polygon) == 1:
        ((x, y),) = polygon
        return [(1, 0, x), (-1, 0, -x), (0, 1, y), (0, -1, -y)]
    found = []
    for k, (x, y) in enumerate(polygon):
        u, v = polygon[k - 1]
        p, q = y - v, u - x  # outward, the polygon on the left
        found.append((p, q, p * x + q * y))
        if len(polygon) == 2:
            found.append((x - u, y - v, (x - u) * x + (y - v) * y))
    return found
