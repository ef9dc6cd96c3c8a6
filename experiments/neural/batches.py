"""One batch of rounds: what was seen, done and earned; returns, advantages and the losses of actor and critic."""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from experiments.neural.networks import Networks
from experiments.neural.settings import NeuralSettings

GAE: Final = {"a2c": 1.0, "ppo": 0.95}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rounds T of replicates S, members N, environments E.

    Attributes
    ----------
    seen : Tensor, shape (T, S, N, E, inputs)
    chosen : Tensor of integers, shape (T, S, N, E)
    rewards, values, logs : Tensor, shape (T, S, N, E)
        Net rewards, the critic's values, the log-probabilities of what was chosen.
    last_values : Tensor, shape (S, N, E)
        The critic's, after the last round.
    """

    seen: Tensor
    chosen: Tensor
    rewards: Tensor
    values: Tensor
    logs: Tensor
    last_values: Tensor


def draw(logits: Tensor, uniform: Tensor) -> Tensor:
    """Indices drawn by inversion, one uniform number each."""
    reached = torch.softmax(logits, dim=-1).cumsum(dim=-1)
    return torch.clamp((reached <= uniform[..., None]).sum(dim=-1), max=logits.shape[-1] - 1)


def log_probability(logits: Tensor, chosen: Tensor) -> Tensor:
    """Of what was chosen."""
    logs: Tensor = torch.log_softmax(logits, dim=-1).gather(-1, chosen[..., None]).squeeze(-1)
    return logs


def advantages(batch: Batch, *, discount: float, mixing: float) -> Tensor:
    r"""Generalized advantages (Schulman et al. 2015), shape (T, S, N, E); `mixing` 1: n-step returns less values."""
    found = torch.zeros_like(batch.rewards)
    following, value = torch.zeros_like(batch.last_values), batch.last_values
    for t in range(batch.rewards.shape[0] - 1, -1, -1):
        error = batch.rewards[t] + discount * value - batch.values[t]
        following = error + discount * mixing * following
        found[t] = following
        value = batch.values[t]
    return found


def improve(policy: Networks, optimizer: torch.optim.Optimizer, batch: Batch, settings: NeuralSettings) -> None:
    """One step of A2C, or some of PPO; losses are means over rounds and environments, so members never mix."""
    gains = advantages(batch, discount=settings.discount, mixing=GAE[settings.algorithm])
    targets = gains + batch.values
    rounds, replicates, members, environments = batch.rewards.shape
    seen = batch.seen.permute(1, 2, 0, 3, 4).reshape(replicates, members, rounds * environments, -1)
    clipped = settings.algorithm == "ppo"
    if clipped:
        spread = gains.std(dim=(0, 3), keepdim=True) + 1e-8
        gains = (gains - gains.mean(dim=(0, 3), keepdim=True)) / spread
    for _ in range(settings.epochs if clipped else 1):
        logits, values = policy(seen)
        logits = logits.reshape(replicates, members, rounds, environments, -1).permute(2, 0, 1, 3, 4)
        values = values.reshape(replicates, members, rounds, environments).permute(2, 0, 1, 3)
        logs = log_probability(logits, batch.chosen)
        if clipped:
            ratio = torch.exp(logs - batch.logs)
            bounded = torch.clamp(ratio, 1 - settings.clip, 1 + settings.clip)
            actor = -torch.minimum(ratio * gains, bounded * gains)
        else:
            actor = -logs * gains
        plogp = torch.softmax(logits, dim=-1) * torch.log_softmax(logits, dim=-1)
        loss = actor + 0.5 * (values - targets) ** 2 + settings.entropy * plogp.sum(dim=-1)
        optimizer.zero_grad()
        loss.mean(dim=(0, 3)).sum().backward()
        optimizer.step()
