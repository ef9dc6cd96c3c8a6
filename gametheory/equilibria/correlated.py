r"""Correlated and coarse correlated equilibria: the best and the worst, exactly, with proof.

A device draws a profile from a distribution :math:`\mu` and tells each player its own part. It is a correlated
equilibrium iff following pays: for every player `i` and strategies `a`, `b` (Aumann 1974, J. Math. Econ. 1, 67)

.. math:: \sum_{s : s_i = a} \mu(s) [U_i(b, s_{-i}) - U_i(s)] \le 0,

and a coarse one (Moulin & Vial 1978) iff committing beforehand to `b` does not pay, the same summed over `a`. Both
sets are polytopes that hold all Nash equilibria, so a linear objective has its extremes there, by a linear program.

Symmetric games. Permuting the players maps equilibria to equilibria, both sets are convex, and an objective that
does not tell players apart has the same value at a distribution and at all its permutations. So the mean over all
permutations is as good as any, and only distributions over *counts* need be searched: draw how many play each strategy,
then give the parts out at random. A player told `a` in a draw of counts `n`, with chance :math:`n_a / N`, gains
:math:`u_b(n - e_a) - u_a(n - e_a)` by playing `b`. There are as many variables as compositions of N, 5151 for a hundred
players with three strategies instead of :math:`3^{100}`, and :math:`m (m - 1)` constraints.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gametheory.equilibria.correlated_programs import Optimum, Program, solved, solved_exactly
from gametheory.equilibria.correlated_settings import Outcome, Setting, as_integers, setting_of
from gametheory.errors import require
from gametheory.exact import Number, as_number, is_exact, to_text, unify
from gametheory.games import SUM_TOLERANCE, Game
from gametheory.normal_form import NormalFormGame, normal_form_of
from gametheory.unequal import UnequalGame

Objective = str | Sequence[Number] | Callable[[Outcome], Number]

SENSES: Final = ("best", "worst")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelatedEquilibrium:
    """A correlated or coarse correlated equilibrium that is best or worst for an objective.

    Attributes
    ----------
    coarse : bool
    sense : {"best", "worst"}
    symmetric : bool
        Whether outcomes are counts, the parts given out at random, rather than profiles.
    strategies : tuple of tuples of str
        Of each player; of one player where `symmetric`.
    outcomes : tuple of tuples
        What is drawn with positive probability: counts of each strategy, or one strategy's name for each player.
    probabilities : tuple of number
        Of the outcomes.
    value : number
        Of the objective, in its units.
    payoffs : tuple of number, length N
        Expected payoffs of the players.
    bound : number
        No such equilibrium is better (worse, for the worst): by weak duality, from `multipliers`. Equal to `value` if
        `exact`; otherwise rounded the safe way.
    multipliers : dict
        By (player, recommended, deviation), or (player, deviation) if `coarse`: how much the value would rise (fall)
        for each payoff unit by which that deviation were allowed to gain; the positive ones. Players are "any" if
        `symmetric`, and the deviation's gain is that of all players together divided by N.
    violation : number
        What the most profitable deviation gains, computed again from the payoffs: at most 0 if `exact`, so 0.
    exact : bool
        Whether all numbers are rationals, the distribution a vertex, and optimality proved.
    """

    coarse: bool
    sense: str
    symmetric: bool
    strategies: tuple[tuple[str, ...], ...]
    outcomes: tuple[Outcome, ...]
    probabilities: tuple[Number, ...]
    value: Number
    payoffs: tuple[Number, ...]
    bound: Number
    multipliers: dict[tuple[str, ...], Number]
    violation: Number
    exact: bool

    def _repr_latex_(self) -> str:
        from gametheory.latex import number_latex, rows_latex, shown, upright

        rows = [[number_latex(p), upright(", ".join(map(str, names)))] for names, p in self.distribution.items()]
        return shown(rows_latex(rows, align="rl"))

    @property
    def distribution(self) -> dict[Outcome, Number]:
        """The probability of each outcome that can be drawn."""
        return dict(zip(self.outcomes, self.probabilities, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it, rationals as text."""
        return {
            "concept": "coarse correlated equilibrium" if self.coarse else "correlated equilibrium",
            "sense": self.sense,
            "symmetric": self.symmetric,
            "strategies": [list(names) for names in self.strategies],
            "distribution": [
                {"outcome": list(outcome), "probability": to_text(p)} for outcome, p in self.distribution.items()
            ],
            "value": to_text(self.value),
            "payoffs": [to_text(payoff) for payoff in self.payoffs],
            "bound": to_text(self.bound),
            "multipliers": [{"deviation": list(k), "multiplier": to_text(y)} for k, y in self.multipliers.items()],
            "violation": to_text(self.violation),
            "exact": self.exact,
        }


def correlated_equilibrium(
    game: Game | UnequalGame | NormalFormGame,
    *,
    objective: Objective = "welfare",
    sense: str = "best",
    coarse: bool = False,
    exact: bool | None = None,
) -> CorrelatedEquilibrium:
    """The correlated equilibrium with the largest or smallest value of an objective.

    Parameters
    ----------
    game : Game, UnequalGame or NormalFormGame
        Its parameters numbers. Symmetric games are reduced by symmetry (module header).
    objective : "welfare", sequence of N numbers, or callable
        The sum of all payoffs; the players' payoffs with these weights; or a number for each outcome, a tuple of one
        strategy name for each player. In a symmetric game outcomes are counts, so that every objective treats players
        alike; for weights give ``normal_form_of(game)``.
    sense : {"best", "worst"}
        Largest or smallest.
    coarse : bool
        Whether deviations are decided before the recommendation is known.
    exact : bool, optional
        Whether to finish in rationals; by default iff game and objective are exact.

    Returns
    -------
    CorrelatedEquilibrium

    Raises
    ------
    InvalidParameter
        If an argument is none of these, `exact` is asked of floats, or constraints times outcomes exceed 5e6.
    NotConverged
        If the linear program was not solved.

    Examples
    --------
    Chicken: the best device draws the two asymmetric outcomes and (swerve, swerve).

    >>> from gametheory import game_from_payoffs
    >>> chicken = game_from_payoffs([[6, 2], [7, 0]], ["swerve", "straight"])
    >>> best = correlated_equilibrium(chicken)
    >>> best.distribution
    {(2, 0): Fraction(1, 2), (1, 1): Fraction(1, 2)}
    >>> best.value, best.bound, best.violation, best.payoffs
    (Fraction(21, 2), Fraction(21, 2), Fraction(0, 1), (Fraction(21, 4), Fraction(21, 4)))
    """
    require(sense in SENSES, "sense", sense, " or ".join(SENSES))
    setting = setting_of(game, coarse)
    program = _program(setting, objective, sense)
    exactly = program.exact if exact is None else bool(exact)
    require(program.exact or not exactly, "exact", exact, "False for payoffs or an objective in floats")
    found = solved_exactly(program) if exactly else solved(program)
    return _result(game, setting, found, sense, coarse, exactly)


def correlated_gains(
    game: Game | UnequalGame | NormalFormGame, distribution: Mapping[Outcome, Number], *, coarse: bool = False
) -> dict[tuple[str, ...], Number]:
    """What each deviation from a device's recommendations gains; it is an equilibrium iff none is positive.

    Computed from the definition, outcome by outcome.

    Parameters
    ----------
    game : Game, UnequalGame or NormalFormGame
    distribution : mapping from outcome to probability
        Outcomes are strategy names, one for each player; in a symmetric game counts.
    coarse : bool

    Returns
    -------
    dict
        By (player, recommended, deviation), or (player, deviation) if `coarse`; "any" player in a symmetric game. Exact
        for exact games and probabilities.

    Raises
    ------
    InvalidParameter
        If an outcome is none of the game, or probabilities are negative or do not sum to 1 (1e-9 for floats).

    Examples
    --------
    >>> from gametheory import game_from_payoffs
    >>> chicken = game_from_payoffs([[6, 2], [7, 0]], ["swerve", "straight"])
    >>> correlated_gains(chicken, {(2, 0): 1})
    {('any', 'swerve', 'straight'): Fraction(1, 1), ('any', 'straight', 'swerve'): Fraction(0, 1)}
    """
    chances = [as_number(p, name="distribution") for p in distribution.values()]
    slack = 0 if all(map(is_exact, chances)) else SUM_TOLERANCE
    proper = bool(chances) and min(chances) >= -slack and abs(sum(chances) - 1) <= slack
    require(proper, "distribution", dict(distribution), "probabilities >= 0 that sum to 1")
    weighted = list(zip(distribution, chances, strict=True))
    gains = _normal_gains if isinstance(game, NormalFormGame | UnequalGame) else _symmetric_gains
    found = gains(game, weighted)
    if not coarse:
        return found
    merged: dict[tuple[str, ...], Number] = {}
    for (player, _, deviation), gain in found.items():
        merged[player, deviation] = merged.get((player, deviation), 0) + gain
    return merged


def _normal_gains(game: Any, weighted: Sequence[tuple[Outcome, Number]]) -> dict[tuple[str, ...], Number]:
    tensors = normal_form_of(game) if isinstance(game, UnequalGame) else game
    zero = Fraction(0) if tensors.exact else 0.0
    found: dict[tuple[str, ...], Number] = {}
    for player, names in zip(tensors.players, tensors.strategies, strict=True):
        found.update({(player, a, b): zero for a in names for b in names if a != b})
    for outcome, chance in weighted:
        fits = len(outcome) == tensors.n_players
        fits = fits and all(name in names for name, names in zip(outcome, tensors.strategies, strict=True))
        require(fits, "distribution", outcome, "over profiles of strategy names")
        place = [names.index(name) for name, names in zip(outcome, tensors.strategies, strict=True)]
        for i, (player, names) in enumerate(zip(tensors.players, tensors.strategies, strict=True)):
            for k, deviation in enumerate(names):
                if k != place[i]:
                    other = tensors.payoffs[i][tuple([*place[:i], k, *place[i + 1 :]])]
                    found[player, outcome[i], deviation] += chance * (other - tensors.payoffs[i][tuple(place)])
    return found


def _symmetric_gains(game: Any, weighted: Sequence[tuple[Outcome, Number]]) -> dict[tuple[str, ...], Number]:
    names, size = tuple(game.strategies), int(game.group_size)
    found: dict[tuple[str, ...], Number] = {("any", a, b): Fraction(0) for a in names for b in names if a != b}
    for counts, chance in weighted:
        fits = len(counts) == len(names) and sum(counts) == size and min(counts) >= 0
        require(fits, "distribution", counts, f"over counts of {len(names)} strategies that sum to {size}")
        for i, told in enumerate(names):
            if counts[i] == 0:
                continue
            others = tuple(n - (k == i) for k, n in enumerate(counts))
            share = Fraction(counts[i], size)
            followed = game.payoff(told, others)
            for deviation in names:
                if deviation != told:
                    gain, part, weight = unify([game.payoff(deviation, others) - followed, share, chance])
                    found["any", told, deviation] += weight * part * gain
    return found


def _program(setting: Setting, objective: Objective, sense: str) -> Program:
    values, scale = _objective(setting, objective)
    gains, denominator = setting.gains, setting.denominator
    if values.dtype == object and gains.dtype == object:
        common = lcm(scale, denominator)
        values, gains, denominator = values * (common // scale), gains * (common // denominator), common
    else:
        values, gains = _divided(values, scale), _divided(gains, denominator)
        denominator = 1
    return Program(objective=values if sense == "best" else -values, gains=gains, denominator=denominator)


def _divided(values: NDArray[Any], denominator: int) -> NDArray[np.float64]:
    if values.dtype != object:
        return values
    return np.array([value / denominator for value in values.ravel().tolist()]).reshape(values.shape)


def _objective(setting: Setting, objective: Objective) -> tuple[NDArray[Any], int]:
    """The objective's value in each outcome and its denominator."""
    if isinstance(objective, str):
        require(objective == "welfare", "objective", objective, "'welfare', weights of the players, or a function")
        total = setting.payoffs.sum(axis=0)
        return (total * setting.players if setting.symmetric else total), setting.denominator
    if callable(objective):
        numbers = unify(as_number(objective(outcome), name="objective") for outcome in setting.outcomes)
    else:
        advice = "for a symmetric game 'welfare' or a function of counts (weights: of normal_form_of(game))"
        require(not setting.symmetric, "objective", objective, advice)
        weights = unify(as_number(w, name="objective") for w in objective)
        require(len(weights) == setting.players, "objective", objective, f"{setting.players} weights")
        exact = setting.payoffs.dtype == object and all(map(is_exact, weights))
        rows = setting.payoffs if exact else _divided(setting.payoffs, setting.denominator)
        mixed = sum((w if exact else float(w)) * row for w, row in zip(weights, rows, strict=True))
        numbers = list(np.asarray(mixed) * Fraction(1, setting.denominator)) if exact else list(np.asarray(mixed))
    ok = all(is_exact(v) or (isinstance(v, float) and np.isfinite(v)) for v in numbers)
    require(ok, "objective", objective, "finite numbers")
    kind = object if all(map(is_exact, numbers)) else np.float64
    whole, scale = as_integers([np.array([Fraction(v) for v in numbers] if kind is object else numbers, dtype=kind)])
    return whole[0], scale


def _result(
    game: Any, setting: Setting, found: Optimum, sense: str, coarse: bool, exact: bool
) -> CorrelatedEquilibrium:
    sign = 1 if sense == "best" else -1
    outcomes = tuple(setting.outcomes[j] for j in found.weights)
    chances = tuple(found.weights.values())
    picked = setting.payoffs[:, list(found.weights)]
    means = [sum(p * v for p, v in zip(chances, row, strict=True)) for row in picked.tolist()]
    means = [mean / setting.denominator for mean in means]
    gains = correlated_gains(game, dict(zip(outcomes, chances, strict=True)), coarse=coarse)
    violation = max(0, *gains.values()) if gains else 0
    if exact and violation != 0:
        raise AssertionError("an exact correlated equilibrium has a profitable deviation")
    pairs = zip(setting.labels, found.multipliers, strict=True)
    return CorrelatedEquilibrium(
        coarse=coarse,
        sense=sense,
        symmetric=setting.symmetric,
        strategies=setting.strategies,
        outcomes=outcomes,
        probabilities=chances,
        value=sign * found.value,
        payoffs=tuple(means) * (setting.players if setting.symmetric else 1),
        bound=sign * found.bound,
        multipliers={label: y for label, y in pairs if y > 0},
        violation=Fraction(violation) if exact else float(violation),
        exact=exact,
    )
