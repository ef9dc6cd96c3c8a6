"""The page that lists the catalogue with its status: ``docs/catalogue.md``."""

from collections import Counter
from typing import Final

from proofs.catalogue import STRATA, catalogue_claims, stratum
from proofs.catalogue.stored import statuses, stored_verdict
from proofs.claims import Claim
from proofs.verdicts import Verdict

HEAD: Final = """\
# The catalogue

Propositions of the literature and of ours, each with a deliberately wrong twin. This page is written by
`python -m proofs.catalogue --page` from the certificates that ship with the package (`proofs/catalogue/certificates`);
a test judges them anew; 'certificate' names the kind of proof, a dash says that there is none.

"""


def page() -> str:
    """The page as Markdown."""
    claims = catalogue_claims()
    twins = {claim.id: claim for claim in claims if claim.expected == "refuted"}
    own = [claim for claim in claims if claim.expected == "proved"]
    found = {claim.id: stored_verdict(claim) for claim in claims}
    said = statuses()
    lines = [HEAD, *_counts(own, found, twins), ""]
    for name in STRATA:
        listed = [claim for claim in own if stratum(claim) == name]
        lines += [f"## {name.capitalize()}", ""]
        lines += ["| claim | says | source | certificate | its wrong twin |", "|---|---|---|---|---|"]
        for claim in listed:
            verdict, twin = found[claim.id], found.get(f"{claim.id}.wrong")
            status = verdict.method if verdict else f"- ({said.get(claim.id, {}).get('verdict', 'not searched')})"
            cells = (claim.id, claim.statement, claim.source, status, _refutation(twin))
            lines.append("| " + " | ".join(text.replace("|", "\\|") for text in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _refutation(verdict: Verdict | None) -> str:
    point = getattr(verdict, "counterexample", None)
    if point is None:
        return "-"
    return "refuted" + (" at " + ", ".join(f"{name} = {value}" for name, value in point.items()) if point else "")


def _counts(own: list[Claim], found: dict[str, Verdict | None], twins: dict[str, Claim]) -> list[str]:
    """How many of each stratum have a certificate."""
    total = Counter(stratum(claim) for claim in own)
    proved = Counter(stratum(claim) for claim in own if found[claim.id])
    refuted = Counter(stratum(claim) for claim in own if found.get(f"{claim.id}.wrong"))
    lines = ["| stratum | claims | with a certificate | twins refuted |", "|---|---|---|---|"]
    for name in (*STRATA, None):
        numbers = (
            (total[name], proved[name], refuted[name])
            if name
            else (sum(total.values()), sum(proved.values()), sum(refuted.values()))
        )
        lines.append(f"| {name or 'all'} | " + " | ".join(map(str, numbers)) + " |")
    return lines
