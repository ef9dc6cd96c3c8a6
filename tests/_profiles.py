"""What tests of profile solvers share: membership in reported sets, grids of profiles, and a float search."""

import ast
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from gametheory import NormalFormGame
from gametheory.equilibria.nplayer.results import NashEquilibria, ProfileComponent, share_names


def belongs(game: NormalFormGame, profile: Sequence[Sequence[Any]], text: str, slack: float = 0) -> bool:
    """Whether a profile satisfies a formula of the claims language, comparisons loosened by `slack`."""
    values = {
        name: share
        for names, own in zip(share_names(game), profile, strict=True)
        for name, share in zip(names, own, strict=True)
    }
    return bool(_value(ast.parse(text, mode="eval").body, values, slack))


def _value(node: ast.expr, values: dict[str, Any], slack: float) -> Any:
    match node:
        case ast.Constant():
            return Fraction(str(node.value))
        case ast.Name():
            return values[node.id]
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, values, slack)
        case ast.BinOp():
            left, right = _value(node.left, values, slack), _value(node.right, values, slack)
            match node.op:
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
                case ast.Mult():
                    return left * right
                case ast.Div():
                    return left / right
                case ast.Pow():
                    return left ** int(right)
        case ast.BoolOp():
            found = (_value(part, values, slack) for part in node.values)
            return all(found) if isinstance(node.op, ast.And) else any(found)
        case ast.Compare(left=first, ops=[op], comparators=[second]):
            gap = _value(first, values, slack) - _value(second, values, slack)
            return {
                ast.Eq: abs(gap) <= slack,
                ast.NotEq: gap != 0 or slack > 0,
                ast.GtE: gap >= -slack,
                ast.Gt: gap > -slack,
                ast.LtE: gap <= slack,
                ast.Lt: gap < slack,
            }[type(op)]
        case ast.Call(
            func=ast.Name(id="exists"), args=[ast.Name(id=bound), ast.BoolOp(values=[_, above, below, rest])]
        ):
            # the root of the first clause, between two rationals that are 2^-62 apart
            assert isinstance(above, ast.Compare)
            assert isinstance(below, ast.Compare)
            ends = [_value(part.comparators[0], values, slack) for part in (above, below)]
            return any(_value(rest, values | {bound: end}, slack) for end in ends)
    raise AssertionError(ast.dump(node))


def in_component(game: NormalFormGame, profile: Any, component: ProfileComponent, slack: float = 0) -> bool:
    return belongs(game, profile, component.set, slack)


def in_answer(game: NormalFormGame, profile: Any, answer: NashEquilibria, slack: float = 0) -> bool:
    return any(in_component(game, profile, component, slack) for component in answer.components)


def grid(shape: Sequence[int], steps: int) -> Iterator[tuple[tuple[Fraction, ...], ...]]:
    """All profiles whose shares are multiples of 1 / steps."""
    sides = [
        [
            tuple(Fraction(n, steps) for n in counts)
            for counts in product(range(steps + 1), repeat=size)
            if sum(counts) == steps
        ]
        for size in shape
    ]
    return product(*sides)


def floats_found(game: NormalFormGame, starts: int, seed: int) -> list[list[np.ndarray]]:
    """Equilibria in floats: zeros of the gains and of the way out of the simplex, from random starts (McKelvey)."""
    rng = np.random.default_rng(seed)
    shape, tensors = game.shape, [tensor.astype(float) for tensor in game.payoffs]
    ends = np.cumsum((0, *shape))

    def mixtures(flat: np.ndarray) -> list[np.ndarray]:
        return [flat[a:b] for a, b in pairwise(ends.tolist())]

    def misses(flat: np.ndarray) -> np.ndarray:
        parts, found = mixtures(flat), []
        for player, tensor in enumerate(tensors):
            rest = np.moveaxis(tensor, player, 0)
            for other in reversed([k for k in range(len(shape)) if k != player]):
                rest = rest @ parts[other]
            own = parts[player]
            found += [np.maximum(rest - own @ rest, 0), np.minimum(own, 0), [own.sum() - 1]]
        return np.concatenate(found)

    answers = []
    for _ in range(starts):
        start = np.concatenate([rng.dirichlet(np.ones(size)) for size in shape])
        ended = least_squares(misses, start, xtol=1e-15, ftol=1e-15, gtol=1e-15)
        if np.abs(ended.fun).max() < 1e-11:
            answers.append(mixtures(ended.x))
    return answers
