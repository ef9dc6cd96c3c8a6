"""Which profiles leave nobody a reason to deviate."""

from typing import TYPE_CHECKING, Final

from gametheory._lazy import exporter

if TYPE_CHECKING:
    from gametheory.equilibria.bimatrix import BimatrixEquilibria, NashComponent, NashSubset, bimatrix_equilibria
    from gametheory.equilibria.components import Component, Part, component_to_dict
    from gametheory.equilibria.correlated import CorrelatedEquilibrium, correlated_equilibrium, correlated_gains
    from gametheory.equilibria.evolutionary import evolutionary_status
    from gametheory.equilibria.logit import LogitBranch, LogitEquilibria, logit_branch, logit_equilibria
    from gametheory.equilibria.logit_limits import LogitLimit, logit_limit
    from gametheory.equilibria.nplayer.results import (
        NashEquilibria,
        ProfileComponent,
        ProfilePart,
        profile_component_to_dict,
    )
    from gametheory.equilibria.nplayer.solver import nash_equilibria
    from gametheory.equilibria.pure import PureProfile, pure_profiles
    from gametheory.equilibria.risk_averse import (
        RiskAverseEquilibria,
        RiskAverseEquilibrium,
        risk_averse_equilibria,
        risk_averse_equilibrium,
        risk_aversion_gaps,
    )
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
    "CorrelatedEquilibrium": "gametheory.equilibria.correlated",
    "correlated_equilibrium": "gametheory.equilibria.correlated",
    "correlated_gains": "gametheory.equilibria.correlated",
    "LogitBranch": "gametheory.equilibria.logit",
    "LogitEquilibria": "gametheory.equilibria.logit",
    "logit_branch": "gametheory.equilibria.logit",
    "logit_equilibria": "gametheory.equilibria.logit",
    "LogitLimit": "gametheory.equilibria.logit_limits",
    "logit_limit": "gametheory.equilibria.logit_limits",
    "RiskAverseEquilibria": "gametheory.equilibria.risk_averse",
    "RiskAverseEquilibrium": "gametheory.equilibria.risk_averse",
    "risk_averse_equilibria": "gametheory.equilibria.risk_averse",
    "risk_averse_equilibrium": "gametheory.equilibria.risk_averse",
    "risk_aversion_gaps": "gametheory.equilibria.risk_averse",
}

__all__ = [
    "BimatrixEquilibria",
    "Component",
    "CorrelatedEquilibrium",
    "LogitBranch",
    "LogitEquilibria",
    "LogitLimit",
    "NashComponent",
    "NashEquilibria",
    "NashSubset",
    "Part",
    "ProfileComponent",
    "ProfilePart",
    "PureProfile",
    "RiskAverseEquilibria",
    "RiskAverseEquilibrium",
    "SymmetricEquilibria",
    "bimatrix_equilibria",
    "component_to_dict",
    "correlated_equilibrium",
    "correlated_gains",
    "evolutionary_status",
    "logit_branch",
    "logit_equilibria",
    "logit_limit",
    "nash_equilibria",
    "profile_component_to_dict",
    "pure_profiles",
    "risk_averse_equilibria",
    "risk_averse_equilibrium",
    "risk_aversion_gaps",
    "symmetric_equilibria",
]

__getattr__ = exporter(__name__, _MODULES)
