"""Groups of neural learners who contribute and punish, many replicates at once, on a GPU when there is one.

Replicate `i` draws everything from the i-th generator spawned from the seed, by inversion of uniform numbers made on
the host: its numbers do not depend on how many others there are. Figures are those of `experiments.apc.groups`.
"""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Final

import numpy as np
import torch
from torch import Tensor

from experiments.apc.comparison import FIGURES, LEVEL, Row, row_of
from experiments.apc.groups import SERIES, AdaptiveRun, checked_group
from experiments.apc.punishers import AdaptivePunishment, LearnedPunishment, Punishment
from experiments.estimates import point_seed
from experiments.neural.aware import beliefs, learn_awareness
from experiments.neural.batches import Batch, draw, improve, log_probability
from experiments.neural.networks import Networks
from experiments.neural.settings import NeuralSettings
from experiments.neural.stage import Stage, moved, observed, off_diagonal, severity_of
from gametheory.errors import require
from gametheory.public_goods import PublicGoodsGame

Progress = Callable[[int, int, str], None]
EVERY: Final = 10


def train_groups(
    game: PublicGoodsGame,
    *,
    punishment: Punishment,
    settings: NeuralSettings,
    levels: int = 2,
    replicates: int = 20,
    seed: int,
    device: str | None = None,
    progress: Progress | None = None,
) -> AdaptiveRun:
    """Train independent actor-critics in the iterated game, with a way of punishing.

    Parameters
    ----------
    game, punishment, levels, replicates, seed
        As in `experiments.apc.run_groups`. The steps of the awareness are Adam's (`settings.learning_rate`).
    settings : NeuralSettings
    device : str, optional
        Of torch; by default "cuda" when there is one, else "cpu".
    progress : callable, optional
        Called now and then as ``progress(done, updates, "training")``.

    Returns
    -------
    AdaptiveRun
        One 'window' of its series per update; the second half of the updates is recorded.

    Raises
    ------
    InvalidParameter
        If a parameter is out of its domain.
    """
    checked_group(game, levels=levels, replicates=replicates, seed=seed)
    place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    started = perf_counter()
    group = _Group(Stage.of(game, levels), punishment, settings, replicates, seed, place)
    for update in range(settings.updates):
        if progress is not None and update % EVERY == 0:
            progress(update, settings.updates, "training")
        group.train(update)
    return group.result(seed, perf_counter() - started)


def compare_neural(
    game: PublicGoodsGame,
    ways: Mapping[str, tuple[NeuralSettings, Punishment]],
    *,
    levels: int = 2,
    replicates: int = 20,
    level: float = LEVEL,
    seed: int,
    progress: Progress | None = None,
) -> list[Row]:
    """`experiments.apc.compare` for neural learners, each way with its settings."""
    require(len(ways) > 0, "ways", list(ways), "at least one way of learning and punishing")
    confidence = 1 - (1 - level) / (len(ways) * len(FIGURES))
    rows = []
    for index, (name, (settings, punishment)) in enumerate(ways.items()):
        if progress is not None:
            progress(index, len(ways), name)
        run = train_groups(
            game,
            punishment=punishment,
            settings=settings,
            levels=levels,
            replicates=replicates,
            seed=point_seed(seed, index),
        )
        rows.append(row_of(name, punishment, run, confidence))
    return rows


class _Group:
    """What changes while training: networks, probabilities, counts of the window, what was done last."""

    def __init__(
        self,
        stage: Stage,
        punishment: Punishment,
        settings: NeuralSettings,
        replicates: int,
        seed: int,
        device: torch.device,
    ) -> None:
        self._stage, self._punishment, self._settings, self._device = stage, punishment, settings, device
        n, levels = stage.group_size, stage.levels
        self._rngs = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(replicates)]
        options = 2 * levels if isinstance(punishment, LearnedPunishment) else levels
        self._policy = self._networks(n + 1, (options, 1))
        self._optimizer = torch.optim.Adam(self._policy.parameters, lr=settings.learning_rate)
        if isinstance(punishment, AdaptivePunishment):
            self._awareness = self._networks(2 * n + 1, (levels, levels))
            self._awareness_optimizer = torch.optim.Adam(self._awareness.parameters, lr=settings.learning_rate)
        pairs = (replicates, settings.environments, n, n)
        start = punishment.start if isinstance(punishment, AdaptivePunishment) else 0.0
        before = punishment.first_frequency if isinstance(punishment, AdaptivePunishment) else 0.0
        self._probabilities = torch.full(pairs, start, device=device)
        self._before = torch.full(pairs, before, device=device)
        self._defections = torch.zeros(pairs, device=device)
        self._others = off_diagonal(n, device)
        self._level = torch.zeros(pairs[:3], dtype=torch.int64, device=device)
        self._rounds = self._windows = 0
        self._series = torch.zeros(len(SERIES), replicates, settings.updates, device=device)
        self._rewards = torch.zeros(replicates, n, device=device)
        self._costs = torch.zeros(replicates, n, device=device)

    def _networks(self, inputs: int, outputs: tuple[int, ...]) -> Networks:
        return Networks(
            self._rngs,
            members=self._stage.group_size,
            inputs=inputs,
            hidden=self._settings.hidden,
            outputs=outputs,
            device=self._device,
        )

    def _uniform(self, *shape: int) -> Tensor:
        """One independent number each, replicate by replicate; shape (rounds, replicates, ...)."""
        numbers = np.stack([g.random(shape, dtype=np.float32) for g in self._rngs], axis=1)
        return torch.tensor(numbers, device=self._device)

    def _see(self) -> Tensor:
        return observed(self._level, self._stage.levels, self._rounds > 0)

    def train(self, update: int) -> None:
        """Play one batch, then improve actors, critics and awareness."""
        settings, n = self._settings, self._stage.group_size
        choices = self._uniform(settings.unroll, n, settings.environments)
        acts = self._uniform(settings.unroll, settings.environments, n, n)
        rows: list[list[Tensor]] = []
        with torch.no_grad():
            for t in range(settings.unroll):
                rows.append(self._round(choices[t], acts[t], update))
            last = self._policy(self._see())[1].squeeze(-1)
        seen, chosen, rewards, values, logs, level, earned = (torch.stack(column) for column in zip(*rows, strict=True))
        batch = Batch(seen=seen, chosen=chosen, rewards=rewards, values=values, logs=logs, last_values=last)
        improve(self._policy, self._optimizer, batch, settings)
        if isinstance(self._punishment, AdaptivePunishment):
            replicates, size = level.shape[1], settings.unroll * settings.environments
            learn_awareness(
                self._awareness,
                self._awareness_optimizer,
                seen=seen.permute(1, 2, 0, 3, 4).reshape(replicates, n, size, -1),
                levels=level.transpose(0, 1).reshape(replicates, size, n),
                earned=earned.permute(1, 3, 0, 2).reshape(replicates, n, size),
                temperature=self._punishment.awareness.temperature,
            )

    def _round(self, choices: Tensor, acts: Tensor, update: int) -> list[Tensor]:
        """Play one round and count it; what a batch keeps of it."""
        seen = self._see()
        logits, values = self._policy(seen)
        chosen = draw(logits, choices)
        level = (chosen % self._stage.levels).transpose(1, 2)
        earned = self._stage.earned(level)
        weights = self._weights(seen, chosen, level)
        happened = weights * (acts < self._chances(chosen)) * self._others
        fines, costs = self._stage.punished(happened)
        rewards = earned - fines - costs
        self._count(update, level, rewards, happened, costs)
        self._level = level
        self._rounds += 1
        self._adapt(weights)
        kept = [seen, chosen, rewards.transpose(1, 2), values.squeeze(-1), log_probability(logits, chosen)]
        return [*kept, level, earned]

    def _weights(self, seen: Tensor, chosen: Tensor, level: Tensor) -> Tensor:
        """How bad each member finds what each other did, shape (S, E, N, N), author by target."""
        punishment, levels, n = self._punishment, self._stage.levels, self._stage.group_size
        if punishment is None:
            return torch.zeros(*level.shape, n, device=self._device)
        if isinstance(punishment, LearnedPunishment):
            kept = 1.0 - level.to(torch.float32) / (levels - 1)
            weight = kept if punishment.graded else (kept > 0).to(torch.float32)
            return weight[:, :, None, :].expand(*level.shape, n)
        mu = beliefs(self._awareness, seen, n)  # (S, N, E, N, levels)
        played = level[:, None, :, :, None].expand(-1, n, -1, -1, 1)
        weight = severity_of(mu.gather(-1, played).squeeze(-1), levels, punishment.graded)
        return weight.transpose(1, 2)

    def _chances(self, chosen: Tensor) -> Tensor:
        if isinstance(self._punishment, LearnedPunishment):
            punishes = (chosen >= self._stage.levels).to(torch.float32).transpose(1, 2)
            return punishes[..., None]
        return self._probabilities

    def _adapt(self, weights: Tensor) -> None:
        """Count defections; at the end of a window move the probabilities."""
        if not isinstance(self._punishment, AdaptivePunishment):
            return
        self._defections += (weights > 0) * self._others
        if self._rounds % self._punishment.window == 0:
            now = self._defections / self._punishment.window
            self._probabilities = moved(self._probabilities, now, self._before, self._punishment, self._windows)
            self._before, self._defections = now, torch.zeros_like(now)
            self._windows += 1

    def _count(self, update: int, level: Tensor, rewards: Tensor, happened: Tensor, costs: Tensor) -> None:
        n, part = self._stage.group_size, 1.0 / self._settings.unroll
        row = dict(zip(SERIES, self._series[:, :, update], strict=True))
        row["contribution"] += part * level.to(torch.float32).mean(dim=(1, 2)) / (self._stage.levels - 1)
        row["reward"] += part * rewards.mean(dim=(1, 2))
        row["punishments"] += part * (happened > 0).to(torch.float32).sum(dim=(2, 3)).mean(dim=1) / n
        row["intensity"] += part * self._stage.fine * happened.sum(dim=(2, 3)).mean(dim=1) / n
        if isinstance(self._punishment, AdaptivePunishment):
            pairs = n * (n - 1)
            row["probability"] += part * (self._probabilities * self._others).sum(dim=(2, 3)).mean(dim=1) / pairs
            row["defection"] += part * (self._before * self._others).sum(dim=(2, 3)).mean(dim=1) / pairs
        first = self._settings.updates // 2
        if update >= first:
            rounds = (self._settings.updates - first) * self._settings.unroll
            self._rewards += rewards.mean(dim=1) / rounds
            self._costs += costs.mean(dim=1) / rounds

    def result(self, seed: int, seconds: float) -> AdaptiveRun:
        """What happened, as arrays of the host."""
        levels, n = self._stage.levels, self._stage.group_size
        replicates = self._rewards.shape[0]
        found = np.full((replicates, n, levels), 1.0 / levels)
        everything = self._series.cpu().numpy().astype(np.float64)
        series = dict(zip(SERIES, everything, strict=True))
        if isinstance(self._punishment, AdaptivePunishment):
            with torch.no_grad():
                mu = beliefs(self._awareness, self._see(), n)
                shown = (mu * self._others[None, :, None, :, None]).sum(dim=(2, 3)) / ((n - 1) * mu.shape[2])
            found = shown.cpu().numpy().astype(np.float64)
            worst = severity_of(shown[..., 0], levels, self._punishment.graded).mean(dim=1)
            series["severity"][:, -1] = worst.cpu().numpy()
        return AdaptiveRun(
            **series,
            rewards=self._rewards.cpu().numpy().astype(np.float64),
            costs=self._costs.cpu().numpy().astype(np.float64),
            beliefs=found,
            window=self._settings.unroll,
            recorded_from=self._settings.updates // 2,
            seed=seed,
            seconds=seconds,
        )
