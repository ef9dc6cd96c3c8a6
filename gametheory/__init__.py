"""What a public goods game with punishment is, and what rational players do in it."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from gametheory.equilibria import (
        Component,
        Part,
        PureProfile,
        SymmetricEquilibria,
        pure_profiles,
        symmetric_equilibria,
    )
    from gametheory.errors import CertificateError, GameTheoryError, InvalidParameter, NotConverged
    from gametheory.files import game_to_dict, load_game, save_game
    from gametheory.games import (
        Game,
        PayoffTable,
        TableGame,
        game_from_function,
        game_from_payoffs,
        mean_payoffs,
        payoff_table,
    )
    from gametheory.public_goods import PublicGoodsGame
    from gametheory.thresholds import Condition, conditions

_MODULES: Final = {
    "Condition": "gametheory.thresholds",
    "conditions": "gametheory.thresholds",
    "Component": "gametheory.equilibria",
    "Part": "gametheory.equilibria",
    "PureProfile": "gametheory.equilibria",
    "SymmetricEquilibria": "gametheory.equilibria",
    "pure_profiles": "gametheory.equilibria",
    "symmetric_equilibria": "gametheory.equilibria",
    "CertificateError": "gametheory.errors",
    "GameTheoryError": "gametheory.errors",
    "InvalidParameter": "gametheory.errors",
    "NotConverged": "gametheory.errors",
    "game_to_dict": "gametheory.files",
    "load_game": "gametheory.files",
    "save_game": "gametheory.files",
    "Game": "gametheory.games",
    "PayoffTable": "gametheory.games",
    "TableGame": "gametheory.games",
    "game_from_function": "gametheory.games",
    "game_from_payoffs": "gametheory.games",
    "mean_payoffs": "gametheory.games",
    "payoff_table": "gametheory.games",
    "PublicGoodsGame": "gametheory.public_goods",
}

__version__ = "0.1.0"
__all__ = [
    "CertificateError",
    "Component",
    "Condition",
    "Game",
    "GameTheoryError",
    "InvalidParameter",
    "NotConverged",
    "Part",
    "PayoffTable",
    "PublicGoodsGame",
    "PureProfile",
    "SymmetricEquilibria",
    "TableGame",
    "conditions",
    "game_from_function",
    "game_from_payoffs",
    "game_to_dict",
    "load_game",
    "mean_payoffs",
    "payoff_table",
    "pure_profiles",
    "save_game",
    "symmetric_equilibria",
]

__getattr__ = exporter(__name__, _MODULES)
