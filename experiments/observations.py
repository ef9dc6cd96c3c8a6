"""Learners against predictions: the built-in observations, and those of a user's game.

What is run, and which rivals each prediction must tell apart, is in `experiments.cases`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from experiments.cases import Case, builtin_cases, crossvalidation_cases, published_game
from experiments.environment import environment_of
from experiments.estimates import point_seed
from experiments.kept import keep_estimate, stored_estimate
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


def suite(game: PublicGoodsGame, *, quick: bool = False) -> list[Case]:
    """Every case of a game: `crossvalidation_cases`, learners of every kind, and for the published example the rest.

    With `quick` only the Q-learners without memory: seconds, not minutes.

    Examples
    --------
    >>> cases = suite(published_game())
    >>> len(cases) == len({case.prediction.id for case in cases})
    True
    """
    from experiments.learner_cases import builtin_learner_cases, learner_cases
    from experiments.neighbors import neighbor_cases

    environment_of(game)
    if quick:
        return crossvalidation_cases(game)
    if game == published_game(punishment_probability=game.punishment_probability):
        return [*builtin_cases(), *builtin_learner_cases(), *neighbor_cases()]
    return [*crossvalidation_cases(game), *learner_cases(game)]


def crossvalidate(
    game: PublicGoodsGame,
    *,
    seed: int,
    level: float = LEVEL,
    quick: bool = False,
    store: Path | None = None,
    progress: Progress | None = None,
) -> list[Observation]:
    """Set learners in a user's game against the theory's predictions for it (`suite`).

    Parameters
    ----------
    game : PublicGoodsGame
        Numbers only; its punishment probability is replaced by a grid.
    seed, level, progress
        As in `builtin_observations`.
    quick : bool
        Only Q-learners without memory.
    store : Path, optional
        A folder that keeps each estimate as it is made; the next run with the same game, seed and level takes it from
        there.

    Raises
    ------
    InvalidParameter
        If `game` is no public goods game with numbers for parameters.
    """
    return _judged(suite(game, quick=quick), seed=seed, level=level, progress=progress, store=store)


def measure_cases(
    cases: Sequence[Case],
    *,
    seed: int,
    level: float = LEVEL,
    progress: Progress | None = None,
    store: Path | None = None,
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
        here = {"seed": point_seed(seed, index), "level": level, "confidence": confidence}
        kept = None if store is None else stored_estimate(store, case, here)
        estimate = case.measure(**here) if kept is None else kept
        if store is not None and kept is None:
            keep_estimate(store, case, here, estimate)
        found.append(estimate)
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


def _judged(
    cases: Sequence[Case], *, seed: int, level: float, progress: Progress | None, store: Path | None = None
) -> list[Observation]:
    estimates = measure_cases(cases, seed=seed, level=level, progress=progress, store=store)
    return [observe(case.prediction, found) for case, found in zip(cases, estimates, strict=True)]
