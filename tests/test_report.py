"""What a report says of claims and observations, and when it is bad news."""

from pathlib import Path
from typing import Any

import pytest

from experiments.page import write_page
from experiments.predictions import Observation
from experiments.report import ClaimResult, Report
from experiments.study import replicator_observation
from gametheory import PublicGoodsGame

OBSERVATION: dict[str, Any] = {
    "id": "seen",
    "statement": "",
    "prediction": 0.5,
    "estimate": 0.4,
    "interval": (0.3, 0.5),
    "level": 0.999,
    "tolerance": 0.01,
    "agrees": "yes",
    "seeds": 3,
    "seconds": 0.1,
    "seed": 1,
    "effect": -0.1,
    "excluded": (),
    "not_excluded": (),
    "note": "",
}


def claim(**changes: Any) -> ClaimResult:
    good: dict[str, Any] = {
        "id": "c",
        "statement": "s",
        "verdict": "proved",
        "expected": "proved",
        "method": "identity",
    }
    return ClaimResult(**{**good, **changes})


@pytest.mark.parametrize(
    ("claims", "agrees", "status"),
    [
        ([claim()], ["yes"], 0),
        ([claim(verdict="refuted")], ["yes"], 1),
        ([claim(verdict="refuted", expected="refuted")], ["yes"], 0),
        ([claim(kernel="rejected")], ["yes"], 1),
        ([claim(verdict="undecided")], [], 1),
        ([claim()], ["no"], 1),
        ([claim()], ["inconclusive", "yes"], 0),
        ([], ["yes", "no"], 1),
    ],
)
def test_the_exit_status_is_0_iff_all_is_as_expected_and_nothing_disagrees(
    claims: list[ClaimResult], agrees: list[str], status: int
) -> None:
    seen = tuple(Observation(**{**OBSERVATION, "agrees": word}) for word in agrees)

    assert Report(claims=tuple(claims), observations=seen).exit_status == status


def test_decision_procedures_are_counted_apart() -> None:
    report = Report(claims=(claim(), claim(id="d", method="decision procedure")))

    assert "2 of 2 claims proved, 1 with a certificate" in report.summary()


def test_nothing_in_a_page_is_markup_of_a_claims_author(tmp_path: Path) -> None:
    report = Report(claims=(claim(statement="<script>alert(1)</script>", reason="<b>&"),))

    write_page(report, tmp_path / "page.html", built_in=False)

    page = (tmp_path / "page.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_trajectories_that_end_where_they_should_not_disagree(monkeypatch: pytest.MonkeyPatch) -> None:
    from dynamics.replicator import Agreement

    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    wrong = Agreement(ends=(("D == 1", "unstable", 36),), unmatched=0, unfinished=0)
    monkeypatch.setattr("dynamics.agreement", lambda *_, **__: wrong)

    seen = replicator_observation(game)

    assert (seen.agrees, seen.estimate) == ("no", 0.0)
