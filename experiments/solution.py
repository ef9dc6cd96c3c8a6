"""Everything that is known exactly about one game, as the document `gametheory.solution/1`."""

from collections.abc import Sequence
from typing import Any

from dynamics.restpoints import classify
from gametheory.algebra.subdivision import Box
from gametheory.equilibria.components import component_to_dict, number_to_json
from gametheory.equilibria.pure import pure_profiles
from gametheory.errors import InvalidParameter
from gametheory.files import game_to_dict
from gametheory.games import TableGame
from gametheory.public_goods import PublicGoodsGame
from gametheory.thresholds import Condition, conditions

SCHEMA = "gametheory.solution/1"


def solution(game: PublicGoodsGame | TableGame, **options: Any) -> dict[str, Any]:
    """Conditions, equilibria and rest points of a game with numbers for parameters, ready for JSON.

    Parameters
    ----------
    game : PublicGoodsGame or TableGame
    **options : number
        `punishers`, `discount_factor`, `action_error` of `gametheory.conditions`.

    Returns
    -------
    dict
        Schema `gametheory.solution/1`: rationals as 'a/b', algebraic numbers as {"poly", "interval"},
        certified enclosures as {"interval", "certified"}, floats as numbers. `note` says what `complete` false
        leaves out, and `undecided` lists boxes outside which no isolated rest point is missing; a `TableGame` has no
        conditions.

    Raises
    ------
    InvalidParameter
        If a parameter is a symbol, an array or a ball.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> document = solution(game)
    >>> document["conditions"][0]["threshold"], document["equilibria"][1]["endpoints"]
    ('1/10', [{'C': '9/10', 'D': '0', 'P': '1/10'}, {'C': '0', 'D': '0', 'P': '1'}])
    """
    equilibria, rest = classify(game)
    if options and not isinstance(game, PublicGoodsGame):
        raise InvalidParameter("game", game_to_dict(game)["kind"], "a public goods game, for conditions")
    known = conditions(game, **options) if isinstance(game, PublicGoodsGame) else ()
    return {
        "schema": SCHEMA,
        "game": game_to_dict(game),
        "exact": equilibria.exact,
        "complete": equilibria.complete and rest.complete,
        "note": rest.note,
        "undecided": [_box(box, game.strategies) for box in rest.undecided],
        "conditions": [_condition(condition) for condition in known],
        "equilibria": [component_to_dict(component) for component in equilibria.components],
        "pure_profiles": [{"counts": p.by_name, "strict": p.strict} for p in pure_profiles(game)],
        "rest_points": [component_to_dict(component) for component in rest.components],
    }


def _box(box: Box, names: Sequence[str]) -> dict[str, Any]:
    ends = zip(names, box.low, box.high, strict=True)
    return {name: {"interval": [str(low), str(high)]} for name, low, high in ends}


def _condition(condition: Condition) -> dict[str, Any]:
    threshold = condition.threshold
    return {
        "name": condition.name,
        "parameter": condition.parameter,
        "threshold": None if threshold is None else number_to_json(threshold),
        "relation": condition.relation,
        "feasible": condition.feasible,
        "holds": condition.holds,
        "statement": condition.statement,
        "remedy": condition.remedy,
    }
