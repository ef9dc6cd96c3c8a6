"""What a sweep can compute: each quantity's name, parameters and variables, and where the code is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from experiments.sweeps.parameters import Setting
from gametheory.errors import require

if TYPE_CHECKING:
    from experiments.sweeps.points import Points

ANSWERS: Final = {-1: "not said", 0: "no", 1: "yes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One array of a result.

    Attributes
    ----------
    name, unit, summary : str
    dims : tuple of str
        Beside the axes: "strategy", "resident", "invader" or "condition".
    dtype : str
        Floats are NaN, integers -1 and booleans false where nothing was computed.
    flags : mapping of int to str
        What integers mean.
    """

    name: str
    unit: str
    summary: str
    dims: tuple[str, ...] = ()
    dtype: str = "float64"
    flags: Mapping[int, str] = field(default_factory=dict)

    @property
    def fill(self) -> Any:
        """What stands where nothing was computed."""
        return {"f": float("nan"), "i": -1, "b": False}[self.dtype[0]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Something that can be computed at every point of a sweep.

    Attributes
    ----------
    name, summary : str
    variables : tuple of Variable
    settings : tuple of Setting
        Its own parameters.
    phases : tuple of str
        The variables, of integers, whose values are a point's phase.
    chunk : int
        Points in one chunk of a store: part of the format, so that it does not depend on how a sweep is run.
    games : str
        Which games it takes: "any", "symmetric", "public-goods".
    code : str
        "module:function" that computes the variables of some `Points`, each of shape (points, ...).
    """

    name: str
    summary: str
    variables: tuple[Variable, ...]
    code: str
    settings: tuple[Setting, ...] = ()
    phases: tuple[str, ...] = ()
    chunk: int = 1024
    games: str = "symmetric"

    def compute(self, points: "Points") -> dict[str, Any]:
        """The variables at some points."""
        module, _, name = self.code.partition(":")
        function: Callable[[Points], dict[str, Any]] = getattr(import_module(module), name)
        return function(points)

    def check(self, game: Any, settings: Mapping[str, Any]) -> None:
        """Refuse a game that the quantity is not about. Raises `InvalidParameter`."""
        kind = type(game).__name__
        if self.games == "public-goods":
            wanted = "a PublicGoodsGame (kind 'public-goods')"
            require(kind == "PublicGoodsGame", f"game of quantity {self.name!r}", kind, wanted)
        wanted = "a symmetric game (in an unequal one, payoffs belong to players)"
        require(hasattr(game, "strategies"), f"game of quantity {self.name!r}", kind, wanted)
        module, _, name = self.code.partition(":")
        refuse = getattr(import_module(module), f"check_{name}", None)
        if refuse is not None:
            refuse(game, settings)

    def extents(self, game: Any) -> dict[str, tuple[str, ...]]:
        """The labels along the dimensions that it adds."""
        names = tuple(game.strategies)
        known = {"strategy": names, "resident": names, "invader": names, "condition": CONDITIONS}
        return {dim: known[dim] for variable in self.variables for dim in variable.dims}


CONDITIONS: Final = (
    "deterrence",
    "deterring-fine",
    "detection",
    "second-order",
    "credibility",
    "grim-trigger",
    "invasion",
    "punishers-spread",
    "cheapest-threat",
)
_START: Final = Setting(
    name="start", summary="shares at the start, 'C=0.2 D=0.8'; by default all equal", default="equal", text=True
)
_PROTOCOL: Final = Setting(
    name="protocol",
    summary="how players revise",
    default="replicator",
    words=("replicator", "logit", "imitation", "smith", "brown-von-neumann-nash"),
)
_REVISION: Final = (
    _START,
    _PROTOCOL,
    Setting(name="temperature", summary="noise of logit choice", default="1/10", low="1/10000"),
    Setting(name="imitation_noise", summary="noise of Fermi imitation", default="1/10", low="1/10000"),
    Setting(name="mutation_rate", summary="of imitation, per revision", default=0, low=0, high=1),
)
_CONVERGED: Final = Variable(name="converged", unit="1", summary="whether the population came to rest", dtype="bool")
_PRESENT: Final = Variable(
    name="present",
    unit="1",
    summary="which strategies keep a share above 1e-6 in the long run: the sum of 2**(place of the strategy)",
    dtype="int32",
)
_RECOMPUTED: Final = Variable(
    name="recomputed",
    unit="1",
    summary="whether floats did not decide and the point was solved by itself",
    dtype="bool",
)
_FINITE: Final = (
    Setting(name="population_size", summary="individuals, Z", whole=True, low=2),
    Setting(name="selection_strength", summary="w, per payoff unit", low=0),
    Setting(
        name="process",
        summary="'pairwise' comparison or 'moran'",
        default="pairwise",
        words=("pairwise", "moran"),
    ),
)

QUANTITIES: Final = (
    Quantity(
        name="conditions",
        summary="the conditions of the theory: margin, threshold, whether they can hold and do",
        variables=(
            Variable(name="margin", unit="payoff", summary=">= 0 where the condition holds", dims=("condition",)),
            Variable(name="threshold", unit="1", summary="of the condition's parameter", dims=("condition",)),
            Variable(
                name="feasible",
                unit="1",
                summary="whether some value of its parameter meets it",
                dims=("condition",),
                dtype="int8",
                flags=ANSWERS,
            ),
            Variable(
                name="holds",
                unit="1",
                summary="whether it holds at the point",
                dims=("condition",),
                dtype="int8",
                flags=ANSWERS,
            ),
            _RECOMPUTED,
        ),
        settings=(
            Setting(name="punishers", summary="co-players who would punish; N - 1", default=None, low=0),
            Setting(name="discount_factor", summary="weight of the next round", default=None, low=0, high=1),
            Setting(name="action_error", summary="chance that a contribution fails", default=None, low=0, high=1),
        ),
        phases=("holds",),
        games="public-goods",
        code="experiments.sweeps.margins:conditions",
    ),
    Quantity(
        name="long_run_shares",
        summary="where a large population comes to rest",
        variables=(
            Variable(name="share", unit="1", summary="of each strategy in the long run", dims=("strategy",)),
            _PRESENT,
            _CONVERGED,
        ),
        settings=_REVISION,
        phases=("present",),
        code="experiments.sweeps.long_runs:long_run_shares",
    ),
    Quantity(
        name="welfare",
        summary="mean payoff in the long run of a large population, and where all play one strategy",
        variables=(
            Variable(name="welfare", unit="payoff", summary="mean payoff of a player in the long run"),
            Variable(name="alone", unit="payoff", summary="where all play one strategy", dims=("strategy",)),
            _PRESENT,
            _CONVERGED,
        ),
        settings=_REVISION,
        phases=("present",),
        code="experiments.sweeps.long_runs:welfare",
    ),
    Quantity(
        name="equilibria",
        summary="how many symmetric equilibria there are, and of which type",
        variables=(
            Variable(name="isolated", unit="1", summary="isolated equilibria", dtype="int32"),
            Variable(name="interior", unit="1", summary="isolated ones with all strategies", dtype="int32"),
            Variable(name="continua", unit="1", summary="connected sets of equilibria", dtype="int32"),
            Variable(name="stable", unit="1", summary="evolutionarily stable equilibria", dtype="int32"),
            Variable(
                name="complete", unit="1", summary="whether these are all", dtype="int8", flags={0: "no", 1: "yes"}
            ),
            _RECOMPUTED,
        ),
        phases=("isolated", "continua", "stable"),
        code="experiments.sweeps.equilibria:equilibria",
    ),
    Quantity(
        name="rest_points",
        summary="rest points of the replicator dynamics by stability, exact; point by point",
        variables=tuple(
            Variable(name=name, unit="1", summary=summary, dtype="int32")
            for name, summary in (
                ("isolated", "isolated rest points"),
                ("continua", "connected sets of rest points"),
                ("attracting", "isolated rest points that are asymptotically stable"),
                ("attracting_sets", "components that are asymptotically stable as a set"),
                ("undecided", "components with a part whose stability is not decided"),
            )
        ),
        phases=("isolated", "continua", "attracting", "attracting_sets"),
        chunk=64,
        code="experiments.sweeps.equilibria:rest_points",
    ),
    Quantity(
        name="basins",
        summary="how many attractors a large population has, and the share of starts that lead to the largest",
        variables=(
            Variable(name="attractors", unit="1", summary="targets that some start leads to", dtype="int32"),
            Variable(name="largest", unit="1", summary="share of starts that lead to the most frequent target"),
            Variable(name="undecided", unit="1", summary="share of starts that lead to none"),
        ),
        settings=(Setting(name="side", summary="cells a side of the grid of starts", default=None, whole=True, low=1),),
        phases=("attractors",),
        chunk=16,
        code="experiments.sweeps.long_runs:basins",
    ),
    Quantity(
        name="stationary_distribution",
        summary="long-run mean shares of a finite population with mutation",
        variables=(
            Variable(name="share", unit="1", summary="mean share of each strategy", dims=("strategy",)),
            Variable(name="residual", unit="1", summary="relative residual of the stationary equations"),
            Variable(
                name="most_frequent",
                unit="1",
                summary="place of the strategy with the largest share; -1 where the solution is refused",
                dtype="int32",
            ),
            Variable(name="converged", unit="1", summary="whether the residual is small enough", dtype="bool"),
        ),
        settings=(*_FINITE, Setting(name="mutation_rate", summary="per step", low="1e-300", high=1)),
        phases=("most_frequent",),
        chunk=64,
        code="experiments.sweeps.populations:stationary_distribution",
    ),
    Quantity(
        name="fixation",
        summary="fixation probabilities of one mutant, and long-run shares when mutations are rare",
        variables=(
            Variable(
                name="log_fixation",
                unit="1",
                summary="natural logarithm of the chance that one invader takes over",
                dims=("resident", "invader"),
            ),
            Variable(name="share", unit="1", summary="of time when mutations are rare", dims=("strategy",)),
            Variable(
                name="most_frequent", unit="1", summary="place of the strategy with the largest share", dtype="int32"
            ),
        ),
        settings=_FINITE,
        phases=("most_frequent",),
        chunk=256,
        code="experiments.sweeps.populations:fixation",
    ),
    Quantity(
        name="learners",
        summary="how often Boltzmann learners contribute, among fixed punishers; random",
        variables=(
            Variable(name="share", unit="1", summary="of rounds in which a learner contributed"),
            Variable(name="standard_error", unit="1", summary="of the share, over independent groups"),
            Variable(name="reward", unit="payoff", summary="mean reward of a learner"),
            Variable(
                name="contribute",
                unit="1",
                summary="whether the share is above 1/2 by more than two standard errors (1), below (0), or neither",
                dtype="int8",
                flags=ANSWERS,
            ),
        ),
        settings=(
            Setting(name="temperature", summary="noise of the choice", low="1/10000"),
            Setting(name="learners", summary="players who learn; the others punish", default=1, whole=True, low=1),
            Setting(name="rounds", summary="recorded", default=10_000, whole=True, low=1),
            Setting(name="uniform_rounds", summary="played at random before", default=1_000, whole=True, low=0),
            Setting(name="groups", summary="independent ones", default=8, whole=True, low=2),
        ),
        phases=("contribute",),
        chunk=16,
        games="public-goods",
        code="experiments.sweeps.learning:learners",
    ),
    Quantity(
        name="formula",
        summary="whether a formula of the claims language, in the game's parameters, is true; exact",
        variables=(
            Variable(
                name="holds",
                unit="1",
                summary="whether it is true; -1 where a term has no value or intervals do not tell",
                dtype="int8",
                flags=ANSWERS,
            ),
        ),
        settings=(Setting(name="formula", summary="such as 'fine >= contribution_cost/4'", text=True),),
        phases=("holds",),
        chunk=256,
        code="experiments.sweeps.verdicts:formula",
    ),
    Quantity(
        name="claim",
        summary="the verdict on a claim when its variables have the point's values; exact",
        variables=(
            Variable(
                name="verdict",
                unit="1",
                summary="of the claim at the point",
                dtype="int8",
                flags={-1: "undecided", 0: "refuted", 1: "proved", 2: "vacuous", 3: "undefined"},
            ),
        ),
        settings=(
            Setting(name="claim", summary="id of a built-in claim, or of one in a file 'FILE.toml#id'", text=True),
            Setting(name="values", summary="of variables that are no parameters, 'x=1/2 y=3'", default="", text=True),
        ),
        phases=("verdict",),
        chunk=256,
        code="experiments.sweeps.verdicts:claim",
    ),
)


def quantity_named(name: Any) -> Quantity:
    """The quantity of this name.

    Raises
    ------
    InvalidParameter
        Listing the names, if there is none.
    """
    known = {quantity.name: quantity for quantity in QUANTITIES}
    found = known.get(name) if isinstance(name, str) else None
    require(found is not None, "quantity", name, f"one of {', '.join(known)}")
    assert found is not None
    return found
