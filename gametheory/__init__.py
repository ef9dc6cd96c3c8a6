"""What a public goods game with punishment is, and what rational players do in it."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from gametheory.coordinated_punishment import (
        ConditionalPunishmentGame,
        InstitutionalPunishmentGame,
        SharedPunishmentGame,
    )
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
    from gametheory.normal_form import NormalFormGame, normal_form_game, normal_form_of, relabelled
    from gametheory.optional import OptionalGame
    from gametheory.profiles import (
        PureEquilibrium,
        best_replies,
        checked_profile,
        expected_payoffs,
        exploitability,
        profile_regrets,
        pure_equilibria,
        pure_profile,
        strategy_payoffs,
    )
    from gametheory.public_goods import PublicGoodsGame
    from gametheory.punishment import AntisocialPunishmentGame, PeerPunishmentGame, PoolPunishmentGame
    from gametheory.returns import OthersOnlyGame, ReturnsGame, SynergyGame
    from gametheory.rewards import RewardGame
    from gametheory.threshold_games import CollectiveRiskGame, SnowdriftGame, StagHuntGame, ThresholdGame
    from gametheory.thresholds import Condition, conditions
    from gametheory.unequal import UnequalGame, profile_payoffs

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
    "NormalFormGame": "gametheory.normal_form",
    "PureEquilibrium": "gametheory.profiles",
    "best_replies": "gametheory.profiles",
    "checked_profile": "gametheory.profiles",
    "expected_payoffs": "gametheory.profiles",
    "exploitability": "gametheory.profiles",
    "normal_form_game": "gametheory.normal_form",
    "normal_form_of": "gametheory.normal_form",
    "profile_regrets": "gametheory.profiles",
    "pure_equilibria": "gametheory.profiles",
    "pure_profile": "gametheory.profiles",
    "relabelled": "gametheory.normal_form",
    "strategy_payoffs": "gametheory.profiles",
    "PublicGoodsGame": "gametheory.public_goods",
    "OptionalGame": "gametheory.optional",
    "AntisocialPunishmentGame": "gametheory.punishment",
    "ConditionalPunishmentGame": "gametheory.coordinated_punishment",
    "InstitutionalPunishmentGame": "gametheory.coordinated_punishment",
    "PeerPunishmentGame": "gametheory.punishment",
    "PoolPunishmentGame": "gametheory.punishment",
    "SharedPunishmentGame": "gametheory.coordinated_punishment",
    "OthersOnlyGame": "gametheory.returns",
    "ReturnsGame": "gametheory.returns",
    "SynergyGame": "gametheory.returns",
    "RewardGame": "gametheory.rewards",
    "CollectiveRiskGame": "gametheory.threshold_games",
    "SnowdriftGame": "gametheory.threshold_games",
    "StagHuntGame": "gametheory.threshold_games",
    "ThresholdGame": "gametheory.threshold_games",
    "UnequalGame": "gametheory.unequal",
    "profile_payoffs": "gametheory.unequal",
}

__version__ = "0.1.0"
__all__ = [
    "AntisocialPunishmentGame",
    "CertificateError",
    "CollectiveRiskGame",
    "Component",
    "Condition",
    "ConditionalPunishmentGame",
    "Game",
    "GameTheoryError",
    "InstitutionalPunishmentGame",
    "InvalidParameter",
    "NormalFormGame",
    "NotConverged",
    "OptionalGame",
    "OthersOnlyGame",
    "Part",
    "PayoffTable",
    "PeerPunishmentGame",
    "PoolPunishmentGame",
    "PublicGoodsGame",
    "PureEquilibrium",
    "PureProfile",
    "ReturnsGame",
    "RewardGame",
    "SharedPunishmentGame",
    "SnowdriftGame",
    "StagHuntGame",
    "SymmetricEquilibria",
    "SynergyGame",
    "TableGame",
    "ThresholdGame",
    "UnequalGame",
    "best_replies",
    "checked_profile",
    "conditions",
    "expected_payoffs",
    "exploitability",
    "game_from_function",
    "game_from_payoffs",
    "game_to_dict",
    "load_game",
    "mean_payoffs",
    "normal_form_game",
    "normal_form_of",
    "payoff_table",
    "profile_payoffs",
    "profile_regrets",
    "pure_equilibria",
    "pure_profile",
    "pure_profiles",
    "relabelled",
    "save_game",
    "strategy_payoffs",
    "symmetric_equilibria",
]

__getattr__ = exporter(__name__, _MODULES)
