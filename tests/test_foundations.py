"""The Coq foundations: payoffs by sums over co-players, the one-shot-deviation principle, random groups."""

import re
from importlib import resources
from typing import Any

import pytest

from gametheory import public_goods
from proofs.coq.kernel import available
from proofs.foundations.judging import FILES, FORBIDDEN, THEOREMS, judge_foundations, program_file

SOURCES = {
    name: resources.files("proofs.foundations").joinpath(f"{name}.v").read_text(encoding="ascii") for name in FILES
}


def test_every_theorem_that_is_listed_is_there_and_nothing_is_left_unproved() -> None:
    stated = set(re.findall(r"^Theorem (\w+)", "\n".join(SOURCES.values()), flags=re.MULTILINE))
    assert stated == set(THEOREMS)
    assert not any(FORBIDDEN.search(source) for source in SOURCES.values())
    proofs = sum(len(re.findall(r"^(?:Lemma|Theorem) ", source, flags=re.MULTILINE)) for source in SOURCES.values())
    assert proofs == sum(source.count("\nQed.") + source.count(" Qed.") for source in SOURCES.values())


@pytest.mark.kernel
@pytest.mark.skipif(not available(), reason="coqc is not installed")
def test_coq_accepts_the_foundations_and_that_the_payoffs_of_the_program_are_theirs() -> None:
    found = judge_foundations()
    assert (found.status, found.reason) == ("accepted", "")
    assert found.theorems == (*THEOREMS, "program_C", "program_D", "program_P")


@pytest.mark.kernel
@pytest.mark.skipif(not available(), reason="coqc is not installed")
def test_coq_refuses_payoffs_with_a_sign_flipped(monkeypatch: pytest.MonkeyPatch) -> None:
    right = public_goods.strategy_payoff

    def wrong(game: Any, strategy: str, counts: Any) -> Any:
        return right(game, strategy, counts) + (2 * game.punishment_cost * counts["D"] if strategy == "P" else 0)

    monkeypatch.setattr(public_goods, "strategy_payoff", wrong)
    found = judge_foundations()
    assert found.status == "rejected"
    assert found.reason.startswith("program.v:")


def test_what_is_written_for_coq_is_what_the_payoff_function_returns() -> None:
    text = program_file()
    assert text.count("Theorem program_") == 3
    assert "v_fine*v_h*v_n_P*v_p*v_s" in text
