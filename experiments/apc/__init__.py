"""Adaptive punishment for cooperation (APC): learners whose punishment follows what punishing achieved."""

from experiments.apc.comparison import Figure, Row, compare, second_order_gap, sensitivity, variants
from experiments.apc.groups import AdaptiveRun, equality, run_groups
from experiments.apc.punishers import AdaptivePunishment, Awareness, FixedRule, LearnedPunishment

__all__ = [
    "AdaptivePunishment",
    "AdaptiveRun",
    "Awareness",
    "Figure",
    "FixedRule",
    "LearnedPunishment",
    "Row",
    "compare",
    "equality",
    "run_groups",
    "second_order_gap",
    "sensitivity",
    "variants",
]
