"""Claims as objects and files: every key is checked, and refused by name."""

from pathlib import Path
from typing import Any

import pytest

from gametheory import InvalidParameter
from proofs import Claim, load_claims
from proofs.claims import claim_from_dict

from ._certificates import claim

GOOD: dict[str, Any] = {
    "id": "square",
    "statement": "A square is not negative.",
    "source": "-",
    "variables": {"x": "real", "n": "integer"},
    "definitions": {"a": "x + 1", "b": "a*a"},
    "assumptions": ["x > 0"],
    "conclusion": "b >= n*0",
}


def test_definitions_stand_for_their_terms() -> None:
    written = Claim(**{**GOOD, "definitions": {}, "conclusion": "(x + 1)*(x + 1) >= n*0"})

    assert Claim(**GOOD).concluded == written.concluded


def test_the_hash_depends_on_everything_that_bears_on_the_meaning() -> None:
    changes: dict[str, Any] = {
        "id": "other",
        "statement": "other",
        "source": "other",
        "variables": {"x": "real", "n": "real"},
        "definitions": {"a": "x + 2", "b": "a*a"},
        "assumptions": ["x >= 0"],
        "conclusion": "b > n*0",
    }
    hashes = {Claim(**{**GOOD, key: entry}).hash for key, entry in changes.items()}

    assert len(hashes | {Claim(**GOOD).hash}) == len(changes) + 1
    assert Claim(**{**GOOD, "expected": "refuted"}).hash == Claim(**GOOD).hash


@pytest.mark.parametrize(
    ("key", "found", "named"),
    [
        ("id", "", "id"),
        ("id", "a b", "id"),
        ("id", "-a", "id"),
        ("id", "é", "id"),
        ("id", 1, "id"),
        ("id", "a" * 101, "id"),
        ("id", "a*)\nAxiom", "id"),
        ("id", "../a", "id"),
        ("id", "a/b", "id"),
        ("statement", 1, "statement"),
        ("source", None, "source"),
        ("variables", ["x"], "variables"),
        ("variables", {"x": "complex"}, r"variables\.x"),
        ("variables", {"x": 1}, r"variables\.x"),
        ("variables", {"x": []}, r"variables\.x"),
        ("variables", {1: "real"}, "variables"),
        ("variables", {"x y": "real"}, "variables"),
        ("variables", {"lambda": "real"}, "variables"),
        ("variables", {"class": "real"}, "variables"),
        ("variables", {"implies": "real"}, "variables"),
        ("variables", {"Sum": "real"}, "variables"),
        ("variables", {"n": "integer"}, "variables"),
        ("definitions", ["a"], "definitions"),
        ("definitions", {"x": "1"}, "definitions"),
        ("definitions", {"iff": "1"}, "definitions"),
        ("definitions", {"a": "x > 0"}, r"definitions\.a"),
        ("definitions", {"a": 1}, r"definitions\.a"),
        ("definitions", {"a": "a + 1"}, "variables"),
        ("definitions", {"a": "b", "b": "a"}, "variables"),
        ("definitions", {"a": float("nan")}, r"definitions\.a"),
        ("assumptions", "x > 0", "assumptions"),
        ("assumptions", [1], r"assumptions\[0\]"),
        ("assumptions", ["x > 0", "x"], r"assumptions\[1\]"),
        ("assumptions", ["y > 0"], "variables"),
        ("conclusion", None, "conclusion"),
        ("conclusion", "x", "conclusion"),
        ("conclusion", "q > 0", "variables"),
        ("conclusion", "x > 0 and exists(x, x > 1)", "x"),
        ("expected", "true", "expected"),
        ("expected", None, "expected"),
    ],
)
def test_what_a_claim_cannot_be_is_refused_by_name(key: str, found: Any, named: str) -> None:
    with pytest.raises(InvalidParameter, match=rf"^(claim 'square': )?{named} must be "):
        Claim(**{**GOOD, key: found})


@pytest.mark.parametrize("operator", ["+", "*", "-", "/"])
def test_definitions_that_double_are_refused_by_size(operator: str) -> None:
    doubling = {"a0": "x + 1", **{f"a{i}": f"a{i - 1} {operator} a{i - 1}" for i in range(1, 60)}}

    with pytest.raises(InvalidParameter, match=r"definitions\.a13 must be at most 20000 parts"):
        claim("x > 0", definitions=doubling)


def test_a_long_chain_of_definitions_is_refused_by_depth() -> None:
    chain = {"a0": "x", **{f"a{i}": f"a{i - 1} + 1" for i in range(1, 3000)}}

    with pytest.raises(InvalidParameter, match="on 200 levels"):
        claim("x > 0", definitions=chain)


@pytest.mark.parametrize("position", ["conclusion", "assumptions", "definitions", "variables", "id"])
def test_a_claim_from_a_stranger_runs_nothing(position: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    attack = "__import__('os').system('touch pwned')"
    found: dict[str, Any] = {
        "conclusion": attack,
        "assumptions": [attack],
        "definitions": {"a": attack},
        "variables": {attack: "real"},
        "id": attack,
    }

    with pytest.raises(InvalidParameter):
        Claim(**{**GOOD, position: found[position]})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["id", "statement", "source", "variables", "assumptions", "conclusion"])
def test_a_missing_key_is_named(key: str) -> None:
    with pytest.raises(InvalidParameter, match=rf"^file: {key} must be given"):
        claim_from_dict({k: v for k, v in GOOD.items() if k != key}, where="file: ")


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(InvalidParameter, match=r"^file: conclusions must be left out"):
        claim_from_dict({**GOOD, "conclusions": "x > 0"}, where="file: ")


TEXT = """
[[claim]]
id = "square"
statement = "A square is not negative."
source = "-"
variables = { x = "real" }
assumptions = ["x > 0"]
conclusion = "x**2 >= 0"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "claims.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_holds_claims_in_order(tmp_path: Path) -> None:
    claims = load_claims(written(tmp_path, TEXT + TEXT.replace('"square"', '"again"')))

    assert [c.id for c in claims] == ["square", "again"]
    assert claims[0] == Claim(**{**GOOD, "variables": {"x": "real"}, "definitions": {}, "conclusion": "x**2 >= 0"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", r"\[\[claim\]\]"),
        ("[claim]\n", r"\[\[claim\]\]"),
        ("x = 1\n", "x must be left out"),
        ("claim = 3\n", r"\[\[claim\]\]"),
        ("claim = [3]\n", r"claim 1: \[\[claim\]\]"),
        (TEXT + TEXT, "id must be different"),
        (TEXT.replace('"x**2 >= 0"', "nan"), "claim 1: .*conclusion"),
        (TEXT.replace('["x > 0"]', "[nan]"), r"claim 1: .*assumptions\[0\]"),
        (TEXT.replace("id =", "id = 1 ="), "TOML"),
        (TEXT.replace('"x**2 >= 0"', "'''x > 0 # not\nor x < 0'''"), "claim 1: .*conclusion"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_key(tmp_path: Path, text: str, named: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(InvalidParameter, match=f"{path}.*{named}"):
        load_claims(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="no-such"):
        load_claims(tmp_path / "no-such.toml")
