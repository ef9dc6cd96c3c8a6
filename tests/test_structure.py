"""Structures, tables by code, and kernels against slow, obvious Python."""

from fractions import Fraction
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamics.finite import Fitness
from dynamics.structure import (
    DeathBirth,
    FermiImitation,
    Neighborhood,
    SquareLattice,
    StructuredPopulation,
    block,
    evolve,
    network,
    player_payoffs,
    simulate_fixation,
    stripes,
)
from dynamics.structure._lattice_kernels import lattice_steps
from dynamics.structure._network_kernels import network_steps
from dynamics.structure.stages import Stage, lattice_rule, starting
from gametheory import InvalidParameter, NotConverged, PublicGoodsGame, game_from_payoffs
from gametheory.testing import games_of

from ._structures import (
    MOORE,
    VON_NEUMANN,
    cycle,
    exact_chain,
    fixation_from_one,
    lattice_neighbors,
    random_game,
    slow_lattice,
    total_payoff,
)

FERMI = FermiImitation(imitation_noise=0.5)
STAR = {0: [1, 2, 3], 1: [0, 2], 2: [0, 1], 3: [0]}
GAMES = {size: random_game(size, "CDP", size) for size in (2, 3, 4, 5, 9)}


def pairs() -> dict[int, Any]:
    return {size: random_game(size, "CD", 10 + size) for size in (2, 3, 4)}


# Structures.


def test_a_lattice_is_the_graph_of_its_neighborhoods() -> None:
    for steps, neighborhood in ((VON_NEUMANN, Neighborhood.VON_NEUMANN), (MOORE, Neighborhood.MOORE)):
        graph = SquareLattice(4, neighborhood).network
        listed = [graph.neighbors[graph.starts[v] : graph.starts[v + 1]].tolist() for v in range(16)]
        assert listed == lattice_neighbors(4, steps)
        packed = graph.packed
        assert [packed[packed[v] : packed[v + 1]].tolist() for v in range(16)] == listed


def test_a_networkx_graph_is_read_with_its_names() -> None:
    networkx = pytest.importorskip("networkx")
    grid = networkx.grid_2d_graph(5, 5, periodic=True)

    graph = network(grid)

    assert graph.vertices == tuple(grid)
    assert set(graph.degrees.tolist()) == {4}
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    players = np.random.default_rng(1).integers(0, 2, 25)
    ours = player_payoffs(StructuredPopulation(game, grid), players)
    lattice = player_payoffs(StructuredPopulation(game, SquareLattice(5)), players.reshape(5, 5))
    assert np.allclose(ours, lattice.ravel(), atol=1e-12)
    with pytest.raises(InvalidParameter, match=r"^graph must be a simple graph"):
        network(networkx.MultiGraph([(0, 1), (0, 1)]))
    with pytest.raises(InvalidParameter, match=r"^graph must be undirected"):
        network(networkx.DiGraph([(0, 1)]))


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        ({0: [1], 1: [0], 2: []}, "without isolated vertices"),
        ({0: [0, 1], 1: [0]}, "without loops"),
        ({0: [1], 1: [2], 2: [1]}, "undirected"),
        ({0: [1, 1], 1: [0]}, "without parallel edges"),
        ({0: [7]}, "two or more vertices"),
        ({0: [7], 1: [0]}, "undirected"),
        ([[1], [0]], "a networkx graph, or a mapping"),
    ],
)
def test_graphs_that_are_no_structures_are_refused(graph: Any, expected: str) -> None:
    with pytest.raises(InvalidParameter, match=f"^graph must be {expected}"):
        network(graph)


@pytest.mark.parametrize("side", [2, 2**14 + 1, 3.0, "3", None])
def test_sides_outside_their_domain_are_refused(side: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"^side must be an integer from 3"):
        SquareLattice(side)


# Payoffs.


@given(seed=st.integers(0, 2**32), names=st.sampled_from(["CD", "CDP", "CDLP", "ABCDE"]), moore=st.booleans())
@settings(max_examples=25)
def test_a_player_earns_what_a_recount_of_its_groups_gives_on_a_lattice(seed: int, names: str, moore: bool) -> None:
    steps, neighborhood = (MOORE, Neighborhood.MOORE) if moore else (VON_NEUMANN, Neighborhood.VON_NEUMANN)
    game = random_game(len(steps) + 1, names, seed)
    side = 3 + seed % 3
    players = np.random.default_rng(seed).integers(0, len(names), (side, side))

    ours = player_payoffs(StructuredPopulation(game, SquareLattice(side, neighborhood)), players)

    around = lattice_neighbors(side, steps)
    slow = [total_payoff(lambda _: game, around, players.ravel().tolist(), v) for v in range(side**2)]
    assert np.allclose(ours.ravel(), slow, atol=1e-12)


@given(data=st.data(), game=games_of(group_sizes=(2, 3, 4)))
@settings(max_examples=25, deadline=None)
def test_a_player_earns_what_a_recount_gives_in_any_game_on_a_complete_graph(data: Any, game: Any) -> None:
    size = int(game.group_size)
    graph = {v: [w for w in range(size) if w != v] for v in range(size)}
    players = data.draw(st.lists(st.integers(0, len(game.strategies) - 1), min_size=size, max_size=size))

    ours = player_payoffs(StructuredPopulation(game, graph), players)

    slow = [total_payoff(lambda _: game, list(graph.values()), players, v) for v in range(size)]
    assert np.allclose(ours, slow, rtol=1e-12, atol=1e-9 * max(1.0, max(map(abs, slow))))


def test_groups_of_different_sizes_play_each_its_own_game() -> None:
    population = StructuredPopulation(GAMES, STAR)
    for seed in range(10):
        players = np.random.default_rng(seed).integers(0, 3, 4)
        slow = [total_payoff(GAMES.__getitem__, list(STAR.values()), players.tolist(), v) for v in range(4)]
        assert np.allclose(player_payoffs(population, players), slow, atol=1e-12)
    called = StructuredPopulation(lambda size: GAMES[size], STAR)
    assert np.array_equal(called.payoffs, population.payoffs)
    assert np.array_equal(called.moves, population.moves)


def test_groups_of_many_players_and_strategies_have_their_place() -> None:
    game = random_game(13, "ABCDEF", 1)
    hub = {0: list(range(1, 13)), **{v: [w for w in range(13) if w != v] for v in range(1, 13)}}
    players = np.random.default_rng(2).integers(0, 6, 13)

    ours = player_payoffs(StructuredPopulation(game, hub), players)

    assert np.allclose(ours, [total_payoff(lambda _: game, list(hub.values()), players.tolist(), v) for v in range(13)])


def test_what_one_game_cannot_serve_is_refused() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    with pytest.raises(InvalidParameter, match=r"^group_size must be 9, the size of a closed neighborhood"):
        StructuredPopulation(game, SquareLattice(4, Neighborhood.MOORE))
    with pytest.raises(InvalidParameter, match=r"^game must be a mapping with a game for groups of 4"):
        StructuredPopulation({2: GAMES[2], 3: GAMES[3]}, STAR)
    mixed = {2: random_game(2, "CD", 1), 3: GAMES[3], 4: GAMES[4]}
    with pytest.raises(InvalidParameter, match=r"^game must be of the same strategies"):
        StructuredPopulation(mixed, STAR)
    with pytest.raises(InvalidParameter, match=r"^game must be with at most 65536 codes on a lattice"):
        StructuredPopulation(random_game(9, "ABCDEFGH", 1), SquareLattice(4, Neighborhood.MOORE))
    population = StructuredPopulation(game, SquareLattice(4))
    for players in (np.zeros(16, dtype=int), np.full((4, 4), 2), np.full((4, 4), -1), np.zeros((4, 4))):
        with pytest.raises(InvalidParameter, match=r"^players must be integers of shape \(4, 4\)"):
            player_payoffs(population, players)


def test_stripes_and_blocks_lie_where_they_should() -> None:
    population = StructuredPopulation(GAMES[5], SquareLattice(7))

    assert stripes(population, ["C", "P", "D"])[3].tolist() == [0, 0, 0, 2, 2, 1, 1]
    inside = block(population, inside="D", outside="P", width=3)
    assert set(map(tuple, np.argwhere(inside == 1).tolist())) == {(r, c) for r in (2, 3, 4) for c in (2, 3, 4)}
    assert (inside != 1).sum() == (inside == 2).sum() == 40
    with pytest.raises(InvalidParameter, match=r"^strategy must be one of"):
        stripes(population, ["C", "X"])
    with pytest.raises(InvalidParameter, match=r"^width must be"):
        block(population, inside="D", outside="P", width=8)
    with pytest.raises(InvalidParameter, match=r"^population must be on a SquareLattice"):
        stripes(StructuredPopulation(GAMES, STAR), ["C"])


# Kernels.


def stage_of(population: StructuredPopulation, update: Any, rate: float, seed: int) -> tuple[Stage, Any, Any]:
    states, players = starting(population, None, 1, seed)
    return Stage(population, update, rate, 1, states, players), states, players


@pytest.mark.parametrize("rate", [0.0, 0.1])
@pytest.mark.parametrize(("side", "moore", "names"), [(3, False, "CD"), (4, True, "CDP"), (7, False, "ABCDE")])
def test_a_compiled_lattice_equals_its_python_source_and_a_recount(
    side: int, moore: bool, names: str, rate: float
) -> None:
    lattice = SquareLattice(side, Neighborhood.MOORE if moore else Neighborhood.VON_NEUMANN)
    game = random_game(lattice.degree + 1, names, 3)
    population = StructuredPopulation(game, lattice)
    for seed in range(2):
        stage, states, players = stage_of(population, FERMI, rate, seed)
        words = np.random.SFC64(np.random.SeedSequence(seed).spawn(1)[0])
        np.random.Generator(words).random(side**2)  # what the start has used
        both = []
        for kernel in (lattice_steps, lattice_steps.py_func):
            cells, state = stage.codes[0].copy(), states[0].copy()
            counts = np.bincount(players.ravel(), minlength=len(names))
            with np.errstate(over="ignore"):
                kernel(cells, stage.offsets, population.payoffs, stage.moves, stage.rule, 300, counts, state)
            both.append((cells.tolist(), counts.tolist(), state.tolist()))
            inner = cells[2:-2, 2:-2]
            kinds = inner & ((1 << population.bits) - 1)
            assert np.array_equal(np.pad(inner, 2, mode="wrap"), cells)
            assert np.array_equal(population.codes(kinds)[0], inner.ravel())
            assert counts.tolist() == np.bincount(kinds.ravel(), minlength=len(names)).tolist()
        assert both[0] == both[1]
        slow = slow_lattice(game, lattice, players[0], noise=0.5, mutation_rate=rate, steps=300, words=words)
        assert np.array_equal(slow, kinds)
        assert both[0][2] == words.state["state"]["state"].tolist()


def test_a_kernel_is_told_at_which_gap_each_256th_is_the_chance_of_imitation() -> None:
    rule = lattice_rule(0.5, 0.25)

    assert rule[:2].tolist() == [0.5, 0.25]
    assert np.allclose(1 / (1 + np.exp(rule[3:-1] / 0.5)), np.arange(1, 256) / 256, rtol=1e-13)
    assert rule[[2, -1]].tolist() == [np.inf, -np.inf]


@pytest.mark.parametrize(
    "update",
    [
        FERMI,
        DeathBirth(selection_strength=0.05),
        DeathBirth(selection_strength=0.5, fitness=Fitness.EXPONENTIAL),
    ],
)
def test_a_compiled_graph_equals_its_python_source(update: Any) -> None:
    population = StructuredPopulation(GAMES, STAR)
    for seed in range(3):
        stage, states, players = stage_of(population, update, 0.1, seed)
        both = []
        for kernel in (network_steps, network_steps.py_func):
            codes, state, counts = stage.codes[0].copy(), states[0].copy(), np.bincount(players[0], minlength=3)
            with np.errstate(over="ignore"):
                made = kernel(codes, stage.graph, population.payoffs, population.moves, stage.rule, 200, counts, state)
            both.append((codes.tolist(), counts.tolist(), state.tolist(), made))
            kinds = codes & 3
            assert np.array_equal(population.codes(kinds)[0], codes)
            assert counts.tolist() == np.bincount(kinds, minlength=3).tolist()
        assert both[0] == both[1]


def test_a_run_is_the_same_on_any_number_of_threads_beside_any_others_and_with_any_snapshots() -> None:
    for structure in (SquareLattice(12), SquareLattice(12).network):
        population = StructuredPopulation(GAMES[5], structure)

        def run(runs: int, population: StructuredPopulation = population, **more: Any) -> Any:
            return evolve(population, update=FERMI, sweeps=20, runs=runs, seed=5, mutation_rate=0.01, **more)

        many = run(5)
        threads = numba.get_num_threads()
        numba.set_num_threads(1)
        try:
            alone = run(5)
            fewer = run(2, snapshots=[0, 3, 20])
        finally:
            numba.set_num_threads(threads)

        assert np.array_equal(many.counts, alone.counts)
        assert np.array_equal(many.final, alone.final)
        assert np.array_equal(many.counts[:2], fewer.counts)
        assert np.array_equal(fewer.snapshots[:, -1], fewer.final)
        assert np.array_equal(many.final[:2], fewer.final)
        for place, time in enumerate((0, 3, 20)):
            for row, seen in zip(fewer.counts[:, time], fewer.snapshots[:, place], strict=True):
                assert row.tolist() == np.bincount(seen.ravel(), minlength=3).tolist()


# All states of tiny populations.


def compare_with_chain(population: StructuredPopulation, neighbors: Any, family: Any, update: Any, rate: float) -> None:
    """How often each state is seen after some sweeps, in 40000 runs, against the chain's power."""
    states, matrix = exact_chain(family, neighbors, update, rate)
    runs, sweeps, size = 40_000, 2, population.size
    kinds = len(population.strategies)
    start = np.arange(size) % kinds
    result = evolve(
        population,
        update=update,
        sweeps=sweeps,
        runs=runs,
        seed=20250101,
        mutation_rate=rate,
        start=start.reshape(population.shape),
    )
    here = np.zeros(len(states))
    here[states.index(tuple(start.tolist()))] = 1
    exact = here @ np.linalg.matrix_power(matrix, sweeps * size)
    numbers = result.final.reshape(runs, size) @ (kinds ** np.arange(size - 1, -1, -1))
    seen = np.bincount(numbers, minlength=len(states)) / runs
    errors = np.sqrt(exact * (1 - exact) / runs)
    often = exact * runs > 20
    assert np.all(np.abs(seen - exact)[often] < 4.5 * errors[often])  # up to 512 comparisons
    assert seen[~often].sum() < exact[~often].sum() + 4 * np.sqrt(exact[~often].sum() / runs) + 1 / runs


@pytest.mark.parametrize("rate", [0.0, 0.2])
def test_a_lattice_of_nine_sites_visits_its_512_states_as_its_chain_says(rate: float) -> None:
    game = random_game(5, "CD", 8)
    population = StructuredPopulation(game, SquareLattice(3))
    compare_with_chain(population, lattice_neighbors(3), lambda _: game, FermiImitation(imitation_noise=2), rate)


def test_eight_neighbors_of_nine_sites_are_a_complete_graph() -> None:
    game = random_game(9, "CD", 4)
    population = StructuredPopulation(game, SquareLattice(3, Neighborhood.MOORE))
    compare_with_chain(population, lattice_neighbors(3, MOORE), lambda _: game, FermiImitation(imitation_noise=5), 0.1)


@pytest.mark.parametrize("rate", [0.0, 0.2])
@pytest.mark.parametrize(
    "update",
    [
        FermiImitation(imitation_noise=1),
        DeathBirth(selection_strength=0.05),
        DeathBirth(selection_strength=1, fitness=Fitness.EXPONENTIAL),
    ],
)
def test_a_graph_of_four_vertices_visits_its_81_states_as_its_chain_says(update: Any, rate: float) -> None:
    compare_with_chain(StructuredPopulation(GAMES, STAR), list(STAR.values()), GAMES.__getitem__, update, rate)


def test_linear_fitness_is_one_less_w_plus_w_times_the_payoff() -> None:
    values = np.random.default_rng(2).uniform(0, 1, (2, 3))
    game = game_from_payoffs(values, ["C", "D"], group_size=3)
    ring = cycle(5)
    update = DeathBirth(selection_strength=0.95)
    compare_with_chain(StructuredPopulation(game, ring), list(ring.values()), lambda _: game, update, 0.1)


@pytest.mark.parametrize(
    "update", [FermiImitation(imitation_noise=1), DeathBirth(selection_strength=0.5, fitness=Fitness.EXPONENTIAL)]
)
def test_one_invader_takes_over_as_often_as_linear_equations_say(update: Any) -> None:
    family = pairs()
    exact = fixation_from_one(*exact_chain(family.__getitem__, list(STAR.values()), update), resident=1, invader=0)

    mutant = simulate_fixation(
        StructuredPopulation(family, STAR), update=update, resident="D", invader="C", runs=40_000, seed=3
    )

    assert abs(mutant.probability - exact) < 4 * mutant.standard_error


def test_fates_are_the_same_on_any_number_of_threads_and_runs_that_end_nowhere_are_told() -> None:
    population = StructuredPopulation(pairs(), STAR)
    threads = numba.get_num_threads()

    def fates(**more: Any) -> Any:
        return simulate_fixation(population, update=FERMI, resident="D", invader="C", runs=300, seed=9, **more)

    many = fates()
    numba.set_num_threads(1)
    try:
        alone = fates()
    finally:
        numba.set_num_threads(threads)
    assert np.array_equal(many.fates, alone.fates)
    assert many.undecided == 0
    cut = fates(max_sweeps=1)
    assert cut.undecided > 0
    with pytest.raises(NotConverged, match=f"^{cut.undecided} runs met the limit of steps; raise max_sweeps"):
        cut.probability  # noqa: B018
    good: dict[str, Any] = {"update": FERMI, "resident": "D", "invader": "C", "runs": 2, "seed": 1}
    for name, value in (("runs", 0), ("seed", -1), ("max_sweeps", 0), ("invader", "D")):
        with pytest.raises(InvalidParameter, match=f"^{name} must be "):
            simulate_fixation(population, **{**good, name: value})


# GRA-1: death-birth on a cycle, weak selection.


def interval_fixation(payoff: Any, size: int, w: Any) -> Any:
    """Exact chance that one C takes over a cycle under death-birth updating with fitness 1 - w + w P.

    The C are always an interval, at 0 ... k - 1. One more of them needs the death of a D next to an end, of which
    there are two but for k = N - 1, and that its neighbor in the interval wins; one less the same of an end.
    """
    product, total = w**0, w**0
    for k in range(1, size):
        players = [0] * k + [1] * (size - k)
        fitness = [1 - w + w * payoff(players, v) for v in range(size)]
        up = 2 * fitness[k - 1] / (fitness[k - 1] + fitness[k + 1]) if k < size - 1 else 1
        down = 2 * fitness[-1] / (fitness[-1] + fitness[1]) if k > 1 else 1
        product = product * down / up
        total += product
    return 1 / total


def cycle_payoff(game: Any, size: int) -> Any:
    def payoff(players: list[int], v: int) -> Any:
        total = 0
        for leader in (v - 1, v, v + 1):
            group = [(leader + step) % size for step in (-1, 0, 1)]
            others = [players[member] for member in group if member != v % size]
            total += game.payoff("CD"[players[v]], (others.count(0), others.count(1)))
        return total

    return payoff


def critical_factor(size: int) -> Fraction:
    """r at which C and D are equally likely to take over a cycle, to first order in w, exactly."""
    excess = []
    for r in (1, 2):  # the log of the ratio of fixation chances is affine in r
        game = PublicGoodsGame(group_size=3, multiplication_factor=r, strategies=["C", "D"])
        payoff = cycle_payoff(game, size)
        total = Fraction(0)
        for k in range(1, size):
            players = [0] * k + [1] * (size - k)
            # d/dw of log(up / down): up = f / (f + g) has derivative (P_f - P_g) / 4 about 1/2, none where it is 1
            if size - k > 1:
                total += (payoff(players, k - 1) - payoff(players, k + 1)) / 2
            if k > 1:
                total -= (payoff(players, size - 1) - payoff(players, 1)) / 2
        excess.append(total)
    return 1 - excess[0] / (excess[1] - excess[0])


def test_the_chain_of_intervals_is_the_chain_of_all_states() -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=2, strategies=["C", "D"])
    w = 0.1

    chain = exact_chain(lambda _: game, list(cycle(6).values()), DeathBirth(selection_strength=w))

    exact = interval_fixation(cycle_payoff(game, 6), 6, Fraction(1, 10))
    assert abs(fixation_from_one(*chain, resident=1, invader=0) - exact) < 1e-12


@pytest.mark.parametrize("r", [1.5, 2.25, 3])
def test_simulated_fixation_on_a_cycle_agrees_with_the_chain_of_intervals(r: float) -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=r, strategies=["C", "D"])
    exact = interval_fixation(cycle_payoff(game, 10), 10, 0.1)

    mutant = simulate_fixation(
        StructuredPopulation(game, cycle(10)),
        update=DeathBirth(selection_strength=0.1),
        resident="D",
        invader="C",
        runs=100_000,
        seed=6,
    )

    assert abs(mutant.probability - exact) < 4 * mutant.standard_error
    assert mutant.standard_error < 0.0011


@pytest.mark.parametrize("size", [5, 6, 10, 40])
def test_contributing_is_favored_on_a_cycle_above_nine_fifths_and_more_in_small_ones(size: int) -> None:
    exact = critical_factor(size)

    assert exact == Fraction(9 * (size - 2), 5 * size - 18)  # (k + 1)^2 (N - 2) / ((k + 3) N - 2 (k + 1)^2), k = 2
    assert exact > Fraction(9, 5)
    assert abs(exact - Fraction(9, 5)) < Fraction(15, size - 4)


def test_the_limit_of_large_cycles_is_nine_fifths() -> None:
    assert abs(critical_factor(400) - Fraction(9, 5)) < Fraction(1, 100)


def test_the_threshold_of_a_cube_is_what_the_formula_for_graphs_without_triangles_gives() -> None:
    cube = {v: [v ^ 1, v ^ 2, v ^ 4] for v in range(8)}
    k, size = 3, 8
    critical = (k + 1) ** 2 * (size - 2) / ((k + 3) * size - 2 * (k + 1) ** 2)
    lead = []
    for r in (critical - 0.1, critical + 0.1):
        game = PublicGoodsGame(group_size=4, multiplication_factor=r, strategies=["C", "D"])
        chain = exact_chain({4: game}.__getitem__, list(cube.values()), DeathBirth(selection_strength=1e-4))
        lead.append(fixation_from_one(*chain, resident=1, invader=0) - fixation_from_one(*chain, resident=0, invader=1))

    assert critical == 6
    assert lead[0] < 0 < lead[1]
    assert abs(lead[0] + lead[1]) < 0.05 * (lead[1] - lead[0])  # the zero is in the middle
