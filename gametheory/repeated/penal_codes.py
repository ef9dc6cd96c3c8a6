r"""Profiles that punish: grim trigger, stick and carrot, and the punishment stage, as one player's view of them.

Stick and carrot: contribute; after any deviation nobody contributes for `T` rounds, then all return; a deviation
during the punishment starts it again. With `T` without end it is grim trigger.

Punishment stage (model.md 2.5): contribute; then everybody punishes a lone deviator when the public draw, which says
'punish' with probability `p`, says so; after zero or several deviators nothing is due; once a punishment that was due
is not carried out, all defect for good. A round has two stages, and what the second costs belongs to the same round.

Source: model.md, sections 2.5 and 2.6; Abreu (1988), Econometrica 56, 383-396 (penal codes).
"""

from fractions import Fraction

from gametheory.errors import require
from gametheory.exact import Number, is_integer
from gametheory.games import Game
from gametheory.public_goods import PublicGoodsGame, round_payoff
from gametheory.repeated.automata import symmetric_process
from gametheory.repeated.decisions import DecisionProcess, Move, Node

SURE = Fraction(1)


def grim_process(game: Game, *, contribute: str = "C", defect: str = "D") -> DecisionProcess:
    """Contribute until anybody has deviated, then defect for good.

    Parameters
    ----------
    game : Game
        Any symmetric game with these two strategies, perhaps others (deviations to them count).
    contribute, defect : str

    Examples
    --------
    >>> from gametheory.repeated import subgame_perfection
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> str(subgame_perfection(grim_process(game)).discount_factors)
    '[1/6, 1)'
    """
    size = int(game.group_size)
    return symmetric_process(
        game,
        prescriptions={"nobody has deviated": contribute, "somebody has deviated": defect},
        transition=lambda state, counts: (
            state if state == "somebody has deviated" or counts[contribute] == size else "somebody has deviated"
        ),
        start="nobody has deviated",
    )


def stick_and_carrot_process(game: Game, *, rounds: int, contribute: str = "C", defect: str = "D") -> DecisionProcess:
    """Contribute; after any deviation all defect for `rounds` rounds, then return (module header).

    Raises
    ------
    InvalidParameter
        If `rounds` is no integer >= 1.

    Examples
    --------
    One round of punishment deters as all-or-none does, two rounds less patient players too:

    >>> from gametheory.repeated import subgame_perfection
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    >>> [str(subgame_perfection(stick_and_carrot_process(game, rounds=T)).discount_factors) for T in (1, 2)]
    ['[1/5, 1)', '[≈0.17082039324993692, 1)']
    """
    require(is_integer(rounds) and rounds >= 1, "rounds", rounds, "an integer >= 1")
    size = int(game.group_size)
    together = "all contribute"
    left = [f"{rest} rounds of punishment are left" for rest in range(int(rounds), 1, -1)]
    punishing = [*left, "1 round of punishment is left"]
    order = [*punishing, together, together]

    def transition(state: str, counts: dict[str, int]) -> str:
        due = contribute if state == together else defect
        return order[order.index(state) + 1] if counts[due] == size else punishing[0]

    prescriptions = {together: contribute, **dict.fromkeys(punishing, defect)}
    return symmetric_process(game, prescriptions=prescriptions, transition=transition, start=together)


def punishment_stage_process(game: PublicGoodsGame) -> DecisionProcess:
    """The punishment stage of model.md 2.5 (module header), from the payoffs of a round.

    Parameters
    ----------
    game : PublicGoodsGame
        Its fine, punishment cost, probability and severity are used; observation is perfect here. Parameters may be
        symbols, the group size not.

    Examples
    --------
    >>> from gametheory.repeated import subgame_perfection
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> found = subgame_perfection(punishment_stage_process(game))
    >>> str(found.discount_factors), sorted({d.text for d in found.binding})
    ('[3/23, 1)', ['23*omega - 3 >= 0'])
    """
    require(is_integer(game.group_size), "group_size", game.group_size, "a number (to repeat the game)")
    rest = int(game.group_size) - 1
    together, ruin, quiet, guilty, spoiled = 0, 1, 2, 4, 5  # 3: a punishment is due
    draw = game.punishment_probability
    fined = tuple((node, chance) for node, chance in ((guilty, draw), (quiet, 1 - draw)) if chance != 0)
    return DecisionProcess(
        nodes=(
            _contribution("nobody has failed to punish", game, rest, (quiet, fined), prescribed=0),
            _contribution("a due punishment was not carried out", game, 0, (spoiled, ((spoiled, SURE),)), prescribed=1),
            _idle("no punishment is due", game, rest, together, fined=0),
            _duty(game, rest, together, ruin),
            _idle("one's own deviation, the draw punishes", game, rest, together, fined=rest),
            _idle("after a due punishment was not carried out", game, rest, ruin, fined=0),
        )
    )


def _contribution(
    history: str,
    game: PublicGoodsGame,
    others: int,
    after: tuple[int, tuple[tuple[int, Number], ...]],
    *,
    prescribed: int,
) -> Node:
    """The first stage: contributing leads to `after[0]`, defecting to `after[1]`."""
    moves = (
        Move(name="contribute", payoff=round_payoff(game, own=1, others=others), successors=((after[0], SURE),)),
        Move(name="defect", payoff=round_payoff(game, own=0, others=others), successors=after[1]),
    )
    chances = (Fraction(1 - prescribed), Fraction(prescribed))
    return Node(history=history, moves=moves, prescribed=chances, ends_round=False)


def _idle(history: str, game: PublicGoodsGame, rest: int, after: int, *, fined: int) -> Node:
    """A second stage in which nothing is due from this player, who is fined by `fined` co-players."""
    moves = tuple(
        Move(name=_words(number), payoff=_stage(game, number, suffered=fined), successors=((after, SURE),))
        for number in range(rest + 1)
    )
    return Node(history=history, moves=moves, prescribed=(SURE, *[Fraction(0)] * rest))


def _duty(game: PublicGoodsGame, rest: int, together: int, ruin: int) -> Node:
    """The second stage in which this player, with all others but one, has to punish that one."""
    shirk = [
        Move(name=f"do not punish the deviator; {_words(n)}", payoff=_stage(game, n), successors=((ruin, SURE),))
        for n in range(rest)
    ]
    carry = [
        Move(
            name=f"punish the deviator; besides, {_words(n)}",
            payoff=_stage(game, n + 1),
            successors=((together, SURE),),
        )
        for n in range(rest)
    ]
    chances = [Fraction(0)] * len(shirk) + [SURE] + [Fraction(0)] * (rest - 1)
    return Node(history="a punishment is due", moves=(*shirk, *carry), prescribed=tuple(chances))


def _stage(game: PublicGoodsGame, acts: int, *, suffered: int = 0) -> Number:
    """What the second stage costs the author of `acts` acts whom `suffered` co-players punish."""
    weight = game.severity
    return round_payoff(game, own=0, others=0, suffered=suffered * weight, inflicted=acts * weight)


def _words(number: int) -> str:
    return "punish nobody" if number == 0 else f"punish {number} to whom it is not due"
