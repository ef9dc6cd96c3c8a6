"""Networks of many independent learners at once: a leading axis of replicates, one of members, no parameter shared."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Networks:
    """Two hidden layers of tanh and linear heads, one network per replicate and member.

    Parameters
    ----------
    rngs : sequence of numpy generators
        One per replicate; a replicate's first weights come from its own generator.
    members, inputs, hidden : int
    outputs : sequence of int
        Sizes of the heads.
    device : torch.device
    """

    def __init__(
        self,
        rngs: Sequence[np.random.Generator],
        *,
        members: int,
        inputs: int,
        hidden: int,
        outputs: Sequence[int],
        device: torch.device,
    ) -> None:
        def layer(rows: int, columns: int, gain: float) -> tuple[Tensor, Tensor]:
            weights = np.stack([gain / np.sqrt(rows) * g.standard_normal((members, rows, columns)) for g in rngs])
            return _parameter(weights, device), _parameter(np.zeros((len(rngs), members, 1, columns)), device)

        self._first = layer(inputs, hidden, 1.0)
        self._second = layer(hidden, hidden, 1.0)
        self._heads = [layer(hidden, size, 0.01) for size in outputs]

    @property
    def parameters(self) -> list[Tensor]:
        """All weights and biases."""
        return [tensor for pair in (self._first, self._second, *self._heads) for tensor in pair]

    def __call__(self, observed: Tensor) -> list[Tensor]:
        """The heads' outputs for `observed`, shape (replicates, members, batch, inputs)."""
        values = torch.tanh(observed @ self._first[0] + self._first[1])
        values = torch.tanh(values @ self._second[0] + self._second[1])
        return [values @ weights + biases for weights, biases in self._heads]


def _parameter(values: NDArray[np.float64], device: torch.device) -> Tensor:
    return torch.tensor(values, dtype=torch.float32, device=device, requires_grad=True)
