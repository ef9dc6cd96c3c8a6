"""Whoever changes a certificate of a built-in claim, and signs it anew, gets nothing false accepted."""

import copy
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from gametheory import InvalidParameter
from proofs import Claim, Proved, Refuted, Verdict, run_kernel, verify
from proofs.catalogue import catalogue_claims
from proofs.catalogue.stored import stored_verdicts
from proofs.checker.lemmas import LEMMAS
from proofs.checking import stored_claims
from proofs.coq import available
from proofs.evaluate import NoValue, truth
from proofs.facts import Unsupported

from ._certificates import answer, resigned

Place = tuple[Any, Any]  # a container and a key or index in it
CLAIM_KINDS = ("assumptions", "conclusion", "definitions", "sorts")
PROOF_KINDS = ("coefficient", "exponent", "fact", "polynomial", "shape", "lemma")
KINDS = (*PROOF_KINDS, *CLAIM_KINDS, "point", "verdict")
COEFFICIENTS = ("-1", "0", "1/2", "2", "1000", "1e0", "1.0", "01", "2/2", "1/0", "1e999999999", "", 1, None)
NODES = {"split", "integer", "instance", "lemma", "cases", "induction"}
WORDS = ("proved", "refuted", "vacuous", "undefined")


def sums(data: Any) -> Iterator[dict[str, Any]]:
    """Every proof, and proof in a proof, of a certificate."""
    if isinstance(data, dict):
        if {"sum", "zero"} <= data.keys() or NODES & data.keys():
            yield data
        for entry in data.values():
            yield from sums(entry)
    elif isinstance(data, list):
        for entry in data:
            yield from sums(entry)


def another_text(text: str, rng: random.Random) -> str:
    """A formula or polynomial with one sign, relation, number or name changed."""
    changes = [
        (r"\+", ["-", "*"]), (r" - |^-", [" + ", "-2*"]), (r"(?<!\*)\*(?!\*)", ["+", "-"]), (r"\*\*", ["*"]),
        (r">=", [">", "<=", "=="]), (r"<=", ["<", ">="]), (r"(?<![<>=!])>(?!=)", [">=", "<"]), (r"==", ["!=", ">="]),
        (r"(?<![\w.])\d+", ["0", "1", "2", "7", "-1"]), (r"\b[a-zA-Z]\b", ["c", "N", "x", "0"]), (r"\band\b", ["or"]),
        (r"\biff\b", ["implies"]), (r"\bimplies\b", ["iff"]), (r"\bforall\b", ["exists"]), (r"\bexists\b", ["forall"]),
        (r"\bmin\b", ["max"]), (r"\bmax\b", ["min"]), (r"\bexp\b", ["log", "abs"]), (r"\blog\b", ["exp"]),
    ]  # fmt: skip
    for _ in range(20):
        pattern, choices = rng.choice(changes)
        if found := list(re.finditer(pattern, text)):
            match = rng.choice(found)
            changed = text[: match.start()] + rng.choice(choices) + text[match.end() :]
            if changed != text:
                return changed
    return text + " + 1"


def tampered(certificate: dict[str, Any], kind: str, rng: random.Random) -> dict[str, Any] | None:
    """The certificate with one thing of a kind changed; None if it has no such thing."""
    changed = copy.deepcopy(certificate)
    proofs = list(sums({k: v for k, v in changed.items() if k != "claim"}))
    products = [entry for proof in proofs for entry in proof.get("sum", [])]
    powers = [(entry[1], index) for entry in products for index in entry[1]]
    claim = changed["claim"]
    if kind == "coefficient" and products:
        entry = rng.choice(products)
        negated = entry[0][1:] if entry[0].startswith("-") else f"-{entry[0]}"
        entry[0] = rng.choice([*COEFFICIENTS, negated, str(Fraction(entry[0]) + 1)])
    elif kind == "exponent" and powers:
        where, index = rng.choice(powers)
        where[index] = rng.choice([where[index] + 1, where[index] - 1, -1, True, 1.0, 10**9, "1", where[index] + 2])
    elif kind == "fact" and proofs:
        proof = rng.choice(proofs)
        if rule := next((key for key in ("integer", "instance") if key in proof), None):
            proof[rule] = str(rng.randrange(12))
        elif places := [
            *(entry[1] for entry in proof.get("sum", []) if entry[1]),
            *([proof["zero"]] if proof.get("zero") else []),
        ]:
            where = rng.choice(places)
            index = rng.choice(list(where))
            value = where.pop(index)
            where[rng.choice([str(rng.randrange(20)), f"0{index}", f"-{index}", "99999"])] = value
    elif kind == "polynomial" and proofs:
        places = [(p, key) for p in proofs for key in ("split", "term", "cases", "bound") if key in p]
        places += [(p["zero"], index) for p in proofs for index in p.get("zero", {})]
        places += [(entry, 2) for entry in products if len(entry) == 3]
        places += [(p["terms"], i) for p in proofs if "lemma" in p for i in range(len(p["terms"]))]
        places += [(p["with"], name) for p in proofs if "induction" in p for name in p["with"]]
        if places:
            where, index = rng.choice(places)
            where[index] = another_text(where[index], rng)
    elif kind == "shape" and proofs:
        proof = rng.choice(proofs)
        if "split" in proof:
            proof["positive"], proof["otherwise"] = proof["otherwise"], proof["positive"]
        elif proof.get("sum"):
            proof["sum"].pop(rng.randrange(len(proof["sum"])))
        elif lists := [entry for entry in proof.values() if isinstance(entry, list) and entry]:
            chosen = rng.choice(lists)
            chosen.pop(rng.randrange(len(chosen)))
    elif kind == "lemma" and (used := [p for p in proofs if "lemma" in p]):
        rng.choice(used)["lemma"] = rng.choice([*LEMMAS, "nothing", 1])
    elif kind == "assumptions":
        index = rng.randrange(len(claim["assumptions"])) if claim["assumptions"] else 0
        what = rng.randrange(4) if claim["assumptions"] else 2
        if what == 0:
            claim["assumptions"].pop(index)
        elif what == 1:
            claim["assumptions"][index] = another_text(claim["assumptions"][index], rng)
        elif what == 2:
            claim["assumptions"].insert(index, "0 < 1")
        else:
            rng.shuffle(claim["assumptions"])
    elif kind == "conclusion":
        claim["conclusion"] = another_text(claim["conclusion"], rng)
    elif kind == "definitions" and claim["definitions"]:
        name = rng.choice(list(claim["definitions"]))
        claim["definitions"][name] = another_text(claim["definitions"][name], rng)
    elif kind == "sorts" and claim["variables"]:
        name = rng.choice(list(claim["variables"]))
        claim["variables"][name] = "real" if claim["variables"][name] == "integer" else "integer"
    elif kind == "point":
        points = [changed[key] for key in ("witness", "point") if key in changed]
        if points and points[0]:
            name = rng.choice(list(points[0]))
            points[0][name] = rng.choice(["0", "1", "-1", "1/2", "7", "1/0", "1.5", "1e9", " 1", 1, "1000000"])
    elif kind == "verdict":
        changed["verdict"] = rng.choice([word for word in WORDS if word != changed["verdict"]])
    return None if json.dumps(changed) == json.dumps(certificate) else changed


def tamperings(verdicts: dict[str, Verdict], count: int, seed: int) -> Iterator[tuple[Verdict, str, dict[str, Any]]]:
    """Random tamperings, the same ones every time for the same certificates."""
    rng = random.Random(seed)
    certified = [verdict for verdict in verdicts.values() if verdict.certificate is not None]
    while count:
        verdict, kind = rng.choice(certified), rng.choice(KINDS)
        assert verdict.certificate is not None
        changed = tampered(verdict.certificate, kind, rng)
        if changed is not None:
            count -= 1
            yield verdict, kind, changed


def counterexample(claim: Claim, rng: random.Random, tries: int) -> dict[str, Fraction] | None:
    """A random small point where the assumptions are true and the conclusion is false or undefined."""
    small = [Fraction(text) for text in ("0", "1", "2", "3", "1/2", "1/3", "1/10", "-1", "-1/2", "5")]
    for _ in range(tries):
        point = {
            n: Fraction(rng.randint(-1, 6)) if s == "integer" else rng.choice(small) for n, s in claim.variables.items()
        }
        try:
            if all(truth(tree, point) for tree in claim.assumed) and not truth(claim.concluded, point):
                return point
        except NoValue:
            return point
        except Unsupported:
            continue
    return None


def judge(verdicts: dict[str, Verdict], count: int, seed: int, *, decided: int) -> Counter[str]:
    """Tamper `count` times, demand that nothing false is accepted, and count what happened."""
    source = stored_claims()
    rng = random.Random(seed)
    counts: Counter[str] = Counter()
    for verdict, kind, changed in tamperings(verdicts, count, seed):
        counts["tampered"] += 1
        counts[f"tampered: {kind}"] += 1
        assert answer(changed) == "rejected", (verdict.claim.id, kind)
        found = answer(resigned(changed))
        if found == "rejected":
            counts["refused though signed anew"] += 1
            continue
        about = changed["claim"]
        if about == source[about["id"]]:
            assert found == verdict.word, (verdict.claim.id, kind)
            counts[f"another valid certificate of the same claim: {kind}"] += 1
            continue
        counts[f"a valid certificate of another claim, not the source's: {kind}"] += 1
        claim = Claim(**about)
        if found == "proved":
            assert counterexample(claim, rng, 200) is None, (about["id"], kind, about)
        if counts["decided again by z3"] < decided:
            counts["decided again by z3"] += 1
            again = verify(claim, budget=3)
            fits = {found, "undecided"} | ({"refuted", "undefined"} if found in ("refuted", "undefined") else set())
            assert again.word in fits, (about["id"], kind, about, again)  # false here, undefined there: both are shown
            assert not (found == "proved" and isinstance(again, Refuted))
            assert not (found == "refuted" and isinstance(again, Proved))
    return counts


def show(counts: Counter[str]) -> None:
    for name, n in sorted(counts.items()):
        print(f"{n:7d}  {name}")


def test_no_tampering_gets_anything_false_accepted(builtin_verdicts: dict[str, Verdict]) -> None:
    counts = judge(builtin_verdicts, 1000, seed=20261121, decided=10)

    show(counts)
    assert counts["tampered"] == 1000
    assert counts["refused though signed anew"] > 500
    assert all(counts[f"tampered: {kind}"] > 20 for kind in KINDS if kind != "lemma")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_no_tampering_of_very_many_gets_anything_false_accepted(seed: int) -> None:
    """With all seeds 100 000 tamperings of the whole catalogue's certificates; each kind of proof is among them."""
    stored = {verdict.claim.id: verdict for verdict in stored_verdicts(catalogue_claims())}
    counts = judge(stored, 5_000, seed=seed, decided=15)

    show(counts)
    assert counts["tampered"] == 5_000
    assert all(counts[f"tampered: {kind}"] > 20 for kind in KINDS)


def test_a_valid_certificate_of_another_claim_is_not_the_sources(builtin_verdicts: dict[str, Verdict]) -> None:
    source = stored_claims()
    accepted = 0
    for verdict, kind, changed in tamperings(builtin_verdicts, 300, seed=3):
        if kind in CLAIM_KINDS and answer(resigned(changed)) != "rejected":
            accepted += 1
            assert changed["claim"] != source[verdict.claim.id]

    assert accepted > 0


@pytest.mark.kernel
@pytest.mark.skipif(not available(), reason="needs coqc")
def test_coq_refuses_what_the_checker_refuses(builtin_verdicts: dict[str, Verdict], tmp_path: Path) -> None:
    small: dict[str, Verdict] = {
        key: v for key, v in builtin_verdicts.items() if isinstance(v, Proved) and len(str(v.certificate)) < 1700
    }
    compiled = refused = 0
    for verdict, kind, changed in tamperings(small, 2000, seed=11):
        if compiled == 20:
            break
        if kind not in ("coefficient", "fact", "polynomial", "shape") or answer(resigned(changed)) != "rejected":
            continue
        refused += 1
        found = run_kernel(verdict.claim, changed, tmp_path / f"tampered_{refused}.v")
        assert found.status == "rejected", (verdict.claim.id, kind, changed)
        compiled += "no theorem could be written" not in found.reason

    print(f"{refused} tampered proofs refused, {compiled} of them by coqc itself")
    assert compiled == 20


def test_a_tampered_claim_is_no_claim_of_ours() -> None:
    about = dict(next(iter(stored_claims().values())))

    with pytest.raises(InvalidParameter):
        Claim(**{**about, "conclusion": about["conclusion"] + " #"})
