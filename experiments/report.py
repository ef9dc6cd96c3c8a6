"""One report of claims and observations: as JSON (`gametheory.report/1`), as a table, as an exit status."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gametheory.exact import parse_rational

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.predictions import Observation
    from proofs.verdicts import Verdict

SCHEMA: Final = "gametheory.report/1"
TWIN: Final = ".wrong"
MAX_ROWS: Final = 12
LEGEND: Final = (
    "N group size, m punishers (N - 1 unless --punishers says otherwise), p punishment probability, s severity, "
    "h detection rate, e false-alarm rate, r multiplication factor, c contribution cost; '-': not given "
    "(--discount-factor, --action-error) or a property of populations. Thresholds are not clipped to their domain."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """The entry of a claim in a report.

    Attributes
    ----------
    id, statement, verdict, expected, method : str
    needed : tuple of str or None
        The assumptions that the proof uses.
    certificate : str or None
        Path of the certificate, if one was written or read.
    counterexample : dict of str to str or None
        Values of the variables at which the claim fails, or has no value.
    kernel : str
        "accepted", "rejected" or "not run".
    reason : str or None
        Why it is undecided, or why a judge refused.
    seconds : float
    texts : mapping or None
        The claim's formulas in canonical form, for pages; not part of the schema.
    """

    id: str
    statement: str
    verdict: str
    expected: str
    method: str
    needed: tuple[str, ...] | None = None
    certificate: str | None = None
    counterexample: Mapping[str, str] | None = None
    kernel: str = "not run"
    reason: str | None = None
    seconds: float = 0.0
    texts: Mapping[str, Any] | None = None

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one and no judge refused it."""
        return self.verdict == self.expected and self.kernel != "rejected"

    def to_dict(self) -> dict[str, Any]:
        """The entry as the schema names its keys."""
        return {
            "id": self.id,
            "statement": self.statement,
            "verdict": self.verdict,
            "expected": self.expected,
            "as_expected": self.as_expected,
            "needed": None if self.needed is None else list(self.needed),
            "method": self.method,
            "certificate": self.certificate,
            "counterexample": None if self.counterexample is None else dict(self.counterexample),
            "kernel": self.kernel,
            "reason": self.reason,
            "seconds": round(self.seconds, 4),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Claims and observations of one run.

    Attributes
    ----------
    claims : tuple of ClaimResult
    observations : tuple of Observation
    seconds : float
        Wall time of the run.
    seed : int or None
        What the observations' generators were spawned from.
    stored : int
        How many of the claims, the last ones, were not searched but had their stored certificates checked.
    """

    claims: tuple[ClaimResult, ...]
    observations: tuple["Observation", ...] = ()
    seconds: float = 0.0
    seed: int | None = None
    stored: int = 0

    @property
    def exit_status(self) -> int:
        """0 if every claim is as expected and no observation disagrees, else 1."""
        wrong = any(not claim.as_expected for claim in self.claims)
        return int(wrong or any(seen.agrees == "no" for seen in self.observations))

    def to_dict(self) -> dict[str, Any]:
        """The document of schema `gametheory.report/1`."""
        return {
            "schema": SCHEMA,
            "claims": [claim.to_dict() for claim in self.claims],
            "observations": [seen.to_dict() for seen in self.observations],
        }

    def to_json(self) -> str:
        """The document as text; the same report gives the same text."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)

    def summary(self) -> str:
        """The report in a sentence."""
        parts = []
        if self.claims:
            parts.append(_claims_sentence(self.claims))
        if self.observations:
            agree = sum(seen.agrees == "yes" for seen in self.observations)
            no = sum(seen.agrees == "no" for seen in self.observations)
            open_ones = len(self.observations) - agree - no
            parts.append(
                f"{agree} of {len(self.observations)} observations agree, {no} disagree, {open_ones} inconclusive"
            )
        return "; ".join(parts) + f"; {self.seconds:.1f} s"


def claim_result(
    verdict: "Verdict", *, certificate: Path | None = None, kernel: str = "not run", reason: str | None = None
) -> ClaimResult:
    """The entry of a verdict; `reason` adds what the kernel said."""
    point = getattr(verdict, "counterexample", getattr(verdict, "point", None))
    why = getattr(verdict, "reason", None)
    term = getattr(verdict, "term", None)
    if term is not None:
        why = f"{term} has no value there"
    if verdict.word == "vacuous" and why is None:
        why = "these contradict each other: " + ", ".join(getattr(verdict, "needed", None) or verdict.claim.assumptions)
    return ClaimResult(
        id=verdict.claim.id,
        statement=verdict.claim.statement,
        verdict=verdict.word,
        expected=verdict.claim.expected,
        method=verdict.method,
        needed=getattr(verdict, "needed", None),
        certificate=None if certificate is None else str(certificate),
        counterexample=None if point is None else {name: str(value) for name, value in point.items()},
        kernel=kernel,
        reason=reason or why,
        seconds=verdict.seconds,
        texts=verdict.claim.canonical(),
    )


def print_report(report: Report, console: "Console") -> None:
    """Print the tables of a report and its summary."""
    searched = report.claims[: len(report.claims) - report.stored]
    if searched:
        console.print(_claims_table(searched))
    if report.stored:
        good = sum(claim.as_expected for claim in report.claims[len(searched) :])
        said = f"and {report.stored} of the catalogue by their stored certificates, {good} accepted (--search: afresh)"
        console.print(said, markup=False, highlight=False)
    for claim in report.claims:
        if not claim.as_expected or (claim.reason and not claim.id.endswith(TWIN)):
            console.print(f"{claim.id}: {_explanation(claim)}", markup=False, highlight=False)
    if report.observations:
        console.print(_observations_table(report.observations))
        for what in dict.fromkeys(f"{_family(seen.id)}: {seen.statement}" for seen in report.observations):
            console.print(what, markup=False, highlight=False)
    console.print(report.summary(), markup=False, highlight=False)


def _claims_sentence(claims: Sequence[ClaimResult]) -> str:
    wanted = [claim for claim in claims if claim.expected == "proved"]
    proved = [claim for claim in wanted if claim.verdict == "proved"]
    certified = sum(claim.method != "decision procedure" for claim in proved)
    twins = [claim for claim in claims if claim.expected == "refuted"]
    refuted = sum(claim.verdict == "refuted" for claim in twins)
    accepted = sum(claim.kernel == "accepted" for claim in claims)
    run = any(claim.kernel != "not run" for claim in claims)
    parts = [f"{len(proved)} of {len(wanted)} claims proved, {certified} with a certificate"]
    parts.append(f"kernel: {accepted} accepted" if run else "kernel: not run")
    if twins:
        parts.append(f"{refuted} of {len(twins)} wrong ones refuted")
    for word in ("vacuous", "undefined", "undecided"):
        count = sum(claim.verdict == word for claim in claims)
        parts += [f"{count} {word}"] if count else []
    unexpected = sum(not claim.as_expected for claim in claims)
    return ", ".join([*parts, f"{unexpected} not as expected"])


def _explanation(claim: ClaimResult) -> str:
    """Why a claim is not as expected, or what a reader should know about it."""
    text = f"{claim.verdict} (expected {claim.expected})"
    if claim.counterexample:
        text += " at " + _point(claim.counterexample)
    if claim.reason:
        text += f": {claim.reason}"
    return text


def _family(identifier: str) -> str:
    """Ids of one experiment at several values share what comes before '-at-', '-p-' and the like."""
    return re.split(r"-at-|-p-|-0\.\d+", identifier)[0]


def _point(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _claims_table(claims: Sequence[ClaimResult]) -> Any:
    from rich.table import Table

    twins = {claim.id.removesuffix(TWIN): claim for claim in claims if claim.id.endswith(TWIN)}
    own = [claim for claim in claims if not claim.id.endswith(TWIN)] or list(claims)
    table = Table(title="Claims")
    headings = ["claim", "verdict", "how", "kernel", "s"] + (["its wrong twin"] if twins else [])
    for heading in headings:
        table.add_column(heading, justify="right" if heading == "s" else "left", overflow="fold")
    for claim in own:
        cells = [claim.id, _mark(claim), claim.method, claim.kernel, f"{claim.seconds:.2f}"]
        if twins:
            twin = twins.get(claim.id)
            cells.append("" if twin is None else f"{_mark(twin)} at {_point(twin.counterexample or {})}")
        table.add_row(*cells)
    return table


def _mark(claim: ClaimResult) -> str:
    return claim.verdict if claim.as_expected else f"[bold red]{claim.verdict} (!)[/]"


def _observations_table(observations: Sequence["Observation"]) -> Any:
    from rich.table import Table

    table = Table(title=f"Learners and dynamics against predictions (simultaneous level {observations[-1].level:g})")
    for heading in ("observation", "prediction", "estimate", "interval", "tolerance", "seeds", "agrees"):
        table.add_column(heading, overflow="fold")
    for seen in observations:
        low, high = seen.interval
        mark = {"yes": "yes", "no": "[bold red]no (!)[/]"}.get(seen.agrees, "[yellow]inconclusive[/]")
        table.add_row(
            seen.id,
            f"{seen.prediction:.5g}",
            f"{seen.estimate:.5g}",
            f"[{low:.5g}, {high:.5g}]".replace("[", r"\["),
            f"{seen.tolerance:.2g}",
            str(seen.seeds),
            mark,
        )
    return table


def print_solution(document: Mapping[str, Any], console: "Console") -> None:
    """Print a document of schema `gametheory.solution/1` as tables."""
    from rich.table import Table

    if document["conditions"]:
        table = Table(title="Conditions")
        for heading in ("condition", "parameter", "threshold", "feasible", "holds", "what it says", "remedy"):
            table.add_column(heading, overflow="fold")
        for entry in document["conditions"]:
            bound = "-" if entry["threshold"] is None else f"{entry['relation']} {_number(entry['threshold'])}"
            said = {True: "yes", False: "no", None: "-"}
            words = [
                said.get(entry["feasible"], "-"),
                said.get(entry["holds"], "-"),
                entry["statement"],
                entry["remedy"],
            ]
            table.add_row(entry["name"], entry["parameter"], bound, *words)
        console.print(table)
        console.print(LEGEND, markup=False, highlight=False)
    profiles = Table(title="Pure equilibria, up to relabelling the players")
    profiles.add_column("how many play each strategy")
    profiles.add_column("strict")
    for entry in document["pure_profiles"][:MAX_ROWS]:
        counts = ", ".join(f"{n} {name}" for name, n in entry["counts"].items() if n)
        profiles.add_row(counts, "yes" if entry["strict"] else "no")
    left_out = len(document["pure_profiles"]) - MAX_ROWS
    if left_out > 0:
        profiles.add_row(f"... and {left_out} more (--json lists them)", "")
    if not document["pure_profiles"]:
        profiles.add_row("none", "")
    console.print(profiles)
    console.print(_components("Symmetric equilibria", document["equilibria"]))
    console.print(_components("Rest points of the replicator dynamics", document["rest_points"]))
    exact = "exact" if document["exact"] else "in floating point"
    complete = "complete" if document["complete"] else "NOT complete"
    console.print(f"{exact}, {complete}. {document.get('note') or ''}".strip(), markup=False, highlight=False)


def _components(title: str, components: Sequence[Mapping[str, Any]]) -> Any:
    from rich.table import Table

    table = Table(title=title)
    for heading in ("set", "dimension", "a point of it", "stability", "ESS", "as a set"):
        table.add_column(heading, overflow="fold")
    for component in components:
        for number, part in enumerate(component["parts"]):
            point = ", ".join(f"{name} {_number(value)}" for name, value in part["point"].items())
            as_set = component["stability_as_set"] if number == 0 else ""
            ess = str(part.get("ess", component["ess"]))
            table.add_row(
                part["set"],
                str(part["dimension"]),
                point,
                part["stability"],
                ess,
                as_set,
                end_section=number == len(component["parts"]) - 1,
            )
    return table


def _number(value: Any) -> str:
    """A number of a document, algebraic ones by their interval."""
    if isinstance(value, Mapping):
        low, high = value["interval"]
        middle = (parse_rational(str(low)) + parse_rational(str(high))) / 2
        return f"{float(middle):.9g}..."
    return f"{value:.6g}" if isinstance(value, float) else str(value)
