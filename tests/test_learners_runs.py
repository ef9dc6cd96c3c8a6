"""Learners of every kind against slow, obvious ones; laws of the run; statistics; refusals."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from experiments.environment import environment_of
from experiments.learners import Boltzmann, EpsilonGreedy, Schedule, Steps, learn
from experiments.learners._learner_kernels import one_group_learns
from experiments.learners.policies import ActorCritic, CrossLearning, NaturalPolicyGradient, PolicyGradient
from experiments.learners.regrets import ExternalRegretMatching, FictitiousPlay, ProxyRegretMatching, RegretMatching
from experiments.learners.runs import Learner, LearnerResult, composition_index, run_learners
from experiments.learners.values import QLearning, Sarsa
from gametheory import InvalidParameter, PublicGoodsGame, StagHuntGame
from gametheory.compositions import compositions

# numbers of few bits: events and payoff function agree to the last one, and so on ties
GAME = PublicGoodsGame(group_size=4, multiplication_factor=2.5, fine=0.75, punishment_cost=0.25)
CONSTANT = Steps(rate=0.07, exponent=0)
FALLING = Steps(rate=0.9, exponent=0.6)
GREEDY = EpsilonGreedy(exploration=0.2)
WARM = Boltzmann(temperature=0.3)
LEARNERS: list[Learner] = [
    QLearning(choice=GREEDY, steps=FALLING, first_estimate=0.3),
    QLearning(choice=WARM, steps=CONSTANT),
    QLearning(choice=GREEDY, steps=CONSTANT, memory=1, discount_factor=0.8),
    QLearning(choice=WARM, steps=FALLING, memory=1, discount_factor=0.5),
    Sarsa(choice=GREEDY, steps=CONSTANT, discount_factor=0.8),
    Sarsa(choice=WARM, steps=FALLING, memory=0, discount_factor=0.5),
    Sarsa(choice=GREEDY, steps=FALLING, discount_factor=0.5),
    CrossLearning(lowest=-5, highest=5, steps=CONSTANT, first_policy=[0.3, 0.3, 0.4]),
    PolicyGradient(steps=CONSTANT, baseline_rate=0.1, first_baseline=0.5),
    NaturalPolicyGradient(steps=Steps(rate=0.01, exponent=0), first_policy=[0.2, 0.5, 0.3]),
    ActorCritic(steps=CONSTANT, first_value=1.0),
    ActorCritic(steps=FALLING, critic_steps=CONSTANT, memory=1, discount_factor=0.7, first_policy=[0.2, 0.5, 0.3]),
    FictitiousPlay(),
    ExternalRegretMatching(),
    RegretMatching(inertia=20),
    ProxyRegretMatching(inertia=5, exploration=Steps(rate=0.3, exponent=0.2)),
]
SHARING = [learner for learner in LEARNERS if not hasattr(learner, "is_informed")]


class Oracle:
    """One group, in plain Python: rewards from the payoff function, the same uniform numbers."""

    def __init__(self, learner: Learner, seed: int, *, learners: int, fixed: list[str], one_table: bool) -> None:
        self.learner, self.fixed, self.one_table = learner, fixed, one_table
        self.names = ["C", "D", "P"]
        self.draw = np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed).spawn(1)[0])).random
        self.learners, n = learners, GAME.group_size
        rows = learner.number_of_states(3, n)
        first: Any = 0.0
        if isinstance(learner, QLearning | Sarsa):
            first = learner.first_estimate
        elif not hasattr(learner, "is_informed"):
            first = np.array(getattr(learner, "first_policy", None) or [1 / 3] * 3)
            first = first if isinstance(learner, CrossLearning) else np.log(first)
        self.tables = np.zeros((1 if one_table else learners, rows, 3)) + first
        value = getattr(learner, "first_baseline", getattr(learner, "first_value", 0.0))
        self.values = np.full(self.tables.shape[:2], value)
        self.visits = np.zeros(self.tables.shape, dtype=int)
        self.policies = np.full((learners, 3), 1 / 3)
        self.log: list[list[int]] = []

    def state(self, i: int, acts: list[int]) -> int:
        if not getattr(self.learner, "memory", 0):
            return 0
        names = [self.names[a] for a in acts] + self.fixed
        return acts[i] * 4 + sum(name != "D" for j, name in enumerate(names) if j != i)

    def pick(self, i: int, table: int, state: int, t: int, last: int) -> int:
        row, learner = self.tables[table, state], self.learner
        if isinstance(learner, QLearning | Sarsa):
            u = self.numbers[i]
            if isinstance(learner.choice, EpsilonGreedy):
                if u < learner.choice.exploration:
                    return int(u / learner.choice.exploration * 3)
                ties = [a for a in range(3) if row[a] == row.max()]
                return ties[0 if len(ties) == 1 else int(self.draw() * len(ties))]
            weights = np.exp(row / learner.choice.temperature)
            return int((u > np.cumsum(weights / weights.sum())).sum())
        self.policies[i] = self.policy(i, row, t, last)
        return int((self.numbers[i] > np.cumsum(self.policies[i])[:-1]).sum())

    def policy(self, i: int, row: Any, t: int, last: int) -> Any:
        learner, even = self.learner, np.full(3, 1 / 3)
        if isinstance(learner, CrossLearning):
            return row.copy()
        if isinstance(learner, FictitiousPlay):
            best = row == row.max()
            return best / best.sum()
        if isinstance(learner, ExternalRegretMatching):
            positive = np.maximum(row, 0)
            return positive / positive.sum() if positive.sum() > 0 else even
        if isinstance(learner, RegretMatching | ProxyRegretMatching):
            if t == 0:
                return even
            moves = np.maximum(self.tables[i, last], 0) / (learner.inertia * t)
            if isinstance(learner, ProxyRegretMatching):
                explores = 0.3 * (t + 1) ** -0.2
                moves = (1 - explores) * np.minimum(moves, 0.5) + explores / 3
            moves[last] = 0
            moves[last] = 1 - moves.sum()
            return moves
        return np.exp(row) / np.exp(row).sum()

    def payoff(self, i: int, action: int, acts: list[int]) -> float:
        names = [self.names[a] for j, a in enumerate(acts) if j != i] + self.fixed
        return float(GAME.payoff(self.names[action], [names.count(s) for s in self.names]))

    def run(self, rounds: int) -> None:
        learner = self.learner
        acts = [int(self.draw() * 3) for _ in range(self.learners)] if getattr(learner, "memory", 0) else []
        states = [self.state(i, acts) for i in range(self.learners)]
        acts = acts or [0] * self.learners
        owed: list[tuple[int, int, int, float]] = []
        for t in range(rounds):
            tables = [0 if self.one_table else i for i in range(self.learners)]
            last = acts if t > 0 else [0] * self.learners
            self.numbers = [self.draw() for _ in range(self.learners)]
            acts = [self.pick(i, tables[i], states[i], t, last[i]) for i in range(self.learners)]
            if isinstance(learner, Sarsa):
                for i, (table, state, action, reward) in enumerate(owed):
                    following = self.tables[tables[i], states[i], acts[i]]
                    self.move(table, state, action, reward + learner.discount_factor * following)
            rewards = [self.payoff(i, acts[i], acts) for i in range(self.learners)]
            after = [self.state(i, acts) for i in range(self.learners)]
            owed = [(tables[i], states[i], acts[i], rewards[i]) for i in range(self.learners)]
            for i in range(self.learners):
                self.learn(i, t, tables[i], states[i], acts, rewards[i], after[i])
            states = after
            self.log.append(acts)

    def move(self, table: int, state: int, action: int, target: float) -> None:
        self.visits[table, state, action] += 1
        step = self.learner.steps.size(float(self.visits[table, state, action]))  # type: ignore[union-attr]
        self.tables[table, state, action] += step * (target - self.tables[table, state, action])

    def learn(self, i: int, t: int, table: int, state: int, acts: list[int], reward: float, after: int) -> None:
        learner, action = self.learner, acts[i]
        if isinstance(learner, Sarsa):
            return
        if isinstance(learner, QLearning):
            best = self.tables[table, after].max()
            self.move(table, state, action, reward + learner.discount_factor * best)
            return
        if isinstance(learner, ProxyRegretMatching):
            for b in {0, 1, 2} - {action}:
                self.tables[i, b, action] += self.policies[i, b] / self.policies[i, action] * reward
                self.tables[i, action, b] -= reward
            return
        if isinstance(learner, FictitiousPlay | ExternalRegretMatching | RegretMatching):
            row = action if isinstance(learner, RegretMatching) else 0
            own = 0.0 if isinstance(learner, FictitiousPlay) else self.payoff(i, action, acts)
            self.tables[i, row] += [self.payoff(i, b, acts) - own for b in range(3)]
            return
        step, chosen = float(learner.steps.size(t + 1.0)), np.eye(3)[action]
        if isinstance(learner, CrossLearning):
            self.tables[table, 0] += step * (reward + 5) / 10 * (chosen - self.tables[table, 0])
            return
        critic = getattr(learner, "baseline_rate", None)
        critic = float(learner.critic_steps.size(t + 1.0)) if isinstance(learner, ActorCritic) else critic
        discount = getattr(learner, "discount_factor", 0.0)
        error = reward + discount * self.values[table, after] - self.values[table, state]
        self.values[table, state] += critic * error
        direction = (
            chosen / self.policies[i] if isinstance(learner, NaturalPolicyGradient) else chosen - self.policies[i]
        )
        self.tables[table, state] += step * error * direction


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: type(learner).__name__)
@pytest.mark.parametrize("one_table", [False, True])
def test_a_learner_does_what_a_slow_and_obvious_one_does(learner: Learner, one_table: bool) -> None:
    if one_table and learner not in SHARING:
        return
    for seed in range(3):
        oracle = Oracle(learner, seed, learners=3, fixed=["P"], one_table=one_table)
        oracle.run(250)
        found = run_learners(
            GAME, learner, rounds=150, burn_in=100, replicates=1, seed=seed, co_players=["P"], one_table=one_table
        )

        assert np.allclose(found.tables[0], oracle.tables, rtol=1e-9, atol=1e-9)
        assert np.allclose(found.values[0], oracle.values, rtol=1e-9, atol=1e-9)
        played = np.array(oracle.log[100:])
        assert np.allclose(found.shares[0], [[(played[:, i] == a).mean() for a in range(3)] for i in range(3)])


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: type(learner).__name__)
def test_learners_do_the_same_with_any_number_of_threads_and_of_replicates(learner: Learner) -> None:
    def run(replicates: int, threads: int) -> LearnerResult:
        return run_learners(
            GAME, learner, rounds=200, replicates=replicates, seed=7, windows=3, record_joint=True, threads=threads
        )

    one, two, few = run(9, 1), run(9, 2), run(4, 2)

    for name in ("shares", "rewards", "path", "policies", "tables", "values", "visits", "joint"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
        assert np.array_equal(getattr(one, name)[:4], getattr(few, name))
    assert not np.array_equal(one.path[0], one.path[1])


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: type(learner).__name__)
def test_a_compiled_run_equals_its_python_source(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.learners import _learner_kernels

    def plainly(
        players: Any, rules: Any, plan: Any, numbers: Any, steps: Any, payoffs: Any, words: Any, out: Any
    ) -> None:
        with np.errstate(over="ignore"):
            own = tuple(array[0] for array in out[:-1])
            out[-1][0, 0] = one_group_learns.py_func(players, rules, plan, numbers, steps, payoffs, words[0], own)

    def run() -> LearnerResult:
        return run_learners(GAME, learner, rounds=60, replicates=1, seed=3, windows=2, record_joint=True)

    with np.errstate(over="ignore"):
        compiled = run()
    monkeypatch.setattr(_learner_kernels, "many_groups_learn", plainly)
    plain = run()

    for name in ("shares", "path", "visits", "joint"):
        assert np.array_equal(getattr(compiled, name), getattr(plain, name))
    assert np.allclose(compiled.tables, plain.tables, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("choice", [GREEDY, WARM])
def test_stateless_q_learners_have_the_long_run_shares_of_the_first_ones(choice: Boltzmann | EpsilonGreedy) -> None:
    game = PublicGoodsGame(group_size=3, multiplication_factor=2, fine=1, punishment_probability="1/5")
    schedule = Schedule(rounds=4000, burn_in=1000, replicates=100)
    older = learn(
        environment_of(game),
        actions=("C", "D"),
        co_players=["P"],
        choice=choice,
        steps=CONSTANT,
        schedule=schedule,
        seed=1,
    ).shares.mean(axis=1)
    newer = run_learners(
        game,
        QLearning(choice=choice, steps=CONSTANT),
        rounds=4000,
        burn_in=1000,
        replicates=100,
        seed=2,
        actions=["C", "D"],
        co_players=["P"],
    ).share_of("C")

    error = np.hypot(older.std(), newer.std()) / 10
    assert abs(older.mean() - newer.mean()) < 4 * error


def test_a_boltzmann_choice_of_two_is_made_with_its_logit_probability() -> None:
    learner = QLearning(choice=Boltzmann(temperature=0.25), steps=Steps(rate=1e-9, exponent=0), first_estimate=0.0)
    game = PublicGoodsGame(group_size=2, multiplication_factor=1.5)
    found = run_learners(game, learner, rounds=1, replicates=1, seed=1, actions=["C", "D"])
    assert found.agent_steps == 2
    # with visit-count steps and a fixed co-player the estimates are exact after one visit of each
    fixed = run_learners(
        game,
        QLearning(choice=Boltzmann(temperature=0.25)),
        rounds=20_000,
        burn_in=50,
        uniform_rounds=50,
        replicates=4,
        seed=2,
        actions=["C", "D"],
        co_players=["C"],
    )
    expected = 1 / (1 + np.exp(0.25 / 0.25))
    assert abs(fixed.shares[..., 0].mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / 80_000)
    assert fixed.tables.ravel().tolist() == pytest.approx([0.5, 0.75] * 4)


def test_the_joint_record_counts_every_round_by_own_action_and_composition() -> None:
    found = run_learners(
        GAME, QLearning(choice=EpsilonGreedy(exploration=1.0)), rounds=500, replicates=2, seed=1, record_joint=True
    )
    listed = [composition_index(row, 4) for row in compositions(3, 3).tolist()]

    assert found.joint.sum(axis=(2, 3)).tolist() == [[500] * 4] * 2
    assert np.array_equal(found.joint.sum(axis=3) / 500, found.shares)
    assert found.joint[..., listed].sum() == found.joint.sum()
    payoff = np.array([[float(GAME.payoff(s, row)) for row in compositions(3, 3).tolist()] for s in "CDP"])
    assert np.allclose((found.joint[..., listed] * payoff).sum(axis=(2, 3)) / 500, found.rewards)


def test_windows_cover_all_rounds_in_turn() -> None:
    found = run_learners(
        GAME, PolicyGradient(first_policy=[0.2, 0.3, 0.5]), rounds=70, burn_in=30, replicates=3, seed=1, windows=7
    )

    assert found.opens.tolist() == [0, 14, 28, 42, 57, 71, 85]
    assert np.allclose(found.path.sum(axis=2), 1)
    assert np.allclose(found.policies[:, 0], [0.2, 0.3, 0.5])


def test_uniform_rounds_play_every_action_alike() -> None:
    found = run_learners(
        GAME,
        QLearning(choice=EpsilonGreedy(exploration=1e-6)),
        rounds=1,
        uniform_rounds=3000,
        replicates=4,
        seed=1,
        windows=1,
    )
    assert np.abs(found.path.mean(axis=0) - 1 / 3).max() < 4 * np.sqrt(2 / 9 / 48_000) + 1e-3


def test_punishing_without_contributing_is_an_action_where_there_are_punishers() -> None:
    lone = PublicGoodsGame(group_size=2, multiplication_factor=1.5, fine=1, punishment_cost="1/4")
    found = run_learners(
        lone,
        QLearning(choice=EpsilonGreedy(exploration=1.0)),
        rounds=50,
        replicates=2,
        seed=1,
        actions=["P", "DP"],
        co_players=["D"],
    )
    assert np.allclose(found.tables, [-0.25 - 0.25, -0.25])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("learner", {"learner": GREEDY}),
        ("rounds", {"rounds": 0}),
        ("replicates", {"replicates": 0}),
        ("seed", {"seed": -1}),
        ("burn_in", {"burn_in": -1}),
        ("windows", {"windows": 11}),
        ("windows", {"windows": 0}),
        ("threads", {"threads": 0}),
        ("threads", {"threads": 10_000}),
        ("actions", {"actions": ["C"]}),
        ("actions", {"actions": ["C", "C"]}),
        ("actions", {"actions": ["C", "X"]}),
        ("actions", {"actions": "CD"}),
        ("co_players", {"co_players": ["C"] * 4}),
        ("co_players", {"co_players": ["X"]}),
        ("uniform_rounds", {"uniform_rounds": 1, "learner": PolicyGradient()}),
        ("one_table", {"one_table": True, "learner": FictitiousPlay()}),
        ("one_table", {"one_table": 1}),
        ("first_policy", {"learner": PolicyGradient(first_policy=[0.5, 0.5])}),
        ("highest", {"learner": CrossLearning(lowest=0, highest=0.1)}),
        ("inertia", {"learner": RegretMatching(inertia=1e-3)}),
        ("game", {"learner": FictitiousPlay(), "actions": ["P", "DP"]}),
        ("game", {"game": 3}),
    ],
)
def test_a_run_is_refused_by_name(name: str, change: dict[str, Any]) -> None:
    good: dict[str, Any] = {"game": GAME, "learner": LEARNERS[0], "rounds": 10, "replicates": 2, "seed": 1}
    arguments = {**good, **change}
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        run_learners(arguments.pop("game"), arguments.pop("learner"), **arguments)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("choice", lambda: QLearning(choice=3)),  # type: ignore[arg-type]
        ("memory", lambda: QLearning(choice=GREEDY, memory=2)),
        ("memory", lambda: ActorCritic(memory=-1)),
        ("discount_factor", lambda: Sarsa(choice=GREEDY, discount_factor=1.0)),
        ("first_estimate", lambda: Sarsa(choice=GREEDY, first_estimate=float("nan"))),
        ("highest", lambda: CrossLearning(lowest=1, highest=1)),
        ("first_policy", lambda: CrossLearning(lowest=0, highest=1, first_policy=[0.5, 0.6])),
        ("first_policy", lambda: PolicyGradient(first_policy=[1.0, 0.0])),
        ("baseline_rate", lambda: PolicyGradient(baseline_rate=1.5)),
        ("first_baseline", lambda: NaturalPolicyGradient(first_baseline=float("inf"))),
        ("first_value", lambda: ActorCritic(first_value=float("nan"))),
        ("inertia", lambda: RegretMatching(inertia=0)),
        ("inertia", lambda: ProxyRegretMatching(inertia=float("inf"))),
        ("exploration", lambda: ProxyRegretMatching(inertia=1, exploration=Steps())),
    ],
)
def test_a_learner_outside_its_domain_is_refused_by_name(name: str, make: Callable[[], Any]) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        make()


def test_a_game_with_too_many_compositions_is_refused_where_they_are_needed() -> None:
    large = StagHuntGame(group_size=3000, threshold=2, multiplication_factor=3)
    with pytest.raises(InvalidParameter, match=r"^action must be one of"):
        run_learners(large, QLearning(choice=GREEDY), rounds=1, replicates=1, seed=1).share_of("P")
    huge = PublicGoodsGame(group_size=3000, multiplication_factor=3)
    with pytest.raises(InvalidParameter, match=r"^game must be of at most"):
        run_learners(huge, QLearning(choice=GREEDY), rounds=1, replicates=1, seed=1, record_joint=True)
