"""Run a sweep: in memory or into a store, here, in processes or on a cluster, the whole grid or where it matters."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.sweeps.dataset import ADAPTIVE, PHASE, as_dataset, described_game, empty_arrays, open_sweep
from experiments.sweeps.executors import Begin, Block, Results, in_process, in_processes, on_cluster
from experiments.sweeps.lattice import Lattice, Piece, blocks, key_of, lattice
from experiments.sweeps.progress import Progress
from experiments.sweeps.refinement import MOST_LATTICE, NOT_YET, Refined, nearest, phase_of, rounds
from experiments.sweeps.specification import Specification, specification
from experiments.sweeps.store import Store, open_store
from gametheory.errors import InvalidParameter, require
from gametheory.exact import is_integer

if TYPE_CHECKING:
    import xarray as xr

CHUNKS_PER_BLOCK: Final = 16
Executor = Callable[[Specification, Iterable[Block], Begin], Iterator[tuple[Block, Results]]]


@dataclass(slots=True, kw_only=True)
class Run:
    """What a run did.

    Attributes
    ----------
    points : int
        Of the whole grid.
    evaluated : int
        Points that the result holds.
    computed : int
        Of these, those that this run computed.
    damaged : list of str
        Pieces of the store that did not match their checksums, and were computed again.
    seconds : float
    dataset : xarray.Dataset
    """

    points: int
    evaluated: int = 0
    computed: int = 0
    damaged: list[str] = field(default_factory=list)
    seconds: float = 0.0
    dataset: Any = None


def sweep(
    game: Any,
    quantity: str,
    axes: Mapping[str, Any],
    *,
    seed: int,
    mode: str = "grid",
    parameters: Mapping[str, Any] | None = None,
    refinement: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    block: int | None = None,
    progress: bool = True,
) -> "xr.Dataset":
    """Compute a quantity over a grid of parameters.

    Parameters
    ----------
    game : Game
        What the axes vary; its parameters are numbers.
    quantity : str
        One of `experiments.sweeps.quantities.QUANTITIES` (``gametheory sweep --list``).
    axes : mapping of str to (sequence of number, {"values": ...} or {"start", "stop", "points"})
        Parameters of the game or the quantity, in the order of the result's dimensions. Numbers that are exact, text
        such as '3/10' among them, stay so where the quantity is exact.
    seed : int
        Of quantities that draw: a point's own seed follows from this and its indices.
    mode : str
        "grid": every point. "adaptive": those of a coarse grid, then where the phase changes. "certified": a
        `PhaseDiagram` by `experiments.phases`, no dataset.
    parameters : mapping of str to number or str, optional
        The quantity's own parameters that are no axes.
    refinement : mapping, optional
        For mode "adaptive": "depth", "tolerance".
    out : str or Path, optional
        Folder of a zarr store. What it holds of this sweep is not computed again.
    workers : int
        Processes; with 1 everything is computed here, by compiled kernels on all threads.
    scheduler : str, optional
        Address of a dask scheduler, instead.
    block : int, optional
        Points that are computed at a time: what can be lost, and how often progress is said. No result depends on it.
    progress : bool
        Say on standard error how far it is, once it takes more than two seconds.

    Returns
    -------
    xarray.Dataset
        One coordinate for each axis, with its unit; variables as `--list` names them; attributes that say what made it.
        From a store it is read as needed. In mode "adaptive" points that were not computed are NaN, -1 or false;
        `evaluated` and `level` say which were, and `phase` is that of the nearest one.

    Raises
    ------
    InvalidParameter
        If an argument is outside its domain, or the store holds another sweep.
    OSError
        If the disk refuses; what is finished is kept.

    Notes
    -----
    The result is the same bit by bit whatever `out`, `workers`, `scheduler` and `block`.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, punishment_cost='3/10')
    >>> found = sweep(game, "conditions", {"fine": [0, '1/10', '1/5']}, seed=1)
    >>> found.holds.sel(condition="deterrence").values.tolist(), found.fine.units
    ([0, 1, 1], 'payoff')
    """
    if mode == "certified":
        data = {"game": game, "quantity": quantity, "axes": axes, "parameters": parameters, "refinement": refinement}
        return certified(data)  # type: ignore[no-any-return]
    wanted = specification(game, quantity, axes, seed=seed, mode=mode, parameters=parameters, refinement=refinement)
    command = f"experiments.sweep(game, {quantity!r}, axes, seed={seed}, mode={mode!r})"
    done = run(wanted, out=out, workers=workers, scheduler=scheduler, block=block, progress=progress, command=command)
    found: xr.Dataset = done.dataset
    return found


def certified(data: Mapping[str, Any]) -> Any:
    """The certified phase diagram of a sweep's keys, by `experiments.phases.certified_sweep`.

    Cells find their own points, so how many an axis has is passed over, and so are a seed and whatever else is about
    points; `refinement` may give a depth, and `parameters` are options.
    """
    from experiments.phases import certified_sweep

    axes = {}
    for name, ends in dict(data["axes"]).items():
        good = isinstance(ends, Mapping) and {"start", "stop"} <= set(ends)
        require(good, f"axes.{name}", ends, "{ start, stop, points } (a certified diagram is a rectangle)")
        require_keys(ends, {"start", "stop", "points"}, f"axes.{name}")
        axes[name] = {"start": ends["start"], "stop": ends["stop"]}
    wanted = {"mode": "certified", "game": data["game"], "quantity": data["quantity"], "axes": axes}
    refinement = dict(data.get("refinement") or {})
    require_keys(refinement, {"depth"}, "refinement")
    depth = refinement.get("depth")
    if depth is not None:
        wanted["depth"] = depth
    return certified_sweep({**wanted, "options": dict(data.get("parameters") or {})})


def require_keys(given: Mapping[str, Any], known: set[str], name: str) -> None:
    """Refuse keys that a certified diagram does not read.

    Raises
    ------
    InvalidParameter
        Naming the first.
    """
    for key in given:
        require(
            key in known, f"{name}.{key}", given[key], f"left out: a certified diagram reads {', '.join(sorted(known))}"
        )


def run(
    wanted: Specification,
    *,
    command: str,
    out: str | Path | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    block: int | None = None,
    progress: bool = True,
) -> Run:
    """Run a sweep that has been checked; arguments as of `sweep`."""
    begin = monotonic()
    require(is_integer(workers) and 1 <= workers <= 1024, "workers", workers, "an integer from 1 to 1024")
    require(workers == 1 or scheduler is None, "workers", workers, "left out with a scheduler")
    size = block if block is not None else CHUNKS_PER_BLOCK * wanted.quantity.chunk
    require(is_integer(size) and size >= 1, "block", block, "an integer >= 1")
    kept = out is None and workers == 1 and scheduler is None
    if not kept and described_game(wanted) is None:
        raise InvalidParameter("game", type(wanted.game).__name__, "of a kind that a file can hold, for a store")
    executor: Executor = in_process
    if scheduler is not None:
        executor = partial(on_cluster, scheduler=scheduler)
    elif workers > 1:
        executor = partial(in_processes, workers=workers)
    grid = lattice(wanted.shape, wanted.quantity.chunk)
    made = Run(points=wanted.size)
    work = _Work(wanted, grid, executor, size, progress, command, made)
    adaptive = wanted.mode == "adaptive"
    if out is None:
        made.dataset = work.refine(None) if adaptive else work.fill()
    else:
        extra = (*ADAPTIVE, PHASE) if adaptive else ()
        with open_store(out, wanted, grid, extra=extra, command=command) as store:
            if adaptive:
                work.refine(store)
            else:
                work.fill_store(store)
            store.settle()
            made.damaged = store.damaged
        made.dataset = open_sweep(out)
    made.seconds = monotonic() - begin
    return made


@dataclass(frozen=True, slots=True)
class _Work:
    """A run on its way."""

    wanted: Specification
    grid: Lattice
    executor: Executor
    block: int
    progress: bool
    command: str
    made: Run

    def fill(self) -> "xr.Dataset":
        """Every point, in memory."""
        variables = self.wanted.quantity.variables
        arrays = empty_arrays(self.wanted, variables)

        def keep(piece: Piece, results: Mapping[str, Any]) -> None:
            for variable in variables:
                arrays[variable.name][tuple(piece.indices.T)] = results[variable.name]

        self._compute(map(self.grid.piece, self.grid.places()), self.wanted.size, keep, _ignore)
        self.made.evaluated = self.wanted.size
        return as_dataset(self.wanted, variables, arrays, self.command)

    def fill_store(self, store: Store) -> None:
        """Every point that the store does not hold yet."""
        store.verify_chunks(variable.name for variable in self.wanted.quantity.variables)
        missing = [place for place in self.grid.places() if key_of(place) not in store.finished]
        places = {key_of(place): place for place in missing}

        def keep(piece: Piece, results: Mapping[str, Any]) -> None:
            store.write_chunk(places[piece.key], results)

        self._compute(map(self.grid.piece, missing), sum(map(self.grid.points, missing)), keep, _noted(store))
        self.made.evaluated = self.wanted.size

    def refine(self, store: Store | None) -> Any:
        """Rounds of points, until the phase changes inside no box."""
        wanted = self.wanted
        assert wanted.refinement is not None
        require(wanted.size <= MOST_LATTICE, "axes", f"{wanted.size} points", f"at most {MOST_LATTICE}, if adaptive")
        variables = (*wanted.quantity.variables, *ADAPTIVE, PHASE)
        arrays = empty_arrays(wanted, variables)
        arrays["phase"][...] = NOT_YET
        refined = Refined(arrays["phase"], arrays["level"])
        if wanted.refinement.tolerance is not None:
            refined.tolerance = wanted.refinement.tolerance
            floats = [v for v in wanted.quantity.variables if v.dtype[0] == "f"]
            refined.values = [part for v in floats for part in _by_label(arrays[v.name], len(wanted.shape))]

        def keep(piece: Piece, results: Mapping[str, Any]) -> None:
            place = tuple(piece.indices.T)
            for variable in wanted.quantity.variables:
                arrays[variable.name][place] = results[variable.name]
            arrays["phase"][place] = phase_of([results[name] for name in wanted.quantity.phases])
            arrays["level"][place] = level
            arrays["evaluated"][place] = True

        for level, points in enumerate(rounds(wanted.shape, wanted.refinement.depth, refined)):
            self._round(level, points, store, keep)
        self.made.evaluated = int(arrays["evaluated"].sum())
        arrays["phase"][...] = nearest(refined)
        if store is None:
            return as_dataset(wanted, variables, arrays, self.command)
        for place in self.grid.places():
            inside = self.grid.slices(place)
            store.write_chunk(place, {v.name: arrays[v.name][inside] for v in variables})
        return None

    def _round(self, level: int, points: Any, store: Store | None, keep: Any) -> None:
        """Compute the points of a round that the store does not hold."""
        part = self.wanted.quantity.chunk
        pieces = [
            Piece(f"round-{level}-{k}", points[start : start + part])
            for k, start in enumerate(range(0, len(points), part))
        ]
        missing = []
        for piece in pieces:
            found = None if store is None else store.read_piece(piece)
            if found is None:
                missing.append(piece)
            else:
                keep(piece, found)

        def compute_and_keep(piece: Piece, results: Mapping[str, Any]) -> None:
            if store is not None:
                store.write_piece(piece, results)
            keep(piece, results)

        todo = sum(len(piece.indices) for piece in missing)
        self._compute(missing, todo, compute_and_keep, _ignore if store is None else _noted(store), level=level)

    def _compute(
        self,
        pieces: Iterable[Piece],
        todo: int,
        keep: Callable[[Piece, Mapping[str, Any]], None],
        begin: Begin,
        level: int | None = None,
    ) -> None:
        """Compute pieces, of so many points, and keep each of them as soon as it is there."""
        if not todo:
            return
        before = 0 if level is not None else self.wanted.size - todo
        what = self.wanted.quantity.name + ("" if level is None else f", round {level + 1}")
        with Progress(what, before + todo, done=before, shown=self.progress) as shown:
            for block, results in self.executor(self.wanted, blocks(pieces, self.block), begin):
                for piece, result in zip(block, results, strict=True):
                    keep(piece, result)
                    self.made.computed += len(piece.indices)
                shown.advance(sum(len(piece.indices) for piece in block))


def _noted(store: Store) -> Begin:
    return lambda block: store.begin(piece.key for piece in block)


def _ignore(block: Block) -> None:
    return None


def _by_label(array: Any, axes: int) -> list[Any]:
    """Views of an array over the grid, one for each label of its further dimensions."""
    flat = array.reshape(*array.shape[:axes], -1)
    return [np.asarray(flat[..., k]) for k in range(flat.shape[-1])]
