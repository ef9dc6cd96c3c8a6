"""What populations do: mean dynamics, their rest points, and pictures of both."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from dynamics.pictures import plot_simplex
    from dynamics.replicator import (
        Agreement,
        Ending,
        Trajectory,
        agreement,
        classify_limit,
        long_run,
        trajectory,
        velocity,
    )
    from dynamics.restpoints import RestPoints, rest_points, stable_equilibria

_MODULES: Final = {
    "RestPoints": "dynamics.restpoints",
    "rest_points": "dynamics.restpoints",
    "stable_equilibria": "dynamics.restpoints",
    "plot_simplex": "dynamics.pictures",
    "Agreement": "dynamics.replicator",
    "Ending": "dynamics.replicator",
    "Trajectory": "dynamics.replicator",
    "agreement": "dynamics.replicator",
    "classify_limit": "dynamics.replicator",
    "long_run": "dynamics.replicator",
    "trajectory": "dynamics.replicator",
    "velocity": "dynamics.replicator",
}

__all__ = [
    "Agreement",
    "Ending",
    "RestPoints",
    "Trajectory",
    "agreement",
    "classify_limit",
    "long_run",
    "plot_simplex",
    "rest_points",
    "stable_equilibria",
    "trajectory",
    "velocity",
]

__getattr__ = exporter(__name__, _MODULES)
