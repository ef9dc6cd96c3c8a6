"""Neural learners in the iterated public goods game: IA2C, IPPO, and adaptive punishment on top (extra `[neural]`)."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from experiments.neural.settings import NeuralSettings
    from experiments.neural.training import compare_neural, train_groups

_MODULES: Final = {
    "NeuralSettings": "experiments.neural.settings",
    "compare_neural": "experiments.neural.training",
    "train_groups": "experiments.neural.training",
}

__all__ = ["NeuralSettings", "compare_neural", "train_groups"]

__getattr__ = exporter(__name__, _MODULES)
