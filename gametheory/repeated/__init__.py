"""The repeated game: strategies with a memory, their payoffs, and which profiles nobody leaves after any history."""

from gametheory.repeated.deviations import Deviation, discounted, grim_deviations, punishment_stage_deviations

__all__ = ["Deviation", "discounted", "grim_deviations", "punishment_stage_deviations"]
