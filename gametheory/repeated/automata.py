r"""Profiles of the repeated game as automata, and one player's view of them.

An automaton has finitely many states; each prescribes actions, and the actions that are observed lead to the next
state. Every state counts that some sequence of actions, whatever the number of deviators, leads to. A memory-one
strategy of all players is one too: its states are the profiles of the last round, which one player sees as its own
action and the number of contributing co-players.

Source: Abreu & Rubinstein (1988), Econometrica 56, 1259-1281 (automata); Mailath & Samuelson (2006), section 2.3.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Final

from gametheory.compositions import compositions, number_of_compositions
from gametheory.errors import require
from gametheory.exact import Number, is_integer
from gametheory.games import Game
from gametheory.public_goods import CONTRIBUTOR, DEFECTOR
from gametheory.repeated.decisions import DecisionProcess, Move, Node
from gametheory.repeated.memory_one import convolved, next_contributors
from gametheory.repeated.stage import ACTIONS, StageGame, stage_game
from gametheory.repeated.strategies import MemoryOne, binomial
from gametheory.unequal import UnequalGame

MAX_PROFILES: Final = 200_000
View = tuple[bool, int]


def memory_one_process(
    game: Game | StageGame, strategy: MemoryOne, *, actions: Sequence[str] = ACTIONS
) -> DecisionProcess:
    """The view of one player whose co-players, and it itself by prescription, all play a memory-one strategy.

    Parameters
    ----------
    game : Game or StageGame
        Any symmetric game with the two actions.
    strategy : MemoryOne
    actions : (str, str)
        What counts as contributing and as defecting.

    Returns
    -------
    DecisionProcess
        Node 0 is the first round, then all 2 N last rounds: own action and number of contributing co-players.

    Raises
    ------
    InvalidParameter
        If group sizes differ.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> from gametheory.repeated import grim
    >>> process = memory_one_process(PublicGoodsGame(group_size=3, multiplication_factor=2), grim(3))
    >>> [node.history for node in process.nodes][:3]
    ['first round', 'C, 0 of 2 co-players contributed', 'C, 1 of 2 co-players contributed']
    """
    stage = stage_game(game, actions=actions)
    size = stage.group_size
    fits = isinstance(strategy, MemoryOne) and strategy.group_size == size
    require(fits, "strategy", strategy, f"a memory-one strategy of {size} players")
    views: list[View] = [(own, j) for own in (True, False) for j in range(size)]
    place = {view: index + 1 for index, view in enumerate(views)}

    def node(history: str, others: list[Number], chance: Number) -> Node:
        moves = []
        for own, name in ((True, actions[0]), (False, actions[1])):
            listed = [(j, p) for j, p in enumerate(others) if p != 0]
            payoff = sum((p * stage.payoff(own, j) for j, p in listed), start=Fraction(0))
            moves.append(Move(name=name, payoff=payoff, successors=tuple((place[own, j], p) for j, p in listed)))
        return Node(history=history, moves=tuple(moves), prescribed=(chance, 1 - chance))

    first = [binomial(size - 1, strategy.initial, k) for k in range(size)]
    nodes = [node("first round", first, strategy.initial)]
    for own, j in views:
        seen = next_contributors(strategy, group=size - 1, contributing=j, total=j + int(own))
        text = f"{actions[not own]}, {j} of {size - 1} co-players contributed"
        nodes.append(node(text, convolved([Fraction(1)], seen), strategy.probability(own, j)))
    return DecisionProcess(nodes=tuple(nodes))


def symmetric_process(
    game: Game,
    *,
    prescriptions: Mapping[str, str],
    transition: Callable[[str, dict[str, int]], str],
    start: str,
) -> DecisionProcess:
    """The view of one player of a strongly symmetric automaton: one action for all in each state.

    Parameters
    ----------
    game : Game
        Any symmetric game, of any number of actions; parameters may be symbols, the group size not.
    prescriptions : mapping of str to str
        The action of all players in each state.
    transition : callable
        (state, how many of the N players took each action) -> next state.
    start : str

    Raises
    ------
    InvalidParameter
        If a state has no prescription, or an action is not one of the game's.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> from gametheory.repeated import subgame_perfection
    >>> game = PublicGoodsGame(group_size=4, multiplication_factor=2, strategies=["C", "D"])
    >>> grim = symmetric_process(
    ...     game, prescriptions={"together": "C", "ruin": "D"}, start="together",
    ...     transition=lambda state, counts: "together" if state == "together" and counts["C"] == 4 else "ruin")
    >>> str(subgame_perfection(grim).discount_factors)
    '[1/3, 1)'
    """
    names = tuple(game.strategies)
    require(is_integer(game.group_size), "group_size", game.group_size, "a number (to repeat the game)")
    for action in prescriptions.values():
        require(action in names, "prescriptions", action, f"one of {names}")
    size = int(game.group_size)
    profiles = number_of_compositions(size, len(names))
    require(profiles <= MAX_PROFILES, "game", game, f"a game with at most {MAX_PROFILES} splits of its group")
    splits = [dict(zip(names, map(int, row), strict=True)) for row in compositions(size, len(names))]
    states = _reached(start, lambda state: (transition(state, dict(split)) for split in splits), prescriptions)
    place = {state: index for index, state in enumerate(states)}

    def move(state: str, action: str) -> Move:
        others = [(size - 1) * int(name == prescriptions[state]) for name in names]
        group = {name: n + int(name == action) for name, n in zip(names, others, strict=True)}
        after = place[transition(state, group)]
        return Move(name=action, payoff=game.payoff(action, others), successors=((after, Fraction(1)),))

    nodes = tuple(
        Node(
            history=state,
            moves=tuple(move(state, action) for action in names),
            prescribed=tuple(Fraction(int(action == prescriptions[state])) for action in names),
        )
        for state in states
    )
    return DecisionProcess(nodes=nodes, start=place[start])


def profile_process(
    game: Game | UnequalGame,
    *,
    prescriptions: Mapping[str, Sequence[str]],
    transition: Callable[[str, tuple[str, ...]], str],
    start: str,
) -> DecisionProcess:
    """The views of all players of an automaton that may tell players apart.

    Parameters
    ----------
    game : Game or UnequalGame
        In an unequal game the actions are C (gives everything) and D (gives nothing).
    prescriptions : mapping of str to sequence of str, length N
        The actions of the players in each state.
    transition : callable
        (state, actions of the N players) -> next state.
    start : str

    Returns
    -------
    DecisionProcess
        A node for each state and player; node 0 is player 0 at the start, so that `is_nash` speaks of that player.
        Subgame perfection asks all nodes.

    Raises
    ------
    InvalidParameter
        If there are more than 2e5 profiles, a state has no prescription or an action is not one of the game's.
    """
    names = (CONTRIBUTOR, DEFECTOR) if isinstance(game, UnequalGame) else tuple(game.strategies)
    size = int(game.group_size)
    require(len(names) ** size <= MAX_PROFILES, "game", game, f"a game with at most {MAX_PROFILES} profiles")
    profiles = list(product(names, repeat=size))
    states = _reached(start, lambda state: (transition(state, profile) for profile in profiles), prescriptions)
    place = {(state, i): k * size + i for k, state in enumerate(states) for i in range(size)}

    def earned(player: int, profile: tuple[str, ...]) -> Number:
        if isinstance(game, UnequalGame):
            return game.payoffs([int(action == CONTRIBUTOR) for action in profile])[player]
        others = profile[:player] + profile[player + 1 :]
        return game.payoff(profile[player], [others.count(name) for name in names])

    def node(state: str, player: int) -> Node:
        prescribed = tuple(prescriptions[state])
        ok = len(prescribed) == size and all(action in names for action in prescribed)
        require(ok, "prescriptions", prescribed, f"{size} of {names}")
        moves = []
        for action in names:
            profile = (*prescribed[:player], action, *prescribed[player + 1 :])
            after = place[transition(state, profile), player]
            moves.append(Move(name=action, payoff=earned(player, profile), successors=((after, Fraction(1)),)))
        chances = tuple(Fraction(int(action == prescribed[player])) for action in names)
        return Node(history=f"{state}, player {player}", moves=tuple(moves), prescribed=chances)

    return DecisionProcess(nodes=tuple(node(state, player) for state in states for player in range(size)))


def _reached(start: str, following: Callable[[str], Iterable[str]], prescriptions: Mapping[str, object]) -> list[str]:
    """The states that some sequence of profiles leads to, the first one first."""
    found, todo = [start], [start]
    require(start in prescriptions, "start", start, "a state with a prescription")
    while todo:
        for state in following(todo.pop()):
            require(state in prescriptions, "transition", state, "a state with a prescription")
            if state not in found:
                found.append(state)
                todo.append(state)
    return found
