"""Groups of learners of any kind in any kind of stage game, played event by event in compiled code."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.environment import require_count
from experiments.environment_batch import spawn_words
from experiments.environment_rules import MORE, Rules, rules_of, strategy_codes
from experiments.learners.policies import ActorCritic, CrossLearning, NaturalPolicyGradient, PolicyGradient, first_table
from experiments.learners.regrets import ExternalRegretMatching, FictitiousPlay, ProxyRegretMatching, RegretMatching
from experiments.learners.values import QLearning, Sarsa
from gametheory.errors import InvalidParameter, require

Learner = (
    QLearning
    | Sarsa
    | CrossLearning
    | PolicyGradient
    | NaturalPolicyGradient
    | ActorCritic
    | FictitiousPlay
    | ExternalRegretMatching
    | RegretMatching
    | ProxyRegretMatching
)
VALUES: Final = (QLearning, Sarsa)
POLICIES: Final = (CrossLearning, PolicyGradient, NaturalPolicyGradient, ActorCritic)
REGRETS: Final = (FictitiousPlay, ExternalRegretMatching, RegretMatching, ProxyRegretMatching)
LARGEST: Final = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class LearnerResult:
    """What learners did.

    Attributes
    ----------
    actions : tuple of str
        What each learner chose among, m strategies.
    strategies : tuple of str
        Those of the game, and what was added to them; the order of the others' composition in `joint`.
    shares : ndarray of float64, shape (replicates, learners, m)
        How often each action was played in the recorded rounds.
    rewards : ndarray of float64, shape (replicates, learners)
        Mean reward in the recorded rounds.
    path : ndarray of float64, shape (replicates, windows, m)
        How often each action was played by all learners, in consecutive windows of all rounds.
    opens : ndarray of int64, shape (windows,)
        The round that each window begins with.
    policies : ndarray of float64, shape (replicates, windows, m)
        Mean probability of each action in the first round of each window, of learners of policies and of regrets; zeros
        for learners of values.
    tables : ndarray of float64, shape (replicates, tables, states, m)
        At the end: estimates; probabilities (Cross learning) or their logarithms up to a constant; sums of payoffs or
        of regrets. One table a learner, or one for all.
    values : ndarray of float64, shape (replicates, tables, states)
        Values of states (actor-critic) or the baseline at the end.
    visits : ndarray of int64, shape (replicates, tables, states, m)
        How often learners of values learnt from each action; zeros for the others.
    joint : ndarray of int64, shape (replicates, learners, m, compositions)
        Recorded rounds by own action and the others' composition (`composition_index`); no column if not asked for.
    seed : int
        What the replicates' streams were spawned from.
    seconds : float
    agent_steps : int
        Choices made, all replicates and learners together.
    """

    actions: tuple[str, ...]
    strategies: tuple[str, ...]
    shares: NDArray[np.float64]
    rewards: NDArray[np.float64]
    path: NDArray[np.float64]
    opens: NDArray[np.int64]
    policies: NDArray[np.float64]
    tables: NDArray[np.float64]
    values: NDArray[np.float64]
    visits: NDArray[np.int64]
    joint: NDArray[np.int64]
    seed: int
    seconds: float
    agent_steps: int

    @property
    def greedy_actions(self) -> NDArray[np.int64]:
        """The action with the largest entry, the first of several, shape (replicates, tables, states)."""
        return np.asarray(self.tables.argmax(axis=3))

    def share_of(self, action: str) -> NDArray[np.float64]:
        """How often learners played `action`, mean over a group's learners, shape (replicates,).

        Raises
        ------
        InvalidParameter
            If it is none of their actions.
        """
        require(action in self.actions, "action", action, f"one of {self.actions}")
        return np.asarray(self.shares[..., self.actions.index(action)].mean(axis=1))


def run_learners(
    game: Any,
    learner: Learner,
    *,
    rounds: int,
    replicates: int,
    seed: int,
    burn_in: int = 0,
    uniform_rounds: int = 0,
    actions: Sequence[str] | None = None,
    co_players: Sequence[str] = (),
    one_table: bool = False,
    windows: int = 1,
    record_joint: bool = False,
    threads: int | None = None,
) -> LearnerResult:
    r"""Let the players that are not `co_players` learn what to be.

    Parameters
    ----------
    game : game or Environment
        Any kind but a table. It is played event by event; only fictitious play and full regret matching are also told
        its payoff table.
    learner : Learner
        What every learner is.
    rounds, burn_in, uniform_rounds : int
        Rounds recorded, >= 1; rounds of learning before those; and, for learners of values, rounds before all others in
        which every action is played at random.
    replicates : int
        Independent groups, >= 1.
    seed : int
        Replicate `i` gets the i-th stream spawned from it: the same bits for any number of replicates and threads.
    actions : sequence of str, optional
        Two or more of the game's strategies, and "DP" (punishing without contributing) where the game has punishers; by
        default all of the game's.
    co_players : sequence of str
        Strategies of the players that do not learn; the others, at least 1, do.
    one_table : bool
        Whether all learners of a group share one table, each learning from what every one of them does (learners of
        values and of policies). They still choose, and explore, independently.
    windows : int
        How many parts of equal length `path` has, from 1 to the number of rounds.
    record_joint : bool
        Whether to count own actions together with the others' composition.
    threads : int, optional
        At most so many; by default what numba uses.

    Returns
    -------
    LearnerResult

    Raises
    ------
    InvalidParameter
        If an argument is out of range, a reward lies outside the declared range of Cross learning, or the inertia of
        regret matching is too small.

    Notes
    -----
    Cost O(replicates * rounds * (N + m + acts)), where a punisher and its N - 1 targets make N - 1 acts.

    Examples
    --------
    Four punish with certainty and a fine of 1; a lone learner comes to contribute:

    >>> from experiments.learners.choice import EpsilonGreedy
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> found = run_learners(game, QLearning(choice=EpsilonGreedy(exploration=0.1)), rounds=1000, replicates=4, seed=1,
    ...                      uniform_rounds=50, actions=["C", "D"], co_players=["P"] * 4)
    >>> found.greedy_actions.ravel().tolist()
    [0, 0, 0, 0]
    """
    require(isinstance(learner, Learner), "learner", learner, "one of the learners of experiments.learners")
    for name, value, least in (
        ("rounds", rounds, 1),
        ("replicates", replicates, 1),
        ("seed", seed, 0),
        ("burn_in", burn_in, 0),
        ("uniform_rounds", uniform_rounds, 0),
        ("windows", windows, 1),
    ):
        require_count(value, name, least=least)
    rules, names, players = _players(game, actions, co_players)
    total = uniform_rounds + burn_in + rounds
    require(windows <= total, "windows", windows, f"at most the number of rounds, {total}")
    _check_options(learner, uniform_rounds, one_table)
    learners = rules.group_size - len(co_players)
    informed = learner.is_informed if isinstance(learner, REGRETS) else False
    places = _places(rules, informed or record_joint)
    head = [learners, int(one_table), int(getattr(learner, "memory", 0)), uniform_rounds, burn_in, rounds]
    plan = np.array([*head, int(record_joint), *places], dtype=np.int64)
    numbers, steps = learner.kernel_numbers(total * learners if one_table else total)
    payoffs = _counterfactuals(game, rules, names) if informed else np.zeros((len(names), 1))
    compositions = rules.group_size ** (len(rules.strategies) - 1) if record_joint else 0
    out = _outputs(learner, len(names), rules.group_size, learners, replicates, one_table, windows, compositions)
    started = perf_counter()
    with at_most(threads):
        _run(players, rules, plan, numbers, steps, payoffs, spawn_words(seed, replicates), out)
    return _result(out, names, rules, plan, seed, perf_counter() - started)


def composition_index(counts: Sequence[int], group_size: int) -> int:
    """The column of `joint` where the co-players split as `counts` among the strategies: sum of n_k N^k but the last.

    Examples
    --------
    >>> composition_index([2, 1, 1], 5)
    7
    """
    return sum(int(count) * group_size**place for place, count in enumerate(counts[:-1]))


@contextmanager
def at_most(threads: int | None) -> Iterator[None]:
    """Let kernels run with at most so many threads inside.

    Raises
    ------
    InvalidParameter
        If it is not between 1 and what numba was started with.
    """
    import numba

    if threads is None:
        yield
        return
    settings: Any = numba.config
    most = int(settings.NUMBA_NUM_THREADS)
    require_count(threads, "threads")
    require(threads <= most, "threads", threads, f"at most {most} (NUMBA_NUM_THREADS)")
    before = numba.get_num_threads()
    numba.set_num_threads(int(threads))
    try:
        yield
    finally:
        numba.set_num_threads(before)


def _players(
    game: Any, actions: Sequence[str] | None, co_players: Sequence[str]
) -> tuple[Rules, tuple[str, ...], NDArray[np.int64]]:
    """The rules, the actions' names, and the code of each player's every action, shape (N, m)."""
    listed = actions is None or (not isinstance(actions, str) and all(isinstance(a, str) for a in actions))
    require(listed, "actions", actions, "names of strategies")
    wanted = (*(actions or ()), *co_players)
    rules = rules_of(game, also=[name for name in MORE if name in wanted])
    names = tuple(rules.strategies if actions is None else actions)
    different = len(names) >= 2 and len(set(names)) == len(names) and set(names) <= set(rules.strategies)
    require(different, "actions", actions, f"two or more different ones of {rules.strategies}")
    n = rules.group_size
    known = not isinstance(co_players, str) and len(co_players) < n
    require(known, "co_players", co_players, f"at most {n - 1} strategies, so that somebody learns")
    own, fixed = strategy_codes(rules, names), strategy_codes(rules, co_players, name="co_players")
    learning = np.tile(own, (n - fixed.size, 1))
    return rules, names, np.concatenate([learning, np.tile(fixed[:, None], (1, own.size))]).astype(np.int64)


def _check_options(learner: Learner, uniform_rounds: int, one_table: bool) -> None:
    by_values = isinstance(learner, VALUES)
    require(by_values or uniform_rounds == 0, "uniform_rounds", uniform_rounds, "0 but for learners of values")
    require(isinstance(one_table, bool), "one_table", one_table, "True or False")
    shares = by_values or isinstance(learner, POLICIES)
    require(shares or not one_table, "one_table", one_table, "False: regrets belong to a player")


def _places(rules: Rules, needed: bool) -> list[int]:
    """What a co-player of each strategy adds to the index of the others' composition."""
    m, n = len(rules.strategies), rules.group_size
    if not needed:
        return [0] * m
    size = n ** (m - 1)
    require(size <= LARGEST, "game", f"{m} strategies and {n} players", f"of at most {LARGEST} compositions by N^(m-1)")
    return [n**place for place in range(m - 1)] + [0]


def _counterfactuals(game: Any, rules: Rules, names: tuple[str, ...]) -> NDArray[np.float64]:
    """The payoff table as informed learners read it: action by index of the others' composition."""
    from gametheory.compositions import compositions
    from gametheory.games import payoff_table

    known = set(names) <= set(getattr(game, "strategies", ())) and rules.strategies == tuple(game.strategies)
    require(known, "game", game, "a game whose payoff table has every action (to tell it to learners)")
    table = payoff_table(game)
    n, m = rules.group_size, len(rules.strategies)
    indices = [composition_index(row, n) for row in compositions(n - 1, m).tolist()]
    found = np.zeros((len(names), n ** (m - 1)))
    for place, name in enumerate(names):
        found[place, indices] = [float(v) for v in table.values[table.strategies.index(name)]]
    return found


def _outputs(
    learner: Learner, m: int, n: int, learners: int, replicates: int, one_table: bool, windows: int, compositions: int
) -> tuple[Any, ...]:
    """The arrays that kernels write to, in their order, with tables as they are at the start."""
    tables, states = 1 if one_table else learners, learner.number_of_states(m, n)
    table = np.zeros((replicates, tables, states, m))
    values = np.zeros((replicates, tables, states))
    if isinstance(learner, VALUES):
        first = np.asarray(learner.first_estimate, dtype=np.float64)
        require(first.shape in ((), (m,)), "first_estimate", learner.first_estimate, f"one number, or {m}")
        table[:] = first
    elif isinstance(learner, PolicyGradient | NaturalPolicyGradient):
        values[:] = learner.first_baseline
    elif isinstance(learner, ActorCritic):
        values[:] = learner.first_value
    if isinstance(learner, POLICIES):
        table[:] = first_table(learner, m)
    return (
        table,
        values,
        np.zeros(table.shape, dtype=np.int64),
        np.zeros((replicates, learners, m), dtype=np.int64),
        np.zeros((replicates, learners)),
        np.zeros((replicates, windows, m), dtype=np.int64),
        np.zeros((replicates, windows, m)),
        np.zeros((replicates, learners, m, compositions), dtype=np.int64),
        np.zeros((replicates, learners), dtype=np.int64),
        np.zeros((replicates, 1), dtype=np.int64),
    )


def _run(players: Any, rules: Rules, plan: Any, numbers: Any, steps: Any, payoffs: Any, words: Any, out: Any) -> None:
    from experiments.learners._learner_kernels import REWARD_OUT_OF_RANGE, TOO_LITTLE_INERTIA, many_groups_learn

    many_groups_learn(players, rules.numbers, plan, numbers, steps, payoffs, words, out)
    ends = out[-1]
    if (ends == REWARD_OUT_OF_RANGE).any():
        span = (numbers[3], numbers[3] + numbers[4])
        raise InvalidParameter("highest", span, "so large, and lowest so small, that every reward lies between them")
    if (ends == TOO_LITTLE_INERTIA).any():
        raise InvalidParameter("inertia", numbers[1], "larger: it leaves no probability to the last action")


def _result(
    out: Any, names: tuple[str, ...], rules: Rules, plan: NDArray[np.int64], seed: int, seconds: float
) -> LearnerResult:
    tables, values, visits, plays, earned, path, policies, joint, _, _ = out
    rounds, total = int(plan[5]), int(plan[3] + plan[4] + plan[5])
    windows = path.shape[1]
    return LearnerResult(
        actions=names,
        strategies=rules.strategies,
        shares=plays / rounds,
        rewards=earned / rounds,
        path=path / path.sum(axis=2, keepdims=True),
        opens=np.arange(windows, dtype=np.int64) * total // windows,
        policies=policies,
        tables=tables,
        values=values,
        visits=visits,
        joint=joint,
        seed=seed,
        seconds=seconds,
        agent_steps=total * earned.shape[0] * earned.shape[1],
    )
