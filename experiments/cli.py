"""The `gametheory` command: parse, call one function, print. No science here, and nothing heavy at import."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gametheory.errors import CertificateError, GameTheoryError, InvalidParameter

if TYPE_CHECKING:
    from experiments.predictions import Observation
    from experiments.report import Report
    from experiments.study import Progress

app = typer.Typer(
    name="gametheory",
    help="Public goods games with punishment: exact answers, proofs with certificates, learners that check them.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output, nothing else.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder for report.html, report.json and the evidence for claims.")
]
Seed = Annotated[int | None, typer.Option("--seed", help="What all random generators are spawned from.", min=0)]
GameFile = Annotated[Path, typer.Argument(metavar="GAME.toml", help="A game; see docs/formats.md.")]


def main() -> None:
    """Run one command; exit 0, 1 (a claim or observation is not as expected) or 2 (the input is wrong)."""
    signal.signal(signal.SIGINT, _interrupted)
    try:
        app(standalone_mode=True)
    except GameTheoryError as error:
        _fail(str(error))
    except _Interrupted:
        sys.exit(128 + signal.SIGINT)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    except OSError as error:
        _fail(f"{error.filename or 'output'}: {error.strerror or error}")


class _Interrupted(BaseException):
    """Ctrl-C, under a name that the option parser does not swallow."""


def _interrupted(number: int, frame: FrameType | None) -> None:
    """Ctrl-C: say so and stop, workers included."""
    from multiprocessing import active_children

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.excepthook = lambda _: None  # the pool's thread may complain that its workers are gone
    for child in active_children():
        child.terminate()
    print("gametheory: interrupted", file=sys.stderr, flush=True)
    raise _Interrupted


def _fail(message: str) -> None:
    print("gametheory: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(2)


def _version(wanted: bool) -> None:
    if wanted:
        import gametheory

        print(gametheory.__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    pass


@app.command()
def verify(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE.toml ...]", help="Claims; none: built in.")
    ] = None,
    out: Out = None,
    as_json: Json = False,
    kernel: Annotated[str, typer.Option(help="'coq': let coqc judge every proof; 'none'.")] = "none",
    seed: Seed = None,
    search: Annotated[
        bool,
        typer.Option("--search", help="Search every claim of the catalogue afresh instead of checking what is stored."),
    ] = False,
    budget: Annotated[float, typer.Option(help="Seconds of search for each claim.")] = 20.0,
) -> None:
    """Prove or refute claims; with no file, the built-in study: claims, replicator prediction, learners."""
    from experiments.report import Report
    from experiments.study import DEFAULT_SEED, run_claims, write_evidence
    from gametheory.errors import require
    from proofs.catalogue.stored import stored_verdicts

    start = monotonic()
    require(kernel in ("none", "coq"), "--kernel", kernel, "'coq' or 'none'")
    require(0 < budget < float("inf"), "--budget", budget, "a number of seconds > 0")
    if kernel == "coq":
        _warn_without_coq()
    if out is not None:
        require(not out.exists() or out.is_dir(), "--out", str(out), "a folder")
        out.mkdir(parents=True, exist_ok=True)
    claims, stored = _claims(files, search=search)
    workers = min(len(claims), _cores())
    chosen = DEFAULT_SEED if seed is None else seed
    with _progress("claims") as progress:
        verdicts = run_claims(claims, budget=budget, workers=workers, progress=progress)
        kept = stored_verdicts(stored)
    with _progress("kernel") as progress:
        both = [*verdicts, *kept]
        evidence = write_evidence(both, out=out, kernel=kernel == "coq", workers=_cores(), progress=progress)
    if kernel == "coq" and not files:
        _judge_foundations()
    observations = () if files else tuple(_builtin_observations(chosen))
    report = Report(
        claims=evidence.claims,
        observations=observations,
        seconds=monotonic() - start,
        seed=chosen,
        stored=len(kept),
    )
    _finish(report, out=out, as_json=as_json, built_in=not files)


@app.command()
def check(
    certificates: Annotated[list[Path], typer.Argument(metavar="CERTIFICATE.json ...", help="Certificates to judge.")],
    claims: Annotated[
        str | None, typer.Option("--claims", help="Demand that each claim is this TOML file's, or 'builtin'.")
    ] = None,
    game: Annotated[
        bool,
        typer.Option("--game", help="Derive each phase diagram's polynomials again from the game that it names."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Judge certificates and phase diagrams: exact arithmetic, no solver, no search."""
    from experiments.report import ClaimResult, Report
    from proofs.checking import check_certificate, claims_of_file, stored_claims

    start = monotonic()
    source = None if claims is None else stored_claims() if claims == "builtin" else claims_of_file(claims)
    results = []
    unreadable = False
    for path in certificates:
        try:
            found = check_certificate(path, source=source)
            if game:
                from experiments.phases.diagram import load_phases

                load_phases(path)
        except InvalidParameter as error:
            print("gametheory: " + " ".join(str(error).split()), file=sys.stderr)
            unreadable = True
            continue
        except CertificateError as error:
            refused = ClaimResult(
                id=path.stem,
                statement="",
                verdict="undecided",
                expected="proved",
                method="none",
                certificate=str(path),
                reason=str(error),
            )
            results.append(refused)
            if not as_json:
                print(f"REFUSED  {error}")
            continue
        claim = found.claim
        results.append(
            ClaimResult(
                id=claim["id"],
                statement=claim["statement"],
                verdict=found.verdict,
                expected=found.verdict,
                method=found.method,
                certificate=str(path),
                seconds=found.seconds,
            )
        )
        if not as_json:
            print(_checked_text(found.verdict, claim))
    report = Report(claims=tuple(results), seconds=monotonic() - start)
    if as_json:
        print(report.to_json())
    elif results:
        accepted = sum(claim.as_expected for claim in results)
        print(f"{accepted} accepted, {len(results) - accepted} refused; {report.seconds:.2f} s")
    raise typer.Exit(2 if unreadable else report.exit_status)


@app.command()
def solve(
    game: GameFile,
    as_json: Json = False,
    punishers: Annotated[str | None, typer.Option(help="How many co-players would punish, m; all N - 1.")] = None,
    discount_factor: Annotated[str | None, typer.Option(help="Weight of the next round, in [0, 1).")] = None,
    action_error: Annotated[str | None, typer.Option(help="Chance that a contribution fails, in [0, 1].")] = None,
) -> None:
    """Conditions, equilibria, rest points and their stability, exact for exact parameters."""
    import json

    from experiments.report import print_solution
    from experiments.solution import solution
    from gametheory.files import load_game

    options = {"punishers": punishers, "discount_factor": discount_factor, "action_error": action_error}
    document = solution(load_game(game), **{name: value for name, value in options.items() if value is not None})
    if as_json:
        print(json.dumps(document, indent=1))
    else:
        print_solution(document, _console())


@app.command()
def crossvalidate(
    game: GameFile,
    as_json: Json = False,
    out: Out = None,
    seed: Seed = None,
    quick: Annotated[bool, typer.Option("--quick", help="Q-learners only: seconds instead of minutes.")] = False,
) -> None:
    """Set learners that know nothing of the theory against its predictions for a game; --out DIR resumes."""
    from experiments.observations import crossvalidate as run
    from experiments.report import Report
    from experiments.study import DEFAULT_SEED
    from gametheory.errors import require
    from gametheory.files import game_to_dict, load_game
    from gametheory.public_goods import PublicGoodsGame

    start = monotonic()
    loaded = load_game(game)
    public = isinstance(loaded, PublicGoodsGame)
    kind = game_to_dict(loaded)["kind"]
    require(public, f"{game}: kind", kind, "'public-goods': learners play contributions and punishments")
    assert isinstance(loaded, PublicGoodsGame)
    chosen = DEFAULT_SEED if seed is None else seed
    with _progress("learners") as progress:
        seen = run(
            loaded, seed=chosen, quick=quick, store=None if out is None else out / "estimates", progress=progress
        )
    report = Report(claims=(), observations=tuple(seen), seconds=monotonic() - start, seed=chosen)
    _finish(report, out=out, as_json=as_json, game=loaded)


@app.command()
def sweep(
    file: Annotated[Path | None, typer.Argument(metavar="SWEEP.toml", help="A sweep; see docs/sweeps.md.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the zarr store; it is resumed.")] = None,
    workers: Annotated[int, typer.Option(help="Processes; 1: threads of this one.")] = 1,
    scheduler: Annotated[str | None, typer.Option(help="Address of a dask scheduler, tcp://...")] = None,
    block: Annotated[int | None, typer.Option(help="Points that are computed at a time.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="Name every quantity, its parameters and variables.")] = False,
    as_json: Json = False,
) -> None:
    """Compute a quantity over a grid of parameters, into a store that outlives accidents."""
    from experiments.sweeps.command import command

    command(file, out=out, workers=workers, scheduler=scheduler, block=block, listed=listed, as_json=as_json)


@app.command()
def plot(
    path: Annotated[
        Path, typer.Argument(metavar="STORE|GAME.toml|PHASES.json", help="A sweep, a game or a phase diagram.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Picture to write: .svg, .pdf, .png, or .html for a page.")],
    variable: Annotated[str | None, typer.Option(help="Of a store; by default its phase or first variable.")] = None,
    at: Annotated[list[str] | None, typer.Option(help="DIMENSION=VALUE: where a store is cut; repeatable.")] = None,
) -> None:
    """Draw what fits: phase diagram or cut of a sweep, simplex, gradient or tetrahedron of a game."""
    from experiments.pictures_files import write_picture

    write_picture(path, out, variable=variable, at=at or ())


@app.command()
def explore(
    game: GameFile,
    port: Annotated[int, typer.Option(help="To listen on; 0: any that is free.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Serve a page, to this machine alone, with sliders for a game's parameters."""
    from experiments.explorer.serving import explore as run

    run(game, port=port, show=browser)


def _claims(files: list[Path] | None, *, search: bool) -> Any:
    """The claims to search, and those whose stored certificates are checked."""
    from proofs.catalogue import builtin_claims, catalogue_claims
    from proofs.claims import load_claims

    if not files:
        everything = catalogue_claims()
        first = len(everything) if search else len(builtin_claims())
        return everything[:first], everything[first:]
    claims = [claim for path in files for claim in load_claims(path)]
    seen: set[str] = set()
    for claim in claims:
        if claim.id in seen:
            raise InvalidParameter(f"{files[-1]}: id", claim.id, "different from the ids of the files before")
        seen.add(claim.id)
    return claims, []


def _judge_foundations() -> None:
    """Say on standard error whether Coq accepts what the built-in claims rest on."""
    from proofs.foundations.judging import judge_foundations

    found = judge_foundations()
    count = f"{len(found.theorems)} theorems " if found.theorems else ""
    print(f"foundations: {count}{found.status} {found.reason}".rstrip() + f"; {found.seconds:.1f} s", file=sys.stderr)


def _builtin_observations(seed: int) -> "list[Observation]":
    from experiments.cases import published_game
    from experiments.observations import builtin_observations
    from experiments.study import replicator_observation

    with _progress("learners") as progress:
        first = replicator_observation(published_game())
        return [first, *builtin_observations(seed=seed, progress=progress)]


def _warn_without_coq() -> None:
    from proofs.coq import kernel

    if not kernel.available():
        print("gametheory: coqc (Debian's package coq) is not on the path; kernel: not run", file=sys.stderr)


def _cores() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def _finish(report: "Report", *, out: Path | None, as_json: bool, built_in: bool = False, game: Any = None) -> None:
    """Write, print and exit."""
    from experiments.report import print_report

    if out is not None:
        from experiments.page import write_page

        out.mkdir(parents=True, exist_ok=True)
        (out / "report.json").write_text(report.to_json() + "\n", encoding="utf-8")
        write_page(report, out / "report.html", built_in=built_in, game=game)
    if as_json:
        print(report.to_json())
    else:
        print_report(report, _console())
        if report.seed is not None and report.observations:
            print(f"seed {report.seed}")
        if out is not None:
            print(f"written to {out}: report.html, report.json" + (" and the evidence" if report.claims else ""))
    raise typer.Exit(report.exit_status)


def _console() -> Any:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 130)


@contextmanager
def _progress(what: str) -> "Iterator[Progress]":
    """A bar on standard error where that is a terminal; else nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[item]}"),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None, item="")

        def report(done: int, total: int, item: str) -> None:
            bar.update(task, completed=done, total=total, item=item)

        yield report


def _checked_text(verdict: str, claim: Any) -> str:
    lines = [f"{verdict.upper()}  {claim['id']}: {claim['statement']}"]
    variables = ", ".join(f"{name} {sort}" for name, sort in claim["variables"].items())
    lines.append(f"  for all {variables}")
    lines += [f"  {name} := {text}" for name, text in claim["definitions"].items()]
    lines += [f"  if {text}" for text in claim["assumptions"]]
    lines.append(f"  then {claim['conclusion']}")
    return "\n".join("".join(ch if ch.isprintable() else "?" for ch in line) for line in lines)


if __name__ == "__main__":
    main()
