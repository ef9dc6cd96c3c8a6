"""Published numbers beside ours: ``python examples/published_results.py [--lattice]``.

The table of docs/published-results.md, computed now; the page says where each number comes from. `--lattice` adds those
that take a minute of Monte Carlo.
"""

import sys
from collections.abc import Iterator
from fractions import Fraction
from math import sqrt

import numpy as np

from dynamics import Imitation, mean_dynamics, rest_points, trajectories
from dynamics.finite import (
    FinitePopulation,
    Fitness,
    Moran,
    PairwiseComparison,
    chain,
    exact_population_payoffs,
    fixation,
    small_mutation_limit,
    stationary_distribution,
)
from dynamics.structure import FermiImitation, SquareLattice, StructuredPopulation, evolve
from gametheory import OptionalGame, PublicGoodsGame, conditions, game_from_payoffs
from gametheory.algebra.roots import from_bernstein, roots_inside
from gametheory.returns import ReturnsGame, SynergyGame
from gametheory.threshold_games import CollectiveRiskGame, SnowdriftGame, StagHuntGame, ThresholdGame

Row = tuple[str, str, object, object]
EXAMPLE = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")


def main() -> None:
    rows = [*equilibria(), *optional(), *fixations(), *chains(), *random_games()]
    if "--lattice" in sys.argv[1:]:
        rows += lattices()
    width = max(len(row[1]) for row in rows)
    print(f"| id | what | published | ours |\n|---|{'-' * width}|---|---|")
    for name, what, published, ours in rows:
        print(f"| {name} | {what} | {shown(published)} | {shown(ours)} |")


def shown(value: object) -> str:
    if isinstance(value, list | tuple | np.ndarray):
        return ", ".join(shown(entry) for entry in value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def interior(game: object) -> list[float]:
    """The shares of contributors at rest points strictly between 0 and 1, rising."""
    points = [part.point for component in rest_points(game).components for part in component.parts]
    return sorted(float(point[0]) for point in points if 0 < float(point[0]) < 1)


def equilibria() -> Iterator[Row]:
    deterrence, fine = conditions(EXAMPLE)[:2]
    yield "APC-1", "least fine, N = 5, r = 3, all punish", "1/10", fine.threshold
    yield "PUN-2", "share of punishers from which defectors cannot invade", "1/10", deterrence.threshold
    pair = PublicGoodsGame(**{**fields(EXAMPLE), "strategies": ["P", "D"]})
    yield "PUN-1", "unstable share of punishers among defectors", 4 / 13, interior(pair)
    for risk, published in (
        ("1", [0.1214333336, 0.7356180923]),
        ("1/2", [0.1962670096, 0.6310500420]),
        ("3/10", [0.3422666281, 0.4596523988]),
        ("1/4", []),
    ):
        game = CollectiveRiskGame(group_size=6, threshold=3, risk=risk, contribution="1/10")
        yield "CRD-1", f"interior points, N = 6, m = 3, c = 0.1, risk {risk}", published, interior(game)
    high = ThresholdGame(group_size=7, threshold=5, benefit=1, contribution_cost="3/10")
    yield "CRD-2", "interior points, n = 7, k = 5, c = 0.3", [0.5808882011, 0.7456256467], interior(high)
    for size, published in ((2, 2 / 3), (3, 0.4417424305), (5, 0.2605710729)):
        yield (
            "SD-1",
            f"snowdrift, c/b = 1/2, N = {size}",
            published,
            interior(SnowdriftGame(group_size=size, benefit=2)),
        )
    yield "SYN-1", "N = 5, b = 8, w = 1/2", 0.2217205900, interior(SynergyGame(group_size=5, benefit=8, synergy="1/2"))
    counts = [
        len(interior(StagHuntGame(group_size=5, threshold=3, multiplication_factor=factor)))
        for factor in ("33/10", "331/100", "51/10")
    ]
    yield "SH-1", "interior points at r = 3.3, 3.31 (F* = 3.3069) and 5.1", [0, 2, 1], counts
    gains = [Fraction(-3, 32), Fraction(13, 96), Fraction(-13, 96), Fraction(3, 32)]
    benefits = [sum(gains[:k], Fraction(k)) for k in range(5)]
    yield "EQN-1", "three interior points", [0.25, 0.5, 0.75], interior(ReturnsGame(benefits=benefits))


def fields(game: PublicGoodsGame) -> dict[str, object]:
    return {name: getattr(game, name) for name in game.__dataclass_fields__}


def loners(size: int, factor: object) -> OptionalGame:
    stage = PublicGoodsGame(group_size=size, multiplication_factor=factor, strategies=["C", "D"])
    return OptionalGame(stage=stage, loner_payoff=1)


def optional() -> Iterator[Row]:
    for size, factor, published in ((5, 3, [0.2693301183778, 0.4613397632444]), (3, "5/2", [0.5, 0.25])):
        points = [part.point for component in rest_points(loners(size, factor)).components for part in component.parts]
        inside = [p for p in points if min(float(share) for share in p) > 0]
        ours = [[float(p[0]), float(p[2])] for p in inside]
        yield "OPT-2", f"interior point (C, L), N = {size}, r = {factor}", published, ours
    protocol = Imitation(imitation_noise=0.1, mutation_rate=0.02)
    limit = trajectories(mean_dynamics(loners(5, 3), protocol=protocol), [0.3, 0.3, 0.4], times=1e4).limits[0]
    yield "OPT-4", "imitation with exploration (C, D, L)", [0.2684660, 0.2702450, 0.4612891], limit
    four = OptionalGame(stage=EXAMPLE, loner_payoff=1, strategies=["C", "D", "L", "P"])
    exact = exact_population_payoffs(four, [10, 20, 30, 40], population_size=100)
    published = ["573495/418264", "-206705/3764376", "1", "1416293/1254792"]
    yield "HVF-1", "payoffs at (10, 20, 30, 40)", published, list(exact)
    linear = Moran(selection_strength=0.249, fitness=Fitness.LINEAR)
    shares = small_mutation_limit(FinitePopulation(four, 100), process=linear).shares
    yield "HVF-2", "long run of C, D, L, P", [0.141463999234, 0.0468363765745, 0.0871352084563, 0.724564415735], shares
    shares = small_mutation_limit(FinitePopulation(four, 30), process=Moran(selection_strength=1)).shares
    yield "HVF-6", "the same, exponential fitness, M = 30", [0.10825, 0.06557, 0.09604, 0.73014], shares


def fixations() -> Iterator[Row]:
    linear = Moran(selection_strength=1, fitness=Fitness.LINEAR)
    pair = FinitePopulation(game_from_payoffs([[1.1, 1.1], [1, 1]], ["A", "B"]), 100)
    rho = fixation(pair, resident="B", invader="A", process=linear).probability
    yield "FIX-1", "Moran, fitness 1.1, N = 100", 0.090915688271097, rho
    pair = FinitePopulation(game_from_payoffs([[1, -1], [2, 0]], ["C", "D"]), 50)
    rho = fixation(pair, resident="D", invader="C", process=Moran(selection_strength=0.1)).probability
    yield "FIX-2", "C into D, N = 50", 0.0006059821672805591, rho
    fermi = PairwiseComparison(selection_strength=1)
    risky = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution="1/10")
    rho = fixation(FinitePopulation(risky, 50), resident="C", invader="D", process=fermi).probability
    yield "FIX-3", "D among C, collective risk, Z = 50", 0.003682100470889826, rho
    pair = FinitePopulation(game_from_payoffs([[-0.5, 2], [0, 0]], ["A", "B"]), 100)
    rho = fixation(pair, resident="B", invader="A", process=fermi).probability
    yield "FIX-3", "0 into 1, Z = 100", 0.8641155742462664, rho
    rows = [[0.875, 0.75, 0, 2.75, 0.75], [1, 1, -1, -1, -1], [0, 2, 0, 0, 0], [-2, 2, 0, 0, 0], [1, 2, 0, 0, 0]]
    five = FinitePopulation(game_from_payoffs(rows, list("ABCDE")), 20)
    shares = small_mutation_limit(five, process=PairwiseComparison(selection_strength=0.1)).shares
    yield "FIX-4", "alpha-rank, m = 20", [0.40966787, 0.07959841, 0.20506998, 0.08505983, 0.2206039], shares


def chains() -> Iterator[Row]:
    population = FinitePopulation(loners(5, 3), 20)
    process = Moran(selection_strength=0.5)
    shares = small_mutation_limit(population, process=process).shares
    yield "SML-1", "C, D, L, M = 20, embedded", [0.35128927, 0.20750058, 0.44121016], shares
    links = chain(population, process=process, mutation_rate=1e-3)
    shares = stationary_distribution(links).mean_shares
    yield "SML-1", "the same, mutation 1e-3", [0.34896722, 0.2097385, 0.44129428], shares


def random_games() -> Iterator[Row]:
    rng = np.random.default_rng(20261121)
    for size, published in ((2, 0.5), (3, 0.7682955018), (4, 0.9793034597)):
        gains = rng.standard_normal((4000, 2, size))
        rows = [[Fraction(float(a - b)) for a, b in zip(*pair, strict=True)] for pair in gains]
        counts = np.array([len(roots_inside(from_bernstein(row))) for row in rows])
        ours = f"{counts.mean():.4f} ± {counts.std() / sqrt(len(counts)):.4f}"
        yield "EQN-2", f"expected number of interior points, {size} players", published, ours


def lattices() -> Iterator[Row]:
    """Sources divide fines and costs of the last two by the four others of a group."""
    update = FermiImitation(imitation_noise=0.5)
    settings = {"update": update, "burn_in": 5000, "sweeps": 20_000, "every": 20, "seed": 20261121}
    for factor, published in ((4.4, 0.7071), (5.0, 0.9300)):
        game = PublicGoodsGame(group_size=5, multiplication_factor=factor, strategies=["C", "D"])
        result = evolve(StructuredPopulation(game, SquareLattice(200)), **settings)
        ours = f"{result.mean_shares[0]:.4f} ± {result.standard_errors[0]:.4f}"
        yield "SPA-1", f"share of C on the lattice, r = {factor}", published, ours
    for fine, published in ((0.30, 0.595), (0.40, 0.979)):
        game = PublicGoodsGame(group_size=5, multiplication_factor=3.5, fine=fine / 4, punishment_cost=0.05)
        result = evolve(StructuredPopulation(game, SquareLattice(200)), **settings)
        ours = f"{result.mean_shares[2]:.4f} ± {result.standard_errors[2]:.4f}"
        yield "SPA-2", f"share of P on the lattice, r = 3.5, fine {fine}", published, ours


if __name__ == "__main__":
    main()
