"""The catalogue's certificates, from the files that ship with it: judged anew each time they are read.

A claim without a file here has no certificate: `statuses` says what was found out about it when the files were last
written (``python -m proofs.catalogue --search``), and nothing rests on that.
"""

import json
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from gametheory.errors import CertificateError
from proofs.claims import Claim
from proofs.verdicts import Proved, Refuted, Verdict

WITHOUT: Final = "without.json"


def stored_verdict(claim: Claim) -> Verdict | None:
    """The verdict that a stored certificate proves of a claim; None if there is none stored.

    Raises
    ------
    CertificateError
        If the checker does not accept the file, or it is about another claim.

    Examples
    --------
    >>> from proofs.catalogue import builtin_claims
    >>> verdict = stored_verdict(builtin_claims()[0])
    >>> verdict is None or verdict.word == "proved"
    True
    """
    from proofs.checker.check import check
    from proofs.checker.limits import Rejected

    file = _folder().joinpath(f"{claim.id}.json")
    if not file.is_file():
        return None
    start = perf_counter()
    certificate = json.loads(file.read_text(encoding="ascii"))
    if certificate.get("claim") != claim.canonical():
        raise CertificateError(f"{claim.id}: the stored certificate is about another claim; search afresh")
    try:
        word = check(certificate)
    except Rejected as error:
        raise CertificateError(f"{claim.id}: the stored certificate is refused: {error}") from None
    common: dict[str, Any] = {
        "claim": claim,
        "method": certificate["method"],
        "certificate": certificate,
        "seconds": perf_counter() - start,
    }
    if word == "refuted":
        return Refuted(**common, counterexample=_values(certificate["point"]))
    if word != "proved":
        raise CertificateError(f"{claim.id}: the stored certificate says '{word}'")
    return Proved(**common)


def stored_verdicts(claims: Iterable[Claim]) -> list[Verdict]:
    """The verdicts of those claims that have a stored certificate, in order."""
    return [verdict for claim in claims if (verdict := stored_verdict(claim)) is not None]


def statuses() -> dict[str, Mapping[str, Any]]:
    """What the last search said of the claims without a certificate: verdict, method and reason by id."""
    file = _folder().joinpath(WITHOUT)
    return dict(json.loads(file.read_text(encoding="ascii"))) if file.is_file() else {}


def store(verdicts: Iterable[Verdict], folder: Path) -> None:
    """Write certificates, and the statuses of claims without one, in place of what the folder has of these claims."""
    from proofs.certificates import save

    folder.mkdir(exist_ok=True)
    without = statuses()
    for verdict in verdicts:
        file = folder / f"{verdict.claim.id}.json"
        without.pop(verdict.claim.id, None)
        file.unlink(missing_ok=True)
        if verdict.certificate is not None and verdict.as_expected:
            save(verdict.certificate, file)
        else:
            reason = getattr(verdict, "reason", None)
            without[verdict.claim.id] = {"verdict": verdict.word, "method": verdict.method, "reason": reason}
    text = json.dumps(dict(sorted(without.items())), indent=1, ensure_ascii=True)
    (folder / WITHOUT).write_text(text + "\n", encoding="ascii")


def _folder() -> Any:
    return resources.files("proofs.catalogue").joinpath("certificates")


def _values(point: Mapping[str, Any]) -> dict[str, Any]:
    """A counterexample's values: rationals, or text in the algebraic number that the certificate names."""
    from gametheory.errors import InvalidParameter
    from gametheory.exact import parse_rational

    found: dict[str, Any] = {}
    values = point["values"] if "root" in point and isinstance(point["root"], dict) else point
    for name, text in values.items():
        try:
            found[name] = parse_rational(text)
        except InvalidParameter:
            root = point["root"]
            found[name] = f"{text} with {root['poly']} == 0, {root['name']} in {tuple(map(str, root['interval']))}"
    return found
