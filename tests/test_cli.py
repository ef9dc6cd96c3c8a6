"""The command line as a user meets it: what is printed where, which files are written, how it exits."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from experiments.cli import main

ROOT = Path(__file__).parents[1]
CLAIM = """
[[claim]]
id = "{id}"
statement = "A sentence."
source = "this test"
variables = {{ x = "real", y = "real" }}
assumptions = {assumptions}
conclusion = "{conclusion}"
{more}
"""
GAME = """
[game]
kind = "public-goods"
group_size = 5
multiplication_factor = 3
fine = 1
punishment_cost = "3/10"
"""
FORBIDDEN = ["numba", "scipy", "sympy", "cvxpy", "z3", "matplotlib"]


class Run:
    """One command, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        self.monkeypatch.setattr(sys, "argv", ["gametheory", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = self.capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(monkeypatch, capsys)


def claims_file(folder: Path, *claims: dict[str, Any]) -> Path:
    texts = []
    for number, claim in enumerate(claims):
        common = {"id": f"claim-{number}", "assumptions": "[]", "more": ""}
        texts.append(CLAIM.format(**{**common, **claim}))
    path = folder / "claims.toml"
    path.write_text("\n".join(texts))
    return path


def game_file(folder: Path, text: str = GAME) -> Path:
    path = folder / "game.toml"
    path.write_text(text)
    return path


def test_json_is_one_document_with_the_keys_of_the_schema(run: Run, tmp_path: Path) -> None:
    path = claims_file(tmp_path, {"conclusion": "x**2 + y**2 >= 2*x*y"})

    status, out, err = run("verify", path, "--json")

    document = json.loads(out)
    assert (status, err) == (0, "")
    assert list(document) == ["schema", "claims", "observations"]
    assert document["schema"] == "gametheory.report/1"
    keys = "id statement verdict expected as_expected needed method certificate counterexample kernel reason seconds"
    assert list(document["claims"][0]) == keys.split()
    assert document["claims"][0]["verdict"] == "proved"
    assert document["claims"][0]["kernel"] == "not run"


@pytest.mark.parametrize(
    ("claim", "verdict", "status"),
    [
        ({"conclusion": "x == x"}, "proved", 0),
        ({"conclusion": "x > y"}, "refuted", 1),
        ({"conclusion": "x > y", "more": 'expected = "refuted"'}, "refuted", 0),
        ({"conclusion": "x*(1/y) == x/y"}, "undefined", 1),
        ({"conclusion": "x == 7", "assumptions": '["x > 1", "x < 0"]'}, "vacuous", 1),
        ({"conclusion": "exp(1) != y"}, "undecided", 1),
    ],
)
def test_each_verdict_and_whether_it_is_expected_decide_the_exit_status(
    run: Run, tmp_path: Path, claim: dict[str, str], verdict: str, status: int
) -> None:
    ended, out, _ = run("verify", claims_file(tmp_path, claim), "--json")

    entry = json.loads(out)["claims"][0]
    assert (entry["verdict"], ended) == (verdict, status)
    assert entry["as_expected"] == (status == 0)


def test_the_table_says_why_a_claim_is_not_as_expected(run: Run, tmp_path: Path) -> None:
    path = claims_file(
        tmp_path,
        {"conclusion": "x > y"},
        {"conclusion": "x/y > 0"},
        {"conclusion": "x == 7", "assumptions": '["x > 1", "x < 0"]'},
    )

    _, out, _ = run("verify", path)

    assert "refuted (expected proved) at x = " in out
    assert "1/(y) has no value there" in out
    assert "these contradict each other: x > 1, x < 0" in out
    assert "3 not as expected" in out


def test_a_formula_never_runs(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = claims_file(tmp_path, {"conclusion": "__import__('os').system('touch pwned')"})

    status, out, err = run("verify", path)

    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "claim 1" in err
    assert "conclusion" in err
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[claim]]\nid = 'a'\n", "statement must be given, got nothing"),
        ("", "[[claim]] must be one or more tables"),
        ("[[claim]\n", "must be valid TOML"),
        ("claim = 3\n", "[[claim]] must be one or more tables, got 3"),
        ("other = 3\n", "other must be left out"),
    ],
)
def test_a_wrong_claims_file_is_one_line_on_standard_error(run: Run, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(text)

    status, out, err = run("verify", path)

    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert said in err
    assert "claims.toml" in err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("group_size = 1", "group_size must be an integer >= 2, got 1"),
        ("multiplication_factor = nan", "multiplication_factor must be"),
        ("fnie = 1", "fnie must be left out"),
        ('kind = "poker"', "kind must be one of"),
    ],
)
def test_a_wrong_game_file_is_one_line_on_standard_error(run: Run, tmp_path: Path, line: str, said: str) -> None:
    key = line.split(" ")[0]
    kept = "\n".join(old for old in GAME.splitlines() if not old.startswith(key))

    status, out, err = run("solve", game_file(tmp_path, f"{kept}\n{line}\n"))

    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert said in err
    assert "game.toml" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--budget", "-1"),
        ("verify", "--kernel", "lean"),
        ("verify", "nowhere.toml"),
        ("verify", "--frob"),
        ("check", "nowhere.json"),
        ("solve", "nowhere.toml"),
        ("sing",),
    ],
)
def test_wrong_options_and_missing_files_exit_2(run: Run, arguments: tuple[str, ...]) -> None:
    status, out, err = run(*arguments)

    assert (status, out) == (2, "")
    assert err


def test_certificates_are_written_and_checked(run: Run, tmp_path: Path) -> None:
    path = claims_file(tmp_path, {"conclusion": "x**2 >= 0"}, {"conclusion": "x > 0", "more": 'expected = "refuted"'})
    run("verify", path, "--out", tmp_path / "out")
    written = sorted((tmp_path / "out" / "certificates").glob("*.json"))

    status, out, _ = run("check", *written, "--claims", path)
    as_json, document, _ = run("check", *written, "--json")

    assert [p.stem for p in written] == ["claim-0", "claim-1"]
    assert (status, as_json) == (0, 0)
    assert "PROVED  claim-0" in out
    assert "then x**2 >= 0" in out
    assert "REFUTED  claim-1" in out
    assert "2 accepted, 0 refused" in out
    assert [claim["verdict"] for claim in json.loads(document)["claims"]] == ["proved", "refuted"]
    assert (tmp_path / "out" / "coq" / "claim_claim_0.v").read_text().startswith("Require Import Reals")


def test_a_certificate_of_another_claim_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    run("verify", claims_file(tmp_path, {"conclusion": "x**2 >= 0"}), "--out", tmp_path / "out")
    other = claims_file(tmp_path, {"conclusion": "x**2 + 1 > 0"})

    status, out, _ = run("check", tmp_path / "out" / "certificates" / "claim-0.json", "--claims", other)
    built_in, text, _ = run("check", tmp_path / "out" / "certificates" / "claim-0.json", "--claims", "builtin")

    assert (status, built_in) == (1, 1)
    assert "another conclusion" in out
    assert "the source has no claim 'claim-0'" in text


def test_a_changed_certificate_is_refused(run: Run, tmp_path: Path) -> None:
    run("verify", claims_file(tmp_path, {"conclusion": "x**2 >= 0"}), "--out", tmp_path / "out")
    path = tmp_path / "out" / "certificates" / "claim-0.json"
    path.write_text(path.read_text().replace("x**2 >= 0", "x**2 > 0"))

    status, out, _ = run("check", path)

    assert status == 1
    assert "REFUSED" in out
    assert "0 accepted, 1 refused" in out


def test_an_unreadable_certificate_does_not_keep_the_others_from_being_judged(run: Run, tmp_path: Path) -> None:
    run("verify", claims_file(tmp_path, {"conclusion": "x**2 >= 0"}), "--out", tmp_path / "out")
    good = tmp_path / "out" / "certificates" / "claim-0.json"
    (tmp_path / "bad.json").write_text("{")

    status, out, err = run("check", tmp_path / "bad.json", good)

    assert status == 2
    assert "1 accepted, 0 refused" in out
    assert "bad.json must be valid JSON" in err


def test_a_statement_cannot_play_with_the_terminal(run: Run, tmp_path: Path) -> None:
    path = claims_file(tmp_path, {"conclusion": "x**2 >= 0"})
    path.write_text(path.read_text().replace("A sentence.", "A \\u001b[31m sentence."))
    run("verify", path, "--out", tmp_path / "out")

    _, out, _ = run("check", tmp_path / "out" / "certificates" / "claim-0.json")

    assert "\x1b" not in out
    assert "sentence." in out


def test_conditions_of_the_repeated_game_are_answered_when_asked(run: Run, tmp_path: Path) -> None:
    options = ("--discount-factor", "1/2", "--action-error", "1/100", "--punishers", "2", "--json")

    _, out, _ = run("solve", game_file(tmp_path), *options)

    found = {entry["name"]: entry for entry in json.loads(out)["conditions"]}
    assert found["deterrence"]["threshold"] == "1/5"
    assert found["grim-trigger"]["holds"] is True
    assert found["cheapest-threat"]["holds"] is True


def test_the_version_is_told(run: Run) -> None:
    status, out, _ = run("--version")

    assert (status, out.strip()) == (0, "0.1.0")


def test_an_interrupt_says_so_and_stops(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "experiments.cli", "verify"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as running:
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(timeout=3)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)

    assert running.returncode == 130
    assert err.startswith("gametheory: interrupted\n")
    assert "Traceback" not in err


def test_checking_loads_no_solver(tmp_path: Path) -> None:
    from experiments.study import run_claims, write_evidence
    from proofs import load_claims

    claims = load_claims(claims_file(tmp_path, {"conclusion": "x**2 >= 0"}))
    verdicts = run_claims(claims, budget=20.0, workers=1, progress=lambda *_: None)
    write_evidence(verdicts, out=tmp_path, kernel=False, workers=1, progress=lambda *_: None)
    certificate = tmp_path / "certificates" / "claim-0.json"
    code = f"""
import sys
sys.argv = ["gametheory", "check", {str(certificate)!r}, "--claims", {str(tmp_path / "claims.toml")!r}]
from experiments.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print(*[name for name in {FORBIDDEN!r} if name in sys.modules])
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "1 accepted" in done.stdout
    assert done.stdout.splitlines()[-1] == ""


def test_a_solution_names_what_the_schema_names(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("solve", game_file(tmp_path), "--json")

    document = json.loads(out)
    assert status == 0
    assert {"schema", "game", "exact", "complete", "conditions", "equilibria", "pure_profiles", "rest_points"} <= set(
        document
    )
    first = document["conditions"][0]
    assert (first["name"], first["parameter"], first["threshold"]) == ("deterrence", "punishment_probability", "1/10")
    line = next(c for c in document["equilibria"] if c["dimension"] == 1)
    assert line["support"] == ["C", "P"]
    assert line["endpoints"][0] == {"C": "9/10", "D": "0", "P": "1/10"}
    assert {part["stability"] for part in line["parts"]} == {"stable", "unstable"}


def test_a_solution_is_printed_as_tables(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("solve", game_file(tmp_path))

    assert status == 0
    for heading in ("Conditions", "Pure equilibria", "Symmetric equilibria", "Rest points", "exact, complete"):
        assert heading in out


def test_a_picture_is_drawn_and_other_formats_are_refused(run: Run, tmp_path: Path) -> None:
    game = game_file(tmp_path)
    main_status, _, _ = run("plot", game, "--out", tmp_path / "simplex.svg")
    refused, _, err = run("plot", game, "--out", tmp_path / "simplex.gif")

    assert main_status == 0
    assert "<svg" in (tmp_path / "simplex.svg").read_text()
    assert refused == 2
    assert ".svg" in err


def test_learners_of_a_table_are_refused_by_name(run: Run, tmp_path: Path) -> None:
    text = '[game]\nkind = "table"\nstrategies = ["H", "D"]\ngroup_size = 2\npayoffs = [[-1, 2], [0, 1]]\n'

    status, _, err = run("crossvalidate", game_file(tmp_path, text))

    assert status == 2
    assert "kind must be 'public-goods'" in err


def test_the_main_job_proves_refutes_and_agrees(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "experiments.cli", "verify", "--json", "--out", str(tmp_path / "out")]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=dict(os.environ))

    document = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    claims = document["claims"]
    own = [c for c in claims if c["expected"] == "proved"]
    twins = [c for c in claims if c["expected"] == "refuted"]
    assert len(own) >= 136  # of 142 propositions those with a certificate, and every wrong twin
    assert len(twins) == 142
    assert all(c["verdict"] == "proved" and c["certificate"] and c["method"] != "decision procedure" for c in own)
    assert all(c["verdict"] == "refuted" and c["counterexample"] is not None for c in twins)
    assert {seen["agrees"] for seen in document["observations"]} == {"yes"}
    assert len([seen for seen in document["observations"] if seen["id"].startswith("contributions-at-p-")]) >= 9
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("<svg ") == 3
    assert "<script" not in page
    assert "http" not in page.split("</style>", 1)[1].replace("http://www.w3.org", "")
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == document


@pytest.mark.kernel
def test_the_kernel_is_a_second_judge(run: Run, tmp_path: Path) -> None:
    path = claims_file(tmp_path, {"conclusion": "x**2 + y**2 >= 2*x*y"})

    status, out, _ = run("verify", path, "--kernel", "coq", "--json")

    assert status == 0
    assert json.loads(out)["claims"][0]["kernel"] == "accepted"


def test_without_coqc_the_kernel_is_not_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proofs.coq.kernel.available", lambda: False)
    path = claims_file(tmp_path, {"conclusion": "x == x"})

    status, out, err = run("verify", path, "--kernel", "coq", "--json")

    assert status == 0
    assert json.loads(out)["claims"][0]["kernel"] == "not run"
    assert "coqc" in err
