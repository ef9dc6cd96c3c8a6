"""Certificates as files: written, read, compared with whose claim they are; every file error in one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from gametheory.errors import CertificateError, InvalidParameter
from proofs import check_certificate, verify
from proofs.certificates import save
from proofs.checking import claims_of_file, stored_claims

from ._certificates import claim, raw_claim, resigned, signed

SQUARE = claim("x**2 >= 0")


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "certificate.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    certificate = verify(SQUARE).certificate
    assert certificate is not None
    save(certificate, tmp_path / "square.json")
    return tmp_path / "square.json"


def test_a_saved_certificate_is_accepted_and_says_what_it_proves(saved: Path) -> None:
    checked = check_certificate(saved)

    assert (checked.verdict, checked.path) == ("proved", saved)
    assert checked.claim == SQUARE.canonical()
    assert saved.read_text(encoding="ascii").endswith("}\n")


def test_the_claim_must_be_the_sources(saved: Path) -> None:
    assert check_certificate(saved, source={"test": SQUARE.canonical()}).verdict == "proved"

    with pytest.raises(CertificateError, match="the source has no claim 'test'"):
        check_certificate(saved, source={})
    with pytest.raises(CertificateError, match=r"another conclusion$"):
        check_certificate(saved, source={"test": claim("x**2 > 0").canonical()})
    with pytest.raises(CertificateError, match=r"another assumptions$"):
        check_certificate(saved, source={"test": claim("x**2 >= 0", "x > 0").canonical()})
    with pytest.raises(CertificateError, match="no claim 'test'"):
        check_certificate(saved, source=stored_claims())


def test_a_claims_file_is_a_source(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(
        '[[claim]]\nid = "test"\nstatement = "-"\nsource = "-"\nvariables = {x = "real", y = "real", z = "real"}\n'
        'assumptions = []\nconclusion = "x**2 >= 0"\n',
        encoding="utf-8",
    )

    assert check_certificate(saved, source=claims_of_file(path)).verdict == "proved"


def test_a_changed_file_is_refused(saved: Path) -> None:
    text = saved.read_text(encoding="ascii")
    data = json.loads(text)
    data["claim"]["conclusion"] = "x**2 > 0"

    saved.write_text(json.dumps(data), encoding="ascii")
    with pytest.raises(CertificateError, match="the digest does not match"):
        check_certificate(saved)
    saved.write_text(json.dumps(resigned(data)), encoding="ascii")
    with pytest.raises(CertificateError, match=f"^{saved}: "):
        check_certificate(saved)


@pytest.mark.parametrize(
    "text",
    ["", "{", "nul", '{"a": 1, "a": 1}', '{"a": [{"b": 1, "b": 2}]}', b"\xff\xfe", "[" * 100_000, "1" * 10_000],
    ids=["empty", "open", "word", "twice", "twice inside", "bytes", "deep", "digits"],
)
def test_what_is_no_json_is_refused_with_the_files_name(text: str | bytes, tmp_path: Path) -> None:
    path = written(tmp_path, text)

    with pytest.raises(InvalidParameter, match=f"^{path} must be valid JSON"):
        check_certificate(path)


@pytest.mark.parametrize("text", ["null", "NaN", "[]", "1", '"x"', "{}", '{"schema": NaN}', "Infinity"])
def test_json_that_is_no_certificate_is_refused(text: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)

    with pytest.raises(CertificateError, match=f"^{path}: "):
        check_certificate(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(InvalidParameter, match="certificate must be an existing JSON file"):
            check_certificate(path)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(60_000_000)

    with pytest.raises(InvalidParameter, match="at most"):
        check_certificate(path)


def test_an_id_that_cannot_be_looked_up_is_refused(tmp_path: Path) -> None:
    identifiers: tuple[Any, ...] = ([], {}, None, 1)
    for found in identifiers:
        path = written(tmp_path, json.dumps(signed("refuted", raw_claim("x > 0", id=found), point={"x": "0"})))
        with pytest.raises(CertificateError):
            check_certificate(path, source=stored_claims())
