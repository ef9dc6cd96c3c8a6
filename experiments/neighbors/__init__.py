"""Learners under neighboring mechanisms: gifts, third-party punishment, partner choice, reputations."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from experiments.neighbors.cases import neighbor_cases
    from experiments.neighbors.donors import DonorRun, expected_choices, run_donors
    from experiments.neighbors.mechanisms import MechanismRun, run_mechanism

_MODULES: Final = {
    "neighbor_cases": "experiments.neighbors.cases",
    "DonorRun": "experiments.neighbors.donors",
    "expected_choices": "experiments.neighbors.donors",
    "run_donors": "experiments.neighbors.donors",
    "MechanismRun": "experiments.neighbors.mechanisms",
    "run_mechanism": "experiments.neighbors.mechanisms",
}

__all__ = ["DonorRun", "MechanismRun", "expected_choices", "neighbor_cases", "run_donors", "run_mechanism"]

__getattr__ = exporter(__name__, _MODULES)
