"""Games and populations of the literature on finite populations, shared by several test modules."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from dynamics.finite import Fitness, Moran, PairwiseComparison
from dynamics.finite.processes import Process
from gametheory import TableGame, game_from_function
from gametheory.compositions import number_of_compositions

F = Fraction
LINEAR = Fitness.LINEAR
COST = F(3, 10)
LOSS = F(7, 10)


def optional_game(
    names: str = "CDLP",
    *,
    size: int = 5,
    factor: Any = 3,
    loner_payoff: Any = 1,
    fine: Any = 1,
    punishment_cost: Any = COST,
    on_contributors: Any = 0,
    on_loners: Any = 0,
) -> TableGame:
    """Optional participation and peer punishment (HVF: Hauert, Traulsen, Brandt, Nowak & Sigmund 2007).

    Participants share among themselves; a lone one gets what a loner gets. `on_contributors` (alpha) and
    `on_loners` (delta) scale what punishers take from contributors, where somebody defects, and from loners.
    """

    def payoff(own: str, others: dict[str, int]) -> Any:
        group = {name: others.get(name, 0) + (name == own) for name in "CDLP"}
        if own == "L":
            return loner_payoff - on_loners * fine * group["P"]
        players = group["C"] + group["D"] + group["P"]
        share = F(factor) * (group["C"] + group["P"]) / players
        income = loner_payoff if players == 1 else share - (own != "D")
        seen = on_contributors * (group["D"] > 0)
        if own == "P":
            spent = group["D"] + seen * group["C"] + on_loners * group["L"]
            return income - punishment_cost * spent
        return income - fine * group["P"] * (1 if own == "D" else seen)

    return game_from_function(payoff, list(names), size)


def pool_or_peer_game(names: str, *, second_order: bool, loss: Any = LOSS, factor: Any = 3) -> TableGame:
    """Pool (V) and peer (W) punishment (SIG: Sigmund, De Silva, Traulsen & Hauert 2010); N = 5, c = sigma = 1.

    X contributes, Y defects, Z stays out; contributions go to the others. All of the fines and costs are `loss`.
    """

    def payoff(own: str, others: dict[str, int]) -> Any:
        group = {name: others.get(name, 0) for name in "XYZVW"}
        players = 1 + sum(others.values()) - group["Z"]
        if own == "Z" or players == 1:
            return F(1)
        givers = group["X"] + group["V"] + group["W"]
        income = F(factor) * givers / (players - 1) - (own != "Y")
        if own == "V":
            return income - loss
        income -= loss * group["V"] * (own == "Y" or (second_order and own in "XW"))
        if own == "W":
            shirkers = group["X"] if second_order and group["Y"] > 0 else 0
            return income - loss * (group["Y"] + shirkers)
        caught = own == "Y" or (second_order and group["Y"] > 0)
        return income - loss * group["W"] * caught

    return game_from_function(payoff, list(names), 5)


def risk_game() -> TableGame:
    """The one-shot collective-risk dilemma: N = 6, threshold 3, risk 1, b = 1, c = 0.1."""

    def payoff(own: str, others: dict[str, int]) -> Any:
        return int(others["C"] + (own == "C") >= 3) - F(own == "C", 10)

    return game_from_function(payoff, ["D", "C"], 6)


@st.composite
def small_games(draw: st.DrawFn, *, strategies: tuple[int, ...] = (2, 3, 4), positive: bool = False) -> TableGame:
    """Exact games of two to four players with payoffs of [-3, 3], or of [0, 3]."""
    parts, size = draw(st.sampled_from(strategies)), draw(st.integers(2, 4))
    columns = number_of_compositions(size - 1, parts)
    number = st.fractions(0 if positive else -3, 3, max_denominator=8)
    row = st.lists(number, min_size=columns, max_size=columns)
    values = draw(st.lists(row, min_size=parts, max_size=parts))
    return TableGame(strategies=list("ABCD")[:parts], group_size=size, values=values)


def processes(*, linear: bool = False) -> st.SearchStrategy[Process]:
    """Pairwise comparison and Moran with selection of any strength to 3; linear fitness on request."""
    strengths = st.floats(0, 3)
    kinds: list[st.SearchStrategy[Process]] = [
        strengths.map(lambda w: PairwiseComparison(selection_strength=w)),
        strengths.map(lambda w: Moran(selection_strength=w)),
    ]
    if linear:
        kinds.append(st.floats(0, 1).map(lambda w: Moran(selection_strength=w, fitness=LINEAR)))
    return st.one_of(kinds)
