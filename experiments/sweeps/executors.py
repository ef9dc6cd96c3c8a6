"""Who computes the blocks of a sweep: this process (its kernels on all threads), worker processes, or a dask cluster.

Whoever does, a point's result is the same: kernels treat each point by itself, and a point's seed is its own.
"""

import errno
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.lattice import Piece
from experiments.sweeps.points import Points
from experiments.sweeps.specification import Specification, from_document
from gametheory.errors import InvalidParameter, require

Results = list[dict[str, Any]]
Block = Sequence[Piece]
# Called with a block's place when somebody is about to compute it.
Begin = Callable[[Block], None]

PER_WORKER: Final = 2  # blocks in flight
CONNECT_SECONDS: Final = 20.0
RESTARTS: Final = 8  # of the pool, in which a worker was lost
_LOCK: Final = threading.Lock()  # a compiled kernel uses all threads of its process: one block at a time


class _Source:
    """Blocks that wait, made as they are needed; those that come back go first."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.rest, self.first = iter(blocks), list[Block]()

    def peek(self) -> Block | None:
        """The next block, if there is one."""
        if not self.first:
            self.first += [block for block in (next(self.rest, None),) if block is not None]
        return self.first[-1] if self.first else None

    def take(self) -> Block:
        """Remove the block that `peek` showed."""
        return self.first.pop()

    def put_back(self, blocks: Iterable[Block]) -> None:
        """Blocks that were lost, to be computed again."""
        self.first += reversed(list(blocks))


def compute(specification: Specification, indices: Sequence[NDArray[np.int64]]) -> Results:
    """The variables at the points of some pieces, piece by piece."""
    together = np.concatenate(list(indices))
    found = specification.quantity.compute(Points(specification, together))
    ends = np.cumsum([len(part) for part in indices])[:-1]
    split = {name: np.split(np.asarray(values), ends) for name, values in found.items()}
    return [{name: parts[k] for name, parts in split.items()} for k in range(len(indices))]


def compute_remotely(document: str, indices: Sequence[NDArray[np.int64]]) -> Results:
    """`compute` in another process, from the JSON of the specification."""
    with _LOCK:
        return compute(_specification(document), indices)


@lru_cache(maxsize=4)
def _specification(document: str) -> Specification:
    return from_document(json.loads(document))


def in_process(specification: Specification, blocks: Iterable[Block], begin: Begin) -> Iterator[tuple[Block, Results]]:
    """Compute the blocks here, one after another."""
    for block in blocks:
        begin(block)
        yield block, compute(specification, [piece.indices for piece in block])


def in_processes(
    specification: Specification, blocks: Iterable[Block], begin: Begin, *, workers: int
) -> Iterator[tuple[Block, Results]]:
    """Compute the blocks in worker processes; one that dies is replaced, and its block computed again."""
    document = json.dumps(specification.document())
    source, restarts = _Source(blocks), 0
    while source.peek() is not None:
        pool = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_become_worker,
            initargs=(max(1, _cores() // workers),),
        )
        flying: dict[Future[Results], Block] = {}
        try:
            while flying or source.peek() is not None:
                while len(flying) < PER_WORKER * workers and (block := source.peek()) is not None:
                    future = pool.submit(compute_remotely, document, [piece.indices for piece in block])
                    flying[future] = source.take()
                    begin(block)
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    results = future.result()
                    yield flying.pop(future), results
        except BrokenProcessPool:
            restarts += 1
            if restarts > RESTARTS:
                raise OSError(errno.ECHILD, "workers keep dying (out of memory?); what is finished is kept") from None
            source.put_back(flying.values())
            _kill(pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _kill(pool: ProcessPoolExecutor) -> None:
    """End the workers of a broken pool: one that started while it broke was not told to, and would be waited for."""
    for process in list((pool._processes or {}).values()):
        process.kill()


def on_cluster(
    specification: Specification, blocks: Iterable[Block], begin: Begin, *, scheduler: str
) -> Iterator[tuple[Block, Results]]:
    """Compute the blocks on the dask cluster at an address; a worker that is lost is dask's to replace.

    Raises
    ------
    InvalidParameter
        If dask is not installed, nobody answers, or a worker has another version of this package.
    OSError
        If the cluster is lost.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise InvalidParameter("scheduler", scheduler, "left out, or the extra [cluster] installed") from None
    document = json.dumps(specification.document())
    try:
        client: Any = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError):
        raise InvalidParameter("scheduler", scheduler, "the address of a dask scheduler that answers") from None
    with client:
        _require_same_version(client, scheduler)
        source = _Source(blocks)
        threads = max(1, sum(client.nthreads().values()))
        flying: dict[Any, Block] = {}
        completed: Any = as_completed([], loop=client.loop)  # type: ignore[no-untyped-call]

        def send() -> None:
            block = source.peek()
            if block is None:
                return
            source.take()
            begin(block)
            indices = [piece.indices for piece in block]
            future = client.submit(compute_remotely, document, indices, pure=False, retries=RESTARTS)
            flying[future] = block
            completed.add(future)

        for _ in range(PER_WORKER * threads):
            send()
        for future in completed:
            if future.status == "cancelled":
                raise OSError(errno.ECONNABORTED, "the cluster was lost; what is finished is kept", scheduler)
            results = future.result()
            yield flying.pop(future), results
            future.release()
            send()


def _require_same_version(client: Any, scheduler: str) -> None:
    import gametheory

    try:
        client.wait_for_workers(1, timeout=60)
        versions = set(client.run(_version).values())
    except (TimeoutError, OSError):
        raise InvalidParameter("scheduler", scheduler, "one that has a worker") from None
    same = versions == {gametheory.__version__}
    expected = f"a cluster whose workers have gametheory {gametheory.__version__}, not {', '.join(map(str, versions))}"
    require(same, "scheduler", scheduler, expected)


def _version() -> str:
    import gametheory

    return gametheory.__version__


def _become_worker(threads: int) -> None:
    """In a worker: leave Ctrl-C to the parent, share the cores, and end when the parent does, however it does."""
    import numba

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    numba.set_num_threads(min(threads, numba.get_num_threads()))
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _cores() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
