r"""From which value of a parameter on does contributing, or punishing, pay? The conditions of model.md 2.

Each condition is a margin that is affine in one parameter, built by calling the payoff function; its
threshold is the margin's root, found from the margin's values at 0 and 1. So numbers, arrays and symbols
take the same way, and no threshold is written down twice. With :math:`\Lambda = c (1 - r/N)` the roots are

- `deterrence`, model.md 2.1 and 2.3: :math:`p = \Lambda / (m s \beta (h - e))`; `m` co-players punish;
- `deterring-fine`, 2.2: :math:`\beta = \Lambda / (m p s (h - e))`;
- `detection`, 2.3: :math:`h = e + \Lambda / (m p s \beta)`;
- `second-order`, 2.4: :math:`\gamma = 0`;
- `credibility`, 2.5: :math:`\omega = s \gamma / (s \gamma + c (r - 1))`, together with deterrence and r <= N;
- `grim-trigger`, 2.6: :math:`\omega = (N - r) / (r (N - 1))`, together with r <= N;
- `invasion`, 2.7: :math:`z^* = \Lambda / (b \beta (h - e))`, share of punishers among contributors,
  :math:`b = (N - 1) p s`;
- `punishers-spread`, 2.7:
  :math:`z^\circ = (\Lambda + b h \gamma) / (b (\beta + \gamma) (h - e))`, share of punishers among defectors;
- `cheapest-threat`, 2.8: the largest action error :math:`\chi` at which deterring at the least `p`, all N - 1
  punishing, is worth its cost.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gametheory.errors import require
from gametheory.exact import Number, as_number, holds_everywhere, in_order, is_array, is_ball, is_symbolic
from gametheory.parameters import aligned
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
        ">=" if the condition holds from the threshold on, "<=" if it holds up to it (">" and "<" if not at
        the threshold itself); None where that depends on the sign of a symbol or on the entry of an array.
    feasible : bool, array of bool, sympy relation or None
        Whether some value in the parameter's domain meets it; None where a ball is too wide to tell.
    holds : bool, array of bool, sympy relation or None
        Whether the game's own value does; None where the game has none (a discount factor not given), or
        where a ball is too wide to tell.
    statement, remedy : str
        What holds, under which premises; what would make it hold.
    margin : number or None
        At the game's own value, in payoff units: the condition holds where it is >= 0 (> 0 if strict) and its premises
        do; None where the game has no value.
    """

    name: str
    parameter: str
    threshold: Number | None
    relation: str | None
    feasible: Any
    holds: Any
    statement: str
    remedy: str
    margin: Number | None = None

    def _repr_latex_(self) -> str:
        from gametheory.latex import condition_latex, shown

        return shown(condition_latex(self))


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
        If an option is outside its domain (NaN is outside every domain), or the game is of another kind.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> for c in conditions(game)[:2]:
    ...     print(c.name, c.parameter, c.relation, c.threshold, c.feasible, c.holds)
    deterrence punishment_probability >= 1/10 True True
    deterring-fine fine >= 1/10 True True

    The same code with symbols gives the formula:

    >>> import sympy as sp
    >>> N, r, c, p, beta = sp.symbols("N r c p beta", positive=True)
    >>> symbolic = PublicGoodsGame(group_size=N, multiplication_factor=r, contribution_cost=c, fine=beta)
    >>> sp.simplify(conditions(symbolic)[0].threshold - c*(1 - r/N)/((N - 1)*beta))
    0
    """
    ours = isinstance(game, PublicGoodsGame)
    require(ours, "game", game, "a PublicGoodsGame (the conditions are about the linear game with peer punishment)")
    m = game.group_size - 1 if punishers is None else as_number(punishers, name="punishers")
    inside = in_order(0, m, game.group_size - 1)
    require(inside, "punishers", punishers, "in [0, group_size - 1]")
    if discount_factor is not None:
        discount_factor = as_number(discount_factor, name="discount_factor")
        below = in_order(0, discount_factor, 1) and holds_everywhere(discount_factor < 1)
        require(below, "discount_factor", discount_factor, "in [0, 1)")
    if action_error is not None:
        action_error = as_number(action_error, name="action_error")
        require(in_order(0, action_error, 1), "action_error", action_error, "in [0, 1]")
    deterrence = _deterrence(game, m)
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
        _cheapest_threat(game, action_error),
    )


def _deterrence(game: PublicGoodsGame, m: Number) -> Condition:
    found = _affine(
        "deterrence",
        "punishment_probability",
        lambda p: deterrence_margin(replace(game, punishment_probability=p), m),
        game.punishment_probability,
        statement="m co-players punish: contributing is a weak best reply, whatever the others contribute",
        remedy="raise the fine, the severity, the detection rate or the number of punishers, or the return r",
    )
    return replace(found, remedy=_deterrence_remedy(game, m)) if found.feasible is False else found


def deterrence_margin(game: PublicGoodsGame, punishers: Number) -> Number:
    r"""Payoff of contributing minus that of defecting among m punishers, :math:`m p s \beta (h - e) -
    \Lambda`.

    Examples
    --------
    >>> deterrence_margin(PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1), 4)
    Fraction(18, 5)
    """
    others = {"C": game.group_size - 1 - punishers, "P": punishers}
    return strategy_payoff(game, "C", others) - strategy_payoff(game, "D", others)


def expected_welfare(game: PublicGoodsGame, action_error: Number) -> Number:
    r"""Sum of the N players' expected payoffs when all intend to contribute and punish, and a contribution
    fails with probability :math:`\chi`, :math:`N (r-1) c (1-\chi) - N (N-1) p s (\beta+\gamma) (h \chi + e
    (1-\chi))`.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> expected_welfare(game, 0), expected_welfare(game, 1)
    (Fraction(10, 1), Fraction(-26, 1))
    """
    return _welfare(game, game.punishment_probability, action_error)


def _welfare(game: PublicGoodsGame, probability: Number, action_error: Number) -> Number:
    game, (probability, chi) = aligned(game, probability, action_error)
    others = game.group_size - 1
    seen_as_defector = game.detection_rate * chi + game.false_alarm_rate * (1 - chi)
    acts = others * probability * game.severity * seen_as_defector
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
        statement="one shot, a defector present: who contributes earns no less by punishing too",
        remedy="nothing in one shot; repeat the game (see credibility)",
    )


def _credibility(game: PublicGoodsGame, discount_factor: Number | None) -> Condition:
    def margin(weight: Number) -> Number:
        return -punishment_stage_deviations(game, discount_factor=weight)[1].gain

    found = _affine(
        "credibility",
        "discount_factor",
        margin,
        discount_factor,
        open_end=True,
        statement="actions seen, r <= N: 'contribute; punish a lone deviator; else ruin' is subgame perfect",
        remedy="raise (N - 1) p s fine to c (1 - r/N) if it is below, else the discount factor",
    )
    observed = replace(game, detection_rate=1, false_alarm_rate=0)
    deters = deterrence_margin(observed, game.group_size - 1) >= 0
    return _within_premise(_given(_given(found, deters), game.net_contribution_cost >= 0), game)


def _grim(game: PublicGoodsGame, discount_factor: Number | None) -> Condition:
    def margin(weight: Number) -> Number:
        return -grim_deviations(game, discount_factor=weight)[0].gain

    found = _affine(
        "grim-trigger",
        "discount_factor",
        margin,
        discount_factor,
        open_end=True,
        statement="no punishment, r <= N: 'contribute until somebody defects' is subgame perfect",
        remedy="raise the discount factor, or the return r",
    )
    return _within_premise(_given(found, game.net_contribution_cost >= 0), game)


def _within_premise(found: Condition, game: PublicGoodsGame) -> Condition:
    """The condition, with a word on its premise r <= N where that fails."""
    if (game.net_contribution_cost < 0) is True:
        return replace(found, remedy="none is needed: for r > N contributing pays whatever the others do")
    return found


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
            strict=True,
            statement="contributors earn more than defectors in a population with this share of punishers",
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


def _cheapest_threat(game: PublicGoodsGame, action_error: Number | None) -> Condition:
    """All N - 1 co-players punish, with the least `p` that deters: its welfare in the action error."""
    deterrence = _deterrence(game, game.group_size - 1)
    blank = Condition(
        name="cheapest-threat",
        parameter="action_error",
        threshold=None,
        relation="<=",
        feasible=False,
        holds=False,
        statement="r < N: deterring at the least probability beats not punishing, where all earn 0",
        remedy=deterrence.remedy,
    )
    if is_array(deterrence.feasible):
        return _cheapest_threats(game, action_error, deterrence, blank)
    if deterrence.feasible is None:
        return replace(blank, feasible=None, holds=None)
    if deterrence.feasible is False:
        return blank
    free = deterrence_margin(replace(game, punishment_probability=0), game.group_size - 1) >= 0
    if not is_symbolic(free) and bool(free):
        return replace(blank, feasible=True, holds=True, remedy="contributing pays without a threat")
    least = deterrence.threshold
    if least is None:  # symbols, but punishment does nothing: all depends on whether contributing pays by itself
        return replace(blank, feasible=free, holds=free)
    return _affine(
        blank.name,
        blank.parameter,
        lambda chi: _welfare(game, least, chi),
        action_error,
        statement=blank.statement,
        remedy="lower the action error or the false-alarm rate, or the costs of an act",
    )


def _cheapest_threats(
    game: PublicGoodsGame, action_error: Number | None, deters: Condition, blank: Condition
) -> Condition:
    """`_cheapest_threat` for arrays; whether it holds is not said without an action error."""
    import numpy as np

    free = deterrence_margin(replace(game, punishment_probability=0), game.group_size - 1) >= 0
    needed = deters.feasible & ~free
    least = np.where(needed, np.asarray(deters.threshold), 0.0)
    found = _affine(
        blank.name,
        blank.parameter,
        lambda chi: _welfare(game, least, chi),
        action_error,
        statement=blank.statement,
        remedy=blank.remedy,
    )
    return replace(
        found,
        threshold=np.where(needed, np.asarray(found.threshold), np.nan),
        feasible=np.where(needed, found.feasible, free & deters.feasible),
        holds=None if found.holds is None else np.where(needed, found.holds, free & deters.feasible),
        margin=None if found.margin is None else np.where(needed, found.margin, np.nan),
    )


def _given(found: Condition, premise: Any) -> Condition:
    """The condition `found` and also `premise`."""
    return replace(found, feasible=_both(premise, found.feasible), holds=_both(premise, found.holds))


def _both(first: Any, second: Any) -> Any:
    if is_array(first) or is_array(second):
        return None if second is None else first & second
    if first is False or second is False or not (is_symbolic(first) or is_symbolic(second)):
        if second is None or first is None:
            return None
        return first is not False and second is not False and bool(first) and bool(second)
    from sympy import And

    return None if second is None else And(first, second)


def _affine(
    name: str,
    parameter: str,
    margin: Callable[[Number], Number],
    value: Number | None,
    *,
    statement: str,
    remedy: str,
    unbounded: bool = False,
    open_end: bool = False,
    strict: bool = False,
) -> Condition:
    """The condition `margin(parameter) >= 0` (> 0 if `strict`) for a margin affine in its parameter.

    The parameter's domain is [0, 1], [0, inf) if `unbounded`, or [0, 1) if `open_end`.
    """
    at_zero, at_one = margin(0), margin(1)
    slope = at_one - at_zero
    here = None if value is None else margin(value)
    held = None if here is None else _verdict(here, strict)
    reach = _verdict(slope if unbounded else at_one, strict or unbounded or open_end)
    rising, falling = (">", "<") if strict else (">=", "<=")
    threshold: Any
    relation: str | None
    if is_array(slope) or is_array(at_zero):
        import numpy as np

        at_zero, slope = np.broadcast_arrays(at_zero, slope)
        threshold = np.where(slope != 0, -at_zero / np.where(slope != 0, slope, 1.0) + 0.0, np.nan)
        relation = rising if (slope >= 0).all() else falling if (slope <= 0).all() else None
    elif is_symbolic(slope) or is_symbolic(at_zero):
        import sympy as sp

        slope = sp.factor(slope)
        threshold = None if slope == 0 else sp.factor(-at_zero / slope)
        relation = {True: rising, False: falling}.get(slope.is_positive) if slope.is_zero is not True else rising
    else:
        threshold = None if slope == 0 else -at_zero / slope + 0  # + 0: no negative zero
        relation = falling if slope < 0 else rising
    return Condition(
        name=name,
        parameter=parameter,
        threshold=threshold,
        relation=relation,
        feasible=_either(_verdict(at_zero, strict), reach),
        holds=held,
        statement=statement,
        remedy="already met" if held is True else remedy,
        margin=here,
    )


def _verdict(margin: Number, strict: bool) -> Any:
    """Whether a margin is >= 0 (> 0 if `strict`): a bool, an array, a relation, or None for a wide ball."""
    answer = margin > 0 if strict else margin >= 0
    if is_ball(margin) and not answer:
        return False if (margin <= 0 if strict else margin < 0) else None
    return answer if is_array(answer) or is_symbolic(answer) else bool(answer)


def _either(first: Any, second: Any) -> Any:
    if is_array(first) or is_array(second):
        return first | second
    if first is True or second is True:
        return True
    if is_symbolic(first) or is_symbolic(second):
        from sympy import Or

        return Or(first, second)
    return None if first is None or second is None else False
