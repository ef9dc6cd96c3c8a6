"""Which profiles leave nobody a reason to deviate."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from gametheory.equilibria.bimatrix import BimatrixEquilibria, NashComponent, NashSubset, bimatrix_equilibria
    from gametheory.equilibria.components import Component, Part, component_to_dict
    from gametheory.equilibria.evolutionary import evolutionary_status
    from gametheory.equilibria.nplayer.results import (
        NashEquilibria,
        ProfileComponent,
        ProfilePart,
        profile_component_to_dict,
    )
    from gametheory.equilibria.nplayer.solver import nash_equilibria
    from gametheory.equilibria.pure import PureProfile, pure_profiles
    from gametheory.equilibria.symmetric import SymmetricEquilibria, symmetric_equilibria

_MODULES: Final = {
    "nash_equilibria": "gametheory.equilibria.nplayer.solver",
    "profile_component_to_dict": "gametheory.equilibria.nplayer.results",
    "ProfilePart": "gametheory.equilibria.nplayer.results",
    "ProfileComponent": "gametheory.equilibria.nplayer.results",
    "NashEquilibria": "gametheory.equilibria.nplayer.results",
    "BimatrixEquilibria": "gametheory.equilibria.bimatrix",
    "NashComponent": "gametheory.equilibria.bimatrix",
    "NashSubset": "gametheory.equilibria.bimatrix",
    "bimatrix_equilibria": "gametheory.equilibria.bimatrix",
    "Component": "gametheory.equilibria.components",
    "Part": "gametheory.equilibria.components",
    "component_to_dict": "gametheory.equilibria.components",
    "evolutionary_status": "gametheory.equilibria.evolutionary",
    "PureProfile": "gametheory.equilibria.pure",
    "pure_profiles": "gametheory.equilibria.pure",
    "SymmetricEquilibria": "gametheory.equilibria.symmetric",
    "symmetric_equilibria": "gametheory.equilibria.symmetric",
}

__all__ = [
    "BimatrixEquilibria",
    "Component",
    "NashComponent",
    "NashEquilibria",
    "NashSubset",
    "Part",
    "ProfileComponent",
    "ProfilePart",
    "PureProfile",
    "SymmetricEquilibria",
    "bimatrix_equilibria",
    "component_to_dict",
    "evolutionary_status",
    "nash_equilibria",
    "profile_component_to_dict",
    "pure_profiles",
    "symmetric_equilibria",
]

__getattr__ = exporter(__name__, _MODULES)
