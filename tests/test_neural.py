"""Neural learners and punishers (extra `[neural]`): the same laws as the small ones, and independence of replicates."""

from typing import Any

import numpy as np
import pytest

from dynamics.adaptation.awareness import gibbs_severity
from dynamics.adaptation.rules import EffectRule, IntegralRule
from experiments.apc import AdaptivePunishment, AdaptiveRun, Awareness, FixedRule, variants
from experiments.apc.punishers import LearnedPunishment
from experiments.neural.settings import NeuralSettings
from gametheory import InvalidParameter, PublicGoodsGame

pytestmark = pytest.mark.neural

GAME = PublicGoodsGame(group_size=4, multiplication_factor=2, fine=1, punishment_cost="3/10")
WAYS: dict[str, Any] = variants(temperature=0.2, window=10, step=0.1, threshold=0.1, tolerated=0.1)
QUICK = NeuralSettings(updates=6, environments=4, unroll=5, hidden=8)


def trained(punishment: Any, *, settings: NeuralSettings = QUICK, **changes: Any) -> AdaptiveRun:
    from experiments.neural import train_groups

    return train_groups(GAME, punishment=punishment, settings=settings, **({"replicates": 2, "seed": 1} | changes))


@pytest.mark.parametrize("name", list(WAYS))
@pytest.mark.parametrize("algorithm", ["a2c", "ppo"])
def test_rewards_are_the_surplus_less_fines_and_costs(name: str, algorithm: str) -> None:
    settings = NeuralSettings(updates=4, environments=3, unroll=5, hidden=8, algorithm=algorithm)
    run = trained(WAYS[name], settings=settings, levels=3)
    assert np.allclose(run.reward, run.contribution - run.intensity * 1.3, atol=1e-5)
    assert np.allclose(run.rewards.mean(axis=1), run.recorded("reward"), atol=1e-5)


@pytest.mark.parametrize("name", ["integral", "learned punishment"])
def test_a_replicate_does_not_depend_on_how_many_there_are(name: str) -> None:
    few, many = trained(WAYS[name], replicates=1), trained(WAYS[name], replicates=3)
    assert np.allclose(few.contribution[0], many.contribution[0], atol=1e-6)
    again = trained(WAYS[name], replicates=3)
    assert np.array_equal(again.contribution, many.contribution)
    assert not np.allclose(many.contribution[0], many.contribution[1])


def test_advantages_are_discounted_sums_of_errors() -> None:
    import torch

    from experiments.neural.batches import Batch, advantages

    rng = np.random.default_rng(2)
    rewards, values = torch.tensor(rng.random((6, 1, 2, 1))), torch.tensor(rng.random((6, 1, 2, 1)))
    last = torch.tensor(rng.random((1, 2, 1)))
    batch = Batch(seen=rewards, chosen=rewards, rewards=rewards, values=values, logs=rewards, last_values=last)
    found = advantages(batch, discount=0.9, mixing=0.7)
    following = torch.cat([values[1:], last[None]])
    errors = rewards + 0.9 * following - values
    for t in range(6):
        expected = sum(0.63**k * errors[t + k] for k in range(6 - t))
        assert torch.allclose(found[t], torch.as_tensor(expected))


def test_no_member_learns_from_another_members_reward() -> None:
    import torch

    from experiments.neural.batches import Batch, improve
    from experiments.neural.networks import Networks

    def after(reward: float) -> list[torch.Tensor]:
        policy = Networks(
            [np.random.default_rng(1)], members=2, inputs=3, hidden=4, outputs=(2, 1), device=torch.device("cpu")
        )
        optimizer = torch.optim.Adam(policy.parameters, lr=0.1)
        shape = (3, 1, 2, 2)
        rewards = torch.zeros(shape)
        rewards[:, :, 1] = reward
        batch = Batch(
            seen=torch.ones(*shape, 3),
            chosen=torch.zeros(shape, dtype=torch.int64),
            rewards=rewards,
            values=torch.zeros(shape),
            logs=torch.full(shape, -0.69),
            last_values=torch.zeros(shape[1:]),
        )
        improve(policy, optimizer, batch, NeuralSettings())
        return [p.detach().clone() for p in policy.parameters]

    for one, other in zip(after(0.0), after(5.0), strict=True):
        assert torch.equal(one[:, 0], other[:, 0])
    assert any(not torch.equal(one[:, 1], other[:, 1]) for one, other in zip(after(0.0), after(5.0), strict=True))


def test_tensors_move_probabilities_by_the_rules_of_dynamics() -> None:
    import torch

    from experiments.neural.stage import moved

    two, three = (torch.tensor(k / 10, dtype=torch.float32) for k in (2, 3))
    tight = AdaptivePunishment(
        awareness=Awareness(temperature=1), rule=EffectRule(adaptation_step=0.2, effect_threshold=0.1), window=10
    )
    assert float(moved(torch.tensor(0.5), two, three, tight, 0)) == pytest.approx(0.7)  # round-off decides nothing
    frequencies = [0.0, 0.25, 0.5, 1.0]
    grid = [(p, now, before) for p in (0.0, 0.3, 1.0) for now in frequencies for before in frequencies]
    p, now, before = (torch.tensor(column, dtype=torch.float64) for column in zip(*grid, strict=True))
    for rule in (
        EffectRule(adaptation_step=0.2, effect_threshold=0.25),
        EffectRule(adaptation_step=0.2, effect_threshold=0.25, lowers_on_tie=False),
        IntegralRule(adaptation_step=0.2, tolerated_defection=0.1),
        FixedRule(),
    ):
        found = moved(p, now, before, AdaptivePunishment(awareness=Awareness(temperature=1), rule=rule, window=1), 0)
        for (q, f, g), value in zip(grid, found.tolist(), strict=True):
            expected = q if isinstance(rule, FixedRule) else rule.next_probability(q, now=f, before=g)
            assert value == pytest.approx(float(expected))


def test_probabilities_follow_the_defections_of_the_last_window_alone() -> None:
    rule = IntegralRule(adaptation_step=0.05, tolerated_defection=0.3)
    punishment = AdaptivePunishment(
        awareness=Awareness(temperature=0.3), rule=rule, window=5, start=0.5, first_frequency=0.0
    )
    run = trained(punishment, settings=NeuralSettings(updates=8, environments=3, unroll=5, hidden=8))
    assert 0 < run.defection.max() <= 1
    assert np.allclose(np.diff(run.probability, axis=1), 0.05 * (run.defection[:, 1:] - 0.3), atol=1e-6)


def test_everybody_sees_its_own_contribution_first() -> None:
    import torch

    from experiments.neural.stage import observed

    seen = observed(torch.tensor([[[0, 1, 2]]]), 3, True)
    assert seen[0, :, 0].tolist() == [[0.0, 0.5, 1.0, 1.0], [0.5, 1.0, 0.0, 1.0], [1.0, 0.0, 0.5, 1.0]]
    assert observed(torch.tensor([[[0, 1, 2]]]), 3, False).abs().max() == 0


def test_members_see_the_last_round() -> None:
    import torch

    from experiments.neural.stage import Stage
    from experiments.neural.training import _Group

    settings = NeuralSettings(updates=1, environments=2, unroll=3, hidden=4)
    group = _Group(Stage.of(GAME, 2), None, settings, 1, 3, torch.device("cpu"))
    assert group._see().max() == 0
    with torch.no_grad():
        group._policy._heads[0][1][..., 1] = 50.0  # all contribute
    group.train(0)
    assert group._see().min() == 1


def test_nobody_punishes_itself() -> None:
    import torch

    from experiments.neural.stage import Stage
    from experiments.neural.training import _Group

    settings = NeuralSettings(updates=1, environments=2, unroll=3, hidden=4)
    group = _Group(Stage.of(GAME, 2), LearnedPunishment(), settings, 1, 3, torch.device("cpu"))
    with torch.no_grad():
        group._policy._heads[0][1][..., 2] = 50.0  # nobody contributes, all punish
    group.train(0)
    assert group.result(3, 0.0).punishments.tolist() == [[pytest.approx(GAME.group_size - 1)]]


def test_awareness_learns_from_co_players_alone() -> None:
    import torch

    from experiments.neural.aware import learn_awareness
    from experiments.neural.networks import Networks

    found = []
    for own in (0, 1):
        network = Networks(
            [np.random.default_rng(1)], members=2, inputs=5, hidden=4, outputs=(2, 2), device=torch.device("cpu")
        )
        levels = torch.tensor([[[own, 0], [own, 1]]])
        learn_awareness(
            network,
            torch.optim.SGD(network.parameters, lr=0.1),
            seen=torch.ones(1, 2, 2, 3),
            levels=levels,
            earned=torch.tensor([[[1.0, -1.0], [1.0, -1.0]]]),
            temperature=0.5,
        )
        found.append([tensor.detach().clone() for tensor in network.parameters])
    same = [[torch.equal(a[:, i], b[:, i]) for a, b in zip(*found, strict=True)] for i in (0, 1)]
    assert all(same[0])  # what it did itself says nothing of its co-player
    assert not all(same[1])


def test_contributions_vanish_unpunished_and_prevail_under_certain_punishment() -> None:
    settings = NeuralSettings(updates=120, environments=8, unroll=10, hidden=16, learning_rate=1e-2)
    assert trained(None, settings=settings, replicates=3).recorded("contribution").max() < 0.1
    assert trained(WAYS["fixed probability"], settings=settings, replicates=3).recorded("contribution").min() > 0.9


def test_the_awareness_network_comes_near_the_gibbs_severity() -> None:
    """Players that hardly learn keep choosing at random, independently."""
    import torch

    from experiments.neural.stage import Stage
    from experiments.neural.training import _Group

    settings = NeuralSettings(updates=400, environments=32, unroll=10, hidden=16, learning_rate=1e-2, entropy=50.0)
    punishment = AdaptivePunishment(awareness=Awareness(temperature=0.4), rule=FixedRule(), window=10, start=0.0)
    group = _Group(Stage.of(GAME, 2), punishment, settings, 2, 3, torch.device("cpu"))
    for update in range(settings.updates):
        group.train(update)
    run = group.result(3, 0.0)
    assert abs(run.recorded("contribution").mean() - 0.5) < 0.05
    assert run.severity[:, -1].mean() == pytest.approx(gibbs_severity(GAME, "2/5"), abs=0.1)


@pytest.mark.parametrize(("name", "value"), [("algorithm", "sac"), ("discount", 1.0), ("hidden", 0), ("clip", 0.0)])
def test_settings_outside_their_domain_are_named(name: str, value: Any) -> None:
    with pytest.raises(InvalidParameter, match=name):
        NeuralSettings(**{name: value})
