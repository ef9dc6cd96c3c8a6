r"""The iterated public goods game in tensors, with the three ways to punish of `experiments.apc.punishers`.

Axes: replicates S, environments E, members N (authors), members N (targets). Played event by event: pot, share, then
every act drawn and charged; no payoff function is called. A neural awareness sees the last round as its member does,
and which co-player is meant.
"""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from dynamics.adaptation.rules import EffectRule, IntegralRule
from experiments.apc.punishers import AdaptivePunishment, FixedRule
from gametheory.exact import to_float
from gametheory.public_goods import PublicGoodsGame

ROUND_OFF: Final = 1e-6  # of a difference of two shares in single precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The numbers of one round, as floats."""

    group_size: int
    multiplication_factor: float
    contribution_cost: float
    fine: float
    punishment_cost: float
    levels: int

    @classmethod
    def of(cls, game: PublicGoodsGame, levels: int) -> "Stage":
        """The stage of a game with numbers for parameters."""
        return cls(
            group_size=game.group_size,
            multiplication_factor=to_float(game.multiplication_factor),
            contribution_cost=to_float(game.contribution_cost),
            fine=to_float(game.fine),
            punishment_cost=to_float(game.punishment_cost),
            levels=levels,
        )

    def earned(self, level: Tensor) -> Tensor:
        """What each member earns before punishment, given `level` (S, E, N) of integers."""
        given = self.contribution_cost * level.to(torch.float32) / (self.levels - 1)
        return self.multiplication_factor * given.mean(dim=-1, keepdim=True) - given

    def punished(self, acts: Tensor) -> tuple[Tensor, Tensor]:
        """Fines and costs of each member, given the weights (S, E, N, N) of acts that happened, author by target."""
        return self.fine * acts.sum(dim=-2), self.punishment_cost * acts.sum(dim=-1)


def observed(level: Tensor, levels: int, started: bool) -> Tensor:
    """What each member sees: all last contributions, its own first, and whether there was a last round.

    Shape (S, N, E, N + 1) for `level` (S, E, N).
    """
    n = level.shape[-1]
    order = torch.stack([torch.arange(i, i + n) % n for i in range(n)]).to(level.device)
    seen = level.to(torch.float32)[..., order] / (levels - 1)
    flag = torch.full((*seen.shape[:-1], 1), float(started), device=level.device)
    return torch.cat([seen * float(started), flag], dim=-1).transpose(1, 2)


def off_diagonal(n: int, device: torch.device) -> Tensor:
    """One where author and target differ, shape (n, n)."""
    return 1.0 - torch.eye(n, device=device)


def severity_of(probability: Tensor, levels: int, graded: bool) -> Tensor:
    """How bad an action is that the awareness gives `probability`."""
    mean = 1.0 / levels
    above = torch.clamp((probability - mean) / (1.0 - mean), min=0.0)
    return above if graded else (above > 0).to(torch.float32)


def moved(probability: Tensor, now: Tensor, before: Tensor, punishment: AdaptivePunishment, window: int) -> Tensor:
    """The probabilities after window number `window` (from 0), by the rule of `dynamics.adaptation.rules`."""
    rule = punishment.rule
    if isinstance(rule, FixedRule):
        return probability
    step = to_float(rule.adaptation_step) * (window + 1) ** -punishment.decay
    if isinstance(rule, IntegralRule):
        return torch.clamp(probability + step * (now - to_float(rule.tolerated_defection)), 0.0, 1.0)
    assert isinstance(rule, EffectRule)
    effective = before - now >= to_float(rule.effect_threshold) - ROUND_OFF
    futile = (now > before) | ((now == before) & rule.lowers_on_tie)
    change = torch.where(effective, step, torch.where(futile, -step, 0.0))
    return torch.where(now == 0, probability, torch.clamp(probability + change, 0.0, 1.0))
