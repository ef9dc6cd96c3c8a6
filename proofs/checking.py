"""Certificates from files, judged by the checker; nothing here searches or loads a solver."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from math import comb
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from gametheory.errors import CertificateError, InvalidParameter, require
from proofs.checker.check import check
from proofs.checker.limits import Rejected
from proofs.checker.phases import SCHEMA as PHASES
from proofs.checker.phases import Phases, check_phases

MAX_BYTES: Final = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A certificate that the checker accepts.

    Attributes
    ----------
    path : Path
    verdict : str
        What it proves of the claim: "proved", "vacuous", "refuted" or "undefined".
    claim : dict
        The canonical claim in it, which is what was verified.
    method : str
        How the evidence was found; not verified.
    seconds : float
    """

    path: Path
    verdict: str
    claim: Mapping[str, Any]
    method: str
    seconds: float


def check_certificate(path: str | Path, *, source: Mapping[str, Mapping[str, Any]] | None = None) -> Checked:
    """Judge one certificate, or one phase diagram (docs/phase-diagrams.md).

    Parameters
    ----------
    path : str or Path
        A JSON file.
    source : mapping of id to canonical claim, optional
        Whose claim the certificate must be about; see `stored_claims`.

    Raises
    ------
    CertificateError
        If the checker does not accept it, or the claim in it is not that of `source`.
    InvalidParameter
        If there is no such file, or it is no JSON.
    """
    path = Path(path)
    start = perf_counter()
    certificate = _read_json(path)
    if isinstance(certificate, dict) and certificate.get("schema") == PHASES:
        return _check_diagram(path, certificate, source)
    try:
        verdict = check(certificate)
    except Rejected as error:
        raise CertificateError(f"{path}: {error}") from None
    claim = certificate["claim"]
    if source is not None:
        known = source.get(claim["id"])
        if known is None:
            raise CertificateError(f"{path}: the source has no claim {claim['id']!r}")
        if dict(known) != claim:
            different = [key for key in claim if known.get(key) != claim[key]]
            raise CertificateError(f"{path}: not the source's claim {claim['id']!r}: another {', '.join(different)}")
    seconds = perf_counter() - start
    return Checked(path=path, verdict=verdict, claim=claim, method=certificate["method"], seconds=seconds)


def read_phases(path: str | Path) -> Any:
    """The document of a phase diagram that the checker accepts.

    Raises
    ------
    CertificateError
        If it does not.
    InvalidParameter
        If there is no such file, or it is no JSON.
    """
    document = _read_json(Path(path))
    _judge_phases(Path(path), document)
    return document


def _judge_phases(path: Path, document: Any) -> Phases:
    try:
        return check_phases(document)
    except Rejected as error:
        raise CertificateError(f"{path}: {error}") from None


def _check_diagram(path: Path, document: Any, source: Mapping[str, Any] | None) -> Checked:
    """A phase diagram as a claim that was verified: polynomials, rectangle, what each phase says, and the areas."""
    start = perf_counter()
    found = _judge_phases(path, document)
    if source is not None:
        raise CertificateError(f"{path}: a phase diagram is no claim of a source; --game compares it with its game")
    names = [axis["name"] for axis in document["axes"]]
    definitions = {f"sign{k}": entry["polynomial"] for k, entry in enumerate(document["signs"])}
    for k, entry in enumerate(document["gains"]):
        size = len(entry["values"])
        terms = [f"{comb(size - 1, i)}*t**{i}*(1 - t)**{size - 1 - i}*({v})" for i, v in enumerate(entry["values"])]
        definitions[f"gain{k}"] = " + ".join(terms)
    parts = []
    for number, phase in enumerate(document["phases"]):
        facts = [f"sign{k} is {mark}" for k, mark in phase["signs"].items()]
        facts += [f"gain{k} is {text} between its roots in 0 < t < 1" for k, text in phase["sequences"].items()]
        parts.append(f"in cells of phase {number} ({phase['name']}): {', '.join(facts) or 'nothing'}")
    areas = f"area proved {float(found.proved):.6f} of 1, undecided {float(found.undecided):.6f}"
    claim = {
        "id": path.stem,
        "statement": f"{found.cells} cells proved, {found.undecided_cells} undecided; {areas}",
        "source": str(document["question"]),
        "variables": dict.fromkeys(names, "real"),
        "definitions": definitions,
        "assumptions": [f"{axis['low']} < {axis['name']} < {axis['high']}" for axis in document["axes"]],
        "conclusion": "; ".join(parts),
    }
    seconds = perf_counter() - start
    return Checked(path=path, verdict="proved", claim=claim, method=document["method"], seconds=seconds)


def stored_claims() -> dict[str, Mapping[str, Any]]:
    """The built-in claims by id, in canonical form, from the file that ships with the package."""
    text = resources.files("proofs.catalogue").joinpath("builtin.json").read_text(encoding="ascii")
    return {claim["id"]: claim for claim in json.loads(text)["claims"]}


def claims_of_file(path: str | Path) -> dict[str, Mapping[str, Any]]:
    """The claims of a TOML file by id, in canonical form."""
    from proofs.claims import load_claims

    return {claim.id: claim.canonical() for claim in load_claims(path)}


def _read_json(path: Path) -> Any:
    require(path.is_file(), "certificate", str(path), "an existing JSON file")
    size = path.stat().st_size
    require(size <= MAX_BYTES, str(path), size, f"at most {MAX_BYTES} bytes")
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidParameter(str(path), str(error)[:200], "valid JSON") from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; a repeated key is an error, since readers disagree on which one counts."""
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key stands twice in an object")
    return data
