"""Games as files: TOML of our own, Gambit's .nfg, and .agg for symmetric games. Files are data; none is executed."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from gametheory.files.agg import action_graph_from_text, action_graph_to_text, load_action_graph, save_action_graph
    from gametheory.files.nfg import load_normal_form, normal_form_from_text, normal_form_to_text, save_normal_form
    from gametheory.files.toml import KINDS, game_from_dict, game_to_dict, load_game, read_toml, save_game

_MODULES: Final = {
    "KINDS": "gametheory.files.toml",
    "action_graph_from_text": "gametheory.files.agg",
    "action_graph_to_text": "gametheory.files.agg",
    "game_from_dict": "gametheory.files.toml",
    "game_to_dict": "gametheory.files.toml",
    "load_action_graph": "gametheory.files.agg",
    "load_game": "gametheory.files.toml",
    "load_normal_form": "gametheory.files.nfg",
    "normal_form_from_text": "gametheory.files.nfg",
    "normal_form_to_text": "gametheory.files.nfg",
    "read_toml": "gametheory.files.toml",
    "save_action_graph": "gametheory.files.agg",
    "save_game": "gametheory.files.toml",
    "save_normal_form": "gametheory.files.nfg",
}

__all__ = [
    "KINDS",
    "action_graph_from_text",
    "action_graph_to_text",
    "game_from_dict",
    "game_to_dict",
    "load_action_graph",
    "load_game",
    "load_normal_form",
    "normal_form_from_text",
    "normal_form_to_text",
    "read_toml",
    "save_action_graph",
    "save_game",
    "save_normal_form",
]

__getattr__ = exporter(__name__, _MODULES)
