r"""From which value of a parameter on does contributing, or punishing, pay? The conditions of model.md 2.

Each condition is a margin that is affine in one parameter, built by calling the payoff function; its threshold is the
margin's root, found from the margin's values at 0 and 1. So numbers, arrays and symbols take the same way, and no
threshold is written down twice. With :math:`\Lambda = c (1 - r/N)` the roots are

- `deterrence`, model.md 2.1 and 2.3: :math:`p = \Lambda / (m s \beta (h - e))`; `m` co-players punish;
- `deterring-fine`, 2.2: :math:`\beta = \Lambda / (m p s (h - e))`;
- `detection`, 2.3: :math:`h = e + \Lambda / (m p s \beta)`;
- `second-order`, 2.4: :math:`\gamma = 0`;
- `credibility`, 2.5: :math:`\omega = s \gamma / (s \gamma + c (r - 1))`, together with deterrence;
- `grim-trigger`, 2.6: :math:`\omega = (N - r) / (r (N - 1))`;
- `invasion`, 2.7: :math:`z^* = \Lambda / (b \beta (h - e))`, share of punishers among contributors,
  :math:`b = (N - 1) p s`;
- `punishers-spread`, 2.7: :math:`z^\circ = (\Lambda + b h \gamma) / (b h (\beta + \gamma) - b e (\beta + \gamma))`,
  share of punishers among defectors;
- `cheapest-threat`, 2.8: the largest action error :math:`\chi` at which deterring at the least `p` is worth its cost.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gametheory.errors import require
from gametheory.exact import Number, as_number, holds_everywhere, is_symbolic
from gametheory.public_goods import PublicGoodsGame, round_payoff, strategy_payoff
from gametheory.repeated import grim_deviations, punishment_stage_deviations


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A threshold, whether it can be met, and what would make it so.

    Attributes
    ----------
    name, parameter : str
        Which condition, and the parameter that its threshold is about.
    threshold : number or None
        In the arithmetic of the game; None if the parameter does not matter (or, for arrays, NaN entries).
    relation : str or None
        ">=" if the condition holds from the threshold on, "<=" if it holds up to it; None where that depends on
        the sign of a symbol.
    feasible : bool, sympy relation or None
        Whether some value in the parameter's domain meets it.
    holds : bool, sympy relation or None
        Whether the game's own value does; None where the game has none (a discount factor not given).
    statement, remedy : str
        What holds, under which premises; what would make it hold.
    """

    name: str
    parameter: str
    threshold: Number | None
    relation: str | None
    feasible: Any
    holds: Any
    statement: str
    remedy: str


def conditions(
    game: PublicGoodsGame,
    *,
    punishers: Number | None = None,
    discount_factor: Number | None = None,
    action_error: Number | None = None,
) -> tuple[Condition, ...]:
    """Every condition of model.md 2, from the payoffs of `game`.

    Parameters
    ----------
    game : PublicGoodsGame
        Parameters may be numbers, arrays (broadcast together) or sympy symbols.
    punishers : number, optional
        How many co-players would punish, m in [0, N - 1]; all N - 1 by default.
    discount_factor : number, optional
        In [0, 1); without it, whether the repeated-game conditions hold is not said.
    action_error : number, optional
        Chance in [0, 1] that an intended contribution fails, for `cheapest-threat`.

    Returns
    -------
    tuple of Condition
        In the order of the module header.

    Raises
    ------
    InvalidParameter
        If an option is outside its domain.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> for c in conditions(game)[:2]: print(c.name, c.parameter, c.relation, c.threshold, c.feasible, c.holds)
    deterrence punishment_probability >= 1/10 True True
    deterring-fine fine >= 1/10 True True

    The same code with symbols gives the formula:

    >>> import sympy as sp
    >>> N, r, c, p, beta = sp.symbols("N r c p beta", positive=True)
    >>> symbolic = PublicGoodsGame(group_size=N, multiplication_factor=r, contribution_cost=c, fine=beta)
    >>> sp.simplify(conditions(symbolic)[0].threshold - c*(1 - r/N)/((N - 1)*beta))
    0
    """
    m = game.group_size - 1 if punishers is None else as_number(punishers, name="punishers")
    inside = holds_everywhere(m >= 0) and holds_everywhere(m <= game.group_size - 1)
    require(inside, "punishers", punishers, "in [0, group_size - 1]")
    deterrence = _affine(
        "deterrence",
        "punishment_probability",
        lambda p: deterrence_margin(replace(game, punishment_probability=p), m),
        game.punishment_probability,
        statement="contributing is a weak best reply, whatever the others contribute, when m co-players punish",
        remedy="raise the fine, the severity, the detection rate or the number of punishers, or the return r",
    )
    if deterrence.feasible is False:
        deterrence = replace(deterrence, remedy=_deterrence_remedy(game, m))
    fine = _affine(
        "deterring-fine",
        "fine",
        lambda beta: deterrence_margin(replace(game, fine=beta), m),
        game.fine,
        unbounded=True,
        statement="the fine from which m punishing co-players make contributing a weak best reply",
        remedy="let somebody punish with positive probability, and detect better than by chance",
    )
    detection = _affine(
        "detection",
        "detection_rate",
        lambda h: deterrence_margin(replace(game, detection_rate=h), m),
        game.detection_rate,
        statement="the detection rate from which punishment deters at this false-alarm rate",
        remedy="lower the false-alarm rate, or raise the fine or the punishment probability",
    )
    return (
        deterrence,
        fine,
        detection,
        _second_order(game),
        _credibility(game, discount_factor),
        _grim(game, discount_factor),
        *_invasion(game),
        _cheapest_threat(game, deterrence, action_error),
    )


def deterrence_margin(game: PublicGoodsGame, punishers: Number) -> Number:
    r"""Payoff of contributing minus that of defecting among m punishers, :math:`m p s \beta (h - e) - \Lambda`.

    Examples
    --------
    >>> deterrence_margin(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1), 4)
    Fraction(18, 5)
    """
    others = {"C": game.group_size - 1 - punishers, "P": punishers}
    return strategy_payoff(game, "C", others) - strategy_payoff(game, "D", others)


def expected_welfare(game: PublicGoodsGame, action_error: Number) -> Number:
    r"""Sum of the N players' expected payoffs when all intend to contribute and punish, and a contribution fails
    with probability :math:`\chi`, :math:`N (r-1) c (1-\chi) - N (N-1) p s (\beta+\gamma) (h \chi + e (1-\chi))`.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> expected_welfare(game, 0), expected_welfare(game, 1)
    (Fraction(10, 1), Fraction(-26, 1))
    """
    chi = action_error
    others = game.group_size - 1
    seen_as_defector = game.detection_rate * chi + game.false_alarm_rate * (1 - chi)
    acts = others * game.punishment_probability * game.severity * seen_as_defector
    own = 1 - chi
    return game.group_size * round_payoff(game, own=own, others=others * own, suffered=acts, inflicted=acts)


def _deterrence_remedy(game: PublicGoodsGame, m: Number) -> str:
    """Which fine would deter if every seen defection were punished at full weight, or why none would."""

    def certain(fine: Number) -> Number:
        return deterrence_margin(replace(game, fine=fine, punishment_probability=1, severity=1), m)

    slope = certain(1) - certain(0)
    if slope <= 0:
        return "no fine deters: let somebody punish, and detect defectors better than contributors"
    return f"with p = s = 1, a fine of at least {-certain(0) / slope}; or more punishers, or a larger return r"


def _second_order(game: PublicGoodsGame) -> Condition:
    co_players = {"C": game.group_size - 2, "D": 1}

    def margin(gamma: Number) -> Number:
        trial = replace(game, punishment_cost=gamma)
        return strategy_payoff(trial, "P", co_players) - strategy_payoff(trial, "C", co_players)

    return _affine(
        "second-order",
        "punishment_cost",
        margin,
        game.punishment_cost,
        unbounded=True,
        statement="one shot, a defector present: a contributor who punishes earns no less than one who does not",
        remedy="nothing in one shot; repeat the game (see credibility)",
    )


def _credibility(game: PublicGoodsGame, discount_factor: Number | None) -> Condition:
    def margin(weight: Number) -> Number:
        return -punishment_stage_deviations(game, discount_factor=weight)[1].gain

    deters = deterrence_margin(replace(game, detection_rate=1, false_alarm_rate=0), game.group_size - 1) >= 0
    found = _affine(
        "credibility",
        "discount_factor",
        margin,
        discount_factor,
        statement="observed actions, 1 < r <= N: 'contribute; all punish a lone deviator; else ruin' is subgame perfect",
        remedy="raise (N - 1) p s fine to c (1 - r/N) if it is below, else the discount factor",
    )
    return replace(found, feasible=_both(deters, found.feasible), holds=_both(deters, found.holds))


def _grim(game: PublicGoodsGame, discount_factor: Number | None) -> Condition:
    def margin(weight: Number) -> Number:
        return -grim_deviations(game, discount_factor=weight)[0].gain

    return _affine(
        "grim-trigger",
        "discount_factor",
        margin,
        discount_factor,
        statement="1 < r <= N, no punishment: contributing until somebody defects is subgame perfect",
        remedy="raise the discount factor, or the return r",
    )


def _invasion(game: PublicGoodsGame) -> tuple[Condition, Condition]:
    rest = game.group_size - 1

    def against_defectors(z: Number) -> Number:
        counts = {"C": rest * (1 - z), "P": rest * z}
        return strategy_payoff(game, "C", counts) - strategy_payoff(game, "D", counts)

    def among_defectors(z: Number) -> Number:
        counts = {"D": rest * (1 - z), "P": rest * z}
        return strategy_payoff(game, "P", counts) - strategy_payoff(game, "D", counts)

    return (
        _affine(
            "invasion",
            "punisher_share",
            against_defectors,
            None,
            statement="a well-mixed population of contributors and punishers resists defectors (strictly above it)",
            remedy="raise (N - 1) p s fine (h - e) above c (1 - r/N)",
        ),
        _affine(
            "punishers-spread",
            "punisher_share",
            among_defectors,
            None,
            statement="punishers earn at least as much as defectors in a population of these two",
            remedy="raise the fine or the detection rate",
        ),
    )


def _cheapest_threat(game: PublicGoodsGame, deterrence: Condition, action_error: Number | None) -> Condition:
    least = deterrence.threshold
    statement = "deterring at the least probability beats not punishing at all, where all defect and earn 0"
    remedy = "lower the action error or the false-alarm rate, or the costs of an act"
    unmet = (deterrence.feasible is not True and not is_symbolic(deterrence.feasible)) or least is None
    if unmet or hasattr(least, "dtype"):
        blank = None if hasattr(least, "dtype") else False
        return Condition(
            name="cheapest-threat",
            parameter="action_error",
            threshold=None,
            relation="<=",
            feasible=blank,
            holds=blank,
            statement=statement,
            remedy=deterrence.remedy,
        )
    needed = least if is_symbolic(least) else max(least, 0 * least)
    cheapest = replace(game, punishment_probability=needed)
    return _affine(
        "cheapest-threat",
        "action_error",
        lambda chi: expected_welfare(cheapest, chi),
        action_error,
        statement=statement,
        remedy=remedy,
    )


def _both(first: Any, second: Any) -> Any:
    if second is None:
        return None
    if is_symbolic(first) or is_symbolic(second):
        from sympy import And

        return And(first, second)
    both = first & second
    return both if hasattr(both, "dtype") and both.shape else bool(both)


def _affine(
    name: str,
    parameter: str,
    margin: Callable[[Number], Number],
    value: Number | None,
    *,
    statement: str,
    remedy: str,
    unbounded: bool = False,
) -> Condition:
    """The condition `margin(parameter) >= 0` for a margin affine in a parameter of [0, 1] or [0, inf)."""
    at_zero, at_one = margin(0), margin(1)
    slope = at_one - at_zero
    held = None if value is None else margin(as_number(value, name=parameter)) >= 0
    reach: Any = slope > 0 if unbounded else at_one >= 0
    common = {"name": name, "parameter": parameter, "statement": statement, "remedy": remedy}
    if hasattr(slope, "dtype") and slope.shape:
        import numpy as np

        threshold = np.where(slope != 0, -at_zero / np.where(slope != 0, slope, 1.0), np.nan)
        return Condition(threshold=threshold, relation=">=", feasible=(at_zero >= 0) | reach, holds=held, **common)
    if is_symbolic(slope) or is_symbolic(at_zero):
        import sympy as sp

        threshold = sp.factor(-at_zero / slope) if sp.simplify(slope) != 0 else None
        relation = {True: ">=", False: "<="}.get(slope.is_positive)
        feasible = sp.Or(at_zero >= 0, reach)
        return Condition(threshold=threshold, relation=relation, feasible=feasible, holds=held, **common)
    if held is not None and bool(held):
        common["remedy"] = "already met"
    return Condition(
        threshold=None if slope == 0 else -at_zero / slope,
        relation="<=" if slope < 0 else ">=",
        feasible=bool(at_zero >= 0 or reach),
        holds=None if held is None else bool(held),
        **common,
    )
