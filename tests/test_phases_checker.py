"""Whoever changes a stored phase diagram, and signs it anew, gets nothing false accepted."""

import copy
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from experiments.phases import (
    Axis,
    Gain,
    PhaseDiagram,
    Problem,
    SignPolynomial,
    certified_phases,
    load_phases,
    phases_of,
)
from experiments.phases.search import grow, leaves
from gametheory import CertificateError, CollectiveRiskGame, InvalidParameter, PublicGoodsGame
from proofs.checker.check import digest
from proofs.checker.limits import Rejected
from proofs.checker.phases import MAX_GROUP, MAX_HALVINGS, check_phases
from proofs.checking import check_certificate, read_phases

HEAVY = {"numpy", "numba", "scipy", "sympy", "matplotlib", "z3", "cvxpy", "flint", "hypothesis"}


def resigned(document: dict[str, Any]) -> dict[str, Any]:
    body = {key: entry for key, entry in document.items() if key != "digest"}
    return {**body, "digest": digest(body)}


def judged(document: Any) -> str:
    """Why the checker refuses a document; "" if it does not."""
    try:
        check_phases(document)
    except Rejected as refusal:
        return str(refusal)
    return ""


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, punishment_cost="3/10")
    over: dict[str, Any] = {"x": ("punishment_probability", 0, 1), "y": ("fine", 0, 1)}
    risk = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution=0)
    options: dict[str, Any] = {"punishers": 2, "action_error": "1/10"}
    diagrams = [
        certified_phases(game, **over, question="rest_points", depth=3),
        certified_phases(game, **over, question="conditions", depth=4, **options),
        certified_phases(risk, x=("contribution", 0, 1), y=("risk", 0, 1), depth=4),
    ]
    return [json.loads(json.dumps(diagram.to_dict())) for diagram in diagrams]


def is_true(document: dict[str, Any], rng: random.Random) -> bool:
    """Whether the phases hold at rational points of cells, by sympy's own reading and root counting."""
    names = [axis["name"] for axis in document["axes"]]
    symbols = sp.symbols(names, real=True)
    t = sp.Symbol("t")
    known = dict(zip(names, symbols, strict=True))
    signs = [sp.parse_expr(entry["polynomial"], known) for entry in document["signs"]]
    gains = []
    for entry in document["gains"]:
        degree = len(entry["values"]) - 1
        values = [sp.parse_expr(v, known) for v in entry["values"]]
        gains.append(sum(sp.binomial(degree, k) * t**k * (1 - t) ** (degree - k) * v for k, v in enumerate(values)))
    cells = [leaf for leaf in leaves(document["cells"].split(" ")) if leaf[3] != "?"]
    for level, i, j, token in rng.sample(cells, min(len(cells), 6)):
        share = [(k + Fraction(rng.randrange(1, 13), 13)) / 2**level for k in (i, j)]
        at = {}
        for symbol, axis, part in zip(symbols, document["axes"], share, strict=True):
            value = Fraction(axis["low"]) + (Fraction(axis["high"]) - Fraction(axis["low"])) * part
            at[symbol] = sp.Rational(value.numerator, value.denominator)
        phase = document["phases"][int(token.partition(":")[0])]
        marks = {1: "+", -1: "-", 0: "0"}
        if any(marks[int(sp.sign(signs[int(k)].subs(at)))] != mark for k, mark in phase["signs"].items()):
            return False
        if any(sequence(sp.Poly(gains[int(k)].subs(at), t)) != text for k, text in phase["sequences"].items()):
            return False
    return True


def sequence(poly: Any) -> str:
    stops = [sp.S.Zero, *(r for r in dict.fromkeys(sp.real_roots(poly)) if 0 < r < 1), sp.S.One]
    found = ""
    for low, high in pairwise(stops):
        mark = "+" if poly.eval(sp.Rational(str(round(float((low + high) / 2), 12)))) > 0 else "-"
        found += mark if found[-1:] != mark else ""
    return found


KINDS = (
    "number", "split", "drop", "add", "swap", "piece", "pieces", "polynomial", "value", "axis", "mark", "sequence",
    "area", "phase", "meaning", "game", "question", "order", "undecided",
)  # fmt: skip


def tampered(document: dict[str, Any], kind: str, rng: random.Random) -> dict[str, Any]:
    """The document with one thing of a kind changed."""
    changed = copy.deepcopy(document)
    tokens = changed["cells"].split(" ")
    cells = [k for k, token in enumerate(tokens) if token not in "/?"]
    place = rng.choice(cells)
    phase = rng.choice(changed["phases"])
    if kind == "number":
        tokens[place] = str(rng.choice([*range(len(changed["phases"]) + 2), -1, "00"])) + tokens[place][1:]
    elif kind == "split":
        k = rng.randrange(len(tokens))
        tokens[k] = "/" if tokens[k] != "/" else "?"
    elif kind == "drop":
        tokens.pop(rng.randrange(len(tokens)))
    elif kind == "add":
        tokens.insert(rng.randrange(len(tokens) + 1), rng.choice(tokens))
    elif kind == "swap":
        other = rng.choice(cells)
        tokens[place], tokens[other] = tokens[other], tokens[place]
    elif kind == "undecided":
        doubtful = [k for k, token in enumerate(tokens) if token == "?"]
        tokens[rng.choice(doubtful)] = tokens[place]
        areas = sum((Fraction(1, 4**level) for level, _, _, token in leaves(tokens) if token == "?"), Fraction(0))
        changed["proved"], changed["undecided"] = str(1 - areas), str(areas)
    elif kind == "piece" and ":" in tokens[place]:
        head, text = tokens[place].split(":")
        k = rng.randrange(len(text))
        tokens[place] = f"{head}:{text[:k]}{rng.choice('+-ud/0')}{text[k + 1 :]}"
    elif kind == "pieces" and ":" in tokens[place]:
        tokens[place] = rng.choice(
            [tokens[place] + ":u", tokens[place][:-1], tokens[place] + "u", tokens[place].split(":")[0]]
        )
    elif kind in ("polynomial", "value"):
        entries = changed["signs"] or changed["gains"]
        entry = rng.choice(entries)
        where, key = (
            (entry, "polynomial") if "polynomial" in entry else (entry["values"], rng.randrange(len(entry["values"])))
        )
        text = where[key]
        where[key] = rng.choice(
            [f"-({text})", f"{text} + 1", f"2*({text})", f"{text} - {changed['axes'][0]['name']}", "0", "q", "1/0"]
        )
    elif kind == "axis":
        axis = rng.choice(changed["axes"])
        axis[rng.choice(["low", "high"])] = rng.choice(["2", "-1", "1/3", "0", "x", "1e3", "1/0"])
    elif kind == "mark" and phase["signs"]:
        phase["signs"][rng.choice(list(phase["signs"]))] = rng.choice(["+", "-", "0", "?", ""])
    elif kind == "sequence" and phase["sequences"]:
        phase["sequences"][rng.choice(list(phase["sequences"]))] = rng.choice(
            ["+", "-", "-+", "+-+", "-+-+-", "", "--"]
        )
    elif kind == "area":
        changed[rng.choice(["proved", "undecided"])] = rng.choice(["1", "0", "1/2", "x"])
    elif kind == "phase":
        phase["name"] = rng.choice(["D stable", "all C", ""])
    elif kind == "meaning":
        phase["meaning"] = "nobody defects"
    elif kind == "game":
        number = "multiplication_factor" if "multiplication_factor" in changed["game"] else "threshold"
        changed["game"][number] = 4 if number == "threshold" and rng.random() < 0.5 else 2
    elif kind == "question":
        changed["question"] = "equilibria" if changed["question"] != "equilibria" else "rest_points"
    elif kind == "order":
        changed["axes"].reverse()
    changed["cells"] = " ".join(tokens)
    return changed


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_accepted_after_tampering_is_still_true(documents: list[dict[str, Any]], kind: str) -> None:
    rng = random.Random(f"{kind}")
    accepted = 0
    for _ in range(12):
        document = rng.choice(documents)
        changed = tampered(document, kind, rng)
        if changed == document:
            continue
        assert "digest" in judged({**changed, "digest": document["digest"]})
        changed = resigned(changed)
        if judged(changed):
            continue
        accepted += 1
        assert is_true(changed, rng), kind
        stated = ["game", "question", "options", "axes", "signs", "gains"]
        meant = [(p["name"], p["meaning"]) for p in document["phases"]]
        if (
            any(changed[key] != document[key] for key in stated)
            or [(p["name"], p["meaning"]) for p in changed["phases"]] != meant
        ):
            with pytest.raises(CertificateError):
                phases_of(changed)
    if kind in ("number", "drop", "add", "swap", "area", "pieces", "undecided", "sequence"):
        assert accepted <= 3, accepted


def test_every_piece_of_the_evidence_is_needed(documents: list[dict[str, Any]]) -> None:
    """Each proved cell of the risk game with its letters turned, one at a time: almost all turns are refused."""
    document = documents[2]
    tokens = document["cells"].split(" ")
    turned = {"+": "-", "-": "+", "u": "d", "d": "u"}
    for k, token in enumerate(tokens):
        head, _, text = token.partition(":")
        for j, letter in enumerate(text):
            if letter in turned:
                other = [*tokens]
                other[k] = f"{head}:{text[:j]}{turned[letter]}{text[j + 1 :]}"
                assert "do not prove" in judged(resigned({**document, "cells": " ".join(other)})), (token, j)


@pytest.mark.parametrize("used", [True, False])
@pytest.mark.parametrize("nothing", ["", "0", "++", "+-+ ", "?"])
def test_pieces_that_prove_nothing_do_not_prove_that_there_is_nothing(
    documents: list[dict[str, Any]], nothing: str, used: bool, tmp_path: Path
) -> None:
    document = copy.deepcopy(documents[2])
    phase = {"name": "x", "meaning": "y", "signs": {}, "sequences": {"0": nothing}}
    if used:
        document.update(phases=[phase], cells="0:+", proved="1", undecided="0")
    else:
        document["phases"].append(phase)
    assert "sequences of what is not there, or none" in judged(resigned(document))


def test_a_mark_that_is_none_is_refused_though_no_cell_uses_it(documents: list[dict[str, Any]]) -> None:
    document = copy.deepcopy(documents[0])
    document["phases"].append({"name": "x", "meaning": "y", "signs": {"0": "plus"}, "sequences": {}})
    assert "signs of what is not there, or none" in judged(resigned(document))


def test_stored_diagrams_are_accepted_and_say_what_was_verified(
    documents: list[dict[str, Any]], tmp_path: Path
) -> None:
    for k, document in enumerate(documents):
        path = tmp_path / f"{k}.json"
        path.write_text(json.dumps(document), encoding="ascii")
        found = check_certificate(path)
        proved = Fraction(document["proved"])
        assert found.verdict == "proved"
        assert f"area proved {float(proved):.6f} of 1, undecided {float(1 - proved):.6f}" in found.claim["statement"]
        assert list(found.claim["variables"]) == [axis["name"] for axis in document["axes"]]
        assert load_phases(path).area_proved == proved
        with pytest.raises(CertificateError, match="no claim of a source"):
            check_certificate(path, source={})


def test_the_command_judges_diagrams(documents: list[dict[str, Any]], tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(documents[0]), encoding="ascii")
    other = copy.deepcopy(documents[0])
    other["phases"][0]["meaning"] = "nobody defects"
    bad.write_text(json.dumps(resigned(other)), encoding="ascii")
    command = [sys.executable, "-m", "experiments.cli", "check"]

    with_game = subprocess.run([*command, str(good), str(bad), "--game"], capture_output=True, text=True, check=False)

    assert with_game.returncode == 1
    assert "1 accepted, 1 refused" in with_game.stdout
    assert "REFUSED" in with_game.stdout
    alone = subprocess.run([*command, str(good), str(bad), "--json"], capture_output=True, text=True, check=True)
    assert [claim["verdict"] for claim in json.loads(alone.stdout)["claims"]] == ["proved", "proved"]


def test_judging_loads_nothing_heavy(documents: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "phases.json"
    path.write_text(json.dumps(documents[2]), encoding="ascii")
    code = (
        "import sys; from proofs.checking import check_certificate; "
        f"check_certificate({str(path)!r}); print(*sorted({HEAVY!r} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.split() == []


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else []
    for key, value in entries:
        yield data, key
        yield from places(value)


def test_anything_in_the_place_of_anything_is_refused_or_read(documents: list[dict[str, Any]], tmp_path: Path) -> None:
    rng = random.Random(5)
    strange: list[Any] = [
        None,
        True,
        0,
        -1,
        1.5,
        10**40,
        "",
        "x" * 300,
        [],
        {},
        [[]],
        {"a": 1},
        "9" * 2000,
        "(" * 200,
        "/",
    ]
    path = tmp_path / "phases.json"
    for _ in range(250):
        changed = copy.deepcopy(rng.choice(documents))
        where, key = rng.choice(list(places(changed)))
        where[key] = rng.choice(strange)
        path.write_text(
            json.dumps(resigned(changed) if isinstance(changed.get("digest"), str) else changed), encoding="ascii"
        )
        for read in (check_certificate, load_phases):
            with suppress(CertificateError, InvalidParameter):
                read(path)


def hostile(**changes: Any) -> dict[str, Any]:
    """A diagram that would be accepted as it is, with some entries changed."""
    body: dict[str, Any] = {
        "schema": "gametheory.phases/1",
        "game": {},
        "question": "rest_points",
        "options": {},
        "axes": [{"name": "x", "low": "0", "high": "1"}, {"name": "y", "low": "0", "high": "1"}],
        "signs": [{"name": "s", "polynomial": "x + y"}],
        "gains": [],
        "phases": [{"name": "A", "meaning": "", "signs": {"0": "+"}, "sequences": {}}],
        "cells": "0",
        "proved": "1",
        "undecided": "0",
        "curves": [],
        "method": "",
    }
    return resigned(body | changes)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"signs": [{"name": "s", "polynomial": "x**25"}]}, "not a polynomial"),
        ({"signs": [{"name": "s", "polynomial": "x**24*x"}]}, "degree"),
        ({"signs": [{"name": "s", "polynomial": "x**" + "9" * 900}]}, "not a polynomial|too large"),
        (
            {
                "signs": [
                    {"name": "s", "polynomial": "9" * 999 + "*" + "9" * 999 + "*" + "9" * 999 + "*" + "9" * 999 + "*x"}
                ]
            },
            "too large",
        ),
        ({"signs": [{"name": "s", "polynomial": "9" * 5000}]}, "too long"),
        ({"signs": [{"name": "s", "polynomial": "x/2"}]}, "not a polynomial"),
        ({"signs": [{"name": "s", "polynomial": "x/y"}]}, "not a polynomial"),
        ({"signs": [{"name": "s", "polynomial": "0.5*x"}]}, "not an integer"),
        ({"signs": [{"name": "s", "polynomial": "exp(x)"}]}, "not a polynomial"),
        ({"signs": [{"name": "s", "polynomial": "(" * 149 + "x" + ")" * 149 + " + z"}]}, "not a polynomial"),
        ({"signs": [{"name": "s", "polynomial": "x" + " + x" * 3000}]}, "not a formula|too deep"),
        ({"signs": [{"name": "s", "polynomial": "(1 + x + y)**2"}]}, "not a polynomial"),
        ({"signs": [{"name": "s", "polynomial": "*".join(["(1 + x + y)"] * 24)}]}, "^$"),
        ({"signs": [{"name": "s", "polynomial": "x"}] * 101}, "too many polynomials"),
        ({"gains": [{"name": "g", "values": ["x"] * (MAX_GROUP + 1)}]}, "list of values"),
        ({"gains": [{"name": "g", "values": []}]}, "list of values"),
        ({"axes": [{"name": "x", "low": "0", "high": "1"}] * 2}, "one name"),
        ({"axes": [{"name": "x", "low": "1", "high": "0"}, {"name": "y", "low": "0", "high": "1"}]}, "empty"),
        ({"axes": [{"name": "t", "low": "0", "high": "1"}, {"name": "y", "low": "0", "high": "1"}]}, "no name"),
        ({"axes": [{"name": "x", "low": "0", "high": "1" * 99}, {"name": "y", "low": "0", "high": "1"}]}, "too long"),
        ({"cells": "/ " * 40 + "0"}, "deeper"),
        ({"cells": "0 0"}, "more cells"),
        ({"cells": "/ 0 0 0"}, "fewer cells"),
        ({"cells": ""}, "not '/'"),
        ({"cells": "0:u"}, "not one list"),
        ({"cells": "1"}, "not '/'"),
        ({"cells": "?"}, "area proved"),
        ({"phases": [{"name": "A", "meaning": "", "signs": {"1": "+"}, "sequences": {}}]}, "not there"),
        ({"phases": [{"name": "A", "meaning": "", "signs": {"0": "-"}, "sequences": {}}]}, "not proved"),
        ({"phases": []}, "not '/'"),
        ({"schema": "gametheory.phases/2"}, "schema"),
        ({"curves": [1]}, "text"),
        ({"extra": 1}, "keys"),
    ],
)
def test_hostile_diagrams_meet_a_limit(changes: dict[str, Any], what: str) -> None:
    assert judged(hostile()) == ""
    assert re.search(what, judged(hostile(**changes))), judged(hostile(**changes))


def test_work_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """What costs much is refused by a count of steps, not by patience."""
    number, end = "9" * 990, str(2**126 + 1)
    axes = [{"name": name, "low": "-" + end, "high": end} for name in "xy"]
    wide = {"name": "s", "polynomial": f"{number}*x**24*y**24 - {number}*x**23*y + x*y**24 - 1"}
    assert "steps" in judged(hostile(axes=axes, signs=[wide] * 40))
    open_sign = {"name": "s", "polynomial": "x**12 - y**12"}
    tree = " ".join(["/"] * 341 + ["?"] * 1024)
    with monkeypatch.context() as patched:
        patched.setattr("proofs.checker.phases.MAX_WORK", 100_000)
        assert "steps" in judged(hostile(signs=[open_sign] * 9, cells=tree, proved="0", undecided="1", phases=[]))
    gain = {"name": "g", "values": ["x - 2"] * 9}
    phases = [{"name": "A", "meaning": "", "signs": {}, "sequences": {"0": "+"}}]
    assert "too often" in judged(hostile(gains=[gain], phases=phases, cells="0:" + "/" * (MAX_HALVINGS + 5)))


@pytest.mark.parametrize(
    ("values", "pieces", "sequence_", "accepted"),
    [
        (["-1", "1"], "u", "-+", True),
        (["-1", "1"], "u", "-", False),
        (["-1", "1"], "d", "-+", False),
        (["-1", "2", "-1"], "u", "-+-", False),
        (["-1", "4", "-1"], "/ud", "-+-", True),
        (["-1", "2", "-1"], "/ud", "-", False),
        (["1", "-1", "1"], "/du", "+", False),  # a double root at 1/2
        (["1", "-1", "1"], "/++", "+", False),
        (["1", "0", "1"], "/du", "+", True),
        (["1", "0", "1"], "+", "+", True),
        (["0", "1"], "+", "+", True),  # t, divided out
        (["0", "0"], "+", "+", False),
        (["x"], "+", "+", True),
        (["x", "1"], "+", "+", True),
        (["x - 1", "1"], "u", "-+", True),
        (["x - y", "1"], "u", "-+", False),
        (["2*x - 1", "1"], "+", "+", False),
        (["-1", "x", "1"], "/uu", "-+", True),
        (["1", "1"], "u", "+", False),
        (["-1", "1"], "/uu", "-+", True),
        (["-1", "1"], "/u", "-+", False),
        (["-1", "1"], "/u", "-", False),
        (["-3", "1"], "/-", "-", False),
        (["-3", "1"], "/-u", "-+", True),
        (["x - 2*y", "1", "1"], "u", "+", False),
        (["-1", "1"], "uu", "-+", False),
        (["-1", "1"], "", "-+", False),
    ],
)  # fmt: skip
def test_sequences_are_read_off_pieces(values: list[str], pieces: str, sequence_: str, accepted: bool) -> None:
    phases = [{"name": "A", "meaning": "", "signs": {}, "sequences": {"0": sequence_}}]
    document = hostile(gains=[{"name": "g", "values": values}], phases=phases, cells=f"0:{pieces}")
    assert (judged(document) == "") is accepted


def test_a_file_that_is_no_diagram_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "phases.json"
    for text in ("[]", "{", '{"schema": "gametheory.phases/1"}', '{"a": 1, "a": 2}', "9" * 6000):
        path.write_text(text, encoding="ascii")
        with pytest.raises((CertificateError, InvalidParameter)):
            read_phases(path)
    with pytest.raises(InvalidParameter, match="existing"):
        read_phases(tmp_path / "none.json")


def test_what_the_search_finds_for_any_polynomials_the_checker_accepts() -> None:
    """Gains that vanish at their ends too, whose powers of t and 1 - t either side divides out by itself."""
    rng = random.Random(11)
    powers = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)]
    with_ends = proved = 0
    for _ in range(35):
        drawn = [
            tuple((p, c) for p in powers if rng.random() < 0.5 and (c := rng.randrange(-3, 4)))
            for _ in range(rng.randrange(2, 6))
        ]
        values = [*[()] * rng.randrange(3), *drawn, *[()] * rng.randrange(2)]
        if not any(drawn):
            continue
        problem = Problem(
            game={},
            question="rest_points",
            options={},
            axes=(Axis(name="x", low="1/3", high=2), Axis(name="y", low=-1, high="1/2")),
            signs=(SignPolynomial(name="s", terms=rng.choice(drawn)),),
            gains=(Gain(name="a - b", values=tuple(values)),),
            describe=lambda reader: (f"{reader.sequence(0)} {reader.sign(0)}", ""),
        )
        diagram = PhaseDiagram(
            problem=problem,
            phases=tuple((tree := grow(problem, 3)).phases),
            tokens=tuple(tree.tokens),
            curves=(),
            curves_complete=True,
            depth=3,
        )
        document = json.loads(json.dumps(diagram.to_dict()))
        assert judged(document) == ""
        assert is_true(document, rng)
        with_ends += not (values[0] and values[-1])
        proved += bool(diagram.area_proved)
    assert with_ends > 10
    assert proved > 10
    weighted = {"name": "g", "values": ["0", "1", "-1", "1"]}  # t times [3, -3/2, 1], which has no root
    phases = [{"name": "A", "meaning": "", "signs": {}, "sequences": {"0": "+"}}]
    assert judged(hostile(gains=[weighted], phases=phases, cells="0:/+/++")) == ""
