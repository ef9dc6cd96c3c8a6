r"""The condition on a parameter for a property to hold, with a proof that it is necessary and sufficient.

- Each margin affine in the parameter, :math:`M(t) = M(0) + t (M(1) - M(0))`, and the assumptions decide the sign of its
  slope: :math:`M(t) \ge 0` iff :math:`t \ge -M(0)/(M(1) - M(0))` where that is positive.
- The parameter the only symbol: the roots of the margins' numerators and denominators, isolated exactly, cut its line
  into pieces on each of which the property holds or fails. An algebraic end :math:`\alpha`, the root of f in
  :math:`(l, u)`, is written as `t >= u or (t > l and f(t) >= 0)`.
- Otherwise `find_bounds` gives rational bounds, one sufficient and one necessary, each with its own proof.

A condition is what the verifier proved of it: `proved` says whether it did. Source: model.md, sections 1, 2 and 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from gametheory.errors import InvalidParameter, NotConverged, require
from gametheory.exact import as_number, is_exact
from proofs.language import Comparison, Number, Variable, parse_formula
from proofs.properties.statements import Property, claim_that, symbols_of
from proofs.verdicts import Proved, Verdict
from proofs.verification import BUDGET, verify

DEGREES: Final = 60
HOLDS: Final = {">": lambda sign: sign > 0, ">=": lambda sign: sign >= 0, "==": lambda sign: sign == 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCondition:
    """On which side of which thresholds a property holds.

    Attributes
    ----------
    condition : str
        A formula in the claims language, necessary and sufficient for the property under the assumptions.
    verdict : Verdict
        On the claim ``iff(property, condition)``; reading `condition` means something only where it is `Proved`.
    """

    condition: str
    verdict: Verdict

    @property
    def proved(self) -> bool:
        """Whether the condition is proved to be necessary and sufficient."""
        return isinstance(self.verdict, Proved)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBounds:
    """Rational bounds on the parameter, proved.

    Attributes
    ----------
    sufficient, necessary : Fraction or None
        The property holds wherever the parameter is beyond the first; it fails wherever it is short of the second.
        None if no bound in the range was proved.
    relation : str
        ">=" if the property holds for large values, "<=" if for small ones.
    verdicts : tuple of Verdict
        On the claims that say so, in this order, those that were proved.
    """

    sufficient: Fraction | None
    necessary: Fraction | None
    relation: str
    verdicts: tuple[Verdict, ...]

    @property
    def gap(self) -> Fraction:
        """How far apart the bounds are. Raises `NotConverged` if one was not found."""
        if self.sufficient is None or self.necessary is None:
            raise NotConverged("a bound was not proved; give a larger budget or another range")
        return abs(self.sufficient - self.necessary)


def find_condition(
    what: Property, parameter: Any, *, assumptions: Sequence[str] = (), budget: float = BUDGET
) -> FoundCondition:
    """The exact condition on a parameter for a property to hold, with a proof that it is necessary and sufficient.

    Parameters
    ----------
    what : Property
        Of margins: from `best_reply`, `equilibrium`, `contributing` or `asymptotically_stable`.
    parameter : sympy.Symbol
    assumptions : sequence of str
        In addition to the parameters' domains; where there are other symbols they have to decide the sign of each
        margin's slope.
    budget : float
        Seconds for each question asked of the verifier, > 0.

    Returns
    -------
    FoundCondition

    Raises
    ------
    InvalidParameter
        If there are other symbols and a margin is not affine in the parameter, or the assumptions leave the sign of its
        slope open; `find_bounds` may still help.

    Examples
    --------
    >>> import sympy as sp
    >>> from gametheory import PublicGoodsGame
    >>> from proofs import best_reply, contributing
    >>> N, r, c, p, fine = sp.Symbol("N", integer=True), *sp.symbols("r c p fine")
    >>> game = PublicGoodsGame(group_size=N, multiplication_factor=r, contribution_cost=c, fine=fine,
    ...                        punishment_probability=p)
    >>> found = find_condition(contributing(game, N - 1), p, assumptions=["fine > 0"])
    >>> found.proved, found.condition
    (True, 'p >= -c*(-N + r)/(N*fine*(N - 1))')
    """
    import sympy as sp

    require(what.relation != "==" and bool(what.margins), "what", what.statement, "a property of inequalities")
    terms = [*what.margins.values(), *what.equations.values()]
    if {s for term in terms for s in (sp.Integer(0) + term).free_symbols} == {parameter} and not _all_affine(
        what, parameter
    ):
        condition = _pieces(what, parameter, assumptions)
    else:
        require(not what.equations, "what", what.statement, "a property of inequalities alone, or of one symbol")
        condition = _affine_condition(what, parameter, assumptions, budget)
    statement = f"iff({what.formula}, {condition})"
    found = claim_that(what, key="condition", assumptions=assumptions, conclusion=statement)
    return FoundCondition(condition=condition, verdict=verify(found, budget=budget))


def find_bounds(
    what: Property,
    parameter: Any,
    *,
    low: Any,
    high: Any,
    relation: str = ">=",
    tolerance: Any = "1/100",
    assumptions: Sequence[str] = (),
    budget: float = BUDGET,
) -> FoundBounds:
    """Proved rational bounds between which the property begins to hold, for what has no exact condition here.

    Parameters
    ----------
    what : Property
    parameter : sympy.Symbol
    low, high : number
        The range to look in, exact.
    relation : str
        ">=" if the property is to be shown for large values of the parameter, "<=" for small ones.
    tolerance : number
        When to stop halving, > 0.
    assumptions : sequence of str
    budget : float
        Seconds for each question asked of the verifier, > 0.

    Returns
    -------
    FoundBounds

    Raises
    ------
    InvalidParameter
        If the range is not exact or empty.

    Examples
    --------
    >>> import sympy as sp
    >>> from gametheory import PublicGoodsGame
    >>> from proofs import contributing
    >>> p = sp.Symbol("p")
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_probability=p)
    >>> bounds = find_bounds(contributing(game, 4), p, low=0, high=1, tolerance="1/8")
    >>> bounds.sufficient, bounds.necessary
    (Fraction(1, 8), Fraction(0, 1))
    """
    ends = [as_number(value, name=name) for name, value in (("low", low), ("high", high))]
    width = as_number(tolerance, name="tolerance")
    require(all(map(is_exact, ends)) and ends[0] < ends[1], "low", low, f"exact and below {high}")
    require(is_exact(width) and width > 0, "tolerance", tolerance, "exact and > 0")
    require(relation in (">=", "<="), "relation", relation, "'>=' or '<='")
    far, near = (ends[1], ends[0]) if relation == ">=" else (ends[0], ends[1])
    inside = [*assumptions, f"{parameter} >= {ends[0]}", f"{parameter} <= {ends[1]}"]
    asked = (what, parameter, relation, inside, budget)
    sufficient, first = _bisect(*asked, far, near, width, enough=True)
    necessary, second = _bisect(*asked, near, far if sufficient is None else sufficient, width, enough=False)
    verdicts = tuple(v for v in (first, second) if v is not None)
    return FoundBounds(sufficient=sufficient, necessary=necessary, relation=relation, verdicts=verdicts)


def _bisect(
    what: Property,
    parameter: Any,
    relation: str,
    assumptions: Sequence[str],
    budget: float,
    known: Fraction,
    other: Fraction,
    width: Fraction,
    *,
    enough: bool,
) -> tuple[Fraction | None, Verdict | None]:
    """Move from a value that is proved to be a bound towards one that may not be."""

    def ask(value: Fraction) -> Verdict:
        side = f"{parameter} {relation} {value}"
        conclusion = f"implies({side}, {what.formula})" if enough else f"implies({what.formula}, {side})"
        return verify(claim_that(what, key="bound", assumptions=assumptions, conclusion=conclusion), budget=budget)

    verdict = ask(known)
    if not isinstance(verdict, Proved):
        return None, None
    while abs(known - other) > width:
        middle = (known + other) / 2
        answer = ask(middle)
        if isinstance(answer, Proved):
            known, verdict = middle, answer
        else:
            other = middle
    return known, verdict


def _all_affine(what: Property, parameter: Any) -> bool:
    import sympy as sp

    return (
        all(sp.simplify(sp.diff(sp.expand(margin), parameter, 2)) == 0 for margin in what.margins.values())
        and not what.equations
    )


def _affine_condition(what: Property, parameter: Any, assumptions: Sequence[str], budget: float) -> str:
    import sympy as sp

    bounds = []
    for name, margin in what.margins.items():
        expression = sp.expand(margin)
        slope = sp.diff(expression, parameter)
        affine = sp.simplify(sp.diff(slope, parameter)) == 0
        require(bool(affine), name, margin, f"affine in {parameter}")
        at_zero = expression.subs(parameter, 0)
        slope = sp.factor(slope)
        if slope == 0:
            constant = sp.factor(at_zero)
            always = constant.is_number and (constant > 0 or (constant == 0 and what.relation == ">="))
            bounds += [] if always else [f"{constant} {what.relation} 0"]
            continue
        sign = _sign(what, slope, assumptions, budget)
        require(sign != 0, f"the slope of {name}", slope, "of one sign under the assumptions")
        relation = what.relation if sign > 0 else what.relation.replace(">", "<")
        bounds.append(f"{parameter} {relation} {sp.factor(-at_zero / slope)}")
    return " and ".join(dict.fromkeys(bounds)) or "0 == 0"


def _sign(what: Property, slope: Any, assumptions: Sequence[str], budget: float) -> int:
    """1 or -1 if the assumptions prove the slope to be > 0 or < 0; else 0."""
    for sign, relation in ((1, ">"), (-1, "<")):
        question = replace(what, margins={"slope": slope}, relation=relation, equations={}, text="")
        try:
            asked = claim_that(question, key="slope", assumptions=assumptions)
        except InvalidParameter:
            return 0
        if isinstance(verify(asked, budget=budget), Proved):
            return sign
    return 0


def _pieces(what: Property, parameter: Any, assumptions: Sequence[str]) -> str:
    """The pieces of the parameter's domain on which a property of one symbol holds."""
    import sympy as sp

    t = parameter
    quotients = {
        name: sp.fraction(sp.together(sp.Integer(0) + term))
        for name, term in (*what.margins.items(), *what.equations.items())
    }
    product = sp.Integer(1)
    for above, below in quotients.values():
        product *= above if above != 0 else 1
        product *= below
    poly = sp.Poly(product, t, domain="QQ")
    require(poly.degree() <= DEGREES, "what", what.statement, f"of margins whose degrees sum to at most {DEGREES}")
    bounds = _domain(what, parameter, assumptions)
    for bound, _ in bounds:
        poly *= sp.Poly(t - bound, t, domain="QQ")
    roots = _isolated(poly)

    def holds(value: Any) -> bool:
        if any((value - bound) * side < 0 for bound, side in bounds):
            return False
        for name, (above, below) in quotients.items():
            if _sign_at(below, t, value) == 0:
                return False
            sign = _sign_at(above, t, value) * _sign_at(below, t, value)
            relation = "==" if name in what.equations else what.relation
            if not HOLDS[relation](sign):
                return False
        return True

    ends: list[Any] = [None, *roots, None]
    gaps = [holds(_between(a, b)) for a, b in pairwise(ends)]
    points = [holds(root) for root in roots]
    return _union(t, roots, gaps, points, {bound for bound, _ in bounds})


def _domain(what: Property, parameter: Any, assumptions: Sequence[str]) -> list[tuple[Any, int]]:
    """Rational numbers that the parameter is said to be above (1) or below (-1)."""
    import sympy as sp

    found = []
    texts = [text for name, _, demands in symbols_of(what.game) if name == str(parameter) for text in demands]
    for text in (*texts, *what.assumptions, *assumptions):
        tree = parse_formula(text, where="assumption")
        if not isinstance(tree, Comparison) or tree.relation in ("==", "!="):
            continue
        left, right, side = tree.left, tree.right, 1 if tree.relation[0] == ">" else -1
        if isinstance(right, Variable):
            left, right, side = right, left, -side
        if left == Variable(str(parameter)) and isinstance(right, Number):
            found.append((sp.Rational(right.value.numerator, right.value.denominator), side))
    return found


def _isolated(poly: Any) -> list[Any]:
    """The distinct real roots of a polynomial, exact, rising."""
    if poly.degree() < 1:
        return []
    return sorted(dict.fromkeys(poly.sqf_part().real_roots()), key=lambda root: root.evalf(40))


def _sign_at(expression: Any, t: Any, value: Any) -> int:
    """The exact sign of a polynomial at a rational or algebraic number."""
    import sympy as sp

    poly = sp.Poly(expression, t, domain="QQ")
    if poly.is_zero:
        return 0
    if value.is_Rational:
        return int(sp.sign(poly.eval(value)))
    own = sp.Poly(sp.minimal_polynomial(value, t), t, domain="QQ") if not hasattr(value, "poly") else value.poly
    if sp.rem(poly, sp.Poly(own.as_expr().subs(own.gen, t), t, domain="QQ")).is_zero:
        return 0
    digits = 30
    while True:
        number = poly.eval(value.evalf(digits)).evalf(digits)
        if abs(number) > sp.Float(10) ** (-digits // 2):
            return 1 if number > 0 else -1
        digits *= 2


def _between(a: Any, b: Any) -> Any:
    """A rational number strictly between two roots, or beyond the only one."""
    import sympy as sp

    if a is None and b is None:
        return sp.Integer(0)
    if a is None:
        return sp.floor(b) - 1
    if b is None:
        return sp.ceiling(a) + 1
    digits = 20
    while True:
        middle = sp.Rational(str(((a + b) / 2).evalf(digits)))
        if bool(a < middle) and bool(middle < b):
            short = sp.Rational(middle).limit_denominator(1000)
            return short if bool(a < short) and bool(short < b) else middle
        digits *= 2


def _union(t: Any, roots: list[Any], gaps: list[bool], points: list[bool], known: set[Any]) -> str:
    """A formula for the union of open pieces and points; what the assumptions say already is left out."""
    pieces, index = [], 0
    flags = [gaps[0]]
    for point, gap in zip(points, gaps[1:], strict=True):
        flags += [point, gap]  # gap, point, gap, point, ..., gap
    while index < len(flags):
        if not flags[index]:
            index += 1
            continue
        last = index
        while last + 1 < len(flags) and flags[last + 1]:
            last += 1
        parts = []
        if index > 0:
            root = roots[(index - 1) // 2]
            said = index % 2 == 1 and root in known
            parts += [] if said else [_side(t, root, ">=" if index % 2 else ">")]
        if last < len(flags) - 1:
            root = roots[last // 2 if last % 2 == 0 else (last - 1) // 2]
            said = last % 2 == 1 and root in known
            parts += [] if said else [_side(t, root, "<=" if last % 2 else "<")]
        pieces.append(" and ".join(parts) or "0 == 0")
        index = last + 1
    if len(pieces) == 1:
        return pieces[0]
    return " or ".join(f"({piece})" for piece in pieces) or "0 == 1"


def _side(t: Any, root: Any, relation: str) -> str:
    """The comparison of the parameter with a root, in the claims language."""
    import sympy as sp

    if root.is_Rational:
        return f"{t} {relation} {root}"
    poly = sp.Poly(sp.minimal_polynomial(root, t), t, domain="QQ")
    digits = 3
    while True:
        low = sp.Rational(int(sp.floor(root * 10**digits)), 10**digits)
        high = low + sp.Rational(1, 10**digits)
        if poly.count_roots(low, high) == 1 and poly.eval(low) * poly.eval(high) < 0:
            break
        digits += 1
    f = poly.as_expr() if poly.eval(high) > 0 else -poly.as_expr()
    outer, inner, strict = (high, low, ">") if relation[0] == ">" else (low, high, "<")
    beyond = ">=" if relation[0] == ">" else "<="
    return f"({t} {beyond} {outer} or ({t} {strict} {inner} and {f} {relation} 0))"
