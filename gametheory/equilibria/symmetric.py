r"""All symmetric Nash equilibria of a symmetric game, exactly, as sets.

A population `x` is a symmetric Nash equilibrium iff no strategy earns more against co-players drawn from `x`
than the strategies present do (Nash 1950). Equilibria need not be isolated: along the contributor-punisher
edge of a public goods game with perfect detection nobody defects, nobody is fined, and every point from a
threshold on is an equilibrium. So the answer is a list of maximal connected sets.

What is covered: two and three strategies, any payoffs: everything, as rationals, algebraic numbers or certified
enclosures (`gametheory.equilibria.faces`). Four or more: everything but sets of dimension two or more where
payoffs are affine in the counts, and sets of positive dimension inside faces of four or more where they are not.
What is not covered, or could not be decided, is said (`complete`, `note`, `undecided`). For groups of 20 with any
payoffs an answer takes well under a second, for groups of 100 some seconds where three strategies coexist.
"""

from dataclasses import dataclass

from gametheory.algebra.subdivision import Box
from gametheory.equilibria.components import Component, assemble
from gametheory.equilibria.landscape import landscape
from gametheory.errors import require
from gametheory.games import Game


@dataclass(frozen=True, slots=True, kw_only=True)
class SymmetricEquilibria:
    """Symmetric Nash equilibria, and how far the answer goes.

    Attributes
    ----------
    components : tuple of Component
        Maximal connected sets of equilibria, isolated points first.
    exact : bool
        Whether the game's numbers, and so these, are exact.
    complete : bool
        Whether these are all of them.
    note : str
        What was not searched, or not decided, if anything.
    undecided : tuple of Box
        Boxes, in the shares of all strategies, outside which no isolated equilibrium is missing.
    """

    components: tuple[Component, ...]
    exact: bool
    complete: bool
    note: str
    undecided: tuple[Box, ...] = ()

    def _repr_latex_(self) -> str:
        from gametheory.latex import components_latex, shown

        return shown(components_latex(self))


def symmetric_equilibria(game: Game) -> SymmetricEquilibria:
    """All symmetric Nash equilibria of a game with numbers for parameters.

    Parameters
    ----------
    game : Game
        `PublicGoodsGame`, `TableGame`, or anything with their three attributes.

    Returns
    -------
    SymmetricEquilibria
        Every part's regret has been computed again from the payoff table: exactly 0 for an exact game.

    Raises
    ------
    InvalidParameter
        If a payoff is not a number.

    Examples
    --------
    The published example: all defect, or nobody does and enough would punish.

    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> for component in symmetric_equilibria(game).components: print(component.set)
    C == 0 and D == 1 and P == 0
    D == 0 and C + P == 1 and P >= 1/10 and P <= 1
    """
    symmetric = all(hasattr(game, name) for name in ("strategies", "group_size", "payoff"))
    require(
        symmetric, "game", type(game).__name__, "a symmetric game (of others: nash_equilibria(normal_form_of(game)))"
    )
    land = landscape(game)
    labelled = []
    for cell in land.cells:
        nash, ess = land.nash_and_ess(cell)
        if nash:
            labelled.append((cell, {"nash": True, "ess": ess}))
    components = assemble(land.table.strategies, labelled, regret=land.regret, shown=land.shown)
    if land.exact and any(component.regret != 0 for component in components):
        raise AssertionError("an equilibrium that was found has a profitable deviation")
    return SymmetricEquilibria(
        components=components, exact=land.exact, complete=land.complete, note=land.note, undecided=land.undecided
    )
