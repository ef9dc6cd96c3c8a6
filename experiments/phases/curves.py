"""Exact curves on which every boundary between phases lies.

A sign changes only where its polynomial is 0. The roots of a gain in (0, 1) change in number or type only where two of
them meet, where its discriminant in the share is 0, or where one leaves at an end, where its first or last
Bernstein coefficient is 0. All are factored over the rationals (flint). Of the factors those are kept that could
vanish in an undecided cell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any, Final

from experiments.phases.problem import Axis, Problem, Terms, text_of
from experiments.phases.search import SPLIT, UNDECIDED
from experiments.phases.tensors import Tensor, definite_sign, over_rectangle, quarters

MAX_DEGREE: Final = 60  # of a gain whose discriminant is still asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """An irreducible polynomial in the two parameters, and its zeros.

    Attributes
    ----------
    terms : Terms
        With coprime integer coefficients.
    equation : str
        In the claims language.
    explicit : str
        One parameter as a formula of the other, where the polynomial has degree 1 in it; else "".
    origin : str
        What vanishes on it.
    """

    terms: Terms
    equation: str
    explicit: str
    origin: str


def boundary_curves(problem: Problem, tokens: Sequence[str]) -> tuple[tuple[Curve, ...], bool]:
    """The curves, and whether they are all.

    Parameters
    ----------
    problem : Problem
    tokens : sequence of str
        The quad-tree; no boundary runs inside a cell that is proved to be one phase.
    """
    x, y = problem.axes
    kept: dict[Terms, Curve] = {}
    sources, complete = _vanishing(problem)
    for origin, terms in sources:
        for factor in _factors(terms, (x.name, y.name)):
            if factor not in kept and _may_vanish(factor, problem.axes, tokens):
                kept[factor] = _curve(factor, (x.name, y.name), origin)
    return tuple(kept.values()), complete


def _may_vanish(factor: Terms, axes: tuple[Axis, Axis], tokens: Sequence[str]) -> bool:
    """Whether the Bernstein coefficients of a polynomial leave it open that it vanishes in an undecided cell."""
    stack: list[Tensor | None] = [over_rectangle([factor], axes)[0]]
    for token in tokens:
        tensor = stack.pop()
        if tensor is not None and definite_sign(tensor) is not None:
            tensor = None
        if token == SPLIT:
            stack += [None] * 4 if tensor is None else reversed(quarters(tensor))
        elif token == UNDECIDED and tensor is not None:
            return True
    return False


def _vanishing(problem: Problem) -> tuple[list[tuple[str, Terms]], bool]:
    """Polynomials of which one vanishes on every boundary, with what they are."""
    found = [(sign.name, sign.terms) for sign in problem.signs]
    complete = True
    for gain in problem.gains:
        values = gain.reduced
        found.append((f"{gain.name} as {gain.name.split(' - ')[0]} is rare", values[0]))
        found.append((f"{gain.name} as {gain.name.split(' - ')[0]} is common", values[-1]))
        if len(values) > MAX_DEGREE:
            complete = False
        else:
            terms = _discriminant(values, problem.axes)
            complete = complete and terms is not None
            found.append((f"two roots of {gain.name} meet", terms or ()))
    return found, complete


def _discriminant(values: Sequence[Terms], axes: tuple[Axis, Axis]) -> Terms | None:
    """In the share, by Bernstein coefficients; 1 below degree 2, None if it vanishes everywhere."""
    from flint import Ordering, fmpz_mpoly_ctx

    context = fmpz_mpoly_ctx.get(["share", axes[0].name, axes[1].name], Ordering.lex)
    t, degree = context.gens()[0], len(values) - 1
    total = context.constant(0)
    for k, terms in enumerate(values):
        inner = context.from_dict({(0, *powers): c for powers, c in terms})
        total += comb(degree, k) * t**k * (1 - t) ** (degree - k) * inner
    if max((powers[0] for powers in total.to_dict()), default=0) < 2:
        return (((0, 0), 1),)
    return _terms(total.discriminant("share").to_dict()) or None


def _terms(found: Any) -> Terms:
    return tuple(sorted(((int(p[-2]), int(p[-1])), int(c)) for p, c in found.items()))


def _factors(terms: Terms, names: tuple[str, str]) -> Iterable[Terms]:
    """The irreducible factors that are no numbers."""
    from flint import Ordering, fmpz_mpoly_ctx

    if not terms:
        return
    context = fmpz_mpoly_ctx.get(list(names), Ordering.lex)
    _, factors = context.from_dict(dict(terms)).factor()
    for factor, _ in factors:
        yield _terms(factor.to_dict())


def _curve(terms: Terms, names: tuple[str, str], origin: str) -> Curve:
    explicit = ""
    for k in (1, 0):
        if not explicit and max(p[k] for p, _ in terms) == 1:
            slope, rest = [
                tuple(((p[0] * k, p[1] * (1 - k)), c * sign) for p, c in terms if p[k] == power)
                for power, sign in ((1, 1), (0, -1))
            ]
            explicit = f"{names[k]} = {_quotient(rest, slope, names)}"
    return Curve(terms=terms, equation=f"{text_of(terms, names)} == 0", explicit=explicit, origin=origin)


def _quotient(above: Terms, below: Terms, names: tuple[str, str]) -> str:
    if below[0][1] < 0 and len(below) == 1:
        above, below = (tuple((p, -c) for p, c in terms) for terms in (above, below))
    top, bottom = text_of(above, names), text_of(below, names)
    if bottom == "1":
        return top
    return f"{top if len(above) <= 1 else f'({top})'}/{bottom if bottom.isalnum() else f'({bottom})'}"
