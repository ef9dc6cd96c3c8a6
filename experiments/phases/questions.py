r"""From a game and two of its parameters to the polynomials whose signs and roots make its phases.

Everything comes from the game's payoff function, called with symbols in place of the two parameters.

- *conditions*: which of `gametheory.conditions` hold. Conditions that ask for a share of punishers, which a game
  does not have, are said to be met or not by some share.
- *equilibria* and *rest points*, two strategies, any payoffs: the gain :math:`g(t) = \sum_k \binom{N-1}{k} t^k
  (1-t)^{N-1-k} (f_1(k) - f_2(k))`; its roots in (0, 1) are the symmetric mixed equilibria, and the rest points
  inside; they are stable where it falls.
- three strategies with payoffs affine in the counts, with the differences :math:`d_{ij} = a_{ij} - a_{jj}` of the
  matrix of payoffs among equals: see `experiments.phases.matrices`.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any, Final

from experiments.phases.matrices import matrix_problem
from experiments.phases.problem import (
    SHARE,
    Axis,
    Gain,
    Problem,
    Reader,
    SignPolynomial,
    integer_terms,
)
from gametheory.errors import InvalidParameter, require
from gametheory.exact import as_number, is_exact, is_symbolic
from gametheory.files import game_to_dict
from gametheory.parameters import AMOUNT, FINITE, POSITIVE, RATE, domain_of
from gametheory.public_goods import PublicGoodsGame
from proofs.checker.phases import MAX_GROUP

QUESTIONS: Final = ("conditions", "equilibria", "rest_points")
OPTIONS: Final = {"punishers": "in [0, group_size - 1]", "discount_factor": "in [0, 1)", "action_error": "in [0, 1]"}


def pose(game: Any, *, axes: tuple[Axis, Axis], question: str, options: Mapping[str, Any] | None = None) -> Problem:
    """The polynomials of a question about a game over a rectangle of two of its parameters.

    Parameters
    ----------
    game : game
        Exact; what it has for the two parameters does not matter.
    axes : tuple of two Axis
        Numbers of the game (not sizes), or options of `gametheory.conditions` where the question is about those.
    question : str
        "conditions" (of a `PublicGoodsGame`), "equilibria" or "rest_points" (two strategies; or three with affine
        payoffs).
    options : mapping, optional
        punishers, discount_factor, action_error: as for `gametheory.conditions`.

    Raises
    ------
    InvalidParameter
        If there is no such parameter or question, the rectangle leaves a domain, or the payoffs are not rational
        in the parameters.

    Examples
    --------
    >>> from gametheory import CollectiveRiskGame
    >>> game = CollectiveRiskGame(group_size=3, threshold=2, risk=1, contribution='1/10')
    >>> axes = Axis(name="contribution", low=0, high=1), Axis(name="risk", low=0, high=1)
    >>> problem = pose(game, axes=axes, question="rest_points")
    >>> problem.statement()["gains"]
    [{'name': 'C - D', 'values': ['-contribution', '-contribution + risk', '-contribution']}]
    """
    require(question in QUESTIONS, "question", question, "one of " + ", ".join(QUESTIONS))
    given = {name: value for name, value in dict(options or {}).items() if value is not None}
    require(not given or question == "conditions", "options", sorted(given), "none (they belong to conditions)")
    require(set(given) <= set(OPTIONS), "options", sorted(given), "among " + ", ".join(OPTIONS))
    for name, value in given.items():
        given[name] = as_number(value, name=name)
        require(is_exact(given[name]), name, value, "an exact number, such as 1 or '3/10'")
    described, symbolic, chosen = _with_symbols(game, axes, question == "conditions", given)
    shared = {
        "game": described,
        "question": question,
        "options": {name: str(value) for name, value in sorted(given.items())},
        "axes": axes,
    }
    symbols = _symbols(axes)
    if question == "conditions":
        return _conditions(symbolic, chosen, symbols, shared)
    strategies = tuple(game.strategies)
    if len(strategies) == 2:
        return _two_strategies(symbolic, symbols, shared)
    require(
        len(strategies) == 3, "strategies", list(strategies), "two, or three with payoffs that are affine in the counts"
    )
    return matrix_problem(symbolic, symbols, shared)


def _symbols(axes: tuple[Axis, Axis]) -> tuple[Any, Any]:
    import sympy as sp

    return sp.Symbol(axes[0].name, real=True), sp.Symbol(axes[1].name, real=True)


def _with_symbols(
    game: Any, axes: tuple[Axis, Axis], optional: bool, given: dict[str, Any]
) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    """The game at the middle of the rectangle as its file has it, the game of symbols, and the options with symbols."""
    require(axes[0].name != axes[1].name, "axes", axes[0].name, "two different parameters")
    known = {f.name: domain_of(f) for f in fields(game)} if hasattr(game, "__dataclass_fields__") else {}
    numbers = {name: domain for name, domain in known.items() if domain in (AMOUNT, FINITE, POSITIVE, RATE)}
    middle, chosen = game, dict(given)
    symbolic: dict[str, Any] = {}
    for axis, symbol in zip(axes, _symbols(axes), strict=True):
        if optional and axis.name in OPTIONS:
            high = game.group_size - 1 if axis.name == "punishers" else 1
            require(axis.low >= 0 and axis.high <= high, axis.name, (str(axis.low), str(axis.high)), OPTIONS[axis.name])
            require(axis.name not in given, axis.name, str(given.get(axis.name)), "no value beside its axis")
            chosen[axis.name] = symbol
            continue
        require(axis.name in numbers, "axes", axis.name, "one of " + ", ".join(numbers))
        domain = numbers[axis.name]
        inside = domain is FINITE or (axis.low >= 0 and (domain is not RATE or axis.high <= 1))
        require(inside, axis.name, (str(axis.low), str(axis.high)), domain.words)
        middle = replace(middle, **{axis.name: (axis.low + axis.high) / 2})
        symbolic[axis.name] = symbol
    require(bool(middle.is_exact), "game", game, "exact numbers (a float proves nothing)")
    return game_to_dict(middle), replace(middle, **symbolic), chosen


def _two_strategies(game: Any, symbols: tuple[Any, Any], shared: dict[str, Any]) -> Problem:
    first, second = game.strategies
    require(game.group_size <= MAX_GROUP, "group_size", game.group_size, f"at most {MAX_GROUP}")
    rest = int(game.group_size) - 1
    differences = []
    for k in range(rest + 1):
        counts = (k, rest - k)
        differences.append(game.payoff(first, counts) - game.payoff(second, counts))
    gain = Gain(name=f"{first} - {second}", values=tuple(integer_terms(differences, symbols)))
    require(any(gain.values), "game", shared["game"], "strategies that do not always earn the same")
    nash = shared["question"] == "equilibria"
    ties = not gain.values[0], not gain.values[-1]

    def describe(reader: Reader) -> tuple[str, str]:
        sequence = reader.sequence(0)
        return _equilibria(sequence, first, second, ties) if nash else _rest_points(sequence, first, second)

    return Problem(signs=(), gains=(gain,), describe=describe, **shared)


def _equilibria(sequence: str, first: str, second: str, ties: tuple[bool, bool]) -> tuple[str, str]:
    """Name and meaning of a sequence of signs of the gain over the share of the first strategy.

    `ties` says whether a single player gains nothing for any parameters, where all play the second strategy and where
    all play the first: such a population is an equilibrium, a weak one, whatever the sequence.
    """
    inner = _inside(sequence)
    strict = sequence[0] == "-", sequence[-1] == "+"
    pure = [
        (f"all {name}", " (weak)" if tie else "")
        for name, tie, is_strict in zip((second, first), ties, strict, strict=True)
        if tie or is_strict
    ]
    mixed = f"{len(inner)} mixed" + (f" ({inner.count('stable')} ESS)" if inner else "")
    name = ", ".join([*(text + weak for text, weak in pure), mixed])
    kinds = " and ".join(text + (weak or " (strict)") for text, weak in pure) or "no pure one"
    return name, f"symmetric equilibria: {kinds}; {mixed}"


def _rest_points(sequence: str, first: str, second: str) -> tuple[str, str]:
    low, high = sequence[0] == "-", sequence[-1] == "+"
    ends = [f"{s} {'stable' if ok else 'unstable'}" for s, ok in ((second, low), (first, high))]
    inner = [f"{SHARE}{k + 1} {kind}" for k, kind in enumerate(_inside(sequence))]
    name = ", ".join([ends[0], *inner, ends[1]])
    return name, f"rest points of the replicator dynamics by rising share {SHARE} of {first}: {name}"


def _inside(sequence: str) -> list[str]:
    """The kinds of the rest points inside: stable where the gain falls."""
    return ["stable" if a == "+" else "unstable" for a, _ in pairwise(sequence)]


def _conditions(game: Any, options: dict[str, Any], symbols: tuple[Any, Any], shared: dict[str, Any]) -> Problem:
    ours = isinstance(game, PublicGoodsGame)
    require(ours, "game", shared["game"]["kind"], "'public-goods' (whose conditions these are)")
    polynomials: list[SignPolynomial] = []
    varying: list[tuple[str, Any]] = []
    constant: list[str] = []
    for name, expression in condition_expressions(game, options).items():
        formula = _formula(expression, name, symbols, polynomials)
        if isinstance(formula, bool):
            constant.append(name if formula else f"not {name}")
        else:
            varying.append((name, formula))
    everywhere = f"; everywhere: {', '.join(constant)}" if constant else ""

    def describe(reader: Reader) -> tuple[str, str]:
        held = [name for name, formula in varying if _truth(formula, reader)]
        failed = [name for name, _ in varying if name not in held]
        short = ", ".join(held) or "none"
        return short, f"hold: {short}; do not hold: {', '.join(failed) or 'none'}{everywhere}"

    names = tuple(name for name, _ in varying)
    return Problem(signs=tuple(polynomials), gains=(), describe=describe, varying=names, **shared)


def condition_expressions(game: PublicGoodsGame, options: Mapping[str, Any]) -> dict[str, Any]:
    """Whether each condition holds (is met by some share, where it asks for one), as relations in symbols."""
    from sympy import And, Or

    from gametheory.thresholds import conditions

    found = {c.name: c for c in conditions(game, **options)}
    answers: dict[str, Any] = {}
    for name, condition in found.items():
        if condition.holds is not None:
            answers[name] = condition.holds
        elif condition.parameter == "punisher_share":
            answers[f"{name} for some share"] = condition.feasible
    if "action_error" not in options:
        answers.pop("cheapest-threat", None)
    elif (
        "cheapest-threat" in answers
    ):  # for numbers its premise, that all N - 1 punishing can deter, is looked at first
        rest = {**options, "punishers": None}
        reached = next(c.feasible for c in conditions(game, **rest) if c.name == "deterrence")
        free = game.net_contribution_cost <= 0
        answers["cheapest-threat"] = Or(free, And(reached, answers["cheapest-threat"]))
    return answers


def _formula(expression: Any, name: str, symbols: tuple[Any, Any], polynomials: list[SignPolynomial]) -> Any:
    """A Boolean expression as True, False, ("and" or "or", parts) or ("sign", number, signs that make it true)."""
    import sympy as sp

    if expression in (True, False, sp.true, sp.false):
        return bool(expression)
    if isinstance(expression, sp.And | sp.Or):
        stops = isinstance(expression, sp.Or)
        parts = [_formula(part, name, symbols, polynomials) for part in sp.ordered(expression.args)]
        if any(part is stops for part in parts):
            return stops
        parts = [part for part in parts if not isinstance(part, bool)]
        return ("or" if stops else "and", parts) if parts else not stops
    signs = {sp.Ge: (1, 0), sp.Gt: (1,), sp.Le: (-1, 0), sp.Lt: (-1,)}
    wanted = next((signs[kind] for kind in signs if isinstance(expression, kind)), None)
    if wanted is None:
        raise InvalidParameter("game", str(expression)[:80], "conditions that are comparisons")
    (terms,) = integer_terms([expression.lhs - expression.rhs], symbols)
    if not is_symbolic(expression.lhs - expression.rhs) or len(terms) == 0 or terms[-1][0] == (0, 0) == terms[0][0]:
        value = terms[0][1] if terms else 0
        return ((value > 0) - (value < 0)) in wanted
    opposite = tuple((powers, -c) for powers, c in terms)
    for number, known in enumerate(polynomials):
        if known.terms in (terms, opposite):
            return ("sign", number, wanted if known.terms == terms else tuple(-s for s in wanted))
    polynomials.append(SignPolynomial(name=name, terms=terms))
    return ("sign", len(polynomials) - 1, wanted)


def _truth(formula: Any, reader: Reader) -> bool:
    """Whether a formula holds, hanging on as few signs as decide it; raises `Unknown`."""
    if formula[0] == "sign":
        return reader.sign(formula[1]) in formula[2]
    stops = formula[0] == "or"
    for part in formula[1]:  # one that decides alone
        if _seen(part, reader) is stops:
            return _truth(part, reader)
    for part in formula[1]:
        _truth(part, reader)
    return not stops


def _seen(formula: Any, reader: Reader) -> bool | None:
    """The truth of a formula as far as signs are known, without hanging on them."""
    if formula[0] == "sign":
        sign = reader.peek(formula[1])
        return None if sign is None else sign in formula[2]
    stops = formula[0] == "or"
    parts = [_seen(part, reader) for part in formula[1]]
    return stops if stops in parts else None if None in parts else not stops
