"""Learners against predictions: the built-in observations, and those of a user's game.

What is run, and which rivals each prediction must tell apart, is in `experiments.cases`.
"""

from collections.abc import Callable, Sequence
from typing import Final

from experiments.cases import Case, builtin_cases, crossvalidation_cases
from experiments.estimates import point_seed
from experiments.predictions import Estimate, Observation, observe
from gametheory.errors import require
from gametheory.public_goods import PublicGoodsGame

LEVEL: Final = 0.999
Progress = Callable[[int, int, str], None]


def builtin_observations(*, seed: int, level: float = LEVEL, progress: Progress | None = None) -> list[Observation]:
    """Run learners in the published example and set every prediction against what they did.

    Parameters
    ----------
    seed : int
        Every experiment's generators are spawned from it.
    level : float
        Simultaneous confidence of all intervals together (Bonferroni).
    progress : callable, optional
        Called before each experiment as ``progress(done, total, id)``.

    Returns
    -------
    list of Observation

    Notes
    -----
    Some 4e8 choices: seconds on two cores once the kernels are compiled (and cached).
    """
    return _judged(builtin_cases(), seed=seed, level=level, progress=progress)


def crossvalidate(
    game: PublicGoodsGame, *, seed: int, level: float = LEVEL, progress: Progress | None = None
) -> list[Observation]:
    """Set learners in a user's game against the theory's predictions for it (module header).

    Parameters
    ----------
    game : PublicGoodsGame
        Numbers only; its punishment probability is replaced by a grid.
    seed, level, progress
        As in `builtin_observations`.

    Raises
    ------
    InvalidParameter
        If `game` is no public goods game with numbers for parameters.
    """
    return _judged(crossvalidation_cases(game), seed=seed, level=level, progress=progress)


def measure_cases(
    cases: Sequence[Case], *, seed: int, level: float = LEVEL, progress: Progress | None = None
) -> list[Estimate]:
    """Run the experiments only; `observe` sets a prediction against a stored estimate, as often as wanted.

    The intervals hold together with probability `level`: each has confidence 1 - (1 - level) / number.
    """
    require(0 < level < 1, "level", level, "in (0, 1)")
    confidence = 1 - (1 - level) / len(cases)
    found = []
    for index, case in enumerate(cases):
        if progress is not None:
            progress(index, len(cases), case.prediction.id)
        found.append(case.measure(seed=point_seed(seed, index), level=level, confidence=confidence))
    return found


def disagreements(cases: Sequence[Case], *, seeds: Sequence[int], level: float = LEVEL) -> dict[int, list[str]]:
    """Rerun a suite for every seed and list the observations that are not "yes": the false-alarm rate.

    Returns
    -------
    dict
        For each seed the ids, with their verdicts, as 'id: no'.
    """
    found = {}
    for seed in seeds:
        observations = _judged(cases, seed=seed, level=level, progress=None)
        found[seed] = [f"{o.id}: {o.agrees}" for o in observations if o.agrees != "yes"]
    return found


def _judged(cases: Sequence[Case], *, seed: int, level: float, progress: Progress | None) -> list[Observation]:
    estimates = measure_cases(cases, seed=seed, level=level, progress=progress)
    return [observe(case.prediction, found) for case, found in zip(cases, estimates, strict=True)]
