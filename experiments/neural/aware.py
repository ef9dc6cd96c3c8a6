r"""The awareness network: which actions of a co-player hurt, given what was seen last.

Two heads for each of the co-player's actions: the logits of :math:`\mu(\cdot | o)`, and the mean reward
:math:`\hat q(o, a)` before punishment. The second is fitted to what was earned; the first climbs
:math:`\sum_a \mu(a | o) (-\hat q(o, a) - \tau \log \mu(a | o))`, without labels. (R: the source trains one network
on the negative reward plus entropy and does not say how the gradient is sampled.)
"""

import torch
from torch import Tensor

from experiments.neural.networks import Networks


def about(seen: Tensor, members: int) -> Tensor:
    """Inputs about every co-player: what was seen, and who is meant.

    `seen` (S, N, B, inputs) gives (S, N, B * N, inputs + N), the co-player the faster index.
    """
    replicates, authors, batch, inputs = seen.shape
    meant = torch.eye(members, device=seen.device).expand(replicates, authors, batch, members, members)
    repeated = seen[..., None, :].expand(replicates, authors, batch, members, inputs)
    return torch.cat([repeated, meant], dim=-1).reshape(replicates, authors, batch * members, inputs + members)


def beliefs(network: Networks, seen: Tensor, members: int) -> Tensor:
    """The awareness of every co-player's actions, shape (S, N, B, N, levels)."""
    logits = network(about(seen, members))[0]
    return torch.softmax(logits, dim=-1).reshape(*seen.shape[:3], members, -1)


def learn_awareness(
    network: Networks,
    optimizer: torch.optim.Optimizer,
    *,
    seen: Tensor,
    levels: Tensor,
    earned: Tensor,
    temperature: float,
) -> None:
    """One step on a batch: `seen` (S, N, B, inputs), the levels of all (S, B, N), earnings of the authors (S, N, B)."""
    replicates, members, batch = earned.shape
    logits, harm = network(about(seen, members))
    shape = (replicates, members, batch, members, -1)
    logits, harm = logits.reshape(shape), harm.reshape(shape)
    of_others = (1.0 - torch.eye(members, device=seen.device))[None, :, None, :]
    played = levels[:, None].expand(replicates, members, batch, members)
    error = harm.gather(-1, played[..., None]).squeeze(-1) - earned[..., None]
    mu, logs = torch.softmax(logits, dim=-1), torch.log_softmax(logits, dim=-1)
    objective = (mu * (-harm.detach() - temperature * logs)).sum(dim=-1)
    loss = ((error**2 - objective) * of_others).sum(dim=-1) / (members - 1)
    optimizer.zero_grad()
    loss.mean(dim=2).sum().backward()
    optimizer.step()
