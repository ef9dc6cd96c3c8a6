"""Phase diagrams over two parameters, each cell of which is proved to be one phase."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from experiments.phases.diagram import (
        Cell,
        PhaseDiagram,
        certified_diagram,
        certified_phases,
        certified_sweep,
        load_phases,
        phases_of,
    )
    from experiments.phases.picture import plot_phases
    from experiments.phases.problem import Axis, Gain, Phase, Problem, SignPolynomial
    from experiments.phases.questions import pose
    from experiments.phases.sampling import Agreement, agreement, phase_at

_MODULES: Final = {
    "Agreement": "experiments.phases.sampling",
    "Axis": "experiments.phases.problem",
    "Cell": "experiments.phases.diagram",
    "Gain": "experiments.phases.problem",
    "Phase": "experiments.phases.problem",
    "PhaseDiagram": "experiments.phases.diagram",
    "Problem": "experiments.phases.problem",
    "SignPolynomial": "experiments.phases.problem",
    "agreement": "experiments.phases.sampling",
    "certified_diagram": "experiments.phases.diagram",
    "certified_phases": "experiments.phases.diagram",
    "certified_sweep": "experiments.phases.diagram",
    "load_phases": "experiments.phases.diagram",
    "phase_at": "experiments.phases.sampling",
    "phases_of": "experiments.phases.diagram",
    "plot_phases": "experiments.phases.picture",
    "pose": "experiments.phases.questions",
}

__all__ = [
    "Agreement",
    "Axis",
    "Cell",
    "Gain",
    "Phase",
    "PhaseDiagram",
    "Problem",
    "SignPolynomial",
    "agreement",
    "certified_diagram",
    "certified_phases",
    "certified_sweep",
    "load_phases",
    "phase_at",
    "phases_of",
    "plot_phases",
    "pose",
]

__getattr__ = exporter(__name__, _MODULES)
