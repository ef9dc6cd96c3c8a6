r"""All symmetric Nash equilibria of a symmetric game, exactly, as sets.

A population `x` is a symmetric Nash equilibrium iff no strategy earns more against co-players drawn from `x`
than the strategies present do (Nash 1950). Equilibria need not be isolated: along the contributor-punisher
edge of a public goods game with perfect detection nobody defects, nobody is fined, and every point from a
threshold on is an equilibrium. So the answer is a list of maximal connected sets.

What is covered: two strategies, any payoffs; three strategies, payoffs affine in the counts (every
`PublicGoodsGame`): everything. Four or more, affine: everything but sets of dimension two or more. Three or
more, not affine: equilibria of at most two strategies. What is not covered is said (`complete`, `note`).
"""

from dataclasses import dataclass

from gametheory.equilibria.components import Component, assemble
from gametheory.equilibria.landscape import landscape
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
        What was not searched, if anything.
    """

    components: tuple[Component, ...]
    exact: bool
    complete: bool
    note: str


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
    land = landscape(game)
    labelled = []
    for cell in land.cells:
        nash, ess = land.nash_and_ess(cell)
        if nash:
            labelled.append((cell, {"nash": True, "ess": ess}))
    components = assemble(land.table.strategies, labelled, regret=land.regret, shown=land.shown)
    if land.exact and any(component.regret != 0 for component in components):
        raise AssertionError("an equilibrium that was found has a profitable deviation")
    return SymmetricEquilibria(components=components, exact=land.exact, complete=land.complete, note=land.note)
