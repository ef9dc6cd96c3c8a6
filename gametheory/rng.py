"""Randomness: every random function takes a seed or generators; nothing is global."""

from typing import Any, cast

import numba.typed
import numpy as np


def spawn(seed: int, number: int) -> list[np.random.Generator]:
    """Independent generators, one per replicate, in the list type kernels accept.

    Replicate `i` gets the same stream whatever `number` and the number of threads.
    """
    generators: Any = numba.typed.List()
    for child in np.random.SeedSequence(seed).spawn(number):
        generators.append(np.random.Generator(np.random.PCG64(child)))
    return cast("list[np.random.Generator]", generators)
