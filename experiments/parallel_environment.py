r"""The iterated public goods game, with any kind of punishment, as a PettingZoo parallel environment.

Any library that trains agents on PettingZoo's parallel interface can be pointed at it. Needs the extra [environment].
The rounds are those of `experiments.environment_batch`: event by event, never by the payoff function.

One stage a round (`stages="one"`): an action is a strategy of the game. Two stages (`stages="two"`, linear games and
those with peer punishment): in every other step all contribute or not, and in the steps between each punishes each
other, as hard as it likes.

Everything is relative to the agent: itself first, then its co-players in the order in which they follow it, the first
agent after the last. So agents may share one policy.

============ ================================================ ==========================================================
stages       action space                                     observation space
============ ================================================ ==========================================================
"one"        ``Discrete(m)``: a strategy                      ``MultiDiscrete([m + 1] * N)``: what each did in the last
                                                              round; m if there was none
"two"        ``MultiDiscrete([2] + [K + 1] * (N - 1))``:      ``MultiDiscrete([2] + [3] * N + [K + 1] * N)``: the stage
             whether to contribute, used in stage 0; how      that comes next; what each seems to have done (1:
             hard to punish each co-player, in stage 1        contributed; 2: nothing yet) in the last stage 0; how
                                                              hard each punished the agent in the last stage 1
============ ================================================ ==========================================================

A game that goes on with probability :math:`\omega` after each round ends by termination, one of so many rounds by
truncation; both may be given.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from math import inf
from typing import Any

import numpy as np

from experiments.environment import require_count
from experiments.environment_batch import spawn_words
from experiments.environment_rules import Rules, rules_of
from gametheory.errors import InvalidParameter, require

TWO_STAGES = ("PublicGoodsGame", "PeerPunishmentGame", "Environment")


def public_goods_environment(
    game: Any,
    *,
    seed: int,
    rounds: int | None = None,
    continuation: float = 1.0,
    stages: str = "one",
    levels: int = 1,
    also: Sequence[str] = (),
    render_mode: str | None = None,
) -> Any:
    r"""A PettingZoo `ParallelEnv` in which a group plays `game` round after round.

    Parameters
    ----------
    game : game or Environment
        Any kind but a table; for two stages, a linear game or one of peer punishment without second order.
    seed : int
        Of the events until `reset` is called with another.
    rounds : int, optional
        After so many rounds the episode is truncated; may be left out if `continuation` is below 1.
    continuation : float
        Chance :math:`\omega` in (0, 1] that another round follows; if none does, the episode terminates.
    stages : str
        "one" or "two" (module header).
    levels : int
        `K`: how many degrees of punishing there are besides none (two stages).
    also : sequence of str
        Strategies besides the game's, as in `rules_of` (one stage).
    render_mode : str, optional
        "ansi": `render` returns a line of text; "human": it prints it.

    Returns
    -------
    pettingzoo.ParallelEnv
        Agents "player_0", ..., "player_{N-1}"; rewards in payoff units.

    Raises
    ------
    InvalidParameter
        If PettingZoo is not installed, or an argument is out of range.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=3, multiplication_factor=1.5, fine=1, punishment_cost='1/4')
    >>> group = public_goods_environment(game, seed=1, rounds=10)
    >>> observations, infos = group.reset()
    >>> _, rewards, _, _, _ = group.step({"player_0": 2, "player_1": 1, "player_2": 0})
    >>> [float(rewards[agent]) for agent in group.agents]
    [-0.25, 0.0, 0.0]
    """
    require_count(seed, "seed", least=0)
    require(0 < continuation <= 1, "continuation", continuation, "in (0, 1]")
    if rounds is None:
        require(continuation < 1, "rounds", rounds, "given, or continuation below 1 (so that an episode ends)")
    else:
        require_count(rounds, "rounds")
    require(stages in ("one", "two"), "stages", stages, '"one" or "two"')
    require_count(levels, "levels")
    require(render_mode in (None, "ansi", "human"), "render_mode", render_mode, '"ansi", "human" or None')
    rules = rules_of(game, also=also)
    if stages == "two":
        from experiments.learners._learner_kernels import SECOND_ORDER

        peer = type(game).__name__ in TWO_STAGES and rules.numbers[SECOND_ORDER] == 0
        require(peer, "game", game, "a linear game or one of peer punishment without second order (for two stages)")
    limits = (inf if rounds is None else int(rounds), float(continuation))
    return _environment_class()(rules, seed, limits, levels if stages == "two" else 0, render_mode)


@cache
def _environment_class() -> Any:
    """The class, made when it is first needed: importing this module needs no PettingZoo."""
    try:
        from gymnasium.spaces import Discrete, MultiDiscrete
        from pettingzoo import ParallelEnv
    except ImportError:
        expected = "installed (pip install 'gametheory[environment]')"
        raise InvalidParameter("pettingzoo", None, expected) from None

    class PublicGoodsEnvironment(ParallelEnv):  # type: ignore[misc]
        """One group; see `public_goods_environment`."""

        metadata = {"name": "public_goods_v0", "render_modes": ["human", "ansi"], "is_parallelizable": True}  # noqa: RUF012

        def __init__(
            self, rules: Rules, seed: int, limits: tuple[float, float], levels: int, render_mode: str | None
        ) -> None:
            n, m = rules.group_size, len(rules.strategies)
            self.rules, self.limits, self.levels, self.render_mode = rules, limits, levels, render_mode
            self.possible_agents = [f"player_{i}" for i in range(n)]
            self.agents: list[str] = []
            self._places = {agent: i for i, agent in enumerate(self.possible_agents)}
            seen = [2] + [3] * n + [levels + 1] * n if levels else [m + 1] * n
            made = [2] + [levels + 1] * (n - 1)
            self.observation_spaces = {agent: MultiDiscrete(seen) for agent in self.possible_agents}
            self.action_spaces = {agent: MultiDiscrete(made) if levels else Discrete(m) for agent in self._places}
            self._after = (np.arange(n)[:, None] + np.arange(n)) % n  # row: an agent, then those who follow it
            self._words = spawn_words(seed, 1)[0]
            self._acts, self._rewards = rules.acts, np.zeros(n)
            self._begin()

        def _begin(self) -> None:
            n = self.rules.group_size
            self._round, self._stage = 0, 0
            self._last = np.full(n, 2 if self.levels else len(self.rules.strategies))
            self._seen = np.full((n, n), 2)
            self._suffered = np.zeros((n, n), dtype=np.int64)
            self._rewards = np.zeros(n)

        def reset(
            self, seed: int | None = None, options: dict[str, Any] | None = None
        ) -> tuple[dict[str, Any], dict[str, Any]]:
            """Start over; with a seed the events are drawn anew from it, without one they go on."""
            if seed is not None:
                require_count(seed, "seed", least=0)
                self._words = spawn_words(seed, 1)[0]
            self.agents = list(self.possible_agents)
            self._begin()
            return self._observations(), {agent: {} for agent in self.agents}

        def step(self, actions: dict[str, Any]) -> tuple[dict[str, Any], ...]:
            """Play a round, or a stage of one."""
            agents = self.agents
            require(
                bool(agents), "actions", actions, "taken in an episode: this one has ended, or reset was not called"
            )
            require(isinstance(actions, Mapping), "actions", actions, "a mapping of agents to actions")
            missing = [agent for agent in agents if agent not in actions]
            require(not missing, "actions", list(actions), f"an action of every agent, also of {missing}")
            strangers = [agent for agent in actions if agent not in self._places]
            require(not strangers, "actions", strangers, f"actions of agents among {self.possible_agents}")
            for agent in agents:
                space = self.action_spaces[agent]
                require(space.contains(_plain(actions[agent])), "actions", actions[agent], f"in {space} for {agent}")
            if self.levels:
                self._play_stage(np.array([np.asarray(actions[agent]) for agent in agents], dtype=np.int64))
            else:
                self._play_round(np.array([int(actions[agent]) for agent in agents], dtype=np.int64))
            ends = self._ends() if self._stage == 0 else (False, False)
            if any(ends):
                self.agents = []
            observations = self._observations(agents)
            rewards = dict(zip(agents, self._rewards.tolist(), strict=True))
            flags = [dict.fromkeys(agents, end) for end in ends]
            return observations, rewards, *flags, {agent: {} for agent in agents}

        def _play_round(self, chosen: Any) -> None:
            from experiments.learners._learner_kernels import play_events

            self._last = chosen
            self._round += 1
            play_events(self.rules.codes[chosen], self.rules.numbers, self._words, self._rewards)

        def _play_stage(self, chosen: Any) -> None:
            from experiments.learners._learner_kernels import CONTRIBUTES, play_events
            from experiments.learners._punishing_kernels import charge_acts, look_around

            n = self.rules.group_size
            if self._stage == 0:
                gave = np.ascontiguousarray(chosen[:, 0])
                play_events(gave * CONTRIBUTES, self.rules.numbers, self._words, self._rewards)
                self._last, self._seen = gave, np.diag(gave)
                look_around(gave, self._acts, self._words, self._seen)
                self._stage = 1
                return
            weights = np.zeros((n, n))
            np.put_along_axis(weights, self._after[:, 1:], chosen[:, 1:] / self.levels, axis=1)
            self._rewards = np.zeros(n)
            charge_acts(weights, self._acts, self._words, self._rewards, np.zeros((n, n)))
            self._suffered = np.rint(weights.T * self.levels).astype(np.int64)
            self._stage, self._round = 0, self._round + 1

        def _ends(self) -> tuple[bool, bool]:
            """Whether the episode terminates, and whether it is truncated, after a whole round."""
            from experiments.learners._learner_kernels import drawn

            goes_on = bool(drawn(self.limits[1], self._words))
            return not goes_on, goes_on and self._round >= self.limits[0]

        def _observations(self, agents: list[str] | None = None) -> dict[str, Any]:
            if self.levels:
                parts = [np.full((self.rules.group_size, 1), self._stage)]
                parts += [np.take_along_axis(values, self._after, axis=1) for values in (self._seen, self._suffered)]
                rows = np.concatenate(parts, axis=1)
            else:
                rows = self._last[self._after]
            return {agent: rows[self._places[agent]] for agent in (self.agents if agents is None else agents)}

        def state(self) -> Any:
            """What all players did last, strategies or contributions, shape (N,)."""
            return self._last.copy()

        def observation_space(self, agent: str) -> Any:
            """The same object for an agent each time."""
            return self.observation_spaces[agent]

        def action_space(self, agent: str) -> Any:
            """The same object for an agent each time."""
            return self.action_spaces[agent]

        def render(self) -> str | None:
            """What was done in the last step, and what it earned."""
            if self.render_mode is None:
                return None
            names = ["D", "C", "-"] if self.levels else [*self.rules.strategies, "-"]
            acts = " ".join(names[int(a)] for a in self._last)
            line = f"round {self._round}: {acts}; rewards {' '.join(f'{u:.4g}' for u in self._rewards)}"
            if self.render_mode == "ansi":
                return line
            print(line)
            return None

        def close(self) -> None:
            """Nothing is held open."""

    return PublicGoodsEnvironment


def _plain(action: Any) -> Any:
    """A list as an array, so that a space can look at it."""
    if not isinstance(action, list | tuple):
        return action
    try:
        return np.asarray(action)
    except ValueError:  # of lists of different lengths
        return None
