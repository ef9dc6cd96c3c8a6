"""Run claims and observations and write down what came out: the work behind `gametheory verify`."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Final

from experiments.report import Report, claim_result
from gametheory.public_goods import PublicGoodsGame

if TYPE_CHECKING:
    from experiments.predictions import Observation
    from experiments.report import ClaimResult
    from proofs.claims import Claim
    from proofs.verdicts import Verdict

# Called as progress(done, total, what).
Progress = Callable[[int, int, str], None]
DEFAULT_SEED: Final = 20261121
STARTS_PER_SIDE: Final = 7


def run_claims(claims: "Sequence[Claim]", *, budget: float, workers: int, progress: Progress) -> "list[Verdict]":
    """Decide claims, each within `budget` seconds, in `workers` processes."""
    from proofs.verification import verify_all

    done = 0

    def report(verdict: "Verdict") -> None:
        nonlocal done
        done += 1
        progress(done, len(claims), verdict.claim.id)

    progress(0, len(claims), "claims")
    return verify_all(claims, budget=budget, workers=workers, progress=report)


def write_evidence(
    verdicts: "Sequence[Verdict]", *, out: Path | None, kernel: bool, workers: int, progress: Progress
) -> Report:
    """Save certificates and Coq files under `out`, compile them if `kernel`, and make the report.

    Parameters
    ----------
    verdicts : sequence of Verdict
    out : Path, optional
        A folder; certificates go to `certificates/`, Coq files to `coq/`.
    kernel : bool
        Whether `coqc` judges every claim that is proved or vacuous.
    workers : int
        Coq files compiled at a time.
    progress : callable
    """
    from proofs.certificates import save

    paths: list[Path | None] = []
    for verdict in verdicts:
        path = None if out is None or verdict.certificate is None else out / "certificates" / f"{verdict.claim.id}.json"
        if path is not None and verdict.certificate is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            save(verdict.certificate, path)
        paths.append(path)
    results = [claim_result(verdict, certificate=path) for verdict, path in zip(verdicts, paths, strict=True)]
    proved = [i for i, v in enumerate(verdicts) if v.word in ("proved", "vacuous") and v.certificate is not None]
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) if out is None else out / "coq"
        if kernel or out is not None:
            folder.mkdir(parents=True, exist_ok=True)
        if kernel:
            _run_kernel(verdicts, proved, folder, workers, progress, results)
        elif out is not None:
            _write_coq(verdicts, proved, folder)
    return Report(claims=tuple(results))


def _coq_path(folder: Path, claim_id: str) -> Path:
    """Coq wants a file whose name is an identifier."""
    return folder / ("claim_" + "".join(ch if ch.isalnum() else "_" for ch in claim_id) + ".v")


def _write_coq(verdicts: "Sequence[Verdict]", proved: Sequence[int], folder: Path) -> None:
    from proofs.coq import NotCovered, coq_file

    for i in proved:
        certificate = verdicts[i].certificate
        assert certificate is not None
        with suppress(NotCovered):
            text = coq_file(verdicts[i].claim, certificate)
            _coq_path(folder, verdicts[i].claim.id).write_text(text, encoding="ascii")


def _run_kernel(
    verdicts: "Sequence[Verdict]",
    proved: Sequence[int],
    folder: Path,
    workers: int,
    progress: Progress,
    results: "list[ClaimResult]",
) -> None:
    from proofs.coq import KernelAnswer, run_kernel

    def judge(i: int) -> KernelAnswer:
        certificate = verdicts[i].certificate
        assert certificate is not None
        return run_kernel(verdicts[i].claim, certificate, _coq_path(folder, verdicts[i].claim.id))

    progress(0, len(proved), "kernel")
    with ThreadPoolExecutor(workers) as pool:
        for done, (i, answer) in enumerate(zip(proved, pool.map(judge, proved), strict=True), start=1):
            results[i] = replace(results[i], kernel=answer.status, reason=answer.reason or results[i].reason)
            progress(done, len(proved), verdicts[i].claim.id)


def replicator_observation(game: PublicGoodsGame) -> "Observation":
    """Whether replicator trajectories end where the exact rest points say: the share that does, against 1.

    Trajectories start on a grid of the interior of the simplex. One agrees if it comes to rest at a rest point that the
    exact analysis does not call unstable; an interior start never ends at an unstable one.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> replicator_observation(game).agrees
    'yes'
    """
    from dynamics import agreement
    from experiments.predictions import Observation
    from gametheory.compositions import compositions

    start = monotonic()
    side = STARTS_PER_SIDE
    points = (compositions(side, len(game.strategies)) + 1.0) / (side + len(game.strategies))
    found = agreement(game, starts=points)
    good = sum(count for _, stability, count in found.ends if stability != "unstable")
    share = good / len(points)
    note = "; ".join(f"{count} end in {where} ({how})" for where, how, count in found.ends)
    return Observation(
        id="replicator-limits",
        statement="replicator trajectories end at rest points that are not unstable",
        prediction=1.0,
        estimate=share,
        interval=(share, share),
        level=1.0,
        tolerance=0.0,
        agrees="yes" if found.agrees else "no",
        seeds=len(points),
        seconds=monotonic() - start,
        seed=0,
        effect=share - 1.0,
        excluded=("a trajectory that ends elsewhere",) if found.agrees else (),
        not_excluded=(),
        note=note,
    )
