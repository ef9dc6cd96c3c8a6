"""Points at which formulas with quantifiers come out as wanted: small points, and z3's word on the quantified part."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from time import monotonic
from typing import Any, Final

from proofs.cases import Item, Unsupported
from proofs.language import Quantifier, walk
from proofs.search.models import exact_value
from proofs.search.points import AnyPoint, PointSearch
from proofs.search.translation import Translator
from proofs.surds import Surd

MAX_POINTS: Final = 60
ANSWERS: Final = 3  # points that are worth proofs
MILLISECONDS: Final = 400


def quantified_points(items: Sequence[Item], sorts: Mapping[str, str], until: float) -> list[AnyPoint]:
    """A few points at which the formulas seem to come out as wanted.

    Parameters
    ----------
    items : sequence of (Formula, bool)
    sorts : mapping of str to str
    until : float
        On the clock of `time.monotonic`.
    """
    quantified = [item for item in items if any(isinstance(node, Quantifier) for node in walk(item[0]))]
    plain = [item for item in items if item not in quantified]
    found: list[AnyPoint] = []
    for point in islice(PointSearch(plain, sorts, until, (*items,)).all(), MAX_POINTS):
        if monotonic() > until or len(found) >= ANSWERS:
            break
        if all(_agrees(item, sorts, point) is not False for item in quantified):
            found.append(point)
    return found or list(_by_model(items, sorts, until))


def _agrees(item: Item, sorts: Mapping[str, str], point: AnyPoint) -> bool | None:
    """Whether z3 finds a formula as wanted at a point; None if it does not say."""
    import z3

    translator = Translator(sorts)
    if any(isinstance(value, Surd) for value in point.values()):
        return None
    names = {n: _number(v, z3) for n, v in point.items() if isinstance(v, Fraction)}
    try:
        formula = translator.formula(item[0], names)
    except Unsupported:
        return None
    solver = z3.Solver()
    solver.set("timeout", MILLISECONDS)
    solver.add(formula, *translator.sides)
    answer = str(solver.check())
    return None if answer == "unknown" else (answer == "sat") == item[1]


def _number(value: Fraction, z3: Any) -> Any:
    return z3.Q(value.numerator, value.denominator)


def _by_model(items: Sequence[Item], sorts: Mapping[str, str], until: float) -> Iterator[AnyPoint]:
    """The rational point of a model of all the formulas."""
    import z3

    translator = Translator(sorts)
    solver = z3.Solver()
    solver.set("timeout", max(1, int(1000 * min(2.0, until - monotonic()))))
    try:
        for tree, wanted in items:
            formula = translator.formula(tree, translator.constants)
            solver.add(formula if wanted else z3.Not(formula))
    except Unsupported:
        return
    solver.add(*translator.sides)
    if str(solver.check()) != "sat":
        return
    point: AnyPoint = {}
    for name, constant in translator.constants.items():
        value = solver.model().eval(constant, model_completion=True)
        exact = exact_value(z3, value)
        if exact is None:
            return
        point[name] = exact
    yield point
