"""Two-player games: all equilibria, exactly, with the sets that they span."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from gametheory.equilibria.bimatrix.solver import BimatrixEquilibria, bimatrix_equilibria
    from gametheory.equilibria.bimatrix.subsets import NashComponent, NashSubset

_MODULES: Final = {
    "BimatrixEquilibria": "gametheory.equilibria.bimatrix.solver",
    "bimatrix_equilibria": "gametheory.equilibria.bimatrix.solver",
    "NashComponent": "gametheory.equilibria.bimatrix.subsets",
    "NashSubset": "gametheory.equilibria.bimatrix.subsets",
}

__all__ = ["BimatrixEquilibria", "NashComponent", "NashSubset", "bimatrix_equilibria"]

__getattr__ = exporter(__name__, _MODULES)
