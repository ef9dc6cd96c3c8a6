"""Where large populations come to rest, one game a point: the tables of a block at once, then one compiled integrator.

The replicator dynamics run in the logarithms of the shares (`experiments.sweeps._long_runs_kernels`), other protocols
in `dynamics.mean`'s kernels. A population rests when no share is faster, and no strategy that is present grows at a
higher rate, than 1e-9 times the largest difference of payoffs at the point (of the rate of revision, for logit and
imitation); so within about 1e-9 of a bifurcation a bottleneck counts as rest. A point that does not rest within the
steps allowed is NaN, and `converged` is false there.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dynamics import _mean_kernels as mean_kernels
from dynamics.basins import basins_of_attraction
from dynamics.protocols import BrownVonNeumannNash, Imitation, Logit, Protocol, Replicator, Smith
from dynamics.tabulation import weights_of
from experiments.sweeps._long_runs_kernels import many_long_runs
from experiments.sweeps.points import Group, Points, as_floats
from experiments.sweeps.tables import by_point, differences, matrices, payoffs_of, points_at_a_time
from gametheory.compositions import compositions, rank
from gametheory.errors import require
from gametheory.exact import parse_rational, to_float

Array = NDArray[np.float64]

TOLERANCE: Final = 1e-9  # of a step, in the logarithm of a share
REST_SPEED: Final = 1e-9
MOST_STEPS: Final = 10_000
PRESENT: Final = 1e-6  # a smaller share is on its way out, or came in by rounding
END_OF_TIME: Final = 1e9  # for other protocols, over the largest difference of payoffs


def long_run_shares(points: Points) -> dict[str, Any]:
    """Shares in the long run, shape (points, m), which strategies are present, and whether each point came to rest."""
    shares, rested = _ends(points)
    return {"share": shares, "present": _present(shares, rested), "converged": rested}


def welfare(points: Points) -> dict[str, Any]:
    """The mean payoff in the long run, and that of each strategy alone."""
    shares, rested = _ends(points)
    mean = np.full(len(points), np.nan)
    alone = np.empty(shares.shape)
    size = shares.shape[1]
    for group in _groups(points):
        payoffs, others = payoffs_of(group), int(group.game.group_size) - 1
        corners = [rank([others if j == i else 0 for j in range(size)]) for i in range(size)]
        for i, corner in enumerate(corners):
            alone[group.positions, i] = payoffs[corner, i]
        mean[group.positions] = _mean_payoffs(payoffs, others, shares[group.positions])
    return {"welfare": mean, "alone": alone, "present": _present(shares, rested), "converged": rested}


def basins(points: Points) -> dict[str, Any]:
    """How many targets starts lead to, and the share of starts of the most frequent one."""
    number = np.full(len(points), -1, dtype=np.int32)
    largest, undecided = np.full(len(points), np.nan), np.full(len(points), np.nan)
    for position, game, settings in points.each():
        found = basins_of_attraction(game, side=settings["side"])
        reached = [to_float(basin.share) for basin in found.basins if basin.share > 0]
        number[position], largest[position] = len(reached), max(reached, default=0.0)
        undecided[position] = to_float(found.undecided)
    return {"attractors": number, "largest": largest, "undecided": undecided}


def check_long_run_shares(game: Any, settings: Mapping[str, Any]) -> None:
    """Refuse a start that is no population of the game's strategies."""
    start_of(settings.get("start", "equal"), tuple(game.strategies))


check_welfare = check_long_run_shares


def start_of(text: str, strategies: tuple[str, ...]) -> Array:
    """The population that a text such as 'C=1/5 D=4/5' describes; 'equal': all alike.

    Examples
    --------
    >>> start_of("D=4/5 C=1/5", ("C", "D")).tolist()
    [0.2, 0.8]
    """
    if text == "equal":
        return np.full(len(strategies), 1.0 / len(strategies))
    shares = dict.fromkeys(strategies, parse_rational("0"))
    for part in text.replace(",", " ").split():
        name, _, value = part.partition("=")
        require(name in shares, "parameters.start", text, f"shares of {', '.join(strategies)}, as in 'A=1/5 B=4/5'")
        shares[name] = parse_rational(value, name="parameters.start")
    good = min(shares.values()) >= 0 and sum(shares.values()) == 1
    require(good, "parameters.start", text, "shares >= 0 that sum to 1")
    return np.array([float(share) for share in shares.values()])


def _groups(points: Points) -> Iterator[Group]:
    """Groups small enough to tabulate: the split does not change what a point gets."""
    for whole in points.groups():
        most = points_at_a_time(whole.game)
        if len(whole.positions) <= most:
            yield whole
            continue
        for start in range(0, len(whole.positions), most):
            places = whole.positions[start : start + most]
            part = Points(points.specification, points.indices[places])
            for group in part.groups():
                yield Group(places[group.positions], group.game, group.settings)


def _ends(points: Points) -> tuple[Array, NDArray[np.bool_]]:
    """Where each point comes to rest, NaN where it does not."""
    wanted = points.specification
    start = start_of(wanted.settings["start"], tuple(wanted.game.strategies))
    shares = np.empty((len(points), start.size))
    rested = np.empty(len(points), dtype=np.bool_)
    for group in _groups(points):
        gains, others = differences(payoffs_of(group)), int(group.game.group_size) - 1
        matrix, affine = matrices(gains, others)
        for flag, table, co_players in ((True, matrix, 1), (False, gains, others)):
            some = np.flatnonzero(affine == flag)
            if some.size:
                places = group.positions[some]
                found = _follow(by_point(table[..., some]), co_players, start, group, some)
                shares[places], rested[places] = found
    shares[~rested] = np.nan
    return shares, rested


def _follow(
    tables: Array, others: int, start: Array, group: Group, some: NDArray[np.int64]
) -> tuple[Array, NDArray[np.bool_]]:
    """Long runs under each of the tables, of which all are matrices or none is."""
    counts = np.array(compositions(others, start.size))
    weights = weights_of(counts)
    replicator = group.settings["protocol"] == "replicator"
    if not replicator or others * np.log(start.size) > mean_kernels.LARGEST_LOG:
        return _follow_revisions(tables, counts, weights, start, group, some)
    ends, rested = np.empty((len(tables), start.size)), np.empty(len(tables), dtype=np.bool_)
    with np.errstate(divide="ignore"):
        logs = np.log(start)
    controls = np.array([TOLERANCE, REST_SPEED, MOST_STEPS])
    many_long_runs(tables, counts, weights, logs, controls, ends, rested)
    return ends, rested


def _follow_revisions(
    tables: Array, counts: NDArray[np.int64], weights: Array, start: Array, group: Group, some: NDArray[np.int64]
) -> tuple[Array, NDArray[np.bool_]]:
    """`_follow` under any protocol, or in groups so large that chances are taken through logarithms."""
    number, size = len(tables), start.size
    ends = np.empty((number, size + 4))
    rules = [_rule(group.settings, k) for k in some.tolist()]
    spread = np.ptp(tables, axis=2).max(axis=1)
    # in units of each point's own payoffs, so that time and speed of rest do not depend on the other points
    own = spread if rules[0].needs_payoffs else np.ones(number)
    own[own == 0.0] = 1.0
    scaled = tables / own[:, np.newaxis, np.newaxis]
    whole = np.concatenate([scaled, np.broadcast_to(weights[:, np.newaxis], (*scaled.shape[:2], 1))], axis=2)
    controls = np.array([1e-10, 1e-14, REST_SPEED, MOST_STEPS], dtype=np.float64)
    counts = _frozen(counts)
    distinct = {rule.key: rule for rule in rules}
    for key, rule in distinct.items():
        those = np.array([k for k, other in enumerate(rules) if other.key == key])
        part = np.empty((those.size, size + 4))
        samples = np.empty((those.size, 1, size))
        starts = np.tile(start, (those.size, 1))
        mean_kernels.many_runs(
            _frozen(whole[those]),
            counts,
            rule.array,
            starts,
            np.array([END_OF_TIME]),
            controls,
            samples,
            part,
        )
        ends[those] = part
    return ends[:, :size].copy(), ends[:, -1] == mean_kernels.AT_REST


def _frozen(array: Any) -> Any:
    """A read-only C-ordered array: the type that `dynamics.mean` passes, so that nothing is compiled again."""
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array


class _Rule:
    """A protocol as the kernels read it."""

    def __init__(self, protocol: Protocol) -> None:
        self.key = tuple(map(float, protocol.rule))
        self.array = np.array([self.key])
        self.array.setflags(write=False)
        self.needs_payoffs = not isinstance(protocol, Logit | Imitation)


def protocol_of(name: str, numbers: Mapping[str, float]) -> Protocol:
    """The protocol of this name, with these parameters."""
    if name == "replicator":
        return Replicator()
    if name == "logit":
        return Logit(temperature=numbers["temperature"])
    if name == "imitation":
        return Imitation(imitation_noise=numbers["imitation_noise"], mutation_rate=numbers["mutation_rate"])
    return Smith() if name == "smith" else BrownVonNeumannNash()


def _rule(settings: Mapping[str, Any], place: int) -> "_Rule":
    """The protocol of one point of a group."""
    numbers = {}
    for name in ("temperature", "imitation_noise", "mutation_rate"):
        value = settings[name]
        numbers[name] = float(value[place]) if hasattr(value, "shape") else to_float(as_floats(value))
    return _Rule(protocol_of(settings["protocol"], numbers))


def _present(shares: Array, rested: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Which strategies are there, as a sum of powers of 2; -1 where nothing rests."""
    codes = np.zeros(len(shares), dtype=np.int32)
    for i in range(shares.shape[1]):
        codes += np.where(shares[:, i] > PRESENT, 1 << i, 0).astype(np.int32)
    codes[~rested] = -1
    return codes


def _mean_payoffs(payoffs: Array, others: int, shares: Array) -> Array:
    """The population's mean payoff at each point: sums one term at a time, in Bernstein form."""
    splits = compositions(others, shares.shape[1])
    size = shares.shape[1]
    if others * np.log(size) > mean_kernels.LARGEST_LOG:
        return np.full(len(shares), np.nan)
    total = np.zeros(len(shares))
    for n, weight in enumerate(weights_of(np.array(splits)).tolist()):
        chance = np.full(len(shares), weight)
        for i in range(size):
            for _ in range(int(splits[n, i])):
                chance = chance * (size * shares[:, i])
        for i in range(size):
            total = total + chance * shares[:, i] * payoffs[n, i]
    return total
