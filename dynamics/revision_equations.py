"""The equations of rest points under revision protocols, for certification: shares balance, in balls and intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.intervals import as_flint

Array = NDArray[np.float64]
Matrix = list[list[Any]]
Ends = tuple[Array, Array]
LARGEST = 700.0  # exp of more is not a float


@dataclass(frozen=True, slots=True)
class LogitBalance:
    r"""Shares less logit choices: :math:`x_k - e^{f_k/T} / \sum_l e^{f_l/T}`."""

    temperature: Fraction

    def values(self, shares: Sequence[Any], payoffs: Sequence[Any]) -> list[Any]:
        """At balls, for every strategy but the first."""
        choices = self._choices(payoffs)
        return [x - s for x, s in zip(shares[1:], choices[1:], strict=True)]

    def slopes(self, shares: Sequence[Any], payoffs: Sequence[Any]) -> tuple[Matrix, Matrix]:
        """Derivatives by shares and payoffs but the first."""
        choices, size = self._choices(payoffs)[1:], range(len(shares) - 1)
        heat = as_flint(self.temperature)
        by_payoff = [[-choices[i] * (int(i == j) - choices[j]) / heat for j in size] for i in size]
        return [[choices[0] * 0 + int(i == j) for j in size] for i in size], by_payoff

    def bounds(self, shares: Ends, gaps: Ends) -> Ends:
        """On pieces."""
        heat = float(self.temperature)
        with np.errstate(over="ignore"):
            low = 1 / np.exp(np.clip(-gaps[0] / heat, -LARGEST, LARGEST)).sum(axis=-1)
            high = 1 / np.exp(np.clip(-gaps[1] / heat, -LARGEST, LARGEST)).sum(axis=-1)
        return shares[0] - high, shares[1] - low

    def _choices(self, payoffs: Sequence[Any]) -> list[Any]:
        heat = as_flint(self.temperature)
        return [1 / sum(((other - own) / heat).exp() for other in payoffs) for own in payoffs]


@dataclass(frozen=True, slots=True)
class ImitationBalance:
    r"""What `dynamics.protocols.Imitation` makes of shares: :math:`\dot x_k`."""

    noise: Fraction
    mutation_rate: Fraction

    def values(self, shares: Sequence[Any], payoffs: Sequence[Any]) -> list[Any]:
        """At balls, for every strategy but the first."""
        size, keep = len(shares), as_flint(1 - self.mutation_rate)
        rate = as_flint(self.mutation_rate)
        found = []
        for k in range(1, size):
            pull = sum(shares[j] * self._pull(payoffs[k] - payoffs[j]) for j in range(size))
            found.append(keep * shares[k] * pull + rate * ((1 - shares[k]) / (size - 1) - shares[k]))
        return found

    def slopes(self, shares: Sequence[Any], payoffs: Sequence[Any]) -> tuple[Matrix, Matrix]:
        """Derivatives by shares and payoffs but the first."""
        size, keep = len(shares), as_flint(1 - self.mutation_rate)
        loss = as_flint(self.mutation_rate * size / (size - 1))
        pulls = [[self._pull(own - other) for other in payoffs] for own in payoffs]
        heat = as_flint(2 * self.noise)
        rises = [[(1 - pull * pull) / heat for pull in row] for row in pulls]

        def by_raw(k: int, j: int) -> Any:
            own = sum(x * p for x, p in zip(shares, pulls[k], strict=True)) if k == j else shares[0] * 0
            return keep * (own + shares[k] * pulls[k][j]) - loss * int(k == j)

        def by_payoff(k: int, j: int) -> Any:
            own = sum(x * r for x, r in zip(shares, rises[k], strict=True)) if k == j else shares[0] * 0
            return keep * shares[k] * (own - shares[j] * rises[k][j])

        rest = range(1, size)
        return (
            [[by_raw(k, j) - by_raw(k, 0) for j in rest] for k in rest],
            [[by_payoff(k, j) for j in rest] for k in rest],
        )

    def bounds(self, shares: Ends, gaps: Ends) -> Ends:
        """On pieces."""
        size, rate, heat = shares[0].shape[1], float(self.mutation_rate), 2 * float(self.noise)
        pulls = np.tanh(gaps[0] / heat), np.tanh(gaps[1] / heat)
        low = np.minimum(shares[0][:, None] * pulls[0], shares[1][:, None] * pulls[0]).sum(axis=-1)
        high = np.maximum(shares[0][:, None] * pulls[1], shares[1][:, None] * pulls[1]).sum(axis=-1)
        down = np.minimum(shares[0] * low, shares[1] * low)
        up = np.maximum(shares[0] * high, shares[1] * high)
        loss = size / (size - 1)
        return (
            (1 - rate) * down + rate * (1 / (size - 1) - loss * shares[1]),
            (1 - rate) * up + rate * (1 / (size - 1) - loss * shares[0]),
        )

    def _pull(self, gap: Any) -> Any:
        return (gap / as_flint(2 * self.noise)).tanh()
