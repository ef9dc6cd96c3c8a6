"""Pictures of mean dynamics, each on a matplotlib Axes: right by default, color-blind safe, made of vectors."""

from dynamics.pictures.diagram import plot_bifurcations
from dynamics.pictures.logit import plot_logit_branch
from dynamics.pictures.selection import plot_gradient
from dynamics.pictures.simplex import plot_simplex, to_plane
from dynamics.pictures.tetrahedron import plot_tetrahedron, to_space

__all__ = [
    "plot_bifurcations",
    "plot_gradient",
    "plot_logit_branch",
    "plot_simplex",
    "plot_tetrahedron",
    "to_plane",
    "to_space",
]
