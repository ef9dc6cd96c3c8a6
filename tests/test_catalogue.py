"""The catalogue: stored certificates judged anew, a page that says what they prove, and nothing else."""

import json
from pathlib import Path

import pytest

from gametheory.errors import CertificateError
from proofs import Verdict
from proofs.catalogue import STRATA, catalogue_claims, stratum
from proofs.catalogue import stored as storage
from proofs.catalogue.page import page
from proofs.catalogue.stored import statuses, store, stored_verdict, stored_verdicts
from proofs.checking import check_certificate, stored_claims

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "proofs" / "catalogue" / "certificates"
CLAIMS = {claim.id: claim for claim in catalogue_claims()}
OWN = [claim for claim in CLAIMS.values() if claim.expected == "proved"]


@pytest.fixture(scope="module")
def stored() -> dict[str, Verdict]:
    return {verdict.claim.id: verdict for verdict in stored_verdicts(CLAIMS.values())}


def test_every_stored_certificate_proves_what_is_expected_of_its_claim(stored: dict[str, Verdict]) -> None:
    files = {path.stem for path in FOLDER.glob("*.json")} - {"without"}
    assert files == set(stored)
    assert [key for key, verdict in stored.items() if not verdict.as_expected] == []


def test_every_claim_has_a_certificate_or_is_listed_as_without(stored: dict[str, Verdict]) -> None:
    assert set(stored) | set(statuses()) == set(CLAIMS)
    assert set(stored) & set(statuses()) == set()
    certified = sum(claim.id in stored for claim in OWN)
    assert certified >= 0.95 * len(OWN)


def test_each_true_claim_has_a_wrong_twin_that_differs_from_it() -> None:
    for claim in OWN:
        twin = CLAIMS[f"{claim.id}.wrong"]
        assert twin.expected == "refuted"
        assert (twin.assumptions, twin.conclusion) != (claim.assumptions, claim.conclusion)


def test_every_stratum_is_large_enough_to_say_something() -> None:
    for name in STRATA:
        assert sum(stratum(claim) == name for claim in OWN) >= 10


def test_the_page_says_what_the_certificates_prove() -> None:
    assert (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8") == page()


def test_the_command_accepts_the_stored_files() -> None:
    for path in sorted(FOLDER.glob("t*.json")):
        assert check_certificate(path, source=stored_claims()).claim["id"] == path.stem


def test_a_stored_certificate_of_another_claim_or_a_broken_one_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = CLAIMS["the-dilemma"]
    text = (FOLDER / "the-dilemma.json").read_text(encoding="ascii")
    monkeypatch.setattr(storage, "_folder", lambda: tmp_path)
    assert stored_verdict(claim) is None
    (tmp_path / "the-dilemma.json").write_text(text.replace('"r < N"', '"r <= N"').replace("r < N)", "r <= N)"))
    with pytest.raises(CertificateError, match="another claim"):
        stored_verdict(claim)
    (tmp_path / "the-dilemma.json").write_text(text.replace('"1"', '"2"', 1))
    with pytest.raises(CertificateError, match="the-dilemma"):
        stored_verdict(claim)


def test_storing_replaces_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = stored_verdict(CLAIMS["the-dilemma"])
    assert verdict is not None
    monkeypatch.setattr(storage, "_folder", lambda: tmp_path)
    (tmp_path / "without.json").write_text(json.dumps({"the-dilemma": {"verdict": "undecided"}}))
    store([verdict], tmp_path)
    assert statuses() == {}
    assert stored_verdict(CLAIMS["the-dilemma"]) is not None
